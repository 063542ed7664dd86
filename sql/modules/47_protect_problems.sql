--| ## What stands in the way
--|
--| Each function lists problems, one row for each object: what `protect()`
--| raises, and what its dry run shows. In a detail, `%s` stands for the object,
--| or for all that share the problem.

CREATE FUNCTION journey._argument_problems(row_action text, owner regrole, writes text)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'invalid_parameter_value', format('invalid row_action %s', coalesce(quote_literal(row_action), 'NULL')),
         NULL, NULL, 'Use ''keep'' to show masks, or ''suppress'' to hide rows.', NULL
  WHERE row_action IS NULL OR row_action COLLATE "C" NOT IN ('keep', 'suppress')
  UNION ALL
  SELECT 'invalid_parameter_value', format('role %s cannot own protected relations', owner), owner::text,
         'Whoever can log in as the owner reads raw values.', 'Name a role with NOLOGIN that is no superuser.',
         format('CREATE ROLE %I NOLOGIN;', 'journey_owner')
  WHERE owner IS NOT NULL
    AND coalesce((SELECT r.rolcanlogin OR r.rolsuper FROM pg_roles r WHERE r.oid = owner), true)
  UNION ALL
  SELECT 'invalid_parameter_value', format('invalid value %s of the argument "writes"', coalesce(quote_literal(writes), 'NULL')),
         NULL, NULL, 'Use ''none'', ''public'' or ''collect''.', NULL
  WHERE writes IS NULL OR writes COLLATE "C" NOT IN ('none', 'public', 'collect')
$$;
COMMENT ON FUNCTION journey._argument_problems(text, regrole, text) IS 'What is wrong with arguments of protect() by themselves.';

CREATE FUNCTION journey._tracked_problems(relation regclass)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'object_not_in_prerequisite_state', format('%s is tracked', relation), s.view::text,
         'Readers of the store would see raw values: %s.', 'Drop the store with journey.untrack() first.',
         format('SELECT journey.untrack(%L);', s.view)
  FROM journey.store s
  -- not by its list of members, in which an owner of other tables could write what he likes
  WHERE EXISTS (SELECT FROM journey._tree(s.events) e JOIN journey._tree(relation) t ON t = e)
$$;
COMMENT ON FUNCTION journey._tracked_problems(regclass) IS 'Stores of journeys that hold rows of the table or its tree.';

CREATE FUNCTION journey._bound_problems(relation regclass, but regclass)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'dependent_objects_still_exist', format('other objects depend on %s', relation), d.name,
         'They would go on showing raw values: %s.', 'Drop them, and create them again on the protected relation.',
         concat_ws(E'\n', d.drop_it, '-- then, on the protected relation:' || E'\n' || d.make_it)
  FROM journey._dependents(relation, but) d
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('%s is part of a publication', relation), p.name,
         'Raw values would leave the database through %s, or stop to without a word.',
         'Take the table and its schema out of the publication first.', p.statement
  FROM journey._publications(relation) p
$$;
COMMENT ON FUNCTION journey._bound_problems(regclass, regclass) IS
  'What is bound to the table or its tree and shows or carries away raw rows; one view can be left out.';

