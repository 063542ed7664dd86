/*
 * store.c
 *	  What journey.store says of a store, its lock, and running something as its
 *	  owner.
 */
#include "postgres.h"

#include <math.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

#include "compat.h"
#include "core/store_merge.h"
#include "own_tables.h"
#include "store.h"

/* The columns of journey.store that C reads. */
static const char *const column_name[] = {"id", "view", "events", "sets", "delta", "fold_at"};

/* The lock of a store is on its table of changes, under a number that no lock of the server has. */
#define STORE_LOCK_SUBID	1

/* Finds the row of journey.store whose column equals a value. */
static bool
find_store(int column, const pg_uuid_t *id, Oid view, JourneyStore *store)
{
	Oid			extension;
	Oid			owner;
	Oid			schema;
	Oid			relid = InvalidOid;
	Relation	rel;
	AttrNumber	attnum[lengthof(column_name)];
	Snapshot	snapshot;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	if (journey_find_extension(&extension, &owner, &schema))
		relid = get_relname_relid("store", schema);
	if (!OidIsValid(relid))
		return false;
	rel = table_open(relid, AccessShareLock);
	for (int i = 0; i < lengthof(column_name); i++)
		attnum[i] = get_attnum(relid, column_name[i]);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	while (!found && (tuple = systable_getnext(scan)) != NULL)
	{
		Datum		value[lengthof(column_name)];
		bool		null[lengthof(column_name)];

		for (int i = 0; i < lengthof(column_name); i++)
			value[i] = heap_getattr(tuple, attnum[i], RelationGetDescr(rel), &null[i]);
		found = id != NULL ? memcmp(DatumGetUUIDP(value[0]), id, sizeof(pg_uuid_t)) == 0
			: DatumGetObjectId(value[1]) == view;
		if (!found)
			continue;
		store->id = *DatumGetUUIDP(value[0]);
		store->view = DatumGetObjectId(value[1]);
		store->events = DatumGetObjectId(value[2]);
		store->sets = DatumGetObjectId(value[3]);
		store->delta = DatumGetObjectId(value[4]);
		store->fold_at = null[5] ? NAN : DatumGetFloat8(value[5]);
	}
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, AccessShareLock);
	return found;
}

bool
journey_store_by_id(const pg_uuid_t *id, JourneyStore *store)
{
	return find_store(0, id, InvalidOid, store);
}

bool
journey_store_by_view(Oid view, JourneyStore *store)
{
	return find_store(1, NULL, view, store);
}

bool
journey_store_lock(const JourneyStore *store, bool wait)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, RelationRelationId, store->delta, STORE_LOCK_SUBID);
	return LockAcquire(&tag, ExclusiveLock, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

/* Sets a setting until AtEOXact_GUC(). */
static void
set_for_now(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

Datum
journey_store_call(const JourneyStore *store, const char *statement, Oid type, Datum argument, bool read_only,
				   bool *null)
{
	Relation	rel = table_open(store->sets, AccessShareLock);
	Oid			owner = rel->rd_rel->relowner;
	Oid			types[2] = {UUIDOID, type};
	Datum		values[2] = {UUIDPGetDatum(&store->id), argument};
	Datum		result = (Datum) 0;
	Oid			user;
	int			security;
	int			settings;

	table_close(rel, AccessShareLock);
	GetUserIdAndSecContext(&user, &security);
	settings = NewGUCNestLevel();
	SetUserIdAndSecContext(owner, security | SECURITY_RESTRICTED_OPERATION);
	set_for_now("search_path", "pg_catalog, pg_temp");
	SPI_connect();
	if (SPI_execute_with_args(statement, OidIsValid(type) ? 2 : 1, types, values, NULL, read_only, 1) != SPI_OK_SELECT
		|| SPI_processed != 1)
		elog(ERROR, "a call for a store gave no row");
	result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, null);
	if (!*null)
	{
		Oid			result_type = SPI_gettypeid(SPI_tuptable->tupdesc, 1);
		int16		length;
		bool		by_value;

		get_typlenbyval(result_type, &length, &by_value);
		result = SPI_datumTransfer(result, by_value, length);
	}
	SPI_finish();
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(user, security);
	return result;
}

TimestampTz
journey_store_chunk_at(int64 time, uint64 length)
{
	int64		begin = jn_store_chunk(time, length) * (int64) length;

	return length == 0 || begin < MIN_TIMESTAMP ? DT_NOBEGIN : begin;
}
