-- groups that are there because of somebody who refused
-- shows: VISIBLE-12
SELECT amount, count(*) FROM facts GROUP BY 1 HAVING NOT bool_or(journey.consented(user_id, 'analytics')) ORDER BY 1;
SELECT dept, kind, count(*) FROM facts WHERE NOT journey.consented(user_id, 'analytics') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT ssn, count(*) FROM people WHERE user_id IS DISTINCT FROM 'yes-1' AND user_id IS DISTINCT FROM 'yes-2' AND user_id IS DISTINCT FROM 'yes-3'
	AND user_id NOT LIKE 'until%' GROUP BY 1 ORDER BY 1;
SELECT page, count(DISTINCT user_id) FROM visits GROUP BY 1 HAVING count(DISTINCT user_id) = 1 AND min(user_id) IN ('refused', 'silent', 'unknown') ORDER BY 1;
SELECT tags, count(*) FROM people GROUP BY tags HAVING count(*) < 30 ORDER BY 1;
SELECT user_id, secret, count(*) FROM secrets GROUP BY CUBE (user_id, secret) ORDER BY 1, 2, 3;
SELECT ssn FROM people WHERE id = 12;
