/*
 * mask_scan.c
 *	  A scan of protected tables that masks all cells of a row at once.
 *
 * The view of a protected relation calls a function for each masked column, and
 * each call proves anew that the decision is good and that it is asked about the
 * same subject.  That is most of what a cell costs.  So where the planner would
 * read such a table from end to end, this scan takes the place of its own
 * (EXPLAIN: Custom Scan (JourneyMaskScan)): it proves the decision once a row,
 * finds the subject once, and picks each cell by two bits.
 *
 * Where nothing but another run of the executor could change anything between two rows
 * (calm.c), it is proved once a run.
 *
 * It is nothing but a shorter way to call the same functions.  The plan holds the
 * calls as the view has them; when it starts, the scan looks for calls that
 * it can answer by itself (the cells), puts a Var into their place, and lets the
 * executor compute all else.  Whatever is not plain (a decision to be made, a
 * subject that must be looked up, a mask that looks at the value) goes through
 * the function itself, in mask_fn.c, which also keeps the site of each cell.
 * Without this library, or with journey.mask_scan off, the view is as safe.
 *
 * A row is decided when it is read: all cells that conditions look at before the
 * first of these conditions, the others behind the last.  Of what a reader has
 * written the planner puts into the scan of a security barrier only functions
 * of no column (... WHERE cell = f()), which may change role or purpose all the
 * same: so what comes behind the conditions proves the decision anew.
 *
 * The scan is known by the condition that all these views have, _no_index(),
 * which it leaves out: it reads no index.  Statements that change or lock rows
 * are left to the scan of the server, for they may look at a row again
 * (EvalPlanQual).
 */
#include "postgres.h"

#include "access/relscan.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/value.h"
#include "optimizer/paths.h"
#include "optimizer/planner.h"
#include "optimizer/restrictinfo.h"
#include "storage/bufmgr.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "compat.h"
#include "calm.h"
#include "decision_front.h"
#include "fact_cache.h"
#include "mask_scan.h"
#include "mask_site.h"
#include "scan_team.h"

#define SCAN_NAME	"JourneyMaskScan"

/* no_index_fn.c */
extern PGDLLEXPORT Datum journey__no_index(PG_FUNCTION_ARGS);

/* journey.mask_scan */
static bool mask_scan_setting = true;

static set_rel_pathlist_hook_type next_hook = NULL;
static planner_hook_type next_planner = NULL;

/* In this session, also of statements within others. */
static uint64 scans_planned = 0;

/* A cell, or whether a row is shown: a call that the scan answers by itself. */
typedef struct MaskCell
{
	FuncExpr   *call;
	FmgrInfo	function;		/* of _cell() or _row(); fn_extra is the JourneyMaskSite */
	FunctionCallInfo fcinfo;	/* the seal is filled in */
	AttrNumber	raw;			/* of _cell(): the column */
	ExprState  *collected;		/* the last argument, or NULL */
} MaskCell;

/*
 * Where a column of the result comes from, if all of them are as simple as that:
 * places in the two slots, which are theirs as long as the scan runs.
 */
typedef struct MaskOutput
{
	Datum	   *shown;
	bool	   *shown_isnull;
	const Datum *raw;			/* column of the table; NULL: a cell that has none */
	const bool *raw_isnull;

	/* of a cell, for rows that can be picked */
	NullableDatum denied;
	int			shift;			/* of the bit of its verdict that is set if it is shown */
	int			cell;			/* or -1: a public column */
} MaskOutput;

/* The scan as it runs. */
typedef struct MaskScan
{
	CustomScanState css;

	/* all cells are about the subject in one column */
	const Expr *subject;		/* the argument that names it; NULL: there are no cells */
	int			subject_column; /* from 0 */
	JourneySubjectKind kind;
	int			cell_count;
	int			early_cells;	/* so many are asked for by late_qual */
	MaskCell   *cell;
	TupleTableSlot *shown;		/* what they show; NULL if there are none */
	AttrNumber	last_column;	/* that cells and outputs need */

	/* conditions in the order of the planner, and from the first one on that has a cell */
	ExprState  *early_qual;
	ExprState  *late_qual;

	/* the result, by outputs, those that are cells first, or by projection */
	MaskOutput *output;
	MaskOutput *output_public;	/* behind those that are cells */
	MaskOutput *output_end;
	ProjectionInfo *projection; /* NULL: by outputs */

	/* rows whose outputs are picked by verdicts and nothing else */
	bool		picks;			/* no cell is needed for anything else */
	uint64		picked;			/* serial of the decision that all outputs are ready for; 0: of none */
	uint64		asked;			/* the lower bits of all verdicts that are needed */
	bool		calm;			/* nothing but a run of the executor can make that decision a bad one */
	uint64		proved;			/* journey_runs when it was proved to be good, if calm */

	bool		evaluates;		/* conditions or a projection */
	bool		took_memory;	/* for the row, which is to be given back before the next */

	/* in a team of processes, see scan_team.h */
	JourneyScanTeam *team;
	JourneyScanMember member;	/* a worker */
	const CustomExecMethods *alone; /* how it would read by itself */
	Size		loan;			/* to workers, see fact_cache.h */
} MaskScan;

