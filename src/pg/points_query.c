/*
 * points_query.c
 *	  Data points of many topics, read by running a query.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "glue.h"
#include "points_query.h"
#include "read_query.h"

/* The columns of the query, by their place. */
enum
{
	COL_TOPIC,
	COL_AT,
	COL_VALUE
};

typedef struct Reader
{
	DestReceiver receiver;		/* first, so that it can stand for the whole */
	const JnEnv *env;
	MemoryContext row_context;	/* what reading a row leaves behind */
	JnPoints   *points;
	const char *argument;
	TimestampTz before;
	Oid			topic_type;		/* base types */
	Oid			value_type;
	FmgrInfo	topic_output;	/* for topics that are not text */
} Reader;

static bool
is_number(Oid type)
{
	return type == FLOAT8OID || type == FLOAT4OID || type == INT8OID || type == INT4OID || type == INT2OID ||
		type == NUMERICOID;
}

static double
number_of(Oid type, Datum value)
{
	switch (type)
	{
		case FLOAT8OID:
			return DatumGetFloat8(value);
		case FLOAT4OID:
			return DatumGetFloat4(value);
		case INT8OID:
			return (double) DatumGetInt64(value);
		case INT4OID:
			return DatumGetInt32(value);
		case INT2OID:
			return DatumGetInt16(value);
		default:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8, value));
	}
}

/* Takes a row from the executor. */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	Reader	   *reader = (Reader *) self;
	bool		valued = reader->points->valued;
	MemoryContext caller;
	JnName		topic;
	TimestampTz at;
	double		value = 0;
	JnError		err;

	CHECK_FOR_INTERRUPTS();
	slot_getallattrs(slot);
	if (slot->tts_isnull[COL_TOPIC] || slot->tts_isnull[COL_AT] || (valued && slot->tts_isnull[COL_VALUE]))
		return true;
	at = DatumGetTimestampTz(slot->tts_values[COL_AT]);
	journey_check_time(at);
	if (at >= reader->before)
		return true;

	/* what is toasted is copied into this context */
	caller = MemoryContextSwitchTo(reader->row_context);
	if (valued)
	{
		value = number_of(reader->value_type, slot->tts_values[COL_VALUE]);
		if (!isfinite(value))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("the value of a data point must be finite"),
					 errhint("Leave such rows out, or make them NULL.")));
	}
	if (journey_is_text(reader->topic_type))
		topic = journey_text_name(reader->topic_type, DatumGetTextPP(slot->tts_values[COL_TOPIC]));
	else
	{
		char	   *t = OutputFunctionCall(&reader->topic_output, slot->tts_values[COL_TOPIC]);

		topic = (JnName) {t, strlen(t)};
	}
	if (jn_points_add(reader->env, reader->points, topic, at, value, &err) != JN_OK)
		journey_report(&err, "topic");
	MemoryContextSwitchTo(caller);
	MemoryContextReset(reader->row_context);
	return true;
}

/* Looks at the columns of the query. */
static void
read_columns(Reader *reader, TupleDesc desc, PointsColumns columns)
{
	int			most = columns == POINTS_MAYBE_VALUES ? 3 : 2;
	Oid			type;

	if (desc->natts < 2 || desc->natts > most)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 most == 3
				 ? errmsg("%s must return 2 or 3 columns, not %d", reader->argument, desc->natts)
				 : errmsg("%s must return 2 columns, not %d", reader->argument, desc->natts),
				 most == 3
				 ? errhint("Return topic, time and perhaps a value, in this order, as in SELECT topic, at FROM complaints.")
				 : errhint("Return topic and time, in this order, as in SELECT topic, at FROM complaints.")));

	type = TupleDescAttr(desc, COL_AT)->atttypid;
	if (getBaseType(type) != TIMESTAMPTZOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the second column of %s must be of type timestamptz", reader->argument),
				 errdetail("It is of type %s.", format_type_be(type)),
				 errhint("Cast it, or say in which zone it is: %s AT TIME ZONE 'UTC'.",
						 quote_identifier(NameStr(TupleDescAttr(desc, COL_AT)->attname)))));

	type = TupleDescAttr(desc, COL_TOPIC)->atttypid;
	reader->topic_type = getBaseType(type);
	if (!journey_is_text(reader->topic_type))
	{
		Oid			output;
		bool		is_varlena;

		getTypeOutputInfo(type, &output, &is_varlena);
		fmgr_info(output, &reader->topic_output);
	}

	reader->points->valued = desc->natts == 3;
	if (reader->points->valued)
	{
		type = TupleDescAttr(desc, COL_VALUE)->atttypid;
		reader->value_type = getBaseType(type);
		if (!is_number(reader->value_type))
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("the third column of %s must be a number", reader->argument),
					 errdetail("It is of type %s.", format_type_be(type))));
	}
}

void
journey_read_points(const JnEnv *env, const char *query, const char *argument, PointsColumns columns,
					TimestampTz before, JnPoints *points)
{
	Reader		reader = {
		.receiver = journey_row_receiver(receive_row),
		.env = env,
		.points = points,
		.argument = argument,
		.before = before,
		.row_context = AllocSetContextCreate(CurrentMemoryContext, "row of a query", ALLOCSET_SMALL_SIZES),
	};
	SPIPlanPtr	plan;

	jn_points_init(points, false);
	SPI_connect();
	plan = journey_prepare_query(query, argument);
	read_columns(&reader, journey_query_columns(plan), columns);
	journey_run_query(plan, &reader.receiver);
	SPI_finish();
	MemoryContextDelete(reader.row_context);
	jn_points_order(env, points);
}
