-- Why a cell is shown or masked: which entry, rule, basis or prohibition; bad input.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_explain_ann;
CREATE ROLE regress_explain_officer;
SELECT journey.create_purpose('ex.mail') > 0 AS made;
SELECT journey.grant_purpose('regress_explain_ann', 'ex');
SELECT journey.create_class('ex_email'), journey.create_class('ex_health', special => true);
SELECT journey.create_jurisdiction('EX');
CREATE SCHEMA regress_explain;
CREATE TABLE regress_explain.mails (who text, at timestamptz, email text, diagnosis text, token text, "Odd ""name" text);
SELECT journey.protect('regress_explain.mails', subject => 'who', collected => 'at', columns => '{"at": "public",
  "email": {"mask": "null", "class": "ex_email"}, "diagnosis": {"mask": "null", "class": "ex_health"}}');
ALTER TABLE journey_base.mails ADD COLUMN later text;

-- What the numbers name, so that the answer does not depend on them.
CREATE FUNCTION regress_explain.why(col text, who text, purpose text DEFAULT 'ex.mail', reader text DEFAULT 'regress_explain_ann',
                                    collected timestamptz DEFAULT NULL,
                                    OUT shown boolean, OUT reason text, OUT decided_by text, OUT source text, OUT mask text, OUT entry text,
                                    OUT limited boolean) LANGUAGE sql STABLE AS $$
  SELECT e.shown, e.reason, CASE WHEN e.decided_by = 'ledger ' || e.seq THEN 'ledger' ELSE pg_catalog.split_part(e.decided_by, ' ', 1) END,
         e.source, e.mask,
         (SELECT l.action || coalesce(' ' || l.notice, '') FROM journey.ledger l WHERE l.seq = e.seq), e.keep_since IS NOT NULL
    FROM journey.explain_cell('regress_explain.mails', col, who, purpose, reader::regrole, collected) e
$$;

SELECT * FROM regress_explain.why('email', 'ex1');
SELECT * FROM regress_explain.why('email', NULL);
SELECT journey.subject_set('ex1') > 0 AS made;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT journey.consent_give('ex0', 'ex.mail') > 0 AS other, journey.consent_give('ex1', 'ex.mail', notice => 'first') > 0 AS given;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT * FROM regress_explain.why('diagnosis', 'ex1');
SELECT journey.create_rule('EX', 'law 1', regime => 'opt_in', since => '2020-01-01') > 0 AS made;
SELECT journey.subject_set('ex1', jurisdiction => 'EX') > 0 AS set;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT journey.consent_give('ex1', 'ex', notice => 'wide', covers_descendants => true) > 0 AS given,
       journey.consent_withdraw('ex1', 'ex', notice => 'no more') > 0 AS withdrawn;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT journey.register_basis('ex', 'contract', 'terms 4', class => 'ex_email', since => '2020-01-01') > 0 AS registered;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT * FROM regress_explain.why('diagnosis', 'ex1');

-- Retention: left aside unless a time is given; the limit is told.
SELECT journey.create_rule('EX', 'storage 7', retention => '10 days', since => '2020-01-01') > 0 AS made;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT * FROM regress_explain.why('email', 'ex1', collected => statement_timestamp() - interval '9 days');
SELECT * FROM regress_explain.why('email', 'ex1', collected => statement_timestamp() - interval '11 days');
SELECT * FROM regress_explain.why('email', 'ex1', collected => '-infinity');
SELECT keep_since = statement_timestamp() - interval '10 days' AS since FROM journey.explain_cell('regress_explain.mails', 'email', 'ex1', 'ex');

-- A day is its start in UTC, whatever the time zone, for cells and coverage alike; one after all timestamps is no error.
CREATE TABLE regress_explain.days (n int, who text, day date, email text);
INSERT INTO regress_explain.days
SELECT n, 'ex1', day, 'raw' FROM (VALUES (1, date '5874897-12-31'), (2, '294276-12-31'), (3, 'infinity'), (4, '-infinity'), (5, '4713-01-01 BC'), (6, NULL)) v (n, day)
UNION ALL
SELECT 100 + i, 'ex1', (now() AT TIME ZONE 'UTC')::date - i, 'raw' FROM generate_series(8, 12) i;
GRANT USAGE ON SCHEMA regress_explain TO regress_explain_ann;
GRANT SELECT ON regress_explain.days TO regress_explain_ann;
SELECT journey.protect('regress_explain.days', subject => 'who', collected => 'day',
                       columns => '{"n": "public", "day": "public", "email": {"mask": "null", "class": "ex_email"}}');
