-- funnel_agg(): funnels over many journeys, and over sets of them.
SET search_path = journey, public;
SET timezone = 'UTC';
SET intervalstyle = 'postgres';

CREATE TEMP TABLE events (who text, at timestamptz, event text);
INSERT INTO events
SELECT who, to_timestamp(n), substr(t, n, 1)
FROM (VALUES ('u1', 'ABC'), ('u2', 'AB'), ('u3', 'A'), ('u4', 'B')) AS x(who, t), generate_series(1, length(t)) AS n;
CREATE TEMP VIEW journeys AS SELECT who, journey_agg(at, event) AS j FROM events GROUP BY who;

-- F32: 3 2 1; of all .75 .5 .25; of the step before .75 .667 .5
SELECT step, name, subjects, entered, converted, open, lost, excluded, of_all, round(of_previous::numeric, 3) AS of_previous
FROM unnest((SELECT funnel_agg(j, '{A, B, C}', '1 h') FROM journeys));
SELECT step, round(of_first::numeric, 4) AS of_first, round(of_first_low::numeric, 4) AS low, round(of_first_high::numeric, 4) AS high,
       median_from_previous, p90_from_previous, median_from_first, p90_from_first
FROM unnest((SELECT funnel_agg(j, '{A, B, C}', '1 h') FROM journeys));
-- F33: nobody before is no rate, never an error
SELECT step, entered, of_all, of_first, of_first_low, of_previous, median_from_first
FROM unnest((SELECT funnel_agg(j, '{C, A, B}', '1 h') FROM journeys));
SELECT step, entered, of_all, of_first, of_first_high, of_previous
FROM unnest((SELECT funnel_agg(j, '{Z, A}', '1 h') FROM journeys));
-- F34: a step that no event is
SELECT step, name, entered FROM unnest((SELECT funnel_agg(j, '{A, Bee}', '1 h', NULL, NULL, '{"\"see you\"", C}', NULL, NULL, NULL, NULL, NULL) FROM journeys));
-- F35: by session or by user
WITH visits (who, session, t) AS (VALUES ('U1', 'S1', 'AB'), ('U1', 'S2', 'CD')),
     e AS (SELECT who, session, to_timestamp(n + ascii(session)), substr(t, n, 1) FROM visits, generate_series(1, 2) AS n),
     by_session AS (SELECT journey_agg(to_timestamp, substr) AS j FROM e GROUP BY who, session),
     by_user AS (SELECT journey_agg(to_timestamp, substr) AS j FROM e GROUP BY who)
SELECT (SELECT (funnel_agg(j, '{A, B}', '1 h'))[2].entered FROM by_session) AS session_ab,
       (SELECT (funnel_agg(j, '{A, D}', '1 h'))[2].entered FROM by_session) AS session_ad,
       (SELECT (funnel_agg(j, '{A, D}', '1 h'))[2].entered FROM by_user) AS user_ad;

-- what became of those who stayed
SELECT step, entered, converted, open, lost, excluded
FROM unnest((SELECT funnel_agg(j, '{a, b, c}', '10 s', 'ordered', 'latest', '{x}', NULL, NULL, NULL, NULL, to_timestamp(20))
             FROM (SELECT journey_agg(to_timestamp(substr(w, 2)::int), left(w, 1)) AS j
                   FROM unnest('{a1 b2 c3,a1 b2 x4,a12 b13,a1,a15,a1 x2,b3}'::text[]) AS t, regexp_split_to_table(t, ' ') AS w
                   GROUP BY t) AS x));
-- any order: a row says how many
SELECT step, name, entered, median_from_previous, median_from_first
FROM unnest((SELECT funnel_agg(j, '{C, A, B}', '1 h', 'unordered') FROM journeys));
-- an optional step, and the one behind it
SELECT step, entered, converted, lost, of_previous
FROM unnest((SELECT funnel_agg(j, '{A, B, C}', '1 h', NULL, NULL, NULL, NULL, '{2}', NULL, NULL, NULL)
             FROM (SELECT j FROM journeys UNION ALL SELECT drop_events(j, '{B}') FROM journeys WHERE who = 'u1') AS x));
-- entry, by its place
SELECT entry, (funnel_agg(j, '{A, B}', '10 s', NULL, entry))[2].entered
FROM unnest('{latest, first}'::text[]) AS entry,
     (SELECT journey_agg(to_timestamp(n), e) AS j FROM (VALUES (0, 'A'), (30, 'A'), (31, 'B')) AS x(n, e)) AS x
