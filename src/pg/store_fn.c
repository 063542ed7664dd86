/*
 * store_fn.c
 *	  Reading a store: the sets of its buckets with their changes.
 *
 * These functions see what their arguments are, and nothing else: the view of a
 * store scans its tables itself, with the rights of its owner and in the
 * snapshot of the statement.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/set_text.h"
#include "core/shuffle.h"
#include "core/store_merge.h"
#include "glue.h"
#include "journey_set_value.h"
#include "store.h"
#include "store_delta.h"
#include "store_memo.h"

PG_FUNCTION_INFO_V1(journey__merged);
PG_FUNCTION_INFO_V1(journey__fold_sets);
PG_FUNCTION_INFO_V1(journey__sets_transfn);
PG_FUNCTION_INFO_V1(journey__sets_finalfn);
PG_FUNCTION_INFO_V1(journey__fresh_sets);
PG_FUNCTION_INFO_V1(journey__bucket);

/* Before a set in the flat form of collected sets: u32 bucket, u32 size. */
#define ENTRY_HEADER	8

/* What merging does with the sets of a bucket; all in one context. */
typedef struct Merged
{
	Datum	   *set;			/* the operands */
	int			sets;
	bool	   *dropped;		/* by operand */
	List	   *written;		/* bytea, in order */
	bool		inserted;		/* more changes may be inserted into what came of it */
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

/* Makes room for what merging sets gives, and opens them. */
static Merged *
open_merged(Datum *sets, int n, const JnSet ***operand)
{
	Merged	   *merged = palloc0(sizeof(Merged));
	JnSet	   *set = palloc((n + 1) * sizeof(JnSet));

	merged->set = sets;
	merged->sets = n;
	merged->env = journey_env(CurrentMemoryContext);
	merged->dropped = palloc0(n + 1);
	*operand = palloc((n + 1) * sizeof(JnSet *));
	for (int i = 0; i < n; i++)
	{
		journey_set_open(sets[i], &set[i]);
		(*operand)[i] = &set[i];
	}
	return merged;
}

/* Merges changes into the sets of a bucket in the current memory context; "limit" as for jn_store_merge(). */
static Merged *
merge_bucket(Datum *sets, int n, const uint8 *changes, Size size, uint64 chunk, Size limit)
{
	const JnSet **operand;
	Merged	   *merged = open_merged(sets, n, &operand);
	JnStoreSink sink = {drop_set, write_set, make_room, merged};
	JnError		err;

	if (jn_store_merge(&merged->env, operand, n, changes, size, chunk, limit, &sink, &merged->inserted, &err) != JN_OK)
		journey_report(&err, JOURNEY_STORE_NAME);
	return merged;
}

/* Inserts the changes from a byte on into merged sets, likewise; NULL if that cannot be done. */
static Merged *
insert_more(Datum *sets, int n, const uint8 *changes, Size size, Size from, uint64 chunk)
{
	const JnSet **operand;
	Merged	   *merged = open_merged(sets, n, &operand);
	JnStoreSink sink = {drop_set, write_set, make_room, merged};
	JnError		err;

	if (jn_store_insert(&merged->env, operand, n, changes, size, from, chunk, &sink, &merged->inserted, &err) != JN_OK)
		journey_report(&err, JOURNEY_STORE_NAME);
	return merged->inserted ? merged : NULL;
}

/* The same for the arguments sets, batch and chunk. */
static Merged *
merge_arguments(FunctionCallInfo fcinfo, Size limit)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	bytea	   *batch = PG_GETARG_BYTEA_PP(1);
	Datum	   *set;
	int			sets;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &set, NULL, &sets);
	return merge_bucket(set, sets, (const uint8 *) VARDATA_ANY(batch), VARSIZE_ANY_EXHDR(batch), PG_GETARG_INT64(2), limit);
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
		call->user_fctx = merge_arguments(fcinfo, 0);
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
	Merged	   *merged = merge_arguments(fcinfo, JN_SET_PAGE_SIZE);
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

/* ----- the sets of all buckets that have changes ----- */

