--| ## What runs as the owner of a store

CREATE FUNCTION journey._store(id uuid) RETURNS journey.store
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT s FROM journey.store s WHERE s.id = _store.id
$$;
COMMENT ON FUNCTION journey._store(uuid) IS 'What is known of a store.';

CREATE FUNCTION journey._chunk_us(chunk interval) RETURNS bigint
  LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT coalesce((extract(epoch FROM chunk) * 1000000)::bigint, 0)
$$;
COMMENT ON FUNCTION journey._chunk_us(interval) IS 'The length of a chunk in microseconds; 0 for NULL.';

--| Counting sets would read all their pages, so folding keeps count. `TRUNCATE`
--| writes nothing to `journey.store`, which others may have changed since its
--| snapshot: the counts hold as long as there is any set.

CREATE FUNCTION journey._has_sets(s journey.store) RETURNS boolean
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  result boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %s)', s.sets) INTO result;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._has_sets(journey.store) IS 'Whether the table of sets has a row, so that the counts of the store are right.';

--| A fold takes the changes that are there in rounds that fit into memory, and
--| rewrites the sets that they touch: one statement a round. Whoever calls holds
--| the lock of the store, so nobody else writes to its sets.

CREATE FUNCTION journey._fold(id uuid) RETURNS bigint
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store := journey._store(id);
  -- batches of a page each, twice in memory
  batches bigint := greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 32768, 64);
  rounds bigint;
  done bigint := 0;
  folded bigint;
  changes bytea;
  more_sets bigint;
  more_steps bigint;
BEGIN
  IF NOT journey._has_sets(s) THEN
    s.set_count := 0;
    s.step_count := 0;
  END IF;
  EXECUTE format('SELECT (count(*) + $1 - 1) / $1 FROM %s', s.delta) INTO rounds USING batches;
  FOR i IN 1 .. rounds LOOP
    EXECUTE format('WITH gone AS (DELETE FROM %1$s d WHERE d.ctid = ANY (ARRAY(SELECT f.ctid FROM %1$s f LIMIT $1))
                                  RETURNING d.rows, d.batch)
                    SELECT sum(g.rows), journey._changes_agg(g.batch, $2, NULL) FROM gone g', s.delta)
      INTO folded, changes USING batches, s.bits;
    EXIT WHEN changes IS NULL;
    EXECUTE format('WITH folded AS MATERIALIZED (
                      SELECT c.bucket, o.ids, o.last_part, f.gone, f.written, f.chunks,
                             cardinality(f.written) - cardinality(f.gone) AS more_sets,
                             (SELECT coalesce(sum(journey.step_count(w)), 0) FROM unnest(f.written) w)
                             - (SELECT coalesce(sum(journey.step_count(o.sets[g])), 0) FROM unnest(f.gone) g) AS more_steps
                      FROM journey._changes($1) c
                      CROSS JOIN LATERAL (SELECT array_agg(t.ctid) AS ids, array_agg(t.sets) AS sets, max(t.part) AS last_part
                                          FROM %1$s t WHERE t.bucket = c.bucket) o
                      CROSS JOIN LATERAL journey._fold_sets(coalesce(o.sets, %2$L), c.batch, $2) f
                    ), gone AS (
                      DELETE FROM %1$s t WHERE t.ctid = ANY (ARRAY(SELECT f.ids[g] FROM folded f CROSS JOIN LATERAL unnest(f.gone) g))
                    ), new AS (
                      INSERT INTO %1$s (bucket, chunk, part, sets)
                      SELECT f.bucket, u.chunk, coalesce(f.last_part, 0) + u.place, u.sets
                      FROM folded f CROSS JOIN LATERAL unnest(f.chunks, f.written) WITH ORDINALITY u (chunk, sets, place)
                    )
                    SELECT coalesce(sum(f.more_sets), 0), coalesce(sum(f.more_steps), 0) FROM folded f', s.sets, '{}')
      INTO more_sets, more_steps USING changes, journey._chunk_us(s.chunk);
    done := done + folded;
    s.set_count := s.set_count + more_sets;
    s.step_count := s.step_count + more_steps;
  END LOOP;
  UPDATE journey.store t SET last_fold = clock_timestamp(), set_count = s.set_count, step_count = s.step_count WHERE t.id = _fold.id;
  RETURN done;
END
$$;
COMMENT ON FUNCTION journey._fold(uuid) IS 'Folds the changes of a store into its sets; returns how many they were. For journey.fold() and writers.';

CREATE FUNCTION journey._columns_trigger(id uuid, events regclass) RETURNS oid
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT t.oid FROM pg_trigger t
  WHERE t.tgrelid = events AND t.tgfoid = 'journey._collect()'::regprocedure
    AND starts_with(encode(t.tgargs, 'escape'), _columns_trigger.id || '\000columns\000')
$$;
COMMENT ON FUNCTION journey._columns_trigger(uuid, regclass) IS 'The trigger whose column list tells the tracked columns.';

CREATE FUNCTION journey._tracked_columns(id uuid, events regclass) RETURNS TABLE (track text, column_name name)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (string_to_array(encode(t.tgargs, 'escape'), '\000'))[c.place + 2], a.attname
  FROM pg_trigger t
  CROSS JOIN LATERAL unnest(t.tgattr::int2[]) WITH ORDINALITY c (attnum, place)
  JOIN pg_attribute a ON a.attrelid = events AND a.attnum = c.attnum
  WHERE t.oid = journey._columns_trigger(_tracked_columns.id, events)
