/*
 * signal_result.c
 *	  From a signal to a row of type journey.signal.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "compat.h"
#include "glue.h"
#include "signal_class.h"
#include "signal_result.h"

/* Attributes of journey.signal, in their order.  Append only. */
enum
{
	SIGNAL_CLASS,
	SIGNAL_POINTS,
	SIGNAL_FIRST_AT,
	SIGNAL_LAST_AT,
	SIGNAL_MEDIAN_GAP,
	SIGNAL_DIRECTION,
	SIGNAL_TAU,
	SIGNAL_Z,
	SIGNAL_P_VALUE,
	SIGNAL_SLOPE_PER_DAY,
	SIGNAL_CHANGE_AT,
	SIGNAL_CHANGE_P,
	SIGNAL_ATTRIBUTES
};

/* By direction + 1. */
static const char *const direction_name[] = {"falling", "steady", "rising"};

/* What does not change during a query. */
typedef struct ResultCache
{
	TupleDesc	desc;
	Oid			label[JN_SIGNAL_CLASSES];
	Datum		direction[lengthof(direction_name)];
} ResultCache;

static ResultCache *
result_cache(FunctionCallInfo fcinfo)
{
	ResultCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc	desc;

		cache = palloc(sizeof(ResultCache));
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != SIGNAL_ATTRIBUTES)
			elog(ERROR, "type journey.signal is not as expected");
		cache->desc = BlessTupleDesc(CreateTupleDescCopy(desc));
		journey_signal_class_labels(TupleDescAttr(desc, SIGNAL_CLASS)->atttypid, cache->label);
		for (int i = 0; i < lengthof(direction_name); i++)
			cache->direction[i] = CStringGetTextDatum(direction_name[i]);
		MemoryContextSwitchTo(old);
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache;
}

Datum
journey_signal_result(FunctionCallInfo fcinfo, const JnEnv *env, JnSignal *signal, const JnSignalAsk *ask)
{
	ResultCache *cache = result_cache(fcinfo);
	JnSignalFacts facts;
	Datum		values[SIGNAL_ATTRIBUTES] = {0};
	bool		nulls[SIGNAL_ATTRIBUTES] = {false};

	jn_signal_facts(env, signal, ask, &facts);

	values[SIGNAL_CLASS] = ObjectIdGetDatum(cache->label[facts.class]);
	values[SIGNAL_POINTS] = Int64GetDatum((int64) facts.points);
	values[SIGNAL_FIRST_AT] = TimestampTzGetDatum(facts.first);
	values[SIGNAL_LAST_AT] = TimestampTzGetDatum(facts.last);
	nulls[SIGNAL_MEDIAN_GAP] = !facts.has_gap;
	if (facts.has_gap)
	{
		/* only two points with nearly all of the calendar between them get here */
		if (facts.median_gap > (uint64) PG_INT64_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
					 errmsg("median gap is too long for an interval")));
		values[SIGNAL_MEDIAN_GAP] = IntervalPGetDatum(journey_us_interval((int64) facts.median_gap));
	}

	values[SIGNAL_DIRECTION] = cache->direction[facts.direction + 1];
	values[SIGNAL_TAU] = Float8GetDatum(facts.tau);
	nulls[SIGNAL_TAU] = !facts.has_tau;
	values[SIGNAL_Z] = Float8GetDatum(facts.z);
	nulls[SIGNAL_Z] = !facts.has_z;
	values[SIGNAL_P_VALUE] = Float8GetDatum(facts.p);
	nulls[SIGNAL_P_VALUE] = !facts.has_z;
	if (facts.has_slope && isinf(facts.slope_per_day))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("slope per day is too large for a float8"),
				 errhint("Divide the values by a fixed number.")));
	values[SIGNAL_SLOPE_PER_DAY] = Float8GetDatum(facts.slope_per_day);
	nulls[SIGNAL_SLOPE_PER_DAY] = !facts.has_slope;
	values[SIGNAL_CHANGE_AT] = TimestampTzGetDatum(facts.change_at);
	nulls[SIGNAL_CHANGE_AT] = !facts.has_change;
	values[SIGNAL_CHANGE_P] = Float8GetDatum(facts.change_p);
	nulls[SIGNAL_CHANGE_P] = !facts.has_change_p;
	return HeapTupleGetDatum(heap_form_tuple(cache->desc, values, nulls));
}

void
journey_check_thresholds(int64 pattern_at, int64 trend_at)
{
	if (pattern_at < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pattern_at must be at least 2"),
				 errdetail("It is %lld.", (long long) pattern_at),
				 errhint("One data point alone is always a flake.")));
	if (trend_at <= pattern_at)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trend_at must be greater than pattern_at"),
				 errdetail("They are %lld and %lld.", (long long) trend_at, (long long) pattern_at)));
}

JnSignalTerms
journey_signal_terms(FunctionCallInfo fcinfo, int first)
{
	JnSignalTerms terms = {JN_ALPHA, JN_PATTERN_AT, JN_TREND_AT};

	if (!PG_ARGISNULL(first))
		terms.alpha = PG_GETARG_FLOAT8(first);
	if (PG_NARGS() > first + 2)
	{
		if (!PG_ARGISNULL(first + 1))
			terms.pattern_at = PG_GETARG_INT64(first + 1);
		if (!PG_ARGISNULL(first + 2))
			terms.trend_at = PG_GETARG_INT64(first + 2);
	}
	if (!(terms.alpha > 0 && terms.alpha < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("alpha must be between 0 and 1"),
				 errdetail("It is %g.", terms.alpha),
				 errhint("It is how often you accept to see a direction where there is none, for example 0.05.")));
	journey_check_thresholds(terms.pattern_at, terms.trend_at);
	return terms;
}
