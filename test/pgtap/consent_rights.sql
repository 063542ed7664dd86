-- Who may do what with the tables and functions of consent.
BEGIN;
SELECT plan(67);
SET LOCAL search_path = public, pg_catalog;

SELECT is_empty($$
  SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
   WHERE c.relnamespace = 'journey'::regnamespace AND c.relname IN
         ('purpose', 'reader_purpose', 'subject', 'ledger', 'state', '_state_expected', 'purpose_number_seq', 'subject_number_seq', 'ledger_seq_seq')
     AND a.grantee <> c.relowner $$, 'nobody but the owner has rights on a table');
SELECT is_empty($$
  SELECT oid::regprocedure FROM pg_proc
   WHERE pronamespace = 'journey'::regnamespace AND prosecdef
     AND (NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
          OR proname NOT IN ('verify_receipt', '_is_protected', '_finds_by_name')
             AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)) $$,
  'definer functions have a search_path of their own and are not for everybody, but for the check of a receipt, whether a relation is protected, and what its writers must know');
SELECT is((SELECT row(provolatile, proparallel, proisstrict, proleakproof, prosecdef)::text FROM pg_proc WHERE oid = 'journey.consented(text, text)'::regprocedure),
          '(s,s,f,f,f)', 'consented() is stable, parallel safe, answers NULL, is not leakproof and runs as the caller');

CREATE ROLE regress_pgtap_reader;
CREATE SCHEMA regress_pgtap AUTHORIZATION regress_pgtap_reader;
CREATE ROLE regress_pgtap_app;
CREATE ROLE regress_pgtap_officer;
GRANT EXECUTE ON FUNCTION journey.consent_give,
  journey.consent_withdraw TO regress_pgtap_app;
GRANT EXECUTE ON FUNCTION journey.create_purpose(text, text), journey.grant_purpose(regrole, text, timestamptz, timestamptz),
  journey.revoke_purpose(regrole, text), journey.state_check() TO regress_pgtap_officer;
SELECT journey.create_purpose('qx');

-- A reader sees no table, changes none, and cannot call what writes.
SET LOCAL ROLE regress_pgtap_reader;
SELECT throws_ok(format('SELECT 1 FROM journey.%I LIMIT 1', t), '42501', NULL, 'a reader cannot read ' || t)
  FROM unnest(ARRAY['purpose', 'reader_purpose', 'subject', 'ledger', 'state', '_state_expected', 'ledger_seq_seq', 'chain']) t;
