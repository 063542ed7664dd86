/*
 * test_times.c
 *	  The section of times by itself: plan, write, check, read, either end.
 */
#include "times.h"

#include "unit.h"

#define MAX_TIMES	3000

static int64_t at[MAX_TIMES];
static int64_t decoded[MAX_TIMES];

/* A section of times and what its header would say. */
typedef struct Section
{
	uint8_t    *data;
	size_t		size;
	unsigned	flags;
	uint32_t	n;
} Section;

static Section
write_section(uint32_t n)
{
	JnTimesPlan plan = jn_times_plan(ENV, at, n);
	Section		s = {jn_alloc(ENV, plan.size), plan.size, plan.unit | (plan.wide > 0 ? JN_FLAG_WIDE : 0), n};

	jn_times_write(ENV, &plan, at, n, s.data);
	return s;
}

static void
check_section(const Section *s)
{
	JnTimesReader r;
	JnError		err;
	int64_t		first = s->n > 0 ? at[0] : 0;
	int64_t		last = s->n > 0 ? at[s->n - 1] : 0;

	CHECK_INT(jn_times_check(ENV, s->data, s->size, s->flags, s->n, first, last, &err), JN_OK);
	jn_times_open(&r, s->data, s->size, s->flags, s->n);
	jn_times_decode(ENV, &r, first, decoded, s->n);
	CHECK_BYTES(decoded, s->n * sizeof(int64_t), at, s->n * sizeof(int64_t));
	for (uint32_t i = 0; i < s->n; i += 1 + s->n / 50)
		CHECK_INT(jn_times_at(ENV, s->data, s->size, s->flags, s->n, first, last, i), at[i]);
}

TEST(times_none_and_one)
{
	Section		s;

	at[0] = JN_TIME_END - 1;
	for (uint32_t n = 0; n < 2; n++)
	{
		s = write_section(n);
		CHECK_INT(s.size, 0);
		CHECK_INT(s.flags, JN_UNIT_S);
		check_section(&s);
	}
}

/* Each length of a difference on both sides of its limit, in each unit. */
TEST(times_lengths_and_units)
{
	static const uint64_t d[] = {0, 1, 0xff, 0x100, 0xffff, 0x10000, 0xffffff, 0x1000000, 0xfffffffe, 0xffffffff, 0x100000000};
	static const unsigned size[] = {1, 1, 1, 2, 2, 3, 3, 4, 4, 16, 16};

	for (unsigned unit = JN_UNIT_US; unit <= JN_UNIT_S; unit++)
		for (size_t i = 0; i < sizeof(d) / sizeof(d[0]); i++)
		{
			Section		s;

			/* the second difference of 1 keeps the unit */
			at[0] = -5;
			at[1] = jn_time_after(at[0], d[i] * jn_unit_us(unit));
			at[2] = jn_time_after(at[1], jn_unit_us(unit));
			s = write_section(3);
			CHECK_INT(s.flags & JN_FLAG_UNIT, unit);
			CHECK_INT(s.size, 1 + size[i] + 1);
			CHECK_INT((s.flags & JN_FLAG_WIDE) != 0, d[i] >= UINT32_MAX);
			check_section(&s);
		}
}

TEST(times_coarsest_unit)
{
	static const struct
	{
		int64_t		d;
		JnUnit		unit;
	}			one[] = {
		{0, JN_UNIT_S}, {1000000, JN_UNIT_S}, {999000, JN_UNIT_MS}, {1001000, JN_UNIT_MS}, {999999, JN_UNIT_US},
		{1000001, JN_UNIT_US}, {1000, JN_UNIT_MS}, {1, JN_UNIT_US},
	};

	/* the only difference that is not whole may stand anywhere, also behind a tick */
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		for (uint32_t which = 1; which < 10; which++)
		{
			Section		s;

			at[0] = 123456;
			for (uint32_t k = 1; k < 10; k++)
				at[k] = at[k - 1] + (k == which ? one[i].d : 2000000);
			s = write_section(10);
			CHECK_INT(s.flags & JN_FLAG_UNIT, one[i].unit);
			check_section(&s);
		}
}

