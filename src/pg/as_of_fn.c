/*
 * as_of_fn.c
 *	  What subjects had said about a purpose by some time in the past.
 *
 * One query reads the ledger up to that time, for all subjects or for one, and
 * gives for each subject and each purpose on the path what journey.state held
 * then.  The words are weighed by the same code as in a decision of today,
 * jn_words_add() and jn_words_end().
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/lawful.h"

PG_FUNCTION_INFO_V1(journey__consent_as_of);

/* Rows taken from the query at a time. */
#define FETCH			1000

/* What the query gives, and in that order; rows of a subject come together. */
enum
{
	SAID_SUBJECT = 1,
	SAID_RESTRICTED,
	SAID_ERASED,
	SAID_DEPTH,
	SAID_GIVEN,
	SAID_REFUSED,
	SAID_WITHDRAWN,
	SAID_OBJECTED,
	SAID_EXPIRED,
	SAID_FROM,
	SAID_UNTIL,
	SAID_COVERS,
	SAID_EXPLICIT,
	SAID_PARENTAL,
	SAID_OLD_NOTICE
};

static const char *const said_query =
"WITH path AS ("
"  SELECT p.number, p.name, array_length(string_to_array($1, '.'), 1) - array_length(string_to_array(p.name, '.'), 1) AS depth"
"    FROM journey.purpose p WHERE p.name = $1 OR starts_with($1, p.name || '.')),"
" said AS ("
"  SELECT l.subject, path.depth,"
"         coalesce(max(l.seq) FILTER (WHERE l.action IN ('give', 'renew') AND l.counts), 0) AS given,"
"         coalesce(max(l.seq) FILTER (WHERE l.action = 'refuse'), 0) AS refused,"
"         coalesce(max(l.seq) FILTER (WHERE l.action = 'withdraw'), 0) AS withdrawn,"
"         coalesce(max(l.seq) FILTER (WHERE l.action = 'object'), 0) AS objected,"
"         coalesce(max(l.seq) FILTER (WHERE l.action = 'expire'), 0) AS expired"
"    FROM path JOIN journey.ledger l ON l.purpose = path.number"
"   WHERE l.recorded_at <= $2 AND ($3 IS NULL OR l.subject = (SELECT u.number FROM journey.subject u WHERE u.name = $3))"
"   GROUP BY l.subject, path.depth),"
" whole AS ("
"  SELECT l.subject, bool_or(l.action = 'erase') AS erased,"
"         (array_agg(l.action = 'restrict' ORDER BY l.seq DESC) FILTER (WHERE l.action IN ('restrict', 'lift')))[1] AS restricted"
"    FROM journey.ledger l"
"   WHERE l.purpose IS NULL AND l.recorded_at <= $2"
"     AND ($3 IS NULL OR l.subject = (SELECT u.number FROM journey.subject u WHERE u.name = $3))"
"   GROUP BY l.subject)"
" SELECT s.name, coalesce(whole.restricted, false), coalesce(whole.erased, false), said.depth,"
"        said.given, said.refused, said.withdrawn, said.objected, said.expired,"
"        coalesce(g.valid_from, '-infinity'), coalesce(g.valid_until, 'infinity'),"
"        coalesce(g.covers_descendants, false), coalesce(g.explicit, false), coalesce(g.parental, false),"
 /* a text renewed on the way down from there ends it, too */
"        EXISTS (SELECT FROM path JOIN journey.notice n ON n.purpose = path.name"
"                 WHERE path.depth <= said.depth AND n.renews AND n.published_at <= $2"
"                   AND n.number > coalesce((SELECT m.number FROM journey.notice m"
"                                             WHERE m.purpose = n.purpose AND m.version = g.notice), 0))"
"   FROM said JOIN journey.subject s ON s.number = said.subject"
"   LEFT JOIN journey.ledger g ON g.seq = said.given"
"   LEFT JOIN whole ON whole.subject = said.subject"
"  WHERE (SELECT count(*) FROM path) = array_length(string_to_array($1, '.'), 1)"
"  ORDER BY s.name";

