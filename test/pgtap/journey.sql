-- How journeys behave inside the server: soft errors, variables, cursors,
-- plans, values stored out of line, damage, cancelled queries, many groups.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT plan(48);

SELECT current_setting('server_version_num')::int >= 160000 AS has_soft_errors,
	   current_setting('server_version_num')::int >= 170000 AS has_infinite_intervals,
	   current_setting('server_version_num')::int >= 180000 AS has_loaded_modules \gset

--
-- Soft errors
--
\if :has_soft_errors
SELECT ok(pg_input_is_valid('[a 2026-01-01T00:00:00Z]', 'journey'), 'a good text is valid');
SELECT ok(NOT pg_input_is_valid(x, 'journey'), 'not valid: ' || left(x, 40)) FROM unnest(ARRAY[
	'', '[]', '[a]', '[a 2026-02-30T00:00:00Z]', '[a 294277-01-01T00:00:00Z]', '["' || repeat('x', 1025) || '" 2026-01-01T00:00:00Z]']) x;
SELECT is((SELECT message || '|' || detail || '|' || hint || '|' || sql_error_code FROM pg_input_error_info('[a', 'journey')),
	'invalid input syntax for type journey|The text cannot be read from byte 2 on, counted from 0.|'
	'Write steps as [view 2026-01-01T10:00:00Z, "add to cart"@web 2026-01-01T10:00:05.25Z {value=19.99}].|22P02', 'the error is told in full');
SELECT ok(NOT pg_input_is_valid('{"[a 2026-01-01T00:00:00Z]","[a"}', 'journey[]'), 'also inside an array');
\else
SELECT skip('soft errors begin with PostgreSQL 16', 9);
\endif

--
-- Gaps
--
CREATE TABLE visit AS SELECT '[a 2026-01-01T00:00:00Z, b 2026-01-01T01:00:00Z]'::journey AS j;
\if :has_infinite_intervals
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, 'infinity') $$, '22023', 'gap must be finite');
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, '-infinity') $$, '22023', 'gap must be finite');
\else
SELECT skip('infinite intervals begin with PostgreSQL 17', 2);
\endif
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, '1 month') $$, '22023', 'gap must not have months or years');
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, as_of => NULL) $$, '22004', 'as_of must not be null');
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, '2147483647 days') $$, '22015', 'gap is too long');
SELECT throws_ok($$ SELECT * FROM visit, sessions(j, '-1 us') $$, '22023', 'gap must not be negative');

--
-- Where values live: variables, arrays, domains, composites, cursors, plans
--
CREATE FUNCTION pg_temp.grow(n int) RETURNS journey LANGUAGE plpgsql AS $$
DECLARE
	j journey;
	all_of journey[] := '{}';
BEGIN
	FOR i IN 1..n LOOP
		j := j || journey_agg(timestamptz '2026-01-01' + i * interval '1 s', 'e' || i);
		all_of := all_of || j;
	END LOOP;
	RETURN all_of[n];
END
$$;
SELECT is(step_count(pg_temp.grow(1000)), 1000, 'a variable grows step by step');
CREATE DOMAIN short AS journey CHECK (step_count(VALUE) <= 2);
SELECT lives_ok($$ SELECT '[a 2026-01-01T00:00:00Z]'::short $$, 'a domain takes a journey');
SELECT throws_ok($$ SELECT '[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z, c 2026-01-01T00:00Z]'::short $$, '23514');
SELECT is(((ROW(1, j)::record)::text), '(1,"[a 2026-01-01T00:00:00Z, b 2026-01-01T01:00:00Z]")', 'in a row') FROM visit;

CREATE TABLE event AS
SELECT i % 1000 AS who, timestamptz '2026-01-01' + (i * 7919 % 100003) * interval '1 s' AS at, 'event ' || i % 25 AS event
FROM generate_series(1, 50000) i;
CREATE TABLE stored AS SELECT who, journey_agg(at, event) AS j FROM event GROUP BY who;
ANALYZE event, stored;
DECLARE c SCROLL CURSOR FOR SELECT who, journey_agg(at, event) FROM event GROUP BY who ORDER BY who;
MOVE 500 IN c;
CREATE TEMP TABLE fetched (who int, j journey);
CREATE FUNCTION pg_temp.fetch_one() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c refcursor := 'c';
	r record;
BEGIN
	FETCH NEXT FROM c INTO r;
	INSERT INTO fetched VALUES (r.who, r.journey_agg);
	FETCH PRIOR FROM c INTO r;
	INSERT INTO fetched VALUES (r.who, r.journey_agg);
END
$$;
SELECT pg_temp.fetch_one();
CLOSE c;
SELECT results_eq('SELECT who, j FROM fetched ORDER BY who', 'SELECT who, j FROM stored WHERE who IN (499, 500) ORDER BY who', 'a cursor goes forth and back');

