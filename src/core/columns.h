/*
 * columns.h
 *	  Rows of steps as columns, whether they are those of a journey or of a set.
 *
 * Who asks about the steps of a subject looks at codes and times, and it is all
 * the same to them whether the subject has a journey of its own or is one of
 * many in a set: row r of every column belongs to one step, and the rows of a
 * subject follow one another.
 */
#ifndef JN_COLUMNS_H
#define JN_COLUMNS_H

#include "journey.h"
#include "set.h"

/* Points into a journey or a set that is open, and that may not move; owns nothing. */
typedef struct JnColumns
{
	uint32_t	rows;
	unsigned	tracks;			/* bits 1 << JnTrack of those that are there */
	uint64_t	presence;		/* which names of events may be there */
	const JnLabels *event;
	const JnLabels *label;		/* [JN_TRACKS], as in JnJourney */
	const JnValues *values;		/* if there is JN_VALUE */
} JnColumns;

static inline JnColumns
jn_journey_columns(const JnJourney *j)
{
	return (JnColumns) {j->head.n, j->head.tracks, j->head.presence, &j->event, j->label, &j->values};
}

static inline JnColumns
jn_set_columns(const JnSet *s)
{
	return (JnColumns) {s->head.rows, s->head.tracks, s->head.presence, &s->event, s->label, &s->values};
}

/* The steps of one subject: rows from .. to-1, of which there is one at least. */
typedef struct JnSubject
{
	const JnColumns *columns;
	uint32_t	from;
	uint32_t	to;
	int64_t		start;			/* time of row "from", microseconds */
	JnTimesReader *times;		/* before the difference from row "from" to the next */
} JnSubject;

#endif							/* JN_COLUMNS_H */
