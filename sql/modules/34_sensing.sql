--| # Sensing
--|
--| A step carries a set of senses: what was present in it, such as `angry`.
--| There is no scale, on purpose: a sense is present or absent. What counts is
--| whether the journey was brought back to normal: whether it went on without
--| the sense, and how long that took.

CREATE FUNCTION journey.sensed(j journey.journey, sense pg_catalog.text) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_sensed'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION journey.sensed(journey.journey, pg_catalog.text) IS
'Whether a step of the journey has the sense. NULL arguments give NULL. Error 22023 for the empty sense. A journey without senses is told by the head of the value; else linear in the steps.';

CREATE FUNCTION journey.sense_steps(j journey.journey, sense pg_catalog.text) RETURNS pg_catalog.int4[]
AS 'MODULE_PATHNAME', 'journey_sense_steps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.sense_steps(journey.journey, pg_catalog.text) IS
'Numbers of the steps that have the sense, from 1, ascending; an empty array if there is none. NULL arguments give NULL. Error 22023 for the empty sense. Linear in the steps.';

CREATE FUNCTION journey.restored(j journey.journey, sense pg_catalog.text) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_restored'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION journey.restored(journey.journey, pg_catalog.text) IS
'Whether the journey went on without the sense after the last step that has it: true if steps follow, false if that is the last one. NULL if the sense never was there, and for NULL arguments. Error 22023 for the empty sense. Linear in the steps.';

CREATE FUNCTION journey.restore_time(j journey.journey, sense pg_catalog.text) RETURNS pg_catalog.interval
AS 'MODULE_PATHNAME', 'journey_restore_time'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.restore_time(journey.journey, pg_catalog.text) IS
'How long it took to bring the journey back: the time from the first step with the sense to the first step after which it did not come back, as an interval of hours and below. NULL if the sense never was there, or has not gone yet, and for NULL arguments. Errors: 22023 for the empty sense, 22015 beyond 292277 years. Linear in the steps.';

--| Over many journeys: how many had the sense, and were they brought back?
CREATE TYPE journey.restoration AS (
  sensed pg_catalog.int8,
  restored pg_catalog.int8,
  restored_share pg_catalog.float8,
  median_restore_time pg_catalog.interval
);
COMMENT ON TYPE journey.restoration IS 'How journeys with a sense were brought back, see restoration_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.restoration.sensed IS 'Journeys in which the sense was present.';
COMMENT ON COLUMN journey.restoration.restored IS 'Those of them that went on without it, see restored().';
COMMENT ON COLUMN journey.restoration.restored_share IS 'restored / sensed.';
COMMENT ON COLUMN journey.restoration.median_restore_time IS 'Median of restore_time() of the restored journeys; the mean of the two middle ones if their number is even, rounded down to a microsecond. NULL if none was restored.';

CREATE FUNCTION journey._restoration_transfn(state journey.signal_state, j journey.journey, sense pg_catalog.text) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_restoration_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION journey._restoration_transfn(journey.signal_state, journey.journey, pg_catalog.text) IS
'Transition of restoration_agg: adds a journey that has the sense as a data point whose value is how long it took to be brought back, in microseconds, or -1.';

CREATE FUNCTION journey._restoration_finalfn(state journey.signal_state) RETURNS journey.restoration
AS 'MODULE_PATHNAME', 'journey_restoration_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._restoration_finalfn(journey.signal_state) IS
'Result of restoration_agg. Cost: O(n log n).';

CREATE AGGREGATE journey.restoration_agg(j journey.journey, sense pg_catalog.text) (
  SFUNC = journey._restoration_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._restoration_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.restoration_agg(journey.journey, pg_catalog.text) IS
'How the journeys of a group that have the sense were brought back, see type restoration; write (restoration_agg(j, sense)).* for columns. Journeys that are NULL or do not have the sense are left out, and NULL comes out if none has it. The order of the rows does not matter. Error 22023 for the empty sense. Memory 16 bytes a journey with the sense.';
