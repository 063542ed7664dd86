-- journey.prove(): nothing found where the promise holds, planted leaks found.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS journey;
CREATE ROLE regress_prove_reader;
CREATE TYPE regress_mood AS ENUM ('sad', 'calm', 'happy');
CREATE DOMAIN regress_code AS text CHECK (VALUE ~ '^[a-z]+[0-9]*$');
CREATE TABLE regress_prove (
  id int PRIMARY KEY, who text NOT NULL, at timestamptz NOT NULL DEFAULT '2026-01-01', "we""ird {x} W" text,
  email text UNIQUE, phone text, age int, born date, zip varchar(10), amount numeric(8,2) NOT NULL, score float8, flag boolean,
  mood regress_mood, code regress_code, key uuid, raw bytea, tags text[], span int4range, doc jsonb, way journey.journey,
  doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, gone int, CHECK (age > 0));
ALTER TABLE regress_prove DROP COLUMN gone;
CREATE TABLE regress_prove_orders (id int PRIMARY KEY, person int REFERENCES regress_prove (id), email text REFERENCES regress_prove (email));
INSERT INTO regress_prove
SELECT i, 'u' || i % 4, timestamptz '2026-01-01', 'odd ' || i, 'mail' || i || '@example.com', '+43 ' || 1000 + i, i, date '2000-01-01' + i, 'A' || i, i, i / 8.0, i % 2 = 0,
  (enum_range(NULL::regress_mood))[1 + i % 3], 'code' || i, md5(i::text)::uuid, convert_to('raw ' || i, 'UTF8'), ARRAY['a' || i], int4range(i, i + 3),
  jsonb_build_object('plan', i % 2, 'email', 'x' || i), '[seen 2026-01-01T10:00:00Z]'::journey.journey
FROM generate_series(1, 40) i;
INSERT INTO regress_prove_orders VALUES (1, 7, 'mail7@example.com');
CREATE INDEX ON regress_prove (lower(email));
CREATE STATISTICS regress_prove_stat ON age, born FROM regress_prove;
ANALYZE regress_prove;
GRANT SELECT ON regress_prove TO regress_prove_reader;
SELECT journey.create_purpose('regress_prove') > 0 AS created;
SELECT journey.grant_purpose('regress_prove_reader', 'regress_prove');
SELECT count(journey.consent_give(s, 'regress_prove')) FROM unnest('{u1,u2}'::text[]) s;
SELECT journey.consent_withdraw('u2', 'regress_prove') IS NOT NULL AS withdrawn;
SELECT journey.protect('regress_prove', subject => 'who', columns => '{
  "id": "public", "who": "public", "at": "public", "phone": {"mask": "partial", "keep_first": 1, "keep_last": 1, "min_hidden": 3},
  "born": {"mask": "generalize", "unit": "year"}, "zip": {"mask": "generalize", "keep_first": 1}, "score": {"mask": "generalize", "step": 10},
  "code": {"mask": "constant", "value": "none"}, "doc->>''email''": "null"}');
CREATE FUNCTION regress_prove_sums() RETURNS TABLE (n bigint, ages bigint, amounts numeric, mails text, orders bigint, size bigint) LANGUAGE sql AS
'SELECT count(*), sum(age), sum(amount), md5(string_agg(r::text, '','' ORDER BY id)), (SELECT count(*) FROM regress_prove_orders), pg_relation_size(''journey_base.regress_prove'') FROM journey_base.regress_prove r';
CREATE TABLE regress_prove_before AS SELECT * FROM regress_prove_sums();

-- Nothing is found, and nothing is changed.  Of floats the buckets are not recomputed, and the
-- check is against other ages.
SET client_min_messages = notice;
\set VERBOSITY default
SELECT * FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 300);
SELECT * FROM journey.prove('journey_base.regress_prove', 'regress_prove_reader', 'something.else', 50, seed => -7);
\set VERBOSITY terse
SELECT * FROM regress_prove_sums() EXCEPT TABLE regress_prove_before;
SELECT current_user = session_user AS same, current_setting('journey.purpose', true) AS purpose, to_regclass('pg_temp.journey_prove_1') AS copy;

-- The generator: the same seed, the same statements; each shape is one statement.
CREATE FUNCTION regress_prove_asked(seed int) RETURNS text[] LANGUAGE sql AS
  $$ SELECT ARRAY(SELECT journey._prove_questions('regress_prove', 'journey_base.regress_prove', 'regress_prove_reader', 200, seed)) $$;
SELECT cardinality(regress_prove_asked(5)) AS count, (SELECT count(DISTINCT q) > 150 FROM unnest(regress_prove_asked(5)) q) AS many,
       regress_prove_asked(5) = regress_prove_asked(5) AS same, regress_prove_asked(5) = regress_prove_asked(6) AS other;