/* The sets of a bucket as they come. */
typedef struct BucketSets
{
	uint32		bucket;			/* key */
	char		status;			/* of the hash table */
	int			sets;
	int			room;
	int			known;			/* so many of them are in the memo */
	Datum	   *set;
	JourneyMemo *memo;			/* what is remembered of the bucket; pinned */
	bool	   *taken;			/* by its sets: they came */
} BucketSets;

#define SH_PREFIX bucket_sets
#define SH_ELEMENT_TYPE BucketSets
#define SH_KEY_TYPE uint32
#define SH_KEY bucket
#define SH_HASH_KEY(table, key) murmurhash32(key)
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * The sets of buckets, an expanded object, so that they get from the aggregate
 * to the function that merges them without being copied.  Those that are
 * remembered are not copied at all, but pinned there.
 */
typedef struct StoreSets
{
	ExpandedObjectHeader head;
	uint32		store;
	uint64		reading;
	bucket_sets_hash *buckets;
	Size		size;			/* of its flat form */
	MemoryContextCallback callback;
} StoreSets;

static Size
flat_size(ExpandedObjectHeader *head)
{
	StoreSets  *sets = (StoreSets *) head;

	if (sets->size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many sets have changes"),
				 errhint("Run journey.fold() on the store.")));
	return sets->size;
}

/* The flat form: u32 store; for each set its bucket and size, u32 both, and its bytes. */
static void
flatten(ExpandedObjectHeader *head, void *result, Size allocated_size)
{
	StoreSets  *sets = (StoreSets *) head;
	uint8	   *p = (uint8 *) VARDATA(result);
	bucket_sets_iterator scan;
	BucketSets *bucket;

	SET_VARSIZE(result, allocated_size);
	jn_store32(p, sets->store);
	p += sizeof(uint32);
	bucket_sets_start_iterate(sets->buckets, &scan);
	while ((bucket = bucket_sets_iterate(sets->buckets, &scan)) != NULL)
		for (int i = 0; i < bucket->sets; i++)
		{
			const struct varlena *set = (const struct varlena *) DatumGetPointer(bucket->set[i]);
			Size		size = VARSIZE_ANY_EXHDR(set);

			jn_store32(p, bucket->bucket);
			jn_store32(p + 4, (uint32) size);
			memcpy(p + ENTRY_HEADER, VARDATA_ANY(set), size);
			p += ENTRY_HEADER + size;
		}
}

static const ExpandedObjectMethods sets_methods = {flat_size, flatten};

/* Unpins all that is pinned; a callback of the object's memory context. */
static void
unpin_sets(void *arg)
{
	StoreSets  *sets = arg;
	bucket_sets_iterator scan;
	BucketSets *bucket;

	if (sets->buckets == NULL)
		return;
	bucket_sets_start_iterate(sets->buckets, &scan);
	while ((bucket = bucket_sets_iterate(sets->buckets, &scan)) != NULL)
		if (bucket->memo != NULL)
			journey_memo_unpin(bucket->memo);
}

/* No sets of a store yet, in a child of a context. */
static StoreSets *
new_sets(MemoryContext parent, uint32 store)
{
	MemoryContext context = AllocSetContextCreate(parent, "journey store sets", ALLOCSET_DEFAULT_SIZES);
	StoreSets  *sets = MemoryContextAllocZero(context, sizeof(StoreSets));

	EOH_init_header(&sets->head, &sets_methods, context);
	sets->store = store;
	sets->reading = journey_memo_reading();
	sets->size = VARHDRSZ + sizeof(uint32);
	sets->callback.func = unpin_sets;
	sets->callback.arg = sets;
	MemoryContextRegisterResetCallback(context, &sets->callback);
	sets->buckets = bucket_sets_create(context, 256, NULL);
	return sets;
}

/* The sets of a bucket. */
static BucketSets *
need_bucket(StoreSets *sets, uint32 number)
{
	bool		found;
	BucketSets *bucket = bucket_sets_insert(sets->buckets, number, &found);

	if (!found)
	{
		bucket->sets = bucket->room = bucket->known = 0;
		bucket->set = NULL;
		bucket->memo = NULL;
		bucket->taken = NULL;
		bucket->memo = journey_memo_find(sets->store, number, sets->reading);
		if (bucket->memo != NULL)
			bucket->taken = MemoryContextAllocZero(sets->head.eoh_context, bucket->memo->sets + 1);
	}
	return bucket;
}

