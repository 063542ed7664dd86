--| # The next step
--|
--| What came directly after a match, or before it.
--|
--|     SELECT journey.next_step(j, 'search >> view'), count(*) FROM journeys GROUP BY 1;
CREATE FUNCTION journey.next_step(j journey.journey, after journey.journey_pattern, direction pg_catalog.text DEFAULT 'forward', which pg_catalog.text DEFAULT 'first')
RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_next_step'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.next_step(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.text) IS
'The event of the step directly behind the last one of a match; with direction ''backward'' directly before the first one. Of several matches, which is ''first'' or ''last'' of those that matches() gives. NULL if there is no match, or no step there, and for NULL arguments. Error: 22023 for another direction or which. Linear in the steps.';

--| Its number tells the rest of it, as in `time_at(j, next_step_number(j, 'cart'))`.
CREATE FUNCTION journey.next_step_number(j journey.journey, after journey.journey_pattern, direction pg_catalog.text DEFAULT 'forward', which pg_catalog.text DEFAULT 'first')
RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_next_step_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.next_step_number(journey.journey, journey.journey_pattern, pg_catalog.text, pg_catalog.text) IS
'The number, from 1, of the step whose event next_step() gives: for event_at, time_at and interactions. NULL and errors as there. Linear in the steps.';
