/*
 * match_chain.c
 *	  How many matches a chain has: one step after another, with nothing but
 *	  links between them, and perhaps a bound on the time of the whole.
 *
 *	 view -[no return]-> cart -[no return]-> purchase within 1 day
 *
 * This is what most people ask, and it needs neither states nor notes.  Call it
 * a chain of rows if each takes its step and no link is broken between it and
 * the next.  Two chains that cross can change partners where they do: if
 * p < p' < q' <= q, and q is a good next step for p, then so is q' for p, and q
 * for p', for what lies between is part of what lies between p and q.
 * From that follow
 *
 *	1. the preferred match from a row on, which takes each next step as early as
 *	   it can, ends at the nearest end that there is;
 *	2. the later a match begins, the later it ends, if not at the same row;
 *	3. so the leftmost match is one that ends first of all.
 *
 * Hence matches without a step in common are counted by their ends alone.  Rows
 * that take the last step are looked at from the first on.  For each the
 * latest begin of a chain is looked for, by taking each step before as late as
 * it can be; if that is in time, some match ends here, and the next one begins
 * behind it.  Nothing else is to know: not where it begins.
 *
 *	 step		0 view	1 cart	2 return 3 view	4 view	5 cart	6 purchase
 *	 purchase											6
 *	 cart	one before 6, no return between: 5
 *	 view	one before 5, no return between: 4; so 4, 5, 6 is the last to begin
 *
 * When the last row that could take a step is no good, since what is forbidden
 * between it and the step before lies right before it, the step must be taken at
 * that forbidden row or before it.  So the search goes back to this step and
 * looks further there.
 *
 * Why that is linear.  Within a search no row is looked at twice for a step: what
 * has been passed is no good for rows that are further left either.  After a
 * search in vain, or one whose begin is too early, no row before the first one
 * that the next step was tried at is of use for a step: a later end would reach
 * it by the same rows and begin no later, by 2.  These are the floors.  After a match all
 * floors are behind it.  So there are at most rows x steps looks, 64 rows each
 * where nothing matters.
 *
 * Limits: those of match_rows.c, 64 positions; no anchors and no bounds on
 * single links.
 */
#include "match_own.h"

/* ---- making a chain ---- */

/* What may follow a position, as a set; "flags" become those of any edge. */
static uint64_t
followers(const JnAutomaton *a, uint32_t q, bool *matched, unsigned *flags)
{
	JnEdges		edges = a->position[q].edges;
	uint64_t	set = 0;

	*matched = false;
	for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
	{
		*flags |= a->edge[e].flags;
		if (a->edge[e].to == JN_MATCHED)
			*matched = true;
		else
			set |= UINT64_C(1) << a->edge[e].to;
	}
	return set;
}

/* What follows all positions of a set, if it is the same. */
static bool
same_followers(const JnAutomaton *a, uint64_t positions, uint64_t *next, bool *matched)
{
	unsigned	flags = 0;

	*next = followers(a, (uint32_t) __builtin_ctzll(positions), matched, &flags);
	for (; positions != 0; positions &= positions - 1)
	{
		bool		also;

		if (followers(a, (uint32_t) __builtin_ctzll(positions), &also, &flags) != *next || also != *matched)
			return false;
	}
	return flags == 0;
}

/* The classes whose steps some of these positions take. */
static unsigned
classes_of(const JnMatcher *m, uint64_t positions)
{
	unsigned	classes = 0;

	for (uint32_t c = 0; c < m->classes && c < JN_ROW_CLASSES; c++)
		if ((m->takes[c] & positions) != 0)
			classes |= 1u << c;
	return classes;
}

/*
 * Follows the automaton from its start.  Each step is a set of positions that
 * all lead to the same: to those of the next step, and to a way that leads there,
 * too.  Fills step[], which has room for 64.  Returns their number; 0 if it is no
 * chain.
 */
