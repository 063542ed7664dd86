--| # What is lawful: the tables
--|
--| Consent is one lawful basis among others, and laws ask for it in different
--| ways. These tables say what holds here; `src/core/lawful.h` has the
--| decision that reads them.
--|
--| * `data_class` tells kinds of data apart: the `class` of a column's policy.
--| * `prohibition` says which class may never serve which purpose.
--| * `jurisdiction` names the laws that people live under. One may be the
--|   default, for subjects of whom it is not known.
--| * `rule` says what a law asks for: a regime, a least age, a retention.
--| * `lawful_basis` registers what the organisation claims besides consent.
--| * `notice` counts the versions of the text that subjects are shown.
--|
--| Rows refer to purposes, classes and jurisdictions by name, so they can be
--| read and dumped as they are; triggers keep the names. `'*'` as a
--| jurisdiction stands for all. Where nothing is known, nothing but consent
--| shows anything: no rule, no jurisdiction, a class that is not registered.

CREATE TABLE journey.data_class (
  name        text COLLATE "C" PRIMARY KEY
              CONSTRAINT data_class_name_check CHECK (pg_catalog.octet_length(name) BETWEEN 1 AND 255),
  special     boolean NOT NULL DEFAULT false,
  sensitivity text COLLATE "C" NOT NULL DEFAULT 'medium'
              CONSTRAINT data_class_sensitivity_check CHECK (sensitivity IN ('low', 'medium', 'high')),
  dpv         text COLLATE "C",
  created_by  name NOT NULL DEFAULT SESSION_USER,
  created_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE journey.data_class IS
'Kinds of data, by the class of a column''s policy.';
COMMENT ON COLUMN journey.data_class.name IS 'The class, as in protect().';
COMMENT ON COLUMN journey.data_class.special IS 'A special category (GDPR Art. 9 and the like).';
COMMENT ON COLUMN journey.data_class.sensitivity IS 'low, medium or high: for reports.';
COMMENT ON COLUMN journey.data_class.dpv IS 'IRI of the W3C Data Privacy Vocabulary. NULL: none was given.';
COMMENT ON COLUMN journey.data_class.created_by IS 'Who registered it: the session user, by name.';
COMMENT ON COLUMN journey.data_class.created_at IS 'When it was registered.';

CREATE TABLE journey.prohibition (
  number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  class      text COLLATE "C" NOT NULL,
  purpose    text COLLATE "C" NOT NULL,
  reference  text NOT NULL,
  created_by name NOT NULL DEFAULT SESSION_USER,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  UNIQUE (class, purpose)
);
COMMENT ON TABLE journey.prohibition IS
'Which class of data may not be used for which purpose, whoever consents: neither for that purpose, nor for those below it, nor for those above it.';
COMMENT ON COLUMN journey.prohibition.number IS 'Number of the prohibition.';
COMMENT ON COLUMN journey.prohibition.class IS 'Name of the class.';
COMMENT ON COLUMN journey.prohibition.purpose IS 'Name of the purpose.';
COMMENT ON COLUMN journey.prohibition.reference IS 'Why.';
COMMENT ON COLUMN journey.prohibition.created_by IS 'Who made it: the session user, by name.';
COMMENT ON COLUMN journey.prohibition.created_at IS 'When it was made.';
COMMENT ON SEQUENCE journey.prohibition_number_seq IS 'Numbers of prohibitions.';

CREATE TABLE journey.jurisdiction (
  name       text COLLATE "C" PRIMARY KEY
             CONSTRAINT jurisdiction_name_check CHECK (name ~ '^[A-Za-z0-9_.-]+$' AND pg_catalog.length(name) <= 64),
  title      text,
  is_default boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX jurisdiction_default ON journey.jurisdiction (is_default) WHERE is_default;
COMMENT ON TABLE journey.jurisdiction IS
'The laws that subjects live under.';
COMMENT ON COLUMN journey.jurisdiction.name IS 'Its name.';
COMMENT ON COLUMN journey.jurisdiction.title IS 'What it is called.';
COMMENT ON COLUMN journey.jurisdiction.is_default IS 'It is that of subjects without one. True for one at most.';

CREATE TABLE journey.rule (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  jurisdiction text COLLATE "C" NOT NULL,
  purpose      text COLLATE "C",
  dpv          text COLLATE "C",
  class        text COLLATE "C",
  special      boolean NOT NULL DEFAULT false,
  kind         journey.subject_kind,
  regime       text COLLATE "C",
  min_age      int,
  retention    interval,
  source       text NOT NULL,
  pack         text COLLATE "C",
  version      text COLLATE "C",
  valid_from   timestamptz NOT NULL DEFAULT '-infinity',
  valid_until  timestamptz NOT NULL DEFAULT 'infinity',
  created_by   name NOT NULL DEFAULT SESSION_USER,
  created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  CONSTRAINT rule_regime_check CHECK (regime IN ('forbidden', 'opt_in', 'opt_out', 'notice')),
  CONSTRAINT rule_age_check CHECK (min_age BETWEEN 1 AND 150),
  CONSTRAINT rule_retention_check CHECK (retention > '0'),
  CONSTRAINT rule_says_check CHECK (pg_catalog.num_nonnulls(regime, min_age, retention) > 0),
  CONSTRAINT rule_range_check CHECK (valid_from < valid_until),
  CONSTRAINT rule_pack_check CHECK ((pack IS NULL) = (version IS NULL))
);
CREATE INDEX rule_jurisdiction ON journey.rule (jurisdiction);
COMMENT ON TABLE journey.rule IS
'What a law, or a policy of the house, asks for. NULL in what it is for is any.';
COMMENT ON COLUMN journey.rule.number IS 'Number of the rule.';
COMMENT ON COLUMN journey.rule.jurisdiction IS 'In which jurisdiction. ''*'': in all.';
COMMENT ON COLUMN journey.rule.purpose IS 'For a purpose, by name, and all below it.';
COMMENT ON COLUMN journey.rule.dpv IS 'For purposes with this IRI of the W3C Data Privacy Vocabulary, and all below them.';
COMMENT ON COLUMN journey.rule.class IS 'For a class of data.';
COMMENT ON COLUMN journey.rule.special IS 'For special categories only.';
COMMENT ON COLUMN journey.rule.kind IS 'For a kind of subjects.';
COMMENT ON COLUMN journey.rule.regime IS 'What shows a cell. opt_in: consent; opt_out, notice: no withdrawal, refusal or objection; forbidden: nothing. NULL: it does not say.';
COMMENT ON COLUMN journey.rule.min_age IS 'From which age on, in years. NULL: it does not say.';
COMMENT ON COLUMN journey.rule.retention IS 'How long after its collection. NULL: it does not say.';
COMMENT ON COLUMN journey.rule.source IS 'The article.';
COMMENT ON COLUMN journey.rule.pack IS 'Where the rule was loaded from. NULL: an own rule.';
COMMENT ON COLUMN journey.rule.version IS 'Which version of that.';
COMMENT ON COLUMN journey.rule.valid_from IS 'From when on it applies.';
COMMENT ON COLUMN journey.rule.valid_until IS 'Until just before when it applies.';
COMMENT ON COLUMN journey.rule.created_by IS 'Who added it: the session user, by name.';
COMMENT ON COLUMN journey.rule.created_at IS 'When it was added.';
COMMENT ON SEQUENCE journey.rule_number_seq IS 'Numbers of rules.';

CREATE TABLE journey.lawful_basis (
  number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  purpose      text COLLATE "C" NOT NULL,
  class        text COLLATE "C",
  jurisdiction text COLLATE "C" NOT NULL DEFAULT '*',
  kind         journey.subject_kind,
  basis        text COLLATE "C" NOT NULL,
  reference    text NOT NULL,
  valid_from   timestamptz NOT NULL DEFAULT '-infinity',
  valid_until  timestamptz NOT NULL DEFAULT 'infinity',
  created_by   name NOT NULL DEFAULT SESSION_USER,
  created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  CONSTRAINT lawful_basis_basis_check
    CHECK (basis IN ('contract', 'legal obligation', 'vital interests', 'public task', 'legitimate interests')),
  CONSTRAINT lawful_basis_range_check CHECK (valid_from < valid_until)
);
CREATE INDEX lawful_basis_purpose ON journey.lawful_basis (purpose);
COMMENT ON TABLE journey.lawful_basis IS
'Lawful bases other than consent.';
COMMENT ON COLUMN journey.lawful_basis.number IS 'Number of the basis.';
COMMENT ON COLUMN journey.lawful_basis.purpose IS 'For a purpose, by name, and all below it.';
COMMENT ON COLUMN journey.lawful_basis.class IS 'For a class of data. NULL: for all registered ones that are not special.';
COMMENT ON COLUMN journey.lawful_basis.jurisdiction IS 'In which jurisdiction. ''*'': in all.';
COMMENT ON COLUMN journey.lawful_basis.kind IS 'For a kind of subjects. NULL: for all.';
COMMENT ON COLUMN journey.lawful_basis.basis IS 'contract, legal obligation, vital interests, public task or legitimate interests.';
COMMENT ON COLUMN journey.lawful_basis.reference IS 'Where that is written down.';
COMMENT ON COLUMN journey.lawful_basis.valid_from IS 'From when on.';
COMMENT ON COLUMN journey.lawful_basis.valid_until IS 'Until just before when.';
COMMENT ON COLUMN journey.lawful_basis.created_by IS 'Who added it: the session user, by name.';
COMMENT ON COLUMN journey.lawful_basis.created_at IS 'When it was added.';
COMMENT ON SEQUENCE journey.lawful_basis_number_seq IS 'Numbers of lawful bases.';

CREATE TABLE journey.notice (
  purpose      text COLLATE "C" NOT NULL,
  version      text COLLATE "C" NOT NULL
               CONSTRAINT notice_version_check CHECK (pg_catalog.octet_length(version) BETWEEN 1 AND 255),
  number       int  NOT NULL,
  renews       boolean NOT NULL,
  published_by name NOT NULL DEFAULT SESSION_USER,
  published_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (purpose, version),
  UNIQUE (purpose, number)
);
COMMENT ON TABLE journey.notice IS
'The versions of the text that subjects are shown before they consent to a purpose.';
COMMENT ON COLUMN journey.notice.purpose IS 'Name of the purpose.';
COMMENT ON COLUMN journey.notice.version IS 'The version, as in consent_give().';
COMMENT ON COLUMN journey.notice.number IS 'Its place among those of the purpose.';
COMMENT ON COLUMN journey.notice.renews IS 'Consents given under a version before this one do not count any more.';
COMMENT ON COLUMN journey.notice.published_by IS 'Who published it: the session user, by name.';
COMMENT ON COLUMN journey.notice.published_at IS 'When it was published.';

SELECT pg_catalog.pg_extension_config_dump('journey.data_class', '');
SELECT pg_catalog.pg_extension_config_dump('journey.prohibition', '');
SELECT pg_catalog.pg_extension_config_dump('journey.prohibition_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.jurisdiction', '');
SELECT pg_catalog.pg_extension_config_dump('journey.rule', '');
SELECT pg_catalog.pg_extension_config_dump('journey.rule_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.lawful_basis', '');
SELECT pg_catalog.pg_extension_config_dump('journey.lawful_basis_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.notice', '');
