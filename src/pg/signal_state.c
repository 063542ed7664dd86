/*
 * signal_state.c
 *	  Values of type journey.signal_state: flat, and expanded while they grow.
 *
 * They are the states of signal_agg() (state_type.h), and values that people
 * read and compare; the flat bytes are those of core/signal.h.  Sorting a state
 * that others may only read changes the object, not the value: it is a multiset.
 */
#include "postgres.h"

#include "compat.h"
#include "glue.h"
#include "signal_state.h"
#include "state_type.h"

static Size
state_flat_size(ExpandedObjectHeader *eohptr)
{
	SignalState *state = (SignalState *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err = {0};
	size_t		size;

	if (jn_signal_size(&env, &state->signal, &state->plan, &size, &err) != JN_OK)
		journey_report(&err, "signal_state");
	return VARHDRSZ + size;
}

static void
state_flatten(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	SignalState *state = (SignalState *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);

	SET_VARSIZE(result, allocated_size);
	jn_signal_write(&env, &state->signal, &state->plan, (uint8_t *) VARDATA(result));
}

const JourneyStateType journey_signal_state_type = {
	.name = "signal_state",
	.context = "journey signal states",
	.size = sizeof(SignalState),
	.methods = {state_flat_size, state_flatten},
	.prove = jn_signal_validate,
};

void
journey_signal_state_add(const JnEnv *env, JnSignal *signal, Datum datum)
{
	SignalState *from = journey_state_expanded(&journey_signal_state_type, datum);
	JnError		err = {0};
	JnStatus	status;

	if (from != NULL)
		status = jn_signal_merge(env, signal, &from->signal, &err);
	else
	{
		bytea	   *flat = DatumGetByteaPP(datum);

		status = jn_signal_add_state(env, signal, (uint8_t *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &err);
	}
	if (status != JN_OK)
		journey_report(&err, "signal_state");
}

SignalState *
journey_signal_state_changeable(Datum datum, MemoryContext aggcontext)
{
	SignalState *state;
	JnEnv		env;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return journey_state_expanded(&journey_signal_state_type, datum);
	state = journey_state_new(&journey_signal_state_type, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	journey_signal_state_add(&env, &state->signal, datum);
	return state;
}

JnSignal *
journey_signal_state_open(Datum datum, JnEnv *env, JnSignal *local)
{
	SignalState *state = journey_state_expanded(&journey_signal_state_type, datum);

	if (state != NULL)
	{
		*env = journey_env(state->hdr.eoh_context);
		return &state->signal;
	}
	*env = journey_env(CurrentMemoryContext);
	journey_signal_state_add(env, local, datum);
	return local;
}

bytea *
journey_signal_state_flat(const JnEnv *env, JnSignal *signal, JnError *err)
{
	JnSignalPlan plan;
	size_t		size;
	bytea	   *result;

	if (jn_signal_size(env, signal, &plan, &size, err) != JN_OK)
		return NULL;
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	jn_signal_write(env, signal, &plan, (uint8_t *) VARDATA(result));
	return result;
}
