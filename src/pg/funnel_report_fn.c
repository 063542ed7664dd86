/*
 * funnel_report_fn.c
 *	  funnel_report(): a funnel over the rows of a query, in flat rows.
 *
 * The query is looked at and then becomes the innermost part of one of ours,
 * which makes journeys of its rows if they are none, asks funnel_agg for each
 * breakdown and takes the answers apart.  So the planner has all of it, and may
 * use workers.
 *
 * What stands between our parentheses has been prepared by itself before, so it
 * is one query that only reads, and cannot be anything else there.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "funnel_rows.h"
#include "funnel_terms.h"
#include "glue.h"
#include "read_query.h"

PG_FUNCTION_INFO_V1(journey_funnel_report);

/* Columns of a query of rows, by their place. */
enum
{
	COL_SUBJECT,
	COL_AT,
	COL_EVENT,
	COL_FURTHER
};

/* Fields of an interaction behind time and event, in their order. */
static const char *const fields[] = {"channel", "decision", "action", "persona", "value", "senses"};

#define NO_COLUMN		(-1)

/* Place of the step's number in our rows. */
#define REPORT_STEP		2

/* What the columns of the query are. */
typedef struct Shape
{
	int			value;			/* a journey or a set; NO_COLUMN: rows of steps */
	int			field[lengthof(fields)];
	int			seq;
	int			breakdowns;
	int		   *breakdown;
} Shape;

/* A type of ours: in the schema of the function that was called. */
static Oid
own_type(FunctionCallInfo fcinfo, const char *name)
{
	Oid			schema = get_func_namespace(fcinfo->flinfo->fn_oid);

	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(schema));
}

/* Looks at the columns of the query. */
static void
read_shape(FunctionCallInfo fcinfo, TupleDesc desc, Shape *shape)
{
	Oid			journey = own_type(fcinfo, "journey");
	Oid			journey_set = own_type(fcinfo, "journey_set");
	int			i;

	shape->value = shape->seq = NO_COLUMN;
	for (i = 0; i < lengthof(fields); i++)
		shape->field[i] = NO_COLUMN;
	shape->breakdowns = 0;
	shape->breakdown = palloc(desc->natts * sizeof(int));
	for (i = 0; i < desc->natts && i <= COL_AT && shape->value == NO_COLUMN; i++)
	{
		Oid			type = getBaseType(TupleDescAttr(desc, i)->atttypid);

		if (type == journey || type == journey_set)
			shape->value = i;
	}
	if (shape->value != NO_COLUMN)
	{
		for (i = shape->value + 1; i < desc->natts; i++)
			shape->breakdown[shape->breakdowns++] = i;
		return;
	}

	if (desc->natts < COL_FURTHER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("query must return journeys, or subject, time and event"),
				 errhint("Return a journey or a journey_set first, or subject, time and event; columns behind them break the funnel down.")));
	if (getBaseType(TupleDescAttr(desc, COL_AT)->atttypid) != TIMESTAMPTZOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the second column of query must be of type timestamptz"),
				 errdetail("It is of type %s.", format_type_be(TupleDescAttr(desc, COL_AT)->atttypid)),
				 errhint("Cast it, or say in which zone it is: %s AT TIME ZONE 'UTC'.",
						 quote_identifier(NameStr(TupleDescAttr(desc, COL_AT)->attname)))));
	for (i = COL_FURTHER; i < desc->natts; i++)
	{
		const char *name = NameStr(TupleDescAttr(desc, i)->attname);
		bool		known = false;
		int			k;

		for (k = 0; k < lengthof(fields) && !known; k++)
			if (strcmp(fields[k], name) == 0 && shape->field[k] == NO_COLUMN)
			{
				shape->field[k] = i;
				known = true;
			}
		if (!known && strcmp(name, "seq") == 0 && shape->seq == NO_COLUMN)
		{
			shape->seq = i;
			known = true;
		}
		if (!known)
			shape->breakdown[shape->breakdowns++] = i;
	}
}

