-- What happens to a store when its table is altered, moved, partitioned anew or
-- dropped; and when it cannot be made.
BEGIN;
SELECT plan(100);
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
SET LOCAL search_path = public, pg_catalog;
CREATE SCHEMA regress_live;

CREATE TABLE regress_live.events (id serial PRIMARY KEY, gone int, who bigint, at timestamptz, event text, way varchar(10), note text);
ALTER TABLE regress_live.events DROP COLUMN gone;
INSERT INTO regress_live.events (who, at, event, way)
SELECT n % 7, timestamptz '2026-01-01Z' + n * interval '1 hour', 'e' || n % 3, 'w' || n % 2 FROM generate_series(1, 50) AS n;
SELECT lives_ok($$ SELECT journey.track('regress_live.events', 'who', 'at', 'event', 'live', channel => 'way', chunk => '1 day') $$, 'a table is tracked');

-- Whether a store says what a query says, which gives who, at, event and way.
CREATE FUNCTION pg_temp.same(store text, source text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result boolean;
BEGIN
	EXECUTE format($q$
		SELECT coalesce(bool_and(t.j IS NOT DISTINCT FROM v.j), true)
		FROM (SELECT who::text AS subject, journey.journey_agg(ROW(at, event, way, NULL, NULL, NULL, NULL, NULL)::journey.interaction)::text AS j
			FROM (%s) AS source WHERE who IS NOT NULL AND at IS NOT NULL AND event IS NOT NULL GROUP BY 1) AS t
		FULL JOIN (SELECT p.subject, journey.journey_agg(p.j)::text AS j FROM %s AS v, journey.journeys(v.sets) AS p GROUP BY 1) AS v USING (subject)
		$q$, source, store) INTO result;
	RETURN ok(result, what);
END $$;
-- The same after writing in three ways, and after folding.
CREATE FUNCTION pg_temp.goes_on(store text, name text, source text, what text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	columns text[] := (SELECT array_agg(quote_ident(attname) ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'more'));
BEGIN
	EXECUTE format('INSERT INTO %s (%s, %s, %s, %s) VALUES (1, ''2026-01-01 12:34Z'', ''new'', ''app''), (99, ''2026-02-01Z'', ''new'', NULL)',
		name, columns[1], columns[2], columns[3], columns[4]);
	EXECUTE format('UPDATE %s SET %s = ''changed'' WHERE %s = 2', name, columns[3], columns[1]);
	EXECUTE format('DELETE FROM %s WHERE %s = 3', name, columns[1]);
	RETURN NEXT pg_temp.same(store, source, what);
	PERFORM journey.fold(store::regclass);
	RETURN NEXT pg_temp.same(store, source, what || ', folded');
END $$;
SELECT pg_temp.goes_on('regress_live.live', 'regress_live.events', 'SELECT * FROM regress_live.events', 'nothing was altered');

-- Columns.
ALTER TABLE regress_live.events ADD COLUMN more int DEFAULT 7, DROP COLUMN note;
SELECT pg_temp.goes_on('regress_live.live', 'regress_live.events', 'SELECT * FROM regress_live.events', 'columns that are not tracked come and go');
ALTER TABLE regress_live.events RENAME COLUMN who TO "the Subject";
ALTER TABLE regress_live.events RENAME COLUMN way TO "at %";
SELECT pg_temp.goes_on('regress_live.live', 'regress_live.events', 'SELECT "the Subject" AS who, at, event, "at %" AS way FROM regress_live.events', 'tracked columns are renamed');
SELECT is(journey.rebuild('regress_live.live'), (SELECT count(*) FROM regress_live.events), 'a rebuild finds them');
SELECT throws_ok('ALTER TABLE regress_live.events DROP COLUMN event', '2BP01', NULL, 'a tracked column is not dropped');
SELECT throws_ok('ALTER TABLE regress_live.events ALTER COLUMN "the Subject" TYPE text', '0A000', NULL, 'nor given another type');
ALTER TABLE regress_live.events RENAME COLUMN "the Subject" TO who;
ALTER TABLE regress_live.events RENAME COLUMN "at %" TO way;

-- Names and schemas.
CREATE SCHEMA regress_there;
ALTER TABLE regress_live.events RENAME TO "Events";
ALTER TABLE regress_live."Events" SET SCHEMA regress_there;
ALTER VIEW regress_live.live RENAME TO "Live";
ALTER TABLE regress_live.live_sets RENAME TO s;
ALTER TABLE regress_live.live_delta SET SCHEMA regress_there;
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'everything has other names');
SELECT is(journey.rebuild('regress_live."Live"'), (SELECT count(*) FROM regress_there."Events"), 'a rebuild does not mind');
SELECT is((SELECT events::text FROM journey.stores), 'regress_there."Events"', 'and the list knows');

-- The table is written anew; indexes and constraints come and go.
CREATE INDEX regress_by_at ON regress_there."Events" (at);
CLUSTER regress_there."Events" USING regress_by_at;
ALTER TABLE regress_there."Events" ALTER COLUMN id TYPE bigint, ADD CHECK (event <> '');
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'the table was written anew');

