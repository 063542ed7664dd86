-- pack(): the rows of a query as sets of journeys.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

-- keys of each kind come back as they were
SELECT pack($$VALUES ('ana', timestamptz '2026-01-01T10:00Z', 'view'), ('ben', '2026-01-01T09:00Z', 'pay'), ('ana', '2026-01-01T09:30Z', 'cart')$$);
SELECT pack($$VALUES (-7, timestamptz '2026-01-01T10:00Z', 'view'), (9, '2026-01-01T09:00Z', 'pay')$$);
SELECT pack($$VALUES (32767::smallint, timestamptz '2026-01-01T10:00Z', 'view'::varchar), ('-32768'::smallint, '2026-01-01T09:00Z', 'pay')$$);
SELECT pack($$VALUES (9223372036854775807, timestamptz '2026-01-01T10:00Z', 'a'::char(5)), (-9223372036854775808, '4714-11-24T00:00Z BC', 'b')$$);
SELECT pack($$VALUES ('0189aaaa-0000-7000-8000-00000000000f'::uuid, timestamptz '294276-12-31T23:59:59.999999Z', '')$$);
SELECT pack($$VALUES ('a '::char(4), timestamptz '2026-01-01T10:00Z', 'x'), ('a', '2026-01-01T11:00Z', 'y')$$);
CREATE DOMAIN customer AS text CHECK (value <> 'nobody');
SELECT pack($$SELECT 'ana'::customer, timestamptz '2026-01-01T10:00Z', 'view'$$);
DROP DOMAIN customer;

-- all columns; which are further ones is told by their names, in any order
SELECT pack($$SELECT 'ana', timestamptz '2026-01-01T10:00Z', 'view', '{tired,angry,NULL,tired}'::text[] AS senses, 19.99::float8 AS value,
	'web' AS channel, 'offer' AS decision, 'call' AS action, 'p1' AS persona, 7::smallint AS seq$$);
SELECT pack($$SELECT 'ana', timestamptz '2026-01-01T10:00Z', 'view', NULL::text[] AS senses, NULL::float8 AS value, NULL AS channel$$);

-- a row without subject, time or event is none; nothing gives nothing
SELECT pack($$VALUES (NULL, timestamptz '2026-01-01T10:00Z', 'view'), ('ana', NULL, 'view'), ('ana', '2026-01-01T10:00Z', NULL), ('ben', '2026-01-01T10:00Z', 'pay')$$);
SELECT count(*) FROM pack($$SELECT 'ana', now(), 'view' WHERE false$$);
SELECT count(*) FROM pack($$SELECT 'ana', now(), 'view' WHERE false$$, '1 day');
SELECT count(*) FROM pack($$SELECT NULL::text, NULL::timestamptz, NULL::text$$, '1 day');

-- ties: by seq, NULL last; then by event, channel ..., as a row without order gives them
SELECT pack($$SELECT 1, timestamptz '2026-01-01T10:00Z', e FROM unnest('{c,b,a}'::text[]) e$$);
SELECT pack($$SELECT 1, timestamptz '2026-01-01T10:00Z', e, seq FROM (VALUES ('a', NULL), ('b', 3), ('c', -2), ('d', 3)) v(e, seq)$$);
SELECT pack($$SELECT 1, timestamptz '2026-01-01T10:00Z', 'e', channel, value
	FROM (VALUES ('y', 1.0::float8), ('x', NULL), ('x', 'NaN'), (NULL, 0), ('x', -1), ('x', 'Infinity')) v(channel, value)$$);

-- chunks are counted from 2000-01-01; a journey that goes on begins with a ghost
SELECT pack($$VALUES ('ana', timestamptz '1999-12-31T23:00Z', 'a'), ('ana', '2000-01-01T00:00Z', 'b'), ('ana', '2000-01-01T23:59Z', 'c'),
	('ana', '2000-01-02T00:00Z', 'd'), ('ben', '2000-01-02T12:00Z', 'e'), ('ana', '2000-01-09T12:00Z', 'f')$$, '1 day');
SELECT sum(subject_count(s)) AS subjects, sum(step_count(s)) AS steps
FROM pack($$VALUES ('ana', timestamptz '1999-12-31T23:00Z', 'a'), ('ana', '2000-01-01T00:00Z', 'b'), ('ben', '2000-01-02T12:00Z', 'e')$$, '1 day') s;

-- many rows
CREATE TABLE clicks (who int, at timestamptz, what text, seq int, channel text, price float8);
INSERT INTO clicks
SELECT (i * 7919::bigint) % 997, timestamptz '2026-01-01Z' + (i * 104729::bigint % 200003) * interval '7 s', 'event ' || (i * 31::bigint) % 23,
	i, CASE WHEN i % 3 > 0 THEN 'c' || i % 3 END, CASE WHEN i % 5 = 0 THEN (i % 1000) / 100.0 END
FROM generate_series(1, 60000) i;
INSERT INTO clicks SELECT 5, timestamptz '2026-02-01Z' + (i / 3) * interval '1 s', 'event ' || i % 7, i, NULL, NULL FROM generate_series(1, 30000) i;
ANALYZE clicks;

