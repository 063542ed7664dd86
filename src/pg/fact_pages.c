/*
 * fact_pages.c
 *	  What is known about all subjects, packed in a table of the database.
 *
 * Why it may be believed.  The bytes say what a snapshot S saw of transactions
 * other than the one that wrote them.  Who reads them does so under a snapshot
 * F that sees the writer's commit, so F is later than S, on a standby too.
 * What changed between S and F is named by changes.c, as it is for a session
 * that kept facts of its own since S: the transactions that were running at S,
 * the writer's own among them, and all later ones.
 *
 * A session drops what it keeps when one of our tables is invalidated; bytes in
 * a table cannot be told.  So they carry a digest of the rows of the catalogs
 * that describe our tables: pg_class, pg_attribute, pg_trigger, the functions of
 * the triggers, and the labels of subject_kind, each by the transaction that
 * wrote it and its place.  DDL leaves another version of one of them: a table
 * replaced, rewritten or emptied, a trigger disabled and enabled again, columns
 * that exchanged their names.  VACUUM and ANALYZE change pg_class in place.  The
 * digest is taken under S, and compared under F: then data and catalog are of
 * one moment.  It is also compared with what our own transaction sees, whose
 * DDL neither of them does.
 *
 * A copy of the table means nothing elsewhere: the bytes name their cluster and
 * database.  (They are not part of dumps.)
 *
 * Only one transaction at a time changes the table, because of a lock that it
 * keeps to its end; readers do not take it.  Writing tries it, and leaves the
 * work to who has it.  Forgetting a name waits, or a name could come to stay.
 * So that it does not wait for long, a transaction that records consent writes
 * when it commits, when it needs no more locks on subjects, and before it takes
 * that on the end of the ledger's chain, for which others wait.
 *
 * Erased subjects are left out: they are denied either way.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/instrument.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "core/crypto.h"
#include "core/fact_bytes.h"
#include "decision.h"
#include "fact_cache.h"
#include "fact_pages.h"
#include "fact_read.h"
#include "glue.h"
#include "probe.h"

PG_FUNCTION_INFO_V1(journey__fact_pages_write);
PG_FUNCTION_INFO_V1(journey__fact_pages_forget);

/* Bytes of a row: with its header, the part and the length it fills a page of the table. */
#define PART_BYTES		(MaxHeapTupleSize - 64)

/* Older than so many transactions they are not used: xmin in catalogs has 32 bits. */
#define OLDEST			(UINT64CONST(1) << 31)

/* So many names are read before the first of them is looked for. */
#define NAMES_AHEAD		16

/* One event of so many looks whether the pages are to be written. */
#define LOOK_EVERY		1024

/* They are not written for fewer subjects, or after fewer events. */
#define FEWEST			10000

/* ... or before there was one event for so many subjects. */
#define EVENT_SHARE		4

StaticAssertDecl(JN_FACT_RUNNING == JOURNEY_MOMENT_RUNNING, "a moment fits");
StaticAssertDecl(JN_FACT_NAME == JOURNEY_MAX_SUBJECT, "a name fits");
StaticAssertDecl(JN_FACT_FEW == FEW_FACTS && JN_FACT_MORE == MORE_FACTS, "arrays are copied");


/* ------------------------------------------------------------------------
 * Which tables they were read from
 * ------------------------------------------------------------------------ */

/* The versions of the rows of a catalog whose column has this value, in the order of the index. */
static int
add_versions(StringInfo out, Oid catalog, Oid index, AttrNumber column, Oid value, Snapshot snapshot,
			 List **functions)
{
	Relation	rel = table_open(catalog, AccessShareLock);
	int			rows = 0;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
	scan = systable_beginscan(rel, index, true, snapshot, 1, &key);
	journey_probe_do_not_count(rel);
	if (scan->irel != NULL)
		journey_probe_do_not_count(scan->irel);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		TransactionId xmin = HeapTupleHeaderGetRawXmin(tuple->t_data);

		appendBinaryStringInfo(out, (const char *) &value, sizeof(value));
		appendBinaryStringInfo(out, (const char *) &xmin, sizeof(xmin));
		appendBinaryStringInfo(out, (const char *) &tuple->t_self, sizeof(tuple->t_self));
		if (functions != NULL)
			*functions = lappend_oid(*functions, ((Form_pg_trigger) GETSTRUCT(tuple))->tgfoid);
		rows++;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);

	/* so that rows of one catalog are not taken for those of the next */
	appendBinaryStringInfo(out, (const char *) &rows, sizeof(rows));
	return rows;
}

