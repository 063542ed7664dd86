-- changing purpose and role in the middle of a statement
-- as: carol
-- may: MARKETING
SELECT id, ssn FROM people WHERE id IN (1, 9, 10, 12);
SET journey.purpose = 'marketing';
SELECT id, ssn FROM people WHERE id IN (1, 9, 10, 12);
CREATE FUNCTION lab.swap(text) RETURNS text LANGUAGE plpgsql VOLATILE AS 'BEGIN PERFORM set_config(''journey.purpose'', $1, false); RETURN $1; END';
SELECT id, lab.swap(CASE WHEN id % 2 = 0 THEN 'fraud' ELSE 'marketing' END), count(*) OVER () FROM people WHERE id < 14 AND ssn IS DISTINCT FROM lab.swap('analytics');
SELECT lab.swap('analytics');
SELECT p.id, lab.swap('marketing') AS x, (SELECT ssn FROM people q WHERE q.id = p.id) FROM people p WHERE p.id IN (1, 2, 3, 9, 10, 12) ORDER BY id;
CREATE FUNCTION lab.become(text) RETURNS text LANGUAGE plpgsql VOLATILE AS 'BEGIN PERFORM set_config(''role'', $1, false); RETURN $1; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END';
SELECT lab.become('insider'), lab.become('shop'), lab.become('ana'), lab.become('postgres'), lab.become('none');
SELECT count(ssn) FROM people;
