/*
 * state_type.c
 *	  What the types of aggregate states have in common.
 *
 * The executor keeps a read-write expanded object as it is if the object's
 * context is a child of the aggregate's.  A context for each object, as is the
 * custom, would be a trap: hash aggregation asks for the memory of all
 * children whenever a new group comes, so a hundred thousand groups would take
 * ten thousand million steps.  All groups of an aggregate context share one
 * child here.  It is safe because nobody but the functions of its aggregates
 * ever holds a read-write pointer to a state, and they never delete or move
 * one: the context goes when the aggregate's is reset.
 */
#include "postgres.h"

#include "common/pg_prng.h"
#include "libpq/pqformat.h"
#include "nodes/memnodes.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "glue.h"
#include "state_type.h"

/* Largest block of states: whatever is allocated counts against hash_mem, used or not. */
#define STATE_BLOCK_MAX	(256 * 1024)

/* The context of all states of a type in an aggregate's: made with the first of them, and then its youngest child. */
static MemoryContext
state_context(const JourneyStateType *type, MemoryContext aggcontext)
{
	MemoryContext child = aggcontext->firstchild;

	if (child != NULL && strcmp(child->name, type->context) == 0)
		return child;
	/* the macro without "Internal" wants to see that the name is a constant; it is one */
	return AllocSetContextCreateInternal(aggcontext, type->context,
										 ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE, STATE_BLOCK_MAX);
}

static void *
new_in(const JourneyStateType *type, MemoryContext context)
{
	ExpandedObjectHeader *state = MemoryContextAllocZero(context, type->object_size);

	EOH_init_header(state, &type->methods, context);
	return state;
}

void *
journey_state_new(const JourneyStateType *type, MemoryContext aggcontext)
{
	return new_in(type, state_context(type, aggcontext));
}

void *
journey_state_expanded(const JourneyStateType *type, Datum datum)
{
	ExpandedObjectHeader *state;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
		return NULL;
	state = DatumGetEOHP(datum);
	if (state->eoh_methods != &type->methods)
		elog(ERROR, "expanded object is no %s", type->name);
	return state;
}

/* The type of an object: its methods stand in there. */
static const JourneyStateType *
type_of(const ExpandedObjectHeader *state)
{
	return (const JourneyStateType *) ((const char *) state->eoh_methods - offsetof(JourneyStateType, methods));
}

Size
journey_state_flat_size(ExpandedObjectHeader *state)
{
	const JourneyStateType *type = type_of(state);
	JnEnv		env = journey_env(state->eoh_context);
	JnError		err = {0};
	size_t		size;

	if (type->size(&env, state, &size, &err) != JN_OK)
		journey_report(&err, type->name);
	return VARHDRSZ + size;
}

void
journey_state_flatten(ExpandedObjectHeader *state, void *result, Size allocated_size)
{
	JnEnv		env = journey_env(state->eoh_context);

	SET_VARSIZE(result, allocated_size);
	type_of(state)->write(&env, state, (uint8_t *) VARDATA(result));
}

static void
read_flat(const JourneyStateType *type, const JnEnv *env, void *state, Datum datum)
{
	bytea	   *flat = DatumGetByteaPP(datum);
	JnError		err = {0};

	if (type->read(env, state, (uint8_t *) VARDATA_ANY(flat), VARSIZE_ANY_EXHDR(flat), &err) != JN_OK)
		journey_report(&err, type->name);
}

void *
journey_state_open(const JourneyStateType *type, Datum datum)
{
	void	   *state = journey_state_expanded(type, datum);

	if (state == NULL)
	{
		JnEnv		env = journey_env(CurrentMemoryContext);

		state = new_in(type, CurrentMemoryContext);
		read_flat(type, &env, state, datum);
	}
	return state;
}

/* Makes a new object a copy of another one. */
static void
copy_object(const JourneyStateType *type, FunctionCallInfo fcinfo, const JnEnv *env, void *state, void *from)
{
	if (type->start != NULL)
		type->start(env, state, from);
	type->merge(fcinfo, env, state, from);
}

void *
journey_state_copy(const JourneyStateType *type, FunctionCallInfo fcinfo, void *from)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	void	   *state = new_in(type, CurrentMemoryContext);

	copy_object(type, fcinfo, &env, state, from);
	return state;
}

