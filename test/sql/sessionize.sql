-- The window function sessionize.
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- A row of the tables below: one subject, times as seconds after midnight.
CREATE FUNCTION at(seconds float8) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN timestamptz '2026-01-01 00:00:00+00' + seconds * interval '1 second';

CREATE FUNCTION on_clock(hhmm text) RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN ('2026-01-01 ' || hhmm || '+00')::timestamptz;

-- S1: MADlib, gap 3 min: 1 1 1 2 2
SELECT t, journey.sessionize(on_clock(t), interval '3 min') OVER (ORDER BY on_clock(t)) AS session
FROM (VALUES ('01:03'), ('01:05'), ('01:07'), ('02:06'), ('02:07')) v (t) ORDER BY t;

-- S2: a gap as long as the limit stays: 1 1 1 1
SELECT t, journey.sessionize(on_clock(t), interval '3 min') OVER (ORDER BY on_clock(t)) AS session
FROM (VALUES ('02:18'), ('02:19'), ('02:22'), ('02:25')) v (t) ORDER BY t;

-- S2, to the microsecond
SELECT t, journey.sessionize(at(t), interval '3 min') OVER (ORDER BY t) AS session
FROM (VALUES (0.0), (180.0), (360.000001)) v (t) ORDER BY t;

-- S4: rows without a time get NULL and do not break their neighbours: 1 1 1 1 1 - - 1 1 2
SELECT i, t, journey.sessionize(on_clock(t), interval '3 min') OVER (ORDER BY i) AS session
FROM unnest('{01:15,01:16,01:18,01:19,01:21,NULL,NULL,01:24,01:26,02:21}'::text[]) WITH ORDINALITY v (t, i) ORDER BY i;

-- S4 with the NULLs at either end, and nothing but NULLs
SELECT t, journey.sessionize(on_clock(t), interval '3 min') OVER (ORDER BY on_clock(t) NULLS FIRST) AS nulls_first,
       journey.sessionize(on_clock(t), interval '3 min') OVER (ORDER BY on_clock(t) NULLS LAST) AS nulls_last
FROM (VALUES ('01:15'), (NULL), ('01:16'), ('02:00'), (NULL)) v (t) ORDER BY t;
SELECT journey.sessionize(NULL::timestamptz, interval '3 min') OVER () AS session FROM generate_series(1, 2);

-- S6: any expression as the key, the gap as plain seconds
SELECT id < 3 AS key, t, journey.sessionize(at(t), '180') OVER (PARTITION BY id < 3 ORDER BY t) AS session
FROM (VALUES (1, 0), (2, 180), (3, 10), (4, 191), (5, 371)) v (id, t) ORDER BY t;

-- S7: ties stay together whatever the input order: 1 1 2 2
SELECT a.t, a.e, journey.sessionize(at(t), interval '180') OVER (ORDER BY t, e) AS ascending,
       journey.sessionize(at(t), interval '180') OVER (ORDER BY t, e DESC) AS other_order
FROM (VALUES (0, 'x'), (0, 'y'), (400, 'z'), (400, 'w')) a (t, e) ORDER BY t, e;

-- S8: the rule of GA4: 30:01 after the row before starts a session, 30:00 does not
SELECT t, journey.sessionize(on_clock(t), interval '30 min') OVER (ORDER BY t) AS session
FROM (VALUES ('00:00:00'), ('00:10:00'), ('00:40:01')) v (t) ORDER BY t;
SELECT t, journey.sessionize(on_clock(t), interval '30 min') OVER (ORDER BY t) AS session
FROM (VALUES ('00:00:00'), ('00:10:00'), ('00:40:00')) v (t) ORDER BY t;

-- S9: separators start sessions; whoever wants them dropped drops them
SELECT * FROM (
  SELECT i, e, journey.sessionize(at(i), interval '1 hour', e = 'sep') OVER (ORDER BY i) AS session
  FROM unnest('{sep,e1,e2,sep,e3}'::text[]) WITH ORDINALITY v (e, i)) x
WHERE e <> 'sep' ORDER BY i;

-- S11: an event before the first separator is in no session of a separator;
-- the first row has number 1 here, boundary or not
SELECT i, e, journey.sessionize(at(i), interval '1 hour', e = 'sep') OVER (ORDER BY i) AS session
FROM unnest('{e1,sep,e2}'::text[]) WITH ORDINALITY v (e, i) ORDER BY i;

-- S12: start and end as bounds, several subjects
SELECT * FROM (
  SELECT who, i, e, journey.sessionize(at(i), interval '1 hour', e = 'start') OVER (PARTITION BY who ORDER BY i) AS session
  FROM (VALUES ('a', '{start,e1,e2,end,start,e3,end}'::text[]), ('b', '{start,e1,end}')) s (who, path),
       unnest(path) WITH ORDINALITY v (e, i)) x
WHERE e NOT IN ('start', 'end') ORDER BY who, i;

-- The boundary: NULL is false, and so is that of a row without a time; gap and boundary together count once
SELECT i, t, b, journey.sessionize(at(t), interval '10', b) OVER (ORDER BY i) AS session
FROM (VALUES (1, 0, true), (2, 1, NULL), (3, 2, false), (4, 3, true), (5, NULL, true), (6, 4, NULL), (7, 100, true), (8, 100, true))
     v (i, t, b) ORDER BY i;

