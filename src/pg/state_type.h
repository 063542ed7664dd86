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
	Size		object_size;	/* bytes of a state's object, which begins with its ExpandedObjectHeader */
	ExpandedObjectMethods methods;	/* JOURNEY_STATE_METHODS; their address says of which type an object is */

	/*
	 * The flat bytes of a state: how many, and, right after that, they themselves.  "env" is of the object's own
	 * context, where size may leave in the object what write needs and frees.
	 */
	JnStatus	(*size) (const JnEnv *env, void *state, size_t *size, JnError *err);
	void		(*write) (const JnEnv *env, void *state, uint8_t *out);

	/*
	 * Proves every rule of flat bytes, which come from outside.  What it allocates is freed by the caller.  NULL:
	 * "read" proves them all, and an object that is thrown away is not too much to ask.
	 */
	JnStatus	(*prove) (const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err);

	/*
	 * Fills a new object from flat bytes that were proven or written by us; "adds" says whether it may be an older
	 * one.
	 */
	JnStatus	(*read) (const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err);
	bool		adds;

	/* Makes a new object an empty state that asks what another one does.  NULL: zeros are an empty state. */
	void		(*start) (const JnEnv *env, void *state, const void *like);

	/* Adds what another object has; raises if the two ask different things. */
	void		(*merge) (FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from);
} JourneyStateType;

/* What every type has for its methods. */
#define JOURNEY_STATE_METHODS	{journey_state_flat_size, journey_state_flatten}

extern Size journey_state_flat_size(ExpandedObjectHeader *state);
extern void journey_state_flatten(ExpandedObjectHeader *state, void *result, Size allocated_size);

/*
 * A new object among the states of an aggregate context: zeros behind its
 * header, whose eoh_context is the home of whatever the state allocates.  That
 * context is shared by all states of the type there, and lives as long as they.
 */
extern void *journey_state_new(const JourneyStateType *type, MemoryContext aggcontext);

/* The object that a datum of the type points to, or NULL if the datum is flat. */
extern void *journey_state_expanded(const JourneyStateType *type, Datum datum);

/* The state of a datum for reading: its object, or one made of its flat bytes in the current memory context. */
extern void *journey_state_open(const JourneyStateType *type, Datum datum);

/* A copy of an object in the current memory context: for a final function, which may not change the state. */
extern void *journey_state_copy(const JourneyStateType *type, FunctionCallInfo fcinfo, void *from);

/* The state of argument 0, which is not NULL, for changing: its own object if it is ours to change, else a copy. */
extern void *journey_state_changeable(const JourneyStateType *type, FunctionCallInfo fcinfo, MemoryContext aggcontext);

/* What a transition returns for a row that adds nothing: argument 0 as it is. */
extern Datum journey_state_same(FunctionCallInfo fcinfo);

/* The body of the combine function: adds what the state of argument 1 has to that of argument 0. */
extern Datum journey_state_combine(const JourneyStateType *type, FunctionCallInfo fcinfo);

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
