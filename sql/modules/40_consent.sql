--| # Consent: the tables
--|
--| Who may read what, for which purpose, and what each data subject said
--| about it. Nobody but the extension's owner has rights on these tables;
--| the functions below write them, and the decision that runs inside each
--| masked cell reads them directly.
--|
--| * `purpose` is a tree of dotted names: `analytics.product` lies below
--|   `analytics`. Rows refer to a purpose by its number.
--| * `reader_purpose` says which role may read for which purpose, and when.
--| * `subject` gives each person a number.
--| * `ledger` is the truth: what was said, in the order in which it was
--|   recorded. Rows are added and never changed.
--| * `state` is what the ledger comes to, one row for each subject and purpose
--|   that the subject said something about. A trigger keeps it in the same
--|   transaction; it can be checked and rebuilt at any time.
--|
--| Why `state` looks as it does. Whether a consent counts depends on the time
--| of the reading, on withdrawals at purposes above, and on purposes that may
--| be created below later. None of that can be worked out when the event is
--| recorded, so `state` keeps what is needed to do it at the reading: the
--| position in the ledger of the last consent given for the purpose, with its
--| range of time, reach and form, and the position of the last event of each
--| kind that closes. The answer for a purpose is then one index probe by subject
--| and a comparison of numbers along the path to the root: what stands latest in
--| the ledger wins. `src/core/lawful.h` has the rule in full.
--|
--| The latest consent for one purpose replaces earlier ones for the same
--| purpose: a shorter one shortens, and one that starts in the future leaves
--| a gap until then.
--|
--| There are no foreign keys. A parallel restore fills the tables of an
--| extension in any order, and would lose the ledger to one. Instead the
--| functions refer to what is there, and triggers keep what is referred to. A
--| reference to nothing opens nothing.
--|
--| `pg_dump` saves all of it but `state`, which the trigger fills again when
--| the ledger is restored. Grants of roles that have been dropped are left
--| out, because their number may belong to another role elsewhere.

CREATE TYPE journey.subject_kind AS ENUM ('customer', 'consumer', 'employee', 'stakeholder');
COMMENT ON TYPE journey.subject_kind IS
'In which relation a data subject stands to the organisation: customer, consumer, employee or stakeholder.';

