/*
 * progress.h
 *	  How far a long call has come, for others to see while it runs.
 *
 * The server has room for the progress of one command in each backend, and
 * shows it by a function for each of its own commands.  Ours go under the
 * name of COPY, which is what they are most like, with a mark in the last
 * parameter; the view journey.progress shows those that have it.  In
 * pg_stat_progress_copy such a line has no command and no type, and the right
 * number of tuples.  A backend that reports something already, such as a COPY
 * that asks us, goes on with that, and we stay silent.
 */
#ifndef JOURNEY_PROGRESS_H
#define JOURNEY_PROGRESS_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* What a call is doing; the numbers are those in the view. */
typedef enum JourneyPhase
{
	JOURNEY_READING,
	JOURNEY_ARRANGING,
	JOURNEY_PACKING,
	JOURNEY_FOLDING
} JourneyPhase;

typedef struct JourneyProgress
{
	JourneyPhase phase;
	int64		rows_read;
	int64		rows_packed;
	int64		subjects;
	int64		sets;
} JourneyProgress;

/* Begins to report, unless something else is being reported. */
extern void journey_progress_start(void);

/* Shows this from now on, if we are what is being reported. */
extern void journey_progress_show(const JourneyProgress *progress);

/*
 * Whether it is time for a NOTICE: some seconds after "said", which becomes now
 * then.  The setting journey.notice_interval says how many; it is for tests.
 */
extern bool journey_progress_may_say(TimestampTz *said);
extern void journey_progress_define_setting(void);

/* Ends reporting.  Errors do so, too, by themselves. */
extern void journey_progress_end(void);

#endif							/* JOURNEY_PROGRESS_H */
