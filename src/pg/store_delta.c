/*
 * store_delta.c
 *	  The changes of a store that wait, divided among their buckets.
 *
 * Changes are read and divided once, and the session keeps what came of it.
 * Mostly the next reading finds the same batches, or the same and some more
 * behind them.  So the batches are put together first, and compared with those
 * that are known: what they begin with was divided already.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/bytes.h"
#include "core/shuffle.h"
#include "core/store_batch.h"
#include "glue.h"
#include "store.h"
#include "store_delta.h"
#include "store_memo.h"

PG_FUNCTION_INFO_V1(journey__changes_transfn);
PG_FUNCTION_INFO_V1(journey__changes_finalfn);
PG_FUNCTION_INFO_V1(journey__changes);
PG_FUNCTION_INFO_V1(journey__delta_transfn);
PG_FUNCTION_INFO_V1(journey__delta_finalfn);
PG_FUNCTION_INFO_V1(journey__touched);
PG_FUNCTION_INFO_V1(journey__touched_share);
PG_FUNCTION_INFO_V1(journey__is_touched);

/* Before the changes of a bucket: u32 bucket, u32 size. */
#define ENTRY_HEADER	8

/* Before the bits of the buckets in a delta: u32 store, u32 bits. */
#define DELTA_HEADER	8

/* The part of the memory that is known of changes; the rest is for buckets. */
#define DELTA_SHARE(bytes)	((bytes) / 4)

/* Changes by bucket. */
typedef struct Changes
{
	MemoryContext context;		/* of everything here */
	uint32		bits;
	int64		only;			/* the bucket that is asked for; -1: all */
	uint32		buckets;
	JnBatch   **batch;			/* by bucket; NULL: no change */
} Changes;

/* What _delta_agg has so far; in the aggregate's context. */
typedef struct Waiting
{
	uint32		store;
	uint32		bits;
	StringInfoData batches;		/* one behind the other, each with its size before it */
} Waiting;

/* What the session knows of the changes of a store. */
typedef struct Known
{
	uint32		store;			/* key */
	bool		whole;			/* false: an error came while more was read */
	MemoryContext context;
	StringInfoData batches;		/* as above */
	Changes    *changes;		/* of these */
} Known;

static HTAB *known_deltas = NULL;

int
journey_check_bucket_bits(int bits)
{
	if (bits < 0 || bits > JOURNEY_BUCKET_BITS)
		elog(ERROR, "buckets of %d bits", bits);
	return bits;
}

/* ----- dividing changes ----- */

/* Starts with no change, in a child of a context. */
static Changes *
new_changes(MemoryContext parent, uint32 bits, int64 only)
{
	MemoryContext context = AllocSetContextCreate(parent, "journey store changes", ALLOCSET_DEFAULT_SIZES);
	Changes    *changes = MemoryContextAllocZero(context, sizeof(Changes));

	changes->context = context;
	changes->bits = bits;
	changes->only = only;
	changes->buckets = UINT32_C(1) << bits;
	changes->batch = MemoryContextAllocZero(context, changes->buckets * sizeof(JnBatch *));
	return changes;
}

/* Adds the changes of a batch to those of their buckets. */
static void
divide(Changes *changes, const uint8 *bytes, Size size)
{
	JnEnv		env = journey_env(changes->context);
	JnEnv		here = journey_env(CurrentMemoryContext);
	uint32		read = 0;
	bool		found;
	JnBatchReader reader;
	JnError		err;

	if (jn_batch_read(&reader, bytes, size, &err) != JN_OK)
		journey_report_stored(&err, JOURNEY_STORE_NAME);
	for (;;)
	{
		uint32		bucket;
		JnBatch    *batch;

		if (jn_batch_next(&here, &reader, &found, &err) != JN_OK)
			journey_report_stored(&err, JOURNEY_STORE_NAME);
		if (!found)
			break;
		bucket = (uint32) jn_bucket(jn_key_hash(&reader.change.key), changes->bits);
		if (changes->only >= 0 && changes->only != bucket)
			continue;
		batch = changes->batch[bucket];
		if (batch == NULL)
		{
			batch = MemoryContextAlloc(changes->context, sizeof(JnBatch));
			jn_batch_open(batch, reader.change.key.kind, reader.tracks);
			changes->batch[bucket] = batch;
		}
		if (batch->kind != reader.change.key.kind || batch->tracks != reader.tracks)
			elog(ERROR, "changes of different stores");
		if (jn_batch_add(&env, batch, &reader.change, &err) != JN_OK)
			journey_report(&err, JOURNEY_STORE_NAME);
		read++;
	}
	jn_batch_done(&here, &reader);
	journey_store_fold_read(read);
	CHECK_FOR_INTERRUPTS();
}

