/*
 * funnel_terms.c
 *	  The arguments of funnel() and its aggregates.
 *
 * They are constants nearly always.  Where the query does not show it, copies
 * are kept and compared at each call, which costs less than taking them apart
 * again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "nodes/primnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#include "compat.h"
#include "core/funnel/funnel_spec.h"
#include "funnel_terms.h"
#include "glue.h"
#include "pattern_value.h"

/* Names as they stand in calls. */
static const char *const argument_names[FUNNEL_ARGUMENTS] = {
	"steps", "within", "mode", "entry", "exclude", "step_within", "optional", "hold", "ties", "as_of"
};

/* A choice by name. */
typedef struct Choice
{
	const char *name;
	int			value;
} Choice;

static const Choice entries[] = {
	{"latest", JN_ENTRY_LATEST},
	{"first", JN_ENTRY_FIRST},
	{"longest", JN_ENTRY_LONGEST},
};

static const Choice all_ties[] = {
	{"input", JN_TIES_INPUT},
	{"step", JN_TIES_STEP},
	{"strict", JN_TIES_STRICT},
};

static const Choice tracks[] = {
	{"channel", JN_CHANNEL},
	{"decision", JN_DECISION},
	{"action", JN_ACTION},
	{"persona", JN_PERSONA},
	{"senses", JN_SENSES},
};

/*
 * What a word of mode says.  Behind the first three are the names of
 * ClickHouse, whose words can stand together.
 */
typedef struct ModeWord
{
	const char *name;
	int			mode;			/* JnFunnelMode, or -1: says nothing about it */
	bool		strict_ties;
} ModeWord;

static const ModeWord mode_words[] = {
	{"ordered", JN_FUNNEL_ORDERED, false},
	{"strict", JN_FUNNEL_STRICT, false},
	{"exact", JN_FUNNEL_EXACT, false},
	{"unordered", JN_FUNNEL_UNORDERED, false},
	{"strict_order", JN_FUNNEL_STRICT, false},
	{"strict_deduplication", JN_FUNNEL_DEDUPLICATED, false},
	{"strict_increase", -1, true},
	{"strict_once", -1, false},
	{"allow_reentry", -1, false},
};

static void
check_not_null(bool is_null, FunnelArgument argument)
{
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", argument_names[argument])));
}

/* Finds a choice; raises for a name that is none, with the hint. */
static int
find_choice(Datum value, const Choice *choice, int choices, FunnelArgument argument, const char *hint)
{
	text	   *name = DatumGetTextPP(value);

	for (int i = 0; i < choices; i++)
		if (journey_is_word(name, choice[i].name))
			return choice[i].value;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s \"%s\" is not known", argument_names[argument], text_to_cstring(name)),
			 errhint("%s", hint)));
}

/* Reads the words of a mode. */
static void
read_mode(Datum value, JnFunnelTerms *terms)
{
	char	   *whole = TextDatumGetCString(value);
	List	   *words;
	ListCell   *cell;
	const char *mode = NULL;

	/* takes its text to pieces */
	if (!SplitIdentifierString(pstrdup(whole), ',', &words) || words == NIL)
		words = list_make1(whole);
	foreach(cell, words)
	{
		const char *word = lfirst(cell);
		const ModeWord *known = NULL;
		int			i;

		for (i = 0; i < lengthof(mode_words); i++)
			if (strcmp(mode_words[i].name, word) == 0)
				known = &mode_words[i];
		if (known == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("mode \"%s\" is not known", word),
					 errhint("Give ordered, strict, exact or unordered; of ClickHouse's names strict_order, strict_deduplication, strict_increase, strict_once and allow_reentry are understood.")));
		if (known->mode >= 0)
		{
			if (mode == NULL)
				terms->mode = (JnFunnelMode) known->mode;
			else if (Min((int) terms->mode, known->mode) == JN_FUNNEL_STRICT && Max((int) terms->mode, known->mode) == JN_FUNNEL_DEDUPLICATED)
				terms->mode = JN_FUNNEL_EXACT;	/* nothing between, and no repeats */
			else
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("modes \"%s\" and \"%s\" do not go together", mode, word)));
			mode = word;
		}
		if (known->strict_ties)
			terms->ties = JN_TIES_STRICT;
	}
}

/* The length of a window, which is inclusive: one of 0 has steps of one time.  NULL is no limit. */
static uint64
read_limit(Datum value, bool is_null, FunnelArgument argument)
{
	if (is_null)
		return JN_NO_LIMIT;
	return journey_interval_us(DatumGetIntervalP(value), argument_names[argument]);
}

