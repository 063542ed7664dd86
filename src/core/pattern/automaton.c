/*
 * automaton.c
 *	  From the tree of a pattern to positions and edges.
 *
 * First states, as Thompson does it: an atom, a link, a branch, an anchor, each
 * with the state that comes next; copies of what is repeated.  Then, for each
 * state that takes steps, all states that take the next one are found by
 * walking the branches in the order of preference.  That is done once for all
 * journeys; what is left are edges.
 *
 * On such a walk three things are known besides the state: the way that was
 * entered (links with nothing between them become one way), the anchors that
 * were passed, and the level of the outermost optional iteration that was begun
 * on this walk, so that has taken no step.  A state is visited once for each of
 * these combinations: what follows could only be the same again, less preferred.
 * An iteration may end unless it, or one around it, was begun on this walk.
 * (One around it being so new means that this one is: iterations nest.)
 */
#include "automaton.h"

#define NONE			UINT32_MAX

/* No optional iteration has been begun. */
#define NOT_FRESH		UINT32_MAX

/* A permutation of more would have too many orders anyway. */
#define MOST_PERMUTED	8

typedef enum StateKind
{
	STATE_STEP,					/* takes a step that matches atom "what" */
	STATE_LINK,					/* passes over steps as link "what" allows */
	STATE_BRANCH,				/* next, or other */
	STATE_BEGIN,
	STATE_END,
	STATE_ENTER,				/* an optional iteration of level "what" begins */
	STATE_LEAVE,				/* and ends */
	STATE_MATCHED
} StateKind;

typedef struct State
{
	StateKind	kind;
	uint32_t	what;
	uint32_t	next;
	uint32_t	other;
	uint32_t	position;		/* of a step */
} State;

/* A node whose states are being made. */
typedef struct Frame
{
	uint32_t	node;
	uint32_t	next;			/* state behind it */
	uint32_t	level;			/* of iterations around it */
	uint32_t	stage;
	uint32_t	kept;			/* a state made in an earlier stage */
	uint32_t	left;			/* copies, or orders, still to be made */
} Frame;

/* A state reached on a walk, and what is known there. */
typedef struct Visit
{
	uint32_t	state;
	uint32_t	way;			/* NONE: directly behind */
	uint32_t	fresh;			/* level, see above, or NOT_FRESH */
	unsigned	flags;			/* JN_EDGE_* */
	bool		enter;			/* not the state, but the way itself, from "state" on */
} Visit;

/* A visit of the present walk, in a hash table. */
typedef struct Seen
{
	uint32_t	walk;			/* its number, from 1; others are old */
	Visit		visit;
} Seen;

typedef struct Maker
{
	const JnEnv *env;
	const JnPattern *p;
	JnAutomaton *a;
	JnError    *err;
	uint32_t   *atom;			/* of each atom of the pattern: its number in the automaton */
	bool	   *empty;			/* of each node: whether it can match no step */
	State	   *state;
	uint32_t	states;
	uint64_t	state_room;
	Frame	   *frame;
	uint32_t	frames;
	uint64_t	frame_room;
	uint32_t   *source;			/* of each position: its state */
	uint32_t   *linked;			/* and the last walk that found an edge to it */
	uint64_t	position_room;
	uint64_t	edge_room;
	uint64_t	way_room;
	uint32_t	forbidden;
	uint64_t	forbidden_room;
	Visit	   *visit;			/* stack of a walk */
	uint32_t	visits;
	uint64_t	visit_room;
	Seen	   *seen;			/* 1 << seen_bits */
	unsigned	seen_bits;
	uint32_t	seen_used;
	uint32_t	walk;
	uint32_t   *slot;			/* of atoms and ways by hash, while numbers are found */
	size_t		work;
} Maker;

static JnStatus
too_large(Maker *m)
{
	return jn_fail(m->err, JN_PATTERN_LARGE, 0, 0, JN_MOST_EDGES);
}