CREATE FUNCTION journey._relation_problems(relation regclass)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'null_value_not_allowed', 'no relation to protect', NULL, NULL, NULL, NULL
  WHERE relation IS NULL
  UNION ALL
  SELECT 'undefined_table', format('relation %s does not exist', relation), NULL, NULL, NULL, NULL
  WHERE relation IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = relation)
  UNION ALL
  SELECT 'duplicate_object', format('%s is protected already', relation), relation::text, NULL,
         'Use journey.refresh() for new columns, or journey.unprotect() to begin again.',
         format('SELECT journey.unprotect(%L);', relation)
  WHERE EXISTS (SELECT FROM journey.protected_relation p
                WHERE p.base = relation OR (p.view = relation AND journey._is_view_of(p.view, p.base)))
  UNION ALL
  SELECT * FROM journey._tracked_problems(relation)
  UNION ALL
  SELECT 'wrong_object_type', format('cannot protect %s', relation), relation::text, x.problem, NULL, NULL
  FROM pg_class c
  CROSS JOIN LATERAL (SELECT CASE
    WHEN c.relkind NOT IN ('r', 'p') THEN 'It is not a table.'
    WHEN c.relpersistence = 't' THEN 'It is a temporary table.'
    WHEN c.oid < 16384 OR c.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
      THEN 'It is a table of the system.'
    WHEN c.relnamespace = 'journey'::regnamespace THEN 'It is a table of the extension.'
    WHEN c.relnamespace = to_regnamespace('journey_base') THEN 'It is in the schema of base tables.'
    WHEN EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                           AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
      THEN 'It belongs to an extension.'
    WHEN c.relispartition THEN 'It is a partition; protect the partitioned table.'
    WHEN EXISTS (SELECT FROM journey.store s WHERE c.oid IN (s.sets, s.delta)) THEN 'It belongs to a store of journeys.'
  END) AS x (problem)
  WHERE c.oid = relation AND x.problem IS NOT NULL
$$;
COMMENT ON FUNCTION journey._relation_problems(regclass) IS 'Why the relation by itself cannot be protected.';

CREATE FUNCTION journey._kind_problems(relation regclass)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'wrong_object_type', format('cannot protect %s', relation), c.oid::regclass::text,
         'Among its partitions or children are foreign or temporary tables: %s.', 'Detach them first.', NULL
  FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
  WHERE c.oid <> relation AND (c.relkind NOT IN ('r', 'p') OR c.relpersistence = 't')
$$;
COMMENT ON FUNCTION journey._kind_problems(regclass) IS 'Partitions and children whose rows the extension cannot keep.';

CREATE FUNCTION journey._tree_problems(relation regclass, but regclass)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'object_not_in_prerequisite_state', 'row security is enabled on %s', c.oid::regclass::text,
         'Its policies would be checked for the owner of the view and no longer for readers.',
         'Drop the policies and disable row security first.',
         format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;', c.oid::regclass)
  FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
  WHERE c.relrowsecurity OR c.relforcerowsecurity
  UNION ALL
  SELECT * FROM journey._kind_problems(relation)
  UNION ALL
  SELECT DISTINCT 'object_not_in_prerequisite_state', format('cannot protect %s alone', relation), i.inhparent::regclass::text,
         'Rows can be read through %s as well.', 'Protect the table at the top, or take the inheritance away.',
         CASE WHEN c.relispartition THEN format('ALTER TABLE %s DETACH PARTITION %s;', i.inhparent::regclass, t)
              ELSE format('ALTER TABLE %s NO INHERIT %s;', t, i.inhparent::regclass) END
  FROM journey._tree(relation) t JOIN pg_inherits i ON i.inhrelid = t JOIN pg_class c ON c.oid = t
  WHERE i.inhparent NOT IN (SELECT u FROM journey._tree(relation) u)
  UNION ALL
  SELECT * FROM journey._bound_problems(relation, but)
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('others own code that sees rows of %s', relation), b.name,
         'Their owner can put other code in its place, which would be given raw values: %s.',
         'Give it to the owner of the table.', b.statement
  FROM journey._borrowed(relation) b
  UNION ALL
  SELECT 'dependent_objects_still_exist', format('other tables take numbers from sequences of %s', relation), u.name,
         'Who writes to these would need a right on the sequence, and that is taken: %s.',
         'Give them a sequence of their own, or ALTER SEQUENCE ... OWNED BY NONE.', u.statement
  FROM (SELECT DISTINCT pg_describe_object('pg_class'::regclass, a.adrelid, a.adnum) AS name,
               format('ALTER SEQUENCE %s OWNED BY NONE;', s.oid::regclass) AS statement
        FROM journey._members(relation) m
        JOIN pg_class s ON s.oid = m AND s.relkind = 'S'
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid AND d.classid = 'pg_attrdef'::regclass
        JOIN pg_attrdef a ON a.oid = d.objid
        WHERE a.adrelid NOT IN (SELECT t FROM journey._tree(relation) t)) u
