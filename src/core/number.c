/*
 * number.c
 *	  The text form of a value, see number.h.
 *
 * Prices and counts, nearly all values there are, are whole numbers k of some
 * decimal place: k / 10^e.  Both are exact as doubles, so their quotient is
 * the double nearest to what the digits say, which is what reading them gives:
 * such a number is written without asking the library, and no shorter text
 * means the same, for different texts of 15 digits mean different doubles.
 */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers below this are written digit by digit. */
#define MOST_DIGITS		1e15

/* Numbers below this one have fewer than 15 digits. */
#define LEAST_NORMAL	2.2250738585072014e-308

#define MOST_PLACES		9

/* ---- writing ---- */

/* Writes |k| / 10^places. */
static char *
put_decimal(char *out, uint64_t k, unsigned places)
{
	char		reversed[24];
	unsigned	n = 0;

	for (; k > 0 || n <= places; k /= 10)
		reversed[n++] = (char) ('0' + k % 10);
	while (n > 0)
	{
		if (n == places)
			*out++ = '.';
		*out++ = reversed[--n];
	}
	return out;
}

static size_t
put_text(char *out, const char *text)
{
	size_t		size = strlen(text);

	memcpy(out, text, size);
	return size;
}

size_t
jn_number_write(double value, char *out)
{
	double		size = value < 0 ? -value : value;
	double		power = 1;
	char	   *p = out;
	char		text[JN_NUMBER_TEXT];
	int			digits;

	if (isnan(value))
		return put_text(out, "NaN");
	if (isinf(value))
		return put_text(out, value < 0 ? "-Infinity" : "Infinity");

	for (unsigned places = 0; places <= MOST_PLACES && size * power < MOST_DIGITS; places++, power *= 10)
	{
		uint64_t	k = (uint64_t) (size * power + 0.5);

		if ((double) k / power == size)
		{
			if (value < 0)
				*p++ = '-';
			return (size_t) (put_decimal(p, k, places) - out);
		}
	}

	/* 15 digits always survive in a normal number, 17 always suffice */
	digits = size < LEAST_NORMAL ? 1 : 15;
	do
		snprintf(text, sizeof(text), "%.*g", digits, value);
	while (digits++ < 17 && strtod(text, NULL) != value);
	return put_text(out, text);
}

/* ---- reading ---- */

static const char *
skip_digits(const char *p, const char *end, bool *zero)
{
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		*zero &= *p == '0';
	return p;
}

/* The byte behind the number at p, or NULL if there is none; tells if it is 0. */
static const char *
number_end(const char *p, const char *end, bool *zero)
{
	bool		any = true;
	const char *next;

	*zero = true;
	if (p < end && *p == '-')
		p++;
	next = skip_digits(p, end, zero);
	if (next == p)
		return NULL;
	p = next;
	if (p < end && *p == '.')
	{
		next = skip_digits(p + 1, end, zero);
		if (next == p + 1)
			return NULL;
		p = next;
	}
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		next = skip_digits(p, end, &any);
		if (next == p)
			return NULL;
		p = next;
	}
	return p;
}

/* Reads one of the numbers that are words. */
static bool
read_word(const char **p, const char *end, const char *word, double is, double *value)
{
	size_t		size = strlen(word);

	if ((size_t) (end - *p) < size || memcmp(*p, word, size) != 0)
		return false;
	*p += size;
	*value = is;
	return true;
}

JnStatus
jn_number_read(const char **p, const char *end, double *value, JnError *err)
{
	char		text[JN_MAX_NAME + 1];
	const char *next;
	size_t		size;
	bool		zero;

	if (read_word(p, end, "NaN", NAN, value)
		|| read_word(p, end, "Infinity", INFINITY, value)
		|| read_word(p, end, "-Infinity", -INFINITY, value))
		return JN_OK;

	if ((size_t) (end - *p) > JN_MAX_NAME + 1)
		end = *p + JN_MAX_NAME + 1;
	next = number_end(*p, end, &zero);
	if (next == NULL || next - *p > JN_MAX_NAME)
		return jn_fail(err, JN_TEXT_NUMBER, 0, 0, 0);
	size = (size_t) (next - *p);
	memcpy(text, *p, size);
	text[size] = '\0';
	*value = strtod(text, NULL);
	if (isinf(*value) || (*value == 0 && !zero))
		return jn_fail(err, JN_NUMBER_RANGE, 0, 0, 0);
	*value += 0.0;				/* -0 + 0 is 0 */
	*p = next;
	return JN_OK;
}