pg_noreturn static void
too_many_changes(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many changes wait to be folded"),
			 errhint("Run journey.rebuild() on the store, and journey.fold() more often.")));
}

/* A value in the current memory context with so many bytes before the changes of all buckets; NULL if there are none. */
static bytea *
put_together(const Changes *changes, Size head)
{
	Size		size = head;
	bytea	   *result;
	uint8_t    *p;

	for (uint32 i = 0; i < changes->buckets; i++)
		if (changes->batch[i] != NULL)
			size += ENTRY_HEADER + changes->batch[i]->size;
	if (size == head)
		return NULL;
	if (size > MaxAllocSize - VARHDRSZ)
		too_many_changes();
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	p = (uint8_t *) VARDATA(result) + head;
	for (uint32 i = 0; i < changes->buckets; i++)
	{
		const JnBatch *batch = changes->batch[i];

		if (batch == NULL)
			continue;
		jn_store32(p, i);
		jn_store32(p + 4, (uint32) batch->size);
		memcpy(p + ENTRY_HEADER, batch->bytes, batch->size);
		p += ENTRY_HEADER + batch->size;
	}
	return result;
}

/* Reads the changes of the next bucket, which must be before "end"; false if there are none. */
static bool
next_entry(const uint8 **p, const uint8 *end, uint32 *bucket, const uint8 **changes, Size *size)
{
	if (*p == end)
		return false;
	if (end - *p < ENTRY_HEADER || jn_load32(*p + 4) > end - *p - ENTRY_HEADER)
		elog(ERROR, "changes of a store are cut off");
	*bucket = jn_load32(*p);
	*size = jn_load32(*p + 4);
	*changes = *p + ENTRY_HEADER;
	*p = *changes + *size;
	return true;
}

/* ----- for folding, and for one bucket ----- */

/* _changes_agg(batch, bits, bucket): adds the changes of a batch to those of their buckets. */
Datum
journey__changes_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	Changes    *changes = PG_ARGISNULL(0) ? NULL : (Changes *) PG_GETARG_POINTER(0);
	bytea	   *batch;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (changes == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(changes);
	}
	if (changes == NULL)
		changes = new_changes(aggcontext, journey_check_bucket_bits(PG_GETARG_INT32(2)),
							  PG_ARGISNULL(3) ? -1 : PG_GETARG_INT32(3));
	batch = PG_GETARG_BYTEA_PP(1);
	divide(changes, (const uint8 *) VARDATA_ANY(batch), VARSIZE_ANY_EXHDR(batch));
	PG_RETURN_POINTER(changes);
}

/* All batches, one behind the other; NULL if there is no change. */
Datum
journey__changes_finalfn(PG_FUNCTION_ARGS)
{
	bytea	   *result = PG_ARGISNULL(0) ? NULL : put_together((Changes *) PG_GETARG_POINTER(0), 0);

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(result);
}

/* _changes(changes): the buckets that are touched, and their changes. */
Datum
journey__changes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bytea	   *changes = PG_GETARG_BYTEA_PP(0);
	const uint8 *p = (const uint8 *) VARDATA_ANY(changes);
	const uint8 *end = p + VARSIZE_ANY_EXHDR(changes);
	const uint8 *batch;
	uint32		bucket;
	Size		size;
	bool		null[2] = {false, false};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	while (next_entry(&p, end, &bucket, &batch, &size))
	{
		Datum		value[2];

		value[0] = Int32GetDatum((int32) bucket);
		value[1] = PointerGetDatum(cstring_to_text_with_len((const char *) batch, size));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		pfree(DatumGetPointer(value[1]));
	}
	return (Datum) 0;
}

/* ----- for the view: all changes, and what is known of them ----- */

