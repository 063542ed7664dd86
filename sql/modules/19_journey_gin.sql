--| # Indexes on journeys
--|
--| `CREATE INDEX ON journeys USING gin (j)` finds the journeys that have some
--| events, that have them directly one after another, that have an event on a
--| channel, or what every match of a pattern needs, without looking at the others.

CREATE FUNCTION journey._journey_gin_extract_value(j journey.journey, count pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_gin_extract_value'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._journey_gin_extract_value(journey.journey, pg_catalog.internal) IS
'GIN: the terms of a journey, which are its events, its pairs of events directly one after another, and its events on channels.';

-- The server asks for the indexed type as that of "query", whatever the operator takes.
CREATE FUNCTION journey._journey_gin_extract_query(query journey.journey, count pg_catalog.internal, strategy pg_catalog.int2,
	partial pg_catalog.internal, extra pg_catalog.internal, nulls pg_catalog.internal, mode pg_catalog.internal)
RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_gin_extract_query'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._journey_gin_extract_query(journey.journey, pg_catalog.internal, pg_catalog.int2, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal) IS
'GIN: the terms that a question asks for.';

CREATE FUNCTION journey._journey_gin_consistent("check" pg_catalog.internal, strategy pg_catalog.int2, query journey.journey,
	count pg_catalog.int4, extra pg_catalog.internal, recheck pg_catalog.internal, keys pg_catalog.internal, nulls pg_catalog.internal)
RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_gin_consistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._journey_gin_consistent(pg_catalog.internal, pg_catalog.int2, journey.journey, pg_catalog.int4, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal) IS
'GIN: whether a row with these terms may be an answer, and whether the operator has to be asked again.';

CREATE FUNCTION journey._journey_gin_triconsistent("check" pg_catalog.internal, strategy pg_catalog.int2, query journey.journey,
	count pg_catalog.int4, extra pg_catalog.internal, keys pg_catalog.internal, nulls pg_catalog.internal)
RETURNS pg_catalog."char"
AS 'MODULE_PATHNAME', 'journey_gin_triconsistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._journey_gin_triconsistent(pg_catalog.internal, pg_catalog.int2, journey.journey, pg_catalog.int4, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal) IS
'GIN: the same where some terms are not known yet.';

CREATE FUNCTION journey._journey_gin_compare_prefix(asked pg_catalog.bytea, term pg_catalog.bytea, strategy pg_catalog.int2, extra pg_catalog.internal)
RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_gin_compare_prefix'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._journey_gin_compare_prefix(pg_catalog.bytea, pg_catalog.bytea, pg_catalog.int2, pg_catalog.internal) IS
'GIN: whether a term begins with the one asked for.';

CREATE OPERATOR CLASS journey.journey_gin_ops DEFAULT FOR TYPE journey.journey USING gin AS
	OPERATOR 1 journey.@> (journey.journey, pg_catalog.text[]),
	OPERATOR 2 journey.&& (journey.journey, pg_catalog.text[]),
	OPERATOR 3 journey.@>> (journey.journey, pg_catalog.text[]),
	OPERATOR 4 journey.@@ (journey.journey, journey.interaction),
	OPERATOR 5 journey.^@ (journey.journey, pg_catalog.text),
	OPERATOR 6 journey.~ (journey.journey, journey.journey_pattern),
	FUNCTION 1 pg_catalog.byteacmp(pg_catalog.bytea, pg_catalog.bytea),
	FUNCTION 2 journey._journey_gin_extract_value(journey.journey, pg_catalog.internal),
	FUNCTION 3 journey._journey_gin_extract_query(journey.journey, pg_catalog.internal, pg_catalog.int2, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal),
	FUNCTION 4 journey._journey_gin_consistent(pg_catalog.internal, pg_catalog.int2, journey.journey, pg_catalog.int4, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal),
	FUNCTION 5 journey._journey_gin_compare_prefix(pg_catalog.bytea, pg_catalog.bytea, pg_catalog.int2, pg_catalog.internal),
	FUNCTION 6 journey._journey_gin_triconsistent(pg_catalog.internal, pg_catalog.int2, journey.journey, pg_catalog.int4, pg_catalog.internal, pg_catalog.internal, pg_catalog.internal),
	STORAGE pg_catalog.bytea;
COMMENT ON OPERATOR CLASS journey.journey_gin_ops USING gin IS
'Finds journeys by @> (all of these events), && (any of them), @>> (directly one after another), @@ (a step with all that is given; by its event, or event and channel), ^@ (an event that begins so) and ~ (matches a pattern; by the events that every match needs). An entry for each different event, pair of neighbouring events, and event on a channel.';
COMMENT ON OPERATOR FAMILY journey.journey_gin_ops USING gin IS 'That of the operator class of this name.';
