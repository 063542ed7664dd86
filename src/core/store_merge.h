/*
 * store_merge.h
 *	  Changes folded into the sets of a bucket of a store.
 *
 * A store keeps the journeys of a table in sets.  Each subject belongs to one
 * bucket, by the hash of its key, and all sets of a bucket are looked at
 * together.  A journey is what the rows of its subject are: ordered by time,
 * those of one time by event and the further tracks.  So it is a function of the
 * multiset of rows, and the changes can be merged in any order, at any time.
 *
 * The sets of a bucket:
 *
 *	 Without chunks each subject has one part, which goes on in the next set only
 *	 where it is too long for one.  With chunks it has one in each chunk that it
 *	 has rows in, and says so as pack.h does: a part that is not the first begins
 *	 with a ghost, the last row before it, and one that is not the last goes on.
 *	 The sets of one chunk, in the order of their first keys, and of the times
 *	 where those are the same, hold ascending keys.
 *
 * A set gives way only if a subject in it changed, or one belongs where it is, or
 * what is left beside it became too small to stand alone.  With chunks, sets of
 * earlier chunks give way for late rows, and where the last part of a subject
 * that comes back has to say that it goes on.
 */
#ifndef JN_STORE_MERGE_H
#define JN_STORE_MERGE_H

#include "set_build.h"
#include "store_batch.h"

/* What becomes of the sets.  Those that are not dropped stay as they are. */
typedef struct JnStoreSink
{
	void		(*drop) (void *context, uint32_t set);	/* its number among the operands */
	void		(*write) (void *context, JnSetBuild *b);	/* a set, to be finished and written at once */
	uint8_t    *(*room) (void *context, size_t size);	/* where a set of so many bytes is to be written */
	void	   *context;
} JnStoreSink;

/* The number of the chunk that a time is in, from 2000-01-01 on; "chunk" in microseconds, 0 for none. */
static inline int64_t
jn_store_chunk(int64_t time, uint64_t chunk)
{
	int64_t		length = (int64_t) chunk;

	return length == 0 ? 0 : time / length - (time % length < 0);
}

/*
 * Merges a batch of changes, which are all of subjects of the bucket, into its
 * n sets, in any order.  Sets are at most "limit" bytes if nothing is too large
 * for that; 0 is for sets that are read and forgotten: none is divided for being
 * too large, or takes in a small one.  O(subjects of the bucket + rows of the sets that give way); memory:
 * the changes, the journeys that change, two sets.
 *
 * *inserted says whether all changes were new rows that were put into the sets
 * as these stood, see jn_store_insert().
 *
 * Errors: JN_STORE_MISSING if a row is gone that was not there: the store is not
 * that of the table; JN_SUBJECT_KINDS; JN_TOO_MANY_STEPS for 2^32 changes; those
 * of jn_batch_next() and jn_set_build_add().
 */
extern JnStatus jn_store_merge(const JnEnv *env, const JnSet *const *set, uint32_t n, const uint8_t *changes,
							   size_t size, uint64_t chunk, size_t limit, const JnStoreSink *sink, bool *inserted,
							   JnError *err);

/*
 * Puts more new rows into sets that were merged for a reader: changes from the
 * byte "from" of the batch on, where one begins.  Those before it are in the sets
 * already, and were all inserted there.  Then what comes of it is what merging
 * all changes at once would give, byte for byte, for the sets have the names, unit and
 * first places that they had.  *done is false, and nothing was written, if the
 * further ones cannot be inserted, too.  Cost and errors as above.
 */
extern JnStatus jn_store_insert(const JnEnv *env, const JnSet *const *set, uint32_t n, const uint8_t *changes,
								size_t size, size_t from, uint64_t chunk, const JnStoreSink *sink, bool *done,
								JnError *err);

#endif							/* JN_STORE_MERGE_H */