/* The tables as the snapshot sees them; false if one is missing. */
static bool
take_origin(const JourneyTable *tables, Snapshot snapshot, uint8 origin[JN_FACT_ORIGIN])
{
	static const JourneyOwnTable origins[] = {JOURNEY_SUBJECT, JOURNEY_STATE, JOURNEY_LEDGER, JOURNEY_CHANGE};
	Oid			kind = get_atttype(tables[JOURNEY_SUBJECT].relid,
								   tables[JOURNEY_SUBJECT].column[JOURNEY_SUBJECT_KIND]);
	List	   *functions = NIL;
	bool		found = true;
	StringInfoData versions;
	ListCell   *cell;
	JnBytes		part;
	JnError		err;

	initStringInfo(&versions);
	for (int i = 0; i < lengthof(origins); i++)
	{
		Oid			relid = tables[origins[i]].relid;

		found &= add_versions(&versions, RelationRelationId, ClassOidIndexId, Anum_pg_class_oid, relid,
							  snapshot, NULL) == 1;
		add_versions(&versions, AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid,
					 relid, snapshot, NULL);
		add_versions(&versions, TriggerRelationId, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid,
					 relid, snapshot, &functions);
	}
	foreach(cell, functions)
		found &= add_versions(&versions, ProcedureRelationId, ProcedureOidIndexId, Anum_pg_proc_oid,
							  lfirst_oid(cell), snapshot, NULL) == 1;
	add_versions(&versions, EnumRelationId, EnumTypIdLabelIndexId, Anum_pg_enum_enumtypid, kind, snapshot, NULL);

	part = (JnBytes) {versions.data, versions.len};
	if (jn_crypto_init(&err) != JN_OK || jn_hash(origin, JN_FACT_ORIGIN, NULL, 0, &part, 1, &err) != JN_OK)
		found = false;
	pfree(versions.data);
	list_free(functions);
	return found;
}

bool
journey_fact_pages_origin(const JourneyTable *tables, Snapshot snapshot, uint8 origin[JN_FACT_ORIGIN])
{
	Snapshot	own = RegisterSnapshot(GetCatalogSnapshot(tables[JOURNEY_STATE].relid));
	uint8		seen[JN_FACT_ORIGIN];
	bool		agreed = take_origin(tables, own, seen) && take_origin(tables, snapshot, origin) &&
	memcmp(seen, origin, JN_FACT_ORIGIN) == 0;

	UnregisterSnapshot(own);
	return agreed;
}


/* ------------------------------------------------------------------------
 * Rows of the table
 * ------------------------------------------------------------------------ */

/* What the rows hold, put together. */
typedef struct Pages
{
	bool		any;			/* is there a row? */
	uint8	   *bytes;			/* NULL: nothing, or not as it must be */
	uint64		size;
	JnFactHeader header;

	/* the rows, of which each has PART_BYTES but the last one */
	int			parts;
	ItemPointerData *place;		/* if asked for */
} Pages;