-- equal to building each journey by itself
SELECT count(*) FILTER (WHERE a.j IS NOT DISTINCT FROM b.j) AS equal, count(*) FILTER (WHERE a.j IS DISTINCT FROM b.j) AS different
FROM (SELECT subject, journey_agg(j) AS j FROM pack('SELECT who, at, what FROM clicks') s, journeys(s) GROUP BY subject) a
FULL JOIN (SELECT who::text AS subject, journey_agg(at, what) AS j FROM clicks GROUP BY who) b USING (subject);
SELECT count(*) FILTER (WHERE a.j IS NOT DISTINCT FROM b.j) AS equal, count(*) FILTER (WHERE a.j IS DISTINCT FROM b.j) AS different
FROM (SELECT subject, journey_agg(j) AS j FROM pack('SELECT who, at, what, channel, price AS value FROM clicks', '3 days') s, journeys(s) GROUP BY subject) a
FULL JOIN (SELECT who::text AS subject, journey_agg((at, what, channel, NULL, NULL, NULL, price, NULL)::interaction) AS j FROM clicks GROUP BY who) b USING (subject);
SELECT count(*) FILTER (WHERE a.j IS NOT DISTINCT FROM b.j) AS equal, count(*) FILTER (WHERE a.j IS DISTINCT FROM b.j) AS different
FROM (SELECT subject, journey_agg(j) AS j FROM pack('SELECT ''u'' || who, at, what, seq FROM clicks') s, journeys(s) GROUP BY subject) a
FULL JOIN (SELECT 'u' || who AS subject, journey_agg(at, what ORDER BY at, seq) AS j FROM clicks GROUP BY who) b USING (subject);
-- what fits into one set is the set of all
SELECT s = (SELECT journey_set_agg(who, j) FROM (SELECT who::bigint, journey_agg(at, what) AS j FROM clicks WHERE who < 5 GROUP BY who) x) AS same
FROM pack('SELECT who, at, what FROM clicks WHERE who < 5') s;
-- sets fill a page, and one fits into it beside a few columns
SELECT max(octet_length(s::bytea)) <= 8096 AS fit, avg(octet_length(s::bytea)) > 7800 AS full FROM pack('SELECT who, at, what FROM clicks') s;
-- every set proves to be one; sessions and transitions are those of plain SQL, however sets are cut
SELECT chunk, proven, sessions = (SELECT count(*) FROM (SELECT at - lag(at) OVER (PARTITION BY who ORDER BY at) AS gap FROM clicks) x
		WHERE gap IS NULL OR gap > '5 min') AS sessions,
	(SELECT sum(n) FROM unnest(edges) e) = (SELECT count(*) - count(DISTINCT who) FROM clicks) AS pairs
FROM (VALUES (NULL), (interval '1 day'), ('90 days')) c(chunk),
	LATERAL (SELECT count(*) = count(s::bytea::journey_set) AS proven, sum(session_count(s, '5 min')) AS sessions, edges_agg(s, false) AS edges
			 FROM pack('SELECT who, at, what FROM clicks', chunk) s) x;

-- populations are told as by the journeys made whole, by one process or several: in all columns
CREATE TABLE whole AS SELECT journey_agg(at, what) AS j FROM clicks GROUP BY who;
CREATE TABLE told AS SELECT edges_agg(j) AS edges, edges_agg(j, false) AS plain, event_counts_agg(j) AS events FROM whole;
CREATE TABLE packed (cut text, s journey_set);
INSERT INTO packed SELECT 'by size', pack('SELECT who, at, what FROM clicks');
INSERT INTO packed SELECT 'by hour', pack('SELECT who, at, what FROM clicks', '1 hour');
INSERT INTO packed SELECT 'by day, texts', pack('SELECT ''somebody with name '' || who, at, what FROM clicks', '1 day');
INSERT INTO packed SELECT 'by day, uuids', pack('SELECT md5(who::text)::uuid, at, what FROM clicks', '1 day');
ANALYZE packed;
CREATE FUNCTION told_alike(OUT cut text, OUT edges bool, OUT plain bool, OUT events bool) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT cut, journey.edges_agg(s) = t.edges, journey.edges_agg(s, false) = t.plain, journey.event_counts_agg(s) = t.events
	FROM packed, told t GROUP BY cut, t.edges, t.plain, t.events ORDER BY cut
$$;
SELECT cut, count(*) AS parts, count(DISTINCT subject) AS subjects FROM packed, journeys(s) GROUP BY cut ORDER BY cut;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM told_alike();
SELECT edges_agg(s) = (SELECT edges FROM told) AS edges FROM packed WHERE cut = 'by hour';
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT edges_agg(s), edges_agg(s, false), event_counts_agg(s) FROM packed WHERE cut = 'by hour';
SELECT edges_agg(s) = (SELECT edges FROM told) AS edges, edges_agg(s, false) = (SELECT plain FROM told) AS plain,
	event_counts_agg(s) = (SELECT events FROM told) AS events FROM packed WHERE cut = 'by hour';
