--| ## Doing and undoing
--|
--| `journey.protect()` changes, `journey.refresh()` follows changes of the
--| table, `journey.unprotect()` gives back the state before.

CREATE FUNCTION journey._set_rights(relation regclass, attnum int2, rights aclitem[]) RETURNS void
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'journey__set_rights';
COMMENT ON FUNCTION journey._set_rights(regclass, int2, aclitem[]) IS
  'Sets the rights on a relation (attnum 0) or column exactly as given, grantors too; NULL gives those of a new one. For superusers.';

CREATE FUNCTION journey._rights(relation regclass)
  RETURNS TABLE (column_name name, attnum int2, grantee regrole, grantor regrole, privilege text, grantable boolean, place int)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT '', 0::int2, x.grantee, x.grantor, x.privilege_type, x.is_grantable, x.place::int
  FROM pg_class c, aclexplode(c.relacl) WITH ORDINALITY AS x (grantor, grantee, privilege_type, is_grantable, place)
  WHERE c.oid = relation
  UNION ALL
  SELECT a.attname, a.attnum, x.grantee, x.grantor, x.privilege_type, x.is_grantable, x.place::int
  FROM pg_attribute a, aclexplode(a.attacl) WITH ORDINALITY AS x (grantor, grantee, privilege_type, is_grantable, place)
  WHERE a.attrelid = relation AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION journey._rights(regclass) IS
  'The rights on a relation and its columns, one row each; the relation''s own have an empty column name and attnum 0.';

CREATE FUNCTION journey._close(relation regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM journey._set_rights(relation, 0::int2,
            coalesce(array_agg(makeaclitem(r.grantee, r.grantor, r.privilege, r.grantable) ORDER BY r.place), '{}'))
  FROM journey._rights(relation) r JOIN pg_class c ON c.oid = relation
  WHERE r.attnum = 0 AND r.grantee = c.relowner
  HAVING EXISTS (SELECT FROM pg_class k WHERE k.oid = relation AND k.relacl IS NOT NULL);

  PERFORM journey._set_rights(relation, r.attnum, NULL)
  FROM (SELECT DISTINCT q.attnum FROM journey._rights(relation) q WHERE q.attnum <> 0 ORDER BY 1) r;
END
$$;
COMMENT ON FUNCTION journey._close(regclass) IS 'Takes all rights on a relation and its columns but those of its owner.';

CREATE FUNCTION journey._note_members(protected_id uuid, base regclass) RETURNS SETOF regclass
  LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH added AS (
    INSERT INTO journey.protected_member (protected_id, member, old_name, old_owner)
    SELECT _note_members.protected_id, m, c.relname, c.relowner
    FROM journey._members(base) m JOIN pg_class c ON c.oid = m
    ON CONFLICT DO NOTHING
    RETURNING member
  ), noted AS (
    INSERT INTO journey.protected_grant (protected_id, member, column_name, grantee, grantor, privilege, grantable, place)
    SELECT _note_members.protected_id, a.member, r.column_name, r.grantee, r.grantor, r.privilege, r.grantable, r.place
    FROM added a, journey._rights(a.member) r
  ), left_others AS (
    -- a partition that was detached: what it was to another relation is over
    DELETE FROM journey.protected_member o USING added a
    WHERE o.member = a.member AND o.protected_id <> _note_members.protected_id
      AND NOT EXISTS (SELECT FROM journey.protected_relation p CROSS JOIN journey._members(p.base) m
                      WHERE p.id = o.protected_id AND m = o.member)
  )
  SELECT a.member FROM added a
$$;
COMMENT ON FUNCTION journey._note_members(uuid, regclass) IS
  'Remembers rights and owners of the table, its tree and their sequences, unless known; returns those that were not.';

CREATE FUNCTION journey._add_members(protected_id uuid, base regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM journey._note_members(protected_id, base);
  PERFORM journey._close(m) FROM journey._members(base) m;
END
$$;
COMMENT ON FUNCTION journey._add_members(uuid, regclass) IS
  'Remembers rights and owners of the table, its tree and their sequences, unless known, and takes all rights but the owner''s.';

CREATE FUNCTION journey._add_policies(protected_id uuid, base regclass, columns jsonb) RETURNS void
  LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  INSERT INTO journey.policy
  SELECT x.*
  FROM journey._policies(base, columns) n
  JOIN journey.protected_relation r ON r.id = _add_policies.protected_id
  CROSS JOIN LATERAL jsonb_populate_record(n, jsonb_build_object('protected_id', r.id, 'veiled', false, 'writable', false,
               -- readers know the table by its old name, wherever it is now
               'class', CASE WHEN n.class = format('%s.%I', base, n.column_name)
                             THEN format('%I.%I.%I', r.schema_name, r.relation_name, n.column_name) ELSE n.class END)) x
  WHERE NOT EXISTS (SELECT FROM journey.policy c
                    WHERE c.protected_id = _add_policies.protected_id AND c.column_name = n.column_name)
$$;
COMMENT ON FUNCTION journey._add_policies(uuid, regclass, jsonb) IS
  'Keeps the policies of all columns that have none yet, those not described masked by NULL, of a class by the name of the protected relation.';

CREATE FUNCTION journey._old_rights(protected_id uuid, member regclass)
  RETURNS TABLE (column_name name, grantee regrole, privilege text, item aclitem, place int)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT g.column_name, g.grantee, g.privilege, makeaclitem(g.grantee, g.grantor, g.privilege, g.grantable), g.place
  FROM journey.protected_grant g
  WHERE g.protected_id = _old_rights.protected_id AND g.member = _old_rights.member
    AND (g.grantee = 0::oid OR EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.grantee))
    AND EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.grantor)
