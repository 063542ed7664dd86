-- where patterns match: cases of other systems by their ids, bounds, limits
SET search_path = journey, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- a journey from "second:event" or plain events, a second each
CREATE FUNCTION pg_temp.j(steps text) RETURNS journey LANGUAGE sql IMMUTABLE AS $$
	SELECT journey_agg(timestamptz '2026-01-01 00:00Z' + coalesce(substring(s FROM '^(\d+):'), n::text)::int * interval '1 s',
					   regexp_replace(s, '^\d+:', '') ORDER BY n)
	FROM regexp_split_to_table(steps, ' ') WITH ORDINALITY AS t (s, n)
$$;
-- its matches as from-to, an empty one as from-
CREATE FUNCTION pg_temp.m(steps text, pattern journey_pattern, overlap text DEFAULT 'skip past last') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(from_step || '-' || CASE WHEN to_step >= from_step THEN to_step::text ELSE '' END, ' ' ORDER BY match), 'none')
	FROM matches(pg_temp.j(steps), pattern, overlap)
$$;

-- P1 to P4: sequenceMatch and sequenceCount of ClickHouse; its conditions 1..4 are events 0..3,
-- and of events that are no condition there are none here
SELECT id, pattern, pg_temp.j(q) ~ pattern AS match, match_count(pg_temp.j(q), pattern) AS count
FROM (VALUES ('P1', '0'::journey_pattern), ('P1', '1'), ('P1', '2'), ('P1', '3'),
			 ('P2', '0 0'), ('P2', '0{3}'), ('P2', '0{4}'), ('P2', '0{5}'),
			 ('P4', '0 -[> 10 s]-> 1'), ('P4', '0 -[> 11 s]-> 1'), ('P4', '0 -[< 11 s]-> 1')) AS t (id, pattern),
	(SELECT '0:0 1:0 2:0 3:0 4:1 5:2 6:0 7:0 8:0 9:0 10:1 11:1') AS d (q);
-- P2: how far five in a row get: the four of the longest chain, and the last ones are no chain that can go on
SELECT * FROM partial(pg_temp.j('0:0 1:0 2:0 3:0'), '0{5}', '2026-01-01 00:00:03Z');
-- P7: an empty pattern is an error; no step at all matches at each step, any number of steps once
SELECT match_count(pg_temp.j('a b c'), '()') AS "P7 ()", match_count(pg_temp.j('a b c'), '.') AS "P7 .",
	match_count(pg_temp.j('a b c'), '.*') AS "P7 .*";
-- P8: adjacency is over all steps of the journey, whatever else the pattern names
SELECT pg_temp.m('1:a 2:c 3:b', 'a b') AS "P8 a b", pg_temp.m('1:a 2:c 3:b', 'a b | c{9}') AS "P8 and c",
	pg_temp.m('1:a 2:c 3:b', 'a -[no c]-> b') AS "P8 no c", pg_temp.m('1:a 2:c 3:b', 'a !c* b') AS "P8 !c*";
SELECT pg_temp.m('1:a 2:c 3:b 4:a 5:c 6:b', 'a -> b') AS "P9", pg_temp.m('1:a 2:a 3:b 4:b', 'a -> b') AS "P10",
	pg_temp.m('0:a 10:b', 'a -[<= 10 s]-> b') AS "P11 <=", pg_temp.m('0:a 10:b', 'a -[< 10 s]-> b') AS "P11 <",
	pg_temp.m('0:a 1:a', 'a -> a') AS "P14", pg_temp.m('0:a', 'a -> a') AS "P14 single";

-- M1 to M10: row pattern matching; B is a lower value than the row before, C a higher one
SELECT pg_temp.m('A B B C C B C C', '. B+ C+') AS "M1", pg_temp.m('A B B C C B C C', 'A B+ C+') AS "M2";
SELECT pg_temp.m('90 80 70 70', '^ .') AS "M4 ^A", pg_temp.m('90 80 70 70', '. ^') AS "M4 A^",
	pg_temp.m('90 80 70 70', '. $') AS "M4 A$", pg_temp.m('90 80 70 70', '$ .') AS "M4 $A";
SELECT pg_temp.m('A D D A', 'PERMUTE(D, [D, E])') AS "M6", pg_temp.m('c a b c b a', 'PERMUTE(a, b, c)') AS "M6 three",
	pg_temp.m('a b a', 'PERMUTE(a, a b)') AS "M6 order";
