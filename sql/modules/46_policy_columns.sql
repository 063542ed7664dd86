--| # Policies of columns
--|
--| From the JSON that `journey.protect()` gets for each column to a row of
--| `journey.policy`. Every option is read, checked against the mask and the type
--| of the column, and kept in a column of its own. A key such as
--| `profile->>'email'` is about one path of a `jsonb` column; see
--| `core/json_path.h` for what may be written.

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

CREATE FUNCTION journey._check_options(options jsonb, allowed text[], quoted text) RETURNS void
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown text;
BEGIN
  allowed := '{mask,class}' || allowed;
  SELECT string_agg(format('"%s"', k), ', ' ORDER BY k) INTO unknown
  FROM jsonb_object_keys(options) k WHERE k <> ALL (allowed);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'unknown option % of column %', unknown, quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('The mask %s knows: %s.', options ->> 'mask', array_to_string(allowed, ', '));
  END IF;
  IF options ? 'class' AND (jsonb_typeof(options -> 'class') <> 'string' OR options ->> 'class' = ''
                            OR octet_length(options ->> 'class') > 255) THEN
    RAISE EXCEPTION 'invalid option "class" of column %', quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It must be a text of 1 to 255 bytes.';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_options(jsonb, text[], text) IS
  'Raises if the options of a mask have others than are allowed, or a class that is none.';

