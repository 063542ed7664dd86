/*
 * test_trend.c
 *	  Mann-Kendall, Pettitt and the corrections, against looking at each pair.
 */
#include "trend.h"

#include "series_model.h"

/* t (t - 1) (2 t + 5) and its like, in numbers wide enough for tests */
static double
five(double t)
{
	return t * (t - 1) * (2 * t + 5);
}

static double
three(double t)
{
	return t * (t - 1) * (t - 2);
}

static double
two(double t)
{
	return t * (t - 1);
}

/* S by all pairs; the variance by the formula, ties counted from each of their members. */
static JnKendall
slow_kendall(const JnSeries *s)
{
	JnKendall	k = {0};

	for (uint32_t season = 0; season < s->seasons; season++)
	{
		uint32_t	begin = s->begin[season];
		uint32_t	end = s->begin[season + 1];
		double		n = end - begin;
		double		x5 = 0,
					x3 = 0,
					x2 = 0,
					y5 = 0,
					y3 = 0,
					y2 = 0;

		for (uint32_t i = begin; i < end; i++)
		{
			double		x_ties = 0;
			double		y_ties = 0;

			for (uint32_t j = begin; j < end; j++)
			{
				x_ties += s->x[j] == s->x[i];
				y_ties += s->y[j] == s->y[i];
				if (j > i && s->x[j] != s->x[i])
					k.s += (s->y[j] > s->y[i]) - (s->y[j] < s->y[i]);
				k.pairs += j > i;
			}
			x5 += five(x_ties) / x_ties;
			x3 += three(x_ties) / x_ties;
			x2 += two(x_ties) / x_ties;
			y5 += five(y_ties) / y_ties;
			y3 += three(y_ties) / y_ties;
			y2 += two(y_ties) / y_ties;
		}
		if (n > 1)
			k.variance += (five(n) - x5 - y5) / 18 + x2 * y2 / (2 * two(n));
		if (n > 2)
			k.variance += x3 * y3 / (9 * three(n));
	}
	return k;
}

TEST(kendall_equals_all_pairs)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 1500; round++)
	{
		uint32_t	n = unit_below(&seed, round % 5 == 0 ? 400 : 40);
		ModelSeries m = model_series(ENV, &seed, n, unit_below(&seed, 2) ? 3 : 1);
		const JnSeries *s = model_open(&m);
		JnKendall	got = jn_kendall(ENV, s, NULL);
		JnKendall	expected = slow_kendall(s);

		CHECK_INT(got.s, expected.s);
		CHECK_INT(got.pairs, expected.pairs);
		/* what is nothing may come out as nearly nothing */
		CHECK(fabs(got.variance - expected.variance) <= 1e-9 * expected.variance + 1e-9);
		unit_env_clear(&unit_env);
	}
}

/* Exactly no variance, not a rounded one. */
TEST(constant_series_have_no_variance)
{
	for (uint32_t n = 0; n < 3000; n = n * 2 + 1)
	{
		int64_t    *x = jn_alloc(ENV, (n + 1) * sizeof(int64_t));
		double	   *y = jn_alloc(ENV, (n + 1) * sizeof(double));
		uint32_t	begin[] = {0, n};
		JnKendall	k;

		for (uint32_t i = 0; i < n; i++)
		{
			x[i] = i;
			y[i] = 7;
		}
		k = jn_kendall(ENV, &(JnSeries) {n, 1, begin, x, y}, NULL);
		CHECK(k.s == 0 && k.variance == 0);
		CHECK(jn_kendall_z(&k) == 0);
		CHECK(jn_normal_p(jn_kendall_z(&k)) == 1);
	}
}

/* Cubes beyond 64 bits: all equal but one, of four million. */
TEST(large_counts_stay_exact)
{
	uint32_t	n = 4000000;
	int64_t    *x = jn_alloc(ENV, n * sizeof(int64_t));
	double	   *y = jn_alloc(ENV, n * sizeof(double));
	uint32_t	begin[] = {0, n};
	double		t = n - 1;
	JnKendall	k;

	for (uint32_t i = 0; i < n; i++)
	{
		x[i] = i;
		y[i] = i == n - 1;
	}
	k = jn_kendall(ENV, &(JnSeries) {n, 1, begin, x, y}, NULL);
	CHECK_INT(k.s, n - 1);
	/* ((t + 1) t (2 t + 7) - t (t - 1) (2 t + 5)) / 18 */
	CHECK(model_near(k.variance, (6 * t * t + 12 * t) / 18));
}

