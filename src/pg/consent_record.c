/*
 * consent_record.c
 *	  Recording what subjects say: one event in the ledger, under the lock of its
 *	  subject.
 *
 * A subject's row is locked to the end of the transaction, and the position in
 * the ledger is taken under that lock: events of one subject have positions in
 * the order in which they took effect.
 *
 * The SQL functions run with the rights of the extension's owner and with a
 * search_path of their own; the queries below count on both.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "consent_action.h"
#include "decision.h"
#include "glue.h"

PG_FUNCTION_INFO_V1(journey__consent_record);
PG_FUNCTION_INFO_V1(journey_consent_give);
PG_FUNCTION_INFO_V1(journey_consent_renew);
PG_FUNCTION_INFO_V1(journey_consent_withdraw);
PG_FUNCTION_INFO_V1(journey_consent_refuse);
PG_FUNCTION_INFO_V1(journey_consent_object);
PG_FUNCTION_INFO_V1(journey_consent_expire);
PG_FUNCTION_INFO_V1(journey_subject_restrict);
PG_FUNCTION_INFO_V1(journey_subject_lift);

/* An argument, or a column. */
typedef struct Value
{
	Datum		datum;
	bool		isnull;
} Value;

static const Value missing = {(Datum) 0, true};
static const Value no = {(Datum) 0, false};

/* What is to be recorded. */
typedef struct Event
{
	JourneyAction action;
	Value		subject;		/* text */
	Value		purpose;		/* text; missing where the action is about all */
	Value		covers;			/* bool, of a consent, as the next four */
	Value		explicitly;		/* bool */
	Value		parental;		/* bool */
	Value		valid_from;		/* timestamptz */
	Value		valid_until;	/* timestamptz */
	Value		said_at;		/* timestamptz, of any event, as what follows */
	Value		notice;			/* text */
	Value		source;			/* text */
	Value		key;			/* text */
	Value		evidence;		/* jsonb */
} Event;


/* ------------------------------------------------------------------------
 * Queries that are planned once a session
 * ------------------------------------------------------------------------ */

#define MAX_PARAMETERS	14

typedef struct Saved
{
	const char *text;
	int			nparameters;
	Oid			types[MAX_PARAMETERS];
	SPIPlanPtr	plan;			/* NULL before the first use */
} Saved;

/* The subject, locked, and the purpose. */
static Saved find_query = {
	.text =
	"SELECT s.number, (SELECT p.number FROM journey.purpose p WHERE p.name = $2)"
	" FROM journey.subject s WHERE s.name = $1 FOR NO KEY UPDATE OF s",
	.nparameters = 2,
	.types = {TEXTOID, TEXTOID}
};

static Saved purpose_query = {
	.text =
	"SELECT p.number FROM journey.purpose p WHERE p.name = $1",
	.nparameters = 1,
	.types = {TEXTOID}
};

/* Raises for one that does not exist. */
static Saved no_purpose_query = {
	.text =
	"SELECT journey._purpose_number($1)",
	.nparameters = 1,
	.types = {TEXTOID}
};

/* Somebody may be creating the same. */
static Saved create_query = {
	.text =
	"INSERT INTO journey.subject (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
	.nparameters = 1,
	.types = {TEXTOID}
};

static Saved key_query = {
	.text =
	"SELECT l.seq, l.action = $3 AND l.purpose IS NOT DISTINCT FROM $4 FROM journey.ledger l"
	" WHERE l.subject = $1 AND l.event_key = $2",
	.nparameters = 4,
	.types = {INT8OID, TEXTOID, TEXTOID, INT4OID}
};

/* What a renewal keeps; no row if there is nothing to renew. */
static Saved renew_query = {
	.text =
	"SELECT s.covers_descendants, s.explicit, s.parental FROM journey.state s"
	" WHERE s.subject = $1 AND s.purpose = $2"
	" AND s.given > GREATEST(s.refused, s.withdrawn, s.objected)",
	.nparameters = 2,
	.types = {INT8OID, INT4OID}
};

/*
 * Was something said later than at $3 that a consent to $2 must not pass: about
 * the same purpose, or against one above it?  Of two at one time it is the word
 * against.  A clock that is fast makes nothing later than its record.
 */
