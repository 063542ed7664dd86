-- claiming a purpose without a grant
-- as: bob
-- shows: WARNING
SELECT id, ssn, name, email, card, points FROM people WHERE id < 13;
SET journey.purpose = 'fraud';
SELECT count(ssn), count(code), count(path) FROM people;
SELECT set_config('journey.purpose', 'marketing', true), count(ssn) FROM people;
BEGIN; SET LOCAL journey.purpose = 'analytics.product'; SELECT count(ssn) FROM people; COMMIT;
CREATE FUNCTION lab.with_purpose() RETURNS bigint LANGUAGE sql SET journey.purpose = 'analytics' AS 'SELECT count(ssn) FROM people';
SELECT lab.with_purpose();
SELECT count(ssn) FROM people WHERE set_config('journey.purpose', 'analytics', false) = 'analytics';
SELECT count(*) FROM people p WHERE (SELECT set_config('journey.purpose', 'marketing', false)) = 'marketing' AND p.ssn IS NOT NULL;
UPDATE pg_settings SET setting = 'analytics' WHERE name = 'journey.purpose';
SELECT count(ssn) FROM people;
SELECT journey.consented('yes-1', 'analytics'), journey.consented('refused', 'analytics'), journey.consented('nobody', 'analytics'), journey.consented(NULL, NULL);