$$;
COMMENT ON FUNCTION journey._old_rights(uuid, regclass) IS
  'The rights on a member as they were before, without those of roles that are gone.';

CREATE FUNCTION journey._is_free(name text, schema regnamespace) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT NOT EXISTS (SELECT FROM pg_class c WHERE c.relname = name AND c.relnamespace = schema)
     AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typname = name AND t.typnamespace = schema)
$$;
COMMENT ON FUNCTION journey._is_free(text, regnamespace) IS 'Whether a schema has neither a relation nor a type of this name.';

CREATE FUNCTION journey._free_name(wanted name, a regnamespace, b regnamespace) RETURNS name
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  stem text := wanted;
  result text;
BEGIN
  -- room for the number, within the 63 bytes of a name
  WHILE octet_length(stem) > 56 LOOP
    stem := left(stem, -1);
  END LOOP;
  FOR i IN 1 .. 99999 LOOP
    result := stem || '_' || i;
    IF journey._is_free(result, a) AND journey._is_free(result, b) THEN
      RETURN result;
    END IF;
  END LOOP;
  RAISE EXCEPTION 'no free name for %', quote_ident(wanted) USING ERRCODE = 'program_limit_exceeded';
END
$$;
COMMENT ON FUNCTION journey._free_name(name, regnamespace, regnamespace) IS
  'A name of at most 63 bytes, like the wanted one, that neither schema has.';

CREATE FUNCTION journey._rename(relation regclass, new_name name) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind text := (SELECT CASE c.relkind WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END
                FROM pg_class c WHERE c.oid = relation AND c.relname <> new_name);
BEGIN
  IF kind IS NOT NULL THEN
    EXECUTE format('ALTER %s %s RENAME TO %I', kind, relation, new_name);
  END IF;
END
$$;
COMMENT ON FUNCTION journey._rename(regclass, name) IS 'Renames a table, sequence or index, unless it has that name already.';

CREATE FUNCTION journey._companions(relation regclass) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = relation
  UNION ALL
  SELECT s.oid::regclass FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = relation
    AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
$$;
COMMENT ON FUNCTION journey._companions(regclass) IS
  'What changes its schema together with a table: its indexes, and the sequences that its columns own.';

CREATE FUNCTION journey._move(relation regclass, target regnamespace) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  home regnamespace := (SELECT c.relnamespace FROM pg_class c WHERE c.oid = relation);
BEGIN
  -- two sources of one name must fit side by side, and so must their indexes
  PERFORM journey._rename(m, journey._free_name(c.relname, home, target))
  FROM (SELECT relation UNION ALL SELECT journey._companions(relation)) AS x (m)
  JOIN pg_class c ON c.oid = m
  LEFT JOIN pg_type t ON t.oid = c.reltype
  LEFT JOIN pg_type e ON e.oid = t.typarray
  WHERE NOT journey._is_free(c.relname, target) OR NOT journey._is_free(e.typname, target);
  EXECUTE format('ALTER TABLE %s SET SCHEMA %s', relation, target);
