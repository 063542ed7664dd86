/*
 * test_times.c
 *	  The section of times by itself: plan, write, check, read, either end.
 */
#include "times.h"

#include "cpu.h"
#include "times_index.h"
#include "unit.h"

#define MAX_TIMES	3000

static int64_t at[MAX_TIMES];
static int64_t decoded[MAX_TIMES];

/* Every kind of code takes its turn; what the machine lacks falls back. */
static void
take_turns(int round)
{
	jn_cpu_force((JnCpu) (JN_CPU_SCALAR + round % (JN_CPU_AVX2 - JN_CPU_SCALAR + 1)));
}

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

		take_turns(round);
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

/* Differences up to the first one above a gap, a few at a time, against a loop. */
TEST(times_runs)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, 60);
		uint64_t	most_d = unit_random(&seed) >> (24 + unit_below(&seed, 40));
		uint64_t	us = jn_unit_us(unit_below(&seed, 3));
		uint32_t	step = 0;
		JnTimesReader r;
		Section		s;

		take_turns(round);
		at[0] = 0;
		for (uint32_t i = 1; i < n; i++)
		{
			at[i] = jn_time_after(at[i - 1], unit_random(&seed) % (most_d / us + 1) * us);
			if (at[i] < at[i - 1])
				at[i] = at[i - 1];
		}
		s = write_section(n);
		jn_times_open(&r, s.data, s.size, s.flags, n);
		while (step < n - 1)
		{
			uint32_t	most = 1 + unit_below(&seed, n - 1 - step);
			uint32_t	i = 1 + unit_below(&seed, n - 1);
			uint64_t	gap = jn_time_span(at[i - 1], at[i]) - (unit_below(&seed, 4) == 0);
			uint64_t	within;
			uint64_t	across = 0;
			uint32_t	expected = 0;
			uint32_t	count;

			if (unit_below(&seed, 8) == 0 || gap == UINT64_MAX)
				gap = INT64_MAX;
			while (expected < most && jn_time_span(at[step + expected], at[step + expected + 1]) <= gap)
				expected++;
			count = jn_times_run(ENV, &r, most, gap, &within, &across);
			if (!CHECK_INT(count, expected) || !CHECK_INT(within, jn_time_span(at[step], at[step + count])))
				return;
			step += count;
			if (count < most)
			{
				CHECK_INT(across, jn_time_span(at[step], at[step + 1]));
				step++;
			}
			CHECK_INT(r.next, step);
		}
		unit_env_clear(&unit_env);
	}
}

/* Counting and reading differences, against a loop; in every number of steps, with every gap that matters. */
TEST(times_above_and_differences)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 6000; round++)
	{
		uint32_t	n = round % 131;
		uint64_t	us = jn_unit_us(unit_below(&seed, 3));
		unsigned	shift = 24 + unit_below(&seed, 40);
		uint32_t	from = n > 1 ? unit_below(&seed, n - 1) : 0;
		uint64_t	d[131];
		JnTimesReader r;
		Section		s;

		take_turns(round);
		at[0] = -1;
		for (uint32_t i = 1; i < n; i++)
		{
			uint64_t	x = unit_below(&seed, 30) == 0 ? UINT32_MAX - 1 + unit_below(&seed, 3) : unit_random(&seed) >> shift;

			if (x > UINT64_MAX / us || !jn_time_ok(jn_time_after(at[i - 1], x * us))
				|| jn_time_after(at[i - 1], x * us) < at[i - 1])
				x = 0;
			at[i] = jn_time_after(at[i - 1], x * us);
		}
		s = write_section(n);
		for (int k = 0; k < 12; k++)
		{
			uint64_t	gap = unit_random(&seed) >> unit_below(&seed, 64);
			uint32_t	above = 0;

			if (k < 8 && n > 1)
			{
				uint32_t	i = 1 + unit_below(&seed, n - 1);

				gap = jn_time_span(at[i - 1], at[i]) + unit_below(&seed, 3) - 1;
			}
			if (k == 8)
				gap = UINT32_MAX * us;
			if (k == 9)
				gap = UINT32_MAX * us - 1;
			for (uint32_t i = 1; i < n; i++)
				above += jn_time_span(at[i - 1], at[i]) > gap;
			if (!CHECK_INT(jn_times_above(ENV, s.data, s.size, s.flags, n, gap), above))
				return;
		}

		/* the rest in one piece, from anywhere */
		jn_times_open(&r, s.data, s.size, s.flags, n);
		if (n > 1)
		{
			jn_times_differences(&r, from, d);
			jn_times_differences(&r, n - 1 - from, d + from);
		}
		for (uint32_t i = 1; i < n; i++)
			if (!CHECK_INT(d[i - 1], jn_time_span(at[i - 1], at[i])))
				return;
		unit_env_clear(&unit_env);
	}
}

