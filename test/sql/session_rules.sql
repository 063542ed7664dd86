-- sessions(): every rule, alone and together.
-- The case ids are those of the collection of cases from other systems.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

-- what became of a journey, a row a session, long before anything ends by itself
CREATE VIEW shop AS SELECT journey '[home@web 2026-01-01T10:00Z, view@web 2026-01-01T10:20Z {value=1}, pay@web 2026-01-01T10:40Z {value=1}, home@app 2026-01-01T11:00Z, view 2026-01-01T11:20Z, view 2026-01-01T11:40Z, pay@app 2026-01-02T09:00Z {value=2, sense=happy}]' AS j;

-- one at a time
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, as_of => '2026-01-01') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, '1 hour', as_of => '2026-01-02 10:00') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, max_duration => '40 min', as_of => '2026-01-02 09:40') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, max_steps => 3, as_of => '2026-01-01') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, starts_with => '{home}', as_of => '2026-01-01') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, ends_with => '{pay}', as_of => '2026-01-01') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, split_on => '{channel}', as_of => '2026-01-01') s ORDER BY 1;
SELECT session, variant(s.j), cut_by, open, closes_at FROM shop, sessions(shop.j, calendar => 'day', as_of => '2026-01-02 23:59:59.999999') s ORDER BY 1;

-- patterns with tests, several, negated; split by each track, values and senses too
SELECT session, variant(s.j), cut_by FROM shop, sessions(shop.j, starts_with => '{@app, "{value > 0}"}') s ORDER BY 1;
SELECT session, variant(s.j), cut_by FROM shop, sessions(shop.j, ends_with => '{"[^ home, pay]", "{sense=happy}"}') s ORDER BY 1;
SELECT track, array_agg(step_count(s.j) ORDER BY session) AS steps, min(cut_by) AS cut_by
FROM shop, unnest('{channel,persona,decision,action,value,senses,event}'::text[]) track, sessions(shop.j, split_on => ARRAY[track]) s GROUP BY track ORDER BY track;
SELECT array_agg(step_count(s.j) ORDER BY session) FROM shop, sessions(shop.j, split_on => '{value,channel,value}') s;
SELECT array_agg(step_count(s.j) ORDER BY session) FROM sessions('[a 2026-01-01T00:00Z {value=0}, a 2026-01-02T00:00Z {value=-0}, a 2026-01-03T00:00Z {value=NaN}, a 2026-01-04T00:00Z {value=NaN}, a 2026-01-05T00:00Z]', split_on => '{value}') s;
-- having no channel is a value of it: neither like any other, nor unlike itself
SELECT session, s.j FROM sessions('[a 2026-01-01T00:00Z, b 2026-01-02T00:00Z, c@web 2026-01-03T00:00Z, d 2026-01-04T00:00Z]', split_on => '{channel}') s ORDER BY 1;
-- a track that no step has splits nothing
SELECT count(*) FROM sessions('[a 2026-01-01T00:00Z, b 2026-01-02T00:00Z]', split_on => '{persona,decision,action,value,senses}') s;

-- S9, S12: separators begin a session, or end one; whoever wants them dropped drops them
SELECT 'S9' AS id, array_agg(variant(s.j) ORDER BY session) FROM sessions('[sep 2026-01-01T00:00Z, e1 2026-01-02T00:00Z, e2 2026-01-03T00:00Z, sep 2026-01-04T00:00Z, e3 2026-01-05T00:00Z]', starts_with => '{sep}') s
UNION ALL
SELECT 'S11', array_agg(variant(s.j) ORDER BY session) FROM sessions('[e1 2026-01-01T00:00Z, sep 2026-01-02T00:00Z, e2 2026-01-03T00:00Z]', starts_with => '{sep}') s
UNION ALL
SELECT 'S12', array_agg(variant(s.j) ORDER BY session) FROM sessions('[start 2026-01-01T00:00Z, e1 2026-01-02T00:00Z, e2 2026-01-03T00:00Z, end 2026-01-04T00:00Z, start 2026-01-05T00:00Z, e3 2026-01-06T00:00Z, end 2026-01-07T00:00Z]', starts_with => '{start}', ends_with => '{end}') s;
-- one step that does both is a session of its own
SELECT session, variant(s.j), cut_by, open FROM sessions('[a 2026-01-01T00:00Z, x 2026-01-02T00:00Z, b 2026-01-03T00:00Z]', starts_with => '{x}', ends_with => '{x}') s ORDER BY 1;

