/*
 * clickhouse_fn.c
 *	  from_clickhouse(): patterns of ClickHouse as patterns of ours.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "compat.h"
#include "core/clickhouse.h"
#include "glue.h"
#include "pattern_value.h"

/* of pattern_io.c: reads a pattern as its cast from text does */
extern Datum journey_pattern_from_text(PG_FUNCTION_ARGS);

/* The conditions, each a single step, in canonical form. */
static JnName *
read_conditions(const JnEnv *env, ArrayType *array, int *count)
{
	Datum	   *element;
	bool	   *null;
	JnName	   *condition;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &element, &null, count);
	condition = palloc((*count + 1) * sizeof(JnName));
	for (int i = 0; i < *count; i++)
	{
		text	   *value;
		JnPattern	pattern;
		JnError		err = {0};
		const JnAtom *atom;
		char	   *copy;
		size_t		size;

		if (null[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("condition %d must not be null", i + 1)));
		value = DatumGetTextPP(element[i]);
		if (jn_pattern_read(env, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), &pattern, &err) != JN_OK)
			journey_report(&err, psprintf("%s (condition %d)", PATTERN_NAME, i + 1));
		atom = jn_pattern_atom(&pattern);
		if (atom == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("condition %d must be a single step", i + 1),
					 errhint("Write what ClickHouse calls a condition as a step, such as view, [view, cart] or purchase {value > 100}.")));
		size = jn_atom_write(atom, NULL);
		copy = palloc(size + 1);
		jn_atom_write(atom, copy);
		condition[i] = (JnName) {copy, (uint32_t) size};
	}
	return condition;
}

/* from_clickhouse(pattern, conditions [, all_rows]) */
PG_FUNCTION_INFO_V1(journey_from_clickhouse);

Datum
journey_from_clickhouse(PG_FUNCTION_ARGS)
{
	text	   *pattern = PG_GETARG_TEXT_PP(0);
	JnEnv		env = journey_env(CurrentMemoryContext);
	JnError		err = {0};
	int			count;
	JnName	   *condition = read_conditions(&env, PG_GETARG_ARRAYTYPE_P(1), &count);
	char	   *ours;
	size_t		size;

	if (jn_clickhouse_translate(&env, VARDATA_ANY(pattern), VARSIZE_ANY_EXHDR(pattern), condition, (uint32_t) count,
								PG_GETARG_BOOL(2), &ours, &size, &err) != JN_OK)
		journey_report(&err, "pattern of ClickHouse");
	return DirectFunctionCall1(journey_pattern_from_text,
							   PointerGetDatum(cstring_to_text_with_len(ours, (int) size)));
}