static const CustomExecMethods exec_methods;
static const CustomExecMethods picking_methods;
static const CustomExecMethods leading_methods;
static const CustomExecMethods working_methods;


/* ------------------------------------------------------------------------
 * Beginning: which calls are cells, and what is left for the executor
 * ------------------------------------------------------------------------ */

/* The column of the table that an expression is, whatever text it is called; 0 if it is none. */
static AttrNumber
column_of(const Expr *expr)
{
	while (IsA(expr, RelabelType))
		expr = ((const RelabelType *) expr)->arg;
	return IsA(expr, Var) ? Max(((const Var *) expr)->varattno, 0) : 0;
}

/* The number of the cell that a call is, from 0; a new one if need be; -1 if it is none. */
static int
cell_of(MaskScan *scan, FuncExpr *call)
{
	EState	   *estate = scan->css.ss.ps.state;
	int			nargs = list_length(call->args);
	bool		is_cell = nargs >= 3 && IsA(lthird(call->args), Const) && journey_is_call_of(call, journey__cell);
	int			seal = is_cell ? 2 : 1;
	const Expr *subject;
	const Const *given;
	AttrNumber	raw = 0;
	MaskCell   *cell;

	if (!is_cell && !(nargs >= 2 && IsA(lsecond(call->args), Const) && journey_is_call_of(call, journey__row)))
		return -1;

	for (int i = 0; i < scan->cell_count; i++)
	{
		if (equal(scan->cell[i].call, call))
			return i;
	}

	subject = list_nth(call->args, seal - 1);
	given = list_nth_node(Const, call->args, seal);
	if (given->constisnull || column_of(subject) == 0 ||
		journey_subject_kind(exprType((const Node *) subject)) == JOURNEY_SUBJECT_ODD ||
		(scan->subject != NULL && !equal(scan->subject, subject)))
		return -1;
	if (is_cell && (raw = IsA(linitial(call->args), Var) ? column_of(linitial(call->args)) : 0) == 0)
		return -1;

	scan->subject = subject;
	scan->subject_column = column_of(subject) - 1;
	scan->kind = journey_subject_kind(exprType((const Node *) subject));
	scan->last_column = Max(scan->last_column, Max(raw, column_of(subject)));

	scan->cell = scan->cell == NULL ? palloc(sizeof(MaskCell)) :
		repalloc(scan->cell, (scan->cell_count + 1) * sizeof(MaskCell));
	cell = &scan->cell[scan->cell_count];
	memset(cell, 0, sizeof(*cell));
	cell->call = call;
	cell->raw = raw;
	cell->fcinfo = palloc0(SizeForFunctionCallInfo(nargs));
	cell->fcinfo->nargs = nargs;
	cell->fcinfo->fncollation = call->inputcollid;
	cell->fcinfo->args[seal].value = given->constvalue;
	if (nargs > seal + 1)
		cell->collected = ExecInitExpr(list_nth(call->args, seal + 1), &scan->css.ss.ps);
	fmgr_info_cxt(call->funcid, &cell->function, estate->es_query_cxt);
	fmgr_info_set_expr((Node *) call, &cell->function);
	return scan->cell_count++;
}

/* Puts a Var of the inner slot, which will hold what cells show, in the place of each call that is a cell. */
static Node *
replace_cells(Node *node, void *context)
{
	MaskScan   *scan = context;

	if (node == NULL)
		return NULL;
	if (IsA(node, FuncExpr))
	{
		FuncExpr   *call = (FuncExpr *) node;
		int			cell = cell_of(scan, call);

		if (cell >= 0)
			return (Node *) makeVar(INNER_VAR, cell + 1, call->funcresulttype, -1, call->funccollid, 0);
	}
	return expression_tree_mutator(node, replace_cells, context);
}

