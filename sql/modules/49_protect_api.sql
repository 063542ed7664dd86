--| ## The three commands

CREATE FUNCTION journey._check(relation regclass, subject text, columns jsonb, row_action text, owner regrole,
                               collected text, writes text) RETURNS void
  LANGUAGE sql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT journey._raise(journey._first_problem(array_agg(p.code), array_agg(p.message), array_agg(p.object),
                                               array_agg(p.detail), array_agg(p.hint)))
  FROM journey._problems(relation, subject, columns, row_action, owner, collected, writes) p
$$;
COMMENT ON FUNCTION journey._check(regclass, text, jsonb, text, regrole, text, text) IS
  'Raises the first problem that keeps protect() with these arguments from being done.';

CREATE FUNCTION journey.protect(relation regclass, subject text, columns jsonb DEFAULT '{}',
                                row_action text DEFAULT 'keep', owner regrole DEFAULT NULL,
                                collected text DEFAULT NULL, writes text DEFAULT 'none') RETURNS regclass
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  new_id uuid := gen_random_uuid();
  old_owner regrole;
  base_schema regnamespace;
  companions regclass[];
  names name[];
  everything text;
  others text;
BEGIN
  PERFORM journey._check_superuser();

  -- everything that can be wrong, before anything is changed; again when nobody else can change it
  PERFORM journey._check(relation, subject, columns, row_action, owner, collected, writes);
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', relation);
  PERFORM journey._check(relation, subject, columns, row_action, owner, collected, writes);
  SELECT string_agg(quote_ident(p.pubname), ', ' ORDER BY p.pubname) INTO everything FROM pg_publication p WHERE p.puballtables;
  IF everything IS NOT NULL THEN
    RAISE WARNING 'publications of all tables hold the raw rows of %', relation
      USING DETAIL = format('Subscribers of %s read what readers here see masked.', everything);
  END IF;

  base_schema := journey._base_schema();
  SELECT c.relowner INTO old_owner FROM pg_class c WHERE c.oid = relation;
  INSERT INTO journey.protected_relation
    (id, view, base, base_oid, schema_name, relation_name, subject, collected, row_action, writes)
  SELECT new_id, relation, relation, relation, n.nspname, c.relname, subject, collected, row_action, writes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = relation;
  PERFORM journey._add_policies(new_id, relation, columns);
  INSERT INTO journey.policy (id, protected_id, column_name, attnum, mask, class)
  VALUES (gen_random_uuid(), new_id, '', 0, 'row', '');

  SELECT string_agg(DISTINCT r.object::text, ', ') INTO others
  FROM journey._told_references(relation, ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = new_id)) r;
  IF others IS NOT NULL THEN
    RAISE WARNING 'foreign keys tell readers of other tables about masked values of %', relation
      USING DETAIL = format('Of %s.', others), HINT = 'journey.doctor() says what, and has the statements that end it.';
  END IF;

  PERFORM journey._add_members(new_id, relation);
  SELECT array_agg(c.oid), array_agg(c.relname) INTO companions, names
  FROM journey._companions(relation) m JOIN pg_class c ON c.oid = m AND c.relkind IN ('i', 'I');
  PERFORM journey._move(relation, base_schema);
  INSERT INTO journey.protected_index (protected_id, index_name, old_name)
  SELECT new_id, c.relname, x.old_name
  FROM unnest(companions, names) AS x (member, old_name) JOIN pg_class c ON c.oid = x.member
  WHERE c.relname <> x.old_name;
  EXECUTE format('GRANT USAGE ON SCHEMA %s TO %s', base_schema, coalesce(owner, old_owner));
  PERFORM journey._make_view(new_id, old_owner);

  IF owner IS NOT NULL THEN
    PERFORM journey._set_owner(m.member, owner)
    FROM journey.protected_member m WHERE m.protected_id = new_id
    ORDER BY m.member::oid;
    PERFORM journey._set_owner(p.view, owner) FROM journey.protected_relation p WHERE p.id = new_id;
    -- who owned the table could read it, and now reads the masked view
    EXECUTE (SELECT format('GRANT SELECT ON %s TO %s', p.view, old_owner)
             FROM journey.protected_relation p WHERE p.id = new_id);
  END IF;
  IF EXISTS (SELECT FROM journey._epochs(relation)) THEN
    PERFORM journey.make_subject_keys(relation);
  END IF;
  PERFORM journey._consent_fold();
  RETURN relation;
