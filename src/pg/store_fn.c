/*
 * store_fn.c
 *	  Reading a store: the changes by bucket, and a bucket with its changes.
 *
 * These functions see what their arguments are, and nothing else: the view of a
 * store scans its tables itself, with the rights of its owner and in the
 * snapshot of the statement.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/set_text.h"
#include "core/shuffle.h"
#include "core/store_merge.h"
#include "glue.h"
#include "journey_set_value.h"
#include "store.h"

PG_FUNCTION_INFO_V1(journey__changes_transfn);
PG_FUNCTION_INFO_V1(journey__changes_finalfn);
PG_FUNCTION_INFO_V1(journey__changes);
PG_FUNCTION_INFO_V1(journey__touched_transfn);
PG_FUNCTION_INFO_V1(journey__is_touched);
PG_FUNCTION_INFO_V1(journey__merged);
PG_FUNCTION_INFO_V1(journey__fold_sets);
PG_FUNCTION_INFO_V1(journey__bucket);

/* The noun for errors. */
#define STORE_NAME		"store"

/* Before the bytes of a batch in the result of _changes_agg: u32 bucket, u32 size. */
#define ENTRY_HEADER	8

/* Bits of buckets at most: their numbers are int4, and each has a batch while changes are collected. */
#define MAX_BITS		24

/* What _changes_agg has so far; in the aggregate's context. */
typedef struct Changes
{
	MemoryContext context;		/* of everything here */
	uint32		bits;
	int64		only;			/* the bucket that is asked for; -1: all */
	uint32		buckets;
	JnBatch   **batch;			/* by bucket; NULL: no change */
} Changes;

static int
check_bits(int bits)
{
	if (bits < 0 || bits > MAX_BITS)
		elog(ERROR, "buckets of %d bits", bits);
	return bits;
}

/* Starts reading a batch; it must be kept where it is. */
static void
open_batch(Datum datum, JnBatchReader *reader)
{
	bytea	   *bytes = DatumGetByteaPP(datum);
	JnError		err;

	if (jn_batch_read(reader, (const uint8_t *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &err) != JN_OK)
		journey_report_stored(&err, STORE_NAME);
}

static bool
next_change(const JnEnv *env, JnBatchReader *reader)
{
	bool		found;
	JnError		err;

	if (jn_batch_next(env, reader, &found, &err) != JN_OK)
		journey_report_stored(&err, STORE_NAME);
	return found;
}

/* _changes_agg(batch, bits, bucket): adds the changes of a batch to those of their buckets. */
Datum
journey__changes_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	Changes    *changes = PG_ARGISNULL(0) ? NULL : (Changes *) PG_GETARG_POINTER(0);
	JnBatchReader reader;
	uint32		read = 0;
	JnEnv		env;
	JnEnv		here = journey_env(CurrentMemoryContext);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (changes == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(changes);
	}
	if (changes == NULL)
	{
		MemoryContext context = AllocSetContextCreate(aggcontext, "journey store changes", ALLOCSET_DEFAULT_SIZES);

		changes = MemoryContextAllocZero(context, sizeof(Changes));
		changes->context = context;
		changes->bits = check_bits(PG_GETARG_INT32(2));
		changes->only = PG_ARGISNULL(3) ? -1 : PG_GETARG_INT32(3);
		changes->buckets = UINT32_C(1) << changes->bits;
		changes->batch = MemoryContextAllocZero(context, changes->buckets * sizeof(JnBatch *));
	}
	env = journey_env(changes->context);
	open_batch(PG_GETARG_DATUM(1), &reader);
	while (next_change(&here, &reader))
	{
		uint32		bucket = (uint32) jn_bucket(jn_key_hash(&reader.change.key), changes->bits);
		JnBatch    *batch = changes->batch[bucket];
		JnError		err;

		if (changes->only >= 0 && changes->only != bucket)
			continue;
		if (batch == NULL)
		{
			batch = changes->batch[bucket] = MemoryContextAlloc(changes->context, sizeof(JnBatch));
			jn_batch_open(batch, reader.change.key.kind, reader.tracks);
		}
		if (batch->kind != reader.change.key.kind || batch->tracks != reader.tracks)
			elog(ERROR, "changes of different stores");
		if (jn_batch_add(&env, batch, &reader.change, &err) != JN_OK)
			journey_report(&err, STORE_NAME);
		read++;
	}
	jn_batch_done(&here, &reader);
	journey_store_fold_read(read);
	CHECK_FOR_INTERRUPTS();
	PG_RETURN_POINTER(changes);
}

