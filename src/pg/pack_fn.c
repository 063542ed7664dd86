/*
 * pack_fn.c
 *	  pack(): the rows of a query, packed into sets of journeys.
 *
 * The first call runs the query to its end.  Its rows do not go through a
 * table of results (see read_query.h): our receiver takes the columns apart and
 * gives them to core/pack.h.  Every call then makes one more
 * set.  So what is kept between calls is the rows, packed small, in bounded
 * memory and in temporary files beyond that.
 *
 * The query runs by SPI, as the caller, read-only, in the snapshot of the
 * statement that calls us: as if it stood there as a subquery.  Parallel plans
 * are welcome; the rows of all workers come through the leader.
 *
 * Lifetimes.  Everything is in one memory context, below that of the function
 * call.  Temporary files belong to the resource owner of the statement, or of
 * its cursor.  They are closed with the last set, or, when nobody asks for
 * that, by a callback of the expression context; after an error the resource
 * owner does it.  Nothing but memory and these files has to be cleaned up.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/logtape.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/pack.h"
#include "core/senses.h"
#include "glue.h"
#include "interaction.h"
#include "journey_set_value.h"
#include "progress.h"
#include "read_query.h"
#include "store.h"

PG_FUNCTION_INFO_V1(journey_pack);
PG_FUNCTION_INFO_V1(journey__pack);

/* Less than this is not enough for anything, whatever maintenance_work_mem says. */
#define LEAST_MEMORY	((size_t) 1024 * 1024)

/* Rows between two reports of progress. */
#define REPORT_EVERY	16384

/* The columns that every query has, by their place. */
enum
{
	COL_SUBJECT,
	COL_AT,
	COL_EVENT,
	COL_FURTHER
};

/* What a further column is, by its name. */
typedef struct FurtherColumn
{
	const char *name;
	unsigned	bit;			/* of JnPackOptions.columns */
} FurtherColumn;

static const FurtherColumn further_columns[] = {
	{"channel", 1u << JN_CHANNEL},
	{"decision", 1u << JN_DECISION},
	{"action", 1u << JN_ACTION},
	{"persona", 1u << JN_PERSONA},
	{"value", 1u << JN_VALUE},
	{"senses", 1u << JN_SENSES},
	{"seq", JN_ROW_SEQ},
};

#define MAX_COLUMNS		(COL_FURTHER + lengthof(further_columns))

typedef struct Pack
{
	DestReceiver receiver;		/* first, so that it can stand for the whole */
	MemoryContext context;		/* of everything here */
	MemoryContext row_context;	/* what reading a row leaves behind */
	JnEnv		env;
	JnSpill		spill;
	LogicalTapeSet *tapes;		/* NULL before the first temporary file */
	JnPack	   *pack;			/* NULL when all is over */

	/* the columns of the query */
	int			columns;
	Oid			type[MAX_COLUMNS];	/* base types */
	unsigned	bit[MAX_COLUMNS];	/* of further ones, as in further_columns */
	const char *at_name;		/* for messages */
	JnRow		row;			/* the one that is read */
	bool		copied;			/* something of it is in row_context */
	bool		store;			/* it is a store that is built: tell the client now and then */
	TimestampTz said;			/* when it was told last */
	int64		rows;			/* read, also those that were skipped */
} Pack;


/* ----- temporary files ----- */

static void *
spill_create(void *ctx)
{
	Pack	   *pack = ctx;

	if (pack->tapes == NULL)
		pack->tapes = LogicalTapeSetCreate(true, NULL, -1);
	return LogicalTapeCreate(pack->tapes);
}

static void
spill_write(void *ctx, void *stream, const void *data, size_t size)
{
	LogicalTapeWrite(stream, unconstify(void *, data), size);
}

static void
spill_rewind(void *ctx, void *stream)
{
	LogicalTapeRewindForRead(stream, BLCKSZ);
}

