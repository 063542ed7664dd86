-- detect: a screen of many topics.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET extra_float_digits = 0;

-- Ninety days: some that go on, one that comes faster and faster, one that fades, one that was never there before.
CREATE TABLE complaints (topic text, at timestamptz, minutes int);
CREATE FUNCTION at(day numeric) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$ SELECT timestamptz '2026-01-01 00:00Z' + day * interval '1 day' $$;
INSERT INTO complaints SELECT 'steady ' || i, at(d + (d * 7919 + i * 104729) % 997 / 1000.0), (d * 31 + i * 17) % 60
FROM generate_series(1, 8) i, generate_series(0, 89) d WHERE (d * 37 + i * 11) % 5 < 2;
INSERT INTO complaints SELECT 'faster', at(round((85 * sqrt(i / 60.0))::numeric, 6)), i FROM generate_series(1, 60) i;
INSERT INTO complaints SELECT 'fading', at(round((85 * power(i / 60.0, 3))::numeric, 6)), 60 - i FROM generate_series(1, 60) i;
INSERT INTO complaints SELECT 'new', at(84 + i * 0.4), 30 FROM generate_series(1, 12) i;
INSERT INTO complaints VALUES ('pattern', at(10), 1), ('pattern', at(88), 2), ('flake', at(89), 3), (NULL, at(1), 1), ('steady 1', NULL, 1), ('later', at(100), 1);

SELECT topic, class, points, direction, round(p_value::numeric, 6) AS p, round(q_value::numeric, 6) AS q, date_trunc('day', change_at) AS change_on, burst,
       recent_points AS recent, round(expected_points::numeric, 2) AS expected, round(burst_p::numeric, 6) AS burst_p, round(burst_q::numeric, 6) AS burst_q
FROM journey.detect('SELECT topic, at FROM complaints', as_of => at(90), recent => '7 days');
-- values: what rises or falls are the minutes
SELECT topic, direction, round(slope_per_day::numeric, 6) AS slope_per_day, q_value < 0.001 AS surely, burst
FROM journey.detect('SELECT topic, at, minutes FROM complaints', at(90), '7 days') WHERE direction <> 'steady' OR burst;

-- the facts are those of signal_agg, the rest follows from its definition
CREATE VIEW by_definition AS
WITH s AS (SELECT topic, (journey.signal_agg(at)).*, count(*) FILTER (WHERE at > at(83)) AS recent,
                  count(*) FILTER (WHERE at <= at(83) AND at > (SELECT min(at) FROM complaints WHERE topic IS NOT NULL)) AS before
           FROM complaints WHERE at <= at(90) AND topic IS NOT NULL GROUP BY topic),
  first AS (SELECT min(first_at) AS at FROM s),
  q AS (SELECT topic, min(rate) OVER (ORDER BY p_value DESC) AS q_value
        FROM (SELECT topic, p_value, p_value * count(*) OVER () / count(*) OVER (ORDER BY p_value) AS rate FROM s WHERE class = 'trend') x)
SELECT topic, class, points, first_at, last_at, CASE WHEN class = 'trend' THEN p_value END AS p_value, CASE WHEN q_value IS NOT NULL THEN least(1, q_value) END AS q_value, change_at,
       recent, before * extract(epoch FROM interval '7 days') / extract(epoch FROM at(83) - first.at) AS expected
FROM first, s LEFT JOIN q USING (topic);
SELECT count(*) AS topics, count(*) FILTER (WHERE (d.class, d.points, d.first_at, d.last_at) = (s.class::text, s.points, s.first_at, s.last_at)) AS facts,
       count(*) FILTER (WHERE d.p_value IS NOT DISTINCT FROM s.p_value AND (d.change_at = s.change_at) IS NOT FALSE) AS tests,
       count(*) FILTER (WHERE abs(d.q_value - s.q_value) < 1e-12 OR (d.q_value IS NULL AND s.q_value IS NULL)) AS q,
       count(*) FILTER (WHERE d.recent_points = s.recent AND abs(d.expected_points - s.expected) < 1e-9) AS counts
FROM journey.detect('SELECT topic, at FROM complaints', at(90), '7 days') d FULL JOIN by_definition s USING (topic);
-- the order of the rows does not matter, the type of the topic neither
SELECT count(*) AS differences FROM (
  SELECT * FROM journey.detect('SELECT topic, at, minutes::numeric FROM complaints ORDER BY md5(at::text)', at(90))
  EXCEPT SELECT * FROM journey.detect('SELECT topic::varchar, at, minutes::real FROM complaints ORDER BY at', at(90))) x;
