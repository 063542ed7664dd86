--| # The gap, learned
--|
--| People pause shortly within a visit and for long between visits. Where the
--| pauses have two modes, the valley between them is the gap of `sessions`:
--|
--|     SELECT s.* FROM journeys, journey.sessions(j, (SELECT journey.adaptive_gap_agg(j) FROM journeys)) AS s;
--|
--| `core/adaptive_gap.h` has the method and its sources, `doc/sessions.md` tells
--| when to trust it.

CREATE FUNCTION journey.adaptive_gap(j journey.journey) RETURNS pg_catalog.interval
AS 'MODULE_PATHNAME', 'journey_adaptive_gap'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.adaptive_gap(journey.journey) IS
'The gap between sessions that the pauses of one journey tell: the valley between short pauses and long ones, within one octave; NULL if there is no second mode or too few pauses to prove it (16 of each kind are enough where nothing is in between). Pauses of steps of one time do not count. In hours and below, rounded to seconds from a minute on. NULL if j is NULL. Cost: linear in the steps, some nanoseconds each; no memory.';

--| The state of `adaptive_gap_agg`. It is a type so that distributed engines can
--| combine states on their workers.
CREATE TYPE journey.gap_state;

CREATE FUNCTION journey._gap_state_in(pg_catalog.cstring) RETURNS journey.gap_state
AS 'MODULE_PATHNAME', 'journey_gap_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._gap_state_in(pg_catalog.cstring) IS
'Text input of type gap_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._gap_state_out(journey.gap_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_gap_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._gap_state_out(journey.gap_state) IS
'Text output of type gap_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._gap_state_recv(pg_catalog.internal) RETURNS journey.gap_state
AS 'MODULE_PATHNAME', 'journey_gap_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._gap_state_recv(pg_catalog.internal) IS
'Binary input of type gap_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._gap_state_send(journey.gap_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._gap_state_send(journey.gap_state) IS
'Binary output of type gap_state: the bytes of the state.';

CREATE TYPE journey.gap_state (
  INPUT = journey._gap_state_in,
  OUTPUT = journey._gap_state_out,
  RECEIVE = journey._gap_state_recv,
  SEND = journey._gap_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.gap_state IS
'State of adaptive_gap_agg over journeys and sets: a histogram of pauses, 64 counters at most. States of the same journeys are the same bytes.';

CREATE FUNCTION journey._adaptive_gap_transfn(state journey.gap_state, j journey.journey) RETURNS journey.gap_state
AS 'MODULE_PATHNAME', 'journey_adaptive_gap_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._adaptive_gap_transfn(journey.gap_state, journey.journey) IS
'Transition of adaptive_gap_agg(j): counts the pauses of a journey, skips a NULL one. Cost: linear in the steps.';

CREATE FUNCTION journey._adaptive_gap_transfn(state journey.gap_state, s journey.journey_set) RETURNS journey.gap_state
AS 'MODULE_PATHNAME', 'journey_set_adaptive_gap_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._adaptive_gap_transfn(journey.gap_state, journey.journey_set) IS
'Transition of adaptive_gap_agg(s): counts the pauses of a set, skips a NULL one. Cost: linear in the steps.';

CREATE FUNCTION journey._adaptive_gap_combinefn(state journey.gap_state, other journey.gap_state) RETURNS journey.gap_state
AS 'MODULE_PATHNAME', 'journey_adaptive_gap_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._adaptive_gap_combinefn(journey.gap_state, journey.gap_state) IS
'Combination of adaptive_gap_agg: the pauses of both states. Cost: O(1).';

CREATE FUNCTION journey._adaptive_gap_finalfn(state journey.gap_state) RETURNS pg_catalog.interval
AS 'MODULE_PATHNAME', 'journey_adaptive_gap_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._adaptive_gap_finalfn(journey.gap_state) IS
'Result of adaptive_gap_agg over journeys and sets: the valley, or NULL. Cost: O(1).';

CREATE FUNCTION journey._adaptive_gap_finalfn(state journey.signal_state) RETURNS pg_catalog.interval
AS 'MODULE_PATHNAME', 'journey_adaptive_gap_times_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._adaptive_gap_finalfn(journey.signal_state) IS
'Result of adaptive_gap_agg over times: the valley of the pauses between neighbours, or NULL. Cost: O(n log n).';

--| `adaptive_gap_agg(j)` asks all journeys together, and so does
--| `adaptive_gap_agg(s)` of the journeys in sets.
CREATE AGGREGATE journey.adaptive_gap_agg(j journey.journey) (
  SFUNC = journey._adaptive_gap_transfn,
  STYPE = journey.gap_state,
  SSPACE = 600,
  COMBINEFUNC = journey._adaptive_gap_combinefn,
  FINALFUNC = journey._adaptive_gap_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.adaptive_gap_agg(journey.journey) IS
'The gap between sessions that the pauses of many journeys tell together, see adaptive_gap. NULL journeys are skipped; NULL if there is no second mode. The order of the rows does not matter, and parts combine exactly. Memory: 600 bytes a group.';

CREATE AGGREGATE journey.adaptive_gap_agg(s journey.journey_set) (
  SFUNC = journey._adaptive_gap_transfn,
  STYPE = journey.gap_state,
  SSPACE = 600,
  COMBINEFUNC = journey._adaptive_gap_combinefn,
  FINALFUNC = journey._adaptive_gap_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.adaptive_gap_agg(journey.journey_set) IS
'The same for all journeys of many sets. A pause between two sets of a long journey counts once.';

--| `adaptive_gap_agg(at)` does without journeys, for the times of one subject:
--|
--|     SELECT user_id, journey.adaptive_gap_agg(at) FROM events GROUP BY user_id;
CREATE AGGREGATE journey.adaptive_gap_agg("at" pg_catalog.timestamptz) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._adaptive_gap_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.adaptive_gap_agg(pg_catalog.timestamptz) IS
'The gap between sessions that the times of one subject tell: group by the subject, or partition by it as a window aggregate. The order of the rows does not matter: pauses are those between neighbours in time. Rows without a time are skipped; NULL if there is no second mode. Over many subjects make journeys first, adaptive_gap_agg(j): times of different subjects in one group make pauses that nobody made. Errors: infinite time. Cost: O(n log n) time, 8 bytes a row.';