END
$$;
COMMENT ON FUNCTION journey._move(regclass, regnamespace) IS
  'Moves a table with its indexes and sequences to a schema, under other names where the schema has theirs.';

CREATE FUNCTION journey._base_schema() RETURNS regnamespace
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  command text;
BEGIN
  IF to_regnamespace('journey_base') IS NULL THEN
    EXECUTE format('CREATE SCHEMA journey_base AUTHORIZATION %s',
                   (SELECT e.extowner::regrole FROM pg_extension e WHERE e.extname = 'journey'));
    -- what default privileges gave
    FOR command IN
      SELECT DISTINCT format('REVOKE ALL ON SCHEMA journey_base FROM %s', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END)
      FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x
      WHERE n.nspname = 'journey_base' AND x.grantee <> n.nspowner
    LOOP
      EXECUTE command;
    END LOOP;
    COMMENT ON SCHEMA journey_base IS 'Tables with raw values behind the views of journey.protect().';
  END IF;
  RETURN to_regnamespace('journey_base');
END
$$;
COMMENT ON FUNCTION journey._base_schema() IS
  'The schema of base tables; made when it is missing.';

CREATE FUNCTION journey._index_columns(index regclass) RETURNS TABLE (column_name name, included boolean)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000 ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.attname, a.attnum <> ALL ((i.indkey::int2[])[0 : i.indnkeyatts - 1]) AND NOT x.computed
  FROM pg_index i
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN LATERAL (
    -- what expressions use is noted for the index as a whole, but for whole rows
    SELECT (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
       AND (EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum)
            OR concat(i.indexprs::text, i.indpred::text) LIKE '%:varattno 0 %')) AS x (computed)
  WHERE i.indexrelid = index AND (a.attnum = ANY (i.indkey::int2[]) OR x.computed)
$$;
COMMENT ON FUNCTION journey._index_columns(regclass) IS
  'The columns of an index, those that its expressions and its predicate use too; included: only stored in it.';

CREATE FUNCTION journey._statistics_columns(statistics oid) RETURNS SETOF name
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT a.attname
  FROM pg_statistic_ext s
  JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE s.oid = statistics
    AND (EXISTS (SELECT FROM pg_depend d
                 WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid
                   AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.stxrelid AND d.refobjsubid = a.attnum)
         OR s.stxexprs::text LIKE '%:varattno 0 %')
$$;
COMMENT ON FUNCTION journey._statistics_columns(oid) IS
  'The columns of extended statistics, those that their expressions use too.';

CREATE FUNCTION journey._veiled_columns(protected_id uuid) RETURNS SETOF name
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH shared (classid, objid, column_name) AS (
    -- rows come in the order of an index; the cost of one that gives them in none counts its different entries
    SELECT 'pg_class'::regclass, i.indexrelid, x.column_name
    FROM journey.protected_relation p
    CROSS JOIN journey._tree(p.base) t
    JOIN pg_index i ON i.indrelid = t AND i.indnatts > 1
    JOIN pg_class o ON o.oid = i.indexrelid
    JOIN pg_am m ON m.oid = o.relam
    CROSS JOIN LATERAL journey._index_columns(i.indexrelid) x
    WHERE p.id = _veiled_columns.protected_id
      -- where a page of a tree without an order is cut depends on the sizes of all that it holds
      AND (m.amname NOT IN ('btree', 'gin') OR (i.indnkeyatts > 1 AND NOT x.included))
      AND (pg_index_has_property(i.indexrelid, 'index_scan') OR m.amname = 'gin')
    UNION ALL
    -- which values of some columns are frequent enough to be noted depends on the others
    SELECT 'pg_statistic_ext'::regclass, s.oid, x
    FROM journey.protected_relation p
    CROSS JOIN journey._tree(p.base) t
    JOIN pg_statistic_ext s ON s.stxrelid = t AND 'm' = ANY (s.stxkind)
    CROSS JOIN LATERAL journey._statistics_columns(s.oid) x
    WHERE p.id = _veiled_columns.protected_id
  ), key (classid, objid, column_name, public) AS (
    -- columns that the view does not show, those of children, count as masked
    SELECT s.classid, s.objid, s.column_name, c.mask IS NOT NULL
    FROM shared s
    LEFT JOIN journey.policy c ON c.protected_id = _veiled_columns.protected_id AND c.column_name = s.column_name AND c.mask = 'public'
  )
  SELECT DISTINCT k.column_name FROM key k
  WHERE k.public AND EXISTS (SELECT FROM key m WHERE m.classid = k.classid AND m.objid = k.objid AND NOT m.public)
    -- of extended statistics two columns are used, or none
    AND (k.classid = 'pg_class'::regclass OR EXISTS (
      SELECT FROM key o WHERE o.classid = k.classid AND o.objid = k.objid AND o.public AND o.column_name <> k.column_name))
