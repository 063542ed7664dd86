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
BEGIN
  EXECUTE format('SELECT (count(*) + $1 - 1) / $1 FROM %s', s.delta) INTO rounds USING batches;
  FOR i IN 1 .. rounds LOOP
    EXECUTE format('WITH gone AS (DELETE FROM %1$s d WHERE d.ctid = ANY (ARRAY(SELECT f.ctid FROM %1$s f LIMIT $1))
                                  RETURNING d.rows, d.batch)
                    SELECT sum(g.rows), journey._changes_agg(g.batch, $2, NULL) FROM gone g', s.delta)
      INTO folded, changes USING batches, s.bits;
    EXIT WHEN changes IS NULL;
    EXECUTE format('WITH folded AS MATERIALIZED (
                      SELECT c.bucket, o.ids, o.last_part, f.gone, f.written, f.chunks
                      FROM journey._changes($1) c
                      CROSS JOIN LATERAL (SELECT array_agg(t.ctid) AS ids, array_agg(t.sets) AS sets, max(t.part) AS last_part
                                          FROM %1$s t WHERE t.bucket = c.bucket) o
                      CROSS JOIN LATERAL journey._fold_sets(coalesce(o.sets, %2$L), c.batch, $2) f
                    ), gone AS (
                      DELETE FROM %1$s t WHERE t.ctid = ANY (ARRAY(SELECT f.ids[g] FROM folded f CROSS JOIN LATERAL unnest(f.gone) g))
                    )
                    INSERT INTO %1$s (bucket, chunk, part, sets)
                    SELECT f.bucket, u.chunk, coalesce(f.last_part, 0) + u.place, u.sets
                    FROM folded f CROSS JOIN LATERAL unnest(f.chunks, f.written) WITH ORDINALITY u (chunk, sets, place)', s.sets, '{}')
      USING changes, journey._chunk_us(s.chunk);
    done := done + folded;
  END LOOP;
  UPDATE journey.store t SET last_fold = clock_timestamp() WHERE t.id = _fold.id;
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
     SELECT coalesce(sum(journey.step_count(n.sets)), 0) FROM new n', s.delta, s.sets)
    INTO result USING query, s.chunk, s.bits;
  PERFORM set_config('row_security', policies, true);
  UPDATE journey.store t SET last_fold = clock_timestamp() WHERE t.id = _build.id;
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

CREATE FUNCTION journey._facts(id uuid) RETURNS numeric[]
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store := journey._store(id);
  result numeric[];
BEGIN
  EXECUTE format('SELECT ARRAY[t.sets, t.steps, pg_table_size($1), d.rows, pg_table_size($2), extract(epoch FROM clock_timestamp() - d.oldest)]
                  FROM (SELECT count(*), coalesce(sum(journey.step_count(t.sets)), 0) FROM %s t) t (sets, steps),
                       (SELECT coalesce(sum(d.rows), 0), min(d.written) FROM %s d) d (rows, oldest)', s.sets, s.delta)
    INTO result USING s.sets, s.delta;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._facts(uuid) IS
'Sets, steps, bytes of the table of sets, changes, bytes of the table of changes, and the age of the oldest change in seconds.';

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

CREATE FUNCTION journey._store_facts(view pg_catalog.regclass) RETURNS pg_catalog.numeric[]
AS 'MODULE_PATHNAME', 'journey__store_facts'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION journey._store_facts(pg_catalog.regclass) IS
'What _facts() tells of a store, for those who may read it; NULL for others.';

--| Event triggers refuse what would break a store, but whoever may switch them
--| off, or drop triggers one by one, can break it all the same.

CREATE FUNCTION journey._store_problem(s journey.store) RETURNS text
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH member (relation, leaf) AS (
    SELECT c.oid, c.relkind = 'r' FROM journey._tree(s.events) t JOIN pg_class c ON c.oid = t
  ), fires (relation, purpose) AS (
    SELECT t.tgrelid, x.purpose
    FROM pg_trigger t CROSS JOIN LATERAL (SELECT (string_to_array(encode(t.tgargs, 'escape'), '\000'))[2]) x (purpose)
    WHERE t.tgrelid IN (SELECT m.relation FROM member m) AND t.tgfoid = 'journey._collect()'::regprocedure
      AND starts_with(encode(t.tgargs, 'escape'), s.id || '\000')
      AND t.tgenabled IN ('A', CASE x.purpose WHEN 'rows' THEN 'R' ELSE 'O' END)
  ), problem (place, text) AS (
    SELECT 1, 'its columns are lost: untrack() and track() again'
    WHERE journey._columns_trigger(s.id, s.events) IS NULL
    UNION ALL
    SELECT 2, format('triggers on %s are missing or disabled: untrack() and track() again', m.relation::regclass)
    FROM member m
    WHERE (SELECT count(*) FROM fires f WHERE f.relation = m.relation AND f.purpose = 'statement') < 3
       OR m.leaf AND (SELECT count(DISTINCT f.purpose) FROM fires f
                      WHERE f.relation = m.relation AND f.purpose IN ('rows', 'truncate')) < 2
    UNION ALL
    SELECT 3, format('%s does not belong to the owner of %s', d.oid::regclass, s.events)
    FROM pg_class e JOIN pg_class d ON d.oid IN (s.view, s.sets, s.delta) AND d.relowner <> e.relowner
    WHERE e.oid = s.events
    UNION ALL
    SELECT 4, format('the event trigger %s is disabled: enable it, and rebuild()', t.evtname)
    FROM pg_event_trigger t WHERE t.evtname IN ('journey_watch', 'journey_watch_drops') AND t.evtenabled = 'D'
  )
  SELECT p.text FROM problem p ORDER BY p.place, p.text LIMIT 1
$$;
COMMENT ON FUNCTION journey._store_problem(journey.store) IS 'Why a store may not follow its table any more; NULL if nothing is found.';

CREATE VIEW journey.stores AS
SELECT s.view AS store,
       s.events,
       s.chunk,
       f.facts[1]::bigint AS sets,
       f.facts[2]::bigint AS steps,
       f.facts[3]::bigint AS bytes,
       (f.facts[3] / nullif(f.facts[2], 0))::float8 AS bytes_per_event,
       f.facts[4]::bigint AS delta_rows,
       f.facts[5]::bigint AS delta_bytes,
       s.last_fold,
       make_interval(secs => f.facts[6]::float8) AS lag,
       s.fold_at,
       journey._store_problem(s) AS problem
FROM journey.store s CROSS JOIN LATERAL (SELECT journey._store_facts(s.view) OFFSET 0) AS f (facts)
WHERE f.facts IS NOT NULL;
COMMENT ON VIEW journey.stores IS
'The stores that the reader may read: the view, the table it follows, the length of a chunk, the number of sets, the steps in them, the bytes of their table, and these for each step; the changes that are not folded yet, the bytes of their table, when changes were last folded, the age of the oldest change that is not (NULL: none), the share from which on writers fold, and why the store may not follow its table any more (NULL: nothing was found). Reads the heads of all sets.';
GRANT SELECT ON journey.stores TO PUBLIC;
