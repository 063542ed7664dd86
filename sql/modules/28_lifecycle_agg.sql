--| # Coming back: lifecycle and stickiness

--| `lifecycle_agg(j, period, as_of)`: a row for each period and state.
CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.timestamptz) IS
'Transition of lifecycle_agg: adds a journey, skips a NULL one. Errors: arguments that are NULL or make no sense, or are not the same on every row. Cost: linear in the steps.';

CREATE AGGREGATE journey.lifecycle_agg(j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey, pg_catalog.interval, pg_catalog.timestamptz) IS
'How many subjects were in which state: an element for each period, from the first one with a step to that of as_of, and each state, see type lifecycle_count; ordered by period, then state. Periods and states are as in lifecycle; zone is UTC. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. Errors: as lifecycle, and 54000 for more than 100000 periods. Memory: by periods, some 50 bytes for each and state. Cost: linear in the steps, whatever the number of periods.';

CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text) IS
'Transition of lifecycle_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.lifecycle_agg(j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text) IS
'As lifecycle_agg(journey, interval, timestamptz) with the zone. Each journey is a subject of its own.';

CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern, within pg_catalog.int4[]) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern, pg_catalog.int4[]) IS
'Transition of lifecycle_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.lifecycle_agg(j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern, within pg_catalog.int4[]) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern, pg_catalog.int4[]) IS
'As lifecycle_agg(journey, interval, timestamptz) with all arguments of lifecycle. Each journey is a subject of its own.';

CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz) IS
'Transition of lifecycle_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.lifecycle_agg(s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz) IS
'As lifecycle_agg(journey, interval, timestamptz). A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text) IS
'Transition of lifecycle_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.lifecycle_agg(s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text) IS
'As lifecycle_agg(journey, interval, timestamptz) with the zone. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._lifecycle_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern, within pg_catalog.int4[]) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_lifecycle_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._lifecycle_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern, pg_catalog.int4[]) IS
'Transition of lifecycle_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.lifecycle_agg(s journey.journey_set, period pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern, within pg_catalog.int4[]) (
  SFUNC = journey._lifecycle_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._lifecycle_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.lifecycle_agg(journey.journey_set, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern, pg_catalog.int4[]) IS
'As lifecycle_agg(journey, interval, timestamptz) with all arguments of lifecycle. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

--| `stickiness_agg(j, period, within)`: on how many of the days of a month
--| subjects were there.
CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, within pg_catalog.interval) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_stickiness_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.interval) IS
'Transition of stickiness_agg: adds a journey, skips a NULL one. Errors: arguments that are NULL or make no sense, or are not the same on every row. Cost: linear in the steps.';

CREATE AGGREGATE journey.stickiness_agg(j journey.journey, period pg_catalog.interval, within pg_catalog.interval) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey, pg_catalog.interval, pg_catalog.interval) IS
'In how many periods of a longer one subjects were there, as days of a month: an element for each longer period and number, see type stickiness_count; ordered by them. period and within: months, days, or hours and below, within not the shorter one; a shorter period that two longer ones share counts in both. Looked at from the start of the statement; zone is UTC. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. Errors: 22004 for an argument that is NULL, 22023 for one that makes no sense. Memory: some 50 bytes an element. Cost: linear in the steps.';

CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_stickiness_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz) IS
'Transition of stickiness_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.stickiness_agg(j journey.journey, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz) IS
'As stickiness_agg(journey, interval, interval) as of a given time, after which no step counts. Each journey is a subject of its own.';

CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, j journey.journey, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_stickiness_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern) IS
'Transition of stickiness_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.stickiness_agg(j journey.journey, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern) IS
'As stickiness_agg(journey, interval, interval) as of a given time, after which no step counts, in a time zone, of the steps that match active. Each journey is a subject of its own.';

CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_stickiness_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.interval) IS
'Transition of stickiness_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.stickiness_agg(s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey_set, pg_catalog.interval, pg_catalog.interval) IS
'As stickiness_agg(journey, interval, interval). A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_stickiness_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz) IS
'Transition of stickiness_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.stickiness_agg(s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey_set, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz) IS
'As stickiness_agg(journey, interval, interval) as of a given time, after which no step counts. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._stickiness_transfn(state journey.cohort_state, s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_stickiness_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._stickiness_transfn(journey.cohort_state, journey.journey_set, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern) IS
'Transition of stickiness_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.stickiness_agg(s journey.journey_set, period pg_catalog.interval, within pg_catalog.interval, as_of pg_catalog.timestamptz, zone pg_catalog.text, active journey.journey_pattern) (
  SFUNC = journey._stickiness_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._stickiness_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.stickiness_agg(journey.journey_set, pg_catalog.interval, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern) IS
'As stickiness_agg(journey, interval, interval) as of a given time, after which no step counts, in a time zone, of the steps that match active. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';
