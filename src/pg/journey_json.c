/*
 * journey_json.c
 *	  Journeys as jsonb and back.
 *
 *	 [{"at": "2026-01-01T10:00:00Z", "event": "view", "channel": "web"},
 *	  {"at": "2026-01-01T10:05:00Z", "event": "purchase", "value": 19.99,
 *	   "senses": ["glad", "tired"]}]
 *
 * One object a step, in order; what a step does not have is left out.  Times
 * are as in the text form of a journey, in UTC; values are the shortest
 * numbers that read back the same, and strings where JSON has no number: "NaN",
 * "Infinity", "-Infinity".  So the way there and back loses nothing.
 *
 * Reading is strict, since a key that nobody knows is a misspelled one more
 * often than not; but it takes null for what could be left out, and steps in
 * any order: those of one time stay as they come.
 *
 * Writing hands a tree of JsonbValues to the server in one piece.  The keys of
 * its objects must come in the order of jsonb, shorter ones first: see Field.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "compat.h"
#include "core/build.h"
#include "core/number.h"
#include "core/senses.h"
#include "core/text.h"
#include "glue.h"
#include "journey_value.h"

PG_FUNCTION_INFO_V1(journey_jsonb);
PG_FUNCTION_INFO_V1(journey_from_jsonb);

/* The keys of a step, in the order of jsonb: by length, then by bytes. */
typedef enum Field
{
	FIELD_AT,
	FIELD_EVENT,
	FIELD_VALUE,
	FIELD_ACTION,
	FIELD_SENSES,
	FIELD_CHANNEL,
	FIELD_PERSONA,
	FIELD_DECISION,
	FIELD_COUNT
} Field;

typedef struct FieldInfo
{
	const char *key;
	int			size;
	JnTrack		track;			/* of all but the first two */
} FieldInfo;

#define KEY(s)	s, sizeof(s) - 1

static const FieldInfo field_info[FIELD_COUNT] = {
	[FIELD_AT] = {KEY("at"), 0},
	[FIELD_EVENT] = {KEY("event"), 0},
	[FIELD_VALUE] = {KEY("value"), JN_VALUE},
	[FIELD_ACTION] = {KEY("action"), JN_ACTION},
	[FIELD_SENSES] = {KEY("senses"), JN_SENSES},
	[FIELD_CHANNEL] = {KEY("channel"), JN_CHANNEL},
	[FIELD_PERSONA] = {KEY("persona"), JN_PERSONA},
	[FIELD_DECISION] = {KEY("decision"), JN_DECISION},
};

/*
 * More steps than this do not fit into a jsonb array, whose elements have 28
 * bits of bytes together: a step takes 51 at least, with an empty event.
 */
#define MAX_JSONB_STEPS	(0x0fffffff / 51)


/* ----- writing ----- */

static JsonbValue
json_string(const char *data, int size)
{
	JsonbValue	v;

	v.type = jbvString;
	v.val.string.val = unconstify(char *, data);
	v.val.string.len = size;
	return v;
}

static JsonbValue
json_time(int64 time)
{
	char		text[JN_TIME_TEXT];
	size_t		size = jn_time_write(time, text);

	return json_string(memcpy(palloc(size), text, size), size);
}

static JsonbValue
json_number(double value)
{
	char		text[JN_NUMBER_TEXT];
	size_t		size = jn_number_write(value, text);
	JsonbValue	v;

	if (isnan(value) || isinf(value))
		return json_string(memcpy(palloc(size), text, size), size);
	text[size] = '\0';
	v.type = jbvNumeric;
	v.val.numeric = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(text),
														ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	return v;
}

static JsonbValue
json_senses(JnName set)
{
	JsonbValue	v;
	JnName		rest = set;
	JnName		one;

	v.type = jbvArray;
	v.val.array.nElems = 0;
	v.val.array.rawScalar = false;
	while (jn_set_next(&rest, &one))
		v.val.array.nElems++;
	v.val.array.elems = palloc(v.val.array.nElems * sizeof(JsonbValue));
	v.val.array.nElems = 0;
	while (jn_set_next(&set, &one))
		v.val.array.elems[v.val.array.nElems++] = json_string(one.data, one.size);
	return v;
}

/* Whether a step has a field. */
static bool
step_has(const JnStep *step, Field field)
{
	return field <= FIELD_EVENT || (step->tracks >> field_info[field].track & 1) != 0;
}

static JsonbValue
json_step(const JnStep *step)
{
	JsonbValue	v;
	Field		field;
	int			count = 0;

	for (field = 0; field < FIELD_COUNT; field++)
		count += step_has(step, field);
	v.type = jbvObject;
	v.val.object.nPairs = 0;
	v.val.object.pairs = palloc0(count * sizeof(JsonbPair));
	for (field = 0; field < FIELD_COUNT; field++)
	{
		const FieldInfo *info = &field_info[field];
		JsonbPair  *pair = &v.val.object.pairs[v.val.object.nPairs];

		if (!step_has(step, field))
			continue;
		v.val.object.nPairs++;
		pair->key = json_string(info->key, info->size);
		if (field == FIELD_AT)
			pair->value = json_time(step->time);
		else if (field == FIELD_EVENT)
			pair->value = json_string(step->event.data, step->event.size);
		else if (field == FIELD_VALUE)
			pair->value = json_number(step->value);
		else if (field == FIELD_SENSES)
			pair->value = json_senses(step->label[JN_SENSES]);
		else
			pair->value = json_string(step->label[info->track].data, step->label[info->track].size);
	}
	return v;
}

