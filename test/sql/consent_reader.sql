-- The decision on the reader: who holds a grant, in which role, when.
SET timezone = 'UTC';
\set SHOW_CONTEXT never
CREATE ROLE regress_consent_ana;
CREATE ROLE regress_consent_ben;
CREATE ROLE regress_consent_team;
CREATE ROLE regress_consent_heir IN ROLE regress_consent_team;
CREATE ROLE regress_consent_guest NOINHERIT IN ROLE regress_consent_team;
CREATE ROLE regress_consent_root SUPERUSER;
CREATE ROLE regress_consent_root2 SUPERUSER IN ROLE regress_consent_team;
SELECT journey.create_purpose('rx.y') > 0 AS made, journey.create_purpose('rx.z') > 0 AS made;
SELECT journey.grant_purpose('regress_consent_ana', 'rx'), journey.grant_purpose('regress_consent_team', 'rx.y');
SELECT journey.consent_give('rx1', 'rx', covers_descendants => true) < journey.consent_give('rx2', 'rx.y') AS given;
-- Prints one line: role, answers for rx, rx.y, rx.z about rx1, and about rx2 for rx.y.
\set ask 'SELECT current_user, journey.consented(''rx1'', ''rx'') AS rx, journey.consented(''rx1'', ''rx.y'') AS "rx.y", journey.consented(''rx1'', ''rx.z'') AS "rx.z", journey.consented(''rx2'', ''rx.y'') AS "rx2 rx.y";'

-- No grant, a grant, a grant below; members who inherit; superusers get nothing for free.
SET ROLE regress_consent_ben;   :ask
SET client_min_messages = error;
SET ROLE regress_consent_ana;   :ask
SET ROLE regress_consent_team;  :ask
SET ROLE regress_consent_heir;  :ask
SET ROLE regress_consent_guest; :ask
SET ROLE regress_consent_root;  :ask
SET ROLE regress_consent_root2; :ask
RESET ROLE;
-- Who does not inherit may still change to the role that holds the grant.
SET SESSION AUTHORIZATION regress_consent_guest;
:ask
SET ROLE regress_consent_team;
:ask
RESET SESSION AUTHORIZATION;
-- Membership counts when the statement runs.
GRANT regress_consent_team TO regress_consent_ben;
SET ROLE regress_consent_ben;   :ask
RESET ROLE;
REVOKE regress_consent_team FROM regress_consent_ben;
SET ROLE regress_consent_ben;   :ask
RESET ROLE;

-- A grant has a beginning and an end.
SELECT journey.grant_purpose('regress_consent_ben', 'rx', since => now() + interval '1 h');
SET ROLE regress_consent_ben;   :ask
RESET ROLE;
SELECT journey.grant_purpose('regress_consent_ben', 'rx', since => now() - interval '1 h', until => now() - interval '1 s');
SET ROLE regress_consent_ben;   :ask
RESET ROLE;
SELECT journey.grant_purpose('regress_consent_ben', 'rx', since => now() - interval '1 h', until => now() + interval '1 h');
SET ROLE regress_consent_ben;   :ask
RESET ROLE;
SELECT journey.revoke_purpose('regress_consent_ben', 'rx');

-- In a SECURITY DEFINER function both, the owner and the caller, need the grant.
CREATE SCHEMA regress_consent;
GRANT ALL ON SCHEMA regress_consent TO PUBLIC;
SET ROLE regress_consent_ana;
CREATE FUNCTION regress_consent.by_ana() RETURNS boolean SECURITY DEFINER LANGUAGE sql AS $$ SELECT journey.consented('rx1', 'rx.y') $$;
SET ROLE regress_consent_ben;
CREATE FUNCTION regress_consent.by_ben() RETURNS boolean SECURITY DEFINER LANGUAGE sql AS $$ SELECT journey.consented('rx1', 'rx.y') $$;
SET ROLE regress_consent_heir;
SELECT regress_consent.by_ana() AS "both", regress_consent.by_ben() AS caller_only, journey.consented('rx1', 'rx.y') AS plain;
SET ROLE regress_consent_ben;
RESET client_min_messages;
SELECT regress_consent.by_ana() AS owner_only;
SELECT regress_consent.by_ben() AS neither;
SET ROLE regress_consent_ana;
SELECT regress_consent.by_ben() AS caller_only;
RESET ROLE;

DO $$
DECLARE
  answers text;
BEGIN
  SET LOCAL ROLE regress_consent_heir;
  answers := format('as heir: %s', regress_consent.by_ana());
  SET LOCAL ROLE regress_consent_ben;
  RAISE NOTICE '%, as ben: %', answers, regress_consent.by_ana();
END $$;

-- One warning a statement, however many rows, also from a block of statements.
SET ROLE regress_consent_ben;
SELECT count(*) FILTER (WHERE journey.consented('rx1', 'rx')), count(*) FILTER (WHERE journey.consented('rx1', 'rx.y')) FROM generate_series(1, 1000);
DO $$ BEGIN FOR i IN 1 .. 3 LOOP PERFORM journey.consented('rx1', 'rx'); END LOOP; END $$;
SELECT journey.consented('rx1', 'rx');
RESET ROLE;

