-- paths_agg and path_variants_agg: ways from a step, and to it.
SET timezone = 'UTC';

-- A1 to A3: sessions of MADlib's path example; what came before a buy
CREATE TABLE pages (session int, path text);
INSERT INTO pages VALUES (100, 'LWC'), (101, 'WW'), (102, 'LWCLHWC'), (103, 'LWHWC'), (104, 'BC'), (108, 'BWCL');
CREATE TABLE page_journeys AS
SELECT session, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', event) AS j FROM pages, regexp_split_to_table(path, '') WITH ORDINALITY AS t (event, i) GROUP BY 1;
SELECT p.* FROM unnest((SELECT journey.path_variants_agg(j, 'C', 'to', 1, NULL) FROM page_journeys)) AS p;
SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'C', 'to', 2, NULL) FROM page_journeys)) AS e;
SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'L', 'from', 3, NULL) FROM page_journeys)) AS e;
SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'L', 'from', 3, 1) FROM page_journeys)) AS e;
SELECT p.* FROM unnest((SELECT journey.path_variants_agg(j, 'L', 'from', 3, 2) FROM page_journeys)) AS p;
-- the first anchor alone; and without repetitions
SELECT p.path, p.n, p.subjects FROM unnest((SELECT journey.path_variants_agg(j, 'L', 'from', 6, NULL, false, false) FROM page_journeys)) AS p;
SELECT p.path, p.n, p.subjects FROM unnest((SELECT journey.path_variants_agg(j, 'W', 'from', 2, NULL, true, true) FROM page_journeys)) AS p;
-- A1: what each buy brought in
SELECT session, m.match, sum(i.value) AS revenue
FROM (VALUES (100, journey.journey '[L 2026-01-01T10:00:00Z, W 2026-01-01T10:01:00Z, C 2026-01-01T10:02:00Z {value=39}]'),
             (102, '[W 2026-01-01T10:00:00Z, C 2026-01-01T10:01:00Z {value=15}, L 2026-01-01T10:02:00Z, C 2026-01-01T10:03:00Z {value=23}]')) AS v (session, j),
     journey.matches(j, 'C {value > 0}') AS m, journey.interactions(m.j) AS i GROUP BY 1, 2 ORDER BY 1, 2;
-- an anchor that is the whole journey, one that is nowhere, anchors side by side, any step
SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'a', 'from', 3, NULL) FROM (VALUES (journey.journey '[a 2026-01-01T10:00:00Z]')) AS v (j))) AS e;
SELECT p.* FROM unnest((SELECT journey.path_variants_agg(j, 'a', 'to', 3, NULL) FROM (VALUES (journey.journey '[a 2026-01-01T10:00:00Z]')) AS v (j))) AS p;
SELECT journey.paths_agg(j, 'z', 'from', 3, NULL), journey.path_variants_agg(j, 'z', 'from', 3, NULL) FROM page_journeys;
SELECT journey.paths_agg(j, 'z', 'from', 3, NULL) IS NULL AS nothing FROM page_journeys WHERE session = 0;
SELECT e.* FROM unnest((SELECT journey.paths_agg(j, '.', 'from', 1, NULL) FROM page_journeys WHERE session = 103)) AS e;
-- names as variant() writes them
SELECT p.* FROM unnest((SELECT journey.path_variants_agg(j, '.', 'from', 2, NULL, false, false) FROM (VALUES (journey.journey '[" a" 2026-01-01T10:00:00Z, "x>y" 2026-01-01T10:00:01Z, "" 2026-01-01T10:00:02Z]')) AS v (j))) AS p;

