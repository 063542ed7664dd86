-- What an owner or a superuser does past the functions: to the marks of subjects, to keys, to the extension itself.
-- Each hole is made, found, and closed by the statement that is printed.
SET client_min_messages = warning;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.found() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', d.severity, d.finding, d.object) FROM journey.doctor() d
	WHERE d.object ~ 'journey' AND d.finding !~ 'trigger sees' ORDER BY 1 $$;
CREATE FUNCTION pg_temp.close() RETURNS void LANGUAGE plpgsql AS $$
DECLARE what record;
BEGIN
	FOR what IN SELECT d.statement FROM journey.doctor() d WHERE d.object ~ 'journey' AND d.finding !~ 'trigger sees' LOOP
		EXECUTE what.statement;
	END LOOP;
END $$;
SELECT pg_temp.found();

SELECT journey.create_purpose('tm') > 0 AS a, journey.create_purpose('tm.low') > 0 AS b;
SELECT journey.consent_give('tm_u1', 'tm') > 0 AS a, journey.subject_restrict('tm_u1') > 0 AS b, journey.subject_restrict('tm_u2') > 0 AS c,
	journey.subject_lift('tm_u2') > 0 AS d, journey._consent_record(NULL, 'erase', 'tm_u3', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) > 0 AS e;

-- the marks of a subject are what the ledger says
BEGIN;
UPDATE journey.subject SET restricted = NOT restricted, erased = false WHERE name LIKE 'tm_u_';
SELECT * FROM journey.state_check() WHERE subject LIKE 'tm_u_';
SELECT pg_temp.found();
SELECT pg_temp.close();
SELECT name, restricted, erased FROM journey.subject WHERE name LIKE 'tm_u_' ORDER BY 1;
SELECT pg_temp.found();
ROLLBACK;
-- who is marked without a word in the ledger is denied, which harms nobody
BEGIN;
INSERT INTO journey.subject (name, restricted, erased) VALUES ('tm_u4', true, true);
SELECT * FROM journey.state_check() WHERE subject LIKE 'tm_u_';
ROLLBACK;

-- a key that comes back
BEGIN;
INSERT INTO journey.subject_key (subject, epoch, wrapped) VALUES ('tm_u3', 0, decode(repeat('00', 72), 'hex')), ('tm_u1', 0, decode(repeat('00', 72), 'hex'));
SELECT pg_temp.found();
SELECT pg_temp.close();
SELECT subject FROM journey.subject_key WHERE subject LIKE 'tm_u_';
ROLLBACK;

-- triggers that are gone, changed, disabled, or not ours
BEGIN;
DROP TRIGGER to_state ON journey.ledger;
DROP TRIGGER chain ON journey.ledger;
DROP TRIGGER tell_written ON journey.state;
CREATE TRIGGER tell_written AFTER INSERT ON journey.state FOR EACH ROW EXECUTE FUNCTION journey._tell_changes();
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
CREATE FUNCTION public.tm_quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER "a of b" BEFORE INSERT ON journey.ledger FOR EACH ROW EXECUTE FUNCTION public.tm_quiet();
CREATE RULE tm_rule AS ON INSERT TO journey.ledger DO INSTEAD NOTHING;
SELECT pg_temp.found();
SELECT pg_temp.close();
SELECT pg_temp.found();
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'journey.ledger'::regclass AND NOT tgisinternal ORDER BY 1;
ROLLBACK;

-- event triggers
BEGIN;
ALTER EVENT TRIGGER journey_watch DISABLE;
ALTER EVENT TRIGGER journey_close_joined ENABLE REPLICA;
SELECT pg_temp.found();
SELECT pg_temp.close();
SELECT pg_temp.found();
ROLLBACK;

-- functions that are another's, say another thing, or promise too much
BEGIN;
CREATE OR REPLACE FUNCTION journey._ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
ALTER FUNCTION journey._row(anycompatible, journey._seal) LEAKPROOF;
ALTER FUNCTION journey.consented(text, text) IMMUTABLE;
CREATE ROLE regress_tampered;
ALTER FUNCTION journey.consent_give OWNER TO regress_tampered;
CREATE FUNCTION journey.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
SELECT pg_temp.found();
ALTER FUNCTION journey.consent_give OWNER TO CURRENT_USER;
SELECT pg_temp.close();
SELECT pg_temp.found();
SELECT proleakproof, provolatile FROM pg_proc WHERE oid IN ('journey._row(anycompatible, journey._seal)'::regprocedure, 'journey.consented(text, text)'::regprocedure) ORDER BY 2;
ROLLBACK;

-- An expiry that is put on record ends nothing that still counts.
SELECT journey.consent_give('tm_u5', 'tm.low') > 0 AS narrow,
	journey.consent_give('tm_u5', 'tm', valid_from => '2020-01-01', valid_until => '2021-01-01', covers_descendants => true) > 0 AS over,
	journey.consent_give('tm_u6', 'tm.low', valid_from => '2020-01-01', valid_until => '2021-01-01') > 0 AS both,
	journey.consent_give('tm_u6', 'tm', valid_from => '2020-01-01', valid_until => '2021-01-01') > 0 AS over,
	journey.consent_give('tm_u7', 'tm.low') > 0 AS closed, journey.consent_withdraw('tm_u7', 'tm') > 0 AS by,
	journey.consent_give('tm_u7', 'tm', valid_from => '2020-01-01', valid_until => '2021-01-01') > 0 AS over;
CREATE TEMP TABLE before AS SELECT a.subject, a.purpose, a.consented FROM journey.consent_as_of(clock_timestamp()) a WHERE a.subject LIKE 'tm_u_';
SELECT journey.consent_expire_due(NULL) >= 3 AS some;
SELECT s.name, p.name, l.action FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject JOIN journey.purpose p ON p.number = l.purpose
	WHERE l.action = 'expire' AND s.name LIKE 'tm_u_' ORDER BY 1, 2;
SELECT a.subject, a.purpose, a.consented FROM journey.consent_as_of(clock_timestamp()) a WHERE a.subject LIKE 'tm_u_' EXCEPT TABLE before;
SELECT journey.consented('tm_u5', 'tm.low', clock_timestamp()) AS still;
