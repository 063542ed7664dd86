/*
 * signal_state.c
 *	  Values of type journey.signal_state: flat, and expanded while they grow.
 *
 * The state of signal_agg() has a type of our own, because that is what
 * distributed engines combine on their workers; with "internal" they would
 * fetch all rows.  While it accumulates it is an expanded object, so a
 * transition is O(1); whoever copies, sends or stores it gets the flat bytes
 * of core/signal.h.
 *
 * The executor keeps a read-write expanded object as it is if the object's
 * context is a child of the aggregate's.  A context for each object, as is the
 * custom, would be a trap: hash aggregation asks for the memory of all
 * children whenever a new group comes, so a hundred thousand groups would take
 * ten thousand million steps.  All groups of an aggregate context share one
 * child here.  It is safe because nobody but the functions of signal_agg.c
 * ever holds a read-write pointer to a state, and they never delete or move
 * one: the context goes when the aggregate's is reset.  Sorting a state that
 * others may only read changes the object, not the value: it is a multiset.
 */
#include "postgres.h"

#include "nodes/memnodes.h"
#include "utils/memutils.h"

#include "compat.h"
#include "glue.h"
#include "signal_state.h"

#define STATE_MAGIC		0x6a6e5367

#define STATE_CONTEXT	"journey signal states"

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

static const ExpandedObjectMethods state_methods = {state_flat_size, state_flatten};

SignalState *
journey_signal_state_new(MemoryContext aggcontext)
{
	MemoryContext context = journey_state_context(aggcontext, STATE_CONTEXT);
	SignalState *state = MemoryContextAllocZero(context, sizeof(SignalState));

	EOH_init_header(&state->hdr, &state_methods, context);
	state->magic = STATE_MAGIC;
	return state;
}

SignalState *
journey_signal_state_expanded(Datum datum)
{
	SignalState *state;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	state = (SignalState *) DatumGetEOHP(datum);
	if (state->magic != STATE_MAGIC)
		elog(ERROR, "expanded object is no signal_state");
	return state;
}

void
journey_signal_state_add(const JnEnv *env, JnSignal *signal, Datum datum)
{
	SignalState *from = journey_signal_state_expanded(datum);
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
		return journey_signal_state_expanded(datum);
	state = journey_signal_state_new(aggcontext);
	env = journey_env(state->hdr.eoh_context);
	journey_signal_state_add(&env, &state->signal, datum);
	return state;
}

JnSignal *
journey_signal_state_open(Datum datum, JnEnv *env, JnSignal *local)
{
	SignalState *state = journey_signal_state_expanded(datum);

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
