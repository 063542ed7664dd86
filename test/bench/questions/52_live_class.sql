-- The class of each event as of its arrival, among those of its
-- subject in the thirty days before.  Counting alone is the yardstick.

--= yardstick: count over the same window
SELECT sum(n) FROM (SELECT count(ts) OVER (PARTITION BY user_id ORDER BY ts RANGE interval '30 days' PRECEDING) AS n FROM events) x;

--= postgres: plain SQL, count and CASE
SELECT count(*), sum(CASE WHEN n >= 3 THEN 2 WHEN n = 2 THEN 1 ELSE 0 END)
FROM (SELECT count(ts) OVER (PARTITION BY user_id ORDER BY ts RANGE interval '30 days' PRECEDING) AS n FROM events) x;

--= postgres: signal_class_agg
SELECT count(*), sum(CASE c WHEN 'trend' THEN 2 WHEN 'pattern' THEN 1 ELSE 0 END)
FROM (SELECT journey.signal_class_agg(ts) OVER (PARTITION BY user_id ORDER BY ts RANGE interval '30 days' PRECEDING) AS c FROM events) x;
