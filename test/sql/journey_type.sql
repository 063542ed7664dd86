-- The type journey: what goes in and out, and a table of what is refused.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
\pset null '(null)'

-- What happens to a text or to bytes, as a row.
CREATE FUNCTION pg_temp.try(input text, OUT state text, OUT message text, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
	message := input::journey.journey;
	state := 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END
$$;
CREATE FUNCTION pg_temp.try(input bytea, OUT state text, OUT message text, OUT detail text) LANGUAGE plpgsql AS $$
BEGIN
	message := input::journey.journey;
	state := 'ok';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END
$$;

--
-- Text that is read
--
\pset format unaligned
SELECT x::journey FROM (VALUES
	('[view 2026-01-01T10:00:00Z]'),
	('[view 2026-01-01T10:00:00Z, "add to cart" 2026-01-01T10:00:05.25Z]'),
	('[ b   2026-01-01 10:00:05Z ,a 2026-01-01 10:00Z]'),			-- any order, any blanks
	('[b 2026-01-01T10:00:00Z, a 2026-01-01T10:00:00Z]'),			-- ties stay as written
	('[a 2026-01-01T10:00:00+05:30, b 2026-01-01T10:00:00-0800, c 2026-01-01T10:00:00+01]'),
	('[a 2000-01-01T00:00:00Z, b 1970-01-01T00:00:00Z, c 1999-12-31T23:59:59.999999Z]'),
	('[a 0044-03-15T12:00:00Z BC, b 4714-11-24T00:00:00Z BC, c 294276-12-31T23:59:59.999999Z]'),
	('["" 2026-01-01T00:00:00Z, "say ""hi""" 2026-01-01T00:00:00Z, "a,b]" 2026-01-01T00:00:00Z]'),
	('[주문 2026-01-01T00:00:00Z, 🛒 2026-01-01T00:00:01Z, "سلة التسوق" 2026-01-01T00:00:02Z]'),
	('[a.b:c/d-e_f 2026-01-01T00:00:00Z, 42 2026-01-01T00:00:01Z]')) v(x);

\pset format aligned

-- no setting changes what is written or read
SET timezone = 'America/New_York';
SET datestyle = 'German';
SELECT '[a 2026-07-01T10:00:00.5Z]'::journey, started_at('[a 2026-07-01T10:00:00.5Z]');
SET datestyle = 'ISO';
SET timezone = 'UTC';

--
-- Text that is refused
--
SELECT v.x, t.* FROM (VALUES
	(1, ''),
	(2, ' '),
	(3, '[]'),
	(4, '['),
	(5, ']'),
	(6, 'view 2026-01-01T10:00:00Z'),
	(7, '[view]'),
	(8, '[view 2026-01-01T10:00:00Z'),
	(9, '[view 2026-01-01T10:00:00Z,]'),
	(10, '[,view 2026-01-01T10:00:00Z]'),
	(11, '[view 2026-01-01T10:00:00Z] x'),
	(12, '[view 2026-01-01T10:00:00Z; view 2026-01-01T10:00:00Z]'),
	(13, '["view 2026-01-01T10:00:00Z]'),
	(14, '[add to cart 2026-01-01T10:00:00Z]'),
	(15, '[view 2026-01-01T10:00:00]'),
	(16, '[view 2026-01-01]'),
	(17, '[view 2026-13-01T10:00:00Z]'),
	(18, '[view 2026-02-29T10:00:00Z]'),
	(19, '[view 2026-01-01T24:00:01Z]'),
	(20, '[view 2026-01-01T10:60:00Z]'),
	(21, '[view 2026-01-01T10:00:00.1234567Z]'),
	(22, '[view 2026-01-01T10:00:00+99:00]'),
	(23, '[view 0000-01-01T10:00:00Z]'),
	(24, '[view 294277-01-01T00:00:00Z]'),
	(25, '[view 4714-11-23T23:59:59.999999Z BC]'),
	(26, '[view 99999999999-01-01T00:00:00Z]'),
	(27, '[view infinity]'),
	(28, '[view -infinity]'),
	(29, '[view now]'),
	(30, '[null null]'),
	(31, '{"view": 1}'),
	(32, '[(view) 2026-01-01T10:00:00Z]')) v(n, x), pg_temp.try(v.x) t ORDER BY n;

-- names: 1024 bytes are the limit, whatever the number of characters
SELECT n, times, octet_length(c) AS bytes_each, t.state, t.detail
FROM (VALUES (1, 'x', 1024), (2, 'x', 1025), (3, '한', 341), (4, '한', 342), (5, 'x', 1000000)) v(n, c, times),
	pg_temp.try('["' || repeat(c, times) || '" 2026-01-01T10:00:00Z]') t ORDER BY n;

--
-- Binary form
--
CREATE TABLE good AS SELECT n, x::journey AS j, x::journey::bytea AS b FROM (VALUES
	(1, '[a 2026-01-01T00:00:00Z]'),
	(2, '[a 2026-01-01T00:00:00Z, b 2026-01-01T00:00:01Z, a 2026-01-01T00:01:01.5Z, c 2026-02-01T00:00:00Z]'),
	(3, '[a 2026-01-01T00:00:00Z, a 2026-01-01T00:00:00.000001Z, a 2027-01-01T00:00:00Z]'),
	(4, '[주문 2026-01-01T00:00:00Z, 배송 2026-01-01T00:00:00Z]')) v(n, x);
SELECT n, b FROM good ORDER BY n;
SELECT bool_and(b::journey = j AND b::journey::text = j::text) AS read_back FROM good;

-- byte by byte: header, names, codes, times (layout in src/core/format.h)
SELECT v.n, v.what, t.state, t.message, t.detail FROM good g, LATERAL (VALUES
	(1, 'nothing', ''::bytea),
	(2, 'one byte', '\x01'),
	(3, 'header only', substr(b, 1, 32)),
	(4, 'a byte short', substr(b, 1, length(b) - 1)),
	(5, 'a byte long', b || '\x00'),
	(6, 'version 0', set_byte(b, 0, 0)),
	(7, 'version 2', set_byte(b, 0, 2)),
	(8, 'unit 3', set_byte(b, 1, get_byte(b, 1) | 3)),
	(9, 'finer unit than needed', set_byte(b, 1, 0)),
	(10, 'wide times without one', set_byte(b, 1, get_byte(b, 1) | 4)),
	(11, 'unknown flag', set_byte(b, 1, get_byte(b, 1) | 128)),
	(12, 'unknown track', set_byte(b, 2, 64)),
	(13, 'no steps', set_byte(b, 4, 0)),
	(14, 'a step more', set_byte(b, 4, 5)),
	(15, 'four billion steps', overlay(b PLACING '\xffffffff' FROM 5)),
	(16, 'first after last', overlay(b PLACING substr(b, 17, 8) || substr(b, 9, 8) FROM 9)),
	(17, 'another first time', set_byte(b, 8, get_byte(b, 8) # 1)),
	(18, 'infinite last time', overlay(b PLACING '\xffffffffffffff7f' FROM 17)),
	(19, 'presence bit too many', overlay(b PLACING '\xffffffffffffffff' FROM 25)),
	(20, 'presence bit too few', overlay(b PLACING '\x0000000000000000' FROM 25)),
	(21, 'no names', set_byte(b, 32, 0)),
	(22, 'names cut', set_byte(b, 32, 100)),
	(23, 'count of names in two bytes', overlay(b PLACING '\x8300' FROM 33 FOR 1)),
	(24, 'endless varint', overlay(b PLACING '\xffffffffff' FROM 33 FOR 1)),
	(25, 'empty name first, lengths wrong', set_byte(b, 33, 0)),
	(26, 'names out of order', overlay(b PLACING 'bac' FROM 37)),
	(27, 'name twice', overlay(b PLACING 'aac' FROM 37)),
	(28, 'zero byte in a name', overlay(b PLACING '\x006263' FROM 37)),
	(29, 'invalid UTF-8 in a name', overlay(b PLACING '\x6162ff' FROM 37)),
	(30, 'code out of range', set_byte(b, 39, 3)),
	(31, 'a name without a step', set_byte(b, 40, 0)),
	(32, 'lengths of times', set_byte(b, 43, 255)),
	(33, 'unused length bits', set_byte(b, 43, get_byte(b, 43) | 64)),
	(34, 'another difference', set_byte(b, 44, get_byte(b, 44) # 1))
	) v(n, what, bytes), pg_temp.try(v.bytes) t
WHERE g.n = 2 ORDER BY v.n;

-- every truncation is refused
SELECT n, count(*) FILTER (WHERE t.state = 'ok') AS taken, count(*) = length(b) AS all_tried
FROM good, generate_series(0, length(b) - 1) l, pg_temp.try(substr(b, 1, l)) t GROUP BY n, b ORDER BY n;

-- every change of one byte is refused, or is another journey in its one form
CREATE TABLE changed AS
SELECT n, p, v, set_byte(b, p, v) AS bytes FROM good, generate_series(0, length(b) - 1) p, generate_series(0, 255) v
WHERE get_byte(b, p) <> v;
SELECT n, t.state, count(*) > 0 AS some,
	   count(*) FILTER (WHERE t.state = 'ok' AND t.message::journey::bytea <> bytes) AS other_form,
	   count(*) FILTER (WHERE t.state = 'ok' AND t.message::journey = j) AS not_changed
FROM changed JOIN good USING (n), pg_temp.try(bytes) t GROUP BY n, t.state ORDER BY n, t.state;

-- COPY goes through send and receive
CREATE TABLE copied (n int, j journey);
\set file `mktemp`
\setenv JOURNEY_FILE :file
\copy (SELECT n, j FROM good ORDER BY n) TO PROGRAM 'cat >"$JOURNEY_FILE"' WITH (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$JOURNEY_FILE"' WITH (FORMAT binary)
SELECT count(*), bool_and(c.j = g.j) FROM copied c JOIN good g USING (n);
-- the first value begins after 19 bytes of file header, 2 + 4 + 4 of the number, 4 of its length
\copy copied FROM PROGRAM 'perl -0777 -pe "substr(\$_, 33, 1) = chr(9)" "$JOURNEY_FILE"' WITH (FORMAT binary)
\! rm -f "$JOURNEY_FILE"

-- how values are kept
SELECT typlen, typalign, typstorage, typcategory, typispreferred, typdelim, typmodin::oid = 0 AS no_typmod, typcollation = 0 AS no_collation
FROM pg_type WHERE oid = 'journey'::regtype;
SELECT '{"[a 2026-01-01T00:00:00Z, \"b c\" 2026-01-01T00:00:00Z]"}'::journey[];

DROP TABLE good, changed, copied;
