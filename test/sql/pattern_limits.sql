-- what makes other matchers give up: milliseconds each, and hours where it is not linear
SET search_path = journey, public;
CREATE TABLE pattern_long AS
SELECT journey_agg(timestamptz '2026-01-01 00:00Z' + n * interval '1 s', CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END) AS ab,
	journey_agg(timestamptz '2026-01-01 00:00Z' + n * interval '1 s', 'a') AS a
FROM generate_series(1, 1000000) AS n;
CREATE TABLE pattern_short AS
SELECT journey_agg(timestamptz '2026-01-01 00:00Z' + n * interval '1 s', CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END) AS ab
FROM generate_series(1, 3000) AS n;
CREATE TABLE pattern_rows AS
SELECT journey_agg(timestamptz '2026-01-01 00:00Z' + n * interval '1 s', 'a') AS a FROM generate_series(1, 2500) AS n;
SET statement_timeout = '60s';

-- P15: ClickHouse gives up at 3000 rows
SELECT ab ~ 'a -[< 5 s]-> b -> c' AS "P15", match_count(ab, 'a -[< 5 s]-> b -> c') AS "P15 count", match_count(ab, 'a -[< 5 s]-> b') AS found FROM pattern_short;
-- M13: Trino takes 45 seconds for two such partitions
SELECT a ~ 'a+ b+' AS "M13", match_count(a, 'a+ b+') AS "M13 count" FROM pattern_rows;
-- a million steps, with bounds on time
SELECT ab ~ 'a -[< 5 s]-> b -> c' AS c_never_comes FROM pattern_long;
SELECT ab ~ 'a -[<= 1 day]-> b -[>= 1 h, <= 2 days]-> b -[>= 12 days]-> a' AS never_in_time FROM pattern_long;
SELECT match_count(ab, 'a -[< 5 s]-> b') AS alternating FROM pattern_long;
SELECT match_count(ab, 'a -[>= 1 h, <= 2 h]-> b -[>= 1 h, <= 2 h, no c]-> a within 4 h') AS both_bounds FROM pattern_long;
SELECT match_count(ab, '(a -[<= 1 day]-> c | b -[<= 1 day]-> d | .)+') AS runs_that_fail FROM pattern_long;
SELECT match_count(ab, 'a -> b -> c', 'next row') AS none, match_count(ab, 'a -[>= 10 s, <= 20 s]-> b', 'next row') AS overlapping FROM pattern_long;
-- a million steps, without: nested quantifiers, empty groups, counters
SELECT match_count(a, '((a*)*)*b') AS nested, match_count(a, '((a?)+)+?') AS empty_groups FROM pattern_long;
SELECT match_count(a, '(()|a|(a?)*){3}') AS empty_alternatives FROM pattern_long;
SELECT match_count(a, '(a?){50}a{50}') AS counted FROM pattern_long;
SELECT a ~ '(a?){50}a{50}b' AS counted_in_vain, a ~ '(a|a)*(a|a)*(a|a)*c' AS ambiguous FROM pattern_long;
SELECT match_count(a, 'a (.* z)?') AS looks_ahead, match_count(ab, '(a.*b | .)') AS longest FROM pattern_long;
SELECT match_count(a, 'a{1000}') AS thousands FROM pattern_long;
SELECT steps FROM pattern_long, partial(ab, 'a -[<= 1 day]-> b -[<= 1 day]-> c', '2026-01-12T13:46:40Z');
-- long patterns: parentheses, alternatives, a text of a megabyte
SELECT length((repeat('(', 100000) || 'a' || repeat(')', 100000))::journey_pattern::text) AS parentheses,
	length((repeat('(', 1000) || 'a' || repeat('?)', 1000))::journey_pattern::text) AS nested_quantifiers;
SELECT length(string_agg('event' || n, ' | ')::journey_pattern::text) AS alternatives FROM generate_series(1, 10000) AS n;
SELECT length(string_agg('event' || n, ' -> ')::journey_pattern::text) AS links FROM generate_series(1, 10000) AS n;

-- a single match that takes seconds stops when it is told to
SET statement_timeout = '200ms';
SELECT match_count(a, '(a?){1300}a{1300}') AS cancelled FROM pattern_rows;
RESET statement_timeout;

DROP TABLE pattern_long, pattern_short, pattern_rows;
