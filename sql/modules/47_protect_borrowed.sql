--| ## Code of others that sees raw values
--|
--| Checks, defaults, generated columns, indexes, partition keys, extended
--| statistics and triggers call functions with the values of rows, and so do
--| the checks of domains. Whoever owns such a function puts another body in its
--| place; whoever owns a domain adds a check to it, which the server tries on
--| all rows there are, whatever rights on the table its owner has.

CREATE FUNCTION journey._used_code(relation regclass) RETURNS TABLE (classid oid, objid oid)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE tree AS (
    SELECT t AS oid FROM journey._tree(relation) t
  ), used (classid, objid) AS (
    SELECT 'pg_class'::regclass::oid, t.oid FROM tree t
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index i JOIN tree t ON t.oid = i.indrelid
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c JOIN tree t ON t.oid = c.conrelid
    UNION ALL
    SELECT 'pg_attrdef'::regclass, a.oid FROM pg_attrdef a JOIN tree t ON t.oid = a.adrelid
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid FROM pg_statistic_ext s JOIN tree t ON t.oid = s.stxrelid
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid FROM pg_trigger g JOIN tree t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION
    SELECT n.classid, n.objid
    FROM used u
    CROSS JOIN LATERAL (
      SELECT d.refclassid, d.refobjid FROM pg_depend d
      WHERE d.classid = u.classid AND d.objid = u.objid
        AND d.refclassid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass)
      UNION ALL
      -- what a type is made of: checks of a domain, columns of a row
      SELECT 'pg_constraint'::regclass, c.oid FROM pg_constraint c WHERE u.classid = 'pg_type'::regclass AND c.contypid = u.objid
      UNION ALL
      SELECT 'pg_class'::regclass, t.typrelid FROM pg_type t
      WHERE u.classid = 'pg_type'::regclass AND t.oid = u.objid AND t.typrelid <> 0) AS n (classid, objid)
  )
  SELECT u.classid, u.objid FROM used u WHERE u.classid IN ('pg_proc'::regclass, 'pg_type'::regclass)
$$;
COMMENT ON FUNCTION journey._used_code(regclass) IS
  'Functions and types, as rows of pg_proc and pg_type, to which the server passes values of the relation or its tree. What a function calls in turn is not known here, unless its body is SQL that the server has parsed.';

CREATE FUNCTION journey._borrowed(relation regclass) RETURNS TABLE (name text, statement text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH tree AS (
    SELECT c.oid, c.relowner FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
  ), used AS (
    SELECT c.* FROM journey._used_code(relation) c
  ), code (name, kind, owner) AS (
    SELECT f.oid::regprocedure::text, 'ROUTINE', f.proowner
    FROM used u JOIN pg_proc f ON u.classid = 'pg_proc'::regclass AND f.oid = u.objid
    UNION ALL
    SELECT d.oid::regtype::text, 'DOMAIN', d.typowner
    FROM used u JOIN pg_type d ON u.classid = 'pg_type'::regclass AND d.oid = u.objid AND d.typtype = 'd'
  )
  SELECT lower(c.kind) || ' ' || c.name COLLATE "C",
         format('ALTER %s %s OWNER TO %s;', c.kind, c.name, (SELECT t.relowner::regrole FROM tree t WHERE t.oid = relation))
  FROM code c JOIN pg_roles r ON r.oid = c.owner
  WHERE NOT r.rolsuper AND c.owner NOT IN (SELECT t.relowner FROM tree t)
  ORDER BY 1
$$;
COMMENT ON FUNCTION journey._borrowed(regclass) IS
  'Those of _used_code() that are functions or domains of somebody who owns none of these tables and is no superuser; with the statement that gives them to the owner.';

--| A function that finds tables by their names alone finds temporary tables of
--| the session where there are no others in its search_path, or before these.
--| Writing through a view, the owner's triggers run in the writer's session: so
--| they would take what the writer put there for the owner's.

CREATE FUNCTION journey._finding_by_name(relation regclass) RETURNS SETOF oid
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE written (oid) AS (
    SELECT relation::oid
    UNION
    -- and what foreign keys change with it
    SELECT k.conrelid
    FROM written w CROSS JOIN journey._tree(w.oid::regclass) t
    JOIN pg_constraint k ON k.confrelid = t AND k.contype = 'f' AND '{c,n,d}' && ARRAY[k.confupdtype::text, k.confdeltype::text]
  )
  SELECT DISTINCT f.oid
  FROM written w CROSS JOIN journey._used_code(w.oid::regclass) u
  JOIN pg_proc f ON u.classid = 'pg_proc'::regclass AND f.oid = u.objid
  JOIN pg_language l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
  WHERE f.prosqlbody IS NULL AND f.pronamespace <> 'pg_catalog'::regnamespace
    -- where pg_temp has its place, or where all names are written in full
    AND NOT EXISTS (SELECT FROM unnest(f.proconfig) s WHERE s = 'search_path=""' OR s ~ '^search_path=.*\mpg_temp\M')
$$;
COMMENT ON FUNCTION journey._finding_by_name(regclass) IS
  'Functions that writing to the relation or its tree calls, for its rows or those that foreign keys change with them, and which may take temporary tables of a session for tables of their owner.';

CREATE FUNCTION journey._finds_by_name(view regclass) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM journey.protected_relation p CROSS JOIN journey._finding_by_name(p.base) f WHERE p.view = _finds_by_name.view)
$$;
COMMENT ON FUNCTION journey._finds_by_name(regclass) IS
  'Whether writing through the view of a protected relation runs functions which may take temporary tables of the writer for those of the owner. Asked by _write(), as the writer.';

REVOKE EXECUTE ON FUNCTION journey._used_code(regclass), journey._borrowed(regclass), journey._finding_by_name(regclass) FROM PUBLIC;
