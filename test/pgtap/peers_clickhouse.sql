-- What ClickHouse 26.9 answers about 80 random journeys: windowFunnel in the modes
-- that mean the same here, sequenceCount and sequenceNextNode; of journeys one by
-- one and of a set of them.  A digit, or an event, a journey.
--
-- Modes that mean something else have their table in doc/funnels.md.
SET client_min_messages = warning;
SET search_path = public, journey;
BEGIN;
SELECT plan(96);

-- "0a 3b" is a at second 0 and b at second 3
CREATE TEMP TABLE seen (i int, l text);
INSERT INTO seen SELECT i, l FROM unnest(ARRAY[
	'1a 2d 5x', '1a 4a 4c 4x 4x 9c 10d 11c 12d', '5c 5c 6x', '5c 5c 6x 8a', '3x 3d 6x 8c 10x 13a 16b 17a',
	'5d 7b 9b', '5x 10x 15c', '5c 8x 10d 11c 12a 12b 17x 20x', '1c 6x 8x 10a 11c 13a 15c', '1d 6x 6c 8c 8b 13d 14x 14a 14x',
	'3b 4a 7a', '5c 6a 7x 12b 15b 17b', '0d 5b 6c 9d 11b 14b', '0a 2a 2c 7c 7a 10x 11c 13c', '2x 5b 6b',
	'3c 5b 10a 13d 13b 18b 18a 20b', '5a 6b 9b 10b 12c 14d 14d 15b 16b', '2x 4c 6b 7x 9a 12c', '1b 1a 3c', '3b 3c 4c 7b 7c 10b 13c 16c',
	'0c 0d 1a 6a', '5b 10a 13c 14a 15c 16c 17a', '2c 4a', '0b 0c', '0c 1x 4a',
	'1b 4x 6a 11c 14c 16c 17a 22d', '1c 2a', '2c 5a 8c 9a 14a 15a', '0b 3c 6c', '2b 3d',
	'2b 4b 5b 8a 13d 14b 15a 15c', '2c 3b 8a 9a 14c 15c 15a 20b 22a', '5b 10d 15c 16c 17b', '1x 6x 9x 14c 15b 20d 21x', '1d 1b',
	'1c 4c 5a', '3b 8c', '2d 5b', '0b 5d 6c', '0b 1c 2c 3b 5b 10a',
	'2c 5b 10a 11c 14b 15a 15a 16a 17c', '3b 6b 7a 8x 8a', '1c 6a 7x 9a 12b 13x 16c 16a', '2c 3b 4c', '3c 4x 6c 7b 9b 14c 15d 18d',
	'1x 6b 8c 9a 10c', '1b 4c 5c 6a 7c 10x 15d 17a 20c', '1a 6x 11b 13c 18c 18d 23b 23c', '1c 4d 6x 7a 7b 12a', '1a 2x 5c 8c 8b 11a',
	'1c 2x 3b', '0d 5b 5a 6d 6b 9b', '5c 6c 7x 8x 9c 9x 10a 12c 13x', '1c 4d 5b 8a 10a', '2a 5c 7c 12c 13b 13b',
	'3d 8a 11b 11x 12b 14b', '1x 2c 3d 6b 7b', '1a 6a 7c 8b', '3c 4x 5b 10a 11b 13x', '1b 4c',
	'2d 3c 4a', '0a 0c 3c 4a 5b 5d 10d 11b 12b', '1c 2d 7d 9c 14b 15x 18x 18b 23b', '0c 5b 5b', '5d 6d 6b 11c 12c',
	'0x 3x 4c 6b 6b 9b 10x 12a', '1a 3x 4a 5c 5a 8a 8x', '2x 5x 8a', '1b 1a 3a 4c', '0a 3a',
	'5b 6x 7c 12x 17b 19b 22c', '0x 1b 3b 3x 6d 8a 10b 12a', '1c 2c 3d 8a 9b 12a 15c 16a 19b', '2a 2d 4a 5b 5c 6c 7a 8b 8b', '2a 3x 6a',
	'5x 5c 5b 10a 11b', '1a 3c', '5b 8b 10a', '1d 3a 4a 4d 6a 8b 9b', '3b 6c 8c 13b']) WITH ORDINALITY AS v (l, i);

