/*
 * match_leap.c
 *	  The backward pass of a matcher in leaps: past all steps that change
 *	  nothing.
 *
 * What is known at a boundary is, of each position, whether it can take the step
 * behind it so that a match follows, and the nearest end of such a match.  It is
 * kept in two parts: the ends, nearest first, of which there are few different
 * ones; and which of them is that of which position.  The latter are states of a
 * deterministic automaton, made as they are met: a step of a class leads from
 * one state to another, and tells which of the ends are still needed and whether
 * the boundary behind the step is a new one.
 *
 *	 a -> b: the nearest end if a position takes this step; "way" is the link's
 *
 *	 step		0 x		1 b		2 a		3 x		4 b		5 x
 *	 a							  5
 *	 way		  2		  5		  5		  5
 *	 b					  2						  5
 *	 state		 way	b < way	a = way	 way	  b
 *
 * Most steps leave state and ends as they are: a state remembers which classes
 * do.  The bits of the rows of those that it is awake to tell the next row that
 * matters (match_rows.c).  So a subject without a purchase costs a look at its last row and one at its
 * bits, whatever its length.  Times are looked at only where a match could
 * begin, and only with "within": then its nearest end tells whether it is in
 * time.
 *
 * To tell the matches themselves, each change is noted: the row, the state, the
 * ends.  These notes are read from the first row on; together they say of every
 * boundary what the table of match_near.c would, so that the forward pass need
 * never take a choice back, and where it stays on its way it leaps, too.
 *
 * Limits: those of match_rows.c; JN_LEAP_ENDS ends at a time, MOST_STATES
 * states, 64 positions; no bounds on the time of links.  Beyond them the other files do the work; the answers are
 * the same.
 */
#include "match_own.h"

/* Compilers do not inline what is called twice and long by themselves. */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

/* In place of the number of an end: there is none. */
#define NO_END			0xff

/* The state behind the last step, and how many there may be. */
#define AT_END			0
#define MOST_STATES_LEAPT	1024

/* What a step of a class does, 0 if that is not known yet. */
#define LEAP_STATE		0x0000ffffu /* the state it leads to */
#define LEAP_KEPT(leap)	((leap) >> 16 & 0xff)	/* a bit for each end: it is still needed */
#define LEAP_NEW		0x01000000u /* the boundary behind the step is an end */
#define LEAP_MOVES		0x02000000u /* ends are not as they were */
#define LEAP_KNOWN		0x04000000u

/* ---- states ---- */

void
jn_leap_init(JnMatcher *m)
{
	JnLeaps    *l = &m->leaps;
	const JnAutomaton *a = m->a;

	if (a->positions > 64 || m->empty || m->empty_first || !m->rows.able)
		return;
	l->able = true;
	l->ranked = a->within != JN_NO_BOUND && !m->timed_ways;
	l->states = 1;
	l->room = 16;
	l->slot_bits = 5;
	l->rank = jn_alloc(&m->env, jn_array_size(l->room, a->positions + 1));
	l->new_rank = jn_alloc(&m->env, a->positions + 1);
	l->state = jn_alloc(&m->env, jn_array_size(l->room, sizeof(JnLeapState)));
	l->slot = jn_alloc(&m->env, sizeof(uint32_t) << l->slot_bits);
	memset(l->slot, 0, sizeof(uint32_t) << l->slot_bits);
	memset(l->rank, NO_END, a->positions);
	l->state[AT_END] = (JnLeapState) {.hit = NO_END,.awake = UINT16_MAX};
}

/* Where the search for new_rank[] begins. */
static inline uint32_t
slot_of(const JnMatcher *m, const uint8_t *rank)
{
	return (uint32_t) (jn_hash64(rank, m->a->positions) >> (64 - m->leaps.slot_bits));
}