/* _delta_agg(batch, bits, store): adds a batch. */
Datum
journey__delta_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	Waiting    *waiting = PG_ARGISNULL(0) ? NULL : (Waiting *) PG_GETARG_POINTER(0);
	bytea	   *batch;
	uint32		size;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
	{
		if (waiting == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(waiting);
	}
	if (waiting == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(aggcontext);

		waiting = palloc(sizeof(Waiting));
		waiting->bits = journey_check_bucket_bits(PG_GETARG_INT32(2));
		waiting->store = PG_GETARG_OID(3);
		initStringInfo(&waiting->batches);
		MemoryContextSwitchTo(caller);
	}
	batch = PG_GETARG_BYTEA_PP(1);
	size = VARSIZE_ANY_EXHDR(batch);
	if (size + sizeof(uint32) >= MaxAllocSize - waiting->batches.len)
		too_many_changes();
	appendBinaryStringInfo(&waiting->batches, (char *) &size, sizeof(uint32));
	appendBinaryStringInfo(&waiting->batches, VARDATA_ANY(batch), size);
	PG_RETURN_POINTER(waiting);
}

/* Divides the batches that begin at a place among "changes". */
static void
divide_from(Changes *changes, const StringInfoData *batches, Size at)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "journey store batch", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(work);

	while (at < batches->len)
	{
		uint32		size;

		memcpy(&size, batches->data + at, sizeof(uint32));
		at += sizeof(uint32);
		divide(changes, (const uint8 *) batches->data + at, size);
		at += size;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
}

static void
forget(Known *known)
{
	if (known->context != NULL)
		MemoryContextDelete(known->context);
	hash_search(known_deltas, &known->store, HASH_REMOVE, NULL);
}

/* Forgets what is known of all stores but one, which may be NULL; returns how many bytes that has. */
static Size
forget_others(const Known *but)
{
	HASH_SEQ_STATUS scan;
	Known	   *known;

	hash_seq_init(&scan, known_deltas);
	while ((known = hash_seq_search(&scan)) != NULL)
		if (known != but)
			forget(known);
	return but == NULL ? 0 : MemoryContextMemAllocated(but->context, true);
}

/* Bytes of all that is known. */
static Size
known_bytes(void)
{
	HASH_SEQ_STATUS scan;
	Known	   *known;
	Size		bytes = 0;

	if (known_deltas == NULL)
		return 0;
	hash_seq_init(&scan, known_deltas);
	while ((known = hash_seq_search(&scan)) != NULL)
		if (known->context != NULL)
			bytes += MemoryContextMemAllocated(known->context, true);
	return bytes;
}

/* Whether batches begin with all those that are known. */
static bool
begins_with(const Waiting *waiting, const Known *known)
{
	return known->changes->bits == waiting->bits && known->batches.len <= waiting->batches.len &&
		memcmp(known->batches.data, waiting->batches.data, known->batches.len) == 0;
}

