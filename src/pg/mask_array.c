/*
 * mask_array.c
 *	  Arrays of values that are masked one by one.
 *
 * How many elements there are, and in how many dimensions, can be seen; which
 * of them are missing cannot.  A missing array looks like an empty one.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "masks.h"

typedef struct Elements
{
	JourneyMask *mask;
	int16		typlen;
	bool		typbyval;
	char		typalign;
} Elements;

static Datum
show_array(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Elements   *elements = mask->state;
	Oid			type = elements->mask->type;
	JourneyCell inner = *cell;
	ArrayType  *array;
	Datum	   *value;
	bool	   *null;
	int			n;

	if (cell->isnull)
		return PointerGetDatum(construct_empty_array(type));

	array = DatumGetArrayTypeP(cell->raw);
	deconstruct_array(array, type, elements->typlen, elements->typbyval, elements->typalign, &value, &null, &n);
	if (n == 0)
		return PointerGetDatum(construct_empty_array(type));
	for (int i = 0; i < n; i++)
	{
		inner.raw = value[i];
		inner.isnull = null[i];
		null[i] = false;
		value[i] = elements->mask->show(elements->mask, &inner, &null[i]);
	}
	return PointerGetDatum(construct_md_array(value, null, ARR_NDIM(array), ARR_DIMS(array), ARR_LBOUND(array), type,
											  elements->typlen, elements->typbyval, elements->typalign));
}

void
journey_mask_open_array(JourneyMask *mask, JourneyMask *element)
{
	Elements   *elements = palloc(sizeof(Elements));

	elements->mask = element;
	get_typlenbyvalalign(element->type, &elements->typlen, &elements->typbyval, &elements->typalign);
	mask->state = elements;
	mask->show = show_array;
}
