/*
 * store_collect.c
 *	  The triggers of a store: what a statement did to the table, written to the
 *	  table of changes.
 *
 * A statement leaves its rows in transition tables; they are read here, and
 * written as batches (core/store_batch.h) that fill a page each.  The apply
 * worker of logical replication runs no statements, so for it there are
 * triggers for each row, which do nothing elsewhere.  See doc/decisions/store.md
 * for who fires when.
 *
 * A change is written with the rights of nobody: who may write to the table need
 * not know of its stores.  So it is made sure that the table of changes belongs
 * to whom the table belongs.
 *
 * What a trigger needs to know is kept for the session by the trigger's number,
 * and forgotten when the server tells that one of the tables was altered.  The
 * columns are those of another trigger, which never does anything: its column
 * list follows when columns are renamed, keeps them from being dropped or given
 * another type, and is in dumps.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/senses.h"
#include "core/store_batch.h"
#include "core/values.h"
#include "glue.h"
#include "interaction.h"
#include "read_query.h"
#include "store.h"

PG_FUNCTION_INFO_V1(journey__collect);
PG_FUNCTION_INFO_V1(journey__collect_rows);

/* A batch of more than this is written: with one change more it mostly still fits a page. */
#define BATCH_SIZE		7680

/* The arguments of a trigger: the id of the store; what the trigger is for; tracks, for that of the columns. */
#define ARG_ID			0
#define ARG_PURPOSE		1
#define ARG_TRACKS		2
#define FOR_COLUMNS		"columns"

/* The columns of the table of changes. */
enum
{
	DELTA_WRITTEN,
	DELTA_ROWS,
	DELTA_BATCH,
	DELTA_COLUMNS
};

/* A column of the table that is tracked. */
typedef struct Column
{
	AttrNumber	attnum;
	Oid			type;			/* under all domains */
} Column;

/* What is known of a trigger. */
typedef struct Tracked
{
	Oid			trigger;		/* key */
	bool		valid;
	Oid			relid;			/* the table of the trigger */
	JourneyStore store;
	JnKeyKind	kind;
	unsigned	tracks;
	AttrNumber	last;			/* the highest number of a column */
	Column		subject;
	Column		at;
	Column		event;
	Column		track[JN_TRACKS];
} Tracked;

static HTAB *known = NULL;

/* A row as a change; what it points to is in the row, in memory of the row, and here. */
typedef struct Row
{
	JnChange	change;
	JnSenseSet	senses;
} Row;

/* Writing changes, for one statement. */
typedef struct Collector
{
	const Tracked *tracked;
	Relation	events;
	Relation	delta;
	MemoryContext context;
	MemoryContext row_context;	/* what reading a row leaves behind */
	JnEnv		env;
	JnBatch		batch;
	Size		written;		/* bytes */
	ErrorContextCallback callback;
} Collector;


/* ----- what is known of a trigger ----- */

/* A table was altered. */
static void
forget(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS scan;
	Tracked    *tracked;

	hash_seq_init(&scan, known);
	while ((tracked = hash_seq_search(&scan)) != NULL)
		if (!OidIsValid(relid) || tracked->relid == relid || tracked->store.events == relid ||
			tracked->store.delta == relid || tracked->store.sets == relid)
			tracked->valid = false;
}

static Trigger *
find_columns_trigger(Relation events, Oid function, const char *id)
{
	TriggerDesc *triggers = events->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgfoid == function && trigger->tgnargs >= ARG_TRACKS + 3 &&
			strcmp(trigger->tgargs[ARG_ID], id) == 0 && strcmp(trigger->tgargs[ARG_PURPOSE], FOR_COLUMNS) == 0)
			return trigger;
	}
	return NULL;
}

pg_noreturn static void
broken_store(Relation rel, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("cannot collect the changes of table \"%s\"", RelationGetRelationName(rel)),
			 errdetail_internal("%s", detail),
			 errhint("Drop the triggers of the store with journey.untrack(), and track the table again.")));
}

/* The tracks by their names, in the order of Tracked.track[]. */
static const char *const track_name[JN_TRACKS] = {"channel", "decision", "action", "persona", "value", "senses"};