/* What each number of times needs at least, to the byte. */
TEST(times_fit)
{
	static const struct
	{
		uint32_t	n;
		unsigned	flags;
		uint8_t		wide;
		size_t		least;
	}			room[] = {
		{0, 0, 0, 0}, {1, 0, 0, 0}, {1, JN_FLAG_WIDE, 9, 0}, {2, 0, 0, 2}, {5, 0, 0, 5}, {6, 0, 0, 7},
		{2, JN_FLAG_WIDE, 0, 6}, {2, JN_FLAG_WIDE, 1, 17}, {5, JN_FLAG_WIDE, 2, 31},
	};

	for (size_t i = 0; i < sizeof(room) / sizeof(room[0]); i++)
		for (size_t size = 0; size < 40; size++)
		{
			uint8_t    *p = jn_alloc(ENV, size);
			JnError		err = {0};

			memset(p, 0, size);
			if (size > 0)
				p[0] = room[i].wide;
			CHECK_INT(jn_times_fit(p, size, room[i].flags, room[i].n, &err),
					  size < room[i].least ? JN_BYTES_SHORT : JN_OK);
			CHECK(size >= room[i].least || (err.at == size && err.found == (int64_t) size && err.limit > err.found));
		}
}

/* Whatever the bytes, what fits is read inside, from either end. */
TEST(times_damaged_are_read_inside)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 6000; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, 30);
		unsigned	bits = 64 - unit_below(&seed, 8) * 8 - 1;
		JnTimesReader r;
		JnError		err;
		Section		s;
		uint64_t	sum;
		uint64_t	across;

		at[0] = 0;
		for (uint32_t i = 1; i < n; i++)
			at[i] = at[i - 1] / 2 > INT64_MAX / 4 ? at[i - 1] : jn_time_after(at[i - 1], unit_random(&seed) >> bits);
		s = write_section(n);
		for (uint32_t k = 1 + unit_below(&seed, 3); k > 0; k--)
			s.data[unit_below(&seed, unit_below(&seed, 2) ? 12 : 100) % s.size] = (uint8_t) (unit_random(&seed) >> 8 | 0xc0);
		if (unit_below(&seed, 4) == 0)
			s.flags ^= JN_FLAG_WIDE;
		else if (!(s.flags & JN_FLAG_WIDE) && unit_below(&seed, 10) == 0)
			memset(s.data, 0xff, s.size);	/* all of them wide, and none listed */
		if (jn_times_fit(s.data, s.size, s.flags, n, &err) != JN_OK)
			continue;
		jn_times_open(&r, s.data, s.size, s.flags, n);
		jn_times_decode(ENV, &r, 0, decoded, n);
		for (uint32_t i = 0; i < n; i++)
			jn_times_at(ENV, s.data, s.size, s.flags, n, 0, 0, i);
		jn_times_open(&r, s.data, s.size, s.flags, n);
		for (uint32_t i = 0; i < n - 1;)
		{
			uint32_t	most = n - 1 - i;
			uint32_t	count = jn_times_run(ENV, &r, most, unit_random(&seed) >> 1 >> bits / 2, &sum, &across);

			i += count + (count < most);
			CHECK_INT(r.next, i);
		}
		CHECK(r.data <= r.end && r.wide <= r.stop);
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

