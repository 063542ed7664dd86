-- Parts and edits of a journey.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
\pset null '(null)'

CREATE TABLE trip AS SELECT journey '[view 2026-01-01T10:00:00Z, cart 2026-01-01T10:05:00Z, cart 2026-01-01T10:05:00Z, "gift wrap" 2026-01-01T10:06:00Z, purchase 2026-01-03T09:00:00Z]' AS j;

-- parts by number: from 1, from the end, and beyond both
SELECT a, b, steps(slice(j, a, b)) FROM trip, (VALUES (1, 5), (2, 4), (2, -2), (-2, -1), (-1, -1), (1, 1), (0, 2), (-9, 2), (4, 99),
	(3, 2), (0, 0), (1, 0), (6, 9), (-1, 1), (-9, -6), (-2147483648, 2147483647), (2147483647, -2147483648), (NULL, 1), (1, NULL)) v(a, b);
SELECT n, steps(head(j, n)) AS head, steps(tail(j, n)) AS tail
FROM trip, unnest('{1,2,5,6,0,-1,-4,-5,-6,2147483647,-2147483648,null}'::int[]) n;
SELECT slice(NULL, 1, 2), head(NULL, 1), tail(NULL, 1), during(NULL, '(,)'), keep_events(NULL, '{a}'), drop_events(NULL, '{a}'),
	rename_events(NULL, '{}'), collapse(NULL);

-- by time: each bound says on which side it is
SELECT r, steps(during(j, r)) FROM trip, unnest(ARRAY[
	'[2026-01-01 10:05Z,2026-01-01 10:06Z]', '(2026-01-01 10:05Z,2026-01-01 10:06Z]', '[2026-01-01 10:05Z,2026-01-01 10:06Z)',
	'(2026-01-01 10:05Z,2026-01-01 10:06Z)', '[2026-01-01 10:05Z,2026-01-01 10:05Z]', '[2026-01-01 10:00Z,2026-01-03 09:00Z]',
	'(2026-01-01 10:00Z,2026-01-03 09:00Z)', '(,2026-01-01 10:05Z]', '[2026-01-01 10:05:00.000001Z,)', '(,)', 'empty', '[-infinity,infinity]',
	'(-infinity,infinity)', '[infinity,]', '[,-infinity]', '(2026-01-02Z,2026-01-02 01:00Z)', '(,2026-01-01 10:00Z)', '(2026-01-03 09:00Z,)',
	NULL]::tstzrange[]) r;
SELECT during('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]', '[4714-11-24 00:00Z BC,294276-12-31 23:59:59.999999Z]') IS NOT NULL AS ends;

-- by event
SELECT e, steps(keep_events(j, e)) AS keep, steps(drop_events(j, e)) AS drop FROM trip,
	(VALUES ('{cart}'::text[]), ('{cart,view,cart}'), ('{"gift wrap",nothing}'), ('{nothing}'), ('{}'), ('{NULL}'), ('{NULL,view}'),
	('{purchase,"gift wrap",cart,view}'), ('{{view,cart},{x,y}}'), ('{""}'), (NULL)) v(e);
SELECT keep_events('["" 2026-01-01T00:00Z, a 2026-01-01T00:00Z]', '{""}'), drop_events('["" 2026-01-01T00:00Z, a 2026-01-01T00:00Z]', '{""}');
SELECT steps(keep_events(j, ARRAY[repeat('x', 5000), 'view'])) FROM trip;
-- names that are gone are gone from the value
SELECT keep_events(j, '{cart}')::bytea = '[cart 2026-01-01T10:05:00Z, cart 2026-01-01T10:05:00Z]'::journey::bytea AS same FROM trip;
-- the same call with another list in each row
SELECT n, steps(keep_events(j, ARRAY[event_at(j, n)])) FROM trip, generate_series(1, 5) n;

SELECT r, steps(rename_events(j, r)) FROM trip, (VALUES ('{"cart": "basket"}'::jsonb), ('{"cart": "view", "view": "cart"}'), ('{"cart": null}'),
	('{"cart": "view"}'), ('{"nothing": "x", "view": "look"}'), ('{"nothing": "x"}'), ('{}'), ('{"cart": "cart"}'), ('{"cart": "cart", "view": ""}'),
	('{"view": "v", "cart": "c", "gift wrap": "g", "purchase": "p"}'), ('{"view": null, "cart": null, "gift wrap": null, "purchase": null}'), (NULL)) v(r);
-- renaming keeps the order of steps of one time
SELECT rename_events('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]', '{"a": "z"}');

-- repetitions: times may differ, the first stays
SELECT collapse(j) FROM trip;
SELECT collapse('[a 2026-01-01T00:00Z, a 2026-01-02T00:00Z, b 2026-01-03T00:00Z, a 2026-01-04T00:00Z, a 2026-01-05T00:00Z]');
SELECT collapse('[a 2026-01-01T00:00Z]'), collapse('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]');

