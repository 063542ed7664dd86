-- Threats that are not a reader's statement: of who records, decrypts, erases,
-- administers.  Each name begins with the number of its threat in the list that
-- doc/prove.md shows; those of readers are attacks of test/prove.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL search_path = public, pg_catalog;
CREATE ROLE threat_reader;
CREATE ROLE threat_writer;
CREATE ROLE threat_officer;
SELECT journey.create_purpose('threat'), journey.create_purpose('threat.part'), journey.grant_purpose('threat_reader', 'threat');
COPY (SELECT repeat('0123456789abcdef', 4)) TO PROGRAM 'umask 077; cat > threats.key';
SET LOCAL journey.key_file = 'threats.key';
-- what the ledger says; a reader sees nothing of what its own transaction records
CREATE FUNCTION pg_temp.shown(name text) RETURNS boolean LANGUAGE sql AS
	$$SELECT journey.consented(name, 'threat', clock_timestamp())$$;

-- 57: what others put into the schema before (test/t/install.pl goes on)
SELECT ok(NOT trusted AND superuser AND NOT relocatable AND schema = 'journey', '57: only superusers install it, and only there')
FROM pg_available_extension_versions WHERE name = 'journey';
SELECT is_empty($$
	SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d
	WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = 'journey'::regnamespace AND d.classid <> 'pg_extension'::regclass
	  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype IN ('e', 'i'))
$$, '57: nothing in the schema but what belongs to the extension');
SELECT is_empty($$
	SELECT c.oid::regclass::text FROM pg_class c CROSS JOIN aclexplode(c.relacl) x WHERE c.relnamespace = 'journey'::regnamespace AND x.grantee NOT IN (0, c.relowner)
	UNION ALL
	SELECT p.oid::regprocedure::text FROM pg_proc p CROSS JOIN aclexplode(p.proacl) x WHERE p.pronamespace = 'journey'::regnamespace AND x.grantee NOT IN (0, p.proowner)
$$, '57: no role but the owner was named in the rights of an object of the extension');

-- 72: who may choose values sees no mask that tells equal ones
CREATE TABLE chosen (id int PRIMARY KEY, who text, mail text, alias text, pay int, diary text);
INSERT INTO chosen SELECT i, 's' || i, 'm' || i, 'a' || i, i, 'd' || i FROM generate_series(1, 40) i;
GRANT SELECT, INSERT, UPDATE ON chosen TO threat_writer;
SELECT isnt_empty(format($$SELECT FROM journey.protect('chosen', subject => 'who', writes => 'collect', columns => %L, dry_run => true)
	WHERE kind = 'note' AND object = 'command INSERT'$$, c), '72: rows are not taken whole with ' || c)
FROM unnest(ARRAY['{"id": "public", "mail": "token"}', '{"id": "public", "alias": {"mask": "fake", "kind": "email"}}',
	'{"id": "public", "diary": "encrypt"}', '{"id": "public", "pay": {"mask": "noise", "spread": 2}}']) c;
SELECT journey.protect('chosen', subject => 'who', writes => 'collect', columns => '{"id": "public", "mail": "token"}');
SET LOCAL ROLE threat_writer;
SELECT throws_ok($$INSERT INTO chosen (id, who, mail) VALUES (100, 'mine', 'm1')$$, '55000', NULL, '72: so no guess can be put beside the others');
RESET ROLE;
SELECT journey.unprotect('chosen');
SELECT ok(NOT has_function_privilege('public', p.oid, 'EXECUTE'), format('72: nobody may call %s', p.oid::regprocedure))
FROM pg_proc p WHERE p.pronamespace = 'journey'::regnamespace AND p.proname ~ '^_?(token|hash|mask|decrypt|encrypt|new_subject_key|sign|sign_if_key)$';
SELECT journey.protect('chosen', subject => 'who', writes => 'public',
	columns => '{"id": "public", "mail": "token", "alias": {"mask": "fake", "kind": "email"}, "pay": {"mask": "noise", "spread": 2}, "diary": "encrypt"}');
