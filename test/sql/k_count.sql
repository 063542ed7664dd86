-- Small groups: k_count hides them, k_report finds what makes them.
SET client_min_messages = warning;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE TABLE crowd (who text, city text, age int, mail text, at date, place point);
INSERT INTO crowd SELECT 'p' || i, (ARRAY['Graz', 'Wien', 'Linz'])[1 + (i % 25 > 0)::int + (i % 100 = 0)::int], 20 + i % 40, 'm' || i, '2026-01-01', '(1,1)'
	FROM generate_series(1, 200) i, generate_series(1, 2);
INSERT INTO crowd VALUES (NULL, 'Graz', 1, NULL, NULL, NULL);

SELECT journey.k_count(who), journey.k_count(who, 1) AS one, journey.k_count(who, 200) AS all, journey.k_count(who, 201) AS more, count(*) FROM crowd;
SELECT city, journey.k_count(who), journey.k_count(who, 2) AS two, journey.k_count(who, 6) AS six, journey.k_count(who, 7) AS seven,
	count(DISTINCT who) FROM crowd GROUP BY city ORDER BY city;
SELECT journey.k_count(who) AS none, journey.k_count(who, 1) AS none_of_one FROM crowd WHERE false;
SELECT journey.k_count(NULL::text, 1) AS nobody, journey.k_count('', 1) AS no_name FROM crowd;
-- neither the order nor a row can lower k; DISTINCT, FILTER and windows as everywhere
SELECT journey.k_count(who, k) AS largest FROM (VALUES ('a', 1), ('b', 3)) v (who, k);
SELECT journey.k_count(who, k ORDER BY k DESC) AS largest FROM (VALUES ('a', 1), ('b', 3)) v (who, k);
SELECT journey.k_count(DISTINCT who, 2) AS two, journey.k_count(who, 1) FILTER (WHERE who = 'a') AS one FROM (VALUES ('a'), ('b'), ('a')) v (who);
SELECT journey.k_count(who, 2) OVER (ORDER BY n) AS growing FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b'), (4, NULL)) v (n, who);
-- names of all lengths
SELECT journey.k_count(repeat(chr(64 + i % 26), i / 26 * 40), 1) FROM generate_series(0, 259) i;
-- the same by workers
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query; END $$;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT count(*) AS partial FROM pg_temp.plan('SELECT journey.k_count(who) FROM crowd') p WHERE p LIKE '%Partial Aggregate%';
SELECT journey.k_count(who), journey.k_count(who, 201) AS more FROM crowd;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
-- bad input
SELECT journey.k_count(who, 0) FROM crowd;
SELECT journey.k_count(who, NULL) FROM crowd;

SELECT journey.k_report('crowd', '{city}');
SELECT journey.protect('crowd', subject => 'who', collected => 'at', columns => '{"at": "public", "city": "public",
	"age": {"mask": "generalize", "step": 20}}');
-- what readers see: cities as they are, ages in steps, the rest masked
SELECT * FROM journey.k_report('crowd', '{city,age,mail}', 5);
SELECT shown_columns, groups, smallest, small_groups FROM journey.k_report('journey_base.crowd', '{place,city,city}');
-- it agrees with what a reader would count
CREATE ROLE regress_k_reader;
GRANT SELECT ON crowd TO regress_k_reader;
SET ROLE regress_k_reader;
SET client_min_messages = error;
SELECT count(*) AS groups FROM (SELECT city, age FROM crowd WHERE city IS NOT NULL AND NOT (city = 'Graz' AND age = 0) GROUP BY 1, 2) g;
SELECT journey.k_count(who, 1) AS masked, journey.k_count(city, 1) AS cities FROM crowd;
SELECT journey.k_report('crowd', '{city}');
RESET ROLE;
-- the purpose of the session stays, and gives no raw values to the report
SELECT journey.create_purpose('kr') > 0 AS made;
SELECT journey.grant_purpose('regress_k_reader', 'kr');
SELECT count(journey.consent_give('p' || i, 'kr')) FROM generate_series(1, 200) i;
GRANT EXECUTE ON FUNCTION journey.k_report TO regress_k_reader;
SET ROLE regress_k_reader;
SET journey.purpose = 'kr';
SELECT groups, smallest FROM journey.k_report('crowd', '{mail}');
SELECT count(mail) AS shown FROM crowd;
RESET ROLE;
-- bad input
SELECT journey.k_report('pg_class', '{relname}');
SELECT journey.k_report(NULL, '{city}');
SELECT journey.k_report('crowd', '{town}');
SELECT journey.k_report('crowd', '{}');
SELECT journey.k_report('crowd', NULL);
SELECT journey.k_report('crowd', '{city,NULL}');
SELECT journey.k_report('crowd', '{city}', 0);
SELECT journey.k_report('crowd', '{city}', NULL);

SELECT journey.unprotect('crowd');
DROP TABLE crowd;
REVOKE ALL ON FUNCTION journey.k_report FROM regress_k_reader;
SELECT journey.revoke_purpose('regress_k_reader', 'kr');
DROP ROLE regress_k_reader;
