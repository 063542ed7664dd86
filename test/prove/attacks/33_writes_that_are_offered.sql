-- writing through views that allow it
-- as: wanda
-- shows: cannot write column "user_id" of view "desk"
UPDATE desk SET user_id = 'yes-1' WHERE id = 1 RETURNING ssn;
UPDATE desk SET ssn = 'CAN' || 'ARY-1-2' WHERE id = 1;
UPDATE desk SET ssn = ssn, amount = amount, user_id = user_id, status = status || '!' RETURNING *;
UPDATE desk SET seen = '2999-01-01';
INSERT INTO desk (id, user_id) VALUES (100, 'yes-1');
INSERT INTO desk (id, ssn) VALUES (100, 'CAN' || 'ARY-1-2');
-- unique and foreign keys, checks, expressions: whether they hold tells about raw values
UPDATE desk SET rank = (7919 * 10000 + 1) WHERE id = 1;
UPDATE desk SET rank = (8642 * 10000 + 1) WHERE id = 1;
UPDATE desk SET grp = (7919 * 10000 + 1) WHERE id = 1;
UPDATE desk SET grp = 0 WHERE id = 1;
UPDATE desk SET city = 'x' WHERE id = 1;
UPDATE desk SET city = repeat('x', 2690) WHERE id = 1;
DELETE FROM desk WHERE id = 4;
DELETE FROM desk WHERE id = 1;
UPDATE desk SET id = id + 1000;
UPDATE desk SET id = 1003 WHERE id = 1001;
INSERT INTO desk (id) VALUES (1003);
INSERT INTO desk (id) VALUES (1003) ON CONFLICT DO NOTHING;
INSERT INTO desk (id) VALUES (1003) ON CONFLICT (id) DO UPDATE SET status = desk.ssn RETURNING *;
INSERT INTO desk (id) VALUES (2000) RETURNING *;
DELETE FROM desk WHERE id = 2000 RETURNING *;
-- conditions, expressions and plans see masks
UPDATE desk SET note = ssn WHERE ssn LIKE 'CAN%' RETURNING *;
UPDATE desk SET note = coalesce(ssn, 'none') || coalesce(amount, -1) RETURNING *;
UPDATE desk d SET note = v.x FROM (VALUES ('CAN' || 'ARY-1-1')) v (x) WHERE d.ssn = v.x RETURNING *;
UPDATE desk SET note = 1 / (amount - (7919 * 10000 + 1)) WHERE id = 1001;
CREATE FUNCTION lab.say(anyelement) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END';
UPDATE desk SET status = 'said' WHERE lab.say(ssn) AND lab.say(desk) AND id < 1004;
CREATE FUNCTION lab.lower(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''trapped %'', $1; RETURN $1; END';
UPDATE desk SET status = 'Trapped' WHERE id = 1001;
EXPLAIN (VERBOSE) UPDATE desk SET status = 'x' FROM orders o WHERE desk.ssn = o.item;
EXPLAIN (VERBOSE) DELETE FROM inbox USING desk WHERE inbox.body = desk.ssn;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) UPDATE desk SET status = 'x' WHERE amount > 0;
SELECT id, ssn FROM desk ORDER BY id FOR UPDATE;
-- errors one by one
DO $$
DECLARE
	i int; state text; said text; answer text := '';
BEGIN
	FOR i IN 1001 .. 1012 LOOP
		BEGIN
			UPDATE desk SET rank = i WHERE id = i;
			answer := answer || ' ok';
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = PG_EXCEPTION_DETAIL;
			answer := answer || ' ' || state || ' ' || said;
		END;
		BEGIN
			DELETE FROM inbox WHERE id = i - 1000;
			RAISE EXCEPTION USING ERRCODE = 'P0009';
		EXCEPTION WHEN OTHERS THEN
			answer := answer || ' ' || SQLSTATE;
		END;
	END LOOP;
	RAISE NOTICE '%', answer;
END $$;
-- new rows whole, for people who consent and others
INSERT INTO inbox VALUES (100, 'yes-1', 'guess', 4711), (101, 'refused', 'x', 1) RETURNING *;
INSERT INTO inbox VALUES (1, 'yes-1', 'x', 1);
UPDATE inbox SET body = 'y' WHERE id = 101;
UPDATE inbox SET user_id = 'yes-1' WHERE id = 1;
UPDATE inbox SET id = id + 500 RETURNING *;
\copy inbox (id, body) FROM '/dev/null'
MERGE INTO inbox USING (VALUES (501)) v (i) ON id = v.i WHEN MATCHED AND body = 'CAN' || 'ARY-1' THEN DELETE WHEN MATCHED THEN UPDATE SET id = 1;
SELECT * FROM inbox ORDER BY id;
SELECT n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_all_tables WHERE relname IN ('desk', 'inbox') ORDER BY relname;
\connect - ana
SET search_path = public;
SET journey.purpose = 'analytics';
SELECT * FROM desk ORDER BY id;
SELECT id, user_id, stars FROM inbox WHERE body IS NOT NULL ORDER BY id;
SELECT attname, n_distinct, correlation FROM pg_stats WHERE tablename IN ('desk', 'inbox');
