-- Group all events by subject: counting them, and building their journeys and sets.

--= postgres: plain SQL, GROUP BY and count(*)
SELECT sum(n) FROM (SELECT count(*) AS n FROM events GROUP BY user_id) x;

--= postgres: journey_agg
SELECT sum(journey.step_count(j)) FROM (SELECT journey.journey_agg(ts, event) AS j FROM events GROUP BY user_id) x;

--= postgres: pack
SELECT sum(journey.step_count(s)) FROM (SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s OFFSET 0) x;

--= postgres: pack, 64 MB of memory
SET maintenance_work_mem = '64MB';
SELECT sum(journey.step_count(s)) FROM (SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s OFFSET 0) x;

--= postgres: plain SQL, array_agg ORDER BY
SELECT sum(cardinality(t))
FROM (SELECT array_agg(ts ORDER BY ts, event) AS t, array_agg(event ORDER BY ts, event) AS e FROM events GROUP BY user_id) x
WHERE cardinality(e) = cardinality(t);

--= duckdb: DuckDB, GROUP BY and count(*)
SELECT sum(n) FROM (SELECT count(*) AS n FROM events GROUP BY user_id) x;

--= clickhouse: ClickHouse, GROUP BY and count()
SELECT sum(n) FROM (SELECT count() AS n FROM events GROUP BY user_id)
