/*
 * mask_fn.c
 *	  One cell of a protected relation: decide, then show or mask.
 *
 * The view that journey.protect() makes has for every masked column
 *
 *		journey._cell(b.email, b.user_id, '... email'::journey._seal)
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
 *	  does not fit the type, a type that does not name subjects, no key where one
 *	  may be needed: NULL, for allowed cells as well.
 *	- No message contains a raw value.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "compat.h"
#include "decision_front.h"
#include "mask_site.h"
#include "own_tables.h"
#include "seal.h"

PG_FUNCTION_INFO_V1(journey__cell);
PG_FUNCTION_INFO_V1(journey__row);

/*
 * Takes a policy over into the site; leaves it closed if anything is odd.  A
 * site that shows no cell, only tells whether one would be shown, has no type.
 */
static void
open_site(JourneyMaskSite *site, Oid type, HeapTuple tuple, TupleDesc desc)
{
	JourneyOptions options = {tuple, desc};
	char	   *mask = journey_option_text(&options, "mask");
	bool		isnull;
	Datum		policy_type = journey_option(&options, "column_type", REGTYPEOID, &isnull);

	site->class.name = journey_option_text(&options, "class");
	if (mask == NULL || site->class.name == NULL)
		return;
	if (!OidIsValid(type) || strcmp(mask, "row") == 0)
		site->is_row = true;
	else if (!isnull && DatumGetObjectId(policy_type) == type)
	{
		site->mask.type = type;
		journey_mask_open(&site->mask, &options);
	}
}

/* Step 1 of the head comment. */
static void
look_up_site(JourneyMaskSite *site, FunctionCallInfo fcinfo, int seal)
{
	const JourneySeal *given = PG_GETARG_SEAL_P(seal);
	JourneyTable tables[JOURNEY_OWN_TABLES];
	const JourneyTable *policy = &tables[JOURNEY_POLICY];
	MemoryContext caller;
	Relation	rel;
	SysScanDesc scan;
	ScanKeyData key;
	HeapTuple	tuple;

	/* closed until the last line, also if an error takes us out of here */
	site->looked_at = 0;
	site->is_row = false;
	site->quick = false;
	site->mask.show = NULL;
	site->mask.blind = false;
	memset(&site->class, 0, sizeof(site->class));
	MemoryContextReset(site->mask.context);

	if (journey_find_own_tables(tables))
	{
		caller = MemoryContextSwitchTo(site->mask.context);
		rel = table_open(policy->relid, AccessShareLock);
		ScanKeyInit(&key, policy->column[JOURNEY_POLICY_ID], BTEqualStrategyNumber, F_UUID_EQ,
					UUIDPGetDatum(&given->policy));

		/* without a snapshot of ours: the newest committed rows */
		scan = systable_beginscan(rel, policy->index, true, NULL, 1, &key);
		tuple = systable_getnext(scan);
		if (HeapTupleIsValid(tuple))
		{
			TupleDesc	desc = RelationGetDescr(rel);
			bool		isnull;
			Datum		name = heap_getattr(tuple, policy->column[JOURNEY_POLICY_COLUMN], desc, &isnull);

			if (!isnull && strcmp(NameStr(*DatumGetName(name)), NameStr(given->column)) == 0)
				/* the raw value comes before subject and seal, if there is one */
				open_site(site, seal == 1 ? InvalidOid : get_fn_expr_argtype(fcinfo->flinfo, 0), tuple, desc);
		}
		systable_endscan(scan);
		table_close(rel, AccessShareLock);
		MemoryContextSwitchTo(caller);
	}
	site->quick = site->is_row || (site->mask.show != NULL && !site->mask.every_cell);
	if (site->mask.show != NULL && site->mask.blind)
	{
		site->denied.isnull = false;
		site->denied.value = site->mask.show(&site->mask, NULL, &site->denied.isnull);
	}
	site->looked_at = GetCurrentStatementStartTimestamp();
}

/* The first call of an execution, or of a statement. */
static pg_noinline JourneyMaskSite *
find_site(FunctionCallInfo fcinfo, int seal)
{
	JourneyMaskSite *site = fcinfo->flinfo->fn_extra;

	if (site == NULL)
	{
		journey_decision_begin();
		site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(JourneyMaskSite));
		site->kind = journey_subject_kind(get_fn_expr_argtype(fcinfo->flinfo, seal - 1));
		site->mask.context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "journey mask",
												   ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = site;
	}
	if (site->looked_at != GetCurrentStatementStartTimestamp())
	{
		if (!get_fn_expr_arg_stable(fcinfo->flinfo, seal) || site->kind == JOURNEY_SUBJECT_ODD)
		{
			site->is_row = false;
			site->quick = false;
			site->mask.show = NULL;
			site->looked_at = GetCurrentStatementStartTimestamp();
		}
		else
			look_up_site(site, fcinfo, seal);
	}
	return site;
}

