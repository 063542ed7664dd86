-- The rows.  :world is 1 or 2; the worlds differ in denied cells alone, in what
-- their masks hide.  Cells of consenting subjects hold VISIBLE, denied cells
-- CANARY, cells that only another purpose may see say which one.
-- Run as superuser.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET timezone = 'UTC';
SET prove.world = :world;

-- Who the rows are about, and what is written into their cells; NULL: denied
-- for every purpose, so the cell is the world's own.
CREATE TEMP TABLE who (n int PRIMARY KEY, subject text, label text);
INSERT INTO who VALUES
	(0, 'yes-1', 'VISIBLE'), (1, 'refused', NULL), (2, 'withdrawn', NULL), (3, 'unknown', NULL),
	(4, 'yes-2', 'VISIBLE'), (5, 'expired', NULL), (6, 'silent', NULL), (7, NULL, NULL),
	(8, 'not-yet', NULL), (9, 'elsewhere', 'MARKETING'), (10, 'child-only', 'PRODUCT'), (11, 'yes-3', 'VISIBLE');

-- A cell: the shown value if there is one, else that of the world.
CREATE FUNCTION pg_temp.cell(shown anyelement, first anyelement, second anyelement, label text) RETURNS anyelement
	LANGUAGE sql STABLE AS
$$SELECT CASE WHEN $4 IS NOT NULL THEN $1 WHEN current_setting('prove.world') = '1' THEN $2 ELSE $3 END$$;

CREATE TEMP TABLE rows AS
	SELECT i, subject, label FROM generate_series(1, 240) AS i JOIN who ON n = i % 12
	UNION ALL
	SELECT 300 + k, 'until-' || k, 'UNTIL' FROM unnest(ARRAY[44, 45, 46, 93, 99]) AS k
	ORDER BY 1;

INSERT INTO journey_base.people
SELECT i, subject, timestamptz '2026-01-01' + i * interval '5 h', i % 7, repeat('p', 4200),
	-- the same in both: a token tells which values are equal
	coalesce(label, 'CANARY') || '-' || i % 20 || '@example.com',
	-- the first and the last character are shown; nothing of short and missing texts is
	pg_temp.cell(label || ' name', CASE WHEN i % 24 = 1 THEN 'CA' WHEN i % 24 = 2 THEN '' ELSE 'JCANARY-1n' END,
		CASE WHEN i % 24 = 1 THEN NULL WHEN i % 24 = 2 THEN 'CANA' ELSE 'J' || repeat('CANARY', 1 + i % 7) || 'n' END, label),
	pg_temp.cell(label || ' phone', '+49 CANARY ' || repeat('é', i % 5) || '77', '+1 CANARY ' || repeat('電', i % 9) || '77', label),
	pg_temp.cell(label || ' card', 'CANARY-1-' || i, CASE WHEN i % 2 = 0 THEN 'CANARY' END, label),
	pg_temp.cell(5000 + i, 79190000 + i, CASE WHEN i % 2 = 0 THEN i % 3 END, label),
	-- null masks
	pg_temp.cell(label || '-' || i, 'CANARY-1-' || lpad(i::text, 3, '0'), 'CANARY-2-' || lpad((999 - i)::text, 3, '0'), label),
	pg_temp.cell(i, 79190000 + i, CASE WHEN i % 5 > 0 THEN 86420000 END, label),
	pg_temp.cell(i::bigint, 7919000000000 + i, -8642000000000 - i % 10, label),
	pg_temp.cell(i::numeric, 7919.5 + i, CASE WHEN i % 3 = 0 THEN numeric 'NaN' ELSE -8642 END, label),
	pg_temp.cell(i::text, '12345', 'CANARY', label),
	pg_temp.cell(date '2000-01-01' + i, date '1979-01-01' + i, CASE WHEN i % 3 = 0 THEN 'infinity' ELSE '1864-02-01' END::date, label),
	pg_temp.cell(timestamptz '2000-01-01', timestamptz '1979-01-01', CASE WHEN i % 3 > 0 THEN '-infinity' END::timestamptz, label),
	pg_temp.cell(inet '10.0.0.1', inet '79.19.0.0' + i, inet '8642::1' + i, label),
	pg_temp.cell(uuid '00000000-0000-0000-0000-000000000001', uuid '79197919-7919-7919-7919-791979197919',
		uuid '86428642-8642-8642-8642-864286428642', label),
	pg_temp.cell(jsonb_build_object('say', label), '{"CANARY": 79190000}', CASE WHEN i % 3 > 0 THEN '["CANARY", null]' ELSE '"CANARY"' END::jsonb, label),
	pg_temp.cell(convert_to(label, 'UTF8'), 'CANARY-1', CASE WHEN i % 3 > 0 THEN '\x'::bytea END, label),
	pg_temp.cell(ARRAY[label, 'x'], '{CANARY}', CASE WHEN i % 3 > 0 THEN '{}' ELSE '{CANARY,NULL,CANARY}' END::text[], label),
	pg_temp.cell(true, true, CASE WHEN i % 3 > 0 THEN false END, label),
	pg_temp.cell('happy', 'sad', CASE WHEN i % 3 > 0 THEN 'calm' END::mood, label),
	pg_temp.cell(ROW(label, i)::address, ROW('CANARY', 79190000)::address, CASE WHEN i % 3 > 0 THEN ROW('CANARY', NULL)::address END, label),
	pg_temp.cell(label || ' zip', 'CANARY', CASE WHEN i % 3 > 0 THEN 'CANARY two' END, label),
	pg_temp.cell('[VISIBLE 2026-01-01T10:00:00Z]', '["CANARY-1" 1979-01-01T10:00:00Z]',
		CASE WHEN i % 3 > 0 THEN '[CANARY 1864-01-01T10:00:00Z, CANARY 1864-01-02T10:00:00Z]' END::journey.journey, label),
	pg_temp.cell(repeat(label || ' essay ', 1000), repeat('CANARY ', 1500), CASE WHEN i % 3 > 0 THEN 'CANARY' END, label),
	pg_temp.cell(label || ' blank', NULL, 'CANARY', label),
	pg_temp.cell(i / 4::float8, float8 '7919.25', CASE WHEN i % 3 > 0 THEN float8 'NaN' ELSE 'infinity' END, label)
