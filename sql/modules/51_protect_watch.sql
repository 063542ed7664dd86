--| ## Tables that join a protected one
--|
--| A partition or a child has rights of its own, which default privileges may
--| give to readers. They are taken by the command that makes it one, whoever
--| runs it; `refresh()` does the rest. One that is itself partitioned by a masked
--| column would tell at once, by its plans, what the masks hide; of a foreign
--| one others decide who reads it; what is bound to one, views, publications, stores of
--| journeys, would go on showing its raw rows. Those commands fail. CREATE SCHEMA can make
--| tables, too.
--|
--| The other way round, a protected table, or a part of one, that becomes a part of another
--| table could be read through that, by whoever may read it: refused.
--|
--| They stay in the schema where they were, and so GRANT ... ON ALL TABLES IN
--| SCHEMA opens them, which nobody means; as would a partition that is taken out,
--| opened and put back. Outside of `journey_base` no right on them holds.

--|
--| All this is looked at behind every such command, of any table: by two queries
--| over all protected relations, whose plans the session keeps.

CREATE FUNCTION journey._protected_trees() RETURNS TABLE (protected_id uuid, base regclass, member regclass)
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 100
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY
  WITH RECURSIVE tree (id, base, member) AS (
    SELECT p.id, p.base, p.base::oid FROM journey.protected_relation p JOIN pg_class c ON c.oid = p.base
    UNION
    SELECT t.id, t.base, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.member
  )
  SELECT t.id, t.base, t.member::regclass FROM tree t;
END
$$;
COMMENT ON FUNCTION journey._protected_trees() IS
  'The trees of all protected relations whose table is there, as _tree() gives that of one.';

CREATE FUNCTION journey._close_again() RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  opened record;
BEGIN
  FOR opened IN
    SELECT m.member, p.base
    FROM journey._protected_trees() p
    JOIN pg_class t ON t.oid = p.member
    CROSS JOIN LATERAL (
      SELECT p.member
      UNION ALL
      -- sequences that belong to columns lie where the table does
      SELECT d.objid::regclass
      FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
        AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')) AS m (member)
    JOIN pg_class c ON c.oid = m.member
    WHERE t.relnamespace IS DISTINCT FROM to_regnamespace('journey_base')
      AND (EXISTS (SELECT FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner)
           OR EXISTS (SELECT FROM pg_attribute a CROSS JOIN aclexplode(a.attacl) x
                      WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped AND x.grantee <> c.relowner))
    ORDER BY m.member::text COLLATE "C"
  LOOP
    PERFORM journey._close(opened.member);
    RAISE WARNING 'rights on % were taken back', opened.member
      USING DETAIL = format('It is a part of the protected relation %s, and holds raw values.', opened.base),
            HINT = 'Grant rights on the view.';
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._close_again() IS
  'Takes the rights on what belongs to protected relations and lies outside of journey_base, but those of owners, and warns of each.';

CREATE FUNCTION journey._close_joined() RETURNS event_trigger
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p record;
  given record;
  added regclass[];
BEGIN
  SELECT i.inhrelid::regclass AS member, i.inhparent::regclass AS parent, t.base
  INTO given
  FROM pg_event_trigger_ddl_commands() d
  JOIN pg_inherits i ON d.objid IN (i.inhrelid, i.inhparent)
  JOIN journey._protected_trees() t ON t.member = i.inhrelid
  WHERE d.classid = 'pg_class'::regclass
    AND NOT EXISTS (SELECT FROM journey._protected_trees() u WHERE u.protected_id = t.protected_id AND u.member = i.inhparent)
  ORDER BY i.inhrelid, i.inhparent
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'protected table % cannot become a part of %', given.member, given.parent
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('Whoever may read %s would read raw rows of %s.', given.parent, given.base),
            HINT = format('Unprotect %s first, and protect the table at the top.', given.base);
  END IF;

  FOR p IN
    SELECT DISTINCT t.protected_id, t.base FROM journey._protected_trees() t
    WHERE NOT EXISTS (SELECT FROM journey.protected_member m WHERE m.protected_id = t.protected_id AND m.member = t.member)
    ORDER BY t.protected_id
  LOOP
    added := ARRAY(SELECT m FROM journey._note_members(p.protected_id, p.base) m);
    PERFORM journey._close(m) FROM unnest(added) m;
    -- by this command: others must not fail for what was there before
    PERFORM journey._raise(journey._first_problem(array_agg(x.code), array_agg(x.message), array_agg(x.object),
                                                  array_agg(x.detail), array_agg(x.hint)))
    FROM (SELECT array_agg(c) FROM journey.policy c WHERE c.protected_id = p.protected_id) AS k (policies)
    CROSS JOIN LATERAL (SELECT * FROM journey._policy_problems(p.base, k.policies)
                        UNION ALL SELECT * FROM journey._kind_problems(p.base)
                        UNION ALL
                        SELECT b.*
                        FROM unnest(added) m
                        JOIN pg_class c ON c.oid = m AND c.relkind IN ('r', 'p')
                        CROSS JOIN LATERAL (
                          SELECT * FROM journey._bound_problems(m, (SELECT r.view FROM journey.protected_relation r WHERE r.id = p.protected_id))
                          UNION ALL SELECT * FROM journey._tracked_problems(m)) b) x
    WHERE EXISTS (SELECT FROM pg_event_trigger_ddl_commands() d JOIN journey._tree(p.base) t ON t = d.objid);
  END LOOP;
  PERFORM journey._close_again();
END
$$;
COMMENT ON FUNCTION journey._close_joined() IS
  'Takes the rights on tables that became partitions or children of a protected one, and remembers them for unprotect(). Raises if they are partitioned by a masked column, foreign, temporary, tracked, published, or have views and others bound to them, and if a protected table or a part of one becomes a part of another. Rights on those that are known are taken again.';
REVOKE EXECUTE ON FUNCTION journey._protected_trees(), journey._close_again(), journey._close_joined() FROM PUBLIC;

CREATE EVENT TRIGGER journey_close_joined ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'GRANT')
  EXECUTE FUNCTION journey._close_joined();
COMMENT ON EVENT TRIGGER journey_close_joined IS 'Takes the rights on partitions and children of protected tables as they come.';