/* Reads the rows as the snapshot sees them; those of more than "limit" bytes are not taken. */
static void
gather(Pages *pages, const JourneyTable *tables, Snapshot snapshot, uint64 limit, bool places)
{
	JourneyProbe probe;
	uint64		filled = 0;
	bool		fits = true;
	JnError		err;

	memset(pages, 0, sizeof(*pages));
	journey_probe_begin_all(&probe, &tables[JOURNEY_FACT_PAGE], snapshot, true);
	/* a damaged size asks for no more memory than the table has bytes */
	if (probe.rel != NULL)
		limit = Min(limit, (uint64) RelationGetNumberOfBlocks(probe.rel) * BLCKSZ);
	while (fits && journey_probe_next(&probe))
	{
		bytea	   *row = DatumGetByteaPP(journey_probe_column(&probe, JOURNEY_FACT_PAGE_BYTES));
		const uint8 *data = (const uint8 *) VARDATA_ANY(row);
		uint64		size = VARSIZE_ANY_EXHDR(row);

		CHECK_FOR_INTERRUPTS();
		pages->any = true;
		fits = DatumGetInt32(journey_probe_column(&probe, JOURNEY_FACT_PAGE_PART)) == pages->parts;
		if (fits && pages->parts == 0)
		{
			fits = jn_fact_read_header(data, size, &pages->header, &err) == JN_OK &&
				pages->header.size <= limit;
			if (fits)
			{
				pages->size = pages->header.size;
				pages->bytes = palloc_extended(pages->size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
				if (places)
					pages->place = palloc((pages->size / PART_BYTES + 1) * sizeof(ItemPointerData));
			}
		}
		fits = fits && pages->bytes != NULL && size <= pages->size - filled &&
			size == Min(PART_BYTES, pages->size - filled);
		if (!fits)
			break;
		memcpy(pages->bytes + filled, data, size);
		if (places)
			pages->place[pages->parts] = probe.row->t_self;
		filled += size;
		pages->parts++;
	}
	journey_probe_end(&probe);
	if (!fits || pages->bytes == NULL || filled != pages->size)
		pages->bytes = NULL;
}

static HeapTuple
form_part(Relation rel, const JourneyTable *table, int part, const uint8 *bytes, uint64 size)
{
	TupleDesc	desc = RelationGetDescr(rel);
	bytea	   *row = palloc(VARHDRSZ + size);
	Datum	   *values = palloc0(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc(desc->natts * sizeof(bool));
	HeapTuple	result;

	SET_VARSIZE(row, VARHDRSZ + size);
	memcpy(VARDATA(row), bytes, size);
	memset(nulls, true, desc->natts * sizeof(bool));
	values[table->column[JOURNEY_FACT_PAGE_PART] - 1] = Int32GetDatum(part);
	nulls[table->column[JOURNEY_FACT_PAGE_PART] - 1] = false;
	values[table->column[JOURNEY_FACT_PAGE_BYTES] - 1] = PointerGetDatum(row);
	nulls[table->column[JOURNEY_FACT_PAGE_BYTES] - 1] = false;
	result = heap_form_tuple(desc, values, nulls);
	pfree(row);
	pfree(values);
	pfree(nulls);
	return result;
}

/* All rows that there are at this instant; the lock is held. */
static void
delete_parts(Relation rel, const JourneyTable *table)
{
	JourneyProbe probe;

	journey_probe_begin_all(&probe, table, SnapshotSelf, true);
	while (journey_probe_next(&probe))
		CatalogTupleDelete(rel, &probe.row->t_self);
	journey_probe_end(&probe);
}

/* Puts these bytes in the place of what is there; the lock is held. */
static void
replace_parts(const JourneyTable *table, const uint8 *bytes, uint64 size)
{
	Relation	rel = table_open(table->relid, NoLock);
	CatalogIndexState indexes;

	delete_parts(rel, table);
	indexes = CatalogOpenIndexes(rel);
	for (uint64 at = 0; at < size; at += PART_BYTES)
	{
		HeapTuple	row = form_part(rel, table, at / PART_BYTES, bytes + at, Min(PART_BYTES, size - at));

		CHECK_FOR_INTERRUPTS();
		CatalogTupleInsertWithInfo(rel, row, indexes);
		heap_freetuple(row);
	}
	CatalogCloseIndexes(indexes);
	table_close(rel, NoLock);
	CommandCounterIncrement();
}


/* ------------------------------------------------------------------------
 * Taking them
 * ------------------------------------------------------------------------ */

/* Are they of this cluster and database, and of a moment before the snapshot? */
static bool
is_ours(const JnFactHeader *header, Snapshot snapshot)
{
	JourneyMoment now;

	journey_moment_of(&now, snapshot);
	return header->system == GetSystemIdentifier() &&
		header->database == MyDatabaseId &&
		header->xmin <= header->xmax &&
		header->xmax <= now.xmax &&
		now.xmax - header->xmax < OLDEST;
}

/* A text of the bytes as facts have it; NULL if it cannot be one. */
static const char *
take_text(FactStore *store, const char *text, uint32 size)
{
	char	   *copy;
	const char *result = NULL;

	if (size == 0)
		return "";
	copy = pnstrdup(text, size);
	if (strlen(copy) == size)
		result = journey_fact_store_intern(store, copy);
	pfree(copy);
	return result;
}

/* The next facts, which are to get this number.  False: no room, or not as they must be. */
static bool
take_facts(FactStore *store, JnFactReader *reader, uint32 number)
{
	JnFact		fact;
	JnFactWord	spoken;
	JourneyFacts *facts;
	JnError		err;
	bool		taken;

	if (jn_fact_next(reader, &fact, &err) != JN_OK || fact.kind >= JN_KINDS)
		return false;
	facts = palloc_extended(offsetof(JourneyFacts, word) + fact.words * sizeof(JourneyWord),
							MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM | MCXT_ALLOC_ZERO);
	if (facts == NULL)
		return false;
	facts->born = fact.born;
	facts->kind = fact.kind;
	facts->restricted = fact.restricted;
	facts->erased = fact.erased;
	facts->count = fact.words;
	taken = true;
	if (fact.jurisdiction != NULL)
	{
		facts->jurisdiction = take_text(store, fact.jurisdiction, fact.jurisdiction_size);
		taken = facts->jurisdiction != NULL;
	}
	for (uint32 i = 0; taken && i < fact.words; i++)
	{
		JourneyWord *word = &facts->word[i];

		taken = jn_fact_next_word(reader, &spoken, &err) == JN_OK;
		if (!taken)
			break;
		word->purpose = spoken.purpose;
		word->given = spoken.given;
		word->refused = spoken.refused;
		word->withdrawn = spoken.withdrawn;
		word->objected = spoken.objected;
		word->expired = spoken.expired;
		word->covers = spoken.covers;
		word->is_explicit = spoken.is_explicit;
		word->parental = spoken.parental;
		word->from = spoken.from;
		word->until = spoken.until;
		word->notice = take_text(store, spoken.notice, spoken.notice_size);
		taken = word->notice != NULL && (i == 0 || word[-1].purpose < word->purpose);
	}
	taken = taken && journey_fact_store_number(store, facts) == number;
	pfree(facts);
	return taken;
}

/*
 * The names that have no place.  Each is set when some more were read, so that
 * the processor fetches their slots meanwhile.  False: no room, or not as they
 * must be.
 */
static bool
take_names(FactStore *store, JnFactReader *reader)
{
	struct
	{
		const char *name;
		uint32		size;
		uint32		facts;
	}			ahead[NAMES_AHEAD] = {{0}};

	for (uint64 i = 0, left = NAMES_AHEAD; left > 0; i = (i + 1) % NAMES_AHEAD)
	{
		JnError		err;

		if (i == 0)
			CHECK_FOR_INTERRUPTS();
		if (ahead[i].facts > 0 &&
			!journey_fact_store_set(store, ahead[i].name, ahead[i].size, ahead[i].facts))
			return false;
		if (jn_fact_next_name(reader, &ahead[i].name, &ahead[i].size, &ahead[i].facts, &err) != JN_OK)
			return false;
		if (ahead[i].facts > 0)
			journey_fact_store_hint(store, ahead[i].name, ahead[i].size);
		/* after the last one: once around for those that wait */
		left = ahead[i].size == 0 ? left - 1 : NAMES_AHEAD;
	}
	return true;
}

bool
journey_fact_pages_take_facts(FactStore *store, JnFactReader *reader, uint32 count)
{
	for (uint32 i = 1; i <= count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!take_facts(store, reader, i))
			return false;
	}
	return true;
}

/* All that the bytes say.  False: no room, or not as they must be. */
static bool
take_all(FactStore *store, JnFactReader *reader)
{
	JnNumbered	numbered;
	uint64		places;
	const uint8 *few;
	JnError		err;

	if (!journey_fact_pages_take_facts(store, reader, reader->header.facts) ||
		jn_fact_series(reader, &numbered, &places, &few, &err) != JN_OK)
		return false;
	if (places > 0)
	{
		store->few = journey_fact_store_memory(store, places / 2 + 1);
		store->more = journey_fact_store_memory(store, places * sizeof(uint16));
		if (store->few == NULL || store->more == NULL ||
			jn_fact_more(reader, places, few, store->more, &err) != JN_OK)
			return false;
		memcpy(store->few, few, (places + 1) / 2);
		store->numbered = numbered;
		store->places = places;
		store->loaded = reader->header.subjects - Min(reader->header.subjects, reader->header.names);
	}

	return take_names(store, reader);
}

uint64
journey_fact_pages_size(const JourneyTable *tables, uint64 *id)
{
	BufferUsage buffers = pgBufferUsage;
	Snapshot	snapshot = RegisterSnapshot(GetCatalogSnapshot(tables[JOURNEY_STATE].relid));
	JnFactHeader header = {.size = 0};
	JourneyProbe probe;
	JnError		err;

	*id = 0;
	journey_probe_begin(&probe, &tables[JOURNEY_FACT_PAGE], snapshot, F_INT4EQ, Int32GetDatum(0));
	if (journey_probe_next(&probe))
	{
		bytea	   *row = DatumGetByteaPP(journey_probe_column(&probe, JOURNEY_FACT_PAGE_BYTES));

		if (jn_fact_read_header((const uint8 *) VARDATA_ANY(row), VARSIZE_ANY_EXHDR(row), &header, &err) == JN_OK &&
			is_ours(&header, snapshot))
			*id = header.xmax;
	}
	journey_probe_end(&probe);
	UnregisterSnapshot(snapshot);
	pgBufferUsage = buffers;
	return *id == 0 ? 0 : header.size;
}

JourneyPages
journey_fact_pages_load(FactStore *store, MemoryContext context, Size limit, JourneyMoment *moment,
						uint8 origin[JN_FACT_ORIGIN], const JourneyTable *tables, Snapshot snapshot)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject pages",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JnFactReader reader;
	JnError		err;
	Pages		pages;
	JourneyPages result;

	gather(&pages, tables, snapshot, limit, false);
	if (!pages.any)
		result = JOURNEY_PAGES_NONE;
	else if (pages.bytes == NULL)
		result = JOURNEY_PAGES_DAMAGED;
	else if (!is_ours(&pages.header, snapshot) || !journey_fact_pages_origin(tables, snapshot, origin) ||
			 memcmp(origin, pages.header.origin, JN_FACT_ORIGIN) != 0)
		result = JOURNEY_PAGES_NOT_OURS;
	else if (jn_fact_open(&reader, pages.bytes, pages.size, &err) != JN_OK ||
			 !journey_fact_store_begin(store, context, limit, pages.header.names) ||
			 !take_all(store, &reader))
		result = JOURNEY_PAGES_DAMAGED;
	else
		result = JOURNEY_PAGES_TAKEN;
	MemoryContextSwitchTo(caller);

	if (result == JOURNEY_PAGES_TAKEN)
	{
		/* it is not what any snapshot of ours sees, and has to be brought up */
		memset(moment, 0, sizeof(*moment));
		moment->xmin = pages.header.xmin;
		moment->xmax = pages.header.xmax;
		moment->own = PG_UINT64_MAX;
		moment->running_count = pages.header.running_count;
		for (int i = 0; i < pages.header.running_count; i++)
			moment->running[i] = pages.header.running[i];
	}
	MemoryContextDelete(scratch);
	return result;
}