SELECT pg_temp.m('90 80 70 70', '(() | .)') AS "M8", pg_temp.m('A B B D', 'B*') AS "M10 B*", pg_temp.m('A B B D', 'B+') AS "M10 B+";
-- what manuals of MATCH_RECOGNIZE show: shapes of a price that goes up, down or stays flat
SELECT pg_temp.m('flat down down up down up up flat', '. down+ up+') AS v, pg_temp.m('flat down down up down up up flat', '. down+ up+ down+ up+') AS w,
	pg_temp.m('flat down down up down up up flat', 'down{2,} up | up{2}') AS runs, pg_temp.m('up up up up up', 'up{2}') AS pairs, pg_temp.m('up up up up up', 'up{2,}?') AS reluctant;
SELECT pg_temp.m('down up', '(down | down up)') AS first_written, pg_temp.m('down up', '(down up | down)') AS longer_first, pg_temp.m('down up', 'down*? up?') AS reluctant_empty,
	pg_temp.m('flat down up down', 'flat (down | up)*? down $') AS to_the_end;
-- an alternative with anchors in one branch each, as Snowflake has one
SELECT pg_temp.m(x, '^ low any*? (dip high)+ | PERMUTE(low, any){1,2} $') AS match
FROM unnest('{low any any dip high dip high low,high low any any low,any low,low}'::text[]) AS x;

-- A1, A3, A6: paths of MADlib
SELECT pg_temp.m('L W C L H W C', 'C') AS "A1", pg_temp.m('L W C L H W C', '!C C') AS "A3", pg_temp.m('L W C', 'a*') AS "A6";
-- A5: more steps with names than MADlib has symbols, and names that differ in nothing but case; a step is all that it is said to be
SELECT pg_temp.m((SELECT string_agg('e' || n, ' ' ORDER BY n) FROM generate_series(1, 50) n), (SELECT string_agg('e' || n, ' ' ORDER BY n) FROM generate_series(1, 50) n)) AS "A5 fifty",
	pg_temp.m('a A a', 'A') AS "A5 case", pg_temp.m('a b', '[a, b] [^ a]') AS "A5 both", pg_temp.m('L W C', 'L C') AS "A5 dropped there", pg_temp.m('L W C', 'L -> C') AS "A5 passed over";
-- G13: processes that have A directly before B; an event that nobody knows is in none
SELECT x AS "G13", pg_temp.j(x) ~ 'A B' AS equals, pg_temp.j(x) !~ 'A B' AS not_equals, pg_temp.j(x) ~ 'A Z' AS unknown, pg_temp.j(x) !~ 'A Z' AS not_unknown FROM unnest('{A B C,A C}'::text[]) x;
-- G4, G5: graph patterns of retentioneering
SELECT pg_temp.m('A X A D', 'A -> .* -> D') AS "G4 any", pg_temp.m('A X A D', 'A -[no X]-> D') AS "G4 no X",
	pg_temp.m('A X A D', 'A !X* D') AS "G4 !X*";
SELECT pg_temp.m('catalog cart purchase cart', 'catalog -> .* -> cart -> .* -> purchase') AS "G5";

-- preference: alternatives as written, greedy and reluctant, links short
SELECT p AS pattern, pg_temp.m('a a b a b c', p) AS matches
FROM unnest(ARRAY['a | a b', 'a b | a', 'a+', 'a+?', 'a{1,2}', 'a{1,2}?', 'a ??', 'a* b', '.* b', '.*? b', 'a -> b', 'a .* b', '(a | b)+ c',
	'(a b)+', '(a b)*', '(a?)*', '(()|a)*', '(a? b?){2}', 'a -> b?', '$', '^', '^ $', '^ .* $', 'a{0}', '.{2,3}', '!a', '[^ a, b]', '[a, b]+'])
	WITH ORDINALITY AS t (p, n) ORDER BY n;
-- overlapping matches: one from each step on
SELECT pg_temp.m('a a b a b', 'a+ b', 'next row'), pg_temp.m('a a b a b', 'a -> b', 'next row'), pg_temp.m('a b', 'x*', 'next row');
SELECT match_count(pg_temp.j('a a b a b'), 'a -> b', 'next row'), match_count(pg_temp.j('a a b a b'), 'a -> b', 'skip past last');
SELECT match_count(pg_temp.j('a'), 'a', 'twice');

