/*
 * population_agg.c
 *	  journey.edges_agg() and journey.event_counts_agg(): whole populations
 *	  added up without making rows of their steps.
 *
 * Both have states of one type of our own, journey.population_state, because
 * that is what distributed engines combine on their workers.  While a state
 * accumulates it is an expanded object; whoever copies, sends or stores it
 * gets the flat bytes of core/population.h.
 *
 * All groups of an aggregate context share one child context, for the reasons
 * that signal_agg.c gives: nobody but the functions below ever holds a
 * read-write pointer to a state, and they never delete or move one.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/pg_prng.h"
#include "fmgr.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "nodes/memnodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "compat.h"
#include "core/population.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"

#define STATE_MAGIC		0x6a6e5070

#define STATE_CONTEXT	"journey population states"

/* The noun for errors. */
#define STATE_NAME		"population_state"

/* A population_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared, see above */
	int			magic;			/* STATE_MAGIC */
	JnTally		tally;			/* its memory is in eoh_context */
	JnTallyRows rows;			/* from state_flat_size() for state_flatten() */
	bool		has_rows;
} StateObject;

/* Salts decide where names are kept in memory, and nothing that anybody sees. */
static uint64
new_salt(void)
{
	return pg_prng_uint64(&pg_global_prng_state);
}

static void
forget_rows(const JnEnv *env, StateObject *state)
{
	if (state->has_rows)
		jn_tally_rows_free(env, &state->rows);
	state->has_rows = false;
}

static Size
state_flat_size(ExpandedObjectHeader *eohptr)
{
	StateObject *state = (StateObject *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err = {0};
	size_t		size;

	forget_rows(&env, state);
	state->rows = jn_tally_rows(&env, &state->tally);
	state->has_rows = true;
	if (jn_tally_size(&env, &state->tally, &state->rows, &size, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
	return VARHDRSZ + size;
}

static void
state_flatten(ExpandedObjectHeader *eohptr, void *result, Size allocated_size)
{
	StateObject *state = (StateObject *) eohptr;
	JnEnv		env = journey_env(state->hdr.eoh_context);

	SET_VARSIZE(result, allocated_size);
	jn_tally_write(&env, &state->tally, &state->rows, (uint8_t *) VARDATA(result));
	forget_rows(&env, state);
}

static const ExpandedObjectMethods state_methods = {state_flat_size, state_flatten};

/* A state whose tally is yet to be initialized. */
static StateObject *
new_state(MemoryContext aggcontext)
{
	MemoryContext context = journey_state_context(aggcontext, STATE_CONTEXT);
	StateObject *state = MemoryContextAllocZero(context, sizeof(StateObject));

	EOH_init_header(&state->hdr, &state_methods, context);
	state->magic = STATE_MAGIC;
	return state;
}

/* The expanded object that a datum points to, or NULL if it is flat. */
static StateObject *
expanded_state(Datum datum)
{
	StateObject *state;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	state = (StateObject *) DatumGetEOHP(datum);
	if (state->magic != STATE_MAGIC)
		elog(ERROR, "expanded object is no " STATE_NAME);
	return state;
}

/* Fills an empty tally from a flat state. */
static void
read_state(const JnEnv *env, JnTally *tally, Datum datum)
{
	bytea	   *flat = DatumGetByteaPP(datum);
	JnError		err = {0};

	if (jn_tally_read(env, tally, new_salt(), (uint8_t *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

/* The tally of a datum, expanded or flat; a flat one is read into *local, in the current context. */
static JnTally *
any_tally(Datum datum, JnTally *local)
{
	StateObject *state = expanded_state(datum);
	JnEnv		env;

	if (state != NULL)
		return &state->tally;
	env = journey_env(CurrentMemoryContext);
	read_state(&env, local, datum);
	return local;
}

pg_noreturn static void
report_kinds(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the states are of different aggregates"),
			 errhint("Combine states of edges_agg with the same gaps, or of event_counts_agg.")));
}

static void
merge_tally(StateObject *state, JnTally *from)
{
	JnEnv		env = journey_env(state->hdr.eoh_context);
	JnError		err = {0};

	if (from->kind != state->tally.kind)
		report_kinds();
	if (jn_tally_merge(&env, &state->tally, from, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

/* A state that may be changed: the datum's own object if it is ours to change, else a copy. */
static StateObject *
changeable_state(Datum datum, MemoryContext aggcontext)
{
	StateObject *from = expanded_state(datum);
	StateObject *state;
	JnEnv		env;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return from;
	state = new_state(aggcontext);
	env = journey_env(state->hdr.eoh_context);
	if (from == NULL)
		read_state(&env, &state->tally, datum);
	else
	{
		jn_tally_init(&env, &state->tally, from->tally.kind, new_salt());
		merge_tally(state, &from->tally);
	}
	return state;
}

/*
 * Transitions
 */

/* The state of argument 0, or a new one, which may be changed. */
static StateObject *
argument_state(FunctionCallInfo fcinfo, MemoryContext aggcontext, JnTallyKind kind)
{
	StateObject *state;
	JnEnv		env;

	if (!PG_ARGISNULL(0))
	{
		state = changeable_state(PG_GETARG_DATUM(0), aggcontext);
		if (state->tally.kind != kind)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("gaps must be the same on every row"),
					 errhint("Write edges_agg(j, false) or edges_agg(j).")));
		return state;
	}
	state = new_state(aggcontext);
	env = journey_env(state->hdr.eoh_context);
	jn_tally_init(&env, &state->tally, kind, new_salt());
	return state;
}

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, JnTallyKind kind, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state;
	JnEnv		env;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = argument_state(fcinfo, aggcontext, kind);
	env = journey_env(state->hdr.eoh_context);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		jn_tally_set(&env, &state->tally, &set);
	}
	else
	{
		JnJourney	j;

		journey_open(PG_GETARG_DATUM(1), &j);
		jn_tally_journey(&env, &state->tally, &j);
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* What edges_agg() with the arguments of its transition function adds up. */
static JnTallyKind
edges_kind(FunctionCallInfo fcinfo)
{
	if (PG_NARGS() < 3)
		return JN_TALLY_GAPS;
	journey_check_given(fcinfo, 2, "gaps");
	return PG_GETARG_BOOL(2) ? JN_TALLY_GAPS : JN_TALLY_EDGES;
}

/* _event_counts_transfn(state, j): adds the events of a journey, or of a set. */
PG_FUNCTION_INFO_V1(journey_event_counts_transfn);
PG_FUNCTION_INFO_V1(journey_set_event_counts_transfn);

Datum
journey_event_counts_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_TALLY_EVENTS, false);
}

Datum
journey_set_event_counts_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_TALLY_EVENTS, true);
}

/* _edges_transfn(state, j [, gaps]): adds the transitions of a journey, or of a set. */
PG_FUNCTION_INFO_V1(journey_edges_transfn);
PG_FUNCTION_INFO_V1(journey_set_edges_transfn);

Datum
journey_edges_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, edges_kind(fcinfo), false);
}

