/*
 * funnel_fn.c
 *	  funnel(): how far a journey gets.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/funnel/funnel_spec.h"
#include "funnel_terms.h"
#include "glue.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_funnel);

/* Attributes of journey.funnel_result, in their order.  Append only. */
enum
{
	RESULT_LEVEL,
	RESULT_STATUS,
	RESULT_ENTERED_AT,
	RESULT_TIMES,
	RESULT_ATTRIBUTES
};

static const char *const status_names[] = {
	[JN_FUNNEL_NOT_ENTERED] = "not entered",
	[JN_FUNNEL_LOST] = "lost",
	[JN_FUNNEL_OPEN] = "open",
	[JN_FUNNEL_EXCLUDED] = "excluded",
	[JN_FUNNEL_CONVERTED] = "converted",
};

/* What a call site needs for all its rows. */
typedef struct FunnelCall
{
	JnFunnelSpec spec;
	JnFunnel   *funnel;
	JnEnv		env;
	TupleDesc	desc;
	Datum		status[lengthof(status_names)];
	Datum	   *time;			/* [steps] */
	bool	   *no_time;		/* likewise */
} FunnelCall;

static FunnelCall *
make_call(FunctionCallInfo fcinfo, const FunnelQuestion *q)
{
	MemoryContext caller = MemoryContextSwitchTo(q->context);
	FunnelCall *call = palloc0(sizeof(FunnelCall));
	JnError		err = {0};
	int			i;

	call->env = journey_env(q->context);
	if (jn_funnel_spec_read(&call->env, q->bytes, q->size, &call->spec, &err) != JN_OK)
		journey_report(&err, "funnel");
	call->funnel = jn_funnel_new(&call->env, &call->spec.terms);
	if (get_call_result_type(fcinfo, NULL, &call->desc) != TYPEFUNC_COMPOSITE
		|| call->desc->natts != RESULT_ATTRIBUTES)
		elog(ERROR, "result type of funnel is not as expected");
	call->desc = BlessTupleDesc(CreateTupleDescCopy(call->desc));
	for (i = 0; i < lengthof(status_names); i++)
		call->status[i] = CStringGetTextDatum(status_names[i]);
	call->time = palloc(call->spec.terms.steps * sizeof(Datum));
	call->no_time = palloc(call->spec.terms.steps * sizeof(bool));
	MemoryContextSwitchTo(caller);
	return call;
}

/* Whether the header rules out an entry, so that the rest need not be fetched. */
static bool
header_says_no(const FunnelCall *call, Datum value)
{
	JnHeader	head;

	if (call->spec.terms.mode == JN_FUNNEL_UNORDERED)
		return false;
	journey_open_header(value, &head);
	return jn_atom_is_absent(&call->spec.atoms.atom[0], head.presence);
}

/* The times up to the level, with NULL for steps that were left out. */
static Datum
times_array(FunnelCall *call, const JnFunnelResult *result)
{
	uint32		n = 0;
	uint32		i;
	int			size;
	int			from = 1;

	for (i = 0; i < call->spec.terms.steps; i++)
		if (result->time[i] != JN_NO_TIME)
			n = i + 1;
	for (i = 0; i < n; i++)
	{
		call->time[i] = TimestampTzGetDatum(result->time[i]);
		call->no_time[i] = result->time[i] == JN_NO_TIME;
	}
	size = n;
	return PointerGetDatum(construct_md_array(call->time, call->no_time, 1, &size, &from, TIMESTAMPTZOID,
											  sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
journey_funnel(PG_FUNCTION_ARGS)
{
	FunnelQuestion *q = journey_funnel_question(fcinfo, 1);
	FunnelCall *call;
	JnFunnelResult result = {0};
	Datum		values[RESULT_ATTRIBUTES];
	bool		nulls[RESULT_ATTRIBUTES] = {0};

	/* the time of the statement would make an immutable function depend on it */
	journey_check_given(fcinfo, 1 + FUNNEL_AS_OF, "as_of");
	if (q->made == NULL)
		q->made = make_call(fcinfo, q);
	call = q->made;
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (!header_says_no(call, PG_GETARG_DATUM(0)))
	{
		JnJourney	j;
		JnColumns	columns;
		JnTimesReader times;
		JnSubject	subject = {&columns, 0, 0, 0, &times};

		journey_open(PG_GETARG_DATUM(0), &j);
		columns = jn_journey_columns(&j);
		subject.to = j.head.n;
		subject.start = j.head.first;
		jn_journey_times(&j, &times);
		jn_funnel_columns(&call->env, call->funnel, &columns);
		jn_funnel_subject(&call->env, call->funnel, &subject, &result);
		jn_funnel_close(&call->env, call->funnel);
	}

	values[RESULT_LEVEL] = Int32GetDatum((int32) result.level);
	values[RESULT_STATUS] = call->status[result.status];
	if (result.level > 0)
	{
		values[RESULT_ENTERED_AT] = TimestampTzGetDatum(result.entered);
		values[RESULT_TIMES] = times_array(call, &result);
	}
	else
	{
		nulls[RESULT_ENTERED_AT] = true;
		values[RESULT_TIMES] = PointerGetDatum(construct_empty_array(TIMESTAMPTZOID));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(call->desc, values, nulls)));
}
