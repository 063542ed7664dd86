/*
 * spill.h
 *	  Streams for tests: bytes in plain memory, with every rule of JnSpill
 *	  checked.  A Spills owns them all, so that a test may be left by longjmp.
 */
#ifndef SPILL_H
#define SPILL_H

#include "shuffle.h"
#include "unit.h"

#define SPILL_MEMORY	9000	/* what a stream claims to take */

typedef struct Stream
{
	struct Stream *next;
	uint8_t    *data;
	size_t		size;
	size_t		room;
	size_t		at;				/* read so far */
	bool		reading;
	bool		closed;
} Stream;

typedef struct Spills
{
	JnSpill		spill;
	Stream	   *first;
	size_t		created;
	size_t		open;
	size_t		most_open;
	size_t		bytes;			/* written in all */
} Spills;

static void *
spills_create(void *ctx)
{
	Spills	   *s = ctx;
	Stream	   *stream = calloc(1, sizeof(Stream));

	if (stream == NULL)
		abort();
	stream->next = s->first;
	s->first = stream;
	s->created++;
	if (++s->open > s->most_open)
		s->most_open = s->open;
	return stream;
}

static void
spills_write(void *ctx, void *p, const void *data, size_t size)
{
	Spills	   *s = ctx;
	Stream	   *stream = p;

	CHECK(!stream->reading && !stream->closed);
	if (stream->size + size > stream->room)
	{
		stream->room = 2 * (stream->size + size);
		stream->data = realloc(stream->data, stream->room);
		if (stream->data == NULL)
			abort();
	}
	memcpy(stream->data + stream->size, data, size);
	stream->size += size;
	s->bytes += size;
}

static void
spills_rewind(void *ctx, void *p)
{
	Stream	   *stream = p;

	(void) ctx;
	CHECK(!stream->reading && !stream->closed);
	stream->reading = true;
}

static void
spills_read(void *ctx, void *p, void *data, size_t size)
{
	Stream	   *stream = p;

	(void) ctx;
	if (!CHECK(stream->reading && !stream->closed && stream->size - stream->at >= size))
		abort();
	memcpy(data, stream->data + stream->at, size);
	stream->at += size;
}

static void
spills_close(void *ctx, void *p)
{
	Spills	   *s = ctx;
	Stream	   *stream = p;

	CHECK(!stream->closed);
	stream->closed = true;
	s->open--;
	free(stream->data);
	stream->data = NULL;
}

static inline void
spills_init(Spills *s)
{
	memset(s, 0, sizeof(Spills));
	s->spill = (JnSpill)
	{
		spills_create, spills_write, spills_rewind, spills_read, spills_close, SPILL_MEMORY, s
	};
}

/* Frees what is left. */
static inline void
spills_end(Spills *s)
{
	while (s->first != NULL)
	{
		Stream	   *stream = s->first;

		s->first = stream->next;
		free(stream->data);
		free(stream);
	}
}

#endif							/* SPILL_H */
