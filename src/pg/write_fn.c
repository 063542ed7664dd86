/*
 * write_fn.c
 *	  Writing to a protected relation through its view.
 *
 * The views of journey.protect() are not updatable by themselves: a join of an
 * automatically updatable view shows the widths of raw columns in its plan,
 * and its conflicts reach rows that the view hides.  Instead they have
 * INSTEAD OF triggers.  Which rows a statement finds is then a SELECT on the
 * view like any other, where conditions see masks, and all that is left is to
 * change one row at a time, by a statement that no writer has a say in:
 *
 *	INSERT	(base table, columns that are taken, RETURNING clause)
 *	UPDATE	(statement, columns that are set)
 *	DELETE	(statement)
 *
 * are the arguments of the triggers, made by journey._write_trigger(), which
 * also knows what is safe to write.  In the statements $1 .. $n are the columns
 * of the row as it was and $n+1 .. $2n those of the new one.
 *
 * The statement runs as the owner of the view, who owns the table, with a safe
 * search_path: defaults, checks and triggers of the table are the owner's, and
 * find no object of the writer's.  Their notices are not shown.  Neither are
 * their errors, nor those of constraints, which quote raw rows: the writer
 * gets the same words whatever happened, with the SQLSTATE where that follows
 * from public values.
 *
 * Temporary tables and types are another matter.  They come last in this path, so
 * code of the owner that names a table in a schema which is not in the path does
 * not fail if the writer has made one of that name: it hands raw rows to it, or
 * asks it.  No path is without them.  So where a function that the table
 * calls looks names up, and the session has any that are not the owner's,
 * nothing is written.
 *
 * UPDATE and DELETE find the row by a public key, and only as the writer saw
 * it: if a public column has changed since, they fail as a serializable
 * transaction would.  So nobody's change is lost.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(journey__write);

/* What one trigger keeps during one statement of the writer; lives in fn_mcxt. */
typedef struct Writer
{
	bool	   *taken;			/* may the column be written? by attnum - 1 */
	bool	   *given;			/* INSERT: the columns that the plan sets */
	SPIPlanPtr	plan;			/* NULL: none yet */
	bool		asked_names;	/* is the next one known? */
	bool		by_name;		/* may code of the owner find temporary tables? */
	MemoryContextCallback callback;
} Writer;

/* Runs when the statement is over, also after an error. */
static void
free_plan(void *arg)
{
	Writer	   *writer = arg;

	if (writer->plan != NULL)
		SPI_freeplan(writer->plan);
	writer->plan = NULL;
}

/* Marks the columns that a text form of name[] lists. */
static bool *
read_columns(const char *list, TupleDesc desc)
{
	bool	   *result = palloc0(desc->natts * sizeof(bool));
	ArrayType  *names;
	Datum	   *name;
	int			n;

	names = DatumGetArrayTypeP(OidFunctionCall3(F_ARRAY_IN, CStringGetDatum(list),
												ObjectIdGetDatum(NAMEOID), Int32GetDatum(-1)));
	deconstruct_array(names, NAMEOID, NAMEDATALEN, false, TYPALIGN_CHAR, &name, NULL, &n);
	for (int i = 0; i < n; i++)
	{
		int			column = SPI_fnumber(desc, NameStr(*DatumGetName(name[i])));

		if (column > 0)
			result[column - 1] = true;
	}
	return result;
}

