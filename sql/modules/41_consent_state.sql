--| # Consent: the state
--|
--| `state` follows from `ledger` and nothing else. It takes the highest
--| positions whatever the order in which rows arrive, so restoring a ledger
--| in any order gives the same.

CREATE FUNCTION journey._ledger_to_state() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NEW.action = 'give' THEN
    INSERT INTO journey.state AS s
           (subject, purpose, given, closed, covers_descendants, valid_from, valid_until)
    VALUES (NEW.subject, NEW.purpose, NEW.seq, 0, NEW.covers_descendants,
            coalesce(NEW.valid_from, '-infinity'), coalesce(NEW.valid_until, 'infinity'))
    ON CONFLICT (subject, purpose) DO UPDATE
      SET given = excluded.given, covers_descendants = excluded.covers_descendants,
          valid_from = excluded.valid_from, valid_until = excluded.valid_until
      WHERE s.given < excluded.given;
  ELSE
    INSERT INTO journey.state AS s
           (subject, purpose, given, closed, covers_descendants, valid_from, valid_until)
    VALUES (NEW.subject, NEW.purpose, 0, NEW.seq, false, '-infinity', 'infinity')
    ON CONFLICT (subject, purpose) DO UPDATE
      SET closed = excluded.closed
      WHERE s.closed < excluded.closed;
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._ledger_to_state() IS
'Trigger of journey.ledger: brings journey.state up to date with a new event.';
REVOKE EXECUTE ON FUNCTION journey._ledger_to_state() FROM PUBLIC;

CREATE TRIGGER to_state AFTER INSERT ON journey.ledger
  FOR EACH ROW EXECUTE FUNCTION journey._ledger_to_state();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER to_state;

CREATE VIEW journey._state_expected AS
  SELECT e.subject, e.purpose, e.given, e.closed,
         coalesce(l.covers_descendants, false) AS covers_descendants,
         coalesce(l.valid_from, '-infinity') AS valid_from,
         coalesce(l.valid_until, 'infinity') AS valid_until
    FROM (SELECT subject, purpose,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action = 'give'), 0) AS given,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action <> 'give'), 0) AS closed
            FROM journey.ledger
           GROUP BY subject, purpose) e
    LEFT JOIN journey.ledger l ON l.seq = e.given;
COMMENT ON VIEW journey._state_expected IS
'What journey.state must hold, worked out from the whole ledger.';

--| `state_check()` compares, `_state_rebuild()` puts right. Both read the whole
--| ledger. A rebuild waits for open consent transactions and keeps new ones
--| waiting; readers go on and see the repaired state when it is committed.

CREATE FUNCTION journey.state_check()
RETURNS TABLE (subject text, purpose text, problem text)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT u.name, p.name,
         CASE WHEN s.subject IS NULL THEN 'missing'
              WHEN e.subject IS NULL THEN 'not in the ledger'
              ELSE 'differs' END
    FROM journey._state_expected e
    FULL JOIN journey.state s ON s.subject = e.subject AND s.purpose = e.purpose
    LEFT JOIN journey.subject u ON u.number = coalesce(e.subject, s.subject)
    LEFT JOIN journey.purpose p ON p.number = coalesce(e.purpose, s.purpose)
   WHERE (s.subject, s.purpose, s.given, s.closed, s.covers_descendants, s.valid_from, s.valid_until)
         IS DISTINCT FROM
         (e.subject, e.purpose, e.given, e.closed, e.covers_descendants, e.valid_from, e.valid_until)
   ORDER BY coalesce(e.subject, s.subject), coalesce(e.purpose, s.purpose)
$$;
COMMENT ON FUNCTION journey.state_check() IS
'Compares journey.state with the ledger: one row for each subject and purpose where they disagree, none if all is well. subject or purpose is NULL if the number is unknown. Reads the whole ledger.';
REVOKE EXECUTE ON FUNCTION journey.state_check() FROM PUBLIC;

CREATE FUNCTION journey._state_rebuild() RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  removed bigint;
  written bigint;
BEGIN
  LOCK TABLE journey.ledger IN SHARE ROW EXCLUSIVE MODE;

  DELETE FROM journey.state s
   WHERE NOT EXISTS (SELECT FROM journey.ledger l WHERE l.subject = s.subject AND l.purpose = s.purpose);
  GET DIAGNOSTICS removed = ROW_COUNT;

  INSERT INTO journey.state AS s
         (subject, purpose, given, closed, covers_descendants, valid_from, valid_until)
  SELECT e.subject, e.purpose, e.given, e.closed, e.covers_descendants, e.valid_from, e.valid_until
    FROM journey._state_expected e
  ON CONFLICT (subject, purpose) DO UPDATE
    SET given = excluded.given, closed = excluded.closed,
        covers_descendants = excluded.covers_descendants,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until
    WHERE (s.given, s.closed, s.covers_descendants, s.valid_from, s.valid_until)
          IS DISTINCT FROM
          (excluded.given, excluded.closed, excluded.covers_descendants, excluded.valid_from, excluded.valid_until);
  GET DIAGNOSTICS written = ROW_COUNT;

  RETURN removed + written;
END
$$;
COMMENT ON FUNCTION journey._state_rebuild() IS
'Makes journey.state what the ledger says and returns how many rows that changed. Reads the whole ledger; keeps writers of consent waiting, not readers.';
REVOKE EXECUTE ON FUNCTION journey._state_rebuild() FROM PUBLIC;