/*
 * The site of this call and the decision that it asks.  "seal" is the number of
 * the seal's argument, behind that of the subject; a seal that is not the same
 * in every call of an execution is none of ours.
 *
 * A site whose class was told to the current decision was looked up in the
 * same statement, for a decision is good for one statement only.
 */
static inline JourneyMaskSite *
get_site(FunctionCallInfo fcinfo, int seal, JourneyDecision **decision)
{
	JourneyMaskSite *site = fcinfo->flinfo->fn_extra;

	if (likely(site != NULL))
	{
		*decision = journey_decision_current();
		if (likely(site->class.decision == journey_declared->serial))
			return site;
	}
	site = find_site(fcinfo, seal);
	*decision = journey_decision_current();
	return site;
}

/* When the row was collected: argument "n", if the function has it. */
static inline TimestampTz
collected_at(FunctionCallInfo fcinfo, int n)
{
	return PG_NARGS() > n && !PG_ARGISNULL(n) ? PG_GETARG_TIMESTAMPTZ(n) : JN_COLLECTED_UNKNOWN;
}

/* Who a cell or a row is about, not zero-terminated; NULL: nobody knows. */
typedef struct Subject
{
	const char *name;
	int			size;			/* bytes */
	char		space[JOURNEY_SUBJECT_SPACE];	/* of a name that is written here */
} Subject;

/* The subject in argument "n". */
static inline void
get_subject(FunctionCallInfo fcinfo, const JourneyMaskSite *site, int n, Subject *subject)
{
	text	   *t;

	subject->name = NULL;
	subject->size = 0;
	if (PG_ARGISNULL(n))
		return;
	switch (site->kind)
	{
		case JOURNEY_SUBJECT_ODD:
			break;
		case JOURNEY_SUBJECT_TEXT:
			t = (text *) PG_GETARG_POINTER(n);
			if (unlikely(VARATT_IS_COMPRESSED(t) || VARATT_IS_EXTERNAL(t)))
				t = PG_GETARG_TEXT_PP(n);
			subject->name = VARDATA_ANY(t);
			subject->size = VARSIZE_ANY_EXHDR(t);
			break;
		case JOURNEY_SUBJECT_INT2:
		case JOURNEY_SUBJECT_INT4:
		case JOURNEY_SUBJECT_INT8:
			subject->size = journey_number_name(journey_subject_number(site->kind, PG_GETARG_DATUM(n)), subject->space);
			subject->name = subject->space;
			break;
		case JOURNEY_SUBJECT_UUID:
			subject->size = journey_uuid_name(PG_GETARG_UUID_P(n)->data, subject->space);
			subject->name = subject->space;
			break;
	}
}

/* What allows_other() needs to ask the decision. */
typedef struct Asker
{
	JourneyDecision *decision;
	JourneyClassRef *class;
	TimestampTz since;
} Asker;

/* Step 2 for a subject that is named in the value itself. */
static bool
allows_other(const JourneyCell *cell, const char *subject, int size)
{
	Asker	   *asker = cell->ctx;

	return journey_decision_allows(asker->decision, asker->class, subject, size, asker->since);
}

/* Step 3, denied: the mask of the cell, by a mask that looks at it. */
static pg_noinline Datum
show_mask(FunctionCallInfo fcinfo, JourneyMaskSite *site, JourneyDecision *decision, const Subject *subject, bool allowed)
{
	const char *purpose = journey_decision_purpose(decision);
	Asker		asker = {decision, &site->class, collected_at(fcinfo, 3)};
	JourneyCell cell = {
		.raw = PG_GETARG_DATUM(0),
		.isnull = PG_ARGISNULL(0),
		.allowed = allowed,
		.subject = subject->name,
		.subject_size = subject->size,
		.purpose = purpose != NULL ? purpose : "",
		.allows = allows_other,
		.ctx = &asker
	};

	return site->mask.show(&site->mask, &cell, &fcinfo->isnull);
}

/* Returns the raw datum or the mask of the site. */
static pg_attribute_always_inline Datum
show_one(FunctionCallInfo fcinfo, const NullableDatum *one)
{
	fcinfo->isnull = one->isnull;
	return one->value;
}

/* A cell, all three steps. */
static pg_noinline Datum
decide_cell(FunctionCallInfo fcinfo)
{
	JourneyMaskSite *site;
	JourneyDecision *decision;
	Subject		subject;
	bool		allowed;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	site = get_site(fcinfo, 2, &decision);
	if (unlikely(site->mask.show == NULL))
		PG_RETURN_NULL();

	get_subject(fcinfo, site, 1, &subject);
	allowed = journey_decision_allows(decision, &site->class, subject.name, subject.size,
									  collected_at(fcinfo, 3));
	if (unlikely(site->mask.every_cell))
		return show_mask(fcinfo, site, decision, &subject, allowed);
	if (allowed || site->mask.blind)
		return show_one(fcinfo, allowed ? &fcinfo->args[0] : &site->denied);
	return show_mask(fcinfo, site, decision, &subject, false);
}

