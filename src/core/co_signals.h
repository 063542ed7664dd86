/*
 * co_signals.h
 *	  Which topics' points come together, or follow one another, more often
 *	  than chance.
 *
 * The points of one topic are the cases, those of the other the exposures.  A
 * case is a hit if an exposure is within the horizon: before it ("follows": by
 * 1 microsecond to the horizon, inclusive) or on either side ("together": by
 * the horizon at most).
 *
 * How many hits would there be by chance?  The time from the first to the last
 * point of all is cut into blocks of equal length, of a day for example, and
 * these into strata of neighbouring blocks.  If cases had nothing to do with
 * exposures, the cases of a block could as well have come at the same time of
 * day in any other block of the stratum.  So each block's cases are compared
 * with the exposures of all blocks of their stratum, their own included, each
 * with the same probability; blocks are independent.  That gives the
 * distribution of the number of hits exactly, and p is the probability of as
 * many as there were, or more.
 *
 * What this allows for: times of day (cases and exposures both come in office
 * hours), slow changes of frequency (both grow from month to month: strata are
 * short), and bursts within a block (its cases stay together).  What it does
 * not: what is longer than a block and shorter than a stratum.
 *
 * Points behind the last whole block count as hits, but tell nothing: they are
 * a stratum of their own.
 *
 * Sources: the time-stratified case-crossover design (Maclure 1991; Lumley,
 * Levy 2000), with blocks in place of single cases, as in restricted
 * permutation tests; the count of hits is that of event coincidence analysis
 * (Donges et al. 2016).
 */
#ifndef JN_CO_SIGNALS_H
#define JN_CO_SIGNALS_H

#include "points.h"

/* Blocks of a stratum at most. */
#define JN_MAX_BLOCKS	10000

typedef struct JnCoTerms
{
	int64_t		horizon;		/* microseconds, 0 to JN_CO_HORIZON_MAX */
	int64_t		block;			/* length in microseconds, at least 1 */
	uint32_t	blocks;			/* of a stratum, about: 2 to JN_MAX_BLOCKS */
	uint32_t	min_points;		/* topics with fewer are left out; at least 1 */
	bool		follows;		/* b after a; else together */
} JnCoTerms;

#define JN_CO_HORIZON_MAX	(INT64_MAX / 4)

/* A pair of topics with at least one hit. */
typedef struct JnCoSignal
{
	uint32_t	a;				/* topics of the two collections */
	uint32_t	b;
	uint32_t	hits;			/* of the cases: b's points, or if together those of the topic with fewer */
	double		expected;		/* hits by chance, above 0 */
	int64_t		lag;			/* median time of the hits from a to b, microseconds */
	double		p;				/* at least as many hits by chance; above 0 */
	double		q;				/* with regard to all pairs tested */
} JnCoSignal;

typedef struct JnCoSignals
{
	JnCoSignal *pair;			/* the best first: by q, p, less expected hits, topics */
	uint32_t	n;
	uint64_t	tested;			/* pairs of topics with min_points or more; those without a hit have p = 1 */
} JnCoSignals;

/*
 * The length of blocks to take if nobody says: a day, or a week, whichever is
 * the first of at least four horizons that goes 14 times into the time between
 * the first and last point; else ten horizons, at least a microsecond.
 */
extern int64_t jn_co_block(const JnPoints *a, const JnPoints *b, int64_t horizon);

/*
 * Looks at all pairs of a topic of a and one of b; if b is NULL, at those of
 * two different topics of a, which if together come once, the topic with the
 * lesser name as a.  Points must be in order.
 *
 * Cost: for pairs with a hit, O(points * blocks * log points), and for topics
 * of many points up to points * blocks * number of all blocks small steps.
 * Errors: JN_TOO_MANY_POINTS for more than 2^32 - 2 pairs with a hit.
 */
extern JnStatus jn_co_signals(const JnEnv *env, const JnPoints *a, const JnPoints *b, const JnCoTerms *terms,
							  JnCoSignals *found, JnError *err);

#endif							/* JN_CO_SIGNALS_H */
