--| # Building sets of journeys
--|
--| `journey_set_agg(subject, j)` makes one set of all journeys of a group, and
--| `journey_set_agg(s)` merges sets. One value may hold up to 1 GB; for a store
--| of many sets, each of which fills a page, see `pack`.

--| The state of both. It is a type so that distributed engines can combine
--| states on their workers.
CREATE TYPE journey.journey_set_state;

CREATE FUNCTION journey._journey_set_state_in(pg_catalog.cstring) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._journey_set_state_in(pg_catalog.cstring) IS
'Text input of type journey_set_state: \x and hexadecimal digits, all of the bytes checked. Errors, softly: anything else.';

CREATE FUNCTION journey._journey_set_state_out(journey.journey_set_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_set_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._journey_set_state_out(journey.journey_set_state) IS
'Text output of type journey_set_state: \x and its bytes in hexadecimal digits.';

CREATE FUNCTION journey._journey_set_state_recv(pg_catalog.internal) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._journey_set_state_recv(pg_catalog.internal) IS
'Binary input of type journey_set_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._journey_set_state_send(journey.journey_set_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._journey_set_state_send(journey.journey_set_state) IS
'Binary output of type journey_set_state: the bytes of the state.';

CREATE TYPE journey.journey_set_state (
	INPUT = journey._journey_set_state_in,
	OUTPUT = journey._journey_set_state_out,
	RECEIVE = journey._journey_set_state_recv,
	SEND = journey._journey_set_state_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE journey.journey_set_state IS
'State of journey_set_agg: the journeys or sets that came in. Private to one version of the extension.';

CREATE FUNCTION journey._journey_set_agg_transfn(state journey.journey_set_state, subject pg_catalog.text, j journey.journey) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_agg_text_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._journey_set_agg_transfn(journey.journey_set_state, pg_catalog.text, journey.journey) IS
'Transition of journey_set_agg: adds a journey; skips it if it or the subject is NULL. Cost: its size.';

CREATE FUNCTION journey._journey_set_agg_transfn(state journey.journey_set_state, subject pg_catalog.int8, j journey.journey) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_agg_bigint_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._journey_set_agg_transfn(journey.journey_set_state, pg_catalog.int8, journey.journey) IS
'Transition of journey_set_agg: adds a journey; skips it if it or the subject is NULL. Cost: its size.';

CREATE FUNCTION journey._journey_set_agg_transfn(state journey.journey_set_state, subject pg_catalog.uuid, j journey.journey) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_agg_uuid_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._journey_set_agg_transfn(journey.journey_set_state, pg_catalog.uuid, journey.journey) IS
'Transition of journey_set_agg: adds a journey; skips it if it or the subject is NULL. Cost: its size.';

CREATE FUNCTION journey._journey_set_agg_transfn(state journey.journey_set_state, s journey.journey_set) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_agg_set_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_set_agg_transfn(journey.journey_set_state, journey.journey_set) IS
'Transition of journey_set_agg: adds a set, skips NULL. Cost: its size.';

CREATE FUNCTION journey._journey_set_agg_combinefn(state journey.journey_set_state, other journey.journey_set_state) RETURNS journey.journey_set_state
AS 'MODULE_PATHNAME', 'journey_set_agg_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._journey_set_agg_combinefn(journey.journey_set_state, journey.journey_set_state) IS
'Combination of journey_set_agg: what came into both states. Cost: the size of the second.';

CREATE FUNCTION journey._journey_set_agg_finalfn(state journey.journey_set_state) RETURNS journey.journey_set
AS 'MODULE_PATHNAME', 'journey_set_agg_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION journey._journey_set_agg_finalfn(journey.journey_set_state) IS
'Result of journey_set_agg: all that came in, merged. Cost: linear in the steps, and O(n log n) for n journeys out of order.';

CREATE AGGREGATE journey.journey_set_agg(subject pg_catalog.text, j journey.journey) (
	SFUNC = journey._journey_set_agg_transfn,
	STYPE = journey.journey_set_state,
	SSPACE = 65536,
	COMBINEFUNC = journey._journey_set_agg_combinefn,
	FINALFUNC = journey._journey_set_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_set_agg(pg_catalog.text, journey.journey) IS
'A set of the journeys of a group. A row whose subject or journey is NULL is skipped, for it is nobody''s journey, or none; no rows give NULL. Several journeys of a subject are merged as journey_agg(journey) does: by time, steps of one time in the order of the journeys by value, or as they come if the call has its own ORDER BY. Errors: 54000 for a subject above 1024 bytes or a set above 1 GB. Memory: the journeys, and the set at the end; O(n log n).';

CREATE AGGREGATE journey.journey_set_agg(subject pg_catalog.int8, j journey.journey) (
	SFUNC = journey._journey_set_agg_transfn,
	STYPE = journey.journey_set_state,
	SSPACE = 65536,
	COMBINEFUNC = journey._journey_set_agg_combinefn,
	FINALFUNC = journey._journey_set_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_set_agg(pg_catalog.int8, journey.journey) IS
'A set of the journeys of a group. A row whose subject or journey is NULL is skipped, for it is nobody''s journey, or none; no rows give NULL. Several journeys of a subject are merged as journey_agg(journey) does: by time, steps of one time in the order of the journeys by value, or as they come if the call has its own ORDER BY. Errors: 54000 for a subject above 1024 bytes or a set above 1 GB. Memory: the journeys, and the set at the end; O(n log n).';

CREATE AGGREGATE journey.journey_set_agg(subject pg_catalog.uuid, j journey.journey) (
	SFUNC = journey._journey_set_agg_transfn,
	STYPE = journey.journey_set_state,
	SSPACE = 65536,
	COMBINEFUNC = journey._journey_set_agg_combinefn,
	FINALFUNC = journey._journey_set_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_set_agg(pg_catalog.uuid, journey.journey) IS
'A set of the journeys of a group. A row whose subject or journey is NULL is skipped, for it is nobody''s journey, or none; no rows give NULL. Several journeys of a subject are merged as journey_agg(journey) does: by time, steps of one time in the order of the journeys by value, or as they come if the call has its own ORDER BY. Errors: 54000 for a subject above 1024 bytes or a set above 1 GB. Memory: the journeys, and the set at the end; O(n log n).';

CREATE AGGREGATE journey.journey_set_agg(s journey.journey_set) (
	SFUNC = journey._journey_set_agg_transfn,
	STYPE = journey.journey_set_state,
	SSPACE = 65536,
	COMBINEFUNC = journey._journey_set_agg_combinefn,
	FINALFUNC = journey._journey_set_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_set_agg(journey.journey_set) IS
'The journeys of all sets of a group in one set. NULLs are skipped, and no sets give NULL. Several parts of a subject are merged by time, steps of one time in the order of the parts by value, or as they come if the call has its own ORDER BY; the ghost of the part that begins first stays, and the whole goes on in another set if the part that ends last does. Errors: 42804 if subjects are of different types, 54000 if the set would be above 1 GB. Memory: the sets, and the set at the end; O(T log n) for n sets of T steps.';
