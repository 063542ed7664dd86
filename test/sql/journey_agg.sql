-- The aggregates journey_agg(at, event) and journey_agg(journey).
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

--
-- Rows
--
CREATE TABLE row_of (who int, at timestamptz, event text, seq int);
INSERT INTO row_of VALUES
	(1, '2026-01-01 10:02Z', 'c', 1), (1, '2026-01-01 10:00Z', 'b', 2), (1, '2026-01-01 10:00Z', 'a', 3), (1, '2026-01-01 10:01Z', 'b', 4),
	(2, '2026-01-01 10:00Z', 'only', 5),
	(3, NULL, 'x', 6), (3, '2026-01-01 10:00Z', NULL, 7), (3, NULL, NULL, 8),
	(4, NULL, 'x', 9), (4, '2026-01-01 10:00Z', 'kept', 10), (4, '2026-01-01 10:01Z', NULL, 11);
SELECT who, journey_agg(at, event) FROM row_of GROUP BY who ORDER BY who;
SELECT journey_agg(at, event) FROM row_of WHERE false;

-- ties: by name, or by the ORDER BY of the call
SELECT journey_agg(at, event) AS by_name, journey_agg(at, event ORDER BY seq) AS by_seq, journey_agg(at, event ORDER BY at, seq) AS by_at_seq,
	   journey_agg(at, event ORDER BY seq DESC) AS by_seq_desc FROM row_of WHERE who = 1 AND at < '2026-01-01 10:01Z';
SELECT journey_agg(DISTINCT at, event) AS distinct_rows, journey_agg(DISTINCT at, event ORDER BY at, event DESC) AS in_order
FROM (SELECT at, event FROM row_of WHERE who = 1 UNION ALL SELECT at, event FROM row_of WHERE who = 1) x;
SELECT journey_agg(at, event) FILTER (WHERE event <> 'b'), journey_agg(at, event) FILTER (WHERE false) FROM row_of WHERE who = 1;

-- names by bytes, not by collation; case, accents and normal forms are different names
SELECT journey_agg(timestamptz '2026-01-01', e) FROM unnest('{b,B,a,A,é,z,Z}'::text[]) e;
SELECT cardinality(steps(j)) AS steps, (SELECT count(DISTINCT e) FROM unnest(steps(j)) e) AS names
FROM (SELECT journey_agg(timestamptz '2026-01-01', e) AS j FROM unnest(ARRAY[U&'\00e9', U&'e\0301', 'É', '', ' ', U&'\200b', '주문', '🛒', '👩‍👩‍👧', 'سلة', U&'\202eabc']) e) x;

-- as a window aggregate: a journey so far, and one that leaves rows behind
SELECT seq, journey_agg(at, event) OVER (ORDER BY seq) AS so_far, journey_agg(at, event) OVER (ORDER BY seq ROWS 1 PRECEDING) AS last_two
FROM row_of WHERE who = 1 ORDER BY seq;

-- grouping sets, and two aggregates that share a state
SELECT who, event, step_count(journey_agg(at, event)), journey_agg(at, event) = journey_agg(at, event) AS same
FROM row_of WHERE who IN (1, 2) GROUP BY GROUPING SETS ((who), (event), ()) ORDER BY who, event;

-- what is refused
SELECT journey_agg('infinity', 'x');
SELECT journey_agg('-infinity', 'x');
SELECT journey_agg(now(), repeat('x', 1025));
SELECT journey_agg(now(), repeat('한', 342));
SELECT step_count(journey_agg(now(), repeat('x', 1024))), step_count(journey_agg(now(), repeat('한', 341)));
SELECT _journey_agg_transfn(NULL, now(), 'x');
-- the ends of time
SELECT journey_agg(t, 'x') FROM unnest('{4714-11-24 00:00:00+00 BC,1970-01-01 00:00:00+00,294276-12-31 23:59:59.999999+00}'::timestamptz[]) t;

--
-- The same answer always: serial, parallel, sorted, hashed, shuffled, spilled
--
CREATE FUNCTION pg_temp.is_partial(query text) RETURNS bool LANGUAGE plpgsql AS $$
DECLARE
	plan text;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan LIKE '%"Partial"%' AND plan LIKE '%"Finalize"%';
