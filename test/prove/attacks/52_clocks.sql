-- clocks and zones: consent and grants end by the server's statement time
SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet');
SET timezone = 'Pacific/Kiritimati';
SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet');
SET timezone = '-167';
SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet');
SET datestyle = 'SQL, DMY'; SET intervalstyle = 'sql_standard'; SET lc_time = 'C';
SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet');
BEGIN; SET LOCAL statement_timeout = '30s'; SELECT pg_sleep(0); SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet'); COMMIT;
CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql AS 'SELECT timestamptz ''2020-06-01''';
CREATE FUNCTION statement_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT timestamptz ''2020-06-01''';
SET search_path = lab, pg_catalog, public;
SELECT count(ssn) FROM people WHERE user_id IN ('expired', 'not-yet');
SELECT journey.consented('expired', 'analytics'), journey.consented('not-yet', 'analytics'), journey.consented('yes-1', 'analytics');
SELECT ssn FROM people WHERE id IN (5, 8, 12);
