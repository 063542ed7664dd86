/*
 * funnel_flood.h
 *	  Who of many subjects could get how far in a plain funnel, the window left
 *	  aside: told of all of them at once.
 *
 * Nobody is counted subject by subject who has not the first two steps in order;
 * of the others their highest level is known before a chain is looked for.
 */
#ifndef JN_FUNNEL_FLOOD_H
#define JN_FUNNEL_FLOOD_H

#include <stddef.h>
#include <stdint.h>

#define JN_FLOOD_STEPS	8

/*
 * Lists of subjects that have the first two steps in order, by their numbers among
 * those whose ends were given, from 0, ascending.
 */
typedef struct JnFloodFound
{
	uint32_t   *number[JN_FLOOD_STEPS + 1]; /* [level] those that get no further than to this level, from 2 on */
	uint32_t	count[JN_FLOOD_STEPS + 1];
} JnFloodFound;

/*
 * "words" words of 64 rows.  last[] has a bit for the last row of each subject,
 * and one for the last row of all; step[] a bit for each row that fills a step,
 * with the words of the "steps" steps, 1 to JN_FLOOD_STEPS, of the same rows side
 * by side.  No row fills two.  Fills the lists of levels 2 to "steps", each of
 * which has room for all subjects; returns how many have the first step.
 * Cost: some ten instructions for each word and step, and as many for each found.
 * Does not tick: give it JN_TICK_EVERY rows at most.
 */
extern uint32_t jn_flood(const uint64_t *last, const uint64_t *step, uint32_t steps, uint32_t words,
						 JnFloodFound *found);

#endif							/* JN_FUNNEL_FLOOD_H */
