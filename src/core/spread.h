/*
 * spread.h
 *	  Subjects whose journeys are spread over several sets, and what each of
 *	  them has been counted for.
 *
 * Who counts subjects can forget a journey that is whole as soon as it has been
 * counted.  Of one that is spread over sets the parts come in any order,
 * perhaps each in another process, and which of them is the last to come is not
 * known; so what it has been counted for is kept until the end: a table of
 * subjects by their keys, and for each the cells that it is in, numbers to which
 * the caller gives a meaning.
 *
 * Memory: in proportion to the subjects that are spread over sets; for each
 * some 50 bytes, its key, and 8 to 16 bytes a cell.
 *
 * As bytes, little-endian and unaligned; a cell is told by its row, the place
 * that it has in a list known from elsewhere:
 *
 *	 u32 s, the number of subjects, at least 1; then for each, ascending by kind
 *	 and then by key, its key (key.h); u32 c, the number of cells, at least 1; c
 *	 u32 rows, strictly ascending
 */
#ifndef JN_SPREAD_H
#define JN_SPREAD_H

#include "set.h"

/* One subject. */
typedef struct JnSpreadSubject
{
	JnKey		key;			/* in memory of its own */
	uint64_t   *cell;			/* ascending */
	uint32_t	cells;
	uint32_t	room;
} JnSpreadSubject;

/* All zero is none.  Owns its memory, which lives as long as that of the environment. */
typedef struct JnSpread
{
	JnSpreadSubject *subject;	/* in the order they came */
	uint32_t	subjects;
	uint32_t	room;
	uint32_t   *slot;			/* 1 << bits of them: number of a subject + 1; 0 = free */
	unsigned	bits;
	uint64_t   *work;			/* cells of a part */
	uint32_t	work_room;
	uint32_t   *tag;			/* what the sorter moves along, of no meaning here */
	uint32_t	tag_room;
} JnSpread;

/* Room for so many cells, until the next call; for jn_spread_add(). */
extern uint64_t *jn_spread_cells(const JnEnv *env, JnSpread *s, uint32_t n);

/*
 * Adds n distinct cells, below 2^63 and in any order, to those of a subject,
 * which may be new.  Returns how many of them it was in already, and puts these
 * first in cell[].  "salt" as in jn_lexicon_init(), the same in all calls.
 * O(n log n), and linear in the cells that the subject has.
 */
extern uint32_t jn_spread_add(const JnEnv *env, JnSpread *s, uint64_t salt, const JnKey *key,
							  uint64_t *cell, uint32_t n);

/* Bytes of the form above; there must be a subject. */
extern uint64_t jn_spread_size(const JnSpread *s);

/* The row of a cell. */
typedef uint32_t (*JnSpreadRow) (const void *context, uint64_t cell);

/* Writes them; returns what follows.  O(c log c) for c cells and subjects. */
extern uint8_t *jn_spread_write(const JnEnv *env, JnSpread *s, JnSpreadRow row_of, const void *context, uint8_t *out);

/*
 * Reads them and proves every rule, and that no row has more of these subjects
 * than left[] says, which is counted down.  cell[] has the cell of each row.
 * Adds them to *s unless that is NULL, and tells how many bytes they were.
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, JN_SUBJECT_LONG, JN_SUBJECT_UTF8,
 * with offsets from p.
 */
extern JnStatus jn_spread_read(const JnEnv *env, JnSpread *s, uint64_t salt, const uint8_t *p, size_t size,
							   uint32_t rows, const uint64_t *cell, uint64_t *left, size_t *took, JnError *err);

#endif							/* JN_SPREAD_H */
