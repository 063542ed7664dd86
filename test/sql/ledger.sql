-- What subjects say, event by event and in lists.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_ledger_ana;
SELECT journey.create_purpose('lg.a') > 0 AS made;
SELECT journey.grant_purpose('regress_ledger_ana', 'lg');
-- what the ledger holds of a subject, and what the state makes of it, by kind of event
CREATE VIEW pg_temp.said AS
  SELECT s.name AS subject, p.name AS purpose, l.action, l.covers_descendants AS covers, l.explicit, l.parental, l.counts,
         l.valid_until, l.notice, l.source, l.event_key AS key, l.evidence
    FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject LEFT JOIN journey.purpose p ON p.number = l.purpose
   WHERE s.name LIKE 'lg%' ORDER BY l.seq;
CREATE FUNCTION pg_temp.state(subject text, purpose text) RETURNS text LANGUAGE sql AS $$
  SELECT (SELECT string_agg(kind, ' < ' ORDER BY seq)
            FROM (VALUES ('given', t.given), ('refused', t.refused), ('withdrawn', t.withdrawn),
                         ('objected', t.objected), ('expired', t.expired)) k (kind, seq) WHERE seq > 0)
         || CASE WHEN t.covers_descendants THEN ', covers' ELSE '' END || CASE WHEN t.explicit THEN ', explicit' ELSE '' END
         || CASE WHEN t.parental THEN ', parental' ELSE '' END || CASE t.notice WHEN '' THEN '' ELSE ', ' || t.notice END
         || CASE t.valid_until WHEN 'infinity' THEN '' ELSE ', until ' || t.valid_until::date END
    FROM journey.state t JOIN journey.subject s ON s.number = t.subject JOIN journey.purpose p ON p.number = t.purpose
   WHERE s.name = $1 AND p.name = $2 $$;
CREATE FUNCTION pg_temp.ana(subject text) RETURNS boolean LANGUAGE plpgsql SET role = regress_ledger_ana AS $$
BEGIN RETURN journey.consented(subject, 'lg.a'); END $$;

-- Every event, and what it comes to.
SELECT journey.consent_give('lg1', 'lg', '2090-01-01', true, 'v1', 'web', '{"ip": null}', explicit => true, parental => true, event_key => 'e1') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg'), pg_temp.ana('lg1');
SELECT journey.consent_object('lg1', 'lg', source => 'phone') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg'), pg_temp.ana('lg1');
SELECT journey.consent_renew('lg1', 'lg');
SELECT journey.consent_give('lg1', 'lg', covers_descendants => true, explicit => true) > 0 AS ok;
SELECT journey.consent_renew('lg1', 'lg', '2091-01-01', notice => 'v2') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg'), pg_temp.ana('lg1');
SELECT journey.consent_expire('lg1', 'lg', source => 'retention run') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg'), pg_temp.ana('lg1');
SELECT journey.consent_renew('lg1', 'lg', notice => 'v3') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg'), pg_temp.ana('lg1');
SELECT journey.consent_refuse('lg1', 'lg.a') > 0 AND journey.consent_withdraw('lg1', 'lg.a') > 0 AS ok;
SELECT pg_temp.state('lg1', 'lg.a'), pg_temp.ana('lg1');
SELECT * FROM pg_temp.said;

-- All data of a subject.
SELECT journey.consent_give('lg2', 'lg.a') > 0 AS ok;
SELECT journey.subject_restrict('lg2', 'letter', '{"page": 1}') > 0 AS ok;
SELECT pg_temp.ana('lg2'), restricted, erased FROM journey.subject WHERE name = 'lg2';
SELECT journey.subject_lift('lg2') > 0 AS ok;
SELECT pg_temp.ana('lg2'), restricted, erased FROM journey.subject WHERE name = 'lg2';
SELECT journey.subject_restrict('lg_new') > 0 AS ok;
SELECT restricted, erased FROM journey.subject WHERE name = 'lg_new';
BEGIN;
SELECT journey._consent_record(NULL, 'erase', 'lg2', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) > 0 AS ok;
SELECT journey.subject_lift('lg2') > 0 AS ok;
SELECT pg_temp.ana('lg2'), restricted, erased FROM journey.subject WHERE name = 'lg2';
ROLLBACK;

