-- a dictionary against tokens
SELECT id, email FROM people WHERE id IN (1, 2, 12, 13, 21) ORDER BY 1;
SELECT count(*) FROM people p, LATERAL (SELECT 'CAN' || 'ARY-' || i || '@example.com' AS g FROM generate_series(0, 19) i) d
	WHERE p.email IN (d.g, md5(d.g), encode(sha256(d.g::bytea), 'hex'), encode(sha512(d.g::bytea), 'hex'), left(md5(d.g), length(p.email)));
SELECT journey.token('x');
SELECT proname FROM pg_proc WHERE pronamespace = 'journey'::regnamespace AND proname ~ 'token|key|hash|mask' AND has_function_privilege(oid, 'EXECUTE') AND prorettype = 'text'::regtype ORDER BY 1;
SELECT journey._cell('CAN' || 'ARY-1@example.com', 'nobody', NULL);
WITH q AS (SELECT 1 AS id, 'nobody'::text AS user_id, 'guess'::text AS email) SELECT journey._cell(q.email, q.user_id, NULL) FROM q;
SELECT email, count(*) FROM people WHERE user_id = 'refused' GROUP BY 1 ORDER BY 1;
SELECT ssn FROM people WHERE id = 12;
