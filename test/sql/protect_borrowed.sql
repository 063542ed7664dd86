-- Code of others through which raw values pass: a reader who owns a domain, or a function in a check,
-- an index, a default or a trigger, would be given them.
SET client_min_messages = warning;
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_lent_owner;
CREATE ROLE regress_lent_reader;
CREATE SCHEMA lent;
GRANT ALL ON SCHEMA lent TO PUBLIC;

SET ROLE regress_lent_reader;
CREATE DOMAIN lent.mail AS text;
CREATE DOMAIN lent.phone AS text;
CREATE TYPE lent.contact AS (phone lent.phone, room int);
CREATE FUNCTION lent.norm(x text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(x)';
CREATE FUNCTION lent.wrap(x text) RETURNS text LANGUAGE sql IMMUTABLE RETURN lent.norm(x);
CREATE FUNCTION lent.is_same(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a = b';
CREATE OPERATOR lent.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = lent.is_same);
CREATE FUNCTION lent.on_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
RESET ROLE;
CREATE DOMAIN lent.zip AS text CHECK (lent.norm(VALUE) <> 'x');
CREATE TABLE lent.people (who text, email lent.mail, home lent.contact[], name text, zip lent.zip,
	name_low text GENERATED ALWAYS AS (lent.norm(name)) STORED, tag text DEFAULT lent.wrap('New'), CHECK (name OPERATOR(lent.===) name))
	PARTITION BY LIST (tag);
CREATE TABLE lent.people_new PARTITION OF lent.people DEFAULT;
CREATE INDEX ON lent.people_new (lent.wrap(name));
CREATE TRIGGER seen BEFORE INSERT ON lent.people_new FOR EACH ROW EXECUTE FUNCTION lent.on_write();
ALTER TABLE lent.people OWNER TO regress_lent_owner;
ALTER TABLE lent.people_new OWNER TO regress_lent_owner;
INSERT INTO lent.people VALUES ('u1', 'raw@example.org', NULL, 'Raw Name', '1010');
GRANT SELECT ON lent.people TO regress_lent_reader;

-- what it is about: the server hands the raw values to whoever owns the domain
SET ROLE regress_lent_reader;
CREATE FUNCTION lent.tell(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'told: %', x; RETURN true; END $$;
ALTER DOMAIN lent.mail ADD CONSTRAINT tell CHECK (lent.tell(VALUE));
ALTER DOMAIN lent.mail DROP CONSTRAINT tell;
RESET ROLE;

-- protect refuses, and says what helps
SELECT journey.protect('lent.people', subject => 'who', columns => '{"tag": "public"}');
SELECT statement FROM journey.protect('lent.people', subject => 'who', columns => '{"tag": "public"}', dry_run => true) ORDER BY object;
SELECT statement FROM journey.protect('lent.people', subject => 'who', columns => '{"tag": "public"}', dry_run => true) \gexec
SELECT journey.protect('lent.people', subject => 'who', columns => '{"tag": "public"}');
SET ROLE regress_lent_reader;
ALTER DOMAIN lent.mail ADD CONSTRAINT tell CHECK (lent.tell(VALUE));
RESET ROLE;

-- what comes later is found by doctor()
ALTER TABLE journey_base.people ADD CHECK (lent.tell(email));
ALTER DOMAIN lent.zip OWNER TO regress_lent_reader;
SELECT severity, finding, object, statement FROM journey.doctor() WHERE object LIKE '%lent.%' ORDER BY object;
SELECT statement FROM journey.doctor() WHERE object LIKE '%lent.%' \gexec
SELECT severity, finding, object, statement FROM journey.doctor() WHERE object LIKE '%lent.%' ORDER BY object;

-- who owns the type of the subject can make a cast of it, which would run as the reader, or as a superuser
CREATE TYPE lent.member AS ENUM ('m1', 'm2');
CREATE TABLE lent.members (who lent.member, level lent.member, note text);
INSERT INTO lent.members VALUES ('m1', 'm1', 'n1'), ('m2', 'm1', 'n2'), (NULL, 'm2', 'n3');
ALTER TYPE lent.member OWNER TO regress_lent_owner;
ALTER TABLE lent.members OWNER TO regress_lent_owner;
SET ROLE regress_lent_owner;
CREATE FUNCTION lent.cast_away(lent.member) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', CURRENT_USER; RETURN 'm1'; END $$;
CREATE CAST (lent.member AS text) WITH FUNCTION lent.cast_away(lent.member);
RESET ROLE;
-- and can rename its values: what is refused would then be said of somebody else
ALTER TYPE lent.member OWNER TO regress_lent_reader;
SELECT journey.protect('lent.members', subject => 'who', columns => '{"level": "public"}');
SELECT statement FROM journey.protect('lent.members', subject => 'who', columns => '{"level": "public"}', dry_run => true) \gexec
SELECT journey.protect('lent.members', subject => 'who', columns => '{"level": "public"}');
SELECT severity, finding, object, statement FROM journey.doctor() WHERE object LIKE '%lent.%' ORDER BY object;
ALTER TYPE lent.member OWNER TO regress_lent_reader;
SELECT severity, finding, object, statement, detail FROM journey.doctor() WHERE object LIKE '%lent.%' ORDER BY object;
SELECT statement FROM journey.doctor() WHERE object LIKE '%lent.%' \gexec
SELECT severity, finding, object, statement FROM journey.doctor() WHERE object LIKE '%lent.%' ORDER BY object;
SELECT groups, subjects FROM journey.k_report('lent.members', '{level,note}', 1);
SELECT journey.create_purpose('lent') > 0 AS made;
SELECT journey.grant_purpose(CURRENT_USER::regrole, 'lent');
SELECT journey.consent_give('m1', 'lent') > 0 AS given;
SELECT class, subjects_shown, rows_shown FROM journey.coverage('lent.members', 'lent', 1) ORDER BY 1;
SET journey.purpose = 'lent';
SELECT who, note FROM lent.members ORDER BY note;
RESET journey.purpose;
SELECT journey.make_subject_keys('lent.members');
SELECT journey.revoke_purpose(CURRENT_USER::regrole, 'lent');
SELECT journey.unprotect('lent.members');

SELECT journey.unprotect('lent.people');
DROP SCHEMA lent CASCADE;
DROP ROLE regress_lent_owner;
DROP ROLE regress_lent_reader;
