-- Privileges and labels of masking: nothing that readers could use is left open.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;

-- labels: never leakproof, never immutable, no shortcut for NULL
SELECT unnest(ARRAY[
         is((SELECT provolatile FROM pg_proc WHERE oid = p::regprocedure), 's'::"char", p || ' is stable'),
         is((SELECT proparallel FROM pg_proc WHERE oid = p::regprocedure), 's'::"char", p || ' is parallel safe'),
         ok((SELECT NOT proisstrict FROM pg_proc WHERE oid = p::regprocedure), p || ' is called with NULL'),
         ok((SELECT NOT proleakproof FROM pg_proc WHERE oid = p::regprocedure), p || ' is not leakproof'),
         ok((SELECT NOT prosecdef FROM pg_proc WHERE oid = p::regprocedure), p || ' runs as the reader')])
FROM unnest(ARRAY['journey._cell(anyelement,anycompatible,journey._seal)', 'journey._row(anycompatible,journey._seal)']) p;

-- what PUBLIC may call, and what not
SELECT ok(has_function_privilege('public', p.oid, 'EXECUTE'), format('PUBLIC may call %s', p.oid::regprocedure))
FROM pg_proc p WHERE p.pronamespace = 'journey'::regnamespace AND p.proname IN ('_cell', '_row', '_no_index', '_seal_out');
SELECT ok(NOT has_function_privilege('public', p.oid, 'EXECUTE'), format('PUBLIC may not call %s', p.oid::regprocedure))
FROM pg_proc p
WHERE p.pronamespace = 'journey'::regnamespace
  AND p.proname IN ('protect', 'refresh', 'unprotect', 'key_check', '_set_rights', '_policies', '_constant', '_make_view',
                    '_close', '_move', '_rename', '_base_schema', '_add_members', '_restore_rights');
SELECT ok(NOT has_type_privilege('public', 'journey._seal', 'USAGE'), 'PUBLIC may not use seals as columns or arguments');
SELECT is_empty($$
	SELECT c.oid::regclass FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
	WHERE c.relnamespace = 'journey'::regnamespace AND c.relkind = 'r' AND x.grantee <> c.relowner
	  AND c.relname IN ('policy', 'protected_relation', 'protected_member', 'protected_grant')
$$, 'nobody has rights on the tables of protection');
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace = 'journey'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
	  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
	  AND p.proname NOT LIKE '%journey%'
$$, 'no function follows the search path of its caller');
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.pronamespace = 'journey'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
$$, 'each function is described');

-- a protected relation, as an administrator leaves it
CREATE ROLE tap_owner;
CREATE ROLE tap_reader;
CREATE ROLE tap_member IN ROLE tap_reader;
CREATE SCHEMA tap AUTHORIZATION tap_owner;
GRANT USAGE ON SCHEMA tap TO PUBLIC;
CREATE TABLE tap.people (id int, who text NOT NULL, email text, kind xml, point point, data jsonb, anything int[]);
ALTER TABLE tap.people OWNER TO tap_owner;
INSERT INTO tap.people VALUES (1, 'x', 'raw', '<a/>', '(1,2)', '{}', '{1}');
GRANT ALL ON tap.people TO tap_reader WITH GRANT OPTION;
-- who has the rights of a superuser is none, and is told so before anything is changed
CREATE ROLE tap_admin;
SELECT format('GRANT %I TO tap_admin', current_user) \gexec
SET LOCAL ROLE tap_admin;
SELECT throws_ok($$SELECT journey.protect('tap.people', 'who')$$, '42501',
	'must be superuser to change the protection of relations', 'a member of a superuser cannot protect');
SELECT throws_ok($$SELECT journey._set_rights('tap.people', 0::int2, '{}')$$, '42501',
	'must be superuser to set rights as a whole', 'nor set rights');
