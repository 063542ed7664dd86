--| # protect()
--|
--|     SELECT journey.protect('public.events', subject => 'user_id', columns => '{
--|       "id": "public", "ts": "public",
--|       "email": {"mask": "token", "class": "email"},
--|       "phone": {"mask": "partial", "keep_last": 2},
--|       "city":  {"mask": "constant", "value": "somewhere"}}');
--|
--| moves the table to the schema `journey_base`, takes everybody's rights on it
--| except the owner's, and puts a view with the old name in its place that shows
--| each reader what the data subjects consented to. Columns that are not listed
--| are masked by NULL. Everything is checked before anything is changed, and
--| everything happens in one transaction.
--|
--| | mask | option | shows |
--| |---|---|---|
--| | `public` | | the value, to everybody |
--| | `null` | | NULL |
--| | `constant` | `value` | always the same value |
--| | `partial` | `keep_first`, `keep_last` (0), `min_hidden` (4) | the ends of a text, and exactly `min_hidden` `*` between them; a text with fewer characters to hide is hidden whole |
--| | `token` | `class`, `epoch` (0) | a keyed hash: equal for equal values of one purpose, class and epoch. text, varchar, char, bytea, uuid and bigint. The class of a column is its own unless given |

--| ## Finding out

CREATE FUNCTION journey._check_superuser() RETURNS void
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- not even who inherits a superuser's rights could put back the rights of other roles
  IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
    RAISE EXCEPTION 'must be superuser to change the protection of relations'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_superuser() IS 'Raises for everybody but superusers.';

CREATE FUNCTION journey._is_view_of(view regclass, base regclass) RETURNS boolean
  LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT
                 FROM pg_class c
                 JOIN pg_rewrite r ON r.ev_class = c.oid AND r.ev_type = '1'
                 JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                                 AND d.refclassid = 'pg_class'::regclass AND d.refobjid = base
                 WHERE c.oid = view AND c.relkind = 'v')
$$;
COMMENT ON FUNCTION journey._is_view_of(regclass, regclass) IS
  'Whether the first is a view on the second. Of a view that was dropped only the number is left, which after a restore may be another relation''s.';

CREATE FUNCTION journey._tree(relation regclass) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE tree (member) AS (
    SELECT relation::oid
    UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN tree t ON i.inhparent = t.member
  )
  SELECT t.member::regclass FROM tree t
$$;
COMMENT ON FUNCTION journey._tree(regclass) IS 'The relation and all that inherit from it, partitions too.';

CREATE FUNCTION journey._members(relation regclass) RETURNS SETOF regclass
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t FROM journey._tree(relation) t
  UNION
  SELECT s.oid::regclass
  FROM journey._tree(relation) t
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t
                  AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
$$;
COMMENT ON FUNCTION journey._members(regclass) IS 'The tree of the relation and the sequences that its columns own.';

CREATE FUNCTION journey._dependents(relation regclass) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH target (classid, objid) AS (
    SELECT 'pg_class'::regclass::oid, t::oid FROM journey._tree(relation) t
    UNION ALL
    SELECT 'pg_type'::regclass, unnest(ARRAY[y.oid, y.typarray])
    FROM journey._tree(relation) t JOIN pg_type y ON y.typrelid = t
  ), dependent (name) AS (
    SELECT CASE WHEN r.ev_class NOT IN (SELECT t.objid FROM target t)
                THEN pg_describe_object('pg_class'::regclass, r.ev_class, 0)
                ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END
    FROM target
    JOIN pg_depend d ON d.refclassid = target.classid AND d.refobjid = target.objid
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE (d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_policy'::regclass)
           AND (r.oid IS NULL OR r.ev_class <> relation OR r.ev_type <> '1'))
       OR (d.refclassid = 'pg_type'::regclass AND d.deptype = 'n')
  )
  SELECT string_agg(DISTINCT name, ', ' ORDER BY name) FROM dependent
$$;
COMMENT ON FUNCTION journey._dependents(regclass) IS
  'Views, rules, functions, policies, and users of the row type, that are bound to the relation or its tree; NULL if there are none. '
  'They would follow the relation to its new place.';

CREATE FUNCTION journey._publications(relation regclass) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT string_agg(DISTINCT quote_ident(p.pubname), ', ' ORDER BY quote_ident(p.pubname))
  FROM journey._tree(relation) t
  JOIN pg_class c ON c.oid = t
  CROSS JOIN pg_publication p
  WHERE EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid)
     OR EXISTS (SELECT FROM pg_publication_namespace n WHERE n.pnpubid = p.oid AND n.pnnspid = c.relnamespace)