END
$$;
COMMENT ON FUNCTION journey.protect(regclass, text, jsonb, text, regrole, text, text) IS
  'Moves a table to journey_base, takes all rights on it but its owner''s, and puts a view in its place '
  'that shows each reader what the subjects in the column "subject" consented to. '
  'columns: for each column, or path of a jsonb column, the name of a mask (public, null, constant, default, partial, token, generalize, noise, fake, encrypt, journey) or an object with "mask", "class" and the mask''s options; '
  'columns that are not listed are masked by NULL. row_action: keep or suppress. owner: a NOLOGIN role that takes the table over. '
  'collected: a public column that tells when a row was collected, for rules of retention. '
  'writes: none; public, for writers to go on writing public columns through the view; collect, to insert whole rows too. '
  'Returns the table in its new place. For superusers.';

CREATE FUNCTION journey._set_owner(relation regclass, owner regrole) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  kind text := (SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END
                FROM pg_class c
                WHERE c.oid = relation AND c.relowner <> owner AND c.relkind IN ('r', 'p', 'v'));
BEGIN
  -- sequences and indexes follow their tables
  IF kind IS NOT NULL THEN
    EXECUTE format('ALTER %s %s OWNER TO %s', kind, relation, owner);
  END IF;
END
$$;
COMMENT ON FUNCTION journey._set_owner(regclass, regrole) IS
  'Gives a table or view to another role, unless it has it; other kinds follow their table.';

CREATE FUNCTION journey._find_protected(relation regclass) RETURNS journey.protected_relation
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  asked text := coalesce(relation::text, 'NULL');
  result journey.protected_relation;
BEGIN
  SELECT p.* INTO result
  FROM journey.protected_relation p
  WHERE p.base = relation OR (p.view = relation AND journey._is_view_of(p.view, p.base));
  IF FOUND THEN
    -- readers lock the view first, and so the table after it
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE',
                   CASE WHEN journey._is_view_of(result.view, result.base) THEN result.view ELSE result.base END);
    -- who held the lock until now may have changed or ended the protection
    SELECT p.* INTO result FROM journey.protected_relation p WHERE p.id = result.id;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not protected', asked
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._find_protected(regclass) IS
  'What is known about a protected relation, by its view or its base table, which is locked; raises if it is not protected.';

--| `unprotect()` needs the view to be free of dependents, and the old names to
--| be free in the old schema.

