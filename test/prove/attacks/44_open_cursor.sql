-- a cursor opened before a withdrawal
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, user_id, ssn, name, email IS NULL FROM people WHERE id > 200 ORDER BY id;
MOVE 36 FROM c;
DECLARE d CURSOR FOR SELECT ssn, essay FROM people WHERE user_id = 'until-44';
DECLARE e CURSOR FOR SELECT p.id, p.ssn FROM people p WHERE user_id LIKE 'until-4%' OR user_id = 'yes-3';
FETCH 1 FROM e;
\! psql -X -q -U postgres -c "SELECT journey.consent_withdraw('until-44', 'analytics')" >/dev/null
\echo === withdrawn
FETCH ALL FROM d;
SELECT ssn FROM people WHERE user_id = 'until-44';
SELECT ssn IS NOT NULL FROM people WHERE id = 12;
COMMIT;
SELECT ssn FROM people WHERE user_id = 'until-44';
SELECT left(ssn, 7) FROM people WHERE id = 12;
