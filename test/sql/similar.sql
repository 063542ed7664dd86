-- similar_group: what is alike, against all pairs.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET extra_float_digits = 1;

-- numbers: chains, borders, NULL, NaN, infinities

SELECT at, v, journey.similar_group(v, 1) OVER (ORDER BY at) FROM (VALUES
  (1, 10.0::float8), (2, 5.5), (3, NULL), (4, 11.0), (5, 12.0000001), (6, 'NaN'), (7, 'Infinity'), (8, '-Infinity'), (9, 4.5),
  (10, 'Infinity'), (11, 'NaN'), (12, 13), (13, '-0'), (14, 0)) t (at, v) ORDER BY at;
-- a tolerance of 0 is GROUP BY, an infinite one links all but NaN
SELECT v, journey.similar_group(v, 0) OVER (ORDER BY v DESC) AS equal, journey.similar_group(v, 'Infinity') OVER (ORDER BY v) AS all
FROM unnest(ARRAY[1, 1, 2, '-0', 0, 'Infinity', '-Infinity', 'NaN', 'NaN']::float8[]) v ORDER BY v;
-- what float8 and decimals say
SELECT journey.similar_group(v::float8, 0.1) OVER w AS float8, journey.similar_group(v::numeric, 0.1) OVER w AS numeric
FROM (VALUES (0.7), (0.8), (0.9)) t (v) WINDOW w AS (ORDER BY v);
SELECT v, journey.similar_group(v, 0.00001) OVER (ORDER BY v DESC)
FROM unnest(ARRAY[1, 1.00001, 1.000021, 'NaN', 'Infinity', '-Infinity', 'NaN', 1e100, 1e100 + 0.00001, NULL]::numeric[]) v ORDER BY v;
-- whole numbers, as far as they go
SELECT v, journey.similar_group(v, 0) OVER (ORDER BY v) AS equal, journey.similar_group(v, 1) OVER (ORDER BY v) AS one,
       journey.similar_group(v, 9223372036854775807) OVER (ORDER BY v) AS far
FROM unnest(ARRAY[-9223372036854775808, -9223372036854775807, 9007199254740993, 9007199254740992, 9223372036854775807]) v ORDER BY v;
SELECT pg_typeof(journey.similar_group(1::smallint, 1) OVER ()) AS smallint, pg_typeof(journey.similar_group(1, 0.5) OVER ()) AS decimals,
       pg_typeof(journey.similar_group(1::real, 0.5) OVER ()) AS real, pg_typeof(journey.similar_group('a'::varchar, 0.5) OVER ()) AS varchar;

-- times and lengths of time

SELECT at, journey.similar_group(at, interval '30 min') OVER (ORDER BY at DESC) FROM unnest(ARRAY[
  '2026-01-01 10:00Z', '2026-01-01 10:30Z', '2026-01-01 11:00:00.000001Z', 'infinity', '-infinity', 'infinity', NULL,
  '0044-03-15 12:00Z BC', '294276-12-31 23:59:59.999999Z']::timestamptz[]) at ORDER BY at;
SELECT v, journey.similar_group(v, interval '0') OVER w AS equal, journey.similar_group(v, interval '1 day') OVER w AS day,
       journey.similar_group(v, interval '106751990 days') OVER w AS far
FROM unnest(ARRAY['1 mon', '30 days', '30 days 24:00:00.000001', '29 days', '31 days 00:00:00.000001', '-1 day', '-1 day 00:00:01',
  '178000000 years', '178000000 years 1 us', '-178000000 years']::interval[]) v WINDOW w AS (ORDER BY v) ORDER BY v, v::text;

-- texts

-- similar_group(text, 0) is GROUP BY, whatever folding says
SELECT count(*) AS rows, count(DISTINCT g) AS groups, count(DISTINCT v) AS labels, count(DISTINCT (g, v)) AS both
FROM (SELECT v, journey.similar_group(v, 0) OVER () AS g
      FROM unnest(ARRAY['late', 'Late', 'late ', '', ' ', 'é', 'é', 'late', '', 'ﬁ', 'fi']) v) x;
-- the least step above it: case, forms of letters, width and white space do not matter
SELECT array_agg(DISTINCT v COLLATE "C" ORDER BY v COLLATE "C") FROM (
  SELECT v, journey.similar_group(v, 1e-9) OVER (ORDER BY v COLLATE "C") AS g FROM unnest(ARRAY[
    'Straße', 'STRASSE', 'strasse', U&'\FF33\FF54\FF52\FF41\FF53\FF53\FF45', '', ' ', E'\t\n', U&'\3000', U&'caf\00E9', U&'CAFE\0301',
    U&'\FB01n', 'FIN', U&'\AC00\B098', U&'\1100\1161\1102\1161', U&'\304C\304E', U&'\304B\3099\304D\3099', U&'\FF76\FF9E', U&'\30AC',
    U&'\0399\0308\0301', U&'\0390', U&'\03AC\03C3', U&'\0386\03A3', 'a b', E' A\r\n B ', U&'\0130', U&'i\0307']) v) x
