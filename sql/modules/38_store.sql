--| # Stores of live journeys
--|
--|     SELECT journey.track('events', 'user_id', 'at', 'event', store => 'live');
--|     SELECT journey.session_count(sets, '30 min') FROM live;
--|
--| keeps the journeys of a table as sets, and a view that shows them as they are
--| now: what a committed statement did to the table is in the view for the next
--| one. `doc/live.md` tells how to use it, `doc/decisions/store.md` why it is so.

--| What is tracked. Owners of a table register their own stores, so there are
--| policies; who reads it sees names of relations, as in `pg_class`.
CREATE TABLE journey.store (
  id          pg_catalog.uuid PRIMARY KEY,
  view        pg_catalog.regclass NOT NULL,
  events      pg_catalog.regclass NOT NULL,
  sets        pg_catalog.regclass NOT NULL,
  delta       pg_catalog.regclass NOT NULL,
  members     pg_catalog.regclass[] NOT NULL,
  kind        pg_catalog.text NOT NULL CHECK (kind OPERATOR(pg_catalog.=) ANY (ARRAY['text', 'bigint', 'uuid'])),
  bits        pg_catalog.int4 NOT NULL CHECK (bits OPERATOR(pg_catalog.>=) 0),
  chunk       pg_catalog.interval,
  fold_at     pg_catalog.float8 CHECK (fold_at OPERATOR(pg_catalog.>) 0),
  row_security pg_catalog.text,
  last_fold   pg_catalog.timestamptz,
  set_count   pg_catalog.int8 NOT NULL DEFAULT 0,
  step_count  pg_catalog.int8 NOT NULL DEFAULT 0
);
COMMENT ON TABLE journey.store IS
'Tables that are tracked as live journeys. Written by journey.track() and journey.untrack() for the owners of the tables.';
COMMENT ON COLUMN journey.store.id IS 'What the triggers of the store know it by.';
COMMENT ON COLUMN journey.store.view IS 'The view that shows the journeys.';
COMMENT ON COLUMN journey.store.events IS 'The table that is tracked.';
COMMENT ON COLUMN journey.store.sets IS 'The table of sets.';
COMMENT ON COLUMN journey.store.delta IS 'The table of changes that are not folded yet.';
COMMENT ON COLUMN journey.store.members IS 'The tables with triggers: the tracked one and its partitions.';
COMMENT ON COLUMN journey.store.kind IS 'What names the subjects: text, bigint or uuid.';
COMMENT ON COLUMN journey.store.bits IS 'Buckets are numbered by so many bits of a hash of the subject.';
COMMENT ON COLUMN journey.store.chunk IS 'The length of a chunk; NULL: journeys are not cut by time.';
COMMENT ON COLUMN journey.store.fold_at IS 'Share of the sets from which on writers fold; NULL: never.';
COMMENT ON COLUMN journey.store.row_security IS 'ignore: readers of the view see rows that policies of the table would hide.';
COMMENT ON COLUMN journey.store.last_fold IS 'When changes were last folded, or the store was built.';
COMMENT ON COLUMN journey.store.set_count IS 'Rows in the table of sets since then; TRUNCATE leaves this as it is.';
COMMENT ON COLUMN journey.store.step_count IS 'Steps in these sets, likewise.';
SELECT pg_catalog.pg_extension_config_dump('journey.store', '');

CREATE FUNCTION journey._owns(relations regclass[]) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT bool_and(coalesce(pg_has_role(c.relowner, 'USAGE'), true))
  FROM unnest(relations) r (oid) LEFT JOIN pg_class c ON c.oid = r.oid
$$;
COMMENT ON FUNCTION journey._owns(regclass[]) IS 'Whether the current user has the rights of the owners of all that is left of these relations.';

--| What is registered must be there: a number that no relation has yet may be
--| that of somebody's next one.
CREATE FUNCTION journey._owns_all(relations regclass[]) RETURNS boolean
  LANGUAGE sql STABLE STRICT PARALLEL SAFE
  SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*) = cardinality(relations) AND bool_and(pg_has_role(c.relowner, 'USAGE'))
  FROM pg_class c WHERE c.oid = ANY (relations)
$$;
COMMENT ON FUNCTION journey._owns_all(regclass[]) IS 'Whether these relations, all different, exist and the current user has the rights of their owners.';

ALTER TABLE journey.store ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON journey.store FOR SELECT USING (true);
CREATE POLICY owners ON journey.store FOR ALL
  USING (journey._owns(ARRAY[view, events, sets, delta])) WITH CHECK (journey._owns_all(ARRAY[view, events, sets, delta]));
