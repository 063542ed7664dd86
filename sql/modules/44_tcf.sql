--| # Consent strings of other systems
--|
--| Cookie banners keep what a visitor chose in a string: that of the IAB's
--| Transparency & Consent Framework (TCF), alone or within one of its Global
--| Privacy Platform (GPP), which also carries the opt-outs of US states. Such a
--| string is not signed. It tells what somebody's browser says, and no more.

CREATE TYPE journey.tcf AS (
  version int,
  created timestamptz,
  last_updated timestamptz,
  cmp_id int,
  cmp_version int,
  consent_screen int,
  consent_language text,
  vendor_list_version int,
  tcf_policy_version int,
  is_service_specific boolean,
  use_non_standard_texts boolean,
  special_feature_opt_ins int[],
  purposes_consent int[],
  purposes_li int[],
  purpose_one_treatment boolean,
  publisher_cc text,
  vendor_consent int[],
  vendor_li int[],
  publisher_restrictions jsonb,
  disclosed_vendors int[],
  allowed_vendors int[],
  publisher_consent int[],
  publisher_li int[],
  custom_purposes int,
  custom_consent int[],
  custom_li int[],
  effective_consent int[],
  effective_li int[],
  notices text[]
);
COMMENT ON TYPE journey.tcf IS
'What a TC string says.';
COMMENT ON COLUMN journey.tcf.version IS 'Version of the string: 2.';
COMMENT ON COLUMN journey.tcf.created IS 'When it was first made.';
COMMENT ON COLUMN journey.tcf.last_updated IS 'When it was last changed.';
COMMENT ON COLUMN journey.tcf.cmp_id IS 'Number of the consent management platform.';
COMMENT ON COLUMN journey.tcf.cmp_version IS 'Version of that.';
COMMENT ON COLUMN journey.tcf.consent_screen IS 'On which of its screens the choice was made.';
COMMENT ON COLUMN journey.tcf.consent_language IS 'Language of that, two letters.';
COMMENT ON COLUMN journey.tcf.vendor_list_version IS 'Version of the Global Vendor List.';
COMMENT ON COLUMN journey.tcf.tcf_policy_version IS 'Version of the framework''s policies.';
COMMENT ON COLUMN journey.tcf.is_service_specific IS 'It holds for one service, not for all.';
COMMENT ON COLUMN journey.tcf.use_non_standard_texts IS 'The texts that were shown are not the standard ones.';
COMMENT ON COLUMN journey.tcf.special_feature_opt_ins IS 'Special features that were opted into.';
COMMENT ON COLUMN journey.tcf.purposes_consent IS 'Purposes with consent: the bits as they stand.';
COMMENT ON COLUMN journey.tcf.purposes_li IS 'Purposes by legitimate interest without objection: the bits as they stand.';
COMMENT ON COLUMN journey.tcf.purpose_one_treatment IS 'Purpose 1 was not shown at all.';
COMMENT ON COLUMN journey.tcf.publisher_cc IS 'Country of the publisher, two letters.';
COMMENT ON COLUMN journey.tcf.vendor_consent IS 'Vendors with consent.';
COMMENT ON COLUMN journey.tcf.vendor_li IS 'Vendors by legitimate interest without objection.';
COMMENT ON COLUMN journey.tcf.publisher_restrictions IS 'A list of {"purpose", "type", "first", "last"}: vendors from first to last.';
COMMENT ON COLUMN journey.tcf.disclosed_vendors IS 'Vendors that were shown. NULL: there is no such segment.';
COMMENT ON COLUMN journey.tcf.allowed_vendors IS 'Vendors that the publisher allows. NULL: there is no such segment.';
COMMENT ON COLUMN journey.tcf.publisher_consent IS 'Purposes with consent for the publisher. NULL: there is no such segment.';
COMMENT ON COLUMN journey.tcf.publisher_li IS 'Purposes by legitimate interest of the publisher. NULL: there is no such segment.';
COMMENT ON COLUMN journey.tcf.custom_purposes IS 'Number of the publisher''s own purposes. NULL: there is no such segment.';
COMMENT ON COLUMN journey.tcf.custom_consent IS 'Those of them with consent, likewise.';
COMMENT ON COLUMN journey.tcf.custom_li IS 'Those of them by legitimate interest, likewise.';
COMMENT ON COLUMN journey.tcf.effective_consent IS 'What purposes_consent is worth: defined purposes only.';
COMMENT ON COLUMN journey.tcf.effective_li IS 'What purposes_li is worth: defined purposes only, without 1, and from policy version 4 on without 3 to 6.';
COMMENT ON COLUMN journey.tcf.notices IS 'What is unusual, see tcf_decode().';

