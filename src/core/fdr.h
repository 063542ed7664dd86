/*
 * fdr.h
 *	  Many tests at once: the false discovery rate.
 */
#ifndef JN_FDR_H
#define JN_FDR_H

#include "jn.h"

/*
 * The q-values of n p-values out of "tests" >= n tests, of which those that are
 * not given have p = 1: the least false discovery rate at which each would be
 * reported.  Reporting what has q <= alpha, at most the share alpha of the
 * reports is false on average, if the tests are independent or positively
 * dependent.  O(n log n), 4 bytes a test for the while.
 *
 * Source: Benjamini, Hochberg, "Controlling the False Discovery Rate", 1995.
 */
extern void jn_q_values(const JnEnv *env, const double *p, uint32_t n, uint64_t tests, double *q);

#endif							/* JN_FDR_H */
