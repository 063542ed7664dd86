-- errors and results that depend on a value's shape: subscripts, slices, ranges, rows, frames, arrays of rows
SELECT id, tags[1], tags[0:9], tags[:][:], tags[array_lower(tags, 1)], (doc)['CANADA'], doc[0], (path).* FROM people WHERE id < 13 ORDER BY id;
SELECT id, doc['say']['x'], trim_array(tags, 1), array_fill(amount, ARRAY[2]), array_position(tags, 'x'), tags || ssn FROM people WHERE id < 13 ORDER BY id;
SELECT trim_array(tags, 2) FROM people WHERE user_id = 'refused';
SELECT int4range(amount, 5), numrange(price, price, '(]'), daterange(born, '2000-01-01') FROM people WHERE user_id = 'refused' LIMIT 3;
SELECT int4range(amount, 100000) FROM people WHERE user_id = 'refused';
SELECT int4multirange(span), span * int4range(1, 9), span -|- int4range(9, 10), range_merge(span, '[1,2)'), lower_inf(span) FROM profiles WHERE user_id = 'refused' ORDER BY id LIMIT 3;
SELECT span - int4range(7919 * 10000 + 1, 7919 * 10000 + 2) FROM profiles WHERE id = 13;
SELECT span + int4range(1, 2) FROM profiles WHERE id = 13;
SELECT id FROM people WHERE ROW(ssn, amount, code) > ROW('CAN', 7919, '1') AND user_id IN ('refused', 'silent') ORDER BY id;
SELECT id FROM people p WHERE (p.ssn, p.amount) IS DISTINCT FROM (NULL, NULL) AND user_id = 'refused';
SELECT p.id FROM people p, people q WHERE (SELECT r FROM (SELECT p.ssn, p.amount) r) *= (SELECT r FROM (SELECT q.ssn, q.amount) r) AND p.user_id = 'refused' AND q.user_id = 'silent' AND p.id < 30 AND q.id < 30 ORDER BY 1;
SELECT array_agg(p ORDER BY p.id) IS NULL, (array_agg(ROW(ssn, amount) ORDER BY id))[1] FROM people p WHERE user_id = 'refused';
SELECT (SELECT count(*) FROM unnest(array_agg(v ORDER BY v.id))) FROM visits v WHERE user_id = 'refused';
-- frames whose bounds come from a masked cell
SELECT id, count(*) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), nth_value(id, coalesce(amount % 3 + 1, 1)) OVER (ORDER BY id) FROM people WHERE user_id = 'refused' ORDER BY id LIMIT 5;
SELECT id, sum(id) OVER (ORDER BY amount RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY born RANGE '1 day' PRECEDING) FROM people WHERE user_id = 'refused' ORDER BY id;
SELECT id, dense_rank() OVER (ORDER BY ssn), cume_dist() OVER (ORDER BY amount), lead(ssn, coalesce(points, 1)) OVER (ORDER BY id) FROM people WHERE user_id = 'refused' ORDER BY id;
SELECT sum(id) OVER (ORDER BY price RANGE BETWEEN price PRECEDING AND CURRENT ROW) FROM people WHERE id = 1;
SELECT generate_series(id, id + 1, amount) FROM people WHERE id IN (1, 2) ORDER BY 1;
SELECT width_bucket(amount, ARRAY[1, 2]), width_bucket(score, 0, 0, amount) FROM people WHERE id IN (1, 2, 3);
SELECT make_interval(days => amount), make_timestamptz(amount, 1, 1, 0, 0, 0), date_bin('0 s', at, at), justify_days(age(at)) FROM people WHERE id IN (1, 2) ORDER BY id;
SELECT set_bit(raw, 70, 1) FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT get_byte(raw, 7), substring(raw FROM 2 FOR amount) FROM people WHERE user_id = 'refused' LIMIT 1;
SELECT ssn FROM people WHERE id = 12;
