/*
 * retention_fn.c
 *	  retention() and lifecycle(): how one subject came back, and went from
 *	  period to period.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "cohorts_ask.h"
#include "glue.h"
#include "journey_value.h"

/* Periods of a lifecycle at most. */
#define MAX_PERIODS		1000000

/* Columns of lifecycle(). */
enum
{
	LIFE_PERIOD,
	LIFE_STATE,
	LIFE_COMPLETE,
	LIFE_COLUMNS
};

static Datum
retention(FunctionCallInfo fcinfo, CohortsCall call)
{
	JnCohortsLook *look = journey_cohorts_look(fcinfo, call, 1);
	uint32		buckets = look->retention.buckets;
	JnJourney	j;
	void	   *value;
	bool		entered;
	Datum	   *element;
	bool	   *null;
	int			first = 1;
	int			count = buckets;

	if (look->ask.recurring)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("recurring retention is a question about many"),
				 errdetail("A subject is in a cohort for each period with a first step, which one row cannot tell."),
				 errhint("Use retention_agg.")));
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	value = journey_open(PG_GETARG_DATUM(0), &j);
	entered = jn_cohorts_look_buckets(look, &j);
	PG_FREE_IF_COPY(value, 0);
	if (!entered)
		PG_RETURN_NULL();

	element = palloc(buckets * sizeof(Datum));
	null = palloc(buckets * sizeof(bool));
	for (uint32 k = 0; k < buckets; k++)
	{
		element[k] = BoolGetDatum(look->bucket[k] == JN_BUCKET_BACK);
		null[k] = look->bucket[k] == JN_BUCKET_OPEN;
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(element, null, 1, &count, &first, BOOLOID, 1, true, TYPALIGN_CHAR));
}

PG_FUNCTION_INFO_V1(journey_retention);
PG_FUNCTION_INFO_V1(journey_retention_brackets);

Datum
journey_retention(PG_FUNCTION_ARGS)
{
	return retention(fcinfo, CALL_RETENTION);
}

Datum
journey_retention_brackets(PG_FUNCTION_ARGS)
{
	return retention(fcinfo, CALL_BRACKETS);
}

PG_FUNCTION_INFO_V1(journey_lifecycle);

Datum
journey_lifecycle(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	JnCohortsLook *look = journey_cohorts_look(fcinfo, CALL_LIFECYCLE, 1);
	JnCalendar *calendar = look->calendar;
	JnJourney	j;
	JnLife		life;
	JnLifeRun	run;
	Datum		name[JN_LIFE_STATES];

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	for (int state = 0; state < JN_LIFE_STATES; state++)
		name[state] = CStringGetTextDatum(journey_life_state(state));

	journey_open(PG_GETARG_DATUM(0), &j);
	jn_cohorts_look_moments(look, &j);
	jn_life_open(&look->env, &life, calendar, &look->life, look->moments.time, look->moments.n);
	if (life.n > 0 && life.last - life.at >= MAX_PERIODS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many periods between the first step and as_of"),
				 errdetail("At most %d are possible.", MAX_PERIODS),
				 errhint("Use a longer period.")));
	while (jn_life_next(&look->env, &life, &run))
		for (int64 number = run.from; number < run.to; number++)
		{
			Datum		value[LIFE_COLUMNS] = {0};
			bool		null[LIFE_COLUMNS] = {false};

			CHECK_FOR_INTERRUPTS();
			value[LIFE_PERIOD] = TimestampTzGetDatum(jn_calendar_start(calendar, number));
			null[LIFE_STATE] = run.state == JN_LIFE_OPEN;
			if (!null[LIFE_STATE])
				value[LIFE_STATE] = name[run.state];
			value[LIFE_COMPLETE] = BoolGetDatum(number < life.last);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		}
	return (Datum) 0;
}
