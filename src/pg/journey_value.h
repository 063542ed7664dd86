/*
 * journey_value.h
 *	  A value of the type journey as a Datum: a varlena whose payload is the
 *	  bytes of core/format.h.
 */
#ifndef JOURNEY_VALUE_H
#define JOURNEY_VALUE_H

#include "fmgr.h"

#include "compat.h"
#include "core/build.h"
#include "core/gather.h"
#include "core/journey.h"

/*
 * Opens a journey, fetching it if it is stored out of line.  *j points into
 * the value, or into a copy in the current memory context; returns what it
 * points into, for journey_close().
 */
extern struct varlena *journey_open(Datum value, JnJourney *j);

/*
 * Reads the facts of the header.  Of a value stored out of line only the
 * first bytes are fetched.
 */
extern void journey_open_header(Datum value, JnHeader *head);

/*
 * The same, and fetches the whole value: for those who go on with it nearly
 * always.  Returns the value, which is at hand then and not compressed.
 */
extern struct varlena *journey_fetch(Datum value, JnHeader *head);

/*
 * Finishes the journey in a builder, which must have a step, and gives it as
 * a value in the current memory context.  Raises if it is too large.
 */
extern Datum journey_finish(const JnEnv *env, JnBuild *build);

/*
 * Makes a journey of steps picked, of which there is one at least, and gives
 * it as a value in the current memory context; the rest as in
 * jn_gather_plan().  Raises if it is too large.
 */
extern Datum journey_gather(const JnEnv *env, const JnPicks *picks, const JnJourney *first, const JnJourney *second,
							const JnName *event);

/* Step n of the SQL functions, 1 first, -1 last, as a number from 0; false if there is none. */
extern bool journey_step_index(const JnHeader *head, int32 n, uint32 *index);

#endif							/* JOURNEY_VALUE_H */
