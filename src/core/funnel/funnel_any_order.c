/*
 * funnel_any_order.c
 *	  Funnels whose steps may be filled in any order.
 *
 * How many different steps of the funnel can be filled by steps of the journey,
 * each of which fills one?  That is a matching; and sets of marks that can be
 * matched are the independent sets of a matroid.  So the greedy way is right: a
 * search backwards keeps a basis of marks, each new and therefore nearest mark
 * comes in, and if that is one too many then the farthest one that it can stand
 * for goes out.  Of a basis kept like that the marks of any window that begins
 * here are a largest set that can be matched among all marks of that window.
 *
 *	 marks from behind		c9   b7   a4   b3 (for b7)		window 5
 *	 basis					c    bc   abc  abc
 *	 level of the entry		1    2    3 (4..9)  2 (3..8: a4, b3)
 */
#include "funnel_own.h"

/*
 * Looks for a way to have a mark among those that are matched: by steps that
 * are taken over one from another.  Fills f->work: from[] the step that each
 * step was come from, and the steps come to, of which it returns the number; the
 * last of them is free if *freed.
 */
static uint32_t
reach_steps(const JnFunnel *f, uint32_t mark, bool *freed)
{
	uint32_t	steps = f->terms->steps;
	uint32_t   *from = f->work;
	uint32_t   *queue = f->work + steps;
	uint32_t	n = 0;
	uint32_t	done = 0;
	uint32_t	at = NO_MARK;

	for (uint32_t i = 0; i < steps; i++)
		from[i] = NO_MARK;
	*freed = false;
	for (;;)
	{
		const uint64_t *mask = mask_of(f, at == NO_MARK ? mark : f->basis[at]);

		for (uint32_t i = f->mark[at == NO_MARK ? mark : f->basis[at]].least; i < steps; i++)
		{
			if (!has_bit(mask, i) || from[i] != NO_MARK)
				continue;
			from[i] = at == NO_MARK ? i : at;
			queue[n++] = i;
			if (f->basis[i] == NO_MARK)
			{
				*freed = true;
				return n;
			}
		}
		if (done == n)
			return n;
		at = queue[done++];
	}
}

/* Takes steps over one from another, up to step "last", so that the mark has one. */
static void
take_over(JnFunnel *f, uint32_t mark, uint32_t last)
{
	const uint32_t *from = f->work;

	while (from[last] != last)
	{
		f->basis[last] = f->basis[from[last]];
		last = from[last];
	}
	f->basis[last] = mark;
}

/*
 * Brings a mark into the basis; if that is one too many, the one that is
 * farthest of those it can stand for goes.
 */
static void
bring_in(JnFunnel *f, uint32_t mark, bool replace)
{
	bool		freed;
	uint32_t	n = reach_steps(f, mark, &freed);
	const uint32_t *queue = f->work + f->terms->steps;
	uint32_t	last = queue[n - 1];

	if (freed)
		take_over(f, mark, last);
	else if (replace)
	{
		for (uint32_t i = 0; i < n; i++)
			if (f->basis[queue[i]] > f->basis[last])
				last = queue[i];
		take_over(f, mark, last);
	}
}

static void
empty_basis(JnFunnel *f)
{
	for (uint32_t i = 0; i < f->terms->steps; i++)
		f->basis[i] = NO_MARK;
}

Found
jn_funnel_any_order(const JnEnv *env, JnFunnel *f, Search search, uint32_t entry)
{
	const JnFunnelTerms *terms = f->terms;
	Found		found = {0, NO_MARK};

	empty_basis(f);
	for (uint32_t m = search.to; m-- > search.from;)
	{
		uint32_t	level = 0;

		if (m + 1 < search.to && f->mark[m].era != f->mark[m + 1].era)
			empty_basis(f);
		bring_in(f, m, true);
		for (uint32_t i = 0; i < terms->steps; i++)
			level += f->basis[i] != NO_MARK
				&& jn_time_span(f->mark[m].time, f->mark[f->basis[i]].time) <= terms->within;
		if (entry == m)
			return (Found) {level, m};
		if (entry == NO_MARK
			&& (level > found.level || (level == found.level && terms->entry == JN_ENTRY_LONGEST)))
			found = (Found) {level, m};
		if (m % 64 == 63)
			jn_tick(env);
	}
	return found;
}

void
jn_funnel_fill_any_order(const JnEnv *env, JnFunnel *f, Search search, Found found)
{
	const JnFunnelTerms *terms = f->terms;
	uint32_t	level = 0;

	/* forwards from the entry: each mark that can be matched with those before it */
	empty_basis(f);
	for (uint32_t m = found.entry; m < search.to && level < found.level; m++)
	{
		bring_in(f, m, false);
		level = 0;
		for (uint32_t i = 0; i < terms->steps; i++)
			level += f->basis[i] != NO_MARK;
		if (m % 64 == 63)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < terms->steps; i++)
		if (f->basis[i] != NO_MARK)
			f->time[i] = f->mark[f->basis[i]].time;
}
