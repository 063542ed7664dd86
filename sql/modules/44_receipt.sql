--| # Consent: what subjects are told
--|
--|     SELECT journey.consent_receipt('u1', 'analytics');
--|     SELECT journey.subject_export('u1');
--|
--| A receipt is for the subject to keep: what was recorded, signed, with its
--| place in the ledger's chain. `verify_receipt()` checks it. The export is the
--| answer to "what do you know about me": all that was recorded about consent,
--| and the subject's rows in protected relations, as the caller may see them.

CREATE FUNCTION journey._utc(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (to_jsonb(at AT TIME ZONE 'UTC') #>> '{}') || CASE WHEN isfinite(at) THEN 'Z' ELSE '' END
$$;
COMMENT ON FUNCTION journey._utc(timestamptz) IS 'A time as documents have it, whatever the zone of the session: 2026-03-01T12:00:00Z.';
REVOKE EXECUTE ON FUNCTION journey._utc(timestamptz) FROM PUBLIC;

CREATE FUNCTION journey._event(seq bigint) RETURNS jsonb
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT to_jsonb(l) - 'xid' - 'copied' || jsonb_build_object('subject', s.name, 'purpose', p.name,
           'place', c.place, 'hash', encode(c.hash, 'hex'),
           'valid_from', journey._utc(l.valid_from), 'valid_until', journey._utc(l.valid_until),
           'said_at', journey._utc(l.said_at), 'recorded_at', journey._utc(l.recorded_at))
    FROM journey.ledger l
    JOIN journey.subject s ON s.number = l.subject
    LEFT JOIN journey.purpose p ON p.number = l.purpose
    LEFT JOIN journey.chain c ON c.seq = l.seq
   WHERE l.seq = _event.seq
$$;
COMMENT ON FUNCTION journey._event(bigint) IS
'An entry of the ledger as a document, with names instead of numbers, times in UTC, and its place in the chain; NULL if there is none.';
REVOKE EXECUTE ON FUNCTION journey._event(bigint) FROM PUBLIC;

CREATE FUNCTION journey.consent_receipt(seq bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  event jsonb := journey._event(consent_receipt.seq);
BEGIN
  IF event IS NULL THEN
    RAISE EXCEPTION 'the ledger has no such entry' USING ERRCODE = 'no_data_found';
  END IF;
  RETURN journey._receipt(jsonb_build_object('receipt', 'consent', 'event', event));
END
$$;
COMMENT ON FUNCTION journey.consent_receipt(bigint) IS
'A signed receipt of an entry of the ledger, by its position, for verify_receipt(): what was recorded, with names, and its place in the chain, which it gets when it is committed. An error if there is no such entry, or no usable root key. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.consent_receipt(bigint) FROM PUBLIC;

CREATE FUNCTION journey.consent_receipt(subject text, purpose text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  last bigint;
BEGIN
  SELECT max(l.seq) INTO last
    FROM journey.ledger l
   WHERE l.subject = (SELECT s.number FROM journey.subject s WHERE s.name = consent_receipt.subject COLLATE "C")
     AND l.purpose = journey._purpose_number(consent_receipt.purpose);
  RETURN journey.consent_receipt(last);
END
$$;
COMMENT ON FUNCTION journey.consent_receipt(text, text) IS
'A signed receipt of the last thing that a subject said about this purpose, see consent_receipt(bigint). An error if there is none.';
REVOKE EXECUTE ON FUNCTION journey.consent_receipt(text, text) FROM PUBLIC;

CREATE FUNCTION journey.subject_record(subject text) RETURNS jsonb
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
  SELECT jsonb_build_object(
           'subject', subject,
           'known', s.number IS NOT NULL,
           'attributes', to_jsonb(s) - 'number' - 'name' - 'xid',
           'events', coalesce((SELECT jsonb_agg(journey._event(l.seq) ORDER BY l.seq)
                                 FROM journey.ledger l WHERE l.subject = s.number), '[]'),
           'relations', coalesce((SELECT jsonb_agg(jsonb_build_object('relation', r.view::text, 'subject', r.subject) ORDER BY r.view::text COLLATE "C")
                                    FROM journey.protected_relation r), '[]'))
    FROM (SELECT) one LEFT JOIN journey.subject s ON s.name = subject COLLATE "C"
$$;
COMMENT ON FUNCTION journey.subject_record(text) IS
'All that the tables of consent know about a subject: attributes, and each event in the order in which they were recorded; and in which protected relations there may be rows of the subject. For who was granted EXECUTE; nobody at first.';
REVOKE EXECUTE ON FUNCTION journey.subject_record(text) FROM PUBLIC;

--| The rows are read with the caller's rights, through the views: an officer who
--| has to see all declares a purpose for which the law asks for it, one with a
--| registered `legal obligation`.
CREATE FUNCTION journey.subject_export(subject text) RETURNS jsonb
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result jsonb := journey.subject_record(subject);
  known  jsonb;
  found  jsonb;
  data   jsonb := '{}';
BEGIN
  FOR known IN SELECT e FROM jsonb_array_elements(result -> 'relations') e LOOP
    CONTINUE WHEN NOT has_table_privilege(known ->> 'relation', 'SELECT');
    EXECUTE format('SELECT coalesce(jsonb_agg(r.doc ORDER BY r.doc::text COLLATE "C"), ''[]'')
                      FROM (SELECT to_jsonb(v) FROM %s v WHERE v.%I::text = $1) r (doc)',
                   (known ->> 'relation')::regclass, known ->> 'subject')
       INTO found USING subject;
    data := data || jsonb_build_object(known ->> 'relation', found);
  END LOOP;
  RETURN result - 'relations' || jsonb_build_object('data', data);
END
$$;
COMMENT ON FUNCTION journey.subject_export(text) IS
'All that is recorded about a subject: subject_record(), and under data the subject''s rows in each protected relation that the caller may read, as the caller sees them. Needs EXECUTE on subject_record() too. Reads each of these relations.';
REVOKE EXECUTE ON FUNCTION journey.subject_export(text) FROM PUBLIC;
