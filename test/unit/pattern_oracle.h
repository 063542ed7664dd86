/*
 * pattern_oracle.h
 *	  The slow way to match a pattern: trying everything, in the order of
 *	  preference, straight from the tree.
 *
 * No positions, no sets, no sliding windows: each node calls what comes behind
 * it for each way in which it can match, until somebody says that the whole has
 * been found.  Takes exponential time, so it gives up after some work, and
 * says so.
 */
#ifndef PATTERN_ORACLE_H
#define PATTERN_ORACLE_H

#include "pattern/pattern.h"

#include "model.h"

#define ORACLE_MOST_WORK	200000

/* Where a trial stands. */
typedef struct Place
{
	int			i;				/* next step */
	int			clock;			/* step that an atom took last, or -1 */
	int			steps;			/* that atoms took */
	bool		passed;			/* steps have been passed over since */
	bool		ended;			/* "$" has been passed, so nothing more can come */
	uint32_t	link[16];		/* links since */
	int			links;
} Place;

typedef struct Oracle
{
	const JnPattern *p;
	const Step *step;
	int			n;
	int			from;
	int			end;			/* of the match that was found */
	int			work;

	/* looking for unfinished matches instead */
	bool		unfinished;
	int64_t		as_of;
	int			best_steps;		/* 0: none so far */
	int			best_from;
	int			best_clock;
	uint64_t	best_next;		/* atoms of the pattern that could take the next step, a bit each */
	int64_t		best_deadline;	/* the last moment for that, JN_NO_BOUND without one; "within" apart */
} Oracle;

/* What comes behind a node: a list, innermost first. */
typedef struct Rest
{
	bool		(*go) (Oracle *o, const Place *at, const struct Rest *rest);
	const struct Rest *next;
	uint32_t	node;
	uint32_t	count;
	uint32_t	order[8];
	int			begun;
} Rest;

static bool oracle_node(Oracle *o, uint32_t node, const Place *at, const Rest *rest);

static inline bool
oracle_name(JnName name, const char *data, uint32_t size)
{
	return name.size == size && memcmp(name.data, data, size) == 0;
}

static inline bool
oracle_test(const JnTest *test, const Step *s)
{
	bool		there = model_has(s, test->track);
	bool		is;

	if (test->track == JN_SENSES)
	{
		JnName		set = there ? s->label[JN_SENSES] : (JnName) {NULL, 0};
		JnName		one;

		for (is = false; jn_set_next(&set, &one);)
			is |= jn_name_compare(one, test->name) == 0;
		return is == (test->compare == JN_IS);
	}
	if (!there)
		return false;
	if (test->track != JN_VALUE)
		return (jn_name_compare(s->label[test->track], test->name) == 0) == (test->compare == JN_IS);
	switch (test->compare)
	{
		case JN_IS:
			return model_compare_values(s->value, test->value) == 0;
		case JN_IS_NOT:
			return model_compare_values(s->value, test->value) != 0;
		case JN_BELOW:
			return model_compare_values(s->value, test->value) < 0;
		case JN_AT_MOST:
			return model_compare_values(s->value, test->value) <= 0;
		case JN_ABOVE:
			return model_compare_values(s->value, test->value) > 0;
		default:
			return model_compare_values(s->value, test->value) >= 0;
	}
}

static inline bool
oracle_atom(const JnAtom *atom, const Step *s)
{
	bool		any = false;

	for (uint32_t k = 0; k < atom->options; k++)
	{
		const JnOption *option = &atom->option[k];
		bool		all = option->any || oracle_name(option->event, s->name, s->size);

		for (uint32_t t = 0; t < option->tests; t++)
			all = all && oracle_test(&option->test[t], s);
		any |= all;
	}
	return any != atom->negated;
}

static inline bool
oracle_rest(Oracle *o, const Place *at, const Rest *rest)
{
	return rest->go(o, at, rest);
}

/*
 * Notes a match that waits for a step of an atom, if one at "as_of" or later
 * would be in time and it is better than the best one, or the same that waits
 * for another.
 */