SELECT topic, points FROM journey.detect('SELECT minutes / 20, at FROM complaints', at(90)) ORDER BY topic;
-- thresholds, alpha, as_of inclusive, recent a tenth of the time if nobody says
SELECT class, count(*) FROM journey.detect('SELECT topic, at FROM complaints', at(90), pattern_at => 30, trend_at => 40) GROUP BY 1 ORDER BY 1;
SELECT count(*) FILTER (WHERE direction <> 'steady') AS usual, (SELECT count(*) FROM journey.detect('SELECT topic, at FROM complaints', at(90), alpha => 1e-30) WHERE direction <> 'steady' OR burst) AS strict
FROM journey.detect('SELECT topic, at FROM complaints', at(90));
SELECT topic FROM journey.detect('SELECT topic, at FROM complaints WHERE topic IN (''flake'', ''later'')', at(89));
SELECT count(*) AS differences FROM (
  SELECT * FROM journey.detect('SELECT topic, at FROM complaints WHERE at >= ''2026-01-03Z''', '2026-04-03Z', NULL)
  EXCEPT SELECT * FROM journey.detect('SELECT topic, at FROM complaints WHERE at >= ''2026-01-03Z''', '2026-04-03Z',
    (SELECT timestamptz '2026-04-03Z' - min(at) FROM complaints WHERE at >= '2026-01-03Z') / 10)) x;
-- by default everything up to now
SELECT count(*) > 0 AS rows, bool_or(recent_points > 0) AS recent FROM journey.detect('SELECT 1, now() - i * interval ''1 day'' FROM generate_series(0, 20) i');
SELECT count(*) FROM journey.detect('SELECT topic, at FROM complaints WHERE false');
-- one moment is all there is
SELECT topic, class, p_value, recent_points, expected_points, burst FROM journey.detect('SELECT 1, timestamptz ''2026-01-01Z'' FROM generate_series(1, 5)', '2026-01-01Z');

-- topics of type char(n) are what their cast to text is, without padding
CREATE DOMAIN code AS char(5);
SELECT topic = 'a' AS is_text, points FROM journey.detect('SELECT ''a''::char(5), at(i) FROM generate_series(1, 4) i', at(90));
SELECT topic = 'a' AS is_text, points FROM journey.detect('SELECT ''a ''::code, at(i) FROM generate_series(1, 4) i', at(90));
DROP DOMAIN code;

-- a thousand topics that just go on: nobody cries wolf
CREATE TABLE screen AS
SELECT i % 1000 AS topic, at(('x' || left(md5(i::text), 8))::bit(32)::bigint * 90 / 4294967296.0) AS at FROM generate_series(1, 20000) i;
SELECT count(*) AS topics, count(*) FILTER (WHERE burst OR direction <> 'steady') AS reported, count(*) FILTER (WHERE p_value < 0.05) > 10 AS some_look_unusual
FROM journey.detect('TABLE screen', at(90), '7 days');

-- what is refused

CREATE FUNCTION try(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  detail text;
  hint text;
BEGIN
  EXECUTE 'SELECT count(*) FROM journey.detect(' || arguments || ')';
  RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN concat_ws(' | ', SQLSTATE, SQLERRM, nullif(detail, ''), nullif(hint, ''));
END $$;
SELECT a, try(a) FROM unnest(ARRAY[
  'NULL', '''TABLE complaints'', as_of => NULL', '''TABLE complaints'', as_of => ''infinity''', '''TABLE complaints'', recent => ''0''', '''TABLE complaints'', recent => ''-1 s''',
  '''TABLE complaints'', recent => ''1 mon''', '''TABLE complaints'', alpha => 0', '''TABLE complaints'', alpha => 1', '''TABLE complaints'', alpha => ''NaN''',
  '''TABLE complaints'', pattern_at => 1', '''TABLE complaints'', pattern_at => 3', '''SELECT 1''', '''SELECT 1, now(), 2, 3''', '''SELECT 1, 2''', '''SELECT 1, now(), true''',
  '''SELECT 1, now(), ''''NaN''''::float8''', '''SELECT 1, timestamptz ''''infinity''''''', '''SELECT 1, timestamptz ''''-infinity''''''', '''DELETE FROM complaints RETURNING *''', '''TABLE nowhere''',
  '''TABLE complaints'', recent => interval ''100000000 days''']) a;

DROP VIEW by_definition;
DROP TABLE complaints, screen;
DROP FUNCTION at(numeric), try(text);
