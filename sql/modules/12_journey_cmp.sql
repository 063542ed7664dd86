--| # Comparing journeys
--|
--| Two journeys are equal if their steps are, times and events. The order is
--| that of arrays of (time, event), event names by their bytes: it groups,
--| sorts and joins. Keep in mind that a btree index entry holds at most about
--| 2700 bytes; index `variant_hash(j)` for long paths.

CREATE FUNCTION journey.journey_eq(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'byteaeq'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_eq(journey.journey, journey.journey) IS
'Whether two journeys have the same steps at the same times. NULL gives NULL. Compares bytes; values of different size are not even fetched.';

CREATE FUNCTION journey.journey_ne(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'byteane'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_ne(journey.journey, journey.journey) IS
'Whether two journeys differ in a step or a time. NULL gives NULL.';

CREATE FUNCTION journey.journey_lt(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_lt(journey.journey, journey.journey) IS
'Whether journey a comes before b: at the first step that differs its time is earlier or, at the same time, its event is smaller by bytes; or a is the beginning of b. NULL gives NULL.';

CREATE FUNCTION journey.journey_le(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_le(journey.journey, journey.journey) IS
'Whether journey a comes before b or is equal. NULL gives NULL.';

CREATE FUNCTION journey.journey_gt(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_gt(journey.journey, journey.journey) IS
'Whether journey a comes after b. NULL gives NULL.';

CREATE FUNCTION journey.journey_ge(a journey.journey, b journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_ge(journey.journey, journey.journey) IS
'Whether journey a comes after b or is equal. NULL gives NULL.';

CREATE OPERATOR journey.= (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_eq,
	COMMUTATOR = OPERATOR(journey.=), NEGATOR = OPERATOR(journey.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR journey.= (journey.journey, journey.journey) IS 'equal';

CREATE OPERATOR journey.<> (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_ne,
	COMMUTATOR = OPERATOR(journey.<>), NEGATOR = OPERATOR(journey.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR journey.<> (journey.journey, journey.journey) IS 'not equal';

CREATE OPERATOR journey.< (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_lt,
	COMMUTATOR = OPERATOR(journey.>), NEGATOR = OPERATOR(journey.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR journey.< (journey.journey, journey.journey) IS 'less than';

CREATE OPERATOR journey.<= (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_le,
	COMMUTATOR = OPERATOR(journey.>=), NEGATOR = OPERATOR(journey.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR journey.<= (journey.journey, journey.journey) IS 'less than or equal';

CREATE OPERATOR journey.> (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_gt,
	COMMUTATOR = OPERATOR(journey.<), NEGATOR = OPERATOR(journey.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR journey.> (journey.journey, journey.journey) IS 'greater than';

CREATE OPERATOR journey.>= (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.journey_ge,
	COMMUTATOR = OPERATOR(journey.<=), NEGATOR = OPERATOR(journey.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR journey.>= (journey.journey, journey.journey) IS 'greater than or equal';

--| Support functions of the operator classes.
CREATE FUNCTION journey.journey_cmp(a journey.journey, b journey.journey) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_cmp(journey.journey, journey.journey) IS
'Compares two journeys: negative, 0 or positive as a is less than, equal to or greater than b.';

CREATE FUNCTION journey.journey_hash(j journey.journey) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_hash(journey.journey) IS
'Hash of a journey with its times, for hash joins and hash indexes.';

CREATE FUNCTION journey.journey_hash_extended(j journey.journey, seed pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_hash_extended(journey.journey, pg_catalog.int8) IS
'Hash of a journey with its times and a seed, for hash partitioning.';

CREATE OPERATOR CLASS journey.journey_btree_ops DEFAULT FOR TYPE journey.journey USING btree AS
	OPERATOR 1 journey.<,
	OPERATOR 2 journey.<=,
	OPERATOR 3 journey.=,
	OPERATOR 4 journey.>=,
	OPERATOR 5 journey.>,
	FUNCTION 1 journey.journey_cmp(journey.journey, journey.journey),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS journey.journey_btree_ops USING btree IS
'Journeys step by step: time, then event by bytes, the shorter first.';
COMMENT ON OPERATOR FAMILY journey.journey_btree_ops USING btree IS 'That of the operator class of this name.';

CREATE OPERATOR CLASS journey.journey_hash_ops DEFAULT FOR TYPE journey.journey USING hash AS
	OPERATOR 1 journey.=,
	FUNCTION 1 journey.journey_hash(journey.journey),
	FUNCTION 2 journey.journey_hash_extended(journey.journey, pg_catalog.int8);
COMMENT ON OPERATOR CLASS journey.journey_hash_ops USING hash IS
'Equality of journeys, times included.';
COMMENT ON OPERATOR FAMILY journey.journey_hash_ops USING hash IS 'That of the operator class of this name.';
