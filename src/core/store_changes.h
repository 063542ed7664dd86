/*
 * store_changes.h
 *	  The changes of a bucket of a store as columns, in the order of the journeys.
 *
 * Names are numbered as they are ordered, so that rows are compared by numbers
 * alone, and walked along with the names of a set.
 */
#ifndef JN_STORE_CHANGES_H
#define JN_STORE_CHANGES_H

#include "store_batch.h"

typedef struct JnStoreChanges
{
	const JnEnv *env;
	JnKeyKind	kind;
	unsigned	tracks;			/* that changes may have */
	uint32_t	n;
	bool		some_gone;		/* not all of them are new rows */
	int64_t		first;			/* the earliest and the latest time; if there is a change */
	int64_t		last;
	int64_t		known;			/* the time of a change that was left out; if there is one */

	/* by change, as they came */
	JnKey	   *key;			/* texts in the batch */
	bool	   *gone;
	int64_t    *time;			/* microseconds */
	uint32_t   *event;			/* numbers of names */
	uint32_t   *label[JN_TRACKS];	/* likewise, or JN_NO_LABEL; NULL for tracks that they may not have */
	uint64_t   *value;			/* keys of values.h; NULL likewise */
	uint32_t	room;

	/* the changes by key, time, event and tracks, as the steps of journeys are ordered, none after all others */
	uint32_t   *order;

	JnName	   *name[JN_SET_COLUMNS];	/* by number: ascending, all different; in the batch */
	uint32_t	names[JN_SET_COLUMNS];
} JnStoreChanges;

/*
 * Reads a batch, which stays where it is; changes that begin before the byte
 * "from", 0 for none, are left out.  O(n log n).
 * Errors: those of jn_batch_next(), JN_TOO_MANY_STEPS.
 */
extern JnStatus jn_store_changes_open(JnStoreChanges *c, const JnEnv *env, const uint8_t *bytes, size_t size,
									  size_t from, JnError *err);
extern void jn_store_changes_close(JnStoreChanges *c);

/* Compares two changes by time, event and tracks; 0 if they are of equal rows of one subject. */
extern int	jn_store_changes_compare(const JnStoreChanges *c, uint32_t x, uint32_t y);

/* The end of the changes order[from ..] that are of the same subject as the first. */
extern uint32_t jn_store_changes_end(const JnStoreChanges *c, uint32_t from);

#endif							/* JN_STORE_CHANGES_H */
