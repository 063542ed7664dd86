/*
 * state_type.h
 *	  What the types of aggregate states have in common.
 *
 * The states of aggregates that add up whole populations have types of our own,
 * because that is what distributed engines combine on their workers; with
 * "internal" they would fetch all rows.  While a state accumulates it is an
 * expanded object, so a transition costs what it adds; whoever copies, sends or
 * stores it gets its flat bytes, in a varlena.
 *
 * A state's text is \x and the hexadecimal digits of its bytes, as that of a
 * bytea: it is for machines.
 */
#ifndef JOURNEY_STATE_TYPE_H
#define JOURNEY_STATE_TYPE_H

#include "fmgr.h"
#include "utils/expandeddatum.h"
#include "utils/palloc.h"

#include "core/jn.h"

/* A type of states.  There is one of these for each, and it is constant. */
typedef struct JourneyStateType
{
	const char *name;			/* of the SQL type: the noun for errors */
	const char *context;		/* what the memory context of its states is called: a literal */
	Size		size;			/* bytes of a state's object, which begins with its ExpandedObjectHeader */
	ExpandedObjectMethods methods;

	/* Proves every rule of flat bytes, which come from outside.  What it allocates is freed by the caller. */
	JnStatus	(*prove) (const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err);
} JourneyStateType;

/*
 * A new object among the states of an aggregate context: zeros behind its
 * header, whose eoh_context is the home of whatever the state allocates.  That
 * context is shared by all states of the type there, and lives as long as they.
 */
extern void *journey_state_new(const JourneyStateType *type, MemoryContext aggcontext);

/* The object that a datum of the type points to, or NULL if the datum is flat. */
extern void *journey_state_expanded(const JourneyStateType *type, Datum datum);

/* A salt decides where a state keeps things in memory, and nothing that anybody sees. */
extern uint64 journey_salt(void);

/*
 * The bodies of the type's functions.  Input and recv prove the bytes; input
 * fails softly, as journey_report_soft() does.  Binary output is byteasend.
 */
extern Datum journey_state_in(const JourneyStateType *type, FunctionCallInfo fcinfo);
extern Datum journey_state_out(const JourneyStateType *type, FunctionCallInfo fcinfo);
extern Datum journey_state_recv(const JourneyStateType *type, FunctionCallInfo fcinfo);

#endif							/* JOURNEY_STATE_TYPE_H */
