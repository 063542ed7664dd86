-- Where nothing can change between two rows, the decision is proved once a run of the executor (calm.c); everywhere
-- else once a row.  Everything here that may run code of the reader's does so between two rows.
SET client_min_messages = error;
\set SHOW_CONTEXT never
CREATE ROLE regress_calm_ana;
CREATE ROLE regress_calm_ben;
SELECT journey.create_purpose('calm') > 0 AS made, journey.grant_purpose('regress_calm_ana', 'calm') IS NOT NULL AS granted;
SELECT count(journey.consent_give(i::text, 'calm')) AS given FROM generate_series(1, 100) i;
CREATE TYPE calm_pair AS (x int);
CREATE TABLE calm (n int, who int, d int, t text, at timestamptz, pairs calm_pair[]);
INSERT INTO calm SELECT i, i, i, 't' || i, '2026-01-01'::timestamptz + i * interval '1 hour', ARRAY[ROW(i)::calm_pair] FROM generate_series(1, 100) i;
CREATE TABLE calm_part (LIKE calm) PARTITION BY RANGE (n);
CREATE TABLE calm_part_1 PARTITION OF calm_part FOR VALUES FROM (0) TO (50);
CREATE TABLE calm_part_2 PARTITION OF calm_part DEFAULT;
INSERT INTO calm_part TABLE calm;
CREATE TABLE calm_plain AS TABLE calm;
GRANT SELECT ON calm, calm_part, calm_plain TO PUBLIC;
SELECT count(x) AS protected FROM unnest('{calm, calm_part}'::text[]) t, journey.protect(t, subject => 'who', columns => '{"n": "public", "at": "public", "pairs": "public",
  "d": {"class": "calm_d", "mask": "constant", "value": -1}, "t": {"class": "calm_t", "mask": "null"}}') x;
SET journey.consent_lookups = 0;

-- how it is proved, and whether all is shown; then the same with each cell by itself.  The loop reads ten rows, and then 50 a run.
CREATE FUNCTION calm_ask(query text, OUT proved text, OUT rows bigint, OUT shown bigint, OUT same boolean) LANGUAGE plpgsql AS $$
DECLARE
  role text := current_setting('role');
  line text;
  answer text[];
  other text[];
  r record;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
    proved := coalesce(proved, substring(line FROM 'Decision Proved: (.*)'));
  END LOOP;
  FOR r IN EXECUTE query LOOP
    answer := answer || r::text;
  END LOOP;
  PERFORM set_config('journey.purpose', 'calm', true);
  SET LOCAL ROLE NONE;
  SET LOCAL journey.mask_scan = off;
  PERFORM set_config('role', role, true);
  FOR r IN EXECUTE query LOOP
    other := other || r::text;
  END LOOP;
  PERFORM set_config('journey.purpose', 'calm', true);
  SET LOCAL ROLE NONE;
  SET LOCAL journey.mask_scan = on;
  PERFORM set_config('role', role, true);
  rows := cardinality(answer);
  shown := (SELECT count(*) FROM unnest(answer) a WHERE a ~ '^\(([0-9]+),\1[,)]');
  same := answer IS NOT DISTINCT FROM other;
END $$;

CREATE FUNCTION calm_plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
    IF line !~ 'Output|Filter' THEN RETURN NEXT line; END IF;
  END LOOP;
END $$;

