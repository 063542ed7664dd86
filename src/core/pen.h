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

/* Counts what others wrote at pen->out, or measured. */
static inline void
jn_pen_advance(JnPen *pen, uint64_t size)
{
	if (pen->out != NULL)
		pen->out += size;
	pen->size += size;
}

#endif							/* JN_PEN_H */
