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
'Kinds of data, by the class of a column''s policy. special marks a special category (GDPR Art. 9 and the like), sensitivity is for reports, dpv is the IRI of the W3C Data Privacy Vocabulary, if there is one.';

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
'Which class of data may not be used for which purpose, whoever consents: neither for that purpose, nor for those below it, nor for those above it. reference says why.';

CREATE TABLE journey.jurisdiction (
  name       text COLLATE "C" PRIMARY KEY
             CONSTRAINT jurisdiction_name_check CHECK (name ~ '^[A-Za-z0-9_.-]+$' AND pg_catalog.length(name) <= 64),
  title      text,
  is_default boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX jurisdiction_default ON journey.jurisdiction (is_default) WHERE is_default;
COMMENT ON TABLE journey.jurisdiction IS
'The laws that subjects live under. One at most is the default, for subjects without one.';

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
'What a law, or a policy of the house, asks for in a jurisdiction (''*'': in all), for a purpose and all below it, for purposes with the IRI dpv and all below them, for a class or for special categories, for a kind of subjects; NULL is any. regime says what shows a cell (opt_in: consent; opt_out, notice: no withdrawal, refusal or objection; forbidden: nothing), min_age from which age on, retention how long after its collection. source names the article; pack and version where the rule was loaded from, NULL for own rules.';

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
'Lawful bases other than consent: for a purpose and all below it, a class (NULL: all registered ones that are not special), a jurisdiction (''*'': all) and a kind of subjects (NULL: all). reference says where that is written down.';

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
'The versions of the text that subjects are shown before they consent to a purpose, numbered in order. Consents given under a version before the last one that renews do not count.';

SELECT pg_catalog.pg_extension_config_dump('journey.data_class', '');
SELECT pg_catalog.pg_extension_config_dump('journey.prohibition', '');
SELECT pg_catalog.pg_extension_config_dump('journey.prohibition_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.jurisdiction', '');
SELECT pg_catalog.pg_extension_config_dump('journey.rule', '');
SELECT pg_catalog.pg_extension_config_dump('journey.rule_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.lawful_basis', '');
SELECT pg_catalog.pg_extension_config_dump('journey.lawful_basis_number_seq', '');
SELECT pg_catalog.pg_extension_config_dump('journey.notice', '');
