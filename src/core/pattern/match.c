/*
 * match.c
 *	  Where a pattern matches a journey: the two passes of automaton.h.
 */
#include "match_own.h"

/* ---- making a matcher ---- */

/* Sorts out which positions the start leads to, and which lead to the end. */
static void
make_sets(JnMatcher *m)
{
	const JnAutomaton *a = m->a;

	m->ends = jn_match_sets(m, 4, m->words);
	m->ends_last = m->ends + m->words;
	m->begins = m->ends_last + m->words;
	m->begins_first = m->begins + m->words;
	for (uint32_t q = 0; q < a->positions; q++)
	{
		JnEdges		edges = a->position[q].edges;

		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
			if (a->edge[e].to == JN_MATCHED)
				jn_set_add(a->edge[e].flags & JN_EDGE_END ? m->ends_last : m->ends, q);
		if (q % 1024 == 1023)
			jn_tick(&m->env);
	}
	for (uint32_t e = a->start.first; e < a->start.first + a->start.count; e++)
	{
		bool		first = a->edge[e].flags & JN_EDGE_BEGIN;

		if (a->edge[e].to != JN_MATCHED)
			jn_set_add(first ? m->begins_first : m->begins, a->edge[e].to);
		else if (first)
			m->empty_first = true;
		else
			m->empty = true;
	}
}

static void
make_needs(JnMatcher *m)
{
	const JnAutomaton *a = m->a;
	uint32_t	options = a->needs > 0 ? a->need[a->needs - 1].first + a->need[a->needs - 1].count : 0;

	m->need_place = jn_alloc(&m->env, jn_array_size(options + UINT64_C(1), sizeof(uint32_t)));
	for (uint32_t i = 0; i < options; i++)
		m->need_place[i] = (uint32_t) jn_name_set_find(&m->atoms.events, a->need_option[i]->event);
}

JnMatcher *
jn_matcher_new(const JnEnv *env, const JnAutomaton *a)
{
	JnMatcher  *m = jn_alloc(env, sizeof(JnMatcher));

	memset(m, 0, sizeof(JnMatcher));
	m->env = *env;
	m->a = a;
	jn_atoms_make(env, a->atom, a->atoms, &m->atoms);
	m->words = a->positions > 64 ? (a->positions + 63) / 64 : 1;
	for (uint32_t i = 0; i < a->ways; i++)
		m->timed_ways |= jn_way_timed(&a->way[i]);
	make_sets(m);
	jn_match_init_classes(m);
	make_needs(m);

	jn_match_init_states(m);
	m->window = jn_alloc(env, jn_array_size(a->positions - a->steps + UINT64_C(1), sizeof(Window)));
	jn_rows_init(m);
	jn_leap_init(m);
	jn_chain_init(m);
	return m;
}

unsigned
jn_matcher_tracks(const JnMatcher *m)
{
	return m->atoms.tracks;
}

bool
jn_may_match(const JnAutomaton *a, uint64_t presence)
{
	for (uint32_t i = 0; i < a->needs; i++)
		if ((a->need[i].presence & presence) == 0)
			return false;
	return true;
}

/* Whether the events of the columns are all that every match needs. */
static bool
needs_are_met(JnMatcher *m)
{
	const JnAutomaton *a = m->a;
	uint64_t	few[8] = {0};
	uint64_t   *there = few;
	uint32_t	words = m->atoms.events.count / 64 + 1;
	bool		met = true;

	if (words > 8)
		there = jn_match_sets(m, 1, words);
	for (uint32_t i = 0; m->binding.few && i < m->binding.found; i++)
		jn_set_add(there, m->binding.code[i].name);
	for (uint32_t code = 0; !m->binding.few && code < m->binding.columns.event->names; code++)
		jn_set_add(there, m->binding.name[code]);
	for (uint32_t i = 0; i < a->needs && met; i++)
	{
		met = false;
		for (uint32_t k = a->need[i].first; k < a->need[i].first + a->need[i].count; k++)
			met |= jn_set_has(there, m->need_place[k]);
	}
	if (there != few)
		jn_release(&m->env, there);
	return met;
}

/* Notes the class of a code. */
static inline void
set_class(JnMatcher *m, uint32_t code, uint32_t class)
{
	m->code_class[code] = class;
	m->asks |= class == ASK;
	m->quick &= class < STRIDE;
	if (code < 256)
		m->quick_class[code] = (uint8_t) (class % STRIDE);
}

