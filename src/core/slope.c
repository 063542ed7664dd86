/*
 * slope.c
 *	  Sen's slope: the median of n(n-1)/2 slopes without computing them all.
 *
 * A pair i < j has a slope below s exactly if y[j] - s x[j] < y[i] - s x[i].
 * So the points in the order of x, each with the key y - s x, have as many
 * inversions as there are slopes below s: a merge sort counts them.  And for
 * two slopes lo < hi the pairs that stand differently in the two sorted orders
 * are those whose slopes lie between: a merge sort of the one order by the
 * other meets them one after another.
 *
 *	1.	Begin with the bracket from minus to plus infinity: all slopes.
 *	2.	If there are few slopes in the bracket, compute them, select, done.
 *	3.	Else draw some of them at random, take the sample's elements a bit below
 *		and a bit above the place of the one looked for, and count at both: the
 *		bracket shrinks to about 2 / sqrt(sample) of its slopes.  Go to 2.
 *	4.	If both elements are the same number and the slopes of that value reach
 *		across the place looked for, it is the answer.  Many equal slopes are
 *		what counts of something have: half of the answers come from here.
 *	5.	If a bracket did not shrink, the sample's element at the place itself
 *		divides it into below, equal and above.  One of them has the place.
 *
 * A million points need two rounds: six sorts instead of 5e11 divisions.
 *
 * Rounding.  A slope that is counted below s must not be selected later as one
 * above it.  Keys are therefore pairs of doubles, 106 bits; the count is then
 * that of true slopes, and where the bracket ends at a computed slope it ends
 * a few units in the last place beyond it (below(), above()), so that all that
 * compute to the same number are on one side.  Numbers are scaled by a power of two
 * first, so that nothing overflows.
 */
#include "slope.h"

#include <math.h>
#include <string.h>

#include "bytes.h"
#include "select.h"

/* Fewer slopes than this, or than this times n, are simply computed. */
#define FEW				16384
#define FEW_TIMES_N		4

/* Size of a sample: n between these. */
#define SAMPLE_MIN		1024
#define SAMPLE_MAX		(1 << 20)

/*
 * How far from its place in the sample the bracket ends, in sqrt(sample): two
 * standard deviations or more.  To miss costs one more sort.
 */
#define SAMPLE_MARGIN	1.0

/* A few units in the last place of a slope. */
#define SLOPE_MARGIN	0x1p-50

/* Numbers are scaled by a power of two between these. */
#define SCALE_MIN		0x1p-1000
#define SCALE_MAX		0x1p1000

/* Whole numbers up to here are exact in a double, and so are their differences. */
#define EXACT_MOST		0x1p53

/* Smaller than what any two scaled numbers give, larger than where doubles lose digits. */
#define TINY			0x1p-900

/* The sum of two doubles, the second below half a unit in the last place of the first. */
typedef struct Wide
{
	double		hi;
	double		lo;
} Wide;

/* A point under way in a sort. */
typedef struct Item
{
	Wide		key;
	uint32_t	id;				/* which point */
} Item;

/* One end of the bracket. */
typedef struct Bound
{
	uint64_t	below;			/* slopes below it */
	uint32_t   *order;			/* the points by y - s x, season by season */
} Bound;

typedef struct Search
{
	const JnEnv *env;
	const JnSeries *series;
	double		unit;
	double	   *y;				/* scaled */
	uint64_t	slopes;			/* pairs with different x */
	Bound		lo;				/* what is looked for is not below it */
	Bound		hi;				/* but below this one */
	Bound		probe;			/* a new one */
	uint64_t	few;			/* so many slopes are computed */
	uint64_t	sample;			/* so many are drawn */
	uint64_t	seed;

	/*
	 * One piece of memory, for a sort or for picking slopes.  Picking needs
	 * three numbers a point and then the slopes themselves.
	 */
	Item	   *item;			/* n of them */
	Item	   *spare;			/* n more, right behind */
	uint32_t   *rank;			/* n: of each point at hi */
	uint32_t   *merge;			/* 2 n */
	double	   *slope;			/* few or, with as many targets behind, sample */
} Search;

