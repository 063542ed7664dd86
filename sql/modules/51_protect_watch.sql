--| ## Tables that join a protected one
--|
--| A partition or a child has rights of its own, which default privileges may
--| give to readers. They are taken by the command that makes it one, whoever
--| runs it; `refresh()` does the rest.

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
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._close_joined() IS
  'Takes the rights on tables that became partitions or children of a protected one, and remembers them for unprotect().';
REVOKE EXECUTE ON FUNCTION journey._close_joined() FROM PUBLIC;

CREATE EVENT TRIGGER journey_close_joined ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
  EXECUTE FUNCTION journey._close_joined();
COMMENT ON EVENT TRIGGER journey_close_joined IS 'Takes the rights on partitions and children of protected tables as they come.';
