-- protect(), refresh() and unprotect(): what they refuse, change, and give back.
SET timezone = 'UTC';
SET client_min_messages = warning;
SET journey.key_file = '';
\set SHOW_CONTEXT never
CREATE ROLE regress_owner;
CREATE ROLE regress_reader;
CREATE ROLE regress_other;
CREATE ROLE regress_keeper;
CREATE ROLE regress_login LOGIN;
CREATE SCHEMA shop AUTHORIZATION regress_owner;
GRANT USAGE ON SCHEMA shop TO regress_reader;
CREATE TYPE shop.mood AS ENUM ('ok', 'sad');
CREATE DOMAIN shop.code AS varchar(10);
CREATE DOMAIN shop.email AS text CHECK (VALUE LIKE '%@%');
SET ROLE regress_owner;
CREATE TABLE shop.events (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, who text, gone int, note text COLLATE "C",
	short varchar(7), code shop.code, email shop.email, amount numeric(6,2), mood shop.mood, day date,
	twice numeric GENERATED ALWAYS AS (amount * 2) STORED, serial serial);
ALTER TABLE shop.events DROP COLUMN gone;
RESET ROLE;

-- What it refuses, each before anything is changed.
\set VERBOSITY terse
SELECT journey.protect(NULL, 'who');
SELECT journey.protect('shop.missing', 'who');
SELECT journey.protect('shop.events', NULL);
SELECT journey.protect('shop.events', 'nobody');
SELECT journey.protect('shop.events', 'ctid');
SELECT journey.protect('shop.events', 'gone');
SELECT journey.protect('shop.events', 'day');
SELECT journey.protect('shop.events', 'who', NULL);
SELECT journey.protect('shop.events', 'who', '[]');
SELECT journey.protect('shop.events', 'who', '{"nothing": "public", "No such": "null"}');
SELECT journey.protect('shop.events', 'who', '{"note": 1}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": 1}}');
SELECT journey.protect('shop.events', 'who', '{"note": "secret"}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "null", "value": "x", "bits": 24}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "null", "class": ""}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "null", "class": 1}}');
SELECT journey.protect('shop.events', 'who', '{"note": "constant"}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "constant", "value": null}}');
SELECT journey.protect('shop.events', 'who', '{"day": {"mask": "constant", "value": "someday"}}');
SELECT journey.protect('shop.events', 'who', '{"amount": {"mask": "constant", "value": 123456}}');
SELECT journey.protect('shop.events', 'who', '{"mood": {"mask": "constant", "value": "angry"}}');
SELECT journey.protect('shop.events', 'who', '{"email": {"mask": "constant", "value": "nobody"}}');
SELECT journey.protect('shop.events', 'who', '{"day": "partial"}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "partial", "keep_first": -1}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "partial", "keep_first": "2"}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "partial", "keep_last": 2.5}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "partial", "min_hidden": 0}}');
SELECT journey.protect('shop.events', 'who', '{"note": {"mask": "partial", "min_hidden": 1e30}}');
SELECT journey.protect('shop.events', 'who', '{"short": {"mask": "partial", "keep_first": 2, "keep_last": 2}}');
SELECT journey.protect('shop.events', 'who', '{"email": "partial"}');
SELECT journey.protect('shop.events', 'who', '{"email": "token"}');
SELECT journey.protect('shop.events', 'who', '{"short": "token"}');
SELECT journey.protect('shop.events', 'who', '{"code": "token"}');
SELECT journey.protect('shop.events', 'who', '{"mood": "token"}');
SELECT journey.protect('shop.events', 'who', '{"note": "token"}');
SELECT journey.protect('shop.events', 'who', '{}', NULL);
SELECT journey.protect('shop.events', 'who', '{}', 'hide');
SELECT journey.protect('shop.events', 'who', owner => 'regress_login');
SELECT journey.protect('shop.events', 'who', owner => CURRENT_USER::regrole);
SELECT journey.protect('pg_class', 'relname');
SELECT journey.protect('journey.subject', 'name');
SELECT journey.protect('information_schema.sql_parts', 'feature_id');
CREATE TEMP TABLE temporary (who text);
SELECT journey.protect('temporary', 'who');
CREATE TABLE shop.parent (who text);
CREATE TABLE shop.child () INHERITS (shop.parent);
CREATE TABLE shop.second (who text);
SELECT journey.protect('shop.child', 'who');
ALTER TABLE shop.child INHERIT shop.second;
SELECT journey.protect('shop.parent', 'who');
ALTER TABLE shop.child NO INHERIT shop.second;
ALTER TABLE shop.child ENABLE ROW LEVEL SECURITY;
SELECT journey.protect('shop.parent', 'who');
ALTER TABLE shop.child DISABLE ROW LEVEL SECURITY;
CREATE TABLE shop.by_place (who text, place text, at date) PARTITION BY RANGE (lower(place), at);
SELECT journey.protect('shop.by_place', 'who', '{"who": "public"}');
SELECT journey.protect('shop.by_place', 'who', '{"place": "token", "at": "public"}');
DROP TABLE shop.by_place;

