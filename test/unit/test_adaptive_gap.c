/*
 * test_adaptive_gap.c
 *	  Learned gaps: planted valleys are found, and none where there is none.
 */
#include "adaptive_gap.h"

#include <math.h>

#include "model.h"

/* ---- pauses at random ---- */

/* A distribution of pauses: kinds of spread around 2^at microseconds, with a share. */
typedef enum Shape
{
	LOGNORMAL,					/* spread = standard deviation in octaves */
	EXPONENTIAL,				/* with mean 2^at */
	UNIFORM,					/* from 0 to 2^at */
	LOGUNIFORM,					/* spread to either side, in octaves */
	GAMMA,						/* sum of three exponential ones */
	EQUAL
} Shape;

typedef struct Part
{
	Shape		shape;
	double		at;
	double		spread;
	double		share;
} Part;

static double
uniform(uint64_t *seed)
{
	return ((double) (unit_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* A pause of a part, as a power of 2. */
static double
draw(uint64_t *seed, const Part *part)
{
	switch (part->shape)
	{
		case LOGNORMAL:
			return part->at + part->spread * sqrt(-2 * log(uniform(seed))) * cos(6.283185307179586 * uniform(seed));
		case EXPONENTIAL:
			return part->at + log2(-log(uniform(seed)));
		case UNIFORM:
			return part->at + log2(uniform(seed));
		case LOGUNIFORM:
			return part->at + part->spread * (2 * uniform(seed) - 1);
		case GAMMA:
			return part->at + log2(-log(uniform(seed) * uniform(seed) * uniform(seed)) / 3);
		default:
			return part->at;
	}
}

/* The density of a lognormal one on the scale of octaves. */
static double
density(const Part *part, double y)
{
	double		z = (y - part->at) / part->spread;

	return exp(-z * z / 2) / (part->spread * 2.5066282746);
}

static void
fill(uint64_t *seed, JnPauses *pauses, const Part *part, int parts, int n, double unit)
{
	*pauses = (JnPauses)
	{
		{
			0
		}
	};
	for (int i = 0; i < n; i++)
	{
		double		which = uniform(seed);
		int			k = 0;

		while (k < parts - 1 && which > part[k].share)
			which -= part[k++].share;
		jn_pauses_add(pauses, (uint64_t) (floor(exp2(draw(seed, &part[k])) / unit) * unit));
	}
}

/* ---- planted valleys ---- */

static const struct Planted
{
	const char *name;
	int			n;
	Part		part[3];
	int			parts;
}			planted[] =

{
	{"even, narrow", 1000, {{LOGNORMAL, 24, 1, .5}, {LOGNORMAL, 34, 1, .5}}, 2},
	{"4 to 1", 1000, {{LOGNORMAL, 24, 1.5, .8}, {LOGNORMAL, 34, 1.5, .2}}, 2},
	{"19 to 1", 2000, {{LOGNORMAL, 24, 1.5, .95}, {LOGNORMAL, 34, 1.5, .05}}, 2},
	{"1 to 19", 2000, {{LOGNORMAL, 24, 1.5, .05}, {LOGNORMAL, 34, 1.5, .95}}, 2},
	{"19 to 1, the larger wide", 2000, {{LOGNORMAL, 24, 2, .95}, {LOGNORMAL, 34, 1, .05}}, 2},
	{"19 to 1, very wide", 20000, {{LOGNORMAL, 24, 2.5, .95}, {LOGNORMAL, 35, 1.5, .05}}, 2},
	{"19 to 1, many", 100000, {{LOGNORMAL, 24, 2, .95}, {LOGNORMAL, 36, 2, .05}}, 2},
	{"wide", 10000, {{LOGNORMAL, 24, 2, .8}, {LOGNORMAL, 34, 2, .2}}, 2},
	{"a minute and a day", 5000, {{LOGNORMAL, 25.8, 1.5, .85}, {LOGNORMAL, 36.3, 1.2, .15}}, 2},
	{"three modes", 5000, {{LOGNORMAL, 21, 1, .4}, {LOGNORMAL, 26, 1.2, .4}, {LOGNORMAL, 36, 1.5, .2}}, 3},
};

/* The lowest place of the true density between the last two modes. */
static double
true_valley(const struct Planted *p)
{
	double		lowest = INFINITY;
	double		place = 0;

	for (double y = p->part[p->parts - 2].at; y < p->part[p->parts - 1].at; y += 0.01)
	{
		double		sum = 0;

		for (int k = 0; k < p->parts; k++)
			sum += p->part[k].share * density(&p->part[k], y);
		if (sum < lowest)
		{
			lowest = sum;
			place = y;
		}
	}
	return place;
}

/* Within a bucket, an octave, of the true valley, for each of 100 seeds. */
TEST(adaptive_gap_finds_planted_valleys)
{
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++)
	{
		double		truth = true_valley(&planted[i]);
		double		furthest = 0;
		int			missed = 0;

		for (uint64_t round = 1; round <= 100; round++)
		{
			uint64_t	seed = round * 1000 + i;
			JnPauses	pauses;
			int64_t		gap;
			double		off;

			fill(&seed, &pauses, planted[i].part, planted[i].parts, planted[i].n, 1);
			if (!jn_pauses_valley(&pauses, &gap))
			{
				missed++;
				continue;
			}
			off = fabs(log2((double) gap) - truth);
			if (off > furthest)
				furthest = off;
		}
		if (!CHECK(missed == 0) || !CHECK(furthest <= 1))
			printf("  %s: %d missed, %.2f octaves off\n", planted[i].name, missed, furthest);
	}
}

/* Between clusters with nothing at all between them: in the middle, within a bucket. */
TEST(adaptive_gap_of_empty_valleys)
{
	static const Part clusters[] = {{LOGUNIFORM, 24, 2, .7}, {LOGUNIFORM, 35, 2, .3}};
	static const Part spikes[] = {{EQUAL, 24.5, 0, .9}, {EQUAL, 34.5, 0, .1}};

	for (uint64_t round = 1; round <= 50; round++)
	{
		uint64_t	seed = round;
		JnPauses	pauses;
		int64_t		gap = 0;

		fill(&seed, &pauses, clusters, 2, 200, 1);
		CHECK(jn_pauses_valley(&pauses, &gap) && fabs(log2((double) gap) - 29.5) <= 1);
		fill(&seed, &pauses, spikes, 2, 400, 1);
		CHECK(jn_pauses_valley(&pauses, &gap) && fabs(log2((double) gap) - 29.5) <= 1);
	}
}

/* Where one side ends abruptly, the valley is as good as empty behind its end: somewhere in it. */
TEST(adaptive_gap_of_other_shapes)
{
	static const Part shapes[][2] = {
		{{GAMMA, 25, 0, .8}, {LOGNORMAL, 35, 1.5, .2}},
		{{EXPONENTIAL, 25, 0, .7}, {LOGNORMAL, 36, 1.5, .3}},
		{{EXPONENTIAL, 25, 0, .9}, {UNIFORM, 36, 0, .1}},
		{{UNIFORM, 25, 0, .5}, {GAMMA, 35, 0, .5}},
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (uint64_t round = 1; round <= 50; round++)
		{
			uint64_t	seed = round;
			JnPauses	pauses;
			int64_t		gap = 0;

			fill(&seed, &pauses, shapes[i], 2, 5000, 1);
			CHECK(jn_pauses_valley(&pauses, &gap));
			CHECK(log2((double) gap) > 26.5 && log2((double) gap) < 32.5);
		}
}

/* ---- one mode ---- */

static const struct
{
	const char *name;
	int			n;
	Part		part;
}			unimodal[] =

{
	{"exponential", 30, {EXPONENTIAL, 25, 0, 1}}, {"exponential", 300, {EXPONENTIAL, 30, 0, 1}},
	{"exponential", 10000, {EXPONENTIAL, 36, 0, 1}}, {"lognormal", 40, {LOGNORMAL, 25, 1, 1}},
	{"lognormal", 200, {LOGNORMAL, 25, 2, 1}}, {"lognormal", 2000, {LOGNORMAL, 25, 3, 1}},
	{"lognormal", 10000, {LOGNORMAL, 30, 5, 1}}, {"uniform", 100, {UNIFORM, 25, 0, 1}},
	{"uniform", 5000, {UNIFORM, 40, 0, 1}}, {"loguniform", 100, {LOGUNIFORM, 25, 4, 1}},
	{"loguniform", 3000, {LOGUNIFORM, 25, 5, 1}}, {"gamma", 1000, {GAMMA, 25, 0, 1}}, {"equal", 1000, {EQUAL, 25, 0, 1}},
};

/* NULL for each of 200 seeds, and in whole seconds, minutes and days as well. */
TEST(adaptive_gap_finds_none_in_one_mode)
{
	static const double units[] = {1, 1e6, 60e6, 86400e6};

	for (size_t i = 0; i < sizeof(unimodal) / sizeof(unimodal[0]); i++)
		for (int u = 0; u < 4; u++)
		{
			int			found = 0;
			int			rounds = unimodal[i].n > 1000 ? 20 : 200;

			for (int round = 1; round <= rounds; round++)
			{
				uint64_t	seed = (uint64_t) round * 1000 + i;
				JnPauses	pauses;
				int64_t		gap;
				Part		part = unimodal[i].part;

				/* the same shape about some units */
				part.at = u == 0 ? part.at : log2(units[u]) + 3;
				fill(&seed, &pauses, &part, 1, unimodal[i].n, units[u]);
				found += jn_pauses_valley(&pauses, &gap);
			}
			if (!CHECK(found == 0))
				printf("  %s of %d, unit %g: %d of %d\n", unimodal[i].name, unimodal[i].n, units[u], found, rounds);
		}
}

/* Few pauses prove nothing, however far apart: 16 on either side do. */
TEST(adaptive_gap_of_few)
{
	for (int n = 0; n <= 20; n++)
	{
		JnPauses	pauses = {{0}};
		int64_t		gap;

		for (int i = 0; i < n; i++)
		{
			jn_pauses_add(&pauses, 10000000);
			jn_pauses_add(&pauses, INT64_C(86400000000));
			jn_pauses_add(&pauses, 0);
		}
		CHECK_INT(jn_pauses_valley(&pauses, &gap), n >= 16);
	}
}

/* The largest and smallest pauses and counters, and rounding. */
TEST(adaptive_gap_extremes)
{
	JnPauses	pauses = {{0}};
	int64_t		gap;

	CHECK(!jn_pauses_valley(&pauses, &gap));
	pauses.count[0] = UINT64_MAX;
	CHECK(!jn_pauses_valley(&pauses, &gap));
	pauses.count[63] = UINT64_MAX;
	CHECK(jn_pauses_valley(&pauses, &gap) && gap > 1000000 && gap < INT64_C(100000000000) && gap % 1000000 == 0);
	jn_pauses_merge(&pauses, &pauses);
	CHECK(pauses.count[0] == UINT64_MAX);
	jn_pauses_add(&pauses, 1);
	jn_pauses_add(&pauses, UINT64_MAX);
	CHECK(pauses.count[0] == UINT64_MAX && pauses.count[63] == UINT64_MAX);
	for (int from = 0; from < 62; from++)
		for (int to = from + 2; to < 64; to++)
		{
			pauses = (JnPauses)
			{
				{
					0
				}
			};
			pauses.count[from] = pauses.count[to] = 1000;
			if (CHECK(jn_pauses_valley(&pauses, &gap)))
				CHECK(gap > 0 && (to > 62 || (double) gap <= ldexp(1, to)) && (double) gap >= ldexp(1, from));
		}
}

/* ---- counting, and bytes ---- */

/* Any split of a journey's pauses adds up to the same histogram, and so do bytes. */
TEST(adaptive_gap_counts_and_adds_up)
{
	static Step step[MODEL_MAX_STEPS];
	uint64_t	seed = 5;

	for (int round = 0; round < 500; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 60);
		JnPauses	slow = {{0}};
		JnPauses	fast = {{0}};
		JnPauses	part[2] = {{{0}}, {{0}}};
		int64_t		time[60];
		JnJourney	j;
		uint8_t		bytes[JN_PAUSES_MAX_SIZE];
		size_t		size;
		JnError		err;

		model_random(&seed, step, n);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		model_sort(step, n, true);
		for (uint32_t i = 0; i < n; i++)
			time[i] = step[i].time;
		for (uint32_t i = 1; i < n; i++)
		{
			uint64_t	d = (uint64_t) time[i] - (uint64_t) time[i - 1];
			uint32_t	b = 0;

			if (d == 0)
				continue;
			while (b < 63 && d >= UINT64_C(2) << b)
				b++;
			slow.count[b]++;
		}
		jn_pauses_add_journey(ENV, &fast, &j);
		CHECK_BYTES(&fast, sizeof(fast), &slow, sizeof(slow));
		for (uint32_t i = 1; i < n; i++)
			jn_pauses_add_times(ENV, &part[unit_below(&seed, 2)], &time[i - 1], 2);
		jn_pauses_merge(&part[0], &part[1]);
		CHECK_BYTES(&part[0], sizeof(slow), &slow, sizeof(slow));

		size = jn_pauses_size(&slow);
		jn_pauses_write(&slow, bytes);
		CHECK_INT(jn_pauses_read(bytes, size, &fast, &err), JN_OK);
		CHECK_BYTES(&fast, sizeof(fast), &slow, sizeof(slow));
		unit_env_clear(&unit_env);
	}
}

TEST(adaptive_gap_refuses_bytes)
{
	static const struct
	{
		const char *bytes;
		size_t		size;
		JnStatus	status;
	}			bad[] = {
		{"", 0, JN_BYTES_SHORT},
		{"\1", 1, JN_BYTES_SHORT},
		{"\0\0", 2, JN_BYTES_VERSION},
		{"\2\0", 2, JN_BYTES_VERSION},
		{"\1\1", 2, JN_BYTES_SHORT},
		{"\1\1\0\1\0\0\0\0\0\0", 10, JN_BYTES_SHORT},
		{"\1\0\0", 3, JN_BYTES_CORRUPT},
		{"\1\1\0\0\0\0\0\0\0\0\0", 11, JN_BYTES_CORRUPT},	/* count 0 */
		{"\1\1\100\1\0\0\0\0\0\0\0", 11, JN_BYTES_CORRUPT}, /* bucket 64 */
		{"\1\2\1\1\0\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0", 20, JN_BYTES_CORRUPT}, /* one twice */
		{"\1\2\2\1\0\0\0\0\0\0\0\1\1\0\0\0\0\0\0\0", 20, JN_BYTES_CORRUPT}, /* descending */
	};
	JnPauses	pauses;
	JnError		err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(jn_pauses_read((const uint8_t *) bad[i].bytes, bad[i].size, &pauses, &err), bad[i].status);
	CHECK_INT(jn_pauses_read((const uint8_t *) "\1\0", 2, &pauses, &err), JN_OK);
}