GROUP BY g ORDER BY 1;
-- scripts without words between blanks, emoji, from right to left
SELECT v, journey.similar_group(v, 0.5) OVER (ORDER BY i) FROM unnest(ARRAY[
  '배송이 너무 늦어요', '배송이 너무 늦었어요', '상품이 파손되었습니다', '配送が遅すぎます', '配送が遅すぎました', '商品が壊れていた',
  'จัดส่งช้ามาก', 'จัดส่งช้ามากๆ', 'สินค้าเสียหาย', '😡😡😡📦', '😡😡😡😡📦', '🎉📦', 'התשלום נכשל', 'התשלום נכשל!', 'تأخر التوصيل', 'تأخر التوصيل كثيرا'])
  WITH ORDINALITY t (v, i) ORDER BY i;
-- short texts: one character has two trigrams, two have three
SELECT v, journey.similar_group(v, 0.79) OVER (ORDER BY i) AS below, journey.similar_group(v, 0.8) OVER (ORDER BY i) AS at,
       journey.similar_group(v, 1) OVER (ORDER BY i) AS all
FROM unnest(ARRAY['a', 'b', 'ab', 'ac', '', NULL, ' ', '가', '각']) WITH ORDINALITY t (v, i) ORDER BY i;

-- vectors

SELECT v, journey.similar_group(v, 0) OVER (ORDER BY i) AS same, journey.similar_group(v, 0.01) OVER (ORDER BY i) AS near,
       journey.similar_group(v, 1) OVER (ORDER BY i) AS right_angle, journey.similar_group(v, 2) OVER (ORDER BY i) AS any
FROM unnest(ARRAY['{1,2}', '{0.1,0.2}', '{1e300,2e300}', '{-1,-2}', '{2,-1}', '{1,2.1}', '{0,0}', '{-0,0}', NULL, '{4.9e-324,0}', '{1,0}']::text[])
  WITH ORDINALITY t (x, i), LATERAL (SELECT x::float8[]) y (v) ORDER BY i;
SELECT journey.similar_group(v, 0.001) OVER (ORDER BY v) FROM (VALUES ('{1,2,3}'::real[]), ('{0.1,0.2,0.3}'), ('{3,2,1}')) t (v) ORDER BY v;

-- numbers of groups: by first appearance, among peers by the least value, never by the sequence of rows

