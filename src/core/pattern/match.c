/*
 * match.c
 *	  Where a pattern matches a journey: the two passes of automaton.h.
 *
 * Steps come in classes: two steps are of one class if the same atoms match
 * them.  Mostly the event alone tells the class, so that the codes of a column
 * are classes in disguise; where tests decide, a class is found for each row.
 *
 * "Boundary i" is the place before step i of a subject, from 0; n is the end.
 *
 * Without time bounds the backward pass goes from set to set: the positions
 * that can take step i so that a match follows.  Sets that came up are states
 * with a table of what they become by class; the first state is that of the
 * end.  The table is emptied when it grows too large.
 *
 * With time bounds it fills a table of ends: for boundary i and position q,
 * the nearest boundary at which a match can end if q takes step i.  For a way
 * that means: if the way begins with step i, so that its clock started at step
 * i - 1.  The boundaries k at which it may be left lie in a window: not before
 * the lower bound is met, not after the upper one, nor behind the first step
 * that is forbidden.  All three move left with i.  Among the boundaries of the
 * window the nearest end is wanted, which is the minimum over a sliding window:
 * of two values the one that leaves first and is not smaller is never needed
 * again, so the others are in order, and each is added and removed once.
 */
#include "match.h"

/* Classes that have a column in the table of transitions. */
#define STRIDE			64

/* Bytes of sets that are kept as states before all is forgotten, and states at least. */
#define MOST_STATE_BYTES	(1024 * 1024)
#define LEAST_STATES	16		/* at first, and at least */
#define MOST_STATES		4096

/* Bytes of sets of one subject that are kept at once; more are worked out again. */
#define MOST_SET_BYTES	(16 * 1024 * 1024)

/* Scratch memory above this is given back after each subject. */
#define KEPT_BYTES		(1024 * 1024)

/* Rows must be looked at: no class by event. */
#define ASK				UINT32_MAX

/* No end is near. */
#define NEVER			UINT32_MAX

/* The states that are always there, as offsets into the table. */
#define STATE_UNKNOWN	0		/* "look what it is": never a state one is in */
#define STATE_END		STRIDE	/* behind the last step */

/* Memory for a subject that grows with the largest. */
typedef struct Scratch
{
	void	   *p;
	size_t		size;
} Scratch;

/* A way while the backward pass with times goes on. */
typedef struct Window
{
	uint32_t   *end;			/* of each boundary: the nearest end if the way is left there */
	uint32_t   *queue;			/* boundaries in the window, descending, their ends ascending from the front */
	uint32_t	front;
	uint32_t	back;			/* behind the last */
	uint32_t	reached;		/* the lowest boundary that has come into the window */
	uint32_t	stop;			/* the next forbidden step, or n */
} Window;

struct JnMatcher
{
	JnEnv		env;
	const JnAutomaton *a;
	JnAtoms		atoms;
	uint32_t	words;			/* of a set of positions */
	uint64_t   *ends;			/* positions with an edge to JN_MATCHED */
	uint64_t   *ends_last;		/* and with one that holds at the end only */
	uint64_t   *begins;			/* positions that the start has edges to */
	uint64_t   *begins_first;	/* and at the begin of the journey */
	bool		timed_ways;		/* a way bounds time */
	bool		empty;			/* the start has an edge to JN_MATCHED */
	bool		empty_first;
	uint32_t   *need_place;		/* of each option of a need: place of its event in atoms.events */

	/* classes */
	uint32_t	classes;
	uint64_t	class_room;
	uint64_t   *mask;			/* of each class: its atoms */
	uint64_t   *takes;			/* and the positions that take its steps */
	uint32_t   *class_slot;		/* 1 << class_bits: class + 1 by hash of the mask */
	unsigned	class_bits;
	uint32_t   *name_class;		/* of each place in atoms.events, and for other events; or ASK */
	uint64_t   *row_mask;

	/* states */
	uint32_t	states;			/* their number, with those that are always there */
	uint32_t	state_room;
	uint32_t	most_states;
	uint64_t   *set;			/* of each state */
	uint32_t   *next;			/* of each state and class, as an offset */
	uint8_t    *hit;			/* of each state: a match can begin here; also of STATE_UNKNOWN */
	uint32_t   *state_slot;		/* 1 << state_bits: state by hash of the set */
	unsigned	state_bits;
	uint64_t   *new_set;
	uint64_t   *run_set;		/* two for shortest() */

