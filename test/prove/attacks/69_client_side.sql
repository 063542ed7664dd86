-- variables, conditions, cross tables and repeated queries of the client
SELECT amount AS a, ssn AS s, email AS e FROM people WHERE id = 1 \gset got_
\echo :{?got_a} :{?got_s} :got_e
SELECT count(*) FROM people WHERE amount::text = :'got_e';
\if :{?got_a}
SELECT 'a value';
\else
SELECT 'none';
\endif
SELECT format('SELECT %L AS one, %L AS other', ssn, code) FROM people WHERE id IN (1, 2, 12) ORDER BY id \gexec
SELECT user_id, id % 3 AS third, ssn FROM people WHERE id < 13 AND user_id IS NOT NULL ORDER BY 1, 2 \crosstabview
SELECT ssn, amount, code FROM people WHERE id = 1 \gdesc
SELECT ssn, amount FROM people WHERE user_id = 'refused' ORDER BY id LIMIT 3 \gx
\copy (SELECT id, ssn, amount, doc FROM people WHERE id < 5 ORDER BY id) TO STDOUT
\d people
SELECT ssn FROM people WHERE id = 12;
