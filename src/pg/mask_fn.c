/*
 * mask_fn.c
 *	  One cell of a protected relation: decide, then show or mask.
 *
 * The view that journey.protect() makes has for every masked column
 *
 *		journey._cell(b.email, b.user_id::text, '... email'::journey._seal)
 *
 * and per call the order is always the same:
 *
 *	1. the site: which policy does the seal name?  Looked up once an execution
 *	   and call site, and again when a new statement begins (FETCH from an open
 *	   cursor), in the newest committed state.
 *	2. the decision: may this reader see this subject?
 *	3. allowed: the raw datum goes through as it is.
 *	   denied: the mask.
 *
 * Who may see what when:
 *
 *	- Nothing looks at the raw value before step 3, not even to detoast it; a
 *	  null or constant mask never does.
 *	- A missing raw value (NULL) of a denied cell is masked like any other: the
 *	  constant, fillers, the token of a missing value.  So NULL is hidden too.
 *	- No seal, an unknown policy, another type than the policy's, a mask that
 *	  does not fit the type, no key where a token may be needed: NULL, for
 *	  allowed cells as well.
 *	- No message contains a raw value.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "core/crypto.h"
#include "core/mask.h"
#include "decision.h"
#include "keyfile.h"
#include "own_tables.h"
#include "seal.h"

PG_FUNCTION_INFO_V1(journey__cell);
PG_FUNCTION_INFO_V1(journey__row);

/* journey.policy.mask; SITE_CLOSED stands for everything that gives NULL always. */
typedef enum SiteMask
{
	SITE_CLOSED = 0,
	SITE_ROW,
	SITE_NULL,
	SITE_CONSTANT,
	SITE_PARTIAL,
	SITE_TOKEN
} SiteMask;

/*
 * One call site: one column of one view in one execution.  Lives in fn_mcxt;
 * what step 1 finds lives in "context", which is reset with every new look.
 */
typedef struct Site
{
	TimestampTz looked_at;		/* start of the statement that looked */
	MemoryContext context;
	SiteMask	mask;
	Oid			base_type;		/* of the column, domains resolved */
	JourneyClassRef class;		/* of data; for the decision */

	Datum		constant;

	JnPartial	partial;

	uint32		epoch;
	char	   *key_purpose;	/* what key is for; NULL: no key yet */
	uint8_t		key[JN_KEY_SIZE];
} Site;

/* Runs when the memory of the site goes away, also after an error. */
static void
wipe_site(void *arg)
{
	jn_wipe(((Site *) arg)->key, JN_KEY_SIZE);
}

/* Column "column" of journey.policy, NULL if it is missing. */
static char *
policy_text(HeapTuple tuple, TupleDesc desc, AttrNumber column)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, column, desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* The same for integers; -1 if it is missing. */
static int32
policy_int(HeapTuple tuple, TupleDesc desc, AttrNumber column)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, column, desc, &isnull);

	return isnull ? -1 : DatumGetInt32(value);
}

static bool
is_text_type(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID;
}

/* Takes a policy over into the site; leaves it closed if anything is odd. */
static void
open_site(Site *site, Oid type, HeapTuple tuple, TupleDesc desc, const AttrNumber *column)
{
	char	   *mask = policy_text(tuple, desc, column[JOURNEY_POLICY_MASK]);
	bool		isnull;
	Datum		policy_type = heap_getattr(tuple, column[JOURNEY_POLICY_TYPE], desc, &isnull);

	site->class.name = policy_text(tuple, desc, column[JOURNEY_POLICY_CLASS]);
	if (mask == NULL || site->class.name == NULL)
		return;
	if (strcmp(mask, "row") == 0)
	{
		site->mask = SITE_ROW;
		return;
	}
	if (isnull || DatumGetObjectId(policy_type) != type)
		return;
	site->base_type = getBaseType(type);

	if (strcmp(mask, "null") == 0)
		site->mask = SITE_NULL;
	else if (strcmp(mask, "constant") == 0)
	{
		char	   *value = policy_text(tuple, desc, column[JOURNEY_POLICY_VALUE]);
		Oid			input;
		Oid			ioparam;
		int16		typlen;
		bool		typbyval;

		if (value == NULL)
			return;

		/* copied, because an input function may return an object that its reader could change */
		getTypeInputInfo(type, &input, &ioparam);
		get_typlenbyval(type, &typlen, &typbyval);
		site->constant = datumCopy(OidInputFunctionCall(input, value, ioparam, -1),
								   typbyval, typlen);
		site->mask = SITE_CONSTANT;
	}
	else if (strcmp(mask, "partial") == 0)
	{
		JnPartial  *partial = &site->partial;

		partial->keep_first = policy_int(tuple, desc, column[JOURNEY_POLICY_KEEP_FIRST]);
		partial->keep_last = policy_int(tuple, desc, column[JOURNEY_POLICY_KEEP_LAST]);
		partial->min_hidden = policy_int(tuple, desc, column[JOURNEY_POLICY_MIN_HIDDEN]);
		if (is_text_type(site->base_type) &&
			partial->keep_first >= 0 && partial->keep_first <= JN_PARTIAL_MAX_KEEP &&
			partial->keep_last >= 0 && partial->keep_last <= JN_PARTIAL_MAX_KEEP &&
			partial->min_hidden >= 1 && partial->min_hidden <= JN_PARTIAL_MAX_HIDDEN)
			site->mask = SITE_PARTIAL;
	}
	else if (strcmp(mask, "token") == 0)
	{
		int32		epoch = policy_int(tuple, desc, column[JOURNEY_POLICY_EPOCH]);

		site->epoch = (uint32) epoch;
		if (epoch >= 0 &&
			(is_text_type(site->base_type) || site->base_type == BYTEAOID ||
			 site->base_type == UUIDOID || site->base_type == INT8OID) &&
			journey_root_key() != NULL)
			site->mask = SITE_TOKEN;
	}
}

