-- edges_agg and event_counts_agg: whole populations without rows of steps.
SET timezone = 'UTC';

CREATE TABLE few (who int, j journey.journey);
INSERT INTO few VALUES
  (1, '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:10Z]'),
  (2, '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:20Z, view 2026-01-01T10:00:50.5Z, cart 2026-01-01T10:01:30Z]'),
  (3, '[cart 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:00Z]'),
  (4, '[search 2026-01-01T10:00:00Z]'),
  (5, NULL);
SELECT e.* FROM unnest((SELECT journey.edges_agg(j) FROM few)) AS e;
SELECT e.* FROM unnest((SELECT journey.edges_agg(j, false) FROM few)) AS e;
SELECT e.* FROM unnest((SELECT journey.event_counts_agg(j) FROM few)) AS e;

-- nothing at all is NULL; journeys without a transition have an empty array
SELECT journey.edges_agg(j) IS NULL AS edges, journey.event_counts_agg(j) IS NULL AS events FROM few WHERE who = 5;
SELECT journey.edges_agg(j), journey.edges_agg(j, false), journey.event_counts_agg(j) FROM few WHERE who = 4;

-- names that are alike at their beginning, empty, or long; ordered by bytes
WITH made AS (
  SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', e) AS j
  FROM unnest(ARRAY['', 'b', 'campaign', 'campaign/', 'campaign/2026/spring/a', 'campaign/2027/spring/a', 'Ärger', 'z', '', 'b', 'campaign/',
                    repeat('x', 1024), repeat('x', 1023) || 'y']) WITH ORDINALITY AS t (e, i))
SELECT left(e.from_event, 24) AS from_event, left(e.to_event, 24) AS to_event, e.n, e.subjects, e.median_gap
FROM unnest((SELECT journey.edges_agg(j) FROM made)) AS e;

-- a population: 300 subjects, from 1 to some 100 steps of 26 events
CREATE TABLE population_events AS
SELECT who, timestamptz '2026-01-01' + (who * 7 + i * i * 13 % 5003 * (i % 5)) * interval '0.25 s' AS at,
       'event ' || chr(97 + (i * i + who) % (1 + who % 26)) AS event
FROM generate_series(1, 300) AS who, generate_series(1, 1 + who * who % 97) AS i;
CREATE TABLE population AS SELECT who, journey.journey_agg(at, event) AS j FROM population_events GROUP BY who;
INSERT INTO population VALUES (0, NULL);

-- the same by SQL, of the steps as they stand in the journeys
CREATE VIEW slow_edges AS
SELECT from_event, to_event, count(*) AS n, count(DISTINCT who) AS subjects,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median_gap
FROM (SELECT who, event AS from_event, lead(event) OVER w AS to_event, lead(at) OVER w - at AS gap
      FROM population, journey.interactions(j) WINDOW w AS (PARTITION BY who ORDER BY step)) x
WHERE to_event IS NOT NULL GROUP BY 1, 2;
SELECT count(*) AS edges, sum(n) AS n, count(*) FILTER (WHERE n > 100) AS frequent,
       count(*) FILTER (WHERE s.subjects = e.subjects AND (n > 1024 OR s.median_gap = e.median_gap)) AS agree,
       count(*) FILTER (WHERE n > 1024) AS with_histogram
FROM slow_edges s JOIN unnest((SELECT journey.edges_agg(j) FROM population)) AS e USING (from_event, to_event, n);
SELECT count(*) FROM unnest((SELECT journey.edges_agg(j) FROM population)) AS e;
SELECT count(*) AS events, sum(n) AS n, count(*) FILTER (WHERE s.subjects = e.subjects) AS agree
FROM (SELECT event, count(*) AS n, count(DISTINCT who) AS subjects FROM population_events GROUP BY 1) s
JOIN unnest((SELECT journey.event_counts_agg(j) FROM population)) AS e USING (event, n);

