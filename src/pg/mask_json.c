/*
 * mask_json.c
 *	  Parts of a jsonb document that have masks of their own.
 *
 * The document is copied, and at each path the mask of the part takes its
 * place.  The rest is shown as it is, or is what the mask of the whole column
 * (constant, default) says.
 *
 * What a path is about, in profile->'home'->>'street':
 *
 *	- A member that is missing in an object that is there is shown as the mask
 *	  of a missing value: whether it is there is hidden too.
 *	- Where the way ends before, because "home" is missing or no object, there is
 *	  nothing to hide, and that can be seen: it is part of the rest.
 *	- An array on the way is passed through: the street of every home in a list
 *	  of homes is masked.  A number on the path is one element of an array, if
 *	  it has that many.
 *	- What lies more than 500 arrays and objects deep on the way is shown as null.
 *	- With "->>" the part is masked as a text: strings without quotes, all else
 *	  as its JSON text, null like a missing one.  The mask is a string or null.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "compat.h"
#include "core/json_path.h"
#include "glue.h"
#include "masks.h"

PG_FUNCTION_INFO_V1(journey__path);
PG_FUNCTION_INFO_V1(journey__paths_meet);

/* One path and its mask. */
typedef struct Part
{
	JnJsonPath	path;
	JourneyMask mask;
} Part;

typedef struct Document
{
	JourneyMask *rest;			/* the mask of the whole column; NULL: public */
	int			n;
	Part		part[FLEXIBLE_ARRAY_MEMBER];
} Document;

/* What one call hands down. */
typedef struct Copy
{
	Document   *document;
	const JourneyCell *cell;
	JsonbParseState *state;
	JsonbValue *result;
	int			depth;			/* of objects and arrays around the value */
} Copy;

/*
 * Documents that go deeper than this on the way of a path are cut: null.  An
 * error for want of stack would depend on the raw value.
 */
#define MAX_DEPTH	500

/* Longest string that jsonb can hold, which a mask may be longer than. */
#define MAX_STRING	JENTRY_OFFLENMASK

/* How many steps of each path have been taken on the way to a value; OFF: the way went elsewhere. */
#define OFF		(-1)

/* The text of a value as "->>" gives it; false for null and for nothing. */
static bool
value_text(const JsonbValue *value, Datum *result)
{
	char	   *text;

	if (value == NULL)
		return false;
	switch (value->type)
	{
		case jbvString:
			*result = PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
			return true;
		case jbvNumeric:
			text = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
			break;
		case jbvBool:
			text = pstrdup(value->val.boolean ? "true" : "false");
			break;
		case jbvBinary:
			text = JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
			break;
		default:
			return false;
	}
	*result = CStringGetTextDatum(text);
	return true;
}

/* The mask of a part, for a raw value that may be NULL. */
static void
put_mask(Copy *copy, JsonbIteratorToken at, Part *part, const JsonbValue *raw)
{
	JourneyCell cell = *copy->cell;
	JsonbValue	value;
	Datum		masked;
	bool		isnull = false;

	cell.raw = (Datum) 0;
	cell.isnull = !part->path.is_text || !value_text(raw, &cell.raw);
	masked = part->mask.show(&part->mask, &cell, &isnull);

	value.type = jbvNull;
	if (!isnull && part->path.is_text)
	{
		text	   *t = DatumGetTextPP(masked);

		if (VARSIZE_ANY_EXHDR(t) <= MAX_STRING)
		{
			value.type = jbvString;
			value.val.string.val = VARDATA_ANY(t);
			value.val.string.len = VARSIZE_ANY_EXHDR(t);
		}
	}
	else if (!isnull)
	{
		Jsonb	   *constant = DatumGetJsonbP(masked);

		if (!JsonbExtractScalar(&constant->root, &value))
		{
			value.type = jbvBinary;
			value.val.binary.data = &constant->root;
			value.val.binary.len = VARSIZE_ANY_EXHDR(constant);
		}
	}
	copy->result = pushJsonbValue(&copy->state, at, &value);
}

/* The member of a raw value that has a key; NULL if there is none. */
static const JsonbValue *
member(const JsonbValue *raw, const JsonbValue *key)
{
	if (raw == NULL || raw->type != jbvBinary || !JsonContainerIsObject(raw->val.binary.data))
		return NULL;
	return getKeyJsonValueFromContainer(raw->val.binary.data, key->val.string.val, key->val.string.len, NULL);
}

static const JsonbValue *
element(const JsonbValue *raw, uint32 i)
{
	if (raw == NULL || raw->type != jbvBinary || !JsonContainerIsArray(raw->val.binary.data) ||
		i >= JsonContainerSize(raw->val.binary.data))
		return NULL;
	return getIthJsonbValueFromContainer(raw->val.binary.data, i);
}