-- from the fifth row on another role, by all that calls a function; without a run of the executor, which would tell
CREATE FUNCTION calm_switch(i int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  role text;
BEGIN
  IF i = 5 THEN role := set_config('role', 'regress_calm_ben', true); END IF;
  RETURN i;
END $$;
CREATE FUNCTION calm_switch(x int, y int) RETURNS int LANGUAGE sql AS 'SELECT calm_switch(x)';
CREATE FUNCTION calm_definer(x int) RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET work_mem = '1MB' AS 'SELECT count(d) FROM calm WHERE n <= x';
CREATE FUNCTION calm_is(x int, y int) RETURNS boolean LANGUAGE sql AS 'SELECT calm_switch(x) >= y';
CREATE OPERATOR <+> (LEFTARG = int, RIGHTARG = int, FUNCTION = calm_is);
CREATE FUNCTION calm_second(state int, x int) RETURNS int LANGUAGE sql AS 'SELECT calm_switch(x)';
CREATE AGGREGATE calm_switched(int) (SFUNC = calm_second, STYPE = int, INITCOND = '0');
CREATE FUNCTION calm_switch_sql(x int) RETURNS int LANGUAGE plpgsql AS 'BEGIN SET LOCAL ROLE regress_calm_ben; RETURN x; END';
CREATE DOMAIN calm_domain AS int CHECK (calm_switch(VALUE) > 0);
CREATE TYPE calm_row AS (x calm_domain);
CREATE FUNCTION calm_text(calm_pair) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN calm_switch($1.x); END';
CREATE CAST (calm_pair AS text) WITH FUNCTION calm_text(calm_pair);
CREATE FUNCTION calm_cmp(calm_pair, calm_pair) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN btint4cmp(calm_switch($1.x), calm_switch($2.x)); END';
CREATE FUNCTION calm_lt(calm_pair, calm_pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT calm_cmp($1, $2) < 0';
CREATE FUNCTION calm_eq(calm_pair, calm_pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT calm_cmp($1, $2) = 0';
CREATE OPERATOR <<< (LEFTARG = calm_pair, RIGHTARG = calm_pair, FUNCTION = calm_lt);
CREATE OPERATOR === (LEFTARG = calm_pair, RIGHTARG = calm_pair, FUNCTION = calm_eq);
CREATE OPERATOR CLASS calm_ops DEFAULT FOR TYPE calm_pair USING btree AS OPERATOR 1 <<<, OPERATOR 3 ===, FUNCTION 1 calm_cmp(calm_pair, calm_pair);
CREATE TYPE calm_range AS RANGE (SUBTYPE = calm_pair);
CREATE FUNCTION calm_json(calm_range) RETURNS json LANGUAGE plpgsql AS 'BEGIN RETURN to_json(calm_switch((lower($1)).x)); END';
CREATE CAST (calm_range AS json) WITH FUNCTION calm_json(calm_range);
CREATE VIEW calm_view AS SELECT calm_switch(5) AS five;
GRANT SELECT ON calm_view TO PUBLIC;

SET journey.purpose = 'calm';
SET ROLE regress_calm_ana;
-- plans that are calm
SELECT q, a.*
FROM unnest(ARRAY[
  'SELECT n, d FROM calm',
  'SELECT n, d, t FROM calm WHERE n < 40',
  'SELECT n, d FROM calm WHERE d > 10 AND t LIKE ''t%''',
  'SELECT n, d FROM calm WHERE n IN (1, 5, 9) OR t = ANY(''{t7, t8}'')',
  'SELECT n, d FROM (SELECT * FROM calm OFFSET 0) x WHERE d > 2',
  'SELECT n, CASE WHEN n > 1 THEN coalesce(d, 0) ELSE greatest(n, 1) END, t IS NULL FROM calm',
  'SELECT n, d FROM calm ORDER BY t DESC LIMIT 7 OFFSET 2',
  'SELECT DISTINCT n, d FROM calm',
  'SELECT n, d, count(*), count(t), count(DISTINCT t), max(at), sum(d) FILTER (WHERE d > 0), avg(d::numeric), string_agg(t, '','' ORDER BY t) FROM calm GROUP BY n, d HAVING count(d) > 0',
  'SELECT n, d FROM calm_part',
  'SELECT n, d FROM calm UNION ALL SELECT n, d FROM calm_part',
  'SELECT n, d, current_user FROM calm']) q, calm_ask(q) a;
-- those that are not known to be, though they are harmless
SELECT q, a.*
FROM unnest(ARRAY[
  'SELECT n, d, to_char(at, ''DD'') FROM calm',
  'SELECT n, d, random() < 2 FROM calm',
  'SELECT n, d, calm_definer(n) FROM calm WHERE n < 20',
  'SELECT n, d FROM calm JOIN calm_plain USING (n, d)',
  'SELECT n, d FROM calm WHERE n <> (SELECT min(n) FROM calm_plain)',
  'SELECT n, d, sum(d) OVER (ORDER BY n) FROM calm',
  'SELECT n, d, ARRAY[d] = ARRAY[n] FROM calm',
  'SELECT n, d, array_agg(t) FROM calm GROUP BY n, d',
  'SELECT n, d, generate_series(1, 1) FROM calm',
  'SELECT n, d, n::text FROM calm',
  'SELECT n, d, c FROM calm c']) q, calm_ask(q) a;
-- those that are not
SELECT q, a.*
FROM unnest(ARRAY[
  'SELECT n, d, calm_switch(n) FROM calm',
  'SELECT n, d, calm_switch(n, 1) FROM calm',
  'SELECT n, d, CASE WHEN n = 5 THEN calm_switch_sql(n) END FROM calm',
  'SELECT n, d FROM calm WHERE calm_switch(n) > 0',
  'SELECT n, d, CASE WHEN n = 5 THEN set_config(''role'', ''regress_calm_ben'', true) END FROM calm',
  'SELECT n, d, CASE WHEN n = 5 THEN set_config(''journey.purpose'', '''', true) END FROM calm',
  'SELECT n, d, n <+> 1 FROM calm',
  'SELECT n, d FROM calm WHERE n <+> ANY(''{1,2}'')',
  'SELECT n, d, n::calm_domain FROM calm',
  'SELECT n, d, jsonb_populate_record(NULL::calm_row, jsonb_build_object(''x'', n)) FROM calm',
  'SELECT n, d, ROW(n)::calm_pair::text FROM calm',
  'SELECT n, d, to_json(calm_range(ROW(n)::calm_pair, NULL)) FROM calm',
  'SELECT n, d, ROW(n)::calm_row FROM calm',
  'SELECT n, d FROM calm WHERE ROW(n)::calm_pair <<< ROW(1000)::calm_pair',
  'SELECT n, d FROM calm WHERE ARRAY[ROW(n)::calm_pair] <> ARRAY[ROW(0)::calm_pair]',
  'SELECT n, d FROM calm WHERE pairs <> ''{(0)}''',
  'SELECT n, d FROM calm WHERE pairs > ''{(0)}'' IS TRUE',
  'SELECT n, d, greatest(pairs, ''{(0)}'') IS NULL FROM calm',
  'SELECT n, d, NULLIF(pairs, ''{(0)}'') IS NULL FROM calm',
  'SELECT n, d FROM calm WHERE calm_range(ROW(n)::calm_pair, NULL) <> calm_range(ROW(0)::calm_pair, NULL)',
  'SELECT n, d, length(query_to_xml(''SELECT calm_switch('' || n || '')'', false, false, '''')::text) > 0 FROM calm',
  'SELECT n, d, CASE WHEN n = 5 THEN length(table_to_xml(''calm_view'', false, false, '''')::text) END > 0 FROM calm',
  'SELECT n, d, unnest(ARRAY[calm_switch(n)]) FROM calm',
  'SELECT n, d, (SELECT calm_switch(n)) FROM calm',
  'SELECT n, d, x FROM calm, LATERAL (SELECT calm_switch(n) AS x OFFSET 0) y',
  'SELECT c.n, c.d, x FROM calm c, LATERAL calm_switch(n) x',
  'SELECT n, d FROM calm_part WHERE calm_switch(n) > 0',
  'SELECT n, d FROM calm UNION ALL SELECT calm_switch(n), d FROM calm_part']) q, calm_ask(q) a;
-- what takes all rows in before it gives one away: how many were shown, and the fifth row switched the role
SELECT q, a.proved, a.rows, a.same
FROM unnest(ARRAY[
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, calm_switched(n) FROM calm',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, sum(calm_switch(n)) FROM calm',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, count(DISTINCT ROW(n)::calm_pair) FROM calm',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, max(pairs) IS NULL FROM calm',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, count(DISTINCT pairs) FROM calm',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown FROM calm GROUP BY pairs',
  'SELECT DISTINCT pairs, d > 0 AS shown FROM calm',
  'SELECT n, d FROM calm ORDER BY pairs LIMIT 3',
  'SELECT count(*) FILTER (WHERE d > 0) AS shown, count(*) FILTER (WHERE calm_switch(n) > 0) FROM calm',
  'SELECT n, d FROM calm ORDER BY ROW(n)::calm_pair USING <<< LIMIT 3',
  'SELECT n, d FROM calm ORDER BY ROW(-n)::calm_pair USING <<<, calm_switch(n) LIMIT 3',
  'SELECT d FROM calm GROUP BY d, calm_switch(n)']) q, calm_ask(q) a;
SELECT count(*) FILTER (WHERE d > 0) AS shown, calm_switched(n) FROM calm;
RESET ROLE;
SET ROLE regress_calm_ana;

-- a cursor that only goes on
BEGIN;
DECLARE c NO SCROLL CURSOR FOR SELECT n, d FROM calm;
FETCH 4 FROM c;
SET LOCAL ROLE regress_calm_ben;
FETCH 1 FROM c;
SET LOCAL ROLE regress_calm_ana;
FETCH 4 FROM c;
SET LOCAL journey.purpose = '';
FETCH 1 FROM c;
SET LOCAL journey.purpose = 'calm';
FETCH 4 FROM c;
SAVEPOINT s;
SET LOCAL ROLE regress_calm_ben;
FETCH 1 FROM c;
ROLLBACK TO s;
FETCH 4 FROM c;
MOVE 80 FROM c;
FETCH ALL FROM c;
FETCH ALL FROM c;
ROLLBACK;
-- a run each: cursors, loops whose bodies switch, functions that give a row at a time, plans that are kept
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT n, d FROM calm;
FETCH 2 FROM c;
SET LOCAL ROLE regress_calm_ben;
FETCH 2 FROM c;
SET LOCAL ROLE regress_calm_ana;
FETCH 2 FROM c;
SAVEPOINT s;
SET LOCAL ROLE regress_calm_ben;
FETCH BACKWARD 2 FROM c;
ROLLBACK TO s;
FETCH 2 FROM c;
SET LOCAL journey.purpose = '';
FETCH 2 FROM c;
SET LOCAL journey.purpose = 'calm';
FETCH 2 FROM c;
ROLLBACK;
CREATE FUNCTION pg_temp.calm_rows() RETURNS SETOF int LANGUAGE sql AS 'SELECT d FROM calm WHERE n < 20';
CREATE FUNCTION pg_temp.calm_loop(OUT i int, OUT d int) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
  c CURSOR FOR SELECT calm.d FROM calm;
BEGIN
  OPEN c;
  FOR k IN 1 .. 8 LOOP
    FETCH c INTO d;
    i := k;
    RETURN NEXT;
    IF k = 4 THEN
      BEGIN
        PERFORM set_config('role', 'regress_calm_ben', true);
        FETCH c INTO d;
        RAISE 'undone %', d;
      EXCEPTION WHEN raise_exception THEN i := 0; d := substring(SQLERRM FROM '-?[0-9]+'); RETURN NEXT;
      END;
    ELSIF k = 6 THEN SET LOCAL ROLE regress_calm_ben;
    END IF;
  END LOOP;
END $$;
SELECT * FROM pg_temp.calm_loop();
RESET ROLE;
SET ROLE regress_calm_ana;
SELECT pg_temp.calm_rows() AS d, calm_switch(g) FROM generate_series(4, 5) g LIMIT 22;
RESET ROLE;
SET ROLE regress_calm_ana;
PREPARE p AS SELECT n, d FROM calm WHERE n > $1 AND d > 0 LIMIT 2;
SET plan_cache_mode = force_generic_plan;
SELECT calm_plan('EXECUTE p(3)');
EXECUTE p(3);
SET ROLE regress_calm_ben;
EXECUTE p(3);
SET ROLE regress_calm_ana;
EXECUTE p(3);
DEALLOCATE p;
RESET plan_cache_mode;

-- a procedure that commits in a loop, and takes back what it shows
RESET ROLE;
CREATE PROCEDURE calm_commits(INOUT seen int DEFAULT 0) LANGUAGE plpgsql AS $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT n, d FROM calm LOOP
    seen := seen + (r.d > 0)::int;
    COMMIT;
    IF r.n = 5 THEN SET ROLE regress_calm_ben; END IF;
  END LOOP;
  FOR r IN SELECT n, d FROM calm LOOP
    seen := seen + 1000 * (r.d > 0)::int;
  END LOOP;
END $$;
SET ROLE regress_calm_ana;
CALL calm_commits();
RESET ROLE;

-- several processes
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET ROLE regress_calm_ana;
SELECT calm_plan('SELECT count(*) FILTER (WHERE d > 0), count(t) FROM calm');
SELECT count(*) FILTER (WHERE d > 0), count(t) FROM calm;
SET ROLE regress_calm_ben;
SELECT count(*) FILTER (WHERE d > 0), count(t) FROM calm;
RESET ROLE;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

DROP FUNCTION pg_temp.calm_rows, pg_temp.calm_loop;
RESET journey.purpose;
RESET journey.consent_lookups;
SELECT count(journey.unprotect(t)) AS bare FROM unnest('{calm, calm_part}'::text[]) t;
DROP TABLE calm, calm_part, calm_plain;
DROP VIEW calm_view;
DROP PROCEDURE calm_commits;
DROP TYPE calm_range CASCADE;
DROP OPERATOR CLASS calm_ops USING btree;
DROP OPERATOR FAMILY IF EXISTS calm_ops USING btree;
DROP TYPE calm_row;
DROP TYPE calm_pair CASCADE;
DROP DOMAIN calm_domain;
DROP AGGREGATE calm_switched(int);
DROP OPERATOR <+> (int, int);
DROP FUNCTION calm_ask, calm_plan, calm_switch_sql, calm_is, calm_switch(int), calm_switch(int, int), calm_definer, calm_second;
SELECT journey.revoke_purpose('regress_calm_ana', 'calm') IS NOT NULL AS revoked;
DROP ROLE regress_calm_ana, regress_calm_ben;
