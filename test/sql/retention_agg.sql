-- retention_agg, lifecycle_agg, stickiness_agg: whole populations by the calendar.
SET timezone = 'UTC';

CREATE TABLE few (who int, j journey.journey);
INSERT INTO few VALUES
  (1, '[signup 2026-01-01T10:00:00Z, visit 2026-01-02T10:00:00Z, visit 2026-01-03T23:00:00Z]'),
  (2, '[signup 2026-01-01T23:00:00Z, visit 2026-01-03T10:00:00Z]'),
  (3, '[signup 2026-01-02T10:00:00Z]'),
  (4, '[visit 2026-01-02T10:00:00Z]'),
  (5, NULL);
SELECT r.* FROM unnest((SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 3, '2026-01-04') FROM few)) AS r;
-- rolling: only those for whom a bucket is over are in its rate
SELECT r.* FROM unnest((SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 3, '2026-01-04 00:00Z', 'UTC', 'n-day', true, NULL) FROM few)) AS r;
SELECT r.* FROM unnest((SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', ARRAY[1, 3], '2026-01-04') FROM few)) AS r;
SELECT r.* FROM unnest((SELECT journey.lifecycle_agg(j, '1 day', '2026-01-03 12:00Z') FROM few)) AS r;
SELECT r.* FROM unnest((SELECT journey.lifecycle_agg(j, '1 day', '2026-01-05', 'UTC', 'visit', ARRAY[1, 2]) FROM few)) AS r WHERE subjects <> 0 OR subjects IS NULL;
SELECT r.* FROM unnest((SELECT journey.stickiness_agg(j, '1 day', '1 week', '2026-01-06') FROM few)) AS r;
SELECT r.* FROM unnest((SELECT journey.stickiness_agg(j, '1 day', '1 month', '2026-01-06') FROM few)) AS r;
SELECT journey.stickiness_agg(j, '1 day', '1 month') = journey.stickiness_agg(j, '1 day', '1 month', statement_timestamp()) AS same FROM few;

-- nothing at all is NULL; nobody with a first step is an empty array
SELECT journey.retention_agg(j, 'signup', '.', '1 day', 3, '2026-01-04') IS NULL AS retention, journey.lifecycle_agg(j, '1 day', '2026-01-04') IS NULL AS lifecycle,
       journey.stickiness_agg(j, '1 day', '1 month', '2026-01-04') IS NULL AS stickiness FROM few WHERE who = 5;
SELECT journey.retention_agg(j, 'signup', '.', '1 day', 3, '2026-01-04'), journey.lifecycle_agg(j, '1 day', '2026-01-01'), journey.stickiness_agg(j, '1 day', '1 month', '2026-01-01')
FROM few WHERE who = 4;

-- a population: 200 subjects with up to 60 steps over a spring in which clocks change
CREATE TABLE cohort_events AS
SELECT who, timestamptz '2026-02-20' + (who * 7919 % 53) * interval '17 hours' + (i * i * (1 + who % 5) * 3571 % 90001) * (who % 3 + 1) * interval '41 s' AS at,
       (ARRAY['signup', 'visit', 'buy'])[1 + (i * who * 31 + i) % 3] AS event
FROM generate_series(1, 200) AS who, generate_series(1, 1 + who * who % 61) AS i;
CREATE INDEX ON cohort_events (who);
ANALYZE cohort_events;
CREATE TABLE cohorts AS SELECT who, journey.journey_agg(at, event) AS j FROM cohort_events GROUP BY who;
INSERT INTO cohorts VALUES (0, NULL);

-- retention by SQL, with the calendar of Berlin
CREATE FUNCTION slow_retention(unit text, buckets int[], as_of timestamptz, kind text, rolling bool) RETURNS TABLE (cohort timestamptz, bucket int, size bigint, observed bigint, returned bigint)
LANGUAGE sql AS $$
  WITH firsts AS (
    SELECT who, min(at) AS first FROM cohort_events WHERE event = 'signup' GROUP BY who, CASE WHEN kind LIKE 'recurring%' THEN date_trunc(unit, at, 'Europe/Berlin') END),
  bounds AS (
    SELECT who, first, date_trunc(unit, first, 'Europe/Berlin') AS cohort, buckets[i] AS bucket,
           (CASE WHEN rolling THEN first AT TIME ZONE 'Europe/Berlin' ELSE date_trunc(unit, first AT TIME ZONE 'Europe/Berlin') END + buckets[i] * ('1 ' || unit)::interval) AT TIME ZONE 'Europe/Berlin' AS from_at,
           (CASE WHEN rolling THEN first AT TIME ZONE 'Europe/Berlin' ELSE date_trunc(unit, first AT TIME ZONE 'Europe/Berlin') END + buckets[i + 1] * ('1 ' || unit)::interval) AT TIME ZONE 'Europe/Berlin' AS to_at
    FROM firsts, generate_series(1, cardinality(buckets) - 1) AS i WHERE first <= as_of)
  SELECT cohort, bucket, count(*), count(*) FILTER (WHERE to_at <= as_of),
         CASE WHEN count(*) FILTER (WHERE to_at <= as_of) > 0 THEN
           count(*) FILTER (WHERE to_at <= as_of AND EXISTS (
             SELECT FROM cohort_events e WHERE e.who = b.who AND e.event IN ('visit', 'buy') AND e.at >= first AND e.at >= from_at AND (kind LIKE '%unbounded' OR e.at < to_at) AND e.at <= as_of)) END
  FROM bounds b GROUP BY 1, 2
$$;
SET timezone = 'Europe/Berlin';
SELECT unit, kind, rolling, as_of, count(*) AS rows, sum(s.size) AS size, sum(s.observed) AS observed, sum(s.returned) AS returned, bool_and(s IS NOT DISTINCT FROM ROW (r.cohort, r.bucket, r.size, r.observed, r.returned)) AS agree
FROM (VALUES ('day', ARRAY[0, 1, 2, 3, 4, 5, 6, 7, 8]), ('week', ARRAY[0, 1, 3, 7]), ('month', ARRAY[0, 1, 2])) AS u (unit, buckets), (VALUES ('n-day'), ('unbounded'), ('recurring'), ('recurring unbounded')) AS k (kind),
     (VALUES (false), (true)) AS o (rolling), (VALUES (timestamptz '2026-03-30 02:00Z'), ('2026-08-01')) AS a (as_of),
     LATERAL unnest((SELECT journey.retention_agg(j, 'signup', '[visit, buy]', ('1 ' || unit)::interval, buckets, as_of, 'Europe/Berlin', kind, rolling, NULL) FROM cohorts)) AS r
     FULL JOIN LATERAL slow_retention(unit, buckets, as_of, kind, rolling) AS s ON s.cohort = r.cohort AND s.bucket = r.bucket
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
SET timezone = 'UTC';

-- lifecycle by SQL, from the days on which somebody was there
CREATE FUNCTION slow_lifecycle(as_of timestamptz, near int, far int) RETURNS TABLE (day date, state text, subjects bigint)
LANGUAGE sql AS $$
  WITH active AS (SELECT DISTINCT who, (at AT TIME ZONE 'Europe/Berlin')::date AS day FROM cohort_events WHERE at <= as_of),
  days AS (SELECT who, d::date AS day FROM (SELECT who, min(day) AS first FROM active GROUP BY who) f, generate_series(first, (as_of AT TIME ZONE 'Europe/Berlin')::date, interval '1 day') AS d),
  told AS (
    SELECT d.day, a.day IS NOT NULL AS there, d.day - max(a.day) OVER (PARTITION BY d.who ORDER BY d.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ago
    FROM days d LEFT JOIN active a USING (who, day))
  SELECT day, CASE WHEN ago IS NULL THEN 'new' WHEN there THEN CASE WHEN ago <= near THEN 'current' WHEN ago <= far THEN 'reactivated' ELSE 'resurrected' END
                   WHEN near = far THEN 'dormant' WHEN ago <= near THEN 'at_risk_wau' WHEN ago <= far THEN 'at_risk_mau' ELSE 'dormant' END, count(*)
  FROM told WHERE there OR day < (as_of AT TIME ZONE 'Europe/Berlin')::date GROUP BY 1, 2
$$;
SELECT near, as_of, count(*) AS rows, sum(r.subjects) AS subjects, bool_and(s.subjects IS NOT DISTINCT FROM r.subjects) AS agree
FROM (VALUES (1, 1), (7, 30), (2, 3)) AS v (near, far), (VALUES (timestamptz '2026-03-30 02:00Z'), ('2026-06-01')) AS a (as_of),
     LATERAL (SELECT (period AT TIME ZONE 'Europe/Berlin')::date AS day, state, subjects FROM unnest((SELECT journey.lifecycle_agg(j, '1 day', as_of, 'Europe/Berlin', '.', CASE WHEN near < far THEN ARRAY[near, far] END) FROM cohorts)) AS l WHERE subjects > 0) AS r
     FULL JOIN LATERAL slow_lifecycle(as_of, near, far) AS s ON s.day = r.day AND s.state = r.state
GROUP BY 1, 2 ORDER BY 1, 2;
-- the states of each subject add up to those of all
SELECT period, count(*) AS states, bool_and(a.n IS NOT DISTINCT FROM b.subjects) AS agree
FROM (VALUES (interval '1 hour'), ('1 week'), ('1 month')) AS v (period),
     LATERAL (SELECT l.period AS at, state, count(*) AS n FROM cohorts, journey.lifecycle(j, v.period, '2026-04-01', 'Europe/Berlin', 'visit', ARRAY[3, 20]) AS l WHERE state IS NOT NULL GROUP BY 1, 2) AS a
     FULL JOIN LATERAL (SELECT l.period AS at, state, subjects FROM unnest((SELECT journey.lifecycle_agg(j, v.period, '2026-04-01', 'Europe/Berlin', 'visit', ARRAY[3, 20]) FROM cohorts)) AS l WHERE subjects > 0) AS b
     ON a.at = b.at AND a.state = b.state
GROUP BY 1 ORDER BY 1;

-- stickiness by SQL
SET timezone = 'Europe/Berlin';
SELECT unit, within, count(*) AS rows, sum(r.subjects) AS subjects, bool_and(s IS NOT DISTINCT FROM ROW (r.period, r.active::bigint, r.subjects)) AS agree
FROM (VALUES ('day', 'week'), ('day', 'month'), ('hour', 'day'), ('month', 'year')) AS u (unit, within),
     LATERAL unnest((SELECT journey.stickiness_agg(j, ('1 ' || unit)::interval, ('1 ' || within)::interval, '2026-04-15', 'Europe/Berlin', '!signup') FROM cohorts)) AS r
     FULL JOIN LATERAL (
       SELECT period, active, count(*) AS subjects
       FROM (SELECT who, date_trunc(within, at) AS period, count(DISTINCT date_trunc(unit, at)) AS active FROM cohort_events WHERE event <> 'signup' AND at <= '2026-04-15' GROUP BY 1, 2) x GROUP BY 1, 2) AS s
     ON s.period = r.period AND s.active = r.active
GROUP BY 1, 2 ORDER BY 1, 2;
-- DAU/MAU, by hand
SELECT DISTINCT r.period, round(r.ratio::numeric, 12) AS ratio, round((s.dau / s.mau)::numeric, 12) AS by_hand
FROM unnest((SELECT journey.stickiness_agg(j, '1 day', '1 month', '2026-04-15', 'Europe/Berlin', '.') FROM cohorts)) AS r
LEFT JOIN (SELECT date_trunc('month', at) AS period, count(DISTINCT (who, at::date))::float8 / extract(day FROM date_trunc('month', min(at)) + interval '1 month' - interval '1 day') AS dau,
                  count(DISTINCT who)::float8 AS mau FROM cohort_events WHERE at <= '2026-04-15' GROUP BY 1) s ON s.period = r.period AND r.complete
ORDER BY 1;
SET timezone = 'UTC';

-- sets answer as the journeys in them, also where journeys are spread over several
CREATE TABLE sets AS SELECT who % 7 AS part, journey.journey_set_agg(who, j) AS s FROM cohorts WHERE j IS NOT NULL GROUP BY 1;
INSERT INTO sets VALUES (NULL, NULL);
CREATE TABLE cut AS
SELECT s FROM journey.pack($$ SELECT who, timestamptz '2026-01-01' + i * i % 7919 * interval '7 min', (ARRAY['signup', 'visit', 'buy'])[1 + (i * who + i / 7) % 3] FROM generate_series(1, 4) AS who, generate_series(1, 9000 * who) AS i $$) AS s;
CREATE TABLE made_whole AS SELECT journey.journey_agg(j) AS j FROM cut, journey.journeys(s) GROUP BY subject;
SELECT count(*) > 10 AS many, sum(journey.subject_count(s)) AS subjects FROM cut;
SELECT (SELECT journey.retention_agg(s, 'signup', 'visit', '1 day', 5, '2026-05-01') FROM sets) = (SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 5, '2026-05-01') FROM cohorts) AS retention,
       (SELECT journey.retention_agg(s, 'signup', 'visit', '1 day', ARRAY[0, 5], '2026-05-01', 'Asia/Tokyo', 'unbounded', true, 'hour') FROM sets) = (SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', ARRAY[0, 5], '2026-05-01', 'Asia/Tokyo', 'unbounded', true, 'hour') FROM cohorts) AS brackets,
       (SELECT journey.retention_agg(s, 'visit', '.', '1 day', 5, '2026-05-01', 'Asia/Tokyo', 'recurring', false, NULL) FROM sets) = (SELECT journey.retention_agg(j, 'visit', '.', '1 day', 5, '2026-05-01', 'Asia/Tokyo', 'recurring', false, NULL) FROM cohorts) AS recurring,
       (SELECT journey.lifecycle_agg(s, '1 day', '2026-05-01') FROM sets) = (SELECT journey.lifecycle_agg(j, '1 day', '2026-05-01') FROM cohorts) AS lifecycle,
       (SELECT journey.stickiness_agg(s, '1 day', '1 month', '2026-05-01') FROM sets) = (SELECT journey.stickiness_agg(j, '1 day', '1 month', '2026-05-01') FROM cohorts) AS stickiness;
SELECT (SELECT journey.retention_agg(s, 'buy', 'visit', '1 hour', 5, '2026-05-01') FROM cut) = (SELECT journey.retention_agg(j, 'buy', 'visit', '1 hour', 5, '2026-05-01') FROM made_whole) AS retention,
       (SELECT journey.retention_agg(s, 'buy', 'visit', '1 hour', 5, '2026-05-01') FROM (SELECT s FROM cut ORDER BY md5(s::text)) x) = (SELECT journey.retention_agg(j, 'buy', 'visit', '1 hour', 5, '2026-05-01') FROM made_whole) AS shuffled,
       (SELECT journey.lifecycle_agg(s, '1 hour', '2026-03-01', 'UTC', 'buy', ARRAY[2, 4]) FROM cut) = (SELECT journey.lifecycle_agg(j, '1 hour', '2026-03-01', 'UTC', 'buy', ARRAY[2, 4]) FROM made_whole) AS lifecycle,
       (SELECT journey.stickiness_agg(s, '1 hour', '1 day', '2026-05-01') FROM cut) = (SELECT journey.stickiness_agg(j, '1 hour', '1 day', '2026-05-01') FROM made_whole) AS stickiness;
-- parts whose companions never come are what there is of a journey
SELECT (SELECT journey.retention_agg(s, '.', '.', '1 day', 2, '2026-05-01') FROM (SELECT s FROM cut LIMIT 1 OFFSET 2) x)
     = (SELECT journey.retention_agg(j, '.', '.', '1 day', 2, '2026-05-01') FROM (SELECT s FROM cut LIMIT 1 OFFSET 2) x, journey.journeys(s)) AS part;

-- any order gives the same, and so does any split: states are of a type that can be kept
CREATE AGGREGATE retention_state(journey.journey, journey.journey_pattern, journey.journey_pattern, interval, int, timestamptz) (
  SFUNC = journey._retention_transfn, STYPE = journey.cohort_state, COMBINEFUNC = journey._cohort_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE set_retention_state(journey.journey_set, journey.journey_pattern, journey.journey_pattern, interval, int, timestamptz) (
  SFUNC = journey._retention_transfn, STYPE = journey.cohort_state, COMBINEFUNC = journey._cohort_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE lifecycle_state(journey.journey, interval, timestamptz) (
  SFUNC = journey._lifecycle_transfn, STYPE = journey.cohort_state, COMBINEFUNC = journey._cohort_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE stickiness_state(journey.journey, interval, interval, timestamptz) (
  SFUNC = journey._stickiness_transfn, STYPE = journey.cohort_state, COMBINEFUNC = journey._cohort_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE combine_states(journey.cohort_state) (SFUNC = journey._cohort_combinefn, STYPE = journey.cohort_state, COMBINEFUNC = journey._cohort_combinefn, PARALLEL = SAFE);
CREATE TABLE parts (parts int, part int, retention journey.cohort_state, lifecycle journey.cohort_state, stickiness journey.cohort_state);
INSERT INTO parts
SELECT parts, who % parts, retention_state(j, 'signup', '[visit, buy]', '1 day', 5, '2026-04-01'), lifecycle_state(j, '1 day', '2026-04-01'), stickiness_state(j, '1 day', '1 month', '2026-04-01')
FROM cohorts, (VALUES (1), (2), (3), (200)) AS p (parts) GROUP BY 1, 2;
SELECT parts, count(*), md5(journey._cohort_state_send(combine_states(retention))) = any (SELECT md5(journey._cohort_state_send(retention)) FROM parts WHERE parts = 1) AS retention,
       md5(journey._cohort_state_send(combine_states(lifecycle ORDER BY part % 11))) = any (SELECT md5(journey._cohort_state_send(lifecycle)) FROM parts WHERE parts = 1) AS lifecycle,
       md5(journey._cohort_state_send(combine_states(stickiness ORDER BY -part))) = any (SELECT md5(journey._cohort_state_send(stickiness)) FROM parts WHERE parts = 1) AS stickiness
FROM parts GROUP BY 1 ORDER BY 1;
SELECT journey._retention_finalfn(combine_states(retention)) = (SELECT journey.retention_agg(j, 'signup', '[visit, buy]', '1 day', 5, '2026-04-01') FROM cohorts) AS same FROM parts WHERE parts = 3;
-- long journeys become whole when states are combined, whatever set is in which
SELECT n, md5(journey._cohort_state_send(combine_states(state ORDER BY part % 3, part))) = (SELECT md5(journey._cohort_state_send(set_retention_state(s, 'buy', 'visit', '1 hour', 5, '2026-05-01'))) FROM cut) AS same
FROM (SELECT n, (number * 7) % n AS part, set_retention_state(s, 'buy', 'visit', '1 hour', 5, '2026-05-01') AS state
      FROM (SELECT s, row_number() OVER () AS number FROM cut) x, (VALUES (1), (2), (5), (1000)) AS v (n) GROUP BY 1, 2) x GROUP BY 1 ORDER BY 1;
-- text and binary forms read back
SELECT count(*), count(*) FILTER (WHERE journey._cohort_state_send(s::text::journey.cohort_state) = journey._cohort_state_send(s)) AS same
FROM parts, unnest(ARRAY[retention, lifecycle, stickiness]) AS s;
SELECT count(*), count(*) FILTER (WHERE journey._cohort_state_send(s::text::journey.cohort_state) = journey._cohort_state_send(s)) AS same
FROM (SELECT set_retention_state(s, 'buy', 'visit', '1 hour', 5, '2026-05-01') AS s FROM (SELECT s, row_number() OVER () AS number FROM cut) x GROUP BY number) x;
SELECT retention_state(j, 'signup', 'visit', '1 day', 3, '2026-01-04') AS retention FROM few;

-- in parallel
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
ANALYZE cohorts;
EXPLAIN (COSTS OFF) SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 5, '2026-05-01') FROM cohorts;
CREATE TEMP TABLE in_parallel AS
SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 5, '2026-05-01') AS retention, journey.lifecycle_agg(j, '1 day', '2026-05-01') AS lifecycle, journey.stickiness_agg(j, '1 day', '1 week') AS stickiness FROM cohorts;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT p.retention = s.retention AS retention, p.lifecycle = s.lifecycle AS lifecycle, p.stickiness = s.stickiness AS stickiness
FROM in_parallel p, (SELECT journey.retention_agg(j, 'signup', 'visit', '1 day', 5, '2026-05-01') AS retention, journey.lifecycle_agg(j, '1 day', '2026-05-01') AS lifecycle, journey.stickiness_agg(j, '1 day', '1 week') AS stickiness FROM cohorts) s;
ROLLBACK;

-- groups, and as a window function
SELECT who % 2 AS odd, cardinality(journey.retention_agg(j, 'signup', 'visit', '1 day', 2, '2026-05-01')), cardinality(journey.stickiness_agg(j, '1 day', '1 month', '2026-05-01')) FROM cohorts GROUP BY 1 ORDER BY 1;
SELECT who, cardinality(journey.retention_agg(j, 'signup', 'visit', '1 day', 2, '2026-05-01') OVER (ORDER BY who)) FROM few ORDER BY who;

-- bad input
SELECT journey.retention_agg(j, NULL, 'a', '1 day', 3, now()) FROM few;
SELECT journey.retention_agg(j, 'a', 'a', '1 day', who, '2026-01-01') FROM few;
SELECT journey.lifecycle_agg(j, '1 day', '2026-01-01', CASE WHEN who < 3 THEN 'UTC' ELSE 'Asia/Tokyo' END) FROM few;
SELECT journey.lifecycle_agg(j, '1 hour', '2036-01-01') IS NOT NULL AS ten_years, cardinality(journey.lifecycle_agg(j, '1 hour', '2037-12-01')) FROM few;
SELECT journey.stickiness_agg(j, '1 month', '1 week') FROM few;
SELECT journey.stickiness_agg(j, '1 day', NULL) FROM few;
SELECT journey._retention_transfn(NULL, '[a 2026-01-01T10:00:00Z]'::journey.journey, 'a', 'a', '1 day', 3, now());
SELECT combine_states(s) FROM (SELECT retention FROM parts WHERE parts = 1 UNION ALL SELECT lifecycle FROM parts WHERE parts = 1) AS x (s);
SELECT journey._retention_finalfn(lifecycle) FROM parts WHERE parts = 1;
SELECT journey._lifecycle_finalfn(retention) FROM parts WHERE parts = 1;
SELECT 'x'::journey.cohort_state;
SELECT '\x'::journey.cohort_state;
SELECT ('\x02' || repeat('00', 63))::journey.cohort_state;
-- a good one; then: kind, flags, cut, bounds, as_of, period, longer period, sizes, no UTF-8, bounds that do not ascend,
-- more returned than observed, more observed than there are, no size, a count of 0, too short, too long
CREATE TEMP TABLE good AS SELECT journey._cohort_state_send(retention_state(j, 'signup', 'visit', '1 day', 2, '2026-01-04')) AS b FROM few WHERE who < 3;
SELECT length(b), b FROM good;
CREATE FUNCTION read_state(b bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM b::text::journey.cohort_state;
  RETURN 'read';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT at, value, read_state(set_byte(b, at, value))
FROM good, (VALUES (0, 0), (1, 0), (1, 1), (1, 3), (2, 16), (2, 4), (3, 1), (4, 1), (4, 9), (15, 127), (16, 1), (20, 0), (23, 128), (32, 1), (48, 0), (48, 255), (52, 0), (56, 0), (60, 9), (60, 1), (64, 255), (64, 0), (78, 1), (82, 0), (86, 1),
                   (90, 255), (98, 9), (102, 3), (102, 0), (118, 2), (122, 3), (138, 2), (142, 2)) AS v (at, value) ORDER BY 1, 2;
SELECT n, read_state(substring(b FROM 1 FOR n)) FROM good, (VALUES (10), (63), (70), (90), (100)) AS v (n) ORDER BY 1;
SELECT read_state(b || '\x00') FROM good;

DROP FUNCTION read_state, slow_retention, slow_lifecycle;
DROP AGGREGATE retention_state(journey.journey, journey.journey_pattern, journey.journey_pattern, interval, int, timestamptz),
  set_retention_state(journey.journey_set, journey.journey_pattern, journey.journey_pattern, interval, int, timestamptz),
  lifecycle_state(journey.journey, interval, timestamptz), stickiness_state(journey.journey, interval, interval, timestamptz), combine_states(journey.cohort_state);
DROP TABLE few, cohort_events, cohorts, sets, cut, made_whole, parts, good;