static uint32_t
find_steps(const JnMatcher *m, JnChainStep *step)
{
	const JnAutomaton *a = m->a;
	uint64_t	is_way = a->steps < 64 ? UINT64_MAX << a->steps : 0;
	uint64_t	here = m->begins[0];
	uint64_t	seen = 0;
	uint32_t	steps = 0;

	for (;;)
	{
		uint64_t	next;
		uint64_t	way;
		bool		matched;

		if (here == 0 || (here & (seen | is_way)) != 0 || !same_followers(a, here, &next, &matched))
			return 0;
		seen |= here;
		step[steps++] = (JnChainStep) {.takes = classes_of(m, here)};
		if (matched)
			return next == 0 ? steps : 0;
		way = next & is_way;
		if (way != 0)
		{
			uint64_t	behind;

			if ((way & (way - 1)) != 0 || !same_followers(a, way, &behind, &matched) || matched || behind != next)
				return 0;
			step[steps - 1].forbids = ((1u << JN_ROW_CLASSES) - 1) & ~classes_of(m, way);
		}
		step[steps - 1].direct = way == 0;
		step[steps - 1].stops = step[steps - 1].takes | step[steps - 1].forbids;
		here = next & ~is_way;
	}
}

void
jn_chain_init(JnMatcher *m)
{
	JnChain    *c = &m->chain;
	JnChainStep step[64];
	uint32_t   *room;

	if (!m->rows.able || m->a->positions > 64 || m->timed_ways || m->empty || m->empty_first || m->begins_first[0] != 0)
		return;
	c->steps = find_steps(m, step);
	if (c->steps == 0)
		return;
	c->step = jn_alloc(&m->env, c->steps * sizeof(JnChainStep));
	memcpy(c->step, step, c->steps * sizeof(JnChainStep));
	room = jn_alloc(&m->env, 4 * c->steps * sizeof(uint32_t));
	c->floor = room;
	c->place = room + c->steps;
	c->before = room + 2 * c->steps;
	c->first = room + 3 * c->steps;
}

void
jn_chain_columns(JnMatcher *m)
{
	/* nothing is known of any row */
	m->chain.end_from = 1;
	m->chain.end = 0;
}

/* ---- times ---- */

void
jn_chain_times(JnMatcher *m, const JnTimesReader *times, uint32_t n, uint32_t base)
{
	JnChain    *c = &m->chain;

	jn_times_index_take(&c->times, times, n);
	c->base = base;
	c->within = m->a->within == JN_NO_BOUND || times->unit_us == 0 ? UINT64_MAX
		: (uint64_t) m->a->within / times->unit_us;
}

void
jn_chain_trim(JnMatcher *m)
{
	JnTimesIndex *x = &m->chain.times;

	if (x->sum_room > KEPT_BYTES / sizeof(uint64_t))
	{
		jn_release(&m->env, x->sum);
		x->sum_room = 0;
	}
	if (x->block_room > KEPT_BYTES / sizeof(uint32_t))
	{
		jn_release(&m->env, x->block);
		x->block_room = 0;
	}
}

/* Whether a match from one row to another is within the bound of the whole. */
static inline bool
is_within(JnMatcher *m, uint32_t begin, uint32_t end)
{
	JnChain    *c = &m->chain;
	uint64_t	sum = 0;

	if (c->within == UINT64_MAX)
		return true;
	while (begin < end && sum <= c->within)
	{
		uint32_t	to = end - begin < JN_TICK_EVERY ? end : begin + JN_TICK_EVERY;

		sum += jn_times_index_sum(&m->env, &c->times, begin - c->base, to - c->base);
		begin = to;
		if (begin < end)
			jn_tick(&m->env);
	}
	return sum <= c->within;
}

/* ---- counting ---- */

/* What a look for a row of a step finds. */
typedef enum Found
{
	FOUND,						/* the row */
	BLOCKED,					/* the next step must be at this row or before it */
	NONE						/* nothing, wherever the next step is */
} Found;

static inline bool
takes_row(const JnMatcher *m, const JnChainStep *step, uint32_t row)
{
	return step->takes >> m->quick_class[m->binding.columns.event->codes[row]] & 1;
}

