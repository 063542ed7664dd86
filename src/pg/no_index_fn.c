/*
 * no_index_fn.c
 *	  The condition that keeps the views of protected relations from reading an
 *	  index from end to end, and the planner from masked columns' statistics.
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
 *
 * The condition is also where we hear of the planner, which goes on to look up
 * how wide the columns are that the query needs.  What ANALYZE found out about
 * a column comes as one row, with its most common values, from several pages if
 * these are large, and EXPLAIN (BUFFERS) and the counters of the session tell
 * how many.  The width of a masked column is of no use, for what leaves the scan
 * is a cell: so the planner finds a width there already, that of the type.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/bitmapset.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "mask_site.h"

PG_FUNCTION_INFO_V1(journey__no_index);
PG_FUNCTION_INFO_V1(journey__no_index_support);

/* _no_index(tableoid oid): true */
Datum
journey__no_index(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(true);
}

/* The columns of a table that are shown as they are. */
typedef struct ShownColumns
{
	Index		table;			/* in the range table */
	Bitmapset  *columns;
} ShownColumns;

static bool
find_shown_columns(Node *node, void *context)
{
	ShownColumns *shown = context;

	if (node == NULL)
		return false;
	if (IsA(node, Var))
	{
		const Var  *var = (const Var *) node;

		if (var->varno == shown->table && var->varattno > 0)
			shown->columns = bms_add_member(shown->columns, var->varattno);
		return false;
	}
	if (IsA(node, FuncExpr) &&
		(journey_is_call_of((FuncExpr *) node, journey__cell) || journey_is_call_of((FuncExpr *) node, journey__row)))
		return false;
	return expression_tree_walker(node, find_shown_columns, context);
}

/* The number that a column of a partition has in the table that the query names; 0 if it has none. */
static AttrNumber
column_in_query(PlannerInfo *root, Index *table, AttrNumber column)
{
	const AppendRelInfo *part;

	while (root->append_rel_array != NULL && (part = root->append_rel_array[*table]) != NULL &&
		   OidIsValid(part->parent_reloid))
	{
		*table = part->parent_relid;
		if (column > 0)
			column = column <= part->num_child_cols ? part->parent_colnos[column - 1] : 0;
	}
	return column;
}

/* Gives the columns of a table that only cells need the width of their type. */
static void
set_masked_widths(PlannerInfo *root, RelOptInfo *rel)
{
	Oid			relid = planner_rt_fetch(rel->relid, root)->relid;
	ShownColumns shown = {.table = rel->relid,.columns = NULL};
	ListCell   *lc;

	column_in_query(root, &shown.table, 0);
	find_shown_columns((Node *) root->processed_tlist, &shown);
	foreach(lc, rel->reltarget->exprs)
	{
		const Var  *var = lfirst(lc);
		Index		table = rel->relid;

		if (!IsA(var, Var) || var->varno != rel->relid || var->varattno < 0)
			continue;
		/* of a whole row, the width is made of those of all columns */
		for (AttrNumber column = Max(var->varattno, 1); column <= (var->varattno == 0 ? rel->max_attr : var->varattno); column++)
		{
			Oid			type;
			Oid			collation;
			int32		typmod;

			get_atttypetypmodcoll(relid, column, &type, &typmod, &collation);
			if (OidIsValid(type) && !bms_is_member(column_in_query(root, &table, column), shown.columns))
				rel->attr_widths[column - rel->min_attr] = get_typavgwidth(type, typmod);
			table = rel->relid;
		}
	}
	bms_free(shown.columns);
}

/* Tells the planner that it holds for every row. */
Datum
journey__no_index_support(PG_FUNCTION_ARGS)
{
	SupportRequestSelectivity *request = (SupportRequestSelectivity *) PG_GETARG_POINTER(0);
	const Var  *argument;

	if (!IsA(request, SupportRequestSelectivity))
		PG_RETURN_POINTER(NULL);

	argument = linitial(request->args);
	if (IsA(argument, Var) && argument->varlevelsup == 0 && argument->varno < request->root->simple_rel_array_size)
	{
		RelOptInfo *rel = request->root->simple_rel_array[argument->varno];

		if (rel != NULL && rel->rtekind == RTE_RELATION)
			set_masked_widths(request->root, rel);
	}
	request->selectivity = 1.0;
	PG_RETURN_POINTER(request);
}