-- Funnels see the times as they are; rows of one time are in the order of their names.
CREATE TEMP TABLE journeys AS
SELECT i, journey_agg(to_timestamp(left(w, -1)::int), right(w, 1)) AS j FROM seen, regexp_split_to_table(l, ' ') AS w GROUP BY i;
-- Patterns and neighbours see no two rows of one time, whose order ClickHouse does not say: threefold times, a second more each.
CREATE TEMP TABLE apart AS
SELECT i, journey_agg(to_timestamp(3 * left(w, -1)::int + n), right(w, 1)) AS j FROM seen, regexp_split_to_table(l, ' ') WITH ORDINALITY AS v (w, n) GROUP BY i;
CREATE TEMP TABLE sets AS
SELECT (SELECT journey_set_agg(i, j) FROM journeys) AS seen, (SELECT journey_set_agg(i, j) FROM apart) AS apart;

CREATE TEMP TABLE funnels (steps journey_pattern[], seconds int, mode text, ties text, levels text);
INSERT INTO funnels VALUES
	('{a,b,c,d}', 2, 'ordered', 'step', '11011002111101022130111011110011000100011110011121021111022012000111210223121120'),
	('{a,b,c,d}', 2, 'strict_increase', NULL, '11011001111101022110111011110011000100011110011111021111022012000111110223121120'),
	('{a,b,c,d}', 6, 'ordered', 'step', '11012002111201022130111011110022000100012120011121021112022012000111310223121120'),
	('{a,b,c,d}', 6, 'strict_increase', NULL, '11012001111201022110111011110022000100012120011111021112022012000111110223121120'),
	('{a,b,c,d}', 40, 'ordered', 'step', '11012002111201024130111011110032000100013130011423021122022012000111310233121120'),
	('{a,b,c,d}', 40, 'strict_increase', NULL, '11012001111201024110111011110032000100013130011312021122022012000111110233121120'),
	('{a,"[a,b]","[b,c]","[c,d]"}', 2, 'strict_once, strict_increase', NULL, '11011001111102022110111011120012000100013210011111021211022012000121210223121120'),
	('{a,"[a,b]","[b,c]","[c,d]"}', 6, 'strict_once, strict_increase', NULL, '12012001312202023110241011120023000100013230011121031213032013000131320224221130'),
	('{a,"[a,b]","[b,c]","[c,d]"}', 40, 'strict_once, strict_increase', NULL, '14012001312304034110241012120034000100013240013422031223032014000131320234221130'),
	('{a,a,b,a}', 2, 'strict_once, strict_increase', NULL, '11011001111102011110111011120012000100012210011111011211011011000121210112111120'),
	('{a,a,b,a}', 6, 'strict_once, strict_increase', NULL, '12012001212102011110221011120012000100012230011121011211021013000121220224211130'),
	('{a,a,b,a}', 40, 'strict_once, strict_increase', NULL, '12012001212102031110221012120024000100012240012122011211031013000121220234211130'),
	('{"[a,b,c,d,x]",b,"[a,b,c,d,x]"}', 2, 'strict_once, strict_increase', NULL, '11111212121221223211111111111132221111121113211121221222222113112211112223121121'),
	('{"[a,b,c,d,x]",b,"[a,b,c,d,x]"}', 6, 'strict_once, strict_increase', NULL, '11113313121331323313111111111133231112133333321233231323323113323311113333121332'),
	('{"[a,b,c,d,x]",b,"[a,b,c,d,x]"}', 40, 'strict_once, strict_increase', NULL, '11113313131331333313111111111133231112133333331333231323323113323311113333121332');
-- One journey is seen otherwise: there the second c hides the first, so that d, of the second one's time, cannot follow.
SELECT is((SELECT l FROM seen WHERE i = 48), '1a 6x 11b 13c 18c 18d 23b 23c', 'the journey that differs');
UPDATE funnels SET levels = overlay(levels PLACING '4' FROM 48) WHERE mode = 'strict_increase' AND seconds = 40 AND substr(levels, 48, 1) = '3';

SELECT is(string_agg((funnel(j, steps, make_interval(secs => seconds), mode, ties => ties)).level::text, '' ORDER BY i), levels,
		  format('windowFunnel(%s, %s)(%s)', seconds, mode, steps))