static Saved later_query = {
	.text =
	"SELECT 1 FROM journey.ledger l"
	" JOIN journey.purpose p ON p.number = l.purpose"
	" JOIN journey.purpose mine ON mine.number = $2"
	" WHERE l.subject = $1 AND l.counts"
	" AND (p.number = $2"
	"      OR starts_with(mine.name, p.name || '.')"
	"         AND l.action <> ALL ('{give,renew}'))"
	" AND (LEAST(l.said_at, l.recorded_at) > $3"
	"      OR LEAST(l.said_at, l.recorded_at) = $3 AND l.action <> ALL ('{give,renew}')) LIMIT 1",
	.nparameters = 3,
	.types = {INT8OID, INT4OID, TIMESTAMPTZOID}
};

static Saved insert_query = {
	.text =
	"INSERT INTO journey.ledger (subject, purpose, action, covers_descendants, explicit, parental, counts,"
	" valid_from, valid_until, said_at, notice, source, event_key, evidence)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING seq",
	.nparameters = 14,
	.types = {INT8OID, INT4OID, TEXTOID, BOOLOID, BOOLOID, BOOLOID, BOOLOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID}
};

/* Runs it inside SPI_connect(); what it gives is in SPI_tuptable. */
static bool
run(Saved *query, const Value *values)
{
	Datum		datums[MAX_PARAMETERS];
	char		nulls[MAX_PARAMETERS];
	int			code;

	if (query->plan == NULL)
	{
		SPIPlanPtr	plan = SPI_prepare(query->text, query->nparameters, query->types);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		query->plan = plan;
	}

	for (int i = 0; i < query->nparameters; i++)
	{
		datums[i] = values[i].datum;
		nulls[i] = values[i].isnull ? 'n' : ' ';
	}
	code = SPI_execute_plan(query->plan, datums, nulls, false, 0);
	if (code < 0)
		elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(code));
	return SPI_processed > 0;
}

/* A column of the first row of what run() gave. */
static Value
column(int number)
{
	Value		result;

	result.datum = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, number, &result.isnull);
	return result;
}


/* ------------------------------------------------------------------------
 * Recording
 * ------------------------------------------------------------------------ */

static const char *const action_names[] = {
	[ACTION_GIVE] = "give",
	[ACTION_RENEW] = "renew",
	[ACTION_REFUSE] = "refuse",
	[ACTION_WITHDRAW] = "withdraw",
	[ACTION_OBJECT] = "object",
	[ACTION_EXPIRE] = "expire",
	[ACTION_RESTRICT] = "restrict",
	[ACTION_LIFT] = "lift",
	[ACTION_ERASE] = "erase"
};

JourneyAction
journey_action(const char *name)
{
	for (int i = ACTION_GIVE; i < lengthof(action_names); i++)
	{
		if (strcmp(name, action_names[i]) == 0)
			return (JourneyAction) i;
	}
	return ACTION_NONE;
}

static const char *
action_name(JourneyAction action)
{
	return action_names[action];
}

static bool
is_false(Value value)
{
	return value.isnull || !DatumGetBool(value.datum);
}

/* Raises for what no table is needed to see.  No message tells a subject. */
static void
check_event(const Event *event)
{
	int			size;

	if (event->subject.isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("subject must not be null")));

	size = VARSIZE_ANY_EXHDR(DatumGetTextPP(event->subject.datum));
	if (size < 1 || size > JOURNEY_MAX_SUBJECT)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("subject has %d bytes", size),
				 errdetail("A subject is named by 1 to %d bytes.", JOURNEY_MAX_SUBJECT)));

	if (journey_action_is_about_all(event->action) && !event->purpose.isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("action \"%s\" has no purpose", action_name(event->action)),
				 errdetail("It is about all data of the subject.")));

	if (!journey_action_is_consent(event->action) &&
		!(event->valid_from.isnull && event->valid_until.isnull &&
		  is_false(event->covers) && is_false(event->explicitly) && is_false(event->parental)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("only a consent has a range of time, a reach, or a form"),
				 errdetail("The action is \"%s\".", action_name(event->action))));

	if (!event->valid_from.isnull && !event->valid_until.isnull &&
		DatumGetTimestampTz(event->valid_until.datum) <= DatumGetTimestampTz(event->valid_from.datum))
	{
		char	   *from = pstrdup(timestamptz_to_str(DatumGetTimestampTz(event->valid_from.datum)));

		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the consent would end before it begins"),
				 errdetail("It would begin at %s and end at %s.", from,
						   timestamptz_to_str(DatumGetTimestampTz(event->valid_until.datum)))));
	}
}

