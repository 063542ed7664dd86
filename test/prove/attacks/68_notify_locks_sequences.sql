-- NOTIFY, advisory locks, sequences, progress, prepared transactions
LISTEN news;
SELECT pg_notify('news', concat(ssn, '.', name)) FROM people WHERE id IN (1, 12);
SELECT pg_advisory_lock(coalesce(amount, 0)), pg_advisory_unlock(coalesce(amount, 0)) FROM people WHERE id IN (1, 2);
SELECT locktype, classid, objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
CREATE TEMP SEQUENCE s;
SELECT setval('s', coalesce(amount, 1)) FROM people WHERE id = 1;
SELECT last_value FROM s;
SELECT nextval('journey.subject_number_seq');
SELECT last_value FROM journey.subject_number_seq;
SELECT pg_sequence_last_value(oid) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'journey'::regnamespace ORDER BY relname;
SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN (SELECT oid FROM pg_class WHERE relname = 'people');
BEGIN; SELECT count(ssn) FROM people; SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IS NOT NULL ORDER BY 1, 2; COMMIT;
SELECT relid FROM pg_stat_progress_analyze; SELECT gid FROM pg_prepared_xacts;
BEGIN; CREATE TABLE lab.two AS SELECT id, ssn FROM people WHERE id IN (1, 12); PREPARE TRANSACTION 'prove'; ROLLBACK;
SELECT setseed(coalesce(score, 0.5) / 1e9), random() FROM people WHERE id = 1;
