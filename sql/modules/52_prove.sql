--| # Proving the promise on one's own tables
--|
--|     SELECT * FROM journey.prove('public.visits', 'ana', 'analytics');
--|
--| asks a protected relation what a reader might, writes other values into every
--| denied cell, asks again, and tells each question that was answered otherwise.
--| Nothing of it stays: all is done in subtransactions that are rolled back. What
--| a mask shows of a value stays equal, so no answer may change.
--|
--| There are three other worlds: in one the denied cells of a column are
--| exchanged among its denied rows, which breaks no unique key; in one they are
--| other values of their type; in one they are missing. Each, and also the first,
--| is written from a copy into the emptied table in the order of the rows, so
--| that all lie alike. For the plans pages cost nothing and the numbers of rows
--| are set, since sizes are no secret; and in the other worlds the statistics of
--| masked columns are gone.

--| The questions run views, functions and types of others. They are asked by a
--| function that belongs to the reader, after the role was set to the reader: so
--| whoever is asked for is the reader, as in a session of theirs, and nothing in
--| it can become the administrator who proves by RESET ROLE.

CREATE FUNCTION journey._prove_answer(question text, probe text) RETURNS text[]
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  plan bigint := 0;
  rows bigint := 0;
  code text;
  message text;
  detail text;
  hint text;
  answer record;
BEGIN
  -- what was answered is only hashed
  FOR answer IN EXECUTE 'EXPLAIN (COSTS, VERBOSE) ' || question USING probe LOOP
    plan := hashtextextended(answer::text, plan);
  END LOOP;
  FOR answer IN EXECUTE question USING probe LOOP
    rows := hashtextextended(answer::text, rows);
  END LOOP;
  RETURN ARRAY[plan::text, rows::text, ''];
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN ARRAY[plan::text, rows::text, hashtextextended(ARRAY[code, message, detail, hint]::text, 0)::text];
END
$$;
COMMENT ON FUNCTION journey._prove_answer(text, text) IS
  'Three hashes of what a question is answered: of the plan, of the rows, and of the error (empty: none). A copy of it that belongs to the reader asks; this one is the text for that.';

CREATE FUNCTION journey._prove_ask(questions text[], probes text[], reader regrole, purpose text) RETURNS text[]
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  role_name text := (SELECT r.rolname FROM pg_roles r WHERE r.oid = reader);
  answers text[] := '{}';
  answer text[];