/* Makes room for twice as many states. */
static void
grow(JnMatcher *m)
{
	JnLeaps    *l = &m->leaps;
	uint32_t	last;

	l->room *= 2;
	l->slot_bits++;
	last = (UINT32_C(1) << l->slot_bits) - 1;
	l->rank = jn_grow(&m->env, l->rank, l->room, m->a->positions);
	l->state = jn_grow(&m->env, l->state, l->room, sizeof(JnLeapState));
	l->slot = jn_grow(&m->env, l->slot, last + UINT64_C(1), sizeof(uint32_t));
	memset(l->slot, 0, sizeof(uint32_t) << l->slot_bits);
	for (uint32_t k = AT_END + 1; k < l->states; k++)
	{
		uint32_t	s = slot_of(m, l->rank + (size_t) k * m->a->positions);

		while (l->slot[s] != 0)
			s = (s + 1) & last;
		l->slot[s] = k;
	}
}

/* The least of the ends of positions. */
static uint8_t
least_end(const uint8_t *rank, uint64_t positions)
{
	uint8_t		least = NO_END;

	for (; positions != 0; positions &= positions - 1)
	{
		uint8_t		one = rank[__builtin_ctzll(positions)];

		least = one < least ? one : least;
	}
	return least;
}

/* The state of new_rank[] with so many ends, or AT_END if there are too many states. */
static uint32_t
find_state(JnMatcher *m, unsigned ends)
{
	JnLeaps    *l = &m->leaps;
	size_t		bytes = m->a->positions;
	uint32_t	last = (UINT32_C(1) << l->slot_bits) - 1;
	uint32_t	s;

	for (s = slot_of(m, l->new_rank); l->slot[s] != 0; s = (s + 1) & last)
		if (memcmp(l->rank + l->slot[s] * bytes, l->new_rank, bytes) == 0)
			return l->slot[s];
	if (l->states == MOST_STATES_LEAPT)
		return AT_END;
	if (l->states == l->room)
	{
		grow(m);
		last = (UINT32_C(1) << l->slot_bits) - 1;
		for (s = slot_of(m, l->new_rank); l->slot[s] != 0;)
			s = (s + 1) & last;
	}
	memcpy(l->rank + l->states * bytes, l->new_rank, bytes);
	l->state[l->states] = (JnLeapState) {.ends = (uint8_t) ends,.hit = least_end(l->new_rank, m->begins[0]),.awake = UINT16_MAX};
	l->slot[s] = l->states;
	return l->states++;
}

/*
 * Finds out what a step of a class does.  Returns 0 if that is too much to keep
 * in mind, and then no leaps are made any more.
 */
static uint32_t
find_leap(JnMatcher *m, uint32_t from, unsigned class)
{
	JnLeaps    *l = &m->leaps;
	const JnAutomaton *a = m->a;
	const uint8_t *rank = l->rank + (size_t) from * a->positions;
	uint64_t	takes = m->takes[class];
	uint64_t	ending = takes & (m->ends[0] | (from == AT_END ? m->ends_last[0] : 0));
	unsigned	kept = 0;
	unsigned	ends;
	uint32_t	state;
	uint32_t	leap;

	/* first with the old numbers plus 1; 0 is the new end */
	memset(l->new_rank, NO_END, a->positions);
	for (uint64_t open = takes; open != 0; open &= open - 1)
	{
		unsigned	q = (unsigned) __builtin_ctzll(open);
		JnEdges		edges = a->position[q].edges;
		uint8_t		least = NO_END;

		if (ending >> q & 1)
		{
			l->new_rank[q] = 0;
			continue;
		}
		for (uint32_t e = edges.first; e < edges.first + edges.count; e++)
			if (a->edge[e].to != JN_MATCHED && rank[a->edge[e].to] < least)
				least = rank[a->edge[e].to];
		if (least == NO_END)
			continue;
		l->new_rank[q] = l->ranked ? (uint8_t) (least + 1) : 0;
		kept |= l->ranked ? 1u << least : 0;
	}
	if (!l->ranked)
		ending = 0;
	ends = (unsigned) __builtin_popcount(kept) + (ending != 0);
	if (ends > JN_LEAP_ENDS)
	{
		l->able = l->here = false;
		return 0;
	}
	for (uint32_t q = 0; q < a->positions; q++)
		if (l->new_rank[q] != NO_END && l->new_rank[q] > 0)
			l->new_rank[q] = (uint8_t) ((ending != 0)
										+ __builtin_popcount(kept & ((1u << (l->new_rank[q] - 1)) - 1)));
	state = find_state(m, ends);
	if (state == AT_END)
	{
		l->able = l->here = false;
		return 0;
	}
	leap = LEAP_KNOWN | state | kept << 16 | (ending != 0 ? LEAP_NEW : 0);
	if (ending != 0 || kept != (1u << l->state[from].ends) - 1)
		leap |= LEAP_MOVES;
	else if (state == from)
		l->state[from].awake &= (uint16_t) ~(1u << class);
	l->state[from].leap[class] = leap;
	return leap;
}