static Writer *
get_writer(FunctionCallInfo fcinfo, TriggerData *call)
{
	Writer	   *writer = fcinfo->flinfo->fn_extra;
	Trigger    *trigger = call->tg_trigger;
	TupleDesc	desc = RelationGetDescr(call->tg_relation);
	MemoryContext caller;

	if (writer != NULL)
		return writer;
	if (trigger->tgnargs != (TRIGGER_FIRED_BY_INSERT(call->tg_event) ? 3 :
							 TRIGGER_FIRED_BY_UPDATE(call->tg_event) ? 2 : 1))
		elog(ERROR, "trigger \"%s\" was not made by journey.protect()", trigger->tgname);

	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	writer = palloc0(sizeof(Writer));
	if (trigger->tgnargs > 1)
		writer->taken = read_columns(trigger->tgargs[1], desc);
	writer->given = palloc0(desc->natts * sizeof(bool));
	writer->callback.func = free_plan;
	writer->callback.arg = writer;
	MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, &writer->callback);
	fcinfo->flinfo->fn_extra = writer;
	MemoryContextSwitchTo(caller);
	return writer;
}

/*
 * An error if a column differs from what the view showed (UPDATE), or has a
 * value at all (INSERT), and cannot be written.  "old" is NULL for INSERT.
 */
static void
check_columns(const Writer *writer, TriggerData *call, HeapTuple old, HeapTuple new)
{
	TupleDesc	desc = RelationGetDescr(call->tg_relation);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);
		bool		new_null;
		bool		old_null = true;
		Datum		new_value;
		Datum		old_value = (Datum) 0;

		if (writer->taken[i])
			continue;
		new_value = heap_getattr(new, i + 1, desc, &new_null);
		if (old != NULL)
			old_value = heap_getattr(old, i + 1, desc, &old_null);
		if (new_null != old_null ||
			(!new_null && !datum_image_eq(old_value, new_value, column->attbyval, column->attlen)))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot write column \"%s\" of view \"%s\"",
							NameStr(column->attname), RelationGetRelationName(call->tg_relation)),
					 errdetail("Masked columns, the subject, and columns that the table ties to masked ones cannot be written through the view.")));
	}
}

/* The INSERT that sets the columns which the new row gives; others get their defaults. */
static char *
insert_statement(const Writer *writer, TriggerData *call)
{
	TupleDesc	desc = RelationGetDescr(call->tg_relation);
	StringInfoData columns;
	StringInfoData values;
	const char *comma = "";

	initStringInfo(&columns);
	initStringInfo(&values);
	for (int i = 0; i < desc->natts; i++)
	{
		if (!writer->given[i])
			continue;
		appendStringInfo(&columns, "%s%s", comma, quote_identifier(NameStr(TupleDescAttr(desc, i)->attname)));
		appendStringInfo(&values, "%s$%d", comma, desc->natts + i + 1);
		comma = ", ";
	}
	return columns.len == 0 ?
		psprintf("INSERT INTO %s AS b DEFAULT VALUES%s", call->tg_trigger->tgargs[0], call->tg_trigger->tgargs[2]) :
		psprintf("INSERT INTO %s AS b (%s) VALUES (%s)%s", call->tg_trigger->tgargs[0],
				 columns.data, values.data, call->tg_trigger->tgargs[2]);
}