Datum
journey_jsonb(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	JnEnv		env;
	JnJourney	j;
	JnStepReader reader;
	JnStep		step;
	JsonbValue	steps;
	Jsonb	   *result;

	work = AllocSetContextCreate(caller, "journey to jsonb", ALLOCSET_DEFAULT_SIZES);
	env = journey_env(work);
	MemoryContextSwitchTo(work);
	journey_open(PG_GETARG_DATUM(0), &j);
	if (j.head.n > MAX_JSONB_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("journey is too large for jsonb"),
				 errdetail("It has %u steps; at most %d fit into the 256 MB of a jsonb array.",
						   j.head.n, MAX_JSONB_STEPS),
				 errhint("Convert parts of it, or read it with interactions().")));

	steps.type = jbvArray;
	steps.val.array.nElems = 0;
	steps.val.array.rawScalar = false;
	steps.val.array.elems = palloc_extended(j.head.n * sizeof(JsonbValue), MCXT_ALLOC_HUGE);
	jn_step_reader_open(&env, &reader, &j);
	while (jn_step_reader_next(&env, &reader, &step))
	{
		CHECK_FOR_INTERRUPTS();
		steps.val.array.elems[steps.val.array.nElems++] = json_step(&step);
	}
	MemoryContextSwitchTo(caller);
	result = JsonbValueToJsonb(&steps);
	MemoryContextDelete(work);
	PG_RETURN_JSONB_P(result);
}


/* ----- reading ----- */

/* Says what is wrong; "detail" is a sentence without the user's data. */
pg_noreturn static void
refuse(int sqlstate, char *detail)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("invalid JSON form of a journey"),
			 errdetail_internal("%s", detail),
			 errhint("Write steps as [{\"at\": \"2026-01-01T10:00:00Z\", \"event\": \"purchase\", \"channel\": \"web\", "
					 "\"value\": 19.99, \"senses\": [\"glad\"]}].")));
}

static JnName
read_name(const JsonbValue *v, const char *key, uint32 number)
{
	JnName		name;

	if (v->type != jbvString)
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("\"%s\" of step %u is not a string.", key, number));
	name = (JnName) {v->val.string.val, v->val.string.len};
	if (name.size > JN_MAX_NAME)
		refuse(ERRCODE_PROGRAM_LIMIT_EXCEEDED,
			   psprintf("\"%s\" of step %u has %u bytes; at most %d are allowed.", key, number, name.size, JN_MAX_NAME));
	return name;
}

static int64
read_time(const JsonbValue *v, uint32 number)
{
	const char *p;
	const char *end;
	int64		time = 0;
	JnError		err;
	JnStatus	status;

	if (v->type != jbvString)
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("\"at\" of step %u is not a string.", number));
	p = v->val.string.val;
	end = p + v->val.string.len;
	status = jn_time_read(&p, end, &time, &err);
	if (status == JN_TIME_RANGE)
		refuse(ERRCODE_DATETIME_FIELD_OVERFLOW,
			   psprintf("\"at\" of step %u is not between 4714-11-24 BC and 294276-12-31 AD.", number));
	if (status != JN_OK || p != end)
		refuse(ERRCODE_INVALID_DATETIME_FORMAT,
			   psprintf("\"at\" of step %u is not a time with its offset from UTC, or there is no such day.", number));
	return time;
}

static double
read_value(const JsonbValue *v, uint32 number)
{
	const char *p;
	const char *end;
	double		value = 0;
	JnError		err;

	if (v->type == jbvNumeric)
	{
		Datum		numeric = NumericGetDatum(v->val.numeric);

		value = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, numeric));
		if (isinf(value) ||
			(value == 0 && !DatumGetBool(DirectFunctionCall2(numeric_eq, numeric,
															 NumericGetDatum(int64_to_numeric(0))))))
			refuse(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
				   psprintf("\"value\" of step %u is too large or too small for a float8.", number));
		return value;
	}
	if (v->type == jbvString)
	{
		/* a number in quotes is none; but JSON has no other way to write these */
		p = v->val.string.val;
		end = p + v->val.string.len;
		if (jn_number_read(&p, end, &value, &err) == JN_OK && p == end && (isnan(value) || isinf(value)))
			return value;
	}
	refuse(ERRCODE_INVALID_PARAMETER_VALUE,
		   psprintf("\"value\" of step %u is neither a number nor \"NaN\", \"Infinity\" or \"-Infinity\".", number));
}

