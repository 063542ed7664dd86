-- Signals: classify, signal_agg and its state.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';

-- classify

SELECT n, journey.classify(n), journey.classify(n, 3, 10) AS moved, journey.classify(n, trend_at => 4) AS later
FROM (VALUES (NULL::bigint), (0), (1), (2), (3), (4), (9), (10), (9223372036854775807)) v (n);
SELECT enum_range(NULL::journey.signal_class), 'flake'::journey.signal_class < 'pattern' AND 'pattern'::journey.signal_class < 'trend' AS ordered;
SELECT journey.classify(1, NULL), journey.classify(1, 2, NULL);
SELECT journey.classify(-1);
\echo :SQLSTATE
SELECT journey.classify(1, 1);
\echo :SQLSTATE
SELECT journey.classify(1, 3, 3);
\echo :SQLSTATE
SELECT journey.classify(1, 3);
\echo :SQLSTATE

-- signal_agg

CREATE TABLE complaints (topic text, at timestamptz);
INSERT INTO complaints VALUES
  ('late delivery', '2026-01-05 09:00+00'), ('late delivery', '2026-01-01 09:00+00'), ('late delivery', '2026-01-02 12:30+00'),
  ('late delivery', NULL), ('wrong size', '2026-01-03 10:00+00'), ('wrong size', '2026-01-03 10:00:00.000005+00'),
  ('torn box', '2026-01-04 00:00+00'), ('no time', NULL);
SELECT topic, (journey.signal_agg(at)).* FROM complaints GROUP BY topic ORDER BY topic;
SELECT topic, journey.signal_agg(at) FROM complaints GROUP BY topic ORDER BY topic;
SELECT (s).class, count(*) FROM (SELECT journey.signal_agg(at) AS s FROM complaints GROUP BY topic) x GROUP BY 1 ORDER BY 1;
SELECT journey.signal_agg(at) IS NULL AS empty FROM complaints WHERE false;
SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 'journey.signal'::regclass ORDER BY attnum;

-- The median: one gap, two (mean, rounded down), three, equal times
SELECT (journey.signal_agg(timestamptz '2026-01-01 00:00+00' + s * interval '1 second')).median_gap
FROM (VALUES (1, 0.0), (1, 1.5), (2, 0), (2, 1), (2, 1.000004), (3, 0), (3, 1), (3, 1.000003), (4, 0), (4, 1), (4, 11), (4, 12),
             (5, 0), (5, 0), (5, 0), (6, 0), (6, 1), (6, 100), (6, 0), (6, 1000), (7, 0)) v (i, s)
GROUP BY i ORDER BY i;

-- A gap of months comes in hours; BC, epoch 0 and the ends of the calendar
SELECT (journey.signal_agg(t)).* FROM (VALUES (timestamptz '2025-01-01 00:00+00'), ('2026-01-01 00:00+00')) v (t);
SELECT (journey.signal_agg(t)).* FROM (VALUES (timestamptz '0044-03-15 12:00+00 BC'), ('1970-01-01 00:00+00'), ('2000-01-01 00:00+00')) v (t);
SELECT (journey.signal_agg(t)).* FROM (VALUES (timestamptz '4714-11-24 00:00+00 BC'), ('2000-01-01 00:00+00'), ('294276-12-31 23:59:59.999999+00')) v (t);
SELECT journey.signal_agg(t) FROM (VALUES (timestamptz '4714-11-24 00:00+00 BC'), ('294276-12-31 23:59:59.999999+00')) v (t);
\echo :SQLSTATE
SELECT journey.signal_agg('infinity'::timestamptz);
\echo :SQLSTATE
SELECT journey.signal_agg('-infinity'::timestamptz);
\echo :SQLSTATE

-- The same as plain SQL, for many groups of all sizes
SELECT setseed(0.42);
CREATE TABLE stream AS
  SELECT (300 * random() ^ 3)::int AS topic,
         timestamptz '2026-01-01 00:00+00' + floor(random() * 4e6) * interval '1 second' AS at
  FROM generate_series(1, 30000);
CREATE VIEW expected AS
  SELECT topic, count(*) AS points, min(at) AS first_at, max(at) AS last_at,
         floor(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY gap)) * 1000000) AS median_us
  FROM (SELECT topic, at, at - lag(at) OVER (PARTITION BY topic ORDER BY at) AS gap FROM stream) x GROUP BY topic;
SELECT count(*) AS groups, count(*) FILTER (WHERE (s).points <> e.points OR (s).first_at <> e.first_at OR (s).last_at <> e.last_at) AS different,
       count(*) FILTER (WHERE extract(epoch FROM (s).median_gap) * 1000000 IS DISTINCT FROM median_us) AS other_median
FROM (SELECT topic, journey.signal_agg(at) AS s FROM stream GROUP BY topic) x JOIN expected e USING (topic);

