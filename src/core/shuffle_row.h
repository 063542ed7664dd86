/*
 * shuffle_row.h
 *	  A row as bytes in a block, for shuffle.c alone.
 *
 *	 control	bits 0-2 bytes of the time - 1, bits 3-5 bytes of a number - 1,
 *				bits 6-7 bytes of the event - 1
 *	 time		difference from the row before in the lane, zigzag
 *	 key		bigint: zigzag; text: u16 size, bytes; uuid: 16 bytes
 *	 event		code
 *	 mask		if there are further columns: bits of those that this row has
 *	 labels		u32 codes, ascending by track, and the value, u64, among them
 *	 seq		u64
 *	 marks		u8, if bit JN_ROW_CHUNK of the mask is set: 1 of a ghost, + 2 of a
 *				row whose journey goes on in another chunk
 *	 chunk		u64
 *
 * Numbers are stored eight bytes wide and overwritten by what follows, which
 * is faster than any branch; JN_ROW_SLACK makes room for that.
 *
 * Kind and columns are those of the shuffle; constants make code without
 * branches.
 */
#ifndef JN_SHUFFLE_ROW_H
#define JN_SHUFFLE_ROW_H

#include "shuffle.h"

/* A number may be stored or loaded so far behind the end of its block. */
#define JN_ROW_SLACK	8

/* Bytes of a row at most, without those of a text key. */
static inline uint32_t
jn_row_most(unsigned columns)
{
	uint32_t	most = 1 + 8 + JN_UUID_SIZE + 4;	/* control, time, key, event */

	if (columns != 0)
		most += 2 + 5 * 4 + 3 * 8;	/* mask and marks; labels; value, seq and chunk */
	return most;
}

static inline uint64_t
zigzag(uint64_t v)
{
	return v << 1 ^ (0 - (v >> 63));
}

static inline uint64_t
unzigzag(uint64_t v)
{
	return v >> 1 ^ (0 - (v & 1));
}

/* Bytes of a number, 1 to 8. */
static inline unsigned
bytes_of(uint64_t v)
{
	return (71 - (unsigned) __builtin_clzll(v | 1)) >> 3;
}

/* The number in the lowest n bytes, 1 to 8, of what stands at p. */
static inline uint64_t
load_bytes(const uint8_t *p, unsigned n)
{
	return jn_load64(p) & (UINT64_MAX >> (64 - 8 * n));
}

/* Writes a row at p; "before" is the time of the row before in the lane.  Returns where the next one goes. */
static inline uint8_t *
jn_row_put(uint8_t *p, int64_t before, const JnRow *row, JnKeyKind kind, unsigned columns)
{
	uint64_t	time = zigzag((uint64_t) row->time - (uint64_t) before);
	unsigned	time_bytes = bytes_of(time);
	unsigned	event_bytes = bytes_of(row->event);
	unsigned	number_bytes = 1;
	uint8_t    *control = p++;

	jn_store64(p, time);
	p += time_bytes;
	switch (kind)
	{
		case JN_KEY_BIGINT:
			{
				uint64_t	number = zigzag((uint64_t) row->key.number);

				number_bytes = bytes_of(number);
				jn_store64(p, number);
				p += number_bytes;
				break;
			}
		case JN_KEY_TEXT:
			jn_store16(p, (uint16_t) row->key.size);
			memcpy(p + 2, row->key.data, row->key.size);
			p += 2 + row->key.size;
			break;
		case JN_KEY_UUID:
			memcpy(p, row->key.data, JN_UUID_SIZE);
			p += JN_UUID_SIZE;
			break;
	}
	jn_store32(p, row->event);
	p += event_bytes;
	*control = (uint8_t) ((time_bytes - 1) | (number_bytes - 1) << 3 | (event_bytes - 1) << 6);

	if (columns != 0)
	{
		uint8_t    *mask = p++;

		*mask = 0;
		for (unsigned track = 0; track < JN_TRACKS; track++)
		{
			if ((columns & 1u << track) == 0)
				continue;
			if (track == JN_VALUE ? row->value == JN_NO_VALUE : row->label[track] == JN_NO_LABEL)
				continue;
			*mask |= (uint8_t) (1u << track);
			if (track == JN_VALUE)
			{
				jn_store64(p, row->value);
				p += 8;
			}
			else
			{
				jn_store32(p, row->label[track]);
				p += 4;
			}
		}
		if (columns & JN_ROW_SEQ && row->seq != JN_NO_SEQ)
		{
			*mask |= JN_ROW_SEQ;
			jn_store64(p, row->seq);
			p += 8;
		}
		if (columns & JN_ROW_CHUNK)
		{
			if (row->ghost || row->more)
			{
				*mask |= JN_ROW_CHUNK;
				*p++ = (uint8_t) (row->ghost | row->more << 1);
			}
			jn_store64(p, row->chunk);
			p += 8;
		}
	}
	return p;
}

/* Reads the row at p, likewise; a key that is no number is not copied. */
static inline const uint8_t *
jn_row_get(const uint8_t *p, int64_t before, JnRow *row, JnKeyKind kind, unsigned columns)
{
	unsigned	control = *p++;
	unsigned	n = (control & 7) + 1;

	row->time = (int64_t) ((uint64_t) before + unzigzag(load_bytes(p, n)));
	p += n;
	switch (kind)
	{
		case JN_KEY_BIGINT:
			n = (control >> 3 & 7) + 1;
			row->key.number = (int64_t) unzigzag(load_bytes(p, n));
			p += n;
			break;
		case JN_KEY_TEXT:
			row->key.size = jn_load16(p);
			row->key.data = (const char *) p + 2;
			p += 2 + row->key.size;
			break;
		case JN_KEY_UUID:
			row->key.data = (const char *) p;
			p += JN_UUID_SIZE;
			break;
	}
	n = (control >> 6) + 1;
	row->event = jn_load32(p) & (UINT32_MAX >> (32 - 8 * n));
	p += n;

	if (columns != 0)
	{
		unsigned	mask = *p++;

		for (unsigned track = 0; track < JN_TRACKS; track++)
		{
			bool		given = mask & 1u << track;

			if (track == JN_VALUE)
			{
				row->value = given ? jn_load64(p) : JN_NO_VALUE;
				p += given ? 8 : 0;
			}
			else
			{
				row->label[track] = given ? jn_load32(p) : JN_NO_LABEL;
				p += given ? 4 : 0;
			}
		}
		if (columns & JN_ROW_SEQ)
		{
			bool		given = mask & JN_ROW_SEQ;

			row->seq = given ? jn_load64(p) : JN_NO_SEQ;
			p += given ? 8 : 0;
		}
		if (columns & JN_ROW_CHUNK)
		{
			unsigned	marks = mask & JN_ROW_CHUNK ? *p++ : 0;

			row->ghost = marks & 1;
			row->more = marks >> 1;
			row->chunk = jn_load64(p);
			p += 8;
		}
	}
	return p;
}

#endif							/* JN_SHUFFLE_ROW_H */
