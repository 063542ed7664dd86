-- Count sessions, 30 minutes gap.

--= postgres: plain SQL, scan and sort
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT count(*)
FROM (SELECT ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events) x
WHERE gap IS NULL OR gap > interval '30 min';

--= postgres: plain SQL, covering index
SET enable_seqscan = off;
SELECT count(*)
FROM (SELECT ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events) x
WHERE gap IS NULL OR gap > interval '30 min';

--= postgres: sessionize, scan and sort
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT sum(sessions)
FROM (SELECT max(session) AS sessions
      FROM (SELECT user_id, journey.sessionize(ts, interval '30 min') OVER (PARTITION BY user_id ORDER BY ts) AS session
            FROM events) x
      GROUP BY user_id) y;

--= postgres: sessionize, covering index
SET enable_seqscan = off;
SELECT sum(sessions)
FROM (SELECT max(session) AS sessions
      FROM (SELECT user_id, journey.sessionize(ts, interval '30 min') OVER (PARTITION BY user_id ORDER BY ts) AS session
            FROM events) x
      GROUP BY user_id) y;

--= postgres: journeys, one a row, sessions()
SELECT count(*) FROM journeys, journey.sessions(j, interval '30 min');

--= postgres: journeys, one a row, session_count
SELECT sum(journey.session_count(j, interval '30 min')) FROM journeys;

--= postgres: sets, many journeys a value
SELECT sum(journey.session_count(s, interval '30 min')) FROM sets;

--= postgres: the events through pack, nothing stored
SELECT sum(journey.session_count(s, interval '30 min'))
FROM (SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s OFFSET 0) x;

--= duckdb: DuckDB, as inserted
SELECT count(*)
FROM (SELECT ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events) x
WHERE gap IS NULL OR gap > interval 30 minutes;

--= duckdb: DuckDB, sorted by subject
SELECT count(*)
FROM (SELECT ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events_sorted) x
WHERE gap IS NULL OR gap > interval 30 minutes;

--= clickhouse: ClickHouse, sorted by subject
SELECT sum(n)
FROM (SELECT 1 + arrayCount(d -> d > 1800000000, arrayDifference(arraySort(groupArray(toUnixTimestamp64Micro(ts))))) AS n
      FROM events_sorted GROUP BY user_id)

--= clickhouse18: ClickHouse 18.16, sorted by subject
SELECT sum(n) FROM (SELECT 1 + arrayCount(d -> d > 1800000, arrayDifference(arraySort(groupArray(ts)))) AS n FROM events_sorted GROUP BY user_id)
