-- Trends of daily series, and what pyMannKendall 1.4.3 says of them.
--
-- Without its slope a series has observations that are equal but for rounding,
-- and Hamed and Rao's correction ranks them: z is the same to the last digits
-- where both are rounded alike.
SET client_min_messages = warning;
SET timezone = 'UTC';
SET search_path = public, journey;
BEGIN;

CREATE TEMP TABLE series (n int, points float8[], z float8, hamed_rao float8, hamed_rao_p float8, yue_wang float8, weekly float8, weekly_slope float8, slope float8);
INSERT INTO series VALUES
	(1, '{2, 3, 9, 17, 20, 25, 38, 51, 67, 81, 90, 102, 121}', 4.697684345866536, 3.298367769461251, 0.0009724867131948312, 6.0361416622558535, 2.041241452319315, 10.357142857142858, 10.333333333333334),
	(2, '{3, 4, 6, 11, 25, 38, 49, 65, 66, 72, 77}', 4.203894298472224, 5.454696664048377, 4.9056515072365414e-08, 8.068169943800022, 1.5, 9.142857142857142, 8.666666666666666),
	(3, '{0.6, -0.7, -1.1, 1.1, 0.8, -1.9, -1.4, 0.8, 0.5, -1.1, -0.9, 1.5, 0.8, -0.7, -0.1, -0.1, 1.7, 0.2, 0.3, -0.2, 0.6, 0.0, -1.1, -1.7, -2.2, 1.5, 0.1, -1.8, 2.8, -2.0, -2.5, 0.3, 1.1, -0.2, -2.0, 1.1, -0.3, 0.4}',
	 -0.47841339724698206, -1.0709236131395452, 0.28420377750565606, -1.7093724010352827, -0.4100749138603561, -0.019047619047619042, -0.011111111111111112);

SELECT plan(21);
SELECT ok(abs(ours - theirs) <= 1e-9 * greatest(abs(theirs), 1e-3), format('series %s, %s: %s', n, name, ours))
FROM (SELECT s.*, signal_state_agg(timestamptz '2026-01-05Z' + i * interval '1 day', v) AS state
	  FROM series AS s, unnest(points) WITH ORDINALITY AS u (v, i) GROUP BY s.n, points, z, hamed_rao, hamed_rao_p, yue_wang, weekly, weekly_slope, slope) AS x,
	 LATERAL (VALUES ('z', (signal(state)).z, z), ('slope', (signal(state)).slope_per_day, slope),
					 ('Hamed-Rao, z', (signal(state, correction => 'hamed-rao')).z, hamed_rao), ('Hamed-Rao, p', (signal(state, correction => 'hamed-rao')).p_value, hamed_rao_p),
					 ('Yue-Wang, z', (signal(state, correction => 'yue-wang')).z, yue_wang),
					 ('by weekday, z', (signal(state, season => '7 days')).z, weekly), ('by weekday, slope', (signal(state, season => '7 days')).slope_per_day, weekly_slope)) AS v (name, ours, theirs)
ORDER BY n, name;

SELECT * FROM finish();
ROLLBACK;
