/*
 * fact_cache.c
 *	  The facts about all subjects, kept by a session.
 *
 * Reading the tables for one subject takes some microseconds, reading all of
 * them a fraction of one each.  So a session looks subjects up one by one
 * until it has spent about half of what reading all of them costs, over all
 * its statements, and then reads all.  After that a question is one memory access.
 * What the database keeps packed (fact_pages.h) is taken instead of the tables
 * if there is such and it can be trusted; that is worth it much earlier.
 *
 * Why it is never stale.  The cache holds what one snapshot S saw, without the
 * own transaction; "moment" remembers S.  What was packed comes with the moment
 * of its own snapshot.  Before a decision uses it, it is
 * brought up to a snapshot F that was taken since:
 *
 *	  1. If S and F see the same transactions, it is right as it is.
 *	  2. Else journey_changes_since() names the subjects who may differ, and
 *		 their facts are read again under F.  Those who are not named have the
 *		 same facts under both.  If it cannot name them, or they are many, all
 *		 is read again.
 *	  3. Changes that leave no row behind are DDL: another relation under the
 *		 name, a rewritten or truncated table, a trigger disabled.  All of them
 *		 invalidate the relation in the relcache, and the decision holds locks
 *		 on the tables, which let the invalidations of earlier holders in and
 *		 keep later ones out.  Any invalidation drops the cache; and without
 *		 the triggers that tell of changes, none is made.
 *
 * An error in the middle of 2 leaves "valid" unset, and the cache is dropped
 * when it is next asked for.  One that is being made belongs to the
 * transaction until it is complete.  A parallel worker starts without one: the
 * leader lends it its own (fact_loan.h), or it loads or makes one.
 *
 * Facts of committed transactions only: what our own transaction wrote, and
 * what its snapshot does not see yet, is the business of subject_answers.c.
 */
#include "postgres.h"

#include <limits.h>

#include "access/parallel.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "changes.h"
#include "fact_cache.h"
#include "fact_loan.h"
#include "fact_pages.h"
#include "fact_read.h"

/*
 * A look-up in the tables costs as much as reading a dozen subjects.  All are
 * read when half as much has been spent on look-ups: what is read stays.
 */
#define LOOKUP_COST		24

/* ... or as loading so many bytes that are packed. */
#define LOOKUP_BYTES	3000

/* Not for less. */
#define FEWEST_LOOKUPS	200

typedef struct FactCache
{
	MemoryContext context;		/* holds this struct and all below */
	bool		valid;
	uint64		generation;		/* of our tables, when it was made */
	JourneyTable tables[JOURNEY_OWN_TABLES];
	bool		has_origin;		/* else it cannot be lent */
	uint8		origin[JN_FACT_ORIGIN]; /* of what it was first made from, see fact_pages.h */
	JourneyMoment moment;
	FactStore	store;
} FactCache;

/* Where a loan is found in memory that processes share. */
#define LOAN_KEY		UINT64CONST(0x6a6e5f6c6f616e00)

/* Bytes of a loan in any case, and as part of the table that is to be read. */
#define SMALL_LOAN		(1024 * 1024)
#define LOAN_SHARE		8

uint64		journey_fact_cache_version = 1;

/* journey.consent_memory, in kB. */
static int	memory_setting = 0;

/* journey.consent_lookups; -1: what reading all costs. */
static int	lookups_setting = -1;

static FactCache *cache = NULL;
const FactStore *journey_fact_cache_store = NULL;	/* of "cache" */

static JourneyFactReads reads = {0, 0, 0};

/* Look-ups in the tables since there was a cache. */
static uint64 lookups = 0;

/* When to estimate whether they were enough to read all, or to take what is packed. */
static uint64 next_estimate = FEWEST_LOOKUPS;
static uint64 next_look = FEWEST_LOOKUPS;

/* What the leader lent this worker, until it is taken. */
static const FactLoan *loan = NULL;

/* The parallel statement that there is going to be room for a loan in. */
static ParallelContext *loan_for = NULL;

/* What is packed and was of no use, by its id. */
static uint64 useless_pages = 0;

/* The setting under which all subjects were too many, or -1. */
static int	too_small = -1;
static uint64 too_small_generation = 0;


/* ------------------------------------------------------------------------
 * Making it
 * ------------------------------------------------------------------------ */

static void
drop_cache(void)
{
	FactCache  *c = cache;

	if (c == NULL)
		return;
	cache = NULL;
	journey_fact_cache_store = NULL;
	journey_fact_cache_version++;
	MemoryContextDelete(c->context);
}

/*
 * As how many subjects that are read one counts that is looked up.  A parallel
 * worker is there because there is much to read, and what it reads is gone
 * when the statement ends: it makes up its mind earlier.
 */