-- the same edits on rows, with all that an interaction has
CREATE TABLE many AS SELECT n, journey_agg(ROW(timestamptz '2026-01-01' + (i * i * n) % 97 * interval '10 min' + (i % 3) * interval '1 us', 'e' || (i * n) % 7,
	CASE WHEN n % 3 > 0 THEN 'c' || i % (n % 3) END, CASE WHEN (i + n) % 4 = 0 THEN 'd' || n % 5 END, CASE WHEN n % 5 = 0 THEN 'x' END,
	CASE WHEN i > n % 50 THEN 'p' || i % 9 END, CASE WHEN n % 4 < 3 AND (i * n) % 5 <> 1 THEN (i * n) % 1000 / (10.0 ^ (n % 4)) END,
	CASE WHEN (i + n) % 3 = 0 THEN ARRAY['s' || i % 3, 's' || n % 3] END)::interaction) AS j
	FROM generate_series(1, 300) n, generate_series(1, 5 + n % 40) i GROUP BY n;
CREATE TABLE many_rows AS SELECT n, i.* FROM many, interactions(j) i;
CREATE FUNCTION pg_temp.i(many_rows) RETURNS interaction LANGUAGE sql AS 'SELECT ROW($1.at, $1.event, $1.channel, $1.decision, $1.action, $1.persona, $1.value, $1.senses)::journey.interaction';

SELECT count(*), bool_and(slice(j, n % 11 - 5, n % 13 - 6) IS NOT DISTINCT FROM
	(SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n
	 AND CASE WHEN m.n % 11 - 5 < 0 THEN step - step_count(j) - 1 ELSE step END >= m.n % 11 - 5
	 AND CASE WHEN m.n % 13 - 6 < 0 THEN step - step_count(j) - 1 ELSE step END <= m.n % 13 - 6)) AS slice FROM many m;
SELECT count(*), bool_and(head(j, n % 23) IS NOT DISTINCT FROM (SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n AND step <= m.n % 23)) AS head,
	bool_and(tail(j, n % 23) IS NOT DISTINCT FROM (SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n AND step > step_count(j) - m.n % 23)) AS tail,
	bool_and(during(j, p) IS NOT DISTINCT FROM (SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n AND r.at <@ p)) AS during,
	bool_and(keep_events(j, e) IS NOT DISTINCT FROM (SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n AND event = ANY (e))) AS keep,
	bool_and(drop_events(j, e) IS NOT DISTINCT FROM (SELECT journey_agg(pg_temp.i(r) ORDER BY step) FROM many_rows r WHERE r.n = m.n AND event <> ALL (e))) AS drop
FROM many m, LATERAL (SELECT tstzrange(time_at(j, 1 + n % 5), time_at(j, -1 - n % 5), (ARRAY['[]', '[)', '(]', '()'])[1 + n % 4])
	WHERE time_at(j, 1 + n % 5) <= time_at(j, -1 - n % 5)) AS a(p), LATERAL (SELECT ARRAY['e' || n % 7, 'e' || n % 5, 'none']) AS b(e);
SELECT count(*), bool_and(rename_events(j, '{"e1": "e2", "e2": "x", "e3": null}') IS NOT DISTINCT FROM (SELECT journey_agg(ROW(at, CASE event WHEN 'e1' THEN 'e2' WHEN 'e2' THEN 'x'
		WHEN 'e3' THEN NULL ELSE event END, channel, decision, action, persona, value, senses)::interaction ORDER BY step) FROM many_rows r WHERE r.n = m.n)) AS rename FROM many m;
-- neighbours are made equal in more than chance would do it: by event alone, then in all
SELECT count(*), count(*) FILTER (WHERE collapse(k) <> k) AS shorter, bool_and(collapse(k) = (SELECT journey_agg(at, event ORDER BY step)
		FROM (SELECT *, lag(event) OVER (ORDER BY step) IS DISTINCT FROM event AS first FROM interactions(k)) r WHERE first)) AS collapse
FROM (SELECT rename_events(journey_agg(r.at, r.event ORDER BY step), '{"e1": "e0", "e2": "e0", "e5": "e4"}') AS k FROM many_rows r GROUP BY n) x;
SELECT count(*), count(*) FILTER (WHERE collapse(k) <> k) AS shorter, bool_and(collapse(k) = (SELECT journey_agg(ROW(at, event, channel, decision, action, persona, value, senses)::interaction ORDER BY step)
		FROM (SELECT *, lag(ROW(event, channel, decision, action, persona, value, senses)::text) OVER (ORDER BY step) IS DISTINCT FROM ROW(event, channel, decision, action, persona, value, senses)::text AS first
			FROM interactions(k)) r WHERE first)) AS collapse
FROM (SELECT journey_agg(ROW(at + (k > step)::int * interval '1 us', event, channel, CASE WHEN k < step + 2 THEN decision END, CASE WHEN k < step + 3 THEN action END, persona, CASE WHEN n % 7 > 0 OR k = step THEN value END,
	CASE WHEN n % 3 > 0 OR k = step THEN senses END)::interaction ORDER BY at, step, k) AS k FROM many_rows, generate_series(step, step + n % 4) k GROUP BY n) x;

