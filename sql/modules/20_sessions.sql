--| # Sessions
--|
--| A session goes on until a rule ends it. By the gap it ends where the next
--| step is more than that away; a step exactly the gap away still belongs to it.
--| `sessions()` cuts a journey into journeys:
--|
--|     SELECT s.* FROM journeys, journey.sessions(j, '30 min', max_duration => '4 hours', split_on => '{channel}') AS s;
--|
--| A rule that is not given does not hold. The gap that stands for none is the
--| longest of all intervals, because NULL asks for one that is learned.

CREATE FUNCTION journey.sessions(j journey.journey,
								 gap pg_catalog.interval DEFAULT '2562047788:00:54.775807',
								 max_duration pg_catalog.interval DEFAULT NULL,
								 max_steps pg_catalog.int4 DEFAULT NULL,
								 starts_with journey.journey_pattern[] DEFAULT NULL,
								 ends_with journey.journey_pattern[] DEFAULT NULL,
								 split_on pg_catalog.text[] DEFAULT NULL,
								 calendar pg_catalog.text DEFAULT NULL,
								 tz pg_catalog.text DEFAULT 'UTC',
								 as_of pg_catalog.timestamptz DEFAULT pg_catalog.statement_timestamp())
RETURNS TABLE (session pg_catalog.int4, j journey.journey, cut_by pg_catalog.text, "open" pg_catalog.bool,
			   closes_at pg_catalog.timestamptz)
AS 'MODULE_PATHNAME', 'journey_sessions'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 500 ROWS 10;
COMMENT ON FUNCTION journey.sessions(journey.journey, pg_catalog.interval, pg_catalog.interval, pg_catalog.int4, journey.journey_pattern[], journey.journey_pattern[], pg_catalog.text[], pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'Cuts a journey where a rule ends a session. A row a session, numbered from 1: its steps as a journey; cut_by, the rule that ended it; open, true for the last session while nothing has ended it at as_of, and then cut_by is NULL; closes_at. Rules: gap, a step more than this after the one before begins a session; max_duration, so does one more than this after the first of the session; max_steps, no session has more; starts_with, a step that matches one of these single step patterns is the first of its session; ends_with, likewise the last; split_on, tracks (channel, persona, decision, action, value, senses, event) that are the same in all steps of a session, having nothing being one of their values; calendar, the day, week (from Monday, or as in tz => ''UTC, weeks from Sunday''), month, quarter or year of time zone tz in which all steps of a session are. A gap of NULL is the one of adaptive_gap(j), none if that is NULL. Rules that are not given, or NULL but for gap, do not hold; without any the journey is one session. Of several rules cut_by names the one that ended the session first: its last step (ends_with, max_steps), then the time that ran out first (gap, max_duration, calendar), then the next step (starts_with, split_on). closes_at is when: of gap and max_duration the last instant that belongs, of the calendar the first of the next period, else the time of the step that ended it; while open, when time alone will end it, NULL if it never does or not within timestamptz. A NULL journey gives no rows. Errors: 22004 if as_of or with calendar tz is NULL or a list has NULL in it; 22023 for durations with months, negative or infinite, an empty list, max_steps below 1, patterns of several steps, unknown tracks, calendars and time zones; 22015 for durations above 64 bits of microseconds; days count as 24 hours. Linear in the steps.';
