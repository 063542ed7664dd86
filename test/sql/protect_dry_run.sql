-- protect(dry_run => true): everything that stands in the way at once, or the steps; nothing is changed.
SET client_min_messages = warning;
SET journey.key_file = '';
\set SHOW_CONTEXT never
\pset format unaligned
\pset fieldsep ' | '
CREATE ROLE regress_dry_owner;
CREATE ROLE regress_dry_reader;
CREATE ROLE regress_dry_login LOGIN;
CREATE SCHEMA dry;
GRANT USAGE ON SCHEMA dry TO PUBLIC;
CREATE TABLE dry.events (
	id serial PRIMARY KEY, who text, email text, amount int, day date,
	half numeric GENERATED ALWAYS AS (amount / 2.0) STORED, "Äpfel" text);
CREATE TABLE dry.tickets (id int DEFAULT nextval('dry.events_id_seq'), event int REFERENCES dry.events);
ALTER TABLE dry.events OWNER TO regress_dry_owner;
GRANT SELECT ON dry.events TO regress_dry_reader WITH GRANT OPTION;
GRANT SELECT (id), INSERT (id) ON dry.events TO PUBLIC;
GRANT USAGE ON SEQUENCE dry.events_id_seq TO regress_dry_reader;
CREATE VIEW dry.adults AS SELECT who, amount FROM dry.events WHERE amount > 17;
CREATE MATERIALIZED VIEW dry.adults_too AS SELECT * FROM dry.adults;
CREATE FUNCTION dry.count_them() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM dry.adults; END;
CREATE FUNCTION dry.by_name() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM dry.Events); END';
CREATE RULE shout AS ON DELETE TO dry.events DO ALSO NOTIFY gone;
CREATE TABLE dry.lists (members dry.events[]);
ALTER TABLE dry.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON dry.events USING (who = current_user);
SET client_min_messages = error;	-- wal_level may be too low for publications
CREATE PUBLICATION regress_dry_one FOR TABLE dry.events;
CREATE PUBLICATION regress_dry_schema FOR TABLES IN SCHEMA dry;
SET client_min_messages = warning;

-- all problems, most of them with the statement that helps
-- (16 shows columns of a view without the name of their table)
SELECT step, object, regexp_replace(statement, '\m(events|adults)\.', '', 'g') AS statement, detail
FROM journey.protect('dry.events', subject => 'day', collected => 'who', row_action => 'hide', owner => 'regress_dry_login',
	writes => 'all', columns => '{"email": "token", "half": "public", "day": {"mask": "partial"}, "nothing": "public"}', dry_run => true);
-- what depends on the table can be dropped in the order of the list
SELECT format('%s', split_part(statement, E'\n', 1)) FROM journey.protect('dry.events', subject => 'who', dry_run => true)
WHERE statement LIKE 'DROP%' OR statement LIKE 'ALTER%' \gexec
DROP TABLE dry.lists;
-- what is left: masks that others would give away
SELECT * FROM journey.protect('dry.events', subject => 'who', collected => 'day', columns => '{"half": "public"}', dry_run => true);
SELECT journey.protect('dry.events', 'who', '{"half": "public", "id": "public"}');
SELECT * FROM journey.protect('dry.events', subject => 'who', columns => '{"email": "token"}', dry_run => true);
SELECT * FROM journey.protect(NULL, subject => 'who', dry_run => true);
SELECT * FROM journey.protect('pg_class', subject => 'relname', dry_run => true);

-- nothing in the way: what to know, and the steps
CREATE FUNCTION dry.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON dry.events FOR EACH ROW EXECUTE FUNCTION dry.touch();
CREATE CONSTRAINT TRIGGER later AFTER DELETE ON dry.events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dry.touch();
ALTER TABLE dry.events ADD CHECK (amount < 1000) NOT VALID;
SET client_min_messages = error;
CREATE PUBLICATION regress_dry_all FOR ALL TABLES;
SET client_min_messages = warning;
CREATE ROLE regress_dry_keeper;
BEGIN;
SELECT * FROM journey.protect('dry.events', subject => 'who', collected => 'day', owner => 'regress_dry_keeper', row_action => 'suppress', writes => 'public',
	columns => '{"id": "public", "day": "public", "email": {"mask": "partial", "keep_last": 2, "class": "mail"}, "Äpfel": {"mask": "constant", "value": "x"}}', dry_run => true);
SELECT mode FROM pg_locks WHERE relation = 'dry.events'::regclass AND mode <> 'AccessShareLock';
COMMIT;
SELECT count(*) FROM journey.protected_relation;
SELECT to_regnamespace('journey_base');

-- dry_run => false does it
SELECT journey.protect('dry.events', subject => 'who', dry_run => false);
SELECT relkind FROM pg_class WHERE oid = 'dry.events'::regclass;
SELECT * FROM journey.protect('dry.events', subject => 'who', dry_run => true);
SELECT * FROM journey.protect('journey_base.events', subject => 'who', dry_run => true);
SELECT journey.unprotect('dry.events');

-- no matter for others
SET ROLE regress_dry_reader;
SELECT journey.protect('dry.events', subject => 'who', dry_run => true);
RESET ROLE;

-- tidy up
DROP PUBLICATION regress_dry_all, regress_dry_one, regress_dry_schema;
DROP SCHEMA journey_base;
DROP SCHEMA dry CASCADE;
DROP ROLE regress_dry_owner, regress_dry_reader, regress_dry_login, regress_dry_keeper;
