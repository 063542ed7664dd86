-- A change of one subject costs the next statement the reading of one, not of all.
CREATE TABLE regress_delta AS SELECT 'delta' || i AS subject FROM generate_series(1, 3000) i;
SELECT journey.create_purpose('delta') > 0 AS made;
SELECT journey.grant_purpose(current_user::regrole, 'delta');
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', subject, 'purpose', 'delta'))
                               FROM regress_delta)) AS recorded;
DELETE FROM journey.fact_page;
SET journey.consent_lookups = 0;
\set count 'SELECT count(*) FILTER (WHERE journey.consented(subject, ''delta'')) FROM regress_delta;'
SET max_parallel_workers_per_gather = 0;
:count
SELECT all_read > 0 AS all_read FROM journey._consent_reads();
SELECT all_read AS all_before, read_anew AS anew_before FROM journey._consent_reads() \gset

-- Events of one subject each are seen at once.
SELECT journey.consent_withdraw('delta1', 'delta') > 0 AS recorded;
:count
SELECT journey.consent_refuse('delta2', 'delta') > 0 AS recorded;
:count
SELECT journey.consent_object('delta3', 'delta') > 0 AS recorded;
:count
SELECT journey.consent_give('delta1', 'delta') > 0 AS recorded;
:count
SELECT journey.subject_restrict('delta4') > 0 AS recorded;
:count
SELECT journey.subject_lift('delta4') > 0 AS recorded;
:count
-- ... and one hundred in a list.
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'withdraw', 'subject', 'delta' || i, 'purpose', 'delta'))
                               FROM generate_series(1001, 1100) i)) AS recorded;
:count
-- The server may analyze a table meanwhile, after which all is read once more.
SELECT all_read - :all_before <= 2 AS no_reload, read_anew - :anew_before BETWEEN 5 AND 1000 AS some_anew FROM journey._consent_reads();

-- Nobody changed: nothing is read.
SELECT all_read AS all_before, read_anew AS anew_before FROM journey._consent_reads() \gset
:count
:count
SELECT read_anew - :anew_before AS anew FROM journey._consent_reads();

-- What leaves no event is read from the beginning.
UPDATE journey.state s SET withdrawn = 0 FROM journey.subject u WHERE u.number = s.subject AND u.name = 'delta1001';
:count
SELECT all_read - :all_before > 0 AS reload FROM journey._consent_reads();

-- Such signs do not pile up: a transaction that adds one takes away those that it sees, and readers miss nothing.
UPDATE journey.subject SET name = 'delta1_renamed' WHERE name = 'delta1';
:count
UPDATE journey.subject SET name = 'delta2_renamed' WHERE name = 'delta2';
UPDATE journey.subject SET name = 'delta1' WHERE name = 'delta1_renamed';
:count
SELECT count(*) AS signs FROM journey.change;
-- What is rolled back takes nothing away.
BEGIN;
UPDATE journey.subject SET name = 'delta2' WHERE name = 'delta2_renamed';
SELECT count(*) AS signs, count(*) FILTER (WHERE xid = pg_current_xact_id()) AS own FROM journey.change;
ROLLBACK;
SELECT count(*) AS signs FROM journey.change;
-- Others may not wait for a row of it, so a transaction that would have to lets it stand.
BEGIN ISOLATION LEVEL REPEATABLE READ;
UPDATE journey.subject SET name = 'delta2' WHERE name = 'delta2_renamed';
SELECT count(*) AS signs FROM journey.change;
COMMIT;
:count
-- Deleting works where all tables are published, too.
SET client_min_messages = error;
CREATE PUBLICATION regress_delta FOR TABLE journey.change, journey.subject;
RESET client_min_messages;
UPDATE journey.subject SET name = 'delta2_renamed' WHERE name = 'delta2';
UPDATE journey.subject SET name = 'delta2' WHERE name = 'delta2_renamed';
SELECT count(*) AS signs FROM journey.change;
DROP PUBLICATION regress_delta;

-- The counters are for administrators.
CREATE ROLE regress_delta;
SET ROLE regress_delta;
SELECT * FROM journey._consent_reads();
RESET ROLE;
SELECT journey._state_rebuild() > 0 AS repaired;
SELECT journey.revoke_purpose(current_user::regrole, 'delta');
DROP ROLE regress_delta;
DROP TABLE regress_delta;