CREATE FUNCTION journey.tcf_decode(tc pg_catalog.text) RETURNS journey.tcf
AS 'MODULE_PATHNAME', 'journey_tcf_decode'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.tcf_decode(pg_catalog.text) IS
'Takes apart a TC string, version 2, of the IAB''s Transparency & Consent Framework (up to v2.3), with its segments. Notices: padding ("=" behind a segment), no disclosed vendors (required since v2.3), old policy (below 4 after 2023-09-30: invalid by the policies), global scope, unknown segment, unknown purpose. Raises invalid_parameter_value if it cannot be read. The string is not signed: do not take it for proof. Linear; NULL: NULL.';

CREATE FUNCTION journey.gpp_decode(gpp pg_catalog.text) RETURNS pg_catalog.jsonb
AS 'MODULE_PATHNAME', 'journey_gpp_decode'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.gpp_decode(pg_catalog.text) IS
'What a string of the IAB''s Global Privacy Platform says, as a JSON object: version, sections (their numbers), and each section by its name: usnat (versions 1 and 2), the states from usca (8) to usri (27) with their fields and Gpc, whether Global Privacy Control was on; uspv1; others as {"string": ...}, such as tcfeuv2 for tcf_decode(). Numbers of US sections: 0 does not apply; notices and opt-outs 1 yes, 2 no; consents (SensitiveDataProcessing, KnownChild..., PersonalDataConsents, AdditionalDataProcessingConsent) 1 no, 2 yes. A header alone, or a bare TC string, is accepted. Raises invalid_parameter_value if it cannot be read. NULL: NULL.';

CREATE FUNCTION journey._tcf_vendor_purposes(tc pg_catalog.text, vendor pg_catalog.int4) RETURNS pg_catalog.int4[]
AS 'MODULE_PATHNAME', 'journey__tcf_vendor_purposes'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._tcf_vendor_purposes(pg_catalog.text, pg_catalog.int4) IS
'The purposes for which a vendor may rely on consent by a TC string; those of effective_consent if vendor is NULL.';

--| ## Taking a TC string into the ledger
--|
--|     SELECT journey.consent_ingest_tcf('u1', 'CQF9...', '{"1": "storage", "7": "advertising.measurement"}', trusted => true);
--|
--| Whoever holds a string can have written it. So it opens nothing unless the
--| caller says where it comes from can be trusted; what it refuses is recorded
--| in any case. It never goes back in time: a string that is older than the last
--| one of the subject records nothing, one that was recorded already neither.

CREATE FUNCTION journey.consent_ingest_tcf(subject text, tc text, purposes jsonb DEFAULT NULL, vendor int DEFAULT NULL,
                                           trusted boolean DEFAULT false, cmp_ids int[] DEFAULT NULL,
                                           source text DEFAULT 'TCF') RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 10000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  said   journey.tcf := journey.tcf_decode(tc);
  latest timestamptz;
  stray  text;
  open   int[];