$$;
COMMENT ON FUNCTION journey._veiled_columns(uuid) IS
  'Public columns of a protected relation that share with masked columns an index whose order or cost, or extended statistics whose frequent values, would tell about those.';

CREATE FUNCTION journey._collected(base regclass, collected name) RETURNS text
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  -- no setting of the reader, such as the time zone, has a say in these conversions;
  -- days after the last that a timestamp can be would be an error
  SELECT coalesce((SELECT format(CASE y.base
                                   WHEN 'timestamptz'::regtype THEN ', b.%1$I::pg_catalog.timestamptz'
                                   WHEN 'date'::regtype THEN
                                     ', CASE WHEN b.%1$I >= ''294277-01-01''::pg_catalog.date THEN ''infinity''::pg_catalog.timestamptz '
                                     'ELSE pg_catalog.timezone(''UTC'', b.%1$I::pg_catalog.timestamp) END'
                                   ELSE ', pg_catalog.timezone(''UTC'', b.%1$I::pg_catalog.timestamp)' END, a.attname)
                   FROM pg_attribute a CROSS JOIN journey._plain_type(a.atttypid, -1) y
                   WHERE a.attrelid = _collected.base AND a.attname = collected), '')
$$;
COMMENT ON FUNCTION journey._collected(regclass, name) IS
  'The last argument of _cell and _row, with its comma: when a row, b, was collected. Empty if no column tells.';

CREATE FUNCTION journey._make_view(protected_id uuid, owner regrole) RETURNS regclass
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  p journey.protected_relation := (SELECT p FROM journey.protected_relation p WHERE p.id = protected_id);
  existing boolean := journey._is_view_of(p.view, p.base);
  view_name text := CASE WHEN existing THEN p.view::text ELSE format('%I.%I', p.schema_name, p.relation_name) END;
  subject text := journey._subject_value(p.base, p.subject);
  collected text := journey._collected(p.base, p.collected);
  behind name[] := ARRAY(SELECT v FROM journey._veiled_columns(protected_id) v);
  names text;
  cells text;
  condition text := '';
  sources text;
