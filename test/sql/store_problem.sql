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

-- long work tells how far it is, each time it may
CREATE TABLE told (who text, at timestamptz, what text);
INSERT INTO told SELECT 'u' || n % 7, timestamptz '2026-01-01Z' + n * interval '1 min', 'a' FROM generate_series(1, 40000) n;
SET journey.notice_interval = 0;
SELECT track('told', 'who', 'at', 'what', 'telling');
INSERT INTO told VALUES ('u1', '2026-02-01Z', 'b'), ('u1', '2026-02-02Z', 'b');
SELECT fold('telling');
RESET journey.notice_interval;
DROP TABLE told;
