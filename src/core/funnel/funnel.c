/*
 * funnel.c
 *	  How far a subject gets in a funnel.
 *
 * There are as many chains as there are ways to pick steps, but not many of
 * them matter.  Of all chains that fill some step of the funnel up to here, the
 * one whose own last step is the latest can go on whenever another one can, and
 * it was entered last, too: were an earlier one entered later, the later one
 * could have crossed over to its beginning, for all limits are limits from
 * above.  So a search forwards keeps one reach for each step of the funnel:
 * where the latest chain was entered, and where it stands.
 *
 *	 journey			a1   b2   a3   b4   c5			window 3
 *	 reach of a			a1        a3
 *	 reach of b			     a1b2      a3b4
 *	 reach of c			                    a3..c5		5 - 3 <= 3: level 3
 *
 * That gives the level, and the entry of the latest attempt.  The chain to tell
 * of comes from a search backwards, the mirror image: of all chains from here to
 * the end the one whose first step is the nearest can be reached whenever
 * another one can, and ends first.  So from the entry on it takes the nearest
 * step each time; and the last entry that it comes to is the first attempt of
 * this level.
 *
 * A third search, forwards from the entry alone, tells what became of an
 * attempt that has not converted: it knows how far each of its chains could
 * have gone.
 */
#include "funnel_own.h"

static void *
alloc_zero(const JnEnv *env, uint64_t n, size_t element)
{
	size_t		size = jn_array_size(n, element);
	void	   *p = jn_alloc(env, size);

	memset(p, 0, size);
	return p;
}

JnFunnel *
jn_funnel_new(const JnEnv *env, const JnFunnelTerms *terms)
{
	JnFunnel   *f = alloc_zero(env, 1, sizeof(JnFunnel));
	uint64_t	steps = terms->steps;

	f->terms = terms;
	f->needed = terms->steps;
	while (terms->optional != NULL && f->needed > 1 && terms->optional[f->needed - 1])
		f->needed--;
	f->words = terms->atoms->words;
	f->reach = alloc_zero(env, steps + 1, sizeof(Reach));
	f->before = alloc_zero(env, steps + 1, sizeof(Reach));
	f->news = alloc_zero(env, steps + 1, sizeof(Reach));
	f->time = alloc_zero(env, steps, sizeof(int64_t));
	if (terms->mode == JN_FUNNEL_UNORDERED)
	{
		f->basis = alloc_zero(env, steps, sizeof(uint32_t));
		f->work = alloc_zero(env, 3 * steps, sizeof(uint32_t));
	}
	return f;
}

void
jn_funnel_close(const JnEnv *env, JnFunnel *f)
{
	if (f->bound)
		jn_atoms_unbind(env, &f->binding);
	f->bound = false;
}

void
jn_funnel_columns(const JnEnv *env, JnFunnel *f, const JnColumns *columns)
{
	const JnLabels *event = columns->event;

	jn_funnel_close(env, f);
	f->columns = columns;
	jn_atoms_bind(env, f->terms->atoms, columns, &f->binding);
	f->bound = true;
	if (event->names > f->interesting_room)
	{
		if (f->interesting != NULL)
			jn_release(env, f->interesting);
		f->interesting_room = 0;
		f->interesting = jn_alloc(env, event->names);
		f->interesting_room = event->names;
	}
	for (uint32_t code = 0; code < event->names; code++)
	{
		const uint64_t *sure = jn_atoms_sure(&f->binding, code);
		const uint64_t *maybe = jn_atoms_maybe(&f->binding, code);
		uint64_t	any = 0;

		for (uint32_t w = 0; w < f->words; w++)
			any |= sure[w] | maybe[w];
		f->interesting[code] = any != 0;
		if (code % 1024 == 1023)
			jn_tick(env);
	}
}

const JnBinding *
jn_funnel_binding(const JnFunnel *f)
{
	return &f->binding;
}

/* ---- limits ---- */

static inline uint64_t
step_limit(const JnFunnelTerms *terms, uint32_t level)
{
	return terms->step_within != NULL ? terms->step_within[level - 1] : JN_NO_LIMIT;
}