static int
lookup_cost(void)
{
	return IsParallelWorker() ? LOOKUP_COST * 8 : LOOKUP_COST;
}

/*
 * Has it cost as much as taking what the database keeps packed?  If there is
 * nothing, that may change.
 */
static bool
is_worth_loading(const JourneyTable *tables)
{
	uint64		id;

	if (lookups < next_look)
		return false;
	next_look = Max(FEWEST_LOOKUPS, journey_fact_pages_size(tables, &id) / (LOOKUP_BYTES / LOOKUP_COST * lookup_cost()));
	if (id == 0 || id == useless_pages)
		next_look = FEWEST_LOOKUPS + 2 * lookups;
	return lookups >= next_look;
}

/* Has looking up one by one cost as much as reading all would? */
static bool
is_worth_making(const JourneyTable *tables)
{
	if (memory_setting == 0 ||
		(too_small == memory_setting && too_small_generation == journey_own_tables_generation()))
		return false;
	if (lookups_setting >= 0)
		return lookups >= (uint64) lookups_setting;
	if (is_worth_loading(tables))
		return true;
	if (lookups < next_estimate)
		return false;

	next_estimate = Max(FEWEST_LOOKUPS, (uint64) (journey_fact_read_estimate(tables) / lookup_cost()));
	return lookups >= next_estimate;
}

/* An empty one, of which the tables are locked; it belongs to the transaction. */
static FactCache *
new_cache(const JourneyTable *tables, Snapshot snapshot)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "journey subjects",
												  ALLOCSET_DEFAULT_SIZES);
	FactCache  *c = MemoryContextAllocZero(context, sizeof(FactCache));

	c->context = context;
	c->generation = journey_own_tables_generation();
	memcpy(c->tables, tables, sizeof(c->tables));
	journey_moment_of(&c->moment, snapshot);
	return c;
}

/* It is complete as of its moment. */
static void
keep_cache(FactCache *c)
{
	c->valid = true;
	MemoryContextSetParent(c->context, TopMemoryContext);
	cache = c;
	journey_fact_cache_store = &c->store;
	journey_fact_cache_version++;
}

/* Reads all. */
static void
make_cache(const JourneyTable *tables, Snapshot snapshot)
{
	FactCache  *c = new_cache(tables, snapshot);

	reads.all++;
	c->has_origin = journey_fact_pages_origin(tables, snapshot, c->origin);
	if (journey_fact_store_begin(&c->store, c->context, journey_fact_cache_limit(),
								 journey_fact_read_estimate(tables)) &&
		journey_fact_read_all(&c->store, tables, snapshot))
	{
		journey_fact_store_number_names(&c->store);
		keep_cache(c);
	}
	else
	{
		too_small = memory_setting;
		too_small_generation = c->generation;
		MemoryContextDelete(c->context);
	}
}

