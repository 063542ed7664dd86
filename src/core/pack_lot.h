/*
 * pack_lot.h
 *	  A lot of the shuffle in memory, its subjects and their rows in order: for
 *	  pack.c alone.
 *
 * An object with these operations:
 *
 *	 new
 *	 load			the next lot of a shuffle, in place of the one before;
 *					O(its rows), O(n log n) for a subject whose n rows came out
 *					of order
 *	 next			the next subject of it with its rows; O(1)
 *	 goes_on		whether the next lot has more rows of the last subject
 *	 free			at any time
 */
#ifndef JN_PACK_LOT_H
#define JN_PACK_LOT_H

#include "pack.h"

/* Where lots come from. */
typedef struct JnLotSource
{
	JnShuffle  *shuffle;
	bool		by_chunk;		/* its rows have chunks */
	uint32_t   *rank[JN_SET_COLUMNS];	/* by code: place of the name; NULL when codes are ranks */
} JnLotSource;

/* A subject of a lot, or of one chunk of it. */
typedef struct JnLotSubject
{
	JnKey		key;			/* texts in the lot's memory */
	uint64_t	hash;			/* of the key */
	uint64_t	chunk;
	uint64_t	bucket;
	uint32_t	rows;
	uint32_t	begin;			/* the first one, in the lot */
	bool		ghost;			/* it is one */
	bool		more;			/* the journey goes on in another chunk */
} JnLotSubject;

typedef struct JnPackLot JnPackLot;

/* Creates an empty one in env's memory. */
extern JnPackLot *jn_pack_lot_new(const JnEnv *env, const JnPackOptions *options);

/* Releases it with all memory. */
extern void jn_pack_lot_free(const JnEnv *env, JnPackLot *lot);

/* Memory of a row of a lot, in bytes, with what ordering takes and apart from the bytes of keys. */
extern size_t jn_pack_lot_row_memory(unsigned columns);

/*
 * Loads the next lot; *found is false if there is none.  If the lot that is
 * there goes on, kept[] are the last rows of its subject, which go before those
 * of the next lot; else kept->n is 0.
 * Errors: JN_TOO_MANY_STEPS for too many rows of one subject and one time.
 */
extern JnStatus jn_pack_lot_load(const JnEnv *env, JnPackLot *lot, const JnLotSource *source, const JnRows *kept,
								 bool *found, JnError *err);

/* The next subject in order and its rows, which are valid until load; NULL after the last. */
extern const JnLotSubject *jn_pack_lot_next(JnPackLot *lot, JnRows *rows);

/* Whether more rows of the lot's subject, the only one then, follow in the next lot. */
extern bool jn_pack_lot_goes_on(const JnPackLot *lot);

#endif							/* JN_PACK_LOT_H */
