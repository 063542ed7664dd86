/*
 * ledger_state.c
 *	  From a new row of the ledger to the state of its subject and purpose.
 *
 * The state keeps the highest position of each kind of event, and what the
 * consent with the highest position says.  So it does not matter in which order
 * rows come, and a restore may bring them in any.
 *
 * Those who record hold a lock on the subject, so nobody else changes its rows
 * of the state meanwhile, and what is true at this instant (SnapshotSelf) is
 * the latest word.  Whoever inserts into the ledger without that lock may get an
 * error of the server in a race, and loses nothing.  A transaction that must not
 * see what others committed since it began (REPEATABLE READ) is told to repeat
 * rather than to change it unseen.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "beside.h"
#include "compat.h"
#include "consent_action.h"
#include "fact_pages.h"
#include "ledger_entry.h"

PG_FUNCTION_INFO_V1(journey__ledger_to_state);

enum
{
	STATE_SUBJECT,
	STATE_PURPOSE,
	STATE_GIVEN,
	STATE_REFUSED,
	STATE_WITHDRAWN,
	STATE_OBJECTED,
	STATE_EXPIRED,
	STATE_FROM,
	STATE_UNTIL,
	STATE_COVERS,
	STATE_EXPLICIT,
	STATE_PARENTAL,
	STATE_NOTICE,
	STATE_COLUMNS
};

static const BesideColumns state_columns = {
	"state", STATE_COLUMNS, {
		{"subject", INT8OID},
		{"purpose", INT4OID},
		{"given", INT8OID},
		{"refused", INT8OID},
		{"withdrawn", INT8OID},
		{"objected", INT8OID},
		{"expired", INT8OID},
		{"valid_from", TIMESTAMPTZOID},
		{"valid_until", TIMESTAMPTZOID},
		{"covers_descendants", BOOLOID},
		{"explicit", BOOLOID},
		{"parental", BOOLOID},
		{"notice", TEXTOID}
	}
};

StaticAssertDecl(STATE_COLUMNS <= BESIDE_COLUMNS, "room for the columns of the state");

/* Where an action leaves its position. */
static const int position_of[ACTION_ERASE + 1] = {
	[ACTION_GIVE] = STATE_GIVEN,
	[ACTION_RENEW] = STATE_GIVEN,
	[ACTION_REFUSE] = STATE_REFUSED,
	[ACTION_WITHDRAW] = STATE_WITHDRAWN,
	[ACTION_OBJECT] = STATE_OBJECTED,
	[ACTION_EXPIRE] = STATE_EXPIRED
};

/* What is kept while rows of one statement come. */
typedef struct Memory
{
	AttrNumber	ledger[LEDGER_COLUMNS];
	Beside		state;
} Memory;

static Memory *
memory_of(FmgrInfo *function, Relation ledger)
{
	if (function->fn_extra == NULL)
	{
		Memory	   *memory = MemoryContextAllocZero(function->fn_mcxt, sizeof(Memory));

		journey_ledger_columns(RelationGetDescr(ledger), LEDGER_COLUMNS, memory->ledger);
		function->fn_extra = memory;
	}
	return function->fn_extra;
}

/* A row that a REPEATABLE READ transaction cannot see must not be changed by it. */
static void
check_visible(HeapTuple row)
{
	TransactionId writer = HeapTupleHeaderGetXmin(row->t_data);

	if (IsolationUsesXactSnapshot() &&
		!TransactionIdIsCurrentTransactionId(writer) &&
		XidInMVCCSnapshot(writer, GetTransactionSnapshot()))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent update")));
}

