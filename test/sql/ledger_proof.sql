-- What officers ask the ledger: the past, coverage, receipts, exports.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_proof_officer;
CREATE ROLE regress_proof_clerk;
GRANT EXECUTE ON FUNCTION journey.consented(text, text, timestamptz), journey.consent_as_of, journey.coverage,
  journey.consent_receipt(bigint), journey.consent_receipt(text, text), journey.verify_receipt, journey.subject_record,
  journey.subject_export, journey.consent_expire_due TO regress_proof_officer;
-- what other tests left to run out is no concern of this one
SELECT journey.consent_expire_due() >= 0 AS settled;
SELECT journey.create_purpose('pf.a') > 0 AND journey.create_purpose('pf.n') > 0 AS made;
SELECT number AS top FROM journey.purpose WHERE name = 'pf' \gset
SELECT number AS low FROM journey.purpose WHERE name = 'pf.a' \gset
SELECT number AS noticed FROM journey.purpose WHERE name = 'pf.n' \gset
-- a history with times of its own: rows without an xid are events, whoever inserts them
INSERT INTO journey.subject (name) SELECT 'pf' || i FROM generate_series(1, 8) i;
CREATE FUNCTION pg_temp.add(subject text, purpose int, action text, at timestamptz, covers boolean DEFAULT false, until timestamptz DEFAULT NULL, notice text DEFAULT NULL, counts boolean DEFAULT true)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO journey.ledger (subject, purpose, action, recorded_at, covers_descendants, valid_until, notice, counts, recorded_by)
  SELECT s.number, $2, $3, $4, $5, $6, $7, $8, 'clerk' FROM journey.subject s WHERE s.name = $1 $$;
SELECT pg_temp.add('pf1', :low, 'give', '2026-01-01'), pg_temp.add('pf1', :low, 'withdraw', '2026-02-01'), pg_temp.add('pf1', :low, 'give', '2026-03-01');
SELECT pg_temp.add('pf2', :top, 'give', '2026-01-01', true), pg_temp.add('pf2', :top, 'object', '2026-03-01');
SELECT pg_temp.add('pf3', :top, 'give', '2026-01-01'), pg_temp.add('pf3', :top, 'renew', '2026-02-01', true);
SELECT pg_temp.add('pf4', :low, 'give', '2026-01-01', until => '2026-02-01');
SELECT pg_temp.add('pf5', :low, 'give', '2026-01-01'), pg_temp.add('pf5', NULL, 'restrict', '2026-02-01'), pg_temp.add('pf5', NULL, 'lift', '2026-03-01'), pg_temp.add('pf5', NULL, 'erase', '2026-04-01');
SELECT pg_temp.add('pf6', :noticed, 'give', '2026-02-01', notice => 'v1'), pg_temp.add('pf5', :noticed, 'give', '2026-03-02', notice => 'v2'), pg_temp.add('pf7', :noticed, 'give', '2026-03-02');
SELECT pg_temp.add('pf7', :low, 'refuse', '2026-01-01'), pg_temp.add('pf7', :low, 'give', '2026-02-01', counts => false);
SELECT pg_temp.add('pf8', NULL, 'restrict', '2026-01-01');
SELECT journey.create_notice('pf.n', 'v1', false), journey.create_notice('pf.n', 'v2', true);
UPDATE journey.notice SET published_at = CASE version WHEN 'v1' THEN '2025-01-01' ELSE '2026-03-01' END::timestamptz WHERE purpose = 'pf.n';

-- What was known at each time.
SET ROLE regress_proof_officer;
SELECT subject, purpose, string_agg(to_char(at, 'MM-DD ') || CASE WHEN consented THEN '' ELSE 'not: ' END || reason, ', ' ORDER BY at) AS known
  FROM unnest(ARRAY['2025-12-31', '2026-01-01', '2026-01-31 23:59:59.999999', '2026-02-01', '2026-03-01', '2026-04-01']::timestamptz[]) at,
       LATERAL journey.consent_as_of(at) WHERE subject LIKE 'pf_' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FILTER (WHERE subject LIKE 'pf_'), count(DISTINCT purpose) FROM journey.consent_as_of('2026-02-15', 'pf.a');
