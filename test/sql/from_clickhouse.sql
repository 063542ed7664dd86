-- from_clickhouse: cases P1 to P15 of sequenceMatch and sequenceCount
SET timezone = 'UTC';
SET search_path = public, journey;
SELECT pattern, journey.from_clickhouse(pattern, ARRAY['a', 'b', 'c {value > 1}']) AS conditions, journey.from_clickhouse(pattern, ARRAY['a', 'b', 'c {value > 1}'], true) AS all_rows
FROM (VALUES ('(?1)'), ('(?1)(?2)'), ('(?1).*(?3)'), ('(?1)(?t<=10)(?2)'), ('(?1).*(?t<3600)(?2)'), ('(?1)(?t>=5).*(?t<60)(?2)'), ('(?2)(?t==5)(?1)'), ('.'), ('(?1).(?2)'), ('.*(?3).*'), ('(?1).*.(?2)')) AS v (pattern);

-- data Q: 0:0 1:0 2:0 3:0 4:1 5:2 6:0 7:0 8:0 9:0 10:1 11:1
CREATE TABLE q AS SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', 'e' || e) AS j FROM unnest(ARRAY[0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 1]) WITH ORDINALITY AS t (e, i);
SELECT id, pattern, j ~ p AS match, journey.match_count(j, p) AS count, f IS NOT NULL AS match_first, extract(epoch FROM journey.started_at(f) - journey.started_at(j)) AS from_s, extract(epoch FROM journey.ended_at(f) - journey.started_at(j)) AS to_s
FROM q, (VALUES ('P1', '(?1)'), ('P1', '(?2)'), ('P1', '(?3)'), ('P1', '(?4)'), ('P2', '(?1)(?1)'), ('P2', '(?1)(?1)(?1)'), ('P2', '(?1)(?1)(?1)(?1)'), ('P2', '(?1)(?1)(?1)(?1)(?1)'),
                ('P4', '(?1)(?t>10)(?2)'), ('P4', '(?1)(?t>11)(?2)'), ('P4', '(?1)(?t<11)(?2)')) AS v (id, pattern),
     LATERAL (SELECT journey.from_clickhouse(pattern, ARRAY['e0', 'e1', 'e2', 'e3']) AS p) AS p, LATERAL (SELECT journey.match_first(j, p) AS f) AS f;
-- P7: '.' is every row; a pattern without an event is refused, see below
SELECT j ~ journey.from_clickhouse('.', ARRAY['e0', 'e1', 'e2']) AS match, journey.match_count(j, journey.from_clickhouse('.', ARRAY['e0', 'e1', 'e2'])) AS count FROM q;
CREATE FUNCTION seconds(VARIADIC text[]) RETURNS journey.journey LANGUAGE sql AS $$
  SELECT journey.journey_agg(timestamptz '2026-01-01' + split_part(x, ':', 1)::int * interval '1 s', split_part(x, ':', 2)) FROM unnest($1) AS x $$;
-- P8: rows that meet no condition are dropped before matching, so a condition more changes the answer; all_rows does not
SELECT conditions, j ~ journey.from_clickhouse('(?1)(?2)', conditions) AS as_clickhouse, j ~ journey.from_clickhouse('(?1)(?2)', conditions, true) AS all_rows
FROM (VALUES (seconds('1:a', '2:c', '3:b'))) AS v (j), (VALUES (ARRAY['a', 'b']), (ARRAY['a', 'b', 'c'])) AS c (conditions);
SELECT 'P9' AS id, j ~ p AS match, journey.match_count(j, p) AS count FROM (SELECT seconds('1:a', '2:c', '3:b', '4:a', '5:c', '6:b'), journey.from_clickhouse('(?1).*(?2)', ARRAY['a', 'b'])) AS x (j, p)
UNION ALL SELECT 'P10', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('1:a', '2:a', '3:b', '4:b'), journey.from_clickhouse('(?1).*(?2)', ARRAY['a', 'b'])) AS x (j, p)
UNION ALL SELECT 'P11 <=', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('0:a', '10:b'), journey.from_clickhouse('(?1)(?t<=10)(?2)', ARRAY['a', 'b'])) AS x (j, p)
UNION ALL SELECT 'P11 <', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('0:a', '10:b'), journey.from_clickhouse('(?1)(?t<10)(?2)', ARRAY['a', 'b'])) AS x (j, p)
UNION ALL SELECT 'P11 ==', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('0:a', '10:b'), journey.from_clickhouse('(?1)(?t==10)(?2)', ARRAY['a', 'b'])) AS x (j, p)
UNION ALL SELECT 'P14', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('0:a', '1:a'), journey.from_clickhouse('(?1).*(?2)', ARRAY['a', 'a'])) AS x (j, p)
UNION ALL SELECT 'P14 single', j ~ p, journey.match_count(j, p) FROM (SELECT seconds('0:a'), journey.from_clickhouse('(?1).*(?2)', ARRAY['a', 'a'])) AS x (j, p);
-- P15: 3000 rows, and a hundred times as many, where ClickHouse gives up
SELECT n, j ~ journey.from_clickhouse('(?1).*(?t<5)(?2).*(?3)', ARRAY['a', 'b', 'c']) AS match, journey.match_count(j, journey.from_clickhouse('(?1).*(?t<5)(?2)', ARRAY['a', 'b', 'c'])) AS count
FROM (SELECT n, journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END) AS j FROM (VALUES (3000), (300000)) AS v (n), generate_series(0, n - 1) AS i GROUP BY 1) AS x ORDER BY 1;
-- a time behind .* is measured from the event before it, which ClickHouse does only without .*
SELECT j ~ journey.from_clickhouse('(?1).*(?t<=10)(?2)', ARRAY['a', 'b', 'c']) AS behind_star, j ~ journey.from_clickhouse('(?1)(?t<=10)(?2)', ARRAY['a', 'b', 'c']) AS plain
FROM (VALUES (seconds('0:a', '50:c', '60:b'))) AS v (j);
-- as ClickHouse reads '.': one row, of those that meet a condition
SELECT conditions, j ~ journey.from_clickhouse('(?1).(?2)', conditions) AS as_clickhouse, j ~ journey.from_clickhouse('(?1).(?2)', conditions, true) AS all_rows
FROM (VALUES (seconds('1:a', '2:c', '3:b'))) AS v (j), (VALUES (ARRAY['a', 'b']), (ARRAY['a', 'b', 'c'])) AS c (conditions);
SELECT journey.from_clickhouse(NULL, ARRAY['a']) IS NULL AS pattern, journey.from_clickhouse('(?1)', NULL) IS NULL AS conditions;
-- conditions are steps: names that need quotes, sets, tests
SELECT journey.from_clickhouse('(?1)(?2)(?3)', ARRAY['"add to cart"@"the web"', '[x, y@z]', '!{sense=angry}']);

