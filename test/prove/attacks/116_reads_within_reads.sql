-- the same relation read for several purposes and by several roles while one statement runs
-- as: carol
-- may: MARKETING
CREATE FUNCTION look(p text, i int) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	before text := current_setting('journey.purpose');
	seen text;
BEGIN
	PERFORM set_config('journey.purpose', p, true);
	SELECT coalesce(ssn, '-') INTO seen FROM people WHERE id = i;
	PERFORM set_config('journey.purpose', before, true);
	RETURN p || ' ' || seen;
END $$;
CREATE FUNCTION turn(p text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT set_config(''journey.purpose'', p, true)';
CREATE FUNCTION look_as(r text, i int) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE seen text;
BEGIN
	PERFORM set_config('role', r, true);
	SELECT coalesce(ssn, '-') INTO seen FROM people WHERE id = i;
	PERFORM set_config('role', 'none', true);
	RETURN r || ' ' || seen;
EXCEPTION WHEN OTHERS THEN RETURN SQLERRM;
END $$;
CREATE FUNCTION fixed(i int) RETURNS text LANGUAGE sql STABLE SET journey.purpose = 'marketing' AS 'SELECT ssn FROM public.people WHERE id = i';
-- between two cells of a row, in WHERE, in sort keys, in aggregates and windows
SELECT id, ssn, look('marketing', id), ssn, look('fraud', id), name, look('analytics', id), card, fixed(id), ssn FROM people WHERE id IN (1, 9, 10, 12) ORDER BY id;
SELECT id, ssn FROM people WHERE id < 14 AND look('marketing', id) <> 'x' AND ssn IS DISTINCT FROM look('fraud', id) ORDER BY look('marketing', 9), id;
SELECT max(look('marketing', id)), max(ssn), min(look('analytics', id)), count(fixed(id)) FROM people WHERE id < 14;
SELECT id, lag(ssn) OVER (ORDER BY look('marketing', id), id), count(ssn) OVER w FROM people WHERE id < 14 WINDOW w AS (ORDER BY fixed(id), id) ORDER BY id;
-- rescans: the inner side is read again for each outer row, which changes the purpose before
SET enable_memoize = on; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
SELECT o.n, turn(o.p) AS purpose, l.id, l.ssn FROM (VALUES (1, 'analytics'), (2, 'marketing'), (3, 'fraud'), (4, 'marketing'), (5, 'analytics')) o (n, p)
	CROSS JOIN LATERAL (SELECT id, ssn FROM people WHERE id IN (1, 9, 12) AND turn(o.p) IS NOT NULL ORDER BY id OFFSET 0) l;
SELECT turn('analytics');
SELECT a.id, look('marketing', a.id), (SELECT b.ssn FROM people b WHERE b.id = a.id AND turn(CASE a.id % 3 WHEN 0 THEN 'marketing' ELSE 'analytics' END) <> '')
	FROM people a WHERE a.id < 14 ORDER BY a.id;
RESET enable_memoize; RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material;
-- the same relation within itself, some levels deep
CREATE FUNCTION deep(i int, n int) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE r record; t text := '';
BEGIN
	IF n = 0 THEN RETURN ''; END IF;
	FOR r IN SELECT id, ssn, deep(id, n - 1) AS below, look(CASE n % 2 WHEN 0 THEN 'marketing' ELSE 'fraud' END, id) AS beside, card
			 FROM people WHERE id IN (i, i + 1) ORDER BY id LOOP
		t := t || concat_ws('/', r.id, r.ssn, r.below, r.beside, r.card) || ' ';
	END LOOP;
	RETURN t;
END $$;
SELECT deep(9, 3);
-- cursors that are open at once, with another role and purpose for each FETCH
BEGIN;
DECLARE a SCROLL CURSOR FOR SELECT id, ssn, name FROM people WHERE id IN (1, 9, 12) ORDER BY id;
DECLARE b CURSOR FOR SELECT id, ssn, look('marketing', id) FROM people WHERE id IN (1, 9, 12) ORDER BY id;
FETCH 1 FROM a; FETCH 1 FROM b;
SET LOCAL journey.purpose = 'marketing';
FETCH 1 FROM a; FETCH 1 FROM b;
SAVEPOINT s;
SET LOCAL journey.purpose = 'fraud';
FETCH 1 FROM a;
ROLLBACK TO s;
FETCH 1 FROM b;
MOVE ABSOLUTE 0 FROM a; FETCH ALL FROM a;
COMMIT;
-- writes of what is read: rows come from the view, purposes from the expressions
CREATE TABLE got (id int, s text, t text GENERATED ALWAYS AS (coalesce(s, '-') || '!') STORED);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('journey.purpose', 'marketing', true);
	RAISE NOTICE '%', (SELECT string_agg(concat(g.s, ':', p.ssn), ' ' ORDER BY g.id) FROM new_rows g JOIN people p USING (id));
	PERFORM set_config('journey.purpose', 'analytics', true);
	RETURN NULL;
END $$;
CREATE TRIGGER note AFTER INSERT ON got REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note();
INSERT INTO got (id, s) SELECT id, ssn FROM people WHERE id IN (1, 9, 12) RETURNING id, s, look('marketing', id);
MERGE INTO got g USING people p ON g.id = p.id AND p.id < 14 WHEN MATCHED THEN UPDATE SET s = p.name || look('fraud', p.id)
	WHEN NOT MATCHED AND p.id IN (2, 3) THEN INSERT (id, s) VALUES (p.id, p.ssn);
TABLE got;
UPDATE got SET s = p.ssn FROM people p WHERE p.id = got.id AND look('marketing', p.id) <> '' RETURNING got.*, p.ssn;
COPY (SELECT id, ssn, look('marketing', id), ssn FROM people WHERE id IN (1, 9, 12) ORDER BY id) TO STDOUT;
-- who the caller may become
SELECT look_as('ana', 1), look_as('insider', 1), look_as('none', 12), look_as('carol', 12);
-- plans that are kept, from simple expressions to whole statements
CREATE FUNCTION walk() RETURNS text LANGUAGE plpgsql AS $$
DECLARE p text; i int; t text := '';
BEGIN
	FOREACH p IN ARRAY '{analytics,marketing,fraud,analytics,marketing}'::text[] LOOP
		PERFORM set_config('journey.purpose', p, true);
		FOREACH i IN ARRAY '{1,9,12}'::int[] LOOP
			t := t || coalesce((SELECT ssn FROM people WHERE id = i), '-') || journey.consented('yes-1', p)::int || journey.consented('elsewhere', p)::int || ' ';
		END LOOP;
	END LOOP;
	RETURN t;
END $$;
SELECT walk();
SELECT walk();