-- a population, and the same by SQL
CREATE TABLE path_events AS
SELECT who, i, chr(97 + (who * i * 7 + i * i * who % 11) % 6) AS event FROM generate_series(1, 150) AS who, generate_series(1, 1 + who * who % 41) AS i;
CREATE TABLE paths AS SELECT who, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', event) AS j FROM path_events GROUP BY 1;
INSERT INTO paths VALUES (0, NULL);
CREATE FUNCTION slow_paths(anchor text, backward bool, deep int, gather bool, every bool) RETURNS TABLE (who int, start int, distance int, event text, ends bool)
LANGUAGE sql AS $$
  WITH kept AS (SELECT *, row_number() OVER (PARTITION BY who ORDER BY i) AS at
                FROM (SELECT *, lag(event) OVER (PARTITION BY who ORDER BY i) AS before FROM path_events) x WHERE NOT gather OR before IS DISTINCT FROM event),
  starts AS (SELECT who, at, row_number() OVER (PARTITION BY who ORDER BY at) AS number FROM kept WHERE event = anchor)
  SELECT s.who, s.at::int, d, k.event, k.event IS NULL
  FROM starts s CROSS JOIN generate_series(0, deep) AS d LEFT JOIN kept k ON k.who = s.who AND k.at = s.at + CASE WHEN backward THEN -d ELSE d END
  WHERE (every OR number = 1) AND d <= deep
$$;
SELECT backward, gather, every, count(*) AS rows, sum(e.n) AS n, bool_and(s IS NOT DISTINCT FROM ROW (e.depth, e.source, e.target, e.n, e.subjects)) AS agree
FROM (VALUES (false), (true)) AS b (backward), (VALUES (false), (true)) AS g (gather), (VALUES (false), (true)) AS v (every),
     LATERAL unnest((SELECT journey.paths_agg(j, 'b', CASE WHEN backward THEN 'to' ELSE 'from' END, 4, NULL, gather, every) FROM paths)) AS e
     FULL JOIN LATERAL (
       SELECT a.distance AS depth, CASE WHEN backward THEN a.event ELSE z.event END AS source, CASE WHEN backward THEN z.event ELSE a.event END AS target, count(*) AS n, count(DISTINCT a.who) AS subjects
       FROM slow_paths('b', backward, 4, gather, every) a JOIN slow_paths('b', backward, 4, gather, every) z ON z.who = a.who AND z.start = a.start AND z.distance = a.distance - 1
       WHERE NOT z.ends GROUP BY 1, 2, 3) AS s
     ON s.depth = e.depth AND s.source IS NOT DISTINCT FROM e.source AND s.target IS NOT DISTINCT FROM e.target
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT backward, gather, every, count(*) AS rows, sum(p.n) AS n, bool_and(s IS NOT DISTINCT FROM ROW (p.steps, p.n, p.subjects)) AS agree, bool_and(p.path = array_to_string(p.steps, ' > ')) AS path
FROM (VALUES (false), (true)) AS b (backward), (VALUES (false), (true)) AS g (gather), (VALUES (false), (true)) AS v (every),
     LATERAL unnest((SELECT journey.path_variants_agg(j, 'b', CASE WHEN backward THEN 'to' ELSE 'from' END, 4, NULL, gather, every) FROM paths)) AS p
     FULL JOIN LATERAL (
       SELECT steps, count(*) AS n, count(DISTINCT who) AS subjects
       FROM (SELECT who, start, array_agg(event ORDER BY CASE WHEN backward THEN -distance ELSE distance END) AS steps FROM slow_paths('b', backward, 4, gather, every) WHERE NOT ends GROUP BY 1, 2) x GROUP BY 1) AS s
     ON s.steps = p.steps
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- what arrives leaves again, or ends; the order of the rows is as promised
WITH e AS (SELECT e.* FROM unnest((SELECT journey.paths_agg(j, 'b', 'from', 6, NULL) FROM paths)) AS e)
SELECT count(*), bool_and(came = went) AS flows FROM (SELECT depth, target, sum(n) AS came FROM e WHERE target IS NOT NULL AND depth < 6 GROUP BY 1, 2) c FULL JOIN (SELECT depth - 1 AS depth, source AS target, sum(n) AS went FROM e WHERE depth > 1 GROUP BY 1, 2) w USING (depth, target);
SELECT count(*), bool_and(number = place) AS ordered
FROM (SELECT number, row_number() OVER (ORDER BY depth, n DESC, subjects DESC, source COLLATE "C", target COLLATE "C" NULLS LAST) AS place
      FROM unnest((SELECT journey.paths_agg(j, 'b', 'from', 6, NULL) FROM paths)) WITH ORDINALITY AS e (depth, source, target, n, subjects, number)) x;
