-- Patterns, funnels and paths on real event logs, against reference answers.
-- The data lies beside the checkout, in ../shared, or where JOURNEY_SHARED says.
--
-- The reference says: "follows" is the number of keys in which some b comes
-- after some a; a funnel looks from every occurrence of its first step at the
-- earliest following steps within the window and takes the best; "strict" wants
-- later times, "order" later rows by (ts, seq).  These are a -> b, funnel() with
-- ties by input, and with ties strict.
\set here `test -r "${JOURNEY_SHARED:-../shared}/data/reference/sepsis.json" && echo true || echo false`
\if :here
\else
\warn SKIP: real data: there is no ../shared/data; set JOURNEY_SHARED to the folder that holds data/
\echo 1..0 # SKIP no ../shared/data
\quit
\endif

SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT plan(183);

CREATE TEMP TABLE log (who text, ts timestamptz, seq bigint, event text);
CREATE TEMP TABLE journeys (who text, j journey);
CREATE TEMP TABLE sets (s journey_set);

-- An event as a step of a pattern.
CREATE FUNCTION pg_temp.quoted(event text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '"' || replace(event, '"', '""') || '"' $$;

-- The funnels of the reference: subjects that get to each step, of journeys and of sets.
CREATE FUNCTION pg_temp.check_funnel(name text, ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	steps journey_pattern[] := ARRAY(SELECT pg_temp.quoted(s)::journey_pattern FROM jsonb_array_elements_text(ref -> 'steps') WITH ORDINALITY AS t (s, i) ORDER BY i);
	within interval := make_interval(secs => (ref ->> 'window_s')::float8);
	label text := format('%s: %s s %s', name, ref ->> 'window_s', ref -> 'steps');
	got jsonb;
	kind record;
BEGIN
	FOR kind IN SELECT * FROM (VALUES ('order', 'input'), ('strict', 'strict')) AS v (reference, ties) LOOP
		SELECT jsonb_agg(f.entered ORDER BY f.step) INTO got
		FROM unnest((SELECT funnel_agg(j, steps, within, NULL, NULL, NULL, NULL, NULL, NULL, kind.ties, now()) FROM journeys)) AS f;
		RETURN NEXT is(got, ref -> kind.reference, label || ' ' || kind.ties);
		SELECT jsonb_agg((SELECT count(*) FROM journeys WHERE (funnel(j, steps, within, ties => kind.ties)).level >= n) ORDER BY n) INTO got
		FROM generate_series(1, cardinality(steps)) AS n;
		RETURN NEXT is(got, ref -> kind.reference, label || ' ' || kind.ties || ', each');
	END LOOP;
	SELECT jsonb_agg(f.entered ORDER BY f.step) INTO got FROM unnest((SELECT funnel_agg(s, steps, within) FROM sets)) AS f;
	RETURN NEXT is(got, ref -> 'order', label || ', sets');
END
$$;

-- All that a log's reference says of order.
CREATE FUNCTION pg_temp.check_order(name text, ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	by_key jsonb := coalesce(ref -> 'by_key', ref);
	got jsonb;
BEGIN
	TRUNCATE journeys, sets;
	INSERT INTO journeys SELECT who, journey_agg(ts, event ORDER BY ts, seq) FROM log GROUP BY who;
	INSERT INTO sets SELECT journey.pack('SELECT who, ts, event, seq FROM log', '60 days');

	-- each pair as often as it should be, and no other pair oftener than the last of them
	IF by_key ? 'follows_top20' THEN
		SELECT jsonb_agg(jsonb_build_array(f.a, f.b, (SELECT count(*) FROM journeys WHERE j ~ (pg_temp.quoted(f.a) || ' -> ' || pg_temp.quoted(f.b))::journey_pattern)) ORDER BY i)
		INTO got FROM (SELECT i, f ->> 0 AS a, f ->> 1 AS b FROM jsonb_array_elements(by_key -> 'follows_top20') WITH ORDINALITY AS t (f, i)) AS f;
		RETURN NEXT is(got, by_key -> 'follows_top20', name || ': eventually follows');
	END IF;

	-- directly follows: the edges next to any step, and a >> b
	SELECT jsonb_agg(jsonb_build_array(e.source, e.target, e.n) ORDER BY i) INTO got
	FROM (SELECT * FROM unnest((SELECT paths_agg(j, '.', 'from', 1, NULL) FROM journeys)) WITH ORDINALITY AS e (depth, source, target, n, subjects, i) WHERE target IS NOT NULL
		  ORDER BY n DESC, source COLLATE "C", target COLLATE "C" LIMIT 20) AS x, LATERAL (SELECT x.source, x.target, x.n, row_number() OVER () AS k) AS e;
	RETURN NEXT is((SELECT jsonb_agg(v ORDER BY -(v ->> 2)::int, (v ->> 0) COLLATE "C", (v ->> 1) COLLATE "C") FROM jsonb_array_elements(got) AS v), by_key -> 'dfg_top20', name || ': directly follows');
	RETURN NEXT is((SELECT paths_agg(s, '.', 'from', 1, NULL) FROM sets), (SELECT paths_agg(j, '.', 'from', 1, NULL) FROM journeys), name || ': of sets');
	SELECT jsonb_agg(jsonb_build_array(f.a, f.b, (SELECT sum(match_count(j, (pg_temp.quoted(f.a) || ' >> ' || pg_temp.quoted(f.b))::journey_pattern, 'next row')) FROM journeys)) ORDER BY i)
	INTO got FROM (SELECT i, f ->> 0 AS a, f ->> 1 AS b FROM jsonb_array_elements(by_key -> 'dfg_top20') WITH ORDINALITY AS t (f, i)) AS f;
	RETURN NEXT is(got, by_key -> 'dfg_top20', name || ': directly follows, as patterns');

	-- variants: the path from the first step on
	IF by_key ? 'variants_top10' THEN
		SELECT jsonb_agg(jsonb_build_array(to_jsonb(p.steps), p.n) ORDER BY p.n DESC, p.steps COLLATE "C") INTO got
		FROM (SELECT p.steps, p.n FROM unnest((SELECT path_variants_agg(s, '.', 'from', 100, NULL, false, false) FROM sets)) AS p ORDER BY p.n DESC, p.steps COLLATE "C" LIMIT 10) AS p;
		RETURN NEXT is(got, by_key -> 'variants_top10', name || ': variants');
	END IF;

	RETURN QUERY SELECT c FROM jsonb_array_elements(coalesce(ref -> 'funnels', '[]')) AS f, pg_temp.check_funnel(name, f) AS c;
END
$$;

\ir include/logs.psql

INSERT INTO log SELECT host, ts, seq, url FROM nasa WHERE kind = 'page' AND method = 'GET' AND status IN (200, 304);
SELECT pg_temp.check_order('nasa pages', :'nasa_ref'::jsonb -> 'pages');
TRUNCATE log;

INSERT INTO log SELECT case_id, ts, seq, event FROM sepsis;
SELECT pg_temp.check_order('sepsis', :'sepsis_ref');
TRUNCATE log;

INSERT INTO log SELECT case_id, ts, seq, event FROM receipt;
SELECT pg_temp.check_order('receipt', :'receipt_ref');
TRUNCATE log;

INSERT INTO log SELECT case_id, ts, seq, event FROM fines;
SELECT pg_temp.check_order('fines', :'fines_ref');
TRUNCATE log;

INSERT INTO log SELECT case_id, ts, seq, event FROM loans WHERE lifecycle = 'COMPLETE';
SELECT pg_temp.check_order('loans complete', :'loans_ref'::jsonb -> 'complete_only');
TRUNCATE log;
INSERT INTO log SELECT case_id, ts, seq, event FROM loans;
SELECT pg_temp.check_order('loans', :'loans_ref'::jsonb -> 'all');
TRUNCATE log;
INSERT INTO log SELECT case_id, ts, seq, event FROM loans WHERE event LIKE 'A\_%';
SELECT pg_temp.check_order('applications', :'loans_ref'::jsonb -> 'application_subprocess');
TRUNCATE log;

INSERT INTO log SELECT id, month, 0, state FROM months;
SELECT pg_temp.check_order('school to work', :'months_ref');
TRUNCATE log;

-- pages without times, a second each; whole variants are longer than a path may be
INSERT INTO log SELECT seq_id, to_timestamp(pos), pos, category FROM pages;
SELECT pg_temp.check_order('msnbc', :'pages_ref'::jsonb - 'variants_top10');
TRUNCATE log;

INSERT INTO log SELECT household_id, ts, seq, event FROM households;
SELECT pg_temp.check_order('households', :'households_ref');
-- retention of households by SQL, months of New York
SELECT is((SELECT jsonb_agg(jsonb_build_array(r.cohort, r.bucket, r.size, r.returned) ORDER BY r.cohort, r.bucket)
		   FROM unnest((SELECT retention_agg(s, 'basket', 'basket', '1 month', 6, '2018-02-01', 'America/New_York', 'n-day', false, NULL) FROM sets)) AS r),
		  (WITH months AS (SELECT DISTINCT who, date_trunc('month', ts, 'America/New_York') AS month FROM log WHERE event = 'basket'),
		   firsts AS (SELECT who, min(month) AS cohort FROM months GROUP BY who),
		   cells AS (SELECT who, cohort, k, (cohort AT TIME ZONE 'America/New_York' + k * interval '1 month') AT TIME ZONE 'America/New_York' AS month FROM firsts, generate_series(0, 5) AS k)
		   SELECT jsonb_agg(jsonb_build_array(cohort, k, n, CASE WHEN (cohort AT TIME ZONE 'America/New_York' + (k + 1) * interval '1 month') AT TIME ZONE 'America/New_York' <= '2018-02-01' THEN back END) ORDER BY cohort, k)
		   FROM (SELECT cohort, k, count(*) AS n, count(m.who) AS back FROM cells c LEFT JOIN months m USING (who, month) GROUP BY 1, 2) x),
		  'households: retention by month');
TRUNCATE log;

SELECT * FROM finish();
ROLLBACK;
