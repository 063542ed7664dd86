--| # Journeys and JSON
--|
--| A journey as `jsonb` is an array of steps, each an object with `at` and
--| `event` and what else is known of it:
--|
--|     [{"at": "2026-01-01T10:00:00Z", "event": "view", "channel": "web"},
--|      {"at": "2026-01-01T10:05:00Z", "event": "purchase", "value": 19.99, "senses": ["glad"]}]
--|
--| There and back gives the same journey. Both casts must be written out, as
--| with other types that convert to JSON: an implicit one would make operators
--| that both types have, such as `@>`, ambiguous, and one on assignment would
--| let an INSERT into the wrong column succeed with a value twenty times as
--| large.

CREATE FUNCTION journey.jsonb(j journey.journey) RETURNS pg_catalog.jsonb
AS 'MODULE_PATHNAME', 'journey_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.jsonb(journey.journey) IS
'The steps as a JSON array of objects with the keys at (UTC, ISO 8601), event, channel, decision, action, persona, value (a number, or "NaN", "Infinity", "-Infinity") and senses (an array of strings); what a step does not have is left out. NULL gives NULL. Error 54000 if it would not fit into the 256 MB of a jsonb array. Linear in the steps.';

CREATE CAST (journey.journey AS pg_catalog.jsonb) WITH FUNCTION journey.jsonb(journey.journey);
COMMENT ON CAST (journey.journey AS pg_catalog.jsonb) IS 'The steps as a JSON array; loses nothing.';

CREATE FUNCTION journey.journey(steps pg_catalog.jsonb) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_from_jsonb'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.journey(pg_catalog.jsonb) IS
'A journey from its JSON form, an array of steps in any order; those of one time stay as they come. Each is an object with at (a time with its offset from UTC) and event, and any of channel, decision, action, persona, value and senses; null is as if the key were not there. NULL, JSON null and an empty array give NULL. Errors, each with the number of the step: 22023 for another shape or an unknown key, 22007 and 22008 for a time, 22003 for a value too large or too small for float8, 54000 for a name above 1024 bytes. O(n) if in order, else O(n log n).';

CREATE CAST (pg_catalog.jsonb AS journey.journey) WITH FUNCTION journey.journey(pg_catalog.jsonb);
COMMENT ON CAST (pg_catalog.jsonb AS journey.journey) IS 'A JSON array of steps, read strictly.';
