-- What a cell finds out at a glance (decision_front.h) is what the tables say,
-- whatever happens between two cells of a row.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE regress_front_ana;
CREATE ROLE regress_front_ben;
CREATE ROLE regress_front_eve;
CREATE ROLE regress_front_both IN ROLE regress_front_ana, regress_front_ben NOINHERIT;
SELECT journey.create_purpose('front') > 0 AS made, journey.create_purpose('other') > 0 AS made;
SELECT journey.grant_purpose('regress_front_ana', 'front'), journey.grant_purpose('regress_front_eve', 'front');

-- names of all sizes, pairs that differ in one byte, at each place of it; one of two consented
CREATE TABLE front_who AS
  SELECT row_number() OVER (ORDER BY size, place, twin) AS n, twin = 1 AS yes,
         overlay(repeat('n', size) placing chr(64 + twin) from place) AS who
  FROM unnest('{1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 33, 64, 126, 127, 128, 200, 1024}'::int[]) size,
       LATERAL (SELECT DISTINCT p FROM generate_series(1, size, 1 + size / 33) p UNION SELECT size) AS places (place),
       generate_series(1, 2) twin;
INSERT INTO front_who SELECT 100000 + i, i % 2 = 1, (7700000 + i)::text FROM generate_series(1, 999) i;
INSERT INTO front_who VALUES (200000, NULL, NULL), (200001, NULL, ''), (200002, NULL, repeat('n', 1025)), (200003, NULL, repeat('long', 100000));
SELECT count(*) AS names, count(DISTINCT who) AS of_them FROM front_who;
SELECT count(journey.consent_give(who, 'front')) AS given FROM front_who WHERE yes;

-- 18 classes, more than have a place in the short answer; two are prohibited
CREATE TABLE front (n int, who text, a text, b text, c int, d text);
INSERT INTO front SELECT n, who, 'a' || n, 'b' || n, n, 'd' || n FROM front_who;
GRANT SELECT ON front TO PUBLIC;
SELECT count(x) AS protected FROM journey.protect('front', subject => 'who', columns => '{"n": "public", "who": "public",
  "a": {"class": "front_a", "mask": "null"}, "b": {"class": "front_b", "mask": "constant", "value": "*"},
  "c": {"class": "front_c", "mask": "generalize", "step": 1000000}, "d": {"class": "front_a", "mask": "partial", "keep_first": 1}}') x;
DO $$
BEGIN
  EXECUTE format('CREATE TABLE front_wide AS SELECT who::bigint AS who, %s FROM front_who WHERE n BETWEEN 100001 AND 100010',
                 (SELECT string_agg(format('n AS c%s', i), ', ') FROM generate_series(1, 18) i));
  PERFORM journey.protect('front_wide', subject => 'who', columns => (
    SELECT jsonb_object_agg('c' || i, jsonb_build_object('class', 'front_' || i, 'mask', 'null')) FROM generate_series(1, 18) i) || '{"who": "public"}');
  PERFORM journey.create_class(c), journey.prohibit_class(c, 'front', 'a test') FROM unnest('{front_3, front_17}'::text[]) c;
END $$;
GRANT SELECT ON front_wide TO PUBLIC;

-- every cell by what the subject said; the order of rows decides which subject is the last one
CREATE VIEW front_wrong AS
  SELECT count(*) AS rows, count(*) FILTER (WHERE ARRAY[f.a = 'a' || f.n, f.b = 'b' || f.n, f.c = f.n, f.d = 'd' || f.n]
    IS DISTINCT FROM ARRAY[CASE WHEN w.yes THEN true END, w.yes IS TRUE, w.yes IS TRUE, w.yes IS TRUE]) AS wrong
  FROM front f JOIN front_who w USING (n);
GRANT SELECT ON front_wrong, front_who TO PUBLIC;
SET journey.purpose = 'front';
SET journey.consent_lookups = 0;
SET ROLE regress_front_ana;
SELECT * FROM front_wrong;
SELECT * FROM front_wrong;
SELECT count(*) AS wrong FROM (SELECT * FROM front_who ORDER BY md5(n::text) OFFSET 0) w
  CROSS JOIN LATERAL (SELECT f.a FROM front f WHERE f.n = w.n OFFSET 0) f WHERE n < 40 AND w.yes IS DISTINCT FROM (f.a IS NOT NULL) AND w.yes IS NOT NULL;
-- rows of two relations in turn
SELECT count(*) FILTER (WHERE f.a IS NULL) AS denied, count(*) FILTER (WHERE g.a IS NULL) AS denied, count(*)
FROM front f JOIN front g ON g.n = f.n + 1 WHERE f.n BETWEEN 100001 AND 100800;
-- names that a cast makes, one after the other in one place of memory
SELECT num_nonnulls(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18) AS seen,
       c1 IS NULL AS c1, c2 IS NULL AS c2, c3 IS NULL AS c3, c4 IS NULL AS c4, c16 IS NULL AS c16, c17 IS NULL AS c17, c18 IS NULL AS c18, count(*)
FROM front_wide GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1;
RESET ROLE;

