/*
 * population_agg.c
 *	  journey.edges_agg() and journey.event_counts_agg(): whole populations
 *	  added up without making rows of their steps.
 *
 * Both have states of one type, journey.population_state (state_type.h), whose
 * flat bytes are those of core/population.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/expandeddatum.h"

#include "compat.h"
#include "core/population.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "row_array.h"
#include "state_type.h"

/* The noun for errors. */
#define STATE_NAME		"population_state"

/* A population_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnTally		tally;			/* its memory is in eoh_context */
	JnTallyRows rows;			/* from state_size() for state_write() */
	bool		has_rows;
} StateObject;

static void
forget_rows(const JnEnv *env, StateObject *state)
{
	if (state->has_rows)
		jn_tally_rows_free(env, &state->rows);
	state->has_rows = false;
}

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	StateObject *object = state;

	forget_rows(env, object);
	object->rows = jn_tally_rows(env, &object->tally);
	object->has_rows = true;
	return jn_tally_size(env, &object->tally, &object->rows, size, err);
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	StateObject *object = state;

	jn_tally_write(env, &object->tally, &object->rows, out);
	forget_rows(env, object);
}

static JnStatus
state_prove(const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_tally_read(env, NULL, 0, bytes, size, err);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_tally_read(env, &((StateObject *) state)->tally, journey_salt(), bytes, size, err);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	jn_tally_init(env, &((StateObject *) state)->tally, ((const StateObject *) like)->tally.kind, journey_salt());
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
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnTally    *tally = &((StateObject *) state)->tally;
	JnTally    *other = &((StateObject *) from)->tally;
	JnError		err = {0};

	if (other->kind != tally->kind)
		report_kinds();
	if (jn_tally_merge(env, tally, other, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey population states",
	.object_size = sizeof(StateObject),
	.methods = JOURNEY_STATE_METHODS,
	.size = state_size,
	.write = state_write,
	.prove = state_prove,
	.read = state_read,
	.start = state_start,
	.merge = state_merge,
};

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
		state = journey_state_changeable(&state_type, fcinfo, aggcontext);
		if (state->tally.kind != kind)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("gaps must be the same on every row"),
					 errhint("Write edges_agg(j, false) or edges_agg(j).")));
		return state;
	}
	state = journey_state_new(&state_type, aggcontext);
	env = journey_env(state->hdr.eoh_context);
	jn_tally_init(&env, &state->tally, kind, journey_salt());
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
		return journey_state_same(fcinfo);
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
	return journey_state_combine(&state_type, fcinfo);
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

static void
add_count(RowArray *array, const JnTallyFacts *facts)
{
	Datum		values[COUNT_ATTRIBUTES];
	bool		nulls[COUNT_ATTRIBUTES] = {false};

	values[COUNT_EVENT] = journey_name_text(facts->event);
	values[COUNT_N] = Int64GetDatum((int64) facts->n);
	values[COUNT_SUBJECTS] = Int64GetDatum((int64) facts->subjects);
	journey_rows_add(array, values, nulls);
}

static void
add_edge(RowArray *array, const JnTallyFacts *facts, bool gaps)
{
	Datum		values[EDGE_ATTRIBUTES] = {0};
	bool		nulls[EDGE_ATTRIBUTES] = {false};

	values[EDGE_FROM] = journey_name_text(facts->event);
	values[EDGE_TO] = journey_name_text(facts->next);
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
	journey_rows_add(array, values, nulls);
}

/* The rows of the state of argument 0, of which there may be none, as an array. */
static Datum
rows_array(FunctionCallInfo fcinfo, bool edges)
{
	RowArray	array = journey_rows_begin(fcinfo, edges ? EDGE_ATTRIBUTES : COUNT_ATTRIBUTES);
	JnEnv		env = journey_env(CurrentMemoryContext);
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	JnTally    *tally = &state->tally;
	JnTallyRows rows;

	if (edges != (tally->kind != JN_TALLY_EVENTS))
		report_kinds();
	rows = jn_tally_rows(&env, tally);
	for (uint32 i = 0; i < rows.rows; i++)
	{
		JnTallyFacts facts = jn_tally_facts(&env, tally, &rows, i);

		if (edges)
			add_edge(&array, &facts, tally->kind == JN_TALLY_GAPS);
		else
			add_count(&array, &facts);
	}
	return journey_rows_end(&array);
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

PG_FUNCTION_INFO_V1(journey_population_state_in);

Datum
journey_population_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_population_state_out);

Datum
journey_population_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_population_state_recv);

Datum
journey_population_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
