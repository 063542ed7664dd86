-- Who may do what with a store: writers need no right on it, readers those of
-- the table, nobody reaches it through what it is made of, and names or search
-- paths of others mislead nothing.
BEGIN;
SELECT plan(71);
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
SET LOCAL search_path = public, pg_catalog;

CREATE ROLE regress_live_owner;
CREATE ROLE regress_live_writer;
CREATE ROLE regress_live_reader;
CREATE ROLE regress_live_other;
CREATE SCHEMA regress_live AUTHORIZATION regress_live_owner;
CREATE SCHEMA regress_other AUTHORIZATION regress_live_other;
GRANT USAGE ON SCHEMA regress_live, regress_other TO PUBLIC;

SET LOCAL ROLE regress_live_owner;
CREATE TABLE regress_live.events (who text, at timestamptz, event text);
INSERT INTO regress_live.events VALUES ('ana', '2026-01-01 10:00Z', 'view');
GRANT INSERT ON regress_live.events TO regress_live_writer;
GRANT SELECT ON regress_live.events TO regress_live_reader;
GRANT SELECT (who, at) ON regress_live.events TO regress_live_other;
SELECT throws_ok($$ SELECT journey.track('journey.purpose', 'name', 'name', 'name', 's') $$, NULL, NULL, 'own tables of the extension are not tracked');
RESET ROLE;

