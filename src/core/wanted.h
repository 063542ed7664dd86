/*
 * wanted.h
 *	  A few names, looked for among those of one column after another.
 *
 * A question names three events, and each journey has a dictionary of its own
 * with perhaps fifteen.  What is made ready once for the question is looked up
 * in each of them without a walk over its names: their lengths are compared 16
 * at a time, and only names that are as long as one of ours are looked at, eight
 * bytes at once.
 */
#ifndef JN_WANTED_H
#define JN_WANTED_H

#include "journey.h"

/* Most names. */
#define JN_WANTED		16

/* So many, of one to eight bytes each, are told from others without a branch. */
#define JN_WANTED_SIMPLE	4

/* Names of one length: heads first .. to-1 are theirs. */
typedef struct JnWantedLength
{
	uint8_t		length;
	uint8_t		first;
	uint8_t		to;
	uint64_t	mask;			/* of their bytes in a head */
	uint64_t	presence;		/* their presence bits */
} JnWantedLength;

typedef struct JnWanted
{
	const JnName *name;			/* the caller's */
	uint32_t	count;
	uint64_t	bits;			/* one for each length and first byte: other names need no look */
	uint64_t	head[JN_WANTED];	/* the first eight bytes of each, zeroes behind a shorter one; by length */
	uint8_t		order[JN_WANTED];	/* number of the name of each head */
	uint8_t		size[JN_WANTED];	/* its bytes, or 255 */
	bool		simple;			/* no more than JN_WANTED_SIMPLE, and each is all in its head */
	uint32_t	lengths;
	JnWantedLength length[JN_WANTED];	/* ascending, those below 128 */
} JnWanted;

/* A name that is there. */
typedef struct JnWantedCode
{
	uint32_t	code;			/* its number in the column */
	uint32_t	name;			/* and among those that are wanted */
} JnWantedCode;

/* Makes names ready, which differ and must stay; false if they are more than JN_WANTED. */
extern bool jn_wanted_init(JnWanted *w, const JnName *name, uint32_t count);

/*
 * Finds the names in a column of events whose codes end before "end" and of
 * which these are the presence bits: fills found[], which has room for w->count,
 * in no order, and returns how many there are.
 */
extern uint32_t jn_wanted_find(const JnWanted *w, const JnLabels *labels, const uint8_t *end, uint64_t presence,
							   JnWantedCode *found);

/*
 * Opens a column of events at p, and finds the names in it as above, in one go:
 * *labels is what jn_labels_open() makes of it for n rows, and *founds how many
 * were found.  No byte from "end" on is looked at.  Only where that is fast, for
 * names below 128 bytes, 2 to 32 of them, and not near the end: else false, and
 * the column must be opened the other way.
 */
extern bool jn_wanted_open(const JnWanted *w, const uint8_t *p, const uint8_t *end, uint32_t n, uint64_t presence,
						   JnLabels *labels, JnWantedCode *found, uint32_t *founds);

#endif							/* JN_WANTED_H */
