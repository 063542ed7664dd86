/*
 * ledger_trigger.c
 *	  What happens to every row of the consent ledger, whoever inserts it.
 *
 * When the row is inserted, it is stamped with the transaction that does so.
 * When the transaction commits, the row becomes an entry of the hash chain.
 *
 * The place in the chain is allotted as late as that because the order of the
 * chain shall be the order of commits, without a gap for what was rolled back.
 * The first entry of a transaction takes a lock that is held until the commit
 * is through: from then on, and not before, writers of consent wait for each
 * other.  The lock is one on an object that nobody else locks (a column of
 * journey.chain), so neither VACUUM nor a dump gets in the way, and users
 * cannot take it as they could an advisory one.
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
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
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

/* What is kept while rows of one transaction come. */
typedef struct Memory
{
	AttrNumber	ledger[LEDGER_COLUMNS];
	Beside		chain;
	Beside		subject;
	Beside		purpose;
} Memory;


/* ------------------------------------------------------------------------
 * Before the row is inserted
 * ------------------------------------------------------------------------ */

/* A column of the row; (Datum) 0 for NULL. */
static Datum
row_column(HeapTuple row, TupleDesc desc, const char *name, bool *isnull)
{
	int			number = SPI_fnumber(desc, name);

	if (number <= 0)
		elog(ERROR, "the ledger has no column \"%s\"", name);
	return heap_getattr(row, number, desc, isnull);
}

static bool
row_flag(HeapTuple row, TupleDesc desc, const char *name)
{
	bool		isnull;

	return DatumGetBool(row_column(row, desc, name, &isnull));
}

/* Raises for a row that is no event. */
static void
check_row(HeapTuple row, TupleDesc desc)
{
	bool		isnull;
	bool		no_purpose;
	bool		no_from;
	bool		no_until;
	TimestampTz from = DatumGetTimestampTz(row_column(row, desc, "valid_from", &no_from));
	TimestampTz until = DatumGetTimestampTz(row_column(row, desc, "valid_until", &no_until));
	Datum		name = row_column(row, desc, "action", &isnull);
	JourneyAction action = isnull ? ACTION_NONE : journey_action(TextDatumGetCString(name));

	row_column(row, desc, "purpose", &no_purpose);
	if (action == ACTION_NONE ||
		no_purpose != journey_action_is_about_all(action) ||
		(!no_from && !no_until && until <= from))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("this is no event of the consent ledger"),
				 errdetail("Its action, its purpose and its range of time do not go together.")));

	if (!journey_action_is_consent(action) &&
		(!no_from || !no_until ||
		 row_flag(row, desc, "covers_descendants") ||
		 row_flag(row, desc, "explicit") ||
		 row_flag(row, desc, "parental") ||
		 !row_flag(row, desc, "counts")))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("this is no event of the consent ledger"),
				 errdetail("Only a consent has a range of time, a reach, or a form.")));
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
	int			columns[2] = {SPI_fnumber(desc, "xid"), SPI_fnumber(desc, "copied")};
	Datum		values[2];
	bool		nulls[2] = {false, false};

	if (columns[0] <= 0 || columns[1] <= 0)
		elog(ERROR, "the ledger has no column xid or copied");
	check_row(trigger->tg_trigtuple, desc);

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

/* What the row says, hashed. */
static void
hash_row(Relation ledger, Memory *memory, HeapTuple row, uint8 leaf[JN_CHAIN_HASH], Datum *seq)
{
	Datum		values[LEDGER_FIELDS];
	bool		nulls[LEDGER_FIELDS];

	for (int i = 0; i < LEDGER_COLUMNS; i++)
		values[i] = heap_getattr(row, memory->ledger[i], RelationGetDescr(ledger), &nulls[i]);

	values[LEDGER_SUBJECT_NAME] = name_of(ledger, &subject_columns, &memory->subject, F_INT8EQ,
										  values[LEDGER_SUBJECT], &nulls[LEDGER_SUBJECT_NAME]);
	nulls[LEDGER_PURPOSE_NAME] = true;
	if (!nulls[LEDGER_PURPOSE])
		values[LEDGER_PURPOSE_NAME] = name_of(ledger, &purpose_columns, &memory->purpose, F_INT4EQ,
											  values[LEDGER_PURPOSE], &nulls[LEDGER_PURPOSE_NAME]);

	journey_ledger_leaf(values, nulls, leaf);
	*seq = values[LEDGER_SEQ];
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

Datum
journey__ledger_chain(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = journey_check_trigger(fcinfo, false);
	Relation	ledger = trigger->tg_relation;
	FmgrInfo   *function = fcinfo->flinfo;
	Memory	   *memory = function->fn_extra;
	Relation	chain;
	struct
	{
		struct varlena head;
		uint8		bytes[JN_CHAIN_HASH];
	}			hash;
	uint8		leaf[JN_CHAIN_HASH];
	int64		place = 0;
	bool		follows;
	Datum		values[CHAIN_COLUMNS];
	bool		nulls[CHAIN_COLUMNS] = {false};
	Datum		seq;

	if (memory == NULL)
	{
		memory = MemoryContextAllocZero(function->fn_mcxt, sizeof(Memory));
		journey_ledger_columns(RelationGetDescr(ledger), LEDGER_COLUMNS, memory->ledger);
		function->fn_extra = memory;
	}
	chain = journey_open_beside(ledger, &chain_columns, &memory->chain, RowExclusiveLock);
	if (RelationGetNumberOfAttributes(chain) != CHAIN_COLUMNS)
		elog(ERROR, "the chain of the ledger has other columns");

	hash_row(ledger, memory, trigger->tg_trigtuple, leaf, &seq);

	/* held to the end of the transaction */
	LockDatabaseObject(RelationRelationId, RelationGetRelid(chain), 1, ExclusiveLock);

	follows = find_end(chain, &memory->chain, &place, hash.bytes);
	place++;
	journey_ledger_link(hash.bytes, place, follows ? hash.bytes : NULL, leaf);
	SET_VARSIZE(&hash, VARHDRSZ + JN_CHAIN_HASH);

	values[memory->chain.column[CHAIN_PLACE] - 1] = Int64GetDatum(place);
	values[memory->chain.column[CHAIN_SEQ] - 1] = seq;
	values[memory->chain.column[CHAIN_VERSION] - 1] = Int16GetDatum(JN_CHAIN_VERSION);
	values[memory->chain.column[CHAIN_HASH] - 1] = PointerGetDatum(&hash);
	CatalogTupleInsert(chain, heap_form_tuple(RelationGetDescr(chain), values, nulls));

	table_close(chain, NoLock);
	return PointerGetDatum(NULL);
}