RESET ROLE;
SELECT lives_ok($$SELECT journey.protect('tap.people', 'who', '{"id": "public",
	"data": {"mask": "constant", "value": {"hidden": true}}, "anything": {"mask": "constant", "value": "{0}"}}')$$, 'protect');

SELECT has_view('tap', 'people', 'the view has the old name');
SELECT has_table('journey_base', 'people', 'the table is in journey_base');
SELECT view_owner_is('tap', 'people', 'tap_owner', 'the view belongs to the owner of the table');
SELECT table_privs_are('tap', 'people', 'tap_reader', ARRAY['SELECT'], 'readers have SELECT and nothing else');
SELECT table_privs_are('journey_base', 'people', 'tap_reader', ARRAY[]::text[], 'and nothing on the table');
SELECT schema_privs_are('journey_base', 'tap_reader', ARRAY[]::text[], 'nor on its schema');
SELECT schema_privs_are('journey_base', 'public', ARRAY[]::text[], 'nor has PUBLIC');
SELECT ok((SELECT reloptions @> '{security_barrier=true}' FROM pg_class WHERE oid = 'tap.people'::regclass), 'the view is a barrier');
SELECT columns_are('tap', 'people', ARRAY['id', 'who', 'email', 'kind', 'point', 'data', 'anything'], 'the view has all columns');
SELECT col_type_is('tap', 'people', 'point', 'point', 'of the same types');
SELECT ok(NOT EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
                      AND objid IN ('journey_base'::regnamespace, 'journey_base.people'::regclass, 'tap.people'::regclass)),
          'neither table, view nor schema belongs to the extension');

SET LOCAL ROLE tap_member;
SELECT results_eq('SELECT id, who, email, kind::text, point::text, data, anything FROM tap.people',
	$$VALUES (1, NULL::text, NULL::text, NULL::text, NULL::text, '{"hidden": true}'::jsonb, '{0}'::int[])$$,
	'a member of a reader sees masks');