static bool
is_key(const JnJsonStep *step, const JsonbValue *key)
{
	return !step->is_index && step->key.size == key->val.string.len &&
		memcmp(step->key.data, key->val.string.val, step->key.size) == 0;
}

static void put_value(Copy *copy, JsonbIteratorToken at, const JsonbValue *base, const JsonbValue *raw,
					  const int *taken);

static void
put_object(Copy *copy, JsonbContainer *object, const JsonbValue *raw, const int *taken)
{
	Document   *document = copy->document;
	int		   *next = palloc(document->n * sizeof(int));
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	key;
	JsonbValue	value;

	copy->result = pushJsonbValue(&copy->state, WJB_BEGIN_OBJECT, NULL);
	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		if (token != WJB_KEY)
			continue;
		(void) JsonbIteratorNext(&it, &value, true);
		copy->result = pushJsonbValue(&copy->state, WJB_KEY, &key);
		for (int i = 0; i < document->n; i++)
			next[i] = taken[i] != OFF && is_key(&document->part[i].path.step[taken[i]], &key) ? taken[i] + 1 : OFF;
		put_value(copy, WJB_VALUE, &value, member(raw, &key), next);
	}

	/* what is missing looks like what is there */
	for (int i = 0; i < document->n; i++)
	{
		Part	   *part = &document->part[i];
		const JnJsonStep *step = taken[i] == OFF ? NULL : &part->path.step[taken[i]];

		if (step == NULL || step->is_index || taken[i] + 1 < part->path.nsteps ||
			getKeyJsonValueFromContainer(object, step->key.data, step->key.size, NULL) != NULL)
			continue;
		key.type = jbvString;
		key.val.string.val = unconstify(char *, step->key.data);
		key.val.string.len = step->key.size;
		copy->result = pushJsonbValue(&copy->state, WJB_KEY, &key);
		put_mask(copy, WJB_VALUE, part, member(raw, &key));
	}
	copy->result = pushJsonbValue(&copy->state, WJB_END_OBJECT, NULL);
	pfree(next);
}

static void
put_array(Copy *copy, JsonbContainer *array, const JsonbValue *raw, const int *taken)
{
	Document   *document = copy->document;
	int		   *next = palloc(document->n * sizeof(int));
	int64		n = JsonContainerSize(array);
	JsonbIterator *it = JsonbIteratorInit(array);
	JsonbIteratorToken token;
	JsonbValue	value;
	int64		number = 0;

	copy->result = pushJsonbValue(&copy->state, WJB_BEGIN_ARRAY, NULL);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		for (int i = 0; i < document->n; i++)
		{
			const JnJsonStep *step = taken[i] == OFF ? NULL : &document->part[i].path.step[taken[i]];

			if (step == NULL)
				next[i] = OFF;
			else if (!step->is_index)
				next[i] = taken[i];
			else
				next[i] = number == step->index || number - n == step->index ? taken[i] + 1 : OFF;
		}
		put_value(copy, WJB_ELEM, &value, element(raw, (uint32) number), next);
		number++;
	}
	copy->result = pushJsonbValue(&copy->state, WJB_END_ARRAY, NULL);
	pfree(next);
}

/*
 * Copies a value of the document with all parts in it masked.  "raw" is what the
 * raw document has in this place, or NULL.
 */
static void
put_value(Copy *copy, JsonbIteratorToken at, const JsonbValue *base, const JsonbValue *raw, const int *taken)
{
	Document   *document = copy->document;
	bool		concerned = false;
	JsonbValue	value = *base;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < document->n; i++)
	{
		if (taken[i] == OFF)
			continue;
		if (taken[i] == document->part[i].path.nsteps)
		{
			put_mask(copy, at, &document->part[i], raw);
			return;
		}
		concerned = true;
	}

	if (!concerned || base->type != jbvBinary || copy->depth >= MAX_DEPTH)
	{
		if (concerned && base->type == jbvBinary)
			value.type = jbvNull;
		copy->result = pushJsonbValue(&copy->state, at, &value);
		return;
	}
	copy->depth++;
	if (JsonContainerIsObject(base->val.binary.data))
		put_object(copy, base->val.binary.data, raw, taken);
	else
		put_array(copy, base->val.binary.data, raw, taken);
	copy->depth--;
}

static Datum
show_document(JourneyMask *mask, const JourneyCell *cell, bool *isnull)
{
	Document   *document = mask->state;
	Copy		copy = {.document = document,.cell = cell};
	Datum		base = cell->raw;
	Jsonb	   *rest;
	Jsonb	   *raw = NULL;
	JsonbValue	root = {.type = jbvBinary};
	JsonbValue	raw_root = {.type = jbvBinary};
	int		   *taken;

	if (document->rest != NULL)
		base = document->rest->show(document->rest, cell, isnull);
	else
		*isnull = cell->isnull;
	if (*isnull)
		return (Datum) 0;

	rest = DatumGetJsonbP(base);
	if (JB_ROOT_IS_SCALAR(rest))
		return base;
	root.val.binary.data = &rest->root;
	root.val.binary.len = VARSIZE_ANY_EXHDR(rest);
	if (!cell->isnull)
	{
		raw = DatumGetJsonbP(cell->raw);
		raw_root.val.binary.data = &raw->root;
		raw_root.val.binary.len = VARSIZE_ANY_EXHDR(raw);
	}
	taken = palloc0(document->n * sizeof(int));
	put_value(&copy, WJB_VALUE, &root, raw == NULL || JB_ROOT_IS_SCALAR(raw) ? NULL : &raw_root, taken);
	return JsonbPGetDatum(JsonbValueToJsonb(copy.result));
}