BEGIN
  EXECUTE (SELECT format('CREATE FUNCTION pg_temp.journey_prove_answer(question text, probe text) RETURNS text[]
                          LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L', f.prosrc)
           FROM pg_proc f WHERE f.oid = 'journey._prove_answer(text,text)'::regprocedure);
  EXECUTE format('ALTER FUNCTION pg_temp.journey_prove_answer(text, text) OWNER TO %I', role_name);
  FOR i IN 1 .. cardinality(questions) LOOP
    -- the end of the block is the undoing of what the question did
    BEGIN
      PERFORM set_config('journey.purpose', purpose, true), set_config('role', role_name, true);
      answer := pg_temp.journey_prove_answer(questions[i], probes[i]);
      RAISE EXCEPTION 'undone' USING ERRCODE = 'JNUND';
    EXCEPTION WHEN SQLSTATE 'JNUND' THEN
      answers := answers || answer;
    END;
  END LOOP;
  RETURN answers;
END
$$;
COMMENT ON FUNCTION journey._prove_ask(text[], text[], regrole, text) IS
  'Three hashes for each question that a reader asks for a purpose, see _prove_answer. Undoes what the questions did.';

CREATE FUNCTION journey._prove_worlds(p journey.protected_relation, reader regrole, purpose text, questions text[], seed int,
                                      OUT answers text[], OUT worlds text[], OUT same text[], OUT denied bigint)
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
  SET session_replication_role = origin SET client_min_messages = error
  SET seq_page_cost = 0 SET random_page_cost = 0 SET synchronize_seqscans = off SET max_parallel_workers_per_gather = 0 SET jit = off
AS $$
DECLARE
  policies journey.policy[] := ARRAY(SELECT c FROM journey.policy c WHERE c.protected_id = p.id AND c.mask NOT IN ('row', 'public')
                                     AND c.column_name NOT IN (p.subject, coalesce(p.collected, p.subject)) ORDER BY c.attnum);
  leaves regclass[] := ARRAY(SELECT t FROM journey._tree(p.base) t JOIN pg_class c ON c.oid = t WHERE c.relkind = 'r' ORDER BY t::oid);
  probes text[];
  pool text[];
  found text[];
  n bigint;
  written name[];
  undone boolean := false;
BEGIN
  answers := '{}';
  same := '{}';
  denied := 0;
  worlds := ARRAY['', 'exchanged', 'changed', 'missing'];
  BEGIN
    CREATE FUNCTION pg_temp.journey_prove_tell(x text) RETURNS boolean LANGUAGE plpgsql STABLE COST 0.0001 AS
      'BEGIN IF pg_catalog.hashtext(x) % 7 = 0 THEN RAISE EXCEPTION ''told'' USING DETAIL = x; END IF; RETURN pg_catalog.length(x) > 3; END';
    FOR i IN 1 .. cardinality(leaves) LOOP
      PERFORM journey._prove_copy(leaves[i], i, p, policies, purpose, reader::oid);
      FOR k IN 1 .. cardinality(policies) LOOP
        EXECUTE format('SELECT count(*), (array_agg(DISTINCT nullif(left(format(''%%s'', (c.r).%I), 100), '''')))[1:9] FROM pg_temp.journey_prove_%s c WHERE c.denied[%s]',
                       (policies[k]).column_name, i, k) INTO n, found;
        denied := denied + n;
        pool := pool || found;
      END LOOP;
    END LOOP;
    pool := coalesce(nullif(array_remove(pool, NULL), '{}'), ARRAY['']);
    probes := ARRAY(SELECT pool[1 + (i::bigint * 7919 + seed & 2147483647) % cardinality(pool)] FROM generate_subscripts(questions, 1) i);

    FOR i IN 1 .. cardinality(worlds) LOOP
      undone := false;
      BEGIN
        written := journey._prove_write(p.base, leaves, policies, worlds[i]);
        found := journey._prove_ask(questions, probes, reader, purpose);
        undone := true;
        RAISE EXCEPTION 'undone';
      EXCEPTION WHEN raise_exception THEN
        IF NOT undone THEN
          RAISE;
        END IF;
      END;
      answers := answers || found;
      IF worlds[i] <> '' THEN
        same := same || (SELECT format('%s: %s', worlds[i], string_agg(quote_ident(c.column_name), ', ' ORDER BY c.attnum))
                         FROM journey.policy c
                         WHERE c.protected_id = p.id AND c.mask NOT IN ('row', 'public') AND c.column_name <> ALL (written) HAVING count(*) > 0);
      END IF;
    END LOOP;
    undone := true;
    RAISE EXCEPTION 'undone';
  EXCEPTION WHEN raise_exception THEN
    IF NOT undone THEN
      RAISE;
    END IF;
  END;
END
$$;
COMMENT ON FUNCTION journey._prove_worlds(journey.protected_relation, regrole, text, text[], int) IS
  'The answers to all questions in all worlds, the masked columns that are the same in one of them as in the first, and how many cells are denied. Leaves nothing behind.';

CREATE FUNCTION journey.prove(relation regclass, reader regrole, purpose text, statements int DEFAULT 500, seed int DEFAULT 1)
  RETURNS TABLE (statement text, differs text, world text)
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE ROWS 10
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  p journey.protected_relation;
  questions text[];
  w record;
BEGIN
  PERFORM journey._check_superuser();
  IF reader IS NULL OR purpose IS NULL OR seed IS NULL OR statements IS NULL OR statements NOT BETWEEN 1 AND 100000 THEN
    RAISE EXCEPTION 'invalid arguments of prove()'
      USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It needs a reader, a purpose, a seed, and a number of statements from 1 to 100000.';
  ELSIF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = reader) THEN
    RAISE EXCEPTION 'role % does not exist', reader USING ERRCODE = 'undefined_object';
  END IF;
  p := journey._find_protected(relation);
  IF NOT journey._is_view_of(p.view, p.base) THEN
    RAISE EXCEPTION '% has no view', p.base
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'journey.refresh() makes it again.';
  END IF;

  questions := ARRAY(SELECT q FROM journey._prove_questions(p.view, p.base, reader, statements, seed) q);
  SELECT x.* INTO w FROM journey._prove_worlds(p, reader, purpose, questions, seed) x;
  RETURN QUERY
    SELECT questions[i], k.name, w.worlds[v]
    FROM generate_series(1, statements) i, generate_series(2, cardinality(w.worlds)) v,
         (VALUES (1, 'plan'), (2, 'rows'), (3, 'error')) AS k (number, name)
    WHERE w.answers[3 * (i - 1) + k.number] <> w.answers[3 * (statements * (v - 1) + i - 1) + k.number]
    ORDER BY i, v, k.number;

  RAISE NOTICE '% statements were asked in % worlds, with % denied cells', statements, cardinality(w.worlds), w.denied
    USING DETAIL = coalesce('Columns that are the same, because of what their masks show or of constraints, in ' || nullif(array_to_string(w.same, '; in '), '') || '.',
                            'Denied cells of all masked columns were other ones.');
END
$$;
COMMENT ON FUNCTION journey.prove(regclass, regrole, text, int, int) IS
  'Asks a protected relation so many statements of a reader, made from a seed, changes all denied cells to others with the same masks, asks again, and returns what was answered otherwise: the statement ($1 is the raw value of some denied cell), what differs (plan, rows, error) and the world (exchanged, changed, missing). No rows: the promise holds for these. A notice tells how many were asked, and which columns could not be changed. '
  'Everything is rolled back, but the table and those that refer to it stay locked against everybody until the end of the transaction, and it is copied and written four times: for staging systems, or small tables. For superusers.';

REVOKE EXECUTE ON FUNCTION
  journey._prove_answer(text, text),
  journey._prove_ask(text[], text[], regrole, text),
  journey._prove_worlds(journey.protected_relation, regrole, text, text[], int),
  journey.prove(regclass, regrole, text, int, int)
FROM PUBLIC;
