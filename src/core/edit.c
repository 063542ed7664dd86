/*
 * edit.c
 *	  Parts, edits and merging of journeys: a walk that picks steps.
 */
#include "edit.h"

/* ---- by number ---- */

/* Steps from .. to-1, of which those from 0 to n-1 exist. */
static JnSpan
span(uint32_t n, int64_t from, int64_t to)
{
	JnSpan		s = {0, 0};

	if (from < 0)
		from = 0;
	if (to > n)
		to = n;
	if (from < to)
		s = (JnSpan) {(uint32_t) from, (uint32_t) to};
	return s;
}

JnSpan
jn_span_slice(uint32_t n, int32_t from, int32_t to)
{
	/* step 1 is number 0, step 0 the number before it, step -1 number n - 1 */
	return span(n, from < 0 ? (int64_t) n + from : (int64_t) from - 1,
				to < 0 ? (int64_t) n + to + 1 : (int64_t) to);
}

JnSpan
jn_span_head(uint32_t n, int32_t count)
{
	return span(n, 0, count < 0 ? (int64_t) n + count : count);
}

JnSpan
jn_span_tail(uint32_t n, int32_t count)
{
	return span(n, count < 0 ? -(int64_t) count : (int64_t) n - count, n);
}

/* Moves to the next step, ticking now and then. */
static inline void
pass(const JnEnv *env, JnWalk *w)
{
	jn_walk_next(w);
	if (w->next % JN_TICK_EVERY == 0)
		jn_tick(env);
}

void
jn_edit_span(const JnEnv *env, const JnJourney *j, JnSpan span, JnPicks *picks)
{
	JnWalk		w;

	jn_walk_open(&w, j);
	while (w.next < span.from)
		pass(env, &w);
	for (; w.next < span.to; pass(env, &w))
		jn_pick(picks, w.next, w.time);
}

/* ---- by time ---- */

JnStays
jn_during_stays(const JnHeader *head, int64_t first, int64_t last)
{
	if (first > head->last || last < head->first || first > last)
		return JN_STAYS_NONE;
	return first <= head->first && last >= head->last ? JN_STAYS_ALL : JN_STAYS_SOME;
}

void
jn_edit_during(const JnEnv *env, const JnJourney *j, int64_t first, int64_t last, JnPicks *picks)
{
	uint32_t	n = j->head.n;
	JnWalk		w;

	jn_walk_open(&w, j);
	while (w.next < n && w.time < first)
		pass(env, &w);
	for (; w.next < n && w.time <= last; pass(env, &w))
		jn_pick(picks, w.next, w.time);
}

/* ---- by event ---- */

/*
 * Whether a name is in a set, of names that are asked for in ascending order:
 * *i begins as 0, and is then the number of this one, or else of the next.
 */
static bool
find_name(const JnEnv *env, const JnNameSet *set, uint32_t *i, JnName name)
{
	int			order = -1;

	while (*i < set->count && (order = jn_name_compare(set->name[*i], name)) < 0)
		if (++*i % 1024 == 0)
			jn_tick(env);
	return *i < set->count && order == 0;
}

JnStays
jn_edit_pick(const JnEnv *env, const JnJourney *j, const JnNameSet *set, bool keep, JnName *name)
{
	uint32_t	stay = 0;
	uint32_t	i = 0;

	/* each name of the dictionary has a step, so the names alone tell */
	jn_labels_names(&j->event, name);
	for (uint32_t k = 0; k < j->event.names; k++)
	{
		if (find_name(env, set, &i, name[k]) == keep)
			stay++;
		else
			name[k].data = NULL;
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	return stay == 0 ? JN_STAYS_NONE : stay < j->event.names ? JN_STAYS_SOME : JN_STAYS_ALL;
}

JnStays
jn_edit_rename(const JnEnv *env, const JnJourney *j, const JnNameSet *set, const JnName *to, JnName *name)
{
	uint32_t	stay = 0;
	bool		same = true;
	uint32_t	i = 0;

	jn_labels_names(&j->event, name);
	for (uint32_t k = 0; k < j->event.names; k++)
	{
		if (find_name(env, set, &i, name[k]))
		{
			same &= to[i].data != NULL && jn_name_compare(to[i], name[k]) == 0;
			name[k] = to[i];
		}
		stay += name[k].data != NULL;
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	return same ? JN_STAYS_ALL : stay == 0 ? JN_STAYS_NONE : JN_STAYS_SOME;
}

void
jn_edit_events(const JnEnv *env, const JnJourney *j, const JnName *name, JnPicks *picks)
{
	JnWalk		w;

	for (jn_walk_open(&w, j); w.next < j->head.n; pass(env, &w))
		if (name[jn_journey_code(j, w.next)].data != NULL)
			jn_pick(picks, w.next, w.time);
}

/* ---- neighbours ---- */

/* Goes through the steps and compares each with the one before it. */
typedef struct Neighbours
{
	const JnJourney *j;
	JnValuesReader values;		/* behind step i, if there are values */
	uint64_t	value;			/* key of step i */
	uint32_t	i;
} Neighbours;

static inline uint64_t
next_value(JnValuesReader *values)
{
	double		value;

	return jn_values_next(values, &value) ? jn_value_key(value) : JN_NO_VALUE;
}

/* Begins at the first step. */
static void
neighbours_open(Neighbours *steps, const JnJourney *j)
{
	steps->j = j;
	steps->i = 0;
	if (jn_has_track(&j->head, JN_VALUE))
	{
		jn_values_reader_open(&steps->values, &j->values);
		steps->value = next_value(&steps->values);
	}
}

/* Moves to the next step; tells whether it equals the one before in everything but time. */
static inline bool
next_repeats(Neighbours *steps)
{
	const JnJourney *j = steps->j;
	uint32_t	i = ++steps->i;
	bool		same = jn_journey_code(j, i) == jn_journey_code(j, i - 1);

	if (j->head.tracks == 0)
		return same;
	if (jn_has_track(&j->head, JN_VALUE))
	{
		uint64_t	before = steps->value;

		steps->value = next_value(&steps->values);
		same &= steps->value == before;
	}
	for (JnTrack track = 0; track < JN_TRACKS && same; track++)
		if (track != JN_VALUE)
			same = jn_journey_label(j, track, i) == jn_journey_label(j, track, i - 1);
	return same;
}

void
jn_edit_collapse(const JnEnv *env, const JnJourney *j, JnPicks *picks)
{
	Neighbours	steps;
	JnWalk		w;

	neighbours_open(&steps, j);
	for (jn_walk_open(&w, j); w.next < j->head.n; pass(env, &w))
		if (w.next == 0 || !next_repeats(&steps))
			jn_pick(picks, w.next, w.time);
}

/* ---- two journeys ---- */

void
jn_edit_merge(const JnEnv *env, const JnJourney *first, const JnJourney *second, JnPicks *picks)
{
	JnWalk		a;
	JnWalk		b;

	jn_walk_open(&a, first);
	jn_walk_open(&b, second);
	while (a.next < first->head.n)
	{
		for (; b.next < second->head.n && b.time < a.time; pass(env, &b))
			jn_pick(picks, b.next | JN_OF_SECOND, b.time);
		jn_pick(picks, a.next, a.time);
		pass(env, &a);
	}
	for (; b.next < second->head.n; pass(env, &b))
		jn_pick(picks, b.next | JN_OF_SECOND, b.time);
}
