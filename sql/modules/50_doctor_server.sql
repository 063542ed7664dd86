--| ## Roles

CREATE FUNCTION journey._members_of(role oid) RETURNS TABLE (member oid, way text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
  SET search_path = pg_catalog, pg_temp
AS $$
  -- 16 keeps apart who inherits, who may SET ROLE, and who may hand on; before, members may do all
  SELECT m.member,
         nullif(concat_ws(', ',
           CASE WHEN coalesce(j ->> 'inherit_option', r.rolinherit::text) = 'true' THEN 'inherits its rights' END,
           CASE WHEN coalesce(j ->> 'set_option', 'true') = 'true' THEN 'may SET ROLE' END,
           CASE WHEN m.admin_option THEN 'may make others members' END), '')
  FROM pg_auth_members m
  JOIN pg_roles r ON r.oid = m.member
  CROSS JOIN to_jsonb(m) AS j
  WHERE m.roleid = role
$$;
COMMENT ON FUNCTION journey._members_of(oid) IS 'The direct members of a role, and what each may do by that.';

CREATE FUNCTION journey._doctor_roles() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE r.oid WHEN 10 THEN 'low' ELSE 'high' END, 'a superuser can log in', r.oid::regrole::text,
         CASE WHEN r.oid <> 10 THEN format('ALTER ROLE %I NOSUPERUSER;', r.rolname) END,
         CASE WHEN r.oid = 10 THEN 'The server was set up as this role. Guard its password and pg_hba.conf.' END
  FROM pg_roles r
  WHERE r.rolsuper AND r.rolcanlogin
  UNION ALL
  SELECT CASE WHEN g.rolname IN ('pg_monitor', 'pg_read_all_stats', 'pg_stat_scan_tables') THEN 'low' WHEN g.rolname = 'pg_maintain' THEN 'medium' ELSE 'high' END,
         'a role has the rights of a predefined role', m.member::regrole::text,
         format('REVOKE %I FROM %s;', g.rolname, m.member::regrole),
         format('%s: %s.', g.rolname,
                CASE g.rolname
                  WHEN 'pg_read_all_data' THEN 'reads every table'
                  WHEN 'pg_write_all_data' THEN 'writes every table, those of consent too'
                  WHEN 'pg_read_server_files' THEN 'reads the files of the server'
                  WHEN 'pg_write_server_files' THEN 'writes the files of the server'
                  WHEN 'pg_execute_server_program' THEN 'runs programs as the user of the server'
                  WHEN 'pg_stat_scan_tables' THEN 'may call functions that look below tables, if their extensions are there'
                  WHEN 'pg_maintain' THEN 'stores the rows of any table in the order of an index, in which all then see them'
                  ELSE 'sees the statements of others, with their literals' END)
  FROM pg_roles g CROSS JOIN LATERAL journey._members_of(g.oid) m JOIN pg_roles r ON r.oid = m.member
  WHERE g.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                      'pg_execute_server_program', 'pg_maintain', 'pg_monitor', 'pg_read_all_stats', 'pg_stat_scan_tables')
    AND NOT r.rolsuper AND r.rolname NOT LIKE 'pg\_%'
  UNION ALL
  SELECT 'high', 'a role can replicate', r.oid::regrole::text, format('ALTER ROLE %I NOREPLICATION;', r.rolname),
         'It reads every change of every table.'
  FROM pg_roles r
  WHERE r.rolreplication AND NOT r.rolsuper
  UNION ALL
  SELECT 'low', 'a role bypasses row security', r.oid::regrole::text, format('ALTER ROLE %I NOBYPASSRLS;', r.rolname),
         'Masks do not rest on row security, but tables beside them may.'
  FROM pg_roles r
  WHERE r.rolbypassrls AND NOT r.rolsuper
  UNION ALL
  SELECT 'high', 'a role can make itself a member of others', r.oid::regrole::text, format('ALTER ROLE %I NOCREATEROLE;', r.rolname),
         'Before PostgreSQL 16 CREATEROLE can grant any role but superusers, such as pg_read_all_data.'
  FROM pg_roles r
  WHERE r.rolcreaterole AND NOT r.rolsuper AND current_setting('server_version_num')::int < 160000
  UNION ALL
  SELECT 'medium', 'the owner of a base table can log in', o::regrole::text, format('ALTER ROLE %s NOLOGIN;', o::regrole),
         'Who logs in as it reads raw values. protect(owner => ...) gives tables to a role that cannot.'
  FROM journey._base_owners() o JOIN pg_roles r ON r.oid = o
  WHERE r.rolcanlogin AND NOT r.rolsuper
  UNION ALL
  SELECT CASE WHEN m.way IS NULL THEN 'low' ELSE 'high' END, 'a role is a member of the owner of a base table', m.member::regrole::text,
         format('REVOKE %s FROM %s;', o::regrole, m.member::regrole),
         concat_ws(' ', format('Of %s: %s.', o::regrole, coalesce(m.way, 'without a right to use it')),
                   'Through it also: ' || (SELECT string_agg(u.rolname, ', ' ORDER BY u.rolname COLLATE "C")
                                           FROM pg_roles u
                                           WHERE pg_has_role(u.oid, m.member, 'MEMBER') AND u.oid <> m.member AND NOT u.rolsuper) || '.')
  FROM journey._base_owners() o CROSS JOIN LATERAL journey._members_of(o) m JOIN pg_roles r ON r.oid = m.member
  WHERE NOT r.rolsuper
  UNION ALL
  SELECT 'low', 'a role can SET ROLE to a wider purpose', u.oid::regrole::text,
         format('REVOKE %s FROM %s;', g.reader, (SELECT e.member::regrole FROM journey._members_of(g.reader) e
                                                 WHERE pg_has_role(u.oid, e.member, 'MEMBER')
                                                 ORDER BY e.member <> u.oid, e.member LIMIT 1)),
         format('To %s: %s. It does not inherit the purpose.', g.reader, string_agg(p.name, ', ' ORDER BY p.name COLLATE "C"))
  FROM journey.reader_purpose g
  JOIN journey.purpose p ON p.number = g.purpose
  JOIN pg_roles w ON w.oid = g.reader
  JOIN pg_roles u ON pg_has_role(u.oid, w.oid, 'MEMBER') AND NOT pg_has_role(u.oid, w.oid, 'USAGE') AND NOT u.rolsuper
  WHERE now() >= g.valid_from AND now() < g.valid_until
  GROUP BY u.oid, g.reader
  UNION ALL
  SELECT 'low', CASE WHEN g.valid_until = 'infinity' THEN 'a grant of a purpose has no end' ELSE 'a grant of a purpose has run out' END,
         g.reader::text,
         CASE WHEN g.valid_until = 'infinity'
              THEN format('SELECT journey.grant_purpose(%L, %L, until => now() + interval ''1 year'');', g.reader, p.name)
              ELSE format('SELECT journey.revoke_purpose(%L, %L);', g.reader, p.name) END,
         format('Purpose %s.', p.name)
  FROM journey.reader_purpose g JOIN journey.purpose p ON p.number = g.purpose JOIN pg_roles r ON r.oid = g.reader
  WHERE g.valid_until = 'infinity' OR g.valid_until <= now()
  UNION ALL
  SELECT 'low', 'a purpose was granted to a role that is gone', g.reader::text,
         format('DELETE FROM journey.reader_purpose WHERE reader = %L::oid::regrole;', g.reader::oid), format('Purpose %s.', p.name)
  FROM journey.reader_purpose g JOIN journey.purpose p ON p.number = g.purpose
  WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = g.reader)