/* Reads those who may have changed anew.  False: all has to be read. */
static bool
refresh(const JourneyTable *tables, Snapshot snapshot)
{
	FactCache  *c = cache;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject changes",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JourneyChanges changes;
	bool		done;

	journey_changes_since(&changes, &c->moment, tables, snapshot,
						  Max(1000, (int) (journey_fact_store_names(&c->store) / 4)));
	done = !changes.all;
	if (done)
	{
		/* not valid while it is neither the old nor the new one */
		c->valid = false;
		if (changes.count > 0)
			journey_fact_cache_version++;
		reads.anew += changes.count;
		done = changes.count == 0 ||
			(journey_fact_store_own(&c->store) &&
			 journey_fact_read_again(&c->store, tables, snapshot, &changes));
		journey_moment_of(&c->moment, snapshot);
		c->valid = done;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return done;
}

/*
 * Takes what the database keeps packed, as of a moment before the snapshot, and
 * brings it up.  False: there is nothing of use.
 */
static bool
load_cache(const JourneyTable *tables, Snapshot snapshot)
{
	FactCache  *c = new_cache(tables, snapshot);

	if (journey_fact_pages_load(&c->store, c->context, journey_fact_cache_limit(), &c->moment, c->origin,
								tables, snapshot) != JOURNEY_PAGES_TAKEN)
	{
		MemoryContextDelete(c->context);
		return false;
	}
	c->has_origin = true;
	keep_cache(c);
	if (!refresh(tables, snapshot))
		drop_cache();
	reads.loaded += cache != NULL;
	return cache != NULL;
}

/* Takes what the leader lent, and brings it up.  False: that is of no use. */
static bool
borrow_cache(const JourneyTable *tables, Snapshot snapshot)
{
	const FactLoan *lent = loan;
	FactCache  *c = new_cache(tables, snapshot);

	/* not again, whatever happens */
	loan = NULL;
	if (!journey_fact_loan_take(&c->store, c->context, journey_fact_cache_limit(), &c->moment, c->origin,
								lent, tables, snapshot))
	{
		MemoryContextDelete(c->context);
		return false;
	}
	keep_cache(c);
	if (!refresh(tables, snapshot))
		drop_cache();
	return cache != NULL;
}


/* ------------------------------------------------------------------------
 * What others call
 * ------------------------------------------------------------------------ */

void
journey_fact_cache_define_settings(void)
{
	DefineCustomIntVariable("journey.consent_memory",
							"Memory in which a session may keep what is known about data subjects.",
							"If they do not fit, each is looked up when a statement first asks about it. 0 keeps nothing.",
							&memory_setting,
							128 * 1024,
							0,
							MAX_KILOBYTES,
							PGC_SUSET,
							GUC_UNIT_KB,
							NULL,
							NULL,
							NULL);
	DefineCustomIntVariable("journey.consent_lookups",
							"Data subjects that a session looks up one by one before it reads all.",
							"-1 is as many as cost about half as much as reading all.",
							&lookups_setting,
							-1,
							-1,
							INT_MAX,
							PGC_SUSET,
							0,
							NULL,
							NULL,
							NULL);
}

Size
journey_fact_cache_limit(void)
{
	return (Size) memory_setting * 1024;
}

bool
journey_fact_cache_bring_up(const JourneyTable *tables, Snapshot snapshot)
{
	/* DDL came between, or an error */
	if (cache != NULL &&
		(!cache->valid ||
		 MemoryContextMemAllocated(cache->context, true) > journey_fact_cache_limit() ||
		 cache->generation != journey_own_tables_generation() ||
		 memcmp(cache->tables, tables, sizeof(cache->tables)) != 0))
		drop_cache();

	if (cache != NULL && !journey_moment_is(&cache->moment, snapshot) && !refresh(tables, snapshot))
		drop_cache();

	if (cache == NULL && (loan != NULL || is_worth_making(tables)) && journey_own_triggers_fire(tables))
	{
		if ((loan == NULL || !borrow_cache(tables, snapshot)) &&
			is_worth_making(tables) && !load_cache(tables, snapshot))
		{
			/* not again for the same ones */
			(void) journey_fact_pages_size(tables, &useless_pages);
			if (is_worth_making(tables))
				make_cache(tables, snapshot);
		}
		if (cache != NULL)
		{
			lookups = 0;
			next_look = FEWEST_LOOKUPS;
			next_estimate = FEWEST_LOOKUPS;
		}

		/* an invalidation that came while it was made */
		if (cache != NULL && cache->generation != journey_own_tables_generation())
			drop_cache();
	}
	return cache != NULL;
}

/* Is there something to lend?  Whether it is of now is for the borrower to find out. */
static bool
can_lend(void)
{
	return cache != NULL && cache->valid && cache->has_origin && !cache->store.borrowed;
}

Size
journey_fact_cache_estimate_loan(ParallelContext *pcxt, Size table)
{
	Size		size;

	if (loan_for == pcxt || !can_lend())
		return 0;
	size = journey_fact_loan_size(&cache->store, Max(table / LOAN_SHARE, SMALL_LOAN));
	if (size > 0)
	{
		loan_for = pcxt;
		shm_toc_estimate_chunk(&pcxt->estimator, size);
		shm_toc_estimate_keys(&pcxt->estimator, 1);
	}
	return size;
}

void
journey_fact_cache_lend(ParallelContext *pcxt, Size size)
{
	/* also if an error left it behind, and another statement has the address */
	loan_for = NULL;

	/* what there is may have changed since */
	if (size > 0 && can_lend() && journey_fact_loan_size(&cache->store, size) > 0)
	{
		FactLoan   *lent = shm_toc_allocate(pcxt->toc, size);

		journey_fact_loan_write(lent, size, &cache->store, &cache->moment, cache->origin);
		shm_toc_insert(pcxt->toc, LOAN_KEY, lent);
	}
}

void
journey_fact_cache_borrow(shm_toc *toc)
{
	if (cache == NULL)
		loan = shm_toc_lookup(toc, LOAN_KEY, true);
}

bool
journey_fact_cache_missed(const JourneyTable *tables)
{
	lookups++;
	return cache == NULL && is_worth_making(tables);
}

JourneyFactReads
journey_fact_cache_reads(void)
{
	return reads;
}

uint32
journey_fact_cache_count(void)
{
	return cache == NULL ? 0 : cache->store.count;
}

const JourneyFacts *
journey_fact_cache_facts(uint32 number)
{
	Assert(cache != NULL && number > 0 && number < cache->store.count);
	return cache->store.entry[number].facts;
}
