/*
 * sessions.c
 *	  Cutting a journey into sessions: one walk, one difference at a time.
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

	if (w->next >= n)
		return false;
	session->from = w->next;
	session->first = w->time;
	do
	{
		session->last = w->time;
		jn_walk_next(w);
		if (w->next % JN_TICK_EVERY == 0)
			jn_tick(env);
	} while (w->next < n && !jn_session_breaks(session->last, w->time, s->gap));
	session->to = w->next;
	return true;
}
