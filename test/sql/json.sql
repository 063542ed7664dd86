-- Journeys as jsonb and back.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET search_path = public, journey;
\pset null '(null)'

-- both ways, with everything and with nothing
CREATE TABLE trip (n int, json jsonb);
INSERT INTO trip VALUES
	(1, '[{"at": "2026-01-01T10:00:00Z", "event": "view"}]'),
	(2, '[{"at": "2026-01-01T10:00:00Z", "event": "view", "channel": "web", "decision": "offer", "action": "mail", "persona": "buyer", "value": 19.99, "senses": ["angry", "tired"]}, {"at": "2026-01-01T10:05:00.25Z", "event": "purchase"}]'),
	(3, '[{"at": "2026-01-01T10:00:00Z", "event": "", "channel": ""}, {"at": "2026-01-01T10:00:00Z", "event": "say \"hi\"", "value": 0}]'),
	(4, '[{"at": "4714-11-24T00:00:00Z BC", "event": "주문 확인"}, {"at": "294276-12-31T23:59:59.999999Z", "event": "🛒"}]'),
	(5, '[{"at": "2026-01-01T10:00:00Z", "event": "a", "value": "NaN"}, {"at": "2026-01-01T10:00:00Z", "event": "a", "value": "Infinity"}, {"at": "2026-01-01T10:00:00Z", "event": "a", "value": "-Infinity"}]'),
	(6, '[{"at": "2026-01-01T10:00:00Z", "event": "z"}, {"at": "2026-01-01T10:00:00Z", "event": "a"}, {"at": "2026-01-01T10:00:00Z", "event": "a"}]');
SELECT n, json::journey::jsonb, json::journey::jsonb = json AS same FROM trip ORDER BY n;
SELECT n, i.* FROM trip, interactions(json::journey) i WHERE n IN (2, 3) ORDER BY n, step;
SELECT n, jsonb(json::journey) = json AND journey(json) = json::journey AS functions FROM trip ORDER BY n;

-- values come back bit by bit
CREATE TABLE number (v float8);
INSERT INTO number VALUES (0), (0.1), (0.30000000000000004), (1e22), (1e23), (123456789.123456789), (-1.5), (9007199254740993), (1.7976931348623157e308),
	(-1.7976931348623157e308), (2.2250738585072014e-308), (5e-324), (4.9e-320), (1e-7), (100), (1e100), (3.141592653589793);
SELECT setseed(0.5);
INSERT INTO number SELECT (random() - 0.5) * 10 ^ (random() * 60 - 30)::int FROM generate_series(1, 300);
SELECT count(*), bool_and(float8send(i.value) = float8send(v)) AS same_value, bool_and(j::jsonb::journey = j) AS same
FROM number, LATERAL journey(jsonb_build_array(jsonb_build_object('at', '2026-01-01T00:00Z', 'event', 'e', 'value', v))) j, interactions(j) i;
-- minus zero is zero; digits beyond float8 are rounded
SELECT v, i.value FROM unnest('{-0.0,0e-400,0.1000000000000000055511151231257827,1.7976931348623158e308}'::text[]) v,
	interactions(journey(('[{"at": "2026-01-01T00:00Z", "event": "e", "value": ' || v || '}]')::jsonb)) i;

-- input in any order and offset, null for what could be left out, senses as a set
SELECT jsonb_pretty(journey('[{"at": "2026-01-01 12:00:00+02", "event": "b", "channel": null, "value": null, "senses": null}, {"event": "a", "at": "2026-01-01T09:59Z", "senses": []},
	{"event": "c", "at": "2026-01-01T11:00:00+01:00", "senses": ["tired", "angry", null, "tired"]}, {"event": "d", "at": "2026-01-01T11:00:00+01:00", "senses": [null]}]'::jsonb)::jsonb);
-- nothing is NULL
SELECT '[]'::jsonb::journey, 'null'::jsonb::journey, NULL::jsonb::journey, NULL::journey::jsonb;
-- output does not depend on settings
BEGIN;
SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL datestyle = 'German';
SET LOCAL extra_float_digits = -15;
SELECT json::journey::jsonb = json AS same FROM trip ORDER BY n;
COMMIT;

-- journeys of all kinds
CREATE TABLE many AS SELECT n, journey(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', timestamptz '2026-01-01' + (i * i * n) % 97 * interval '1234567 us', 'event', 'e' || (i * n) % 7,
	'channel', CASE WHEN n % 3 > 0 THEN 'c' || i % (n % 3) END, 'decision', CASE WHEN (i + n) % 4 = 0 THEN 'd' || n % 5 END, 'action', CASE WHEN n % 5 = 0 THEN 'x' END,
	'persona', CASE WHEN i > n % 50 THEN 'p' || i % 9 END, 'value', CASE WHEN (i * n) % 5 <> 1 THEN (i * n) % 1000 / (10.0 ^ (n % 4)) END,
	'senses', CASE WHEN (i + n) % 3 = 0 THEN jsonb_build_array('s' || i % 3, 's' || n % 3) END)) ORDER BY i)) AS j
	FROM generate_series(1, 300) n, generate_series(1, 5 + n % 40) i GROUP BY n;