/* Makes the plan, or keeps the one there is if it sets the same columns. */
static void
prepare(Writer *writer, TriggerData *call, HeapTuple new)
{
	TupleDesc	desc = RelationGetDescr(call->tg_relation);
	bool		insert = TRIGGER_FIRED_BY_INSERT(call->tg_event);
	bool		same = true;
	Oid		   *types;
	SPIPlanPtr	plan;

	if (insert)
		for (int i = 0; i < desc->natts; i++)
		{
			bool		given = !heap_attisnull(new, i + 1, desc);

			same &= given == writer->given[i];
			writer->given[i] = given;
		}
	if (writer->plan != NULL)
	{
		if (same)
			return;
		free_plan(writer);
	}

	types = palloc(2 * desc->natts * sizeof(Oid));
	for (int i = 0; i < desc->natts; i++)
		types[i] = types[desc->natts + i] = TupleDescAttr(desc, i)->atttypid;
	plan = SPI_prepare(insert ? insert_statement(writer, call) : call->tg_trigger->tgargs[0],
					   2 * desc->natts, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	writer->plan = plan;
}

/*
 * The row as it is now: public columns as they were stored, the others as in
 * "row", or NULL after an INSERT, where they are yet to be masked.
 */
static HeapTuple
stored_row(TriggerData *call, HeapTuple row)
{
	TupleDesc	desc = RelationGetDescr(call->tg_relation);
	TupleDesc	stored = SPI_tuptable->tupdesc;
	Datum	   *values = palloc(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc(desc->natts * sizeof(bool));

	heap_deform_tuple(row, desc, values, nulls);
	for (int i = 0; i < desc->natts; i++)
	{
		int			column = SPI_fnumber(stored, NameStr(TupleDescAttr(desc, i)->attname));

		if (column > 0)
			values[i] = heap_getattr(SPI_tuptable->vals[0], column, stored, &nulls[i]);
		else if (TRIGGER_FIRED_BY_INSERT(call->tg_event))
			nulls[i] = true;
	}
	return heap_form_tuple(desc, values, nulls);
}

/*
 * Does the statement.  Returns the row for the writer's RETURNING, in
 * "result_context", or NULL if the table did not take a new row.
 */
static HeapTuple
run(Writer *writer, TriggerData *call, HeapTuple old, HeapTuple new, MemoryContext result_context)
{
	TupleDesc	desc = RelationGetDescr(call->tg_relation);
	Datum	   *values = palloc0(2 * desc->natts * sizeof(Datum));
	char	   *nulls = palloc(2 * desc->natts);
	int			result;
	HeapTuple	row;

	prepare(writer, call, new);
	memset(nulls, 'n', 2 * desc->natts);
	for (int half = 0; half < 2; half++)
	{
		HeapTuple	tuple = half == 0 ? old : new;

		for (int i = 0; tuple != NULL && i < desc->natts; i++)
		{
			int			parameter = half * desc->natts + i;
			bool		isnull;

			values[parameter] = heap_getattr(tuple, i + 1, desc, &isnull);
			if (!isnull)
				nulls[parameter] = ' ';
		}
	}

	result = SPI_execute_plan(writer->plan, values, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(result));
	if (SPI_processed == 0)
	{
		if (old == NULL)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("a row of view \"%s\" was changed meanwhile", RelationGetRelationName(call->tg_relation))));
	}

	MemoryContextSwitchTo(result_context);
	row = new == NULL ? heap_copytuple(old) :
		SPI_tuptable == NULL ? heap_copytuple(new) : stored_row(call, new);
	return row;
}

/* An error that says what kind it was, and nothing that a row says. */
static void
report(const ErrorData *error, TriggerData *call)
{
	const char *view = RelationGetRelationName(call->tg_relation);
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	/* these messages are about the transaction and the server */
	if (category == ERRCODE_TRANSACTION_ROLLBACK || category == ERRCODE_INSUFFICIENT_RESOURCES ||
		category == ERRCODE_OPERATOR_INTERVENTION || error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE)
		ereport(ERROR, (errcode(error->sqlerrcode), errmsg_internal("%s", error->message)));
	if (category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
		ereport(ERROR,
				(errcode(error->sqlerrcode),
				 errmsg("cannot write to view \"%s\"", view),
				 errdetail("A constraint of its table does not allow it.")));
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_ACTION_EXCEPTION),
			 errmsg("cannot write to view \"%s\"", view),
			 errdetail("Its table does not take the row."),
			 errhint("The owner of the table can learn more by the same statement on the table itself.")));
}

/* Sets a setting until the caller's AtEOXact_GUC(). */
static void
set_for_now(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* Is it a table, view or type that another than the owner or a superuser has made? */
static bool
is_of_others(Oid class, Oid object, Oid owner)
{
	HeapTuple	tuple = NULL;
	Oid			maker = owner;

	if (class == RelationRelationId && HeapTupleIsValid(tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(object))))
		maker = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	else if (class == TypeRelationId && HeapTupleIsValid(tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(object))))
		maker = ((Form_pg_type) GETSTRUCT(tuple))->typowner;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return maker != owner && !superuser_arg(maker);
}