FROM funnels, journeys GROUP BY steps, seconds, mode, levels;
SELECT is((SELECT array_agg(s.entered ORDER BY s.step)
		   FROM unnest((SELECT funnel_agg(sets.seen, steps, make_interval(secs => seconds), mode, 'latest', NULL, NULL, NULL, NULL, ties, now()) FROM sets)) AS s),
		  (SELECT array_agg((SELECT count(*) FROM regexp_split_to_table(levels, '') AS d WHERE d::int >= k) ORDER BY k) FROM generate_series(1, cardinality(steps)) AS k),
		  format('of a set: windowFunnel(%s, %s)(%s)', seconds, mode, steps))
FROM funnels;

CREATE TEMP TABLE patterns (pattern text, counts text);
INSERT INTO patterns VALUES
	('(?3).(?3)', '01000000100001000001010001010000000000000001011100001010000000000000000000000000'),
	('(?3).*(?1)', '00011001210101010100121011120002000100012020012011001100001011000110000021010000'),
	('(?2)..(?2).', '00000000000000011001000000000010000000011000000100000000000000000000001100000000'),
	('(?2)(?2).', '00000000000100011000000000000010000000010100100000000001000001100100001100000100'),
	('(?2)(?1)(?1).*', '00000000001000000000000000000001000000001100000000000100000000000000100000000000'),
	('(?2)(?1)(?2)', '00000000000000020000000000000010000000000000000000010000001000000000000100010000'),
	('(?2)(?1)(?1)', '00000000001000000000000000000001000000001100000000000100000000000000100000000000'),
	('(?2).*(?2)', '00000100000110122001000000000021100000011100100100010011101001110100001111010111'),
	('(?1).*(?1)', '01001000101001010000110001020012000000002110001011000100010001000020110111100010'),
	('(?2).(?2)', '00000000000110021001000000000010000000000000000000010001001001100100001100010000'),
	('(?3)(?3).', '01010001010001000001010001000001100100010000101101001010000001100000000011000001'),
	('(?3).*.(?2).', '00001000010100010001000000000001000000011010100111000010000001100100001011000000'),
	('(?3)(?1)(?2)', '00001001000100000000000000000001000000000000000010000000000001000000000021000000'),
	('(?2)(?1).', '00000000001000020110010001000011000000002100000000010100001000000000100110010000'),
	('(?1).*.(?3)', '01000000100002001000010001000011000000001010001101000010010001000010100011000000'),
	('(?1)(?1).*', '01000000001001000000100000010001000000001110000000000100010000000020110001100010'),
	('(?1).*(?2)(?2)', '00000000000100011000000000000000000000000000000000010011000001000000000001000010'),
	('(?3)(?t>1)(?3)', '01000001110002000102010001011001100100011011112101002010000001101000001011000001'),
	('(?1).(?1)', '00001000100000000000010000010011000000001000001010000000000000000010000110000010'),
	('(?3)(?t>=4)(?3).', '01000001110001000002010001010001100100011010101101001010000001100000000011000001'),
	('(?1)(?1)..*', '01000000000001000000000000010001000000001010000000000000010000000010100001000010'),
	('(?3)(?2)(?1)', '00000000010000010100000000000001000000002000000001000100001000000000000000010000'),
	('(?2)(?2)(?1)', '00000000000000010000000000000010000000010100000000000000000000000100000100000100'),
	('(?2)(?t>1)(?1)', '00001000011000020100010001000022000000012110011011000100001000000100100211010100');
SELECT is(string_agg(match_count(j, from_clickhouse(pattern, '{a,b,c}'))::text, '' ORDER BY i), counts, 'sequenceCount ' || pattern)
FROM patterns, apart GROUP BY pattern, counts;
SELECT is((SELECT (t).matched || ' ' || (t).matches FROM (SELECT match_count_agg(apart, from_clickhouse(pattern, '{a,b,c}')) AS t FROM sets) AS x),
		  (SELECT count(*) FILTER (WHERE d <> '0') || ' ' || sum(d::int) FROM regexp_split_to_table(counts, '') AS d), 'of a set: sequenceCount ' || pattern) FROM patterns;