-- bounds of links run from the step that an atom took before
SELECT p AS pattern, pg_temp.m('0:a 10:x 20:a 30:b 100:b', p) AS matches
FROM unnest(ARRAY['a -[<= 10 s]-> b', 'a -[<= 30 s]-> b', 'a -[>= 30 s]-> b', 'a -[>= 70 s, <= 90 s]-> b', 'a -[> 70 s, < 80 s]-> b',
	'a -[no x]-> b', 'a -[no x, >= 80 s]-> b', 'a -[no a]-> b', 'a -[no [a, x]]-> b', 'a -[no a, no x]-> b', 'a -> x? -[<= 10 s]-> b',
	'x -[<= 10 s]-> a -[<= 10 s]-> b', 'a -> b within 10 s', 'a -> b within 9 s', 'a .* b within 30 s', 'a -[< 0 s]-> b', '^ -[<= 5 s]-> b', 'a -[<= 0 s]-> $'])
	WITH ORDINALITY AS t (p, n) ORDER BY n;
-- a later begin may match where an earlier one runs out of time, and a later step where an earlier one comes too soon
SELECT pg_temp.m('0:a 50:a 55:b 58:c', 'a -> b -> c within 10 s') AS later, pg_temp.m('0:a 1:b 20:b', 'a -[>= 10 s]-> b') AS longer;

-- steps by what else is known of them
SELECT p AS pattern, match_count('[view@web 2026-01-01T00:00:00Z {value=5}, view@app 2026-01-01T00:00:01Z {sense=angry, sense=tired},
	"add to cart"@web 2026-01-01T00:00:02Z {decision=offer, persona=buyer, action=mail, value=NaN}, view 2026-01-01T00:00:03Z]', p)
FROM unnest(ARRAY['view', 'view@web', '@web', '"add to cart"', '{value > 4}', '{value > 5}', '{value >= 5}', '{value = 5}', '{value != 5}',
	'{value = NaN}', '{sense=angry}', '{sense=tired, sense=angry}', '{sense!=angry}', '{channel!=web}', '!@web', 'view {channel=app}',
	'{decision=offer, persona=buyer, action=mail}', '{decision=none}', '[view@app, {value > 100}]', 'view@web -> {decision=offer}', '.'])
	WITH ORDINALITY AS t (p, n) ORDER BY n;

-- operators, their commutators and negators, and NULL
SELECT pg_temp.j('a b') ~ 'a b', pg_temp.j('a b') !~ 'a b', 'b a' ~ pg_temp.j('a b'), 'b a'::journey_pattern !~ pg_temp.j('a b');
SELECT has_match(NULL, 'a'), pg_temp.j('a') ~ NULL, match_count(NULL, 'a'), match_first(pg_temp.j('a'), 'b'), match_first(pg_temp.j('a'), '()');
SELECT match_first(pg_temp.j('x a y b'), 'a -> b');
SELECT * FROM matches(pg_temp.j('a b a'), 'a b?');
-- patterns that change from row to row
SELECT p, pg_temp.j('a b c') ~ p AS matches FROM unnest('{a b,b a,c$,c ^}'::journey_pattern[]) AS p;

-- an unfinished match: what could come next, and until when
SELECT p.* FROM partial('[view 2026-01-01T10:00Z, cart 2026-01-01T10:10Z]', 'view -[<= 1 h]-> (cart | wishlist) -[<= 2 h]-> [purchase, gift] within 2 h',
	'2026-01-01T11:00Z') AS p;
SELECT n, p.* FROM (VALUES (1, 'view -[<= 1 h]-> cart -[<= 30 min]-> purchase', '2026-01-01T10:40Z'), (2, 'view -[<= 1 h]-> cart -[<= 30 min]-> purchase', '2026-01-01T10:41Z'),
	(3, 'view cart purchase', '2026-01-01T10:40Z'), (4, 'view -[no cart]-> purchase', '2026-01-01T10:40Z'), (5, 'view -> cart', '2026-01-01T10:40Z'),
	(6, 'view -> cart+ -> purchase', '2026-01-01T10:05Z'), (7, 'x -> y', '2026-01-01T10:40Z')) AS t (n, pattern, as_of),
	partial('[view 2026-01-01T10:00Z, cart 2026-01-01T10:10Z]', pattern::journey_pattern, as_of::timestamptz) AS p;
-- what comes after as_of is not known yet: neither a step nor a complete match
SELECT as_of, p.from_step, p.steps, p.next_steps FROM unnest('{2026-01-01 00:00:00Z,2026-01-01 00:00:01Z,2026-01-01 00:00:02Z,2026-01-01 00:00:03Z,2026-01-01 00:00:04Z}'::timestamptz[]) AS as_of,
	partial(pg_temp.j('1:a 2:b 3:c 4:a'), 'a -> b -> c', as_of) AS p;
