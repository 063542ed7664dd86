/*
 * values_model.h
 *	  The slow column of values: decimals are found by printing a number and
 *	  reading it back.
 */
#ifndef VALUES_MODEL_H
#define VALUES_MODEL_H

#include <math.h>

#include "unit.h"
#include "values.h"

/* The whole number whose value with e decimals is this double, found by printing it. */
static inline bool
slow_scale(double v, unsigned e, int64_t *k)
{
	char		text[500];
	char		digits[500];
	char	   *out = digits;
	int64_t		limit = e == 0 ? INT64_C(9007199254740992) : INT64_C(1125899906842624);

	if (!isfinite(v) || fabs(v) > 1e17)
		return false;
	snprintf(text, sizeof(text), "%.*f", (int) e, v);
	for (const char *in = text; *in != 0; in++)
		if (*in != '.')
			*out++ = *in;
	*out = 0;
	*k = strtoll(digits, NULL, 10);
	return *k >= -limit && *k <= limit && strtod(text, NULL) == v;
}

static inline uint8_t *
slow_put(uint8_t *p, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		*p++ = (uint8_t) (v >> (8 * i));
	return p;
}

/* The least number of decimals that does for all values, or 15. */
static inline unsigned
slow_decimals(const uint64_t *key, uint32_t n)
{
	for (unsigned e = 0; e <= 9; e++)
	{
		bool		fits = true;
		int64_t		k;

		for (uint32_t i = 0; i < n; i++)
			if (key[i] != JN_NO_VALUE)
				fits = fits && slow_scale(jn_value_of_key(key[i]), e, &k);
		if (fits)
			return e;
	}
	return 15;
}

/* Writes the section of format.h for key[] at out; returns its size, 0 if no step has a value. */
static inline size_t
slow_values(const uint64_t *key, uint32_t n, uint8_t *out)
{
	unsigned	e = slow_decimals(key, n);
	uint32_t	given = 0;
	bool		same = true;
	double		one = 0;
	int64_t		least = INT64_MAX;
	int64_t		most = INT64_MIN;
	unsigned	width = 0;
	uint64_t	base;
	uint8_t    *p = out;

	for (uint32_t i = 0; i < n; i++)
	{
		double		v;
		int64_t		k;

		if (key[i] == JN_NO_VALUE)
			continue;
		v = jn_value_of_key(key[i]);
		same = same && (given == 0 || memcmp(&one, &v, 8) == 0);
		one = v;
		given++;
		if (e < 15)
		{
			slow_scale(v, e, &k);
			least = k < least ? k : least;
			most = k > most ? k : most;
		}
	}
	if (given == 0)
		return 0;

	p = slow_put(p, e + (given < n ? 128 : 0), 1);
	if (given < n)
	{
		memset(p, 0, (n + 7) / 8);
		for (uint32_t i = 0; i < n; i++)
			if (key[i] != JN_NO_VALUE)
				p[i / 8] |= (uint8_t) (1 << (i % 8));
		p += (n + 7) / 8;
	}
	if (e < 15)
	{
		static const unsigned widths[] = {0, 1, 2, 4, 8};

		for (unsigned i = 0; i < 5; i++)
		{
			width = widths[i];
			if (width == 8 || (uint64_t) (most - least) >> (8 * width) == 0)
				break;
		}
		base = (uint64_t) least;
	}
	else
	{
		width = same ? 0 : 8;
		memcpy(&base, &one, 8);
		base = same ? base : 0;
	}
	p = slow_put(p, width, 1);
	p = slow_put(p, base, 8);
	for (uint32_t i = 0; i < n; i++)
	{
		double		v;
		int64_t		k;
		uint64_t	bits;

		if (key[i] == JN_NO_VALUE)
			continue;
		v = jn_value_of_key(key[i]);
		memcpy(&bits, &v, 8);
		if (e < 15 && slow_scale(v, e, &k))
			bits = (uint64_t) (k - least);
		p = slow_put(p, bits, width);
	}
	return (size_t) (p - out);
}

#endif							/* VALUES_MODEL_H */
