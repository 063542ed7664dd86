--| # The class of a moving window
--|
--| `signal_class_agg(at)` is `classify` of the points in the frame. Points can
--| leave the frame again, so a row costs the same however long the frame is:
--|
--|     SELECT at, journey.signal_class_agg(at) OVER (PARTITION BY topic ORDER BY at
--|         RANGE BETWEEN interval '30 days' PRECEDING AND CURRENT ROW) FROM complaints;

CREATE FUNCTION journey._signal_class_transfn(n pg_catalog.int8, "at" pg_catalog.timestamptz) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_signal_class_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_transfn(pg_catalog.int8, pg_catalog.timestamptz) IS
'Transition of signal_class_agg: counts a point, skips a NULL time. Errors: infinite time. Cost: O(1).';

CREATE FUNCTION journey._signal_class_invfn(n pg_catalog.int8, "at" pg_catalog.timestamptz) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_signal_class_invfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_invfn(pg_catalog.int8, pg_catalog.timestamptz) IS
'Inverse transition of signal_class_agg: a point leaves the frame. Cost: O(1).';

CREATE FUNCTION journey._signal_class_finalfn(n pg_catalog.int8) RETURNS journey.signal_class
AS 'MODULE_PATHNAME', 'journey_signal_class_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_finalfn(pg_catalog.int8) IS
'Result of signal_class_agg: the class of so many points, NULL for none. Cost: O(1).';

CREATE FUNCTION journey._signal_class_transfn(state pg_catalog.int8[], "at" pg_catalog.timestamptz, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) RETURNS pg_catalog.int8[]
AS 'MODULE_PATHNAME', 'journey_signal_class_terms_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_transfn(pg_catalog.int8[], pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.int8) IS
'Transition of signal_class_agg with thresholds: counts a point, skips a NULL time. Errors: infinite time, thresholds out of order or not the same in all rows. Cost: O(1).';

CREATE FUNCTION journey._signal_class_invfn(state pg_catalog.int8[], "at" pg_catalog.timestamptz, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) RETURNS pg_catalog.int8[]
AS 'MODULE_PATHNAME', 'journey_signal_class_terms_invfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_invfn(pg_catalog.int8[], pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.int8) IS
'Inverse transition of signal_class_agg with thresholds: a point leaves the frame. Cost: O(1).';

CREATE FUNCTION journey._signal_class_combinefn(state pg_catalog.int8[], other pg_catalog.int8[]) RETURNS pg_catalog.int8[]
AS 'MODULE_PATHNAME', 'journey_signal_class_terms_combinefn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_combinefn(pg_catalog.int8[], pg_catalog.int8[]) IS
'Combination of signal_class_agg with thresholds: the points of both. Cost: O(1).';

CREATE FUNCTION journey._signal_class_finalfn(state pg_catalog.int8[]) RETURNS journey.signal_class
AS 'MODULE_PATHNAME', 'journey_signal_class_terms_finalfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey._signal_class_finalfn(pg_catalog.int8[]) IS
'Result of signal_class_agg with thresholds: the class of so many points, NULL for none. Cost: O(1).';

CREATE AGGREGATE journey.signal_class_agg("at" pg_catalog.timestamptz) (
  SFUNC = journey._signal_class_transfn,
  STYPE = pg_catalog.int8,
  INITCOND = '0',
  FINALFUNC = journey._signal_class_finalfn,
  COMBINEFUNC = pg_catalog.int8pl,
  MSFUNC = journey._signal_class_transfn,
  MINVFUNC = journey._signal_class_invfn,
  MSTYPE = pg_catalog.int8,
  MINITCOND = '0',
  MFINALFUNC = journey._signal_class_finalfn,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_class_agg(pg_catalog.timestamptz) IS
'Class of the data points of a group or window frame: a flake, from 2 points on a pattern, from 3 a trend. Points without a time are skipped; NULL if there is none left. Errors: infinite time. Cost: O(1) a row, also over a moving frame.';

--| The same with other thresholds, see `classify`.
CREATE AGGREGATE journey.signal_class_agg("at" pg_catalog.timestamptz, pattern_at pg_catalog.int8, trend_at pg_catalog.int8) (
  SFUNC = journey._signal_class_transfn,
  STYPE = pg_catalog.int8[],
  INITCOND = '{0,2,3}',
  FINALFUNC = journey._signal_class_finalfn,
  COMBINEFUNC = journey._signal_class_combinefn,
  MSFUNC = journey._signal_class_transfn,
  MINVFUNC = journey._signal_class_invfn,
  MSTYPE = pg_catalog.int8[],
  MINITCOND = '{0,2,3}',
  MFINALFUNC = journey._signal_class_finalfn,
  PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.signal_class_agg(pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.int8) IS
'Class of the data points of a group or window frame by these thresholds, see classify; NULL is 2, 3. Points without a time are skipped; NULL if there is none left. Errors: infinite time, thresholds out of order or not the same in all rows. Cost: O(1) a row, also over a moving frame.';
