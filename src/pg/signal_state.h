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

/* The state as a flat value in the current memory context, or NULL with err filled. */
extern bytea *journey_signal_state_flat(const JnEnv *env, JnSignal *signal, JnError *err);

#endif							/* JOURNEY_SIGNAL_STATE_H */