/* Differences that add up to the last time only because the sum wraps round. */
TEST(times_check_wraps_nowhere)
{
	/* 6 s, then 2^64 - 1 s: 5 s modulo 2^64 */
	static const uint8_t p[] = {1, 0, 0, 0, 0x0c, 6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	JnError		err;

	CHECK_INT(jn_times_check(ENV, p, sizeof(p), JN_UNIT_S | JN_FLAG_WIDE, 3, 0, 5000000, &err), JN_BYTES_CORRUPT);
	CHECK_INT(err.at, 5);
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

/* The time between any two steps, on every processor; of one index for many sections. */
TEST(times_between)
{
	uint64_t	seed = 9;
	JnTimesIndex x = {0};

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, round % 100 == 0 ? MAX_TIMES - 1 : 200);
		uint32_t	most = UINT32_MAX >> unit_below(&seed, 32);
		bool		wide = unit_below(&seed, 4) == 0;
		uint32_t	many_from[40];
		uint32_t	many_to[40];
		uint64_t	many[40];
		JnTimesReader r;
		Section		s;

		take_turns(round);
		at[0] = 0;
		for (uint32_t i = 1; i < n; i++)
			at[i] = at[i - 1] + (wide && unit_below(&seed, 9) == 0 ? INT64_C(5000000000) : unit_below(&seed, most)) + (i == 1);
		s = write_section(n);
		jn_times_open(&r, s.data, s.size, s.flags, n);
		jn_times_index_take(&x, &r, n - 1);
		for (int i = 0; i < 40; i++)
		{
			uint32_t	from = unit_below(&seed, n);
			uint32_t	to = from + unit_below(&seed, i % 2 && n - from > 12 ? 12 : n - from);

			if (!CHECK_INT(jn_times_index_sum(ENV, &x, from, to), (uint64_t) (at[to] - at[from]) / r.unit_us))
				return;
			many_from[i] = from < to ? from : 0;
			many_to[i] = from < to ? to : 1;
		}
		jn_times_index_take(&x, &r, n - 1);
		jn_times_index_sums(ENV, &x, 40, many_from, many_to, many);
		for (int i = 0; i < 40; i++)
			if (!CHECK_INT(many[i], (uint64_t) (at[many_to[i]] - at[many_from[i]]) / r.unit_us))
				return;

		/* bytes that end too early are read as far as they go */
		s.size = unit_below(&seed, (uint32_t) s.size + 1);
		if (s.size >= (n + 2) / 4 + (s.flags & JN_FLAG_WIDE ? 4 + 8 * (size_t) jn_load32(s.data) : 0))
		{
			uint8_t    *cut = jn_alloc(ENV, s.size);

			memcpy(cut, s.data, s.size);
			jn_times_open(&r, cut, s.size, s.flags, n);
			jn_times_index_take(&x, &r, n - 1);
			jn_times_index_sum(ENV, &x, unit_below(&seed, n - 1), n - 1);
			jn_times_index_sum(ENV, &x, 0, n - 1);
			jn_times_index_sums(ENV, &x, 40, many_from, many_to, many);
			jn_release(ENV, cut);
		}
		jn_release(ENV, s.data);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
}

/* Passing over differences, adding them up and copying them, from any place, against a loop; on every processor. */
TEST(times_in_pieces)
{
	uint64_t	seed = 11;

	for (int round = 0; round < 4000; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, round % 100 == 0 ? MAX_TIMES - 1 : 200);
		uint32_t	most = UINT32_MAX >> unit_below(&seed, 32);
		bool		wide = unit_below(&seed, 4) == 0;
		uint32_t	copied = 0;
		JnTimesReader r;
		JnTimesReader end;
		Section		s;
		uint8_t    *copy;
		uint8_t    *control;
		uint8_t    *data;
		uint8_t    *wides;

		take_turns(round);
		at[0] = 0;
		for (uint32_t i = 1; i < n; i++)
			at[i] = at[i - 1] + (wide && unit_below(&seed, 9) == 0 ? INT64_C(5000000000) : unit_below(&seed, most)) + (i == 1);
		s = write_section(n);

		/* into a section of its own, with one difference at a time between longer pieces */
		jn_times_open(&r, s.data, s.size, s.flags, n);
		copy = jn_alloc(ENV, s.size);
		memset(copy, 0, s.size);
		memcpy(copy, s.data, (size_t) (r.control - s.data));
		control = copy + (r.control - s.data);
		data = copy + (r.data - s.data);
		wides = copy + (r.wide - s.data);
		while (copied < n - 1)
		{
			uint32_t	count = 1 + unit_below(&seed, unit_below(&seed, 2) ? 6 : n - 1 - copied);

			if (count > n - 1 - copied)
				count = n - 1 - copied;
			end = r;
			if (unit_below(&seed, 2))
				jn_times_skip(ENV, &end, count);
			else
				CHECK_INT(jn_times_sum(ENV, &end, count), (uint64_t) (at[copied + count] - at[copied]));
			CHECK_INT(end.next, copied + count);
			if (count == 1)
				jn_times_put((uint64_t) (at[copied + 1] - at[copied]) / r.unit_us, control, copied, &data, &wides);
			else
			{
				jn_times_append(&r, &end, control, copied, data, wides);
				data += end.data - r.data;
				wides += end.wide - r.wide;
			}
			copied += count;
			r = end;
		}
		CHECK(r.data == r.end && r.wide == r.stop);
		CHECK_BYTES(copy, s.size, s.data, s.size);

		/* bytes that end too early are read as far as they go */
		s.size = unit_below(&seed, (uint32_t) s.size + 1);
		if (s.size >= (n + 2) / 4 + (s.flags & JN_FLAG_WIDE ? 4 + 8 * (size_t) jn_load32(s.data) : 0))
		{
			uint8_t    *cut = jn_alloc(ENV, s.size);
			uint32_t	count = unit_below(&seed, n);

			memcpy(cut, s.data, s.size);
			jn_times_open(&r, cut, s.size, s.flags, n);
			jn_times_sum(ENV, &r, count);
			jn_times_sum(ENV, &r, n - 1 - count);
			jn_times_open(&r, cut, s.size, s.flags, n);
			jn_times_skip(ENV, &r, count);
			jn_times_skip(ENV, &r, n - 1 - count);
			jn_release(ENV, cut);
		}
		jn_release(ENV, s.data);
		unit_env_clear(&unit_env);
	}
	jn_cpu_force(JN_CPU_UNKNOWN);
}