/* Collects senses; false if there is none. */
static bool
read_senses(const JsonbValue *v, uint32 number, JnSenseSet *senses)
{
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	one;
	JnError		err;

	if (v->type != jbvBinary || !JsonContainerIsArray(v->val.binary.data))
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("\"senses\" of step %u is not an array of strings.", number));
	jn_senses_clear(senses);
	it = JsonbIteratorInit(v->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &one, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM || one.type == jbvNull)
			continue;
		if (one.type != jbvString)
			refuse(ERRCODE_INVALID_PARAMETER_VALUE,
				   psprintf("\"senses\" of step %u is not an array of strings.", number));
		switch (jn_senses_add(senses, one.val.string.val, one.val.string.len, &err))
		{
			case JN_OK:
				break;
			case JN_SENSE_EMPTY:
				refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("\"senses\" of step %u has an empty name.", number));
			case JN_NAME_LONG:
				refuse(ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					   psprintf("\"senses\" of step %u have %lld bytes together; at most %d are allowed.",
								number, (long long) err.found, JN_MAX_NAME));
			default:
				journey_report(&err, "journey");
		}
	}
	return senses->size > 0;
}

/* Reads one field; null is as if it were not there. */
static void
read_field(const JsonbValue *v, Field field, uint32 number, JnStep *step, JnSenseSet *senses)
{
	const FieldInfo *info = &field_info[field];

	if (field == FIELD_AT)
		step->time = read_time(v, number);
	else if (field == FIELD_EVENT)
		step->event = read_name(v, info->key, number);
	else
	{
		if (field == FIELD_VALUE)
			step->value = read_value(v, number);
		else if (field != FIELD_SENSES)
			step->label[info->track] = read_name(v, info->key, number);
		else if (read_senses(v, number, senses))
			step->label[JN_SENSES] = jn_senses_label(senses);
		else
			return;
		step->tracks |= 1U << info->track;
	}
}

/* Reads a step; its names point into the jsonb and the set of senses. */
static void
read_step(const JsonbValue *element, uint32 number, JnStep *step, JnSenseSet *senses)
{
	bool		given[FIELD_COUNT] = {false};
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	v;
	Field		field = FIELD_COUNT;

	if (element->type != jbvBinary || !JsonContainerIsObject(element->val.binary.data))
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, psprintf("Step %u is not an object.", number));
	memset(step, 0, sizeof(JnStep));
	it = JsonbIteratorInit(element->val.binary.data);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			for (field = 0; field < FIELD_COUNT; field++)
				if (v.val.string.len == field_info[field].size &&
					memcmp(v.val.string.val, field_info[field].key, v.val.string.len) == 0)
					break;
			if (field == FIELD_COUNT)
				refuse(ERRCODE_INVALID_PARAMETER_VALUE,
					   psprintf("Step %u has a key that is none of at, event, channel, decision, action, persona, "
								"value and senses.", number));
		}
		else if (token == WJB_VALUE && v.type != jbvNull)
		{
			read_field(&v, field, number, step, senses);
			given[field] = true;
		}
	}
	for (field = FIELD_AT; field <= FIELD_EVENT; field++)
		if (!given[field])
			refuse(ERRCODE_INVALID_PARAMETER_VALUE,
				   psprintf("Step %u has no \"%s\".", number, field_info[field].key));
}

Datum
journey_from_jsonb(PG_FUNCTION_ARGS)
{
	Jsonb	   *json = PG_GETARG_JSONB_P(0);
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext work;
	MemoryContext each;
	JnEnv		env;
	JnBuild    *build;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue	v;
	JnStep		step;
	JnSenseSet	senses;
	JnError		err;
	Datum		result;
	uint32		number = 0;

	/* a JSON null is no journey, and neither is one without steps */
	if (JB_ROOT_IS_SCALAR(json) && JsonbExtractScalar(&json->root, &v) && v.type == jbvNull)
		PG_RETURN_NULL();
	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		refuse(ERRCODE_INVALID_PARAMETER_VALUE, pstrdup("It is not an array of steps."));
	if (JB_ROOT_COUNT(json) == 0)
		PG_RETURN_NULL();

	work = AllocSetContextCreate(caller, "journey from jsonb", ALLOCSET_DEFAULT_SIZES);
	each = AllocSetContextCreate(work, "step from jsonb", ALLOCSET_SMALL_SIZES);
	env = journey_env(work);
	build = jn_build_new(&env, true);
	it = JsonbIteratorInit(&json->root);
	while ((token = JsonbIteratorNext(&it, &v, true)) != WJB_DONE)
	{
		if (token != WJB_ELEM)
			continue;
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(each);
		read_step(&v, ++number, &step, &senses);
		if (jn_build_add_step(&env, build, &step, &err) != JN_OK)
			journey_report(&err, "journey");
		MemoryContextSwitchTo(caller);
		MemoryContextReset(each);
	}
	result = journey_finish(&env, build);
	MemoryContextDelete(work);
	return result;
}
