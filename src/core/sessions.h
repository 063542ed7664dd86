/*
 * sessions.h
 *	  Cutting time-ordered steps into sessions.
 *
 * One rule, used by the window function and by the function on journeys: a
 * step begins a new session if it comes more than "gap" after the one before
 * it; a gap exactly as long stays.
 */
#ifndef JN_SESSIONS_H
#define JN_SESSIONS_H

#include "journey.h"
#include "set.h"

/* The sessions of a journey, one after another. */
typedef struct JnSessions
{
	JnWalk		walk;			/* at the first step of the session to come */
	int64_t		gap;			/* microseconds, at least 0 */
} JnSessions;

/* One session: steps from .. to-1 of the journey. */
typedef struct JnSession
{
	uint32_t	from;
	uint32_t	to;
	int64_t		first;			/* time of step from, microseconds */
	int64_t		last;			/* time of step to-1 */
} JnSession;

/* Whether a step at "time" begins a new session after one at "before". */
static inline bool
jn_session_breaks(int64_t before, int64_t time, int64_t gap)
{
	/* both lie within timestamptz, so the unsigned difference cannot wrap */
	return time > before && (uint64_t) time - (uint64_t) before > (uint64_t) gap;
}

/* Starts cutting; "gap" in microseconds, at least 0. */
extern void jn_sessions_open(JnSessions *s, const JnJourney *j, int64_t gap);

/*
 * Gives the next session; false when there is none left.  All sessions
 * together cost one pass.  To make a journey of each, keep a JnWalk of your
 * own and give jn_build_add_run() to - from steps of it.
 */
extern bool jn_sessions_next(const JnEnv *env, JnSessions *s, JnSession *session);

/*
 * How many sessions jn_sessions_next() would give; "gap" in microseconds, at
 * least 0.  Linear, and much faster: no time is ever added up.
 */
static inline uint32_t
jn_session_count(const JnEnv *env, const JnJourney *j, int64_t gap)
{
	return 1 + jn_times_above(env, j->times, j->times_size, j->head.flags, j->head.n, (uint64_t) gap);
}

/*
 * The same for all subjects of a set: the sessions that begin in it, so that
 * the sets of one population add up.
 */
static inline uint32_t
jn_set_session_count(const JnEnv *env, const JnSet *s, int64_t gap)
{
	return s->head.parts - s->head.ghosts
		+ jn_times_above(env, s->times, s->times_size, s->head.flags, jn_set_differences(s) + 1, (uint64_t) gap);
}

#endif							/* JN_SESSIONS_H */
