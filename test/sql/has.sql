-- What a journey has: @>, &&, @>>, ^@ and @@, without an index.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
\pset null '(null)'

CREATE TABLE trip AS SELECT journey '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:05:00Z, view 2026-01-01T10:06:00Z, "gift wrap" 2026-01-01T10:06:00Z, purchase 2026-01-03T09:00:00Z]' AS j;

SELECT e, j @> e AS all, e <@ j AS all_in, j && e AS any, e && j AS any_in, j @>> e AS chain FROM trip,
	(VALUES ('{view}'::text[]), ('{view,cart}'), ('{cart,view}'), ('{cart,view,cart}'), ('{view,view}'), ('{view,cart,view,"gift wrap",purchase}'), ('{purchase,view}'),
	('{view,nothing}'), ('{nothing}'), ('{}'), ('{NULL}'), ('{view,NULL,cart}'), ('{{view,cart},{purchase,"gift wrap"}}'), ('{""}'), ('{View}'), ('{vie}'), (NULL)) v(e);
SELECT p, j ^@ p AS prefix FROM trip, unnest('{view,vi,"",gift,"gift wrap","gift wrap!",V,iew,NULL}'::text[]) p;
SELECT j @> ARRAY[repeat('x', 5000)] AS all, j && ARRAY[repeat('x', 5000), 'cart'] AS any, j ^@ repeat('v', 5000) AS prefix FROM trip;
SELECT journey '["" 2026-01-01T00:00Z]' @> '{""}' AS all, journey '["" 2026-01-01T00:00Z]' ^@ '' AS prefix, journey '["" 2026-01-01T00:00Z]' ^@ 'a' AS no;
-- functions and operators are the same
SELECT has_all(j, '{view,cart}'), has_any(j, '{x,cart}'), has_chain(j, '{view,cart}'), has_prefix(j, 'gift'), has_step(j, '(,cart,,,,,,)') FROM trip;
SELECT has_all(NULL, '{a}'), has_any(NULL, '{a}'), has_chain(NULL, '{a}'), has_prefix(NULL, 'a'), has_step(NULL, '(,a,,,,,,)'), NULL::journey @> '{a}';

-- a step with all that is given
SELECT w, j @@ w AS step FROM trip, (VALUES ('(,view,,,,,,)'::interaction), ('(2026-01-01 10:05:00Z,,,,,,,)'), ('(2026-01-01 10:05:00Z,cart,,,,,,)'),
	('(2026-01-01 10:06:00Z,view,,,,,,)'), ('(2026-01-01 10:06:00Z,gift wrap,,,,,,)'), ('(2026-01-01 10:05:00Z,view,,,,,,)'), ('(2025-01-01 10:05:00Z,,,,,,,)'),
	('(2027-01-01 10:05:00Z,,,,,,,)'), ('(2026-01-01 10:05:00.000001Z,,,,,,,)'), ('(,nothing,,,,,,)'), ('(,view,web,,,,,)'), ('(,view,,,,,5,)'), ('(,view,,,,,,{angry})'),
	('(,view,,,,,,{})'), ('(,view,,,,,,{NULL})'), ('(,,,,,,,)'), (NULL)) v(w);
SELECT j @@ '(infinity,,,,,,,)' FROM trip;
SELECT j @@ ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{""}')::interaction FROM trip;

-- the same questions on rows
CREATE TABLE many AS SELECT n, journey_agg(timestamptz '2026-01-01' + i * interval '1 s', 'e' || (i * n + i * i) % (1 + n % 9)) AS j
	FROM generate_series(1, 400) n, generate_series(1, 1 + n % 37) i GROUP BY n;
CREATE TABLE wanted AS SELECT w, ARRAY(SELECT 'e' || (w * i + w / 3) % 7 FROM generate_series(1, w % 4) i) AS e FROM generate_series(1, 60) w;
SELECT count(*), count(*) FILTER (WHERE j @> e) AS all, count(*) FILTER (WHERE j && e) AS any, count(*) FILTER (WHERE j @>> e) AS chain,
	bool_and((j @> e) = (e <@ s)) AS all_same, bool_and((j && e) = (e && s)) AS any_same,
	bool_and((j @>> e) = (e = '{}' OR EXISTS (SELECT FROM generate_series(1, cardinality(s)) i WHERE s[i:i + cardinality(e) - 1] = e))) AS chain_same
FROM (SELECT j, steps(j) AS s FROM many) m, wanted;
SELECT count(*) FILTER (WHERE j ^@ p), bool_and((j ^@ p) = EXISTS (SELECT FROM unnest(s) e WHERE starts_with(e, p))) AS same
FROM (SELECT j, steps(j) AS s FROM many) m, unnest('{e,e7,e70,f,""}'::text[]) p;

