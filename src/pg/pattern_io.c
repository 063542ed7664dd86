/*
 * pattern_io.c
 *	  The type journey_pattern: input and output.
 *
 * A pattern is kept as its canonical text with a byte of version before it, so
 * two patterns are equal exactly if their bytes are.  It is read again and
 * made into an automaton once a call site: see journey_prepared_arg().
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/pattern/automaton.h"
#include "glue.h"
#include "pattern_value.h"

PG_FUNCTION_INFO_V1(journey_pattern_in);
PG_FUNCTION_INFO_V1(journey_pattern_out);
PG_FUNCTION_INFO_V1(journey_pattern_recv);
PG_FUNCTION_INFO_V1(journey_pattern_from_text);
PG_FUNCTION_INFO_V1(journey_pattern_to_text);
PG_FUNCTION_INFO_V1(journey_pattern_is_step);

void
journey_pattern_open(const struct varlena *value, JnPattern *pattern)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	const uint8_t *bytes = (const uint8_t *) VARDATA_ANY(value);
	size_t		size = VARSIZE_ANY_EXHDR(value);
	JnError		err;

	if (size < 1)
		jn_fail(&err, JN_BYTES_SHORT, 0, 0, 1);
	else if (bytes[0] != JN_PATTERN_VERSION)
		jn_fail(&err, JN_BYTES_VERSION, 0, bytes[0], JN_PATTERN_VERSION);
	else if (jn_pattern_read(&env, (const char *) bytes + 1, size - 1, pattern, &err) == JN_OK)
		return;
	journey_report(&err, PATTERN_NAME);
}

const JnAtom *
journey_pattern_step(const JnPattern *pattern, const char *argument)
{
	const JnAtom *atom = jn_pattern_atom(pattern);

	if (atom == NULL)
	{
		JnEnv		env = journey_env(CurrentMemoryContext);
		size_t		size = jn_pattern_write(&env, pattern, NULL);
		char	   *text = palloc(size + 1);

		jn_pattern_write(&env, pattern, text);
		text[size] = '\0';
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be single steps", argument),
				 errdetail("A pattern of several steps was given: %s.", text),
				 errhint("Write one step a pattern, as view, \"add to cart\", purchase@store, [cart, wishlist] or {value > 100}, and names with blanks in double quotes.")));
	}
	return atom;
}

/* The value of a pattern, in the current memory context. */
static Datum
make_value(const JnEnv *env, const JnPattern *pattern)
{
	size_t		size = VARHDRSZ + 1 + jn_pattern_write(env, pattern, NULL);
	struct varlena *v;
	JnError		err;

	if (size > MaxAllocSize)
	{
		jn_fail(&err, JN_TOO_LARGE, 0, (int64_t) size, MaxAllocSize);
		journey_report(&err, PATTERN_NAME);
	}
	v = palloc(size);
	SET_VARSIZE(v, size);
	*VARDATA(v) = JN_PATTERN_VERSION;
	jn_pattern_write(env, pattern, VARDATA(v) + 1);
	return PointerGetDatum(v);
}

/* Reads a text; 0 after a soft error. */
static Datum
read_text(const char *text, size_t size, Node *escontext)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work = AllocSetContextCreate(caller, "journey pattern input", ALLOCSET_SMALL_SIZES);
	JnEnv		env = journey_env(work);
	JnPattern	pattern;
	JnAutomaton automaton;
	JnError		err;
	Datum		result = (Datum) 0;
	bool		ok;

	/* a pattern whose automaton would be too large is refused here already */
	ok = jn_pattern_read(&env, text, size, &pattern, &err) == JN_OK
		&& jn_automaton_make(&env, &pattern, &automaton, &err) == JN_OK;
	if (ok)
		result = make_value(&env, &pattern);
	MemoryContextDelete(work);
	if (!ok)
		journey_report_soft(&err, PATTERN_NAME, escontext);
	return result;
}

Datum
journey_pattern_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Datum		result = read_text(text, strlen(text), fcinfo->context);

	if (result == (Datum) 0)
		PG_RETURN_NULL();
	return result;
}

Datum
journey_pattern_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	return read_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), NULL);
}

Datum
journey_pattern_out(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_CSTRING(pnstrdup(VARDATA_ANY(v) + 1, VARSIZE_ANY_EXHDR(v) - 1));
}

Datum
journey_pattern_to_text(PG_FUNCTION_ARGS)
{
	struct varlena *v = PG_GETARG_VARLENA_PP(0);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(VARDATA_ANY(v) + 1, VARSIZE_ANY_EXHDR(v) - 1));
}

Datum
journey_pattern_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;
	const char *bytes = pq_getmsgbytes(buf, size);
	JnEnv		env = journey_env(CurrentMemoryContext);
	struct varlena *v;
	JnPattern	pattern;
	JnAutomaton automaton;
	JnError		err;

	if (jn_pattern_validate(&env, (const uint8_t *) bytes, size, &pattern, &err) != JN_OK
		|| jn_automaton_make(&env, &pattern, &automaton, &err) != JN_OK)
		journey_report(&err, PATTERN_NAME);
	v = palloc(VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	memcpy(VARDATA(v), bytes, size);
	PG_RETURN_POINTER(v);
}

Datum
journey_pattern_is_step(PG_FUNCTION_ARGS)
{
	JnPattern	pattern;

	journey_pattern_open(PG_GETARG_VARLENA_PP(0), &pattern);
	PG_RETURN_BOOL(jn_pattern_atom(&pattern) != NULL);
}
