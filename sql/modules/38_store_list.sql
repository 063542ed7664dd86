--| ## The list of stores

CREATE FUNCTION journey._facts(id uuid) RETURNS numeric[]
  LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  s journey.store := journey._store(id);
  result numeric[];
BEGIN
  IF NOT journey._has_sets(s) THEN
    s.set_count := 0;
    s.step_count := 0;
  END IF;
  EXECUTE format('SELECT ARRAY[$1, $2, pg_table_size($3), coalesce(sum(d.rows), 0), pg_table_size($4),
                               extract(epoch FROM clock_timestamp() - min(d.written))] FROM %s d', s.delta)
    INTO result USING s.set_count, s.step_count, s.sets, s.delta;
  RETURN result;
END
$$;
COMMENT ON FUNCTION journey._facts(uuid) IS
'Sets, steps, bytes of the table of sets, changes, bytes of the table of changes, and the age of the oldest change in seconds.';

CREATE FUNCTION journey._store_facts(view pg_catalog.regclass) RETURNS pg_catalog.numeric[]
AS 'MODULE_PATHNAME', 'journey__store_facts'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION journey._store_facts(pg_catalog.regclass) IS
'What _facts() tells of a store, for those who may read it; NULL for others, and if a table of it is gone.';

--| Event triggers refuse what would break a store, but whoever may switch them
--| off, or drop triggers one by one, can break it all the same.

CREATE FUNCTION journey._store_problem(s journey.store, OUT problem text, OUT statement text)
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  WITH untrack (statement) AS (
    SELECT format('SELECT journey.untrack(%L);', s.view)
  ), track (statement) AS (
    -- what track() was told, as the columns are called now; NULL if they are lost, or the view is
    SELECT format('%s SELECT journey.track(events => %L, store => %L%s%s%s%s);',
                  (SELECT u.statement FROM untrack u), s.events,
                  (SELECT format('%I.%I', n.nspname, v.relname) FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
                   WHERE v.oid = s.view),
                  string_agg(format(', %I => %L', c.track, c.column_name), ''
                             ORDER BY array_position(ARRAY['subject', 'at', 'event'], c.track), c.track),
                  ', chunk => ' || quote_literal(s.chunk), ', fold_at => ' || s.fold_at, ', row_security => ' || quote_literal(s.row_security))
    FROM journey._tracked_columns(s.id, s.events) c
    HAVING count(*) > 0 AND EXISTS (SELECT FROM pg_class v WHERE v.oid = s.view)
  ), member (relation, leaf) AS (
    SELECT c.oid, c.relkind = 'r' FROM journey._tree(s.events) t JOIN pg_class c ON c.oid = t
  ), fires (relation, purpose) AS (
    SELECT t.tgrelid, x.purpose
    FROM pg_trigger t CROSS JOIN LATERAL (SELECT (string_to_array(encode(t.tgargs, 'escape'), '\000'))[2]) x (purpose)
    WHERE t.tgrelid IN (SELECT m.relation FROM member m) AND t.tgfoid = 'journey._collect()'::regprocedure
      AND starts_with(encode(t.tgargs, 'escape'), s.id || '\000')
      AND t.tgenabled IN ('A', CASE x.purpose WHEN 'rows' THEN 'R' ELSE 'O' END)
  ), problem (place, text, statement) AS (
    SELECT 0, 'its view or tables are gone: untrack(), and track() again', u.statement
    FROM untrack u
    WHERE (SELECT count(*) < 4 FROM pg_class c WHERE c.oid IN (s.view, s.events, s.sets, s.delta))
    UNION ALL
    SELECT 1, 'its columns are lost: untrack() and track() again', u.statement
    FROM untrack u
    WHERE journey._columns_trigger(s.id, s.events) IS NULL
    UNION ALL
    SELECT 2, format('triggers on %s are missing or disabled: untrack() and track() again', m.relation::regclass),
           coalesce((SELECT t.statement FROM track t), (SELECT u.statement FROM untrack u))
    FROM member m
    WHERE (SELECT count(*) FROM fires f WHERE f.relation = m.relation AND f.purpose = 'statement') < 3
       OR m.leaf AND (SELECT count(DISTINCT f.purpose) FROM fires f
                      WHERE f.relation = m.relation AND f.purpose IN ('rows', 'truncate')) < 2
    UNION ALL
    SELECT 3, format('%s does not belong to the owner of %s', d.oid::regclass, s.events),
           format('ALTER TABLE %s OWNER TO %s;', d.oid::regclass, e.relowner::regrole)
    FROM pg_class e JOIN pg_class d ON d.oid IN (s.view, s.sets, s.delta) AND d.relowner <> e.relowner
    WHERE e.oid = s.events
    UNION ALL
    SELECT 4, format('the event trigger %s is disabled: enable it, and rebuild()', t.evtname),
           format('ALTER EVENT TRIGGER %I ENABLE; SELECT journey.rebuild(%L);', t.evtname, s.view)
    FROM pg_event_trigger t WHERE t.evtname IN ('journey_watch', 'journey_watch_drops') AND t.evtenabled = 'D'
  )
  SELECT p.text, p.statement FROM problem p ORDER BY p.place, p.text LIMIT 1
$$;
COMMENT ON FUNCTION journey._store_problem(journey.store) IS
'Why a store may not follow its table any more, and the statement that mends or ends that; NULL if nothing is found.';

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
       (SELECT p.problem FROM journey._store_problem(s) p) AS problem
FROM journey.store s CROSS JOIN LATERAL (SELECT journey._store_facts(s.view) OFFSET 0) AS f (facts)
WHERE f.facts IS NOT NULL;
COMMENT ON VIEW journey.stores IS
'The stores that the reader may read. Sets and steps are counted when they are folded, bytes by the server; the changes are read.';
COMMENT ON COLUMN journey.stores.store IS 'The view that shows the journeys.';
COMMENT ON COLUMN journey.stores.events IS 'The table that it follows.';
COMMENT ON COLUMN journey.stores.chunk IS 'The length of a chunk. NULL: journeys are not cut by time.';
COMMENT ON COLUMN journey.stores.sets IS 'Number of sets.';
COMMENT ON COLUMN journey.stores.steps IS 'Number of steps in them.';
COMMENT ON COLUMN journey.stores.bytes IS 'Bytes of their table.';
COMMENT ON COLUMN journey.stores.bytes_per_event IS 'These for each step. NULL if there is none.';
COMMENT ON COLUMN journey.stores.delta_rows IS 'Changes that are not folded yet.';
COMMENT ON COLUMN journey.stores.delta_bytes IS 'Bytes of their table.';
COMMENT ON COLUMN journey.stores.last_fold IS 'When changes were last folded, or the store was built.';
COMMENT ON COLUMN journey.stores.lag IS 'Age of the oldest change that is not folded. NULL: there is none.';
COMMENT ON COLUMN journey.stores.fold_at IS 'Share of the sets from which on writers fold. NULL: never.';
COMMENT ON COLUMN journey.stores.problem IS 'Why the store may not follow its table any more. NULL: nothing was found.';
GRANT SELECT ON journey.stores TO PUBLIC;