/* Finds the outputs that make the target list; false if it is not as simple as that. */
static bool
find_outputs(MaskScan *scan, const List *tlist)
{
	const TupleTableSlot *row = scan->css.ss.ss_ScanTupleSlot;
	TupleTableSlot *result = scan->css.ss.ps.ps_ResultTupleSlot;
	AttrNumber	last_column = scan->last_column;
	int			column = 0;
	ListCell   *lc;

	scan->output = palloc0(Max(list_length(tlist), 1) * sizeof(MaskOutput));
	scan->output_public = scan->output;
	scan->output_end = scan->output;
	foreach(lc, tlist)
	{
		const Expr *expr = lfirst_node(TargetEntry, lc)->expr;

		while (IsA(expr, RelabelType))
			expr = ((const RelabelType *) expr)->arg;
		if (IsA(expr, Const))
		{
			const Const *constant = (const Const *) expr;

			/* stays in the slot, where materializing it would replace a pointer */
			if (!constant->constisnull && !constant->constbyval)
				return false;
			result->tts_values[column] = constant->constvalue;
			result->tts_isnull[column] = constant->constisnull;
		}
		else if (IsA(expr, Var) && (((const Var *) expr)->varno == INNER_VAR || ((const Var *) expr)->varattno > 0))
		{
			const Var  *var = (const Var *) expr;
			MaskOutput	output = {
				.shown = &result->tts_values[column],
				.shown_isnull = &result->tts_isnull[column],
				.cell = -1
			};
			AttrNumber	raw = var->varattno;

			if (var->varno == INNER_VAR)
			{
				output.cell = var->varattno - 1;
				raw = scan->cell[output.cell].raw;
			}
			if (raw > 0)
			{
				output.raw = &row->tts_values[raw - 1];
				output.raw_isnull = &row->tts_isnull[raw - 1];
			}
			last_column = Max(last_column, raw);

			if (output.cell >= 0)
			{
				*scan->output_end++ = *scan->output_public;
				*scan->output_public++ = output;
			}
			else
				*scan->output_end++ = output;
		}
		else
			return false;
		column++;
	}
	scan->last_column = last_column;
	return true;
}

/* CustomScanMethods */
static Node *
create_state(CustomScan *plan)
{
	MaskScan   *scan = palloc0(sizeof(MaskScan));

	NodeSetTag(scan, T_CustomScanState);
	scan->css.methods = &exec_methods;
	return (Node *) scan;
}

/*
 * CustomExecMethods, from here on.  The executor has made ready the expressions
 * of the plan as they are, and so has checked that the reader may call their
 * functions; what is run are those made here.
 */
static void
begin_scan(CustomScanState *node, EState *estate, int eflags)
{
	MaskScan   *scan = (MaskScan *) node;
	PlanState  *ps = &node->ss.ps;
	const CustomScan *plan = (const CustomScan *) ps->plan;
	Relation	rel = node->ss.ss_currentRelation;
	ExprContext *econtext = ps->ps_ExprContext;
	List	   *early = NIL;
	List	   *late = NIL;
	List	   *tlist;
	ListCell   *lc;

	scan->calm = plan->custom_private != NIL && boolVal(linitial(plan->custom_private));

	/* rows as the table stores them, not as virtual tuples */
	node->ss.ss_ScanTupleSlot = table_slot_create(rel, &estate->es_tupleTable);
	ps->scanops = node->ss.ss_ScanTupleSlot->tts_ops;

	foreach(lc, ps->plan->qual)
	{
		Node	   *clause = replace_cells(lfirst(lc), scan);

		if (scan->cell_count == 0)
			early = lappend(early, clause);
		else
			late = lappend(late, clause);
	}
	scan->early_cells = scan->cell_count;
	tlist = (List *) replace_cells((Node *) ps->plan->targetlist, scan);

	/* all calls that have cells for arguments are known now, and where a cell is */
	for (int i = 0; i < scan->cell_count; i++)
		scan->cell[i].fcinfo->flinfo = &scan->cell[i].function;
	if (scan->cell_count > 0)
	{
		TupleDesc	desc = CreateTemplateTupleDesc(scan->cell_count);

		for (int i = 0; i < scan->cell_count; i++)
			TupleDescInitEntry(desc, i + 1, NULL, scan->cell[i].call->funcresulttype, -1, 0);
		scan->shown = ExecInitExtraTupleSlot(estate, desc, &TTSOpsVirtual);
		memset(scan->shown->tts_isnull, true, scan->cell_count * sizeof(bool));
		ExecStoreVirtualTuple(scan->shown);
	}
	econtext->ecxt_scantuple = node->ss.ss_ScanTupleSlot;
	econtext->ecxt_innertuple = scan->shown;

	scan->early_qual = ExecInitQual(early, ps);
	scan->late_qual = ExecInitQual(late, ps);
	if (!find_outputs(scan, tlist))
		scan->projection = ExecBuildProjectionInfo(tlist, econtext, ps->ps_ResultTupleSlot, ps,
												   RelationGetDescr(rel));
	scan->picks = scan->projection == NULL && scan->early_cells == 0;
	scan->evaluates = early != NIL || late != NIL || scan->projection != NULL;
	if (scan->picks && !scan->evaluates && scan->output_public > scan->output)
		node->methods = &picking_methods;
}


