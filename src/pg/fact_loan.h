/*
 * fact_loan.h
 *	  What a session keeps about all subjects, lent to its parallel workers.
 *
 * A worker lives for one statement, and would read about all subjects what the
 * leader knows.  So the leader puts it into the memory that they share: the
 * arrays of names as they are, which the worker uses where they stand, and the
 * facts in few bytes.  A loan is to its borrower what packed pages are
 * (fact_pages.h): something that was right at a moment, to be proven and
 * brought up to now before anything is decided.
 */
#ifndef JOURNEY_FACT_LOAN_H
#define JOURNEY_FACT_LOAN_H

#include "changes.h"
#include "core/fact_bytes.h"
#include "fact_store.h"

typedef struct FactLoan FactLoan;

/* How many bytes lending the store takes; 0: more than "most", or not worth it. */
extern Size journey_fact_loan_size(const FactStore *store, Size most);

/*
 * Lends the store, as it was read from tables of this origin and brought up to
 * the moment, in so many bytes of shared memory.
 */
extern void journey_fact_loan_write(FactLoan *loan, Size size, const FactStore *store,
									const JourneyMoment *moment, const uint8 origin[JN_FACT_ORIGIN]);

/*
 * Begins a store in the context that borrows it; the moment tells as of when.
 * The snapshot is the newest and registered, and sees nothing of our own
 * transaction; the tables must be locked.  False if they are not those that the lender
 * read, or there is no room.
 */
extern bool journey_fact_loan_take(FactStore *store, MemoryContext context, Size limit, JourneyMoment *moment,
								   uint8 origin[JN_FACT_ORIGIN], const FactLoan *loan,
								   const JourneyTable *tables, Snapshot snapshot);

#endif							/* JOURNEY_FACT_LOAN_H */
