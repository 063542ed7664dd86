-- Do the events of a kind rise or fall over the days, and how fast?  For each of
-- the kinds, a number a day.  Plain SQL compares all pairs of days.

--= postgres: plain SQL, all pairs
WITH days AS MATERIALIZED (SELECT event, ts::date AS day, count(*)::float8 AS n FROM events GROUP BY 1, 2)
SELECT count(*), sum(s), sum(round(slope::numeric, 6))
FROM (SELECT a.event, sum(sign(b.n - a.n))::bigint AS s, percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.n - a.n) / (b.day - a.day)) AS slope
      FROM days a JOIN days b ON a.event = b.event AND a.day < b.day GROUP BY a.event) x;

--= postgres: signal_agg
SELECT count(*), sum(round(((s).tau * (s).points * ((s).points - 1) / 2)::numeric))::bigint, sum(round((s).slope_per_day::numeric, 6))
FROM (SELECT event, journey.signal_agg(day, n) AS s
      FROM (SELECT event, ts::date::timestamptz AS day, count(*)::float8 AS n FROM events GROUP BY 1, 2) x
      GROUP BY event OFFSET 0) y;
