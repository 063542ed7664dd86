/*
 * funnel_fast.c
 *	  Plain funnels, fast.
 *
 * All codes of the columns are compared with those of the funnel's events at
 * once, 32 or 64 in a few instructions: what comes of it is a bit a row for each
 * step.  A subject is a run of these bits.
 *
 *	 rows		view help view cart view help purchase
 *	 view		  1    0    1    0    1    0    0
 *	 cart		  0    0    0    1    0    0    0
 *	 purchase	  0    0    0    0    0    0    1
 *
 * Whether a subject gets to a level is asked from the highest one down, and from
 * its end: the last purchase, the last cart before it, the last view before that
 * is the latest entry of all chains to this purchase.  From there on forwards,
 * the first cart and the first purchase behind that are the earliest chain of
 * this entry; if it is in the window, it is the one to tell of.  If not, no
 * chain of this entry is, and none of an earlier one gets in time to this
 * purchase or a later one: so the search goes on before it.
 *
 * Only the ends of a chain are ever compared in time, for what lies between them
 * is in the window if they are.  So of most subjects no time is looked at, and
 * of the others the differences between two rows (times_index.h).  A chain
 * begins before the second step of the one before it, so no row is passed more
 * often than the funnel has steps.
 */
#include "funnel_fast.h"

#include "../cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

#define NO_ROW			UINT32_MAX

/* Made once for each number of steps, which the compiler then knows. */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

static inline unsigned
lowest_bit(uint64_t word)
{
	return (unsigned) __builtin_ctzll(word);
}

static inline unsigned
highest_bit(uint64_t word)
{
	return 63 - (unsigned) __builtin_clzll(word);
}

/* ---- events ---- */

bool
jn_funnel_fast_init(JnFunnelFast *f, const JnFunnelTerms *terms)
{
	const JnAtoms *atoms = terms->atoms;

	memset(f, 0, sizeof(*f));
	f->terms = terms;
	if (terms->mode != JN_FUNNEL_ORDERED || terms->entry != JN_ENTRY_LATEST || terms->ties != JN_TIES_INPUT
		|| terms->hold || terms->step_within != NULL || terms->optional != NULL || terms->steps > JN_FAST_STEPS
		|| atoms->count > terms->steps || atoms->tests > 0 || atoms->sure[atoms->events.count] != 0
		|| !atoms->few)
		return false;
	for (uint32_t e = 0; e < atoms->events.count; e++)
	{
		uint64_t	mask = atoms->sure[e];

		if (mask == 0 || (mask & (mask - 1)) != 0)
			return false;
		f->step_of_event[e] = (uint8_t) lowest_bit(mask);
	}
	return true;
}

/* Takes the codes of the events that matter, of which so many are there. */
static inline void
take_codes(JnFunnelFast *f, const JnWantedCode *there, uint32_t n)
{
	f->seen = 0;
	f->found = 0;
	for (uint32_t i = 0; i < n; i++)
		f->seen |= 1u << f->step_of_event[there[i].name];
	f->reach = lowest_bit(~(uint64_t) f->seen);
	for (uint32_t i = 0; i < n; i++)
	{
		uint8_t		step = f->step_of_event[there[i].name];

		if (step < f->reach)
			f->code[f->found++] = (JnFastCode) {(uint8_t) there[i].code, step};
	}

	/* mostly a step has one event */
	for (uint32_t i = 0; f->found == f->reach && i < f->found; i++)
		f->code_of_step[f->code[i].step] = f->code[i].code;
}

static void
find_codes(JnFunnelFast *f, const JnLabels *labels, const uint8_t *end, uint64_t presence)
{
	JnWantedCode there[JN_WANTED];

	take_codes(f, there, jn_wanted_find(&f->terms->atoms->wanted, labels, end, presence, there));
}

/* ---- bits ---- */

/*
 * Marks the rows of whole words: a word of each step, those of the same 64 rows
 * side by side.
 */
