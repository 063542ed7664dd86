-- rows in the order of an index over masked columns
-- shows: Index (Only )?Scan
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
EXPLAIN SELECT user_id FROM secrets WHERE user_id IS NULL;
SELECT user_id FROM secrets;
SELECT user_id, secret FROM secrets;
SELECT secret FROM secrets;
SELECT id FROM secrets;
EXPLAIN SELECT id, amount FROM people WHERE id < 30;
SELECT id, amount FROM people WHERE id < 30;
SELECT ssn FROM people LIMIT 40;
SELECT id, big FROM people WHERE big IS NULL LIMIT 40;
SELECT amount FROM visits LIMIT 40;
SELECT dept, kind FROM facts LIMIT 40;
SELECT id FROM facts WHERE id < 40;
SELECT count(*), min(id), max(id) FROM people;
SELECT ctid FROM people LIMIT 1;
DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT user_id FROM secrets;
FETCH LAST FROM c;
FETCH BACKWARD 50 FROM c;
EXPLAIN SELECT id FROM facts WHERE user_id = 'refused';
SELECT id FROM facts WHERE user_id = 'refused' LIMIT 40;
SELECT id FROM facts ORDER BY user_id LIMIT 40;
