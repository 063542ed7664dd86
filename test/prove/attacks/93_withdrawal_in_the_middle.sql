-- a withdrawal between two statements of a transaction and of a function
BEGIN;
SELECT count(*) FROM people WHERE ssn IS NOT NULL AND user_id = 'until-93';
CREATE FUNCTION later() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT ssn FROM people WHERE user_id = 'until-93'; t text;
BEGIN
	OPEN c; FETCH c INTO t; RETURN NEXT t; CLOSE c;
	FOR t IN SELECT name FROM people WHERE user_id = 'until-93' LOOP RETURN NEXT t; END LOOP;
END $$;
\! psql -X -q -U postgres -c "SELECT journey.consent_withdraw('until-93', 'analytics')" >/dev/null
\echo === withdrawn
SELECT later();
SELECT ssn, name FROM people WHERE user_id = 'until-93';
COMMIT;
SELECT ssn FROM people WHERE id = 12;
