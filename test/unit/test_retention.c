/*
 * test_retention.c
 *	  Calendars, buckets, lifecycles and stickiness, against looking at each
 *	  period and each time by itself.
 */
#include "retention.h"

#include "unit.h"

#define DAY			INT64_C(86400000000)
#define MAX_TIMES	60

/* ---- a calendar of uneven days ---- */

/*
 * Day n begins at 24 hours n, give or take up to two: never back, and every
 * seventh day is empty, as a day that a zone leaves out.
 */
static int64_t
uneven_start(void *ctx, int64_t number)
{
	int64_t		odd = number * INT64_C(7919) % 5;

	(*(int *) ctx)++;
	if (number > 200000)
		return JN_TIME_NEVER;
	if (number < -200000)
		return JN_TIME_MIN;
	if (number % 7 == 3)
		return uneven_start(ctx, number + 1);
	return number * DAY + odd * (DAY / 48);
}

static int64_t
uneven_later(void *ctx, int64_t time, int64_t count)
{
	(void) ctx;
	return time + count * DAY + count % 3 * (DAY / 24);
}

static int	asked;

static JnCalendar
new_calendar(bool fixed)
{
	JnCalendar	c = {.origin = DAY / 3,.length = DAY};

	if (!fixed)
	{
		c.start = uneven_start;
		c.later = uneven_later;
		c.origin = uneven_start(&asked, 0);
		c.ctx = &asked;
	}
	jn_calendar_init(ENV, &c);
	return c;
}

/* The period of a time, from one that is surely before. */
static int64_t
slow_number(JnCalendar *c, int64_t time)
{
	int64_t		number = time / DAY - 5;

	while (jn_calendar_start(c, number + 1) <= time)
		number++;
	return number;
}

TEST(calendar_finds_periods)
{
	uint64_t	seed = 1;

	for (int fixed = 0; fixed < 2; fixed++)
	{
		JnCalendar	c = new_calendar(fixed);

		for (int round = 0; round < 20000; round++)
		{
			int64_t		time = (int64_t) (unit_random(&seed) % (uint64_t) (20000 * DAY)) - 10000 * DAY;
			int64_t		number = jn_calendar_number(&c, time);

			if (round % 3 == 0)
				time = jn_calendar_start(&c, number) - round % 2;
			number = jn_calendar_number(&c, time);
			CHECK(jn_calendar_start(&c, number) <= time && time < jn_calendar_start(&c, number + 1));
			if (!CHECK_INT(number, slow_number(&c, time)))
				return;
		}
	}
}

/* Asking the zone is what costs: it is asked once for each period. */
TEST(calendar_keeps_starts)
{
	JnCalendar	c = new_calendar(false);
	int			before;

	for (int64_t time = 0; time < 1000 * DAY; time += DAY / 5)
		jn_calendar_number(&c, time);
	before = asked;
	for (int64_t time = 0; time < 1000 * DAY; time += DAY / 7)
		jn_calendar_number(&c, time);
	CHECK_INT(asked, before);
}

TEST(calendar_ends)
{
	static const int64_t length[] = {1, 1000, DAY, INT64_C(9000000000000000000), INT64_MAX};

	for (size_t i = 0; i < sizeof(length) / sizeof(length[0]); i++)
	{
		JnCalendar	c = {.origin = 172800000000,.length = length[i]};
		static const int64_t time[] = {JN_TIME_MIN, JN_TIME_MIN + 1, -1, 0, 1, JN_TIME_END - 2, JN_TIME_END - 1};

		jn_calendar_init(ENV, &c);
		for (size_t k = 0; k < sizeof(time) / sizeof(time[0]); k++)
		{
			int64_t		number = jn_calendar_number(&c, time[k]);

			CHECK(jn_calendar_start(&c, number) <= time[k] && time[k] < jn_calendar_start(&c, number + 1));
			CHECK(jn_calendar_later(&c, time[k], 0) == time[k]);
			CHECK(jn_calendar_later(&c, time[k], INT32_MAX) > time[k]);
		}
		CHECK(jn_calendar_start(&c, INT64_MAX - 1) == JN_TIME_NEVER);
		CHECK(jn_calendar_start(&c, INT64_MIN + 1) == JN_TIME_MIN);
	}
}

/* ---- subjects ---- */

static uint32_t
make_times(uint64_t *seed, int64_t *time)
{
	uint32_t	n = unit_below(seed, MAX_TIMES);
	int64_t		at = (int64_t) unit_below(seed, 100) * DAY / 3;

	for (uint32_t i = 0; i < n; i++)
	{
		time[i] = at;
		at += (int64_t) unit_below(seed, 1 + unit_below(seed, 30)) * DAY / (1 + unit_below(seed, 12));
	}
	return n;
}

/* Whether a subject is back from "begin" to before "end", looking at each time. */
static bool
slow_back(JnCalendar *cut, const JnRetentionAsk *ask, const int64_t *time, uint32_t n, int64_t begin, int64_t end)
{
	for (uint32_t i = 0; i < n; i++)
	{
		int64_t		at = ask->rolling && cut != NULL ? jn_calendar_start(cut, slow_number(cut, time[i])) : time[i];

		if (time[i] <= ask->as_of && at >= begin && (ask->unbounded || at < end))
			return true;
	}
	return false;
}

