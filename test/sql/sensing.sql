-- Senses of steps: sensed, sense_steps, restored, restore_time, restoration_agg.
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
SET search_path = public, journey;
\pset null '(null)'

CREATE TABLE trip (id int, j journey);
INSERT INTO trip VALUES
	(1, '[view 2026-01-01T10:00Z, call 2026-01-01T10:05Z {sense=angry}, call 2026-01-01T10:20Z {sense=angry, sense=tired}, solved 2026-01-01T10:50Z, buy 2026-01-01T11:00Z]'),
	(2, '[call 2026-01-01T10:00Z {sense=angry}]'),
	(3, '[call 2026-01-01T10:00Z {sense=tired}, solved 2026-01-01T12:00Z]'),
	(4, '[view 2026-01-01T10:00Z, buy 2026-01-01T10:01Z]'),
	(5, '[call 2026-01-01T10:00Z {sense=angry}, solved 2026-01-01T10:10Z, call 2026-01-01T11:00Z {sense=angry}, solved 2026-01-01T11:30Z]'),
	(6, '[call 2026-01-01T10:00Z {sense=angry}, solved 2026-01-01T10:10Z, call 2026-01-01T11:00Z {sense=angry}]'),
	(7, '[call 2026-01-01T10:00Z {sense=angry}, solved 2026-01-01T10:00Z]'),
	(8, NULL);
SELECT id, s, sensed(j, s), sense_steps(j, s), restored(j, s), restore_time(j, s) FROM trip, unnest('{angry,tired,Angry,ang,NULL}'::text[]) s ORDER BY s, id;
SELECT s, (restoration_agg(j, s)).* FROM trip, unnest('{angry,tired,Angry,NULL}'::text[]) s GROUP BY s ORDER BY s;
SELECT restoration_agg(j, 'angry') FROM trip WHERE false;

-- a name with everything in it, and a sense that is the beginning of another one
SELECT sensed(j, 'a'), sensed(j, 'a b'), sensed(j, 'é😀'), sensed(j, 'é'), sense_steps(j, 'a') FROM (SELECT journey '[x 2026-01-01T00:00Z {sense="a b", sense="é😀"}, y 2026-01-01T00:01Z {sense=a}]' AS j) x;

-- the same on rows, for random journeys
SELECT setseed(0.5);
CREATE TABLE steps AS SELECT n, i, timestamptz '2026-01-01' + (random() * 1000)::int * interval '1 s' AS at, 'e' || (random() * 3)::int AS event,
	CASE WHEN random() < 0.5 THEN (ARRAY['angry', 'tired', 'glad'])[1 + (random() * 2)::int :] END AS senses FROM generate_series(1, 300) n, generate_series(1, 1 + n % 9) i;
CREATE TABLE many AS SELECT n, journey_agg(ROW(at, event, NULL, NULL, NULL, NULL, NULL, senses)::interaction) AS j FROM steps GROUP BY n;
CREATE TABLE rows AS SELECT n, step, at, coalesce(s = ANY (senses), false) AS has, s FROM many, interactions(j), unnest('{angry,tired,glad,bored}'::text[]) s;
CREATE TABLE slow AS SELECT n, s, bool_or(has) AS sensed, coalesce(array_agg(step ORDER BY step) FILTER (WHERE has), '{}') AS sense_steps,
		CASE WHEN bool_or(has) THEN max(step) FILTER (WHERE has) < max(step) END AS restored, min(at) FILTER (WHERE has) AS first_at,
		max(step) FILTER (WHERE has) + 1 AS after FROM rows GROUP BY n, s;
SELECT count(*), bool_and(sensed(j, s) = slow.sensed) AS sensed, bool_and(sense_steps(j, s) = slow.sense_steps) AS steps,
	bool_and(restored(j, s) IS NOT DISTINCT FROM slow.restored) AS restored,
	bool_and(restore_time(j, s) IS NOT DISTINCT FROM CASE WHEN slow.restored THEN time_at(j, after) - first_at END) AS time, count(*) FILTER (WHERE slow.restored) > 100 AS enough
FROM many JOIN slow USING (n);
SELECT s, (r).sensed = a.sensed AS sensed, (r).restored = a.restored AS restored, abs((r).restored_share - a.share) < 1e-12 AS share, abs(extract(epoch FROM (r).median_restore_time) - a.median) < 1e-6 AS median
FROM (SELECT s, restoration_agg(j, s) AS r FROM many, unnest('{angry,tired,glad}'::text[]) s GROUP BY s) x
	JOIN (SELECT s, count(*) FILTER (WHERE slow.sensed) AS sensed, count(*) FILTER (WHERE restored) AS restored, avg(restored::int)::float8 AS share,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM restore_time(j, s))) AS median FROM many JOIN slow USING (n) GROUP BY s) a USING (s) ORDER BY s;

-- partial states, in parallel and by hand
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS off) SELECT restoration_agg(j, 'angry') FROM many;
SELECT restoration_agg(j, 'angry') = (SELECT restoration_agg(j, 'angry') FROM (SELECT j FROM many ORDER BY n DESC OFFSET 0) x) AS same FROM many;

-- sets: as a whole, a set a subject, and cut by time into many, each way in parallel and not
CREATE TABLE sets AS
	SELECT 'whole' AS cut, journey_set_agg(n, j) AS s FROM many
	UNION ALL SELECT 'each', journey_set_agg(n, j) FROM many GROUP BY n
	UNION ALL SELECT 'time', s FROM pack('SELECT n, at, event, senses FROM steps', '100 s') s;
