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

DROP TABLE trip, many, wanted;