-- steps of which more is known
CREATE TABLE known AS SELECT n, journey_agg(ROW(timestamptz '2026-01-01' + i * interval '10 min', 'e' || (i * n) % 7, CASE WHEN n % 3 > 0 THEN 'c' || i % (n % 3) END, CASE WHEN (i + n) % 4 = 0 THEN 'd' || n % 5 END,
	CASE WHEN n % 5 = 0 THEN 'x' END, CASE WHEN i > n % 20 THEN 'p' || i % 9 END, CASE WHEN (i * n) % 5 <> 1 THEN (i * n) % 100 END, CASE WHEN (i + n) % 3 = 0 THEN ARRAY['s' || i % 3, 's' || n % 3] END)::interaction) AS j
	FROM generate_series(1, 100) n, generate_series(1, 5 + n % 20) i GROUP BY n;
CREATE TABLE known_rows AS SELECT n, i.* FROM known, interactions(j) i;
SELECT count(*), count(*) FILTER (WHERE j @@ w) AS found, bool_and((j @@ w) = EXISTS (SELECT FROM known_rows r WHERE r.n = k.n AND coalesce(r.at = (w).at, (w).at IS NULL) AND coalesce(r.event = (w).event, (w).event IS NULL)
	AND coalesce(r.channel = (w).channel, (w).channel IS NULL) AND coalesce(r.decision = (w).decision, (w).decision IS NULL) AND coalesce(r.action = (w).action, (w).action IS NULL)
	AND coalesce(r.persona = (w).persona, (w).persona IS NULL) AND coalesce(r.value = (w).value, (w).value IS NULL) AND coalesce(r.senses @> (w).senses, (w).senses IS NULL))) AS same
FROM known k, LATERAL (SELECT ROW(CASE WHEN k.n % 4 = 0 THEN r.at END, CASE WHEN r.n % 3 > 0 THEN r.event END, CASE WHEN r.step % 2 = 0 THEN r.channel END, CASE WHEN r.step % 3 = 0 THEN r.decision END,
	CASE WHEN r.step % 5 = 0 THEN r.action END, CASE WHEN r.n % 4 = 0 THEN r.persona END, CASE WHEN r.n % 5 = 0 THEN r.value END, CASE WHEN k.n % 2 = 0 THEN r.senses[1:1 + k.n % 3] END)::interaction
	FROM known_rows r WHERE r.n % 10 = k.n % 10) x(w);
SELECT count(*) FROM known WHERE j @@ ROW(NULL, 'e0', 'c0', NULL, NULL, NULL, NULL, NULL)::interaction;
SELECT journey_agg(ROW('2026-01-01Z', 'a', NULL, NULL, NULL, NULL, 'NaN', NULL)::interaction) @@ '(,,,,,,NaN,)' AS nan, journey_agg(ROW('2026-01-01Z', 'a', NULL, NULL, NULL, NULL, 0, NULL)::interaction) @@ '(,,,,,,-0,)' AS zero;

-- a long value, stored out of line
INSERT INTO trip SELECT journey_agg('2026-01-01'::timestamptz + i * interval '1 s', 'event ' || i % 300) FROM generate_series(1, 20000) i;
SELECT j @> '{event 299,event 0}' AS all, j @> '{event 299,event 300}' AS no, j && '{x,event 299}' AS any, j @>> '{event 298,event 299,event 0,event 1}' AS chain,
	j @>> '{event 298,event 0}' AS no, j ^@ 'event 29' AS prefix, j ^@ 'event 30' AS yes, j ^@ 'event 300' AS no FROM trip WHERE step_count(j) > 5;

-- the planner asks the sample of ANALYZE
ANALYZE many;
CREATE FUNCTION pg_temp.estimate(question text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) SELECT FROM many WHERE ' || question INTO plan;
	RETURN plan -> 0 -> 'Plan' -> 'Plan Rows';
END $$;
SELECT question, pg_temp.estimate(question) BETWEEN low AND high AS near FROM (VALUES
	('j @> ''{e0}''', 250, 400), ('''{e0}'' <@ j', 250, 400), ('j @> ''{no}''', 1, 10), ('j && ''{e0,no}''', 250, 400), ('j && ''{no}''', 1, 10),
	('j @>> ''{e0,no}''', 1, 10), ('j ^@ ''e''', 350, 400), ('j ^@ ''no''', 1, 10)) v(question, low, high);

DROP TABLE trip, many, wanted, known, known_rows;
