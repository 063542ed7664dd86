--| ## Code of others that sees raw values
--|
--| Checks, defaults, generated columns, indexes, partition keys, extended
--| statistics and triggers call functions with the values of rows, and so do
--| the checks of domains. Whoever owns such a function puts another body in its
--| place; whoever owns a domain adds a check to it, which the server tries on
--| all rows there are, whatever rights on the table its owner has.

CREATE FUNCTION journey._borrowed(relation regclass) RETURNS TABLE (name text, statement text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE tree AS (
    SELECT c.oid, c.relowner FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
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
  ), code (name, kind, owner) AS (
    SELECT f.oid::regprocedure::text, 'ROUTINE', f.proowner
    FROM used u JOIN pg_proc f ON u.classid = 'pg_proc'::regclass AND f.oid = u.objid
    UNION ALL
    SELECT d.oid::regtype::text, 'DOMAIN', d.typowner
    FROM used u JOIN pg_type d ON u.classid = 'pg_type'::regclass AND d.oid = u.objid AND d.typtype = 'd'
  )
  SELECT lower(c.kind) || ' ' || c.name,
         format('ALTER %s %s OWNER TO %s;', c.kind, c.name, (SELECT t.relowner::regrole FROM tree t WHERE t.oid = relation))
  FROM code c JOIN pg_roles r ON r.oid = c.owner
  WHERE NOT r.rolsuper AND c.owner NOT IN (SELECT t.relowner FROM tree t)
$$;
COMMENT ON FUNCTION journey._borrowed(regclass) IS
  'Functions and domains through which the server passes values of the relation or its tree, and which belong to somebody who owns none of these tables and is no superuser; with the statement that gives them to the owner. What such a function calls in turn is not known here, unless its body is SQL that the server has parsed.';
REVOKE EXECUTE ON FUNCTION journey._borrowed(regclass) FROM PUBLIC;