static void
work(Maker *m)
{
	if (++m->work % 4096 == 0)
		jn_tick(m->env);
}

/* ---- atoms, each once ---- */

/* Numbers the atoms of the pattern by their texts. */
static void
number_atoms(Maker *m)
{
	const JnPattern *p = m->p;
	unsigned	bits = 4;
	uint32_t   *slot;
	uint64_t   *hash = jn_alloc(m->env, jn_array_size((uint64_t) p->atoms + 1, sizeof(uint64_t)));
	size_t		room = 256;
	char	   *text = jn_alloc(m->env, room);
	size_t		other_room = 256;
	char	   *other = jn_alloc(m->env, other_room);

	while (((uint64_t) 1 << bits) < 2 * (uint64_t) p->atoms)
		bits++;
	slot = jn_alloc(m->env, sizeof(uint32_t) << bits);
	memset(slot, 0, sizeof(uint32_t) << bits);
	m->a->atom = jn_alloc(m->env, jn_array_size((uint64_t) p->atoms + 1, sizeof(JnAtom)));
	m->atom = jn_alloc(m->env, jn_array_size((uint64_t) p->atoms + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < p->atoms; i++)
	{
		size_t		size = jn_atom_write(&p->atom[i], NULL);
		uint64_t	h;
		uint32_t	s;

		if (size > room)
			text = jn_grow(m->env, text, room = 2 * size, 1);
		jn_atom_write(&p->atom[i], text);
		h = jn_hash64(text, size);
		for (s = (uint32_t) (h >> (64 - bits)); slot[s] != 0; s = (s + 1) & ((UINT32_C(1) << bits) - 1))
		{
			const JnAtom *known = &m->a->atom[slot[s] - 1];

			if (hash[slot[s] - 1] != h || jn_atom_write(known, NULL) != size)
				continue;
			if (size > other_room)
				other = jn_grow(m->env, other, other_room = 2 * size, 1);
			jn_atom_write(known, other);
			if (memcmp(text, other, size) == 0)
				break;
		}
		if (slot[s] == 0)
		{
			hash[m->a->atoms] = h;
			m->a->atom[m->a->atoms++] = p->atom[i];
			slot[s] = m->a->atoms;
		}
		m->atom[i] = slot[s] - 1;
		work(m);
	}
	jn_release(m->env, hash);
	jn_release(m->env, text);
	jn_release(m->env, other);
	jn_release(m->env, slot);
}

/* ---- states ---- */

/* Finds out which nodes can match no step. */
static void
find_empty(Maker *m)
{
	const JnPattern *p = m->p;

	m->empty = jn_alloc(m->env, p->nodes);
	for (uint32_t i = 0; i < p->nodes; i++)
	{
		const JnNode *node = &p->node[i];
		bool		empty = false;

		switch (node->kind)
		{
			case JN_NODE_EMPTY:
			case JN_NODE_BEGIN:
			case JN_NODE_END:
				empty = true;
				break;
			case JN_NODE_ATOM:
				break;
			case JN_NODE_SEQUENCE:
				empty = m->empty[node->left] && m->empty[node->right];
				break;
			case JN_NODE_CHOICE:
				empty = m->empty[node->left] || m->empty[node->right];
				break;
			case JN_NODE_REPEAT:
				empty = node->least == 0 || m->empty[node->left];
				break;
			case JN_NODE_PERMUTE:
				empty = true;
				for (uint32_t k = node->left; k < node->right; k++)
					empty &= m->empty[p->item[k]];
				break;
		}
		m->empty[i] = empty;
		work(m);
	}
}

/* Adds a state; NONE if there are too many. */
static uint32_t
add_state(Maker *m, StateKind kind, uint32_t what, uint32_t next, uint32_t other)
{
	if (m->states == JN_MOST_EDGES)
		return NONE;
	if (m->states == m->state_room)
	{
		m->state_room = jn_larger_room(m->state_room, m->states + UINT64_C(1), 32);
		m->state = jn_grow(m->env, m->state, m->state_room, sizeof(State));
	}
	m->state[m->states] = (State) {kind, what, next, other, NONE};
	work(m);
	return m->states++;
}

static void
push_frame(Maker *m, uint32_t node, uint32_t next, uint32_t level)
{
	if (m->frames == m->frame_room)
	{
		m->frame_room = jn_larger_room(m->frame_room, m->frames + UINT64_C(1), 32);
		m->frame = jn_grow(m->env, m->frame, m->frame_room, sizeof(Frame));
	}
	m->frame[m->frames++] = (Frame) {.node = node,.next = next,.level = level};
}

/*
 * A step of a repeat.  Its states are made from the end: first the loop, or
 * the optional copies from the last one on, then the required copies.  "made"
 * is the first state of the copy that the stage before asked for.
 */
static bool
make_repeat(Maker *m, Frame *f, uint32_t *made)
{
	const JnNode *node = &m->p->node[f->node];
	bool		loops = node->most == JN_ANY_TIMES;
	bool		guarded = m->empty[node->left];
	uint32_t	level = f->level + guarded;
	uint32_t	behind;

	enum
	{
		BEGIN, OPTIONAL, OPTIONAL_MADE, REQUIRED, REQUIRED_MADE
	};

	switch (f->stage)
	{
		case OPTIONAL_MADE:
			if (guarded && (*made = add_state(m, STATE_ENTER, level, *made, NONE)) == NONE)
				return false;
			if (loops)
			{
				State	   *branch = &m->state[f->kept];

				branch->next = node->reluctant ? f->next : *made;
				branch->other = node->reluctant ? *made : f->next;
				f->left = 0;
			}
			else
			{
				f->kept = add_state(m, STATE_BRANCH, 0, node->reluctant ? f->next : *made,
									node->reluctant ? *made : f->next);
				if (f->kept == NONE)
					return false;
				f->left--;
			}
			f->stage = OPTIONAL;
			break;
		case REQUIRED_MADE:
			f->kept = *made;
			f->left--;
			/* x+ of an x that takes steps is its own loop */
			f->stage = REQUIRED;
			break;
		case BEGIN:
			f->kept = f->next;
			f->left = loops ? 1 : node->most - node->least;
			f->stage = OPTIONAL;
			if (loops && (f->kept = add_state(m, STATE_BRANCH, 0, NONE, NONE)) == NONE)
				return false;
			break;
		default:
			break;
	}
	if (f->stage == OPTIONAL && f->left > 0)
	{
		behind = f->kept;
		if (guarded && (behind = add_state(m, STATE_LEAVE, level, behind, NONE)) == NONE)
			return false;
		f->stage = OPTIONAL_MADE;
		push_frame(m, node->left, behind, level);
		return true;
	}
	if (f->stage == OPTIONAL)
	{
		f->left = node->least;
		f->stage = REQUIRED;

		/* the first time round of x+ is the loop's own, if it cannot be empty */
		if (loops && !guarded && f->left > 0)
		{
			f->kept = node->reluctant ? m->state[f->kept].other : m->state[f->kept].next;
			f->left--;
		}
	}
	if (f->left > 0)
	{
		f->stage = REQUIRED_MADE;
		push_frame(m, node->left, f->kept, f->level);
		return true;
	}
	*made = f->kept;
	m->frames--;
	return true;
}

/* Item number i of order number "order" of n items: orders ascend. */
static uint32_t
permuted(uint32_t n, uint32_t order, uint32_t i)
{
	bool		used[MOST_PERMUTED] = {false};
	uint32_t	orders = 1;
	uint32_t	k = 0;

	for (uint32_t f = 2; f < n; f++)
		orders *= f;
	for (uint32_t at = 0; at <= i; at++)
	{
		uint32_t	skip = order / orders;

		order %= orders;
		if (at + 1 < n)
			orders /= n - 1 - at > 0 ? n - 1 - at : 1;
		for (k = 0; used[k] || skip > 0; k++)
			skip -= !used[k];
		used[k] = true;
	}
	return k;
}

/*
 * A step of a permutation: each order is a sequence made from its last item on,
 * each but the last order has a branch before it.  Orders come from the last
 * one on, too.
 */
static bool
make_permutation(Maker *m, Frame *f, uint32_t *made)
{
	const JnNode *node = &m->p->node[f->node];
	uint32_t	n = node->right - node->left;

	if (f->stage == 0)
	{
		if (n > MOST_PERMUTED)
			return false;
		f->left = 1;
		for (uint32_t k = 2; k <= n; k++)
			f->left *= k;
		f->kept = NONE;
	}
	if (f->stage > 0 && f->stage % n == 0)
	{
		/* an order is complete */
		f->left--;
		f->kept = f->kept == NONE ? *made : add_state(m, STATE_BRANCH, 0, *made, f->kept);
		if (f->kept == NONE)
			return false;
	}
	if (f->left == 0)
	{
		*made = f->kept;
		m->frames--;
		return true;
	}
	*made = f->stage % n == 0 ? f->next : *made;
	f->stage++;
	push_frame(m, m->p->item[node->left + permuted(n, f->left - 1, n - 1 - (f->stage - 1) % n)], *made, f->level);
	return true;
}

/* Makes the states of a node whose frame is on top, or a part of them. */
static bool
make_node(Maker *m, uint32_t *made)
{
	Frame	   *f = &m->frame[m->frames - 1];
	const JnNode *node = &m->p->node[f->node];

	switch (node->kind)
	{
		case JN_NODE_EMPTY:
			*made = f->next;
			m->frames--;
			return true;
		case JN_NODE_ATOM:
			*made = add_state(m, STATE_STEP, m->atom[node->left], f->next, NONE);
			m->frames--;
			return *made != NONE;
		case JN_NODE_BEGIN:
		case JN_NODE_END:
			*made = add_state(m, node->kind == JN_NODE_BEGIN ? STATE_BEGIN : STATE_END, 0, f->next, NONE);
			m->frames--;
			return *made != NONE;
		case JN_NODE_SEQUENCE:
			if (f->stage++ == 0)
				push_frame(m, node->right, f->next, f->level);
			else
			{
				uint32_t	level = f->level;

				if (node->link != JN_DIRECT && (*made = add_state(m, STATE_LINK, node->link, *made, NONE)) == NONE)
					return false;
				m->frames--;
				push_frame(m, node->left, *made, level);
			}
			return true;
		case JN_NODE_CHOICE:
			if (f->stage++ == 0)
				push_frame(m, node->right, f->next, f->level);
			else if (f->stage == 2)
			{
				f->kept = *made;
				push_frame(m, node->left, f->next, f->level);
			}
			else
			{
				*made = add_state(m, STATE_BRANCH, 0, *made, f->kept);
				m->frames--;
			}
			return *made != NONE;
		case JN_NODE_REPEAT:
			return make_repeat(m, f, made);
		case JN_NODE_PERMUTE:
			return make_permutation(m, f, made);
	}
	return false;
}

/* Makes all states and gives the first one. */
static JnStatus
make_states(Maker *m, uint32_t *first)
{
	*first = add_state(m, STATE_MATCHED, 0, NONE, NONE);
	push_frame(m, m->p->nodes - 1, *first, 0);
	while (m->frames > 0)
	{
		if (!make_node(m, first))
			return too_large(m);
		work(m);
	}
	return JN_OK;
}

/* ---- ways ---- */

/* Adds an atom to the forbidden ones at the end, which are ascending. */
static void
forbid(Maker *m, uint32_t first, uint32_t atom)
{
	JnAutomaton *a = m->a;
	uint32_t	i;

	for (i = m->forbidden; i > first && a->forbidden[i - 1] >= atom; i--)
		if (a->forbidden[i - 1] == atom)
			return;
	if (m->forbidden == m->forbidden_room)
	{
		m->forbidden_room = jn_larger_room(m->forbidden_room, m->forbidden + UINT64_C(1), 16);
		a->forbidden = jn_grow(m->env, a->forbidden, m->forbidden_room, sizeof(uint32_t));
	}
	memmove(a->forbidden + i + 1, a->forbidden + i, (m->forbidden - i) * sizeof(uint32_t));
	a->forbidden[i] = atom;
	m->forbidden++;
}

/* The number of a way, which is added if there is none like it. */
static uint32_t
add_way(Maker *m, JnWay way)
{
	JnAutomaton *a = m->a;

	for (uint32_t i = 0; i < a->ways; i++)
	{
		if (a->way[i].count == way.count && a->way[i].least == way.least && a->way[i].most == way.most
			&& (way.count == 0
				|| memcmp(a->forbidden + a->way[i].first, a->forbidden + way.first, way.count * sizeof(uint32_t)) == 0))
		{
			m->forbidden = way.first;
			return i;
		}
		work(m);
	}
	if (a->ways == m->way_room)
	{
		m->way_room = jn_larger_room(m->way_room, a->ways + UINT64_C(1), 8);
		a->way = jn_grow(m->env, a->way, m->way_room, sizeof(JnWay));
	}
	a->way[a->ways] = way;
	return a->ways++;
}

/* The way of a link that is entered from another way, or NONE; without time bounds from the start. */
static uint32_t
join_way(Maker *m, uint32_t before, const JnLink *link, bool from_start)
{
	JnAutomaton *a = m->a;
	JnWay		way = {.first = m->forbidden,.most = JN_NO_BOUND};

	if (before != NONE)
	{
		JnWay		old = a->way[before];

		way.least = old.least;
		way.most = old.most;
		for (uint32_t i = 0; i < old.count; i++)
			forbid(m, way.first, a->forbidden[old.first + i]);
	}
	for (uint32_t i = 0; i < link->forbidden; i++)
		forbid(m, way.first, m->atom[link->first + i]);
	way.count = m->forbidden - way.first;
	if (!from_start && jn_link_least(link) > way.least)
		way.least = jn_link_least(link);
	if (!from_start && jn_link_most(link) < way.most)
		way.most = jn_link_most(link);
	return add_way(m, way);
}

/* ---- edges ---- */

/* Adds a position. */
static uint32_t
add_position(Maker *m, uint32_t number, uint32_t state)
{
	JnAutomaton *a = m->a;

	if (a->positions == m->position_room)
	{
		m->position_room = jn_larger_room(m->position_room, a->positions + UINT64_C(1), 16);
		a->position = jn_grow(m->env, a->position, m->position_room, sizeof(JnPosition));
		m->source = jn_grow(m->env, m->source, m->position_room, sizeof(uint32_t));
		m->linked = jn_grow(m->env, m->linked, m->position_room, sizeof(uint32_t));
	}
	a->position[a->positions] = (JnPosition) {.number = number};
	m->source[a->positions] = state;
	m->linked[a->positions] = 0;
	return a->positions++;
}

/* The position of a way from a link's state on. */
static uint32_t
way_position(Maker *m, uint32_t state, uint32_t way)
{
	JnAutomaton *a = m->a;

	for (uint32_t i = a->steps; i < a->positions; i++)
	{
		if (a->position[i].number == way && m->source[i] == state)
			return i;
		work(m);
	}
	return add_position(m, way, state);
}

/* Adds an edge to those of the present walk, unless one before it says more; false if there are too many. */
static bool
add_edge(Maker *m, uint32_t first, JnEdge edge)
{
	JnAutomaton *a = m->a;
	bool		known = edge.to == JN_MATCHED || m->linked[edge.to] == m->walk;

	for (uint32_t i = first; i < a->edges && known; i++)
	{
		const JnEdge *e = &a->edge[i];

		if (e->to == edge.to && (e->flags & ~edge.flags) == 0 && (e->way == edge.way || !jn_way_timed(&a->way[e->way])))
			return true;
		work(m);
	}
	if (a->edges == JN_MOST_EDGES)
		return false;
	if (a->edges == m->edge_room)
	{
		m->edge_room = jn_larger_room(m->edge_room, a->edges + UINT64_C(1), 32);
		a->edge = jn_grow(m->env, a->edge, m->edge_room, sizeof(JnEdge));
	}
	a->edge[a->edges++] = edge;
	if (edge.to != JN_MATCHED)
		m->linked[edge.to] = m->walk;
	return true;
}

static void
push_visit(Maker *m, Visit visit)
{
	if (m->visits == m->visit_room)
	{
		m->visit_room = jn_larger_room(m->visit_room, m->visits + UINT64_C(1), 64);
		m->visit = jn_grow(m->env, m->visit, m->visit_room, sizeof(Visit));
	}
	m->visit[m->visits++] = visit;
}

static bool
same_visit(const Visit *a, const Visit *b)
{
	return a->state == b->state && a->way == b->way && a->fresh == b->fresh && a->flags == b->flags;
}

static uint32_t
seen_slot(const Maker *m, const Visit *v)
{
	uint64_t	key = jn_mix64((uint64_t) v->state << 32 | v->way) ^ ((uint64_t) v->fresh << 2 | v->flags);

	return (uint32_t) (jn_mix64(key) >> (64 - m->seen_bits));
}

/* Notes a visit; false if it has been made on this walk. */
static bool
note_visit(Maker *m, const Visit *v)
{
	uint32_t	mask = (UINT32_C(1) << m->seen_bits) - 1;
	uint32_t	s;

	for (s = seen_slot(m, v); m->seen[s].walk == m->walk; s = (s + 1) & mask)
		if (same_visit(&m->seen[s].visit, v))
			return false;
	m->seen[s] = (Seen) {m->walk, *v};
	if (++m->seen_used * UINT64_C(2) > mask)
	{
		Seen	   *old = m->seen;

		m->seen_bits++;
		m->seen = jn_alloc(m->env, jn_array_size(UINT64_C(1) << m->seen_bits, sizeof(Seen)));
		memset(m->seen, 0, sizeof(Seen) << m->seen_bits);
		for (uint32_t i = 0; i <= mask; i++)
		{
			if (old[i].walk != m->walk)
				continue;
			for (s = seen_slot(m, &old[i].visit); m->seen[s].walk != 0;)
				s = (s + 1) & (2 * mask + 1);
			m->seen[s] = old[i];
		}
		jn_release(m->env, old);
	}
	return true;
}

/* What a walk finds at a state; false if there are too many edges. */
static bool
visit_state(Maker *m, const Visit *v, uint32_t first, bool from_start, bool on_way, bool *done)
{
	const State *state = &m->state[v->state];
	uint32_t	bounds = v->way == NONE ? 0 : v->way;
	Visit		next = *v;

	next.state = state->next;
	if (v->enter)
		return add_edge(m, first, (JnEdge) {way_position(m, v->state, v->way), 0, v->flags});
	switch (state->kind)
	{
		case STATE_STEP:
			/* behind the end nothing takes a step */
			if (v->flags & JN_EDGE_END)
				return true;
			return add_edge(m, first, (JnEdge) {state->position, jn_way_timed(&m->a->way[bounds]) ? bounds : 0, v->flags});
		case STATE_MATCHED:
			/* a match begins at a step, so not at the end */
			if (from_start && (v->flags & JN_EDGE_END))
				return true;
			*done = v->flags == 0;
			return add_edge(m, first, (JnEdge) {JN_MATCHED, 0, v->flags});
		case STATE_LINK:
			/* behind the end there is nothing to pass over, also at the end of a way */
			if (v->flags & JN_EDGE_END)
				break;
			/* from a way no other is entered: the two would have become one before */
			if (on_way)
				return true;
			next.way = join_way(m, v->way, &m->p->link[state->what], from_start);
			push_visit(m, (Visit) {v->state, next.way, v->fresh, v->flags, true});
			break;
		case STATE_BRANCH:
			push_visit(m, (Visit) {state->other, v->way, v->fresh, v->flags, false});
			break;
		case STATE_BEGIN:
			if (!from_start)
				return true;
			next.flags |= JN_EDGE_BEGIN;
			break;
		case STATE_END:
			next.flags |= JN_EDGE_END;
			break;
		case STATE_ENTER:
			if (next.fresh > state->what)
				next.fresh = state->what;
			break;
		case STATE_LEAVE:
			if (v->fresh <= state->what)
				return true;
			break;
	}
	push_visit(m, next);
	return true;
}

/* Finds the edges of what comes behind a state that took a step, or of the start. */
static JnStatus
walk(Maker *m, uint32_t state, uint32_t way, bool from_start, JnEdges *edges)
{
	uint32_t	first = m->a->edges;
	bool		done = false;

	m->walk++;
	m->seen_used = 0;
	m->visits = 0;
	push_visit(m, (Visit) {state, way, NOT_FRESH, 0, false});
	while (m->visits > 0 && !done)
	{
		Visit		v = m->visit[--m->visits];

		if ((v.enter || note_visit(m, &v)) && !visit_state(m, &v, first, from_start, way != NONE, &done))
			return too_large(m);
		work(m);
	}
	*edges = (JnEdges) {first, m->a->edges - first};
	return JN_OK;
}

/* Finds the edges of all positions; those of ways come up on the way. */
static JnStatus
make_edges(Maker *m, uint32_t first)
{
	JnAutomaton *a = m->a;
	JnStatus	status;

	m->seen_bits = 6;
	m->seen = jn_alloc(m->env, sizeof(Seen) << m->seen_bits);
	memset(m->seen, 0, sizeof(Seen) << m->seen_bits);
	add_way(m, (JnWay) {.most = JN_NO_BOUND});

	/* states are made from the end */
	for (uint32_t s = m->states; s-- > 0;)
		if (m->state[s].kind == STATE_STEP)
			m->state[s].position = add_position(m, m->state[s].what, s);
	a->steps = a->positions;

	status = walk(m, first, NONE, true, &a->start);
	for (uint32_t i = 0; i < a->positions && status == JN_OK; i++)
	{
		bool		is_way = i >= a->steps;
		uint32_t	way = is_way ? a->position[i].number : NONE;
		JnEdges		edges;

		status = walk(m, m->state[m->source[i]].next, way, false, &edges);
		if (status != JN_OK)
			break;

		/* a way is left as soon as may be, so going on comes last */
		if (is_way && (edges.count == 0 || a->edge[a->edges - 1].to != JN_MATCHED || a->edge[a->edges - 1].flags != 0))
		{
			if (!add_edge(m, edges.first, (JnEdge) {i, 0, 0}))
				return too_large(m);
			edges.count = a->edges - edges.first;
		}
		a->position[i].edges = edges;
	}
	return status;
}

/* ---- what every match needs ---- */

/* Adds a need whose options are to follow. */
static void
add_need(JnAutomaton *a, uint32_t first, uint32_t count)
{
	uint64_t	presence = 0;

	for (uint32_t i = first; i < first + count; i++)
		presence |= jn_presence(a->need_option[i]->event.data, a->need_option[i]->event.size);
	a->need[a->needs++] = (JnNeed) {first, count, presence};
}

/* Whether an atom is met by naming one of some events. */
static bool
names_events(const JnAtom *atom)
{
	bool		names = !atom->negated;

	for (uint32_t i = 0; i < atom->options; i++)
		names &= !atom->option[i].any;
	return names;
}

/*
 * Goes down from the root through all that every match passes: sequences,
 * permutations and required repeats.  An atom there is a need; so is a choice
 * between atoms.  More is not looked for: a need is there to say no quickly.
 */
static void
find_needs(Maker *m)
{
	const JnPattern *p = m->p;
	JnAutomaton *a = m->a;
	bool	   *certain = jn_alloc(m->env, p->nodes);
	uint32_t   *either = jn_alloc(m->env, jn_array_size(p->nodes, sizeof(uint32_t)));
	uint64_t	options = 0;
	uint32_t	used = 0;

	/* how many options a choice of nothing but atoms has in all, 0 for another node */
	for (uint32_t i = 0; i < p->nodes; i++)
	{
		const JnNode *node = &p->node[i];

		certain[i] = i == p->nodes - 1;
		either[i] = 0;
		if (node->kind == JN_NODE_ATOM && names_events(&p->atom[node->left]))
			either[i] = p->atom[node->left].options;
		else if (node->kind == JN_NODE_CHOICE && either[node->left] > 0 && either[node->right] > 0)
			either[i] = either[node->left] + either[node->right];
		options += node->kind == JN_NODE_ATOM ? p->atom[node->left].options : 0;
		work(m);
	}
	a->need = jn_alloc(m->env, jn_array_size((uint64_t) p->nodes + 1, sizeof(JnNeed)));
	a->need_option = jn_alloc(m->env, jn_array_size(options + 1, sizeof(JnOption *)));

	/*
	 * Parents come after their children: each is told by its parent.  The nodes
	 * of a choice of atoms are the ones right before it.
	 */
	for (uint32_t i = p->nodes; i-- > 0;)
	{
		const JnNode *node = &p->node[i];

		work(m);
		if (!certain[i])
			continue;
		if (either[i] > 0)
		{
			uint32_t	first = used;
			uint32_t	top = i;
			const JnNode *n = node;

			/* choices lean to the left */
			while (n->kind == JN_NODE_CHOICE && p->node[n->right].kind == JN_NODE_ATOM)
			{
				const JnAtom *atom = &p->atom[p->node[n->right].left];

				for (uint32_t k = 0; k < atom->options; k++)
					a->need_option[used++] = &atom->option[k];
				top = n->left;
				n = &p->node[top];
			}
			if (n->kind == JN_NODE_ATOM)
			{
				for (uint32_t k = 0; k < p->atom[n->left].options; k++)
					a->need_option[used++] = &p->atom[n->left].option[k];
				add_need(a, first, used - first);
			}
			else
				used = first;
		}
		else if (node->kind == JN_NODE_SEQUENCE)
			certain[node->left] = certain[node->right] = true;
		else if (node->kind == JN_NODE_REPEAT && node->least > 0)
			certain[node->left] = true;
		else if (node->kind == JN_NODE_PERMUTE)
			for (uint32_t k = node->left; k < node->right; k++)
				certain[p->item[k]] = true;
	}
	jn_release(m->env, certain);
	jn_release(m->env, either);
}

JnStatus
jn_automaton_make(const JnEnv *env, const JnPattern *p, JnAutomaton *a, JnError *err)
{
	Maker		m = {.env = env,.p = p,.a = a,.err = err};
	uint32_t	first;
	JnStatus	status;

	*a = (JnAutomaton) {.within = p->within};
	number_atoms(&m);
	find_empty(&m);
	status = make_states(&m, &first);
	if (status == JN_OK)
		status = make_edges(&m, first);
	if (status != JN_OK)
		return status;
	find_needs(&m);
	a->timed = a->within != JN_NO_BOUND;
	for (uint32_t i = 0; i < a->ways; i++)
		a->timed |= jn_way_timed(&a->way[i]);
	jn_release(env, m.atom);
	jn_release(env, m.empty);
	jn_release(env, m.state);
	jn_release(env, m.frame);
	if (m.source != NULL)
	{
		jn_release(env, m.source);
		jn_release(env, m.linked);
	}
	jn_release(env, m.visit);
	jn_release(env, m.seen);
	return JN_OK;
}
