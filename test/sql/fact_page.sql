\set SHOW_CONTEXT never
-- What is known about all subjects, packed: sessions begin with it, and it is never believed too long.
CREATE TABLE regress_fact AS
SELECT CASE i % 3 WHEN 0 THEN 'fact' || pg_catalog.lpad(i::text, 5, '0') WHEN 1 THEN 'f' || md5(i::text) ELSE 'z' || i || '@example.com' END AS subject, i
FROM generate_series(1, 3000) i;
SELECT journey.create_purpose('fact') > 0 AS made;
SELECT journey.grant_purpose(current_user::regrole, 'fact');
SELECT journey.consent_record((SELECT jsonb_agg(jsonb_build_object('action', CASE i % 4 WHEN 0 THEN 'withdraw' ELSE 'give' END,
                                                                   'subject', subject, 'purpose', 'fact'))
                               FROM regress_fact)) AS recorded;
CREATE FUNCTION regress_fact_count() RETURNS TABLE (given bigint, looked_up bigint, loaded boolean, all_read boolean)
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS $$
DECLARE
  before record;
BEGIN
  -- anew, as in a new session, and then without anything that is kept
  SET journey.consent_lookups = 0;
  SET journey.consent_memory = 0;
  PERFORM journey.consented('fact00003', 'fact');
  RESET journey.consent_memory;
  SELECT * INTO before FROM journey._consent_reads();
  given := (SELECT count(*) FILTER (WHERE journey.consented(subject, 'fact')) FROM regress_fact);
  -- the server may analyze a table meanwhile, after which it is done once more
  SELECT r.loaded > before.loaded, r.all_read > before.all_read INTO loaded, all_read FROM journey._consent_reads() r;
  SET journey.consent_memory = 0;
  looked_up := (SELECT count(*) FILTER (WHERE journey.consented(subject, 'fact')) FROM regress_fact);
  RESET journey.consent_memory;
  RETURN NEXT;
END
$$;
\set count 'SELECT * FROM regress_fact_count();'
DELETE FROM journey.fact_page;
:count

-- Packed, they are taken.
SELECT journey.consent_fold() >= 3000 AS folded;
:count

-- ... without a trace.
BEGIN;
SET LOCAL journey.consent_lookups = 0;
SET LOCAL journey.consent_memory = 0;
SELECT journey.consented('fact00003', 'fact');
SET LOCAL journey.consent_memory = '64MB';
SELECT loaded AS loaded_before FROM journey._consent_reads() \gset
SELECT sum(seq_scan + idx_scan) AS scans FROM pg_stat_xact_all_tables WHERE relid = 'journey.fact_page'::regclass \gset
SELECT journey.consented('fact00006', 'fact');
SELECT loaded > :loaded_before AS loaded FROM journey._consent_reads();
SELECT sum(seq_scan + idx_scan) = :scans AS untold FROM pg_stat_xact_all_tables WHERE relid = 'journey.fact_page'::regclass;
COMMIT;

