/*
 * bytes.h
 *	  Unaligned little-endian loads and stores, varints, and the stable hash.
 *
 * Reading functions that take an end never look past it.
 */
#ifndef JN_BYTES_H
#define JN_BYTES_H

#include <string.h>

#include "jn.h"

static inline uint16_t
jn_load16(const uint8_t *p)
{
	return (uint16_t) (p[0] | p[1] << 8);
}

static inline uint32_t
jn_load32(const uint8_t *p)
{
	return (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
}

static inline uint64_t
jn_load64(const uint8_t *p)
{
	return jn_load32(p) | (uint64_t) jn_load32(p + 4) << 32;
}

static inline void
jn_store16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t) v;
	p[1] = (uint8_t) (v >> 8);
}

static inline void
jn_store32(uint8_t *p, uint32_t v)
{
	jn_store16(p, (uint16_t) v);
	jn_store16(p + 2, (uint16_t) (v >> 16));
}

static inline void
jn_store64(uint8_t *p, uint64_t v)
{
	jn_store32(p, (uint32_t) v);
	jn_store32(p + 4, (uint32_t) (v >> 32));
}

/* Bytes that v takes as a varint: 7 bits a byte, lowest first, high bit = more follow. */
static inline size_t
jn_varint_size(uint32_t v)
{
	size_t		n = 1;

	while (v >= 0x80)
	{
		v >>= 7;
		n++;
	}
	return n;
}

/* Writes v at p and returns the byte after it. */
static inline uint8_t *
jn_varint_put(uint8_t *p, uint32_t v)
{
	while (v >= 0x80)
	{
		*p++ = (uint8_t) (v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t) v;
	return p;
}

/*
 * Reads a varint from p, below end, into *v.  Returns the byte after it, or
 * NULL if it is cut off, longer than needed, or above "bits" bits, 64 at most.
 */
static inline const uint8_t *
jn_varint_get_bits(const uint8_t *p, const uint8_t *end, unsigned bits, uint64_t *v)
{
	uint64_t	r = 0;

	for (unsigned shift = 0; shift < bits && p < end; shift += 7)
	{
		uint8_t		b = *p++;

		if (bits - shift < 7 && b >> (bits - shift) != 0)
			return NULL;
		r |= (uint64_t) (b & 0x7f) << shift;
		if (b < 0x80)
		{
			if (b == 0 && shift > 0)
				return NULL;
			*v = r;
			return p;
		}
	}
	return NULL;
}

/* The same for 32 bits. */
static inline const uint8_t *
jn_varint_get(const uint8_t *p, const uint8_t *end, uint32_t *v)
{
	uint64_t	r;

	p = jn_varint_get_bits(p, end, 32, &r);
	if (p != NULL)
		*v = (uint32_t) r;
	return p;
}

/* The finalizer of splitmix64: every input bit changes every output bit. */
static inline uint64_t
jn_mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/*
 * A 64-bit hash of bytes that is part of the format: the same on every
 * machine and in every version.  Eight bytes at a time, each mixed in by
 * jn_mix64, the tail zero-padded, the length last.  Not for keys: it has none.
 */
static inline uint64_t
jn_hash64(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t	h = UINT64_C(0x9e3779b97f4a7c15);
	size_t		left = size;

	for (; left >= 8; left -= 8, p += 8)
		h = jn_mix64(h ^ jn_load64(p));
	if (left > 0)
	{
		uint8_t		tail[8] = {0};

		memcpy(tail, p, left);
		h = jn_mix64(h ^ jn_load64(tail));
	}
	return jn_mix64(h ^ (uint64_t) size);
}

/* For readers: a rule is broken at "at"; "size" bytes are there where "need" are needed; and the check that they are. */
static inline JnStatus
jn_corrupt_at(size_t at, JnError *err)
{
	return jn_fail(err, JN_BYTES_CORRUPT, at, 0, 0);
}

static inline JnStatus
jn_too_short(size_t size, uint64_t need, JnError *err)
{
	return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) need);
}

static inline JnStatus
jn_check_size(size_t size, uint64_t need, JnError *err)
{
	return size >= need ? JN_OK : jn_too_short(size, need, err);
}

#endif							/* JN_BYTES_H */
