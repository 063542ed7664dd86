/*
 * gaps.h
 *	  Many lengths of time, and their median.
 *
 * Exact while there are few: up to JN_GAPS_EXACT they are all kept.  Beyond
 * that they are counted in a histogram of fixed buckets, so that memory is
 * bounded whatever comes.  Which of the two answers depends on their number
 * alone: any split into parts that are merged again tells the same median.
 *
 * Buckets are log-linear: up to 127 microseconds each length has its own, and
 * each doubling above is cut into 64 of equal width.  A length is told as the
 * middle of its bucket, which is off by less than 1/128 of it.
 *
 * As bytes, little-endian and unaligned, of n gaps, n known from elsewhere:
 *
 *	 n <= JN_GAPS_EXACT	n u64 lengths, ascending
 *	 else				u32 b, the number of buckets that hold something; then b
 *						times u16 bucket and u64 count, buckets ascending, counts
 *						at least 1, n together
 */
#ifndef JN_GAPS_H
#define JN_GAPS_H

#include "bytes.h"

/* Gaps that are kept as they are at most. */
#define JN_GAPS_EXACT		1024

/* All buckets of 64 bits. */
#define JN_GAPS_BUCKETS		3776

/* Lengths, or counters, are kept in pieces of one size. */
#define JN_GAPS_PIECE		512

typedef struct JnGapPieces JnGapPieces;

/*
 * The gaps so far.  All zero is none.  One whose call was left by longjmp can
 * only be thrown away with its memory.
 */
typedef struct JnGaps
{
	uint32_t	kept;			/* lengths that are kept; UINT32_MAX: there is a histogram */
	uint32_t	room;			/* for so many */
	union
	{
		uint64_t   *few;		/* room up to one piece */
		JnGapPieces *many;
	}			at;
} JnGaps;

/* The bucket of a length. */
static inline uint32_t
jn_gap_bucket(uint64_t gap)
{
	uint32_t	shift = gap >= 128 ? 57 - (uint32_t) __builtin_clzll(gap) : 0;

	return 64 * shift + (uint32_t) (gap >> shift);
}

/* The middle of a bucket, rounded down. */
static inline uint64_t
jn_gap_middle(uint32_t bucket)
{
	uint32_t	shift = bucket < 128 ? 0 : bucket / 64 - 1;

	return ((uint64_t) (bucket - 64 * shift) << shift) + (((UINT64_C(1) << shift) - 1) >> 1);
}

/* The part of jn_gaps_add() that is seldom needed while there are few. */
extern void jn_gaps_add_slowly(const JnEnv *env, JnGaps *g, uint64_t gap);

/* Adds a length, microseconds.  O(1) amortized. */
static inline void
jn_gaps_add(const JnEnv *env, JnGaps *g, uint64_t gap)
{
	if (g->kept < g->room && g->room <= JN_GAPS_PIECE / 8)
		g->at.few[g->kept++] = gap;
	else
		jn_gaps_add_slowly(env, g, gap);
}

/* Adds n of them. */
extern void jn_gaps_add_all(const JnEnv *env, JnGaps *g, uint32_t n, const uint64_t *gap);

/* Adds all of "from", which stays as it is.  O(from). */
extern void jn_gaps_merge(const JnEnv *env, JnGaps *into, const JnGaps *from);

/*
 * The median of n >= 1 gaps, microseconds: the middle one, or of two middle
 * ones the mean, rounded down.  Exact up to JN_GAPS_EXACT, else off by less
 * than 1/128.
 */
extern uint64_t jn_gaps_median(const JnEnv *env, const JnGaps *g, uint64_t n);

/* The gap at a rank, from 0, of n >= 1 gaps in ascending order; as exact as the median. */
extern uint64_t jn_gaps_rank(const JnEnv *env, const JnGaps *g, uint64_t n, uint64_t rank);

/* The bytes of n >= 1 gaps: write fills as many as size says. */
extern size_t jn_gaps_size(const JnGaps *g, uint64_t n);
extern void jn_gaps_write(const JnEnv *env, const JnGaps *g, uint64_t n, uint8_t *out);

/*
 * Proves that the bytes at p, of which there are "size", begin with n >= 1 gaps
 * in their one form; gives the bytes that they take, and adds them to *g unless
 * that is NULL.  Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, relative to p; then
 * *g holds some of them.
 */
extern JnStatus jn_gaps_read(const JnEnv *env, JnGaps *g, const uint8_t *p, size_t size, uint64_t n,
							 size_t *used, JnError *err);

#endif							/* JN_GAPS_H */