-- The last match of several events is the last place of all of them here, and of the first of them there: see doc/coming_from.md.
SELECT is(string_agg(coalesce(next_step(j, p, direction, which), '-'), '' ORDER BY i), nodes, 'sequenceNextNode ' || name || ' is next_step ' || p)
FROM (VALUES
	('forward, head: a', '^ a', 'forward', 'first', 'da-----------a--b------------------------------x-x----c--a---c----x--a---dx-c---'),
	('forward, first_match: a', 'a', 'forward', 'first', 'da--b--bcxax-a-dbcc-ac---c-c--da--------cxx--ccxbx-dcacb-ab--c----x-aa-bbdxbc-a-'),
	('backward, tail: a', 'a $', 'backward', 'first', '---xb-----a---------acc-x-ca---b---c---b-xc-----bb---a------c----x-x-a-b--x--b--'),
	('forward, last_match: a', 'a', 'forward', 'last', 'dc-----bcx-x-x-bbcc------d----c---------c----ccx---dc-cb-cb--b----x-c---bb-bc-b-'),
	('backward, first_match: a', 'a', 'backward', 'first', '---xx--cxxbc---b-xb-dbc-xxcc--bb---c---bbbc--cc-x--bxb-d--b-c----x-xb--dd--b-bd-'),
	('backward, last_match: a', 'a', 'backward', 'last', '-a-xb--ccxac-c-b-xb-acc-xcca--bb---c---baxc--cd-bb-bxa-d-ab-cc---xaxaa-bccxb-bd-'),
	('forward, head: a b', '^ a >> b', 'forward', 'first', '----------------b---------------------------------------------------------------'),
	('forward, first_match: a b', '^ !a* >> a >> b', 'forward', 'first', '----a--x--------b-------------------------------a------x--x------------aa-------'),
	('backward, tail: a b', 'b >> a $', 'backward', 'first', '----a--------------------------a-------b--------ac---------------------a-----b--'),
	('forward, head: b c', '^ b >> c', 'forward', 'first', '-------------------c--------c----------c------c--------------------------------c'),
	('forward, first_match: b c', '^ !b* >> b >> c', 'forward', 'first', '------------d------c--------c----------c-----acc----------------c--------c-----c'),
	('backward, tail: b c', 'c >> b $', 'backward', 'first', '--------------------------------c------------------------a---------------------c')) AS v (name, p, direction, which, nodes), apart GROUP BY name, p, direction, which, nodes;

-- Conditions that are NULL are false, and one may ask for what is not there.
CREATE TEMP TABLE absent AS
SELECT u, journey_agg(ROW (to_timestamp(t), 'e', a, b, NULL, NULL, NULL, NULL)::interaction ORDER BY t) AS j
FROM (VALUES (1, 1, 'a1', 'b1'), (2, 1, 'a2', 'b2'), (1, 2, 'a1', NULL), (2, 2, 'a2', NULL), (1, 3, NULL, NULL), (1, 4, NULL, 'b1'), (2, 4, 'a2', NULL), (3, 4, NULL, 'b3')) AS v (t, u, a, b)
GROUP BY u;
SELECT is(string_agg((funnel(j, steps::journey_pattern[], '1 day', mode)).level::text, '' ORDER BY u), levels, format('windowFunnel(%s)(%s)', mode, name))
FROM (VALUES ('a = a1, a = a2', ARRAY['@a1', '@a2'], 'ordered', '2200'), ('a = a1, b = b2', ARRAY['@a1', '{decision=b2}'], 'ordered', '2100')) AS v (name, steps, mode, levels), absent
GROUP BY name, mode, levels;
SELECT is(string_agg((j ~ '![{channel!=""}, {decision!=""}]')::int::text, '' ORDER BY u), '0010', 'a is null and b is null') FROM absent;
SELECT is(string_agg((funnel(j, ARRAY['!{channel!=""}', '{decision=b3}'], '1 day', mode)).level::text, '' ORDER BY u), levels, format('windowFunnel(%s)(a is null, b = b3)', mode))
FROM (VALUES ('ordered', '0012'), ('strict_order', '0011')) AS v (mode, levels), absent GROUP BY mode, levels;

SELECT * FROM finish();
ROLLBACK;
