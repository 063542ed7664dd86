--| ## Settings and state

CREATE FUNCTION journey._is_telling(name text, value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
    WHEN name = 'log_statement' AND value IN ('mod', 'all') THEN 'The log of the server holds the literals of statements.'
    WHEN name IN ('log_min_duration_statement', 'log_min_duration_sample', 'auto_explain.log_min_duration') AND value !~ '^-'
      THEN 'The log of the server holds the literals of slow statements.'
    WHEN name = 'log_transaction_sample_rate' AND value !~ '^0(\.0*)?$' THEN 'The log of the server holds the literals of statements.'
    WHEN name = 'log_parameter_max_length_on_error' AND value <> '0' THEN 'The log of the server holds the parameters of statements that fail.'
    WHEN name IN ('debug_print_parse', 'debug_print_rewritten', 'debug_print_plan') AND value = 'on' THEN 'The log of the server holds the literals of statements.'
    WHEN name = 'wal_compression' AND value <> 'off'
      THEN 'How small a page becomes in the WAL, which EXPLAIN and the positions in it tell everybody, depends on masked values, and on what writers put beside them.'
    WHEN name = 'allow_system_table_mods' AND value = 'on' THEN 'Administrators change the server''s own tables by mistake.'
    WHEN name = 'event_triggers' AND value = 'off' THEN 'Tables that become part of a protected relation keep their rights.'
    WHEN name = 'session_replication_role' AND value = 'replica' THEN 'Triggers that keep consent in order do not fire.'
  END
$$;
COMMENT ON FUNCTION journey._is_telling(text, text) IS 'What is wrong with a value of a setting; NULL if nothing is.';

CREATE FUNCTION journey._doctor_settings() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'medium', 'a setting gives data away', s.name,
         CASE WHEN s.source IN ('session', 'client', 'interactive') THEN format('RESET %s;', s.name)
              WHEN s.sourcefile LIKE '%postgresql.auto.conf' THEN format('ALTER SYSTEM RESET %s; SELECT pg_reload_conf();', s.name)
              ELSE format('ALTER SYSTEM SET %s = %L; SELECT pg_reload_conf();', s.name, s.boot_val) END,
         format('%s Set by: %s.', journey._is_telling(s.name, s.setting), s.source)
  FROM pg_settings s
  WHERE s.source NOT IN ('database', 'user', 'database user') AND journey._is_telling(s.name, s.setting) IS NOT NULL
  UNION ALL
  SELECT 'medium', 'a setting gives data away', x.name,
         CASE WHEN d.setrole = 0 THEN format('ALTER DATABASE %I RESET %s;', b.datname, x.name)
              ELSE format('ALTER ROLE %s%s RESET %s;', d.setrole::regrole, ' IN DATABASE ' || quote_ident(b.datname), x.name) END,
         format('%s Set for: %s.', journey._is_telling(x.name, x.value),
                concat_ws(', ', 'role ' || nullif(d.setrole, 0)::regrole, 'database ' || quote_ident(b.datname)))
  FROM pg_db_role_setting d
  LEFT JOIN pg_database b ON b.oid = d.setdatabase
  CROSS JOIN LATERAL (SELECT split_part(c, '=', 1), substr(c, position('=' IN c) + 1) FROM unnest(d.setconfig) c) AS x (name, value)
  WHERE (d.setdatabase = 0 OR b.datname = current_database()) AND journey._is_telling(x.name, x.value) IS NOT NULL
  UNION ALL
  SELECT 'medium', 'what a writer writes is compared with what is masked', 'wal_level',
         'ALTER SYSTEM SET wal_level = ''logical''; -- and restart the server',
         'There are views that take an UPDATE. It puts into the WAL only the bytes that differ from those of the row as it was, beginning and end aside: '
         'by how many there are, which EXPLAIN and the positions in the WAL tell everybody, a writer reads the masked values of the row, guess by guess.'
  WHERE current_setting('wal_level') <> 'logical'
    AND EXISTS (SELECT FROM journey._protected() p
                JOIN pg_class b ON b.oid = p.base AND b.relpersistence = 'p'
                JOIN pg_class v ON v.oid = p.view
                JOIN pg_attribute a ON a.attrelid = v.oid
                CROSS JOIN LATERAL (SELECT * FROM aclexplode(v.relacl) UNION ALL SELECT * FROM aclexplode(a.attacl)) x
                WHERE p.writes <> 'none' AND x.privilege_type = 'UPDATE' AND x.grantee <> v.relowner)
  UNION ALL
  SELECT CASE WHEN p.parname IN ('session_replication_role', 'event_triggers', 'allow_system_table_mods') OR p.parname LIKE 'journey.%' THEN 'high' ELSE 'medium' END,
         'a role may change a setting of superusers', p.parname,
         format('REVOKE %s ON PARAMETER %s FROM %s;', x.privilege_type, p.parname, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END),
         format('%s: %s.', CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END, x.privilege_type)
  FROM pg_parameter_acl p CROSS JOIN aclexplode(p.paracl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
  WHERE NOT coalesce(r.rolsuper, false)
  UNION ALL
  SELECT 'low', 'statements of all are kept, some with their literals', 'extension pg_stat_statements',
         'ALTER SYSTEM SET pg_stat_statements.track_utility = off; SELECT pg_reload_conf();',
         'Constants are left out of queries, but not out of commands.'
  FROM pg_extension e
  WHERE e.extname = 'pg_stat_statements' AND coalesce(current_setting('pg_stat_statements.track_utility', true), 'on') <> 'off'
  UNION ALL
  SELECT 'medium', 'masks that need a key show NULL', p.view::text, NULL, concat_ws('. ', k[2], rtrim(k[3], '.'), k[4])
  FROM journey._protected() p CROSS JOIN journey._key_problem() k
  WHERE k IS NOT NULL
    AND EXISTS (SELECT FROM journey.policy c WHERE c.protected_id = p.id AND c.mask IN ('token', 'noise', 'fake', 'encrypt'))
$$;
COMMENT ON FUNCTION journey._doctor_settings() IS 'Findings of doctor(): settings, and the key.';

CREATE FUNCTION journey._doctor_consent() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'high', 'the state of consent is not what the ledger says', 'table journey.state', 'SELECT journey._state_rebuild();',
         format('%s of subjects and purposes; journey.state_check() lists them.', s.problems)
  FROM (SELECT count(*) FROM journey.state_check()) AS s (problems)
  WHERE s.problems > 0
  UNION ALL
  SELECT CASE WHEN p.damaged THEN 'low' ELSE 'high' END,
         CASE WHEN p.damaged THEN 'what is packed about subjects is damaged' ELSE 'what is packed about subjects is not what the tables say' END,
         'table journey.fact_page', 'DELETE FROM journey.fact_page; INSERT INTO journey.change DEFAULT VALUES;',
         CASE WHEN p.damaged THEN 'Sessions read all subjects instead.' ELSE format('Of %s subjects; journey._fact_page_problems() lists them.', p.problems) END
  FROM (SELECT count(*), count(*) > count(f.subject) FROM journey._fact_page_problems() f) AS p (problems, damaged)
  WHERE p.problems > 0
  UNION ALL
  -- where classes are registered at all; those that protect() made up are meant
  SELECT 'low', 'a class of columns is not registered', format('class %s', k.class), format('SELECT journey.create_class(%L);', k.class),
         format('It is the class of %s. Rules about special categories do not hold for it. It may be another, mistyped.', k.columns)
  FROM (SELECT p.class, string_agg(format('%s.%I', r.base, p.column_name), ', ' ORDER BY r.base::text, p.column_name)
        FROM journey.policy p JOIN journey.protected_relation r ON r.id = p.protected_id
        WHERE p.mask NOT IN ('public', 'row') AND NOT starts_with(p.class, format('%I.%I.', r.schema_name, r.relation_name))
        GROUP BY p.class) AS k (class, columns)
  WHERE EXISTS (SELECT FROM journey.data_class) AND NOT EXISTS (SELECT FROM journey.data_class d WHERE d.name = k.class)
  UNION ALL
  SELECT 'high', 'the ledger was changed', 'table journey.ledger', NULL,
         format('The first bad entry is %s: %s. Compare with a backup.', coalesce(v.seq::text, 'unknown'), v.problem)
  FROM (SELECT l.seq, l.problem FROM journey.ledger_verify() l ORDER BY l.place, l.seq LIMIT 1) v
$$;
COMMENT ON FUNCTION journey._doctor_consent() IS 'Findings of doctor(): the ledger, the state, what is packed, and classes that nobody registered. Reads the whole ledger.';

CREATE FUNCTION journey._doctor_stores() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'medium', 'a store may not follow its table', s.view::text, p.statement, format('Of %s: %s.', s.events, p.problem)
  FROM journey.store s CROSS JOIN LATERAL journey._store_problem(s) p
  WHERE p.problem IS NOT NULL
$$;
COMMENT ON FUNCTION journey._doctor_stores() IS 'Findings of doctor(): live journeys that may be stale, the first problem of each store.';

CREATE FUNCTION journey.doctor() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER COST 1000000 ROWS 20
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT f.*
  FROM (SELECT * FROM journey._doctor_rights()
        UNION SELECT * FROM journey._doctor_relations()
        UNION SELECT * FROM journey._doctor_roles()
        UNION SELECT * FROM journey._doctor_outside()
        UNION SELECT * FROM journey._doctor_settings()
        UNION SELECT * FROM journey._doctor_made()
        UNION SELECT * FROM journey._doctor_consent()
        UNION SELECT * FROM journey._doctor_stores()) f
  ORDER BY array_position('{high,medium,low}', f.severity), f.finding COLLATE "C", f.object COLLATE "C",
           f.statement COLLATE "C", f.detail COLLATE "C"
$$;
COMMENT ON FUNCTION journey.doctor() IS
  'Every way round the protection that can be found in this database and its cluster, the worst first, with the statement '
  'that closes it, or NULL where none does. severity: high, medium or low. Changes nothing. Reads the whole ledger. For administrators.';

REVOKE EXECUTE ON FUNCTION
  journey._members_of(oid), journey._doctor_roles(), journey._doctor_outside(), journey._is_telling(text, text),
  journey._doctor_settings(), journey._doctor_consent(), journey._doctor_stores(), journey.doctor()
FROM PUBLIC;