FROM rows;

INSERT INTO journey_base.visits
SELECT i, subject, timestamptz '2026-01-01' + i * interval '16 h', repeat('p', 4200),
	pg_temp.cell(label || ' page', 'CANARY-' || i, CASE WHEN i % 3 > 0 THEN 'CANARY' || i % 4 END, label),
	pg_temp.cell(i, 79190000 + i, 86420000 - i % 3, label),
	pg_temp.cell(label, NULL, 'CANARY', label)
FROM rows WHERE i <= 120 OR i > 300;

INSERT INTO journey_base.notes
SELECT i, subject, repeat('p', 4200), pg_temp.cell(label || ' note', 'CANARY', repeat('CANARY', 1 + i % 20), label),
	pg_temp.cell(i, 7919, NULL, label)
FROM rows WHERE i <= 36;
INSERT INTO notes_old
SELECT 1000 + i, subject, repeat('p', 4200), pg_temp.cell(label || ' old', repeat('CANARY', 100), NULL, label),
	pg_temp.cell(i, NULL, 8642, label), coalesce(label, 'CANARY')
FROM rows WHERE i <= 36;

-- Those who were refused or never asked are other people in each world.
INSERT INTO journey_base.secrets
SELECT i, pg_temp.cell(subject, CASE WHEN i % 24 < 12 THEN 'refused' ELSE 'CANARY-' || i END,
		CASE WHEN i % 24 < 12 THEN 'CANARY' WHEN i % 5 > 0 THEN 'silent' END, label),
	repeat('p', 4200), pg_temp.cell(label || ' secret', 'CANARY-' || i, CASE WHEN i % 3 > 0 THEN 'CANARY' END, label)
FROM rows WHERE i <= 60;

INSERT INTO journey_base.cases
SELECT i, subject, repeat('p', 4200), pg_temp.cell(label || ' story', 'CANARY-' || i, CASE WHEN i % 3 > 0 THEN 'CANARY' END, label),
	pg_temp.cell(i, 79190000 + i, CASE WHEN i % 3 > 0 THEN -i END, label)
FROM rows WHERE i <= 60;

