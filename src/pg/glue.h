/*
 * glue.h
 *	  Where the core meets the server: memory, interrupts, errors, arguments.
 */
#ifndef JOURNEY_GLUE_H
#define JOURNEY_GLUE_H

#include "access/tupdesc.h"
#include "fmgr.h"
#include "nodes/nodes.h"
#include "utils/palloc.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "core/jn.h"
#include "core/labels.h"

/*
 * An environment that allocates in a memory context (huge chunks allowed) and
 * answers ticks with CHECK_FOR_INTERRUPTS().  The JnEnv is valid as long as
 * the context is.
 */
extern JnEnv journey_env(MemoryContext context);

/*
 * Reports a failure of the core as an error.  "what" is the noun the user
 * knows, as in "journey"; it becomes part of the message.
 */
pg_noreturn extern void journey_report(const JnError *err, const char *what);

/*
 * The same, softly: fills escontext if it asks for that and returns; else
 * raises.  Use as `return journey_report_soft(...), (Datum) 0`.
 */
extern void journey_report_soft(const JnError *err, const char *what, Node *escontext);

/*
 * Reports that a value we stored cannot be opened.  It was proven when it came
 * in, so it was damaged since, unless a newer version wrote it.
 */
pg_noreturn extern void journey_report_stored(const JnError *err, const char *what);

/* Frees what opening a value fetched: index code calls us in long-lived memory. */
extern void journey_close(Datum value, struct varlena *opened);

/*
 * The length of an interval in microseconds, days as 24 hours.
 * Errors: months in it, negative, infinite, or longer than int64, named by
 * "argument" in the message.
 */
extern int64 journey_interval_us(const Interval *interval, const char *argument);

/* A fixed length of time as an interval: hours and below, so it never depends on a calendar. */
extern Interval *journey_us_interval(int64 us);

/*
 * The context for the states of the aggregate, or window aggregate, that calls.
 * Raises if nobody of the kind does: users can name some of these functions.
 */
extern MemoryContext journey_aggregate_context(FunctionCallInfo fcinfo);

/* A name as text. */
extern Datum journey_name_text(JnName name);

/* Whether a text is a word that an option takes, which is in small letters: A to Z are the same as a to z. */
extern bool journey_is_word(const text * given, const char *word);

/* Raises if an argument is NULL; "name" is what users call it. */
extern void journey_check_given(FunctionCallInfo fcinfo, int arg, const char *name);

/*
 * Checks a time of a data point: raises for infinity.  NULL is the caller's
 * business.
 */
extern void journey_check_time(TimestampTz at);

#endif							/* JOURNEY_GLUE_H */