-- what ClickHouse 26.9 answers about login and logout: neighbours, runs, times at their bounds, equal times, '.' and '.*' at both ends
SELECT pattern, there, (j ~ p)::int || ' ' || journey.match_count(j, p) AS here
FROM (VALUES ('(?1)(?1)(?2)', '1 2'), ('(?1)(?1)(?1)', '1 1'), ('(?1)(?1)(?1)(?1)', '0 0'), ('(?1)(?2)(?3)', '1 1'), ('(?3)(?1)(?1)', '1 1'), ('(?2)(?2)(?3)', '1 1'),
             ('(?1)(?t>3)(?2)', '1 2'), ('(?1)(?t>=3)(?2)', '1 2'), ('(?1)(?t<7)(?2)', '1 1'), ('(?1)(?t<=7)(?2)', '1 2'), ('(?1)(?t>20)(?2)', '0 0'), ('(?1)(?t>=20)(?2)', '1 1'),
             ('(?2)(?t==0)(?2)', '1 1'), ('(?2)(?t==11)(?3)', '1 1'), ('(?2)(?t>=15)(?2)', '1 1'), ('(?2)(?t>15)(?2)', '0 0'), ('(?2)(?t<3)(?3)', '1 1'), ('(?2)(?t<2)(?3)', '0 0'),
             ('(?1)(?t<=2)(?1)(?t<=3)(?2)', '1 1'), ('(?3).*(?2).*(?3)', '1 1'), ('(?1).*(?3)(?1)', '1 1'), ('(?1).(?1)', '1 1'), ('.(?2)', '1 2'), ('(?2).', '1 2'),
             ('(?1)(?2).*.*', '1 2'), ('.*(?4)', '0 0'), ('(?4).*', '0 0')) AS v (pattern, there),
     LATERAL (SELECT seconds('00:in', '02:in', '05:out', '07:err', '11:in', '12:in', '13:in', '20:out', '20:out', '31:err'), journey.from_clickhouse(pattern, '{in,out,err,none}')) AS x (j, p);
