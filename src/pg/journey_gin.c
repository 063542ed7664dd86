/*
 * journey_gin.c
 *	  The operator class of journeys for GIN: which terms a value has, which a
 *	  question asks for, and what follows from those that were found.
 *
 * core/terms.h says what the terms are.  What they cannot tell, such as
 * whether two pairs of a chain overlap or a value is 5, the operator is asked
 * again on the row; where they tell all, the row is not fetched for that.
 * Everything asked of a large value is a short list of rows then.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/name_set.h"
#include "core/pattern/automaton.h"
#include "core/terms.h"
#include "glue.h"
#include "interaction.h"
#include "journey_value.h"
#include "pattern_value.h"
#include "prepared_arg.h"

PG_FUNCTION_INFO_V1(journey_gin_extract_value);
PG_FUNCTION_INFO_V1(journey_gin_extract_query);
PG_FUNCTION_INFO_V1(journey_gin_consistent);
PG_FUNCTION_INFO_V1(journey_gin_triconsistent);
PG_FUNCTION_INFO_V1(journey_gin_compare_prefix);

/* Numbers of the operators in the class; stored in catalogs, so never change one. */
#define HAS_ALL			1		/* @> text[] */
#define HAS_ANY			2		/* && text[] */
#define HAS_CHAIN		3		/* @>> text[] */
#define HAS_STEP		4		/* @@ interaction */
#define HAS_PREFIX		5		/* ^@ text */
#define HAS_MATCH		6		/* ~ journey_pattern */

/* The terms that a question asks for. */
typedef struct Question
{
	Datum	   *term;
	int32		count;
	Pointer    *need;			/* of a pattern, for each term: points to the number of its need */
} Question;

static const JnName no_name = {NULL, 0};

static Datum
make_term(JnTermKind kind, JnName first, JnName second)
{
	size_t		size = VARHDRSZ + jn_term_size(first, second);
	bytea	   *term = palloc(size);

	SET_VARSIZE(term, size);
	jn_term_write(kind, first, second, VARDATA(term));
	return PointerGetDatum(term);
}

Datum
journey_gin_extract_value(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	JnJourney	j;
	JnTerms		terms;
	uint64		all;
	Datum	   *term;
	uint64		i;

	journey_open(PG_GETARG_DATUM(0), &j);
	jn_terms_make(&env, &j, &terms);
	all = jn_terms_count(&terms);
	if (all > MaxAllocSize / sizeof(Datum))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey has too many different transitions to be indexed"),
				 errdetail("It has %llu terms, the limit is %llu.",
						   (unsigned long long) all, (unsigned long long) (MaxAllocSize / sizeof(Datum))),
				 errhint("Cut the journey into chunks of time.")));
	term = palloc(all * sizeof(Datum));
	for (i = 0; i < all; i++)
	{
		JnName		first;
		JnName		second;
		JnTermKind	kind = jn_terms_get(&terms, i, &first, &second);

		CHECK_FOR_INTERRUPTS();
		term[i] = make_term(kind, first, second);
	}
	*count = (int32) all;
	PG_RETURN_POINTER(term);
}

/* Events, each for itself. */
static void
ask_events(struct varlena *array, Question *q)
{
	int			count;
	JnName	   *name = journey_array_names(array, &count);
	int			i;

	q->term = palloc(count * sizeof(Datum));
	for (i = 0; i < count; i++)
		q->term[q->count++] = make_term(JN_TERM_EVENT, name[i], no_name);
}

/* The pairs of a chain; one link has none. */
static void
ask_chain(struct varlena *array, Question *q)
{
	int			count;
	JnName	   *name = journey_array_names(array, &count);
	int			i;

	q->term = palloc(Max(count, 1) * sizeof(Datum));
	if (count == 1)
		q->term[q->count++] = make_term(JN_TERM_EVENT, name[0], no_name);
	for (i = 1; i < count; i++)
		q->term[q->count++] = make_term(JN_TERM_FOLLOWS, name[i - 1], name[i]);
}

/* A step: its event, on its channel if that is given too. */
static void
ask_step(Datum value, Question *q)
{
	Interaction wanted;

	journey_read_interaction(value, &wanted);
	if (!wanted.has_event)
		return;
	q->term = palloc(sizeof(Datum));
	if (wanted.step.tracks & 1 << JN_CHANNEL)
		q->term[0] = make_term(JN_TERM_ON_CHANNEL, wanted.step.event, wanted.step.label[JN_CHANNEL]);
	else
		q->term[0] = make_term(JN_TERM_EVENT, wanted.step.event, no_name);
	q->count = 1;
}

/*
 * What every match of a pattern needs: for each need one term of several.  All
 * terms of a need stand together.
 */
