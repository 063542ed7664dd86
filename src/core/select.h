/*
 * select.h
 *	  The number that stands at a place when an array is in order.
 */
#ifndef JN_SELECT_H
#define JN_SELECT_H

#include "jn.h"

/*
 * Rearranges a[0 .. n-1], none of them NaN, so that a[rank] is the number that
 * stands there in ascending order, those before it are not above it and those
 * behind it not below it.  Returns a[rank]; rank < n.  Expected O(n), in any
 * order of the input and with any ties: pivots come from a generator with a
 * fixed seed.  Allocates nothing.
 */
extern double jn_select(const JnEnv *env, double *a, uint64_t n, uint64_t rank);

/* The least of n >= 1 numbers: behind a selected one, the next in order. */
extern double jn_least(const JnEnv *env, const double *a, uint64_t n);

#endif							/* JN_SELECT_H */