/* Whether the columns have the types that track() asks for: who owns the table may have put other triggers there. */
static bool
has_types(const Tracked *tracked)
{
	Oid			subject = tracked->subject.type;

	if (!journey_is_text(subject) && subject != INT8OID && subject != INT4OID && subject != INT2OID && subject != UUIDOID)
		return false;
	if (tracked->at.type != TIMESTAMPTZOID || !journey_is_text(tracked->event.type))
		return false;
	for (int t = 0; tracked->tracks >> t != 0; t++)
	{
		Oid			type = tracked->track[t].type;

		if (tracked->tracks >> t & 1 &&
			!(t == JN_VALUE ? type == FLOAT8OID : t == JN_SENSES ? type == TEXTARRAYOID : journey_is_text(type)))
			return false;
	}
	return true;
}

/* Finds out all about a store and a table whose changes it collects. */
static void
load(Tracked *tracked, const char *id, Relation rel, Oid function)
{
	pg_uuid_t  *uuid = DatumGetUUIDP(DirectFunctionCall1(uuid_in, CStringGetDatum(id)));
	Relation	events;
	Trigger    *columns;
	Relation	delta;

	if (!journey_store_by_id(uuid, &tracked->store))
		broken_store(rel, "Its store is not in journey.store.");
	tracked->relid = RelationGetRelid(rel);
	tracked->tracks = 0;
	tracked->last = 0;
	tracked->subject = tracked->at = tracked->event = (Column) {0};
	memset(tracked->track, 0, sizeof(tracked->track));
	events = try_relation_open(tracked->store.events, AccessShareLock);
	columns = events == NULL ? NULL : find_columns_trigger(events, function, id);
	if (columns == NULL || columns->tgnattr != columns->tgnargs - ARG_TRACKS)
		broken_store(rel, "The store has lost its columns.");
	for (int i = 0; i < columns->tgnattr; i++)
	{
		const char *track = columns->tgargs[ARG_TRACKS + i];
		char	   *name = get_attname(RelationGetRelid(events), columns->tgattr[i], false);
		Column		column;

		/* a partition has its columns in an order of its own */
		column.attnum = get_attnum(tracked->relid, name);
		if (column.attnum <= 0)
			broken_store(rel, "A column of the store is not there.");
		column.type = getBaseType(get_atttype(tracked->relid, column.attnum));
		tracked->last = Max(tracked->last, column.attnum);
		if (strcmp(track, "subject") == 0)
			tracked->subject = column;
		else if (strcmp(track, "at") == 0)
			tracked->at = column;
		else if (strcmp(track, "event") == 0)
			tracked->event = column;
		for (int t = 0; t < JN_TRACKS; t++)
			if (strcmp(track, track_name[t]) == 0)
			{
				tracked->track[t] = column;
				tracked->tracks |= 1u << t;
			}
	}
	if (!has_types(tracked))
		broken_store(rel, "A column of the store is missing, or of another type.");
	tracked->kind = journey_is_text(tracked->subject.type) ? JN_KEY_TEXT
		: tracked->subject.type == UUIDOID ? JN_KEY_UUID : JN_KEY_BIGINT;

	delta = try_relation_open(tracked->store.delta, AccessShareLock);
	if (delta == NULL || delta->rd_rel->relkind != RELKIND_RELATION ||
		delta->rd_rel->relowner != events->rd_rel->relowner ||
		RelationGetDescr(delta)->natts != DELTA_COLUMNS ||
		TupleDescAttr(RelationGetDescr(delta), DELTA_WRITTEN)->atttypid != TIMESTAMPTZOID ||
		TupleDescAttr(RelationGetDescr(delta), DELTA_ROWS)->atttypid != INT4OID ||
		TupleDescAttr(RelationGetDescr(delta), DELTA_BATCH)->atttypid != BYTEAOID)
		broken_store(rel, "Its table of changes is missing, altered, or belongs to another role.");
	relation_close(delta, AccessShareLock);
	relation_close(events, AccessShareLock);
}

/* What is known of the trigger that calls. */
static const Tracked *
find_tracked(FunctionCallInfo fcinfo, const TriggerData *call)
{
	Oid			trigger = call->tg_trigger->tgoid;
	Tracked    *tracked;
	bool		found;

	if (known == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(Oid),.entrysize = sizeof(Tracked),.hcxt = CacheMemoryContext};

		known = hash_create("journey stores", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
	}
	tracked = hash_search(known, &trigger, HASH_ENTER, &found);
	if (!found)
	{
		memset(&tracked->valid, 0, sizeof(Tracked) - offsetof(Tracked, valid));
		tracked->relid = InvalidOid;
	}
	if (!tracked->valid)
	{
		Oid			relid = RelationGetRelid(call->tg_relation);

		load(tracked, call->tg_trigger->tgargs[ARG_ID], call->tg_relation, fcinfo->flinfo->fn_oid);

		/* anybody may make a trigger like this on a table of theirs */
		if (tracked->store.events != relid && !list_member_oid(get_partition_ancestors(relid), tracked->store.events))
			broken_store(call->tg_relation, "It is not the table of the store.");
		tracked->valid = true;
	}
	return tracked;
}