-- Prepared plans decide when they run: other role, other purpose, later withdrawal.
SET client_min_messages = error;
SET plan_cache_mode = force_generic_plan;
PREPARE ask(text) AS SELECT current_user, $1 AS purpose, journey.consented('rx2', $1);
SET ROLE regress_consent_ana;
EXECUTE ask('rx.y');
EXECUTE ask('rx.z');
SET ROLE regress_consent_ben;
EXECUTE ask('rx.y');
SET ROLE regress_consent_heir;
EXECUTE ask('rx.y');
RESET ROLE;
SELECT journey.consent_withdraw('rx2', 'rx') > 0 AS withdrawn;
SET ROLE regress_consent_heir;
EXECUTE ask('rx.y');
RESET ROLE;
SELECT journey.consent_give('rx2', 'rx.y') > 0 AS given;
SET ROLE regress_consent_heir;
EXECUTE ask('rx.y');
RESET ROLE;
DEALLOCATE ask;
RESET plan_cache_mode;

-- What the own transaction has not committed can hide, never show.
BEGIN;
SELECT journey.grant_purpose('regress_consent_ben', 'rx');
SET LOCAL ROLE regress_consent_ben;   :ask
ROLLBACK;
BEGIN;
SELECT journey.consent_give('rx3', 'rx') > 0 AS given;
SET LOCAL ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS not_yet;
RESET ROLE;
COMMIT;
SET ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS now;
RESET ROLE;
BEGIN;
SET LOCAL ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS before;
RESET ROLE;
SAVEPOINT s;
SELECT journey.consent_withdraw('rx3', 'rx') > 0 AS withdrawn;
SET LOCAL ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS hidden;
ROLLBACK TO s;
SET LOCAL ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS rolled_back;
RESET ROLE;
SELECT journey.revoke_purpose('regress_consent_ana', 'rx');
SET LOCAL ROLE regress_consent_ana;
SELECT journey.consented('rx3', 'rx') AS revoked;
ROLLBACK;
-- The same within one statement of a client, where the statement's time stays.  (The
-- consent that was committed before still stands when it is given again.)
GRANT EXECUTE ON FUNCTION journey.consent_withdraw, journey.consent_give TO regress_consent_ana;
SET ROLE regress_consent_ana;
RESET client_min_messages;
DO $$
DECLARE
  answers text := '';
BEGIN
  answers := answers || journey.consented('rx3', 'rx')::text;
  BEGIN
    PERFORM journey.consent_withdraw('rx3', 'rx');
    answers := answers || ', withdrawn: ' || journey.consented('rx3', 'rx')::text;
    PERFORM journey.consent_give('rx3', 'rx');
    answers := answers || ', given again: ' || journey.consented('rx3', 'rx')::text;
    RAISE EXCEPTION 'undo';
  EXCEPTION WHEN raise_exception THEN
    answers := answers || ', rolled back: ' || journey.consented('rx3', 'rx')::text;
  END;
  BEGIN
    PERFORM journey.consented('rx3', 'rx'), 1 / (length(answers) - length(answers));
  EXCEPTION WHEN division_by_zero THEN
    answers := answers || ', after an error: ' || journey.consented('rx3', 'rx')::text;
  END;
  RAISE NOTICE '%', answers;
END $$;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION journey.consent_withdraw, journey.consent_give FROM regress_consent_ana;

-- Parallel workers decide as the leader does.
CREATE TABLE regress_consent.rows AS SELECT 'rx' || i % 4 AS who FROM generate_series(1, 20000) i;
GRANT SELECT ON regress_consent.rows TO regress_consent_ana, regress_consent_ben;
CREATE FUNCTION regress_consent.is_parallel(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
    IF line ~ 'Workers Launched: [1-9]' THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
ANALYZE regress_consent.rows;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET ROLE regress_consent_ana;
\set scan 'SELECT who, count(*) FROM regress_consent.rows WHERE journey.consented(who, ''rx'') GROUP BY who ORDER BY who'
:scan;
SET max_parallel_workers_per_gather = 0;
:scan;
SET max_parallel_workers_per_gather = 2;
SELECT regress_consent.is_parallel(:'scan');
SET client_min_messages = error;
SET ROLE regress_consent_ben;
:scan;
RESET ROLE;
RESET client_min_messages;
SET max_parallel_workers_per_gather = 0;

-- What would keep values beyond a withdrawal does not get them.
SELECT journey.grant_purpose(current_user::regrole, 'rx');
SELECT journey.consented('rx1', 'rx') AS read;
CREATE MATERIALIZED VIEW regress_consent.copy AS SELECT who FROM regress_consent.rows WHERE journey.consented(who, 'rx');
SELECT count(*) FROM regress_consent.copy;
CREATE INDEX ON regress_consent.rows (who) WHERE journey.consented(who, 'rx');
SELECT journey.revoke_purpose(current_user::regrole, 'rx');

SET client_min_messages = error;
DROP SCHEMA regress_consent CASCADE;
SELECT journey.revoke_purpose('regress_consent_ana', 'rx'), journey.revoke_purpose('regress_consent_team', 'rx.y');
DROP ROLE regress_consent_ana, regress_consent_ben, regress_consent_heir, regress_consent_guest, regress_consent_root, regress_consent_root2, regress_consent_team;
