--| # Policies of columns
--|
--| From the JSON that `journey.protect()` gets for each column to a row of
--| `journey.policy`: every option is read, checked against the type of the
--| column and kept in a column of its own.

CREATE FUNCTION journey._constant(value jsonb, type text) RETURNS text
  LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET intervalstyle = 'postgres'
  SET extra_float_digits = 1 SET bytea_output = 'hex' SET lc_monetary = 'C'
AS $$
DECLARE
  input text := CASE jsonb_typeof(value) WHEN 'string' THEN value #>> '{}' ELSE value::text END;
  result text;
BEGIN
  -- by the output function of the type: a cast to text may be somebody's own
  EXECUTE format('SELECT pg_catalog.format(''%%s'', CAST(%L AS %s))', input, type) INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._constant(jsonb, text) IS
  'The text form of a constant of a type, as written with settings that every session reads alike; raises what the type raises.';

CREATE FUNCTION journey._option(options jsonb, name text, low int, high int, fallback int, quoted_column text) RETURNS int
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  option jsonb := options -> name;
BEGIN
  IF option IS NULL THEN
    RETURN fallback;
  END IF;
  IF jsonb_typeof(option) <> 'number' OR option::numeric <> trunc(option::numeric)
     OR option::numeric NOT BETWEEN low AND high THEN
    RAISE EXCEPTION 'invalid option "%" of column %', name, quoted_column
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It must be a whole number from %s to %s.', low, high);
  END IF;
  RETURN option::numeric::int;
END
$$;
COMMENT ON FUNCTION journey._option(jsonb, text, int, int, int, text) IS
  'A whole number among the options of a column, or the fallback; raises outside of low to high, both inclusive.';

CREATE FUNCTION journey._column_policy(a pg_catalog.pg_attribute, spec jsonb) RETURNS journey.policy
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  quoted text := quote_ident(a.attname);
  type text := format_type(a.atttypid, a.atttypmod);
  plain record;
  options jsonb;
  allowed text[];
  unknown text;
  length int;
  result journey.policy;