BEGIN
  -- Rows found through an index come in the order of its columns.  A public
  -- column that shares one with masked columns is shown through a CASE, which
  -- is no column to the planner: conditions on it use no index, and no
  -- statistics, of several columns too.
  --
  -- A virtual column is computed as it is read, and where that fails, the error
  -- quotes raw values: of a denied cell it is not read.
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
         string_agg(CASE WHEN a.attname = ANY (behind) THEN
                      format('CASE WHEN b.tableoid <> 0 THEN b.%1$I ELSE b.%1$I END', a.attname)
                    WHEN c.mask = 'public' THEN format('b.%I', a.attname) ELSE
                      format('journey._cell(%1$s, %2$s, %3$L::journey._seal%4$s)::%5$s%6$s',
                             format(CASE a.attgenerated WHEN 'v' THEN 'CASE WHEN journey._row(%2$s, %3$L::journey._seal%4$s) THEN b.%1$I END'
                                                        ELSE 'b.%1$I' END, a.attname, subject, c.id || ' ' || c.column_name, collected),
                             subject, c.id || ' ' || c.column_name, collected, format_type(a.atttypid, a.atttypmod),
                             ' COLLATE ' || (SELECT format('%s.%I', l.collnamespace::regnamespace, l.collname)
                                             FROM pg_collation l WHERE l.oid = a.attcollation))
                    END, ', ' ORDER BY a.attnum)
  INTO names, cells
  FROM journey.policy c JOIN pg_attribute a ON a.attrelid = p.base AND a.attname = c.column_name AND a.attnum > 0
  WHERE c.protected_id = _make_view.protected_id;

  IF p.row_action = 'suppress' THEN
    SELECT format(' AND journey._row(%s, %L::journey._seal%s)', subject, c.id, collected) INTO STRICT condition
    FROM journey.policy c
    WHERE c.protected_id = _make_view.protected_id AND c.mask = 'row';
  END IF;

  -- One SELECT for each table that is inherited from: the planner shows an
  -- inheritance tree as a node above scans of raw columns, and EXPLAIN tells
  -- their average widths. Partitions are different, it masks below that node.
  --
  -- _no_index() holds for every row.  Because of it no index has all that a
  -- query needs, so none is read from end to end, which would give rows in the
  -- order of masked values.
  SELECT string_agg(format('SELECT %s FROM %s %s AS b WHERE journey._no_index(b.tableoid)%s', cells,
                           CASE c.relkind WHEN 'r' THEN 'ONLY' ELSE '' END, t, condition),
                    ' UNION ALL ' ORDER BY t <> p.base, t::oid)
  INTO sources
  FROM journey._tree(p.base) t JOIN pg_class c ON c.oid = t
  WHERE t = p.base OR NOT c.relispartition;

  -- The WITH clause is never run.  It makes the view one that cannot be written
  -- to but through its triggers, whoever is granted to later, for a row that is
  -- given to another subject is shown under the other's consent.  And it stops
  -- the planner from taking a UNION ALL apart, which would open the barrier.
  EXECUTE format('CREATE OR REPLACE VIEW %s (%s) WITH (security_barrier = true) AS WITH read_only AS (SELECT) %s',
                 view_name, names, sources);
  UPDATE journey.policy c SET veiled = c.column_name = ANY (behind)
  WHERE c.protected_id = p.id AND c.veiled <> (c.column_name = ANY (behind));
  IF NOT existing THEN
    EXECUTE format('ALTER VIEW %s OWNER TO %s', view_name, owner);
    UPDATE journey.protected_relation SET view = view_name::regclass WHERE id = _make_view.protected_id;
    PERFORM journey._open_view(_make_view.protected_id);
  END IF;
  PERFORM journey._make_writable(_make_view.protected_id);
  PERFORM journey._make_writable(n) FROM journey._neighbours(_make_view.protected_id) n;

  EXECUTE format('COMMENT ON VIEW %s IS %L', view_name, obj_description(p.base, 'pg_class'));
  FOR names IN
    SELECT format('COMMENT ON COLUMN %s.%I IS %L', view_name, a.attname, col_description(p.base, a.attnum))
    FROM pg_attribute a
    WHERE a.attrelid = p.base AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
  LOOP
    EXECUTE names;
  END LOOP;
  RETURN view_name;
END
$$;
COMMENT ON FUNCTION journey._make_view(uuid, regrole) IS
  'Makes the view of a protected relation for its policies, or changes the one that is there, and copies the comments. '
  'A table that inherits from it since is in the view after the next refresh().';

CREATE FUNCTION journey._open_view(protected_id uuid) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p journey.protected_relation := (SELECT p FROM journey.protected_relation p WHERE p.id = protected_id);
  owner regrole := (SELECT m.old_owner FROM journey.protected_member m
                    WHERE m.protected_id = p.id AND m.member = p.base);
  policies journey.policy[] := ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = p.id);
  privileges text[] := ARRAY['SELECT'] || ARRAY(SELECT c FROM unnest('{INSERT,UPDATE,DELETE}'::text[]) c
                                         WHERE journey._may_write(p, policies, c));
BEGIN
  -- set even if nobody may read: default privileges may have given rights
  PERFORM journey._set_rights(p.view, 0::int2, acldefault('r', owner) || coalesce(array_agg(g.item ORDER BY g.place), '{}'))
  FROM journey._old_rights(p.id, p.base) g
  WHERE g.column_name = '' AND g.privilege = ANY (privileges) AND g.grantee <> owner;

  PERFORM journey._set_rights(p.view, g.attnum, g.rights)
  FROM (SELECT a.attnum, array_agg(g.item ORDER BY g.place) AS rights
        FROM journey._old_rights(p.id, p.base) g
        JOIN pg_attribute a ON a.attrelid = p.view AND a.attname = g.column_name
        WHERE g.privilege = ANY (privileges) AND g.grantee <> owner
        GROUP BY a.attnum) g;
END
$$;
COMMENT ON FUNCTION journey._open_view(uuid) IS
  'Gives the view of a protected relation the rights that were on the table: to read, and to write as far as the view can be written to.';