-- S14: sessions with clicks too quick for a person
SELECT 'S14' AS id, session, step_count(s.j) AS clicks, s.j ~ '. -[< 1 s]-> .' AS bot
FROM sessions('[click 2026-01-01T00:00Z, click 2026-01-01T00:00:05Z, click 2026-01-01T01:00Z, click 2026-01-01T01:00:00.999999Z, click 2026-01-01T02:00Z, click 2026-01-01T02:00:01Z]', '60 s') s ORDER BY session;

-- S15: cut exactly at first + max, no drift: a step each minute, at most 10 minutes
SELECT 'S15' AS id, session, started_at(s.j), ended_at(s.j), step_count(s.j), closes_at - started_at(s.j) AS closes_after
FROM (SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 min', 'e') FROM generate_series(0, 35) i) x(j), sessions(x.j, '5 min', max_duration => '10 min', as_of => '2026-01-01') s
ORDER BY session;
-- to the microsecond, and with steps of one time
SELECT array_agg(step_count(s.j) ORDER BY session) FROM sessions('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z, c 2026-01-01T00:10Z, d 2026-01-01T00:10Z, e 2026-01-01T00:10:00.000001Z]', max_duration => '10 min') s;
-- no duration at all: steps of one time
SELECT session, variant(s.j), cut_by, open, closes_at FROM sessions('[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z, c 2026-01-01T00:10Z]', max_duration => '0', as_of => '2026-01-01 00:10') s ORDER BY 1;

-- who ends a session that several rules would end: the one that came first
CREATE FUNCTION pg_temp.cuts(j journey, gap interval, max_duration interval, max_steps int, starts_with text[], ends_with text[], split_on text[], calendar text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(cut_by, 'open'), ' ' ORDER BY session)
	FROM journey.sessions(j, coalesce(gap, '2562047788:00:54.775807'), max_duration, max_steps, starts_with::journey.journey_pattern[], ends_with::journey.journey_pattern[], split_on, calendar, as_of => '-infinity')
$$;
SELECT pg_temp.cuts(v, '1 h', '1 h', 1, '{b}', '{a}', '{channel}', 'day') AS ends_with,
	pg_temp.cuts(v, '1 h', '1 h', 1, '{b}', NULL, '{channel}', 'day') AS max_steps,
	pg_temp.cuts(v, '1 h', '1 h', NULL, '{b}', NULL, '{channel}', 'day') AS gap,
	pg_temp.cuts(v, '61 min', '1 h', NULL, '{b}', NULL, '{channel}', 'day') AS max_duration,
	pg_temp.cuts(v, '1 h', '59 min', NULL, '{b}', NULL, '{channel}', 'day') AS max_duration,
	pg_temp.cuts(v, '13:59:59.999999', '13:59:59.999999', NULL, '{b}', NULL, '{channel}', 'day') AS gap_at_midnight,
	pg_temp.cuts(v, '14 h', '13:59:59.999999', NULL, '{b}', NULL, '{channel}', 'day') AS max_duration_at_midnight,
	pg_temp.cuts(v, '14 h', '14 h', NULL, '{b}', NULL, '{channel}', 'day') AS calendar,
	pg_temp.cuts(v, '2 d', '2 d', NULL, '{b}', NULL, '{channel}', NULL) AS starts_with,
	pg_temp.cuts(v, '2 d', '2 d', NULL, '{c}', NULL, '{channel}', NULL) AS split_on
FROM (SELECT journey '[a@x 2026-01-01T10:00Z, b@y 2026-01-02T11:00Z]') j(v) \gx

-- open or ended, for each rule of time: up to and including the last instant that belongs
SELECT rule, as_of, open, cut_by, closes_at
FROM (VALUES (1, 'gap', '2026-01-01 10:30+00'::timestamptz, interval '30 min', NULL::interval, NULL::text), (2, 'max_duration', '2026-01-01 10:30+00', NULL, '30 min', NULL),
		(3, 'calendar', '2026-01-01 23:59:59.999999+00', NULL, NULL, 'day'), (4, 'all', '2026-01-01 10:20+00', '20 min', '1 day', 'day')) r (i, rule, until, gap, longest, period),
	unnest(ARRAY['-infinity', until, until + '1 us', 'infinity']) as_of,
	sessions('[a 2026-01-01T10:00Z]', coalesce(gap, '2562047788:00:54.775807'), max_duration => longest, calendar => period, as_of => as_of) s
ORDER BY i, as_of;
-- what only a further step could end is open for ever, what its last step ended is not open at all
SELECT open, cut_by, closes_at FROM sessions('[a 2026-01-01T10:00Z]', starts_with => '{a}', ends_with => '{b}', split_on => '{event}', max_steps => 2, as_of => 'infinity');
SELECT open, cut_by, closes_at FROM sessions('[a 2026-01-01T10:00Z]', '1 day', max_steps => 1, as_of => '-infinity');
SELECT open, cut_by, closes_at FROM sessions('[a 2026-01-01T10:00Z]', '1 day', ends_with => '{a}', as_of => '-infinity');
-- the end of time
SELECT open, cut_by, closes_at FROM sessions('[a 294276-12-31T23:00Z]', '3 h', max_duration => '2 h', calendar => 'year', as_of => 'infinity');
SELECT open, cut_by, closes_at FROM sessions('[a 294276-12-31T23:00Z]', '59 min', max_duration => '2 h', calendar => 'year', as_of => 'infinity');
SELECT count(*) FROM sessions('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]');
SELECT count(*), session_count('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]', '2562047788:00:54.775807') FROM sessions('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]', '2562047788:00:54.775807');
SELECT count(*), session_count('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]', '2562047788:00:54.775806') FROM sessions('[a 4714-11-24T00:00:00Z BC, b 294276-12-31T23:59:59.999999Z]', '2562047788:00:54.775806');

-- days of a zone: the day clocks go forward has 23 hours, the day they go back 25
SELECT tz, array_agg(to_char(started_at(s.j), 'DD HH24:MI') || '-' || to_char(ended_at(s.j), 'DD HH24:MI') ORDER BY session) AS days, array_agg(closes_at ORDER BY session) AS closes_at
FROM (SELECT journey_agg(t, 'e') FROM generate_series(timestamptz '2026-03-28 00:00Z', '2026-03-30 12:00Z', '30 min') t) x(j),
	unnest('{Europe/Berlin,UTC,America/St_Johns,Asia/Kolkata}'::text[]) tz, sessions(x.j, calendar => 'day', tz => tz) s GROUP BY tz ORDER BY tz \gx
SELECT tz, array_agg(step_count(s.j) ORDER BY session) AS half_hours
FROM (SELECT journey_agg(t, 'e') FROM generate_series(timestamptz '2026-10-24 12:00Z', '2026-11-02 12:00Z', '30 min') t) x(j),
	unnest('{Europe/Berlin,UTC,America/St_Johns,Australia/Lord_Howe}'::text[]) tz, sessions(x.j, calendar => 'day', tz => tz) s GROUP BY tz ORDER BY tz;
-- weeks begin on Monday; months, quarters and years where they do; all as date_trunc has it
SELECT unit, tz, count(*) AS steps, count(*) FILTER (WHERE differs) AS different
FROM (SELECT unit, tz, (lag(session) OVER w IS DISTINCT FROM session) <> (lag(date_trunc(unit, at, tz)) OVER w IS DISTINCT FROM date_trunc(unit, at, tz)) AS differs
	FROM (SELECT journey_agg(t, 'e') FROM generate_series(timestamptz '2023-12-25 00:30Z', '2026-02-01 12:00Z', '7 hours') t) x(j),
		unnest('{day,week,month,quarter,year}'::text[]) unit, unnest('{Europe/Berlin,America/New_York,Asia/Kathmandu,Pacific/Apia}'::text[]) tz,
		sessions(x.j, calendar => unit, tz => tz) s, interactions(s.j) WINDOW w AS (PARTITION BY unit, tz ORDER BY at)) y GROUP BY unit, tz ORDER BY unit, tz;

-- Against plain SQL.  Rules that a row can tell by itself and its neighbour are boundaries of sessionize():
CREATE TABLE stream AS
	SELECT who, timestamptz '2026-03-27' + i * interval '1 h' + (hashint4(who * 1000 + i) % 7) * interval '17 min' AS at,
		(ARRAY['a', 'b', 'c', 'd'])[1 + (hashint4(who + i * 77) & 3)] AS event, (ARRAY['web', 'app', NULL])[1 + (hashint4(i / 3 * 31 + who) & 7) % 3] AS channel
	FROM generate_series(1, 40) who, generate_series(1, 100) i WHERE hashint4(i * 13 + who) % 5 <> 0;
CREATE VIEW streams AS SELECT who, journey_agg(at, event, channel) AS j FROM stream GROUP BY who;
SELECT rules, sum(sessions) AS sessions, sum(differ) AS different FROM (
	SELECT rules, who, max(theirs) AS sessions, count(*) FILTER (WHERE theirs <> ours) AS differ FROM (
		SELECT rules, who, s.session AS ours, row_number() OVER (PARTITION BY rules, who ORDER BY s.session, i.step) AS n
		FROM generate_series(0, 31) rules, streams, sessions(streams.j,
			CASE WHEN rules & 1 > 0 THEN interval '1 h' ELSE '100 days' END,
			starts_with => CASE WHEN rules & 2 > 0 THEN '{a}'::journey_pattern[] END, ends_with => CASE WHEN rules & 4 > 0 THEN '{d@web}'::journey_pattern[] END,
			split_on => CASE WHEN rules & 8 > 0 THEN '{channel}'::text[] END, calendar => CASE WHEN rules & 16 > 0 THEN 'day' END, tz => 'Europe/Berlin') s, interactions(s.j) i) ours
	JOIN (SELECT rules, who, row_number() OVER w AS n, sessionize(at, CASE WHEN rules & 1 > 0 THEN interval '1 h' ELSE '100 days' END, boundary) OVER w AS theirs
		FROM (SELECT rules, who, at, event, (rules & 2 > 0 AND event = 'a') OR (rules & 4 > 0 AND lag(event = 'd' AND channel = 'web') OVER w)
				OR (rules & 8 > 0 AND lag(channel) OVER w IS DISTINCT FROM channel) OR (rules & 16 > 0 AND lag(date_trunc('day', at, 'Europe/Berlin')) OVER w <> date_trunc('day', at, 'Europe/Berlin')) AS boundary
			FROM generate_series(0, 31) rules, stream WINDOW w AS (PARTITION BY rules, who ORDER BY at, event, channel)) b WINDOW w AS (PARTITION BY rules, who ORDER BY at, event)) theirs USING (rules, who, n)
	GROUP BY rules, who) y GROUP BY rules ORDER BY rules;
-- and what counts or measures from the first step is a loop:
CREATE FUNCTION pg_temp.loop(of_who int, gap interval, max_duration interval, max_steps int) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE r record; first timestamptz; last timestamptz; n int := 0; result int[] := '{}';
BEGIN
	FOR r IN SELECT at FROM public.stream WHERE who = of_who ORDER BY at LOOP
		IF r.at - last <= gap AND r.at - first <= max_duration AND n < max_steps THEN
			n := n + 1;
		ELSE
			IF n > 0 THEN result := result || n; END IF;
			n := 1; first := r.at;
		END IF;
		last := r.at;
	END LOOP;
	RETURN result || n;
END $$;
SELECT gap, longest, most, sum(cardinality(theirs)) AS sessions, count(*) FILTER (WHERE ours <> theirs) AS different
FROM (VALUES (interval '1 h', interval '3 h', 4), ('2 h', '5 h', 1000), ('100 d', '4 h 17 min', 1000), ('100 d', '200 d', 7), ('70 min', '100 d', 2)) r (gap, longest, most), streams,
	LATERAL (SELECT array_agg(step_count(s.j) ORDER BY session) AS ours FROM sessions(streams.j, gap, longest, most) s) a, pg_temp.loop(who, gap, longest, most) theirs
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- the pieces are the whole again
SELECT count(*) AS streams, bool_and(j = (SELECT journey_agg(s.j) FROM sessions(streams.j, '2 h', '5 h', 6, '{a}', '{d}', '{channel}', 'day') s)) AS whole FROM streams;

-- arguments that change from row to row
SELECT steps, (SELECT count(*) FROM sessions(j, max_steps => steps)), (SELECT count(*) FROM sessions(j, starts_with => ARRAY[event]))
FROM shop, (VALUES (1, journey_pattern 'view'), (3, 'pay'), (NULL, 'x'), (2, 'view'), (2, 'home')) v (steps, event);

-- NULL and bad input
SELECT * FROM sessions(NULL, max_steps => 1);
SELECT count(*) FROM shop, sessions(j, '1 h', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM shop, sessions(j, max_duration => '-1 s');
SELECT * FROM shop, sessions(j, max_duration => '1 month');
SELECT * FROM shop, sessions(j, max_duration => '2147483647 days');
SELECT * FROM shop, sessions(j, max_steps => 0);
SELECT * FROM shop, sessions(j, max_steps => -1);
SELECT * FROM shop, sessions(j, starts_with => '{}');
SELECT * FROM shop, sessions(j, ends_with => '{}');
SELECT * FROM shop, sessions(j, split_on => '{}');
SELECT * FROM shop, sessions(j, starts_with => '{a,NULL}');
SELECT * FROM shop, sessions(j, ends_with => ARRAY[NULL::journey_pattern]);
SELECT * FROM shop, sessions(j, split_on => '{channel,NULL}');
SELECT * FROM shop, sessions(j, starts_with => '{a -> b}');
SELECT * FROM shop, sessions(j, ends_with => '{a*}');
SELECT * FROM shop, sessions(j, ends_with => '{"("}');
SELECT count(*) = 0 AS any_case FROM (SELECT s FROM shop, sessions(j, split_on => '{Channel, PERSONA}', calendar => 'Day') s EXCEPT SELECT s FROM shop, sessions(j, split_on => '{channel, persona}', calendar => 'day') s) x;
SELECT * FROM shop, sessions(j, split_on => '{chanel}');
SELECT * FROM shop, sessions(j, split_on => '{channels}');
SELECT * FROM shop, sessions(j, split_on => '{""}');
SELECT * FROM shop, sessions(j, calendar => 'fortnight');
SELECT * FROM shop, sessions(j, calendar => '');
SELECT * FROM shop, sessions(j, calendar => 'day', tz => 'Mars/Olympus');
SELECT * FROM shop, sessions(j, calendar => 'day', tz => '');
SELECT * FROM shop, sessions(j, calendar => 'day', tz => NULL);
SELECT * FROM shop, sessions(j, as_of => NULL);
-- and after each error the next call answers
SELECT count(*) FROM shop, sessions(j, calendar => 'day', tz => 'Asia/Tokyo');

DROP VIEW shop, streams;
DROP TABLE stream;
