-- what runs between two cells of a row that is masked at once: functions without columns in conditions of the reader's
-- as: carol
-- may: MARKETING
CREATE FUNCTION turn() RETURNS text LANGUAGE plpgsql STABLE COST 1 AS $$
BEGIN
	PERFORM set_config('journey.purpose', CASE current_setting('journey.purpose') WHEN 'marketing' THEN 'analytics' ELSE 'marketing' END, false);
	RETURN 'x';
END $$;
CREATE FUNCTION tell() RETURNS text LANGUAGE plpgsql STABLE COST 1 AS $$ BEGIN RAISE NOTICE 'asked'; RETURN 'x'; END $$;
CREATE FUNCTION become() RETURNS text LANGUAGE plpgsql STABLE COST 1 AS $$
BEGIN
	BEGIN
		PERFORM set_config('role', 'ana', false);
	EXCEPTION WHEN OTHERS THEN NULL;
	END;
	RETURN 'x';
END $$;
CREATE FUNCTION read() RETURNS text LANGUAGE plpgsql STABLE COST 1 AS $$
DECLARE t text;
BEGIN
	SELECT string_agg(ssn, ',') INTO t FROM people WHERE id < 3;
	RETURN coalesce(t, 'x');
END $$;
EXPLAIN (COSTS OFF) SELECT id, ssn, name FROM people WHERE ssn IS DISTINCT FROM turn();
EXPLAIN (COSTS OFF) SELECT id, ssn, name FROM people WHERE ssn <> turn();
SELECT id, ssn, name, code FROM people WHERE ssn <> turn() AND id < 30;
SELECT id, ssn, name, code FROM people WHERE (ssn = 'x' OR code <> turn() OR ssn <> 'y') AND id < 30;
SELECT id, ssn FROM people WHERE id < 14 AND ssn <> tell();
SELECT id, story FROM cases WHERE story <> tell() AND id < 14;
SELECT id, ssn, (SELECT q.ssn FROM people q WHERE q.id = p.id AND q.ssn <> turn()) FROM people p WHERE id < 14;
SELECT id, ssn, name FROM people WHERE ssn <> read() AND id < 14;
SELECT id, ssn FROM people WHERE ssn <> become() AND id < 5;
SELECT id, email, name, phone, essay IS NULL FROM people WHERE id < 14 AND email <> turn() AND name <> turn() AND phone <> turn();
SELECT id, alias, diary, salary, doc FROM profiles WHERE alias <> turn() AND id < 14 ORDER BY id;