-- what comes next can be due later than as_of, but not after the end of the whole: then another match may wait that began later
SELECT n, p.from_step, p.steps, p.next_steps, p.deadline FROM (VALUES (1, '1:a 2:b', 'a -> b -[>= 5 s]-> c within 6 s'), (2, '1:a 3:b', 'a -[no b]-> b -[>= 5 s]-> c within 6 s'),
	(3, '1:a 2:a 3:b', '(a | a a) b -[>= 5 s]-> c within 6 s'), (4, '1:a', 'a -[>= 1 h]-> b within 30 min')) AS t (n, steps, pattern),
	partial(pg_temp.j(steps), pattern::journey_pattern, '2026-01-01 00:00:05Z') AS p;

-- the automaton
SELECT pattern_explain('^ view -[no return, >= 1 min, <= 1 h]-> (cart | wishlist)+ $ within 1 day');
SELECT pattern_explain('()');

-- P17: populations: journeys, sets, and one long journey in many sets; in parallel as in one go
CREATE TABLE pattern_events AS
SELECT n % 50 AS who, timestamptz '2026-01-01 00:00Z' + n * interval '7 min' AS at,
	(ARRAY['view', 'view', 'search', 'cart', 'purchase', 'return'])[1 + (n * n / 11 + n / 50) % 6] AS event
FROM generate_series(1, 5000) AS n
UNION ALL
SELECT 50, timestamptz '2026-01-01 00:00Z' + n * interval '1 min', CASE n % 4000 WHEN 1 THEN 'view' WHEN 3990 THEN 'purchase' ELSE 'search' END
FROM generate_series(1, 20000) AS n;
CREATE TABLE pattern_journeys AS SELECT who, journey_agg(at, event) AS j FROM pattern_events GROUP BY who;
CREATE TABLE pattern_sets AS SELECT s FROM pack('SELECT who, at, event FROM pattern_events') AS s;
SELECT count(*) > 5 AS several FROM pattern_sets;
SELECT 'journeys' AS of, (t).* FROM (SELECT match_count_agg(j, 'view -[no return]-> purchase within 3 days') FROM pattern_journeys) AS q (t)
UNION ALL SELECT 'sets', (t).* FROM (SELECT match_count_agg(s, 'view -[no return]-> purchase within 3 days') FROM pattern_sets) AS q (t)
UNION ALL SELECT 'one by one', count(*), count(*) FILTER (WHERE j ~ 'view -[no return]-> purchase within 3 days'),
	sum(match_count(j, 'view -[no return]-> purchase within 3 days')) FROM pattern_journeys;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE pattern_sets SET (parallel_workers = 2);
SELECT (t).* FROM (SELECT match_count_agg(s, 'view -[no return]-> purchase within 3 days') FROM pattern_sets) AS q (t);
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
SELECT match_count_agg(NULL::journey, 'a'), match_count_agg(NULL::journey_set, 'a');
SELECT match_count_agg(j, NULL) FROM pattern_journeys;
SELECT match_count_agg(j, (ARRAY['a', 'b'])[1 + who % 2]::journey_pattern) FROM pattern_journeys;
-- nothing else is a state
SELECT '\x01'::match_state;
SELECT '\x0100000000000000000000000000000000000000000000000000000000000000'::match_state;

-- an index finds what every match needs
CREATE TABLE pattern_indexed AS
SELECT n, pg_temp.j(CASE n % 3 WHEN 0 THEN 'view cart purchase' WHEN 1 THEN 'view search' ELSE 'purchase view' END) AS j FROM generate_series(1, 300) AS n;
CREATE INDEX ON pattern_indexed USING gin (j);
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT count(*) FROM pattern_indexed WHERE j ~ 'view -> [cart, search]';
SELECT p, (SELECT count(*) FROM pattern_indexed WHERE j ~ p) AS indexed
FROM unnest('{view -> purchase,"view -> (cart | search)","purchase -> view",nothing,view@web,".","(view | zzz) -> cart","view? purchase",zzz+ view}'::journey_pattern[]) AS p;
RESET enable_seqscan;
SET enable_bitmapscan = off;
SELECT p, (SELECT count(*) FROM pattern_indexed WHERE j ~ p) AS scanned
FROM unnest('{view -> purchase,"view -> (cart | search)","purchase -> view",nothing,view@web,".","(view | zzz) -> cart","view? purchase",zzz+ view}'::journey_pattern[]) AS p;
RESET enable_bitmapscan;

DROP TABLE pattern_events, pattern_journeys, pattern_sets, pattern_indexed;