INSERT INTO journey_base.profiles
SELECT i, subject, repeat('p', 4200),
	pg_temp.cell(i, 79190000 + i, 86420000 - i % 3, label),
	pg_temp.cell(date '2000-01-01' + i, date '1979-01-01' - i, date '1970-01-01' + i % 5, label),
	pg_temp.cell(timestamptz '2026-01-01' + i * interval '1 h', timestamptz '1979-03-01' + i * interval '1 h',
		timestamptz '1979-03-31' - i % 2 * interval '1 h', label),
	pg_temp.cell(inet '10.0.0.1' + i, inet '79.19.1.0' + i, inet '79.19.99.7/32', label),
	pg_temp.cell(label || ' zip', 'J' || 'CANARY-' || i, 'J' || repeat('CANARY', 1 + i % 3), label),
	pg_temp.cell(int4range(i, i + 5), int4range(79190000, 79190000 + i), int4range(86420000 - i % 3, 86420007), label),
	pg_temp.cell(ARRAY[i, NULL], ARRAY[79190000 + i, 7919], ARRAY[86420000, 8642], label),
	-- the same in both
	300 + i, date '2020-01-01' + i, coalesce(label, 'CANARY') || i % 9, coalesce(label, 'CANARY') || ' diary ' || i % 4,
	pg_temp.cell(i, 79190000 + i, CASE WHEN i % 3 > 0 THEN 86420000 END, label),
	pg_temp.cell(ARRAY[label], '{CANARY}', CASE WHEN i % 3 > 0 THEN '{CANARY,CANARY}' END::text[], label),
	-- what is not masked is the same, and where masked parts can be
	jsonb_build_object('plan', i % 3, 'home', jsonb_build_object('city', 'Graz')) || pg_temp.cell(
		jsonb_build_object('email', label || '@example.com', 'scores', i, 'home', jsonb_build_object('city', 'Graz', 'street', label)),
		jsonb_build_object('email', 'CANARY@example.com', 'scores', 79190000 + i, 'home', jsonb_build_object('city', 'Graz', 'street', 'CANARY')),
		jsonb_build_object('email', i || 'CANARY.com', 'home', jsonb_build_object('city', 'Graz')), label),
	pg_temp.cell('[seen 2026-01-01T10:00:00Z, VISIBLE 2026-01-02T10:00:00Z]',
		'[CANARY 2026-01-01T10:00:00Z, seen 2026-01-05T10:00:00Z, "CANARY-1" 2026-01-06T10:00:00Z, bought 2026-02-01T10:00:00Z]',
		'[seen 2026-01-25T11:00:00Z, CANARY 2026-01-26T10:00:00Z, bought 2026-02-27T10:00:00Z]'::journey.journey, label),
	pg_temp.cell('[seen 2026-01-01T10:00:00Z, VISIBLE 2026-01-02T10:00:00Z]',
		'[seen 2026-01-05T10:00:00Z, "CANARY-1" 2026-01-06T10:00:00Z]',
		'[seen 2026-01-25T11:00:00Z, CANARY 2026-01-26T10:00:00Z]'::journey.journey, label)
FROM rows WHERE i <= 60;

INSERT INTO journey_base.facts
SELECT i, subject, pg_temp.cell(i % 10, CASE WHEN i % 100 < 95 THEN 7919 ELSE i % 50 END, i % 1000, label),
	pg_temp.cell(i % 3, i % 2000, 8642, label), pg_temp.cell(i, 79190000 + i, 86420000 - i % 3, label),
	pg_temp.cell(i / 8::float8, float8 '0.25', -i::float8, label), pg_temp.cell(date '2026-01-01', date '1979-01-01' + i % 900, 'infinity', label)
FROM generate_series(1, 20000) AS i JOIN who ON n = i % 12;

-- many different values here, few there
INSERT INTO journey_base.tallies
SELECT i, subject, i % 5, i % 5 + i % 2, i % 5, pg_temp.cell(i % 10, CASE WHEN i % 100 < 95 THEN 7919 ELSE i % 50 END, 7920 + i % 1000, label),
	pg_temp.cell(i, 79190000 + i, 86420000 - i % 3, label)
FROM generate_series(1, 20000) AS i JOIN who ON n = i % 12;

-- as many bytes of rows, but not of what ANALYZE notes of them, which does not compress
INSERT INTO journey_base.letters
SELECT i, subject, pg_temp.cell(rpad(label, 294, '.'), 'CANARY' || repeat(md5(i::text), 9), 'CANARY' || repeat(md5('1'), 9), label),
	pg_temp.cell(rpad(label, 294, '.'), 'CANARY' || repeat(md5('1'), 9), 'CANARY' || repeat(md5(i::text), 9), label)
FROM generate_series(1, 1200) AS i JOIN who ON n = i % 12;

INSERT INTO journey_base.hidden SELECT i, 'yes-1', 'yes-1' FROM generate_series(1, 6) AS i
	UNION ALL SELECT 7, 'refused', 'HIDDEN';