/* ----- rows ----- */

static JnName
text_of(Oid type, Datum value)
{
	return journey_text_name(type, (struct varlena *) PG_DETOAST_DATUM_PACKED(value));
}

/* Reads a row; false for one that is no step: its subject, time or event is NULL. */
static bool
read_row(const Collector *c, TupleTableSlot *slot, Row *row)
{
	const Tracked *tracked = c->tracked;
	const Datum *value;
	const bool *null;
	JnChange   *change = &row->change;
	Datum		subject;

	slot_getsomeattrs(slot, tracked->last);
	value = slot->tts_values - 1;
	null = slot->tts_isnull - 1;
	if (null[tracked->subject.attnum] || null[tracked->at.attnum] || null[tracked->event.attnum])
		return false;

	subject = value[tracked->subject.attnum];
	change->key = (JnKey) {.kind = tracked->kind};
	switch (tracked->subject.type)
	{
		case INT8OID:
			change->key.number = DatumGetInt64(subject);
			break;
		case INT4OID:
			change->key.number = DatumGetInt32(subject);
			break;
		case INT2OID:
			change->key.number = DatumGetInt16(subject);
			break;
		case UUIDOID:
			change->key.data = (const char *) DatumGetUUIDP(subject)->data;
			change->key.size = UUID_LEN;
			break;
		default:
			{
				JnName		name = text_of(tracked->subject.type, subject);

				change->key.data = name.data;
				change->key.size = name.size;
			}
	}
	change->time = DatumGetTimestampTz(value[tracked->at.attnum]);
	if (TIMESTAMP_NOT_FINITE(change->time))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("column \"%s\" of table \"%s\" has an infinite time",
						get_attname(tracked->relid, tracked->at.attnum, false), RelationGetRelationName(c->events)),
				 errdetail("The table is tracked as journeys, whose steps have finite times."),
				 errhint("Leave the time NULL: such a row is no step of a journey.")));
	change->event = text_of(tracked->event.type, value[tracked->event.attnum]);
	change->value = JN_NO_VALUE;
	for (int t = 0; tracked->tracks >> t != 0; t++)
	{
		AttrNumber	attnum = tracked->track[t].attnum;

		change->label[t] = (JnName) {NULL, 0};
		if ((tracked->tracks >> t & 1) == 0 || null[attnum])
			continue;
		if (t == JN_VALUE)
			change->value = jn_value_key(DatumGetFloat8(value[attnum]));
		else if (t != JN_SENSES)
			change->label[t] = text_of(tracked->track[t].type, value[attnum]);
		else if (journey_read_senses(value[attnum], &row->senses))
			change->label[t] = jn_senses_label(&row->senses);
	}
	return true;
}

static bool
same_name(JnName a, JnName b)
{
	return (a.data == NULL) == (b.data == NULL) && a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Whether two rows are the same step of the same subject. */
static bool
same_row(const Collector *c, const Row *a, const Row *b)
{
	const JnChange *x = &a->change;
	const JnChange *y = &b->change;

	if (x->time != y->time || jn_key_compare(&x->key, &y->key) != 0 || !same_name(x->event, y->event) ||
		x->value != y->value)
		return false;
	for (int t = 0; c->tracked->tracks >> t != 0; t++)
		if (c->tracked->tracks >> t & 1 && t != JN_VALUE && !same_name(x->label[t], y->label[t]))
			return false;
	return true;
}


/* ----- writing ----- */

static void
add_context(void *arg)
{
	Collector  *c = arg;

	errcontext("changes of table \"%s\" for its store", RelationGetRelationName(c->events));
}

static Collector *
begin_collect(const Tracked *tracked, Relation events)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "journey collect", ALLOCSET_DEFAULT_SIZES);
	Collector  *c = MemoryContextAlloc(context, sizeof(Collector));

	c->tracked = tracked;
	c->events = events;
	c->delta = NULL;
	c->context = context;
	c->row_context = AllocSetContextCreate(context, "journey collect row", ALLOCSET_SMALL_SIZES);
	c->env = journey_env(context);
	jn_batch_open(&c->batch, tracked->kind, tracked->tracks);
	c->written = 0;
	c->callback = (ErrorContextCallback) {error_context_stack, add_context, c};
	error_context_stack = &c->callback;
	return c;
}