void
jn_leap_columns(JnMatcher *m)
{
	m->leaps.here = m->leaps.able && m->rows.here;
}

/* ---- times ---- */

/* Adds up the differences of the subject from row "from" to row to-1. */
static void
add_up(JnMatcher *m, uint32_t from, uint32_t to)
{
	JnLeaps    *l = &m->leaps;
	JnTimesReader times = *m->subject->times;

	l->sum = jn_match_scratch(m, SCRATCH_SUMS, to - from, sizeof(uint64_t));
	l->within = times.unit_us > 0 ? (uint64_t) m->a->within / times.unit_us : UINT64_MAX;
	jn_times_skip(&m->env, &times, from - m->subject->from);
	l->sum[0] = 0;
	for (uint32_t done = 1; done < to - from;)
	{
		uint32_t	most = to - from - done < JN_TICK_EVERY ? to - from - done : JN_TICK_EVERY;
		uint64_t	before = l->sum[done - 1];

		jn_times_add_up(&times, most, l->sum + done);
		for (uint32_t i = done; before > 0 && i < done + most; i++)
			l->sum[i] += before;
		done += most;
		if (done % JN_TICK_EVERY == 1)
			jn_tick(&m->env);
	}
	l->sum_from = from;
	l->sum_to = to;
}

/* Whether a match from row "begin" up to boundary "end" is within the bound of the whole. */
static inline bool
is_within(JnMatcher *m, uint32_t begin, uint32_t end)
{
	JnLeaps    *l = &m->leaps;

	if (!l->ranked)
		return true;
	if (begin < l->sum_from || end > l->sum_to)
	{
		/* mostly one look is enough */
		if (l->sum_to == 0)
			add_up(m, begin, end);
		else
			add_up(m, m->subject->from, m->subject->to);
	}
	return l->sum[end - 1 - l->sum_from] - l->sum[begin - l->sum_from] <= l->within;
}

/* ---- backward ---- */

/* Where the pass is: a boundary, and what is known there. */
typedef struct Place
{
	uint32_t	row;			/* the step behind it has been looked at */
	uint32_t	state;
	uint32_t	end[JN_LEAP_ENDS];	/* nearest first */
} Place;

/*
 * Moves to the next boundary, not before "from", at which anything changes.
 * Returns JN_LEAP_NO if there is none.
 */
INLINE JnLeapAnswer
move(JnMatcher *m, uint32_t from, Place *place)
{
	JnLeaps    *l = &m->leaps;
	const uint8_t *codes = m->binding.columns.event->codes;

	for (;;)
	{
		uint32_t	row = jn_rows_last(m, from, place->row, l->state[place->state].awake);
		uint32_t	leap;
		unsigned	class;

		if (row == NO_ROW)
			return JN_LEAP_NO;
		class = m->quick_class[codes[row]];
		place->row = row;
		leap = l->state[place->state].leap[class];
		if (leap == 0 && (leap = find_leap(m, place->state, class)) == 0)
			return JN_LEAP_LOST;
		if (leap & LEAP_MOVES)
		{
			uint32_t	end[JN_LEAP_ENDS] = {0};
			unsigned	n = 0;

			if (leap & LEAP_NEW)
				end[n++] = row + 1;
			for (unsigned kept = LEAP_KEPT(leap); kept != 0; kept &= kept - 1)
				end[n++] = place->end[__builtin_ctz(kept)];
			memcpy(place->end, end, sizeof(end));
		}
		else if ((leap & LEAP_STATE) == place->state)
			continue;
		place->state = leap & LEAP_STATE;
		return JN_LEAP_YES;
	}
}

/* The number of the nearest end of a match that begins with the first step of a subject. */
static uint8_t
first_hit(const JnMatcher *m, uint32_t state)
{
	return least_end(m->leaps.rank + (size_t) state * m->a->positions, m->begins[0] | m->begins_first[0]);
}

