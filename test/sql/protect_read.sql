-- Reading a protected relation: every way of asking shows masks for denied cells.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE regress_read_owner;
CREATE ROLE regress_read_ana;
CREATE ROLE regress_read_ben;
SELECT journey.create_purpose('regress_read') IS NOT NULL AS created;
SELECT journey.grant_purpose('regress_read_ana', 'regress_read');
SELECT journey.consent_give('read-yes', 'regress_read') > 0 AS given;
CREATE SCHEMA shop AUTHORIZATION regress_read_owner;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
GRANT CREATE ON SCHEMA shop TO regress_read_ana;
SET ROLE regress_read_owner;
CREATE TABLE shop.people (id int PRIMARY KEY, who text, email text UNIQUE, amount int, big text);
ALTER TABLE shop.people ALTER big SET STORAGE EXTERNAL;
INSERT INTO shop.people
	SELECT i, CASE WHEN i = 1 THEN 'read-yes' ELSE 'read-no-' || i END, 'canary' || i || '@example.com', 7918 + i, repeat('canary' || i, 1000)
	FROM generate_series(1, 500) i;
ANALYZE shop.people;
GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES, TRIGGER ON shop.people TO regress_read_ana, regress_read_ben;
RESET ROLE;
SELECT journey.protect('shop.people', 'who', '{"id": "public", "email": {"mask": "partial", "keep_last": 4},
	"big": {"mask": "partial", "keep_first": 2}}');

-- who sees what
SET ROLE regress_read_ana;
SELECT id, who, email, amount, left(big, 12) FROM shop.people WHERE id < 3;
SET journey.purpose = 'regress_read';
SELECT id, who, email, amount, left(big, 12), length(big) FROM shop.people WHERE id < 3;
SELECT count(*), count(who), count(DISTINCT email), sum(amount), max(length(big)) FROM shop.people;
SET ROLE regress_read_ben;
SELECT id, who, email, amount FROM shop.people WHERE id < 3;
SET ROLE regress_read_owner;
SELECT id, who, email, amount FROM shop.people WHERE id < 3;
SELECT id, who, email, amount FROM journey_base.people WHERE id < 3;

-- denied: predicates, functions, errors, whole rows, copies
SET ROLE regress_read_ana;
CREATE FUNCTION shop.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE WARNING 'leaked %', $1; RETURN true; END $$;
SELECT id FROM shop.people WHERE id IN (1, 2) AND shop.leak(email);
SELECT id FROM shop.people WHERE id = 2 AND 1 / (amount - 7920) = 0;
SELECT id FROM shop.people WHERE id = 2 AND email::int = 1;
SELECT count(*) FROM shop.people WHERE email = 'canary2@example.com';
SELECT count(*) FROM shop.people JOIN (VALUES ('canary2@example.com')) v(e) ON e = email;
SELECT count(*) FROM shop.people WHERE email LIKE 'canary2%' OR email BETWEEN 'canary2' AND 'canary3';
SELECT p FROM shop.people p WHERE id = 2 AND length(big) < 99;
SELECT row_to_json(p)->'amount' FROM shop.people p WHERE id = 2;
SELECT pg_column_size(email), pg_column_size(big), pg_column_size(amount) FROM shop.people WHERE id = 2;
WITH c AS MATERIALIZED (SELECT * FROM shop.people) SELECT email FROM c, LATERAL (SELECT c.amount) x WHERE id = 2;
SELECT ctid FROM shop.people;
SELECT * FROM shop.people TABLESAMPLE SYSTEM (100);
COPY shop.people TO STDOUT;
COPY (SELECT who, email, amount FROM shop.people WHERE id < 3) TO STDOUT;
CREATE TEMP TABLE copied AS SELECT * FROM shop.people;
SELECT count(*) FROM copied WHERE who IS NULL AND amount IS NULL AND email = '****.com' AND big = 'ca****';
DROP TABLE copied;
SELECT count(*) FROM pg_stats WHERE tablename = 'people';
SELECT bool_or(has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))
FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'journey_base') AND relkind = 'r';

-- writing and pointing at it
INSERT INTO shop.people (id) VALUES (501);
UPDATE shop.people SET id = 1;
DELETE FROM shop.people;
CREATE TABLE shop.probe (email text REFERENCES journey_base.people (email));
CREATE TRIGGER t INSTEAD OF INSERT ON shop.people EXECUTE FUNCTION shop.leak();
SET ROLE regress_read_owner;
UPDATE shop.people SET who = 'read-yes' WHERE id = 2;

