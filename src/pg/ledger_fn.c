/*
 * ledger_fn.c
 *	  Walking along the hash chain of the consent ledger.
 *
 * One pass over chain and ledger, joined, in the order of the chain.  At the
 * first entry where something is wrong it stops and tells what.  A link that
 * does not fit can have three causes, and the rest of the chain tells which:
 *
 *	  reordered		some later entry fits here: its leaf gives the link that
 *					stands here, or the link that it has itself
 *	  hash changed	the next entry goes on from the link that should stand
 *					here, so it is this link that is wrong
 *	  changed		anything else: it is the entry that is wrong
 *
 * The memory used is that of the join, which spills to disk beyond work_mem.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "ledger_entry.h"

PG_FUNCTION_INFO_V1(journey__ledger_verify);

/* Rows taken from the join at a time. */
#define FETCH			1000

/* What walk_query gives before the fields of the entry. */
enum
{
	WALK_PLACE = 1,
	WALK_VERSION,
	WALK_HASH,
	WALK_CHAINED,				/* seq, as the chain has it */
	WALK_COLUMNS = WALK_CHAINED
};

static const char *const walk_query =
"SELECT c.place, c.version, c.hash, c.seq AS chained, l.seq, l.subject, l.purpose, l.action, l.basis,"
" l.covers_descendants, l.explicit, l.parental, l.counts, l.valid_from, l.valid_until, l.said_at,"
" l.notice, l.source, l.event_key, l.evidence, l.recorded_at, l.recorded_by,"
" s.name AS subject_name, p.name AS purpose_name"
" FROM journey.chain c"
" LEFT JOIN journey.ledger l ON l.seq OPERATOR(pg_catalog.=) c.seq"
" LEFT JOIN journey.subject s ON s.number OPERATOR(pg_catalog.=) l.subject"
" LEFT JOIN journey.purpose p ON p.number OPERATOR(pg_catalog.=) l.purpose"
" ORDER BY c.place";

/* An entry of our own transaction gets its place when that commits. */
static const char *const inserted_query =
"SELECT l.seq FROM journey.ledger l"
" WHERE NOT EXISTS (SELECT FROM journey.chain c WHERE c.seq OPERATOR(pg_catalog.=) l.seq)"
" AND l.xid IS DISTINCT FROM pg_catalog.pg_current_xact_id_if_assigned()"
" ORDER BY l.seq LIMIT 1";

/* A walk along the chain. */
typedef struct Walk
{
	Portal		portal;
	MemoryContext row_context;	/* reset before each entry */
	AttrNumber	columns[LEDGER_FIELDS];
	uint64		next;			/* in SPI_tuptable */

	/* the entry where it stands */
	int64		place;
	int64		seq;
	bool		in_ledger;
	bool		known_version;
	bool		has_hash;
	uint8		hash[JN_CHAIN_HASH];	/* as stored */
	uint8		leaf[JN_CHAIN_HASH];	/* as it should be */
} Walk;

static Portal
open_query(const char *query)
{
	SPIPlanPtr	plan = SPI_prepare(query, 0, NULL);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	return SPI_cursor_open(NULL, plan, NULL, NULL, true);
}

static void
walk_begin(Walk *walk)
{
	memset(walk, 0, sizeof(*walk));
	walk->row_context = AllocSetContextCreate(CurrentMemoryContext, "entry of the ledger", ALLOCSET_DEFAULT_SIZES);
	walk->portal = open_query(walk_query);
	SPI_cursor_fetch(walk->portal, true, FETCH);
	journey_ledger_columns(SPI_tuptable->tupdesc, LEDGER_FIELDS, walk->columns);
}

static bool
walk_next(Walk *walk)
{
	TupleDesc	desc;
	HeapTuple	row;
	Datum		values[LEDGER_FIELDS];
	bool		nulls[LEDGER_FIELDS];
	bool		isnull;
	Datum		hash;
	MemoryContext old;

	CHECK_FOR_INTERRUPTS();
	if (walk->next == SPI_processed)
	{
		SPI_freetuptable(SPI_tuptable);
		SPI_cursor_fetch(walk->portal, true, FETCH);
		walk->next = 0;
		if (SPI_processed == 0)
			return false;
	}
	desc = SPI_tuptable->tupdesc;
	row = SPI_tuptable->vals[walk->next++];

	MemoryContextReset(walk->row_context);
	old = MemoryContextSwitchTo(walk->row_context);

	walk->place = DatumGetInt64(heap_getattr(row, WALK_PLACE, desc, &isnull));
	walk->known_version = DatumGetInt16(heap_getattr(row, WALK_VERSION, desc, &isnull)) == JN_CHAIN_VERSION;
	hash = heap_getattr(row, WALK_HASH, desc, &isnull);
	walk->has_hash = !isnull && VARSIZE_ANY_EXHDR(PG_DETOAST_DATUM_PACKED(hash)) == JN_CHAIN_HASH;
	if (walk->has_hash)
		memcpy(walk->hash, VARDATA_ANY(PG_DETOAST_DATUM_PACKED(hash)), JN_CHAIN_HASH);
	walk->seq = DatumGetInt64(heap_getattr(row, WALK_CHAINED, desc, &isnull));

	for (int i = 0; i < LEDGER_FIELDS; i++)
		values[i] = heap_getattr(row, walk->columns[i], desc, &nulls[i]);
	walk->in_ledger = !nulls[LEDGER_SEQ];
	if (walk->in_ledger)
		journey_ledger_leaf(values, nulls, walk->leaf);

	MemoryContextSwitchTo(old);
	return true;
}

