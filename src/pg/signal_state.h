/*
 * signal_state.h
 *	  Values of type journey.signal_state: flat, and expanded while they grow.
 */
#ifndef JOURNEY_SIGNAL_STATE_H
#define JOURNEY_SIGNAL_STATE_H

#include "utils/expandeddatum.h"

#include "core/signal.h"
#include "state_type.h"

/* A signal_state while it accumulates. */
typedef struct SignalState
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared by all states of an aggregate */
	JnSignal	signal;			/* its memory is in eoh_context */
	JnSignalPlan plan;			/* of its bytes, between their size and their writing */
} SignalState;

/* Makes and knows them. */
extern const JourneyStateType journey_signal_state_type;

/* A state that may be changed: the datum's own object if it is ours to change, else a copy. */
extern SignalState *journey_signal_state_changeable(Datum datum, MemoryContext aggcontext);

/* Adds all points of a datum of type signal_state, flat or expanded, to "signal". */
extern void journey_signal_state_add(const JnEnv *env, JnSignal *signal, Datum datum);

/*
 * The points of a datum for reading: those of the expanded object, or read into
 * "local", an empty signal.  Sets *env to what its memory comes from; a flat
 * one's is the current memory context.
 */
extern JnSignal *journey_signal_state_open(Datum datum, JnEnv *env, JnSignal *local);

/* The state as a flat value in the current memory context, or NULL with err filled. */
extern bytea *journey_signal_state_flat(const JnEnv *env, JnSignal *signal, JnError *err);

#endif							/* JOURNEY_SIGNAL_STATE_H */
