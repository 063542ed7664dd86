/*
 * binomial.c
 *	  The exact tail of a binomial distribution.
 *
 * One probability is computed directly, the others follow from it by their
 * quotients.  Factorials would lose digits by cancellation, so the first is
 * put together from deviations, as Loader shows ("Fast and Accurate Computation
 * of Binomial Probabilities", 2000): with e(n) the error of Stirling's formula
 * and D(x, m) = x log(x / m) + m - x,
 *
 *	 b(k; n, p) = sqrt(n / (2 pi k (n - k)))
 *				  exp(e(n) - e(k) - e(n - k) - D(k, n p) - D(n - k, n (1 - p)))
 */
#include "binomial.h"

#include <math.h>

#define TWO_PI		6.283185307179586477

/* log(n!) less Stirling's formula, sqrt(2 pi n) (n / e)^n. */
static double
stirling_error(double n)
{
	double		square = n * n;

	/* the series is good from 16 on; before, n is small enough to be multiplied out */
	if (n < 16)
	{
		double		factorial = 1;

		for (double i = 2; i <= n; i++)
			factorial *= i;
		return log(factorial) - (0.5 * log(TWO_PI * n) + n * log(n) - n);
	}
	return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square) / n;
}

/* x log(x / m) + m - x, without loss where x is near m. */
static double
deviation(double x, double m)
{
	if (fabs(x - m) < 0.1 * (x + m))
	{
		double		v = (x - m) / (x + m);
		double		sum = (x - m) * v;
		double		term = 2 * x * v;

		for (int i = 1; i < 1000; i++)
		{
			double		more;

			term *= v * v;
			more = sum + term / (2 * i + 1);
			if (more == sum)
				break;
			sum = more;
		}
		return sum;
	}
	return x * log(x / m) + m - x;
}

/* The probability of exactly k, 0 < p < 1. */
static double
probability(double n, double k, double p)
{
	if (k == 0 || k == n)
	{
		double		q = k == 0 ? 1 - p : p;

		/* q^n, by its deviation where q is near 1 */
		return n == 0 ? 1 : exp(q < 0.9 ? n * log(q) : -deviation(n, n * q) - n * (1 - q));
	}
	return sqrt(n / (TWO_PI * k * (n - k)))
		* exp(stirling_error(n) - stirling_error(k) - stirling_error(n - k)
			  - deviation(k, n * p) - deviation(n - k, n * (1 - p)));
}

/* The sum of the probabilities of k, k + 1 .. n, which fall from k on. */
static double
falling_sum(const JnEnv *env, double n, double k, double p)
{
	double		term = probability(n, k, p);
	double		odds = p / (1 - p);
	double		sum = 0;
	uint32_t	work = 0;

	for (; k <= n; k++)
	{
		double		more = sum + term;

		if (++work % JN_TICK_EVERY == 0)
			jn_tick(env);
		if (more == sum)
			break;
		sum = more;
		term *= (n - k) / (k + 1) * odds;
	}
	return sum;
}

double
jn_binomial_tail(const JnEnv *env, uint64_t n, uint64_t k, double p)
{
	double		tail;

	if (k == 0)
		return 1;
	if (k > n || p <= 0)
		return 0;
	if (p >= 1)
		return 1;
	/* above the mean sum up what is asked for, below it what is not */
	if ((double) k > (double) n * p)
		tail = falling_sum(env, (double) n, (double) k, p);
	else
		tail = 1 - falling_sum(env, (double) n, (double) (n - k + 1), 1 - p);
	return tail < 0 ? 0 : tail > 1 ? 1 : tail;
}
