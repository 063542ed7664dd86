-- The hash chain: what each kind of tampering looks like.  A superuser can do
-- all of this; that it cannot be hidden is the point.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
-- The chain as other tests have left it is whole.
SELECT * FROM journey.ledger_verify();
-- A ledger of its own, numbered from 1.
SET client_min_messages = error;
DROP EXTENSION journey CASCADE;
CREATE EXTENSION journey;
RESET client_min_messages;
SELECT place, hash, at BETWEEN now() AND clock_timestamp() AS now, signature FROM journey.ledger_head();
SELECT * FROM journey.ledger_verify();
SELECT journey.create_purpose('ch.a'), journey.create_purpose('ch.b');

-- Each transaction has places without gaps, in the order of commits; what is rolled back has none.
SELECT count(journey.consent_give('ch' || i, 'ch.a', notice => 'v1', evidence => '{"b": [1, 2.50], "a": null}')) FROM generate_series(1, 10) i;
BEGIN;
SELECT journey.consent_give('ch1', 'ch.b') AS seq;
SAVEPOINT s;
SELECT journey.consent_give('ch2', 'ch.b') AS seq;
ROLLBACK TO s;
SELECT journey.consent_withdraw('ch3', 'ch.a') AS seq;
SELECT count(*) AS not_yet FROM journey.chain;
-- what the transaction itself has not yet committed is not missing
SELECT * FROM journey.ledger_verify();
COMMIT;
BEGIN;
SELECT journey.consent_give('ch2', 'ch.b') AS seq;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) AS at_once FROM journey.chain;
SAVEPOINT s;
SELECT journey.consent_give('ch3', 'ch.b') AS seq;
ROLLBACK TO s;
SELECT journey.consent_give('ch4', 'ch.b') AS seq;
COMMIT;
BEGIN;
SELECT journey.subject_restrict('ch5') AS seq;
ROLLBACK;
SELECT journey.subject_restrict('ch5', source => 'letter') AS seq;
SELECT place, seq, version, octet_length(hash) FROM journey.chain WHERE place > 9 ORDER BY place;
SELECT count(DISTINCT hash) = count(*) AS all_differ FROM journey.chain;
SELECT * FROM journey.ledger_verify();

-- Nobody changes it by accident.
UPDATE journey.chain SET place = place;
DELETE FROM journey.chain;
TRUNCATE journey.chain;

-- The same ledger has the same hashes, on every machine: those of the first and last entry.
BEGIN;
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
UPDATE journey.ledger SET recorded_at = '2026-01-02 03:04:05.6+00'::timestamptz + seq * interval '1 second', recorded_by = 'somebody';
CREATE TEMP TABLE fixed AS SELECT * FROM journey.ledger;
ALTER TABLE journey.chain DISABLE TRIGGER append_only;
DELETE FROM journey.ledger;
DELETE FROM journey.chain;
-- rows without an xid are events, not copies
INSERT INTO journey.ledger (seq, subject, purpose, action, notice, source, evidence, recorded_at, recorded_by) OVERRIDING SYSTEM VALUE
  SELECT seq, subject, purpose, action, notice, source, evidence, recorded_at, recorded_by FROM fixed ORDER BY seq;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT place, seq, hash FROM journey.chain WHERE place IN (1, 15);
SELECT * FROM journey.ledger_verify();
ROLLBACK;

