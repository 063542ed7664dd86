-- plans that PL/pgSQL and SQL functions keep
-- as: carol
-- may: MARKETING
CREATE FUNCTION lab.look(i int) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT ssn FROM people WHERE id = i); END';
CREATE FUNCTION lab.fixed(i int) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lab.look(i)';
SELECT lab.look(i) FROM unnest(ARRAY[1, 2, 9, 12, 1, 2, 9, 12]) i;
SET journey.purpose = 'marketing';
SELECT lab.look(i) FROM unnest(ARRAY[1, 2, 9, 12, 1, 2, 9, 12]) i;
SELECT lab.fixed(1), lab.fixed(9), lab.fixed(12);
SET journey.purpose = 'analytics';
SELECT lab.fixed(1), lab.fixed(9), lab.fixed(12);
CREATE TABLE lab.kept (i int, t text GENERATED ALWAYS AS (lab.fixed(i)) STORED);
INSERT INTO lab.kept VALUES (1), (2), (12);
TABLE lab.kept;
CREATE INDEX ON lab.kept ((lab.fixed(i)));
EXPLAIN SELECT * FROM lab.kept WHERE lab.fixed(i) = 'x';
EXPLAIN SELECT * FROM people WHERE user_id = lab.fixed(1);
SELECT ssn FROM people WHERE id = 12 AND ssn = lab.fixed(12);