SELECT count(*), bool_and(j::jsonb::journey = j) AS same, bool_and(jsonb_array_length(j::jsonb) = step_count(j)) AS lengths,
	bool_and(j::jsonb = (SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(i) - 'step' - 'at') || jsonb_build_object('at', to_char(i.at, 'YYYY-MM-DD"T"HH24:MI:SS')
		|| coalesce('.' || nullif(rtrim(to_char(i.at, 'US'), '0'), ''), '') || 'Z') ORDER BY step) FROM interactions(j) i)) AS as_rows FROM many;

-- explicit casts only: on assignment and in operators a journey is a journey
SELECT castcontext FROM pg_cast WHERE (castsource, casttarget) IN (('journey'::regtype, 'jsonb'::regtype), ('jsonb'::regtype, 'journey'::regtype));
INSERT INTO trip SELECT 7, json::journey FROM trip WHERE n = 1;

-- a long one
SELECT step_count(j), j::jsonb::journey = j AS same FROM (SELECT journey_agg('2026-01-01'::timestamptz + i * interval '1 s', 'e' || i % 300) FROM generate_series(1, 20000) i) x(j);

-- what is refused, one line each
SELECT '[1]'::jsonb::journey;
CREATE FUNCTION pg_temp.refused(form jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN
	PERFORM journey.journey(form);
	RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || SQLERRM || ': ' || detail;
END $$;
SELECT left(x, 100) AS json, pg_temp.refused(x::jsonb) FROM unnest(ARRAY[
	'1', '"x"', 'true', '{}', '{"at": "2026-01-01T00:00Z", "event": "a"}', '[null]', '[[]]', '["a"]', '[{}]', '[{"at": "2026-01-01T00:00Z"}]', '[{"event": "a"}]', '[{"at": null, "event": "a"}]', '[{"at": "2026-01-01T00:00Z", "event": null}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a"}, {"at": "2026-01-01T00:00Z", "evnt": "a"}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "step": 1}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "": 1}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "AT": null}]',
	'[{"at": 5, "event": "a"}]', '[{"at": "2026-01-01T00:00", "event": "a"}]', '[{"at": "2026-01-01", "event": "a"}]', '[{"at": "2026-02-30T00:00Z", "event": "a"}]', '[{"at": "now", "event": "a"}]',
	'[{"at": "infinity", "event": "a"}]', '[{"at": "", "event": "a"}]', '[{"at": "2026-01-01T00:00Z ", "event": "a"}]', '[{"at": "2026-01-01T00:00Zx", "event": "a"}]',
	'[{"at": "294277-01-01T00:00Z", "event": "a"}]', '[{"at": "4714-11-23T23:59:59Z BC", "event": "a"}]', '[{"at": ["2026-01-01T00:00Z"], "event": "a"}]',
	'[{"at": "2026-01-01T00:00Z", "event": 1}]', '[{"at": "2026-01-01T00:00Z", "event": {}}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "channel": 1}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "decision": true}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "action": []}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "persona": {}}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "value": "1"}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": "nan"}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": ""}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "value": true}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": [1]}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": 1e309}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": -1e309}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "value": 1e-400}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "senses": "angry"}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "senses": {"angry": true}}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "senses": [1]}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "senses": [["angry"]]}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "senses": [""]}]',
	'[{"at": "2026-01-01T00:00Z", "event": "' || repeat('x', 1025) || '"}]', '[{"at": "2026-01-01T00:00Z", "event": "a", "channel": "' || repeat('ü', 513) || '"}]',
	'[{"at": "2026-01-01T00:00Z", "event": "a", "senses": ["' || repeat('x', 512) || '", "' || repeat('y', 512) || '"]}]',
	'[{"at": "2026-01-01T00:00Z", "event": "' || repeat('x', 1024) || '", "senses": ["' || repeat('x', 511) || '", "' || repeat('y', 512) || '"]}]']) WITH ORDINALITY u(x, o) ORDER BY o;

DROP TABLE trip, number, many;
