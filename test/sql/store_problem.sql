-- Stores that cannot follow their tables, and what long work tells.
SET search_path = public, journey;
SET timezone = 'UTC';

-- what keeps a store from following is told: triggers that are gone, or disabled behind its back
CREATE TABLE watched (who text, at timestamptz, what text) PARTITION BY LIST (who);
CREATE TABLE watched_a PARTITION OF watched FOR VALUES IN ('a');
SELECT track('watched', 'who', 'at', 'what', 'watching');
SELECT problem FROM stores;
SET session_replication_role = replica;
ALTER TABLE watched_a DISABLE TRIGGER ALL;
RESET session_replication_role;
SELECT problem FROM stores;
SET session_replication_role = replica;
ALTER TABLE watched_a ENABLE TRIGGER ALL;
RESET session_replication_role;
SELECT problem FROM stores;
-- the triggers for rows are for the apply worker alone, whoever enables them
INSERT INTO watched VALUES ('a', '2026-01-01Z', 'once');
SELECT journey_of('watching', 'a');
ALTER TABLE watched_a ENABLE REPLICA TRIGGER journey_1_rows;
SELECT problem FROM stores;
DROP TRIGGER journey_1_insert ON watched;
SELECT problem FROM stores;
SELECT untrack('watching');
SELECT track('watched', 'who', 'at', 'what', 'watching');
ALTER EVENT TRIGGER journey_watch DISABLE;
SELECT problem FROM stores;
ALTER EVENT TRIGGER journey_watch ENABLE;
SET session_replication_role = replica;
DROP TRIGGER journey_1_columns ON watched;
RESET session_replication_role;
SELECT problem FROM stores;
DROP TABLE watched;
SELECT count(*) FROM stores;

-- the owner of the table may make the trigger of the columns anew: with others, of other types, or with too few
CREATE TABLE typed (who text, at timestamptz, what text, n int8);
SELECT track('typed', 'who', 'at', 'what', 'typing');
SELECT id FROM store \gset
DROP TRIGGER journey_1_columns ON typed;
CREATE TRIGGER mine AFTER UPDATE OF who, at, n ON typed
	FOR EACH STATEMENT EXECUTE FUNCTION _collect(:'id', 'columns', 'subject', 'at', 'event');
INSERT INTO typed VALUES ('a', '2026-01-01Z', 'x', 4097);
DROP TRIGGER mine ON typed;
CREATE TRIGGER mine AFTER UPDATE OF who, at, what ON typed
	FOR EACH STATEMENT EXECUTE FUNCTION _collect(:'id', 'columns', 'subject', 'at', 'channel');
INSERT INTO typed VALUES ('a', '2026-01-01Z', 'x', 4097);
DROP TRIGGER mine ON typed;
CREATE TRIGGER mine AFTER UPDATE OF who, at, what, n ON typed
	FOR EACH STATEMENT EXECUTE FUNCTION _collect(:'id', 'columns', 'subject', 'at', 'event', 'senses');
INSERT INTO typed VALUES ('a', '2026-01-01Z', 'x', 4097);
SELECT untrack('typing');
DROP TABLE typed;

-- doctor() tells the same, and what it prints mends that
\set find 'SELECT severity, object, statement, detail FROM journey.doctor() WHERE finding = \'a store may not follow its table\''
\set close 'SELECT unnest(string_to_array(statement, \'; \')) FROM journey.doctor() WHERE finding = \'a store may not follow its table\' \\gexec'
CREATE ROLE store_ill;
CREATE ROLE store_stranger;
CREATE TABLE "Ill" (who text, "The time" timestamptz, what text, "user" text);
ALTER TABLE "Ill" OWNER TO store_ill;
SELECT track('"Ill"', 'who', 'The time', 'what', '"Ill''s"', channel => 'user', chunk => '30 days', fold_at => 0.25, row_security => 'ignore');
:find;
ALTER TABLE "Ill's_delta" OWNER TO store_stranger;
:find;
:close
:find;
SET session_replication_role = replica;
ALTER TABLE "Ill" DISABLE TRIGGER journey_1_insert;
RESET session_replication_role;
INSERT INTO "Ill" VALUES ('a', '2026-01-01Z', 'unseen', 'web');
SELECT journey_of('"Ill''s"', 'a');
:find;
:close
:find;
SELECT journey_of('"Ill''s"', 'a');
SELECT events, chunk, fold_at, problem FROM stores;
ALTER EVENT TRIGGER journey_watch_drops DISABLE;
:find;
:close
:find;
SET session_replication_role = replica;
DROP TRIGGER journey_1_columns ON "Ill";
RESET session_replication_role;
:find;
:close
:find;
SELECT count(*) FROM stores;
-- what is gone behind its back is listed no more, and no error for others
SELECT track('"Ill"', 'who', 'The time', 'what', 'ill');
SET session_replication_role = replica;
DROP TABLE ill_sets CASCADE;
RESET session_replication_role;
SELECT count(*) FROM stores;
SELECT severity, detail FROM journey.doctor() WHERE finding = 'a store may not follow its table';
SELECT count(*) FROM journey.store;
SELECT statement AS ending FROM journey.doctor() WHERE finding = 'a store may not follow its table' \gset
:ending
:find;
SELECT count(*) FROM journey.store;
DROP TABLE "Ill";
DROP ROLE store_ill, store_stranger;

-- the list reads no sets
CREATE TABLE many (who int, at timestamptz, what text);
INSERT INTO many SELECT n % 5000, timestamptz '2026-01-01Z' + n * interval '1 s', 'e' || n % 7 FROM generate_series(1, 20000) n;
SELECT track('many', 'who', 'at', 'what', 'counted');
BEGIN;
SELECT sets > 100, steps, delta_rows FROM stores;
SELECT pg_stat_get_xact_tuples_returned('counted_sets'::regclass);
COMMIT;
-- and what it says is there, folded or truncated or not
INSERT INTO many SELECT n % 17, timestamptz '2026-02-01Z' + n * interval '1 s', 'e' || n % 7 FROM generate_series(1, 500) n;
DELETE FROM many WHERE who = 3;
SELECT fold('counted');
SELECT s.sets - count(*) AS sets, s.steps - sum(step_count(c.sets)) AS steps, s.steps FROM stores s, counted_sets c GROUP BY s.sets, s.steps;
BEGIN;
TRUNCATE many;
SELECT sets, steps, delta_rows FROM stores;
INSERT INTO many VALUES (1, '2026-01-01Z', 'first');
SELECT fold('counted');
SELECT sets, steps, delta_rows FROM stores;
ROLLBACK;
SELECT steps FROM stores;
SELECT rebuild('counted');
SELECT s.sets - count(*) AS sets, s.steps - sum(step_count(c.sets)) AS steps, s.steps FROM stores s, counted_sets c GROUP BY s.sets, s.steps;
DROP TABLE many;

-- long work tells how far it is, each time it may
CREATE TABLE told (who text, at timestamptz, what text);
INSERT INTO told SELECT 'u' || n % 7, timestamptz '2026-01-01Z' + n * interval '1 min', 'a' FROM generate_series(1, 40000) n;
SET journey.notice_interval = 0;
SELECT track('told', 'who', 'at', 'what', 'telling');
INSERT INTO told VALUES ('u1', '2026-02-01Z', 'b'), ('u1', '2026-02-02Z', 'b');
SELECT fold('telling');
RESET journey.notice_interval;
DROP TABLE told;