CREATE FUNCTION journey._misfit(mask text, quoted text, type text, detail text, hint text DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'mask % does not fit column % of type %', mask, quoted, type
    USING ERRCODE = 'datatype_mismatch', DETAIL = detail,
          HINT = coalesce(hint, 'Use another mask: null, constant and default fit nearly every type.');
END
$$;
COMMENT ON FUNCTION journey._misfit(text, text, text, text, text) IS 'Raises that a mask does not fit a type.';

CREATE FUNCTION journey._column_policy(a pg_catalog.pg_attribute, spec jsonb) RETURNS journey.policy
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  quoted text := quote_ident(a.attname);
  type text := format_type(a.atttypid, a.atttypmod);
  options jsonb;
  allowed text[];
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
    WHEN 'public' THEN '{}' WHEN 'null' THEN '{}' WHEN 'default' THEN '{}'
    WHEN 'constant' THEN '{value}'
    WHEN 'partial' THEN '{keep_first,keep_last,min_hidden}'
    WHEN 'token' THEN '{epoch,allow_low_entropy}'
    WHEN 'generalize' THEN '{step,unit,bits,bits6,keep_first}'
    WHEN 'noise' THEN '{spread,epoch}'
    WHEN 'fake' THEN '{kind,epoch}'
    WHEN 'encrypt' THEN '{epoch}'
    WHEN 'journey' THEN '{keep_events,rename_events,drop_tracks,unit}' END;
  IF allowed IS NULL THEN
    RAISE EXCEPTION 'unknown mask "%" of column %', result.mask, quoted
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Masks are public, null, constant, default, partial, token, generalize, noise, fake, encrypt and journey.';
  END IF;
  PERFORM journey._check_options(options, allowed, quoted);
  result.class := coalesce(options ->> 'class', format('%s.%s', a.attrelid::regclass, quoted));

  IF result.mask = 'constant' THEN
    result.value := journey._constant_option(options, type, quoted);
  ELSIF result.mask = 'default' THEN
    result.value := journey._neutral(a.atttypid, a.atttypmod, quoted);
  ELSIF result.mask NOT IN ('public', 'null') THEN
    result := journey._mask_options(result, a, options);
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._column_policy(pg_catalog.pg_attribute, jsonb) IS
  'The policy of a column as the user described it; raises if the description is wrong or the mask does not fit the type.';

CREATE FUNCTION journey._constant_option(options jsonb, type text, quoted text) RETURNS text
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(jsonb_typeof(options -> 'value'), 'null') = 'null' THEN
    RAISE EXCEPTION 'missing option "value" of column %', quoted
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Use the mask null to show NULL.';
  END IF;
  RETURN journey._constant(options -> 'value', type);
EXCEPTION
  WHEN invalid_parameter_value THEN
    RAISE;
  WHEN OTHERS THEN
    RAISE EXCEPTION 'the constant of column % is no value of type %', quoted, type
      USING ERRCODE = 'invalid_parameter_value', DETAIL = SQLERRM || '.';
END
$$;
COMMENT ON FUNCTION journey._constant_option(jsonb, text, text) IS
  'The option "value" as the text of a type; raises if it is missing or none.';

--| The mask `default` shows the neutral value of the type, never the default of
--| the column: that may be a function, and means something.

CREATE FUNCTION journey._neutral(type regtype, typmod int, quoted text) RETURNS text
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  base pg_type;
  candidate text;
BEGIN
  SELECT t.* INTO base FROM journey._plain_type(type, typmod) p JOIN pg_type t ON t.oid = p.base;
  candidate := CASE
    WHEN base.typcategory = 'A' THEN '{}'
    WHEN base.typtype = 'r' THEN 'empty'
    WHEN base.typtype = 'm' THEN '{}'
    WHEN base.typtype = 'e' THEN (SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = base.oid ORDER BY e.enumsortorder LIMIT 1)
    WHEN base.typtype = 'c' THEN (SELECT '(' || repeat(',', greatest(count(*)::int - 1, 0)) || ')' FROM pg_attribute a
                                  WHERE a.attrelid = base.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
    WHEN base.oid IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN '1970-01-01 00:00:00+00'
    WHEN base.oid IN ('time'::regtype, 'timetz'::regtype) THEN '00:00:00+00'
    WHEN base.oid IN ('inet'::regtype, 'cidr'::regtype) THEN '0.0.0.0/0'
    WHEN base.oid IN ('json'::regtype, 'jsonb'::regtype) THEN '{}'
    WHEN base.oid = 'uuid'::regtype THEN '00000000-0000-0000-0000-000000000000'
    WHEN base.oid = 'bytea'::regtype THEN ''
    WHEN base.oid = 'bit'::regtype THEN repeat('0', greatest(typmod, 1))
    WHEN base.oid = 'varbit'::regtype THEN ''
    WHEN base.oid = 'point'::regtype THEN '(0,0)'
    WHEN base.typcategory = 'N' AND base.oid < 16384 THEN '0'
    WHEN base.typcategory = 'T' THEN '0'
    WHEN base.typcategory = 'B' THEN 'false'
    WHEN base.typcategory = 'S' THEN '' END;
  IF candidate IS NOT NULL THEN
    BEGIN
      RETURN journey._constant(to_jsonb(candidate), format_type(type, typmod));
    EXCEPTION WHEN OTHERS THEN
      NULL;
    END;
  END IF;
  PERFORM journey._misfit('default', quoted, format_type(type, typmod), 'The type has no neutral value that we know, or does not allow it.',
                          'Use the mask constant with a value of your choice, or null.');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION journey._neutral(regtype, int, text) IS
  'The neutral value of a type as text: 0, false, an empty text, array, range or document, 1970-01-01, the first label of an enum; raises if it has none.';

--| ## Paths of a document

CREATE FUNCTION journey._path(text, OUT column_name text, OUT path text, OUT is_text boolean, OUT keys text[])
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__path';
COMMENT ON FUNCTION journey._path(text) IS
  'Takes column->''key''->>''key'' apart: the column, the rest in its one form, whether it gives a text, and its keys. '
  'All NULL for a text without an arrow; raises for a path that is wrong.';

CREATE FUNCTION journey._paths_meet(text, text) RETURNS boolean
  LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
  AS 'MODULE_PATHNAME', 'journey__paths_meet';
COMMENT ON FUNCTION journey._paths_meet(text, text) IS
  'Whether two paths of one document are the same, or one leads to the other.';

CREATE FUNCTION journey._path_policy_of(a pg_catalog.pg_attribute, name text, path text, is_text boolean, keys text[], spec jsonb)
  RETURNS journey._path_policy
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  described pg_attribute := a;
  p journey.policy;
  result journey._path_policy;
BEGIN
  IF a.atttypid <> 'jsonb'::regtype THEN
    RAISE EXCEPTION 'column % of type % has no paths', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)
      USING ERRCODE = 'datatype_mismatch', DETAIL = 'Only columns of type jsonb do.';
  END IF;
  -- a path is described like a column of its name and of type text or jsonb
  described.attrelid := 0;
  described.attname := name;
  described.atttypid := CASE WHEN is_text THEN 'text'::regtype ELSE 'jsonb'::regtype END;
  p := journey._column_policy(described, spec);
  IF p.mask NOT IN ('null', 'constant', 'default', 'partial', 'token', 'fake', 'encrypt', 'generalize') THEN
    PERFORM journey._misfit(p.mask, name, described.atttypid::regtype::text, 'Parts of a document have no such mask.');
  END IF;
  IF p.mask = 'token' AND NOT coalesce((spec -> 'allow_low_entropy')::boolean, false) THEN
    PERFORM journey._check_entropy(a.attrelid, a.attname, keys, quote_ident(name));
  END IF;
  result.path := path;
  result.mask := p.mask;
  result.class := CASE WHEN spec ? 'class' AND jsonb_typeof(spec) = 'object' THEN p.class
                       ELSE format('%s.%I%s', a.attrelid::regclass, a.attname, path) END;
  result.label := CASE WHEN p.label IS NOT NULL THEN format('%s.%I%s', a.attrelid::regclass, a.attname, path) END;
  result.value := p.value;
  result.keep_first := p.keep_first;
  result.keep_last := p.keep_last;
  result.min_hidden := p.min_hidden;
  result.epoch := p.epoch;
  result.kind := p.kind;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._path_policy_of(pg_catalog.pg_attribute, text, text, boolean, text[], jsonb) IS
  'The policy of a path of a jsonb column; raises as _column_policy does.';

CREATE FUNCTION journey._path_policies(a pg_catalog.pg_attribute, columns jsonb) RETURNS journey._path_policy[]
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result journey._path_policy[];
  bad record;
BEGIN
  -- a column that has the name of a path is a column
  SELECT array_agg(journey._path_policy_of(a, k, p.path, p.is_text, p.keys, columns -> k) ORDER BY p.path COLLATE "C") INTO result
  FROM jsonb_object_keys(columns) k
  CROSS JOIN journey._path(k) p
  WHERE p.column_name = a.attname
    AND NOT EXISTS (SELECT FROM pg_attribute o
                    WHERE o.attrelid = a.attrelid AND o.attname = k AND o.attnum > 0 AND NOT o.attisdropped);

  SELECT x.path AS one, y.path AS other INTO bad
  FROM unnest(result) WITH ORDINALITY x (path, mask, class, label, value, keep_first, keep_last, min_hidden, epoch, kind, n)
  JOIN unnest(result) WITH ORDINALITY y (path, mask, class, label, value, keep_first, keep_last, min_hidden, epoch, kind, n) ON x.n < y.n
  WHERE journey._paths_meet(x.path, y.path)
  ORDER BY x.n, y.n LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'paths of column % meet', quote_ident(a.attname)
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('%s and %s may be the same part of a document.', bad.one, bad.other);
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._path_policies(pg_catalog.pg_attribute, jsonb) IS
  'The policies of all paths of a column, NULL if there are none; raises if two of them meet, and as _column_policy does.';

CREATE FUNCTION journey._policies(relation regclass, columns jsonb) RETURNS SETOF journey.policy
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  unknown text;
  a pg_attribute;
  paths journey._path_policy[];
  result journey.policy;
BEGIN
  IF jsonb_typeof(columns) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'the argument "columns" must be a JSON object'
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'For example {"id": "public", "email": {"mask": "token"}}.';
  END IF;
  SELECT string_agg(quote_ident(coalesce(p.column_name, k)), ', ' ORDER BY k) INTO unknown
  FROM jsonb_object_keys(columns) k
  LEFT JOIN LATERAL journey._path(k) p
    ON NOT EXISTS (SELECT FROM pg_attribute b
                   WHERE b.attrelid = relation AND b.attname = k AND b.attnum > 0 AND NOT b.attisdropped)
  WHERE NOT EXISTS (SELECT FROM pg_attribute b
                    WHERE b.attrelid = relation AND b.attname IN (k, p.column_name) AND b.attnum > 0 AND NOT b.attisdropped);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'column % of % does not exist', unknown, relation USING ERRCODE = 'undefined_column';
  END IF;

  FOR a IN
    SELECT * FROM pg_attribute b
    WHERE b.attrelid = relation AND b.attnum > 0 AND NOT b.attisdropped
    ORDER BY b.attnum
  LOOP
    paths := journey._path_policies(a, columns);
    result := journey._column_policy(a, coalesce(columns -> a.attname, to_jsonb(CASE WHEN paths IS NULL THEN 'null' ELSE 'public' END)));
    IF paths IS NOT NULL AND result.mask NOT IN ('public', 'constant', 'default') THEN
      RAISE EXCEPTION 'column % is masked as a whole, so its paths are never shown', quote_ident(a.attname)
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('Its mask is %s.', result.mask),
              HINT = 'Leave the paths out, or let the rest of the document be public, constant or default.';
    END IF;
    IF paths IS NOT NULL AND result.mask = 'public' THEN
      result.mask := 'paths';
    END IF;
    result.paths := paths;
    RETURN NEXT result;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._policies(regclass, jsonb) IS
  'The policies of all columns, those not described masked by NULL, but for the rest of a document with masked paths, which is public; '
  'raises as _column_policy does.';

CREATE FUNCTION journey._need_key(policies journey.policy[]) RETURNS boolean
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM unnest(policies) p
                 WHERE p.epoch IS NOT NULL OR EXISTS (SELECT FROM unnest(p.paths) x WHERE x.epoch IS NOT NULL))
$$;
COMMENT ON FUNCTION journey._need_key(journey.policy[]) IS 'Whether some mask among these needs the root key.';

REVOKE EXECUTE ON FUNCTION
  journey._need_key(journey.policy[]), journey._constant(jsonb, text), journey._option(jsonb, text, int, int, int, text),
  journey._check_options(jsonb, text[], text), journey._misfit(text, text, text, text, text),
  journey._column_policy(pg_catalog.pg_attribute, jsonb), journey._constant_option(jsonb, text, text),
  journey._neutral(regtype, int, text), journey._path(text), journey._paths_meet(text, text),
  journey._path_policy_of(pg_catalog.pg_attribute, text, text, boolean, text[], jsonb),
  journey._path_policies(pg_catalog.pg_attribute, jsonb), journey._policies(regclass, jsonb)
FROM PUBLIC;
