/*
 * store_memo.h
 *	  What a session remembers of the buckets that it merged.
 *
 * Merging is a function of bytes: the sets of a bucket, and its changes.  Who
 * asks a store several questions asks most of it again, so both are remembered
 * with the sets that came of them.  What is remembered is used for equal bytes
 * only: whatever snapshots, transactions and roles a session goes through, it
 * is what merging would give, and nobody learns what he did not bring.
 *
 * A bucket is remembered from the second time on that it is merged: one question
 * shall not pay for those that never come.  Memory: journey.store_memory, by
 * session.  Where it does not suffice, what the latest reading did not look at
 * goes first, and then buckets are merged each time.
 */
#ifndef JOURNEY_STORE_MEMO_H
#define JOURNEY_STORE_MEMO_H

#include "fmgr.h"
#include "utils/palloc.h"

/* A bucket, its changes, and its sets with these.  Constant. */
typedef struct JourneyMemo
{
	uint32		store;			/* which one it is: says where to look, and no more */
	uint32		bucket;
	bool		linked;			/* it can be found */
	int			pins;			/* by those who use it */
	uint64		used;			/* the latest reading that looked at it */
	uint64		chunk;			/* what it was merged with, see jn_store_merge() */
	Size		size;			/* of all this, bytes */
	int			sets;
	Datum	   *set;			/* as they are stored, in the order in which they were read */
	Size		changes_size;
	const uint8 *changes;
	int			merged;
	Datum	   *fresh;			/* these sets as they are with the changes */
	bool		inserted;		/* more of them may be inserted, see jn_store_insert() */
} JourneyMemo;

/* The setting journey.store_memory in bytes. */
extern Size journey_store_memory(void);
extern void journey_store_memo_define_setting(void);

/* The memory context of all that is remembered, which lives as long as the session. */
extern MemoryContext journey_store_memo_context(void);

/* The number of a new reading. */
extern uint64 journey_memo_reading(void);

/* What is remembered of a bucket, pinned for the caller; NULL if there is nothing. */
extern JourneyMemo *journey_memo_find(uint32 store, uint32 bucket, uint64 reading);

/* The caller is done with it. */
extern void journey_memo_unpin(JourneyMemo *memo);

/* Whether changes begin with those of a memo. */
extern bool journey_memo_begins(const JourneyMemo *memo, const uint8 *changes, Size size);

/* Whether a value, which is not toasted, is the set at a place of a memo. */
extern bool journey_memo_has_set(const JourneyMemo *memo, int at, const struct varlena *set);

/*
 * Remembers what a bucket came to, in place of what was remembered of it, if it
 * was merged before and there is room.  The bytes are copied.
 */
extern void journey_memo_add(uint32 store, uint32 bucket, uint64 reading, uint64 chunk, Datum *set, int sets,
							 const uint8 *changes, Size changes_size, Datum *fresh, int merged, bool inserted);

#endif							/* JOURNEY_STORE_MEMO_H */
