--| # Proving: the worlds
--|
--| A world is the table written anew from its copy, with other values in the
--| denied cells: of the same type and with the same mask. Columns that a
--| constraint is against stay as they are, and are named.

CREATE FUNCTION journey._prove_other(p journey.policy, world text, nullable boolean, type regtype) RETURNS text
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  base regtype := (SELECT t.base FROM journey._plain_type(type, -1) t);
  category "char" := (SELECT t.typcategory FROM pg_type t WHERE t.oid = base);
  letters CONSTANT text := '''abcdefghijklmnopqrstuvwxyz0123456789'', ''bcdefghijklmnopqrstuvwxyza1234567890''';
  texts CONSTANT regtype[] := '{text,varchar}';
  changed text;
  part record;
BEGIN
  IF p.mask = 'partial' AND base = ANY (texts) THEN
    RETURN format('CASE WHEN length(x) >= %s THEN left(x, %s) || %s || right(x, %s) WHEN x IS NULL THEN '''' ELSE %s END',
                  p.keep_first + p.keep_last + p.min_hidden, p.keep_first,
                  CASE world WHEN 'missing' THEN format('repeat(''x'', %s)', p.min_hidden)
                             ELSE format('translate(substr(x, %s, length(x) - %s), %s)', p.keep_first + 1, p.keep_first + p.keep_last, letters) END,
                  p.keep_last, CASE WHEN nullable THEN 'NULL' ELSE '''''' END);
  ELSIF p.mask = 'generalize' THEN
    RETURN CASE
      WHEN base = ANY (texts) THEN
        format('CASE WHEN length(x) > %1$s THEN left(x, %1$s) || translate(substr(x, %1$s + 1), %2$s) ELSE x END', p.keep_first, letters)
      WHEN base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) THEN
        format('x - mod(mod(x::numeric, %1$s) + %1$s, %1$s)', p.step)
      WHEN base IN ('date'::regtype, 'timestamp'::regtype) THEN format('date_trunc(%L, x::timestamp)', p.unit)
      WHEN base = 'timestamptz'::regtype THEN format('date_trunc(%L, x, ''UTC'')', p.unit) END;
  ELSIF p.mask = 'paths' THEN
    changed := 'x';
    FOR part IN SELECT k.keys FROM unnest(p.paths) e, journey._path('x' || e.path) k WHERE e.mask IN ('null', 'constant', 'default') LOOP
      changed := format('CASE WHEN x #> %1$L IS NULL THEN x ELSE jsonb_set(%2$s, %1$L, ''"%3$s"'', false) END', part.keys, changed, world);
    END LOOP;
    RETURN nullif(changed, 'x');
  ELSIF p.mask NOT IN ('null', 'constant', 'default') OR p.paths IS NOT NULL THEN
    RETURN NULL;
  END IF;

  IF world = 'missing' AND nullable THEN
    RETURN 'NULL';
  ELSIF world = 'exchanged' THEN
    RETURN 'y';
  END IF;
  changed := CASE
    WHEN base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN '-1 - x'
    WHEN base IN ('numeric'::regtype, 'float4'::regtype, 'float8'::regtype) THEN 'CASE WHEN x = 0 THEN 1 ELSE -x END'
    WHEN base = 'bool'::regtype THEN 'NOT x'
    WHEN category = 'S' THEN format('CASE WHEN n %% 2 = 0 THEN left(x::text, -1) ELSE translate(x::text, %s) END', letters)
    WHEN base = 'date'::regtype THEN 'x - 400'
    WHEN base IN ('timestamp'::regtype, 'timestamptz'::regtype) THEN 'x - interval ''400 days'''
    WHEN base = 'uuid'::regtype THEN 'md5(x::text)::uuid'
    WHEN base = 'bytea'::regtype THEN '''\x00''::bytea || x'
    WHEN base = 'jsonb'::regtype THEN 'jsonb_build_object(''other'', x)'
    WHEN category = 'A' THEN 'x || x'
    WHEN category = 'E' THEN 'coalesce((enum_range(x, NULL))[2], enum_first(x))'
    WHEN category = 'R' THEN format('''empty''::%s', base) END;
  RETURN CASE WHEN changed IS NULL THEN 'y' ELSE format('coalesce(%s, y)', changed) END;
END
$$;
COMMENT ON FUNCTION journey._prove_other(journey.policy, text, boolean, regtype) IS
  'An SQL expression for another value of a denied cell with the same mask, of x, its value, y, that of another denied row, and n, the number of the row. NULL if the mask shows too much of the value for that.';

CREATE FUNCTION journey._prove_copy(leaf regclass, number int, p journey.protected_relation, policies journey.policy[], purpose text, reader oid) RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE (
    SELECT format('CREATE TEMP TABLE journey_prove_%s AS
                   SELECT c.n, c.r, ARRAY[%s]::boolean[] AS denied FROM (SELECT row_number() OVER () AS n, b AS r, %s AS who FROM ONLY %s b) c',
                  number,
                  string_agg(format('NOT (journey._explain(%L, c.who, %L, %s, %s, true, true, %L)).shown', k.class, purpose, reader,
                                    CASE WHEN p.collected IS NULL THEN 'NULL' ELSE format('(c.r).%I::timestamptz', p.collected) END,
                                    k.mask IN ('token', 'noise', 'fake', 'encrypt')), ', ' ORDER BY k.place),
                  journey._subject_text(p.base, p.subject), leaf)
    FROM (SELECT row_number() OVER () AS place, u.* FROM unnest(policies) u) k);
END
$$;
COMMENT ON FUNCTION journey._prove_copy(regclass, int, journey.protected_relation, journey.policy[], text, oid) IS
  'Copies a table to a temporary one: number and content of each row, and for each policy whether that cell is denied.';

CREATE FUNCTION journey._prove_fill(leaf regclass, number int, policies journey.policy[], world text, chosen name[]) RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  EXECUTE (
    SELECT format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM (SELECT c.n, c.r, c.denied%s FROM pg_temp.journey_prove_%s) c ORDER BY c.n',
                  leaf, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
                  string_agg(CASE WHEN e.expression IS NULL THEN format('(c.r).%I', a.attname)
                                  ELSE format('CASE WHEN c.denied[%1$s] THEN (SELECT (%2$s)::%3$s FROM (SELECT (c.r).%4$I, c.y%1$s, c.n) AS v (x, y, n)) ELSE (c.r).%4$I END',
                                              e.place, e.expression, format_type(a.atttypid, a.atttypmod), a.attname) END,
                             ', ' ORDER BY a.attnum),
                  string_agg(CASE WHEN e.expression IS NOT NULL THEN
                               format(', CASE WHEN row_number() OVER w%1$s = count(*) OVER (PARTITION BY c.denied[%1$s]) THEN first_value((c.r).%2$I) OVER w%1$s '
                                      'ELSE lead((c.r).%2$I) OVER w%1$s END AS y%1$s', e.place, a.attname) ELSE '' END, '' ORDER BY a.attnum),
                  number || ' c' || coalesce(' WINDOW ' || string_agg(format('w%1$s AS (PARTITION BY c.denied[%1$s] ORDER BY c.n)', e.place), ', ') FILTER (WHERE e.place IS NOT NULL), ''))
    FROM pg_attribute a
    LEFT JOIN LATERAL (
      SELECT k.place, journey._prove_other(k.policy, world, NOT a.attnotnull, a.atttypid) AS expression
      FROM (SELECT row_number() OVER () AS place, u AS policy FROM unnest(policies) u) k
      WHERE (k.policy).column_name = a.attname AND a.attname = ANY (chosen)) e ON e.expression IS NOT NULL
    WHERE a.attrelid = leaf AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '');
