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

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	SignalState *signals = state;

	return jn_signal_size(env, &signals->signal, &signals->plan, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	SignalState *signals = state;

	jn_signal_write(env, &signals->signal, &signals->plan, out);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_signal_add_state(env, &((SignalState *) state)->signal, bytes, size, err);
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnError		err = {0};

	if (jn_signal_merge(env, &((SignalState *) state)->signal, &((SignalState *) from)->signal, &err) != JN_OK)
		journey_report(&err, "signal_state");
}

const JourneyStateType journey_signal_state_type = {
	.name = "signal_state",
	.context = "journey signal states",
	.object_size = sizeof(SignalState),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.prove = jn_signal_validate,
	.read = state_read,
	.adds = true,
	.merge = state_merge,
};

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