static void
spill_read(void *ctx, void *stream, void *data, size_t size)
{
	if (LogicalTapeRead(stream, data, size) != size)
		elog(ERROR, "unexpected end of a temporary file");
}

static void
spill_close(void *ctx, void *stream)
{
	LogicalTapeClose(stream);
}


/* ----- the columns of the query ----- */

/* Raises for a column whose type is not what it must be. */
pg_noreturn static void
wrong_type(Form_pg_attribute column, const char *what, const char *expected, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of the query is of type %s, but %s must be of type %s",
					NameStr(column->attname), format_type_be(column->atttypid), what, expected),
			 errhint(hint, quote_identifier(NameStr(column->attname)))));
}

static bool
is_integer(Oid type)
{
	return type == INT8OID || type == INT4OID || type == INT2OID;
}

/* The kind of keys that subjects of a type have. */
static JnKeyKind
key_kind(Form_pg_attribute column, Oid type)
{
	if (is_integer(type))
		return JN_KEY_BIGINT;
	if (journey_is_text(type))
		return JN_KEY_TEXT;
	if (type == UUIDOID)
		return JN_KEY_UUID;
	wrong_type(column, "the subject", "text, bigint or uuid", "Cast it, for example: %s::text");
}

/* Looks at the columns of the query. */
static void
read_columns(Pack *pack, TupleDesc desc, JnPackOptions *options)
{
	Form_pg_attribute column;
	int			i;

	if (desc->natts < COL_FURTHER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the query returns %d of at least %d columns", desc->natts, COL_FURTHER),
				 errhint("Return subject, time and event, in this order, as in SELECT user_id, at, event FROM events.")));
	if (desc->natts > (int) MAX_COLUMNS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the query returns %d of at most %d columns", desc->natts, (int) MAX_COLUMNS),
				 errhint("After subject, time and event it may return channel, decision, action, persona, value, senses and seq.")));
	pack->columns = desc->natts;
	for (i = 0; i < desc->natts; i++)
		pack->type[i] = getBaseType(TupleDescAttr(desc, i)->atttypid);

	options->kind = key_kind(TupleDescAttr(desc, COL_SUBJECT), pack->type[COL_SUBJECT]);
	column = TupleDescAttr(desc, COL_AT);
	pack->at_name = MemoryContextStrdup(pack->context, NameStr(column->attname));
	if (pack->type[COL_AT] != TIMESTAMPTZOID)
		wrong_type(column, "the time", "timestamptz", "Cast it, or say in which zone it is: %s AT TIME ZONE 'UTC'");
	column = TupleDescAttr(desc, COL_EVENT);
	if (!journey_is_text(pack->type[COL_EVENT]))
		wrong_type(column, "the event", "text", "Cast it: %s::text");

	for (i = COL_FURTHER; i < desc->natts; i++)
	{
		const FurtherColumn *known = NULL;
		int			k;

		column = TupleDescAttr(desc, i);
		for (k = 0; k < lengthof(further_columns); k++)
			if (strcmp(further_columns[k].name, NameStr(column->attname)) == 0)
				known = &further_columns[k];
		if (known == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of the query is none that a journey has", NameStr(column->attname)),
					 errhint("After subject, time and event it may return channel, decision, action, persona, value, senses and seq; rename it with AS, or leave it out.")));
		if (options->columns & known->bit)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("the query returns column \"%s\" more than once", known->name)));
		pack->bit[i] = known->bit;
		options->columns |= known->bit;

		if (known->bit == 1u << JN_VALUE)
		{
			if (pack->type[i] != FLOAT8OID)
				wrong_type(column, "it", "float8", "Cast it: %s::float8");
		}
		else if (known->bit == 1u << JN_SENSES)
		{
			if (pack->type[i] != TEXTARRAYOID)
				wrong_type(column, "it", "text[]", "Make it an array: ARRAY[%s]");
		}
		else if (known->bit == JN_ROW_SEQ)
		{
			if (!is_integer(pack->type[i]))
				wrong_type(column, "it", "bigint", "Cast it: %s::bigint");
		}
		else if (!journey_is_text(pack->type[i]))
			wrong_type(column, "it", "text", "Cast it: %s::text");
	}
}


