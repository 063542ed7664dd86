/*
 * test_signal_facts.c
 *	  What is said about a signal, against its series put together by hand.
 */
#include "signal_facts.h"

#include "slope.h"

#include "series_model.h"

#define DAY		86400e6

static const JnSignalAsk usual = JN_SIGNAL_ASK_DEFAULT;

/* The signal of a series, its points in another order. */
static JnSignal
signal_of(const JnSeries *series, bool valued, uint64_t *seed)
{
	JnSignal	s = {.valued = valued};
	uint32_t	start = unit_below(seed, series->n);
	JnError		err;

	for (uint32_t i = 0; i < series->n; i++)
	{
		uint32_t	k = (i + start) % series->n;

		CHECK_INT(jn_signal_add(ENV, &s, series->x[k], series->y[k], &err), JN_OK);
	}
	return s;
}

/* What the statistics say about a series by itself. */
static void
check_against(const JnSeries *series, double unit, bool valued, const JnSignalFacts *facts)
{
	uint32_t   *rank = jn_alloc(ENV, series->n * sizeof(uint32_t));
	JnKendall	k = jn_kendall(ENV, series, rank);
	JnChange	change = jn_pettitt(ENV, series, rank);
	double		slope = 0;
	bool		has_slope = valued && jn_sen_slope(ENV, series, unit, &slope);

	CHECK(facts->has_tau && facts->tau == jn_kendall_tau(&k));
	CHECK(facts->has_z && facts->z == jn_kendall_z(&k));
	CHECK(facts->p == jn_normal_p(facts->z));
	CHECK_INT(facts->direction, facts->p >= 0.05 ? 0 : k.s > 0 ? 1 : -1);
	CHECK_INT(facts->has_slope, has_slope);
	CHECK(!has_slope || facts->slope_per_day == slope);
	CHECK(facts->has_change_p && facts->change_p == change.p);
	CHECK_INT(facts->has_change, change.found);
}

TEST(values)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 300; round++)
	{
		ModelSeries m = model_series(ENV, &seed, 2 + unit_below(&seed, 100), 1);
		const JnSeries *series = model_open(&m);
		JnSignal	s = signal_of(series, true, &seed);
		JnSignalFacts facts;

		jn_signal_facts(ENV, &s, &usual, &facts);
		check_against(series, DAY, true, &facts);
		if (facts.has_change)
		{
			uint32_t   *rank = jn_alloc(ENV, series->n * sizeof(uint32_t));

			jn_double_ranks(ENV, series->y, rank, series->n);
			CHECK_INT(facts.change_at, series->x[jn_pettitt(ENV, series, rank).last]);
		}
		unit_env_clear(&unit_env);
	}
}

/* Without values: the gaps one after another, turned round. */
TEST(gaps)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 300; round++)
	{
		uint32_t	n = 3 + unit_below(&seed, 100);
		ModelSeries m = model_series(ENV, &seed, n, 1);
		const JnSeries *points = model_open(&m);
		uint32_t	begin[] = {0, n - 1};
		int64_t    *x = jn_alloc(ENV, n * sizeof(int64_t));
		double	   *y = jn_alloc(ENV, n * sizeof(double));
		JnSignal	s = signal_of(points, false, &seed);
		JnSignalFacts facts;

		for (uint32_t i = 0; i + 1 < n; i++)
		{
			x[i] = i;
			y[i] = (double) (points->x[i] - points->x[i + 1]);
		}
		jn_signal_facts(ENV, &s, &usual, &facts);
		check_against(&(JnSeries) {n - 1, 1, begin, x, y}, 1, false, &facts);
		unit_env_clear(&unit_env);
	}
}

