/*
 * sensing_fn.c
 *	  Sensing journeys: sensed, sense_steps, restored, restore_time, and the
 *	  aggregate restoration_agg.
 *
 * The aggregate's state is a journey.signal_state: each journey that has the
 * sense is a data point at the time when it was first sensed, and its value is
 * how long it took to be brought back, or NOT_RESTORED.  So partial states
 * combine as those of signal_agg() do, on other machines too.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/sensing.h"
#include "glue.h"
#include "journey_value.h"
#include "signal_state.h"

PG_FUNCTION_INFO_V1(journey_sensed);
PG_FUNCTION_INFO_V1(journey_sense_steps);
PG_FUNCTION_INFO_V1(journey_restored);
PG_FUNCTION_INFO_V1(journey_restore_time);
PG_FUNCTION_INFO_V1(journey_restoration_transfn);
PG_FUNCTION_INFO_V1(journey_restoration_finalfn);

/* In place of the microseconds of a restoration. */
#define NOT_RESTORED	(-1.0)

/* Attributes of journey.restoration, in their order.  Append only. */
enum
{
	RESTORATION_SENSED,
	RESTORATION_RESTORED,
	RESTORATION_SHARE,
	RESTORATION_MEDIAN_TIME,
	RESTORATION_ATTRIBUTES
};

/* Looks for the sense of argument "arg" + 1 in the journey of argument "arg". */
static bool
sense_args(FunctionCallInfo fcinfo, int arg, const JnEnv *env, JnJourney *j, JnSensed *sensed, uint8_t **step_has)
{
	text	   *sense = PG_GETARG_TEXT_PP(arg + 1);
	JnHeader	head;

	sensed->steps = 0;
	if (VARSIZE_ANY_EXHDR(sense) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a sense must have a name"),
				 errhint("Ask for one such as 'angry'.")));
	journey_open_header(PG_GETARG_DATUM(arg), &head);
	if (!jn_has_track(&head, JN_SENSES))
		return false;
	journey_open(PG_GETARG_DATUM(arg), j);
	jn_sensed(env, j, (JnName) {VARDATA_ANY(sense), VARSIZE_ANY_EXHDR(sense)}, sensed, step_has);
	return sensed->steps > 0;
}

/* sensed(j, sense) */
Datum
journey_sensed(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	j;
	JnSensed	sensed;

	PG_RETURN_BOOL(sense_args(fcinfo, 0, &env, &j, &sensed, NULL));
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

	if (!sense_args(fcinfo, 0, &env, &j, &sensed, &has))
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

	if (!sense_args(fcinfo, 0, &env, &j, &sensed, NULL))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(sensed.restored);
}

/* An interval of so many microseconds; raises if there is no such. */
static Datum
restore_interval(uint64 us)
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

	if (!sense_args(fcinfo, 0, &env, &j, &sensed, NULL) || !sensed.restored)
		PG_RETURN_NULL();
	jn_sensed_times(&env, &j, &sensed, &first, &took);
	return restore_interval(took);
}

/* _restoration_transfn(state, j, sense): adds a journey if it has the sense. */
Datum
journey_restoration_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	JnEnv		env = journey_env(CurrentMemoryContext);
	SignalState *state;
	JnJourney	j;
	JnSensed	sensed;
	int64_t		first;
	uint64_t	took;
	JnError		err = {0};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || !sense_args(fcinfo, 1, &env, &j, &sensed, NULL))
		return journey_state_same(fcinfo);
	if (PG_ARGISNULL(0))
	{
		state = journey_state_new(&journey_signal_state_type, aggcontext);
		state->signal.valued = true;
	}
	else
		state = journey_state_changeable(&journey_signal_state_type, fcinfo, aggcontext);
	jn_sensed_times(&env, &j, &sensed, &first, &took);
	env = journey_env(state->hdr.eoh_context);
	if (jn_signal_add(&env, &state->signal, first, sensed.restored ? (double) took : NOT_RESTORED, &err) != JN_OK)
		journey_report(&err, "signal");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* For qsort(): times of restorations. */
static int
compare_times(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* _restoration_finalfn(state) */
Datum
journey_restoration_finalfn(PG_FUNCTION_ARGS)
{
	SignalState *state = journey_state_open(&journey_signal_state_type, PG_GETARG_DATUM(0));
	JnSignal   *signal = &state->signal;
	TupleDesc	desc;
	Datum		values[RESTORATION_ATTRIBUTES] = {0};
	bool		nulls[RESTORATION_ATTRIBUTES] = {false};
	double	   *took;
	uint32		n = 0;
	uint32		i;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != RESTORATION_ATTRIBUTES)
		elog(ERROR, "type journey.restoration is not as expected");
	if (!signal->valued)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state is of another aggregate")));
	took = palloc_extended((Size) signal->n * sizeof(double), MCXT_ALLOC_HUGE);
	for (i = 0; i < signal->n; i++)
	{
		double		value = jn_value_of_key(signal->key[i]);

		if (value >= 0)
			took[n++] = value;
	}
	qsort(took, n, sizeof(double), compare_times);

	values[RESTORATION_SENSED] = Int64GetDatum(signal->n);
	values[RESTORATION_RESTORED] = Int64GetDatum(n);
	values[RESTORATION_SHARE] = Float8GetDatum((double) n / signal->n);
	nulls[RESTORATION_MEDIAN_TIME] = n == 0;
	if (n > 0)
	{
		uint64		lower = (uint64) took[(n - 1) / 2];

		values[RESTORATION_MEDIAN_TIME] = restore_interval(lower + ((uint64) took[n / 2] - lower) / 2);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
