/*
 * pattern_fn.c
 *	  Where a pattern matches a journey: ~, matches() and their like.
 *
 * The pattern is a constant nearly always: it is read and made into an
 * automaton once for all rows.  Most journeys of a table do not have the events
 * that every match needs, which the header of the value tells.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "core/gather.h"
#include "core/pattern/partial.h"
#include "glue.h"
#include "journey_value.h"
#include "pattern_match.h"
#include "prepared_arg.h"

PG_FUNCTION_INFO_V1(journey_has_match);
PG_FUNCTION_INFO_V1(journey_has_no_match);
PG_FUNCTION_INFO_V1(journey_match_of);
PG_FUNCTION_INFO_V1(journey_no_match_of);
PG_FUNCTION_INFO_V1(journey_matches);
PG_FUNCTION_INFO_V1(journey_match_count);
PG_FUNCTION_INFO_V1(journey_match_first);
PG_FUNCTION_INFO_V1(journey_partial);
PG_FUNCTION_INFO_V1(journey_pattern_explain);

/* Columns of matches(). */
enum
{
	COL_MATCH,
	COL_J,
	COL_FROM_STEP,
	COL_TO_STEP,
	COL_COUNT
};

/* Columns of partial(). */
enum
{
	PARTIAL_FROM_STEP,
	PARTIAL_STEPS,
	PARTIAL_SINCE,
	PARTIAL_NEXT_STEPS,
	PARTIAL_DEADLINE,
	PARTIAL_COUNT
};

void *
journey_pattern_ready(struct varlena *value)
{
	ReadyPattern *ready = palloc0(sizeof(ReadyPattern));
	JnError		err;

	ready->env = journey_env(CurrentMemoryContext);
	journey_pattern_open(value, &ready->pattern);
	if (jn_automaton_make(&ready->env, &ready->pattern, &ready->automaton, &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
	ready->matcher = jn_matcher_new(&ready->env, &ready->automaton);
	return ready;
}

/* A journey as the one subject of its columns. */
typedef struct Whole
{
	JnJourney	j;
	JnColumns	columns;
	JnTimesReader times;
	JnSubject	subject;
} Whole;

/*
 * Opens a journey for a matcher; false if it cannot have a match, which its
 * header or its names tell.
 */
static bool
open_whole(const ReadyPattern *ready, Datum value, Whole *whole)
{
	JnHeader	head;

	journey_open_header(value, &head);
	if (!jn_may_match(&ready->automaton, head.presence))
		return false;
	journey_open(value, &whole->j);
	whole->columns = jn_journey_columns(&whole->j);
	if (!jn_matcher_columns(ready->matcher, &whole->columns))
		return false;
	jn_journey_times(&whole->j, &whole->times);
	whole->subject = (JnSubject) {&whole->columns, 0, whole->j.head.n, whole->j.head.first, &whole->times};
	return true;
}

static bool
has_match(FunctionCallInfo fcinfo, int journey, int pattern)
{
	const ReadyPattern *ready = journey_prepared_arg(fcinfo, pattern, journey_pattern_ready);
	Whole		whole;

	return open_whole(ready, PG_GETARG_DATUM(journey), &whole) && jn_match_any(ready->matcher, &whole.subject);
}

Datum
journey_has_match(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_match(fcinfo, 0, 1));
}

Datum
journey_has_no_match(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!has_match(fcinfo, 0, 1));
}

/* The same with the operands the other way round. */
Datum
journey_match_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_match(fcinfo, 1, 0));
}

Datum
journey_no_match_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!has_match(fcinfo, 1, 0));
}

/* How matches may overlap, from an argument that may be left out. */
static JnOverlap
overlap_arg(FunctionCallInfo fcinfo, int arg)
{
	char	   *overlap;

	if (PG_NARGS() <= arg)
		return JN_SKIP_PAST_LAST;
	overlap = text_to_cstring(PG_GETARG_TEXT_PP(arg));
	if (strcmp(overlap, "skip past last") == 0)
		return JN_SKIP_PAST_LAST;
	if (strcmp(overlap, "next row") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("overlap must be 'skip past last' or 'next row'")));
	return JN_NEXT_ROW;
}

Datum
journey_match_count(PG_FUNCTION_ARGS)
{
	const ReadyPattern *ready = journey_prepared_arg(fcinfo, 1, journey_pattern_ready);
	JnOverlap	overlap = overlap_arg(fcinfo, 2);
	Whole		whole;

	if (!open_whole(ready, PG_GETARG_DATUM(0), &whole))
		PG_RETURN_INT32(0);
	PG_RETURN_INT32((int32) jn_match_count(ready->matcher, &whole.subject, overlap));
}

/* The part of a journey that a match is; there must be a step in it. */
static Datum
cut_out(const JnEnv *env, const Whole *whole, const int64 *time, const JnMatch *match)
{
	JnPicks		picks;
	Datum		result;
	uint32		i;

	jn_picks_new(env, &picks, match->to - match->from);
	for (i = match->from; i < match->to; i++)
		jn_pick(&picks, i, time[i]);
	result = journey_gather(env, &picks, &whole->j, NULL, NULL);
	jn_picks_free(env, &picks);
	return result;
}

/* The times of all steps. */
static int64 *
read_times(const JnEnv *env, const Whole *whole)
{
	JnTimesReader times = whole->times;
	int64	   *time = jn_alloc(env, jn_array_size(whole->j.head.n, sizeof(int64)));

	jn_times_decode(env, &times, whole->j.head.first, time, whole->j.head.n);
	return time;
}

