--| # Whole populations
--|
--| Questions about all subjects at once, each asked of the values as they are:
--| no step becomes a row.

--| `session_count(j, gap)` counts the sessions that `sessions(j, gap)` would
--| return, without making them:
--|
--|     SELECT sum(journey.session_count(j, interval '30 min')) FROM journeys;
CREATE FUNCTION journey.session_count(j journey.journey, gap pg_catalog.interval) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_session_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.session_count(journey.journey, pg_catalog.interval) IS
'Number of sessions of a journey: one more than the pauses longer than gap between neighbouring steps; a pause of exactly gap separates nothing. NULL if an argument is NULL. Errors: 22023 if gap has months or is negative or infinite, 22015 if it is above 64 bits of microseconds; days count as 24 hours. Linear in the steps, a fraction of a nanosecond each; no memory.';

--| Of a set, it counts the sessions that begin in it, so that the sets of a
--| population add up:
--|
--|     SELECT sum(journey.session_count(s, interval '30 min')) FROM sets;
CREATE FUNCTION journey.session_count(s journey.journey_set, gap pg_catalog.interval) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_set_session_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.session_count(journey.journey_set, pg_catalog.interval) IS
'Number of sessions that begin in a set, of all its subjects together. Where a journey goes on from another set, its session does not begin again unless the pause between the two is longer than gap: sums over sets are right. NULL if an argument is NULL. Errors: as session_count(journey, gap). Linear in the steps, a fraction of a nanosecond each; no memory.';

--| One transition of a population. Later versions append attributes.
CREATE TYPE journey.edge AS (
  from_event pg_catalog.text,
  to_event pg_catalog.text,
  n pg_catalog.int8,
  subjects pg_catalog.int8,
  median_gap pg_catalog.interval
);
COMMENT ON TYPE journey.edge IS
'A transition: one event and the one directly after it, see edges_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.edge.from_event IS 'The event before.';
COMMENT ON COLUMN journey.edge.to_event IS 'The event directly after it in the same journey; may be the same.';
COMMENT ON COLUMN journey.edge.n IS 'How often the one directly follows the other.';
COMMENT ON COLUMN journey.edge.subjects IS 'In how many journeys it does so at least once.';
COMMENT ON COLUMN journey.edge.median_gap IS
'Median of the times between the two, in hours and below; the mean of the two middle ones if their number is even, rounded down to a microsecond. Exact up to 1024 transitions, beyond that off by less than 1 percent. NULL from edges_agg(j, false).';

--| One event of a population. Later versions append attributes.
CREATE TYPE journey.event_count AS (
  event pg_catalog.text,
  n pg_catalog.int8,
  subjects pg_catalog.int8
);
COMMENT ON TYPE journey.event_count IS
'How often an event came, see event_counts_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.event_count.event IS 'The event.';
COMMENT ON COLUMN journey.event_count.n IS 'Number of steps with it.';
COMMENT ON COLUMN journey.event_count.subjects IS 'Number of journeys that have it at least once.';

--| The state of `edges_agg` and `event_counts_agg`. It is a type so that
--| distributed engines can combine states on their workers.
CREATE TYPE journey.population_state;

CREATE FUNCTION journey._population_state_in(pg_catalog.cstring) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_population_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._population_state_in(pg_catalog.cstring) IS
'Text input of type population_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._population_state_out(journey.population_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_population_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._population_state_out(journey.population_state) IS
'Text output of type population_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._population_state_recv(pg_catalog.internal) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_population_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._population_state_recv(pg_catalog.internal) IS
'Binary input of type population_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._population_state_send(journey.population_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._population_state_send(journey.population_state) IS
'Binary output of type population_state: the bytes of the state.';

