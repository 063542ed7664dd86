/*
 * population.c
 *	  Adding up over a whole population.
 *
 * The inner loop sees a step and does what no question can do without: it
 * looks up the number of the step's name, finds the cell of this number and
 * the one before, adds one to it, and another one if the subject has not been
 * there.  Up to 256 names, which is nearly always, the cells are a square and
 * finding one is a shift and an addition; 32 names take 24 kB, so all of it
 * stays near the processor.  Then comes a hash table.
 *
 * A subject is known by a number that only ascends, so "has this cell seen
 * the subject" is one comparison and nothing has to be cleared between
 * subjects.
 *
 * Sets have many subjects one behind the other.  Their pairs, if they are few,
 * go to counters of their own (pair_counts.h), which take less, and from there
 * to the cells when these are looked at.
 *
 * A part of a journey that is spread over sets is counted like a subject of its
 * own.  Then it is gone through once more for the cells that it is in, and
 * where another part of its journey has been before, one subject is taken off
 * again (spread.h).
 *
 * For three journeys, view cart, view cart view and cart cart:
 *
 *				to view			to cart
 *	 from view					n 2, subjects 2, seen 2
 *	 from cart	n 1, 1, 2		n 1, 1, 3
 */
#include "population.h"

#include <assert.h>

#include "cpu.h"
#include "pairs.h"
#include "population_own.h"

#define BITS_MIN		3

/* Names up to 1 << so many have their edges in a square. */
#define SQUARE_BITS_MAX	8

#define TABLE_BITS_MIN	10

/* Differences read at a time. */
#define GAPS_PIECE		512

/*
 * Loops are made once for each width of codes, which they then need not ask at
 * each step: only if the compiler inlines them, which it does not by itself.
 */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

/* ---- cells ---- */

/* Makes cells and what belongs to them, all empty: of "bits", in a hash table or not. */
static void
alloc_cells(const JnEnv *env, JnTally *t, unsigned bits, bool table)
{
	size_t		count;

	t->bits = bits;
	t->used = 0;
	t->key = NULL;
	if (table)
	{
		t->key = jn_alloc(env, jn_array_size((size_t) 1 << bits, sizeof(uint64_t)));
		memset(t->key, 0xff, sizeof(uint64_t) << bits);
	}
	count = cell_count(t);
	t->cell = jn_alloc(env, jn_array_size(count, sizeof(JnTallyCell)));
	memset(t->cell, 0, count * sizeof(JnTallyCell));
	if (t->kind == JN_TALLY_GAPS)
	{
		t->gaps = jn_alloc(env, jn_array_size(count, sizeof(JnGaps)));
		memset(t->gaps, 0, count * sizeof(JnGaps));
	}
}

void
jn_tally_init(const JnEnv *env, JnTally *t, JnTallyKind kind, uint64_t salt)
{
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	jn_lexicon_init(env, &t->names, salt);
	alloc_cells(env, t, BITS_MIN, false);
}