/* ------------------------------------------------------------------------
 * Writing them
 * ------------------------------------------------------------------------ */

/* Are facts with this number left out? */
static inline bool
is_left_out(const FactStore *store, uint32 facts)
{
	return facts == 0 || store->entry[facts].facts->erased;
}

void
journey_fact_pages_put_facts(JnPen *pen, const FactStore *store)
{
	for (uint32 i = 1; i < store->count; i++)
	{
		const JourneyFacts *facts = store->entry[i].facts;
		JnFact		fact = {
			.jurisdiction = facts->jurisdiction,
			.jurisdiction_size = facts->jurisdiction == NULL ? 0 : strlen(facts->jurisdiction),
			.born = facts->born,
			.kind = facts->kind,
			.restricted = facts->restricted,
			.erased = facts->erased,
			.words = facts->count
		};

		jn_fact_put(pen, &fact);
		for (int j = 0; j < facts->count; j++)
		{
			const JourneyWord *word = &facts->word[j];
			JnFactWord	spoken = {
				.purpose = word->purpose,
				.given = word->given,
				.refused = word->refused,
				.withdrawn = word->withdrawn,
				.objected = word->objected,
				.expired = word->expired,
				.covers = word->covers,
				.is_explicit = word->is_explicit,
				.parental = word->parental,
				.from = word->from,
				.until = word->until,
				.notice = word->notice,
				.notice_size = strlen(word->notice)
			};

			jn_fact_put_word(pen, &spoken);
		}
	}
}