static inline uint64_t
span(const JnFunnel *f, uint32_t from, uint32_t to)
{
	return jn_time_span(f->mark[from].time, f->mark[to].time);
}

/* Whether the step of a level may be left out. */
static inline bool
is_optional(const JnFunnelTerms *terms, uint32_t level)
{
	return terms->optional != NULL && terms->optional[level - 1];
}

/*
 * Whether a mark that lies between the steps of level and level + 1 of a chain
 * breaks it.  That steps without a mark lie between is_broken_off() knows.
 */
static inline bool
is_breaking(const JnFunnel *f, uint32_t mark, uint32_t level)
{
	switch (f->terms->mode)
	{
		case JN_FUNNEL_STRICT:
			return !has_bit(mask_of(f, mark), level - 1);
		case JN_FUNNEL_DEDUPLICATED:
			return f->mark[mark].least <= level;
		case JN_FUNNEL_EXACT:
			return true;
		default:
			return false;
	}
}

/* Whether steps that fill nothing break a chain. */
static inline bool
is_adjacent(const JnFunnelTerms *terms)
{
	return terms->mode == JN_FUNNEL_STRICT || terms->mode == JN_FUNNEL_EXACT;
}

/* Whether no chain goes from a mark to the next one of the search. */
static inline bool
is_broken_off(const JnFunnel *f, uint32_t mark, uint32_t next)
{
	return f->mark[mark].era != f->mark[next].era
		|| (is_adjacent(f->terms) && f->mark[next].place != f->mark[mark].place + 1);
}

static inline void
forget_reaches(const JnFunnel *f, Reach *reach)
{
	for (uint32_t i = 0; i <= f->terms->steps; i++)
		reach[i].far = NO_MARK;
}

/* The reach that a step at this time can be joined to: with strict ties an earlier one. */
static inline const Reach *
reach_at(const JnFunnel *f, uint32_t level, int64_t time)
{
	const Reach *r = &f->reach[level];

	if (f->terms->ties == JN_TIES_STRICT && r->far != NO_MARK && f->mark[r->near].time == time)
		r = &f->before[level];
	return r;
}

/* Puts what a mark has brought among the reaches, and ends those that it breaks. */
static void
take_news(JnFunnel *f, uint32_t mark, uint32_t gap)
{
	const JnFunnelTerms *terms = f->terms;
	bool		breaks = is_adjacent(terms) || terms->mode == JN_FUNNEL_DEDUPLICATED;

	/* forwards a reach of level i waits for i + 1, backwards one waits for i - 1: that is what "gap" takes off */
	if (breaks)
		for (uint32_t i = 1 + gap; i <= terms->steps; i++)
		{
			if (is_breaking(f, mark, i - gap))
				f->reach[i].far = f->before[i].far = NO_MARK;
		}
	for (uint32_t i = bit_below(mask_of(f, mark), terms->steps); i != UINT32_MAX;
		 i = bit_below(mask_of(f, mark), i))
	{
		Reach	   *r = &f->reach[i + 1];

		if (f->news[i + 1].far == NO_MARK)
			continue;
		if (r->far != NO_MARK && f->mark[r->near].time != f->mark[mark].time)
			f->before[i + 1] = *r;
		else if (r->far == NO_MARK)
			f->before[i + 1].far = NO_MARK;
		*r = f->news[i + 1];
	}
}

/* ---- forwards ---- */

/* The best way to put a mark behind a chain, as the step of a level; far is NO_MARK if there is none. */
static Reach
join_before(const JnFunnel *f, uint32_t mark, uint32_t level)
{
	const JnFunnelTerms *terms = f->terms;
	Reach		best = {NO_MARK, mark, NO_MARK};

	for (uint32_t i = level - 1; i > 0; i--)
	{
		const Reach *r = reach_at(f, i, f->mark[mark].time);

		if (r->far != NO_MARK && span(f, r->far, mark) <= terms->within
			&& span(f, r->near, mark) <= step_limit(terms, level)
			&& (best.far == NO_MARK || r->far > best.far))
			best.far = r->far;
		if (!is_optional(terms, i))
			break;
	}
	return best;
}

