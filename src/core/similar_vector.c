/*
 * similar_vector.c
 *	  Vectors that point in nearly the same direction: all pairs, in two steps.
 *
 * 1. Estimate.  Each vector is divided by its length once, so a cosine is the
 *	  sum of products of two columns of doubles.  Eight vectors lie side by
 *	  side in a panel, dimension by dimension, so that the sums of a row with
 *	  eight columns run in parallel lanes, and a block of rows stays in the
 *	  first cache while panels pass by.  The estimate is off by at most
 *	  "margin": nearly all pairs are decided by it.
 *
 *			 panel:  a0 b0 .. h0 | a1 b1 .. h1 | a2 ...
 *			 row:    x0            x1            x2
 *
 * 2. Decide.  The few pairs within the margin of the border are computed again
 *	  with twice the digits ("double-double": Dekker 1971, Shewchuk 1997).
 *
 * So how the estimate is summed, and whether the compiler fuses a product and
 * a sum, makes no difference to the answer.
 *
 * The margin.  With u = 2^-53, lengths are right to 4u and so the quotients to
 * 6u; sums of n products of numbers whose squares add up to 1 are off by n u
 * (Higham 2002, 3.1), whatever their order.  (2 n + 32) u covers both, with
 * what is lost to underflow.
 */
#include "similar_vector.h"

#include <math.h>
#include <string.h>

#define LANES		8			/* vectors of a panel */
#define ROWS		32			/* of a block; even */
#define EPSILON		1.1102230246251565e-16	/* 2^-53 */

typedef double Pair __attribute__((vector_size(16)));

struct JnVectors
{
	uint32_t	dimensions;
	uint32_t	n;				/* vectors */
	uint32_t	room;
	double	   *scaled;			/* row after row, the largest number of each in [0.5, 1) */
	double	   *panel;			/* panel after panel: the same, with length 1 */
	uint32_t   *element;
};

/* A number of about 106 bits: high + low, |low| at most half a unit in the last place of high. */
typedef struct Wide
{
	double		high;
	double		low;
} Wide;

static inline size_t
panels(uint32_t vectors)
{
	return ((size_t) vectors + LANES - 1) / LANES;
}

static size_t
panel_bytes(uint32_t dimensions, uint32_t vectors)
{
	return jn_array_size((uint64_t) dimensions * LANES * panels(vectors), sizeof(double));
}

static size_t
scaled_bytes(uint32_t dimensions, uint32_t vectors)
{
	return jn_array_size((uint64_t) dimensions * vectors, sizeof(double));
}

JnVectors *
jn_vectors_new(const JnEnv *env, uint32_t dimensions)
{
	JnVectors  *v = jn_alloc(env, sizeof(JnVectors));

	v->dimensions = dimensions;
	v->n = 0;
	v->room = LANES;
	v->scaled = jn_alloc(env, scaled_bytes(dimensions, v->room));
	v->panel = jn_alloc(env, panel_bytes(dimensions, v->room));
	v->element = jn_alloc(env, v->room * sizeof(uint32_t));
	return v;
}

void
jn_vectors_free(const JnEnv *env, JnVectors *v)
{
	jn_release(env, v->scaled);
	jn_release(env, v->panel);
	jn_release(env, v->element);
	jn_release(env, v);
}


/* ----- numbers of twice the digits ----- */

/*
 * Each step is stored as a double, volatile, so that no excess precision and
 * no fused operation breaks the identities.
 */
static inline Wide
two_sum(double a, double b)
{
	volatile double sum = a + b;
	volatile double b_part = sum - a;
	volatile double a_part = sum - b_part;
	volatile double b_lost = b - b_part;
	volatile double a_lost = a - a_part;
	volatile double lost = a_lost + b_lost;

	return (Wide) {sum, lost};
}

/* The halves of a number, of 26 bits each. */
static inline Wide
split(double a)
{
	volatile double big = a * 134217729.0;	/* 2^27 + 1 */
	volatile double rest = big - a;
	volatile double high = big - rest;
	volatile double low = a - high;

	return (Wide) {high, low};
}

static inline Wide
two_product(double a, double b)
{
	volatile double product = a * b;
	Wide		x = split(a);
	Wide		y = split(b);
	volatile double hh = x.high * y.high;
	volatile double hl = x.high * y.low;
	volatile double lh = x.low * y.high;
	volatile double ll = x.low * y.low;
	volatile double lost = hh - product;

	lost = lost + hl;
	lost = lost + lh;
	lost = lost + ll;
	return (Wide) {product, lost};
}

