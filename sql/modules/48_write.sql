--| ## Writing through the view
--|
--| With `writes => 'public'` who had the right to insert, update or delete keeps
--| it, on the view. A statement finds rows as a SELECT does: conditions see
--| masks. What it then does is one fixed statement for each row, found by a
--| public key, run by the trigger function `journey._write()` as the owner of the
--| table. It sets public columns and no others; its errors say nothing that the
--| row says.
--|
--| Masked columns, the subject and the time of collection are never written,
--| and neither is a public column that the table ties to one of them: by an
--| index, a constraint, or a generated column. Whether such a write succeeds
--| would tell about raw values. `writes => 'collect'` also takes new rows whole.

CREATE FUNCTION journey._ties(relation regclass)
  RETURNS TABLE (kind "char", oid oid, name text, column_name name)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 30
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE WHEN i.indisunique OR i.indisexclusion THEN 'u' ELSE 'i' END::"char", i.indexrelid, format('index %s', i.indexrelid::regclass),
         x.column_name
  FROM journey._tree(relation) t JOIN pg_index i ON i.indrelid = t CROSS JOIN LATERAL journey._index_columns(i.indexrelid) x
  UNION ALL
  SELECT k.contype, k.oid, format('constraint %I of %s', k.conname, t), a.attname
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.conrelid = t AND k.contype IN ('c', 'f')
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum > 0 AND NOT a.attisdropped AND k.conkey && ARRAY[a.attnum, 0::int2]
  UNION ALL
  SELECT 'g', f.oid, format('generated column %I of %s', g.attname, t), x.column_name
  FROM journey._tree(relation) t
  JOIN pg_attribute g ON g.attrelid = t AND g.attgenerated <> '' AND NOT g.attisdropped
  JOIN pg_attrdef f ON f.adrelid = t AND f.adnum = g.attnum
  CROSS JOIN LATERAL (SELECT g.attname UNION ALL SELECT journey._generated_from(t, g.attnum)) AS x (column_name)
$$;
COMMENT ON FUNCTION journey._ties(regclass) IS
  'Which columns of the relation or its tree are bound together: by an index (i; u: unique or exclusion), '
  'a check (c) or foreign key (f), a generated column (g).';

CREATE FUNCTION journey._references(relation regclass, policies journey.policy[])
  RETURNS TABLE (name text, column_name name, masked boolean)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('constraint %I of %s', k.conname, k.conrelid::regclass), a.attname,
         p.mask IS DISTINCT FROM 'public'
         OR EXISTS (SELECT
                    FROM unnest(k.conkey) n
                    JOIN pg_attribute s ON s.attrelid = k.conrelid AND s.attnum = n
                    JOIN journey.protected_member m ON m.member = k.conrelid
                    LEFT JOIN journey.policy q ON q.protected_id = m.protected_id AND q.column_name = s.attname
                    WHERE q.mask IS DISTINCT FROM 'public')
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.confrelid = t AND k.contype = 'f'
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum = ANY (k.confkey)
  LEFT JOIN unnest(policies) p ON p.column_name = a.attname
$$;
COMMENT ON FUNCTION journey._references(regclass, journey.policy[]) IS
  'Foreign keys that refer to the relation, with each column they refer to, and whether a masked value, here or there, decides over deletes.';

CREATE FUNCTION journey._asks(relation regclass, policies journey.policy[])
  RETURNS TABLE (name text, column_name name)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('constraint %I of %s', k.conname, t), a.attname
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.conrelid = t AND k.contype = 'f'
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum = ANY (k.conkey)
  WHERE EXISTS (SELECT
                FROM unnest(k.confkey) n
                JOIN pg_attribute s ON s.attrelid = k.confrelid AND s.attnum = n
                LEFT JOIN unnest(policies) p ON p.column_name = s.attname AND p.mask = 'public'
                LEFT JOIN journey.protected_member m ON m.member = k.confrelid
                LEFT JOIN journey.policy q ON q.protected_id = m.protected_id AND q.column_name = s.attname AND q.mask = 'public'
                WHERE CASE WHEN k.confrelid IN (SELECT u FROM journey._tree(relation) u) THEN p.mask IS NULL
                           ELSE m.member IS NOT NULL AND q.mask IS NULL END)
