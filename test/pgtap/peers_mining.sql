-- Process mining, attribution, sequence analysis and sessions of web analytics:
-- a log and paths whose answers pm4py gives, a linear solve of the Markov chain,
-- the arithmetic of ChannelAttribution, and the rules of manuals.  The lines
-- asked are those of doc/coming_from.md.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT plan(48);

CREATE TEMP TABLE log AS
SELECT who, journey_agg(timestamptz '2026-01-01Z' + minutes * interval '1 min', e) AS j
FROM (VALUES ('c1', 'register,check,decide,pay'), ('c2', 'register,check,ask,check,decide,reject'), ('c3', 'register,ask,check,decide,reject'),
			 ('c4', 'register,check,check,decide,pay'), ('c5', 'register'), ('c6', 'check,register,decide,pay')) AS v (who, l),
	 LATERAL (SELECT e, sum((ARRAY[5, 60, 7, 30, 90, 11])[i] + right(who, 1)::int % 3) OVER (ORDER BY i) FROM regexp_split_to_table(l, ',') WITH ORDINALITY AS s (e, i)) AS t (e, minutes)
GROUP BY who;

--
-- pm4py
--
SELECT is((SELECT string_agg(format('%s>%s %s', from_event, to_event, n), ', ' ORDER BY from_event, to_event) FROM unnest((SELECT edges_agg(j) FROM log))),
		  'ask>check 2, check>ask 1, check>check 1, check>decide 4, check>register 1, decide>pay 3, decide>reject 2, register>ask 1, register>check 3, register>decide 1', 'discover_dfg');
SELECT is((SELECT string_agg(format('%s>%s %s', from_event, to_event, extract(epoch FROM median_gap)::int), ', ' ORDER BY from_event, to_event) FROM unnest((SELECT edges_agg(j, true) FROM log))),
		  'ask>check 1170, check>ask 540, check>check 480, check>decide 1830, check>register 3600, decide>pay 1860, decide>reject 3090, register>ask 3600, register>check 3660, register>decide 420',
		  'discover_performance_dfg: medians');
SELECT is((SELECT edges_agg(s, true) FROM (SELECT journey_set_agg(who, j) AS s FROM log) AS x), (SELECT edges_agg(j, true) FROM log), 'both, of a set');
SELECT is((SELECT string_agg(e || ' ' || n, ', ' ORDER BY e) FROM (SELECT event_at(j, 1), count(*) FROM log GROUP BY 1) AS x (e, n)), 'check 1, register 5', 'start activities');
SELECT is((SELECT string_agg(e || ' ' || n, ', ' ORDER BY e) FROM (SELECT event_at(j, -1), count(*) FROM log GROUP BY 1) AS x (e, n)), 'pay 3, register 1, reject 2', 'end activities');
SELECT is((SELECT array_agg(extract(epoch FROM duration(j))::int ORDER BY duration(j)) FROM log), '{0,5820,6000,11220,11460,12480}', 'case durations');
SELECT is((SELECT string_agg(format('%s %s %s', a.from_event, CASE WHEN b.n IS NULL THEN '>' ELSE '=' END, a.to_event), ', ' ORDER BY a.from_event, a.to_event)
		   FROM unnest((SELECT edges_agg(j) FROM log)) AS a LEFT JOIN unnest((SELECT edges_agg(j) FROM log)) AS b ON b.from_event = a.to_event AND b.to_event = a.from_event),
		  'ask = check, check = ask, check = check, check > decide, check = register, decide > pay, decide > reject, register > ask, register = check, register > decide', 'footprints');
SELECT is((SELECT string_agg(e || ' ' || n, ', ') FROM (SELECT e, count(*) FROM log, (SELECT DISTINCT unnest(steps(j)) FROM log) AS a (e) WHERE match_count(j, ('"' || e || '"')::journey_pattern) > 1 GROUP BY e) AS x (e, n)), 'check 2', 'rework');
SELECT is((SELECT array_agg(who ORDER BY who) FROM log WHERE j ~ 'check >> decide'), '{c1,c2,c3,c4}', 'filter_directly_follows_relation');
SELECT is((SELECT array_agg(who ORDER BY who) FROM log WHERE j ~ 'ask -> decide'), '{c2,c3}', 'filter_eventually_follows_relation');
SELECT is((SELECT array_agg(who ORDER BY who) FROM log WHERE j ~ '^ register'), '{c1,c2,c3,c4,c5}', 'filter_start_activities');
SELECT is((SELECT string_agg(variant(match_first(j, 'check .*? decide')), '; ' ORDER BY who) FROM log), 'check > decide; check > ask > check > decide; check > decide; check > check > decide; check > register > decide', 'filter_between');
SELECT is((SELECT string_agg(variant(head(m.j, -1)), '; ' ORDER BY who) FROM log, match_first(j, '^ .*? decide') AS m (j)), 'register > check; register > check > ask > check; register > ask > check; register > check > check; check > register', 'filter_prefixes');
SELECT is((SELECT array_agg(who ORDER BY who) FROM log WHERE j ~ 'check check'), '{c4}', 'a distance of 0 to itself');
SELECT is((SELECT string_agg(who, ' ' ORDER BY who) FILTER (WHERE j ~ '^ register (check | ask)* decide (pay | reject) $') || ', ' || round(avg((j ~ '^ register (check | ask)* decide (pay | reject) $')::int), 3) FROM log),
		  'c1 c2 c3 c4, 0.667', 'cases that fit');
