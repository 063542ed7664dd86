-- What is known of subjects is read in the order in which it is stored, which
-- is not the order of subjects: whatever was updated has moved.  Nobody's
-- answer may depend on that.  Each is asked by what was read of all subjects,
-- and once more by the tables.
CREATE TABLE regress_order AS SELECT 'order' || i AS subject, i FROM generate_series(1, 6000) i;
SELECT journey.create_purpose('order') > 0 AND journey.create_purpose('order.below') > 0 AS made;
SELECT journey.grant_purpose(current_user::regrole, 'order');
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION pg_temp.differences(OUT consented bigint, OUT different bigint, OUT all_read boolean) LANGUAGE plpgsql AS $$
DECLARE
  before bigint := (SELECT r.all_read FROM journey._consent_reads() r);
BEGIN
  -- without memory there is none to keep, and what was kept goes
  SET journey.consent_lookups = 0;
  SET journey.consent_memory = 0;
  CREATE TEMP TABLE by_tables AS SELECT subject, journey.consented(subject, 'order') AS order, journey.consented(subject, 'order.below') AS below
    FROM regress_order;
  SET journey.consent_memory = '64MB';
  SELECT count(*) FILTER (WHERE t.order), count(*) FILTER (WHERE t.order <> c.order OR t.below <> c.below)
  INTO consented, different
  FROM by_tables t JOIN (SELECT subject, journey.consented(subject, 'order') AS order, journey.consented(subject, 'order.below') AS below
                         FROM regress_order) c USING (subject);
  all_read := (SELECT r.all_read FROM journey._consent_reads() r) > before;
  DROP TABLE by_tables;
END
$$;

-- as recorded: subjects are numbered by their names
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', subject, 'purpose', 'order') ORDER BY subject COLLATE "C")
                               FROM regress_order WHERE i % 4 <> 0)) AS recorded;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- some moved
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'withdraw', 'subject', subject, 'purpose', 'order') ORDER BY i)
                               FROM regress_order WHERE i % 100 = 3)) AS recorded;
SELECT count(journey.subject_restrict(subject)) AS restricted FROM regress_order WHERE i % 200 = 5;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- ... and may be shown again, where they are now
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', subject, 'purpose', 'order') ORDER BY i)
                               FROM regress_order WHERE i % 100 = 3)) AS recorded;
SELECT count(journey.subject_lift(subject)) AS lifted FROM regress_order WHERE i % 200 = 5;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- ... two purposes for some
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', subject, 'purpose', 'order.below') ORDER BY i)
                               FROM regress_order WHERE i % 100 = 1)) AS recorded;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- the last subject's row first: all others are late
DELETE FROM journey.state s USING journey.subject u WHERE u.number = s.subject AND u.name = 'order1';
SELECT journey.consent_give('order5999', 'order') > 0 AS recorded;
VACUUM journey.state;
SELECT journey.consent_give('order5998', 'order') > 0 AS recorded;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- most moved, in no order
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', 'give', 'subject', subject, 'purpose', 'order') ORDER BY i * 7919 % 6011)
                               FROM regress_order WHERE i % 3 = 0)) AS recorded;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

-- subjects without any row of the state, before, between and behind the others
DELETE FROM journey.state s USING journey.subject u, regress_order o
WHERE u.number = s.subject AND u.name = o.subject AND (o.i < 10 OR o.i BETWEEN 3000 AND 3010 OR o.i > 5990);
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();

SELECT journey._state_rebuild() > 0 AS repaired;
DELETE FROM journey.fact_page;
SELECT * FROM pg_temp.differences();
SELECT journey.revoke_purpose(current_user::regrole, 'order');
RESET journey.consent_lookups;
RESET journey.consent_memory;
RESET max_parallel_workers_per_gather;
DROP TABLE regress_order;
