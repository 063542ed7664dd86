-- Signals of real series against published answers, and against those that R
-- and reflib.py computed.  The data lies beside the checkout, in ../shared, or
-- where JOURNEY_SHARED says.
\set here `test -r "${JOURNEY_SHARED:-../shared}/data/reference/trend_series.json" && echo true || echo false`
\if :here
\else
\warn SKIP: signals of real series: there is no ../shared/data; set JOURNEY_SHARED to the folder that holds data/
\echo 1..0 # SKIP no ../shared/data
\quit
\endif

SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT no_plan();

-- Equal to 1e-9: absolutely, as the references are rounded to nine decimals, or of its size where that is finer.
CREATE FUNCTION pg_temp.near(got float8, expected float8) RETURNS boolean LANGUAGE sql AS
	'SELECT abs(got - expected) <= 1e-9';
CREATE FUNCTION pg_temp.near_of_size(got float8, expected float8) RETURNS boolean LANGUAGE sql AS
	'SELECT abs(got - expected) <= 1e-9 * abs(expected)';

-- A series at days 1, 2, 3 ... against an object of the references.
CREATE FUNCTION pg_temp.check_series(name text, y float8[], ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	s journey.signal;
	n bigint := cardinality(y);
BEGIN
	s := (SELECT signal_agg(timestamptz '1999-12-31' + i * interval '1 day', v) FROM unnest(y) WITH ORDINALITY u (v, i));
	RETURN NEXT is(s.points, coalesce(ref ->> 'n', ref ->> 'days')::bigint, name || ': points');
	RETURN NEXT is(round(s.tau::numeric * (n * (n - 1) / 2)), (ref ->> 'S')::numeric, name || ': S');
	RETURN NEXT ok(pg_temp.near(s.tau, (ref ->> 'tau')::float8), format('%s: tau %s, reference %s', name, s.tau, ref ->> 'tau'));
	RETURN NEXT ok(pg_temp.near(s.z, (ref ->> 'z')::float8), format('%s: z %s, reference %s', name, s.z, ref ->> 'z'));
	RETURN NEXT ok(pg_temp.near_of_size(s.p_value, (ref ->> 'p_two_sided')::float8), format('%s: p %s, reference %s', name, s.p_value, ref ->> 'p_two_sided'));
	RETURN NEXT ok(pg_temp.near(s.slope_per_day, (ref ->> 'sen_slope')::float8), format('%s: slope %s, reference %s', name, s.slope_per_day, ref ->> 'sen_slope'));
	RETURN NEXT is(extract(day FROM s.change_at - timestamptz '1999-12-31')::int, (ref ->> 'pettitt_K')::int, name || ': change point');
	RETURN NEXT ok(pg_temp.near_of_size(s.change_p, (ref ->> 'pettitt_p')::float8), format('%s: change p %s, reference %s', name, s.change_p, ref ->> 'pettitt_p'));
	RETURN NEXT is(s.direction, CASE WHEN (ref ->> 'p_two_sided')::float8 >= 0.05 THEN 'steady' WHEN (ref ->> 'S')::int > 0 THEN 'rising' ELSE 'falling' END, name || ': direction');
END
$$;

-- Classical series; missing values are left out and the rest is numbered again, as in the references
CREATE TEMP TABLE series (series text, idx int, period date, value float8, unit text);
\copy series FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/trend_series.csv.gz"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/trend_series.json"`
SELECT is(count(DISTINCT series), (SELECT count(*) FROM jsonb_object_keys(:'ref')), 'a reference for each series') FROM series;
SELECT pg_temp.check_series(series, array_agg(value ORDER BY idx) FILTER (WHERE value IS NOT NULL), :'ref'::jsonb -> series)
FROM series GROUP BY series ORDER BY series;

-- Coal mine disasters by year
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/coal_disasters.json"`
SELECT pg_temp.check_series('coal', ARRAY(SELECT jsonb_array_elements_text(:'ref'::jsonb -> 'per_year')::float8), :'ref');

-- Events by day
CREATE TEMP TABLE day (day date, events float8);
\copy day FROM PROGRAM 'cat "${JOURNEY_SHARED:-../shared}/data/reference/bpic2012_per_day.csv"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/bpic2012.json"`
SELECT pg_temp.check_series('loans', array_agg(events ORDER BY day), :'ref'::jsonb #> '{all,per_day}') FROM day;
TRUNCATE day;
\copy day FROM PROGRAM 'cat "${JOURNEY_SHARED:-../shared}/data/reference/cj_events_per_day.csv"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/cj_events.json"`
SELECT pg_temp.check_series('households', array_agg(events ORDER BY day), :'ref'::jsonb -> 'per_day') FROM day;
TRUNCATE day;
\copy day FROM PROGRAM 'cat "${JOURNEY_SHARED:-../shared}/data/reference/receipt_per_day.csv"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/receipt.json"`
SELECT pg_temp.check_series('receipt', array_agg(events ORDER BY day), :'ref'::jsonb -> 'per_day') FROM day;
TRUNCATE day;
\copy day FROM PROGRAM 'cat "${JOURNEY_SHARED:-../shared}/data/reference/sepsis_per_day.csv"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/sepsis.json"`
SELECT pg_temp.check_series('sepsis', array_agg(events ORDER BY day), :'ref'::jsonb -> 'per_day') FROM day;
TRUNCATE day;
\copy day FROM PROGRAM 'cat "${JOURNEY_SHARED:-../shared}/data/reference/traffic_fines_10k_per_day.csv"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/traffic_fines_10k.json"`
SELECT pg_temp.check_series('fines', array_agg(events ORDER BY day), :'ref'::jsonb -> 'per_day') FROM day;

-- New York: complaints about animals by local day, all of them and four types, with and without the last day
CREATE TEMP TABLE complaint (seq int, unique_key bigint, ts timestamptz, closed_ts timestamptz, agency text, complaint_type text, descriptor text, location_type text, zip text, borough text, status text);
\copy complaint FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/nyc311_animals_2025q1.csv.gz"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/nyc311_animals_2025q1.json"`
CREATE TEMP VIEW by_day AS
	SELECT type, day, count(c.ts)::float8 AS complaints
	FROM (SELECT min(ts AT TIME ZONE 'America/New_York')::date AS first, max(ts AT TIME ZONE 'America/New_York')::date AS last FROM complaint) x
		 CROSS JOIN generate_series(first, last, '1 day') AS d (day)
		 CROSS JOIN (SELECT DISTINCT complaint_type FROM complaint UNION SELECT '(all)') AS t (type)
		 LEFT JOIN complaint c ON type IN ('(all)', c.complaint_type) AND (c.ts AT TIME ZONE 'America/New_York')::date = d.day
	GROUP BY type, day;
SELECT pg_temp.check_series(type || ' ' || key, array_agg(complaints ORDER BY day) FILTER (WHERE key = 'all_days' OR day < '2025-03-14'), value)
FROM by_day JOIN (SELECT t.key AS type, d.key, d.value FROM jsonb_each(:'ref'::jsonb -> 'daily_local') t, jsonb_each(t.value) d WHERE d.key IN ('all_days', 'without_last_day')) r USING (type)
GROUP BY type, key, value ORDER BY type, key;
-- in one statement over actual time: which types are trends, in which direction?
SELECT results_eq(
	$$ SELECT type, (s).direction, round((s).slope_per_day::numeric, 4)
	   FROM (SELECT type, signal_agg(day, complaints) AS s FROM by_day WHERE type <> '(all)' AND day < '2025-03-14' GROUP BY type HAVING sum(complaints) > 100) x ORDER BY (s).p_value $$,
	$$ VALUES ('Animal in a Park', 'rising', 0.1735), ('Dead Animal', 'rising', 0.0909), ('Unsanitary Animal Pvt Property', 'steady', 0.0256), ('Animal-Abuse', 'steady', -0.0800) $$,
	'New York: the types that are trends');

-- What others published, to the digits that they printed
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/published.json"`
CREATE TEMP TABLE fact AS SELECT split_part(f ->> 'data', ' / ', 2) AS series, f ->> 'test' AS test, f FROM jsonb_array_elements(:'ref'::jsonb -> 'facts') f;
CREATE TEMP VIEW state AS
	SELECT series, signal_state_agg(timestamptz '1999-12-31' + idx * interval '1 day', value) AS state,
		   signal_state_agg(period::timestamptz, value) AS dated
	FROM series GROUP BY series;
SELECT is(round((s).z::numeric, 4), (f ->> 'z')::numeric, 'maxau_Q: z') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_Q') x;
SELECT is(round((s).p_value::numeric, 4), (f ->> 'p')::numeric, 'maxau_Q: p') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_Q') x;
SELECT is(round((s).tau::numeric, 7), (f ->> 'tau')::numeric, 'maxau_Q: tau') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_Q') x;
SELECT is(round((s).slope_per_day::numeric, 7), (f ->> 'sen_slope')::numeric, 'maxau_s: slope') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_s') x;
SELECT is(round((s).z::numeric, 4), (f ->> 'z')::numeric, 'maxau_s: z') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_s') x;
SELECT is(round((s).p_value::numeric, 7), (f ->> 'p')::numeric, 'maxau_s: p') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'maxau_s') x;
SELECT is(round((s).change_p::numeric, 5), (f ->> 'p')::numeric, 'pagesdata: change p') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'pagesdata') x;
SELECT is(extract(day FROM (s).change_at - timestamptz '1999-12-31')::int, (f ->> 'K')::int, 'pagesdata: change point') FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE series = 'pagesdata') x;
SELECT ok(pg_temp.near_of_size((s).tau, (f ->> 'tau')::float8) AND pg_temp.near_of_size((s).slope_per_day, (f ->> 'sen_slope')::float8), 'shampoo: tau and slope')
FROM (SELECT signal(state) AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'Mann-Kendall S, tau%') x;
-- the corrections; pyMannKendall's
SELECT ok(pg_temp.near_of_size((s).z, (f ->> 'z')::float8), 'shampoo, Hamed-Rao: z ' || (s).z) FROM (SELECT signal(state, correction => 'hamed-rao') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'Hamed-Rao%') x;
SELECT ok(pg_temp.near_of_size((s).p_value, (f ->> 'p')::float8), 'shampoo, Hamed-Rao: p ' || (s).p_value) FROM (SELECT signal(state, correction => 'hamed-rao') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'Hamed-Rao%') x;
SELECT ok(pg_temp.near_of_size((s).z, (f ->> 'z')::float8), 'shampoo, Yue-Wang: z ' || (s).z) FROM (SELECT signal(state, correction => 'yue-wang') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'Yue-Wang%') x;
-- its p is 1 - cdf(z), which has an absolute error of 1e-16; ours is erfc(7.2282995918... / sqrt(2)), in 60 digits by the continued fraction 4.8907887824714e-13
SELECT ok(abs((s).p_value - (f ->> 'p')::float8) < 2.3e-16 AND pg_temp.near_of_size((s).p_value, 4.8907887824714e-13), 'shampoo, Yue-Wang: p ' || (s).p_value) FROM (SELECT signal(state, correction => 'yue-wang') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'Yue-Wang%') x;
-- seasonal: twelve days of a day each, or the months of the year
SELECT ok(pg_temp.near_of_size((s).z, (f ->> 'z')::float8) AND pg_temp.near_of_size((s).tau, (f ->> 'tau')::float8) AND pg_temp.near_of_size(12 * (s).slope_per_day, (f ->> 'seasonal_sen_slope')::float8),
		  format('airpassengers, 12 seasons: z %s, tau %s, slope %s', (s).z, (s).tau, 12 * (s).slope_per_day))
