-- What is refused of the tracks of a journey: text, rows, bytes. One line each.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
\pset null '(null)'

-- What happens to a statement that gives one value, as a row.
CREATE FUNCTION pg_temp.try(expression text, OUT state text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'SELECT ' || expression INTO message;
	state := 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END
$$;

--
-- Text
--
SELECT v.n, v.x, t.state, t.message, t.detail FROM (VALUES
	(1, '[a@ 2026-01-01T00:00Z]'),
	(2, '[a @web 2026-01-01T00:00Z]'),
	(3, '[a@web@app 2026-01-01T00:00Z]'),
	(4, '[@web 2026-01-01T00:00Z]'),
	(5, '[a 2026-01-01T00:00Z {}]'),
	(6, '[a 2026-01-01T00:00Z {value}]'),
	(7, '[a 2026-01-01T00:00Z {value=}]'),
	(8, '[a 2026-01-01T00:00Z {value=five}]'),
	(9, '[a 2026-01-01T00:00Z {value=1.}]'),
	(10, '[a 2026-01-01T00:00Z {value=1e400}]'),
	(11, '[a 2026-01-01T00:00Z {value=-1e-400}]'),
	(12, '[a 2026-01-01T00:00Z {value=1, value=2}]'),
	(13, '[a 2026-01-01T00:00Z {value=1 value=2}]'),
	(14, '[a 2026-01-01T00:00Z {price=1}]'),
	(15, '[a 2026-01-01T00:00Z {channel=web}]'),
	(16, '[a 2026-01-01T00:00Z {sense=""}]'),
	(17, '[a 2026-01-01T00:00Z {senses=angry}]'),
	(18, '[a 2026-01-01T00:00Z {action=call us}]'),
	(19, '[a 2026-01-01T00:00Z {action="call us]'),
	(20, '[a 2026-01-01T00:00Z {action=x]'),
	(21, '[a 2026-01-01T00:00Z value=1]'),
	(22, '[a {value=1} 2026-01-01T00:00Z]')) AS v(n, x), pg_temp.try(quote_literal(x) || '::journey.journey') AS t
ORDER BY n;
SELECT t.* FROM pg_temp.try($$('[a@' || repeat('x', 1025) || ' 2026-01-01T00:00Z]')::journey.journey$$) AS t;
SELECT t.* FROM pg_temp.try($$('[a 2026-01-01T00:00Z {sense=' || repeat('x', 512) || ', sense=' || repeat('y', 512) || '}]')::journey.journey$$) AS t;

--
-- Rows: what is skipped, and what is refused
--
SELECT v.n, t.* FROM (VALUES
	(1, $$journey.journey_agg(NULL::journey.interaction)$$),
	(2, $$journey.journey_agg((NULL, 'a', 'web', NULL, NULL, NULL, 1, '{x}')::journey.interaction)$$),
	(3, $$journey.journey_agg(('2026-01-01', NULL, 'web', NULL, NULL, NULL, 1, '{x}')::journey.interaction)$$),
	(4, $$journey.journey_agg(('infinity', 'a', NULL, NULL, NULL, NULL, NULL, NULL)::journey.interaction)$$),
	(5, $$journey.journey_agg(('-infinity', 'a', NULL, NULL, NULL, NULL, NULL, NULL)::journey.interaction)$$),
	(6, $$journey.journey_agg(('infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::journey.interaction)$$),
	(7, $$journey.journey_agg('infinity', 'a', 'web')$$),
	(8, $$journey.journey_agg('-infinity', 'a', 1.5)$$),
	(9, $$journey.journey_agg('infinity', NULL, 'web')$$),
	(10, $$journey.journey_agg(NULL, 'a', 'web')$$),
	(11, $$journey.journey_agg('2026-01-01', 'a', repeat('x', 1025))$$),
	(12, $$journey.journey_agg('2026-01-01', repeat('x', 1025), 1.5)$$),
	(13, $$journey.journey_agg(('2026-01-01', 'a', NULL, repeat('x', 1025), NULL, NULL, NULL, NULL)::journey.interaction)$$),
	(14, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, repeat('x', 1025), NULL, NULL, NULL)::journey.interaction)$$),
	(15, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, repeat('x', 1025), NULL, NULL)::journey.interaction)$$),
	(16, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, NULL, NULL, ARRAY[repeat('x', 1025)])::journey.interaction)$$),
	(17, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, NULL, NULL, ARRAY[repeat('x', 512), repeat('y', 512)])::journey.interaction)$$),
	(18, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, NULL, NULL, '{a,""}')::journey.interaction)$$),
	(19, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, NULL, NULL, '{NULL,NULL}')::journey.interaction)$$),
	(20, $$journey.journey_agg(('2026-01-01', 'a', NULL, NULL, NULL, NULL, NULL, '{{b,a},{a,NULL}}')::journey.interaction)$$),
	(21, $$journey.journey_agg(('2026-01-01', 'a', '', '', '', '', 'NaN', '{x}')::journey.interaction)$$),
	(22, $$journey.journey_agg(('2026-01-01', 'a')::journey.interaction)$$),
	(23, $$journey.journey_agg(ROW('2026-01-01', 'a'))$$),
	(24, $$journey.journey_agg('2026-01-01', 'a', 5, 'web')$$),
	(25, $$journey.journey_agg('2026-01-01', 'a', true)$$)) AS v(n, x), pg_temp.try(x) AS t
