-- joining guesses with the masked column
CREATE TEMP TABLE guess AS SELECT 'CAN' || 'ARY-1-' || lpad(i::text, 3, '0') AS g, 7919 * 10000 + i AS n, 'x' || i AS note FROM generate_series(1, 240) i
	UNION ALL SELECT 'CAN' || 'ARY-2-' || lpad(i::text, 3, '0'), 8642 * 10000 - i, 'y' || i FROM generate_series(1, 999) i;
CREATE INDEX ON guess (g);
ANALYZE guess;
SET enable_hashjoin = on; SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT note, id FROM guess JOIN people ON ssn = g;
SELECT note, id FROM guess JOIN people ON amount = n AND user_id NOT LIKE 'yes%';
SET enable_hashjoin = off; SET enable_mergejoin = on;
SELECT note, id FROM guess JOIN people ON ssn = g;
SELECT note, count(*) FROM guess JOIN facts ON amount = n AND user_id NOT LIKE 'yes%' GROUP BY 1 ORDER BY 1;
SET enable_mergejoin = off; SET enable_nestloop = on;
SELECT note, id FROM guess JOIN people ON ssn = g;
SELECT note FROM guess WHERE g IN (SELECT ssn FROM people);
SELECT count(*) FROM guess WHERE NOT EXISTS (SELECT FROM people WHERE ssn = g);
SELECT count(*) FROM guess WHERE n = ANY (ARRAY(SELECT amount FROM visits WHERE user_id = 'refused'));
RESET enable_hashjoin; RESET enable_mergejoin;
SELECT a.id, b.id FROM people a JOIN people b ON a.ssn = b.ssn WHERE a.id < 14;
SELECT a.id, b.id FROM people a JOIN people b ON a.name = b.name WHERE a.id < 3 AND b.id < 60 ORDER BY 1, 2;
SELECT p.id, v.id, p.ssn FROM people p JOIN visits v ON p.amount = v.amount WHERE p.id < 30 ORDER BY 1, 2;
