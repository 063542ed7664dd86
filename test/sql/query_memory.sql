-- Questions over whole populations take little memory, and not more of it over ten times as many events.
SET search_path = journey, public;
SET timezone = 'UTC';
SET max_parallel_workers_per_gather = 0;

CREATE TEMP TABLE subjects AS
SELECT n, n % 10 = 0 AS tenth, (SELECT journey_agg(timestamptz '2026-01-01Z' + (n * 1009 % 100000 + k * k * (1 + n % 7) * 60) * interval '1 s', 'e' || (n * k + k) % 23)
                                FROM generate_series(1, 40) k) AS j
FROM generate_series(1, 5000) n;
CREATE TEMP TABLE many AS
SELECT tenth, journey_set_agg(n, j) AS s FROM subjects GROUP BY tenth, n / 100;
SELECT tenth, sum(step_count(s)) AS steps FROM many GROUP BY tenth ORDER BY tenth;

-- All that the backend has taken, while the answer is given.
CREATE FUNCTION pg_temp.memory_of(question text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	bytes bigint;
BEGIN
	-- once more, when the caches are filled
	FOR i IN 1 .. 2 LOOP
		EXECUTE 'SELECT sum(total_bytes) FROM (' || question || ' OFFSET 0) q (answer), LATERAL (SELECT total_bytes FROM pg_catalog.pg_backend_memory_contexts WHERE answer IS NOT NULL OFFSET 0) m' INTO bytes;
	END LOOP;
	RETURN bytes;
END
$$;

SELECT what, whole - nothing < 10 * 1024 * 1024 AS below_10_mb, whole - tenth < 256 * 1024 AS same_for_tenfold
FROM (VALUES
	(1, 'sessions of journeys', 'SELECT sum(session_count(j, interval ''30 min'')) FROM subjects'),
	(2, 'sessions of sets', 'SELECT sum(session_count(s, interval ''30 min'')) FROM many'),
	(3, 'events of journeys', 'SELECT cardinality(event_counts_agg(j)) FROM subjects'),
	(4, 'events of sets', 'SELECT cardinality(event_counts_agg(s)) FROM many'),
	(5, 'transitions of journeys', 'SELECT cardinality(edges_agg(j, false)) FROM subjects'),
	(6, 'transitions of sets', 'SELECT cardinality(edges_agg(s, false)) FROM many'),
	(7, 'matches of journeys', 'SELECT count(*) FILTER (WHERE j ~ ''e1 -> e2'') FROM subjects'),
	(8, 'funnel of journeys', 'SELECT cardinality(funnel_agg(j, ''{e1,e2}'', ''1 h'')) FROM subjects'),
	-- and that it is seen where it does grow
	(9, 'all journeys at once', 'SELECT cardinality(array_agg(j)) FROM subjects')
) v (place, what, question),
LATERAL (SELECT pg_temp.memory_of('SELECT 1') AS nothing, pg_temp.memory_of(question) AS whole,
                pg_temp.memory_of(question || ' WHERE tenth') AS tenth) m
ORDER BY place;
