/*
 * zoned_calendar.h
 *	  The calendar of a time zone, for core/calendar.h.
 */
#ifndef JOURNEY_ZONED_CALENDAR_H
#define JOURNEY_ZONED_CALENDAR_H

#include "utils/timestamp.h"

#include "compat.h"
#include "core/calendar.h"

/*
 * An interval as a period: a whole number of months (a year has 12), of days (a
 * week has 7), or a time without either.  Errors: any other, named by "argument"
 * in the message.
 */
extern JnPeriod journey_period(const Interval *interval, const char *argument);

/*
 * The calendar of periods in a time zone, allocated in env's memory.
 *
 * Months are counted from January 2000, days from Monday 3 January 2000, so
 * periods of 3 months are quarters and those of 7 days begin on Mondays; both
 * begin at midnight of the zone, or with the first instant of a day that has
 * none.  Shorter periods are of one length, counted from that midnight.  A zone
 * may say another day of the week: "America/New_York, weeks from Sunday".
 * Errors: an unknown time zone or day.
 */
extern JnCalendar *journey_calendar(const JnEnv *env, const JnPeriod *period, const char *zone);

#endif							/* JOURNEY_ZONED_CALENDAR_H */