/* ------------------------------------------------------------------------
 * Row by row
 * ------------------------------------------------------------------------ */

/* Asks the function itself about a cell of the row in the scan's slot. */
static pg_noinline void
call_function(MaskScan *scan, MaskCell *cell, NullableDatum *shown)
{
	ExprContext *econtext = scan->css.ss.ps.ps_ExprContext;
	const TupleTableSlot *row = scan->css.ss.ss_ScanTupleSlot;
	FunctionCallInfo fcinfo = cell->fcinfo;
	MemoryContext caller = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	int			n = 0;

	if (cell->raw > 0)
	{
		fcinfo->args[n].value = row->tts_values[cell->raw - 1];
		fcinfo->args[n++].isnull = row->tts_isnull[cell->raw - 1];
	}
	fcinfo->args[n].value = row->tts_values[scan->subject_column];
	fcinfo->args[n++].isnull = row->tts_isnull[scan->subject_column];
	n++;						/* the seal */
	if (cell->collected != NULL)
		fcinfo->args[n].value = ExecEvalExpr(cell->collected, econtext, &fcinfo->args[n].isnull);

	scan->took_memory = true;
	scan->picked = 0;			/* the function may have looked at its site anew */
	fcinfo->isnull = false;
	shown->value = FunctionCallInvoke(fcinfo);
	shown->isnull = fcinfo->isnull;
	MemoryContextSwitchTo(caller);
}

/*
 * Shows the cells from "from" up to "to" of the row in the scan's slot, whose
 * columns are taken apart.
 */
static void
show_cells(MaskScan *scan, int from, int to)
{
	const TupleTableSlot *row = scan->css.ss.ss_ScanTupleSlot;
	JourneyDecisionFront *front = journey_declared;
	uint64		serial = 0;
	uint64		verdicts = 0;

	if (from == to)
		return;

	/* what the decision says about the subject, of all classes, if that can be told at once */
	if (likely(front != NULL) && !row->tts_isnull[scan->subject_column] &&
		likely(journey_decision_is_good(front)))
	{
		serial = front->serial;
		verdicts = journey_front_verdicts(front, scan->kind, row->tts_values[scan->subject_column]);
	}

	for (int i = from; i < to; i++)
	{
		MaskCell   *cell = &scan->cell[i];
		const JourneyMaskSite *site = cell->function.fn_extra;
		JourneyVerdict verdict = JOURNEY_NOT_KNOWN;
		NullableDatum shown;

		/* a site whose class was told to a decision that is good was looked up in this statement */
		if (likely(site != NULL && site->class.decision == serial && site->quick))
			verdict = journey_verdict_of(verdicts, &site->class);

		if (verdict == JOURNEY_NOT_KNOWN ||
			(verdict == JOURNEY_DENIED && cell->raw > 0 && !site->mask.blind))
		{
			call_function(scan, cell, &shown);
			/* which may have made another decision */
			if (unlikely(journey_declared == NULL || journey_declared->serial != serial))
				verdicts = 0;
		}
		else if (cell->raw > 0)
		{
			/* no branch: nobody can tell what the next subject answers */
			const Datum *value = verdict == JOURNEY_SHOWN ? &row->tts_values[cell->raw - 1] : &site->denied.value;
			const bool *isnull = verdict == JOURNEY_SHOWN ? &row->tts_isnull[cell->raw - 1] : &site->denied.isnull;

			shown.value = *value;
			shown.isnull = *isnull;
		}
		else
		{
			shown.value = BoolGetDatum(verdict == JOURNEY_SHOWN);
			shown.isnull = false;
		}
		scan->shown->tts_values[i] = shown.value;
		scan->shown->tts_isnull[i] = shown.isnull;
	}
}

