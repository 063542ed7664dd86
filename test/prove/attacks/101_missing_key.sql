-- without the key: tokens become NULL, nothing becomes raw
\connect - postgres
ALTER DATABASE :DBNAME RESET journey.key_file;
\connect - ana
SET journey.purpose = 'analytics';
SELECT id, email, ssn, name FROM people WHERE id < 14 ORDER BY id;
SELECT count(email) FROM people;
\connect - postgres
SET client_min_messages = error;
\getenv key PROVE_KEY
ALTER DATABASE :DBNAME SET journey.key_file = :'key';
\connect - ana
SET journey.purpose = 'analytics';
SELECT count(email), left(max(ssn), 7) FROM people;
