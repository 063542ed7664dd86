--| ## Options of masks
--|
--| Which types a mask is for, and what it may be told. Where it makes sense a mask
--| is for arrays too, and masks each element; how many there are can be seen.

CREATE FUNCTION journey._element_type(type regtype) RETURNS regtype
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END::regtype FROM pg_type t WHERE t.oid = type
$$;
COMMENT ON FUNCTION journey._element_type(regtype) IS 'The type of an array''s elements; of anything else, the type itself.';

CREATE FUNCTION journey._number_option(options jsonb, name text, quoted text) RETURNS numeric
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(jsonb_typeof(options -> name), '') <> 'number' OR (options -> name)::numeric <= 0 THEN
    RAISE EXCEPTION '% option "%" of column %', CASE WHEN options ? name THEN 'invalid' ELSE 'missing' END, name, quoted
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be a number above 0.';
  END IF;
  RETURN (options -> name)::numeric;
END
$$;
COMMENT ON FUNCTION journey._number_option(jsonb, text, text) IS
  'A number above 0 among the options of a column; raises if it is missing or none.';

CREATE FUNCTION journey._word_option(options jsonb, name text, words text[], quoted text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(jsonb_typeof(options -> name), '') <> 'string' OR options ->> name COLLATE "C" <> ALL (words) THEN
    RAISE EXCEPTION '% option "%" of column %', CASE WHEN options ? name THEN 'invalid' ELSE 'missing' END, name, quoted
      USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It must be one of: %s.', array_to_string(words, ', '));
  END IF;
  RETURN options ->> name;
END
$$;
COMMENT ON FUNCTION journey._word_option(jsonb, text, text[], text) IS
  'One of some words among the options of a column; raises if it is missing or another.';

CREATE FUNCTION journey._check_step(number numeric, name text, base regtype, typmod int, quoted text) RETURNS void
  LANGUAGE plpgsql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  most numeric := CASE base WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                            WHEN 'int8'::regtype THEN 4611686018427387903 WHEN 'float4'::regtype THEN 1e38
                            WHEN 'float8'::regtype THEN 1e300 ELSE 1e100 END;
  -- the digits behind the point that numeric(p, s) keeps
  scale int := CASE WHEN base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 0
                    WHEN base = 'numeric'::regtype AND typmod >= 4 THEN (((typmod - 4) & 2047) # 1024) - 1024 END;
BEGIN
  IF number > most OR number <> round(number, coalesce(scale, 100)) OR number < 1e-100 THEN
    RAISE EXCEPTION 'invalid option "%" of column %', name, quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It must be a value above 0 that the column can hold%s.', CASE WHEN most < 1e20 THEN ', at most ' || most ELSE '' END);
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_step(numeric, text, regtype, int, text) IS
  'Raises if a step or spread is no value of a numeric column.';

CREATE FUNCTION journey._generalize_options(p journey.policy, options jsonb, base regtype, type text, quoted text) RETURNS journey.policy
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  -- of a range, what it is a range of
  value regtype := coalesce((SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = base), base);
  days text[] := '{week,month,quarter,year,decade}';
  allowed text[];
BEGIN
  IF base::oid >= 16384 THEN
    allowed := NULL;
  ELSIF value IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype) THEN
    allowed := '{step}';
    PERFORM journey._check_options(options, allowed, quoted);
    p.step := journey._number_option(options, 'step', quoted);
    PERFORM journey._check_step(p.step, 'step', value, p.typmod, quoted);
  ELSIF value IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN
    allowed := '{unit}';
    PERFORM journey._check_options(options, allowed, quoted);
    p.unit := journey._word_option(options, 'unit', CASE value WHEN 'date'::regtype THEN days
                                                      ELSE '{minute,hour,day}'::text[] || days END, quoted);
  ELSIF value IN ('inet'::regtype, 'cidr'::regtype) THEN
    allowed := '{bits,bits6}';
    PERFORM journey._check_options(options, allowed, quoted);
    p.bits := journey._option(options, 'bits', 0, 32, 24, quoted);
    p.bits6 := journey._option(options, 'bits6', 0, 128, 48, quoted);
  ELSIF value IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN
    allowed := '{keep_first}';
    PERFORM journey._check_options(options, allowed, quoted);
    IF NOT options ? 'keep_first' THEN
      RAISE EXCEPTION 'missing option "keep_first" of column %', quoted USING ERRCODE = 'invalid_parameter_value';
    END IF;
    p.keep_first := journey._option(options, 'keep_first', 1, 255, NULL, quoted);
  END IF;
  IF allowed IS NULL THEN
    PERFORM journey._misfit(p.mask, quoted, type, 'It is for numbers, dates, times, ranges of these, inet, cidr and texts.');
  END IF;
  RETURN p;
END
$$;
COMMENT ON FUNCTION journey._generalize_options(journey.policy, jsonb, regtype, text, text) IS
  'The policy with the options of the mask generalize; raises if they are wrong.';

CREATE FUNCTION journey._noise_options(p journey.policy, options jsonb, base regtype, type text, quoted text) RETURNS journey.policy
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  length interval;
BEGIN
  IF base IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN
    BEGIN
      length := CASE jsonb_typeof(options -> 'spread') WHEN 'string' THEN options ->> 'spread' END;
    EXCEPTION WHEN data_exception THEN
      length := NULL;
    END;
    p.spread := trim_scale(extract(epoch FROM length) / CASE base WHEN 'date'::regtype THEN 86400 ELSE 1 END);
    IF p.spread IS NULL OR extract(year FROM length) <> 0 OR extract(month FROM length) <> 0
       OR length NOT BETWEEN '1 s' AND '100000 days' OR (base = 'date'::regtype AND p.spread <> trunc(p.spread)) THEN
      RAISE EXCEPTION '% option "spread" of column %', CASE WHEN options ? 'spread' THEN 'invalid' ELSE 'missing' END, quoted
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = 'It must be a length of time from "1 s" to "100000 days", without months and years; for dates, whole days.';
    END IF;
  ELSIF base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype) THEN
    p.spread := journey._number_option(options, 'spread', quoted);
    PERFORM journey._check_step(p.spread, 'spread', base, p.typmod, quoted);
    IF base = 'numeric'::regtype
       AND p.spread * (10::numeric ^ greatest(scale(p.spread), CASE WHEN p.typmod >= 4 THEN (((p.typmod - 4) & 2047) # 1024) - 1024 ELSE 0 END)) > 1e18 THEN
      RAISE EXCEPTION 'invalid option "spread" of column %', quoted
        USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must not have more than 18 digits, with those behind the point that the column has.';
    END IF;
  ELSE
    PERFORM journey._misfit(p.mask, quoted, type, 'It is for numbers, dates and times.');
  END IF;
  RETURN p;
END
$$;
COMMENT ON FUNCTION journey._noise_options(journey.policy, jsonb, regtype, text, text) IS
  'The policy with the options of the mask noise; raises if they are wrong.';

CREATE FUNCTION journey._journey_options(p journey.policy, options jsonb, base regtype, type text, quoted text) RETURNS journey.policy
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  name text;
BEGIN
  IF base = 'journey.journey_set'::regtype THEN
    PERFORM journey._check_options(options, '{}', quoted);
    RETURN p;
  ELSIF base <> 'journey.journey'::regtype THEN
    PERFORM journey._misfit(p.mask, quoted, type, 'It is for the types journey and journey_set.');
  END IF;
  FOREACH name IN ARRAY '{keep_events,drop_tracks}'::text[] LOOP
    IF options ? name AND (jsonb_typeof(options -> name) <> 'array'
                           OR jsonb_path_exists(options -> name, '$[*] ? (@.type() <> "string")')) THEN
      RAISE EXCEPTION 'invalid option "%" of column %', name, quoted
        USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be an array of texts.';
    END IF;
  END LOOP;
  p.keep_events := (SELECT array_agg(DISTINCT e COLLATE "C" ORDER BY e COLLATE "C") FROM jsonb_array_elements_text(options -> 'keep_events') e);
  IF options ? 'keep_events' THEN
    p.keep_events := coalesce(p.keep_events, '{}');
  END IF;
  p.drop_tracks := (SELECT array_agg(DISTINCT t) FROM jsonb_array_elements_text(options -> 'drop_tracks') t);
  IF NOT p.drop_tracks <@ '{channel,decision,action,persona,value,senses}' THEN
    RAISE EXCEPTION 'invalid option "drop_tracks" of column %', quoted
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'Tracks are channel, decision, action, persona, value and senses.';
  END IF;
  IF options ? 'rename_events' THEN
    p.rename_events := options ->> 'rename_events';
    IF jsonb_typeof(options -> 'rename_events') <> 'string' OR p.rename_events = '' OR octet_length(p.rename_events) > 1024 THEN
      RAISE EXCEPTION 'invalid option "rename_events" of column %', quoted
        USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be a name of 1 to 1024 bytes.';
    END IF;
    IF p.keep_events IS NULL THEN
      p.keep_events := '{}';
    END IF;
  END IF;
  IF options ? 'unit' THEN
    p.unit := journey._word_option(options, 'unit', '{minute,hour,day,week,month,quarter,year,decade}', quoted);
  END IF;
  IF p.keep_events IS NULL AND p.drop_tracks IS NULL AND p.unit IS NULL THEN
    RAISE EXCEPTION 'mask journey of column % hides nothing', quoted
      USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give it one of the options "keep_events", "rename_events", "drop_tracks" and "unit", or use the mask null.';
  END IF;
  RETURN p;
END
$$;
COMMENT ON FUNCTION journey._journey_options(journey.policy, jsonb, regtype, text, text) IS
  'The policy with the options of the mask journey; raises if they are wrong.';

--| Equal values have equal tokens: who counts tokens of a column that has few
--| values, or one that is frequent, sees which is which. Where every value
--| stands once, counting tells nothing.

CREATE FUNCTION journey._check_entropy(relation regclass, column_name name, keys text[], quoted text) RETURNS void
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  n numeric;
  different numeric;
  most numeric;
BEGIN
  SELECT c.reltuples * (1 - s.null_frac), CASE WHEN s.n_distinct >= 0 THEN s.n_distinct ELSE -s.n_distinct * c.reltuples END,
         coalesce(s.most_common_freqs[1] * c.reltuples, 1)
  INTO n, different, most
  FROM pg_class c
  JOIN pg_namespace m ON m.oid = c.relnamespace
  JOIN pg_stats s ON s.schemaname = m.nspname AND s.tablename = c.relname AND s.attname = column_name
  WHERE c.oid = relation AND c.reltuples > 0 AND keys IS NULL
  ORDER BY s.inherited DESC LIMIT 1;
  IF NOT FOUND THEN
    EXECUTE format('SELECT coalesce(sum(x.n), 0), count(*), coalesce(max(x.n), 0)
                    FROM (SELECT count(*) AS n FROM (SELECT b.%I%s AS v FROM %s b) y WHERE y.v IS NOT NULL GROUP BY y.v) x',
                   column_name, CASE WHEN keys IS NOT NULL THEN ' OPERATOR(pg_catalog.#>>) $1' END, relation)
    INTO n, different, most USING keys;
  END IF;
  IF different < n AND (different < 10000 OR most > n / 100) THEN
    RAISE EXCEPTION 'tokens of column % would tell its values', quoted
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It has about %s different values, the most frequent one in %s %% of the rows; tokens need 10000, and none above 1 %%.',
                            round(different), round(100 * most / n, 1)),
            HINT = 'Use another mask, or accept that values can be told by counting tokens: {"mask": "token", "allow_low_entropy": true}.';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_entropy(regclass, name, text[], text) IS
  'Raises if a column, or what lies under keys in its documents, has so few values, or one so frequent, that counting tokens tells them: '
  'by the statistics of the table, or else counted. Where every value stands once it passes.';

CREATE FUNCTION journey._mask_options(p journey.policy, a pg_catalog.pg_attribute, options jsonb) RETURNS journey.policy
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  quoted text := quote_ident(a.attname);
  type text := format_type(a.atttypid, a.atttypmod);
  plain record;
  base regtype;
  texts regtype[] := '{text,varchar,bpchar}';
  length int;
BEGIN
  SELECT x.* INTO plain FROM journey._plain_type(a.atttypid, a.atttypmod) x;
  IF plain.checked THEN
    PERFORM journey._misfit(p.mask, quoted, type, 'The domain has constraints, which masked values might break.',
                            'Use a constant that the domain allows, or the mask null.');
  END IF;
  base := plain.base;
  IF p.mask NOT IN ('encrypt', 'journey') AND NOT EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = base) THEN
    base := journey._element_type(base);
    IF base <> plain.base AND journey._plain_type(base, -1) IS DISTINCT FROM ROW(base, -1, false) THEN
      PERFORM journey._misfit(p.mask, quoted, type, 'The elements are of a domain.');
    END IF;
  END IF;
  p.typmod := plain.base_typmod;

  CASE p.mask
    WHEN 'partial' THEN
      IF base <> ALL (texts) THEN
        PERFORM journey._misfit(p.mask, quoted, type, 'It is for text, varchar and char.');
      END IF;
      p.keep_first := journey._option(options, 'keep_first', 0, 255, 0, quoted);
      p.keep_last := journey._option(options, 'keep_last', 0, 255, 0, quoted);
      p.min_hidden := journey._option(options, 'min_hidden', 1, 255, 4, quoted);
      length := p.keep_first + p.keep_last + p.min_hidden;
    WHEN 'token' THEN
      IF base <> ALL (texts || '{bytea,uuid,int8}'::regtype[]) THEN
        PERFORM journey._misfit(p.mask, quoted, type, 'It is for text, varchar, char, bytea, uuid and bigint.');
      END IF;
      p.epoch := journey._option(options, 'epoch', 0, 2147483647, 0, quoted);
      IF options ? 'allow_low_entropy' AND jsonb_typeof(options -> 'allow_low_entropy') <> 'boolean' THEN
        RAISE EXCEPTION 'invalid option "allow_low_entropy" of column %', quoted
          USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It must be true or false.';
      END IF;
      -- a path, which belongs to no relation, is looked at by who knows its column
      IF a.attrelid <> 0 AND NOT coalesce((options -> 'allow_low_entropy')::boolean, false) THEN
        PERFORM journey._check_entropy(a.attrelid, a.attname, NULL, quoted);
      END IF;
      length := 30;
    WHEN 'generalize' THEN
      p := journey._generalize_options(p, options, base, type, quoted);
      length := p.keep_first;
    WHEN 'noise' THEN
      p.epoch := journey._option(options, 'epoch', 0, 2147483647, 0, quoted);
      p.label := format('%s.%s', a.attrelid::regclass, quoted);
      p := journey._noise_options(p, options, base, type, quoted);
    WHEN 'fake' THEN
      IF base <> ALL (texts) THEN
        PERFORM journey._misfit(p.mask, quoted, type, 'It is for text, varchar and char.');
      END IF;
      p.epoch := journey._option(options, 'epoch', 0, 2147483647, 0, quoted);
      p.kind := journey._word_option(options, 'kind', '{first_name,last_name,full_name,city,street,company,email,phone}', quoted);
      length := 40;
    WHEN 'encrypt' THEN
      IF base NOT IN ('text'::regtype, 'varchar'::regtype, 'bytea'::regtype) OR plain.base_typmod >= 0 THEN
        PERFORM journey._misfit(p.mask, quoted, type, 'It is for bytea, and for text and varchar without a limit.');
      END IF;
      p.epoch := journey._option(options, 'epoch', 0, 2147483647, 0, quoted);
      p.label := format('%s.%s', a.attrelid::regclass, quoted);
    WHEN 'journey' THEN
      p := journey._journey_options(p, options, base, type, quoted);
  END CASE;

  -- the length of varchar(n) and char(n) is kept with four bytes of header added
  IF base IN ('varchar'::regtype, 'bpchar'::regtype) AND plain.base_typmod >= 0 AND plain.base_typmod - 4 < length THEN
    PERFORM journey._misfit(p.mask, quoted, type, format('Masked values have up to %s characters.', length),
                            'Use another mask, or a longer type.');
  END IF;
  RETURN p;
END
$$;
COMMENT ON FUNCTION journey._mask_options(journey.policy, pg_catalog.pg_attribute, jsonb) IS
  'The policy with the options of its mask; raises if they are wrong or the mask does not fit the type of the column.';

REVOKE EXECUTE ON FUNCTION
  journey._element_type(regtype), journey._number_option(jsonb, text, text), journey._word_option(jsonb, text, text[], text),
  journey._check_step(numeric, text, regtype, int, text),
  journey._generalize_options(journey.policy, jsonb, regtype, text, text),
  journey._noise_options(journey.policy, jsonb, regtype, text, text),
  journey._journey_options(journey.policy, jsonb, regtype, text, text),
  journey._check_entropy(regclass, name, text[], text), journey._mask_options(journey.policy, pg_catalog.pg_attribute, jsonb)
FROM PUBLIC;
