--| # Journeys
--|
--| A `journey` is the ordered interactions of one subject in one value: at
--| least one step, each with a time and an event, and whatever else of an
--| `interaction` is known. It carries its own names, so it can be dumped,
--| replicated and sent anywhere as it is.

--| An interaction is a row: at a time, an event on a channel triggers a
--| decision, which leads to an action, for a persona; a number may come with
--| it, and senses that were felt. Everything but time and event may be NULL.
CREATE TYPE journey.interaction AS (
	"at" pg_catalog.timestamptz,
	event pg_catalog.text,
	channel pg_catalog.text,
	decision pg_catalog.text,
	action pg_catalog.text,
	persona pg_catalog.text,
	value pg_catalog.float8,
	senses pg_catalog.text[]
);
COMMENT ON TYPE journey.interaction IS
'One step of a journey as a row. In a journey, time and event are always there, all others are optional and NULL where they are not known. Senses are a set: their order and repetitions do not count, NULL elements are left out, and an empty array is NULL.';
COMMENT ON COLUMN journey.interaction."at" IS 'When it happened; finite.';
COMMENT ON COLUMN journey.interaction.event IS 'What happened; up to 1024 bytes, as every name here.';
COMMENT ON COLUMN journey.interaction.channel IS 'Where: web, app, store, ...';
COMMENT ON COLUMN journey.interaction.decision IS 'What was decided because of the event.';
COMMENT ON COLUMN journey.interaction.action IS 'What was done about it.';
COMMENT ON COLUMN journey.interaction.persona IS 'In which role the subject acted.';
COMMENT ON COLUMN journey.interaction.value IS 'A number that belongs to it, such as an amount.';
COMMENT ON COLUMN journey.interaction.senses IS 'What was sensed in it: a set of names, up to 1024 bytes with a byte between them; no name is empty.';

--| The type. The text form is
--| `[view@web 2026-01-01T10:00:00Z, "add to cart" 2026-01-01T10:00:05.25Z {value=19.99}]`,
--| always in UTC, whatever the settings of the session.
CREATE TYPE journey.journey;

CREATE FUNCTION journey.journey_in(pg_catalog.cstring) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_in(pg_catalog.cstring) IS
'Reads the text form of a journey, [view 2026-01-01T10:00:00Z, "add to cart"@web 2026-01-01T10:00:05.25Z {decision=x, action=y, persona=z, value=19.99, sense=angry, sense=tired}]. Steps may come in any order; those of one time stay as written. Errors, soft from PostgreSQL 16 on: 22P02 for the syntax and for a number, 22003 for a number out of range, 22007 for a time, 22008 for a time out of range, 22023 for a sense without a name, 54000 for a name above 1024 bytes, 22021 for invalid UTF-8.';

CREATE FUNCTION journey.journey_out(journey.journey) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_out(journey.journey) IS
'Writes the text form of a journey: times in UTC, times and numbers with as many digits as are needed, independent of settings; reads back as the same value.';

CREATE FUNCTION journey.journey_recv(pg_catalog.internal) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_recv(pg_catalog.internal) IS
'Reads the binary form of a journey, the bytes described in src/core/format.h, and proves every rule of it. Errors: 22P03 for bytes that break a rule, 0A000 for a newer format version, 54000 and 22021 for names.';

CREATE FUNCTION journey.journey_send(journey.journey) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.journey_send(journey.journey) IS
'Writes the binary form of a journey, the same bytes on every machine.';

--| A literal without a type is a journey where a `journey_set` would do as well:
--| both are of one category, and journey is the preferred one.
CREATE TYPE journey.journey (
	INPUT = journey.journey_in,
	OUTPUT = journey.journey_out,
	RECEIVE = journey.journey_recv,
	SEND = journey.journey_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external,
	CATEGORY = 'j',
	PREFERRED = true,
	COLLATABLE = false
);
COMMENT ON TYPE journey.journey IS
'The interactions of one subject in the order of time: at least one step, each with a time (timestamptz, finite) and an event (text, up to 1024 bytes), and with channel, decision, action, persona, value and senses where they are known: see type interaction. What no step has costs nothing. One value has one form of bytes. No steps is NULL.';