$$;
COMMENT ON FUNCTION journey._asks(regclass, journey.policy[]) IS
  'Foreign keys of the relation that refer to masked columns, its own or those of another protected relation, with each of their own columns.';

CREATE FUNCTION journey._told_references(relation regclass, policies journey.policy[])
  RETURNS TABLE (name text, object regclass, reader text, told boolean, statement text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  -- the server locks the row that a new value refers to, which stays in its xmax; a right on columns does not reach that
  SELECT format('constraint %I of %s', k.conname, t), o::regclass, r.role, false,
         format('REVOKE SELECT ON %s FROM %s; GRANT SELECT (%s) ON %s TO %s;', o, r.role,
                (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                 WHERE a.attrelid = o AND a.attnum > 0 AND NOT a.attisdropped), o, r.role)
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.conrelid = t AND k.contype = 'f' AND k.conparentid = 0
  CROSS JOIN LATERAL journey._tree(k.confrelid) o
  CROSS JOIN LATERAL (SELECT DISTINCT CASE q.grantee::oid WHEN 0 THEN 'PUBLIC' ELSE q.grantee::text END
                      FROM journey._rights(o) q JOIN pg_class c ON c.oid = o LEFT JOIN pg_roles s ON s.oid = q.grantee
                      WHERE q.privilege = 'SELECT' AND q.attnum = 0 AND q.grantee <> c.relowner AND NOT coalesce(s.rolsuper, false)) AS r (role)
  WHERE o NOT IN (SELECT u FROM journey._tree(relation) u)
    AND EXISTS (SELECT FROM unnest(k.conkey) n JOIN pg_attribute a ON a.attrelid = t AND a.attnum = n
                WHERE NOT EXISTS (SELECT FROM unnest(policies) p WHERE p.column_name = a.attname AND p.mask = 'public'))
  UNION ALL
  -- what refers to a masked value is the same value
  SELECT format('constraint %I of %s', k.conname, o), o::regclass, r.role, true, format('REVOKE SELECT ON %s FROM %s;', o, r.role)
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.confrelid = t AND k.contype = 'f' AND k.conparentid = 0
  CROSS JOIN LATERAL journey._tree(k.conrelid) o
  CROSS JOIN LATERAL (SELECT DISTINCT CASE q.grantee::oid WHEN 0 THEN 'PUBLIC' ELSE q.grantee::text END
                      FROM journey._rights(o) q JOIN pg_class c ON c.oid = o LEFT JOIN pg_roles s ON s.oid = q.grantee
                      WHERE q.privilege = 'SELECT' AND q.grantee <> c.relowner AND NOT coalesce(s.rolsuper, false)) AS r (role)
  WHERE o NOT IN (SELECT m.member FROM journey.protected_member m) AND o NOT IN (SELECT u FROM journey._tree(relation) u)
    AND EXISTS (SELECT FROM unnest(k.confkey) n JOIN pg_attribute a ON a.attrelid = t AND a.attnum = n
                WHERE NOT EXISTS (SELECT FROM unnest(policies) p WHERE p.column_name = a.attname AND p.mask = 'public'))
$$;
COMMENT ON FUNCTION journey._told_references(regclass, journey.policy[]) IS
  'Foreign keys of masked columns by which readers of another table learn masked values: for each reader, whether the other table holds them (told), or shows only which of its rows are referred to; with the statement that closes it.';

CREATE FUNCTION journey._writable(relation regclass, subject text, collected text, policies journey.policy[]) RETURNS SETOF name
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH tie AS (
    SELECT t.kind, t.oid, t.column_name, p.mask IS NOT NULL AS public
    FROM journey._ties(relation) t
    LEFT JOIN unnest(policies) p ON p.column_name = t.column_name AND p.mask = 'public'
  )
  SELECT a.attname
  FROM pg_attribute a JOIN unnest(policies) p ON p.column_name = a.attname AND p.mask = 'public'
  WHERE a.attrelid = relation AND a.attnum > 0 AND a.attgenerated = '' AND a.attidentity <> 'a'
    AND a.attname <> subject COLLATE "C" AND a.attname IS DISTINCT FROM collected COLLATE "C"
    AND NOT EXISTS (SELECT FROM tie x JOIN tie y ON y.kind = x.kind AND y.oid = x.oid
                    WHERE x.column_name = a.attname AND NOT y.public)
    AND NOT EXISTS (SELECT FROM journey._references(relation, policies) r WHERE r.column_name = a.attname AND r.masked)
    AND NOT EXISTS (SELECT FROM journey._asks(relation, policies) k WHERE k.column_name = a.attname)
    -- a value that is stored as it is has to fit beside the masked ones
    AND NOT (a.attlen = -1 AND a.attstorage = 'p')
  ORDER BY a.attnum
$$;
COMMENT ON FUNCTION journey._writable(regclass, text, text, journey.policy[]) IS
  'The columns that can be written through the view without telling anything about masked ones.';

CREATE FUNCTION journey._write_key(relation regclass, policies journey.policy[]) RETURNS oid
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT i.indexrelid
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
  WHERE i.indrelid = relation AND i.indisunique AND i.indimmediate AND i.indisvalid
    AND i.indexprs IS NULL AND i.indpred IS NULL
    AND NOT EXISTS (SELECT
                    FROM unnest((i.indkey::int2[])[0 : i.indnkeyatts - 1]) k
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k
                    LEFT JOIN unnest(policies) p ON p.column_name = a.attname AND p.mask = 'public'
                    WHERE NOT a.attnotnull OR p.mask IS NULL)
  ORDER BY i.indisprimary DESC, i.indnkeyatts, c.relname
  LIMIT 1
$$;
COMMENT ON FUNCTION journey._write_key(regclass, journey.policy[]) IS
  'A unique index, the primary key if it will do, by whose public columns each row can be found; NULL if there is none.';

CREATE FUNCTION journey._write_limits(relation regclass, policies journey.policy[], writes text)
  RETURNS TABLE (command text, reason text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH tied AS (
    SELECT t.kind, t.oid, t.name, t.column_name, a.atthasdef OR a.attidentity <> '' AS filled,
           pg_get_serial_sequence(relation::text, a.attname) IS NOT NULL AS numbered
    FROM journey._ties(relation) t
    LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attname = t.column_name
    LEFT JOIN unnest(policies) p ON p.column_name = t.column_name AND p.mask = 'public'
    WHERE p.mask IS NULL
  )
  SELECT x.command, 'no unique index over public columns that are NOT NULL tells rows apart'
  FROM unnest('{UPDATE,DELETE}'::text[]) AS x (command)
  WHERE journey._write_key(relation, policies) IS NULL
  UNION
  SELECT x.command, 'other tables inherit from it'
  FROM unnest('{INSERT,UPDATE,DELETE}'::text[]) AS x (command)
  WHERE EXISTS (SELECT FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t WHERE t <> relation AND NOT c.relispartition)
  UNION
  SELECT x.command, format('trigger %I of %s is deferrable: at the commit it would run as the writer', g.tgname, t)
  -- the bits of pg_trigger.h; an UPDATE may delete a row here and insert it there
  FROM (VALUES ('INSERT', 4), ('DELETE', 8), ('UPDATE', 4 + 8 + 16)) AS x (command, events)
  CROSS JOIN journey._tree(relation) t
  JOIN pg_trigger g ON g.tgrelid = t AND NOT g.tgisinternal AND g.tgdeferrable AND g.tgtype::int & x.events <> 0
  UNION
  SELECT 'UPDATE', format('constraint %I of %s is not validated: old rows may break it', k.conname, t)
  FROM journey._tree(relation) t
  JOIN pg_constraint k ON k.conrelid = t AND k.contype IN ('c', 'n') AND NOT k.convalidated
  UNION
  -- by functions that are not immutable, or by a text form that is not: as the server's parse tree of the check has them
  SELECT 'UPDATE', format('what %s says of old rows follows settings of the writer', t.name)
  FROM tied t JOIN pg_constraint k ON t.kind = 'c' AND k.oid = t.oid
  WHERE k.conbin::text ~ 'SQLVALUEFUNCTION'
     OR EXISTS (SELECT FROM regexp_matches(k.conbin::text, ':(?:funcid|opfuncid) (\d+)', 'g') m JOIN pg_proc f ON f.oid = m[1]::oid
                WHERE f.provolatile <> 'i')
     OR k.conbin::text ~ 'COERCEVIAIO'
        AND EXISTS (SELECT FROM regexp_matches(k.conbin::text, ':(?:vartype|consttype|funcresulttype|opresulttype|resulttype) (\d+)', 'g') m
                    JOIN pg_type y ON y.oid = m[1]::oid JOIN pg_proc f ON f.oid IN (y.typinput, y.typoutput)
                    WHERE f.provolatile <> 'i')
  UNION
  SELECT 'DELETE', format('%s asks for masked values', r.name)
  FROM journey._references(relation, policies) r
  WHERE r.masked
  UNION
  SELECT 'INSERT', format('%s has a default value in a masked column', t.name)
  FROM tied t
  WHERE t.kind = 'u' AND t.filled AND NOT t.numbered AND writes = 'public'
  UNION
  SELECT 'INSERT', format('%s asks for masked values', t.name)
  FROM tied t
  WHERE t.kind IN ('u', 'f') AND writes = 'collect'
  UNION
  -- they note what is new to them, or lies beyond the rest, or look at all that is like it; a btree notes each row alike
  SELECT 'INSERT', format('what %s takes for a row tells whether there are like ones', t.name)
  FROM tied t
  JOIN pg_class i ON i.oid = t.oid
  JOIN pg_am m ON m.oid = i.relam AND m.amname <> 'btree'
  WHERE t.kind = 'i' AND (writes = 'collect' OR (writes = 'public' AND t.filled AND NOT t.numbered))
  UNION
  SELECT 'INSERT', format('%s asks for masked values', k.name)
  FROM journey._asks(relation, policies) k
  JOIN pg_attribute a ON a.attrelid = relation AND a.attname = k.column_name
  WHERE writes = 'collect' OR (writes = 'public' AND (a.atthasdef OR a.attidentity <> ''))
  UNION
  SELECT 'INSERT', format('the mask of column %I tells who can write values of their choice what it stands for', p.column_name)
  FROM unnest(policies) p
  WHERE writes = 'collect' AND p.mask NOT IN ('row', 'public', 'null', 'constant', 'default', 'partial', 'generalize')
  UNION
  -- a new row has NULL or the default there, and its token would tell which others have
  SELECT 'INSERT', format('the mask of column %I tells which values are the same as in a new row', p.column_name)
  FROM unnest(policies) p
  WHERE writes = 'public' AND (p.mask = 'token' OR EXISTS (SELECT FROM unnest(p.paths) x WHERE x.mask = 'token'))
$$;
COMMENT ON FUNCTION journey._write_limits(regclass, journey.policy[], text) IS
  'Commands that cannot be offered through the view, and why.';

CREATE FUNCTION journey._write_problems(relation regclass, subject text, collected text, policies journey.policy[], writes text)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'object_not_in_prerequisite_state', format('nothing could be written through the view of %s', relation), l.reason,
         'Reasons: %s.', 'Use writes => ''none''.', NULL
  FROM journey._write_limits(relation, policies, writes) l
  WHERE writes IN ('public', 'collect')
    AND (SELECT count(DISTINCT m.command) = 3 FROM journey._write_limits(relation, policies, writes) m)
    AND l.command = 'INSERT'
$$;
COMMENT ON FUNCTION journey._write_problems(regclass, text, text, journey.policy[], text) IS
  'Why writing through the view cannot be offered at all.';

CREATE FUNCTION journey._may_write(p journey.protected_relation, policies journey.policy[], command text) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.writes <> 'none'
     AND (command <> 'UPDATE' OR EXISTS (SELECT FROM journey._writable(p.base, p.subject, p.collected, policies)))
     AND NOT EXISTS (SELECT FROM journey._write_limits(p.base, policies, p.writes) l WHERE l.command = _may_write.command)
$$;
COMMENT ON FUNCTION journey._may_write(journey.protected_relation, journey.policy[], text) IS
  'Whether the view of a protected relation takes a command.';

CREATE FUNCTION journey._write() RETURNS trigger
  LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  AS 'MODULE_PATHNAME', 'journey__write';
COMMENT ON FUNCTION journey._write() IS
  'INSTEAD OF trigger of the views of protected relations: does to the base table, as its owner, what the view was asked to.';

CREATE FUNCTION journey._write_trigger(protected_id uuid, command text) RETURNS text
  LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  p journey.protected_relation := (SELECT p FROM journey.protected_relation p WHERE p.id = protected_id);
  policies journey.policy[] := ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = p.id);
  settable name[] := ARRAY(SELECT w FROM journey._writable(p.base, p.subject, p.collected, policies) w);
  key int2[] := (SELECT (i.indkey::int2[])[0 : i.indnkeyatts - 1] FROM pg_index i
                 WHERE i.indexrelid = journey._write_key(p.base, policies));
  returned text;
  condition text;
  changes text;
  arguments text[];
BEGIN
  -- $1 and on are the columns of the row as it was, after them those of the new one
  SELECT string_agg(format('b.%I', v.attname), ', ' ORDER BY v.attnum) FILTER (WHERE c.mask = 'public'),
         concat_ws(' AND ',
           string_agg(format('b.%I OPERATOR(%s.%s) $%s', v.attname, o.oprnamespace::regnamespace, o.oprname, v.attnum),
                      ' AND ' ORDER BY v.attnum) FILTER (WHERE b.attnum = ANY (key)),
           format('pg_catalog.record_image_eq(ROW(%s), ROW(%s))',
                  string_agg(format('b.%I', v.attname), ', ' ORDER BY v.attnum) FILTER (WHERE c.mask = 'public'),
                  string_agg('$' || v.attnum, ', ' ORDER BY v.attnum) FILTER (WHERE c.mask = 'public'))),
         string_agg(format('%I = $%s', v.attname, n.count + v.attnum), ', ' ORDER BY v.attnum)
           FILTER (WHERE v.attname = ANY (settable))
  INTO returned, condition, changes
  FROM pg_attribute v
  JOIN pg_attribute b ON b.attrelid = p.base AND b.attname = v.attname
  JOIN journey.policy c ON c.protected_id = p.id AND c.column_name = v.attname
  CROSS JOIN (SELECT max(a.attnum) FROM pg_attribute a WHERE a.attrelid = p.view) AS n (count)
  LEFT JOIN (SELECT x.attnum, e.oprname, e.oprnamespace
             FROM pg_index i
             CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS x (attnum, opclass)
             JOIN pg_opclass l ON l.oid = x.opclass
             JOIN pg_amop m ON m.amopfamily = l.opcfamily AND m.amoplefttype = l.opcintype
                           AND m.amoprighttype = l.opcintype AND m.amopstrategy = 3
             JOIN pg_operator e ON e.oid = m.amopopr
             WHERE i.indexrelid = journey._write_key(p.base, policies)) o ON o.attnum = b.attnum
  WHERE v.attrelid = p.view AND v.attnum > 0;

  arguments := CASE command
    WHEN 'INSERT' THEN
      ARRAY[p.base::text,
            CASE p.writes WHEN 'public' THEN settable ELSE
              ARRAY(SELECT a.attname FROM pg_attribute a
                    WHERE a.attrelid = p.base AND a.attnum > 0 AND NOT a.attisdropped
                      AND a.attgenerated = '' AND a.attidentity <> 'a' ORDER BY a.attnum) END::text,
            coalesce(' RETURNING ' || returned, '')]
    WHEN 'UPDATE' THEN
      ARRAY[format('UPDATE %s AS b SET %s WHERE %s RETURNING %s', p.base, changes, condition, returned), settable::text]
    WHEN 'DELETE' THEN
      ARRAY[format('DELETE FROM %s AS b WHERE %s', p.base, condition)]
  END;
  RETURN format('CREATE TRIGGER journey_%s INSTEAD OF %s ON %s FOR EACH ROW EXECUTE FUNCTION journey._write(%s)',
                lower(command), command, p.view, (SELECT string_agg(quote_literal(x), ', ' ORDER BY n)
                                                  FROM unnest(arguments) WITH ORDINALITY AS x (x, n)));
END
$$;
COMMENT ON FUNCTION journey._write_trigger(uuid, text) IS
  'The statement that lets a command through the view of a protected relation, with all that _write() has to know.';

CREATE FUNCTION journey._make_writable(protected_id uuid) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  p journey.protected_relation := (SELECT p FROM journey.protected_relation p WHERE p.id = protected_id);
  policies journey.policy[] := ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = p.id);
  settable name[] := ARRAY(SELECT w FROM journey._writable(p.base, p.subject, p.collected, policies) w WHERE p.writes <> 'none');
  command text;
