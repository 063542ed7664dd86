/*
 * read_query.c
 *	  Running the query that a user gives as text, and taking its rows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "tcop/cmdtag.h"
#include "utils/builtins.h"
#include "utils/plancache.h"

#include "compat.h"
#include "read_query.h"

SPIPlanPtr
journey_prepare_query(const char *query, const char *argument)
{
	SPIPrepareOptions options = {.cursorOptions = CURSOR_OPT_PARALLEL_OK};
	SPIPlanPtr	plan = SPI_prepare_extended(query, &options);
	CachedPlanSource *source;
	const Query *parsed;
	List	   *sources;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare_extended failed: %s", SPI_result_code_string(SPI_result));
	sources = SPI_plan_get_plan_sources(plan);
	if (list_length(sources) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s holds %d queries instead of one", argument, list_length(sources))));

	source = linitial(sources);
	parsed = source->query_list == NIL ? NULL : linitial_node(Query, source->query_list);
	if (source->commandTag != CMDTAG_SELECT || source->resultDesc == NULL || parsed == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be SELECT, VALUES or TABLE", argument),
				 errdetail("It is %s.", source->commandTag == CMDTAG_SELECT ? "SELECT INTO"
						   : GetCommandTagName(source->commandTag))));
	if (parsed->hasModifyingCTE || parsed->rowMarks != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s must only read", argument),
				 errdetail("It changes or locks rows.")));
	return plan;
}

TupleDesc
journey_query_columns(SPIPlanPtr plan)
{
	return ((CachedPlanSource *) linitial(SPI_plan_get_plan_sources(plan)))->resultDesc;
}

static void
receive_startup(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
receive_nothing(DestReceiver *self)
{
}

DestReceiver
journey_row_receiver(bool (*receive_row) (TupleTableSlot *slot, DestReceiver *self))
{
	return (DestReceiver) {receive_row, receive_startup, receive_nothing, receive_nothing, DestNone};
}

void
journey_run_query(SPIPlanPtr plan, DestReceiver *receiver)
{
	SPIExecuteOptions how = {.read_only = true,.dest = receiver};
	int			result = SPI_execute_plan_extended(plan, &how);

	if (result < 0)
		elog(ERROR, "SPI_execute_plan_extended failed: %s", SPI_result_code_string(result));
}

bool
journey_is_text(Oid base_type)
{
	return base_type == TEXTOID || base_type == VARCHAROID || base_type == BPCHAROID;
}

JnName
journey_text_name(Oid base_type, const struct varlena *text)
{
	JnName		name = {VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)};

	if (base_type == BPCHAROID)
		name.size = bpchartruelen(VARDATA_ANY(text), name.size);
	return name;
}
