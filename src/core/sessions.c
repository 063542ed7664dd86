/*
 * sessions.c
 *	  Cutting a journey into sessions: one walk, a run of differences at a time.
 */
#include "sessions.h"

void
jn_sessions_open(JnSessions *s, const JnJourney *j, int64_t gap)
{
	jn_walk_open(&s->walk, j);
	s->gap = gap;
}

bool
jn_sessions_next(const JnEnv *env, JnSessions *s, JnSession *session)
{
	JnWalk	   *w = &s->walk;
	uint32_t	n = w->j->head.n;
	uint64_t	within;
	uint64_t	across = 0;

	if (w->next >= n)
		return false;
	session->from = w->next;
	session->first = w->time;
	session->to = w->next + 1 + jn_times_run(env, &w->times, n - w->next - 1, (uint64_t) s->gap, &within, &across);
	session->last = jn_time_after(w->time, within);
	w->next = session->to;
	w->time = jn_time_after(session->last, across);

	/* long sessions have ticked on their way, many short ones tick here */
	if (session->from / JN_TICK_EVERY != session->to / JN_TICK_EVERY)
		jn_tick(env);
	return true;
}