SELECT edges_agg(s) = (SELECT edges FROM told) AS edges, edges_agg(s, false) = (SELECT plain FROM told) AS plain,
	event_counts_agg(s) = (SELECT events FROM told) AS events FROM packed WHERE cut = 'by size';
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP FUNCTION told_alike;
DROP TABLE packed, told, whole;

-- the same sets whatever the order of the rows, the memory, the workers
CREATE FUNCTION digest(query text, chunk interval DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT count(*) || ' sets ' || md5(string_agg(s::bytea::text, ',' ORDER BY n)) FROM journey.pack(query, chunk) WITH ORDINALITY x(s, n)
$$;
CREATE TABLE digests AS
SELECT chunk, columns, digest('SELECT ' || columns || ' FROM clicks', chunk) AS expected
FROM (VALUES (NULL), (interval '1 day'), ('90 days')) c(chunk),
	unnest('{"who, at, what","who::text, at, what, seq, channel, price AS value","md5(who::text)::uuid, at, what, channel"}'::text[]) columns;
SELECT columns, chunk, expected = digest('SELECT ' || columns || ' FROM clicks ORDER BY md5(seq::text)', chunk) AS same FROM digests ORDER BY 1, 2;
SELECT columns, chunk, expected = digest('SELECT ' || columns || ' FROM clicks ORDER BY who, at DESC', chunk) AS same FROM digests ORDER BY 1, 2;
SET maintenance_work_mem = '1MB';
SELECT columns, chunk, expected = digest('SELECT ' || columns || ' FROM clicks ORDER BY seq DESC', chunk) AS same FROM digests ORDER BY 1, 2;
-- that took temporary files, which obey their limit; they are gone
SET temp_file_limit = '100kB';
\set VERBOSITY sqlstate
SELECT count(*) FROM pack('SELECT who, at, what FROM clicks');
\set VERBOSITY default
RESET maintenance_work_mem;
SELECT count(*) > 0 AS fits FROM pack('SELECT who, at, what FROM clicks');
RESET temp_file_limit;
SELECT count(*) FROM pg_ls_tmpdir();
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT who, at, what FROM clicks;
SELECT columns, chunk, expected = digest('SELECT ' || columns || ' FROM clicks', chunk) AS same FROM digests ORDER BY 1, 2;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;

-- asked for in parts, left early, asked again, inside itself
BEGIN;
DECLARE c CURSOR FOR SELECT subject_count(pack('SELECT who, at, what FROM clicks WHERE who % 100 = 5 ORDER BY at DESC', '20 days')) AS subjects;
FETCH 1 FROM c;
SAVEPOINT a;
SELECT count(*) > 1 AS others FROM pack('SELECT who, at, what FROM clicks WHERE who % 100 = 5');
ROLLBACK TO a;
FETCH 2 FROM c;
CLOSE c;
SET LOCAL maintenance_work_mem = '1MB';
DECLARE d CURSOR FOR SELECT pack('SELECT who, at, what FROM clicks');
MOVE 1 IN d;
SELECT count(*) > 0 AS spilled FROM pg_ls_tmpdir();
CLOSE d;
SELECT count(*) AS left_over FROM pg_ls_tmpdir();
COMMIT;
SELECT step_count(pack('SELECT who, at, what FROM clicks WHERE who = 3')) LIMIT 1;
SELECT n, sum(subject_count(s)) AS subjects FROM generate_series(1, 3) n, pack('SELECT who, at, what FROM clicks WHERE who < ' || n) s GROUP BY n ORDER BY n;
SELECT sum(step_count(s)) FROM pack('SELECT sum(step_count(p))::int, timestamptz ''2026-01-01Z'', ''x'' FROM journey.pack(''SELECT who, at, what FROM clicks'') p') s;

-- how far it is: seen from inside, and gone afterwards
SELECT s FROM pack($$SELECT phase, timestamptz '2026-01-01Z', rows_read || ' rows' FROM journey.progress WHERE pid = pg_backend_pid()$$) s;
SELECT count(*) FROM journey.progress;
SELECT command, tuples_processed FROM pg_stat_progress_copy;
BEGIN;
DECLARE c CURSOR FOR SELECT step_count(pack('SELECT who, at, what FROM clicks WHERE who < 500'));
FETCH 1 FROM c;
SELECT phase, rows_read, rows_packed, sets FROM journey.progress WHERE pid = pg_backend_pid();
SELECT tuples_processed, command FROM pg_stat_progress_copy WHERE pid = pg_backend_pid();
COMMIT;
COPY (SELECT sum(subject_count(s)) FROM pack($$SELECT command, timestamptz '2026-01-01Z', 'x' FROM pg_stat_progress_copy WHERE pid = pg_backend_pid() AND type IS NOT NULL$$) s) TO STDOUT;

-- cancelled, and gone
SET statement_timeout = '200ms';
SELECT count(*) FROM pack('SELECT i, timestamptz ''2026-01-01Z'' + i * interval ''1 s'', ''x'' FROM generate_series(1, 1000000000) i');
RESET statement_timeout;
SELECT count(*) FROM pg_ls_tmpdir();
SELECT count(*) FROM journey.progress;
DROP TABLE clicks, digests;
DROP FUNCTION digest;
