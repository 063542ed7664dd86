/*
 * correlation.c
 *	  Autocorrelation at all lags, by sums for few numbers, else by a Fourier
 *	  transform (Wiener and Khinchin): transform the numbers, padded with as
 *	  many zeros so that the end does not meet the beginning; take the squares
 *	  of the amounts; transform back.
 *
 * The transform is the plain one of radix 2, in place.  Its roots of unity are
 * made by halving angles: cos(t/2) = sqrt((1 + cos t) / 2).
 */
#include "correlation.h"

#include <math.h>
#include <string.h>

/* Up to so many numbers sums are faster. */
#define FEW			512

typedef struct Complex
{
	double		re;
	double		im;
} Complex;

static inline Complex
times(Complex a, Complex b)
{
	return (Complex) {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

double
jn_mean(const JnEnv *env, const double *a, uint32_t n)
{
	double		sum = 0;
	double		rest = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		sum += a[i] / n;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		rest += a[i] - sum;
	}
	return sum + rest / n;
}

/*
 * root[k] for k < size / 2 becomes exp(-2 pi i k / size), size a power of two
 * from 4 on.  The roots of a level are those of the level before and, between
 * them, those turned by half their angle: no error adds up over more than the
 * levels.
 */
static void
fill_roots(const JnEnv *env, Complex *root, uint64_t size)
{
	Complex		turn = {-1, 0}; /* by half a circle, then a quarter ... */

	root[0] = (Complex) {1, 0};
	for (uint64_t step = size / 2; step > 1; step /= 2)
	{
		/* roots at multiples of "step" are known; add those half a step on */
		turn.re = turn.re < 0 ? 0 : sqrt((1 + turn.re) / 2);
		turn.im = turn.re == 0 ? -1 : turn.im / (2 * turn.re);
		for (uint64_t k = 0; k < size / 2; k += step)
		{
			jn_tick_at(env, k / step);
			root[k + step / 2] = times(root[k], turn);
		}
	}
}

/* Puts each element where its number, bits turned round, says. */
static void
turn_bits_round(const JnEnv *env, Complex *a, uint64_t size)
{
	uint64_t	j = 0;

	for (uint64_t i = 1; i < size; i++)
	{
		uint64_t	bit = size >> 1;

		jn_tick_at(env, i);
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j)
		{
			Complex		swap = a[i];

			a[i] = a[j];
			a[j] = swap;
		}
	}
}

static void
transform(const JnEnv *env, Complex *a, const Complex *root, uint64_t size)
{
	turn_bits_round(env, a, size);
	for (uint64_t half = 1; half < size; half *= 2)
	{
		uint64_t	step = size / (2 * half);
		uint64_t	work = 0;

		for (uint64_t first = 0; first < size; first += 2 * half)
			for (uint64_t k = 0; k < half; k++)
			{
				Complex		odd = times(a[first + half + k], root[k * step]);
				Complex		even = a[first + k];

				jn_tick_at(env, work++);
				a[first + k] = (Complex) {even.re + odd.re, even.im + odd.im};
				a[first + half + k] = (Complex) {even.re - odd.re, even.im - odd.im};
			}
	}
}

/* Sums of products at all lags, one after another. */
static void
products_by_sums(double *a, uint32_t n)
{
	double		sum[FEW];

	for (uint32_t lag = 0; lag < n; lag++)
	{
		sum[lag] = 0;
		for (uint32_t i = 0; i + lag < n; i++)
			sum[lag] += a[i] * a[i + lag];
	}
	memcpy(a, sum, n * sizeof(double));
}

static void
products_by_transform(const JnEnv *env, double *a, uint32_t n)
{
	uint64_t	size = 4;
	Complex    *work;
	Complex    *root;

	while (size < 2 * (uint64_t) n)
		size *= 2;
	work = jn_alloc(env, jn_array_size(size, sizeof(Complex)));
	root = jn_alloc(env, jn_array_size(size / 2, sizeof(Complex)));
	fill_roots(env, root, size);

	for (uint64_t i = 0; i < size; i++)
	{
		jn_tick_at(env, i);
		work[i] = (Complex) {i < n ? a[i] : 0, 0};
	}
	transform(env, work, root, size);
	for (uint64_t i = 0; i < size; i++)
	{
		jn_tick_at(env, i);
		work[i] = (Complex) {work[i].re * work[i].re + work[i].im * work[i].im, 0};
	}
	/* amounts are real and even: the way back is the way there */
	transform(env, work, root, size);
	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		a[i] = work[i].re / (double) size;
	}
	jn_release(env, root);
	jn_release(env, work);
}

bool
jn_autocorrelation(const JnEnv *env, double *a, uint32_t n)
{
	double		mean = jn_mean(env, a, n);
	double		squares;
	bool		constant = true;

	for (uint32_t i = 1; i < n; i++)
	{
		jn_tick_at(env, i);
		constant &= a[i] == a[0];
	}
	if (constant)
		return false;

	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		a[i] -= mean;
	}
	if (n <= FEW)
		products_by_sums(a, n);
	else
		products_by_transform(env, a, n);
	squares = a[0];
	for (uint32_t i = 0; i < n; i++)
	{
		jn_tick_at(env, i);
		a[i] /= squares;
	}
	return true;
}
