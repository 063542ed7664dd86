--| # Funnels
--|
--| How far subjects get on a way that somebody has in mind, and how long it
--| takes them.  `doc/funnels.md` has every rule with an example.

--| What became of one subject. Later versions append attributes.
CREATE TYPE journey.funnel_result AS (
  level pg_catalog.int4,
  status pg_catalog.text,
  entered_at pg_catalog.timestamptz,
  times pg_catalog.timestamptz[]
);
COMMENT ON TYPE journey.funnel_result IS
'How far a journey gets in a funnel, see funnel. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.funnel_result.level IS
'The last step that is filled, from 1; 0 if none is. In mode unordered how many are.';
COMMENT ON COLUMN journey.funnel_result.status IS
'converted, if every step that is not optional is filled; else excluded, if a step that is excluded came while the attempt could still have gone on; else open, if at as_of it still can; else lost. not entered, if the first step is never filled.';
COMMENT ON COLUMN journey.funnel_result.entered_at IS
'When the attempt began. NULL if none did.';
COMMENT ON COLUMN journey.funnel_result.times IS
'When each step was filled, by steps of the funnel up to the last one that was; NULL for one that was left out. The times of one real chain of steps of the journey. Empty if not entered.';

--| `funnel(j, steps, within)` tells how far one journey gets:
--|
--|     SELECT (journey.funnel(j, '{view, cart, purchase}', '1 hour')).* FROM journeys;
CREATE FUNCTION journey.funnel(j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval,
							   mode pg_catalog.text DEFAULT 'ordered',
							   entry pg_catalog.text DEFAULT 'latest',
							   exclude journey.journey_pattern[] DEFAULT NULL,
							   step_within pg_catalog.interval[] DEFAULT NULL,
							   optional pg_catalog.int4[] DEFAULT NULL,
							   hold pg_catalog.text DEFAULT NULL,
							   ties pg_catalog.text DEFAULT NULL,
							   as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp())