-- bupaR
SELECT is((SELECT array_agg(ARRAY[j @> '{ask, reject}', j && '{ask, pay}', NOT j && '{ask, pay}', j ~ '^ [register, check, decide, pay]+ $'] ORDER BY who) FROM log WHERE who IN ('c1', 'c2', 'c5')),
		  '{{f,t,f,t},{t,t,f,f},{f,f,t,t}}', 'filter_activity_presence: all, one of, none, only');

--
-- TraMineR: rates go out of a state, and add up to 1
--
SELECT is((SELECT string_agg(format('%s>%s %s', from_event, to_event, rate), ', ' ORDER BY from_event, to_event) FROM (SELECT from_event, to_event, round(n / sum(n) OVER (PARTITION BY from_event), 3) FROM unnest((SELECT edges_agg(j) FROM log))) AS x (from_event, to_event, rate)),
		  'ask>check 1.000, check>ask 0.143, check>check 0.143, check>decide 0.571, check>register 0.143, decide>pay 0.600, decide>reject 0.400, register>ask 0.200, register>check 0.600, register>decide 0.200', 'seqtrate');
SELECT is((SELECT array_agg(step_count(collapse(j)) - 1 ORDER BY who) FROM log), '{3,5,4,3,0,3}', 'seqtransn');

--
-- Attribution.  Days apart: A, B, A buy, C buy; B; B, C buy; buy
--
CREATE FUNCTION pg_temp.days(l text, first date DEFAULT '2026-01-01') RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(first::timestamp AT TIME ZONE 'UTC' + i * interval '1 day', trim(e)) FROM regexp_split_to_table(l, ',') WITH ORDINALITY AS v (e, i)
$$;
CREATE FUNCTION pg_temp.credit(js journey[], half_life interval) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(format('%s %s %s %s %s %s', event, first, last, linear, position, decay), ', ' ORDER BY event)
  FROM (SELECT event, count(*) FILTER (WHERE step = 1) AS first, count(*) FILTER (WHERE step = n) AS last, round(sum(1.0 / n), 3) AS linear,
			   round(sum(CASE WHEN n < 3 THEN 1.0 / n WHEN step IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END), 3) AS position, round(sum(weight / whole)::numeric, 3) AS decay
		FROM (SELECT i.event, i.step, step_count(m.j) - 1 AS n, weight, sum(weight) OVER (PARTITION BY who, m.match) AS whole
			  FROM unnest(js) WITH ORDINALITY AS v (j, who), matches(j, '!buy+ buy within 30 days') AS m, interactions(head(m.j, -1)) AS i,
				   power(0.5, extract(epoch FROM ended_at(m.j) - i.at) / extract(epoch FROM half_life)) AS weight) AS t
		GROUP BY event) AS x
$$;
SELECT is(pg_temp.credit(ARRAY[pg_temp.days('A, B, A, buy')], '1 day'), 'A 1 1 0.667 0.800 0.714, B 0 0 0.333 0.200 0.286', 'G11: A > B > A, per touch and not per channel');
SELECT is(pg_temp.credit(ARRAY[pg_temp.days('A, B, A, buy, C, buy'), pg_temp.days('B'), pg_temp.days('B, C, buy'), pg_temp.days('buy')], '1 day'),
		  'A 1 1 0.667 0.800 0.714, B 1 0 0.833 0.700 0.619, C 1 2 1.500 1.500 1.667', 'each conversion has the touches since the one before');
SELECT is(pg_temp.credit(ARRAY[pg_temp.days('A') || pg_temp.days('B, buy', '2026-02-01')], '1 day'), 'B 1 1 1.000 1.000 1.000', 'touches before the window are left out');

