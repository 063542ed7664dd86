-- The GIN operator class: the index answers as the operators do.
SET timezone = 'UTC';
SET search_path = public, journey;

CREATE TABLE trip AS SELECT n AS id, journey_agg(ROW(timestamptz '2026-01-01' + i * interval '1 s', 'e' || (i * n + i * i) % (1 + n % 23),
	CASE WHEN (i + n) % 3 > 0 THEN 'c' || (i + n) % 3 END, NULL, NULL, NULL, CASE WHEN i % 5 = 0 THEN i END, NULL)::interaction) AS j
	FROM generate_series(1, 2000) n, generate_series(1, 1 + n % 37) i GROUP BY n;
INSERT INTO trip VALUES (0, NULL), (-1, '["" 2026-01-01T00:00Z, ""@"" 2026-01-01T00:01Z]'), (-2, '[E 2026-01-01T00:00Z, e1x 2026-01-01T00:00Z]');
ALTER TABLE trip SET (autovacuum_enabled = off);
CREATE INDEX trip_j ON trip USING gin (j);
ANALYZE trip;

CREATE FUNCTION answers(question text, by_index boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ids text;
BEGIN
	PERFORM set_config('enable_seqscan', CASE WHEN by_index THEN 'off' ELSE 'on' END, true);
	PERFORM set_config('enable_bitmapscan', CASE WHEN by_index THEN 'on' ELSE 'off' END, true);
	EXECUTE 'SELECT count(*) || coalesce('' '' || md5(string_agg(id::text, '','' ORDER BY id)), '''') FROM trip WHERE ' || question INTO ids;
	RETURN ids;
END $$;
CREATE TABLE question (text text);
INSERT INTO question
	SELECT format('j %s %L', op, ARRAY(SELECT 'e' || (w * i + w / 3) % 24 FROM generate_series(1, w % 5) i)) FROM unnest('{@>,&&,@>>}'::text[]) op, generate_series(1, 40) w
	UNION ALL SELECT format('j ^@ %L', p) FROM unnest('{e,e1,e22,e23,E,f,"",e1x}'::text[]) p
	UNION ALL SELECT format('j @@ %L::interaction', s) FROM unnest(ARRAY['(,e1,,,,,,)', '(,e1,c1,,,,,)', '(,e1,c3,,,,,)', '(,,c1,,,,,)', '(,e1,c2,,,,10,)', '(,e1,,,,,10,)', '(,,,,,,,)',
		'(2026-01-01 00:00:03Z,e1,,,,,,)', '(2026-01-01 00:00:03Z,e1,c1,,,,,)', '(,"","",,,,,)', '(,"",,,,,,)', '(,e1,"",,,,,)', '(,nothing,c1,,,,,)']) s
	UNION ALL VALUES ('j @> ''{""}'''), ('j @>> ''{"",""}'''), ('j @> ''{NULL}'''), ('j && ''{NULL}'''), ('j @> ''{e1,NULL}'''), ('j @>> ''{e1,NULL,e2}'''), ('''{e5}'' <@ j'),
		('j @> ''{e3}'' AND NOT j && ''{e4}'''), ('j @> ''{e3}'' OR j @> ''{e20,e21}'''), (format('j @> ARRAY[%L]', repeat('x', 5000))), (format('j ^@ %L', repeat('x', 5000)));
SELECT count(*) AS questions, count(*) FILTER (WHERE answers(text, false) IS DISTINCT FROM answers(text, true)) AS different, count(*) FILTER (WHERE answers(text, true) = '0') AS nobody FROM question;

-- it is used, on a column and in the other order of operands
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT FROM trip WHERE j @> '{e22,e1}';
EXPLAIN (COSTS off) SELECT FROM trip WHERE '{e22,e1}' <@ j;
EXPLAIN (COSTS off) SELECT FROM trip WHERE j @>> '{e22,e1}' AND j ^@ 'e2';

-- rows that come, change and go, before and after vacuum and with the list of pending entries
INSERT INTO trip SELECT id + 10000, j FROM trip WHERE id BETWEEN 1 AND 500;
UPDATE trip SET j = j || journey '[late 2027-01-01T00:00Z, "very late" 2027-01-02T00:00Z]' WHERE id % 10 = 3;
DELETE FROM trip WHERE id % 10 = 7;
SELECT count(*) FILTER (WHERE answers(text, false) IS DISTINCT FROM answers(text, true)) AS different FROM question;
SELECT count(*) FROM trip WHERE j @>> '{late,"very late"}';
SELECT gin_clean_pending_list('trip_j') > 0 AS cleaned;
VACUUM trip;
SELECT count(*) FILTER (WHERE answers(text, false) IS DISTINCT FROM answers(text, true)) AS different FROM question;
SELECT count(*) FROM trip WHERE j @>> '{late,"very late"}';
REINDEX INDEX trip_j;
SELECT count(*) FILTER (WHERE answers(text, false) IS DISTINCT FROM answers(text, true)) AS different FROM question;

-- a long journey of many names, and the longest names
INSERT INTO trip SELECT 20000, journey_agg('2026-01-01'::timestamptz + i * interval '1 s', 'event ' || i % 3000) FROM generate_series(1, 20000) i;
INSERT INTO trip SELECT 20001, journey_agg(ROW('2026-01-01'::timestamptz + i * interval '1 s', repeat(chr(96 + i), 1024), repeat('k', 1024), NULL, NULL, NULL, NULL, NULL)::interaction) FROM generate_series(1, 3) i;
SELECT id FROM trip WHERE j @>> '{event 2998,event 2999,event 0}' AND j ^@ 'event 299';
SELECT id FROM trip WHERE j @>> ARRAY[repeat('a', 1024), repeat('b', 1024)] AND j @@ ROW(NULL, repeat('c', 1024), repeat('k', 1024), NULL, NULL, NULL, NULL, NULL)::interaction;

DROP TABLE trip, question;
DROP FUNCTION answers;
