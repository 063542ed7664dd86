--| # protect()
--|
--|     SELECT journey.protect('public.events', subject => 'user_id', columns => '{
--|       "id": "public", "ts": "public",
--|       "email": {"mask": "token", "class": "email"},
--|       "phone": {"mask": "partial", "keep_last": 2},
--|       "city":  {"mask": "constant", "value": "somewhere"}}');
--|
--| moves the table to the schema `journey_base`, takes everybody's rights on it
--| except the owner's, and puts a view with the old name in its place that shows
--| each reader what the data subjects consented to. Columns that are not listed
--| are masked by NULL. Everything is checked before anything is changed, and
--| everything happens in one transaction.
--|
--| `doc/masks.md` has all masks and their options; `46_policy_options.sql` checks them.

--| ## Finding out

CREATE FUNCTION journey._subject_text(base regclass, subject name) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  -- who owns an enum can make a cast to text, which would run here and tell what it likes
  SELECT format(CASE WHEN p.base::oid < 16384 THEN 'b.%I::pg_catalog.text' ELSE 'nullif(pg_catalog.format(''%%s'', b.%I), '''')' END, a.attname)
  FROM pg_attribute a CROSS JOIN journey._plain_type(a.atttypid, -1) p
  WHERE a.attrelid = _subject_text.base AND a.attname = _subject_text.subject AND a.attnum > 0 AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION journey._subject_text(regclass, name) IS
  'The expression that names the subject of a row, b, of a protected relation.';
REVOKE EXECUTE ON FUNCTION journey._subject_text(regclass, name) FROM PUBLIC;

CREATE FUNCTION journey._subject_value(base regclass, subject name) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN p.base IN ('int2', 'int4', 'int8', 'uuid')
              THEN format('b.%I::%s.%I', a.attname, t.typnamespace::regnamespace, t.typname)
              ELSE journey._subject_text(_subject_value.base, subject) END
  FROM pg_attribute a CROSS JOIN journey._plain_type(a.atttypid, -1) p JOIN pg_type t ON t.oid = p.base
  WHERE a.attrelid = _subject_value.base AND a.attname = _subject_value.subject AND a.attnum > 0 AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION journey._subject_value(regclass, name) IS
  'The same as _cell() and _row() take it: integers and uuids as they are, without making a text for each cell.';
REVOKE EXECUTE ON FUNCTION journey._subject_value(regclass, name) FROM PUBLIC;

CREATE FUNCTION journey._check_superuser() RETURNS void
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- not even who inherits a superuser's rights could put back the rights of other roles
  IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
    RAISE EXCEPTION 'must be superuser to change the protection of relations'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_superuser() IS 'Raises for everybody but superusers.';

CREATE FUNCTION journey._is_view_of(view regclass, base regclass) RETURNS boolean
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT
                 FROM pg_class c
                 JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
                 JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                                 AND d.refclassid = 'pg_class'::regclass AND d.refobjid = base
                 WHERE c.oid = view AND c.relkind = 'v')
$$;
COMMENT ON FUNCTION journey._is_view_of(regclass, regclass) IS
  'Whether the first is a view on the second. Of a view that was dropped only the number is left, which after a restore may be another relation''s.';

CREATE FUNCTION journey._tree(relation regclass) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE tree (member) AS (
    SELECT relation::oid
    UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN tree t ON i.inhparent = t.member
  )
  SELECT t.member::regclass FROM tree t
$$;
COMMENT ON FUNCTION journey._tree(regclass) IS 'The relation and all that inherit from it, partitions too.';

CREATE FUNCTION journey._members(relation regclass) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t FROM journey._tree(relation) t
  UNION
  SELECT s.oid::regclass
  FROM journey._tree(relation) t
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t
                  AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
$$;
COMMENT ON FUNCTION journey._members(regclass) IS 'The tree of the relation and the sequences that its columns own.';

CREATE FUNCTION journey._statements(classid oid, objid oid, OUT drop_it text, OUT make_it text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DROP %sVIEW %s;', x.kind, c.oid::regclass),
         format('CREATE %sVIEW %s AS%s', x.kind, c.oid::regclass, E'\n' || pg_get_viewdef(c.oid))
  FROM pg_class c, LATERAL (SELECT CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END) AS x (kind)
  WHERE classid = 'pg_class'::regclass AND c.oid = objid AND c.relkind IN ('v', 'm')
  UNION ALL
  SELECT format('DROP RULE %I ON %s;', r.rulename, r.ev_class::regclass), pg_get_ruledef(r.oid)
  FROM pg_rewrite r
  WHERE classid = 'pg_rewrite'::regclass AND r.oid = objid
  UNION ALL
  SELECT format('DROP ROUTINE %s;', p.oid::regprocedure), CASE WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), E'\n') || ';' END
  FROM pg_proc p
  WHERE classid = 'pg_proc'::regclass AND p.oid = objid
  UNION ALL
  SELECT format('DROP POLICY %I ON %s;', p.polname, p.polrelid::regclass), NULL
  FROM pg_policy p
  WHERE classid = 'pg_policy'::regclass AND p.oid = objid
$$;
COMMENT ON FUNCTION journey._statements(oid, oid) IS
  'How a view, rule, routine or policy is dropped, and how it is made again where that can be told; NULL for others.';

CREATE FUNCTION journey._dependents(relation regclass, but regclass) RETURNS TABLE (name text, drop_it text, make_it text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE bound (classid, objid, objsubid, depth) AS (
    SELECT 'pg_class'::regclass::oid, t::oid, 0, 0 FROM journey._tree(relation) t
    UNION
    SELECT CASE r.ev_type WHEN '1' THEN 'pg_class'::regclass ELSE d.classid END,
           CASE r.ev_type WHEN '1' THEN r.ev_class ELSE d.objid END, d.objsubid, b.depth + 1
    FROM bound b
    LEFT JOIN pg_type y ON b.classid = 'pg_class'::regclass AND y.typrelid = b.objid
    JOIN pg_depend d
      ON (d.refclassid = b.classid AND d.refobjid = b.objid
          AND d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_policy'::regclass))
      OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (y.oid, y.typarray) AND d.deptype = 'n')
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE b.objsubid = 0 AND b.depth < 50
      AND NOT coalesce(r.ev_type = '1' AND r.ev_class IN (b.objid, _dependents.but::oid), false)
  ), dependent (name, classid, objid, depth) AS (
    SELECT pg_describe_object(b.classid, b.objid, b.objsubid), b.classid, b.objid, max(b.depth)
    FROM bound b
    WHERE b.depth > 0
    GROUP BY b.classid, b.objid, b.objsubid
  )
  SELECT d.name, s.drop_it, s.make_it
  FROM dependent d LEFT JOIN LATERAL journey._statements(d.classid, d.objid) s ON true
  ORDER BY d.depth DESC, d.name COLLATE "C"
$$;
COMMENT ON FUNCTION journey._dependents(regclass, regclass) IS
  'Views, rules, functions, policies, and users of the row type, that are bound to the relation or its tree, in the order '
  'in which they can be dropped. They would follow the relation to its new place. One view can be left out, with what is bound to it.';

CREATE FUNCTION journey._publications(relation regclass) RETURNS TABLE (name text, statement text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT quote_ident(p.pubname), format('ALTER PUBLICATION %I DROP TABLE %s;', p.pubname, t)
  FROM journey._tree(relation) t
  JOIN pg_publication_rel r ON r.prrelid = t
  JOIN pg_publication p ON p.oid = r.prpubid
  UNION
  SELECT DISTINCT quote_ident(p.pubname), format('ALTER PUBLICATION %I DROP TABLES IN SCHEMA %s;', p.pubname, c.relnamespace::regnamespace)
  FROM journey._tree(relation) t
  JOIN pg_class c ON c.oid = t
  JOIN pg_publication_namespace n ON n.pnnspid = c.relnamespace
  JOIN pg_publication p ON p.oid = n.pnpubid
$$;
COMMENT ON FUNCTION journey._publications(regclass) IS
  'Publications that name the relation, one of its tree, or a schema of these, with what takes it out.';

CREATE FUNCTION journey._generated_from(relation regclass, attnum int2) RETURNS SETOF name
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s.attname
  FROM pg_attrdef f
  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = f.adrelid AND d.refobjsubid <> f.adnum
  JOIN pg_attribute s ON s.attrelid = f.adrelid AND s.attnum = d.refobjsubid AND s.attnum > 0
  WHERE f.adrelid = relation AND f.adnum = _generated_from.attnum
$$;
COMMENT ON FUNCTION journey._generated_from(regclass, int2) IS 'The columns that a generated column is computed from.';

CREATE FUNCTION journey._plain_type(type regtype, typmod int, OUT base regtype, OUT base_typmod int, OUT checked boolean)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE chain (type, typmod, checked, depth) AS (
    SELECT _plain_type.type::oid, _plain_type.typmod, false, 0
    UNION ALL
    SELECT t.typbasetype, t.typtypmod,
           c.checked OR t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid),
           c.depth + 1
    FROM chain c JOIN pg_type t ON t.oid = c.type AND t.typtype = 'd'
  )
  SELECT c.type::regtype, c.typmod, c.checked FROM chain c ORDER BY c.depth DESC LIMIT 1
$$;
COMMENT ON FUNCTION journey._plain_type(regtype, int) IS
  'The type under all domains, its length or precision, and whether a domain on the way has a constraint.';
