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
'What a TC string says. purposes_* are the bits as they stand; effective_* what they are worth: defined purposes only, and no legitimate interest for purpose 1, nor, from policy version 4 on, for 3 to 6. disclosed_vendors to custom_li are NULL if the string has no such segment. notices: what is unusual, see tcf_decode().';

CREATE FUNCTION journey.tcf_decode(tc pg_catalog.text) RETURNS journey.tcf
AS 'MODULE_PATHNAME', 'journey_tcf_decode'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.tcf_decode(pg_catalog.text) IS
'Takes apart a TC string, version 2, of the IAB''s Transparency & Consent Framework (up to v2.3), with its segments. Notices: padding ("=" behind a segment), no disclosed vendors (required since v2.3), old policy (below 4 after 2023-09-30: invalid by the policies), global scope, unknown segment, unknown purpose. Raises invalid_parameter_value if it cannot be read. The string is not signed: do not take it for proof. Linear; NULL: NULL.';

CREATE FUNCTION journey.gpp_decode(gpp pg_catalog.text) RETURNS pg_catalog.jsonb
AS 'MODULE_PATHNAME', 'journey_gpp_decode'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.gpp_decode(pg_catalog.text) IS
'What a string of the IAB''s Global Privacy Platform says, as a JSON object: version, sections (their numbers), and each section by its name: usnat (versions 1 and 2), usca, usva, usco, usut, usct (version 1) with their fields and Gpc, whether Global Privacy Control was on; uspv1; others as {"string": ...}, such as tcfeuv2 for tcf_decode(). Numbers of US sections: 0 does not apply; notices and opt-outs 1 yes, 2 no; consents (SensitiveDataProcessing, KnownChild..., PersonalDataConsents) 1 no, 2 yes. A header alone, or a bare TC string, is accepted. Raises invalid_parameter_value if it cannot be read. NULL: NULL.';
