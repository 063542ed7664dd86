--| # Consent: what is known about all subjects, packed
--|
--| A session that asks about many subjects reads all of them, and each parallel
--| worker does it anew. `fact_page` holds what they would read, as of a
--| moment, in some dozens of rows: then they begin with it, and read anew only
--| who changed since. What is decided is the same.
--|
--| It is written by `consent_fold()`, by `protect()` and `refresh()`, and by who
--| records an event when very many came since. A subject that is erased,
--| renamed or removed is taken out of it in the same transaction.

CREATE TABLE journey.fact_page (
  part  int   PRIMARY KEY,
  bytes bytea NOT NULL
) WITH (vacuum_truncate = false);
-- pieces in a table of their own would be counted when they are read
ALTER TABLE journey.fact_page ALTER COLUMN bytes SET STORAGE PLAIN;
COMMENT ON TABLE journey.fact_page IS
'What is known about all subjects as of a moment, packed: sessions begin with it. Bytes of the extension for this database alone, not part of dumps; without them all is decided the same, after more reading.';
COMMENT ON COLUMN journey.fact_page.part IS 'Number of the piece.';
COMMENT ON COLUMN journey.fact_page.bytes IS 'The piece; see src/core/fact_bytes.h.';

CREATE FUNCTION journey._fact_pages_write(seq bigint) RETURNS bigint
  AS 'MODULE_PATHNAME', 'journey__fact_pages_write'
  LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION journey._fact_pages_write(bigint) IS
'Writes journey.fact_page as of now, with a position in the ledger; returns how many subjects there are, NULL if somebody else is at it.';
REVOKE EXECUTE ON FUNCTION journey._fact_pages_write(bigint) FROM PUBLIC;

CREATE FUNCTION journey.consent_fold() RETURNS bigint
LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 SET search_path = pg_catalog, pg_temp
AS $$
  SELECT journey._fact_pages_write(q.last_value) FROM journey.ledger_seq_seq q
$$;
COMMENT ON FUNCTION journey.consent_fold() IS
'Packs what is known about all subjects, as of what is committed now, so that sessions and parallel workers begin with it instead of reading all; returns how many subjects, NULL if another session is doing it. Decisions do not change. An error if it does not fit into journey.consent_memory. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.consent_fold() FROM PUBLIC;

--| For small tables it is not worth it, and what else is done must not fail.

CREATE FUNCTION journey._consent_fold() RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'serializable'
     AND EXISTS (SELECT FROM journey.subject OFFSET 9999) THEN
    PERFORM journey.consent_fold();
  END IF;
EXCEPTION WHEN configuration_limit_exceeded OR object_not_in_prerequisite_state THEN
  NULL;
END
$$;
COMMENT ON FUNCTION journey._consent_fold() IS
'The same as a part of something else: not for fewer than 10 000 subjects, and without an error if it cannot be done.';
REVOKE EXECUTE ON FUNCTION journey._consent_fold() FROM PUBLIC;

--| Whoever writes to the tables of the extension past its functions could make it
--| say something else than they do.

CREATE FUNCTION journey._fact_page_problems() RETURNS TABLE (subject text, problem text)
  AS 'MODULE_PATHNAME', 'journey__fact_page_problems'
  LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000000 ROWS 1;
COMMENT ON FUNCTION journey._fact_page_problems() IS
'Compares journey.fact_page, brought up to now, with the tables: a row for each subject of whom it says something else ("differs", "is missing", "is not known" to the tables), one with NULL if it "is damaged"; none if all is well, or if it is of no use because tables were altered since. What the own transaction wrote does not count. Reads what is known about all subjects. For doctor().';
REVOKE EXECUTE ON FUNCTION journey._fact_page_problems() FROM PUBLIC;

CREATE FUNCTION journey._fact_pages_forget() RETURNS trigger
  AS 'MODULE_PATHNAME', 'journey__fact_pages_forget'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._fact_pages_forget() IS
'Trigger of journey.subject: takes the old name of a subject out of journey.fact_page.';
REVOKE EXECUTE ON FUNCTION journey._fact_pages_forget() FROM PUBLIC;

CREATE TRIGGER forget_changed AFTER UPDATE ON journey.subject
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR NEW.erased AND NOT OLD.erased)
  EXECUTE FUNCTION journey._fact_pages_forget();
ALTER TABLE journey.subject ENABLE ALWAYS TRIGGER forget_changed;
CREATE TRIGGER forget_removed AFTER DELETE ON journey.subject
  FOR EACH ROW EXECUTE FUNCTION journey._fact_pages_forget();
ALTER TABLE journey.subject ENABLE ALWAYS TRIGGER forget_removed;
