-- funnel(): how far one journey gets.  The names of cases are those of other
-- systems' tests, documentation and issues: "0:a 5:b" is event a at second 0 and
-- b at second 5 of one subject.
SET search_path = journey, public;
SET timezone = 'UTC';
SET datestyle = 'ISO, MDY';

-- a journey of such a text, from second 0 of 1970 on; steps of one time as they stand
CREATE FUNCTION pg_temp.jj(t text) RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(to_timestamp(split_part(w, ':', 1)::float8), split_part(w, ':', 2) ORDER BY n)
  FROM regexp_split_to_table(t, ' ') WITH ORDINALITY AS x(w, n)
$$;

-- the same, in whatever order
CREATE FUNCTION pg_temp.any_order(t text) RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(to_timestamp(split_part(w, ':', 1)::float8), split_part(w, ':', 2))
  FROM regexp_split_to_table(t, ' ') AS x(w)
$$;

-- a letter a second
CREATE FUNCTION pg_temp.letters(t text) RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(to_timestamp(n), substr(t, n, 1)) FROM generate_series(1, length(t)) AS n
$$;

-- how far, what became of it, and the seconds
CREATE FUNCTION pg_temp.told(f funnel_result) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', f.level, f.status, (SELECT array_agg(extract(epoch FROM t)::int ORDER BY n)
                                            FROM unnest(f.times) WITH ORDINALITY AS x(t, n)))
$$;

-- F1: windows are inclusive
SELECT w, (funnel(pg_temp.jj('0:1000 1:1001 2:1002 3:1003 4:1004 5:1005 6:1006 7:1007 8:1008'),
                  '{1003, 1004, 1005, 1006, 1007}', make_interval(secs => w))).level
FROM generate_series(2, 4) AS w;
-- F2
SELECT (funnel(pg_temp.jj('0:a 10:b'), '{a, b}', '10 s')).level AS at_the_end,
       (funnel(pg_temp.jj('0:a 11:b'), '{a, b}', '10 s')).level AS behind_it;
-- a window of nothing has the steps of one time
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 0:b 1:c'), '{a, b, c}', '0')) AS within,
       pg_temp.told(funnel(pg_temp.jj('0:a 0:b 1:c'), '{a, b, c}', '10 s', step_within => '{0, NULL}')) AS one_step,
       pg_temp.told(funnel(pg_temp.jj('0:a 0:b 1:c'), '{a, b, c}', '10 s', step_within => '{NULL, 0}')) AS other_step,
       pg_temp.told(funnel(pg_temp.jj('0:b 0:a 1:c'), '{a, b, c}', '0', 'unordered')) AS unordered;
-- F5: other events may lie between
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 1:d 2:b 3:c'), '{a, b, c}', '10 s'));
-- F6: a further attempt when the window of the first has ended
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 5:b 100:a 101:b 102:c'), '{a, b, c}', '10 s'));
-- F7: a later entry may get further; the first one alone does not
SELECT entry, pg_temp.told(funnel(pg_temp.jj('0:a 30:a 45:b 75:c'), '{a, b, c}', '60 s', entry => entry))
FROM unnest('{latest, longest, first}'::text[]) AS entry;
-- F10: steps of one time, whatever the order of the rows
SELECT ties, (funnel(pg_temp.any_order('5:b 5:a'), '{a, b}', '10 s', ties => ties)).level AS ab,
       (funnel(pg_temp.any_order('5:a 5:b'), '{a, b}', '10 s', ties => ties)).level AS same_ab,
       (funnel(pg_temp.any_order('5:b 5:a'), '{b, a}', '10 s', ties => ties)).level AS ba
FROM unnest('{input, step, strict}'::text[]) AS ties;
-- F11: one step of the journey fills one step of the funnel, also by the other name for it
SELECT mode, (funnel(pg_temp.jj('2:e'), '{e, e, e}', '10 s', mode)).level AS one,
       (funnel(pg_temp.jj('2:e 3:e 4:e'), '{e, e, e}', '10 s', mode)).level AS three