INSERT INTO hidden_child SELECT 100 + i, 'yes-1', 'yes-1' FROM generate_series(1, 6) AS i
	UNION ALL SELECT 107, 'nobody', 'HIDDEN';
INSERT INTO journey_base.loose VALUES (0, 'yes-1', 'VISIBLE'),
	(1, 'refused', pg_temp.cell(NULL::text, 'CANARY-1', 'CANARY-2', NULL)), (2, 'unknown', pg_temp.cell(NULL::text, 'CANARY-1', 'CANARY-2', NULL));

-- what was called is equal: the readers can read it
INSERT INTO journey_base.desk
SELECT i, subject, 'old', 'note', 1, 7, 'Graz', '2026-01-01', pg_temp.cell(label || '-' || i, 'CANARY-1-' || i, CASE WHEN i <> 3 THEN 'CANARY-2-' || i END, label),
	pg_temp.cell(i, 79190000 + i, 86420000 + i, label)
FROM rows WHERE i <= 12;
INSERT INTO desk_calls VALUES (1, 'VISIBLE-4');
INSERT INTO journey_base.inbox
SELECT i, subject, pg_temp.cell(label || ' body', 'CANARY-1', CASE WHEN i <> 3 THEN 'CANARY-2' END, label), pg_temp.cell(i, 79190000, 86420000, label)
FROM rows WHERE i <= 12;

SELECT to_regclass('journey_base.computed') IS NOT NULL AS computed \gset
\if :computed
INSERT INTO journey_base.computed
SELECT i, subject, repeat('p', 4200), CASE WHEN label IS NOT NULL THEN '2026' || lpad((i % 12 + 1)::text, 2, '0') || '01' ELSE pg_temp.cell(NULL, 'CANARY' || i, '79190000', label) END,
	CASE WHEN label IS NOT NULL THEN 7920 + i ELSE pg_temp.cell(NULL, 7919, CASE WHEN i % 3 > 0 THEN 8642 END, label) END
FROM rows WHERE i <= 60;
\endif

-- 0104 and +105 are other names than those of the numbers
CREATE TEMP TABLE numbered (n int, person int, label text);
INSERT INTO numbered VALUES (0, 101, 'VISIBLE'), (1, 102, 'MARKETING'), (2, 103, NULL), (3, 104, NULL), (4, 105, NULL), (5, 0, NULL),
	(6, -3, 'VISIBLE'), (7, 3, NULL), (8, 100000001, 'VISIBLE'), (9, 100000002, NULL), (10, NULL, NULL), (11, -2147483648, NULL);
INSERT INTO journey_base.tickets
SELECT i, person, repeat('p', 4200), pg_temp.cell(label || ' note', 'JCANARY' || i, 'J' || repeat('CANARY', 1 + i % 5), label),
	pg_temp.cell(i, 79190000 + i, CASE WHEN i % 5 > 0 THEN 86420000 END, label)
FROM generate_series(1, 60) AS i JOIN numbered ON n = i % 12;
INSERT INTO journey_base.devices
SELECT i, ('00000000-0000-0000-0000-000000000' || 101 + i % 3)::uuid, repeat('p', 4200),
	pg_temp.cell(label || ' note', 'CANARY' || i, CASE WHEN i % 2 = 0 THEN 'CANARY' END, label), pg_temp.cell(i, 79190000 + i, 86420000, label)
FROM generate_series(1, 24) AS i, LATERAL (SELECT CASE WHEN i % 3 = 0 THEN 'VISIBLE' END) AS x (label);

INSERT INTO orders SELECT i, 1 + i % 240, 'thing ' || i % 9 FROM generate_series(1, 100) AS i;

-- What is known about subjects is packed too, for readers who begin with that.
SELECT journey.consent_fold() \g /dev/null

-- The counters of the rows above must not arrive after those of VACUUM.
SELECT pg_stat_force_next_flush() \g /dev/null
REINDEX TABLE journey_base.people;
REINDEX TABLE journey_base.visits;
REINDEX TABLE journey_base.facts;
REINDEX TABLE journey_base.tallies;
VACUUM ANALYZE;

-- What the test takes for granted: equal sizes.  The runner compares this.
SELECT relname, relkind, relpages, reltuples, relallvisible
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'i', 'I') AND nspname IN ('public', 'journey_base', 'journey')
ORDER BY nspname, relname;
