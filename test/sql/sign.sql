-- Signatures: made with a key that follows from the root key, checked by anybody.
\set VERBOSITY terse
SELECT journey.signing_key();
SELECT journey._sign('x');
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_sign.key';
SET journey.key_file = 'regress_sign.key';
SELECT journey.signing_key() AS key \gset
SELECT :'key';
SELECT journey._sign('message') AS signature \gset
SELECT length(:'signature'::bytea), :'signature' = journey._sign('message') AS same, :'signature' = journey._sign('other') AS other;
SELECT journey._verify('message', :'signature', :'key') AS fits,
	journey._verify('Message', :'signature', :'key') AS message,
	journey._verify('', :'signature', :'key') AS empty,
	journey._verify('message', set_byte(:'signature', 63, get_byte(:'signature', 63) # 1), :'key') AS signature,
	journey._verify('message', substr(:'signature'::bytea, 1, 63), :'key') AS short,
	journey._verify('message', :'signature'::bytea || '\x00', :'key') AS long,
	journey._verify('message', '', :'key') AS none,
	journey._verify('message', :'signature', upper(:'key')) AS upper,
	journey._verify('message', :'signature', repeat('00', 32)) AS small_order,
	journey._verify('message', :'signature', 'no key') AS no_key,
	journey._verify('message', :'signature', '') AS empty_key,
	journey._verify('message', :'signature', NULL) AS null_key;
SELECT journey._sign(NULL) IS NULL AS null;

-- readers neither sign nor see the key
CREATE ROLE regress_sign_reader;
SET ROLE regress_sign_reader;
SELECT journey._sign('x');
SELECT journey.signing_key();
SELECT journey._verify('message', :'signature', :'key') AS fits;
RESET ROLE;
GRANT EXECUTE ON FUNCTION journey.signing_key() TO regress_sign_reader;
SET ROLE regress_sign_reader;
SELECT journey.signing_key();
RESET ROLE;
REVOKE EXECUTE ON FUNCTION journey.signing_key() FROM regress_sign_reader;
DROP ROLE regress_sign_reader;

-- a signature is checked without any key here
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm regress_sign.key';
SELECT journey._verify('message', :'signature', :'key') AS fits;
SELECT journey._sign('message');
RESET journey.key_file;

-- a key from a command: the same key, once a session; a file goes before it
CREATE FUNCTION pg_temp.detail() RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
	RETURN journey.signing_key();
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || SQLERRM || ': ' || detail;
END $$;
SET journey.key_command = 'echo run >> regress_sign.count; printf "0011223344556677%.0s" 1 2 3 4';
SELECT journey.signing_key() = :'key' AS same;
SELECT journey.signing_key() = :'key' AS same;
SELECT length(pg_read_file('regress_sign.count')) / 4 AS runs;
SET journey.key_command = 'echo 0011';
SELECT pg_temp.detail();
SET journey.key_command = 'exit 3';
SELECT pg_temp.detail();
SET journey.key_command = 'printf "0011223344556677%.0s" 1 2 3 4; exit 1';
SELECT pg_temp.detail();
SET journey.key_command = 'printf "0011223344556677%.0s" 1 2 3 4';
SET journey.key_file = 'regress_missing.key';
SELECT pg_temp.detail();
RESET journey.key_file;
SELECT pg_temp.detail() = :'key' AS same;
SET journey.key_command = '';
SELECT pg_temp.detail();
SELECT count(*) AS hidden FROM pg_settings WHERE name = 'journey.key_command' AND context = 'superuser';
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm regress_sign.count';
