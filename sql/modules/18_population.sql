--| # Whole populations
--|
--| Questions about all subjects at once, each asked of the values as they are:
--| no step becomes a row.

--| `session_count(j, gap)` counts the sessions that `sessions(j, gap)` would
--| return, without making them:
--|
--|     SELECT sum(journey.session_count(j, interval '30 min')) FROM journeys;
CREATE FUNCTION journey.session_count(j journey.journey, gap pg_catalog.interval) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_session_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey.session_count(journey.journey, pg_catalog.interval) IS
'Number of sessions of a journey: one more than the pauses longer than gap between neighbouring steps; a pause of exactly gap separates nothing. NULL if an argument is NULL. Errors: 22023 if gap has months or is negative or infinite, 22015 if it is above 64 bits of microseconds; days count as 24 hours. Linear in the steps, a fraction of a nanosecond each; no memory.';
