--| ## track()

CREATE FUNCTION journey._is_protected(relation regclass) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM journey.protected_relation p
                 WHERE p.view = relation OR p.base IN (SELECT t FROM journey._tree(relation) t)
                    OR relation IN (SELECT t FROM journey._tree(p.base) t))
$$;
COMMENT ON FUNCTION journey._is_protected(regclass) IS
'Whether a relation is protected, or one of its tree is. Of the table of protected relations others see nothing else.';

CREATE FUNCTION journey._track_problems(events regclass, row_security text)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'undefined_table', format('relation %s does not exist', events), NULL, NULL, NULL, NULL
  WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = events)
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('%s is protected', events), NULL,
         'A store would show raw values of its table.', 'Track another table, or use pack() on the protected one.', NULL
  WHERE journey._is_protected(events)
  UNION ALL
  SELECT 'wrong_object_type', format('cannot track %s', events), NULL, x.problem, x.hint, NULL
  FROM pg_class c
  CROSS JOIN LATERAL (SELECT p.problem, p.hint FROM (VALUES
    (c.relkind NOT IN ('r', 'p'), 'It is not a table.', 'Track the table that has the rows.'),
    (c.relpersistence = 't', 'It is a temporary table.', 'Use pack() for a question or two.'),
    (c.oid < 16384 OR c.relnamespace = 'journey'::regnamespace OR EXISTS (
       SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'),
     'It belongs to the system or to an extension.', NULL),
    (EXISTS (SELECT FROM journey.store s WHERE c.oid IN (s.sets, s.delta)), 'It belongs to a store.', NULL),
    (c.relispartition, 'It is a partition.', 'Track the partitioned table.'),
    (EXISTS (SELECT FROM journey._tree(events) t JOIN pg_class p ON p.oid = t
             WHERE p.relkind NOT IN ('r', 'p') OR p.relpersistence <> c.relpersistence),
     'It has partitions that are foreign tables, or not as permanent as it is.', 'Detach them.'),
    (c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits i WHERE events IN (i.inhrelid, i.inhparent)),
     'Other tables inherit from it, or it from others.', 'Use a partitioned table.')
  ) p (found, problem, hint) WHERE p.found LIMIT 1) x
  WHERE c.oid = events
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('row security is enabled on %s', c.oid::regclass), NULL,
         'Readers of the store would see the journeys of all rows.',
         'Pass row_security => ''ignore'' if they may, and grant SELECT on the store to nobody else.', NULL
  FROM journey._tree(events) t JOIN pg_class c ON c.oid = t
  WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND row_security IS DISTINCT FROM 'ignore'
$$;
COMMENT ON FUNCTION journey._track_problems(regclass, text) IS 'Why a table cannot be tracked.';

CREATE FUNCTION journey._column_problems(events regclass, tracks text[], columns name[])
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH given (track, column_name, attnum, type) AS (
    SELECT u.track, u.column_name, a.attnum, (SELECT p.base FROM journey._plain_type(a.atttypid, -1) p)
    FROM unnest(tracks, columns) u (track, column_name)
    LEFT JOIN pg_attribute a ON a.attrelid = events AND a.attname = u.column_name AND a.attnum > 0 AND NOT a.attisdropped
  )
  SELECT 'undefined_column', format('column %I of %s does not exist', g.column_name, events), NULL,
         format('The argument "%s" names it.', g.track), NULL, NULL
  FROM given g WHERE g.attnum IS NULL
  UNION ALL
  SELECT 'duplicate_column', format('column %I is given more than once', g.column_name), NULL, NULL,
         'Each track has a column of its own.', NULL
  FROM given g GROUP BY g.column_name HAVING count(*) > 1
  UNION ALL
  SELECT 'datatype_mismatch', format('column %I is of type %s, but "%s" must be of type %s', g.column_name, g.type, g.track, x.wanted),
         NULL, NULL, 'Add a column of that type, which may be generated, and track it.', NULL
  FROM given g
  CROSS JOIN LATERAL (SELECT CASE g.track WHEN 'subject' THEN 'text, bigint or uuid' WHEN 'at' THEN 'timestamptz'
                                          WHEN 'value' THEN 'float8' WHEN 'senses' THEN 'text[]' ELSE 'text' END,
                             CASE g.track
                               WHEN 'subject' THEN ARRAY['text', 'varchar', 'bpchar', 'int2', 'int4', 'int8', 'uuid']::regtype[]
                               WHEN 'at' THEN ARRAY['timestamptz']::regtype[] WHEN 'value' THEN ARRAY['float8']::regtype[]
                               WHEN 'senses' THEN ARRAY['text[]']::regtype[]
                               ELSE ARRAY['text', 'varchar', 'bpchar']::regtype[] END) x (wanted, types)
  WHERE g.type <> ALL (x.types)