bool
jn_matcher_columns(JnMatcher *m, const JnColumns *columns)
{
	const JnBinding *b = &m->binding;
	uint32_t	names = columns->event->names;

	if (m->bound)
		jn_atoms_unbind(&m->env, &m->binding);
	m->bound = false;
	jn_atoms_bind(&m->env, &m->atoms, columns, &m->binding);
	m->bound = true;
	if (!needs_are_met(m))
		return false;

	m->asks = false;
	m->quick = columns->event->width <= 1;
	if (names > m->code_room)
	{
		if (m->code_class != NULL)
			jn_release(&m->env, m->code_class);
		m->code_class = NULL;
		m->code_class = jn_alloc(&m->env, jn_array_size(names, sizeof(uint32_t)));
		m->code_room = names;
	}
	if (b->few && b->found < names)
	{
		/* most are of one class */
		uint32_t	other = m->name_class[m->atoms.events.count];

		for (uint32_t code = 0; code < names; code++)
			m->code_class[code] = other;
		m->asks = other == ASK;
		m->quick &= other < STRIDE;
		memset(m->quick_class, (int) (other % STRIDE), sizeof(m->quick_class));
		for (uint32_t i = 0; i < b->found; i++)
			set_class(m, b->code[i].code, m->name_class[b->code[i].name]);
	}
	else
	{
		for (uint32_t code = 0; code < names; code++)
			set_class(m, code, m->name_class[b->name[code]]);

		/* whatever the bytes */
		for (uint32_t code = names; code < 256 && m->quick; code++)
			m->quick_class[code] = m->quick_class[0];
	}
	jn_rows_columns(m);
	jn_leap_columns(m);
	jn_chain_columns(m);
	return true;
}

/* ---- a subject ---- */

static void
begin_subject(JnMatcher *m, const JnSubject *subject)
{
	m->subject = subject;
	m->n = subject->to - subject->from;
	m->at = 0;
	m->limit_at = NEVER;
	m->leapt = false;
}

/* Whether a match begins at boundary i. */
static bool
may_begin(JnMatcher *m, uint32_t i)
{
	return m->timed ? jn_match_near_begin(m, i) : jn_match_set_begin(m, i);
}

/* ---- questions ---- */

/*
 * Number of matches of the subject, but not more than "most"; false if the
 * pattern is no chain, or a bound on its time must be found from the middle of a
 * section.
 */
static bool
count_chains(JnMatcher *m, uint64_t most, uint64_t *count)
{
	const JnSubject *subject = m->subject;

	if (!jn_chain_here(m) || (m->a->timed && subject->times->next > 0))
		return false;
	jn_chain_times(m, subject->times, m->n - 1, subject->from);
	*count = jn_chain_count(m, subject->from, subject->to, true, most);
	jn_chain_trim(m);
	m->leapt = true;
	return true;
}

/* Whether there is a match; without regard to times, unless that is easy, which is told in *timed. */
static bool
any_match(JnMatcher *m, uint32_t *begin, bool *timed)
{
	*begin = 0;
	*timed = false;
	if (m->leaps.here)
	{
		JnLeapAnswer answer = jn_leap_any(m, m->subject->from, m->subject->to, true);

		*timed = !m->timed_ways;
		m->leapt = answer == JN_LEAP_NO || (answer == JN_LEAP_YES && *timed);
		if (answer != JN_LEAP_LOST)
			return answer == JN_LEAP_YES;
	}
	*timed = !m->a->timed;
	return jn_match_hit(m, begin);
}

bool
jn_match_may(JnMatcher *m, uint32_t from, uint32_t to)
{
	if (jn_chain_here(m))
		return jn_chain_count(m, from, to, false, 1) > 0;
	return !m->leaps.here || jn_leap_any(m, from, to, false) != JN_LEAP_NO;
}

bool
jn_match_any(JnMatcher *m, const JnSubject *subject)
{
	uint32_t	begin;
	uint64_t	count;
	bool		found;
	bool		timed;

	begin_subject(m, subject);
	if (m->empty)
		return true;
	if (count_chains(m, 1, &count))
		return count > 0;
	found = any_match(m, &begin, &timed);
	if (found && !timed)
		found = jn_match_any_in_time(m, begin);
	jn_match_trim(m);
	return found;
}

/*
 * Where leaps can be made nothing else is needed.  Else sets come first, even
 * where time is bounded: what they say is preferred is right if it happens to be
 * in time.  See find_match().
 */
void
jn_match_open(JnMatcher *m, const JnSubject *subject, JnOverlap overlap)
{
	uint32_t	begin;
	bool		timed;

	begin_subject(m, subject);
	m->overlap = overlap;
	m->timed = false;
	m->tried = 0;
	m->leaps.open = false;
	if (m->leaps.here && !m->timed_ways)
	{
		JnLeapAnswer answer = jn_leap_open(m);

		m->leaps.open = m->leapt = answer != JN_LEAP_LOST;
		if (answer == JN_LEAP_NO)
			m->at = m->n;
		if (m->leaps.open)
			return;
	}
	if (!m->empty && !any_match(m, &begin, &timed))
	{
		m->at = m->n;
		return;
	}
	if (m->quick || m->empty)
		jn_match_read_classes(m);
	if (m->a->timed)
		jn_match_read_times(m);
	jn_match_make_sets(m);
}