/* All that is in the store, behind the header; counts what is written. */
static void
put_all(JnPen *pen, const FactStore *store, JnFactHeader *header)
{
	char		space[NAME_SPACE];

	header->facts = store->count - 1;
	header->series = store->numbered.count;
	header->names = 0;
	journey_fact_pages_put_facts(pen, store);
	jn_fact_put_series(pen, &store->numbered, store->places, store->few, store->more);
	for (uint64 i = 0; i < store->slots; i++)
	{
		const NameSlot *slot = &store->slot[i];
		const char *name;
		int			size;
		int64		place;

		if (i % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		if (slot->high == 0 || is_left_out(store, slot->facts))
			continue;
		name = journey_fact_store_slot_name(store, slot, space, &size);
		place = jn_numbered_find(&store->numbered, name, size, jn_name_tail(name, size));
		if (place >= 0 && store->more[place] != MORE_FACTS)
			continue;
		jn_fact_put_name(pen, name, size, slot->facts);
		header->names++;
	}
}

/* Erased subjects with a place lose it. */
static void
leave_out_places(FactStore *store)
{
	for (uint64 place = 0; place < store->places; place++)
	{
		uint16		facts = store->more[place];

		if (place % JN_TICK_EVERY == 0)
			CHECK_FOR_INTERRUPTS();
		if (facts > 0 && facts < MORE_FACTS && is_left_out(store, facts))
		{
			store->few[place / 2] &= FEW_FACTS << 4 * (~place & 1);
			store->more[place] = 0;
		}
	}
}

static void
lock_tables(const JourneyTable *tables)
{
	for (int i = 0; i < JOURNEY_OWN_TABLES; i++)
		LockRelationOid(tables[i].relid, AccessShareLock);
}

/* What came of writing them. */
typedef enum Writing
{
	WRITTEN,
	BUSY,						/* somebody else is at it */
	TOO_LARGE,					/* for journey.consent_memory */
	NOT_KEPT					/* triggers are disabled, or our own transaction alters our tables */
} Writing;

/*
 * Writes what is committed now.  The lock comes before the snapshot, so that
 * it sees what the one before did, and the locks on our tables, so that they
 * are those of the snapshot.
 */
static Writing
write_pages(const JourneyTable *tables, int64 position, uint64 *subjects)
{
	MemoryContext context;
	MemoryContext caller;
	JnFactHeader header = {.size = 0};
	JnPen		measure = {NULL, 0};
	JnPen		pen;
	JourneyMoment moment;
	Snapshot	fresh;
	FactStore	store;
	Writing		result = TOO_LARGE;

	if (!ConditionalLockRelationOid(tables[JOURNEY_FACT_PAGE].relid, ShareUpdateExclusiveLock))
		return BUSY;
	lock_tables(tables);
	if (!journey_own_triggers_fire(tables))
		return NOT_KEPT;

	context = AllocSetContextCreate(CurrentMemoryContext, "journey subject pages", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);
	fresh = RegisterSnapshot(GetCatalogSnapshot(tables[JOURNEY_STATE].relid));
	Assert(fresh->copied);
	fresh->curcid = FirstCommandId;
	journey_moment_of(&moment, fresh);
	if (!journey_fact_pages_origin(tables, fresh, header.origin))
		result = NOT_KEPT;
	else if (journey_fact_store_begin(&store, context, journey_fact_cache_limit(),
									  journey_fact_read_estimate(tables)) &&
			 journey_fact_read_all(&store, tables, fresh))
		result = WRITTEN;
	UnregisterSnapshot(fresh);

	if (result == WRITTEN)
	{
		uint8	   *bytes;
		JnError		err;

		journey_fact_store_number_names(&store);
		leave_out_places(&store);
		header.system = GetSystemIdentifier();
		header.database = MyDatabaseId;
		header.position = position;
		header.subjects = store.used;
		header.xmin = moment.xmin;
		header.xmax = moment.xmax;
		header.running_count = moment.running_count;
		for (int i = 0; i < moment.running_count; i++)
			header.running[i] = moment.running[i];

		put_all(&measure, &store, &header);
		bytes = MemoryContextAllocHuge(context, JN_FACT_HEADER + measure.size);
		pen = (JnPen) {(char *) bytes + JN_FACT_HEADER, 0};
		put_all(&pen, &store, &header);
		Assert(pen.size == measure.size);
		if (jn_fact_seal(bytes, pen.size, &header, &err) != JN_OK)
			journey_report(&err, "what is known about subjects");
		replace_parts(&tables[JOURNEY_FACT_PAGE], bytes, header.size);
		*subjects = header.subjects;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return result;
}

/* _fact_pages_write(seq bigint) RETURNS bigint */
Datum
journey__fact_pages_write(PG_FUNCTION_ARGS)
{
	JourneyTable tables[JOURNEY_OWN_TABLES];
	uint64		subjects = 0;
	Writing		result;

	PreventCommandIfReadOnly("journey.consent_fold()");
	if (!journey_find_own_tables(tables))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tables of the extension are not as they must be")));
	result = write_pages(tables, PG_GETARG_INT64(0), &subjects);
	if (result == BUSY)
		PG_RETURN_NULL();
	if (result == TOO_LARGE)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("what is known about all subjects does not fit into the memory for it"),
				 errhint("Increase \"journey.consent_memory\".")));
	if (result == NOT_KEPT)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("what is known about subjects cannot be kept now"),
				 errdetail("A trigger that tells of changes is disabled, or this transaction altered a table of the extension."),
				 errhint("See journey.doctor().")));
	PG_RETURN_INT64(subjects);
}

