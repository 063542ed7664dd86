-- Signals with values: Mann-Kendall, Sen, Pettitt, on what terms, in two steps.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET extra_float_digits = 0;

-- By hand: a rise, its mirror, a peak, a constant, two of one time, NULLs, one point, two points
CREATE TABLE points (series text, day int, value float8);
INSERT INTO points VALUES
  ('rise', 1, 1), ('rise', 2, 3), ('rise', 3, 2), ('rise', 4, 5), ('rise', 5, 8), ('rise', 6, 7), ('rise', 7, 9), ('rise', 8, 12),
  ('peak', 1, 1), ('peak', 2, 2), ('peak', 3, 3), ('peak', 4, 2), ('peak', 5, 1),
  ('constant', 1, 4), ('constant', 2, 4), ('constant', 3, 4), ('constant', 4, 4),
  ('one time', 1, 1), ('one time', 1, 2), ('one time', 1, 3), ('one time', 1, 4),
  ('gaps', 1, 10), ('gaps', 2, NULL), ('gaps', NULL, 7), ('gaps', 3, 30), ('gaps', 7, 40),
  ('one', 1, 5), ('two', 1, 5), ('two', 3, 6), ('nothing', 1, NULL);
INSERT INTO points SELECT 'fall', day, -value FROM points WHERE series = 'rise';
CREATE VIEW timed AS SELECT series, timestamptz '2026-01-01 00:00+00' + day * interval '1 day' AS at, value FROM points;
SELECT series, (s).class, (s).points, (s).direction, (s).tau, (s).z, (s).p_value, (s).slope_per_day, (s).change_at, (s).change_p
FROM (SELECT series, journey.signal_agg(at, value) AS s FROM timed GROUP BY series) x ORDER BY series;

-- Without values: gaps that get shorter are rising, longer falling
SELECT what, (s).points, (s).direction, (s).tau, (s).z, (s).p_value, (s).slope_per_day, (s).change_at, (s).change_p
FROM (SELECT 'faster' AS what, journey.signal_agg(timestamptz '2026-01-01 00:00+00' + 10 * sqrt(i) * interval '1 day') AS s FROM generate_series(1, 12) i
      UNION ALL SELECT 'slower', journey.signal_agg(timestamptz '2026-01-01 00:00+00' + i * i * interval '1 hour') FROM generate_series(1, 12) i
      UNION ALL SELECT 'even', journey.signal_agg(timestamptz '2026-01-01 00:00+00' + i * interval '1 hour') FROM generate_series(1, 12) i
      UNION ALL SELECT 'at once', journey.signal_agg(timestamptz '2026-01-01 00:00+00') FROM generate_series(1, 12) i) x;

-- On other terms
SELECT (journey.signal_agg(at, value)).direction AS usual, (journey.signal_agg(at, value, 0.0001)).direction AS strict, (journey.signal_agg(at, value, NULL)).direction AS by_default,
       (journey.signal_agg(at, value, 0.05, 5, 9)).class AS cautious, (journey.signal_agg(at, value, NULL, NULL, 8)).class AS from_8, (journey.signal_agg(at, 0.5, 9, 10)).class AS of_times
FROM timed WHERE series = 'rise';
SELECT journey.signal_agg(at, value, 0) FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, value, 1) FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, value, 'NaN') FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, value, 0.05, 1, 3) FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, 0.05, 3, 3) FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, value, CASE WHEN value > 3 THEN 0.05 ELSE 0.01 END) FROM timed;
\echo :SQLSTATE

-- What is no number
SELECT journey.signal_agg(at, 'NaN') FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg(at, 'Infinity') FROM timed;
\echo :SQLSTATE
SELECT journey.signal_agg('infinity'::timestamptz, 1);
\echo :SQLSTATE
SELECT (journey.signal_agg(at, value * 1e307)).slope_per_day FROM timed WHERE series = 'rise';
SELECT journey.signal_agg(timestamptz '2026-01-01 00:00+00' + i * interval '1 microsecond', i * 1e303) FROM generate_series(1, 9) i;
\echo :SQLSTATE
SELECT (journey.signal_agg(at, -0.0)).slope_per_day FROM timed WHERE series = 'rise';

