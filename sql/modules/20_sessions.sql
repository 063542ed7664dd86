--| # Sessions
--|
--| A session ends where the next step is more than a gap away; a step exactly
--| the gap away still belongs to it. `sessions()` cuts a journey into journeys.

CREATE FUNCTION journey.sessions(j journey.journey, gap pg_catalog.interval,
								 as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp())
RETURNS TABLE (session pg_catalog.int4, j journey.journey, cut_by pg_catalog.text, "open" pg_catalog.bool,
			   closes_at pg_catalog.timestamptz)
AS 'MODULE_PATHNAME', 'journey_sessions'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500 ROWS 10;
COMMENT ON FUNCTION journey.sessions(journey.journey, pg_catalog.interval, pg_catalog.timestamptz) IS
'Cuts a journey where two steps are more than gap apart. A row a session, numbered from 1: its steps as a journey; cut_by, the rule that ended it, "gap"; open, true for the last session while a step at as_of could still belong to it (as_of <= closes_at), and then cut_by is NULL; closes_at, the last instant at which a further step would belong to it, NULL if that is beyond the range of timestamptz. A NULL journey gives no rows. Errors: 22004 if gap or as_of is NULL, 22023 if gap has months or is negative or infinite, 22015 if it is above 64 bits of microseconds; days count as 24 hours. Linear in the steps.';
