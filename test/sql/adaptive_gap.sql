-- The gap between sessions, learned.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

-- 30 subjects, 20 visits each: 7 clicks 10 to 120 seconds apart, then 6 hours to 3 days of pause
CREATE TABLE click AS
	SELECT who, timestamptz '2026-01-01' + sum(pause) OVER (PARTITION BY who ORDER BY i) * interval '1 s' AS at, 'e' || i % 7 AS event
	FROM (SELECT who, i, CASE WHEN i % 7 = 0 THEN 21600 * exp(2.5 * (hashint4(who * 999 + i) & 1023) / 1023) ELSE 10 * exp(2.5 * (hashint4(who * 999 + i) & 1023) / 1023) END AS pause
		FROM generate_series(1, 30) who, generate_series(1, 140) i) p;
CREATE TABLE visitor AS SELECT who, journey_agg(at, event) AS j FROM click GROUP BY who;
CREATE TABLE pile AS SELECT journey_set_agg(who::text, j) AS s FROM visitor GROUP BY who % 4;

-- in the pause between minutes and hours: of one, of all, of times, of sets
SELECT count(*) AS subjects, count(*) FILTER (WHERE adaptive_gap(j) BETWEEN '2 min' AND '6 h') AS between FROM visitor;
SELECT adaptive_gap_agg(j) FROM visitor;
SELECT adaptive_gap_agg(j) = (SELECT adaptive_gap_agg(s) FROM pile) AS sets_agree, adaptive_gap_agg(j) = (SELECT adaptive_gap_agg(s) FROM (SELECT journey_set_agg(who::text, j) FROM visitor) x(s)) AS one_set FROM visitor;
SELECT count(*) FROM visitor JOIN (SELECT who, adaptive_gap_agg(at) AS gap FROM click GROUP BY who) t USING (who) WHERE gap = adaptive_gap(j);
-- times in any order, also as a window
SELECT count(DISTINCT gap) FROM (SELECT adaptive_gap_agg(at ORDER BY at DESC) AS gap FROM click WHERE who = 3 UNION ALL SELECT adaptive_gap_agg(at ORDER BY md5(at::text)) FROM click WHERE who = 3
	UNION ALL SELECT adaptive_gap_agg(at) OVER (PARTITION BY who) FROM click WHERE who = 3 UNION ALL SELECT adaptive_gap(j) FROM visitor WHERE who = 3) x;

-- sessions of the learned gap, per subject and of all: the 20 visits and the 6 clicks before the first
SELECT count(*) AS subjects, min(n), max(n), min(cut_by), max(cut_by) FROM (SELECT who, count(*) AS n, min(cut_by) AS cut_by FROM visitor, sessions(j, NULL) GROUP BY who) x;
SELECT min(n), max(n) FROM (SELECT who, count(*) AS n FROM visitor, sessions(j, (SELECT adaptive_gap_agg(j) FROM visitor)) GROUP BY who) x;
SELECT count(*) FILTER (WHERE learned <> given) AS different FROM (
	SELECT who, (SELECT array_agg((s.j, s.closes_at)) FROM sessions(j, gap => NULL, max_steps => 4) s) AS learned, (SELECT array_agg((s.j, s.closes_at)) FROM sessions(j, adaptive_gap(j), max_steps => 4) s) AS given FROM visitor) x;
-- sessionize learns from its partition, descending, with rows without a time first, and with a gap that is not constant
SELECT count(*) AS rows, count(*) FILTER (WHERE ours <> theirs) AS different, count(*) FILTER (WHERE ours <> given) AS from_given, max(ours) FROM (
	SELECT sessionize(at, NULL) OVER w AS ours, sessionize(at, adaptive_gap(j)) OVER w AS theirs, sessionize(at, gap) OVER w AS given
	FROM click JOIN visitor USING (who), (SELECT adaptive_gap_agg(j) AS gap FROM visitor) g WINDOW w AS (PARTITION BY who ORDER BY at)) x;
SELECT max(up), max(down), max(nulls_first) FROM (SELECT sessionize(at, NULL) OVER (ORDER BY at) AS up, sessionize(at, NULL) OVER (ORDER BY at DESC) AS down, sessionize(at, NULL) OVER (ORDER BY at NULLS FIRST) AS nulls_first
	FROM (SELECT at FROM click WHERE who = 5 UNION ALL SELECT NULL FROM generate_series(1, 50)) x) y;
