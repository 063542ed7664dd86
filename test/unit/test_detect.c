/*
 * test_detect.c
 *	  The tail of the binomial, and screens of topics that do and do not move.
 */
#include "detect.h"

#include <math.h>

#include "binomial.h"
#include "unit.h"

#define SECOND	INT64_C(1000000)
#define HOUR	(3600 * SECOND)
#define DAY		(24 * HOUR)

static JnError err;

/* ---- binomial ---- */

/* Term by term, in long doubles. */
static long double
slow_tail(uint32_t n, uint32_t k, double p)
{
	long double sum = 0;

	for (uint32_t i = n + 1; i-- > k;)
		sum += expl(lgammal(n + 1.0L) - lgammal(i + 1.0L) - lgammal(n - i + 1.0L)
					+ (i > 0 ? i * logl((long double) p) : 0) + (i < n ? (n - i) * logl(1 - (long double) p) : 0));
	return sum;
}

TEST(binomial_random)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 4000; round++)
	{
		uint32_t	n = unit_below(&seed, round % 20 == 0 ? 5000 : 60);
		uint32_t	k = unit_below(&seed, n + 2);
		double		p = unit_below(&seed, 3) ? (1 + unit_below(&seed, 999)) / 1000.0 : (1 + unit_below(&seed, 99)) / 1e5;
		long double expected = slow_tail(n, k, p);
		double		got = jn_binomial_tail(ENV, n, k, p);

		if (!CHECK(fabsl(got - expected) <= 1e-11L * expected || expected < 1e-280L))
			printf("  n %u k %u p %g: %.17g, not %.17Lg\n", n, k, p, got, expected);
	}
}

TEST(binomial_ends)
{
	CHECK(jn_binomial_tail(ENV, 0, 0, 0.5) == 1);
	CHECK(jn_binomial_tail(ENV, 0, 1, 0.5) == 0);
	CHECK(jn_binomial_tail(ENV, 10, 11, 0.5) == 0);
	CHECK(jn_binomial_tail(ENV, 10, 1, 0) == 0);
	CHECK(jn_binomial_tail(ENV, 10, 0, 0) == 1);
	CHECK(jn_binomial_tail(ENV, 10, 10, 1) == 1);
	CHECK(fabs(jn_binomial_tail(ENV, 3, 3, 0.5) - 0.125) < 1e-16);
	CHECK(fabs(jn_binomial_tail(ENV, 10, 8, 0.5) - 56.0 / 1024) < 1e-15);
	/* many: half of all are at or above the mean, and time does not run away */
	CHECK(fabs(jn_binomial_tail(ENV, UINT64_C(1000000000001), UINT64_C(500000000001), 0.5) - 0.5) < 1e-9);
	CHECK(jn_binomial_tail(ENV, UINT64_C(1000000000000), UINT64_C(600000000000), 0.5) == 0);
}

/* ---- detection ---- */

