--| # Consent: what was known then
--|
--|     SELECT journey.consented('u1', 'analytics', '2026-03-01');
--|     SELECT * FROM journey.consent_as_of('2026-03-01', 'analytics');
--|
--| For the officer who has to answer for what was done: what the ledger said at
--| a time. An event counts if it was recorded by then, and a consent if it had
--| begun and not ended then; a notice if it was published by then. The words are
--| weighed as in a decision of today. It is about what subjects said: not about
--| who was granted what, nor about other lawful bases and rules.

CREATE FUNCTION journey._consent_as_of(purpose text, as_of timestamptz, subject text,
                                       OUT subject_name text, OUT consented boolean, OUT reason text) RETURNS SETOF record
  AS 'MODULE_PATHNAME', 'journey__consent_as_of'
  LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000 ROWS 1000;
COMMENT ON FUNCTION journey._consent_as_of(text, timestamptz, text) IS
'What subjects, or one of them, had said about a purpose or those above it by a time; in the order of their names.';
REVOKE EXECUTE ON FUNCTION journey._consent_as_of(text, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION journey.consented(subject text, purpose text, as_of timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN subject IS NOT NULL
         AND coalesce((SELECT a.consented FROM journey._consent_as_of(purpose, as_of, subject) a), false);
END
$$;
COMMENT ON FUNCTION journey.consented(text, text, timestamptz) IS
'Whether the subject consented to the purpose at a time, as the ledger said by then: what was recorded later does not count. NULL, unknown subject, unknown purpose: false. For who was granted EXECUTE; nobody at first. Reads the events of the subject by an index, some 100 microseconds.';
REVOKE EXECUTE ON FUNCTION journey.consented(text, text, timestamptz) FROM PUBLIC;

CREATE FUNCTION journey.consent_as_of(as_of timestamptz, about text DEFAULT NULL)
RETURNS TABLE (subject text, purpose text, consented boolean, reason text)
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 1000 SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.subject_name, p.name, a.consented, a.reason
    FROM journey.purpose p, LATERAL journey._consent_as_of(p.name, as_of, NULL) a
   WHERE about IS NULL OR p.number = (SELECT journey._purpose_number(about))
   ORDER BY p.name, a.subject_name COLLATE "C"
$$;
COMMENT ON FUNCTION journey.consent_as_of(timestamptz, text) IS
'Who consented to one purpose, about, or to each, at a time, as the ledger said by then: a row for each subject that had said something about the purpose or one above it, with the reason (consent, withdrawn, refused, objected, expired, not begun, old notice, restricted, erased, no basis). An error if there is no such purpose. For who was granted EXECUTE; nobody at first. Reads the ledger once for each purpose.';
REVOKE EXECUTE ON FUNCTION journey.consent_as_of(timestamptz, text) FROM PUBLIC;
