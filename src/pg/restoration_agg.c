/*
 * restoration_agg.c
 *	  journey.restoration_agg(): how journeys with a sense were brought back, over
 *	  journeys and over sets of them.
 *
 * The state is of type journey.restoration_state (state_type.h), whose flat
 * bytes are those of core/restoration.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/restoration.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "sensing.h"
#include "state_type.h"

/* The noun for errors. */
#define STATE_NAME		"restoration_state"

/* A restoration_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnRestorations all;			/* its memory is in eoh_context */
} StateObject;

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	return jn_restorations_size(&((StateObject *) state)->all, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	jn_restorations_write(env, &((StateObject *) state)->all, out);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_restorations_read(env, &((StateObject *) state)->all, journey_salt(), bytes, size, err);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	jn_restorations_init(env, &((StateObject *) state)->all, ((const StateObject *) like)->all.sense, journey_salt());
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnRestorations *all = &((StateObject *) state)->all;
	JnRestorations *other = &((StateObject *) from)->all;
	JnError		err;

	if (!jn_restorations_is_for(all, other->sense))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different senses")));
	if (jn_restorations_merge(env, all, other, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey restoration states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.read = state_read,
	.start = state_start,
	.merge = state_merge,
};

/* The state of argument 0, or a new one, for the sense of argument 2. */
static StateObject *
argument_state(FunctionCallInfo fcinfo, MemoryContext aggcontext)
{
	JnName		sense = journey_sense(PG_GETARG_DATUM(2));
	StateObject *state;

	if (PG_ARGISNULL(0))
	{
		JnEnv		env;

		if (sense.size > JN_MAX_NAME)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("sense is too long"),
					 errdetail("It has %u bytes; at most %d are allowed.", sense.size, JN_MAX_NAME)));
		state = journey_state_new(&state_type, aggcontext);
		env = journey_env(state->hdr.eoh_context);
		jn_restorations_init(&env, &state->all, sense, journey_salt());
		return state;
	}
	state = journey_state_changeable(&state_type, fcinfo, aggcontext);
	if (!jn_restorations_is_for(&state->all, sense))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sense must be the same on every row"),
				 errhint("Group by the sense, or ask for each with FILTER.")));
	return state;
}

PG_FUNCTION_INFO_V1(journey_restoration_transfn);

/* _restoration_transfn(state, j, sense) */
Datum
journey_restoration_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	JnHeader	head;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return journey_state_same(fcinfo);
	state = argument_state(fcinfo, aggcontext);
	journey_open_header(PG_GETARG_DATUM(1), &head);
	if (jn_has_track(&head, JN_SENSES))
	{
		JnEnv		env = journey_env(state->hdr.eoh_context);
		JnJourney	j;
		JnError		err;

		journey_open(PG_GETARG_DATUM(1), &j);
		if (jn_restorations_journey(&env, &state->all, &j, &err) != JN_OK)
			journey_report(&err, "journey");
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

PG_FUNCTION_INFO_V1(journey_set_restoration_transfn);

/* _restoration_transfn(state, s, sense) */
Datum
journey_set_restoration_transfn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	JnEnv		env;
	JnSet		set;
	JnError		err;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return journey_state_same(fcinfo);
	state = argument_state(fcinfo, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	journey_set_open(PG_GETARG_DATUM(1), &set);
	if (jn_restorations_set(&env, &state->all, &set, &err) != JN_OK)
		journey_report(&err, "journey");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

PG_FUNCTION_INFO_V1(journey_restoration_combinefn);

Datum
journey_restoration_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

/* Attributes of journey.restoration, in their order.  Append only. */
enum
{
	RESTORATION_SENSED,
	RESTORATION_RESTORED,
	RESTORATION_SHARE,
	RESTORATION_MEDIAN_TIME,
	RESTORATION_ATTRIBUTES
};

PG_FUNCTION_INFO_V1(journey_restoration_finalfn);

/* _restoration_finalfn(state) */
Datum
journey_restoration_finalfn(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	Datum		value[RESTORATION_ATTRIBUTES] = {0};
	bool		null[RESTORATION_ATTRIBUTES] = {0};
	JnRestored	answer;
	TupleDesc	desc;
	JnError		err;

	if (jn_restorations_answer(&env, &state->all, &answer, &err) != JN_OK)
		journey_report(&err, "journey");
	if (answer.sensed == 0)
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != RESTORATION_ATTRIBUTES)
		elog(ERROR, "type journey.restoration is not as expected");
	value[RESTORATION_SENSED] = Int64GetDatum((int64) answer.sensed);
	value[RESTORATION_RESTORED] = Int64GetDatum((int64) answer.restored);
	value[RESTORATION_SHARE] = Float8GetDatum((double) answer.restored / answer.sensed);
	if (answer.restored > 0)
		value[RESTORATION_MEDIAN_TIME] = journey_restore_interval(answer.median);
	else
		null[RESTORATION_MEDIAN_TIME] = true;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), value, null)));
}

PG_FUNCTION_INFO_V1(journey_restoration_state_in);

Datum
journey_restoration_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_restoration_state_out);

Datum
journey_restoration_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_restoration_state_recv);

Datum
journey_restoration_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
