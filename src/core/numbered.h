/*
 * numbered.h
 *	  Names that are numbers, or end in one: 'u000017', 'customer-4711', '42'.
 *
 * Names of people are mostly made by counting.  Those with the same beginning
 * and the same length are a series, and what is known about its members can
 * stand in an array in the order of their numbers, some bits each, where a
 * hash table needs sixteen bytes: half a million of them fit into the cache of a
 * processor.  The name follows from the place, so that finding a place has
 * compared the whole name.
 *
 *		for each name: jn_numbered_count(&n, name, size)
 *		places = jn_numbered_seal(&n): make an array of so many
 *		place = jn_numbered_find(&n, name, size, jn_name_tail(name, size))
 *
 * A name without a place (no number, no series, a number beyond those that
 * were counted, a series too sparse to be worth it) is to be kept elsewhere.
 */
#ifndef JN_NUMBERED_H
#define JN_NUMBERED_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Series at most; names of further ones have no place. */
#define JN_SERIES_MOST		64

/* Longest name in a series, and the most digits that are its number. */
#define JN_SERIES_NAME		64
#define JN_SERIES_DIGITS	8

typedef struct JnSeries
{
	uint8_t		size;			/* bytes of each name */
	uint8_t		digits;			/* of the number, at its end */
	uint8_t		prefix[JN_SERIES_NAME]; /* what comes before */
	uint64_t	head;			/* its first eight bytes, zeros behind a shorter one */
	uint64_t	head_mask;		/* of the bytes that it has there */
	int8_t		next;			/* series with names of this size, or -1 */
	uint32_t	members;		/* names that were counted */
	uint32_t	last;			/* the highest number among them */
	uint64_t	first;			/* place of the number 0; those up to "last" follow */
} JnSeries;

/* The series of names of so many digits and nothing else. */
typedef struct JnPlain
{
	uint64_t	first;			/* place of the number 0 */
	uint32_t	places;			/* 0: there is no such series */
} JnPlain;

typedef struct JnNumbered
{
	int			count;
	JnPlain		plain[JN_SERIES_DIGITS + 1];	/* by digits */
	int8_t		first[JN_SERIES_NAME + 1];	/* by size of names, or -1 */
	JnSeries	series[JN_SERIES_MOST];
} JnNumbered;

extern void jn_numbered_begin(JnNumbered *n);

/* Counts a name.  O(1) for each series with names of this size. */
extern void jn_numbered_count(JnNumbered *n, const char *name, size_t size);

/*
 * Forgets series that are small, or in which less than an eighth of the places
 * would be used, and gives places to the others.  Returns how many.  No name
 * may be counted afterwards.
 */
extern uint64_t jn_numbered_seal(JnNumbered *n);

/*
 * Adds a series as another one was sealed: names of "size" bytes, 1 to
 * JN_SERIES_NAME, of which the last "digits" are the number, up to "last"; the
 * place of the number 0.  There must be room for one more.
 */
extern void jn_numbered_add(JnNumbered *n, const uint8_t *prefix, uint8_t size, uint8_t digits,
							uint32_t last, uint64_t first);

/* The last eight bytes of a name, the last one highest; zeros before a shorter one. */
static inline uint64_t
jn_name_tail(const char *name, size_t size)
{
	const uint8_t *bytes = (const uint8_t *) name;

	if (size >= 8)
		return jn_load64(bytes + size - 8);
	/* overlapping loads: sizes vary from name to name, and a loop would be mispredicted */
	if (size >= 4)
		return (uint64_t) jn_load32(bytes + size - 4) << 32 |
			(uint64_t) jn_load32(bytes) << 8 * (8 - size);
	if (size == 0)
		return 0;
	return (uint64_t) bytes[size - 1] << 56 |
		(uint64_t) bytes[size / 2] << 8 * (8 - size + size / 2) |
		(uint64_t) bytes[0] << 8 * (8 - size);
}

/*
 * The number that the last "digits" bytes of a tail are; false if one is no
 * digit.  The well-known way to read eight digits in three multiplications.
 */
static inline bool
jn_last_digits(uint64_t tail, int digits, uint32_t *number)
{
	uint64_t	used = ~UINT64_C(0) << 8 * (8 - digits);
	uint64_t	text = (tail & used) | (UINT64_C(0x3030303030303030) & ~used);

	/* is each byte 0x30 to 0x39? */
	if (((text & UINT64_C(0xf0f0f0f0f0f0f0f0)) |
		 ((text + UINT64_C(0x0606060606060606)) & UINT64_C(0xf0f0f0f0f0f0f0f0)) >> 4) !=
		UINT64_C(0x3333333333333333))
		return false;

	/* pairs, then fours, then all eight */
	text -= UINT64_C(0x3030303030303030);
	text = text * 10 + (text >> 8);
	text = ((text & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
			((text >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >> 32;
	*number = (uint32_t) text;
	return true;
}

/*
 * The place of the name that a number is in decimal digits, as jn_numbered_find()
 * tells it, but without the name; -1 also for JN_NUMBER_LIMIT and more.
 */
#define JN_NUMBER_LIMIT		100000000

static inline int64_t
jn_numbered_find_number(const JnNumbered *n, uint64_t number)
{
	/* numbers of one digit more than the index; 0 has one */
	static const uint32_t power[JN_SERIES_DIGITS + 1] = {0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	const JnPlain *plain;
	int			digits;

	if (number >= JN_NUMBER_LIMIT)
		return -1;
	/* bits * log10(2), which is right or one too many */
	digits = ((32 - __builtin_clz((uint32_t) number | 1)) * 1233) >> 12;
	digits += number >= power[digits];
	plain = &n->plain[digits];
	return number < plain->places ? (int64_t) (plain->first + number) : -1;
}

/* The place of a name, from 0, or -1.  "tail" is that of the name. */
static inline int64_t
jn_numbered_find(const JnNumbered *n, const char *name, size_t size, uint64_t tail)
{
	uint64_t	head;

	if (size > JN_SERIES_NAME || n->first[size] < 0)
		return -1;
	head = size >= 8 ? jn_load64((const uint8_t *) name) : size > 0 ? tail >> 8 * (8 - size) : 0;
	for (int i = n->first[size]; i >= 0; i = n->series[i].next)
	{
		const JnSeries *s = &n->series[i];
		size_t		prefix = (size_t) (s->size - s->digits);
		uint32_t	number;

		if ((head & s->head_mask) != s->head ||
			(prefix > 8 && memcmp(name + 8, s->prefix + 8, prefix - 8) != 0))
			continue;
		if (jn_last_digits(tail, s->digits, &number) && number <= s->last)
			return (int64_t) (s->first + number);
	}
	return -1;
}

#endif							/* JN_NUMBERED_H */