static void
mark_scalar(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
	memset(bits, 0, (size_t) words * f->reach * sizeof(uint64_t));
	for (uint32_t w = 0; w < words; w++, codes += 64, bits += f->reach)
		for (uint32_t k = 0; k < f->found; k++)
			for (unsigned i = 0; i < 64; i++)
				bits[f->code[k].step] |= (uint64_t) (codes[i] == f->code[k].code) << i;
}

#ifdef JN_X86

/* The rows of 64 that have a code. */
JN_TARGET_AVX2
static inline uint64_t
rows_of_code(__m256i low, __m256i high, __m256i code)
{
	uint32_t	is_low = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, code));
	uint32_t	is_high = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, code));

	return is_low | (uint64_t) is_high << 32;
}

/* The same for up to three steps of one event each, whose codes stay in registers. */
JN_TARGET_AVX2
static void
mark_few_avx2(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
	uint32_t	steps = f->reach;
	__m256i		first = _mm256_set1_epi8((char) f->code_of_step[0]);
	__m256i		second = _mm256_set1_epi8((char) f->code_of_step[1]);
	__m256i		third = _mm256_set1_epi8((char) f->code_of_step[2]);

	for (uint32_t w = 0; w < words; w++, codes += 64, bits += steps)
	{
		__m256i		low = _mm256_loadu_si256((const __m256i *) codes);
		__m256i		high = _mm256_loadu_si256((const __m256i *) (codes + 32));

		bits[0] = rows_of_code(low, high, first);
		if (steps > 1)
			bits[1] = rows_of_code(low, high, second);
		if (steps > 2)
			bits[2] = rows_of_code(low, high, third);
	}
}

JN_TARGET_AVX2
static void
mark_avx2(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
	if (f->found == f->reach && f->reach <= 3)
	{
		mark_few_avx2(f, codes, words, bits);
		return;
	}
	for (uint32_t w = 0; w < words; w++, codes += 64, bits += f->reach)
	{
		__m256i		low = _mm256_loadu_si256((const __m256i *) codes);
		__m256i		high = _mm256_loadu_si256((const __m256i *) (codes + 32));

		for (uint32_t s = 0; s < f->reach; s++)
			bits[s] = 0;
		for (uint32_t k = 0; k < f->found; k++)
			bits[f->code[k].step] |= rows_of_code(low, high, _mm256_set1_epi8((char) f->code[k].code));
	}
}

#endif							/* JN_X86 */

static void
mark(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
	{
		mark_avx2(f, codes, words, bits);
		return;
	}
#endif
	mark_scalar(f, codes, words, bits);
}

/* Marks all rows. */
static void
mark_rows(const JnEnv *env, JnFunnelFast *f, const uint8_t *codes, uint32_t rows)
{
	uint32_t	words = rows / 64;
	uint32_t	rest = rows % 64;
	uint32_t	all = (words + 2) * f->reach;

	if (all > f->room)
	{
		if (f->room > 0)
			jn_release(env, f->bits);
		f->room = 0;
		f->bits = jn_alloc(env, jn_array_size(all, 2 * sizeof(uint64_t)));
		f->room = 2 * all;
	}
	mark(f, codes, words, f->bits);
	if (rest > 0)
	{
		uint64_t	valid = (UINT64_C(1) << rest) - 1;
		uint64_t   *last = f->bits + (size_t) words * f->reach;
		uint8_t		tail[64] = {0};

		memcpy(tail, codes + 64 * (size_t) words, rest);
		mark(f, tail, 1, last);
		for (uint32_t s = 0; s < f->reach; s++)
			last[s] &= valid;
		words++;
	}

	/* who wants 64 rows from any place on looks at the next word, too */
	memset(f->bits + (size_t) words * f->reach, 0, f->reach * sizeof(uint64_t));
}

/* ---- columns ---- */

