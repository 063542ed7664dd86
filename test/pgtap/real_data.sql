-- Real event logs against reference answers.  The data lies beside the
-- checkout, in ../shared, or where JOURNEY_SHARED says.
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
SELECT plan(340);

-- What a test looks at: the log, its journeys, their sessions at 30 minutes.
CREATE TEMP TABLE log (who text, ts timestamptz, seq bigint, event text);
CREATE TEMP TABLE journeys (who text, j journey);
CREATE TEMP TABLE cut (who text, session int, j journey);

CREATE FUNCTION pg_temp.build() RETURNS void LANGUAGE sql AS $$
	TRUNCATE journeys, cut;
	INSERT INTO journeys SELECT who, journey_agg(ts, event ORDER BY ts, seq) FROM log GROUP BY who;
	INSERT INTO cut SELECT who, s.session, s.j FROM journeys, sessions(j, '30 min') s;
$$;

-- Variants and directly-follows pairs of some journeys, against "ref".
CREATE FUNCTION pg_temp.check_paths(name text, j journey[], ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	pairs jsonb;
	v record;
BEGIN
	SELECT count(DISTINCT steps(x)) AS by_steps, count(DISTINCT variant(x)) AS by_text,
		   count(DISTINCT variant_hash(x)) AS by_hash
	INTO v FROM unnest(j) x;
	RETURN NEXT is(v.by_steps, (ref ->> 'distinct_variants')::bigint, name || ': distinct variants');
	RETURN NEXT is(v.by_text, v.by_steps, name || ': as many texts');
	RETURN NEXT is(v.by_hash, v.by_steps, name || ': as many hashes');

	SELECT jsonb_agg(jsonb_build_array(to_jsonb(t.s), t.n) ORDER BY t.n DESC, t.s COLLATE "C") INTO pairs
	FROM (SELECT steps(x) AS s, count(*) AS n FROM unnest(j) x GROUP BY steps(x)
		  ORDER BY 2 DESC, steps(x) COLLATE "C" LIMIT 10) t;
	RETURN NEXT is(pairs, ref -> 'variants_top10', name || ': top 10 variants');

	CREATE TEMP TABLE dfg AS
	SELECT a, b, count(*) AS n
	FROM (SELECT u.e AS a, lead(u.e) OVER (PARTITION BY x.i ORDER BY u.o) AS b
		  FROM unnest(j) WITH ORDINALITY x(x, i), unnest(steps(x.x)) WITH ORDINALITY u(e, o)) p
	WHERE b IS NOT NULL GROUP BY a, b;
	IF ref ? 'distinct_dfg' THEN
		RETURN NEXT is((SELECT count(*) FROM dfg), (ref ->> 'distinct_dfg')::bigint, name || ': distinct pairs');
		RETURN NEXT is((SELECT sum(n) FROM dfg), (ref ->> 'dfg_total')::numeric, name || ': pairs in all');
	END IF;
	SELECT jsonb_agg(jsonb_build_array(t.a, t.b, t.n) ORDER BY t.n DESC, t.a COLLATE "C", t.b COLLATE "C") INTO pairs
	FROM (SELECT * FROM dfg ORDER BY n DESC, a COLLATE "C", b COLLATE "C" LIMIT 20) t;
	RETURN NEXT is(pairs, ref -> 'dfg_top20', name || ': top 20 pairs');
	DROP TABLE dfg;
END
$$;

-- Number and durations of some journeys, against "ref".
CREATE FUNCTION pg_temp.check_facts(name text, j journey[], ref jsonb) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT is(jsonb_build_object(
				  'n', count(*),
				  'events_max', max(step_count(x)),
				  'events_mean', round(avg(step_count(x)), 6),
				  'events_median', percentile_cont(0.5) WITHIN GROUP (ORDER BY step_count(x)),
				  'duration_s_mean', round(avg(extract(epoch FROM duration(x))), 3),
				  'duration_s_median', CASE WHEN abs(median - (ref ->> 'duration_s_median')::numeric) <= 0.0005 THEN (ref ->> 'duration_s_median')::numeric ELSE median END,
				  'duration_s_max', max(extract(epoch FROM duration(x)))),
			  jsonb_build_object('n', ref -> 'n', 'events_max', ref -> 'events_max', 'events_mean', ref -> 'events_mean', 'events_median', ref -> 'events_median',
				  'duration_s_mean', ref -> 'duration_s_mean', 'duration_s_median', ref -> 'duration_s_median', 'duration_s_max', ref -> 'duration_s_max'),
			  name || ': how many, how long')
	FROM unnest(j) x, -- rounding a half is a matter of taste
		(SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY duration(y))) AS median FROM unnest(j) y) m GROUP BY median;
