--| # What is lawful: rules, registered bases, notices, and what is known of subjects

CREATE FUNCTION journey._range_start(since timestamptz, until timestamptz, what text) RETURNS timestamptz
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  starts timestamptz := coalesce(since, statement_timestamp());
BEGIN
  IF until <= starts THEN
    RAISE EXCEPTION '% would end before it begins', what
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It would begin at %s and end at %s.', starts, until);
  END IF;
  RETURN starts;
END
$$;
COMMENT ON FUNCTION journey._range_start(timestamptz, timestamptz, text) IS
'since, or now; an error that names the thing if until is not after it.';
REVOKE EXECUTE ON FUNCTION journey._range_start(timestamptz, timestamptz, text) FROM PUBLIC;

CREATE FUNCTION journey.create_rule(jurisdiction text, source text, purpose text DEFAULT NULL, dpv text DEFAULT NULL,
                                    class text DEFAULT NULL, special boolean DEFAULT false,
                                    kind journey.subject_kind DEFAULT NULL, regime text DEFAULT NULL, min_age int DEFAULT NULL,
                                    retention interval DEFAULT NULL,
                                    until timestamptz DEFAULT NULL, since timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  starts timestamptz := journey._range_start(create_rule.since, create_rule.until, 'the rule');
  result bigint;
BEGIN
  PERFORM journey._not_null(create_rule.jurisdiction, 'jurisdiction'), journey._not_null(create_rule.source, 'source'),
          journey._not_null(create_rule.special::text, 'special');
  PERFORM journey._check_iri(create_rule.dpv);
  IF create_rule.jurisdiction COLLATE "C" <> '*' THEN
    PERFORM journey._known_jurisdiction(create_rule.jurisdiction);
  END IF;
  IF create_rule.purpose IS NOT NULL THEN
    PERFORM journey._purpose_number(create_rule.purpose);
  END IF;
  IF create_rule.class IS NOT NULL THEN
    PERFORM journey._known_class(create_rule.class);
  END IF;
  IF create_rule.regime COLLATE "C" NOT IN ('forbidden', 'opt_in', 'opt_out', 'notice') THEN
    RAISE EXCEPTION 'invalid regime "%"', create_rule.regime
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is one of forbidden, opt_in, opt_out, notice.';
  ELSIF create_rule.min_age NOT BETWEEN 1 AND 150 THEN
    RAISE EXCEPTION 'min_age is %', create_rule.min_age
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be from 1 to 150 years.';
  ELSIF create_rule.retention <= '0' THEN
    RAISE EXCEPTION 'retention must be positive' USING ERRCODE = 'invalid_parameter_value';
  ELSIF num_nonnulls(create_rule.regime, create_rule.min_age, create_rule.retention) = 0 THEN
    RAISE EXCEPTION 'the rule says nothing'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Give at least one of regime, min_age, retention.';
  END IF;

  INSERT INTO journey.rule (jurisdiction, purpose, dpv, class, special, kind, regime, min_age, retention, source, valid_from, valid_until)
  VALUES (create_rule.jurisdiction, create_rule.purpose, create_rule.dpv, create_rule.class, create_rule.special, create_rule.kind,
          create_rule.regime, create_rule.min_age, create_rule.retention, create_rule.source, starts,
          coalesce(create_rule.until, 'infinity'))
  RETURNING number INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.create_rule(text, text, text, text, text, boolean, journey.subject_kind, text, int, interval, timestamptz, timestamptz) IS
'Adds a rule of a jurisdiction (''*'': of all), see the table journey.rule, from since (default: now) until just before until (default: no end). Limits of all rules that match add up: any forbidden, the highest min_age, the shortest retention. The regime is that of the rule that names most: jurisdiction, then class, then purpose (the nearest, a name before an IRI), then kind; among equals the strictest. Returns the number of the rule. Unknown names, a dpv that is no IRI in full, a rule that says nothing: an error.';
REVOKE EXECUTE ON FUNCTION journey.create_rule(text, text, text, text, text, boolean, journey.subject_kind, text, int, interval, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION journey.drop_rule(number bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM journey.rule r WHERE r.number = drop_rule.number;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION journey.drop_rule(bigint) IS 'Removes a rule by its number; false if there is none.';
REVOKE EXECUTE ON FUNCTION journey.drop_rule(bigint) FROM PUBLIC;

--| ## Bases other than consent

CREATE FUNCTION journey.register_basis(purpose text, basis text, reference text, class text DEFAULT NULL,
                                       jurisdiction text DEFAULT '*', kind journey.subject_kind DEFAULT NULL,
                                       until timestamptz DEFAULT NULL, since timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  starts timestamptz := journey._range_start(register_basis.since, register_basis.until, 'the basis');
  result bigint;
BEGIN
  PERFORM journey._purpose_number(register_basis.purpose), journey._not_null(register_basis.basis, 'basis'),
          journey._not_null(register_basis.reference, 'reference'), journey._not_null(register_basis.jurisdiction, 'jurisdiction');
  IF register_basis.basis COLLATE "C"
     NOT IN ('contract', 'legal obligation', 'vital interests', 'public task', 'legitimate interests') THEN
    RAISE EXCEPTION 'invalid basis "%"', register_basis.basis
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It is one of contract, legal obligation, vital interests, public task, legitimate interests.',
            HINT = 'Consent is recorded with journey.consent_give().';
  END IF;
  IF register_basis.jurisdiction COLLATE "C" <> '*' THEN
    PERFORM journey._known_jurisdiction(register_basis.jurisdiction);
  END IF;
  IF register_basis.class IS NOT NULL THEN
    PERFORM journey._known_class(register_basis.class);
    IF register_basis.basis COLLATE "C" IN ('contract', 'legitimate interests')
       AND (SELECT c.special FROM journey.data_class c WHERE c.name = register_basis.class COLLATE "C") THEN
      RAISE EXCEPTION 'class "%" is a special category', register_basis.class
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('Neither a contract nor legitimate interests allow its use; "%s" would never count.',
                              register_basis.basis);
    END IF;
  END IF;

  INSERT INTO journey.lawful_basis (purpose, class, jurisdiction, kind, basis, reference, valid_from, valid_until)
  VALUES (register_basis.purpose, register_basis.class, register_basis.jurisdiction, register_basis.kind,
          register_basis.basis, register_basis.reference, starts, coalesce(register_basis.until, 'infinity'))
  RETURNING number INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.register_basis(text, text, text, text, text, journey.subject_kind, timestamptz, timestamptz) IS
'Registers a lawful basis besides consent: contract, legal obligation, vital interests, public task (until the subject objects) or legitimate interests (until the subject objects, withdraws or refuses), for a purpose and all below it, a class (NULL: all registered ones but special categories), a jurisdiction (''*'': all) and a kind of subjects (NULL: all), from since (default: now) until just before until. reference says where it is written down. Returns the number of the basis. Unknown names: an error.';
REVOKE EXECUTE ON FUNCTION journey.register_basis(text, text, text, text, text, journey.subject_kind, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION journey.revoke_basis(number bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM journey.lawful_basis b WHERE b.number = revoke_basis.number;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION journey.revoke_basis(bigint) IS 'Removes a registered basis by its number; false if there is none.';
REVOKE EXECUTE ON FUNCTION journey.revoke_basis(bigint) FROM PUBLIC;

--| ## Notices

CREATE FUNCTION journey.create_notice(purpose text, version text, renews boolean) RETURNS int
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  result int;
BEGIN
  PERFORM journey._purpose_number(create_notice.purpose), journey._not_null(create_notice.version, 'version'),
          journey._not_null(create_notice.renews::text, 'renews');
  IF octet_length(create_notice.version) NOT BETWEEN 1 AND 255 THEN
    RAISE EXCEPTION 'version has % bytes', octet_length(create_notice.version)
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A version is named by 1 to 255 bytes.';
  END IF;

  -- One after the other, so that the numbers are in the order of the commits.
  PERFORM FROM journey.purpose p WHERE p.name = create_notice.purpose COLLATE "C" FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM journey.notice n
              WHERE n.purpose = create_notice.purpose COLLATE "C" AND n.version = create_notice.version COLLATE "C") THEN
    RAISE EXCEPTION 'version "%" of the notice for purpose "%" exists', create_notice.version, create_notice.purpose
      USING ERRCODE = 'duplicate_object', HINT = 'Another text needs another version.';
  END IF;
  INSERT INTO journey.notice AS n (purpose, version, number, renews)
  SELECT create_notice.purpose, create_notice.version, 1 + coalesce(max(o.number), 0), create_notice.renews
    FROM journey.notice o WHERE o.purpose = create_notice.purpose COLLATE "C"
  RETURNING n.number INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.create_notice(text, text, boolean) IS
'Publishes the next version of the text that subjects are shown for a purpose; returns its number. If it renews, consents given before under an earlier version, under one that is not published here, or under none do not count any more: those for this purpose, and for this purpose and those below it those for purposes above. The version is what consent_give takes as notice. Unknown purpose, a version that exists, NULL: an error.';
REVOKE EXECUTE ON FUNCTION journey.create_notice(text, text, boolean) FROM PUBLIC;

--| ## What is known of a subject

CREATE FUNCTION journey.subject_set(subject text, kind journey.subject_kind DEFAULT NULL, jurisdiction text DEFAULT NULL,
                                    born date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  result bigint;
BEGIN
  PERFORM journey._not_null(subject_set.subject, 'subject');
  IF octet_length(subject_set.subject) NOT BETWEEN 1 AND 1024 THEN
    RAISE EXCEPTION 'subject has % bytes', octet_length(subject_set.subject)
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A subject is named by 1 to 1024 bytes.';
  ELSIF isfinite(subject_set.born) AND subject_set.born > (statement_timestamp() AT TIME ZONE 'UTC')::date THEN
    RAISE EXCEPTION 'the date of birth is in the future' USING ERRCODE = 'invalid_parameter_value';
  ELSIF subject_set.born = '-infinity' THEN
    RAISE EXCEPTION 'the date of birth must be finite'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'infinity forgets it.';
  END IF;
  IF subject_set.jurisdiction COLLATE "C" <> '' THEN
    PERFORM journey._known_jurisdiction(subject_set.jurisdiction);
  END IF;

  INSERT INTO journey.subject AS s (name, kind, jurisdiction, born)
  VALUES (subject_set.subject, coalesce(subject_set.kind, 'customer'), nullif(subject_set.jurisdiction, ''),
          nullif(subject_set.born, 'infinity'))
  ON CONFLICT (name) DO UPDATE
    SET kind = coalesce(subject_set.kind, s.kind),
        jurisdiction = CASE WHEN subject_set.jurisdiction IS NULL THEN s.jurisdiction ELSE excluded.jurisdiction END,
        born = CASE WHEN subject_set.born IS NULL THEN s.born ELSE excluded.born END
    WHERE NOT s.erased
  RETURNING s.number INTO result;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the subject is erased'
      USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Nothing may be known of it any more.';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.subject_set(text, journey.subject_kind, text, date) IS
'Says of a subject what rules ask about: its kind, its jurisdiction ('''': the default one) and its date of birth (infinity: not known). NULL leaves as it is. A new subject is created: a customer of the default jurisdiction whose birth is not known. Takes effect with the next statement. Returns the number of the subject. NULL, empty or erased subject, unknown jurisdiction, a birth in the future: an error.';
REVOKE EXECUTE ON FUNCTION journey.subject_set(text, journey.subject_kind, text, date) FROM PUBLIC;