/* Sets a position, and with "consent" what the consent says, if it is the highest of its kind. */
static void
change_state(Relation state, const Beside *beside, int position,
			 const Datum *row_values, const bool *row_nulls, bool counts)
{
	TupleDesc	desc = RelationGetDescr(state);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	old;
	Datum	   *values = palloc0(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc0(desc->natts * sizeof(bool));
	int64		seq = DatumGetInt64(row_values[LEDGER_SEQ]);

#define COLUMN(i) values[beside->column[i] - 1]

	ScanKeyInit(&keys[0], beside->column[STATE_SUBJECT], BTEqualStrategyNumber, F_INT8EQ, row_values[LEDGER_SUBJECT]);
	ScanKeyInit(&keys[1], beside->column[STATE_PURPOSE], BTEqualStrategyNumber, F_INT4EQ, row_values[LEDGER_PURPOSE]);
	scan = systable_beginscan(state, beside->index, true, SnapshotSelf, 2, keys);
	old = systable_getnext(scan);

	if (HeapTupleIsValid(old))
	{
		check_visible(old);
		heap_deform_tuple(old, desc, values, nulls);
		if (!counts || seq <= DatumGetInt64(COLUMN(position)))
		{
			systable_endscan(scan);
			return;
		}
	}
	else
	{
		memset(nulls, true, desc->natts * sizeof(bool));
		for (int i = 0; i < STATE_COLUMNS; i++)
			nulls[beside->column[i] - 1] = false;
		COLUMN(STATE_SUBJECT) = row_values[LEDGER_SUBJECT];
		COLUMN(STATE_PURPOSE) = row_values[LEDGER_PURPOSE];
		COLUMN(STATE_FROM) = TimestampTzGetDatum(DT_NOBEGIN);
		COLUMN(STATE_UNTIL) = TimestampTzGetDatum(DT_NOEND);
		COLUMN(STATE_NOTICE) = CStringGetTextDatum("");
	}

	if (counts)
		COLUMN(position) = Int64GetDatum(seq);
	if (counts && position == STATE_GIVEN)
	{
		COLUMN(STATE_FROM) = row_nulls[LEDGER_VALID_FROM] ? TimestampTzGetDatum(DT_NOBEGIN) : row_values[LEDGER_VALID_FROM];
		COLUMN(STATE_UNTIL) = row_nulls[LEDGER_VALID_UNTIL] ? TimestampTzGetDatum(DT_NOEND) : row_values[LEDGER_VALID_UNTIL];
		COLUMN(STATE_COVERS) = row_values[LEDGER_COVERS];
		COLUMN(STATE_EXPLICIT) = row_values[LEDGER_EXPLICIT];
		COLUMN(STATE_PARENTAL) = row_values[LEDGER_PARENTAL];
		COLUMN(STATE_NOTICE) = row_nulls[LEDGER_NOTICE] ? CStringGetTextDatum("") : row_values[LEDGER_NOTICE];
	}
#undef COLUMN

	if (HeapTupleIsValid(old))
		CatalogTupleUpdate(state, &old->t_self, heap_form_tuple(desc, values, nulls));
	else
		CatalogTupleInsert(state, heap_form_tuple(desc, values, nulls));
	systable_endscan(scan);

	/* the next row of the same statement may be about the same */
	CommandCounterIncrement();
}

Datum
journey__ledger_to_state(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = journey_check_trigger(fcinfo, false);
	Memory	   *memory = memory_of(fcinfo->flinfo, trigger->tg_relation);
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	Datum	   *columns = palloc(desc->natts * (sizeof(Datum) + sizeof(bool)));
	bool	   *missing = (bool *) (columns + desc->natts);
	Datum		values[LEDGER_COLUMNS];
	bool		nulls[LEDGER_COLUMNS];
	JourneyAction action;
	Relation	state;

	heap_deform_tuple(trigger->tg_trigtuple, desc, columns, missing);
	for (int i = 0; i < LEDGER_COLUMNS; i++)
	{
		values[i] = columns[memory->ledger[i] - 1];
		nulls[i] = missing[memory->ledger[i] - 1];
	}

	/* about all data of the subject: another trigger's business */
	if (nulls[LEDGER_PURPOSE])
		return PointerGetDatum(NULL);

	action = journey_action(TextDatumGetCString(values[LEDGER_ACTION]));
	if (action == ACTION_NONE || journey_action_is_about_all(action))
		elog(ERROR, "an event of the ledger has no place in the state");
	state = journey_open_beside(trigger->tg_relation, &state_columns, &memory->state, RowExclusiveLock);
	change_state(state, &memory->state, position_of[action], values, nulls,
				 DatumGetBool(values[LEDGER_COUNTS]));
	table_close(state, NoLock);
	journey_fact_pages_recorded(DatumGetInt64(values[LEDGER_SEQ]));
	return PointerGetDatum(NULL);
}