$$;
COMMENT ON FUNCTION journey._column_problems(regclass, text[], name[]) IS 'Why columns cannot be the tracks of journeys.';

CREATE FUNCTION journey._add_triggers(id uuid, relation regclass) RETURNS int
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  n int := 1;
  leaf boolean := (SELECT c.relkind = 'r' FROM pg_class c WHERE c.oid = relation);
BEGIN
  WHILE EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = relation AND starts_with(t.tgname, format('journey_%s_', n))) LOOP
    n := n + 1;
  END LOOP;
  EXECUTE format('CREATE TRIGGER journey_%s_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows
                  FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, %L)', n, relation, id, 'statement');
  EXECUTE format('CREATE TRIGGER journey_%s_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                  FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, %L)', n, relation, id, 'statement');
  EXECUTE format('CREATE TRIGGER journey_%s_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows
                  FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, %L)', n, relation, id, 'statement');
  IF leaf THEN
    -- the apply worker of logical replication runs no statements but TRUNCATE
    EXECUTE format('CREATE TRIGGER journey_%s_rows AFTER INSERT OR UPDATE OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION journey._collect(%L, %L)', n, relation, id, 'rows');
    EXECUTE format('ALTER TABLE %s ENABLE REPLICA TRIGGER journey_%s_rows', relation, n);
    EXECUTE format('CREATE TRIGGER journey_%s_truncate BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, %L)', n, relation, id, 'truncate');
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER journey_%s_truncate', relation, n);
  END IF;
  RETURN n;
END
$$;
COMMENT ON FUNCTION journey._add_triggers(uuid, regclass) IS 'Makes the triggers of a store on its table, or on a partition; returns the number in their names.';

CREATE FUNCTION journey._store_triggers(id uuid, relation regclass) RETURNS SETOF name
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.tgname FROM pg_trigger t
  WHERE t.tgrelid = relation AND t.tgfoid = 'journey._collect()'::regprocedure
    AND starts_with(encode(t.tgargs, 'escape'), _store_triggers.id || '\000')
$$;
COMMENT ON FUNCTION journey._store_triggers(uuid, regclass) IS 'The triggers of a store on a table.';

CREATE FUNCTION journey._drop_triggers(id uuid, relation regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  trigger name;
BEGIN
  FOR trigger IN SELECT t FROM journey._store_triggers(id, relation) t LOOP
    EXECUTE format('DROP TRIGGER %I ON %s', trigger, relation);
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._drop_triggers(uuid, regclass) IS 'Drops the triggers of a store on a table.';

--| Each condition on the share of touched buckets is looked at once: where all are
--| touched nothing is read that stays, and few of them are found by the index.

CREATE FUNCTION journey._view_query(sets regclass, delta regclass, bits int, chunk bigint) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT s.sets
FROM %1$s s
WHERE journey._touched_share((SELECT journey._delta_agg(d.batch, %3$s, d.tableoid) FROM %2$s d)) < 1
  AND NOT journey._is_touched((SELECT journey._delta_agg(d.batch, %3$s, d.tableoid) FROM %2$s d), s.bucket)
UNION ALL
SELECT journey._fresh_sets(b.sets, a.delta, %4$s) AS sets
FROM (SELECT journey._delta_agg(d.batch, %3$s, d.tableoid) AS delta FROM %2$s d) a
CROSS JOIN LATERAL (SELECT journey._sets_agg(t.bucket, t.sets, a.delta) AS sets
                    FROM (SELECT s.bucket, s.sets FROM %1$s s
                          WHERE journey._touched_share(a.delta) >= 0.25 AND journey._is_touched(a.delta, s.bucket)
                          UNION ALL
                          SELECT s.bucket, s.sets FROM %1$s s
                          WHERE journey._touched_share(a.delta) < 0.25 AND s.bucket = ANY (journey._touched(a.delta))) t) b',
                sets, delta, bits, chunk)