CREATE FUNCTION pg_temp.removal(js journey[]) RETURNS text LANGUAGE sql AS $$
  WITH RECURSIVE path AS (
	SELECT ARRAY['(start)'] || steps(m.j) || CASE WHEN event_at(m.j, -1) = 'buy' THEN '{}' ELSE '{(lost)}'::text[] END AS p FROM unnest(js) AS j, matches(j, '!buy* buy | !buy+') AS m
  ), hop AS (
	SELECT p[i] AS a, p[i + 1] AS b, count(*) / sum(count(*)) OVER (PARTITION BY p[i]) AS share FROM path, generate_series(1, cardinality(p) - 1) AS i GROUP BY 1, 2
  ), chance AS (
	SELECT 0 AS round, closed, '{"buy": 1}'::jsonb AS of FROM hop AS h (closed) GROUP BY closed
	UNION ALL
	SELECT round + 1, closed, '{"buy": 1}' || (SELECT jsonb_object_agg(a, c) FROM (
			 SELECT a, sum(share * coalesce((of ->> b)::numeric, 0))::float8 AS c FROM hop WHERE a <> closed OR a = '(start)' GROUP BY a) AS x)
	FROM chance WHERE round < 100
  ), effect AS (
	SELECT c.closed AS channel, 1 - (c.of ->> '(start)')::float8 / (whole.of ->> '(start)')::float8 AS e
	FROM chance AS c, chance AS whole WHERE c.round = 100 AND whole.round = 100 AND c.closed <> '(start)' AND whole.closed = '(start)'
  )
  SELECT string_agg(format('%s %s %s', channel, round(e::numeric, 4), round(share::numeric, 4)), ', ' ORDER BY channel) FROM (SELECT channel, e, e / sum(e) OVER () AS share FROM effect) AS x
$$;
SELECT is(pg_temp.removal(ARRAY[pg_temp.days('C1, C2, C3, buy'), pg_temp.days('C1'), pg_temp.days('C2, C3')]), 'C1 0.5000 0.2000, C2 1.0000 0.4000, C3 1.0000 0.4000', 'removal effects');
SELECT is(pg_temp.removal(ARRAY[pg_temp.days('A, B, A, B, B, A, buy'), pg_temp.days('A, B, B, A, A, buy'), pg_temp.days('A, A, buy'), pg_temp.days('B, C'), pg_temp.days('C, A')]),
		  'A 1.0000 0.5846, B 0.5000 0.2923, C 0.2105 0.1231', 'removal effects where people go round in circles');

--
-- Sessions of web analytics
--
CREATE FUNCTION pg_temp.cut(l text, VARIADIC rules text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE told text;
BEGIN
  EXECUTE format('SELECT string_agg(array_to_string(steps(s.j), '' ''), '' | '' ORDER BY session) FROM sessions(%L, %s) AS s', l, array_to_string(rules, ', ')) INTO told;
  RETURN told;
END
$$;
SELECT is(pg_temp.cut('[a 2026-01-01T10:00Z, b 2026-01-01T10:30Z, c 2026-01-01T11:00:01Z]', $$'30 min'$$), 'a b | c', '30 minutes of nothing: exactly 30 stay');
SELECT is(pg_temp.cut('[a 2026-01-01T22:50Z, b 2026-01-01T23:10Z, c 2026-01-01T23:30Z]', $$'30 min'$$, $$calendar => 'day'$$, $$tz => 'Europe/Berlin'$$), 'a | b c', 'midnight in Berlin');
SELECT is(pg_temp.cut('[a@mail 2026-01-01T10:00Z, b@mail 2026-01-01T10:10Z, c@ad 2026-01-01T10:20Z, d 2026-01-01T10:30Z, e@ad 2026-01-01T10:40Z]', $$'30 min'$$, $$split_on => '{channel}'$$), 'a b | c | d | e', 'campaigns: none is one of its own');
SELECT is((SELECT array_agg(step_count(s.j) ORDER BY session) FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + i * interval '25 min', 'x') AS j FROM generate_series(0, 40) AS i) AS x, sessions(j, '30 min', max_duration => '12 hours') AS s), '{29,12}', '12 hours of activity');
SELECT is((SELECT array_agg(step_count(s.j) ORDER BY session) FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + i * interval '1 s', 'x') AS j FROM generate_series(1, 6000) AS i) AS x, sessions(j, '30 min', max_steps => 2500) AS s), '{2500,2500,1000}', '2500 hits');

