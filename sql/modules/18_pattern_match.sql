--| # Matching patterns
--|
--| A match begins as far to the left as possible; of those that begin there it
--| is the preferred one, in the order of SQL:2016: alternatives as written,
--| greedy quantifiers for more, reluctant ones for less, links as short as
--| possible. Each function takes time linear in the steps and the size of the
--| pattern's automaton, whatever the pattern.

--| Whether there is a match.
--|
--|     SELECT count(*) FROM journeys WHERE j ~ 'view -[no return]-> purchase within 1 day';
CREATE FUNCTION journey.has_match(j journey.journey, pattern journey.journey_pattern) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_match'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey.has_match(journey.journey, journey.journey_pattern) IS
'Whether the pattern matches somewhere in the journey; true for a pattern that matches no steps at all. NULL arguments give NULL. Mostly told by the head of the value or its names; else linear in the steps, about 1.5 ns each; times are read only where the pattern matches without them.';

CREATE FUNCTION journey._has_no_match(j journey.journey, pattern journey.journey_pattern) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_has_no_match'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._has_no_match(journey.journey, journey.journey_pattern) IS
'Not has_match().';

CREATE FUNCTION journey._match_of(pattern journey.journey_pattern, j journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_match_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._match_of(journey.journey_pattern, journey.journey) IS
'has_match() with its arguments the other way round.';

CREATE FUNCTION journey._no_match_of(pattern journey.journey_pattern, j journey.journey) RETURNS pg_catalog.bool
AS 'MODULE_PATHNAME', 'journey_no_match_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 60;
COMMENT ON FUNCTION journey._no_match_of(journey.journey_pattern, journey.journey) IS
'Not has_match(), with its arguments the other way round.';

CREATE OPERATOR journey.~ (
	LEFTARG = journey.journey, RIGHTARG = journey.journey_pattern, FUNCTION = journey.has_match,
	COMMUTATOR = OPERATOR(journey.~), NEGATOR = OPERATOR(journey.!~),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.~ (journey.journey, journey.journey_pattern) IS 'matches the pattern; see has_match()';

CREATE OPERATOR journey.!~ (
	LEFTARG = journey.journey, RIGHTARG = journey.journey_pattern, FUNCTION = journey._has_no_match,
	COMMUTATOR = OPERATOR(journey.!~), NEGATOR = OPERATOR(journey.~),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.!~ (journey.journey, journey.journey_pattern) IS 'does not match the pattern; see has_match()';

CREATE OPERATOR journey.~ (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey, FUNCTION = journey._match_of,
	COMMUTATOR = OPERATOR(journey.~), NEGATOR = OPERATOR(journey.!~),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.~ (journey.journey_pattern, journey.journey) IS 'the pattern matches; see has_match()';

CREATE OPERATOR journey.!~ (
	LEFTARG = journey.journey_pattern, RIGHTARG = journey.journey, FUNCTION = journey._no_match_of,
	COMMUTATOR = OPERATOR(journey.!~), NEGATOR = OPERATOR(journey.~),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR journey.!~ (journey.journey_pattern, journey.journey) IS 'the pattern does not match; see has_match()';

--| All matches, as parts of the journey.
CREATE FUNCTION journey.matches(j journey.journey, pattern journey.journey_pattern, overlap pg_catalog.text DEFAULT 'skip past last')
RETURNS TABLE (match pg_catalog.int4, j journey.journey, from_step pg_catalog.int4, to_step pg_catalog.int4)
AS 'MODULE_PATHNAME', 'journey_matches'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 3;
COMMENT ON FUNCTION journey.matches(journey.journey, journey.journey_pattern, pg_catalog.text) IS
'Matches of a pattern in their order, numbered from 1: the steps from from_step to to_step, both counted from 1, and those over which links pass, as a journey. By default the next match is looked for behind the last step of the one before; overlap => ''next row'' looks from the step after its first one. A match of no steps has a NULL journey and a to_step below its from_step; the next one is looked for one step on. NULL arguments give no rows. Error: 22023 for another overlap. Linear in the steps and in those returned.';

--| How many there are.
CREATE FUNCTION journey.match_count(j journey.journey, pattern journey.journey_pattern) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_match_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.match_count(journey.journey, journey.journey_pattern) IS
'Number of matches that have no step in common: that of the rows of matches(j, pattern). NULL arguments give NULL. Linear in the steps.';

CREATE FUNCTION journey.match_count(j journey.journey, pattern journey.journey_pattern, overlap pg_catalog.text) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_match_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.match_count(journey.journey, journey.journey_pattern, pg_catalog.text) IS
'Number of the rows of matches(j, pattern, overlap): with ''next row'' that of the steps at which a match begins. NULL arguments give NULL. Error: 22023 for another overlap. Linear in the steps.';

--| The first one.
CREATE FUNCTION journey.match_first(j journey.journey, pattern journey.journey_pattern) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_match_first'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.match_first(journey.journey, journey.journey_pattern) IS
'The first match as a journey, with the steps over which links pass. NULL if there is none, if it has no steps, and for NULL arguments. Linear in the steps.';

--| How far an unfinished match got, and what could come next.
CREATE FUNCTION journey.partial(j journey.journey, pattern journey.journey_pattern, as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp())
RETURNS TABLE (from_step pg_catalog.int4, steps pg_catalog.int4, since pg_catalog.timestamptz, next_steps pg_catalog.text[], deadline pg_catalog.timestamptz)
AS 'MODULE_PATHNAME', 'journey_partial'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 1;
COMMENT ON FUNCTION journey.partial(journey.journey, journey.journey_pattern, pg_catalog.timestamptz) IS
'The match that has got furthest without being complete, of those that can still be carried on at as_of: it begins at from_step, behind the last complete match; has matched so many steps, those over which links pass not counted; the last of them at since; next_steps are the steps that could come next, as patterns; deadline is the last moment for it, NULL without one. Of several the one with the most steps, then the one that began first. Steps after as_of are not looked at. No row if there is none, or for NULL arguments. Linear in the steps and the size of the automaton; memory 16 bytes a step for each link.';

--| The automaton, for those who want to know.
CREATE FUNCTION journey.pattern_explain(pattern journey.journey_pattern) RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_pattern_explain'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.pattern_explain(journey.journey_pattern) IS
'Shows the automaton of a pattern as text: a line for each position that takes steps, with the positions that may take the next one, the preferred first; then what every match needs, and the bound on the whole. NULL gives NULL.';
