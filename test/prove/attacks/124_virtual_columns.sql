-- columns that are computed as they are read: where that fails, the error would quote raw values
SELECT to_regclass('computed') IS NOT NULL AS on18 \gset
\if :on18
-- those of the reader's own subjects work
SELECT id, number, share, shown, day FROM computed WHERE user_id LIKE 'yes-%' ORDER BY id;
SELECT * FROM computed ORDER BY id;
SELECT number FROM computed WHERE user_id = 'refused';
SELECT share, count(*) FROM computed GROUP BY 1 ORDER BY 1;
SELECT id FROM computed WHERE number > 0 OR share = 3 ORDER BY 1;
SELECT c, c.number FROM computed c WHERE id < 6 ORDER BY number NULLS FIRST, id;
SELECT count(*) FROM computed a JOIN computed b USING (number);
SELECT id, row_number() OVER (ORDER BY day, id) FROM computed WHERE id < 14 ORDER BY 1;
EXPLAIN (VERBOSE) SELECT number, share FROM computed WHERE day IS NULL;
EXPLAIN (ANALYZE, SERIALIZE TEXT, BUFFERS OFF, TIMING OFF, SUMMARY OFF) SELECT shown FROM computed WHERE number = 5;
DO $$
DECLARE r record;
BEGIN
	FOR r IN SELECT id, number, share, day FROM computed ORDER BY id LOOP
		IF r.id < 14 THEN RAISE NOTICE '%', r; END IF;
	END LOOP;
EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'caught % %', SQLSTATE, SQLERRM;
END $$;
SET journey.purpose = 'marketing';
SELECT count(number), count(share), count(day) FROM computed;
SET journey.purpose = 'analytics';
SET :parallel = on;
SELECT sum(number), max(day) FROM computed;
SET jit_above_cost = 0; SET jit = on;
SELECT sum(share), min(shown) FROM computed;
-- what the table's columns are computed from is no secret, what came of it is
SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
WHERE adrelid = 'journey_base.computed'::regclass;
SELECT attname FROM pg_stats WHERE tablename = 'computed';
\endif
SELECT ssn FROM people WHERE id = 12;