SET LOCAL ROLE threat_writer;
SELECT throws_ok(format('UPDATE chosen SET %I = ''1'' WHERE id = 1', c), '0A000', NULL, '72: no value can be chosen for ' || c)
FROM unnest('{mail,alias,diary,who}'::text[]) c;
SELECT throws_ok('INSERT INTO chosen (id) VALUES (100)', '55000', NULL, '72: nor can a missing value be put beside the others'' tokens');
RESET ROLE;

-- 73: tokens of few or frequent values
CREATE TABLE often (who text, sex text, name text, mail text);
INSERT INTO often SELECT 's' || i, CASE WHEN i % 2 = 0 THEN 'f' ELSE 'm' END, CASE WHEN i % 10 = 0 THEN 'Kim' ELSE 'n' || i END, 'm' || i FROM generate_series(1, 400) i;
SELECT throws_ok(format($$SELECT journey.protect('often', subject => 'who', columns => '{"%s": "token"}')$$, c), NULL, NULL,
	format('73: token is refused for %s, whose values would be counted', c))
FROM unnest('{sex,name}'::text[]) c;
SELECT lives_ok($$SELECT journey.protect('often', subject => 'who', columns => '{"mail": "token"}')$$, '73: and not for a key');

-- 79: whoever decrypts learns no more than that it failed
INSERT INTO journey_base.chosen (id, who, diary) VALUES (200, 's1', 'one'), (201, 's1', repeat('long ', 500)), (202, 's2', 'two');
CREATE TEMP TABLE sealed AS SELECT id, diary FROM chosen WHERE id IN (200, 201, 202);
SELECT is((SELECT array_agg(journey.decrypt(diary, 'public.chosen', 'diary', CASE id WHEN 202 THEN 's2' ELSE 's1' END) ORDER BY id) FROM sealed),
	ARRAY['one', repeat('long ', 500), 'two'], '79: what was encrypted can be opened');
SELECT throws_ok(format('SELECT journey.decrypt(%L, ''public.chosen'', ''diary'', ''s1'')', x.t), '22000', 'cannot decrypt', '79: one error: ' || x.what)
FROM sealed s CROSS JOIN LATERAL (VALUES
	('first character', overlay(diary PLACING CASE left(diary, 1) WHEN 'A' THEN 'Q' ELSE 'A' END FROM 1)), ('last character', left(diary, -1) || CASE right(diary, 1) WHEN 'A' THEN 'Q' ELSE 'A' END),
	('in the middle', overlay(diary PLACING CASE substr(diary, 40, 1) WHEN 'A' THEN 'B' ELSE 'A' END FROM 40)), ('cut', left(diary, 30)), ('longer', diary || 'AAAA'),
	('other letters', '!' || substr(diary, 2)), ('of another subject', (SELECT diary FROM sealed WHERE id = 202)), ('empty', '')) x (what, t)
WHERE s.id = 200 ORDER BY x.what;

-- 89: one person under two names.  Names are not merged: each has its own consent, the stricter is recorded for both
SELECT journey.consent_give('threat-mail', 'threat'), journey.consent_give('threat-id', 'threat'), journey.consent_withdraw('threat-mail', 'threat');
SELECT is(ARRAY[pg_temp.shown('threat-mail'), pg_temp.shown('threat-id')], '{f,t}', '89: what is said under a name is about that name');
SELECT is(journey.consent_record((
	SELECT jsonb_agg(jsonb_build_object('action', 'withdraw', 'subject', s, 'purpose', p.name, 'source', 'same person') ORDER BY p.name, s)
	FROM journey.purpose p CROSS JOIN unnest('{threat-mail,threat-id}'::text[]) s
	WHERE EXISTS (SELECT FROM journey.consent_as_of(clock_timestamp(), p.name) a WHERE a.subject IN ('threat-mail', 'threat-id') AND NOT a.consented))),
	4::bigint, '89: what one of the names refused is recorded for both, for purposes below as well');
