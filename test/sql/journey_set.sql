--
-- Sets of journeys: text, bytes, facts, subjects, journeys, merging.
--
SET search_path = public, journey;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- text
SELECT '{ana: [view 2026-01-01T10:00:00Z, pay 2026-01-01T10:05:00Z], "bob b.": [view 2026-01-01T10:01:00Z]}'::journey_set;
SELECT ' bigint { 9 : [ view 2026-01-01T10:00:05Z ] , -7:[b 2026-01-01 12:00+02,a 2026-01-01 09:00Z]}'::journey_set;
SELECT 'uuid {A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11: [view 2026-01-01T10:00:00Z], a0eebc999c0b4ef8bb6d6bb9bd380a10: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT '{u: [(view@web 2026-01-01T10:00:00Z {value=19.99, sense=tired, sense=angry}), pay 2026-01-01T10:05:00Z {decision="x y"}]}'::journey_set;
SELECT 'text {u: [b 2026-01-01T10:00:00Z], "": [b 2026-01-01T10:00:00Z], u: [a 2026-01-01T10:00:00Z, c 2026-01-01T09:00:00Z]}'::journey_set;

-- what is refused
SELECT ''::journey_set;
SELECT '{}'::journey_set;
SELECT '{ana}'::journey_set;
SELECT '{ana: []}'::journey_set;
SELECT '{ana: [view 2026-01-01T10:00:00Z]'::journey_set;
SELECT '{ana: [view 2026-01-01T10:00:00Z]} x'::journey_set;
SELECT 'int {1: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT 'bigint {one: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT 'bigint {9223372036854775808: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT 'uuid {a0eebc99: [view 2026-01-01T10:00:00Z]}'::journey_set;
SELECT '{ana: [view 2026-01-01T10:00:00]}'::journey_set;
SELECT '{ana: [(view 2026-01-01T10:00:00Z)]}'::journey_set;
SELECT '{ana: [(view 2026-01-01T10:00:00Z), pay 2026-01-01T10:00:00Z]}'::journey_set;
SELECT ('{' || repeat('x', 1025) || ': [view 2026-01-01T10:00:00Z]}')::journey_set;

CREATE TABLE sets (id int, s journey_set);
INSERT INTO sets VALUES
  (1, '{ana: [view 2026-01-01T10:00:00Z, pay 2026-01-01T10:05:00Z], bob: [view 2026-01-01T10:01:00Z]}'),
  (2, '{ana: [(pay 2026-01-01T10:05:00Z), help 2026-01-01T11:00:00Z], eve: [view@web 2026-01-01T09:00:00Z {value=1.5}]}'),
  (3, 'bigint {1: [a 2026-01-01T10:00:00Z], 2: [b 2026-01-01T10:00:00.001Z]}'),
  (4, 'uuid {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11: [a 2026-01-01T10:00:00Z]}'),
  (5, NULL);

-- facts: what goes on from another set counts once
SELECT id, subject_count(s), step_count(s), started_at(s), ended_at(s) FROM sets ORDER BY id;
SELECT id, subject FROM sets, subjects(s) AS subject ORDER BY 1, 2;
SELECT subjects(s) FROM sets WHERE id = 3;
SELECT id, subject, j FROM sets, journeys(s) ORDER BY 1, 2;
SELECT subject, journey_agg(j) FROM sets, journeys(s) WHERE id < 3 GROUP BY 1 ORDER BY 1;
SELECT journey_of(s, 'ana') AS ana, journey_of(s, 'nobody') AS nobody, journey_of(s, NULL) AS no_one FROM sets WHERE id = 2;
SELECT journey_of(s, '2') AS two, journey_of(s, '3') AS three, journey_of(s, 'x') AS x FROM sets WHERE id = 3;
SELECT journey_of(s, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11') AS there, journey_of(s, 'x') AS x FROM sets WHERE id = 4;

-- merging
SELECT a.s || b.s FROM sets a, sets b WHERE a.id = 1 AND b.id = 2;
SELECT journey_set '{a: [x 2026-01-01T10:00Z]}' || '{a: [w 2026-01-01T10:00Z], b: [y 2026-01-01T09:00Z]}' AS left_first;
SELECT journey_set '{a: [(x 2026-01-01T10:00Z), y 2026-01-01T11:00Z]}' || '{a: [(v 2026-01-01T08:00Z), w 2026-01-01T09:00Z]}' AS earliest_ghost;
-- what goes on elsewhere still does, unless what is merged goes beyond
SELECT journey_set '{a: [x 2026-01-01T10:00Z, ...]}' || '{a: [(x 2026-01-01T10:00Z), y 2026-01-01T11:00Z]}' AS whole,
	journey_set '{a: [x 2026-01-01T10:00Z]}' || '{a: [(x 2026-01-01T10:00Z), y 2026-01-01T11:00Z, ...]}' AS goes_on,
	journey_set '{a: [x 2026-01-01T10:00Z, ...]}' || '{a: [y 2026-01-01T10:00Z]}' AS of_one_time;
SELECT s || NULL AS one, NULL || s AS two, s || s AS twice FROM sets WHERE id = 4;
SELECT NULL::journey_set || NULL IS NULL AS nothing;
SELECT a.s || b.s FROM sets a, sets b WHERE a.id = 1 AND b.id = 3;

-- aggregates
SELECT journey_set_agg(s) FROM sets WHERE id < 3;
SELECT journey_set_agg(subject, j) FROM sets, journeys(s) WHERE id < 3;
SELECT journey_set_agg(subject::bigint, j) FROM sets, journeys(s) WHERE id = 3;
SELECT journey_set_agg(subject::uuid, j) FROM sets, journeys(s) WHERE id = 4;
SELECT journey_set_agg(s) IS NULL AS none FROM sets WHERE id = 5;
SELECT journey_set_agg(subject, j) FROM (VALUES (NULL, journey '[a 2026-01-01T10:00Z]'), ('u', NULL), ('v', '[b 2026-01-01T10:00Z]')) v (subject, j);
SELECT journey_set_agg(s) FROM sets;
SELECT journey_set_agg(repeat('x', 1025), '[a 2026-01-01T10:00Z]'::journey);

-- ties: by value, or as they come if the call says so
SELECT journey_set_agg('u'::text, j) AS by_value, journey_set_agg('u'::text, j ORDER BY n) AS as_they_come
FROM (VALUES (1, journey '[b 2026-01-01T10:00Z]'), (2, '[a 2026-01-01T10:00Z]')) v (n, j);
SELECT journey_set_agg(s) AS by_value, journey_set_agg(s ORDER BY n) AS as_they_come
FROM (VALUES (1, journey_set '{u: [b 2026-01-01T10:00Z]}'), (2, '{u: [a 2026-01-01T10:00Z]}')) v (n, s);

-- any number of workers, in any order, and back: the same
CREATE TABLE steps AS
  SELECT 'u' || n % 97 AS subject, timestamptz '2026-01-01Z' + n * n % 10007 * interval '1 min' AS at, 'e' || n % 7 AS event,
         n % 5 AS part
  FROM generate_series(1, 5000) n;
CREATE TABLE parts AS SELECT subject, part, journey_agg(at, event) AS j FROM steps GROUP BY 1, 2;
CREATE TABLE one AS SELECT journey_set_agg(subject, j) AS s FROM parts;
SELECT subject_count(s), step_count(s), started_at(s), ended_at(s) FROM one;
SELECT count(*) AS differ
FROM (SELECT subject, journey_agg(j) AS j FROM parts GROUP BY 1) a FULL JOIN (SELECT x.* FROM one, journeys(s) x) b USING (subject)
WHERE a.j IS DISTINCT FROM b.j;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
ALTER TABLE parts SET (parallel_workers = 3);
EXPLAIN (COSTS OFF) SELECT journey_set_agg(subject, j) FROM parts;
SELECT journey_set_agg(subject, j) = (SELECT s FROM one) AS same FROM parts;
SELECT journey_set_agg(s) = (SELECT s FROM one) AS same FROM (SELECT part, journey_set_agg(subject, j) AS s FROM parts GROUP BY 1) x;
SET max_parallel_workers_per_gather = 0;

-- a running aggregate finishes again and again
SELECT n, step_count(journey_set_agg('u'::text, j) OVER (ORDER BY n))
FROM (VALUES (1, journey '[b 2026-01-01T10:00Z]'), (2, '[a 2026-01-01T10:00Z]'), (3, NULL)) v (n, j);

-- comparing
SELECT s = s AS eq, s <> s AS ne, s < s AS lt, s <= s AS le, s > s AS gt, s >= s AS ge FROM sets WHERE id = 1;
SELECT array_agg(id ORDER BY s) FROM sets WHERE s IS NOT NULL;
SELECT count(DISTINCT s) FROM (SELECT s FROM sets UNION ALL SELECT s FROM sets) x;
SELECT count(*) FROM sets a JOIN sets b USING (s);
SELECT journey_set_cmp(a.s, b.s) < 0 AS less, journey_set_hash(a.s) = journey_set_hash_extended(a.s, 0)::bit(32)::int AS low_half
FROM sets a, sets b WHERE a.id = 2 AND b.id = 1;

-- bytes
SELECT id, s::bytea::journey_set = s AS same FROM sets ORDER BY 1;
SELECT s::bytea FROM sets WHERE id = 3;
SELECT '\x'::bytea::journey_set;
SELECT '\x0202'::bytea::journey_set;
SELECT overlay(s::bytea PLACING '\x20' FROM 2)::journey_set FROM sets WHERE id = 3;
SELECT substring(s::bytea FOR 60)::journey_set FROM sets WHERE id = 3;
SELECT overlay(s::bytea PLACING '\x00' FROM 9)::journey_set FROM sets WHERE id = 3;

-- binary in and out, of sets and states
CREATE TABLE copied (LIKE sets);
COPY sets TO PROGRAM 'cat > journey_set.bin' (FORMAT binary);
COPY copied FROM PROGRAM 'cat journey_set.bin; rm journey_set.bin' (FORMAT binary);
SELECT count(*) FROM sets a FULL JOIN copied b USING (id) WHERE a.s IS DISTINCT FROM b.s;
CREATE AGGREGATE journey_set_state_of(text, journey) (
  SFUNC = _journey_set_agg_transfn, STYPE = journey_set_state, COMBINEFUNC = _journey_set_agg_combinefn, PARALLEL = SAFE);
CREATE TABLE states AS SELECT part, journey_set_state_of(subject, j ORDER BY subject) AS state FROM parts GROUP BY 1;
CREATE TABLE copied_states (LIKE states);
COPY states TO PROGRAM 'cat > journey_set.bin' (FORMAT binary);
COPY copied_states FROM PROGRAM 'cat journey_set.bin; rm journey_set.bin' (FORMAT binary);
SELECT count(*) FROM states a FULL JOIN copied_states b USING (part)
WHERE a.state::text IS DISTINCT FROM b.state::text OR a.state::text::journey_set_state::text <> b.state::text;

-- stored out of line, the facts are read from its head
ALTER TABLE one ALTER s SET STORAGE external;
UPDATE one SET s = s || '{zoe: [late 2027-01-01T00:00Z]}';
SELECT pg_relation_size(reltoastrelid) > 0 AS toasted, subject_count(s), step_count(s), ended_at(s), journey_of(s, 'zoe')
FROM one, pg_class WHERE oid = 'one'::regclass;

-- the type
SELECT typlen, typalign, typstorage, typcategory, typispreferred FROM pg_type WHERE oid = 'journey_set'::regtype;
SELECT step_count('[a 2026-01-01T10:00Z]'), step_count(journey_set '{u: [a 2026-01-01T10:00Z, b 2026-01-01T10:00Z]}');

-- a set that fills a page stays in its row, as it is
CREATE TABLE page (s journey_set) WITH (toast_tuple_target = 8160);
INSERT INTO page
  SELECT journey_set_agg(md5(n::text)::uuid, j)
  FROM (SELECT n, journey_agg(timestamptz '2026-01-01Z' + k * n * interval '1.001 s', 'event ' || k * n % 9) AS j
        FROM generate_series(1, 175) n, generate_series(1, 7) k GROUP BY 1) x;
SELECT pg_column_size(s), pg_column_compression(s) IS NULL AS plain,
       pg_relation_size('page') AS bytes, pg_relation_size(reltoastrelid) AS toast
FROM page, pg_class WHERE oid = 'page'::regclass;

-- the state is a type, for distributed engines
SELECT '\x'::journey_set_state;
SELECT 'abc'::journey_set_state;
SELECT '\x01000000'::journey_set_state;
SELECT '\x02000000'::journey_set_state;
SELECT '\x010100000800010000000000000000000000'::journey_set_state;
SELECT _journey_set_agg_finalfn(NULL);
SELECT _journey_set_agg_transfn(NULL, 'u'::text, '[a 2026-01-01T10:00Z]'::journey);

DROP TABLE sets, steps, parts, one, page, copied, states, copied_states;
DROP AGGREGATE journey_set_state_of(text, journey);

-- many calls in one query leave nothing behind
SELECT max(used) < 1000000 AS bounded
FROM generate_series(1, 5000) i,
	LATERAL (SELECT count(*) FROM journey.journeys(CASE WHEN i > 0 THEN journey.journey_set '{ana: [a 2026-01-01T00:00:00Z]}' END)) a,
	LATERAL (SELECT sum(used_bytes) AS used FROM pg_backend_memory_contexts WHERE i = 5000 AND name = 'ExecutorState') m;

-- every aggregate that takes a journey takes a set, too, but for those that make one of many
SELECT a.oid::regprocedure FROM pg_proc a
WHERE a.prokind = 'a' AND a.pronamespace = 'journey'::regnamespace AND 'journey.journey'::regtype = ANY (a.proargtypes)
	AND a.proname NOT IN ('journey_agg', 'journey_set_agg')
	AND NOT EXISTS (SELECT FROM pg_proc s WHERE s.prokind = 'a' AND s.pronamespace = a.pronamespace AND s.proname = a.proname
		AND s.proargtypes::oid[] = array_replace(a.proargtypes::oid[], 'journey.journey'::regtype::oid, 'journey.journey_set'::regtype::oid));
