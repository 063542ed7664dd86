/*
 * similar_text.h
 *	  Texts that are alike: the Jaccard distance of their sets of trigrams.
 *
 * A text is a sequence of Unicode code points, normalized and case-folded by
 * the caller.  White space at its ends is dropped, inside it becomes one blank,
 * and then two blanks are put before the text and one behind it, as pg_trgm
 * does with each word.  The trigrams are all sequences of three neighbours, of
 * code points and not of bytes; so a text of one character has two, and an
 * empty one has one, three blanks, which no other text has.
 *
 *	 distance(a, b) = |symmetric difference| / |union|   of the sets
 *
 * is 0 for equal sets and 1 for disjoint ones.  Two texts are linked if it is
 * at most the tolerance, the quotient of the two whole numbers being rounded
 * to the nearest double: so 3 of 10 trigrams are within a tolerance of 0.3.
 */
#ifndef JN_SIMILAR_TEXT_H
#define JN_SIMILAR_TEXT_H

#include "similar.h"

typedef struct JnTrigrams JnTrigrams;

/* A collection without texts. */
extern JnTrigrams *jn_trigrams_new(const JnEnv *env);

/*
 * Adds a text of n code points, each at most 0x10ffff, for an element of the
 * groups that it will be linked in.  Keeps 4 bytes for each of its distinct
 * trigrams, and some 32 for each that is new to the collection.
 */
extern void jn_trigrams_add(const JnEnv *env, JnTrigrams *t, const uint32_t *code, size_t n, uint32_t element);

/*
 * Links all texts whose distance is at most "tolerance", from 0 to 1.  Exact.
 * Called once; then the collection can only be freed.
 *
 * Cost: pairs that share one of their rarest trigrams are looked at, and those
 * that are not yet in one group are compared; so it depends on the texts.  The
 * lower the tolerance, the fewer they are; near 1 they are all pairs.
 */
extern void jn_trigrams_link(const JnEnv *env, JnTrigrams *t, double tolerance, JnGroups *g);

extern void jn_trigrams_free(const JnEnv *env, JnTrigrams *t);

/* Whether sets of a and b elements, not both empty, of which "both" are common, are within tolerance. */
static inline bool
jn_trigrams_near(uint32_t a, uint32_t b, uint32_t both, double tolerance)
{
	uint64_t	all = (uint64_t) a + b - both;
	volatile double distance = (double) (all - both) / (double) all;	/* no excess precision */

	return distance <= tolerance;
}

#endif							/* JN_SIMILAR_TEXT_H */
