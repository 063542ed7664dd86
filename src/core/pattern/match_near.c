/*
 * match_near.c
 *	  The backward pass of a matcher with bounds on time.
 *
 * It fills a table of ends: for boundary i and position q, the nearest boundary
 * at which a match can end if q takes step i.  For a way that means: if the way
 * begins with step i, so that its clock started at step i - 1.  The boundaries k
 * at which it may be left lie in a window: not before the lower bound is met,
 * not after the upper one, nor behind the first step that is forbidden.  All
 * three move left with i.  Among the boundaries of the window the nearest end is
 * wanted, which is the minimum over a sliding window: of two values the one that
 * leaves first and is not smaller is never needed again, so the others are in
 * order, and each is added and removed once.
 */
#include "match_own.h"

/* The nearest end if position q takes step i: an atom's, or a way's without bounds on time. */
static uint32_t
near_of_step(const JnMatcher *m, uint32_t q, uint32_t i)
{
	const JnAutomaton *a = m->a;
	const uint32_t *after = m->near + (size_t) (i + 1) * a->positions;
	JnEdges		edges = a->position[q].edges;
	uint32_t	near = NEVER;

	for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
	{
		const JnEdge *edge = &a->edge[e];

		if (edge->to == JN_MATCHED)
		{
			if (edge->flags == 0 || i + 1 == m->n)
				return i + 1;
		}
		else if (after[edge->to] < near
				 && (edge->way == 0 || jn_match_in_time(&a->way[edge->way], jn_time_span(m->time[i], m->time[i + 1]))))
			near = after[edge->to];
	}
	return near;
}

/* The nearest end if a way is left at boundary k, time bounds not regarded. */
static uint32_t
near_of_leaving(const JnMatcher *m, uint32_t q, uint32_t k)
{
	const JnAutomaton *a = m->a;
	const uint32_t *here = m->near + (size_t) k * a->positions;
	JnEdges		edges = a->position[q].edges;
	uint32_t	near = NEVER;

	for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
		if (a->edge[e].to < a->steps && here[a->edge[e].to] < near)
			near = here[a->edge[e].to];
	return near;
}

/* The nearest end if the way of position q, which bounds time, begins with step i. */
static uint32_t
near_of_way(JnMatcher *m, uint32_t q, uint32_t i)
{
	const JnAutomaton *a = m->a;
	const JnWay *way = &a->way[a->position[q].number];
	Window	   *w = &m->window[q - a->steps];
	uint32_t	near;

	/* its clock was started by a step before */
	if (i == 0)
		return NEVER;
	while (w->reached > i + 1
		   && (way->least == 0
			   || jn_time_span(m->time[i - 1], m->time[w->reached - 1]) >= (uint64_t) way->least))
	{
		uint32_t	end = w->end[--w->reached];

		if (end == NEVER)
			continue;
		while (w->back > w->front && w->end[w->queue[w->back - 1]] >= end)
			w->back--;
		w->queue[w->back++] = w->reached;
	}
	while (w->back > w->front
		   && (w->queue[w->front] > w->stop
			   || !jn_match_in_time(way, jn_time_span(m->time[i - 1], m->time[w->queue[w->front]]))))
		w->front++;
	near = w->back > w->front ? w->end[w->queue[w->front]] : NEVER;
	if (jn_set_has(m->ends, q))
		return i + 1;
	return near == NEVER && w->stop == m->n && jn_set_has(m->ends_last, q) ? m->n : near;
}

/* Fills near[] for boundary i. */
static void
near_back(JnMatcher *m, uint32_t i)
{
	const JnAutomaton *a = m->a;
	const uint64_t *takes = m->takes + (size_t) m->class_of[i] * m->words;
	uint32_t   *near = m->near + (size_t) i * a->positions;

	for (uint32_t q = 0; q < a->positions; q++)
	{
		Window	   *w;

		if (q < a->steps || !jn_way_timed(&a->way[a->position[q].number]))
		{
			near[q] = jn_set_has(takes, q) ? near_of_step(m, q, i) : NEVER;
			continue;
		}
		w = &m->window[q - a->steps];
		w->end[i + 1] = near_of_leaving(m, q, i + 1);
		near[q] = jn_set_has(takes, q) ? near_of_way(m, q, i) : NEVER;
		if (!jn_set_has(takes, q))
			w->stop = i;
	}
}

/* Makes room for the backward pass with times, and its end. */
static void
begin_near(JnMatcher *m)
{
	const JnAutomaton *a = m->a;
	uint32_t	ways = m->timed_ways ? a->positions - a->steps : 0;
	uint32_t   *room = jn_match_scratch(m, SCRATCH_WINDOWS, 2 * (uint64_t) ways * (m->n + UINT64_C(1)) + 1, sizeof(uint32_t));

	m->near = jn_match_scratch(m, SCRATCH_NEAR, (m->n + UINT64_C(1)) * a->positions + 1, sizeof(uint32_t));
	for (uint32_t q = 0; q < a->positions; q++)
		m->near[(size_t) m->n * a->positions + q] = NEVER;
	for (uint32_t k = 0; k < ways; k++)
	{
		m->window[k] = (Window) {.end = room,.queue = room + m->n + 1,.reached = m->n,.stop = m->n};
		room += 2 * ((size_t) m->n + 1);
	}
}

