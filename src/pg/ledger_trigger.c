/*
 * ledger_trigger.c
 *	  What happens to every row of the consent ledger, whoever inserts it.
 *
 * When the row is inserted, it is stamped with the transaction that does so.
 * When the transaction commits, the row becomes an entry of the hash chain.
 *
 * The place in the chain is allotted as late as that because the order of the
 * chain shall be the order of commits, without a gap for what was rolled back.
 *
 * The trigger fires for each row, and the first time does it for all rows that
 * the transaction has inserted: the tables are opened once, and all is hashed
 * before the lock is taken.  When it then fires for the others, nothing is left
 * to do.  A transaction may fire it several times (SET CONSTRAINTS), and roll
 * some of that back to a savepoint.  So once it has linked anything, its rows
 * are looked for in the chain, and linked one by one: to collect all of them
 * for each statement would cost the square of their number.
 *
 * The lock is held until the commit is through: from then on, and not before,
 * writers of consent wait for each other.  It is one on an object that nobody
 * else locks (a column of journey.chain), so neither VACUUM nor a dump gets in
 * the way, and users cannot take it as they could an advisory one.
 *
 * Under the lock every entry of the chain is by a transaction that is through,
 * or by our own; so "what is true at this instant" (SnapshotSelf) finds the end
 * of the chain in any isolation level.
 *
 * The rows are written here and not by SQL: a deferred trigger runs as whoever
 * commits, with a search_path of their choice.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "beside.h"
#include "compat.h"
#include "consent_action.h"
#include "fact_pages.h"
#include "ledger_entry.h"

PG_FUNCTION_INFO_V1(journey__ledger_stamp);
PG_FUNCTION_INFO_V1(journey__ledger_chain);

enum
{
	CHAIN_PLACE,
	CHAIN_SEQ,
	CHAIN_VERSION,
	CHAIN_HASH,
	CHAIN_COLUMNS
};

static const BesideColumns chain_columns = {
	"chain", CHAIN_COLUMNS, {
		{"place", INT8OID},
		{"seq", INT8OID},
		{"version", INT2OID},
		{"hash", BYTEAOID}
	}
};

/* What gives a number a name. */
enum
{
	NAMED_NUMBER,
	NAMED_NAME,
	NAMED_COLUMNS
};

static const BesideColumns subject_columns = {
	"subject", NAMED_COLUMNS, {
		{"number", INT8OID},
		{"name", TEXTOID}
	}
};

static const BesideColumns purpose_columns = {
	"purpose", NAMED_COLUMNS, {
		{"number", INT4OID},
		{"name", TEXTOID}
	}
};

/* A row on its way into the chain. */
typedef struct Entry
{
	int64		seq;
	uint8		leaf[JN_CHAIN_HASH];
} Entry;

/* What is kept while rows of one transaction come. */
typedef struct Memory
{
	AttrNumber	ledger[LEDGER_COLUMNS];
	AttrNumber	ledger_xid;
	AttrNumber	ledger_copied;
	Beside		chain;
	Beside		subject;
	Beside		purpose;

	/* those that are done, by seq */
	bool		collected;
	int64		count;
	int64		room;
	Entry	   *entry;

	/* the purpose that was named last */
	int32		named_purpose;
	Datum		purpose_name;	/* 0: none was */
} Memory;

/* The last transaction of the session that linked entries. */
static uint64 linked_by = 0;

/* What is kept from one row to the next. */
static Memory *
memory_of(FmgrInfo *function, Relation ledger)
{
	TupleDesc	desc = RelationGetDescr(ledger);
	Memory	   *memory = function->fn_extra;

	if (memory == NULL)
	{
		memory = MemoryContextAllocZero(function->fn_mcxt, sizeof(Memory));
		journey_ledger_columns(desc, LEDGER_COLUMNS, memory->ledger);
		memory->ledger_xid = SPI_fnumber(desc, "xid");
		memory->ledger_copied = SPI_fnumber(desc, "copied");
		if (memory->ledger_xid <= 0 || memory->ledger_copied <= 0)
			elog(ERROR, "the ledger has no column xid or copied");
		function->fn_extra = memory;
	}
	return memory;
}

/* ------------------------------------------------------------------------
 * Before the row is inserted
 * ------------------------------------------------------------------------ */

