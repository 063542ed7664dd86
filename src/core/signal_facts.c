/*
 * signal_facts.c
 *	  What can be said about a signal.
 *
 * The gaps' median is found without sorting, from the highest digit down,
 * keeping only the gaps that share the digits of the one looked for (radix
 * selection); a few passes over ever fewer gaps.
 */
#include "signal_facts.h"

#include <assert.h>

#include "slope.h"

#define DIGIT_BITS		8
#define DIGITS			(1 << DIGIT_BITS)

/* What a slope is per: a day of microseconds, or one gap. */
#define DAY				86400e6
#define ONE				1.0

/*
 * The median gap
 */

static inline unsigned
digit(uint64_t value, unsigned shift)
{
	return (value >> shift) & (DIGITS - 1);
}

/* The value that stands at "rank", from 0, when a[0 .. n-1] is in order.  Destroys a. */
static uint64_t
select_rank(const JnEnv *env, uint64_t *a, uint32_t n, uint32_t rank, uint64_t largest)
{
	unsigned	shift = 0;

	while (shift + DIGIT_BITS < 64 && largest >> (shift + DIGIT_BITS) != 0)
		shift += DIGIT_BITS;

	/* all of a[] agree in the digits above "shift" */
	for (; n > 1; shift -= DIGIT_BITS)
	{
		uint32_t	count[DIGITS] = {0};
		uint32_t	kept = 0;
		unsigned	d = 0;

		for (uint32_t i = 0; i < n; i++)
		{
			jn_tick_at(env, i);
			count[digit(a[i], shift)]++;
		}
		while (rank >= count[d])
			rank -= count[d++];
		for (uint32_t i = 0; i < n; i++)
		{
			jn_tick_at(env, i);
			if (digit(a[i], shift) == d)
				a[kept++] = a[i];
		}
		n = kept;
		if (shift == 0)
			break;				/* those left are equal */
	}
	return a[0];
}

/*
 * The value after the one at "rank", which is "value", in the ordered gaps of
 * n ascending times: "value" again if it occurs often enough, else the next
 * larger one.
 */
static uint64_t
gap_after_rank(const JnEnv *env, const int64_t *time, uint32_t n, uint32_t rank, uint64_t value)
{
	uint32_t	not_above = 0;
	uint64_t	next = UINT64_MAX;

	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t	gap = jn_time_span(time[i - 1], time[i]);

		jn_tick_at(env, i);
		if (gap <= value)
			not_above++;
		else if (gap < next)
			next = gap;
	}
	return not_above > rank + 1 ? value : next;
}

static uint64_t
median_gap(const JnEnv *env, const int64_t *time, uint32_t n)
{
	uint32_t	gaps = n - 1;
	uint32_t	rank = (gaps - 1) / 2;
	uint64_t	largest = 0;
	uint64_t   *gap = jn_alloc(env, gaps * sizeof(uint64_t));
	uint64_t	median;

	for (uint32_t i = 0; i < gaps; i++)
	{
		jn_tick_at(env, i);
		gap[i] = jn_time_span(time[i], time[i + 1]);
		if (gap[i] > largest)
			largest = gap[i];
	}
	median = select_rank(env, gap, gaps, rank, largest);
	if (gaps % 2 == 0)
		median += (gap_after_rank(env, time, n, rank, median) - median) / 2;
	jn_release(env, gap);
	return median;
}

/*
 * The observations
 */

/* A series and the memory that it is made of. */
typedef struct Observations
{
	JnSeries	series;
	uint32_t	one_season[2];
	int64_t    *x;
	double	   *y;
	uint32_t   *begin;			/* NULL without seasons */
	double		unit;			/* of x, for slopes */
} Observations;

/* Observation i of a signal in order: a value, or the gap before point i + 1. */
static inline void
observe(const JnSignal *s, uint32_t i, int64_t *x, double *y)
{
	if (s->valued)
	{
		*x = s->time[i];
		*y = jn_value_of_key(s->key[i]);
	}
	else
	{
		*x = i;
		/* shorter is larger, and no gap at all is not -0 */
		*y = 0 - (double) jn_time_span(s->time[i], s->time[i + 1]);
	}
}

/* The point at which observation i was made. */
static inline uint32_t
point_of(const JnSignal *s, uint32_t i)
{
	return s->valued ? i : i + 1;
}

