/*
 * probe.h
 *	  Reading the extension's own tables under a snapshot, without a trace.
 *
 * The work must not tell the answer.  Everybody can see what a statement reads:
 * counters of the own transaction (pg_stat_xact_all_tables), buffers (EXPLAIN),
 * and the predicate locks of a serializable transaction (pg_locks).  A reader
 * could tell from them who is known here, and has said something about other
 * purposes, even where the subject is masked.  So nothing read here is counted,
 * and the serializable lock whole tables (journey_probe_lock_predicates).  The
 * callers put pgBufferUsage back.
 */
#ifndef JOURNEY_PROBE_H
#define JOURNEY_PROBE_H

#include "access/genam.h"
#include "access/stratnum.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "own_tables.h"

/* A walk over the rows of a table; see journey_probe_begin(). */
typedef struct JourneyProbe
{
	const JourneyTable *table;
	Relation	rel;
	Relation	index;			/* of an ordered walk, else NULL */
	SysScanDesc scan;
	HeapTuple	row;			/* valid until the next one */
	bool		has_null;		/* some column asked for was NULL */
} JourneyProbe;

/* Until the relation is opened again, nothing that is read from it is counted. */
extern void journey_probe_do_not_count(Relation rel);

/*
 * Begins a walk over the rows whose first column (see own_tables.h) has a
 * value; "equal" is the function that compares.  A table that is gone has no
 * rows.  Who relies on what was read keeps a lock on the table.
 */
extern void journey_probe_begin(JourneyProbe *probe, const JourneyTable *table,
								Snapshot snapshot, RegProcedure equal, Datum value);

/* The same for values that are equal, or not below, as the strategy of btrees says. */
extern void journey_probe_begin_with(JourneyProbe *probe, const JourneyTable *table,
									 Snapshot snapshot, StrategyNumber strategy,
									 RegProcedure compare, Datum value);

/* All rows: in the order of the first column, or as they come, which costs a third. */
extern void journey_probe_begin_all(JourneyProbe *probe, const JourneyTable *table,
									Snapshot snapshot, bool ordered);

/* The next row, in probe->row; false after the last. */
extern bool journey_probe_next(JourneyProbe *probe);

/* A column of the row; our columns are NOT NULL, so a NULL spoils the row. */
extern Datum journey_probe_column(JourneyProbe *probe, int column);

/* A column that may be NULL, or a text that may be: palloc'd, or NULL. */
extern Datum journey_probe_nullable(JourneyProbe *probe, int column, bool *isnull);
extern char *journey_probe_text(JourneyProbe *probe, int column);

extern void journey_probe_end(JourneyProbe *probe);

/*
 * A serializable transaction locks what it reads, row by row and page by page,
 * unless it has locked the whole: this locks the whole.  The table must be
 * locked.
 */
extern void journey_probe_lock_predicates(const JourneyTable *table, Snapshot snapshot);

#endif							/* JOURNEY_PROBE_H */
