--| # Flake, pattern or trend, rising or falling
--|
--| `signal_agg` tells what the data points of a group amount to: how many, from
--| when to when, whether they rise or fall, how surely, how fast, since when.
--| With a value it asks that of the values, without one of the points
--| themselves: do they come faster? `signal_state_agg` only collects them, and
--| `signal` looks at what was collected, with named arguments.

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz) IS
'Transition of signal_agg: adds a point, skips it if its time is NULL. Errors: infinite time. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz, value pg_catalog.float8) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_value_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz, pg_catalog.float8) IS
'Transition of signal_agg: adds a point, skips it if its time or its value is NULL. Errors: infinite time, value that is NaN or infinite. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz, value pg_catalog.float8, alpha pg_catalog.float8) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_value_terms_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.float8) IS
'Transition of signal_agg: adds a point, skips it if its time or its value is NULL. Errors: infinite time, value that is NaN or infinite, alpha not between 0 and 1, thresholds out of order, any of them not the same in all rows. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz, alpha pg_catalog.float8, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_terms_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8) IS
'Transition of signal_agg: adds a point, skips it if its time is NULL. Errors: infinite time, alpha not between 0 and 1, thresholds out of order, any of them not the same in all rows. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_transfn(state journey.signal_state, "at" pg_catalog.timestamptz, value pg_catalog.float8, alpha pg_catalog.float8, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_value_terms_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_transfn(journey.signal_state, pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8) IS
'Transition of signal_agg: adds a point, skips it if its time or its value is NULL. Errors: infinite time, value that is NaN or infinite, alpha not between 0 and 1, thresholds out of order, any of them not the same in all rows. Cost: O(1) amortized.';

CREATE FUNCTION journey._signal_combinefn(state journey.signal_state, other journey.signal_state) RETURNS journey.signal_state
AS 'MODULE_PATHNAME', 'journey_signal_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_combinefn(journey.signal_state, journey.signal_state) IS
'Combination of signal_agg: the points of both states. Errors: one has values and the other none, or they were asked for on other terms. Cost: O(points of the second).';

CREATE FUNCTION journey._signal_finalfn(state journey.signal_state) RETURNS journey.signal
AS 'MODULE_PATHNAME', 'journey_signal_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._signal_finalfn(journey.signal_state) IS
'Result of signal_agg: what the points of a state amount to. Cost: O(n log n).';

--| `signal_agg(at)` and `signal_agg(at, value)`; write `(signal_agg(at)).*` for
--| columns. It is computed once a group, however many columns you take.
CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz) IS
'What the data points of a group amount to, see type signal: class, points, first_at, last_at, median_gap, and whether they come faster (Mann-Kendall''s test on the gaps between consecutive points; shorter gaps are rising). slope_per_day is NULL. Points without a time are skipped; NULL if there is none left. The order of the rows does not matter. Errors: infinite time. Cost: O(n log n) time; 8 bytes a point, about 60 more for a moment at the end.';

CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz, value pg_catalog.float8) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz, pg_catalog.float8) IS
'What the data points of a group amount to, see type signal: class, points, first_at, last_at, median_gap, and whether their values rise or fall over time: Mann-Kendall''s test, Sen''s slope, Pettitt''s change point. Rows without a time or a value are skipped; NULL if there is none left. The order of the rows does not matter. Errors: infinite time, value that is NaN or infinite. Cost: O(n log n) expected time; 16 bytes a point, about 90 more for a moment at the end.';

--| The same on other terms. Aggregates know no defaults and no names, so these
--| go by position; they must be the same in all rows of a group, NULL stands
--| for the default. Beware: `signal_agg(at, 0.01)` takes 0.01 for the value.
CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz, value pg_catalog.float8, alpha pg_catalog.float8) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.float8) IS
'signal_agg(at, value) with a direction from p_value below alpha on (0.05 if NULL). Errors also: alpha not between 0 and 1, or not the same in all rows.';

CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz, alpha pg_catalog.float8, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8) IS
'signal_agg(at) with a direction from p_value below alpha on, and classes by these thresholds, see classify; NULL is 0.05, 2, 3. Errors also: alpha not between 0 and 1, thresholds out of order, any of them not the same in all rows.';

CREATE AGGREGATE journey.signal_agg("at" pg_catalog.timestamptz, value pg_catalog.float8, alpha pg_catalog.float8, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  FINALFUNC = journey._signal_finalfn,
  FINALFUNC_MODIFY = READ_ONLY,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_agg(pg_catalog.timestamptz, pg_catalog.float8, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8) IS
'signal_agg(at, value) with a direction from p_value below alpha on, and classes by these thresholds, see classify; NULL is 0.05, 2, 3. Errors also: alpha not between 0 and 1, thresholds out of order, any of them not the same in all rows.';

--| In two steps: collect now, look later, as often as you like; states of
--| days merge into those of months.
CREATE AGGREGATE journey.signal_state_agg("at" pg_catalog.timestamptz) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_state_agg(pg_catalog.timestamptz) IS
'The times of a group, for signal(). Points without a time are skipped; NULL if there is none left. Errors: infinite time. Cost: O(1) a row amortized, 8 bytes a point.';

CREATE AGGREGATE journey.signal_state_agg("at" pg_catalog.timestamptz, value pg_catalog.float8) (
  SFUNC = journey._signal_transfn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_state_agg(pg_catalog.timestamptz, pg_catalog.float8) IS
'The times and values of a group, for signal(). Rows without a time or a value are skipped; NULL if there is none left. Errors: infinite time, value that is NaN or infinite. Cost: O(1) a row amortized, 16 bytes a point.';

CREATE AGGREGATE journey.signal_state_agg(state journey.signal_state) (
  SFUNC = journey._signal_combinefn,
  STYPE = journey.signal_state,
  SSPACE = 384,
  COMBINEFUNC = journey._signal_combinefn,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_state_agg(journey.signal_state) IS
'All points of several states, for signal(). NULL states are skipped. Errors: some have values and others none. Cost: O(points).';

--| `signal(state, ...)` tells what the points of a state amount to. With a
--| `season` only points of one season are compared; with a `correction` the
--| test allows for series that remember.
CREATE FUNCTION journey.signal(state journey.signal_state, alpha pg_catalog.float8 DEFAULT 0.05, pattern_at pg_catalog.int8 DEFAULT 2, trend_at pg_catalog.int8 DEFAULT 3, season pg_catalog.interval DEFAULT NULL, correction pg_catalog.text DEFAULT 'none', zone pg_catalog.text DEFAULT 'UTC', slope pg_catalog.bool DEFAULT true) RETURNS journey.signal
AS 'MODULE_PATHNAME', 'journey_signal'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey.signal(journey.signal_state, pg_catalog.float8, pg_catalog.int8, pg_catalog.int8, pg_catalog.interval, pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
'What the points of a state amount to, see type signal. alpha: below which p_value there is a direction. pattern_at, trend_at: see classify. season: after how long the seasons come back, as ''1 year'' (months), ''7 days'' (weekdays), ''1 day'' (hours), k units of k seasons; pairs of one season alone count for tau, z, p_value and slope_per_day (seasonal Kendall). zone: time zone of the calendar and clock of the seasons. correction: ''none'', or the variance for autocorrelated points in order, ''hamed-rao'' (1998, ranks, correlations significant at alpha) or ''yue-wang'' (2004, all correlations); z is NULL if it leaves no variance. change_at and change_p take no account of season and correction. slope => false leaves slope_per_day NULL and is several times as fast. NULL for NULL, but for season. Errors: arguments out of range, season together with correction. Cost: O(n log n).';
