-- counters of use and sizes that everybody may read
-- Excluded: sizes of TOAST tables, and sizes in bytes in general (README.md).
SELECT relname, relkind, relpages, reltuples, relallvisible FROM pg_class
	WHERE relnamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) ORDER BY relname;
SELECT relname, n_tup_upd, n_tup_del, n_live_tup, n_dead_tup, n_mod_since_analyze FROM pg_stat_all_tables
	WHERE schemaname IN ('public', 'journey_base') ORDER BY 1;
SELECT relname, relnatts, relchecks, reltriggers, relacl FROM (SELECT c.*, relhastriggers AS reltriggers FROM pg_class c) c
	WHERE relnamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) ORDER BY relname;
SELECT attrelid::regclass, attname, attstattarget, attacl, atthasmissing, attmissingval FROM pg_attribute
	WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) AND relkind <> 'i') AND attnum > 0 ORDER BY 1, attnum;
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'journey_base'::regnamespace) ORDER BY 1;
SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE relname = 'people' AND relkind = 'r') ORDER BY 1;
SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1;
SELECT pg_get_viewdef('people'::regclass);
SELECT last_value, is_called FROM pg_sequences s, LATERAL (SELECT s.last_value IS NULL AS is_called) x WHERE schemaname IN ('public', 'journey_base', 'journey') ORDER BY 1;
SELECT sequencename FROM pg_sequences WHERE schemaname IN ('journey') ORDER BY 1;
SELECT ssn FROM people WHERE id = 12;
