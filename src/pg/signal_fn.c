/*
 * signal_fn.c
 *	  journey.classify() and journey.signal(), and what type signal_state needs.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "glue.h"
#include "season.h"
#include "signal_class.h"
#include "signal_result.h"
#include "signal_state.h"

/*
 * classify
 */

PG_FUNCTION_INFO_V1(journey_classify);

Datum
journey_classify(PG_FUNCTION_ARGS)
{
	int64		n = PG_GETARG_INT64(0);
	int64		pattern_at = PG_GETARG_INT64(1);
	int64		trend_at = PG_GETARG_INT64(2);
	Oid		   *label = fcinfo->flinfo->fn_extra;

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of data points must not be negative"),
				 errdetail("It is %lld.", (long long) n)));
	journey_check_thresholds(pattern_at, trend_at);
	if (n == 0)
		PG_RETURN_NULL();		/* nothing observed is no signal */

	if (label == NULL)
	{
		label = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, JN_SIGNAL_CLASSES * sizeof(Oid));
		journey_signal_class_labels(get_func_rettype(fcinfo->flinfo->fn_oid), label);
		fcinfo->flinfo->fn_extra = label;
	}
	PG_RETURN_OID(label[jn_classify(n, pattern_at, trend_at)]);
}

/*
 * signal
 */

static JnCorrection
correction_named(const text * name)
{
	static const struct
	{
		const char *name;
		JnCorrection correction;
	}			corrections[] = {
		{"none", JN_CORRECT_NOTHING},
		{"hamed-rao", JN_CORRECT_HAMED_RAO},
		{"yue-wang", JN_CORRECT_YUE_WANG},
	};

	for (int i = 0; i < lengthof(corrections); i++)
		if (journey_is_word(name, corrections[i].name))
			return corrections[i].correction;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown correction \"%s\"", text_to_cstring(name)),
			 errhint("Use \"none\", \"hamed-rao\" or \"yue-wang\".")));
}

/* signal(state, alpha, pattern_at, trend_at, season, correction, zone, slope): the facts of a state. */
PG_FUNCTION_INFO_V1(journey_signal);

Datum
journey_signal(PG_FUNCTION_ARGS)
{
	JnEnv		env;
	SignalState *state;
	JnSignalAsk ask = JN_SIGNAL_ASK_DEFAULT;

	/* all but the season are strict */
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(5) ||
		PG_ARGISNULL(6) || PG_ARGISNULL(7))
		PG_RETURN_NULL();

	ask.terms = journey_signal_terms(fcinfo, 1);
	ask.correction = correction_named(PG_GETARG_TEXT_PP(5));
	ask.no_slope = !PG_GETARG_BOOL(7);
	if (!PG_ARGISNULL(4) && ask.correction != JN_CORRECT_NOTHING)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("season and correction cannot be used together"),
				 errdetail("The corrections look at the autocorrelation of consecutive points, the seasons at points of one season alone.")));

	state = journey_state_open(&journey_signal_state_type, PG_GETARG_DATUM(0));
	env = journey_env(state->hdr.eoh_context);
	if (!PG_ARGISNULL(4))
	{
		jn_signal_sort(&env, &state->signal);
		journey_seasons(PG_GETARG_INTERVAL_P(4), text_to_cstring(PG_GETARG_TEXT_PP(6)), &state->signal, &ask);
	}
	return journey_signal_result(fcinfo, &env, &state->signal, &ask);
}

/*
 * signal_state: the bytes of core/signal.h in a varlena
 */

PG_FUNCTION_INFO_V1(journey_signal_state_in);

Datum
journey_signal_state_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSignal	signal = {0};
	JnError		err = {0};
	bytea	   *result;

	if (jn_signal_text_read(&env, text, strlen(text), &signal, &err) != JN_OK ||
		(result = journey_signal_state_flat(&env, &signal, &err)) == NULL)
		return journey_report_soft(&err, "signal_state", fcinfo->context), (Datum) 0;
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(journey_signal_state_out);

Datum
journey_signal_state_out(PG_FUNCTION_ARGS)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSignal	signal = {0};
	JnError		err = {0};
	uint64		size;
	char	   *result;

	if (jn_signal_add_state(&env, &signal, (uint8_t *) VARDATA_ANY(state), VARSIZE_ANY_EXHDR(state), &err) != JN_OK)
		journey_report(&err, "signal_state");
	size = jn_signal_text_size(&env, &signal);
	if (size >= MaxAllocSize)
	{
		jn_fail(&err, JN_TOO_LARGE, 0, (int64) size, MaxAllocSize - 1);
		journey_report(&err, "signal_state");
	}
	result = palloc(size + 1);
	jn_signal_text_write(&env, &signal, result);
	result[size] = '\0';
	PG_RETURN_CSTRING(result);
}

PG_FUNCTION_INFO_V1(journey_signal_state_recv);

Datum
journey_signal_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&journey_signal_state_type, fcinfo);
}

/*
 * Order and hashes of states.  Equal points are equal bytes, so the server's
 * comparison of bytes serves for equality.
 */

static int
compare_states(FunctionCallInfo fcinfo)
{
	bytea	   *a = PG_GETARG_BYTEA_PP(0);
	bytea	   *b = PG_GETARG_BYTEA_PP(1);
	int			result = jn_signal_compare((uint8_t *) VARDATA_ANY(a), VARSIZE_ANY_EXHDR(a),
										   (uint8_t *) VARDATA_ANY(b), VARSIZE_ANY_EXHDR(b));

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

static uint64
hash_state(FunctionCallInfo fcinfo, uint64 seed)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	uint64		hash = jn_hash64(VARDATA_ANY(state), VARSIZE_ANY_EXHDR(state));

	PG_FREE_IF_COPY(state, 0);
	return seed == 0 ? hash : jn_mix64(hash ^ jn_mix64(seed));
}

PG_FUNCTION_INFO_V1(journey_signal_state_lt);

Datum
journey_signal_state_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_states(fcinfo) < 0);
}

PG_FUNCTION_INFO_V1(journey_signal_state_le);

Datum
journey_signal_state_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_states(fcinfo) <= 0);
}

PG_FUNCTION_INFO_V1(journey_signal_state_gt);

Datum
journey_signal_state_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_states(fcinfo) > 0);
}

PG_FUNCTION_INFO_V1(journey_signal_state_ge);

Datum
journey_signal_state_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_states(fcinfo) >= 0);
}

PG_FUNCTION_INFO_V1(journey_signal_state_cmp);

Datum
journey_signal_state_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_states(fcinfo));
}

PG_FUNCTION_INFO_V1(journey_signal_state_hash);

Datum
journey_signal_state_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (uint32) hash_state(fcinfo, 0));
}

PG_FUNCTION_INFO_V1(journey_signal_state_hash_extended);

Datum
journey_signal_state_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) hash_state(fcinfo, (uint64) PG_GETARG_INT64(1)));
}
