/*
 * paths_agg.c
 *	  journey.paths_agg() and journey.path_variants_agg(): which ways lead from
 *	  a step, or to it, over whole populations.
 *
 * Both have states of one type, journey.paths_state (state_type.h), whose flat
 * bytes are those of core/paths.h.  A state holds its question, as those of
 * retention_agg.c do.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/paths.h"
#include "glue.h"
#include "journey_set_value.h"
#include "journey_value.h"
#include "pattern_value.h"
#include "row_array.h"
#include "state_type.h"

/* The noun for errors. */
#define STATE_NAME		"paths_state"

/* A paths_state while it accumulates. */
typedef struct StateObject
{
	ExpandedObjectHeader hdr;	/* eoh_context is shared */
	JnPaths		paths;			/* its memory is in eoh_context */
	uint8_t    *bytes;			/* from state_size() for state_write(), or NULL */
	size_t		size;
} StateObject;

/* What is kept in fn_extra: what was made of the arguments, or of a state's question. */
typedef struct Kept
{
	MemoryContext context;
	JnPathsLook *look;			/* NULL: none yet */
} Kept;

/*
 * Questions
 */

static Kept *
kept_in(FunctionCallInfo fcinfo)
{
	Kept	   *kept = fcinfo->flinfo->fn_extra;

	if (kept == NULL)
	{
		kept = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Kept));
		kept->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "journey question", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = kept;
	}
	return kept;
}

/* The look for a question: the one that is kept, if it is for this one. */
static JnPathsLook *
look_again(FunctionCallInfo fcinfo, const JnPathsAsk *ask)
{
	Kept	   *kept = kept_in(fcinfo);
	JnPathsLook *look;
	JnError		err = {0};
	JnEnv		env;

	if (kept->look != NULL && jn_paths_same(&kept->look->ask, ask))
		return kept->look;
	kept->look = NULL;
	MemoryContextReset(kept->context);
	env = journey_env(kept->context);
	look = jn_alloc(&env, sizeof(JnPathsLook));
	if (jn_paths_look_init(&env, look, ask, &err) == JN_ARGUMENT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("anchor must be a single step"),
				 errhint("Write an event, as view or, with its quotes, \"add to cart\", several as [view, cart], or . for any step.")));
	else if (err.status != JN_OK)
		journey_report(&err, PATTERN_NAME);
	kept->look = look;
	return look;
}

/* The look for the arguments: anchor, direction, depth, top [, collapse, every]. */
static JnPathsLook *
arguments_look(FunctionCallInfo fcinfo, JnPathsKind kind)
{
	JnPathsAsk	ask = {.kind = kind};
	struct varlena *anchor;
	text	   *direction;
	int32		number;

	journey_check_given(fcinfo, 2, "anchor");
	journey_check_given(fcinfo, 3, "direction");
	journey_check_given(fcinfo, 4, "depth");
	direction = PG_GETARG_TEXT_PP(3);
	if (journey_is_word(direction, "to"))
		ask.flags |= JN_PATHS_BACKWARD;
	else if (!journey_is_word(direction, "from"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown direction \"%s\"", text_to_cstring(direction)),
				 errhint("Use 'from' or 'to'.")));
	number = PG_GETARG_INT32(4);
	if (number < 1 || number > JN_MAX_DEPTH)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("depth must be between 1 and %d", JN_MAX_DEPTH)));
	ask.depth = (uint8_t) number;
	if (!PG_ARGISNULL(5))
	{
		number = PG_GETARG_INT32(5);
		if (number < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("top must be at least 1"),
					 errhint("Use NULL for all of them.")));
		ask.top = number;
	}
	if (PG_NARGS() > 6)
	{
		journey_check_given(fcinfo, 6, "collapse");
		journey_check_given(fcinfo, 7, "every");
		ask.flags |= PG_GETARG_BOOL(6) ? JN_PATHS_COLLAPSE : 0;
		ask.flags |= PG_GETARG_BOOL(7) ? 0 : JN_PATHS_FIRST;
	}

	/* the text stands behind the version */
	anchor = PG_GETARG_VARLENA_PP(2);
	ask.anchor = (JnName) {VARDATA_ANY(anchor) + 1, (uint32_t) VARSIZE_ANY_EXHDR(anchor) - 1};
	return look_again(fcinfo, &ask);
}

/*
 * States
 */

static JnStatus
state_size(const JnEnv *env, void *state, size_t *size, JnError *err)
{
	StateObject *object = state;

	if (object->bytes != NULL)
		jn_release(env, object->bytes);
	object->bytes = NULL;
	if (jn_paths_bytes(env, &object->paths, &object->bytes, &object->size, err) != JN_OK)
		return err->status;
	*size = object->size;
	return JN_OK;
}

