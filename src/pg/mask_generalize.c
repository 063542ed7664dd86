/*
 * mask_generalize.c
 *	  Coarser values: numbers, dates and times by the start of their bucket,
 *	  ranges widened to whole buckets, networks, the beginning of a text.
 *
 * A range is shown from the start of the bucket of its lower bound to the end
 * of that of its upper bound, which is left out: so it contains the raw one.
 * An empty range, or a missing one, is shown as the whole line.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>
#include <sys/socket.h>

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/inet.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "compat.h"
#include "core/generalize.h"
#include "core/mask.h"
#include "masks.h"
#include "numeric_bounds.h"

/* Buckets of one type; the fields that its kind of value needs. */
typedef struct Buckets
{
	Oid			type;
	int64		step;			/* integers */
	double		step_double;	/* floats */
	Numeric		step_numeric;	/* numeric */
	JourneyNumericBounds bounds;
	JnTimeUnit	unit;			/* dates and times */
} Buckets;

/* Is this a value at all, or one of the ends of the type? */
static bool
is_finite(Oid type, Datum value)
{
	switch (type)
	{
		case FLOAT4OID:
			return isfinite(DatumGetFloat4(value));
		case FLOAT8OID:
			return isfinite(DatumGetFloat8(value));
		case NUMERICOID:
			return !numeric_is_nan(DatumGetNumeric(value)) && !numeric_is_inf(DatumGetNumeric(value));
		case DATEOID:
			return !DATE_NOT_FINITE(DatumGetDateADT(value));
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return !TIMESTAMP_NOT_FINITE(DatumGetTimestamp(value));
	}
	return true;
}

/* The multiple of the step that is not above x, with as many digits as the step. */
static Numeric
numeric_start(const Buckets *buckets, Numeric x)
{
	/* not rounded yet, or what is near the next multiple would be counted to it */
	Datum		value = NumericGetDatum(journey_numeric_clamp(&buckets->bounds, x));
	Datum		step = NumericGetDatum(buckets->step_numeric);
	Datum		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	Datum		above = DirectFunctionCall2(numeric_mod, value, step);

	if (DatumGetBool(DirectFunctionCall2(numeric_lt, above, zero)))
		above = DirectFunctionCall2(numeric_add, above, step);
	return journey_numeric_within(&buckets->bounds, DatumGetNumeric(DirectFunctionCall2(numeric_sub, value, above)));
}

/* The start of the bucket of a finite value. */
static Datum
bucket_start(const Buckets *buckets, Datum value)
{
	switch (buckets->type)
	{
		case INT2OID:
			return Int16GetDatum((int16) jn_floor_multiple(DatumGetInt16(value), buckets->step, PG_INT16_MIN));
		case INT4OID:
			return Int32GetDatum((int32) jn_floor_multiple(DatumGetInt32(value), buckets->step, PG_INT32_MIN));
		case INT8OID:
			return Int64GetDatum(jn_floor_multiple(DatumGetInt64(value), buckets->step, PG_INT64_MIN));
		case FLOAT4OID:
			return Float4GetDatum((float4) Max(jn_floor_multiple_double(DatumGetFloat4(value), buckets->step_double), -FLT_MAX));
		case FLOAT8OID:
			return Float8GetDatum(jn_floor_multiple_double(DatumGetFloat8(value), buckets->step_double));
		case NUMERICOID:
			return NumericGetDatum(numeric_start(buckets, DatumGetNumeric(value)));
		case DATEOID:
			return DateADTGetDatum((DateADT) Max(jn_floor_days(DatumGetDateADT(value), buckets->unit),
												 DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE));
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return TimestampGetDatum(jn_floor_time(DatumGetTimestamp(value), buckets->unit));
	}
	Assert(false);
	return (Datum) 0;
}