/* Does a schema hold such? */
static bool
holds_others(Oid schema, Oid owner)
{
	Relation	rel = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(NamespaceRelationId));
	ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(schema));
	scan = systable_beginscan(rel, DependReferenceIndexId, true, NULL, 2, key);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend d = (Form_pg_depend) GETSTRUCT(tuple);

		found = is_of_others(d->classid, d->objid, owner);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

/* Can functions that the table calls take tables of the writer for tables of their owner? */
static bool
finds_by_name(Oid view)
{
	Oid			type = REGCLASSOID;
	Datum		value = ObjectIdGetDatum(view);
	bool		isnull = true;
	bool		result = true;

	SPI_connect();
	if (SPI_execute_with_args("SELECT journey._finds_by_name($1)", 1, &type, &value, NULL, true, 1) == SPI_OK_SELECT && SPI_processed == 1)
		result = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	return isnull || result;
}

/* An error if they would.  Objects may come with each row, functions do not while the statement runs. */
static void
check_temporary(Writer *writer, TriggerData *call)
{
	Oid			schema;
	Oid			toast_schema;

	GetTempNamespaceState(&schema, &toast_schema);
	if (!OidIsValid(schema))
		return;
	if (!writer->asked_names)
		writer->by_name = finds_by_name(RelationGetRelid(call->tg_relation));
	writer->asked_names = true;
	if (writer->by_name && holds_others(schema, call->tg_relation->rd_rel->relowner))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot write to view \"%s\" in a session with temporary tables or types", RelationGetRelationName(call->tg_relation)),
				 errdetail("Triggers and functions of its table might take them for others of the same name."),
				 errhint("Drop them, or write in another session. Where functions set their search_path, with pg_temp at its end, they are no hindrance.")));
}

/* The same as the owner of the view, with settings of no one's choosing. */
static pg_noinline HeapTuple
run_as_owner(Writer *writer, TriggerData *call, HeapTuple old, HeapTuple new)
{
	MemoryContext caller = CurrentMemoryContext;
	HeapTuple	row = NULL;
	Oid			user;
	int			security;
	int			settings;

	SPI_connect();
	GetUserIdAndSecContext(&user, &security);
	settings = NewGUCNestLevel();
	SetUserIdAndSecContext(call->tg_relation->rd_rel->relowner, security | SECURITY_LOCAL_USERID_CHANGE);
	set_for_now("search_path", "pg_catalog, pg_temp");
	set_for_now("client_min_messages", "error");
	PG_TRY();
	{
		row = run(writer, call, old, new, caller);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		SetUserIdAndSecContext(user, security);
		report(error, call);
	}
	PG_END_TRY();
	AtEOXact_GUC(false, settings);
	SetUserIdAndSecContext(user, security);
	SPI_finish();
	MemoryContextSwitchTo(caller);
	return row;
}

/* _write(): the INSTEAD OF triggers of a view */
Datum
journey__write(PG_FUNCTION_ARGS)
{
	TriggerData *call = (TriggerData *) fcinfo->context;
	Writer	   *writer;
	HeapTuple	old;
	HeapTuple	new;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_INSTEAD(call->tg_event) || !TRIGGER_FIRED_FOR_ROW(call->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("not fired by the trigger of a protected relation")));

	old = TRIGGER_FIRED_BY_INSERT(call->tg_event) ? NULL : call->tg_trigtuple;
	new = TRIGGER_FIRED_BY_INSERT(call->tg_event) ? call->tg_trigtuple :
		TRIGGER_FIRED_BY_UPDATE(call->tg_event) ? call->tg_newtuple : NULL;
	writer = get_writer(fcinfo, call);
	if (new != NULL)
		check_columns(writer, call, old, new);
	check_temporary(writer, call);
	PG_RETURN_POINTER(run_as_owner(writer, call, old, new));
}
