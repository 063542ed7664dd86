/*
 * changes.c
 *	  What happened to subjects between two moments.
 *
 * Whatever changes a fact about a subject leaves the number of its transaction
 * in an indexed column xid, in the same transaction:
 *
 *	  journey.ledger	each event; the state changes with it, by trigger
 *	  journey.subject	each row that is inserted or updated
 *	  journey.change	everything else: a subject renamed or removed, the state
 *						rebuilt or written by hand
 *
 * A change that a snapshot sees and an earlier moment did not was written by a
 * transaction that had not ended at the moment: it was running then, or had not
 * begun.  In either case its number is not below the moment's xmin.  More
 * exactly it is one of those that were running, or not below xmax; so a
 * transaction that stays open for hours costs one probe, and not all that was
 * written since it began.  The numbers are those of top-level transactions, so
 * subtransactions do not matter; prepared transactions run until they are
 * committed; what was rolled back is not visible to the snapshot.  A number
 * says when a transaction began and nothing of when it ended, which is why
 * "not seen before" is asked and not "later than".  On a standby the numbers
 * are replayed and snapshots are taken of the same transactions; there the
 * running ones are not told apart, and the range begins at xmin.
 *
 * Our own transaction is missing among the running ones in a snapshot of ours.
 * What it writes is no news to snapshots that cannot see it, but it is once it
 * has committed.  So the moment remembers it, as one that was running; and two
 * snapshots that count the same transactions see the same only if they leave
 * out the same one of our own.
 *
 * Rows of journey.change would pile up.  So a transaction that adds one deletes
 * those that it sees of others.  Nobody misses them: a moment that did not see
 * the writer of a deleted row was taken before that one had committed, so
 * before the one that deleted it had; a snapshot that sees the deletion sees
 * the row that came with it, and that is news to such a moment.
 */
#include "postgres.h"

#include "access/xact.h"
#include "lib/qunique.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/xid8.h"

#include "compat.h"
#include "changes.h"
#include "probe.h"

/* A number of a snapshot in the 64-bit count; "next" was read after it was taken. */
static uint64
full_xid(TransactionId xid, FullTransactionId next)
{
	uint32		epoch = EpochFromFullTransactionId(next);

	if (xid > XidFromFullTransactionId(next))
		epoch--;
	return U64FromFullTransactionId(FullTransactionIdFromEpochAndXid(epoch, xid));
}

/* Our own transaction, or 0. */
static uint64
own_xid(void)
{
	return U64FromFullTransactionId(GetTopFullTransactionIdIfAny());
}

void
journey_moment_of(JourneyMoment *moment, Snapshot snapshot)
{
	FullTransactionId next = ReadNextFullTransactionId();

	memset(moment, 0, sizeof(*moment));
	moment->xmin = full_xid(snapshot->xmin, next);
	moment->xmax = full_xid(snapshot->xmax, next);
	moment->own = own_xid();
	moment->xcnt = snapshot->xcnt;
	moment->subxcnt = snapshot->subxcnt;
	moment->suboverflowed = snapshot->suboverflowed;
	moment->recovery = snapshot->takenDuringRecovery;

	/* room for our own one more */
	if (snapshot->takenDuringRecovery || snapshot->xcnt >= JOURNEY_MOMENT_RUNNING)
		moment->running_count = -1;
	else
	{
		for (uint32 i = 0; i < snapshot->xcnt; i++)
			moment->running[moment->running_count++] = full_xid(snapshot->xip[i], next);
		if (moment->own != 0)
			moment->running[moment->running_count++] = moment->own;
	}
}

bool
journey_moment_is(const JourneyMoment *moment, Snapshot snapshot)
{
	FullTransactionId next = ReadNextFullTransactionId();

	/* Below the same xmax transactions can only end: equal counts are equal sets. */
	return moment->xmax == full_xid(snapshot->xmax, next) &&
		moment->xmin == full_xid(snapshot->xmin, next) &&
		moment->xcnt == snapshot->xcnt &&
		moment->subxcnt == snapshot->subxcnt &&
		moment->suboverflowed == snapshot->suboverflowed &&
		moment->recovery == snapshot->takenDuringRecovery &&
		(moment->own == 0 || moment->own == own_xid());
}

static int
compare_numbers(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return x < y ? -1 : x > y;
}

/* Sorted, each once. */
static void
sort_changes(JourneyChanges *changes)
{
	qsort(changes->subject, changes->count, sizeof(int64), compare_numbers);
	changes->count = qunique(changes->subject, changes->count, sizeof(int64), compare_numbers);
}

/* Adds what the rows with these transaction numbers are about. */
static void
add_rows(JourneyChanges *changes, const JourneyTable *table, int column, Snapshot snapshot,
		 StrategyNumber strategy, uint64 xid, int limit)
{
	JourneyProbe probe;

	journey_probe_begin_with(&probe, table, snapshot, strategy,
							 strategy == BTEqualStrategyNumber ? F_XID8EQ : F_XID8GE,
							 FullTransactionIdGetDatum(FullTransactionIdFromU64(xid)));
	while (!changes->all && journey_probe_next(&probe))
	{
		if (column < 0)
			changes->all = true;
		else
		{
			int64		subject = DatumGetInt64(journey_probe_column(&probe, column));

			if (changes->count >= changes->room)
			{
				/* many events of few subjects? */
				sort_changes(changes);
				if (changes->count >= limit)
					changes->all = true;
				else if (changes->count >= changes->room / 2)
				{
					changes->room = Max(64, changes->room * 2);
					changes->subject = changes->subject == NULL ?
						palloc(changes->room * sizeof(int64)) :
						repalloc_huge(changes->subject, changes->room * sizeof(int64));
				}
			}
			if (probe.has_null)
				changes->all = true;
			if (!changes->all)
				changes->subject[changes->count++] = subject;
		}
	}
	journey_probe_end(&probe);
}

/* The same in all tables that tell of changes. */
static void
add_transactions(JourneyChanges *changes, const JourneyTable *tables, Snapshot snapshot,
				 StrategyNumber strategy, uint64 xid, int limit)
{
	add_rows(changes, &tables[JOURNEY_CHANGE], -1, snapshot, strategy, xid, limit);
	add_rows(changes, &tables[JOURNEY_SUBJECT_BY_XID], JOURNEY_SUBJECT_BY_XID_NUMBER,
			 snapshot, strategy, xid, limit);
	add_rows(changes, &tables[JOURNEY_LEDGER], JOURNEY_LEDGER_SUBJECT,
			 snapshot, strategy, xid, limit);
}

void
journey_changes_since(JourneyChanges *changes, const JourneyMoment *moment,
					  const JourneyTable *tables, Snapshot snapshot, int limit)
{
	memset(changes, 0, sizeof(*changes));
	for (int i = 0; i < moment->running_count && !changes->all; i++)
		add_transactions(changes, tables, snapshot, BTEqualStrategyNumber, moment->running[i], limit);
	if (!changes->all)
		add_transactions(changes, tables, snapshot, BTGreaterEqualStrategyNumber,
						 moment->running_count < 0 ? moment->xmin : moment->xmax, limit);
	sort_changes(changes);
	if (changes->count > limit)
		changes->all = true;
}

void
journey_changes_by(JourneyChanges *changes, uint64 transaction,
				   const JourneyTable *tables, Snapshot snapshot, int limit)
{
	memset(changes, 0, sizeof(*changes));
	add_transactions(changes, tables, snapshot, BTEqualStrategyNumber, transaction, limit);
	sort_changes(changes);
	if (changes->count > limit)
		changes->all = true;
}