-- a million rows between the first and the last
SELECT string_agg(CASE WHEN j ~ journey.from_clickhouse(p, '{first,between,last}') THEN 'yes' ELSE 'no' END, ' ' ORDER BY i) AS answers
FROM (SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', CASE i WHEN 0 THEN 'first' WHEN 1000000 THEN 'last' ELSE 'between' END) AS j FROM generate_series(0, 1000000) AS i) AS x,
     unnest('{(?1).*(?2).*(?3),(?1).*(?2).*(?1),(?1).*(?2).*(?2).*(?3),(?3).*(?2).*(?1)}'::text[]) WITH ORDINALITY AS v (p, i);
-- times below a second, which a unit of a second would not tell apart
SELECT j ~ journey.from_clickhouse('(?1)(?2)', '{a,b}') AS a_b, j ~ journey.from_clickhouse('(?1)(?2)', '{b,a}') AS b_a, j ~ journey.from_clickhouse('(?1)(?t<1)(?2)', '{a,b}') AS below, j ~ journey.from_clickhouse('(?1)(?t==0)(?2)', '{a,b}') AS equal
FROM (VALUES (journey.journey '[b 2026-01-01T00:00:00.9Z, a 2026-01-01T00:00:00.1Z]')) AS v (j);

-- windowFunnel of ClickHouse 26.9, mode by mode: its levels, in the order of the sequences, and where ours differ
CREATE FUNCTION letters(l text) RETURNS journey.journey LANGUAGE sql AS $$
  SELECT journey.journey_agg(timestamptz '2026-01-01' + i * interval '1 s', substr(l, i, 1)) FROM generate_series(1, length(l)) AS i $$;
SELECT steps, mode, count(*) FILTER (WHERE here = there) AS same, string_agg(format('%s: %s, %s', s, there, here), '; ' ORDER BY i) FILTER (WHERE here <> there) AS there_and_here
FROM (VALUES ('xyz', 'ordered', '333333233112213'), ('xyz', 'strict_order', '313233133112213'), ('xyz', 'strict_deduplication', '332232233112212'), ('xyz', 'strict_increase', '333333233112213'),
             ('xyz', 'strict_once', '333333233112213'), ('xyz', 'strict_order, allow_reentry', '313233233112213'), ('xyz', 'strict_once, strict_deduplication', '332232233112212'),
             ('xxy', 'ordered', '333333333223323'), ('xxy', 'strict_once', '113323113121313'), ('xxy', 'strict_increase', '111111111111111'),
             ('xyxz', 'ordered', '222244224112214'), ('xyxz', 'strict_once', '222244224112214'), ('xyxz', 'strict_increase', '222244224112214')) AS v (steps, mode, levels),
     unnest('{xyz,xwyz,xxyyzz,xxyywzz,xyxz,xyxyz,xzy,xyzyw,xyzxyz,yxz,zzyyxx,xyy,xxy,yyx,xyxyxz}'::text[]) WITH ORDINALITY AS s (s, i),
     LATERAL (SELECT substr(levels, i::int, 1)::int, (journey.funnel(letters(s), string_to_array(steps, NULL)::journey.journey_pattern[], '100 s', mode)).level) AS x (there, here)
GROUP BY 1, 2 ORDER BY 1, 2;
-- "fixed" of Doris and StarRocks is strict, their "deduplication" and "increase" are those of ClickHouse
SELECT l, (journey.funnel(letters(l), '{a,b,c,d}', '100 s', mode)).level FROM (VALUES ('abdc', 'strict'), ('abcbd', 'strict_deduplication'), ('abcd', 'strict_increase')) AS v (l, mode);
SELECT (journey.funnel(seconds('01:a', '02:b', '02:c', '03:d'), '{a,b,c,d}', '100 s', 'strict_increase')).level;
-- steps that are sets of events, each event in several of them
SELECT (journey.funnel(letters('abcdef'), '{"[a, b, c]","[c, d]","[a, b, c, d, e]","[e, f]"}', '5 s', 'strict_once')).level;
-- the two strict modes together are exact: of its levels there, 3 1 2 2 2 1 3 2 3 1 2 3, two differ, where a later attempt gets further
SELECT string_agg(l || ' ' || (journey.funnel(letters(l), '{a,b,c}', '1 day', 'exact')).level, ', ' ORDER BY i) AS levels
FROM unnest('{abc,adbc,aabbcc,aaaabbcc,aabbdcc,ccbbaa,abcc,abbc,xabc,axabc,ababc,aabc}'::text[]) WITH ORDINALITY AS v (l, i);
SELECT bool_and(journey.funnel(letters(l), '{a,b,c}', '1 day', 'exact', as_of => t) = journey.funnel(letters(l), '{a,b,c}', '1 day', 'strict_deduplication, strict_order', as_of => t)) AS same
FROM unnest('{abc,aabbcc,abbc,ab,a,abx,ababc}'::text[]) AS l, (VALUES (timestamptz '2026-01-01 00:00:03Z'), ('2026-01-09Z')) AS v (t);

-- bad input
SELECT journey.from_clickhouse('', ARRAY['a']);
SELECT journey.from_clickhouse('.*', ARRAY['a']);
SELECT journey.from_clickhouse('(?2)', ARRAY['a']);
SELECT journey.from_clickhouse('(?0)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1) (?1)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1', ARRAY['a']);
SELECT journey.from_clickhouse('(?9999999999)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)(?t=5)(?1)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)(?t<)(?1)', ARRAY['a']);
SELECT journey.from_clickhouse('(?t<5)(?1)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)(?t<5)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)(?t>5).*', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)(?t<5)(?t<=6)(?1)', ARRAY['a']);
SELECT journey.from_clickhouse('(?1)', ARRAY['a -> b']);
SELECT journey.from_clickhouse('(?1)', ARRAY['a', NULL]);
SELECT journey.from_clickhouse('(?1)', ARRAY['a b']);
SELECT journey.from_clickhouse('(?1)', ARRAY['"']);
SELECT journey.from_clickhouse('.', '{}');
-- its patterns are not ours, and ours say so
SELECT '(?1).*(?2)'::journey.journey_pattern;
SELECT 'a -> (?t<=5) b'::journey.journey_pattern;
SELECT '(?)'::journey.journey_pattern;
DROP FUNCTION seconds;
DROP FUNCTION letters;
DROP TABLE q;
