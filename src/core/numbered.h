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
	/* what each name is compared with, see jn_series_find() */
	uint64_t	head;			/* of the prefix its first eight bytes, zeros behind; see jn_name_start() */
	uint64_t	head_mask;		/* of the bytes that it has there */
	uint64_t	tail;			/* last eight bytes of the name of the number 0; zeros before a shorter one */
	uint64_t	room;			/* for each byte of the tail 0x7f less the most that may be left of it there */

	uint64_t	first;			/* place of the number 0; those up to "last" follow */
	uint32_t	last;			/* the highest number among them */
	uint32_t	members;		/* names that were counted */
	int8_t		next;			/* series with names of this size, or -1 */
	uint8_t		size;			/* bytes of each name */
	uint8_t		digits;			/* of the number, at its end */
	uint8_t		prefix[JN_SERIES_NAME]; /* what comes before */
	uint8_t		padding[13];	/* to a power of two, as they are found by number */
} JnSeries;

_Static_assert(sizeof(JnSeries) == 128, "padding");

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

/* The first eight bytes of a name, the last one highest; 0 if it has fewer. */
static inline uint64_t
jn_name_start(const char *name, size_t size)
{
	return size >= 8 ? jn_load64((const uint8_t *) name) : 0;
}

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

/* The number of eight digits, 0 to 9 each, the last one highest: the well-known way, in three multiplications. */
static inline uint32_t
jn_number_of_digits(uint64_t digits)
{
	/* pairs, then fours, then all eight */
	digits = digits * 10 + (digits >> 8);
	return (uint32_t) (((digits & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
						((digits >> 16) & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >> 32);
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

/*
 * The place of a name in a series with names of its size, or -1.  "head" is its
 * first eight bytes, 0 if it has fewer.
 *
 * Head and tail are all of a name of up to sixteen bytes.  Of the tail, the tail of
 * the number 0 leaves nothing where the prefix is, and what a digit counts:
 *
 *		tail of 'user-417'	 'u'  's'  'e'  'r'  '-'  '4'  '1'  '7'
 *		xor series->tail	   0    0    0    0    0    4    1    7
 *		plus series->room	0x7f 0x7f 0x7f 0x7f 0x7f 0x7a 0x77 0x7d
 *
 * A byte that is another one, from left to right the first, has its high bit set
 * before the sum or behind it: nothing is carried to it, as no byte before it passes 0x7f.
 */
static inline int64_t
jn_series_find(const JnSeries *series, const char *name, size_t size, uint64_t head, uint64_t tail)
{
	uint64_t	digits = tail ^ series->tail;
	uint32_t	number;

	if ((head & series->head_mask) != series->head ||
		(((digits + series->room) | digits) & UINT64_C(0x8080808080808080)) != 0 ||
		(size > 16 && memcmp(name + 8, series->prefix + 8, size - 16) != 0))
		return -1;
	number = jn_number_of_digits(digits);
	return number <= series->last ? (int64_t) (series->first + number) : -1;
}

/* The same in the series number "i" and those behind it; -1 is none. */
extern int64_t jn_numbered_find_from(const JnNumbered *n, int i, const char *name, size_t size, uint64_t tail);

/* The place of a name, from 0, or -1.  "tail" is that of the name. */
static inline int64_t
jn_numbered_find(const JnNumbered *n, const char *name, size_t size, uint64_t tail)
{
	const JnSeries *first;
	int64_t		place;

	if (size > JN_SERIES_NAME || n->first[size] < 0)
		return -1;
	first = &n->series[n->first[size]];
	place = jn_series_find(first, name, size, jn_name_start(name, size), tail);
	return place >= 0 ? place : jn_numbered_find_from(n, first->next, name, size, tail);
}

#endif							/* JN_NUMBERED_H */
