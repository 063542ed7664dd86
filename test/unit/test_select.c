/*
 * test_select.c
 *	  Selection, against sorting.
 */
#include "select.h"

#include "unit.h"

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

TEST(equals_sorting)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, round % 10 == 0 ? 5000 : 40);
		uint32_t	rank = unit_below(&seed, n);
		uint32_t	distinct = 1 + unit_below(&seed, 2 * n);
		double	   *a = jn_alloc(ENV, n * sizeof(double));
		double	   *sorted = jn_alloc(ENV, n * sizeof(double));

		for (uint32_t i = 0; i < n; i++)
			a[i] = (double) unit_below(&seed, distinct) - distinct / 2;
		if (unit_below(&seed, 4) == 0)
			qsort(a, n, sizeof(double), compare_doubles);
		memcpy(sorted, a, n * sizeof(double));
		qsort(sorted, n, sizeof(double), compare_doubles);

		CHECK(jn_select(ENV, a, n, rank) == sorted[rank]);
		CHECK(a[rank] == sorted[rank]);
		for (uint32_t i = 0; i < n; i++)
			CHECK(i < rank ? a[i] <= a[rank] : a[i] >= a[rank]);
		if (rank + 1 < n)
			CHECK(jn_least(ENV, a + rank + 1, n - rank - 1) == sorted[rank + 1]);
		qsort(a, n, sizeof(double), compare_doubles);
		CHECK(memcmp(a, sorted, n * sizeof(double)) == 0);
		unit_env_clear(&unit_env);
	}
}

/* Orders that make a bad choice of pivots slow. */
TEST(no_order_is_slow)
{
	uint32_t	n = 300000;
	double	   *a = jn_alloc(ENV, n * sizeof(double));

	for (int order = 0; order < 5; order++)
	{
		size_t		ticks = unit_env.ticks;

		for (uint32_t i = 0; i < n; i++)
			a[i] = order == 0 ? i : order == 1 ? n - i : order == 2 ? 7 : order == 3 ? (i < n / 2 ? i : n - i) : i % 3;
		jn_select(ENV, a, n, n / 2);
		/* a tick is 65536 steps: less than 10 passes over all of it */
		CHECK(unit_env.ticks - ticks < 50);
	}
}
