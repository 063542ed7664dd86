-- one subject whose rows would outweigh all others
-- shows: same +\| +t
SELECT 'same' AS what, sum(amount) = sum(amount) FILTER (WHERE journey.consented(user_id, 'analytics')) AS sums,
	max(amount) = max(amount) FILTER (WHERE journey.consented(user_id, 'analytics')) AS maxima,
	count(amount) = count(amount) FILTER (WHERE journey.consented(user_id, 'analytics')) AS counts FROM facts;
SELECT dept, sum(amount), avg(ratio), max(day), percentile_cont(0.99) WITHIN GROUP (ORDER BY amount) FROM facts GROUP BY 1 ORDER BY 1;
SELECT user_id, sum(amount), max(amount) FROM facts GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1;
SELECT sum(salary) > 0, max(age), max(zip) FROM profiles WHERE user_id = 'refused';
SELECT ssn FROM people WHERE id = 12;
