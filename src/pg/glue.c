/*
 * glue.c
 *	  Where the core meets the server: memory, interrupts, errors, arguments.
 */
#include "postgres.h"

#include "common/int.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "compat.h"
#include "glue.h"

/*
 * How each JnStatus is told.  In the texts {what} is the caller's noun, and
 * {at}, {found}, {limit} are the fields of the JnError, whose meaning for each
 * status stands beside it in jn.h.
 */
typedef struct ErrorText
{
	int			sqlstate;
	const char *message;
	const char *detail;			/* or NULL */
	const char *hint;			/* or NULL */
} ErrorText;

static const ErrorText error_text[] = {
	[JN_OK] = {
		ERRCODE_INTERNAL_ERROR,
		"no error in {what}",
	},
	[JN_BYTES_SHORT] = {
		ERRCODE_INVALID_BINARY_REPRESENTATION,
		"invalid binary form of {what}",
		"Found {found} of at least {limit} bytes.",
	},
	[JN_BYTES_VERSION] = {
		ERRCODE_FEATURE_NOT_SUPPORTED,
		"{what} is of format version {found}",
		"This version of the extension reads format version {limit}.",
		"Upgrade the extension journey on this server to the version that wrote the value.",
	},
	[JN_BYTES_TRACKS] = {
		ERRCODE_FEATURE_NOT_SUPPORTED,
		"{what} has parts that this version of the extension does not know",
		"The unknown bits at byte {at} are {found}.",
		"Upgrade the extension journey on this server to the version that wrote the value.",
	},
	[JN_BYTES_CORRUPT] = {
		ERRCODE_INVALID_BINARY_REPRESENTATION,
		"invalid binary form of {what}",
		"What stands at byte {at} breaks a rule of the format.",
	},
	[JN_TEXT_SYNTAX] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"The text cannot be read from byte {at} on, counted from 0.",
		"Write steps as [view 2026-01-01T10:00:00Z, \"add to cart\"@web 2026-01-01T10:00:05.25Z {value=19.99}].",
	},
	[JN_TEXT_TIME] = {
		ERRCODE_INVALID_DATETIME_FORMAT,
		"invalid time in a {what}",
		"What stands at byte {at}, counted from 0, is not a time, or there is no such day.",
		"Write times with their offset from UTC, as 2026-01-01T10:00:05.25Z or 2026-01-01 12:00:05.25+02:00.",
	},
	[JN_NAME_LONG] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"name in a {what} is too long",
		"It has {found} bytes; at most {limit} are allowed.",
		"Shorten the names, for example with left(name, 200).",
	},
	[JN_NAME_UTF8] = {
		ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
		"name in a {what} is not valid UTF-8",
		"Byte {at} cannot be read as part of a character.",
	},
	[JN_TIME_RANGE] = {
		ERRCODE_DATETIME_FIELD_OVERFLOW,
		"time in a {what} is out of range",
		"Times lie between 4714-11-24 BC and 294276-12-31 AD, and are finite.",
	},
	[JN_TOO_MANY_STEPS] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"too many steps for one {what}",
		"There are {found} steps; at most {limit} are allowed.",
		"Build it in chunks: group by a shorter period as well, such as date_trunc('month', at), or by a finer key.",
	},
	[JN_TOO_LARGE] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"{what} is too large",
		"It would take {found} bytes; at most {limit} are allowed.",
		"Build it in chunks: group by a shorter period as well, such as date_trunc('month', at), or by a finer key.",
	},
	[JN_ARGUMENT] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"{what} is out of range",
		"{found} was given; the limit is {limit}.",
	},
	[JN_KEY_FORMAT] = {
		ERRCODE_CONFIG_FILE_ERROR,
		"invalid {what}",
		"A key is 64 hexadecimal digits; at byte {at} stands something else.",
		"Make one with: openssl rand -hex 32",
	},
	[JN_CRYPTO] = {
		ERRCODE_EXTERNAL_ROUTINE_EXCEPTION,
		"the cryptographic library refused to work on {what}",
	},
	[JN_TEXT_TIMES] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"The text cannot be read from byte {at} on, counted from 0.",
		"Write {2026-01-01T10:00:00Z, 2026-01-01T10:00:05.25Z}, or with values {2026-01-01T10:00:00Z 1.5}.",
	},
	[JN_TOO_MANY_POINTS] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"too many data points for one {what}",
		"There are {found} points; at most {limit} are allowed.",
		"Group by a shorter period or by a finer key.",
	},
	[JN_SENSE_EMPTY] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"a sense in a {what} has no name",
		"The empty text names no sense.",
		"Leave it out, for example with array_remove(senses, '').",
	},
	[JN_TEXT_NUMBER] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid number in a {what}",
		"What stands at byte {at}, counted from 0, is not a number.",
		"Write numbers as 19.99, -1e-7, NaN, Infinity or -Infinity.",
	},
	[JN_NUMBER_RANGE] = {
		ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
		"number in a {what} is out of range",
		"What stands at byte {at}, counted from 0, does not fit into double precision.",
	},
	[JN_TEXT_SET] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"The text cannot be read from byte {at} on, counted from 0.",
		"Write subjects with their journeys as {ana: [view 2026-01-01T10:00:00Z], \"bob b.\": [view 2026-01-01T10:00:05.25Z]}.",
	},
	[JN_SUBJECT_LONG] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"subject in a {what} is too long",
		"It has {found} bytes; at most {limit} are allowed.",
		"Name subjects by a shorter key, for example by md5(subject)::uuid.",
	},
	[JN_SUBJECT_UTF8] = {
		ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
		"subject in a {what} is not valid UTF-8",
		"The subject that begins at byte {at} cannot be read.",
	},
	[JN_SUBJECT_KINDS] = {
		ERRCODE_DATATYPE_MISMATCH,
		"subjects of a {what} must all be of one type",
		NULL,
		"Cast the subjects to one type before the sets are built.",
	},
	[JN_TOO_MANY_NAMES] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"too many different names of events and labels in one {what}",
		"They take {found} bytes of memory; maintenance_work_mem leaves {limit} for them.",
		"Raise maintenance_work_mem, or name fewer things, such as the kind of a page instead of its address.",
	},
	[JN_SIGNALS_DIFFER] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"cannot combine a {what} that has values with one that has none",
	},
	[JN_TERMS_DIFFER] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"alpha, pattern_at and trend_at must be the same for all data points of a {what}",
	},
	[JN_UNSEAL] = {
		ERRCODE_DATA_EXCEPTION,
		"cannot decrypt",
	},
	[JN_PATTERN_EMPTY] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"{what} is empty",
		NULL,
		"Write steps as view -> cart -> purchase, or () for no step at all.",
	},
	[JN_PATTERN_SYNTAX] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"The text cannot be read from character {at} on.",
		"Write patterns as view -[no return, <= 1 h]-> (cart | wishlist)+ -> purchase within 1 day.",
	},
	[JN_PATTERN_NAME] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"At character {at} the name of an event or another step is expected.",
		"Put names with blanks or signs into double quotes, as in \"add to cart\".",
	},
	[JN_PATTERN_OPEN] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"What opens at character {at} is never closed.",
	},
	[JN_PATTERN_CLOSE] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"The parenthesis at character {at} closes nothing.",
	},
	[JN_PATTERN_QUANTIFIER] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid quantifier in a {what}",
		"What stands at character {at} is not a number of times, or has no step before it.",
		"Write ?, *, +, {2}, {2,} or {2,5} behind a step or a group, and a further ? for as few as will do; put parentheses around what is to be repeated again.",
	},
	[JN_PATTERN_LINK] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid link in a {what}",
		"What stands at character {at} is no link, or lacks a step before or behind it.",
		"Write links as view -> cart, view >> cart or view -[no return, <= 1 h]-> cart; put names with such signs into double quotes.",
	},
	[JN_PATTERN_BOUND] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid bound of a link in a {what}",
		"What stands at character {at} is no bound, or the second of its kind.",
		"Write bounds as -[no return, no {sense=angry}, >= 1 min, < 1 h]->.",
	},
	[JN_PATTERN_TEST] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid condition in a {what}",
		"What stands at character {at} is no condition on a step.",
		"Conditions are channel, decision, action, persona and sense with = or !=, and value with =, !=, <, <=, > or >=, as in purchase {value > 100, sense=angry}.",
	},
	[JN_PATTERN_WITHIN] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"At character {at}, \"within\" and an interval must be the end of the whole pattern.",
		"Put the event \"within\" into double quotes; bound a part of a pattern as in view -[<= 1 h]-> cart.",
	},
	[JN_PATTERN_INTERVAL] = {
		ERRCODE_INVALID_DATETIME_FORMAT,
		"invalid interval in a {what}",
		"What stands at character {at} is not an interval.",
		"Write intervals as 30 min, 1 h, 1 day 2 hours, 1.5 s or 01:30:00.",
	},
	[JN_PATTERN_MONTHS] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"interval in a {what} must not have months or years",
		"What stands at character {at} has no fixed length.",
		"Use weeks, days or hours, as in 30 days.",
	},
	[JN_PATTERN_INTERVAL_RANGE] = {
		ERRCODE_INTERVAL_FIELD_OVERFLOW,
		"interval in a {what} is too long",
		"The interval at character {at} does not fit into 62 bits of microseconds, about 146138 years.",
	},
	[JN_PATTERN_CLICKHOUSE] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid input syntax for type {what}",
		"Character {at} begins a condition or a time of ClickHouse.",
		"Ask journey.from_clickhouse('(?1).*(?2)', ARRAY['view', 'buy']) for what such a pattern means.",
	},
	[JN_PATTERN_LARGE] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"{what} is too large",
		"Its automaton would have more than {limit} transitions.",
		"Use smaller numbers in {n,m}, or x* instead of x{0,n}.",
	},
	[JN_CONSENT_LETTER] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"Byte {at} is no letter that may stand there.",
	},
	[JN_CONSENT_SHORT] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"It ends too early, at byte {at}.",
	},
	[JN_CONSENT_VERSION] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"unknown version of a {what}",
		"Version {limit} is read; byte {at} says {found}.",
	},
	[JN_CONSENT_GPP] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"It is a GPP string, which may hold a TC string.",
		"Take that out with journey.gpp_decode(...) -> 'tcfeuv2' ->> 'string'.",
	},
	[JN_CONSENT_RANGE] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"A range at byte {at} does not ascend, or goes beyond {limit}.",
	},
	[JN_CONSENT_SEGMENT] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"At byte {at} stands a part that does not belong there, or one is missing.",
	},
	[JN_CONSENT_COUNTRY] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"At byte {at} stands a language or country that is no two letters.",
	},
	[JN_PATH_SYNTAX] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"It cannot be read from character {at} on.",
		"Write column->'key'->0->>'key', with keys in single quotes, and \"->>\" only before the last.",
	},
	[JN_PATH_LONG] = {
		ERRCODE_PROGRAM_LIMIT_EXCEEDED,
		"{what} is too long",
		"It has {found} steps or bytes; there may be {limit}.",
	},
	[JN_CLICKHOUSE_SYNTAX] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid {what}",
		"It cannot be read from character {at} on.",
		"A pattern is made of (?1), .*, . and (?t<=3600), with <, <=, >, >= or ==, without blanks.",
	},
	[JN_CLICKHOUSE_CONDITION] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"{what} asks for a condition that is not there",
		"At character {at} it names condition {found}; there are {limit}.",
	},
	[JN_CLICKHOUSE_TIME] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"invalid time in a {what}",
		"The time at character {at} is not between two events, or says again what another one there says.",
	},
	[JN_CLICKHOUSE_EMPTY] = {
		ERRCODE_INVALID_PARAMETER_VALUE,
		"{what} has no event",
		NULL,
		"ClickHouse takes such a pattern to match always. Count the steps, with step_count(j), if that is what is asked.",
	},
	[JN_STORE_MISSING] = {
		ERRCODE_DATA_CORRUPTED,
		"{what} does not fit its table",
		"Rows of the table are gone that the store never had.",
		"Run journey.rebuild() on it. Rows were changed while the triggers of the store were disabled or missing.",
	},
	[JN_PATTERN_NUMBER] = {
		ERRCODE_INVALID_TEXT_REPRESENTATION,
		"invalid number in a {what}",
		"What stands at character {at} is not a number.",
		"Write numbers as 19.99, -1e-7, NaN, Infinity or -Infinity.",
	},
	[JN_PATTERN_NUMBER_RANGE] = {
		ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
		"number in a {what} is out of range",
		"What stands at character {at} does not fit into double precision.",
	},
};