BEGIN
  options := CASE jsonb_typeof(spec) WHEN 'string' THEN jsonb_build_object('mask', spec)
                                     WHEN 'object' THEN jsonb_build_object('mask', 'null') || spec END;
  IF options IS NULL OR jsonb_typeof(options -> 'mask') <> 'string' THEN
    RAISE EXCEPTION 'invalid description of column %', quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It must be the name of a mask, or an object with the key "mask".';
  END IF;

  result.id := gen_random_uuid();
  result.column_name := a.attname;
  result.attnum := a.attnum;
  result.column_type := a.atttypid;
  result.mask := options ->> 'mask';

  allowed := CASE result.mask
    WHEN 'public' THEN '{}' WHEN 'null' THEN '{}'
    WHEN 'constant' THEN '{value}'
    WHEN 'partial' THEN '{keep_first,keep_last,min_hidden}'
    WHEN 'token' THEN '{epoch}' END;
  IF allowed IS NULL THEN
    RAISE EXCEPTION 'unknown mask "%" of column %', result.mask, quoted
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Masks are public, null, constant, partial and token.';
  END IF;
  allowed := '{mask,class}' || allowed;
  SELECT string_agg(format('"%s"', k), ', ' ORDER BY k) INTO unknown
  FROM jsonb_object_keys(options) k WHERE k <> ALL (allowed);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'unknown option % of column %', unknown, quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('The mask %s knows: %s.', result.mask, array_to_string(allowed, ', '));
  END IF;

  IF options ? 'class' AND (jsonb_typeof(options -> 'class') <> 'string' OR options ->> 'class' = ''
                            OR octet_length(options ->> 'class') > 255) THEN
    RAISE EXCEPTION 'invalid option "class" of column %', quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It must be a text of 1 to 255 bytes.';
  END IF;
  result.class := coalesce(options ->> 'class', format('%s.%s', a.attrelid::regclass, quoted));

  IF result.mask = 'constant' THEN
    IF coalesce(jsonb_typeof(options -> 'value'), 'null') = 'null' THEN
      RAISE EXCEPTION 'missing option "value" of column %', quoted
        USING ERRCODE = 'invalid_parameter_value',
              HINT = 'Use the mask null to show NULL.';
    END IF;
    BEGIN
      result.value := journey._constant(options -> 'value', type);
    EXCEPTION WHEN OTHERS THEN
      RAISE EXCEPTION 'the constant of column % is no value of type %', quoted, type
        USING ERRCODE = 'invalid_parameter_value', DETAIL = SQLERRM || '.';
    END;
    RETURN result;
  END IF;

  IF result.mask NOT IN ('partial', 'token') THEN
    RETURN result;
  END IF;

  SELECT p.* INTO plain FROM journey._plain_type(a.atttypid, a.atttypmod) p;
  IF plain.checked THEN
    RAISE EXCEPTION 'mask % does not fit column % of type %', result.mask, quoted, type
      USING ERRCODE = 'datatype_mismatch',
            DETAIL = 'The domain has constraints, which masked values might break.',
            HINT = 'Use a constant that the domain allows, or the mask null.';
  END IF;

  IF result.mask = 'partial' THEN
    IF plain.base NOT IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN
      RAISE EXCEPTION 'mask % does not fit column % of type %', result.mask, quoted, type
        USING ERRCODE = 'datatype_mismatch', DETAIL = 'It is for text, varchar and char.';
    END IF;
    result.keep_first := journey._option(options, 'keep_first', 0, 255, 0, quoted);
    result.keep_last := journey._option(options, 'keep_last', 0, 255, 0, quoted);
    result.min_hidden := journey._option(options, 'min_hidden', 1, 255, 4, quoted);
    length := result.keep_first + result.keep_last + result.min_hidden;
  ELSE
    IF plain.base NOT IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype,
                          'bytea'::regtype, 'uuid'::regtype, 'int8'::regtype) THEN
      RAISE EXCEPTION 'mask % does not fit column % of type %', result.mask, quoted, type
        USING ERRCODE = 'datatype_mismatch', DETAIL = 'It is for text, varchar, char, bytea, uuid and bigint.';
    END IF;
    result.epoch := journey._option(options, 'epoch', 0, 2147483647, 0, quoted);
    length := 30;
  END IF;

  -- the length of varchar(n) and char(n) is kept with four bytes of header added
  IF plain.base IN ('varchar'::regtype, 'bpchar'::regtype) AND plain.base_typmod >= 0
     AND plain.base_typmod - 4 < length THEN
    RAISE EXCEPTION 'mask % does not fit column % of type %', result.mask, quoted, type
      USING ERRCODE = 'datatype_mismatch',
            DETAIL = format('Masked values have up to %s characters.', length),
            HINT = 'Use another mask, or a longer type.';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._column_policy(pg_catalog.pg_attribute, jsonb) IS
  'The policy of a column as the user described it; raises if the description is wrong or the mask does not fit the type.';

CREATE FUNCTION journey._policies(relation regclass, columns jsonb) RETURNS SETOF journey.policy
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown text;
BEGIN
  IF jsonb_typeof(columns) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'the argument "columns" must be a JSON object'
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'For example {"id": "public", "email": {"mask": "token"}}.';
  END IF;
  SELECT string_agg(quote_ident(k), ', ' ORDER BY k) INTO unknown
  FROM jsonb_object_keys(columns) k
  WHERE NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = relation AND a.attname = k AND a.attnum > 0 AND NOT a.attisdropped);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'column % of % does not exist', unknown, relation USING ERRCODE = 'undefined_column';
  END IF;
  RETURN QUERY
    SELECT (p.policy).*
    FROM (SELECT journey._column_policy(a, coalesce(columns -> a.attname, '"null"')) AS policy
          FROM pg_attribute a
          WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
          ORDER BY a.attnum OFFSET 0) p;
END
$$;
COMMENT ON FUNCTION journey._policies(regclass, jsonb) IS
  'The policies of all columns, those not described masked by NULL; raises as _column_policy does.';

REVOKE EXECUTE ON FUNCTION
  journey._constant(jsonb, text), journey._option(jsonb, text, int, int, int, text),
  journey._column_policy(pg_catalog.pg_attribute, jsonb), journey._policies(regclass, jsonb)
FROM PUBLIC;