/* Whether attempts that have not converted are all lost, or all open. */
static void
look_at_end(JnFunnelFast *f, int64_t last)
{
	const JnFunnelTerms *terms = f->terms;

	f->stays = terms->within == JN_NO_LIMIT ? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
	f->clear = terms->within == JN_NO_LIMIT
		|| (terms->as_of > last && jn_time_span(last, terms->as_of) > terms->within);
}

/* Whether this way can be gone; then the codes are found. */
static inline bool
take_names(JnFunnelFast *f, const JnLabels *event, uint32_t rows, uint64_t presence, int64_t last)
{
	if (event->width != 1 || rows > JN_FAST_ROWS)
		return false;
	look_at_end(f, last);
	find_codes(f, event, event->codes + rows, presence);
	return true;
}

static inline void
take_times(JnFunnelFast *f, const JnTimesReader *times, uint32_t differences)
{
	uint64_t	within = f->terms->within;

	/* divisions by numbers that are known are none */
	f->within = within == JN_NO_LIMIT ? UINT64_MAX : times->unit_us == 1000000 ? within / 1000000
		: times->unit_us == 1000 ? within / 1000 : within;
	jn_times_index_take(&f->times, times, differences);
}

/* The rest, for those who need more than the names. */
static inline void
take_rows(const JnEnv *env, JnFunnelFast *f, const JnLabels *event, uint32_t rows, const JnTimesReader *times,
		  uint32_t differences)
{
	take_times(f, times, differences);
	mark_rows(env, f, event->codes, rows);
}

bool
jn_funnel_fast_columns(const JnEnv *env, JnFunnelFast *f, const JnColumns *columns, const JnTimesReader *times,
					   uint32_t differences, int64_t last)
{
	if (!take_names(f, columns->event, columns->rows, columns->presence, last))
		return false;
	if (f->reach > 0)
		take_rows(env, f, columns->event, columns->rows, times, differences);
	return true;
}

/* ---- subjects ---- */

/* The last row of a step among from .. before-1, or NO_ROW. */
static inline uint32_t
last_before(const JnFunnelFast *f, uint32_t step, uint32_t from, uint32_t before)
{
	const uint64_t *bits = f->bits + step;
	uint32_t	w;
	uint64_t	word;
	uint32_t	row;

	if (before == from)
		return NO_ROW;
	w = (before - 1) / 64;
	word = bits[(size_t) w * f->reach] & UINT64_MAX >> (63 - (before - 1) % 64);
	while (word == 0)
	{
		if (w == from / 64)
			return NO_ROW;
		word = bits[(size_t) --w * f->reach];
	}
	row = 64 * w + highest_bit(word);
	return row >= from ? row : NO_ROW;
}

/* The first row of a step behind "row"; there is one. */
static inline uint32_t
first_behind(const JnFunnelFast *f, uint32_t step, uint32_t row)
{
	const uint64_t *bits = f->bits + step;
	uint32_t	w = (row + 1) / 64;
	uint64_t	word = bits[(size_t) w * f->reach] & UINT64_MAX << (row + 1) % 64;

	while (word == 0)
		word = bits[(size_t) ++w * f->reach];
	return 64 * w + lowest_bit(word);
}

/* The chain that a subject is told of. */
typedef struct Chain
{
	uint32_t	row[JN_FAST_STEPS];
	uint64_t	length;			/* units from the first to the last of them */
} Chain;

/* Units from one row of a subject to another. */
static inline uint64_t
between(const JnEnv *env, JnFunnelFast *f, uint32_t part, uint32_t from, uint32_t to)
{
	return jn_times_index_sum(env, &f->times, from - part, to - part);
}

/* Whether the chain to a level is in the window. */
static inline bool
is_within(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t part, Chain *chain)
{
	chain->length = level > 1 ? between(env, f, part, chain->row[0], chain->row[level - 1]) : 0;
	return chain->length <= f->within;
}