$$;
COMMENT ON FUNCTION journey._view_query(regclass, regclass, int, bigint) IS
'The query of the view of a store: the sets of buckets without changes, and the others with them.';

CREATE FUNCTION journey._check_name(schema text, name text) RETURNS text
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF to_regclass(format('%I.%I', schema, name)) IS NOT NULL THEN
    RAISE EXCEPTION 'relation %.% already exists', quote_ident(schema), quote_ident(name)
      USING ERRCODE = 'duplicate_table', DETAIL = 'A store makes a view, and two tables with _sets and _delta behind its name.';
  END IF;
  RETURN format('%I.%I', schema, name);
END
$$;
COMMENT ON FUNCTION journey._check_name(text, text) IS 'A qualified name; raises if there is such a relation.';

CREATE FUNCTION journey._give(relation regclass, owner regrole) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  grantee text;
BEGIN
  PERFORM journey._set_owner(relation, owner);
  -- what default privileges gave
  FOR grantee IN SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
                 FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = relation AND a.grantee <> owner LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', relation, grantee);
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._give(regclass, regrole) IS 'Gives a relation to a role, and nobody else a right on it.';

CREATE FUNCTION journey._sync_rights(view regclass, events regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  statement text;
BEGIN
  FOR statement IN
    WITH readers (relation, grantee) AS (
      SELECT DISTINCT c.oid, a.grantee
      FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.oid IN (view, events) AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    )
    SELECT format(CASE r.relation WHEN events THEN 'GRANT SELECT ON %s TO %s' ELSE 'REVOKE SELECT ON %s FROM %s' END,
                  view, CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END)
    FROM readers r
    WHERE NOT EXISTS (SELECT FROM readers o WHERE o.grantee = r.grantee AND o.relation <> r.relation)
  LOOP
    EXECUTE statement;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._sync_rights(regclass, regclass) IS 'Gives those who may read a table, and nobody else, the right to read its store.';

CREATE FUNCTION journey._bucket_bits(events regclass, at name, chunk interval) RETURNS int
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  SET row_security = off
AS $$
DECLARE
  rows float8;
BEGIN
  -- rows in a chunk; at least 256 buckets, for tables grow
  IF chunk IS NULL THEN
    EXECUTE format('SELECT count(*) FROM %s', events) INTO rows;
  ELSE
    EXECUTE format('SELECT count(*) / greatest((extract(epoch FROM max(%1$I)) - extract(epoch FROM min(%1$I))) / $1, 1) FROM %2$s WHERE isfinite(%1$I)', at, events)
      INTO rows USING extract(epoch FROM chunk);
    RETURN greatest(0, least(20, ceil(log(2, greatest(rows, 1)::numeric / 32768))))::int;
  END IF;
  RETURN greatest(8, least(20, ceil(log(2, greatest(rows, 1)::numeric / 32768))))::int;
END
$$;
COMMENT ON FUNCTION journey._bucket_bits(regclass, name, interval) IS
'Bits that number the buckets of a store, so that each has some twenty sets in a chunk when it is built.';

CREATE FUNCTION journey.track(events regclass, subject name, at name, event name, store text,
                              channel name DEFAULT NULL, decision name DEFAULT NULL, action name DEFAULT NULL,
                              persona name DEFAULT NULL, value name DEFAULT NULL, senses name DEFAULT NULL,
                              chunk interval DEFAULT NULL, fold_at float8 DEFAULT NULL, row_security text DEFAULT NULL) RETURNS regclass
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  new_id uuid := gen_random_uuid();
  table_owner regrole;
  logged text;
  names text[];
  tracks text[];
  columns name[];
  found record;
  bits int;
  view regclass;
  sets regclass;
  delta regclass;
  sets_name text;
  delta_name text;
  view_name text;
BEGIN
  IF events IS NULL OR subject IS NULL OR at IS NULL OR event IS NULL OR store IS NULL THEN
    RAISE EXCEPTION 'the arguments events, subject, at, event and store must be given'
      USING ERRCODE = 'null_value_not_allowed';
  END IF;
  IF row_security IS DISTINCT FROM 'ignore' AND row_security IS NOT NULL THEN
    RAISE EXCEPTION 'invalid row_security %', quote_literal(row_security)
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Use ''ignore'', or leave it out.';
  END IF;
  IF fold_at <= 0 OR fold_at IN ('NaN', 'Infinity') THEN
    RAISE EXCEPTION 'fold_at is out of range'
      USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is a share of the size of the store, above 0.', HINT = 'Try 0.1.';
  END IF;
  IF chunk <= interval '0' OR extract(year FROM chunk) <> 0 OR extract(month FROM chunk) <> 0 THEN
    RAISE EXCEPTION 'chunk must be longer than nothing, and have no months'
      USING ERRCODE = 'invalid_parameter_value', HINT = 'Try interval ''30 days''.';
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'cannot track a table under %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Rows that were committed after the snapshot of the transaction would be missing.',
            HINT = 'Call it in a transaction of its own, under READ COMMITTED.';
  END IF;
  tracks := ARRAY['subject', 'at', 'event'];
  columns := ARRAY[subject, at, event];
  FOR found IN SELECT u.* FROM unnest(ARRAY['channel', 'decision', 'action', 'persona', 'value', 'senses'],
                                      ARRAY[channel, decision, action, persona, value, senses]) u (track, column_name)
               WHERE u.column_name IS NOT NULL LOOP
    tracks := tracks || found.track;
    columns := columns || found.column_name;
  END LOOP;

  PERFORM journey._check_tracked(events, row_security, tracks, columns);
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', events);
  PERFORM journey._check_tracked(events, row_security, tracks, columns);
  SELECT c.relowner, CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END INTO table_owner, logged
  FROM pg_class c WHERE c.oid = events;

  names := parse_ident(store);
  IF cardinality(names) = 1 THEN
    names := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = events) || names;
  ELSIF cardinality(names) <> 2 THEN
    RAISE EXCEPTION 'improper relation name: %', store USING ERRCODE = 'syntax_error';
  END IF;
  view_name := journey._check_name(names[1], names[2]);
  sets_name := journey._check_name(names[1], names[2] || '_sets');
  delta_name := journey._check_name(names[1], names[2] || '_delta');

  bits := journey._bucket_bits(events, at, chunk);
  EXECUTE format('CREATE %s TABLE %s (bucket int4 NOT NULL, chunk timestamptz NOT NULL, part int4 NOT NULL,
                    sets journey.journey_set NOT NULL, PRIMARY KEY (bucket, chunk, part))
                  WITH (toast_tuple_target = 8160)', logged, sets_name);
  EXECUTE format('CREATE %s TABLE %s (written timestamptz NOT NULL, rows int4 NOT NULL, batch bytea NOT NULL)
                  WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)',
                 logged, delta_name);
  EXECUTE format('ALTER TABLE %s ALTER COLUMN batch SET STORAGE EXTERNAL, REPLICA IDENTITY FULL', delta_name);
  sets := sets_name::regclass;
  delta := delta_name::regclass;
  EXECUTE format('CREATE VIEW %s AS %s', view_name, journey._view_query(sets, delta, bits, journey._chunk_us(chunk)));
  view := view_name::regclass;
  EXECUTE format('COMMENT ON VIEW %s IS %L', view, format('Journeys of %s, live; see journey.stores.', events));
  EXECUTE format('COMMENT ON TABLE %s IS %L', sets, format('Sets of the store %s.', view));
  EXECUTE format('COMMENT ON TABLE %s IS %L', delta, format('Changes of the store %s that are not folded yet.', view));
  PERFORM journey._give(r, table_owner) FROM unnest(ARRAY[sets, delta, view]) r;
  PERFORM journey._sync_rights(view, events);

  INSERT INTO journey.store (id, view, events, sets, delta, members, kind, bits, chunk, fold_at, row_security)
  SELECT new_id, view, events, sets, delta, ARRAY(SELECT t FROM journey._tree(events) t ORDER BY t::oid),
         CASE p.base WHEN 'uuid'::regtype THEN 'uuid' WHEN 'int2'::regtype THEN 'bigint' WHEN 'int4'::regtype THEN 'bigint'
                     WHEN 'int8'::regtype THEN 'bigint' ELSE 'text' END, bits, chunk, fold_at, row_security
  FROM pg_attribute a, journey._plain_type(a.atttypid, -1) p
  WHERE a.attrelid = events AND a.attname = subject;
  -- who fires it does nothing: the server keeps its list of columns right
  EXECUTE format('CREATE TRIGGER journey_%s_columns AFTER UPDATE OF %s ON %s FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, ''columns''%s)',
                 journey._add_triggers(new_id, events),
                 (SELECT string_agg(quote_ident(c), ', ' ORDER BY o) FROM unnest(columns) WITH ORDINALITY u (c, o)), events, new_id,
                 (SELECT string_agg(', ' || quote_literal(t), '' ORDER BY o) FROM unnest(tracks) WITH ORDINALITY u (t, o)));
  PERFORM journey._add_triggers(new_id, t) FROM journey._tree(events) t WHERE t <> events;
  PERFORM journey._build(new_id);
  RETURN view;
