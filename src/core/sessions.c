/*
 * sessions.c
 *	  Cutting a journey into sessions.
 *
 * By the gap alone it is one walk, a run of differences at a time.  Other rules
 * take the steps one by one: each is looked at once, when it is the step to
 * come, and then either belongs to the session or begins the next.
 */
#include "sessions.h"

#include "adaptive_gap.h"

/* ---- the step to come ---- */

/* What the step to come has in a track: equal numbers, equal labels or values. */
static uint64_t
content_of(const JnSessions *s, unsigned track)
{
	const JnJourney *j = s->walk.j;
	double		value;

	if (track == JN_TRACKS)
		return jn_journey_code(j, s->walk.next);
	if (track != JN_VALUE)
		return jn_labels_code(&j->label[track], s->walk.next);
	return jn_values_next(&s->look->values, &value) ? jn_value_key(value) : JN_NO_VALUE;
}

/* Compares the step to come with the one before, in the tracks that split. */
static void
look_for_change(const JnSessions *s)
{
	JnSessionLook *look = s->look;

	look->differs = false;
	for (unsigned track = 0; look->split_on >> track != 0; track++)
		if (look->split_on >> track & 1)
		{
			uint64_t	content = content_of(s, track);

			look->differs |= content != look->content[track];
			look->content[track] = content;
		}
}

/* Whether one of the bits from .. to-1 of a mask is set. */
static bool
any_bit(const uint64_t *mask, uint32_t from, uint32_t to)
{
	for (uint32_t word = from / 64; word < (to + 63) / 64; word++)
	{
		uint64_t	bits = mask[word];

		if (word == from / 64)
			bits &= UINT64_MAX << (from % 64);
		if (word == to / 64)
			bits &= ~(UINT64_MAX << (to % 64));
		if (bits != 0)
			return true;
	}
	return false;
}

/* Looks at the step to come, if there is one. */
static void
look_ahead(const JnEnv *env, const JnSessions *s)
{
	const JnAtoms *atoms = s->rules->atoms;
	JnSessionLook *look = s->look;

	if (look == NULL || s->walk.next >= s->walk.j->head.n)
		return;
	if (look->split_on != 0)
		look_for_change(s);
	if (atoms != NULL)
	{
		jn_atoms_row(env, &look->binding, s->walk.next, look->mask);
		look->starts = any_bit(look->mask, 0, s->rules->starts);
		look->ends = any_bit(look->mask, s->rules->starts, atoms->count);
	}
}

/* The gap of a journey's own pauses. */
static int64_t
learned_gap(const JnEnv *env, const JnJourney *j)
{
	JnPauses	pauses = {{0}};
	int64_t		gap;

	jn_pauses_add_journey(env, &pauses, j);
	return jn_pauses_valley(&pauses, &gap) ? gap : JN_ENDLESS;
}

void
jn_sessions_open(const JnEnv *env, JnSessions *s, const JnJourney *j, const JnSessionRules *rules)
{
	JnSessionLook *look;
	JnColumns	columns;

	jn_walk_open(&s->walk, j);
	s->rules = rules;
	s->gap = rules->gap == JN_LEARNED ? learned_gap(env, j) : rules->gap;
	s->look = NULL;
	if (rules->atoms == NULL && rules->split_on == 0)
		return;

	/* a track that the journey does not have never changes */
	s->look = look = jn_alloc(env, sizeof(JnSessionLook));
	look->split_on = rules->split_on & (j->head.tracks | JN_SPLIT_EVENT);
	if (look->split_on >> JN_VALUE & 1)
		jn_values_reader_open(&look->values, &j->values);
	memset(look->content, 0, sizeof(look->content));
	look->mask = NULL;
	look->starts = look->ends = look->differs = false;
	if (rules->atoms != NULL)
	{
		columns = jn_journey_columns(j);
		jn_atoms_bind(env, rules->atoms, &columns, &look->binding);
		look->mask = jn_alloc(env, rules->atoms->words * sizeof(uint64_t));
	}
	look_ahead(env, s);
}

void
jn_sessions_close(const JnEnv *env, JnSessions *s)
{
	if (s->look == NULL)
		return;
	if (s->look->mask != NULL)
	{
		jn_release(env, s->look->mask);
		jn_atoms_unbind(env, &s->look->binding);
	}
	jn_release(env, s->look);
	s->look = NULL;
}

/* ---- time ---- */

/* When time ends a session, and by which rule. */
typedef struct Limit
{
	int64_t		until;			/* last instant that belongs, or JN_TIME_NEVER */
	JnSessionEnd rule;
} Limit;