/* Finds the chain to a level that is to be told of; false if there is none. */
static inline bool
find_chain(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t from, uint32_t to, uint32_t part, Chain *chain)
{
	uint32_t	last = to;

	for (;;)
	{
		uint32_t	at = last;

		for (uint32_t step = level; step-- > 0;)
		{
			at = last_before(f, step, from, at);
			if (at == NO_ROW)
				return false;
		}
		chain->row[0] = at;
		for (uint32_t step = 1; step < level; step++)
			chain->row[step] = at = first_behind(f, step, at);
		if (is_within(env, f, level, part, chain))
			return true;
		last = at;
	}
}

/* The same for a subject of 64 rows at most: a word has all bits of a step. */
static inline bool
find_chain_in_word(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t from, uint32_t part,
				   const uint64_t *word, Chain *chain)
{
	uint64_t	before = UINT64_MAX;

	for (;;)
	{
		unsigned	at = 0;

		for (uint32_t step = level; step-- > 0;)
		{
			uint64_t	rows = word[step] & before;

			if (rows == 0)
				return false;
			at = highest_bit(rows);
			before = (UINT64_C(1) << at) - 1;
		}
		chain->row[0] = from + at;
		for (uint32_t step = 1; step < level; step++)
		{
			at = lowest_bit(word[step] & UINT64_MAX << 1 << at);
			chain->row[step] = from + at;
		}
		if (is_within(env, f, level, part, chain))
			return true;
		before = (UINT64_C(1) << at) - 1;
	}
}

/* Likewise the level, at most "level" and at least "sure", and the chain, unless the level is sure. */
static inline uint32_t
find_level_in_word(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t sure, uint32_t from, uint32_t part,
				   const uint64_t *word, Chain *chain)
{
	while (level > sure && !find_chain_in_word(env, f, level, from, part, word, chain))
		level--;
	return level;
}

/* The same for any subject. */
static inline uint32_t
find_level(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t sure, uint32_t from, uint32_t to, uint32_t part,
		   Chain *chain)
{
	uint64_t	word[JN_FAST_STEPS];

	if (to - from > 64)
	{
		while (level > sure && !find_chain(env, f, level, from, to, part, chain))
			level--;
		return level;
	}
	for (uint32_t step = 0; step < level; step++)
	{
		const uint64_t *bits = f->bits + (size_t) (from / 64) * f->reach + step;

		word[step] = (bits[0] >> (from % 64) | bits[f->reach] << 1 << (63 - from % 64)) & UINT64_MAX >> (64 - (to - from));
	}
	return find_level_in_word(env, f, level, sure, from, part, word, chain);
}

/* Notes when each step of a chain was, from its entry on. */
static inline void
fill_times(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t part, const Chain *chain)
{
	uint64_t	us = f->times.times.unit_us;

	f->filled[0] = 0;
	for (uint32_t i = 1; i + 1 < level; i++)
		f->filled[i] = f->filled[i - 1] + between(env, f, part, chain->row[i - 1], chain->row[i]) * us;
	f->filled[level - 1] = chain->length * us;
}

/* What became of an attempt that began in row "entry" and has not converted. */
static JnFunnelStatus
status_of(const JnEnv *env, JnFunnelFast *f, uint32_t from, uint32_t entry, uint32_t part, int64_t start)
{
	const JnFunnelTerms *terms = f->terms;
	int64_t		entered = jn_time_after(start, between(env, f, part, from, entry) * f->times.times.unit_us);

	return terms->as_of < entered || jn_time_span(entered, terms->as_of) <= terms->within
		? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
}

uint32_t
jn_funnel_fast_subject(const JnEnv *env, JnFunnelFast *f, uint32_t from, uint32_t to, uint32_t part, int64_t start,
					   JnFunnelStatus *status)
{
	Chain		chain;
	uint32_t	level = find_level(env, f, f->reach, 0, from, to, part, &chain);

	*status = JN_FUNNEL_NOT_ENTERED;
	if (level == 0)
		return 0;
	fill_times(env, f, level, part, &chain);
	*status = level == f->terms->steps ? JN_FUNNEL_CONVERTED
		: f->clear ? f->stays : status_of(env, f, from, chain.row[0], part, start);
	return level;
}

