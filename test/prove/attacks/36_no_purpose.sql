-- no purpose, unknown purposes, purposes of others
-- shows: WARNING
SET journey.purpose = '';
SELECT id, ssn, name, email, card FROM people WHERE id < 13;
RESET journey.purpose;
SELECT count(ssn), count(blank) FROM people;
SET journey.purpose = 'none such';
SELECT count(ssn), count(blank) FROM people;
SET journey.purpose = 'Analytics';
SELECT count(ssn) FROM people;
SET journey.purpose = 'analytics.';
SELECT count(ssn) FROM people;
SET journey.purpose = 'analytics.none';
SELECT count(ssn) FROM people;
SET journey.purpose = '%';
SELECT count(ssn) FROM people;
SET journey.purpose = 'analytics,marketing';
SELECT count(ssn) FROM people;
SET journey.purpose = 'marketing';
SELECT id, ssn, email FROM people WHERE id < 13;
SET journey.purpose = ' analytics';
SELECT count(ssn) FROM people;
SET journey.purpose TO analytics, marketing;
SELECT count(ssn) FROM people;
