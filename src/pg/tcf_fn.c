/*
 * tcf_fn.c
 *	  tcf_decode() and gpp_decode(): consent strings of other systems.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/gpp.h"
#include "core/tcf.h"
#include "glue.h"

PG_FUNCTION_INFO_V1(journey_tcf_decode);
PG_FUNCTION_INFO_V1(journey__tcf_vendor_purposes);
PG_FUNCTION_INFO_V1(journey_gpp_decode);

/* Attributes of journey.tcf, in their order.  Append only. */
enum
{
	TCF_VERSION,
	TCF_CREATED,
	TCF_LAST_UPDATED,
	TCF_CMP_ID,
	TCF_CMP_VERSION,
	TCF_CONSENT_SCREEN,
	TCF_CONSENT_LANGUAGE,
	TCF_VENDOR_LIST_VERSION,
	TCF_POLICY_VERSION,
	TCF_IS_SERVICE_SPECIFIC,
	TCF_USE_NON_STANDARD_TEXTS,
	TCF_SPECIAL_FEATURES,
	TCF_PURPOSES_CONSENT,
	TCF_PURPOSES_LI,
	TCF_PURPOSE_ONE_TREATMENT,
	TCF_PUBLISHER_CC,
	TCF_VENDOR_CONSENT,
	TCF_VENDOR_LI,
	TCF_RESTRICTIONS,
	TCF_DISCLOSED,
	TCF_ALLOWED,
	TCF_PUBLISHER_CONSENT,
	TCF_PUBLISHER_LI,
	TCF_CUSTOM_PURPOSES,
	TCF_CUSTOM_CONSENT,
	TCF_CUSTOM_LI,
	TCF_EFFECTIVE_CONSENT,
	TCF_EFFECTIVE_LI,
	TCF_NOTICES,
	TCF_ATTRIBUTES
};

/* By the bit of JnTcfNotice. */
static const char *const notice_text[] = {
	"padding", "no disclosed vendors", "old policy", "global scope", "unknown segment", "unknown purpose"
};

/* By the type of a restriction. */
static const char *const restriction_text[] = {
	"not allowed", "require consent", "require legitimate interest", "undefined"
};

