/*
 * store_delta.h
 *	  The changes of a store that wait, divided among their buckets.
 *
 * A delta is what the view of a store passes between its functions, a bytea:
 *
 *	 u32	a number that tells stores apart, and nothing else
 *	 u32	b: buckets are numbered by so many bits
 *	 bits	one for each bucket, set if it has changes; whole bytes
 *	 for each of these, ascending:
 *	   u32	its number
 *	   u32	n
 *	   n	bytes: its changes, a batch (core/store_batch.h)
 */
#ifndef JOURNEY_STORE_DELTA_H
#define JOURNEY_STORE_DELTA_H

#include "fmgr.h"

/* A delta, and where its reader stands. */
typedef struct JourneyDelta
{
	uint32		store;
	uint32		bits;
	const uint8 *touched;		/* a bit for each bucket */
	Size		bytes;			/* of these */
	const uint8 *next;
	const uint8 *end;
} JourneyDelta;

/* The noun for errors. */
#define JOURNEY_STORE_NAME	"store"

/* Bits of buckets at most: their numbers are int4, and each has a batch while changes are collected. */
#define JOURNEY_BUCKET_BITS	24

/* Returns "bits", or raises if there cannot be so many. */
extern int	journey_check_bucket_bits(int bits);

/* Opens a delta for reading; its bytes stay where they are. */
extern void journey_delta_open(const struct varlena *bytes, JourneyDelta *delta);

/* Moves to the next bucket with changes, which are *size bytes; false after the last. */
extern bool journey_delta_next(JourneyDelta *delta, uint32 *bucket, const uint8 **changes, Size *size);

/* Whether a bucket has changes. */
static inline bool
journey_delta_touches(const JourneyDelta *delta, uint32 bucket)
{
	return bucket >> delta->bits == 0 && (delta->touched[bucket / 8] >> (bucket % 8) & 1) != 0;
}

#endif							/* JOURNEY_STORE_DELTA_H */
