/*
 * signal_agg.c
 *	  journey.signal_agg(at): the aggregate behind flake, pattern and trend.
 *
 * The state has a type of our own, journey.signal_state, because that is what
 * distributed engines combine on their workers; with "internal" they would
 * fetch all rows.  While it accumulates it is an expanded object, so a
 * transition is O(1); whoever copies, sends or stores it gets the flat bytes
 * of core/signal.h.
 *
 * The executor keeps a read-write expanded object as it is if the object's
 * context is a child of the aggregate's.  A context for each object, as is the
 * custom, would be a trap: hash aggregation asks for the memory of all
 * children whenever a new group comes, so a hundred thousand groups would take
 * ten thousand million steps.  All groups of an aggregate context share one
 * child here.  It is safe because nobody but the functions below ever holds a
 * read-write pointer to a state, and they never delete or move one: the
 * context goes when the aggregate's is reset.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/memnodes.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/signal.h"
#include "glue.h"
#include "signal_class.h"

#define STATE_MAGIC		0x6a6e5367

#define STATE_CONTEXT	"journey signal states"

/* Largest block: whatever is allocated counts against hash_mem, used or not. */
#define STATE_BLOCK_MAX	(256 * 1024)

/* A signal_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared, see above */
	int			magic;			/* STATE_MAGIC */
	JnSignal	signal;			/* its memory is in eoh_context */
	JnTimesPlan plan;			/* filled by state_flat_size() for state_flatten() */
} StateObject;

static Size
state_flat_size(ExpandedObjectHeader *eohptr)
{
	StateObject *state = (StateObject *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err = {0};
	size_t		size;

	if (jn_signal_size(&env, &state->signal, &state->plan, &size, &err) != JN_OK)
		journey_report(&err, "signal_state");
	return VARHDRSZ + size;
}

static void
state_flatten(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	StateObject *state = (StateObject *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);

	SET_VARSIZE(result, allocated_size);
	jn_signal_write(&env, &state->signal, &state->plan, (uint8_t *) VARDATA(result));
}

static const ExpandedObjectMethods state_methods = {state_flat_size, state_flatten};

/* The context for all states of an aggregate context: made with the first, and then its youngest child. */
static MemoryContext
state_context(MemoryContext aggcontext)
{
	MemoryContext child = aggcontext->firstchild;

	if (child != NULL && strcmp(child->name, STATE_CONTEXT) == 0)
		return child;
	return AllocSetContextCreate(aggcontext, STATE_CONTEXT,
								 ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE, STATE_BLOCK_MAX);
}

static StateObject *
new_state(MemoryContext aggcontext)
{
	MemoryContext context = state_context(aggcontext);
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
		elog(ERROR, "expanded object is no signal_state");
	return state;
}

/* Adds all points of a datum of type signal_state, flat or expanded. */
static void
add_state(const JnEnv *env, JnSignal *signal, Datum datum)
{
	StateObject *from = expanded_state(datum);
	JnError		err = {0};
	JnStatus	status;

	if (from != NULL)
		status = jn_signal_merge(env, signal, &from->signal, &err);
	else
	{
		bytea	   *flat = DatumGetByteaPP(datum);

		status = jn_signal_add_state(env, signal, (uint8_t *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &err);
	}
	if (status != JN_OK)
		journey_report(&err, "signal_state");
}

/* A state that may be changed: the datum's own object if it is ours to change, else a copy. */
static StateObject *
changeable_state(Datum datum, MemoryContext aggcontext)
{
	StateObject *state;
	JnEnv		env;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return expanded_state(datum);
	state = new_state(aggcontext);
	env = journey_env(state->hdr.eoh_context);
	add_state(&env, &state->signal, datum);
	return state;
}

/* _signal_transfn(state, at): adds a point. */
PG_FUNCTION_INFO_V1(journey_signal_transfn);

Datum
journey_signal_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	TimestampTz at;
	JnEnv		env;
	JnError		err = {0};

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	at = PG_GETARG_TIMESTAMPTZ(1);
	journey_check_time(at);

	state = PG_ARGISNULL(0) ? new_state(aggcontext) : changeable_state(PG_GETARG_DATUM(0), aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (jn_signal_add(&env, &state->signal, at, &err) != JN_OK)
		journey_report(&err, "signal");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* _signal_combinefn(state, state): adds the points of the second to the first. */
PG_FUNCTION_INFO_V1(journey_signal_combinefn);

Datum
journey_signal_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state = changeable_state(PG_GETARG_DATUM(0), aggcontext);
	JnEnv		env = journey_env(state->hdr.eoh_context);

	add_state(&env, &state->signal, PG_GETARG_DATUM(1));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/*
 * The result
 */

/* Attributes of journey.signal, in their order.  Append only. */
enum
{
	SIGNAL_CLASS,
	SIGNAL_POINTS,
	SIGNAL_FIRST_AT,
	SIGNAL_LAST_AT,
	SIGNAL_MEDIAN_GAP,
	SIGNAL_ATTRIBUTES
};

/* What does not change during a query. */
typedef struct ResultCache
{
	TupleDesc	desc;
	Oid			label[JN_SIGNAL_CLASSES];
} ResultCache;

static ResultCache *
result_cache(FunctionCallInfo fcinfo)
{
	ResultCache *cache = fcinfo->flinfo->fn_extra;

	if (cache == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc	desc;

		cache = palloc(sizeof(ResultCache));
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != SIGNAL_ATTRIBUTES)
			elog(ERROR, "type journey.signal is not as expected");
		cache->desc = BlessTupleDesc(CreateTupleDescCopy(desc));
		journey_signal_class_labels(TupleDescAttr(desc, SIGNAL_CLASS)->atttypid, cache->label);
		MemoryContextSwitchTo(old);
		fcinfo->flinfo->fn_extra = cache;
	}
	return cache;
}

/*
 * _signal_finalfn(state): the facts.
 *
 * Sorting an expanded state changes the object, not the value: a state is a
 * multiset of times.
 */
PG_FUNCTION_INFO_V1(journey_signal_finalfn);

Datum
journey_signal_finalfn(PG_FUNCTION_ARGS)
{
	ResultCache *cache = result_cache(fcinfo);
	StateObject *state = expanded_state(PG_GETARG_DATUM(0));
	JnSignal	local = {0};
	JnSignal   *signal = state != NULL ? &state->signal : &local;
	JnEnv		env = journey_env(state != NULL ? state->hdr.eoh_context : CurrentMemoryContext);
	JnSignalFacts facts;
	Datum		values[SIGNAL_ATTRIBUTES];
	bool		nulls[SIGNAL_ATTRIBUTES] = {false};

	if (state == NULL)
		add_state(&env, &local, PG_GETARG_DATUM(0));
	jn_signal_facts(&env, signal, &facts);

	values[SIGNAL_CLASS] = ObjectIdGetDatum(cache->label[facts.class]);
	values[SIGNAL_POINTS] = Int64GetDatum((int64) facts.points);
	values[SIGNAL_FIRST_AT] = TimestampTzGetDatum(facts.first);
	values[SIGNAL_LAST_AT] = TimestampTzGetDatum(facts.last);
	nulls[SIGNAL_MEDIAN_GAP] = !facts.has_gap;
	if (facts.has_gap)
	{
		/* only two points with nearly all of the calendar between them get here */
		if (facts.median_gap > (uint64) PG_INT64_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
					 errmsg("median gap is too long for an interval")));
		values[SIGNAL_MEDIAN_GAP] = IntervalPGetDatum(journey_us_interval((int64) facts.median_gap));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(cache->desc, values, nulls)));
}