-- Two stores of one table.
SELECT lives_ok($$ SELECT journey.track('regress_there."Events"', 'event', 'at', 'way', 'regress_live.second', fold_at => 1e-9) $$, 'a second store of the table');
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'two stores, the first');
SELECT pg_temp.same('regress_live.second', 'SELECT event AS who, at, way AS event, NULL::text AS way FROM regress_there."Events"', 'two stores, the second');
SELECT lives_ok($$ SELECT journey.untrack('regress_live.second') $$, 'the second is untracked');
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'one store again');
SELECT is((SELECT count(*) FROM pg_trigger WHERE tgrelid = 'regress_there."Events"'::regclass), 6::bigint, 'with its triggers alone');

-- Nothing is left of a store that is not made.
SAVEPOINT undone;
DO $$ BEGIN PERFORM journey.track('regress_there."Events"', 'who', 'at', 'event', 'regress_live.third'); END $$;
ROLLBACK TO undone;
SELECT is((SELECT count(*) FROM journey.store), 1::bigint, 'a track that is rolled back registers nothing');
SELECT is((SELECT count(*) FROM pg_class WHERE relname LIKE 'third%'), 0::bigint, 'and makes nothing');
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'and leaves the table as it was');
INSERT INTO regress_there."Events" (who, at, event) VALUES (5, NULL, 'x');
SELECT throws_ok($$ INSERT INTO regress_there."Events" (who, at, event) VALUES (5, 'infinity', 'x') $$, '22008', NULL, 'infinite times are refused');
SELECT throws_ok($$ INSERT INTO regress_there."Events" (who, at, event) VALUES (5, now(), repeat('x', 1025)) $$, '54000', NULL, 'and names that are too long');
SELECT pg_temp.same('regress_live."Live"', 'SELECT * FROM regress_there."Events"', 'and that leaves nothing behind');

-- Writers in the role of a replica.
SET LOCAL session_replication_role = replica;
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'in the role of a replica');
TRUNCATE regress_there."Events";
SELECT is((SELECT count(*) FROM regress_live."Live"), 0::bigint, 'truncated in the role of a replica');
RESET session_replication_role;
SELECT pg_temp.goes_on('regress_live."Live"', 'regress_there."Events"', 'SELECT * FROM regress_there."Events"', 'after that');

