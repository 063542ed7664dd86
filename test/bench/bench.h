/*
 * bench.h
 *	  What benchmarks of the core share: an environment that is malloc.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdlib.h>
#include <time.h>

#include "jn.h"

static void *
bench_alloc(void *ctx, size_t size)
{
	void	   *p = malloc(size);

	(void) ctx;
	if (p == NULL)
		abort();
	return p;
}

static void *
bench_resize(void *ctx, void *ptr, size_t size)
{
	void	   *p = realloc(ptr, size);

	(void) ctx;
	if (p == NULL)
		abort();
	return p;
}

static void
bench_release(void *ctx, void *ptr)
{
	(void) ctx;
	free(ptr);
}

static void
bench_tick(void *ctx)
{
	(void) ctx;
}

static const JnEnv env = {bench_alloc, bench_resize, bench_release, bench_tick, NULL};

/* Processor time, so that a busy machine matters less. */
static double
seconds(void)
{
	return (double) clock() / CLOCKS_PER_SEC;
}

#endif							/* BENCH_H */
