-- A funnel: how many subjects viewed, put into the cart within the hour, and bought within that hour.

--= postgres: plain SQL, scan and sort
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
WITH x AS (SELECT user_id, ts, event, max(ts) FILTER (WHERE event = 'view') OVER w AS viewed
           FROM events WHERE event IN ('view', 'cart', 'purchase')
           WINDOW w AS (PARTITION BY user_id ORDER BY ts, event ROWS UNBOUNDED PRECEDING)),
     y AS (SELECT user_id, ts, event, event = 'cart' AND ts - viewed <= interval '1 hour' AS reached,
                  max(CASE WHEN event = 'cart' AND ts - viewed <= interval '1 hour' THEN viewed END) OVER w AS begun
           FROM x WINDOW w AS (PARTITION BY user_id ORDER BY ts, event ROWS UNBOUNDED PRECEDING)),
     u AS (SELECT user_id, bool_or(event = 'view') AS l1, bool_or(reached) AS l2,
                  bool_or(event = 'purchase' AND ts - begun <= interval '1 hour') AS l3
           FROM y GROUP BY user_id)
SELECT count(*) FILTER (WHERE l1), count(*) FILTER (WHERE l2), count(*) FILTER (WHERE l3) FROM u;

--= postgres: plain SQL, covering index
SET enable_seqscan = off;
WITH x AS (SELECT user_id, ts, event, max(ts) FILTER (WHERE event = 'view') OVER w AS viewed
           FROM events WHERE event IN ('view', 'cart', 'purchase')
           WINDOW w AS (PARTITION BY user_id ORDER BY ts, event ROWS UNBOUNDED PRECEDING)),
     y AS (SELECT user_id, ts, event, event = 'cart' AND ts - viewed <= interval '1 hour' AS reached,
                  max(CASE WHEN event = 'cart' AND ts - viewed <= interval '1 hour' THEN viewed END) OVER w AS begun
           FROM x WINDOW w AS (PARTITION BY user_id ORDER BY ts, event ROWS UNBOUNDED PRECEDING)),
     u AS (SELECT user_id, bool_or(event = 'view') AS l1, bool_or(reached) AS l2,
                  bool_or(event = 'purchase' AND ts - begun <= interval '1 hour') AS l3
           FROM y GROUP BY user_id)
SELECT count(*) FILTER (WHERE l1), count(*) FILTER (WHERE l2), count(*) FILTER (WHERE l3) FROM u;

--= postgres: journeys, one a row
SELECT f[1].entered, f[2].entered, f[3].entered
FROM (SELECT journey.funnel_agg(j, '{view, cart, purchase}', '1 hour') AS f FROM journeys) x;

--= postgres: journeys, one a row, the function
SELECT count(*) FILTER (WHERE level >= 1), count(*) FILTER (WHERE level >= 2), count(*) FILTER (WHERE level >= 3)
FROM (SELECT (journey.funnel(j, '{view, cart, purchase}', '1 hour')).level FROM journeys OFFSET 0) x;

--= postgres: sets, many journeys a value
SELECT f[1].entered, f[2].entered, f[3].entered
FROM (SELECT journey.funnel_agg(s, '{view, cart, purchase}', '1 hour') AS f FROM sets) x;

--= postgres: the events through pack, nothing stored
SELECT f[1].entered, f[2].entered, f[3].entered
FROM (SELECT journey.funnel_agg(s, '{view, cart, purchase}', '1 hour') AS f
      FROM (SELECT journey.pack('SELECT user_id, ts, event FROM events') AS s OFFSET 0) x) y;

--= duckdb: DuckDB, as inserted
WITH v AS (SELECT user_id, ts FROM events WHERE event = 'view'),
     c AS (SELECT user_id, ts FROM events WHERE event = 'cart'),
     p AS (SELECT user_id, ts FROM events WHERE event = 'purchase'),
     c2 AS (SELECT c.user_id, c.ts, v.ts AS vts FROM c ASOF JOIN v ON c.user_id = v.user_id AND c.ts > v.ts
            WHERE c.ts - v.ts <= interval 1 hour)
SELECT (SELECT count(DISTINCT user_id) FROM v), (SELECT count(DISTINCT user_id) FROM c2),
       (SELECT count(DISTINCT p.user_id) FROM p ASOF JOIN c2 ON p.user_id = c2.user_id AND p.ts > c2.ts
        WHERE p.ts - c2.vts <= interval 1 hour);

--= duckdb: DuckDB, sorted by subject
WITH v AS (SELECT user_id, ts FROM events_sorted WHERE event = 'view'),
     c AS (SELECT user_id, ts FROM events_sorted WHERE event = 'cart'),
     p AS (SELECT user_id, ts FROM events_sorted WHERE event = 'purchase'),
     c2 AS (SELECT c.user_id, c.ts, v.ts AS vts FROM c ASOF JOIN v ON c.user_id = v.user_id AND c.ts > v.ts
            WHERE c.ts - v.ts <= interval 1 hour)
SELECT (SELECT count(DISTINCT user_id) FROM v), (SELECT count(DISTINCT user_id) FROM c2),
       (SELECT count(DISTINCT p.user_id) FROM p ASOF JOIN c2 ON p.user_id = c2.user_id AND p.ts > c2.ts
        WHERE p.ts - c2.vts <= interval 1 hour);

--= clickhouse: ClickHouse, sorted by subject
SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3)
FROM (SELECT windowFunnel(3600000000)(toUInt64(toUnixTimestamp64Micro(ts)), event = 'view', event = 'cart', event = 'purchase') AS level
      FROM events_sorted GROUP BY user_id)

--= yardstick18: ClickHouse 18.16, sorted by subject, 2 ms
-- its windowFunnel takes times as signed numbers of 32 bits
SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3)
FROM (SELECT windowFunnel(1800000)(intDiv(ts, 2), event = 'view', event = 'cart', event = 'purchase') AS level
      FROM events_sorted GROUP BY user_id)
