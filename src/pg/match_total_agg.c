/*
 * match_total_agg.c
 *	  journey.match_count_agg(): how many subjects match a pattern, and how
 *	  often, over journeys and over sets of them.
 *
 * The state is of type journey.match_state (state_type.h), whose flat bytes are
 * those of core/pattern/match_total.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/pattern/match_total.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "pattern_value.h"
#include "state_type.h"

/* The noun for errors. */
#define STATE_NAME		"match_state"

/* A match_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnMatchTotal total;			/* its memory is in eoh_context */
} StateObject;

static Size
state_flat_size(ExpandedObjectHeader *eohptr)
{
	StateObject *state = (StateObject *) eohptr;
	JnError		err;
	size_t		size;

	if (jn_match_total_size(&state->total, &size, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
	return VARHDRSZ + size;
}

static void
state_flatten(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	StateObject *state = (StateObject *) eohptr;
	JnEnv		env = journey_env(CurrentMemoryContext);

	SET_VARSIZE(result, allocated_size);
	jn_match_total_write(&env, &state->total, (uint8_t *) VARDATA(result));
}

static JnStatus
state_prove(const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err)
{
	JnMatchTotal total;

	return jn_match_total_read(env, &total, 0, bytes, size, err);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey match states",
	.size = sizeof(StateObject),
	.methods = {state_flat_size, state_flatten},
	.prove = state_prove,
};

static void
read_state(const JnEnv *env, JnMatchTotal *total, Datum datum)
{
	bytea	   *flat = DatumGetByteaPP(datum);
	JnError		err;

	if (jn_match_total_read(env, total, journey_salt(), (uint8_t *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

/* The total of a datum, expanded or flat; a flat one is read into *local, in the current context. */
static JnMatchTotal *
any_total(Datum datum, JnMatchTotal *local)
{
	StateObject *state = journey_state_expanded(&state_type, datum);
	JnEnv		env;

	if (state != NULL)
		return &state->total;
	env = journey_env(CurrentMemoryContext);
	read_state(&env, local, datum);
	return local;
}

static void
start_total(StateObject *state, const uint8 *pattern, Size size)
{
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err;

	if (jn_match_total_init(&env, &state->total, pattern, size, journey_salt(), &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
}

static void
merge_total(StateObject *state, const JnMatchTotal *from)
{
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err;

	if (!jn_match_total_is_for(&state->total, from->bytes, from->size))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different patterns")));
	if (jn_match_total_merge(&env, &state->total, from, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

/* A state that may be changed: the datum's own object if it is ours to change, else a copy. */
static StateObject *
changeable_state(Datum datum, MemoryContext aggcontext)
{
	StateObject *from = journey_state_expanded(&state_type, datum);
	StateObject *state;
	JnEnv		env;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return from;
	state = journey_state_new(&state_type, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (from == NULL)
		read_state(&env, &state->total, datum);
	else
	{
		start_total(state, from->total.bytes, from->total.size);
		merge_total(state, &from->total);
	}
	return state;
}

/* The state of argument 0, or a new one, for the pattern of argument 2. */
static StateObject *
argument_state(FunctionCallInfo fcinfo, MemoryContext aggcontext)
{
	struct varlena *pattern;
	StateObject *state;

	journey_check_given(fcinfo, 2, "pattern");
	pattern = PG_GETARG_VARLENA_PP(2);
	if (PG_ARGISNULL(0))
	{
		state = journey_state_new(&state_type, aggcontext);
		start_total(state, (uint8 *) VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern));
		return state;
	}
	state = changeable_state(PG_GETARG_DATUM(0), aggcontext);
	if (!jn_match_total_is_for(&state->total, (uint8 *) VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pattern must be the same on every row"),
				 errhint("Use match_count(j, pattern) for a pattern of each row's own.")));
	return state;
}

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	JnEnv		env;
	JnStatus	status;
	JnError		err;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = argument_state(fcinfo, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		status = jn_match_total_set(&env, &state->total, &set, &err);
	}
	else
	{
		JnHeader	head;
		JnJourney	j;

		journey_open_header(PG_GETARG_DATUM(1), &head);
		if (!jn_may_match(&state->total.automaton, head.presence))
		{
			state->total.counts.subjects++;
			PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
		}
		journey_open(PG_GETARG_DATUM(1), &j);
		status = jn_match_total_journey(&env, &state->total, &j, &err);
	}
	if (status != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

PG_FUNCTION_INFO_V1(journey_match_total_transfn);
PG_FUNCTION_INFO_V1(journey_set_match_total_transfn);

Datum
journey_match_total_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, false);
}

Datum
journey_set_match_total_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, true);
}

PG_FUNCTION_INFO_V1(journey_match_total_combinefn);

Datum
journey_match_total_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state = changeable_state(PG_GETARG_DATUM(0), aggcontext);
	JnMatchTotal local;

	merge_total(state, any_total(PG_GETARG_DATUM(1), &local));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* Attributes of journey.match_total, in their order.  Append only. */
enum
{
	TOTAL_SUBJECTS,
	TOTAL_MATCHED,
	TOTAL_MATCHES,
	TOTAL_ATTRIBUTES
};

PG_FUNCTION_INFO_V1(journey_match_total_finalfn);

Datum
journey_match_total_finalfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnMatchTotal local;
	JnMatchTotal *total = any_total(PG_GETARG_DATUM(0), &local);
	JnMatchCounts counts;
	Datum		value[TOTAL_ATTRIBUTES];
	bool		null[TOTAL_ATTRIBUTES] = {0};
	TupleDesc	desc;
	JnError		err;

	if (jn_match_total_counts(&env, total, &counts, &err) != JN_OK)
		journey_report(&err, "journey");
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != TOTAL_ATTRIBUTES)
		elog(ERROR, "type match_total is not as expected");
	value[TOTAL_SUBJECTS] = Int64GetDatum((int64) counts.subjects);
	value[TOTAL_MATCHED] = Int64GetDatum((int64) counts.matched);
	value[TOTAL_MATCHES] = Int64GetDatum((int64) counts.matches);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), value, null)));
}

PG_FUNCTION_INFO_V1(journey_match_state_in);

Datum
journey_match_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_match_state_out);

Datum
journey_match_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_match_state_recv);

Datum
journey_match_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