/*
 * Why the link does not fit at the entry where the walk stands; "before" is the
 * link before it, "link" the one that should stand there.  Walks on.
 */
static const char *
explain(Walk *walk, const uint8 *before, const uint8 link[JN_CHAIN_HASH])
{
	int64		place = walk->place;
	uint8		stored[JN_CHAIN_HASH];
	bool		next_fits = false;

	if (!walk->has_hash)
		return "hash changed";
	memcpy(stored, walk->hash, JN_CHAIN_HASH);

	while (walk_next(walk))
	{
		uint8		other[JN_CHAIN_HASH];

		if (!walk->in_ledger || !walk->has_hash)
			continue;

		if (walk->place == place + 1)
		{
			journey_ledger_link(other, walk->place, link, walk->leaf);
			next_fits = memcmp(other, walk->hash, JN_CHAIN_HASH) == 0;
		}
		journey_ledger_link(other, place, before, walk->leaf);
		if (memcmp(other, stored, JN_CHAIN_HASH) == 0 ||
			memcmp(other, walk->hash, JN_CHAIN_HASH) == 0)
			return "reordered";
	}
	return next_fits ? "hash changed" : "changed";
}

/* What was found; nothing is wrong while problem is NULL. */
typedef struct Finding
{
	const char *problem;
	int64		place;
	int64		seq;
	bool		has_place;
	bool		has_seq;
} Finding;

/*
 * Looks at the chain, and whether it went through the anchored head, if that
 * has a place.
 */
static Finding
look_at_chain(Walk *walk, int64 head_place, const uint8 *head)
{
	Finding		found = {.place = 1,.has_place = true};
	uint8		link[JN_CHAIN_HASH];
	uint8		before[JN_CHAIN_HASH];

	for (; walk_next(walk); found.place++)
	{
		const uint8 *last = found.place > 1 ? before : NULL;

		found.seq = walk->seq;
		found.has_seq = walk->place <= found.place;
		if (walk->place > found.place)
			found.problem = "missing";
		else if (walk->place < found.place)
		{
			/* only where it begins: places are unique */
			found.place = walk->place;
			found.problem = "inserted";
		}
		else if (!walk->in_ledger)
			found.problem = "missing";
		else if (!walk->known_version)
			found.problem = "of an unknown version";
		else
		{
			journey_ledger_link(link, walk->place, last, walk->leaf);
			if (!walk->has_hash || memcmp(link, walk->hash, JN_CHAIN_HASH) != 0)
				found.problem = explain(walk, last, link);
			else if (found.place == head_place &&
					 memcmp(link, head, JN_CHAIN_HASH) != 0)
				found.problem = "not the anchored head";
		}
		if (found.problem != NULL)
			return found;
		memcpy(before, link, JN_CHAIN_HASH);
	}

	found.has_seq = false;
	if (head_place >= found.place)
		found.problem = "missing";
	return found;
}

/* Looks for entries that are in no chain. */
static Finding
look_at_ledger(void)
{
	Portal		portal = open_query(inserted_query);
	Finding		found = {0};
	bool		isnull;

	SPI_cursor_fetch(portal, true, 1);
	if (SPI_processed > 0)
	{
		found.problem = "inserted";
		found.has_seq = true;
		found.seq = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	}
	SPI_cursor_close(portal);
	return found;
}

/* _ledger_verify(head_place bigint, head_hash bytea) */
Datum
journey__ledger_verify(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		head_place = 0;
	const uint8 *head = NULL;
	Walk		walk;
	Finding		found;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
	{
		bytea	   *hash = PG_GETARG_BYTEA_PP(1);

		head_place = PG_GETARG_INT64(0);
		head = (const uint8 *) VARDATA_ANY(hash);
		if (head_place < 0 || VARSIZE_ANY_EXHDR(hash) != JN_CHAIN_HASH)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("this is no head of a ledger"),
					 errdetail("A head has a place of 0 or more and a hash of %d bytes.", JN_CHAIN_HASH)));
	}

	SPI_connect();
	walk_begin(&walk);
	found = look_at_chain(&walk, head_place, head);
	SPI_cursor_close(walk.portal);
	if (found.problem == NULL)
		found = look_at_ledger();
	SPI_finish();

	if (found.problem != NULL)
	{
		Datum		values[3] = {
			Int64GetDatum(found.place),
			Int64GetDatum(found.seq),
			CStringGetTextDatum(found.problem)
		};
		bool		nulls[3] = {!found.has_place, !found.has_seq, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