/* Tails of the normal distribution; from 5 on by its continued fraction in 60 digits. */
TEST(p_far_in_the_tail)
{
	static const struct
	{
		double		z;
		double		p;
	}			cases[] = {
		{0, 1},
		{1, 0.31731050786291410283},
		{-1.959963984540054, 0.05},
		{5, 5.7330314375838782e-7},
		{-10, 1.5239706048321052e-23},
		{20, 5.5072482372124669e-89},
		{37, 1.1451142445049154e-299},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(model_near(jn_normal_p(cases[i].z), cases[i].p));
	CHECK(jn_normal_p(1e6) == 0);
}

/* ---- Pettitt ---- */

/* U at a place by its definition: the signs of all pairs across it. */
static JnChange
slow_pettitt(const JnSeries *s)
{
	JnChange	change = {.p = 1};
	int64_t		largest = 0;
	double		n = s->n;

	for (uint32_t i = 0; i + 1 < s->n; i++)
	{
		int64_t		u = 0;

		if (s->x[i] == s->x[i + 1])
			continue;
		for (uint32_t a = 0; a <= i; a++)
			for (uint32_t b = i + 1; b < s->n; b++)
				u += (s->y[a] > s->y[b]) - (s->y[a] < s->y[b]);
		if (llabs(u) > largest)
		{
			largest = llabs(u);
			change.found = true;
			change.last = i;
		}
	}
	change.p = fmin(1, 2 * exp(-6.0 * (double) largest * (double) largest / (n * n * n + n * n)));
	return change;
}

TEST(pettitt_equals_its_definition)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 1000; round++)
	{
		ModelSeries m = model_series(ENV, &seed, 2 + unit_below(&seed, 58), 1);
		const JnSeries *s = model_open(&m);
		uint32_t	rank[60];
		JnChange	got;
		JnChange	expected = slow_pettitt(s);

		if (unit_below(&seed, 2))
			jn_kendall(ENV, s, rank);
		else
			jn_double_ranks(ENV, s->y, rank, s->n);
		got = jn_pettitt(ENV, s, rank);
		CHECK_INT(got.found, expected.found);
		CHECK_INT(got.last, expected.last);
		CHECK(model_near(got.p, expected.p));
		unit_env_clear(&unit_env);
	}
}

/* ---- autocorrelation ---- */

/* The factors by their definitions, with ranks by counting and correlations by sums. */
static void
slow_factors(const JnSeries *s, double slope, double unit, double alpha, double *hamed_rao, double *yue_wang)
{
	uint32_t	n = s->n;
	double		left[600];
	double		rank[600];
	double		left_mean = 0;
	double		left_squares = 0;
	double		rank_squares = 0;
	double		h = 0;
	double		y = 0;

	for (uint32_t i = 0; i < n; i++)
		left[i] = s->y[i] - slope * ((double) (s->x[i] - s->x[0] + (s->x[n - 1] - s->x[0]) / (n - 1)) / unit);
	for (uint32_t i = 0; i < n; i++)
		left_mean += left[i] / n;
	for (uint32_t i = 0; i < n; i++)
	{
		rank[i] = 0.5;
		for (uint32_t j = 0; j < n; j++)
			rank[i] += (left[j] < left[i]) + 0.5 * (left[j] == left[i]);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		left[i] -= left_mean;
		rank[i] -= (n + 1) / 2.0;
		left_squares += left[i] * left[i];
		rank_squares += rank[i] * rank[i];
	}
	for (uint32_t lag = 1; lag < n; lag++)
	{
		double		r_left = 0;
		double		r_rank = 0;

		for (uint32_t i = 0; i + lag < n; i++)
		{
			r_left += left[i] * left[i + lag];
			r_rank += rank[i] * rank[i + lag];
		}
		if (left_squares > 0)
			y += (1 - (double) lag / n) * r_left / left_squares;
		if (rank_squares > 0 && erfc(fabs(r_rank / rank_squares) * sqrt(n / 2.0)) < alpha)
			h += three(n - lag) * r_rank / rank_squares;
	}
	*hamed_rao = 1 + 2 * h / three(n);
	*yue_wang = 1 + 2 * y;
}

/* Series that remember; more than 512 take the way through the Fourier transform. */
TEST(corrections_equal_their_definitions)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 150; round++)
	{
		uint32_t	n = 3 + unit_below(&seed, 597);
		ModelSeries m = model_series(ENV, &seed, n, 1);
		const JnSeries *s = model_open(&m);
		double		slope = (double) unit_below(&seed, 100) - 50;
		double		level = 0;
		double		hamed_rao;
		double		yue_wang;

		for (uint32_t i = 0; i < n; i++)
		{
			level = 0.9 * level + (double) unit_below(&seed, 1000);
			m.y[i] = level;
			m.x[i] = (int64_t) i * 7;
		}
		slow_factors(s, slope, 100, 0.05, &hamed_rao, &yue_wang);
		CHECK(model_near(jn_hamed_rao(ENV, s, slope, 100, 0.05), hamed_rao));
		CHECK(fabs(jn_yue_wang(ENV, s, slope, 100) - yue_wang) < 1e-9);
		unit_env_clear(&unit_env);
	}
}

TEST(nothing_left_is_not_correlated)
{
	static const int64_t x[] = {0, 1, 2, 3};
	static const double y[] = {5, 7, 9, 11};
	static const uint32_t begin[] = {0, 4};
	JnSeries	s = {4, 1, begin, x, y};

	CHECK(jn_hamed_rao(ENV, &s, 2, 1, 0.05) == 1);
	CHECK(jn_yue_wang(ENV, &s, 2, 1) == 1);
}

static void
everything(const JnEnv *env, void *arg)
{
	uint64_t	seed = 6;
	ModelSeries m = model_series(env, &seed, 3000, 1);
	const JnSeries *s = model_open(&m);
	uint32_t   *rank = jn_alloc(env, s->n * sizeof(uint32_t));
	JnKendall	k = jn_kendall(env, s, rank);

	*(double *) arg = jn_kendall_z(&k) + jn_pettitt(env, s, rank).p + jn_hamed_rao(env, s, 0, 1, 0.05) + jn_yue_wang(env, s, 0, 1);
}

TEST(may_be_left_anywhere)
{
	double		sum;

	CHECK(unit_leave_everywhere(everything, &sum, 1000) > 10);
}
