/*
 * calendar.c
 *	  Which period a time is of, and when periods begin.
 *
 * The number of a period is guessed from the mean length of periods and put
 * right by looking at starts: a month is at most a few days away from where
 * the mean has it, a day some hours, so one or two looks do.
 */
#include "calendar.h"

void
jn_calendar_init(const JnEnv *env, JnCalendar *c)
{
	c->kept = jn_alloc(env, JN_CALENDAR_KEPT * sizeof(JnCalendarStart));
	for (uint32_t i = 0; i < JN_CALENDAR_KEPT; i++)
		c->kept[i].number = INT64_MIN;

	/* an empty period: every first question goes to jn_calendar_find() */
	c->now = 0;
	c->now_start = 0;
	c->now_end = 0;
}

/* time + count * length, as far as there are times. */
static int64_t
add_periods(int64_t time, int64_t count, int64_t length)
{
	int64_t		span;
	int64_t		sum;

	if (__builtin_mul_overflow(count, length, &span) || __builtin_add_overflow(time, span, &sum))
		return count < 0 ? JN_TIME_MIN : JN_TIME_NEVER;
	return sum < JN_TIME_MIN ? JN_TIME_MIN : sum >= JN_TIME_END ? JN_TIME_NEVER : sum;
}

int64_t
jn_calendar_start(JnCalendar *c, int64_t number)
{
	JnCalendarStart *kept;

	if (c->start == NULL)
		return add_periods(c->origin, number, c->length);
	kept = &c->kept[(uint64_t) number % JN_CALENDAR_KEPT];
	if (kept->number != number)
	{
		kept->start = c->start(c->ctx, number);
		kept->number = number;
	}
	return kept->start;
}

int64_t
jn_calendar_later(const JnCalendar *c, int64_t time, int64_t count)
{
	return c->start == NULL ? add_periods(time, count, c->length) : c->later(c->ctx, time, count);
}

int64_t
jn_calendar_find(JnCalendar *c, int64_t time)
{
	int64_t		passed = time - c->origin;
	int64_t		number = passed / c->length - (passed % c->length < 0);

	while (time < jn_calendar_start(c, number))
		number--;
	while (time >= jn_calendar_start(c, number + 1))
		number++;
	c->now = number;
	c->now_start = jn_calendar_start(c, number);
	c->now_end = jn_calendar_start(c, number + 1);
	return number;
}
