-- Random histories, decided by C and by a slow rule written straight from the
-- words: a consent counts if it was given for the purpose, or for one above it
-- that covers what lies below, its range contains now, no later consent for the
-- same purpose replaced it, and no later event on the path closed it.
SET timezone = 'UTC';
CREATE ROLE regress_consent_reader;
SELECT count(journey.create_purpose(p)) FROM unnest(ARRAY['ox.a.a', 'ox.a.b', 'ox.b.a.a', 'ox.b.b', 'ox_']) p;
SELECT journey.grant_purpose('regress_consent_reader', 'ox');

CREATE FUNCTION ox_oracle(who text, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
  WITH path AS (
    SELECT l.*, p.name = what AS itself
      FROM journey.ledger l JOIN journey.purpose p ON p.number = l.purpose JOIN journey.subject s ON s.number = l.subject
     WHERE s.name = who AND (p.name = what OR what LIKE replace(p.name, '_', '\_') || '.%'))
  SELECT EXISTS (
    SELECT FROM path g
     WHERE action = 'give' AND (itself OR covers_descendants)
       AND coalesce(valid_from <= statement_timestamp(), true) AND coalesce(statement_timestamp() < valid_until, true)
       AND NOT EXISTS (SELECT FROM path l WHERE l.seq > g.seq AND (l.action <> 'give' OR l.purpose = g.purpose)))
$$;

CREATE FUNCTION ox_event(who text, what text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT CASE floor(random() * 7)
    WHEN 0 THEN journey.consent_withdraw(who, what)
    WHEN 1 THEN journey.consent_refuse(who, what)
    ELSE journey.consent_give(who, what, covers_descendants => random() < 0.5,
           valid_from => CASE floor(random() * 5) WHEN 0 THEN now() + interval '1 h' WHEN 1 THEN now() - interval '1 h' END,
           valid_until => CASE floor(random() * 5) WHEN 0 THEN now() - interval '1 min' WHEN 1 THEN now() + interval '2 h' END)
    END
$$;
-- A range that would be empty is left out.
CREATE FUNCTION ox_try(who text, what text) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM ox_event(who, what);
  RETURN 1;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN 0;
END $$;

CREATE TABLE ox_round (round int, subjects int, yes int, wrong int);
CREATE TABLE ox_answer AS SELECT 'ox' || i AS who, name AS what, NULL::boolean AS answer
  FROM generate_series(1, 40) i, journey.purpose WHERE name ~ '^ox';
GRANT SELECT ON ox_answer TO regress_consent_reader;
SELECT setseed(0.42);
CREATE PROCEDURE ox_play(rounds int) LANGUAGE plpgsql AS $$
BEGIN
  FOR round IN 1 .. rounds LOOP
    PERFORM ox_try(who, what) FROM (SELECT who, what FROM ox_answer ORDER BY random() LIMIT 60) t;
    COMMIT;
    SET LOCAL ROLE regress_consent_reader;
    CREATE TEMP TABLE seen ON COMMIT DROP AS
      SELECT who, what, CASE WHEN what <> 'ox_' THEN journey.consented(who, what) END AS c FROM ox_answer;
    RESET ROLE;
    INSERT INTO ox_round
      SELECT round, count(DISTINCT who), count(*) FILTER (WHERE c),
             count(*) FILTER (WHERE c IS DISTINCT FROM (CASE WHEN what <> 'ox_' THEN ox_oracle(who, what) END))
        FROM seen;
    COMMIT;
  END LOOP;
END $$;
CALL ox_play(10);
SELECT count(*) AS rounds, sum(wrong) AS wrong, min(yes) > 10 AS some_yes, max(yes) < 200 AS some_no FROM ox_round;
SELECT count(*) > 500 AS enough FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject WHERE s.name ~ '^ox';
SELECT * FROM journey.state_check();

SELECT journey.revoke_purpose('regress_consent_reader', 'ox');
DROP TABLE ox_round, ox_answer;
DROP PROCEDURE ox_play;
DROP FUNCTION ox_try, ox_event, ox_oracle;
DROP ROLE regress_consent_reader;
