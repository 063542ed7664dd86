-- Purposes, grants and the ledger: what the functions do and what they refuse.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
CREATE ROLE regress_consent_ana;
CREATE ROLE "Regress_Consent_Ben";

-- Parents are made on the way, once.
SELECT journey.create_purpose('ct.analytics.product', 'https://w3id.org/dpv#ServiceOptimisation')
     = journey.create_purpose('ct.analytics.product') AS same;
SELECT journey.create_purpose('ct') < journey.create_purpose('ct.analytics') AS known;
SELECT name, parent, dpv FROM journey.purpose WHERE name LIKE 'ct%' ORDER BY name;
SELECT journey.create_purpose('ct.analytics.product', 'https://w3id.org/dpv#ServiceImprovement') IS NOT NULL AS changed;
SELECT dpv FROM journey.purpose WHERE name = 'ct.analytics.product';

-- A parent cannot be renamed away from its children, nor removed.
UPDATE journey.purpose SET name = 'ct2' WHERE name = 'ct';
DELETE FROM journey.purpose WHERE name = 'ct.analytics';
-- One without, and without events and grants, can be.
SELECT journey.create_purpose('ct.analytics.once') > 0 AS created;
UPDATE journey.purpose SET name = 'ct.analytics.twice' WHERE name = 'ct.analytics.once';
DELETE FROM journey.purpose WHERE name = 'ct.analytics.twice';

-- Names of purposes that we refuse, one a line.
SELECT journey.create_purpose(NULL);
SELECT journey.create_purpose('');
SELECT journey.create_purpose('.');
SELECT journey.create_purpose('ct.');
SELECT journey.create_purpose('.ct');
SELECT journey.create_purpose('ct..a');
SELECT journey.create_purpose('Ct');
SELECT journey.create_purpose('ct a');
SELECT journey.create_purpose('ct.ä');
SELECT journey.create_purpose(E'ct\n');
\set VERBOSITY terse
SELECT journey.create_purpose(repeat('a', 256));
INSERT INTO journey.purpose (name) VALUES ('ct.Bad');
-- IRIs that no rule would find, and none.
SELECT journey.create_purpose('ct', 'dpv:Marketing');
SELECT journey.create_purpose('ct', 'dpv#Marketing');
SELECT journey.create_purpose('ct', 'http://w3id.org/dpv#Marketing');
SELECT journey.create_purpose('ct', 'Marketing');
SELECT journey.create_purpose('ct', 'https://w3id.org/dpv#Direct Marketing');
SELECT journey.create_purpose('ct', '');
SELECT journey.create_rule('*', 'none', regime => 'forbidden', dpv => 'dpv:Marketing');
\set VERBOSITY default
-- The longest, and the deepest.
SELECT journey.create_purpose(repeat('c', 255)) > 0 AS ok;
SELECT journey.create_purpose('d' || repeat('.d', 127)) > 0 AS ok;
SELECT count(*) FROM journey.purpose WHERE name ~ '^d(\.d)*$';

-- Grants.  The reader is written as SQL writes a role.
SELECT journey.grant_purpose('regress_consent_ana', 'ct.analytics', until => '2096-12-31');
SELECT journey.grant_purpose('REGRESS_CONSENT_ANA', 'ct', since => '2096-01-01', until => '2096-12-31');
SELECT journey.grant_purpose('"Regress_Consent_Ben"', 'ct');
SELECT g.reader, p.name, valid_from > '2020-01-01' AND valid_from <= now() AS from_now, valid_until, granted_by = session_user AS by_me
  FROM journey.reader_purpose g JOIN journey.purpose p ON p.number = g.purpose
 WHERE p.name LIKE 'ct%' ORDER BY g.reader::text COLLATE "C", p.name;
-- A new grant replaces the old one.
SELECT journey.grant_purpose('regress_consent_ana', 'ct.analytics');
SELECT valid_until FROM journey.reader_purpose WHERE reader = 'regress_consent_ana'::regrole AND purpose = journey._purpose_number('ct.analytics');
SELECT journey.grant_purpose('regress_consent_nobody', 'ct');
SELECT journey.grant_purpose('Regress_Consent_Ben', 'ct');
SELECT journey.grant_purpose('4294967295', 'ct');
SELECT journey.grant_purpose('-', 'ct');
SELECT journey.grant_purpose(NULL, 'ct');
SELECT journey.grant_purpose('regress_consent_ana', NULL);
SELECT journey.grant_purpose('regress_consent_ana', 'ct.unheard');
SELECT journey.grant_purpose('regress_consent_ana', 'ct', since => '2090-01-01', until => '2090-01-01');
\set VERBOSITY terse
SELECT journey.grant_purpose('regress_consent_ana', 'ct', until => '2001-01-01');
\set VERBOSITY default

