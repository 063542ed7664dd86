-- what it costs to decide about a masked subject: buffers, index scans, predicate locks
-- The subjects of secrets are other people in each world, some known and some not.
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT secret FROM secrets WHERE id = 1;
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT secret FROM secrets WHERE id = 3;
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT user_id, secret FROM secrets;
BEGIN;
SELECT count(secret) FROM secrets WHERE id = 1;
SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables
	WHERE schemaname IN ('journey', 'journey_base') ORDER BY schemaname, relname;
SELECT relid::regclass, pg_stat_get_xact_blocks_fetched(relid), pg_stat_get_xact_blocks_hit(relid), pg_stat_get_xact_tuples_fetched(relid),
	pg_stat_get_xact_numscans(relid) FROM pg_stat_all_tables WHERE schemaname = 'journey' ORDER BY 1;
SELECT indexrelid::regclass, pg_stat_get_xact_blocks_fetched(indexrelid), pg_stat_get_xact_tuples_returned(indexrelid),
	pg_stat_get_xact_numscans(indexrelid) FROM pg_stat_all_indexes WHERE schemaname = 'journey' ORDER BY 1;
SELECT count(secret) FROM secrets;
SELECT relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch FROM pg_stat_xact_all_tables
	WHERE schemaname IN ('journey', 'journey_base') ORDER BY schemaname, relname;
SELECT indexrelid::regclass, pg_stat_get_xact_blocks_fetched(indexrelid), pg_stat_get_xact_tuples_returned(indexrelid),
	pg_stat_get_xact_numscans(indexrelid) FROM pg_stat_all_indexes WHERE schemaname = 'journey' ORDER BY 1;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(secret) FROM secrets WHERE id = 1;
SELECT locktype, relation::regclass, page, tuple, mode FROM pg_locks
	WHERE pid = pg_backend_pid() AND mode = 'SIReadLock' ORDER BY 2, 1, 3, 4;
SELECT count(secret) FROM secrets;
SELECT locktype, relation::regclass, page, tuple, mode FROM pg_locks
	WHERE pid = pg_backend_pid() AND mode = 'SIReadLock' ORDER BY 2, 1, 3, 4;
COMMIT;
SELECT secret FROM secrets WHERE id = 12;