static void
oracle_waits(Oracle *o, const JnAtom *atom, const Place *at)
{
	int64_t		deadline = JN_NO_BOUND;
	int64_t		earliest = o->as_of;
	bool		better;

	if (at->steps == 0 || at->ended
		|| (o->p->within != JN_NO_BOUND && o->as_of - o->step[o->from].time > o->p->within))
		return;
	for (int k = 0; k < at->links; k++)
	{
		const JnLink *link = &o->p->link[at->link[k]];
		int64_t		d = o->as_of - o->step[at->clock].time;

		if (link->below.given && (link->below.open ? d >= link->below.us : d > link->below.us))
			return;
		if (link->below.given && o->step[at->clock].time + link->below.us - link->below.open < deadline)
			deadline = o->step[at->clock].time + link->below.us - link->below.open;
		if (link->above.given && o->step[at->clock].time + link->above.us + link->above.open > earliest)
			earliest = o->step[at->clock].time + link->above.us + link->above.open;
	}
	if (earliest > deadline
		|| (o->p->within != JN_NO_BOUND && earliest - o->step[o->from].time > o->p->within))
		return;
	better = at->steps > o->best_steps
		|| (at->steps == o->best_steps && o->from == o->best_from && at->clock > o->best_clock);
	if (better)
	{
		o->best_steps = at->steps;
		o->best_from = o->from;
		o->best_clock = at->clock;
		o->best_next = 0;
		o->best_deadline = deadline;
	}
	if (at->steps == o->best_steps && o->from == o->best_from && at->clock == o->best_clock)
	{
		o->best_next |= UINT64_C(1) << (atom - o->p->atom);
		o->best_deadline = deadline > o->best_deadline ? deadline : o->best_deadline;
	}
}

/* An atom takes the next step. */
static bool
oracle_step(Oracle *o, const JnAtom *atom, const Place *at, const Rest *rest)
{
	Place		next = {.i = at->i + 1,.clock = at->i,.steps = at->steps + 1};

	if (at->i == o->n && o->unfinished)
		oracle_waits(o, atom, at);
	if (at->i == o->n || !oracle_atom(atom, &o->step[at->i]))
		return false;
	for (int k = 0; k < at->links && at->clock >= 0; k++)
	{
		const JnLink *link = &o->p->link[at->link[k]];
		int64_t		d = o->step[at->i].time - o->step[at->clock].time;

		if ((link->below.given && (link->below.open ? d >= link->below.us : d > link->below.us))
			|| (link->above.given && (link->above.open ? d <= link->above.us : d < link->above.us)))
			return false;
	}
	return oracle_rest(o, &next, rest);
}

/* The right side of a sequence, behind its link. */
static bool
oracle_right(Oracle *o, const Place *at, const Rest *rest)
{
	const JnNode *node = &o->p->node[rest->node];
	Place		next = *at;

	/* behind the end there is nothing to pass over */
	if (node->link == JN_DIRECT || at->ended)
		return oracle_node(o, node->right, at, rest->next);

	/* where steps have been passed over, no second link begins */
	if (at->passed || at->links == 16)
		return false;
	next.link[next.links++] = node->link;
	for (;;)
	{
		if (oracle_node(o, node->right, &next, rest->next))
			return true;
		if (next.i == o->n)
			return false;
		for (int k = 0; k < next.links; k++)
		{
			const JnLink *link = &o->p->link[next.link[k]];

			for (uint32_t f = 0; f < link->forbidden; f++)
				if (oracle_atom(&o->p->atom[link->first + f], &o->step[next.i]))
					return false;
		}
		next.i++;
		next.passed = true;
	}
}

static bool oracle_repeat(Oracle *o, uint32_t node, uint32_t count, const Place *at, const Rest *rest);

/* Behind one more time of a repeat. */
static bool
oracle_again(Oracle *o, const Place *at, const Rest *rest)
{
	/* an optional time that took nothing is none */
	if (rest->count > o->p->node[rest->node].least && at->i == rest->begun)
		return false;
	return oracle_repeat(o, rest->node, rest->count, at, rest->next);
}