--
-- Funnels of GA4
--
SELECT is((SELECT string_agg(format('%s %s/%s', l, (funnel(pg_temp.days(l), '{a, b, c}', '30 days')).level, (funnel(pg_temp.days(l), '{a, b, c}', '30 days', 'exact')).level), ', ' ORDER BY i)
		   FROM unnest('{"a,b,c", "a,x,b,c", "b,c", "a,c,b"}'::text[]) WITH ORDINALITY AS v (l, i)), 'a,b,c 3/3, a,x,b,c 3/1, b,c 0/0, a,c,b 2/1', 'closed: indirectly and directly followed by');
SELECT is((SELECT string_agg(event || ' ' || subjects, ', ' ORDER BY event) FROM unnest((SELECT event_counts_agg(pg_temp.days(l)) FROM unnest('{"a,b,c", "a,c", "b,c", "d,a,a"}'::text[]) AS l)) WHERE event IN ('a', 'b', 'c')), 'a 3, b 2, c 3', 'open');

--
-- Flink CEP and Esper
--
SELECT is((SELECT string_agg(format('%s: %s', p, coalesce((SELECT string_agg(variant(m.j), '; ' ORDER BY match) FROM matches(pg_temp.days('a, c, b, b'), p::journey_pattern, 'next row') AS m), 'none')), ', ' ORDER BY i)
		   FROM unnest('{a >> b, a -> b, a -[no c]-> b, a >> !b}'::text[]) WITH ORDINALITY AS v (p, i)), 'a >> b: none, a -> b: a > c > b, a -[no c]-> b: none, a >> !b: a > c', 'next, followedBy, notFollowedBy, notNext');
SELECT is((SELECT array_agg(journey '[a 2026-01-01T10:00Z, b 2026-01-01T11:00Z]' ~ p ORDER BY i) FROM unnest('{a b within 1 h, a b within 59 min 59.999999 s}'::journey_pattern[]) WITH ORDINALITY AS v (p, i)), '{t,f}', 'within: its end counts, in Flink it does not');
SELECT is((SELECT string_agg(from_step || '-' || to_step, ' ' ORDER BY match) FROM matches(pg_temp.days('a, b, c, b, a, d, b, e, a, b'), 'a -> b') AS m), '1-2 5-7 9-10', 'every a -> b begins again behind a match');
SELECT is((SELECT string_agg(format('%s of it, %s until %s', steps, next_steps, to_char(deadline, 'MM-DD')), '; ') FROM partial(pg_temp.days('a, x'), 'a -> b within 5 days', '2026-01-03 12:00Z') AS p), '1 of it, {b} until 01-07', 'what may still come, and until when');

--
-- Declare: which of the journeys break a constraint; and bupaR's self-loops and repetitions
--
CREATE TEMP TABLE trace AS
SELECT l, (SELECT journey_agg(to_timestamp(i), substr(l, i, 1)) FROM generate_series(1, length(l)) AS i) AS j
FROM unnest('{a,b,c,ab,ba,aab,aba,abb,acb,abab,abcab,cacbc}'::text[]) AS l;
SELECT is((SELECT string_agg(l, ' ' ORDER BY length(l), l) FROM trace WHERE j ~ breaks::journey_pattern), traces, name)
FROM (VALUES ('response', 'a -[no b]-> $', 'a ba aba'), ('precedence', '^ -[no a]-> b', 'b ba'),
			 ('alternate response', 'a -[no b]-> (a | $)', 'a ba aab aba'), ('alternate precedence', '(^ | b) -[no a]-> b', 'b ba abb'),
			 ('chain response', 'a (!b | $)', 'a ba aab aba acb cacbc'), ('chain precedence', '(^ | !a) b', 'b ba abb acb cacbc'),
			 ('not succession', 'a -> b', 'ab aab aba abb acb abab abcab cacbc'), ('not chain succession', 'a b', 'ab aab aba abb abab abcab'),
			 ('init', '^ !a', 'b c ba cacbc'), ('end', '!b $', 'a c ba aba cacbc'), ('absence2', 'a -> a', 'aab aba abab abcab')) AS v (name, breaks, traces);
SELECT is((SELECT string_agg(l, ' ' ORDER BY length(l), l) FROM trace WHERE j @> '{a}' AND NOT j @> '{b}'), 'a', 'responded existence');
SELECT is((SELECT string_agg(l, ' ' ORDER BY length(l), l) FROM trace WHERE j @> '{a}' <> j @> '{b}'), 'a b', 'co-existence');
SELECT is((SELECT row(match_count(j, 'a a+'), match_count(j, 'a+') - 1)::text FROM (SELECT journey_agg(to_timestamp(i), substr('aabaaabba', i, 1)) AS j FROM generate_series(1, 9) AS i) AS x),
		  '(2,2)', 'self-loops and repetitions');

SELECT * FROM finish();
ROLLBACK;