-- Tampering.  Each function does it, looks, and leaves all as it was.
CREATE FUNCTION pg_temp.after(tampering text, head journey.signed_head DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  found text;
BEGIN
  BEGIN
    ALTER TABLE journey.ledger DISABLE TRIGGER ALL;
    ALTER TABLE journey.chain DISABLE TRIGGER ALL;
    EXECUTE tampering;
    SELECT concat_ws(' ', 'place ' || v.place, 'seq ' || v.seq, v.problem) INTO found FROM journey.ledger_verify(head) v;
    RAISE EXCEPTION USING MESSAGE = coalesce(found, 'nothing'), ERRCODE = 'JN000';
  EXCEPTION WHEN SQLSTATE 'JN000' THEN
    RETURN SQLERRM;
  END;
END $$;
SELECT tampering, pg_temp.after(tampering) FROM unnest(ARRAY[
  'UPDATE journey.ledger SET action = ''refuse'' WHERE seq = 7',
  'UPDATE journey.ledger SET subject = 2 WHERE seq = 7',
  'UPDATE journey.ledger SET purpose = 3 WHERE seq = 7',
  'UPDATE journey.ledger SET covers_descendants = true WHERE seq = 7',
  'UPDATE journey.ledger SET explicit = true WHERE seq = 7',
  'UPDATE journey.ledger SET parental = true WHERE seq = 7',
  'UPDATE journey.ledger SET counts = false WHERE seq = 7',
  'UPDATE journey.ledger SET basis = ''contract'' WHERE seq = 7',
  'UPDATE journey.ledger SET valid_until = ''infinity'' WHERE seq = 7',
  'UPDATE journey.ledger SET valid_from = ''-infinity'' WHERE seq = 7',
  'UPDATE journey.ledger SET said_at = recorded_at WHERE seq = 7',
  'UPDATE journey.ledger SET notice = NULL WHERE seq = 7',
  'UPDATE journey.ledger SET source = '''' WHERE seq = 7',
  'UPDATE journey.ledger SET notice = NULL, source = ''v1'' WHERE seq = 7',
  'UPDATE journey.ledger SET event_key = ''x'' WHERE seq = 7',
  'UPDATE journey.ledger SET evidence = ''{"b": [1, 2.5], "a": null}'' WHERE seq = 7',
  'UPDATE journey.ledger SET recorded_at = recorded_at + interval ''1 us'' WHERE seq = 7',
  'UPDATE journey.ledger SET recorded_by = ''nobody'' WHERE seq = 7',
  'UPDATE journey.ledger SET notice = ''v2'' WHERE seq IN (3, 7)',
  'UPDATE journey.ledger SET notice = ''v2'' WHERE seq = (SELECT max(seq) FROM journey.ledger)',
  'UPDATE journey.subject SET name = ''other'' WHERE name = ''ch7''',
  'UPDATE journey.purpose SET name = ''ch.c'' WHERE name = ''ch.a''',
  'DELETE FROM journey.ledger WHERE seq = 7',
  'DELETE FROM journey.ledger',
  'DELETE FROM journey.chain WHERE seq = 7',
  'DELETE FROM journey.ledger WHERE seq = 7; DELETE FROM journey.chain WHERE seq = 7',
  'DELETE FROM journey.ledger WHERE seq = 7; DELETE FROM journey.chain WHERE seq = 7; UPDATE journey.chain SET place = -place; UPDATE journey.chain SET place = CASE WHEN -place > 7 THEN -place - 1 ELSE -place END',
  'INSERT INTO journey.ledger (xid, subject, purpose, action) VALUES (''3'', 1, 2, ''give'')',
  'INSERT INTO journey.ledger (xid, subject, purpose, action) VALUES (''3'', 1, 2, ''give''); INSERT INTO journey.chain SELECT 17, max(seq), 1, decode(repeat(''ab'', 32), ''hex'') FROM journey.ledger',
  'INSERT INTO journey.chain VALUES (0, 1000, 1, '''')',
  'INSERT INTO journey.chain VALUES (17, 1000, 1, '''')',
  'UPDATE journey.chain SET seq = -seq WHERE seq IN (7, 9); UPDATE journey.chain SET seq = 16 + seq WHERE seq < 0',
  'UPDATE journey.chain SET place = -place WHERE place IN (7, 8); UPDATE journey.chain SET place = 15 + place WHERE place < 0',
  'ALTER TABLE journey.ledger ALTER seq SET GENERATED BY DEFAULT; UPDATE journey.ledger SET seq = -seq WHERE seq IN (7, 9); UPDATE journey.ledger SET seq = 16 + seq WHERE seq < 0',
  'UPDATE journey.chain SET hash = set_byte(hash, 31, get_byte(hash, 31) # 1) WHERE place = 7',
  'UPDATE journey.chain SET hash = set_byte(hash, 31, get_byte(hash, 31) # 1) WHERE place = (SELECT max(place) FROM journey.chain)',
  'UPDATE journey.chain SET hash = '''' WHERE place = 7',
  'UPDATE journey.chain SET version = 2 WHERE place = 7',
  'DELETE FROM journey.chain WHERE place > 8; DELETE FROM journey.ledger WHERE seq > 8']) WITH ORDINALITY t (tampering, n) ORDER BY n;

-- What is done consistently shows against a head that was kept elsewhere: a shorter ledger, and one made anew.
CREATE FUNCTION pg_temp.head(place bigint) RETURNS journey.signed_head LANGUAGE sql AS
  'SELECT c.place, c.hash, NULL::timestamptz, NULL::bytea FROM journey.chain c WHERE c.place = $1';
SELECT pg_temp.after('SELECT', pg_temp.head(8)) AS untouched, pg_temp.after('SELECT', pg_temp.head(15)) AS last,
       pg_temp.after('DELETE FROM journey.chain WHERE place > 8; DELETE FROM journey.ledger WHERE seq > 8', pg_temp.head(9)) AS truncated,
       pg_temp.after('DELETE FROM journey.chain WHERE place > 8; DELETE FROM journey.ledger WHERE seq > 8', pg_temp.head(8)) AS after_it;
BEGIN;
CREATE TEMP TABLE kept AS SELECT pg_temp.head(8) AS head;
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
ALTER TABLE journey.chain DISABLE TRIGGER append_only;
CREATE TEMP TABLE forged AS SELECT * FROM journey.ledger;
DELETE FROM journey.ledger;
DELETE FROM journey.chain;
INSERT INTO journey.ledger (subject, purpose, action, recorded_at)
  SELECT subject, purpose, CASE seq WHEN 3 THEN 'withdraw' ELSE action END, recorded_at FROM forged ORDER BY seq;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*), (SELECT count(*) FROM journey.ledger_verify()) AS wrong FROM journey.ledger;
SELECT v.place, v.problem FROM kept, journey.ledger_verify(head) v;
ROLLBACK;

-- Heads, and what is none.
SELECT * FROM journey.ledger_verify((0, decode(repeat('00', 32), 'hex'), NULL, NULL)::journey.signed_head);
SELECT * FROM journey.ledger_verify((-1, decode(repeat('00', 32), 'hex'), NULL, NULL)::journey.signed_head);
SELECT * FROM journey.ledger_verify((1, '\x00', NULL, NULL)::journey.signed_head);
SELECT * FROM journey.ledger_verify((1, NULL, NULL, NULL)::journey.signed_head);
SELECT * FROM journey.ledger_verify((NULL, '\x00', NULL, NULL)::journey.signed_head);
SELECT place, seq IS NULL AS none, problem FROM journey.ledger_verify((16, decode(repeat('00', 32), 'hex'), NULL, NULL)::journey.signed_head);

-- A damaged end of the chain stops recording, and not before anything is lost.
BEGIN;
ALTER TABLE journey.chain DISABLE TRIGGER append_only;
UPDATE journey.chain SET hash = '\x00' WHERE place = (SELECT max(place) FROM journey.chain);
SELECT journey.consent_give('ch1', 'ch.a') > 0 AS given;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
ALTER TABLE journey.chain RENAME COLUMN hash TO digest;
SELECT journey.consent_give('ch1', 'ch.a') > 0 AS given;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
ALTER TABLE journey.state RENAME COLUMN notice TO notes;
SELECT journey.consent_give('ch1', 'ch.a') > 0 AS given;
ROLLBACK;
SELECT * FROM journey.ledger_verify();

-- The triggers serve the ledger and nothing else.
CREATE TABLE pg_temp.mine (seq bigint);
CREATE TRIGGER t AFTER INSERT ON mine FOR EACH STATEMENT EXECUTE FUNCTION journey._ledger_chain();
INSERT INTO mine VALUES (1);
DROP TRIGGER t ON mine;
CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION journey._ledger_chain();
INSERT INTO mine VALUES (1);
DROP TRIGGER t ON mine;
CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION journey._ledger_to_state();
INSERT INTO mine VALUES (1);
DROP TRIGGER t ON mine;
CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION journey._ledger_stamp();
INSERT INTO mine VALUES (1);
DROP TABLE mine;

-- Signed heads.  The key is the same in every run.
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_ledger.key';
SET journey.key_file = 'regress_ledger.key';
SELECT journey.ledger_head() AS head \gset
SELECT journey.signing_key() AS key \gset
SELECT place, octet_length(signature) FROM (SELECT (:'head'::journey.signed_head).*) h;
SELECT * FROM journey.ledger_verify(:'head', :'key');
SELECT journey.consent_withdraw('ch1', 'ch.a') > 0 AS withdrawn;
SELECT * FROM journey.ledger_verify(:'head', :'key');
SELECT what, v.place, v.problem
  FROM (SELECT (:'head'::journey.signed_head).*) h,
       LATERAL (VALUES (1, 'another place', (h.place - 1, h.hash, h.at, h.signature)::journey.signed_head, :'key'),
                       (2, 'another hash', (h.place, set_byte(h.hash, 0, get_byte(h.hash, 0) # 1), h.at, h.signature)::journey.signed_head, :'key'),
                       (3, 'another time', (h.place, h.hash, h.at + interval '1 us', h.signature)::journey.signed_head, :'key'),
                       (4, 'another signature', (h.place, h.hash, h.at, set_byte(h.signature, 0, get_byte(h.signature, 0) # 1))::journey.signed_head, :'key'),
                       (5, 'no time', (h.place, h.hash, NULL, h.signature)::journey.signed_head, :'key'),
                       (6, 'no signature', (h.place, h.hash, h.at, NULL)::journey.signed_head, :'key'),
                       (7, 'another key', (h.place, h.hash, h.at, h.signature)::journey.signed_head, repeat('ab', 32)),
                       (8, 'no key', (h.place, h.hash, h.at, h.signature)::journey.signed_head, 'x'),
                       (9, 'no head', NULL, :'key')) t (n, what, head, key),
       LATERAL journey.ledger_verify(t.head, t.key) v
 ORDER BY n;
RESET journey.key_file;
COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; rm regress_ledger.key';
