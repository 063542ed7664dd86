/*
 * fact_read.c
 *	  Reading what is known about subjects, some or all, from our tables.
 */
#include "postgres.h"

#include "access/table.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "fact_read.h"
#include "probe.h"

/*
 * So many late rows, and one for so many subjects more, are looked up when the
 * tables are read in the order of their heaps.
 */
#define FEWEST_LATE		200
#define LATE_SHARE		32

double
journey_fact_read_estimate(const JourneyTable *tables)
{
	Relation	rel = try_table_open(tables[JOURNEY_SUBJECT].relid, AccessShareLock);
	double		result = 0;

	if (rel != NULL)
	{
		double		pages = RelationGetNumberOfBlocks(rel);

		/* the density that was last seen, or a guess */
		if (rel->rd_rel->relpages > 0 && rel->rd_rel->reltuples > 0)
			result = pages * rel->rd_rel->reltuples / rel->rd_rel->relpages;
		else
			result = pages * 100;
		table_close(rel, AccessShareLock);
	}
	return result;
}

bool
journey_fact_read_again(FactStore *store, const JourneyTable *tables, Snapshot snapshot, const JourneyChanges *changes)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject rows",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JourneyFactsBuilder builder = {.intern = journey_fact_store_intern,.intern_arg = store,.context = scratch};
	bool		fits = true;

	for (int i = 0; i < changes->count && fits; i++)
	{
		text	   *name;
		JourneyFacts *facts;

		CHECK_FOR_INTERRUPTS();
		facts = journey_facts_by_number(&builder, tables, changes->subject[i], snapshot, &name);
		if (name != NULL)
			fits = journey_fact_store_set_facts(store, name, facts);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return fits;
}

/* The rows of a table, of which each is about a subject. */
typedef struct Walk
{
	JourneyProbe probe;
	int			column;			/* that has the subject's number */
	bool		more;
	int64		number;
} Walk;

/*
 * The next row whose number is not below the one before; others are late, and
 * too many of them are "all".
 */
static void
walk_on(Walk *walk, JourneyChanges *late, uint64 most)
{
	int64		before = walk->number;

	while ((walk->more = !late->all && journey_probe_next(&walk->probe)))
	{
		walk->number = DatumGetInt64(journey_probe_column(&walk->probe, walk->column));
		if (walk->number >= before)
			return;

		late->all = late->count >= most;
		if (late->count >= late->room)
		{
			late->room = Max(64, 2 * late->room);
			late->subject = late->subject == NULL ?
				palloc(late->room * sizeof(int64)) :
				repalloc_huge(late->subject, late->room * sizeof(int64));
		}
		late->subject[late->count++] = walk->number;
	}
}

/*
 * Both tables side by side, each in the order of the subjects' numbers.  The
 * walk along the indexes has that order.  The walk along the heaps costs a
 * third of it, and has the order as far as subjects were recorded one after the
 * other and nothing was updated: late rows are told, and what was noted about
 * their subjects is not right.  False: no room.
 */
static bool
walk_tables(FactStore *store, const JourneyTable *tables, Snapshot snapshot, bool heaps, JourneyChanges *late)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext row_context = AllocSetContextCreate(caller, "journey subject row",
													  ALLOCSET_SMALL_SIZES);
	JourneyFactsBuilder builder = {.intern = journey_fact_store_intern,.intern_arg = store,.context = caller};
	Walk		subject = {.column = JOURNEY_SUBJECT_BY_NUMBER_NUMBER,.number = PG_INT64_MIN};
	Walk		state = {.column = JOURNEY_STATE_SUBJECT,.number = PG_INT64_MIN};
	uint64		most = FEWEST_LATE;
	bool		fits = true;

	journey_probe_begin_all(&subject.probe, &tables[JOURNEY_SUBJECT_BY_NUMBER], snapshot, !heaps);
	journey_probe_begin_all(&state.probe, &tables[JOURNEY_STATE], snapshot, !heaps);
	walk_on(&state, late, most);

	/* the scans keep what they allocate on the way, so they stay out of row_context */
	for (walk_on(&subject, late, most); subject.more && fits; walk_on(&subject, late, most))
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(row_context);
		journey_facts_begin(&builder, &tables[JOURNEY_SUBJECT], subject.probe.row,
							RelationGetDescr(subject.probe.rel));
		while (state.more && state.number <= subject.number)
		{
			if (state.number == subject.number)
				journey_facts_add(&builder, &tables[JOURNEY_STATE], state.probe.row,
								  RelationGetDescr(state.probe.rel));
			MemoryContextSwitchTo(caller);
			walk_on(&state, late, most);
			MemoryContextSwitchTo(row_context);
		}
		if (builder.name != NULL)
			fits = journey_fact_store_set_facts(store, builder.name, journey_facts_end(&builder));
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row_context);
		most = FEWEST_LATE + store->used / LATE_SHARE;
	}
	/* rows behind the last subject may be late, too */
	while (state.more)
		walk_on(&state, late, most);
	journey_probe_end(&subject.probe);
	journey_probe_end(&state.probe);
	MemoryContextDelete(row_context);
	return fits;
}

bool
journey_fact_read_all(FactStore *store, const JourneyTable *tables, Snapshot snapshot)
{
	static bool in_order = true;
	JourneyChanges late = {.all = !in_order};

	if (in_order && !walk_tables(store, tables, snapshot, true, &late))
		return false;
	if (!late.all)
		return journey_fact_read_again(store, tables, snapshot, &late);

	/* all subjects are noted anew; the next time they will be no more in order */
	in_order = false;
	memset(&late, 0, sizeof(late));
	return walk_tables(store, tables, snapshot, false, &late);
}
