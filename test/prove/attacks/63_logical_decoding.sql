-- logical decoding, publications and subscriptions by a reader
SELECT pg_create_logical_replication_slot('lab', 'test_decoding');
SELECT pg_create_physical_replication_slot('lab');
SELECT * FROM pg_logical_slot_peek_changes('lab', NULL, NULL);
SELECT pg_replication_origin_create('lab');
SELECT pg_logical_emit_message(false, 'lab', 'x') IS NULL;
SELECT slot_name, plugin, database FROM pg_replication_slots;
CREATE PUBLICATION lab FOR TABLE people;
CREATE PUBLICATION lab FOR TABLE journey_base.people;
CREATE PUBLICATION lab FOR ALL TABLES;
CREATE SUBSCRIPTION lab CONNECTION 'dbname=postgres' PUBLICATION lab WITH (connect = false);
SELECT count(*) FROM pg_publication_tables;
SELECT subname FROM pg_subscription;
SELECT subconninfo FROM pg_subscription;
SELECT pg_export_snapshot() IS NULL;
SELECT pg_switch_wal();
SELECT pg_ls_waldir();
SELECT id, ssn FROM people WHERE id IN (1, 12) ORDER BY 1;
