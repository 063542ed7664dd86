/*
 * signal_class_agg.c
 *	  journey.signal_class_agg(): the class of the points in a window.
 *
 * Nothing but a count has to be kept, so a point can leave the window again
 * (inverse transition) and a row costs O(1) whatever the frame.  With
 * thresholds of its own the state is an array: the count and the thresholds.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "glue.h"
#include "signal_class.h"
#include "signal_result.h"

/* Elements of the array. */
enum
{
	STATE_POINTS,
	STATE_PATTERN_AT,
	STATE_TREND_AT,
	STATE_ELEMENTS
};

/* The class of n points as a value of the calling function's result type; nothing observed is no signal. */
static Datum
class_of(FunctionCallInfo fcinfo, int64 n, int64 pattern_at, int64 trend_at)
{
	Oid		   *label = fcinfo->flinfo->fn_extra;

	if (n <= 0)
		PG_RETURN_NULL();
	if (label == NULL)
	{
		label = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, JN_SIGNAL_CLASSES * sizeof(Oid));
		journey_signal_class_labels(get_func_rettype(fcinfo->flinfo->fn_oid), label);
		fcinfo->flinfo->fn_extra = label;
	}
	PG_RETURN_OID(label[jn_classify(n, pattern_at, trend_at)]);
}

/* 1 if the row of this transition, its time argument 1, is a point; else 0. */
static int64
counts(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(1))
		return 0;
	journey_check_time(PG_GETARG_TIMESTAMPTZ(1));
	return 1;
}

/* _signal_class_transfn(n, at) */
PG_FUNCTION_INFO_V1(journey_signal_class_transfn);

Datum
journey_signal_class_transfn(PG_FUNCTION_ARGS)
{
	journey_aggregate_context(fcinfo);
	PG_RETURN_INT64(PG_GETARG_INT64(0) + counts(fcinfo));
}

/* _signal_class_invfn(n, at) */
PG_FUNCTION_INFO_V1(journey_signal_class_invfn);

Datum
journey_signal_class_invfn(PG_FUNCTION_ARGS)
{
	journey_aggregate_context(fcinfo);
	PG_RETURN_INT64(PG_GETARG_INT64(0) - counts(fcinfo));
}

/* _signal_class_finalfn(n) */
PG_FUNCTION_INFO_V1(journey_signal_class_finalfn);

Datum
journey_signal_class_finalfn(PG_FUNCTION_ARGS)
{
	return class_of(fcinfo, PG_GETARG_INT64(0), JN_PATTERN_AT, JN_TREND_AT);
}

/* The elements of a state; it is ours to change if "changeable", else a copy. */
static int64 *
elements(FunctionCallInfo fcinfo, int argument, bool changeable, ArrayType **array)
{
	*array = changeable ? PG_GETARG_ARRAYTYPE_P(argument) : PG_GETARG_ARRAYTYPE_P_COPY(argument);
	if (ARR_NDIM(*array) != 1 || ARR_DIMS(*array)[0] != STATE_ELEMENTS || ARR_HASNULL(*array) || ARR_ELEMTYPE(*array) != INT8OID)
		elog(ERROR, "state of signal_class_agg is not as expected");
	return (int64 *) ARR_DATA_PTR(*array);
}

/* Adds "sign" times this row to a state with thresholds. */
static Datum
count_row(FunctionCallInfo fcinfo, int sign)
{
	ArrayType  *array;
	int64	   *state;

	journey_aggregate_context(fcinfo);
	state = elements(fcinfo, 0, true, &array);
	if (counts(fcinfo) == 1)
	{
		int64		pattern_at = PG_ARGISNULL(2) ? JN_PATTERN_AT : PG_GETARG_INT64(2);
		int64		trend_at = PG_ARGISNULL(3) ? JN_TREND_AT : PG_GETARG_INT64(3);

		if (state[STATE_PATTERN_AT] != pattern_at || state[STATE_TREND_AT] != trend_at)
		{
			journey_check_thresholds(pattern_at, trend_at);
			if (state[STATE_POINTS] != 0)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("pattern_at and trend_at must be the same for all data points of a signal")));
			state[STATE_PATTERN_AT] = pattern_at;
			state[STATE_TREND_AT] = trend_at;
		}
		state[STATE_POINTS] += sign;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* _signal_class_transfn(state, at, pattern_at, trend_at) */
PG_FUNCTION_INFO_V1(journey_signal_class_terms_transfn);

Datum
journey_signal_class_terms_transfn(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, 1);
}

/* _signal_class_invfn(state, at, pattern_at, trend_at) */
PG_FUNCTION_INFO_V1(journey_signal_class_terms_invfn);

Datum
journey_signal_class_terms_invfn(PG_FUNCTION_ARGS)
{
	return count_row(fcinfo, -1);
}

/* _signal_class_combinefn(state, state) */
PG_FUNCTION_INFO_V1(journey_signal_class_terms_combinefn);

Datum
journey_signal_class_terms_combinefn(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	int64	   *state;
	int64	   *other;

	journey_aggregate_context(fcinfo);
	state = elements(fcinfo, 0, false, &array);
	other = elements(fcinfo, 1, true, &other_array);
	if (state[STATE_POINTS] == 0)
		PG_RETURN_ARRAYTYPE_P(other_array);
	if (other[STATE_POINTS] != 0 &&
		(state[STATE_PATTERN_AT] != other[STATE_PATTERN_AT] || state[STATE_TREND_AT] != other[STATE_TREND_AT]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pattern_at and trend_at must be the same for all data points of a signal")));
	state[STATE_POINTS] += other[STATE_POINTS];
	PG_RETURN_ARRAYTYPE_P(array);
}

/* _signal_class_finalfn(state) */
PG_FUNCTION_INFO_V1(journey_signal_class_terms_finalfn);

Datum
journey_signal_class_terms_finalfn(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	int64	   *state = elements(fcinfo, 0, true, &array);

	return class_of(fcinfo, state[STATE_POINTS], state[STATE_PATTERN_AT], state[STATE_TREND_AT]);
}
