/*
 * fdr.c
 *	  Many tests at once: the false discovery rate.
 */
#include "fdr.h"

#include "similar.h"

static int
compare_p(void *ctx, uint32_t a, uint32_t b)
{
	const double *p = *(const double **) ctx;

	return (p[a] > p[b]) - (p[a] < p[b]);
}

void
jn_q_values(const JnEnv *env, const double *p, uint32_t n, uint64_t tests, double *q)
{
	JnOrder		order = {compare_p, &p};
	uint32_t   *list = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	double		least = 1;

	for (uint32_t i = 0; i < n; i++)
		list[i] = i;
	jn_order_sort(env, &order, list, n);
	for (uint32_t i = n; i-- > 0;)
	{
		double		rate = p[list[i]] * (double) tests / (i + 1.0);

		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
		if (rate < least)
			least = rate;
		q[list[i]] = least;
	}
	jn_release(env, list);
}
