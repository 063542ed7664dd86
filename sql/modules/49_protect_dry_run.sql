--| ## What it would do
--|
--|     SELECT * FROM journey.protect('public.events', subject => 'user_id', dry_run => true);
--|
--| lists all that stands in the way, each with the statement that helps, or else
--| the steps that `protect()` would take. It changes nothing and locks nothing
--| that a reader would notice. All arguments but the first go by their names.

CREATE FUNCTION journey._notes(relation regclass, subject text, collected text, policies journey.policy[], writes text)
  RETURNS TABLE (object text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('publication %I', p.pubname), 'It is for all tables, and goes on carrying raw values out of the database.'
  FROM pg_publication p
  WHERE p.puballtables
  UNION ALL
  SELECT DISTINCT pg_describe_object('pg_proc'::regclass, p.oid, 0),
         'Its text names the relation. By that name it will see masks, and write as far as the view can be written to.'
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_class c ON c.oid = relation
  WHERE p.oid >= 16384 AND p.pronamespace <> 'journey'::regnamespace AND l.lanname NOT IN ('c', 'internal')
    AND p.prosqlbody IS NULL AND position(lower(c.relname) IN lower(p.prosrc)) > 0
  UNION ALL
  SELECT format('trigger %I of %s', g.tgname, t),
         CASE writes WHEN 'none' THEN 'It stays with the table.'
                     ELSE 'It stays with the table. For writes through the view it runs as the owner, with search_path "pg_catalog, pg_temp"; '
                          'what it does with raw values is up to you.' END
  FROM journey._tree(relation) t JOIN pg_trigger g ON g.tgrelid = t AND NOT g.tgisinternal
  UNION ALL
  SELECT DISTINCT format('constraint %I of %s', k.conname, k.conrelid::regclass),
         'It stays. Who may write to ' || k.conrelid::regclass || ' learns from errors which values are there.'
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.confrelid = t AND k.contype = 'f'
   AND k.conrelid NOT IN (SELECT u FROM journey._tree(relation) u)
  UNION ALL
  SELECT DISTINCT r.name, format('It stays. Who reads %s%s', r.object,
                                 CASE WHEN r.told THEN ', sees the masked values there.' ELSE ', sees by the column xmax to which of its rows masked values refer.' END)
  FROM journey._told_references(relation, policies) r
  UNION ALL
  SELECT 'command ' || l.command, 'It is not offered through the view: ' || string_agg(l.reason, '; ' ORDER BY l.reason COLLATE "C") || '.'
  FROM journey._write_limits(relation, policies, writes) l
  WHERE writes IN ('public', 'collect')
  GROUP BY l.command
  UNION ALL
  SELECT format('column %I', p.column_name),
         'It is public, but cannot be written through the view: it is the subject, the time of collection, or tied to masked columns.'
  FROM unnest(policies) p
  WHERE writes IN ('public', 'collect') AND p.mask = 'public'
    AND p.column_name NOT IN (SELECT w FROM journey._writable(relation, subject, collected, policies) w)
$$;
COMMENT ON FUNCTION journey._notes(regclass, text, text, journey.policy[], text) IS
  'What keeps no one from protecting the relation, but should be known.';

CREATE FUNCTION journey._steps(relation regclass, subject text, row_action text, owner regrole, collected text,
                               writes text, policies journey.policy[])
  RETURNS TABLE (object text, statement text, detail text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT relation::text, format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE;', relation), 'Waits for those who use it; lock_timeout holds.'
  UNION ALL
  SELECT * FROM (
    SELECT m::text,
           format('REVOKE ALL ON %s %s FROM %s%s;', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, m,
                  string_agg(DISTINCT CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END, ', '), ' CASCADE'),
           'Kept in journey.protected_grant for unprotect().'
    FROM journey._members(relation) m JOIN pg_class c ON c.oid = m, journey._rights(m) r
    WHERE r.grantee <> c.relowner
    GROUP BY m, c.relkind
    ORDER BY m::text COLLATE "C") r
  UNION ALL
  SELECT relation::text, format('ALTER TABLE %s SET SCHEMA journey_base;', relation),
         CASE WHEN journey._is_free(c.relname, to_regnamespace('journey_base')) IS NOT FALSE THEN 'With its indexes and sequences.'
              ELSE 'With its indexes and sequences, and under another name, for journey_base has this one.' END
  FROM pg_class c WHERE c.oid = relation
  UNION ALL
  SELECT 'schema journey_base', format('GRANT USAGE ON SCHEMA journey_base TO %s;', coalesce(owner, c.relowner::regrole)), 'For the owner of the table.'
  FROM pg_class c WHERE c.oid = relation
  UNION ALL
  SELECT relation::text, format('CREATE VIEW %s ... WITH (security_barrier = true);', relation),
         format('Rows of denied subjects %s. Subjects are named by %I%s.',
                CASE row_action WHEN 'keep' THEN 'show masks' ELSE 'are hidden' END, subject,
                ', the time of collection is in ' || quote_ident(collected))
  UNION ALL
  SELECT * FROM (
    SELECT format('column %I', p.column_name), NULL::text,
           CASE p.mask WHEN 'public' THEN 'Shown to everybody.'
                       ELSE format('Masked by %s, class %s.', p.mask, p.class) END
           || CASE WHEN writes <> 'none' AND p.column_name IN (SELECT w FROM journey._writable(relation, subject, collected, policies) w)
                   THEN ' Can be written.' ELSE '' END
    FROM unnest(policies) p
    WHERE p.mask <> 'row'
    ORDER BY p.attnum) c
  UNION ALL
  SELECT * FROM (
    SELECT relation::text,
           format('GRANT %s%s ON %s TO %s%s;', r.privilege, CASE WHEN r.attnum > 0 THEN format(' (%I)', r.column_name) ELSE '' END, relation,
                  CASE r.grantee WHEN 0 THEN 'PUBLIC' ELSE r.grantee::regrole::text END,
                  CASE WHEN r.grantable THEN ' WITH GRANT OPTION' ELSE '' END),
           'On the view, as it was on the table.'
    FROM journey._rights(relation) r JOIN pg_class c ON c.oid = relation
    WHERE r.grantee <> c.relowner
      AND (r.privilege = 'SELECT'
           OR (writes <> 'none' AND r.privilege IN ('INSERT', 'UPDATE', 'DELETE')
               AND r.privilege NOT IN (SELECT l.command FROM journey._write_limits(relation, policies, writes) l)))
    ORDER BY r.attnum, r.grantee::regrole::text COLLATE "C", r.privilege COLLATE "C") g
  UNION ALL
  SELECT relation::text, format('ALTER TABLE journey_base.%I OWNER TO %s;', c.relname, owner),
         format('Also its partitions, children and the view. %s keeps SELECT on the view.', c.relowner::regrole)
  FROM pg_class c WHERE c.oid = relation AND owner IS NOT NULL
$$;
COMMENT ON FUNCTION journey._steps(regclass, text, text, regrole, text, text, journey.policy[]) IS
  'What protect() would do, in this order.';

CREATE FUNCTION journey.protect(relation regclass, dry_run boolean, columns jsonb DEFAULT '{}',
                                row_action text DEFAULT 'keep', owner regrole DEFAULT NULL,
                                collected text DEFAULT NULL, writes text DEFAULT 'none', subject text DEFAULT NULL)
  RETURNS TABLE (step int, kind text, object text, statement text, detail text)
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  policies journey.policy[];
BEGIN
  PERFORM journey._check_superuser();
  IF dry_run IS NOT TRUE THEN
    PERFORM journey.protect(relation, subject, columns, row_action, owner, collected, writes);
    RETURN;
  END IF;

  RETURN QUERY
    SELECT row_number() OVER ()::int, 'problem', coalesce(p.object, relation::text), p.statement,
           concat_ws(' ', replace(p.message, '%s', coalesce(p.object, '')) || '.', replace(p.detail, '%s', coalesce(p.object, '')), p.hint)
    FROM journey._problems(relation, subject, columns, row_action, owner, collected, writes) p;
  IF FOUND THEN
    RETURN;
  END IF;
  policies := ARRAY(SELECT p FROM journey._policies(relation, columns) p);
  RETURN QUERY
    SELECT row_number() OVER ()::int, x.*
    FROM (SELECT 'note', n.object, NULL, n.detail
          FROM (SELECT * FROM journey._notes(relation, subject, collected, policies, writes) n ORDER BY n.object COLLATE "C", n.detail COLLATE "C") n
          UNION ALL
          SELECT 'step', s.object, s.statement, s.detail
          FROM journey._steps(relation, subject, row_action, owner, collected, writes, policies) s) x;
END
$$;
COMMENT ON FUNCTION journey.protect(regclass, boolean, jsonb, text, regrole, text, text, text) IS
  'With dry_run => true: what protect() would do with these arguments, and nothing is changed. kind: problem, each with '
  'the statement that helps where there is one; where there is no problem: note, and step, in order. '
  'Name all arguments but the first. For superusers.';

REVOKE EXECUTE ON FUNCTION
  journey._notes(regclass, text, text, journey.policy[], text),
  journey._steps(regclass, text, text, regrole, text, text, journey.policy[]),
  journey.protect(regclass, boolean, jsonb, text, regrole, text, text, text)
FROM PUBLIC;
