-- What the events that tell of trouble amount to: how many, from when until
-- when, and the median gap between them.

--= postgres: plain SQL, lag and percentile_cont
SELECT count(*), sum(n), min(first_at), max(last_at), sum(floor(extract(epoch FROM median_gap) * 1000000))::bigint
FROM (SELECT event, count(*) AS n, min(ts) AS first_at, max(ts) AS last_at,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median_gap
      FROM (SELECT event, ts, ts - lag(ts) OVER (PARTITION BY event ORDER BY ts) AS gap
            FROM events WHERE event IN ('error', 'support_chat', 'return', 'logout', 'coupon')) x
      GROUP BY event) y;

--= postgres: signal_agg
SELECT count(*), sum((s).points), min((s).first_at), max((s).last_at), sum(extract(epoch FROM (s).median_gap) * 1000000)::bigint
FROM (SELECT journey.signal_agg(ts) AS s
      FROM events WHERE event IN ('error', 'support_chat', 'return', 'logout', 'coupon')
      GROUP BY event OFFSET 0) x;
