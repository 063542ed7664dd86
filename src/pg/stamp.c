/*
 * stamp.c
 *	  The trigger that tells which transaction wrote a row of journey.subject.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/rel.h"
#include "utils/xid8.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(journey__stamp);

/*
 * Sets the column xid to the transaction that writes the row.  Users cannot
 * choose it, and a dump brings no transactions of another server with it.
 */
Datum
journey__stamp(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int			column;
	Datum		xid;
	bool		isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("not called as the trigger of a new row")));

	column = SPI_fnumber(RelationGetDescr(trigger->tg_relation), "xid");
	if (column <= 0)
		elog(ERROR, "the table has no column xid");

	xid = FullTransactionIdGetDatum(GetTopFullTransactionId());
	return PointerGetDatum(heap_modify_tuple_by_cols(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
													 trigger->tg_newtuple : trigger->tg_trigtuple,
													 RelationGetDescr(trigger->tg_relation),
													 1, &column, &xid, &isnull));
}
