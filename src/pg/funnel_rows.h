/*
 * funnel_rows.h
 *	  What a funnel over a population says of each of its steps.
 */
#ifndef JOURNEY_FUNNEL_ROWS_H
#define JOURNEY_FUNNEL_ROWS_H

#include "compat.h"
#include "core/funnel/funnel_tally.h"

/* A step; NaN for shares of nothing. */
typedef struct FunnelRow
{
	int32		step;			/* from 1 */
	text	   *name;			/* as it was asked for */
	int64		subjects;		/* in all, with or without an entry */
	int64		entered;
	int64		converted;
	int64		open;
	int64		lost;
	int64		excluded;
	double		of_all;
	double		of_first;
	double		of_first_low;	/* 95 percent, Wilson */
	double		of_first_high;
	double		of_previous;
	bool		timed;			/* there are times: not of the first step, nor of one that nobody reached */
	uint64		median_from_previous;	/* microseconds */
	uint64		p90_from_previous;
	uint64		median_from_first;
	uint64		p90_from_first;
	bool		known;			/* some event in the data could fill it */
} FunnelRow;

/* Adds what is still held back to a tally, which is not added to any more. */
extern void journey_funnel_end(const JnEnv *env, JnFunnelTally *tally);

/*
 * Gives a NOTICE for each step, and each exclusion, for which known[] is false:
 * no event in the data could be one, so it may be a slip of the pen.
 */
extern void journey_funnel_notice(const JnFunnelSpec *spec, const uint8 *known);

/* What is said of step i, from 0. */
extern void journey_funnel_row(const JnEnv *env, const JnFunnelTally *tally, uint32 i, FunnelRow *row);

#endif							/* JOURNEY_FUNNEL_ROWS_H */