static double
uniform(uint64_t *seed)
{
	return ((double) (unit_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

static void
add(JnPoints *p, uint32_t topic, int64_t time, double value)
{
	char		name[16];
	int			size = snprintf(name, sizeof(name), "%05u", topic);

	CHECK_INT(jn_points_add(ENV, p, (JnName) {name, (uint32_t) size}, time, value, &err), JN_OK);
}

static const JnDetectTerms usual = {{JN_ALPHA, JN_PATTERN_AT, JN_TREND_AT}, 90 * DAY, 7 * DAY};

/* Points of a topic that come evenly, some of them "kept", from one day to another. */
static void
add_stream(uint64_t *seed, JnPoints *p, uint32_t topic, int from, int to, double per_day)
{
	for (double t = from; (t += -log(uniform(seed)) / per_day) < to;)
		add(p, topic, (int64_t) (t * (double) DAY), uniform(seed));
}

/* Of a thousand topics without a story none is reported, with times alone or with values. */
TEST(detect_does_not_cry_wolf)
{
	uint64_t	seed = 2;
	int			reported = 0;

	for (int round = 0; round < 8; round++)
	{
		JnPoints	p;
		JnDetection *d = jn_alloc(ENV, 1000 * sizeof(JnDetection));
		bool		any = false;

		jn_points_init(&p, round % 2);
		for (uint32_t topic = 0; topic < 1000; topic++)
		{
			add_stream(&seed, &p, topic, 0, 90, 0.05 + uniform(&seed) * (topic % 50 == 0 ? 10 : 1));
			add(&p, topic, (int64_t) (uniform(&seed) * 90 * (double) DAY), 0.5);
		}
		jn_points_order(ENV, &p);
		CHECK_INT(p.topic.names, 1000);
		CHECK_INT(jn_detect(ENV, &p, &usual, d, &err), JN_OK);
		for (int i = 0; i < 1000; i++)
			any |= jn_detected_burst(&d[i], &usual) || d[i].facts.direction != 0 || (d[i].tested && d[i].change_q <= 0.05);
		reported += any;
		unit_env_clear(&unit_env);
	}
	/* three families at 0.05 each, eight screens: one or two are to be expected, more are not */
	if (getenv("UNIT_VERBOSE"))
		printf("screens with a false report: %d of 8\n", reported);
	CHECK(reported <= 2);
}

/* What was planted among 1000 is found and comes first. */
TEST(detect_finds_what_was_planted)
{
	uint64_t	seed = 3;
	JnPoints	p;
	JnDetection *d = jn_alloc(ENV, 1000 * sizeof(JnDetection));
	int			reported = 0;

	jn_points_init(&p, false);
	for (uint32_t topic = 0; topic < 1000; topic++)
	{
		add_stream(&seed, &p, topic, 0, 90, 0.5);
		add(&p, topic, DAY, 0);
	}
	/* 7 more than doubles in the last week, 13 was never there before, 500 goes faster and faster, 600 slower */
	add_stream(&seed, &p, 7, 83, 90, 4);
	add_stream(&seed, &p, 1000, 85, 90, 3);
	for (int i = 0; i < 60; i++)
	{
		add(&p, 500, (int64_t) (80 * sqrt(i / 60.0) * (double) DAY), 0);
		add(&p, 600, (int64_t) (80 * pow(i / 60.0, 3) * (double) DAY), 0);
	}
	jn_points_order(ENV, &p);
	d = jn_alloc(ENV, 1001 * sizeof(JnDetection));
	CHECK_INT(p.topic.names, 1001);
	CHECK_INT(jn_detect(ENV, &p, &usual, d, &err), JN_OK);
	for (int i = 0; i < 1001; i++)
		reported += jn_detected_burst(&d[i], &usual) || d[i].facts.direction != 0;
	CHECK((d[0].topic == 1000 && d[1].topic == 7) || (d[0].topic == 7 && d[1].topic == 1000));
	CHECK(jn_detected_burst(&d[0], &usual) && jn_detected_burst(&d[1], &usual));
	for (int i = 0; i < 1001; i++)
	{
		if (d[i].topic == 500)
			CHECK(i < 5 && d[i].facts.direction == 1);
		if (d[i].topic == 600)
			CHECK(i < 6 && d[i].facts.direction == -1);
		if (d[i].topic == 1000)
			CHECK(d[i].expected == 0 && d[i].recent == d[i].facts.points);
	}
	CHECK(reported >= 4 && reported <= 6);
}

/* The counts of a burst, on which side each bound is, and the terms. */
TEST(detect_bounds)
{
	JnDetectTerms terms = {{0.05, 2, 3}, 100, 10};
	JnPoints	p;
	JnDetection d[4];

	jn_points_init(&p, false);
	for (int64_t t = 0; t <= 100; t += 10)
		add(&p, 0, t, 0);		/* 0 begins the watch; 10 .. 90 are before, 100 is recent */
	add(&p, 1, 0, 0);
	add(&p, 1, 90, 0);
	add(&p, 1, 91, 0);
	add(&p, 2, 50, 0);
	add(&p, 3, 95, 0);
	add(&p, 3, 96, 0);
	jn_points_order(ENV, &p);
	CHECK_INT(jn_detect(ENV, &p, &terms, d, &err), JN_OK);
	for (int i = 0; i < 4; i++)
		switch (d[i].topic)
		{
			case 0:
				CHECK(d[i].tested && d[i].recent == 1 && fabs(d[i].expected - 1) < 1e-15);
				CHECK(fabs(d[i].burst_p - (1 - pow(0.9, 10))) < 1e-14);
				break;
			case 1:
				CHECK(d[i].tested && d[i].recent == 1 && fabs(d[i].expected - 1.0 / 9) < 1e-15);
				CHECK(fabs(d[i].burst_p - 0.19) < 1e-15);
				break;
			default:
				CHECK(!d[i].tested && d[i].facts.direction == 0 && !jn_detected_burst(&d[i], &terms));
		}
	CHECK_INT(jn_detect_recent(&p, 100), 10);
	CHECK_INT(jn_detect_recent(&p, 5), 1);

	/* no time before: nothing to compare with */
	terms.recent = 1000;
	CHECK_INT(jn_detect(ENV, &p, &terms, d, &err), JN_OK);
	for (int i = 0; i < 4; i++)
		CHECK(isnan(d[i].expected) && d[i].burst_p == 1);
}

static void
call_detect(const JnEnv *env, void *arg)
{
	uint64_t	seed = 5;
	JnDetection d[8];
	JnPoints	p;

	(void) arg;
	jn_points_init(&p, true);
	for (int i = 0; i < 100; i++)
		jn_points_add(env, &p, (JnName) {&"abcdefgh"[unit_below(&seed, 8)], 1}, unit_below(&seed, 2000), i, &err);
	jn_points_order(env, &p);
	jn_detect(env, &p, &usual, d, &err);
}

TEST(detect_leave)
{
	CHECK(unit_leave_everywhere(call_detect, NULL, 300) > 10);
}
