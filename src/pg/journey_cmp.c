/*
 * journey_cmp.c
 *	  Order, equality and hashes of journeys, for operators and their classes.
 *
 * A journey has one form of bytes, so equality needs no decoding, and sizes
 * that differ need no fetching.  The order is that of arrays of (time, event):
 * see jn_journey_compare().
 */
#include "postgres.h"

#include "access/detoast.h"
#include "fmgr.h"

#include "compat.h"
#include "core/journey.h"
#include "glue.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_eq);
PG_FUNCTION_INFO_V1(journey_ne);
PG_FUNCTION_INFO_V1(journey_lt);
PG_FUNCTION_INFO_V1(journey_le);
PG_FUNCTION_INFO_V1(journey_gt);
PG_FUNCTION_INFO_V1(journey_ge);
PG_FUNCTION_INFO_V1(journey_cmp);
PG_FUNCTION_INFO_V1(journey_hash);
PG_FUNCTION_INFO_V1(journey_hash_extended);

/* Frees what journey_open() fetched: index code calls us in long-lived memory. */
static void
close_value(Datum value, struct varlena *opened)
{
	if ((Pointer) opened != DatumGetPointer(value))
		pfree(opened);
}

static bool
values_equal(Datum a, Datum b)
{
	struct varlena *va;
	struct varlena *vb;
	bool		result;

	if (toast_raw_datum_size(a) != toast_raw_datum_size(b))
		return false;
	va = PG_DETOAST_DATUM_PACKED(a);
	vb = PG_DETOAST_DATUM_PACKED(b);
	result = memcmp(VARDATA_ANY(va), VARDATA_ANY(vb), VARSIZE_ANY_EXHDR(va)) == 0;
	close_value(a, va);
	close_value(b, vb);
	return result;
}

static int
values_compare(Datum a, Datum b)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	ja;
	JnJourney	jb;
	struct varlena *va = journey_open(a, &ja);
	struct varlena *vb = journey_open(b, &jb);
	int			result = jn_journey_compare(&env, &ja, &jb);

	close_value(a, va);
	close_value(b, vb);
	return result;
}

static uint64
value_hash(Datum value, uint64 seed)
{
	JnJourney	j;
	struct varlena *v = journey_open(value, &j);
	uint64		result = jn_journey_hash(&j, seed);

	close_value(value, v);
	return result;
}

Datum
journey_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_equal(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

Datum
journey_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!values_equal(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

Datum
journey_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) < 0);
}

Datum
journey_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) <= 0);
}

Datum
journey_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) > 0);
}

Datum
journey_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) >= 0);
}

Datum
journey_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/* The server expects the 32-bit hash to be the low half of the 64-bit one at seed 0. */
Datum
journey_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (uint32) value_hash(PG_GETARG_DATUM(0), 0));
}

Datum
journey_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) value_hash(PG_GETARG_DATUM(0), (uint64) PG_GETARG_INT64(1)));
}