-- CASE 90: what is heard again, or late, raises nothing.
SELECT journey.consent_give('lg3', 'lg.a', event_key => 'receipt 1') AS a \gset
SELECT journey.consent_withdraw('lg3', 'lg.a') > :a AS later;
SELECT journey.consent_give('lg3', 'lg.a', event_key => 'receipt 1') = :a AS known, pg_temp.ana('lg3');
SELECT journey.consent_give('lg3', 'lg.a', said_at => now() - interval '1 hour', event_key => 'receipt 2') > :a AS recorded, pg_temp.ana('lg3');
SELECT journey.consent_give('lg3', 'lg.a', said_at => '-infinity') > :a AS recorded, pg_temp.ana('lg3');
SELECT action, counts, key FROM pg_temp.said WHERE subject = 'lg3';
SELECT journey.consent_give('lg3', 'lg.a', said_at => clock_timestamp() + interval '1 hour') > :a AS recorded;
SELECT pg_temp.ana('lg3');
-- a fast clock does not shut out what is said later
SELECT journey.consent_withdraw('lg3', 'lg.a') > :a AS recorded;
SELECT pg_temp.ana('lg3');
SELECT journey.consent_give('lg3', 'lg.a', said_at => clock_timestamp()) > :a AS recorded;
SELECT pg_temp.ana('lg3');
-- against the purpose above, and not against the one below
SELECT journey.consent_withdraw('lg4', 'lg') > 0 AS ok, journey.consent_give('lg4', 'lg.a', said_at => now() - interval '1 hour') > 0 AS ok, pg_temp.ana('lg4');
SELECT journey.consent_withdraw('lg5', 'lg.a') > 0 AS ok, journey.consent_give('lg5', 'lg', said_at => now() - interval '1 hour') > 0 AS ok;
SELECT subject, action, counts FROM pg_temp.said WHERE subject IN ('lg4', 'lg5');
-- another subject may use the same key; what closes counts, however old
SELECT journey.consent_give('lg6', 'lg.a', event_key => 'receipt 1') > :a AS ok, journey.consent_withdraw('lg6', 'lg.a', said_at => now() - interval '1 year') > :a AS ok, pg_temp.ana('lg6');

-- Lists.
SELECT journey.consent_record('[
  {"action": "give", "subject": "lg7", "purpose": "lg", "covers_descendants": true, "valid_until": "2090-01-01", "notice": "v1", "evidence": {"a": 1}},
  {"action": "refuse", "subject": "lg8", "purpose": "lg.a", "source": "web", "event_key": "k1"},
  {"action": "object", "subject": "lg7", "purpose": "lg.a"},
  {"action": "restrict", "subject": "lg9"}]');
SELECT * FROM pg_temp.said WHERE subject IN ('lg7', 'lg8', 'lg9');
SELECT pg_temp.state('lg7', 'lg'), pg_temp.state('lg7', 'lg.a'), pg_temp.state('lg8', 'lg.a');
-- known keys; twice in one list; renewals and late consents look at what stands before them in the list
SELECT journey.consent_record('[{"action": "refuse", "subject": "lg8", "purpose": "lg.a", "event_key": "k1"}, {"action": "give", "subject": "lg8", "purpose": "lg.a", "event_key": "k2"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg8", "purpose": "lg", "event_key": "k3"}, {"action": "give", "subject": "lg8", "purpose": "lg", "event_key": "k3"}]');
-- a key never makes another event go missing: not in one list, not in the next, not by itself
SELECT journey.consent_record('[{"action": "give", "subject": "lg8", "purpose": "lg", "event_key": "k4"}, {"action": "withdraw", "subject": "lg8", "purpose": "lg", "event_key": "k4"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg8", "purpose": "lg", "event_key": "k3"}, {"action": "withdraw", "subject": "lg8", "purpose": "lg", "event_key": "k3"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lgb", "purpose": "lg"}, {"action": "withdraw", "subject": "lg8", "purpose": "lg", "event_key": "k3"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg8", "purpose": "lg.a", "event_key": "k3"}]');
SELECT journey.consent_withdraw('lg8', 'lg', event_key => 'k3');
SELECT journey.consent_withdraw('lg8', 'lg.a', event_key => 'k1');
SELECT journey.subject_restrict('lg8', event_key => 'k3');
-- of two things said at one time it is the word against that counts, whichever is heard first
SELECT journey.consent_withdraw('lgt', 'lg', said_at => '2026-01-01Z') > 0 AND journey.consent_give('lgt', 'lg', said_at => '2026-01-01Z') > 0 AS ok;
SELECT journey.consented('lgt', 'lg', clock_timestamp());
SELECT journey.consent_give('lgt', 'lg', said_at => '2026-01-01 00:00:00.000001Z') > 0 AS ok;
SELECT journey.consented('lgt', 'lg', clock_timestamp());
SELECT journey.consent_give('lgu', 'lg', said_at => '2026-01-01Z') > 0 AND journey.consent_withdraw('lgu', 'lg', said_at => '2026-01-01Z') > 0 AS ok;
SELECT journey.consented('lgu', 'lg', clock_timestamp());
SELECT journey.consent_record('[{"action": "give", "subject": "lga", "purpose": "lg", "explicit": true}, {"action": "renew", "subject": "lga", "purpose": "lg", "notice": "v9"},
  {"action": "withdraw", "subject": "lga", "purpose": "lg"}, {"action": "give", "subject": "lga", "purpose": "lg.a", "said_at": "2020-01-01"}]');