SELECT throws_ok('SELECT * FROM journey_base.people', '42501', NULL, 'and cannot reach the table');
SELECT throws_ok('GRANT SELECT ON journey_base.people TO PUBLIC', '42501', NULL, 'nor open it');
SELECT throws_ok($$SELECT journey._cell('x'::text, 'x', 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee who')$$, '42501', NULL, 'nor make a seal');
RESET ROLE;

SET LOCAL ROLE tap_owner;
SELECT lives_ok('INSERT INTO journey_base.people (id, who) VALUES (2, $$y$$)', 'the owner writes to the table');
SELECT throws_ok($$SELECT journey.unprotect('tap.people')$$, '42501', NULL, 'but cannot unprotect it');
RESET ROLE;

-- a publication of all tables holds ours too: without a replica identity their rows could not be deleted
SET LOCAL client_min_messages = error;
CREATE PUBLICATION tap_everything FOR ALL TABLES;
SET LOCAL client_min_messages = warning;
SELECT lives_ok($$SELECT journey.unprotect('tap.people')$$, 'unprotect');
SELECT has_table('tap', 'people', 'the table is back');
SELECT set_eq($$SELECT privilege_type FROM pg_class, aclexplode(relacl)
                 WHERE oid = 'tap.people'::regclass AND grantee = 'tap_reader'::regrole AND is_grantable$$,
	$$SELECT privilege_type FROM aclexplode(acldefault('r', 'tap_owner'::regrole))$$, 'with the old rights');
SELECT results_eq('SELECT id FROM tap.people ORDER BY id', ARRAY[1, 2], 'and its rows');

-- indexes that would give rows in the order of masked values
CREATE TABLE tap.orders (id int, kind varchar(9), at date, who text, email text);
CREATE INDEX ON tap.orders (kind, lower(email));
CREATE INDEX ON tap.orders (id) INCLUDE (email);
CREATE INDEX ON tap.orders (who, lower(email));
CREATE INDEX ON tap.orders USING brin (id, who);
SELECT lives_ok($$SELECT journey.protect('tap.orders', subject => 'who', columns => '{"id": "public", "kind": "public", "at": "public"}')$$,
	'public and masked columns may share an index');
CREATE FUNCTION tap.is_veiled(name) RETURNS boolean LANGUAGE sql
	RETURN pg_get_viewdef(to_regclass('tap.' || 'orders')) ~ format('ELSE (b\.)?%I', $1);
SELECT ok(tap.is_veiled('kind'), 'then the public one is no column to the planner');
SELECT ok(NOT tap.is_veiled(c), c || ' stays one') FROM unnest('{id,at}'::name[]) c;
SELECT col_type_is('tap', 'orders', 'kind', 'character varying(9)', 'and keeps its type');
CREATE UNIQUE INDEX ON journey_base.orders (who, at);
SELECT journey.refresh('tap.orders');
SELECT ok(tap.is_veiled('at'), 'refresh looks at indexes too');
DROP INDEX journey_base.orders_who_at_idx;
ALTER TABLE journey_base.orders ADD tags int[], ADD codes int[];
CREATE INDEX ON journey_base.orders USING gin (tags, codes);
CREATE STATISTICS journey_base.one_public (mcv) ON id, who, email FROM journey_base.orders;
CREATE STATISTICS journey_base.no_values (ndistinct, dependencies) ON id, at, who FROM journey_base.orders;
CREATE STATISTICS journey_base.no_masked (mcv) ON id, at, kind FROM journey_base.orders;
SELECT journey.unprotect('tap.orders');
SELECT journey.protect('tap.orders', subject => 'who', columns => '{"id": "public", "kind": "public", "at": "public", "tags": "public"}');
SELECT ok(tap.is_veiled('tags'), '132: nor one that shares a GIN index');
SELECT ok(NOT tap.is_veiled(c), c || ' stays one for statistics of one public column, of none that is masked, and without frequent values')
	FROM unnest('{id,at}'::name[]) c;
-- 138: GiST and SP-GiST give rows in the order of pages, which are cut by the sizes of all they hold
ALTER TABLE journey_base.orders ADD net inet, ADD name text;
CREATE INDEX ON journey_base.orders USING gist (net inet_ops) INCLUDE (email);
CREATE INDEX ON journey_base.orders USING spgist (name) INCLUDE (email);
CREATE INDEX ON journey_base.orders USING gist (net inet_ops) INCLUDE (id);
SELECT journey.unprotect('tap.orders');
SELECT journey.protect('tap.orders', subject => 'who', columns => '{"id": "public", "kind": "public", "at": "public", "net": "public", "name": "public"}');
SELECT ok(tap.is_veiled(c), '138: nor is ' || c || ' to which such an index adds a masked one') FROM unnest('{net,name}'::name[]) c;
SELECT ok(NOT tap.is_veiled('id'), '138: which id stays');
CREATE STATISTICS journey_base.both (mcv) ON id, ((at - '2026-01-01'::date) / 7), (lower(email)) FROM journey_base.orders;
SELECT results_eq($$SELECT count(*)::int FROM journey.doctor() WHERE statement LIKE '%refresh(%orders%' AND detail LIKE '%: at, id.'$$, ARRAY[1],
	'132: doctor() finds that public and masked columns share statistics');
SELECT journey.refresh('tap.orders');
SELECT ok(tap.is_veiled(c), '132: then ' || c || ' is no column to the planner') FROM unnest('{id,at}'::name[]) c;

-- 124: virtual columns, from 18 on, are computed as they are read, and of a denied cell they are not
SELECT current_setting('server_version_num')::int >= 180000 AS on18 \gset
\if :on18
CREATE TABLE tap.virtual (id int, who text, at date, raw text, number int GENERATED ALWAYS AS (raw::int) VIRTUAL);
INSERT INTO tap.virtual VALUES (1, 'no', '2026-01-01', 'canary'), (2, 'yes', '2026-01-01', '22');
CREATE TABLE tap.named (raw text, who text GENERATED ALWAYS AS (raw::int::text) VIRTUAL);
SELECT throws_ok($$SELECT journey.protect('tap.named', subject => 'who')$$, '55000', 'virtual column who cannot name subjects',
	'no subject that is computed');
SELECT throws_ok($$SELECT journey.protect('tap.virtual', subject => 'who', columns => '{"number": "public"}')$$, '55000',
	'public columns of tap.virtual are generated from masked ones: number', 'nor a public one of masked ones');
SELECT journey.create_purpose('tap_virtual');
SELECT journey.grant_purpose('tap_reader', 'tap_virtual');
SELECT journey.consent_give('yes', 'tap_virtual');
GRANT SELECT ON tap.virtual TO tap_reader;
SELECT unnest(ARRAY[
	lives_ok(format($$SELECT journey.protect('tap.virtual', subject => 'who', %s columns => '{"id": "public", "at": "public", "who": "public"}')$$, c),
		'protect ' || c),
	lives_ok('SELECT number FROM tap.virtual', 'what fails in a denied cell is not computed ' || c),
	lives_ok($$SELECT journey.unprotect('tap.virtual')$$, 'and back ' || c)])
FROM unnest(ARRAY['', $$collected => 'at',$$, $$row_action => 'suppress',$$]) c;
SELECT journey.protect('tap.virtual', subject => 'who', columns => '{"id": "public"}');
ALTER TABLE journey_base.virtual ADD half int GENERATED ALWAYS AS (raw::int / 2) VIRTUAL;
SELECT lives_ok($$SELECT journey.refresh('tap.virtual')$$, 'one that comes later');
SELECT results_eq('SELECT number, half FROM tap.virtual ORDER BY id', 'VALUES (NULL::int, NULL::int), (NULL, NULL)', 'is not computed either');
\endif

SELECT finish();
ROLLBACK;