SELECT count(*), bool_and(number = place) AS ordered
FROM (SELECT number, row_number() OVER (ORDER BY n DESC, subjects DESC, path COLLATE "C") AS place
      FROM unnest((SELECT journey.path_variants_agg(j, 'b', 'from', 6, NULL) FROM paths)) WITH ORDINALITY AS e (path, steps, n, subjects, number)) x;

-- sets, also of journeys that are spread over several
CREATE TABLE sets AS SELECT who % 7 AS part, journey.journey_set_agg(who, j) AS s FROM paths WHERE j IS NOT NULL GROUP BY 1;
CREATE TABLE cut AS
SELECT s FROM journey.pack($$ SELECT who, timestamptz '2026-01-01' + i * interval '7 min', chr(97 + (who * i * 7 + i * i % 11 + i / 500) % 6) FROM generate_series(1, 4) AS who, generate_series(1, 9000 * who) AS i $$) AS s;
CREATE TABLE made_whole AS SELECT journey.journey_agg(j) AS j FROM cut, journey.journeys(s) GROUP BY subject;
SELECT (SELECT journey.paths_agg(s, 'b', 'from', 3, 5) FROM sets) = (SELECT journey.paths_agg(j, 'b', 'from', 3, 5) FROM paths) AS edges,
       (SELECT journey.path_variants_agg(s, '[a, b]', 'to', 3, 50, true, false) FROM sets) = (SELECT journey.path_variants_agg(j, '[a, b]', 'to', 3, 50, true, false) FROM paths) AS variants,
       (SELECT journey.paths_agg(s, 'b', 'from', 3, NULL) FROM cut) = (SELECT journey.paths_agg(j, 'b', 'from', 3, NULL) FROM made_whole) AS cut,
       (SELECT journey.path_variants_agg(s, 'b', 'to', 5, 100) FROM (SELECT s FROM cut ORDER BY md5(s::text)) x) = (SELECT journey.path_variants_agg(j, 'b', 'to', 5, 100) FROM made_whole) AS shuffled;