/*
 * Goes through the marks from .. to-1: leaves in f->reach where the chains have
 * got to, and gives the highest level and the latest entry of it.  "entry" is
 * the only entry, or NO_MARK for any.
 */
static Found
search_forwards(const JnEnv *env, JnFunnel *f, Search search, uint32_t entry)
{
	Found		found = {0, NO_MARK};

	forget_reaches(f, f->reach);
	forget_reaches(f, f->before);
	for (uint32_t m = search.from; m < search.to; m++)
	{
		const uint64_t *mask = mask_of(f, m);

		if (m > search.from && is_broken_off(f, m - 1, m))
		{
			forget_reaches(f, f->reach);
			forget_reaches(f, f->before);
		}
		for (uint32_t i = bit_below(mask, f->terms->steps); i != UINT32_MAX; i = bit_below(mask, i))
		{
			uint32_t	level = i + 1;
			Reach	   *news = &f->news[level];

			if (level > 1)
				*news = join_before(f, m, level);
			else
				*news = (Reach) {entry == NO_MARK || entry == m ? m : NO_MARK, m, NO_MARK};
			if (news->far != NO_MARK
				&& (level > found.level || (level == found.level && news->far > found.entry)))
				found = (Found) {level, news->far};
		}
		take_news(f, m, 0);
		if (m % 1024 == 1023)
			jn_tick(env);
	}
	return found;
}

/* ---- backwards ---- */

static uint32_t
new_node(const JnEnv *env, JnFunnel *f, uint32_t mark, uint32_t level, uint32_t next)
{
	if (f->nodes == f->node_room)
	{
		uint32_t	room = f->node_room > 0 ? 2 * f->node_room : 64;

		f->node = f->node_room > 0 ? jn_resize(env, f->node, jn_array_size(room, sizeof(Node)))
			: jn_alloc(env, jn_array_size(room, sizeof(Node)));
		f->node_room = room;
	}
	f->node[f->nodes] = (Node) {mark, level, next};
	return f->nodes++;
}

/*
 * The best way to put a mark, as the step of a level, before a chain to level
 * "goal"; likewise.  That is the chain which begins nearest; or, if only the
 * entry is looked for, which ends first.
 */
static Reach
join_behind(const JnFunnel *f, uint32_t mark, uint32_t level, uint32_t goal, bool to_end)
{
	const JnFunnelTerms *terms = f->terms;
	Reach		best = {NO_MARK, mark, NO_MARK};
	uint32_t	nearest = NO_MARK;

	for (uint32_t i = level + 1; i <= goal; i++)
	{
		const Reach *r = reach_at(f, i, f->mark[mark].time);

		if (r->far != NO_MARK && span(f, mark, r->far) <= terms->within
			&& span(f, mark, r->near) <= step_limit(terms, i) && (to_end ? r->far : r->near) < nearest)
		{
			nearest = to_end ? r->far : r->near;
			best.far = r->far;
			best.node = r->node;
		}
		if (!is_optional(terms, i))
			break;
	}
	return best;
}

/*
 * Goes through the marks from behind, and gives the node of a chain to level
 * "goal" with the first entry; one there is.  It is the one to tell of if all
 * marks are in the window of this entry, and not to_end.
 */
static uint32_t
search_backwards(const JnEnv *env, JnFunnel *f, Search search, uint32_t goal, bool to_end)
{
	uint32_t	first = NO_MARK;

	forget_reaches(f, f->reach);
	forget_reaches(f, f->before);
	f->nodes = 0;
	for (uint32_t m = search.to; m-- > search.from;)
	{
		const uint64_t *mask = mask_of(f, m);

		if (m + 1 < search.to && is_broken_off(f, m, m + 1))
		{
			forget_reaches(f, f->reach);
			forget_reaches(f, f->before);
		}
		for (uint32_t i = bit_below(mask, f->terms->steps); i != UINT32_MAX; i = bit_below(mask, i))
		{
			uint32_t	level = i + 1;
			Reach	   *news = &f->news[level];

			if (level < goal)
				*news = join_behind(f, m, level, goal, to_end);
			else
				*news = (Reach) {level == goal ? m : NO_MARK, m, NO_MARK};
			if (news->far == NO_MARK)
				continue;
			news->node = new_node(env, f, m, level, news->node);
			if (level == 1)
				first = news->node;
		}
		take_news(f, m, 1);
		if (m % 1024 == 1023)
			jn_tick(env);
	}
	return first;
}

