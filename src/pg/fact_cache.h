/*
 * fact_cache.h
 *	  The facts about all subjects, kept by a session.
 *
 *		if (journey_fact_cache_bring_up(tables, fresh))
 *			facts = journey_fact_cache_facts(journey_fact_cache_find(name, size, jn_name_tail(name, size)));
 *
 * Holds what is committed, as of the snapshot it was last brought up to.  It
 * is made when a session has asked about so many subjects one by one that
 * reading all of them would have cost no more, and if they fit in
 * journey.consent_memory.
 */
#ifndef JOURNEY_FACT_CACHE_H
#define JOURNEY_FACT_CACHE_H

#include "access/parallel.h"
#include "storage/shm_toc.h"
#include "utils/snapshot.h"

#include "fact_store.h"
#include "own_tables.h"
#include "subject_facts.h"

/* Defines journey.consent_memory and journey.consent_lookups.  Called once, by _PG_init(). */
extern void journey_fact_cache_define_settings(void);

/* What journey.consent_memory allows, in bytes. */
extern Size journey_fact_cache_limit(void);

/*
 * Changes whenever what the cache holds may: who uses it remembers the number
 * and asks to bring it up again when it is another.  Hidden where it is declared,
 * too, or its address would be loaded first.
 */
extern __attribute__((visibility("hidden")))
uint64		journey_fact_cache_version;

/*
 * Makes the cache what the snapshot sees of other transactions; the snapshot
 * is the newest and registered, and sees nothing of our own transaction.
 * The tables must be locked.  False if there is no cache and none may be made.
 * Some index probes if others have committed since.
 */
extern bool journey_fact_cache_bring_up(const JourneyTable *tables, Snapshot snapshot);

/*
 * For a statement of several processes, see fact_loan.h.  The leader says what
 * they are going to read, a table of so many bytes, and is told the size of a loan;
 * 0 if there is nothing to lend, or it is not worth it, or there is one already.
 * When there is memory, it lends, or does not if the size is 0.  A worker
 * borrows before it asks about subjects.
 */
extern Size journey_fact_cache_estimate_loan(ParallelContext *pcxt, Size table);
extern void journey_fact_cache_lend(ParallelContext *pcxt, Size size);
extern void journey_fact_cache_borrow(shm_toc *toc);

/* To be told when a subject has been looked up in the tables instead; true: try again to bring it up. */
extern bool journey_fact_cache_missed(const JourneyTable *tables);

/* What the session has read for it so far. */
typedef struct JourneyFactReads
{
	int64		all;			/* how often all subjects were read */
	int64		loaded;			/* how often they were taken from what is packed */
	int64		anew;			/* subjects that were read again because they changed */
} JourneyFactReads;

extern JourneyFactReads journey_fact_cache_reads(void);

/*
 * What the cache holds, or NULL; for the two below.  Hidden like the version.
 */
extern __attribute__((visibility("hidden")))
const FactStore *journey_fact_cache_store;

/* The number of the facts about a subject; 0: no such subject.  "tail" is jn_name_tail() of the name. */
static inline uint32
journey_fact_cache_find(const char *name, int size, uint64 tail)
{
	const FactStore *store = journey_fact_cache_store;

	return unlikely(store == NULL) ? 0 : journey_fact_store_find(store, name, size, tail);
}

/* The same for a subject whose name is the text form of a number. */
static inline uint32
journey_fact_cache_find_number(int64 number)
{
	const FactStore *store = journey_fact_cache_store;

	return unlikely(store == NULL) ? 0 : journey_fact_store_find_number(store, number);
}

/* Numbers of facts are below this; it grows only with the version. */
extern uint32 journey_fact_cache_count(void);

/* The facts by their number; not 0.  Valid until the version changes. */
extern const JourneyFacts *journey_fact_cache_facts(uint32 number);

#endif							/* JOURNEY_FACT_CACHE_H */
