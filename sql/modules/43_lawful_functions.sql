--| # What is lawful: classes, prohibitions, rules, bases, notices
--|
--|     SELECT journey.create_class('health', special => true, sensitivity => 'high');
--|     SELECT journey.prohibit_class('health', 'advertising', 'policy 7 of the board');
--|     SELECT journey.create_rule('EU', 'storage policy 3', purpose => 'analytics', retention => '13 months');
--|     SELECT journey.register_basis('billing', 'contract', 'terms of use, section 4', class => 'invoice');
--|     SELECT journey.create_notice('analytics', 'v8', renews => true);
--|
--| All of them are for administrators: nobody but the extension's owner may
--| call them at first. They write rows with parameters and build no SQL.

CREATE FUNCTION journey._known_class(class text) RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM journey.data_class c WHERE c.name = class COLLATE "C") THEN
    RAISE EXCEPTION 'class "%" does not exist', class
      USING ERRCODE = 'undefined_object',
            HINT = 'Create it with journey.create_class().';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._known_class(text) IS 'Raises an error if there is no such class of data.';
REVOKE EXECUTE ON FUNCTION journey._known_class(text) FROM PUBLIC;

CREATE FUNCTION journey._known_jurisdiction(jurisdiction text) RETURNS void
LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM journey.jurisdiction j WHERE j.name = jurisdiction COLLATE "C") THEN
    RAISE EXCEPTION 'jurisdiction "%" does not exist', jurisdiction
      USING ERRCODE = 'undefined_object',
            HINT = 'Create it with journey.create_jurisdiction(), or load a pack of rules with journey.load_rule_pack().';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._known_jurisdiction(text) IS 'Raises an error if there is no such jurisdiction.';
REVOKE EXECUTE ON FUNCTION journey._known_jurisdiction(text) FROM PUBLIC;

CREATE FUNCTION journey._not_null(value text, name text) RETURNS void
LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF value IS NULL THEN
    RAISE EXCEPTION '% must not be null', name USING ERRCODE = 'null_value_not_allowed';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._not_null(text, text) IS 'Raises an error that names the argument if its value is NULL.';
REVOKE EXECUTE ON FUNCTION journey._not_null(text, text) FROM PUBLIC;

--| ## Names that are used stay

CREATE FUNCTION journey._keep_named() RETURNS trigger
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  used text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.name = OLD.name THEN
    RETURN NULL;
  END IF;
  IF TG_TABLE_NAME = 'data_class' THEN
    used := CASE WHEN EXISTS (SELECT FROM journey.policy p WHERE p.class = OLD.name) THEN 'columns of protected relations'
                 WHEN EXISTS (SELECT FROM journey.prohibition p WHERE p.class = OLD.name) THEN 'prohibitions'
                 WHEN EXISTS (SELECT FROM journey.rule r WHERE r.class = OLD.name) THEN 'rules'
                 WHEN EXISTS (SELECT FROM journey.lawful_basis b WHERE b.class = OLD.name) THEN 'lawful bases' END;
  ELSE
    used := CASE WHEN EXISTS (SELECT FROM journey.rule r WHERE r.jurisdiction = OLD.name) THEN 'rules'
                 WHEN EXISTS (SELECT FROM journey.lawful_basis b WHERE b.jurisdiction = OLD.name) THEN 'lawful bases'
                 WHEN EXISTS (SELECT FROM journey.subject s WHERE s.jurisdiction = OLD.name) THEN 'subjects' END;
  END IF;
  IF used IS NOT NULL THEN
    RAISE EXCEPTION '% "%" is in use', CASE TG_TABLE_NAME WHEN 'data_class' THEN 'class' ELSE 'jurisdiction' END, OLD.name
      USING ERRCODE = 'foreign_key_violation',
            DETAIL = format('There are %s that name it.', used);
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._keep_named() IS
'Trigger of journey.data_class and journey.jurisdiction: refuses to remove or rename what another table names. For a jurisdiction, looks at all subjects.';
REVOKE EXECUTE ON FUNCTION journey._keep_named() FROM PUBLIC;

CREATE TRIGGER keep_named AFTER UPDATE OR DELETE ON journey.data_class
  FOR EACH ROW EXECUTE FUNCTION journey._keep_named();
CREATE TRIGGER keep_named AFTER UPDATE OR DELETE ON journey.jurisdiction
  FOR EACH ROW EXECUTE FUNCTION journey._keep_named();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON journey.data_class
  FOR EACH STATEMENT EXECUTE FUNCTION journey._keep_referenced();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON journey.jurisdiction
  FOR EACH STATEMENT EXECUTE FUNCTION journey._keep_referenced();

--| ## Classes of data