-- What would go round it is listed.
\set VERBOSITY default
CREATE VIEW shop.view AS SELECT who FROM shop.events;
CREATE MATERIALIZED VIEW shop.kept AS SELECT count(*) FROM shop.child;
CREATE FUNCTION shop.body() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.events; END;
CREATE FUNCTION shop.taker(shop.events) RETURNS int LANGUAGE sql RETURN 1;
CREATE RULE noted AS ON INSERT TO shop.events DO ALSO NOTIFY inserted;
CREATE TABLE shop.holder (events shop.events[]);
CREATE POLICY look ON shop.second USING (EXISTS (SELECT FROM shop.events));
SELECT journey.protect('shop.view', 'who');
SELECT journey.protect('shop.events', 'who');
SELECT journey.protect('shop.parent', 'who');
DROP VIEW shop.view;
DROP MATERIALIZED VIEW shop.kept;
DROP FUNCTION shop.body(), shop.taker;
DROP RULE noted ON shop.events;
DROP TABLE shop.holder;
DROP POLICY look ON shop.second;
SET client_min_messages = error;	-- wal_level may be too low for publications
CREATE PUBLICATION regress_one FOR TABLE shop.events;
CREATE PUBLICATION regress_all FOR TABLES IN SCHEMA shop;
SET client_min_messages = warning;
SELECT journey.protect('shop.events', 'who');
DROP PUBLICATION regress_one, regress_all;

-- a schema that somebody made ready to take tables away
DROP SCHEMA IF EXISTS journey_base;
CREATE SCHEMA journey_base AUTHORIZATION regress_other;
SELECT journey.protect('shop.events', 'who');
DROP SCHEMA journey_base;
SELECT count(*) FROM journey.protected_relation;

-- What it changes. The rights of everybody, with their grantors:
COMMENT ON TABLE shop.events IS 'what people did';
COMMENT ON COLUMN shop.events.note IS 'it''s free text';
GRANT ALL ON shop.events TO regress_other;
GRANT SELECT ON shop.events TO regress_reader WITH GRANT OPTION;
GRANT SELECT (id, note), UPDATE (note) ON shop.events TO PUBLIC;
GRANT USAGE ON SEQUENCE shop.events_serial_seq TO regress_reader;
SET ROLE regress_reader;
GRANT SELECT ON shop.events TO regress_login;
RESET ROLE;
ALTER DEFAULT PRIVILEGES FOR ROLE regress_owner IN SCHEMA shop GRANT INSERT ON TABLES TO PUBLIC;
CREATE VIEW pg_temp.look AS
	SELECT relname, relkind, relnamespace::regnamespace AS schema, relowner::regrole AS owner,
	       (SELECT string_agg(x::text, ' ' ORDER BY x::text COLLATE "C") FROM unnest(relacl) x) AS rights,
	       (SELECT string_agg(attname || ':' || attacl::text, ' ' ORDER BY attnum) FROM pg_attribute a WHERE a.attrelid = c.oid) AS column_rights
	FROM pg_class c WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('shop', 'journey_base'));
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.look;
SELECT journey.protect('shop.events', 'who', '{"id": "public", "note": {"mask": "constant", "value": "..."}}');
SELECT relname, relkind, schema, owner FROM pg_temp.look WHERE relname LIKE 'events%' ORDER BY relname COLLATE "C", relkind;
SELECT obj_description('shop.events'::regclass), col_description('shop.events'::regclass, 3);
SELECT grantee::regrole, grantor::regrole, privilege_type, is_grantable
FROM pg_class c, aclexplode(relacl) WHERE c.oid = 'shop.events'::regclass AND grantee <> relowner ORDER BY 1::text;
SELECT attname, grantee::regrole, privilege_type
FROM pg_attribute, aclexplode(attacl) WHERE attrelid = 'shop.events'::regclass ORDER BY attnum;
SELECT count(*) FROM pg_class c LEFT JOIN pg_attribute a ON attrelid = c.oid,
	aclexplode(relacl || attacl) WHERE relnamespace = 'journey_base'::regnamespace AND grantee <> relowner;
SELECT journey.protect('shop.events', 'who');
SELECT journey.protect('journey_base.events', 'who');

-- What it gives back: everything as it was
CREATE VIEW shop.view AS SELECT id FROM shop.events;
SELECT journey.unprotect('shop.events');
DROP VIEW shop.view;
SELECT journey.unprotect('shop.second');
SELECT journey.unprotect('shop.events');
(TABLE before EXCEPT TABLE pg_temp.look) UNION ALL (TABLE pg_temp.look EXCEPT TABLE before);
SELECT nspacl FROM pg_namespace WHERE nspname = 'journey_base' AND nspacl::text LIKE '%regress_owner%';
SELECT count(*) FROM journey.policy;
SELECT count(*) FROM journey.protected_grant;

-- the same with another owner, by the name of the base table
SELECT journey.protect('shop.events', 'who', owner => 'regress_keeper', row_action => 'suppress');
SELECT relname, relkind, schema, owner FROM pg_temp.look WHERE relname LIKE 'events%' ORDER BY relname COLLATE "C", relkind;
SELECT has_table_privilege('regress_owner', 'shop.events', 'SELECT') AS old_owner_reads_view,
       has_table_privilege('regress_owner', 'journey_base.events', 'SELECT') AS old_owner_reads_base,
       has_schema_privilege('regress_keeper', 'journey_base', 'USAGE') AS new_owner_uses_schema;
SELECT journey.unprotect('journey_base.events');
(TABLE before EXCEPT TABLE pg_temp.look) UNION ALL (TABLE pg_temp.look EXCEPT TABLE before);

-- tidy up
DROP SCHEMA journey_base;
DROP SCHEMA shop CASCADE;
DROP OWNED BY regress_owner;
DROP ROLE regress_owner, regress_reader, regress_other, regress_keeper, regress_login;
