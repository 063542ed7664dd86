/*
 * adaptive_gap_agg.c
 *	  adaptive_gap() and adaptive_gap_agg(): the gap between sessions, learned.
 *
 * Over journeys and sets the state is a histogram of pauses, of the type
 * journey.gap_state (state_type.h); its flat bytes are those of
 * core/adaptive_gap.h.  Over times the state is that of signal_agg(): pauses are
 * between neighbours, so all times have to be there before one is known.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/adaptive_gap.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "signal_state.h"
#include "state_type.h"

/* A gap_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;
	JnPauses	pauses;
} StateObject;

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	*size = jn_pauses_size(&((StateObject *) state)->pauses);
	return JN_OK;
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	jn_pauses_write(&((StateObject *) state)->pauses, out);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_pauses_read(bytes, size, &((StateObject *) state)->pauses, err);
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	jn_pauses_merge(&((StateObject *) state)->pauses, &((StateObject *) from)->pauses);
}

static const JourneyStateType state_type = {
	.name = "gap_state",
	.context = "journey gap states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.read = state_read,
	.merge = state_merge,
};

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	JnEnv		env = journey_env(CurrentMemoryContext);
	StateObject *state;

	if (PG_ARGISNULL(1))
		return journey_state_same(fcinfo);
	if (PG_ARGISNULL(0))
		state = journey_state_new(&state_type, aggcontext);
	else
		state = journey_state_changeable(&state_type, fcinfo, aggcontext);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		jn_pauses_add_set(&env, &state->pauses, &set);
	}
	else
	{
		JnJourney	j;

		journey_open(PG_GETARG_DATUM(1), &j);
		jn_pauses_add_journey(&env, &state->pauses, &j);
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

PG_FUNCTION_INFO_V1(journey_adaptive_gap_transfn);
PG_FUNCTION_INFO_V1(journey_set_adaptive_gap_transfn);
PG_FUNCTION_INFO_V1(journey_adaptive_gap_combinefn);

Datum
journey_adaptive_gap_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, false);
}

Datum
journey_set_adaptive_gap_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, true);
}

Datum
journey_adaptive_gap_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

/* What a histogram tells, or NULL. */
static Datum
gap_of(FunctionCallInfo fcinfo, const JnPauses *pauses)
{
	int64		gap;

	if (!jn_pauses_valley(pauses, &gap))
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(journey_us_interval(gap));
}

PG_FUNCTION_INFO_V1(journey_adaptive_gap_finalfn);

Datum
journey_adaptive_gap_finalfn(PG_FUNCTION_ARGS)
{
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));

	return gap_of(fcinfo, &state->pauses);
}

/* _adaptive_gap_finalfn(signal_state): of the pauses between its times. */
PG_FUNCTION_INFO_V1(journey_adaptive_gap_times_finalfn);

Datum
journey_adaptive_gap_times_finalfn(PG_FUNCTION_ARGS)
{
	SignalState *state = journey_state_open(&journey_signal_state_type, PG_GETARG_DATUM(0));
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnPauses	pauses = {{0}};

	jn_signal_sort(&env, &state->signal);
	jn_pauses_add_times(&env, &pauses, state->signal.time, state->signal.n);
	return gap_of(fcinfo, &pauses);
}

PG_FUNCTION_INFO_V1(journey_adaptive_gap);

Datum
journey_adaptive_gap(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnPauses	pauses = {{0}};
	JnJourney	j;
	void	   *value = journey_open(PG_GETARG_DATUM(0), &j);

	jn_pauses_add_journey(&env, &pauses, &j);
	PG_FREE_IF_COPY(value, 0);
	return gap_of(fcinfo, &pauses);
}

PG_FUNCTION_INFO_V1(journey_gap_state_in);
PG_FUNCTION_INFO_V1(journey_gap_state_out);
PG_FUNCTION_INFO_V1(journey_gap_state_recv);

Datum
journey_gap_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

Datum
journey_gap_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

Datum
journey_gap_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