SELECT throws_ok(q, '42501', NULL, 'a reader cannot: ' || q) FROM unnest(ARRAY[
  'INSERT INTO journey.purpose (name) VALUES (''qy'')',
  'INSERT INTO journey.reader_purpose (reader, purpose) VALUES (''regress_pgtap_reader'', 1)',
  'INSERT INTO journey.subject (name) VALUES (''q1'')',
  'INSERT INTO journey.ledger (subject, purpose, action) VALUES (1, 1, ''give'')',
  'INSERT INTO journey.state (subject, purpose, given) VALUES (1, 1, 1)',
  'UPDATE journey.state SET withdrawn = 0',
  'UPDATE journey.subject SET restricted = false',
  'DELETE FROM journey.ledger',
  'TRUNCATE journey.ledger',
  'LOCK TABLE journey.state IN ACCESS EXCLUSIVE MODE',
  'CREATE TABLE journey.mine ()',
  'CREATE TABLE regress_pgtap.probe (s bigint REFERENCES journey.subject)',
  'CREATE TRIGGER t BEFORE INSERT ON journey.ledger EXECUTE FUNCTION journey._ledger_refuse()',
  'ALTER TABLE journey.ledger DISABLE TRIGGER append_only',
  'SELECT nextval(''journey.ledger_seq_seq'')',
  'SELECT journey.create_purpose(''qx'')',
  'SELECT journey.grant_purpose(''regress_pgtap_reader'', ''qx'')',
  'SELECT journey.revoke_purpose(''regress_pgtap_reader'', ''qx'')',
  'SELECT journey.consent_give(''q1'', ''qx'')',
  'SELECT journey.consent_withdraw(''q1'', ''qx'')',
  'SELECT journey.consent_refuse(''q1'', ''qx'')',
  'SELECT journey.consent_renew(''q1'', ''qx'')',
  'SELECT journey.consent_object(''q1'', ''qx'')',
  'SELECT journey.consent_expire(''q1'', ''qx'')',
  'SELECT journey.consent_expire_due()',
  'SELECT journey.subject_restrict(''q1'')',
  'SELECT journey.subject_lift(''q1'')',
  'SELECT journey.consent_record(''[]'')',
  'INSERT INTO journey.chain VALUES (1, 1, 1, '''')',
  'UPDATE journey.chain SET seq = 1',
  'SELECT * FROM journey.ledger_verify()',
  'SELECT journey.ledger_head()',
  'SELECT journey.consented(''q1'', ''qx'', now())',
  'SELECT * FROM journey.consent_as_of(now())',
  'SELECT * FROM journey.coverage(''pg_class'', ''qx'')',
  'SELECT journey.consent_receipt(1)',
  'SELECT journey.consent_receipt(''q1'', ''qx'')',
  'SELECT journey.subject_record(''q1'')',
  'SELECT journey.subject_export(''q1'')',
  'SELECT journey._consent_record(NULL, ''give'', ''q1'', ''qx'', true, true, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL)',
  'SELECT journey._purpose_number(''qx'')',
  'SELECT journey._state_rebuild()',
  'SELECT * FROM journey.state_check()']) q;
SET LOCAL client_min_messages = error;
SELECT ok(NOT journey.consented('q1', 'qx'), 'a reader may ask');
RESET client_min_messages;

-- A program that records consent needs EXECUTE and nothing else, and gets nothing else.
SET LOCAL ROLE regress_pgtap_app;
SELECT ok(journey.consent_give('q1', 'qx', evidence => '{"a": 1}') < journey.consent_withdraw('q1', 'qx'), 'the program records');
SELECT throws_ok('SELECT journey.consent_refuse(''q1'', ''qx'')', '42501', NULL, 'what it was not given it cannot call');
SELECT throws_ok('TABLE journey.ledger', '42501', NULL, 'and cannot read what it wrote');
-- Whatever it puts in its way.
CREATE TEMP TABLE subject (number bigint, name text);
CREATE TEMP TABLE ledger (seq bigint);
CREATE TEMP TABLE state (seq bigint);
CREATE TEMP TABLE chain (place bigint, seq bigint);
SET LOCAL search_path = pg_temp;
SELECT journey.consent_give('q1', 'qx') > 0 AS given \gset
-- as at the commit
SET CONSTRAINTS ALL IMMEDIATE;
SET LOCAL search_path = public, pg_catalog;
SELECT ok(:'given', 'shadowing tables do no harm');
SELECT is((SELECT count(*)::int FROM (SELECT FROM pg_temp.ledger UNION ALL SELECT FROM pg_temp.state UNION ALL SELECT FROM pg_temp.chain) t), 0, 'and are not written');

-- The officer grants and takes back, and sees no consent.
SET LOCAL ROLE regress_pgtap_officer;
SELECT lives_ok('SELECT journey.create_purpose(''qx.a''), journey.grant_purpose(''regress_pgtap_reader'', ''qx.a'')', 'the officer grants');
SELECT ok(journey.revoke_purpose('regress_pgtap_reader', 'qx.a'), 'and takes back');
SELECT throws_ok('TABLE journey.state', '42501', NULL, 'but sees no consent');

RESET ROLE;
SELECT is((SELECT array_agg(l.action ORDER BY seq) FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject WHERE s.name = 'q1'),
          ARRAY['give', 'withdraw', 'give'], 'the ledger has what the program recorded');
SELECT is((SELECT DISTINCT recorded_by FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject WHERE s.name = 'q1'),
          session_user, 'under the name of who logged in');

SELECT is((SELECT count(*)::int FROM journey.chain c JOIN journey.ledger l USING (seq) JOIN journey.subject s ON s.number = l.subject WHERE s.name = 'q1'),
          3, 'with a place in the chain, which the program was not given a right on');
SELECT is_empty('SELECT * FROM journey.ledger_verify()', 'and the chain is whole');

SELECT finish();
ROLLBACK;