-- Whoever drops something.
SAVEPOINT drops;
DROP EXTENSION journey CASCADE;
SELECT lives_ok($$ INSERT INTO regress_there."Events" (who, at, event) VALUES (5, now(), 'x') $$, 'without the extension the table is a plain one');
ROLLBACK TO drops;
DROP TABLE regress_there."Events" CASCADE;
SELECT is((SELECT count(*) FROM journey.store), 0::bigint, 'a store is dropped with its table');
SELECT is((SELECT count(*) FROM journey.stores), 0::bigint, 'and not listed');
SELECT is(to_regclass(r), NULL, 'nothing is left of it: ' || r) FROM unnest(ARRAY['regress_live."Live"', 'regress_live.s', 'regress_there.live_delta']) AS r;
ROLLBACK TO drops;
DROP SCHEMA regress_there, regress_live CASCADE;
SELECT is((SELECT count(*) FROM journey.stores), 0::bigint, 'dropped with its schema');
ROLLBACK TO drops;
DROP VIEW regress_live."Live";
SELECT lives_ok($$ INSERT INTO regress_there."Events" (who, at, event) VALUES (5, now(), 'x') $$, 'a table whose view was dropped is written to');
SELECT lives_ok($$ SELECT * FROM journey.stores $$, 'and the list bears that, too');
ROLLBACK TO drops;

-- Partitions.
CREATE TABLE regress_live.parts (who bigint, at timestamptz, event text, way text) PARTITION BY RANGE (at);
CREATE TABLE regress_live.p1 PARTITION OF regress_live.parts FOR VALUES FROM ('2026-01-01Z') TO ('2026-01-02Z');
INSERT INTO regress_live.p1 SELECT n % 7, timestamptz '2026-01-01Z' + n * interval '1 minute', 'e' || n % 3, NULL FROM generate_series(1, 50) AS n;
SELECT lives_ok($$ SELECT journey.track('regress_live.parts', 'who', 'at', 'event', 'partlive', channel => 'way', chunk => '6 hours') $$, 'a partitioned table is tracked');
CREATE TABLE regress_live.p2 PARTITION OF regress_live.parts FOR VALUES FROM ('2026-01-02Z') TO ('2026-02-03Z');
SELECT pg_temp.goes_on('regress_live.partlive', 'regress_live.parts', 'SELECT * FROM regress_live.parts', 'a partition more');
INSERT INTO regress_live.p2 VALUES (4, '2026-01-02 09:00Z', 'direct', 'x');
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'written to directly');
CREATE TABLE regress_live.p3 (event text, way text, gone int, at timestamptz, who bigint);
ALTER TABLE regress_live.p3 DROP COLUMN gone;
INSERT INTO regress_live.p3 VALUES ('attached', 'y', '2026-03-01Z', 4), ('attached', NULL, '2026-03-02Z', 5);
ALTER TABLE regress_live.parts ATTACH PARTITION regress_live.p3 FOR VALUES FROM ('2026-03-01Z') TO ('2026-04-01Z');
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'a table with rows is attached');
INSERT INTO regress_live.p3 VALUES ('direct', 'y', '2026-03-03Z', 4);
UPDATE regress_live.parts SET at = at + interval '1 month' WHERE who = 4 AND at < '2026-01-03Z';
SELECT pg_temp.goes_on('regress_live.partlive', 'regress_live.parts', 'SELECT * FROM regress_live.parts', 'written to, and moved to');
ALTER TABLE regress_live.parts DETACH PARTITION regress_live.p3;
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'a partition is detached');
SELECT lives_ok($$ INSERT INTO regress_live.p3 VALUES ('alone', 'y', '2026-03-03Z', 4) $$, 'and is a table like others');
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'of which the store knows nothing');
TRUNCATE regress_live.p1;
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'a partition is truncated');
DROP TABLE regress_live.p2;
SELECT pg_temp.same('regress_live.partlive', 'SELECT * FROM regress_live.parts', 'a partition is dropped');
SELECT lives_ok($$ SELECT journey.untrack('regress_live.partlive') $$, 'and is untracked');

