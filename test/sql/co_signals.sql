-- co_signals: which topics come together, or one after another.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET extra_float_digits = 0;

-- Three topics in 60 days: an outage sets off complaints within the hour, billing has nothing to do with them.
CREATE TABLE tickets (topic text, at timestamptz);
CREATE FUNCTION at(day int, seconds bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT timestamptz '2026-01-01 00:00Z' + day * interval '1 day' + seconds * interval '1 second' $$;
INSERT INTO tickets SELECT 'outage', at(d, 20000 + d * 7919 % 50000) FROM generate_series(0, 59, 3) d;
INSERT INTO tickets SELECT 'complaint', at(d, 20000 + d * 7919 % 50000 + 600 + d * 31 % 900) FROM generate_series(0, 59, 3) d;
INSERT INTO tickets SELECT 'complaint', at(d, 20000 + d * 104729 % 50000) FROM generate_series(1, 59, 6) d;
INSERT INTO tickets SELECT 'billing', at(d, 20000 + d * 15485863::bigint % 50000) FROM generate_series(0, 59, 2) d;
INSERT INTO tickets VALUES ('rare', at(3, 30000)), ('rare', at(4, 30000)), (NULL, at(5, 0)), ('outage', NULL);

SELECT topic_a, topic_b, points_a, points_b, hits, round(expected::numeric, 4) AS expected, round(lift::numeric, 2) AS lift, lag_seconds,
       round(p_value::numeric, 9) AS p_value, round(q_value::numeric, 9) AS q_value
FROM journey.co_signals('SELECT topic, at FROM tickets', interval '1 hour');
SELECT topic_a, topic_b, points_a, points_b, hits, round(expected::numeric, 4) AS expected, round(lift::numeric, 2) AS lift, lag_seconds,
       round(p_value::numeric, 9) AS p_value, round(q_value::numeric, 9) AS q_value
FROM journey.co_signals('SELECT topic, at FROM tickets', interval '1 hour', direction => 'follows');
-- the lesser name is a, whoever has more points, and the lag is from a to b
SELECT topic_a, topic_b, hits, lag_seconds < 0 AS b_first FROM journey.co_signals('SELECT topic, at FROM tickets', '1 hour') WHERE q_value < 0.01;

-- two tables; topics of any type; the order of the rows does not matter
CREATE TABLE deploys (service int, at timestamptz);
INSERT INTO deploys SELECT 1 + d % 2, at - interval '5 min' FROM (SELECT at, row_number() OVER (ORDER BY at) AS d FROM tickets WHERE topic = 'outage') x;
SELECT topic_a, topic_b, points_a, points_b, hits, lag_seconds, q_value < 0.01 AS surely
FROM journey.co_signals('TABLE deploys', interval '30 min', 'SELECT topic, at FROM tickets ORDER BY md5(at::text)', direction => 'follows');
SELECT topic_a, topic_b, hits, lag_seconds FROM journey.co_signals('SELECT topic, at FROM tickets', interval '30 min', 'TABLE deploys') WHERE q_value < 0.01;
SELECT count(*) AS differences FROM (
  SELECT * FROM journey.co_signals('SELECT topic, at FROM tickets ORDER BY at DESC', '2 hours', min_points => 1)
  EXCEPT SELECT * FROM journey.co_signals('SELECT topic, at FROM tickets ORDER BY topic, at', '2 hours', min_points => 1)) x;

-- the counts, and what is expected by chance, by definition: blocks of a day, 60 of them in strata of 28 or so
CREATE VIEW by_definition AS
WITH t AS (SELECT topic, at FROM tickets WHERE topic <> 'rare' AND at IS NOT NULL),
  frame AS (SELECT min(at) AS first, extract(epoch FROM max(at) - min(at) + interval '1 us')::numeric / 86400 AS days FROM t),
  strata AS (SELECT floor(days)::int AS whole, greatest(1, round(floor(days) / 28))::int AS n FROM frame),
  stratum AS (SELECT i, i * (whole / n) + least(i, whole % n) AS low, (i + 1) * (whole / n) + least(i + 1, whole % n) - 1 AS high FROM strata, generate_series(0, n - 1) i),
  -- each case with the places it could have had
  cases AS (SELECT topic, at, floor(extract(epoch FROM at - first)::numeric / 86400)::int AS block FROM t, frame),
  places AS (SELECT topic, at, at + (to_block - block) * interval '1 day' AS place, count(*) OVER (PARTITION BY topic, at) AS n
             FROM cases LEFT JOIN stratum ON block BETWEEN low AND high, generate_series(coalesce(low, block), coalesce(high, block)) to_block),
  pairs AS (SELECT DISTINCT a.topic AS a, b.topic AS b FROM t a JOIN t b ON a.topic <> b.topic)
SELECT a, b, (SELECT count(*) FROM t WHERE topic = b AND EXISTS (SELECT FROM t e WHERE e.topic = a AND e.at < t.at AND e.at >= t.at - interval '3 hours')) AS hits,
  (SELECT sum(1.0 / n) FROM places WHERE topic = b AND EXISTS (SELECT FROM t e WHERE e.topic = a AND e.at < place AND e.at >= place - interval '3 hours')) AS expected
FROM pairs;
SELECT d.a, d.b, d.hits, c.hits = d.hits AS hits_right, abs(c.expected - d.expected) < 1e-9 AS expected_right
FROM by_definition d LEFT JOIN journey.co_signals('SELECT topic, at FROM tickets WHERE topic <> ''rare''', '3 hours', direction => 'follows') c
  ON (d.a, d.b) = (c.topic_a, c.topic_b) WHERE d.hits > 0 ORDER BY 1, 2;

-- nothing to see
SELECT count(*) FROM journey.co_signals('SELECT topic, at FROM tickets WHERE false', '1 hour');
SELECT count(*) FROM journey.co_signals('SELECT topic, at FROM tickets WHERE topic = ''outage''', '1 hour');
SELECT count(*) = 0 AS any_case FROM (SELECT * FROM journey.co_signals('SELECT topic, at FROM tickets', '1 h', direction => 'Follows') EXCEPT SELECT * FROM journey.co_signals('SELECT topic, at FROM tickets', '1 h', direction => 'follows')) x;
SELECT count(*) FROM journey.co_signals('SELECT topic, at FROM tickets', '0', direction => 'follows');
-- one block only, or points behind the last: no chance to compare with, so no surprise
SELECT DISTINCT p_value FROM journey.co_signals('SELECT topic, at FROM tickets', '1 hour', block => '60 days');

-- the query runs as the caller, and only reads
CREATE ROLE co_reader;
GRANT USAGE ON SCHEMA journey TO co_reader;
GRANT SELECT ON tickets TO co_reader;
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY no_billing ON tickets FOR SELECT TO co_reader USING (topic <> 'billing');
SET ROLE co_reader;
SELECT count(*) FILTER (WHERE 'billing' IN (topic_a, topic_b)) AS billing, count(*) > 0 AS any FROM journey.co_signals('SELECT topic, at FROM tickets', '1 hour');
SELECT * FROM journey.co_signals('SELECT service, at FROM deploys', '1 hour');
RESET ROLE;

CREATE FUNCTION try(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE 'SELECT count(*) FROM journey.co_signals(' || arguments || ')';
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT a, try(a) FROM unnest(ARRAY[
  'NULL, ''1 hour''', '''TABLE tickets'', NULL', '''TABLE tickets'', ''-1 s''', '''TABLE tickets'', ''1 mon''', '''TABLE tickets'', ''27000000 days''',
  '''TABLE tickets'', ''1 h'', direction => ''after''', '''TABLE tickets'', ''1 h'', direction => NULL', '''TABLE tickets'', ''1 h'', block => ''0''',
  '''TABLE tickets'', ''1 h'', block => ''1 mon''', '''TABLE tickets'', ''1 h'', blocks => 1', '''TABLE tickets'', ''1 h'', blocks => 10001',
  '''TABLE tickets'', ''1 h'', min_points => 0', '''SELECT 1'', ''1 h''', '''SELECT 1, now(), 2'', ''1 h''', '''SELECT 1, 2'', ''1 h''', '''SELECT 1, timestamp ''''2026-01-01'''' AS "When"'', ''1 h''',
  '''SELECT 1, now(); SELECT 1, now()'', ''1 h''', '''DELETE FROM deploys RETURNING *'', ''1 h''', '''SELECT service, at FROM deploys FOR UPDATE'', ''1 h''',
  '''WITH d AS (DELETE FROM deploys RETURNING *) TABLE d'', ''1 h''', '''CREATE TABLE x ()'', ''1 h''', '''SELECT FROM'', ''1 h''', ''''', ''1 h''',
  '''SELECT 1, timestamptz ''''infinity'''''', ''1 h''', '''SELECT repeat(''''x'''', 1025), now()'', ''1 h''',
  '''SELECT 1 / 0, now()'', ''1 h''', '''TABLE tickets'', ''1 h'', ''TABLE nowhere''']) a;
SELECT count(*) AS deploys FROM deploys;

DROP VIEW by_definition;
DROP TABLE tickets, deploys;
DROP FUNCTION at(int, bigint), try(text);
REVOKE USAGE ON SCHEMA journey FROM co_reader;
DROP ROLE co_reader;