$$;
COMMENT ON FUNCTION journey._tree_problems(regclass, regclass) IS
  'How raw rows of the table or its tree could be reached, or would be needed, other than through one view, if there is one already.';

CREATE FUNCTION journey._subject_problems(relation regclass, subject text)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'undefined_column', format('column %s of %s does not exist', coalesce(quote_ident(subject), 'NULL'), relation), NULL,
         'The argument "subject" names the column that says whose data a row is.', NULL, NULL
  WHERE NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = relation AND a.attname = subject COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped)
  UNION ALL
  SELECT 'datatype_mismatch', format('column %s of type %s cannot name subjects', quote_ident(subject), a.atttypid::regtype), NULL,
         'Subjects are named by text, and the text form of this type may depend on settings of the reader.',
         'Use a column of a text, integer, numeric, uuid or enum type.', NULL
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attname = subject COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT EXISTS (SELECT FROM journey._plain_type(a.atttypid, -1) p JOIN pg_type t ON t.oid = p.base
                    WHERE t.typtype = 'e'
                       OR p.base IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype, 'uuid'::regtype,
                                     'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype))
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('column %s cannot name subjects: its type belongs to another role', quote_ident(subject)),
         format('type %s', t.oid::regtype), 'Who owns an enum renames its values, and with them whose rows are whose: %s.', 'Give it to the owner of the table.',
         format('ALTER TYPE %s OWNER TO %s;', t.oid::regtype, c.relowner::regrole)
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = subject COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN LATERAL journey._plain_type(a.atttypid, -1) p
  JOIN pg_type t ON t.oid = p.base AND t.typtype = 'e'
  JOIN pg_roles r ON r.oid = t.typowner
  WHERE c.oid = relation AND t.typowner <> c.relowner AND NOT r.rolsuper
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('virtual column %s cannot name subjects', quote_ident(subject)), NULL,
         'It is computed for every reader, and where that fails, the error would tell what the masks hide.',
         'Use a column that is stored.', NULL
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attname = subject COLLATE "C" AND a.attgenerated = 'v' AND NOT a.attisdropped
$$;
COMMENT ON FUNCTION journey._subject_problems(regclass, text) IS
  'Why the column cannot say whose data a row is: there is none, it is computed as it is read, or its text form is not the same for every reader, or is what another role makes of it.';

CREATE FUNCTION journey._collected_problems(relation regclass, collected text, policies journey.policy[])
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH given (type) AS (
    SELECT a.atttypid
    FROM pg_attribute a
    WHERE a.attrelid = relation AND a.attname = collected COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped
  )
  SELECT 'undefined_column', format('column %s of %s does not exist', quote_ident(collected), relation), NULL,
         'The argument "collected" names the column that tells when a row was collected.', NULL, NULL
  WHERE collected IS NOT NULL AND NOT EXISTS (SELECT FROM given)
  UNION ALL
  SELECT 'datatype_mismatch', format('column %s of type %s cannot tell when a row was collected', quote_ident(collected), g.type::regtype),
         NULL, NULL, 'Use a column of type timestamptz, timestamp (taken as UTC) or date (taken as its start in UTC).', NULL
  FROM given g
  WHERE NOT EXISTS (SELECT FROM journey._plain_type(g.type, -1) p
                    WHERE p.base IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype))
  UNION ALL
  SELECT 'object_not_in_prerequisite_state', format('column %s is masked, and cannot tell when a row was collected', quote_ident(collected)),
         NULL, 'Which cells of a row are shown would tell readers what the column hides.', 'Make the column public.', NULL
  FROM given g
  WHERE NOT EXISTS (SELECT FROM unnest(policies) p WHERE p.column_name = collected COLLATE "C" AND p.mask = 'public')
$$;
COMMENT ON FUNCTION journey._collected_problems(regclass, text, journey.policy[]) IS
  'Why the column cannot tell when a row was collected: there is none, its type is no time, or it is not public.';

