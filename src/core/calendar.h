/*
 * calendar.h
 *	  Which period a time is of, and when periods begin: days, weeks, months of
 *	  some time zone, numbered through.
 *
 * The core knows no time zones.  Whoever asks for months or days brings two
 * functions that do, and this file keeps what they say: asking the zone costs
 * some hundred nanoseconds, and a population asks for the same few hundred days
 * again and again.  Periods of a fixed length need arithmetic alone.
 *
 * Period n begins at start(n) and ends where n + 1 begins.  Starts never go
 * back as n goes up; a period may be empty, as the day that Samoa left out.
 */
#ifndef JN_CALENDAR_H
#define JN_CALENDAR_H

#include "jn.h"

/*
 * How long a period is.  One of the three is above 0, the others are 0: months
 * and days are those of the calendar and not always of one length.
 */
typedef struct JnPeriod
{
	int32_t		months;
	int32_t		days;
	int64_t		us;				/* microseconds */
} JnPeriod;

/* Stands for a time that is later than any other: of periods beyond the calendar. */
#define JN_TIME_NEVER	INT64_MAX

/* Number of starts that are kept, a power of two. */
#define JN_CALENDAR_KEPT	4096

typedef struct JnCalendarStart
{
	int64_t		number;			/* of a period; INT64_MIN: nothing here */
	int64_t		start;
} JnCalendarStart;

/* Fill the first fields, then call jn_calendar_init(). */
typedef struct JnCalendar
{
	int64_t		origin;			/* start of period 0, within a month of 2000-01-01 UTC */
	int64_t		length;			/* mean length of a period, microseconds, above 0 */

	/*
	 * When period "number" begins: microseconds since 2000-01-01 UTC;
	 * JN_TIME_MIN if that is before all times, JN_TIME_NEVER if it is after
	 * them.  NULL: all periods are of one length.
	 */
	int64_t		(*start) (void *ctx, int64_t number);

	/* The time "count" >= 0 periods after "time" on the clock of the zone, or JN_TIME_NEVER. */
	int64_t		(*later) (void *ctx, int64_t time, int64_t count);
	void	   *ctx;

	JnCalendarStart *kept;		/* by the low bits of the number */
	int64_t		now;			/* the period asked for last, */
	int64_t		now_start;		/* its start, */
	int64_t		now_end;		/* and its end: the next one's start */
} JnCalendar;

/* Allocates what is kept: 64 kB. */
extern void jn_calendar_init(const JnEnv *env, JnCalendar *c);

/* As c->start() and c->later(), for all kinds of periods. */
extern int64_t jn_calendar_start(JnCalendar *c, int64_t number);
extern int64_t jn_calendar_later(const JnCalendar *c, int64_t time, int64_t count);

/* The period that a time is in.  A few nanoseconds, if its start is kept. */
extern int64_t jn_calendar_find(JnCalendar *c, int64_t time);

static inline int64_t
jn_calendar_number(JnCalendar *c, int64_t time)
{
	return time >= c->now_start && time < c->now_end ? c->now : jn_calendar_find(c, time);
}

#endif							/* JN_CALENDAR_H */