/* Writes the batch. */
static void
write_batch(Collector *c)
{
	Datum		value[DELTA_COLUMNS];
	bool		null[DELTA_COLUMNS] = {false};
	bytea	   *bytes;
	HeapTuple	tuple;
	TupleTableSlot *slot;

	if (c->batch.changes == 0)
		return;
	if (c->delta == NULL)
		c->delta = table_open(c->tracked->store.delta, RowExclusiveLock);
	bytes = MemoryContextAlloc(c->row_context, VARHDRSZ + c->batch.size);
	SET_VARSIZE(bytes, VARHDRSZ + c->batch.size);
	memcpy(VARDATA(bytes), c->batch.bytes, c->batch.size);
	value[DELTA_WRITTEN] = TimestampTzGetDatum(GetCurrentStatementStartTimestamp());
	value[DELTA_ROWS] = Int32GetDatum(c->batch.changes);
	value[DELTA_BATCH] = PointerGetDatum(bytes);
	tuple = heap_form_tuple(RelationGetDescr(c->delta), value, null);
	slot = MakeSingleTupleTableSlot(RelationGetDescr(c->delta), &TTSOpsHeapTuple);
	ExecStoreHeapTuple(tuple, slot, false);
	simple_table_tuple_insert(c->delta, slot);
	ExecDropSingleTupleTableSlot(slot);
	heap_freetuple(tuple);
	c->written += c->batch.size;
	jn_batch_reset(&c->batch);
	MemoryContextReset(c->row_context);
}

static void
add_row(Collector *c, Row *row, bool gone)
{
	JnError		err;

	row->change.gone = gone;
	if (jn_batch_add(&c->env, &c->batch, &row->change, &err) != JN_OK)
		journey_report(&err, "journey");
}

static void
end_collect(Collector *c)
{
	write_batch(c);
	if (c->delta != NULL)
		table_close(c->delta, RowExclusiveLock);
	error_context_stack = c->callback.previous;
	if (c->written > 0)
		journey_store_fold_if_due(&c->tracked->store, c->written);
	MemoryContextDelete(c->context);
}

/* What is done after each row, or pair of rows. */
static void
row_done(Collector *c)
{
	if (c->batch.size > BATCH_SIZE)
		write_batch(c);
	MemoryContextReset(c->row_context);
	CHECK_FOR_INTERRUPTS();
}

/* Makes a change of what "old" became: either may be NULL, or a row that is no step. */
static void
collect_pair(Collector *c, TupleTableSlot *old, TupleTableSlot *new)
{
	MemoryContext caller = MemoryContextSwitchTo(c->row_context);
	Row			before;
	Row			after;
	bool		gone = old != NULL && read_row(c, old, &before);
	bool		came = new != NULL && read_row(c, new, &after);

	if (!gone || !came || !same_row(c, &before, &after))
	{
		if (gone)
			add_row(c, &before, true);
		if (came)
			add_row(c, &after, false);
	}
	MemoryContextSwitchTo(caller);
	row_done(c);
}

/* A slot for the rows of a transition table, which is at its beginning then; NULL if there is none. */
static TupleTableSlot *
open_transition(Tuplestorestate *rows, Relation rel, int *pointer)
{
	if (rows == NULL)
		return NULL;
	*pointer = tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND);
	tuplestore_select_read_pointer(rows, *pointer);
	tuplestore_rescan(rows);
	return MakeSingleTupleTableSlot(RelationGetDescr(rel), &TTSOpsMinimalTuple);
}

static bool
next_row(Tuplestorestate *rows, int pointer, TupleTableSlot *slot)
{
	if (rows == NULL)
		return false;
	tuplestore_select_read_pointer(rows, pointer);
	return tuplestore_gettupleslot(rows, true, false, slot);
}

/*
 * Collects what a statement did.  Old and new rows come in pairs, mostly; where
 * they do not, two rows that are the same cancel each other nevertheless.
 */
static void
collect_statement(Collector *c, const TriggerData *call)
{
	Tuplestorestate *old_rows = call->tg_oldtable;
	Tuplestorestate *new_rows = call->tg_newtable;
	int			old_pointer = 0;
	int			new_pointer = 0;
	TupleTableSlot *old = open_transition(old_rows, c->events, &old_pointer);
	TupleTableSlot *new = open_transition(new_rows, c->events, &new_pointer);

	for (;;)
	{
		bool		has_old = next_row(old_rows, old_pointer, old);
		bool		has_new = next_row(new_rows, new_pointer, new);

		if (!has_old && !has_new)
			break;
		collect_pair(c, has_old ? old : NULL, has_new ? new : NULL);
	}
	if (old != NULL)
		ExecDropSingleTupleTableSlot(old);
	if (new != NULL)
		ExecDropSingleTupleTableSlot(new);
}

