-- counters that tell how much work a cell was: TOAST fetches, index scans, buffers
-- Times are not compared: they are no function of the text of a statement.
BEGIN;
SELECT count(essay), max(essay) IS NULL FROM people WHERE user_id = 'refused';
SELECT count(ssn), count(amount), count(doc), count(path) FROM people;
SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins, n_tup_upd FROM pg_stat_xact_all_tables
	WHERE schemaname IN ('public', 'journey', 'journey_base') ORDER BY schemaname, relname;
SELECT r.relname, t.seq_scan, t.idx_scan, t.idx_tup_fetch FROM pg_stat_xact_all_tables t JOIN pg_class r ON r.reltoastrelid = t.relid
	WHERE r.relnamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) ORDER BY 1;
COMMIT;
BEGIN;
SELECT count(*) FROM people WHERE user_id IS DISTINCT FROM 'yes-1' AND user_id IS DISTINCT FROM 'yes-2' AND user_id IS DISTINCT FROM 'yes-3'
	AND user_id NOT LIKE 'until%' AND (essay = 'x' OR length(essay) > 10 OR essay LIKE '%a%' OR md5(essay) = 'x');
SELECT r.relname, t.seq_scan, t.idx_scan, t.idx_tup_fetch FROM pg_stat_xact_all_tables t JOIN pg_class r ON r.reltoastrelid = t.relid
	WHERE r.relnamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) ORDER BY 1;
COMMIT;
SELECT count(*) FROM people WHERE essay IS NULL;
-- Shown essays are fetched through the index of the TOAST table, whose size is excluded.
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT essay FROM people WHERE user_id IN ('refused', 'silent') AND essay LIKE '%a%';
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT ssn FROM people WHERE id = 1;
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT sum(amount) FROM facts;
SELECT left(essay, 20) FROM people WHERE id IN (1, 12);
