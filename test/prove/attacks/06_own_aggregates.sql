-- aggregates, window and ordered-set aggregates of the reader's own
CREATE FUNCTION add(s text, x text) RETURNS text LANGUAGE plpgsql
	AS 'BEGIN RAISE NOTICE ''got %'', left(x, 30); RETURN left(concat(s, '','', x), 400); END';
CREATE AGGREGATE grab(text) (SFUNC = add, STYPE = text);
CREATE AGGREGATE grab_moving(text) (SFUNC = add, STYPE = text, MSFUNC = add, MINVFUNC = add, MSTYPE = text);
SELECT grab(ssn) FROM people;
SELECT grab(blank ORDER BY ssn) FILTER (WHERE code IS NOT NULL) FROM people WHERE id < 40;
SELECT id, grab_moving(ssn) OVER (ORDER BY id ROWS 1 PRECEDING) FROM people WHERE id < 14;
SELECT user_id, grab(DISTINCT name) FROM people GROUP BY user_id ORDER BY 1;
SELECT array_agg(tags), string_agg(code, ','), jsonb_agg(doc), xmlagg(xmlelement(name x, blank)) FROM people WHERE user_id = 'refused' AND tags IS NOT NULL;
SELECT array_agg(card), bit_xor(points), bool_and(flag), json_object_agg(id, ssn), range_agg(int4range(amount, amount + 1)) FROM people WHERE user_id = 'refused';
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ssn), mode() WITHIN GROUP (ORDER BY amount), rank(100) WITHIN GROUP (ORDER BY amount)
	FROM people WHERE user_id IS DISTINCT FROM 'yes-1' AND user_id IS DISTINCT FROM 'yes-2';
SELECT id, first_value(ssn) OVER w, lag(amount) OVER w, ntile(3) OVER (ORDER BY amount, id) FROM people WHERE id < 20 WINDOW w AS (ORDER BY seen_at) ORDER BY id;
SELECT regr_slope(amount, big), stddev(score), corr(id, amount) FROM people WHERE user_id = 'refused';