--| The tree of purposes. The parent follows from the name. A purpose whose
--| parent does not exist is denied to everybody.
CREATE TABLE journey.purpose (
  number     int  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text COLLATE "C" NOT NULL UNIQUE
             CONSTRAINT purpose_name_check
             CHECK (name ~ '^[a-z0-9_-]+([.][a-z0-9_-]+)*$' AND pg_catalog.length(name) <= 255),
  parent     text COLLATE "C" GENERATED ALWAYS AS (pg_catalog.substring(name, '^(.*)[.][^.]*$')) STORED,
  dpv        text,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE journey.purpose IS
'What data is used for: a tree of dotted names.';
COMMENT ON COLUMN journey.purpose.number IS 'What other tables refer to it by.';
COMMENT ON COLUMN journey.purpose.name IS 'As analytics.product, which lies below analytics.';
COMMENT ON COLUMN journey.purpose.parent IS 'The name of the purpose above, which follows from the name. NULL: it is a root.';
COMMENT ON COLUMN journey.purpose.dpv IS 'IRI of the W3C Data Privacy Vocabulary. NULL: none was given.';
COMMENT ON COLUMN journey.purpose.created_at IS 'When it was created.';
COMMENT ON SEQUENCE journey.purpose_number_seq IS 'Numbers of purposes.';

--| Which role reads for what. One row for a role and a purpose: a new grant
--| replaces the old one.
CREATE TABLE journey.reader_purpose (
  reader      regrole NOT NULL,
  purpose     int NOT NULL,
  valid_from  timestamptz NOT NULL DEFAULT '-infinity',
  valid_until timestamptz NOT NULL DEFAULT 'infinity',
  granted_by  name NOT NULL DEFAULT SESSION_USER,
  granted_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (purpose, reader),
  CONSTRAINT reader_purpose_range_check CHECK (valid_from < valid_until)
);
COMMENT ON TABLE journey.reader_purpose IS
'Which role may read for which purpose and all below it. The last grant for a role and a purpose replaces earlier ones.';
COMMENT ON COLUMN journey.reader_purpose.reader IS 'The role.';
COMMENT ON COLUMN journey.reader_purpose.purpose IS 'Number of the purpose.';
COMMENT ON COLUMN journey.reader_purpose.valid_from IS 'From when on.';
COMMENT ON COLUMN journey.reader_purpose.valid_until IS 'Until just before when.';
COMMENT ON COLUMN journey.reader_purpose.granted_by IS 'Who granted it: the session user, by name.';
COMMENT ON COLUMN journey.reader_purpose.granted_at IS 'When it was granted.';

--| The people.
CREATE TABLE journey.subject (
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text COLLATE "C" NOT NULL UNIQUE
             CONSTRAINT subject_name_check
             CHECK (pg_catalog.octet_length(name) BETWEEN 1 AND 1024),
  kind       journey.subject_kind NOT NULL DEFAULT 'customer',
  jurisdiction text COLLATE "C",
  born       date CONSTRAINT subject_born_check CHECK (pg_catalog.isfinite(born)),
  restricted boolean NOT NULL DEFAULT false,
  erased     boolean NOT NULL DEFAULT false,
  xid        xid8 NOT NULL
);
CREATE INDEX subject_xid ON journey.subject (xid);
COMMENT ON TABLE journey.subject IS
'The people whose data it is.';
COMMENT ON COLUMN journey.subject.number IS 'What other tables refer to them by.';
COMMENT ON COLUMN journey.subject.name IS 'What the subject columns of protected tables hold, as text.';
COMMENT ON COLUMN journey.subject.kind IS 'In which relation they stand to the organisation.';
COMMENT ON COLUMN journey.subject.jurisdiction IS 'The one whose rules apply. NULL: the default one.';
COMMENT ON COLUMN journey.subject.born IS 'Date of birth. NULL: not known.';
COMMENT ON COLUMN journey.subject.restricted IS 'Their data is always masked, until that is lifted.';
COMMENT ON COLUMN journey.subject.erased IS 'Their data is always masked, for good.';
COMMENT ON COLUMN journey.subject.xid IS 'The transaction that wrote the row.';
COMMENT ON SEQUENCE journey.subject_number_seq IS 'Numbers of subjects.';

--| What they said. Roles are kept by name: they say who it was then, whoever
--| has that number now.
--|
--| `xid` is the transaction that wrote the row here. What became visible since
--| a snapshot was taken is found by it: every such row has an xid not below the
--| snapshot's xmin. A row that comes with an xid is a copy, by a restore say: it
--| gets its own, and is marked as `copied`.
--|
--| What CHECK constraints would say about a row, the trigger that stamps it
--| says: they would be read from the catalog anew for each event.
CREATE TABLE journey.ledger (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid         xid8   NOT NULL,
  copied      boolean NOT NULL DEFAULT false,
  subject     bigint NOT NULL,
  purpose     int,
  action      text COLLATE "C" NOT NULL,
  basis       text   NOT NULL DEFAULT 'consent',
  covers_descendants boolean NOT NULL DEFAULT false,
  explicit    boolean NOT NULL DEFAULT false,
  parental    boolean NOT NULL DEFAULT false,
  counts      boolean NOT NULL DEFAULT true,
  valid_from  timestamptz,
  valid_until timestamptz,
  said_at     timestamptz,
  notice      text COLLATE "C",
  source      text COLLATE "C",
  event_key   text COLLATE "C",
  evidence    jsonb,
  recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  recorded_by name NOT NULL DEFAULT SESSION_USER
);
CREATE INDEX ledger_xid ON journey.ledger (xid);
CREATE UNIQUE INDEX ledger_subject ON journey.ledger (subject, event_key);
COMMENT ON TABLE journey.ledger IS
'What subjects said, in the order of seq. Rows are added and never changed or removed.';
COMMENT ON COLUMN journey.ledger.seq IS 'Position in the ledger.';
COMMENT ON COLUMN journey.ledger.xid IS 'The transaction that wrote the row here.';
COMMENT ON COLUMN journey.ledger.copied IS 'The row came with an xid: it is a copy, by a restore say.';
COMMENT ON COLUMN journey.ledger.subject IS 'Number of the subject.';
COMMENT ON COLUMN journey.ledger.purpose IS 'Number of the purpose. NULL for restrict, lift and erase, which are about all data of the subject.';
COMMENT ON COLUMN journey.ledger.action IS 'What was said: give, renew, refuse, withdraw, object, expire; restrict, lift, erase.';
COMMENT ON COLUMN journey.ledger.basis IS 'The lawful basis: so far always consent.';
COMMENT ON COLUMN journey.ledger.covers_descendants IS 'A consent: also for all purposes below.';
COMMENT ON COLUMN journey.ledger.explicit IS 'A consent in so many words, as special categories ask for.';
COMMENT ON COLUMN journey.ledger.parental IS 'A consent given or authorised by who holds parental responsibility.';
COMMENT ON COLUMN journey.ledger.counts IS 'false: a consent that was older than what was known already.';
COMMENT ON COLUMN journey.ledger.valid_from IS 'From when on a consent holds. NULL: no limit.';
COMMENT ON COLUMN journey.ledger.valid_until IS 'Until just before when a consent holds. NULL: no limit.';
COMMENT ON COLUMN journey.ledger.said_at IS 'When it was said. NULL: when it was recorded.';
COMMENT ON COLUMN journey.ledger.notice IS 'Version of the text that the subject saw.';
COMMENT ON COLUMN journey.ledger.source IS 'The channel that it came by.';
COMMENT ON COLUMN journey.ledger.event_key IS 'Names an event where it came from, so that it is recorded once.';
COMMENT ON COLUMN journey.ledger.evidence IS 'Whatever proves it.';
COMMENT ON COLUMN journey.ledger.recorded_at IS 'When it was recorded.';
COMMENT ON COLUMN journey.ledger.recorded_by IS 'Who recorded it: the session user, by name.';
COMMENT ON SEQUENCE journey.ledger_seq_seq IS 'Numbers of entries of the ledger.';

--| What it comes to. There is room in the pages so that an update of a row
--| stays in its page and leaves the index alone.
CREATE TABLE journey.state (
  subject     bigint NOT NULL,
  purpose     int    NOT NULL,
  given       bigint NOT NULL DEFAULT 0,
  refused     bigint NOT NULL DEFAULT 0,
  withdrawn   bigint NOT NULL DEFAULT 0,
  objected    bigint NOT NULL DEFAULT 0,
  expired     bigint NOT NULL DEFAULT 0,
  valid_from  timestamptz NOT NULL DEFAULT '-infinity',
  valid_until timestamptz NOT NULL DEFAULT 'infinity',
  covers_descendants boolean NOT NULL DEFAULT false,
  explicit    boolean NOT NULL DEFAULT false,
  parental    boolean NOT NULL DEFAULT false,
  notice      text COLLATE "C" NOT NULL DEFAULT '',
  PRIMARY KEY (subject, purpose)
) WITH (fillfactor = 80);
COMMENT ON TABLE journey.state IS
'What the ledger comes to, kept by its trigger: a row for each subject and purpose that the subject said something about.';
COMMENT ON COLUMN journey.state.subject IS 'Number of the subject.';
COMMENT ON COLUMN journey.state.purpose IS 'Number of the purpose.';
COMMENT ON COLUMN journey.state.given IS 'Position in the ledger of the last consent given or renewed that counts. 0: none.';
COMMENT ON COLUMN journey.state.refused IS 'Position of the last refusal. 0: none.';
COMMENT ON COLUMN journey.state.withdrawn IS 'Position of the last withdrawal. 0: none.';
COMMENT ON COLUMN journey.state.objected IS 'Position of the last objection. 0: none.';
COMMENT ON COLUMN journey.state.expired IS 'Position of the last expiry. 0: none.';
COMMENT ON COLUMN journey.state.valid_from IS 'From when on the last consent holds.';
COMMENT ON COLUMN journey.state.valid_until IS 'Until just before when it holds.';
COMMENT ON COLUMN journey.state.covers_descendants IS 'It is also for all purposes below.';
COMMENT ON COLUMN journey.state.explicit IS 'It was given in so many words.';
COMMENT ON COLUMN journey.state.parental IS 'It was given or authorised by who holds parental responsibility.';
COMMENT ON COLUMN journey.state.notice IS 'Version of the text that the subject saw then. Empty: none.';

SELECT pg_catalog.pg_extension_config_dump('journey.purpose', '');
SELECT pg_catalog.pg_extension_config_dump('journey.purpose_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.reader_purpose',
         'WHERE EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = reader)');
SELECT pg_catalog.pg_extension_config_dump('journey.subject', '');
SELECT pg_catalog.pg_extension_config_dump('journey.subject_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.ledger', '');
SELECT pg_catalog.pg_extension_config_dump('journey.ledger_seq_seq', '');

--| ## The ledger only grows
--|
--| Not even the owner can change or remove what is recorded. (A superuser can
--| disable the trigger; what was done then can be detected, not prevented.)

CREATE FUNCTION journey._ledger_refuse() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'the consent ledger is append-only'
    USING ERRCODE = 'restrict_violation',
          DETAIL = pg_catalog.format('%s would change what was recorded.', TG_OP),
          HINT = 'Record what is true now as a new event.';
END
$$;
COMMENT ON FUNCTION journey._ledger_refuse() IS
'Trigger of journey.ledger: refuses UPDATE, DELETE and TRUNCATE with an error.';
REVOKE EXECUTE ON FUNCTION journey._ledger_refuse() FROM PUBLIC;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journey.ledger
  FOR EACH STATEMENT EXECUTE FUNCTION journey._ledger_refuse();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER append_only;

--| ## Every row says which transaction wrote it

CREATE FUNCTION journey._ledger_stamp() RETURNS trigger
  AS 'MODULE_PATHNAME', 'journey__ledger_stamp'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._ledger_stamp() IS
'Trigger of journey.ledger: refuses a row that is no event; sets xid to the transaction that inserts it, whatever was given, and copied if something was given.';
REVOKE EXECUTE ON FUNCTION journey._ledger_stamp() FROM PUBLIC;

CREATE TRIGGER stamp BEFORE INSERT ON journey.ledger
  FOR EACH ROW EXECUTE FUNCTION journey._ledger_stamp();
ALTER TABLE journey.ledger ENABLE ALWAYS TRIGGER stamp;

CREATE FUNCTION journey._stamp() RETURNS trigger
  AS 'MODULE_PATHNAME', 'journey__stamp'
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._stamp() IS
'Trigger of journey.subject: sets xid to the transaction that writes the row, whatever was given.';
REVOKE EXECUTE ON FUNCTION journey._stamp() FROM PUBLIC;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON journey.subject
  FOR EACH ROW EXECUTE FUNCTION journey._stamp();
ALTER TABLE journey.subject ENABLE ALWAYS TRIGGER stamp;

--| ## What is referred to stays

CREATE FUNCTION journey._keep_referenced() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION 'cannot truncate table "%"', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation',
            DETAIL = 'Other tables refer to its rows.';
  ELSIF TG_TABLE_NAME = 'subject'
        AND EXISTS (SELECT FROM journey.state s WHERE s.subject = OLD.number)
        AND NOT EXISTS (SELECT FROM journey.subject u WHERE u.number = OLD.number) THEN
    RAISE EXCEPTION 'the ledger has events of the subject'
      USING ERRCODE = 'foreign_key_violation',
            DETAIL = pg_catalog.format('%s would leave them without one.', TG_OP);
  ELSIF TG_TABLE_NAME = 'purpose'
        AND EXISTS (SELECT FROM journey.purpose c WHERE c.parent = OLD.name)
        AND NOT EXISTS (SELECT FROM journey.purpose p WHERE p.name = OLD.name) THEN
    RAISE EXCEPTION 'there are purposes below "%"', OLD.name
      USING ERRCODE = 'foreign_key_violation',
            DETAIL = pg_catalog.format('%s would leave them without a parent.', TG_OP);
  ELSIF TG_TABLE_NAME = 'purpose'
        AND (EXISTS (SELECT FROM journey.ledger l WHERE l.purpose = OLD.number)
             OR EXISTS (SELECT FROM journey.reader_purpose g WHERE g.purpose = OLD.number))
        AND NOT EXISTS (SELECT FROM journey.purpose p WHERE p.number = OLD.number) THEN
    RAISE EXCEPTION 'there are events or grants for purpose "%"', OLD.name
      USING ERRCODE = 'foreign_key_violation',
            DETAIL = pg_catalog.format('%s would leave them without one.', TG_OP);
  ELSIF TG_TABLE_NAME = 'purpose'
        AND (EXISTS (SELECT FROM journey.prohibition r WHERE r.purpose = OLD.name)
             OR EXISTS (SELECT FROM journey.rule r WHERE r.purpose = OLD.name)
             OR EXISTS (SELECT FROM journey.lawful_basis r WHERE r.purpose = OLD.name)
             OR EXISTS (SELECT FROM journey.notice r WHERE r.purpose = OLD.name))
        AND NOT EXISTS (SELECT FROM journey.purpose p WHERE p.name = OLD.name) THEN
    RAISE EXCEPTION 'there are prohibitions, rules, bases or notices for purpose "%"', OLD.name
      USING ERRCODE = 'foreign_key_violation',
            DETAIL = pg_catalog.format('%s would leave them without one.', TG_OP);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._keep_referenced() IS
'Trigger of journey.subject and journey.purpose: refuses to remove, renumber or rename what the ledger, a grant, a rule or another purpose refers to.';
REVOKE EXECUTE ON FUNCTION journey._keep_referenced() FROM PUBLIC;

CREATE TRIGGER keep_referenced AFTER UPDATE OR DELETE ON journey.subject
  FOR EACH ROW EXECUTE FUNCTION journey._keep_referenced();
CREATE TRIGGER keep_referenced AFTER UPDATE OR DELETE ON journey.purpose
  FOR EACH ROW EXECUTE FUNCTION journey._keep_referenced();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON journey.subject
  FOR EACH STATEMENT EXECUTE FUNCTION journey._keep_referenced();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON journey.purpose
  FOR EACH STATEMENT EXECUTE FUNCTION journey._keep_referenced();