Datum
journey_matches(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	const ReadyPattern *ready = journey_prepared_arg(fcinfo, 1, journey_pattern_ready);
	JnOverlap	overlap = overlap_arg(fcinfo, 2);
	int64	   *time = NULL;
	JnEnv		env;
	Whole		whole;
	JnMatch		match;
	int32		number = 0;

	/* deriving the row type would leave memory behind until the query ends, call after call */
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	work = AllocSetContextCreate(caller, "journey matches", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	if (open_whole(ready, PG_GETARG_DATUM(0), &whole))
	{
		jn_match_open(ready->matcher, &whole.subject, overlap);
		while (jn_match_next(ready->matcher, &match))
		{
			Datum		value[COL_COUNT];
			bool		null[COL_COUNT] = {0};

			CHECK_FOR_INTERRUPTS();
			if (time == NULL)
				time = read_times(&env, &whole);
			null[COL_J] = match.from == match.to;
			value[COL_J] = null[COL_J] ? (Datum) 0 : cut_out(&env, &whole, time, &match);
			value[COL_MATCH] = Int32GetDatum(++number);
			value[COL_FROM_STEP] = Int32GetDatum(match.from + 1);
			value[COL_TO_STEP] = Int32GetDatum(match.to);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
			if (!null[COL_J])
				pfree(DatumGetPointer(value[COL_J]));
		}
	}
	MemoryContextDelete(work);
	return (Datum) 0;
}

Datum
journey_match_first(PG_FUNCTION_ARGS)
{
	const ReadyPattern *ready = journey_prepared_arg(fcinfo, 1, journey_pattern_ready);
	JnEnv		env = journey_env(CurrentMemoryContext);
	Whole		whole;
	JnMatch		match;

	if (!open_whole(ready, PG_GETARG_DATUM(0), &whole))
		PG_RETURN_NULL();
	jn_match_open(ready->matcher, &whole.subject, JN_SKIP_PAST_LAST);
	if (!jn_match_next(ready->matcher, &match) || match.from == match.to)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(cut_out(&env, &whole, read_times(&env, &whole), &match));
}

/* The atoms that could come next, as an array of their texts. */
static Datum
next_steps(const JnAutomaton *a, const JnPartial *partial)
{
	Datum	   *element = palloc(Max(partial->atoms, 1) * sizeof(Datum));
	uint32		i;

	for (i = 0; i < partial->atoms; i++)
	{
		const JnAtom *atom = &a->atom[partial->atom[i]];
		size_t		size = jn_atom_write(atom, NULL);
		char	   *text = palloc(size);

		jn_atom_write(atom, text);
		element[i] = PointerGetDatum(cstring_to_text_with_len(text, size));
		pfree(text);
	}
	return PointerGetDatum(construct_array(element, partial->atoms, TEXTOID, -1, false, TYPALIGN_INT));
}

Datum
journey_partial(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	const ReadyPattern *ready = journey_prepared_arg(fcinfo, 1, journey_pattern_ready);
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(2);
	JnEnv		env;
	Whole		whole;
	JnMatch		match;
	JnPartial	partial;
	uint32		from = 0;
	bool		possible;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	work = AllocSetContextCreate(caller, "journey partial", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	MemoryContextSwitchTo(work);

	possible = open_whole(ready, PG_GETARG_DATUM(0), &whole);
	if (!possible)
	{
		journey_open(PG_GETARG_DATUM(0), &whole.j);
		whole.columns = jn_journey_columns(&whole.j);
		jn_journey_times(&whole.j, &whole.times);
		whole.subject = (JnSubject) {&whole.columns, 0, whole.j.head.n, whole.j.head.first, &whole.times};
	}

	/* what came later is not known yet */
	if (whole.j.head.last > as_of)
	{
		int64	   *time = read_times(&env, &whole);

		while (whole.subject.to > 0 && time[whole.subject.to - 1] > as_of)
			whole.subject.to--;
	}

	/* complete matches have their steps to themselves */
	if (possible && whole.subject.to > 0)
	{
		jn_match_open(ready->matcher, &whole.subject, JN_SKIP_PAST_LAST);
		while (jn_match_next(ready->matcher, &match))
			from = match.to;
	}
	if (whole.subject.to > 0 && jn_partial(&env, &ready->automaton, &whole.subject, from, as_of, &partial))
	{
		Datum		value[PARTIAL_COUNT];
		bool		null[PARTIAL_COUNT] = {0};

		value[PARTIAL_FROM_STEP] = Int32GetDatum(partial.from + 1);
		value[PARTIAL_STEPS] = Int32GetDatum(partial.steps);
		value[PARTIAL_SINCE] = TimestampTzGetDatum(partial.since);
		value[PARTIAL_NEXT_STEPS] = next_steps(&ready->automaton, &partial);
		value[PARTIAL_DEADLINE] = TimestampTzGetDatum(partial.deadline);
		null[PARTIAL_DEADLINE] = !partial.bounded || !IS_VALID_TIMESTAMP(partial.deadline);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, value, null);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(work);
	return (Datum) 0;
}

Datum
journey_pattern_explain(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnPattern	pattern;
	JnAutomaton automaton;
	JnError		err;
	uint64		size;
	text	   *result;

	journey_pattern_open(PG_GETARG_VARLENA_PP(0), &pattern);
	if (jn_automaton_make(&env, &pattern, &automaton, &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
	size = jn_automaton_write(&env, &automaton, NULL) + VARHDRSZ;
	if (size > MaxAllocSize)
	{
		jn_fail(&err, JN_TOO_LARGE, 0, (int64_t) size, MaxAllocSize);
		journey_report(&err, PATTERN_NAME);
	}
	result = palloc(size);
	SET_VARSIZE(result, size);
	jn_automaton_write(&env, &automaton, VARDATA(result));
	PG_RETURN_TEXT_P(result);
}