/* A row, the same without a mask. */
static pg_noinline bool
decide_row(FunctionCallInfo fcinfo)
{
	JourneyMaskSite *site;
	JourneyDecision *decision;
	Subject		subject;

	if (PG_ARGISNULL(1))
		return false;
	site = get_site(fcinfo, 1, &decision);
	if (!site->is_row)
		return false;
	get_subject(fcinfo, site, 0, &subject);
	return journey_decision_allows(decision, &site->class, subject.name, subject.size,
								   collected_at(fcinfo, 2));
}

/*
 * The declared decision, if it can be asked at once about the subject in
 * argument "n", with the seal in the one behind it; else NULL.
 */
static pg_attribute_always_inline JourneyDecisionFront *
ready_decision(FunctionCallInfo fcinfo, const JourneyMaskSite *site, int n)
{
	JourneyDecisionFront *front = journey_declared;

	if (unlikely(site == NULL || front == NULL || site->class.decision != front->serial || !site->quick) ||
		PG_ARGISNULL(n) || PG_ARGISNULL(n + 1) ||
		!journey_decision_is_good(front))
		return NULL;
	return front;
}

/* A subject whose answer takes thought. */
static pg_noinline bool
allows_at_length(FunctionCallInfo fcinfo, JourneyMaskSite *site, JourneyDecisionFront *front, int n)
{
	Subject		subject;

	get_subject(fcinfo, site, n, &subject);
	return journey_decision_allows((JourneyDecision *) front, &site->class, subject.name, subject.size,
								   collected_at(fcinfo, n + 2));
}

/* Step 2, by a decision that is ready. */
static pg_attribute_always_inline bool
allows(FunctionCallInfo fcinfo, JourneyMaskSite *site, JourneyDecisionFront *front, int n)
{
	JourneyVerdict verdict = journey_verdict_of(journey_front_verdicts(front, site->kind, PG_GETARG_DATUM(n)), &site->class);

	return likely(verdict != JOURNEY_NOT_KNOWN) ? verdict == JOURNEY_SHOWN :
		allows_at_length(fcinfo, site, front, n);
}

/* Steps 2 and 3 by a decision that is ready, for a subject whose answer takes thought or a mask that looks at the cell. */
static pg_noinline Datum
mask_at_length(FunctionCallInfo fcinfo, JourneyMaskSite *site, JourneyDecisionFront *front, JourneyVerdict verdict)
{
	Subject		subject;

	if (verdict == JOURNEY_NOT_KNOWN)
		verdict = allows_at_length(fcinfo, site, front, 1) ? JOURNEY_SHOWN : JOURNEY_DENIED;
	if (verdict == JOURNEY_SHOWN || site->mask.blind)
		return show_one(fcinfo, verdict == JOURNEY_SHOWN ? &fcinfo->args[0] : &site->denied);
	get_subject(fcinfo, site, 1, &subject);
	return show_mask(fcinfo, site, (JourneyDecision *) front, &subject, false);
}

bool
journey_is_call_of(const FuncExpr *call, PGFunction function)
{
	FmgrInfo	info;

	fmgr_info(call->funcid, &info);
	return info.fn_addr == function;
}

/* _cell(raw anyelement, subject anycompatible, seal journey._seal [, collected timestamptz]) */
Datum
journey__cell(PG_FUNCTION_ARGS)
{
	JourneyMaskSite *site = fcinfo->flinfo->fn_extra;
	JourneyDecisionFront *front = ready_decision(fcinfo, site, 1);
	JourneyVerdict verdict;

	if (unlikely(front == NULL))
		return decide_cell(fcinfo);
	verdict = journey_verdict_of(journey_front_verdicts(front, site->kind, PG_GETARG_DATUM(1)), &site->class);
	if (unlikely(verdict == JOURNEY_NOT_KNOWN || !site->mask.blind))
		return mask_at_length(fcinfo, site, front, verdict);

	/* no branch: nobody can tell what the next subject answers */
	return show_one(fcinfo, verdict == JOURNEY_SHOWN ? &fcinfo->args[0] : &site->denied);
}

/* _row(subject anycompatible, seal journey._seal [, collected timestamptz]): false, never NULL, unless it is allowed */
Datum
journey__row(PG_FUNCTION_ARGS)
{
	JourneyMaskSite *site = fcinfo->flinfo->fn_extra;
	JourneyDecisionFront *front = ready_decision(fcinfo, site, 0);

	PG_RETURN_BOOL(front != NULL ? allows(fcinfo, site, front, 0) : decide_row(fcinfo));
}
