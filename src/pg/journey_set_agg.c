/*
 * journey_set_agg.c
 *	  The aggregates journey_set_agg: a set from subjects and journeys, and one
 *	  from sets.
 *
 * Both have states of one type, journey.journey_set_state (state_type.h).  A
 * state is a pile of what came in (core/set_pile.h), merged at the end: so
 * nothing depends on how the rows were split among workers.
 */
#include "postgres.h"

#include "fmgr.h"
#include "nodes/primnodes.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/set_pile.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "state_type.h"

PG_FUNCTION_INFO_V1(journey_set_state_in);
PG_FUNCTION_INFO_V1(journey_set_state_out);
PG_FUNCTION_INFO_V1(journey_set_state_recv);
PG_FUNCTION_INFO_V1(journey_set_agg_text_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_bigint_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_uuid_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_set_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_combinefn);
PG_FUNCTION_INFO_V1(journey_set_agg_finalfn);

/* The noun for errors. */
#define STATE_NAME		"journey_set_state"

/* A journey_set_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnPile		pile;			/* its memory is in eoh_context */
} StateObject;


/* ----- the expanded object ----- */

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	const JnPile *pile = &((StateObject *) state)->pile;

	/* the pile itself may grow beyond what a value can hold */
	if (pile->size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey_set is too large to be built by parallel workers"),
				 errhint("Set max_parallel_workers_per_gather to 0 for this query.")));
	*size = pile->size;
	return JN_OK;
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	const JnPile *pile = &((StateObject *) state)->pile;

	memcpy(out, pile->bytes, pile->size);
}

static JnStatus
state_prove(const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err)
{
	uint32_t	items;

	return jn_pile_check(env, bytes, size, true, &items, err);
}

/* Adds all items of a pile that is there as bytes. */
static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	uint32_t	items;

	if (jn_pile_check(env, bytes, size, false, &items, err) != JN_OK)
		return err->status;
	return jn_pile_add_pile(env, &((StateObject *) state)->pile, bytes, size, items, err);
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	const JnPile *pile = &((StateObject *) from)->pile;
	JnError		err = {0};

	if (jn_pile_add_pile(env, &((StateObject *) state)->pile, pile->bytes, pile->size, pile->items, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey_set states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.prove = state_prove,
	.read = state_read,
	.adds = true,
	.merge = state_merge,
};


/* ----- the type ----- */

Datum
journey_set_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

Datum
journey_set_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

Datum
journey_set_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}


/* ----- the aggregates ----- */

/* Whether the aggregate call has its own ORDER BY; DISTINCT alone promises no order. */
static bool
call_is_ordered(FunctionCallInfo fcinfo)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);

	return aggref != NULL && aggref->aggorder != NIL;
}

/* Adds the journey of a row, of which neither argument is NULL. */
static Datum
add_journey(FunctionCallInfo fcinfo, const JnKey *key)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state = PG_ARGISNULL(0) ? journey_state_new(&state_type, aggcontext) : journey_state_changeable(&state_type, fcinfo, aggcontext);
	JnEnv		env = journey_env(state->hdr.eoh_context);
	struct varlena *v = PG_GETARG_VARLENA_PP(2);
	JnError		err = {0};

	if (jn_pile_add_journey(&env, &state->pile, call_is_ordered(fcinfo), key,
							(const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &err) != JN_OK)
		journey_report(&err, "journey_set");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

Datum
journey_set_agg_text_transfn(PG_FUNCTION_ARGS)
{
	JnKey		key = {JN_KEY_TEXT, 0, 0, NULL};
	text	   *subject;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return journey_state_same(fcinfo);
	subject = PG_GETARG_TEXT_PP(1);
	key.data = VARDATA_ANY(subject);
	key.size = VARSIZE_ANY_EXHDR(subject);
	return add_journey(fcinfo, &key);
}

Datum
journey_set_agg_bigint_transfn(PG_FUNCTION_ARGS)
{
	JnKey		key = {JN_KEY_BIGINT, 0, 0, NULL};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return journey_state_same(fcinfo);
	key.number = PG_GETARG_INT64(1);
	return add_journey(fcinfo, &key);
}

Datum
journey_set_agg_uuid_transfn(PG_FUNCTION_ARGS)
{
	JnKey		key = {JN_KEY_UUID, JN_UUID_SIZE, 0, NULL};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return journey_state_same(fcinfo);
	key.data = (const char *) PG_GETARG_UUID_P(1)->data;
	return add_journey(fcinfo, &key);
}

Datum
journey_set_agg_set_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	struct varlena *v;
	JnEnv		env;
	JnSet		s;
	JnError		err = {0};

	if (PG_ARGISNULL(1))
		return journey_state_same(fcinfo);
	v = journey_set_open(PG_GETARG_DATUM(1), &s);
	state = PG_ARGISNULL(0) ? journey_state_new(&state_type, aggcontext) : journey_state_changeable(&state_type, fcinfo, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (jn_pile_add_set(&env, &state->pile, call_is_ordered(fcinfo), s.head.kind,
						(const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &err) != JN_OK)
		journey_report(&err, "journey_set");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

Datum
journey_set_agg_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

Datum
journey_set_agg_finalfn(PG_FUNCTION_ARGS)
{
	StateObject *state = journey_state_expanded(&state_type, PG_GETARG_DATUM(0));
	JnPile		flat = {0};
	JnPile	   *pile = state != NULL ? &state->pile : &flat;
	MemoryContext work;
	JnEnv		env;
	JnSetBuild *build;
	JnError		err = {0};
	Datum		result;

	(void) journey_aggregate_context(fcinfo);
	work = AllocSetContextCreate(CurrentMemoryContext, "journey_set_agg result", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	if (state == NULL)
	{
		bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

		flat.bytes = (uint8_t *) VARDATA_ANY(bytes);
		flat.size = VARSIZE_ANY_EXHDR(bytes);
		if (jn_pile_check(&env, flat.bytes, flat.size, false, &flat.items, &err) != JN_OK)
			journey_report(&err, STATE_NAME);
	}
	if (jn_pile_merge(&env, pile, &build, &err) != JN_OK)
		journey_report(&err, "journey_set");
	result = journey_set_finish(&env, build);
	MemoryContextDelete(work);
	return result;
}