/* All batches, one behind the other; NULL if there is no change. */
Datum
journey__changes_finalfn(PG_FUNCTION_ARGS)
{
	Changes    *changes = PG_ARGISNULL(0) ? NULL : (Changes *) PG_GETARG_POINTER(0);
	Size		size = 0;
	bytea	   *result;
	uint8_t    *p;

	if (changes == NULL)
		PG_RETURN_NULL();
	for (uint32 i = 0; i < changes->buckets; i++)
		if (changes->batch[i] != NULL)
			size += ENTRY_HEADER + changes->batch[i]->size;
	if (size == 0)
		PG_RETURN_NULL();
	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many changes wait to be folded"),
				 errhint("Run journey.rebuild() on the store, and journey.fold() more often.")));
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	p = (uint8_t *) VARDATA(result);
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
	PG_RETURN_BYTEA_P(result);
}

/* _changes(changes): the buckets that are touched, and their changes. */
Datum
journey__changes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bytea	   *changes = PG_GETARG_BYTEA_PP(0);
	const char *p = VARDATA_ANY(changes);
	const char *end = p + VARSIZE_ANY_EXHDR(changes);
	bool		null[2] = {false, false};

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	while (end - p >= ENTRY_HEADER)
	{
		uint32		size = jn_load32((const uint8_t *) p + 4);
		Datum		value[2];

		if (size > end - p - ENTRY_HEADER)
			elog(ERROR, "changes of a store are cut off");
		value[0] = Int32GetDatum((int32) jn_load32((const uint8_t *) p));
		value[1] = PointerGetDatum(cstring_to_text_with_len(p + ENTRY_HEADER, size));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
		pfree(DatumGetPointer(value[1]));
		p += ENTRY_HEADER + size;
	}
	return (Datum) 0;
}

/* _touched_agg(batch, bits): adds the buckets of a batch to a bit for each. */
Datum
journey__touched_transfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnBatchReader reader;
	bytea	   *touched;
	uint8	   *bit;
	uint32		bits;

	/* it writes to its state */
	(void) journey_aggregate_context(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	bits = check_bits(PG_GETARG_INT32(2));
	if (PG_ARGISNULL(0))
	{
		Size		size = VARHDRSZ + ((UINT32_C(1) << bits) + 7) / 8;

		touched = palloc0(size);
		SET_VARSIZE(touched, size);
	}
	else
		touched = (bytea *) DatumGetPointer(PG_GETARG_DATUM(0));
	bit = (uint8 *) VARDATA(touched);
	open_batch(PG_GETARG_DATUM(1), &reader);
	while (next_change(&env, &reader))
	{
		uint32		bucket = (uint32) jn_bucket(jn_key_hash(&reader.change.key), bits);

		bit[bucket / 8] |= 1 << (bucket % 8);
	}
	jn_batch_done(&env, &reader);
	PG_RETURN_BYTEA_P(touched);
}

/* _is_touched(touched, bucket): NULL touches none. */
Datum
journey__is_touched(PG_FUNCTION_ARGS)
{
	bytea	   *touched;
	uint32		bucket;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	touched = PG_GETARG_BYTEA_PP(0);
	bucket = (uint32) PG_GETARG_INT32(1);
	PG_RETURN_BOOL(bucket / 8 < VARSIZE_ANY_EXHDR(touched) &&
				   (((uint8 *) VARDATA_ANY(touched))[bucket / 8] >> (bucket % 8) & 1) != 0);
}

/* What merging does with the sets of a bucket; all in one context. */
typedef struct Merged
{
	Datum	   *set;			/* the operands */
	int			sets;
	bool	   *dropped;		/* by operand */
	List	   *written;		/* bytea, in order */
	JnEnv		env;
} Merged;

static void
drop_set(void *context, uint32_t set)
{
	((Merged *) context)->dropped[set] = true;
}

static void
write_set(void *context, JnSetBuild *b)
{
	Merged	   *merged = context;

	merged->written = lappend(merged->written, DatumGetPointer(journey_set_finish(&merged->env, b)));
}

static uint8_t *
make_room(void *context, size_t size)
{
	Merged	   *merged = context;
	struct varlena *set = palloc(VARHDRSZ + size);

	SET_VARSIZE(set, VARHDRSZ + size);
	merged->written = lappend(merged->written, set);
	return (uint8_t *) VARDATA(set);
}

