/*
 * correlation.h
 *	  How much a series resembles itself some observations later.
 */
#ifndef JN_CORRELATION_H
#define JN_CORRELATION_H

#include "series.h"

/* The mean of n >= 1 numbers, in two passes: the second adds what the first lost. */
extern double jn_mean(const JnEnv *env, const double *a, uint32_t n);

/*
 * Replaces a[0 .. n-1] by its autocorrelations at lags 0 to n-1: sums of
 * products of what the numbers differ from their mean, all over the sum of
 * squares, so that a[0] is 1.  Returns false, a[] as it was, if all numbers
 * are equal.  O(n log n) time; from some thousand numbers on 32 to 64 bytes a
 * number, freed at the end.
 */
extern bool jn_autocorrelation(const JnEnv *env, double *a, uint32_t n);

#endif							/* JN_CORRELATION_H */
