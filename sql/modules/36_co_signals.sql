--| # Connecting the dots
--|
--| Which topics come together, or one after another, more often than chance?
--| `co_signals` looks at all pairs of topics of a query, or of two.

--| `co_signals(query, horizon)` runs a query that returns topic and time:
--|
--|     SELECT * FROM journey.co_signals('SELECT topic, at FROM complaints', interval '1 hour') WHERE q_value <= 0.05;
CREATE FUNCTION journey.co_signals(query pg_catalog.text, horizon pg_catalog.interval, other pg_catalog.text DEFAULT NULL,
  direction pg_catalog.text DEFAULT 'together', block pg_catalog.interval DEFAULT NULL, blocks pg_catalog.int4 DEFAULT 28,
  min_points pg_catalog.int4 DEFAULT 5)
RETURNS TABLE (topic_a pg_catalog.text, topic_b pg_catalog.text, points_a pg_catalog.int8, points_b pg_catalog.int8,
  hits pg_catalog.int8, expected pg_catalog.float8, lift pg_catalog.float8, lag_seconds pg_catalog.float8,
  p_value pg_catalog.float8, q_value pg_catalog.float8)
AS 'MODULE_PATHNAME', 'journey_co_signals'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION journey.co_signals(pg_catalog.text, pg_catalog.interval, pg_catalog.text, pg_catalog.text, pg_catalog.interval, pg_catalog.int4, pg_catalog.int4) IS
'Pairs of topics whose points come together (at most horizon apart), or, with direction ''follows'', the one after the other (after a, within horizon), with the probability of as many hits by chance. query returns topic (any type, compared as text) and time (timestamptz), whatever they are called; with other, topic_a is of query and topic_b of other, else both are of query, and a pair that is together comes once. Rows with NULL are skipped; topics with fewer than min_points points are not tested. hits: points of topic_b that follow one of topic_a; if together, points of the topic with fewer that are near one of the other. expected: hits by chance; lift: hits / expected. lag_seconds: median time from a to b. p_value: exact, from moving the points of each block of time to the other blocks of its stratum, at the same time of the block; so times of day, slow changes and bursts within a block are allowed for. block NULL is a day, or a week, whichever is the first of at least 4 horizons that goes 14 times into the time from the first point to the last, else 10 horizons; blocks is how many make a stratum, about. q_value: Benjamini and Hochberg''s, over all pairs tested. Pairs without a hit are tested but not returned. Best first: by q_value, p_value, lift, topics. The query runs as the caller, with the caller''s rights, row security and masks, in the snapshot of the statement, and may only read. No rows for a query without rows. Errors: 22004 for a NULL where there is no default NULL; 22023 for a text that is not one query that returns rows, other numbers of columns, an unknown direction, a horizon or block that is negative or has months, a block of 0, blocks not between 2 and 10000, min_points below 1; 42804 for a second column that is not timestamptz; 22008 for an infinite time; 54000 for a topic above 1024 bytes. Cost: a pair with hits takes points * blocks steps, so 100 topics take seconds at most.';