TEST(retention_buckets)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 20000; round++)
	{
		static int64_t time[MAX_TIMES];
		int32_t		bound[9];
		uint8_t		bucket[8];
		uint32_t	n = make_times(&seed, time);
		JnCalendar	calendar;
		JnCalendar	cut;
		bool		cuts = unit_below(&seed, 2);
		JnRetentionAsk ask = {1 + unit_below(&seed, 8), bound, unit_below(&seed, 2), unit_below(&seed, 2), 0};
		int64_t		from;

		if (round % 1000 == 0)
			unit_env_clear(&unit_env);
		calendar = new_calendar(unit_below(&seed, 2));
		cut = new_calendar(unit_below(&seed, 2));
		for (uint32_t i = 0; i <= ask.buckets; i++)
			bound[i] = (int32_t) (i == 0 ? unit_below(&seed, 3) : (uint32_t) bound[i - 1] + 1 + unit_below(&seed, 4));
		if (n == 0)
			time[n++] = 0;
		ask.as_of = time[0] + (int64_t) unit_below(&seed, 60) * DAY / 2;
		jn_retention(ENV, &calendar, cuts ? &cut : NULL, &ask, time[0], time, n, bucket);

		from = ask.rolling ? cuts ? jn_calendar_start(&cut, slow_number(&cut, time[0])) : time[0] : 0;
		for (uint32_t k = 0; k < ask.buckets; k++)
		{
			int64_t		number = slow_number(&calendar, time[0]);
			int64_t		begin = ask.rolling ? jn_calendar_later(&calendar, from, bound[k])
			: jn_calendar_start(&calendar, number + bound[k]);
			int64_t		end = ask.rolling ? jn_calendar_later(&calendar, from, bound[k + 1])
			: jn_calendar_start(&calendar, number + bound[k + 1]);
			JnBucket	expected = end > ask.as_of ? JN_BUCKET_OPEN
			: slow_back(cuts ? &cut : NULL, &ask, time, n, begin, end) ? JN_BUCKET_BACK : JN_BUCKET_AWAY;

			if (!CHECK_INT(bucket[k], expected))
				return;
		}
	}
}

/* The state of a period by its definition. */
static JnLifeState
slow_state(const JnLifeAsk *ask, JnCalendar *c, const int64_t *time, uint32_t n, int64_t period, int64_t last)
{
	bool		there = false;
	bool		before = false;
	int64_t		ago = 0;

	for (uint32_t i = 0; i < n && time[i] <= ask->as_of; i++)
	{
		int64_t		number = slow_number(c, time[i]);

		there |= number == period;
		if (number < period)
		{
			before = true;
			ago = period - number;
		}
	}
	if (there)
		return !before ? JN_LIFE_NEW : ago <= ask->near ? JN_LIFE_CURRENT
			: ask->plain || ago > ask->far ? JN_LIFE_RESURRECTED : JN_LIFE_REACTIVATED;
	if (period == last)
		return JN_LIFE_OPEN;
	return ask->plain || ago > ask->far ? JN_LIFE_DORMANT : ago <= ask->near ? JN_LIFE_RISK_NEAR : JN_LIFE_RISK_FAR;
}

TEST(life_runs)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 4000; round++)
	{
		static int64_t time[MAX_TIMES];
		uint32_t	n = make_times(&seed, time);
		JnCalendar	c;
		JnLifeAsk	ask = {unit_below(&seed, 2), 1, 1, (int64_t) unit_below(&seed, 200) * DAY / 2};
		JnLife		life;
		JnLifeRun	run;
		int64_t		at = 0;
		uint32_t	runs = 0;

		if (round % 200 == 0)
			unit_env_clear(&unit_env);
		c = new_calendar(unit_below(&seed, 2));
		if (!ask.plain)
		{
			ask.near = 1 + (int32_t) unit_below(&seed, 4);
			ask.far = ask.near + (int32_t) unit_below(&seed, 4);
		}
		jn_life_open(ENV, &life, &c, &ask, time, n);
		for (; jn_life_next(ENV, &life, &run); runs++)
		{
			if (runs == 0)
				at = slow_number(&c, time[0]);
			CHECK_INT(run.from, at);
			CHECK(run.to > run.from);
			for (; at < run.to; at++)
				if (!CHECK_INT(run.state, slow_state(&ask, &c, time, n, at, slow_number(&c, ask.as_of))))
					return;
		}
		if (runs > 0)
			CHECK_INT(at, slow_number(&c, ask.as_of) + 1);
		else
			CHECK(n == 0 || time[0] > ask.as_of);

		/* a subject costs as much as it has times, however far as_of is */
		CHECK(runs <= 5 * n + 4);
	}
}

TEST(sticks)
{
	uint64_t	seed = 4;

	for (int round = 0; round < 4000; round++)
	{
		static int64_t time[MAX_TIMES];
		uint32_t	n = make_times(&seed, time);
		JnCalendar	days;
		JnCalendar	weeks = {.origin = DAY / 2,.length = 7 * DAY / 2};
		JnStick		stick;
		uint32_t	next = 0;
		uint32_t	i = 0;

		if (round % 200 == 0)
			unit_env_clear(&unit_env);
		days = new_calendar(unit_below(&seed, 2));
		jn_calendar_init(ENV, &weeks);
		while (jn_stick_next(ENV, &weeks, &days, time, n, &next, &stick))
		{
			int64_t		week = jn_calendar_number(&weeks, time[i]);
			int64_t		day = INT64_MIN;
			uint32_t	active = 0;

			CHECK_INT(stick.number, week);
			for (; i < n && jn_calendar_number(&weeks, time[i]) == week; i++)
			{
				active += slow_number(&days, time[i]) != day;
				day = slow_number(&days, time[i]);
			}
			if (!CHECK_INT(stick.active, active) || !CHECK_INT(next, i))
				return;
		}
		CHECK_INT(i, n);
	}
}
