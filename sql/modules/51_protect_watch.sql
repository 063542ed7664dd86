--| ## Tables that join a protected one
--|
--| A partition or a child has rights of its own, which default privileges may
--| give to readers. They are taken by the command that makes it one, whoever
--| runs it; `refresh()` does the rest. One that is itself partitioned by a masked
--| column would tell at once, by its plans, what the masks hide; of a foreign
--| one others decide who reads it. Those commands fail. CREATE SCHEMA can make
--| tables, too.
--|
--| They stay in the schema where they were, and so GRANT ... ON ALL TABLES IN
--| SCHEMA opens them, which nobody means; as would a partition that is taken out,
--| opened and put back. Outside of `journey_base` no right on them holds.

CREATE FUNCTION journey._close_again() RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  opened record;
BEGIN
  FOR opened IN
    SELECT m.member, p.base
    FROM journey._protected() p
    CROSS JOIN journey._members(p.base) AS m (member)
    JOIN pg_class c ON c.oid = m.member
    WHERE c.relnamespace IS DISTINCT FROM to_regnamespace('journey_base')
      AND EXISTS (SELECT FROM journey._rights(m.member) r WHERE r.grantee <> c.relowner)
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
  p journey.protected_relation;
BEGIN
  FOR p IN
    SELECT q.* FROM journey._protected() q
    WHERE EXISTS (SELECT FROM journey._tree(q.base) t
                  WHERE NOT EXISTS (SELECT FROM journey.protected_member m WHERE m.protected_id = q.id AND m.member = t))
    ORDER BY q.id
  LOOP
    PERFORM journey._close(m) FROM journey._note_members(p.id, p.base) m;
    -- by this command: others must not fail for what was there before
    PERFORM journey._raise(journey._first_problem(array_agg(x.code), array_agg(x.message), array_agg(x.object),
                                                  array_agg(x.detail), array_agg(x.hint)))
    FROM (SELECT array_agg(c) FROM journey.policy c WHERE c.protected_id = p.id) AS k (policies)
    CROSS JOIN LATERAL (SELECT * FROM journey._policy_problems(p.base, k.policies)
                        UNION ALL SELECT * FROM journey._kind_problems(p.base)) x
    WHERE EXISTS (SELECT FROM pg_event_trigger_ddl_commands() d JOIN journey._tree(p.base) t ON t = d.objid);
  END LOOP;
  PERFORM journey._close_again();
END
$$;
COMMENT ON FUNCTION journey._close_joined() IS
  'Takes the rights on tables that became partitions or children of a protected one, and remembers them for unprotect(). Raises if they are partitioned by a masked column, or foreign or temporary. Rights on those that are known are taken again.';
REVOKE EXECUTE ON FUNCTION journey._close_again(), journey._close_joined() FROM PUBLIC;

CREATE EVENT TRIGGER journey_close_joined ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE SCHEMA', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'GRANT')
  EXECUTE FUNCTION journey._close_joined();
COMMENT ON EVENT TRIGGER journey_close_joined IS 'Takes the rights on partitions and children of protected tables as they come.';