/* Points dealt to seasons: the seasons one after another, each in order of time. */
TEST(seasons)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 300; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, 100);
		uint32_t	seasons = 1 + unit_below(&seed, 12);
		ModelSeries m = model_series(ENV, &seed, n, 1);
		const JnSeries *points = model_open(&m);
		uint32_t   *season = jn_alloc(ENV, n * sizeof(uint32_t));
		uint32_t   *begin = jn_alloc(ENV, (seasons + 1) * sizeof(uint32_t));
		int64_t    *x = jn_alloc(ENV, n * sizeof(int64_t));
		double	   *y = jn_alloc(ENV, n * sizeof(double));
		uint32_t	placed = 0;
		JnSignal	s = signal_of(points, true, &seed);
		JnSignalAsk ask = usual;
		JnSignalFacts facts;
		JnSignalFacts plain;
		JnKendall	k;
		double		slope = 0;

		for (uint32_t i = 0; i < n; i++)
			season[i] = unit_below(&seed, seasons);
		for (uint32_t t = 0; t < seasons; t++)
		{
			begin[t] = placed;
			for (uint32_t i = 0; i < n; i++)
				if (season[i] == t)
				{
					x[placed] = points->x[i];
					y[placed++] = points->y[i];
				}
		}
		begin[seasons] = n;
		ask.season = season;
		ask.seasons = seasons;
		jn_signal_facts(ENV, &s, &ask, &facts);
		jn_signal_facts(ENV, &s, &usual, &plain);

		k = jn_kendall(ENV, &(JnSeries) {n, seasons, begin, x, y}, NULL);
		CHECK_INT(facts.has_tau, k.pairs > 0);
		CHECK(!facts.has_tau || (facts.tau == jn_kendall_tau(&k) && facts.z == jn_kendall_z(&k)));
		CHECK_INT(facts.has_slope, jn_sen_slope(ENV, &(JnSeries) {n, seasons, begin, x, y}, DAY, &slope));
		CHECK(!facts.has_slope || facts.slope_per_day == slope);
		/* the change point is that of the whole */
		CHECK(facts.change_p == plain.change_p && facts.change_at == plain.change_at);
		unit_env_clear(&unit_env);
	}
}

TEST(corrections)
{
	uint64_t	seed = 4;

	for (int round = 0; round < 100; round++)
	{
		ModelSeries m = model_series(ENV, &seed, 3 + unit_below(&seed, 100), 1);
		const JnSeries *series = model_open(&m);
		JnSignal	s = signal_of(series, true, &seed);
		JnSignalAsk ask = usual;
		JnSignalFacts facts;
		JnKendall	k = jn_kendall(ENV, series, NULL);
		double		slope = 0;
		double		factor;

		jn_sen_slope(ENV, series, DAY, &slope);
		ask.correction = round % 2 ? JN_CORRECT_HAMED_RAO : JN_CORRECT_YUE_WANG;
		ask.no_slope = unit_below(&seed, 2);
		factor = round % 2 ? jn_hamed_rao(ENV, series, slope, DAY, 0.05) : jn_yue_wang(ENV, series, slope, DAY);
		jn_signal_facts(ENV, &s, &ask, &facts);
		CHECK_INT(facts.has_z, factor > 0);
		k.variance *= factor;
		CHECK(!facts.has_z || facts.z == jn_kendall_z(&k));
		CHECK(!facts.has_slope || !ask.no_slope);
		unit_env_clear(&unit_env);
	}
}

TEST(one_and_two_points)
{
	static const int64_t x[] = {0, 86400000000};
	static const double y[] = {5, 7};
	static const uint32_t begin[] = {0, 2};
	uint64_t	seed = 5;

	for (int valued = 0; valued < 2; valued++)
	{
		JnSignal	one = signal_of(&(JnSeries) {1, 1, begin, x, y}, valued, &seed);
		JnSignal	two = signal_of(&(JnSeries) {2, 1, begin, x, y}, valued, &seed);
		JnSignalFacts facts;

		jn_signal_facts(ENV, &one, &usual, &facts);
		CHECK(facts.class == JN_FLAKE && facts.direction == 0);
		CHECK(!facts.has_gap && !facts.has_tau && !facts.has_z && !facts.has_slope && !facts.has_change_p && !facts.has_change);
		jn_signal_facts(ENV, &two, &usual, &facts);
		CHECK(facts.class == JN_PATTERN && facts.direction == 0 && facts.has_gap && facts.median_gap == 86400000000);
		CHECK_INT(facts.has_tau, valued);
		CHECK(!valued || (facts.tau == 1 && facts.z == 0 && facts.p == 1 && facts.slope_per_day == 2));
	}
}

TEST(terms_move_classes_and_directions)
{
	uint64_t	seed = 6;
	ModelSeries m = model_series(ENV, &seed, 8, 1);
	const JnSeries *series = model_open(&m);
	JnSignalAsk ask = {.terms = {0.05, 8, 9}};
	JnSignal	s;
	JnSignalFacts facts;

	for (uint32_t i = 0; i < 8; i++)
	{
		m.x[i] = i;
		m.y[i] = i;
	}
	s = signal_of(series, true, &seed);
	jn_signal_facts(ENV, &s, &ask, &facts);
	CHECK(facts.class == JN_PATTERN && facts.direction == 1);
	ask.terms = (JnSignalTerms) {facts.p, 9, 10};
	jn_signal_facts(ENV, &s, &ask, &facts);
	CHECK(facts.class == JN_FLAKE && facts.direction == 0); /* p is not below itself */
}