/* Step 1 of the head comment. */
static void
look_up_site(Site *site, FunctionCallInfo fcinfo, const JourneySeal *seal)
{
	JourneyTable tables[JOURNEY_OWN_TABLES];
	const JourneyTable *policy = &tables[JOURNEY_POLICY];
	MemoryContext caller;
	Relation	rel;
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;

	/* closed until the last line, also if an error takes us out of here */
	site->looked_at = 0;
	site->mask = SITE_CLOSED;
	site->key_purpose = NULL;
	memset(&site->class, 0, sizeof(site->class));
	jn_wipe(site->key, JN_KEY_SIZE);
	MemoryContextReset(site->context);

	if (journey_find_own_tables(tables))
	{
		caller = MemoryContextSwitchTo(site->context);
		rel = table_open(policy->relid, AccessShareLock);
		ScanKeyInit(&key, policy->column[JOURNEY_POLICY_ID], BTEqualStrategyNumber, F_UUID_EQ,
					UUIDPGetDatum(&seal->policy));

		/* without a snapshot of ours: the newest committed rows */
		scan = systable_beginscan(rel, policy->index, true, NULL, 1, &key);
		tuple = systable_getnext(scan);
		if (HeapTupleIsValid(tuple))
		{
			TupleDesc	desc = RelationGetDescr(rel);
			bool		isnull;
			Datum		name = heap_getattr(tuple, policy->column[JOURNEY_POLICY_COLUMN], desc, &isnull);

			if (!isnull && strcmp(NameStr(*DatumGetName(name)), NameStr(seal->column)) == 0)
				open_site(site, get_fn_expr_argtype(fcinfo->flinfo, 0), tuple, desc, policy->column);
		}
		systable_endscan(scan);
		table_close(rel, AccessShareLock);
		MemoryContextSwitchTo(caller);
	}
	site->looked_at = GetCurrentStatementStartTimestamp();
}

/*
 * The site of this call.  "seal" is the number of the seal's argument; a seal
 * that is not the same in every call of an execution is none of ours.
 */
static Site *
get_site(FunctionCallInfo fcinfo, int seal)
{
	Site	   *site = fcinfo->flinfo->fn_extra;

	if (site == NULL)
	{
		MemoryContextCallback *callback;

		journey_decision_begin();
		site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Site));
		callback = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(MemoryContextCallback));
		site->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "journey mask",
											  ALLOCSET_SMALL_SIZES);
		callback->func = wipe_site;
		callback->arg = site;
		MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, callback);
		fcinfo->flinfo->fn_extra = site;
	}
	if (site->looked_at != GetCurrentStatementStartTimestamp())
	{
		if (!get_fn_expr_arg_stable(fcinfo->flinfo, seal))
		{
			site->mask = SITE_CLOSED;
			site->looked_at = GetCurrentStatementStartTimestamp();
		}
		else
			look_up_site(site, fcinfo, PG_GETARG_SEAL_P(seal));
	}
	return site;
}

/*
 * Step 2: is the subject in argument "n" open to the reader?  Argument
 * "collected" tells since when the row is here, if the function has it.
 */
static inline bool
is_allowed(FunctionCallInfo fcinfo, Site *site, JourneyDecision *decision, int n, int collected)
{
	TimestampTz since = JN_COLLECTED_UNKNOWN;
	text	   *subject;

	if (PG_NARGS() > collected && !PG_ARGISNULL(collected))
		since = PG_GETARG_TIMESTAMPTZ(collected);
	if (PG_ARGISNULL(n))
		return journey_decision_allows(decision, &site->class, NULL, 0, since);
	subject = PG_GETARG_TEXT_PP(n);
	return journey_decision_allows(decision, &site->class, VARDATA_ANY(subject),
								   VARSIZE_ANY_EXHDR(subject), since);
}

/* Bytes of a text value, without the padding of char(n). */
static text *
get_text(Datum value, Oid base_type, int *size)
{
	text	   *t = DatumGetTextPP(value);

	*size = VARSIZE_ANY_EXHDR(t);
	if (base_type == BPCHAROID)
		*size = bpchartruelen(VARDATA_ANY(t), *size);
	return t;
}

