-- session_count: as many as sessions() gives, without making them.

-- one step, no pause, a pause of exactly the gap and one above
SELECT journey.session_count(j, gap), (SELECT count(*) FROM journey.sessions(j, gap)) AS rows, gap, j
FROM (VALUES
  (interval '30 min', '[view 2026-01-01T10:00:00Z]'::journey.journey),
  ('30 min', '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:30:00Z]'),
  ('30 min', '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:30:00.000001Z]'),
  ('0', '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:01Z]'),
  ('1 day', '[view 2026-01-01T10:00:00Z, cart 2026-01-02T10:00:00Z, cart 2026-01-03T10:00:01Z]')) AS v (gap, j);

-- pauses that do not fit into 32 bits of the unit: gaps below, at and above them
SELECT days, journey.session_count(j, days * interval '24 hours'),
       (SELECT count(*) FROM journey.sessions(j, days * interval '24 hours')) AS rows
FROM (VALUES ('[a 4713-01-01T00:00:00Z BC, b 2026-01-01T00:00:00Z, c 2026-01-01T00:00:01Z, d 200000-01-01T00:00:00Z]'::journey.journey)) AS v (j),
     (VALUES (0), (49710), (49711), (2461003), (2461004), (2461005), (73000000)) AS d (days)
ORDER BY days;

-- every number of steps, with pauses of many lengths in each unit
WITH made AS (
  SELECT n, unit, journey.journey_agg(timestamptz '2026-01-01 00:00+00' + at * unit, 'e') AS j
  FROM (SELECT n, i, sum((i * 7919 % 4001) * (i * 31 % 11)) OVER (PARTITION BY n ORDER BY i) AS at
        FROM generate_series(1, 130) AS n, generate_series(1, n) AS i) x,
       (VALUES (interval '1 us'), ('1 ms'), ('1 s')) AS u (unit)
  GROUP BY n, unit)
SELECT count(*), count(*) FILTER (WHERE journey.session_count(j, gap * unit) = (SELECT count(*) FROM journey.sessions(j, gap * unit))) AS agree,
       sum(journey.session_count(j, gap * unit))
FROM made, (VALUES (0), (255), (256), (4001), (20000), (40000), (65536)) AS g (gap);

-- in parallel as alone, and out of line
CREATE TABLE session_journeys AS
SELECT u, journey.journey_agg(timestamptz '2026-01-01 00:00+00' + (i * i % 977) * interval '1 min', 'event ' || i % 7) AS j
FROM generate_series(1, 3000) AS u, generate_series(1, 5 + CASE WHEN u % 100 = 0 THEN 3000 ELSE u % 13 END) AS i
GROUP BY u;
ANALYZE session_journeys;
SELECT sum(journey.session_count(j, interval '30 min')) AS alone FROM session_journeys;
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SELECT sum(journey.session_count(j, interval '30 min')) AS parallel FROM session_journeys;
EXPLAIN (COSTS OFF) SELECT sum(journey.session_count(j, interval '30 min')) FROM session_journeys;
ROLLBACK;
DROP TABLE session_journeys;

-- nothing and bad arguments
SELECT journey.session_count(NULL, interval '1 min') IS NULL AS no_journey, journey.session_count('[a 2026-01-01T00:00:00Z]', NULL) IS NULL AS no_gap;
SELECT journey.session_count('[a 2026-01-01T00:00:00Z]', interval '-1 second');
SELECT journey.session_count('[a 2026-01-01T00:00:00Z]', interval '1 month');
SELECT journey.session_count('[a 2026-01-01T00:00:00Z]', interval '200000000 days');
SELECT journey.session_count('[a 2026-01-01T00:00:00Z', interval '1 minute');
