-- live journeys: rights, and what is done to the table itself
SET timezone = 'UTC';
\set VERBOSITY terse
CREATE ROLE store_owner;
CREATE ROLE store_reader;
CREATE ROLE store_writer;
CREATE SCHEMA shop AUTHORIZATION store_owner;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE store_owner GRANT SELECT ON TABLES TO store_writer;
SET SESSION AUTHORIZATION store_owner;
SET search_path = shop, journey;
CREATE TABLE p (id int, u text, at timestamptz, event text) PARTITION BY RANGE (at);
CREATE TABLE p1 (x int, event text, u text, id int, at timestamptz);
ALTER TABLE p1 DROP COLUMN x;
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
INSERT INTO p VALUES (1, 'a', '2026-01-02', 'x');
REVOKE SELECT ON p FROM store_writer;
GRANT SELECT ON p TO store_reader;
GRANT INSERT ON p TO store_writer;
SELECT track('p', 'u', 'at', 'event', 'pl', fold_at => 0.1);
-- who writes to the table needs no rights on the store
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION store_writer;
INSERT INTO p VALUES (1, 'a', '2026-01-02', 'y'), (2, 'b', '2026-01-12', 'z');
SELECT * FROM pl;
SELECT * FROM pl_sets;
SELECT * FROM pl_delta;
SELECT fold('pl');
SELECT rebuild('pl');
SELECT untrack('pl');
SELECT journey_of('pl'::regclass, 'a');
SELECT count(*) FROM stores;
SELECT track('p', 'u', 'at', 'event', 'mine');
UPDATE store SET fold_at = 1;
INSERT INTO store SELECT gen_random_uuid(), view, events, sets, delta, members, kind, bits FROM store;
SELECT fold_at FROM store;
-- a trigger like ours on a table of one's own
RESET SESSION AUTHORIZATION;
GRANT CREATE ON SCHEMA shop TO store_writer;
SET SESSION AUTHORIZATION store_writer;
CREATE TABLE mine (id int, u text, at timestamptz, event text);
DO $$
BEGIN
  EXECUTE (SELECT format('CREATE TRIGGER t AFTER INSERT ON mine REFERENCING NEW TABLE AS n
                          FOR EACH STATEMENT EXECUTE FUNCTION journey._collect(%L, %L)', id, 'statement') FROM store);
END
$$;
INSERT INTO mine VALUES (1, 'forged', '2026-01-02', 'y');
SELECT _collect_rows(id, 'mine', false, '_collect()') FROM store;
DROP TABLE mine;
-- who reads the table reads the view
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION store_reader;
SELECT sets FROM pl ORDER BY 1;
SELECT * FROM pl_sets;
SELECT journey_of('pl'::regclass, 'a');
SELECT store, events, sets, steps, delta_rows FROM stores;
SELECT fold('pl');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION store_owner;
-- partitions: made, attached with rows, written to directly, moved between, detached, emptied, dropped
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE p3 (LIKE p);
INSERT INTO p3 VALUES (3, 'c', '2026-03-03', 'old');
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
INSERT INTO p1 (u, at, event) VALUES ('d', '2026-01-09', 'direct');
UPDATE p SET at = at + interval '1 month' WHERE u = 'a';
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
ALTER TABLE p DETACH PARTITION p3;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'p3'::regclass;
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
TRUNCATE p2;
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
INSERT INTO p2 (u, at, event) VALUES ('e', '2026-02-09', 'again');
DROP TABLE p2;
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
-- new names, new columns, columns that go
ALTER TABLE p RENAME COLUMN u TO who;
ALTER TABLE p RENAME TO q;
ALTER TABLE q ADD COLUMN more text DEFAULT 'x';
ALTER TABLE q DROP COLUMN id;
INSERT INTO q VALUES ('n', '2026-01-02', 'renamed', 'y');
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
SELECT rebuild('pl');
-- what would make it wrong
ALTER TABLE q DROP COLUMN event CASCADE;
ALTER TABLE q DISABLE TRIGGER ALL;
ALTER TABLE q ENABLE ROW LEVEL SECURITY;
\set VERBOSITY sqlstate
ALTER TABLE q DROP COLUMN event;
ALTER TABLE q ALTER COLUMN event TYPE varchar;
\set VERBOSITY terse
-- rights that are taken and given later
REVOKE SELECT ON q FROM store_reader;
GRANT SELECT ON q TO PUBLIC;
SELECT grantee::regrole, privilege_type FROM pg_class, aclexplode(relacl) WHERE relname = 'pl' AND grantee <> relowner;
RESET SESSION AUTHORIZATION;
ALTER TABLE q OWNER TO store_reader;
SELECT relname, relowner::regrole FROM pg_class WHERE relname LIKE 'pl%' AND relkind IN ('r', 'v') ORDER BY 1;
INSERT INTO q VALUES ('m', '2026-01-02', 'more');
SELECT j.* FROM pl, journeys(sets) j ORDER BY 1;
TRUNCATE q;
SELECT count(*) FROM pl;
-- the table goes, and the store with it
DROP TABLE q;
SELECT count(*) FROM store;
SELECT relname FROM pg_class WHERE relname LIKE 'pl%';

-- row security
CREATE TABLE r (u text, at timestamptz, event text);
INSERT INTO r VALUES ('a', '2026-01-01', 'x');
ALTER TABLE r ENABLE ROW LEVEL SECURITY;
SELECT track('r', 'u', 'at', 'event', 'rl');
SELECT track('r', 'u', 'at', 'event', 'rl', row_security => 'ignore');
SELECT sets FROM rl;
DROP VIEW rl;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'r'::regclass;
DROP TABLE r;
-- inheritance, foreign and unlogged tables, isolation
CREATE TABLE r (u text, at timestamptz, event text);
SELECT track('r', 'u', 'at', 'event', 'rl');
CREATE TABLE child () INHERITS (r);
ALTER TABLE r SET UNLOGGED;
SELECT relname, relpersistence FROM pg_class WHERE relname IN ('rl_sets', 'rl_delta') ORDER BY 1;
SELECT untrack('rl');
CREATE TABLE child () INHERITS (r);
SELECT track('r', 'u', 'at', 'event', 'rl');
DROP TABLE child;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT track('r', 'u', 'at', 'event', 'rl');
ROLLBACK;
-- protection
SELECT track('r', 'u', 'at', 'event', 'rl');
SELECT protect('r', 'u');
SELECT untrack('rl');
-- writers fold
SELECT track('r', 'u', 'at', 'event', 'rl', fold_at => 0.1);
DO $$
BEGIN
  FOR i IN 1 .. 40 LOOP
    INSERT INTO shop.r SELECT 'u' || k % 100, '2026-01-01'::timestamptz + i * interval '1 day' + k * interval '1 s', 'e' FROM generate_series(1, 400) k;
  END LOOP;
END
$$;
SELECT steps + delta_rows, delta_rows < 8000, last_fold IS NOT NULL FROM stores;
SELECT sum(step_count(sets)) FROM rl;
DROP TABLE r;
DROP SCHEMA shop CASCADE;
ALTER DEFAULT PRIVILEGES FOR ROLE store_owner REVOKE SELECT ON TABLES FROM store_writer;
DROP ROLE store_owner, store_reader, store_writer;
