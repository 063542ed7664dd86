/*
 * changes.h
 *	  What happened to subjects between two moments.
 *
 * A moment is what a snapshot sees, kept after the snapshot has gone: which
 * transactions had ended.  journey_changes_since() lists the subjects about
 * whom anything may differ between a moment and a later snapshot, by looking
 * at what was written meanwhile and not at the subjects.
 */
#ifndef JOURNEY_CHANGES_H
#define JOURNEY_CHANGES_H

#include "access/transam.h"
#include "utils/snapshot.h"

#include "own_tables.h"

/* So many running transactions are remembered one by one. */
#define JOURNEY_MOMENT_RUNNING	64

/* Transactions are counted in 64 bits, so that a moment may become old. */
typedef struct JourneyMoment
{
	uint64		xmin;			/* all transactions before it had ended */
	uint64		xmax;			/* this one and all later had not begun */
	uint64		own;			/* of the backend itself, whose changes do not count; or 0 */
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	bool		recovery;
	int			running_count;	/* those between that had not ended, or -1: any of them */
	uint64		running[JOURNEY_MOMENT_RUNNING];
} JourneyMoment;

/* What the snapshot sees of other transactions. */
extern void journey_moment_of(JourneyMoment *moment, Snapshot snapshot);

/* Does a later snapshot of this backend see the same of other transactions? */
extern bool journey_moment_is(const JourneyMoment *moment, Snapshot snapshot);

/* Subjects by number, each once; or "all" of them. */
typedef struct JourneyChanges
{
	bool		all;
	int			count;
	int64	   *subject;		/* palloc'd, or NULL */
	int			room;
} JourneyChanges;

/*
 * The subjects of whom the snapshot, which is not older than the moment, may
 * see something else than was seen at the moment; "all" if they cannot be told
 * one by one or are more than "limit".  If the transaction's own changes are
 * visible to the snapshot, they count.  Costs three index probes, some more
 * for each transaction that was running then, and what was written since.
 */
extern void journey_changes_since(JourneyChanges *changes, const JourneyMoment *moment,
								  const JourneyTable *tables, Snapshot snapshot, int limit);

/* The same for what a transaction, in the 64-bit count, has written. */
extern void journey_changes_by(JourneyChanges *changes, uint64 transaction,
							   const JourneyTable *tables, Snapshot snapshot, int limit);

#endif							/* JOURNEY_CHANGES_H */
