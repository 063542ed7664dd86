-- TOAST tables and large objects
SELECT 'pg_toast.' || t.relname AS toast FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relname = 'people' AND c.relkind = 'r' \gset
SELECT count(*) FROM :toast;
SELECT chunk_data FROM :toast LIMIT 1;
SELECT lo_from_bytea(0, convert_to(coalesce(essay, 'none'), 'UTF8')) AS oid FROM people WHERE id = 1 \gset
SELECT convert_from(lo_get(:oid), 'UTF8');
SELECT lo_unlink(:oid);
SELECT lo_export(0, '/tmp/x');
SELECT * FROM pg_largeobject;
SELECT left(essay, 20), length(essay), md5(essay), essay = repeat('x', 3) FROM people WHERE id IN (1, 2, 12) ORDER BY id;
SELECT substr(essay, 1, 20) FROM people WHERE user_id = 'refused';