END
$$;
COMMENT ON FUNCTION journey._prove_fill(regclass, int, journey.policy[], text, name[]) IS
  'Writes a table anew from its copy, with other values in the denied cells of the chosen columns.';

CREATE FUNCTION journey._prove_write(base regclass, leaves regclass[], policies journey.policy[], world text) RETURNS name[]
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  SET session_replication_role = replica
AS $$
DECLARE
  chosen name[] := '{}';
  tried name[] := ARRAY(SELECT u.column_name
                        FROM unnest(policies) u JOIN pg_attribute a ON a.attrelid = base AND a.attname = u.column_name AND a.attgenerated = ''
                        WHERE journey._prove_other(u, world, NOT a.attnotnull, a.atttypid) IS NOT NULL ORDER BY a.attnum);
BEGIN
  -- all at once, or else one column more each time, without those that a constraint is against
  FOR i IN 0 .. CASE world WHEN '' THEN -1 ELSE cardinality(tried) END LOOP
    EXIT WHEN chosen = tried;
    BEGIN
      EXECUTE format('TRUNCATE %s CASCADE', base);
      PERFORM journey._prove_fill(l.leaf, l.number::int, policies, world, CASE i WHEN 0 THEN tried ELSE chosen || tried[i] END)
      FROM unnest(leaves) WITH ORDINALITY AS l (leaf, number);
      chosen := CASE i WHEN 0 THEN tried ELSE chosen || tried[i] END;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
      NULL;
    END;
  END LOOP;
  -- the first world, and one that is like it
  IF chosen = '{}' THEN
    EXECUTE format('TRUNCATE %s CASCADE', base);
    PERFORM journey._prove_fill(l.leaf, l.number::int, policies, world, '{}') FROM unnest(leaves) WITH ORDINALITY AS l (leaf, number);
  END IF;

  -- how many pages there are is no secret, and must not tell worlds apart
  UPDATE pg_class c SET relpages = pg_relation_size(c.oid) / current_setting('block_size')::int, reltuples = 1000
  WHERE c.oid = ANY (leaves);
  IF world <> '' THEN
    DELETE FROM pg_statistic s
    USING journey._tree(base) t, pg_attribute a
    WHERE a.attrelid = t AND s.starelid = t AND s.staattnum = a.attnum AND a.attname IN (SELECT u.column_name FROM unnest(policies) u);
    DELETE FROM pg_statistic s
    USING journey._tree(base) t, pg_attribute a, pg_depend d, pg_index x
    WHERE a.attrelid = t AND a.attname IN (SELECT u.column_name FROM unnest(policies) u) AND x.indrelid = t AND s.starelid = x.indexrelid
      AND d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t AND d.refobjsubid = a.attnum;
    DELETE FROM pg_statistic_ext_data s
    USING journey._tree(base) t, pg_attribute a, pg_depend d
    WHERE a.attrelid = t AND a.attname IN (SELECT u.column_name FROM unnest(policies) u)
      AND d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.stxoid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t AND d.refobjsubid = a.attnum;
  END IF;
  RETURN chosen;
END
$$;
COMMENT ON FUNCTION journey._prove_write(regclass, regclass[], journey.policy[], text) IS
  'Makes a world of a protected table, or the one that is (empty), and returns the columns in which it is another. Without triggers; locks the table and those that refer to it.';

REVOKE EXECUTE ON FUNCTION
  journey._prove_other(journey.policy, text, boolean, regtype),
  journey._prove_copy(regclass, int, journey.protected_relation, journey.policy[], text, oid),
  journey._prove_fill(regclass, int, journey.policy[], text, name[]),
  journey._prove_write(regclass, regclass[], journey.policy[], text)
FROM PUBLIC;