FROM unnest('{ordered, strict_once, strict_increase, strict, unordered}'::text[]) AS mode;
-- F12: strictly later
SELECT mode, (funnel(pg_temp.jj('0:1000 1:1001 1:1002 1:1003 2:1004'), '{1000, 1001, 1002, 1003, 1004}', '10 s', mode)).level
FROM unnest('{ordered, strict_increase}'::text[]) AS mode;
-- F14: directly one after another, repeats of the step before aside
SELECT l, (funnel(pg_temp.letters(l), '{a, b, c}', '60 s', 'strict_order')).level
FROM unnest('{abc, adbc, aabbcc, aaaabbcc, aabbdcc, bbccaa, ccbbaa}'::text[]) WITH ORDINALITY AS x(l, n) ORDER BY n;
-- F15: a later step too early ends an attempt, foreign ones before it do not; ours may begin again
SELECT t, (funnel(pg_temp.jj(t), '{a, b, c}', '60 s', 'strict')).level AS latest,
       (funnel(pg_temp.jj(t), '{a, b, c}', '60 s', 'strict', 'first')).level AS first
FROM unnest('{1:a 2:c 3:b,0:d 1:a 2:b 3:c,0:a 1:d 2:a 3:b 4:c}'::text[]) WITH ORDINALITY AS x(t, n) ORDER BY n;
-- F16: entry says whether an attempt may begin again; ours takes any step out of turn for the end of one
SELECT l, (funnel(pg_temp.letters(l), '{a, b, c}', '60 s', 'strict_order', 'first')).level AS first_3,
       (funnel(pg_temp.letters(l), '{a, b, c}', '60 s', 'strict_order, allow_reentry')).level AS reentry_3,
       (funnel(pg_temp.letters(l), '{a, b, c, d}', '60 s', 'strict_order', 'first')).level AS first_4,
       (funnel(pg_temp.letters(l), '{a, b, c, d}', '60 s', 'strict_order, allow_reentry')).level AS reentry_4
FROM unnest('{abac, ababc, abcbd, acb, abcabcd}'::text[]) WITH ORDINALITY AS x(l, n) ORDER BY n;
-- F18: a repeat ends the attempt
SELECT pg_temp.told(funnel(pg_temp.jj('1:a 2:b 3:c 4:b 5:d'), '{a, b, c, d}', '60 s', 'strict_deduplication'));
-- F19: and a further one may begin with it, as its users expected
SELECT pg_temp.told(funnel(pg_temp.jj('0:i 5:s 10:l 15:i'), '{i, s, l, end}', '60 s', 'strict_deduplication')) AS half,
       pg_temp.told(funnel(pg_temp.jj(t), '{i, s, l, end}', '60 s', 'strict_deduplication')) AS deduplicated,
       pg_temp.told(funnel(pg_temp.jj(t), '{i, s, l, end}', '60 s', 'strict_deduplication', 'first')) AS first,
       pg_temp.told(funnel(pg_temp.jj(t), '{i, s, l, end}', '60 s')) AS ordered
FROM (VALUES ('0:i 5:s 10:l 15:i 20:s 25:i 30:s 35:l 40:end')) AS x(t);
-- F21: a condition on what is not there is false
SELECT (funnel(journey_agg(ROW(to_timestamp(n), 'e', c, NULL, NULL, NULL, NULL, NULL)::interaction ORDER BY n),
               ARRAY['{channel=a1}', '{channel=a2}'], '10 s')).level
FROM (VALUES (1, 'a1', 'b1'), (2, 'a2', 'b2')) AS x(n, c, d);
SELECT (funnel(journey_agg(ROW(to_timestamp(n), 'e', c, d, NULL, NULL, NULL, NULL)::interaction ORDER BY n),
               ARRAY['{channel=a1}', '{decision=b2}'], '10 s')).level
FROM (VALUES (1, 'a1', NULL), (2, 'a2', NULL)) AS x(n, c, d);
-- F23: the last entry before the second step, then the first of each
SELECT pg_temp.told(funnel(pg_temp.jj('0:A 1:A 2:A 5:B 6:B 7:C 8:C'), '{A, B, C}', '60 s'));
-- F24: a new attempt when one was excluded, lost or converted
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 1:x 2:a 3:b'), '{a, b}', '10 s', exclude => '{x}')) AS excluded,
       pg_temp.told(funnel(pg_temp.jj('0:a 50:a 51:b'), '{a, b}', '10 s')) AS lost,
       pg_temp.told(funnel(pg_temp.jj('0:a 1:b 50:a 52:b'), '{a, b}', '10 s')) AS converted;