$$;
COMMENT ON FUNCTION journey._doctor_roles() IS 'Findings of doctor(): roles that reach raw values, and grants of purposes.';

--| ## Ways out of the database

CREATE FUNCTION journey._doctor_outside() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'high', 'a publication of all tables holds base tables', format('publication %I', p.pubname),
         format('DROP PUBLICATION %I;', p.pubname), 'Its subscribers read raw values.'
  FROM pg_publication p
  WHERE p.puballtables
  UNION ALL
  SELECT 'high', 'a logical replication slot', s.slot_name::text, format('SELECT pg_drop_replication_slot(%L);', s.slot_name),
         format('Whoever may replicate reads changes from it; plugin %s.', s.plugin)
  FROM pg_replication_slots s
  WHERE s.slot_type = 'logical' AND s.database = current_database()
  UNION ALL
  SELECT 'medium', 'a user mapping logs in as a role that reads raw values', format('server %I', u.srvname),
         format('DROP USER MAPPING FOR %s SERVER %I;', CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE u.umuser::regrole::text END, u.srvname),
         format('As %s, if the server is this one.', x.remote)
  FROM pg_user_mappings u
  CROSS JOIN LATERAL (SELECT substr(o, 6) FROM unnest(u.umoptions) o WHERE o LIKE 'user=%') AS x (remote)
  JOIN pg_roles r ON r.rolname = x.remote
  WHERE r.rolsuper OR r.oid IN (SELECT o FROM journey._base_owners() o) OR pg_has_role(r.oid, 'pg_read_all_data', 'MEMBER')
  UNION ALL
  SELECT 'medium', 'a role may call a function that looks below tables', p.oid::regprocedure::text,
         format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', p.oid::regprocedure, x.role), format('%s may.', x.role)
  FROM pg_proc p
  CROSS JOIN LATERAL (SELECT y.grantee, CASE y.grantee WHEN 0 THEN 'PUBLIC' ELSE y.grantee::regrole::text END AS role
                      FROM aclexplode(p.proacl) y) x
  JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid AND i.objsubid = 0
  LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                       AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  LEFT JOIN pg_extension e ON e.oid = d.refobjid
  LEFT JOIN pg_roles r ON r.oid = x.grantee
  WHERE x.grantee <> p.proowner AND NOT coalesce(r.rolsuper, false)
    AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) q WHERE q.grantee = x.grantee)
    AND (p.pronamespace = 'pg_catalog'::regnamespace
         OR e.extname IN ('pageinspect', 'amcheck', 'pg_walinspect', 'pgstattuple', 'pg_visibility', 'pg_buffercache',
                          'pg_freespacemap', 'pg_surgery', 'pg_stat_statements', 'pg_prewarm', 'dblink', 'adminpack', 'file_fdw'))
  UNION ALL
  SELECT CASE WHEN l.lanname IN ('c', 'internal') THEN 'high' ELSE 'low' END,
         CASE WHEN l.lanname IN ('c', 'internal') THEN 'everybody may write functions in C' ELSE 'an untrusted language is there' END,
         format('language %I', l.lanname),
         CASE WHEN l.lanname IN ('c', 'internal')
              THEN format('UPDATE pg_catalog.pg_language SET lanpltrusted = false WHERE lanname = %L;', l.lanname)
              ELSE format('DROP EXTENSION %I;', e.extname) END,
         'Its functions do what the user of the server may.'
  FROM pg_language l
  LEFT JOIN pg_depend d ON d.classid = 'pg_language'::regclass AND d.objid = l.oid
                       AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  LEFT JOIN pg_extension e ON e.oid = d.refobjid
  WHERE l.lanpltrusted = (l.lanname IN ('c', 'internal'))
  UNION ALL
  SELECT 'low', 'a function in an untrusted language', f.oid::regprocedure::text, format('DROP ROUTINE %s;', f.oid::regprocedure), format('In %s.', l.lanname)
  FROM pg_proc f
  JOIN pg_language l ON l.oid = f.prolang AND NOT l.lanpltrusted
  WHERE f.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = f.oid
                                                             AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
  UNION ALL
  SELECT 'low', 'an event trigger runs at commands of administrators', format('event trigger %I', t.evtname),
         format('DROP EVENT TRIGGER %I;', t.evtname), format('Calls %s, which belongs to %s.', t.evtfoid::regprocedure, f.proowner::regrole)
  FROM pg_event_trigger t JOIN pg_proc f ON f.oid = t.evtfoid
  WHERE t.evtenabled <> 'D'
    AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'journey'
                    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = t.oid
                      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
  UNION ALL
  SELECT 'low', 'counters of the server tell who is known', f::text, format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', f),
         'They count what is read to decide about masked subjects, of whom some are known and some not.'
  FROM unnest('{pg_stat_get_io(),pg_stat_get_backend_io(integer)}'::text[]) AS x (signature) CROSS JOIN to_regprocedure(x.signature) f
  WHERE has_function_privilege('public', f, 'EXECUTE')
    AND EXISTS (SELECT FROM journey._protected() p JOIN journey.policy c ON c.protected_id = p.id AND c.column_name = p.subject AND c.mask <> 'public')
  UNION ALL
  SELECT 'low', 'whoever reaches the server can log in as any role', format('line %s of pg_hba.conf', h.line_number), NULL,
         format('Its method is trust: %s, database %s, user %s%s.', h.type, array_to_string(h.database, ','), array_to_string(h.user_name, ','), ', from ' || h.address)
  FROM pg_hba_file_rules h
  WHERE h.auth_method = 'trust' AND NOT h.database <@ '{replication}'
  UNION ALL
  SELECT 'high', 'masks do not hold on the workers of Citus', 'extension citus', NULL, 'Do not protect distributed tables.'
  FROM pg_extension e
  WHERE e.extname = 'citus'
$$;
COMMENT ON FUNCTION journey._doctor_outside() IS 'Findings of doctor(): replication, other servers, and functions that look below tables.';
