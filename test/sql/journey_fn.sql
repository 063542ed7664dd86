-- Questions about one journey.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

CREATE TABLE trip (n int PRIMARY KEY, j journey);
INSERT INTO trip VALUES
	(1, '[view 2026-01-01T10:00:00Z]'),
	(2, '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:05:00Z, "gift wrap" 2026-01-01T10:05:00Z, cart 2026-01-01T10:05:00.000001Z, purchase 2026-01-03T09:00:00Z]'),
	(3, NULL);

-- facts
SELECT n, step_count(j), started_at(j), ended_at(j), duration(j), extract(day FROM duration(j)) AS days FROM trip ORDER BY n;
SELECT duration('[a 4713-01-01T00:00:00Z BC, b 287000-01-01T00:00:00Z]') > interval '291000 years' AS long;
SELECT duration('[a 4713-01-01T00:00:00Z BC, b 294276-01-01T00:00:00Z]');

-- steps by number: from 1, from the end, and none
SELECT i, event_at(j, i), time_at(j, i) FROM trip, unnest('{1,2,3,4,5,6,-1,-2,-5,-6,0,2147483647,-2147483648,null}'::int[]) i WHERE n = 2;
SELECT event_at(j, 1), time_at(j, 1), event_at(j, -1), time_at(j, -1), event_at(j, 2), time_at(j, -2) FROM trip WHERE n <> 2 ORDER BY n;

-- all steps
SELECT n, steps(j) FROM trip ORDER BY n;
SELECT n, i.* FROM trip, interactions(j) i ORDER BY n, step;
SELECT (interactions(j)).step, (interactions(j)).event FROM trip WHERE n = 2;
SELECT n, interactions(j) FROM trip WHERE n = 1;
SELECT pg_get_function_result('interactions'::regproc);

-- events are compared by their bytes, until somebody makes them alike
SELECT j ~ 'café' AS as_it_is, made ~ 'café' AS made_alike, match_count(j, '"visit"'), match_count(made, '"visit"')
FROM (SELECT journey_agg(at, event) AS j, journey_agg(at, normalize(lower(event))) AS made
      FROM (VALUES (timestamptz '2026-01-01Z', U&'Cafe\0301'), ('2026-01-02Z', 'Visit'), ('2026-01-03Z', 'visit')) AS v (at, event)) AS x;

-- path
SELECT n, variant(j), variant_hash(j) FROM trip ORDER BY n;
SELECT variant(x.j::journey) FROM (VALUES
	(1, '[a 2026-01-01T00:00Z]'),
	(2, '["" 2026-01-01T00:00Z, "" 2026-01-01T00:00Z]'),
	(3, '["a > b" 2026-01-01T00:00Z]'),
	(4, '[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]'),
	(5, '[" a" 2026-01-01T00:00Z, "b " 2026-01-01T00:00Z, "c d" 2026-01-01T00:00Z]'),
	(6, '["say ""hi""" 2026-01-01T00:00Z]'),
	(7, E'["two\nlines" 2026-01-01T00:00Z]'),
	(8, '["주문 확인" 2026-01-01T00:00Z, 배송 2026-01-01T00:00Z]')) x(n, j) ORDER BY n;
-- times and the alphabet do not change the hash, order does; the value is part of the format
SELECT variant_hash('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]') = variant_hash('[a 1999-01-01T00:00Z, b 2026-01-01T00:00Z]') AS times,
	   variant_hash('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]') = variant_hash('[b 2026-01-01T00:00Z, a 2026-01-01T00:00Z]') AS order,
	   variant_hash('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]');

-- merge: by time, left first on ties; NULL is no steps
SELECT '[a 2026-01-01T00:00Z, c 2026-01-03T00:00Z]'::journey || '[b 2026-01-02T00:00Z]';
SELECT '[z 2026-01-01T00:00Z]'::journey || '[a 2026-01-01T00:00Z]' AS left_first, '[a 2026-01-01T00:00Z]'::journey || '[z 2026-01-01T00:00Z]' AS left_first;
SELECT '[b 2026-01-01T00:00Z, a 2026-01-01T00:00Z]'::journey || '[b 2026-01-01T00:00Z]' AS ties_keep_order;
SELECT j || NULL AS left, NULL || j AS right, (NULL::journey || NULL) IS NULL AS both FROM trip WHERE n = 1;
SELECT (j || j) = merge(j, j) AS same, step_count(j || j) FROM trip WHERE n = 2;

-- a long value is stored out of line; facts fetch its head only
INSERT INTO trip SELECT 4, journey_agg('2026-01-01'::timestamptz + i * i * interval '1 s', 'event ' || i % 300) FROM generate_series(1, 20000) i;
SELECT pg_column_size(j) > 30000 AS large, step_count(j), started_at(j), ended_at(j), duration(j), time_at(j, -1), event_at(j, 20000), time_at(j, 10000) FROM trip WHERE n = 4;
SELECT bool_and(event_at(j, step) = event AND time_at(j, step) = at) AS one_by_one, count(*) FROM trip, interactions(j) i WHERE n = 4 AND step % 997 = 0;
SELECT steps(j) = (SELECT array_agg(event ORDER BY step) FROM interactions(j)) AS same FROM trip WHERE n = 4;
SELECT j::text::journey = j AS text, j::bytea::journey = j AS bytes FROM trip WHERE n = 4;

DROP TABLE trip;

-- many calls in one query leave nothing behind
SELECT max(used) < 1500000 AS bounded
FROM generate_series(1, 5000) i,
	LATERAL (SELECT count(*) FROM journey.interactions(CASE WHEN i > 0 THEN journey.journey '[a 2026-01-01T00:00:00Z]' END)) a,
	LATERAL (SELECT count(*) FROM journey.sessions(CASE WHEN i > 0 THEN journey.journey '[a 2026-01-01T00:00:00Z]' END, '5 min', as_of => '2026-02-01Z')) b,
	LATERAL (SELECT sum(used_bytes) AS used FROM pg_backend_memory_contexts WHERE i = 5000 AND name = 'ExecutorState') m;
