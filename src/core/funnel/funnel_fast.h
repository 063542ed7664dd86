/*
 * funnel_fast.h
 *	  Plain funnels, fast: how far the subjects of a set or a journey get,
 *	  without a look at most of their steps.
 *
 * For funnels that are nothing but events in order and a window: mode ordered,
 * entry latest, ties input, no other option, up to eight steps, and no event
 * that fills two of them.  Nearly all are.  The answers are those of funnel.h.
 */
#ifndef JN_FUNNEL_FAST_H
#define JN_FUNNEL_FAST_H

#include "funnel.h"

#define JN_FAST_STEPS	8

/* Columns of more rows take the other way. */
#define JN_FAST_ROWS	65536

/* Events that steps are made of, together. */
#define JN_FAST_EVENTS	16

/* Use the functions below. */
typedef struct JnFunnelFast
{
	const JnFunnelTerms *terms;
	uint32_t	events;
	uint64_t	bits;			/* each name's bit: others need no look */
	uint64_t	head[JN_FAST_EVENTS];	/* the first eight bytes of each name, zeroes behind a shorter one */
	uint8_t		step_of_event[JN_FAST_EVENTS];	/* from 0 */

	/* of the columns */
	const uint8_t *codes;
	uint32_t	rows;
	uint32_t	found;			/* events that are there */
	uint8_t		code[JN_FAST_EVENTS];
	uint8_t		step[JN_FAST_EVENTS];	/* of each of them */
	uint8_t		step_of[256];	/* by code, from 1; 0: none */
	JnTimesReader times;		/* before the first difference of all */
	uint32_t	differences;
	uint64_t	within;			/* units */
	bool		clear;			/* attempts that have not converted are all lost, or all open: */
	JnFunnelStatus stays;		/* this */
	bool		summed;			/* one of the sums is filled */
	bool		narrow;			/* no two steps of a subject are 2^32 units apart: short_sum[] is enough */
	uint64_t   *first_bits;		/* a bit a row: it is the first step; and a word of 0 */
	uint64_t   *other_bits;		/* likewise: another step */
	uint64_t   *sum;			/* [differences + 1] of all differences up to each, in units */
	uint32_t   *short_sum;		/* the same modulo 2^32 */
	uint32_t	room;			/* rows */

	/* of the subject */
	uint64_t	filled[JN_FAST_STEPS];	/* when each step was, from the entry on, microseconds */
} JnFunnelFast;

/* Whether a funnel is plain; then *f is made ready for it. */
extern bool jn_funnel_fast_init(JnFunnelFast *f, const JnFunnelTerms *terms);

/*
 * Takes columns: whether they are such that this way can be gone.  "times"
 * stands before the first of their differences, of which there are so many; no
 * step is before "first" or behind "last", which may be INT64_MIN and INT64_MAX.
 */
extern bool jn_funnel_fast_columns(const JnEnv *env, JnFunnelFast *f, const JnColumns *columns,
								   const JnTimesReader *times, uint32_t differences, int64_t first, int64_t last);

/* Bits of the steps of which an event is among the columns. */
extern unsigned jn_funnel_fast_seen(const JnFunnelFast *f);

/*
 * How far the subject of rows from .. to-1 gets, of which the first difference
 * is number from - "part", at "start".  The times are in f->filled[].
 */
extern uint32_t jn_funnel_fast_subject(JnFunnelFast *f, uint32_t from, uint32_t to, uint32_t part, int64_t start,
									   JnFunnelStatus *status);

#endif							/* JN_FUNNEL_FAST_H */
