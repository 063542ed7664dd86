-- Subjects with view, then cart, then purchase within a day, and no return in between.
-- In SQL: between two returns, the latest view before each cart is the best begin.
-- sequenceMatch of ClickHouse cannot say that nothing of a kind lies in between: arrays can.

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
SELECT countIf(arrayExists((e, t, b) -> e = 'purchase' AND b > 0 AND t - b <= 86400000000, event, at, begin))
FROM (SELECT arraySort(groupArray((toUnixTimestamp64Micro(ts), toString(event)))) AS steps, steps.1 AS at, steps.2 AS event,
             arrayFill(x -> x >= 0, arrayMap((e, t) -> multiIf(e = 'view', t, e = 'return', 0, -1), event, at)) AS viewed,
             arrayFill(x -> x >= 0, arrayMap((e, v) -> multiIf(e = 'cart' AND v > 0, v, e = 'return', 0, -1), event, viewed)) AS begin
      FROM events_sorted WHERE event IN ('view', 'cart', 'purchase', 'return') GROUP BY user_id)