END
$$;
CREATE TABLE big AS
SELECT i % 500 AS who, timestamptz '2026-01-01' + (i * 7919 % 10007) * interval '1 s' AS at, 'event ' || i * 31 % 300 AS event
FROM generate_series(1, 60000) i;
ANALYZE big;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE serial AS SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who;
CREATE TABLE shuffled AS SELECT who, journey_agg(at, event) AS j FROM (SELECT * FROM big ORDER BY md5(who::text || at || event)) x GROUP BY who;
SET enable_hashagg = off;
CREATE TABLE sorted AS SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who;
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64kB';
CREATE TABLE spilled AS SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who;
RESET enable_sort;
RESET work_mem;
RESET max_parallel_workers_per_gather;
SET parallel_setup_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT pg_temp.is_partial('SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who');
CREATE TABLE parallel AS SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who;
SET parallel_leader_participation = off;
CREATE TABLE workers AS SELECT who, journey_agg(at, event) AS j FROM big GROUP BY who;
RESET parallel_leader_participation;
SELECT pg_temp.is_partial('SELECT journey_agg(j) FROM serial');
CREATE TABLE merged AS SELECT journey_agg(j) AS j FROM serial;
SELECT pg_temp.is_partial('SELECT journey_agg(at, event ORDER BY at, event) FROM big') AS ordered_call_is_partial;
SET max_parallel_workers_per_gather = 0;
SELECT count(*), sum(step_count(s.j)) AS steps,
	   bool_and(s.j = shuffled.j) AS shuffled, bool_and(s.j = sorted.j) AS sorted, bool_and(s.j = spilled.j) AS spilled,
	   bool_and(s.j = parallel.j) AS parallel, bool_and(s.j = workers.j) AS workers
FROM serial s JOIN shuffled USING (who) JOIN sorted USING (who) JOIN spilled USING (who) JOIN parallel USING (who) JOIN workers USING (who);
-- against the slow way
SELECT bool_and(steps(j) = e) AS events, bool_and((SELECT array_agg(i.at ORDER BY step) FROM interactions(j) i) = t) AS times
FROM serial JOIN (SELECT who, array_agg(event ORDER BY at, event COLLATE "C") AS e, array_agg(at ORDER BY at) AS t FROM big GROUP BY who) x USING (who);

--
-- Journeys
--
SELECT journey_agg(j) FROM (VALUES ('[b 2026-01-01T00:00Z, a 2026-01-01T00:00Z]'::journey)) x(j);	-- itself
SELECT journey_agg(j), journey_agg(j ORDER BY n), journey_agg(j ORDER BY n DESC) FROM (VALUES
	(1, '[z 2026-01-01T00:00Z, a 2026-01-02T00:00Z]'::journey),
	(2, '[y 2026-01-01T00:00Z, x 2026-01-01T00:00Z]'), (3, NULL)) v(n, j);
SELECT journey_agg(j) IS NULL AS null FROM (VALUES (NULL::journey)) x(j);
SELECT step_count(journey_agg(j)) AS all, step_count(journey_agg(DISTINCT j)) AS distinct FROM (VALUES ('[a 2026-01-01T00:00Z]'::journey), ('[a 2026-01-01T00:00Z]')) x(j);
SELECT n, journey_agg(j) OVER (ORDER BY n) FROM (VALUES (1, '[b 2026-01-01T00:00Z]'::journey), (2, '[a 2026-01-01T00:00Z]'), (3, '[c 2025-01-01T00:00Z]')) v(n, j);
-- any order and any split, and the same as from rows when no journey has ties of its own order
SELECT (SELECT journey_agg(j) FROM (SELECT j FROM serial ORDER BY who DESC) x) = m.j AS reverse,
	   (SELECT journey_agg(j) FROM (SELECT j FROM serial ORDER BY md5(who::text)) x) = m.j AS shuffled,
	   step_count(m.j) FROM merged m;
SELECT journey_agg(d.j) = (SELECT journey_agg(at, event) FROM big WHERE who = 7) AS from_days
FROM (SELECT journey_agg(at, event) AS j FROM big WHERE who = 7 GROUP BY date_trunc('hour', at)) d;
SELECT _journey_agg_transfn(NULL, j) FROM serial LIMIT 1;

--
-- Sizes
--
SET statement_timeout = '10min';
SELECT step_count(j), duration(j), cardinality(steps(j)) FROM (SELECT journey_agg(timestamptz '2000-01-01' + i * interval '1 s', 'e' || i % 300) AS j FROM generate_series(1, 5000000) i) x;
SELECT step_count(j), event_at(j, -1), time_at(j, 500000) FROM (SELECT journey_agg(timestamptz '2000-01-01' + (i * 7919::bigint % 1000003) * interval '1 s', 'e' || i % 300) AS j FROM generate_series(1, 1000000) i) x;
SELECT step_count(j), j = j::text::journey AS text, j = j::bytea::journey AS bytes, (SELECT count(DISTINCT e) FROM unnest(steps(j)) e) AS names
FROM (SELECT journey_agg(timestamptz '2000-01-01' + i * interval '1 s', 'name number ' || i % 70000) AS j FROM generate_series(1, 140000) i) x;
SELECT step_count(j), j = j::text::journey AS text, length(j::bytea) > 1024 * 3000 AS large, octet_length(event_at(j, 3000)) FROM
	(SELECT journey_agg(timestamptz '2000-01-01' + i * interval '1 s', rpad(i::text, 1024, 'x')) AS j FROM generate_series(1, 3000) i) x;
-- a query that somebody wants to cancel stops
SET statement_timeout = '300ms';
SELECT step_count(journey_agg(timestamptz '2000-01-01' + (i * 7919::bigint % 50000017) * interval '1 s', 'e' || i % 300)) FROM generate_series(1, 50000000) i;
RESET statement_timeout;

DROP TABLE row_of, big, serial, shuffled, sorted, spilled, parallel, workers, merged;