-- What was said since counts.
SELECT journey.consent_withdraw(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i IN (3, 1, 2) ORDER BY i;
SELECT journey.consent_give(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i = 4;
SELECT journey.subject_restrict(subject) > 0 AS recorded FROM regress_fact WHERE i = 6;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
:count

-- A transaction that packs does not see its own events, and what it rolls back never was.
BEGIN;
SELECT journey.consent_withdraw(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i = 9;
SELECT journey.consent_fold() >= 3000 AS folded;
SELECT journey.consent_withdraw(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i = 10;
:count
COMMIT;
:count
BEGIN;
SELECT journey.consent_withdraw(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i = 11;
SAVEPOINT s;
SELECT journey.consent_withdraw(subject, 'fact') > 0 AS recorded FROM regress_fact WHERE i = 13;
SELECT journey.consent_fold() >= 3000 AS folded;
ROLLBACK TO s;
SELECT journey.consent_fold() >= 3000 AS folded;
ROLLBACK;
:count

-- Changes that leave no event.
UPDATE journey.state s SET withdrawn = 0 FROM journey.subject u JOIN regress_fact f ON f.subject = u.name
 WHERE u.number = s.subject AND f.i = 9;
:count
SELECT journey._state_rebuild() > 0 AS repaired;
SELECT journey.consent_fold() >= 3000 AS folded;
:count

-- Changes that leave nothing but another version of the catalog.
ALTER TABLE journey.ledger DISABLE TRIGGER stamp;
:count
SELECT journey.consent_fold();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER stamp;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
:count
-- ... with changes that nothing told of
BEGIN;
ALTER TABLE journey.state DISABLE TRIGGER tell_written;
UPDATE journey.state s SET withdrawn = s.given + 1 FROM journey.subject u JOIN regress_fact f ON f.subject = u.name
 WHERE u.number = s.subject AND f.i BETWEEN 101 AND 200;
ALTER TABLE journey.state ENABLE ALWAYS TRIGGER tell_written;
COMMIT;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
:count
CREATE TEMPORARY TABLE regress_state AS SELECT * FROM journey.state;
BEGIN;
ALTER TABLE journey.state DISABLE TRIGGER USER;
TRUNCATE journey.state;
INSERT INTO journey.state SELECT s.* FROM regress_state s JOIN journey.subject u ON u.number = s.subject JOIN regress_fact f ON f.subject = u.name WHERE f.i <= 1000;
ALTER TABLE journey.state ENABLE ALWAYS TRIGGER tell_written;
ALTER TABLE journey.state ENABLE ALWAYS TRIGGER tell_emptied;
:count
COMMIT;
:count
SELECT journey._state_rebuild() > 0 AS repaired;
SELECT journey.consent_fold() >= 3000 AS folded;
:count
-- ... with columns that exchange their names
SELECT pg_get_functiondef('journey._tell_changes'::regproc) AS tell \gset
BEGIN;
ALTER TABLE journey.state RENAME COLUMN objected TO hidden;
ALTER TABLE journey.state RENAME COLUMN withdrawn TO objected;
ALTER TABLE journey.state RENAME COLUMN hidden TO withdrawn;
SELECT journey.consent_fold();
ROLLBACK;
BEGIN;
ALTER TABLE journey.state RENAME COLUMN objected TO hidden;
ALTER TABLE journey.state RENAME COLUMN withdrawn TO objected;
ALTER TABLE journey.state RENAME COLUMN hidden TO withdrawn;
:count
ALTER TABLE journey.state RENAME COLUMN objected TO hidden;
ALTER TABLE journey.state RENAME COLUMN withdrawn TO objected;
ALTER TABLE journey.state RENAME COLUMN hidden TO withdrawn;
COMMIT;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
-- ... with another function in a trigger
:tell;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
-- ... but not what maintenance does.
VACUUM ANALYZE journey.subject, journey.state, journey.ledger, journey.fact_page;
:count

-- Damage.
UPDATE journey.fact_page SET bytes = set_byte(bytes, length(bytes) - 1, get_byte(bytes, length(bytes) - 1) # 1)
 WHERE part = (SELECT max(part) FROM journey.fact_page);
:count
SELECT journey.consent_fold() >= 3000 AS folded;
UPDATE journey.fact_page SET bytes = set_byte(bytes, 2000, get_byte(bytes, 2000) # 1) WHERE part = 0;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
DELETE FROM journey.fact_page WHERE part = 1;
:count
SELECT journey.consent_fold() >= 3000 AS folded;
UPDATE journey.fact_page SET part = part + 1000;
:count
UPDATE journey.fact_page SET bytes = '' WHERE part = 1000;
SELECT journey.consent_fold() >= 3000 AS folded;
INSERT INTO journey.fact_page VALUES (1000000, 'more');
:count
SELECT journey.consent_fold() >= 3000 AS folded;
:count

-- Who is renamed or removed is in there no longer, at once.
CREATE FUNCTION regress_fact_holds(name text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL UNSAFE AS
'SELECT position(convert_to(name, ''UTF8'') IN string_agg(bytes, '''' ORDER BY part)) > 0 FROM journey.fact_page';
INSERT INTO journey.subject (name) VALUES ('a canary sings'), ('another canary sings'), ('a third canary sings');
SELECT journey.consent_fold() >= 3000 AS folded;
SELECT regress_fact_holds('a canary sings'), regress_fact_holds('another canary sings'), regress_fact_holds('a third canary sings'),
       regress_fact_holds('no canary sings');
UPDATE journey.subject SET name = 'a quiet one' WHERE name = 'a canary sings';
SELECT regress_fact_holds('a canary sings'), regress_fact_holds('another canary sings');
DELETE FROM journey.subject WHERE name = 'another canary sings';
SELECT regress_fact_holds('another canary sings'), regress_fact_holds('a third canary sings');
SELECT count(*) > 0 AS pages FROM journey.fact_page;
:count
-- ... and so is who is erased; the others are taken from there as before.
SELECT journey.consent_fold() >= 3000 AS folded;
UPDATE journey.subject SET erased = true WHERE name = 'a third canary sings';
UPDATE journey.subject SET erased = true WHERE name = (SELECT subject FROM regress_fact WHERE i = 15);
SELECT regress_fact_holds('a third canary sings');
:count
SELECT journey.consent_fold() >= 3000 AS folded;
SELECT regress_fact_holds('a third canary sings'), regress_fact_holds('a quiet one');
:count
-- Bytes that cannot be read hold nobody.
UPDATE journey.fact_page SET bytes = 'nothing' WHERE part = 0;
UPDATE journey.subject SET name = 'a loud one' WHERE name = 'a quiet one';
SELECT count(*) FROM journey.fact_page;
DELETE FROM journey.subject WHERE name IN ('a loud one', 'a third canary sings');

-- What cannot be done is said.
SET journey.consent_memory = '10kB';
SELECT journey.consent_fold();
RESET journey.consent_memory;
BEGIN READ ONLY;
SELECT journey.consent_fold();
ROLLBACK;
SELECT journey._fact_pages_forget();

-- As a part of something else it is for large tables only, and does not fail.
SELECT journey._consent_fold();
SELECT count(*) = 0 OR EXISTS (SELECT FROM journey.subject OFFSET 9999) AS nothing FROM journey.fact_page;
DELETE FROM journey.fact_page;
INSERT INTO journey.subject (name) SELECT 'many' || i FROM generate_series(1, 10000) i;
SET journey.consent_memory = '10kB';
SELECT journey._consent_fold();
RESET journey.consent_memory;
SELECT count(*) FROM journey.fact_page;
SELECT journey._consent_fold();
SELECT count(*) > 0 AS written FROM journey.fact_page;
:count

-- It is nobody's business.
CREATE ROLE regress_fact;
SET ROLE regress_fact;
SELECT count(*) FROM journey.fact_page;
SELECT journey.consent_fold();
SELECT journey._fact_pages_write(1);
RESET ROLE;
DROP ROLE regress_fact;
DELETE FROM journey.fact_page;
DELETE FROM journey.subject WHERE name LIKE 'many%';
SELECT journey.revoke_purpose(current_user::regrole, 'fact');
DROP FUNCTION regress_fact_count(), regress_fact_holds(text);
DROP TABLE regress_fact;
