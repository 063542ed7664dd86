/*
 * generalize.c
 *	  Values made coarser, see generalize.h.
 */
#include "generalize.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "date.h"

#define US_PER_MINUTE	INT64_C(60000000)
#define US_PER_HOUR		(60 * US_PER_MINUTE)
#define US_PER_DAY		(24 * US_PER_HOUR)

int64_t
jn_floor_multiple(int64_t x, int64_t step, int64_t least)
{
	int64_t		above = x % step;	/* of the multiple below */

	if (above < 0)
		above += step;
	/* x - above may not exist, x - least does if the two have one sign */
	if (x < 0 && above > x - least)
		return least;
	return x - above < least ? least : x - above;
}

/* count * step; of a step such as 0.1 as the quotient, which is the nearest double. */
static double
multiple(double count, double step)
{
	double		per_unit = floor(1 / step + 0.5);

	return step < 1 && fabs(per_unit * step - 1) <= DBL_EPSILON ? count / per_unit : count * step;
}

double
jn_floor_multiple_double(double x, double step)
{
	double		result = multiple(floor(x / step + 0.5), step);

	if (!(fabs(result - x) <= 4 * DBL_EPSILON * fabs(x)))
		result = multiple(floor(x / step), step);
	/* the quotient or the product was too large: the value is its own bucket, as are its neighbours */
	return isfinite(result) ? result + 0.0 : x;
}

static const char *const unit_names[JN_TIME_UNITS] = {
	[JN_UNIT_MINUTE] = "minute",
	[JN_UNIT_HOUR] = "hour",
	[JN_UNIT_DAY] = "day",
	[JN_UNIT_WEEK] = "week",
	[JN_UNIT_MONTH] = "month",
	[JN_UNIT_QUARTER] = "quarter",
	[JN_UNIT_YEAR] = "year",
	[JN_UNIT_DECADE] = "decade",
};

JnTimeUnit
jn_time_unit(const char *name)
{
	int			unit = 0;

	while (unit < JN_TIME_UNITS && strcmp(unit_names[unit], name) != 0)
		unit++;
	return (JnTimeUnit) unit;
}

/* The first day of the unit "ahead" units after the one that the day lies in. */
static int64_t
unit_start(int64_t days, JnTimeUnit unit, int ahead)
{
	int64_t		year;
	int64_t		months;
	int			length;			/* months */
	int			month;
	int			day;

	/* 2000-01-03 was a Monday */
	if (unit == JN_UNIT_WEEK)
		return 7 * (jn_floor_div(days - 2, 7) + ahead) + 2;
	if (unit < JN_UNIT_WEEK)
		return days + ahead;

	length = unit == JN_UNIT_MONTH ? 1 : unit == JN_UNIT_QUARTER ? 3 : unit == JN_UNIT_YEAR ? 12 : 120;
	jn_date_from_days(days, &year, &month, &day);
	months = (jn_floor_div(12 * year + month - 1, length) + ahead) * length;
	return jn_days_from_date(jn_floor_div(months, 12), (int) (months - 12 * jn_floor_div(months, 12)) + 1, 1);
}

int64_t
jn_floor_days(int64_t days, JnTimeUnit unit)
{
	return unit_start(days, unit, 0);
}

int64_t
jn_next_days(int64_t days, JnTimeUnit unit)
{
	return unit_start(days, unit, 1);
}

static int64_t
time_start(int64_t time, JnTimeUnit unit, int ahead)
{
	int64_t		length = unit == JN_UNIT_MINUTE ? US_PER_MINUTE : US_PER_HOUR;
	int64_t		days;

	if (unit >= JN_UNIT_DAY)
	{
		days = unit_start(jn_floor_div(time, US_PER_DAY), unit, ahead);
		return days < JN_TIME_END / US_PER_DAY ? days * US_PER_DAY : JN_TIME_END;
	}
	return (jn_floor_div(time, length) + ahead) * length;
}

int64_t
jn_floor_time(int64_t time, JnTimeUnit unit)
{
	int64_t		start = time_start(time, unit, 0);

	return start < JN_TIME_MIN ? JN_TIME_MIN : start;
}

int64_t
jn_next_time(int64_t time, JnTimeUnit unit)
{
	return time_start(time, unit, 1);
}

void
jn_keep_bits(uint8_t *address, int size, int keep)
{
	for (int i = 0; i < size; i++)
	{
		int			bits = keep - 8 * i;	/* that stay in this byte */

		if (bits <= 0)
			address[i] = 0;
		else if (bits < 8)
			address[i] &= (uint8_t) (0xff << (8 - bits));
	}
}
