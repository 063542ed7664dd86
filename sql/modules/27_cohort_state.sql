--| # Coming back: populations
--|
--| The same of all subjects at once, of journeys or of sets. Results are arrays of
--| flat rows:
--|
--|     SELECT r.* FROM unnest((SELECT journey.retention_agg(j, 'signup', '.', interval '1 week', 8, now()) FROM journeys)) AS r;

--| Later versions append attributes to these types, so name those you use.
CREATE TYPE journey.retention_bucket AS (
  cohort pg_catalog.timestamptz,
  bucket pg_catalog.int4,
  size pg_catalog.int8,
  observed pg_catalog.int8,
  returned pg_catalog.int8,
  rate pg_catalog.float8,
  complete pg_catalog.bool
);
COMMENT ON TYPE journey.retention_bucket IS
'How many of a cohort came back in a bucket, see retention_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.retention_bucket.cohort IS 'When the period begins in which the subjects had their first step.';
COMMENT ON COLUMN journey.retention_bucket.bucket IS 'The first period of the bucket, counted from that of the first step, which is 0.';
COMMENT ON COLUMN journey.retention_bucket.size IS 'Number of subjects of the cohort.';
COMMENT ON COLUMN journey.retention_bucket.observed IS 'Number of those for whom the bucket is over at as_of: all or none of them with periods of the calendar.';
COMMENT ON COLUMN journey.retention_bucket.returned IS 'Number of those of observed who came back in the bucket. NULL if observed is 0.';
COMMENT ON COLUMN journey.retention_bucket.rate IS 'returned / observed. NULL if observed is 0.';
COMMENT ON COLUMN journey.retention_bucket.complete IS 'Whether observed is size.';

CREATE TYPE journey.lifecycle_count AS (
  period pg_catalog.timestamptz,
  state pg_catalog.text,
  subjects pg_catalog.int8,
  complete pg_catalog.bool
);
COMMENT ON TYPE journey.lifecycle_count IS
'How many subjects were in a state in a period, see lifecycle_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.lifecycle_count.period IS 'When the period begins.';
COMMENT ON COLUMN journey.lifecycle_count.state IS 'The state, as in lifecycle.';
COMMENT ON COLUMN journey.lifecycle_count.subjects IS 'Number of subjects; so far, if the period is not over, and then NULL for those without a step.';
COMMENT ON COLUMN journey.lifecycle_count.complete IS 'Whether the period is over at as_of.';

CREATE TYPE journey.stickiness_count AS (
  period pg_catalog.timestamptz,
  active pg_catalog.int4,
  subjects pg_catalog.int8,
  at_least pg_catalog.int8,
  share pg_catalog.float8,
  ratio pg_catalog.float8,
  complete pg_catalog.bool
);
COMMENT ON TYPE journey.stickiness_count IS
'How many subjects were there on how many of the days of a month, see stickiness_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.stickiness_count.period IS 'When the longer period, as a month, begins.';
COMMENT ON COLUMN journey.stickiness_count.active IS 'In how many of the shorter periods in it, as days, they were there.';
COMMENT ON COLUMN journey.stickiness_count.subjects IS 'Number of subjects who were there in exactly so many; so far, if the period is not over.';
COMMENT ON COLUMN journey.stickiness_count.at_least IS 'Number of subjects who were there in so many or more; so far, if the period is not over.';
COMMENT ON COLUMN journey.stickiness_count.share IS 'subjects divided by all who were there in the period. NULL if it is not over.';
COMMENT ON COLUMN journey.stickiness_count.ratio IS
'The same in all rows of a period: the mean number of subjects a shorter period, divided by those of the whole period, as DAU/MAU. NULL if it is not over.';
COMMENT ON COLUMN journey.stickiness_count.complete IS 'Whether the period is over at as_of.';

--| The state of all three. It is a type so that distributed engines can combine
--| states on their workers.
CREATE TYPE journey.cohort_state;

CREATE FUNCTION journey._cohort_state_in(pg_catalog.cstring) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_cohort_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._cohort_state_in(pg_catalog.cstring) IS
'Text input of type cohort_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._cohort_state_out(journey.cohort_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_cohort_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._cohort_state_out(journey.cohort_state) IS
'Text output of type cohort_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._cohort_state_recv(pg_catalog.internal) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_cohort_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._cohort_state_recv(pg_catalog.internal) IS
'Binary input of type cohort_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._cohort_state_send(journey.cohort_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._cohort_state_send(journey.cohort_state) IS
'Binary output of type cohort_state: the bytes of the state.';

CREATE TYPE journey.cohort_state (
  INPUT = journey._cohort_state_in,
  OUTPUT = journey._cohort_state_out,
  RECEIVE = journey._cohort_state_recv,
  SEND = journey._cohort_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.cohort_state IS
'State of retention_agg, lifecycle_agg and stickiness_agg: the question and what has been added up so far. States of the same journeys and question are the same bytes.';

CREATE FUNCTION journey._cohort_combinefn(state journey.cohort_state, other journey.cohort_state) RETURNS journey.cohort_state
AS 'MODULE_PATHNAME', 'journey_cohort_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._cohort_combinefn(journey.cohort_state, journey.cohort_state) IS
'Combination of retention_agg, lifecycle_agg and stickiness_agg: what both states have. Errors: states of different questions. Cost: linear in the second.';

CREATE FUNCTION journey._retention_finalfn(state journey.cohort_state) RETURNS journey.retention_bucket[]
AS 'MODULE_PATHNAME', 'journey_retention_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._retention_finalfn(journey.cohort_state) IS
'Result of retention_agg: its rows in order.';

CREATE FUNCTION journey._lifecycle_finalfn(state journey.cohort_state) RETURNS journey.lifecycle_count[]
AS 'MODULE_PATHNAME', 'journey_lifecycle_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._lifecycle_finalfn(journey.cohort_state) IS
'Result of lifecycle_agg: its rows in order.';

CREATE FUNCTION journey._stickiness_finalfn(state journey.cohort_state) RETURNS journey.stickiness_count[]
AS 'MODULE_PATHNAME', 'journey_stickiness_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._stickiness_finalfn(journey.cohort_state) IS
'Result of stickiness_agg: its rows in order.';
