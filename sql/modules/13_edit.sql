--| # Parts and edits
--|
--| Each of these takes a journey and gives one: some of its steps, or the same
--| steps under other names. Steps keep their order, also those of one time.
--| Nothing left is NULL; where all stays, the value itself comes back and
--| costs nothing.

--| Parts by number. Steps count from 1, and from the end with negative
--| numbers.
CREATE FUNCTION journey.slice(j journey.journey, from_step pg_catalog.int4, to_step pg_catalog.int4)
RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_slice'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.slice(journey.journey, pg_catalog.int4, pg_catalog.int4) IS
'The steps from from_step to to_step, both included, counted from 1, or from the end if negative: slice(j, 2, -2) leaves out the first and the last. Numbers of steps that do not exist mean what lies there: slice(j, 0, 3) is slice(j, 1, 3). NULL if no step is left, and for NULL arguments. Linear in the steps up to to_step.';

CREATE FUNCTION journey.head(j journey.journey, n pg_catalog.int4) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_head'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.head(journey.journey, pg_catalog.int4) IS
'The first n steps; if n is negative, all but the last -n, as with left() of text. NULL if no step is left, and for NULL arguments. Linear in the steps.';

CREATE FUNCTION journey.tail(j journey.journey, n pg_catalog.int4) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_tail'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.tail(journey.journey, pg_catalog.int4) IS
'The last n steps; if n is negative, all but the first -n, as with right() of text. NULL if no step is left, and for NULL arguments. Linear in the steps.';

--| A part by time.
CREATE FUNCTION journey.during(j journey.journey, period pg_catalog.tstzrange) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_during'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.during(journey.journey, pg_catalog.tstzrange) IS
'The steps whose time is in the period, whose bounds say themselves whether they belong to it. NULL if no step is left, and for NULL arguments. Journeys wholly inside or outside are told by the head of the value; else linear in the steps.';

--| By event. Names that the journey does not have are no error: the same list
--| serves for all journeys.
CREATE FUNCTION journey.keep_events(j journey.journey, events pg_catalog.text[]) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_keep_events'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.keep_events(journey.journey, pg_catalog.text[]) IS
'The steps with one of these events. NULL elements of the array are ignored. NULL if no step is left, and for NULL arguments. A journey without any of them is mostly told by the head of the value; else linear in the steps.';

CREATE FUNCTION journey.drop_events(j journey.journey, events pg_catalog.text[]) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_drop_events'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.drop_events(journey.journey, pg_catalog.text[]) IS
'The steps with other events than these. NULL elements of the array are ignored. NULL if no step is left, and for NULL arguments. A journey without any of them is mostly told by the head of the value; else linear in the steps.';

CREATE FUNCTION journey.rename_events(j journey.journey, new_names pg_catalog.jsonb) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_rename_events'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.rename_events(journey.journey, pg_catalog.jsonb) IS
'The journey with other names of events: new_names is a JSON object of old and new names, all taken at once, so {"a": "b", "b": "a"} swaps two; null drops the steps. Two events may become one. NULL if no step is left, and for NULL arguments. Errors: 22023 if new_names is no object or a new name is neither a string nor null, 54000 for a new name above 1024 bytes. A journey without any old name is mostly told by the head of the value; else linear in the steps.';

--| Repetitions.
CREATE FUNCTION journey.collapse(j journey.journey) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_collapse'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey.collapse(journey.journey) IS
'The journey without repetitions: of neighbouring steps that are equal in everything but their time the first stays. NULL gives NULL. Linear in the steps.';

--| Two journeys made one, or a journey and an interaction.
CREATE FUNCTION journey.merge(a journey.journey, b journey.journey) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_merge'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.merge(journey.journey, journey.journey) IS
'The steps of both by time; of steps of one time those of a come first. NULL is no steps: it adds nothing, and NULL with NULL is NULL. Error 54000 if the result would be above 1 GB. Linear in the steps.';

CREATE OPERATOR journey.|| (
	LEFTARG = journey.journey, RIGHTARG = journey.journey, FUNCTION = journey.merge
);
COMMENT ON OPERATOR journey.|| (journey.journey, journey.journey) IS
'merge by time, left operand first; see merge()';

CREATE FUNCTION journey.merge(j journey.journey, step journey.interaction) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_merge_interaction'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.merge(journey.journey, journey.interaction) IS
'The journey with one more step, after those of the same time. An interaction that is NULL or has no time or no event is no step: it adds nothing; a NULL journey is one without steps. Errors: 22008 for an infinite time, 22023 for an empty sense, 54000 for a name above 1024 bytes or a result above 1 GB. Linear in the steps.';

CREATE FUNCTION journey.merge(step journey.interaction, j journey.journey) RETURNS journey.journey
AS 'MODULE_PATHNAME', 'journey_interaction_merge'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.merge(journey.interaction, journey.journey) IS
'The journey with one more step, before those of the same time; else as merge(journey, interaction).';

CREATE OPERATOR journey.|| (
	LEFTARG = journey.journey, RIGHTARG = journey.interaction, FUNCTION = journey.merge
);
COMMENT ON OPERATOR journey.|| (journey.journey, journey.interaction) IS
'one more step, after those of the same time; see merge()';

CREATE OPERATOR journey.|| (
	LEFTARG = journey.interaction, RIGHTARG = journey.journey, FUNCTION = journey.merge
);
COMMENT ON OPERATOR journey.|| (journey.interaction, journey.journey) IS
'one more step, before those of the same time; see merge()';
