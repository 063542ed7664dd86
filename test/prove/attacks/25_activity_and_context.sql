-- what others run, and the context of errors and notices
SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query <> '<insufficient privilege>' AND backend_type = 'client backend';
SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid();
CREATE FUNCTION loud(x text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''loud''; RETURN x || (1 / (length(x) - 9))::text; END';
SELECT id, loud(ssn) FROM people WHERE id IN (1, 2, 3);
SELECT id, loud(ssn) FROM people WHERE user_id = 'yes-1' AND id < 40;
CREATE FUNCTION calls() RETURNS text LANGUAGE sql AS 'SELECT loud(secret) FROM secrets WHERE user_id IS NULL LIMIT 1';
SELECT calls();
SET client_min_messages = debug1;
SELECT count(*) FROM people WHERE ssn = 'x';
SELECT * FROM people WHERE id = 12 AND amount = 12;
SET client_min_messages = log; SET debug_print_plan = on; SET debug_print_rewritten = on;
SET log_statement_stats = on;
SET log_min_messages = debug5; SET log_min_duration_statement = 0; SET log_min_error_statement = debug5; SET log_statement = 'all';
SELECT ssn, amount FROM people WHERE id = 1 AND ssn = 'x';
SELECT ssn FROM people WHERE id = 1;
RESET client_min_messages;
SELECT left(ssn, 7) FROM people WHERE id = 12;
