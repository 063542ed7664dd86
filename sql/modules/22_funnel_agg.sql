--| # Funnels over populations
--|
--| `funnel_agg(j, steps, within)` asks a whole population, and gives a row a step
--| to `unnest`:
--|
--|     SELECT f.* FROM unnest((SELECT journey.funnel_agg(j, '{view, cart, purchase}', '1 hour') FROM journeys)) AS f;
--|
--| An aggregate has its arguments by their places: those of `funnel`, in that
--| order, either as many as are shown here or all of them; NULL is the default.

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey, journey.journey_pattern[], pg_catalog.interval) IS
'Transition of funnel_agg: adds a journey, skips a NULL one. Errors: as funnel; arguments that are not the same on every row.';

CREATE AGGREGATE journey.funnel_agg(j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey, journey.journey_pattern[], pg_catalog.interval) IS
'A funnel over many journeys, an element for each of its steps, see type funnel_step; each journey is a subject of its own and counts once, with the attempt that funnel(j, steps, within) tells of. open is told from lost at the time of the statement. NULL journeys are skipped; NULL if there is none left. The order of the rows does not matter. NOTICE for a step that no event in the data is, unless there is GROUP BY. Errors: as funnel; 22023 if arguments are not the same on every row. Memory: 18 kB a step at most, whatever the number of journeys. Cost: a nanosecond or two a step of the journey if steps are plain events.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text) IS
'Transition of funnel_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text) IS
'A funnel over many journeys with a mode as funnel has it; NULL is the default. Otherwise as funnel_agg with fewer arguments.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text) IS
'Transition of funnel_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text) IS
'A funnel over many journeys with a mode and an entry as funnel has it; NULL is the default. Otherwise as funnel_agg with fewer arguments.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text, exclude journey.journey_pattern[], step_within pg_catalog.interval[], optional pg_catalog.int4[], hold pg_catalog.text, ties pg_catalog.text, as_of pg_catalog.timestamptz) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 50;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'Transition of funnel_agg, as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(j journey.journey, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text, exclude journey.journey_pattern[], step_within pg_catalog.interval[], optional pg_catalog.int4[], hold pg_catalog.text, ties pg_catalog.text, as_of pg_catalog.timestamptz) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'A funnel over many journeys with all that funnel can be asked, by place: NULL is the default, of as_of the time of the statement. Otherwise as funnel_agg with fewer arguments.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_set_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey_set, journey.journey_pattern[], pg_catalog.interval) IS
'Transition of funnel_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

--| It takes sets of journeys, too, and says of them what it says of the journeys
--| made whole, wherever these were cut to fit into sets.
CREATE AGGREGATE journey.funnel_agg(s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey_set, journey.journey_pattern[], pg_catalog.interval) IS
'A funnel over all journeys of many sets, as funnel_agg(journey, ...): the answer is that of the whole journeys. Memory: also, for journeys that are spread over sets, the sets in which their parts stand until all of them have come. Sets that were packed apart from each other do not know that their journeys go on: merge them for that, with journey_set_agg.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_set_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text) IS
'Transition of funnel_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text) IS
'A funnel over many sets with a mode as funnel has it; NULL is the default. Otherwise as funnel_agg with fewer arguments.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_set_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text) IS
'Transition of funnel_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text) IS
'A funnel over many sets with a mode and an entry as funnel has it; NULL is the default. Otherwise as funnel_agg with fewer arguments.';

CREATE FUNCTION journey._funnel_transfn(state journey.funnel_state, s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text, exclude journey.journey_pattern[], step_within pg_catalog.interval[], optional pg_catalog.int4[], hold pg_catalog.text, ties pg_catalog.text, as_of pg_catalog.timestamptz) RETURNS journey.funnel_state
AS 'MODULE_PATHNAME', 'journey_set_funnel_transfn'
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE COST 3000;
COMMENT ON FUNCTION journey._funnel_transfn(journey.funnel_state, journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'Transition of funnel_agg: adds a set, otherwise as the one with a journey and the fewest arguments.';

CREATE AGGREGATE journey.funnel_agg(s journey.journey_set, steps journey.journey_pattern[], within pg_catalog.interval, mode pg_catalog.text, entry pg_catalog.text, exclude journey.journey_pattern[], step_within pg_catalog.interval[], optional pg_catalog.int4[], hold pg_catalog.text, ties pg_catalog.text, as_of pg_catalog.timestamptz) (
  SFUNC = journey._funnel_transfn,
  STYPE = journey.funnel_state,
  SSPACE = 50000,
  COMBINEFUNC = journey._funnel_combinefn,
  FINALFUNC = journey._funnel_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.funnel_agg(journey.journey_set, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'A funnel over many sets with all that funnel can be asked, by place: NULL is the default, of as_of the time of the statement. Otherwise as funnel_agg with fewer arguments.';
