--| # Patterns
--|
--| A `journey_pattern` says what to look for in journeys: steps one after
--| another, eventually or directly, repeated, optional, in alternatives, with
--| bounds on what may lie between them and how long it may take.
--|
--|     view -> cart -> purchase                     eventually followed by
--|     view >> cart            view cart            directly followed by
--|     search+ -> (cart | wishlist)? >> purchase{2,}
--|     view -[no return, <= 1 h]-> purchase         what may not happen on the way, and how long it may take
--|     ^ landing -> purchase $                      first and last step of the journey
--|     purchase@store {value > 100, sense=angry}    a step by event, channel and other tracks
--|     [cart, wishlist]   ![return, error]   .      one of these, none of these, any step
--|     view -> purchase within 1 day                from the first to the last step
--|
--| doc/patterns.md has the grammar.
CREATE TYPE journey.journey_pattern;

CREATE FUNCTION journey.journey_pattern_in(pg_catalog.cstring) RETURNS journey.journey_pattern
AS 'MODULE_PATHNAME', 'journey_pattern_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_pattern_in(pg_catalog.cstring) IS
'Reads a pattern such as view -[no return, <= 1 h]-> purchase{2,} within 1 day. Errors, soft from PostgreSQL 16 on, with the character where reading stopped: 22P02 for the syntax, 22007, 22008, 22015 and 22023 for intervals (months and years have no fixed length), 22003 for a number out of range, 54000 for a name above 1024 bytes or numbers in {n,m} beyond what an automaton may have, 22021 for invalid UTF-8. Linear.';

CREATE FUNCTION journey.journey_pattern_out(journey.journey_pattern) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_pattern_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.journey_pattern_out(journey.journey_pattern) IS
'Writes a pattern in its canonical form: what does not matter, such as blanks and parentheses that change nothing, is gone. Reads back as the same value.';

CREATE FUNCTION journey.journey_pattern_recv(pg_catalog.internal) RETURNS journey.journey_pattern
AS 'MODULE_PATHNAME', 'journey_pattern_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_pattern_recv(pg_catalog.internal) IS
'Reads the binary form of a pattern, a byte of version and the canonical text, and proves that it is one. Errors: those of journey_pattern_in, 22P03 for a text that is not canonical, 0A000 for a newer version.';

CREATE FUNCTION journey.journey_pattern_send(journey.journey_pattern) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.journey_pattern_send(journey.journey_pattern) IS
'Writes the binary form of a pattern, the same bytes on every machine.';

CREATE TYPE journey.journey_pattern (
	INPUT = journey.journey_pattern_in,
	OUTPUT = journey.journey_pattern_out,
	RECEIVE = journey.journey_pattern_recv,
	SEND = journey.journey_pattern_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	COLLATABLE = false
);
COMMENT ON TYPE journey.journey_pattern IS
'A pattern of steps to look for in journeys; see doc/patterns.md for the language. Text is cast to it implicitly, so a text constant is read once, when the query is planned. Two patterns are equal if their canonical texts are.';

CREATE FUNCTION journey.journey_pattern(pattern pg_catalog.text) RETURNS journey.journey_pattern
AS 'MODULE_PATHNAME', 'journey_pattern_from_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_pattern(pg_catalog.text) IS
'A pattern from its text. NULL gives NULL. Errors: those of journey_pattern_in.';

CREATE FUNCTION journey._journey_pattern_text(pattern journey.journey_pattern) RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_pattern_to_text'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._journey_pattern_text(journey.journey_pattern) IS
'The canonical text of a pattern. NULL gives NULL.';

CREATE CAST (pg_catalog.text AS journey.journey_pattern) WITH FUNCTION journey.journey_pattern(pg_catalog.text) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.text AS journey.journey_pattern) IS 'Reads a pattern.';

CREATE CAST (journey.journey_pattern AS pg_catalog.text) WITH FUNCTION journey._journey_pattern_text(journey.journey_pattern) AS ASSIGNMENT;
COMMENT ON CAST (journey.journey_pattern AS pg_catalog.text) IS 'The canonical text of a pattern.';

--| Steps of funnels and bounds of sessions are patterns of one step each.
CREATE FUNCTION journey.is_single_step(pattern journey.journey_pattern) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_pattern_is_step'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.is_single_step(journey.journey_pattern) IS
'Whether a pattern is exactly one step, such as view, purchase@store, [cart, wishlist] or {value > 100}: what funnels and sessions take. NULL gives NULL.';