-- F25
SELECT (funnel(pg_temp.letters('sssskadd'), '{s, a}', '60 s')).level AS search_add,
       (funnel(pg_temp.letters('ab'), '{a, a, b}', '60 s')).level AS one_a,
       (funnel(pg_temp.letters('aab'), '{a, a, b}', '60 s')).level AS two_a,
       (funnel(pg_temp.letters('cba'), '{a, b, c}', '60 s', 'unordered')).level AS any_order;
-- F27: the whole chain is measured from the entry
SELECT (funnel(pg_temp.jj('0:a 6:b 12:c'), '{a, b, c}', '10 s')).level AS whole,
       (funnel(pg_temp.jj('0:a 6:b 12:c'), '{a, b, c}', NULL, step_within => '{10 s, 10 s}')).level AS step_by_step;
-- F28: an attempt that is excluded, and another one
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 1:x 2:b'), '{a, b}', '10 s', exclude => '{x}')) AS excluded,
       pg_temp.told(funnel(pg_temp.jj('0:a 1:x 2:a 3:b'), '{a, b}', '10 s', exclude => '{x}')) AS again,
       pg_temp.told(funnel(pg_temp.jj('0:a 20:x'), '{a, b}', '10 s', exclude => '{x}')) AS too_late,
       pg_temp.told(funnel(pg_temp.jj('0:x 1:a 2:b 3:x'), '{a, b}', '10 s', exclude => '{x}')) AS outside,
       pg_temp.told(funnel(pg_temp.jj('0:a 1:x 2:a 3:b'), '{a, b}', '10 s', exclude => '{x}', entry => 'first')) AS first;
-- F30: second 0 is a time as any other
SELECT pg_temp.told(funnel(pg_temp.jj('0:a 1:b'), '{a, b}', '10 s')) AS at_0,
       pg_temp.told(funnel(pg_temp.jj('-5:a 0:b'), '{a, b}', '10 s')) AS across_0;
SELECT pg_temp.told(funnel(journey_agg(t, e), '{a, b}', '1 s'))
FROM (VALUES ('2000-01-01 00:00Z'::timestamptz, 'a'), ('2000-01-01 00:00Z'::timestamptz + '1 s', 'b')) AS x(t, e);
-- F31: exclusions without order
SELECT pg_temp.told(funnel(pg_temp.letters('bxa'), '{a, b}', '60 s', 'unordered', exclude => '{x}')) AS between,
       pg_temp.told(funnel(pg_temp.letters('bxab'), '{a, b}', '60 s', 'unordered', exclude => '{x}')) AS behind;
-- F37
SELECT l, (funnel(pg_temp.letters(l), '{1, 2, 3}', '60 s')).level
FROM unnest('{1234, 4321, 43, 1213, 2}'::text[]) WITH ORDINALITY AS x(l, n) ORDER BY n;
SELECT (funnel(pg_temp.letters('1213'), '{1, 1, 1}', '60 s')).level;
-- F38: two steps in one second
SELECT ties, (funnel(pg_temp.any_order('7:signup 7:purchase'), '{signup, purchase}', '1 h', ties => ties)).level
FROM unnest('{input, step, strict}'::text[]) AS ties;
-- F39: the times of one real chain, as many as its level
SELECT (funnel(pg_temp.jj('0:a 1:b 5:a 6:b 7:b'), '{a, b, c}', '10 s')).times,
       (funnel(pg_temp.jj('0:b'), '{a, b}', '10 s')).times;

-- open is not lost: to the last instant of the window
SELECT as_of, pg_temp.told(funnel(pg_temp.jj('0:a 1:b'), '{a, b, c}', '10 s', as_of => to_timestamp(as_of)))
FROM unnest('{0, 10, 11}'::int[]) AS as_of;
SELECT as_of, pg_temp.told(funnel(pg_temp.jj('0:a 1:b'), '{a, b, c}', '10 s', step_within => '{NULL, 2 s}',
                                  as_of => to_timestamp(as_of)))
