-- the purpose given at login, by role, by database
-- as: bob
-- shows: WARNING
\setenv PGOPTIONS '-c journey.purpose=analytics'
\setenv PGUSER bob
\! psql -X -q -c "SHOW journey.purpose" -c "SELECT count(ssn) FROM people" 2>&1
\setenv PGOPTIONS '-c journey.key_file=/etc/hostname'
\! psql -X -q -c "SHOW journey.key_file" 2>&1 | sed 's/on socket.*failed/failed/; s/"[^"]*\.s\.[^"]*"/socket/'
\setenv PGOPTIONS '-c journey.allow=all'
\! psql -X -q -c "SELECT count(ssn) FROM people" 2>&1
\setenv PGOPTIONS ''
ALTER ROLE bob IN DATABASE :DBNAME SET journey.purpose = 'analytics';
ALTER ROLE bob IN DATABASE :DBNAME SET journey.key_file = '/etc/hostname';
\! psql -X -q -c "SHOW journey.purpose" -c "SELECT count(ssn), count(code), max(name) FROM people" 2>&1
ALTER ROLE bob IN DATABASE :DBNAME RESET ALL;
ALTER ROLE ana IN DATABASE :DBNAME SET journey.purpose = 'marketing';
ALTER DATABASE :DBNAME SET journey.purpose = 'analytics';
SET journey.key_file = '/tmp/none';
SET journey.debug = on;
SET journey._seal = 'x';
SELECT set_config('journey.anything', 'x', false);
CREATE FUNCTION lab.f() RETURNS int LANGUAGE sql SET journey.anything = 'x' AS 'SELECT 1';
SHOW journey.key_file;
SELECT name, setting FROM pg_settings WHERE name LIKE 'journey.%' ORDER BY 1;
SELECT current_setting('journey.key_file', true);
