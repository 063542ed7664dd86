/*
 * calm.c
 *	  Plans that let nobody's code run between two rows of a scan.
 *
 * A decision is good for a user, an outer user, a restricted operation or none, a
 * statement and a snapshot (decision_front.h).  A scan that masks rows proves
 * that once a row, for an expression between two rows may change each of them.  In most
 * plans none does, and the proof is more than a third of what a cell costs over a plain one.
 *
 * A proof that was made in one run of the executor holds for the next row if
 *
 *	1. no run has begun or ended since.  They come through our hook (decision.c), which
 *	   counts them: a FETCH, a batch of a loop, a statement in a function.  So both rows are
 *	   of the same run, and no run was nested in between.  Should another library keep
 *	   them from the hook, the scan is not in the run that the hook saw, and nothing is proved;
 *	2. and what this run itself does between two rows runs no code but the
 *	   server's own, and of that nothing which does more than compute.
 *
 * The second is what is looked at here, in the finished plan: what is executed is what
 * was looked at.  Everything in it has to be in the lists below, and what is not
 * is not calm, be it as harmless as it may:
 *
 *	- nodes that read our scans, and others that do nothing but hand on, count, sort and
 *	  group rows.  No other relation is read (indexes have operator classes, foreign
 *	  tables have wrappers), nothing is written or locked, there are no subplans;
 *	- expressions that have no function, or a plain one: built in (by its number, which
 *	  nobody can give to another), immutable, in C, run as the caller, and about plain types
 *	  from its arguments to its result.  Or ours, which mask;
 *	- plain types are built in and not made of others.  Functions about arrays of anything, ranges,
 *	  records, domains, enums are built in, too, and call what belongs to somebody's type: comparisons,
 *	  casts, output functions, checks;
 *	- operators that sort and group, and the types of what is returned, whose output
 *	  functions the receiver calls between two rows: plain as well.
 *
 * A built-in function that runs statements all the same is seen by 1.  Who may
 * change functions and operators that are built in may read the tables themselves.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_language_d.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "calm.h"
#include "mask_site.h"

/* What is looked for while a plan is walked. */
typedef struct Calm
{
	const CustomScanMethods *methods;
	List	   *scans;
} Calm;


/* ------------------------------------------------------------------------
 * Types, functions, operators
 * ------------------------------------------------------------------------ */

static bool
is_plain_type(Oid type)
{
	return type < FirstGenbkiObjectId && get_typtype(type) == TYPTYPE_BASE;
}

/* Does it compute its result and nothing else? */
static bool
is_plain_function(Oid function, char kind)
{
	HeapTuple	tuple;
	Form_pg_proc proc;
	bool		plain;

	if (!OidIsValid(function) || function >= FirstGenbkiObjectId)
		return false;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	if (!HeapTupleIsValid(tuple))
		return false;
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	plain = proc->prokind == kind && proc->prolang == INTERNALlanguageId && !proc->prosecdef &&
		proc->provolatile == PROVOLATILE_IMMUTABLE && !proc->proretset &&
		heap_attisnull(tuple, Anum_pg_proc_proconfig, NULL) && is_plain_type(proc->prorettype);
	for (int i = 0; i < proc->pronargs && plain; i++)
		plain = is_plain_type(proc->proargtypes.values[i]);
	ReleaseSysCache(tuple);
	return plain;
}