/* ---- crowds ---- */

/* Takes the bits of step 1 from rows from .. to-1: whoever has none gets nowhere. */
static void
leave_out(JnFunnelFast *f, uint32_t from, uint32_t to)
{
	for (uint32_t row = from; row < to;)
	{
		uint32_t	end = (row / 64 + 1) * 64;
		uint64_t	rows = UINT64_MAX << row % 64;

		if (end > to)
			rows &= UINT64_MAX >> (end - to);
		f->bits[(size_t) (row / 64) * f->reach] &= ~rows;
		row = end;
	}
}

/* Notes where each part of a set begins and ends, and leaves out those that are not whole. */
static void
find_ends(JnFunnelFast *f, const JnSet *s, JnFunnelCrowd *crowd)
{
	uint32_t   *end = f->begin + 1;

	f->begin[0] = 0;
	crowd->others = jn_set_ends(s, end, f->other);
	crowd->other = f->other;
	memset(f->last, 0, (s->head.rows + 63) / 64 * sizeof(uint64_t));
	for (uint32_t part = 0; part < s->head.parts; part++)
		f->last[(end[part] - 1) / 64] |= UINT64_C(1) << (end[part] - 1) % 64;
	for (uint32_t i = 0; i < crowd->others && f->reach > 0; i++)
		leave_out(f, f->other[i].row, end[f->other[i].part]);
}

void
jn_funnel_fast_crowd(const JnEnv *env, JnFunnelFast *f, const JnSet *s, JnFunnelCrowd *crowd)
{
	uint32_t	words = (s->head.rows + 63) / 64;
	uint32_t	parts = s->head.parts;

	if (words > f->last_room)
	{
		if (f->last_room > 0)
			jn_release(env, f->last);
		f->last_room = 0;
		f->last = jn_alloc(env, jn_array_size(words, 2 * sizeof(uint64_t)));
		f->last_room = 2 * words;
	}
	if (parts > f->crowd_room)
	{
		if (f->crowd_room > 0)
		{
			jn_release(env, f->begin);
			jn_release(env, f->founds);
			jn_release(env, f->other);
		}
		f->crowd_room = 0;
		f->begin = jn_alloc(env, jn_array_size(2 * (uint64_t) parts + 1, sizeof(uint32_t)));
		f->founds = jn_alloc(env, jn_array_size(2 * (uint64_t) parts * f->terms->steps, sizeof(uint32_t)));
		f->other = jn_alloc(env, jn_array_size(2 * (uint64_t) parts, sizeof(JnSetCounts)));
		f->crowd_room = 2 * parts;
	}
	*crowd = (JnFunnelCrowd) {0};
	find_ends(f, s, crowd);
	crowd->subjects = parts - crowd->others;
	for (uint32_t level = 2; level <= f->reach; level++)
		f->crowd.number[level] = f->founds + (size_t) (level - 2) * f->crowd_room;
	memset(f->taken, 0, sizeof(f->taken));
	memset(f->left, 0, sizeof(f->left));
	if (f->reach > 0)
		crowd->entered = jn_flood(f->last, f->bits, f->reach, words, &f->crowd);
}

/*
 * What a first look at subjects of one level finds: their chains, as places
 * among the differences.
 */
typedef struct FirstLook
{
	uint32_t	chains;
	uint32_t	part[JN_FAST_BATCH];
	uint32_t	place[JN_FAST_STEPS][JN_FAST_BATCH];
} FirstLook;

/*
 * Looks for the chain to a level in the last 64 rows of each of n subjects that
 * have the steps in order.  There is nothing to foresee in here but the numbers.
 * Those of whom it is not found are put to the front of number[]; returns how
 * many of them there are now.
 */
