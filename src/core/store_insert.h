/*
 * store_insert.h
 *	  New rows put into a set of a store, whose bytes are copied around them.
 *
 * Most changes of a live table are new rows.  They take nothing away: names,
 * unit and values of a set stay what they are, so nothing has to be looked for
 * in it, and all of its bytes but a few stand in the new set as they stood.
 * What new rows may ask for besides is left to the long way (set_splice.h):
 *
 *	 a name that the set does not have, or no label in a column where all have one
 *	 a time that is not whole in the unit of the set
 *	 a place before a ghost, or behind the last row of a part that goes on
 *	 a subject that may have parts in other sets
 *
 * The result is what the builder makes of the same rows, byte for byte.
 *
 *	 jn_store_insert_open(&insert, env, &changes)
 *	 for each set, ascending by first key:
 *		 if jn_store_insert_plan(&insert, &plan, s, from, to, alone):
 *			 jn_store_insert_write(&insert, &plan, out)		plan.size bytes
 *	 jn_store_insert_close(&insert)
 *
 * All sets may be planned before the first one is written.  Memory: some 200
 * bytes a change, and the rows of a part.
 */
#ifndef JN_STORE_INSERT_H
#define JN_STORE_INSERT_H

#include "store_changes.h"

/* A subject with new rows: what becomes of its count, start and key. */
typedef struct JnInsertSubject
{
	uint32_t	part;			/* its part of the old set; a fresh one stands before that */
	bool		fresh;			/* it has no part yet */
	uint32_t	count;			/* as it is written, see set_format.h */
	int64_t		start;
	const uint8_t *count_at;	/* in the old set: where the count goes, */
	const uint8_t *count_on;	/* and where the old set goes on behind it */
	const uint8_t *key_at;		/* likewise; if fresh */
	const uint8_t *key_on;
	size_t		key_end;		/* in the bytes of keys: of what goes there */
} JnInsertSubject;

/* Differences that take the place of none or one. */
typedef struct JnInsertTimes
{
	JnTimesReader at;
	JnTimesReader on;			/* where the old ones go on */
	uint32_t	end;			/* in the new differences */
} JnInsertTimes;

/* What was found out for one set: slices of the arrays of JnStoreInsert. */
typedef struct JnInsertPlan
{
	const JnSet *s;
	uint64_t	size;			/* bytes of the new set */
	uint32_t	from;			/* the changes order[from .. to-1] */
	uint32_t	to;
	uint32_t	subject;		/* the first one, and their number */
	uint32_t	subjects;
	uint32_t	fresh;			/* of these */
	uint32_t	times;			/* likewise */
	uint32_t	splits;
	uint32_t	difference;		/* the first new one */
	uint32_t	wide;			/* wide differences of the new set */
	size_t		key;			/* first byte of the new keys */
	size_t		counts_size;
	size_t		keys_size;
	size_t		times_size;
	int64_t		first;
	int64_t		last;
	int64_t    *start;			/* of all parts; NULL: as they were */
	unsigned	start_width;
	uint64_t   *value;			/* of all rows; NULL: there are none */
	JnValuesPlan values;
} JnInsertPlan;

/* Use the functions below. */
typedef struct JnStoreInsert
{
	const JnEnv *env;
	const JnStoreChanges *changes;
	uint32_t   *row;			/* by place in the order: the row of the old set that the new one goes before */
	uint32_t   *code[JN_SET_COLUMNS];	/* likewise: codes in the set, JN_NO_LABEL for none; NULL if no change has one */
	JnInsertSubject *subject;
	uint32_t	subjects;
	JnInsertTimes *times;
	uint32_t	splits;
	uint64_t   *difference;		/* in units of the set */
	uint32_t	differences;
	uint8_t    *key;
	size_t		key_size;
	size_t		key_room;
	int64_t    *time;			/* of a part */
	uint32_t	time_room;
} JnStoreInsert;

/* Starts with changes that are all new rows, one at least; they stay where they are. */
extern void jn_store_insert_open(JnStoreInsert *w, const JnEnv *env, const JnStoreChanges *changes);
extern void jn_store_insert_close(JnStoreInsert *w);

/*
 * Plans the set with the changes order[from .. to-1], at least one; false if it
 * is not that simple.  "alone": subjects that it does not have are in no other
 * set.  The set stays where it is.  O(its parts + bytes of keys and values +
 * rows of the parts that get new ones).
 */
extern bool jn_store_insert_plan(JnStoreInsert *w, JnInsertPlan *plan, const JnSet *s, uint32_t from, uint32_t to,
								 bool alone);

/* Writes plan->size bytes, and releases what the plan has. */
extern void jn_store_insert_write(JnStoreInsert *w, JnInsertPlan *plan, uint8_t *out);

#endif							/* JN_STORE_INSERT_H */
