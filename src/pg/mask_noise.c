/*
 * mask_noise.c
 *	  Noise: a number or a time a little off, always the same for a cell.
 *
 * The noise follows from the column, the epoch, the subject and the value, not
 * from the purpose: readers of several purposes who compare learn nothing.  It
 * is spread evenly between -spread and spread: in whole units of an integer,
 * days of a date, microseconds of a time, units of the last digit of a numeric,
 * and 2^53 steps of a float.
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/bytes.h"
#include "core/mask.h"
#include "core/noise.h"
#include "masks.h"
#include "numeric_bounds.h"

/* A time is rounded to the precision of its column later, which may move it by half a second. */
#define LAST_TIME	(END_TIMESTAMP - USECS_PER_SEC)

typedef struct Noise
{
	JourneyMaskKey key;
	int64		spread;			/* integers, dates (days), times (us), numeric (units of the last digit) */
	double		spread_double;	/* floats */
	JourneyNumericBounds bounds;	/* numeric */
} Noise;

/* The bits of a cell by the bytes of its value; false without a key. */
static bool
get_bits(JourneyMask *mask, const JourneyCell *cell, bool present, const void *data, size_t size, uint64_t *bits)
{
	Noise	   *noise = mask->state;
	const uint8 *key = journey_mask_key(&noise->key, mask, "");
	JnCellValue value = {.subject = cell->subject,.subject_size = cell->subject_size};
	JnError		error;

	if (present)
	{
		value.kind = JN_TOKEN_INT64;
		value.data = data;
		value.size = size;
	}
	return key != NULL && jn_cell_bits(bits, key, &value, &error) == JN_OK;
}

/* x with noise, between least and most. */
static bool
add_noise(JourneyMask *mask, const JourneyCell *cell, bool present, int64 x, int64 least, int64 most, int64 *result)
{
	uint8_t		bytes[8];
	uint64_t	bits;

	jn_store64(bytes, (uint64_t) x);
	if (!get_bits(mask, cell, present, bytes, sizeof(bytes), &bits))
		return false;
	*result = jn_add_within(present ? x : 0, jn_noise(bits, ((Noise *) mask->state)->spread), least, most);
	return true;
}

static bool
add_noise_double(JourneyMask *mask, const JourneyCell *cell, double x, double most, double *result)
{
	uint8_t		bytes[8];
	uint64_t	word;
	uint64_t	bits;
	bool		present = !cell->isnull && isfinite(x);

	x = present ? x + 0.0 : 0.0;	/* no -0 */
	memcpy(&word, &x, sizeof(word));
	jn_store64(bytes, word);
	if (!get_bits(mask, cell, present, bytes, sizeof(bytes), &bits))
		return false;
	x += jn_noise_double(bits, ((Noise *) mask->state)->spread_double);
	*result = Min(Max(x, -most), most);
	return true;
}

/* A number of units of the last digit as a numeric. */
static Datum
units_numeric(const Noise *noise, int64 units)
{
	char	   *text = psprintf(INT64_FORMAT "e%d", units, -noise->bounds.scale);

	return DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

static Datum
show_numeric(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Noise	   *noise = mask->state;
	Numeric		raw = cell->isnull ? NULL : DatumGetNumeric(cell->raw);
	bool		present = raw != NULL && !numeric_is_nan(raw) && !numeric_is_inf(raw);
	char	   *digits = present ? numeric_normalize(raw) : NULL;
	Datum		x;
	uint64_t	bits;

	if (!get_bits(mask, cell, present, digits, present ? strlen(digits) : 0, &bits))
	{
		*isnull = true;
		return (Datum) 0;
	}
	x = present ? NumericGetDatum(journey_numeric_within(&noise->bounds, raw))
		: DirectFunctionCall1(int4_numeric, Int32GetDatum(0));
	x = DirectFunctionCall2(numeric_add, x, units_numeric(noise, jn_noise(bits, noise->spread)));
	return NumericGetDatum(journey_numeric_within(&noise->bounds, DatumGetNumeric(x)));
}

static Datum
show_noise(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	int64		result = 0;
	double		number = 0;
	bool		present = !cell->isnull;
	bool		ok = false;

	switch (mask->base)
	{
		case INT2OID:
			ok = add_noise(mask, cell, present, DatumGetInt16(cell->raw), PG_INT16_MIN, PG_INT16_MAX, &result);
			break;
		case INT4OID:
			ok = add_noise(mask, cell, present, DatumGetInt32(cell->raw), PG_INT32_MIN, PG_INT32_MAX, &result);
			break;
		case INT8OID:
			ok = add_noise(mask, cell, present, present ? DatumGetInt64(cell->raw) : 0, PG_INT64_MIN, PG_INT64_MAX, &result);
			break;
		case DATEOID:
			present = present && !DATE_NOT_FINITE(DatumGetDateADT(cell->raw));
			ok = add_noise(mask, cell, present, DatumGetDateADT(cell->raw), DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE,
						   DATE_END_JULIAN - POSTGRES_EPOCH_JDATE - 1, &result);
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			present = present && !TIMESTAMP_NOT_FINITE(DatumGetTimestamp(cell->raw));
			ok = add_noise(mask, cell, present, present ? DatumGetTimestamp(cell->raw) : 0, MIN_TIMESTAMP, LAST_TIME, &result);
			break;
		case FLOAT4OID:
			ok = add_noise_double(mask, cell, present ? DatumGetFloat4(cell->raw) : 0, FLT_MAX, &number);
			break;
		case FLOAT8OID:
			ok = add_noise_double(mask, cell, present ? DatumGetFloat8(cell->raw) : 0, DBL_MAX, &number);
			break;
	}
	if (!ok)
	{
		*isnull = true;
		return (Datum) 0;
	}

	switch (mask->base)
	{
		case INT2OID:
			return Int16GetDatum((int16) result);
		case INT4OID:
			return Int32GetDatum((int32) result);
		case DATEOID:
			return DateADTGetDatum((DateADT) result);
		case FLOAT4OID:
			return Float4GetDatum((float4) number);
		case FLOAT8OID:
			return Float8GetDatum(number);
	}
	return Int64GetDatum(result);
}

void
journey_mask_open_noise(JourneyMask *mask, const JourneyOptions *options)
{
	Noise	   *noise = palloc0(sizeof(Noise));
	Numeric		spread;
	Datum		scaled;
	bool		ok = false;

	mask->state = noise;
	if (!journey_option_number(options, "spread", &spread))
		return;
	scaled = NumericGetDatum(spread);
	switch (mask->base)
	{
		case FLOAT4OID:
		case FLOAT8OID:
			noise->spread_double = DatumGetFloat8(DirectFunctionCall1(numeric_float8, scaled));
			ok = noise->spread_double > 0;
			break;
		case NUMERICOID:
			journey_numeric_bounds(&noise->bounds, mask->typmod, spread);
			scaled = DirectFunctionCall2(numeric_div_trunc, scaled, units_numeric(noise, 1));
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			scaled = DirectFunctionCall2(numeric_mul, scaled, DirectFunctionCall1(int4_numeric, Int32GetDatum(USECS_PER_SEC)));
			break;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case DATEOID:
			break;
		default:
			return;
	}
	if (!ok)
	{
		noise->spread = DatumGetInt64(DirectFunctionCall1(numeric_int8, scaled));
		ok = noise->spread > 0 && noise->spread < PG_INT64_MAX / 2;
	}
	if (ok && journey_mask_key_open(&noise->key, mask, options, JN_KEY_NOISE, "label"))
		mask->show = mask->base == NUMERICOID ? show_numeric : show_noise;
}