/* Raises for a row that is no event. */
static void
check_row(HeapTuple row, TupleDesc desc, const Memory *memory)
{
	Datum	   *columns = palloc(desc->natts * (sizeof(Datum) + sizeof(bool)));
	bool	   *missing = (bool *) (columns + desc->natts);
	JourneyAction action;

	heap_deform_tuple(row, desc, columns, missing);
#define VALUE(field)	columns[memory->ledger[field] - 1]
#define IS_NULL(field)	missing[memory->ledger[field] - 1]

	action = IS_NULL(LEDGER_ACTION) ? ACTION_NONE :
		journey_action(TextDatumGetCString(VALUE(LEDGER_ACTION)));
	if (action == ACTION_NONE ||
		IS_NULL(LEDGER_PURPOSE) != journey_action_is_about_all(action) ||
		(!IS_NULL(LEDGER_VALID_FROM) && !IS_NULL(LEDGER_VALID_UNTIL) &&
		 DatumGetTimestampTz(VALUE(LEDGER_VALID_UNTIL)) <= DatumGetTimestampTz(VALUE(LEDGER_VALID_FROM))))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("this is no event of the consent ledger"),
				 errdetail("Its action, its purpose and its range of time do not go together.")));

	/* a flag that is NULL counts as false here; NOT NULL refuses it later */
	if (!journey_action_is_consent(action) &&
		(!IS_NULL(LEDGER_VALID_FROM) || !IS_NULL(LEDGER_VALID_UNTIL) ||
		 (!IS_NULL(LEDGER_COVERS) && DatumGetBool(VALUE(LEDGER_COVERS))) ||
		 (!IS_NULL(LEDGER_EXPLICIT) && DatumGetBool(VALUE(LEDGER_EXPLICIT))) ||
		 (!IS_NULL(LEDGER_PARENTAL) && DatumGetBool(VALUE(LEDGER_PARENTAL))) ||
		 IS_NULL(LEDGER_COUNTS) || !DatumGetBool(VALUE(LEDGER_COUNTS))))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("this is no event of the consent ledger"),
				 errdetail("Only a consent has a range of time, a reach, or a form.")));
#undef VALUE
#undef IS_NULL
	pfree(columns);
}

/*
 * Sets xid to the transaction that inserts the row: users cannot choose it, and
 * a dump brings no transactions of another server with it.  A row that comes
 * with one is such a copy; it is marked, because its place in the chain comes
 * with it too.
 */
Datum
journey__ledger_stamp(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = journey_check_trigger(fcinfo, true);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	const Memory *memory = memory_of(fcinfo->flinfo, trigger->tg_relation);
	int			columns[2] = {memory->ledger_xid, memory->ledger_copied};
	Datum		values[2];
	bool		nulls[2] = {false, false};

	check_row(trigger->tg_trigtuple, desc, memory);

	values[0] = FullTransactionIdGetDatum(GetTopFullTransactionId());
	values[1] = BoolGetDatum(!heap_attisnull(trigger->tg_trigtuple, columns[0], desc));
	return PointerGetDatum(heap_modify_tuple_by_cols(trigger->tg_trigtuple, desc, 2,
													 columns, values, nulls));
}


/* ------------------------------------------------------------------------
 * When the transaction commits
 * ------------------------------------------------------------------------ */