-- the question about one agrees with that about all, at every time and for every purpose
SELECT count(*), count(*) FILTER (WHERE journey.consented(a.subject, a.purpose, at) IS DISTINCT FROM a.consented) AS differ
  FROM generate_series('2025-12-15'::timestamptz, '2026-05-01', '15 days') at, LATERAL journey.consent_as_of(at) a WHERE a.subject LIKE 'pf_';
SELECT journey.consented('nobody', 'pf', 'now') AS nobody, journey.consented('pf1', 'nothing', 'now') AS nothing, journey.consented(NULL, 'pf', 'now') AS a,
       journey.consented('pf1', NULL, 'now') AS b, journey.consented('pf1', 'pf', NULL) AS c, journey.consented('pf3', 'pf', 'infinity') AS d, journey.consented('pf3', 'pf', '-infinity') AS e;
SELECT count(*) FROM journey.consent_as_of(NULL);
SELECT * FROM journey.consent_as_of('2026-02-15', 'pf.typo');
RESET ROLE;
-- and with the decision of today
SELECT count(*), count(*) FILTER (WHERE a.reason <> e.reason) AS differ
  FROM journey.consent_as_of(clock_timestamp()) a, LATERAL journey._explain('', a.subject, a.purpose, 0, NULL, false, true, false) e WHERE a.subject LIKE 'pf_';
BEGIN;
ALTER TABLE journey.purpose DISABLE TRIGGER keep_referenced;
UPDATE journey.purpose SET name = 'pfx' WHERE name = 'pf';
SELECT journey.consented('pf3', 'pf.a', '2026-02-15') AS without_parent;
ROLLBACK;

-- Expiry is put on record once.
SELECT journey.consent_expire_due(0), journey.consent_expire_due(), journey.consent_expire_due(NULL);
SELECT journey.consent_expire_due(-1);
SELECT s.name, l.action, l.source FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject WHERE l.action = 'expire' AND s.name LIKE 'pf_';
SELECT reason FROM journey.consent_as_of(clock_timestamp(), 'pf.a') WHERE subject = 'pf4';

-- Coverage: numbers, and none where they would point at somebody.
CREATE TABLE visits (who text, at timestamptz, email text, ip inet, page text);
INSERT INTO visits SELECT 'pf' || i, '2026-01-01', 'mail', '10.0.0.1', '/' FROM generate_series(1, 8) i, generate_series(1, i);
INSERT INTO visits VALUES (NULL, '2026-01-01', 'mail', '10.0.0.1', '/');
SELECT journey.protect('visits', subject => 'who', columns => '{"page": "public", "at": "public", "email": {"mask": "null", "class": "pf_email"}, "ip": {"mask": "null", "class": "pf_ip"}}');
SET ROLE regress_proof_officer;
SELECT * FROM journey.coverage('visits', 'pf.a', 2);
SELECT * FROM journey.coverage('visits', 'pf.a', 3);
SELECT * FROM journey.coverage('visits', 'pf.a');
RESET ROLE;
SELECT journey.subject_restrict('pf1') > 0 AND journey.subject_restrict('pf3') > 0 AS ok;
SELECT * FROM journey.coverage('journey_base.visits', 'pf.a');
SELECT * FROM journey.coverage('visits', 'no such purpose');
CREATE TABLE nobody (who text);
SELECT journey.protect('nobody', subject => 'who');
SELECT * FROM journey.coverage('nobody', 'pf.a');
SELECT journey.unprotect('nobody');
DROP TABLE nobody;
SELECT * FROM journey.coverage('visits', NULL);
SELECT * FROM journey.coverage('pg_class', 'pf');
SELECT * FROM journey.coverage(NULL, 'pf');
SELECT * FROM journey.coverage('visits', 'pf', 0);
SELECT * FROM journey.coverage('visits', 'pf', NULL);
SELECT journey.subject_lift('pf1') > 0 AND journey.subject_lift('pf3') > 0 AS ok;