/* The slot of the result, whose values are all there is to it, until somebody materializes it. */
static pg_attribute_always_inline TupleTableSlot *
result_slot(MaskScan *scan)
{
	TupleTableSlot *result = scan->css.ss.ps.ps_ResultTupleSlot;

	if (unlikely(TTS_EMPTY(result) || TTS_SHOULDFREE(result)))
	{
		ExecClearTuple(result);
		ExecStoreVirtualTuple(result);
	}
	return result;
}

/* Copies the public columns of the row that the plan wants. */
static pg_attribute_always_inline void
show_public(MaskScan *scan)
{
	for (const MaskOutput *output = scan->output_public, *end = scan->output_end; output < end; output++)
	{
		*output->shown = *output->raw;
		*output->shown_isnull = *output->raw_isnull;
	}
}

/* The row as the plan wants it, once its cells are shown. */
static TupleTableSlot *
show_row(MaskScan *scan)
{
	TupleTableSlot *result;

	if (scan->projection != NULL)
		return ExecProject(scan->projection);

	result = result_slot(scan);
	for (const MaskOutput *output = scan->output; output < scan->output_public; output++)
	{
		*output->shown = scan->shown->tts_values[output->cell];
		*output->shown_isnull = scan->shown->tts_isnull[output->cell];
	}
	show_public(scan);
	return result;
}

/*
 * Makes the outputs ready for a decision; false if rows cannot be picked by it: not
 * every cell is blind and shown as it is.
 */
static pg_noinline bool
begin_picking(MaskScan *scan, uint64 serial)
{
	scan->picked = 0;
	scan->asked = 0;
	for (MaskOutput *output = scan->output; output < scan->output_public; output++)
	{
		const JourneyMaskSite *site = scan->cell[output->cell].function.fn_extra;

		if (output->raw == NULL || site == NULL || site->class.decision != serial || !site->quick || !site->mask.blind)
			return false;
		output->shift = site->class.shift + 1;
		output->denied = site->denied;
		scan->asked |= (uint64) JOURNEY_DENIED << site->class.shift;
	}
	scan->picked = serial;
	return true;
}

/* Proves that the decision is good, and makes the outputs ready for it; false if rows cannot be picked by it. */
static pg_noinline bool
prove(MaskScan *scan, const JourneyDecisionFront *front)
{
	if (unlikely(!journey_decision_is_good(front)) ||
		(unlikely(scan->picked != front->serial) && !begin_picking(scan, front->serial)))
		return false;
	/* a run that was not counted is none to rely on */
	scan->proved = scan->calm && journey_running == scan->css.ss.ps.state ? journey_runs : 0;
	return true;
}

/*
 * Shows the cells of the row in the result, if all that it takes is to pick one of
 * two values for each; the same as show_cells() would.  There are cells.
 */
static pg_attribute_always_inline bool
pick_cells(MaskScan *scan)
{
	const TupleTableSlot *row = scan->css.ss.ss_ScanTupleSlot;
	JourneyDecisionFront *front = journey_declared;
	const MaskOutput *output = scan->output;
	const MaskOutput *end = scan->output_public;
	uint64		verdicts;

	if (unlikely(front == NULL) || unlikely(row->tts_isnull[scan->subject_column]))
		return false;
	if ((scan->proved != journey_runs || unlikely(scan->picked != front->serial)) && !prove(scan, front))
		return false;
	Assert(journey_decision_is_good(front));
	verdicts = journey_front_verdicts_once(front, scan->kind, row->tts_values[scan->subject_column]);
	Assert(verdicts == journey_front_verdicts(front, scan->kind, row->tts_values[scan->subject_column]));
	if (unlikely((~verdicts & scan->asked) != 0))
		return false;

	do
	{
		/* no branch, whatever the compiler thinks of one: nobody can tell what the next subject answers */
		Datum		shown = -(Datum) (verdicts >> output->shift & 1);

		StaticAssertStmt(JOURNEY_DENIED == 1 && JOURNEY_SHOWN == 3, "the higher bit says whether it is shown");
		*output->shown = output->denied.value ^ ((output->denied.value ^ *output->raw) & shown);
		*output->shown_isnull = output->denied.isnull ^ ((output->denied.isnull ^ *output->raw_isnull) & (uint8) shown);
	} while (++output < end);
	return true;
}

