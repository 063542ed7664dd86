/*
 * trend.h
 *	  Is there a trend, how sure are we, and since when: Mann-Kendall's test,
 *	  with and without seasons, its corrections for series that remember, and
 *	  Pettitt's change point.
 *
 * All statistics here are those of ranks: what matters is which of two numbers
 * is larger, not by how much.
 */
#ifndef JN_TREND_H
#define JN_TREND_H

#include "series.h"

/* How the variance is corrected for autocorrelation. */
typedef enum JnCorrection
{
	JN_CORRECT_NOTHING = 0,
	JN_CORRECT_HAMED_RAO,
	JN_CORRECT_YUE_WANG
} JnCorrection;

/* What Mann-Kendall's test adds up, over all seasons. */
typedef struct JnKendall
{
	int64_t		s;				/* rising pairs less falling ones; equal x or y count 0 */
	uint64_t	pairs;			/* all pairs of one season, ties too */
	double		variance;		/* of s if there is no trend; 0 if no two differ */
} JnKendall;

/* The place where a series probably changed its level. */
typedef struct JnChange
{
	uint32_t	last;			/* number of the last observation before the change, from 0 */
	double		p;				/* how probable so large a change is if there is none */
	bool		found;			/* false if nothing changes at all; then p is 1 */
} JnChange;

/*
 * Kendall's S between x and y, and its variance under "no trend" with the
 * correction for ties in x, in y and in both.  Seasons are independent: their
 * S and variances add up (Hirsch, Slack, Smith 1982).  "rank", unless it is
 * NULL, gets what jn_double_ranks() gives, for each season by itself.
 * O(n log n) time, 32 bytes an observation for the while.
 *
 * Sources: Kendall, "Rank Correlation Methods", 4th ed. 1970, ch. 4; Knight, "A
 * Computer Method for Calculating Kendall's Tau with Ungrouped Data", 1966.
 */
extern JnKendall jn_kendall(const JnEnv *env, const JnSeries *series, uint32_t *rank);

/* Kendall's tau, tau-a: s over all pairs, from -1 to 1.  Needs pairs > 0. */
static inline double
jn_kendall_tau(const JnKendall *k)
{
	return (double) k->s / (double) k->pairs;
}

/*
 * Twice the rank of each of n numbers among them, from 2 to 2 n; equal ones
 * share their mean rank.  O(n log n) time, 32 bytes a number for the while.
 */
extern void jn_double_ranks(const JnEnv *env, const double *y, uint32_t *rank, uint32_t n);

/*
 * The standardized s with continuity correction, one towards 0; and the
 * two-sided p of a standard normal z, relatively precise down to 1e-300.  A
 * variance of 0 gives z = 0; it must not be negative.
 */
extern double jn_kendall_z(const JnKendall *k);
extern double jn_normal_p(double z);

/*
 * Pettitt's test over a series without seasons: the place with the largest
 * |U|, the first of several, never between observations of one x; p by the
 * usual approximation 2 exp(-6 U^2 / (n^3 + n^2)), at most 1.  n >= 2; "rank"
 * is that of jn_double_ranks().  O(n).
 *
 * Source: Pettitt, "A Non-parametric Approach to the Change-point Problem", 1979.
 */
extern JnChange jn_pettitt(const JnEnv *env, const JnSeries *series, const uint32_t *rank);

/*
 * The factor by which the variance of S grows because the series, a slope per
 * unit taken out of it, is autocorrelated.  Correlation is that of consecutive
 * observations, at all lags: the series should be equally spaced.  The factor
 * can be 0 or less; then the correction does not apply.  A series without
 * seasons, n >= 3; 1 if what is left is constant.
 *
 * Hamed and Rao take the ranks, and the lags whose correlation differs from 0
 * at the level alpha; O(n log n) time, up to 100 bytes an observation.  Yue and
 * Wang take the numbers and all lags; O(n).
 *
 * Sources: Hamed, Rao, "A modified Mann-Kendall trend test for autocorrelated
 * data", 1998; Yue, Wang, "The Mann-Kendall Test Modified by Effective Sample
 * Size to Detect Trend in Serially Correlated Hydrological Series", 2004.
 */
extern double jn_hamed_rao(const JnEnv *env, const JnSeries *series, double slope, double unit, double alpha);
extern double jn_yue_wang(const JnEnv *env, const JnSeries *series, double slope, double unit);

#endif							/* JN_TREND_H */
