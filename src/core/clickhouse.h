/*
 * clickhouse.h
 *	  Patterns of ClickHouse's sequenceMatch and sequenceCount as patterns of
 *	  ours.
 *
 *	 pattern  =  { "(?" number ")" | "(?t" compare number ")" | "." | ".*" }
 *	 compare  =  "<" | "<=" | ">" | ">=" | "=="
 *
 * "(?2)" is a row that meets the second condition, "." any row, ".*" any number
 * of rows; "(?t<=60)" says how many seconds lie between the event before it
 * and the one behind it, and any rows may lie between them, too.
 *
 * ClickHouse drops the rows that meet none of the conditions before it matches,
 * so which rows are neighbours depends on conditions that the pattern need not
 * even name.  That becomes a link that no row which meets a condition may lie
 * on; or, if all rows are to count, a direct one.
 */
#ifndef JN_CLICKHOUSE_H
#define JN_CLICKHOUSE_H

#include "labels.h"

/*
 * Translates a pattern; the conditions, of which there are "count", are single
 * steps as text, in canonical form.  "all_rows": rows that meet no condition are
 * rows, too.  Gives the text of a pattern in env's memory, *length bytes.
 * Linear in what it gives.
 * Errors, with "at" a character of the pattern, from 1: JN_CLICKHOUSE_SYNTAX;
 * JN_CLICKHOUSE_CONDITION with found = its number and limit = their number;
 * JN_CLICKHOUSE_TIME for a time without an event on each side, or a second
 * bound of one kind; JN_CLICKHOUSE_EMPTY for a pattern without an event.
 */
extern JnStatus jn_clickhouse_translate(const JnEnv *env, const char *pattern, size_t size, const JnName *condition,
										uint32_t count, bool all_rows, char **text, size_t *length, JnError *err);

#endif							/* JN_CLICKHOUSE_H */