CREATE FUNCTION journey._policy_problems(relation regclass, policies journey.policy[])
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  -- the server notes the columns of a key, those inside expressions too, as bound to the table
  SELECT DISTINCT 'object_not_in_prerequisite_state', format('cannot mask the partition key of %s: %%s', relation),
         quote_ident(a.attname), 'EXPLAIN ANALYZE shows every reader from which partition a row comes.',
         'Make the column public, or partition the table by another.', NULL
  FROM journey._tree(relation) t
  JOIN pg_partitioned_table k ON k.partrelid = t
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t AND d.objsubid > 0 AND d.deptype = 'i'
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t AND d.refobjsubid = 0
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum = d.objsubid
  JOIN unnest(policies) p ON p.column_name = a.attname AND p.mask NOT IN ('public', 'row')
  UNION ALL
  SELECT DISTINCT 'object_not_in_prerequisite_state', format('public columns of %s are generated from masked ones: %%s', relation),
         quote_ident(g.attname), 'They would show what the masks hide.', 'Mask them too.', NULL
  FROM journey._tree(relation) t
  JOIN pg_attribute g ON g.attrelid = t AND g.attgenerated <> '' AND NOT g.attisdropped
  JOIN unnest(policies) p ON p.column_name = g.attname AND p.mask = 'public'
  JOIN journey._generated_from(t, g.attnum) f ON true
  WHERE NOT EXISTS (SELECT FROM unnest(policies) q WHERE q.column_name = f AND q.mask = 'public')
  UNION ALL
  SELECT DISTINCT 'object_not_in_prerequisite_state', format('masked columns tell apart what inherits from %s: %%s', relation),
         format('constraint %I of %s', k.conname, t), 'EXPLAIN ANALYZE shows every reader from which table a row comes, and the check what it holds.',
         'Make the columns of the check public, or drop it.', format('ALTER TABLE %s DROP CONSTRAINT %I;', t, k.conname)
  FROM journey._tree(relation) t
  JOIN pg_class c ON c.oid = t AND NOT c.relispartition
  JOIN pg_constraint k ON k.conrelid = t AND k.contype = 'c'
                      AND CASE WHEN t = relation THEN k.connoinherit AND c.relhassubclass ELSE k.coninhcount = 0 END
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum > 0 AND NOT a.attisdropped AND k.conkey && ARRAY[a.attnum, 0::int2]
  LEFT JOIN unnest(policies) p ON p.column_name = a.attname AND p.mask = 'public'
  WHERE p.mask IS NULL
$$;
COMMENT ON FUNCTION journey._policy_problems(regclass, journey.policy[]) IS
  'Columns whose masks others would give away: partition keys, what public columns are generated from, and checks that only some tables of a tree have.';

CREATE FUNCTION journey._schema_problems()
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT 'object_not_in_prerequisite_state', format('schema "journey_base" belongs to %s', n.nspowner::regrole), NULL,
         'Its owner could take tables with raw values away.',
         format('Look at what is in it, then ALTER SCHEMA journey_base OWNER TO %s.', e.extowner::regrole),
         format('ALTER SCHEMA journey_base OWNER TO %s;', e.extowner::regrole)
  FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner JOIN pg_extension e ON e.extname = 'journey'
  WHERE n.nspname = 'journey_base' AND NOT r.rolsuper AND r.oid <> e.extowner
$$;
COMMENT ON FUNCTION journey._schema_problems() IS 'Why the schema of base tables cannot be used as it is.';

CREATE FUNCTION journey._try_policies(relation regclass, columns jsonb, OUT policies journey.policy[], OUT problem text[])
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  message text;
  detail text;
  hint text;
BEGIN
  policies := ARRAY(SELECT p FROM journey._policies(relation, columns) p);
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  problem := ARRAY[SQLSTATE, message, nullif(detail, ''), nullif(hint, '')];
END
$$;
COMMENT ON FUNCTION journey._try_policies(regclass, jsonb) IS
  'The policies of all columns, or the code, message, detail and hint of what is wrong with their description.';

CREATE FUNCTION journey._key_problem() RETURNS text[]
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  message text;
  detail text;
  hint text;