/* Deletes all rows that a table has now. */
static void
empty_table(Oid relid)
{
	Relation	rel = table_open(relid, RowExclusiveLock);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(rel, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		simple_table_tuple_delete(rel, &slot->tts_tid, snapshot);
		CHECK_FOR_INTERRUPTS();
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	table_close(rel, RowExclusiveLock);
}

/* Collects all rows that a table has now, as if they came, or were gone. */
static int64
collect_table(Collector *c, bool gone)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(c->events, snapshot, 0, NULL);
	TupleTableSlot *slot = table_slot_create(c->events, NULL);
	int64		rows = 0;

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		collect_pair(c, gone ? slot : NULL, gone ? NULL : slot);
		rows++;
	}
	ExecDropSingleTupleTableSlot(slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	return rows;
}


/* ----- the triggers ----- */

/* _collect(): after a statement, after a row of the apply worker, and before TRUNCATE */
Datum
journey__collect(PG_FUNCTION_ARGS)
{
	TriggerData *call = (TriggerData *) fcinfo->context;
	const Tracked *tracked;
	Collector  *c;

	if (!CALLED_AS_TRIGGER(fcinfo) || call->tg_trigger->tgnargs < ARG_PURPOSE + 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("not fired by the trigger of a store")));
	if (strcmp(call->tg_trigger->tgargs[ARG_PURPOSE], FOR_COLUMNS) == 0)
		PG_RETURN_POINTER(NULL);

	/* one of the two kinds collects, however they are enabled: rows for the apply worker, statements for all others */
	if (!TRIGGER_FIRED_BY_TRUNCATE(call->tg_event) &&
		(TRIGGER_FIRED_FOR_ROW(call->tg_event) != 0) != (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA))
		PG_RETURN_POINTER(NULL);

	tracked = find_tracked(fcinfo, call);
	if (TRIGGER_FIRED_BY_TRUNCATE(call->tg_event) && !call->tg_relation->rd_rel->relispartition)
	{
		/*
		 * Nobody else writes to the table, so all that there is can go, also
		 * what an older snapshot does not show.  No lock that readers meet.
		 */
		if (call->tg_relation->rd_rel->relkind == RELKIND_RELATION)
		{
			journey_store_lock(&tracked->store, true);
			empty_table(tracked->store.sets);
			empty_table(tracked->store.delta);
		}
		PG_RETURN_POINTER(NULL);
	}
	c = begin_collect(tracked, call->tg_relation);
	if (TRIGGER_FIRED_BY_TRUNCATE(call->tg_event))
	{
		/* the rows of a partition are part of a store */
		if (call->tg_relation->rd_rel->relkind == RELKIND_RELATION)
			(void) collect_table(c, true);
	}
	else if (TRIGGER_FIRED_FOR_STATEMENT(call->tg_event))
		collect_statement(c, call);
	else
	{
		TupleTableSlot *first = call->tg_trigslot;

		collect_pair(c, TRIGGER_FIRED_BY_INSERT(call->tg_event) ? NULL : first,
					 TRIGGER_FIRED_BY_INSERT(call->tg_event) ? first
					 : TRIGGER_FIRED_BY_UPDATE(call->tg_event) ? call->tg_newslot : NULL);
	}
	end_collect(c);
	PG_RETURN_POINTER(NULL);
}

/* _collect_rows(id, table, gone): all rows of a table that became a partition, or was one; returns their number */
Datum
journey__collect_rows(PG_FUNCTION_ARGS)
{
	Relation	rel = table_open(PG_GETARG_OID(1), AccessShareLock);
	char	   *id = DatumGetCString(DirectFunctionCall1(uuid_out, PG_GETARG_DATUM(0)));
	Tracked		tracked;
	Collector  *c;
	int64		rows;

	memset(&tracked, 0, sizeof(tracked));
	load(&tracked, id, rel, PG_GETARG_OID(3));
	if (!object_ownercheck(RelationRelationId, tracked.store.delta, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(tracked.store.events));
	c = begin_collect(&tracked, rel);
	rows = collect_table(c, PG_GETARG_BOOL(2));
	end_collect(c);
	table_close(rel, NoLock);
	PG_RETURN_INT64(rows);
}
