-- The state is what the ledger says, whatever happened and in whatever order rows came.
BEGIN;
SELECT plan(7);
SET LOCAL search_path = public, pg_catalog;

SELECT journey.create_purpose(p) FROM unnest(ARRAY['px.a.a', 'px.a.b', 'px.b']) p;
SELECT setseed(0.1);
SELECT CASE floor(random() * 4)
         WHEN 0 THEN journey.consent_withdraw('px' || floor(random() * 50), p)
         WHEN 1 THEN journey.consent_refuse('px' || floor(random() * 50), p)
         ELSE journey.consent_give('px' || floor(random() * 50), p, now() + random() * interval '2 h', random() < 0.5,
                                   valid_from => now() - random() * interval '1 h') END
  FROM generate_series(1, 500), unnest(ARRAY['px', 'px.a', 'px.a.a', 'px.b']) p;
-- Some of it undone.
SAVEPOINT s;
SELECT journey.consent_give('px1', 'px'), journey.consent_withdraw('px2', 'px.b');
ROLLBACK TO s;

SELECT is((SELECT count(*)::int FROM journey.ledger), 2000, 'the ledger has all events');
SELECT is((SELECT count(*)::int FROM journey.state), 200, 'the state has a row for each subject and purpose');
SELECT is_empty('SELECT * FROM journey.state_check()', 'the trigger keeps the state');
SELECT is(journey._state_rebuild(), 0::bigint, 'a rebuild finds nothing to do');

-- As a restore does it: the same rows in another order.
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TEMP TABLE old_ledger AS TABLE journey.ledger;
CREATE TEMP TABLE old_state AS TABLE journey.state;
ALTER TABLE journey.ledger DISABLE TRIGGER append_only;
DELETE FROM journey.ledger;
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER append_only;
DELETE FROM journey.state;
INSERT INTO journey.ledger OVERRIDING SYSTEM VALUE SELECT * FROM old_ledger ORDER BY md5(seq::text);
SELECT set_eq('TABLE journey.state', 'TABLE old_state', 'rows in another order give the same state');

-- From nothing.
DELETE FROM journey.state;
SELECT is(journey._state_rebuild(), 200::bigint, 'a rebuild from nothing writes all rows');
SELECT set_eq('TABLE journey.state', 'TABLE old_state', 'and they are the same');

SELECT finish();
ROLLBACK;