SELECT is(ARRAY[pg_temp.shown('threat-mail'), pg_temp.shown('threat-id')], '{f,f}', '89: and then denied for both');
SELECT journey.consent_give('threat-mail', 'threat');
SELECT is(ARRAY[pg_temp.shown('threat-mail'), pg_temp.shown('threat-id')], '{t,f}', '89: neither speaks for the other afterwards');

-- 90: a receipt, an event or a string that is heard again
SELECT journey.consent_give('threat-90', 'threat', event_key => 'form 7') AS seq \gset
SELECT journey.consent_withdraw('threat-90', 'threat');
SELECT is(journey.consent_give('threat-90', 'threat', event_key => 'form 7'), :seq::bigint, '90: an event that is known is not recorded again');
SELECT ok(NOT pg_temp.shown('threat-90'), '90: and opens nothing');
SELECT journey.consent_give('threat-90', 'threat', said_at => now() - interval '1 day', event_key => 'copy of form 7');
SELECT ok(NOT pg_temp.shown('threat-90'), '90: nor does an older one under another key');
SELECT journey.consent_receipt('threat-90', 'threat') AS receipt \gset
SELECT throws_ok(format('SELECT journey.consent_record(%L)', jsonb_build_array(:'receipt'::jsonb)), NULL, NULL, '90: a receipt is no event');

-- 91: a TC string that somebody wrote
\set tc 'CQF9-AAQF9-AAEsABBENCWFgAIAAAAAAAAYgAAAAAAAA'
SELECT is(journey.consent_ingest_tcf('threat-91', :'tc', '{"1": "threat", "2": "threat.part"}'), 1::bigint, '91: of an untrusted string what it refuses is recorded');
SELECT is((SELECT array_agg(p.name || ': ' || l.action) FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject
	JOIN journey.purpose p ON p.number = l.purpose WHERE s.name = 'threat-91'), '{threat.part: refuse}', '91: and nothing that it gives');
SELECT ok(NOT pg_temp.shown('threat-91'), '91: so it opens nothing');
SELECT throws_ok(format('SELECT journey.consent_ingest_tcf(''threat-91'', %L, ''{"1": "threat"}'', trusted => true, cmp_ids => ''{1}'')', :'tc'),
	'22023', NULL, '91: nor does one of a CMP that is not accepted');
SELECT ok('no disclosed vendors' = ANY ((journey.tcf_decode(:'tc')).notices), '91: a missing segment is noticed');