	/* the columns */
	JnBinding	binding;
	bool		bound;
	bool		asks;			/* some event here needs tests */
	bool		quick;			/* codes of one byte, each of a class with a column */
	uint32_t	code_room;
	uint32_t   *code_class;
	uint8_t		quick_class[256];

	/* the subject */
	const JnSubject *subject;
	JnOverlap	overlap;
	uint32_t	n;
	uint32_t	at;				/* boundary from which the next match is looked for */
	bool		timed;			/* near[] is filled, not sets[] */
	uint64_t	tried;			/* steps that were looked at in vain for a match in time */
	uint32_t   *class_of;		/* of each step */
	int64_t    *time;
	uint64_t   *sets;			/* of boundaries block_at .. block_at + block - 1 */
	uint64_t   *marks;			/* of boundaries block, 2 * block, ...; the state there */
	uint32_t	block;
	uint32_t	block_at;
	uint32_t   *near;			/* near[i * positions + q] */
	Window	   *window;			/* of each way's position */
	uint32_t	limit_at;		/* where the last limit was looked for, and what it was */
	uint32_t	limit;
	Scratch		scratch[8];
};

enum
{
	SCRATCH_CLASS, SCRATCH_TIME, SCRATCH_SETS, SCRATCH_MARKS, SCRATCH_NEAR, SCRATCH_WINDOWS, SCRATCH_PARTIAL,
	SCRATCH_ATOMS
};

/* ---- sets of bits ---- */

static inline bool
has_bit(const uint64_t *set, uint32_t i)
{
	return set[i / 64] >> (i % 64) & 1;
}