/* ---- what became of it ---- */

/* The later of two instants; a limit that is not there never ends. */
static inline uint64_t
least_limit(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * How long after its entry a chain that stands at "near" could still have gone
 * on, by a step with this limit: false if not at all.  With strict ties a step
 * must be later than the one before, so there must be time left behind that.
 */
static bool
chain_left(const JnFunnel *f, uint32_t entry, uint32_t near, uint64_t limit, uint64_t *end)
{
	const JnFunnelTerms *terms = f->terms;
	uint64_t	after = span(f, entry, near);

	*end = least_limit(limit < JN_NO_LIMIT - after ? after + limit : JN_NO_LIMIT, terms->within);
	return terms->ties != JN_TIES_STRICT || *end > after;
}

/*
 * How long after its entry the attempt could still have gone beyond its level,
 * as the search forwards has left it: microseconds, or JN_NO_LIMIT.  False if
 * no chain is left that could.
 */
static bool
time_left(const JnFunnel *f, Found found, uint64_t *left)
{
	const JnFunnelTerms *terms = f->terms;
	bool		any = false;

	*left = 0;
	for (uint32_t i = found.level; i > 0; i--)
	{
		/* the latest chain has the most time, but perhaps none at all: then the one before it */
		const Reach *chain[] = {&f->reach[i], &f->before[i]};
		uint32_t	chains = terms->ties == JN_TIES_STRICT ? 2 : 1;

		/* whichever step beyond the level may come next */
		for (uint32_t next = i + 1; next <= terms->steps; next++)
		{
			for (uint32_t c = 0; c < chains && next > found.level; c++)
			{
				uint64_t	end;

				if (chain[c]->far == NO_MARK
					|| !chain_left(f, found.entry, chain[c]->near, step_limit(terms, next), &end))
					continue;
				any = true;
				*left = end > *left ? end : *left;
			}
			if (!is_optional(terms, next))
				break;
		}

		/* a chain that stands before the level goes beyond it only by leaving it out */
		if (!is_optional(terms, i))
			break;
	}
	return any;
}

/* What became of an attempt that ends at mark search.to - 1 at the latest and has not converted. */
static JnFunnelStatus
status_of(const JnEnv *env, JnFunnel *f, Search search, Found found)
{
	const JnFunnelTerms *terms = f->terms;
	int64_t		entered = f->mark[found.entry].time;
	uint32_t	era = f->mark[found.entry].era;
	uint64_t	left = terms->within;
	uint32_t	last = search.to - 1;

	/* nothing goes across what is excluded */
	search.from = found.entry;
	while (f->mark[last].era > era)
		last--;
	search.to = last + 1;
	if (terms->mode != JN_FUNNEL_UNORDERED)
	{
		search_forwards(env, f, search, found.entry);
		if (!time_left(f, found, &left))
			return JN_FUNNEL_LOST;
		if (is_adjacent(terms))
		{
			/* the next step of the journey would have to be the one */
			uint32_t	next = f->mark[last].place + 1;

			if (next < f->places && (era == f->bans || f->ban[era].place != next))
				return JN_FUNNEL_LOST;
		}
	}
	if (era < f->bans)
		return jn_time_span(entered, f->ban[era].time) <= left ? JN_FUNNEL_EXCLUDED : JN_FUNNEL_LOST;
	return terms->as_of < entered || jn_time_span(entered, terms->as_of) <= left ? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
}

/* ---- the best attempt ---- */

/* The first mark of a search that can be an entry, or NO_MARK. */
static uint32_t
first_entry(const JnFunnel *f, Search search)
{
	for (uint32_t m = search.from; m < search.to; m++)
		if (f->terms->mode == JN_FUNNEL_UNORDERED || has_bit(mask_of(f, m), 0))
			return m;
	return NO_MARK;
}

/* The best attempt of the marks of one search. */
static Found
search_marks(const JnEnv *env, JnFunnel *f, Search search, uint32_t entry)
{
	Found		found;

	if (f->terms->mode == JN_FUNNEL_UNORDERED)
		return jn_funnel_any_order(env, f, search, entry);
	if (entry != NO_MARK)
		search.from = entry;
	found = search_forwards(env, f, search, entry);
	if (found.level > 0 && f->terms->entry == JN_ENTRY_LONGEST)
	{
		uint32_t	node = search_backwards(env, f, search, found.level, true);

		found.entry = f->node[node].mark;
	}
	return found;
}

/* Marks are of one search if they have one label. */
static bool
next_search(const JnFunnel *f, Search *search)
{
	search->from = search->to;
	if (search->from == f->marks)
		return false;
	if (!f->terms->hold)
		search->to = f->marks;
	else
		while (search->to < f->marks && f->mark[search->to].label == f->mark[search->from].label)
			search->to++;
	return true;
}

/* Whether an attempt is to be told of rather than another one. */
static bool
is_better(const JnFunnel *f, Found a, Found b)
{
	if (a.level == 0 || b.level == 0 || a.level != b.level)
		return a.level > b.level;
	return f->terms->entry == JN_ENTRY_LATEST ? f->mark[a.entry].place > f->mark[b.entry].place
		: f->mark[a.entry].place < f->mark[b.entry].place;
}

/* Fills f->time[] with the chain of what was found. */
static void
fill_times(const JnEnv *env, JnFunnel *f, Search search, Found found)
{
	uint32_t	end = search.to;
	uint32_t	node;

	if (f->terms->mode == JN_FUNNEL_UNORDERED)
	{
		jn_funnel_fill_any_order(env, f, search, found);
		return;
	}

	/* of no use to go further back than the entry, or to begin behind its window */
	search.from = found.entry;
	for (end = found.entry + 1; end < search.to; end++)
		if (span(f, found.entry, end) > f->terms->within || f->mark[end].era != f->mark[found.entry].era)
			break;
	search.to = end;
	for (node = search_backwards(env, f, search, found.level, false); node != NO_MARK; node = f->node[node].next)
		f->time[f->node[node].level - 1] = f->mark[f->node[node].mark].time;
}

void
jn_funnel_subject(const JnEnv *env, JnFunnel *f, const JnSubject *subject, JnFunnelResult *result)
{
	const JnFunnelTerms *terms = f->terms;
	Search		search = {0, 0};
	Search		best_search = {0, 0};
	Found		best = {0, NO_MARK};
	uint32_t	first = NO_MARK;

	jn_funnel_mark(env, f, subject);
	for (uint32_t i = 0; i < terms->steps; i++)
		f->time[i] = JN_NO_TIME;
	*result = (JnFunnelResult) {0, JN_FUNNEL_NOT_ENTERED, 0, f->time};

	if (terms->entry == JN_ENTRY_FIRST)
	{
		/* of all labels the first one that comes */
		while (next_search(f, &search))
		{
			uint32_t	entry = first_entry(f, search);

			if (entry != NO_MARK && (first == NO_MARK || f->mark[entry].place < f->mark[first].place))
			{
				first = entry;
				best_search = search;
			}
		}
		if (first != NO_MARK)
			best = search_marks(env, f, best_search, first);
	}
	else
		while (next_search(f, &search))
		{
			Found		found = search_marks(env, f, search, NO_MARK);

			if (is_better(f, found, best))
			{
				best = found;
				best_search = search;
			}
		}
	if (best.level == 0)
		return;

	fill_times(env, f, best_search, best);
	result->level = best.level;
	result->entered = f->mark[best.entry].time;
	result->status = best.level >= f->needed ? JN_FUNNEL_CONVERTED : status_of(env, f, best_search, best);
}