CREATE FUNCTION journey.create_class(name text, special boolean DEFAULT NULL, sensitivity text DEFAULT NULL,
                                     dpv text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM journey._not_null(create_class.name, 'name');
  IF octet_length(create_class.name) NOT BETWEEN 1 AND 255 THEN
    RAISE EXCEPTION 'the name of the class has % bytes', octet_length(create_class.name)
      USING ERRCODE = 'invalid_name', DETAIL = 'A class is named by 1 to 255 bytes.';
  ELSIF create_class.sensitivity COLLATE "C" NOT IN ('low', 'medium', 'high') THEN
    RAISE EXCEPTION 'invalid sensitivity "%"', create_class.sensitivity
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is one of low, medium, high.';
  END IF;

  INSERT INTO journey.data_class AS c (name, special, sensitivity, dpv)
  VALUES (create_class.name, coalesce(create_class.special, false), coalesce(create_class.sensitivity, 'medium'), create_class.dpv)
  ON CONFLICT (name) DO UPDATE
    SET special = coalesce(create_class.special, c.special), sensitivity = coalesce(create_class.sensitivity, c.sensitivity),
        dpv = coalesce(create_class.dpv, c.dpv);
END
$$;
COMMENT ON FUNCTION journey.create_class(text, boolean, text, text) IS
'Registers a class of data, which columns of protected relations name as their class, or changes one; NULL leaves as it is, and is not special, of medium sensitivity, without an IRI for a new one. special marks a special category: only explicit consent shows it, or a registered duty that names it. sensitivity is low, medium or high.';
REVOKE EXECUTE ON FUNCTION journey.create_class(text, boolean, text, text) FROM PUBLIC;

CREATE FUNCTION journey.drop_class(name text) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM journey.data_class c WHERE c.name = drop_class.name COLLATE "C";
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION journey.drop_class(text) IS
'Removes a class of data; false if there is none. An error while a column, a prohibition, a rule or a basis names it.';
REVOKE EXECUTE ON FUNCTION journey.drop_class(text) FROM PUBLIC;

--| ## Prohibitions

CREATE FUNCTION journey.prohibit_class(class text, purpose text, reference text) RETURNS bigint
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  result bigint;
BEGIN
  PERFORM journey._not_null(prohibit_class.class, 'class'), journey._not_null(prohibit_class.reference, 'reference'),
          journey._known_class(prohibit_class.class), journey._purpose_number(prohibit_class.purpose);
  INSERT INTO journey.prohibition AS p (class, purpose, reference)
  VALUES (prohibit_class.class, prohibit_class.purpose, prohibit_class.reference)
  ON CONFLICT (class, purpose) DO UPDATE SET reference = excluded.reference
  RETURNING p.number INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey.prohibit_class(text, text, text) IS
'Says that a class of data must not be used for a purpose, nor for one below it or above it, whoever consents and whatever basis there is; reference says why. Takes effect with the next statement. Returns the number of the prohibition. Unknown class or purpose, NULL: an error.';
REVOKE EXECUTE ON FUNCTION journey.prohibit_class(text, text, text) FROM PUBLIC;

CREATE FUNCTION journey.permit_class(class text, purpose text) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM journey.prohibition p
   WHERE p.class = permit_class.class COLLATE "C" AND p.purpose = permit_class.purpose COLLATE "C";
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION journey.permit_class(text, text) IS
'Takes back what prohibit_class said of this class and purpose; false if there was nothing.';
REVOKE EXECUTE ON FUNCTION journey.permit_class(text, text) FROM PUBLIC;

--| ## Jurisdictions

CREATE FUNCTION journey.create_jurisdiction(name text, title text DEFAULT NULL, is_default boolean DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  PERFORM journey._not_null(create_jurisdiction.name, 'name');
  IF create_jurisdiction.name COLLATE "C" !~ '^[A-Za-z0-9_.-]+$' OR length(create_jurisdiction.name) > 64 THEN
    RAISE EXCEPTION '"%" is not a name of a jurisdiction', create_jurisdiction.name
      USING ERRCODE = 'invalid_name',
            DETAIL = 'A jurisdiction is named by at most 64 of A-Z, a-z, 0-9, _, . and -.';
  END IF;

  IF create_jurisdiction.is_default THEN
    UPDATE journey.jurisdiction j SET is_default = false
     WHERE j.is_default AND j.name <> create_jurisdiction.name COLLATE "C";
  END IF;
  INSERT INTO journey.jurisdiction AS j (name, title, is_default)
  VALUES (create_jurisdiction.name, create_jurisdiction.title, coalesce(create_jurisdiction.is_default, false))
  ON CONFLICT (name) DO UPDATE
    SET title = coalesce(create_jurisdiction.title, j.title), is_default = coalesce(create_jurisdiction.is_default, j.is_default);
END
$$;
COMMENT ON FUNCTION journey.create_jurisdiction(text, text, boolean) IS
'Makes a jurisdiction, or changes one: its title, or whether it is the one of subjects without a jurisdiction, of which there is one at most. NULL leaves as it is.';
REVOKE EXECUTE ON FUNCTION journey.create_jurisdiction(text, text, boolean) FROM PUBLIC;

CREATE FUNCTION journey.drop_jurisdiction(name text) RETURNS boolean
LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  DELETE FROM journey.jurisdiction j WHERE j.name = drop_jurisdiction.name COLLATE "C";
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION journey.drop_jurisdiction(text) IS
'Removes a jurisdiction; false if there is none. An error while a rule, a basis or a subject names it.';
REVOKE EXECUTE ON FUNCTION journey.drop_jurisdiction(text) FROM PUBLIC;
