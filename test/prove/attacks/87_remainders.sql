-- the group that is left when the others are taken from the total
-- shows: remainder +\| +0 \| +0
SELECT 'remainder' AS what, t.s - sum(g.s) AS sums, t.n - sum(g.n) AS counts
	FROM (SELECT sum(amount) AS s, count(amount) AS n FROM facts) t,
	(SELECT user_id, sum(amount) AS s, count(amount) AS n FROM facts GROUP BY 1 HAVING count(amount) > 0) g GROUP BY t.s, t.n;
SELECT user_id, grp, count(*), count(ssn), sum(amount) FROM people GROUP BY ROLLUP (user_id, grp) ORDER BY 1, 2;
SELECT grouping(dept), dept, sum(amount) FROM facts GROUP BY GROUPING SETS ((), (dept)) ORDER BY 1, 2;
SELECT code, sum(count(*)) OVER () - count(*) AS others FROM people GROUP BY 1 ORDER BY 1;
SELECT count(*) - count(ssn) AS hidden, count(*) FILTER (WHERE NOT coalesce(journey.consented(user_id, 'analytics'), false)) AS denied FROM people;
SELECT ssn FROM people WHERE id = 12;
