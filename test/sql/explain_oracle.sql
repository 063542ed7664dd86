-- Random rules, bases, notices, histories and rows. Each cell is decided three
-- times: by the view that a reader sees, by explain_cell(), and by a slow rule
-- written straight from the words of doc/consent.md, which reads the ledger and
-- not the state. The reasons must be equal, so their order is tested, too.
SET timezone = 'UTC';
SET client_min_messages = error;
CREATE ROLE regress_explain_reader;
CREATE ROLE regress_explain_stranger;
CREATE SCHEMA xo;
GRANT USAGE ON SCHEMA xo TO regress_explain_reader, regress_explain_stranger;

SELECT count(journey.create_purpose(p, d)) FROM (VALUES ('xo', 'urn:xo:all'), ('xo.a', NULL), ('xo.a.b', 'urn:xo:ab'), ('xo.c', NULL)) v (p, d);
SELECT journey.grant_purpose('regress_explain_reader', 'xo.a'), journey.grant_purpose('regress_explain_reader', 'xo.c', until => '2001-01-02', since => '2001-01-01');
SELECT journey.create_class('xo_plain'), journey.create_class('xo_other'), journey.create_class('xo_special', special => true);
SELECT journey.create_jurisdiction('XO-1'), journey.create_jurisdiction('XO-2');

CREATE TABLE xo.cells (id int, who text, at timestamptz, plain text, other text, special text, loose text);
INSERT INTO xo.cells
SELECT i, 'xo' || i, CASE i % 5 WHEN 0 THEN NULL ELSE now() - i % 7 * interval '10 days' END, 'p', 'o', 's', 'l' FROM generate_series(1, 60) i;
GRANT SELECT ON xo.cells TO regress_explain_reader, regress_explain_stranger;
SELECT journey.protect('xo.cells', subject => 'who', collected => 'at', columns => '{"id": "public", "at": "public",
  "who": "public", "plain": {"mask": "null", "class": "xo_plain"}, "other": {"mask": "null", "class": "xo_other"},
  "special": {"mask": "null", "class": "xo_special"}, "loose": {"mask": "null", "class": "xo_loose"}}');