-- any split gives the same states; text and binary forms read back
CREATE AGGREGATE edges_state(journey.journey_set, journey.journey_pattern, text, int, int) (SFUNC = journey._paths_transfn, STYPE = journey.paths_state, COMBINEFUNC = journey._paths_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE variants_state(journey.journey_set, journey.journey_pattern, text, int, int) (SFUNC = journey._path_variants_transfn, STYPE = journey.paths_state, COMBINEFUNC = journey._paths_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE combine_states(journey.paths_state) (SFUNC = journey._paths_combinefn, STYPE = journey.paths_state, COMBINEFUNC = journey._paths_combinefn, PARALLEL = SAFE);
CREATE TABLE parts AS
SELECT n, number * 7 % n AS part, edges_state(s, 'b', 'from', 4, 9) AS edges, variants_state(s, 'b', 'to', 4, 9) AS variants
FROM (SELECT s, row_number() OVER () AS number FROM (SELECT s FROM cut UNION ALL SELECT s FROM sets) x) x, (VALUES (1), (2), (5), (1000)) AS v (n) GROUP BY 1, 2;
SELECT n, md5(journey._paths_state_send(combine_states(edges ORDER BY part % 3, part))) = ANY (SELECT md5(journey._paths_state_send(edges)) FROM parts WHERE n = 1) AS edges,
       md5(journey._paths_state_send(combine_states(variants ORDER BY -part))) = ANY (SELECT md5(journey._paths_state_send(variants)) FROM parts WHERE n = 1) AS variants
FROM parts GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE journey._paths_state_send(s::text::journey.paths_state) = journey._paths_state_send(s)) = count(*) AS same FROM parts, unnest(ARRAY[edges, variants]) AS s;

-- in parallel
BEGIN;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
ANALYZE paths;
EXPLAIN (COSTS OFF) SELECT journey.paths_agg(j, 'b', 'from', 3, 5), journey.path_variants_agg(j, 'b', 'to', 3, 5) FROM paths;
CREATE TEMP TABLE in_parallel AS SELECT journey.paths_agg(j, 'b', 'from', 3, 5) AS edges, journey.path_variants_agg(j, 'b', 'to', 3, 5) AS variants FROM paths;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT p.edges = s.edges AS edges, p.variants = s.variants AS variants
FROM in_parallel p, (SELECT journey.paths_agg(j, 'b', 'from', 3, 5) AS edges, journey.path_variants_agg(j, 'b', 'to', 3, 5) AS variants FROM paths) s;
ROLLBACK;
SELECT who, cardinality(journey.paths_agg(j, 'b', 'from', 3, NULL) OVER (ORDER BY who)) FROM paths WHERE who < 5 ORDER BY who;

-- G1, G3: the matrix of transitions with begins and ends; shares of what leaves B, and of what comes to it
CREATE TABLE graph AS SELECT who, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', event) AS j
FROM (VALUES ('u1', 'ABCABCBBB'), ('u2', 'ABABCC'), ('u3', 'BBB')) AS v (who, path), regexp_split_to_table(path, '') WITH ORDINALITY AS t (event, i) GROUP BY 1;
CREATE VIEW graph_edges AS
SELECT source, target, n FROM unnest((SELECT journey.paths_agg(j, '.', 'from', 1, NULL) FROM graph))
UNION ALL SELECT source, target, n FROM unnest((SELECT journey.paths_agg(j, '.', 'to', 1, NULL) FROM graph)) WHERE source IS NULL;
SELECT coalesce(source, 'start') AS "G1", coalesce(target, 'end') AS target, n, sum(n) OVER () AS total FROM graph_edges ORDER BY 1, 2;
SELECT 'out' AS "G3", coalesce(target, 'end') AS other, round(n / sum(n) OVER (), 2) AS share FROM graph_edges WHERE source = 'B'
UNION ALL SELECT 'in', coalesce(source, 'start'), round(n / sum(n) OVER (), 2) FROM graph_edges WHERE target = 'B' ORDER BY 1, 2;
-- the same without begins and ends
SELECT bool_and(g.n = e.n) AS same, count(*) FROM graph_edges g FULL JOIN unnest((SELECT journey.edges_agg(j, false) FROM graph)) e ON (source, target) = (from_event, to_event)
WHERE source IS NOT NULL AND target IS NOT NULL OR from_event IS NOT NULL;
-- G10: directly follows, once a trace too, and two steps apart
CREATE TABLE traces AS SELECT who, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 min', event) AS j
FROM (VALUES (1, 'abc'), (2, 'abc'), (3, 'acb'), (4, 'abab')) AS v (who, path), regexp_split_to_table(path, '') WITH ORDINALITY AS t (event, i) GROUP BY 1;
SELECT from_event AS "G10", to_event, n FROM unnest((SELECT journey.edges_agg(j, false) FROM traces WHERE who < 4));
SELECT from_event AS "G10 once", to_event, n, subjects FROM unnest((SELECT journey.edges_agg(j, false) FROM traces WHERE who = 4));
SELECT a AS "G10 window 2", b, sum(journey.match_count(j, (a || ' . ' || b)::journey.journey_pattern, 'next row')) AS n FROM traces, unnest('{a,b,c}'::text[]) a, unnest('{a,b,c}'::text[]) b
WHERE who < 4 GROUP BY 1, 2 HAVING sum(journey.match_count(j, (a || ' . ' || b)::journey.journey_pattern, 'next row')) > 0 ORDER BY 1, 2;
DROP VIEW graph_edges;
DROP TABLE graph, traces;

-- G14: sessions of 30 minutes, 5 steps, 50 edges, clean names
SELECT e.* FROM unnest((
  SELECT journey.paths_agg(s.j, '"/"', 'from', 5, 50, true, false)
  FROM (SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '10 min', coalesce(nullif(regexp_replace(regexp_replace(url, '[?#].*', ''), '(.)/$', '\1'), ''), '/')) AS j
        FROM unnest(ARRAY['/', '/docs/', '/docs?x=1', '/buy/', NULL, NULL, NULL, NULL, '/', '/docs/']) WITH ORDINALITY AS t (url, i) WHERE url IS NOT NULL) AS x, journey.sessions(j, '30 min') AS s)) AS e;

