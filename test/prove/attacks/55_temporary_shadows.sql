-- temporary tables and types with the names of the extension's own
CREATE TEMP TABLE purpose (number int, name text); CREATE TEMP TABLE subject (number bigint, name text);
CREATE TEMP TABLE state (subject bigint, purpose int); CREATE TEMP TABLE reader_purpose (reader oid, purpose int);
CREATE TEMP TABLE policy (id uuid, mask text); CREATE TEMP TABLE protected_relation (id uuid); CREATE TEMP TABLE ledger (seq bigint);
CREATE TEMP TABLE pg_class (oid oid, relname name); CREATE TEMP TABLE pg_extension (oid oid, extname name);
CREATE TEMP TABLE people (id int, ssn text, user_id text);
INSERT INTO pg_temp.people VALUES (1, 'mine', 'refused');
SELECT id, ssn FROM people; SELECT id, ssn FROM public.people WHERE id IN (1, 12);
SELECT journey.consented('refused', 'analytics'), journey.consented('yes-1', 'analytics');
CREATE FUNCTION pg_temp._cell(anyelement, text, journey._seal) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
SET search_path = pg_temp, public, pg_catalog;
SELECT id, ssn FROM public.people WHERE id IN (1, 12);
SELECT count(ssn) FROM public.people WHERE user_id = 'refused';
DROP TABLE people;
CREATE TEMP VIEW people AS SELECT * FROM public.people;
SELECT id, ssn FROM people WHERE id IN (1, 12);
