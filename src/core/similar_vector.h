/*
 * similar_vector.h
 *	  Vectors that point in nearly the same direction: cosine distance.
 *
 *	 distance(a, b) = 1 - a.b / (|a| |b|)    from 0 (same direction) to 2
 *
 * Two vectors are linked if that number, of the doubles given, is at most the
 * tolerance; numbers that are nearer to it than n * 2^-96, for n dimensions,
 * count as equal to it.  That is far below what doubles can tell, so vectors
 * that are multiples of each other up to rounding have distance 0, and neither
 * the order of the operands, nor the order of summing, nor the machine's
 * instructions change an answer.
 */
#ifndef JN_SIMILAR_VECTOR_H
#define JN_SIMILAR_VECTOR_H

#include "similar.h"

/* Dimensions at most: what one value can hold. */
#define JN_MAX_DIMENSIONS	(JN_MAX_BYTES / sizeof(float))

typedef struct JnVectors JnVectors;

/* A collection of vectors with 1 <= dimensions <= JN_MAX_DIMENSIONS, none yet. */
extern JnVectors *jn_vectors_new(const JnEnv *env, uint32_t dimensions);

/*
 * Adds a vector for an element of the groups that it will be linked in.  Its
 * numbers are finite and not all zero.  Keeps 16 bytes for each of them.
 */
extern void jn_vectors_add(const JnEnv *env, JnVectors *v, const double *x, uint32_t element);

/*
 * Links all vectors whose distance is at most "tolerance", at least 0.  Exact.
 * Called once; then the collection can only be freed.  O(n^2 dimensions);
 * vectors that are in one group already are passed over.
 */
extern void jn_vectors_link(const JnEnv *env, JnVectors *v, double tolerance, JnGroups *g);

extern void jn_vectors_free(const JnEnv *env, JnVectors *v);

#endif							/* JN_SIMILAR_VECTOR_H */