Datum
journey_set_edges_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, edges_kind(fcinfo), true);
}

/* _population_combinefn(state, state): adds what the second has to the first. */
PG_FUNCTION_INFO_V1(journey_population_combinefn);

Datum
journey_population_combinefn(PG_FUNCTION_ARGS)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	StateObject *state = changeable_state(PG_GETARG_DATUM(0), aggcontext);
	JnTally		local;

	merge_tally(state, any_tally(PG_GETARG_DATUM(1), &local));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/*
 * Results
 */

/* Attributes of journey.edge, and of journey.event_count, in their order.  Append only. */
enum
{
	EDGE_FROM,
	EDGE_TO,
	EDGE_N,
	EDGE_SUBJECTS,
	EDGE_MEDIAN_GAP,
	EDGE_ATTRIBUTES
};

enum
{
	COUNT_EVENT,
	COUNT_N,
	COUNT_SUBJECTS,
	COUNT_ATTRIBUTES
};

/* The row type of the array that the function returns; blessed, lives with the function. */
static TupleDesc
element_desc(FunctionCallInfo fcinfo, int attributes)
{
	TupleDesc	desc = fcinfo->flinfo->fn_extra;

	if (desc == NULL)
	{
		Oid			element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		desc = lookup_rowtype_tupdesc_copy(element, -1);
		if (desc->natts != attributes)
			elog(ERROR, "type %s is not as expected", format_type_be(element));
		MemoryContextSwitchTo(old);
		fcinfo->flinfo->fn_extra = desc;
	}
	return desc;
}

static Datum
name_datum(JnName name)
{
	return PointerGetDatum(cstring_to_text_with_len(name.data, name.size));
}

static HeapTuple
count_tuple(TupleDesc desc, const JnTallyFacts *facts)
{
	Datum		values[COUNT_ATTRIBUTES];
	bool		nulls[COUNT_ATTRIBUTES] = {false};

	values[COUNT_EVENT] = name_datum(facts->event);
	values[COUNT_N] = Int64GetDatum((int64) facts->n);
	values[COUNT_SUBJECTS] = Int64GetDatum((int64) facts->subjects);
	return heap_form_tuple(desc, values, nulls);
}

