/*
 * mask_open.c
 *	  From a row of journey.policy to an open mask.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "masks.h"

Datum
journey_option(const JourneyOptions *options, const char *name, Oid type, bool *isnull)
{
	for (int i = 0; i < options->desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(options->desc, i);

		if (!column->attisdropped && column->atttypid == type && strcmp(NameStr(column->attname), name) == 0)
			return heap_getattr(options->tuple, i + 1, options->desc, isnull);
	}
	*isnull = true;
	return (Datum) 0;
}

char *
journey_option_text(const JourneyOptions *options, const char *name)
{
	bool		isnull;
	Datum		value = journey_option(options, name, TEXTOID, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

bool
journey_option_int(const JourneyOptions *options, const char *name, int32 low, int32 high, int32 *value)
{
	bool		isnull;
	Datum		option = journey_option(options, name, INT4OID, &isnull);

	*value = DatumGetInt32(option);
	return !isnull && *value >= low && *value <= high;
}

bool
journey_option_number(const JourneyOptions *options, const char *name, Numeric *value)
{
	bool		isnull;
	Datum		option = journey_option(options, name, NUMERICOID, &isnull);

	if (isnull)
		return false;
	*value = DatumGetNumericCopy(option);
	return !numeric_is_nan(*value) && !numeric_is_inf(*value);
}

bool
journey_option_texts(const JourneyOptions *options, const char *name, char ***value, int *n)
{
	bool		isnull;
	Datum		option = journey_option(options, name, TEXTARRAYOID, &isnull);
	Datum	   *element;
	bool	   *null;

	if (isnull)
		return false;
	deconstruct_array(DatumGetArrayTypeP(option), TEXTOID, -1, false, TYPALIGN_INT, &element, &null, n);
	*value = palloc(Max(*n, 1) * sizeof(char *));
	for (int i = 0; i < *n; i++)
		(*value)[i] = null[i] ? pstrdup("") : TextDatumGetCString(element[i]);
	return true;
}

static Datum
show_null(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	*isnull = true;
	return (Datum) 0;
}

static Datum
show_constant(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	return *(Datum *) mask->state;
}

/* A private copy of a value given as text; the mask shows it. */
static void
open_constant(JourneyMask *mask, const char *value)
{
	Datum	   *constant = palloc(sizeof(Datum));
	Oid			input;
	Oid			ioparam;
	int16		typlen;
	bool		typbyval;

	/* copied, because an input function may return an object that its reader could change */
	getTypeInputInfo(mask->type, &input, &ioparam);
	get_typlenbyval(mask->type, &typlen, &typbyval);
	*constant = datumCopy(OidInputFunctionCall(input, unconstify(char *, value), ioparam, -1), typbyval, typlen);
	mask->state = constant;
	mask->show = show_constant;
}

/* Masks of values that have elements, and mask each. */
static const struct
{
	const char *name;
	void		(*open) (JourneyMask *mask, const JourneyOptions *options);
	bool		elements;		/* fits arrays too */
}			openers[] = {
	{"partial", journey_mask_open_partial, true},
	{"token", journey_mask_open_token, true},
	{"fake", journey_mask_open_fake, true},
	{"generalize", journey_mask_open_generalize, true},
	{"noise", journey_mask_open_noise, true},
	{"encrypt", journey_mask_open_encrypt, false},
	{"journey", journey_mask_open_journey, false},
};

void
journey_mask_open(JourneyMask *mask, const JourneyOptions *options)
{
	char	   *name = journey_option_text(options, "mask");
	Oid			element;

	mask->show = NULL;
	mask->every_cell = false;
	mask->blind = false;
	mask->typmod = -1;
	mask->base = getBaseType(mask->type);
	(void) journey_option_int(options, "typmod", -1, PG_INT32_MAX, &mask->typmod);
	if (name == NULL)
		return;

	if (strcmp(name, "null") == 0)
		mask->show = show_null;
	else if (strcmp(name, "constant") == 0 || strcmp(name, "default") == 0)
	{
		char	   *value = journey_option_text(options, "value");

		if (value != NULL)
			open_constant(mask, value);
	}

	for (int i = 0; i < lengthof(openers); i++)
	{
		if (strcmp(name, openers[i].name) != 0)
			continue;
		element = openers[i].elements ? get_element_type(mask->base) : InvalidOid;
		if (OidIsValid(element))
		{
			JourneyMask *inner = palloc0(sizeof(JourneyMask));

			*inner = *mask;
			inner->type = inner->base = element;
			openers[i].open(inner, options);
			if (inner->show != NULL)
				journey_mask_open_array(mask, inner);
		}
		else
			openers[i].open(mask, options);
	}

	journey_mask_guard_set(mask);

	/* around the mask of the rest, or none if that is public */
	if (mask->show != NULL || strcmp(name, "paths") == 0)
		journey_mask_open_paths(mask, options);
	mask->blind = mask->show == show_null || mask->show == show_constant;
}
