/*
 * fact_loan.c
 *	  What a session keeps about all subjects, lent to its parallel workers.
 *
 * Why it may be believed.  The lender's arrays say what its snapshot saw at the
 * moment that comes with them, and the origin which tables, columns and triggers
 * there were when they were first read.  The borrower takes a snapshot F of its own,
 * the newest one.  If F sees the same origin, none of these tables was replaced
 * and no trigger disabled in between, so that changes.c names all whose facts
 * differ between the moment and F, whatever others committed since.  This is how
 * packed pages are believed, and what stands in them; see fact_pages.c.
 *
 * Two snapshots that count the same transactions need not see the same ones here:
 * the lender leaves out its own transaction, which the borrower counts as one of
 * others.  So the moment of a loan is that of no snapshot, and always
 * brought up.
 *
 * What is lent does not change: it is a copy, which belongs to the statement.
 * The borrower copies it in turn before it notes a change (journey_fact_store_own()).
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "compat.h"
#include "fact_loan.h"
#include "fact_pages.h"

/* With more kinds of facts a worker is not much slower by itself. */
#define MOST_FACTS		10000

/* Where the parts begin, from the loan's own beginning. */
typedef struct LoanPlaces
{
	Size		facts;			/* as in packed pages */
	Size		slot;
	Size		arena;
	Size		few;
	Size		more;			/* 0: no place needs it */
	Size		end;
} LoanPlaces;

struct FactLoan
{
	JourneyMoment moment;
	uint8		origin[JN_FACT_ORIGIN];
	LoanPlaces	at;
	uint32		facts;			/* how many */
	FactStore	names;			/* whose pointers are those of the lender */
};

static LoanPlaces
find_places(const FactStore *store)
{
	LoanPlaces	at;
	JnPen		measure = {NULL, 0};

	journey_fact_pages_put_facts(&measure, store);
	at.facts = MAXALIGN(sizeof(FactLoan));
	at.slot = MAXALIGN(at.facts + measure.size);
	at.arena = MAXALIGN(at.slot + store->slots * sizeof(NameSlot));
	at.few = MAXALIGN(at.arena + store->arena_used);
	at.end = MAXALIGN(at.few + (store->places > 0 ? store->places / 2 + 1 : 0));
	at.more = 0;
	if (store->places > 0 && store->count > FEW_FACTS)
	{
		at.more = at.end;
		at.end = MAXALIGN(at.more + store->places * sizeof(uint16));
	}
	return at;
}

Size
journey_fact_loan_size(const FactStore *store, Size most)
{
	Size		size;

	/* looks at each of the facts */
	if (store->count > MOST_FACTS)
		return 0;
	size = find_places(store).end;
	return size <= most ? size : 0;
}

void
journey_fact_loan_write(FactLoan *loan, Size size, const FactStore *store, const JourneyMoment *moment,
						const uint8 origin[JN_FACT_ORIGIN])
{
	LoanPlaces	at = find_places(store);
	char	   *bytes = (char *) loan;
	JnPen		pen = {bytes + at.facts, 0};

	Assert(at.end <= size);
	loan->moment = *moment;
	memcpy(loan->origin, origin, JN_FACT_ORIGIN);
	loan->at = at;
	loan->facts = store->count - 1;
	loan->names = *store;
	journey_fact_pages_put_facts(&pen, store);
	memcpy(bytes + at.slot, store->slot, store->slots * sizeof(NameSlot));
	if (store->arena_used > 0)
		memcpy(bytes + at.arena, store->arena, store->arena_used);
	if (store->places > 0)
		memcpy(bytes + at.few, store->few, store->places / 2 + 1);
	if (at.more > 0)
		memcpy(bytes + at.more, store->more, store->places * sizeof(uint16));
}

/* Begins the store, with the lender's names where they stand, and gives it the facts. */
static bool
borrow(FactStore *store, MemoryContext context, Size limit, const FactLoan *loan)
{
	const uint8 *bytes = (const uint8 *) loan;
	FactStore	names = loan->names;
	JnFactReader reader = {
		.bytes = bytes + loan->at.facts,
		.p = bytes + loan->at.facts,
		.end = bytes + loan->at.slot
	};

	/* never written to while they are borrowed */
	names.slot = (NameSlot *) (bytes + loan->at.slot);
	names.arena = (char *) (bytes + loan->at.arena);
	names.few = (uint8 *) (bytes + loan->at.few);
	names.more = loan->at.more == 0 ? NULL : (uint16 *) (bytes + loan->at.more);
	return journey_fact_store_borrow(store, context, limit, &names) &&
		journey_fact_pages_take_facts(store, &reader, loan->facts);
}

bool
journey_fact_loan_take(FactStore *store, MemoryContext context, Size limit, JourneyMoment *moment,
					   uint8 origin[JN_FACT_ORIGIN], const FactLoan *loan, const JourneyTable *tables,
					   Snapshot snapshot)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject loan",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	bool		taken = journey_fact_pages_origin(tables, snapshot, origin) &&
	memcmp(origin, loan->origin, JN_FACT_ORIGIN) == 0 &&
	borrow(store, context, limit, loan);

	*moment = loan->moment;
	moment->own = PG_UINT64_MAX;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return taken;
}
