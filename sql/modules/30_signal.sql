--| # Signals
--|
--| One data point is a flake, two similar ones are a pattern, three are a
--| trend. `GROUP BY` says which points are similar, `signal_agg` says what
--| they amount to:
--|
--|     SELECT topic, (journey.signal_agg(at)).* FROM complaints GROUP BY topic;

--| The class of a signal; `flake` < `pattern` < `trend`.
CREATE TYPE journey.signal_class AS ENUM ('flake', 'pattern', 'trend');
COMMENT ON TYPE journey.signal_class IS
'What similar data points amount to: one is a flake, two are a pattern, three are a trend. Ordered flake < pattern < trend.';

--| `classify(n)` names the class of `n` similar points; the thresholds can be
--| moved.
CREATE FUNCTION journey.classify(n pg_catalog.int8, pattern_at pg_catalog.int8 DEFAULT 2, trend_at pg_catalog.int8 DEFAULT 3) RETURNS journey.signal_class
AS 'MODULE_PATHNAME', 'journey_classify'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey.classify(pg_catalog.int8, pg_catalog.int8, pg_catalog.int8) IS
'Class of n similar data points: a pattern from pattern_at points on, a trend from trend_at on, below a flake. NULL for 0 points, as nothing observed is no signal, and for NULL. Errors: n negative, pattern_at below 2, trend_at not above pattern_at. Cost: O(1).';

--| What `signal_agg` tells. Later versions append attributes.
CREATE TYPE journey.signal AS (
  class journey.signal_class,
  points pg_catalog.int8,
  first_at pg_catalog.timestamptz,
  last_at pg_catalog.timestamptz,
  median_gap pg_catalog.interval,
  direction pg_catalog.text,
  tau pg_catalog.float8,
  z pg_catalog.float8,
  p_value pg_catalog.float8,
  slope_per_day pg_catalog.float8,
  change_at pg_catalog.timestamptz,
  change_p pg_catalog.float8
);
COMMENT ON TYPE journey.signal IS
'What similar data points amount to, see signal_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.signal.class IS 'flake, pattern or trend: classify(points).';
COMMENT ON COLUMN journey.signal.points IS 'Number of data points, those without a time or a value left out; at least 1.';
COMMENT ON COLUMN journey.signal.first_at IS 'Time of the earliest point.';
COMMENT ON COLUMN journey.signal.last_at IS 'Time of the latest point.';
COMMENT ON COLUMN journey.signal.median_gap IS
'Median of the times between consecutive points, in hours and below; the mean of the two middle ones if their number is even, rounded down to a microsecond. NULL for a single point.';
COMMENT ON COLUMN journey.signal.direction IS
'rising or falling if p_value is below alpha, else steady. Without values: rising if the points come faster. Never NULL.';
COMMENT ON COLUMN journey.signal.tau IS
'Kendall''s tau-a between value and time, rising less falling pairs over all pairs, -1 to 1; pairs of equal time or equal value count as neither. Without values that of the gaps, turned round, so that faster is positive. NULL if there is no pair.';
COMMENT ON COLUMN journey.signal.z IS
'Mann-Kendall''s statistic: S over its standard deviation, corrected for ties and continuity. 0 if nothing differs; NULL if there is no pair, or if a correction leaves no variance.';
COMMENT ON COLUMN journey.signal.p_value IS
'Two-sided p of z: how probable so much of a direction is if there is none. A normal approximation: from about 10 points on. NULL where z is.';
COMMENT ON COLUMN journey.signal.slope_per_day IS
'Sen''s slope: median of the slopes of all pairs over actual time, in units of the value a day (of 24 hours). NULL without values, or if all points have one time.';
COMMENT ON COLUMN journey.signal.change_at IS
'Pettitt''s change point: time of the last observation before the probable change. Without values, when the last of the gaps before the change ended. NULL if nothing changes.';
COMMENT ON COLUMN journey.signal.change_p IS
'Approximate p of the change point: how probable so large a change is if there is none. NULL for less than two observations.';