/* The column "name" of the row with this number, in the current memory context. */
static Datum
name_of(Relation ledger, const BesideColumns *columns, Beside *beside,
		RegProcedure equal, Datum number, bool *isnull)
{
	Relation	rel = journey_open_beside(ledger, columns, beside, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;
	Datum		result = (Datum) 0;

	ScanKeyInit(&key, beside->column[NAMED_NUMBER], BTEqualStrategyNumber, equal, number);
	scan = systable_beginscan(rel, beside->index, true, GetActiveSnapshot(), 1, &key);
	row = systable_getnext(scan);
	*isnull = true;
	if (HeapTupleIsValid(row))
	{
		result = heap_getattr(row, beside->column[NAMED_NAME], RelationGetDescr(rel), isnull);
		if (!*isnull)
			result = PointerGetDatum(PG_DETOAST_DATUM_COPY(result));
	}
	systable_endscan(scan);
	table_close(rel, NoLock);
	return result;
}

/* The name of a purpose; most rows are about the same as the one before. */
static Datum
purpose_name(Relation ledger, Memory *memory, MemoryContext keep, Datum number, bool *isnull)
{
	if (memory->purpose_name == (Datum) 0 || memory->named_purpose != DatumGetInt32(number))
	{
		MemoryContext caller = MemoryContextSwitchTo(keep);

		memory->purpose_name = name_of(ledger, &purpose_columns, &memory->purpose, F_INT4EQ, number, isnull);
		memory->named_purpose = DatumGetInt32(number);
		MemoryContextSwitchTo(caller);
	}
	*isnull = memory->purpose_name == (Datum) 0;
	return memory->purpose_name;
}

/* What the row says, hashed. */
static void
hash_row(Relation ledger, Memory *memory, MemoryContext keep, HeapTuple row, Entry *entry)
{
	TupleDesc	desc = RelationGetDescr(ledger);
	Datum	   *columns = palloc(desc->natts * sizeof(Datum));
	bool	   *missing = palloc(desc->natts * sizeof(bool));
	Datum		values[LEDGER_FIELDS];
	bool		nulls[LEDGER_FIELDS];

	heap_deform_tuple(row, desc, columns, missing);
	for (int i = 0; i < LEDGER_COLUMNS; i++)
	{
		values[i] = columns[memory->ledger[i] - 1];
		nulls[i] = missing[memory->ledger[i] - 1];
	}
	values[LEDGER_SUBJECT_NAME] = name_of(ledger, &subject_columns, &memory->subject, F_INT8EQ,
										  values[LEDGER_SUBJECT], &nulls[LEDGER_SUBJECT_NAME]);
	nulls[LEDGER_PURPOSE_NAME] = true;
	if (!nulls[LEDGER_PURPOSE])
		values[LEDGER_PURPOSE_NAME] = purpose_name(ledger, memory, keep, values[LEDGER_PURPOSE],
												   &nulls[LEDGER_PURPOSE_NAME]);

	entry->seq = DatumGetInt64(values[LEDGER_SEQ]);
	journey_ledger_leaf(values, nulls, entry->leaf);
}

/* Room for one entry more. */
static void
make_room(Memory *memory, MemoryContext keep)
{
	if (memory->count < memory->room)
		return;
	memory->room = Max(16, 2 * memory->room);
	memory->entry = memory->entry == NULL ?
		MemoryContextAlloc(keep, memory->room * sizeof(Entry)) :
		repalloc_huge(memory->entry, memory->room * sizeof(Entry));
}

/* The index whose only or first column is this one; raises if there is none. */
static Oid
index_on(Relation rel, AttrNumber attnum)
{
	List	   *indexes = RelationGetIndexList(rel);
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);

		if (index->rd_index->indkey.values[0] == attnum && index->rd_index->indisvalid &&
			index->rd_rel->relam == BTREE_AM_OID && heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
			result = lfirst_oid(cell);
		index_close(index, AccessShareLock);
	}
	list_free(indexes);
	if (!OidIsValid(result))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("consent cannot be recorded"),
				 errdetail("An index of the table \"%s\" of the extension is missing.", RelationGetRelationName(rel))));
	return result;
}

static int
compare_entries(const void *a, const void *b)
{
	int64		x = ((const Entry *) a)->seq;
	int64		y = ((const Entry *) b)->seq;

	return x < y ? -1 : x > y;
}

/* All rows of our transaction, but those that bring their place with them. */
static void
collect_entries(Relation ledger, Memory *memory, MemoryContext keep, uint64 xid)
{
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "journey ledger row",
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&key, memory->ledger_xid, BTEqualStrategyNumber, F_XID8EQ,
				FullTransactionIdGetDatum(FullTransactionIdFromU64(xid)));
	scan = systable_beginscan(ledger, index_on(ledger, memory->ledger_xid), true, SnapshotSelf, 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		if (DatumGetBool(heap_getattr(row, memory->ledger_copied, RelationGetDescr(ledger), &isnull)))
			continue;
		make_room(memory, keep);
		MemoryContextSwitchTo(row_context);
		hash_row(ledger, memory, keep, row, &memory->entry[memory->count++]);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row_context);
	}
	systable_endscan(scan);
	MemoryContextDelete(row_context);
	if (memory->count > 1)
		qsort(memory->entry, memory->count, sizeof(Entry), compare_entries);
	memory->collected = true;
}

/* The last entry of the chain; false if there is none. */
static bool
find_end(Relation chain, const Beside *beside, int64 *place, uint8 link[JN_CHAIN_HASH])
{
	Relation	index = index_open(beside->index, AccessShareLock);
	SysScanDesc scan = systable_beginscan_ordered(chain, index, SnapshotSelf, 0, NULL);
	HeapTuple	row = systable_getnext_ordered(scan, BackwardScanDirection);
	bool		found = HeapTupleIsValid(row);

	if (found)
	{
		bool		isnull;
		struct varlena *hash;

		*place = DatumGetInt64(heap_getattr(row, beside->column[CHAIN_PLACE], RelationGetDescr(chain), &isnull));
		hash = PG_DETOAST_DATUM_PACKED(heap_getattr(row, beside->column[CHAIN_HASH], RelationGetDescr(chain), &isnull));
		if (VARSIZE_ANY_EXHDR(hash) != JN_CHAIN_HASH)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("the last entry in the chain of the consent ledger is damaged"),
					 errhint("SELECT * FROM journey.ledger_verify() tells more.")));
		memcpy(link, VARDATA_ANY(hash), JN_CHAIN_HASH);
	}
	systable_endscan_ordered(scan);
	index_close(index, AccessShareLock);
	return found;
}