/* A column that cannot be NULL. */
static Datum
column(HeapTuple row, int number)
{
	bool		isnull;

	return SPI_getbinval(row, SPI_tuptable->tupdesc, number, &isnull);
}

static void
add_word(JnWords *words, HeapTuple row, TimestampTz at)
{
	JnWord		word = {
		.depth = DatumGetInt32(column(row, SAID_DEPTH)),
		.given = DatumGetInt64(column(row, SAID_GIVEN)),
		.refused = DatumGetInt64(column(row, SAID_REFUSED)),
		.withdrawn = DatumGetInt64(column(row, SAID_WITHDRAWN)),
		.objected = DatumGetInt64(column(row, SAID_OBJECTED)),
		.expired = DatumGetInt64(column(row, SAID_EXPIRED)),
		.from = DatumGetTimestampTz(column(row, SAID_FROM)),
		.until = DatumGetTimestampTz(column(row, SAID_UNTIL)),
		.covers = DatumGetBool(column(row, SAID_COVERS)),
		.is_explicit = DatumGetBool(column(row, SAID_EXPLICIT)),
		.parental = DatumGetBool(column(row, SAID_PARENTAL)),
		.old_notice = DatumGetBool(column(row, SAID_OLD_NOTICE))
	};

	jn_words_add(words, &word, at);
}

/* A subject whose words are being added up. */
typedef struct Person
{
	text	   *name;			/* NULL: none yet */
	bool		restricted;
	bool		erased;
	JnWords		words;
} Person;

static void
put_person(ReturnSetInfo *result, const Person *person)
{
	JnSubject	subject = {0};
	JnReason	reason;
	Datum		values[3];
	bool		nulls[3] = {false};

	if (person->name == NULL)
		return;
	jn_words_end(&person->words, &subject);
	reason = person->erased ? JN_REASON_ERASED :
		person->restricted ? JN_REASON_RESTRICTED : (JnReason) subject.consent;

	values[0] = PointerGetDatum(person->name);
	values[1] = BoolGetDatum(reason == JN_REASON_CONSENT);
	values[2] = CStringGetTextDatum(jn_reason_text(reason));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[2]));
}

/*
 * _consent_as_of(purpose text, as_of timestamptz, subject text) returns setof
 * (subject text, consented boolean, reason text); subject NULL is all
 */
Datum
journey__consent_as_of(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			types[] = {TEXTOID, TIMESTAMPTZOID, TEXTOID};
	Datum		arguments[3];
	char		nulls[] = {' ', ' ', PG_ARGISNULL(2) ? 'n' : ' '};
	TimestampTz at;
	Person		person = {0};
	SPIPlanPtr	plan;
	Portal		portal;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	for (int i = 0; i < 3; i++)
		arguments[i] = PG_GETARG_DATUM(i);
	at = PG_GETARG_TIMESTAMPTZ(1);

	SPI_connect();
	plan = SPI_prepare(said_query, 3, types);
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, arguments, nulls, true);

	for (;;)
	{
		SPI_cursor_fetch(portal, true, FETCH);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			HeapTuple	row = SPI_tuptable->vals[i];
			text	   *name = DatumGetTextPP(column(row, SAID_SUBJECT));

			CHECK_FOR_INTERRUPTS();
			if (person.name == NULL ||
				VARSIZE_ANY_EXHDR(name) != VARSIZE_ANY_EXHDR(person.name) ||
				memcmp(VARDATA_ANY(name), VARDATA_ANY(person.name), VARSIZE_ANY_EXHDR(name)) != 0)
			{
				put_person(result, &person);
				if (person.name != NULL)
					pfree(person.name);
				memset(&person, 0, sizeof(person));
				person.name = cstring_to_text_with_len(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
				person.restricted = DatumGetBool(column(row, SAID_RESTRICTED));
				person.erased = DatumGetBool(column(row, SAID_ERASED));
			}
			add_word(&person.words, row, at);
		}
		SPI_freetuptable(SPI_tuptable);
	}
	put_person(result, &person);
	SPI_cursor_close(portal);
	SPI_finish();
	return (Datum) 0;
}
