-- what runs between two rows of a scan that is proved once a run: lazy functions, loops, cursors in turn, errors within
CREATE FUNCTION lazy() RETURNS SETOF text LANGUAGE sql AS 'SELECT ssn FROM people WHERE id % 4 = 0';
CREATE FUNCTION lazy_name() RETURNS SETOF varchar LANGUAGE sql AS 'SELECT name FROM people';
-- a purpose that is set between two rows
SELECT lazy(), set_config('journey.purpose', 'none', false) LIMIT 4;
SET journey.purpose = 'analytics';
SELECT x, set_config('journey.purpose', CASE WHEN n = 2 THEN 'marketing' ELSE 'analytics' END, false) FROM (SELECT lazy() AS x, generate_series(1, 6) AS n OFFSET 0) y LIMIT 6;
SET journey.purpose = 'analytics';
-- a loop that sets the purpose by a simple expression
CREATE FUNCTION walk(how text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0; was text; c refcursor;
BEGIN
	IF how = 'for' THEN
		FOR r IN SELECT id, ssn FROM people WHERE id <= 130 LOOP
			n := n + 1; was := set_config('journey.purpose', CASE WHEN n = 12 THEN 'none' ELSE current_setting('journey.purpose') END, false);
			IF r.ssn IS NOT NULL THEN RETURN NEXT r.id; END IF;
		END LOOP;
	ELSE
		OPEN c FOR SELECT id, ssn FROM people WHERE id <= 130;
		LOOP
			FETCH c INTO r; EXIT WHEN NOT FOUND;
			n := n + 1; was := set_config('journey.purpose', CASE WHEN n % 13 = 12 THEN 'none' ELSE 'analytics' END, false);
			IF r.ssn IS NOT NULL THEN RETURN NEXT r.id; END IF;
		END LOOP;
	END IF;
END $$;
SELECT count(*), min(walk), max(walk::int) FROM walk('for');
SET journey.purpose = 'analytics';
SELECT string_agg(walk, ' ') FROM walk('fetch');
SET journey.purpose = 'analytics';
-- cursors in turn, of several purposes and with a withdrawal of rights in between
BEGIN;
DECLARE a CURSOR FOR SELECT id, ssn FROM people; DECLARE b CURSOR FOR SELECT id, ssn, amount FROM people;
FETCH 5 FROM a; SET LOCAL journey.purpose = 'none'; FETCH 13 FROM b; FETCH 8 FROM a; SET LOCAL journey.purpose = 'analytics'; FETCH 13 FROM a; FETCH BACKWARD 3 FROM a; FETCH 12 FROM b;
SAVEPOINT s; SET LOCAL journey.purpose = 'none'; FETCH 12 FROM a; ROLLBACK TO s; FETCH 12 FROM a;
COMMIT;
-- an error in a run within another
CREATE FUNCTION fails() RETURNS int LANGUAGE plpgsql AS $$ DECLARE c refcursor := 'deep'; r record; BEGIN
	OPEN c FOR SELECT id, ssn FROM people; FETCH c INTO r;
	BEGIN PERFORM 1 / (count(*) - count(*)) FROM people; EXCEPTION WHEN division_by_zero THEN NULL; END;
	PERFORM set_config('journey.purpose', 'none', true);
	FOR i IN 1 .. 13 LOOP FETCH c INTO r; IF r.ssn IS NOT NULL THEN RETURN -r.id; END IF; END LOOP;
	PERFORM set_config('journey.purpose', 'analytics', true);
	FOR i IN 1 .. 13 LOOP FETCH c INTO r; IF r.ssn IS NOT NULL THEN RETURN r.id; END IF; END LOOP;
	RETURN 0; END $$;
SELECT fails();
SET journey.purpose = 'analytics';
EXPLAIN (VERBOSE, COSTS OFF) SELECT ssn FROM people;
SELECT ssn FROM people WHERE id = 12;
