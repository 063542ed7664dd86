-- Everything of an interaction beside time and event: built, read, printed,
-- sent, received, merged and compared.
SET search_path = public, journey;
SET timezone = 'UTC';

-- one of each kind, some steps without
CREATE TABLE visits (at timestamptz, event text, channel text, decision text, action text, persona text, value float8, senses text[]);
INSERT INTO visits VALUES
	('2026-01-01 10:00:00Z', 'view', 'web', NULL, NULL, 'parent', NULL, '{curious}'),
	('2026-01-01 10:01:00Z', 'add to cart', 'web', 'upsell', 'offer', 'parent', 19.99, '{tired,angry,NULL,angry}'),
	('2026-01-01 10:02:00Z', 'pay', 'store', NULL, NULL, NULL, 24.5, '{}'),
	('2026-01-01 10:02:00Z', 'pay', 'app', '', NULL, NULL, -0.0, NULL),
	(NULL, 'lost', 'web', NULL, NULL, NULL, 1, NULL),
	('2026-01-01 10:03:00Z', NULL, 'web', NULL, NULL, NULL, 1, NULL);

SELECT journey_agg(ROW(v.*)::interaction) AS j FROM visits AS v;
SELECT journey_agg(at, event, channel) AS by_channel FROM visits;
SELECT journey_agg(at, event, value) AS by_value FROM visits;
CREATE TABLE made AS SELECT journey_agg(ROW(v.*)::interaction) AS j FROM visits AS v;
SELECT i.* FROM made, interactions(j) AS i;

-- facts and path do not know of tracks
SELECT step_count(j), duration(j), variant(j), variant(j) = variant(plain) AS same_path, variant_hash(j) = variant_hash(plain) AS same_hash, j = plain AS equal
FROM made, (SELECT journey_agg(at, event) AS plain FROM visits) AS x;

-- back from rows, text and bytes
SELECT journey_agg((at, event, channel, decision, action, persona, value, senses)::interaction ORDER BY step) = j AS from_rows
FROM made, interactions(j) GROUP BY j;
SELECT j::text::journey = j AS from_text, j::bytea::journey = j AS from_bytes, j::text = j::bytea::journey::text AS same_text FROM made;

-- types that convert by themselves; an unknown literal is a channel
SELECT journey_agg('2026-01-01Z', 'a', 5), journey_agg('2026-01-01Z', 'a', 5.25), journey_agg('2026-01-01Z', 'a', 1.5::real),
	journey_agg('2026-01-01Z', 'a', '5'), journey_agg('2026-01-01Z', 'a', 'x'::varchar), journey_agg('2026-01-01Z', 'a', NULL);

-- rows in any order give the same; ties by event, then channel, ..., NULL last
CREATE TABLE ties AS
SELECT '2026-01-01Z'::timestamptz AS at, 'e' AS event, c AS channel, p AS persona, v AS value, s AS senses
FROM unnest('{b,a,NULL,""}'::text[]) AS c, unnest('{x,NULL}'::text[]) AS p, unnest('{NaN,2,10,NULL,-Infinity}'::float8[]) AS v,
	(VALUES ('{s}'::text[]), ('{t,s}'), ('{a b}'), (NULL)) AS x(s);
SELECT count(*), bool_and(step = place) AS ordered FROM (
	SELECT step, row_number() OVER (ORDER BY channel COLLATE "C", persona COLLATE "C", value, array_to_string(senses, E'\x01') COLLATE "C") AS place
	FROM (SELECT journey_agg((at, event, channel, NULL, NULL, persona, value, senses)::interaction) AS j FROM ties) AS x, interactions(j)) AS y;
SELECT count(DISTINCT j::bytea) AS values FROM (
	SELECT journey_agg(i) AS j
	FROM (SELECT shuffle, (at, event, channel, NULL, NULL, persona, value, senses)::interaction AS i
		FROM ties, generate_series(1, 5) AS shuffle ORDER BY shuffle, md5(ties::text || shuffle)) AS x
	GROUP BY shuffle) AS y;
-- its own ORDER BY decides
SELECT journey_agg(at, event, channel ORDER BY seq DESC)
FROM (VALUES ('2026-01-01Z'::timestamptz, 'a', 'x', 1), ('2026-01-01Z', 'a', 'y', 2), ('2026-01-01Z', 'b', NULL, 3)) AS x(at, event, channel, seq);

-- merging: by time, the left operand first; a track of one is enough
SELECT journey '[a@web 2026-01-01T00:00Z, c 2026-01-03T00:00Z {value=1}]' || '[b 2026-01-02T00:00Z {sense=x}, c 2026-01-03T00:00Z]' AS merged;
SELECT journey '[c 2026-01-03T00:00Z]' || '[a@web 2026-01-03T00:00Z {decision=d, value=2.5}]' AS merged;
SELECT journey_agg(j) AS merged FROM (VALUES ('[a@web 2026-01-01T00:00Z]'::journey), ('[a@app 2026-01-01T00:00Z]'), ('[a 2026-01-01T00:00Z]'), (NULL)) AS x(j);
SELECT journey_agg(part) = whole AS same FROM (
	SELECT journey_agg((at, event, channel, decision, action, persona, value, senses)::interaction) AS part, j AS whole
	FROM made, interactions(j) GROUP BY j, step % 3) AS x GROUP BY whole;

-- cutting takes the tracks along
SELECT s.session, s.j FROM sessions('[a@web 2026-01-01T00:00Z {value=1}, b 2026-01-01T00:10Z, a@web 2026-01-01T02:00Z {sense=x}, b@app 2026-01-01T02:01Z {value=3}]', '1 hour') AS s;

