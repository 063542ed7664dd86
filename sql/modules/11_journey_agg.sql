--| # Building journeys
--|
--| `journey_agg(at, event)` makes one journey of the rows of a group, and so do
--| `journey_agg(at, event, channel)`, `journey_agg(at, event, value)` and
--| `journey_agg(interaction)`, which takes all that a step may have. Rows may
--| come in any order; sorted input is faster. Rows of one time are ordered by
--| event, then by the rest of the interaction, or, if the call has its own
--| `ORDER BY`, stay in that order: `journey_agg(at, event ORDER BY at, seq)`.

CREATE FUNCTION journey._journey_agg_transfn(state pg_catalog.internal, "at" pg_catalog.timestamptz, event pg_catalog.text)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey._journey_agg_transfn(pg_catalog.internal, pg_catalog.timestamptz, pg_catalog.text) IS
'Adds a row to the state of journey_agg(at, event).';

CREATE FUNCTION journey._journey_agg_transfn(state pg_catalog.internal, "at" pg_catalog.timestamptz, event pg_catalog.text,
											 channel pg_catalog.text)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_channel_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 6;
COMMENT ON FUNCTION journey._journey_agg_transfn(pg_catalog.internal, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text) IS
'Adds a row to the state of journey_agg(at, event, channel).';

CREATE FUNCTION journey._journey_agg_transfn(state pg_catalog.internal, "at" pg_catalog.timestamptz, event pg_catalog.text,
											 value pg_catalog.float8)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_value_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 6;
COMMENT ON FUNCTION journey._journey_agg_transfn(pg_catalog.internal, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.float8) IS
'Adds a row to the state of journey_agg(at, event, value).';

CREATE FUNCTION journey._journey_agg_transfn(state pg_catalog.internal, step journey.interaction)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_interaction_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._journey_agg_transfn(pg_catalog.internal, journey.interaction) IS
'Adds a row to the state of journey_agg(interaction).';

