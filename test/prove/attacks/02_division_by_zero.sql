-- division by zero
SELECT ssn FROM people WHERE id = 1;
SELECT id FROM people WHERE 1 / (amount - 7919 * 10000 - id) = 0 AND user_id IS DISTINCT FROM 'yes-1' AND id < 60;
SELECT count(*) FROM people WHERE user_id = 'refused' AND 1 / (amount - 7919 * 10000 - 1) = 0;
SELECT count(*) FROM people WHERE user_id = 'refused' AND 1 / points > 0;
SELECT count(*) FROM facts WHERE user_id = 'refused' AND 1 / (dept - 7919) = 0;
SELECT count(*) FROM facts WHERE user_id = 'refused' AND 10 % (kind - 1) = 0;
SELECT sum(1 / (score - 7919.25)) FROM people WHERE user_id = 'refused';
SELECT CASE WHEN stars = 7919 THEN 1 / 0 ELSE 1 END FROM notes WHERE user_id = 'refused';
SELECT max(1 / (amount - 84)) FROM people WHERE user_id = 'yes-1';
SELECT log(big) FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT id, ssn FROM people WHERE user_id = 'yes-2' ORDER BY 1 LIMIT 2;
