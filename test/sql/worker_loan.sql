-- Workers begin with what the leader knows about subjects: the same answers with
-- one process and several, in all ways that a plan can use them.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA regress_loan;
CREATE ROLE regress_loan_ana;
GRANT USAGE ON SCHEMA regress_loan TO regress_loan_ana;
SELECT journey.create_purpose('loan') > 0;
SELECT journey.grant_purpose('regress_loan_ana', 'loan');
-- names that end in numbers, of which half say the same, and 30 say something else each
SELECT count(journey.consent_give('loan-' || i, 'loan')) FROM generate_series(1, 400) i;
SELECT count(journey.consent_give('loan-' || i, 'loan', valid_until => '2100-01-01'::timestamptz + i * interval '1 day')) FROM generate_series(401, 430) i;
-- names that do not, short and long ones
SELECT count(journey.consent_give(chr(97 + i / 26) || chr(97 + i % 26), 'loan')) FROM generate_series(1, 300) i;
SELECT count(journey.consent_give('somebody whose name is longer than others: ' || chr(97 + i), 'loan')) FROM generate_series(0, 20) i;
CREATE TABLE regress_loan.big AS
  SELECT i AS id, CASE i % 4 WHEN 0 THEN 'loan-' || i % 800 WHEN 1 THEN chr(97 + i % 676 / 26) || chr(97 + i % 26)
		 WHEN 2 THEN 'somebody whose name is longer than others: ' || chr(97 + i % 26) ELSE 'loan-' || 400 + i % 50 END AS who,
		 's' || i AS secret
  FROM generate_series(1, 20000) i;
CREATE TABLE regress_loan.ids AS SELECT 7310000 + i AS who, 's' || i AS secret FROM generate_series(1, 3000) i;
SELECT count(journey.consent_give((7310000 + i)::text, 'loan')) FROM generate_series(1, 900, 3) i;
ALTER TABLE regress_loan.big SET (parallel_workers = 2);
ALTER TABLE regress_loan.ids SET (parallel_workers = 2);
ANALYZE regress_loan.big, regress_loan.ids;
GRANT SELECT ON regress_loan.big, regress_loan.ids TO regress_loan_ana;
SELECT journey.protect('regress_loan.big', 'who', '{"id": "public", "secret": "null"}');
SELECT journey.protect('regress_loan.ids', 'who', '{"secret": "null"}');
CREATE FUNCTION regress_loan.reads() RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE SECURITY DEFINER AS $$ BEGIN
  RETURN (SELECT r.*::text FROM journey._consent_reads() r);
END $$;

SET journey.consent_lookups = 0;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET journey.purpose = 'loan';
SET ROLE regress_loan_ana;
\set ask 'SELECT count(*), count(secret), sum(hashtext(secret)) FROM regress_loan.big'
\set both 'SELECT count(b.secret), count(i.secret) FROM regress_loan.big b JOIN regress_loan.ids i ON i.secret = b.secret'
\set ordered 'SELECT count(*), sum(length(secret)) FROM (SELECT secret FROM regress_loan.big ORDER BY secret LIMIT 2000) x'
\set again 'SELECT v, (SELECT count(secret) FROM regress_loan.big WHERE id > v) FROM (VALUES (1), (500), (15000)) x (v)'

\echo one process
SET max_parallel_workers_per_gather = 0;
:ask;
:both;
:ordered;
:again;
\echo two workers
SET max_parallel_workers_per_gather = 2;
:ask;
:both;
:ordered;
:again;
\echo without the leader, and what the workers read by themselves
SET parallel_leader_participation = off;
:ask;
:both;
:ordered;
:again;
SELECT count(secret), max(regress_loan.reads()) FROM regress_loan.big;
SELECT count(i.secret), max(regress_loan.reads()) FROM regress_loan.big b JOIN regress_loan.ids i ON i.secret = b.secret;
\echo planned, and none there
RESET ROLE;
SET max_parallel_workers = 0;
SET ROLE regress_loan_ana;
:ask;
:both;
RESET ROLE;
RESET max_parallel_workers;
\echo nothing is kept, so nothing is lent
SET journey.consent_memory = 0;
SET ROLE regress_loan_ana;
:ask;
SELECT count(secret), max(regress_loan.reads()) FROM regress_loan.big;
RESET ROLE;
RESET journey.consent_memory;
SET ROLE regress_loan_ana;
:ask;

\echo an error in a worker, and a statement that goes on behind it
SELECT count(1 / (id - 7000)) FROM regress_loan.big WHERE secret IS NOT NULL OR id = 7000;
:ask;
DO $$ BEGIN
  FOR i IN 1 .. 3 LOOP
    BEGIN
      PERFORM count(1 / (id - 7000 * i)) FROM regress_loan.big WHERE secret IS NOT NULL OR id = 7000 * i;
    EXCEPTION WHEN division_by_zero THEN
      NULL;
    END;
  END LOOP;
END $$;
SELECT count(secret), max(regress_loan.reads()) FROM regress_loan.big;

\echo withdrawn by the own transaction, which the workers must see and the cache must not
RESET ROLE;
BEGIN;
SELECT journey.consent_withdraw('loan-8', 'loan') > 0;
SET LOCAL ROLE regress_loan_ana;
:ask;
ROLLBACK;
SET ROLE regress_loan_ana;
:ask;

RESET ROLE;
RESET parallel_leader_participation;
RESET max_parallel_workers_per_gather;
RESET min_parallel_table_scan_size;
RESET parallel_tuple_cost;
RESET parallel_setup_cost;
RESET journey.consent_lookups;
RESET journey.purpose;
SELECT journey.unprotect('regress_loan.big'), journey.unprotect('regress_loan.ids');
DROP SCHEMA regress_loan CASCADE;
SELECT journey.revoke_purpose('regress_loan_ana', 'loan');
DROP ROLE regress_loan_ana;
