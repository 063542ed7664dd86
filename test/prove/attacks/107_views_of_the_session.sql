-- what a session can learn about its own work: cursors, statements, memory, spilled bytes, calls of functions
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, ssn FROM people WHERE ssn > 'C' ORDER BY id;
SELECT name, statement, is_scrollable FROM pg_cursors;
MOVE FORWARD ALL FROM c;
\echo moved :ROW_COUNT
FETCH BACKWARD 2 FROM c;
COMMIT;
PREPARE again(text, int) AS SELECT id FROM people WHERE ssn = $1 OR amount > $2;
EXECUTE again('x', 5); EXECUTE again('x', 5); EXECUTE again('x', 5); EXECUTE again('x', 5); EXECUTE again('x', 5); EXECUTE again('x', 5);
SELECT name, parameter_types, generic_plans, custom_plans FROM pg_prepared_statements;
EXPLAIN EXECUTE again('CAN', 79);
SELECT count(*) FROM pg_backend_memory_contexts;
SELECT pg_log_backend_memory_contexts(pg_backend_pid());
-- sorts and hashes that do not fit: how many bytes are written depends on masks alone
SET work_mem = '64kB'; SET max_parallel_workers_per_gather = 0; SET hash_mem_multiplier = 1;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT temp_files AS files, temp_bytes AS bytes, tup_returned AS returned FROM pg_stat_database WHERE datname = current_database() \gset before_
SELECT count(*) FROM (SELECT essay, name, phone, ssn, doc FROM people ORDER BY essay, name, ssn OFFSET 0) x;
SELECT count(*) FROM (SELECT amount, ratio, day FROM facts ORDER BY amount, ratio, day, id OFFSET 0) x;
SELECT count(*) FROM facts a JOIN facts b ON a.amount = b.amount AND a.day = b.day AND a.id = b.id;
CREATE TEMP TABLE big AS SELECT repeat(essay, 3) AS e, user_id FROM people;
SELECT pg_stat_force_next_flush() \g /dev/null
SELECT temp_files - :before_files AS files, temp_bytes - :before_bytes AS bytes FROM pg_stat_database WHERE datname = current_database();
SELECT pg_column_compression(e), count(*), sum(pg_column_size(e)) FROM big GROUP BY 1 ORDER BY 1;
SET default_toast_compression = 'lz4';
CREATE TEMP TABLE packed AS SELECT essay || essay AS e, user_id FROM people;
SELECT user_id, pg_column_compression(e), sum(pg_column_size(e)) FROM packed GROUP BY 1, 2 ORDER BY 1, 2;
SELECT pg_total_relation_size('packed') - pg_relation_size('packed') > 0;
SET track_functions = 'all';
SELECT funcname, calls FROM pg_stat_xact_user_functions WHERE schemaname = 'journey' ORDER BY 1;
SELECT * FROM pg_stat_statements;
SELECT wait_event IS NULL, backend_xmin IS NULL FROM pg_stat_activity WHERE pid = pg_backend_pid();
SELECT ssn FROM people WHERE id = 12;