/* The row in the scan's slot, whose columns are taken apart, as the plan wants it; NULL if it is not wanted. */
static pg_noinline TupleTableSlot *
show_at_length(MaskScan *scan)
{
	show_cells(scan, 0, scan->early_cells);
	if (scan->late_qual != NULL && !ExecQual(scan->late_qual, scan->css.ss.ps.ps_ExprContext))
		return NULL;
	show_cells(scan, scan->early_cells, scan->cell_count);
	return show_row(scan);
}

#ifdef USE_ASSERT_CHECKING
/*
 * Is the row to be looked at again one of this table (EvalPlanQual)?  What that
 * looks at beside it, such as a WITH query that stands outside, is read as ever.
 */
static bool
is_rechecked(const MaskScan *scan)
{
	const EPQState *again = scan->css.ss.ps.state->es_epq_active;
	Index		n = ((const Scan *) scan->css.ss.ps.plan)->scanrelid - 1;

	return again != NULL && (again->relsubs_slot[n] != NULL || again->relsubs_rowmark[n] != NULL);
}
#endif

/* Goes on to the next row of the table; false if there is none. */
static pg_attribute_always_inline bool
step(MaskScan *scan)
{
	ScanState  *ss = &scan->css.ss;
	EState	   *estate = ss->ps.state;

	Assert(!is_rechecked(scan));
	if (unlikely(ss->ss_currentScanDesc == NULL))
		ss->ss_currentScanDesc = table_beginscan(ss->ss_currentRelation, estate->es_snapshot, 0, NULL);
	return table_scan_getnextslot(ss->ss_currentScanDesc, estate->es_direction, ss->ss_ScanTupleSlot);
}

static TupleTableSlot *
next_row(CustomScanState *node)
{
	MaskScan   *scan = (MaskScan *) node;
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	TupleTableSlot *row = node->ss.ss_ScanTupleSlot;

	while (step(scan))
	{
		CHECK_FOR_INTERRUPTS();
		if (scan->took_memory)
			ResetExprContext(econtext);
		scan->took_memory = scan->evaluates;
		if (scan->early_qual == NULL || ExecQual(scan->early_qual, econtext))
		{
			TupleTableSlot *result = result_slot(scan);

			slot_getsomeattrs(row, scan->last_column);
			if (likely(scan->picks) && (scan->output_public == scan->output || likely(pick_cells(scan))))
			{
				show_public(scan);
				return result;
			}
			result = show_at_length(scan);
			if (result != NULL)
				return result;
		}
		InstrCountFiltered1(node, 1);
	}
	return ExecClearTuple(node->ss.ps.ps_ResultTupleSlot);
}

/* The same if there are no conditions, and rows are picked: short, for what it takes is what a row costs. */
static TupleTableSlot *
next_picked_row(CustomScanState *node)
{
	MaskScan   *scan = (MaskScan *) node;
	TupleTableSlot *result;

	if (unlikely(!step(scan)))
		return ExecClearTuple(node->ss.ps.ps_ResultTupleSlot);
	if (unlikely(scan->took_memory))
	{
		ResetExprContext(node->ss.ps.ps_ExprContext);
		scan->took_memory = false;
	}
	slot_getsomeattrs(node->ss.ss_ScanTupleSlot, scan->last_column);
	result = result_slot(scan);
	if (unlikely(!pick_cells(scan)))
		return show_at_length(scan);
	show_public(scan);
	return result;
}

static void
end_scan(CustomScanState *node)
{
	if (node->ss.ss_currentScanDesc != NULL)
		table_endscan(node->ss.ss_currentScanDesc);
}

static void
rescan(CustomScanState *node)
{
	if (node->ss.ss_currentScanDesc != NULL)
		table_rescan(node->ss.ss_currentScanDesc, NULL);
	ExecScanReScan(&node->ss);
}


/* ------------------------------------------------------------------------
 * Several processes: blocks are shared out as to the server's own scan
 * ------------------------------------------------------------------------ */

