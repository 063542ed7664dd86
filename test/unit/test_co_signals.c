/*
 * test_co_signals.c
 *	  Points of topics, rates of false discoveries, and pairs of topics that
 *	  come together, against counting and trying all there is.
 */
#include "co_signals.h"

#include <math.h>

#include "fdr.h"
#include "unit.h"

#define SECOND	INT64_C(1000000)
#define HOUR	(3600 * SECOND)
#define DAY		(24 * HOUR)

static JnError err;

static void
add(JnPoints *p, const char *topic, int64_t time)
{
	CHECK_INT(jn_points_add(ENV, p, (JnName) {topic, (uint32_t) strlen(topic)}, time, 0, &err), JN_OK);
}

/* A number from 0 to 1, exclusive. */
static double
uniform(uint64_t *seed)
{
	return ((double) (unit_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* Time to the next point of a Poisson process. */
static int64_t
wait(uint64_t *seed, double mean)
{
	return (int64_t) (-log(uniform(seed)) * mean) + 1;
}

/* ---- points ---- */

TEST(points_in_order)
{
	uint64_t	seed = 1;
	static const char *const names[] = {"b", "a", "", "aa", "ü", "c"};

	for (int round = 0; round < 200; round++)
	{
		uint32_t	n = unit_below(&seed, 300);
		uint32_t	sum = 0;
		JnPoints	p;

		jn_points_init(&p, true);
		for (uint32_t i = 0; i < n; i++)
		{
			const char *name = names[unit_below(&seed, 6)];

			CHECK_INT(jn_points_add(ENV, &p, (JnName) {name, (uint32_t) strlen(name)}, unit_below(&seed, 20),
									unit_below(&seed, 5), &err), JN_OK);
			sum += (uint32_t) p.time[i] + 7 * (uint32_t) p.value[i];
		}
		jn_points_order(ENV, &p);
		CHECK_INT(p.n, n);
		for (uint32_t t = 0; t < p.topic.names; t++)
		{
			CHECK(jn_points_count(&p, t) > 0);
			CHECK(t == 0 || jn_name_compare(jn_dict_name(&p.topic, t - 1), jn_dict_name(&p.topic, t)) < 0);
			for (uint32_t i = p.begin[t]; i < p.begin[t + 1]; i++)
			{
				CHECK(i == p.begin[t] || p.time[i - 1] < p.time[i]
					  || (p.time[i - 1] == p.time[i] && p.value[i - 1] <= p.value[i]));
				sum -= (uint32_t) p.time[i] + 7 * (uint32_t) p.value[i];
			}
		}
		CHECK_INT(p.begin[p.topic.names], n);
		CHECK_INT(sum, 0);
		unit_env_clear(&unit_env);
	}
}

/* ---- q-values ---- */

/* The example of Benjamini and Hochberg 1995, 15 tests: four are found at 0.05. */
TEST(q_values_published)
{
	static const double p[] = {0.0344, 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0459, 0.3240,
	0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
	double		q[15];
	int			found = 0;

	jn_q_values(ENV, p, 15, 15, q);
	for (int i = 0; i < 15; i++)
		found += q[i] <= 0.05;
	CHECK_INT(found, 4);
	CHECK(fabs(q[1] - 0.0015) < 1e-15);
	CHECK(fabs(q[2] - 0.0030) < 1e-15);
	CHECK(fabs(q[4] - 0.035625) < 1e-15);
	CHECK(q[14] == 1);
}

/* The definition: the least of p times tests over rank among all that are not smaller. */
TEST(q_values_random)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 500; round++)
	{
		uint32_t	n = unit_below(&seed, 40);
		uint32_t	tests = n + unit_below(&seed, 100);
		double		p[40];
		double		q[40];

		for (uint32_t i = 0; i < n; i++)
			p[i] = (1 + unit_below(&seed, 20)) / 20.0 * (unit_below(&seed, 3) ? 0.01 : 1);
		jn_q_values(ENV, p, n, tests, q);
		for (uint32_t i = 0; i < n; i++)
		{
			double		least = 1;

			for (uint32_t k = 0; k < n; k++)
			{
				uint32_t	rank = 0;

				for (uint32_t m = 0; m < n; m++)
					rank += p[m] <= p[k];
				if (p[k] >= p[i] && p[k] * tests / rank < least)
					least = p[k] * tests / rank;
			}
			CHECK(q[i] == least);
		}
	}
}

/* ---- pairs ---- */

/* Hits of cases among exposures, told moment by moment. */
static uint32_t
slow_hits(const int64_t *exposure, uint32_t exposures, const int64_t *time, uint32_t n, int64_t shift, const JnCoTerms *terms)
{
	uint32_t	hits = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < exposures; k++)
		{
			int64_t		lag = time[i] + shift - exposure[k];

			if (terms->follows ? lag > 0 && lag <= terms->horizon : lag >= -terms->horizon && lag <= terms->horizon)
			{
				hits++;
				break;
			}
		}
	return hits;
}

/* Tries all places of the blocks from "block" on: the share of them with "hits" or more. */
static double
try_all(const int64_t *exposure, uint32_t exposures, const int64_t *time, uint32_t n, int64_t start, uint32_t whole,
		uint32_t block, int32_t hits, const JnCoTerms *terms)
{
	uint32_t	at = 0;
	uint32_t	cases = 0;
	uint32_t	strata = (whole + terms->blocks / 2) / terms->blocks;
	uint32_t	first = 0;
	uint32_t	length = 0;
	double		sum = 0;

	if (strata == 0)
		strata = 1;
	if (block > whole)
		return hits <= 0;
	while (at < n && (time[at] - start) / terms->block < block)
		at++;
	while (at + cases < n && (block == whole || (time[at + cases] - start) / terms->block == block))
		cases++;
	/* strata one after another: so many blocks each, one more while the rest lasts */
	for (uint32_t i = 0; block < whole && first + length <= block; i++)
	{
		first += length;
		length = whole / strata + (i < whole % strata);
	}
	if (cases == 0 || block == whole)
		return try_all(exposure, exposures, time, n, start, whole, block + 1,
					   hits - (int32_t) slow_hits(exposure, exposures, time + at, cases, 0, terms), terms);
	for (uint32_t to = first; to < first + length; to++)
		sum += try_all(exposure, exposures, time, n, start, whole, block + 1,
					   hits - (int32_t) slow_hits(exposure, exposures, time + at, cases,
												  ((int64_t) to - block) * terms->block, terms), terms);
	return sum / length;
}

TEST(co_signals_random)
{
	uint64_t	seed = 3;
	int			pairs = 0;

	for (int round = 0; round < 1500; round++)
	{
		static const char *const names[] = {"a", "b", "c"};
		JnCoTerms	terms = {.horizon = unit_below(&seed, 15),.block = 1 + unit_below(&seed, 40),.min_points = 1 + unit_below(&seed, 3),
		.blocks = 2 + unit_below(&seed, 4),.follows = unit_below(&seed, 2)};
		bool		two = unit_below(&seed, 2);
		uint32_t	span = (uint32_t) terms.block * (1 + unit_below(&seed, 7)) + unit_below(&seed, 20);
		JnPoints	p[2];
		JnCoSignals found;
		int64_t		start = INT64_MAX;
		int64_t		last = INT64_MIN;
		uint32_t	tested = 0;
		uint32_t	expected = 0;
		double		values[9];
		double		q[9];

		jn_points_init(&p[0], false);
		jn_points_init(&p[1], false);
		for (uint32_t i = 1 + unit_below(&seed, 24); i > 0; i--)
		{
			int64_t		time = 1000 + unit_below(&seed, span);

			add(&p[two ? unit_below(&seed, 2) : 0], names[unit_below(&seed, 3)], time);
			start = time < start ? time : start;
			last = time > last ? time : last;
		}
		jn_points_order(ENV, &p[0]);
		jn_points_order(ENV, &p[1]);
		CHECK_INT(jn_co_signals(ENV, &p[0], two ? &p[1] : NULL, &terms, &found, &err), JN_OK);
		for (uint32_t a = 0; a < p[0].topic.names; a++)
			for (uint32_t b = 0; b < p[two].topic.names; b++)
			{
				const JnPoints *e = &p[0];
				const JnPoints *c = &p[two];
				uint32_t	et = a;
				uint32_t	ct = b;
				uint32_t	hits;
				double		mean = 0;
				double		chance;
				const JnCoSignal *pair = NULL;

				if (jn_points_count(e, a) < terms.min_points || jn_points_count(c, b) < terms.min_points
					|| (!two && (terms.follows ? a == b : a >= b)))
					continue;
				if (!terms.follows && jn_points_count(e, a) < jn_points_count(c, b))
					e = &p[two], c = &p[0], et = b, ct = a;
				tested++;
				hits = slow_hits(e->time + e->begin[et], jn_points_count(e, et), c->time + c->begin[ct], jn_points_count(c, ct), 0, &terms);
				for (uint32_t i = 0; i < found.n; i++)
					if (found.pair[i].a == a && found.pair[i].b == b)
						pair = &found.pair[i];
				CHECK((pair != NULL) == (hits > 0));
				if (pair == NULL)
					continue;
				CHECK_INT(pair->hits, hits);
				for (int32_t h = (int32_t) jn_points_count(c, ct); h > 0; h--)
				{
					chance = try_all(e->time + e->begin[et], jn_points_count(e, et), c->time + c->begin[ct],
									 jn_points_count(c, ct), start, (uint32_t) ((last - start + 1) / terms.block), 0, h, &terms);
					mean += chance;
					if (h == (int32_t) hits)
					{
						CHECK(fabs(pair->p - chance) < 1e-12);
						values[expected++] = pair->p;
					}
				}
				CHECK(fabs(pair->expected - mean) < 1e-9);
				pairs++;
			}
		CHECK_INT(found.tested, tested);
		CHECK_INT(found.n, expected);
		jn_q_values(ENV, values, expected, tested, q);
		for (uint32_t i = 0; i < found.n; i++)
		{
			bool		there = false;

			for (uint32_t k = 0; k < expected; k++)
				there |= values[k] == found.pair[i].p && q[k] == found.pair[i].q;
			CHECK(there);
			CHECK(i == 0 || found.pair[i - 1].q <= found.pair[i].q);
		}
		unit_env_clear(&unit_env);
	}
	CHECK(pairs > 1000);
}

/* Lags are from a to b, whichever has more points; the nearest exposure counts. */
TEST(co_signals_lag)
{
	JnCoTerms	terms = {.horizon = 100,.block = 10000,.blocks = 28,.min_points = 1};

	for (int way = 0; way < 2; way++)
		for (int follows = 0; follows < 2; follows++)
		{
			JnPoints	p;
			JnCoSignals found;

			jn_points_init(&p, false);
			for (int i = 0; i < 5; i++)
			{
				add(&p, "a", 1000 * i);
				add(&p, "b", 1000 * i + 10 * (i + 1));
			}
			for (int i = 0; i < 3; i++)
				add(&p, way ? "a" : "b", 50000 + i);
			jn_points_order(ENV, &p);
			terms.follows = follows;
			CHECK_INT(jn_co_signals(ENV, &p, NULL, &terms, &found, &err), JN_OK);
			CHECK_INT(found.n, 1);
			CHECK_INT(found.pair[0].a, 0);
			CHECK_INT(found.pair[0].lag, 30);
			CHECK_INT(found.pair[0].hits, 5);
			unit_env_clear(&unit_env);
		}
}

/* The ends of time: nothing overflows. */
TEST(co_signals_ends)
{
	JnCoTerms	terms = {.horizon = JN_CO_HORIZON_MAX,.block = 1,.blocks = 2,.min_points = 1};

	for (int follows = 0; follows < 2; follows++)
		for (int long_block = 0; long_block < 2; long_block++)
		{
			JnPoints	p;
			JnCoSignals found;

			jn_points_init(&p, false);
			add(&p, "a", JN_TIME_MIN);
			add(&p, "a", JN_TIME_END - 2);
			add(&p, "b", JN_TIME_END - 1);
			add(&p, "b", JN_TIME_MIN + 1);
			jn_points_order(ENV, &p);
			terms.follows = follows;
			terms.block = long_block ? INT64_MAX : 1;
			CHECK_INT(jn_co_signals(ENV, &p, NULL, &terms, &found, &err), JN_OK);
			CHECK(found.n >= 1);
			CHECK_INT(found.pair[0].hits, 2);
			CHECK(found.pair[0].p > 0 && found.pair[0].p <= 1);
			CHECK(jn_co_block(&p, NULL, INT64_MAX / 4) == INT64_MAX);
		}
	{
		JnPoints	empty;
		JnCoSignals found;

		jn_points_init(&empty, false);
		jn_points_order(ENV, &empty);
		CHECK_INT(jn_co_signals(ENV, &empty, NULL, &terms, &found, &err), JN_OK);
		CHECK_INT(found.n, 0);
		CHECK_INT(jn_co_block(&empty, NULL, 0), 1);
	}
}

/*
 * Streams that have nothing to do with each other, in 90 days: at all hours, in
 * office hours, growing, and in bursts.  q <= 0.05 should report a pair in at
 * most one screen of twenty, and p <= 0.05 in one pair of twenty.
 */
TEST(co_signals_do_not_cry_wolf)
{
	uint64_t	seed = 4;
	int			screens = 0;
	int			false_screens = 0;
	int			pairs = 0;
	int			low = 0;

	for (int kind = 0; kind < 4; kind++)
		for (int round = 0; round < 12; round++)
		{
			JnCoTerms	terms = {.horizon = HOUR,.blocks = 28,.min_points = 5,.follows = round % 2};
			JnPoints	p;
			JnCoSignals found;
			bool		cried = false;

			jn_points_init(&p, false);
			for (char topic = 'a'; topic < 'k'; topic++)
			{
				char		name[2] = {topic, 0};
				double		mean = (double) DAY * (topic - 'a' + 1) / 6;

				for (int64_t t = wait(&seed, mean); t < 90 * DAY; t += wait(&seed, mean))
				{
					if (kind == 1 && (t % DAY < 9 * HOUR || t % DAY > 17 * HOUR))
						continue;
					if (kind == 2 && uniform(&seed) > (double) t / (90 * (double) DAY))
						continue;
					for (uint32_t burst = kind == 3 ? 1 + unit_below(&seed, 8) : 1; burst > 0; burst--)
						add(&p, name, t + (burst - 1) * unit_below(&seed, 1800) * SECOND);
				}
			}
			jn_points_order(ENV, &p);
			terms.block = jn_co_block(&p, NULL, terms.horizon);
			CHECK_INT(terms.block, DAY);
			CHECK_INT(jn_co_signals(ENV, &p, NULL, &terms, &found, &err), JN_OK);
			for (uint32_t i = 0; i < found.n; i++)
			{
				cried |= found.pair[i].q <= 0.05;
				low += found.pair[i].p <= 0.05;
			}
			pairs += (int) found.tested;
			screens++;
			false_screens += cried;
			unit_env_clear(&unit_env);
		}
	if (getenv("UNIT_VERBOSE"))
		printf("screens %d, with a false report %d; pairs %d, with p <= 0.05 %d\n", screens, false_screens, pairs, low);
	CHECK(false_screens <= screens / 20 + 1);
	CHECK(low <= pairs / 20);
}

/* One topic that sets off another, among eight that do not: found, with its lag, and no other. */
TEST(co_signals_finds_what_was_planted)
{
	uint64_t	seed = 5;

	for (int round = 0; round < 5; round++)
	{
		JnCoTerms	terms = {.horizon = HOUR,.block = DAY,.blocks = 28,.min_points = 5,.follows = true};
		JnPoints	p;
		JnCoSignals found;
		int			reported = 0;

		jn_points_init(&p, false);
		for (char topic = 'a'; topic < 'k'; topic++)
			for (int64_t t = wait(&seed, (double) DAY); t < 90 * DAY; t += wait(&seed, (double) DAY))
			{
				add(&p, (char[]) {topic, 0}, t);
				if (topic == 'c' && unit_below(&seed, 3) == 0)
					add(&p, "h", t + 20 * 60 * SECOND + unit_below(&seed, 600) * SECOND);
			}
		jn_points_order(ENV, &p);
		CHECK_INT(jn_co_signals(ENV, &p, NULL, &terms, &found, &err), JN_OK);
		CHECK_INT(found.tested, 90);
		CHECK(found.n > 0 && found.pair[0].a == 2 && found.pair[0].b == 7);
		CHECK(found.pair[0].q < 1e-6 && found.pair[0].hits > 4 * found.pair[0].expected);
		CHECK(found.pair[0].lag > 15 * 60 * SECOND && found.pair[0].lag < 35 * 60 * SECOND);
		for (uint32_t i = 0; i < found.n; i++)
			reported += found.pair[i].q <= 0.05;
		CHECK(reported <= 2);
		unit_env_clear(&unit_env);
	}
}

static void
call_co_signals(const JnEnv *env, void *arg)
{
	uint64_t	seed = 6;
	JnCoTerms	terms = {.horizon = 50,.block = 100,.blocks = 5,.min_points = 1};
	JnPoints	p;
	JnCoSignals found;

	(void) arg;
	jn_points_init(&p, false);
	for (int i = 0; i < 100; i++)
		jn_points_add(env, &p, (JnName) {&"abcdefgh"[unit_below(&seed, 8)], 1}, unit_below(&seed, 2000), 0, &err);
	jn_points_order(env, &p);
	jn_co_signals(env, &p, NULL, &terms, &found, &err);
}

TEST(co_signals_leave)
{
	CHECK(unit_leave_everywhere(call_co_signals, NULL, 300) > 10);
}
