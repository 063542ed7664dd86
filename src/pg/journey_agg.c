/*
 * journey_agg.c
 *	  The aggregates journey_agg: a journey from rows, and one from journeys.
 *
 * From rows, of (time, event), with a channel or a value, or of whole
 * interactions.  The state is a builder (core/build.h) in the aggregate
 * context, made at the first row that counts; so no row leaves NULL, and NULL
 * comes out.  Rows of one time are ordered by event and then by the rest of
 * the interaction, which makes the answer independent of workers and of the
 * order of rows; only if the call has its own ORDER BY do they stay as they
 * come, and such a call is never split.  The four differ in how they read a
 * row and in nothing else.
 *
 * From journeys.  The steps of one time inside a journey have an order that is
 * worth keeping, and nothing says which of two journeys comes first.  So the
 * state keeps the journeys apart, and the end sorts them by their value, puts
 * their steps one after another and sorts those by time, stably.  That again
 * depends on nothing but the journeys.  With ORDER BY in the call, the order
 * of arrival takes the place of the first sort.
 *
 * Finishing orders the steps inside the state but changes nothing that a later
 * row or another finish could see.  So a window aggregate may finish a growing
 * state again and again, and the functions are READ_ONLY to the server.
 *
 * Names.  The groups of a call have much the same events, so their states
 * share a vocabulary (core/common.h) instead of a dictionary each.
 *
 * Lifetimes: the vocabulary lives as long as the query, states live in the
 * aggregate context, and a state that was read back from a worker in the memory
 * of the call, from where combining copies.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/build.h"
#include "core/common.h"
#include "core/journey.h"
#include "glue.h"
#include "interaction.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_agg_transfn);
PG_FUNCTION_INFO_V1(journey_agg_channel_transfn);
PG_FUNCTION_INFO_V1(journey_agg_value_transfn);
PG_FUNCTION_INFO_V1(journey_agg_interaction_transfn);
PG_FUNCTION_INFO_V1(journey_agg_combinefn);
PG_FUNCTION_INFO_V1(journey_agg_serialfn);
PG_FUNCTION_INFO_V1(journey_agg_deserialfn);
PG_FUNCTION_INFO_V1(journey_agg_finalfn);
PG_FUNCTION_INFO_V1(journey_agg_journey_transfn);
PG_FUNCTION_INFO_V1(journey_agg_journey_combinefn);
PG_FUNCTION_INFO_V1(journey_agg_journey_serialfn);
PG_FUNCTION_INFO_V1(journey_agg_journey_deserialfn);
PG_FUNCTION_INFO_V1(journey_agg_journey_finalfn);

/* The state of journey_agg(journey). */
typedef struct Collection
{
	MemoryContext context;		/* of everything here */
	bool		keep_order;		/* the call has its own ORDER BY */
	uint32		count;
	uint32		room;
	struct varlena **journey;	/* plain values: detoasted, each a chunk of its own */
} Collection;

/* Whether the aggregate call has its own ORDER BY; DISTINCT alone promises no order. */
static bool
call_is_ordered(FunctionCallInfo fcinfo)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);

	return aggref != NULL && aggref->aggorder != NIL;
}


/* ----- journey_agg of rows ----- */

/* What a call keeps from row to row: the vocabulary of all its groups. */
static JnCommon *
call_common(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;

	if (flinfo->fn_extra == NULL)
	{
		JnEnv		env = journey_env(flinfo->fn_mcxt);

		flinfo->fn_extra = jn_common_new(&env);
	}
	return (JnCommon *) flinfo->fn_extra;
}

/* The state so far, or a new one. */
static JnBuild *
build_state(FunctionCallInfo fcinfo, const JnEnv *env)
{
	if (!PG_ARGISNULL(0))
		return (JnBuild *) PG_GETARG_POINTER(0);
	return jn_build_new_sharing(env, call_is_ordered(fcinfo), call_common(fcinfo));
}

/* Returns the state as it is, after a row that does not count. */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

