-- Several processes read a protected table, and workers go before its last rows are
-- read: whatever is made of the rows, each is there once.
\pset format unaligned
\pset tuples_only on
SET client_min_messages = warning;
CREATE SCHEMA regress_team;
CREATE ROLE regress_team_ana;
GRANT USAGE, CREATE ON SCHEMA regress_team TO regress_team_ana;
SELECT journey.create_purpose('team') > 0;
SELECT journey.grant_purpose('regress_team_ana', 'team');
SELECT count(journey.consent_give('team-' || i, 'team')) FROM generate_series(1, 500) i;
CREATE TABLE regress_team.a AS SELECT i AS id, 'team-' || i % 1000 AS who, repeat('x', 50) || i AS cell FROM generate_series(1, 30000) i;
CREATE TABLE regress_team.b AS SELECT i AS id, 'team-' || i % 900 AS who, repeat('y', 20) || i AS cell FROM generate_series(1, 20000) i;
CREATE TABLE regress_team.small AS SELECT i AS id FROM generate_series(1, 300) i;
CREATE TABLE regress_team.empty (id int);
CREATE INDEX ON regress_team.small (id);
ALTER TABLE regress_team.a SET (parallel_workers = 2);
ALTER TABLE regress_team.b SET (parallel_workers = 2);
VACUUM ANALYZE regress_team.a, regress_team.b, regress_team.small, regress_team.empty;
GRANT SELECT ON ALL TABLES IN SCHEMA regress_team TO regress_team_ana;
SELECT journey.protect('regress_team.a', 'who', '{"id": "public", "cell": "null"}');
SELECT journey.protect('regress_team.b', 'who', '{"id": "public", "cell": "null"}');

SET ROLE regress_team_ana;
CREATE FUNCTION regress_team.parallel_scans(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  line text;
  scans int = 0;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    scans = scans + (line ~ 'Parallel Custom Scan \(JourneyMaskScan\)')::int;
  END LOOP;
  RETURN scans;
END $$;
-- the parallel scans that a query has, and how often out of 8 times it answers as one process does
CREATE FUNCTION regress_team.ask(query text, OUT scans int, OUT right_times int) LANGUAGE plpgsql AS $$
DECLARE
  expected text;
  answer text;
BEGIN
  SET LOCAL max_parallel_workers_per_gather = 0;
  EXECUTE query INTO expected;
  SET LOCAL max_parallel_workers_per_gather = 2;
  scans = regress_team.parallel_scans(query);
  right_times = 0;
  FOR i IN 1 .. 8 LOOP
    EXECUTE query INTO answer;
    right_times = right_times + (answer = expected)::int;
  END LOOP;
END $$;
SET journey.purpose = 'team';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;

\echo aggregates, with a cell that is a condition
SELECT regress_team.ask('SELECT ROW(count(*), count(cell), sum(id), sum(hashtext(cell))) FROM regress_team.a');
SELECT regress_team.ask('SELECT ROW(count(*), sum(id)) FROM regress_team.a WHERE cell IS NULL');
SELECT regress_team.ask('SELECT ROW(count(*), sum(c), sum(x)) FROM (SELECT id % 7, count(cell) AS c, sum(id) AS x FROM regress_team.a GROUP BY 1) g');
SELECT regress_team.ask('SELECT ROW(count(*), count(cell)) FROM (SELECT DISTINCT cell FROM regress_team.a) d');
\echo sorted
SELECT regress_team.ask('SELECT md5(string_agg(id::text || coalesce(cell, ''-''), '' '')) FROM (SELECT id, cell FROM regress_team.a ORDER BY id) s');
SELECT regress_team.ask('SELECT md5(string_agg(id::text, '' '')) FROM (SELECT id FROM regress_team.a WHERE cell IS NOT NULL ORDER BY id LIMIT 300) s');
\echo as many as are wanted
SELECT regress_team.ask('SELECT count(*) FROM (SELECT id FROM regress_team.a WHERE cell IS NOT NULL LIMIT 7000) s');
SELECT regress_team.ask('SELECT EXISTS (SELECT FROM regress_team.a WHERE id = 29999)');
\echo joins: parallel hash, hash, merge, nested loops, nothing to join with
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), count(b.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.b USING (id)');
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), count(b.cell), sum(a.id)) FROM regress_team.a LEFT JOIN regress_team.b USING (id)');
SELECT regress_team.ask('SELECT ROW(count(*), count(cell)) FROM regress_team.a WHERE NOT EXISTS (SELECT FROM regress_team.b WHERE b.id = a.id AND b.cell IS NOT NULL)');
SET work_mem = '64kB';
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), count(b.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.b USING (id)');
RESET work_mem;
SET enable_parallel_hash = off;
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.small USING (id)');
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.empty USING (id)');
RESET enable_parallel_hash;
SET enable_hashjoin = off;
SET enable_nestloop = off;
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.small USING (id)');
RESET enable_nestloop;
SET enable_mergejoin = off;
SELECT regress_team.ask('SELECT ROW(count(*), count(a.cell), sum(a.id)) FROM regress_team.a JOIN regress_team.small USING (id)');
RESET enable_hashjoin;
RESET enable_mergejoin;
\echo several tables, one after the other and side by side
SELECT regress_team.ask('SELECT ROW(count(*), count(cell), sum(id)) FROM (SELECT id, cell FROM regress_team.a UNION ALL SELECT id, cell FROM regress_team.b UNION ALL SELECT id, NULL FROM regress_team.small) u');
SET enable_parallel_append = off;
SELECT regress_team.ask('SELECT ROW(count(*), count(cell), sum(id)) FROM (SELECT id, cell FROM regress_team.a UNION ALL SELECT id, cell FROM regress_team.b) u');
RESET enable_parallel_append;
\echo read again and again
SET enable_material = off;
SET enable_memoize = off;
SET enable_hashagg = off;
SET enable_hashjoin = off;
SELECT regress_team.ask('SELECT ROW(count(*), sum(c), sum(i)) FROM (VALUES (1), (2), (5)) v (x) LEFT JOIN (SELECT id % 7 AS k, count(cell) AS c, sum(id) AS i FROM regress_team.a GROUP BY 1) g ON g.k > v.x');
RESET enable_hashagg;
RESET enable_hashjoin;
RESET enable_material;
RESET enable_memoize;
\echo without the leader, and without workers
SET parallel_leader_participation = off;
SELECT regress_team.ask('SELECT ROW(count(*), count(cell), sum(id), sum(hashtext(cell))) FROM regress_team.a');
RESET parallel_leader_participation;
SET max_parallel_workers = 0;
SELECT regress_team.ask('SELECT ROW(count(*), count(cell), sum(id), sum(hashtext(cell))) FROM regress_team.a');
RESET max_parallel_workers;

RESET ROLE;
RESET min_parallel_index_scan_size;
RESET min_parallel_table_scan_size;
RESET parallel_tuple_cost;
RESET parallel_setup_cost;
RESET journey.purpose;
SELECT journey.unprotect('regress_team.a'), journey.unprotect('regress_team.b');
DROP SCHEMA regress_team CASCADE;
SELECT journey.revoke_purpose('regress_team_ana', 'team');
DROP ROLE regress_team_ana;
