/*
 * trend.c
 *	  Mann-Kendall, Pettitt, and the corrections for autocorrelation.
 *
 * Everything begins with one merge sort of the numbers, which
 *
 *	 - counts the inversions on its way, that is the falling pairs, so that S
 *	   needs no look at each pair: S = pairs - pairs tied in x or y - 2 falling,
 *	 - brings equal numbers together, for the ties,
 *	 - and tells the rank of each observation, for Pettitt and for Hamed and Rao.
 *
 * Counts are whole numbers and exact.  Sums of cubes of counts do not fit into
 * 64 bits, and doubles would lose what is left of n^3 when nearly all numbers
 * are equal; so they are kept in two halves, see Cubes.
 */
#include "trend.h"

#include <math.h>
#include <string.h>

#include "bytes.h"
#include "correlation.h"

/* An observation under way in a sort. */
typedef struct Item
{
	double		y;
	uint32_t	id;				/* which one */
} Item;

/* A sum of whole numbers below 2^95: hi * 2^32 + lo. */
typedef struct Cubes
{
	uint64_t	hi;
	uint64_t	lo;
} Cubes;

/* Adds a * b, a below 2^61, b below 2^33. */
static void
cubes_add(Cubes *sum, uint64_t a, uint64_t b)
{
	sum->lo += (a & UINT32_MAX) * (b & UINT32_MAX) & UINT32_MAX;
	sum->hi += (a >> 32) * b + ((a & UINT32_MAX) * (b & UINT32_MAX) >> 32) + (b >> 32) * (a & UINT32_MAX);
	sum->hi += sum->lo >> 32;
	sum->lo &= UINT32_MAX;
}

/* What ties of t things each add up to. */
typedef struct Ties
{
	uint64_t	pairs;			/* t (t - 1) / 2 */
	Cubes		five;			/* t (t - 1) (2 t + 5) */
	double		three;			/* t (t - 1) (t - 2) */
} Ties;

static void
ties_add(Ties *ties, uint64_t t)
{
	if (t < 2)
		return;
	ties->pairs += jn_pairs(t);
	cubes_add(&ties->five, t * (t - 1), 2 * t + 5);
	ties->three += (double) (t * (t - 1)) * (double) (t - 2);
}

#define JN_SORT_NAME		sort_items
#define JN_SORT_ITEM		Item
#define JN_SORT_LESS(a, b)	((a)->y < (b)->y)
#include "count_sort.h"

/* The observations from "begin" on, sorted by y, in item[0 .. n-1]; returns the inversions. */
static uint64_t
sorted_items(const JnEnv *env, const double *y, Item *item, Item *spare, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		item[i].y = y[i];
		item[i].id = i;
	}
	return sort_items(env, item, spare, n);
}

/* The number of equal y from item[i] on. */
static uint32_t
equal_items(const JnEnv *env, const Item *item, uint32_t i, uint32_t n)
{
	uint32_t	next = i + 1;

	for (; next < n && item[next].y == item[i].y; next++)
		jn_tick_at(env, next);
	return next - i;
}

/* Ranks of items in order: twice the mean rank of those that are equal. */
static inline void
rank_run(const Item *item, uint32_t first, uint32_t run, uint32_t *rank)
{
	for (uint32_t k = first; k < first + run; k++)
		rank[item[k].id] = 2 * first + run + 1;
}

void
jn_double_ranks(const JnEnv *env, const double *y, uint32_t *rank, uint32_t n)
{
	Item	   *item = jn_alloc(env, jn_array_size(n, 2 * sizeof(Item)));
	uint32_t	run;

	sorted_items(env, y, item, item + n, n);
	for (uint32_t i = 0; i < n; i += run)
	{
		jn_tick_at(env, i);
		run = equal_items(env, item, i, n);
		rank_run(item, i, run, rank);
	}
	jn_release(env, item);
}

/*
 * Mann-Kendall
 */

static void
add_season(const JnEnv *env, JnKendall *sum, const int64_t *x, const double *y, uint32_t n, Item *item, Item *spare,
		   uint32_t *rank)
{
	uint64_t	all = jn_pairs(n);
	uint64_t	falling = sorted_items(env, y, item, spare, n);
	Ties		x_ties = {0};
	Ties		y_ties = {0};
	uint64_t	both = 0;		/* pairs tied in x and in y */
	Cubes		left = {0};
	uint32_t	run;

	for (uint32_t i = 0; i < n; i += run)
	{
		uint32_t	same = 1;

		for (run = 1; i + run < n && x[i + run] == x[i]; run++)
		{
			jn_tick_at(env, run);
			if (y[i + run] == y[i + run - 1])
				both += same++;
			else
				same = 1;
		}
		ties_add(&x_ties, run);
	}
	for (uint32_t i = 0; i < n; i += run)
	{
		jn_tick_at(env, i);
		run = equal_items(env, item, i, n);
		ties_add(&y_ties, run);
		if (rank != NULL)
			rank_run(item, i, run, rank);
	}

	sum->pairs += all;
	sum->s += (int64_t) (all - x_ties.pairs - y_ties.pairs + both) - 2 * (int64_t) falling;

	/* Kendall (1970), (4.4): three terms, the last two only if both are tied */
	if (n < 2)
		return;
	cubes_add(&left, (uint64_t) n * (n - 1), 2 * (uint64_t) n + 5);
	left.hi -= x_ties.five.hi + y_ties.five.hi;
	left.lo -= x_ties.five.lo + y_ties.five.lo;
	sum->variance += ((double) (int64_t) left.hi * 4294967296.0 + (double) (int64_t) left.lo) / 18;
	if (n > 2)
		sum->variance += x_ties.three * y_ties.three / (9.0 * n * (n - 1.0) * (n - 2.0));
	sum->variance += 2.0 * (double) x_ties.pairs * (double) y_ties.pairs / ((double) n * (n - 1.0));
}