/* ----- rows ----- */

static int64
integer_of(Oid type, Datum value)
{
	switch (type)
	{
		case INT8OID:
			return DatumGetInt64(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt16(value);
	}
}

/* See journey_text_name(); the text may be toasted. */
static inline JnName
name_of(Pack *pack, Oid type, Datum value)
{
	struct varlena *t = (struct varlena *) DatumGetPointer(value);

	if (VARATT_IS_EXTERNAL(t) || VARATT_IS_COMPRESSED(t))
	{
		t = pg_detoast_datum_packed(t);
		pack->copied = true;
	}
	return journey_text_name(type, t);
}

static uint32
code_of(Pack *pack, unsigned column, JnName name)
{
	uint32		code;
	JnError		err;

	if (jn_pack_code(&pack->env, pack->pack, column, name, &code, &err) != JN_OK)
		journey_report(&err, err.status == JN_TOO_MANY_NAMES ? "query" : "journey");
	return code;
}

/* Reads what further columns say about a row. */
static void
read_further(Pack *pack, const TupleTableSlot *slot)
{
	JnRow	   *row = &pack->row;
	int			i;

	for (i = COL_FURTHER; i < pack->columns; i++)
	{
		Datum		value = slot->tts_values[i];
		bool		given = !slot->tts_isnull[i];

		if (pack->bit[i] == JN_ROW_SEQ)
		{
			/* the order of signed numbers; the very last one stands with NULL */
			row->seq = given ? (uint64) integer_of(pack->type[i], value) ^ UINT64CONST(1) << 63 : JN_NO_SEQ;
		}
		else if (pack->bit[i] == 1u << JN_VALUE)
			row->value = given ? jn_value_key(DatumGetFloat8(value)) : JN_NO_VALUE;
		else
		{
			JnTrack		track = (JnTrack) pg_rightmost_one_pos32(pack->bit[i]);
			JnSenseSet	senses;
			JnName		name;

			if (given && track == JN_SENSES)
			{
				given = journey_read_senses(value, &senses);
				pack->copied = true;
				name = jn_senses_label(&senses);
			}
			else if (given)
				name = name_of(pack, pack->type[i], value);
			row->label[track] = given ? code_of(pack, track, name) : JN_NO_LABEL;
		}
	}
}

static void
report_progress(Pack *pack, JourneyPhase phase)
{
	JnPackProgress done = jn_pack_progress(pack->pack);
	JourneyProgress progress = {phase, pack->rows, done.rows_packed, done.subjects, done.sets};

	journey_progress_show(&progress);
	if (pack->store && journey_progress_may_say(&pack->said))
		ereport(NOTICE,
				(errmsg("building a store: %lld rows read, %lld of them in sets",
						(long long) progress.rows_read, (long long) progress.rows_packed)));
}

/* Takes a row from the executor. */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	Pack	   *pack = (Pack *) self;
	JnRow	   *row = &pack->row;
	MemoryContext caller;
	TimestampTz at;
	Datum		subject;
	JnError		err;

	if (++pack->rows % REPORT_EVERY == 0)
	{
		report_progress(pack, JOURNEY_READING);
		CHECK_FOR_INTERRUPTS();
	}
	slot_getallattrs(slot);
	if (slot->tts_isnull[COL_SUBJECT] || slot->tts_isnull[COL_AT] || slot->tts_isnull[COL_EVENT])
		return true;

	/* what is toasted is copied into this context */
	caller = MemoryContextSwitchTo(pack->row_context);
	subject = slot->tts_values[COL_SUBJECT];
	switch (row->key.kind)
	{
		case JN_KEY_BIGINT:
			row->key.number = integer_of(pack->type[COL_SUBJECT], subject);
			break;
		case JN_KEY_TEXT:
			{
				JnName		name = name_of(pack, pack->type[COL_SUBJECT], subject);

				row->key.data = name.data;
				row->key.size = name.size;
				break;
			}
		case JN_KEY_UUID:
			row->key.data = (const char *) DatumGetUUIDP(subject)->data;
			row->key.size = UUID_LEN;
			break;
	}
	at = DatumGetTimestampTz(slot->tts_values[COL_AT]);
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("column \"%s\" of the query has an infinite time", pack->at_name),
				 errhint("Leave such rows out: WHERE isfinite(%s).", quote_identifier(pack->at_name))));
	row->time = at;
	row->event = code_of(pack, JN_SET_EVENT, name_of(pack, pack->type[COL_EVENT], slot->tts_values[COL_EVENT]));
	if (pack->columns > COL_FURTHER)
		read_further(pack, slot);
	MemoryContextSwitchTo(pack->context);
	if (jn_pack_add(&pack->env, pack->pack, row, &err) != JN_OK)
		journey_report(&err, "journey_set");
	MemoryContextSwitchTo(caller);
	if (pack->copied)
		MemoryContextReset(pack->row_context);
	pack->copied = false;
	return true;
}

