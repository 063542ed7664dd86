/*
 * edit_fn.c
 *	  Parts and edits of a journey, and two made one.
 *
 * Each function asks how much will stay: nothing is NULL, all is the value
 * itself, as it is stored, and only what lies between is made.  The header is
 * asked first, which of a value stored out of line is all that is fetched if
 * it can tell.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/append.h"
#include "core/build.h"
#include "core/edit.h"
#include "core/utf8.h"
#include "glue.h"
#include "interaction.h"
#include "journey_value.h"
#include "prepared_arg.h"

PG_FUNCTION_INFO_V1(journey_slice);
PG_FUNCTION_INFO_V1(journey_head);
PG_FUNCTION_INFO_V1(journey_tail);
PG_FUNCTION_INFO_V1(journey_during);
PG_FUNCTION_INFO_V1(journey_keep_events);
PG_FUNCTION_INFO_V1(journey_drop_events);
PG_FUNCTION_INFO_V1(journey_rename_events);
PG_FUNCTION_INFO_V1(journey_collapse);
PG_FUNCTION_INFO_V1(journey_merge);
PG_FUNCTION_INFO_V1(journey_merge_interaction);
PG_FUNCTION_INFO_V1(journey_interaction_merge);

/* Memory and picks for one edit; the result lives outside. */
typedef struct Edit
{
	MemoryContext work;
	JnEnv		env;
	JnJourney	j;
	JnPicks		picks;
	const JnName *event;		/* new names of events, or NULL */
} Edit;

/* Opens a journey, to pick at most so many steps of it. */
static void
begin_edit(Edit *edit, Datum value, uint32 most)
{
	edit->work = AllocSetContextCreate(CurrentMemoryContext, "journey edit", ALLOCSET_SMALL_SIZES);
	edit->env = journey_env(edit->work);
	edit->event = NULL;
	journey_open(value, &edit->j);
	jn_picks_new(&edit->env, &edit->picks, most);
}

/* Gives the journey as it is. */
static Datum
leave_edit(FunctionCallInfo fcinfo, Edit *edit)
{
	MemoryContextDelete(edit->work);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Gives what was picked, or NULL if that is nothing. */
static Datum
end_edit(FunctionCallInfo fcinfo, Edit *edit)
{
	Datum		result = (Datum) 0;

	if (edit->picks.n == 0)
		fcinfo->isnull = true;
	else
		result = journey_gather(&edit->env, &edit->picks, &edit->j, NULL, edit->event);
	MemoryContextDelete(edit->work);
	return result;
}


/* ----- by number ----- */

static Datum
edit_span(FunctionCallInfo fcinfo, JnSpan span, uint32 n)
{
	JnStays		stays = jn_span_stays(span, n);
	Edit		edit;

	if (stays == JN_STAYS_NONE)
		PG_RETURN_NULL();
	if (stays == JN_STAYS_ALL)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	begin_edit(&edit, PG_GETARG_DATUM(0), span.to - span.from);
	jn_edit_span(&edit.env, &edit.j, span, &edit.picks);
	return end_edit(fcinfo, &edit);
}

Datum
journey_slice(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	return edit_span(fcinfo, jn_span_slice(head.n, PG_GETARG_INT32(1), PG_GETARG_INT32(2)), head.n);
}

Datum
journey_head(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	return edit_span(fcinfo, jn_span_head(head.n, PG_GETARG_INT32(1)), head.n);
}

Datum
journey_tail(PG_FUNCTION_ARGS)
{
	JnHeader	head;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	return edit_span(fcinfo, jn_span_tail(head.n, PG_GETARG_INT32(1)), head.n);
}


/* ----- by time ----- */

/*
 * The first and the last instant of a tstzrange; false if it is empty.
 * Infinite bounds and infinite times come to the same: no step is there.
 */
static bool
range_times(RangeType *range, TypeCacheEntry *type, int64 *first, int64 *last)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(type, range, &lower, &upper, &empty);
	if (empty)
		return false;
	*first = lower.infinite ? PG_INT64_MIN : DatumGetTimestampTz(lower.val);
	*last = upper.infinite ? PG_INT64_MAX : DatumGetTimestampTz(upper.val);

	/* an exclusive bound is the microsecond next to it */
	if (!lower.infinite && !lower.inclusive && *first < PG_INT64_MAX)
		(*first)++;
	if (!upper.infinite && !upper.inclusive && *last > PG_INT64_MIN)
		(*last)--;
	return true;
}

