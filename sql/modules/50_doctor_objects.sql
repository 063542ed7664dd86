--| # doctor()
--|
--|     SELECT * FROM journey.doctor();
--|
--| lists every way round the protection that it finds in this database and its
--| cluster, the worst first, each with the statement that closes it. It looks and
--| changes nothing. The findings are collected by functions of one subject each.
--|
--| | severity | means |
--| |---|---|
--| | `high` | a role reads raw values, or changes what is decided, as it is |
--| | `medium` | it takes one more step, or a mistake |
--| | `low` | should be known, and may be meant so |

--| ## Tables, views and their rights

CREATE FUNCTION journey._protected() RETURNS SETOF journey.protected_relation
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p FROM journey.protected_relation p JOIN pg_class c ON c.oid = p.base
$$;
COMMENT ON FUNCTION journey._protected() IS 'The protected relations whose table is there.';

CREATE FUNCTION journey._base_owners() RETURNS SETOF oid
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT c.relowner
  FROM journey._protected() p CROSS JOIN journey._tree(p.base) t JOIN pg_class c ON c.oid = t
$$;
COMMENT ON FUNCTION journey._base_owners() IS 'The roles that own tables with raw values.';

CREATE FUNCTION journey._doctor_rights() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'high', 'a role has rights on a base table', m::text,
         format('SELECT journey.refresh(%L);', p.base),
         format('%s: %s.', CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END,
                string_agg(r.privilege || CASE WHEN r.attnum > 0 THEN format(' (%I)', r.column_name) ELSE '' END, ', '
                           ORDER BY r.attnum, r.privilege COLLATE "C"))
  FROM journey._protected() p CROSS JOIN journey._members(p.base) m JOIN pg_class c ON c.oid = m CROSS JOIN journey._rights(m) r
  WHERE r.grantee <> c.relowner
  GROUP BY p.base, m, r.grantee
  UNION ALL
  -- the server has large values there, in pieces
  SELECT 'high', 'a role has rights on a base table', o.oid::regclass::text,
         format('REVOKE ALL ON %s FROM %s;', o.oid::regclass, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END),
         format('%s: %s. It holds large values of %s.', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type COLLATE "C"), t)
  FROM journey._protected() p CROSS JOIN journey._tree(p.base) t JOIN pg_class c ON c.oid = t JOIN pg_class o ON o.oid = c.reltoastrelid
  CROSS JOIN aclexplode(o.relacl) x
  WHERE x.grantee <> o.relowner
  GROUP BY o.oid, t, x.grantee
  UNION ALL
  SELECT CASE WHEN c.oid IN ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass, 'pg_largeobject'::regclass) OR x.privilege_type <> 'SELECT'
              THEN 'high' ELSE 'medium' END,
         'a role has rights on a table of the server', c.oid::regclass::text,
         format('REVOKE %s%s ON %s FROM %s;', x.privilege_type, ' (' || quote_ident(x.attname) || ')', c.oid::regclass, x.role),
         format('%s: %s. %s', x.role, x.privilege_type,
                CASE WHEN x.privilege_type <> 'SELECT' THEN 'Who writes there does what a superuser can.'
                     WHEN c.oid IN ('pg_statistic'::regclass, 'pg_statistic_ext_data'::regclass) THEN 'It holds the most common values of columns, as they are.'
                     WHEN c.oid = 'pg_largeobject'::regclass THEN 'It holds all large objects.'
                     ELSE 'It holds what not everybody may know, such as passwords.' END)
  FROM pg_class c
  CROSS JOIN LATERAL (SELECT y.*, CASE y.grantee WHEN 0 THEN 'PUBLIC' ELSE y.grantee::regrole::text END AS role
                      FROM (SELECT NULL::name AS attname, 0 AS attnum, z.* FROM aclexplode(c.relacl) z
                            UNION ALL
                            SELECT a.attname, a.attnum, z.* FROM pg_attribute a CROSS JOIN aclexplode(a.attacl) z WHERE a.attrelid = c.oid) y) x
  LEFT JOIN pg_roles r ON r.oid = x.grantee
  WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND x.grantee <> c.relowner AND NOT coalesce(r.rolsuper, false)
    AND NOT EXISTS (SELECT FROM pg_init_privs i CROSS JOIN aclexplode(i.initprivs) q
                    WHERE i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid IN (0, x.attnum)
                      AND q.grantee = x.grantee AND q.privilege_type = x.privilege_type)
  UNION ALL
  SELECT 'medium', 'a role has rights on the schema of base tables', 'schema journey_base',
         format('REVOKE ALL ON SCHEMA journey_base FROM %s;', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END),
         format('%s: %s.', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END,
                string_agg(x.privilege_type, ', ' ORDER BY x.privilege_type COLLATE "C"))
  FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x
  WHERE n.nspname = 'journey_base' AND x.grantee <> n.nspowner
    AND (x.grantee NOT IN (SELECT b FROM journey._base_owners() b) OR x.privilege_type = 'CREATE')
  GROUP BY x.grantee
  UNION ALL
  SELECT 'high', s.message, 'schema journey_base', s.statement, s.detail
  FROM journey._schema_problems() s
  UNION ALL
  SELECT CASE x.privilege_type WHEN 'SELECT' THEN 'medium' ELSE 'high' END, 'a role has rights on a table of the extension', x.name,
         format('REVOKE %s%s ON %s FROM %s CASCADE;', x.privilege_type, ' (' || quote_ident(x.attname) || ')', x.name, x.role),
         format('%s: %s.', x.role, x.privilege_type)
  FROM (SELECT c.oid::regclass::text AS name, y.attname, y.privilege_type,
               CASE y.grantee WHEN 0 THEN 'PUBLIC' ELSE y.grantee::regrole::text END AS role
        FROM pg_class c
        CROSS JOIN LATERAL (SELECT NULL::name AS attname, z.* FROM aclexplode(c.relacl) z
                            UNION ALL
                            SELECT a.attname, z.* FROM pg_attribute a CROSS JOIN aclexplode(a.attacl) z WHERE a.attrelid = c.oid) y
        LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
        WHERE c.relnamespace = 'journey'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S') AND y.grantee <> c.relowner
          AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) q WHERE q.grantee = y.grantee AND q.privilege_type = y.privilege_type)) x
  UNION ALL
  SELECT DISTINCT 'medium', 'a view of others shows a table of the extension', v.oid::regclass::text,
         format('DROP %sVIEW %s;', CASE v.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END, v.oid::regclass),
         format('It shows %s, with the rights of %s.', c.oid::regclass, v.relowner::regrole)
  FROM pg_class c
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite w ON w.oid = d.objid
  JOIN pg_class v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm') AND v.relnamespace <> 'journey'::regnamespace
  WHERE c.relnamespace = 'journey'::regnamespace AND c.relkind IN ('r', 'p')
    AND EXISTS (SELECT FROM aclexplode(v.relacl) x WHERE x.grantee <> v.relowner)
    AND EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
  UNION ALL
  SELECT 'high', 'a role may create objects in the schema of the extension', 'schema journey',
         format('REVOKE CREATE ON SCHEMA journey FROM %s;', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END), NULL
  FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x
  WHERE n.nspname = 'journey' AND x.privilege_type = 'CREATE' AND x.grantee <> n.nspowner
  UNION ALL
  SELECT CASE WHEN p.proname IN ('consent_give', 'consent_refuse', 'consent_withdraw', 'consent_object') THEN 'low' ELSE 'medium' END,
         'a role may call an administrator''s function', p.oid::regprocedure::text,
         format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', p.oid::regprocedure, x.role), format('%s may.', x.role)
  FROM pg_proc p
  CROSS JOIN LATERAL (SELECT y.grantee, CASE y.grantee WHEN 0 THEN 'PUBLIC' ELSE y.grantee::regrole::text END AS role
                      FROM aclexplode(p.proacl) y) x
  LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
  WHERE p.pronamespace = 'journey'::regnamespace AND x.grantee <> p.proowner AND i.initprivs IS NOT NULL
    AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) q WHERE q.grantee = x.grantee)