/* The columns of the breakdown as an array of texts. */
static void
append_breakdown(StringInfo sql, const Shape *shape)
{
	int			i;

	appendStringInfoString(sql, "ARRAY[");
	for (i = 0; i < shape->breakdowns; i++)
		appendStringInfo(sql, "%sq.c%d::pg_catalog.text", i > 0 ? ", " : "", shape->breakdown[i]);
	appendStringInfoString(sql, "]::pg_catalog.text[]");
}

/* The query of the user with names of our own for its columns. */
static void
append_query(StringInfo sql, const char *query, int columns)
{
	int			length = strlen(query);
	int			i;

	/* one query by itself may end like that, but not between parentheses */
	while (length > 0 && strchr(" \t\r\n\f;", query[length - 1]) != NULL)
		length--;
	appendStringInfo(sql, "(\n%.*s\n) AS q (", length, query);
	for (i = 0; i < columns; i++)
		appendStringInfo(sql, "%sc%d", i > 0 ? ", " : "", i);
	appendStringInfoChar(sql, ')');
}

/* A subquery (b, j) that makes journeys of rows. */
static void
append_journeys(StringInfo sql, const Shape *shape, const char *query, int columns)
{
	bool		plain = true;
	int			i;

	for (i = 0; i < lengthof(fields); i++)
		plain &= shape->field[i] == NO_COLUMN;
	appendStringInfoString(sql, "(SELECT ");
	append_breakdown(sql, shape);
	appendStringInfoString(sql, " AS b, journey.journey_agg(");
	if (plain)
		appendStringInfo(sql, "q.c%d, q.c%d::pg_catalog.text", COL_AT, COL_EVENT);
	else
	{
		appendStringInfo(sql, "ROW(q.c%d, q.c%d", COL_AT, COL_EVENT);
		for (i = 0; i < lengthof(fields); i++)
			if (shape->field[i] != NO_COLUMN)
				appendStringInfo(sql, ", q.c%d", shape->field[i]);
			else
				appendStringInfoString(sql, ", NULL");
		appendStringInfoString(sql, ")::journey.interaction");
	}
	if (shape->seq != NO_COLUMN)
		appendStringInfo(sql, " ORDER BY q.c%d, q.c%d", COL_AT, shape->seq);
	appendStringInfoString(sql, ") AS j FROM ");
	append_query(sql, query, columns);
	appendStringInfo(sql, " WHERE q.c%d IS NOT NULL GROUP BY 1, q.c%d) AS s", COL_SUBJECT, COL_SUBJECT);
}

/* All of our query; its parameters are the arguments of funnel_agg behind the journey. */
static char *
make_sql(const Shape *shape, const char *query, int columns)
{
	StringInfoData sql;
	int			i;

	initStringInfo(&sql);
	appendStringInfoString(&sql,
						   "SELECT CASE WHEN pg_catalog.cardinality(r.b) > 0 THEN pg_catalog.array_to_string(r.b, ' / ', '') END, r.b, "
						   "f.step, f.name, f.subjects, f.entered, f.converted, f.open, f.lost, f.excluded, "
						   "f.of_all, f.of_first, f.of_first_low, f.of_first_high, f.of_previous");
	for (i = 0; i < 4; i++)
	{
		static const char *const times[] = {
			"median_from_previous", "p90_from_previous", "median_from_first", "p90_from_first"
		};

		appendStringInfo(&sql, ", EXTRACT(epoch FROM f.%s)::pg_catalog.float8", times[i]);
	}
	appendStringInfoString(&sql, ", f.known FROM (SELECT ");
	if (shape->value == NO_COLUMN)
		appendStringInfoString(&sql, "s.b, journey.funnel_agg(s.j");
	else
	{
		append_breakdown(&sql, shape);
		appendStringInfo(&sql, " AS b, journey.funnel_agg(q.c%d", shape->value);
	}
	for (i = 0; i < FUNNEL_ARGUMENTS; i++)
		appendStringInfo(&sql, ", $%d", i + 1);
	appendStringInfoString(&sql, ") AS a FROM ");
	if (shape->value == NO_COLUMN)
		append_journeys(&sql, shape, query, columns);
	else
		append_query(&sql, query, columns);
	appendStringInfoString(&sql,
						   " GROUP BY 1) AS r CROSS JOIN LATERAL pg_catalog.unnest(r.a) AS f"
						   " ORDER BY r.b COLLATE \"C\", f.step");
	return sql.data;
}