/* The numbers of the subject, which is locked and created if need be, and of the purpose. */
static void
find_numbers(const Event *event, Value *subject, Value *purpose)
{
	Value		names[2] = {event->subject, event->purpose};

	if (!run(&find_query, names))
	{
		/* nobody is created for an unknown purpose */
		if (!journey_action_is_about_all(event->action) && !run(&purpose_query, &event->purpose))
			run(&no_purpose_query, &event->purpose);
		run(&create_query, names);
		if (!run(&find_query, names))
			elog(ERROR, "the subject is gone");
	}
	*subject = column(1);
	*purpose = column(2);
	if (purpose->isnull && !journey_action_is_about_all(event->action))
		run(&no_purpose_query, &event->purpose);
}

static int64
insert_event(const Event *event, Value subject, Value purpose, Value counts)
{
	Value		values[] = {
		subject, purpose, {CStringGetTextDatum(action_name(event->action)), false},
		event->covers.isnull ? no : event->covers,
		event->explicitly.isnull ? no : event->explicitly,
		event->parental.isnull ? no : event->parental,
		counts, event->valid_from, event->valid_until, event->said_at,
		event->notice, event->source, event->key, event->evidence
	};

	run(&insert_query, values);
	return DatumGetInt64(column(1).datum);
}

/* The position in the ledger. */
static int64
record(Event *event)
{
	Value		subject;
	Value		purpose;
	Value		action = {CStringGetTextDatum(action_name(event->action)), false};
	Value		counts = {BoolGetDatum(true), false};
	int64		result;

	check_event(event);
	SPI_connect();
	find_numbers(event, &subject, &purpose);

	if (!event->key.isnull && run(&key_query, (Value[]) {subject, event->key, action, purpose}))
	{
		/* recorded already, unless a withdrawal would be lost for the key of a consent */
		if (is_false(column(2)))
			ereport(ERROR,
					(errcode(ERRCODE_UNIQUE_VIOLATION),
					 errmsg("another event of the subject has this event_key"),
					 errdetail("Its action or purpose is another one."),
					 errhint("Give each event a key of its own.")));
		result = DatumGetInt64(column(1).datum);
		SPI_finish();
		return result;
	}

	if (event->action == ACTION_RENEW)
	{
		if (!run(&renew_query, (Value[]) {subject, purpose}))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("there is no consent to renew"),
					 errdetail("None was given for this purpose, or it was taken back."),
					 errhint("Record a new one with journey.consent_give().")));
		event->covers = column(1);
		event->explicitly = column(2);
		event->parental = column(3);
	}
	if (journey_action_is_consent(event->action) && !event->said_at.isnull)
		counts.datum = BoolGetDatum(!run(&later_query, (Value[]) {subject, purpose, event->said_at}));

	result = insert_event(event, subject, purpose, counts);
	SPI_finish();
	return result;
}


/* ------------------------------------------------------------------------
 * What users call
 * ------------------------------------------------------------------------ */

static Value
argument(FunctionCallInfo fcinfo, int number)
{
	return (Value) {PG_GETARG_DATUM(number), PG_ARGISNULL(number)};
}

/* (subject, purpose, valid_until, covers_descendants, notice, source, evidence,
 * valid_from, explicit, parental, said_at, event_key) */
Datum
journey_consent_give(PG_FUNCTION_ARGS)
{
	Event		event = {
		.action = ACTION_GIVE,
		.subject = argument(fcinfo, 0),
		.purpose = argument(fcinfo, 1),
		.valid_until = argument(fcinfo, 2),
		.covers = argument(fcinfo, 3),
		.notice = argument(fcinfo, 4),
		.source = argument(fcinfo, 5),
		.evidence = argument(fcinfo, 6),
		.valid_from = argument(fcinfo, 7),
		.explicitly = argument(fcinfo, 8),
		.parental = argument(fcinfo, 9),
		.said_at = argument(fcinfo, 10),
		.key = argument(fcinfo, 11)
	};

	PG_RETURN_INT64(record(&event));
}