JnLeapAnswer
jn_leap_any(JnMatcher *m, uint32_t from, uint32_t to, bool timed)
{
	JnLeaps    *l = &m->leaps;
	Place		place = {.row = to,.state = AT_END};
	JnLeapAnswer answer;
	uint32_t	moves = 0;
	uint8_t		hit;

	l->sum_from = l->sum_to = 0;
	while ((answer = move(m, from, &place)) == JN_LEAP_YES)
	{
		/* where a state lasts, its last boundary has the shortest match */
		hit = l->state[place.state].hit;
		if (hit != NO_END && (!timed || is_within(m, place.row, place.end[hit])))
			return JN_LEAP_YES;
		if (++moves % 4096 == 0)
			jn_tick(&m->env);
	}
	if (answer == JN_LEAP_LOST || m->begins_first[0] == 0)
		return answer;
	hit = first_hit(m, place.state);
	return hit != NO_END && (!timed || is_within(m, from, place.end[hit])) ? JN_LEAP_YES : JN_LEAP_NO;
}

/* ---- all matches ---- */

/*
 * Notes what is known at a place: the ends, the row, the state, so that they can
 * be read from the last note, which is of the first row, on.
 */
static inline void
note(JnMatcher *m, const Place *place)
{
	JnLeaps    *l = &m->leaps;
	unsigned	ends = l->state[place->state].ends;

	if (l->notes + JN_LEAP_ENDS + 2 > l->note_room)
	{
		l->note_room = jn_larger_room(l->note_room, l->notes + JN_LEAP_ENDS + 2, 256);
		l->note = jn_grow(&m->env, l->note, l->note_room, sizeof(uint32_t));
	}
	for (unsigned i = 0; i < ends; i++)
		l->note[l->notes++] = place->end[i];
	l->note[l->notes++] = place->row;
	l->note[l->notes++] = place->state;
}

/* What the note before "top" says: its row, its state; where its ends are is returned. */
static inline const uint32_t *
read_note(const JnLeaps *l, size_t top, uint32_t *row, uint32_t *state)
{
	*state = l->note[top - 1];
	*row = l->note[top - 2];
	return l->note + top - 2 - l->state[*state].ends;
}

JnLeapAnswer
jn_leap_open(JnMatcher *m)
{
	JnLeaps    *l = &m->leaps;
	uint32_t	from = m->subject->from;
	Place		place = {.row = m->subject->to,.state = AT_END};
	uint32_t	begin = NO_ROW; /* the lowest boundary at which a match can begin */
	bool		hit = false;
	JnLeapAnswer answer;
	uint32_t	moves = 0;

	l->sum_from = l->sum_to = 0;
	l->notes = 0;
	while ((answer = move(m, from, &place)) == JN_LEAP_YES)
	{
		if (hit)
			begin = place.row + 1;
		hit = l->state[place.state].hit != NO_END;
		note(m, &place);
		if (++moves % 4096 == 0)
			jn_tick(&m->env);
	}
	l->top = l->notes;
	if (answer == JN_LEAP_LOST)
		return answer;
	if (hit || first_hit(m, place.state) != NO_END)
		begin = from;
	if (begin == NO_ROW)
		return JN_LEAP_NO;
	if (l->ranked)
		add_up(m, begin, m->subject->to);
	return JN_LEAP_YES;
}

/* The first row from low .. high from which boundary "end" is in time, or high + 1. */
static uint32_t
first_within(JnMatcher *m, uint32_t low, uint32_t high, uint32_t end)
{
	uint32_t	step = 1;

	if (!is_within(m, high, end))
		return high + 1;

	/* from the end, for that is where it mostly is */
	while (low < high && high - low > step && is_within(m, high - step, end))
	{
		high -= step;
		step *= 2;
	}
	if (high - low > step)
		low = high - step + 1;
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;

		if (is_within(m, middle, end))
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}

/*
 * The boundaries from "at" on, up to the row of the note before "top", at which
 * a match begins: they are *begin .. row; none if *begin > row.
 */
