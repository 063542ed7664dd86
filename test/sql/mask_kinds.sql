-- Coarse, noisy and made-up values: what they show at the ends of types, of missing, infinite and odd values.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
CREATE ROLE regress_kinds_reader;
SELECT journey.create_purpose('regress_kinds') > 0 AS created;
SELECT journey.grant_purpose('regress_kinds_reader', 'regress_kinds');
COPY (SELECT repeat('0011223344556677', 4)) TO PROGRAM 'umask 077; cat > regress_kinds.key';
SET journey.key_file = 'regress_kinds.key';

CREATE TABLE public.regress_kinds (
	who text, i2 int2, i4 int, i8 bigint, f4 real, f8 float8, nu numeric, n2 numeric(6,2), d date, ts timestamp, tz timestamptz(0),
	ir int4range, lr int8range, dr daterange, tr tstzrange, nr numrange, a inet, c cidr, zip text, ch char(6), tags text[], nums int[], name text);
INSERT INTO public.regress_kinds VALUES
	('plain', 27, -27, 1234567, 3.3, 0.3, 123.4567, 95.5, '2024-02-29', '2024-02-29 13:14:15', '2024-02-29 13:14:15+00',
	 '[3,27)', '[10,20)', '[2024-01-05,2024-02-03]', '[2024-01-05 10:11:12+00,2024-01-06 00:00+00)', '(1.5,2.5]', '192.0.2.77', '2001:db8:1:2::/64',
	 '12345', '12345', '{alpha,beta,NULL}', '{1,17,NULL}', 'Bob'),
	('least', -32768, -2147483648, -9223372036854775808, '-3.4e38', '-1.7e308', '-1e130000', -9999.99, '4714-11-24 BC', '4714-11-24 00:00:00 BC', '4714-11-24 00:00:00+00 BC',
	 '[-2147483648,-2147483640)', '[-9223372036854775808,0)', '[4714-11-24 BC,2000-01-01)', '[4714-11-24 00:00:00+00 BC,2000-01-01)', '[-1e20,0)', '0.0.0.0/0', '::/0',
	 '1', '1', '{}', '{}', ''),
	('most', 32767, 2147483647, 9223372036854775807, '3.4e38', '1.7e308', '1e130000', 9999.99, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59+00',
	 '[1,2147483647)', '[1,9223372036854775807)', '[2000-01-01,5874897-12-31)', '[2000-01-01,294276-12-31 23:00+00]', '[0,1e20]', '255.255.255.255', 'ffff::/16',
	 repeat('9', 1000), '999999', array_fill('x'::text, ARRAY[2,2]), '{{1,2},{31,2147483647}}', repeat('N', 1000)),
	('odd', 0, 0, 0, 'NaN', 'infinity', 'NaN', 'NaN', 'infinity', '-infinity', 'infinity',
	 'empty', '(,)', 'empty', '[infinity,infinity]', '[NaN,NaN]', '::1/128', '10.0.0.0/8', '서울특별시', '서울', '{NULL}', '{NULL}', E'\n'),
	('null', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
GRANT SELECT ON public.regress_kinds TO regress_kinds_reader;
SELECT journey.protect('public.regress_kinds', 'who', '{
	"i2": {"mask": "generalize", "step": 10}, "i4": {"mask": "generalize", "step": 10}, "i8": {"mask": "generalize", "step": 1000},
	"f4": {"mask": "generalize", "step": 0.5}, "f8": {"mask": "generalize", "step": 0.1}, "nu": {"mask": "generalize", "step": 0.05},
	"n2": {"mask": "generalize", "step": 10}, "d": {"mask": "generalize", "unit": "month"}, "ts": {"mask": "generalize", "unit": "hour"},
	"tz": {"mask": "generalize", "unit": "decade"}, "ir": {"mask": "generalize", "step": 10}, "lr": {"mask": "generalize", "step": 10},
	"dr": {"mask": "generalize", "unit": "month"}, "tr": {"mask": "generalize", "unit": "day"}, "nr": {"mask": "generalize", "step": 2},
	"a": {"mask": "generalize"}, "c": {"mask": "generalize", "bits6": 32}, "zip": {"mask": "generalize", "keep_first": 2},
	"ch": {"mask": "generalize", "keep_first": 2}, "tags": {"mask": "partial", "keep_first": 1}, "nums": {"mask": "generalize", "step": 10},
	"name": {"mask": "fake", "kind": "full_name"}}');
SET ROLE regress_kinds_reader;
SET journey.purpose = 'regress_kinds';
\x
SELECT *, length(nu::text) AS nu_length FROM (SELECT i2, i4, i8, f4, f8, CASE WHEN length(nu::text) < 100 THEN nu END AS nu, n2, d, ts, tz FROM regress_kinds) x;
SELECT ir, lr, dr, tr, nr, a, c, zip, ch, tags, nums, name FROM regress_kinds;
\x
SELECT pg_typeof(i2), pg_typeof(f4), pg_typeof(n2), pg_typeof(tr), pg_typeof(tags) FROM regress_kinds LIMIT 1;
RESET ROLE;
SELECT journey.unprotect('public.regress_kinds');

-- the multiple below, also of what is near the next one; a range keeps all that was in it
CREATE TABLE public.regress_near (who text, any_scale numeric, two numeric(6,2), span numrange);
INSERT INTO public.regress_near VALUES ('u', 9.7, 9.7, '[9.7,9.9)'), ('u', 10, 10, '[10,10.1)'), ('u', -0.0001, -0.01, '[-0.1,0.1]'), ('u', 19.99999, 19.99, '(9.99,10)');
GRANT SELECT ON public.regress_near TO regress_kinds_reader;
SELECT journey.protect('public.regress_near', 'who', '{"any_scale": {"mask": "generalize", "step": 10},
	"two": {"mask": "generalize", "step": 10}, "span": {"mask": "generalize", "step": 10}}');
SET ROLE regress_kinds_reader;
SELECT any_scale, two, span FROM regress_near;
RESET ROLE;
SELECT journey.unprotect('public.regress_near');
DROP TABLE public.regress_near;

-- noise is within its bounds and within the type, and the same each time, for all purposes and after protecting again
SELECT journey.create_purpose('regress_kinds.other') > 0 AS created;
CREATE FUNCTION pg_temp.protect_noise() RETURNS void LANGUAGE sql AS $$
SELECT journey.protect('public.regress_kinds', 'who', '{
	"i2": {"mask": "noise", "spread": 10}, "i4": {"mask": "noise", "spread": 10}, "i8": {"mask": "noise", "spread": 1000},
	"f4": {"mask": "noise", "spread": 0.5}, "f8": {"mask": "noise", "spread": 0.1}, "nu": {"mask": "noise", "spread": 0.05},
	"n2": {"mask": "noise", "spread": 10}, "d": {"mask": "noise", "spread": "3 days"}, "ts": {"mask": "noise", "spread": "1 hour"},
	"tz": {"mask": "noise", "spread": "10 days"}, "nums": {"mask": "noise", "spread": 3}}') $$;
SELECT pg_temp.protect_noise();
CREATE TEMP TABLE seen (n int, i2 int2, i4 int, i8 bigint, f4 real, f8 float8, nu numeric, n2 numeric(6,2), d date, ts timestamp, tz timestamptz(0), nums int[]);
GRANT ALL ON seen TO regress_kinds_reader;
SET ROLE regress_kinds_reader;
SELECT i2, i4, i8, n2, d, ts, tz, nums FROM regress_kinds;
SELECT round(f4::numeric, 3) AS f4, round(f8::numeric, 6) AS f8, nu FROM regress_kinds WHERE abs(f8) < 1e6 AND abs(nu) < 1e6;
INSERT INTO seen SELECT 1, i2, i4, i8, f4, f8, nu, n2, d, ts, tz, nums FROM regress_kinds;
SET journey.purpose = 'regress_kinds.other';
INSERT INTO seen SELECT 2, i2, i4, i8, f4, f8, nu, n2, d, ts, tz, nums FROM regress_kinds;
RESET ROLE;
SELECT journey.unprotect('public.regress_kinds');
SELECT pg_temp.protect_noise();
SET ROLE regress_kinds_reader;
INSERT INTO seen SELECT 3, i2, i4, i8, f4, f8, nu, n2, d, ts, tz, nums FROM regress_kinds;
SELECT count(*) AS each_three_times FROM (SELECT FROM seen GROUP BY i2, i4, i8, f4, f8, nu, n2, d, ts, tz, nums HAVING count(*) = 3) x;
RESET ROLE;
SELECT bool_and(abs(s.n2 - k.n2) <= 10 AND abs(s.i4::bigint - k.i4) <= 10 AND abs(s.f8 - k.f8) <= 0.1) AS within
FROM journey_base.regress_kinds k, seen s WHERE k.who = 'plain' AND s.n = 1 AND s.i8 BETWEEN 1233567 AND 1235567;
-- another epoch: other noise
SELECT journey.key_rotate() AS rotated;
SET ROLE regress_kinds_reader;
SELECT count(*) FROM regress_kinds k JOIN seen s USING (i8, f8, ts);
RESET ROLE;
SELECT journey.unprotect('public.regress_kinds');

-- the neutral value of each type
CREATE TYPE public.regress_mood AS ENUM ('calm', 'angry');
CREATE TYPE public.regress_pair AS (x int, y text);
CREATE TABLE public.regress_neutral (who text, i int, t text, v varchar(3), b bool, n numeric(4,2), d date, ts timestamptz, tm time, iv interval, u uuid, by bytea,
	j jsonb, js json, ta text[], r int4range, mr int4multirange, m public.regress_mood, p public.regress_pair, a inet, bt bit(3), pt point, mo money);
INSERT INTO public.regress_neutral (who) VALUES ('someone');
SELECT journey.protect('public.regress_neutral', 'who', '{"i": "default", "t": "default", "v": "default", "b": "default", "n": "default", "d": "default",
	"ts": "default", "tm": "default", "iv": "default", "u": "default", "by": "default", "j": "default", "js": "default", "ta": "default", "r": "default",
	"mr": "default", "m": "default", "p": "default", "a": "default", "bt": "default", "pt": "default", "mo": "default"}');
\x
SELECT * FROM public.regress_neutral;
\x
SELECT journey.unprotect('public.regress_neutral');
DROP TABLE public.regress_neutral;
DROP TYPE public.regress_mood, public.regress_pair;

-- What does not fit, and options that are wrong.
CREATE DOMAIN public.regress_even AS int CHECK (VALUE % 2 = 0);
CREATE TABLE public.regress_bad (who text, i int, n numeric(4,1), d date, ts timestamp, t text, v varchar(10), b bool, j jsonb, e public.regress_even, jo journey.journey, l line, u uuid);
\set VERBOSITY terse
CREATE FUNCTION pg_temp.try(columns jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
	PERFORM journey.protect('public.regress_bad', 'who', columns);
	RAISE EXCEPTION 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || SQLERRM || ': ' || detail;
END $$;
SELECT pg_temp.try(c::jsonb) FROM (VALUES
	('{"i": "generalize"}'), ('{"i": {"mask": "generalize", "step": 0}}'), ('{"i": {"mask": "generalize", "step": -1}}'),
	('{"i": {"mask": "generalize", "step": 1.5}}'), ('{"i": {"mask": "generalize", "step": "10"}}'), ('{"i": {"mask": "generalize", "step": 1e10}}'),
	('{"i": {"mask": "generalize", "unit": "day"}}'), ('{"n": {"mask": "generalize", "step": 0.05}}'), ('{"d": {"mask": "generalize", "unit": "day"}}'),
	('{"d": {"mask": "generalize", "unit": "Month"}}'), ('{"d": "generalize"}'), ('{"t": "generalize"}'), ('{"t": {"mask": "generalize", "keep_first": 0}}'),
	('{"v": {"mask": "generalize", "keep_first": 11}}'), ('{"b": {"mask": "generalize", "step": 1}}'), ('{"e": {"mask": "generalize", "step": 2}}'),
	('{"i": "noise"}'), ('{"i": {"mask": "noise", "spread": 0}}'), ('{"d": {"mask": "noise", "spread": 3}}'), ('{"d": {"mask": "noise", "spread": "36 hours"}}'),
	('{"d": {"mask": "noise", "spread": "1 month"}}'), ('{"ts": {"mask": "noise", "spread": "soon"}}'), ('{"ts": {"mask": "noise", "spread": "-1 day"}}'), ('{"t": {"mask": "noise", "spread": 1}}'),
	('{"t": "fake"}'), ('{"t": {"mask": "fake", "kind": "planet"}}'), ('{"v": {"mask": "fake", "kind": "city"}}'), ('{"i": {"mask": "fake", "kind": "city"}}'),
	('{"v": "encrypt"}'), ('{"i": "encrypt"}'), ('{"jo": "journey"}'), ('{"t": {"mask": "journey", "drop_tracks": ["value"]}}'),
	('{"jo": {"mask": "journey", "drop_tracks": ["feeling"]}}'), ('{"jo": {"mask": "journey", "drop_tracks": "value"}}'), ('{"jo": {"mask": "journey", "keep_events": [1]}}'),
	('{"jo": {"mask": "journey", "rename_events": ""}}'), ('{"jo": {"mask": "journey", "unit": "century"}}'),
	('{"l": "default"}'), ('{"e": "default"}'), ('{"t": {"mask": "default", "value": "x"}}'), ('{"t": "hash"}'), ('{"t": "row"}'), ('{"j": "paths"}'),
	('{"t": {"mask": "token", "allow_low_entropy": 1}}'), ('{"u": {"mask": "token", "step": 1}}'), ('{"i": {"mask": "generalize", "step": 10, "epoch": 1}}')) x (c);

-- Tokens of few values would tell them; of values that stand once they do not.
CREATE TABLE public.regress_few (who text, id int, sex text, often text, once text);
INSERT INTO public.regress_few SELECT 'w' || i, i, CASE WHEN i % 2 = 0 THEN 'f' ELSE 'm' END, CASE WHEN i % 50 = 0 THEN 'Kim' ELSE 'n' || i END, 'x' || i
FROM generate_series(1, 20000) i;
SELECT journey.protect('public.regress_few', 'who', '{"sex": "token"}');
SELECT journey.protect('public.regress_few', 'who', '{"often": "token"}');
ANALYZE public.regress_few;
SELECT journey.protect('public.regress_few', 'who', '{"sex": "token"}');
SELECT journey.protect('public.regress_few', 'who', '{"once": "token", "sex": {"mask": "token", "allow_low_entropy": true}}');
SELECT journey.unprotect('public.regress_few');

DROP TABLE public.regress_few, public.regress_bad, public.regress_kinds, seen;
DROP DOMAIN public.regress_even;
SELECT journey.revoke_purpose('regress_kinds_reader', 'regress_kinds');
DROP ROLE regress_kinds_reader;
COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; rm regress_kinds.key';