/* The boundary behind which a match that begins at boundary i must not end. */
uint32_t
jn_match_limit(JnMatcher *m, uint32_t i)
{
	uint32_t	limit = m->limit_at == NEVER ? m->n : m->limit;

	if (m->a->within == JN_NO_BOUND || i == m->n)
		return m->n;

	/* limits move with their begins; these come in order, up or down */
	if (limit < i + 1)
		limit = i + 1;
	if (m->limit_at != NEVER && i > m->limit_at)
		while (limit < m->n && jn_time_span(m->time[i], m->time[limit]) <= (uint64_t) m->a->within)
			limit++;
	while (limit > i + 1 && jn_time_span(m->time[i], m->time[limit - 1]) > (uint64_t) m->a->within)
		limit--;
	m->limit_at = i;
	m->limit = limit;
	return limit;
}

/* Whether an edge of the start may be taken at boundary i, by near[]. */
bool
jn_match_near_begin(JnMatcher *m, uint32_t i)
{
	const JnAutomaton *a = m->a;
	uint32_t	limit = jn_match_limit(m, i);

	for (uint32_t e = a->start.first; e < a->start.first + a->start.count; e++)
	{
		const JnEdge *edge = &a->edge[e];

		if ((edge->flags & JN_EDGE_BEGIN) && i > 0)
			continue;
		if (edge->to == JN_MATCHED || m->near[(size_t) i * a->positions + edge->to] <= limit)
			return true;
	}
	return false;
}

/*
 * The nearest boundary at which a match that begins at boundary "from" can end,
 * bounds on time not regarded; at most "limit", else NEVER.  Goes from set to
 * set of positions that could have taken a step.
 */
uint32_t
jn_match_shortest(JnMatcher *m, uint32_t from, uint32_t limit)
{
	const JnAutomaton *a = m->a;
	uint64_t   *now = m->run_set;
	uint64_t   *next = m->run_set + m->words;

	if (m->empty || (m->empty_first && from == 0))
		return from;
	for (uint32_t w = 0; w < m->words; w++)
		now[w] = m->begins[w] | (from == 0 ? m->begins_first[w] : 0);
	for (uint32_t i = from; i < limit; i++)
	{
		const uint64_t *takes = m->takes + (size_t) m->class_of[i] * m->words;
		uint64_t	ended = 0;
		uint64_t	any = 0;
		uint64_t	work = 1 + m->words;

		for (uint32_t w = 0; w < m->words; w++)
		{
			now[w] &= takes[w];
			any |= now[w];
			ended |= now[w] & (m->ends[w] | (i + 1 == m->n ? m->ends_last[w] : 0));
			next[w] = 0;
		}
		if (ended != 0)
			return i + 1;
		if (any == 0)
			return NEVER;
		for (uint32_t w = 0; w < m->words; w++)
			for (uint64_t left = now[w]; left != 0; left &= left - 1)
			{
				JnEdges		edges = a->position[w * 64 + (unsigned) __builtin_ctzll(left)].edges;

				for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
					if (a->edge[e].to != JN_MATCHED)
						jn_set_add(next, a->edge[e].to);
				work += edges.count;
			}
		memcpy(now, next, m->words * sizeof(uint64_t));
		jn_match_work(m, work);
	}
	return NEVER;
}

/*
 * Whether there is a match in time, where there is one without regard to times
 * that begins at boundary "begin" and none that begins later.
 */
bool
jn_match_any_in_time(JnMatcher *m, uint32_t begin)
{
	uint64_t	work = UINT64_C(1) + m->a->edges + m->a->positions;

	if (m->quick)
		jn_match_read_classes(m);
	jn_match_read_times(m);

	/* mostly the last one is as good as any */
	if (!m->timed_ways && jn_match_shortest(m, begin, jn_match_limit(m, begin)) != NEVER)
		return true;
	begin_near(m);
	m->limit_at = NEVER;
	m->timed = true;
	for (uint32_t i = m->n; i-- > 0;)
	{
		near_back(m, i);
		if (jn_match_near_begin(m, i))
			return true;
		jn_match_work(m, work);
	}
	return false;
}

/* Fills near[] for the whole subject. */
void
jn_match_make_near(JnMatcher *m)
{
	begin_near(m);
	for (uint32_t i = m->n; i-- > 0;)
	{
		near_back(m, i);
		jn_match_work(m, UINT64_C(1) + m->a->edges + m->a->positions);
	}
	m->timed = true;
	m->limit_at = NEVER;
}