CREATE FUNCTION journey.unprotect(relation regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p journey.protected_relation;
  view_exists boolean;
  target regnamespace;
  bad text;
  users regrole[];
  movers regclass[];
  names name[];
BEGIN
  PERFORM journey._check_superuser();
  p := journey._find_protected(relation);
  target := to_regnamespace(quote_ident(p.schema_name));
  IF target IS NULL THEN
    RAISE EXCEPTION 'schema % does not exist', quote_ident(p.schema_name)
      USING ERRCODE = 'undefined_schema', DETAIL = 'The table came from there.';
  END IF;
  view_exists := journey._is_view_of(p.view, p.base);
  IF view_exists THEN
    bad := (SELECT string_agg(d.name, ', ') FROM journey._dependents(p.view, NULL) d);
    IF bad IS NOT NULL THEN
      RAISE EXCEPTION 'other objects depend on %', p.view
        USING ERRCODE = 'dependent_objects_still_exist',
              DETAIL = format('They use the masked view: %s.', bad),
              HINT = 'Drop them first.';
    END IF;
  END IF;
  -- the names that all will have there; what came later keeps its own
  SELECT array_agg(c.oid), array_agg(coalesce(m.old_name, i.old_name, c.relname)) INTO movers, names
  FROM (SELECT p.base AS member UNION ALL SELECT journey._companions(p.base)) x
  JOIN pg_class c ON c.oid = x.member
  LEFT JOIN journey.protected_member m ON m.protected_id = p.id AND m.member = x.member
  LEFT JOIN journey.protected_index i ON i.protected_id = p.id AND i.index_name = c.relname AND c.relkind IN ('i', 'I');
  SELECT string_agg(quote_ident(c.relname), ', ' ORDER BY c.relname) INTO bad
  FROM pg_class c
  WHERE c.relname = ANY (names) AND c.relnamespace = target
    AND NOT (view_exists AND c.oid = p.view) AND c.oid <> ALL (movers);
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'schema % has other relations named %', target, bad
      USING ERRCODE = 'duplicate_table', HINT = 'Rename them first.';
  END IF;

  users := ARRAY(SELECT c.relowner FROM pg_class c WHERE c.oid = p.base);
  IF view_exists THEN
    EXECUTE format('DROP VIEW %s', p.view);
  END IF;
  PERFORM journey._move(p.base, target);
  PERFORM journey._rename(x.member, x.new_name) FROM unnest(movers, names) AS x (member, new_name);
  PERFORM journey._set_owner(m.member, m.old_owner)
  FROM journey.protected_member m
  JOIN pg_class c ON c.oid = m.member
  JOIN pg_roles r ON r.oid = m.old_owner
  WHERE m.protected_id = p.id
  ORDER BY m.member::oid;
  PERFORM journey._restore_rights(p.id);

  DELETE FROM journey.protected_grant g WHERE g.protected_id = p.id;
  DELETE FROM journey.protected_member m WHERE m.protected_id = p.id;
  DELETE FROM journey.protected_index i WHERE i.protected_id = p.id;
  DELETE FROM journey.policy c WHERE c.protected_id = p.id;
  DELETE FROM journey.protected_relation r WHERE r.id = p.id;
  PERFORM journey._leave_base_schema(u) FROM unnest(users) u;
END
$$;
COMMENT ON FUNCTION journey.unprotect(regclass) IS
  'Gives a protected relation back its place, name, owner and rights as they were, and drops the view. '
  'An error, before anything is changed, if other objects depend on the view. For superusers.';

CREATE FUNCTION journey._restore_rights(protected_id uuid) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM journey._set_rights(x.member, x.attnum, x.rights)
  FROM (SELECT m.member, coalesce(a.attnum, 0::int2) AS attnum, array_agg(g.item ORDER BY g.place) AS rights
        FROM journey.protected_member m
        JOIN pg_class c ON c.oid = m.member
        CROSS JOIN journey._old_rights(m.protected_id, m.member) g
        LEFT JOIN pg_attribute a ON a.attrelid = m.member AND a.attname = g.column_name
        WHERE m.protected_id = _restore_rights.protected_id
          AND (g.column_name = '' OR a.attnum IS NOT NULL)
        GROUP BY 1, 2
        ORDER BY 1, 2) x;
END
$$;
COMMENT ON FUNCTION journey._restore_rights(uuid) IS
  'Gives all members the rights that were remembered; those of roles that are gone are left out.';

CREATE FUNCTION journey._leave_base_schema(role regrole) RETURNS void
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF to_regnamespace('journey_base') IS NOT NULL
     AND NOT EXISTS (SELECT FROM pg_class c
                     WHERE c.relowner = role AND c.relnamespace = to_regnamespace('journey_base')
                       AND c.relkind IN ('r', 'p')) THEN
    EXECUTE format('REVOKE USAGE ON SCHEMA journey_base FROM %s', role);
  END IF;
END
$$;
COMMENT ON FUNCTION journey._leave_base_schema(regrole) IS
  'Takes the right to use journey_base from a role that owns no table in it any more.';

CREATE FUNCTION journey._check_protected(protected_id uuid) RETURNS void
  LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT journey._raise(journey._first_problem(array_agg(x.code), array_agg(x.message), array_agg(x.object),
                                               array_agg(x.detail), array_agg(x.hint)))
  FROM journey.protected_relation r
  CROSS JOIN (SELECT array_agg(c) FROM journey.policy c WHERE c.protected_id = _check_protected.protected_id) AS k (policies)
  CROSS JOIN LATERAL (
    SELECT s.* FROM journey._subject_problems(r.base, r.subject) s
    UNION ALL
    SELECT s.* FROM journey._policy_problems(r.base, k.policies) s
    UNION ALL
    SELECT s.* FROM journey._collected_problems(r.base, r.collected, k.policies) s) x
  WHERE r.id = _check_protected.protected_id
$$;
COMMENT ON FUNCTION journey._check_protected(uuid) IS
  'Raises if what was said of a protected relation does not fit its table any more.';

--| `refresh()` is for after ALTER TABLE and ATTACH PARTITION on the table itself.
--| A column that the view shows cannot be dropped or given another type: take
--| CASCADE, which drops the view (readers see nothing then), and refresh.

CREATE FUNCTION journey.refresh(relation regclass) RETURNS void
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p journey.protected_relation;
  view_exists boolean;
  change record;
BEGIN
  PERFORM journey._check_superuser();
  p := journey._find_protected(relation);
  view_exists := journey._is_view_of(p.view, p.base);

  /*
   * A restored table is numbered anew, without gaps. While there is a view,
   * no column that it shows can have gone, and new ones come last: the order
   * is enough. Without a view only the names are left to go by.
   */
  IF p.base_oid <> p.base::oid THEN
    UPDATE journey.policy c SET attnum = n.attnum
    FROM (SELECT q.id, CASE WHEN view_exists THEN rank() OVER (ORDER BY q.attnum) ELSE coalesce(a.attnum, 0) END AS attnum
          FROM journey.policy q
          LEFT JOIN pg_attribute a ON a.attrelid = p.base AND a.attname = q.column_name AND NOT a.attisdropped
          WHERE q.protected_id = p.id AND q.mask <> 'row') n
    WHERE c.id = n.id;
    UPDATE journey.protected_relation r SET base_oid = p.base::oid WHERE r.id = p.id;
  END IF;

  -- renamed columns have the same number; two steps, because they may have swapped names
  FOR change IN
    SELECT c.id, c.column_name AS old_name, a.attname AS new_name, s.step
    FROM generate_series(1, 2) s (step)
    CROSS JOIN journey.policy c
    JOIN pg_attribute a ON a.attrelid = p.base AND a.attnum = c.attnum AND NOT a.attisdropped
    WHERE c.protected_id = p.id AND c.mask <> 'row' AND a.attname <> c.column_name
    ORDER BY s.step, c.attnum
  LOOP
    IF change.step = 1 THEN
      change.new_name := change.id::text;
    ELSE
      change.old_name := change.id::text;
    END IF;
    UPDATE journey.policy c SET column_name = change.new_name WHERE c.id = change.id;
    UPDATE journey.protected_grant g SET column_name = change.new_name
    WHERE g.protected_id = p.id AND g.member = p.base AND g.column_name = change.old_name;
    UPDATE journey.protected_relation r
    SET subject = CASE r.subject WHEN change.old_name THEN change.new_name ELSE r.subject END,
        collected = CASE r.collected WHEN change.old_name THEN change.new_name ELSE r.collected END
    WHERE r.id = p.id;
    IF view_exists THEN
      EXECUTE format('ALTER VIEW %s RENAME COLUMN %I TO %I', p.view, change.old_name, change.new_name);
    END IF;
  END LOOP;

  DELETE FROM journey.policy c
  WHERE c.protected_id = p.id AND c.mask <> 'row'
    AND NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = p.base AND a.attname = c.column_name AND a.attnum = c.attnum AND NOT a.attisdropped);

  -- another type: whatever was said about the old one does not hold
  DELETE FROM journey.policy c
  USING pg_attribute a
  WHERE c.protected_id = p.id AND a.attrelid = p.base AND a.attname = c.column_name AND a.atttypid <> c.column_type;

  PERFORM journey._add_policies(p.id, p.base, '{}');
  PERFORM journey._check_protected(p.id);
  PERFORM journey._add_members(p.id, p.base);
  PERFORM journey._make_view(p.id, c.relowner) FROM pg_class c WHERE c.oid = p.base;
  -- who came since the last time; without the root key they have to wait
  IF EXISTS (SELECT FROM journey._epochs(p.base)) AND journey._key_problem() IS NULL THEN
    PERFORM journey.make_subject_keys(p.base);
  END IF;
  PERFORM journey._consent_fold();
