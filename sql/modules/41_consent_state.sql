--| # Consent: the state
--|
--| `state` follows from `ledger` and nothing else. It takes the highest
--| positions whatever the order in which rows arrive, so restoring a ledger
--| in any order gives the same.

CREATE FUNCTION journey._ledger_to_state() RETURNS trigger
  AS 'MODULE_PATHNAME', 'journey__ledger_to_state'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._ledger_to_state() IS
'Trigger of journey.ledger: brings journey.state up to date with a new event.';
REVOKE EXECUTE ON FUNCTION journey._ledger_to_state() FROM PUBLIC;

CREATE TRIGGER to_state AFTER INSERT ON journey.ledger
  FOR EACH ROW EXECUTE FUNCTION journey._ledger_to_state();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER to_state;

CREATE VIEW journey._subject_expected AS
  SELECT l.subject,
         pg_catalog.bool_or(l.action = 'erase') AS erased,
         (pg_catalog.array_agg(l.action = 'restrict' ORDER BY l.seq DESC) FILTER (WHERE l.action IN ('restrict', 'lift')))[1] AS restricted
    FROM journey.ledger l
   WHERE l.purpose IS NULL
   GROUP BY l.subject;
COMMENT ON VIEW journey._subject_expected IS
'What the ledger says about all data of each subject that it says something about: erased, and restricted (NULL: neither restricted nor lifted).';

CREATE FUNCTION journey._ledger_to_subject() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE journey.subject u
     SET erased = u.erased OR e.erased, restricted = coalesce(e.restricted, u.restricted),
         born = CASE WHEN u.erased OR e.erased THEN NULL ELSE u.born END
    FROM journey._subject_expected e
   WHERE e.subject = NEW.subject AND u.number = NEW.subject
     AND (u.erased, u.restricted) IS DISTINCT FROM (u.erased OR e.erased, coalesce(e.restricted, u.restricted));
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._ledger_to_subject() IS
'Trigger of journey.ledger: brings what journey.subject says of restriction and erasure up to date with a new event about all data of the subject.';
REVOKE EXECUTE ON FUNCTION journey._ledger_to_subject() FROM PUBLIC;

CREATE TRIGGER to_subject AFTER INSERT ON journey.ledger
  FOR EACH ROW WHEN (NEW.purpose IS NULL) EXECUTE FUNCTION journey._ledger_to_subject();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER to_subject;

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
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 1 SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.subject, c.purpose, c.problem
    FROM (SELECT u.name AS subject, p.name AS purpose,
                 CASE WHEN s.subject IS NULL THEN 'missing'
                      WHEN e.subject IS NULL THEN 'not in the ledger'
                      ELSE 'differs' END AS problem,
                 coalesce(e.subject, s.subject) AS number, coalesce(e.purpose, s.purpose) AS place
            FROM journey._state_expected e
            FULL JOIN journey.state s ON s.subject = e.subject AND s.purpose = e.purpose
            LEFT JOIN journey.subject u ON u.number = coalesce(e.subject, s.subject)
            LEFT JOIN journey.purpose p ON p.number = coalesce(e.purpose, s.purpose)
           WHERE (s.subject, s.purpose, s.given, s.refused, s.withdrawn, s.objected, s.expired,
                  s.valid_from, s.valid_until, s.covers_descendants, s.explicit, s.parental, s.notice)
                 IS DISTINCT FROM
                 (e.subject, e.purpose, e.given, e.refused, e.withdrawn, e.objected, e.expired,
                  e.valid_from, e.valid_until, e.covers_descendants, e.explicit, e.parental, e.notice)
          UNION ALL
          SELECT u.name, NULL, CASE WHEN e.erased AND NOT u.erased THEN 'is erased' WHEN e.restricted THEN 'is restricted' ELSE 'is not restricted' END,
                 e.subject, NULL
            FROM journey._subject_expected e JOIN journey.subject u ON u.number = e.subject
           WHERE e.erased AND NOT u.erased OR e.restricted <> u.restricted) c
   ORDER BY c.number, c.place NULLS FIRST
$$;
COMMENT ON FUNCTION journey.state_check() IS
'Compares journey.state, and what journey.subject says of restriction and erasure, with the ledger: one row for each subject and purpose where they disagree, none if all is well. "is erased", "is restricted" and "is not restricted" are what the ledger says about all data of a subject; there purpose is NULL. Otherwise subject or purpose is NULL if the number is unknown. Reads the whole ledger.';
REVOKE EXECUTE ON FUNCTION journey.state_check() FROM PUBLIC;

CREATE FUNCTION journey._state_rebuild() RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  removed bigint;
  written bigint;
  marked  bigint;
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

  UPDATE journey.subject u SET erased = u.erased OR e.erased, restricted = coalesce(e.restricted, u.restricted)
    FROM journey._subject_expected e
   WHERE e.subject = u.number AND (e.erased AND NOT u.erased OR e.restricted <> u.restricted);
  GET DIAGNOSTICS marked = ROW_COUNT;
  RETURN removed + written + marked;
END
$$;
COMMENT ON FUNCTION journey._state_rebuild() IS
'Makes journey.state, and the marks of restriction and erasure in journey.subject, what the ledger says and returns how many rows that changed. Reads the whole ledger; keeps writers of consent waiting, not readers.';
REVOKE EXECUTE ON FUNCTION journey._state_rebuild() FROM PUBLIC;
