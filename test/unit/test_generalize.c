/*
 * test_generalize.c
 *	  Buckets of numbers, times and addresses, against slow versions that count.
 */
#include "generalize.h"
#include "date.h"

#include <float.h>
#include <math.h>

#include "unit.h"

#define DAY		INT64_C(86400000000)

static unsigned seed = 42;

#define NEXT(k)		((int) ((seed = seed * 1103515245u + 12345u) >> 16) % (k))

TEST(multiples)
{
	CHECK_INT(jn_floor_multiple(27, 10, INT64_MIN), 20);
	CHECK_INT(jn_floor_multiple(20, 10, INT64_MIN), 20);
	CHECK_INT(jn_floor_multiple(0, 10, INT64_MIN), 0);
	CHECK_INT(jn_floor_multiple(-1, 10, INT64_MIN), -10);
	CHECK_INT(jn_floor_multiple(-10, 10, INT64_MIN), -10);
	CHECK_INT(jn_floor_multiple(-32768, 10, -32768), -32768);
	CHECK_INT(jn_floor_multiple(-32760, 10, -32768), -32760);
	CHECK_INT(jn_floor_multiple(INT64_MIN, 10, INT64_MIN), INT64_MIN);
	CHECK_INT(jn_floor_multiple(INT64_MIN, INT64_MAX, INT64_MIN), INT64_MIN);
	CHECK_INT(jn_floor_multiple(INT64_MAX, INT64_MAX, INT64_MIN), INT64_MAX);
	CHECK_INT(jn_floor_multiple(INT64_MAX, 10, INT64_MIN), INT64_MAX - 7);
	CHECK_INT(jn_floor_multiple(-1, INT64_MAX, INT64_MIN), -INT64_MAX);
}

TEST(multiples_as_if_counted)
{
	for (int round = 0; round < 20000; round++)
	{
		int			x = NEXT(400) - 200;
		int			step = 1 + NEXT(30);
		int			least = -200 + NEXT(20);
		int			want = x < least ? x : least;

		if (x < least)
			continue;
		for (int k = -300; k <= 300; k++)
			if (k * step <= x && k * step >= least && k * step > want)
				want = k * step;
		/* no multiple lies between the least value and x: the bucket begins before the type does */
		if ((want - 0) % step != 0)
			want = least;
		CHECK_INT(jn_floor_multiple(x, step, least), want);
	}
}

TEST(multiples_of_doubles)
{
	CHECK(jn_floor_multiple_double(0.3, 0.1) == 0.3);
	CHECK(jn_floor_multiple_double(0.35, 0.1) == 0.3);
	CHECK(jn_floor_multiple_double(0.29999999, 0.1) == 0.2);
	CHECK(jn_floor_multiple_double(-0.35, 0.1) == -0.4);
	CHECK(jn_floor_multiple_double(27.5, 10) == 20);
	CHECK(jn_floor_multiple_double(-27.5, 10) == -30);
	CHECK(!signbit(jn_floor_multiple_double(-0.0, 10)));
	CHECK(jn_floor_multiple_double(DBL_MAX, 1e-100) == DBL_MAX);
	CHECK(isfinite(jn_floor_multiple_double(-DBL_MAX, 3)));
	CHECK(jn_floor_multiple_double(5e-324, 0.5) == 0);

	/* whole numbers are as exact as integers */
	for (int round = 0; round < 20000; round++)
	{
		int			x = NEXT(30000) - 15000;
		int			step = 1 + NEXT(100);

		CHECK(jn_floor_multiple_double(x, step) == (double) jn_floor_multiple(x, step, INT64_MIN));
	}
}

TEST(names_of_units)
{
	CHECK_INT(jn_time_unit("minute"), JN_UNIT_MINUTE);
	CHECK_INT(jn_time_unit("decade"), JN_UNIT_DECADE);
	CHECK_INT(jn_time_unit("Month"), JN_TIME_UNITS);
	CHECK_INT(jn_time_unit(""), JN_TIME_UNITS);
}

/* Does a unit begin on this day? */
static bool
begins(int64_t days, JnTimeUnit unit)
{
	int64_t		year;
	int			month;
	int			day;

	if (unit == JN_UNIT_DAY)
		return true;
	if (unit == JN_UNIT_WEEK)
		return ((days - 2) % 7 + 7) % 7 == 0;
	jn_date_from_days(days, &year, &month, &day);
	return day == 1 && (unit == JN_UNIT_MONTH ||
						(unit == JN_UNIT_QUARTER && month % 3 == 1) ||
						(unit == JN_UNIT_YEAR && month == 1) ||
						(unit == JN_UNIT_DECADE && month == 1 && year % 10 == 0));
}

TEST(days_as_if_counted)
{
	for (int round = 0; round < 2000; round++)
	{
		int64_t		days = (int64_t) NEXT(30000) * 60 - 900000;
		JnTimeUnit	unit = (JnTimeUnit) (JN_UNIT_DAY + NEXT(JN_TIME_UNITS - JN_UNIT_DAY));
		int64_t		start = days;
		int64_t		next = days + 1;

		while (!begins(start, unit))
			start--;
		while (!begins(next, unit))
			next++;
		CHECK_INT(jn_floor_days(days, unit), start);
		CHECK_INT(jn_next_days(days, unit), next);
	}
	/* 2024-02-29 is day 8825 */
	CHECK_INT(jn_days_from_date(2024, 2, 29), 8825);
	CHECK_INT(jn_floor_days(8825, JN_UNIT_MONTH), jn_days_from_date(2024, 2, 1));
	CHECK_INT(jn_next_days(8825, JN_UNIT_MONTH), jn_days_from_date(2024, 3, 1));
	CHECK_INT(jn_floor_days(8825, JN_UNIT_DECADE), jn_days_from_date(2020, 1, 1));
}

TEST(times)
{
	CHECK_INT(jn_floor_time(DAY + 61000001, JN_UNIT_MINUTE), DAY + 60000000);
	CHECK_INT(jn_floor_time(-1, JN_UNIT_HOUR), INT64_C(-3600000000));
	CHECK_INT(jn_floor_time(-1, JN_UNIT_DAY), -DAY);
	CHECK_INT(jn_floor_time(-1, JN_UNIT_YEAR), -365 * DAY);
	CHECK_INT(jn_next_time(-1, JN_UNIT_YEAR), 0);
	CHECK_INT(jn_next_time(0, JN_UNIT_MINUTE), 60000000);
	for (int unit = 0; unit < JN_TIME_UNITS; unit++)
	{
		CHECK_INT(jn_floor_time(JN_TIME_MIN, (JnTimeUnit) unit), JN_TIME_MIN);
		CHECK(jn_floor_time(JN_TIME_END - 1, (JnTimeUnit) unit) < JN_TIME_END);
		CHECK(jn_next_time(JN_TIME_END - 1, (JnTimeUnit) unit) >= JN_TIME_END);
		CHECK_INT(jn_floor_time(0, (JnTimeUnit) unit), unit == JN_UNIT_WEEK ? -5 * DAY : 0);
	}
}

TEST(bits_of_addresses)
{
	for (int size = 4; size <= 16; size += 12)
		for (int keep = 0; keep <= 8 * size; keep++)
		{
			uint8_t		address[16];

			memset(address, 0xff, sizeof(address));
			jn_keep_bits(address, size, keep);
			for (int bit = 0; bit < 128; bit++)
				CHECK_INT(address[bit / 8] >> (7 - bit % 8) & 1, bit < keep || bit >= 8 * size);
		}
}
