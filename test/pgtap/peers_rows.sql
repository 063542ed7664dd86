-- Row pattern recognition: quantifiers, empty matches, anchors and exclusions as
-- Trino's tests have them, of journeys one by one and of a set.
--
-- What a row may be there (DEFINE, with PREV) is its event here: a row that
-- meets what defines B is a B, any other an A, and an undefined A is ".".
SET client_min_messages = warning;
SET search_path = public, journey;
BEGIN;

-- a letter a second
CREATE FUNCTION pg_temp.letters(l text) RETURNS journey LANGUAGE sql AS $$
  SELECT journey_agg(to_timestamp(i), substr(l, i, 1)) FROM generate_series(1, length(l)) AS i
$$;

-- The matches as rows: 1-3 from row 1 to 3, 2 row 2 alone, ()4 nothing at row 4.
CREATE FUNCTION pg_temp.told(j journey, p journey_pattern) RETURNS text LANGUAGE sql AS $$
  SELECT coalesce(string_agg(CASE WHEN to_step < from_step THEN '()' || from_step WHEN to_step = from_step THEN from_step::text ELSE from_step || '-' || to_step END, ' ' ORDER BY match), '')
  FROM matches(j, p)
$$;

CREATE TEMP TABLE asked (l text, pattern text, matches text);
INSERT INTO asked VALUES
	-- 90 80 70 70, B is at most what came before
	('ABBB', 'B*', '()1 2-4'), ('ABBB', 'B*?', '()1 ()2 ()3 ()4'), ('ABBB', 'B+', '2-4'), ('ABBB', 'B+?', '2 3 4'), ('ABBB', 'B?', '()1 2 3 4'), ('ABBB', 'B??', '()1 ()2 ()3 ()4'),
	('ABBB', 'B{,}', '()1 2-4'), ('ABBB', 'B{,}?', '()1 ()2 ()3 ()4'), ('ABBB', 'B{1,}', '2-4'), ('ABBB', 'B{1,}?', '2 3 4'), ('ABBB', 'B{2,}', '2-4'), ('ABBB', 'B{2,}?', '2-3'),
	('ABBB', 'B{5,}', ''), ('ABBB', 'B{5,}?', ''), ('ABBB', 'B{,1}', '()1 2 3 4'), ('ABBB', 'B{,1}?', '()1 ()2 ()3 ()4'), ('ABBB', 'B{,2}', '()1 2-3 4'), ('ABBB', 'B{,2}?', '()1 ()2 ()3 ()4'),
	('ABBB', 'B{,5}', '()1 2-4'), ('ABBB', 'B{,5}?', '()1 ()2 ()3 ()4'), ('ABBB', 'B{1,1}', '2 3 4'), ('ABBB', 'B{1,1}?', '2 3 4'), ('ABBB', 'B{1,5}', '2-4'), ('ABBB', 'B{1,5}?', '2 3 4'),
	('ABBB', 'B{5,7}', ''), ('ABBB', 'B{5,7}?', ''), ('ABBB', 'B{1}', '2 3 4'), ('ABBB', 'B{1}?', '2 3 4'), ('ABBB', 'B{2}', '2-3'), ('ABBB', 'B{2}?', '2-3'), ('ABBB', 'B{5}', ''), ('ABBB', 'B{5}?', ''),
	-- the same, B is below what came before and C equal to it: nothing, anchors, groups, alternatives
	('ABBC', '() | .', '()1 ()2 ()3 ()4'), ('ABBC', '^ .', '1'), ('ABBC', '. ^', ''), ('ABBC', '^ . ^', ''), ('ABBC', '. $', '4'), ('ABBC', '$ .', ''), ('ABBC', '$.$', ''),
	('ABBC', '. B C', '2-4'), ('ABBC', 'B | [B, C] | .', '1 2 3 4'), ('ABBC', 'PERMUTE(B, B)', '2-3'), ('ABBC', '((.) (B (C)))', '2-4'),
	-- nothing again and again
	('ABBC', '()* | B', '()1 ()2 ()3 ()4'), ('ABBC', '()+ | B', '()1 ()2 ()3 ()4'), ('ABBC', '(){5,} | B', '()1 ()2 ()3 ()4'), ('ABBC', 'B | ()*', '()1 2 3 ()4'),
	('ABBC', '(B ()*)*', '()1 2-3 ()4'), ('ABBC', '(B ()*)*?', '()1 ()2 ()3 ()4'), ('ABBC', '^* | B', '()1 ()2 ()3 ()4'), ('ABBC', '^+ | B', '()1 2 3'),
	('ABBC', '^* . B', '1-2'), ('ABBC', '$* | B', '()1 ()2 ()3 ()4'), ('ABBC', '$+ | B', '2 3'), ('ABBC', 'B . $+', '3-4'),
	-- 90 80 70 80 90 50 40 60, B is below what came before and C above
	('ABBCCBBC', '. B+ C+', '1-5 6-8'), ('ABBCCBBC', '. C{2,3} B{2,3}', '3-7'), ('ABBCCBBC', '. B* C*', '1-5 6-8'), ('ABBCCBBC', '. B{1,2} C{1,2}', '1-5 6-8'),
	-- links to the end, and behind it what need not be
	('ABC', 'A -> $', '1-3'), ('ABC', 'A -> $ -> ()', '1-3'), ('ABC', 'A -> (X | $) -> D?', '1-3'), ('AXCD', 'A -> (X | $) -> D?', '1-2'), ('ABC', 'A -[no X]-> $ -[no B]-> $', '1-3'),
	('ABC', 'A -[no B]-> $ -> D?', ''), ('ABC', 'A -> $ -> C', ''), ('ABC', '^ -> (X | $) -> D*', '1-3');