-- Any order and any plan give the same
CREATE VIEW answers AS SELECT md5(string_agg(x::text, ';' ORDER BY topic)) FROM (SELECT topic, (journey.signal_agg(at)).* FROM stream GROUP BY topic) x;
SET enable_hashagg = off;
SELECT * FROM answers \gset sorted_
RESET enable_hashagg;
SET enable_sort = off;
SELECT * FROM answers \gset hashed_
SET work_mem = '64kB';
SELECT * FROM answers \gset spilled_
RESET work_mem;
RESET enable_sort;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT topic, journey.signal_agg(at) FROM stream GROUP BY topic;
SELECT * FROM answers \gset parallel_
SELECT journey.signal_agg(at) AS s FROM stream \gset parallel_
SET max_parallel_workers_per_gather = 0;
SELECT journey.signal_agg(at) AS s FROM stream \gset serial_
SELECT md5(string_agg(x::text, ';' ORDER BY topic)) FROM (SELECT topic, (journey.signal_agg(at ORDER BY md5(at::text))).* FROM stream GROUP BY topic) x \gset shuffled_
SELECT md5(string_agg(x::text, ';' ORDER BY topic)) FROM (SELECT topic, (journey.signal_agg(at ORDER BY at DESC)).* FROM stream GROUP BY topic) x \gset descending_
SELECT :'sorted_md5' = :'hashed_md5' AS hashed, :'sorted_md5' = :'spilled_md5' AS spilled, :'sorted_md5' = :'parallel_md5' AS parallel,
       :'sorted_md5' = :'shuffled_md5' AS shuffled, :'sorted_md5' = :'descending_md5' AS descending, :'serial_s' = :'parallel_s' AS one_group;
RESET max_parallel_workers_per_gather;
RESET parallel_leader_participation;
RESET min_parallel_table_scan_size;
RESET parallel_tuple_cost;
RESET parallel_setup_cost;

-- Grouping sets, FILTER, DISTINCT, and the same call twice
SELECT topic, (s).points, (s).median_gap FROM (SELECT topic, journey.signal_agg(at) AS s FROM complaints GROUP BY ROLLUP (topic)) x ORDER BY topic;
SELECT (journey.signal_agg(at) FILTER (WHERE topic = 'torn box')).points AS torn, (journey.signal_agg(DISTINCT date_trunc('day', at))).points AS days,
       (journey.signal_agg(at)).points FROM complaints;

-- As a window aggregate: growing, moving and whole frames
SELECT at, (journey.signal_agg(at) OVER (ORDER BY at)).points AS so_far,
       (journey.signal_agg(at) OVER (ORDER BY at RANGE BETWEEN interval '2 days' PRECEDING AND CURRENT ROW)).class AS in_2_days,
       (journey.signal_agg(at) OVER (ORDER BY at DESC)).median_gap AS from_the_end,
       (journey.signal_agg(at) OVER ()).points AS whole
FROM complaints ORDER BY at, topic;

-- signal_state: text, binary, storage

SELECT '{2026-01-01T10:00:00Z}'::journey.signal_state;
SELECT ' { 2026-01-02 12:00:00+02:00 ,2026-01-01T10:00:05.25Z, 2026-01-01T10:00:05.25Z,0044-03-15T12:00:00Z BC } '::journey.signal_state;
CREATE TABLE states (id int, state journey.signal_state);
INSERT INTO states VALUES (1, '{2026-01-01T10:00:00Z}'), (2, '{2026-01-01T10:00:00Z, 2026-01-01T10:00:05.25Z, 2026-01-01T10:20:00Z}'),
  (3, '{4714-11-24T00:00:00Z BC, 294276-12-31T23:59:59.999999Z}');
