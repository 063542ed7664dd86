--| # Consent: purposes, grants and what subjects say
--|
--| The functions that write can be called by those who were granted EXECUTE
--| on them; they need no right on any table. Give the functions of the first
--| group to whoever decides who reads what, those of the second group to the
--| programs that record what people say.
--|
--| Names are compared by their bytes: COLLATE "C" is written out, because the
--| variables of a function take over the collation of the column that it is
--| called for.

CREATE FUNCTION journey._purpose_number(purpose text) RETURNS int
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result int;
BEGIN
  SELECT p.number INTO result FROM journey.purpose p WHERE p.name = purpose COLLATE "C";
  IF result IS NULL THEN
    IF purpose IS NULL THEN
      RAISE EXCEPTION 'purpose must not be null' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    RAISE EXCEPTION 'purpose "%" does not exist', purpose
      USING ERRCODE = 'undefined_object',
            HINT = 'Create it with journey.create_purpose().';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._purpose_number(text) IS
'The number of a purpose; an error with a hint if it is NULL or does not exist.';
REVOKE EXECUTE ON FUNCTION journey._purpose_number(text) FROM PUBLIC;

--| ## Purposes and grants
--|
--|     SELECT journey.create_purpose('analytics.product');
--|     SELECT journey.grant_purpose('ana', 'analytics.product', until => '2027-12-31');
--|     SELECT journey.revoke_purpose('ana', 'analytics.product');

