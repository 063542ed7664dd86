/*
 * has_fn.c
 *	  What a journey has: the functions behind @>, &&, @>>, ^@ and @@.
 *
 * Most journeys of a table do not have what is asked for, so each answer
 * begins with the header, which alone is fetched of a value that is stored out
 * of line.  These are the exact answers: an index that finds candidates asks
 * them again.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/has.h"
#include "glue.h"
#include "interaction.h"
#include "journey_value.h"
#include "prepared_arg.h"

PG_FUNCTION_INFO_V1(journey_has_all);
PG_FUNCTION_INFO_V1(journey_has_any);
PG_FUNCTION_INFO_V1(journey_has_chain);
PG_FUNCTION_INFO_V1(journey_has_prefix);
PG_FUNCTION_INFO_V1(journey_has_step);
PG_FUNCTION_INFO_V1(journey_all_in);
PG_FUNCTION_INFO_V1(journey_any_in);

static bool
has_all(Datum value, const JnNameSet *set)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnHeader	head;
	JnJourney	j;

	journey_open_header(value, &head);
	if (!jn_may_have_all(&head, set))
		return false;
	journey_open(value, &j);
	return jn_has_all(&env, &j, set);
}

static bool
has_any(Datum value, const JnNameSet *set)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnHeader	head;
	JnJourney	j;

	journey_open_header(value, &head);
	if (!jn_may_have_any(&head, set))
		return false;
	journey_open(value, &j);
	return jn_has_any(&env, &j, set);
}

Datum
journey_has_all(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_all(PG_GETARG_DATUM(0), journey_name_set_arg(fcinfo, 1)));
}

Datum
journey_has_any(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_any(PG_GETARG_DATUM(0), journey_name_set_arg(fcinfo, 1)));
}

/* The same with the operands the other way round. */
Datum
journey_all_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_all(PG_GETARG_DATUM(1), journey_name_set_arg(fcinfo, 0)));
}

Datum
journey_any_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(has_any(PG_GETARG_DATUM(1), journey_name_set_arg(fcinfo, 0)));
}

static void *
make_chain(struct varlena *value)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnChain    *chain = palloc(sizeof(JnChain));
	int			count;
	JnName	   *name = journey_array_names(value, &count);

	jn_chain_make(&env, name, count, chain);
	return chain;
}

Datum
journey_has_chain(PG_FUNCTION_ARGS)
{
	const JnChain *chain = journey_prepared_arg(fcinfo, 1, make_chain);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnHeader	head;
	JnJourney	j;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!jn_may_have_all(&head, &chain->set) || chain->count > head.n)
		PG_RETURN_BOOL(false);
	journey_open(PG_GETARG_DATUM(0), &j);
	PG_RETURN_BOOL(jn_has_chain(&env, &j, chain));
}

Datum
journey_has_prefix(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	text	   *prefix = PG_GETARG_TEXT_PP(1);
	JnJourney	j;

	journey_open(PG_GETARG_DATUM(0), &j);
	PG_RETURN_BOOL(jn_has_prefix(&env, &j, (JnName) {VARDATA_ANY(prefix), VARSIZE_ANY_EXHDR(prefix)}));
}

/* What is looked for, with the memory that its step points into. */
typedef struct WantedStep
{
	JnWanted	wanted;
	Interaction interaction;
} WantedStep;

static void *
make_wanted(struct varlena *value)
{
	WantedStep *w = palloc(sizeof(WantedStep));

	journey_read_interaction(PointerGetDatum(value), &w->interaction);
	w->wanted.at = w->interaction.has_time;
	w->wanted.event = w->interaction.has_event;
	w->wanted.step = w->interaction.step;
	return w;
}

Datum
journey_has_step(PG_FUNCTION_ARGS)
{
	const WantedStep *w = journey_prepared_arg(fcinfo, 1, make_wanted);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnHeader	head;
	JnJourney	j;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!jn_may_have_step(&head, &w->wanted))
		PG_RETURN_BOOL(false);
	journey_open(PG_GETARG_DATUM(0), &j);
	PG_RETURN_BOOL(jn_has_step(&env, &j, &w->wanted));
}