SELECT max(n) FROM (SELECT sessionize(at, NULLIF(interval '1 h', interval '1 h' * (at IS NOT NULL)::int)) OVER (PARTITION BY who ORDER BY at) AS n FROM click WHERE who = 5) x;
SELECT count(n) FROM (SELECT sessionize(at, CASE WHEN at > '2026-01-02' THEN NULL ELSE interval '1 h' END) OVER (ORDER BY at) AS n FROM click WHERE who = 5) x;
SELECT max(n) FROM (SELECT sessionize(at, NULL, event = 'e0') OVER (PARTITION BY who ORDER BY at) AS n FROM click WHERE who = 5) x;

-- none: one mode, few, ties, one step, nothing
SELECT name, adaptive_gap(j) AS gap, adaptive_gap_agg(j) AS over_one, (SELECT count(*) FROM sessions(j, NULL)) AS sessions
FROM (SELECT 'each minute' AS name, journey_agg(timestamptz '2026-01-01' + i * interval '1 min', 'e') AS j FROM generate_series(1, 1000) i
	UNION ALL SELECT 'growing', journey_agg(timestamptz '2026-01-01' + i * i * interval '1 s', 'e') FROM generate_series(1, 1000) i
	UNION ALL SELECT 'ties', journey_agg(timestamptz '2026-01-01', 'e') FROM generate_series(1, 100) i
	UNION ALL SELECT 'one', journey_agg(timestamptz '2026-01-01', 'e')
	UNION ALL SELECT 'few', journey_agg(at, event) FROM (SELECT * FROM click WHERE who = 1 ORDER BY at LIMIT 100) c) x
GROUP BY name, j ORDER BY name;
SELECT adaptive_gap(NULL), adaptive_gap_agg(NULL::journey), adaptive_gap_agg(NULL::journey_set), adaptive_gap_agg(NULL::timestamptz);
SELECT adaptive_gap_agg(j) FROM visitor WHERE false;
SELECT adaptive_gap_agg('infinity'::timestamptz);
-- a gap that was not found leaves what another rule says
SELECT count(*) FROM (SELECT journey_agg(timestamptz '2026-01-01' + i * interval '1 h', 'e') FROM generate_series(0, 47) i) x(j), sessions(x.j, NULL, calendar => 'day');

-- units and zones do not matter: the same pauses in another zone, and a thousandth of them
SET timezone = 'Asia/Kathmandu';
SELECT adaptive_gap_agg(j) FROM visitor;
SET timezone = 'UTC';
SELECT round(extract(epoch FROM a) / extract(epoch FROM b)) AS ratio
FROM (SELECT adaptive_gap_agg(j) AS a FROM visitor) x, (SELECT adaptive_gap_agg(j) AS b FROM (SELECT journey_agg(timestamptz '2026-01-01' + (at - '2026-01-01') / 1024, event) AS j FROM click GROUP BY who) v) y;

-- states: any split combines to the same bytes, and they go in and out
CREATE AGGREGATE pg_temp.gap_state_agg(journey) (SFUNC = journey._adaptive_gap_transfn, STYPE = journey.gap_state, COMBINEFUNC = journey._adaptive_gap_combinefn);
CREATE TABLE state AS SELECT pg_temp.gap_state_agg(j) AS s FROM visitor;
CREATE AGGREGATE pg_temp.combine_agg(journey.gap_state) (SFUNC = journey._adaptive_gap_combinefn, STYPE = journey.gap_state);
SELECT s::text = (SELECT pg_temp.combine_agg(part)::text FROM (SELECT pg_temp.gap_state_agg(j) AS part FROM visitor GROUP BY who % 3) x) AS combined,
	s::text::gap_state::text = s::text AS text, _adaptive_gap_finalfn(s) = (SELECT adaptive_gap_agg(j) FROM visitor) AS answer, length(_gap_state_send(s)) < 600 AS small FROM state;
SELECT '\x'::gap_state;
SELECT '\x0100'::gap_state, _adaptive_gap_finalfn('\x0100'::gap_state);
SELECT '\x0200'::gap_state;
SELECT '\x0101000000000000000000'::gap_state;
SELECT '\x0101400100000000000000'::gap_state;
SELECT '\x010000'::gap_state;
SELECT 'x'::gap_state;
SELECT _adaptive_gap_transfn(NULL, j) FROM visitor LIMIT 1;

-- workers
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
SELECT adaptive_gap_agg(j) = adaptive_gap_agg(j ORDER BY who) AS same FROM visitor;
RESET ALL;

DROP TABLE click, visitor, pile, state;
