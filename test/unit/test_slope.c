/*
 * test_slope.c
 *	  Sen's slope, against computing and sorting all slopes.
 */
#include "slope.h"

#include "series_model.h"

#define DAY		86400e6
#define TINY	0x1p-600

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static bool
slow_slope(const JnSeries *s, double *slope)
{
	double	   *all = malloc((size_t) s->n * s->n * sizeof(double) + 1);
	size_t		n = 0;

	for (uint32_t k = 0; k < s->seasons; k++)
		for (uint32_t i = s->begin[k]; i < s->begin[k + 1]; i++)
			for (uint32_t j = i + 1; j < s->begin[k + 1]; j++)
				if (s->x[i] != s->x[j])
					/* halves, so that 1.7e308 less -1.7e308 is a number */
					all[n++] = (s->y[j] / 2 - s->y[i] / 2) / ((double) (s->x[j] - s->x[i]) / DAY);
	qsort(all, n, sizeof(double), compare_doubles);
	if (n > 0)
		*slope = n % 2 == 1 ? 2 * all[n / 2] : all[n / 2 - 1] + all[n / 2];
	free(all);
	return n > 0;
}

static void
check_slope(const JnSeries *s)
{
	double		expected = 0;
	double		slope = 0;
	bool		there = slow_slope(s, &expected);

	CHECK_INT(jn_sen_slope(ENV, s, DAY, &slope), there);
	if (there && !CHECK(slope == expected || fabs(slope - expected) <= 1e-14 * fabs(expected)))
		printf("  %u points: %.17g, not %.17g\n", s->n, slope, expected);
}

/* Up to 181 points all slopes are computed; more take the way through counting. */
TEST(equals_all_slopes)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 200; round++)
	{
		uint32_t	n = round % 4 == 0 ? 1 + unit_below(&seed, 60) : 150 + unit_below(&seed, 600);
		ModelSeries m = model_series(ENV, &seed, n, unit_below(&seed, 3) == 0 ? 3 : 1);

		check_slope(model_open(&m));
		unit_env_clear(&unit_env);
	}
}

/* Where a sample says little: two values, one in nearly all pairs, and the place looked for between two blocks. */
TEST(few_different_slopes)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 60; round++)
	{
		uint32_t	n = 300 + unit_below(&seed, 300);
		ModelSeries m = model_series(ENV, &seed, n, 1);

		for (uint32_t i = 0; i < n; i++)
		{
			m.x[i] = round % 3 == 0 ? (i < n / 2 ? 0 : 1) * INT64_C(86400000000) : i * INT64_C(86400000000);
			m.y[i] = round % 3 == 0 ? unit_below(&seed, 2)
				: round % 3 == 1 ? (i >= n / 2)
				: unit_below(&seed, n) == 0;
		}
		model_sort_season(m.x, m.y, n);
		check_slope(model_open(&m));
		unit_env_clear(&unit_env);
	}
}

TEST(by_hand)
{
	static const int64_t x[] = {0, 86400000000, 2 * 86400000000};
	static const double y[] = {1, 3, 4};
	static const uint32_t begin[] = {0, 3};
	static const uint32_t two[] = {0, 2};
	static const uint32_t one[] = {0, 1};
	static const int64_t same[] = {5, 5, 5};
	double		slope;

	CHECK(jn_sen_slope(ENV, &(JnSeries) {3, 1, begin, x, y}, DAY, &slope) && slope == 1.5);
	CHECK(jn_sen_slope(ENV, &(JnSeries) {2, 1, two, x, y}, DAY, &slope) && slope == 2);
	CHECK(!jn_sen_slope(ENV, &(JnSeries) {1, 1, one, x, y}, DAY, &slope));
	CHECK(!jn_sen_slope(ENV, &(JnSeries) {3, 1, begin, same, y}, DAY, &slope));
}

/* The same answer each time; scaling the numbers by a power of two scales it. */
TEST(repeats_and_scales)
{
	uint64_t	seed = 3;
	ModelSeries m = model_series(ENV, &seed, 2000, 1);
	const JnSeries *s = model_open(&m);
	double		slope;
	double		again;

	for (uint32_t i = 0; i < 2000; i++)
		m.y[i] = model_noise(&seed) + i * 0.001;
	CHECK(jn_sen_slope(ENV, s, DAY, &slope));
	CHECK(jn_sen_slope(ENV, s, DAY, &again) && again == slope);
	for (uint32_t i = 0; i < 2000; i++)
		m.y[i] *= TINY;
	CHECK(jn_sen_slope(ENV, s, DAY, &again) && again == slope * TINY);
}

/* Memory and speed of many points: O(n). */
TEST(a_hundred_thousand_points)
{
	uint64_t	seed = 4;
	uint32_t	n = 100000;
	int64_t    *x = jn_alloc(ENV, n * sizeof(int64_t));
	double	   *y = jn_alloc(ENV, n * sizeof(double));
	uint32_t	begin[] = {0, n};
	size_t		before = unit_env.bytes;
	double		slope;

	for (uint32_t i = 0; i < n; i++)
	{
		x[i] = i * INT64_C(3600000000);
		y[i] = i + 1e6 * model_noise(&seed);
	}
	CHECK(jn_sen_slope(ENV, &(JnSeries) {n, 1, begin, x, y}, DAY, &slope));
	CHECK(fabs(slope - 24) < 1);
	CHECK_INT(unit_env.bytes, before);
	CHECK(unit_env.most_bytes - before < 70 * (size_t) n);
	CHECK(unit_env.ticks > 10);
}

static void
slope_of_many(const JnEnv *env, void *arg)
{
	uint64_t	seed = 5;
	ModelSeries m = model_series(env, &seed, 700, 1);

	CHECK(jn_sen_slope(env, model_open(&m), DAY, arg));
}

TEST(may_be_left_anywhere)
{
	double		slope;

	CHECK(unit_leave_everywhere(slope_of_many, &slope, 1000) > 10);
}