/*
 * Runs our query with the arguments of the call, and hands over its rows.
 * known[] tells of each step whether it is known in any of them; returns whether
 * there are any.
 */
static bool
run_sql(FunctionCallInfo fcinfo, const char *sql, uint8 *known)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			pattern_array = get_array_type(own_type(fcinfo, "journey_pattern"));
	Oid			type[FUNNEL_ARGUMENTS] = {
		[FUNNEL_STEPS] = pattern_array,
		[FUNNEL_WITHIN] = INTERVALOID,
		[FUNNEL_MODE] = TEXTOID,
		[FUNNEL_ENTRY] = TEXTOID,
		[FUNNEL_EXCLUDE] = pattern_array,
		[FUNNEL_STEP_WITHIN] = get_array_type(INTERVALOID),
		[FUNNEL_OPTIONAL] = INT4ARRAYOID,
		[FUNNEL_HOLD] = TEXTOID,
		[FUNNEL_TIES] = TEXTOID,
		[FUNNEL_AS_OF] = TIMESTAMPTZOID,
	};
	Datum		value[FUNNEL_ARGUMENTS];
	char		null[FUNNEL_ARGUMENTS];
	int			columns;
	Datum	   *values;
	bool	   *nulls;
	int			result;
	int			i;
	uint64		row;

	for (i = 0; i < FUNNEL_ARGUMENTS; i++)
	{
		value[i] = PG_GETARG_DATUM(1 + i);
		null[i] = PG_ARGISNULL(1 + i) ? 'n' : ' ';
	}
	result = SPI_execute_with_args(sql, FUNNEL_ARGUMENTS, type, value, null, true, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_with_args failed: %s", SPI_result_code_string(result));
	columns = SPI_tuptable->tupdesc->natts;
	if (columns != rsinfo->setDesc->natts + 1)
		elog(ERROR, "result type of funnel_report is not as expected");
	values = palloc(columns * sizeof(Datum));
	nulls = palloc(columns * sizeof(bool));
	for (row = 0; row < SPI_tuptable->numvals; row++)
	{
		heap_deform_tuple(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, values, nulls);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		known[DatumGetInt32(values[REPORT_STEP]) - 1] |= DatumGetBool(values[columns - 1]);
		CHECK_FOR_INTERRUPTS();
	}
	return SPI_tuptable->numvals > 0;
}

/* funnel_report(query, steps, within, ...) */
Datum
journey_funnel_report(PG_FUNCTION_ARGS)
{
	JnEnv		env = journey_env(CurrentMemoryContext);
	FunnelQuestion *q;
	JnFunnelSpec spec;
	JnError		err = {0};
	uint8	   *known;
	char	   *query;
	TupleDesc	desc;
	Shape		shape;

	journey_check_given(fcinfo, 0, "query");

	/* wrong arguments are wrong whatever the query returns */
	q = journey_funnel_question(fcinfo, 1);
	if (jn_funnel_spec_read(&env, q->bytes, q->size, &spec, &err) != JN_OK)
		journey_report(&err, "funnel");

	/* of what is excluded nothing is said here */
	known = palloc(spec.atoms.count);
	memset(known, 0, spec.terms.steps);
	memset(known + spec.terms.steps, 1, spec.atoms.count - spec.terms.steps);
	query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	SPI_connect();
	desc = journey_query_columns(journey_prepare_query(query, "query"));
	read_shape(fcinfo, desc, &shape);
	if (run_sql(fcinfo, make_sql(&shape, query, desc->natts), known))
		journey_funnel_notice(&spec, known);
	SPI_finish();
	return (Datum) 0;
}