GRANT SELECT, INSERT, UPDATE, DELETE ON journey.store TO PUBLIC;

--| Commands of others pass by what is registered here. A row about tables that
--| are not what it says, or that vanish without a command, would make those fail.
CREATE FUNCTION journey._check_store() RETURNS trigger
  LANGUAGE plpgsql VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
  SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tree regclass[] := ARRAY(SELECT t FROM journey._tree(NEW.events) t);
BEGIN
  IF (SELECT NOT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user)
     AND (NOT (tree <@ NEW.members AND NEW.members <@ tree)
          OR EXISTS (SELECT FROM pg_class c WHERE c.oid = ANY (NEW.members || ARRAY[NEW.view, NEW.sets, NEW.delta]) AND c.relpersistence = 't')) THEN
    RAISE EXCEPTION 'this is no store' USING ERRCODE = 'insufficient_privilege', HINT = 'Use journey.track().';
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION journey._check_store() IS
'Trigger of journey.store: refuses a row whose members are not the table and its partitions, or of which something is temporary, unless it is written by a superuser.';

CREATE TRIGGER check_store BEFORE INSERT OR UPDATE OF view, events, sets, delta, members ON journey.store
  FOR EACH ROW EXECUTE FUNCTION journey._check_store();

--| ## What the view is made of

CREATE FUNCTION journey._changes_transfn(state pg_catalog.internal, batch pg_catalog.bytea, bits pg_catalog.int4, bucket pg_catalog.int4)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey__changes_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._changes_transfn(pg_catalog.internal, pg_catalog.bytea, pg_catalog.int4, pg_catalog.int4) IS
'Transition of _changes_agg: adds the changes of a batch.';

CREATE FUNCTION journey._changes_finalfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey__changes_finalfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._changes_finalfn(pg_catalog.internal) IS 'Result of _changes_agg: the changes of each bucket.';

