-- TABLESAMPLE, ONLY, partitions, children and base tables by name
SELECT count(*) FROM people TABLESAMPLE BERNOULLI (100);
SELECT id, ssn FROM ONLY people WHERE id IN (1, 12);
SELECT * FROM journey_base.people;
SELECT * FROM journey_base.visits;
SELECT * FROM visits_2;
SELECT * FROM visits_1;
SELECT * FROM ONLY notes_old;
SELECT * FROM notes_old;
SELECT * FROM ONLY journey_base.notes;
SELECT email FROM journey_base.people;
SELECT ssn, amount FROM journey_base.people;
SELECT count(*) FROM journey_base.people;
BEGIN; LOCK TABLE people IN ACCESS SHARE MODE; ROLLBACK;
BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE; ROLLBACK;
SELECT 1 FROM journey_base.people WHERE ssn IS NULL;
TABLE journey_base.secrets;
LOCK TABLE journey_base.people IN ACCESS SHARE MODE;
SELECT oid AS base FROM pg_class WHERE relname = 'people' AND relkind = 'r' \gset
SELECT has_table_privilege(:base, 'SELECT'), has_any_column_privilege(:base, 'SELECT'),
	has_schema_privilege('journey_base', 'USAGE');
SELECT relname FROM pg_class c WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('journey_base', 'public')) AND relkind IN ('r', 'p', 'S', 'm')
	AND (has_table_privilege(oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege(oid, 'SELECT, INSERT, UPDATE, REFERENCES'));
SELECT * FROM journey_base.people_ssn;
SELECT * FROM people PARTITION (visits_1);
ALTER TABLE visits ATTACH PARTITION lab.x DEFAULT;
CREATE TABLE kid () INHERITS (people);
CREATE TABLE kid () INHERITS (journey_base.people);
CREATE TABLE kid (LIKE journey_base.people INCLUDING ALL);
CREATE TABLE kid (LIKE people INCLUDING ALL);
CREATE FOREIGN TABLE far (x int) SERVER nowhere;
