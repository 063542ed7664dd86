-- sessions(): a journey cut where two steps are more than a gap apart.
-- The case ids are those of the collection of cases from other systems.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

-- the session number of each step of a journey at the given minutes and seconds
CREATE FUNCTION pg_temp.numbers(times text[], gap interval) RETURNS int[] LANGUAGE sql AS $$
	SELECT array_agg(s.session ORDER BY s.session, i.step)
	FROM (SELECT journey.journey_agg(timestamptz '2026-01-01' + t::interval, 'x') FROM unnest(times) t) x(j),
		journey.sessions(x.j, gap, as_of => '2027-01-01') s, journey.interactions(s.j) i
$$;

SELECT 'S1' AS id, pg_temp.numbers('{01:03,01:05,01:07,02:06,02:07}', '3 min') AS sessions
UNION ALL
SELECT 'S2', pg_temp.numbers('{02:18,02:19,02:22,02:25}', '3 min')
UNION ALL
SELECT 'S4 (NULL times are no steps)', pg_temp.numbers('{01:15,01:16,01:18,01:19,01:21,NULL,NULL,01:24,01:26,02:21}', '3 min')
UNION ALL
SELECT 'S6 (plain seconds)', pg_temp.numbers('{00:00:00,00:03:00,00:06:01}', '180')
UNION ALL
SELECT 'S7 (ties)', pg_temp.numbers('{00:00:00,00:00:00,00:06:40,00:06:40}', '180 s')
UNION ALL
SELECT 'S8 (30:00 stays)', pg_temp.numbers('{00:00:00,00:10:00,00:40:00}', '30 min')
UNION ALL
SELECT 'S8 (30:01 cuts)', pg_temp.numbers('{00:00:00,00:10:00,00:40:01}', '30 min')
ORDER BY id;

-- S7: ties of different events, in either order
SELECT s.* FROM sessions('[x 2026-01-01T00:00:00Z, y 2026-01-01T00:00:00Z, w 2026-01-01T00:06:40Z, z 2026-01-01T00:06:40Z]', '180 s', as_of => '2026-01-01') s;
SELECT s.* FROM sessions('[y 2026-01-01T00:00:00Z, x 2026-01-01T00:00:00Z, z 2026-01-01T00:06:40Z, w 2026-01-01T00:06:40Z]', '180 s', as_of => '2026-01-01') s;

-- open or closed: the last session is open up to and including closes_at
CREATE TABLE visit AS SELECT '[a 2026-01-01T10:00:00Z, b 2026-01-01T10:10:00Z, c 2026-01-01T12:00:00Z]'::journey AS j;
SELECT as_of, session, s.j, cut_by, open, closes_at
FROM visit, unnest('{-infinity,2026-01-01 12:00+00,2026-01-01 12:30+00,2026-01-01 12:30:00.000001+00,infinity}'::timestamptz[]) as_of,
	sessions(visit.j, '30 min', as_of => as_of) s ORDER BY as_of, session;
-- by default as of the statement
SELECT session, open FROM visit, sessions(j, '30 min') s ORDER BY session;
SELECT session, open FROM visit, sessions(j, '200000 days') s;
SELECT open, closes_at - statement_timestamp() = '1 h' AS closes
FROM (SELECT journey_agg(statement_timestamp(), 'now')) x(j), sessions(x.j, '1 hour');
-- a closing time that no timestamptz can hold is NULL, and never comes
SELECT session, open, cut_by, closes_at FROM visit, sessions(j, '2562047788 hours', as_of => 'infinity') s;

SELECT open, closes_at FROM sessions('[a 294276-12-31T23:00:00Z]', '59 min 59.999999 s', as_of => 'infinity');
SELECT open, closes_at FROM sessions('[a 294276-12-31T23:00:00Z]', '1 h', as_of => 'infinity');

-- gap 0: only steps of one time stay together; a step alone is a session
SELECT session, s.j FROM sessions('[a 2026-01-01T00:00:00Z, b 2026-01-01T00:00:00Z, c 2026-01-01T00:00:00.000001Z]', '0', as_of => '2026-01-01') s;
SELECT session, s.j FROM sessions('[a 2026-01-01T00:00:00Z]', '0', as_of => '2026-01-01') s;
-- days count as 24 hours, whatever the time zone says
SET timezone = 'Europe/Berlin';
SELECT count(*) FROM sessions('[a 2026-03-28T12:00:00Z, b 2026-03-29T12:00:00Z]', '1 day');
SELECT count(*) FROM sessions('[a 2026-03-28T12:00:00Z, b 2026-03-29T12:00:00.000001Z]', '1 day');
SET timezone = 'UTC';
SELECT count(*) FROM sessions('[a 2026-03-28T12:00:00Z, b 2026-03-29T11:00:00.000001Z]', '1 day -1 hour');

-- pieces are journeys like any other: names that are not in them are gone
SELECT bool_and(s.j = s.j::text::journey AND s.j::bytea::journey = s.j) AS canonical, count(*)
FROM (SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 s' + i / 7 * interval '1 h', 'e' || i % 500) FROM generate_series(1, 3000) i) x(j),
	sessions(x.j, '30 min') s;
-- and give the journey back
SELECT step_count(x.j), x.j = (SELECT journey_agg(s.j) FROM sessions(x.j, '30 min') s) AS same
FROM (SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 s' + i / 7 * interval '1 h', 'e' || i % 500) FROM generate_series(1, 3000) i) x(j);
-- many sessions of many names are cut in one pass
SET statement_timeout = '60s';
SELECT count(*), sum(step_count(s.j))
FROM (SELECT journey_agg(timestamptz '2000-01-01' + i * interval '1 h', 'e' || i % 70000) FROM generate_series(1, 200000) i) x(j), sessions(x.j, '1 min') s;
RESET statement_timeout;

-- what is refused, and NULL
SELECT * FROM sessions(NULL, '30 min');
SELECT * FROM visit, sessions(j, NULL);
SELECT * FROM visit, sessions(j, '30 min', as_of => NULL);
SELECT * FROM visit, sessions(j, '-1 s');
SELECT * FROM sessions('[a 2026-01-01T00:00:00Z]', '-1 us');
SELECT * FROM visit, sessions(j, '1 day -25 hours');
SELECT * FROM visit, sessions(j, '1 month');
SELECT * FROM visit, sessions(j, '-1 year');
SELECT count(*) FROM visit, sessions(j, '1 year -12 months 5 min');
SELECT * FROM visit, sessions(j, '2147483647 days');
SELECT * FROM sessions(NULL, '1 month');

-- in the select list
SELECT (sessions(j, '30 min', as_of => '2026-01-01')).session FROM visit;

DROP TABLE visit;
