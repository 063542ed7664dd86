-- Real logs with channels, resources and amounts: what goes into a journey
-- comes out of it.  The data lies beside the checkout, in ../shared, or where
-- JOURNEY_SHARED says.
\set here `test -r "${JOURNEY_SHARED:-../shared}/data/receipt.csv.gz" && echo true || echo false`
\if :here
\else
\warn SKIP: tracks of real logs: there is no ../shared/data; set JOURNEY_SHARED to the folder that holds data/
\echo 1..0 # SKIP no ../shared/data
\quit
\endif

SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT plan(26);

-- What a test looks at: who, the order of rows of one time, and what happened.
CREATE TEMP TABLE log (who text, seq bigint, step interaction);
CREATE TEMP TABLE journeys (who text, j journey);

CREATE FUNCTION pg_temp.check_log(name text, steps bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE journeys;
	INSERT INTO journeys SELECT who, journey_agg(step ORDER BY (step).at, seq) FROM log GROUP BY who;
	RETURN NEXT is((SELECT sum(step_count(j)) FROM journeys), steps, name || ': steps');

	-- row by row, in order
	RETURN NEXT is((SELECT count(*) FROM
		(SELECT who, row_number() OVER (PARTITION BY who ORDER BY (step).at, seq)::int AS n, (step).* FROM log
		 EXCEPT SELECT who, i.* FROM journeys, interactions(j) AS i) AS x), 0::bigint, name || ': nothing is lost');
	RETURN NEXT is((SELECT count(*) FROM
		(SELECT who, i.* FROM journeys, interactions(j) AS i
		 EXCEPT SELECT who, row_number() OVER (PARTITION BY who ORDER BY (step).at, seq)::int AS n, (step).* FROM log) AS x), 0::bigint,
		name || ': nothing is added');

	RETURN NEXT ok((SELECT bool_and(j::text::journey = j) FROM journeys), name || ': through text');
	RETURN NEXT ok((SELECT bool_and(j::bytea::journey = j) FROM journeys), name || ': through bytes');
	RETURN NEXT ok((SELECT bool_and(j::jsonb::journey = j) FROM journeys), name || ': through jsonb');

	-- any order of rows gives one value, and so do the parts of a journey
	RETURN NEXT ok((SELECT bool_and(a = b) FROM
		(SELECT who, journey_agg(step ORDER BY (step).at, (step).event COLLATE "C", (step).channel COLLATE "C",
					(step).decision COLLATE "C", (step).persona COLLATE "C", (step).value, (step).senses COLLATE "C") AS a,
				journey_agg(step) AS b
		 FROM (SELECT * FROM log ORDER BY md5(who || seq)) AS shuffled GROUP BY who) AS x), name || ': any order of rows');
	RETURN NEXT ok((SELECT bool_and(whole.j = parts.j) FROM journeys AS whole JOIN
		(SELECT who, journey_agg(j ORDER BY day) AS j
		 FROM (SELECT who, date_trunc('day', (step).at) AS day, journey_agg(step ORDER BY (step).at, seq) AS j FROM log GROUP BY 1, 2) AS days
		 GROUP BY who) AS parts USING (who)), name || ': days put together');
END
$$;

-- building permits: each case came by one channel; who handled a step is its persona here
CREATE TEMP TABLE receipt (seq bigint, case_id text, ts timestamptz, event text, resource text, org_group text, channel text);
\copy receipt FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/receipt.csv.gz"' WITH (FORMAT csv, HEADER)
INSERT INTO log SELECT case_id, seq, (ts, event, channel, NULL, NULL, resource, NULL, CASE WHEN org_group <> '' THEN ARRAY[org_group] END)::interaction FROM receipt;
SELECT pg_temp.check_log('receipt', 8577);
SELECT is((SELECT sum(length(j::bytea) - length(p::bytea)) FROM
	(SELECT case_id, journey_agg(ts, event, channel) AS j, journey_agg(ts, event) AS p, max(channel) AS channel FROM receipt GROUP BY 1) AS x
	WHERE length(j::bytea) - length(p::bytea) <> 7 + length(channel)), NULL, 'receipt: a channel throughout costs its name once');

-- fines: amounts on some steps
TRUNCATE log;
CREATE TEMP TABLE fines (seq bigint, case_id text, ts timestamptz, event text, resource text, amount float8, total_payment float8);
\copy fines FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/traffic_fines_10k.csv.gz"' WITH (FORMAT csv, HEADER)
INSERT INTO log SELECT case_id, seq, (ts, event, NULL, NULL, NULL, resource, amount, NULL)::interaction FROM fines;
SELECT pg_temp.check_log('fines', 34724);
SELECT is((SELECT sum(value)::numeric FROM journeys, interactions(j)), (SELECT sum(amount)::numeric FROM fines), 'fines: the amounts add up');

-- groceries: what a basket was worth, to the cent
TRUNCATE log;
CREATE TEMP TABLE groceries (seq bigint, household_id text, ts timestamptz, event text, campaign_id text, basket_value float8);
\copy groceries FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/cj_events.csv.gz"' WITH (FORMAT csv, HEADER)
INSERT INTO log SELECT household_id, seq, (ts, event, NULL, campaign_id, NULL, NULL, basket_value, NULL)::interaction FROM groceries;
SELECT pg_temp.check_log('groceries', 55934);

SELECT * FROM finish();
ROLLBACK;
