--| # For those who come from ClickHouse
--|
--| Patterns of `sequenceMatch` and `sequenceCount`, with the conditions as steps:
--|
--|     SELECT count(*) FROM journeys
--|     WHERE j ~ journey.from_clickhouse('(?1).*(?t<=3600)(?2)', ARRAY['view', 'purchase {value > 100}']);
CREATE FUNCTION journey.from_clickhouse(pattern pg_catalog.text, conditions pg_catalog.text[], all_rows pg_catalog.bool DEFAULT false)
RETURNS journey.journey_pattern
AS 'MODULE_PATHNAME', 'journey_from_clickhouse'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.from_clickhouse(pg_catalog.text, pg_catalog.text[], pg_catalog.bool) IS
'A pattern that means what a pattern of sequenceMatch or sequenceCount means: (?1) a step that meets the first condition, . any step, .* any number of steps, (?t<=3600) so many seconds between the event before it and the one behind it, with any steps between. conditions: single steps as text, such as ''view'' or ''purchase {value > 100}''. As in ClickHouse, steps that meet none of the conditions are not there: (?1)(?2) lets them lie between the two; all_rows => true makes neighbours of neighbouring steps alone. Differences: a time is always measured from the event before it, in ClickHouse behind .* from where that stops; a pattern without an event is an error. NULL arguments give NULL. Errors: 22023 for a pattern that cannot be read, a condition that is no single step or not there, a time that is not between two events; 22004 for a NULL condition. Linear in pattern and conditions, and their product at most.';