/* Is there a place for it already? */
static bool
is_linked(Relation chain, Oid by_seq, AttrNumber column, int64 seq)
{
	ScanKeyData key;
	SysScanDesc scan;
	bool		found;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(seq));
	scan = systable_beginscan(chain, by_seq, true, SnapshotSelf, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	return found;
}

/* Gives places to entries, in their order, and writes them down. */
static void
link_entries(Relation ledger, Memory *memory, const Entry *entries, int64 count, uint64 xid)
{
	Relation	chain = journey_open_beside(ledger, &chain_columns, &memory->chain, RowExclusiveLock);
	const AttrNumber *column = memory->chain.column;
	bool		linked_before = linked_by == xid;
	Oid			by_seq = InvalidOid;
	CatalogIndexState indexes;
	struct
	{
		struct varlena head;
		uint8		bytes[JN_CHAIN_HASH];
	}			hash;
	int64		place = 0;
	bool		follows;

	if (RelationGetNumberOfAttributes(chain) != CHAIN_COLUMNS)
		elog(ERROR, "the chain of the ledger has other columns");
	if (linked_before)
		by_seq = index_on(chain, column[CHAIN_SEQ]);

	/* held to the end of the transaction */
	LockDatabaseObject(RelationRelationId, RelationGetRelid(chain), 1, ExclusiveLock);
	linked_by = xid;

	follows = find_end(chain, &memory->chain, &place, hash.bytes);
	SET_VARSIZE(&hash, VARHDRSZ + JN_CHAIN_HASH);
	indexes = CatalogOpenIndexes(chain);
	for (int64 i = 0; i < count; i++)
	{
		Datum		values[CHAIN_COLUMNS];
		bool		nulls[CHAIN_COLUMNS] = {false};
		HeapTuple	row;

		CHECK_FOR_INTERRUPTS();
		if (linked_before && is_linked(chain, by_seq, column[CHAIN_SEQ], entries[i].seq))
			continue;

		place++;
		journey_ledger_link(hash.bytes, place, follows ? hash.bytes : NULL, entries[i].leaf);
		follows = true;
		values[column[CHAIN_PLACE] - 1] = Int64GetDatum(place);
		values[column[CHAIN_SEQ] - 1] = Int64GetDatum(entries[i].seq);
		values[column[CHAIN_VERSION] - 1] = Int16GetDatum(JN_CHAIN_VERSION);
		values[column[CHAIN_HASH] - 1] = PointerGetDatum(&hash);
		row = heap_form_tuple(RelationGetDescr(chain), values, nulls);
		CatalogTupleInsertWithInfo(chain, row, indexes);
		heap_freetuple(row);
	}
	CatalogCloseIndexes(indexes);
	table_close(chain, NoLock);
}

Datum
journey__ledger_chain(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = journey_check_trigger(fcinfo, false);
	Relation	ledger = trigger->tg_relation;
	MemoryContext keep = fcinfo->flinfo->fn_mcxt;
	Memory	   *memory = memory_of(fcinfo->flinfo, ledger);
	uint64		xid = U64FromFullTransactionId(GetTopFullTransactionId());
	Entry		wanted = {0};
	bool		isnull;

	wanted.seq = DatumGetInt64(heap_getattr(trigger->tg_trigtuple, memory->ledger[LEDGER_SEQ],
											RelationGetDescr(ledger), &isnull));
	if (!memory->collected && linked_by != xid)
	{
		/* takes a while, so it comes before the lock */
		journey_fact_pages_write_due();
		collect_entries(ledger, memory, keep, xid);
		link_entries(ledger, memory, memory->entry, memory->count, xid);
	}

	/* one that came since, or after others had their places, or under another transaction's number */
	if (memory->count == 0 ||
		bsearch(&wanted, memory->entry, memory->count, sizeof(Entry), compare_entries) == NULL)
	{
		hash_row(ledger, memory, keep, trigger->tg_trigtuple, &wanted);
		link_entries(ledger, memory, &wanted, 1, xid);
	}
	return PointerGetDatum(NULL);
}