static HeapTuple
edge_tuple(TupleDesc desc, const JnTallyFacts *facts, bool gaps)
{
	Datum		values[EDGE_ATTRIBUTES] = {0};
	bool		nulls[EDGE_ATTRIBUTES] = {false};

	values[EDGE_FROM] = name_datum(facts->event);
	values[EDGE_TO] = name_datum(facts->next);
	values[EDGE_N] = Int64GetDatum((int64) facts->n);
	values[EDGE_SUBJECTS] = Int64GetDatum((int64) facts->subjects);
	nulls[EDGE_MEDIAN_GAP] = !gaps;
	if (gaps)
	{
		/* only a gap of nearly all of the calendar gets here */
		if (facts->median_gap > (uint64) PG_INT64_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
					 errmsg("median gap is too long for an interval"),
					 errhint("Use edges_agg(j, false).")));
		values[EDGE_MEDIAN_GAP] = IntervalPGetDatum(journey_us_interval((int64) facts->median_gap));
	}
	return heap_form_tuple(desc, values, nulls);
}

/* The rows of the state of argument 0, of which there may be none, as an array. */
static Datum
rows_array(FunctionCallInfo fcinfo, bool edges)
{
	TupleDesc	desc = element_desc(fcinfo, edges ? EDGE_ATTRIBUTES : COUNT_ATTRIBUTES);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnTally		local;
	JnTally    *tally = any_tally(PG_GETARG_DATUM(0), &local);
	JnTallyRows rows;
	Datum	   *row;
	uint32		i;

	if (edges != (tally->kind != JN_TALLY_EVENTS))
		report_kinds();
	rows = jn_tally_rows(&env, tally);
	if (rows.rows == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(desc->tdtypeid));
	row = jn_alloc(&env, rows.rows * sizeof(Datum));
	for (i = 0; i < rows.rows; i++)
	{
		JnTallyFacts facts = jn_tally_facts(&env, tally, &rows, i);
		HeapTuple	tuple = edges ? edge_tuple(desc, &facts, tally->kind == JN_TALLY_GAPS)
		: count_tuple(desc, &facts);

		row[i] = HeapTupleGetDatum(tuple);
		CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(row, rows.rows, desc->tdtypeid, -1, false, TYPALIGN_DOUBLE));
}

/* _edges_finalfn(state): the transitions, by their names. */
PG_FUNCTION_INFO_V1(journey_edges_finalfn);

Datum
journey_edges_finalfn(PG_FUNCTION_ARGS)
{
	return rows_array(fcinfo, true);
}

/* _event_counts_finalfn(state): the events, by their names. */
PG_FUNCTION_INFO_V1(journey_event_counts_finalfn);

Datum
journey_event_counts_finalfn(PG_FUNCTION_ARGS)
{
	return rows_array(fcinfo, false);
}

/*
 * population_state: the bytes of core/population.h in a varlena.  Its text is
 * their hexadecimal digits, as those of a bytea: a state is for machines.
 */

/* Proves bytes and gives them as a state in the current memory context, or NULL with err filled. */
static bytea *
proven_state(const char *bytes, size_t size, JnError *err)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	bytea	   *result;

	if (jn_tally_read(&env, NULL, 0, (const uint8_t *) bytes, size, err) != JN_OK)
		return NULL;
	result = palloc(VARHDRSZ + size);
	SET_VARSIZE(result, VARHDRSZ + size);
	memcpy(VARDATA(result), bytes, size);
	return result;
}

PG_FUNCTION_INFO_V1(journey_population_state_in);

Datum
journey_population_state_in(PG_FUNCTION_ARGS)
{
	size_t		size;
	char	   *bytes = journey_hex_read(PG_GETARG_CSTRING(0), STATE_NAME, fcinfo->context, &size);
	JnError		err = {0};
	bytea	   *result;

	if (bytes == NULL)
		return (Datum) 0;
	result = proven_state(bytes, size, &err);
	if (result == NULL)
		return journey_report_soft(&err, STATE_NAME, fcinfo->context), (Datum) 0;
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(journey_population_state_out);

Datum
journey_population_state_out(PG_FUNCTION_ARGS)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_CSTRING(journey_hex_write(VARDATA_ANY(state), VARSIZE_ANY_EXHDR(state), STATE_NAME));
}

PG_FUNCTION_INFO_V1(journey_population_state_recv);

Datum
journey_population_state_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;
	JnError		err = {0};
	bytea	   *result = proven_state(pq_getmsgbytes(buf, size), size, &err);

	if (result == NULL)
		journey_report(&err, STATE_NAME);
	PG_RETURN_BYTEA_P(result);
}

PG_FUNCTION_INFO_V1(journey_population_state_send);

Datum
journey_population_state_send(PG_FUNCTION_ARGS)
{
	/* a plain copy that no longer depends on TOAST: what byteasend does */
	PG_RETURN_BYTEA_P(PG_GETARG_BYTEA_P_COPY(0));
}