$$;
COMMENT ON FUNCTION journey._tracked_columns(uuid, regclass) IS 'The tracks of a store, and the columns that have them, as they are called now.';

CREATE FUNCTION journey._tracked_query(id uuid, events regclass) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT format('SELECT %s FROM %s',
                string_agg(format('%I AS %I', c.column_name, c.track), ', '
                           ORDER BY array_position(ARRAY['subject', 'at', 'event'], c.track), c.track), events)
  FROM journey._tracked_columns(_tracked_query.id, events) c
$$;
COMMENT ON FUNCTION journey._tracked_query(uuid, regclass) IS 'The query whose rows a store holds, as pack() takes it.';

--| One statement reads the table and clears the changes, so both are of one
--| snapshot: what others commit meanwhile stays among the changes.

CREATE FUNCTION journey._build(id uuid) RETURNS bigint
  LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store := journey._store(id);
  query text := journey._tracked_query(id, s.events);
  policies text := current_setting('row_security');
  made bigint;
  result bigint;
BEGIN
  IF query IS NULL THEN
    RAISE EXCEPTION 'the store % has lost its columns', s.view
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Drop it with journey.untrack(), and track the table again.';
  END IF;
  -- whoever holds the lock of the store may do this apart; under REPEATABLE READ it is what fails if others folded
  EXECUTE format('DELETE FROM %s', s.sets);
  -- policies that hold for the owner too shall not leave rows out without a word
  PERFORM set_config('row_security', 'off', true);
  EXECUTE format(
    'WITH gone AS (DELETE FROM %1$s),
          new AS (INSERT INTO %2$s (bucket, chunk, part, sets)
                  SELECT (p.p).bucket, (p.p).chunk_at, row_number() OVER (), (p.p).sets
                  FROM (SELECT journey._pack($1, $2, $3) AS p) p
                  RETURNING sets)
     SELECT count(*), coalesce(sum(journey.step_count(n.sets)), 0) FROM new n', s.delta, s.sets)
    INTO made, result USING query, s.chunk, s.bits;
  PERFORM set_config('row_security', policies, true);
  UPDATE journey.store t SET last_fold = clock_timestamp(), set_count = made, step_count = result WHERE t.id = _build.id;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._build(uuid) IS 'Builds the sets of a store from its table; returns the number of steps.';

CREATE FUNCTION journey._journey_of(id uuid, subject text) RETURNS journey.journey
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store := journey._store(id);
  bucket int := journey._bucket(subject, s.kind, s.bits);
  changes bytea;
  result journey.journey;
BEGIN
  IF bucket IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT c.batch FROM (SELECT journey._changes_agg(d.batch, $1, $2) AS changes FROM %s d) a, journey._changes(a.changes) c',
                 s.delta) INTO changes USING s.bits, bucket;
  IF changes IS NULL THEN
    EXECUTE format('SELECT journey.journey_agg(journey.journey_of(t.sets, $2)) FROM %s t WHERE t.bucket = $1', s.sets)
      INTO result USING bucket, subject;
  ELSE
    EXECUTE format('SELECT journey.journey_agg(journey.journey_of(m, $2))
                    FROM journey._merged(ARRAY(SELECT t.sets FROM %s t WHERE t.bucket = $1), $3, $4) m', s.sets)
      INTO result USING bucket, subject, changes, journey._chunk_us(s.chunk);
  END IF;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._journey_of(uuid, text) IS 'The whole journey of a subject; NULL if there is none.';

--| ## The commands

CREATE FUNCTION journey.fold(store pg_catalog.regclass) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_fold'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000;
COMMENT ON FUNCTION journey.fold(pg_catalog.regclass) IS
'Folds the changes of a store into its sets and returns how many they were: rows that came or are gone. All in one transaction, each change once; what others commit meanwhile stays for the next call. One transaction at a time folds a store, others wait for it; writers and readers do not. For its owner. NULL gives NULL. Errors: 42809 for a relation that is no store, 42501 for others than the owner, 40001 under REPEATABLE READ if somebody folded since the snapshot. Memory: a part of the changes, by maintenance_work_mem, and a bucket.';

CREATE FUNCTION journey.rebuild(store pg_catalog.regclass) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_rebuild'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000000;
COMMENT ON FUNCTION journey.rebuild(pg_catalog.regclass) IS
'Builds a store anew from its table and returns the number of steps in it. Writers and readers go on meanwhile; readers see the old sets until the end of the transaction. See journey.progress. For its owner. NULL gives NULL. Errors: 42809 for a relation that is no store, 42501 for others than the owner, 22008 for infinite times, and those of pack(). Cost: that of pack().';

CREATE FUNCTION journey.journey_of(store pg_catalog.regclass, subject pg_catalog.text) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_store_journey_of'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION journey.journey_of(pg_catalog.regclass, pg_catalog.text) IS
'The whole journey of one subject of a store as it is now; subjects that are numbers or uuids are given as their text. NULL if there is none, and for NULL arguments. For everybody who may read the view of the store. Errors: 42809 for a relation that is no store, 42501 without the right. Cost: the sets of a bucket, found by an index, and the changes that are not folded.';

--| A bare literal names a store, not a set.

CREATE FUNCTION journey.journey_of(store pg_catalog.text, subject pg_catalog.text) RETURNS journey.journey
LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10000
AS $$ SELECT journey.journey_of(store::pg_catalog.regclass, subject) $$;
COMMENT ON FUNCTION journey.journey_of(pg_catalog.text, pg_catalog.text) IS
'The same for the name of a store, so that journey_of(''live'', ''ana'') needs no cast.';
