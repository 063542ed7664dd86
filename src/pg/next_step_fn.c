/*
 * next_step_fn.c
 *	  next_step() and next_step_number(): the step behind a match, or before it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/whole.h"
#include "glue.h"
#include "journey_value.h"
#include "pattern_match.h"
#include "prepared_arg.h"

/* What is looked for, and what has been found. */
typedef struct Search
{
	const ReadyPattern *ready;
	bool		backward;
	bool		last;			/* behind the last match, not the first one */
	bool		possible;		/* there may be a match in these columns */
	bool		found;
	uint32		step;			/* from 0 */
} Search;

static JnStatus
visit_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	Search	   *search = context;

	search->possible = jn_matcher_columns(search->ready->matcher, columns);
	return JN_OK;
}

static JnStatus
visit_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	Search	   *search = context;
	uint32		n = subject->to - subject->from;
	JnMatch		match;
	bool		matched = false;

	if (!search->possible)
		return JN_OK;
	jn_match_open(search->ready->matcher, subject, JN_SKIP_PAST_LAST);
	while ((search->last || !matched) && jn_match_next(search->ready->matcher, &match))
	{
		matched = true;
		search->found = search->backward ? match.from > 0 : match.to < n;
		search->step = search->backward ? match.from - 1 : match.to;
	}
	return JN_OK;
}

/* Finds the step that the arguments ask for: j, after, direction, which. */
static bool
find_step(FunctionCallInfo fcinfo, JnJourney *j, uint32 *step)
{
	text	   *direction = PG_GETARG_TEXT_PP(2);
	text	   *which = PG_GETARG_TEXT_PP(3);
	Search		search = {.ready = journey_prepared_arg(fcinfo, 1, journey_pattern_ready)};
	JnVisitor	visitor = {visit_columns, visit_subject, &search};
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnError		err = {0};

	search.backward = journey_is_word(direction, "backward");
	if (!search.backward && !journey_is_word(direction, "forward"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown direction \"%s\"", text_to_cstring(direction)),
				 errhint("Use 'forward' or 'backward'.")));
	search.last = journey_is_word(which, "last");
	if (!search.last && !journey_is_word(which, "first"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown match \"%s\"", text_to_cstring(which)),
				 errhint("Use 'first' or 'last'.")));
	journey_open(PG_GETARG_DATUM(0), j);
	if (jn_visit_journey(&env, &visitor, j, &err) != JN_OK)
		journey_report(&err, "journey");
	*step = search.step;
	return search.found;
}

PG_FUNCTION_INFO_V1(journey_next_step);
PG_FUNCTION_INFO_V1(journey_next_step_number);

Datum
journey_next_step(PG_FUNCTION_ARGS)
{
	JnJourney	j;
	uint32		step;

	if (!find_step(fcinfo, &j, &step))
		PG_RETURN_NULL();
	return journey_name_text(jn_labels_name(&j.event, jn_journey_code(&j, step)));
}

Datum
journey_next_step_number(PG_FUNCTION_ARGS)
{
	JnJourney	j;
	uint32		step;

	if (!find_step(fcinfo, &j, &step))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) step + 1);
}
