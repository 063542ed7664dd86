--| # Comparing sets of journeys
--|
--| Sets are equal if their subjects and journeys are. They order by their
--| earliest step, their latest step, and then their bytes.

CREATE FUNCTION journey.journey_set_eq(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'byteaeq'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_eq(journey.journey_set, journey.journey_set) IS
'Whether two sets have the same journeys of the same subjects, in the same parts. NULL gives NULL. Compares bytes; values of different size are not even fetched.';

CREATE FUNCTION journey.journey_set_ne(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'byteane'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_ne(journey.journey_set, journey.journey_set) IS
'Whether two sets differ in a subject, a step or a time. NULL gives NULL.';

CREATE FUNCTION journey.journey_set_lt(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_set_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_lt(journey.journey_set, journey.journey_set) IS
'Whether set a comes before b: its earliest step is earlier, or else its latest step, or else its bytes are less. NULL gives NULL.';

CREATE FUNCTION journey.journey_set_le(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_set_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_le(journey.journey_set, journey.journey_set) IS
'Whether set a comes before b or is equal. NULL gives NULL.';

CREATE FUNCTION journey.journey_set_gt(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_set_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_gt(journey.journey_set, journey.journey_set) IS
'Whether set a comes after b. NULL gives NULL.';

CREATE FUNCTION journey.journey_set_ge(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_set_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_ge(journey.journey_set, journey.journey_set) IS
'Whether set a comes after b or is equal. NULL gives NULL.';

CREATE OPERATOR journey.= (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_eq,
	COMMUTATOR = OPERATOR(journey.=), NEGATOR = OPERATOR(journey.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR journey.= (journey.journey_set, journey.journey_set) IS 'equal';

CREATE OPERATOR journey.<> (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_ne,
	COMMUTATOR = OPERATOR(journey.<>), NEGATOR = OPERATOR(journey.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR journey.<> (journey.journey_set, journey.journey_set) IS 'not equal';

CREATE OPERATOR journey.< (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_lt,
	COMMUTATOR = OPERATOR(journey.>), NEGATOR = OPERATOR(journey.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR journey.< (journey.journey_set, journey.journey_set) IS 'less than';

CREATE OPERATOR journey.<= (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_le,
	COMMUTATOR = OPERATOR(journey.>=), NEGATOR = OPERATOR(journey.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR journey.<= (journey.journey_set, journey.journey_set) IS 'less than or equal';

CREATE OPERATOR journey.> (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_gt,
	COMMUTATOR = OPERATOR(journey.<), NEGATOR = OPERATOR(journey.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR journey.> (journey.journey_set, journey.journey_set) IS 'greater than';

CREATE OPERATOR journey.>= (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.journey_set_ge,
	COMMUTATOR = OPERATOR(journey.<=), NEGATOR = OPERATOR(journey.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR journey.>= (journey.journey_set, journey.journey_set) IS 'greater than or equal';

--| Support functions of the operator classes.
CREATE FUNCTION journey.journey_set_cmp(a journey.journey_set, b journey.journey_set) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_set_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.journey_set_cmp(journey.journey_set, journey.journey_set) IS
'Compares two sets: negative, 0 or positive as a is less than, equal to or greater than b.';

CREATE FUNCTION journey.journey_set_hash(s journey.journey_set) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_set_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_set_hash(journey.journey_set) IS
'Hash of a set, for hash joins and hash indexes.';

CREATE FUNCTION journey.journey_set_hash_extended(s journey.journey_set, seed pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_set_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_set_hash_extended(journey.journey_set, pg_catalog.int8) IS
'Hash of a set and a seed, for hash partitioning.';

CREATE OPERATOR CLASS journey.journey_set_btree_ops DEFAULT FOR TYPE journey.journey_set USING btree AS
	OPERATOR 1 journey.<,
	OPERATOR 2 journey.<=,
	OPERATOR 3 journey.=,
	OPERATOR 4 journey.>=,
	OPERATOR 5 journey.>,
	FUNCTION 1 journey.journey_set_cmp(journey.journey_set, journey.journey_set),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS journey.journey_set_btree_ops USING btree IS
'Sets by their earliest step, their latest step, their bytes.';
COMMENT ON OPERATOR FAMILY journey.journey_set_btree_ops USING btree IS 'That of the operator class of this name.';

CREATE OPERATOR CLASS journey.journey_set_hash_ops DEFAULT FOR TYPE journey.journey_set USING hash AS
	OPERATOR 1 journey.=,
	FUNCTION 1 journey.journey_set_hash(journey.journey_set),
	FUNCTION 2 journey.journey_set_hash_extended(journey.journey_set, pg_catalog.int8);
COMMENT ON OPERATOR CLASS journey.journey_set_hash_ops USING hash IS
'Equality of sets.';
COMMENT ON OPERATOR FAMILY journey.journey_set_hash_ops USING hash IS 'That of the operator class of this name.';
