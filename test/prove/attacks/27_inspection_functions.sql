-- files, pages, WAL and slots
SELECT pg_read_file('postgresql.conf');
SELECT oid AS base FROM pg_class WHERE relname = 'people' AND relkind = 'r' \gset
SELECT pg_read_binary_file(pg_relation_filepath(:base));
SELECT pg_ls_dir('.');
COPY journey_base.people TO STDOUT;
COPY (SELECT 1) TO PROGRAM 'cat';
COPY (SELECT 1) TO '/tmp/x';
CREATE EXTENSION pageinspect;
CREATE EXTENSION pg_buffercache;
SELECT get_raw_page('journey_base.people', 0);
SELECT pg_logical_slot_peek_changes('x', NULL, NULL);
SELECT pg_create_logical_replication_slot('x', 'test_decoding');
SELECT pg_export_snapshot() IS NOT NULL;
SELECT lo_import('/etc/passwd');
SELECT pg_stat_reset_single_table_counters(:base);
SELECT pg_stat_get_live_tuples(:base);
SELECT pg_relation_filenode(:base) IS NOT NULL;
SELECT pg_relation_size(:base, 'main'), pg_relation_size(:base, 'vm');
SELECT brin_summarize_new_values('journey_base.people_ssn');
SELECT gin_clean_pending_list('journey_base.people_ssn');
SELECT pg_index_column_has_property('journey_base.people_ssn', 1, 'orderable');
SELECT pg_prewarm('journey_base.people');
SELECT pg_get_object_address('table', '{journey_base,people}', '{}') IS NOT NULL;
SELECT pg_identify_object('pg_class'::regclass, :base, 0), pg_describe_object('pg_class'::regclass, :base, 6);
SELECT ssn FROM people WHERE id = 12;
