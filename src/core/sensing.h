/*
 * sensing.h
 *	  Sensing a journey: in which steps a sense is present, and whether the
 *	  journey was brought back to normal.
 *
 * A sense is there or it is not; there is no scale.  A journey that had it is
 * restored if it went on without it: if steps follow the last one that has it.
 * How long that took is the time from the first step with the sense to the
 * first one after which it did not come back.
 */
#ifndef JN_SENSING_H
#define JN_SENSING_H

#include "journey.h"

/* Where a sense is in a journey. */
typedef struct JnSensed
{
	uint32_t	steps;			/* that have it; 0: never sensed, the rest is undefined */
	uint32_t	first;			/* the first of them, from 0 */
	uint32_t	last;			/* and the last */
	bool		restored;		/* steps follow the last one */
} JnSensed;

/*
 * Looks for a sense.  If step_has is not NULL and the sense is there, it
 * becomes a byte for each step, 1 if the step has it, in env's memory.
 * O(names + steps), O(names) if no step has it.
 */
extern void jn_sensed(const JnEnv *env, const JnJourney *j, JnName sense, JnSensed *sensed, uint8_t **step_has);

/* Time of the first step with a sense and, if it was restored, how long that took, in microseconds. */
extern void jn_sensed_times(const JnEnv *env, const JnJourney *j, const JnSensed *sensed, int64_t *first,
							uint64_t *restore_time);

#endif							/* JN_SENSING_H */