/* Before the table's own part of what is shared. */
#define TEAM_SIZE	MAXALIGN(sizeof(JourneyScanTeam))

static Size
estimate_shared(CustomScanState *node, ParallelContext *pcxt)
{
	MaskScan   *scan = (MaskScan *) node;
	Relation	rel = node->ss.ss_currentRelation;

	if (scan->cell_count > 0)
		scan->loan = journey_fact_cache_estimate_loan(pcxt, (Size) RelationGetNumberOfBlocks(rel) * BLCKSZ);
	return TEAM_SIZE + table_parallelscan_estimate(rel, node->ss.ps.state->es_snapshot);
}

static void
begin_shared(CustomScanState *node, ParallelContext *pcxt, void *coordinate)
{
	MaskScan   *scan = (MaskScan *) node;
	ParallelTableScanDesc shared = (ParallelTableScanDesc) ((char *) coordinate + TEAM_SIZE);

	journey_fact_cache_lend(pcxt, scan->loan);
	table_parallelscan_initialize(node->ss.ss_currentRelation, shared, node->ss.ps.state->es_snapshot);
	node->ss.ss_currentScanDesc = table_beginscan_parallel(node->ss.ss_currentRelation, shared);
	journey_scan_team_begin(coordinate);
	scan->team = coordinate;
	scan->alone = node->methods;
	node->methods = &leading_methods;
}

static void
begin_shared_again(CustomScanState *node, ParallelContext *pcxt, void *coordinate)
{
	table_parallelscan_reinitialize(node->ss.ss_currentRelation,
									(ParallelTableScanDesc) ((char *) coordinate + TEAM_SIZE));
	journey_scan_team_begin(coordinate);
	node->methods = &leading_methods;
}

static void
join_shared(CustomScanState *node, shm_toc *toc, void *coordinate)
{
	MaskScan   *scan = (MaskScan *) node;
	ParallelTableScanDesc shared = (ParallelTableScanDesc) ((char *) coordinate + TEAM_SIZE);

	journey_fact_cache_borrow(toc);
	node->ss.ss_currentScanDesc = table_beginscan_parallel(node->ss.ss_currentRelation, shared);
	journey_scan_team_join(coordinate, &scan->member, node->ss.ss_currentRelation);
	scan->alone = node->methods;
	node->methods = &working_methods;
}

/* The leader's first row. */
static TupleTableSlot *
lead(CustomScanState *node)
{
	MaskScan   *scan = (MaskScan *) node;

	journey_scan_team_lead(scan->team);
	node->methods = scan->alone;
	return node->methods->ExecCustomScan(node);
}

/* A worker's next row. */
static TupleTableSlot *
work(CustomScanState *node)
{
	MaskScan   *scan = (MaskScan *) node;
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(&node->ss.ss_ScanTupleSlot->tts_tid);

	if (unlikely(block != scan->member.block) && scan->member.team != NULL)
	{
		scan->member.block = block;
		journey_scan_team_look(&scan->member, node->ss.ss_currentScanDesc);
	}
	return scan->alone->ExecCustomScan(node);
}

/* EXPLAIN VERBOSE */
static void
explain_scan(CustomScanState *node, List *ancestors, ExplainState *es)
{
	if (es->verbose)
		ExplainPropertyText("Decision Proved", ((MaskScan *) node)->calm ? "once a run" : "once a row", es);
}

#define EXEC_METHODS(next) { \
	.CustomName = SCAN_NAME, \
	.BeginCustomScan = begin_scan, \
	.ExecCustomScan = next, \
	.EndCustomScan = end_scan, \
	.ReScanCustomScan = rescan, \
	.EstimateDSMCustomScan = estimate_shared, \
	.InitializeDSMCustomScan = begin_shared, \
	.ReInitializeDSMCustomScan = begin_shared_again, \
	.InitializeWorkerCustomScan = join_shared, \
	.ExplainCustomScan = explain_scan \
}

static const CustomExecMethods exec_methods = EXEC_METHODS(next_row);
static const CustomExecMethods picking_methods = EXEC_METHODS(next_picked_row);
static const CustomExecMethods leading_methods = EXEC_METHODS(lead);
static const CustomExecMethods working_methods = EXEC_METHODS(work);

static const CustomScanMethods scan_methods = {
	.CustomName = SCAN_NAME,
	.CreateCustomScanState = create_state
};


