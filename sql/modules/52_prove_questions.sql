--| ## What is asked
--|
--| Statements are made from a number of shapes, over expressions of the columns
--| of a relation: casts that fail, functions that tell what they are given,
--| comparisons with raw values of denied cells ($1), whole rows, joins,
--| groups, orders, limits, and views of others on the relation. Names of columns
--| and types are quoted; the same seed gives the same statements.

CREATE FUNCTION journey._prove_relations(view regclass, base regclass, reader regrole) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE reach (relation) AS (
    SELECT t::oid FROM journey._tree(base) t
    UNION
    SELECT r.ev_class
    FROM reach x
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = x.relation AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid
  )
  SELECT x.relation::regclass
  FROM reach x JOIN pg_class c ON c.oid = x.relation
  WHERE x.relation <> view AND has_schema_privilege(reader, c.relnamespace, 'USAGE') AND has_any_column_privilege(reader, x.relation, 'SELECT')
  ORDER BY x.relation
$$;
COMMENT ON FUNCTION journey._prove_relations(regclass, regclass, regrole) IS
  'What a reader may read beside the view: views on it or on the table, and the table itself if rights on it are left.';

CREATE FUNCTION journey._prove_questions(view regclass, base regclass, reader regrole, statements int, seed int) RETURNS SETOF text
  LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE ROWS 500
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  others CONSTANT regclass[] := ARRAY(SELECT r FROM journey._prove_relations(view, base, reader) r);
  -- {x}, {y}: columns of v; {t}: the type of {x}; {o}: {y} of o
  words CONSTANT text[] := ARRAY[
    '{x}::text', '{x}::text', 'upper({x}::text)', 'left({x}::text, 3)', 'right({x}::text, 2)', 'md5({x}::text)', 'length({x}::text)::text',
    'octet_length({x}::text)::text', 'pg_column_size({x})::text', 'to_jsonb({x})::text', 'coalesce({x}::text, ''-'')', 'format(''%s'', {x})',
    '({x}::text || {y}::text)', 'concat({x}, {y})', 'nullif({x}::text, {y}::text)', 'quote_nullable({x})', 'CAST({x}::text AS int)::text',
    'CAST({x}::text AS numeric)::text', 'CAST({x}::text AS date)::text', '(1 / length({x}::text))::text', 'hashtext({x}::text)::text',
    'CASE WHEN {x} IS NULL THEN {y}::text ELSE {x}::text END', 'least({x}::text, {y}::text)', 'row({x}, {y})::text', 'array[{x}, {x}]::text',
    'regexp_replace({x}::text, ''[aeiou0-9]'', ''#'', ''g'')', 'substr({x}::text, length({y}::text))'];
  tests CONSTANT text[] := ARRAY[
    '{x} IS NULL', '{x} IS NOT NULL', '{x}::text = $1', '{x}::text <> $1', '{x}::text < $1', '{x}::text >= $1', '{x}::text LIKE left($1, 2) || ''%''',
    '{x} = CAST($1 AS {t})', '{x} < CAST($1 AS {t})', '{x} IN (CAST($1 AS {t}), NULL)', '{x} = {y}', '{x}::text = {y}::text', 'length({x}::text) > 4',
    'pg_temp.journey_prove_tell({x}::text)', 'pg_temp.journey_prove_tell({y}::text) AND {x}::text = $1', '{x}::text ~ ''[0-5]''',
    '1 / (length({x}::text) - length($1)) > 0', 'CAST({x}::text AS int) > 0', '{x}::text IN (SELECT {o}::text FROM {r} o)',
    'EXISTS (SELECT FROM {r} o WHERE {o}::text = $1)', '({x}, {y}) IS DISTINCT FROM ({y}, {x})', '{x}::text COLLATE "C" < $1', 'hashtext({x}::text) % 3 = 0'];
  shapes CONSTANT text[] := ARRAY[
    'SELECT {W}, {W} FROM {r} v WHERE {T}', 'SELECT {W}, {W}, {W} FROM {r} v WHERE {T} AND {T}', 'SELECT {W} FROM {r} v WHERE ({T}) OR NOT ({T})',
    'SELECT {W}, count(*), max({W}) FROM {r} v WHERE {T} GROUP BY 1', 'SELECT v, v::text FROM {r} v WHERE {T}', 'SELECT to_jsonb(v) FROM {r} v WHERE {T}',
    'SELECT count(*), string_agg({W}, '','' ORDER BY {W}), count(DISTINCT {W}) FROM {r} v WHERE {T}', 'SELECT count(*) FROM {r} v WHERE {T}',
    'SELECT {W}, rank() OVER (ORDER BY {W}), lag({W}) OVER (PARTITION BY {W} ORDER BY {W}) FROM {r} v WHERE {T}',
    'SELECT {W}, {W} FROM {r} v WHERE {T} ORDER BY 2, 1 LIMIT 5', 'SELECT {W} FROM {r} v WHERE {T} LIMIT 1', 'SELECT DISTINCT {W}, {W} FROM {r} v WHERE {T}',
    '(SELECT {W} FROM {r} v WHERE {T}) EXCEPT (SELECT {W} FROM {r} v WHERE {T})', 'SELECT {W} FROM {r} v UNION SELECT {W} FROM {r} v',
    'WITH w AS MATERIALIZED (SELECT v.* FROM {r} v) SELECT {W} FROM w v WHERE {T}', 'SELECT l.a FROM {r} v, LATERAL (SELECT {W} AS a) l WHERE {T}',
    'SELECT {W}, w.n FROM {r} v LEFT JOIN (SELECT {o}::text AS a, count(*) AS n FROM {r} o GROUP BY 1) w ON w.a = {W} WHERE {T}',
    'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY {W}), mode() WITHIN GROUP (ORDER BY {W}) FROM {r} v WHERE {T}',
    'SELECT {W} FROM {r} v GROUP BY ROLLUP (1) HAVING max({W}) > $1', 'SELECT query_to_xml(''SELECT * FROM {r} LIMIT 20'', true, false, '''')'];
  part CONSTANT text := '(?=\{[xytorWT]\})|(?<=\{[xytorWT]\})';
  state bigint := seed & 2147483647;
  relation regclass;
  names text[];
  types text[];
  statement text;
  token text;
  filled text;
  x int;
  y int;
BEGIN
  FOR i IN 1 .. statements LOOP
    state := (state * 1103515245 + 12345) % 2147483648;
    relation := CASE WHEN others <> '{}' AND state / 65536 % 3 = 0 THEN others[1 + state / 262144 % cardinality(others)] ELSE view END;
    SELECT array_agg(quote_ident(a.attname) ORDER BY a.attnum), array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
    INTO names, types
    FROM pg_attribute a
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(reader, relation, a.attnum, 'SELECT');
    state := (state * 1103515245 + 12345) % 2147483648;
    statement := '';
    -- from left to right: what was put in is not looked at again
    FOR token IN SELECT s.t FROM regexp_split_to_table(shapes[1 + state / 65536 % cardinality(shapes)], part) WITH ORDINALITY AS s (t, n) ORDER BY s.n LOOP
      state := (state * 1103515245 + 12345) % 2147483648;
      filled := CASE token WHEN '{W}' THEN words[1 + state / 65536 % cardinality(words)]
                           WHEN '{T}' THEN tests[1 + state / 65536 % cardinality(tests)] ELSE token END;
      state := (state * 1103515245 + 12345) % 2147483648;
      x := 1 + state / 65536 % cardinality(names);
      state := (state * 1103515245 + 12345) % 2147483648;
      y := 1 + state / 65536 % cardinality(names);
      statement := statement || (
        SELECT string_agg(CASE s.t WHEN '{x}' THEN 'v.' || names[x] WHEN '{y}' THEN 'v.' || names[y] WHEN '{o}' THEN 'o.' || names[y]
                                   WHEN '{t}' THEN types[x] WHEN '{r}' THEN relation::text ELSE s.t END, '' ORDER BY s.n)
        FROM regexp_split_to_table(filled, part) WITH ORDINALITY AS s (t, n));
    END LOOP;
    RETURN NEXT statement;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._prove_questions(regclass, regclass, regrole, int, int) IS
  'So many statements of a reader about a protected relation, and about what else of it the reader may read, from a seed. $1 is a text.';

REVOKE EXECUTE ON FUNCTION
  journey._prove_relations(regclass, regclass, regrole), journey._prove_questions(regclass, regclass, regrole, int, int)
FROM PUBLIC;
