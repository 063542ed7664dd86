--| # The state of signals
--|
--| Type `signal_state` holds the times of all points, and their values. It is a type so that
--| distributed engines can combine states on their workers.
CREATE TYPE journey.signal_state;

CREATE FUNCTION journey._signal_state_in(pg_catalog.cstring) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_in(pg_catalog.cstring) IS
'Text input of type signal_state: times in any order between braces, each with its value if they have values. Errors, softly: anything else.';

CREATE FUNCTION journey._signal_state_out(journey.signal_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_signal_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_out(journey.signal_state) IS
'Text output of type signal_state: its times in order, in UTC, with their values, whatever the session''s settings.';

CREATE FUNCTION journey._signal_state_recv(pg_catalog.internal) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_recv(pg_catalog.internal) IS
'Binary input of type signal_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._signal_state_send(journey.signal_state) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_send(journey.signal_state) IS
'Binary output of type signal_state: the bytes of the state.';

--| Its text lists the times; states of the same points are the same bytes.
CREATE TYPE journey.signal_state (
  INPUT = journey._signal_state_in,
  OUTPUT = journey._signal_state_out,
  RECEIVE = journey._signal_state_recv,
  SEND = journey._signal_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = external
);
COMMENT ON TYPE journey.signal_state IS
'The data points of a signal: their times, as in {2026-01-01T10:00:00Z, 2026-01-01T10:00:05.25Z}, or times and values, as in {2026-01-01T10:00:00Z 1.5}. States of the same points are the same bytes, so they can be compared and grouped. Up to 1 GB.';

--| States of the same points are equal. Their order is one for sorting and
--| indexes: by first time, last time, number of points, then by the bytes.
CREATE FUNCTION journey._signal_state_eq(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'byteaeq'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_eq(journey.signal_state, journey.signal_state) IS
'Whether two states have the same points. NULL gives NULL. Cost: O(bytes).';

CREATE FUNCTION journey._signal_state_ne(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'byteane'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_ne(journey.signal_state, journey.signal_state) IS
'Whether two states differ in a point. NULL gives NULL. Cost: O(bytes).';

CREATE FUNCTION journey._signal_state_lt(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_signal_state_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_lt(journey.signal_state, journey.signal_state) IS
'Whether state a comes before b: by first time, last time, number of points, then by the bytes. NULL gives NULL. Cost: O(bytes).';

CREATE FUNCTION journey._signal_state_le(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_signal_state_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_le(journey.signal_state, journey.signal_state) IS
'Whether state a comes before b or is equal. NULL gives NULL. Cost: O(bytes).';

CREATE FUNCTION journey._signal_state_gt(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_signal_state_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_gt(journey.signal_state, journey.signal_state) IS
'Whether state a comes after b. NULL gives NULL. Cost: O(bytes).';

CREATE FUNCTION journey._signal_state_ge(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_signal_state_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_ge(journey.signal_state, journey.signal_state) IS
'Whether state a comes after b or is equal. NULL gives NULL. Cost: O(bytes).';

CREATE OPERATOR journey.= (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_eq,
	COMMUTATOR = OPERATOR(journey.=), NEGATOR = OPERATOR(journey.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR journey.= (journey.signal_state, journey.signal_state) IS 'equal';

CREATE OPERATOR journey.<> (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_ne,
	COMMUTATOR = OPERATOR(journey.<>), NEGATOR = OPERATOR(journey.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR journey.<> (journey.signal_state, journey.signal_state) IS 'not equal';

CREATE OPERATOR journey.< (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_lt,
	COMMUTATOR = OPERATOR(journey.>), NEGATOR = OPERATOR(journey.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR journey.< (journey.signal_state, journey.signal_state) IS 'less than';

CREATE OPERATOR journey.<= (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_le,
	COMMUTATOR = OPERATOR(journey.>=), NEGATOR = OPERATOR(journey.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR journey.<= (journey.signal_state, journey.signal_state) IS 'less than or equal';

CREATE OPERATOR journey.> (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_gt,
	COMMUTATOR = OPERATOR(journey.<), NEGATOR = OPERATOR(journey.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR journey.> (journey.signal_state, journey.signal_state) IS 'greater than';

CREATE OPERATOR journey.>= (
	LEFTARG = journey.signal_state, RIGHTARG = journey.signal_state, FUNCTION = journey._signal_state_ge,
	COMMUTATOR = OPERATOR(journey.<=), NEGATOR = OPERATOR(journey.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR journey.>= (journey.signal_state, journey.signal_state) IS 'greater than or equal';

CREATE FUNCTION journey._signal_state_cmp(a journey.signal_state, b journey.signal_state) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_signal_state_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_cmp(journey.signal_state, journey.signal_state) IS
'Compares two states: below 0, 0 or above 0. For btree.';

CREATE FUNCTION journey._signal_state_hash(state journey.signal_state) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_signal_state_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_hash(journey.signal_state) IS
'Hash of a state. For hash joins and indexes.';

CREATE FUNCTION journey._signal_state_hash_extended(state journey.signal_state, seed pg_catalog.int8) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_signal_state_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._signal_state_hash_extended(journey.signal_state, pg_catalog.int8) IS
'Hash of a state in 64 bits, with a seed.';

CREATE OPERATOR CLASS journey.signal_state_btree_ops
DEFAULT FOR TYPE journey.signal_state USING btree AS
	OPERATOR 1 journey.< ,
	OPERATOR 2 journey.<= ,
	OPERATOR 3 journey.= ,
	OPERATOR 4 journey.>= ,
	OPERATOR 5 journey.> ,
	FUNCTION 1 journey._signal_state_cmp(journey.signal_state, journey.signal_state);
COMMENT ON OPERATOR CLASS journey.signal_state_btree_ops USING btree IS
'States by first time, last time, number of points, then by the bytes.';
COMMENT ON OPERATOR FAMILY journey.signal_state_btree_ops USING btree IS 'That of the operator class of this name.';

CREATE OPERATOR CLASS journey.signal_state_hash_ops
DEFAULT FOR TYPE journey.signal_state USING hash AS
	OPERATOR 1 journey.= ,
	FUNCTION 1 journey._signal_state_hash(journey.signal_state),
	FUNCTION 2 journey._signal_state_hash_extended(journey.signal_state, pg_catalog.int8);
COMMENT ON OPERATOR CLASS journey.signal_state_hash_ops USING hash IS
'Equality of states: the same points.';
COMMENT ON OPERATOR FAMILY journey.signal_state_hash_ops USING hash IS 'That of the operator class of this name.';