/* Takes an array to pieces. */
static int
read_array(Datum value, FunnelArgument argument, Datum **element, bool **is_null)
{
	ArrayType  *array = DatumGetArrayTypeP(value);
	int16		length;
	bool		by_value;
	char		align;
	int			n;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must have one dimension", argument_names[argument]),
				 argument == FUNNEL_STEPS ? errhint("Several events of which one is enough are one pattern, as in '{\"[view, search]\", buy}'.") : 0));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, element, is_null, &n);
	return n;
}

/* The canonical texts of an array of patterns, which must be single steps. */
static uint32
read_steps(Datum value, FunnelArgument argument, JnName **text)
{
	Datum	   *element;
	bool	   *is_null;
	int			n = read_array(value, argument, &element, &is_null);
	int			i;

	*text = palloc(Max(n, 1) * sizeof(JnName));
	for (i = 0; i < n; i++)
	{
		struct varlena *one = (struct varlena *) DatumGetPointer(element[i]);
		JnPattern	pattern;

		if (is_null[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not have null elements", argument_names[argument])));
		journey_pattern_open(one, &pattern);
		journey_pattern_step(&pattern, argument_names[argument]);

		/* behind the version */
		(*text)[i] = (JnName) {VARDATA_ANY(one) + 1, VARSIZE_ANY_EXHDR(one) - 1};
	}
	return n;
}

/* The limits from step to step; NULL if there are none. */
static const uint64 *
read_step_limits(Datum value, uint32 steps)
{
	Datum	   *element;
	bool	   *is_null;
	int			n = read_array(value, FUNNEL_STEP_WITHIN, &element, &is_null);
	uint64	   *limit = palloc(steps * sizeof(uint64));
	bool		any = false;
	uint32		i;

	if (n != (int) steps - 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("step_within has %d elements, but a funnel of %u steps needs %u", n, steps, steps - 1),
				 errhint("Give one for each step but the first, as from the step before; NULL for no limit.")));
	limit[0] = JN_NO_LIMIT;
	for (i = 1; i < steps; i++)
	{
		limit[i] = read_limit(element[i - 1], is_null[i - 1], FUNNEL_STEP_WITHIN);
		any |= limit[i] != JN_NO_LIMIT;
	}
	return any ? limit : NULL;
}

/* Which steps are optional; NULL if none is. */
static const bool *
read_optional(Datum value, uint32 steps)
{
	Datum	   *element;
	bool	   *is_null;
	int			n = read_array(value, FUNNEL_OPTIONAL, &element, &is_null);
	bool	   *optional = palloc0(steps * sizeof(bool));
	int			i;

	for (i = 0; i < n; i++)
	{
		int32		step;

		if (is_null[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("optional must not have null elements")));
		step = DatumGetInt32(element[i]);
		if (step < 2 || step > (int64) steps)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("step %d cannot be optional", step),
					 steps > 1 ? errhint("Name steps by their numbers, from 2 to %u.", steps)
					 : errhint("A funnel of one step has none that could be.")));
		optional[step - 1] = true;
	}
	return n > 0 ? optional : NULL;
}

/* Raises for terms that do not go together. */
static void
check_terms(const JnFunnelTerms *terms)
{
	JnError		err = {0};

	if (jn_funnel_terms_check(terms, &err) == JN_OK)
		return;
	switch (err.at)
	{
		case JN_FUNNEL_OPTIONAL_MODE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("optional steps are for mode ordered"),
					 errhint("An unordered funnel without them asks the same; a strict one cannot leave a step out.")));
			break;
		case JN_FUNNEL_LIMITS_MODE:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("step_within is not for mode unordered"),
					 errhint("Its steps have no order; give within.")));
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("ties strict is not for mode unordered"),
					 errhint("Its steps have no order, so none has to be later than another.")));
			break;
	}
}

/* Whether an argument is there and has a value. */
static bool
has_argument(const FunnelQuestion *q, FunnelArgument argument)
{
	return (int) argument < q->arguments && !q->null[argument];
}

