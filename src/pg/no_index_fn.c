/*
 * no_index_fn.c
 *	  The condition that keeps the views of protected relations from reading an
 *	  index from end to end.
 *
 *		... FROM ONLY journey_base.visits AS b WHERE journey._no_index(b.tableoid)
 *
 * An index that has all columns a query needs may be read instead of the table,
 * and then rows come in the order of masked values; its size, which masked
 * values decide, too, would decide which plan is taken.  No index has a system
 * column, so a condition on one stops that.  It must hold for all rows, be
 * estimated so, cost little, and no planner may find out that it can be left
 * out.  Conditions made of the server's own operators fail one or the other:
 * IS NOT NULL is left out from 17 on, inequality with 0 is estimated to hold
 * for no row, ALL of an empty array takes 140 instructions a row.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/supportnodes.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(journey__no_index);
PG_FUNCTION_INFO_V1(journey__no_index_support);

/* _no_index(tableoid oid): true */
Datum
journey__no_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

/* Tells the planner that it holds for every row. */
Datum
journey__no_index_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (!IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(NULL);
	((SupportRequestSelectivity *) request)->selectivity = 1.0;
	PG_RETURN_POINTER(request);
}