--| Comparing. Equal patterns have equal canonical texts; the order is that of
--| the texts by bytes.
CREATE FUNCTION journey.journey_pattern_eq(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'byteaeq'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_eq(journey.journey_pattern, journey.journey_pattern) IS
'Whether two patterns have the same canonical text. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_ne(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'byteane'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_ne(journey.journey_pattern, journey.journey_pattern) IS
'Whether two patterns have different canonical texts. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_lt(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'bytealt'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_lt(journey.journey_pattern, journey.journey_pattern) IS
'Whether the canonical text of a comes before that of b, by bytes. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_le(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'byteale'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_le(journey.journey_pattern, journey.journey_pattern) IS
'Whether the canonical text of a comes before that of b or is equal. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_gt(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'byteagt'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_gt(journey.journey_pattern, journey.journey_pattern) IS
'Whether the canonical text of a comes after that of b, by bytes. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_ge(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.bool
AS 'byteage'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_ge(journey.journey_pattern, journey.journey_pattern) IS
'Whether the canonical text of a comes after that of b or is equal. NULL gives NULL.';

CREATE FUNCTION journey.journey_pattern_cmp(a journey.journey_pattern, b journey.journey_pattern) RETURNS pg_catalog.int4
AS 'byteacmp'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_cmp(journey.journey_pattern, journey.journey_pattern) IS
'Compares two patterns by their canonical texts: negative, 0 or positive as a is less than, equal to or greater than b.';

CREATE FUNCTION journey.journey_pattern_hash(pattern journey.journey_pattern) RETURNS pg_catalog.int4
AS 'hashvarlena'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_hash(journey.journey_pattern) IS
'Hash of a pattern, for hash joins and hash indexes.';

CREATE FUNCTION journey.journey_pattern_hash_extended(pattern journey.journey_pattern, seed pg_catalog.int8) RETURNS pg_catalog.int8
AS 'hashvarlenaextended'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 5;
COMMENT ON FUNCTION journey.journey_pattern_hash_extended(journey.journey_pattern, pg_catalog.int8) IS
'Hash of a pattern with a seed, for hash partitioning.';

CREATE OPERATOR journey.= (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_eq,
	COMMUTATOR = OPERATOR(journey.=), NEGATOR = OPERATOR(journey.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR journey.= (journey.journey_pattern, journey.journey_pattern) IS 'equal';

CREATE OPERATOR journey.<> (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_ne,
	COMMUTATOR = OPERATOR(journey.<>), NEGATOR = OPERATOR(journey.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR journey.<> (journey.journey_pattern, journey.journey_pattern) IS 'not equal';

CREATE OPERATOR journey.< (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_lt,
	COMMUTATOR = OPERATOR(journey.>), NEGATOR = OPERATOR(journey.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR journey.< (journey.journey_pattern, journey.journey_pattern) IS 'less than';

CREATE OPERATOR journey.<= (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_le,
	COMMUTATOR = OPERATOR(journey.>=), NEGATOR = OPERATOR(journey.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR journey.<= (journey.journey_pattern, journey.journey_pattern) IS 'less than or equal';

CREATE OPERATOR journey.> (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_gt,
	COMMUTATOR = OPERATOR(journey.<), NEGATOR = OPERATOR(journey.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR journey.> (journey.journey_pattern, journey.journey_pattern) IS 'greater than';

CREATE OPERATOR journey.>= (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey_pattern, FUNCTION = journey.journey_pattern_ge,
	COMMUTATOR = OPERATOR(journey.<=), NEGATOR = OPERATOR(journey.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR journey.>= (journey.journey_pattern, journey.journey_pattern) IS 'greater than or equal';

CREATE OPERATOR CLASS journey.journey_pattern_btree_ops DEFAULT FOR TYPE journey.journey_pattern USING btree AS
	OPERATOR 1 journey.<,
	OPERATOR 2 journey.<=,
	OPERATOR 3 journey.=,
	OPERATOR 4 journey.>=,
	OPERATOR 5 journey.>,
	FUNCTION 1 journey.journey_pattern_cmp(journey.journey_pattern, journey.journey_pattern),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS journey.journey_pattern_btree_ops USING btree IS
'Patterns by their canonical texts, byte by byte.';
COMMENT ON OPERATOR FAMILY journey.journey_pattern_btree_ops USING btree IS 'That of the operator class of this name.';

CREATE OPERATOR CLASS journey.journey_pattern_hash_ops DEFAULT FOR TYPE journey.journey_pattern USING hash AS
	OPERATOR 1 journey.=,
	FUNCTION 1 journey.journey_pattern_hash(journey.journey_pattern),
	FUNCTION 2 journey.journey_pattern_hash_extended(journey.journey_pattern, pg_catalog.int8);
COMMENT ON OPERATOR CLASS journey.journey_pattern_hash_ops USING hash IS
'Equality of patterns.';
COMMENT ON OPERATOR FAMILY journey.journey_pattern_hash_ops USING hash IS 'That of the operator class of this name.';