-- Descending order: the same cuts, numbered from the last
SELECT t, journey.sessionize(at(t), interval '10') OVER (ORDER BY t DESC) AS session
FROM (VALUES (0), (10), (21), (21), (40)) v (t) ORDER BY t DESC;

-- No row, one row, gap 0, the longest gap, the longest times
SELECT journey.sessionize(at(0), interval '1 min') OVER () FROM generate_series(1, 0);
SELECT journey.sessionize(at(0), interval '1 min') OVER ();
SELECT t, journey.sessionize(at(t), interval '0') OVER (ORDER BY t) AS session
FROM (VALUES (0), (0), (0.000001), (1), (1)) v (t) ORDER BY t;
SELECT t, journey.sessionize(t, interval '106751991 days') OVER (ORDER BY t) AS longest_gap,
       journey.sessionize(t, interval '1 day') OVER (ORDER BY t) AS one_day
FROM (VALUES (timestamptz '4714-11-24 00:00:00+00 BC'), ('0001-12-31 23:59:59+00 BC'), ('0001-01-01 00:00:00+00'),
             ('1970-01-01 00:00:00+00'), ('2000-01-01 00:00:00+00'), ('294276-12-31 23:59:59.999999+00')) v (t) ORDER BY t;

-- The frame does not matter
SELECT t, journey.sessionize(at(t), interval '10') OVER (ORDER BY t ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS one_row,
       journey.sessionize(at(t), interval '10') OVER (ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS all_rows
FROM (VALUES (0), (10), (21)) v (t) ORDER BY t;

-- A gap per row: each row is held against its own
SELECT t, gap, journey.sessionize(at(t), gap) OVER (ORDER BY t) AS session
FROM (VALUES (0, interval '1'), (10, '10'), (20, '9'), (30, '1 day')) v (t, gap) ORDER BY t;

-- A gap that changes between executions, constant in each
PREPARE sessions_of(interval) AS
  SELECT max(session) FROM (SELECT journey.sessionize(at(t), $1) OVER (ORDER BY t) AS session FROM generate_series(0, 90, 10) t) x;
SET plan_cache_mode = force_generic_plan;
EXECUTE sessions_of('10');
EXECUTE sessions_of('9');
RESET plan_cache_mode;
SELECT gap, (SELECT max(session) FROM (SELECT journey.sessionize(at(t), gap) OVER (ORDER BY t) AS session FROM generate_series(0, 90, 10) t OFFSET 0) x)
FROM (VALUES (interval '10'), ('9')) g (gap);

-- Equal to lag and a running sum, over many subjects with ties and NULLs
SELECT setseed(0.42);
CREATE TEMP TABLE stream AS
  SELECT (random() * 50)::int AS who, at(floor(random() * 40000)) AS t FROM generate_series(1, 20000)
  UNION ALL SELECT who, NULL FROM generate_series(1, 50) who;
SELECT count(*) AS rows, count(ours) AS numbered, count(*) FILTER (WHERE ours IS DISTINCT FROM theirs) AS different
FROM (SELECT who, t, journey.sessionize(t, interval '50') OVER w AS ours,
             CASE WHEN t IS NOT NULL THEN sum(CASE WHEN gap <= interval '50' THEN 0 ELSE 1 END) OVER w END AS theirs
      FROM (SELECT who, t, t - lag(t) OVER (PARTITION BY who ORDER BY t) AS gap FROM stream) x
      WINDOW w AS (PARTITION BY who ORDER BY t)) y;

-- Equal to sessions() of a journey
SELECT count(*) AS subjects, sum(ours) AS sessions, count(*) FILTER (WHERE ours <> theirs) AS different
FROM (SELECT who, max(session) AS ours FROM (SELECT who, journey.sessionize(t, interval '50') OVER (PARTITION BY who ORDER BY t) AS session FROM stream) x
      GROUP BY who) a
JOIN (SELECT who, (SELECT count(*) FROM journey.sessions(j, interval '50')) AS theirs
      FROM (SELECT who, journey.journey_agg(t, 'x') AS j FROM stream GROUP BY who) x) b USING (who);

-- What is refused
SELECT journey.sessionize(at(t), CASE WHEN t < 1 THEN interval '1 min' END) OVER (ORDER BY t) FROM (VALUES (0), (1)) v (t);
\echo :SQLSTATE
SELECT journey.sessionize(at(0), interval '1 month') OVER ();
\echo :SQLSTATE
SELECT journey.sessionize(at(0), interval '-1 second') OVER ();
\echo :SQLSTATE
SELECT journey.sessionize('infinity', interval '1 min') OVER ();
\echo :SQLSTATE
SELECT journey.sessionize('-infinity', interval '1 min') OVER ();
\echo :SQLSTATE
SELECT journey.sessionize(at(t), interval '1 min') OVER () FROM (VALUES (0), (1), (0)) v (t);
\echo :SQLSTATE
SELECT journey.sessionize(at(t), interval '1 min') OVER () FROM (VALUES (1), (1), (0), (1)) v (t);
\echo :SQLSTATE
SELECT journey.sessionize(at(0), interval '1 min');
\echo :SQLSTATE

DROP FUNCTION at, on_clock;