static void
state_write(const JnEnv *env, void *state, uint8_t *out)
{
	StateObject *object = state;

	memcpy(out, object->bytes, object->size);
	jn_release(env, object->bytes);
	object->bytes = NULL;
}

static JnStatus
state_prove(const JnEnv *env, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_paths_read(env, NULL, 0, bytes, size, err);
}

static JnStatus
state_read(const JnEnv *env, void *state, const uint8_t *bytes, size_t size, JnError *err)
{
	return jn_paths_read(env, &((StateObject *) state)->paths, journey_salt(), bytes, size, err);
}

static void
state_start(const JnEnv *env, void *state, const void *like)
{
	jn_paths_init(env, &((StateObject *) state)->paths, &((const StateObject *) like)->paths.ask, journey_salt());
}

static void
state_merge(FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	JnPaths    *into = &((StateObject *) state)->paths;
	JnPaths    *other = &((StateObject *) from)->paths;
	JnError		err = {0};

	if (!jn_paths_same(&into->ask, &other->ask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the states are of different questions"),
				 errhint("Combine states of one aggregate with the same arguments.")));
	if (jn_paths_merge(env, into, look_again(fcinfo, &into->ask), other, &err) != JN_OK)
		journey_report(&err, STATE_NAME);
}

static const JourneyStateType state_type = {
	.name = STATE_NAME,
	.context = "journey paths states",
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

/* Adds the value of argument 1, a journey or a set, to the state of argument 0. */
static Datum
add_value(FunctionCallInfo fcinfo, JnPathsKind kind, bool is_set)
{
	MemoryContext aggcontext = journey_aggregate_context(fcinfo);
	JnPathsLook *look;
	StateObject *state = NULL;
	JnEnv		env;
	JnError		err = {0};
	JnStatus	status;

	if (!PG_ARGISNULL(0) && !PG_ARGISNULL(1))
		state = journey_state_changeable(&state_type, fcinfo, aggcontext);

	/* not before: a copy needs a look at its own question */
	look = arguments_look(fcinfo, kind);
	if (PG_ARGISNULL(1))
		return journey_state_same(fcinfo);
	if (state == NULL)
	{
		state = journey_state_new(&state_type, aggcontext);
		env = journey_env(state->hdr.eoh_context);
		jn_paths_init(&env, &state->paths, &look->ask, journey_salt());
	}
	else if (!jn_paths_same(&state->paths.ask, &look->ask))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments but the first must be the same on every row"),
				 errhint("Group by what they depend on, or ask for each with FILTER.")));
	env = journey_env(state->hdr.eoh_context);
	if (is_set)
	{
		JnSet		set;

		journey_set_open(PG_GETARG_DATUM(1), &set);
		status = jn_paths_set(&env, &state->paths, look, &set, &err);
	}
	else
	{
		JnJourney	j;

		journey_open(PG_GETARG_DATUM(1), &j);
		status = jn_paths_journey(&env, &state->paths, look, &j, &err);
	}
	if (status != JN_OK)
		journey_report(&err, STATE_NAME);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->hdr));
}

/* _paths_transfn(state, j, anchor, direction, depth, top [, collapse, every]) */
PG_FUNCTION_INFO_V1(journey_paths_transfn);
PG_FUNCTION_INFO_V1(journey_set_paths_transfn);
PG_FUNCTION_INFO_V1(journey_path_variants_transfn);
PG_FUNCTION_INFO_V1(journey_set_path_variants_transfn);

Datum
journey_paths_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_PATHS_EDGES, false);
}

Datum
journey_set_paths_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_PATHS_EDGES, true);
}

Datum
journey_path_variants_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_PATHS_WHOLE, false);
}

Datum
journey_set_path_variants_transfn(PG_FUNCTION_ARGS)
{
	return add_value(fcinfo, JN_PATHS_WHOLE, true);
}

/* _paths_combinefn(state, state): adds what the second has to the first. */
PG_FUNCTION_INFO_V1(journey_paths_combinefn);

Datum
journey_paths_combinefn(PG_FUNCTION_ARGS)
{
	return journey_state_combine(&state_type, fcinfo);
}

/*
 * Results
 */

/* Attributes of journey.path_edge, and of journey.path_variant, in their order.  Append only. */
enum
{
	EDGE_DEPTH,
	EDGE_SOURCE,
	EDGE_TARGET,
	EDGE_N,
	EDGE_SUBJECTS,
	EDGE_ATTRIBUTES
};

enum
{
	VARIANT_PATH,
	VARIANT_STEPS,
	VARIANT_N,
	VARIANT_SUBJECTS,
	VARIANT_ATTRIBUTES
};

