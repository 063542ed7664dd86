-- Product analytics: funnels, retention, lifecycles and paths whose inputs and
-- answers are those of PostHog's tests, of duckdb-behavioral's and of Mixpanel's
-- manual; of journeys one by one and of sets of them.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;
SELECT plan(37);

-- Names of events, separated by commas, an hour apart from the first of May 2021 on.
CREATE FUNCTION pg_temp.hours(l text) RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(timestamptz '2021-05-01Z' + i * interval '1 hour', trim(e)) FROM regexp_split_to_table(l, ',') WITH ORDINALITY AS v (e, i)
$$;
-- How many got to each step, of journeys, and of a set of them: one answer, or it says so.
CREATE FUNCTION pg_temp.entered(js journey[], steps text[], within interval, mode text, entry text DEFAULT 'latest', exclude text[] DEFAULT NULL, ties text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN one = of_a_set THEN array_to_string(one, ' ') ELSE format('%s, of a set %s', one, of_a_set) END
  FROM (SELECT ARRAY(SELECT s.entered FROM unnest((SELECT funnel_agg(j, steps::journey_pattern[], within, mode, entry, exclude::journey_pattern[], NULL, NULL, NULL, ties, now()) FROM unnest(js) AS j)) AS s ORDER BY s.step) AS one,
			   ARRAY(SELECT s.entered FROM unnest((SELECT funnel_agg(x.s, steps::journey_pattern[], within, mode, entry, exclude::journey_pattern[], NULL, NULL, NULL, ties, now())
												   FROM (SELECT journey_set_agg(i, j) AS s FROM unnest(js) WITH ORDINALITY AS v (j, i)) AS x)) AS s ORDER BY s.step) AS of_a_set) AS y
$$;

--
-- PostHog: funnels
--
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY[
	'user signed up', '$pageview, user signed up', 'user signed up, $pageview, blaah blaa, insight viewed', 'insight viewed, blaah blaa, $pageview, user signed up',
	'$pageview, user signed up, blaah blaa, $pageview, insight viewed', 'blaah blaa, user signed up, blaah blaa, $pageview', 'blaah blaa, user signed up, $pageview, insight viewed, blaah blaa',
	'insight viewed, $pageview']) AS l), '{"\"user signed up\"", $pageview, "\"insight viewed\""}', '14 days', 'strict'), '7 2 1', 'basic strict funnel');
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY[
	'up', 'up, $pageview', 'up, sign, sign2, $pageview, blaah, insight', 'blaah, up, sign, $pageview, blaah', 'blaah, up, sign, $pageview, blaah', 'blaah, up, sign, $pageview, view1',
	'blaah, up, sign, $pageview, up, view', 'blaah, up, up, sign, $pageview, view']) AS l), '{up, sign, $pageview, view}', '14 days', 'strict'), '8 6 5 1', 'advanced strict funnel: a repeat of a step is passed over');
SELECT is((SELECT array_agg((funnel(pg_temp.hours(l), '{a, b, c}', '14 days', 'strict')).level ORDER BY i) FROM unnest('{"a,b,b,c", "a,a,b,c", "a,b,a,c"}'::text[]) WITH ORDINALITY AS v (l, i)),
		  '{3,3,2}', 'strict: repeats of what came last, and of what came before');
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY[
	'up', '$pageview, crying', 'up, $pageview, blaah, insight', 'insight, crying, up', '$pageview, up, crying, insight', 'blaah, insight', '$pageview, blaah', 'insight, $pageview']) AS l),
	'{up, $pageview, insight, crying}', '14 days', 'unordered'), '8 5 3 1', 'big multi step unordered funnel');
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY['up, paid', 'up, x, paid', 'up, paid']) AS l), '{up, paid}', '14 days', 'unordered', exclude => '{x}'),
		  '3 2', 'exclusions in an unordered funnel');
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY['up, paid', 'up, x, paid', 'up, paid']) AS l), '{up, paid}', '14 days', 'ordered', exclude => '{x}'),
		  '3 2', 'exclusions: who is excluded has entered; PostHog takes them out of the first step, too');
SELECT is((SELECT string_agg(f.status, ', ' ORDER BY i) FROM unnest('{"up, x, paid", "up, x, up, paid", "x, up, paid", "up, paid, x"}'::text[]) WITH ORDINALITY AS v (l, i), funnel(pg_temp.hours(l), '{up, paid}', '14 days', exclude => '{x}') AS f),
		  'excluded, converted, converted, converted', 'exclusions end an attempt, not a subject');
