/*
 * explain_fn.c
 *	  Where a decision comes from, for privacy officers.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "decision.h"
#include "keyfile.h"

PG_FUNCTION_INFO_V1(journey__explain);

/* The number of a row, or NULL. */
static Datum
row_number(int64 number, bool *isnull)
{
	*isnull = number == 0;
	return Int64GetDatum(number);
}

/*
 * _explain(class text, subject text, purpose text, reader oid, collected timestamptz,
 *			retention boolean, has_policy boolean, needs_key boolean)
 *		returns (shown boolean, reason text, seq bigint, row_number bigint, keep_since timestamptz)
 */
Datum
journey__explain(PG_FUNCTION_ARGS)
{
	JourneyQuestion question = {0};
	JourneyExplanation answer;
	TupleDesc	desc;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	question.class_name = PG_ARGISNULL(0) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(0));
	question.subject = PG_ARGISNULL(1) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(1));
	question.purpose = PG_ARGISNULL(2) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(2));
	question.reader = PG_ARGISNULL(3) ? InvalidOid : PG_GETARG_OID(3);
	question.collected = PG_ARGISNULL(4) ? JN_COLLECTED_UNKNOWN : PG_GETARG_TIMESTAMPTZ(4);
	if (PG_ARGISNULL(5) || !PG_GETARG_BOOL(5))
		question.collected = DT_NOEND;
	question.denied = JN_REASONS;
	if (PG_ARGISNULL(6) || !PG_GETARG_BOOL(6))
		question.denied = JN_REASON_NO_POLICY;
	else if (!PG_ARGISNULL(7) && PG_GETARG_BOOL(7) && journey_root_key() == NULL)
		question.denied = JN_REASON_NO_KEY;

	journey_decision_explain(&question, &answer);

	values[0] = BoolGetDatum(jn_is_shown(answer.reason));
	values[1] = CStringGetTextDatum(jn_reason_text(answer.reason));
	values[2] = row_number(answer.seq, &nulls[2]);
	values[3] = row_number(answer.row, &nulls[3]);
	values[4] = TimestampTzGetDatum(IS_VALID_TIMESTAMP(answer.keep_since) ? answer.keep_since : DT_NOBEGIN);
	nulls[4] = answer.keep_since == JN_KEEP_ALL;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
