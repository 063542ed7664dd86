/*
 * series.h
 *	  A series of numbers in time, as the tests for a trend see it.
 */
#ifndef JN_SERIES_H
#define JN_SERIES_H

#include "jn.h"

/*
 * n observations, season after season.  Season k has those from begin[k] to
 * begin[k + 1] - 1; inside it x ascends, and y where x is equal.  Only pairs
 * of one season are compared.  A series without seasons has one, begin = {0, n}.
 */
typedef struct JnSeries
{
	uint32_t	n;
	uint32_t	seasons;		/* at least 1; may be empty ones */
	const uint32_t *begin;		/* seasons + 1 of them, from 0 to n */
	const int64_t *x;			/* when, in any unit */
	const double *y;			/* what: finite, no negative zero */
} JnSeries;

/* The number of pairs among n things. */
static inline uint64_t
jn_pairs(uint64_t n)
{
	return n < 2 ? 0 : n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/* Called with the counter of a loop over observations. */
static inline void
jn_tick_at(const JnEnv *env, uint64_t i)
{
	if (i % JN_TICK_EVERY == 0)
		jn_tick(env);
}

#endif							/* JN_SERIES_H */
