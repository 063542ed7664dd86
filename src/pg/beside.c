/*
 * beside.c
 *	  The tables beside the ledger, see beside.h.
 */
#include "postgres.h"

#include "access/table.h"
#include "executor/spi.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "beside.h"
#include "compat.h"

pg_noreturn static void
report_altered(const char *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("consent cannot be recorded"),
			 errdetail("The table \"%s\" of the extension is missing or not as it made it.", table)));
}

Relation
journey_open_beside(Relation ledger, const BesideColumns *expected, Beside *beside, LOCKMODE mode)
{
	Oid			relid = beside->relid;
	Relation	rel;

	if (!OidIsValid(relid))
		relid = get_relname_relid(expected->table, RelationGetNamespace(ledger));
	rel = OidIsValid(relid) ? try_table_open(relid, mode) : NULL;
	if (rel == NULL)
		report_altered(expected->table);

	if (!OidIsValid(beside->relid))
	{
		for (int i = 0; i < expected->ncolumns; i++)
		{
			int			number = SPI_fnumber(RelationGetDescr(rel), expected->column[i].name);

			if (number <= 0 ||
				SPI_gettypeid(RelationGetDescr(rel), number) != expected->column[i].type)
				report_altered(expected->table);
			beside->column[i] = number;
		}

		/* this finds the primary key */
		list_free(RelationGetIndexList(rel));
		if (!OidIsValid(rel->rd_pkindex))
			report_altered(expected->table);
		beside->index = rel->rd_pkindex;
		beside->relid = relid;
	}
	return rel;
}

TriggerData *
journey_check_trigger(FunctionCallInfo fcinfo, bool before)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!(before ? TRIGGER_FIRED_BEFORE(trigger->tg_event) : TRIGGER_FIRED_AFTER(trigger->tg_event)) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("not called as the trigger of a new row")));
	return trigger;
}
