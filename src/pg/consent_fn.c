/*
 * consent_fn.c
 *	  SQL functions that ask the decision.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "funcapi.h"

#include "compat.h"
#include "decision.h"
#include "fact_cache.h"

PG_FUNCTION_INFO_V1(journey_consented);
PG_FUNCTION_INFO_V1(journey__consent_reads);

/* consented(subject text, purpose text) returns boolean; NULL is false. */
Datum
journey_consented(PG_FUNCTION_ARGS)
{
	static JourneyClassRef no_class = {.name = ""};
	JourneyDecision *decision;
	text	   *purpose;
	text	   *subject;

	if (fcinfo->flinfo->fn_extra == NULL)
	{
		journey_decision_begin();
		fcinfo->flinfo->fn_extra = fcinfo->flinfo;	/* begun */
	}

	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	purpose = PG_GETARG_TEXT_PP(1);
	decision = journey_decision_for(VARDATA_ANY(purpose), VARSIZE_ANY_EXHDR(purpose));

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	subject = PG_GETARG_TEXT_PP(0);
	PG_RETURN_BOOL(journey_decision_allows(decision, &no_class, VARDATA_ANY(subject),
										   VARSIZE_ANY_EXHDR(subject), DT_NOEND));
}

/* _consent_reads(OUT all_read bigint, OUT loaded bigint, OUT read_anew bigint) */
Datum
journey__consent_reads(PG_FUNCTION_ARGS)
{
	JourneyFactReads reads = journey_fact_cache_reads();
	Datum		values[3] = {Int64GetDatum(reads.all), Int64GetDatum(reads.loaded), Int64GetDatum(reads.anew)};
	bool		nulls[3] = {false, false, false};
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
