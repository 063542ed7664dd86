-- Order, equality and hashes of journeys.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;

-- time before event, step by step, the shorter first; event names by bytes
CREATE TABLE sorted (n int, j journey);
INSERT INTO sorted VALUES
	(1, '[z 2025-12-31T00:00Z]'),
	(2, '[Z 2026-01-01T00:00Z]'),
	(3, '[a 2026-01-01T00:00Z]'),
	(4, '[a 2026-01-01T00:00Z, a 2026-01-01T00:00Z]'),
	(5, '[a 2026-01-01T00:00Z, b 2026-01-01T00:00Z]'),
	(6, '[a 2026-01-01T00:00Z, a 2026-01-01T00:00:01Z]'),
	(7, '[a 2026-01-01T00:00Z, a 2026-01-02T00:00Z]'),
	(8, '[aa 2026-01-01T00:00Z]'),
	(9, '[b 2026-01-01T00:00Z]'),
	(10, '[b 2026-01-01T00:00Z, a 2026-01-01T00:00Z]'),
	(11, '[é 2026-01-01T00:00Z]'),
	(12, '[a 2026-01-01T00:00:00.000001Z]');
SELECT array_agg(n ORDER BY j) = array_agg(n ORDER BY n) AS up, array_agg(n ORDER BY j DESC) = array_agg(n ORDER BY n DESC) AS down FROM sorted;

-- all operators on all pairs, against the numbers
SELECT bool_and((a.j = b.j) = (a.n = b.n)) AS eq, bool_and((a.j <> b.j) = (a.n <> b.n)) AS ne,
	   bool_and((a.j < b.j) = (a.n < b.n)) AS lt, bool_and((a.j <= b.j) = (a.n <= b.n)) AS le,
	   bool_and((a.j > b.j) = (a.n > b.n)) AS gt, bool_and((a.j >= b.j) = (a.n >= b.n)) AS ge,
	   bool_and(sign(journey_cmp(a.j, b.j)) = sign(a.n - b.n)) AS cmp,
	   bool_and((journey_hash(a.j) = journey_hash(b.j)) = (a.n = b.n)) AS hash,
	   bool_and((journey_hash_extended(a.j, 42) = journey_hash_extended(b.j, 42)) = (a.n = b.n)) AS hash_extended,
	   count(*)
FROM sorted a, sorted b;
SELECT NULL::journey = j AS eq, j < NULL AS lt FROM sorted WHERE n = 1;

-- the order is that of arrays of (time, event): random journeys against the slow way
SELECT setseed(0.42);
CREATE TABLE random_journey AS
SELECT g, journey_agg(timestamptz '2026-01-01' + floor(random() * 3) * interval '1 s', chr(97 + (random() * 2)::int)) AS j
FROM generate_series(1, 60) g, generate_series(1, 1 + g % 4) s GROUP BY g;
CREATE FUNCTION pg_temp.slow(j journey.journey) RETURNS text[] LANGUAGE sql AS
	$$ SELECT array_agg(v ORDER BY step, part) FROM journey.interactions(j), LATERAL (VALUES (1, extract(epoch FROM at)::text), (2, event)) p(part, v) $$;
SELECT bool_and(sign(journey_cmp(a.j, b.j)) = CASE WHEN a.s < b.s THEN -1 WHEN a.s > b.s THEN 1 ELSE 0 END) AS same_order, count(*),
	   count(*) FILTER (WHERE a.j = b.j) > 60 AS with_equal_ones
FROM (SELECT j, pg_temp.slow(j) COLLATE "C" AS s FROM random_journey) a, (SELECT j, pg_temp.slow(j) COLLATE "C" AS s FROM random_journey) b;

-- the 32-bit hash is the low half of the 64-bit one at seed 0
SELECT bool_and(journey_hash(j)::bit(32)::text = right(journey_hash_extended(j, 0)::bit(64)::text, 32)) AS low_half FROM sorted;

-- classes
SELECT amname, opcname, opcdefault, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcintype = 'journey'::regtype ORDER BY 1;

-- plans: index scan, merge join, hash join, hash aggregate, sort
CREATE TABLE many AS
SELECT i AS id, journey_agg(timestamptz '2026-01-01' + (i % 500) * interval '1 s' + s * interval '1 min', 'e' || s) AS j
FROM generate_series(1, 2000) i, generate_series(1, 3) s GROUP BY i;
CREATE INDEX many_btree ON many (j);
CREATE INDEX many_hash ON many USING hash (j);
ANALYZE many;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS off) SELECT * FROM many WHERE j < '[a 2026-01-01T00:00Z]';
EXPLAIN (COSTS off) SELECT j FROM many ORDER BY j LIMIT 3;
SELECT count(*), min(id) FROM many WHERE j = (SELECT j FROM many WHERE id = 7);
SELECT count(*) FROM many WHERE j >= (SELECT j FROM many WHERE id = 490) AND j < (SELECT j FROM many WHERE id = 495);
DROP INDEX many_btree;
EXPLAIN (COSTS off) SELECT * FROM many WHERE j = '[a 2026-01-01T00:00Z]';
SELECT count(*), min(id) FROM many WHERE j = (SELECT j FROM many WHERE id = 7);
RESET enable_seqscan;
RESET enable_bitmapscan;
SET enable_mergejoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS off) SELECT count(*) FROM many a JOIN many b USING (j);
SELECT count(*) FROM many a JOIN many b USING (j);
SET enable_hashjoin = off;
SET enable_mergejoin = on;
EXPLAIN (COSTS off) SELECT count(*) FROM many a JOIN many b USING (j);
SELECT count(*) FROM many a JOIN many b USING (j);
RESET enable_hashjoin;
RESET enable_nestloop;
SET enable_sort = off;
EXPLAIN (COSTS off) SELECT j, count(*) FROM many GROUP BY j;
SELECT count(*), min(n), max(n) FROM (SELECT j, count(*) AS n FROM many GROUP BY j) x;
RESET enable_sort;
SELECT count(DISTINCT j) FROM many;

-- the 32 bits of hash joins are the lower half of the 64 bits of partitions; another seed, another hash
SELECT bool_and(journey_hash(j) = (journey_hash_extended(j, 0) << 32 >> 32)) AS lower_half,
       bool_or(journey_hash_extended(j, 0) = journey_hash_extended(j, 1)) AS seed_is_ignored FROM many;

-- partitions by hash
CREATE TABLE parted (j journey) PARTITION BY HASH (j);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT j FROM many;
SELECT count(*) > 800 AS balanced FROM parted_0 UNION ALL SELECT count(*) > 800 FROM parted_1;
EXPLAIN (COSTS off) SELECT * FROM parted WHERE j = '[a 2026-01-01T00:00Z]';

-- a path too long for an index entry is refused by the index, and says so
CREATE INDEX ON random_journey (j);
INSERT INTO random_journey SELECT 0, journey_agg(timestamptz '2026-01-01' + i * i * interval '1 s', 'e' || i) FROM generate_series(1, 2000) i;
CREATE INDEX ON random_journey (variant_hash(j));

DROP TABLE sorted, random_journey, many, parted;