GROUP BY entry ORDER BY entry DESC;

-- nothing to ask
SELECT funnel_agg(j, '{A}', '1 h') FROM journeys WHERE false;
SELECT funnel_agg(NULL::journey, '{A}', '1 h');
SELECT funnel_agg(NULL::journey, '{A -> B}', '1 h');
SELECT funnel_agg(NULL::journey_set, '{}', '1 h');
SELECT funnel_agg(j, '{A}', CASE who WHEN 'u1' THEN interval '1 h' ELSE interval '2 h' END) FROM journeys;

-- journeys and sets, whole or cut to pieces, in any order and in parts, tell the same as one journey after another
CREATE TEMP TABLE many AS
SELECT 'user ' || (i % 97) AS who, '2026-01-01'::timestamptz + i * interval '7 s' + (i * i % 1009) * interval '1 min' AS at,
       (ARRAY['view', 'view', 'view', 'cart', 'cart', 'purchase', 'return', 'help'])[1 + (i * 31 + i / 7) % 8] AS event,
       CASE i % 5 WHEN 0 THEN 'app' WHEN 1 THEN 'shop' END AS channel
FROM generate_series(1, 6000) AS i;
CREATE TEMP TABLE many_j AS SELECT who, journey_agg(at, event, channel) AS j FROM many GROUP BY who;
CREATE TEMP TABLE many_sets AS SELECT s FROM pack('SELECT who, at, event, channel FROM many') AS s;
CREATE TEMP TABLE chunks AS SELECT s, row_number() OVER () AS n FROM pack('SELECT who, at, event, channel FROM many', '2 hours') AS s;
SELECT count(*) > 3 AS some_chunks FROM chunks;
CREATE TEMP TABLE questions (n int, within interval, mode text, entry text, exclude journey_pattern[], step_within interval[], optional int[], hold text, ties text);
INSERT INTO questions VALUES
  (1, '1 h', 'ordered', 'latest', NULL, NULL, NULL, NULL, NULL),
  (2, '10 min', 'ordered', 'first', NULL, NULL, NULL, NULL, 'step'),
  (3, NULL, 'ordered', 'longest', '{return}', '{30 min, NULL}', NULL, NULL, NULL),
  (4, '2 h', 'strict', NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '3 h', 'unordered', NULL, '{return}', NULL, NULL, NULL, NULL),
  (6, '5 h', NULL, NULL, NULL, NULL, '{2}', 'channel', NULL),
  (7, '1 h', 'strict_deduplication, strict_increase', NULL, NULL, NULL, NULL, NULL, NULL);
CREATE FUNCTION pg_temp.one_by_one(q questions) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s %s', level, status, n), ', ' ORDER BY level, status)
  FROM (SELECT f.level, f.status, count(*) AS n
        FROM many_j, funnel(j, '{view, cart, purchase}', q.within, coalesce(q.mode, 'ordered'), q.entry, q.exclude, q.step_within,
                            q.optional, q.hold, q.ties, '2026-01-01 12:00Z') AS f
        GROUP BY 1, 2) AS x
$$;
CREATE FUNCTION pg_temp.added_up(f funnel_step[]) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s: %s %s %s %s %s %s %s', step, entered, converted, open, lost, excluded, median_from_previous, p90_from_first), ', ' ORDER BY step)
  FROM unnest(f)
$$;
SELECT n, pg_temp.one_by_one(q) FROM questions AS q ORDER BY n;
CREATE TEMP TABLE of_journeys AS
SELECT n, pg_temp.added_up(funnel_agg(j, '{view, cart, purchase}', within, mode, entry, exclude, step_within, optional, hold, ties, '2026-01-01 12:00Z')) AS told
FROM questions, many_j GROUP BY n;
SELECT * FROM of_journeys ORDER BY n;
SELECT n, o.told = pg_temp.added_up(funnel_agg(s, '{view, cart, purchase}', within, mode, entry, exclude, step_within, optional, hold, ties, '2026-01-01 12:00Z')) AS same
FROM questions JOIN of_journeys AS o USING (n), many_sets GROUP BY n, o.told ORDER BY n;
SELECT q.n, bool_and(o.told = pg_temp.added_up(x.told)) AS same
FROM questions AS q JOIN of_journeys AS o USING (n),
     LATERAL (SELECT funnel_agg(s, '{view, cart, purchase}', within, mode, entry, exclude, step_within, optional, hold, ties, '2026-01-01 12:00Z') AS told
              FROM (SELECT s FROM chunks ORDER BY n DESC OFFSET 0) AS x
              UNION ALL
              SELECT funnel_agg(s, '{view, cart, purchase}', within, mode, entry, exclude, step_within, optional, hold, ties, '2026-01-01 12:00Z')
              FROM (SELECT s FROM chunks ORDER BY n % 3, n * 7 % 11 OFFSET 0) AS x) AS x
