/*
 * row_array.c
 *	  The array of rows that a final function returns.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "row_array.h"

RowArray
journey_rows_begin(FunctionCallInfo fcinfo, int attributes)
{
	Oid			element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(element, -1);

	if (desc->natts != attributes)
		elog(ERROR, "type %s is not as expected", format_type_be(element));
	return (RowArray) {desc, initArrayResult(element, CurrentMemoryContext, false)};
}

void
journey_rows_add(RowArray *array, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(array->desc, values, nulls);

	CHECK_FOR_INTERRUPTS();
	accumArrayResult(array->rows, HeapTupleGetDatum(tuple), false, array->desc->tdtypeid, CurrentMemoryContext);
	heap_freetuple(tuple);
}

Datum
journey_rows_end(RowArray *array)
{
	return makeArrayResult(array->rows, CurrentMemoryContext);
}