$$;
COMMENT ON FUNCTION journey._doctor_rights() IS 'Findings of doctor(): rights that nobody should have.';

CREATE FUNCTION journey._words(code text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format(' %s ', regexp_replace(lower(code), '\W+', ' ', 'g'))
$$;
COMMENT ON FUNCTION journey._words(text) IS 'The words of a text in lower case, a space before and behind each.';

CREATE FUNCTION journey._doctor_relations() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH known AS (
    SELECT p.*, ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = p.id) AS policies,
           journey._is_view_of(p.view, p.base) AS has_view, b.relowner, format('SELECT journey.refresh(%L);', p.base) AS refresh
    FROM journey._protected() p JOIN pg_class b ON b.oid = p.base
  )
  SELECT 'low', 'the table of a protected relation is gone', format('%I.%I', p.schema_name, p.relation_name),
         'SELECT journey._forget_dropped();', 'What was known of it is left.'
  FROM journey.protected_relation p
  WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = p.base)
  UNION ALL
  SELECT 'low', 'a protected relation has no view', k.base::text, k.refresh, 'Readers see nothing.'
  FROM known k WHERE NOT k.has_view
  UNION ALL
  SELECT 'high', replace(t.message, '%s', t.object), t.object, t.statement, replace(t.detail, '%s', t.object)
  FROM known k CROSS JOIN LATERAL journey._tree_problems(k.base, CASE WHEN k.has_view THEN k.view END) t
  UNION ALL
  SELECT 'high', replace(t.message, '%s', t.object), t.object, t.statement, concat_ws(' ', t.detail, t.hint)
  FROM known k CROSS JOIN LATERAL journey._policy_problems(k.base, k.policies) t
  UNION ALL
  SELECT 'high', s.message, s.object, s.statement, replace(s.detail, '%s', s.object)
  FROM known k CROSS JOIN LATERAL journey._subject_problems(k.base, k.subject) s
  UNION ALL
  SELECT CASE WHEN r.told THEN 'low' ELSE 'medium' END, CASE WHEN r.told THEN 'a table that is not protected holds masked values' ELSE 'rows of a table tell which masked values refer to them' END,
         r.object::text, r.statement,
         format('To %s, by %s%s', r.reader, r.name,
                CASE WHEN r.told THEN ': it has the same values.'
                     ELSE ': the server leaves a mark (xmax) in the row that a new value refers to. A right on columns does not show it.' END)
  FROM known k CROSS JOIN LATERAL journey._told_references(k.base, k.policies) r
  UNION ALL
  SELECT 'medium', 'a partition or child is not covered', t::text, k.refresh,
         'It came after protect(): its rights are its own.'
  FROM known k CROSS JOIN journey._tree(k.base) t
  WHERE NOT EXISTS (SELECT FROM journey.protected_member m WHERE m.protected_id = k.id AND m.member = t)
  UNION ALL
  SELECT 'high', 'the view of a protected relation is no barrier', k.view::text,
         format('ALTER VIEW %s SET (security_barrier = true);', k.view), 'Functions of readers may see rows before they are masked or hidden.'
  FROM known k JOIN pg_class v ON v.oid = k.view
  WHERE k.has_view AND NOT coalesce(v.reloptions && '{security_barrier=true,security_barrier=on,security_barrier=1}'::text[], false)
  UNION ALL
  SELECT 'high', 'the view of a protected relation was replaced', k.view::text, k.refresh,
         format('It does not mask by the policy: %s.', string_agg(CASE c.mask WHEN 'row' THEN 'rows' ELSE quote_ident(c.column_name) END, ', ' ORDER BY c.attnum))
  FROM known k CROSS JOIN unnest(k.policies) c
  WHERE k.has_view AND c.mask <> 'public' AND (c.mask <> 'row' OR k.row_action = 'suppress')
    AND position(c.id::text IN pg_get_viewdef(k.view)) = 0
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.view AND a.attname = c.column_name OR c.mask = 'row')
  GROUP BY k.view, k.refresh
  UNION ALL
  SELECT 'high', 'the view of a protected relation belongs to another role', k.view::text,
         format('ALTER VIEW %s OWNER TO %s;', k.view, k.relowner::regrole), format('To %s, who can replace it.', v.relowner::regrole)
  FROM known k JOIN pg_class v ON v.oid = k.view
  WHERE k.has_view AND v.relowner <> k.relowner
  UNION ALL
  -- the role pg_database_owner has the owner of the database for its member
  SELECT 'low', 'the schema of a protected relation belongs to another role', k.view::text,
         format('ALTER SCHEMA %I OWNER TO %s;', n.nspname, k.relowner::regrole),
         format('To %s, who can drop the view and put a table in its place, for what programs write.', r.oid::regrole)
  FROM known k
  JOIN pg_class v ON v.oid = k.view
  JOIN pg_namespace n ON n.oid = v.relnamespace
  JOIN pg_database d ON d.datname = current_database()
  JOIN pg_roles r ON r.oid = CASE n.nspowner WHEN 'pg_database_owner'::regrole THEN d.datdba ELSE n.nspowner END
  WHERE k.has_view AND r.oid <> k.relowner AND NOT r.rolsuper
  UNION ALL
  SELECT 'medium', 'the view of a protected relation has triggers or rules', k.view::text, x.statement, x.name
  FROM known k
  CROSS JOIN LATERAL (
    SELECT format('DROP TRIGGER %I ON %s;', g.tgname, k.view) AS statement, format('Trigger %I runs as whoever writes to the view.', g.tgname) AS name
    FROM pg_trigger g
    WHERE g.tgrelid = k.view AND NOT g.tgisinternal AND g.tgfoid <> 'journey._write()'::regprocedure
    UNION ALL
    SELECT format('DROP RULE %I ON %s;', w.rulename, k.view), format('Rule %I acts with the rights of the owner.', w.rulename)
    FROM pg_rewrite w
    WHERE w.ev_class = k.view AND w.ev_type <> '1') x
  WHERE k.has_view
  UNION ALL
  SELECT DISTINCT 'medium', 'the table of a protected relation has changed', k.base::text, k.refresh, x.detail
  FROM known k
  CROSS JOIN LATERAL (
    SELECT format('An index or extended statistics bind public to masked columns, and tell about those: %s.', string_agg(quote_ident(v), ', ' ORDER BY v::text COLLATE "C")) AS detail
    FROM journey._veiled_columns(k.id) v
    WHERE NOT EXISTS (SELECT FROM unnest(k.policies) c WHERE c.column_name = v AND c.veiled)
    HAVING count(*) > 0
    UNION ALL
    SELECT format('What can be written through the view tells about masked columns: %s.', string_agg(quote_ident(c.column_name), ', ' ORDER BY c.attnum))
    FROM unnest(k.policies) c
    WHERE c.writable AND c.column_name NOT IN (SELECT w FROM journey._writable(k.base, k.subject, k.collected, k.policies) w)
    HAVING count(*) > 0
    UNION ALL
    SELECT format('The view takes %s, which tells about masked columns now.', upper(substr(g.tgname, 9)))
    FROM pg_trigger g
    WHERE g.tgrelid = k.view AND g.tgfoid = 'journey._write()'::regprocedure
      AND NOT journey._may_write((SELECT r FROM journey.protected_relation r WHERE r.id = k.id), k.policies, upper(substr(g.tgname, 9)))) x
  UNION ALL
  SELECT 'low', 'the table of a protected relation has changed', k.base::text, k.refresh,
         format('Readers see no column %s, or NULL in it.', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
  FROM known k
  JOIN pg_attribute a ON a.attrelid = k.base AND a.attnum > 0 AND NOT a.attisdropped
  WHERE NOT EXISTS (SELECT FROM unnest(k.policies) c WHERE c.column_name = a.attname AND c.column_type = a.atttypid)
  GROUP BY k.base, k.refresh
  UNION ALL
  SELECT DISTINCT 'low', 'planning reads what is noted of masked columns', format('statistics %I.%I', n.nspname, e.stxname),
         format('DROP STATISTICS %I.%I;', n.nspname, e.stxname), 'EXPLAIN (BUFFERS) tells every reader how many pages that is.'
  FROM known k CROSS JOIN journey._tree(k.base) t
  JOIN pg_statistic_ext e ON e.stxrelid = t
  JOIN pg_namespace n ON n.oid = e.stxnamespace
  CROSS JOIN journey._statistics_columns(e.oid) x
  WHERE NOT EXISTS (SELECT FROM unnest(k.policies) c WHERE c.column_name = x AND c.mask = 'public')
  UNION ALL
  SELECT 'medium', 'everybody reads a masked value in the catalog', format('column %I of %s', a.attname, t),
         format('VACUUM FULL %s;', t), 'Rows that were there before the column was added have it, until they are written anew: see pg_attribute.attmissingval.'
  FROM known k CROSS JOIN journey._tree(k.base) t
  JOIN pg_attribute a ON a.attrelid = t AND a.atthasmissing AND NOT a.attisdropped
  WHERE NOT EXISTS (SELECT FROM unnest(k.policies) c WHERE c.column_name = a.attname AND c.mask = 'public')
  UNION ALL
  SELECT DISTINCT 'low', 'writers who have temporary tables are refused', f.oid::regprocedure::text,
         format('ALTER ROUTINE %s SET search_path = %I, pg_temp;', f.oid::regprocedure, n.nspname),
         format('It looks up names when a row is written to %s.', k.view)
  FROM known k CROSS JOIN journey._finding_by_name(k.base) b JOIN pg_proc f ON f.oid = b JOIN pg_namespace n ON n.oid = f.pronamespace
  WHERE k.writes <> 'none'
  UNION ALL
  SELECT 'low', 'a trigger sees raw rows', format('trigger %I of %s', g.tgname, t), format('DROP TRIGGER %I ON %s;', g.tgname, t),
         'What it does with them, only its owner knows.'
  FROM known k CROSS JOIN journey._tree(k.base) t JOIN pg_trigger g ON g.tgrelid = t AND NOT g.tgisinternal
  UNION ALL
  SELECT DISTINCT 'low', 'another table has the columns of a protected relation', c.oid::regclass::text,
         format('SELECT journey.protect(%L, subject => %L);', c.oid::regclass, k.subject),
         format('It may be a copy of %s.', k.base)
  FROM known k
  JOIN pg_class c ON c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND NOT c.relispartition
                 AND c.relnamespace NOT IN ('journey'::regnamespace, 'pg_catalog'::regnamespace)
  WHERE NOT EXISTS (SELECT FROM journey.protected_member m WHERE m.member = c.oid)
    AND c.oid NOT IN (SELECT t FROM journey._tree(k.base) t)
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = k.subject)
    AND EXISTS (SELECT FROM unnest(k.policies) p WHERE p.mask NOT IN ('row', 'public') AND p.column_name <> k.subject)
    AND NOT EXISTS (SELECT FROM unnest(k.policies) p
                    WHERE p.mask NOT IN ('row', 'public')
                      AND NOT EXISTS (SELECT FROM pg_attribute a
                                      WHERE a.attrelid = c.oid AND a.attname = p.column_name AND a.atttypid = p.column_type AND NOT a.attisdropped))
  UNION ALL
  SELECT CASE WHEN EXISTS (SELECT FROM journey._rights(m.member) r WHERE r.grantee <> c.relowner) THEN 'high' ELSE 'low' END,
         'a table was taken out of a protected relation', m.member::text,
         format('SELECT journey.protect(%L, subject => %L);', m.member, k.subject),
         format('It holds raw rows of %s.', k.base)
  FROM known k JOIN journey.protected_member m ON m.protected_id = k.id JOIN pg_class c ON c.oid = m.member AND c.relkind IN ('r', 'p')
  WHERE NOT EXISTS (SELECT FROM known o CROSS JOIN journey._tree(o.base) t WHERE t = m.member)
  UNION ALL
  SELECT DISTINCT 'medium', 'a function runs with the rights of a role that reads raw values', f.oid::regprocedure::text,
         format('ALTER ROUTINE %s SECURITY INVOKER;', f.oid::regprocedure),
         format('It names %s, and runs as %s.', t, f.proowner::regrole)
  FROM known k CROSS JOIN journey._tree(k.base) t
  JOIN pg_class b ON b.oid = t
  JOIN pg_proc f ON f.prosecdef AND f.pronamespace <> 'journey'::regnamespace AND f.prosqlbody IS NULL
                AND position(journey._words(b.relname) IN journey._words(f.prosrc)) > 0
                -- the view has the name of its table
                AND (b.relnamespace IS DISTINCT FROM to_regnamespace('journey_base')
                     OR position(journey._words('journey_base') IN journey._words(concat_ws(' ', f.prosrc, f.proconfig))) > 0)
  WHERE has_table_privilege(f.proowner, t, 'SELECT')
  UNION ALL
  SELECT DISTINCT 'low', 'a function makes statements and runs them with the rights of a role that reads raw values', f.oid::regprocedure::text,
         format('ALTER ROUTINE %s SECURITY INVOKER;', f.oid::regprocedure),
         format('It runs as %s. What it is given may become part of them.', f.proowner::regrole)
  FROM known k
  JOIN pg_proc f ON f.prosecdef AND f.pronamespace NOT IN ('journey'::regnamespace, 'pg_catalog'::regnamespace)
                AND f.prosqlbody IS NULL AND journey._words(f.prosrc) ~ ' (execute|spi_exec_query|spi_query|spi_exec) '
  JOIN pg_language l ON l.oid = f.prolang AND l.lanname NOT IN ('sql', 'internal', 'c')
  WHERE has_table_privilege(f.proowner, k.base, 'SELECT')
    AND EXISTS (SELECT FROM aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE x.grantee <> f.proowner)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid AND d.deptype = 'e')
$$;
COMMENT ON FUNCTION journey._doctor_relations() IS 'Findings of doctor(): what happened to protected relations since.';

CREATE FUNCTION journey._forget_dropped() RETURNS bigint
  LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH gone AS (
    DELETE FROM journey.protected_relation p
    WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = p.base)
    RETURNING p.id
  ), policies AS (
    DELETE FROM journey.policy c USING gone g WHERE c.protected_id = g.id
  ), members AS (
    DELETE FROM journey.protected_member m USING gone g WHERE m.protected_id = g.id
  ), rights AS (
    DELETE FROM journey.protected_grant r USING gone g WHERE r.protected_id = g.id
  ), indexes AS (
    DELETE FROM journey.protected_index i USING gone g WHERE i.protected_id = g.id
  )
  SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION journey._forget_dropped() IS
  'Deletes what is known of protected relations whose table was dropped; returns how many they were. For superusers.';

REVOKE EXECUTE ON FUNCTION
  journey._protected(), journey._base_owners(), journey._doctor_rights(), journey._words(text), journey._doctor_relations(), journey._forget_dropped()
FROM PUBLIC;
