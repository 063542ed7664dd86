/*
 * binomial.h
 *	  The exact tail of a binomial distribution.
 */
#ifndef JN_BINOMIAL_H
#define JN_BINOMIAL_H

#include "jn.h"

/*
 * The probability of k or more successes in n tries of probability p each, for
 * n <= 2^53 and 0 <= p <= 1.  Right to some 1e-13 of itself where it is small;
 * 0 where it is below 1e-300 or so.  O(standard deviation), at most some
 * hundred times that.
 *
 * Two Poisson counts, one over a time a and one over b, are of the same rate if
 * the first, given their sum, is binomial with p = a / (a + b): that makes this
 * the exact test of one rate against another (Przyborowski, Wilenski 1940).
 */
extern double jn_binomial_tail(const JnEnv *env, uint64_t n, uint64_t k, double p);

#endif							/* JN_BINOMIAL_H */