/* ----- the query ----- */

/* Runs the query and gives all its rows to pack->pack. */
static void
run_query(Pack *pack, const char *query, uint64 chunk, uint32 bits)
{
	JnPackOptions options = {
		.chunk = chunk,
		.least_bits = bits,
		.memory = Max((size_t) maintenance_work_mem * 1024, LEAST_MEMORY),
		.set_size = JN_SET_PAGE_SIZE,
	};
	SPIPlanPtr	plan;
	int			track;

	SPI_connect();
	plan = journey_prepare_query(query, "query");
	read_columns(pack, journey_query_columns(plan), &options);

	pack->row = (JnRow) {.seq = JN_NO_SEQ,.value = JN_NO_VALUE,.key.kind = options.kind};
	for (track = 0; track < JN_TRACKS; track++)
		pack->row.label[track] = JN_NO_LABEL;
	pack->pack = jn_pack_new(&pack->env, &pack->spill, &options);
	journey_progress_start();
	report_progress(pack, JOURNEY_READING);
	journey_run_query(plan, &pack->receiver);
	SPI_finish();
}


/* ----- the function ----- */

/* Gives back files and memory; the rest goes with the context. */
static void
end_pack(Pack *pack)
{
	if (pack->pack == NULL)
		return;
	jn_pack_free(&pack->env, pack->pack);
	pack->pack = NULL;
	if (pack->tapes != NULL)
		LogicalTapeSetClose(pack->tapes);
	journey_progress_end();
}

static void
shutdown_pack(Datum arg)
{
	end_pack((Pack *) DatumGetPointer(arg));
}

static Pack *
begin_pack(MemoryContext parent, const char *query, uint64 chunk, uint32 bits, bool store)
{
	MemoryContext context = AllocSetContextCreate(parent, "journey pack", ALLOCSET_DEFAULT_SIZES);
	Pack	   *pack = MemoryContextAllocZero(context, sizeof(Pack));
	MemoryContext caller;
	JnError		err;

	pack->receiver = journey_row_receiver(receive_row);
	pack->context = context;
	pack->row_context = AllocSetContextCreate(context, "journey pack row", ALLOCSET_SMALL_SIZES);
	pack->env = journey_env(context);
	pack->spill = (JnSpill)
	{
		spill_create, spill_write, spill_rewind, spill_read, spill_close, BLCKSZ + 2048, pack
	};
	pack->store = store;
	pack->said = GetCurrentTimestamp();
	run_query(pack, query, chunk, bits);

	report_progress(pack, chunk > 0 ? JOURNEY_ARRANGING : JOURNEY_PACKING);
	caller = MemoryContextSwitchTo(context);
	if (jn_pack_finish(&pack->env, pack->pack, &err) != JN_OK)
		journey_report(&err, "journey_set");
	MemoryContextSwitchTo(caller);
	return pack;
}