-- an exclusion between two steps of several: a pattern says where
SELECT is((SELECT array_agg(pg_temp.hours(l) ~ 'a -> b -[no x]-> c within 14 days' ORDER BY i) FROM unnest('{"a,x,b,c", "a,b,x,c", "a,b,c,x"}'::text[]) WITH ORDINALITY AS v (l, i)), '{t,f,t}', 'an exclusion between the second step and the third');
-- who converts twice: the first conversion is that of entry longest
SELECT is((SELECT array_agg(to_char(f.times[2] - f.times[1], 'FMHH24') || ' h' ORDER BY entry) FROM (SELECT journey_agg(t, e) AS j FROM (VALUES (timestamptz '2021-05-02 00:00Z', 'insight'), ('2021-05-02 02:00Z', 'up'), ('2021-05-02 04:00Z', 'view'),
			('2021-05-03 00:00Z', 'view'), ('2021-05-03 03:00Z', 'insight'), ('2021-05-03 06:00Z', 'up')) AS v (t, e)) AS x, unnest('{latest, longest}'::text[]) AS entry, funnel(j, '{insight, up, view}', '1 day', 'unordered', entry) AS f
		   WHERE f.status = 'converted'), '{"3 h","2 h"}', 'conversion times: the last conversion, or the first');
SELECT is((SELECT string_agg((s.median_from_previous)::text, ' ' ORDER BY step) FROM unnest((SELECT funnel_agg(j, '{up, view, insight}', '14 days', 'strict') FROM unnest(ARRAY['[up 2021-05-02T00:00Z]', '[up 2021-05-02T00:00Z, view 2021-05-02T01:00Z]',
			'[up 2021-05-02T00:00Z, view 2021-05-02T02:00Z, insight 2021-05-02T04:00Z]']::journey[]) AS j)) AS s), '01:30:00 02:00:00', 'conversion times of a strict funnel');
-- steps of one time: PostHog takes them in the order of the funnel
SELECT is((SELECT string_agg(ties || ' ' || pg_temp.entered(ARRAY[j], '{"\"step one\"", "\"step two\"", "\"step three\""}', '14 days', 'ordered', ties => ties), ', ' ORDER BY ties)
		   FROM (SELECT journey_agg('2024-01-10 12:01Z', e) AS j FROM (SELECT 'step one' AS e FROM generate_series(1, 30) UNION ALL VALUES ('step two'), ('step three')) AS v) AS x, unnest('{input, step}'::text[]) AS ties),
		  'input 1 1 0, step 1 1 1', 'many events of one time');
-- a first step that is also the last one, and steps that are alike
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY['a', 'a, a', 'a, b, a']) AS l), '{a, a}', '1 day', 'ordered'), '3 2', 'the same step twice takes two events');
SELECT is(pg_temp.entered(ARRAY(SELECT pg_temp.hours(l) FROM unnest(ARRAY['a', 'a, x', 'x']) AS l), '{., .}', '1 day', 'ordered'), '3 1', 'any event, and any event again');

--
-- PostHog: retention, with the days of June 2020
--
CREATE TEMP TABLE ret (who text, j journey);
INSERT INTO ret SELECT who, journey_agg(timestamptz '2020-06-10 05:00Z' + d * interval '1 day', '$pageview')
FROM (VALUES ('p1', '{0,1,2,5,5,6}'::int[]), ('p2', '{1,2,3,6}')) AS v (who, days), unnest(days) AS d GROUP BY who;
CREATE FUNCTION pg_temp.cohorts(b retention_bucket[], unit text) RETURNS text[] LANGUAGE sql AS $$
  SELECT array_agg(to_char(cohort, unit) || ': ' || line ORDER BY cohort)
  FROM (SELECT cohort, string_agg(coalesce(returned::text, '-'), ' ' ORDER BY bucket) AS line FROM unnest(b) GROUP BY cohort) AS x
$$;
SELECT is(pg_temp.cohorts((SELECT retention_agg(j, '$pageview', '$pageview', '1 day', 11, '2020-06-30', 'UTC', 'recurring', false, NULL) FROM ret), 'DD'),
		  '{"10: 1 1 1 0 0 1 1 0 0 0 0","11: 2 2 1 0 1 2 0 0 0 0 0","12: 2 1 0 1 2 0 0 0 0 0 0","13: 1 0 0 1 0 0 0 0 0 0 0","15: 1 1 0 0 0 0 0 0 0 0 0","16: 2 0 0 0 0 0 0 0 0 0 0"}', 'recurring retention by day');
SELECT is((SELECT retention_agg(s, '$pageview', '$pageview', '1 day', 11, '2020-06-30', 'UTC', 'recurring', false, NULL) FROM (SELECT journey_set_agg(who, j) AS s FROM ret) AS x),
		  (SELECT retention_agg(j, '$pageview', '$pageview', '1 day', 11, '2020-06-30', 'UTC', 'recurring', false, NULL) FROM ret), 'recurring retention of a set');