static Datum
mask_partial(const Site *site, bool isnull, Datum raw)
{
	text	   *result = palloc(VARHDRSZ + jn_partial_room(&site->partial));
	int			size = 0;
	text	   *value = isnull ? NULL : get_text(raw, site->base_type, &size);

	size = (int) jn_mask_partial(&site->partial, value ? VARDATA_ANY(value) : NULL, size,
								 VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + size);
	return PointerGetDatum(result);
}

/* The token's key depends on the purpose, which may change while a statement runs. */
static void
prepare_key(Site *site, JourneyDecision *decision)
{
	const char *purpose = journey_decision_purpose(decision);
	const unsigned char *root;
	JnError		error;

	if (purpose == NULL)
		purpose = "";
	if (site->key_purpose != NULL && strcmp(site->key_purpose, purpose) == 0)
		return;

	root = journey_root_key();
	site->key_purpose = NULL;
	if (root == NULL ||
		jn_token_key(site->key, root, purpose, site->class.name, site->epoch, &error) != JN_OK)
		return;
	site->key_purpose = MemoryContextStrdup(site->context, purpose);
}

static Datum
mask_token(FunctionCallInfo fcinfo, Site *site, JourneyDecision *decision)
{
	uint8_t		token[JN_TOKEN_SIZE];
	JnTokenKind kind;
	const void *data = NULL;
	int			size = 0;
	uint8_t		int_bytes[8];
	JnError		error;

	prepare_key(site, decision);
	if (site->key_purpose == NULL)
		PG_RETURN_NULL();

	if (PG_ARGISNULL(0))
		kind = JN_TOKEN_NULL;
	else if (site->base_type == UUIDOID)
	{
		kind = JN_TOKEN_UUID;
		data = PG_GETARG_UUID_P(0);
		size = UUID_LEN;
	}
	else if (site->base_type == INT8OID)
	{
		uint64		value = (uint64) PG_GETARG_INT64(0);

		kind = JN_TOKEN_INT64;
		for (int i = 0; i < 8; i++)
			int_bytes[i] = (uint8_t) (value >> (56 - 8 * i));
		data = int_bytes;
		size = 8;
	}
	else
	{
		text	   *value = get_text(PG_GETARG_DATUM(0), site->base_type, &size);

		kind = site->base_type == BYTEAOID ? JN_TOKEN_BYTES : JN_TOKEN_TEXT;
		data = VARDATA_ANY(value);
	}

	if (jn_token(token, site->key, kind, data, size, &error) != JN_OK)
		PG_RETURN_NULL();

	if (site->base_type == UUIDOID)
	{
		pg_uuid_t  *result = palloc(sizeof(pg_uuid_t));

		jn_token_uuid(token, result->data);
		PG_RETURN_UUID_P(result);
	}
	if (site->base_type == INT8OID)
		PG_RETURN_INT64(jn_token_int64(token));
	if (site->base_type == BYTEAOID)
	{
		bytea	   *result = palloc(VARHDRSZ + JN_TOKEN_SIZE);

		memcpy(VARDATA(result), token, JN_TOKEN_SIZE);
		SET_VARSIZE(result, VARHDRSZ + JN_TOKEN_SIZE);
		PG_RETURN_BYTEA_P(result);
	}
	else
	{
		text	   *result = palloc(VARHDRSZ + JN_TOKEN_TEXT_SIZE);

		jn_token_text(token, VARDATA(result));
		SET_VARSIZE(result, VARHDRSZ + JN_TOKEN_TEXT_SIZE);
		PG_RETURN_TEXT_P(result);
	}
}

/* _cell(raw anyelement, subject text, seal journey._seal [, collected timestamptz]) */
Datum
journey__cell(PG_FUNCTION_ARGS)
{
	Site	   *site;
	JourneyDecision *decision;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	site = get_site(fcinfo, 2);
	decision = journey_decision_current();

	if (site->mask < SITE_NULL)
		PG_RETURN_NULL();
	if (is_allowed(fcinfo, site, decision, 1, 3))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}

	switch (site->mask)
	{
		case SITE_CONSTANT:
			PG_RETURN_DATUM(site->constant);
		case SITE_PARTIAL:
			PG_RETURN_DATUM(mask_partial(site, PG_ARGISNULL(0), PG_GETARG_DATUM(0)));
		case SITE_TOKEN:
			return mask_token(fcinfo, site, decision);
		case SITE_NULL:
		case SITE_CLOSED:
		case SITE_ROW:
			break;
	}
	PG_RETURN_NULL();
}

/* _row(subject text, seal journey._seal [, collected timestamptz]): false, never NULL, unless it is allowed */
Datum
journey__row(PG_FUNCTION_ARGS)
{
	Site	   *site;
	JourneyDecision *decision;

	if (PG_ARGISNULL(1))
		PG_RETURN_BOOL(false);
	site = get_site(fcinfo, 1);
	decision = journey_decision_current();
	PG_RETURN_BOOL(site->mask == SITE_ROW && is_allowed(fcinfo, site, decision, 0, 2));
}
