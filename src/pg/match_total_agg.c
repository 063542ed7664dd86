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

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	return jn_match_total_size(&((StateObject *) state)->total, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	jn_match_total_write(env, &((StateObject *) state)->total, out);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_match_total_read(env, &((StateObject *) state)->total, journey_salt(), bytes, size, err);
}

static void
start_total(const JnEnv *env, StateObject *state, const uint8 *pattern, Size size)
{
	JnError		err;

	if (jn_match_total_init(env, &state->total, pattern, size, journey_salt(), &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	const JnMatchTotal *total = &((const StateObject *) like)->total;

	start_total(env, state, total->bytes, total->size);
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnMatchTotal *total = &((StateObject *) state)->total;
	JnMatchTotal *other = &((StateObject *) from)->total;
	JnError		err;

	if (!jn_match_total_is_for(total, other->bytes, other->size))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different patterns")));
	if (jn_match_total_merge(env, total, other, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey match states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.read = state_read,
	.start = state_start,
	.merge = state_merge,
};

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
		JnEnv		env;

		state = journey_state_new(&state_type, aggcontext);
		env = journey_env(state->hdr.eoh_context);
		start_total(&env, state, (uint8 *) VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern));
		return state;
	}
	state = journey_state_changeable(&state_type, fcinfo, aggcontext);
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
		return journey_state_same(fcinfo);
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
	return journey_state_combine(&state_type, fcinfo);
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
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	JnMatchCounts counts;
	Datum		value[TOTAL_ATTRIBUTES];
	bool		null[TOTAL_ATTRIBUTES] = {0};
	TupleDesc	desc;
	JnError		err;

	if (jn_match_total_counts(&env, &state->total, &counts, &err) != JN_OK)
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
