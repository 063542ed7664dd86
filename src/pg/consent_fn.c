/*
 * consent_fn.c
 *	  SQL functions that ask the decision.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "decision.h"

PG_FUNCTION_INFO_V1(journey_consented);

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