SELECT subject, purpose, action, explicit, counts, notice, key FROM pg_temp.said WHERE subject IN ('lg8', 'lga');
SELECT journey.consent_record('[]');

-- What we refuse, one a line; a list is recorded as a whole or not at all.
SELECT count(*) AS before FROM journey.ledger \gset
SELECT journey.consent_renew('lg0', 'lg');
SELECT journey.consent_give(NULL, 'lg');
SELECT journey.consent_give('', 'lg');
SELECT journey.consent_give(repeat('x', 1025), 'lg');
SELECT journey.consent_give('lg0', NULL);
SELECT journey.consent_object('lg0', 'no such purpose');
SELECT journey.consent_give('lg0', 'lg', valid_from => '2026-01-02', valid_until => '2026-01-02');
SELECT journey.subject_restrict(NULL);
SELECT journey.subject_lift('');
SELECT journey.consent_record(NULL);
SELECT journey.consent_record('{}');
SELECT journey.consent_record('[1]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg0", "purpose": "lg", "until": "2090-01-01"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg0", "purpose": "lg"}, [{"action": "give", "subject": "lg0", "purpose": "lg"}]]');
-- who lists several subjects in one event does not speak of a subject of that name
SELECT journey.consent_record('[{"action": "give", "subject": "lg0", "purpose": "lg"}, {"action": "withdraw", "subject": ["lg1", "lg2"], "purpose": "lg"}]');
SELECT journey.consent_record('[{"action": "withdraw", "subject": {"id": 1}, "purpose": "lg"}]');
SELECT journey.consent_record('[{"action": "withdraw", "subject": "lg0", "purpose": ["lg"]}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg0", "purpose": "lg"}, {"action": "give", "subject": "lg0", "purpose": "lg", "valid_until": "soon"}]');
SELECT journey.consent_record('[{"action": "give", "subject": "lg0", "purpose": "lg", "explicit": "perhaps"}]');
SELECT journey.consent_record('[{"action": "erase", "subject": "lg0"}]');
\set SHOW_CONTEXT errors
\set VERBOSITY terse
CREATE FUNCTION pg_temp.refused(events jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  message text;
  context text;
BEGIN
  PERFORM journey.consent_record(events);
  RETURN 'recorded';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
  RETURN concat_ws(', ', SQLSTATE, message, substring(context, 'event \d+ of the list'));
END $$;
SELECT pg_temp.refused(('[{"action": "give", "subject": "lg0", "purpose": "lg"}, ' || e || ']')::jsonb) FROM unnest(ARRAY[
  '{"subject": "lg0", "purpose": "lg"}',
  '{"action": "agree", "subject": "lg0", "purpose": "lg"}',
  '{"action": "give", "purpose": "lg"}',
  '{"action": "give", "subject": "", "purpose": "lg"}',
  '{"action": "give", "subject": "lg0"}',
  '{"action": "give", "subject": "lg0", "purpose": "no such purpose"}',
  '{"action": "restrict", "subject": "lg0", "purpose": "lg"}',
  '{"action": "withdraw", "subject": "lg0", "purpose": "lg", "valid_until": "2090-01-01"}',
  '{"action": "refuse", "subject": "lg0", "purpose": "lg", "explicit": true}',
  '{"action": "give", "subject": "lg0", "purpose": "lg", "valid_from": "2026-01-02", "valid_until": "2026-01-01"}',
  '{"action": "give", "subject": "lg0", "purpose": "lg", "valid_from": "yesterday or so"}',
  '{"action": "renew", "subject": "lg00", "purpose": "lg"}',
  '{"action": "lift"}']) e;
SELECT count(*) = :before AS unchanged FROM journey.ledger;
SELECT count(*) FROM journey.subject WHERE name IN ('lg0', 'lg00');

-- A restore brings rows with their xid; nobody else chooses it.
\set VERBOSITY default
BEGIN;
INSERT INTO journey.ledger (subject, purpose, action) SELECT number, 1, 'refuse' FROM journey.subject WHERE name = 'lg1'
  RETURNING xid = pg_current_xact_id() AS mine, copied;
INSERT INTO journey.ledger (xid, subject, purpose, action) SELECT '3', number, 1, 'refuse' FROM journey.subject WHERE name = 'lg1'
  RETURNING xid = pg_current_xact_id() AS mine, copied;
ROLLBACK;

SELECT * FROM journey.state_check();
SELECT journey.revoke_purpose('regress_ledger_ana', 'lg');
DROP ROLE regress_ledger_ana;
