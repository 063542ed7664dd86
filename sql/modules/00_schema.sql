--| # The schema
--|
--| Everything lives in the schema `journey`; nothing is created elsewhere
--| except, by `journey.protect()`, the schema `journey_base`.

-- A schema that somebody else prepared could shadow what this script creates.
DO $$
BEGIN
  IF pg_catalog.current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'journey needs a database with encoding UTF8'
      USING ERRCODE = 'feature_not_supported',
            DETAIL = pg_catalog.format('This database has encoding %s.', pg_catalog.current_setting('server_encoding')),
            HINT = 'Create one with CREATE DATABASE ... ENCODING ''UTF8'' TEMPLATE template0.';
  END IF;
  -- each object in a schema depends on it; the extension itself is the only one
  IF EXISTS (SELECT FROM pg_catalog.pg_depend d
             WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = 'journey'::pg_catalog.regnamespace
               AND d.classid NOT IN ('pg_catalog.pg_extension'::pg_catalog.regclass, 'pg_catalog.pg_default_acl'::pg_catalog.regclass)) THEN
    RAISE EXCEPTION 'schema "journey" is not empty'
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Objects that somebody else put there could take the place of those of the extension.',
            HINT = 'Look at them, drop or move them, and run CREATE EXTENSION journey again.';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n
                 JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner
                 WHERE n.nspname = 'journey' AND (r.rolsuper OR r.rolname = CURRENT_USER)) THEN
    RAISE EXCEPTION 'schema "journey" belongs to another role'
      USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'Its owner could add objects that take the place of those of the extension.',
            HINT = 'Run ALTER SCHEMA journey OWNER TO CURRENT_USER first.';
  END IF;
  -- Some functions are for PUBLIC and all tables are not.  What other roles get
  -- is taken at the end, but for PUBLIC nothing would tell the two apart.
  IF EXISTS (SELECT FROM pg_catalog.pg_default_acl d
             WHERE d.defaclrole = CURRENT_USER::pg_catalog.regrole AND d.defaclobjtype IN ('r', 'S', 'f', 'T')
               AND (d.defaclnamespace = 0
                    AND (d.defaclobjtype IN ('f', 'T')) <> EXISTS (SELECT FROM pg_catalog.aclexplode(d.defaclacl) x WHERE x.grantee = 0)
                    OR d.defaclnamespace = 'journey'::pg_catalog.regnamespace
                    AND EXISTS (SELECT FROM pg_catalog.aclexplode(d.defaclacl) x WHERE x.grantee = 0))) THEN
    RAISE EXCEPTION 'default privileges of role "%" say what everybody may do with new objects', CURRENT_USER
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Readers would have rights on tables of the extension, or none on functions that show cells to them.',
            HINT = 'Run CREATE EXTENSION journey as another superuser, or look at \ddp and undo what was changed for PUBLIC first.';
  END IF;
END
$$;

REVOKE CREATE ON SCHEMA journey FROM PUBLIC;
GRANT USAGE ON SCHEMA journey TO PUBLIC;
