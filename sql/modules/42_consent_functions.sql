--| # Consent: purposes, grants, and the question
--|
--| The functions that write can be called by those who were granted EXECUTE
--| on them; they need no right on any table. Those here are for whoever decides
--| who reads what.
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

--| Rules find their purposes by what is written here, letter by letter: a short
--| form, or http for https, would be found by none, and its least age not asked.
CREATE FUNCTION journey._check_iri(iri text) RETURNS void
LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF iri COLLATE "C" !~ '^[a-z][a-z0-9+.-]*:[^[:space:]]+$' OR iri COLLATE "C" ~ '^(dpv|http:)' THEN
    RAISE EXCEPTION 'invalid IRI "%"', iri
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is written in full, and begins with https: or another scheme than http:.',
            HINT = 'An example is https://w3id.org/dpv#Marketing.';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_iri(text) IS
'An error if this is no IRI, begins with http: or is short (dpv:Marketing); NULL is none.';
REVOKE EXECUTE ON FUNCTION journey._check_iri(text) FROM PUBLIC;

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

  PERFORM journey._check_iri(create_purpose.dpv);

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
'Creates a purpose and those above it that do not exist yet; returns its number. One that exists is left as it is, but gets the given dpv, the IRI of the W3C Data Privacy Vocabulary, in full: https://w3id.org/dpv#Marketing. An error if the name is NULL or none of a purpose, or the IRI is none, begins with http: or is short (dpv:Marketing).';
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
'Whether the subject consents to the purpose at this moment and the current reader holds a grant for it (see grant_purpose; in a SECURITY DEFINER function its owner and its caller both must). NULL, unknown subject, unknown purpose, no grant: false. Only the grant is missing: one warning a statement. Does not depend on journey.purpose. Some microseconds for a subject that has to be looked up, some ten nanoseconds once the session keeps all of them (see journey.consent_memory).';