/* Finds the set in the memo of a bucket; NULL if it is not there.  Mostly sets come in the order in which they came before. */
static struct varlena *
find_known(BucketSets *bucket, const struct varlena *set)
{
	JourneyMemo *memo = bucket->memo;

	for (int i = 0; memo != NULL && i < memo->sets; i++)
	{
		int			at = (bucket->sets + i) % memo->sets;

		if (!bucket->taken[at] && journey_memo_has_set(memo, at, set))
		{
			bucket->taken[at] = true;
			bucket->known++;
			return (struct varlena *) DatumGetPointer(memo->set[at]);
		}
	}
	return NULL;
}

/* Adds a set, which is not toasted: a copy, or what is remembered if that is the same. */
static void
add_set(StoreSets *sets, uint32 number, struct varlena *set)
{
	BucketSets *bucket = need_bucket(sets, number);
	Size		size = VARSIZE_ANY(set);
	struct varlena *known;

	if (bucket->sets == bucket->room)
	{
		bucket->room = Max(4, 2 * bucket->room);
		bucket->set = bucket->set == NULL ? MemoryContextAlloc(sets->head.eoh_context, bucket->room * sizeof(Datum))
			: repalloc(bucket->set, bucket->room * sizeof(Datum));
	}
	sets->size += ENTRY_HEADER + VARSIZE_ANY_EXHDR(set);
	known = find_known(bucket, set);
	if (known == NULL)
		known = memcpy(MemoryContextAlloc(sets->head.eoh_context, size), set, size);
	bucket->set[bucket->sets++] = PointerGetDatum(known);
}

/* _sets_agg(bucket, sets, delta): adds a set of a bucket that has changes. */
Datum
journey__sets_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StoreSets  *sets = PG_ARGISNULL(0) ? NULL : (StoreSets *) PG_GETARG_POINTER(0);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
	{
		if (sets == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(sets);
	}
	if (sets == NULL)
	{
		JourneyDelta delta;

		journey_delta_open(PG_GETARG_VARLENA_PP(3), &delta);
		sets = new_sets(aggcontext, delta.store);
	}
	add_set(sets, (uint32) PG_GETARG_INT32(1), PG_GETARG_VARLENA_PP(2));
	PG_RETURN_POINTER(sets);
}

/* The object.  The server leaves what is in its current memory context where it is. */
Datum
journey__sets_finalfn(PG_FUNCTION_ARGS)
{
	StoreSets  *sets;

	(void) journey_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	sets = (StoreSets *) PG_GETARG_POINTER(0);
	PG_RETURN_POINTER(memcpy(palloc(EXPANDED_POINTER_SIZE), sets->head.eoh_ro_ptr, EXPANDED_POINTER_SIZE));
}

/* The sets of a datum: its object, or one in the current memory context that is made of its flat form. */
static StoreSets *
open_sets(Datum datum)
{
	StoreSets  *sets;
	struct varlena *flat;
	const uint8 *p;
	const uint8 *end;

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		sets = (StoreSets *) DatumGetEOHP(datum);
		if (sets->head.eoh_methods != &sets_methods)
			elog(ERROR, "expanded object is no sets of a store");
		return sets;
	}
	flat = PG_DETOAST_DATUM_PACKED(datum);
	p = (const uint8 *) VARDATA_ANY(flat);
	end = p + VARSIZE_ANY_EXHDR(flat);
	if (end - p < sizeof(uint32))
		elog(ERROR, "sets of a store are cut off");
	sets = new_sets(CurrentMemoryContext, jn_load32(p));
	for (p += sizeof(uint32); p < end;)
	{
		uint32		size;
		struct varlena *set;

		if (end - p < ENTRY_HEADER || (size = jn_load32(p + 4)) > end - p - ENTRY_HEADER)
			elog(ERROR, "sets of a store are cut off");
		set = palloc(VARHDRSZ + size);
		SET_VARSIZE(set, VARHDRSZ + size);
		memcpy(VARDATA(set), p + ENTRY_HEADER, size);
		add_set(sets, jn_load32(p), set);
		pfree(set);
		p += ENTRY_HEADER + size;
	}
	return sets;
}