-- 96: NULL and empty, and where one field ends, are told apart by the hash (test/unit/test_chain.c has the bytes)
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is_empty('SELECT * FROM journey.ledger_verify()', '96: the ledger is as recorded');
SELECT journey.consent_refuse('threat-96', 'threat', notice => 'ab', source => 'c') AS seq \gset
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
CREATE FUNCTION pg_temp.problem(change text, seq bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE format('UPDATE journey.ledger SET %s WHERE seq = %s', change, seq);
	SELECT problem INTO found FROM journey.ledger_verify();
	RAISE EXCEPTION USING MESSAGE = coalesce(found, 'none');
EXCEPTION WHEN raise_exception THEN
	RETURN SQLERRM;
END $$;
SELECT is(pg_temp.problem(c, :seq), 'changed', '96: seen: ' || c)
FROM unnest(ARRAY[$$notice = 'a', source = 'bc'$$, $$notice = '', source = 'abc'$$, $$source = NULL, notice = 'abc'$$, $$event_key = ''$$,
	$$evidence = 'null'$$, $$evidence = '{}'$$, $$explicit = true$$, $$recorded_at = recorded_at + interval '1 us'$$]) c;
SELECT is(pg_temp.problem('notice = notice', :seq), 'none', '96: a change of nothing is none');

-- 97: gaps
SAVEPOINT s;
SELECT journey.consent_give('threat-97', 'threat');
ROLLBACK TO s;
SELECT journey.consent_give('threat-97', 'threat');
SELECT is((SELECT count(*) FROM generate_series(1, (SELECT max(place) FROM journey.chain)) n WHERE NOT EXISTS (SELECT FROM journey.chain WHERE place = n)),
	0::bigint, '97: what was rolled back leaves no gap in the chain');
SELECT isnt((SELECT max(seq) FROM journey.ledger), (SELECT max(place) FROM journey.chain), '97: though positions have gaps');
SAVEPOINT s;
DELETE FROM journey.ledger WHERE seq = :seq;
SELECT is((SELECT problem FROM journey.ledger_verify()), 'missing', '97: a removed entry is no gap but missing');
ROLLBACK TO s;
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER append_only;

-- 100: numbers of subjects that do not fit into 32 bits, and where they end (test/t/faults.pl: memory)
ALTER TABLE journey.subject ALTER number RESTART WITH 4294967297;
SELECT journey.consent_give('threat-large', 'threat'), journey.consent_refuse('threat-larger', 'threat');
SELECT cmp_ok((SELECT number FROM journey.subject WHERE name = 'threat-large'), '>', 4294967296::bigint, '100: a number above 32 bits');
SELECT is(ARRAY[pg_temp.shown('threat-large'), pg_temp.shown('threat-larger'), pg_temp.shown('threat-id')], '{t,f,f}', '100: is nobody else''s');
ALTER TABLE journey.subject ALTER number RESTART WITH 9223372036854775807;
SELECT journey.consent_give('threat-last', 'threat');
SELECT throws_ok($$SELECT journey.consent_give('threat-too-many', 'threat')$$, '2200H', NULL, '100: when numbers end, nothing is recorded');
SELECT is(ARRAY[pg_temp.shown('threat-last'), pg_temp.shown('threat-too-many')], '{t,f}', '100: and nothing is shown');
ALTER TABLE journey.subject ALTER number RESTART WITH 4294968000;

-- 104: what is left of an erased subject
SELECT is((SELECT count(*) FROM journey.subject_key WHERE subject = 's1'), 1::bigint, '104: a subject has a key');
SELECT journey.subject_erase('s1') AS receipt \gset
SELECT is((SELECT count(*) FROM journey.subject_key WHERE subject = 's1'), 0::bigint, '104: which goes when it is erased');
SELECT is(journey.make_subject_keys('chosen'), 0::bigint, '104: and is not made again');
SELECT is((SELECT count(diary) FROM chosen WHERE id IN (1, 200, 201)), 0::bigint, '104: there is no encrypted cell of it');
SELECT throws_ok(format('SELECT journey.decrypt(%L, ''public.chosen'', ''diary'', ''s1'')', diary), '22000', 'cannot decrypt', '104: old ones cannot be read')
FROM sealed WHERE id = 200;
SELECT is((SELECT array_agg(e) FROM pg_extension x, unnest(x.extconfig) e WHERE x.extname = 'journey' AND e = 'journey.subject_key'::regclass), NULL,
	'104: keys are in no dump');
SELECT is(:'receipt'::jsonb ->> 'keys_destroyed', '1', '104: the receipt says how many');
SELECT matches(:'receipt'::jsonb ->> 'scope', 'backups', '104: and how far that reaches');
-- 105: a receipt names nobody; the log is looked at by test/t/secrets.pl
SELECT ok(position('"s1"' IN :'receipt') = 0, '105: the receipt does not name the subject');
SELECT throws_ok($$SELECT journey.subject_erase('')$$, NULL, NULL, '105: nobody');
CREATE FUNCTION pg_temp.failure(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m text; d text; h text; c text;
BEGIN
	EXECUTE q;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = PG_EXCEPTION_CONTEXT;
	RETURN concat_ws(' ', m, d, h, replace(c, q, ''));
END $$;
SELECT ok(x.problem <> '' AND position('s1' IN x.problem) = 0, '105: nor do errors: ' || q) FROM (VALUES
	($$journey.subject_erase('s1', evidence => 'x')$$), ($$journey.consent_record('[{"subject": "s1", "action": "eat"}]')$$),
	($$journey.consent_give('s1', 'no such purpose')$$)) v (q),
	LATERAL (SELECT coalesce(pg_temp.failure('SELECT ' || q), '') AS problem) x (problem);

SELECT finish();
ROLLBACK;