INLINE uint32_t
look_first(const JnFunnelFast *f, uint32_t level, uint32_t *number, uint32_t left, const uint32_t *from, uint32_t n,
		   FirstLook *look)
{
	uint32_t	reach = f->reach;
	uint32_t	chains = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	part = from[i];
		uint32_t	end = f->begin[part + 1];
		uint32_t	begin = end - f->begin[part] > 64 ? end - 64 : f->begin[part];
		const uint64_t *bits = f->bits + (size_t) (begin / 64) * reach;
		uint64_t	rows[JN_FAST_STEPS];
		uint64_t	before = UINT64_MAX >> (64 - (end - begin));
		bool		missing = false;
		unsigned	at = 0;

		/* backwards to the entry */
#pragma GCC unroll 8
		for (uint32_t s = level; s-- > 0;)
		{
			rows[s] = bits[s] >> begin % 64 | bits[reach + s] << 1 << (63 - begin % 64);
			missing |= (rows[s] & before) == 0;
			at = highest_bit((rows[s] & before) | 1);
			before = (UINT64_C(1) << at) - 1;
		}

		/* and forwards again */
		look->part[chains] = part;
		look->place[0][chains] = begin - part + at;
#pragma GCC unroll 8
		for (uint32_t s = 1; s < level; s++)
		{
			at = lowest_bit((rows[s] & UINT64_MAX << 1 << at) | UINT64_C(1) << 63);
			look->place[s][chains] = begin - part + at;
		}
		number[left] = part;
		left += missing;
		chains += !missing;
	}
	look->chains = chains;
	return left;
}

/*
 * Fills f->batch[] with the chains that are in the window; the others are put to
 * the front of number[], as above.  Returns how many are in it.
 */
INLINE uint32_t
fill_batch(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t *number, uint32_t *left, const FirstLook *look)
{
	uint64_t	us = f->times.times.unit_us;
	uint64_t	sum[JN_FAST_STEPS][JN_FAST_BATCH];
	uint32_t	chains = 0;

#pragma GCC unroll 8
	for (uint32_t s = 1; s < level; s++)
		jn_times_index_sums(env, &f->times, look->chains, look->place[s - 1], look->place[s], sum[s]);
	for (uint32_t i = 0; i < look->chains; i++)
	{
		uint64_t	length = 0;
		bool		late;

#pragma GCC unroll 8
		for (uint32_t s = 1; s < level; s++)
		{
			length += sum[s][i];
			f->batch[s][chains] = length * us;
		}
		late = length > f->within;
		number[*left] = look->part[i];
		*left += late;
		chains += !late;
	}
	return chains;
}

INLINE uint32_t
next_batch(const JnEnv *env, JnFunnelFast *f, uint32_t level)
{
	uint32_t   *number = f->crowd.number[level];
	uint32_t	taken = f->taken[level];
	uint32_t	n = f->crowd.count[level] - taken < JN_FAST_BATCH ? f->crowd.count[level] - taken : JN_FAST_BATCH;
	FirstLook	look;

	f->taken[level] += n;
	f->left[level] = look_first(f, level, number, f->left[level], number + taken, n, &look);
	return fill_batch(env, f, level, number, &f->left[level], &look);
}

/* A second look, at one subject: returns its level, and fills the first place of the batch. */
static uint32_t
look_again(const JnEnv *env, JnFunnelFast *f, uint32_t level, uint32_t part)
{
	Chain		chain;

	level = find_level(env, f, level, 1, f->begin[part], f->begin[part + 1], part, &chain);
	if (level > 1)
		fill_times(env, f, level, part, &chain);
	for (uint32_t i = 1; i < level; i++)
		f->batch[i][0] = f->filled[i];
	return level;
}