Datum
journey_agg_transfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));
	TimestampTz at;
	text	   *event;
	JnBuild    *build;
	JnError		err;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return same_state(fcinfo);
	at = PG_GETARG_TIMESTAMPTZ(1);
	event = PG_GETARG_TEXT_PP(2);
	journey_check_time(at);
	build = build_state(fcinfo, &env);
	if (jn_build_add(&env, build, at, VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event), &err) != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_POINTER(build);
}

/* Adds a step to the state and returns that. */
static Datum
add_step(FunctionCallInfo fcinfo, const JnStep *step)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));
	JnBuild    *build = build_state(fcinfo, &env);
	JnError		err;

	if (jn_build_add_step(&env, build, step, &err) != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_POINTER(build);
}

/* Reads the time and the event of the arguments; false if one is NULL. */
static bool
read_step(FunctionCallInfo fcinfo, JnStep *step)
{
	text	   *event;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return false;
	step->time = PG_GETARG_TIMESTAMPTZ(1);
	journey_check_time(step->time);
	event = PG_GETARG_TEXT_PP(2);
	step->event = (JnName) {VARDATA_ANY(event), VARSIZE_ANY_EXHDR(event)};
	step->tracks = 0;
	return true;
}

Datum
journey_agg_channel_transfn(PG_FUNCTION_ARGS)
{
	JnStep		step;

	if (!read_step(fcinfo, &step))
		return same_state(fcinfo);
	if (!PG_ARGISNULL(3))
	{
		text	   *channel = PG_GETARG_TEXT_PP(3);

		step.label[JN_CHANNEL] = (JnName) {VARDATA_ANY(channel), VARSIZE_ANY_EXHDR(channel)};
		step.tracks = 1U << JN_CHANNEL;
	}
	return add_step(fcinfo, &step);
}

Datum
journey_agg_value_transfn(PG_FUNCTION_ARGS)
{
	JnStep		step;

	if (!read_step(fcinfo, &step))
		return same_state(fcinfo);
	if (!PG_ARGISNULL(3))
	{
		step.value = PG_GETARG_FLOAT8(3);
		step.tracks = 1U << JN_VALUE;
	}
	return add_step(fcinfo, &step);
}

Datum
journey_agg_interaction_transfn(PG_FUNCTION_ARGS)
{
	Interaction interaction;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	journey_read_interaction(PG_GETARG_DATUM(1), &interaction);
	if (!interaction.has_time || !interaction.has_event)
		return same_state(fcinfo);
	return add_step(fcinfo, &interaction.step);
}

Datum
journey_agg_combinefn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));
	JnBuild    *into = PG_ARGISNULL(0) ? NULL : (JnBuild *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		JnError		err;

		/* a call with ORDER BY never comes here */
		if (into == NULL)
			into = jn_build_new(&env, false);
		if (jn_build_merge(&env, into, (JnBuild *) PG_GETARG_POINTER(1), &err) != JN_OK)
			journey_report(&err, "journey");
	}

	if (into == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(into);
}

Datum
journey_agg_serialfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnBuild    *build = (JnBuild *) PG_GETARG_POINTER(0);
	size_t		size = jn_build_state_size(build);
	bytea	   *result;

	(void) journey_aggregate_context(fcinfo);
	if (size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey is too large to be built by parallel workers"),
				 errhint("Set max_parallel_workers_per_gather to 0 for this query.")));
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	jn_build_state_write(&env, build, (uint8_t *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

Datum
journey_agg_deserialfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	JnBuild    *build;
	JnError		err;

	(void) journey_aggregate_context(fcinfo);
	if (jn_build_state_read(&env, (const uint8_t *) VARDATA_ANY(state), VARSIZE_ANY_EXHDR(state), &build, &err) != JN_OK)
		journey_report(&err, "state of journey_agg");
	PG_RETURN_POINTER(build);
}

Datum
journey_agg_finalfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));

	return journey_finish(&env, (JnBuild *) PG_GETARG_POINTER(0));
}


/* ----- journey_agg(journey) ----- */

static Collection *
new_collection(MemoryContext context, bool keep_order)
{
	Collection *c = MemoryContextAlloc(context, sizeof(Collection));

	c->context = context;
	c->keep_order = keep_order;
	c->count = 0;
	c->room = 4;
	c->journey = MemoryContextAlloc(context, c->room * sizeof(struct varlena *));
	return c;
}