SET journey.purpose = 'ex.mail';
SET ROLE regress_explain_ann;
SELECT n FROM regress_explain.days WHERE email IS NOT NULL AND (n < 100 OR day > now() - interval '9 days') ORDER BY n;
SELECT count(*) AS wrong FROM regress_explain.days
WHERE n > 100 AND (email IS NOT NULL) <> (day::timestamp AT TIME ZONE 'UTC' >= statement_timestamp() - interval '10 days');
SELECT count(email) AS rows_shown FROM regress_explain.days \gset reader_
RESET ROLE;
SET timezone = 'Pacific/Kiritimati';
SELECT c.rows_shown FROM journey.coverage('regress_explain.days', 'ex.mail', 1) c WHERE c.class = 'ex_email' \gset east_
SET timezone = 'Pacific/Niue';
SELECT c.rows_shown FROM journey.coverage('regress_explain.days', 'ex.mail', 1) c WHERE c.class = 'ex_email' \gset west_
SET timezone = 'UTC';
SELECT :east_rows_shown = :reader_rows_shown AND :west_rows_shown = :reader_rows_shown AS same;
SELECT journey.unprotect('regress_explain.days');
-- Where no column tells, all that a rule of retention covers is masked, whatever time is given.
SELECT journey.protect('regress_explain.days', subject => 'who', columns => '{"n": "public", "email": {"mask": "null", "class": "ex_email"}}');
SET ROLE regress_explain_ann;
SELECT count(email) FROM regress_explain.days;
RESET ROLE;
RESET journey.purpose;
SELECT e.shown, e.reason FROM (VALUES (NULL), (statement_timestamp())) v (at),
       journey.explain_cell('regress_explain.days', 'email', 'ex1', 'ex.mail', collected => v.at) e;
SELECT journey.unprotect('regress_explain.days');

SELECT journey.create_rule('EX', 'law 2', min_age => 14, since => '2020-01-01') > 0 AS made;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT journey.create_rule('EX', 'law 3', regime => 'forbidden', since => '2020-01-01') > 0 AS made;
SELECT * FROM regress_explain.why('email', 'ex1');
SELECT journey.prohibit_class('ex_email', 'ex', 'never') > 0 AS prohibited;
SELECT * FROM regress_explain.why('email', 'ex1');

-- Readers: one without a grant, nobody in particular. Purposes: none, unknown, too long.
SELECT * FROM regress_explain.why('email', 'ex1', reader => 'regress_explain_officer');
SELECT * FROM regress_explain.why('email', 'ex1', reader => NULL);
SELECT * FROM regress_explain.why('email', 'ex1', purpose => 'ex.none');
SELECT * FROM regress_explain.why('email', 'ex1', purpose => 'Not a name');
SELECT * FROM regress_explain.why('email', 'ex1', purpose => repeat('x', 300));
SELECT * FROM regress_explain.why('email', 'ex1', purpose => NULL);
SET journey.purpose = 'ex.mail';
SELECT * FROM regress_explain.why('email', 'ex1', purpose => NULL);
RESET journey.purpose;
SELECT * FROM regress_explain.why('email', repeat('x', 2000));

-- Columns: public, listed nowhere, odd, added later, by the base table.
SELECT * FROM regress_explain.why('at', 'ex1');
SELECT * FROM regress_explain.why('token', 'ex1');
SELECT * FROM regress_explain.why('Odd "name', 'ex1');
SELECT * FROM regress_explain.why('later', 'ex1');
SELECT reason FROM journey.explain_cell('journey_base.mails', 'email', 'ex1', 'ex');
SELECT journey.explain_cell('regress_explain.mails', 'none', 'ex1');
SELECT journey.explain_cell('regress_explain.mails', 'ctid', 'ex1');
SELECT journey.explain_cell('regress_explain.mails', NULL, 'ex1');
SELECT journey.explain_cell('pg_catalog.pg_class', 'relname', 'ex1');
SELECT journey.explain_cell(NULL, 'relname', 'ex1');

-- In the order of the decision: erased comes before the grant, the grant before what is prohibited.
BEGIN;
UPDATE journey.subject SET restricted = true WHERE name = 'ex1';
SELECT * FROM regress_explain.why('email', 'ex1', reader => 'regress_explain_officer');
UPDATE journey.subject SET erased = true WHERE name = 'ex1';
SELECT * FROM regress_explain.why('email', 'ex1', reader => 'regress_explain_officer');
SELECT * FROM regress_explain.why('email', 'ex1', purpose => 'ex.none');
ROLLBACK;
-- What this transaction has not committed opens nothing.
DELETE FROM journey.rule WHERE source IN ('law 2', 'law 3');
BEGIN;
SELECT journey.permit_class('ex_email', 'ex');
SELECT * FROM regress_explain.why('email', 'ex1');
ROLLBACK;

-- Not for readers.
SET ROLE regress_explain_ann;
SELECT journey.explain_cell('pg_catalog.pg_class', 'relname', 'ex1');
SELECT journey._explain('', 'ex1', 'ex', 0, NULL, false, true, false);
RESET ROLE;

SELECT journey.unprotect('regress_explain.mails');
DELETE FROM journey.prohibition WHERE class ^@ 'ex_';
DELETE FROM journey.lawful_basis WHERE purpose ^@ 'ex';
DELETE FROM journey.rule WHERE jurisdiction = 'EX';
SELECT journey.subject_set('ex1', jurisdiction => '') > 0 AS set;
SELECT journey.drop_jurisdiction('EX'), journey.drop_class('ex_email'), journey.drop_class('ex_health');
SELECT journey.revoke_purpose('regress_explain_ann', 'ex');
SET client_min_messages = warning;
DROP SCHEMA regress_explain CASCADE;
DROP ROLE regress_explain_ann, regress_explain_officer;