$$;
COMMENT ON FUNCTION journey._publications(regclass) IS
  'Publications that name the relation, one of its tree, or a schema of these; NULL if there are none.';

--| ## Checking

CREATE FUNCTION journey._check_tree(relation regclass) RETURNS void
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  bad text;
BEGIN
  SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid::regclass::text) INTO bad
  FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
  WHERE c.relrowsecurity OR c.relforcerowsecurity;
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'row security is enabled on %', bad
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Its policies would be checked for the owner of the view and no longer for readers.',
            HINT = 'Drop the policies and disable row security first.';
  END IF;

  SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid::regclass::text) INTO bad
  FROM journey._tree(relation) t JOIN pg_class c ON c.oid = t
  WHERE c.relkind NOT IN ('r', 'p') OR c.relpersistence = 't';
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'cannot protect %', relation
      USING ERRCODE = 'wrong_object_type',
            DETAIL = format('Among its partitions or children are foreign or temporary tables: %s.', bad),
            HINT = 'Detach them first.';
  END IF;

  SELECT string_agg(DISTINCT i.inhparent::regclass::text, ', ' ORDER BY i.inhparent::regclass::text) INTO bad
  FROM journey._tree(relation) t JOIN pg_inherits i ON i.inhrelid = t
  WHERE i.inhparent NOT IN (SELECT u FROM journey._tree(relation) u);
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'cannot protect % alone', relation
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('Rows can be read through %s as well.', bad),
            HINT = 'Protect the table at the top, or take the inheritance away.';
  END IF;

  bad := journey._dependents(relation);
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'other objects depend on %', relation
      USING ERRCODE = 'dependent_objects_still_exist',
            DETAIL = format('They would go on showing raw values: %s.', bad),
            HINT = 'Drop them, and create them again on the protected relation.';
  END IF;

  bad := journey._publications(relation);
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION '% is part of a publication', relation
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('Raw values would leave the database through %s, or stop to without a word.', bad),
            HINT = 'Take the table and its schema out of the publication first.';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_tree(regclass) IS
  'Raises if raw rows of the table or its tree could be reached, or would be needed, other than through the view.';

CREATE FUNCTION journey._check_relation(relation regclass) RETURNS void
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  class pg_class;
  problem text;
BEGIN
  SELECT c.* INTO class FROM pg_class c WHERE c.oid = relation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'relation % does not exist', relation USING ERRCODE = 'undefined_table';
  END IF;
  IF EXISTS (SELECT FROM journey.protected_relation p
             WHERE p.base = relation OR (p.view = relation AND journey._is_view_of(p.view, p.base))) THEN
    RAISE EXCEPTION '% is protected already', relation
      USING ERRCODE = 'duplicate_object',
            HINT = 'Use journey.refresh() for new columns, or journey.unprotect() to begin again.';
  END IF;

  problem := CASE
    WHEN class.relkind NOT IN ('r', 'p') THEN 'It is not a table.'
    WHEN class.relpersistence = 't' THEN 'It is a temporary table.'
    WHEN class.oid < 16384 OR class.relnamespace IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
      THEN 'It is a table of the system.'
    WHEN class.relnamespace = 'journey'::regnamespace THEN 'It is a table of the extension.'
    WHEN class.relnamespace = to_regnamespace('journey_base') THEN 'It is in the schema of base tables.'
    WHEN EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = class.oid
                                           AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
      THEN 'It belongs to an extension.'
    WHEN class.relispartition THEN 'It is a partition; protect the partitioned table.'
  END;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION 'cannot protect %', relation USING ERRCODE = 'wrong_object_type', DETAIL = problem;
  END IF;

  PERFORM journey._check_tree(relation);
END
$$;
COMMENT ON FUNCTION journey._check_relation(regclass) IS 'Raises if the relation cannot be protected.';

CREATE FUNCTION journey._plain_type(type regtype, typmod int, OUT base regtype, OUT base_typmod int, OUT checked boolean)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH RECURSIVE chain (type, typmod, checked, depth) AS (
    SELECT _plain_type.type::oid, _plain_type.typmod, false, 0
    UNION ALL
    SELECT t.typbasetype, t.typtypmod,
           c.checked OR t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid),
           c.depth + 1
    FROM chain c JOIN pg_type t ON t.oid = c.type AND t.typtype = 'd'
  )
  SELECT c.type::regtype, c.typmod, c.checked FROM chain c ORDER BY c.depth DESC LIMIT 1
