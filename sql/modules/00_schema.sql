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
  IF EXISTS (SELECT FROM pg_catalog.pg_proc WHERE pronamespace = 'journey'::pg_catalog.regnamespace)
     OR EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = 'journey'::pg_catalog.regnamespace)
     OR EXISTS (SELECT FROM pg_catalog.pg_type WHERE typnamespace = 'journey'::pg_catalog.regnamespace)
     OR EXISTS (SELECT FROM pg_catalog.pg_operator WHERE oprnamespace = 'journey'::pg_catalog.regnamespace) THEN
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
END
$$;

GRANT USAGE ON SCHEMA journey TO PUBLIC;
