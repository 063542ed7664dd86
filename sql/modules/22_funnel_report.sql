--| `funnel_report(query, steps, within)` is for tools that draw charts: it runs a
--| query and returns flat rows, a row a step, for each breakdown.
--|
--|     SELECT * FROM journey.funnel_report('SELECT j, country FROM journeys', '{view, cart, purchase}', '1 hour');
CREATE FUNCTION journey.funnel_report(query pg_catalog.text, steps journey.journey_pattern[], within pg_catalog.interval,
  mode pg_catalog.text DEFAULT NULL, entry pg_catalog.text DEFAULT NULL, exclude journey.journey_pattern[] DEFAULT NULL,
  step_within pg_catalog.interval[] DEFAULT NULL, optional pg_catalog.int4[] DEFAULT NULL,
  hold pg_catalog.text DEFAULT NULL, ties pg_catalog.text DEFAULT NULL, as_of pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (breakdown pg_catalog.text, breakdowns pg_catalog.text[], step pg_catalog.int4, name pg_catalog.text,
  subjects pg_catalog.int8, entered pg_catalog.int8, converted pg_catalog.int8, open pg_catalog.int8, lost pg_catalog.int8,
  excluded pg_catalog.int8, of_all pg_catalog.float8, of_first pg_catalog.float8, of_first_low pg_catalog.float8,
  of_first_high pg_catalog.float8, of_previous pg_catalog.float8, median_from_previous pg_catalog.float8,
  p90_from_previous pg_catalog.float8, median_from_first pg_catalog.float8, p90_from_first pg_catalog.float8)
AS 'MODULE_PATHNAME', 'journey_funnel_report'
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE COST 1000000 ROWS 100;
COMMENT ON FUNCTION journey.funnel_report(pg_catalog.text, journey.journey_pattern[], pg_catalog.interval, pg_catalog.text, pg_catalog.text, journey.journey_pattern[], pg_catalog.interval[], pg_catalog.int4[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'A funnel over the rows of a query, in flat rows. The query returns a journey or a journey_set, first or behind its subject; or subject, time (timestamptz) and event, of which journeys are made, with channel, decision, action, persona, value, senses and seq known by their names. All further columns, of any type, are breakdowns: each combination is a funnel of its own, and a subject that has several is in each of them with the rows that it has there. breakdown is them as one text, joined by " / ", NULL without any; breakdowns each by itself. The rest is as in funnel_agg, times in seconds; options as in funnel, NULL as_of is the time of the statement. The query runs as the caller, with the caller''s rights, row security and masks, in the snapshot of the statement, and may only read. Ordered by breakdowns and step. No rows for a query without rows. NOTICE for a step that no event in the data is. Errors: as funnel; 22004 for a NULL query; 22023 for a text that is not one query that returns rows, or of other columns; 42804 for a time of another type.';
