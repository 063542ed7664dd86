/*
 * pen.h
 *	  Writing text into memory of which the size is worked out first.
 *
 * The same code measures and writes, so that the two cannot disagree: a pen
 * without paper only counts.
 *
 *		size = write(NULL);		JnPen pen = {NULL, 0}; ... return pen.size;
 *		write(allocated);		JnPen pen = {out, 0}; ...
 */
#ifndef JN_PEN_H
#define JN_PEN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Most digits that a number has. */
#define JN_DIGITS	20

/* Writes a number in decimal digits at out, where there is room for JN_DIGITS; returns how many. */
static inline size_t
jn_digits_write(uint64_t number, char *out)
{
	char		digits[JN_DIGITS];
	size_t		at = JN_DIGITS;

	do
	{
		digits[--at] = (char) ('0' + number % 10);
		number /= 10;
	} while (number > 0);
	memcpy(out, digits + at, JN_DIGITS - at);
	return JN_DIGITS - at;
}

typedef struct JnPen
{
	char	   *out;			/* next byte; NULL: only measure */
	uint64_t	size;			/* bytes so far */
} JnPen;

static inline void
jn_pen_put(JnPen *pen, const char *data, size_t size)
{
	if (pen->out != NULL)
	{
		memcpy(pen->out, data, size);
		pen->out += size;
	}
	pen->size += size;
}

/* The same for a zero-terminated text. */
static inline void
jn_pen_say(JnPen *pen, const char *text)
{
	jn_pen_put(pen, text, strlen(text));
}

static inline void
jn_pen_number(JnPen *pen, uint64_t number)
{
	char		digits[JN_DIGITS];

	jn_pen_put(pen, digits, jn_digits_write(number, digits));
}

/* Counts what others wrote at pen->out, or measured. */
static inline void
jn_pen_advance(JnPen *pen, uint64_t size)
{
	if (pen->out != NULL)
		pen->out += size;
	pen->size += size;
}

#endif							/* JN_PEN_H */