SELECT is(pg_temp.cohorts((SELECT retention_agg(j, '$pageview', '$pageview', '1 day', 7, '2020-06-30') FROM ret), 'DD'),
		  '{"10: 1 1 1 0 0 1 1","11: 1 1 1 0 0 1 0"}', 'first time retention by day');
SELECT is(pg_temp.cohorts((SELECT retention_agg(j, '.', '.', '1 month', 11, '2021-11-15', 'UTC', 'recurring', false, NULL)
			FROM (SELECT who, journey_agg(timestamptz '2020-06-10 05:00Z' + m * interval '1 month', '$pageview') AS j
				  FROM (VALUES ('p1', '{-5,-4,-3,-1,0,3}'::int[]), ('p2', '{-5,-4,-3,0,1,5}')) AS v (who, months), unnest(months) AS m GROUP BY who) AS x), 'MM'),
		  '{"01: 2 2 2 0 1 2 1 0 1 0 1","02: 2 2 0 1 2 1 0 1 0 1 0","03: 2 0 1 2 1 0 1 0 1 0 0","05: 1 1 0 0 1 0 0 0 0 0 0","06: 2 1 0 1 0 1 0 0 0 0 0","07: 1 0 0 0 1 0 0 0 0 0 0","09: 1 0 0 0 0 0 0 0 0 0 0","11: 1 0 0 0 0 0 0 0 0 0 0"}',
		  'recurring retention by month');
-- Mixpanel: everybody who buys in a week is in that week's cohort, whatever week it is
SELECT is(pg_temp.cohorts((SELECT retention_agg(j, 'buy', '.', '1 week', 3, '2026-03-01', 'UTC', 'recurring', false, NULL) FROM (SELECT journey_agg(timestamptz '2026-01-05 10:00Z' + w * interval '7 days', 'buy') AS j FROM generate_series(0, 3) AS w) AS x), 'MM-DD'),
		  '{"01-05: 1 1 1","01-12: 1 1 1","01-19: 1 1 0","01-26: 1 0 0"}', 'one buyer of every week');
-- ... and its intervals are of 24 hours from the first of the day on
SELECT is(pg_temp.cohorts((SELECT retention_agg(journey '[born 2012-01-02T20:00Z, view 2012-01-03T19:59:59.999999Z, view 2012-01-04T20:00Z, born 2012-01-05T01:00Z]', 'born', 'view', '24 hours', 3, '2012-02-01', 'UTC', 'recurring', true, NULL)), 'DD'),
		  '{"02: 1 0 1","05: 0 0 0"}', 'intervals of 24 hours');

