--| # Consent: the state
--|
--| `state` follows from `ledger` and nothing else. It takes the highest
--| positions whatever the order in which rows arrive, so restoring a ledger
--| in any order gives the same.

CREATE FUNCTION journey._ledger_to_state() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NEW.action IN ('give', 'renew') AND NEW.counts THEN
    INSERT INTO journey.state AS s
           (subject, purpose, given, valid_from, valid_until, covers_descendants, explicit, parental, notice)
    VALUES (NEW.subject, NEW.purpose, NEW.seq, coalesce(NEW.valid_from, '-infinity'), coalesce(NEW.valid_until, 'infinity'),
            NEW.covers_descendants, NEW.explicit, NEW.parental, coalesce(NEW.notice, ''))
    ON CONFLICT (subject, purpose) DO UPDATE
      SET given = excluded.given, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
          covers_descendants = excluded.covers_descendants, explicit = excluded.explicit,
          parental = excluded.parental, notice = excluded.notice
      WHERE s.given < excluded.given;
  ELSIF NEW.purpose IS NOT NULL THEN
    INSERT INTO journey.state AS s (subject, purpose, refused, withdrawn, objected, expired)
    VALUES (NEW.subject, NEW.purpose,
            CASE NEW.action WHEN 'refuse' THEN NEW.seq ELSE 0 END,
            CASE NEW.action WHEN 'withdraw' THEN NEW.seq ELSE 0 END,
            CASE NEW.action WHEN 'object' THEN NEW.seq ELSE 0 END,
            CASE NEW.action WHEN 'expire' THEN NEW.seq ELSE 0 END)
    ON CONFLICT (subject, purpose) DO UPDATE
      SET refused = GREATEST(s.refused, excluded.refused), withdrawn = GREATEST(s.withdrawn, excluded.withdrawn),
          objected = GREATEST(s.objected, excluded.objected), expired = GREATEST(s.expired, excluded.expired);
  ELSIF NEW.action = 'erase' THEN
    UPDATE journey.subject u SET erased = true WHERE u.number = NEW.subject AND NOT u.erased;
  ELSE
    UPDATE journey.subject u
       SET restricted = NOT u.restricted
     WHERE u.number = NEW.subject
       AND u.restricted IS DISTINCT FROM
           (SELECT l.action = 'restrict' FROM journey.ledger l
             WHERE l.subject = NEW.subject AND l.action IN ('restrict', 'lift') ORDER BY l.seq DESC LIMIT 1);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._ledger_to_state() IS
'Trigger of journey.ledger: brings journey.state, and what journey.subject says of restriction and erasure, up to date with a new event.';
REVOKE EXECUTE ON FUNCTION journey._ledger_to_state() FROM PUBLIC;

CREATE TRIGGER to_state AFTER INSERT ON journey.ledger
  FOR EACH ROW EXECUTE FUNCTION journey._ledger_to_state();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER to_state;

CREATE VIEW journey._state_expected AS
  SELECT e.subject, e.purpose, e.given, e.refused, e.withdrawn, e.objected, e.expired,
         coalesce(l.valid_from, '-infinity') AS valid_from,
         coalesce(l.valid_until, 'infinity') AS valid_until,
         coalesce(l.covers_descendants, false) AS covers_descendants,
         coalesce(l.explicit, false) AS explicit,
         coalesce(l.parental, false) AS parental,
         coalesce(l.notice, '') AS notice
    FROM (SELECT subject, purpose,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action IN ('give', 'renew') AND counts), 0) AS given,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action = 'refuse'), 0) AS refused,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action = 'withdraw'), 0) AS withdrawn,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action = 'object'), 0) AS objected,
                 coalesce(pg_catalog.max(seq) FILTER (WHERE action = 'expire'), 0) AS expired
            FROM journey.ledger
           WHERE purpose IS NOT NULL
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
   WHERE (s.subject, s.purpose, s.given, s.refused, s.withdrawn, s.objected, s.expired,
          s.valid_from, s.valid_until, s.covers_descendants, s.explicit, s.parental, s.notice)
         IS DISTINCT FROM
         (e.subject, e.purpose, e.given, e.refused, e.withdrawn, e.objected, e.expired,
          e.valid_from, e.valid_until, e.covers_descendants, e.explicit, e.parental, e.notice)
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
         (subject, purpose, given, refused, withdrawn, objected, expired,
          valid_from, valid_until, covers_descendants, explicit, parental, notice)
  SELECT e.subject, e.purpose, e.given, e.refused, e.withdrawn, e.objected, e.expired,
         e.valid_from, e.valid_until, e.covers_descendants, e.explicit, e.parental, e.notice
    FROM journey._state_expected e
  ON CONFLICT (subject, purpose) DO UPDATE
    SET given = excluded.given, refused = excluded.refused, withdrawn = excluded.withdrawn,
        objected = excluded.objected, expired = excluded.expired,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until,
        covers_descendants = excluded.covers_descendants, explicit = excluded.explicit,
        parental = excluded.parental, notice = excluded.notice
    WHERE (s.given, s.refused, s.withdrawn, s.objected, s.expired,
           s.valid_from, s.valid_until, s.covers_descendants, s.explicit, s.parental, s.notice)
          IS DISTINCT FROM
          (excluded.given, excluded.refused, excluded.withdrawn, excluded.objected, excluded.expired,
           excluded.valid_from, excluded.valid_until, excluded.covers_descendants, excluded.explicit,
           excluded.parental, excluded.notice);
  GET DIAGNOSTICS written = ROW_COUNT;

  RETURN removed + written;
END
$$;
COMMENT ON FUNCTION journey._state_rebuild() IS
'Makes journey.state what the ledger says and returns how many rows that changed. Reads the whole ledger; keeps writers of consent waiting, not readers.';
REVOKE EXECUTE ON FUNCTION journey._state_rebuild() FROM PUBLIC;