/* Merges the arguments sets, batch and chunk in the current memory context; "limit" as for jn_store_merge(). */
static Merged *
merge_bucket(FunctionCallInfo fcinfo, Size limit)
{
	Merged	   *merged = palloc0(sizeof(Merged));
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	bytea	   *batch = PG_GETARG_BYTEA_PP(1);
	JnStoreSink sink = {drop_set, write_set, make_room, merged};
	JnSet	   *set;
	const JnSet **operand;
	JnError		err;
	int			i;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &merged->set, NULL, &merged->sets);
	merged->env = journey_env(CurrentMemoryContext);
	merged->dropped = palloc0(merged->sets + 1);
	set = palloc((merged->sets + 1) * sizeof(JnSet));
	operand = palloc((merged->sets + 1) * sizeof(JnSet *));
	for (i = 0; i < merged->sets; i++)
	{
		journey_set_open(merged->set[i], &set[i]);
		operand[i] = &set[i];
	}
	if (jn_store_merge(&merged->env, operand, merged->sets, (const uint8_t *) VARDATA_ANY(batch),
					   VARSIZE_ANY_EXHDR(batch), PG_GETARG_INT64(2), limit, &sink, &err) != JN_OK)
		journey_report(&err, STORE_NAME);
	return merged;
}

/* _merged(sets, batch, chunk): the sets of a bucket as they are with the changes */
Datum
journey__merged(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	Merged	   *merged;
	uint64		at;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		call->user_fctx = merge_bucket(fcinfo, 0);
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	merged = call->user_fctx;
	while ((at = call->call_cntr) < merged->sets && merged->dropped[at])
		call->call_cntr++;
	if (at < merged->sets)
		SRF_RETURN_NEXT(call, merged->set[at]);
	if (at - merged->sets < list_length(merged->written))
		SRF_RETURN_NEXT(call, PointerGetDatum(list_nth(merged->written, at - merged->sets)));
	SRF_RETURN_DONE(call);
}

/* _fold_sets(sets, batch, chunk): the numbers of the sets that give way, and the sets that take their place */
Datum
journey__fold_sets(PG_FUNCTION_ARGS)
{
	Merged	   *merged = merge_bucket(fcinfo, JN_SET_PAGE_SIZE);
	Datum	   *gone = palloc((merged->sets + 1) * sizeof(Datum));
	Datum	   *written = palloc((list_length(merged->written) + 1) * sizeof(Datum));
	Datum	   *chunk = palloc((list_length(merged->written) + 1) * sizeof(Datum));
	uint64		length = PG_GETARG_INT64(2);
	ArrayType  *sets = PG_GETARG_ARRAYTYPE_P(0);
	TupleDesc	desc;
	Datum		value[3];
	bool		null[3] = {false, false, false};
	uint64		steps = 0;
	int			n = 0;
	int			i;

	for (i = 0; i < merged->sets; i++)
		if (merged->dropped[i])
			gone[n++] = Int32GetDatum(i + 1);
	value[0] = PointerGetDatum(construct_array(gone, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
	n = list_length(merged->written);
	for (i = 0; i < n; i++)
	{
		JnSetHeader head;

		written[i] = PointerGetDatum(list_nth(merged->written, i));
		journey_set_open_header(written[i], &head);
		chunk[i] = TimestampTzGetDatum(journey_store_chunk_at(head.first, length));
		steps += head.rows - head.ghosts;
	}
	journey_store_fold_wrote(n, steps);
	value[1] = PointerGetDatum(construct_array(written, n, ARR_ELEMTYPE(sets), -1, false, TYPALIGN_INT));
	value[2] = PointerGetDatum(construct_array(chunk, n, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), value, null)));
}

/* _bucket(subject, kind, bits): the bucket of a subject by its text; NULL for what is no such key */
Datum
journey__bucket(PG_FUNCTION_ARGS)
{
	text	   *subject = PG_GETARG_TEXT_PP(0);
	char	   *kind = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char		uuid[JN_UUID_SIZE];
	JnKey		key;

	if (!jn_key_read(strcmp(kind, "bigint") == 0 ? JN_KEY_BIGINT : strcmp(kind, "uuid") == 0 ? JN_KEY_UUID : JN_KEY_TEXT,
					 VARDATA_ANY(subject), VARSIZE_ANY_EXHDR(subject), uuid, &key))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) jn_bucket(jn_key_hash(&key), check_bits(PG_GETARG_INT32(2))));
}