BEGIN
  PERFORM journey.key_check();
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN ARRAY[SQLSTATE, message, nullif(detail, ''), nullif(hint, '')];
END
$$;
COMMENT ON FUNCTION journey._key_problem() IS
  'The code, message, detail and hint of what is wrong with the root key; NULL if there is a good one.';

CREATE FUNCTION journey._problems(relation regclass, subject text, columns jsonb, row_action text, owner regrole,
                                  collected text, writes text)
  RETURNS TABLE (code text, message text, object text, detail text, hint text, statement text)
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 1
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tried record;
  known journey.policy[];
BEGIN
  RETURN QUERY SELECT p.* FROM journey._relation_problems(relation) p;
  IF FOUND THEN
    RETURN;		-- nothing can be said about the rest
  END IF;
  RETURN QUERY SELECT p.* FROM journey._argument_problems(row_action, owner, writes) p;
  RETURN QUERY SELECT p.* FROM journey._tree_problems(relation, NULL) p;
  RETURN QUERY SELECT p.* FROM journey._subject_problems(relation, subject) p;

  tried := journey._try_policies(relation, columns);
  known := tried.policies;
  IF tried.problem IS NOT NULL THEN
    RETURN QUERY SELECT tried.problem[1], tried.problem[2], NULL, tried.problem[3], tried.problem[4], NULL;
    IF jsonb_typeof(columns) = 'object' THEN
      -- the others, one by one
      RETURN QUERY
        SELECT DISTINCT t.problem[1], t.problem[2], NULL, t.problem[3], t.problem[4], NULL
        FROM jsonb_each(columns) c, journey._try_policies(relation, jsonb_build_object(c.key, c.value)) t
        WHERE t.problem <> tried.problem
        ORDER BY 2;
    END IF;
  ELSE
    RETURN QUERY SELECT p.* FROM journey._policy_problems(relation, known) p;
    RETURN QUERY SELECT p.* FROM journey._collected_problems(relation, collected, known) p;
    RETURN QUERY SELECT p.* FROM journey._write_problems(relation, subject, collected, known, writes) p;
    IF journey._need_key(known) THEN
      RETURN QUERY SELECT k[1], k[2], NULL, k[3], k[4], NULL FROM journey._key_problem() k WHERE k IS NOT NULL;
    END IF;
  END IF;
  RETURN QUERY SELECT p.* FROM journey._schema_problems() p;
END
$$;
COMMENT ON FUNCTION journey._problems(regclass, text, jsonb, text, regrole, text, text) IS
  'All that keeps protect() with these arguments from being done, what it raises first.';

CREATE FUNCTION journey._raise(problems text[]) RETURNS void
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF problems IS NOT NULL THEN
    CASE
      WHEN problems[3] IS NULL AND problems[4] IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = problems[1], MESSAGE = problems[2];
      WHEN problems[4] IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = problems[1], MESSAGE = problems[2], DETAIL = problems[3];
      WHEN problems[3] IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = problems[1], MESSAGE = problems[2], HINT = problems[4];
      ELSE
        RAISE EXCEPTION USING ERRCODE = problems[1], MESSAGE = problems[2], DETAIL = problems[3], HINT = problems[4];
    END CASE;
  END IF;
END
$$;
COMMENT ON FUNCTION journey._raise(text[]) IS 'Raises an error of a code, message, detail and hint; does nothing for NULL.';

CREATE FUNCTION journey._first_problem(code text[], message text[], object text[], detail text[], hint text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT ARRAY[code[1], replace(message[1], '%s', x.objects), replace(detail[1], '%s', x.objects), hint[1]]
  FROM (SELECT coalesce(string_agg(o.name, ', ' ORDER BY o.name COLLATE "C"), '')
        FROM unnest(object, message) AS o (name, said) WHERE o.said = message[1]) AS x (objects)
  WHERE cardinality(code) > 0
$$;
COMMENT ON FUNCTION journey._first_problem(text[], text[], text[], text[], text[]) IS
  'The first problem of a list, naming all objects that share it, as _raise() takes it.';
