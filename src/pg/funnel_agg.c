/*
 * funnel_agg.c
 *	  journey.funnel_agg(): funnels over whole populations.
 *
 * The state is of type journey.funnel_state (state_type.h), whose flat bytes are
 * those of core/funnel/funnel_tally.h.  The question goes with it, so a state
 * knows what it can be combined with.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/expandeddatum.h"

#include "compat.h"
#include "core/funnel/funnel_tally.h"
#include "funnel_rows.h"
#include "funnel_terms.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "row_array.h"
#include "state_type.h"

PG_FUNCTION_INFO_V1(journey_funnel_transfn);
PG_FUNCTION_INFO_V1(journey_set_funnel_transfn);
PG_FUNCTION_INFO_V1(journey_funnel_combinefn);
PG_FUNCTION_INFO_V1(journey_funnel_finalfn);
PG_FUNCTION_INFO_V1(journey_funnel_state_in);
PG_FUNCTION_INFO_V1(journey_funnel_state_out);
PG_FUNCTION_INFO_V1(journey_funnel_state_recv);

/* The noun for errors. */
#define STATE_NAME		"funnel_state"

/* A funnel_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnFunnelTally tally;		/* its memory is in eoh_context */
} StateObject;

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	return jn_funnel_tally_size(&((StateObject *) state)->tally, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	jn_funnel_tally_write(env, &((StateObject *) state)->tally, out);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_funnel_tally_read(env, &((StateObject *) state)->tally, journey_salt(), bytes, size, err);
}

static void
start_tally(const JnEnv *env, JnFunnelTally *tally, const uint8 *question, size_t size)
{
	JnError		err = {0};

	if (jn_funnel_tally_init(env, tally, journey_salt(), question, size, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	const JnFunnelTally *tally = &((const StateObject *) like)->tally;

	start_tally(env, &((StateObject *) state)->tally, tally->spec.bytes, tally->spec.size);
}

static bool
same_question(const JnFunnelTally *tally, const uint8 *bytes, size_t size)
{
	return tally->spec.size == size && memcmp(tally->spec.bytes, bytes, size) == 0;
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *other)
{
	JnFunnelTally *into = &((StateObject *) state)->tally;
	const JnFunnelTally *from = &((StateObject *) other)->tally;
	JnError		err = {0};

	if (!same_question(into, from->spec.bytes, from->spec.size))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different funnels"),
				 errhint("Combine states of funnel_agg with the same arguments; as_of is one of them, and the time of the statement unless it is given.")));
	if (jn_funnel_tally_merge(env, into, from, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey funnel states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.read = state_read,
	.start = state_start,
	.merge = state_merge,
};

/*
 * Transitions
 */

/* The state of argument 0, or a new one, which may be changed. */
static StateObject *
argument_state(FunctionCallInfo fcinfo, MemoryContext aggcontext)
{
	FunnelQuestion *q = journey_funnel_question(fcinfo, 2);
	StateObject *state;
	JnEnv		env;

	if (!PG_ARGISNULL(0))
	{
		state = journey_state_changeable(&state_type, fcinfo, aggcontext);
		if (!same_question(&state->tally, q->bytes, q->size))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the arguments of a funnel must be the same on every row"),
					 errhint("Group by what they depend on, or use funnel(j, ...) for arguments of each row's own.")));
		return state;
	}
	state = journey_state_new(&state_type, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	start_tally(&env, &state->tally, q->bytes, q->size);
	return state;
}

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	JnEnv		env;
	JnError		err = {0};
	JnStatus	status = JN_OK;

	if (PG_ARGISNULL(1))
	{
		/* wrong arguments are wrong whatever the rows */
		journey_funnel_question(fcinfo, 2);
		return journey_state_same(fcinfo);
	}
	state = argument_state(fcinfo, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		status = jn_funnel_tally_set(&env, &state->tally, &set, &err);
	}
	else
	{
		JnHeader	head;
		JnJourney	j;
		struct varlena *v = journey_fetch(PG_GETARG_DATUM(1), &head);

		if (!jn_funnel_tally_header(&state->tally, &head)
			&& !jn_funnel_tally_value(&env, &state->tally, &head, (const uint8 *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v)))
		{
			journey_open(PointerGetDatum(v), &j);
			status = jn_funnel_tally_journey(&env, &state->tally, &j, &err);
		}
	}
	if (status != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* _funnel_transfn(state, j, steps, within, ...): adds a journey, or a set. */
Datum
journey_funnel_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, false);
}

Datum
journey_set_funnel_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, true);
}

/* _funnel_combinefn(state, state): adds what the second has to the first. */
Datum
journey_funnel_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

/*
 * Results
 */

