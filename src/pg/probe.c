/*
 * probe.c
 *	  Reading the extension's own tables under a snapshot, without a trace.
 *
 * Each probe opens and closes its relation, so there is nothing to clean up
 * when an error leaves the caller.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relscan.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "pgstat.h"
#include "storage/predicate.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "compat.h"
#include "probe.h"

void
journey_probe_do_not_count(Relation rel)
{
	pgstat_unlink_relation(rel);
	rel->pgstat_enabled = false;
}

void
journey_probe_begin_with(JourneyProbe *probe, const JourneyTable *table, Snapshot snapshot,
						 StrategyNumber strategy, RegProcedure compare, Datum value)
{
	ScanKeyData key;

	memset(probe, 0, sizeof(*probe));
	probe->table = table;
	probe->rel = try_table_open(table->relid, AccessShareLock);
	if (probe->rel == NULL)
		return;

	/* Initializes with the collation "C", which is that of our columns. */
	ScanKeyInit(&key, table->column[0], strategy, compare, value);
	probe->scan = systable_beginscan(probe->rel, table->index, true, snapshot, 1, &key);
	journey_probe_do_not_count(probe->rel);
	if (probe->scan->irel != NULL)
		journey_probe_do_not_count(probe->scan->irel);
}

void
journey_probe_begin(JourneyProbe *probe, const JourneyTable *table, Snapshot snapshot,
					RegProcedure equal, Datum value)
{
	journey_probe_begin_with(probe, table, snapshot, BTEqualStrategyNumber, equal, value);
}

void
journey_probe_begin_all(JourneyProbe *probe, const JourneyTable *table, Snapshot snapshot, bool ordered)
{
	memset(probe, 0, sizeof(*probe));
	probe->table = table;
	probe->rel = try_table_open(table->relid, AccessShareLock);
	if (probe->rel == NULL)
		return;

	if (!ordered)
	{
		/* that a table is read from end to end counts from the beginning */
		journey_probe_do_not_count(probe->rel);
		probe->scan = systable_beginscan(probe->rel, InvalidOid, false, snapshot, 0, NULL);
		return;
	}
	probe->index = index_open(table->index, AccessShareLock);
	probe->scan = systable_beginscan_ordered(probe->rel, probe->index, snapshot, 0, NULL);
	journey_probe_do_not_count(probe->rel);
	journey_probe_do_not_count(probe->index);
}

bool
journey_probe_next(JourneyProbe *probe)
{
	if (probe->scan == NULL)
		return false;
	probe->row = probe->index == NULL ?
		systable_getnext(probe->scan) :
		systable_getnext_ordered(probe->scan, ForwardScanDirection);
	return HeapTupleIsValid(probe->row);
}

Datum
journey_probe_nullable(JourneyProbe *probe, int column, bool *isnull)
{
	return heap_getattr(probe->row, probe->table->column[column],
						RelationGetDescr(probe->rel), isnull);
}

Datum
journey_probe_column(JourneyProbe *probe, int column)
{
	bool		isnull;
	Datum		value = journey_probe_nullable(probe, column, &isnull);

	if (isnull)
		probe->has_null = true;
	return value;
}

char *
journey_probe_text(JourneyProbe *probe, int column)
{
	bool		isnull;
	Datum		value = journey_probe_nullable(probe, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

void
journey_probe_end(JourneyProbe *probe)
{
	if (probe->index != NULL)
	{
		systable_endscan_ordered(probe->scan);
		index_close(probe->index, AccessShareLock);
	}
	else if (probe->scan != NULL)
		systable_endscan(probe->scan);
	if (probe->rel != NULL)
		table_close(probe->rel, AccessShareLock);
}

void
journey_probe_lock_predicates(const JourneyTable *table, Snapshot snapshot)
{
	Relation	rel;
	Relation	index;

	if (!IsolationIsSerializable())
		return;

	rel = table_open(table->relid, NoLock);
	index = index_open(table->index, AccessShareLock);
	PredicateLockRelation(rel, snapshot);
	PredicateLockRelation(index, snapshot);
	index_close(index, AccessShareLock);
	table_close(rel, NoLock);
}
