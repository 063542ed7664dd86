-- live journeys: what a statement did is in the store for the next one
SET timezone = 'UTC';
SET search_path = public, journey;
\set VERBOSITY terse

CREATE TABLE hits (id int PRIMARY KEY, who text, at timestamptz, what text, place text, paid float8, mood text[]);
INSERT INTO hits VALUES
  (1, 'ana', '2026-01-01 10:00', 'view', 'web', NULL, NULL), (2, 'ana', '2026-01-01 10:05', 'pay', 'web', 12.5, '{glad,calm}'),
  (3, 'bob', '2026-01-01 11:00', 'view', NULL, NULL, '{}'), (4, NULL, '2026-01-01 11:00', 'view', NULL, NULL, NULL),
  (5, 'bob', NULL, 'view', NULL, NULL, NULL), (6, 'bob', '2026-01-01 11:00', NULL, NULL, NULL, NULL);
SELECT track('hits', 'who', 'at', 'what', 'live', channel => 'place', value => 'paid', senses => 'mood');

CREATE FUNCTION shown() RETURNS TABLE (subject text, j journey) LANGUAGE sql AS
$$ SELECT s.subject, s.j FROM (SELECT x.subject, journey_agg(x.j) FROM live, journeys(sets) x GROUP BY 1) s (subject, j) ORDER BY s.subject COLLATE "C" $$;
SELECT * FROM shown();

-- insert, several rows of one time, rows that are no steps
INSERT INTO hits VALUES (7, 'cem', '2026-01-02 09:00', 'b', NULL, NULL, NULL), (8, 'cem', '2026-01-02 09:00', 'a', NULL, NULL, NULL),
  (9, 'cem', NULL, 'x', NULL, NULL, NULL);
SELECT * FROM shown() WHERE subject = 'cem';
-- COPY, late rows
COPY hits FROM stdin;
10	ana	2026-01-01 09:59	land	\N	\N	\N
11	dee	2026-01-03 00:00	view	app	\N	\N
\.
SELECT * FROM shown() WHERE subject IN ('ana', 'dee');
-- update: nothing that is tracked; a track; subject and time; into and out of being a step
UPDATE hits SET id = id + 100 WHERE id = 11;
SELECT delta_rows FROM stores;
UPDATE hits SET mood = '{calm,glad,glad}' WHERE id = 2;
SELECT delta_rows FROM stores;
UPDATE hits SET place = 'shop' WHERE id = 3;
UPDATE hits SET who = 'cem', at = '2026-01-02 08:00' WHERE who = 'dee';
UPDATE hits SET what = 'now a step' WHERE id = 6;
UPDATE hits SET at = NULL WHERE id = 7;
SELECT * FROM shown();
-- delete
DELETE FROM hits WHERE id IN (3, 8);
SELECT * FROM shown();
-- savepoints and rollback
BEGIN;
INSERT INTO hits VALUES (20, 'eva', '2026-01-04', 'kept', NULL, NULL, NULL);
SAVEPOINT s;
INSERT INTO hits VALUES (21, 'eva', '2026-01-05', 'gone', NULL, NULL, NULL);
SELECT * FROM shown() WHERE subject = 'eva';
ROLLBACK TO s;
COMMIT;
SELECT * FROM shown() WHERE subject = 'eva';
-- ON CONFLICT and MERGE
INSERT INTO hits VALUES (20, 'eva', '2026-01-04', 'again', NULL, NULL, NULL), (22, 'eva', '2026-01-06', 'more', NULL, NULL, NULL)
ON CONFLICT (id) DO UPDATE SET what = EXCLUDED.what;
INSERT INTO hits VALUES (20, 'eva', '2026-01-04', 'not', NULL, NULL, NULL) ON CONFLICT DO NOTHING;
SELECT * FROM shown() WHERE subject = 'eva';
MERGE INTO hits h USING (VALUES (20), (22), (23)) v (id) ON h.id = v.id
WHEN MATCHED AND v.id = 20 THEN DELETE
WHEN MATCHED THEN UPDATE SET what = 'merged'
WHEN NOT MATCHED THEN INSERT (id, who, at, what) VALUES (v.id, 'eva', '2026-01-07', 'new');
SELECT * FROM shown() WHERE subject = 'eva';
-- a delete that a foreign key passes on
CREATE TABLE visit (id int PRIMARY KEY);
INSERT INTO visit VALUES (22), (23);
ALTER TABLE hits ADD COLUMN visit int REFERENCES visit ON DELETE CASCADE;
UPDATE hits SET visit = id WHERE id IN (22, 23);
DELETE FROM visit WHERE id = 22;
SELECT * FROM shown() WHERE subject = 'eva';
-- infinite times are refused, and nothing of the statement stays
INSERT INTO hits VALUES (30, 'eva', '2026-01-08', 'x', NULL, NULL, NULL), (31, 'eva', 'infinity', 'x', NULL, NULL, NULL);
INSERT INTO hits VALUES (30, 'eva', '2026-01-08', repeat('x', 2000), NULL, NULL, NULL);
SELECT * FROM shown() WHERE subject = 'eva';

-- folding changes nothing that is seen
CREATE TABLE before AS SELECT * FROM shown();
SELECT store, events, sets, steps, delta_rows > 0 AS waiting, lag > interval '0' AS lags, chunk, fold_at FROM stores;
SELECT fold('live') > 0;
SELECT fold('live');
SELECT store, events, sets, steps, delta_rows, lag, last_fold IS NOT NULL AS folded, bytes > 0, delta_bytes >= 0, bytes_per_event > 0 FROM stores;
SELECT count(*) FROM before b FULL JOIN shown() s USING (subject, j) WHERE b.j IS NULL OR s.j IS NULL;
SELECT rebuild('live');
SELECT count(*) FROM before b FULL JOIN shown() s USING (subject, j) WHERE b.j IS NULL OR s.j IS NULL;
-- journeys of one subject, folded or not
INSERT INTO hits VALUES (40, 'eva', '2026-01-09', 'late', NULL, NULL, NULL);
SELECT journey_of('live', 'eva'), journey_of('live'::regclass, 'ana'), journey_of('live', 'nobody'), journey_of('live'::regclass, NULL);
SELECT sum(session_count(sets, '30 min')) FROM live;

