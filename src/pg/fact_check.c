/*
 * fact_check.c
 *	  Does what the database keeps packed about subjects say what the tables do?
 *
 * Sessions believe what is packed (fact_pages.c says why), and nothing is left
 * of it in what they decide that the state or the ledger would tell.  Who can
 * write to our tables can pack a state that is put back afterwards, and remove
 * the row that tells of it.  So here both are read, under one snapshot and as a
 * session would, and compared name by name.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "compat.h"
#include "fact_pages.h"
#include "fact_read.h"

PG_FUNCTION_INFO_V1(journey__fact_page_problems);

static void
tell(ReturnSetInfo *result, const char *name, int size, const char *problem)
{
	Datum		values[2] = {0, CStringGetTextDatum(problem)};
	bool		nulls[2] = {name == NULL, false};

	if (name != NULL)
		values[0] = PointerGetDatum(cstring_to_text_with_len(name, size));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_facts(const JourneyFacts *a, const JourneyFacts *b)
{
	if (a->born != b->born || a->kind != b->kind || a->restricted != b->restricted ||
		a->erased != b->erased || a->count != b->count || !same_text(a->jurisdiction, b->jurisdiction))
		return false;
	for (int i = 0; i < a->count; i++)
	{
		const JourneyWord *x = &a->word[i];
		const JourneyWord *y = &b->word[i];

		if (x->purpose != y->purpose || x->given != y->given || x->refused != y->refused ||
			x->withdrawn != y->withdrawn || x->objected != y->objected || x->expired != y->expired ||
			x->covers != y->covers || x->is_explicit != y->is_explicit || x->parental != y->parental ||
			x->from != y->from || x->until != y->until || !same_text(x->notice, y->notice))
			return false;
	}
	return true;
}

static uint32
find(const FactStore *store, const char *name, int size)
{
	return journey_fact_store_find(store, name, size, jn_name_tail(name, size));
}

/* Facts by number; NULL: nobody, or erased, which is left out of what is packed. */
static const JourneyFacts *
facts_of(const FactStore *store, uint32 number)
{
	return number == 0 || store->entry[number].facts->erased ? NULL : store->entry[number].facts;
}

/* A name that is packed. */
static void
compare_packed(ReturnSetInfo *result, const FactStore *packed, const FactStore *read, const char *name, int size)
{
	const JourneyFacts *said = facts_of(packed, find(packed, name, size));
	const JourneyFacts *is = facts_of(read, find(read, name, size));

	if (said == NULL)
		return;
	if (is == NULL)
		tell(result, name, size, "is not known");
	else if (!same_facts(said, is))
		tell(result, name, size, "differs");
}

/* All that are packed in arrays; where a slot counts, it is met there. */
static void
compare_series(ReturnSetInfo *result, const FactStore *packed, const FactStore *read)
{
	for (int i = 0; i < packed->numbered.count; i++)
	{
		const JnSeries *series = &packed->numbered.series[i];
		int			kept = series->size - series->digits;

		for (uint64 number = 0; number <= series->last; number++)
		{
			char		name[JN_SERIES_NAME + 32];

			if (number % JN_TICK_EVERY == 0)
				CHECK_FOR_INTERRUPTS();
			if (packed->few[(series->first + number) / 2] >> 4 * ((series->first + number) & 1) & FEW_FACTS)
			{
				memcpy(name, series->prefix, kept);
				snprintf(name + kept, sizeof(name) - kept, "%0*llu", series->digits, (unsigned long long) number);
				if (strlen(name) == series->size &&
					packed->more[series->first + number] != MORE_FACTS)
					compare_packed(result, packed, read, name, series->size);
			}
		}
	}
}

static void
compare(ReturnSetInfo *result, const FactStore *packed, const FactStore *read)
{
	char		space[NAME_SPACE];
	int			size;

	compare_series(result, packed, read);
	for (uint64 i = 0; i < packed->slots; i++)
	{
		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		if (packed->slot[i].high != 0)
		{
			const char *name = journey_fact_store_slot_name(packed, &packed->slot[i], space, &size);

			compare_packed(result, packed, read, name, size);
		}
	}
	for (uint64 i = 0; i < read->slots; i++)
	{
		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		if (read->slot[i].high != 0 && facts_of(read, read->slot[i].facts) != NULL)
		{
			const char *name = journey_fact_store_slot_name(read, &read->slot[i], space, &size);

			if (facts_of(packed, find(packed, name, size)) == NULL)
				tell(result, name, size, "is missing");
		}
	}
}

/* _fact_page_problems() RETURNS TABLE (subject text, problem text) */
Datum
journey__fact_page_problems(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	JourneyTable tables[JOURNEY_OWN_TABLES];
	MemoryContext context;
	JourneyChanges changes;
	JourneyMoment moment;
	uint8		origin[JN_FACT_ORIGIN];
	FactStore	packed;
	FactStore	read;
	JourneyPages what;
	Snapshot	fresh;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (!journey_find_own_tables(tables))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tables of the extension are not as they must be")));
	for (int i = 0; i < JOURNEY_OWN_TABLES; i++)
		LockRelationOid(tables[i].relid, AccessShareLock);

	/* whatever journey.consent_memory says: sessions may have another */
	context = AllocSetContextCreate(CurrentMemoryContext, "journey subject pages", ALLOCSET_DEFAULT_SIZES);
	fresh = RegisterSnapshot(GetCatalogSnapshot(tables[JOURNEY_STATE].relid));
	Assert(fresh->copied);
	fresh->curcid = FirstCommandId;
	what = journey_fact_pages_load(&packed, context, MaxAllocHugeSize / 2, &moment, origin, tables, fresh);
	if (what == JOURNEY_PAGES_DAMAGED)
		tell(result, NULL, 0, "is damaged");
	else if (what == JOURNEY_PAGES_TAKEN)
	{
		MemoryContext caller = MemoryContextSwitchTo(context);

		/* of whom all may have changed, nothing is believed */
		journey_changes_since(&changes, &moment, tables, fresh, PG_INT32_MAX / 4);
		if (!changes.all &&
			journey_fact_read_again(&packed, tables, fresh, &changes) &&
			journey_fact_store_begin(&read, context, MaxAllocHugeSize / 2, journey_fact_read_estimate(tables)) &&
			journey_fact_read_all(&read, tables, fresh))
			compare(result, &packed, &read);
		MemoryContextSwitchTo(caller);
	}
	UnregisterSnapshot(fresh);
	MemoryContextDelete(context);
	return (Datum) 0;
}