DROP FUNCTION regress_prove_asked;

-- Planted leaks: a function that reads the raw table, in a view on the protected one;
CREATE FUNCTION regress_prove_raw(int) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT email FROM journey_base.regress_prove WHERE id = $1';
CREATE VIEW regress_prove_leak AS SELECT id, regress_prove_raw(id) AS mail FROM regress_prove;
GRANT SELECT ON regress_prove_leak TO regress_prove_reader;
SELECT differs, world, count(*) > 0 AS found, bool_and(statement LIKE '%regress_prove_leak%') AS named
FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100) GROUP BY 1, 2 ORDER BY 1, 2;
DROP VIEW regress_prove_leak;
-- a view that tells nothing but how many rows have a value;
CREATE VIEW regress_prove_leak AS SELECT count(age) AS n FROM journey_base.regress_prove;
GRANT SELECT ON regress_prove_leak TO regress_prove_reader;
SELECT DISTINCT differs, world FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100) WHERE differs <> 'error' ORDER BY 1, 2;
DROP VIEW regress_prove_leak;
-- and a right on one column of the table.
GRANT USAGE ON SCHEMA journey_base TO regress_prove_reader;
GRANT SELECT (age) ON journey_base.regress_prove TO regress_prove_reader;
SELECT DISTINCT differs FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100) ORDER BY 1;
REVOKE SELECT (age) ON journey_base.regress_prove FROM regress_prove_reader;
REVOKE USAGE ON SCHEMA journey_base FROM regress_prove_reader;
SELECT * FROM regress_prove_sums() EXCEPT TABLE regress_prove_before;

-- A view whose function would become whoever proves: a sequence, which no rollback takes back, tells whether it could.
CREATE SEQUENCE regress_prove_reached;
CREATE FUNCTION regress_prove_rise() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN EXECUTE 'RESET ROLE'; PERFORM setval('regress_prove_reached', 2); RETURN 1; END $$;
CREATE FUNCTION regress_prove_rise_again() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN PERFORM set_config('role', 'none', false); PERFORM setval('regress_prove_reached', 3); RETURN 1; EXCEPTION WHEN insufficient_privilege THEN RETURN 0; END $$;
CREATE VIEW regress_prove_leak AS SELECT id, regress_prove_rise_again() AS a, regress_prove_rise() AS b FROM regress_prove;
GRANT SELECT ON regress_prove_leak TO regress_prove_reader;
SELECT * FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100);
SELECT last_value FROM regress_prove_reached;
DROP VIEW regress_prove_leak;
DROP FUNCTION regress_prove_rise, regress_prove_rise_again;
DROP SEQUENCE regress_prove_reached;

-- Bad input
\set VERBOSITY default
SELECT journey.prove(NULL, 'regress_prove_reader', 'regress_prove');
SELECT journey.prove('regress_prove_orders', 'regress_prove_reader', 'regress_prove');
SELECT journey.prove('regress_prove', NULL, 'regress_prove');
SELECT journey.prove('regress_prove', 'regress_prove_reader', NULL);
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'something else');
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 0);
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100001);
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', NULL);
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', seed => NULL);
SELECT journey.prove('regress_prove', '4294967295'::oid::regrole, 'regress_prove');
SET ROLE regress_prove_reader;
SELECT journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove');
RESET ROLE;
\set VERBOSITY terse

-- An empty table, partitions, hidden rows
DELETE FROM regress_prove_orders;
DELETE FROM journey_base.regress_prove;
SELECT * FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 20);
SELECT journey.unprotect('regress_prove');
DROP FUNCTION regress_prove_sums;
DROP TABLE regress_prove_orders, regress_prove, regress_prove_before;
CREATE TABLE regress_prove (id int, who text, note text) PARTITION BY RANGE (id);
CREATE TABLE regress_prove_1 PARTITION OF regress_prove FOR VALUES FROM (1) TO (20);
CREATE TABLE regress_prove_2 PARTITION OF regress_prove DEFAULT;
INSERT INTO regress_prove SELECT i, 'u' || i % 4, 'note ' || i FROM generate_series(1, 40) i;
GRANT SELECT ON regress_prove TO regress_prove_reader;
SELECT journey.protect('regress_prove', subject => 'who', row_action => 'suppress', columns => '{"id": "public", "who": "public"}');
SELECT * FROM journey.prove('regress_prove', 'regress_prove_reader', 'regress_prove', 100);
SELECT count(*), min(note), max(note) FROM journey_base.regress_prove;
SELECT journey.unprotect('regress_prove');
DROP TABLE regress_prove;
DROP FUNCTION regress_prove_raw;
DROP TYPE regress_mood;
DROP DOMAIN regress_code;
SELECT journey.revoke_purpose('regress_prove_reader', 'regress_prove');
DROP ROLE regress_prove_reader;
