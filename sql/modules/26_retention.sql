--| # Coming back
--|
--| Who comes back, and when; who is new, stays, goes and returns; and how often
--| somebody is there. All of it by the calendar of a time zone, and what is not
--| over yet is NULL and never 0.

--| `retention(j, first, again, period, buckets, as_of)` looks at one subject:
--| whether it came back in the period of its first step, the next one, and so on.
--|
--|     SELECT who, journey.retention(j, 'signup', '.', interval '1 day', 8, now()) FROM journeys;
CREATE FUNCTION journey.retention(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4, as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp(), zone pg_catalog.text DEFAULT 'UTC', kind pg_catalog.text DEFAULT 'n-day', rolling pg_catalog.bool DEFAULT false, truncate pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.bool[]
AS 'MODULE_PATHNAME', 'journey_retention'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.retention(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Whether a subject came back, an element for each period from 0 to buckets - 1: true if a step that matches "again" is in it, false if not, NULL if it is not over at as_of. Period 0 is that of the first step that matches "first", which counts as one that came back if it matches "again" too; steps after as_of are not looked at. NULL for a NULL journey and for one without a first step up to as_of. first, again: single steps, such as ''signup'' or ''.'' for any. period: months, days, or hours and below; 1 day begins at midnight, 7 days on Mondays, 3 months are quarters. buckets: 1 to 10000. zone: the time zone of the calendar. kind: ''n-day'', or ''unbounded'': coming back later counts as well. rolling: periods begin at the first step and not by the calendar; days and months are still those of the zone. truncate: ''minute'', ''hour'' or ''day'', with rolling periods all times are moved back to where one of these begins. Errors: 22004 for any other argument that is NULL but truncate, 22023 for one that makes no sense. Cost: linear in the steps and the buckets.';

--| Buckets may be brackets of periods: `ARRAY[0, 1, 7, 30]` has three, period 0,
--| periods 1 to 6 and periods 7 to 29.
CREATE FUNCTION journey.retention(j journey.journey, first journey.journey_pattern, again journey.journey_pattern, period pg_catalog.interval, buckets pg_catalog.int4[], as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp(), zone pg_catalog.text DEFAULT 'UTC', kind pg_catalog.text DEFAULT 'n-day', rolling pg_catalog.bool DEFAULT false, truncate pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.bool[]
AS 'MODULE_PATHNAME', 'journey_retention_brackets'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 200;
COMMENT ON FUNCTION journey.retention(journey.journey, journey.journey_pattern, journey.journey_pattern, pg_catalog.interval, pg_catalog.int4[], pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text) IS
'Whether a subject came back, an element for each bracket of periods: true if a step that matches "again" is in it, false if not, NULL if it is not over at as_of. Period 0 is that of the first step that matches "first", which counts as one that came back if it matches "again" too; steps after as_of are not looked at. NULL for a NULL journey and for one without a first step up to as_of. first, again: single steps, such as ''signup'' or ''.'' for any. period: months, days, or hours and below; as in retention(journey, ..., int4, ...). buckets: 2 to 10001 numbers of periods, ascending from 0 or above; bracket i is from the one to before the next. zone: the time zone of the calendar. kind: ''n-day'', or ''unbounded'': coming back later counts as well. rolling: periods begin at the first step and not by the calendar; days and months are still those of the zone. truncate: ''minute'', ''hour'' or ''day'', with rolling periods all times are moved back to where one of these begins. Errors: 22004 for any other argument that is NULL but truncate, 22023 for one that makes no sense. Cost: linear in the steps and the buckets.';

--| `lifecycle(j, period, as_of)` tells what a subject was in each period since its
--| first step: new, current, resurrected or dormant.
CREATE FUNCTION journey.lifecycle(j journey.journey, period pg_catalog.interval, as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp(), zone pg_catalog.text DEFAULT 'UTC', active journey.journey_pattern DEFAULT '.', within pg_catalog.int4[] DEFAULT NULL) RETURNS TABLE (period pg_catalog.timestamptz, state pg_catalog.text, complete pg_catalog.bool)
AS 'MODULE_PATHNAME', 'journey_lifecycle'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500 ROWS 100;
COMMENT ON FUNCTION journey.lifecycle(journey.journey, pg_catalog.interval, pg_catalog.timestamptz, pg_catalog.text, journey.journey_pattern, pg_catalog.int4[]) IS
'The states of a subject, a row for each period from that of its first step to that of as_of: when the period begins, its state, and whether it is complete, over at as_of. State: new, the first with a step; current, with a step, and one in the period before; resurrected, with a step after periods without; dormant, without a step. With within ARRAY[near, far], counted in periods since the last one with a step: new; current, with a step, at most near; reactivated, at most far; resurrected, more; without a step at_risk_wau, at most near; at_risk_mau, at most far; dormant, more. The state of the last period is NULL while it has no step and is not over. active: a single step, those that count. period and zone as in retention. No rows for a NULL journey and for one without such a step up to as_of. Errors: 22004 for any other argument that is NULL but within, 22023 for one that makes no sense, 54000 for more than a million periods. Cost: linear in the steps and the rows.';
