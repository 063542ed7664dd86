-- policies, grants and purposes changed by others while plans are kept
PREPARE q AS SELECT ssn, user_id FROM people WHERE user_id = 'until-99';
SET plan_cache_mode = force_generic_plan;
EXECUTE q \g /dev/null
PREPARE r AS SELECT count(ssn), count(code) FROM people;
EXECUTE r;
\! psql -X -q -U postgres -c "SELECT journey.revoke_purpose('ana', 'analytics')" >/dev/null
EXECUTE r;
\! psql -X -q -U postgres -c "SELECT journey.grant_purpose('ana', 'analytics')" >/dev/null
EXECUTE r;
\! psql -X -q -U postgres -c "SELECT journey.consent_withdraw('until-99', 'analytics')" >/dev/null
\echo === withdrawn
EXECUTE q;
EXECUTE r;
\! psql -X -q -U postgres -c "BEGIN" -c "ALTER TABLE journey_base.people RENAME grp TO grp2" -c "SELECT journey.refresh('people')" -c "ALTER TABLE journey_base.people RENAME grp2 TO grp" -c "SELECT journey.refresh('people')" -c "COMMIT" >/dev/null
EXECUTE r;
EXECUTE q;
SELECT left(ssn, 7) FROM people WHERE id = 12;
