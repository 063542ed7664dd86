-- How many points each event has, when, and the median gap between them.

--= postgres: plain SQL, lag and percentile_cont
SET enable_indexscan = off;
SET enable_indexonlyscan = off;
SELECT count(*), sum(n), min(first_at), max(last_at)
FROM (SELECT event, count(*) AS n, min(ts) AS first_at, max(ts) AS last_at, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median_gap
      FROM (SELECT event, ts, ts - lag(ts) OVER (PARTITION BY event ORDER BY ts) AS gap FROM events) x
      GROUP BY event) y
WHERE median_gap IS NOT NULL;

--= postgres: signal_agg
SELECT count(*), sum((s).points), min((s).first_at), max((s).last_at)
FROM (SELECT journey.signal_agg(ts) AS s FROM events GROUP BY event OFFSET 0) x
WHERE (s).median_gap IS NOT NULL;
