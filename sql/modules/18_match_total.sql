--| # Patterns of a population
--|
--| `match_count_agg(j, pattern)` counts over many journeys, or sets of them:
--|
--|     SELECT (t).* FROM (SELECT journey.match_count_agg(j, 'view -> cart') AS t FROM journeys) AS q;

--| Later versions append attributes.
CREATE TYPE journey.match_total AS (
	subjects pg_catalog.int8,
	matched pg_catalog.int8,
	matches pg_catalog.int8
);
COMMENT ON TYPE journey.match_total IS
'How often a pattern matches in a population, see match_count_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.match_total.subjects IS 'Number of subjects.';
COMMENT ON COLUMN journey.match_total.matched IS 'Number of subjects with at least one match.';
COMMENT ON COLUMN journey.match_total.matches IS 'Number of matches that have no step in common, in all of them.';

--| The state of `match_count_agg`. It is a type so that distributed engines can
--| combine states on their workers.
CREATE TYPE journey.match_state;

CREATE FUNCTION journey._match_state_in(pg_catalog.cstring) RETURNS journey.match_state
AS 'MODULE_PATHNAME', 'journey_match_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._match_state_in(pg_catalog.cstring) IS
'Text input of type match_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._match_state_out(journey.match_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_match_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._match_state_out(journey.match_state) IS
'Text output of type match_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._match_state_recv(pg_catalog.internal) RETURNS journey.match_state
AS 'MODULE_PATHNAME', 'journey_match_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._match_state_recv(pg_catalog.internal) IS
'Binary input of type match_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._match_state_send(journey.match_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._match_state_send(journey.match_state) IS
'Binary output of type match_state: the bytes of the state.';

CREATE TYPE journey.match_state (
	INPUT = journey._match_state_in,
	OUTPUT = journey._match_state_out,
	RECEIVE = journey._match_state_recv,
	SEND = journey._match_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE journey.match_state IS
'State of match_count_agg: what has been counted so far, the pattern, and the parts of journeys that are spread over sets.';

CREATE FUNCTION journey._match_total_transfn(state journey.match_state, j journey.journey, pattern journey.journey_pattern) RETURNS journey.match_state
AS 'MODULE_PATHNAME', 'journey_match_total_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._match_total_transfn(journey.match_state, journey.journey, journey.journey_pattern) IS
'Transition of match_count_agg(journey): adds a journey, skips a NULL one. Errors: pattern NULL, or not the same on every row.';

CREATE FUNCTION journey._match_total_transfn(state journey.match_state, s journey.journey_set, pattern journey.journey_pattern) RETURNS journey.match_state
AS 'MODULE_PATHNAME', 'journey_set_match_total_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._match_total_transfn(journey.match_state, journey.journey_set, journey.journey_pattern) IS
'Transition of match_count_agg(journey_set): adds the subjects of a set, skips a NULL set. Errors: pattern NULL, or not the same on every row.';

CREATE FUNCTION journey._match_total_combinefn(state journey.match_state, other journey.match_state) RETURNS journey.match_state
AS 'MODULE_PATHNAME', 'journey_match_total_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._match_total_combinefn(journey.match_state, journey.match_state) IS
'Combination of match_count_agg: what both states have. Error: states of different patterns. Cost: linear in the parts of journeys that the second holds back.';

CREATE FUNCTION journey._match_total_finalfn(state journey.match_state) RETURNS journey.match_total
AS 'MODULE_PATHNAME', 'journey_match_total_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._match_total_finalfn(journey.match_state) IS
'Result of match_count_agg.';

CREATE AGGREGATE journey.match_count_agg(j journey.journey, pattern journey.journey_pattern) (
	SFUNC = journey._match_total_transfn,
	STYPE = journey.match_state,
	SSPACE = 20000,
	COMBINEFUNC = journey._match_total_combinefn,
	FINALFUNC = journey._match_total_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.match_count_agg(journey.journey, journey.journey_pattern) IS
'How many journeys there are, how many of them match the pattern, and how often, see type match_total; each journey is a subject of its own. NULL journeys are skipped; NULL if there is none left. Errors: 22004 if the pattern is NULL, 22023 if it is not the same on every row. The order of the rows does not matter. Cost: that of match_count().';

CREATE AGGREGATE journey.match_count_agg(s journey.journey_set, pattern journey.journey_pattern) (
	SFUNC = journey._match_total_transfn,
	STYPE = journey.match_state,
	SSPACE = 100000,
	COMBINEFUNC = journey._match_total_combinefn,
	FINALFUNC = journey._match_total_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.match_count_agg(journey.journey_set, journey.journey_pattern) IS
'The same for all journeys of many sets. A journey that is spread over sets is one subject, and its matches are those of the whole journey; its parts are kept until all of them are there. Sets that were packed apart from each other do not know that their journeys go on: merge them for that, with journey_set_agg.';