SELECT plan((SELECT count(*)::int * 2 + 11 FROM asked));
SELECT is(pg_temp.told(pg_temp.letters(l), pattern::journey_pattern), matches, format('%s of %s', pattern, l)) FROM asked;
SELECT is((SELECT (match_count_agg(s, pattern::journey_pattern)).matches FROM (SELECT journey_set_agg(i, pg_temp.letters(l)) AS s FROM generate_series(1, 3) AS i) AS x),
		  3 * coalesce(cardinality(string_to_array(nullif(matches, ''), ' ')), 0)::bigint, format('of a set: %s of %s', pattern, l)) FROM asked;

-- Rows that are left out of what a match shows are dropped from it.
SELECT is((SELECT string_agg(variant(drop_events(m.j, '{B}')), '; ' ORDER BY match) FROM matches(pg_temp.letters('ABBCCBBC'), '. B+ C+') AS m), 'A > C > C; C', '{- B+ -}');
SELECT is((SELECT string_agg(variant(head(m.j, 1)), '; ' ORDER BY match) FROM matches(pg_temp.letters('ABBCCBBC'), '. B+ C+') AS m), 'A; B', 'A {- B+ -} {- C+ -}');
-- SKIP TO NEXT ROW, and V shapes that share a row
SELECT is((SELECT string_agg(from_step || '-' || to_step, ' ' ORDER BY match) FROM matches(pg_temp.letters('ABBCCBBC'), '. B+ C+', 'next row')), '1-5 2-5 5-8 6-8', 'AFTER MATCH SKIP TO NEXT ROW');
-- A pattern of SQL in capitals
SELECT is('permute(a, b) WITHIN 10 SECONDS'::journey_pattern::text, 'PERMUTE(a, b) within 10 s', 'WITHIN INTERVAL');
SELECT is(pg_temp.told(pg_temp.letters('abcab'), 'a (b | c)+ within 2 s'), '1-3 4-5', 'within includes its end');

--
-- Esper and Apama: "every" and "all" bind closer than "->", so each A has a match of its own
--
CREATE FUNCTION pg_temp.told_all(j journey, p journey_pattern) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(from_step || '-' || to_step, ' ' ORDER BY match) FROM matches(j, p, 'next row')
$$;
SELECT is(pg_temp.told(pg_temp.letters('ABCBADABEAFB'), 'A -> B'), '1-2 5-8 10-12', 'every (A -> B)');
SELECT is(pg_temp.told_all(pg_temp.letters('ABCBADABEAFB'), 'A -> B'), '1-2 5-8 7-8 10-12', 'every A -> B');
SELECT is(pg_temp.told_all(pg_temp.letters('CAFACBDEBAGB'), 'A -> B'), '2-6 4-6 10-12', 'all A -> B');
-- Flink, whose Java API skips nothing unless it is told to
SELECT is(pg_temp.told_all(pg_temp.letters('BBBC'), 'B+ C'), '1-4 2-4 3-4', 'b+ c, no skip');
SELECT is(pg_temp.told_all(pg_temp.letters('ABCCCD'), '[A, B, C] [B, C] C+ D'), '1-6 2-6 3-6', '(a | b | c) (b | c) c+ d, no skip');
SELECT is(pg_temp.told(pg_temp.letters('ABCCCD'), '[A, B, C] [B, C] C+ D'), '1-6', '(a | b | c) (b | c) c+ d, skip past last event');

SELECT * FROM finish();
ROLLBACK;
