/*
 * journey_set_value.h
 *	  A value of the type journey_set as a Datum: a varlena whose payload is the
 *	  bytes of core/set_format.h.
 */
#ifndef JOURNEY_SET_VALUE_H
#define JOURNEY_SET_VALUE_H

#include "fmgr.h"

#include "compat.h"
#include "core/set.h"
#include "core/set_build.h"

/*
 * Opens a set, fetching it if it is stored out of line.  *s points into the
 * value, or into a copy in the current memory context; returns what it points
 * into, for journey_close().
 */
extern struct varlena *journey_set_open(Datum value, JnSet *s);

/*
 * Reads the facts of the header.  Of a value stored out of line only the first
 * bytes are fetched.
 */
extern void journey_set_open_header(Datum value, JnSetHeader *head);

/* Finishes the set in a builder, which must have a part, as a value in the current memory context. */
extern Datum journey_set_finish(const JnEnv *env, JnSetBuild *build);

/* A key as text, in the current memory context. */
extern Datum journey_set_key_text(const JnKey *key);

#endif							/* JOURNEY_SET_VALUE_H */