static inline void
set_bit(uint64_t *set, uint32_t i)
{
	set[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool
sets_meet(const uint64_t *a, const uint64_t *b, uint32_t words)
{
	uint64_t	common = 0;

	for (uint32_t w = 0; w < words; w++)
		common |= a[w] & b[w];
	return common != 0;
}

/* ---- memory ---- */

static void *
scratch(JnMatcher *m, int which, uint64_t count, size_t element)
{
	Scratch    *s = &m->scratch[which];
	size_t		size = jn_array_size(count, element);

	if (size > s->size)
	{
		if (s->p != NULL)
			jn_release(&m->env, s->p);
		s->p = NULL;
		s->size = 0;
		size = size < SIZE_MAX / 2 ? size + size / 2 : size;
		s->p = jn_alloc(&m->env, size);
		s->size = size;
	}
	return s->p;
}

/* Gives back what a large subject took. */
static void
trim(JnMatcher *m)
{
	for (int i = 0; i < (int) (sizeof(m->scratch) / sizeof(Scratch)); i++)
		if (m->scratch[i].size > KEPT_BYTES)
		{
			jn_release(&m->env, m->scratch[i].p);
			m->scratch[i] = (Scratch) {NULL, 0};
		}
}

static uint64_t *
empty_sets(JnMatcher *m, uint64_t count, uint32_t words)
{
	uint64_t   *set = jn_alloc(&m->env, jn_array_size(count, words * sizeof(uint64_t)));

	memset(set, 0, (size_t) count * words * sizeof(uint64_t));
	return set;
}

/* ---- classes ---- */

/* Whether position q takes a step that the atoms of a mask match. */
static bool
position_takes(const JnAutomaton *a, uint32_t q, const uint64_t *mask)
{
	const JnPosition *position = &a->position[q];
	const JnWay *way;

	if (q < a->steps)
		return has_bit(mask, position->number);
	way = &a->way[position->number];
	for (uint32_t i = 0; i < way->count; i++)
		if (has_bit(mask, a->forbidden[way->first + i]))
			return false;
	return true;
}

static uint32_t
class_slot(const JnMatcher *m, const uint64_t *mask)
{
	uint64_t	h = jn_hash64(mask, m->atoms.words * sizeof(uint64_t));

	return (uint32_t) (h >> (64 - m->class_bits));
}

/* Puts all classes into a table of hashes that is twice as large. */
static void
grow_classes(JnMatcher *m)
{
	uint32_t	last;

	if (m->class_slot != NULL)
		jn_release(&m->env, m->class_slot);
	m->class_bits++;
	last = (UINT32_C(1) << m->class_bits) - 1;
	m->class_slot = jn_alloc(&m->env, sizeof(uint32_t) << m->class_bits);
	memset(m->class_slot, 0, sizeof(uint32_t) << m->class_bits);
	for (uint32_t c = 0; c < m->classes; c++)
	{
		uint32_t	s = class_slot(m, m->mask + (size_t) c * m->atoms.words);

		while (m->class_slot[s] != 0)
			s = (s + 1) & last;
		m->class_slot[s] = c + 1;
	}
}

/* The class of the steps that just these atoms match. */
static uint32_t
find_class(JnMatcher *m, const uint64_t *mask)
{
	size_t		bytes = m->atoms.words * sizeof(uint64_t);
	uint32_t	last = (UINT32_C(1) << m->class_bits) - 1;
	uint32_t	s;
	uint64_t   *takes;

	for (s = class_slot(m, mask); m->class_slot[s] != 0; s = (s + 1) & last)
		if (memcmp(m->mask + (size_t) (m->class_slot[s] - 1) * m->atoms.words, mask, bytes) == 0)
			return m->class_slot[s] - 1;
	if (m->classes == m->class_room)
	{
		m->class_room = jn_larger_room(m->class_room, m->classes + UINT64_C(1), 16);
		m->mask = jn_grow(&m->env, m->mask, m->class_room, bytes);
		m->takes = jn_grow(&m->env, m->takes, m->class_room, m->words * sizeof(uint64_t));
	}
	memcpy(m->mask + (size_t) m->classes * m->atoms.words, mask, bytes);
	takes = m->takes + (size_t) m->classes * m->words;
	memset(takes, 0, m->words * sizeof(uint64_t));
	for (uint32_t q = 0; q < m->a->positions; q++)
	{
		if (position_takes(m->a, q, mask))
			set_bit(takes, q);
		if (q % 1024 == 1023)
			jn_tick(&m->env);
	}
	m->class_slot[s] = ++m->classes;
	if (2 * m->classes > last)
		grow_classes(m);
	return m->classes - 1;
}

/* ---- states ---- */

static const uint64_t *
state_set(const JnMatcher *m, uint32_t state)
{
	return m->set + (size_t) (state / STRIDE) * m->words;
}

static uint32_t
state_slot(const JnMatcher *m, const uint64_t *set)
{
	return (uint32_t) (jn_hash64(set, m->words * sizeof(uint64_t)) >> (64 - m->state_bits));
}

/* Forgets all states but those that are always there. */
static void
forget_states(JnMatcher *m)
{
	memset(m->state_slot, 0, sizeof(uint32_t) << m->state_bits);
	m->states = 2;
	memset(m->next, 0, 2 * STRIDE * sizeof(uint32_t));
}

/* Makes room for more states, and a larger table of their hashes. */
static void
grow_states(JnMatcher *m)
{
	uint32_t	last;

	m->state_room = 4 * m->state_room < m->most_states ? 4 * m->state_room : m->most_states;
	while ((UINT32_C(1) << m->state_bits) < 2 * m->state_room)
		m->state_bits++;
	last = (UINT32_C(1) << m->state_bits) - 1;
	m->set = jn_grow(&m->env, m->set, m->state_room, m->words * sizeof(uint64_t));
	m->next = jn_grow(&m->env, m->next, m->state_room, STRIDE * sizeof(uint32_t));
	m->hit = jn_grow(&m->env, m->hit, m->state_room, 1);
	m->state_slot = jn_grow(&m->env, m->state_slot, last + UINT64_C(1), sizeof(uint32_t));
	memset(m->state_slot, 0, sizeof(uint32_t) << m->state_bits);
	for (uint32_t k = 2; k < m->states; k++)
	{
		uint32_t	s = state_slot(m, state_set(m, k * STRIDE));

		while (m->state_slot[s] != 0)
			s = (s + 1) & last;
		m->state_slot[s] = k * STRIDE;
	}
}

/* The state of a set, which is added if it is not there. */
static uint32_t
find_state(JnMatcher *m, const uint64_t *set)
{
	uint32_t	last = (UINT32_C(1) << m->state_bits) - 1;
	size_t		bytes = m->words * sizeof(uint64_t);
	uint32_t	s;

	for (s = state_slot(m, set); m->state_slot[s] != 0; s = (s + 1) & last)
		if (memcmp(state_set(m, m->state_slot[s]), set, bytes) == 0)
			return m->state_slot[s];
	if (m->states == m->state_room)
	{
		if (m->state_room < m->most_states)
			grow_states(m);
		else
			forget_states(m);
		last = (UINT32_C(1) << m->state_bits) - 1;
		for (s = state_slot(m, set); m->state_slot[s] != 0;)
			s = (s + 1) & last;
	}
	memcpy(m->set + (size_t) m->states * m->words, set, bytes);
	memset(m->next + (size_t) m->states * STRIDE, 0, STRIDE * sizeof(uint32_t));
	m->hit[m->states] = m->empty || sets_meet(set, m->begins, m->words);
	m->state_slot[s] = m->states * STRIDE;
	return m->states++ * STRIDE;
}

/* The set before a step of a class, if "after" is the set behind it. */
static void
step_back(JnMatcher *m, const uint64_t *after, bool at_end, uint32_t class, uint64_t *before)
{
	const JnAutomaton *a = m->a;
	const uint64_t *takes = m->takes + (size_t) class * m->words;
	size_t		looked = 0;

	for (uint32_t w = 0; w < m->words; w++)
	{
		uint64_t	sure = takes[w] & (m->ends[w] | (at_end ? m->ends_last[w] : 0));
		uint64_t	open = takes[w] & ~sure;

		for (; open != 0; open &= open - 1)
		{
			unsigned	bit = (unsigned) __builtin_ctzll(open);
			JnEdges		edges = a->position[w * 64 + bit].edges;

			for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
				if (a->edge[e].to != JN_MATCHED && has_bit(after, a->edge[e].to))
				{
					sure |= UINT64_C(1) << bit;
					break;
				}
			looked += edges.count;
		}
		before[w] = sure;
	}
	if (looked > 1024)
		jn_tick(&m->env);
}

/* The state before a step of a class. */
static uint32_t
state_back(JnMatcher *m, uint32_t state, uint32_t class)
{
	uint32_t	known = class < STRIDE ? m->next[state + class] : STATE_UNKNOWN;
	uint32_t	states = m->states;

	if (known != STATE_UNKNOWN)
		return known;
	step_back(m, state_set(m, state), state == STATE_END, class, m->new_set);
	known = find_state(m, m->new_set);

	/* if all was forgotten, so was this state */
	if (class < STRIDE && m->states >= states)
		m->next[state + class] = known;
	return known;
}

/* ---- making a matcher ---- */

/* Sorts out which positions the start leads to, and which lead to the end. */
static void
make_sets(JnMatcher *m)
{
	const JnAutomaton *a = m->a;

	m->ends = empty_sets(m, 4, m->words);
	m->ends_last = m->ends + m->words;
	m->begins = m->ends_last + m->words;
	m->begins_first = m->begins + m->words;
	for (uint32_t q = 0; q < a->positions; q++)
	{
		JnEdges		edges = a->position[q].edges;

		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
			if (a->edge[e].to == JN_MATCHED)
				set_bit(a->edge[e].flags & JN_EDGE_END ? m->ends_last : m->ends, q);
		if (q % 1024 == 1023)
			jn_tick(&m->env);
	}
	for (uint32_t e = a->start.first; e < a->start.first + a->start.count; e++)
	{
		bool		first = a->edge[e].flags & JN_EDGE_BEGIN;

		if (a->edge[e].to != JN_MATCHED)
			set_bit(first ? m->begins_first : m->begins, a->edge[e].to);
		else if (first)
			m->empty_first = true;
		else
			m->empty = true;
	}
}

/* Finds the class of each event that the event alone decides. */
static void
make_name_classes(JnMatcher *m)
{
	m->class_bits = 4;
	grow_classes(m);
	m->row_mask = jn_alloc(&m->env, m->atoms.words * sizeof(uint64_t));
	m->name_class = jn_alloc(&m->env, jn_array_size(m->atoms.events.count + UINT64_C(1), sizeof(uint32_t)));
	for (uint32_t i = 0; i <= m->atoms.events.count; i++)
	{
		const uint64_t *maybe = m->atoms.maybe + (size_t) i * m->atoms.words;
		uint64_t	open = 0;

		for (uint32_t w = 0; w < m->atoms.words; w++)
			open |= maybe[w];
		m->name_class[i] = open != 0 ? ASK : find_class(m, m->atoms.sure + (size_t) i * m->atoms.words);
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
	size_t		bytes;
	size_t		most;

	memset(m, 0, sizeof(JnMatcher));
	m->env = *env;
	m->a = a;
	jn_atoms_make(env, a->atom, a->atoms, &m->atoms);
	m->words = a->positions > 64 ? (a->positions + 63) / 64 : 1;
	for (uint32_t i = 0; i < a->ways; i++)
		m->timed_ways |= jn_way_timed(&a->way[i]);
	make_sets(m);
	make_name_classes(m);
	make_needs(m);

	bytes = m->words * sizeof(uint64_t);
	most = MOST_STATE_BYTES / (bytes + STRIDE * sizeof(uint32_t));
	m->most_states = most < LEAST_STATES ? LEAST_STATES : most > MOST_STATES ? MOST_STATES : (uint32_t) most;
	m->state_room = LEAST_STATES / 4;
	m->state_bits = 2;
	m->states = 2;
	m->set = empty_sets(m, 2, m->words);
	grow_states(m);
	m->new_set = empty_sets(m, 1, m->words);
	m->run_set = empty_sets(m, 2, m->words);
	m->hit[STATE_UNKNOWN] = true;
	m->hit[STATE_END / STRIDE] = false;
	forget_states(m);
	m->window = jn_alloc(env, jn_array_size(a->positions - a->steps + UINT64_C(1), sizeof(Window)));
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
		there = empty_sets(m, 1, words);
	for (uint32_t code = 0; code < m->binding.columns.event->names; code++)
		set_bit(there, m->binding.name[code]);
	for (uint32_t i = 0; i < a->needs && met; i++)
	{
		met = false;
		for (uint32_t k = a->need[i].first; k < a->need[i].first + a->need[i].count; k++)
			met |= has_bit(there, m->need_place[k]);
	}
	if (there != few)
		jn_release(&m->env, there);
	return met;
}

bool
jn_matcher_columns(JnMatcher *m, const JnColumns *columns)
{
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
	for (uint32_t code = 0; code < names; code++)
	{
		uint32_t	class = m->name_class[m->binding.name[code]];

		m->code_class[code] = class;
		m->asks |= class == ASK;
		m->quick &= class < STRIDE;
		if (code < 256)
			m->quick_class[code] = (uint8_t) (class % STRIDE);
	}

	/* whatever the bytes */
	for (uint32_t code = names; code < 256 && m->quick; code++)
		m->quick_class[code] = m->quick_class[0];
	return true;
}

/* ---- a subject ---- */

/* Finds the class of each step. */
static void
read_classes(JnMatcher *m)
{
	const JnLabels *event = m->binding.columns.event;
	uint32_t	from = m->subject->from;

	m->class_of = scratch(m, SCRATCH_CLASS, m->n, sizeof(uint32_t));
	for (uint32_t i = 0; i < m->n; i++)
	{
		uint32_t	code = jn_code_load(event->codes, event->width, from + i);
		uint32_t	class = m->code_class[code < event->names ? code : 0];

		if (class == ASK)
		{
			jn_atoms_row(&m->env, &m->binding, from + i, m->row_mask);
			class = find_class(m, m->row_mask);
		}
		m->class_of[i] = class;
		if (i % 16384 == 16383)
			jn_tick(&m->env);
	}
}

static void
read_times(JnMatcher *m)
{
	JnTimesReader times = *m->subject->times;

	m->time = scratch(m, SCRATCH_TIME, m->n, sizeof(int64_t));
	jn_times_decode(&m->env, &times, m->subject->start, m->time, m->n);
}

static void
begin_subject(JnMatcher *m, const JnSubject *subject)
{
	m->subject = subject;
	m->n = subject->to - subject->from;
	m->at = 0;
	m->limit_at = NEVER;
}

/* Whether a match without regard to times begins anywhere; *begin is the last boundary where one does. */
static bool
hit_any(JnMatcher *m, uint32_t *begin)
{
	uint32_t	state = STATE_END;
	uint32_t	i = m->n;

	if (m->quick)
	{
		const uint8_t *codes = m->binding.columns.event->codes + m->subject->from;
		bool		constant = m->binding.columns.event->width == 0;

		while (i > 0)
		{
			uint32_t	stop = i > JN_TICK_EVERY ? i - JN_TICK_EVERY : 0;

			while (i > stop)
			{
				unsigned	class = m->quick_class[constant ? 0 : codes[--i]];
				uint32_t	before;

				i -= constant;
				before = m->next[state + class];
				if (m->hit[before / STRIDE])
				{
					if (before == STATE_UNKNOWN)
						before = state_back(m, state, class);
					if (m->hit[before / STRIDE])
					{
						*begin = i;
						return true;
					}
				}
				state = before;
			}
			jn_tick(&m->env);
		}
	}
	else
	{
		read_classes(m);
		while (i > 0)
		{
			state = state_back(m, state, m->class_of[--i]);
			if (m->hit[state / STRIDE])
			{
				*begin = i;
				return true;
			}
			if (i % 16384 == 0)
				jn_tick(&m->env);
		}
	}
	*begin = 0;
	return m->empty_first || sets_meet(state_set(m, state), m->begins_first, m->words);
}

/* ---- backward without times ---- */

/* Fills sets[] with those of boundaries from .. to-1; "state" is that of boundary "to". */
static uint32_t
fill_sets(JnMatcher *m, uint32_t from, uint32_t to, uint32_t state, bool keep)
{
	for (uint32_t i = to; i-- > from;)
	{
		uint32_t	class = m->class_of[i];
		uint32_t	before = class < STRIDE ? m->next[state + class] : STATE_UNKNOWN;

		state = before != STATE_UNKNOWN ? before : state_back(m, state, class);
		if (keep && m->words == 1)
			m->sets[i - from] = m->set[state / STRIDE];
		else if (keep)
			memcpy(m->sets + (size_t) (i - from) * m->words, state_set(m, state), m->words * sizeof(uint64_t));
		if (i % 16384 == 0)
			jn_tick(&m->env);
	}
	return state;
}

/*
 * Makes the sets of all boundaries, or, where they are too many, of those in
 * the first block, and the sets where blocks meet.
 */
static void
make_blocks(JnMatcher *m)
{
	size_t		bytes = m->words * sizeof(uint64_t);
	uint64_t	most = MOST_SET_BYTES / bytes;
	uint32_t	state = STATE_END;
	uint32_t	blocks;

	if (most < 64)
		most = 64;
	m->block = m->n <= most ? m->n : (uint32_t) (most / 2);
	blocks = (m->n + m->block - 1) / m->block;
	m->sets = scratch(m, SCRATCH_SETS, m->block, bytes);
	m->marks = scratch(m, SCRATCH_MARKS, blocks, bytes);
	for (uint32_t b = blocks; b-- > 0;)
	{
		uint32_t	to = b + 1 < blocks ? (b + 1) * m->block : m->n;

		if (b + 1 < blocks)
			memcpy(m->marks + (size_t) (b + 1) * m->words, state_set(m, state), bytes);
		state = fill_sets(m, b * m->block, to, state, b == 0);
	}
	m->block_at = 0;
}

/* The set of boundary i < n. */
static const uint64_t *
boundary_set(JnMatcher *m, uint32_t i)
{
	if (i - m->block_at >= m->block)
	{
		uint32_t	b = i / m->block;
		uint32_t	to = m->n;
		uint32_t	state = STATE_END;

		if (m->n - b * m->block > m->block)
		{
			to = (b + 1) * m->block;
			state = find_state(m, m->marks + (size_t) (b + 1) * m->words);
		}
		m->block_at = b * m->block;
		fill_sets(m, m->block_at, to, state, true);
	}
	return m->sets + (size_t) (i - m->block_at) * m->words;
}

/* ---- backward with times ---- */

/* Whether d microseconds are within the bounds of a way. */
static inline bool
in_time(const JnWay *way, uint64_t d)
{
	return d >= (uint64_t) way->least && (way->most == JN_NO_BOUND || (way->most >= 0 && d <= (uint64_t) way->most));
}

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
				 && (edge->way == 0 || in_time(&a->way[edge->way], jn_time_span(m->time[i], m->time[i + 1]))))
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
			   || !in_time(way, jn_time_span(m->time[i - 1], m->time[w->queue[w->front]]))))
		w->front++;
	near = w->back > w->front ? w->end[w->queue[w->front]] : NEVER;
	if (has_bit(m->ends, q))
		return i + 1;
	return near == NEVER && w->stop == m->n && has_bit(m->ends_last, q) ? m->n : near;
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
			near[q] = has_bit(takes, q) ? near_of_step(m, q, i) : NEVER;
			continue;
		}
		w = &m->window[q - a->steps];
		w->end[i + 1] = near_of_leaving(m, q, i + 1);
		near[q] = has_bit(takes, q) ? near_of_way(m, q, i) : NEVER;
		if (!has_bit(takes, q))
			w->stop = i;
	}
}