-- Taking back: what remains above is said.
SELECT journey.revoke_purpose('regress_consent_ana', 'ct.analytics');
SELECT journey.revoke_purpose('regress_consent_ana', 'ct');
SELECT journey.revoke_purpose('regress_consent_ana', 'ct');
SELECT journey.revoke_purpose('"Regress_Consent_Ben"', 'ct');
SELECT journey.revoke_purpose(NULL, 'ct');
SELECT journey.revoke_purpose('regress_consent_ana', NULL);
SELECT journey.revoke_purpose('regress_consent_ana', 'ct.unheard');
SELECT count(*) FROM journey.reader_purpose WHERE reader = 'regress_consent_ana'::regrole;

-- What subjects say is kept in order, with what proves it.
SELECT journey.consent_refuse('ct_u1', 'ct') AS a \gset
SELECT journey.consent_give('ct_u1', 'ct.analytics', '2090-01-01', true, notice => 'v7', source => 'web',
                            evidence => '{"form": 12}', valid_from => '2020-01-01') AS b \gset
SELECT journey.consent_withdraw('ct_u1', 'ct.analytics', source => 'phone', notice => 'v8', evidence => '{"call": 3}') AS c \gset
SELECT :a < :b AND :b < :c AS in_order;
SELECT s.name AS subject, s.kind, p.name AS purpose, action, basis, covers_descendants AS covers, valid_from, valid_until,
       notice, source, evidence, recorded_at BETWEEN now() - interval '1 hour' AND clock_timestamp() AS recently,
       recorded_by = session_user AS by_me
  FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject JOIN journey.purpose p ON p.number = l.purpose
 WHERE s.name = 'ct_u1' ORDER BY seq;
SELECT p.name, given = :b AS given, CASE GREATEST(refused, withdrawn) WHEN :a THEN 'a' WHEN :c THEN 'c' END AS closed, covers_descendants, valid_from, valid_until
  FROM journey.state t JOIN journey.purpose p ON p.number = t.purpose JOIN journey.subject s ON s.number = t.subject
 WHERE s.name = 'ct_u1' ORDER BY p.name;

-- Events that we refuse, one a line.  No message names a subject.
SELECT journey.consent_give(NULL, 'ct');
SELECT journey.consent_give('', 'ct');
SELECT journey.consent_give(repeat('x', 1025), 'ct');
SELECT journey.consent_give(repeat('ä', 513), 'ct');
SELECT journey.consent_give('ct_u1', NULL);
SELECT journey.consent_give('ct_u1', '');
SELECT journey.consent_give('ct_u1', 'ct.unheard');
SELECT journey.consent_give('ct_u1', 'ct', valid_from => '2020-01-02', valid_until => '2020-01-01');
SELECT journey.consent_give('ct_u1', 'ct', valid_from => '2020-01-01', valid_until => '2020-01-01');
SELECT journey.consent_withdraw(NULL, 'ct');
SELECT journey.consent_withdraw('', 'ct');
SELECT journey.consent_withdraw('ct_u1', 'ct.unheard');
SELECT journey.consent_withdraw('ct_u1', NULL);
SELECT journey.consent_refuse(NULL, 'ct');
SELECT journey.consent_refuse('ct_u1', 'ct.unheard');
-- Nothing of it was recorded, and no subject made.
SELECT count(*) FROM journey.ledger WHERE seq > :c;
SELECT count(*) FROM journey.subject WHERE name ~ '^(x+|ä+)$';
-- The longest names; an unlimited range; a withdrawal of somebody unknown is recorded.
SELECT journey.consent_give(repeat('x', 1024), 'ct', NULL) > :c AS ok;
SELECT journey.consent_give('ct_u2', 'ct', 'infinity', NULL, valid_from => '-infinity') > :c AS ok;
SELECT journey.consent_withdraw('ct_u3', 'ct') > :c AS ok;
SELECT s.name, l.action FROM journey.subject s JOIN journey.ledger l ON l.subject = s.number WHERE s.name IN ('ct_u2', 'ct_u3') ORDER BY 1;
-- Many at once.
SELECT count(DISTINCT journey.consent_give('ct_many' || i % 100, 'ct')) FROM generate_series(1, 300) i;
SELECT count(*) FROM journey.subject WHERE name LIKE 'ct\_many%';