/*
 * Are they due?  "position" is how far the ledger is, without the events of our
 * own transaction, which would not be in them.
 */
static bool
is_due(const JourneyTable *tables, int64 position)
{
	Snapshot	fresh;
	double		subjects = journey_fact_read_estimate(tables);
	JnFactHeader header;
	uint8		origin[JN_FACT_ORIGIN];
	JourneyProbe probe;
	JnError		err;

	if (subjects < FEWEST || position < FEWEST)
		return false;
	fresh = RegisterSnapshot(GetCatalogSnapshot(tables[JOURNEY_STATE].relid));
	journey_probe_begin(&probe, &tables[JOURNEY_FACT_PAGE], fresh, F_INT4EQ, Int32GetDatum(0));
	if (journey_probe_next(&probe))
	{
		bytea	   *row = DatumGetByteaPP(journey_probe_column(&probe, JOURNEY_FACT_PAGE_BYTES));

		/* those that nobody can use do not count */
		if (jn_fact_read_header((const uint8 *) VARDATA_ANY(row), VARSIZE_ANY_EXHDR(row), &header, &err) == JN_OK &&
			is_ours(&header, fresh) && take_origin(tables, fresh, origin) &&
			memcmp(origin, header.origin, JN_FACT_ORIGIN) == 0)
		{
			position -= header.position;
			subjects = header.subjects;
		}
	}
	journey_probe_end(&probe);
	UnregisterSnapshot(fresh);
	return position >= Max(FEWEST, subjects / EVENT_SHARE);
}

