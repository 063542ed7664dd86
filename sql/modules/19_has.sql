--| # What a journey has
--|
--| Questions for `WHERE`, as functions and as operators; an index of the class
--| `journey_gin_ops` (GIN) answers the operators. Events are compared byte by
--| byte, whatever the collation. NULL elements of arrays are ignored.
--|
--|     j @> '{cart,purchase}'     has all of these events
--|     j && '{cart,wishlist}'     has any of them
--|     j @>> '{cart,purchase}'    has them directly one after another, in this order
--|     j ^@ 'checkout/'           has an event that begins so
--|     j @@ '(,purchase,store,,,,,)'  has a step with all that is given
--|
--| The planner tries the operators on the sample that ANALYZE keeps of the
--| column, so it tells common events from rare ones.

--| All of some events.
CREATE FUNCTION journey.has_all(j journey.journey, events pg_catalog.text[]) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_all'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.has_all(journey.journey, pg_catalog.text[]) IS
'Whether each of these events is in the journey, in any order; true for an empty array. NULL elements are ignored; NULL arguments give NULL. Mostly told by the head of the value, else by its names: never reads the steps.';

CREATE FUNCTION journey._all_in(events pg_catalog.text[], j journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_all_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._all_in(pg_catalog.text[], journey.journey) IS
'has_all() with its arguments the other way round.';

CREATE OPERATOR journey.@> (
	LEFTARG = journey.journey, RIGHTARG = pg_catalog.text[], FUNCTION = journey.has_all,
	COMMUTATOR = OPERATOR(journey.<@), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.@> (journey.journey, pg_catalog.text[]) IS 'has all of these events; see has_all()';

CREATE OPERATOR journey.<@ (
	LEFTARG = pg_catalog.text[], RIGHTARG = journey.journey, FUNCTION = journey._all_in,
	COMMUTATOR = OPERATOR(journey.@>), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.<@ (pg_catalog.text[], journey.journey) IS 'all of these events are in the journey; see has_all()';

--| Any of some events.
CREATE FUNCTION journey.has_any(j journey.journey, events pg_catalog.text[]) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_any'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.has_any(journey.journey, pg_catalog.text[]) IS
'Whether one of these events at least is in the journey; false for an empty array. NULL elements are ignored; NULL arguments give NULL. Mostly told by the head of the value, else by its names: never reads the steps.';

CREATE FUNCTION journey._any_in(events pg_catalog.text[], j journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_any_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._any_in(pg_catalog.text[], journey.journey) IS
'has_any() with its arguments the other way round.';

CREATE OPERATOR journey.&& (
	LEFTARG = journey.journey, RIGHTARG = pg_catalog.text[], FUNCTION = journey.has_any,
	COMMUTATOR = OPERATOR(journey.&&), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.&& (journey.journey, pg_catalog.text[]) IS 'has any of these events; see has_any()';

CREATE OPERATOR journey.&& (
	LEFTARG = pg_catalog.text[], RIGHTARG = journey.journey, FUNCTION = journey._any_in,
	COMMUTATOR = OPERATOR(journey.&&), RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.&& (pg_catalog.text[], journey.journey) IS 'any of these events is in the journey; see has_any()';

--| Events directly one after another.
CREATE FUNCTION journey.has_chain(j journey.journey, events pg_catalog.text[]) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_chain'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 40;
COMMENT ON FUNCTION journey.has_chain(journey.journey, pg_catalog.text[]) IS
'Whether somewhere in the journey these events follow directly one after another, in this order and with nothing in between; true for an empty array. NULL elements are ignored; NULL arguments give NULL. A journey without one of them is mostly told by the head of the value; else linear in the steps and the array.';

CREATE OPERATOR journey.@>> (
	LEFTARG = journey.journey, RIGHTARG = pg_catalog.text[], FUNCTION = journey.has_chain,
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.@>> (journey.journey, pg_catalog.text[]) IS
'has these events directly one after another; see has_chain()';

--| An event with a prefix.
CREATE FUNCTION journey.has_prefix(j journey.journey, prefix pg_catalog.text) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_prefix'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.has_prefix(journey.journey, pg_catalog.text) IS
'Whether an event of the journey begins with the prefix, byte by byte; true for the empty one. NULL arguments give NULL. Told by the names: never reads the steps.';

CREATE OPERATOR journey.^@ (
	LEFTARG = journey.journey, RIGHTARG = pg_catalog.text, FUNCTION = journey.has_prefix,
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.^@ (journey.journey, pg_catalog.text) IS
'has an event that begins so; see has_prefix()';

--| A step with all that is given.
CREATE FUNCTION journey.has_step(j journey.journey, step journey.interaction) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_step'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.has_step(journey.journey, journey.interaction) IS
'Whether one step of the journey has everything that is given: the same time, event, channel, decision, action, persona and value, and these senses at least; what is NULL may be anything. Values are equal as float8 orders them, NaN equals NaN. An interaction of NULLs is had by every journey; NULL arguments give NULL. Errors: 22008 for an infinite time, 22023 for an empty sense. Mostly told by the head of the value; else linear in the steps.';

CREATE OPERATOR journey.@@ (
	LEFTARG = journey.journey, RIGHTARG = journey.interaction, FUNCTION = journey.has_step,
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.@@ (journey.journey, journey.interaction) IS
'has a step with all that is given; see has_step()';