/* The next set, or NULL. */
static bytea *
next_set(Pack *pack)
{
	MemoryContext caller = MemoryContextSwitchTo(pack->context);
	bytea	   *set = NULL;
	size_t		size;
	JnError		err;

	if (jn_pack_next(&pack->env, pack->pack, &size, &err) != JN_OK)
		journey_report(&err, "journey_set");
	MemoryContextSwitchTo(caller);
	if (size > 0)
	{
		set = palloc(VARHDRSZ + size);
		SET_VARSIZE(set, VARHDRSZ + size);
		jn_pack_write(&pack->env, pack->pack, (uint8_t *) VARDATA(set));
		report_progress(pack, JOURNEY_PACKING);
	}
	return set;
}

/* The length of a chunk; 0 if there is none. */
static uint64
chunk_length(FunctionCallInfo fcinfo)
{
	int64		length;

	if (PG_ARGISNULL(1))
		return 0;
	length = journey_interval_us(PG_GETARG_INTERVAL_P(1), "chunk");
	if (length == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("chunk must be longer than nothing")));
	return length;
}

/* The next set for a call that returns sets, or NULL at the end, when all is given back. */
static bytea *
next_result(FunctionCallInfo fcinfo, FuncCallContext **call, uint32 bits, bool store)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bytea	   *set;

	if (SRF_IS_FIRSTCALL())
	{
		Pack	   *pack;

		journey_check_given(fcinfo, 0, "query");
		*call = SRF_FIRSTCALL_INIT();
		pack = begin_pack((*call)->multi_call_memory_ctx, text_to_cstring(PG_GETARG_TEXT_PP(0)), chunk_length(fcinfo), bits, store);
		(*call)->user_fctx = pack;
		RegisterExprContextCallback(rsinfo->econtext, shutdown_pack, PointerGetDatum(pack));
	}
	*call = SRF_PERCALL_SETUP();
	set = next_set((*call)->user_fctx);
	if (set == NULL)
	{
		/* the callback will find nothing to do; but the context must not go before it */
		end_pack((*call)->user_fctx);
		UnregisterExprContextCallback(rsinfo->econtext, shutdown_pack, PointerGetDatum((*call)->user_fctx));
	}
	return set;
}

Datum
journey_pack(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	bytea	   *set = next_result(fcinfo, &call, 0, false);

	if (set == NULL)
		SRF_RETURN_DONE(call);
	SRF_RETURN_NEXT(call, PointerGetDatum(set));
}

/* The same for a store: no set has subjects of two buckets, which the first "bits" bits of the hash number. */
Datum
journey__pack(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	uint32		bits = PG_GETARG_INT32(2);
	bytea	   *bytes = next_result(fcinfo, &call, bits, true);
	TupleDesc	desc;
	JnSet		set;
	JnSetParts	parts;
	JnPart		part;
	uint64		chunk;
	Datum		value[3];
	bool		null[3] = {false, false, false};
	JnEnv		env;

	if (bytes == NULL)
		SRF_RETURN_DONE(call);
	if (call->tuple_desc == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(desc);
		MemoryContextSwitchTo(caller);
	}
	env = journey_env(CurrentMemoryContext);
	journey_set_open(PointerGetDatum(bytes), &set);
	jn_set_parts_open(&parts, &set);
	if (!jn_set_parts_next(&env, &parts, &part))
		elog(ERROR, "set without parts");
	chunk = chunk_length(fcinfo);
	value[0] = Int32GetDatum((int32) jn_bucket(jn_key_hash(&part.key), bits));
	value[1] = TimestampTzGetDatum(journey_store_chunk_at(set.head.first, chunk));
	value[2] = PointerGetDatum(bytes);
	jn_set_parts_close(&env, &parts);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, value, null)));
}