-- Whatever the collation of the caller's column: names are bytes.
CREATE TEMP TABLE collated (de text COLLATE "de-x-icu", fr text COLLATE "fr-x-icu");
CREATE COLLATION pg_temp.ct_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
ALTER TABLE collated ADD ci text COLLATE pg_temp.ct_ci;
INSERT INTO collated VALUES ('ct.collated', 'ct_Collated', 'ct_collated');
SELECT journey.create_purpose(de) = journey.create_purpose(de COLLATE pg_temp.ct_ci) AS same FROM collated;
SELECT journey.consent_give(fr, de) < journey.consent_give(ci, de) AS given FROM collated;
SELECT journey.consent_withdraw(ci, 'ct.collated') > 0 AS withdrawn, journey.consent_refuse(de, 'ct.collated') > 0 AS refused FROM collated;
SELECT journey.grant_purpose('regress_consent_ana', ci) FROM (SELECT 'ct.collated' COLLATE pg_temp.ct_ci) v (ci);
SELECT journey.grant_purpose('regress_consent_ana', ci) FROM (SELECT 'CT.collated' COLLATE pg_temp.ct_ci) v (ci);
SELECT journey.revoke_purpose('regress_consent_ana', ci) FROM (SELECT 'ct.collated' COLLATE pg_temp.ct_ci) v (ci);
SELECT s.name, l.action FROM journey.subject s JOIN journey.ledger l ON l.subject = s.number
 WHERE s.name ILIKE 'ct%collated' ORDER BY s.name, l.seq;

-- The ledger refuses to forget, even when its owner asks, and even as a replica.
UPDATE journey.ledger SET source = 'forged' WHERE seq = :c;
DELETE FROM journey.ledger WHERE seq = :c;
DELETE FROM journey.ledger WHERE false;
TRUNCATE journey.ledger;
TRUNCATE journey.subject;
TRUNCATE journey.purpose;
MERGE INTO journey.ledger USING (VALUES (1)) v ON seq = :c WHEN MATCHED THEN DELETE;
\set VERBOSITY terse
BEGIN;
SAVEPOINT s;
DELETE FROM journey.subject WHERE name = 'ct_u1';
ROLLBACK TO s;
UPDATE journey.subject SET number = DEFAULT WHERE name = 'ct_u1';
ROLLBACK TO s;
UPDATE journey.purpose SET number = DEFAULT WHERE name = 'ct';
ROLLBACK TO s;
DELETE FROM journey.purpose WHERE name = 'ct.collated';
ROLLBACK TO s;
UPDATE journey.subject SET name = 'ct_u1 under another name', kind = 'consumer' WHERE name = 'ct_u1';
INSERT INTO journey.subject (name) VALUES ('ct_nobody');
DELETE FROM journey.subject WHERE name = 'ct_nobody';
ROLLBACK;
\set VERBOSITY default
SET session_replication_role = replica;
DELETE FROM journey.ledger WHERE seq = :c;
RESET session_replication_role;
INSERT INTO journey.ledger (seq, subject, purpose, action) VALUES (1, 1, 1, 'give');
\set VERBOSITY terse
INSERT INTO journey.ledger (subject, purpose, action) VALUES (1, 1, 'allow');
INSERT INTO journey.ledger (subject, purpose, action, covers_descendants) VALUES (1, 1, 'withdraw', true);
\set VERBOSITY default

-- The state follows from the ledger: every kind of damage is seen and put right.
SELECT * FROM journey.state_check();
BEGIN;
DELETE FROM journey.state t USING journey.subject s WHERE s.number = t.subject AND s.name = 'ct_u2';
UPDATE journey.state t SET refused = 0, withdrawn = 0 FROM journey.subject s WHERE s.number = t.subject AND s.name = 'ct_u1';
INSERT INTO journey.state (subject, purpose, given, covers_descendants) SELECT s.number, p.number, 1, true
  FROM journey.subject s, journey.purpose p WHERE s.name = 'ct_u3' AND p.name = 'ct.analytics';
INSERT INTO journey.state (subject, purpose, given) VALUES (-1, -1, 1);
SELECT * FROM journey.state_check();
SELECT journey._state_rebuild();
SELECT * FROM journey.state_check();
SELECT journey._state_rebuild();
ROLLBACK;

DROP ROLE regress_consent_ana, "Regress_Consent_Ben";
