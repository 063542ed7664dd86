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

#include "pairs.h"
#include "utf8.h"

#define BITS_MIN		3

/* Names up to 1 << so many have their edges in a square. */
#define SQUARE_BITS_MAX	8

#define TABLE_BITS_MIN	10

#define NO_KEY			UINT64_MAX

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

/* A row of one name: the number of the next. */
#define NO_NEXT			0

/* ---- cells ---- */

/* Whether cells are a square of names. */
static inline bool
is_square(const JnTally *t)
{
	return t->kind != JN_TALLY_EVENTS && t->key == NULL;
}

static size_t
cell_count(const JnTally *t)
{
	return (size_t) 1 << (is_square(t) ? 2 * t->bits : t->bits);
}

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

static inline uint64_t
edge_key(uint32_t from, uint32_t to)
{
	return (uint64_t) from << 32 | to;
}

/* Where a key of the hash table is, or would be put. */
static inline size_t
key_place(const JnTally *t, uint64_t key)
{
	size_t		mask = ((size_t) 1 << t->bits) - 1;
	uint64_t	h = (key ^ t->names.salt) * UINT64_C(0x9e3779b97f4a7c15);
	size_t		at;

	h = (h ^ h >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
	for (at = (size_t) (h >> (64 - t->bits)); t->key[at] != key && t->key[at] != NO_KEY;)
		at = (at + 1) & mask;
	return at;
}

/* The two names of a cell that has a row. */
static inline uint64_t
key_of(const JnTally *t, size_t cell)
{
	if (t->kind == JN_TALLY_EVENTS)
		return edge_key((uint32_t) cell, NO_NEXT);
	if (t->key != NULL)
		return t->key[cell];
	return edge_key((uint32_t) (cell >> t->bits), (uint32_t) (cell & (((size_t) 1 << t->bits) - 1)));
}

/* Where the row of two names is kept; the hash table must have room. */
static inline size_t
place_of(const JnTally *t, uint64_t key)
{
	if (t->kind == JN_TALLY_EVENTS)
		return (size_t) (key >> 32);
	if (t->key == NULL)
		return (size_t) (key >> 32) << t->bits | (uint32_t) key;
	return key_place(t, key);
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

/* Makes room for the cells of all names. */
static void
fit_names(const JnEnv *env, JnTally *t)
{
	unsigned	bits = t->bits;

	if (t->key != NULL)
		return;
	while (t->names.names > (uint64_t) 1 << bits)
		bits++;
	if (bits == t->bits)
		return;
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

/* ---- adding steps ---- */

const uint32_t *
jn_tally_names(const JnEnv *env, JnTally *t, const JnLabels *labels, uint32_t n)
{
	const uint32_t *number = jn_lexicon_map(env, &t->names, labels, n);

	fit_names(env, t);
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

void
jn_tally_steps(const JnEnv *env, JnTally *t, const JnLabels *labels, const uint32_t *number,
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
	const uint32_t *number = jn_tally_names(env, t, &j->event, j->head.n);
	JnTimesReader times;

	if (t->kind == JN_TALLY_GAPS)
		jn_journey_times(j, &times);
	jn_tally_subject(t);
	jn_tally_steps(env, t, &j->event, number, 0, j->head.n, false, &times);
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

void
jn_tally_set(const JnEnv *env, JnTally *t, const JnSet *s)
{
	const uint32_t *number = jn_tally_names(env, t, &s->event, s->head.rows);
	const uint16_t *pair = square_pairs(env, t, s, number);
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
		jn_tally_subject(t);
		if (pair != NULL)
			add_square_pairs(t, pair + row, rows - 1);
		else
			jn_tally_steps(env, t, &s->event, number, row, row + rows, ghost, &times);
		if ((ghost || more) && find_part(env, &parts, counts.part - 1, &part))
			count_once(env, t, &s->event, number, row, row + rows, ghost, &part.key);
		if (row - ticked >= JN_TICK_EVERY)
		{
			jn_tick(env);
			ticked = row;
		}
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
	for (uint32_t i = 0; i < from->names.names; i++)
	{
		number[i] = jn_lexicon_add(env, &into->names, from->names.name[i]);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	fit_names(env, into);

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

/* ---- order ---- */

/* One of what is being sorted: ascending by "order"; equal ones by "less", if there is one. */
typedef struct Sorting
{
	JnTallyRow *row;
	JnTallyRow *spare;
	const JnName *name;			/* of row[].cell, to tell equal ones apart; or NULL */
} Sorting;

static inline bool
is_after(const Sorting *s, const JnTallyRow *a, const JnTallyRow *b)
{
	if (a->order != b->order)
		return a->order > b->order;
	return s->name != NULL && jn_name_compare(s->name[a->cell], s->name[b->cell]) > 0;
}

/* Merge sort from the bottom up; leaves the result in s->row. */
static void
sort_rows(const JnEnv *env, Sorting *s, size_t n)
{
	for (size_t run = 1; run < n; run *= 2)
	{
		JnTallyRow *sorted = s->spare;

		for (size_t begin = 0; begin < n; begin += 2 * run)
		{
			size_t		middle = n - begin > run ? begin + run : n;
			size_t		end = n - begin > 2 * run ? begin + 2 * run : n;
			size_t		a = begin;
			size_t		b = middle;

			for (size_t i = begin; i < end; i++)
			{
				bool		right = a == middle || (b < end && is_after(s, &s->row[a], &s->row[b]));

				sorted[i] = s->row[right ? b++ : a++];
				if (i % 1024 == 1023)
					jn_tick(env);
			}
		}
		s->spare = s->row;
		s->row = sorted;
	}
}

/* The first eight bytes of a name as a number that sorts as they do. */
static uint64_t
name_order(JnName name)
{
	uint64_t	order = 0;

	for (uint32_t i = 0; i < 8; i++)
		order = order << 8 | (i < name.size ? (uint8_t) name.data[i] : 0);
	return order;
}

/* Fills rows->name with the names that are used, in order, and rank[] with their places. */
static void
rank_names(const JnEnv *env, const JnTally *t, JnTallyRows *rows, uint32_t *rank)
{
	uint32_t	n = 0;
	Sorting		s;

	s.row = jn_alloc(env, jn_array_size((size_t) t->names.names + 1, sizeof(JnTallyRow)));
	s.spare = jn_alloc(env, jn_array_size((size_t) t->names.names + 1, sizeof(JnTallyRow)));
	s.name = t->names.name;
	for (uint32_t i = 0; i < t->names.names; i++)
	{
		if (rank[i] != 0)
			s.row[n++] = (JnTallyRow) {name_order(t->names.name[i]), i};
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	sort_rows(env, &s, n);
	rows->names = n;
	rows->name = jn_alloc(env, jn_array_size((size_t) n + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < n; i++)
	{
		rows->name[i] = (uint32_t) s.row[i].cell;
		rank[s.row[i].cell] = i;
	}
	jn_release(env, s.row);
	jn_release(env, s.spare);
}

JnTallyRows
jn_tally_rows(const JnEnv *env, JnTally *t)
{
	size_t		count = cell_count(t);
	uint32_t   *rank = jn_alloc(env, jn_array_size((size_t) t->names.names + 1, sizeof(uint32_t)));
	size_t		n = 0;
	JnTallyRows rows;
	Sorting		s;

	/* which names are used; a journey of one step has no edge */
	memset(rank, 0, t->names.names * sizeof(uint32_t));
	for (size_t i = 0; i < count; i++)
	{
		if (t->cell[i].n > 0)
		{
			uint64_t	key = key_of(t, i);

			n++;
			rank[key >> 32] = 1;
			if (t->kind != JN_TALLY_EVENTS)
				rank[(uint32_t) key] = 1;
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	rank_names(env, t, &rows, rank);

	s.row = jn_alloc(env, jn_array_size(n + 1, sizeof(JnTallyRow)));
	s.spare = jn_alloc(env, jn_array_size(n + 1, sizeof(JnTallyRow)));
	s.name = NULL;
	n = 0;
	for (size_t i = 0; i < count; i++)
	{
		if (t->cell[i].n > 0)
		{
			uint64_t	key = key_of(t, i);
			uint32_t	next = t->kind != JN_TALLY_EVENTS ? rank[(uint32_t) key] : NO_NEXT;

			s.row[n++] = (JnTallyRow) {edge_key(rank[key >> 32], next), i};
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_rows(env, &s, n);
	rows.rows = (uint32_t) n;
	rows.row = s.row;
	jn_release(env, s.spare);
	jn_release(env, rank);
	return rows;
}

void
jn_tally_rows_free(const JnEnv *env, JnTallyRows *rows)
{
	jn_release(env, rows->name);
	jn_release(env, rows->row);
}

JnTallyFacts
jn_tally_facts(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint32_t i)
{
	const JnTallyRow *row = &rows->row[i];
	const JnTallyCell *cell = &t->cell[row->cell];
	uint64_t	key = key_of(t, row->cell);
	JnTallyFacts facts = {t->names.name[key >> 32], {NULL, 0}, cell->n, cell->subjects, 0};

	if (t->kind != JN_TALLY_EVENTS)
		facts.next = t->names.name[(uint32_t) key];
	if (t->gaps != NULL)
		facts.median_gap = jn_gaps_median(env, &t->gaps[row->cell], cell->n);
	return facts;
}

/* ---- bytes ---- */

/* Bytes of a row without its gaps. */
static size_t
row_size(JnTallyKind kind)
{
	return kind == JN_TALLY_EVENTS ? 4 + 16 : 8 + 16;
}

JnStatus
jn_tally_size(const JnEnv *env, JnTally *t, const JnTallyRows *rows, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_TALLY_HEADER_SIZE + (uint64_t) rows->rows * row_size(t->kind);

	for (uint32_t i = 0; i < rows->names; i++)
	{
		uint32_t	length = t->names.name[rows->name[i]].size;

		bytes += jn_varint_size(length) + length;
	}
	if (t->gaps != NULL)
		for (uint32_t i = 0; i < rows->rows; i++)
		{
			size_t		cell = rows->row[i].cell;

			bytes += jn_gaps_size(&t->gaps[cell], t->cell[cell].n);
			if (i % 16 == 15)
				jn_tick(env);
		}
	if (t->spread.subjects > 0)
		bytes += jn_spread_size(&t->spread);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

/* The rows of cells. */
typedef struct RowOf
{
	const JnTally *t;
	uint32_t   *row;			/* by cell */
} RowOf;

static uint32_t
row_of(const void *context, uint64_t key)
{
	const RowOf *of = context;

	return of->row[place_of(of->t, key)];
}

/* Writes the subjects that are spread over sets. */
static void
write_spread(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint8_t *out)
{
	RowOf		of = {t, jn_alloc(env, jn_array_size(cell_count(t), sizeof(uint32_t)))};

	for (uint32_t i = 0; i < rows->rows; i++)
	{
		of.row[rows->row[i].cell] = i;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_spread_write(env, &t->spread, row_of, &of, out);
	jn_release(env, of.row);
}

void
jn_tally_write(const JnEnv *env, JnTally *t, const JnTallyRows *rows, uint8_t *out)
{
	out[JN_TALLY_AT_VERSION] = JN_TALLY_VERSION;
	out[JN_TALLY_AT_KIND] = (uint8_t) t->kind;
	jn_store16(out + JN_TALLY_AT_SPREAD, t->spread.subjects > 0);
	jn_store32(out + JN_TALLY_AT_NAMES, rows->names);
	jn_store32(out + JN_TALLY_AT_ROWS, rows->rows);
	out += JN_TALLY_HEADER_SIZE;
	for (uint32_t i = 0; i < rows->names; i++)
		out = jn_varint_put(out, t->names.name[rows->name[i]].size);
	for (uint32_t i = 0; i < rows->names; i++)
	{
		JnName		name = t->names.name[rows->name[i]];

		if (name.size > 0)
			memcpy(out, name.data, name.size);
		out += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < rows->rows; i++)
	{
		const JnTallyRow *row = &rows->row[i];
		const JnTallyCell *cell = &t->cell[row->cell];

		jn_store32(out, (uint32_t) (row->order >> 32));
		out += 4;
		if (t->kind != JN_TALLY_EVENTS)
		{
			jn_store32(out, (uint32_t) row->order);
			out += 4;
		}
		jn_store64(out, cell->n);
		jn_store64(out + 8, cell->subjects);
		out += 16;
		if (t->gaps != NULL)
		{
			size_t		size = jn_gaps_size(&t->gaps[row->cell], cell->n);

			jn_gaps_write(env, &t->gaps[row->cell], cell->n, out);
			out += size;
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (t->spread.subjects > 0)
		write_spread(env, t, rows, out);
}

/* Where reading a state has got to. */
typedef struct Reading
{
	const uint8_t *p;
	size_t		size;
	size_t		at;
} Reading;

static JnStatus
check_room(const Reading *r, uint64_t need, JnError *err)
{
	if (r->size - r->at >= need)
		return JN_OK;
	return jn_fail(err, JN_BYTES_SHORT, r->size, (int64_t) r->size, (int64_t) (r->at + need));
}

static JnStatus
corrupt_at(size_t at, JnError *err)
{
	return jn_fail(err, JN_BYTES_CORRUPT, at, 0, 0);
}

static JnStatus
read_header(Reading *r, JnTallyKind *kind, bool *spread, uint32_t *names, uint32_t *rows, JnError *err)
{
	if (r->size > 0 && r->p[0] > JN_TALLY_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, r->p[0], JN_TALLY_VERSION);
	if (r->size > 0 && r->p[0] < JN_TALLY_VERSION)
		return corrupt_at(0, err);
	if (r->size < JN_TALLY_HEADER_SIZE)
		return jn_fail(err, JN_BYTES_SHORT, r->size, (int64_t) r->size, JN_TALLY_HEADER_SIZE);
	if (r->p[JN_TALLY_AT_KIND] >= JN_TALLY_KINDS)
		return corrupt_at(JN_TALLY_AT_KIND, err);
	if (jn_load16(r->p + JN_TALLY_AT_SPREAD) > 1)
		return corrupt_at(JN_TALLY_AT_SPREAD, err);
	*spread = jn_load16(r->p + JN_TALLY_AT_SPREAD) == 1;
	*kind = (JnTallyKind) r->p[JN_TALLY_AT_KIND];
	*names = jn_load32(r->p + JN_TALLY_AT_NAMES);
	*rows = jn_load32(r->p + JN_TALLY_AT_ROWS);
	r->at = JN_TALLY_HEADER_SIZE;
	return check_room(r, *names + (uint64_t) *rows * row_size(*kind), err);
}

/* Reads k names: ascending, UTF-8; adds them to *t unless that is NULL. */
static JnStatus
read_names(const JnEnv *env, JnTally *t, Reading *r, uint32_t k, JnError *err)
{
	const uint8_t *lengths = r->p + r->at;
	const uint8_t *end = r->p + r->size;
	uint64_t	text = 0;
	JnName		before = {NULL, 0};

	for (uint32_t i = 0; i < k; i++)
	{
		const uint8_t *next;
		uint32_t	length;

		next = jn_varint_get(r->p + r->at, end, &length);
		if (next == NULL)
			return corrupt_at(r->at, err);
		if (length > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, r->at, length, JN_MAX_NAME);
		r->at = (size_t) (next - r->p);
		text += length;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (check_room(r, text, err) != JN_OK)
		return err->status;
	for (uint32_t i = 0; i < k; i++)
	{
		JnName		name = {(const char *) r->p + r->at, 0};
		JnStatus	status;

		lengths = jn_varint_get(lengths, end, &name.size);
		status = jn_label_check(name, JN_LABEL_EVENT, err);
		if (status != JN_OK)
			return jn_fail_behind(err, r->at);
		if (i > 0 && jn_name_compare(before, name) >= 0)
			return corrupt_at(r->at, err);
		if (t != NULL)
			jn_lexicon_add(env, &t->names, name);
		r->at += name.size;
		before = name;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Reads the next row, whose key is *least or above; that becomes the next one.  used[] tells which names are in rows. */
static JnStatus
read_row(const JnEnv *env, JnTally *t, Reading *r, JnTallyKind kind, uint32_t names, uint64_t *least,
		 uint64_t *subjects, uint8_t *used, JnError *err)
{
	size_t		begin = r->at;
	uint32_t	from;
	uint32_t	to = NO_NEXT;
	JnGaps	   *gaps = NULL;
	JnTallyCell cell = {0};
	size_t		took;

	if (check_room(r, row_size(kind), err) != JN_OK)
		return err->status;
	from = jn_load32(r->p + r->at);
	r->at += 4;
	if (kind != JN_TALLY_EVENTS)
	{
		to = jn_load32(r->p + r->at);
		r->at += 4;
	}
	cell.n = jn_load64(r->p + r->at);
	cell.subjects = jn_load64(r->p + r->at + 8);
	r->at += 16;
	if (from >= names || to >= names || edge_key(from, to) < *least)
		return corrupt_at(begin, err);
	if (cell.subjects == 0 || cell.subjects > cell.n || cell.n > INT64_MAX)
		return corrupt_at(begin, err);
	*least = edge_key(from, to) + 1;
	*subjects = cell.subjects;
	used[from] = 1;
	if (kind != JN_TALLY_EVENTS)
		used[to] = 1;
	if (t != NULL)
	{
		size_t		at = kind == JN_TALLY_EVENTS ? from : cell_of(env, t, from, to);

		t->cell[at] = cell;
		if (t->gaps != NULL)
			gaps = &t->gaps[at];
	}
	if (kind != JN_TALLY_GAPS)
		return JN_OK;
	if (jn_gaps_read(env, gaps, r->p + r->at, r->size - r->at, cell.n, &took, err) != JN_OK)
		return jn_fail_behind(err, r->at);
	r->at += took;
	return JN_OK;
}

JnStatus
jn_tally_read(const JnEnv *env, JnTally *t, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	Reading		r = {p, size, 0};
	JnTallyKind kind;
	uint32_t	names;
	uint32_t	rows;
	uint64_t	least = 0;
	uint8_t    *used;
	bool		spread;
	uint64_t   *cell = NULL;	/* of each row, if there are subjects spread over sets */
	uint64_t   *left = NULL;	/* the subjects of each row, likewise */
	JnStatus	status = read_header(&r, &kind, &spread, &names, &rows, err);

	if (status != JN_OK)
		return status;
	if (t != NULL)
		jn_tally_init(env, t, kind, salt);
	status = read_names(env, t, &r, names, err);
	if (status != JN_OK)
		return status;
	if (t != NULL)
		fit_names(env, t);

	/* each name takes a byte of the value, so this is no larger than it */
	used = jn_alloc(env, (size_t) names + 1);
	memset(used, 0, names);
	if (spread)
	{
		cell = jn_alloc(env, jn_array_size((size_t) rows + 1, sizeof(uint64_t)));
		left = jn_alloc(env, jn_array_size((size_t) rows + 1, sizeof(uint64_t)));
	}
	for (uint32_t i = 0; i < rows && status == JN_OK; i++)
	{
		uint64_t	subjects;

		status = read_row(env, t, &r, kind, names, &least, &subjects, used, err);
		if (spread && status == JN_OK)
		{
			cell[i] = least - 1;
			left[i] = subjects;
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < names && status == JN_OK; i++)
		if (!used[i])
			status = corrupt_at(JN_TALLY_HEADER_SIZE, err);
	jn_release(env, used);
	if (spread && status == JN_OK)
	{
		size_t		took;

		status = jn_spread_read(env, t != NULL ? &t->spread : NULL, salt, p + r.at, size - r.at, rows, cell, left,
								&took, err);
		if (status == JN_OK)
			r.at += took;
		else
			jn_fail_behind(err, r.at);
	}
	if (spread)
	{
		jn_release(env, cell);
		jn_release(env, left);
	}
	if (status == JN_OK && r.at != size)
		status = corrupt_at(r.at, err);
	return status;
}
