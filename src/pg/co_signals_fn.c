/*
 * co_signals_fn.c
 *	  journey.co_signals(): which topics come together, or follow one another.
 */
#include "postgres.h"

#include "common/int.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/co_signals.h"
#include "glue.h"
#include "points_query.h"

/* Position of the arguments. */
enum
{
	ARG_QUERY,
	ARG_HORIZON,
	ARG_OTHER,
	ARG_DIRECTION,
	ARG_BLOCK,
	ARG_BLOCKS,
	ARG_MIN_POINTS
};

/* Place of the columns of the result. */
enum
{
	COL_TOPIC_A,
	COL_TOPIC_B,
	COL_POINTS_A,
	COL_POINTS_B,
	COL_HITS,
	COL_EXPECTED,
	COL_LIFT,
	COL_LAG,
	COL_P,
	COL_Q,
	COLUMNS
};

/* The arguments that say how to look; "block" is 0 if nobody said. */
static JnCoTerms
read_terms(FunctionCallInfo fcinfo)
{
	JnCoTerms	terms = {0};
	text	   *direction;
	int32		blocks;
	int32		min_points;

	journey_check_given(fcinfo, ARG_QUERY, "query");
	journey_check_given(fcinfo, ARG_HORIZON, "horizon");
	journey_check_given(fcinfo, ARG_DIRECTION, "direction");
	journey_check_given(fcinfo, ARG_BLOCKS, "blocks");
	journey_check_given(fcinfo, ARG_MIN_POINTS, "min_points");

	terms.horizon = journey_interval_us(PG_GETARG_INTERVAL_P(ARG_HORIZON), "horizon");
	if (terms.horizon > JN_CO_HORIZON_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("horizon is too long"),
				 errdetail("It must be at most 73000 years.")));

	direction = PG_GETARG_TEXT_PP(ARG_DIRECTION);
	terms.follows = journey_is_word(direction, "follows");
	if (!terms.follows && !journey_is_word(direction, "together"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown direction \"%s\"", text_to_cstring(direction)),
				 errhint("Say together, or follows for b after a.")));

	if (!PG_ARGISNULL(ARG_BLOCK))
	{
		terms.block = journey_interval_us(PG_GETARG_INTERVAL_P(ARG_BLOCK), "block");
		if (terms.block == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("block must be greater than zero")));
	}

	blocks = PG_GETARG_INT32(ARG_BLOCKS);
	if (blocks < 2 || blocks > JN_MAX_BLOCKS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("blocks must be between 2 and %d", JN_MAX_BLOCKS)));
	terms.blocks = blocks;

	min_points = PG_GETARG_INT32(ARG_MIN_POINTS);
	if (min_points < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_points must be at least 1")));
	terms.min_points = min_points;
	return terms;
}

static Datum
topic_name(const JnPoints *points, uint32 topic)
{
	return journey_name_text(jn_dict_name(&points->topic, topic));
}

static void
put_pair(ReturnSetInfo *result, const JnCoSignal *pair, const JnPoints *a, const JnPoints *b)
{
	Datum		values[COLUMNS];
	bool		nulls[COLUMNS] = {false};

	values[COL_TOPIC_A] = topic_name(a, pair->a);
	values[COL_TOPIC_B] = topic_name(b, pair->b);
	values[COL_POINTS_A] = Int64GetDatum(jn_points_count(a, pair->a));
	values[COL_POINTS_B] = Int64GetDatum(jn_points_count(b, pair->b));
	values[COL_HITS] = Int64GetDatum(pair->hits);
	values[COL_EXPECTED] = Float8GetDatum(pair->expected);
	values[COL_LIFT] = Float8GetDatum(pair->hits / pair->expected);
	values[COL_LAG] = Float8GetDatum((double) pair->lag / USECS_PER_SEC);
	values[COL_P] = Float8GetDatum(pair->p);
	values[COL_Q] = Float8GetDatum(pair->q);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[COL_TOPIC_A]));
	pfree(DatumGetPointer(values[COL_TOPIC_B]));
}

PG_FUNCTION_INFO_V1(journey_co_signals);

Datum
journey_co_signals(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	JnCoTerms	terms = read_terms(fcinfo);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "co_signals", ALLOCSET_DEFAULT_SIZES);
	JnEnv		env = journey_env(context);
	JnPoints	a;
	JnPoints	b;
	JnPoints   *other = NULL;
	JnCoSignals found;
	JnError		err;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	journey_read_points(&env, text_to_cstring(PG_GETARG_TEXT_PP(ARG_QUERY)), "query", POINTS_TIMES,
						DT_NOEND, &a);
	if (!PG_ARGISNULL(ARG_OTHER))
	{
		other = &b;
		journey_read_points(&env, text_to_cstring(PG_GETARG_TEXT_PP(ARG_OTHER)), "other", POINTS_TIMES,
							DT_NOEND, other);
	}
	if (terms.block == 0)
		terms.block = jn_co_block(&a, other, terms.horizon);
	if (jn_co_signals(&env, &a, other, &terms, &found, &err) != JN_OK)
		journey_report(&err, "result");
	for (uint32 i = 0; i < found.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_pair(result, &found.pair[i], &a, other == NULL ? &a : other);
	}
	MemoryContextDelete(context);
	return (Datum) 0;
}