/* The transaction whose events were counted last, where it began, and whether the pages are due. */
static struct
{
	uint64		transaction;
	int64		first;
	bool		due;
}			recorded = {0, 0, false};

/* The limit that was too small for all, in this session. */
static Size too_small = 0;

void
journey_fact_pages_recorded(int64 position)
{
	uint64		own = U64FromFullTransactionId(GetTopFullTransactionIdIfAny());
	JourneyTable tables[JOURNEY_OWN_TABLES];

	if (own != recorded.transaction)
	{
		recorded.transaction = own;
		recorded.first = position;
		recorded.due = false;
	}

	/* reading all would lock all, for a serializable transaction */
	if (position % LOOK_EVERY == 0 && !recorded.due && !IsolationIsSerializable() &&
		journey_fact_cache_limit() > too_small && journey_find_own_tables(tables))
		recorded.due = is_due(tables, recorded.first);
}

/*
 * In a subtransaction: what people said is recorded even if there is no room on
 * the disk, or in memory, to pack it.  Only who cancels is heeded.
 */
void
journey_fact_pages_write_due(void)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	JourneyTable tables[JOURNEY_OWN_TABLES];
	uint64		subjects;

	if (!recorded.due || recorded.transaction != U64FromFullTransactionId(GetTopFullTransactionIdIfAny()))
		return;
	recorded.due = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		if (journey_find_own_tables(tables) && is_due(tables, recorded.first) &&
			write_pages(tables, recorded.first, &subjects) == TOO_LARGE)
			too_small = journey_fact_cache_limit();
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			ReThrowError(error);

		error->elevel = LOG;
		ThrowErrorData(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
}


