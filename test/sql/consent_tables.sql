-- The decision trusts the extension's own tables and nothing that looks like them.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_consent_ana;
CREATE ROLE regress_consent_owner;
SELECT journey.create_purpose('tx') > 0 AS made;
SELECT journey.grant_purpose('regress_consent_ana', 'tx');
SELECT journey.consent_give('tx1', 'tx') > 0 AS given;
CREATE SCHEMA regress_consent;
CREATE FUNCTION regress_consent.ask(OUT tx1 boolean, OUT tx2 boolean) LANGUAGE plpgsql SET role = regress_consent_ana AS $$
BEGIN
  tx1 := journey.consented('tx1', 'tx');
  tx2 := journey.consented('tx2', 'tx');
END $$;
GRANT USAGE ON SCHEMA regress_consent TO PUBLIC;
SELECT * FROM regress_consent.ask();

-- Tables of the same names, first in the search path, do not matter.
CREATE TEMP TABLE state AS TABLE journey.state;
CREATE TEMP TABLE subject AS SELECT number, 'tx2' AS name, kind, false AS restricted, false AS erased FROM journey.subject WHERE name = 'tx1';
CREATE FUNCTION pg_temp.has_privs_of_role(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
SET search_path = pg_temp, regress_consent, public;
SELECT * FROM regress_consent.ask();
RESET search_path;
DROP TABLE pg_temp.state, pg_temp.subject;

-- Ours, changed by a superuser: everything is denied, with a warning, until it is put right.
BEGIN; ALTER TABLE journey.state OWNER TO regress_consent_owner; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER TABLE journey.state RENAME COLUMN given TO giver; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER EXTENSION journey DROP VIEW journey._due; DROP VIEW journey._due; ALTER TABLE journey.purpose ALTER COLUMN number TYPE bigint; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER TABLE journey.state DROP CONSTRAINT state_pkey; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER TABLE journey.subject DROP CONSTRAINT subject_name_key; CREATE UNIQUE INDEX ON journey.subject (name COLLATE "de-x-icu"); SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER TABLE journey.state SET UNLOGGED; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN; ALTER EXTENSION journey DROP TABLE journey.state; SELECT * FROM regress_consent.ask(); ROLLBACK;
BEGIN;
ALTER EXTENSION journey DROP TABLE journey.state;
ALTER TABLE journey.state RENAME TO state_ours;
CREATE TABLE journey.state (LIKE journey.state_ours INCLUDING ALL);
INSERT INTO journey.state (subject, purpose, given, covers_descendants) SELECT s.number, p.number, 1, true FROM journey.subject s, journey.purpose p;
SELECT * FROM regress_consent.ask();
ROLLBACK;
BEGIN;
ALTER EXTENSION journey DROP TABLE journey.state;
ALTER TABLE journey.state RENAME TO state_ours;
CREATE VIEW journey.state AS TABLE journey.state_ours;
SELECT * FROM regress_consent.ask();
ROLLBACK;
SELECT * FROM regress_consent.ask();

-- A column more does no harm.
ALTER TABLE journey.subject ADD COLUMN note text;
SELECT * FROM regress_consent.ask();
ALTER TABLE journey.subject DROP COLUMN note;

-- A changed row that says nothing certain denies.
BEGIN;
ALTER TABLE journey.state ALTER COLUMN valid_until DROP NOT NULL;
UPDATE journey.state t SET valid_until = NULL FROM journey.subject s WHERE s.number = t.subject AND s.name = 'tx1';
SELECT * FROM regress_consent.ask();
ROLLBACK;

-- Maintenance in between changes nothing: new files, new indexes, without and with waiting.
VACUUM FULL journey.state;
SELECT * FROM regress_consent.ask();
REINDEX TABLE journey.subject;
REINDEX TABLE CONCURRENTLY journey.state;
SELECT * FROM regress_consent.ask();

-- The extension may go and come back while a session remembers it.
SET client_min_messages = error;
BEGIN;
SELECT * FROM regress_consent.ask();
DROP EXTENSION journey CASCADE;
CREATE EXTENSION journey;
SELECT * FROM regress_consent.ask();
ROLLBACK;
RESET client_min_messages;
SELECT * FROM regress_consent.ask();

-- The setting: syntax only, checked whether or not the library is there already.
SET journey.purpose = 'tx.y-1_a';
SHOW journey.purpose;
SET journey.purpose = 'Tx';
SET journey.purpose = 'tx ';
SET journey.purpose = 'tx..y';
SET journey.purpose = '.';
SET journey.purpose = 'tx.';
SELECT set_config('journey.purpose', repeat('a', 255), false) = repeat('a', 255) AS ok;
\set VERBOSITY terse
SELECT set_config('journey.purpose', repeat('a', 256), false);
\set VERBOSITY default
SET journey.purpose = '';
SET journey.unheard = 'of';
SELECT context, vartype FROM pg_settings WHERE name = 'journey.purpose';
-- In a new session the setting exists before the library does.
\c -
SET journey.purpose = 'Not A Name';
SET journey.unheard = 'of';
LOAD 'journey';
SHOW journey.purpose;
SHOW journey.unheard;
\c -reuse-previous=on "options='-c journey.purpose=tx.y'"
SHOW journey.purpose;
LOAD 'journey';
SHOW journey.purpose;
SELECT context FROM pg_settings WHERE name = 'journey.purpose';

SET client_min_messages = error;
DROP SCHEMA regress_consent CASCADE;
SELECT journey.revoke_purpose('regress_consent_ana', 'tx');
DROP ROLE regress_consent_ana, regress_consent_owner;