/* Where picked slopes go. */
typedef struct Picks
{
	const uint64_t *target;		/* which inversions, ascending; NULL is all */
	uint64_t	n;				/* how many */
	uint64_t	done;
	uint64_t	seen;			/* inversions so far */
} Picks;

/* ----- doubles of doubles (Dekker 1971, Knuth) ----- */

static inline Wide
wide_sum(double a, double b)
{
	double		s = a + b;
	double		t = s - a;

	return (Wide) {s, (a - (s - t)) + (b - t)};
}

/* The same if a is the larger one. */
static inline Wide
wide_quick_sum(double a, double b)
{
	double		s = a + b;

	return (Wide) {s, b - (s - a)};
}

static inline Wide
wide_product(double a, double b)
{
	double		p = a * b;
	double		t = a * 134217729.0;	/* 2^27 + 1 splits 53 bits in two halves */
	double		a1 = t - (t - a);
	double		a2 = a - a1;
	double		b1;
	double		b2;

	t = b * 134217729.0;
	b1 = t - (t - b);
	b2 = b - b1;
	return (Wide) {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

static inline Wide
wide_minus(Wide a, Wide b)
{
	Wide		s = wide_sum(a.hi, -b.hi);

	return wide_quick_sum(s.hi, s.lo + (a.lo - b.lo));
}

static inline Wide
wide_times(Wide a, Wide b)
{
	Wide		p = wide_product(a.hi, b.hi);

	return wide_quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline Wide
wide_quotient(double a, double b)
{
	double		q = a / b;
	Wide		rest = wide_product(q, b);

	return wide_quick_sum(q, ((a - rest.hi) - rest.lo) / b);
}

static inline bool
wide_less(Wide a, Wide b)
{
	return (a.hi < b.hi) | ((a.hi == b.hi) & (a.lo < b.lo));
}

/* Microseconds can have more bits than a double. */
static inline Wide
wide_span(int64_t from, int64_t to)
{
	uint64_t	d = (uint64_t) to - (uint64_t) from;

	return wide_quick_sum((double) (d & ~UINT64_C(0xffffffff)), (double) (d & UINT64_C(0xffffffff)));
}

/* ----- slopes ----- */

static inline double
slope_of(const Search *search, uint32_t i, uint32_t j)
{
	const int64_t *x = search->series->x;

	return (search->y[j] - search->y[i]) / ((double) ((uint64_t) x[j] - (uint64_t) x[i]) / search->unit);
}

/* Numbers that are safely below and above a slope and what else computes to the same. */
static double
below(double slope)
{
	return slope - fabs(slope) * SLOPE_MARGIN - TINY;
}

static double
above(double slope)
{
	return slope + fabs(slope) * SLOPE_MARGIN + TINY;
}

/* ----- counting ----- */

#define JN_SORT_NAME		sort_items
#define JN_SORT_ITEM		Item
#define JN_SORT_LESS(a, b)	wide_less((a)->key, (b)->key)
#include "count_sort.h"

/* Fills a bound for the slope s. */
static void
count_below(Search *search, double s, Bound *bound)
{
	const JnSeries *series = search->series;
	Wide		step = wide_quotient(s, search->unit);

	bound->below = 0;
	for (uint32_t k = 0; k < series->seasons; k++)
	{
		uint32_t	begin = series->begin[k];
		uint32_t	end = series->begin[k + 1];

		for (uint32_t i = begin; i < end; i++)
		{
			jn_tick_at(search->env, i);
			search->item[i].id = i;
			search->item[i].key = wide_minus((Wide) {search->y[i], 0},
											 wide_times(step, wide_span(series->x[begin], series->x[i])));
			/* points of one x never pass one another, whatever the last bits say */
			if (i > begin && series->x[i] == series->x[i - 1] && wide_less(search->item[i].key, search->item[i - 1].key))
				search->item[i].key = search->item[i - 1].key;
		}
		bound->below += sort_items(search->env, search->item + begin, search->spare, end - begin);
	}
	for (uint32_t i = 0; i < series->n; i++)
	{
		jn_tick_at(search->env, i);
		bound->order[i] = search->item[i].id;
	}
}

/* How many slopes there are: pairs of one season with different x. */
static uint64_t
count_slopes(const JnEnv *env, const JnSeries *series)
{
	uint64_t	slopes = 0;

	for (uint32_t k = 0; k < series->seasons; k++)
	{
		uint32_t	end = series->begin[k + 1];
		uint32_t	next;

		slopes += jn_pairs(end - series->begin[k]);
		for (uint32_t i = series->begin[k]; i < end; i = next)
		{
			for (next = i + 1; next < end && series->x[next] == series->x[i]; next++)
				jn_tick_at(env, next);
			slopes -= jn_pairs(next - i);
			jn_tick_at(env, i);
		}
	}
	return slopes;
}

/* Sets the bounds to minus and plus infinity. */
static void
widest_bounds(Search *search)
{
	const JnSeries *series = search->series;

	for (uint32_t k = 0; k < series->seasons; k++)
	{
		uint32_t	begin = series->begin[k];
		uint32_t	end = series->begin[k + 1];
		uint32_t	next;

		for (uint32_t i = begin; i < end; i = next)
		{
			/* those of one x stay in order, the rest is turned round */
			next = i + 1;
			while (next < end && series->x[next] == series->x[i])
				next++;
			jn_tick_at(search->env, i);
			for (uint32_t m = i; m < next; m++)
			{
				search->lo.order[m] = m;
				search->hi.order[begin + (end - next) + (m - i)] = m;
			}
		}
	}
	search->lo.below = 0;
	search->hi.below = search->slopes;
}

/* ----- picking slopes out of a bracket ----- */

/* Two points, sorted differently by the two bounds: "rest" such pairs of left[0 ...] and right. */
static inline void
pick(Search *search, Picks *picks, const uint32_t *place, const uint32_t *left, uint64_t rest, uint32_t right)
{
	uint64_t	until = picks->seen + rest;

	while (picks->done < picks->n)
	{
		uint64_t	target = picks->target == NULL ? picks->done : picks->target[picks->done];
		uint32_t	i;
		uint32_t	j;

		if (target >= until)
			break;
		i = place[left[target - picks->seen]];
		j = place[right];
		jn_tick_at(search->env, picks->done);
		search->slope[picks->done++] = slope_of(search, i < j ? i : j, i < j ? j : i);
	}
	picks->seen = until;
}

/*
 * Writes slopes of the bracket to slope[]: all, or those numbered in target[].
 * The numbering is the order in which a merge sort meets the inversions.
 */
static uint64_t
pick_slopes(Search *search, const uint64_t *target, uint64_t n)
{
	const JnSeries *series = search->series;
	Picks		picks = {target, n, 0, 0};

	for (uint32_t i = 0; i < series->n; i++)
	{
		jn_tick_at(search->env, i);
		search->rank[search->hi.order[i]] = i;
	}

	for (uint32_t k = 0; k < series->seasons; k++)
	{
		uint32_t	begin = series->begin[k];
		uint32_t	size = series->begin[k + 1] - begin;
		uint32_t   *from = search->merge;
		uint32_t   *to = from + size;

		for (uint32_t i = 0; i < size; i++)
		{
			jn_tick_at(search->env, i);
			from[i] = search->rank[search->lo.order[begin + i]];
		}
		for (uint64_t width = 1; width < size; width *= 2)
		{
			uint32_t   *swap = from;

			for (uint64_t first = 0; first < size; first += 2 * width)
			{
				uint32_t	left = (uint32_t) first;
				uint32_t	left_end = (uint32_t) (first + width < size ? first + width : size);
				uint32_t	right = left_end;
				uint32_t	right_end = (uint32_t) (left_end + width < size ? left_end + width : size);
				uint32_t   *out = to + first;

				jn_tick_at(search->env, first);
				while (left < left_end && right < right_end)
				{
					jn_tick_at(search->env, left + right);
					if (from[right] < from[left])
					{
						pick(search, &picks, search->hi.order, from + left, left_end - left, from[right]);
						*out++ = from[right++];
					}
					else
						*out++ = from[left++];
				}
				memcpy(out, from + left, (left_end - left) * sizeof(uint32_t));
				memcpy(out + (left_end - left), from + right, (right_end - right) * sizeof(uint32_t));
			}
			from = to;
			to = swap;
		}
	}
	return picks.done;
}

/* Ascending numbers below n, one drawn at random from each of "sample" equal parts. */
static void
draw_targets(Search *search, uint64_t *target, uint64_t n)
{
	double		part = (double) n / (double) search->sample;

	for (uint64_t i = 0; i < search->sample; i++)
	{
		jn_tick_at(search->env, i);
		target[i] = (uint64_t) (part * (double) i) +
			jn_mix64(search->seed += UINT64_C(0x9e3779b97f4a7c15)) % (uint64_t) part;
	}
}

/* ----- the search ----- */

static void
swap_bounds(Bound *a, Bound *b)
{
	Bound		swap = *a;

	*a = *b;
	*b = swap;
}

/*
 * Moves the end of the bracket that is on the side of s, counting there.
 * Returns how many slopes are below s.
 */
static uint64_t
narrow(Search *search, double s, uint64_t rank)
{
	uint64_t	below_s;

	count_below(search, s, &search->probe);
	below_s = search->probe.below;
	if (below_s <= rank && below_s > search->lo.below)
		swap_bounds(&search->lo, &search->probe);
	else if (below_s > rank && below_s < search->hi.below)
		swap_bounds(&search->hi, &search->probe);
	return below_s;
}

/*
 * The slope at "rank" when all are in order.  If the work brought it to light,
 * also the one after it, and "found_next".
 */
static double
slope_at(Search *search, uint64_t rank, double *next, bool *found_next)
{
	const JnEnv *env = search->env;
	uint64_t   *target = (uint64_t *) (search->slope + search->sample);
	bool		stuck = false;

	widest_bounds(search);
	for (;;)
	{
		uint64_t	inside = search->hi.below - search->lo.below;
		uint64_t	place = rank - search->lo.below;
		uint64_t	n;
		uint64_t	margin;
		double		low;
		double		high;

		if (inside <= search->few)
		{
			n = pick_slopes(search, NULL, inside);
			low = jn_select(env, search->slope, n, place);
			*found_next = place + 1 < n;
			if (*found_next)
				*next = jn_least(env, search->slope + place + 1, n - place - 1);
			return low;
		}

		draw_targets(search, target, inside);
		n = pick_slopes(search, target, search->sample);
		place = (uint64_t) ((double) place / (double) inside * (double) n);
		margin = stuck ? 0 : (uint64_t) (SAMPLE_MARGIN * sqrt((double) n));
		low = jn_select(env, search->slope, n, place > margin ? place - margin : 0);
		high = jn_select(env, search->slope, n, n - 1 - place > margin ? place + margin : n - 1);

		if (narrow(search, below(low), rank) <= rank)
		{
			uint64_t	not_above = narrow(search, above(high), rank);

			if (low == high && not_above > rank)
			{
				*next = low;
				*found_next = not_above > rank + 1;
				return low;
			}
		}
		stuck = search->hi.below - search->lo.below > inside / 2;
	}
}

/*
 * Writes when[i], in units since the first of its season, if all of them are
 * whole and no two are equal: differences of such numbers are exact, which
 * saves a division and a test a slope.
 */
static bool
whole_units(const JnSeries *series, double unit, double *when)
{
	for (uint32_t k = 0; k < series->seasons; k++)
		for (uint32_t i = series->begin[k]; i < series->begin[k + 1]; i++)
		{
			double		span = (double) ((uint64_t) series->x[i] - (uint64_t) series->x[series->begin[k]]) / unit;

			if (span != floor(span) || span > EXACT_MOST || (i > series->begin[k] && span <= when[i - 1]))
				return false;
			when[i] = span;
		}
	return true;
}

/* Computes all slopes, of which there are few. */
static void
all_slopes(Search *search)
{
	const JnSeries *series = search->series;
	const double *y = search->y;
	double	   *out = search->slope;
	double	   *when = jn_alloc(search->env, jn_array_size(series->n, sizeof(double)));
	bool		whole = whole_units(series, search->unit, when);

	for (uint32_t k = 0; k < series->seasons; k++)
		for (uint32_t i = series->begin[k]; i < series->begin[k + 1]; i++)
		{
			uint32_t	end = series->begin[k + 1];

			jn_tick_at(search->env, i);
			if (whole)
				for (uint32_t j = i + 1; j < end; j++)
					*out++ = (y[j] - y[i]) / (when[j] - when[i]);
			else
				for (uint32_t j = i + 1; j < end; j++)
					if (series->x[j] != series->x[i])
						*out++ = slope_of(search, i, j);
		}
	jn_release(search->env, when);
}

/* The power of two below the largest number of y. */
static double
scale_of(const JnEnv *env, const JnSeries *series)
{
	double		largest = SCALE_MIN;
	double		scale = 1;
	uint64_t	bits;

	for (uint32_t i = 0; i < series->n; i++)
	{
		jn_tick_at(env, i);
		if (fabs(series->y[i]) > largest)
			largest = fabs(series->y[i]);
	}
	if (largest > SCALE_MAX)
		largest = SCALE_MAX;

	/* the exponent alone */
	memcpy(&bits, &largest, sizeof(bits));
	bits &= UINT64_C(0x7ff) << 52;
	memcpy(&scale, &bits, sizeof(bits));
	return scale;
}

static void
set_up(Search *search)
{
	const JnEnv *env = search->env;
	uint32_t	n = search->series->n;
	uint64_t	size;

	search->few = (uint64_t) n * FEW_TIMES_N > FEW ? (uint64_t) n * FEW_TIMES_N : FEW;
	search->sample = n < SAMPLE_MIN ? SAMPLE_MIN : n > SAMPLE_MAX ? SAMPLE_MAX : n;

	/* 12 bytes a point and 8 a slope is less than the 48 a point of a sort, unless there are few points */
	size = 2 * (uint64_t) n * sizeof(Item);
	if (size < 3 * (uint64_t) n * sizeof(uint32_t) + sizeof(double) + search->few * sizeof(double))
		size = 3 * (uint64_t) n * sizeof(uint32_t) + sizeof(double) + search->few * sizeof(double);
	search->item = jn_alloc(env, jn_array_size(size, 1));
	search->spare = search->item + n;
	search->rank = (uint32_t *) search->item;
	search->merge = search->rank + n;
	/* the next place that suits a double */
	search->slope = (double *) (search->merge + 2 * (size_t) n + n % 2);

	search->lo.order = jn_alloc(env, jn_array_size(n, 3 * sizeof(uint32_t)));
	search->hi.order = search->lo.order + n;
	search->probe.order = search->hi.order + n;
}

bool
jn_sen_slope(const JnEnv *env, const JnSeries *series, double unit, double *slope)
{
	Search		search = {.env = env,.series = series,.unit = unit};
	double		scale = scale_of(env, series);
	double		lower;
	double		upper = 0;
	uint64_t	rank;
	bool		found;

	search.slopes = count_slopes(env, series);
	if (search.slopes == 0)
		return false;
	rank = (search.slopes - 1) / 2;

	search.y = jn_alloc(env, jn_array_size(series->n, sizeof(double)));
	for (uint32_t i = 0; i < series->n; i++)
	{
		jn_tick_at(env, i);
		search.y[i] = series->y[i] / scale;
	}

	if (search.slopes <= FEW)
	{
		search.slope = jn_alloc(env, (size_t) search.slopes * sizeof(double));
		all_slopes(&search);
		lower = jn_select(env, search.slope, search.slopes, rank);
		if (search.slopes % 2 == 0)
			upper = jn_least(env, search.slope + rank + 1, search.slopes - rank - 1);
		jn_release(env, search.slope);
	}
	else
	{
		uint32_t   *orders;

		set_up(&search);
		orders = search.lo.order;
		lower = slope_at(&search, rank, &upper, &found);
		if (search.slopes % 2 == 0 && !found)
			upper = slope_at(&search, rank + 1, &upper, &found);
		jn_release(env, orders);
		jn_release(env, search.item);
	}
	jn_release(env, search.y);

	*slope = (search.slopes % 2 == 0 ? (lower + upper) / 2 : lower) * scale;
	if (*slope == 0)
		*slope = 0;				/* no negative zero */
	return true;
}