/* JnStatus grows at its end only, so the length tells that a row is missing. */
StaticAssertDecl(lengthof(error_text) == JN_STATUS_COUNT, "each JnStatus needs a row in error_text");


/* ----- memory and interrupts ----- */

static void *
env_alloc(void *ctx, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) ctx, size);
}

static void *
env_resize(void *ctx, void *ptr, size_t size)
{
	/* the chunk stays in the context that it came from */
	return repalloc_huge(ptr, size);
}

static void
env_release(void *ctx, void *ptr)
{
	pfree(ptr);
}

static void
env_tick(void *ctx)
{
	CHECK_FOR_INTERRUPTS();
}

JnEnv
journey_env(MemoryContext context)
{
	JnEnv		env;

	env.alloc = env_alloc;
	env.resize = env_resize;
	env.release = env_release;
	env.tick = env_tick;
	env.ctx = context;
	return env;
}


/* ----- errors ----- */

/* A text of the table with the facts in place, or NULL for NULL. */
static char *
fill_in(const char *text, const JnError *err, const char *what)
{
	StringInfoData out;

	if (text == NULL)
		return NULL;

	initStringInfo(&out);
	while (*text != '\0')
	{
		if (strncmp(text, "{what}", 6) == 0)
			appendStringInfoString(&out, what);
		else if (strncmp(text, "{at}", 4) == 0)
			appendStringInfo(&out, "%zu", err->at);
		else if (strncmp(text, "{found}", 7) == 0)
			appendStringInfo(&out, INT64_FORMAT, (int64) err->found);
		else if (strncmp(text, "{limit}", 7) == 0)
			appendStringInfo(&out, INT64_FORMAT, (int64) err->limit);
		else
		{
			appendStringInfoChar(&out, *text++);
			continue;
		}
		text = strchr(text, '}') + 1;
	}
	return out.data;
}

