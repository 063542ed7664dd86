--| # Coming back: aggregates

--| `retention_agg(j, first, again, period, buckets, as_of)`: a row for each cohort,
--| those with their first step in one period, and each bucket. Aggregates take no
--| named arguments: either stop at as_of, or give all.
CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_retention_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz) IS
'Transition of retention_agg: adds a journey, skips a NULL one. Errors: arguments that are NULL or make no sense, or are not the same on every row. Cost: linear in the steps.';

CREATE AGGREGATE journey.retention_agg(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz) IS
'Retention of many journeys: an element for each cohort and bucket, see type retention_bucket; ordered by them. What the arguments mean, and what is an error, is as in retention; zone is UTC. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. The order of the rows does not matter. Memory: by cohorts and buckets, some 50 bytes each.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_retention_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Transition of retention_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'As retention_agg(journey, ..., int4, timestamptz) and all arguments of retention. Each journey is a subject of its own.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_retention_brackets_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz) IS
'Transition of retention_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz) IS
'As retention_agg(journey, ..., int4, timestamptz) with brackets. Each journey is a subject of its own.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_retention_brackets_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Transition of retention_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'As retention_agg(journey, ..., int4, timestamptz) with brackets and all arguments of retention. Each journey is a subject of its own.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_retention_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz) IS
'Transition of retention_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz) IS
'As retention_agg(journey, ..., int4, timestamptz). A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_retention_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Transition of retention_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'As retention_agg(journey, ..., int4, timestamptz) and all arguments of retention. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_retention_brackets_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz) IS
'Transition of retention_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz) IS
'As retention_agg(journey, ..., int4, timestamptz) with brackets. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';

CREATE FUNCTION journey._retention_transfn(state journey.cohort_state, s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_set_retention_brackets_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._retention_transfn(journey.cohort_state, journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Transition of retention_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.retention_agg(s journey.journey_set, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz, zone pg_catalog.text, kind pg_catalog.text, rolling pg_catalog.bool, truncate pg_catalog.text) (
  SFUNC = journey._retention_transfn,
  STYPE = journey.cohort_state,
  SSPACE = 20000,
  COMBINEFUNC = journey._cohort_combinefn,
  FINALFUNC = journey._retention_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.retention_agg(journey.journey_set, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'As retention_agg(journey, ..., int4, timestamptz) with brackets and all arguments of retention. A journey that is spread over several sets is one subject, and its parts are held until all of them are there.';
