-- every place where SQL takes a column
SELECT x FROM people p, LATERAL (SELECT p.ssn || '!') l(x) WHERE id < 6 OR id = 12;
SELECT p.id, (SELECT p.ssn), ARRAY(SELECT p.name), (SELECT count(*) FROM visits v WHERE v.page = p.ssn) FROM people p WHERE id < 6;
SELECT p.id, v.page, v.amount FROM people p LEFT JOIN LATERAL (SELECT * FROM visits v WHERE v.id = p.id ORDER BY v.amount LIMIT 1) v ON true WHERE p.id < 13;
SELECT id, unnest(tags), generate_series(1, coalesce(points, 2)), regexp_split_to_table(card, 'd') FROM people WHERE id IN (1, 2, 3);
SELECT id, unnest(tags) FROM people WHERE user_id = 'refused';
WITH q AS MATERIALIZED (SELECT * FROM people) SELECT id, ssn, blank FROM q WHERE id < 6;
WITH q AS NOT MATERIALIZED (SELECT * FROM people) SELECT id, ssn, blank FROM q WHERE id < 6 AND ssn IS NULL;
WITH RECURSIVE r(id, t) AS (SELECT 1, (SELECT ssn FROM people WHERE id = 1) UNION ALL
	SELECT r.id + 1, concat(r.t, (SELECT ssn FROM people p WHERE p.id = r.id + 1)) FROM r WHERE r.id < 12) SELECT * FROM r;
SELECT DISTINCT ON (grp) grp, ssn FROM people ORDER BY grp, ssn;
SELECT grp, amount, count(*) FROM people WHERE id < 50 GROUP BY GROUPING SETS ((grp), (amount), ()) ORDER BY 1, 2, 3;
SELECT user_id, ssn FROM people WHERE id < 6 UNION SELECT user_id, secret FROM secrets WHERE id < 6 ORDER BY 1, 2;
(SELECT ssn FROM people WHERE id < 20) INTERSECT (SELECT ssn FROM people WHERE id > 0);
(SELECT ssn FROM people WHERE id < 20) EXCEPT (SELECT page FROM visits) ORDER BY 1;
SELECT * FROM people AS t(a, b, c, d, e, f) WHERE b = 'refused' ORDER BY a LIMIT 2;
SELECT x.* FROM ROWS FROM (jsonb_to_recordset((SELECT jsonb_agg(p) FROM people p WHERE id < 4)) AS (id int, ssn text, doc jsonb)) x;
SELECT xmltable.* FROM people p, XMLTABLE('/a' PASSING xmlelement(name a, p.ssn) COLUMNS v text PATH '.') WHERE p.id < 4;
SELECT id FROM people WHERE (ssn, amount) IN (SELECT secret, id FROM secrets) OR ROW(ssn, amount) IS NULL ORDER BY id LIMIT 8;
SELECT id FROM people WHERE ssn = ANY (SELECT ssn FROM people) ORDER BY id LIMIT 3;
SELECT CASE ssn WHEN NULL THEN 1 ELSE 2 END, ssn IS NULL, ssn IS NOT DISTINCT FROM NULL, flag IS UNKNOWN, coalesce(ssn, '-'), greatest(amount, 1) FROM people WHERE id < 6;
SELECT * FROM people NATURAL JOIN secrets WHERE id < 5;
SELECT count(*) FROM people FULL JOIN secrets USING (user_id);
VALUES ((SELECT ssn FROM people WHERE id = 1), (SELECT ssn FROM people WHERE id = 12));
TABLE secrets;
SELECT id, ssn FROM people WHERE user_id = 'refused' ORDER BY ssn FETCH FIRST 2 ROWS WITH TIES;
SELECT ssn FROM people LIMIT (SELECT amount FROM people WHERE id = 1);
SELECT ssn FROM people OFFSET (SELECT coalesce(points, 3) FROM people WHERE id = 1) LIMIT 1;
