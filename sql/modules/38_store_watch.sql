--| ## Keeping step with the table
--|
--| Two event triggers follow what is done to tracked tables. They act as
--| whoever does it, on stores that this role could change anyway; what would run
--| code of a store's owner goes through `journey.rebuild()`, which runs as that
--| owner. A restore passes through states that are halfway, so what is not there
--| yet is no reason to complain.

CREATE FUNCTION journey._watch_members(s journey.store) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tree regclass[] := ARRAY(SELECT t FROM journey._tree(s.events) t ORDER BY t::oid);
  member regclass;
  lost boolean;
BEGIN
  IF tree <@ s.members AND s.members <@ tree THEN
    RETURN;
  END IF;
  -- first, for making triggers calls us again
  UPDATE journey.store t SET members = tree WHERE t.id = s.id;
  FOREACH member IN ARRAY tree LOOP
    CONTINUE WHEN member = ANY (s.members);
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_class p ON p.oid = s.events
                   WHERE c.oid = member AND c.relkind IN ('r', 'p') AND c.relpersistence = p.relpersistence) THEN
      RAISE EXCEPTION 'cannot make % a partition of %', member, s.events
        USING ERRCODE = 'wrong_object_type',
              DETAIL = format('%s is tracked, and the partition is a foreign table, or not as permanent.', s.events);
    END IF;
    PERFORM journey._add_triggers(s.id, member);
    PERFORM journey._collect_rows(s.id, member, false, 'journey._collect()'::regprocedure);
  END LOOP;
  FOREACH member IN ARRAY s.members LOOP
    CONTINUE WHEN member = ANY (tree);
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = member) THEN
      lost := true;
    ELSIF EXISTS (SELECT FROM journey._store_triggers(s.id, member)) THEN
      PERFORM journey._collect_rows(s.id, member, true, 'journey._collect()'::regprocedure);
      PERFORM journey._drop_triggers(s.id, member);
    END IF;
  END LOOP;
  IF lost THEN
    RAISE NOTICE 'rebuilding %, for partitions of % are gone', s.view, s.events
      USING HINT = 'What is detached before it is dropped is taken out of the store without that.';
    PERFORM journey.rebuild(s.view);
  END IF;
END
$$;
COMMENT ON FUNCTION journey._watch_members(journey.store) IS
'Makes triggers on new partitions and adds their rows, takes out those of partitions that were detached, and rebuilds the store if some were dropped.';

CREATE FUNCTION journey._watch_table(s journey.store) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  e pg_class := (SELECT c FROM pg_class c WHERE c.oid = s.events);
  problem text := CASE
    WHEN s.row_security IS NULL AND EXISTS (SELECT FROM pg_class c WHERE c.oid = ANY (s.members) AND c.relrowsecurity)
      THEN 'Its journeys would show rows that policies hide.'
    WHEN e.relispartition THEN 'It would be a partition.'
    WHEN e.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE s.events IN (i.inhrelid, i.inhparent))
      THEN 'Rows of one table would be in another one.'
    WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = ANY (s.members) AND t.tgenabled = 'D'
                   AND t.tgname IN (SELECT x FROM journey._store_triggers(s.id, t.tgrelid) x))
      THEN 'The triggers of the store would be disabled.'
  END;
BEGIN
  IF problem IS NOT NULL
     AND EXISTS (SELECT FROM pg_event_trigger_ddl_commands() d
                 WHERE d.objid = ANY (s.members)
                    OR d.objid IN (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = s.events)) THEN
    RAISE EXCEPTION 'cannot do that to %, which is tracked', s.events
      USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problem,
            HINT = format('End it first: SELECT journey.untrack(%L).', s.view);
  END IF;
  IF e.relowner <> (SELECT c.relowner FROM pg_class c WHERE c.oid = s.sets) THEN
    PERFORM journey._set_owner(r, e.relowner) FROM unnest(ARRAY[s.sets, s.delta, s.view]) r;
  END IF;
  -- each of them calls us again, and finds one less to do
  WHILE e.relkind = 'r' AND EXISTS (SELECT FROM pg_class c WHERE c.oid IN (s.sets, s.delta) AND c.relpersistence <> e.relpersistence) LOOP
    EXECUTE (SELECT format('ALTER TABLE %s SET %s', c.oid::regclass, CASE e.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END)
             FROM pg_class c WHERE c.oid IN (s.sets, s.delta) AND c.relpersistence <> e.relpersistence LIMIT 1);
  END LOOP;
  PERFORM journey._watch_members(s);
END
$$;
COMMENT ON FUNCTION journey._watch_table(journey.store) IS
'Raises if a tracked table became one whose journeys would be wrong; gives the store the owner and permanence of the table, and follows its partitions.';

CREATE FUNCTION journey._watch() RETURNS event_trigger
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store;
BEGIN
  FOR s IN SELECT t.* FROM journey.store t ORDER BY t.id LOOP
    CONTINUE WHEN NOT journey._owns(ARRAY[s.view, s.events, s.sets, s.delta]);
    IF (SELECT count(*) < 4 FROM pg_class c WHERE c.oid IN (s.view, s.events, s.sets, s.delta)) THEN
      PERFORM journey._drop_store(s);
    ELSIF tg_tag IN ('GRANT', 'REVOKE') THEN
      PERFORM journey._sync_rights(s.view, s.events);
    ELSE
      PERFORM journey._watch_table(s);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._watch() IS
'After commands that may concern tracked tables: drops stores whose table is gone, and keeps the others in step with theirs.';

CREATE FUNCTION journey._watch_drops() RETURNS event_trigger
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d WHERE d.object_type = 'trigger') THEN
    RETURN;
  END IF;
  FOR s IN SELECT t.* FROM journey.store t ORDER BY t.id LOOP
    IF journey._columns_trigger(s.id, s.events) IS NULL
       AND EXISTS (SELECT FROM pg_class c WHERE c.oid = s.events)
       AND EXISTS (SELECT FROM pg_event_trigger_dropped_objects() d
                   WHERE d.object_type = 'trigger' AND d.address_names[3] ~ '^journey_\d+_columns$'
                     AND to_regclass(format('%I.%I', d.address_names[1], d.address_names[2])) = s.events) THEN
      RAISE EXCEPTION 'cannot drop a column of %, which is tracked', s.events
        USING ERRCODE = 'dependent_objects_still_exist', DETAIL = format('The store %s needs it.', s.view),
              HINT = format('End it first: SELECT journey.untrack(%L).', s.view);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._watch_drops() IS 'Raises if columns of a tracked table would go.';

CREATE EVENT TRIGGER journey_watch ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'DROP TABLE', 'DROP VIEW', 'CREATE SCHEMA', 'DROP SCHEMA', 'CREATE FOREIGN TABLE',
               'ALTER FOREIGN TABLE', 'DROP OWNED', 'GRANT', 'REVOKE')
  EXECUTE FUNCTION journey._watch();
COMMENT ON EVENT TRIGGER journey_watch IS 'Keeps stores of live journeys in step with their tables.';
CREATE EVENT TRIGGER journey_watch_drops ON sql_drop
  WHEN TAG IN ('ALTER TABLE')
  EXECUTE FUNCTION journey._watch_drops();
COMMENT ON EVENT TRIGGER journey_watch_drops IS 'Keeps the columns that stores of live journeys need.';
