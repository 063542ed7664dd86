/*
 * sessions.h
 *	  Cutting time-ordered steps into sessions.
 *
 * A session goes on until a rule ends it; the step after that begins the next.
 * Rules are of three kinds, and a session that several would end is ended by
 * the one that came first:
 *
 *	 its own last step	ends_with matches it, or it is number max_steps: nothing
 *						can follow
 *	 time				a step more than gap after the one before, more than
 *						max_duration after the first, or in another period of
 *						the calendar does not belong: of these the rule whose
 *						time ran out first, and of equal ones the first here
 *	 the next step		starts_with matches it, or a track of split_on differs
 *
 * Within a kind the order is that of JnSessionEnd.  A rule that ends a session
 * ends it for all: what counts or measures begins anew with the next step, so
 * that no session is ever longer than max_duration.
 */
#ifndef JN_SESSIONS_H
#define JN_SESSIONS_H

#include "calendar.h"
#include "journey.h"
#include "pattern/atom.h"
#include "set.h"

/* What ended a session, in the order in which rules are heard. */
typedef enum JnSessionEnd
{
	JN_ENDED_NOT,				/* it is open */
	JN_ENDED_ENDS_WITH,
	JN_ENDED_MAX_STEPS,
	JN_ENDED_GAP,
	JN_ENDED_MAX_DURATION,
	JN_ENDED_CALENDAR,
	JN_ENDED_STARTS_WITH,
	JN_ENDED_SPLIT_ON
} JnSessionEnd;

#define JN_SESSION_ENDS	8

/* In place of a gap or duration: any. */
#define JN_ENDLESS		INT64_MAX

/* In place of the gap of rules: the one that is learned from the journey, see adaptive_gap.h, or any if there is none. */
#define JN_LEARNED		(-1)

/* The longest pause within a session, in the unsigned terms of times.h. */
static inline uint64_t
jn_gap_limit(int64_t gap)
{
	return gap == JN_ENDLESS ? UINT64_MAX : (uint64_t) gap;
}

/* A bit for the event, beside 1 << JnTrack for the other tracks. */
#define JN_SPLIT_EVENT	(1u << JN_TRACKS)

/* The rules.  May be used for many journeys, one at a time. */
typedef struct JnSessionRules
{
	int64_t		gap;			/* microseconds, at least 0, JN_ENDLESS or JN_LEARNED */
	int64_t		max_duration;	/* microseconds, at least 0, or JN_ENDLESS */
	uint32_t	max_steps;		/* at least 1; UINT32_MAX: any number */
	const JnAtoms *atoms;		/* of starts_with, then of ends_with; NULL: neither */
	uint32_t	starts;			/* how many of the atoms are of starts_with */
	unsigned	split_on;		/* bits of tracks; having nothing in a track is a value of it */
	JnCalendar *calendar;		/* or NULL */
	int64_t		as_of;			/* when open is told from ended; INT64_MIN and INT64_MAX are the infinities */
} JnSessionRules;

/* No rule at all, as of the end of time. */
#define JN_NO_SESSION_RULES \
	((JnSessionRules) {JN_ENDLESS, JN_ENDLESS, UINT32_MAX, NULL, 0, 0, NULL, INT64_MAX})

/* What has been looked up of the step to come, where rules ask for more than its time. */
typedef struct JnSessionLook
{
	JnBinding	binding;		/* if there are atoms */
	uint64_t   *mask;			/* likewise; atoms->words words */
	JnValuesReader values;		/* if values split */
	uint64_t	content[JN_TRACKS + 1]; /* of the tracks that split, codes or keys; the event last */
	unsigned	split_on;		/* those of the rules that the journey has */
	bool		starts;			/* starts_with matches the step to come */
	bool		ends;			/* ends_with does */
	bool		differs;		/* from the step before it, in a track that splits */
} JnSessionLook;

/* The sessions of a journey, one after another. */
typedef struct JnSessions
{
	JnWalk		walk;			/* at the first step of the session to come */
	const JnSessionRules *rules;
	int64_t		gap;			/* of the rules, or learned */
	JnSessionLook *look;		/* NULL: only times and numbers of steps are asked for */
} JnSessions;

/* One session: steps from .. to-1 of the journey. */
typedef struct JnSession
{
	uint32_t	from;
	uint32_t	to;
	int64_t		first;			/* time of step from, microseconds */
	int64_t		last;			/* time of step to-1 */
	JnSessionEnd end;			/* JN_ENDED_NOT: open at as_of; only of the last */

	/*
	 * When it ended, or while it is open the earliest that time alone will end
	 * it: of gap and max_duration the last instant that belongs to it, of the
	 * calendar the first of the next period, of its own last step the time of
	 * that, of the next step its time.  JN_TIME_NEVER: no time ends it, or one
	 * beyond timestamptz.
	 */
	int64_t		closes;
} JnSession;

/* Whether a step at "time" begins a new session after one at "before", by the gap. */
static inline bool
jn_session_breaks(int64_t before, int64_t time, int64_t gap)
{
	/* both lie within timestamptz, so the unsigned difference cannot wrap */
	return time > before && jn_time_span(before, time) > jn_gap_limit(gap);
}

/*
 * Starts cutting; to learn the gap is one more pass.  The rules and the journey
 * must stay.  Allocates if steps
 * are matched or split, and what jn_atoms_bind() does; close releases that.
 */
extern void jn_sessions_open(const JnEnv *env, JnSessions *s, const JnJourney *j, const JnSessionRules *rules);
extern void jn_sessions_close(const JnEnv *env, JnSessions *s);

/*
 * Gives the next session; false when there is none left.  All sessions
 * together cost one pass: by the gap alone a fraction of a nanosecond a step,
 * by other rules some nanoseconds.  To make a journey of each, keep a JnWalk
 * of your own and give jn_build_add_run() to - from steps of it.
 */
extern bool jn_sessions_next(const JnEnv *env, JnSessions *s, JnSession *session);

/*
 * How many sessions jn_sessions_next() would give by a gap alone, microseconds,
 * at least 0.  Linear, and much faster: no time is ever added up.
 */
static inline uint32_t
jn_session_count(const JnEnv *env, const JnJourney *j, int64_t gap)
{
	return 1 + jn_times_above(env, j->times, j->times_size, j->head.flags, j->head.n, jn_gap_limit(gap));
}

/*
 * The same for all subjects of a set: the sessions that begin in it, so that
 * the sets of one population add up.
 */
static inline uint32_t
jn_set_session_count(const JnEnv *env, const JnSet *s, int64_t gap)
{
	return s->head.parts - s->head.ghosts
		+ jn_times_above(env, s->times, s->times_size, s->head.flags, jn_set_differences(s) + 1, jn_gap_limit(gap));
}

#endif							/* JN_SESSIONS_H */
