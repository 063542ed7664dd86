/*
 * fact_pages.h
 *	  What is known about all subjects, packed in a table of the database.
 *
 * The table fact_page holds the bytes of core/fact_bytes.h, cut into rows.
 * They say what one snapshot saw, with its moment; whoever takes them brings
 * them up to a snapshot of now (changes.h) before anything is decided.  So
 * they may be of any age, and only save reading.
 */
#ifndef JOURNEY_FACT_PAGES_H
#define JOURNEY_FACT_PAGES_H

#include "core/fact_bytes.h"
#include "changes.h"
#include "fact_store.h"

/*
 * How many bytes there are as the newest committed state has it, and which:
 * *id is another one each time that they are written, 0 if there are none.
 * Nothing is proven yet.  One index probe.
 */
extern uint64 journey_fact_pages_size(const JourneyTable *tables, uint64 *id);

/* What there is. */
typedef enum JourneyPages
{
	JOURNEY_PAGES_TAKEN,
	JOURNEY_PAGES_NONE,
	JOURNEY_PAGES_NOT_OURS,		/* of another cluster or database, or the tables are not those it was read from */
	JOURNEY_PAGES_DAMAGED		/* or larger than it may be */
} JourneyPages;

/*
 * Begins the store in the context, with at most "limit" bytes, and fills it;
 * the moment tells as of when, the origin of which tables.  The snapshot is the newest and registered, and
 * sees nothing of our own transaction; the tables must be locked.  If it is
 * not taken, the store cannot be used.
 */
extern JourneyPages journey_fact_pages_load(FactStore *store, MemoryContext context, Size limit,
											JourneyMoment *moment, uint8 origin[JN_FACT_ORIGIN],
											const JourneyTable *tables, Snapshot snapshot);

/*
 * The digest of the catalog's rows about our tables, as the snapshot sees them, which is
 * the newest and registered; false if our own transaction sees others, or one
 * is missing.  Some twenty index probes.
 */
extern bool journey_fact_pages_origin(const JourneyTable *tables, Snapshot snapshot,
									  uint8 origin[JN_FACT_ORIGIN]);

/* Writes the facts of a store as they stand in the pages. */
extern void journey_fact_pages_put_facts(JnPen *pen, const FactStore *store);

/* Reads so many of them, which get the numbers from 1 on.  False: no room, or not as they must be. */
extern bool journey_fact_pages_take_facts(FactStore *store, JnFactReader *reader, uint32 count);

/*
 * For the triggers of the ledger.  The first is told the position of each new
 * event; one in a thousand looks whether so many were recorded since the pages
 * were written that they are due.  Then the second, at the end of the
 * transaction, writes them, unless somebody else is at it.
 */
extern void journey_fact_pages_recorded(int64 position);
extern void journey_fact_pages_write_due(void);

#endif							/* JOURNEY_FACT_PAGES_H */