-- The earliest and the latest time, in chunks that reach further.
CREATE TABLE regress_live.ends (who bigint, at timestamptz, event text, way text);
INSERT INTO regress_live.ends VALUES (1, '4713-01-01 BC', 'a', NULL), (1, '294276-12-31 23:59:59.999999Z', 'b', NULL);
DO $$ BEGIN PERFORM journey.track('regress_live.ends', 'who', 'at', 'event', 'ends_live', channel => 'way', chunk => '3650000 days'); END $$;
INSERT INTO regress_live.ends VALUES (2, '4713-01-01 BC', 'c', NULL);
SELECT pg_temp.goes_on('regress_live.ends_live', 'regress_live.ends', 'SELECT * FROM regress_live.ends', 'the ends of time');
SELECT is((SELECT min(chunk) FROM regress_live.ends_live_sets), '-infinity'::timestamptz, 'whose chunk can be written down');

-- What is not tracked.
CREATE TEMP TABLE t_temp (who text, at timestamptz, event text);
CREATE VIEW regress_live.v AS SELECT 'a'::text AS who, now() AS at, 'b'::text AS event;
CREATE MATERIALIZED VIEW regress_live.m AS SELECT * FROM regress_live.v;
CREATE TABLE regress_live.parent (who text, at timestamptz, event text);
CREATE TABLE regress_live.child () INHERITS (regress_live.parent);
CREATE TABLE regress_live.wrong (who numeric, at timestamp, event int, ok text, time timestamptz, n int, list int[]);
SELECT throws_ok(format($$ SELECT journey.track(%L, 'who', 'at', 'event', 'regress_live.s') $$, t), '42809', NULL, 'not tracked: ' || t)
	FROM unnest(ARRAY['t_temp', 'regress_live.v', 'regress_live.m', 'regress_live.parent', 'regress_live.child', 'pg_catalog.pg_class', 'regress_live.p1']) AS t;
SELECT throws_ok(format('SELECT journey.track(%s)', args), code, NULL, 'refused: ' || args) FROM (VALUES
	($$NULL, 'ok', 'time', 'ok', 's'$$, '22004'), ($$'regress_live.wrong', NULL, 'time', 'ok', 's'$$, '22004'), ($$'regress_live.wrong', 'ok', 'time', 'n', 's'$$, '42804'),
	($$'regress_live.wrong', 'who', 'time', 'ok', 's'$$, '42804'), ($$'regress_live.wrong', 'n', 'at', 'ok', 's'$$, '42804'),
	($$'regress_live.wrong', 'n', 'time', 'ok', 's', value => 'who'$$, '42804'), ($$'regress_live.wrong', 'n', 'time', 'ok', 's', senses => 'list'$$, '42804'),
	($$'regress_live.wrong', 'n', 'time', 'none', 's'$$, '42703'), ($$'regress_live.wrong', 'n', 'time', 'ctid', 's'$$, '42703'),
	($$'regress_live.wrong', 'ok', 'time', 'ok', 's'$$, '42701'), ($$'regress_live.wrong', 'n', 'time', 'ok', 's', chunk => '1 month'$$, '22023'),
	($$'regress_live.wrong', 'n', 'time', 'ok', 's', chunk => '0'$$, '22023'), ($$'regress_live.wrong', 'n', 'time', 'ok', 's', chunk => '-1 day'$$, '22023'),
	($$'regress_live.wrong', 'n', 'time', 'ok', 's', fold_at => -1$$, '22023'), ($$'regress_live.wrong', 'n', 'time', 'ok', 's', fold_at => 'NaN'$$, '22023'),
	($$'regress_live.wrong', 'n', 'time', 'ok', 'regress_live.m'$$, '42P07')) AS x (args, code);
SELECT throws_ok(format('SELECT journey.%s(%L)', f, r), '42809', NULL, f || ' of what is no store: ' || r)
	FROM unnest(ARRAY['fold', 'rebuild', 'untrack']) AS f, unnest(ARRAY['regress_live.v', 'regress_live.wrong', 'regress_live.s', 'journey.stores']) AS r;
SELECT is(journey.journey_of('regress_live."Live"'::regclass, s)::text, NULL, 'no journey of ' || coalesce(s, 'NULL')) FROM unnest(ARRAY['12345', 'no number', '', NULL]) AS s;

SELECT * FROM finish();
ROLLBACK;
