/*
 * match_sets.c
 *	  The backward pass of a matcher with sets of positions, times not regarded.
 *
 * It goes from set to set: the positions that can take step i so that a match
 * follows.  Sets that came up are states with a table of what they become by
 * class; the first state is that of the end.  The table is emptied when it
 * grows too large.
 */
#include "match_own.h"

/* ---- memory ---- */

void *
jn_match_scratch(JnMatcher *m, int which, uint64_t count, size_t element)
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
void
jn_match_trim(JnMatcher *m)
{
	for (int i = 0; i < (int) (sizeof(m->scratch) / sizeof(Scratch)); i++)
		if (m->scratch[i].size > KEPT_BYTES)
		{
			jn_release(&m->env, m->scratch[i].p);
			m->scratch[i] = (Scratch) {NULL, 0};
		}
	if (m->leaps.note_room > KEPT_BYTES / sizeof(uint32_t))
	{
		jn_release(&m->env, m->leaps.note);
		m->leaps.note = NULL;
		m->leaps.note_room = 0;
	}
}

uint64_t *
jn_match_sets(JnMatcher *m, uint64_t count, uint32_t words)
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
		return jn_set_has(mask, position->number);
	way = &a->way[position->number];
	for (uint32_t i = 0; i < way->count; i++)
		if (jn_set_has(mask, a->forbidden[way->first + i]))
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
			jn_set_add(takes, q);
		jn_match_work(m, 1 + (q < m->a->steps ? 0 : m->a->way[m->a->position[q].number].count));
	}
	m->class_slot[s] = ++m->classes;
	if (2 * m->classes > last)
		grow_classes(m);
	return m->classes - 1;
}

/* Finds the class of each event that the event alone decides. */
void
jn_match_init_classes(JnMatcher *m)
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
	m->hit[m->states] = m->empty || jn_sets_meet(set, m->begins, m->words);
	m->state_slot[s] = m->states * STRIDE;
	return m->states++ * STRIDE;
}

void
jn_match_init_states(JnMatcher *m)
{
	size_t		bytes = m->words * sizeof(uint64_t);
	size_t		most = MOST_STATE_BYTES / (bytes + STRIDE * sizeof(uint32_t));

	m->most_states = most < LEAST_STATES ? LEAST_STATES : most > MOST_STATES ? MOST_STATES : (uint32_t) most;
	m->state_room = LEAST_STATES / 4;
	m->state_bits = 2;
	m->states = 2;
	m->set = jn_match_sets(m, 2, m->words);
	grow_states(m);
	m->new_set = jn_match_sets(m, 1, m->words);
	m->run_set = jn_match_sets(m, 2, m->words);
	m->hit[STATE_UNKNOWN] = true;
	m->hit[STATE_END / STRIDE] = false;
	forget_states(m);
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
				if (a->edge[e].to != JN_MATCHED && jn_set_has(after, a->edge[e].to))
				{
					sure |= UINT64_C(1) << bit;
					break;
				}
			looked += edges.count;
		}
		before[w] = sure;
	}
	jn_match_work(m, looked + m->words);
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

/* ---- subjects ---- */

/* Finds the class of each step. */
void
jn_match_read_classes(JnMatcher *m)
{
	const JnLabels *event = m->binding.columns.event;
	uint32_t	from = m->subject->from;

	m->class_of = jn_match_scratch(m, SCRATCH_CLASS, m->n, sizeof(uint32_t));
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

void
jn_match_read_times(JnMatcher *m)
{
	JnTimesReader times = *m->subject->times;

	m->time = jn_match_scratch(m, SCRATCH_TIME, m->n, sizeof(int64_t));
	jn_times_decode(&m->env, &times, m->subject->start, m->time, m->n);
}

/* Whether a match without regard to times begins anywhere; *begin is the last boundary where one does. */
bool
jn_match_hit(JnMatcher *m, uint32_t *begin)
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
		jn_match_read_classes(m);
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
	return m->empty_first || jn_sets_meet(state_set(m, state), m->begins_first, m->words);
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
		jn_match_work(m, keep ? m->words : 1);
	}
	return state;
}

/*
 * Makes the sets of all boundaries, or, where they are too many, of those in
 * the first block, and the sets where blocks meet.
 */
void
jn_match_make_sets(JnMatcher *m)
{
	size_t		bytes = m->words * sizeof(uint64_t);
	uint64_t	most = MOST_SET_BYTES / bytes;
	uint32_t	state = STATE_END;
	uint32_t	blocks;

	if (most < 64)
		most = 64;
	m->block = m->n <= most ? m->n : (uint32_t) (most / 2);
	blocks = (m->n + m->block - 1) / m->block;
	m->sets = jn_match_scratch(m, SCRATCH_SETS, m->block, bytes);
	m->marks = jn_match_scratch(m, SCRATCH_MARKS, blocks, bytes);
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
const uint64_t *
jn_match_set_at(JnMatcher *m, uint32_t i)
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

/* Whether an edge of the start may be taken at boundary i, times not regarded. */
bool
jn_match_set_begin(JnMatcher *m, uint32_t i)
{
	const uint64_t *set = jn_match_set_at(m, i);

	if (m->words == 1 && i > 0)
		return m->empty || (*set & *m->begins) != 0;
	return m->empty || jn_sets_meet(set, m->begins, m->words)
		|| (i == 0 && (m->empty_first || jn_sets_meet(set, m->begins_first, m->words)));
}