CREATE FUNCTION journey._journey_agg_combinefn(a pg_catalog.internal, b pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_combinefn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_combinefn(pg_catalog.internal, pg_catalog.internal) IS
'Joins two states of a journey_agg of rows: what one pass over the rows of both would have given.';

CREATE FUNCTION journey._journey_agg_serialfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey_agg_serialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_serialfn(pg_catalog.internal) IS
'The state of a journey_agg of rows as bytes, for another process of the same server.';

CREATE FUNCTION journey._journey_agg_deserialfn(bytes pg_catalog.bytea, nothing pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_deserialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_deserialfn(pg_catalog.bytea, pg_catalog.internal) IS
'The state of a journey_agg of rows from its bytes.';

CREATE FUNCTION journey._journey_agg_finalfn(state pg_catalog.internal) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_agg_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey._journey_agg_finalfn(pg_catalog.internal) IS
'The journey of a state of a journey_agg of rows.';

CREATE AGGREGATE journey.journey_agg("at" pg_catalog.timestamptz, event pg_catalog.text) (
	SFUNC = journey._journey_agg_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	COMBINEFUNC = journey._journey_agg_combinefn,
	SERIALFUNC = journey._journey_agg_serialfn,
	DESERIALFUNC = journey._journey_agg_deserialfn,
	FINALFUNC = journey._journey_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_agg(pg_catalog.timestamptz, pg_catalog.text) IS
'A journey of the rows of a group: one step for each row with a time and an event; rows where either is NULL are skipped, and no rows give NULL. Ordered by time; rows of one time by event (bytes), or as they come if the call has its own ORDER BY. Errors: 22008 for an infinite time, 54000 for an event above 1024 bytes or a journey above 1 GB. Memory 12 to 24 bytes a step; O(n) for sorted input, else O(n log n).';

CREATE AGGREGATE journey.journey_agg("at" pg_catalog.timestamptz, event pg_catalog.text, channel pg_catalog.text) (
	SFUNC = journey._journey_agg_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	COMBINEFUNC = journey._journey_agg_combinefn,
	SERIALFUNC = journey._journey_agg_serialfn,
	DESERIALFUNC = journey._journey_agg_deserialfn,
	FINALFUNC = journey._journey_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_agg(pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text) IS
'A journey of the rows of a group, with the channel of each step, which may be NULL; otherwise as journey_agg(at, event). Rows of one time and event are ordered by channel (bytes, NULL last). Error 54000 for a channel above 1024 bytes. Memory 16 to 32 bytes a step.';

CREATE AGGREGATE journey.journey_agg("at" pg_catalog.timestamptz, event pg_catalog.text, value pg_catalog.float8) (
	SFUNC = journey._journey_agg_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	COMBINEFUNC = journey._journey_agg_combinefn,
	SERIALFUNC = journey._journey_agg_serialfn,
	DESERIALFUNC = journey._journey_agg_deserialfn,
	FINALFUNC = journey._journey_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_agg(pg_catalog.timestamptz, pg_catalog.text, pg_catalog.float8) IS
'A journey of the rows of a group, with a value for each step, which may be NULL, NaN or infinite; otherwise as journey_agg(at, event). Rows of one time and event are ordered by value (NaN, then NULL last); -0 becomes 0. Memory 20 to 40 bytes a step.';

CREATE AGGREGATE journey.journey_agg(step journey.interaction) (
	SFUNC = journey._journey_agg_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	COMBINEFUNC = journey._journey_agg_combinefn,
	SERIALFUNC = journey._journey_agg_serialfn,
	DESERIALFUNC = journey._journey_agg_deserialfn,
	FINALFUNC = journey._journey_agg_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_agg(journey.interaction) IS
'A journey of the interactions of a group, with all that they have; those without a time or an event, and NULLs, are skipped, and none give NULL. Ordered by time; those of one time by event, channel, decision, action, persona, value and senses (names by bytes, NULL last), or as they come if the call has its own ORDER BY. Errors: 22008 for an infinite time, 54000 for a name above 1024 bytes or a journey above 1 GB, 22023 for a sense without a name. Memory 12 to 24 bytes a step, 4 to 8 more for each kind of name and 8 to 16 for values, where a step has any; O(n) for sorted input, else O(n log n).';

--| `journey_agg(j)` merges journeys, for example the days of a subject.
CREATE FUNCTION journey._journey_agg_transfn(state pg_catalog.internal, j journey.journey) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_journey_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._journey_agg_transfn(pg_catalog.internal, journey.journey) IS
'Adds a journey to the state of journey_agg(journey).';

CREATE FUNCTION journey._journey_agg_journey_combinefn(a pg_catalog.internal, b pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_journey_combinefn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_journey_combinefn(pg_catalog.internal, pg_catalog.internal) IS
'Joins two states of journey_agg(journey): what one pass over the journeys of both would have given.';

CREATE FUNCTION journey._journey_agg_journey_serialfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey_agg_journey_serialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_journey_serialfn(pg_catalog.internal) IS
'The state of journey_agg(journey) as bytes, for another process of the same server.';

CREATE FUNCTION journey._journey_agg_journey_deserialfn(bytes pg_catalog.bytea, nothing pg_catalog.internal)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_agg_journey_deserialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._journey_agg_journey_deserialfn(pg_catalog.bytea, pg_catalog.internal) IS
'The state of journey_agg(journey) from its bytes.';

CREATE FUNCTION journey._journey_agg_journey_finalfn(state pg_catalog.internal) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_agg_journey_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION journey._journey_agg_journey_finalfn(pg_catalog.internal) IS
'The journey of a state of journey_agg(journey).';

CREATE AGGREGATE journey.journey_agg(j journey.journey) (
	SFUNC = journey._journey_agg_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 4096,
	COMBINEFUNC = journey._journey_agg_journey_combinefn,
	SERIALFUNC = journey._journey_agg_journey_serialfn,
	DESERIALFUNC = journey._journey_agg_journey_deserialfn,
	FINALFUNC = journey._journey_agg_journey_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.journey_agg(journey.journey) IS
'The steps of the journeys of a group as one journey. NULLs are skipped, and no journeys give NULL; a journey alone gives itself. Ordered by time; steps of one time keep their order inside a journey, and between journeys follow the order of the journeys by value, or the order in which they come if the call has its own ORDER BY. A step that stands in two journeys is there twice. Error 54000 if the result would be above 1 GB. Memory: the journeys, and 12 to 24 bytes a step at the end; O(n log n).';
