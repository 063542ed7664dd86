-- What a masked cell shows, who can make a seal, and what happens without a key.
SET timezone = 'UTC';
SET client_min_messages = warning;

CREATE ROLE regress_mask_reader;
SELECT journey.create_purpose('regress_mask') IS NOT NULL AS created;
SELECT journey.grant_purpose('regress_mask_reader', 'regress_mask');
SELECT journey.consent_give('mask-yes', 'regress_mask') > 0 AS given;

-- a key that is the same in every run
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_mask.key';
SET journey.key_file = 'regress_mask.key';
SELECT journey.key_check();

CREATE DOMAIN regress_short AS text;
CREATE DOMAIN regress_positive AS int CHECK (VALUE > 0);
CREATE TABLE public.regress_cells (
	who text, t text, v varchar(30), c char(40), d regress_short, u uuid, n bigint, b bytea,
	p text, k text, kc varchar(8), amount numeric(6,2), day date, at timestamptz, tags text[], mood regress_positive, hidden jsonb);
INSERT INTO public.regress_cells VALUES
	('mask-yes', 'x', 'x', 'x', 'x', '00000000-0000-4000-8000-000000000001', 1, 'x', 'alice@example.com', '김철수민', '12345678', 1.5, '2026-01-01', '2026-01-01', '{a}', 7, '{"a": 1}'),
	('mask-no', 'x', 'x', 'x', 'x', '00000000-0000-4000-8000-000000000001', 1, 'x', 'alice@example.com', '김철수민', '12345678', 1.5, '2026-01-01', '2026-01-01', '{a}', 7, '{"a": 1}'),
	('mask-no', 'y', 'y', 'y', 'y', '00000000-0000-4000-8000-000000000002', 2, 'y', 'bo', '김', '1', 2.5, '2026-01-02', '2026-01-02', '{b}', 8, '{"a": 2}'),
	('mask-no', '', '', '', '', NULL, NULL, '', '', '', '', 0, NULL, NULL, '{}', NULL, 'null'),
	('mask-no', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(NULL, 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
GRANT SELECT ON public.regress_cells TO regress_mask_reader;
SELECT journey.protect('public.regress_cells', 'who', '{
	"t": {"mask": "token", "class": "x", "allow_low_entropy": true}, "v": {"mask": "token", "class": "x", "allow_low_entropy": true}, "c": {"mask": "token", "class": "x", "allow_low_entropy": true},
	"d": {"mask": "token", "class": "other", "allow_low_entropy": true}, "u": {"mask": "token", "class": "x", "allow_low_entropy": true},
	"n": {"mask": "token", "class": "x", "allow_low_entropy": true}, "b": {"mask": "token", "class": "x", "allow_low_entropy": true},
	"p": {"mask": "partial", "keep_first": 1, "keep_last": 4}, "k": {"mask": "partial", "keep_first": 1, "min_hidden": 2},
	"kc": {"mask": "partial", "keep_last": 2},
	"amount": {"mask": "constant", "value": 9.999}, "day": {"mask": "constant", "value": "1970-01-01"},
	"at": {"mask": "constant", "value": "2000-01-01 00:00+00"}, "tags": {"mask": "constant", "value": "{none}"},
	"mood": {"mask": "constant", "value": 1}}');

-- one allowed row, then denied ones; values, empty values and NULL look alike
SET ROLE regress_mask_reader;
SET journey.purpose = 'regress_mask';
SELECT t, v, c FROM regress_cells;
SELECT d, u, n, b FROM regress_cells;
SELECT p, k, kc FROM regress_cells;
SELECT who, amount, day, at, tags, mood, hidden FROM regress_cells;

-- the type, the length and the collation are those of the column
SELECT pg_typeof(v), pg_typeof(c), pg_typeof(d), pg_typeof(amount), pg_typeof(tags), pg_typeof(mood) FROM regress_cells LIMIT 1;
SELECT format_type(atttypid, atttypmod), collname FROM pg_attribute a LEFT JOIN pg_collation l ON l.oid = attcollation
WHERE attrelid = 'regress_cells'::regclass AND attname IN ('v', 'c', 'amount') ORDER BY attnum;
SELECT count(DISTINCT t) FROM regress_cells WHERE t > 'tok';

-- constants do not follow the settings of the session
SET timezone = 'Asia/Seoul'; SET datestyle = 'SQL, DMY';
SELECT DISTINCT day, at FROM regress_cells WHERE who IS NULL;
SET timezone = 'UTC'; RESET datestyle;

-- another purpose: other tokens, also inside one statement; without one everything is masked
RESET ROLE;
SELECT journey.create_purpose('regress_mask.other') > 0 AS created;
SET ROLE regress_mask_reader;
SELECT set_config('journey.purpose', p, false), (SELECT max(t) FROM regress_cells WHERE who IS NULL AND v.p <> '') AS token
FROM (VALUES ('regress_mask'), ('regress_mask.other'), ('regress_mask')) v (p);
RESET journey.purpose;
SELECT t, u, p, amount FROM regress_cells LIMIT 2;
SET journey.purpose = 'regress_mask';

-- Nobody but the owner of the extension makes a seal, so nobody calls the mask on values of their choice.
SELECT journey._cell('guess'::text, 'mask-yes', NULL);
SELECT journey._row('mask-yes', NULL);
SELECT journey._cell('guess'::text, 'mask-yes', '00000000-0000-4000-8000-000000000001 t');
\set VERBOSITY terse
SELECT '{00000000-0000-4000-8000-000000000001}'::journey._seal[];
SELECT journey._seal_in('00000000-0000-4000-8000-000000000001');
SELECT journey._seal_in('not even a uuid');
SELECT CAST('00000000-0000-4000-8000-000000000001' || '' AS journey._seal);
SELECT s FROM jsonb_to_record('{"s": "00000000-0000-4000-8000-000000000001"}') AS r(s journey._seal);
PREPARE sealed(journey._seal) AS SELECT journey._cell('guess'::text, 'mask-yes', $1);
EXECUTE sealed('00000000-0000-4000-8000-000000000001 t');
EXECUTE sealed(NULL);
DEALLOCATE sealed;
CREATE FUNCTION pg_temp.g(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s journey._seal := $1;
BEGIN RETURN journey._cell('guess'::text, 'mask-yes', s); END $$;
SELECT pg_temp.g('00000000-0000-4000-8000-000000000001 t');
SELECT pg_temp.g(NULL);
DROP FUNCTION pg_temp.g(text);
CREATE TEMP TABLE seals (s journey._seal);
CREATE DOMAIN pg_temp.seal AS journey._seal;
CREATE FUNCTION pg_temp.f(s journey._seal DEFAULT '00000000-0000-4000-8000-000000000001') RETURNS text
  LANGUAGE sql AS $$ SELECT journey._cell('guess'::text, 'mask-yes', s) $$;
CREATE FUNCTION pg_temp.f(text) RETURNS journey._seal LANGUAGE sql AS $$ SELECT NULL::journey._seal $$;
CREATE CAST (bytea AS journey._seal) WITHOUT FUNCTION;
CREATE CAST (text AS journey._seal) WITH INOUT;
CREATE AGGREGATE pg_temp.a(text, journey._seal) (sfunc = journey._cell, stype = text);
CREATE AGGREGATE pg_temp.b(journey._seal) (sfunc = array_append, stype = journey._seal[], initcond = '{00000000-0000-4000-8000-000000000001}');

-- nor do they touch what belongs to it
SELECT policy FROM journey.policy;
SELECT journey.key_check();
SELECT journey.protect('public.regress_cells', 'who');
SELECT journey.refresh('public.regress_cells');
SELECT journey.unprotect('public.regress_cells');
SELECT journey._set_rights('public.regress_cells', 0::int2, NULL);
SET journey.key_file = '/dev/null';
SELECT count(*) FROM pg_settings WHERE name = 'journey.key_file';
RESET ROLE;

-- A superuser's seal must be well formed; bytes are refused even then.
SELECT '00000000-0000-4000-8000-000000000001'::journey._seal, '00000000-0000-4000-8000-000000000001 a "b" c'::journey._seal;
SELECT ''::journey._seal;
SELECT '00000000-0000-4000-8000-000000000001 '::journey._seal;
SELECT '00000000-0000-4000-8000-000000000001,t'::journey._seal;
SELECT '00000000-0000-4000-8000-00000000000g t'::journey._seal;
SELECT ('00000000-0000-4000-8000-000000000001 ' || repeat('x', 63))::journey._seal IS NOT NULL AS fits;
SELECT ('00000000-0000-4000-8000-000000000001 ' || repeat('x', 64))::journey._seal;
CREATE TEMP TABLE seals AS SELECT '00000000-0000-4000-8000-000000000001 t'::journey._seal AS s;
COPY seals TO PROGRAM 'cat > regress_mask.seals' (FORMAT binary);
COPY seals FROM PROGRAM 'cat regress_mask.seals; rm regress_mask.seals' (FORMAT binary);
DROP TABLE seals;
\set VERBOSITY default

-- a seal that names nothing, or that is not the same in every call, opens nothing
SET journey.purpose = 'regress_mask';
SELECT journey.grant_purpose(CURRENT_USER::regrole, 'regress_mask');
SELECT journey._cell('raw'::text, 'mask-yes', '00000000-0000-4000-8000-000000000001 t');
SELECT journey._row('mask-yes', '00000000-0000-4000-8000-000000000001');
SELECT r.id AS row_seal, c.id || ' t' AS cell_seal
FROM journey.policy r, journey.policy c WHERE r.mask = 'row' AND c.column_name = 't' \gset
SELECT journey._row(who, :'row_seal') AS row, journey._row(who, :'cell_seal') AS cell FROM unnest('{mask-yes,mask-no}'::text[]) who;
SELECT journey._cell('raw'::text, 'mask-yes', s)
FROM (SELECT (id || ' t')::journey._seal AS s FROM journey.policy WHERE column_name = 't' OFFSET 0) p;
SELECT journey.revoke_purpose(CURRENT_USER::regrole, 'regress_mask');

-- a policy that is gone, or of another type, closes the column for everybody
BEGIN;
UPDATE journey.policy SET column_type = 'varchar' WHERE column_name = 't';
DELETE FROM journey.policy WHERE column_name = 'u';
UPDATE journey.policy SET column_name = 'elsewhere' WHERE column_name = 'b';
UPDATE journey.policy SET mask = 'public', value = NULL WHERE column_name = 'amount';
SET LOCAL ROLE regress_mask_reader;
SELECT t, u, b, amount, v FROM regress_cells LIMIT 1;
ROLLBACK;

-- Keys that we do not trust: an error for administrators, NULL and one warning for readers.
SET client_min_messages = notice;
SET journey.key_file = '';
SELECT journey.key_check();
SET journey.key_file = 'regress_missing.key';
SELECT journey.key_check();
SET journey.key_file = 'base';
SELECT journey.key_check();
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; ln -sf regress_mask.key regress_link.key; mkfifo -m 600 regress_pipe.key; (umask 077; echo 0011 > regress_short.key; (cat regress_mask.key; echo) > regress_long.key; tr 7 g < regress_mask.key > regress_g.key; cp regress_mask.key regress_open.key; chmod 640 regress_open.key)';
SET journey.key_file = 'regress_link.key';
SELECT journey.key_check();
SET journey.key_file = 'regress_pipe.key';
SELECT journey.key_check();
SET journey.key_file = 'regress_short.key';
SELECT journey.key_check();
SET journey.key_file = 'regress_long.key';
SELECT journey.key_check();
SET journey.key_file = 'regress_g.key';
SELECT journey.key_check();
SET journey.key_file = 'regress_open.key';
SELECT journey.key_check();
SET ROLE regress_mask_reader;
SELECT t, u, p, amount FROM regress_cells LIMIT 2;
RESET ROLE;

-- the same file, put right, and then lost
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; chmod 600 regress_open.key';
SELECT journey.key_check();
SET ROLE regress_mask_reader;
SELECT t, u, p, amount FROM regress_cells LIMIT 2;
RESET ROLE;
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; chmod 604 regress_open.key';
SELECT journey.key_check();
-- two files in one statement
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; (umask 077; tr 7 6 < regress_mask.key > regress_other.key)';
SELECT set_config('journey.key_file', 'regress_mask.key', false), journey.key_check(),
       set_config('journey.key_file', 'regress_other.key', false), journey.key_check() AS other;
SET journey.key_file = 'regress_open.key';
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm -f regress_*.key';
SET ROLE regress_mask_reader;
SELECT t, u, p, amount FROM regress_cells LIMIT 2;
RESET ROLE;

-- tidy up
RESET journey.key_file;
SELECT journey.unprotect('public.regress_cells');
DROP TABLE public.regress_cells;
DROP DOMAIN regress_short, regress_positive;
SELECT journey.revoke_purpose('regress_mask_reader', 'regress_mask');
DROP ROLE regress_mask_reader;