static inline void
begins_of(JnMatcher *m, size_t top, uint32_t at, uint32_t *begin, uint32_t *row)
{
	uint32_t	state;
	const uint32_t *end = read_note(&m->leaps, top, row, &state);
	uint8_t		hit = m->leaps.state[state].hit;

	*begin = *row + 1;
	if (*row >= at && hit != NO_END)
		*begin = first_within(m, at, *row, end[hit]);
}

/* Whether a match begins with the first step, if that is where "at" is, which the note before "top" tells of. */
static inline bool
begins_first(JnMatcher *m, size_t top, uint32_t at)
{
	uint32_t	state;
	uint32_t	row;
	const uint32_t *end = read_note(&m->leaps, top, &row, &state);
	uint8_t		hit;

	if (at != m->subject->from || m->begins_first[0] == 0)
		return false;
	hit = first_hit(m, state);
	return hit != NO_END && is_within(m, at, end[hit]);
}

/*
 * The end of the preferred match that begins at boundary "begin", where one does
 * in time: takes one edge after another, each the first from which an end in
 * time can be reached.
 */
static uint32_t
follow(JnMatcher *m, uint32_t begin)
{
	JnLeaps    *l = &m->leaps;
	const JnAutomaton *a = m->a;
	JnEdges		edges = a->start;
	uint32_t	here = NEVER;	/* the position that took the last step */
	uint32_t	i = begin;
	size_t		top = l->top;

	for (;;)
	{
		const JnEdge *taken = NULL;
		const uint8_t *rank = NULL;
		const uint32_t *end = NULL;
		uint32_t	row = i;

		while (top > 0 && rank == NULL)
		{
			uint32_t	state;

			end = read_note(l, top, &row, &state);
			if (row >= i)
				rank = l->rank + (size_t) state * a->positions;
			else
				top -= 2 + l->state[state].ends;
		}
		for (uint32_t e = edges.first; e < edges.first + edges.count && taken == NULL; e++)
		{
			const JnEdge *edge = &a->edge[e];

			if (((edge->flags & JN_EDGE_BEGIN) && i > m->subject->from)
				|| ((edge->flags & JN_EDGE_END) && i < m->subject->to))
				continue;
			if (edge->to == JN_MATCHED)
				return i;
			if (rank != NULL && rank[edge->to] != NO_END
				&& (!l->ranked || is_within(m, begin, end[rank[edge->to]])))
				taken = edge;
		}

		/* cannot be */
		if (taken == NULL)
			return i;

		/* who stays will do so until something changes */
		i = taken->to == here ? row + 1 : i + 1;
		here = taken->to;
		jn_match_work(m, 1 + edges.count);
		edges = a->position[here].edges;
	}
}

bool
jn_leap_next(JnMatcher *m, JnMatch *match)
{
	JnLeaps    *l = &m->leaps;
	uint32_t	from = m->subject->from;

	while (l->top > 0)
	{
		uint32_t	at = from + m->at;
		uint32_t	begin;
		uint32_t	row;

		if (begins_first(m, l->top, at))
			begin = row = at;
		else
			begins_of(m, l->top, at, &begin, &row);
		if (begin <= row)
		{
			match->from = begin - from;
			match->to = follow(m, begin) - from;
			m->at = m->overlap == JN_NEXT_ROW ? match->from + 1 : match->to;
			return true;
		}
		l->top -= 2 + l->state[l->note[l->top - 1]].ends;
		if (row >= at)
			m->at = row + 1 - from;
		jn_match_work(m, 1);
	}
	m->at = m->n;
	return false;
}

uint64_t
jn_leap_count_begins(JnMatcher *m)
{
	JnLeaps    *l = &m->leaps;
	uint32_t	from = m->subject->from;
	uint64_t	count = 0;

	for (uint32_t turns = 1; l->top > 0; turns++)
	{
		uint32_t	at = from + m->at;
		uint32_t	begin;
		uint32_t	row;

		begins_of(m, l->top, at, &begin, &row);
		count += row + 1 - begin;

		/* the first step may be one by itself */
		count += begin > at && begins_first(m, l->top, at);
		m->at = row + 1 - from;
		l->top -= 2 + l->state[l->note[l->top - 1]].ends;
		if (turns % 4096 == 0)
			jn_tick(&m->env);
	}
	m->at = m->n;
	return count;
}
