-- Subjects with view, then cart, then purchase within a day, and no return in between.
-- In SQL: between two returns, the latest view before each cart is the best begin.
-- sequenceMatch of ClickHouse cannot say that nothing of a kind lies in between: arrays can, here of times with the event in the last two bits.

--= postgres: plain SQL, scan and sort
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
WITH parts AS (
  SELECT user_id, ts, event, count(*) FILTER (WHERE event = 'return') OVER (PARTITION BY user_id ORDER BY ts) AS part
  FROM events WHERE event IN ('view', 'cart', 'purchase', 'return')),
views AS (
  SELECT user_id, ts, event, part, max(ts) FILTER (WHERE event = 'view') OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM parts WHERE event <> 'return'),
carts AS (
  SELECT user_id, ts, event, max(CASE WHEN event = 'cart' THEN begin END) OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM views)
SELECT count(DISTINCT user_id) FROM carts WHERE event = 'purchase' AND ts - begin <= interval '1 day';

--= postgres: plain SQL, covering index
SET enable_seqscan = off;
WITH parts AS (
  SELECT user_id, ts, event, count(*) FILTER (WHERE event = 'return') OVER (PARTITION BY user_id ORDER BY ts) AS part
  FROM events WHERE event IN ('view', 'cart', 'purchase', 'return')),
views AS (
  SELECT user_id, ts, event, part, max(ts) FILTER (WHERE event = 'view') OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM parts WHERE event <> 'return'),
carts AS (
  SELECT user_id, ts, event, max(CASE WHEN event = 'cart' THEN begin END) OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM views)
SELECT count(DISTINCT user_id) FROM carts WHERE event = 'purchase' AND ts - begin <= interval '1 day';

--= postgres: journeys, one a row, ~
SELECT count(*) FROM journeys WHERE j OPERATOR(journey.~) 'view -[no return]-> cart -[no return]-> purchase within 1 day';

--= postgres: journeys, one a row, match_count_agg
SELECT (journey.match_count_agg(j, 'view -[no return]-> cart -[no return]-> purchase within 1 day')).matched FROM journeys;

--= postgres: sets, many journeys a value, match_count_agg
SELECT (journey.match_count_agg(s, 'view -[no return]-> cart -[no return]-> purchase within 1 day')).matched FROM sets;

--= duckdb: DuckDB, as inserted
WITH parts AS (
  SELECT user_id, ts, event, count(*) FILTER (WHERE event = 'return') OVER (PARTITION BY user_id ORDER BY ts) AS part
  FROM events WHERE event IN ('view', 'cart', 'purchase', 'return')),
views AS (
  SELECT user_id, ts, event, part, max(ts) FILTER (WHERE event = 'view') OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM parts WHERE event <> 'return'),
carts AS (
  SELECT user_id, ts, event, max(CASE WHEN event = 'cart' THEN begin END) OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM views)
SELECT count(DISTINCT user_id) FROM carts WHERE event = 'purchase' AND ts - begin <= INTERVAL 1 DAY;

--= duckdb: DuckDB, sorted by subject
WITH parts AS (
  SELECT user_id, ts, event, count(*) FILTER (WHERE event = 'return') OVER (PARTITION BY user_id ORDER BY ts) AS part
  FROM events_sorted WHERE event IN ('view', 'cart', 'purchase', 'return')),
views AS (
  SELECT user_id, ts, event, part, max(ts) FILTER (WHERE event = 'view') OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM parts WHERE event <> 'return'),
carts AS (
  SELECT user_id, ts, event, max(CASE WHEN event = 'cart' THEN begin END) OVER (PARTITION BY user_id, part ORDER BY ts ROWS UNBOUNDED PRECEDING) AS begin
  FROM views)
SELECT count(DISTINCT user_id) FROM carts WHERE event = 'purchase' AND ts - begin <= INTERVAL 1 DAY;

--= clickhouse: ClickHouse, sorted by subject
SELECT countIf(arrayExists((x, b) -> x % 4 = 2 AND b > 0 AND bitShiftRight(x, 2) - b <= 86400000000, steps, begins))
FROM (SELECT arraySort(groupArray(toUnixTimestamp64Micro(ts) * 4 + multiIf(event = 'view', 0, event = 'cart', 1, event = 'purchase', 2, 3))) AS steps,
             arrayFill(x -> x >= 0, arrayMap(x -> multiIf(x % 4 = 0, bitShiftRight(x, 2), x % 4 = 3, 0, -1), steps)) AS views,
             arrayFill(x -> x >= 0, arrayMap((x, v) -> multiIf(x % 4 = 1 AND v > 0, v, x % 4 = 3, 0, -1), steps, views)) AS begins
      FROM events_sorted WHERE event IN ('view', 'cart', 'purchase', 'return') GROUP BY user_id)

--= yardstick18: ClickHouse 18.16, sorted by subject, 2 ms
SELECT count()
FROM (SELECT user_id
      FROM (SELECT user_id, part, windowFunnel(43200000)(intDiv(t, 2), e = 'view', e = 'cart', e = 'purchase') AS level
            FROM (SELECT user_id, x.1 AS t, x.2 AS e, part
                  FROM (SELECT user_id, arraySort(groupArray((ts, toString(event)))) AS s, arrayCumSum(arrayMap(x -> x.2 = 'return', s)) AS parts
                        FROM events_sorted WHERE event IN ('view', 'cart', 'purchase', 'return') GROUP BY user_id)
                  ARRAY JOIN s AS x, parts AS part)
            GROUP BY user_id, part HAVING level = 3)
      GROUP BY user_id)