GROUP BY q.n ORDER BY q.n;
-- partial states, from one process to another
BEGIN;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
CREATE TABLE funnel_chunks AS SELECT * FROM chunks;
ALTER TABLE funnel_chunks SET (parallel_workers = 2);
SELECT o.told = pg_temp.added_up((SELECT funnel_agg(s, '{view, cart, purchase}', '1 h', 'ordered', 'latest', NULL, NULL, NULL, NULL, NULL, '2026-01-01 12:00Z') FROM funnel_chunks)) AS same
FROM of_journeys AS o WHERE n = 1;
ROLLBACK;

-- in microseconds the differences of a set pass 32 bits together, and those of the longer journeys by themselves
CREATE TEMP TABLE spaced AS
SELECT minutes, 's' || who AS who, timestamptz '2026-01-01Z' + (who * 1000003 + k * minutes * 60000001::bigint) * interval '1 us' AS at,
       (ARRAY['A', 'B', 'x', 'C'])[1 + (who + k * (1 + who % 3)) % 4] AS event
FROM (VALUES (10), (30)) AS v (minutes), generate_series(1::bigint, 40) AS who, generate_series(0, 5) AS k;
SELECT minutes, window_length, ARRAY(SELECT entered FROM unnest(of_sets)) AS entered, of_sets = of_journeys AS same
FROM (VALUES (10), (30)) AS v (minutes), (VALUES (interval '25 min'), ('100 min')) AS w (window_length),
     LATERAL (SELECT funnel_agg(s, '{A, B, C}', window_length, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-02-01Z') AS of_sets
              FROM pack(format('SELECT who, at, event FROM spaced WHERE minutes = %s', minutes)) AS s) AS x,
     LATERAL (SELECT funnel_agg(j, '{A, B, C}', window_length, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-02-01Z') AS of_journeys
              FROM (SELECT journey_agg(at, event) AS j FROM spaced AS t WHERE t.minutes = v.minutes GROUP BY who) AS y) AS z
ORDER BY minutes, window_length;

-- states: combined, stored, sent
CREATE AGGREGATE pg_temp.funnel_state_agg(journey, journey_pattern[], interval, text, text, journey_pattern[], interval[], int[], text, text, timestamptz) (
  SFUNC = journey._funnel_transfn, STYPE = funnel_state, COMBINEFUNC = journey._funnel_combinefn);
CREATE AGGREGATE pg_temp.funnel_merge_agg(funnel_state) (SFUNC = journey._funnel_combinefn, STYPE = funnel_state, FINALFUNC = journey._funnel_finalfn);
CREATE TEMP TABLE states AS
SELECT who < 'u3' AS half, pg_temp.funnel_state_agg(j, '{A, B, C}', '1 h', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-01Z') AS state
FROM journeys GROUP BY 1;
SELECT step, entered, converted, lost FROM unnest((SELECT pg_temp.funnel_merge_agg(state) FROM states));
SELECT step, entered FROM unnest((SELECT pg_temp.funnel_merge_agg(state::text::funnel_state) FROM states));
SELECT pg_temp.funnel_merge_agg(state)
FROM (SELECT state FROM states
      UNION ALL SELECT pg_temp.funnel_state_agg(j, '{A, B}', '1 h', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-01-01Z') FROM journeys) AS x;
SELECT '\x'::funnel_state;
SELECT '\x02'::funnel_state;
SELECT 'rubbish'::funnel_state;
SELECT (left(state::text, -2))::funnel_state FROM states LIMIT 1;
-- outside of an aggregate
SELECT journey._funnel_transfn(NULL, j, '{A}', '1 h') FROM journeys LIMIT 1;
