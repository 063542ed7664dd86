/*
 * journey_cmp.c
 *	  Order and hashes of journeys, for operators and their classes.
 *
 * A journey has one form of bytes, so the server's comparison of bytes serves
 * for equality.  The order is that of arrays of (time, event): see
 * jn_journey_compare().
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "core/journey.h"
#include "glue.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_lt);
PG_FUNCTION_INFO_V1(journey_le);
PG_FUNCTION_INFO_V1(journey_gt);
PG_FUNCTION_INFO_V1(journey_ge);
PG_FUNCTION_INFO_V1(journey_cmp);
PG_FUNCTION_INFO_V1(journey_hash);
PG_FUNCTION_INFO_V1(journey_hash_extended);

static int
values_compare(Datum a, Datum b)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnJourney	ja;
	JnJourney	jb;
	struct varlena *va = journey_open(a, &ja);
	struct varlena *vb = journey_open(b, &jb);
	int			result = jn_journey_compare(&env, &ja, &jb);

	journey_close(a, va);
	journey_close(b, vb);
	return result;
}

static uint64
value_hash(Datum value, uint64 seed)
{
	JnJourney	j;
	struct varlena *v = journey_open(value, &j);
	uint64		result = jn_journey_hash(&j, seed);

	journey_close(value, v);
	return result;
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
