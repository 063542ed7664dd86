/*
 * signal_agg.c
 *	  journey.signal_agg() and journey.signal_state_agg(): the aggregates behind
 *	  flake, pattern and trend.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "glue.h"
#include "signal_result.h"
#include "signal_state.h"

/* The state that a transition adds to; a new one if it is the first of its group. */
static SignalState *
transition_state(FunctionCallInfo fcinfo, MemoryContext aggcontext, bool valued, const JnSignalTerms *terms)
{
	SignalState *state;

	if (!PG_ARGISNULL(0))
		state = journey_state_changeable(&journey_signal_state_type, fcinfo, aggcontext);
	else
		state = journey_state_new(&journey_signal_state_type, aggcontext);

	if (state->signal.n == 0)
	{
		state->signal.valued = valued;
		state->signal.has_terms = terms != NULL;
		if (terms != NULL)
			state->signal.terms = *terms;
	}
	else if (terms != NULL && !jn_signal_terms_equal(&state->signal.terms, terms))
	{
		JnError		err = {.status = JN_TERMS_DIFFER};

		journey_report(&err, "signal");
	}
	return state;
}

/* The transition of a row whose time is argument 1 and, if it has one, whose value is argument 2. */
static Datum
add_row(FunctionCallInfo fcinfo, bool valued, const JnSignalTerms *terms)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	SignalState *state;
	TimestampTz at;
	double		value = 0;
	JnEnv		env;
	JnError		err = {0};

	if (PG_ARGISNULL(1) || (valued && PG_ARGISNULL(2)))
		return journey_state_same(fcinfo);
	at = PG_GETARG_TIMESTAMPTZ(1);
	journey_check_time(at);
	if (valued)
	{
		value = PG_GETARG_FLOAT8(2);
		if (!jn_signal_value_ok(value))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the value of a data point must be a finite number"),
					 errhint("Leave such rows out, for example with FILTER (WHERE value > '-Infinity' AND value < 'Infinity').")));
	}

	state = transition_state(fcinfo, aggcontext, valued, terms);
	env = journey_env(state->hdr.eoh_context);
	if (jn_signal_add(&env, &state->signal, at, value, &err) != JN_OK)
		journey_report(&err, "signal");
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* _signal_transfn(state, at): adds a point. */
PG_FUNCTION_INFO_V1(journey_signal_transfn);

Datum
journey_signal_transfn(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, false, NULL);
}

/* _signal_transfn(state, at, value): adds a point with a value. */
PG_FUNCTION_INFO_V1(journey_signal_value_transfn);

Datum
journey_signal_value_transfn(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, true, NULL);
}

/* _signal_transfn(state, at, alpha, pattern_at, trend_at) */
PG_FUNCTION_INFO_V1(journey_signal_terms_transfn);

Datum
journey_signal_terms_transfn(PG_FUNCTION_ARGS)
{
	JnSignalTerms terms = journey_signal_terms(fcinfo, 2);

	return add_row(fcinfo, false, &terms);
}

/* _signal_transfn(state, at, value, alpha [, pattern_at, trend_at]) */
PG_FUNCTION_INFO_V1(journey_signal_value_terms_transfn);

Datum
journey_signal_value_terms_transfn(PG_FUNCTION_ARGS)
{
	JnSignalTerms terms = journey_signal_terms(fcinfo, 3);

	return add_row(fcinfo, true, &terms);
}

/* _signal_combinefn(state, state): adds the points of the second to the first; also the transition over states. */
PG_FUNCTION_INFO_V1(journey_signal_combinefn);

Datum
journey_signal_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&journey_signal_state_type, fcinfo);
}

/* _signal_finalfn(state): the facts, on the terms that the state brings along. */
PG_FUNCTION_INFO_V1(journey_signal_finalfn);

Datum
journey_signal_finalfn(PG_FUNCTION_ARGS)
{
	SignalState *state = journey_state_open(&journey_signal_state_type, PG_GETARG_DATUM(0));
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnSignalAsk ask = JN_SIGNAL_ASK_DEFAULT;

	if (state->signal.has_terms)
		ask.terms = state->signal.terms;
	return journey_signal_result(fcinfo, &env, &state->signal, &ask);
}