JnKendall
jn_kendall(const JnEnv *env, const JnSeries *series, uint32_t *rank)
{
	JnKendall	sum = {0};
	Item	   *item = jn_alloc(env, jn_array_size(series->n, 2 * sizeof(Item)));

	for (uint32_t k = 0; k < series->seasons; k++)
	{
		uint32_t	begin = series->begin[k];

		add_season(env, &sum, series->x + begin, series->y + begin, series->begin[k + 1] - begin,
				   item, item + series->n, rank != NULL ? rank + begin : NULL);
	}
	jn_release(env, item);
	return sum;
}

double
jn_kendall_z(const JnKendall *k)
{
	if (k->s == 0 || k->variance <= 0)
		return 0;
	return (double) (k->s > 0 ? k->s - 1 : k->s + 1) / sqrt(k->variance);
}

double
jn_normal_p(double z)
{
	return erfc(fabs(z) * 0.70710678118654752440);
}

/*
 * Pettitt
 */

JnChange
jn_pettitt(const JnEnv *env, const JnSeries *series, const uint32_t *rank)
{
	uint32_t	n = series->n;
	JnChange	change = {.p = 1};
	int64_t		u = 0;
	int64_t		largest = 0;
	double		square;

	for (uint32_t i = 0; i + 1 < n; i++)
	{
		jn_tick_at(env, i);
		u += (int64_t) rank[i] - (int64_t) n - 1;
		if (series->x[i] == series->x[i + 1])
			continue;			/* observations of one time have no order */
		if ((u < 0 ? -u : u) > largest)
		{
			largest = u < 0 ? -u : u;
			change.last = i;
			change.found = true;
		}
	}

	square = (double) largest / n * ((double) largest / n);
	change.p = 2 * exp(-6 * square / ((double) n + 1));
	if (change.p > 1)
		change.p = 1;
	return change;
}

/*
 * Autocorrelation
 */

/*
 * Fills "left" with what the series is without its slope.  Time is counted from
 * a mean gap before the first observation, so it is 1, 2, 3 ... of a daily
 * series: numbers that are equal but for rounding, as the slope always leaves
 * some, are then ranked as R and pyMannKendall rank them.
 */
static void
take_slope_out(const JnEnv *env, const JnSeries *series, double slope, double unit, double *left)
{
	uint32_t	n = series->n;
	uint64_t	first = (uint64_t) series->x[0];
	uint64_t	gap = n > 1 ? ((uint64_t) series->x[n - 1] - first) / (n - 1) : 0;

	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		left[i] = series->y[i] - slope * ((double) ((uint64_t) series->x[i] - first + gap) / unit);
	}
}

double
jn_hamed_rao(const JnEnv *env, const JnSeries *series, double slope, double unit, double alpha)
{
	uint32_t	n = series->n;
	double	   *left = jn_alloc(env, jn_array_size(n, sizeof(double)));
	uint32_t   *rank = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	double		sum = 0;

	take_slope_out(env, series, slope, unit, left);
	jn_double_ranks(env, left, rank, n);
	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		left[i] = (double) rank[i] - (double) n - 1;	/* twice the rank less the mean rank */
	}
	jn_release(env, rank);

	if (jn_autocorrelation(env, left, n))
		for (uint32_t lag = 1; lag < n; lag++)
		{
			jn_tick_at(env, lag);
			/* significant at alpha, that is |r| sqrt(n) beyond the normal quantile */
			if (jn_normal_p(left[lag] * sqrt((double) n)) < alpha)
				sum += (double) (n - lag) * ((double) (n - lag) - 1) * ((double) (n - lag) - 2) * left[lag];
		}
	jn_release(env, left);
	return 1 + 2 * sum / ((double) n * ((double) n - 1) * ((double) n - 2));
}

/*
 * All lags of Yue and Wang in one pass: with c[i] centered, the sum over lags k
 * of (1 - k/n) r[k] is that over pairs i < j of (1 - (j-i)/n) c[i] c[j], over
 * the sum of squares.  The pairs are met once each, from the right operand's
 * side, by two running sums.
 */
double
jn_yue_wang(const JnEnv *env, const JnSeries *series, double slope, double unit)
{
	uint32_t	n = series->n;
	double	   *left = jn_alloc(env, jn_array_size(n, sizeof(double)));
	double		mean = 0;
	double		squares = 0;
	double		pairs = 0;
	double		before = 0;		/* sum of c[i] over i < j */
	double		weighted = 0;	/* sum of (1 - (j-i)/n) c[i] over i < j */

	take_slope_out(env, series, slope, unit, left);
	mean = jn_mean(env, left, n);
	for (uint32_t j = 0; j < n; j++)
	{
		double		c = left[j] - mean;

		jn_tick_at(env, j);
		weighted -= before / n;
		pairs += weighted * c;
		squares += c * c;
		before += c;
		weighted += c;
	}
	jn_release(env, left);
	return squares > 0 ? 1 + 2 * pairs / squares : 1;
}