/* Moves all rows into new cells: of "bits", in a hash table or not. */
static void
rearrange(const JnEnv *env, JnTally *t, unsigned bits, bool table)
{
	JnTally		old = *t;
	size_t		count = cell_count(&old);

	alloc_cells(env, t, bits, table);
	for (size_t i = 0; i < count; i++)
	{
		if (old.cell[i].n > 0)
		{
			uint64_t	key = key_of(&old, i);
			size_t		at = place_of(t, key);

			t->cell[at] = old.cell[i];
			if (t->gaps != NULL)
				t->gaps[at] = old.gaps[i];
			if (t->key != NULL)
				t->key[at] = key;
			t->used++;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_release(env, old.cell);
	if (old.gaps != NULL)
		jn_release(env, old.gaps);
	if (old.key != NULL)
		jn_release(env, old.key);
}

void
jn_tally_settle(JnTally *t)
{
	JnPairCounts *c = t->counts;

	if (c == NULL || c->pairs == 0)
		return;
	jn_pair_counts_settle(c);
	for (uint32_t i = 0; i < c->cells; i++)
	{
		t->cell[i].n += c->n[i];
		t->cell[i].subjects += c->subjects[i];
	}
	jn_pair_counts_clear(c, c->cells);
}

void
jn_tally_fit_names(const JnEnv *env, JnTally *t)
{
	unsigned	bits = t->bits;

	if (t->key != NULL)
		return;
	while (t->names.names > (uint64_t) 1 << bits)
		bits++;
	if (bits == t->bits)
		return;
	jn_tally_settle(t);
	if (t->kind == JN_TALLY_EVENTS || bits <= SQUARE_BITS_MAX)
		rearrange(env, t, bits, false);
	else
	{
		uint64_t	rows = 0;

		for (size_t i = 0; i < cell_count(t); i++)
			rows += t->cell[i].n > 0;
		for (bits = TABLE_BITS_MIN; rows * 2 > (uint64_t) 1 << bits;)
			bits++;
		rearrange(env, t, bits, true);
	}
}

/* The cell of two names, for adding to it. */
static inline size_t
cell_of(const JnEnv *env, JnTally *t, uint32_t from, uint32_t to)
{
	uint64_t	key = edge_key(from, to);
	size_t		at = place_of(t, key);

	if (t->key == NULL || t->key[at] != NO_KEY)
		return at;
	if (2 * ((size_t) t->used + 1) > (size_t) 1 << t->bits)
	{
		rearrange(env, t, t->bits + 1, true);
		at = key_place(t, key);
	}
	t->key[at] = key;
	t->used++;
	return at;
}

size_t
jn_tally_cell(const JnEnv *env, JnTally *t, uint32_t from, uint32_t to)
{
	return cell_of(env, t, from, to);
}

/* ---- adding steps ---- */

/* Makes the names of a column of n steps known; add_steps() takes what this returns until it is called again. */
static const uint32_t *
add_names(const JnEnv *env, JnTally *t, const JnLabels *labels, uint32_t n)
{
	const uint32_t *number = jn_lexicon_map(env, &t->names, labels, n);

	jn_tally_fit_names(env, t);
	return number;
}

/*
 * A column as the loops below want it: all in one place of its own, which
 * stores to cells cannot change as far as the compiler knows.
 */
typedef struct Column
{
	const uint8_t *codes;
	unsigned	width;			/* a constant in each loop */
	uint32_t	names;
	const uint32_t *number;
} Column;

/* The number of the name of step i.  One byte is an index into number[] whatever it is. */
INLINE uint32_t
number_at(Column c, uint32_t i)
{
	uint32_t	code = jn_code_load(c.codes, c.width, i);

	return c.number[c.width <= 1 || code < c.names ? code : 0];
}

INLINE void
count_cell(JnTallyCell *cell, uint64_t subject)
{
	/* numbers ascend: "below" adds a carry, "unequal" would be a number first */
	cell->n++;
	cell->subjects += cell->seen < subject;
	cell->seen = subject;
}

INLINE void
add_events(JnTally *t, Column c, uint32_t from, uint32_t to)
{
	JnTallyCell *cell = t->cell;
	uint64_t	subject = t->subject;

	for (uint32_t i = from; i < to; i++)
		count_cell(&cell[number_at(c, i)], subject);
}

/* The steps from+1 .. to-1, each after the one before it. */
INLINE void
add_pairs(const JnEnv *env, JnTally *t, Column c, uint32_t from, uint32_t to)
{
	uint64_t	subject = t->subject;
	size_t		before = number_at(c, from);

	if (t->key == NULL)
	{
		JnTallyCell *cell = t->cell;
		unsigned	bits = t->bits;

		for (uint32_t i = from + 1; i < to; i++)
		{
			size_t		now = number_at(c, i);

			count_cell(&cell[before << bits | now], subject);
			before = now;
		}
		return;
	}
	for (uint32_t i = from + 1; i < to; i++)
	{
		uint32_t	now = number_at(c, i);
		size_t		at = cell_of(env, t, (uint32_t) before, now);

		count_cell(&t->cell[at], subject);
		before = now;
	}
}

/* The same with the gaps between them, of which there are to - from - 1. */
INLINE void
add_gaps(const JnEnv *env, JnTally *t, Column c, uint32_t from, uint32_t to, const uint64_t *gap)
{
	uint64_t	subject = t->subject;
	size_t		before = number_at(c, from);

	if (t->key == NULL)
	{
		JnTallyCell *cell = t->cell;
		JnGaps	   *gaps = t->gaps;
		unsigned	bits = t->bits;

		for (uint32_t i = from + 1; i < to; i++)
		{
			size_t		now = number_at(c, i);
			size_t		at = before << bits | now;

			count_cell(&cell[at], subject);
			jn_gaps_add(env, &gaps[at], *gap++);
			before = now;
		}
		return;
	}
	for (uint32_t i = from + 1; i < to; i++)
	{
		uint32_t	now = number_at(c, i);
		size_t		at = cell_of(env, t, (uint32_t) before, now);

		count_cell(&t->cell[at], subject);
		jn_gaps_add(env, &t->gaps[at], *gap++);
		before = now;
	}
}

/* Steps of a column whose codes have "width" bytes, JN_TICK_EVERY of them at most. */
INLINE void
add_piece(const JnEnv *env, JnTally *t, const JnLabels *labels, unsigned width, const uint32_t *number,
		  uint32_t from, uint32_t to, JnTimesReader *times)
{
	Column		c = {labels->codes, width, labels->names, number};

	if (t->kind == JN_TALLY_EVENTS)
		add_events(t, c, from, to);
	else if (t->kind == JN_TALLY_EDGES)
		add_pairs(env, t, c, from, to);
	else
		while (to - from > 1)
		{
			uint64_t	gap[GAPS_PIECE];
			uint32_t	count = to - from - 1 < GAPS_PIECE ? to - from - 1 : GAPS_PIECE;

			jn_times_differences(times, count, gap);
			add_gaps(env, t, c, from, from + count + 1, gap);
			from += count;
		}
}

/*
 * Adds steps from .. to-1 of a column to the present subject: with "ghost" the
 * first one is known already and counts only as what the second comes after.
 * Times are read for JN_TALLY_GAPS only: *times then stands before the
 * difference from step "from" to the next, and behind the last one afterwards.
 * Cost: one or two nanoseconds a step, gaps three more.
 */
static void
add_steps(const JnEnv *env, JnTally *t, const JnLabels *labels, const uint32_t *number,
		  uint32_t from, uint32_t to, bool ghost, JnTimesReader *times)
{
	uint32_t	end;

	if (t->kind == JN_TALLY_EVENTS)
		from += ghost;
	for (; from < to; from = end)
	{
		end = to - from > JN_TICK_EVERY ? from + JN_TICK_EVERY : to;
		switch (labels->width)
		{
			case 0:
				add_piece(env, t, labels, 0, number, from, end, times);
				break;
			case 1:
				add_piece(env, t, labels, 1, number, from, end, times);
				break;
			case 2:
				add_piece(env, t, labels, 2, number, from, end, times);
				break;
			default:
				add_piece(env, t, labels, 4, number, from, end, times);
				break;
		}
		if (end == to)
			break;

		/* the last step of this piece is what the first of the next comes after */
		if (t->kind != JN_TALLY_EVENTS)
			end--;
		jn_tick(env);
	}
}

void
jn_tally_journey(const JnEnv *env, JnTally *t, const JnJourney *j)
{
	const uint32_t *number = add_names(env, t, &j->event, j->head.n);
	JnTimesReader times;

	if (t->kind == JN_TALLY_GAPS)
		jn_journey_times(j, &times);
	t->subject++;
	add_steps(env, t, &j->event, number, 0, j->head.n, false, &times);
}

/* The cells that rows from .. to-1 are in, those of the last subject: in the order they come, each once. */
static uint32_t
cells_of_rows(const JnEnv *env, JnTally *t, const JnLabels *labels, const uint32_t *number,
			  uint32_t from, uint32_t to, uint64_t *cell)
{
	Column		c = {labels->codes, labels->width, labels->names, number};
	bool		pairs = t->kind != JN_TALLY_EVENTS;
	uint32_t	before = NO_NEXT;
	uint32_t	cells = 0;

	for (uint32_t i = from; i < to; i++)
	{
		uint32_t	now = number_at(c, i);
		uint64_t	this = pairs ? edge_key(before, now) : edge_key(now, NO_NEXT);

		before = now;
		if (!pairs || i > from)
		{
			uint64_t   *seen = &t->cell[place_of(t, this)].seen;

			/* each once: no subject has number 0 */
			if (*seen == t->subject)
			{
				*seen = 0;
				cell[cells++] = this;
			}
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return cells;
}

/*
 * The cells of the square that the last subject is in, ascending; there is room
 * for as many and one more.
 */
static uint32_t
seen_cells(const JnTally *t, uint64_t *cell)
{
	uint32_t	cells = 0;

	for (uint32_t from = 0; from < t->names.names; from++)
	{
		const JnTallyCell *row = &t->cell[(size_t) from << t->bits];

		for (uint32_t to = 0; to < t->names.names; to++)
		{
			cell[cells] = edge_key(from, to);
			cells += row[to].seen == t->subject;
		}
	}
	return cells;
}

/*
 * Takes the last subject off where it has been counted before: rows from ..
 * to-1 of a set were a part of its journey, and there are others elsewhere.
 */
static void
count_once(const JnEnv *env, JnTally *t, const JnLabels *labels, const uint32_t *number,
		   uint32_t from, uint32_t to, bool ghost, const JnKey *key)
{
	uint64_t   *cell = jn_spread_cells(env, &t->spread, to - from);
	uint32_t	cells;
	uint32_t	known;

	/* a small square is looked through sooner than many rows */
	if (is_square(t) && t->names.names * t->names.names / 4 < to - from)
		cells = seen_cells(t, cell);
	else
		cells = cells_of_rows(env, t, labels, number, from + (ghost && t->kind == JN_TALLY_EVENTS), to, cell);
	if (cells == 0)
		return;
	known = jn_spread_add(env, &t->spread, t->names.salt, key, cell, cells);
	for (uint32_t i = 0; i < known; i++)
		t->cell[place_of(t, cell[i])].subjects--;
}

/* Goes on to a part that is not behind; false if its key cannot be read. */
static bool
find_part(const JnEnv *env, JnSetParts *parts, uint32_t number, JnPart *part)
{
	bool		there;

	do
		there = jn_set_parts_next(env, parts, part);
	while (there && part->number < number);
	return there;
}

/*
 * The cells of each two neighbouring rows of a set, if they are in the square
 * and nothing else is asked; else NULL.  Between parts they mean nothing.
 */
static const uint16_t *
square_pairs(const JnEnv *env, JnTally *t, const JnSet *s, const uint32_t *number)
{
	JnPairNumbers numbers = {{0}, s->event.names, t->bits};
	uint32_t	rows = s->head.rows;

	if (t->kind != JN_TALLY_EDGES || !is_square(t) || s->event.width != 1 || rows > JN_TICK_EVERY)
		return NULL;
	if (rows > t->pair_room)
	{
		if (t->pair != NULL)
			jn_release(env, t->pair);
		t->pair = NULL;
		t->pair_room = 0;
		t->pair = jn_alloc(env, jn_array_size(rows, sizeof(uint16_t)));
		t->pair_room = rows;
	}
	for (uint32_t i = 0; i < s->event.names; i++)
		numbers.number[i] = (uint8_t) number[i];
	jn_pairs(&numbers, s->event.codes, rows - 1, t->pair);
	return t->pair;
}

/* Adds so many pairs of the present subject. */
static inline void
add_square_pairs(JnTally *t, const uint16_t *pair, uint32_t n)
{
	JnTallyCell *cell = t->cell;
	uint64_t	subject = t->subject;
	uint32_t	i = 0;

	for (; n - i >= 4; i += 4)
	{
		count_cell(&cell[pair[i]], subject);
		count_cell(&cell[pair[i + 1]], subject);
		count_cell(&cell[pair[i + 2]], subject);
		count_cell(&cell[pair[i + 3]], subject);
	}
	for (; i < n; i++)
		count_cell(&cell[pair[i]], subject);
}

/*
 * Counters for the pairs of a set, whose cells are the square's; NULL if there
 * are too many names, or for processors on which they would not be faster.
 */
static JnPairCounts *
pair_counts(const JnEnv *env, JnTally *t, const JnSet *s)
{
	uint32_t	cells = t->names.names << t->bits;

	if (cells > JN_PAIR_CELLS || jn_cpu() < JN_CPU_AVX2)
		return NULL;
	if (t->counts == NULL)
	{
		t->counts = jn_alloc(env, sizeof(JnPairCounts));
		jn_pair_counts_clear(t->counts, cells);
	}
	if (t->counts->cells != cells || t->counts->pairs > JN_PAIRS_MOST - s->head.rows)
	{
		jn_tally_settle(t);
		jn_pair_counts_clear(t->counts, cells);
	}
	return t->counts;
}

void
jn_tally_set(const JnEnv *env, JnTally *t, const JnSet *s)
{
	const uint32_t *number = add_names(env, t, &s->event, s->head.rows);
	const uint16_t *pair = square_pairs(env, t, s, number);
	JnPairCounts *pairs = pair != NULL ? pair_counts(env, t, s) : NULL;
	uint32_t	ticked = 0;		/* the row of the last tick */
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;
	JnSetCounts counts;
	JnSetParts	parts;			/* follows, for the keys that are asked for */
	JnPart		part;
	JnTimesReader times;

	if (t->kind == JN_TALLY_GAPS)
		jn_set_times(s, &times);
	jn_set_counts_open(&counts, s);
	jn_set_parts_open(&parts, s);
	while ((rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0)
	{
		if (row - ticked >= JN_TICK_EVERY)
		{
			jn_tick(env);
			ticked = row;
		}
		if (pairs != NULL && !ghost && !more)
		{
			jn_pair_counts_add(pairs, pair + row, rows - 1);
			continue;
		}
		t->subject++;
		if (pair != NULL)
			add_square_pairs(t, pair + row, rows - 1);
		else
			add_steps(env, t, &s->event, number, row, row + rows, ghost, &times);
		if ((ghost || more) && find_part(env, &parts, counts.part - 1, &part))
			count_once(env, t, &s->event, number, row, row + rows, ghost, &part.key);
	}
	jn_set_parts_close(env, &parts);
}

/* ---- merging ---- */

/* Unites the subjects that are spread over sets; number[] are the names of "from" in "into". */
static void
merge_spread(const JnEnv *env, JnTally *into, const JnSpread *from, const uint32_t *number)
{
	for (uint32_t i = 0; i < from->subjects; i++)
	{
		const JnSpreadSubject *subject = &from->subject[i];
		uint64_t   *cell = jn_spread_cells(env, &into->spread, subject->cells);
		uint32_t	known;

		for (uint32_t k = 0; k < subject->cells; k++)
		{
			uint64_t	key = subject->cell[k];

			cell[k] = edge_key(number[key >> 32], into->kind == JN_TALLY_EVENTS ? NO_NEXT : number[(uint32_t) key]);
		}
		known = jn_spread_add(env, &into->spread, into->names.salt, &subject->key, cell, subject->cells);
		for (uint32_t k = 0; k < known; k++)
			into->cell[place_of(into, cell[k])].subjects--;
		jn_tick(env);
	}
}

JnStatus
jn_tally_merge(const JnEnv *env, JnTally *into, JnTally *from, JnError *err)
{
	size_t		count = cell_count(from);
	uint32_t   *number = jn_alloc(env, jn_array_size((size_t) from->names.names + 1, sizeof(uint32_t)));

	assert(into->kind == from->kind);
	jn_tally_settle(into);
	jn_tally_settle(from);
	for (uint32_t i = 0; i < from->names.names; i++)
	{
		number[i] = jn_lexicon_add(env, &into->names, from->names.name[i]);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	jn_tally_fit_names(env, into);

	/* no further subject is one of those that were seen here, but for what merge_spread() takes off */
	for (size_t i = 0; i < count; i++)
	{
		const JnTallyCell *cell = &from->cell[i];
		JnTallyCell *sum;
		uint64_t	key;
		size_t		at;

		if (i % 1024 == 1023)
			jn_tick(env);
		if (cell->n == 0)
			continue;
		key = key_of(from, i);
		at = from->kind == JN_TALLY_EVENTS ? number[i]
			: cell_of(env, into, number[key >> 32], number[(uint32_t) key]);
		sum = &into->cell[at];
		if (cell->n > (uint64_t) INT64_MAX - sum->n)
		{
			jn_release(env, number);
			return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
		}
		sum->n += cell->n;
		sum->subjects += cell->subjects;
		if (from->gaps != NULL)
			jn_gaps_merge(env, &into->gaps[at], &from->gaps[i]);
	}
	merge_spread(env, into, &from->spread, number);
	jn_release(env, number);
	return JN_OK;
}