static Datum
time_of(uint64 tenths)
{
	return TimestampTzGetDatum((TimestampTz) tenths * (USECS_PER_SEC / 10) -
							   (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY);
}

/* The numbers of the bits that are set, bit 0 being 1. */
static Datum
bits_array(uint64 bits)
{
	Datum		number[64];
	int			n = 0;

	for (int i = 0; i < 64; i++)
		if (bits >> i & 1)
			number[n++] = Int32GetDatum(i + 1);
	return PointerGetDatum(construct_array(number, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

static Datum
vendors_array(const JnVendors *vendors)
{
	Datum	   *number = palloc((JN_TCF_MAX_VENDOR + 1) * sizeof(Datum));
	int			n = 0;
	ArrayType  *array;

	for (uint32 v = 1; v <= JN_TCF_MAX_VENDOR; v++)
		if (jn_has_vendor(vendors, v))
			number[n++] = Int32GetDatum((int32) v);
	array = construct_array(number, n, INT4OID, sizeof(int32), true, TYPALIGN_INT);
	pfree(number);
	return PointerGetDatum(array);
}

static Datum
jsonb_of(const char *json)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
}

/* One object a range of vendors, in the order of the string. */
static Datum
restrictions_jsonb(const JnTcf *tcf)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	for (uint32 i = 0; i < tcf->restrictions; i++)
	{
		const JnTcfRestriction *one = &tcf->restriction[i];

		appendStringInfo(&json, "%s{\"purpose\": %d, \"type\": \"%s\", \"first\": %d, \"last\": %d}",
						 i > 0 ? ", " : "", one->purpose, restriction_text[one->type], one->first, one->last);
	}
	appendStringInfoChar(&json, ']');
	return jsonb_of(json.data);
}

static Datum
notices_array(unsigned notices)
{
	Datum		text[lengthof(notice_text)];
	int			n = 0;

	for (int i = 0; i < (int) lengthof(notice_text); i++)
		if (notices >> i & 1)
			text[n++] = CStringGetTextDatum(notice_text[i]);
	return PointerGetDatum(construct_array(text, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static JnTcf *
read_tcf(text * tc)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnTcf	   *tcf = palloc(sizeof(JnTcf));
	JnError		err;

	if (jn_tcf_read(&env, VARDATA_ANY(tc), VARSIZE_ANY_EXHDR(tc), tcf, &err) != JN_OK)
		journey_report(&err, "TC string");
	return tcf;
}

Datum
journey_tcf_decode(PG_FUNCTION_ARGS)
{
	JnTcf	   *tcf = read_tcf(PG_GETARG_TEXT_PP(0));
	Datum		value[TCF_ATTRIBUTES];
	bool		null[TCF_ATTRIBUTES] = {false};
	TupleDesc	desc;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE || desc->natts != TCF_ATTRIBUTES)
		elog(ERROR, "type journey.tcf is not as expected");

	value[TCF_VERSION] = Int32GetDatum(tcf->version);
	value[TCF_CREATED] = time_of(tcf->created);
	value[TCF_LAST_UPDATED] = time_of(tcf->updated);
	value[TCF_CMP_ID] = Int32GetDatum(tcf->cmp_id);
	value[TCF_CMP_VERSION] = Int32GetDatum(tcf->cmp_version);
	value[TCF_CONSENT_SCREEN] = Int32GetDatum(tcf->screen);
	value[TCF_CONSENT_LANGUAGE] = CStringGetTextDatum(tcf->language);
	value[TCF_VENDOR_LIST_VERSION] = Int32GetDatum(tcf->list_version);
	value[TCF_POLICY_VERSION] = Int32GetDatum(tcf->policy_version);
	value[TCF_IS_SERVICE_SPECIFIC] = BoolGetDatum(tcf->service_specific);
	value[TCF_USE_NON_STANDARD_TEXTS] = BoolGetDatum(tcf->nonstandard_texts);
	value[TCF_SPECIAL_FEATURES] = bits_array(tcf->features);
	value[TCF_PURPOSES_CONSENT] = bits_array(tcf->consent);
	value[TCF_PURPOSES_LI] = bits_array(tcf->interests);
	value[TCF_PURPOSE_ONE_TREATMENT] = BoolGetDatum(tcf->purpose_one_treatment);
	value[TCF_PUBLISHER_CC] = CStringGetTextDatum(tcf->publisher_country);
	value[TCF_VENDOR_CONSENT] = vendors_array(&tcf->vendors);
	value[TCF_VENDOR_LI] = vendors_array(&tcf->vendor_interests);
	value[TCF_RESTRICTIONS] = restrictions_jsonb(tcf);
	value[TCF_DISCLOSED] = vendors_array(&tcf->disclosed);
	null[TCF_DISCLOSED] = !tcf->disclosed.given;
	value[TCF_ALLOWED] = vendors_array(&tcf->allowed);
	null[TCF_ALLOWED] = !tcf->allowed.given;
	value[TCF_PUBLISHER_CONSENT] = bits_array(tcf->publisher_consent);
	value[TCF_PUBLISHER_LI] = bits_array(tcf->publisher_interests);
	value[TCF_CUSTOM_PURPOSES] = Int32GetDatum(tcf->custom_purposes);
	value[TCF_CUSTOM_CONSENT] = bits_array(tcf->custom_consent);
	value[TCF_CUSTOM_LI] = bits_array(tcf->custom_interests);
	for (int i = TCF_PUBLISHER_CONSENT; i <= TCF_CUSTOM_LI; i++)
		null[i] = !tcf->publisher;
	value[TCF_EFFECTIVE_CONSENT] = bits_array(jn_tcf_any_purposes(tcf));
	value[TCF_EFFECTIVE_LI] = bits_array(jn_tcf_any_interests(tcf));
	value[TCF_NOTICES] = notices_array(tcf->notices);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), value, null)));
}

Datum
journey__tcf_vendor_purposes(PG_FUNCTION_ARGS)
{
	JnTcf	   *tcf;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	tcf = read_tcf(PG_GETARG_TEXT_PP(0));
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(bits_array(jn_tcf_any_purposes(tcf)));
	/* a negative vendor is a very large one, which no list has */
	PG_RETURN_DATUM(bits_array(jn_tcf_purposes(tcf, (uint32) PG_GETARG_INT32(1))));
}

Datum
journey_gpp_decode(PG_FUNCTION_ARGS)
{
	text	   *gpp = PG_GETARG_TEXT_PP(0);
	JnPen		pen = {NULL, 0};
	char	   *json;
	JnError		err;

	/* first to see how long it is */
	if (jn_gpp_write(VARDATA_ANY(gpp), VARSIZE_ANY_EXHDR(gpp), &pen, &err) != JN_OK)
		journey_report(&err, "GPP string");
	json = palloc0(pen.size + 1);
	pen = (JnPen) {json, 0};
	(void) jn_gpp_write(VARDATA_ANY(gpp), VARSIZE_ANY_EXHDR(gpp), &pen, &err);
	PG_RETURN_DATUM(jsonb_of(json));
}