-- any split and || give the whole back
SELECT count(*), bool_and(head(j, k) || tail(j, -k) = j AND slice(j, 1, k) || slice(j, k + 1, -1) = j) AS whole
FROM many, LATERAL generate_series(0, step_count(j)) k WHERE n % 10 = 0;
SELECT bool_and((SELECT journey_agg(s.j) FROM sessions(m.j, '1 h') s) = j) AS sessions FROM many m;
SELECT bool_and(during(j, tstzrange(NULL, t, '()')) || during(j, tstzrange(t, NULL, '[)')) = j) AS whole FROM many, LATERAL time_at(j, 1 + n % 4) t;

-- an interaction more: after those of its time, or before them
SELECT j || ROW('2026-01-01 10:05Z', 'x', 'web', NULL, NULL, NULL, 5, '{glad}')::interaction = merge(j, ROW('2026-01-01 10:05Z', 'x', 'web', NULL, NULL, NULL, 5, '{glad}')::interaction) AS same,
	steps(j || ROW('2026-01-01 10:05Z', 'x', 'web', NULL, NULL, NULL, 5, '{glad}')::interaction) AS after,
	steps(ROW('2026-01-01 10:05Z', 'x', 'web', NULL, NULL, NULL, 5, '{glad}')::interaction || j) AS before FROM trip;
SELECT i.* FROM trip, interactions(tail(j, 1) || ROW('2027-01-01Z', 'refund', 'store', 'd', 'a', 'p', 1.5, '{glad,angry}')::interaction) i;
-- NULL adds nothing, and neither does an interaction that is no step
SELECT w, steps(j || w) = steps(j) AS right, steps(w || j) = steps(j) AS left, NULL::journey || w AS alone, w || NULL::journey AS alone
FROM trip, unnest(ARRAY['(,x,,,,,,)', '(2026-01-01 10:05Z,,web,,,,,)', '(,,,,,,,)', NULL]::interaction[]) w;
SELECT NULL::journey || '(2026-01-01 10:05Z,x,,,,,,)'::interaction AS first, '(2026-01-01 10:05Z,x,,,,,,)'::interaction || NULL::journey AS first;
SELECT j || '(infinity,x,,,,,,)'::interaction FROM trip;
SELECT j || ROW('2026-01-01Z', repeat('x', 1025), NULL, NULL, NULL, NULL, NULL, NULL)::interaction FROM trip;
SELECT j || ROW('2026-01-01Z', 'x', repeat('ü', 513), NULL, NULL, NULL, NULL, NULL)::interaction FROM trip;
-- one after another is what the aggregate does
SELECT count(*), bool_and(whole = j) AS same FROM many m, LATERAL (
	WITH RECURSIVE r(k, part) AS (SELECT 1, NULL::journey || pg_temp.i(i) FROM many_rows i WHERE i.n = m.n AND step = 1
		UNION ALL SELECT k + 1, part || pg_temp.i(i) FROM r, many_rows i WHERE i.n = m.n AND step = k + 1)
	SELECT part FROM r ORDER BY k DESC LIMIT 1) w(whole) WHERE n % 20 = 0;

-- a long value, stored out of line: all and nothing do not fetch it
INSERT INTO trip SELECT journey_agg('2026-01-01'::timestamptz + i * i * interval '1 s', 'event ' || i % 300) FROM generate_series(1, 20000) i;
SELECT pg_column_size(j) > 30000 AS large, slice(j, 1, -1) = j AS slice, head(j, 99999) = j AS head, tail(j, 99999) = j AS tail, during(j, '(,)') = j AS during,
	drop_events(j, '{no such}') = j AS drop, keep_events(j, '{no such}') IS NULL AS keep, rename_events(j, '{"no such": "x"}') = j AS rename, collapse(j) = j AS collapse
FROM trip WHERE step_count(j) > 5;
SELECT head(j, 2), tail(j, 1), slice(j, 10000, 10000) = keep_events(slice(j, 9900, 10100), '{event 100}') AS slice,
	step_count(keep_events(j, '{event 7,event 8}')), step_count(during(j, '[2026-01-02,2027-01-01)')) FROM trip WHERE step_count(j) > 5;
-- and can be stored again
UPDATE trip SET j = drop_events(j, '{no such}');
SELECT step_count(j), step_count(collapse(j)) FROM trip ORDER BY 1;

-- what is refused
SELECT rename_events(j, '[]') FROM trip;
SELECT rename_events(j, '"x"') FROM trip;
SELECT rename_events(j, 'null') FROM trip;
SELECT rename_events(j, '{"a": 1}') FROM trip;
SELECT rename_events(j, '{"a": "b", "c": {"d": "e"}}') FROM trip;
SELECT rename_events(j, '{"a": ["b"]}') FROM trip;
SELECT rename_events(j, '{"a": true}') FROM trip;
SELECT rename_events(j, jsonb_build_object('a', repeat('x', 1025))) FROM trip;
SELECT step_count(rename_events(head(j, 5), jsonb_build_object('view', repeat('ü', 512), repeat('y', 3000), 'z'))) FROM trip;
SELECT rename_events(j, jsonb_build_object('a', repeat('ü', 513))) FROM trip;

DROP FUNCTION pg_temp.i(many_rows);
DROP TABLE trip, many, many_rows;
