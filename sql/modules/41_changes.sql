--| # Consent: signs of change
--|
--| Sessions keep what they have read about subjects, and ask before each
--| statement who has changed since. The ledger and `subject` answer by their
--| column `xid`. What changes otherwise leaves a row here, and sessions then
--| read everything anew: a subject that is renamed or removed, a state that is
--| rebuilt, or written past the ledger. `src/pg/changes.c` says why nothing is
--| missed.

CREATE TABLE journey.change (
  xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id()
);
CREATE INDEX change_xid ON journey.change (xid);
-- or nothing could be deleted where all tables are published
ALTER TABLE journey.change REPLICA IDENTITY FULL;
COMMENT ON TABLE journey.change IS
'Transactions that changed subjects or states otherwise than by a row of the ledger or of journey.subject: what a session knows about subjects from before it is read anew.';
COMMENT ON COLUMN journey.change.xid IS 'The transaction.';

CREATE FUNCTION journey._tell_changes() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- once a transaction; what a subtransaction took back is not seen here
  IF NOT EXISTS (SELECT FROM journey.change c WHERE c.xid = pg_current_xact_id()) THEN
    INSERT INTO journey.change DEFAULT VALUES;
    -- who has not seen one of these has not seen us; waits for nobody, which nothing but read committed can promise
    IF current_setting('transaction_isolation') = 'read committed' THEN
      DELETE FROM journey.change c
      WHERE c.ctid = ANY (ARRAY(
        SELECT o.ctid FROM journey.change o WHERE o.xid <> pg_current_xact_id() LIMIT 1000 FOR UPDATE SKIP LOCKED));
    END IF;
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._tell_changes() IS
'Trigger of journey.subject and journey.state: adds the transaction to journey.change, in place of those before it.';
REVOKE EXECUTE ON FUNCTION journey._tell_changes() FROM PUBLIC;

-- By rows, because logical replication fires no triggers of statements.
CREATE TRIGGER tell_renamed AFTER UPDATE ON journey.subject
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.number IS DISTINCT FROM NEW.number)
  EXECUTE FUNCTION journey._tell_changes();
ALTER TABLE journey.subject ENABLE ALWAYS TRIGGER tell_renamed;
CREATE TRIGGER tell_removed AFTER DELETE ON journey.subject
  FOR EACH ROW EXECUTE FUNCTION journey._tell_changes();
ALTER TABLE journey.subject ENABLE ALWAYS TRIGGER tell_removed;

-- Not for what the trigger of the ledger writes: the ledger tells that.
CREATE TRIGGER tell_written AFTER INSERT OR UPDATE OR DELETE ON journey.state
  FOR EACH ROW WHEN (pg_catalog.pg_trigger_depth() = 0) EXECUTE FUNCTION journey._tell_changes();
ALTER TABLE journey.state ENABLE ALWAYS TRIGGER tell_written;
CREATE TRIGGER tell_emptied AFTER TRUNCATE ON journey.state
  FOR EACH STATEMENT EXECUTE FUNCTION journey._tell_changes();
ALTER TABLE journey.state ENABLE ALWAYS TRIGGER tell_emptied;

--| What that spares can be seen: a withdrawal is to cost the next statement
--| the reading of one subject, not of all.

CREATE FUNCTION journey._consent_reads(OUT all_read bigint, OUT loaded bigint, OUT read_anew bigint)
  AS 'MODULE_PATHNAME', 'journey__consent_reads'
  LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED;
COMMENT ON FUNCTION journey._consent_reads() IS
'How often this session has read all subjects, how often it took them from journey.fact_page instead, and how many it has read anew because they changed.';
REVOKE EXECUTE ON FUNCTION journey._consent_reads() FROM PUBLIC;
