/*
 * signal_fn.c
 *	  journey.classify() and the input and output of journey.signal_state.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/signal.h"
#include "glue.h"
#include "signal_class.h"

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
	if (pattern_at < 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pattern_at must be at least 2"),
				 errdetail("It is %lld.", (long long) pattern_at),
				 errhint("One data point alone is always a flake.")));
	if (trend_at <= pattern_at)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trend_at must be greater than pattern_at"),
				 errdetail("They are %lld and %lld.", (long long) trend_at, (long long) pattern_at)));
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
 * signal_state: the bytes of core/signal.h in a varlena
 */

/* The state of a signal as a flat value in the current memory context, or NULL with err filled. */
static bytea *
flat_state(const JnEnv *env, JnSignal *signal, JnError *err)
{
	JnTimesPlan plan;
	size_t		size;
	bytea	   *result;

	if (jn_signal_size(env, signal, &plan, &size, err) != JN_OK)
		return NULL;
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	jn_signal_write(env, signal, &plan, (uint8_t *) VARDATA(result));
	return result;
}

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
		(result = flat_state(&env, &signal, &err)) == NULL)
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
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnError		err = {0};
	int			size = buf->len - buf->cursor;
	const char *bytes = pq_getmsgbytes(buf, size);
	bytea	   *result;

	if (jn_signal_validate(&env, (const uint8_t *) bytes, size, &err) != JN_OK)
		journey_report(&err, "signal_state");
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	memcpy(VARDATA(result), bytes, size);
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(journey_signal_state_send);

Datum
journey_signal_state_send(PG_FUNCTION_ARGS)
{
	/* a plain copy that no longer depends on TOAST: what byteasend does */
	PG_RETURN_BYTEA_P(PG_GETARG_BYTEA_P_COPY(0));
}