/* Puts the observations of a sorted signal together, season after season if there are some. */
static void
collect(const JnEnv *env, const JnSignal *s, const JnSignalAsk *ask, Observations *o)
{
	uint32_t	n = s->valued ? s->n : s->n - 1;
	uint32_t   *place = NULL;

	o->x = jn_alloc(env, jn_array_size(n, sizeof(int64_t)));
	o->y = jn_alloc(env, jn_array_size(n, sizeof(double)));
	o->begin = NULL;
	o->unit = s->valued ? DAY : ONE;
	o->one_season[0] = 0;
	o->one_season[1] = n;
	o->series = (JnSeries) {n, 1, o->one_season, o->x, o->y};

	if (ask->season != NULL)
	{
		/* how many each season has, then where it begins, then where its next one goes */
		o->begin = jn_alloc(env, jn_array_size((uint64_t) ask->seasons + 1, 2 * sizeof(uint32_t)));
		place = o->begin + ask->seasons + 1;
		memset(o->begin, 0, ((size_t) ask->seasons + 1) * sizeof(uint32_t));
		for (uint32_t i = 0; i < n; i++)
		{
			jn_tick_at(env, i);
			o->begin[ask->season[point_of(s, i)] + 1]++;
		}
		for (uint32_t k = 0; k < ask->seasons; k++)
		{
			place[k] = o->begin[k];
			o->begin[k + 1] += o->begin[k];
		}
		o->series.seasons = ask->seasons;
		o->series.begin = o->begin;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	to = place != NULL ? place[ask->season[point_of(s, i)]]++ : i;

		jn_tick_at(env, i);
		observe(s, i, &o->x[to], &o->y[to]);
	}
}

static void
forget(const JnEnv *env, Observations *o)
{
	jn_release(env, o->x);
	jn_release(env, o->y);
	jn_release(env, o->begin);
}

/*
 * The facts
 */

/* By how much the variance of S grows. */
static double
variance_factor(const JnEnv *env, const Observations *o, const JnSignalAsk *ask, double slope)
{
	switch (ask->correction)
	{
		case JN_CORRECT_HAMED_RAO:
			return jn_hamed_rao(env, &o->series, slope, o->unit, ask->terms.alpha);
		case JN_CORRECT_YUE_WANG:
			return jn_yue_wang(env, &o->series, slope, o->unit);
		case JN_CORRECT_NOTHING:
			break;
	}
	return 1;
}

static void
test_trend(const JnEnv *env, const JnSignal *s, const Observations *o, const JnSignalAsk *ask, uint32_t *rank,
		   JnSignalFacts *facts)
{
	JnKendall	kendall = jn_kendall(env, &o->series, rank);
	bool		corrected = ask->correction != JN_CORRECT_NOTHING && o->series.n > 2;
	double		slope = 0;
	double		factor = 1;

	if ((s->valued && !ask->no_slope) || corrected)
		facts->has_slope = jn_sen_slope(env, &o->series, o->unit, &slope);
	if (corrected)
		factor = variance_factor(env, o, ask, slope);
	facts->has_slope &= s->valued && !ask->no_slope;
	facts->slope_per_day = slope;

	facts->has_tau = kendall.pairs > 0;
	facts->has_z = facts->has_tau && factor > 0;
	if (facts->has_tau)
		facts->tau = jn_kendall_tau(&kendall);
	if (facts->has_z)
	{
		kendall.variance *= factor;
		facts->z = jn_kendall_z(&kendall);
		facts->p = jn_normal_p(facts->z);
		if (facts->p < ask->terms.alpha)
			facts->direction = facts->z > 0 ? 1 : -1;
	}
}

static void
test_change(const JnEnv *env, const JnSignal *s, const Observations *o, const uint32_t *rank, JnSignalFacts *facts)
{
	JnChange	change;

	facts->has_change_p = o->series.n > 1;
	if (!facts->has_change_p)
		return;
	change = jn_pettitt(env, &o->series, rank);
	facts->change_p = change.p;
	facts->has_change = change.found;
	if (change.found)
		facts->change_at = s->time[point_of(s, change.last)];
}

void
jn_signal_facts(const JnEnv *env, JnSignal *s, const JnSignalAsk *ask, JnSignalFacts *facts)
{
	JnSignalAsk plain = *ask;
	Observations o;
	uint32_t   *rank;

	assert(s->n > 0);
	jn_signal_sort(env, s);
	*facts = (JnSignalFacts) {0};
	facts->class = jn_classify(s->n, ask->terms.pattern_at, ask->terms.trend_at);
	facts->points = s->n;
	facts->first = s->time[0];
	facts->last = s->time[s->n - 1];
	facts->has_gap = s->n > 1;
	if (!facts->has_gap)
		return;
	facts->median_gap = median_gap(env, s->time, s->n);

	collect(env, s, ask, &o);
	rank = jn_alloc(env, jn_array_size(o.series.n, sizeof(uint32_t)));
	test_trend(env, s, &o, ask, rank, facts);
	if (o.begin != NULL)
	{
		/* once more in order of time alone */
		forget(env, &o);
		plain.season = NULL;
		collect(env, s, &plain, &o);
		jn_double_ranks(env, o.y, rank, o.series.n);
	}
	test_change(env, s, &o, rank, facts);
	jn_release(env, rank);
	forget(env, &o);
}
