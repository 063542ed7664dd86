/*
 * pair_counts.h
 *	  How often each pair came, and in how many subjects: counters that stay
 *	  beside the processor.
 *
 * An object with these operations:
 *
 *	 clear			all counters are 0
 *	 add			the pairs of one more subject; two additions to memory for each
 *	 settle			after that n[] and subjects[] say what has been added
 *
 * The caller has pairs.h for making pairs, takes n[] and subjects[] over from
 * time to time and clears them.
 */
#ifndef JN_PAIR_COUNTS_H
#define JN_PAIR_COUNTS_H

#include <stdint.h>

/* Pairs are numbers below: two numbers of five bits. */
#define JN_PAIR_CELLS	1024

/* Pairs that may be added between two clears. */
#define JN_PAIRS_MOST	((uint64_t) UINT32_MAX)

typedef struct JnPairCounts
{
	uint64_t	seen[JN_PAIR_CELLS];	/* by pair: bits of the last subjects, set if they had it */
	uint32_t	n[JN_PAIR_CELLS];	/* by pair: how often it came */
	uint64_t	subjects[JN_PAIR_CELLS];	/* by pair: subjects that had it and are in seen[] no more */
	uint32_t	cells;			/* pairs are below */
	uint64_t	bit;			/* of the next subject */
	uint64_t	pairs;			/* that were added */
} JnPairCounts;

/* All counters become 0; pairs will be below "cells", a multiple of four. */
extern void jn_pair_counts_clear(JnPairCounts *c, uint32_t cells);

/* Moves the subjects from seen[] to subjects[]. */
extern void jn_pair_counts_settle(JnPairCounts *c);

/* Adds the n pairs of a subject that was not added before, which has no others. */
static inline void
jn_pair_counts_add(JnPairCounts *c, const uint16_t *pair, uint32_t n)
{
	uint64_t	bit = c->bit;
	const uint16_t *end = pair + n;

	for (; end - pair >= 4; pair += 4)
	{
		c->n[pair[0]]++;
		c->seen[pair[0]] |= bit;
		c->n[pair[1]]++;
		c->seen[pair[1]] |= bit;
		c->n[pair[2]]++;
		c->seen[pair[2]] |= bit;
		c->n[pair[3]]++;
		c->seen[pair[3]] |= bit;
	}
	for (; pair < end; pair++)
	{
		c->n[*pair]++;
		c->seen[*pair] |= bit;
	}
	c->pairs += n;
	c->bit = bit << 1;
	if (c->bit == 0)
		jn_pair_counts_settle(c);
}

#endif							/* JN_PAIR_COUNTS_H */