-- In two steps
CREATE TABLE states AS SELECT series, journey.signal_state_agg(at, value) AS state FROM timed GROUP BY series;
SELECT series, state FROM states ORDER BY series;
SELECT count(*) AS series, count(*) FILTER (WHERE (journey.signal(state))::text IS NOT DISTINCT FROM s::text) AS equal
FROM states JOIN (SELECT series, journey.signal_agg(at, value) AS s FROM timed GROUP BY series) x USING (series);
SELECT (journey.signal(state, alpha => 0.001)).direction, (journey.signal(state, pattern_at => 9, trend_at => 10)).class FROM states WHERE series = 'rise';
SELECT journey.signal(NULL) IS NULL AS nothing, journey.signal(state, alpha => NULL) IS NULL AS no_alpha, journey.signal(state, correction => NULL) IS NULL AS no_correction FROM states WHERE series = 'rise';
SELECT series, (s).slope_per_day IS NULL AS no_slope, s::text = replace((journey.signal(state))::text, ',' || (journey.signal(state)).slope_per_day || ',', ',,') AS else_equal, (journey.signal(state, slope => NULL)) IS NULL AS nothing
FROM (SELECT series, state, journey.signal(state, slope => false) AS s FROM states WHERE series IN ('rise', 'fall')) x ORDER BY series;
SELECT journey.signal(state, alpha => 2) FROM states;
\echo :SQLSTATE
SELECT journey.signal(state, correction => 'Hamed-Rao') = journey.signal(state, correction => 'hamed-rao') AS any_case FROM states WHERE series = 'rise';
SELECT journey.signal(state, correction => 'bonferroni') FROM states WHERE series = 'rise';
\echo :SQLSTATE
SELECT journey.signal(state, correction => 'yue-wang', season => '7 days') FROM states WHERE series = 'rise';
\echo :SQLSTATE
SELECT season, (journey.signal(state, season => season)).tau FROM states, unnest(ARRAY[interval '2 days', '8 days', '1 day', '1 month', '1 year', '3 hours', '1 hour', '90 minutes', '1 minute']) season WHERE series = 'rise';
CREATE FUNCTION try(season interval) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN journey.signal('{2026-01-01T10:00:00Z 1}', season => season);
EXCEPTION WHEN OTHERS THEN
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM);
END $$;
SELECT season, try(season) FROM unnest(ARRAY[interval '0', '-7 days', '1 month 1 day', '1 day 1 hour', '1 second', '500 ms', '1.5 s', '100001 days']) season;
SELECT journey.signal(state, season => '7 days', zone => 'Atlantis') FROM states WHERE series = 'rise';
\echo :SQLSTATE

-- Seasons are those of a place: weekdays in Auckland and in Honolulu
SELECT zone, (journey.signal(s, season => '7 days', zone => zone)).tau
FROM (SELECT journey.signal_state_agg(timestamptz '2026-01-01 00:00+00' + i * interval '11 hours', i * i % 17) AS s FROM generate_series(1, 60) i) x,
     unnest(ARRAY['UTC', 'Pacific/Auckland', 'Pacific/Honolulu']) zone;

-- Seasons alone against a season at a time: S and its pairs add up
CREATE TABLE visits AS
  SELECT timestamptz '2024-01-01 12:00+00' + i * interval '1 day' AS at, 20 * (i % 7) + i % 5 + i / 50.0 AS value FROM generate_series(0, 400) i;
SELECT round((journey.signal(s, season => '7 days')).tau::numeric, 9) AS tau, round(sum_s / sum_pairs, 9) AS by_weekday
FROM (SELECT journey.signal_state_agg(at, value) AS s FROM visits) x,
     (SELECT sum(round(((w).tau * n * (n - 1) / 2)::numeric)) AS sum_s, sum(n * (n - 1) / 2) AS sum_pairs
      FROM (SELECT journey.signal_agg(at, value) AS w, count(*) AS n FROM visits GROUP BY extract(dow FROM at)) y) z;
SELECT (journey.signal(s)).p_value < 1e-3 AS without, (journey.signal(s, season => '7 days')).p_value < 1e-30 AS with_weekdays,
       (journey.signal(s, season => '1 year')).direction AS by_month, (journey.signal(s, season => '7 days')).slope_per_day
