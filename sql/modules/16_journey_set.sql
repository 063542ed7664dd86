--| # Sets of journeys
--|
--| A `journey_set` holds the journeys of many subjects, or parts of them, with
--| one dictionary of names for all, in one value. A set that fills a page keeps
--| an event in four bytes, and questions about a whole population read it as
--| one array. `journey_set_agg` and `pack` make sets.

--| The type. The text form is `{ana: [view 2026-01-01T10:00:00Z], bob: [...]}`
--| for subjects named by text; by numbers `bigint {7: [...]}`, by uuids
--| `uuid {...}`. A step in parentheses, `[(view ...), pay ...]`, is a ghost: the
--| last step of the part of the journey that an earlier set holds. Dots at the
--| end, `[view ..., pay ..., ...]`, say that it goes on in another set.
CREATE TYPE journey.journey_set;

CREATE FUNCTION journey.journey_set_in(pg_catalog.cstring) RETURNS journey.journey_set
AS 'MODULE_PATHNAME', 'journey_set_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.journey_set_in(pg_catalog.cstring) IS
'Reads the text form of a set, {ana: [view 2026-01-01T10:00:00Z], "bob b.": [view 2026-01-01T10:00:05.25Z]}, with bigint or uuid before the brace if subjects are no text. Subjects and their steps may come in any order; several parts of a subject are merged. Errors, soft from PostgreSQL 16 on: 22P02 for the syntax, 54000 for a subject above 1024 bytes, and those of journeys.';

CREATE FUNCTION journey.journey_set_out(journey.journey_set) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_set_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.journey_set_out(journey.journey_set) IS
'Writes the text form of a set: subjects in their order, times in UTC, independent of settings; reads back as the same value. Error 54000 if it would be above 1 GB.';

CREATE FUNCTION journey.journey_set_recv(pg_catalog.internal) RETURNS journey.journey_set
AS 'MODULE_PATHNAME', 'journey_set_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.journey_set_recv(pg_catalog.internal) IS
'Reads the binary form of a set, the bytes described in src/core/set_format.h, and proves every rule of it. Errors: 22P03 for bytes that break a rule, 0A000 for a newer format version, 54000 and 22021 for names and subjects.';

CREATE FUNCTION journey.journey_set_send(journey.journey_set) RETURNS pg_catalog.bytea
AS 'byteasend'
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.journey_set_send(journey.journey_set) IS
'Writes the binary form of a set, the same bytes on every machine.';

CREATE TYPE journey.journey_set (
	INPUT = journey.journey_set_in,
	OUTPUT = journey.journey_set_out,
	RECEIVE = journey.journey_set_recv,
	SEND = journey.journey_set_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = main,
	CATEGORY = 'j',
	PREFERRED = false,
	COLLATABLE = false
);
COMMENT ON TYPE journey.journey_set IS
'Journeys of many subjects, named by text, bigint or uuid: at least one, in the order of their subjects. A journey too long for one set says that it goes on, and does so in another one, behind a ghost: its last step, repeated. One value has one form of bytes. No journeys is NULL. Values of up to a page stay in the row.';

--| Bytes. A cast to and from `bytea` for files and queues; what comes in is
--| proven as strictly as in binary input.
CREATE FUNCTION journey.journey_set(bytes pg_catalog.bytea) RETURNS journey.journey_set
AS 'MODULE_PATHNAME', 'journey_set_from_bytea'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.journey_set(pg_catalog.bytea) IS
'A set from its binary form. NULL gives NULL. Errors: 22P03 for bytes that break a rule of the format, 0A000 for a newer format version, 54000 and 22021 for names and subjects. Linear in the size.';

CREATE CAST (pg_catalog.bytea AS journey.journey_set) WITH FUNCTION journey.journey_set(pg_catalog.bytea);
COMMENT ON CAST (pg_catalog.bytea AS journey.journey_set) IS 'Bytes in the binary form of a set, proven in full.';