/* The changes of a store, after making them known. */
static Known *
know(const Waiting *waiting)
{
	bool		found;
	Known	   *known;
	Size		at;

	if (known_deltas == NULL)
	{
		HASHCTL		ctl;

		ctl.keysize = sizeof(uint32);
		ctl.entrysize = sizeof(Known);
		ctl.hcxt = journey_store_memo_context();
		known_deltas = hash_create("journey store deltas", 16, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	known = hash_search(known_deltas, &waiting->store, HASH_FIND, NULL);
	if (known != NULL && (!known->whole || !begins_with(waiting, known)))
	{
		forget(known);
		known = NULL;
	}
	if (known == NULL)
	{
		MemoryContext caller;

		known = hash_search(known_deltas, &waiting->store, HASH_ENTER, &found);
		known->whole = false;
		known->context = NULL;
		known->context = AllocSetContextCreate(journey_store_memo_context(), "journey store delta", ALLOCSET_DEFAULT_SIZES);
		caller = MemoryContextSwitchTo(known->context);
		initStringInfo(&known->batches);
		known->changes = new_changes(known->context, waiting->bits, -1);
		MemoryContextSwitchTo(caller);
		known->whole = true;
	}
	at = known->batches.len;
	if (at == waiting->batches.len)
		return known;
	known->whole = false;
	divide_from(known->changes, &waiting->batches, at);
	appendBinaryStringInfo(&known->batches, waiting->batches.data + at, waiting->batches.len - at);
	known->whole = true;
	return known;
}

/* A delta of changes, in the current memory context. */
static bytea *
make_delta(const Waiting *waiting, const Changes *changes)
{
	Size		bits = (changes->buckets + 7) / 8;
	bytea	   *result = put_together(changes, DELTA_HEADER + bits);
	uint8	   *p;

	if (result == NULL)
		return NULL;
	p = (uint8 *) VARDATA(result);
	jn_store32(p, waiting->store);
	jn_store32(p + 4, waiting->bits);
	p += DELTA_HEADER;
	memset(p, 0, bits);
	for (uint32 i = 0; i < changes->buckets; i++)
		if (changes->batch[i] != NULL)
			p[i / 8] |= 1 << (i % 8);
	return result;
}

/* The delta; NULL if there is no change. */
Datum
journey__delta_finalfn(PG_FUNCTION_ARGS)
{
	Waiting    *waiting = PG_ARGISNULL(0) ? NULL : (Waiting *) PG_GETARG_POINTER(0);
	Size		most = DELTA_SHARE(journey_store_memory());
	bytea	   *result;

	if (waiting == NULL)
		PG_RETURN_NULL();
	if (waiting->batches.len >= most)
	{
		Changes    *changes = new_changes(CurrentMemoryContext, waiting->bits, -1);

		if (known_bytes() > most)
			(void) forget_others(NULL);
		divide_from(changes, &waiting->batches, 0);
		result = make_delta(waiting, changes);
		MemoryContextDelete(changes->context);
	}
	else
	{
		Known	   *known = know(waiting);

		result = make_delta(waiting, known->changes);
		if (known_bytes() > most && forget_others(known) > most)
			forget(known);
	}
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_BYTEA_P(result);
}

/* ----- reading a delta ----- */

void
journey_delta_open(const struct varlena *bytes, JourneyDelta *delta)
{
	const uint8 *p = (const uint8 *) VARDATA_ANY(bytes);
	Size		size = VARSIZE_ANY_EXHDR(bytes);
	Size		bits;

	if (size < DELTA_HEADER)
		elog(ERROR, "changes of a store are cut off");
	delta->store = jn_load32(p);
	delta->bits = jn_load32(p + 4);
	bits = ((Size) (UINT32_C(1) << journey_check_bucket_bits((int) delta->bits)) + 7) / 8;
	if (size - DELTA_HEADER < bits)
		elog(ERROR, "changes of a store are cut off");
	delta->touched = p + DELTA_HEADER;
	delta->bytes = bits;
	delta->next = delta->touched + bits;
	delta->end = p + size;
}

bool
journey_delta_next(JourneyDelta *delta, uint32 *bucket, const uint8 **changes, Size *size)
{
	return next_entry(&delta->next, delta->end, bucket, changes, size);
}

/* _is_touched(delta, bucket): NULL touches none. */
Datum
journey__is_touched(PG_FUNCTION_ARGS)
{
	JourneyDelta delta;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	journey_delta_open(PG_GETARG_VARLENA_PP(0), &delta);
	PG_RETURN_BOOL(journey_delta_touches(&delta, (uint32) PG_GETARG_INT32(1)));
}

/* _touched_share(delta): the share of the buckets that have changes; of NULL none */
Datum
journey__touched_share(PG_FUNCTION_ARGS)
{
	JourneyDelta delta;
	double		buckets;

	if (PG_ARGISNULL(0))
		PG_RETURN_FLOAT8(0);
	journey_delta_open(PG_GETARG_VARLENA_PP(0), &delta);
	buckets = UINT32_C(1) << delta.bits;
	PG_RETURN_FLOAT8(pg_popcount((const char *) delta.touched, delta.bytes) / buckets);
}

/* _touched(delta): the buckets that have changes, ascending */
Datum
journey__touched(PG_FUNCTION_ARGS)
{
	JourneyDelta delta;
	Datum	   *bucket;
	uint32		buckets;
	int			n = 0;

	journey_delta_open(PG_GETARG_VARLENA_PP(0), &delta);
	buckets = UINT32_C(1) << delta.bits;
	bucket = palloc(buckets * sizeof(Datum));
	for (uint32 i = 0; i < buckets; i++)
		if (journey_delta_touches(&delta, i))
			bucket[n++] = Int32GetDatum((int32) i);
	PG_RETURN_ARRAYTYPE_P(construct_array(bucket, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}
