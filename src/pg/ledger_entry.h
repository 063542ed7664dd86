/*
 * ledger_entry.h
 *	  A row of journey.ledger as the hash chain sees it.
 */
#ifndef JOURNEY_LEDGER_ENTRY_H
#define JOURNEY_LEDGER_ENTRY_H

#include "access/attnum.h"
#include "access/tupdesc.h"

#include "core/chain.h"

/*
 * What goes into the leaf of an entry, in this order: the columns of
 * journey.ledger but for those that say how the row came here, and what its
 * numbers stand for, so that a subject or a purpose that is renamed shows.
 * Changing this list takes a new JN_CHAIN_VERSION.
 */
enum
{
	LEDGER_SEQ,
	LEDGER_SUBJECT,
	LEDGER_PURPOSE,
	LEDGER_ACTION,
	LEDGER_BASIS,
	LEDGER_COVERS,
	LEDGER_EXPLICIT,
	LEDGER_PARENTAL,
	LEDGER_COUNTS,
	LEDGER_VALID_FROM,
	LEDGER_VALID_UNTIL,
	LEDGER_SAID_AT,
	LEDGER_NOTICE,
	LEDGER_SOURCE,
	LEDGER_EVENT_KEY,
	LEDGER_EVIDENCE,
	LEDGER_RECORDED_AT,
	LEDGER_RECORDED_BY,
	LEDGER_SUBJECT_NAME,
	LEDGER_PURPOSE_NAME,
	LEDGER_FIELDS
};

/* So many of them are columns of the table. */
#define LEDGER_COLUMNS	LEDGER_SUBJECT_NAME

/*
 * Finds the first n fields among the columns of a row, by name and type.
 * Raises if one is missing: somebody altered the table.
 */
extern void journey_ledger_columns(TupleDesc desc, int n, AttrNumber *columns);

/* The leaf of an entry.  Leaves memory behind in the current context. */
extern void journey_ledger_leaf(const Datum *values, const bool *nulls,
								uint8 leaf[JN_CHAIN_HASH]);

/* The link at a place, as jn_chain_link() gives it. */
extern void journey_ledger_link(uint8 link[JN_CHAIN_HASH], int64 place,
								const uint8 *before, const uint8 leaf[JN_CHAIN_HASH]);

#endif							/* JOURNEY_LEDGER_ENTRY_H */