BEGIN
  UPDATE journey.policy c SET writable = c.column_name = ANY (settable)
  WHERE c.protected_id = p.id AND c.writable <> (c.column_name = ANY (settable));

  FOREACH command IN ARRAY '{INSERT,UPDATE,DELETE}'::text[] LOOP
    IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = p.view AND t.tgname = 'journey_' || lower(command)) THEN
      EXECUTE format('DROP TRIGGER journey_%s ON %s', lower(command), p.view);
    END IF;
    IF journey._may_write(p, policies, command) THEN
      EXECUTE journey._write_trigger(p.id, command);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION journey._make_writable(uuid) IS
  'Gives the view of a protected relation its triggers for writing, as its policies and the table allow now.';

CREATE FUNCTION journey._neighbours(protected_id uuid) RETURNS SETOF uuid
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 3
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT r.id
  FROM journey.protected_member o
  JOIN pg_constraint k ON k.contype = 'f' AND o.member IN (k.conrelid, k.confrelid)
  JOIN journey.protected_member m ON m.member IN (k.conrelid, k.confrelid)
  JOIN journey.protected_relation r ON r.id = m.protected_id
  WHERE o.protected_id = _neighbours.protected_id AND r.id <> o.protected_id AND r.writes <> 'none'
    AND journey._is_view_of(r.view, r.base)
$$;
COMMENT ON FUNCTION journey._neighbours(uuid) IS
  'Other protected relations that can be written to and that foreign keys join with this one: what is masked in one decides what can be written to the other.';

REVOKE EXECUTE ON FUNCTION
  journey._ties(regclass), journey._references(regclass, journey.policy[]), journey._asks(regclass, journey.policy[]),
  journey._told_references(regclass, journey.policy[]),
  journey._writable(regclass, text, text, journey.policy[]), journey._write_key(regclass, journey.policy[]),
  journey._write_limits(regclass, journey.policy[], text),
  journey._write_problems(regclass, text, text, journey.policy[], text),
  journey._may_write(journey.protected_relation, journey.policy[], text), journey._write(),
  journey._write_trigger(uuid, text), journey._make_writable(uuid),
  journey._neighbours(uuid)
FROM PUBLIC;