PREPARE of_one(int, interval) AS SELECT count(*) FROM stored, sessions(j, $2) s WHERE who = $1;
SET plan_cache_mode = force_generic_plan;
SELECT results_eq('EXECUTE of_one(7, ''1 h'')', 'SELECT count(*) FROM stored, sessions(j, ''1 h'') WHERE who = 7', 'a generic plan');
SELECT throws_ok('EXECUTE of_one(7, ''1 year'')', '22023');
RESET plan_cache_mode;
SELECT is((SELECT count(*) FROM stored a, LATERAL (SELECT count(*) FROM interactions(a.j)) x(n) WHERE x.n <> step_count(a.j)), 0::bigint, 'rescanned');
CREATE VIEW by_day AS SELECT who, journey_agg(at, event) AS j FROM event GROUP BY who, date_trunc('day', at);
SELECT is_empty('SELECT who, journey_agg(j) FROM by_day GROUP BY who EXCEPT SELECT who, j FROM stored', 'through a view, merged again');
SELECT results_eq('SELECT count(*) FROM (SELECT DISTINCT j FROM stored UNION SELECT j FROM stored EXCEPT SELECT j FROM stored WHERE who < 10) x', 'SELECT 990::bigint', 'set operations');

-- volatility and parallel labels as the planner sees them; what reads a store is as stable as the store
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
	WHERE p.proname ~ '^_?(journey|steps|step_count|interactions|started_at|ended_at|duration|event_at|time_at|variant|merge|sessions)'
	  AND (p.provolatile, p.proparallel) <> ('i', 's')
	  AND p.prolang IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal'))
	  AND p.proname !~ 'seal' AND 'regclass'::regtype <> ALL (p.proargtypes) $$, 'immutable and parallel safe');
SELECT is_empty($$
	SELECT c.classid::regclass, c.objid FROM pg_depend c JOIN pg_extension e ON e.oid = c.refobjid AND e.extname = 'journey' AND c.deptype = 'e'
	WHERE c.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_cast'::regclass)
	  AND obj_description(c.objid, c.classid::regclass::text) IS NULL $$, 'every function, operator, class and cast has a comment');

--
-- Values stored out of line: facts read their head only
--
CREATE TABLE large AS SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 s', 'e' || i % 300) AS j FROM generate_series(1, 200000) i;
CREATE FUNCTION pg_temp.buffers(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) ' || query INTO plan;
	RETURN (plan -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::int + (plan -> 0 -> 'Plan' ->> 'Shared Read Blocks')::int;
END
$$;
SELECT cmp_ok(pg_temp.buffers('SELECT steps(j) FROM large'), '>', 60, 'all of it is many blocks');
SELECT cmp_ok(pg_temp.buffers('SELECT ' || f || ' FROM large'), '<', 20, 'few blocks for ' || f)
FROM unnest('{step_count(j),started_at(j),ended_at(j),duration(j),"time_at(j, 1)","time_at(j, -1)","j = NULL::journey || ''[a 2026-01-01T00:00Z]''"}'::text[]) f;
ALTER TABLE large ALTER j SET STORAGE extended;
UPDATE large SET j = j || j;
SELECT is(step_count(j), 400000, 'also where it is compressed') FROM large;
ALTER TABLE large ALTER j SET STORAGE plain;
SELECT throws_ok('UPDATE large SET j = j || j', '54000');

-- bytes that were damaged after they came in (only a superuser can get them there)
CREATE FUNCTION pg_temp.raw(bytea, int) RETURNS journey LANGUAGE internal IMMUTABLE STRICT AS 'bytea_substr_no_len';
SELECT throws_ok($$ SELECT step_count(pg_temp.raw(set_byte(j::bytea, 0, 2), 1)) FROM visit $$, '0A000', 'journey is of format version 2');
SELECT throws_ok($$ SELECT step_count(pg_temp.raw('\x01', 1)) $$, 'XX001', 'stored journey is damaged');
SELECT throws_ok($$ SELECT steps(pg_temp.raw(set_byte(j::bytea, 7, 127), 1)) FROM visit $$, 'XX001', 'stored journey is damaged');
SELECT throws_ok($$ SELECT pg_temp.raw(substr(j::bytea, 1, 35), 1)::text FROM visit $$, 'XX001', 'stored journey is damaged');

--
-- Cancelling, and many groups in little memory
--
CREATE FUNCTION pg_temp.is_cancelled(query text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN clock_timestamp() - statement_timestamp() < '10 s';
END
$$;
SET LOCAL statement_timeout = '200ms';
SELECT ok(pg_temp.is_cancelled('SELECT count(*) FROM large, generate_series(1, 100), interactions(j)'), 'interactions stops');
SELECT ok(pg_temp.is_cancelled('SELECT journey_agg(j) FROM large, generate_series(1, 1000)'), 'journey_agg stops');
SELECT ok(pg_temp.is_cancelled('SELECT count(*) FROM large, generate_series(1, 100), sessions(j, ''0'')'), 'sessions stops');
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '4MB';
SELECT is(count(*), 300000::bigint, 'many groups') FROM (
	SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 s', 'event ' || i % 25) AS j FROM generate_series(1, 600000) i GROUP BY i % 300000) x WHERE step_count(j) = 2;

-- nobody needs a right to use what is there
CREATE ROLE journey_nobody;
SET LOCAL ROLE journey_nobody;
SELECT is(step_count(journey_agg(now(), 'x')), 1, 'anybody may build a journey');
SELECT lives_ok($$ SELECT * FROM sessions('[a 2026-01-01T00:00:00Z]', '1 h') $$, 'and cut it');
RESET ROLE;

-- the library tells its version where the server asks for it
\if :has_loaded_modules
SELECT is((SELECT version FROM pg_get_loaded_modules() WHERE module_name = 'journey'),
          (SELECT default_version FROM pg_available_extensions WHERE name = 'journey'), 'the library has the version of the extension');
\else
SELECT skip('this server asks no library for its version', 1);
\endif

SELECT * FROM finish();
ROLLBACK;
