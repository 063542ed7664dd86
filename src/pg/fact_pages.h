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
 * the moment tells as of when.  The snapshot is the newest and registered, and
 * sees nothing of our own transaction; the tables must be locked.  If it is
 * not taken, the store cannot be used.
 */
extern JourneyPages journey_fact_pages_load(FactStore *store, MemoryContext context, Size limit,
											JourneyMoment *moment, const JourneyTable *tables,
											Snapshot snapshot);

/*
 * For the triggers of the ledger.  The first is told the position of each new
 * event; one in a thousand looks whether so many were recorded since the pages
 * were written that they are due.  Then the second, at the end of the
 * transaction, writes them, unless somebody else is at it.
 */
extern void journey_fact_pages_recorded(int64 position);
extern void journey_fact_pages_write_due(void);

#endif							/* JOURNEY_FACT_PAGES_H */