/* Is it what our views call? */
static bool
is_ours(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	bool		is_c = HeapTupleIsValid(tuple) && ((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId;
	FmgrInfo	info;

	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	if (!is_c)
		return false;
	/* of one that runs as its owner, or with settings, this is the address of what sees to that */
	fmgr_info(function, &info);
	return info.fn_addr == journey__cell || info.fn_addr == journey__row;
}

static bool
is_plain_operator(Oid operator)
{
	return operator < FirstGenbkiObjectId && is_plain_function(get_opcode(operator), PROKIND_FUNCTION);
}

static bool
are_plain_operators(const Oid *operators, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (!is_plain_operator(operators[i]))
			return false;
	}
	return true;
}


/* ------------------------------------------------------------------------
 * Expressions
 * ------------------------------------------------------------------------ */

static bool
is_calm_aggregate(const Aggref *aggregate)
{
	/* count("any") does not look at what it counts */
	return aggregate->aggkind == AGGKIND_NORMAL &&
		(aggregate->aggfnoid == F_COUNT_ANY || is_plain_function(aggregate->aggfnoid, PROKIND_AGGREGATE));
}

static bool
is_calm_operator_on_array(const ScalarArrayOpExpr *any)
{
	return is_plain_function(any->opfuncid, PROKIND_FUNCTION) &&
		(!OidIsValid(any->hashfuncid) || is_plain_function(any->hashfuncid, PROKIND_FUNCTION)) &&
		(!OidIsValid(any->negfuncid) || is_plain_function(any->negfuncid, PROKIND_FUNCTION));
}

/* Is the node calm, whatever its arguments are? */
static bool
is_calm_node(const Node *node)
{
	switch (nodeTag(node))
	{
		case T_List:
		case T_TargetEntry:
		case T_Var:
		case T_Const:
		case T_BoolExpr:
		case T_BooleanTest:
		case T_CaseExpr:
		case T_CaseWhen:
		case T_CaseTestExpr:
		case T_CoalesceExpr:
		case T_RelabelType:
		case T_CollateExpr:
		case T_SQLValueFunction:
			return true;
		case T_NullTest:
			return !((const NullTest *) node)->argisrow;
		case T_Param:
			return ((const Param *) node)->paramkind == PARAM_EXTERN && is_plain_type(((const Param *) node)->paramtype);
		case T_MinMaxExpr:
			return is_plain_type(((const MinMaxExpr *) node)->minmaxtype);
		case T_FuncExpr:
			return is_plain_function(((const FuncExpr *) node)->funcid, PROKIND_FUNCTION) ||
				is_ours(((const FuncExpr *) node)->funcid);
		case T_OpExpr:
		case T_DistinctExpr:
		case T_NullIfExpr:
			return is_plain_function(((const OpExpr *) node)->opfuncid, PROKIND_FUNCTION);
		case T_ScalarArrayOpExpr:
			return is_calm_operator_on_array((const ScalarArrayOpExpr *) node);
		case T_Aggref:
			return is_calm_aggregate((const Aggref *) node);
		case T_SortGroupClause:
			return is_plain_operator(((const SortGroupClause *) node)->eqop) &&
				(!OidIsValid(((const SortGroupClause *) node)->sortop) ||
				 is_plain_operator(((const SortGroupClause *) node)->sortop));
		default:
			return false;
	}
}

static bool
find_other(Node *node, void *context)
{
	return node != NULL && (!is_calm_node(node) || expression_tree_walker(node, find_other, context));
}

static bool
is_calm_expression(const void *node)
{
	return !find_other(unconstify(void *, node), NULL);
}


/* ------------------------------------------------------------------------
 * Plans
 * ------------------------------------------------------------------------ */

static bool is_calm_plan(Calm *calm, const Plan *plan);

static bool
are_calm_plans(Calm *calm, const List *plans)
{
	ListCell   *lc;

	foreach(lc, plans)
	{
		if (!is_calm_plan(calm, lfirst(lc)))
			return false;
	}
	return true;
}

/* One of our scans, which is noted. */
static bool
is_calm_scan(Calm *calm, CustomScan *scan)
{
	if (scan->methods != calm->methods || scan->custom_plans != NIL || scan->custom_exprs != NIL)
		return false;
	calm->scans = lappend(calm->scans, scan);
	return true;
}

/* What a kind of node has besides its target list, conditions and left input. */
static bool
is_calm_kind(Calm *calm, const Plan *plan)
{
	switch (nodeTag(plan))
	{
		case T_CustomScan:
			return is_calm_scan(calm, (CustomScan *) unconstify(Plan *, plan));
		case T_SubqueryScan:
			return is_calm_plan(calm, ((const SubqueryScan *) plan)->subplan);
		case T_Append:
			return !APPEND_PRUNES((const Append *) plan) && are_calm_plans(calm, ((const Append *) plan)->appendplans);
		case T_Result:
			return is_calm_expression(((const Result *) plan)->resconstantqual);
		case T_Gather:
		case T_Material:
			return true;
		case T_GatherMerge:
			return are_plain_operators(((const GatherMerge *) plan)->sortOperators, ((const GatherMerge *) plan)->numCols);
		case T_Sort:
		case T_IncrementalSort:
			return are_plain_operators(((const Sort *) plan)->sortOperators, ((const Sort *) plan)->numCols);
		case T_Unique:
			return are_plain_operators(((const Unique *) plan)->uniqOperators, ((const Unique *) plan)->numCols);
		case T_Group:
			return are_plain_operators(((const Group *) plan)->grpOperators, ((const Group *) plan)->numCols);
		case T_Agg:
			return ((const Agg *) plan)->chain == NIL && ((const Agg *) plan)->groupingSets == NIL &&
				are_plain_operators(((const Agg *) plan)->grpOperators, ((const Agg *) plan)->numCols);
		case T_Limit:
			return is_calm_expression(((const Limit *) plan)->limitOffset) &&
				is_calm_expression(((const Limit *) plan)->limitCount) &&
				are_plain_operators(((const Limit *) plan)->uniqOperators, ((const Limit *) plan)->uniqNumCols);
		default:
			return false;
	}
}

static bool
is_calm_plan(Calm *calm, const Plan *plan)
{
	check_stack_depth();
	return plan == NULL ||
		(plan->initPlan == NIL && plan->righttree == NULL &&
		 is_calm_expression(plan->targetlist) && is_calm_expression(plan->qual) &&
		 is_calm_kind(calm, plan) && is_calm_plan(calm, plan->lefttree));
}

/* Are the output functions of what is returned plain? */
static bool
returns_plain_types(const Plan *plan)
{
	ListCell   *lc;

	foreach(lc, plan->targetlist)
	{
		const TargetEntry *entry = lfirst_node(TargetEntry, lc);

		if (!entry->resjunk && !is_plain_type(exprType((const Node *) entry->expr)))
			return false;
	}
	return true;
}

List *
journey_calm_scans(const PlannedStmt *statement, const CustomScanMethods *methods)
{
	Calm		calm = {.methods = methods};

	if (statement->commandType != CMD_SELECT || statement->utilityStmt != NULL || statement->hasModifyingCTE ||
		statement->subplans != NIL || statement->rowMarks != NIL || statement->resultRelations != NIL)
		return NIL;
	return returns_plain_types(statement->planTree) && is_calm_plan(&calm, statement->planTree) ? calm.scans : NIL;
}
