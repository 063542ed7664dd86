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

/* A byte for each name of a track of senses, in env's memory: 1 if that set holds the sense; NULL if none does.  O(names). */
extern uint8_t *jn_sense_sets(const JnEnv *env, const JnLabels *labels, JnName sense);

/*
 * Looks where it is in rows from .. to-1 of the track, one at least, of which
 * *sensed counts from the first.  "with" is what jn_sense_sets() gave; has[], if
 * not NULL, becomes a byte for each row, 1 if it has the sense.  O(rows).
 */
extern void jn_sensed_rows(const JnEnv *env, const JnLabels *labels, const uint8_t *with, uint32_t from, uint32_t to,
						   uint8_t *has, JnSensed *sensed);

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