static inline Wide
wide_add(Wide a, Wide b)
{
	Wide		high = two_sum(a.high, b.high);
	Wide		low = two_sum(a.low, b.low);

	high = two_sum(high.high, high.low + low.high);
	return two_sum(high.high, high.low + low.low);
}

static inline Wide
wide_multiply(Wide a, Wide b)
{
	Wide		product = two_product(a.high, b.high);

	return two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static inline Wide
wide_negative(Wide a)
{
	return (Wide) {-a.high, -a.low};
}

/* 1 / sqrt(a): one step of Newton's method doubles the digits that a double has. */
static Wide
wide_inverse_root(Wide a)
{
	Wide		x = {1 / sqrt(a.high), 0};
	Wide		rest = wide_add((Wide) {1, 0}, wide_negative(wide_multiply(a, wide_multiply(x, x))));

	return wide_add(x, wide_multiply((Wide) {x.high / 2, 0}, rest));
}

/* The sum of the products; numbers at most 1. */
static Wide
wide_dot(const JnEnv *env, const double *a, const double *b, uint32_t n)
{
	Wide		sum = {0, 0};

	for (uint32_t i = 0; i < n; i++)
	{
		if ((i + 1) % JN_TICK_EVERY == 0)
			jn_tick(env);
		sum = wide_add(sum, two_product(a[i], b[i]));
	}
	return sum;
}

/* Step 2: whether the distance of vectors a and b is at most the tolerance. */
static bool
near_exactly(const JnEnv *env, const JnVectors *v, uint32_t a, uint32_t b, double tolerance)
{
	uint32_t	n = v->dimensions;
	const double *x = &v->scaled[(size_t) a * n];
	const double *y = &v->scaled[(size_t) b * n];
	Wide		cosine = wide_multiply(wide_dot(env, x, y, n),
									   wide_multiply(wide_inverse_root(wide_dot(env, x, x, n)),
													 wide_inverse_root(wide_dot(env, y, y, n))));
	Wide		over = wide_add(wide_add((Wide) {1, 0}, wide_negative(cosine)), (Wide) {-tolerance, 0});

	return over.high <= n * 1.262177448353619e-29;	/* n * 2^-96 */
}


/* ----- adding ----- */

/* 2 to the power of e, from -1022 to 1023. */
static double
power_of_two(int e)
{
	uint64_t	bits = (uint64_t) (e + 1023) << 52;
	double		x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* The power of two that brings x > 0 into [0.5, 1), as two factors: one may be too large for a double. */
static void
scale_for(double x, double factor[2])
{
	uint64_t	bits;
	int			e;

	factor[0] = 1;
	if (x < 2.2250738585072014e-308)	/* below 2^-1022 the exponent does not tell */
	{
		factor[0] = power_of_two(54);
		x *= factor[0];
	}
	memcpy(&bits, &x, sizeof(bits));
	e = (int) (bits >> 52 & 2047) - 1022;	/* x in [2^(e-1), 2^e) */
	if (e > 1000)				/* 2^-e is no normal number */
	{
		factor[0] = power_of_two(-500);
		e -= 500;
	}
	factor[1] = power_of_two(-e);
}

void
jn_vectors_add(const JnEnv *env, JnVectors *v, const double *x, uint32_t element)
{
	uint32_t	n = v->dimensions;
	double		largest = 0;
	double		factor[2];
	double		inverse;
	Wide		square;
	double	   *scaled;
	double	   *lane;

	if (v->n == v->room)
	{
		v->room *= 2;
		v->scaled = jn_resize(env, v->scaled, scaled_bytes(n, v->room));
		v->panel = jn_resize(env, v->panel, panel_bytes(n, v->room));
		v->element = jn_resize(env, v->element, jn_array_size(v->room, sizeof(uint32_t)));
	}
	scaled = &v->scaled[(size_t) v->n * n];
	lane = &v->panel[(size_t) (v->n / LANES) * LANES * n + v->n % LANES];
	if (v->n % LANES == 0)
		memset(lane, 0, (size_t) n * LANES * sizeof(double));

	jn_tick(env);
	for (uint32_t i = 0; i < n; i++)
		if (fabs(x[i]) > largest)
			largest = fabs(x[i]);
	scale_for(largest, factor);
	for (uint32_t i = 0; i < n; i++)
		scaled[i] = x[i] * factor[0] * factor[1];
	square = wide_dot(env, scaled, scaled, n);
	inverse = wide_inverse_root(square).high;
	for (uint32_t i = 0; i < n; i++)
		lane[(size_t) i * LANES] = scaled[i] * inverse;
	v->element[v->n++] = element;
}


/* ----- linking ----- */

/*
 * Step 1: the cosines of two rows with the vectors of a panel.  Written out in
 * pairs of doubles: compilers that are asked for -O2 do not find them.
 */
static void
estimate(const JnEnv *env, const double *row, const double *panel, uint32_t n, double cosine[2][LANES])
{
	const double *other = row + n;
	Pair		sum[2][LANES / 2] = {{{0}}};
	uint32_t	i = 0;

	for (;;)
	{
		uint32_t	until = n - i < JN_TICK_EVERY ? n : i + JN_TICK_EVERY;

		for (; i < until; i++)
		{
			Pair		x = {row[i], row[i]};
			Pair		y = {other[i], other[i]};
			Pair		lane[LANES / 2];

			memcpy(lane, &panel[(size_t) i * LANES], sizeof(lane));
			for (unsigned k = 0; k < LANES / 2; k++)
			{
				sum[0][k] += x * lane[k];
				sum[1][k] += y * lane[k];
			}
		}
		if (i == n)
			break;
		jn_tick(env);
	}
	memcpy(cosine, sum, sizeof(sum));
}

/* Whether a vector is in the same group as all of a panel's. */
static bool
all_known(const JnVectors *v, JnGroups *g, uint32_t row, uint32_t first, uint32_t end)
{
	uint32_t	root = jn_groups_find(g, v->element[row]);

	for (uint32_t c = first; c < end; c++)
		if (jn_groups_find(g, v->element[c]) != root)
			return false;
	return true;
}

/* What does not change while vectors are linked. */
typedef struct Linking
{
	JnVectors  *v;
	JnGroups   *g;
	double		tolerance;
	double		surely;			/* estimates above are near */
	double		maybe;			/* below are not */
	uint32_t	apart;			/* groups that the vectors are in, at most */
} Linking;

/* Links a row with those of the vectors first .. end-1 that come after it, given the estimates. */
static void
link_row(const JnEnv *env, Linking *l, uint32_t row, uint32_t first, uint32_t end, const double *cosine)
{
	const uint32_t *element = l->v->element;
	uint32_t	root = jn_groups_find(l->g, element[row]);

	for (uint32_t c = first; c < end; c++)
	{
		if (cosine[c - first] < l->maybe || c <= row || jn_groups_find(l->g, element[c]) == root)
			continue;
		if (cosine[c - first] > l->surely || near_exactly(env, l->v, row, c, l->tolerance))
		{
			jn_groups_link(l->g, element[row], element[c]);
			root = jn_groups_find(l->g, root);
			l->apart--;
		}
	}
}

void
jn_vectors_link(const JnEnv *env, JnVectors *v, double tolerance, JnGroups *g)
{
	uint32_t	n = v->dimensions;
	double		margin = (2.0 * n + 32) * EPSILON;
	Linking		l = {v, g, tolerance, 1 - tolerance + margin, 1 - tolerance - margin, v->n};
	double	   *block = jn_alloc(env, jn_array_size((uint64_t) n * ROWS, sizeof(double)));
	size_t		work = 0;

	for (uint64_t from = 0; from < v->n && l.apart > 1; from += ROWS)
	{
		uint32_t	rows = v->n - from < ROWS ? (uint32_t) (v->n - from) : ROWS;

		/* each row in one piece; one of zeros makes up an even number */
		for (uint32_t r = 0; r < rows + rows % 2; r++)
		{
			const double *lane = &v->panel[(from + r) / LANES * LANES * n + (from + r) % LANES];

			jn_tick(env);
			for (uint32_t i = 0; i < n; i++)
				block[(size_t) r * n + i] = r < rows ? lane[(size_t) i * LANES] : 0;
		}

		for (uint64_t first = from; first < v->n && l.apart > 1; first += LANES)
		{
			uint32_t	end = v->n - first < LANES ? v->n : (uint32_t) first + LANES;

			for (uint32_t r = 0; r < rows && from + r < end; r += 2)
			{
				uint32_t	row = (uint32_t) from + r;
				double		cosine[2][LANES];

				work += LANES;
				if (all_known(v, g, row, (uint32_t) first, end)
					&& (r + 1 == rows || all_known(v, g, row + 1, (uint32_t) first, end)))
					continue;
				work += (size_t) n * LANES;
				estimate(env, &block[(size_t) r * n], &v->panel[first * n], n, cosine);
				link_row(env, &l, row, (uint32_t) first, end, cosine[0]);
				if (r + 1 < rows)
					link_row(env, &l, row + 1, (uint32_t) first, end, cosine[1]);
				if (work >= JN_TICK_EVERY)
				{
					work = 0;
					jn_tick(env);
				}
			}
		}
	}
	jn_release(env, block);
}