-- TRUNCATE, and what comes after it in the same transaction; rolled back
BEGIN;
TRUNCATE hits;
SELECT count(*) FROM live;
INSERT INTO hits VALUES (50, 'fay', '2026-01-10', 'first', NULL, NULL, NULL);
SELECT * FROM shown();
ROLLBACK;
SELECT count(*) FROM shown();
BEGIN ISOLATION LEVEL REPEATABLE READ;
TRUNCATE hits;
SELECT count(*) FROM shown();
COMMIT;
SELECT store, sets, steps, delta_rows FROM stores;

-- subjects of other types, two stores of one table
CREATE TABLE numbered (who int, id uuid, at timestamptz, what varchar(10));
SELECT track('numbered', 'who', 'at', 'what', 'by_who'), track('numbered', 'id', 'at', 'what', 'by_id', chunk => '1 day');
INSERT INTO numbered VALUES (-5, '00000000-0000-0000-0000-00000000000a', '2026-01-01', 'a'), (7, '00000000-0000-0000-0000-00000000000a', '2026-01-03', 'b');
SELECT sets FROM by_who ORDER BY 1;
SELECT sets FROM by_id ORDER BY 1;
SELECT fold('by_who'), fold('by_id');
SELECT sets FROM by_id ORDER BY 1;
-- a late row between two chunks, and one that ends a journey's going on
INSERT INTO numbered VALUES (7, '00000000-0000-0000-0000-00000000000a', '2026-01-02', 'late');
SELECT sets FROM by_id ORDER BY 1;
SELECT fold('by_id');
SELECT sets FROM by_id ORDER BY 1;
DELETE FROM numbered WHERE what = 'b';
SELECT sets FROM by_id ORDER BY 1;
SELECT journey_of('by_id'::regclass, '00000000-0000-0000-0000-00000000000a'), journey_of('by_id'::regclass, 'no uuid'), journey_of('by_who'::regclass, '-5');

-- as the apply worker of logical replication does: rows, no statements
SET session_replication_role = replica;
INSERT INTO numbered VALUES (9, NULL, '2026-01-04', 'c'), (9, NULL, '2026-01-05', 'd');
UPDATE numbered SET what = 'e' WHERE what = 'c';
DELETE FROM numbered WHERE what = 'd';
SELECT journey_of('by_who'::regclass, '9');
-- rows that come unseen, because a superuser wants it so, are missed when they go
ALTER TABLE numbered DISABLE TRIGGER ALL;
INSERT INTO numbered VALUES (10, NULL, '2026-01-04', 'unseen');
ALTER TABLE numbered ENABLE REPLICA TRIGGER journey_1_rows;
ALTER TABLE numbered ENABLE TRIGGER journey_1_delete, ENABLE TRIGGER journey_1_insert, ENABLE TRIGGER journey_1_update;
RESET session_replication_role;
DELETE FROM numbered WHERE who = 10;
SELECT count(*) FROM by_who;
SELECT fold('by_who');
SELECT rebuild('by_who');
SELECT count(*) > 0 FROM by_who;

-- bad arguments
SELECT track(NULL, 'who', 'at', 'what', 'x');
SELECT track('hits', 'who', 'at', 'what', NULL);
SELECT track('hits', 'nothing', 'at', 'what', 'x');
SELECT track('hits', 'who', 'who', 'what', 'x');
SELECT track('hits', 'who', 'what', 'at', 'x');
SELECT track('hits', 'who', 'at', 'what', 'live');
SELECT track('hits', 'who', 'at', 'what', 'a.b.c');
SELECT track('hits', 'who', 'at', 'what', 'x', chunk => '1 month');
SELECT track('hits', 'who', 'at', 'what', 'x', chunk => '0');
SELECT track('hits', 'who', 'at', 'what', 'x', fold_at => 0);
SELECT track('hits', 'who', 'at', 'what', 'x', row_security => 'off');
SELECT track('live', 'who', 'at', 'what', 'x');
SELECT track('live_sets', 'who', 'at', 'what', 'x');
SELECT track('pg_class', 'who', 'at', 'what', 'x');
SELECT track('store', 'who', 'at', 'what', 'x');
CREATE TEMP TABLE fleeting (who text, at timestamptz, what text);
SELECT track('fleeting', 'who', 'at', 'what', 'x');
SELECT fold('hits'), rebuild('hits');
SELECT rebuild('hits');
SELECT untrack('hits');
SELECT journey_of('hits'::regclass, 'ana');
SELECT journey_of('nowhere', 'ana');
SELECT fold(NULL), rebuild(NULL), untrack(NULL);
SELECT _collect();
CREATE TRIGGER mine AFTER INSERT ON visit FOR EACH STATEMENT EXECUTE FUNCTION journey._collect('x', 'y');
INSERT INTO visit VALUES (1);

DROP FUNCTION shown;
SELECT untrack('live'), untrack('by_who'), untrack('by_id');
SELECT count(*) FROM pg_trigger WHERE tgrelid IN ('hits'::regclass, 'numbered'::regclass) AND NOT tgisinternal;
SELECT count(*) FROM stores;
DROP TABLE hits, visit, before, numbered;