BEGIN
  PERFORM journey._not_null(subject, 'subject'), journey._not_null(tc, 'tc'), journey._not_null(trusted::text, 'trusted');
  IF purposes IS NULL THEN
    SELECT jsonb_object_agg(n::text, p.name) INTO purposes
      FROM generate_series(1, 11) n JOIN journey.purpose p ON p.name = format('tcf.%s', n) COLLATE "C";
  END IF;
  IF jsonb_typeof(purposes) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'there is no purpose to record for'
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The argument "purposes" is not an object, or there are no purposes named tcf.1 to tcf.11.',
            HINT = 'Say which of the framework''s purposes are which of yours, as in {"1": "storage"}.';
  END IF;
  SELECT e.key INTO stray FROM jsonb_each(purposes) e
   WHERE e.key !~ '^([1-9]|1[01])$' OR jsonb_typeof(e.value) <> 'string' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'invalid entry "%" of purposes', stray
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Keys are the purposes of the framework, 1 to 11; values the names of purposes here.';
  END IF;
  -- also of those for which nothing will be recorded, or a slip would show with the first refusal
  PERFORM journey._purpose_number(e.value) FROM jsonb_each_text(purposes) e;
  IF 'old policy' = ANY (said.notices) THEN
    RAISE EXCEPTION 'the TC string is invalid by the policies of the framework'
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was made under policy version %s, after that had ended.', said.tcf_policy_version);
  END IF;
  IF said.last_updated > statement_timestamp() + interval '1 day' THEN
    RAISE EXCEPTION 'the TC string is from the future'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF said.cmp_id <> ALL (cmp_ids) THEN
    RAISE EXCEPTION 'the TC string was made by CMP %, which is not accepted', said.cmp_id
      USING ERRCODE = 'invalid_parameter_value';
  END IF;

  -- The row of the subject is locked first, so that two strings cannot pass each other.
  INSERT INTO journey.subject (name) SELECT consent_ingest_tcf.subject
   WHERE octet_length(consent_ingest_tcf.subject) BETWEEN 1 AND 1024
     AND NOT EXISTS (SELECT FROM journey.subject s WHERE s.name = consent_ingest_tcf.subject COLLATE "C")
  ON CONFLICT (name) DO NOTHING;
  PERFORM FROM journey.subject s WHERE s.name = consent_ingest_tcf.subject COLLATE "C" FOR NO KEY UPDATE;
  SELECT max(l.said_at) INTO latest
    FROM journey.ledger l JOIN journey.subject s ON s.number = l.subject
   WHERE s.name = consent_ingest_tcf.subject COLLATE "C" AND l.event_key LIKE 'tcf:%';
  IF said.last_updated < latest THEN
    RETURN 0;
  END IF;

  open := journey._tcf_vendor_purposes(tc, vendor);
  RETURN journey.consent_record((
    SELECT coalesce(jsonb_agg(jsonb_build_object('subject', subject, 'purpose', e.value, 'source', source,
             'said_at', said.last_updated, 'evidence', jsonb_build_object('tc', tc, 'notices', said.notices),
             'event_key', format('tcf:%s:%s:%s:%s:%s', a.action, e.key, e.value #>> '{}', vendor, encode(sha256(convert_to(tc, 'UTF8')), 'hex')),
             'action', a.action,
             'valid_until', CASE a.action WHEN 'give' THEN said.last_updated + interval '13 months' END)
             ORDER BY e.key::int), '[]')
      FROM jsonb_each(purposes) e, LATERAL (SELECT CASE WHEN e.key::int = ANY (open) THEN 'give' ELSE 'refuse' END) a (action)
     WHERE trusted OR a.action = 'refuse'));
END
$$;
COMMENT ON FUNCTION journey.consent_ingest_tcf(text, text, jsonb, int, boolean, int[], text) IS
'Records what a TC string says: for each of the framework''s purposes (1 to 11) that purposes maps to one of ours (NULL: those named tcf.1 to tcf.11), a consent, good for 13 months from the string''s last update, or a refusal. vendor: count only what that vendor may rely on by consent, restrictions of the publisher included. trusted: false (default) records refusals alone, since strings are not signed. cmp_ids: only strings of these CMPs. Returns how many events were recorded: none from a string that is older than the subject''s last one, or known. An error for a string that cannot be read, is invalid by the framework''s policies or comes from the future; nothing is recorded then.';
REVOKE EXECUTE ON FUNCTION journey.consent_ingest_tcf(text, text, jsonb, int, boolean, int[], text) FROM PUBLIC;
