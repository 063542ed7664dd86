--| # Small groups
--|
--|     SELECT city, journey.k_count(user_id) FROM visits GROUP BY city;
--|
--| Who is alone in a group is known by it, whatever is masked beside. `k_count`
--| counts the subjects of a group and says nothing about fewer than k of them;
--| `k_report()` tells an officer which columns make such groups. Both are about
--| single answers: two of them, before and after somebody came, or with and
--| without a condition, still differ by that one.

CREATE FUNCTION journey._k_count_transfn(state pg_catalog.internal, subject pg_catalog.text) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_k_count_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._k_count_transfn(pg_catalog.internal, pg_catalog.text) IS 'Transition of k_count(subject).';

CREATE FUNCTION journey._k_count_transfn(state pg_catalog.internal, subject pg_catalog.text, k pg_catalog.int4) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_k_count_transfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION journey._k_count_transfn(pg_catalog.internal, pg_catalog.text, pg_catalog.int4) IS 'Transition of k_count(subject, k).';

CREATE FUNCTION journey._k_count_combinefn(state pg_catalog.internal, other pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_k_count_combinefn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._k_count_combinefn(pg_catalog.internal, pg_catalog.internal) IS 'Puts the second state of k_count into the first.';

CREATE FUNCTION journey._k_count_serialfn(state pg_catalog.internal) RETURNS pg_catalog.bytea
AS 'MODULE_PATHNAME', 'journey_k_count_serialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._k_count_serialfn(pg_catalog.internal) IS 'The state of k_count as a worker hands it over.';

CREATE FUNCTION journey._k_count_deserialfn(bytes pg_catalog.bytea, dummy pg_catalog.internal) RETURNS pg_catalog.internal
AS 'MODULE_PATHNAME', 'journey_k_count_deserialfn'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION journey._k_count_deserialfn(pg_catalog.bytea, pg_catalog.internal) IS 'The state of k_count that a worker handed over.';

CREATE FUNCTION journey._k_count_finalfn(state pg_catalog.internal) RETURNS pg_catalog.int8
AS 'MODULE_PATHNAME', 'journey_k_count_finalfn'
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION journey._k_count_finalfn(pg_catalog.internal) IS 'Result of k_count.';

CREATE AGGREGATE journey.k_count(subject pg_catalog.text) (
	SFUNC = journey._k_count_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	FINALFUNC = journey._k_count_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = journey._k_count_combinefn,
	SERIALFUNC = journey._k_count_serialfn,
	DESERIALFUNC = journey._k_count_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.k_count(pg_catalog.text) IS
'How many different subjects there are, NULL if fewer than 10: small groups are hidden. NULL subjects, such as masked ones, are not counted. Memory: the names.';

CREATE AGGREGATE journey.k_count(subject pg_catalog.text, k pg_catalog.int4) (
	SFUNC = journey._k_count_transfn,
	STYPE = pg_catalog.internal,
	SSPACE = 1024,
	FINALFUNC = journey._k_count_finalfn,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = journey._k_count_combinefn,
	SERIALFUNC = journey._k_count_serialfn,
	DESERIALFUNC = journey._k_count_deserialfn,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey.k_count(pg_catalog.text, pg_catalog.int4) IS
'The same with another k than 10, the largest of the rows if they differ; an error if it is NULL or below 1.';
