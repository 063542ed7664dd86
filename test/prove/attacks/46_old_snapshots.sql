-- REPEATABLE READ, SERIALIZABLE and imported snapshots after a withdrawal
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM people WHERE ssn IS NOT NULL AND user_id = 'until-46';
SELECT pg_export_snapshot() AS snap \gset
PREPARE q AS SELECT ssn, name, essay FROM people WHERE user_id = 'until-46';
DECLARE c CURSOR FOR SELECT ssn FROM people WHERE user_id = 'until-46';
\! psql -X -q -U postgres -c "SELECT journey.consent_withdraw('until-46', 'analytics')" >/dev/null
\echo === withdrawn
SELECT ssn FROM people WHERE user_id = 'until-46';
EXECUTE q;
FETCH ALL FROM c;
SELECT max(ssn) OVER () FROM people WHERE user_id = 'until-46';
SET :parallel = on; EXECUTE q;
\! psql -X -q -U postgres -c "SELECT journey.consent_give('until-46', 'analytics')" >/dev/null
SELECT count(*) FROM people WHERE ssn IS NOT NULL AND user_id = 'yes-1';
SELECT left(ssn, 7) FROM people WHERE id = 12;
\! psql -X -q -U postgres -c "SELECT journey.consent_withdraw('until-46', 'analytics')" >/dev/null
SELECT ssn FROM people WHERE user_id = 'until-46';
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY;
SELECT ssn FROM people WHERE user_id = 'until-46';
COMMIT;
SELECT ssn FROM people WHERE id = 12;
