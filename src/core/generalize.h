/*
 * generalize.h
 *	  Values made coarser: numbers to multiples, times to units of the calendar,
 *	  addresses to networks.
 *
 * All round down, to the start of the bucket that the value lies in, so that
 * equal buckets look alike.  Where the bucket begins before the first value
 * that the type has, its start is that first value.  Nothing here fails.
 */
#ifndef JN_GENERALIZE_H
#define JN_GENERALIZE_H

#include "jn.h"

/* The largest multiple of step (above 0) that is not above x; "least" if that is below it. */
extern int64_t jn_floor_multiple(int64_t x, int64_t step, int64_t least);

/*
 * The same for a double, which must be finite.  A value that is within four
 * units in the last place of a multiple counts as that multiple, so 0.3 is the
 * third multiple of 0.1.
 */
extern double jn_floor_multiple_double(double x, double step);

/* Units of time.  Weeks begin on Monday, decades in years that end with 0. */
typedef enum JnTimeUnit
{
	JN_UNIT_MINUTE,
	JN_UNIT_HOUR,
	JN_UNIT_DAY,
	JN_UNIT_WEEK,
	JN_UNIT_MONTH,
	JN_UNIT_QUARTER,
	JN_UNIT_YEAR,
	JN_UNIT_DECADE,
	JN_TIME_UNITS
} JnTimeUnit;

/* The unit of a name such as "month", or JN_TIME_UNITS. */
extern JnTimeUnit jn_time_unit(const char *name);

/* The first day of the unit that a day lies in, which is not finer than a day; days from 2000-01-01. */
extern int64_t jn_floor_days(int64_t days, JnTimeUnit unit);

/*
 * The first day after the unit, for ranges: what jn_floor_days() would give
 * for the first day of the next one.
 */
extern int64_t jn_next_days(int64_t days, JnTimeUnit unit);

/* The same for microseconds from 2000-01-01, in UTC; JN_TIME_END if the next unit begins later than that. */
extern int64_t jn_floor_time(int64_t time, JnTimeUnit unit);
extern int64_t jn_next_time(int64_t time, JnTimeUnit unit);

/* Clears all but the first "keep" bits of an address of "size" bytes. */
extern void jn_keep_bits(uint8_t *address, int size, int keep);

#endif							/* JN_GENERALIZE_H */