CREATE TYPE journey.population_state (
  INPUT = journey._population_state_in,
  OUTPUT = journey._population_state_out,
  RECEIVE = journey._population_state_recv,
  SEND = journey._population_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE journey.population_state IS
'State of edges_agg and event_counts_agg: what has been added up so far. States of the same journeys are the same bytes.';

CREATE FUNCTION journey._edges_transfn(state journey.population_state, j journey.journey) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_edges_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._edges_transfn(journey.population_state, journey.journey) IS
'Transition of edges_agg(j): adds the transitions of a journey with their gaps, skips a NULL journey. Cost: linear in the steps and names of the journey.';

CREATE FUNCTION journey._edges_transfn(state journey.population_state, j journey.journey, gaps pg_catalog.bool) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_edges_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION journey._edges_transfn(journey.population_state, journey.journey, pg_catalog.bool) IS
'Transition of edges_agg(j, gaps): adds the transitions of a journey, skips a NULL journey. Errors: gaps NULL, or not the same on every row. Cost: linear in the steps and names of the journey.';

CREATE FUNCTION journey._event_counts_transfn(state journey.population_state, j journey.journey) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_event_counts_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION journey._event_counts_transfn(journey.population_state, journey.journey) IS
'Transition of event_counts_agg: adds the events of a journey, skips a NULL journey. Cost: linear in the steps and names of the journey.';

CREATE FUNCTION journey._edges_transfn(state journey.population_state, s journey.journey_set) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_set_edges_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1500;
COMMENT ON FUNCTION journey._edges_transfn(journey.population_state, journey.journey_set) IS
'Transition of edges_agg(s): adds the transitions of a set with their gaps, skips a NULL set. Cost: linear in the steps and names of the set.';

CREATE FUNCTION journey._edges_transfn(state journey.population_state, s journey.journey_set, gaps pg_catalog.bool) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_set_edges_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION journey._edges_transfn(journey.population_state, journey.journey_set, pg_catalog.bool) IS
'Transition of edges_agg(s, gaps): adds the transitions of a set, skips a NULL set. Errors: gaps NULL, or not the same on every row. Cost: linear in the steps and names of the set.';

CREATE FUNCTION journey._event_counts_transfn(state journey.population_state, s journey.journey_set) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_set_event_counts_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION journey._event_counts_transfn(journey.population_state, journey.journey_set) IS
'Transition of event_counts_agg(s): adds the events of a set, skips a NULL set. Cost: linear in the steps and names of the set.';

CREATE FUNCTION journey._population_combinefn(state journey.population_state, other journey.population_state) RETURNS journey.population_state
AS 'MODULE_PATHNAME', 'journey_population_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._population_combinefn(journey.population_state, journey.population_state) IS
'Combination of edges_agg and event_counts_agg: what both states have. Errors: states of different aggregates. Cost: linear in the second.';

CREATE FUNCTION journey._edges_finalfn(state journey.population_state) RETURNS journey.edge[]
AS 'MODULE_PATHNAME', 'journey_edges_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._edges_finalfn(journey.population_state) IS
'Result of edges_agg: the transitions, ordered by their names. Cost: O(r log r) for r transitions.';

CREATE FUNCTION journey._event_counts_finalfn(state journey.population_state) RETURNS journey.event_count[]
AS 'MODULE_PATHNAME', 'journey_event_counts_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._event_counts_finalfn(journey.population_state) IS
'Result of event_counts_agg: the events, ordered by name. Cost: O(r log r) for r events.';

--| `edges_agg(j)` is the transition matrix of a population: which event
--| directly follows which, how often, in how many journeys, and how long after.
--|
--|     SELECT e.* FROM unnest((SELECT journey.edges_agg(j) FROM journeys)) AS e;
CREATE AGGREGATE journey.edges_agg(j journey.journey) (
  SFUNC = journey._edges_transfn,
  STYPE = journey.population_state,
  SSPACE = 100000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._edges_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.edges_agg(journey.journey) IS
'Transitions of many journeys, an element for each pair of events of which one directly follows the other, see type edge; ordered by the bytes of from_event, then of to_event. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left, an empty array if no journey has two steps. The order of the rows does not matter. Memory: by distinct transitions, up to 9 kB each, whatever the number of journeys. Cost: a few nanoseconds a step.';

--| `edges_agg(j, false)` leaves the gaps out, which is faster and
--| takes less memory.
CREATE AGGREGATE journey.edges_agg(j journey.journey, gaps pg_catalog.bool) (
  SFUNC = journey._edges_transfn,
  STYPE = journey.population_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._edges_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.edges_agg(journey.journey, pg_catalog.bool) IS
'Transitions of many journeys like edges_agg(j); with gaps false median_gap is NULL, which takes a nanosecond or two a step and some dozen bytes a transition. Errors: 22004 if gaps is NULL, 22023 if it is not the same on every row.';

--| `event_counts_agg(j)` counts events over many journeys.
--|
--|     SELECT e.* FROM unnest((SELECT journey.event_counts_agg(j) FROM journeys)) AS e;
CREATE AGGREGATE journey.event_counts_agg(j journey.journey) (
  SFUNC = journey._event_counts_transfn,
  STYPE = journey.population_state,
  SSPACE = 10000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._event_counts_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.event_counts_agg(journey.journey) IS
'Events of many journeys, an element for each name, see type event_count; ordered by the bytes of the name. Each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. The order of the rows does not matter. Memory: by distinct events, whatever the number of journeys. Cost: a nanosecond or two a step.';

--| All of them take sets of journeys, too, and say of them what they say of the
--| journeys made whole, wherever these were cut to fit into sets. So journeys
--| that are spread over several sets are remembered by their subjects until the
--| end, all others are counted and forgotten.
CREATE AGGREGATE journey.edges_agg(s journey.journey_set) (
  SFUNC = journey._edges_transfn,
  STYPE = journey.population_state,
  SSPACE = 100000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._edges_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.edges_agg(journey.journey_set) IS
'Transitions of all journeys of many sets, as edges_agg(journey). A transition from one set to the next of a long journey counts once, and so does its subject: the answer is that of the whole journeys. Memory: also, for each journey that is spread over sets, its subject and up to 16 bytes for each distinct transition that it has. Sets that were packed apart from each other do not know that their journeys go on: merge them for that, with journey_set_agg.';

CREATE AGGREGATE journey.edges_agg(s journey.journey_set, gaps pg_catalog.bool) (
  SFUNC = journey._edges_transfn,
  STYPE = journey.population_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._edges_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.edges_agg(journey.journey_set, pg_catalog.bool) IS
'Transitions of all journeys of many sets like edges_agg(s); with gaps false median_gap is NULL, which takes a nanosecond or two a step and some dozen bytes a transition. Errors: 22004 if gaps is NULL, 22023 if it is not the same on every row.';

CREATE AGGREGATE journey.event_counts_agg(s journey.journey_set) (
  SFUNC = journey._event_counts_transfn,
  STYPE = journey.population_state,
  SSPACE = 10000,
  COMBINEFUNC = journey._population_combinefn,
  FINALFUNC = journey._event_counts_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.event_counts_agg(journey.journey_set) IS
'Events of all journeys of many sets, as event_counts_agg(journey). A journey that is spread over sets is one subject, and takes memory for it, see edges_agg(journey_set).';
