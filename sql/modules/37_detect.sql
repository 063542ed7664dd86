--| # Detection
--|
--| One call for a screen of many topics: what is there, which way does it go,
--| since when, and what comes in a burst? Emerging topics come first, and of a
--| thousand topics that just go on none should be reported.

--| `detect(query)` runs a query that returns topic, time and perhaps a value:
--|
--|     SELECT * FROM journey.detect('SELECT topic, at FROM complaints') WHERE burst OR direction <> 'steady';
CREATE FUNCTION journey.detect(query pg_catalog.text, as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp(),
  recent pg_catalog.interval DEFAULT NULL, alpha pg_catalog.float8 DEFAULT 0.05,
  pattern_at pg_catalog.int8 DEFAULT 2, trend_at pg_catalog.int8 DEFAULT 3)
RETURNS TABLE (topic pg_catalog.text, class pg_catalog.text, points pg_catalog.int8, first_at pg_catalog.timestamptz,
  last_at pg_catalog.timestamptz, direction pg_catalog.text, p_value pg_catalog.float8, q_value pg_catalog.float8,
  slope_per_day pg_catalog.float8, change_at pg_catalog.timestamptz, change_q pg_catalog.float8, burst pg_catalog.bool,
  recent_points pg_catalog.int8, expected_points pg_catalog.float8, burst_p pg_catalog.float8, burst_q pg_catalog.float8)
AS 'MODULE_PATHNAME', 'journey_detect'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 1000;
COMMENT ON FUNCTION journey.detect(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8) IS
'What the data points of each topic amount to, a row a topic. query returns topic (any type, as text), time (timestamptz) and, if it is about values, a number, whatever they are called. Rows with NULL and points after as_of are left out. class, points, first_at, last_at, p_value and slope_per_day are those of signal_agg: of values over time, or, without, of the gaps between points. Topics of class trend are tested, together: q_value is Benjamini and Hochberg''s, and direction is rising or falling if q_value is at most alpha, else steady. change_at is Pettitt''s change point, if its change_q is at most alpha. burst: is the topic more frequent in the recent past, after as_of - recent, than before, from the first point of all topics on? recent_points is how many came, expected_points how many would have at the rate before, burst_p the exact probability of so many or more, by the conditional test of two Poisson rates, burst_q with regard to all topics, burst whether that is at most alpha. recent NULL is a tenth of the time from the first point of all to as_of. p and q are NULL for topics that are not tested, slope_per_day without values, expected_points without a time before. Emerging topics first: bursts, rising, falling, steady; among these by the least p, the most points, and the name. The query runs as the caller, with the caller''s rights, row security and masks, in the snapshot of the statement, and may only read. No rows for a query without rows. Errors: 22004 for a NULL query or as_of; 22023 for a text that is not one query that returns rows, other numbers of columns, alpha not between 0 and 1, thresholds out of order, a recent that is not positive or has months; 42804 for columns of other types; 22003 for a value that is NaN or infinite, 22008 for an infinite time or as_of; 54000 for a topic above 1024 bytes. Cost: O(n log n).';