$$;

-- Which events there are, and where journeys begin and end, against "ref".
CREATE FUNCTION pg_temp.check_events(name text, counts event_count[], top20 jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT is(jsonb_agg(jsonb_build_array(event, n) ORDER BY n DESC, event COLLATE "C"), top20, name || ': how often events come')
	FROM (SELECT event, n FROM unnest(counts) ORDER BY n DESC, event COLLATE "C" LIMIT 20) c;
$$;

-- Of sequences: the same, and what is left of them when runs of one event are one.
CREATE FUNCTION pg_temp.check_runs(name text, ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN NEXT pg_temp.check_events(name, (SELECT event_counts_agg(j) FROM journeys), ref -> 'items_top20');
	RETURN NEXT is((SELECT count(DISTINCT variant(collapse(j))) FROM journeys), (ref ->> 'distinct_variants_runs_collapsed')::bigint, name || ': distinct variants without repeats');
	RETURN NEXT is((SELECT jsonb_agg(jsonb_build_array(to_jsonb(t.s), t.n) ORDER BY t.n DESC, t.s COLLATE "C")
					FROM (SELECT steps(collapse(j)) AS s, count(*) AS n FROM journeys GROUP BY 1 ORDER BY 2 DESC, steps(collapse(j)) COLLATE "C" LIMIT 10) t),
				   ref -> 'variants_runs_collapsed_top10', name || ': top 10 variants without repeats');
END
$$;

CREATE FUNCTION pg_temp.check_ends(name text, step int, ref jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT is(jsonb_agg(jsonb_build_array(event, n) ORDER BY n DESC, event COLLATE "C"), ref, format('%s: events that are step %s', name, step))
	FROM (SELECT event_at(j, step) AS event, count(*) AS n FROM journeys GROUP BY 1 ORDER BY n DESC, event_at(j, step) COLLATE "C" LIMIT 5) c;
$$;

-- The transition matrix, against "ref".
CREATE FUNCTION pg_temp.check_edges(name text, edges edge[], ref jsonb) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT is(jsonb_build_object('distinct_dfg', count(*), 'dfg_total', sum(n)), jsonb_build_object('distinct_dfg', ref -> 'distinct_dfg', 'dfg_total', ref -> 'dfg_total'),
		name || ': edges in all') FROM unnest(edges)
	UNION ALL
	SELECT is(jsonb_agg(jsonb_build_array(from_event, to_event, n) ORDER BY n DESC, from_event COLLATE "C", to_event COLLATE "C"), ref -> 'dfg_top20', name || ': top 20 edges')
	FROM (SELECT from_event, to_event, n FROM unnest(edges) ORDER BY n DESC, from_event COLLATE "C", to_event COLLATE "C" LIMIT 20) e;
$$;

-- A log as described in the reference, by key and by session.
CREATE FUNCTION pg_temp.check_log(name text, ref jsonb) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	whole journey[];
	pieces journey[];
BEGIN
	PERFORM pg_temp.build();
	whole := ARRAY(SELECT j FROM journeys);
	pieces := ARRAY(SELECT j FROM cut);

	RETURN NEXT is((SELECT sum(step_count(j)) FROM journeys), (ref ->> 'rows_used')::bigint, name || ': every row is a step');
	RETURN NEXT is((SELECT sum(step_count(j)) FROM cut), (ref ->> 'rows_used')::bigint, name || ': and of one session');
	RETURN NEXT is((SELECT min(started_at(j)) FROM journeys), (ref ->> 'first_ts')::timestamptz, name || ': first');
	RETURN NEXT is((SELECT max(ended_at(j)) FROM journeys), (ref ->> 'last_ts')::timestamptz, name || ': last');
	RETURN NEXT is_empty(
		'SELECT who, ts, event FROM log EXCEPT ALL SELECT who, i.at, i.event FROM journeys, interactions(j) i',
		name || ': interactions give the rows back');
	RETURN QUERY SELECT * FROM pg_temp.check_facts(name, whole, ref -> 'by_key');
	RETURN QUERY SELECT * FROM pg_temp.check_paths(name, whole, ref -> 'by_key');

	RETURN NEXT is((SELECT cardinality(event_counts_agg(j)) FROM journeys), (ref ->> 'distinct_events')::int, name || ': distinct events');
	RETURN NEXT pg_temp.check_events(name, (SELECT event_counts_agg(j) FROM journeys), ref -> 'event_counts_top20');
	RETURN NEXT pg_temp.check_ends(name, 1, ref #> '{by_key,starts_top5}');
	RETURN NEXT pg_temp.check_ends(name, -1, ref #> '{by_key,ends_top5}');
	RETURN QUERY SELECT * FROM pg_temp.check_edges(name, (SELECT edges_agg(j) FROM journeys), ref -> 'by_key');
	CREATE TEMP TABLE sets AS SELECT journey.pack('SELECT who, ts, event, seq FROM log', '30 days') AS s;
	RETURN NEXT pg_temp.check_events(name || ' sets', (SELECT event_counts_agg(s) FROM sets), ref -> 'event_counts_top20');
	RETURN QUERY SELECT * FROM pg_temp.check_edges(name || ' sets', (SELECT edges_agg(s, false) FROM sets), ref -> 'by_key');
	DROP TABLE sets;

	IF ref ? 'by_session_30min' THEN
		RETURN QUERY SELECT * FROM pg_temp.check_edges(name || ' sessions', (SELECT edges_agg(x) FROM unnest(pieces) x), ref -> 'by_session_30min');
		RETURN QUERY SELECT * FROM pg_temp.check_facts(name || ' sessions', pieces, ref -> 'by_session_30min');
		RETURN QUERY SELECT * FROM pg_temp.check_paths(name || ' sessions', pieces, ref -> 'by_session_30min');
	END IF;
	RETURN NEXT is_empty(
		'SELECT who, merge_all FROM (SELECT who, journey_agg(j ORDER BY session) AS merge_all FROM cut GROUP BY who) x
		 EXCEPT SELECT who, j FROM journeys',
		name || ': the sessions merge to the journey');
	RETURN NEXT is_empty(
		'SELECT who, session, i.at, i.event FROM cut, interactions(j) i
		 EXCEPT ALL
		 SELECT who, sessionize(ts, ''30 min'') OVER (PARTITION BY who ORDER BY ts, seq), ts, event FROM log',
		name || ': sessionize agrees');
	RETURN NEXT is_empty(
		'SELECT who, j FROM journeys
		 EXCEPT SELECT subject, journey_agg(j) FROM journey.pack(''SELECT who, ts, event, seq FROM log'', ''30 days'') s, journey.journeys(s) GROUP BY subject',
		name || ': pack gives the same journeys');
	RETURN NEXT is(
		(SELECT sum(journey.session_count(s, '30 min')) FROM journey.pack('SELECT who, ts, event, seq FROM log') s),
		(SELECT count(*) FROM cut), name || ': and as many sessions');
	RETURN NEXT is_empty(
		'SELECT j FROM journeys WHERE j::text::journey <> j OR j::bytea::journey <> j',
		name || ': text and bytes read back');
END
$$;

\ir include/logs.psql

-- NASA web server: sections of all requests, and pages
INSERT INTO log SELECT host, ts, seq, section FROM nasa;
SELECT pg_temp.check_log('nasa', :'nasa_ref'::jsonb -> 'all_requests');
TRUNCATE log;
INSERT INTO log SELECT host, ts, seq, url FROM nasa WHERE kind = 'page' AND method = 'GET' AND status IN (200, 304);
SELECT pg_temp.check_log('nasa pages', :'nasa_ref'::jsonb -> 'pages');
TRUNCATE log;

-- hospital
INSERT INTO log SELECT case_id, ts, seq, event FROM sepsis;
SELECT pg_temp.check_log('sepsis', :'sepsis_ref');
TRUNCATE log;

-- building permits
INSERT INTO log SELECT case_id, ts, seq, event FROM receipt;
SELECT pg_temp.check_log('receipt', :'receipt_ref');
TRUNCATE log;

-- traffic fines: days only, so nearly everything is a tie
INSERT INTO log SELECT case_id, ts, seq, event FROM fines;
SELECT pg_temp.check_log('fines', :'fines_ref');
TRUNCATE log;

-- loan applications: all, completed work, the application alone
INSERT INTO log SELECT case_id, ts, seq, event FROM loans;
SELECT pg_temp.check_log('loans', :'loans_ref'::jsonb -> 'all');
TRUNCATE log;
INSERT INTO log SELECT case_id, ts, seq, event FROM loans WHERE lifecycle = 'COMPLETE';
SELECT pg_temp.check_log('loans complete', :'loans_ref'::jsonb -> 'complete_only');
TRUNCATE log;
INSERT INTO log SELECT case_id, ts, seq, event FROM loans WHERE event LIKE 'A\_%';
SELECT pg_temp.check_log('loans application', :'loans_ref'::jsonb -> 'application_subprocess');
TRUNCATE log;

-- households: campaigns, coupons, baskets
INSERT INTO log SELECT household_id, ts, seq, event FROM households;
SELECT pg_temp.check_log('households', :'households_ref');
TRUNCATE log;

-- news readers: no clock, the position is the second
INSERT INTO log SELECT seq_id, to_timestamp(pos), pos, category FROM pages;
SELECT pg_temp.build();
SELECT is(jsonb_build_object('sequences', count(*), 'items', sum(step_count(j)), 'len_min', min(step_count(j)), 'len_max', max(step_count(j))),
		  (SELECT jsonb_object_agg(key, value) FROM jsonb_each(:'pages_ref') WHERE key IN ('sequences', 'items', 'len_min', 'len_max')),
		  'news: counts') FROM journeys;
SELECT pg_temp.check_paths('news', ARRAY(SELECT j FROM journeys), :'pages_ref');
SELECT pg_temp.check_runs('news', :'pages_ref');
TRUNCATE log;

-- from school to work: months
INSERT INTO log SELECT id, month, 0, state FROM months;
SELECT pg_temp.build();
SELECT is(jsonb_build_object('sequences', count(*), 'items', sum(step_count(j)), 'len_min', min(step_count(j)), 'len_max', max(step_count(j))),
		  (SELECT jsonb_object_agg(key, value) FROM jsonb_each(:'months_ref') WHERE key IN ('sequences', 'items', 'len_min', 'len_max')),
		  'work: counts') FROM journeys;
SELECT pg_temp.check_paths('work', ARRAY(SELECT j FROM journeys), :'months_ref');
SELECT pg_temp.check_runs('work', :'months_ref');
TRUNCATE log;

-- changes of work: several events in one month, and no order among them
CREATE TEMP TABLE changes (id text, month int, event text);
\copy changes FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/actcal_tse.csv.gz"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/actcal_tse.json"`
INSERT INTO log SELECT id, timestamptz '2000-01-01 UTC' + month * interval '1 month', row_number() OVER (), event FROM changes;
SELECT pg_temp.build();
SELECT is(count(*), (:'ref'::jsonb ->> 'ids_with_an_event')::bigint, 'changes: journeys') FROM journeys;
SELECT is(sum(step_count(j)), (:'ref'::jsonb ->> 'events')::bigint, 'changes: steps') FROM journeys;
SELECT is(jsonb_agg(jsonb_build_array(event, n) ORDER BY n DESC, event COLLATE "C"), :'ref'::jsonb -> 'support_single', 'changes: journeys with an event')
FROM (SELECT event, count(DISTINCT who) AS n FROM journeys, unnest(steps(j)) event GROUP BY event) x;
SELECT is(jsonb_agg(jsonb_build_array(a, b, n) ORDER BY n DESC, a COLLATE "C", b COLLATE "C"), :'ref'::jsonb -> 'support_a_strictly_before_b_top20',
		  'changes: journeys with a before b')
FROM (SELECT a.event AS a, b.event AS b, count(DISTINCT who) AS n
	  FROM journeys, interactions(j) a, interactions(j) b WHERE a.at < b.at
	  GROUP BY 1, 2 ORDER BY 3 DESC, a.event COLLATE "C", b.event COLLATE "C" LIMIT 20) x;
SELECT is(jsonb_agg(jsonb_build_array(a, b, (SELECT count(*) FROM journeys WHERE j ~ format('%s -[> 0 s]-> %s', a, b)::journey_pattern)) ORDER BY i),
		  :'ref'::jsonb -> 'support_a_strictly_before_b_top20', 'changes: journeys with a before b, as patterns')
FROM (SELECT p ->> 0 AS a, p ->> 1 AS b, i FROM jsonb_array_elements(:'ref'::jsonb -> 'support_a_strictly_before_b_top20') WITH ORDINALITY t (p, i)) x;
TRUNCATE log;

-- ways to a purchase, each with how often it led to one and how often not: a touch a second
CREATE TEMP TABLE ways (id text, path text, converted bigint, value numeric, lost bigint);
\copy ways FROM PROGRAM 'gzip -dc "${JOURNEY_SHARED:-../shared}/data/attribution_pathdata.csv.gz"' WITH (FORMAT csv, HEADER)
\set ref `cat "${JOURNEY_SHARED:-../shared}/data/reference/attribution_pathdata.json"`
INSERT INTO log SELECT id, to_timestamp(i), i, touch FROM ways, regexp_split_to_table(path, ' > ') WITH ORDINALITY t (touch, i);
SELECT pg_temp.build();
SELECT is(jsonb_build_object('paths', count(*), 'distinct_paths', count(DISTINCT variant(j)), 'mean_touches_per_path_row', round(avg(step_count(j)), 4)),
		  jsonb_build_object('paths', :'ref'::jsonb -> 'paths', 'distinct_paths', :'ref'::jsonb -> 'distinct_paths', 'mean_touches_per_path_row', :'ref'::jsonb -> 'mean_touches_per_path_row'),
		  'ways: how many, how long') FROM journeys;
SELECT is(count(*) FILTER (WHERE variant(j) <> path), 0::bigint, 'ways: a variant is the path as it was written') FROM journeys JOIN ways ON id = who;
SELECT is(jsonb_object_agg(channel, jsonb_build_object('first', f, 'last', l)),
		  (SELECT jsonb_object_agg(key, jsonb_build_object('first', value -> 'first_conv', 'last', value -> 'last_conv')) FROM jsonb_each(:'ref'::jsonb -> 'by_channel')), 'ways: conversions by first and last touch')
FROM (SELECT channel, sum(converted) FILTER (WHERE event_at(j, 1) = channel) AS f, sum(converted) FILTER (WHERE event_at(j, -1) = channel) AS l
	  FROM journeys JOIN ways ON id = who, jsonb_array_elements_text(:'ref'::jsonb -> 'channels') channel GROUP BY 1) x;
SELECT is(jsonb_object_agg(from_event, to_events), (SELECT jsonb_object_agg(key, value - '{(conversion),(null)}'::text[]) FROM jsonb_each(:'ref'::jsonb -> 'transitions_order1_counts') WHERE key <> '(start)'),
		  'ways: transitions, as often as each way was taken')
FROM (SELECT from_event, jsonb_object_agg(to_event, n) AS to_events
	  FROM (SELECT e.from_event, e.to_event, sum(e.n * times) AS n
			FROM (SELECT converted + lost AS times, edges_agg(j, false) AS edges FROM journeys JOIN ways ON id = who GROUP BY 1) x, unnest(edges) e
			WHERE times > 0 GROUP BY 1, 2) y GROUP BY 1) z;

SELECT * FROM finish();
ROLLBACK;