-- order and equality
SELECT a < b AS less, a = b AS equal, a::bytea = b::bytea AS same_bytes, a, b
FROM (VALUES
	(1, '[a 2026-01-01T00:00Z {value=-0}]'::journey, '[a 2026-01-01T00:00Z {value=0}]'::journey),
	(2, '[a@x 2026-01-01T00:00Z]', '[a 2026-01-01T00:00Z]'),
	(3, '[a@x 2026-01-01T00:00Z]', '[a@y 2026-01-01T00:00Z]'),
	(4, '[a 2026-01-01T00:00Z {value=9}]', '[a 2026-01-01T00:00Z {value=10}]'),
	(5, '[a 2026-01-01T00:00Z {value=Infinity}]', '[a 2026-01-01T00:00Z {value=NaN}]'),
	(6, '[a 2026-01-01T00:00Z {value=NaN}]', '[a 2026-01-01T00:00Z]'),
	(7, '[a 2026-01-01T00:00Z {sense=a}]', '[a 2026-01-01T00:00Z {sense=b, sense=a}]'),
	(8, '[a 2026-01-01T00:00Z {sense=a, sense=b}]', '[a 2026-01-01T00:00Z {sense=b, sense=a, sense=b}]'),
	(9, '[a 2026-01-01T00:00Z {persona=z}]', '[a 2026-01-01T00:00Z {sense=a}]'),
	(10, '[a 2026-01-01T00:00Z {decision=d}]', '[a@web 2026-01-01T00:00Z]')) AS x(n, a, b)
ORDER BY n;

-- numbers in their shortest form
CREATE TABLE numbers AS
SELECT n, v, journey_agg('2026-01-01Z', 'a', v) AS j
FROM unnest('{0,-0,1,-1,100,19.99,0.1,0.30000000000000004,1e15,123456789012345,1234567890123456,1e22,1e-7,5e-324,1.7976931348623157e308,-2.5,0.3333333333333333,NaN,Infinity,-Infinity}'::float8[])
	WITH ORDINALITY AS x(v, n) GROUP BY n, v;
SELECT v AS server, substring(j::text FROM 'value=([^}]*)') AS ours, i.value = v AS same, j::text::journey = j AS reads_back
FROM numbers, interactions(j) AS i ORDER BY n;

-- nothing depends on settings
CREATE TABLE forms AS SELECT 'default' AS setting, j::text AS t, j::bytea AS b FROM made;
SET datestyle = 'SQL, DMY';
SET timezone = 'Pacific/Chatham';
SET extra_float_digits = -15;
SET intervalstyle = 'sql_standard';
SET bytea_output = 'escape';
INSERT INTO forms SELECT 'other', j::text, j::bytea FROM made;
INSERT INTO forms SELECT 'read', t::journey::text, t::journey::bytea FROM forms WHERE setting = 'default';
RESET datestyle;
SET timezone = 'UTC';
RESET extra_float_digits;
RESET intervalstyle;
RESET bytea_output;
SELECT count(*), count(DISTINCT t) AS texts, count(DISTINCT b) AS bytes FROM forms;

-- workers give what one process gives
CREATE TABLE many AS
SELECT i % 50 AS subject, (timestamptz '2026-01-01Z' + i / 100 * interval '1 min', 'e' || i % 7, CASE WHEN i % 5 > 0 THEN 'c' || i % 3 END,
	CASE WHEN i % 11 = 0 THEN 'd' END, NULL, 'p' || i % 2, CASE WHEN i % 4 > 0 THEN i % 100 / 10.0 END,
	CASE WHEN i % 3 = 0 THEN ARRAY['s' || i % 2, 's'] END)::interaction AS step
FROM generate_series(1, 20000) AS i;
CREATE TABLE serial AS SELECT subject, journey_agg(step) AS j FROM many GROUP BY 1;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT subject, journey_agg(step) FROM many GROUP BY 1;
SELECT count(*), bool_and(s.j = p.j) AS same FROM serial AS s JOIN (SELECT subject, journey_agg(step) AS j FROM many GROUP BY 1) AS p USING (subject);
RESET enable_hashagg;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- constant tracks cost one entry, absent ones nothing
SELECT octet_length(journey_agg(at, event)::bytea) AS plain,
	octet_length(journey_agg(at, event, NULL::text)::bytea) AS absent,
	octet_length(journey_agg(at, event, 'web')::bytea) - octet_length(journey_agg(at, event)::bytea) AS one_channel,
	octet_length(journey_agg(at, event, 19.99)::bytea) - octet_length(journey_agg(at, event)::bytea) AS one_value
FROM (SELECT timestamptz '2026-01-01Z' + i * interval '1 s' AS at, 'e' || i % 3 AS event FROM generate_series(1, 1000) AS i) AS x;

-- 100 000 distinct names of a kind
SELECT step_count(j), j = j::text::journey AS from_text, j = j::bytea::journey AS from_bytes, i.event, i.channel, i.senses
FROM (SELECT journey_agg((timestamptz '2026-01-01Z' + i * interval '1 s', 'event ' || i, 'channel ' || i, NULL, NULL, NULL, i, ARRAY['sense ' || i, 's'])::interaction) AS j
	FROM generate_series(1, 100000) AS i) AS x, interactions(tail(j, 1)) AS i;

DROP TABLE visits, made, ties, numbers, forms, many, serial;
