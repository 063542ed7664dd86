/*
 * times_index.h
 *	  How long it is from one step to another, asked here and there.
 *
 * A section of times can only be read from its beginning, for the lengths of
 * all differences before decide where one begins.  The index remembers that
 * for every 32nd, which takes some ten instructions each and no look at a
 * difference; so the time between two steps costs what lies between them.
 * That is the way for those who ask about few steps of many.
 *
 * A section with wide differences is added up once instead.
 */
#ifndef JN_TIMES_INDEX_H
#define JN_TIMES_INDEX_H

#include "times.h"

/* Use the functions below; all zero is one of no section. */
typedef struct JnTimesIndex
{
	JnTimesReader times;		/* before the first difference */
	uint32_t	n;				/* differences */
	bool		made;
	uint32_t   *block;			/* of each 32 differences, where the first begins, from times.data on */
	uint32_t	block_room;
	uint64_t   *sum;			/* [n + 1] of all differences before each, in units; with wide ones */
	uint32_t	sum_room;
} JnTimesIndex;

/*
 * Takes a section of n differences, before the first of which "times" stands.
 * Cheap: nothing is read before something is asked.
 */
static inline void
jn_times_index_take(JnTimesIndex *x, const JnTimesReader *times, uint32_t n)
{
	x->times = *times;
	x->n = n;
	x->made = false;
}

/*
 * The sum of differences from .. to-1 in units, from <= to <= n.  Allocates at
 * the first question: 4 bytes for every 32 differences, or with wide ones
 * eight for each.  Ticks then, and else not: give it JN_TICK_EVERY at most.
 */
extern uint64_t jn_times_index_sum(const JnEnv *env, JnTimesIndex *x, uint32_t from, uint32_t to);

/* So many sums are best asked for at once. */
#define JN_TIMES_SUMS	64

/*
 * The same for count <= JN_TIMES_SUMS pairs of from[] < to[]: each costs half of
 * what it does alone, if few differences lie between them.
 */
extern void jn_times_index_sums(const JnEnv *env, JnTimesIndex *x, uint32_t count, const uint32_t *from,
								const uint32_t *to, uint64_t *sum);

#endif							/* JN_TIMES_INDEX_H */
