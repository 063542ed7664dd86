-- what is granted later, or not committed, opens nothing in an old snapshot
-- as: bob
-- shows: ^ +0$
SET journey.purpose = 'analytics';
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(ssn) FROM people;
\! psql -X -q -U postgres -c "SELECT journey.grant_purpose('bob', 'analytics')" >/dev/null
SELECT count(ssn) FROM people;
SELECT journey.consented('yes-1', 'analytics');
COMMIT;
\! psql -X -q -U postgres -c "SELECT journey.revoke_purpose('bob', 'analytics')" >/dev/null
SELECT count(ssn) FROM people;
\connect - postgres
BEGIN;
SELECT journey.grant_purpose('bob', 'analytics'), journey.consent_give('refused', 'analytics') IS NOT NULL;
SET LOCAL ROLE bob;
SET LOCAL journey.purpose = 'analytics';
SELECT count(ssn) FROM people;
RESET ROLE;
SET LOCAL ROLE ana;
SELECT count(ssn) FROM people WHERE user_id = 'refused';
SET :parallel = on;
SELECT count(ssn) FROM people WHERE user_id = 'refused';
ROLLBACK;
BEGIN;
SELECT journey.consent_withdraw('yes-1', 'analytics') IS NOT NULL;
SET LOCAL ROLE ana; SET LOCAL journey.purpose = 'analytics';
SELECT count(ssn) FROM people WHERE user_id = 'yes-1';
SAVEPOINT s;
ROLLBACK TO s;
SELECT count(ssn) FROM people WHERE user_id = 'yes-1';
ROLLBACK;
