/*
 * test_correlation.c
 *	  Autocorrelation, against sums of products.
 */
#include "correlation.h"

#include <math.h>

#include "unit.h"

TEST(equals_sums)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 60; round++)
	{
		uint32_t	n = round < 20 ? 2 + (uint32_t) round : 500 + unit_below(&seed, 1600);
		double	   *a = jn_alloc(ENV, n * sizeof(double));
		double	   *c = jn_alloc(ENV, n * sizeof(double));
		double		mean = 0;
		double		squares = 0;

		for (uint32_t i = 0; i < n; i++)
		{
			a[i] = (double) unit_below(&seed, 1000) + i;
			mean += a[i] / n;
		}
		for (uint32_t i = 0; i < n; i++)
		{
			c[i] = a[i] - mean;
			squares += c[i] * c[i];
		}
		CHECK(fabs(jn_mean(ENV, a, n) - mean) < 1e-9);
		CHECK(jn_autocorrelation(ENV, a, n));
		CHECK(a[0] == 1);
		for (uint32_t lag = 1; lag < n; lag++)
		{
			double		sum = 0;

			for (uint32_t i = 0; i + lag < n; i++)
				sum += c[i] * c[i + lag];
			CHECK(fabs(a[lag] - sum / squares) < 1e-12);
		}
		unit_env_clear(&unit_env);
	}
}

TEST(constant_numbers_have_none)
{
	double		a[] = {3, 3, 3, 3};

	CHECK(!jn_autocorrelation(ENV, a, 4));
	CHECK(a[0] == 3 && a[3] == 3);
	CHECK(!jn_autocorrelation(ENV, a, 1));
}