/* Takes the arguments apart, in the question's context. */
static void
read_question(FunnelQuestion *q)
{
	JnFunnelTerms terms = {0};
	JnName	   *text;
	JnName	   *excluded_text = NULL;
	uint32		excluded = 0;
	uint8	   *bytes;

	check_not_null(q->null[FUNNEL_STEPS], FUNNEL_STEPS);
	terms.steps = read_steps(q->value[FUNNEL_STEPS], FUNNEL_STEPS, &text);
	if (terms.steps == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a funnel needs a step"),
				 errhint("Give steps as an array, as in '{view, cart, purchase}'.")));
	terms.within = read_limit(q->value[FUNNEL_WITHIN], q->null[FUNNEL_WITHIN], FUNNEL_WITHIN);
	if (has_argument(q, FUNNEL_MODE))
		read_mode(q->value[FUNNEL_MODE], &terms);
	if (has_argument(q, FUNNEL_ENTRY))
		terms.entry = find_choice(q->value[FUNNEL_ENTRY], entries, lengthof(entries), FUNNEL_ENTRY,
								  "Give latest, first or longest.");
	if (has_argument(q, FUNNEL_EXCLUDE))
		excluded = read_steps(q->value[FUNNEL_EXCLUDE], FUNNEL_EXCLUDE, &excluded_text);
	if (has_argument(q, FUNNEL_STEP_WITHIN))
		terms.step_within = read_step_limits(q->value[FUNNEL_STEP_WITHIN], terms.steps);
	if (has_argument(q, FUNNEL_OPTIONAL))
		terms.optional = read_optional(q->value[FUNNEL_OPTIONAL], terms.steps);
	if (has_argument(q, FUNNEL_HOLD))
	{
		terms.hold = true;
		terms.hold_track = find_choice(q->value[FUNNEL_HOLD], tracks, lengthof(tracks), FUNNEL_HOLD,
									   "Give a track of labels: channel, decision, action, persona or senses.");
	}
	if (has_argument(q, FUNNEL_TIES))
	{
		JnFunnelTies ties = find_choice(q->value[FUNNEL_TIES], all_ties, lengthof(all_ties), FUNNEL_TIES,
										"Give input, step or strict.");

		if (terms.ties == JN_TIES_STRICT && ties != JN_TIES_STRICT)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("mode strict_increase means strict ties, but ties says otherwise")));
		terms.ties = ties;
	}
	terms.as_of = has_argument(q, FUNNEL_AS_OF) ? DatumGetTimestampTz(q->value[FUNNEL_AS_OF])
		: GetCurrentStatementStartTimestamp();
	check_terms(&terms);

	text = repalloc(text, (terms.steps + (size_t) excluded) * sizeof(JnName));
	if (excluded > 0)
		memcpy(text + terms.steps, excluded_text, excluded * sizeof(JnName));
	q->size = jn_funnel_spec_size(&terms, text, excluded);
	bytes = palloc(q->size);
	jn_funnel_spec_write(&terms, text, excluded, bytes);
	q->bytes = bytes;
}

/* How values of an argument are kept. */
static void
argument_type(FunnelArgument argument, bool *by_value, int *length)
{
	*by_value = argument == FUNNEL_AS_OF && FLOAT8PASSBYVAL;
	*length = argument == FUNNEL_AS_OF ? sizeof(TimestampTz) : argument == FUNNEL_WITHIN ? sizeof(Interval) : -1;
}

static bool
is_same(FunctionCallInfo fcinfo, int first, const FunnelQuestion *q)
{
	int			i;

	for (i = 0; i < q->arguments; i++)
	{
		bool		by_value;
		int			length;

		if (PG_ARGISNULL(first + i) != q->null[i])
			return false;
		argument_type(i, &by_value, &length);
		if (!q->null[i] && !datumIsEqual(PG_GETARG_DATUM(first + i), q->value[i], by_value, length))
			return false;
	}
	return true;
}

/* Whether the query shows that the arguments are the same in all calls of an aggregate. */
static bool
is_constant(FunctionCallInfo fcinfo, int first, int arguments)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);
	int			i;

	/* the state is an argument of ours, but not of theirs */
	if (aggref == NULL || list_length(aggref->args) < first - 1 + arguments)
		return false;
	for (i = 0; i < arguments; i++)
	{
		Node	   *expr = (Node *) ((TargetEntry *) list_nth(aggref->args, first - 1 + i))->expr;

		if (!IsA(expr, Const) && !(IsA(expr, Param) && ((Param *) expr)->paramkind == PARAM_EXTERN))
			return false;
	}
	return true;
}

FunnelQuestion *
journey_funnel_question(FunctionCallInfo fcinfo, int first)
{
	FunnelQuestion *q = fcinfo->flinfo->fn_extra;
	MemoryContext caller;
	int			i;

	if (q == NULL)
	{
		q = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(FunnelQuestion));
		q->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "journey funnel", ALLOCSET_SMALL_SIZES);
		q->arguments = PG_NARGS() - first;
		fcinfo->flinfo->fn_extra = q;
	}
	if (q->ready && (q->constant || is_same(fcinfo, first, q)))
		return q;

	/* whoever leaves by an error leaves nothing half made */
	q->ready = false;
	q->made = NULL;
	MemoryContextReset(q->context);
	caller = MemoryContextSwitchTo(q->context);
	for (i = 0; i < q->arguments; i++)
	{
		bool		by_value;
		int			length;

		argument_type(i, &by_value, &length);
		q->null[i] = PG_ARGISNULL(first + i);
		q->value[i] = q->null[i] ? (Datum) 0 : datumCopy(PG_GETARG_DATUM(first + i), by_value, length);
	}
	read_question(q);
	q->constant = is_constant(fcinfo, first, q->arguments);
	q->ready = true;
	MemoryContextSwitchTo(caller);
	return q;
}
