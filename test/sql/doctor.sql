-- doctor(): each hole is made, seen, closed by the statement that is printed, and seen no more.
SET timezone = 'UTC';
SET client_min_messages = error;
SET journey.key_file = '';
\set SHOW_CONTEXT never
\pset format unaligned
\pset fieldsep ' | '
CREATE ROLE regress_doc_owner;
CREATE ROLE regress_doc_reader;
CREATE ROLE regress_doc_middle;
CREATE ROLE regress_doc_login LOGIN NOINHERIT;
CREATE SCHEMA doc;
CREATE TABLE doc.people (id int PRIMARY KEY, who text, email text, age int, grp int);
CREATE TABLE doc.visits (id int, who text, at date, page text) PARTITION BY RANGE (at);
CREATE TABLE doc.visits_1 PARTITION OF doc.visits DEFAULT;
CREATE TABLE doc.notes (id int, who text, note text);
ALTER TABLE doc.people OWNER TO regress_doc_owner;
ALTER TABLE doc.visits OWNER TO regress_doc_owner;
ALTER TABLE doc.notes OWNER TO regress_doc_owner;
GRANT SELECT, UPDATE ON doc.people, doc.visits, doc.notes TO regress_doc_reader;
SELECT journey.create_purpose('regress_doc') IS NOT NULL AS created;
SELECT journey.grant_purpose('regress_doc_reader', 'regress_doc', until => '2199-01-01');
SELECT journey.protect('doc.people', subject => 'who', columns => '{"id": "public", "age": "public", "grp": "public"}', writes => 'public');
SELECT journey.protect('doc.visits', subject => 'who', columns => '{"id": "public", "at": "public"}');
SELECT journey.protect('doc.notes', subject => 'who', columns => '{"id": "public"}', row_action => 'suppress');

-- what is there before: the server's own superuser, other tests' leavings; nothing about us
CREATE TEMP TABLE healthy AS SELECT * FROM journey.doctor();
SELECT * FROM healthy WHERE (object, coalesce(statement, ''), coalesce(detail, ''))::text ~ 'doc';
CREATE TEMP VIEW finding AS
	SELECT severity, finding, object, statement, detail FROM journey.doctor() d
	WHERE NOT EXISTS (SELECT FROM healthy h WHERE (h.*) IS NOT DISTINCT FROM (d.*));
CREATE TEMP TABLE found AS TABLE finding;
\set close 'TRUNCATE found; INSERT INTO found TABLE finding; TABLE found; SELECT unnest(string_to_array(statement, \'; \')) FROM found \\gexec \\\\ SELECT \'left: \' || count(*) FROM finding'
\pset tuples_only on

-- Rights: on tables, columns, children, sequences, the schema
GRANT SELECT, INSERT ON journey_base.people TO regress_doc_reader;
ALTER EVENT TRIGGER journey_close_joined DISABLE;
GRANT SELECT (page) ON doc.visits_1 TO PUBLIC;
ALTER EVENT TRIGGER journey_close_joined ENABLE;
:close;
GRANT ALL ON SCHEMA journey_base TO regress_doc_reader;
:close;
ALTER SCHEMA journey_base OWNER TO regress_doc_owner;
:close;
GRANT SELECT ON journey.subject TO regress_doc_reader;
GRANT INSERT (name) ON journey.subject TO PUBLIC;
GRANT CREATE ON SCHEMA journey TO regress_doc_reader;
:close;
GRANT EXECUTE ON FUNCTION journey.consent_refuse, journey.unprotect TO regress_doc_reader;
:close;
-- what the server keeps of values: pieces of large ones, statistics, large objects
SELECT reltoastrelid::regclass AS toast FROM pg_class WHERE oid = 'journey_base.people'::regclass \gset
GRANT SELECT ON :toast TO regress_doc_reader;
SELECT severity, finding, object = :'toast' AS same, replace(statement, :'toast', 'TOAST'), detail FROM finding;
SELECT statement FROM finding \g /dev/null
REVOKE ALL ON :toast FROM regress_doc_reader;
SELECT 'left: ' || count(*) FROM finding;
GRANT SELECT ON pg_statistic, pg_statistic_ext_data, pg_largeobject, pg_user_mapping TO regress_doc_reader;
GRANT SELECT (rolpassword) ON pg_authid TO PUBLIC;
GRANT UPDATE ON pg_class TO regress_doc_reader;
:close;
CREATE VIEW doc.known AS SELECT name FROM journey.subject;
TABLE finding;
GRANT SELECT ON doc.known TO regress_doc_reader;
:close;
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
:close;