Datum
journey_during(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(1);
	JnStays		stays;
	JnHeader	head;
	int64		first;
	int64		last;
	Edit		edit;

	if (!range_times(range, range_get_typcache(fcinfo, RangeTypeGetOid(range)), &first, &last))
		PG_RETURN_NULL();
	journey_open_header(PG_GETARG_DATUM(0), &head);
	stays = jn_during_stays(&head, first, last);
	if (stays == JN_STAYS_NONE)
		PG_RETURN_NULL();
	if (stays == JN_STAYS_ALL)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	begin_edit(&edit, PG_GETARG_DATUM(0), head.n);
	jn_edit_during(&edit.env, &edit.j, first, last, &edit.picks);
	return end_edit(fcinfo, &edit);
}


/* ----- by event ----- */

static Datum
pick_events(FunctionCallInfo fcinfo, bool keep)
{
	const JnNameSet *set = journey_name_set_arg(fcinfo, 1);
	JnHeader	head;
	JnStays		stays;
	JnName	   *name;
	Edit		edit;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!jn_may_have_any(&head, set))
	{
		if (keep)
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	begin_edit(&edit, PG_GETARG_DATUM(0), head.n);
	name = jn_alloc(&edit.env, edit.j.event.names * sizeof(JnName));
	stays = jn_edit_pick(&edit.env, &edit.j, set, keep, name);
	if (stays == JN_STAYS_ALL)
		return leave_edit(fcinfo, &edit);
	if (stays == JN_STAYS_SOME)
		jn_edit_events(&edit.env, &edit.j, name, &edit.picks);
	return end_edit(fcinfo, &edit);
}

Datum
journey_keep_events(PG_FUNCTION_ARGS)
{
	return pick_events(fcinfo, true);
}

Datum
journey_drop_events(PG_FUNCTION_ARGS)
{
	return pick_events(fcinfo, false);
}

/* What rename_events() is to do. */
typedef struct Renames
{
	JnNameSet	set;			/* old names */
	JnName	   *to;				/* the new name of each; data is NULL to drop its steps */
} Renames;

/* A new name: as an event must be. */
static JnName
check_name(const JsonbValue *v)
{
	JnName		name = {v->val.string.val, v->val.string.len};
	size_t		valid = jn_utf8_check(name.data, name.size);
	JnError		err;

	if (name.size > JN_MAX_NAME)
		jn_fail(&err, JN_NAME_LONG, 0, name.size, JN_MAX_NAME);
	else if (valid < name.size)
		jn_fail(&err, JN_NAME_UTF8, valid, 0, 0);
	else
		return name;
	journey_report(&err, "journey");
}

static void *
make_renames(struct varlena *value)
{
	Jsonb	   *object = (Jsonb *) value;
	JnEnv		env = journey_env(CurrentMemoryContext);
	Renames    *renames = palloc(sizeof(Renames));
	uint32		count = JB_ROOT_COUNT(object);
	JnName	   *from;
	JnName	   *unordered;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	v;
	uint32		i = 0;

	if (!JB_ROOT_IS_OBJECT(object))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("new names of events must be a JSON object"),
				 errhint("Write old and new names as '{\"old\": \"new\", \"no longer wanted\": null}'.")));
	from = palloc_extended((count + 1) * sizeof(JnName), MCXT_ALLOC_HUGE);
	unordered = palloc_extended((count + 1) * sizeof(JnName), MCXT_ALLOC_HUGE);
	renames->to = palloc_extended((count + 1) * sizeof(JnName), MCXT_ALLOC_HUGE);

	it = JsonbIteratorInit(&object->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			from[i] = (JnName) {v.val.string.val, v.val.string.len};
		else if (token == WJB_VALUE)
		{
			if (v.type == jbvNull)
				unordered[i++] = (JnName) {NULL, 0};
			else if (v.type == jbvString)
				unordered[i++] = check_name(&v);
			else
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("new name of an event must be a string or null"),
						 errdetail("It is of JSON type %s.", JsonbTypeName(&v)),
						 errhint("Write old and new names as '{\"old\": \"new\", \"no longer wanted\": null}'.")));
		}
	}

	/* jsonb orders keys by their length first, a set by bytes */
	jn_name_set_make(&env, from, count, &renames->set);
	it = JsonbIteratorInit(&object->root);
	i = 0;
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			renames->to[jn_name_set_find(&renames->set, (JnName) {v.val.string.val, v.val.string.len})] =
				unordered[i++];
	}
	return renames;
}