static bool
oracle_repeat(Oracle *o, uint32_t node, uint32_t count, const Place *at, const Rest *rest)
{
	const JnNode *n = &o->p->node[node];
	Rest		again = {.go = oracle_again,.next = rest,.node = node,.count = count + 1,.begun = at->i};

	if (count < n->least)
		return oracle_node(o, n->left, at, &again);
	if (n->reluctant && oracle_rest(o, at, rest))
		return true;
	if (count < n->most && oracle_node(o, n->left, at, &again))
		return true;
	return !n->reluctant && oracle_rest(o, at, rest);
}

/* The next item of a permutation. */
static bool
oracle_permute(Oracle *o, const Place *at, const Rest *rest)
{
	const JnNode *n = &o->p->node[rest->node];
	uint32_t	items = n->right - n->left;

	if (rest->count == items)
		return oracle_rest(o, at, rest->next);
	for (uint32_t k = 0; k < items; k++)
	{
		Rest		next = *rest;
		bool		used = false;

		for (uint32_t i = 0; i < rest->count; i++)
			used |= rest->order[i] == k;
		if (used)
			continue;
		next.order[next.count++] = k;
		if (oracle_node(o, o->p->item[n->left + k], at, &next))
			return true;
	}
	return false;
}

static bool
oracle_node(Oracle *o, uint32_t node, const Place *at, const Rest *rest)
{
	const JnNode *n = &o->p->node[node];
	Rest		behind = {.next = rest,.node = node};

	if (++o->work > ORACLE_MOST_WORK)
		return false;
	switch (n->kind)
	{
		case JN_NODE_EMPTY:
			return oracle_rest(o, at, rest);
		case JN_NODE_ATOM:
			return oracle_step(o, &o->p->atom[n->left], at, rest);
		case JN_NODE_BEGIN:
			return at->i == 0 && oracle_rest(o, at, rest);
		case JN_NODE_END:
			{
				Place		ended = *at;

				ended.ended = true;
				return at->i == o->n && oracle_rest(o, &ended, rest);
			}
		case JN_NODE_SEQUENCE:
			behind.go = oracle_right;
			return oracle_node(o, n->left, at, &behind);
		case JN_NODE_CHOICE:
			return oracle_node(o, n->left, at, rest) || oracle_node(o, n->right, at, rest);
		case JN_NODE_REPEAT:
			return oracle_repeat(o, node, 0, at, rest);
		case JN_NODE_PERMUTE:
			behind.go = oracle_permute;
			return oracle_permute(o, at, &behind);
	}
	return false;
}

static bool
oracle_found(Oracle *o, const Place *at, const Rest *rest)
{
	(void) rest;
	if (o->p->within != JN_NO_BOUND && at->i > o->from
		&& o->step[at->i - 1].time - o->step[o->from].time > o->p->within)
		return false;
	o->end = at->i;
	return !o->unfinished;
}

/* The preferred match that begins at a step: its end; -1 without one, -2 after too much work. */
static inline int
oracle_match(const JnPattern *p, const Step *step, int n, int from)
{
	Oracle		o = {.p = p,.step = step,.n = n,.from = from};
	Place		at = {.i = from,.clock = -1};
	Rest		found = {.go = oracle_found};
	bool		matched = oracle_node(&o, p->nodes - 1, &at, &found);

	return o.work > ORACLE_MOST_WORK ? -2 : matched ? o.end : -1;
}

/* The best unfinished match that begins at step "from" or later; fills best_*.  False after too much work. */
static inline bool
oracle_partial(const JnPattern *p, const Step *step, int n, int from, int64_t as_of, Oracle *o)
{
	*o = (Oracle) {.p = p,.step = step,.n = n,.from = from,.unfinished = true,.as_of = as_of};
	for (; o->from < n; o->from++)
	{
		Place		at = {.i = o->from,.clock = -1};
		Rest		found = {.go = oracle_found};

		oracle_node(o, p->nodes - 1, &at, &found);
	}
	return o->work <= ORACLE_MOST_WORK;
}

#endif							/* PATTERN_ORACLE_H */