CREATE FUNCTION journey.create_purpose(name text, dpv text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  labels text[] := string_to_array(create_purpose.name COLLATE "C", '.');
  path   text;
  result int;
BEGIN
  IF create_purpose.name IS NULL THEN
    RAISE EXCEPTION 'name must not be null' USING ERRCODE = 'null_value_not_allowed';
  ELSIF create_purpose.name COLLATE "C" !~ '^[a-z0-9_-]+([.][a-z0-9_-]+)*$' OR length(create_purpose.name) > 255 THEN
    RAISE EXCEPTION '"%" is not a name of a purpose', create_purpose.name
      USING ERRCODE = 'invalid_name',
            DETAIL = 'A purpose is named by labels of a-z, 0-9, _ and -, joined by dots, at most 255 bytes.';
  END IF;

  FOR depth IN 1 .. cardinality(labels) LOOP
    path := array_to_string(labels[1:depth], '.');
    SELECT p.number INTO result FROM journey.purpose p WHERE p.name = path COLLATE "C";
    IF NOT FOUND THEN
      -- Somebody may be creating the same.
      INSERT INTO journey.purpose (name) VALUES (path) ON CONFLICT (name) DO NOTHING;
      SELECT p.number INTO STRICT result FROM journey.purpose p WHERE p.name = path COLLATE "C";
    END IF;
  END LOOP;

  IF create_purpose.dpv IS NOT NULL THEN
    UPDATE journey.purpose p SET dpv = create_purpose.dpv
     WHERE p.number = result AND p.dpv IS DISTINCT FROM create_purpose.dpv COLLATE "C";
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.create_purpose(text, text) IS
'Creates a purpose and those above it that do not exist yet; returns its number. One that exists is left as it is, but gets the given dpv, the IRI of the W3C Data Privacy Vocabulary.';
REVOKE EXECUTE ON FUNCTION journey.create_purpose(text, text) FROM PUBLIC;

--| A grant lets the role say `SET journey.purpose` and mean it.
CREATE FUNCTION journey.grant_purpose(reader regrole, purpose text,
                                      until timestamptz DEFAULT NULL, since timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  target int := journey._purpose_number(grant_purpose.purpose);
  starts timestamptz := coalesce(since, statement_timestamp());
  ends   timestamptz := coalesce(until, 'infinity');
BEGIN
  IF grant_purpose.reader IS NULL THEN
    RAISE EXCEPTION 'reader must not be null' USING ERRCODE = 'null_value_not_allowed';
  ELSIF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = grant_purpose.reader) THEN
    RAISE EXCEPTION 'role with OID % does not exist', grant_purpose.reader::oid USING ERRCODE = 'undefined_object';
  ELSIF ends <= starts THEN
    RAISE EXCEPTION 'the grant would end before it begins'
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It would begin at %s and end at %s.', starts, ends);
  END IF;

  INSERT INTO journey.reader_purpose AS g (reader, purpose, valid_from, valid_until)
  VALUES (grant_purpose.reader, target, starts, ends)
  ON CONFLICT (purpose, reader) DO UPDATE
    SET valid_from = excluded.valid_from, valid_until = excluded.valid_until,
        granted_by = excluded.granted_by, granted_at = excluded.granted_at;
END
$$;
COMMENT ON FUNCTION journey.grant_purpose(regrole, text, timestamptz, timestamptz) IS
'Lets a role, and those who inherit its rights, read for a purpose and all below it: from since (default: now) until just before until (default: no end). Replaces an earlier grant of the same role and purpose. The reader is written as SQL writes a role: ''ana'', or ''"Ana"'' if the name has capitals.';
REVOKE EXECUTE ON FUNCTION journey.grant_purpose(regrole, text, timestamptz, timestamptz) FROM PUBLIC;

--| The next statement of the reader does without it.
CREATE FUNCTION journey.revoke_purpose(reader regrole, purpose text) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  target int := journey._purpose_number(revoke_purpose.purpose);
  above  text;
  was    boolean;
BEGIN
  IF revoke_purpose.reader IS NULL THEN
    RAISE EXCEPTION 'reader must not be null' USING ERRCODE = 'null_value_not_allowed';
  END IF;

  DELETE FROM journey.reader_purpose g WHERE g.reader = revoke_purpose.reader AND g.purpose = target;
  was := FOUND;

  SELECT p.name INTO above
    FROM journey.reader_purpose g JOIN journey.purpose p ON p.number = g.purpose
   WHERE g.reader = revoke_purpose.reader AND starts_with(revoke_purpose.purpose COLLATE "C", p.name || '.')
   ORDER BY p.name LIMIT 1;
  IF FOUND THEN
    RAISE WARNING 'role "%" can still read for purpose "%"', pg_get_userbyid(revoke_purpose.reader), revoke_purpose.purpose
      USING DETAIL = format('It was granted purpose "%s", which lies above.', above);
  END IF;
  RETURN was;
END
$$;
COMMENT ON FUNCTION journey.revoke_purpose(regrole, text) IS
'Takes back what grant_purpose gave for this role and purpose; false if there was nothing. Warns if a grant for a purpose above remains.';
REVOKE EXECUTE ON FUNCTION journey.revoke_purpose(regrole, text) FROM PUBLIC;

--| ## What subjects say
--|
--|     SELECT journey.consent_give('u1', 'analytics.product');
--|     SELECT journey.consent_withdraw('u1', 'analytics.product');
--|
--| Each call adds one event to the ledger and returns its position. The later
--| recorded event wins. Events of one subject are recorded one after the other:
--| a second transaction waits until the first one has ended, so their order in
--| the ledger is the order in which they took effect. Programs that record
--| many subjects in one transaction should do so in the order of their names,
--| or may be stopped by the deadlock detector and have to repeat.

CREATE FUNCTION journey._consent_record(action text, subject text, purpose text,
                                        valid_from timestamptz, valid_until timestamptz, covers_descendants boolean,
                                        notice text, source text, evidence jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  who    bigint;
  what   int;
  result bigint;
BEGIN
  IF _consent_record.subject IS NULL THEN
    RAISE EXCEPTION 'subject must not be null' USING ERRCODE = 'null_value_not_allowed';
  ELSIF octet_length(_consent_record.subject) NOT BETWEEN 1 AND 1024 THEN
    RAISE EXCEPTION 'subject has % bytes', octet_length(_consent_record.subject)
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A subject is named by 1 to 1024 bytes.';
  ELSIF _consent_record.valid_until <= _consent_record.valid_from THEN
    RAISE EXCEPTION 'the consent would end before it begins'
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It would begin at %s and end at %s.', _consent_record.valid_from, _consent_record.valid_until);
  END IF;

  SELECT p.number INTO what FROM journey.purpose p WHERE p.name = _consent_record.purpose COLLATE "C";
  IF NOT FOUND THEN
    what := journey._purpose_number(_consent_record.purpose);
  END IF;

  -- The lock on the subject's row is held to the end of the transaction; the
  -- position in the ledger is taken under it.
  SELECT s.number INTO who FROM journey.subject s WHERE s.name = _consent_record.subject COLLATE "C" FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO journey.subject (name) VALUES (_consent_record.subject) ON CONFLICT (name) DO NOTHING;
    SELECT s.number INTO STRICT who FROM journey.subject s WHERE s.name = _consent_record.subject COLLATE "C" FOR NO KEY UPDATE;
  END IF;

  INSERT INTO journey.ledger (subject, purpose, action, covers_descendants, valid_from, valid_until,
                              notice, source, evidence)
  VALUES (who, what, _consent_record.action, coalesce(_consent_record.covers_descendants, false),
          _consent_record.valid_from, _consent_record.valid_until,
          _consent_record.notice, _consent_record.source, _consent_record.evidence)
  RETURNING seq INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._consent_record(text, text, text, timestamptz, timestamptz, boolean, text, text, jsonb) IS
'Adds one event to the ledger under the lock of its subject, which is created if it is new; returns the position.';
REVOKE EXECUTE ON FUNCTION journey._consent_record(text, text, text, timestamptz, timestamptz, boolean, text, text, jsonb) FROM PUBLIC;

--| `SELECT journey.consent_give(user_id, 'analytics') FROM …` records many.
CREATE FUNCTION journey.consent_give(subject text, purpose text,
                                     valid_until timestamptz DEFAULT NULL, covers_descendants boolean DEFAULT false,
                                     notice text DEFAULT NULL, source text DEFAULT NULL, evidence jsonb DEFAULT NULL,
                                     valid_from timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN journey._consent_record('give', subject, purpose, valid_from, valid_until, covers_descendants,
                                 notice, source, evidence);
END
$$;
COMMENT ON FUNCTION journey.consent_give(text, text, timestamptz, boolean, text, text, jsonb, timestamptz) IS
'Records that a subject consents to a purpose, from valid_from until just before valid_until (NULL: no limit), and to those below only if covers_descendants. Replaces the subject''s earlier consent for the same purpose. notice is the version of the text shown, source the channel, evidence what proves it. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_give(text, text, timestamptz, boolean, text, text, jsonb, timestamptz) FROM PUBLIC;

--| Withdrawing takes what giving took: the subject and the purpose.
CREATE FUNCTION journey.consent_withdraw(subject text, purpose text, notice text DEFAULT NULL,
                                         source text DEFAULT NULL, evidence jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN journey._consent_record('withdraw', subject, purpose, NULL, NULL, false, notice, source, evidence);
END
$$;
COMMENT ON FUNCTION journey.consent_withdraw(text, text, text, text, jsonb) IS
'Records that a subject withdraws consent to a purpose and all below it, whether or not there was one. Takes effect with the next statement of any reader. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_withdraw(text, text, text, text, jsonb) FROM PUBLIC;

--| A refusal has the effect of a withdrawal, and says that there was a question.
CREATE FUNCTION journey.consent_refuse(subject text, purpose text, notice text DEFAULT NULL,
                                       source text DEFAULT NULL, evidence jsonb DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN journey._consent_record('refuse', subject, purpose, NULL, NULL, false, notice, source, evidence);
END
$$;
COMMENT ON FUNCTION journey.consent_refuse(text, text, text, text, jsonb) IS
'Records that a subject was asked and refused a purpose and all below it; has the effect of consent_withdraw. Returns the position in the ledger. NULL or unknown purpose, NULL or empty subject: an error; a new subject is created.';
REVOKE EXECUTE ON FUNCTION journey.consent_refuse(text, text, text, text, jsonb) FROM PUBLIC;

--| ## Asking
--|
--|     SELECT journey.journey_agg(at, event) FROM events WHERE journey.consented(user_id, 'analytics') …
--|
--| Everybody may ask, but only a reader who holds a grant for the purpose gets
--| an answer; for others it is false, so that nobody learns from it who is
--| known here or has refused.

CREATE FUNCTION journey.consented(subject text, purpose text) RETURNS boolean
AS 'MODULE_PATHNAME', 'journey_consented'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.consented(text, text) IS
'Whether the subject consents to the purpose at this moment and the current reader holds a grant for it (see grant_purpose; in a SECURITY DEFINER function its owner and its caller both must). NULL, unknown subject, unknown purpose, no grant: false. Only the grant is missing: one warning a statement. Does not depend on journey.purpose. Some microseconds for the first question about a subject in a statement, some ten nanoseconds for each further one.';
