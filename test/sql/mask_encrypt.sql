-- Encrypted cells, the data keys of subjects, erasing, receipts and rotation.
SET client_min_messages = warning;
CREATE ROLE regress_encrypt_reader;
SELECT journey.create_purpose('regress_encrypt') > 0 AS created;
SELECT journey.grant_purpose('regress_encrypt_reader', 'regress_encrypt');
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_encrypt.key';
CREATE TABLE public.regress_sealed (n int, who text, t text, b bytea, d jsonb);
INSERT INTO public.regress_sealed VALUES
	(1, 'sealed-a', 'secret', '\x01', '{"x": "y"}'), (2, 'sealed-a', 'secret', '\x', '{}'), (3, 'sealed-b', 'secret', NULL, '{"x": "a longer secret than the others are"}'),
	(4, 'sealed-b', NULL, NULL, NULL), (5, NULL, 'x', 'x', '{"x": 1}'), (6, repeat('s', 1025), 'x', 'x', '{"x": 1}'), (7, 'sealed-c', repeat('가', 5000), '\x00', '[]');
GRANT SELECT ON public.regress_sealed TO regress_encrypt_reader;

-- nothing without a key
SET journey.key_file = '';
\set VERBOSITY terse
SELECT journey.protect('public.regress_sealed', 'who', '{"t": "encrypt"}');
SELECT journey._new_subject_key('sealed-a', 0);
SELECT journey.subject_erase('sealed-a');
SELECT journey.subject_digest('sealed-a');
SELECT journey.key_rotate();
\set VERBOSITY default
SET journey.key_file = 'regress_encrypt.key';

SELECT journey.protect('public.regress_sealed', 'who', '{"n": "public", "t": "encrypt", "b": "encrypt", "d->>''x''": "encrypt"}');
SELECT subject, epoch, length(wrapped) FROM journey.subject_key ORDER BY 1, 2;
SET ROLE regress_encrypt_reader;
SET journey.purpose = 'regress_encrypt';
SELECT n, length(t) AS t, t ~ '^[A-Za-z0-9_-]+$' AS letters, length(b) AS b, length(d ->> 'x') AS x FROM regress_sealed ORDER BY n;
-- the same cell is the same message, but no other cell
SELECT count(t) - count(DISTINCT t) AS equal, (SELECT t FROM regress_sealed WHERE n = 1) = (SELECT t FROM regress_sealed WHERE n = 2) AS one_subject FROM regress_sealed;
CREATE TEMP TABLE copies AS SELECT * FROM regress_sealed;
GRANT ALL ON copies TO PUBLIC;
\set VERBOSITY terse
SELECT journey.decrypt('x', 'public.regress_sealed', 't', 'sealed-a');
SELECT journey._decrypt('x', 'public.regress_sealed.t', 'sealed-a');
SELECT * FROM journey.subject_key;
SELECT journey.make_subject_keys('regress_sealed');
SELECT journey.subject_erase('sealed-a');
SELECT journey.key_rotate();
RESET ROLE;
SELECT n, left(journey.decrypt(c.t, 'public.regress_sealed', 't', r.who), 10) AS t, journey.decrypt(c.b, 'public.regress_sealed', 'b', r.who) AS b,
	journey.decrypt(c.d ->> 'x', 'public.regress_sealed', 'd ->> ''x''', r.who) AS x
FROM journey_base.regress_sealed r JOIN copies c USING (n) WHERE n IN (1, 2, 3, 4, 7) ORDER BY n;
SELECT length(journey.decrypt(t, 'public.regress_sealed', 't', 'sealed-c')) AS whole FROM copies WHERE n = 7;

