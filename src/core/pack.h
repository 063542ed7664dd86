/*
 * pack.h
 *	  Packing in bulk: rows in any order in, sets of journeys out.
 *
 * An object with these operations:
 *
 *	 new
 *	 code			the number of a name in a column; O(1)
 *	 add			a row; O(1)
 *	 finish			no more rows come
 *	 next, write	the next set; O(its rows), O(n log n) for a subject whose n
 *					rows came out of order
 *	 free			at any time
 *
 * The rows of a subject are ordered by time; those of one time by seq, then
 * by event, channel, decision, action, persona, value and senses, and what has
 * none of something comes after what has.
 *
 * Sets come in the order of shuffle.h: by chunk, bucket and key.  A set holds
 * subjects of one chunk and bucket, ascending by key, as many as fit.  A
 * journey that goes on from another set begins with a ghost, see set_format.h.
 * So the sets are decided by the rows alone, whatever their order and however
 * much memory there is.
 *
 * Memory: "memory" bytes, and some 16 kB for each of 16 lanes in any case.
 * More is needed only for rows of one subject and one time, which must be
 * together to be ordered.
 */
#ifndef JN_PACK_H
#define JN_PACK_H

#include "set_build.h"
#include "shuffle.h"

typedef struct JnPackOptions
{
	JnKeyKind	kind;
	unsigned	columns;		/* bits of tracks that rows may have, JN_ROW_SEQ */
	uint64_t	chunk;			/* microseconds; 0: sets are not cut by time */
	size_t		memory;			/* bytes */
	size_t		set_size;		/* bytes of a set, at most, if nothing is too large for it */
	uint32_t	least_bits;		/* of buckets, see shuffle.h: 0, or as many as the caller's have */
} JnPackOptions;

/* What has been done so far. */
typedef struct JnPackProgress
{
	uint64_t	rows_read;		/* added */
	uint64_t	rows_packed;	/* in sets, without ghosts */
	uint64_t	subjects;		/* in sets; each counts where its journey begins */
	uint64_t	sets;
	uint64_t	lots;			/* parts of the rows that were ordered in memory */
} JnPackProgress;

typedef struct JnPack JnPack;

/* Creates an empty one in env's memory; *spill must last as long. */
extern JnPack *jn_pack_new(const JnEnv *env, const JnSpill *spill, const JnPackOptions *options);

/* Releases it with all memory and streams. */
extern void jn_pack_free(const JnEnv *env, JnPack *p);

/*
 * The code of a name in a column of set_build.h, for rows to be added.
 * Errors: those of jn_label_check(); JN_TOO_MANY_NAMES if all names together
 * take more than a quarter of the memory.
 */
extern JnStatus jn_pack_code(const JnEnv *env, JnPack *p, unsigned column, JnName name, uint32_t *code,
							 JnError *err);

/*
 * Adds a row; chunk, ghost and more are not asked.
 * Errors: JN_TIME_RANGE; JN_SUBJECT_LONG and JN_SUBJECT_UTF8.
 */
extern JnStatus jn_pack_add(const JnEnv *env, JnPack *p, const JnRow *row, JnError *err);

/*
 * Ends adding.
 * Errors: those of jn_set_build_code().
 */
extern JnStatus jn_pack_finish(const JnEnv *env, JnPack *p, JnError *err);

/*
 * Makes the next set and gives its size, 0 after the last.
 * Errors: JN_TOO_MANY_STEPS for too many rows of one subject and one time;
 * those of jn_set_build_add().
 */
extern JnStatus jn_pack_next(const JnEnv *env, JnPack *p, size_t *size, JnError *err);

/* Writes the set that next made. */
extern void jn_pack_write(const JnEnv *env, const JnPack *p, uint8_t *out);

extern JnPackProgress jn_pack_progress(const JnPack *p);

#endif							/* JN_PACK_H */
