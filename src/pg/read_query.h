/*
 * read_query.h
 *	  Running the query that a user gives as text, and taking its rows.
 *
 * The rows do not go through a table of results: the executor hands each to a
 * receiver.  The query runs as the caller, with the caller's rights, and may be
 * parallel.
 *
 *		SPI_connect();
 *		plan = journey_prepare_query(text, "query");
 *		... look at journey_query_columns(plan) ...
 *		journey_run_query(plan, &mine.receiver);
 *		SPI_finish();
 */
#ifndef JOURNEY_READ_QUERY_H
#define JOURNEY_READ_QUERY_H

#include "access/tupdesc.h"
#include "executor/spi.h"
#include "tcop/dest.h"

#include "core/labels.h"

/*
 * Prepares the query; SPI must be connected.  "argument" names it in errors.
 * Errors: whatever the server finds wrong with it; not one query but several or
 * none; none that returns rows; one that changes or locks rows.
 */
extern SPIPlanPtr journey_prepare_query(const char *query, const char *argument);

/* The columns that it returns. */
extern TupleDesc journey_query_columns(SPIPlanPtr plan);

/* A receiver that hands each row to a function, for the start of a struct of one's own. */
extern DestReceiver journey_row_receiver(bool (*receive_row) (TupleTableSlot *slot, DestReceiver *self));

/* Runs the query. */
extern void journey_run_query(SPIPlanPtr plan, DestReceiver *receiver);

/* The types whose values journey_text_name() takes. */
extern bool journey_is_text(Oid base_type);

/*
 * The bytes of a text that is not toasted, varchar, or char(n) without the
 * blanks that its cast to text takes away too.
 */
extern JnName journey_text_name(Oid base_type, const struct varlena *text);

#endif							/* JOURNEY_READ_QUERY_H */
