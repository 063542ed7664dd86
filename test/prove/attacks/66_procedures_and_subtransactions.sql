-- COMMIT and ROLLBACK inside procedures, savepoints, caught errors
-- as: carol
-- may: MARKETING
CREATE TABLE kept (id int, ssn text);
CREATE PROCEDURE walk() LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0;
BEGIN
	FOR r IN SELECT id, user_id, ssn FROM people WHERE id < 25 ORDER BY id LOOP
		INSERT INTO kept VALUES (r.id, r.ssn);
		n := n + 1;
		IF n % 3 = 0 THEN COMMIT; PERFORM set_config('journey.purpose', CASE n % 2 WHEN 0 THEN 'analytics' ELSE 'marketing' END, false); END IF;
	END LOOP;
	PERFORM set_config('journey.purpose', 'fraud', false);
	COMMIT;
	INSERT INTO kept SELECT 1000 + id, ssn FROM people WHERE id < 13;
	ROLLBACK;
	PERFORM set_config('journey.purpose', 'analytics', false);
	INSERT INTO kept SELECT 2000 + id, ssn FROM people WHERE id < 13;
END $$;
CALL walk();
SELECT * FROM kept ORDER BY id;
BEGIN;
SAVEPOINT a;
SET LOCAL journey.purpose = 'marketing';
SELECT id, ssn FROM people WHERE id IN (1, 9, 12);
SAVEPOINT b;
SELECT 1 / 0;
ROLLBACK TO b;
SELECT id, ssn FROM people WHERE id IN (1, 9, 12);
ROLLBACK TO a;
SELECT id, ssn FROM people WHERE id IN (1, 9, 12);
PREPARE TRANSACTION 'x';
ROLLBACK;
CREATE FUNCTION swap(p text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('journey.purpose', p, false);
	IF p = 'fraud' THEN RAISE EXCEPTION 'no'; END IF;
	RETURN p;
EXCEPTION WHEN OTHERS THEN RETURN 'caught';
END $$;
SELECT id, ssn, swap(CASE id % 3 WHEN 0 THEN 'analytics' WHEN 1 THEN 'fraud' ELSE 'marketing' END), name FROM people WHERE id < 25 ORDER BY id;
SELECT id, swap('analytics'), ssn, swap('fraud'), ssn FROM people WHERE id IN (1, 9, 12) ORDER BY id;