/* Attributes of journey.funnel_step, in their order.  Append only. */
enum
{
	STEP_STEP,
	STEP_NAME,
	STEP_SUBJECTS,
	STEP_ENTERED,
	STEP_CONVERTED,
	STEP_OPEN,
	STEP_LOST,
	STEP_EXCLUDED,
	STEP_OF_ALL,
	STEP_OF_FIRST,
	STEP_OF_FIRST_LOW,
	STEP_OF_FIRST_HIGH,
	STEP_OF_PREVIOUS,
	STEP_MEDIAN_FROM_PREVIOUS,
	STEP_P90_FROM_PREVIOUS,
	STEP_MEDIAN_FROM_FIRST,
	STEP_P90_FROM_FIRST,
	STEP_KNOWN,
	STEP_ATTRIBUTES
};

/* Whether the aggregate has all rows of its query in one group. */
static bool
is_ungrouped(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL && IsA(fcinfo->context, AggState)
		&& ((AggState *) fcinfo->context)->aggstrategy == AGG_PLAIN;
}

static void
set_share(Datum *value, bool *is_null, double share)
{
	*is_null = isnan(share);
	if (!*is_null)
		*value = Float8GetDatum(share);
}

static void
set_length(Datum *value, bool *is_null, bool there, uint64 us)
{
	*is_null = !there;
	if (!there)
		return;

	/* only a gap of nearly all of the calendar gets here */
	if (us > (uint64) PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("time between steps is too long for an interval")));
	*value = IntervalPGetDatum(journey_us_interval((int64) us));
}

static void
add_step(RowArray *array, const FunnelRow *row)
{
	Datum		values[STEP_ATTRIBUTES] = {0};
	bool		nulls[STEP_ATTRIBUTES] = {false};

	values[STEP_STEP] = Int32GetDatum(row->step);
	values[STEP_NAME] = PointerGetDatum(row->name);
	values[STEP_SUBJECTS] = Int64GetDatum(row->subjects);
	values[STEP_ENTERED] = Int64GetDatum(row->entered);
	values[STEP_CONVERTED] = Int64GetDatum(row->converted);
	values[STEP_OPEN] = Int64GetDatum(row->open);
	values[STEP_LOST] = Int64GetDatum(row->lost);
	values[STEP_EXCLUDED] = Int64GetDatum(row->excluded);
	set_share(&values[STEP_OF_ALL], &nulls[STEP_OF_ALL], row->of_all);
	set_share(&values[STEP_OF_FIRST], &nulls[STEP_OF_FIRST], row->of_first);
	set_share(&values[STEP_OF_FIRST_LOW], &nulls[STEP_OF_FIRST_LOW], row->of_first_low);
	set_share(&values[STEP_OF_FIRST_HIGH], &nulls[STEP_OF_FIRST_HIGH], row->of_first_high);
	set_share(&values[STEP_OF_PREVIOUS], &nulls[STEP_OF_PREVIOUS], row->of_previous);
	set_length(&values[STEP_MEDIAN_FROM_PREVIOUS], &nulls[STEP_MEDIAN_FROM_PREVIOUS], row->timed, row->median_from_previous);
	set_length(&values[STEP_P90_FROM_PREVIOUS], &nulls[STEP_P90_FROM_PREVIOUS], row->timed, row->p90_from_previous);
	set_length(&values[STEP_MEDIAN_FROM_FIRST], &nulls[STEP_MEDIAN_FROM_FIRST], row->timed, row->median_from_first);
	set_length(&values[STEP_P90_FROM_FIRST], &nulls[STEP_P90_FROM_FIRST], row->timed, row->p90_from_first);
	values[STEP_KNOWN] = BoolGetDatum(row->known);
	journey_rows_add(array, values, nulls);
}

/*
 * _funnel_finalfn(state): a row a step.  The state stays as it is, so what is
 * still held back is added to a copy.
 */
Datum
journey_funnel_finalfn(PG_FUNCTION_ARGS)
{
	RowArray	array = journey_rows_begin(fcinfo, STEP_ATTRIBUTES);
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnFunnelTally *tally = &state->tally;

	if (tally->whole.sets > 0)
	{
		state = journey_state_copy(&state_type, fcinfo, state);
		tally = &state->tally;
	}
	journey_funnel_end(&env, tally);

	/* that one group of many lacks a step means nothing */
	if (tally->unseen > 0 && is_ungrouped(fcinfo))
		journey_funnel_notice(&tally->spec, tally->seen);

	for (uint32 i = 0; i < tally->spec.terms.steps; i++)
	{
		FunnelRow	row;

		journey_funnel_row(&env, tally, i, &row);
		add_step(&array, &row);
	}
	return journey_rows_end(&array);
}

Datum
journey_funnel_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

Datum
journey_funnel_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

Datum
journey_funnel_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
