-- What a window function costs on rows that are in order already: a session
-- number for each row.  lag alone does not answer that; it is the yardstick.

--= yardstick: lag alone
SET enable_seqscan = off;
SELECT count(x), max(x) FROM (SELECT lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS x FROM events) y;

--= postgres: lag and a running sum
SET enable_seqscan = off;
SELECT count(x), max(x)
FROM (SELECT sum(CASE WHEN gap <= interval '30 min' THEN 0 ELSE 1 END) OVER (PARTITION BY user_id ORDER BY ts) AS x
      FROM (SELECT user_id, ts, ts - lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS gap FROM events) z) y;

--= postgres: sessionize
SET enable_seqscan = off;
SELECT count(x), max(x)
FROM (SELECT journey.sessionize(ts, interval '30 min') OVER (PARTITION BY user_id ORDER BY ts) AS x FROM events) y;