void *
journey_state_changeable(const JourneyStateType *type, FunctionCallInfo fcinfo, MemoryContext aggcontext)
{
	Datum		datum = PG_GETARG_DATUM(0);
	void	   *from = journey_state_expanded(type, datum);
	ExpandedObjectHeader *state;
	JnEnv		env;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return from;
	state = journey_state_new(type, aggcontext);
	env = journey_env(state->eoh_context);
	if (from == NULL)
		read_flat(type, &env, state, datum);
	else
		copy_object(type, fcinfo, &env, state, from);
	return state;
}

Datum
journey_state_same(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

Datum
journey_state_combine(const JourneyStateType *type, FunctionCallInfo fcinfo)
{
	ExpandedObjectHeader *state = journey_state_changeable(type, fcinfo, journey_aggregate_context(fcinfo));
	Datum		other = PG_GETARG_DATUM(1);
	JnEnv		env = journey_env(state->eoh_context);

	if (type->adds && !VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(other)))
		read_flat(type, &env, state, other);
	else
		type->merge(fcinfo, &env, state, journey_state_open(type, other));
	PG_RETURN_DATUM(EOHPGetRWDatum(state));
}

uint64
journey_salt(void)
{
	return pg_prng_uint64(&pg_global_prng_state);
}

/* The value of a hexadecimal digit, or -1. */
static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of a text, *size of them; or escontext filled, and NULL. */
static char *
read_hex(const JourneyStateType *type, const char *text, Node *escontext, size_t *size)
{
	size_t		length = strlen(text);
	char	   *bytes = palloc(length / 2 + 1);
	size_t		i;

	for (i = 2; i + 1 < length && digit_value(text[i]) >= 0 && digit_value(text[i + 1]) >= 0; i += 2)
		bytes[i / 2 - 1] = (char) (digit_value(text[i]) << 4 | digit_value(text[i + 1]));
	if (i != length || text[0] != '\\' || text[1] != 'x')
	{
		errsave(escontext,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", type->name),
				 errdetail("The text is \\x and an even number of hexadecimal digits.")));
		return NULL;
	}
	*size = length / 2 - 1;
	return bytes;
}

/* Proves bytes and gives them as a value in the current memory context; or escontext filled, and 0. */
static Datum
proven_value(const JourneyStateType *type, const char *bytes, size_t size, Node *escontext)
{
	MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "journey state proof", ALLOCSET_SMALL_SIZES);
	JnEnv		env = journey_env(work);
	JnError		err = {0};
	JnStatus	status;
	bytea	   *value;

	if (type->prove != NULL)
		status = type->prove(&env, (const uint8_t *) bytes, size, &err);
	else
		status = type->read(&env, new_in(type, work), (const uint8_t *) bytes, size, &err);
	MemoryContextDelete(work);
	if (status != JN_OK)
		return journey_report_soft(&err, type->name, escontext), (Datum) 0;
	value = palloc(VARHDRSZ + size);
	SET_VARSIZE(value, VARHDRSZ + size);
	memcpy(VARDATA(value), bytes, size);
	PG_RETURN_BYTEA_P(value);
}

Datum
journey_state_in(const JourneyStateType *type, FunctionCallInfo fcinfo)
{
	size_t		size;
	char	   *bytes = read_hex(type, PG_GETARG_CSTRING(0), fcinfo->context, &size);

	if (bytes == NULL)
		return (Datum) 0;
	return proven_value(type, bytes, size, fcinfo->context);
}

Datum
journey_state_out(const JourneyStateType *type, FunctionCallInfo fcinfo)
{
	bytea	   *state = PG_GETARG_BYTEA_PP(0);
	size_t		size = VARSIZE_ANY_EXHDR(state);
	char	   *result;

	if (2 * size + 3 > MaxAllocSize)
	{
		JnError		err;

		jn_fail(&err, JN_TOO_LARGE, 0, (int64) (2 * size + 3), MaxAllocSize);
		journey_report(&err, type->name);
	}
	result = palloc(2 * size + 3);
	result[0] = '\\';
	result[1] = 'x';
	result[2 + hex_encode(VARDATA_ANY(state), size, result + 2)] = '\0';
	PG_RETURN_CSTRING(result);
}

Datum
journey_state_recv(const JourneyStateType *type, FunctionCallInfo fcinfo)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;

	return proven_value(type, pq_getmsgbytes(buf, size), size, NULL);
}
