--| ## What the extension made
--|
--| A superuser can put another body in the place of a function of ours, call it
--| leakproof, or drop a trigger. So the script that installs or upgrades notes
--| at its end what it made, and doctor() compares.

CREATE TABLE journey.made (
  name      text COLLATE "C" PRIMARY KEY,
  digest    bytea NOT NULL,
  statement text  NOT NULL,
  enabled   text
);
COMMENT ON TABLE journey.made IS
'The functions and triggers of the extension as the script made them. Not dumped: each installation notes its own.';
COMMENT ON COLUMN journey.made.name IS 'As function f(int), or trigger t of r.';
COMMENT ON COLUMN journey.made.digest IS 'Of what the server''s catalog says of it.';
COMMENT ON COLUMN journey.made.statement IS 'Makes it so again.';
COMMENT ON COLUMN journey.made.enabled IS 'Enables a trigger as it was. NULL for functions.';

CREATE FUNCTION journey._made(noting boolean) RETURNS SETOF journey.made
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 500
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('function %s', f.oid::regprocedure),
         sha256(convert_to(concat_ws(E'\n', f.proowner = e.extowner, l.lanname, f.prosecdef, f.proleakproof, f.proisstrict, f.provolatile,
                                     f.proparallel, f.proconfig, f.probin, f.prosrc), 'UTF8')),
         CASE WHEN noting THEN pg_get_functiondef(f.oid) || ';' ELSE '' END, NULL
  FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang JOIN pg_extension e ON e.extname = 'journey'
  WHERE f.pronamespace = 'journey'::regnamespace AND f.prokind <> 'a'
  UNION ALL
  SELECT format('trigger %I of %s', g.tgname, c.oid::regclass),
         sha256(convert_to(concat_ws(E'\n', g.tgfoid::regprocedure, g.tgtype, g.tgdeferrable, g.tginitdeferred, g.tgattr, g.tgqual IS NOT NULL), 'UTF8')),
         pg_get_triggerdef(g.oid) || ';',
         format('ALTER TABLE %s %s TRIGGER %I;', c.oid::regclass,
                CASE g.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END, g.tgname)
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE c.relnamespace = 'journey'::regnamespace AND NOT g.tgisinternal
  UNION ALL
  SELECT format('event trigger %I', t.evtname), sha256(convert_to(concat_ws(E'\n', t.evtfoid::regprocedure, t.evtevent, t.evttags), 'UTF8')),
         format('CREATE EVENT TRIGGER %I ON %s WHEN TAG IN (%s) EXECUTE FUNCTION %s;', t.evtname, t.evtevent,
                (SELECT string_agg(quote_literal(g), ', ') FROM unnest(t.evttags) g), t.evtfoid::regprocedure),
         format('ALTER EVENT TRIGGER %I %s;', t.evtname,
                CASE t.evtenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'D' THEN 'DISABLE' ELSE 'ENABLE' END)
  FROM pg_event_trigger t JOIN pg_proc f ON f.oid = t.evtfoid
  WHERE f.pronamespace = 'journey'::regnamespace
$$;
COMMENT ON FUNCTION journey._made(boolean) IS
  'The functions and triggers in the schema journey, and the event triggers that call these, as they are, as journey.made notes them; with the statements that make functions, which take long, only for noting.';

CREATE FUNCTION journey._note_made() RETURNS void
  LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM journey.made;
  INSERT INTO journey.made SELECT m.* FROM journey._made(true) m;
$$;
COMMENT ON FUNCTION journey._note_made() IS 'Fills journey.made. The last step of the scripts that install and upgrade.';

CREATE FUNCTION journey._drop_made(name text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('DROP %s %s;', upper(p.part[1]), CASE p.part[1] WHEN 'trigger' THEN regexp_replace(p.part[2], '^(.*) of ', '\1 ON ') ELSE p.part[2] END)
  FROM regexp_match(name, '^(event trigger|trigger|function) (.*)$') AS p (part)
$$;
COMMENT ON FUNCTION journey._drop_made(text) IS 'The statement that drops what journey._made() names.';

CREATE FUNCTION journey._doctor_made() RETURNS TABLE (severity text, finding text, object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH now_made AS MATERIALIZED (SELECT n.* FROM journey._made(false) n)
  SELECT 'high', CASE WHEN n.name IS NULL THEN 'something of the extension is missing' ELSE 'something of the extension was changed' END,
         m.name, concat_ws(' ', CASE WHEN n.name LIKE '%trigger %' THEN journey._drop_made(n.name) END, m.statement, m.enabled),
         'Only a superuser can have done that, and perhaps more.'
  FROM journey.made m LEFT JOIN now_made n ON n.name = m.name
  WHERE n.digest IS DISTINCT FROM m.digest
  UNION ALL
  SELECT 'medium', CASE WHEN m.name LIKE 'event %' THEN 'a trigger that follows commands is disabled' ELSE 'a trigger that keeps consent in order is disabled' END, m.name, m.enabled, NULL
  FROM journey.made m JOIN now_made n ON n.name = m.name
  WHERE n.digest = m.digest AND n.enabled <> m.enabled
  UNION ALL
  SELECT 'medium', 'something of others is in the schema of the extension', n.name,
         journey._drop_made(n.name),
         'It could act on consent, or take the place of what is ours.'
  FROM now_made n
  WHERE NOT EXISTS (SELECT FROM journey.made m WHERE m.name = n.name)
  UNION ALL
  SELECT 'high', 'a rule changes what is done to a table of the extension', format('rule %I of %s', w.rulename, c.oid::regclass),
         format('DROP RULE %I ON %s;', w.rulename, c.oid::regclass), NULL
  FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class
  WHERE c.relnamespace = 'journey'::regnamespace AND c.relkind IN ('r', 'p')
  UNION ALL
  SELECT 'high', 'an erased subject has a data key', 'table journey.subject_key',
         'DELETE FROM journey.subject_key k USING journey.subject s WHERE s.name = k.subject AND s.erased;',
         format('Keys: %s. What was encrypted under them can be read again.', k.n)
  FROM (SELECT count(*) FROM journey.subject_key k JOIN journey.subject s ON s.name = k.subject WHERE s.erased) k (n)
  WHERE k.n > 0
$$;
COMMENT ON FUNCTION journey._doctor_made() IS 'Findings of doctor(): what became of the functions, triggers and tables of the extension itself.';

REVOKE EXECUTE ON FUNCTION journey._made(boolean), journey._note_made(), journey._drop_made(text), journey._doctor_made() FROM PUBLIC;