RETURNS journey.funnel_result
AS 'MODULE_PATHNAME', 'journey_funnel'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.funnel(journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'How far a journey gets in a funnel of steps, each a single step pattern; one step of the journey fills one step of the funnel. within: from the first to the last, inclusive, NULL for no limit. mode: ordered, anything may lie between; strict, nothing but repeats of the step before; exact, nothing; unordered; or names of ClickHouse, by commas: strict_order, strict_deduplication, strict_increase, strict_once, allow_reentry. entry: which attempt is told of; latest or longest: of those that get furthest the one entered last or first; first: that of the first entry. exclude: steps over which no attempt goes. step_within: limits from the step before, one for each step but the first. optional: numbers of steps that may be left out. hold: a track of labels in which all steps of an attempt are the same. ties: steps of one time in the order of the journey (input, the default), of the funnel (step), or never one after the other (strict). as_of: when open is told from lost. NULL options are the defaults. NULL if j is NULL. Errors: 22004 if steps or as_of is NULL or a list has NULL in it (step_within may), 22023 for no steps, steps that are more than one, unknown words, windows with months or negative, numbers of steps that are none, and options that do not go together; 2202E for step_within of another length and lists of lists. Cost: linear in the steps of the journey times those of the funnel; see doc/funnels.md for memory.';

--| One step of a funnel over a population. Later versions append attributes.
CREATE TYPE journey.funnel_step AS (
  step pg_catalog.int4,
  name pg_catalog.text,
  subjects pg_catalog.int8,
  entered pg_catalog.int8,
  converted pg_catalog.int8,
  open pg_catalog.int8,
  lost pg_catalog.int8,
  excluded pg_catalog.int8,
  of_all pg_catalog.float8,
  of_first pg_catalog.float8,
  of_first_low pg_catalog.float8,
  of_first_high pg_catalog.float8,
  of_previous pg_catalog.float8,
  median_from_previous pg_catalog.interval,
  p90_from_previous pg_catalog.interval,
  median_from_first pg_catalog.interval,
  p90_from_first pg_catalog.interval,
  known pg_catalog.bool
);
COMMENT ON TYPE journey.funnel_step IS
'One step of a funnel over many journeys, see funnel_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.funnel_step.step IS 'Its number, from 1.';
COMMENT ON COLUMN journey.funnel_step.name IS 'The step as a pattern; in mode unordered any 1 of 3 and so on.';
COMMENT ON COLUMN journey.funnel_step.subjects IS 'Journeys in all, also those that never entered; the same in all rows.';
COMMENT ON COLUMN journey.funnel_step.entered IS 'Journeys whose attempt filled this step.';
COMMENT ON COLUMN journey.funnel_step.converted IS 'Of these, those that got further, or at the end of the funnel all.';
COMMENT ON COLUMN journey.funnel_step.open IS 'Of these, those that got no further and still can, see funnel_result.status.';
COMMENT ON COLUMN journey.funnel_step.lost IS 'Of these, those that got no further and cannot any more. entered = converted + open + lost + excluded.';
COMMENT ON COLUMN journey.funnel_step.excluded IS 'Of these, those that got no further because of a step that is excluded.';
COMMENT ON COLUMN journey.funnel_step.of_all IS 'entered / subjects.';
COMMENT ON COLUMN journey.funnel_step.of_first IS 'entered / entered of the first step. NULL if nobody entered.';
COMMENT ON COLUMN journey.funnel_step.of_first_low IS 'Lower bound of of_first with 95 percent confidence, Wilson score interval. NULL if nobody entered.';
COMMENT ON COLUMN journey.funnel_step.of_first_high IS 'Upper bound, likewise.';
COMMENT ON COLUMN journey.funnel_step.of_previous IS
'entered / entered of the step before that is not optional; of the first step of_all. NULL if nobody filled that one.';
COMMENT ON COLUMN journey.funnel_step.median_from_previous IS
'Median time from the step that was filled before; the mean of the two middle ones if their number is even, rounded down to a microsecond. Exact up to 1024 journeys, beyond that off by less than 1 percent. NULL for the first step, and if nobody got here.';
COMMENT ON COLUMN journey.funnel_step.p90_from_previous IS
'The least time from the step before that is enough for 90 percent; as exact as the median.';
COMMENT ON COLUMN journey.funnel_step.median_from_first IS 'Median time from the first step, likewise.';
COMMENT ON COLUMN journey.funnel_step.p90_from_first IS 'The least time from the first step that is enough for 90 percent, likewise.';
COMMENT ON COLUMN journey.funnel_step.known IS 'Whether any event in the data could fill this step; if not, its name may be a slip of the pen.';

--| The state of `funnel_agg`. It is a type so that distributed engines can
--| combine states on their workers.
CREATE TYPE journey.funnel_state;

CREATE FUNCTION journey._funnel_state_in(pg_catalog.cstring) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._funnel_state_in(pg_catalog.cstring) IS
'Text input of type funnel_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._funnel_state_out(journey.funnel_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_funnel_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._funnel_state_out(journey.funnel_state) IS
'Text output of type funnel_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._funnel_state_recv(pg_catalog.internal) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._funnel_state_recv(pg_catalog.internal) IS
'Binary input of type funnel_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._funnel_state_send(journey.funnel_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._funnel_state_send(journey.funnel_state) IS
'Binary output of type funnel_state: the bytes of the state.';

CREATE TYPE journey.funnel_state (
  INPUT = journey._funnel_state_in,
  OUTPUT = journey._funnel_state_out,
  RECEIVE = journey._funnel_state_recv,
  SEND = journey._funnel_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.funnel_state IS
'State of funnel_agg: the question, and what has been added up so far. States of the same question and journeys are the same bytes.';

CREATE FUNCTION journey._funnel_combinefn(state journey.funnel_state, other journey.funnel_state) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._funnel_combinefn(journey.funnel_state, journey.funnel_state) IS
'Combination of funnel_agg: what both states have. Errors: states of different questions. Cost: linear in the second.';

CREATE FUNCTION journey._funnel_finalfn(state journey.funnel_state) RETURNS journey.funnel_step[]
AS 'MODULE_PATHNAME', 'journey_funnel_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._funnel_finalfn(journey.funnel_state) IS
'Result of funnel_agg: an element a step. NOTICE for a step that no event in the data is, unless there are groups.';