/*
 * The end of the preferred match that begins at boundary "from", where one
 * does: takes one edge after another, each the first from which the end can be
 * reached; with near[] the end in time.  Without it *in_bounds becomes
 * false if those of a way were not kept.
 */
static uint32_t
follow(JnMatcher *m, uint32_t from, bool *in_bounds)
{
	const JnAutomaton *a = m->a;
	JnEdges		edges = a->start;
	uint32_t	limit = m->timed ? jn_match_limit(m, from) : m->n;
	uint32_t	here = NEVER;	/* the position that took the last step */
	uint32_t	clock = 0;		/* the step that an atom took last */
	uint32_t	i = from;

	for (;;)
	{
		const uint64_t *set = m->timed || i == m->n ? NULL : jn_match_set_at(m, i);
		const JnEdge *taken = NULL;

		for (uint32_t e = edges.first; e < edges.first + edges.count && taken == NULL; e++)
		{
			const JnEdge *edge = &a->edge[e];

			if (((edge->flags & JN_EDGE_BEGIN) && i > 0) || ((edge->flags & JN_EDGE_END) && i < m->n))
				continue;
			if (edge->to == JN_MATCHED)
				return i;
			if (i == m->n)
				continue;
			/* who is on a way can stay on it until it is time to leave */
			if (!m->timed ? jn_set_has(set, edge->to)
				: (edge->to == here && here >= a->steps)
				|| (m->near[(size_t) i * a->positions + edge->to] <= limit
					&& (edge->way == 0 || jn_match_in_time(&a->way[edge->way], jn_time_span(m->time[clock], m->time[i])))))
				taken = edge;
		}

		/* cannot be, unless the bytes of the times are damaged */
		if (taken == NULL)
			return i;
		if (taken->way != 0 && !m->timed)
			*in_bounds &= jn_match_in_time(&a->way[taken->way], jn_time_span(m->time[clock], m->time[i]));
		if (taken->to < a->steps)
			clock = i;
		here = taken->to;
		jn_match_work(m, 1 + edges.count);
		edges = a->position[here].edges;
		i++;
	}
}

/*
 * Finds the match that begins at boundary "at", if there is one.
 *
 * Where time is bounded this works with sets as long as it can: the preferred
 * match without regard to times is the preferred one if it is in time, and if
 * not even the shortest one fits into "within" there is none.  Where neither is
 * so, or too many steps have been looked at in vain, near[] is filled.
 */
static bool
find_match(JnMatcher *m, uint32_t at, JnMatch *match)
{
	bool		in_bounds = true;

	if (!may_begin(m, at))
		return false;
	match->from = at;
	match->to = follow(m, at, &in_bounds);
	if (m->timed || !m->a->timed)
		return true;
	if (in_bounds && match->to <= jn_match_limit(m, at))
		return true;
	m->tried += match->to - at;
	if (!m->timed_ways && m->tried < 2 * (uint64_t) m->n)
	{
		if (jn_match_shortest(m, at, jn_match_limit(m, at)) == NEVER)
			return false;
	}
	jn_match_make_near(m);
	return find_match(m, at, match);
}

bool
jn_match_next(JnMatcher *m, JnMatch *match)
{
	if (m->leaps.open && m->at < m->n && jn_leap_next(m, match))
		return true;
	while (m->at < m->n)
	{
		if (find_match(m, m->at, match))
		{
			m->at = m->overlap == JN_NEXT_ROW || match->to == match->from ? m->at + 1 : match->to;
			return true;
		}
		m->at++;
		jn_match_work(m, m->words + m->a->start.count);
	}
	jn_match_trim(m);
	return false;
}

uint64_t
jn_match_count(JnMatcher *m, const JnSubject *subject, JnOverlap overlap)
{
	uint64_t	count = 0;
	JnMatch		match;

	begin_subject(m, subject);
	if (overlap == JN_SKIP_PAST_LAST && count_chains(m, UINT64_MAX, &count))
		return count;
	jn_match_open(m, subject, overlap);
	if (overlap == JN_NEXT_ROW && m->at < m->n)
	{
		/* one from each step where one can begin, wherever it ends */
		if (m->leaps.open)
			count = jn_leap_count_begins(m);
		else if (m->a->timed)
			jn_match_make_near(m);
		for (; m->at < m->n; m->at++)
		{
			count += may_begin(m, m->at);
			jn_match_work(m, m->words + m->a->start.count);
		}
	}
	while (jn_match_next(m, &match))
		count++;
	return count;
}

void
jn_matcher_times(JnMatcher *m, const JnTimesReader *times, uint32_t differences)
{
	jn_chain_times(m, times, differences, 0);
}

bool
jn_match_count_part(JnMatcher *m, uint32_t part, uint32_t from, uint32_t to, uint64_t *count)
{
	if (!jn_chain_here(m))
		return false;
	m->chain.base = part;
	*count = jn_chain_has_no_end(m, from, to) ? 0 : jn_chain_count(m, from, to, true, UINT64_MAX);
	return true;
}
