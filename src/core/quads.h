/*
 * quads.h
 *	  Differences of a section of times, four at a time.
 *
 * A quad is one byte of lengths and the four differences that it belongs to,
 * 4 to 16 bytes.  These are the kernels below times.c: each has scalar code
 * and code for vector instructions with identical answers, whatever the bytes,
 * and takes the best that jn_cpu() allows.
 *
 * A kernel works on whole quads and loads 16 bytes for each, so it stops where
 * fewer are left; the caller does the rest, or gives it a padded copy.  No
 * kernel ticks: give it JN_TICK_EVERY / 4 quads at most.
 */
#ifndef JN_QUADS_H
#define JN_QUADS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that a kernel loads for a quad; a copy is padded by so many. */
#define JN_QUAD_LOAD	16

/*
 * Of 8 quads, whose lengths are in 8 bytes of control, the lengths - 1 of all
 * differences up to each quad together: a byte for each, the first in the lowest.
 */
static inline uint64_t
jn_quads_lengths(uint64_t control)
{
	uint64_t	pairs = (control & UINT64_C(0x3333333333333333)) + (control >> 2 & UINT64_C(0x3333333333333333));
	uint64_t	quads = (pairs & UINT64_C(0x0f0f0f0f0f0f0f0f)) + (pairs >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f));

	return quads * UINT64_C(0x0101010101010101);
}

/* Where a kernel is; it moves control and data past the quads it has done. */
typedef struct JnQuads
{
	const uint8_t *control;		/* lengths of the next quad */
	const uint8_t *data;		/* its differences */
	const uint8_t *end;			/* no load goes beyond */
} JnQuads;

/*
 * Adds to *above how many differences of the next "quads" quads are above
 * "limit".  Returns how many quads it has done.
 */
extern uint32_t jn_quads_above(JnQuads *q, uint32_t quads, uint32_t limit, uint32_t *above);

/*
 * Passes quads of which no difference is above "limit", and adds all of them
 * to *sum.  Returns how many quads it has passed.
 */
extern uint32_t jn_quads_within(JnQuads *q, uint32_t quads, uint32_t limit, uint64_t *sum);

/*
 * Adds each difference to *total and writes what that is then to sum[].  Stops
 * before a quad with a difference of UINT32_MAX.  Returns how many quads it has
 * done: four sums each.
 */
extern uint32_t jn_quads_add_up(JnQuads *q, uint32_t quads, uint64_t *total, uint64_t *sum);

/*
 * The sum of differences from .. to-1, counted from the first of *q, which stays
 * where it is; from < 4, and there must be one at least.  Bytes that are missing
 * count as 0.  Behind the lengths of all stand the differences.
 */
extern uint64_t jn_quads_between(const JnQuads *q, uint32_t from, uint32_t to);

/*
 * The same n times: sum[i] of differences from[i] .. to[i] - 1, counted from the
 * first of *q.  The quad in which the first of them lies has its differences at
 * offset[i] from q->data, which is not behind the end.
 */
extern void jn_quads_sums(const JnQuads *q, uint32_t n, const uint32_t *from, const uint32_t *to,
						  const uint32_t *offset, uint64_t *sum);

/*
 * Writes each difference times "unit", which is below 2^32, to product[].
 * Stops before a quad with a difference of UINT32_MAX, whose true value stands
 * elsewhere.  Returns how many quads it has done: four products each.
 */
extern uint32_t jn_quads_multiply(JnQuads *q, uint32_t quads, uint64_t unit, uint64_t *product);

#endif							/* JN_QUADS_H */
