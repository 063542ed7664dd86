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
  median_gap pg_catalog.interval
);
COMMENT ON TYPE journey.signal IS
'What similar data points amount to, see signal_agg. Later versions append attributes, so name those you use.';
COMMENT ON COLUMN journey.signal.class IS 'flake, pattern or trend: classify(points).';
COMMENT ON COLUMN journey.signal.points IS 'Number of data points, those without a time left out; at least 1.';
COMMENT ON COLUMN journey.signal.first_at IS 'Time of the earliest point.';
COMMENT ON COLUMN journey.signal.last_at IS 'Time of the latest point.';
COMMENT ON COLUMN journey.signal.median_gap IS
'Median of the times between consecutive points, in hours and below; the mean of the two middle ones if their number is even, rounded down to a microsecond. NULL for a single point.';

--| The state of `signal_agg`: the times of all points. It is a type so that
--| distributed engines can combine states on their workers.
CREATE TYPE journey.signal_state;

CREATE FUNCTION journey._signal_state_in(pg_catalog.cstring) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_in(pg_catalog.cstring) IS
'Text input of type signal_state: times in any order between braces. Errors, softly: anything else.';

CREATE FUNCTION journey._signal_state_out(journey.signal_state) RETURNS pg_catalog.cstring
AS 'MODULE_PATHNAME', 'journey_signal_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_out(journey.signal_state) IS
'Text output of type signal_state: its times in order, in UTC, whatever the session''s settings.';

CREATE FUNCTION journey._signal_state_recv(pg_catalog.internal) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_recv(pg_catalog.internal) IS
'Binary input of type signal_state: the bytes of the state, all of them checked.';

CREATE FUNCTION journey._signal_state_send(journey.signal_state) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey_signal_state_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_state_send(journey.signal_state) IS
'Binary output of type signal_state: the bytes of the state.';

--| Its text lists the times; states of the same points are the same bytes.
CREATE TYPE journey.signal_state (
  INPUT = journey._signal_state_in,
  OUTPUT = journey._signal_state_out,
  RECEIVE = journey._signal_state_recv,
  SEND = journey._signal_state_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = external
);
COMMENT ON TYPE journey.signal_state IS
'State of signal_agg: the times of the data points, as in {2026-01-01T10:00:00Z, 2026-01-01T10:00:05.25Z}. States of the same points are the same bytes.';

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz) IS
'Transition of signal_agg: adds a point, skips a NULL time. Errors: infinite time. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_combinefn(state journey.signal_state, other journey.signal_state) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_combinefn(journey.signal_state, journey.signal_state) IS
'Combination of signal_agg: the points of both states. Cost: O(points of the second).';

CREATE FUNCTION journey._signal_finalfn(state journey.signal_state) RETURNS journey.signal
AS 'MODULE_PATHNAME', 'journey_signal_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION journey._signal_finalfn(journey.signal_state) IS
'Result of signal_agg: what the points of a state amount to. Cost: O(points).';

--| `signal_agg(at)` tells what the data points of a group amount to, in
--| columns if you write `(signal_agg(at)).*`.
CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 256,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz) IS
'What the data points of a group amount to: class, points, first_at, last_at and median_gap, see type signal. Points without a time are skipped; NULL if there is none left. The order of the rows does not matter. Errors: infinite time. Cost: O(n) time and 8 bytes a point, twice that for a moment at the end.';