FROM (SELECT journey.signal_state_agg(at, value) AS s FROM visits) x;

-- Corrections: fewer than three points have nothing to correct; a zigzag may leave Hamed and Rao no variance
SELECT correction, (journey.signal(state, correction => correction)).z FROM states, unnest(ARRAY['none', 'hamed-rao', 'yue-wang']) correction WHERE series IN ('two', 'rise', 'constant') ORDER BY series, 1;
SELECT correction, (s).direction, (s).tau, (s).z, (s).p_value
FROM unnest(ARRAY['none', 'hamed-rao', 'yue-wang']) correction,
     LATERAL (SELECT journey.signal(journey.signal_state_agg(timestamptz '2026-01-01 00:00+00' + i * interval '1 day', v), correction => correction) AS s
              FROM unnest(ARRAY[7, 0, 7, 2, 5, 4, 0, 4, 7, 0, 7, 2]) WITH ORDINALITY x (v, i)) x;

-- Any split and any order is one state and one answer
SELECT setseed(0.7);
CREATE TABLE stream AS
  SELECT (40 * random() ^ 2)::int AS series, timestamptz '2026-01-01 00:00+00' + (random() * 300)::int * interval '1 hour' AS at, (random() * 100)::int / 10.0::float8 AS value
  FROM generate_series(1, 8000);
CREATE VIEW answers AS SELECT md5(string_agg(x::text, ';' ORDER BY series)) FROM (SELECT series, (journey.signal_agg(at, value)).* FROM stream GROUP BY series) x;
SELECT * FROM answers \gset plain_
SELECT md5(string_agg(x::text, ';' ORDER BY series)) FROM (SELECT series, (journey.signal_agg(at, value ORDER BY md5(at::text || value))).* FROM stream GROUP BY series) x \gset shuffled_
SELECT journey.signal_state_agg(at, value) AS state FROM stream \gset serial_
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT series, journey.signal_agg(at, value, 0.01, 2, 3) FROM stream GROUP BY series;
SELECT * FROM answers \gset parallel_
SELECT journey.signal_agg(at, value, 0.01, 4, 5) AS s FROM stream \gset parallel_
SELECT journey.signal_class_agg(at, 10, 9000) AS class, journey.signal_class_agg(at) AS usual FROM stream \gset parallel_
RESET max_parallel_workers_per_gather;
RESET parallel_leader_participation;
RESET min_parallel_table_scan_size;
RESET parallel_tuple_cost;
RESET parallel_setup_cost;
SELECT :'plain_md5' = :'shuffled_md5' AS shuffled, :'plain_md5' = :'parallel_md5' AS parallel,
       (SELECT journey.signal_agg(at, value, 0.01, 4, 5)::text FROM stream) = :'parallel_s' AS terms, :'parallel_class' AS class, :'parallel_usual' AS usual;
SELECT journey.signal_state_agg(state ORDER BY series DESC)::text = :'serial_state' AS merged
FROM (SELECT series, journey.signal_state_agg(at, value) AS state FROM stream GROUP BY series) x;
-- states with and without values, and on different terms
SELECT journey.signal_state_agg(s) FROM (VALUES ('{2026-01-01T10:00:00Z}'::journey.signal_state), ('{2026-01-01T10:00:00Z 1}')) v (s);
\echo :SQLSTATE
SELECT journey.signal_state_agg(s) FROM (VALUES ('{2026-01-01T10:00:00Z}'::journey.signal_state), ('{2026-01-01T10:00:00Z} alpha=0.05 pattern_at=2 trend_at=3')) v (s);
\echo :SQLSTATE
SELECT journey.signal_state_agg(s) FROM (VALUES (NULL::journey.signal_state), ('{2026-01-01T10:00:00Z 1}'), (NULL)) v (s);