static void
ask_match(struct varlena *value, Question *q)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnPattern	pattern;
	JnAutomaton a;
	JnError		err;
	int32	   *number;
	uint32		i;

	journey_pattern_open(value, &pattern);
	if (jn_automaton_make(&env, &pattern, &a, &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
	for (i = 0; i < a.needs; i++)
		q->count += a.need[i].count;
	q->term = palloc(Max(q->count, 1) * sizeof(Datum));
	q->need = palloc(Max(q->count, 1) * sizeof(Pointer));
	number = palloc(Max(a.needs, 1) * sizeof(int32));
	q->count = 0;
	for (i = 0; i < a.needs; i++)
	{
		uint32		k;

		number[i] = i;
		for (k = a.need[i].first; k < a.need[i].first + a.need[i].count; k++)
		{
			const JnOption *option = a.need_option[k];
			bool		on_channel = option->tests > 0 && option->test[0].track == JN_CHANNEL
			&& option->test[0].compare == JN_IS;

			q->term[q->count] = on_channel ? make_term(JN_TERM_ON_CHANNEL, option->event, option->test[0].name)
				: make_term(JN_TERM_EVENT, option->event, no_name);
			q->need[q->count++] = (Pointer) &number[i];
		}
	}
}

Datum
journey_gin_extract_query(PG_FUNCTION_ARGS)
{
	Datum		query = PG_GETARG_DATUM(0);
	int32	   *count = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	bool	  **partial = (bool **) PG_GETARG_POINTER(3);
	Pointer   **extra = (Pointer **) PG_GETARG_POINTER(4);
	int32	   *mode = (int32 *) PG_GETARG_POINTER(6);
	Question	q = {NULL, 0, NULL};

	switch (strategy)
	{
		case HAS_ALL:
		case HAS_ANY:
			ask_events(PG_DETOAST_DATUM(query), &q);
			break;
		case HAS_CHAIN:
			ask_chain(PG_DETOAST_DATUM(query), &q);
			break;
		case HAS_STEP:
			ask_step(query, &q);
			break;
		case HAS_MATCH:
			ask_match(PG_DETOAST_DATUM(query), &q);
			*extra = q.need;
			break;
		case HAS_PREFIX:
			{
				text	   *prefix = DatumGetTextPP(query);

				q.term = palloc(sizeof(Datum));
				q.term[0] = make_term(JN_TERM_EVENT,
									  (JnName) {VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix)}, no_name);
				q.count = 1;
				*partial = palloc(sizeof(bool));
				(*partial)[0] = true;
				break;
			}
		default:
			elog(ERROR, "unknown strategy number: %d", strategy);
	}

	/* no term, no bound on what may match; but "any of nothing" is nothing */
	if (q.count == 0)
		*mode = strategy == HAS_ANY ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_ALL;

	*count = q.count;
	PG_RETURN_POINTER(q.term);
}

/* What is known of a row if these terms are; GIN_MAYBE has the operator asked. */
static GinTernaryValue
judge(StrategyNumber strategy, const GinTernaryValue *check, int32 count, const Pointer *need)
{
	GinTernaryValue answer;
	int32		i;

	if (strategy == HAS_MATCH)
	{
		for (i = 0; i < count;)
		{
			bool		met = false;
			Pointer		this = need[i];

			for (; i < count && need[i] == this; i++)
				met |= check[i] != GIN_FALSE;
			if (!met)
				return GIN_FALSE;
		}
		return GIN_MAYBE;
	}

	if (strategy == HAS_ANY || strategy == HAS_PREFIX)
	{
		answer = GIN_FALSE;
		for (i = 0; i < count && answer != GIN_TRUE; i++)
			if (check[i] != GIN_FALSE)
				answer = check[i];
		return answer;
	}

	/*
	 * All terms must be there.  Then it is not known yet whether one pair of a
	 * chain goes on where the other ends, and what else a step has.
	 */
	answer = strategy == HAS_STEP || (strategy == HAS_CHAIN && count > 1) ? GIN_MAYBE : GIN_TRUE;
	for (i = 0; i < count && answer != GIN_FALSE; i++)
		if (check[i] != GIN_TRUE)
			answer = check[i];
	return answer;
}

Datum
journey_gin_consistent(PG_FUNCTION_ARGS)
{
	/* a bool is a byte, and false and true are GIN_FALSE and GIN_TRUE */
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	GinTernaryValue answer = judge(PG_GETARG_UINT16(1), check, PG_GETARG_INT32(3),
								   (const Pointer *) PG_GETARG_POINTER(4));

	*recheck = answer == GIN_MAYBE;
	PG_RETURN_BOOL(answer != GIN_FALSE);
}

Datum
journey_gin_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);

	PG_RETURN_GIN_TERNARY_VALUE(judge(PG_GETARG_UINT16(1), check, PG_GETARG_INT32(3),
									  (const Pointer *) PG_GETARG_POINTER(4)));
}

/* For ^@: 0 if a term of the index begins with the one asked for, 1 if none can come any more. */
Datum
journey_gin_compare_prefix(PG_FUNCTION_ARGS)
{
	bytea	   *asked = PG_GETARG_BYTEA_PP(0);
	bytea	   *term = PG_GETARG_BYTEA_PP(1);
	size_t		size = VARSIZE_ANY_EXHDR(asked);

	PG_RETURN_INT32(VARSIZE_ANY_EXHDR(term) >= size
					&& memcmp(VARDATA_ANY(asked), VARDATA_ANY(term), size) == 0 ? 0 : 1);
}