--
-- PostHog: lifecycles
--
CREATE TEMP TABLE life (who text, j journey);
INSERT INTO life SELECT who, journey_agg(make_timestamptz(2020, 1, d, 12, 0, 0, 'UTC'), '$pageview')
FROM (VALUES ('p1', '{11,12,13,15,17,19}'::int[]), ('p2', '{9,12}'), ('p3', '{12}'), ('p4', '{15}')) AS v (who, days), unnest(days) AS d GROUP BY who;
CREATE FUNCTION pg_temp.lives(of_state text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(coalesce(n, 0)::text, ' ' ORDER BY d)
  FROM generate_series(timestamptz '2020-01-09Z', '2020-01-19Z', '1 day') AS d
  LEFT JOIN (SELECT period, sum(subjects) AS n FROM unnest((SELECT lifecycle_agg(j, '1 day', '2020-01-20', 'UTC', '$pageview', ARRAY[1, 1]) FROM life)) AS l WHERE state = of_state GROUP BY period) AS x ON period = d
$$;
SELECT is(pg_temp.lives('new'), '1 0 1 1 0 0 1 0 0 0 0', 'new');
SELECT is(pg_temp.lives('current'), '0 0 0 1 1 0 0 0 0 0 0', 'returning');
SELECT is(pg_temp.lives('resurrected'), '0 0 0 1 0 0 1 0 1 0 1', 'resurrecting');
SELECT is(pg_temp.lives('at_risk_wau'), '0 1 0 0 2 1 0 2 0 1 0', 'dormant, in the first period alone');
SELECT is((SELECT string_agg(state, ' ' ORDER BY period) FROM lifecycle((SELECT journey_agg(j) || journey '["$pageview" 2020-01-18T12:00Z]' FROM life), '1 day', '2020-01-20', within => ARRAY[1, 1])),
		  'new at_risk_wau resurrected current current at_risk_wau resurrected at_risk_wau resurrected current current', 'a group is there when one of its people is');

--
-- PostHog: paths by session
--
CREATE TEMP TABLE pages (who text, j journey);
INSERT INTO pages VALUES
	('1', '["/" 2012-01-14T03:21:34Z, "/about" 2012-01-14T03:28:34Z]'), ('2', '["/" 2012-01-14T03:21:34Z, "/pricing" 2012-01-14T03:28:34Z, "/about" 2012-01-14T03:29:34Z]'),
	('3', '["/pricing" 2012-01-14T03:21:34Z, "/" 2012-01-14T03:28:34Z]'), ('4', '["/" 2012-01-14T03:21:34Z, "/pricing" 2012-01-14T03:28:34Z]');
SELECT is((SELECT string_agg(format('%s%s %s%s %s', depth, source, depth + 1, target, n), ', ' ORDER BY depth, n DESC, source, target)
		   FROM unnest((SELECT paths_agg(s.j, '.', 'from', 5, 50, true, false) FROM pages, sessions(j, '30 min') AS s)) AS e WHERE target IS NOT NULL),
		  '1/ 2/pricing 2, 1/ 2/about 1, 1/pricing 2/ 1, 2/pricing 3/about 1', 'paths of pages');
SELECT is((SELECT string_agg(format('%s>%s %s', source, target, n), ', ' ORDER BY depth, n DESC, source, target)
		   FROM unnest((SELECT paths_agg(s.j, '.', 'from', 5, 50, true, false) FROM unnest(ARRAY['c1,c3', 'c1,c2,c3', 'c2,c1', 'c1,c2']) AS l, sessions(pg_temp.hours(l), '2 hours') AS s)) AS e WHERE target IS NOT NULL),
		  'c1>c2 2, c1>c3 1, c2>c1 1, c2>c3 1', 'paths of events');
SELECT is((SELECT string_agg(format('%s>%s %s', source, target, n), ', ' ORDER BY depth, n DESC, source, target) FROM unnest((SELECT paths_agg(journey_agg, '"/about"', 'to', 2, 50) FROM (SELECT journey_agg(j) FROM pages GROUP BY who) AS x)) AS e WHERE source IS NOT NULL),
		  '/>/about 1, /pricing>/about 1, />/pricing 1', 'paths to an end point');

--
-- duckdb-behavioral
--
CREATE TEMP TABLE duck (who int, j journey);
INSERT INTO duck VALUES (1, '[view 2024-01-01T00:00Z, cart 2024-01-01T00:05Z, purchase 2024-01-01T00:10Z]'), (2, '[view 2024-01-01T00:00Z, cart 2024-01-01T00:05Z]'), (3, '[view 2024-01-01T00:00Z, cart 2024-01-01T05:00Z]');
SELECT is((SELECT array_agg((funnel(j, '{view, cart, purchase}', '1 hour', mode)).level ORDER BY who) FROM duck), '{3,2,1}', 'window_funnel ' || mode)
FROM unnest('{ordered, strict_increase, strict_order, strict_deduplication, strict_once, allow_reentry}'::text[]) AS mode;
SELECT is((SELECT array_agg(CASE WHEN f.level > 0 THEN f.level END) FROM duck, funnel(j, '{nonexistent, cart}', '1 hour') AS f WHERE who = 1), '{NULL}', 'window_funnel: a step that nobody has');
SELECT is((SELECT array_agg(time_at(match_first(j, p), n) ORDER BY n) FROM duck, from_clickhouse('(?1)(?2)(?3)', '{view, cart, purchase}') AS p, generate_series(1, 3) AS n WHERE who = 1),
		  '{2024-01-01 00:00Z,2024-01-01 00:05Z,2024-01-01 00:10Z}', 'sequence_match_events');
SELECT is((SELECT array_agg(row(next_step(j, 'home'), next_step(j, 'home >> product'), next_step(j, 'product', 'backward'))::text ORDER BY i)
		   FROM unnest('{"home, product, cart, checkout", "home, search, product"}'::text[]) WITH ORDINALITY AS v (l, i), pg_temp.hours(l) AS j), '{"(product,cart,home)","(search,,search)"}', 'sequence_next_node');
-- conditions that are no days: whoever meets the first one, and which of the others at any time
SELECT is((SELECT array_agg(ARRAY[j ~ 'signup', j ~ 'signup' AND j ~ 'login', j ~ 'signup' AND j ~ 'purchase'] ORDER BY i)
		   FROM unnest('{"signup, login, purchase", "purchase, signup", "login"}'::text[]) WITH ORDINALITY AS v (l, i), pg_temp.hours(l) AS j), '{{t,t,t},{t,f,t},{f,f,f}}', 'retention of conditions');

SELECT * FROM finish();
ROLLBACK;
