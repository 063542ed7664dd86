--| # Rule packs: laws as data
--|
--|     SELECT journey.load_rule_pack('gdpr', is_default => true);
--|     SELECT journey.load_rule_pack('gdpr', jurisdiction => 'AT', min_age => 14);
--|
--| A pack is shipped as rows of three tables, which belong to the extension and
--| are not dumped. Loading copies its rules to `journey.rule`, for a
--| jurisdiction, where they count and can be seen, changed and dumped like any
--| other. Nothing is loaded at first, so nothing but consent shows anything.
--|
--| A law speaks of activities, an organisation names its purposes as it likes.
--| The IRI of the Data Privacy Vocabulary is what both share: a rule about
--| selling data speaks of the purposes with that IRI and of all below them.

CREATE TABLE journey.rule_pack (
  name         text COLLATE "C" PRIMARY KEY,
  version      text COLLATE "C" NOT NULL,
  title        text NOT NULL,
  jurisdiction text COLLATE "C" NOT NULL,
  lowest_age   int
);
COMMENT ON TABLE journey.rule_pack IS
'The laws that are shipped.';
COMMENT ON COLUMN journey.rule_pack.name IS 'As in load_rule_pack().';
COMMENT ON COLUMN journey.rule_pack.version IS 'Version of the rules here.';
COMMENT ON COLUMN journey.rule_pack.title IS 'What the law is called.';
COMMENT ON COLUMN journey.rule_pack.jurisdiction IS 'The one that load_rule_pack() makes.';
COMMENT ON COLUMN journey.rule_pack.lowest_age IS 'The lowest that the law lets others set in place of its age of consent. NULL: it does not.';

CREATE TABLE journey.rule_pack_rule (
  pack       text COLLATE "C" NOT NULL,
  place      int  NOT NULL,
  dpv        text COLLATE "C",
  special    boolean NOT NULL DEFAULT false,
  kind       journey.subject_kind,
  regime     text COLLATE "C",
  min_age    int,
  retention  interval,
  source     text NOT NULL,
  valid_from timestamptz NOT NULL,
  PRIMARY KEY (pack, place)
);
COMMENT ON TABLE journey.rule_pack_rule IS
'The rules of the shipped laws; see journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.pack IS 'Name of the law.';
COMMENT ON COLUMN journey.rule_pack_rule.place IS 'Place in the law, from 1.';
COMMENT ON COLUMN journey.rule_pack_rule.dpv IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.special IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.kind IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.regime IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.min_age IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.retention IS 'As in journey.rule.';
COMMENT ON COLUMN journey.rule_pack_rule.source IS 'The article.';
COMMENT ON COLUMN journey.rule_pack_rule.valid_from IS 'The day on which it began to apply.';

CREATE TABLE journey.rule_pack_class (
  pack   text COLLATE "C" NOT NULL,
  class  text COLLATE "C" NOT NULL,
  dpv    text COLLATE "C",
  source text NOT NULL,
  PRIMARY KEY (pack, class)
);
COMMENT ON TABLE journey.rule_pack_class IS
'The special categories of the shipped laws.';
COMMENT ON COLUMN journey.rule_pack_class.pack IS 'Name of the law.';
COMMENT ON COLUMN journey.rule_pack_class.class IS 'The class that load_rule_pack() creates.';
COMMENT ON COLUMN journey.rule_pack_class.dpv IS 'IRI of the W3C Data Privacy Vocabulary. NULL: there is none.';
COMMENT ON COLUMN journey.rule_pack_class.source IS 'The article.';

INSERT INTO journey.rule_pack (name, version, title, jurisdiction, lowest_age) VALUES
  ('gdpr', '1', 'Regulation (EU) 2016/679, General Data Protection Regulation', 'EU', 13),
  ('ccpa', '1', 'California Consumer Privacy Act of 2018, as amended by the California Privacy Rights Act of 2020', 'US-CA', NULL),
  ('lgpd', '1', 'Law 13.709/2018 of Brazil, Lei Geral de Protecao de Dados Pessoais', 'BR', NULL);