-- Whether a store says what a table says.  It runs as superuser.
CREATE FUNCTION public.regress_same(store text, source text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
	result boolean;
BEGIN
	EXECUTE format($q$
		SELECT bool_and(t.j IS NOT DISTINCT FROM v.j)
		FROM (SELECT who::text AS subject, journey.journey_agg(at, event)::text AS j FROM %s WHERE who IS NOT NULL GROUP BY 1) AS t
		FULL JOIN (SELECT p.subject, journey.journey_agg(p.j)::text AS j FROM %s AS v, journey.journeys(v.sets) AS p GROUP BY 1) AS v USING (subject)
		$q$, source, store) INTO result;
	RETURN result;
END $$;

-- Only the owner of a table tracks it.
SET LOCAL ROLE regress_live_reader;
SELECT throws_ok($$ SELECT journey.track('regress_live.events', 'who', 'at', 'event', 's') $$, '42501', NULL, 'a reader cannot track');
SET LOCAL ROLE regress_live_owner;
SELECT is(journey.track('regress_live.events', 'who', 'at', 'event', 'live', fold_at => 0.5)::text, 'regress_live.live', 'the owner tracks');
SELECT is((SELECT store::text FROM journey.stores WHERE events = 'regress_live.events'::regclass), 'regress_live.live', 'and finds it in the list');

-- A writer needs the right to write, nothing else, and may do nothing else; it folds for the owner.
SET LOCAL ROLE regress_live_writer;
SELECT lives_ok($$ INSERT INTO regress_live.events SELECT 'ben', timestamptz '2026-01-02Z' + n * interval '1 hour', 'cart' FROM generate_series(1, 500) n $$, 'a writer writes');
SELECT throws_ok(q, '42501', NULL, 'a writer cannot: ' || q) FROM unnest(ARRAY[
	'SELECT sets FROM regress_live.live', 'SELECT count(*) FROM regress_live.live_sets', 'SELECT count(*) FROM regress_live.live_delta',
	'INSERT INTO regress_live.live_delta SELECT * FROM regress_live.live_delta', 'DELETE FROM regress_live.live_delta', 'TRUNCATE regress_live.live_sets',
	'SELECT journey.fold(''regress_live.live'')', 'SELECT journey.rebuild(''regress_live.live'')', 'SELECT journey.untrack(''regress_live.live'')',
	'SELECT journey.journey_of(''regress_live.live''::regclass, ''ana'')', 'DROP VIEW regress_live.live', 'DELETE FROM regress_live.events']) AS q;
SELECT is((SELECT count(*) FROM journey.stores), 0::bigint, 'and sees no store');

-- A reader of the table reads the view.
SET LOCAL ROLE regress_live_reader;
SELECT is((SELECT sum(journey.step_count(sets)) FROM regress_live.live), 501::bigint, 'a reader reads');
SELECT is(journey.variant(journey.journey_of('regress_live.live'::regclass, 'ana')), 'view', 'and asks for one');
SELECT is((SELECT steps + delta_rows FROM journey.stores), 501::bigint, 'and sees the store in the list');
SELECT throws_ok(q, '42501', NULL, 'a reader cannot: ' || q) FROM unnest(ARRAY[
	'SELECT count(*) FROM regress_live.live_sets', 'SELECT count(*) FROM regress_live.live_delta', 'DELETE FROM regress_live.live_sets',
	'SELECT journey.fold(''regress_live.live'')', 'SELECT journey.rebuild(''regress_live.live'')', 'SELECT journey.untrack(''regress_live.live'')']) AS q;

-- Some columns are not the table.
SET LOCAL ROLE regress_live_other;
SELECT throws_ok(q, '42501', NULL, 'who may read some columns cannot: ' || q) FROM unnest(ARRAY[
	'SELECT sets FROM regress_live.live', 'SELECT journey.journey_of(''regress_live.live''::regclass, ''ana'')', 'SELECT journey.fold(''regress_live.live'')']) AS q;

-- What a store is made of, in the hands of a stranger.
RESET ROLE;
CREATE TEMP TABLE store_id AS SELECT id FROM journey.store WHERE view = 'regress_live.live'::regclass;
GRANT SELECT ON store_id TO PUBLIC;
SET LOCAL ROLE regress_live_other;
CREATE TABLE regress_other.mine (who text, at timestamptz, event text);
SELECT throws_ok('SELECT journey._collect()', '39P01', NULL, 'the trigger function is none to call');
SELECT throws_ok(q, NULL, NULL, 'a stranger cannot: ' || q) FROM (SELECT format(f, id) AS q FROM store_id, unnest(ARRAY[
	'SELECT journey._fold(%L)', 'SELECT journey._build(%L)', 'SELECT journey._empty(%L)', 'SELECT journey._journey_of(%L, ''ana'')', 'SELECT journey._facts(%L)',
	'INSERT INTO journey.store SELECT * FROM journey.store WHERE id = %L', 'TRUNCATE journey.store /* %L */',
	'SELECT journey._collect_rows(%L, ''regress_other.mine'', false, ''journey._collect()'')',
	'SELECT journey._drop_store(s) FROM journey.store s WHERE id = %L']) AS f) AS x;
SELECT throws_ok($$ INSERT INTO journey.store (id, view, events, sets, delta, members, kind, bits)
	SELECT gen_random_uuid(), 4000000001, 4000000002, 4000000003, 4000000004, '{}', 'text', 8 $$, '42501', NULL, 'a stranger cannot: register a store of nothing');
DO $$ DECLARE victim uuid := (SELECT s.id FROM store_id s); BEGIN
	BEGIN UPDATE journey.store s SET fold_at = 1e-9, sets = 'regress_other.mine' WHERE s.id = victim; EXCEPTION WHEN insufficient_privilege THEN NULL; END;
	BEGIN DELETE FROM journey.store s WHERE s.id = victim; EXCEPTION WHEN insufficient_privilege THEN NULL; END;
	BEGIN INSERT INTO journey.store SELECT gen_random_uuid(), s.view, s.events, 'regress_other.mine', 'regress_other.mine', '{}', s.kind, s.bits FROM journey.store s WHERE s.id = victim;
		EXCEPTION WHEN others THEN NULL; END;
	-- a trigger that pretends to be one of the store's
	EXECUTE format('CREATE TRIGGER t AFTER INSERT ON regress_other.mine REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, ''statement'')', victim);
	EXECUTE format('CREATE TRIGGER u BEFORE TRUNCATE ON regress_other.mine FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, ''truncate'')', victim);
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
DO $$ BEGIN INSERT INTO regress_other.mine VALUES ('mallory', '2026-01-01Z', 'forged'); EXCEPTION WHEN others THEN NULL; END $$;
DO $$ BEGIN TRUNCATE regress_other.mine; EXCEPTION WHEN others THEN NULL; END $$;
RESET ROLE;
SELECT ok(public.regress_same('regress_live.live', 'regress_live.events'), 'and what a stranger tried has changed nothing');
SELECT is((SELECT count(*) FROM journey.store WHERE view = 'regress_live.live'::regclass), 1::bigint, 'nor what is known of the store');

-- Others act for the owner: a definer, and a member.
CREATE FUNCTION regress_live.add(who text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO regress_live.events VALUES (who, '2026-01-05Z', 'added') $$;
ALTER FUNCTION regress_live.add(text) OWNER TO regress_live_owner;
SET LOCAL ROLE regress_live_other;
SELECT lives_ok($$ SELECT regress_live.add('eva') $$, 'who may not write writes through a definer');
RESET ROLE;
SELECT ok(public.regress_same('regress_live.live', 'regress_live.events'), 'and the store has it');
GRANT regress_live_owner TO regress_live_other;
SET LOCAL ROLE regress_live_other;
SELECT lives_ok($$ SELECT journey.fold('regress_live.live') $$, 'a member of the owner folds');
SELECT lives_ok($$ SELECT journey.rebuild('regress_live.live') $$, 'and rebuilds');
RESET ROLE;
REVOKE regress_live_owner FROM regress_live_other;

-- Names of a hostile search path.
CREATE SCHEMA regress_evil;
GRANT ALL ON SCHEMA regress_evil TO PUBLIC;
SET LOCAL ROLE regress_live_other;
CREATE FUNCTION regress_evil.bad(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil was called'; END $$;
CREATE OPERATOR regress_evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = regress_evil.bad);
CREATE FUNCTION regress_evil.bad(bigint, bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil was called'; END $$;
CREATE OPERATOR regress_evil.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = regress_evil.bad);
CREATE FUNCTION regress_evil.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil was called'; END $$;
CREATE TABLE regress_evil.store (id uuid);
CREATE TABLE regress_evil.live_delta (written int);
CREATE TABLE regress_evil.events (who text, at timestamptz, event text);
GRANT ALL ON ALL TABLES IN SCHEMA regress_evil TO PUBLIC;
SET LOCAL ROLE regress_live_writer;
SET LOCAL search_path = regress_evil, pg_catalog;
INSERT INTO regress_live.events VALUES ('ana', '2026-01-07Z', 'under evil');
SET LOCAL ROLE regress_live_owner;
CREATE TEMP TABLE live_sets (x int);
CREATE TEMP TABLE pg_class (x int);
UPDATE regress_live.events SET event = 'still' WHERE who OPERATOR(pg_catalog.=) 'ana';
-- an error would end the file
DO $$ BEGIN PERFORM journey.fold('regress_live.live'); END $$;
DELETE FROM regress_live.events WHERE event OPERATOR(pg_catalog.=) 'added';
DO $$ BEGIN PERFORM journey.rebuild('regress_live.live'); END $$;
CREATE TEMP TABLE seen AS SELECT journey.variant(journey.journey_of('regress_live.live'::regclass, 'ana')) AS ana,
	(SELECT journey.journey_set_agg(sets) FROM regress_live.live) AS sets;
DO $$ BEGIN
	PERFORM journey.track('regress_live.events', 'who', 'at', 'event', 'second');
	PERFORM journey.untrack('regress_live.second');
END $$;
RESET ROLE;
SET LOCAL search_path = public, pg_catalog;
SELECT is((SELECT ana FROM seen), 'still > still', 'a hostile search path does not mislead who reads');
SELECT ok(public.regress_same('regress_live.live', 'regress_live.events'), 'nor who writes, folds, rebuilds and tracks');
DROP SCHEMA regress_evil CASCADE;
DROP TABLE pg_temp.pg_class, pg_temp.live_sets;

-- Names that are hard to quote.
GRANT CREATE ON DATABASE :"DBNAME" TO regress_live_owner;
SET LOCAL ROLE regress_live_owner;
CREATE SCHEMA "Sch%I ""x"".y";
CREATE FUNCTION pg_temp.try_names(table_name text, subject name, at name, event name, store text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	t text := format('%I.%I', 'Sch%I "x".y', table_name);
	v regclass;
BEGIN
	EXECUTE format('CREATE TABLE %s (%I text, %I timestamptz, %I text)', t, subject, at, event);
	EXECUTE format('INSERT INTO %s VALUES (''a'', ''2026-01-01Z'', ''b'')', t);
	v := journey.track(t::regclass, subject, at, event, store);
	EXECUTE format('INSERT INTO %s VALUES (''a'', ''2026-01-02Z'', ''c'')', t);
	PERFORM journey.fold(v);
	EXECUTE format('UPDATE %s SET %I = ''d'' WHERE %I = ''c''', t, event, event);
	PERFORM journey.rebuild(v);
	EXECUTE format('DELETE FROM %s WHERE %I = ''b''', t, event);
	RETURN journey.variant(journey.journey_of(v, 'a')) || coalesce((SELECT '' FROM journey.stores WHERE stores.store = v), ' is not listed');
EXCEPTION WHEN duplicate_table OR name_too_long OR syntax_error THEN
	RETURN 'refused';
END $$;
SELECT is(pg_temp.try_names('Ta''ble', 'Who "is"', 'a%t', 'e''vent', '"Sto""re"'), 'd', 'quotes');
SELECT is(pg_temp.try_names('Ta%I$1$$', '$1', 'at$$', '%s', '"%I %s $1 $$"'), 'd', 'what format() and plpgsql know');
SELECT is(pg_temp.try_names('таблица', 'кто', '時', 'événement', '"хранилище"'), 'd', 'letters of others');
SELECT is(pg_temp.try_names('select', 'table', 'user', 'order', '"group"'), 'd', 'keywords');
SELECT is(pg_temp.try_names('new_rows', 'id', 'sets', 'batch', 'old_rows'), 'd', 'names of our own');
SELECT is(pg_temp.try_names(repeat('t', 63), repeat('s', 63), repeat('a', 63), repeat('e', 63), repeat('v', 50)), 'd', 'long names');
SELECT is(pg_temp.try_names('dots', 'a.b', 'c d', 'e\f', '"a.b"'), 'd', 'dots');
SELECT ok(pg_temp.try_names(repeat('x', 60), 'who', 'at', 'event', repeat('v', n)) IN ('d', 'refused'), 'a store with a name of ' || n || ' bytes')
	FROM unnest(ARRAY[63]) AS n;
SELECT throws_ok($$ SELECT journey.track('regress_live.events', 'who', 'at', 'event', 'a.b.c.d') $$, NULL, NULL, 'too many dots');
RESET ROLE;

-- Row security.
SET LOCAL ROLE regress_live_owner;
CREATE TABLE regress_live.rows (who text, at timestamptz, event text);
ALTER TABLE regress_live.rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON regress_live.rows USING (who = current_user);
GRANT SELECT, INSERT ON regress_live.rows TO regress_live_reader;
SELECT throws_ok($$ SELECT journey.track('regress_live.rows', 'who', 'at', 'event', 'r') $$, '55000', NULL, 'a table with row security is not tracked');
SELECT throws_ok($$ SELECT journey.track('regress_live.rows', 'who', 'at', 'event', 'r', row_security => 'obey') $$, '22023', NULL, 'unless by a word that we know');
SELECT lives_ok($$ SELECT journey.track('regress_live.rows', 'who', 'at', 'event', 'r', row_security => 'ignore') $$, 'namely this');
SET LOCAL ROLE regress_live_reader;
SELECT throws_ok($$ INSERT INTO regress_live.rows VALUES ('ana', '2026-01-01Z', 'x') $$, '42501', NULL, 'writers obey the policy');
SELECT lives_ok($$ INSERT INTO regress_live.rows VALUES (current_user, '2026-01-01Z', 'x') $$, 'and write what it lets them');
RESET ROLE;
INSERT INTO regress_live.rows VALUES ('hidden', '2026-01-01Z', 'x');
ALTER TABLE regress_live.rows FORCE ROW LEVEL SECURITY;
SELECT ok(public.regress_same('regress_live.r', 'regress_live.rows'), 'the store has all rows');

-- Protected tables.
CREATE TABLE public.regress_secret (who text, at timestamptz, event text);
CREATE TABLE public.regress_open (who text, at timestamptz, event text);
DO $$ BEGIN PERFORM journey.track('public.regress_open', 'who', 'at', 'event', 'regress_open_store'); END $$;
DO $$ BEGIN PERFORM journey.protect('public.regress_secret', subject => 'who'); END $$;
SELECT throws_ok($$ SELECT journey.track('public.regress_secret', 'who', 'at', 'event', 's') $$, NULL, NULL, 'a protected table is not tracked under its name');
SELECT throws_ok($$ SELECT journey.track('journey_base.regress_secret', 'who', 'at', 'event', 's') $$, '55000', NULL, 'nor as what it is');
SELECT throws_ok($$ SELECT journey.protect('public.regress_open', subject => 'who') $$, '55000', NULL, 'a tracked table is not protected');
SELECT throws_ok($$ SELECT journey.protect('public.regress_open_store_sets', subject => 'bucket') $$, NULL, NULL, 'nor the tables of a store');
SELECT ok(public.regress_same('public.regress_open_store', 'public.regress_open') IS NULL, 'and goes on as it was');
SELECT lives_ok($$ SELECT journey.untrack('public.regress_open_store') $$, 'until it is not tracked any more');
SELECT lives_ok($$ SELECT journey.protect('public.regress_open', subject => 'who') $$, 'then it can be protected');

SELECT * FROM finish();
ROLLBACK;
