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

--| The state of `restoration_agg`. It is a type so that distributed engines can
--| combine states on their workers.
CREATE TYPE journey.restoration_state;

CREATE FUNCTION journey._restoration_state_in(pg_catalog.cstring) RETURNS journey.restoration_state
AS 'MODULE_PATHNAME', 'journey_restoration_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._restoration_state_in(pg_catalog.cstring) IS
'Text input of type restoration_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._restoration_state_out(journey.restoration_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_restoration_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._restoration_state_out(journey.restoration_state) IS
'Text output of type restoration_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._restoration_state_recv(pg_catalog.internal) RETURNS journey.restoration_state
AS 'MODULE_PATHNAME', 'journey_restoration_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._restoration_state_recv(pg_catalog.internal) IS
'Binary input of type restoration_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._restoration_state_send(journey.restoration_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._restoration_state_send(journey.restoration_state) IS
'Binary output of type restoration_state: the bytes of the state.';

CREATE TYPE journey.restoration_state (
  INPUT = journey._restoration_state_in,
  OUTPUT = journey._restoration_state_out,
  RECEIVE = journey._restoration_state_recv,
  SEND = journey._restoration_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.restoration_state IS
'State of restoration_agg: the sense, how many subjects had it, how long those that were restored took, and the parts of journeys that are spread over sets.';

CREATE FUNCTION journey._restoration_transfn(state journey.restoration_state, j journey.journey, sense pg_catalog.text) RETURNS journey.restoration_state
AS 'MODULE_PATHNAME', 'journey_restoration_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 30;
COMMENT ON FUNCTION journey._restoration_transfn(journey.restoration_state, journey.journey, pg_catalog.text) IS
'Transition of restoration_agg(journey): adds a journey; a NULL one, or a NULL sense, adds nothing. Errors: the empty sense, one above 1024 bytes, or not the same on every row.';

CREATE FUNCTION journey._restoration_transfn(state journey.restoration_state, s journey.journey_set, sense pg_catalog.text) RETURNS journey.restoration_state
AS 'MODULE_PATHNAME', 'journey_set_restoration_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._restoration_transfn(journey.restoration_state, journey.journey_set, pg_catalog.text) IS
'Transition of restoration_agg(journey_set): adds the subjects of a set; a NULL set, or a NULL sense, adds nothing. Errors: the empty sense, one above 1024 bytes, or not the same on every row.';

CREATE FUNCTION journey._restoration_combinefn(state journey.restoration_state, other journey.restoration_state) RETURNS journey.restoration_state
AS 'MODULE_PATHNAME', 'journey_restoration_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._restoration_combinefn(journey.restoration_state, journey.restoration_state) IS
'Combination of restoration_agg: what both states have. Error: states of different senses. Cost: linear in the second state.';

CREATE FUNCTION journey._restoration_finalfn(state journey.restoration_state) RETURNS journey.restoration
AS 'MODULE_PATHNAME', 'journey_restoration_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._restoration_finalfn(journey.restoration_state) IS
'Result of restoration_agg; NULL if no subject has the sense. Cost: O(n log n).';

CREATE AGGREGATE journey.restoration_agg(j journey.journey, sense pg_catalog.text) (
  SFUNC = journey._restoration_transfn,
  STYPE = journey.restoration_state,
  SSPACE = 384,
  COMBINEFUNC = journey._restoration_combinefn,
  FINALFUNC = journey._restoration_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.restoration_agg(journey.journey, pg_catalog.text) IS
'How the journeys of a group that have the sense were brought back, see type restoration; write (restoration_agg(j, sense)).* for columns. Journeys that are NULL or do not have the sense are left out, and NULL comes out if none has it; a NULL sense is had by none. The order of the rows does not matter. Errors: 22023 for the empty sense, one above 1024 bytes, or one that is not the same on every row; 22015 for a median beyond 292277 years. Memory 8 bytes a journey that was restored.';

CREATE AGGREGATE journey.restoration_agg(s journey.journey_set, sense pg_catalog.text) (
  SFUNC = journey._restoration_transfn,
  STYPE = journey.restoration_state,
  SSPACE = 100000,
  COMBINEFUNC = journey._restoration_combinefn,
  FINALFUNC = journey._restoration_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.restoration_agg(journey.journey_set, pg_catalog.text) IS
'The same for all journeys of many sets. A journey that is spread over sets is one subject; its parts are kept until all of them are there. Sets that were packed apart from each other do not know that their journeys go on: merge them for that, with journey_set_agg.';