ORDER BY n;

--
-- Bytes. The journey: one step, a channel, a value and two senses.
--
SELECT journey '[a@web 2026-01-01T10:00:00Z {value=2.5, sense=x, sense=y}]'::bytea AS b \gset
SELECT length(:'b'::bytea), :'b'::bytea::journey;
CREATE TABLE broken AS SELECT v.* FROM (SELECT :'b'::bytea AS b) AS good, LATERAL (VALUES
	(1, 'a track more', set_byte(b, 2, get_byte(b, 2) | 2)),
	(2, 'a track less', set_byte(b, 2, get_byte(b, 2) & ~1)),
	(3, 'an unknown track', set_byte(b, 2, get_byte(b, 2) | 64)),
	(4, 'another unknown track', set_byte(b, 3, 128)),
	(5, 'no tracks', set_byte(b, 2, 0)),
	(6, 'length of the channels too large', set_byte(b, 32, 7)),
	(7, 'length of the channels too small', set_byte(b, 32, 5)),
	(8, 'length of the channels huge', set_byte(b, 35, 255)),
	(9, 'lengths exchanged', set_byte(set_byte(b, 32, get_byte(b, 36)), 36, get_byte(b, 32))),
	(10, 'a byte behind the end', b || '\x00'::bytea),
	(11, 'the last byte missing', substring(b FROM 1 FOR length(b) - 1)),
	(12, 'cut in the directory', substring(b FROM 1 FOR 40)),
	(13, 'gaps in the channels', set_byte(b, 47, 1)),
	(14, 'gaps of 2', set_byte(b, 47, 2)),
	(15, 'two channels for one step', set_byte(b, 48, 2)),
	(16, 'no channel', set_byte(b, 48, 0)),
	(17, 'a channel too long', set_byte(b, 49, 127)),
	(18, 'a channel not UTF-8', set_byte(b, 50, 255)),
	(19, 'a channel with a zero byte', set_byte(b, 51, 0)),
	(20, 'decimals beyond 9', set_byte(b, 53, 10)),
	(21, 'two decimals: another value', set_byte(b, 53, 2)),
	(22, 'unknown form', set_byte(b, 53, 65)),
	(23, 'a bitmap that is not there', set_byte(b, 53, 129)),
	(24, 'width 1', set_byte(b, 54, 1)),
	(25, 'width 3', set_byte(b, 54, 3)),
	(26, 'a decimal above 2^50', set_byte(b, 61, 8)),
	(27, 'a decimal that is a whole number', set_byte(b, 55, 20)),
	(28, 'doubles that are decimals', set_byte(set_byte(set_byte(set_byte(b, 53, 15), 55, 0), 61, 4), 62, 64)),
	(29, 'senses not ascending', set_byte(set_byte(b, length(b) - 1, 97), length(b) - 3, 98)),
	(30, 'a sense twice', set_byte(b, length(b) - 1, get_byte(b, length(b) - 3))),
	(31, 'a sense without a name', set_byte(b, length(b) - 1, 0)),
	(32, 'a zero byte first', set_byte(b, length(b) - 3, 0))) AS v(n, rule, b);
SELECT n, rule, t.state, t.message, t.detail, t.hint FROM broken, pg_temp.try(quote_literal(b) || '::bytea::journey.journey') AS t ORDER BY n;

-- nothing is lost: the same session, the same value
SELECT :'b'::bytea::journey AS still_there;
DROP TABLE broken;
