/*
 * slope.h
 *	  Sen's slope: the median of the slopes of all pairs, exactly.
 */
#ifndef JN_SLOPE_H
#define JN_SLOPE_H

#include "series.h"

/*
 * The median of (y[j] - y[i]) / (x[j] - x[i]) over all pairs i, j of one
 * season whose x differ; of an even number of slopes the mean of the two
 * middle ones.  "unit" is how many of x make one, as in microseconds of a day;
 * it must be exact in a double.  Returns false if no two x differ.
 *
 * The answer is the one that sorting all the slopes, each computed in doubles,
 * would give, up to a few units in the last place; it can be infinite if the
 * numbers are beyond 1e300.  Expected O(n log n) time; about 100 bytes an
 * observation, freed at the end.  Chance comes from a generator with a fixed
 * seed.
 *
 * Source: Sen, "Estimates of the Regression Coefficient Based on Kendall's
 * Tau", 1968; counting by inversions: Dillencourt, Mount, Netanyahu, "A
 * randomized algorithm for slope selection", 1992.
 */
extern bool jn_sen_slope(const JnEnv *env, const JnSeries *series, double unit, double *slope);

#endif							/* JN_SLOPE_H */
