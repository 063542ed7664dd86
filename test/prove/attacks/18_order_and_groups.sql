-- order, groups and histograms of a masked column
SELECT id FROM people WHERE user_id IN ('refused', 'withdrawn') ORDER BY ssn, id;
SELECT id FROM people WHERE user_id IN ('refused', 'withdrawn') ORDER BY amount DESC, born, price, name, phone, card, id;
SELECT id FROM people WHERE user_id = 'refused' ORDER BY ssn;
SELECT id, row_number() OVER (ORDER BY amount) FROM people WHERE user_id = 'refused' ORDER BY 2;
SELECT name, phone, count(*) FROM people WHERE user_id IN ('refused', 'silent') GROUP BY 1, 2 ORDER BY 1, 2;
SELECT width_bucket(amount, 0, 100000000, 10), count(*) FROM people GROUP BY 1 ORDER BY 1;
SELECT dept, count(*), min(amount), max(amount), count(DISTINCT amount), avg(ratio) FROM facts GROUP BY 1 ORDER BY 1;
SELECT kind, day, count(*) FROM facts GROUP BY 1, 2 ORDER BY 1, 2;
SELECT DISTINCT ssn, amount, code, flag, mood FROM people ORDER BY 1, 2;
SELECT min(ssn), max(ssn), min(amount), max(amount), count(ssn), count(DISTINCT amount), count(blank) FROM people;
SELECT user_id, count(blank), count(ssn), count(amount), count(code), count(essay) FROM people GROUP BY 1 ORDER BY 1;
SELECT email, count(*) FROM people GROUP BY 1 ORDER BY 2 DESC, 1;
SELECT user_id, count(*), count(secret) FROM secrets GROUP BY 1 ORDER BY 1;
SET enable_hashagg = off; SET enable_sort = off;
SELECT dept, count(*) FROM facts GROUP BY 1 ORDER BY 1;