Datum
journey_rename_events(PG_FUNCTION_ARGS)
{
	const Renames *renames = journey_prepared_arg(fcinfo, 1, make_renames);
	JnHeader	head;
	JnStays		stays;
	JnName	   *name;
	Edit		edit;

	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (!jn_may_have_any(&head, &renames->set))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	begin_edit(&edit, PG_GETARG_DATUM(0), head.n);
	name = jn_alloc(&edit.env, edit.j.event.names * sizeof(JnName));
	stays = jn_edit_rename(&edit.env, &edit.j, &renames->set, renames->to, name);
	if (stays == JN_STAYS_ALL)
		return leave_edit(fcinfo, &edit);
	if (stays == JN_STAYS_SOME)
		jn_edit_events(&edit.env, &edit.j, name, &edit.picks);
	edit.event = name;
	return end_edit(fcinfo, &edit);
}


/* ----- neighbours ----- */

Datum
journey_collapse(PG_FUNCTION_ARGS)
{
	JnHeader	head;
	Edit		edit;

	/* the only step has no neighbour */
	journey_open_header(PG_GETARG_DATUM(0), &head);
	if (head.n == 1)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	begin_edit(&edit, PG_GETARG_DATUM(0), head.n);
	jn_edit_collapse(&edit.env, &edit.j, &edit.picks);
	if (edit.picks.n == head.n)
		return leave_edit(fcinfo, &edit);
	return end_edit(fcinfo, &edit);
}


/* ----- merging ----- */

/* a || b, of two that are not NULL. */
static Datum
merge(Datum a, Datum b)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(caller, "journey merge", ALLOCSET_SMALL_SIZES);
	JnEnv		env = journey_env(work);
	JnJourney	first;
	JnJourney	second;
	JnAppend	append;
	JnPicks		picks;
	uint64		n;
	size_t		size;
	Datum		result;

	journey_open(a, &first);
	journey_open(b, &second);
	if (jn_append_plan(&env, &append, &first, &second, &size))
	{
		struct varlena *v = MemoryContextAlloc(caller, VARHDRSZ + size);

		SET_VARSIZE(v, VARHDRSZ + size);
		jn_append_write(&env, &append, (uint8_t *) VARDATA(v));
		MemoryContextDelete(work);
		return PointerGetDatum(v);
	}
	n = (uint64) first.head.n + second.head.n;
	if (n > JN_MAX_STEPS)
	{
		JnError		err;

		jn_fail(&err, JN_TOO_MANY_STEPS, 0, n, JN_MAX_STEPS);
		journey_report(&err, "journey");
	}
	jn_picks_new(&env, &picks, n);
	jn_edit_merge(&env, &first, &second, &picks);
	result = journey_gather(&env, &picks, &first, &second, NULL);
	MemoryContextDelete(work);
	return result;
}

/* A journey of an interaction alone; false if it has no time or no event, and so is no step. */
static bool
interaction_journey(Datum datum, Datum *j)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	Interaction interaction;
	JnBuild    *build;
	JnError		err;

	journey_read_interaction(datum, &interaction);
	if (!interaction.has_time || !interaction.has_event)
		return false;
	build = jn_build_new(&env, true);
	if (jn_build_add_step(&env, build, &interaction.step, &err) != JN_OK)
		journey_report(&err, "journey");
	*j = journey_finish(&env, build);
	jn_build_free(&env, build);
	return true;
}

/* No journey is a journey without steps, so NULL adds nothing. */
static Datum
merge_or_null(FunctionCallInfo fcinfo, bool has_a, Datum a, bool has_b, Datum b)
{
	if (has_a && has_b)
		return merge(a, b);
	if (has_a)
		return a;
	if (has_b)
		return b;
	PG_RETURN_NULL();
}

Datum
journey_merge(PG_FUNCTION_ARGS)
{
	return merge_or_null(fcinfo, !PG_ARGISNULL(0), PG_GETARG_DATUM(0), !PG_ARGISNULL(1), PG_GETARG_DATUM(1));
}

Datum
journey_merge_interaction(PG_FUNCTION_ARGS)
{
	Datum		step = (Datum) 0;
	bool		has_step = !PG_ARGISNULL(1) && interaction_journey(PG_GETARG_DATUM(1), &step);

	return merge_or_null(fcinfo, !PG_ARGISNULL(0), PG_GETARG_DATUM(0), has_step, step);
}

Datum
journey_interaction_merge(PG_FUNCTION_ARGS)
{
	Datum		step = (Datum) 0;
	bool		has_step = !PG_ARGISNULL(0) && interaction_journey(PG_GETARG_DATUM(0), &step);

	return merge_or_null(fcinfo, has_step, step, !PG_ARGISNULL(1), PG_GETARG_DATUM(1));
}