/* ------------------------------------------------------------------------
 * Planning
 * ------------------------------------------------------------------------ */

/* Is it the condition of our views, _no_index(tableoid)? */
static bool
is_no_index(const Expr *clause)
{
	const FuncExpr *call = (const FuncExpr *) clause;
	const Var  *argument;

	if (!IsA(clause, FuncExpr) || list_length(call->args) != 1)
		return false;
	argument = linitial(call->args);
	return IsA(argument, Var) && argument->varattno == TableOidAttributeNumber &&
		journey_is_call_of(call, journey__no_index);
}

static bool
has_no_index(const RelOptInfo *rel)
{
	ListCell   *lc;

	foreach(lc, rel->baserestrictinfo)
	{
		if (is_no_index(lfirst_node(RestrictInfo, lc)->clause))
			return true;
	}
	return false;
}

/* Does the statement, on all levels, look at each row once? */
static bool
only_reads(const PlannerInfo *root)
{
	for (; root != NULL; root = root->parent_root)
	{
		CmdType		command = root->parse->commandType;

		if ((command != CMD_SELECT && command != CMD_INSERT) || root->parse->rowMarks != NIL)
			return false;
	}
	return true;
}

/* CustomPathMethods */
static Plan *
plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *tlist, List *clauses, List *custom_plans)
{
	CustomScan *scan = makeNode(CustomScan);
	ListCell   *lc;

	foreach(lc, extract_actual_clauses(clauses, false))
	{
		if (!is_no_index(lfirst(lc)))
			scan->scan.plan.qual = lappend(scan->scan.plan.qual, lfirst(lc));
	}
	scan->scan.plan.targetlist = tlist;
	scan->scan.scanrelid = rel->relid;
	scan->flags = path->flags;
	scan->methods = &scan_methods;
	scans_planned++;
	return &scan->scan.plan;
}

static const CustomPathMethods path_methods = {
	.CustomName = SCAN_NAME,
	.PlanCustomPath = plan_scan
};

/* Takes the place of each plain sequential scan, at its costs: so nothing else about the plan changes. */
static void
replace_scans(List *paths)
{
	ListCell   *lc;

	foreach(lc, paths)
	{
		Path	   *scan = lfirst(lc);
		CustomPath *path;

		if (scan->pathtype != T_SeqScan || scan->param_info != NULL)
			continue;
		path = makeNode(CustomPath);
		path->path = *scan;
		path->path.type = T_CustomPath;
		path->path.pathtype = T_CustomScan;
		path->flags = CUSTOMPATH_SUPPORT_BACKWARD_SCAN | CUSTOMPATH_SUPPORT_PROJECTION;
		path->methods = &path_methods;
		lfirst(lc) = path;
	}
}

static void
offer_scan(PlannerInfo *root, RelOptInfo *rel, Index rti, RangeTblEntry *rte)
{
	if (next_hook != NULL)
		next_hook(root, rel, rti, rte);
	if (mask_scan_setting && rte->rtekind == RTE_RELATION && has_no_index(rel) && only_reads(root))
	{
		replace_scans(rel->pathlist);
		replace_scans(rel->partial_pathlist);
	}
}

/* Notes in each scan of a plan that is calm that it is. */
static PlannedStmt *
plan_statement(PLANNER_PARAMETERS)
{
	uint64		before = scans_planned;
	PlannedStmt *statement = (next_planner != NULL ? next_planner : standard_planner) (PLANNER_ARGUMENTS);
	ListCell   *lc;

	if (scans_planned == before)
		return statement;
	foreach(lc, journey_calm_scans(statement, &scan_methods))
		lfirst_node(CustomScan, lc)->custom_private = list_make1(makeBoolean(true));
	return statement;
}

void
journey_mask_scan_define(void)
{
	DefineCustomBoolVariable("journey.mask_scan",
							 "Reads protected tables by a scan that masks all cells of a row at once.",
							 "Without it each cell is masked by itself: the same answers, later.",
							 &mask_scan_setting,
							 true,
							 PGC_SUSET,
							 0,
							 NULL,
							 NULL,
							 NULL);
	RegisterCustomScanMethods(&scan_methods);
	next_hook = set_rel_pathlist_hook;
	set_rel_pathlist_hook = offer_scan;
	next_planner = planner_hook;
	planner_hook = plan_statement;
}
