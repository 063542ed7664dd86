/*
 * row_array.h
 *	  The array of rows that a final function returns: funnel_step[], edge[] and
 *	  the like.
 */
#ifndef JOURNEY_ROW_ARRAY_H
#define JOURNEY_ROW_ARRAY_H

#include "access/tupdesc.h"
#include "fmgr.h"
#include "utils/array.h"

typedef struct RowArray
{
	TupleDesc	desc;
	ArrayBuildState *rows;
} RowArray;

/*
 * Begins the array that the function returns, in the current memory context.
 * Its row type must have so many attributes.
 */
extern RowArray journey_rows_begin(FunctionCallInfo fcinfo, int attributes);

/* Adds a row, which is copied.  Looks for interrupts. */
extern void journey_rows_add(RowArray *array, Datum *values, bool *nulls);

/* The array; empty if there are no rows. */
extern Datum journey_rows_end(RowArray *array);

#endif							/* JOURNEY_ROW_ARRAY_H */
