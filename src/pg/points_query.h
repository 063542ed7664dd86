/*
 * points_query.h
 *	  Data points of many topics, read by running a query.
 */
#ifndef JOURNEY_POINTS_QUERY_H
#define JOURNEY_POINTS_QUERY_H

#include "core/points.h"

/* What the query of journey_read_points() may return. */
typedef enum PointsColumns
{
	POINTS_TIMES,				/* topic, at */
	POINTS_MAYBE_VALUES			/* topic, at [, value] */
} PointsColumns;

/*
 * Runs a query and puts its rows into points[], in order, in memory of env.
 * The topic may be of any type and becomes text; "at" is timestamptz; the value
 * is a number, and the points are valued if there is one.  Rows in which one of
 * them is NULL, or the time is at or after "before", are left out; pass
 * DT_NOEND for all.
 *
 * The query runs by SPI as the caller, read-only, in the snapshot of the
 * statement that calls us, as if it stood there as a subquery.  "argument" names
 * the argument that it came in, for messages.
 * Errors: a text that is not one query that returns rows and only reads, other
 * columns, infinite times, values that are NaN or infinite, names of topics
 * that are too long, and what the query raises.
 */
extern void journey_read_points(const JnEnv *env, const char *query, const char *argument, PointsColumns columns,
								TimestampTz before, JnPoints *points);

#endif							/* JOURNEY_POINTS_QUERY_H */