/* Memory that stays from one bucket to the next: merging one mostly takes less. */
#define BUCKET_MEMORY	(128 * 1024)

/* What _fresh_sets() is about. */
typedef struct Fresh
{
	StoreSets  *sets;
	JourneyDelta delta;
	uint64		chunk;
	MemoryContext context;		/* of the bucket at hand, where it had to be merged */
	Datum	   *set;			/* of this bucket */
	int			n;
	int			at;
} Fresh;

/* Finds the sets of the bucket at hand with its changes: remembers them, or those before some new rows, or merges. */
static void
take_bucket(Fresh *fresh, uint32 number, const uint8 *changes, Size size)
{
	StoreSets  *sets = fresh->sets;
	BucketSets *bucket = need_bucket(sets, number);
	JourneyMemo *memo = bucket->memo;
	Merged	   *merged = NULL;
	MemoryContext caller;

	fresh->at = 0;
	if (memo != NULL && (memo->chunk != fresh->chunk || bucket->known < bucket->sets || bucket->sets < memo->sets ||
						 !journey_memo_begins(memo, changes, size)))
		memo = NULL;
	if (memo != NULL && memo->changes_size == size)
	{
		fresh->set = memo->fresh;
		fresh->n = memo->merged;
		return;
	}
	MemoryContextReset(fresh->context);
	caller = MemoryContextSwitchTo(fresh->context);
	if (memo != NULL && memo->inserted)
		merged = insert_more(memo->fresh, memo->merged, changes, size, memo->changes_size, fresh->chunk);
	if (merged == NULL)
		merged = merge_bucket(bucket->set, bucket->sets, changes, size, fresh->chunk, 0);
	fresh->set = palloc((merged->sets + list_length(merged->written) + 1) * sizeof(Datum));
	fresh->n = 0;
	for (int i = 0; i < merged->sets; i++)
		if (!merged->dropped[i])
			fresh->set[fresh->n++] = merged->set[i];
	for (int i = 0; i < list_length(merged->written); i++)
		fresh->set[fresh->n++] = PointerGetDatum(list_nth(merged->written, i));
	journey_memo_add(sets->store, number, sets->reading, fresh->chunk, bucket->set, bucket->sets, changes, size,
					 fresh->set, fresh->n, merged->inserted);
	MemoryContextSwitchTo(caller);
}

/* _fresh_sets(sets, delta, chunk): the sets of all buckets that have changes, with these */
Datum
journey__fresh_sets(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	Fresh	   *fresh;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		fresh = palloc0(sizeof(Fresh));
		if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		{
			journey_delta_open(PG_GETARG_VARLENA_PP(1), &fresh->delta);
			fresh->sets = PG_ARGISNULL(0) ? new_sets(CurrentMemoryContext, fresh->delta.store) : open_sets(PG_GETARG_DATUM(0));
			fresh->chunk = PG_GETARG_INT64(2);
			fresh->context = AllocSetContextCreate(CurrentMemoryContext, "journey store bucket",
												   BUCKET_MEMORY, BUCKET_MEMORY, ALLOCSET_DEFAULT_MAXSIZE);
		}
		call->user_fctx = fresh;
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	fresh = call->user_fctx;
	while (fresh->at == fresh->n)
	{
		const uint8 *changes;
		uint32		bucket;
		Size		size;

		CHECK_FOR_INTERRUPTS();
		if (!journey_delta_next(&fresh->delta, &bucket, &changes, &size))
			SRF_RETURN_DONE(call);
		take_bucket(fresh, bucket, changes, size);
	}
	SRF_RETURN_NEXT(call, fresh->set[fresh->at++]);
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
	PG_RETURN_INT32((int32) jn_bucket(jn_key_hash(&key), journey_check_bucket_bits(PG_GETARG_INT32(2))));
}