-- a view of the owner's that calls what it likes between two cells of a row
CREATE FUNCTION front_seal(relation name, col name) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format('%L::journey._seal', p.id || ' ' || p.column_name)
  FROM journey.policy p JOIN journey.protected_relation r ON r.id = p.protected_id
  WHERE r.relation_name = relation AND p.column_name = col
$$;
CREATE FUNCTION front_between(what text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  CASE what
    WHEN 'role' THEN PERFORM set_config('role', 'regress_front_ben', true);
    WHEN 'role back' THEN PERFORM set_config('role', 'regress_front_ben', true), set_config('role', 'regress_front_ana', true);
    WHEN 'purpose' THEN PERFORM set_config('journey.purpose', 'other', true);
    WHEN 'purpose back' THEN PERFORM set_config('journey.purpose', 'other', true), set_config('journey.purpose', 'front', true);
    WHEN 'eve' THEN PERFORM set_config('role', 'regress_front_eve', true); PERFORM c3, c18 FROM front_wide WHERE who = 7700001;
    WHEN 'read' THEN RETURN (SELECT string_agg(a, ' ') FROM front WHERE n IN (100001, 100002));
    WHEN 'error' THEN
      BEGIN
        PERFORM set_config('role', 'regress_front_ben', true), count(a) FROM front;
        RAISE 'undone';
      EXCEPTION WHEN raise_exception THEN RETURN 'undone';
      END;
    ELSE NULL;
  END CASE;
  RETURN what;
END $$;
CREATE FUNCTION front_as_ana() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT a FROM front WHERE n = 100001';
ALTER FUNCTION front_as_ana() OWNER TO regress_front_ana;
CREATE FUNCTION front_definer(what text) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$
BEGIN
  CASE what
    WHEN 'read' THEN RETURN (SELECT coalesce(string_agg(a, ' '), 'nothing') FROM front WHERE n IN (100001, 100002));
    WHEN 'withdraw' THEN PERFORM journey.consent_withdraw('7700001', 'front');
    WHEN 'withdraw and read' THEN
      PERFORM journey.consent_withdraw('7700001', 'front');
      RETURN (SELECT coalesce(string_agg(a, ' '), 'nothing') FROM front WHERE n IN (100001, 100002));
    WHEN 'withdraw, undo' THEN
      BEGIN
        PERFORM journey.consent_withdraw('7700001', 'front'), count(a) FROM front;
        RAISE 'undone';
      EXCEPTION WHEN raise_exception THEN RETURN 'undone';
      END;
    ELSE NULL;
  END CASE;
  RETURN what;
END $$;
DO $$
BEGIN
  EXECUTE format('CREATE VIEW front_view AS SELECT n, journey._cell(b.a, b.who, %s) AS a, front_between(current_setting(''front.between'')) AS x,
    front_definer(current_setting(''front.definer'')) AS y, journey._cell(b.b, b.who, %s) AS b
    FROM journey_base.front b WHERE n IN (100001, 100002, 100003)', front_seal('front', 'a'), front_seal('front', 'b'));
  EXECUTE format('CREATE VIEW front_seals AS SELECT %s AS a', front_seal('front', 'a'));
  EXECUTE format('CREATE VIEW front_again AS SELECT row, journey._cell(b.c18, b.who::text, %s) AS c18, front_between(''eve'') AS x
    FROM journey_base.front_wide b, generate_series(1, 3) row WHERE who = 7700001', front_seal('front_wide', 'c18'));
END $$;
GRANT SELECT ON front_seals, front_again TO PUBLIC;
GRANT SELECT ON front_view TO PUBLIC;
SET front.between = '';
SET front.definer = '';

SET ROLE regress_front_ana;
SELECT * FROM front_view;
BEGIN;
SAVEPOINT s;
SET LOCAL front.between = 'role back'; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.between = 'purpose'; SELECT * FROM front_view; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.between = 'purpose back'; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.between = 'read'; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.definer = 'read'; SELECT * FROM front_view; ROLLBACK TO s;
-- the statement sees its own snapshot; the one inside, and the next, see the withdrawal
SET LOCAL front.definer = 'withdraw'; SELECT * FROM front_view; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.definer = 'withdraw and read'; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL front.definer = 'withdraw, undo'; SELECT * FROM front_view; ROLLBACK TO s;
SELECT * FROM front_view;
COMMIT;
RESET ROLE;
-- the session's user may be many
BEGIN;
SAVEPOINT s;
SET LOCAL ROLE regress_front_ana;
SET LOCAL front.between = 'role'; SELECT * FROM front_view; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL ROLE regress_front_ana;
SET LOCAL front.between = 'error'; SELECT * FROM front_view; SELECT * FROM front_view; ROLLBACK TO s;
SET LOCAL ROLE regress_front_ana;
-- a definer who is granted the purpose does not lend it to the caller
SELECT front_as_ana() AS by_ana, front_between('role') AS x, front_as_ana() AS by_ben; ROLLBACK TO s;
SET LOCAL ROLE regress_front_ana;
-- another decision knows classes by other numbers
SELECT * FROM front_again; ROLLBACK TO s;
SET LOCAL ROLE regress_front_ana;
-- a cursor: another role, purpose or consent from the next FETCH on
DECLARE c SCROLL CURSOR FOR SELECT n, a, b FROM front WHERE n BETWEEN 100001 AND 100003;
FETCH 1 FROM c;
SET LOCAL ROLE regress_front_ben; FETCH 2 FROM c; MOVE ABSOLUTE 0 FROM c;
SET LOCAL ROLE regress_front_ana; FETCH 1 FROM c;
SET LOCAL journey.purpose = 'other'; MOVE ABSOLUTE 0 FROM c; FETCH 1 FROM c;
SET LOCAL journey.purpose = 'front'; MOVE ABSOLUTE 0 FROM c; FETCH 1 FROM c;
SET LOCAL SESSION AUTHORIZATION regress_front_ben; MOVE ABSOLUTE 0 FROM c; FETCH 1 FROM c;
COMMIT;

-- subjects who said something in this transaction, after others who did not
BEGIN;
SELECT journey.consent_withdraw('7700003', 'front') > 0 AS withdrawn, journey.consent_give('7700002', 'front') > 0 AS given;
SET LOCAL ROLE regress_front_ana;
SELECT n, a, b FROM front WHERE n BETWEEN 100001 AND 100005 ORDER BY n;
SELECT n, a, b FROM front WHERE n BETWEEN 100001 AND 100005 ORDER BY n;
ROLLBACK;

-- within a statement, and seen by its snapshot, an operation whose results are stored
CREATE FUNCTION front_stored(int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  seen text := (SELECT coalesce(string_agg(f.a, ' '), 'nothing') FROM public.front f WHERE f.n IN (100001, 100003));
BEGIN
  RAISE WARNING 'it sees %', seen;
  RETURN seen;
END $$;
CREATE TABLE front_indexed (n int);
ALTER TABLE front_indexed OWNER TO regress_front_ana;
INSERT INTO front_indexed VALUES (1);
CREATE INDEX ON front_indexed (front_stored(n));
SET ROLE regress_front_ana;
DO $$
BEGIN
  PERFORM front_stored(n) FROM front_indexed;
  ANALYZE front_indexed;
  PERFORM front_stored(n) FROM front_indexed;
END $$;
RESET ROLE;
DROP TABLE front_indexed;
DROP FUNCTION front_stored(int);

-- simple expressions of PL/pgSQL keep their call sites through a transaction
CREATE FUNCTION front_loop(seal journey._seal) RETURNS TABLE (what text, cell text) LANGUAGE plpgsql AS $$
DECLARE
  who text := '7700001';
BEGIN
  FOREACH what IN ARRAY '{first, other, back, withdrawn, undone}'::text[] LOOP
    BEGIN
      PERFORM CASE what WHEN 'other' THEN set_config('journey.purpose', 'other', true)
                        WHEN 'back' THEN set_config('journey.purpose', 'front', true)
                        WHEN 'withdrawn' THEN front_definer('withdraw') END;
      cell := journey._cell('raw'::text, who, seal);
      RETURN NEXT;
      IF what = 'withdrawn' THEN RAISE 'undone'; END IF;
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
  END LOOP;
END $$;
SET ROLE regress_front_ana;
SELECT l.* FROM front_seals, front_loop(a) l;
SELECT l.* FROM front_seals, front_loop(a) l;

-- subjects that are NULL, empty or too long; a plan that is kept for other roles
PREPARE odd AS SELECT n, a FROM front WHERE n > 199999 OR n IN (100001, 100003) ORDER BY n;
EXECUTE odd;
SET plan_cache_mode = force_generic_plan;
EXECUTE odd;
RESET ROLE;
EXECUTE odd;
SET ROLE regress_front_both;
EXECUTE odd;
RESET ROLE;
RESET plan_cache_mode;

-- rows that are hidden
DROP VIEW front_wrong, front_view, front_seals, front_again;
SELECT journey.unprotect('front') IS NOT NULL AS bare;
SELECT count(x) AS protected FROM journey.protect('front', subject => 'who', row_action => 'suppress',
  columns => '{"n": "public", "who": "public", "a": {"class": "front_a", "mask": "null"}}') x;
SET ROLE regress_front_ana;
SELECT count(*) AS rows, count(a) AS a, count(*) FILTER (WHERE yes) AS yes FROM front JOIN front_who USING (n);
SELECT count(*) AS rows, count(a) AS a, count(*) FILTER (WHERE yes) AS yes FROM front JOIN front_who USING (n);
RESET ROLE;

SELECT journey.unprotect('front') IS NOT NULL AS bare, journey.unprotect('front_wide') IS NOT NULL AS bare;
SELECT journey.revoke_purpose('regress_front_ana', 'front'), journey.revoke_purpose('regress_front_eve', 'front');
DROP TABLE front, front_wide, front_who;
DROP FUNCTION front_loop(journey._seal), front_seal(name, name), front_as_ana(), front_between(text), front_definer(text);
DROP ROLE regress_front_both, regress_front_ana, regress_front_ben, regress_front_eve;
