-- every function of the extension that readers may call, with hostile arguments
-- shows: NOTICE: .* \d{3,} calls
-- What an answer is does not matter here, only that it is the same and that the server lives.
CREATE TABLE value (t text, v text);
INSERT INTO value
SELECT t, v FROM (VALUES ('text', NULL), ('text', ''''''), ('text', 'repeat(''é'', 5000)'), ('text', '''yes-1'''), ('text', 'chr(1114109)'),
	('timestamptz', '''infinity'''), ('timestamptz', '''-infinity'''), ('timestamptz', '''294276-12-31'''), ('timestamptz', '''4714-01-01 BC'''),
	('interval', '''-1 s'''), ('interval', '''178000000 years'''), ('interval', '''0'''), ('interval', '''1 mon -3 h'''),
	('int', '2147483647'), ('int', '-2147483648'), ('int', '0'), ('bigint', '9223372036854775807'), ('bigint', '-9223372036854775808'),
	('bytea', '''\x'''), ('bytea', '''\x00000000000000000000000000000000'''), ('bytea', 'decode(repeat(''ff'', 3000), ''hex'')'),
	('cstring', '''x'''), ('cstring', '''['''), ('cstring', 'NULL'), ('boolean', 'true'), ('boolean', 'NULL'), ('oid', '4294967295'),
	('journey.journey', '''[a 2026-01-01T00:00:00Z]'''), ('journey.journey', 'NULL'), ('journey.journey', '''["" -infinity]'''),
	('journey.journey[]', '''{}'''), ('journey.signal_class', '''flake'''), ('internal', 'NULL'), ('anyelement', '1'), ('anyelement', 'NULL::text[]'),
	('journey._seal', 'NULL'), ('journey._seal', '''x'''), ('regclass', '''people'''), ('jsonb', '''[[]]''')) x (t, v);
CREATE TABLE answer (call text, state text);
DO $$
DECLARE
	f record; call text; n int := 0;
BEGIN
	FOR f IN SELECT p.oid::regproc AS name, p.oid, proargtypes::oid[] AS types, prokind FROM pg_proc p
		WHERE pronamespace = 'journey'::regnamespace AND has_function_privilege(p.oid, 'EXECUTE') AND prokind <> 'p'
		ORDER BY p.oid::regprocedure::text COLLATE "C"
	LOOP
		FOR call IN
			WITH RECURSIVE arg AS (
				SELECT '' AS list, 0 AS i
				UNION ALL
				SELECT concat_ws(', ', nullif(a.list, ''), coalesce(x.v, 'NULL') || CASE WHEN x.t IN ('internal', 'anyelement') THEN '' ELSE '::' || x.t END), a.i + 1
				FROM arg a, LATERAL (
					SELECT v.t, v.v FROM value v WHERE v.t = format_type(f.types[a.i], NULL)
					UNION ALL SELECT format_type(f.types[a.i], NULL), 'NULL' WHERE format_type(f.types[a.i], NULL) NOT IN ('internal')
				) x WHERE a.i < cardinality(f.types))
			SELECT format('SELECT %s(%s)%s', f.name, list, CASE WHEN f.prokind = 'w' THEN ' OVER ()' END) FROM arg
			WHERE i = cardinality(f.types) ORDER BY md5(list) LIMIT 60
		LOOP
			n := n + 1;
			BEGIN
				EXECUTE call;
				INSERT INTO answer VALUES (call, '00000');
			EXCEPTION WHEN OTHERS THEN
				INSERT INTO answer VALUES (call, SQLSTATE);
			END;
		END LOOP;
	END LOOP;
	RAISE NOTICE '% calls', n;
END $$;
SELECT state, count(*) FROM answer GROUP BY 1 ORDER BY 1;
SELECT call FROM answer WHERE state IN ('XX000', 'XX001', 'XX002', '58000') AND call NOT LIKE '%internal%' LIMIT 20;
SELECT array_in('{x}'::cstring, 'journey._seal'::regtype, -1);
SELECT '{"00000000-0000-0000-0000-000000000000"}'::journey._seal[];
SELECT jsonb_populate_record(NULL::journey.policy, '{"id": "x"}');
SELECT array_recv(NULL, 'journey._seal'::regtype, -1);
CREATE AGGREGATE bad(bytea) (SFUNC = journey._journey_agg_combine, STYPE = internal);
CREATE CAST (bytea AS journey.journey) WITHOUT FUNCTION;
CREATE CAST (text AS journey._seal) WITH INOUT;
CREATE DOMAIN seal AS journey._seal;
