/*
 * sensing_fn.c
 *	  Sensing journeys: sensed, sense_steps, restored, restore_time.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/sensing.h"
#include "glue.h"
#include "journey_value.h"
#include "sensing.h"

PG_FUNCTION_INFO_V1(journey_sensed);
PG_FUNCTION_INFO_V1(journey_sense_steps);
PG_FUNCTION_INFO_V1(journey_restored);
PG_FUNCTION_INFO_V1(journey_restore_time);

JnName
journey_sense(Datum name)
{
	text	   *sense = DatumGetTextPP(name);

	if (VARSIZE_ANY_EXHDR(sense) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sense must have a name"),
				 errhint("Ask for one such as 'angry'.")));
	return (JnName) {VARDATA_ANY(sense), VARSIZE_ANY_EXHDR(sense)};
}

/* Looks for the sense of argument 1 in the journey of argument 0. */
static bool
sense_args(FunctionCallInfo fcinfo, const JnEnv *env, JnJourney *j, JnSensed *sensed, uint8_t **step_has)
{
	JnName		sense = journey_sense(PG_GETARG_DATUM(1));
	JnHeader	head;

	sensed->steps = 0;
	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!jn_has_track(&head, JN_SENSES))
		return false;
	journey_open(PG_GETARG_DATUM(0), j);
	jn_sensed(env, j, sense, sensed, step_has);
	return sensed->steps > 0;
}

/* sensed(j, sense) */
Datum
journey_sensed(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnSensed	sensed;

	PG_RETURN_BOOL(sense_args(fcinfo, &env, &j, &sensed, NULL));
}

/* sense_steps(j, sense) */
Datum
journey_sense_steps(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnSensed	sensed;
	uint8_t    *has;
	Datum	   *step;
	uint32		i;
	uint32		n = 0;

	if (!sense_args(fcinfo, &env, &j, &sensed, &has))
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT4OID));
	step = palloc_extended(sensed.steps * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (i = sensed.first; i <= sensed.last; i++)
	{
		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		if (has[i])
			step[n++] = Int32GetDatum((int32) i + 1);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(step, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* restored(j, sense) */
Datum
journey_restored(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnSensed	sensed;

	if (!sense_args(fcinfo, &env, &j, &sensed, NULL))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(sensed.restored);
}

Datum
journey_restore_interval(uint64 us)
{
	if (us > PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("time of a restoration is out of the range of interval")));
	PG_RETURN_INTERVAL_P(journey_us_interval((int64) us));
}

/* restore_time(j, sense) */
Datum
journey_restore_time(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnSensed	sensed;
	int64_t		first;
	uint64_t	took;

	if (!sense_args(fcinfo, &env, &j, &sensed, NULL) || !sensed.restored)
		PG_RETURN_NULL();
	jn_sensed_times(&env, &j, &sensed, &first, &took);
	return journey_restore_interval(took);
}
