/*
 * journey_set_agg.c
 *	  The aggregates journey_set_agg: a set from subjects and journeys, and one
 *	  from sets.
 *
 * Both have a state of one type of our own, journey.journey_set_state, because
 * that is what distributed engines combine on their workers.  It is a pile of
 * what came in (core/set_pile.h), merged at the end: so nothing depends on how
 * the rows were split among workers.  While it accumulates it is an expanded
 * object, so a transition costs what it copies; whoever copies, sends or stores
 * it gets the flat bytes.
 *
 * All groups of an aggregate context share one child context, for the reasons
 * that signal_agg.c gives: nobody but the functions below ever holds a
 * read-write pointer to a state, and they never delete or move one.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "nodes/memnodes.h"
#include "nodes/primnodes.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/set_pile.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_set_state_in);
PG_FUNCTION_INFO_V1(journey_set_state_out);
PG_FUNCTION_INFO_V1(journey_set_state_recv);
PG_FUNCTION_INFO_V1(journey_set_state_send);
PG_FUNCTION_INFO_V1(journey_set_agg_text_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_bigint_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_uuid_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_set_transfn);
PG_FUNCTION_INFO_V1(journey_set_agg_combinefn);
PG_FUNCTION_INFO_V1(journey_set_agg_finalfn);

#define STATE_MAGIC		0x6a6e5365

#define STATE_CONTEXT	"journey_set states"

/* The noun for errors. */
#define STATE_NAME		"journey_set_state"

/* A journey_set_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared, see above */
	int			magic;			/* STATE_MAGIC */
	JnPile		pile;			/* its memory is in eoh_context */
} StateObject;


/* ----- the expanded object ----- */

static Size
state_flat_size(ExpandedObjectHeader *eohptr)
{
	StateObject *state = (StateObject *) eohptr;

	if (state->pile.size > MaxAllocSize - VARHDRSZ)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey_set is too large to be built by parallel workers"),
				 errhint("Set max_parallel_workers_per_gather to 0 for this query.")));
	return VARHDRSZ + state->pile.size;
}

static void
state_flatten(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	StateObject *state = (StateObject *) eohptr;

	SET_VARSIZE(result, allocated_size);
	memcpy(VARDATA(result), state->pile.bytes, state->pile.size);
}

static const ExpandedObjectMethods state_methods = {state_flat_size, state_flatten};

static StateObject *
new_state(MemoryContext aggcontext)
{
	MemoryContext context = journey_state_context(aggcontext, STATE_CONTEXT);
	StateObject *state = MemoryContextAllocZero(context, sizeof(StateObject));

	EOH_init_header(&state->hdr, &state_methods, context);
	state->magic = STATE_MAGIC;
	return state;
}

/* The expanded object that a datum points to, or NULL if it is flat. */
static StateObject *
expanded_state(Datum datum)
{
	StateObject *state;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	state = (StateObject *) DatumGetEOHP(datum);
	if (state->magic != STATE_MAGIC)
		elog(ERROR, "expanded object is no " STATE_NAME);
	return state;
}

/* Adds all items of a datum of type journey_set_state, flat or expanded. */
static void
add_state(StateObject *to, Datum datum)
{
	JnEnv		env = journey_env(to->hdr.eoh_context);
	StateObject *from = expanded_state(datum);
	JnError		err = {0};
	JnStatus	status;

	if (from != NULL)
		status = jn_pile_add_pile(&env, &to->pile, from->pile.bytes, from->pile.size, from->pile.items, &err);
	else
	{
		bytea	   *flat = DatumGetByteaPP(datum);
		const uint8_t *p = (const uint8_t *) VARDATA_ANY(flat);
		size_t		size = VARSIZE_ANY_EXHDR(flat);
		uint32_t	items;

		status = jn_pile_check(&env, p, size, false, &items, &err);
		if (status == JN_OK)
			status = jn_pile_add_pile(&env, &to->pile, p, size, items, &err);
	}
	if (status != JN_OK)
		journey_report(&err, STATE_NAME);
}

/* A state that may be changed: the datum's own object if it is ours to change, else a copy. */
static StateObject *
changeable_state(Datum datum, MemoryContext aggcontext)
{
	StateObject *state;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return expanded_state(datum);
	state = new_state(aggcontext);
	add_state(state, datum);
	return state;
}


/* ----- the type ----- */

/* Proves bytes from outside and gives them as a value. */
static Datum
receive(const char *data, size_t size, Node *escontext)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	bytea	   *v;
	uint32_t	items;
	JnError		err;

	if (jn_pile_check(&env, (const uint8_t *) data, size, true, &items, &err) != JN_OK)
	{
		journey_report_soft(&err, STATE_NAME, escontext);
		return (Datum) 0;
	}
	v = palloc(VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	memcpy(VARDATA(v), data, size);
	return PointerGetDatum(v);
}

Datum
journey_set_state_in(PG_FUNCTION_ARGS)
{
	size_t		size;
	char	   *bytes = journey_hex_read(PG_GETARG_CSTRING(0), STATE_NAME, fcinfo->context, &size);

	if (bytes == NULL)
		return (Datum) 0;
	return receive(bytes, size, fcinfo->context);
}

Datum
journey_set_state_out(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(journey_hex_write(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), STATE_NAME));
}

Datum
journey_set_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;

	return receive(pq_getmsgbytes(buf, size), size, NULL);
}

Datum
journey_set_state_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_BYTEA_P(PG_GETARG_BYTEA_P_COPY(0));
}


/* ----- the aggregates ----- */

/* Whether the aggregate call has its own ORDER BY; DISTINCT alone promises no order. */
static bool
call_is_ordered(FunctionCallInfo fcinfo)
{
	Aggref	   *aggref = AggGetAggref(fcinfo);

	return aggref != NULL && aggref->aggorder != NIL;
}

/* The state as it is: for rows that add nothing. */
static Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Adds the journey of a row, of which neither argument is NULL. */
static Datum
add_journey(FunctionCallInfo fcinfo, const JnKey *key)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state = PG_ARGISNULL(0) ? new_state(aggcontext) : changeable_state(PG_GETARG_DATUM(0), aggcontext);
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
		return same_state(fcinfo);
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
		return same_state(fcinfo);
	key.number = PG_GETARG_INT64(1);
	return add_journey(fcinfo, &key);
}

Datum
journey_set_agg_uuid_transfn(PG_FUNCTION_ARGS)
{
	JnKey		key = {JN_KEY_UUID, JN_UUID_SIZE, 0, NULL};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return same_state(fcinfo);
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
		return same_state(fcinfo);
	v = journey_set_open(PG_GETARG_DATUM(1), &s);
	state = PG_ARGISNULL(0) ? new_state(aggcontext) : changeable_state(PG_GETARG_DATUM(0), aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (jn_pile_add_set(&env, &state->pile, call_is_ordered(fcinfo), s.head.kind,
						(const uint8_t *) VARDATA_ANY(v), VARSIZE_ANY_EXHDR(v), &err) != JN_OK)
		journey_report(&err, "journey_set");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

Datum
journey_set_agg_combinefn(PG_FUNCTION_ARGS)
{
	StateObject *state = changeable_state(PG_GETARG_DATUM(0), journey_aggregate_context(fcinfo));

	add_state(state, PG_GETARG_DATUM(1));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

Datum
journey_set_agg_finalfn(PG_FUNCTION_ARGS)
{
	StateObject *state = expanded_state(PG_GETARG_DATUM(0));
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