--| Bytes. A cast to and from `bytea` for files and queues; what comes in is
--| proven as strictly as in binary input.
CREATE FUNCTION journey.journey(bytes pg_catalog.bytea) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_from_bytea'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey(pg_catalog.bytea) IS
'A journey from its binary form. NULL gives NULL. Errors: 22P03 for bytes that break a rule of the format, 0A000 for a newer format version, 54000 and 22021 for names. Linear in the size.';

CREATE CAST (pg_catalog.bytea AS journey.journey) WITH FUNCTION journey.journey(pg_catalog.bytea);
COMMENT ON CAST (pg_catalog.bytea AS journey.journey) IS 'Bytes in the binary form of a journey, proven in full.';

CREATE CAST (journey.journey AS pg_catalog.bytea) WITHOUT FUNCTION;
COMMENT ON CAST (journey.journey AS pg_catalog.bytea) IS 'The binary form of a journey; costs nothing.';

--| Facts stand at the head of the value: where it is stored out of line only
--| its first bytes are fetched.
CREATE FUNCTION journey.step_count(j journey.journey) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_step_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.step_count(journey.journey) IS
'Number of steps, at least 1. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.started_at(j journey.journey) RETURNS pg_catalog.timestamptz
AS 'MODULE_PATHNAME', 'journey_started_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.started_at(journey.journey) IS
'Time of the first step. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.ended_at(j journey.journey) RETURNS pg_catalog.timestamptz
AS 'MODULE_PATHNAME', 'journey_ended_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.ended_at(journey.journey) IS
'Time of the last step so far. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.duration(j journey.journey) RETURNS pg_catalog.interval
AS 'MODULE_PATHNAME', 'journey_duration'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.duration(journey.journey) IS
'Time from the first to the last step, as an interval of hours and below (never days or months), 0 for one step. NULL gives NULL. Error 22015 if it is longer than 292277 years. Constant time; reads the head of the value only.';

--| Steps are numbered from 1; negative numbers count from the end, -1 is the
--| last.
CREATE FUNCTION journey.event_at(j journey.journey, n pg_catalog.int4) RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_event_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey.event_at(journey.journey, pg_catalog.int4) IS
'Event of step n, from 1, or from the end if negative. NULL if there is no such step, as for n = 0, and for NULL arguments. Costs fetching the value.';

CREATE FUNCTION journey.time_at(j journey.journey, n pg_catalog.int4) RETURNS pg_catalog.timestamptz
AS 'MODULE_PATHNAME', 'journey_time_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey.time_at(journey.journey, pg_catalog.int4) IS
'Time of step n, from 1, or from the end if negative. NULL if there is no such step, as for n = 0, and for NULL arguments. The first and the last read the head of the value only; others are linear in the steps.';

--| All steps at once, as an array or as rows.
CREATE FUNCTION journey.steps(j journey.journey) RETURNS pg_catalog.text[]
AS 'MODULE_PATHNAME', 'journey_steps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.steps(journey.journey) IS
'Events in their order, one element a step. NULL gives NULL. Error 54000 if the array would be above 1 GB. Linear in the steps; does not read the times.';

CREATE FUNCTION journey.interactions(j journey.journey)
RETURNS TABLE (step pg_catalog.int4, "at" pg_catalog.timestamptz, event pg_catalog.text, channel pg_catalog.text,
			   decision pg_catalog.text, action pg_catalog.text, persona pg_catalog.text,
			   value pg_catalog.float8, senses pg_catalog.text[])
AS 'MODULE_PATHNAME', 'journey_interactions'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 40;
COMMENT ON FUNCTION journey.interactions(journey.journey) IS
'Steps as rows, in their order, numbered from 1; what a step does not have (channel, decision, action, persona, value, senses) is NULL. Senses come ascending by bytes. NULL gives no rows. Linear in the steps.';

--| The path, without the times.
CREATE FUNCTION journey.variant(j journey.journey) RETURNS pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_variant'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.variant(journey.journey) IS
'The path as text, such as view > cart > purchase: equal texts mean equal paths. A name that is empty, begins or ends with a blank, or holds >, a double quote or a control character stands in double quotes, quotes inside doubled. NULL gives NULL. Error 54000 if it would be above 1 GB. Linear in the steps.';

CREATE FUNCTION journey.variant_hash(j journey.journey) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_variant_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.variant_hash(journey.journey) IS
'A 64-bit hash of the path, the same on every machine and in every version: a short key for grouping and indexing paths. NULL gives NULL. Linear in the steps.';
