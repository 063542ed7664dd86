/*
 * noise.h
 *	  Noise for a cell, and a choice for one: the same each time it is asked.
 *
 * Both follow from a key and what the cell is: the subject and the value.  Who
 * reads a cell again and again gets the same answer again and again, and learns
 * no more by averaging than by reading once; who has not the key cannot take
 * the noise off.
 */
#ifndef JN_NOISE_H
#define JN_NOISE_H

#include "crypto.h"
#include "jn.h"

/* What a cell is made of; a missing value has a kind of its own and no bytes. */
typedef struct JnCellValue
{
	const void *subject;
	size_t		subject_size;	/* bytes */
	uint8_t		kind;			/* JnTokenKind or what else tells types apart; 0: missing */
	const void *data;
	size_t		size;			/* bytes */
} JnCellValue;

/* 64 bits for the cell, all alike; fails with JN_CRYPTO. */
extern JnStatus jn_cell_bits(uint64_t *out, const uint8_t key[JN_KEY_SIZE],
							 const JnCellValue *cell, JnError *err);

/* Of 64 such bits: one of 0 .. n-1, each as likely as the others up to n / 2^64; n > 0. */
extern uint64_t jn_choose(uint64_t bits, uint64_t n);

/*
 * A whole number from -spread to spread, each as likely as the others;
 * 0 <= spread < 2^62.
 */
static inline int64_t
jn_noise(uint64_t bits, int64_t spread)
{
	return (int64_t) jn_choose(bits, 2 * (uint64_t) spread + 1) - spread;
}

/* x + noise, no further than the ends of the type. */
extern int64_t jn_add_within(int64_t x, int64_t noise, int64_t least, int64_t most);

/* A double from -spread to spread, evenly spread over 2^53 steps. */
extern double jn_noise_double(uint64_t bits, double spread);

#endif							/* JN_NOISE_H */