-- Is a the purpose b or below it?
CREATE FUNCTION xo.below(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b OR starts_with(a, b || '.') $$;

CREATE FUNCTION xo.name(number int) RETURNS text LANGUAGE sql STABLE AS $$ SELECT p.name FROM journey.purpose p WHERE p.number = $1 $$;
CREATE FUNCTION xo.oracle(who text, class text, purpose text, reader text, collected timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  t timestamptz := statement_timestamp();
  s journey.subject;
  c journey.data_class;
  place text;
  is_special boolean;
  rules journey.rule[];
  said journey.ledger[];
  given bigint; given_explicitly bigint; given_by_parent bigint; closed bigint; blocked bigint; objected bigint; useless bigint;
  because text; useless_because text; basis text;
BEGIN
  SELECT * INTO s FROM journey.subject u WHERE u.name = who;
  IF NOT FOUND THEN RETURN 'no subject'; END IF;
  IF NOT EXISTS (SELECT FROM journey.purpose p WHERE p.name = purpose) THEN RETURN 'no purpose'; END IF;
  IF s.erased THEN RETURN 'erased'; END IF;
  IF s.restricted THEN RETURN 'restricted'; END IF;
  IF NOT EXISTS (SELECT FROM journey.reader_purpose g WHERE g.reader = oracle.reader::regrole AND xo.below(oracle.purpose, xo.name(g.purpose))
                    AND t >= g.valid_from AND t < g.valid_until) THEN
    RETURN 'no grant';
  END IF;
  IF EXISTS (SELECT FROM journey.prohibition p WHERE p.class = oracle.class
                AND (xo.below(oracle.purpose, p.purpose) OR xo.below(p.purpose, oracle.purpose))) THEN
    RETURN 'prohibited class';
  END IF;

  SELECT * INTO c FROM journey.data_class d WHERE d.name = class;
  is_special := coalesce(c.special, false);
  place := coalesce(s.jurisdiction, (SELECT j.name FROM journey.jurisdiction j WHERE j.is_default));
  rules := ARRAY(SELECT r FROM journey.rule r
                  WHERE (r.jurisdiction = '*' OR r.jurisdiction = place)
                    AND (r.purpose IS NULL OR xo.below(oracle.purpose, r.purpose))
                    AND (r.dpv IS NULL OR EXISTS (SELECT FROM journey.purpose p WHERE p.dpv = r.dpv AND xo.below(oracle.purpose, p.name)))
                    AND (r.class IS NULL OR r.class = oracle.class) AND (NOT r.special OR is_special)
                    AND (r.kind IS NULL OR r.kind = s.kind) AND t >= r.valid_from AND t < r.valid_until);
  IF EXISTS (SELECT FROM unnest(rules) r WHERE r.regime = 'forbidden') THEN RETURN 'forbidden'; END IF;

  -- What was said about the purpose and those above it: the last consent for each, and what closes.
  said := ARRAY(SELECT l FROM journey.ledger l WHERE l.subject = s.number AND xo.below(oracle.purpose, xo.name(l.purpose)));
  WITH give AS (
    SELECT g.*, CASE WHEN g.valid_until <= t THEN 'expired' WHEN g.valid_from > t THEN 'not begun'
                     WHEN EXISTS (SELECT FROM journey.notice n
                                   WHERE n.renews AND xo.below(oracle.purpose, n.purpose) AND xo.below(n.purpose, xo.name(g.purpose))
                                     AND n.number > coalesce((SELECT o.number FROM journey.notice o
                                                               WHERE o.purpose = n.purpose AND o.version = g.notice), -1))
                       THEN 'old notice' END AS problem
      FROM unnest(said) g
     WHERE g.action = 'give' AND (xo.name(g.purpose) = oracle.purpose OR g.covers_descendants)
       AND NOT EXISTS (SELECT FROM unnest(said) l WHERE l.action = 'give' AND l.purpose = g.purpose AND l.seq > g.seq))
  SELECT max(seq) FILTER (WHERE problem IS NULL), max(seq) FILTER (WHERE problem IS NULL AND explicit),
         max(seq) FILTER (WHERE problem IS NULL AND parental), max(seq) FILTER (WHERE problem IS NOT NULL),
         (SELECT u.problem FROM give u WHERE u.problem IS NOT NULL ORDER BY u.seq DESC LIMIT 1)
    INTO given, given_explicitly, given_by_parent, useless, useless_because FROM give;
  SELECT max(l.seq), max(l.seq) FILTER (WHERE l.action <> 'expire'), max(l.seq) FILTER (WHERE l.action = 'object')
    INTO closed, blocked, objected FROM unnest(said) l WHERE l.action <> 'give';
  SELECT CASE l.action WHEN 'withdraw' THEN 'withdrawn' WHEN 'refuse' THEN 'refused' WHEN 'object' THEN 'objected' ELSE 'expired' END
    INTO because FROM unnest(said) l WHERE l.seq = closed;
  given := coalesce(given, 0); closed := coalesce(closed, 0); blocked := coalesce(blocked, 0); objected := coalesce(objected, 0);
  useless := coalesce(useless, 0);

  IF EXISTS (SELECT FROM unnest(rules) r
              WHERE r.min_age > coalesce(extract(year FROM age((t AT TIME ZONE 'UTC')::date, s.born)), -1))
     AND NOT coalesce(given_by_parent, 0) > closed THEN
    RETURN 'age';
  END IF;

  IF given > closed AND (NOT is_special OR coalesce(given_explicitly, 0) > closed) THEN
    basis := 'consent';
  ELSE
    SELECT b.basis INTO basis FROM journey.lawful_basis b
     WHERE xo.below(oracle.purpose, b.purpose) AND (b.jurisdiction = '*' OR b.jurisdiction = place)
       AND (b.kind IS NULL OR b.kind = s.kind) AND t >= b.valid_from AND t < b.valid_until
       AND CASE WHEN b.class IS NOT NULL THEN b.class = oracle.class ELSE c.name IS NOT NULL AND NOT is_special END
       AND (NOT is_special OR b.basis IN ('legal obligation', 'vital interests', 'public task'))
       AND (b.basis <> 'public task' OR objected <= given)
       AND (b.basis <> 'legitimate interests' OR blocked <= given)
     ORDER BY array_position(ARRAY['contract', 'legal obligation', 'vital interests', 'public task', 'legitimate interests'], b.basis) LIMIT 1;
    IF basis IS NULL AND c.name IS NOT NULL AND NOT is_special AND blocked <= given THEN
      SELECT CASE r.regime WHEN 'opt_out' THEN 'opt-out' WHEN 'notice' THEN 'notice' END INTO basis FROM unnest(rules) r
       WHERE r.regime IS NOT NULL
       ORDER BY r.jurisdiction <> '*' DESC, CASE WHEN r.class IS NOT NULL THEN 2 WHEN r.special THEN 1 ELSE 0 END DESC,
                (SELECT max(2 * length(p.name) + (r.purpose IS NOT DISTINCT FROM p.name)::int) FROM journey.purpose p
                  WHERE xo.below(oracle.purpose, p.name) AND (p.name = r.purpose OR p.dpv = r.dpv)) DESC NULLS LAST,
                r.kind IS NOT NULL DESC, array_position(ARRAY['opt_in', 'opt_out', 'notice'], r.regime) LIMIT 1;
    END IF;
  END IF;

  IF basis IS NOT NULL THEN
    RETURN CASE WHEN EXISTS (SELECT FROM unnest(rules) r WHERE r.retention IS NOT NULL
                                AND NOT coalesce(collected AT TIME ZONE 'UTC' >= t AT TIME ZONE 'UTC' - r.retention, false))
                THEN 'retention' ELSE basis END;
  END IF;
  RETURN CASE WHEN given > closed THEN 'not explicit' WHEN closed > useless THEN because
              WHEN useless > 0 THEN useless_because ELSE 'no basis' END;
END $$;

-- One more random state of everything.
CREATE FUNCTION xo.pick(VARIADIC a text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT a[1 + floor(random() * cardinality(a))] $$;
CREATE PROCEDURE xo.shake() LANGUAGE plpgsql AS $$
DECLARE
  p text[] := '{xo, xo.a, xo.a.b, xo.c}';
BEGIN
  DELETE FROM journey.rule WHERE source = 'xo';
  DELETE FROM journey.lawful_basis WHERE reference = 'xo';
  DELETE FROM journey.prohibition WHERE reference = 'xo';
  DELETE FROM journey.notice WHERE purpose ^@ 'xo';
  UPDATE journey.jurisdiction SET is_default = false;
  UPDATE journey.jurisdiction SET is_default = true WHERE name = (SELECT xo.pick('XO-1', 'XO-2', NULL, NULL));
  INSERT INTO journey.rule (source, jurisdiction, purpose, dpv, class, special, kind, regime, min_age, retention, valid_from, valid_until)
  SELECT 'xo', xo.pick('XO-1', 'XO-1', 'XO-2', '*'), CASE WHEN random() < 0.7 THEN xo.pick('xo', 'xo.a', 'xo.a.b') END,
         CASE WHEN random() < 0.2 THEN xo.pick('urn:xo:all', 'urn:xo:ab') END,
         CASE WHEN random() < 0.3 THEN xo.pick('xo_plain', 'xo_other', 'xo_special', 'xo_loose') END, random() < 0.1,
         CASE WHEN random() < 0.2 THEN xo.pick('customer', 'employee')::journey.subject_kind END,
         CASE WHEN random() < 0.1 THEN 'forbidden' ELSE xo.pick('opt_in', 'opt_out', 'opt_out', 'notice', 'notice') END,
         CASE WHEN random() < 0.2 THEN 16 END, CASE WHEN random() < 0.2 THEN interval '1 month' END,
         CASE WHEN random() < 0.1 THEN now() + interval '1 h' ELSE '-infinity' END, 'infinity'
    FROM generate_series(1, floor(random() * 8)::int);
  INSERT INTO journey.lawful_basis (reference, purpose, class, jurisdiction, kind, basis, valid_until)
  SELECT 'xo', p[1 + floor(random() * 3)], CASE WHEN random() < 0.6 THEN xo.pick('xo_plain', 'xo_other', 'xo_special', 'xo_loose') END,
         xo.pick('XO-1', 'XO-2', '*'), CASE WHEN random() < 0.3 THEN xo.pick('customer', 'employee')::journey.subject_kind END,
         xo.pick('contract', 'legal obligation', 'vital interests', 'public task', 'public task', 'legitimate interests', 'legitimate interests'),
         CASE WHEN random() < 0.1 THEN now() - interval '1 h' ELSE 'infinity' END
    FROM generate_series(1, floor(random() * 4)::int);
  INSERT INTO journey.prohibition (reference, class, purpose)
  SELECT 'xo', 'xo_other', p[1 + floor(random() * 4)] WHERE random() < 0.3;
  INSERT INTO journey.notice (purpose, version, number, renews)
  SELECT v, 'v' || n, n, random() < 0.3 FROM unnest(p) v, generate_series(1, 2) n WHERE random() < 0.3;

  INSERT INTO journey.subject (name, kind, jurisdiction, born)
  SELECT 'xo' || i, xo.pick('customer', 'employee', 'consumer')::journey.subject_kind, xo.pick('XO-1', 'XO-1', 'XO-2', NULL),
         CASE WHEN random() < 0.7 THEN current_date - (3000 + random() * 8000)::int END
    FROM generate_series(1, 60) i WHERE random() < 0.8
  ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, jurisdiction = excluded.jurisdiction, born = excluded.born, restricted = random() < 0.05;
  INSERT INTO journey.ledger (subject, purpose, action, covers_descendants, explicit, parental, valid_from, valid_until, notice)
  SELECT e.subject, e.purpose, e.action, give AND random() < 0.5, give AND random() < 0.4, give AND random() < 0.2,
         CASE WHEN give AND dice < 0.1 THEN now() + interval '1 h' END,
         CASE WHEN give AND dice > 0.9 THEN now() - interval '1 h' WHEN give AND dice > 0.8 THEN now() + interval '2 h' END,
         CASE WHEN give THEN xo.pick('v1', 'v2', 'v2', NULL) END
    FROM (SELECT s.number AS subject, q.number AS purpose, random() AS dice,
                 xo.pick('give', 'give', 'give', 'give', 'withdraw', 'refuse', 'object', 'expire') AS action
            FROM journey.subject s, journey.purpose q
           WHERE s.name ^@ 'xo' AND (q.name = 'xo' OR q.name ^@ 'xo.') AND random() < 0.2 ORDER BY random()) e,
         LATERAL (SELECT e.action = 'give' AS give) g;
END $$;

CREATE TABLE xo.seen (who text, col text, purpose text, reader text, raw boolean);
GRANT INSERT ON xo.seen TO regress_explain_reader, regress_explain_stranger;
CREATE TABLE xo.result (who text, col text, purpose text, reader text, raw boolean, shown boolean, explained text, expected text);
CREATE PROCEDURE xo.play(rounds int) LANGUAGE plpgsql AS $$
DECLARE
  what text;
  role text;
BEGIN
  FOR i IN 1 .. rounds LOOP
    CALL xo.shake();
    COMMIT;
    FOREACH what IN ARRAY '{xo, xo.a, xo.a.b, xo.c, xo.none}'::text[] LOOP
      FOREACH role IN ARRAY CASE WHEN i % 4 = 0 THEN '{regress_explain_reader, regress_explain_stranger}' ELSE '{regress_explain_reader}' END::text[] LOOP
        CONTINUE WHEN i % 4 > 0 AND what NOT IN ('xo.a', 'xo.a.b');
        PERFORM set_config('journey.purpose', what, true), set_config('role', role, true);
        INSERT INTO xo.seen SELECT c.who, v.col, what, role, v.cell IS NOT NULL
          FROM xo.cells c, LATERAL (VALUES ('plain', c.plain), ('other', c.other), ('special', c.special), ('loose', c.loose)) v (col, cell);
        RESET ROLE;
      END LOOP;
    END LOOP;
    INSERT INTO xo.result
    SELECT s.who, s.col, s.purpose, s.reader, s.raw, e.shown, e.reason, xo.oracle(s.who, 'xo_' || s.col, s.purpose, s.reader, b.at)
      FROM xo.seen s JOIN journey_base.cells b ON b.who = s.who,
           LATERAL journey.explain_cell('xo.cells', s.col, s.who, s.purpose, s.reader::regrole, coalesce(b.at, '-infinity')) e;
    DELETE FROM xo.seen;
    COMMIT;
  END LOOP;
END $$;
SELECT setseed(0.43);
CALL xo.play(12);
RESET journey.purpose;
SELECT count(*) > 10000 AS many, count(*) FILTER (WHERE raw <> shown) AS cells_differ, count(*) FILTER (WHERE explained <> expected) AS reasons_differ,
       count(*) FILTER (WHERE raw) > 1000 AS many_shown FROM xo.result;
SELECT * FROM xo.result WHERE raw <> shown OR explained <> expected ORDER BY 1, 2, 3, 4 LIMIT 10;
-- Each reason came up.
SELECT explained, bool_and(shown) AS shown FROM xo.result GROUP BY 1 ORDER BY 2, 1;

SELECT journey.unprotect('xo.cells');
DELETE FROM journey.rule WHERE source = 'xo';
DELETE FROM journey.lawful_basis WHERE reference = 'xo';
DELETE FROM journey.prohibition WHERE reference = 'xo';
DELETE FROM journey.notice WHERE purpose ^@ 'xo';
UPDATE journey.subject SET jurisdiction = NULL WHERE jurisdiction ^@ 'XO';
DELETE FROM journey.jurisdiction WHERE name ^@ 'XO';
DELETE FROM journey.data_class WHERE name ^@ 'xo_';
SELECT journey.revoke_purpose('regress_explain_reader', 'xo.a'), journey.revoke_purpose('regress_explain_reader', 'xo.c');
DROP SCHEMA xo CASCADE;
DROP ROLE regress_explain_reader, regress_explain_stranger;