-- Relations: what is bound to the base, came later, or was changed
CREATE VIEW doc.round AS SELECT email FROM journey_base.people;
CREATE MATERIALIZED VIEW doc.kept AS SELECT count(*) FROM doc.round;
CREATE FUNCTION doc.sum() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(age) FROM journey_base.people; END;
SELECT severity, finding, object, split_part(statement, E'\n', 1), detail FROM finding;
SELECT split_part(statement, E'\n', 1) FROM finding \gexec
SELECT 'left: ' || count(*) FROM finding;
CREATE FUNCTION doc.peek() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT min(email) FROM Journey_Base."people"); END';
:close;
CREATE FUNCTION doc.peek_1() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT min(page) FROM Doc."visits_1"); END';
CREATE FUNCTION doc.peek_2() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = journey_base AS 'SELECT min(email) FROM people';
CREATE FUNCTION doc.peek_3() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN (SELECT min(email) FROM doc.people, doc.visits_10); END';
:close;
DROP FUNCTION doc.peek_1(), doc.peek_2(), doc.peek_3();
CREATE FUNCTION doc.run(what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE what; RETURN what; END';
CREATE FUNCTION doc.run_self(what text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE what; RETURN what; END';
CREATE FUNCTION doc.run_alone(what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE what; RETURN what; END';
REVOKE EXECUTE ON FUNCTION doc.run_alone FROM PUBLIC;
CREATE FUNCTION doc.run_reader(what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE what; RETURN what; END';
ALTER FUNCTION doc.run_reader OWNER TO regress_doc_reader;
:close;
DROP FUNCTION doc.run, doc.run_self, doc.run_alone, doc.run_reader;
ALTER EVENT TRIGGER journey_close_joined DISABLE;
CREATE TABLE doc.visits_2 PARTITION OF journey_base.visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
GRANT SELECT ON doc.visits_2 TO regress_doc_reader;
:close;
ALTER TABLE journey_base.people ENABLE ROW LEVEL SECURITY;
:close;
CREATE TABLE doc.parent (id int, who text);
ALTER TABLE journey_base.notes INHERIT doc.parent;
SET session_replication_role = replica;	-- or while the event trigger was off
ALTER TABLE journey_base.notes INHERIT doc.parent;
RESET session_replication_role;
:close;
CREATE TABLE doc.wider (LIKE journey_base.visits INCLUDING CONSTRAINTS) PARTITION BY RANGE (at);
ALTER TABLE doc.wider ATTACH PARTITION journey_base.visits DEFAULT;
SET session_replication_role = replica;	-- or while the event trigger was off
ALTER TABLE doc.wider ATTACH PARTITION journey_base.visits DEFAULT;
RESET session_replication_role;
SELECT severity, finding, object, statement, detail FROM finding WHERE severity = 'high';
SELECT statement FROM finding WHERE severity = 'high' \gexec
DROP TABLE doc.wider;
SELECT 'left: ' || count(*) FROM finding;
ALTER TABLE journey_base.visits DETACH PARTITION doc.visits_2;
TABLE finding;
GRANT SELECT ON doc.visits_2 TO regress_doc_reader;
:close;
SELECT journey.unprotect('doc.visits_2');
DROP TABLE doc.visits_2;
CREATE TABLE doc.notes_child (CHECK (note <> 'x')) INHERITS (journey_base.notes);
CREATE TABLE doc.notes_child () INHERITS (journey_base.notes);
ALTER TABLE doc.notes_child ADD CHECK (note <> 'x');
:close;
DROP TABLE doc.notes_child CASCADE;
SELECT journey.refresh('journey_base.notes');
CREATE PUBLICATION regress_doc_one FOR TABLE journey_base.people;
CREATE PUBLICATION regress_doc_all FOR ALL TABLES;
CREATE PUBLICATION regress_doc_schema FOR TABLES IN SCHEMA journey_base;
SELECT DISTINCT severity, finding, object, statement FROM finding ORDER BY 3;
SELECT DISTINCT statement FROM finding \gexec
SELECT 'left: ' || count(*) FROM finding;
DROP PUBLICATION regress_doc_one, regress_doc_schema;
ALTER VIEW doc.people SET (security_barrier = false);
ALTER VIEW doc.notes OWNER TO regress_doc_reader;
:close;
ALTER SCHEMA doc OWNER TO regress_doc_reader;
:close;
ALTER SCHEMA doc OWNER TO CURRENT_USER;
CREATE OR REPLACE VIEW doc.people WITH (security_barrier = true) AS SELECT id, who, email, age, grp FROM journey_base.people;
CREATE OR REPLACE VIEW doc.notes WITH (security_barrier = true) AS SELECT id, NULL::text AS who, NULL::text AS note FROM journey_base.notes;
:close;
CREATE FUNCTION doc.watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watch INSTEAD OF INSERT ON doc.visits FOR EACH ROW EXECUTE FUNCTION doc.watch();
CREATE TRIGGER watch BEFORE INSERT ON journey_base.people FOR EACH ROW EXECUTE FUNCTION doc.watch();
CREATE RULE tell AS ON DELETE TO doc.visits DO INSTEAD NOTIFY told;
:close;
CREATE INDEX ON journey_base.people (age, email);
:close;
CREATE STATISTICS doc.people_two ON email, age FROM journey_base.people;
CREATE STATISTICS doc.people_public ON id, age FROM journey_base.people;
CREATE STATISTICS doc.people_words ON (lower(email)) FROM journey_base.people;
:close;
INSERT INTO journey_base.people (id, who) VALUES (100, 'u100');
ALTER TABLE journey_base.people ADD plan text DEFAULT 'what all have';
SELECT journey.refresh('doc.people');
:close;
ALTER TABLE journey_base.people DROP plan CASCADE;
SELECT journey.refresh('journey_base.people');
DELETE FROM journey_base.people WHERE id = 100;
ALTER TABLE journey_base.people ADD CHECK (grp <> length(email));
:close;
CREATE TABLE doc.refers (who text);
CREATE UNIQUE INDEX ON journey_base.people (email);
ALTER TABLE doc.refers ADD FOREIGN KEY (who) REFERENCES journey_base.people (email);
:close;
-- foreign keys of masked columns, and of public ones
CREATE TABLE doc.towns (id int PRIMARY KEY, name text, gone int, state text);
ALTER TABLE doc.towns DROP gone;
INSERT INTO doc.towns SELECT i, 'town ' || i FROM generate_series(1, 3) i;
CREATE TABLE doc.logins (id int, mail text REFERENCES journey_base.people (email));
CREATE TABLE doc.lives (id int PRIMARY KEY, who text, town int REFERENCES doc.towns, born int REFERENCES doc.towns);
GRANT SELECT (id, name) ON doc.towns TO regress_doc_middle;
SELECT count(*) FROM journey.protect('doc.lives', subject => 'who', columns => '{"born": "public"}', dry_run => true) WHERE kind = 'note';
:close;
GRANT USAGE ON SCHEMA doc TO regress_doc_login;
GRANT SELECT ON doc.towns TO regress_doc_reader, PUBLIC;
SET client_min_messages = warning;
SELECT kind, object, detail FROM journey.protect('doc.lives', subject => 'who', columns => '{"born": "public"}', dry_run => true) WHERE kind = 'note';
SELECT journey.protect('doc.lives', subject => 'who', columns => '{"born": "public"}');
SET client_min_messages = error;
GRANT SELECT (mail) ON doc.logins TO regress_doc_reader;
INSERT INTO journey_base.lives VALUES (1, 'u1', 2, 3);
SET ROLE regress_doc_login;
SELECT id, xmax <> 0 AS marked FROM doc.towns ORDER BY id;
RESET ROLE;
:close;
SET ROLE regress_doc_login;
SELECT id, name FROM doc.towns WHERE id = 1;
SELECT id, xmax <> 0 AS marked FROM doc.towns ORDER BY id;
RESET ROLE;
REVOKE USAGE ON SCHEMA doc FROM regress_doc_login;
SELECT journey.unprotect('doc.lives');
DROP TABLE doc.lives, doc.towns, doc.logins;
ALTER TABLE journey_base.people ADD added text, ALTER id TYPE bigint;	-- the view does not let it
ALTER TABLE journey_base.people ADD added text;
:close;
ALTER TABLE journey_base.visits RENAME page TO site;
:close;
ALTER TABLE journey_base.people ADD shout text GENERATED ALWAYS AS (upper(email)) STORED;
SELECT journey.refresh('doc.people');
UPDATE journey.policy SET mask = 'public' WHERE column_name = 'shout';
TABLE finding;
UPDATE journey.policy SET mask = 'null' WHERE column_name = 'shout';
SELECT journey.refresh('doc.people');
CREATE TABLE doc.copied AS SELECT * FROM journey_base.notes;
:close;
SELECT journey.unprotect('doc.copied');
DROP TABLE doc.copied;
DROP VIEW doc.notes;
:close;
DROP TABLE journey_base.notes CASCADE;
:close;
SELECT count(*) FROM journey.protected_member WHERE member::text !~ 'people|visits';

-- Roles
CREATE ROLE regress_doc_super LOGIN SUPERUSER;
ALTER ROLE regress_doc_reader BYPASSRLS REPLICATION;
GRANT pg_read_all_data, pg_write_all_data, pg_read_server_files, pg_write_server_files, pg_execute_server_program, pg_read_all_stats, pg_stat_scan_tables TO regress_doc_login;
:close;
ALTER ROLE regress_doc_owner LOGIN;
GRANT regress_doc_owner TO regress_doc_middle;
GRANT regress_doc_middle TO regress_doc_login WITH ADMIN OPTION;
-- (who may do what as a member is told in more words from 16 on)
SELECT severity, finding, object, statement, regexp_replace(detail, ': .*\. ', ': ... ') FROM finding;
SELECT statement FROM finding \gexec
SELECT 'left: ' || count(*) FROM finding;
GRANT regress_doc_reader TO regress_doc_login;
:close;
SELECT journey.grant_purpose('regress_doc_middle', 'regress_doc');
SELECT journey.grant_purpose('regress_doc_login', 'regress_doc', since => '2020-01-01', until => '2021-01-01');
CREATE ROLE regress_doc_gone;
SELECT journey.grant_purpose('regress_doc_gone', 'regress_doc', until => '2199-01-01');
SELECT 'regress_doc_gone'::regrole::oid AS gone \gset
DROP ROLE regress_doc_gone;
SELECT severity, finding, replace(object, :'gone', 'OID'), replace(statement, :'gone', 'OID'), detail FROM finding;
SELECT statement FROM finding WHERE object <> :'gone' \gexec
DELETE FROM journey.reader_purpose WHERE reader = :'gone'::oid::regrole;
SELECT 'left: ' || count(*) FROM finding;

-- Ways out
CREATE FOREIGN DATA WRAPPER regress_doc_wrapper;
CREATE SERVER regress_doc_server FOREIGN DATA WRAPPER regress_doc_wrapper;
CREATE USER MAPPING FOR regress_doc_reader SERVER regress_doc_server OPTIONS (user 'regress_doc_owner', password 'secret');
CREATE USER MAPPING FOR PUBLIC SERVER regress_doc_server OPTIONS (user 'regress_doc_reader');
:close;
GRANT EXECUTE ON FUNCTION pg_read_file(text), lo_import(text) TO regress_doc_reader;
:close;
CREATE FUNCTION doc.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER regress_doc_trigger ON ddl_command_start EXECUTE FUNCTION doc.on_ddl();
:close;
BEGIN;
SET LOCAL allow_system_table_mods = on;
UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'c';
SET LOCAL allow_system_table_mods = off;
:close;
ROLLBACK;

-- Settings
SET log_statement = 'all';
SET log_min_duration_statement = 0;
SET log_min_duration_sample = 100;
SET log_transaction_sample_rate = 0.5;
SET log_parameter_max_length_on_error = -1;
SET debug_print_plan = on;
SET allow_system_table_mods = on;
SET session_replication_role = replica;
SET wal_compression = on;
:close;
ALTER ROLE regress_doc_owner SET session_replication_role = 'replica';
ALTER DATABASE :"DBNAME" SET log_statement = 'mod';
ALTER ROLE regress_doc_reader IN DATABASE :"DBNAME" SET log_statement = 'mod';
ALTER ROLE regress_doc_reader SET log_min_duration_statement = '1s';
SELECT severity, finding, object, replace(statement, :'DBNAME', 'db'), replace(detail, :'DBNAME', 'db') FROM finding;
SELECT statement FROM finding \gexec
SELECT 'left: ' || count(*) FROM finding;
SELECT name, value, journey._is_telling(name, value) FROM (VALUES ('event_triggers', 'on'), ('event_triggers', 'off')) AS x (name, value);
GRANT SET ON PARAMETER session_replication_role TO regress_doc_reader;
GRANT ALTER SYSTEM ON PARAMETER log_statement TO PUBLIC;
GRANT SET ON PARAMETER journey.key_file TO regress_doc_reader;
:close;

-- The key, and the state
UPDATE journey.policy SET mask = 'token', epoch = 0 WHERE column_name = 'email';
TABLE finding;
UPDATE journey.policy SET mask = 'null', epoch = NULL WHERE column_name = 'email';
-- a class that was mistyped, perhaps
SELECT journey.create_class('regress_doc_health', special => true);
UPDATE journey.policy SET class = 'regress_doc_helth' WHERE column_name = 'email';
:close;
UPDATE journey.policy SET class = 'doc.people.email' WHERE column_name = 'email';
SELECT journey.drop_class('regress_doc_helth'), journey.drop_class('regress_doc_health');
SELECT journey.consent_give('regress-doc-subject', 'regress_doc') > 0;
ALTER TABLE journey.state DISABLE TRIGGER USER;
DELETE FROM journey.state s USING journey.subject u WHERE u.number = s.subject AND u.name = 'regress-doc-subject';
ALTER TABLE journey.state ENABLE TRIGGER USER;
:close;

BEGIN;
ALTER TABLE journey.ledger DISABLE TRIGGER USER;
UPDATE journey.ledger SET source = 'forged' WHERE seq = (SELECT max(seq) FROM journey.ledger);
ALTER TABLE journey.ledger ENABLE TRIGGER USER;
SELECT severity, finding, object, statement, regexp_replace(detail, '\d+', 'N') FROM finding;
ROLLBACK;
SELECT 'left: ' || count(*) FROM finding;

-- for administrators, and whom they let
SET ROLE regress_doc_reader;
SELECT * FROM journey.doctor();
RESET ROLE;
GRANT EXECUTE ON FUNCTION journey.doctor() TO regress_doc_reader;
SET ROLE regress_doc_reader;
SELECT severity, finding, object FROM journey.doctor() WHERE object LIKE 'journey.doctor%';
RESET ROLE;
:close;

-- tidy up
SELECT journey.unprotect('doc.people'), journey.unprotect('doc.visits');
SELECT journey.revoke_purpose(r, 'regress_doc') FROM unnest('{regress_doc_reader,regress_doc_middle}'::regrole[]) r;
DROP SERVER regress_doc_server CASCADE;
DROP FOREIGN DATA WRAPPER regress_doc_wrapper;
DROP SCHEMA doc CASCADE;
DROP SCHEMA journey_base;
DROP ROLE regress_doc_super, regress_doc_login, regress_doc_middle, regress_doc_reader, regress_doc_owner;