-- one error, whatever is wrong
SELECT journey.decrypt(t, 'public.regress_sealed', 't', 'sealed-b') FROM copies WHERE n = 1;
SELECT journey.decrypt(t, 'public.regress_sealed', 't', 'nobody') FROM copies WHERE n = 1;
SELECT journey.decrypt(t, 'public.regress_sealed', 'b', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt(t, 'public.other', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt(b, 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt(left(t, -4), 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt(t || '=', 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt(overlay(t PLACING 'AAAA' FROM 60), 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.decrypt('', 'public.regress_sealed', 't', 'sealed-a');
SELECT journey.decrypt('\x', 'public.regress_sealed', 'b', 'sealed-a'), journey.decrypt(NULL::text, 'a', 'b', 'c') IS NULL AS null;
SELECT journey.decrypt('\x'::bytea, 'public.regress_sealed', 'b', 'sealed-a');
\set VERBOSITY default

-- the next epoch: other messages, the old ones can still be read
SELECT journey.key_rotate('no such class') AS none, journey.key_rotate('public.regress_sealed.t') AS one, journey.key_rotate() AS all;
SELECT c.column_name, c.epoch, (c.paths)[1].epoch AS path FROM journey.policy c WHERE c.mask IN ('encrypt', 'paths') ORDER BY 1;
SELECT subject, array_agg(epoch ORDER BY epoch) FROM journey.subject_key GROUP BY 1 ORDER BY 1;
SET ROLE regress_encrypt_reader;
SELECT count(*) AS as_before FROM regress_sealed s JOIN copies c USING (t, b);
SELECT count(t) AS shown FROM regress_sealed;
RESET ROLE;
SELECT journey.decrypt(t, 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;

-- erased: no key, no cell, no way back; and a receipt
SELECT journey.subject_erase('sealed-a', source => 'letter') AS receipt \gset
SELECT :'receipt'::jsonb - 'signature' - 'erased_at' - 'ledger' - 'subject' - 'scope' AS receipt;
-- the digest tells nobody without the key whose receipt it is
SELECT d = journey.subject_digest('sealed-a') AS of_a, d <> journey.subject_digest('sealed-b') AS not_of_b, d ~ '^[0-9a-f]{64}$' AS hex,
	d NOT IN (encode(sha256('sealed-a'), 'hex'), encode(sha512('sealed-a'), 'hex')) AS keyed, journey.subject_digest(NULL) IS NULL AS no_name
FROM CAST(:'receipt'::jsonb ->> 'subject_digest' AS text) d;
SELECT (:'receipt'::jsonb ->> 'subject')::bigint = s.number AND s.erased AS marked, l.action, l.source, l.purpose
FROM journey.subject s JOIN journey.ledger l ON l.subject = s.number AND l.seq = (:'receipt'::jsonb ->> 'ledger')::bigint WHERE s.name = 'sealed-a';
SELECT journey.verify_receipt(:'receipt') AS good,
	journey.verify_receipt(:'receipt', journey.signing_key()) AS with_key,
	journey.verify_receipt(:'receipt', upper(journey.signing_key())) AS upper,
	journey.verify_receipt(:'receipt', repeat('ab', 32)) AS other_key,
	journey.verify_receipt(:'receipt'::jsonb || '{"keys_destroyed": 9}') AS changed,
	journey.verify_receipt(:'receipt'::jsonb || '{"more": null}') AS more,
	journey.verify_receipt(:'receipt'::jsonb - 'scope') AS less,
	journey.verify_receipt(:'receipt'::jsonb || '{"signature": "zz"}') AS no_hex,
	journey.verify_receipt(:'receipt'::jsonb - 'signature') AS unsigned,
	journey.verify_receipt('{}') AS empty, journey.verify_receipt('[]') AS no_object, journey.verify_receipt(NULL) AS null;
\set VERBOSITY terse
SELECT journey.decrypt(t, 'public.regress_sealed', 't', 'sealed-a') FROM copies WHERE n = 1;
SELECT journey.subject_erase(NULL);
SELECT journey.subject_erase('');
SELECT journey.subject_erase(repeat('x', 1025));
\set VERBOSITY default
SELECT journey.refresh('public.regress_sealed'), journey.make_subject_keys('public.regress_sealed') AS made;
SELECT DISTINCT subject FROM journey.subject_key ORDER BY 1;
SET ROLE regress_encrypt_reader;
SELECT n, t IS NULL AS t, b IS NULL AS b, d ->> 'x' IS NULL AS x FROM regress_sealed WHERE n < 4 ORDER BY n;
RESET ROLE;
SELECT journey.subject_erase('sealed-a') ->> 'keys_destroyed' AS again, journey.subject_erase('sealed-new') ->> 'keys_destroyed' AS unknown;
-- a name that was mistyped, perhaps
SET client_min_messages = notice;
SELECT journey.subject_erase('sealed-typo') ->> 'keys_destroyed' AS typo;
SELECT journey.subject_erase('sealed-typo') ->> 'keys_destroyed' AS known_now;
SET client_min_messages = warning;

-- who came later waits for refresh()
INSERT INTO journey_base.regress_sealed VALUES (8, 'sealed-d', 'late', '\x08', '{"x": "late"}');
SET ROLE regress_encrypt_reader;
SELECT t IS NULL AS waits FROM regress_sealed WHERE n = 8;
RESET ROLE;
SELECT journey.refresh('public.regress_sealed');
SET ROLE regress_encrypt_reader;
SELECT t IS NULL AS waits FROM regress_sealed WHERE n = 8;
RESET ROLE;

-- another root key opens nothing, and says no more
COPY (SELECT repeat('8899aabbccddeeff', 4)) TO PROGRAM 'umask 077; cat > regress_encrypt2.key';
SET journey.key_file = 'regress_encrypt2.key';
SET ROLE regress_encrypt_reader;
SELECT count(t) AS t, count(b) AS b FROM regress_sealed;
RESET ROLE;
SELECT journey.verify_receipt(:'receipt') AS by_another_server;
SELECT journey.subject_digest('sealed-a') <> :'receipt'::jsonb ->> 'subject_digest' AS another_key;
\set VERBOSITY terse
SELECT journey.decrypt(t, 'public.regress_sealed', 't', 'sealed-b') FROM copies WHERE n = 3;
\set VERBOSITY default

SELECT journey.unprotect('public.regress_sealed');
DROP TABLE public.regress_sealed, copies;
TRUNCATE journey.subject_key;
SELECT journey.revoke_purpose('regress_encrypt_reader', 'regress_encrypt');
DROP ROLE regress_encrypt_reader;
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm regress_encrypt.key regress_encrypt2.key';