/* (subject, purpose, valid_until, notice, source, evidence, valid_from, said_at, event_key) */
Datum
journey_consent_renew(PG_FUNCTION_ARGS)
{
	Event		event = {
		.action = ACTION_RENEW,
		.subject = argument(fcinfo, 0),
		.purpose = argument(fcinfo, 1),
		.valid_until = argument(fcinfo, 2),
		.notice = argument(fcinfo, 3),
		.source = argument(fcinfo, 4),
		.evidence = argument(fcinfo, 5),
		.valid_from = argument(fcinfo, 6),
		.said_at = argument(fcinfo, 7),
		.key = argument(fcinfo, 8)
	};

	PG_RETURN_INT64(record(&event));
}

/* (subject, purpose, notice, source, evidence, said_at, event_key) */
static Datum
record_closing(FunctionCallInfo fcinfo, JourneyAction action)
{
	Event		event = {
		.action = action,
		.subject = argument(fcinfo, 0),
		.purpose = argument(fcinfo, 1),
		.covers = no,
		.valid_from = missing,
		.valid_until = missing,
		.notice = argument(fcinfo, 2),
		.source = argument(fcinfo, 3),
		.evidence = argument(fcinfo, 4),
		.said_at = argument(fcinfo, 5),
		.key = argument(fcinfo, 6)
	};

	PG_RETURN_INT64(record(&event));
}

Datum
journey_consent_withdraw(PG_FUNCTION_ARGS)
{
	return record_closing(fcinfo, ACTION_WITHDRAW);
}

Datum
journey_consent_refuse(PG_FUNCTION_ARGS)
{
	return record_closing(fcinfo, ACTION_REFUSE);
}

Datum
journey_consent_object(PG_FUNCTION_ARGS)
{
	return record_closing(fcinfo, ACTION_OBJECT);
}

Datum
journey_consent_expire(PG_FUNCTION_ARGS)
{
	return record_closing(fcinfo, ACTION_EXPIRE);
}

/* (subject, source, evidence, said_at, event_key) */
static Datum
record_about_all(FunctionCallInfo fcinfo, JourneyAction action)
{
	Event		event = {
		.action = action,
		.subject = argument(fcinfo, 0),
		.purpose = missing,
		.valid_from = missing,
		.valid_until = missing,
		.notice = missing,
		.source = argument(fcinfo, 1),
		.evidence = argument(fcinfo, 2),
		.said_at = argument(fcinfo, 3),
		.key = argument(fcinfo, 4)
	};

	PG_RETURN_INT64(record(&event));
}

Datum
journey_subject_restrict(PG_FUNCTION_ARGS)
{
	return record_about_all(fcinfo, ACTION_RESTRICT);
}

Datum
journey_subject_lift(PG_FUNCTION_ARGS)
{
	return record_about_all(fcinfo, ACTION_LIFT);
}

/* Tells which event of a list could not be recorded. */
static void
tell_event(void *number)
{
	errcontext("event %lld of the list", (long long) *(int64 *) number);
}

/*
 * (number in a list, action, subject, purpose, covers_descendants, explicit,
 * parental, valid_from, valid_until, said_at, notice, source, event_key,
 * evidence)
 */
Datum
journey__consent_record(PG_FUNCTION_ARGS)
{
	int64		number = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	ErrorContextCallback context = {error_context_stack, tell_event, &number};
	Event		event = {
		.subject = argument(fcinfo, 2),
		.purpose = argument(fcinfo, 3),
		.covers = argument(fcinfo, 4),
		.explicitly = argument(fcinfo, 5),
		.parental = argument(fcinfo, 6),
		.valid_from = argument(fcinfo, 7),
		.valid_until = argument(fcinfo, 8),
		.said_at = argument(fcinfo, 9),
		.notice = argument(fcinfo, 10),
		.source = argument(fcinfo, 11),
		.key = argument(fcinfo, 12),
		.evidence = argument(fcinfo, 13)
	};
	int64		result;

	if (number > 0)
		error_context_stack = &context;
	journey_check_given(fcinfo, 1, "action");
	event.action = journey_action(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (event.action == ACTION_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no such action"),
				 errdetail("Actions are give, renew, refuse, withdraw, object, expire, restrict and lift.")));
	result = record(&event);
	error_context_stack = context.previous;
	PG_RETURN_INT64(result);
}