TEST(times_whole_range)
{
	Section		s;

	at[0] = JN_TIME_MIN;
	at[1] = JN_TIME_MIN;
	at[2] = JN_TIME_END - 1;
	at[3] = JN_TIME_END - 1;
	s = write_section(4);
	CHECK_INT(s.size, 4 + 1 + 6 + 8);
	check_section(&s);
	at[1] = 0;
	at[2] = 1;
	s = write_section(4);
	CHECK_INT(s.size, 4 + 1 + 9 + 16);
	check_section(&s);
}

TEST(times_random)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, round % 100 == 0 ? MAX_TIMES : 40);
		uint64_t	us = jn_unit_us(unit_below(&seed, 3));
		unsigned	bits = unit_below(&seed, 34);
		Section		s;

		at[0] = (int64_t) (unit_random(&seed) >> 20) - (INT64_C(1) << 43);
		for (uint32_t i = 1; i < n; i++)
		{
			uint64_t	d = (unit_random(&seed) >> 30 >> (33 - bits)) * us;

			if (unit_below(&seed, 10) == 0)
				d = 0;
			at[i] = jn_time_after(at[i - 1], d);
			if (at[i] < at[i - 1] || !jn_time_ok(at[i]))
				at[i] = at[i - 1];
		}
		s = write_section(n);
		check_section(&s);
		unit_env_clear(&unit_env);
	}
}

/* A section is refused whenever anything about it is said otherwise. */
TEST(times_check_wants_all_of_it)
{
	JnError		err;
	Section		s;

	at[0] = 0;
	at[1] = 1500;
	at[2] = 70000;
	s = write_section(3);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 3, 0, 70000, &err), JN_OK);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, JN_UNIT_MS, 3, 0, 70000, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, JN_UNIT_S, 3, 0, 70000, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, 3, 3, 0, 70000, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags | JN_FLAG_WIDE, 3, 0, 70000, &err), JN_BYTES_SHORT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 2, 0, 70000, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 4, 0, 70000, &err), JN_BYTES_SHORT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 9, 0, 70000, &err), JN_BYTES_SHORT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 0, 0, 0, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 3, 0, 70001, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 3, 0, 69999, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size, s.flags, 3, 70000, 0, &err), JN_BYTES_CORRUPT);
	CHECK_INT(jn_times_check(ENV, s.data, s.size - 1, s.flags, 3, 0, 70000, &err), JN_BYTES_SHORT);
}

/* More than a piece between two ticks, with wide ones around the border. */
TEST(times_across_ticks)
{
	uint32_t	n = 3 * JN_TICK_EVERY + 2;
	int64_t    *many = jn_alloc(ENV, n * sizeof(int64_t));
	int64_t    *back = jn_alloc(ENV, n * sizeof(int64_t));
	JnTimesPlan plan;
	JnTimesReader r;
	uint8_t    *p;
	size_t		ticks;

	many[0] = 0;
	for (uint32_t i = 1; i < n; i++)
		many[i] = many[i - 1] + (i % JN_TICK_EVERY < 3 ? INT64_C(5000000000000) : i % 300 * 1000);
	ticks = unit_env.ticks;
	plan = jn_times_plan(ENV, many, n);
	CHECK(unit_env.ticks - ticks >= 6);
	CHECK_INT(plan.unit, JN_UNIT_MS);
	CHECK_INT(plan.wide, 10);
	p = jn_alloc(ENV, plan.size);
	jn_times_write(ENV, &plan, many, n, p);
	jn_times_open(&r, p, plan.size, plan.unit | JN_FLAG_WIDE, n);
	ticks = unit_env.ticks;
	jn_times_decode(ENV, &r, 0, back, n);
	CHECK(unit_env.ticks - ticks >= 3);
	CHECK(memcmp(many, back, n * sizeof(int64_t)) == 0);
	for (uint32_t i = JN_TICK_EVERY - 3; i < JN_TICK_EVERY + 6; i++)
	{
		CHECK_INT(jn_times_at(ENV, p, plan.size, plan.unit | JN_FLAG_WIDE, n, 0, many[n - 1], i), many[i]);
		CHECK_INT(jn_times_at(ENV, p, plan.size, plan.unit | JN_FLAG_WIDE, n, 0, many[n - 1], n - 1 - i),
				  many[n - 1 - i]);
	}
}
