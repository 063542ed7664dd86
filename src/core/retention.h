/*
 * retention.h
 *	  Whether a subject came back, bucket by bucket; how it went from period to
 *	  period; and in how many periods it was there.
 *
 * All three look at one subject at a time: the times at which something
 * happened, ascending.  Which steps these are is the caller's business, and so
 * is adding up over subjects (cohorts.h).
 */
#ifndef JN_RETENTION_H
#define JN_RETENTION_H

#include "calendar.h"

/* ---- retention ---- */

/* Buckets of one question at most. */
#define JN_MAX_BUCKETS	10000

/*
 * What is asked.  Bucket i is from period bound[i] to before bound[i + 1],
 * counted from that of the first step, which is period 0.
 */
typedef struct JnRetentionAsk
{
	uint32_t	buckets;		/* 1 to JN_MAX_BUCKETS */
	const int32_t *bound;		/* buckets + 1 of them, strictly ascending from 0 or above */
	bool		unbounded;		/* coming back later counts for all buckets before, too */
	bool		rolling;		/* periods begin at the first step, not by the calendar */
	int64_t		as_of;			/* what happens later is not known; microseconds */
} JnRetentionAsk;

typedef enum JnBucket
{
	JN_BUCKET_OPEN = 0,			/* not over at as_of */
	JN_BUCKET_AWAY = 1,			/* over, and did not come back in it */
	JN_BUCKET_BACK = 2			/* over, and came back */
} JnBucket;

/*
 * Fills bucket[0 .. ask->buckets-1] for a subject whose first step was at
 * "first", which is not after as_of, and which was there again at again[0 ..
 * n-1], ascending, none of them before "first".  "cut", if not NULL, is a
 * calendar of shorter periods: with rolling buckets all times are moved back to
 * where its periods begin.  A bucket is over if its end is at or before as_of.
 * O(n + buckets).
 */
extern void jn_retention(const JnEnv *env, JnCalendar *calendar, JnCalendar *cut, const JnRetentionAsk *ask,
						 int64_t first, const int64_t *again, uint32_t n, uint8_t *bucket);

/* ---- lifecycle ---- */

/* The states of a period. */
typedef enum JnLifeState
{
	JN_LIFE_NEW = 0,			/* there for the first time */
	JN_LIFE_CURRENT,			/* there, and not long before, too */
	JN_LIFE_REACTIVATED,		/* there, after a pause */
	JN_LIFE_RESURRECTED,		/* there, after a long pause */
	JN_LIFE_RISK_NEAR,			/* not there, but not long before */
	JN_LIFE_RISK_FAR,			/* not there for a while */
	JN_LIFE_DORMANT,			/* not there for long */
	JN_LIFE_OPEN,				/* not there yet, and the period is not over */
	JN_LIFE_STATES = JN_LIFE_OPEN
} JnLifeState;

/*
 * How many periods ago is "not long" (near) and "a while" (far): 1 <= near <=
 * far.  "plain" has four states only: after a pause of any length it is
 * JN_LIFE_RESURRECTED, and not there is JN_LIFE_DORMANT at once; near and far
 * are 1.
 */
typedef struct JnLifeAsk
{
	bool		plain;
	int32_t		near;
	int32_t		far;
	int64_t		as_of;			/* microseconds */
} JnLifeAsk;

/* Periods from .. to-1 of one state. */
typedef struct JnLifeRun
{
	int64_t		from;
	int64_t		to;
	JnLifeState state;
} JnLifeRun;

/* Goes from run to run; each is as long as can be, but for those of JN_LIFE_CURRENT. */
typedef struct JnLife
{
	const JnLifeAsk *ask;
	JnCalendar *calendar;
	const int64_t *time;
	uint32_t	n;				/* times up to as_of */
	uint32_t	next;			/* the time to come */
	int64_t		at;				/* the period to come */
	int64_t		active;			/* the last one with a time in it */
	int64_t		last;			/* that of as_of */
} JnLife;

/*
 * Starts with the period of the first of n times, ascending, and goes on to
 * that of as_of.  Times after as_of are left out.
 */
extern void jn_life_open(const JnEnv *env, JnLife *life, JnCalendar *calendar, const JnLifeAsk *ask,
						 const int64_t *time, uint32_t n);

/* The next run; false after the last.  All together are linear in the times. */
extern bool jn_life_next(const JnEnv *env, JnLife *life, JnLifeRun *run);

/* ---- stickiness ---- */

/* One of the longer periods, and in how many of the shorter ones in it a subject was there. */
typedef struct JnStick
{
	int64_t		number;
	uint32_t	active;
} JnStick;

/*
 * Tells the next of the longer periods that has one of n times, ascending, from
 * *next on, which begins as 0; false if there is none left.  All together are
 * linear in the times.
 */
extern bool jn_stick_next(const JnEnv *env, JnCalendar *within, JnCalendar *calendar, const int64_t *time, uint32_t n,
						  uint32_t *next, JnStick *stick);

#endif							/* JN_RETENTION_H */
