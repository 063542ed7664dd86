/*
 * sessionize_window.c
 *	  journey.sessionize(at, gap [, boundary]): session numbers as a window function.
 *
 * What people write as lag(), a comparison and a running sum over a second
 * window is one pass here: all that a row needs to know of the rows before it
 * is the time and number of the last one that had a time.  That lives in the
 * partition's memory.  No other row is fetched, unless a gap is to be learned
 * from all of them before the first is numbered, so the mark follows the
 * current row and the executor may forget everything before it.  It follows at
 * a distance: moving it costs as much as all the rest, so a few rows at a time
 * are forgotten.
 *
 * The frame does not matter, as for row_number().
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/timestamp.h"
#include "windowapi.h"

#include "compat.h"
#include "core/adaptive_gap.h"
#include "core/sessions.h"
#include "glue.h"
#include "session_rules.h"

/* Position of the arguments. */
enum
{
	ARG_AT,
	ARG_GAP,
	ARG_BOUNDARY
};

/* Rows that the mark may stay behind the current one. */
#define MARK_DISTANCE	16

/* What is known in the middle of a partition; all zero at its start. */
typedef struct SessionizeState
{
	int64		number;			/* current session; 0 before the first time */
	TimestampTz before;			/* time of the last row that has one */
	int64		mark;			/* position of the mark, in rows */
	int64		gap;			/* microseconds, valid if gap_fixed */
	bool		gap_fixed;		/* gap is the same on every row */
	int64		learned;		/* gap where it is NULL; 0 if it was not on the first row */
	int8		direction;		/* +1 times ascend, -1 descend, 0 all equal so far */
} SessionizeState;

/* Lets the executor forget rows before the current one, now and then. */
static void
move_mark(WindowObject winobj, SessionizeState *state)
{
	int64		position = WinGetCurrentPosition(winobj);

	if (position - state->mark < MARK_DISTANCE)
		return;
	WinSetMarkPosition(winobj, position);
	state->mark = position;
}

/* The gap that the pauses of the whole partition tell, JN_ENDLESS if they have no valley. */
static int64
learned_gap(WindowObject winobj)
{
	int64		rows = WinGetPartitionRowCount(winobj);
	JnPauses	pauses = {{0}};
	TimestampTz before = 0;
	bool		is_first = true;
	int64		row;
	int64		gap;

	for (row = 0; row < rows; row++)
	{
		bool		isnull;
		bool		isout;
		TimestampTz at = DatumGetTimestampTz(WinGetFuncArgInPartition(winobj, ARG_AT, row, WINDOW_SEEK_HEAD, false,
																	  &isnull, &isout));

		CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		journey_check_time(at);
		if (!is_first)
			jn_pauses_add(&pauses, jn_time_span(Min(at, before), Max(at, before)));
		before = at;
		is_first = false;
	}
	return jn_pauses_valley(&pauses, &gap) ? gap : JN_ENDLESS;
}

/* The gap on the current row, in microseconds. */
static int64
current_gap(WindowObject winobj, SessionizeState *state)
{
	bool		isnull;
	Datum		gap = WinGetFuncArgCurrent(winobj, ARG_GAP, &isnull);

	if (!isnull)
		return journey_gap(DatumGetIntervalP(gap));

	/* later, rows before may be gone */
	if (state->number == 0)
		state->learned = learned_gap(winobj);
	if (state->learned == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("gap is null on some rows of a partition only"),
				 errhint("NULL means that the gap is learned from the whole partition, so it has to be NULL from the first row on.")));
	return state->learned;
}

/* Raises unless the row continues in the direction of those before it. */
static void
check_direction(SessionizeState *state, TimestampTz at)
{
	int8		direction = (at > state->before) - (at < state->before);

	if (direction * state->direction < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rows are not in order of time"),
				 errdetail("Within a partition the times must ascend or descend."),
				 errhint("Use sessionize(at, gap) OVER (PARTITION BY ... ORDER BY at).")));
	if (direction != 0)
		state->direction = direction;
}

PG_FUNCTION_INFO_V1(journey_sessionize);

Datum
journey_sessionize(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	SessionizeState *state = WinGetPartitionLocalMemory(winobj, sizeof(SessionizeState));
	TimestampTz at;
	int64		gap;
	bool		isnull;
	bool		breaks = false;

	/* a gap may have to be learned from all rows, before the first of them is numbered */
	if (state->number > 0)
		move_mark(winobj, state);

	/* no time, no data point: neither it nor its boundary touches the neighbours */
	at = DatumGetTimestampTz(WinGetFuncArgCurrent(winobj, ARG_AT, &isnull));
	if (isnull)
		PG_RETURN_NULL();
	journey_check_time(at);

	if (state->gap_fixed)
		gap = state->gap;
	else
	{
		gap = state->gap = current_gap(winobj, state);
		state->gap_fixed = get_fn_expr_arg_stable(fcinfo->flinfo, ARG_GAP);
	}

	if (state->number > 0)
	{
		check_direction(state, at);
		breaks = jn_session_breaks(Min(at, state->before), Max(at, state->before), gap);
		if (!breaks && PG_NARGS() > ARG_BOUNDARY)
			breaks = DatumGetBool(WinGetFuncArgCurrent(winobj, ARG_BOUNDARY, &isnull)) && !isnull;
	}
	else
		breaks = true;			/* the first row begins the first session */

	state->before = at;
	if (breaks)
		state->number++;
	PG_RETURN_INT64(state->number);
}