void
journey_report_soft(const JnError *err, const char *what, Node *escontext)
{
	const ErrorText *row = &error_text[err->status];
	char	   *message = fill_in(row->message, err, what);
	char	   *detail = fill_in(row->detail, err, what);
	char	   *hint = fill_in(row->hint, err, what);

	errsave(escontext,
			(errcode(row->sqlstate),
			 errmsg_internal("%s", message),
			 detail ? errdetail_internal("%s", detail) : 0,
			 hint ? errhint("%s", hint) : 0));
}

void
journey_report(const JnError *err, const char *what)
{
	journey_report_soft(err, what, NULL);
	pg_unreachable();
}

void
journey_report_stored(const JnError *err, const char *what)
{
	if (err->status == JN_BYTES_VERSION || err->status == JN_BYTES_TRACKS)
		journey_report(err, what);
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored %s is damaged", what),
			 errdetail("What stands at byte %zu breaks a rule of the format.", err->at)));
}


/* ----- arguments and results ----- */

void
journey_close(Datum value, struct varlena *opened)
{
	if ((Pointer) opened != DatumGetPointer(value))
		pfree(opened);
}

int64
journey_interval_us(const Interval *interval, const char *argument)
{
	int64		us;

	/* before the months: an infinite interval is made of extreme ones */
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be finite", argument)));
	if (interval->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not have months or years", argument),
				 errdetail("A month has no fixed length."),
				 errhint("Use weeks, days or hours, as in interval '30 days'.")));
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &us) ||
		pg_add_s64_overflow(us, interval->time, &us))
		ereport(ERROR,
				(errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW),
				 errmsg("%s is too long", argument),
				 errdetail("It must fit into 64 bits of microseconds, about 292277 years.")));
	if (us < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", argument)));
	return us;
}

Interval *
journey_us_interval(int64 us)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = us;
	return interval;
}

MemoryContext
journey_aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("this function can only be called as part of an aggregate")));
	return context;
}

Datum
journey_name_text(JnName name)
{
	return PointerGetDatum(cstring_to_text_with_len(name.data, name.size));
}

bool
journey_is_word(const text * given, const char *word)
{
	return VARSIZE_ANY_EXHDR(given) == strlen(word) && pg_strncasecmp(VARDATA_ANY(given), word, strlen(word)) == 0;
}

void
journey_check_given(FunctionCallInfo fcinfo, int arg, const char *name)
{
	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

void
journey_check_time(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_FIELD_OVERFLOW),
				 errmsg("the time of a data point must be finite"),
				 errhint("Leave such rows out, for example with FILTER (WHERE isfinite(at)).")));
}
