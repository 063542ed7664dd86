/*
 * store.h
 *	  A store of live journeys: what journey.store says of it, its lock, and
 *	  running something as its owner.
 *
 * doc/decisions/store.md says how a store works.
 */
#ifndef JOURNEY_STORE_H
#define JOURNEY_STORE_H

#include "datatype/timestamp.h"
#include "utils/rel.h"
#include "utils/uuid.h"

/* A row of journey.store. */
typedef struct JourneyStore
{
	pg_uuid_t	id;
	Oid			view;
	Oid			events;			/* the table whose changes are collected */
	Oid			sets;			/* the table of sets */
	Oid			delta;			/* the table of changes that are not folded yet */
	double		fold_at;		/* share of the sets from which on writers fold; NaN: never */
} JourneyStore;

/*
 * Finds a store by its id, or by its view; false if there is none.  Looks at
 * what is committed now, whatever the snapshot of the transaction, and asks for
 * no rights.
 */
extern bool journey_store_by_id(const pg_uuid_t *id, JourneyStore *store);
extern bool journey_store_by_view(Oid view, JourneyStore *store);

/*
 * Takes the lock that one transaction at a time has while it folds or empties
 * the store, until its end; false if others have it and "wait" is.  Neither
 * writers nor readers take it.
 */
extern bool journey_store_lock(const JourneyStore *store, bool wait);

/*
 * Runs "SELECT statement" with the id of the store as $1, and one more argument
 * as $2 unless its type is InvalidOid, as the owner of the store, with a fixed
 * search_path.  Gives the first column of the first row in the caller's memory
 * context.  "read_only": in the snapshot of the statement that calls.
 */
extern Datum journey_store_call(const JourneyStore *store, const char *statement, Oid type, Datum argument,
								bool read_only, bool *null);

/*
 * Tells the fold that is at work in this session, if there is one, how far it
 * has come: changes that were read; sets that were written, and their steps.
 */
extern void journey_store_fold_read(uint32 changes);
extern void journey_store_fold_wrote(uint32 sets, uint64 steps);

/* Folds on behalf of a writer if the changes are more than the store allows and nobody else folds. */
extern void journey_store_fold_if_due(const JourneyStore *store, Size written);

/*
 * When the chunk begins that a time is in, as it stands in the table of sets;
 * microseconds both.  -infinity without chunks (length 0), and where that is
 * before the first timestamp.
 */
extern TimestampTz journey_store_chunk_at(int64 time, uint64 length);

#endif							/* JOURNEY_STORE_H */