CREATE AGGREGATE journey._changes_agg(batch pg_catalog.bytea, bits pg_catalog.int4, bucket pg_catalog.int4) (
	SFUNC = journey._changes_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1048576,
	FINALFUNC = journey._changes_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey._changes_agg(pg_catalog.bytea, pg_catalog.int4, pg_catalog.int4) IS
'The changes of all batches by bucket, or of one bucket if that is not NULL; NULL if there are none. For _changes(). Memory: the changes.';

CREATE FUNCTION journey._changes(changes pg_catalog.bytea) RETURNS TABLE (bucket pg_catalog.int4, batch pg_catalog.bytea)
AS 'MODULE_PATHNAME', 'journey__changes'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 100;
COMMENT ON FUNCTION journey._changes(pg_catalog.bytea) IS 'The buckets that have changes, each with those.';

CREATE FUNCTION journey._delta_transfn(state pg_catalog.internal, batch pg_catalog.bytea, bits pg_catalog.int4, store pg_catalog.oid)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey__delta_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._delta_transfn(pg_catalog.internal, pg_catalog.bytea, pg_catalog.int4, pg_catalog.oid) IS
'Transition of _delta_agg: adds a batch.';

CREATE FUNCTION journey._delta_finalfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey__delta_finalfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._delta_finalfn(pg_catalog.internal) IS 'Result of _delta_agg: what is known of these batches, or they are read.';

CREATE AGGREGATE journey._delta_agg(batch pg_catalog.bytea, bits pg_catalog.int4, store pg_catalog.oid) (
	SFUNC = journey._delta_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1048576,
	FINALFUNC = journey._delta_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey._delta_agg(pg_catalog.bytea, pg_catalog.int4, pg_catalog.oid) IS
'The changes of all batches by bucket, for _is_touched(), _touched() and _fresh_sets(); NULL if there are none. store: any number that tells stores apart. The session remembers them within journey.store_memory, and reads only what came since. Memory: the changes.';

CREATE FUNCTION journey._is_touched(delta pg_catalog.bytea, bucket pg_catalog.int4) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey__is_touched'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._is_touched(pg_catalog.bytea, pg_catalog.int4) IS 'Whether a bucket has changes.';

CREATE FUNCTION journey._touched_share(delta pg_catalog.bytea) RETURNS pg_catalog.float8
AS 'MODULE_PATHNAME', 'journey__touched_share'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._touched_share(pg_catalog.bytea) IS 'The share of the buckets that have changes, from 0 to 1.';

CREATE FUNCTION journey._touched(delta pg_catalog.bytea) RETURNS pg_catalog.int4[]
AS 'MODULE_PATHNAME', 'journey__touched'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._touched(pg_catalog.bytea) IS 'The buckets that have changes, ascending.';

CREATE FUNCTION journey._sets_transfn(state pg_catalog.internal, bucket pg_catalog.int4, sets journey.journey_set, delta pg_catalog.bytea)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey__sets_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._sets_transfn(pg_catalog.internal, pg_catalog.int4, journey.journey_set, pg_catalog.bytea) IS
'Transition of _sets_agg: adds a set.';

CREATE FUNCTION journey._sets_finalfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey__sets_finalfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._sets_finalfn(pg_catalog.internal) IS 'Result of _sets_agg: the sets, not copied.';

CREATE AGGREGATE journey._sets_agg(bucket pg_catalog.int4, sets journey.journey_set, delta pg_catalog.bytea) (
	SFUNC = journey._sets_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1048576,
	FINALFUNC = journey._sets_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey._sets_agg(pg_catalog.int4, journey.journey_set, pg_catalog.bytea) IS
'The sets of buckets that have changes, for _fresh_sets(); NULL if there are none. Memory: the sets, but for those that the session remembers.';

CREATE FUNCTION journey._fresh_sets(sets pg_catalog.bytea, delta pg_catalog.bytea, chunk pg_catalog.int8) RETURNS SETOF journey.journey_set
AS 'MODULE_PATHNAME', 'journey__fresh_sets'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000000 ROWS 100;
COMMENT ON FUNCTION journey._fresh_sets(pg_catalog.bytea, pg_catalog.bytea, pg_catalog.int8) IS
'The sets of all buckets that have changes as they are with these: the results of _sets_agg and _delta_agg; chunk in microseconds, 0 for none. What was merged before comes from the memory of the session, journey.store_memory. Error XX001 if rows are gone that the sets do not have.';

CREATE FUNCTION journey._merged(sets journey.journey_set[], batch pg_catalog.bytea, chunk pg_catalog.int8) RETURNS SETOF journey.journey_set
AS 'MODULE_PATHNAME', 'journey__merged'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 10;
COMMENT ON FUNCTION journey._merged(journey.journey_set[], pg_catalog.bytea, pg_catalog.int8) IS
'The sets of a bucket as they are with its changes; chunk in microseconds, 0 for none. Error XX001 if rows are gone that the sets do not have.';

CREATE FUNCTION journey._fold_sets(sets journey.journey_set[], batch pg_catalog.bytea, chunk pg_catalog.int8,
  OUT gone pg_catalog.int4[], OUT written journey.journey_set[], OUT chunks pg_catalog.timestamptz[])
AS 'MODULE_PATHNAME', 'journey__fold_sets'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION journey._fold_sets(journey.journey_set[], pg_catalog.bytea, pg_catalog.int8) IS
'The same for folding: the numbers of the sets that give way, and those that take their place, with the chunk of each.';

CREATE FUNCTION journey._bucket(subject pg_catalog.text, kind pg_catalog.text, bits pg_catalog.int4) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey__bucket'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._bucket(pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
'The bucket of a subject by its text; NULL if that is no key of the kind.';

CREATE FUNCTION journey._pack(query pg_catalog.text, chunk pg_catalog.interval, bits pg_catalog.int4,
  OUT bucket pg_catalog.int4, OUT chunk_at pg_catalog.timestamptz, OUT sets journey.journey_set) RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME', 'journey__pack'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 10000;
COMMENT ON FUNCTION journey._pack(pg_catalog.text, pg_catalog.interval, pg_catalog.int4) IS
'The same as pack(), but no set has subjects of two buckets, and each comes with its bucket and the begin of its chunk.';

--| ## Collecting

CREATE FUNCTION journey._collect() RETURNS pg_catalog.trigger
AS 'MODULE_PATHNAME', 'journey__collect'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._collect() IS
'Writes what a statement did to a tracked table to the changes of its store. Errors: 22008 for an infinite time, 54000 for names above 1024 bytes, 55000 if the store is not as track() made it.';

CREATE FUNCTION journey._collect_rows(id pg_catalog.uuid, relation pg_catalog.regclass, gone pg_catalog.bool, collect pg_catalog.regprocedure) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey__collect_rows'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION journey._collect_rows(pg_catalog.uuid, pg_catalog.regclass, pg_catalog.bool, pg_catalog.regprocedure) IS
'Writes all rows of a table that became a partition of a tracked one, or is none any more, to the changes of the store; returns their number. For its owner.';
