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

#include "../times_index.h"
#include "funnel.h"
#include "funnel_flood.h"

#define JN_FAST_STEPS	JN_FLOOD_STEPS

/* Columns of more rows take the other way. */
#define JN_FAST_ROWS	65536

/* Subjects of one level that are told of at once. */
#define JN_FAST_BATCH	JN_TIMES_SUMS

/* A code that is there, and the step that it is, from 0. */
typedef struct JnFastCode
{
	uint8_t		code;
	uint8_t		step;
} JnFastCode;

/* Use the functions below. */
typedef struct JnFunnelFast
{
	const JnFunnelTerms *terms;
	uint8_t		step_of_event[JN_WANTED];	/* from 0 */

	/* of the columns */
	unsigned	seen;			/* bits of the steps of which an event is there */
	uint32_t	reach;			/* so many steps are there from the first on: nobody gets further */
	uint32_t	found;			/* codes of these */
	JnFastCode	code[JN_WANTED];
	uint8_t		code_of_step[JN_FAST_STEPS];	/* if each has one */
	JnTimesIndex times;
	uint64_t	within;			/* units */
	bool		clear;			/* attempts that have not converted are all lost, or all open: */
	JnFunnelStatus stays;		/* this */
	uint64_t   *bits;			/* a bit a row for each step, a word a step side by side */
	uint32_t	room;			/* words of bits[] */

	/* of a crowd */
	uint64_t   *last;			/* a bit for the last row of each part */
	uint32_t	last_room;		/* words */
	uint32_t   *begin;			/* [parts + 1] first row of each part, and where the last one ends */
	JnSetCounts *other;			/* the parts that are not whole */
	uint32_t   *founds;			/* of the lists of crowd */
	uint32_t	crowd_room;		/* parts */
	JnFloodFound crowd;
	uint32_t	taken[JN_FAST_STEPS + 1];	/* of each list, by batches */
	uint32_t	left[JN_FAST_STEPS + 1];	/* at its front, those who need a second look */
	uint64_t	batch[JN_FAST_STEPS][JN_FAST_BATCH];	/* when each step was, as in filled[] */

	/* of the subject */
	uint64_t	filled[JN_FAST_STEPS];	/* when each step was, from the entry on, microseconds */
} JnFunnelFast;

/* Whether a funnel is plain; then *f is made ready for it. */
extern bool jn_funnel_fast_init(JnFunnelFast *f, const JnFunnelTerms *terms);

/*
 * Takes columns: whether they are such that this way can be gone.  "times"
 * stands before the first of their differences, of which there are so many; no
 * step is behind "last", which may be INT64_MAX.
 */
extern bool jn_funnel_fast_columns(const JnEnv *env, JnFunnelFast *f, const JnColumns *columns,
								   const JnTimesReader *times, uint32_t differences, int64_t last);

/*
 * How far the subject of rows from .. to-1 gets, of which the first difference
 * is number from - "part".  The times are in f->filled[].  What became of it
 * needs "start", the time of row "from", only if not f->clear.
 */
extern uint32_t jn_funnel_fast_subject(const JnEnv *env, JnFunnelFast *f, uint32_t from, uint32_t to, uint32_t part,
									   int64_t start, JnFunnelStatus *status);

/* The subjects that are whole in a set. */
typedef struct JnFunnelCrowd
{
	uint32_t	subjects;
	uint32_t	entered;		/* of them, have an entry */
	uint32_t	others;			/* parts that are not whole, and left out */
	const JnSetCounts *other;	/* where they stand */
} JnFunnelCrowd;

/* Takes all subjects of a set whose columns were taken, if f->clear. */
extern void jn_funnel_fast_crowd(const JnEnv *env, JnFunnelFast *f, const JnSet *s, JnFunnelCrowd *crowd);

/*
 * The next of them that get beyond their entry, up to JN_FAST_BATCH that get to
 * the same level, 2 or more: returns how many.  The times of step k of number i
 * are in f->batch[k][i].  0 if there are no more.
 */
extern uint32_t jn_funnel_fast_batch(const JnEnv *env, JnFunnelFast *f, uint32_t *level);

/*
 * Both for a journey, a subject of its own: false if this way cannot be gone.
 * Its names alone answer for most that have not the first two steps.
 */
extern bool jn_funnel_fast_journey(const JnEnv *env, JnFunnelFast *f, const JnJourney *j, uint32_t *level,
								   JnFunnelStatus *status);

/*
 * The same for the bytes of one that is not open, of which this is the header;
 * false also if it is not of the plainest form, and then it must be opened.
 */
extern bool jn_funnel_fast_value(const JnEnv *env, JnFunnelFast *f, const JnHeader *head, const uint8_t *p, size_t size,
								 uint32_t *level, JnFunnelStatus *status);

#endif							/* JN_FUNNEL_FAST_H */
