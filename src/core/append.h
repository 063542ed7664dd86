/*
 * append.h
 *	  A few later steps behind a long journey, without taking it apart.
 *
 * Most steps that are added to a journey come after it, with names that it
 * has.  Then its bytes stay as they are, up to places where some are put in:
 * at the ends of codes and of differences.  So adding a step costs a copy.
 * Where the case is another one, jn_append_plan() says so, and gather.h does
 * the same in full; the bytes are the same either way.
 */
#ifndef JN_APPEND_H
#define JN_APPEND_H

#include "journey.h"

/* Names up to this many, of all columns of the second journey together, are handled without allocating. */
#define JN_APPEND_FEW	64

/* What is to be appended; may not be moved in memory. */
typedef struct JnAppend
{
	const JnJourney *first;
	const JnJourney *second;
	uint64_t	unit_us;		/* microseconds in the unit of time, which is that of the first */
	size_t		data;			/* bytes of the differences added */
	uint32_t	wide;			/* wide ones among them */
	size_t		size;			/* of the whole */
	uint32_t   *map[JN_TRACKS + 1]; /* codes of the second to those of the first; events come last */
	uint32_t   *maps;			/* all of them, in few[] or allocated */
	uint32_t	few[JN_APPEND_FEW];
} JnAppend;

/*
 * Plans the bytes of both journeys one behind the other.  False, with nothing
 * to close, if it cannot be done this way: the second begins before the first
 * ends, or needs a finer unit of time, or has a name or a track that the first
 * does not have, or a value, or lacks what every step of the first has.
 * O(names of the first + all of the second).
 */
extern bool jn_append_plan(const JnEnv *env, JnAppend *p, const JnJourney *first, const JnJourney *second,
						   size_t *size);

/* Writes the bytes planned: a copy of the first, and O(steps) of the second. */
extern void jn_append_write(const JnEnv *env, const JnAppend *p, uint8_t *out);

/* Releases the plan. */
extern void jn_append_close(const JnEnv *env, JnAppend *p);

#endif							/* JN_APPEND_H */