-- Text and bytes of states with values
SELECT '{2026-01-02T10:00:00Z 1e3, 2026-01-01T10:00:00Z -0.0, 2026-01-01T10:00:00Z -7.25} alpha=0.010 pattern_at=2 trend_at=30'::journey.signal_state;
SELECT journey._signal_state_send('{2026-01-02T10:00:00Z 3, 2026-01-01T10:00:00Z 1.5}');
CREATE TABLE copied (LIKE states);
COPY states TO PROGRAM 'cat > signal_values.bin' (FORMAT binary);
COPY copied FROM PROGRAM 'cat signal_values.bin; rm signal_values.bin' (FORMAT binary);
SET search_path = public, journey;
SELECT count(*) AS states, count(*) FILTER (WHERE c.state = s.state AND c.state::text::journey.signal_state = s.state) AS equal FROM copied c JOIN states s USING (series) WHERE s.state IS NOT NULL;

-- Order, equality, hashes
SELECT a.series AS a, b.series AS b, a.state < b.state AS lt, a.state <= b.state AS le, a.state = b.state AS eq, a.state <> b.state AS ne, a.state >= b.state AS ge, a.state > b.state AS gt
FROM states a, states b WHERE a.series IN ('one', 'two') AND b.series IN ('one', 'two') ORDER BY 1, 2;
SELECT count(DISTINCT state) AS by_sorting, (SELECT count(*) FROM (SELECT FROM states GROUP BY state) x) AS by_hashing FROM states;
SET enable_hashjoin = off;
SELECT count(*) FROM states a JOIN copied b USING (state);
SET enable_mergejoin = off;
RESET enable_hashjoin;
SELECT count(*) FROM states a JOIN copied b USING (state);
RESET enable_mergejoin;
RESET search_path;
CREATE UNIQUE INDEX ON states (state);
SELECT bool_and(journey._signal_state_hash(state) = journey._signal_state_hash_extended(state, 0)::bit(32)::int AND journey._signal_state_hash_extended(state, 1) <> journey._signal_state_hash_extended(state, 0)) AS hashes FROM states;

-- The class of a moving window, as of the arrival of each point
CREATE TABLE complaints (topic text, at timestamptz);
INSERT INTO complaints VALUES ('late', '2026-01-01'), ('late', '2026-01-20'), ('late', '2026-01-31'), ('late', '2026-01-31'), ('late', '2026-02-28'), ('late', '2026-04-01'), ('late', NULL),
  ('rude', '2026-01-05'), ('rude', '2026-02-04');
SELECT topic, at, journey.signal_class_agg(at) OVER month AS class, journey.signal_class_agg(at, 3, 4) OVER month AS cautious, count(at) OVER month AS points
FROM complaints WINDOW month AS (PARTITION BY topic ORDER BY at RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW) ORDER BY topic, at;
SELECT topic, journey.signal_class_agg(at), journey.signal_class_agg(at, NULL, 10) AS later FROM complaints GROUP BY topic ORDER BY topic;
SELECT journey.signal_class_agg(at) IS NULL AS none, journey.signal_class_agg(at, 3, 4) IS NULL AS none_by_terms FROM complaints WHERE at IS NULL;
-- the same as counting again in each frame
SELECT count(*) AS points, count(*) FILTER (WHERE class IS DISTINCT FROM journey.classify(n) OR cautious IS DISTINCT FROM journey.classify(n, 10, 20)) AS different
FROM (SELECT journey.signal_class_agg(at) OVER w AS class, journey.signal_class_agg(at, 10, 20) OVER w AS cautious, count(*) OVER w AS n
      FROM stream WINDOW w AS (PARTITION BY series ORDER BY at ROWS BETWEEN 30 PRECEDING AND 5 PRECEDING)) x;
SELECT journey.signal_class_agg('infinity'::timestamptz);
\echo :SQLSTATE
SELECT journey.signal_class_agg(at, 1, 3) FROM complaints;
\echo :SQLSTATE
SELECT journey.signal_class_agg(at, 3, 3) FROM complaints;
\echo :SQLSTATE
SELECT journey.signal_class_agg(at, 2, CASE topic WHEN 'late' THEN 3 ELSE 4 END) FROM complaints;
\echo :SQLSTATE
SELECT journey._signal_class_transfn(0, now());
\echo :SQLSTATE

DROP VIEW timed, answers;
DROP TABLE points, states, copied, visits, stream, complaints;
DROP FUNCTION try(interval);