-- Receipts.
SELECT journey.consent_receipt('pf1', 'pf.a');
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_proof.key';
SET journey.key_file = 'regress_proof.key';
SELECT journey.consent_receipt('pf1', 'pf.a') AS receipt \gset
SELECT :'receipt'::jsonb - 'event' - 'signature' AS head, (:'receipt'::jsonb -> 'event') - '{seq,place,hash,recorded_by}'::text[] AS event;
SELECT (:'receipt'::jsonb #>> '{event,hash}') = (SELECT encode(c.hash, 'hex') FROM journey.chain c WHERE c.place = (:'receipt'::jsonb #> '{event,place}')::bigint) AS in_the_chain;
-- times say that they are in UTC, and read so in another zone
SELECT (:'receipt'::jsonb #>> '{event,recorded_at}')::timestamptz = l.recorded_at AS same, :'receipt'::jsonb #>> '{event,recorded_at}' ~ '^2[^ ]+T[^ ]+Z$' AS in_utc
  FROM journey.ledger l WHERE l.seq = (:'receipt'::jsonb #>> '{event,seq}')::bigint;
SET ROLE regress_proof_officer;
SELECT journey.verify_receipt(:'receipt') AS good,
       journey.verify_receipt(jsonb_set(:'receipt', '{event,action}', '"withdraw"')) AS other_action,
       journey.verify_receipt(jsonb_set(:'receipt', '{event,subject}', '"pf2"')) AS other_subject,
       journey.verify_receipt(:'receipt'::jsonb - 'signature') AS unsigned;
SELECT journey.consent_receipt((:'receipt'::jsonb #>> '{event,seq}')::bigint) = :'receipt' AS by_position;
SELECT journey.consent_receipt(0);
SELECT journey.consent_receipt(NULL);
SELECT journey.consent_receipt('nobody', 'pf');
SELECT journey.consent_receipt(NULL, 'pf');
SELECT journey.consent_receipt('pf1', 'no such purpose');
RESET ROLE;
RESET journey.key_file;
COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; rm regress_proof.key';
-- what is not yet committed has no place yet
BEGIN;
SELECT journey.consent_give('pf1', 'pf') AS seq \gset
SELECT journey._event(:seq) -> 'place' AS place, journey._event(:seq) -> 'action' AS action;
ROLLBACK;

-- Exports: rows as the caller sees them, of relations that the caller may read.
SET ROLE regress_proof_officer;
SET client_min_messages = error;
SELECT e - 'events' AS export, jsonb_array_length(e -> 'events') AS events, e #>> '{events,1,action}' AS second FROM journey.subject_export('pf1') e;
RESET ROLE;
GRANT SELECT ON visits TO regress_proof_officer;
SELECT journey.grant_purpose('regress_proof_officer', 'pf');
SET ROLE regress_proof_officer;
SET journey.purpose = 'pf.a';
SELECT journey.subject_export('pf1') -> 'data', journey.subject_export('pf7') -> 'data' -> 'public.visits' -> 0 AS pf7;
SELECT journey.subject_export('nobody'), journey.subject_export(NULL);
RESET journey.purpose;
RESET ROLE;
SET ROLE regress_proof_clerk;
SELECT journey.subject_export('pf1');
SELECT journey.consented('pf1', 'pf', now());
SELECT journey.coverage('visits', 'pf');
RESET ROLE;

SET client_min_messages = error;
SELECT * FROM journey.state_check();
SELECT * FROM journey.ledger_verify();
SELECT journey.unprotect('visits');
DROP TABLE visits;
SELECT journey.revoke_purpose('regress_proof_officer', 'pf');
DROP OWNED BY regress_proof_officer, regress_proof_clerk;
DROP ROLE regress_proof_officer, regress_proof_clerk;