/* Makes room for the backward pass with times, and its end. */
static void
begin_near(JnMatcher *m)
{
	const JnAutomaton *a = m->a;
	uint32_t	ways = m->timed_ways ? a->positions - a->steps : 0;
	uint32_t   *room = scratch(m, SCRATCH_WINDOWS, 2 * (uint64_t) ways * (m->n + UINT64_C(1)) + 1, sizeof(uint32_t));

	m->near = scratch(m, SCRATCH_NEAR, (m->n + UINT64_C(1)) * a->positions + 1, sizeof(uint32_t));
	for (uint32_t q = 0; q < a->positions; q++)
		m->near[(size_t) m->n * a->positions + q] = NEVER;
	for (uint32_t k = 0; k < ways; k++)
	{
		m->window[k] = (Window) {.end = room,.queue = room + m->n + 1,.reached = m->n,.stop = m->n};
		room += 2 * ((size_t) m->n + 1);
	}
}

/* The boundary behind which a match that begins at boundary i must not end. */
static uint32_t
limit_of(JnMatcher *m, uint32_t i)
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

/* Whether an edge of the start may be taken at boundary i. */
static bool
may_begin(JnMatcher *m, uint32_t i)
{
	const JnAutomaton *a = m->a;
	uint32_t	limit;

	if (!m->timed)
	{
		const uint64_t *set = boundary_set(m, i);

		if (m->words == 1 && i > 0)
			return m->empty || (*set & *m->begins) != 0;

		return m->empty || sets_meet(set, m->begins, m->words)
			|| (i == 0 && (m->empty_first || sets_meet(set, m->begins_first, m->words)));
	}
	limit = limit_of(m, i);
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

/* ---- without near[] ---- */

/*
 * The nearest boundary at which a match that begins at boundary "from" can end,
 * bounds on time not regarded; at most "limit", else NEVER.  Goes from set to
 * set of positions that could have taken a step.
 */
static uint32_t
shortest(JnMatcher *m, uint32_t from, uint32_t limit)
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
						set_bit(next, a->edge[e].to);
			}
		memcpy(now, next, m->words * sizeof(uint64_t));
		if (i % 1024 == 0)
			jn_tick(&m->env);
	}
	return NEVER;
}