-- any order gives the same
SELECT (SELECT journey.edges_agg(j) FROM population) = (SELECT journey.edges_agg(j) FROM (SELECT j FROM population ORDER BY who % 7, -who) x) AS edges,
       (SELECT journey.event_counts_agg(j) FROM population) = (SELECT journey.event_counts_agg(j ORDER BY who % 7, -who) FROM population) AS events;

-- and so does any split: states are of a type that can be kept
CREATE AGGREGATE edges_state(journey.journey) (SFUNC = journey._edges_transfn, STYPE = journey.population_state,
  COMBINEFUNC = journey._population_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE plain_edges_state(journey.journey, bool) (SFUNC = journey._edges_transfn, STYPE = journey.population_state,
  COMBINEFUNC = journey._population_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE events_state(journey.journey) (SFUNC = journey._event_counts_transfn, STYPE = journey.population_state,
  COMBINEFUNC = journey._population_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE combine_states(journey.population_state) (SFUNC = journey._population_combinefn, STYPE = journey.population_state,
  COMBINEFUNC = journey._population_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE edges_of_states(journey.population_state) (SFUNC = journey._population_combinefn, STYPE = journey.population_state,
  COMBINEFUNC = journey._population_combinefn, FINALFUNC = journey._edges_finalfn, PARALLEL = SAFE);
CREATE TABLE parts (parts int, part int, gaps journey.population_state, edges journey.population_state, events journey.population_state);
INSERT INTO parts
SELECT parts, who % parts, edges_state(j), plain_edges_state(j, false), events_state(j)
FROM population, (VALUES (1), (2), (3), (300)) AS p (parts) GROUP BY 1, 2;
SELECT parts, count(*), md5(journey._population_state_send(combine_states(gaps))) = any (SELECT md5(journey._population_state_send(gaps)) FROM parts WHERE parts = 1) AS gaps,
       md5(journey._population_state_send(combine_states(edges ORDER BY part % 11))) = any (SELECT md5(journey._population_state_send(edges)) FROM parts WHERE parts = 1) AS edges,
       md5(journey._population_state_send(combine_states(events ORDER BY -part))) = any (SELECT md5(journey._population_state_send(events)) FROM parts WHERE parts = 1) AS events
FROM parts GROUP BY 1 ORDER BY 1;
SELECT edges_of_states(gaps) = (SELECT journey.edges_agg(j) FROM population) AS same FROM parts WHERE parts = 3;

-- text and binary forms read back
SELECT count(*), count(*) FILTER (WHERE journey._population_state_send(s::text::journey.population_state) = journey._population_state_send(s)) AS same
FROM parts, unnest(ARRAY[gaps, edges, events]) AS s;
SELECT plain_edges_state(j, false) AS edges, events_state(j) AS events FROM few;

-- sets of journeys answer as the journeys in them
CREATE TABLE sets AS SELECT who % 7 AS part, journey.journey_set_agg(who, j) AS s FROM population WHERE j IS NOT NULL GROUP BY 1;
INSERT INTO sets VALUES (NULL, NULL);
SELECT (SELECT journey.edges_agg(s) FROM sets) = (SELECT journey.edges_agg(j) FROM population) AS edges_with_gaps,
       (SELECT journey.edges_agg(s, false) FROM sets) = (SELECT journey.edges_agg(j, false) FROM population) AS edges,
       (SELECT journey.event_counts_agg(s) FROM sets) = (SELECT journey.event_counts_agg(j) FROM population) AS events;
SELECT gap, sum(journey.session_count(s, gap)), sum(journey.session_count(s, gap)) = (SELECT sum(journey.session_count(j, gap)) FROM population) AS same
FROM sets, (VALUES (interval '0'), ('10 min'), ('1 day')) AS v (gap) GROUP BY 1 ORDER BY 1;

-- of a journey that goes on in another set, nothing counts twice
CREATE TABLE cut (s journey.journey_set);
INSERT INTO cut VALUES
  ('{ana: [view 2026-01-01T10:00:00Z, cart 2026-01-01T10:00:10Z, ...], bob: [view 2026-01-01T10:00:00Z]}'),
  ('{ana: [(cart 2026-01-01T10:00:10Z), view 2026-01-01T10:20:10Z, cart 2026-01-01T11:00:10Z]}');
SELECT e.* FROM unnest((SELECT journey.edges_agg(s) FROM cut)) AS e;
SELECT e.* FROM unnest((SELECT journey.event_counts_agg(s) FROM cut)) AS e;
SELECT journey.event_counts_agg(s ORDER BY journey.started_at(s) DESC) = journey.event_counts_agg(s) AS any_order FROM cut;
-- but of sets that do not know of each other
SELECT e.* FROM unnest((SELECT journey.event_counts_agg(s) FROM (VALUES (journey.journey_set '{ana: [view 2026-01-01T10:00:00Z]}'), ('{ana: [view 2026-01-02T10:00:00Z]}')) v (s))) AS e;
SELECT e.* FROM unnest((SELECT journey.event_counts_agg(s) FROM (SELECT journey.journey_set_agg(s) FROM (VALUES (journey.journey_set '{ana: [view 2026-01-01T10:00:00Z]}'), ('{ana: [view 2026-01-02T10:00:00Z]}')) v (s)) x (s))) AS e;
SELECT gap, sum(journey.session_count(s, gap)), sum(journey.session_count(j, gap)) FILTER (WHERE j IS NOT NULL) AS of_whole
FROM (SELECT s, NULL::journey.journey AS j FROM cut
      UNION ALL SELECT NULL, journey.journey_agg(j) FROM cut, journey.journeys(s) GROUP BY subject) x,
     (VALUES (interval '5 s'), ('15 min'), ('30 min'), ('1 hour')) AS v (gap) GROUP BY 1 ORDER BY 1;
DROP TABLE cut;

-- in parallel
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
ANALYZE population;
EXPLAIN (COSTS OFF) SELECT journey.edges_agg(j), journey.event_counts_agg(j) FROM population;
CREATE TEMP TABLE in_parallel AS SELECT journey.edges_agg(j) AS edges, journey.event_counts_agg(j) AS events FROM population;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT p.edges = s.edges AS edges, p.events = s.events AS events
FROM in_parallel p, (SELECT journey.edges_agg(j) AS edges, journey.event_counts_agg(j) AS events FROM population) s;
ROLLBACK;

-- groups, and as a window function
SELECT who % 2 AS odd, cardinality(journey.edges_agg(j)), cardinality(journey.event_counts_agg(j)) FROM population GROUP BY 1 ORDER BY 1;
SELECT who, cardinality(journey.event_counts_agg(j) OVER (ORDER BY who)) AS events, cardinality(journey.edges_agg(j) OVER (ORDER BY who)) AS edges
FROM few ORDER BY who;

-- more names than a square of transitions holds
WITH many AS (
  SELECT who, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', 'event ' || (i * who) % 1009) AS j
  FROM generate_series(1, 20) AS who, generate_series(1, 400) AS i GROUP BY who)
SELECT count(*), sum(n), sum(subjects), min(median_gap), max(median_gap),
       (SELECT count(*) FROM unnest((SELECT journey.event_counts_agg(j) FROM many)) AS e) AS events
FROM unnest((SELECT journey.edges_agg(j) FROM many)) AS e;

-- the median gap: exact up to 1024, then within 1 percent, whatever the split
WITH gaps AS (
  SELECT n, i, (exp((i * 7919 % n) * 20.0 / n) * 1000)::bigint AS us FROM (VALUES (1023), (1024), (1025), (20000)) AS v (n), generate_series(0, n - 1) AS i),
made AS (
  SELECT n, i % 3 AS part, journey.journey_agg(timestamptz '2026-01-01' + at * interval '1 us', 'a') AS j
  FROM (SELECT n, i, sum(us) OVER (PARTITION BY n, i % 3 ORDER BY i) AS at FROM gaps
        UNION ALL SELECT DISTINCT n, i % 3, 0 FROM gaps) x GROUP BY 1, 2),
told AS (
  SELECT n, ((journey.edges_agg(j))[1]).n AS edges, extract(epoch FROM ((journey.edges_agg(j))[1]).median_gap) * 1000000 AS told FROM made GROUP BY 1),
exact AS (SELECT n, floor(percentile_cont(0.5) WITHIN GROUP (ORDER BY us)) AS exact FROM gaps GROUP BY 1)
SELECT n, edges, told = exact AS exact, abs(told / exact - 1) < 0.01 AS close FROM told JOIN exact USING (n) ORDER BY n;

-- bad input
SELECT journey.edges_agg(j, NULL) FROM few;
SELECT journey.edges_agg(j, who < 3) FROM few;
SELECT journey.edges_agg(s, NULL) FROM sets;
SELECT journey.edges_agg(s, part < 3) FROM sets WHERE part IS NOT NULL;
SELECT journey.session_count(s, interval '-1 s') FROM sets;
SELECT journey._edges_transfn(NULL, '[a 2026-01-01T10:00:00Z]');
SELECT journey._population_combinefn('\x010000000000000000000000', '\x010000000000000000000000');
SELECT combine_states(s) FROM (SELECT gaps FROM parts WHERE parts = 1 UNION ALL SELECT edges FROM parts WHERE parts = 1) AS x (s);
SELECT edges_of_states(events) FROM parts;
SELECT 'x'::journey.population_state;
SELECT '\x0'::journey.population_state;
SELECT '\x0g'::journey.population_state;
SELECT '\x'::journey.population_state;
SELECT '\x01'::journey.population_state;
SELECT '\x020000000000000000000000'::journey.population_state;
SELECT '\x000000000000000000000000'::journey.population_state;
SELECT '\x010300000000000000000000'::journey.population_state;
SELECT '\x010002000000000000000000'::journey.population_state;
SELECT '\x010001000000000000000000'::journey.population_state;
SELECT '\x01000100000000000000000000000000'::journey.population_state;
SELECT '\x010000000000000001000000'::journey.population_state;
SELECT '\x01000000000000000000000000'::journey.population_state;
-- a name in no row; n of 0; more subjects than n; a name that is not there; n too large; no UTF-8; and a good one
SELECT '\x0100000001000000000000000161'::journey.population_state;
SELECT ('\x010000000100000001000000' || '0161' || '00000000' || '0000000000000000' || '0000000000000000')::journey.population_state;
SELECT ('\x010000000100000001000000' || '0161' || '00000000' || '0100000000000000' || '0200000000000000')::journey.population_state;
SELECT ('\x010000000100000001000000' || '0161' || '01000000' || '0100000000000000' || '0100000000000000')::journey.population_state;
SELECT ('\x010000000100000001000000' || '0161' || '00000000' || '0000000000000080' || '0100000000000000')::journey.population_state;
SELECT ('\x010000000100000001000000' || '01ff' || '00000000' || '0100000000000000' || '0100000000000000')::journey.population_state;
SELECT ('\x010000000100000001000000' || '0161' || '00000000' || '0100000000000000' || '0100000000000000')::journey.population_state;
-- counts that no longer fit
SELECT combine_states(s) FROM (SELECT ('\x010000000100000001000000' || '0161' || '00000000' || 'ffffffffffffff7f' || '0100000000000000')::journey.population_state) AS x (s), generate_series(1, 2);

DROP AGGREGATE edges_state(journey.journey), plain_edges_state(journey.journey, bool), events_state(journey.journey),
  combine_states(journey.population_state), edges_of_states(journey.population_state);
DROP VIEW slow_edges;
DROP TABLE few, population, population_events, parts, sets;
