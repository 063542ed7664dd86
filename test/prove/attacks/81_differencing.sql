-- differences of totals, with and without somebody
-- shows: tracker +\| +0
-- Masked cells are in no total, so what a tracker subtracts is nothing.
SELECT 'tracker' AS what, a.n - b.n AS counts, a.s - b.s AS sums, a.m - b.m AS maxima
	FROM (SELECT count(amount) AS n, sum(amount) AS s, max(amount) AS m FROM facts) a,
	(SELECT count(amount) AS n, sum(amount) AS s, max(amount) AS m FROM facts WHERE user_id <> 'refused') b;
SELECT grp, count(*) - count(*) FILTER (WHERE user_id IS DISTINCT FROM 'refused') AS rows,
	coalesce(sum(amount), 0) - coalesce(sum(amount) FILTER (WHERE user_id IS DISTINCT FROM 'refused'), 0) AS sums,
	count(DISTINCT ssn) - count(DISTINCT ssn) FILTER (WHERE user_id IS DISTINCT FROM 'refused') AS distinct
	FROM people GROUP BY 1 ORDER BY 1;
SELECT 'padded' AS what, (SELECT sum(amount) FROM people WHERE grp = 1 OR id = 1) - (SELECT sum(amount) FROM people WHERE grp = 1 AND id <> 1) AS x;
SELECT id, sum(amount) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - sum(amount) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW) AS own
	FROM people WHERE id < 15 ORDER BY id;
SELECT user_id, avg(amount), stddev_samp(price), regr_intercept(amount, id), min(born), bit_or(points) FROM people GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE path IS NOT NULL), journey.journey_agg(seen_at, ssn) IS NULL FROM people WHERE user_id = 'refused';
SELECT left(ssn, 7) FROM people WHERE id = 12;
