/*
 * series_model.h
 *	  Series for tests, and the slow, obviously right statistics of them.
 */
#ifndef SERIES_MODEL_H
#define SERIES_MODEL_H

#include <math.h>

#include "series.h"

#include "unit.h"

/* A number from 0 to below 1, with all bits. */
#define MODEL_ULP	0x1p-53

static inline double
model_noise(uint64_t *seed)
{
	return (double) (unit_random(seed) >> 11) * MODEL_ULP;
}

/* A series in memory of a test. */
typedef struct ModelSeries
{
	JnSeries	series;
	uint32_t	begin[4];
	int64_t    *x;
	double	   *y;
} ModelSeries;

static inline void
model_sort_season(int64_t *x, double *y, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && (x[k] < x[k - 1] || (x[k] == x[k - 1] && y[k] < y[k - 1])); k--)
		{
			int64_t		swap_x = x[k];
			double		swap_y = y[k];

			x[k] = x[k - 1];
			y[k] = y[k - 1];
			x[k - 1] = swap_x;
			y[k - 1] = swap_y;
		}
}

/* n observations of some shape, in one season or in three, ties of all sorts among them. */
static inline ModelSeries
model_series(const JnEnv *env, uint64_t *seed, uint32_t n, uint32_t seasons)
{
	ModelSeries m = {.x = jn_alloc(env, (n + 1) * sizeof(int64_t)),.y = jn_alloc(env, (n + 1) * sizeof(double))};
	unsigned	times = unit_below(seed, 4);
	unsigned	values = unit_below(seed, 8);

	for (uint32_t i = 0; i < n; i++)
	{
		double		noise = model_noise(seed);

		switch (times)
		{
			case 0:				/* once a day */
				m.x[i] = INT64_C(86400000000) * i;
				break;
			case 1:				/* any time */
				m.x[i] = (int64_t) (unit_random(seed) % UINT64_C(3000000000000));
				break;
			case 2:				/* few days */
				m.x[i] = INT64_C(86400000000) * unit_below(seed, 1 + n / 4);
				break;
			default:			/* a burst between points far away */
				m.x[i] = unit_below(seed, 3) ? 1000000000000000 + unit_below(seed, 100) : (int64_t) (unit_random(seed) % UINT64_C(2000000000000000));
		}
		switch (values)
		{
			case 0:
				m.y[i] = noise;
				break;
			case 1:				/* counts */
				m.y[i] = unit_below(seed, 4);
				break;
			case 2:				/* a line, and its rounding */
				m.y[i] = i / 3.0;
				break;
			case 3:				/* large and nearly equal */
				m.y[i] = 1e15 + unit_below(seed, 3);
				break;
			case 4:				/* prices */
				m.y[i] = unit_below(seed, 100) / 10.0;
				break;
			case 5:				/* a trend */
				m.y[i] = i * 0.1 - 5 * noise;
				break;
			case 6:				/* as large as it gets */
				m.y[i] = unit_below(seed, 2) ? 1.7e308 : -1.7e308 * noise;
				break;
			default:			/* nearly always nothing */
				m.y[i] = unit_below(seed, 10) ? 0 : unit_below(seed, 1000);
		}
	}
	for (uint32_t k = 0; k <= seasons; k++)
		m.begin[k] = k == seasons ? n : k * (n / seasons);
	for (uint32_t k = 0; k < seasons; k++)
		model_sort_season(m.x + m.begin[k], m.y + m.begin[k], m.begin[k + 1] - m.begin[k]);
	m.series = (JnSeries) {n, seasons, NULL, m.x, m.y};
	return m;
}

/* The series of a model; its seasons are in the model, which must not have moved. */
static inline const JnSeries *
model_open(ModelSeries *m)
{
	m->series.begin = m->begin;
	return &m->series;
}

/* Whether two numbers agree to 1e-9 of their size. */
static inline bool
model_near(double got, double expected)
{
	bool		near = got == expected || fabs(got - expected) <= 1e-9 * fabs(expected);

	if (!near)
		printf("  %.17g, not %.17g\n", got, expected);
	return near;
}

#endif							/* SERIES_MODEL_H */