/* Where the next bucket starts; false if there is no such value. */
static bool
bucket_end(const Buckets *buckets, Datum value, Datum *end)
{
	int64		days;
	int64		time;
	int64		least;

	switch (buckets->type)
	{
		case INT4OID:
			time = jn_floor_multiple(DatumGetInt32(value), buckets->step, PG_INT64_MIN) + buckets->step;
			*end = Int32GetDatum((int32) time);
			return time <= PG_INT32_MAX;
		case INT8OID:
			least = jn_floor_multiple(DatumGetInt64(value), buckets->step, PG_INT64_MIN);
			if (least > PG_INT64_MAX - buckets->step)
				return false;
			*end = Int64GetDatum(least + buckets->step);
			return true;
		case NUMERICOID:
			*end = DirectFunctionCall2(numeric_add, NumericGetDatum(numeric_start(buckets, DatumGetNumeric(value))),
									   NumericGetDatum(buckets->step_numeric));
			return true;
		case DATEOID:
			days = jn_next_days(DatumGetDateADT(value), buckets->unit);
			*end = DateADTGetDatum((DateADT) days);
			return days < DATE_END_JULIAN - POSTGRES_EPOCH_JDATE;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			time = jn_next_time(DatumGetTimestamp(value), buckets->unit);
			*end = TimestampGetDatum(time);
			return time < END_TIMESTAMP;
	}
	return false;
}

static Datum
show_start(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const Buckets *buckets = mask->state;

	if (!cell->isnull && is_finite(buckets->type, cell->raw))
		return bucket_start(buckets, cell->raw);
	/* zero, and 2000-01-01, which is zero too */
	if (buckets->type == NUMERICOID)
		return bucket_start(buckets, DirectFunctionCall1(int4_numeric, Int32GetDatum(0)));
	if (buckets->type == FLOAT8OID)
		return bucket_start(buckets, Float8GetDatum(0));
	if (buckets->type == FLOAT4OID)
		return bucket_start(buckets, Float4GetDatum(0));
	return bucket_start(buckets, buckets->type == INT2OID || buckets->type == INT4OID || buckets->type == DATEOID ?
						Int32GetDatum(0) : Int64GetDatum(0));
}

static bool
open_buckets(Buckets *buckets, Oid type, int32 typmod, const JourneyOptions *options)
{
	char	   *unit;
	Numeric		step;

	buckets->type = type;
	switch (type)
	{
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			unit = journey_option_text(options, "unit");
			buckets->unit = unit != NULL ? jn_time_unit(unit) : JN_TIME_UNITS;
			return buckets->unit < JN_TIME_UNITS && (type != DATEOID || buckets->unit >= JN_UNIT_WEEK);
		case INT2OID:
		case INT4OID:
		case INT8OID:
			if (!journey_option_number(options, "step", &step))
				return false;
			buckets->step = DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(step)));
			return buckets->step > 0;
		case FLOAT4OID:
		case FLOAT8OID:
			if (!journey_option_number(options, "step", &step))
				return false;
			buckets->step_double = DatumGetFloat8(DirectFunctionCall1(numeric_float8, NumericGetDatum(step)));
			return buckets->step_double > 0;
		case NUMERICOID:
			if (!journey_option_number(options, "step", &buckets->step_numeric))
				return false;
			journey_numeric_bounds(&buckets->bounds, typmod, buckets->step_numeric);
			return true;
	}
	return false;
}

/* ----- ranges ----- */

typedef struct Ranges
{
	Buckets		buckets;
	TypeCacheEntry *type;
} Ranges;