-- prepared once, decided at each execution
SET ROLE regress_read_ana;
SET plan_cache_mode = force_generic_plan;
PREPARE look AS SELECT who, email FROM shop.people WHERE id < 3 ORDER BY id;
EXECUTE look;
SET journey.purpose = 'elsewhere';
EXECUTE look;
SET journey.purpose = 'regress_read';
SET ROLE regress_read_ben;
EXECUTE look;
SET ROLE regress_read_ana;
EXECUTE look;

-- inside a function of somebody else both must hold the grant
RESET ROLE;
CREATE FUNCTION shop.definer() RETURNS SETOF shop.people LANGUAGE sql SECURITY DEFINER
	SET search_path = shop, pg_temp AS 'SELECT * FROM people WHERE id = 1';
ALTER FUNCTION shop.definer() OWNER TO regress_read_owner;
CREATE FUNCTION shop.lender() RETURNS SETOF shop.people LANGUAGE sql SECURITY DEFINER
	SET search_path = shop, pg_temp AS 'SELECT * FROM people WHERE id = 1';
ALTER FUNCTION shop.lender() OWNER TO regress_read_ana;
SET ROLE regress_read_ana;
SELECT who FROM shop.definer();
SELECT who FROM shop.lender();
SET ROLE regress_read_ben;
SELECT who FROM shop.lender();

-- no index instead of the table, though all columns are in it; the condition that stops it is estimated to hold for all rows
RESET ROLE;
CREATE INDEX everything ON journey_base.people (email, who);
VACUUM ANALYZE journey_base.people;
SET ROLE regress_read_ana;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE FUNCTION pg_temp.explained(query text, OUT estimated float8, OUT scan text) LANGUAGE plpgsql AS $$
DECLARE
  plan jsonb;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
  estimated := plan->0->'Plan'->'Plan Rows';
  scan := jsonb_path_query_array(plan, 'strict $.**."Node Type"', silent => true) ->> -1;
END $$;
SELECT * FROM pg_temp.explained('SELECT email FROM shop.people')
UNION ALL SELECT * FROM pg_temp.explained('SELECT FROM shop.people')
UNION ALL SELECT * FROM pg_temp.explained('SELECT count(*) FROM shop.people')
UNION ALL SELECT * FROM pg_temp.explained('SELECT email FROM shop.people WHERE id > 400');
DROP FUNCTION pg_temp.explained(text);
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET ROLE;
DROP INDEX journey_base.everything;
-- parallel workers decide alike
SET ROLE regress_read_ana;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT count(who), max(email) FROM shop.people;
SELECT count(who), max(email) FROM shop.people;
RESET max_parallel_workers_per_gather;

-- a withdrawal hides at once, before it is committed too
BEGIN;
RESET ROLE;
SELECT journey.consent_withdraw('read-yes', 'regress_read') > 0 AS withdrawn;
SET LOCAL ROLE regress_read_ana;
SELECT who, email FROM shop.people WHERE id = 1;
COMMIT;
SET ROLE regress_read_ana;
SELECT who, email FROM shop.people WHERE id = 1;
RESET ROLE;
SELECT journey.consent_give('read-yes', 'regress_read') > 0 AS given;
SET ROLE regress_read_ana;
SELECT who, email FROM shop.people WHERE id = 1;

-- a policy that changes while a cursor is open
BEGIN;
DECLARE c CURSOR FOR SELECT id, email FROM shop.people WHERE id < 4;
FETCH 2 FROM c;
RESET ROLE;
UPDATE journey.policy SET mask = 'null', keep_first = NULL, keep_last = NULL, min_hidden = NULL WHERE column_name = 'email';
SET LOCAL ROLE regress_read_ana;
FETCH c;
ROLLBACK;

-- dropping the extension leaves the table closed
RESET ROLE;
BEGIN;
DROP EXTENSION journey;
ROLLBACK;
BEGIN;
SET LOCAL client_min_messages = error;
DROP EXTENSION journey CASCADE;
SELECT to_regclass('shop.people') AS view, to_regclass('journey_base.people') AS base,
       has_any_column_privilege('regress_read_ana', 'journey_base.people', 'SELECT') AS readable;
ROLLBACK;
SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
	AND (objid = 'journey_base'::regnamespace OR objid = 'journey_base.people'::regclass OR objid = 'shop.people'::regclass);

-- tidy up
DROP FUNCTION shop.definer(), shop.lender();
SELECT journey.unprotect('shop.people');
DROP SCHEMA journey_base;
DROP SCHEMA shop CASCADE;
SELECT journey.revoke_purpose('regress_read_ana', 'regress_read');
DROP ROLE regress_read_owner, regress_read_ana, regress_read_ben;