SELECT p, at, v, journey.similar_group(v, 1) OVER (PARTITION BY p ORDER BY at) AS by_time, journey.similar_group(v, 1) OVER (PARTITION BY p) AS by_value,
       journey.similar_group(v, 1) OVER (PARTITION BY p ORDER BY at DESC ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS backwards
FROM (VALUES ('a', 1, 9), ('a', 1, 5), ('a', 1, NULL), ('a', 2, 1), ('a', 3, 4), ('a', 3, 0), ('b', 1, 7), ('b', 2, 7), ('c', 1, NULL)) t (p, at, v)
ORDER BY p, at, v;

CREATE TABLE points AS
SELECT i, i / 40 AS p, (i * 7919) % 13 AS at, round(((i * 104729) % 1009)::numeric / 10, 1) AS v FROM generate_series(0, 399) i;
CREATE VIEW shuffled AS SELECT * FROM (SELECT * FROM points ORDER BY md5(i::text) OFFSET 0) x;
SELECT count(*) AS different FROM
  (SELECT i, journey.similar_group(v, 0.6) OVER (PARTITION BY p ORDER BY at) AS g, journey.similar_group(v, 0.6) OVER (PARTITION BY p) AS h FROM points) a
  JOIN (SELECT i, journey.similar_group(v, 0.6) OVER (PARTITION BY p ORDER BY at) AS g, journey.similar_group(v, 0.6) OVER (PARTITION BY p) AS h FROM shuffled) b USING (i)
WHERE (a.g, a.h) IS DISTINCT FROM (b.g, b.h);

-- against all pairs

-- The groups by the definition: links are pairs of rows of one part within reach, components their closure,
-- numbers by (least at, least value among the rows of that at).  It asks the table links.
CREATE TABLE elements (p int, i int, at int, k text);
CREATE TABLE links (p int, a int, b int);
CREATE FUNCTION by_definition() RETURNS TABLE (i int, number bigint) LANGUAGE sql AS $$
  WITH RECURSIVE reach (p, a, b) AS (
    SELECT p, i, i FROM elements UNION SELECT r.p, r.a, l.b FROM reach r JOIN links l ON l.p = r.p AND l.a = r.b),
  grouped AS (SELECT p, a AS i, min(b) AS root FROM reach GROUP BY p, a),
  facts AS (SELECT g.p, root, min(at) AS first FROM grouped g JOIN elements e USING (i) GROUP BY 1, 2),
  least AS (SELECT f.p, f.root, first, min(k COLLATE "C") AS k FROM facts f JOIN grouped g USING (p, root) JOIN elements e ON e.i = g.i AND at = first GROUP BY 1, 2, 3),
  numbers AS (SELECT p, root, row_number() OVER (PARTITION BY p ORDER BY first, k COLLATE "C") AS number FROM least)
  SELECT g.i, n.number FROM grouped g JOIN numbers n USING (p, root) $$;

-- numeric, float8, int8, timestamptz and interval say the same on whole tenths
INSERT INTO elements SELECT p, i, at, to_char(v, '0000.0') FROM points;
INSERT INTO links SELECT a.p, a.i, b.i FROM points a JOIN points b ON a.p = b.p AND abs(a.v - b.v) <= 0.6;
SELECT count(*) AS rows, count(*) FILTER (WHERE d.number = n) AS numeric, count(*) FILTER (WHERE d.number = w) AS int8,
       count(*) FILTER (WHERE d.number = f) AS float8, count(*) FILTER (WHERE d.number = t) AS timestamptz,
       count(*) FILTER (WHERE d.number = s) AS interval, max(number) AS largest
FROM by_definition() d JOIN (
  SELECT i, journey.similar_group(v, 0.6) OVER w AS n, journey.similar_group((v * 10)::bigint, 6) OVER w AS w,
         journey.similar_group((v * 10)::float8, 6) OVER w AS f,
         journey.similar_group(timestamptz '2026-01-01' + v * interval '10 s', interval '6 s') OVER w AS t,
         journey.similar_group(v * interval '1 mon', interval '18 days') OVER w AS s
  FROM shuffled WINDOW w AS (PARTITION BY p ORDER BY at)) x USING (i);

-- texts: 6 parts of 60, each with its tolerance
CREATE TABLE texts AS
SELECT i / 60 AS p, i, i % 17 AS at, (ARRAY[0.1, 0.25, 0.4, 0.5, 0.7, 0.9])[i / 60 + 1]::float8 AS tolerance,
       (ARRAY['late delivery', 'Parcel damaged', 'wrong size', '배송이 늦어요', '配送が遅い', 'ส่งช้า', 'x', ''])[1 + i * 31 % 8]
       || repeat(chr(97 + i * 37 % 5), i * 13 % 4) || CASE WHEN i % 7 = 0 THEN ' !' ELSE '' END AS v
FROM generate_series(0, 359) i;
CREATE FUNCTION trigrams(t text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg(DISTINCT substr(framed, n, 3)) FROM (SELECT '  ' || btrim(regexp_replace(lower(normalize(t, NFKC)), '\s+', ' ', 'g')) || ' ') f (framed),
  generate_series(1, length(framed) - 2) n $$;
CREATE FUNCTION distance(a text[], b text[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
  SELECT 1.0 * (SELECT count(*) FROM (SELECT x FROM unnest(a || b) x GROUP BY x HAVING count(*) = 1) d)
         / (SELECT count(DISTINCT x) FROM unnest(a || b) x) $$;
TRUNCATE elements, links;
INSERT INTO elements SELECT p, i, at, v FROM texts;
INSERT INTO links WITH t AS MATERIALIZED (SELECT DISTINCT ON (p, v) p, v, tolerance, trigrams(v) AS g FROM texts),
  near AS (SELECT a.p, a.v AS x, b.v AS y FROM t a JOIN t b ON a.p = b.p AND distance(a.g, b.g) <= a.tolerance)
  SELECT p, a.i, b.i FROM near JOIN texts a USING (p) JOIN texts b USING (p) WHERE a.v = x AND b.v = y;
SELECT p, tolerance, max(number) AS groups, count(*) AS rows, count(*) FILTER (WHERE number = g) AS right
FROM by_definition() JOIN (SELECT p, i, tolerance, journey.similar_group(v, tolerance) OVER (PARTITION BY p ORDER BY at) AS g FROM texts) x USING (i)
GROUP BY p, tolerance ORDER BY p;

-- vectors: 4 parts of 60
CREATE TABLE vectors AS
SELECT i / 60 AS p, i, i % 17 AS at, (ARRAY[0.001, 0.01, 0.05, 0.3])[i / 60 + 1]::float8 AS tolerance,
       ARRAY[sin(i * 31 % 40), cos(i * 17 % 23), (i * 7 % 11) / 10.0 - 0.5] AS v
FROM generate_series(0, 239) i;
TRUNCATE elements, links;
INSERT INTO elements SELECT p, i, at, to_char(v[1] + 5, '00.000000000000000') || to_char(v[2] + 5, '00.000000000000000') || to_char(v[3] + 5, '00.000000000000000') FROM vectors;
INSERT INTO links SELECT a.p, a.i, b.i FROM vectors a JOIN vectors b ON a.p = b.p AND
  1 - (a.v[1] * b.v[1] + a.v[2] * b.v[2] + a.v[3] * b.v[3]) / sqrt(a.v[1] ^ 2 + a.v[2] ^ 2 + a.v[3] ^ 2) / sqrt(b.v[1] ^ 2 + b.v[2] ^ 2 + b.v[3] ^ 2) <= a.tolerance;
SELECT p, tolerance, max(number) AS groups, count(*) AS rows, count(*) FILTER (WHERE number = g) AS right, count(*) FILTER (WHERE r IS NOT NULL) AS real
FROM by_definition() JOIN (SELECT p, i, tolerance, journey.similar_group(v, tolerance) OVER w AS g, journey.similar_group(v::real[], tolerance) OVER w AS r
                           FROM vectors WINDOW w AS (PARTITION BY p ORDER BY at)) x USING (i)
GROUP BY p, tolerance ORDER BY p;

-- many rows, on disk: the same groups as sessions of times in order
SET work_mem = '64kB';
SELECT count(*) AS rows, count(*) FILTER (WHERE a = b) AS equal, max(a) AS groups
FROM (SELECT journey.similar_group(at, interval '30 min') OVER (ORDER BY at) AS a, journey.sessionize(at, interval '30 min') OVER (ORDER BY at) AS b
      FROM (SELECT timestamptz '2026-01-01' + (i::bigint * i * 7919 % 10000000) * interval '1 s' FROM generate_series(1, 20000) i) t (at)) x;
RESET work_mem;

-- what is refused

CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE query;
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT call, try('SELECT journey.similar_group(' || call || ') OVER ()') FROM unnest(ARRAY[
  '1.0::float8, -1', '1.0::float8, ''NaN''::float8', '1.0::float8, NULL::float8', 'NULL::float8, -1', '1::bigint, -1::bigint',
  '1.0, -0.1', '1.0, ''NaN''::numeric', '1.0, NULL::numeric', 'now(), interval ''-1 s''', 'now(), interval ''1 mon''', 'now(), NULL::interval',
  'interval ''1 s'', interval ''-1 day''', '''a''::text, -0.1', '''a''::text, 1.0001', '''a''::text, NULL', '''a''::text, ''NaN''',
  '''{1}''::float8[], 2.1', '''{1}''::float8[], -1', '''{}''::float8[], 0', '''{1,NULL}''::float8[], 0', '''{1,NaN}''::float8[], 0',
  '''{1,Infinity}''::real[], 0', '''{{1,2},{3,4}}''::float8[], 0', 'now(), interval ''200000000 days''']) call;
SELECT try($$SELECT journey.similar_group(v, 0.1) OVER () FROM (VALUES ('{1,2}'::float8[]), ('{1,2,3}')) t (v)$$);
SELECT try($$SELECT journey.similar_group(1.0, v) OVER () FROM (VALUES (0.1), (0.10), (0.2)) t (v)$$);
SELECT try($$SELECT journey.similar_group(1.0, v) OVER () FROM (VALUES (0.1), (NULL)) t (v)$$);
SELECT try($$SELECT journey.similar_group(1.0, 1.0)$$);
-- a tolerance that only its partition knows is fine
SELECT p, v, journey.similar_group(v, t) OVER (PARTITION BY p ORDER BY v) FROM (VALUES ('a', 1, 1.0), ('a', 2, 1.00), ('b', 1, 0.5), ('b', 2, 0.5)) t (p, v, t) ORDER BY p, v;

DROP VIEW shuffled;
DROP TABLE points, elements, links, texts, vectors;
DROP FUNCTION by_definition(), trigrams(text), distance(text[], text[]), try(text);