END
$$;
COMMENT ON FUNCTION journey.track(regclass, name, name, name, text, name, name, name, name, name, name, interval, float8, text) IS
'Tracks a table of interactions as live journeys: makes a view named by "store", in the schema of the table unless it says another, that shows the journeys of the table as sets, as they are in the snapshot of each statement, and returns it. The table''s columns: subject (text, bigint or uuid), at (timestamptz), event (text); channel, decision, action, persona (text), value (float8), senses (text[]). Rows whose subject, time or event is NULL are no steps; steps of one time are in the order of event and the further columns. chunk: sets are cut by time, as in pack(). fold_at: writers fold when their changes pass this share of the store; NULL: never. row_security: ''ignore'' to track a table with row security. Who may read the table may read the view. For the owner of the table. Writers wait until the transaction ends. Errors: 42809 for relations that cannot be tracked, 55000 for protected ones, for row security, and under REPEATABLE READ, 42703, 42701 and 42804 for columns, 42P07 if there are such relations, 42501 for others than the owner, 22008 for infinite times. Cost: that of pack().';

CREATE FUNCTION journey._check_tracked(events regclass, row_security text, tracks text[], columns name[]) RETURNS void
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM journey._raise(journey._first_problem(array_agg(p.code), array_agg(p.message), array_agg(p.object),
                                                array_agg(p.detail), array_agg(p.hint)))
  FROM (SELECT * FROM journey._track_problems(events, row_security)
        UNION ALL
        SELECT * FROM journey._column_problems(events, tracks, columns)) p;
  IF NOT (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c WHERE c.oid = events) THEN
    RAISE EXCEPTION 'must be owner of table %', events USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_tracked(regclass, text, text[], name[]) IS 'Raises the first problem that keeps a table from being tracked.';