/* ------------------------------------------------------------------------
 * Forgetting
 * ------------------------------------------------------------------------ */

/* The old name of a subject that is removed, renamed or erased: only the rows that had it are written. */
static void
forget(const JourneyTable *tables, const char *name, int size)
{
	const JourneyTable *table = &tables[JOURNEY_FACT_PAGE];
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject pages",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Relation	rel;
	Pages		pages;
	JnError		err;
	uint8	   *old;
	bool		found;

	LockRelationOid(table->relid, ShareUpdateExclusiveLock);
	rel = table_open(table->relid, NoLock);
	gather(&pages, tables, SnapshotSelf, MaxAllocHugeSize / 2, true);
	old = pages.bytes == NULL ? NULL : palloc_extended(pages.size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (old != NULL)
		memcpy(old, pages.bytes, pages.size);
	if (old == NULL || jn_fact_forget(pages.bytes, pages.size, name, size, &found, &err) != JN_OK)
		delete_parts(rel, table);
	else if (found)
	{
		for (int i = 0; i < pages.parts; i++)
		{
			uint64		at = (uint64) i * PART_BYTES;
			uint64		length = Min(PART_BYTES, pages.size - at);

			if (memcmp(old + at, pages.bytes + at, length) != 0)
				CatalogTupleUpdate(rel, &pages.place[i], form_part(rel, table, i, pages.bytes + at, length));
		}
	}
	table_close(rel, NoLock);
	CommandCounterIncrement();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

/* Trigger of journey.subject, for each row that is removed, renamed or erased. */
Datum
journey__fact_pages_forget(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	JourneyTable tables[JOURNEY_OWN_TABLES];
	bool		isnull;
	Datum		value;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) || TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("this function is a trigger for each row after UPDATE or DELETE")));
	if (!journey_find_own_tables(tables) ||
		RelationGetRelid(trigger->tg_relation) != tables[JOURNEY_SUBJECT].relid)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the tables of the extension are not as they must be")));

	value = heap_getattr(trigger->tg_trigtuple, tables[JOURNEY_SUBJECT].column[JOURNEY_SUBJECT_NAME],
						 RelationGetDescr(trigger->tg_relation), &isnull);
	if (!isnull)
	{
		text	   *name = DatumGetTextPP(value);

		forget(tables, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	}
	return PointerGetDatum(NULL);
}