/* ---- questions ---- */

/* Rows between two ticks of the pass with times. */
static uint32_t
near_tick(const JnMatcher *m)
{
	uint32_t	rows = JN_TICK_EVERY / (m->a->edges + m->a->positions + 1);

	return rows > 0 ? rows : 1;
}

/*
 * Whether there is a match in time, where there is one without regard to times
 * that begins at boundary "begin" and none that begins later.
 */
static bool
any_in_time(JnMatcher *m, uint32_t begin)
{
	uint32_t	tick = near_tick(m);

	if (m->quick)
		read_classes(m);
	read_times(m);

	/* mostly the last one is as good as any */
	if (!m->timed_ways && shortest(m, begin, limit_of(m, begin)) != NEVER)
		return true;
	begin_near(m);
	m->limit_at = NEVER;
	m->timed = true;
	for (uint32_t i = m->n; i-- > 0;)
	{
		near_back(m, i);
		if (may_begin(m, i))
			return true;
		if (i % tick == 0)
			jn_tick(&m->env);
	}
	return false;
}

bool
jn_match_any(JnMatcher *m, const JnSubject *subject)
{
	uint32_t	begin;
	bool		found;

	begin_subject(m, subject);
	if (m->empty)
		return true;
	found = hit_any(m, &begin);
	if (found && m->a->timed)
		found = any_in_time(m, begin);
	trim(m);
	return found;
}

