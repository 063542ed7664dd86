/*
 * select.c
 *	  Selection by three-way partitioning around good pivots.
 *
 * A pivot is the median of three, or in long ranges the element of a small
 * sample whose rank is a bit beyond the one looked for, on the side of the
 * larger part (Floyd and Rivest, "Expected Time Bounds for Selection", 1975,
 * much simplified): after two rounds little is left.  The partition has no
 * branch that depends on the numbers, so random ones cost the same as ordered.
 */
#include "select.h"

#include "bytes.h"

#define SAMPLE			63		/* elements of a long range that are looked at for a pivot */
#define LONG_RANGE		512
#define SHORT_RANGE		12		/* sorted by insertion */

static void
insertion_sort(double *a, uint64_t n)
{
	for (uint64_t i = 1; i < n; i++)
	{
		double		v = a[i];
		uint64_t	hole = i;

		for (; hole > 0 && a[hole - 1] > v; hole--)
			a[hole] = a[hole - 1];
		a[hole] = v;
	}
}

/* An element that probably stands near "rank" when a[0 .. n-1] is in order. */
static double
pivot_near(const double *a, uint64_t n, uint64_t rank, uint64_t *seed)
{
	double		sample[SAMPLE];
	unsigned	size = n >= LONG_RANGE ? SAMPLE : 3;
	unsigned	at = (unsigned) ((double) rank / (double) n * size);

	for (unsigned i = 0; i < size; i++)
		sample[i] = a[jn_mix64(*seed += UINT64_C(0x9e3779b97f4a7c15)) % n];
	insertion_sort(sample, size);

	/* a bit towards the middle, so that the smaller part is likely the one to go on with */
	if (size == SAMPLE)
		at = at < SAMPLE / 2 ? at + SAMPLE / 16 : at - SAMPLE / 16;
	else
		at = 1;
	return sample[at];
}

double
jn_select(const JnEnv *env, double *a, uint64_t n, uint64_t rank)
{
	uint64_t	seed = n;
	uint64_t	begin = 0;
	uint64_t	end = n;

	while (end - begin > SHORT_RANGE)
	{
		double		pivot = pivot_near(a + begin, end - begin, rank - begin, &seed);
		uint64_t	below = begin;
		uint64_t	equal;

		/* a[begin .. below-1] < pivot */
		for (uint64_t i = begin; i < end;)
		{
			uint64_t	stop = end - i > JN_TICK_EVERY ? i + JN_TICK_EVERY : end;

			for (; i < stop; i++)
			{
				double		v = a[i];

				a[i] = a[below];
				a[below] = v;
				below += v < pivot;
			}
			if (i < end)
				jn_tick(env);
		}
		if (rank < below)
		{
			end = below;
			continue;
		}

		/* a[below .. equal-1] = pivot, which is there at least once */
		equal = below;
		for (uint64_t i = below; i < end;)
		{
			uint64_t	stop = end - i > JN_TICK_EVERY ? i + JN_TICK_EVERY : end;

			for (; i < stop; i++)
			{
				double		v = a[i];

				a[i] = a[equal];
				a[equal] = v;
				equal += v <= pivot;
			}
			if (i < end)
				jn_tick(env);
		}
		if (rank < equal)
			return pivot;
		begin = equal;
	}
	insertion_sort(a + begin, end - begin);
	return a[rank];
}

double
jn_least(const JnEnv *env, const double *a, uint64_t n)
{
	double		least = a[0];

	for (uint64_t i = 1; i < n;)
	{
		uint64_t	stop = n - i > JN_TICK_EVERY ? i + JN_TICK_EVERY : n;

		for (; i < stop; i++)
			least = a[i] < least ? a[i] : least;
		if (i < n)
			jn_tick(env);
	}
	return least;
}