/* The last instant that is at most "span" after a time. */
static inline int64_t
last_within(int64_t time, int64_t span)
{
	int64_t		until;

	if (span == JN_ENDLESS || __builtin_add_overflow(time, span, &until) || until >= JN_TIME_END)
		return JN_TIME_NEVER;
	return until;
}

/* The limit that the first step sets. */
static Limit
limit_of_first(const JnSessionRules *rules, int64_t first)
{
	Limit		limit = {last_within(first, rules->max_duration), JN_ENDED_MAX_DURATION};

	if (rules->calendar != NULL)
	{
		jn_calendar_number(rules->calendar, first);
		if (rules->calendar->now_end != JN_TIME_NEVER && rules->calendar->now_end <= limit.until)
			limit = (Limit) {rules->calendar->now_end - 1, JN_ENDED_CALENDAR};
	}
	return limit;
}

/* The earlier of that and the one that the last step sets. */
static inline Limit
limit_of_last(int64_t gap, Limit of_first, int64_t last)
{
	int64_t		until = last_within(last, gap);

	return until <= of_first.until ? (Limit) {until, JN_ENDED_GAP} : of_first;
}

static inline int64_t
closing_time(Limit limit)
{
	return limit.rule == JN_ENDED_CALENDAR ? limit.until + 1 : limit.until;
}

/* ---- sessions ---- */

/* Takes the steps up to the next pause. */
static void
run_by_gap(const JnEnv *env, JnSessions *s, JnSession *session)
{
	JnWalk	   *w = &s->walk;
	uint32_t	n = w->j->head.n;
	uint64_t	within;
	uint64_t	across = 0;

	session->to = w->next + 1 + jn_times_run(env, &w->times, n - w->next - 1, jn_gap_limit(s->gap), &within, &across);
	session->last = jn_time_after(w->time, within);
	session->closes = last_within(session->last, s->gap);
	session->end = session->to < n || s->rules->as_of > session->closes ? JN_ENDED_GAP : JN_ENDED_NOT;
	w->next = session->to;
	w->time = jn_time_after(session->last, across);
}

/* The rule that ends the session before the step to come, if one does. */
static inline JnSessionEnd
ended_by_next(const JnSessions *s, Limit limit)
{
	const JnSessionLook *look = s->look;

	if (s->walk.time > limit.until)
		return limit.rule;
	if (look != NULL && look->starts)
		return JN_ENDED_STARTS_WITH;
	if (look != NULL && look->differs)
		return JN_ENDED_SPLIT_ON;
	return JN_ENDED_NOT;
}

/* Takes the steps up to where a rule ends the session, one by one. */
static void
run_by_rules(const JnEnv *env, JnSessions *s, JnSession *session)
{
	const JnSessionRules *rules = s->rules;
	JnWalk	   *w = &s->walk;
	uint32_t	n = w->j->head.n;
	Limit		of_first = limit_of_first(rules, session->first);
	Limit		limit = of_first;

	session->end = JN_ENDED_NOT;
	do
	{
		if (s->look != NULL && s->look->ends)
			session->end = JN_ENDED_ENDS_WITH;
		else if (w->next - session->from + 1 == rules->max_steps)
			session->end = JN_ENDED_MAX_STEPS;
		session->last = w->time;
		session->closes = session->last;
		jn_walk_next(w);
		look_ahead(env, s);
		if (w->next % JN_TICK_EVERY == 0)
			jn_tick(env);
		if (session->end != JN_ENDED_NOT)
			break;
		limit = limit_of_last(s->gap, of_first, session->last);
		session->closes = closing_time(limit);
		if (w->next < n)
			session->end = ended_by_next(s, limit);
	} while (w->next < n && session->end == JN_ENDED_NOT);
	session->to = w->next;
	if (session->end == JN_ENDED_STARTS_WITH || session->end == JN_ENDED_SPLIT_ON)
		session->closes = w->time;
	else if (session->end == JN_ENDED_NOT && rules->as_of > limit.until)
		session->end = limit.rule;
}

bool
jn_sessions_next(const JnEnv *env, JnSessions *s, JnSession *session)
{
	const JnSessionRules *rules = s->rules;

	if (s->walk.next >= s->walk.j->head.n)
		return false;
	session->from = s->walk.next;
	session->first = s->walk.time;
	if (s->look == NULL && rules->max_duration == JN_ENDLESS && rules->calendar == NULL
		&& rules->max_steps == UINT32_MAX)
	{
		run_by_gap(env, s, session);

		/* long sessions have ticked on their way, many short ones tick here */
		if (session->from / JN_TICK_EVERY != session->to / JN_TICK_EVERY)
			jn_tick(env);
	}
	else
		run_by_rules(env, s, session);
	return true;
}