END
$$;
COMMENT ON FUNCTION journey.refresh(regclass) IS
  'Follows changes of a protected table: new columns appear masked by NULL, renamed ones under their new name, '
  'rows of tables that inherit from it since appear, '
  'dropped ones no more; rights on the table, on new partitions and on their columns are taken. '
  'A view that was dropped is made again with the rights of the time of protect(). For superusers.';

REVOKE EXECUTE ON FUNCTION
  journey._check_superuser(), journey._is_view_of(regclass, regclass), journey._members(regclass),
  journey._statements(oid, oid), journey._dependents(regclass, regclass), journey._publications(regclass),
  journey._generated_from(regclass, int2),
  journey._argument_problems(text, regrole, text), journey._relation_problems(regclass), journey._tracked_problems(regclass), journey._bound_problems(regclass, regclass), journey._tree_problems(regclass, regclass),
  journey._subject_problems(regclass, text), journey._collected_problems(regclass, text, journey.policy[]),
  journey._policy_problems(regclass, journey.policy[]), journey._schema_problems(), journey._try_policies(regclass, jsonb),
  journey._key_problem(), journey._problems(regclass, text, jsonb, text, regrole, text, text), journey._collected(regclass, name),
  journey._index_columns(regclass), journey._statistics_columns(oid), journey._veiled_columns(uuid), journey._set_rights(regclass, int2, aclitem[]), journey._rights(regclass),
  journey._close(regclass), journey._note_members(uuid, regclass), journey._add_members(uuid, regclass), journey._add_policies(uuid, regclass, jsonb),
  journey._is_free(text, regnamespace), journey._free_name(name, regnamespace, regnamespace),
  journey._rename(regclass, name), journey._companions(regclass), journey._move(regclass, regnamespace),
  journey._base_schema(), journey._make_view(uuid, regrole), journey._open_view(uuid), journey._old_rights(uuid, regclass),
  journey._check(regclass, text, jsonb, text, regrole, text, text),
  journey.protect(regclass, text, jsonb, text, regrole, text, text),
  journey._find_protected(regclass), journey.unprotect(regclass),
  journey._restore_rights(uuid), journey._leave_base_schema(regrole), journey._check_protected(uuid),
  journey.refresh(regclass)
FROM PUBLIC;
