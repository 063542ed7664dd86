/*
 * times_index.h
 *	  How long it is from one step to another, asked here and there.
 *
 * A section of times can only be read from its beginning, for the lengths of
 * all differences before decide where one begins.  The index remembers that
 * for every 32nd, which takes a dozen instructions each and no look at a
 * difference; so the time between two steps costs what lies between them.
 * That is the way for those who ask about few steps of many.
 *
 * A section with wide differences is added up once instead.
 */
#ifndef JN_TIMES_INDEX_H
#define JN_TIMES_INDEX_H

#include "times.h"

/* 32 differences: where they begin, and their quads. */
typedef struct JnTimesBlock
{
	uint32_t	offset;			/* of the first, from times.data on */
	uint64_t	before;			/* a byte for each of 8 quads: the lengths - 1 of those before, together */
} JnTimesBlock;

/* Use the functions below; all zero is one of no section. */
typedef struct JnTimesIndex
{
	JnTimesReader times;		/* before the first difference */
	uint32_t	n;				/* differences */
	bool		made;
	JnTimesBlock *block;
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
 * the first question: 16 bytes for every 32 differences, or with wide ones
 * eight for each.  Ticks then, and else not: give it JN_TICK_EVERY at most.
 */
extern uint64_t jn_times_index_sum(const JnEnv *env, JnTimesIndex *x, uint32_t from, uint32_t to);

#endif							/* JN_TIMES_INDEX_H */
