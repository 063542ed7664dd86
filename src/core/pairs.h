/*
 * pairs.h
 *	  Each two neighbours of a column as one number.
 *
 * Who counts which event follows which needs the cell of each two neighbours;
 * this makes the cells of all of them at once.
 */
#ifndef JN_PAIRS_H
#define JN_PAIRS_H

#include <stdint.h>

/* What codes become. */
typedef struct JnPairNumbers
{
	uint8_t		number[256];	/* by code; beyond the names whatever fits */
	uint32_t	names;			/* codes are below, if the bytes are proven; at most 256 */
	unsigned	bits;			/* of a number, at most 8 */
} JnPairNumbers;

/*
 * Writes pair[i] = number of codes[i] << bits | number of codes[i + 1], for
 * i = 0 .. n-1: reads n + 1 codes.  With up to 32 names the lower five bits of
 * a code count, whatever the bytes.  Ticks not: give it JN_TICK_EVERY at most.
 */
extern void jn_pairs(const JnPairNumbers *numbers, const uint8_t *codes, uint32_t n, uint16_t *pair);

#endif							/* JN_PAIRS_H */