SELECT cut, count(*) > 5 AS many_sets, sum(subject_count(s)) AS subjects FROM sets GROUP BY cut ORDER BY cut;
-- steps of one time come in another order from pack(), so these are compared with their own journeys
CREATE TABLE whole AS SELECT cut, subject, journey_agg(j.j) AS j FROM sets, journeys(s) j GROUP BY cut, subject;
CREATE TABLE of_journeys AS SELECT cut, sense, restoration_agg(j, sense) AS r FROM whole, unnest('{angry,tired,glad,bored,NULL}'::text[]) sense GROUP BY 1, 2;
ALTER TABLE sets SET (parallel_workers = 2);
SELECT cut, count(*), bool_and(r IS NOT DISTINCT FROM of_sets) AS same, max((r).restored) > 50 AS enough
FROM of_journeys, LATERAL (SELECT restoration_agg(s, sense) AS of_sets FROM sets WHERE sets.cut = of_journeys.cut) x GROUP BY cut ORDER BY cut;
EXPLAIN (COSTS off) SELECT restoration_agg(s, 'angry') FROM sets WHERE cut = 'time';
SELECT restoration_agg(s, 'angry') = (SELECT r FROM of_journeys o WHERE o.cut = 'time' AND sense = 'angry') AS same FROM sets WHERE cut = 'time';
SELECT (SELECT restoration_agg(s, 'angry') FROM (SELECT s FROM sets WHERE cut = 'time' ORDER BY md5(s::text) OFFSET 0) x) = (SELECT r FROM of_journeys o WHERE o.cut = 'time' AND sense = 'angry') AS any_order;
SELECT restoration_agg(NULL::journey_set, 'angry');
-- parts whose others are left out
SELECT restoration_agg(s, 'angry') FROM (VALUES ('{a: [x 2026-01-01T00:00Z {sense=angry}, ...]}'::journey_set)) v (s);
SELECT restoration_agg(s, 'angry') FROM (VALUES ('{a: [x 2026-01-01T00:00Z {sense=angry}, ...]}'::journey_set), ('{a: [(x 2026-01-01T00:00Z {sense=angry}), y 2026-01-01T01:00Z]}')) v (s);

-- states: equal for equal subjects, whatever the order; they travel as text and bytes, and are combined by hand
CREATE AGGREGATE restoration_state(journey_set, text) (SFUNC = _restoration_transfn, STYPE = restoration_state, COMBINEFUNC = _restoration_combinefn, PARALLEL = SAFE);
CREATE AGGREGATE combine_states(restoration_state) (SFUNC = _restoration_combinefn, STYPE = restoration_state, COMBINEFUNC = _restoration_combinefn, PARALLEL = SAFE);
CREATE TABLE states AS SELECT n % 3 AS part, restoration_state(s, 'angry') AS state FROM (SELECT s, row_number() OVER (ORDER BY md5(s::text)) AS n FROM sets WHERE cut = 'time') x GROUP BY 1;
SELECT _restoration_finalfn(combine_states(state)) = r AS same FROM states, of_journeys WHERE cut = 'time' AND sense = 'angry' GROUP BY r;
SELECT bool_and(state::text::restoration_state::text = state::text) AS through_text FROM states;
SELECT (SELECT combine_states(state ORDER BY part) FROM states)::text = (SELECT combine_states(state ORDER BY part DESC) FROM states)::text AS same_bytes;
SELECT combine_states(state) FROM (SELECT restoration_state(s, sense) AS state FROM sets, unnest('{angry,tired}'::text[]) sense WHERE cut = 'whole' GROUP BY sense) x;
-- two restored in 1 and 3 us of three that were sensed; then what is refused: nothing, another version, no sense, more restored than sensed, out of order, too long, not UTF-8, cut short, bytes behind
SELECT _restoration_finalfn(('\x' || '01000000' || '01000000' || '0300000000000000' || '02000000' || '61' || '0100000000000000' || '0300000000000000' || '00000000')::restoration_state);
SELECT '\x'::restoration_state;
SELECT ('\x' || '02000000' || '01000000' || '0000000000000000' || '00000000' || '61' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '00000000' || '0000000000000000' || '00000000' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0000000000000000' || '01000000' || '61' || '0100000000000000' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0200000000000000' || '02000000' || '61' || '0300000000000000' || '0100000000000000' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0100000000000000' || '01000000' || '61' || 'ffffffffffffffff' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0000000000000000' || '00000000' || 'ff' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0000000000000000' || 'ffffff0f' || '61' || '00000000')::restoration_state;
SELECT ('\x' || '01000000' || '01000000' || '0000000000000000' || '00000000' || '61' || '0000000000')::restoration_state;

-- bad input
SET max_parallel_workers_per_gather = 0;
SELECT sensed(j, '') FROM trip WHERE id = 1;
SELECT sense_steps(j, '') FROM trip WHERE id = 4;
SELECT restored(NULL, ''), restore_time('[x 2026-01-01T00:00Z]', NULL);
SELECT restoration_agg(j, '') FROM trip;
SELECT restore_time('[x 4000-01-01T00:00Z BC {sense=angry}, y 294000-01-01T00:00Z]', 'angry');
SELECT restoration_agg('[x 4000-01-01T00:00Z BC {sense=angry}, y 294000-01-01T00:00Z]'::journey, 'angry');
SELECT restoration_agg(j, s) FROM trip, unnest('{angry,tired}'::text[]) s;
SELECT restoration_agg(j, repeat('x', 1025)) FROM trip;
SELECT restoration_agg(s, '') FROM sets;
SELECT _restoration_transfn(NULL, NULL::journey, NULL), _restoration_transfn(NULL, NULL::journey_set, NULL);

DROP AGGREGATE restoration_state(journey_set, text), combine_states(restoration_state);
DROP TABLE trip, steps, many, rows, slow, sets, whole, of_journeys, states;