CREATE FUNCTION journey._drop_store(s journey.store) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  member regclass;
BEGIN
  FOR member IN SELECT c.oid::regclass FROM pg_class c WHERE c.oid = ANY (s.members) ORDER BY c.oid LOOP
    PERFORM journey._drop_triggers(s.id, member);
  END LOOP;
  DELETE FROM journey.store t WHERE t.id = s.id;
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid = s.view AND c.relkind = 'v') THEN
    EXECUTE format('DROP VIEW %s', s.view);
  END IF;
  FOR member IN SELECT c.oid::regclass FROM pg_class c WHERE c.oid IN (s.sets, s.delta) AND c.relkind = 'r' LOOP
    EXECUTE format('DROP TABLE %s', member);
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._drop_store(journey.store) IS 'Drops what is left of a store.';

CREATE FUNCTION journey.untrack(store regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store;
BEGIN
  SELECT t.* INTO s FROM journey.store t WHERE t.view = untrack.store;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not a store', store
      USING ERRCODE = 'wrong_object_type', HINT = 'A store is the view that journey.track() makes; journey.stores lists them.';
  END IF;
  IF NOT journey._owns(ARRAY[s.view]) THEN
    RAISE EXCEPTION 'must be owner of view %', s.view USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM journey._drop_store(s);
END
$$;
COMMENT ON FUNCTION journey.untrack(regclass) IS
'Ends tracking: drops the view of a store, its tables, and its triggers on the table and its partitions. For its owner. NULL does nothing. Errors: 42809 for a relation that is no store, 42501 for others than the owner, 2BP01 if other objects depend on the view.';
