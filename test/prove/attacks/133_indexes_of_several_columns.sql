-- rows found by the public column of an index that begins with a masked one
-- shows: rows=
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
EXPLAIN SELECT id FROM tallies WHERE id < 40;
SELECT id FROM tallies WHERE id < 40;
EXPLAIN SELECT id FROM tallies WHERE area = 3;
SELECT id FROM tallies WHERE area = 3 LIMIT 40;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM tallies WHERE area = 2;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM tallies WHERE id = 7;
SET enable_bitmapscan = on;
EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF) SELECT id FROM tallies WHERE area = 2;
EXPLAIN SELECT id FROM tallies WHERE id = 7;
EXPLAIN SELECT id FROM tallies ORDER BY area LIMIT 5;