$$;
COMMENT ON FUNCTION journey._plain_type(regtype, int) IS
  'The type under all domains, its length or precision, and whether a domain on the way has a constraint.';

CREATE FUNCTION journey._check_subject(relation regclass, subject text) RETURNS name
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  type regtype;
BEGIN
  SELECT a.atttypid::regtype INTO type
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attname = subject COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'column % of % does not exist', coalesce(quote_ident(subject), 'NULL'), relation
      USING ERRCODE = 'undefined_column',
            DETAIL = 'The argument "subject" names the column that says whose data a row is.';
  END IF;
  IF NOT EXISTS (SELECT FROM journey._plain_type(type, -1) p JOIN pg_type t ON t.oid = p.base
                 WHERE t.typtype = 'e'
                    OR p.base IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype, 'name'::regtype, 'uuid'::regtype,
                                  'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)) THEN
    RAISE EXCEPTION 'column % of type % cannot name subjects', quote_ident(subject), type
      USING ERRCODE = 'datatype_mismatch',
            DETAIL = 'Subjects are named by text, and the text form of this type may depend on settings of the reader.',
            HINT = 'Use a column of a text, integer, numeric, uuid or enum type.';
  END IF;
  RETURN subject;
END
$$;
COMMENT ON FUNCTION journey._check_subject(regclass, text) IS
  'The name of the subject''s column; raises if there is none, or its text form is not the same for every reader.';

CREATE FUNCTION journey._check_collected(relation regclass, collected text, policies journey.policy[]) RETURNS name
  LANGUAGE plpgsql STABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  type regtype;
BEGIN
  IF collected IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT a.atttypid::regtype INTO type
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attname = collected COLLATE "C" AND a.attnum > 0 AND NOT a.attisdropped;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'column % of % does not exist', quote_ident(collected), relation
      USING ERRCODE = 'undefined_column',
            DETAIL = 'The argument "collected" names the column that tells when a row was collected.';
  END IF;
  IF NOT EXISTS (SELECT FROM journey._plain_type(type, -1) p
                 WHERE p.base IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)) THEN
    RAISE EXCEPTION 'column % of type % cannot tell when a row was collected', quote_ident(collected), type
      USING ERRCODE = 'datatype_mismatch',
            HINT = 'Use a column of type timestamptz, timestamp (taken as UTC) or date (taken as its start in UTC).';
  END IF;
  IF NOT EXISTS (SELECT FROM unnest(policies) p WHERE p.column_name = collected COLLATE "C" AND p.mask = 'public') THEN
    RAISE EXCEPTION 'column % is masked, and cannot tell when a row was collected', quote_ident(collected)
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Which cells of a row are shown would tell readers what the column hides.',
            HINT = 'Make the column public.';
  END IF;
  RETURN collected;
END
$$;
COMMENT ON FUNCTION journey._check_collected(regclass, text, journey.policy[]) IS
  'The name of the column of the time of collection, or NULL; raises if there is none of this name, its type is no time, or it is not public.';

CREATE FUNCTION journey._check_partition_keys(relation regclass, policies journey.policy[]) RETURNS void
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  bad text;
BEGIN
  -- the server notes the columns of a key, those inside expressions too, as bound to the table
  SELECT string_agg(DISTINCT quote_ident(a.attname), ', ' ORDER BY quote_ident(a.attname)) INTO bad
  FROM journey._tree(relation) t
  JOIN pg_partitioned_table k ON k.partrelid = t
  JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = t AND d.objsubid > 0 AND d.deptype = 'i'
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t AND d.refobjsubid = 0
  JOIN pg_attribute a ON a.attrelid = t AND a.attnum = d.objsubid
  JOIN unnest(policies) p ON p.column_name = a.attname AND p.mask NOT IN ('public', 'row');
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'cannot mask the partition key of %: %', relation, bad
      USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'EXPLAIN ANALYZE shows every reader from which partition a row comes.',
            HINT = 'Make the column public, or partition the table by another.';
  END IF;
END
$$;
COMMENT ON FUNCTION journey._check_partition_keys(regclass, journey.policy[]) IS
  'Raises if a column by which the table or one of its partitions is partitioned is not public.';