CREATE CAST (journey.journey_set AS pg_catalog.bytea) WITHOUT FUNCTION;
COMMENT ON CAST (journey.journey_set AS pg_catalog.bytea) IS 'The binary form of a set; costs nothing.';

--| Facts stand at the head of the value. They add up: a journey that goes on
--| from another set counts as a subject only where it begins, and ghosts are no
--| steps.
CREATE FUNCTION journey.subject_count(s journey.journey_set) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_set_subject_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.subject_count(journey.journey_set) IS
'Number of subjects whose journey begins in the set; the parts that go on from other sets do not count, so sums over sets are right. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.step_count(s journey.journey_set) RETURNS pg_catalog.int4
AS 'MODULE_PATHNAME', 'journey_set_step_count'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.step_count(journey.journey_set) IS
'Number of steps in the set, without ghosts. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.started_at(s journey.journey_set) RETURNS pg_catalog.timestamptz
AS 'MODULE_PATHNAME', 'journey_set_started_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.started_at(journey.journey_set) IS
'Time of the earliest step in the set, without ghosts. NULL gives NULL. Constant time; reads the head of the value only.';

CREATE FUNCTION journey.ended_at(s journey.journey_set) RETURNS pg_catalog.timestamptz
AS 'MODULE_PATHNAME', 'journey_set_ended_at'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey.ended_at(journey.journey_set) IS
'Time of the latest step in the set. NULL gives NULL. Constant time; reads the head of the value only.';

--| Subjects and their journeys. `journeys(s)` gives what the set has of each;
--| where journeys go on in other sets, `journey_agg` makes them whole:
--|
--|     SELECT subject, journey.journey_agg(j)
--|     FROM sets, journey.journeys(s) GROUP BY subject;
CREATE FUNCTION journey.subjects(s journey.journey_set) RETURNS SETOF pg_catalog.text
AS 'MODULE_PATHNAME', 'journey_set_subjects'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 200 ROWS 50;
COMMENT ON FUNCTION journey.subjects(journey.journey_set) IS
'Subjects whose journey begins in the set, as text, in the order of their keys: numbers by value, others by bytes. NULL gives no rows. Linear in the subjects.';

CREATE FUNCTION journey.journeys(s journey.journey_set) RETURNS TABLE (subject pg_catalog.text, j journey.journey)
AS 'MODULE_PATHNAME', 'journey_set_journeys'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2000 ROWS 50;
COMMENT ON FUNCTION journey.journeys(journey.journey_set) IS
'What the set has of each subject, as text and journey, in the order of their keys, ghosts left out; so a long journey has a row for each set that it runs through. NULL gives no rows. Linear in the steps.';

CREATE FUNCTION journey.journey_of(s journey.journey_set, subject pg_catalog.text) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_set_journey_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION journey.journey_of(journey.journey_set, pg_catalog.text) IS
'What the set has of one subject, its ghost left out. The subject of a set with numbers or uuids is given as their text. NULL if the set has nothing of it, and for NULL arguments. Linear in the subjects.';

--| Two sets made one.
CREATE FUNCTION journey.merge(a journey.journey_set, b journey.journey_set) RETURNS journey.journey_set
AS 'MODULE_PATHNAME', 'journey_set_merge'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 2000;
COMMENT ON FUNCTION journey.merge(journey.journey_set, journey.journey_set) IS
'The journeys of both. The parts of one subject are merged by time, of steps of one time those of a come first; the ghost of the part that begins first stays, and the whole goes on in another set if the part that ends last does. NULL is no journeys: it adds nothing, and NULL with NULL is NULL. Errors: 42804 if subjects are of different types, 54000 if the result would be above 1 GB. Linear in the steps.';

CREATE OPERATOR journey.|| (
	LEFTARG = journey.journey_set, RIGHTARG = journey.journey_set, FUNCTION = journey.merge
);
COMMENT ON OPERATOR journey.|| (journey.journey_set, journey.journey_set) IS
'the journeys of both, merged by time, left operand first; see merge()';
