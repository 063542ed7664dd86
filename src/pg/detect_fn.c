/*
 * detect_fn.c
 *	  journey.detect(): a screen of many topics.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/detect.h"
#include "glue.h"
#include "points_query.h"
#include "signal_result.h"

/* Position of the arguments. */
enum
{
	ARG_QUERY,
	ARG_AS_OF,
	ARG_RECENT,
	ARG_ALPHA					/* pattern_at and trend_at behind it */
};

/* Place of the columns of the result. */
enum
{
	COL_TOPIC,
	COL_CLASS,
	COL_POINTS,
	COL_FIRST_AT,
	COL_LAST_AT,
	COL_DIRECTION,
	COL_P,
	COL_Q,
	COL_SLOPE,
	COL_CHANGE_AT,
	COL_CHANGE_Q,
	COL_BURST,
	COL_RECENT,
	COL_EXPECTED,
	COL_BURST_P,
	COL_BURST_Q,
	COLUMNS
};

/* Plain text, and no enum: BI tools read it. */
static const char *const class_text[JN_SIGNAL_CLASSES] = {"flake", "pattern", "trend"};
static const char *const direction_text[] = {"falling", "steady", "rising"};

/* The arguments that say how to look; "recent" is 0 if nobody said. */
static JnDetectTerms
read_terms(FunctionCallInfo fcinfo)
{
	JnDetectTerms terms = {.signal = journey_signal_terms(fcinfo, ARG_ALPHA)};

	journey_check_given(fcinfo, ARG_QUERY, "query");
	journey_check_given(fcinfo, ARG_AS_OF, "as_of");
	terms.as_of = PG_GETARG_TIMESTAMPTZ(ARG_AS_OF);
	if (TIMESTAMP_NOT_FINITE(terms.as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("as_of must be finite")));
	if (!PG_ARGISNULL(ARG_RECENT))
	{
		int64		since;

		terms.recent = journey_interval_us(PG_GETARG_INTERVAL_P(ARG_RECENT), "recent");
		if (terms.recent == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("recent must be greater than zero")));
		if (pg_sub_s64_overflow(terms.as_of, terms.recent, &since))
			terms.recent = terms.as_of - PG_INT64_MIN;
	}
	return terms;
}

static void
put_detection(ReturnSetInfo *result, const JnPoints *points, const JnDetection *d, const JnDetectTerms *terms)
{
	const JnSignalFacts *facts = &d->facts;
	JnName		name = jn_dict_name(&points->topic, d->topic);
	bool		changed = d->tested && facts->has_change && d->change_q <= terms->signal.alpha;
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	values[COL_TOPIC] = journey_name_text(name);
	values[COL_CLASS] = CStringGetTextDatum(class_text[facts->class]);
	values[COL_POINTS] = Int64GetDatum(facts->points);
	values[COL_FIRST_AT] = TimestampTzGetDatum(facts->first);
	values[COL_LAST_AT] = TimestampTzGetDatum(facts->last);
	values[COL_DIRECTION] = CStringGetTextDatum(direction_text[facts->direction + 1]);
	values[COL_P] = Float8GetDatum(facts->p);
	nulls[COL_P] = !d->tested || !facts->has_z;
	values[COL_Q] = Float8GetDatum(d->q);
	nulls[COL_Q] = nulls[COL_P];
	values[COL_SLOPE] = Float8GetDatum(facts->slope_per_day);
	nulls[COL_SLOPE] = !facts->has_slope || isinf(facts->slope_per_day);
	values[COL_CHANGE_AT] = TimestampTzGetDatum(facts->change_at);
	nulls[COL_CHANGE_AT] = !changed;
	values[COL_CHANGE_Q] = Float8GetDatum(d->change_q);
	nulls[COL_CHANGE_Q] = !d->tested || !facts->has_change_p;
	values[COL_BURST] = BoolGetDatum(jn_detected_burst(d, terms));
	values[COL_RECENT] = Int64GetDatum(d->recent);
	values[COL_EXPECTED] = Float8GetDatum(d->expected);
	nulls[COL_EXPECTED] = isnan(d->expected);
	values[COL_BURST_P] = Float8GetDatum(d->burst_p);
	nulls[COL_BURST_P] = !d->tested;
	values[COL_BURST_Q] = Float8GetDatum(d->burst_q);
	nulls[COL_BURST_Q] = !d->tested;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[COL_TOPIC]));
	pfree(DatumGetPointer(values[COL_CLASS]));
	pfree(DatumGetPointer(values[COL_DIRECTION]));
}

PG_FUNCTION_INFO_V1(journey_detect);

Datum
journey_detect(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	JnDetectTerms terms = read_terms(fcinfo);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "detect", ALLOCSET_DEFAULT_SIZES);
	JnEnv		env = journey_env(context);
	JnDetection *detection;
	JnPoints	points;
	JnError		err;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	journey_read_points(&env, text_to_cstring(PG_GETARG_TEXT_PP(ARG_QUERY)), "query", POINTS_MAYBE_VALUES,
						terms.as_of + 1, &points);
	if (terms.recent == 0)
		terms.recent = jn_detect_recent(&points, terms.as_of);
	detection = jn_alloc(&env, jn_array_size(points.topic.names, sizeof(JnDetection)));
	if (jn_detect(&env, &points, &terms, detection, &err) != JN_OK)
		journey_report(&err, "topic");
	for (uint32 i = 0; i < points.topic.names; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_detection(result, &points, &detection[i], &terms);
	}
	MemoryContextDelete(context);
	return (Datum) 0;
}