SELECT id, journey._signal_state_send(state) FROM states ORDER BY id;
SELECT id, journey._signal_finalfn(state) FROM states WHERE id < 3 ORDER BY id;
-- states of other settings, through text
SET timezone = 'Asia/Kolkata';
SET datestyle = 'SQL, DMY';
SELECT id, state FROM states ORDER BY id;
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- binary in and out, and out of line: a state of 30 000 points
CREATE AGGREGATE state_agg(timestamptz) (SFUNC = journey._signal_transfn, STYPE = journey.signal_state,
  COMBINEFUNC = journey._signal_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE state_merge(journey.signal_state) (SFUNC = journey._signal_combinefn, STYPE = journey.signal_state);
INSERT INTO states SELECT 4, state_agg(at) FROM stream;
CREATE TABLE copied (LIKE states);
COPY states TO PROGRAM 'cat > signal_states.bin' (FORMAT binary);
COPY copied FROM PROGRAM 'cat signal_states.bin; rm signal_states.bin' (FORMAT binary);
SELECT count(*) AS states, count(*) FILTER (WHERE c.state::text = s.state::text AND c.state::text::journey.signal_state::text = s.state::text) AS equal
FROM copied c JOIN states s USING (id);
SELECT journey._signal_finalfn(state)::text = :'serial_s' AS whole FROM copied WHERE id = 4;
-- any split of the points, in any order of merging, is the same state
SELECT count(DISTINCT journey._signal_state_send(state)) AS forms
FROM (SELECT state FROM states WHERE id = 4
      UNION ALL SELECT state_merge(state) FROM (SELECT state_agg(at) AS state FROM stream GROUP BY topic) x
      UNION ALL SELECT state_merge(state ORDER BY topic DESC) FROM (SELECT topic, state_agg(at ORDER BY at) AS state FROM stream GROUP BY topic) x
      UNION ALL SELECT state_agg(at ORDER BY md5(at::text)) FROM stream) x;

-- What is refused

-- Tries a text (or, below, bytes) and tells what came of it.
CREATE FUNCTION try(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
BEGIN
  RETURN input::journey.signal_state;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, detail);
END $$;

SELECT input, try(input) FROM unnest(ARRAY[
  '', ' ', '{', '}', '{}', '{ }', '[]', '{2026-01-01T10:00:00Z', '2026-01-01T10:00:00Z}', '{2026-01-01T10:00:00Z,}',
  '{,2026-01-01T10:00:00Z}', '{2026-01-01T10:00:00Z 2026-01-01T10:00:00Z}', '{2026-01-01T10:00:00Z}}', '{2026-01-01T10:00:00Z} x',
  '{2026-02-30T10:00:00Z}', '{2026-01-01}', '{10:00:00Z}', '{infinity}', '{NULL}', '{now}', '{294277-01-01T00:00:00Z}',
  '{4714-11-23T23:59:59Z BC}', '{"2026-01-01T10:00:00Z"}']) WITH ORDINALITY v (input, i) ORDER BY i;

-- the same for bytes, by way of a binary COPY
CREATE TABLE one (state journey.signal_state);
CREATE FUNCTION try(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  file bytea := '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001' || int4send(length(bytes)) || bytes || '\xffff';
  octal text;
  detail text;
  result text;
BEGIN
  SELECT string_agg('\' || (b >> 6) || (b >> 3 & 7) || (b & 7), '' ORDER BY i) INTO octal
  FROM (SELECT get_byte(file, i) AS b, i FROM generate_series(0, length(file) - 1) i) x;
  EXECUTE format('COPY one FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
  DELETE FROM one RETURNING state INTO result;
  RETURN result;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, detail);
END $$;

-- version, flags, tracks, points, first, last, lengths, differences in ms: three points, 5.25 s and 1194.75 s apart
SELECT what, try(decode(bytes, 'hex')) FROM (VALUES
  (1, 'as it should be',         '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (2, 'nothing',                 ''),
  (3, 'cut in the header',       '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea02'),
  (4, 'cut behind it',           '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200'),
  (5, 'cut at the end',          '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a'),
  (6, 'a byte too many',         '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12 00'),
  (7, 'version 0',               '00 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (8, 'a newer version',         '02 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (9, 'an unknown flag',         '01 81 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (10, 'no such unit',           '01 03 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (11, 'an unknown part',        '01 01 0400 03000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (12, 'no points',              '01 01 0000 00000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (13, 'four thousand million',  '01 01 0000 ffffffff 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (14, 'two points',             '01 01 0000 02000000 00c8ac6c4fea0200 005433b44fea0200 09 8214 fe3a12'),
  (15, 'last before first',      '01 01 0000 03000000 005433b44fea0200 00c8ac6c4fea0200 09 8214 fe3a12'),
  (16, 'first is -infinity',     '01 01 0000 03000000 0000000000000080 005433b44fea0200 09 8214 fe3a12'),
  (17, 'last is infinity',       '01 01 0000 03000000 00c8ac6c4fea0200 ffffffffffffff7f 09 8214 fe3a12'),
  (18, 'last a microsecond off', '01 01 0000 03000000 00c8ac6c4fea0200 015433b44fea0200 09 8214 fe3a12'),
  (19, 'unit us, not ms',        '01 00 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 0a d01b50 705a3647'),
  (20, 'a difference too long',  '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 0a 821400 fe3a12'),
  (21, 'unused lengths set',     '01 01 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 49 8214 fe3a12'),
  (22, 'wide, but none is',      '01 05 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 00000000 09 8214 fe3a12'),
  (23, 'wide, many of them',     '01 05 0000 03000000 00c8ac6c4fea0200 005433b44fea0200 ffffffff 09 8214 fe3a12'),
  (24, 'one point, two times',   '01 02 0000 01000000 00c8ac6c4fea0200 005433b44fea0200'),
  (25, 'one point, unit ms',     '01 01 0000 01000000 00c8ac6c4fea0200 00c8ac6c4fea0200')) v (i, what, bytes) ORDER BY i;

-- the parts of the aggregate are for the aggregate
SELECT journey._signal_transfn(NULL, now());
\echo :SQLSTATE
SELECT journey._signal_combinefn('{2026-01-01T10:00:00Z}', '{2026-01-01T10:00:00Z}');
\echo :SQLSTATE

DROP VIEW expected, answers;
DROP TABLE complaints, stream, states, copied, one;
DROP FUNCTION try(text), try(bytea);
DROP AGGREGATE state_agg(timestamptz), state_merge(journey.signal_state);