INSERT INTO journey.rule_pack_rule (pack, place, dpv, special, regime, min_age, source, valid_from) VALUES
  ('gdpr', 1, NULL, false, 'opt_in', NULL, 'GDPR Art. 6(1)', '2018-05-25Z'),
  ('gdpr', 2, NULL, true, 'opt_in', NULL, 'GDPR Art. 9(1), 9(2)(a)', '2018-05-25Z'),
  ('gdpr', 3, 'https://w3id.org/dpv#ServiceProvision', false, NULL, 16, 'GDPR Art. 8(1)', '2018-05-25Z'),
  ('gdpr', 4, 'https://w3id.org/dpv#Personalisation', false, NULL, 16, 'GDPR Art. 8(1), recital 38', '2018-05-25Z'),
  ('gdpr', 5, 'https://w3id.org/dpv#Marketing', false, 'opt_in', 16, 'GDPR Art. 8(1), recital 38; Art. 21(2)-(3)', '2018-05-25Z'),
  ('gdpr', 6, 'https://w3id.org/dpv#DirectMarketing', false, 'opt_in', 16, 'GDPR Art. 8(1), recital 38; Art. 21(2)-(3)', '2018-05-25Z'),
  ('gdpr', 7, 'https://w3id.org/dpv#Advertising', false, 'opt_in', 16, 'GDPR Art. 8(1), recital 38; Art. 21(2)-(3)', '2018-05-25Z'),
  ('gdpr', 8, 'https://w3id.org/dpv#PersonalisedAdvertising', false, 'opt_in', 16, 'GDPR Art. 8(1), recital 38; Art. 21(2)-(3)', '2018-05-25Z'),
  ('gdpr', 9, 'https://w3id.org/dpv#TargetedAdvertising', false, 'opt_in', 16, 'GDPR Art. 8(1), recital 38; Art. 21(2)-(3)', '2018-05-25Z'),

  ('ccpa', 1, NULL, false, 'notice', NULL, 'Cal. Civ. Code s. 1798.100(a)', '2020-01-01 08:00Z'),
  ('ccpa', 2, NULL, true, 'opt_in', NULL, 'Cal. Civ. Code s. 1798.121(a)', '2023-01-01 08:00Z'),
  ('ccpa', 3, 'https://w3id.org/dpv#SellDataToThirdParties', false, 'opt_out', 16, 'Cal. Civ. Code s. 1798.120(a), (c)', '2020-01-01 08:00Z'),
  ('ccpa', 4, 'https://w3id.org/dpv#PersonalisedAdvertising', false, 'opt_out', 16, 'Cal. Civ. Code s. 1798.120(a), (c), s. 1798.140(ah)', '2023-01-01 08:00Z'),
  ('ccpa', 5, 'https://w3id.org/dpv#TargetedAdvertising', false, 'opt_out', 16, 'Cal. Civ. Code s. 1798.120(a), (c), s. 1798.140(ah)', '2023-01-01 08:00Z'),

  ('lgpd', 1, NULL, false, 'opt_in', NULL, 'LGPD Art. 7', '2020-09-18 03:00Z'),
  ('lgpd', 2, NULL, true, 'opt_in', NULL, 'LGPD Art. 11, I', '2020-09-18 03:00Z'),
  ('lgpd', 3, 'https://w3id.org/dpv#ServiceProvision', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 4, 'https://w3id.org/dpv#Personalisation', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 5, 'https://w3id.org/dpv#Marketing', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 6, 'https://w3id.org/dpv#DirectMarketing', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 7, 'https://w3id.org/dpv#Advertising', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 8, 'https://w3id.org/dpv#PersonalisedAdvertising', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z'),
  ('lgpd', 9, 'https://w3id.org/dpv#TargetedAdvertising', false, NULL, 12, 'LGPD Art. 14(1)', '2020-09-18 03:00Z');

INSERT INTO journey.rule_pack_class (pack, class, dpv, source)
SELECT l.pack, c.class, 'https://w3id.org/dpv/pd#' || c.dpv, l.source
  FROM (VALUES ('gdpr', 'GDPR Art. 9(1)'),
               ('ccpa', 'Cal. Civ. Code s. 1798.140(ae)'),
               ('lgpd', 'LGPD Art. 5, II')) l (pack, source),
       (VALUES ('ethnic_origin', 'EthnicOrigin', 'gdpr ccpa lgpd'),
               ('political_opinion', 'PoliticalOpinion', 'gdpr lgpd'),
               ('religious_belief', 'ReligiousBelief', 'gdpr ccpa lgpd'),
               ('trade_union', 'TradeUnionMembership', 'gdpr ccpa lgpd'),
               ('genetic', 'Genetic', 'gdpr ccpa lgpd'),
               ('biometric', 'Biometric', 'gdpr ccpa lgpd'),
               ('health', 'Health', 'gdpr ccpa lgpd'),
               ('sex_life', 'Sexual', 'gdpr ccpa lgpd'),
               ('government_id', 'OfficialID', 'ccpa'),
               ('account_credentials', 'Authenticating', 'ccpa'),
               ('precise_location', 'Location', 'ccpa'),
               ('message_content', 'Communication', 'ccpa'),
               ('citizenship', 'Nationality', 'ccpa')) c (class, dpv, packs)
 WHERE l.pack = ANY (pg_catalog.string_to_array(c.packs, ' '));
INSERT INTO journey.rule_pack_class (pack, class, dpv, source) VALUES
  ('gdpr', 'criminal_record', 'https://w3id.org/dpv/pd#CriminalConviction', 'GDPR Art. 10'),
  ('ccpa', 'neural_data', NULL, 'Cal. Civ. Code s. 1798.140(ae)(1)(G)');

CREATE FUNCTION journey.load_rule_pack(pack text, jurisdiction text DEFAULT NULL, min_age int DEFAULT NULL,
                                       is_default boolean DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  law    journey.rule_pack;
  target text;
  plain  text;
  result int;
BEGIN
  PERFORM journey._not_null(load_rule_pack.pack, 'pack');
  SELECT p.* INTO law FROM journey.rule_pack p WHERE p.name = load_rule_pack.pack COLLATE "C";
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no rule pack "%"', load_rule_pack.pack
      USING ERRCODE = 'undefined_object',
            DETAIL = format('There are %s.', (SELECT string_agg(p.name, ', ' ORDER BY p.name) FROM journey.rule_pack p));
  ELSIF load_rule_pack.min_age IS NOT NULL AND law.lowest_age IS NULL THEN
    RAISE EXCEPTION 'the ages of rule pack "%" are fixed', law.name USING ERRCODE = 'invalid_parameter_value';
  ELSIF load_rule_pack.min_age NOT BETWEEN law.lowest_age
        AND (SELECT max(r.min_age) FROM journey.rule_pack_rule r WHERE r.pack = law.name) THEN
    RAISE EXCEPTION 'min_age is %', load_rule_pack.min_age
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('The law allows %s to %s years.', law.lowest_age,
                            (SELECT max(r.min_age) FROM journey.rule_pack_rule r WHERE r.pack = law.name));
  END IF;
  target := coalesce(load_rule_pack.jurisdiction, law.jurisdiction);
  PERFORM journey.create_jurisdiction(target, is_default => load_rule_pack.is_default);

  -- The names of classes are not unique to the law: one that exists is left to whoever made it.
  FOR plain IN SELECT c.name FROM journey.data_class c JOIN journey.rule_pack_class k ON k.class = c.name
                WHERE k.pack = law.name AND NOT c.special ORDER BY c.name LOOP
    RAISE WARNING 'class "%" is not marked as special', plain
      USING DETAIL = format('It is a special category of %s.', law.title),
            HINT = 'If it means the same, mark it with journey.create_class(..., special => true).';
  END LOOP;
  INSERT INTO journey.data_class (name, special, sensitivity, dpv)
  SELECT k.class, true, 'high', k.dpv FROM journey.rule_pack_class k WHERE k.pack = law.name
  ON CONFLICT (name) DO NOTHING;

  DELETE FROM journey.rule r WHERE r.pack = law.name AND r.jurisdiction = target COLLATE "C";
  INSERT INTO journey.rule (jurisdiction, dpv, special, kind, regime, min_age, retention, source, pack, version, valid_from)
  SELECT target, r.dpv, r.special, r.kind, r.regime,
         CASE WHEN r.min_age IS NOT NULL THEN coalesce(load_rule_pack.min_age, r.min_age) END,
         r.retention, r.source, law.name, law.version, r.valid_from
    FROM journey.rule_pack_rule r WHERE r.pack = law.name
   ORDER BY r.place;
  GET DIAGNOSTICS result = ROW_COUNT;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.load_rule_pack(text, text, int, boolean) IS
'Makes the rules of a shipped law (gdpr, ccpa, lgpd) count in a jurisdiction, which is created: the law''s own (EU, US-CA, BR) or the one given; replaces those that were loaded from the same pack before, so it is also the way to a newer version. min_age is the age of consent where the law lets others choose it; is_default makes the jurisdiction that of subjects without one. Creates the special categories of the law as classes of data, and warns of one that exists and is not special. Returns how many rules were loaded. Unknown pack, an age out of range: an error.';
REVOKE EXECUTE ON FUNCTION journey.load_rule_pack(text, text, int, boolean) FROM PUBLIC;

CREATE FUNCTION journey.unload_rule_pack(pack text, jurisdiction text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  result int;
BEGIN
  DELETE FROM journey.rule r
   WHERE r.pack = unload_rule_pack.pack COLLATE "C"
     AND r.jurisdiction = coalesce(unload_rule_pack.jurisdiction COLLATE "C",
                                   (SELECT p.jurisdiction FROM journey.rule_pack p WHERE p.name = r.pack));
  GET DIAGNOSTICS result = ROW_COUNT;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.unload_rule_pack(text, text) IS
'Removes the rules that were loaded from a pack for a jurisdiction, the laws own unless another is given; returns how many. The jurisdiction and the classes stay.';
REVOKE EXECUTE ON FUNCTION journey.unload_rule_pack(text, text) FROM PUBLIC;