/* Fills near[] for the whole subject. */
static void
make_near(JnMatcher *m)
{
	begin_near(m);
	for (uint32_t i = m->n, tick = near_tick(m); i-- > 0;)
	{
		near_back(m, i);
		if (i % tick == 0)
			jn_tick(&m->env);
	}
	m->timed = true;
	m->limit_at = NEVER;
}

/*
 * Sets come first, even where time is bounded: what they say is preferred is
 * right if it happens to be in time.  See find_match().
 */
void
jn_match_open(JnMatcher *m, const JnSubject *subject, JnOverlap overlap)
{
	uint32_t	begin;

	begin_subject(m, subject);
	m->overlap = overlap;
	m->timed = false;
	m->tried = 0;
	if (!m->empty && !hit_any(m, &begin))
	{
		m->at = m->n;
		return;
	}
	if (m->quick || m->empty)
		read_classes(m);
	if (m->a->timed)
		read_times(m);
	make_blocks(m);
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
	uint32_t	limit = m->timed ? limit_of(m, from) : m->n;
	uint32_t	here = NEVER;	/* the position that took the last step */
	uint32_t	clock = 0;		/* the step that an atom took last */
	uint32_t	i = from;

	for (;;)
	{
		const uint64_t *set = m->timed || i == m->n ? NULL : boundary_set(m, i);
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
			if (!m->timed ? has_bit(set, edge->to)
				: (edge->to == here && here >= a->steps)
				|| (m->near[(size_t) i * a->positions + edge->to] <= limit
					&& (edge->way == 0 || in_time(&a->way[edge->way], jn_time_span(m->time[clock], m->time[i])))))
				taken = edge;
		}

		/* cannot be, unless the bytes of the times are damaged */
		if (taken == NULL)
			return i;
		if (taken->way != 0 && !m->timed)
			*in_bounds &= in_time(&a->way[taken->way], jn_time_span(m->time[clock], m->time[i]));
		if (taken->to < a->steps)
			clock = i;
		here = taken->to;
		edges = a->position[here].edges;
		if (++i % 4096 == 0)
			jn_tick(&m->env);
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
	if (in_bounds && match->to <= limit_of(m, at))
		return true;
	m->tried += match->to - at;
	if (!m->timed_ways && m->tried < 2 * (uint64_t) m->n)
	{
		if (shortest(m, at, limit_of(m, at)) == NEVER)
			return false;
	}
	make_near(m);
	return find_match(m, at, match);
}

bool
jn_match_next(JnMatcher *m, JnMatch *match)
{
	while (m->at < m->n)
	{
		if (find_match(m, m->at, match))
		{
			m->at = m->overlap == JN_NEXT_ROW || match->to == match->from ? m->at + 1 : match->to;
			return true;
		}
		if (m->at++ % 4096 == 0)
			jn_tick(&m->env);
	}
	trim(m);
	return false;
}

uint64_t
jn_match_count(JnMatcher *m, const JnSubject *subject, JnOverlap overlap)
{
	uint64_t	count = 0;
	JnMatch		match;

	jn_match_open(m, subject, overlap);
	if (overlap == JN_NEXT_ROW && m->at < m->n)
	{
		/* one from each step where one can begin, wherever it ends */
		if (m->a->timed)
			make_near(m);
		for (; m->at < m->n; m->at++)
		{
			count += may_begin(m, m->at);
			if (m->at % 4096 == 0)
				jn_tick(&m->env);
		}
	}
	while (jn_match_next(m, &match))
		count++;
	return count;
}