FROM unnest('{3, 4}'::int[]) AS as_of;
-- with strict ties a step must be later: a chain that stands at the end of its time has none left, an earlier one may
SELECT t, pg_temp.told(funnel(pg_temp.jj(t), '{a, b, c}', '10 s', ties => 'strict', as_of => to_timestamp(10)))
FROM unnest('{0:a 10:b, 0:a 9:b, 0:a 5:b 10:b}'::text[]) WITH ORDINALITY AS x(t, n) ORDER BY n;
SELECT ties, pg_temp.told(funnel(pg_temp.jj('0:a 0:x'), '{a, b}', '0', exclude => '{x}', ties => ties)) AS within,
       pg_temp.told(funnel(pg_temp.jj('0:a 0:x'), '{a, b}', '1 h', exclude => '{x}', step_within => '{0}', ties => ties)) AS one_step
FROM unnest('{input, strict}'::text[]) AS ties;
SELECT pg_temp.told(funnel(pg_temp.jj('0:a'), '{a, b}', NULL)) AS no_window,
       pg_temp.told(funnel(pg_temp.jj('0:a 1:d'), '{a, b}', NULL, 'strict')) AS broken;

-- optional steps
SELECT l, pg_temp.told(funnel(pg_temp.letters(l), '{a, b, c, d}', '60 s', optional => '{2, 4}'))
FROM unnest('{abcd, acd, ac, ab, acb, abc, d}'::text[]) WITH ORDINALITY AS x(l, n) ORDER BY n;

-- one channel throughout
SELECT hold, pg_temp.told(funnel(journey_agg(to_timestamp(n), e, c), '{a, b, c}', '60 s', hold => hold))
FROM (VALUES (1, 'a', 'web'), (2, 'a', 'app'), (3, 'b', 'web'), (4, 'b', 'app'), (5, 'c', 'app'), (6, 'c', NULL)) AS x(n, e, c),
     unnest('{channel, persona}'::text[] || NULL::text) AS hold
GROUP BY hold ORDER BY hold;

-- steps are atoms: a choice, a negation, a channel
SELECT pg_temp.told(funnel(journey_agg(to_timestamp(n), e, c), '{"[view, look]", "!view", purchase@shop}', '60 s'))
FROM (VALUES (1, 'look', 'web'), (2, 'view', 'web'), (3, 'cart', 'web'), (4, 'purchase', 'web'), (5, 'purchase', 'shop')) AS x(n, e, c);
-- steps as texts
SELECT (funnel(pg_temp.letters('abc'), ARRAY['a', 'b'], '60 s')).level;
-- more than 64 steps
SELECT (funnel(journey_agg(to_timestamp(n), 'e' || n), (SELECT array_agg(('e' || i)::journey_pattern ORDER BY i) FROM generate_series(1, 100) AS i), '1 h')).level
FROM generate_series(1, 90) AS n;
SELECT funnel(NULL, '{a}', '1 h');

-- what is refused
SELECT funnel(pg_temp.letters('a'), NULL, '1 h');
SELECT funnel(pg_temp.letters('a'), '{}', '1 h');
SELECT funnel(pg_temp.letters('a'), '{a, NULL}', '1 h');
SELECT funnel(pg_temp.letters('a'), '{a, b -> c}', '1 h');
SELECT funnel(pg_temp.letters('a'), '{a+}', '1 h');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', exclude => '{b c}');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', exclude => '{NULL}');
SELECT funnel(pg_temp.letters('a'), '{a}', '-1 h');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 month');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', step_within => '{-1 s}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', step_within => '{1 h, 1 h}');
SELECT funnel(pg_temp.letters('a'), '{{a, b}, {c, d}}', '1 h');
SELECT funnel(pg_temp.letters('a'), '{a, b, c}', '1 h', step_within => '{{1 h, 1 h}}');
SELECT funnel(pg_temp.letters('abc'), '{a, b}', '1 h', 'Strict', 'LATEST', hold => 'Channel', ties => 'Input') = funnel(pg_temp.letters('abc'), '{a, b}', '1 h', 'strict', 'latest', hold => 'channel', ties => 'input') AS any_case;
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', 'orderly');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', 'strict, unordered');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', 'strict_increase', ties => 'step');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', entry => 'last');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', ties => 'random');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', hold => 'value');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', optional => '{1}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', optional => '{3}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', optional => '{NULL}');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', optional => '{2}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', 'strict', optional => '{2}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', 'unordered', step_within => '{1 h}');
SELECT funnel(pg_temp.letters('a'), '{a, b}', '1 h', 'unordered', ties => 'strict');
SELECT funnel(pg_temp.letters('a'), '{a}', '1 h', as_of => NULL);