static Datum
show_range(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Ranges	   *ranges = mask->state;
	RangeBound	lower = {.infinite = true,.lower = true};
	RangeBound	upper = {.infinite = true};
	bool		empty = true;

	if (!cell->isnull)
		range_deserialize(ranges->type, DatumGetRangeTypeP(cell->raw), &lower, &upper, &empty);
	if (empty)
		lower.infinite = upper.infinite = true;

	if (!lower.infinite && !is_finite(ranges->buckets.type, lower.val))
		lower.infinite = true;
	if (!upper.infinite && !is_finite(ranges->buckets.type, upper.val))
		upper.infinite = true;
	if (!lower.infinite)
		lower.val = bucket_start(&ranges->buckets, lower.val);
	if (!upper.infinite)
	{
		Datum		start = bucket_start(&ranges->buckets, upper.val);

		/* an end that is left out anyway, and where a bucket begins, stays */
		if (upper.inclusive ||
			DatumGetInt32(FunctionCall2Coll(&ranges->type->rng_cmp_proc_finfo, ranges->type->rng_collation,
											start, upper.val)) != 0)
			upper.infinite = !bucket_end(&ranges->buckets, upper.val, &upper.val);
	}
	lower.inclusive = !lower.infinite;
	upper.inclusive = false;
	return RangeTypePGetDatum(make_range(ranges->type, &lower, &upper, false, NULL));
}

static bool
open_range(JourneyMask *mask, const JourneyOptions *options)
{
	Ranges	   *ranges = palloc0(sizeof(Ranges));

	ranges->type = lookup_type_cache(mask->base, TYPECACHE_RANGE_INFO);
	mask->state = ranges;
	return ranges->type->rngelemtype != NULL &&
		ranges->type->rngelemtype->type_id < FirstNormalObjectId && mask->base < FirstNormalObjectId &&
		open_buckets(&ranges->buckets, ranges->type->rngelemtype->type_id, -1, options);
}

/* ----- networks ----- */

typedef struct Networks
{
	int32		bits;
	int32		bits6;
} Networks;

static Datum
show_network(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const Networks *networks = mask->state;
	inet	   *result = palloc0(sizeof(inet));
	int			keep;

	if (cell->isnull)
		ip_family(result) = PGSQL_AF_INET;
	else
	{
		inet	   *raw = DatumGetInetPP(cell->raw);

		memcpy(VARDATA(result), VARDATA_ANY(raw), VARSIZE_ANY_EXHDR(raw));
	}
	keep = ip_family(result) == PGSQL_AF_INET ? networks->bits : networks->bits6;
	if (cell->isnull || ip_bits(result) > keep)
		ip_bits(result) = (unsigned char) keep;
	jn_keep_bits(ip_addr(result), ip_addrsize(result), ip_bits(result));
	SET_INET_VARSIZE(result);
	return InetPGetDatum(result);
}

/* ----- the beginning of a text ----- */

static Datum
show_beginning(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	const int32 *keep = mask->state;
	text	   *result = palloc(VARHDRSZ + 4 * *keep);
	int			size = 0;
	const char *value = cell->isnull ? NULL : journey_mask_text(cell->raw, mask->base, &size);

	size = (int) jn_mask_beginning(*keep, value, size, VARDATA(result));
	SET_VARSIZE(result, VARHDRSZ + size);
	return PointerGetDatum(result);
}

void
journey_mask_open_generalize(JourneyMask *mask, const JourneyOptions *options)
{
	if (journey_is_text(mask->base))
	{
		int32	   *keep = palloc(sizeof(int32));

		mask->state = keep;
		if (journey_option_int(options, "keep_first", 1, JN_PARTIAL_MAX_KEEP, keep))
			mask->show = show_beginning;
	}
	else if (mask->base == INETOID || mask->base == CIDROID)
	{
		Networks   *networks = palloc(sizeof(Networks));

		mask->state = networks;
		if (journey_option_int(options, "bits", 0, 32, &networks->bits) &&
			journey_option_int(options, "bits6", 0, 128, &networks->bits6))
			mask->show = show_network;
	}
	else
	{
		Buckets    *buckets = palloc0(sizeof(Buckets));

		mask->state = buckets;
		if (open_buckets(buckets, mask->base, mask->typmod, options))
			mask->show = show_start;
		else if (type_is_range(mask->base) && open_range(mask, options))
			mask->show = show_range;
	}
}