FROM (SELECT signal(state, season => '12 days') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'seasonal Mann-Kendall%') x;
SELECT ok(pg_temp.near_of_size((s).z, (f ->> 'z')::float8) AND pg_temp.near_of_size((s).tau, (f ->> 'tau')::float8) AND abs(365.25 * (s).slope_per_day - (f ->> 'seasonal_sen_slope')::float8) < 0.05,
		  format('airpassengers, months of the year: z %s, tau %s, slope a year %s', (s).z, (s).tau, 365.25 * (s).slope_per_day))
FROM (SELECT signal(dated, season => '1 year') AS s, f FROM state JOIN fact USING (series) WHERE test LIKE 'seasonal Mann-Kendall%') x;
-- phosphorus at Guelph, four months missing: of monthly data by month, against S of each month alone
SELECT is(round(((signal(dated, season => '1 year')).tau * pairs)::numeric), sum_s, 'guelphp: missing months are just not there')
FROM state, (SELECT sum(round(((w).tau * n * (n - 1) / 2)::numeric)) AS sum_s, sum(n * (n - 1) / 2) AS pairs
			 FROM (SELECT signal_agg(period::timestamptz, value) AS w, count(value) AS n FROM series WHERE series = 'guelphp' GROUP BY extract(month FROM period)) y) z
WHERE series = 'guelphp';
-- changes that have a date: the Nile 1898; disasters, as gaps between them, get rarer
SELECT is((s).change_at, timestamptz '1898-01-01', 'nile: changed after 1898') FROM (SELECT signal(dated) AS s FROM state WHERE series = 'nile') x;
CREATE TEMP TABLE disaster (seq int, decimal_year float8, date_approx timestamptz);
\copy disaster FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/coal_disasters.csv.gz"' WITH (FORMAT csv, HEADER)
SELECT is((s).direction || ' ' || ((s).p_value < 1e-6) || ' ' || extract(year FROM (s).change_at), 'falling true 1887', 'coal: disasters get rarer, about from 1890') FROM (SELECT signal_agg(date_approx) AS s FROM disaster) x;

SELECT * FROM finish();
ROLLBACK;
