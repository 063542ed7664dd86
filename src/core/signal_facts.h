/*
 * signal_facts.h
 *	  What can be said about a signal: how many points, when, how far apart,
 *	  and whether they rise or fall, how surely, how fast and since when.
 */
#ifndef JN_SIGNAL_FACTS_H
#define JN_SIGNAL_FACTS_H

#include "signal.h"
#include "trend.h"

/* How a signal is to be looked at. */
typedef struct JnSignalAsk
{
	JnSignalTerms terms;		/* jn_signal_terms_ok() */
	JnCorrection correction;	/* nothing else with seasons */
	bool		no_slope;		/* do not ask for it: it is most of the work */
	uint32_t	seasons;		/* their number; 0 or 1: none */
	const uint32_t *season;		/* that of each point, below "seasons"; NULL if there are none */
} JnSignalAsk;

/* What signal_agg() asks unless told otherwise. */
#define JN_SIGNAL_ASK_DEFAULT \
	{.terms = {JN_ALPHA, JN_PATTERN_AT, JN_TREND_AT}}

/* What signal_agg() reports.  Times and lengths of time in microseconds. */
typedef struct JnSignalFacts
{
	JnSignalClass class;
	uint32_t	points;			/* at least 1 */
	int64_t		first;
	int64_t		last;
	bool		has_gap;		/* two points or more */
	uint64_t	median_gap;		/* valid if has_gap; can pass INT64_MAX */

	int			direction;		/* 1 rising, -1 falling, 0 steady */
	bool		has_tau;		/* there is a pair to compare */
	double		tau;
	bool		has_z;			/* ... and the variance is not corrected to nothing */
	double		z;
	double		p;
	bool		has_slope;		/* asked for, values, and two different times in a season */
	double		slope_per_day;	/* can be infinite */
	bool		has_change_p;	/* two observations or more */
	double		change_p;
	bool		has_change;		/* ... and something changes */
	int64_t		change_at;		/* time of the last observation before the change */
} JnSignalFacts;

/*
 * Tells the facts of a signal of at least one point; sorts it.
 *
 * The median gap is that of the differences between neighbours in order of
 * time: the middle one, or of two middle ones the mean, rounded down to a
 * whole microsecond.
 *
 * The test is that of values over time, or, if there are none, of gaps between
 * consecutive points one after another, each observed when it ends, a shorter
 * gap counting as the larger number.  Seasons are those of the observations;
 * the change point takes no account of them, nor of the correction.
 *
 * O(n log n) expected; with values 100 bytes a point for the while, without 50.
 */
extern void jn_signal_facts(const JnEnv *env, JnSignal *s, const JnSignalAsk *ask, JnSignalFacts *facts);

#endif							/* JN_SIGNAL_FACTS_H */