-- bad input
SELECT journey.paths_agg(j, NULL, 'from', 3, 5) FROM paths;
SELECT journey.paths_agg(j, 'a -> b', 'from', 3, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', 'From', 3, 5) = journey.paths_agg(j, 'a', 'from', 3, 5) AS from_any_case, journey.paths_agg(j, 'a', 'TO', 3, 5) = journey.paths_agg(j, 'a', 'to', 3, 5) AS to_any_case FROM paths;
SELECT journey.paths_agg(j, 'a', 'form', 3, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', NULL, 3, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', 0, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', 101, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', NULL, 5) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', 3, 0) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', 3, 5, NULL, true) FROM paths;
SELECT journey.path_variants_agg(j, 'a', 'from', 3, 5, true, NULL) FROM paths;
SELECT journey.paths_agg(j, 'a', 'from', who + 1, 5) FROM paths WHERE who < 3;
SELECT cardinality(journey.path_variants_agg(j, 'b', 'from', 100, NULL)) FROM paths;
SELECT combine_states(s) FROM (SELECT edges FROM parts WHERE n = 1 UNION ALL SELECT variants FROM parts WHERE n = 1) AS x (s);
SELECT journey._paths_finalfn(variants) FROM parts WHERE n = 1;
SELECT journey._paths_transfn(NULL, '[a 2026-01-01T10:00:00Z]'::journey.journey, 'a', 'from', 1, 1);
SELECT 'x'::journey.paths_state;
SELECT '\x'::journey.paths_state;
CREATE FUNCTION read_state(b bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM b::text::journey.paths_state;
  RETURN 'read';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
-- a good one of each; then each byte changed: none crashes, and few are still read
CREATE TEMP TABLE good AS
SELECT 'edges' AS kind, journey._paths_state_send(edges_state(s, 'a', 'from', 2, 9)) AS b FROM (VALUES (journey.journey_set '{x: [a 2026-01-01T10:00:00Z, b 2026-01-01T10:00:01Z], y: [a 2026-01-01T10:00:00Z, c 2026-01-01T10:00:01Z]}')) AS v (s)
UNION ALL SELECT 'variants', journey._paths_state_send(variants_state(s, 'a', 'from', 2, 9)) FROM (VALUES (journey.journey_set '{x: [a 2026-01-01T10:00:00Z, b 2026-01-01T10:00:01Z], y: [a 2026-01-01T10:00:00Z, c 2026-01-01T10:00:01Z]}')) AS v (s);
SELECT kind, b FROM good;
SELECT kind, value, count(*), count(*) FILTER (WHERE told = 'read') AS read, array_agg(DISTINCT left(told, 5)) FILTER (WHERE told <> 'read') AS errors
FROM (SELECT kind, value, read_state(set_byte(b, at, (get_byte(b, at) + value) % 256)) AS told FROM good, generate_series(0, length(b) - 1) AS at, (VALUES (1), (255), (128)) AS v (value)) x GROUP BY 1, 2 ORDER BY 1, 2;
SELECT kind, count(*) FILTER (WHERE read_state(substring(b FROM 1 FOR n)) = 'read') AS read FROM good, generate_series(0, length(b) - 1) AS n GROUP BY 1 ORDER BY 1;
SELECT kind, read_state(b || '\x00') FROM good ORDER BY 1;

DROP FUNCTION read_state, slow_paths;
DROP AGGREGATE edges_state(journey.journey_set, journey.journey_pattern, text, int, int), variants_state(journey.journey_set, journey.journey_pattern, text, int, int), combine_states(journey.paths_state);
DROP TABLE pages, page_journeys, path_events, paths, sets, cut, made_whole, parts, good;