/* The array of composites, open; NULL if some part cannot be. */
static Document *
open_parts(JourneyMask *mask, ArrayType *array)
{
	Document   *document;
	Datum	   *value;
	bool	   *null;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	int			n;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, &value, &null, &n);
	document = palloc0(offsetof(Document, part) + n * sizeof(Part));
	document->n = n;
	for (int i = 0; i < n; i++)
	{
		Part	   *part = &document->part[i];
		JourneyOptions options;
		HeapTupleData tuple;
		HeapTupleHeader header;
		char	   *path;
		JnError		error;

		if (null[i])
			return NULL;
		header = DatumGetHeapTupleHeader(value[i]);
		options.desc = lookup_rowtype_tupdesc_copy(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
		tuple.t_len = HeapTupleHeaderGetDatumLength(header);
		ItemPointerSetInvalid(&tuple.t_self);
		tuple.t_tableOid = InvalidOid;
		tuple.t_data = header;
		options.tuple = &tuple;

		path = journey_option_text(&options, "path");
		if (path == NULL || jn_json_path_read(path, strlen(path), &part->path, &error) != JN_OK)
			return NULL;
		part->mask.context = mask->context;
		part->mask.type = part->path.is_text ? TEXTOID : JSONBOID;
		journey_mask_open(&part->mask, &options);
		if (part->mask.show == NULL)
			return NULL;
	}
	return document;
}

void
journey_mask_open_paths(JourneyMask *mask, const JourneyOptions *options)
{
	JourneyMask *rest = NULL;
	Document   *document = NULL;
	bool		isnull = true;
	Datum		paths = (Datum) 0;

	/* the one array of composites among the options; a path has none */
	for (int i = 0; i < options->desc->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(options->desc, i);

		if (!column->attisdropped && strcmp(NameStr(column->attname), "paths") == 0 &&
			type_is_rowtype(get_element_type(column->atttypid)))
			paths = heap_getattr(options->tuple, i + 1, options->desc, &isnull);
	}
	if (isnull)
		return;

	if (mask->show != NULL)
	{
		rest = palloc(sizeof(JourneyMask));
		*rest = *mask;
		mask->show = NULL;
	}
	if (mask->base == JSONBOID)
		document = open_parts(mask, DatumGetArrayTypeP(paths));
	if (document == NULL)
		return;
	document->rest = rest;
	mask->state = document;
	mask->show = show_document;
}

/* ----- reading paths, for protect() ----- */

/* Reads argument "n". */
static JnJsonPath *
read_path(FunctionCallInfo fcinfo, int n)
{
	text	   *t = PG_GETARG_TEXT_PP(n);
	JnJsonPath *path = palloc(sizeof(JnJsonPath));
	JnError		error;

	if (jn_json_path_read(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), path, &error) != JN_OK)
		journey_report(&error, "path of a document");
	return path;
}

/* _path(text) returns (column_name, path, is_text, keys) */
Datum
journey__path(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	TupleDesc	desc;
	Datum		values[4] = {0};
	bool		nulls[4] = {true, true, true, true};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (jn_is_json_path(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t)))
	{
		JnJsonPath *path = read_path(fcinfo, 0);
		char	   *steps = palloc(jn_json_path_write(path, NULL));
		Datum	   *keys = palloc(path->nsteps * sizeof(Datum));

		for (int i = 0; i < path->nsteps; i++)
			keys[i] = path->step[i].is_index ? CStringGetTextDatum(psprintf("%d", path->step[i].index)) :
				PointerGetDatum(cstring_to_text_with_len(path->step[i].key.data, path->step[i].key.size));
		values[0] = PointerGetDatum(cstring_to_text_with_len(path->column.data, path->column.size));
		values[1] = PointerGetDatum(cstring_to_text_with_len(steps, jn_json_path_write(path, steps)));
		values[2] = BoolGetDatum(path->is_text);
		values[3] = PointerGetDatum(construct_array(keys, path->nsteps, TEXTOID, -1, false, TYPALIGN_INT));
		memset(nulls, false, sizeof(nulls));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}

/* _paths_meet(text, text) */
Datum
journey__paths_meet(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(jn_json_paths_meet(read_path(fcinfo, 0), read_path(fcinfo, 1)));
}
