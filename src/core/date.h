/*
 * date.h
 *	  Days and dates of the Gregorian calendar, at all times; year 0 is 1 BC.
 *
 * It is easier with years that begin in March: then the day that comes and goes
 * is the last one, months have 31 30 31 30 31 days over and over, and month m
 * (0 = March) begins at day (153 m + 2) / 5.  400 such years, an era, always
 * have 146097 days.  (Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * 2014, proves these formulas.)  Day 0 is 2000-01-01; 2000-03-01 begins an era,
 * 60 days later.
 */
#ifndef JN_DATE_H
#define JN_DATE_H

#include "jn.h"

#define JN_DAYS_PER_ERA		INT64_C(146097)

/* a / b rounded down; b > 0. */
static inline int64_t
jn_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The day of a date, which must be one. */
static inline int64_t
jn_days_from_date(int64_t year, int month, int day)
{
	int64_t		y = month > 2 ? year : year - 1;
	int			m = month > 2 ? month - 3 : month + 9;
	int64_t		era = jn_floor_div(y - 2000, 400);
	int64_t		year_of_era = y - 2000 - 400 * era;

	return 60 + era * JN_DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
		+ (153 * m + 2) / 5 + day - 1;
}

/* And back: month and day from 1. */
static inline void
jn_date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t		era = jn_floor_div(days - 60, JN_DAYS_PER_ERA);
	int64_t		d = days - 60 - era * JN_DAYS_PER_ERA;
	int64_t		y;
	int			m;

	/* without the days that leap years add, all years are 365 days long */
	y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	d -= 365 * y + y / 4 - y / 100;
	m = (int) (5 * d + 2) / 153;
	*day = (int) d - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = 2000 + 400 * era + y + (m >= 10);
}

#endif							/* JN_DATE_H */
