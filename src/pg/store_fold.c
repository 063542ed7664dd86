/*
 * store_fold.c
 *	  The commands on a store: who may give them, and as whom they run.
 *
 * What they do is SQL on the tables of the store, and runs as its owner,
 * whoever calls: a superuser's cron job must not run triggers that the owner
 * put there, and a writer has no rights on these tables.
 */
#include "postgres.h"

#include <math.h>

#include "access/detoast.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "progress.h"
#include "store.h"

PG_FUNCTION_INFO_V1(journey_fold);
PG_FUNCTION_INFO_V1(journey_rebuild);
PG_FUNCTION_INFO_V1(journey_store_journey_of);
PG_FUNCTION_INFO_V1(journey__store_facts);

/* The store of a view; raises if it is none. */
static JourneyStore
get_store(Oid view)
{
	JourneyStore store;
	char	   *name = get_rel_name(view);

	if (!journey_store_by_view(view, &store))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 name != NULL ? errmsg("\"%s\" is not a store", name) : errmsg("relation %u does not exist", view),
				 errhint("A store is the view that journey.track() makes; journey.stores lists them.")));
	return store;
}

/* The same, for its owner alone. */
static JourneyStore
get_own_store(Oid view)
{
	JourneyStore store = get_store(view);

	if (!object_ownercheck(RelationRelationId, store.view, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_VIEW, get_rel_name(view));
	return store;
}

/* The same, with its lock and that of its sets: who had to wait for them may find that the store is gone. */
static JourneyStore
lock_own_store(Oid view)
{
	JourneyStore store = get_own_store(view);
	char	   *name = get_rel_name(view);

	/* the table first, as TRUNCATE does, which takes the lock of the store then */
	LockRelationOid(store.events, AccessShareLock);
	(void) journey_store_lock(&store, true);
	LockRelationOid(store.sets, AccessShareLock);
	if (!journey_store_by_view(view, &store))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("the store \"%s\" was dropped meanwhile", name)));
	return store;
}

/* How far the fold that is at work here has come. */
static struct
{
	bool		running;
	Oid			view;
	TimestampTz said;
	JourneyProgress progress;
}			current_fold;

static void
show_fold(JourneyPhase phase)
{
	current_fold.progress.phase = phase;
	journey_progress_show(&current_fold.progress);
	if (journey_progress_may_say(&current_fold.said))
		ereport(NOTICE,
				(errmsg("folding \"%s\": %lld changes read, %lld sets written", get_rel_name(current_fold.view),
						(long long) current_fold.progress.rows_read, (long long) current_fold.progress.sets)));
}

void
journey_store_fold_read(uint32 changes)
{
	if (!current_fold.running)
		return;
	current_fold.progress.rows_read += changes;
	show_fold(JOURNEY_READING);
}

void
journey_store_fold_wrote(uint32 sets, uint64 steps)
{
	if (!current_fold.running)
		return;
	current_fold.progress.sets += sets;
	current_fold.progress.rows_packed += steps;
	show_fold(JOURNEY_FOLDING);
}

/* Folds a store whose lock the caller has; returns the number of changes, int8. */
static Datum
fold_store(const JourneyStore *store)
{
	volatile Datum result = (Datum) 0;
	bool		null;

	memset(&current_fold, 0, sizeof(current_fold));
	current_fold.view = store->view;
	current_fold.said = GetCurrentTimestamp();
	current_fold.running = true;
	journey_progress_start();
	PG_TRY();
	{
		result = journey_store_call(store, "SELECT journey._fold($1)", InvalidOid, (Datum) 0, false, &null);
	}
	PG_FINALLY();
	{
		current_fold.running = false;
		journey_progress_end();
	}
	PG_END_TRY();
	return result;
}

/* fold(store) */
Datum
journey_fold(PG_FUNCTION_ARGS)
{
	JourneyStore store = lock_own_store(PG_GETARG_OID(0));

	PG_RETURN_DATUM(fold_store(&store));
}

/* rebuild(store) */
Datum
journey_rebuild(PG_FUNCTION_ARGS)
{
	JourneyStore store = lock_own_store(PG_GETARG_OID(0));
	bool		null;

	PG_RETURN_DATUM(journey_store_call(&store, "SELECT journey._build($1)", InvalidOid, (Datum) 0, false, &null));
}

/* journey_of(store, subject) */
Datum
journey_store_journey_of(PG_FUNCTION_ARGS)
{
	JourneyStore store = get_store(PG_GETARG_OID(0));
	AclResult	allowed = pg_class_aclcheck(store.view, GetUserId(), ACL_SELECT);
	Datum		result;
	bool		null;

	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_VIEW, get_rel_name(store.view));
	result = journey_store_call(&store, "SELECT journey._journey_of($1, $2)", TEXTOID, PG_GETARG_DATUM(1), true, &null);
	if (null)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}

static bool
relation_exists(Oid relid)
{
	return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid));
}

/*
 * _store_facts(view): what journey.stores shows of the tables of a store, for
 * those who may read it; else NULL, also where they are gone, which must not
 * keep others from their stores.
 */
Datum
journey__store_facts(PG_FUNCTION_ARGS)
{
	JourneyStore store;
	Datum		result;
	bool		null;

	if (!journey_store_by_view(PG_GETARG_OID(0), &store) ||
		!relation_exists(store.view) || !relation_exists(store.sets) || !relation_exists(store.delta) ||
		(pg_class_aclcheck(store.view, GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
		 !object_ownercheck(RelationRelationId, store.view, GetUserId())))
		PG_RETURN_NULL();
	result = journey_store_call(&store, "SELECT journey._facts($1)", InvalidOid, (Datum) 0, true, &null);
	if (null)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}


/* ----- folding by writers ----- */

/*
 * How many bytes this session wrote to some table of changes since it last
 * looked what is in there.  The size of the table says little, for what was
 * folded leaves its pages behind until they are vacuumed.
 */
static struct
{
	Oid			delta;
	Size		written;
}			last_look;

/* Looks again when it has written this share of what is allowed. */
#define LOOK_SHARE		8

/* Whether the changes that wait take more than so many bytes. */
static bool
is_more(Oid relid, uint64 limit)
{
	Relation	rel = table_open(relid, AccessShareLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	uint64		size = 0;

	while (size <= limit && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		null;
		Datum		batch = slot_getattr(slot, 3, &null);

		size += toast_raw_datum_size(batch);
		CHECK_FOR_INTERRUPTS();
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
	return size > limit;
}

/* Bytes of a table on disk. */
static uint64
table_size(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	uint64		size = (uint64) RelationGetNumberOfBlocks(rel) * BLCKSZ;

	table_close(rel, AccessShareLock);
	return size;
}

void
journey_store_fold_if_due(const JourneyStore *store, Size written)
{
	uint64		limit;
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	if (isnan(store->fold_at) || IsolationUsesXactSnapshot())
		return;
	limit = (uint64) (Max(table_size(store->sets), 64 * BLCKSZ) * store->fold_at);
	if (last_look.delta == store->delta)
	{
		last_look.written += written;
		if (last_look.written < limit / LOOK_SHARE)
			return;
	}
	if (table_size(store->delta) < limit)
		return;
	last_look.delta = store->delta;
	last_look.written = 0;
	if (!is_more(store->delta, limit) || !journey_store_lock(store, false))
		return;

	/* the writer's statement has done its work: what goes wrong now must not undo it */
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		(void) fold_store(store);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("could not fold a store: %s", error->message),
				 errhint("The changes are kept. Run journey.fold(%s) to see what is wrong.",
						 quote_literal_cstr(get_rel_name(store->view)))));
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
}