/*
 * Looks for a row of step k before row "before".  Between c->before[k] and there
 * none is any good, but what is forbidden counts.
 */
static inline Found
look(JnMatcher *m, uint32_t k, uint32_t before, uint32_t *row)
{
	const JnChain *c = &m->chain;
	const JnChainStep *step = &c->step[k];

	if (before <= c->floor[k])
		return NONE;
	if (step->direct)
	{
		*row = before - 1;
		if (c->before[k] < before)
			*row = c->before[k];
		else if (takes_row(m, step, *row))
			return FOUND;
		return BLOCKED;
	}
	if (c->before[k] < before)
	{
		uint32_t	from = c->before[k] > c->floor[k] ? c->before[k] : c->floor[k];

		*row = jn_rows_last(m, from, before, step->forbids);
		if (*row != NO_ROW)
			return BLOCKED;
		before = c->before[k];
	}
	*row = jn_rows_last(m, c->floor[k], before, step->stops);
	return *row == NO_ROW ? NONE : takes_row(m, step, *row) ? FOUND : BLOCKED;
}

/*
 * The first row of the chain up to row "end", which takes the last step, that
 * begins latest; NO_ROW without one.  Sets first[] from step *lowest on.
 */
static inline uint32_t
latest_begin(JnMatcher *m, uint32_t end, uint32_t *lowest)
{
	JnChain    *c = &m->chain;
	uint32_t	last = c->steps - 1;
	uint32_t	j = last;		/* the step whose row has been found */
	uint32_t	before = end;	/* where step j - 1 is looked for */
	uint32_t	looks = 0;

	*lowest = last;
	c->place[last] = end;
	while (j > 0)
	{
		uint32_t	row;

		if (j - 1 < *lowest)
		{
			*lowest = j - 1;
			c->first[j - 1] = c->before[j - 1] = before;
		}
		switch (look(m, j - 1, before, &row))
		{
			case FOUND:
				c->place[--j] = row;
				before = row;
				break;
			case BLOCKED:
				if (j == last)
					return NO_ROW;
				c->before[j] = row + 1;
				before = c->place[j] + 1;
				j++;
				break;
			case NONE:
				return NO_ROW;
		}
		if (++looks % 4096 == 0)
			jn_tick(&m->env);
	}
	return c->place[0];
}

/*
 * The first row from "at" to before-1 that takes the last step, or NO_ROW.  It
 * is looked for in all of the columns, so that subjects without one that come
 * before it cost nothing.
 */
static inline uint32_t
next_end(JnMatcher *m, uint32_t at, uint32_t before)
{
	JnChain    *c = &m->chain;

	if (at < c->end_from || at > c->end)
	{
		c->end = jn_rows_first(m, at, m->binding.columns.rows, c->step[c->steps - 1].takes);
		c->end_from = at;
	}
	return c->end < before ? c->end : NO_ROW;
}

uint64_t
jn_chain_count(JnMatcher *m, uint32_t from, uint32_t to, bool timed, uint64_t most)
{
	JnChain    *c = &m->chain;
	uint32_t	last = c->steps - 1;
	uint64_t	count = 0;
	uint32_t	end;

	for (uint32_t at = from; (end = next_end(m, at, to)) != NO_ROW; at = end + 1)
	{
		uint32_t	lowest;
		uint32_t	begin;

		if (at == from)
			for (uint32_t k = 0; k < last; k++)
				c->floor[k] = from;
		begin = latest_begin(m, end, &lowest);
		if (begin != NO_ROW && (!timed || is_within(m, begin, end)))
		{
			if (++count == most)
				break;
			for (uint32_t k = 0; k < last; k++)
				c->floor[k] = end + 1;
		}
		else
			for (uint32_t k = lowest; k < last; k++)
				c->floor[k] = c->first[k];
		if ((end - from) % 4096 == 0)
			jn_tick(&m->env);
	}
	return count;
}
