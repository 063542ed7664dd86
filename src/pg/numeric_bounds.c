/*
 * numeric_bounds.c
 *	  Keeping a numeric to the precision of its column, see numeric_bounds.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "numeric_bounds.h"

/* Digits before the point of values without a precision: numeric goes to 131072. */
#define WIDE	100000

void
journey_numeric_bounds(JourneyNumericBounds *bounds, int32 typmod, Numeric unit)
{
	char	   *most;

	if (typmod >= (int32) VARHDRSZ)
	{
		/* as numeric.c packs them: precision above, scale in 11 bits with a sign */
		int			precision = ((typmod - VARHDRSZ) >> 16) & 0xffff;
		int			scale = (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
		StringInfoData digits;

		initStringInfo(&digits);
		for (int i = 0; i < precision; i++)
			appendStringInfoChar(&digits, '9');
		appendStringInfo(&digits, "e%d", -scale);
		most = digits.data;
		bounds->scale = scale;
	}
	else
	{
		most = psprintf("1e%d", WIDE);
		bounds->scale = DatumGetInt32(DirectFunctionCall1(numeric_scale, NumericGetDatum(unit)));
	}
	bounds->most = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(most),
													   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
}

Numeric
journey_numeric_clamp(const JourneyNumericBounds *bounds, Numeric value)
{
	Datum		most = NumericGetDatum(bounds->most);
	Datum		least = DirectFunctionCall1(numeric_uminus, most);

	return DatumGetNumeric(DirectFunctionCall2(numeric_smaller,
											   DirectFunctionCall2(numeric_larger, NumericGetDatum(value), least), most));
}

Numeric
journey_numeric_within(const JourneyNumericBounds *bounds, Numeric value)
{
	/* before rounding, which may not fit, and after, which may go up */
	Datum		v = NumericGetDatum(journey_numeric_clamp(bounds, value));

	v = DirectFunctionCall2(numeric_round, v, Int32GetDatum(bounds->scale));
	return journey_numeric_clamp(bounds, DatumGetNumeric(v));
}