static void
add_edge(RowArray *rows, const JnPaths *paths, const JnPathsFacts *facts)
{
	Datum		values[EDGE_ATTRIBUTES] = {0};
	bool		nulls[EDGE_ATTRIBUTES] = {false};
	bool		backward = paths->ask.flags & JN_PATHS_BACKWARD;
	int			near = backward ? EDGE_TARGET : EDGE_SOURCE;
	int			far = backward ? EDGE_SOURCE : EDGE_TARGET;

	values[EDGE_DEPTH] = Int32GetDatum((int32) facts->distance);
	values[near] = journey_name_text(paths->names.name[facts->near]);
	nulls[far] = facts->far == JN_PATHS_NOTHING;
	if (!nulls[far])
		values[far] = journey_name_text(paths->names.name[facts->far]);
	values[EDGE_N] = Int64GetDatum((int64) facts->n);
	values[EDGE_SUBJECTS] = Int64GetDatum((int64) facts->subjects);
	journey_rows_add(rows, values, nulls);
}

static void
add_variant(RowArray *rows, const JnPaths *paths, uint32 row, const JnPathsFacts *facts)
{
	Datum		values[VARIANT_ATTRIBUTES] = {0};
	bool		nulls[VARIANT_ATTRIBUTES] = {false};
	JnName		name[JN_MAX_DEPTH + 1];
	Datum		step[JN_MAX_DEPTH + 1];
	size_t		size;
	text	   *path;

	jn_paths_steps(paths, row, facts->length, name);
	for (uint32 i = 0; i < facts->length; i++)
		step[i] = journey_name_text(name[i]);
	size = jn_paths_text(name, facts->length, NULL);
	path = palloc(VARHDRSZ + size);
	SET_VARSIZE(path, VARHDRSZ + size);
	jn_paths_text(name, facts->length, VARDATA(path));
	values[VARIANT_PATH] = PointerGetDatum(path);
	values[VARIANT_STEPS] = PointerGetDatum(construct_array(step, facts->length, TEXTOID, -1, false, TYPALIGN_INT));
	values[VARIANT_N] = Int64GetDatum((int64) facts->n);
	values[VARIANT_SUBJECTS] = Int64GetDatum((int64) facts->subjects);
	journey_rows_add(rows, values, nulls);
}

/* The rows of the state of argument 0 as an array. */
static Datum
rows_array(FunctionCallInfo fcinfo, JnPathsKind kind)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	StateObject *state = journey_state_open(&state_type, PG_GETARG_DATUM(0));
	JnPaths    *paths = &state->paths;
	RowArray	rows;
	JnError		err = {0};
	uint32	   *row;
	uint32		n;

	if (paths->ask.kind != kind)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state is of another aggregate")));
	if (paths->whole.subjects > 0)
	{
		/* the state itself has to stay as it is */
		state = journey_state_copy(&state_type, fcinfo, state);
		paths = &state->paths;
		if (jn_paths_finish(&env, paths, look_again(fcinfo, &paths->ask), &err) != JN_OK)
			journey_report(&err, STATE_NAME);
	}
	rows = journey_rows_begin(fcinfo, kind == JN_PATHS_EDGES ? EDGE_ATTRIBUTES : VARIANT_ATTRIBUTES);
	row = jn_paths_top(&env, paths, &n);
	for (uint32 i = 0; i < n; i++)
	{
		JnPathsFacts facts = jn_paths_facts(paths, row[i]);

		if (kind == JN_PATHS_EDGES)
			add_edge(&rows, paths, &facts);
		else
			add_variant(&rows, paths, row[i], &facts);
	}
	return journey_rows_end(&rows);
}

/* _paths_finalfn(state), _path_variants_finalfn(state): the rows, most frequent first. */
PG_FUNCTION_INFO_V1(journey_paths_finalfn);
PG_FUNCTION_INFO_V1(journey_path_variants_finalfn);

Datum
journey_paths_finalfn(PG_FUNCTION_ARGS)
{
	return rows_array(fcinfo, JN_PATHS_EDGES);
}

Datum
journey_path_variants_finalfn(PG_FUNCTION_ARGS)
{
	return rows_array(fcinfo, JN_PATHS_WHOLE);
}

PG_FUNCTION_INFO_V1(journey_paths_state_in);

Datum
journey_paths_state_in(PG_FUNCTION_ARGS)
{
	return journey_state_in(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_paths_state_out);

Datum
journey_paths_state_out(PG_FUNCTION_ARGS)
{
	return journey_state_out(&state_type, fcinfo);
}

PG_FUNCTION_INFO_V1(journey_paths_state_recv);

Datum
journey_paths_state_recv(PG_FUNCTION_ARGS)
{
	return journey_state_recv(&state_type, fcinfo);
}
