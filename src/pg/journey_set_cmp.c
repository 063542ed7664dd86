/*
 * journey_set_cmp.c
 *	  Order and hashes of sets of journeys, for operators and their classes.
 *
 * A set has one form of bytes, so the server's comparison of bytes serves for
 * equality.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "core/set.h"
#include "glue.h"
#include "journey_set_value.h"

PG_FUNCTION_INFO_V1(journey_set_lt);
PG_FUNCTION_INFO_V1(journey_set_le);
PG_FUNCTION_INFO_V1(journey_set_gt);
PG_FUNCTION_INFO_V1(journey_set_ge);
PG_FUNCTION_INFO_V1(journey_set_cmp);
PG_FUNCTION_INFO_V1(journey_set_hash);
PG_FUNCTION_INFO_V1(journey_set_hash_extended);

static int
values_compare(Datum a, Datum b)
{
	JnSet		sa;
	JnSet		sb;
	struct varlena *va = journey_set_open(a, &sa);
	struct varlena *vb = journey_set_open(b, &sb);
	int			result = jn_set_compare(&sa, &sb);

	journey_close(a, va);
	journey_close(b, vb);
	return result;
}

static uint64
value_hash(Datum value, uint64 seed)
{
	JnSet		s;
	struct varlena *v = journey_set_open(value, &s);
	uint64		result = jn_set_hash(&s, seed);

	journey_close(value, v);
	return result;
}

Datum
journey_set_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) < 0);
}

Datum
journey_set_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) <= 0);
}

Datum
journey_set_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) > 0);
}

Datum
journey_set_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)) >= 0);
}

Datum
journey_set_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(values_compare(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)));
}

/* The server expects the 32-bit hash to be the low half of the 64-bit one at seed 0. */
Datum
journey_set_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (uint32) value_hash(PG_GETARG_DATUM(0), 0));
}

Datum
journey_set_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) value_hash(PG_GETARG_DATUM(0), (uint64) PG_GETARG_INT64(1)));
}