/* Adds a copy of a journey's bytes. */
static void
collect(Collection *c, const char *bytes, size_t size)
{
	struct varlena *v;

	if (c->count == c->room)
	{
		if (c->room > PG_UINT32_MAX / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many journeys in one group")));
		c->room *= 2;
		c->journey = repalloc_huge(c->journey, c->room * sizeof(struct varlena *));
	}
	v = MemoryContextAlloc(c->context, VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	memcpy(VARDATA(v), bytes, size);
	c->journey[c->count++] = v;
}

Datum
journey_agg_journey_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext context = journey_aggregate_context(fcinfo);
	Collection *c = PG_ARGISNULL(0) ? NULL : (Collection *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		struct varlena *v = PG_GETARG_VARLENA_PP(1);

		if (c == NULL)
			c = new_collection(context, call_is_ordered(fcinfo));
		collect(c, VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v));
	}

	if (c == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(c);
}

Datum
journey_agg_journey_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext context = journey_aggregate_context(fcinfo);
	Collection *into = PG_ARGISNULL(0) ? NULL : (Collection *) PG_GETARG_POINTER(0);

	if (!PG_ARGISNULL(1))
	{
		Collection *from = (Collection *) PG_GETARG_POINTER(1);
		uint32		i;

		if (into == NULL)
			into = new_collection(context, false);
		for (i = 0; i < from->count; i++)
			collect(into, VARDATA(from->journey[i]), VARSIZE(from->journey[i]) - VARHDRSZ);
	}

	if (into == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(into);
}

/* The form: for each journey its size as int32, and its bytes. */
Datum
journey_agg_journey_serialfn(PG_FUNCTION_ARGS)
{
	Collection *c = (Collection *) PG_GETARG_POINTER(0);
	StringInfoData out;
	uint32		i;

	(void) journey_aggregate_context(fcinfo);
	pq_begintypsend(&out);
	for (i = 0; i < c->count; i++)
	{
		uint32		size = VARSIZE(c->journey[i]) - VARHDRSZ;

		pq_sendint32(&out, size);
		pq_sendbytes(&out, VARDATA(c->journey[i]), size);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

Datum
journey_agg_journey_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	Collection *c = new_collection(CurrentMemoryContext, false);
	StringInfoData in;

	(void) journey_aggregate_context(fcinfo);
	initStringInfo(&in);
	appendBinaryStringInfo(&in, VARDATA_ANY(state), VARSIZE_ANY_EXHDR(state));
	while (in.cursor < in.len)
	{
		uint32		size = pq_getmsgint(&in, 4);

		collect(c, pq_getmsgbytes(&in, size), size);
	}
	pfree(in.data);
	PG_RETURN_POINTER(c);
}

/* For qsort_arg(); "arg" is the JnEnv. */
static int
compare_journeys(const void *a, const void *b, void *arg)
{
	return jn_journey_compare((const JnEnv *) arg, *(JnJourney *const *) a, *(JnJourney *const *) b);
}

Datum
journey_agg_journey_finalfn(PG_FUNCTION_ARGS)
{
	Collection *c = (Collection *) PG_GETARG_POINTER(0);
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	JnJourney  *opened;
	JnJourney **order;
	JnBuild    *build;
	JnError		err;
	Datum		result;
	uint32		i;

	(void) journey_aggregate_context(fcinfo);
	work = AllocSetContextCreate(caller, "journey_agg result", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	opened = jn_alloc(&env, c->count * sizeof(JnJourney));
	order = jn_alloc(&env, c->count * sizeof(JnJourney *));
	for (i = 0; i < c->count; i++)
	{
		journey_open(PointerGetDatum(c->journey[i]), &opened[i]);
		order[i] = &opened[i];
	}
	if (!c->keep_order)
		qsort_arg(order, c->count, sizeof(JnJourney *), compare_journeys, &env);

	build = jn_build_new(&env, true);
	for (i = 0; i < c->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (jn_build_add_journey(&env, build, order[i], 0, order[i]->head.n, &err) != JN_OK)
			journey_report(&err, "journey");
	}
	result = journey_finish(&env, build);
	MemoryContextDelete(work);
	return result;
}
