/*
 * detect.c
 *	  A screen of many topics.
 *
 * The time before the recent past begins with the first point of all topics:
 * a topic that was not there at first has been silent since then.  The first
 * point says when the watch began and nothing about rates, so points of that
 * moment are not counted.
 */
#include "detect.h"

#include <math.h>

#include "binomial.h"
#include "fdr.h"
#include "similar.h"

/* Time of the first point of all; "otherwise" if there is none. */
static int64_t
first_of_all(const JnPoints *points, int64_t otherwise)
{
	int64_t		first = otherwise;

	for (uint32_t t = 0; t < points->topic.names; t++)
		if (points->time[points->begin[t]] < first)
			first = points->time[points->begin[t]];
	return first;
}

int64_t
jn_detect_recent(const JnPoints *points, int64_t as_of)
{
	uint64_t	span = (uint64_t) as_of - (uint64_t) first_of_all(points, as_of);

	return span < 10 ? 1 : (int64_t) (span / 10);
}

/* The number of times in order, time[0 .. n-1], that are above a bound. */
static uint32_t
count_above(const int64_t *time, uint32_t n, int64_t bound)
{
	uint32_t	low = 0;
	uint32_t	high = n;

	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (time[middle] > bound)
			high = middle;
		else
			low = middle + 1;
	}
	return n - low;
}

/* Compares the recent rate of a topic with the one before. */
static void
test_burst(const JnEnv *env, const JnPoints *points, const JnDetectTerms *terms, int64_t first, JnDetection *d)
{
	const int64_t *time = &points->time[points->begin[d->topic]];
	uint32_t	n = jn_points_count(points, d->topic);
	uint64_t	span = (uint64_t) terms->as_of - (uint64_t) first;
	uint32_t	counted = count_above(time, n, first);
	uint64_t	before = span > (uint64_t) terms->recent ? span - (uint64_t) terms->recent : 0;

	d->recent = count_above(time, n, terms->as_of - terms->recent);
	if (before == 0)
	{
		d->expected = NAN;
		d->burst_p = 1;
		return;
	}
	d->expected = (double) (counted - d->recent) * ((double) terms->recent / (double) before);
	d->burst_p = jn_binomial_tail(env, counted, d->recent, (double) terms->recent / (double) span);
}

/* Looks at one topic alone. */
static JnStatus
look(const JnEnv *env, const JnPoints *points, const JnDetectTerms *terms, int64_t first, JnDetection *d, JnError *err)
{
	JnSignal	signal = {.valued = points->valued};
	JnSignalAsk ask = {.terms = terms->signal};
	uint32_t	n = jn_points_count(points, d->topic);
	JnStatus	status = jn_signal_reserve(env, &signal, n, err);

	if (status != JN_OK)
		return status;
	for (uint32_t i = points->begin[d->topic]; i < points->begin[d->topic + 1]; i++)
	{
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
		status = jn_signal_add(env, &signal, points->time[i], points->valued ? points->value[i] : 0, err);
		if (status != JN_OK)
			return status;
	}
	jn_signal_facts(env, &signal, &ask, &d->facts);
	jn_release(env, signal.time);
	jn_release(env, signal.key);
	d->tested = d->facts.class == JN_TREND;
	test_burst(env, points, terms, first, d);
	return JN_OK;
}

/* Fills the q-values of those tested. */
static void
discover(const JnEnv *env, JnDetection *d, uint32_t n, double alpha)
{
	double	   *p = jn_alloc(env, jn_array_size(n, sizeof(double)));
	double	   *q = jn_alloc(env, jn_array_size(n, sizeof(double)));

	for (int family = 0; family < 3; family++)
	{
		uint32_t	tests = 0;

		for (uint32_t i = 0; i < n; i++)
			if (d[i].tested)
				p[tests++] = family == 0 ? (d[i].facts.has_z ? d[i].facts.p : 1)
					: family == 1 ? (d[i].facts.has_change_p ? d[i].facts.change_p : 1)
					: d[i].burst_p;
		jn_q_values(env, p, tests, tests, q);
		tests = 0;
		for (uint32_t i = 0; i < n; i++)
			if (d[i].tested)
				*(family == 0 ? &d[i].q : family == 1 ? &d[i].change_q : &d[i].burst_q) = q[tests++];
	}
	for (uint32_t i = 0; i < n; i++)
		if (!d[i].tested || d[i].q > alpha)
			d[i].facts.direction = 0;
		else
			d[i].facts.direction = d[i].facts.z > 0 ? 1 : -1;
	jn_release(env, q);
	jn_release(env, p);
}

typedef struct Ordering
{
	const JnPoints *points;
	const JnDetectTerms *terms;
	const JnDetection *d;
} Ordering;

/* 0 burst, 1 rising, 2 falling, 3 the rest */
static int
urgency(const Ordering *o, const JnDetection *d)
{
	static const int by_direction[] = {2, 3, 1};

	return jn_detected_burst(d, o->terms) ? 0 : by_direction[d->facts.direction + 1];
}

static double
least_p(const JnDetection *d)
{
	double		p = d->tested && d->facts.has_z ? d->facts.p : 1;

	return d->tested && d->burst_p < p ? d->burst_p : p;
}

static int
compare_detections(void *ctx, uint32_t a, uint32_t b)
{
	const Ordering *o = ctx;
	const JnDetection *x = &o->d[a];
	const JnDetection *y = &o->d[b];
	int			by_urgency = urgency(o, x) - urgency(o, y);
	double		px = least_p(x);
	double		py = least_p(y);

	if (by_urgency != 0)
		return by_urgency;
	if (px != py)
		return px < py ? -1 : 1;
	if (x->facts.points != y->facts.points)
		return x->facts.points > y->facts.points ? -1 : 1;
	return (x->topic > y->topic) - (x->topic < y->topic);
}

JnStatus
jn_detect(const JnEnv *env, const JnPoints *points, const JnDetectTerms *terms, JnDetection *detection, JnError *err)
{
	uint32_t	n = points->topic.names;
	int64_t		first = first_of_all(points, terms->as_of);
	JnDetection *found = jn_alloc(env, jn_array_size(n, sizeof(JnDetection)));
	uint32_t   *list = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	Ordering	ordering = {points, terms, found};
	JnOrder		order = {compare_detections, &ordering};

	for (uint32_t t = 0; t < n; t++)
	{
		JnStatus	status;

		found[t] = (JnDetection) {.topic = t};
		list[t] = t;
		status = look(env, points, terms, first, &found[t], err);
		if (status != JN_OK)
			return status;
		jn_tick(env);
	}
	discover(env, found, n, terms->signal.alpha);
	jn_order_sort(env, &order, list, n);
	for (uint32_t t = 0; t < n; t++)
		detection[t] = found[list[t]];
	jn_release(env, list);
	jn_release(env, found);
	return JN_OK;
}
