/*
 * k_count_agg.c
 *	  The aggregate k_count: how many subjects a group has, if they are enough to
 *	  hide among.
 *
 * The state is a table of the names that came, in the aggregate context, made
 * at the first of them.  It keeps the largest k of its rows, so that no row
 * can lower it, and neither the order of rows nor workers matter.
 *
 * It is "internal", other than the states of aggregates that add up whole
 * populations (state_type.h): a value of a type of ours could be selected, and
 * this one is the names of those who are to be hidden.  The price is that
 * distributed engines fetch the rows.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"

#include "compat.h"
#include "core/lexicon.h"
#include "glue.h"
#include "state_type.h"

PG_FUNCTION_INFO_V1(journey_k_count_transfn);
PG_FUNCTION_INFO_V1(journey_k_count_combinefn);
PG_FUNCTION_INFO_V1(journey_k_count_serialfn);
PG_FUNCTION_INFO_V1(journey_k_count_deserialfn);
PG_FUNCTION_INFO_V1(journey_k_count_finalfn);

/* Fewer subjects than so many are not told, unless the call says another number. */
#define DEFAULT_K	10

typedef struct Crowd
{
	int32		k;
	JnLexicon	names;
} Crowd;

static Crowd *
new_crowd(const JnEnv *env)
{
	Crowd	   *crowd = jn_alloc(env, sizeof(Crowd));

	crowd->k = 0;
	jn_lexicon_init(env, &crowd->names, journey_salt());
	return crowd;
}

/* (internal, subject text [, k int]) */
Datum
journey_k_count_transfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));
	Crowd	   *crowd = PG_ARGISNULL(0) ? NULL : (Crowd *) PG_GETARG_POINTER(0);
	int32		k = DEFAULT_K;
	text	   *subject;

	if (PG_NARGS() > 2)
	{
		if (PG_ARGISNULL(2) || PG_GETARG_INT32(2) < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("k must be 1 or more")));
		k = PG_GETARG_INT32(2);
	}
	if (PG_ARGISNULL(1))
	{
		if (crowd == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(crowd);
	}
	if (crowd == NULL)
		crowd = new_crowd(&env);
	subject = PG_GETARG_TEXT_PP(1);
	crowd->k = Max(crowd->k, k);
	jn_lexicon_add(&env, &crowd->names, (JnName) {VARDATA_ANY(subject), VARSIZE_ANY_EXHDR(subject)});
	PG_RETURN_POINTER(crowd);
}

Datum
journey_k_count_combinefn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(journey_aggregate_context(fcinfo));
	Crowd	   *crowd = PG_ARGISNULL(0) ? NULL : (Crowd *) PG_GETARG_POINTER(0);
	Crowd	   *other = PG_ARGISNULL(1) ? NULL : (Crowd *) PG_GETARG_POINTER(1);

	if (other != NULL)
	{
		if (crowd == NULL)
			crowd = new_crowd(&env);
		crowd->k = Max(crowd->k, other->k);
		for (uint32 i = 0; i < other->names.names; i++)
		{
			if (i % JN_TICK_EVERY == 0)
				jn_tick(&env);
			jn_lexicon_add(&env, &crowd->names, other->names.name[i]);
		}
	}
	if (crowd == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(crowd);
}

Datum
journey_k_count_serialfn(PG_FUNCTION_ARGS)
{
	Crowd	   *crowd = (Crowd *) PG_GETARG_POINTER(0);
	StringInfoData buffer;

	journey_aggregate_context(fcinfo);
	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, crowd->k);
	for (uint32 i = 0; i < crowd->names.names; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint32(&buffer, crowd->names.name[i].size);
		pq_sendbytes(&buffer, crowd->names.name[i].data, crowd->names.name[i].size);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* Only what a worker of ours has written gets here: the server hands nobody an internal. */
Datum
journey_k_count_deserialfn(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	JnEnv		env = journey_env(CurrentMemoryContext);
	Crowd	   *crowd;
	StringInfoData buffer;

	journey_aggregate_context(fcinfo);
	crowd = new_crowd(&env);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	crowd->k = pq_getmsgint(&buffer, 4);
	while (buffer.cursor < buffer.len)
	{
		int			size = pq_getmsgint(&buffer, 4);

		CHECK_FOR_INTERRUPTS();
		jn_lexicon_add(&env, &crowd->names, (JnName) {pq_getmsgbytes(&buffer, size), size});
	}
	PG_RETURN_POINTER(crowd);
}

Datum
journey_k_count_finalfn(PG_FUNCTION_ARGS)
{
	Crowd	   *crowd = PG_ARGISNULL(0) ? NULL : (Crowd *) PG_GETARG_POINTER(0);

	journey_aggregate_context(fcinfo);
	if (crowd == NULL || crowd->names.names < (uint32) crowd->k)
		PG_RETURN_NULL();
	PG_RETURN_INT64(crowd->names.names);
}
