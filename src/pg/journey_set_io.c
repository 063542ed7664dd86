/*
 * journey_set_io.c
 *	  Text and binary input and output of sets of journeys, and their bytes as
 *	  bytea.
 *
 * Whatever comes in is proven in full here, so that nobody else has to.  Binary
 * output is byteasend: the binary form is the payload of the varlena.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/memutils.h"

#include "compat.h"
#include "core/set_text.h"
#include "glue.h"
#include "journey_set_value.h"

PG_FUNCTION_INFO_V1(journey_set_in);
PG_FUNCTION_INFO_V1(journey_set_out);
PG_FUNCTION_INFO_V1(journey_set_recv);
PG_FUNCTION_INFO_V1(journey_set_from_bytea);

/* Proves bytes from outside and gives them as a value. */
static Datum
receive(const char *data, size_t size)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	struct varlena *v;
	JnSet		s;
	JnError		err;

	if (size > JN_MAX_BYTES)
	{
		jn_fail(&err, JN_TOO_LARGE, 0, (int64_t) size, (int64_t) JN_MAX_BYTES);
		journey_report(&err, "journey_set");
	}
	if (jn_set_validate(&env, (const uint8_t *) data, size, &s, &err) != JN_OK)
		journey_report(&err, "journey_set");

	v = palloc(VARHDRSZ + size);
	SET_VARSIZE(v, VARHDRSZ + size);
	memcpy(VARDATA(v), data, size);
	return PointerGetDatum(v);
}

Datum
journey_set_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	JnSetBuild *build;
	JnError		err;
	Datum		result = (Datum) 0;
	bool		ok;

	work = AllocSetContextCreate(caller, "journey_set input", ALLOCSET_SMALL_SIZES);
	env = journey_env(work);
	ok = jn_set_text_read(&env, text, strlen(text), &build, &err) == JN_OK;
	if (ok)
		result = journey_set_finish(&env, build);
	MemoryContextDelete(work);

	if (!ok)
	{
		journey_report_soft(&err, "journey_set", fcinfo->context);
		PG_RETURN_NULL();
	}
	return result;
}

Datum
journey_set_out(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnSet		s;
	uint64		size;
	char	   *text;

	journey_set_open(PG_GETARG_DATUM(0), &s);
	size = jn_set_text_size(&env, &s);
	if (size >= MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text form of the journey_set is too large"),
				 errdetail("It would take %llu bytes; at most %llu are allowed.",
						   (unsigned long long) size, (unsigned long long) MaxAllocSize - 1),
				 errhint("Read it with journeys() or in binary form.")));
	text = palloc(size + 1);
	jn_set_text_write(&env, &s, text);
	text[size] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
journey_set_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			size = buf->len - buf->cursor;

	return receive(pq_getmsgbytes(buf, size), size);
}

Datum
journey_set_from_bytea(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	return receive(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
}