uint32_t
jn_funnel_fast_batch(const JnEnv *env, JnFunnelFast *f, uint32_t *level)
{
	for (uint32_t l = f->reach; l > 1; l--)
	{
		*level = l;
		while (f->taken[l] < f->crowd.count[l])
		{
			uint32_t	n = l == 2 ? next_batch(env, f, 2) : l == 3 ? next_batch(env, f, 3) : next_batch(env, f, l);

			if (n > 0)
				return n;
		}
		while (f->left[l] > 0)
		{
			*level = look_again(env, f, l, f->crowd.number[l][--f->left[l]]);
			if (*level > 1)
				return 1;
		}
	}
	return 0;
}

/* ---- journeys ---- */

/* Marks the rows of a journey of 64 rows at most, of which "room" bytes are there: a word of each step. */
static void
mark_word(const JnFunnelFast *f, const uint8_t *codes, uint32_t rows, size_t room, uint64_t *word)
{
	uint8_t		copy[64];

	if (room < sizeof(copy))
	{
		memcpy(copy, codes, rows);
		codes = copy;
	}
	mark(f, codes, 1, word);
	for (uint32_t s = 0; s < f->reach; s++)
		word[s] &= UINT64_MAX >> (64 - rows);
}

/* How far a journey gets whose names are taken, of which the times have "size" bytes from "times" on. */
static uint32_t
ask_journey(const JnEnv *env, JnFunnelFast *f, const JnHeader *head, const JnLabels *event, const uint8_t *times,
			size_t size, JnFunnelStatus *status)
{
	bool		sure = f->terms->steps == 1 || f->clear;
	uint32_t	n = head->n;
	JnTimesReader reader;

	/* each name of a journey is that of a step */
	*status = f->reach == 0 ? JN_FUNNEL_NOT_ENTERED : f->terms->steps == 1 ? JN_FUNNEL_CONVERTED : f->stays;
	if (f->reach == 0 || (f->reach == 1 && sure))
		return f->reach;
	jn_times_open(&reader, times, size, head->flags, n);
	if (n <= 64 && f->clear)
	{
		uint64_t	word[JN_FAST_STEPS];
		Chain		chain;
		uint32_t	level;

		mark_word(f, event->codes, n, (size_t) (times + size - event->codes), word);
		take_times(f, &reader, n - 1);
		level = find_level_in_word(env, f, f->reach, 1, 0, 0, word, &chain);
		if (level > 1)
			fill_times(env, f, level, 0, &chain);
		if (level == f->terms->steps)
			*status = JN_FUNNEL_CONVERTED;
		return level;
	}
	take_rows(env, f, event, n, &reader, n - 1);
	return jn_funnel_fast_subject(env, f, 0, n, 0, head->first, status);
}

bool
jn_funnel_fast_journey(const JnEnv *env, JnFunnelFast *f, const JnJourney *j, uint32_t *level, JnFunnelStatus *status)
{
	if (!take_names(f, &j->event, j->head.n, j->head.presence, j->head.last))
		return false;
	*level = ask_journey(env, f, &j->head, &j->event, j->times, j->times_size, status);
	return true;
}

bool
jn_funnel_fast_value(const JnEnv *env, JnFunnelFast *f, const JnHeader *head, const uint8_t *p, size_t size,
					 uint32_t *level, JnFunnelStatus *status)
{
	const uint8_t *end = p + size;
	JnWantedCode there[JN_WANTED];
	JnLabels	event;
	const uint8_t *times;
	uint32_t	n;
	JnError		err;

	if (head->tracks != 0 || head->n > JN_FAST_ROWS || size < JN_HEADER_SIZE
		|| !jn_wanted_open(&f->terms->atoms->wanted, p + JN_HEADER_SIZE, end, head->n, head->presence, &event, there, &n))
		return false;
	times = event.codes + head->n;
	if (jn_times_fit(times, (size_t) (end - times), head->flags, head->n, &err) != JN_OK)
		return false;
	look_at_end(f, head->last);
	take_codes(f, there, n);
	*level = ask_journey(env, f, head, &event, times, (size_t) (end - times), status);
	return true;
}
