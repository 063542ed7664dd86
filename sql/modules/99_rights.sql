--| # Rights that nobody meant
--|
--| `ALTER DEFAULT PRIVILEGES` of the role that installs or upgrades the extension
--| would give others rights on what the script creates, as on any new table:
--| on the ledger, or on functions that decrypt. So the script ends by taking
--| them. Whoever should have some is granted them afterwards, by name.

CREATE FUNCTION journey._close_rights() RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  command text;
BEGIN
  FOR command IN
    SELECT format('REVOKE ALL ON %s %s FROM %s', o.kind, o.name, x.grantee::regrole)
    FROM (SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, c.relowner AS owner, c.relacl AS acl
          FROM pg_class c WHERE c.relnamespace = 'journey'::regnamespace
          UNION ALL
          SELECT 'ROUTINE', p.oid::regprocedure::text, p.proowner, p.proacl
          FROM pg_proc p WHERE p.pronamespace = 'journey'::regnamespace
          UNION ALL
          SELECT 'TYPE', t.oid::regtype::text, t.typowner, t.typacl
          FROM pg_type t WHERE t.typnamespace = 'journey'::regnamespace
          UNION ALL
          SELECT 'SCHEMA', 'journey', n.nspowner, n.nspacl
          FROM pg_namespace n WHERE n.nspname = 'journey') o
    CROSS JOIN LATERAL (SELECT DISTINCT a.grantee FROM aclexplode(o.acl) a) x
    WHERE x.grantee NOT IN (0, o.owner)
  LOOP
    EXECUTE command;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._close_rights() IS
  'Takes all rights on objects of the extension from roles other than their owner and PUBLIC. The last step of the scripts that install and upgrade.';
REVOKE EXECUTE ON FUNCTION journey._close_rights() FROM PUBLIC;

DO $$ BEGIN PERFORM journey._close_rights(), journey._note_made(); END $$;
