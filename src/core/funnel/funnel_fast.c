/*
 * funnel_fast.c
 *	  Plain funnels, fast.
 *
 * All codes of the columns are compared with those of the funnel's events at
 * once, 32 or 64 in a few instructions: what comes of it are two bits a row,
 * whether it is the first step, and whether it is another one.  A subject is a
 * run of these bits.
 *
 *	 rows		view help view cart view help purchase
 *	 first		  1    0    1    0    1    0    0
 *	 other		  0    0    0    1    0    0    1
 *
 * Without a bit of the first kind it is not entered; without one of the other
 * kind behind that it gets no further.  Only else times matter, and then the
 * differences of all subjects of the columns are added up in one go.  What is
 * left to look at are the other bits, one row in thirty perhaps: the entry of a
 * second step is the last first bit before it, whatever lies between.
 */
#include "funnel_fast.h"

#include "../cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

#define NO_ROW			UINT32_MAX

/* Where the latest chain of a level has got to. */
typedef struct Chain
{
	uint32_t	entry;			/* row, or NO_ROW */
	uint64_t	at[JN_FAST_STEPS];	/* sums of its steps */
} Chain;

static inline unsigned
lowest_bit(uint64_t word)
{
#ifdef __GNUC__
	return (unsigned) __builtin_ctzll(word);
#else
	unsigned	i = 0;

	for (; (word & 1) == 0; word >>= 1)
		i++;
	return i;
#endif
}

static inline unsigned
highest_bit(uint64_t word)
{
#ifdef __GNUC__
	return 63 - (unsigned) __builtin_clzll(word);
#else
	unsigned	i = 0;

	while (word >>= 1)
		i++;
	return i;
#endif
}

/* ---- events ---- */

/* The first eight bytes of a name as a number that orders as they do; "room" bytes may be read. */
static inline uint64_t
name_head(const char *data, uint32_t size, size_t room)
{
	const uint8_t *p = (const uint8_t *) data;
	uint64_t	head = 0;

#ifdef __GNUC__
	if (room >= 8)
	{
		if (size == 0)
			return 0;
		head = __builtin_bswap64(jn_load64(p));
		return size >= 8 ? head : head >> (64 - 8 * size) << (64 - 8 * size);
	}
#else
	(void) room;
#endif
	for (uint32_t i = 0; i < 8; i++)
		head = head << 8 | (i < size ? p[i] : 0);
	return head;
}

bool
jn_funnel_fast_init(JnFunnelFast *f, const JnFunnelTerms *terms)
{
	const JnAtoms *atoms = terms->atoms;

	memset(f, 0, sizeof(*f));
	f->terms = terms;
	if (terms->mode != JN_FUNNEL_ORDERED || terms->entry != JN_ENTRY_LATEST || terms->ties != JN_TIES_INPUT
		|| terms->hold || terms->step_within != NULL || terms->optional != NULL || terms->steps > JN_FAST_STEPS
		|| atoms->count > terms->steps || atoms->tests > 0 || atoms->events.count > JN_FAST_EVENTS
		|| atoms->sure[atoms->events.count] != 0)
		return false;
	for (uint32_t e = 0; e < atoms->events.count; e++)
	{
		const JnName *name = &atoms->events.name[e];
		uint64_t	mask = atoms->sure[e];

		if (mask == 0 || (mask & (mask - 1)) != 0)
			return false;
		f->head[e] = name_head(name->data, name->size, 0);
		f->step_of_event[e] = (uint8_t) lowest_bit(mask);
	}
	f->events = atoms->events.count;
	return true;
}

/* Finds the codes of the events: one merge of names in order. */
static void
find_codes(JnFunnelFast *f, const JnLabels *labels, const uint8_t *end)
{
	const JnNameSet *events = &f->terms->atoms->events;
	JnNames		names;
	uint32_t	e = 0;

	for (uint32_t i = 0; i < f->found; i++)
		f->step_of[f->code[i]] = 0;
	f->found = 0;
	jn_names_open(&names, labels);
	for (uint32_t code = 0; code < labels->names && e < f->events; code++)
	{
		JnName		name = jn_names_next(&names);
		uint64_t	head = name_head(name.data, name.size, (size_t) (end - (const uint8_t *) name.data));
		int			order = -1;

		/* the beginnings tell nearly always */
		while (e < f->events && (f->head[e] < head || (f->head[e] == head
													   && (order = jn_name_compare(events->name[e], name)) < 0)))
			e++;
		if (e < f->events && f->head[e] == head && order == 0)
		{
			f->code[f->found] = (uint8_t) code;
			f->step[f->found] = f->step_of_event[e];
			f->step_of[code] = f->step_of_event[e] + 1;
			f->found++;
			e++;
		}
	}
}

/* ---- bits ---- */

static void
mark_scalar(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *first, uint64_t *other)
{
	for (uint32_t w = 0; w < words; w++)
	{
		uint64_t	a = 0;
		uint64_t	b = 0;

		for (unsigned i = 0; i < 64; i++)
		{
			uint8_t		step = f->step_of[codes[64 * (size_t) w + i]];

			a |= (uint64_t) (step == 1) << i;
			b |= (uint64_t) (step > 1) << i;
		}
		first[w] = a;
		other[w] = b;
	}
}

#ifdef JN_X86

JN_TARGET_AVX2
static void
mark_avx2(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *first, uint64_t *other)
{
	for (uint32_t w = 0; w < words; w++)
	{
		__m256i		low = _mm256_loadu_si256((const __m256i *) (codes + 64 * (size_t) w));
		__m256i		high = _mm256_loadu_si256((const __m256i *) (codes + 64 * (size_t) w + 32));
		__m256i		first_low = _mm256_setzero_si256();
		__m256i		first_high = first_low;
		__m256i		other_low = first_low;
		__m256i		other_high = first_low;

		for (uint32_t i = 0; i < f->found; i++)
		{
			__m256i		code = _mm256_set1_epi8((char) f->code[i]);
			__m256i		is_low = _mm256_cmpeq_epi8(low, code);
			__m256i		is_high = _mm256_cmpeq_epi8(high, code);

			if (f->step[i] == 0)
			{
				first_low = _mm256_or_si256(first_low, is_low);
				first_high = _mm256_or_si256(first_high, is_high);
			}
			else
			{
				other_low = _mm256_or_si256(other_low, is_low);
				other_high = _mm256_or_si256(other_high, is_high);
			}
		}
		first[w] = (uint32_t) _mm256_movemask_epi8(first_low) | (uint64_t) (uint32_t) _mm256_movemask_epi8(first_high) << 32;
		other[w] = (uint32_t) _mm256_movemask_epi8(other_low) | (uint64_t) (uint32_t) _mm256_movemask_epi8(other_high) << 32;
	}
}

#endif							/* JN_X86 */

static void
mark(const JnFunnelFast *f, const uint8_t *codes, uint32_t words, uint64_t *first, uint64_t *other)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
	{
		mark_avx2(f, codes, words, first, other);
		return;
	}
#endif
	mark_scalar(f, codes, words, first, other);
}

/* ---- columns ---- */

static void
make_room(const JnEnv *env, JnFunnelFast *f, uint32_t rows)
{
	uint32_t	room = (rows > 2 * f->room ? rows : 2 * f->room) + 63;

	if (f->room > 0)
	{
		jn_release(env, f->first_bits);
		jn_release(env, f->other_bits);
		jn_release(env, f->sum);
	}
	f->room = 0;
	f->first_bits = jn_alloc(env, jn_array_size(room / 64 + 1, sizeof(uint64_t)));
	f->other_bits = jn_alloc(env, jn_array_size(room / 64 + 1, sizeof(uint64_t)));
	f->sum = jn_alloc(env, jn_array_size((uint64_t) room + 1, sizeof(uint64_t)));
	f->room = room;
}

bool
jn_funnel_fast_columns(const JnEnv *env, JnFunnelFast *f, const JnColumns *columns, const JnTimesReader *times,
					   uint32_t differences, int64_t last)
{
	const JnLabels *event = columns->event;
	uint32_t	words = columns->rows / 64;
	uint32_t	rest = columns->rows % 64;

	if (event->width != 1 || columns->rows > JN_FAST_ROWS || times->unit_us == 0)
		return false;
	if (columns->rows > f->room)
		make_room(env, f, columns->rows);
	f->codes = event->codes;
	f->rows = columns->rows;
	f->times = *times;
	f->differences = differences;
	f->summed = false;
	f->last = last;
	find_codes(f, event, event->codes + columns->rows);

	mark(f, f->codes, words, f->first_bits, f->other_bits);
	if (rest > 0)
	{
		uint64_t	valid = (UINT64_C(1) << rest) - 1;
		uint8_t		tail[64] = {0};

		memcpy(tail, f->codes + 64 * (size_t) words, rest);
		mark(f, tail, 1, &f->first_bits[words], &f->other_bits[words]);
		f->first_bits[words] &= valid;
		f->other_bits[words] &= valid;
	}
	return true;
}

unsigned
jn_funnel_fast_seen(const JnFunnelFast *f)
{
	unsigned	seen = 0;

	for (uint32_t i = 0; i < f->found; i++)
		seen |= 1u << f->step[i];
	return seen;
}

/* ---- subjects ---- */

/* Word w of bits, those of rows from .. to-1 only. */
static inline uint64_t
word_of(const uint64_t *bits, uint32_t w, uint32_t from, uint32_t to)
{
	uint64_t	word = bits[w];

	if (w == from / 64)
		word &= UINT64_MAX << (from % 64);
	if (w == (to - 1) / 64)
		word &= UINT64_MAX >> (63 - (to - 1) % 64);
	return word;
}

/* What became of an attempt of one step or more that began so long after "start". */
static JnFunnelStatus
status_of(const JnFunnelFast *f, int64_t start, uint64_t after)
{
	const JnFunnelTerms *terms = f->terms;
	int64_t		entered = jn_time_after(start, after);

	return terms->as_of < entered || jn_time_span(entered, terms->as_of) <= terms->within
		? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
}

/* Whether every attempt that has not converted is lost, or every one is open. */
static inline bool
is_clear(const JnFunnelFast *f, JnFunnelStatus *status)
{
	const JnFunnelTerms *terms = f->terms;

	*status = terms->within == JN_NO_LIMIT ? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
	return terms->within == JN_NO_LIMIT
		|| (terms->as_of > f->last && jn_time_span(f->last, terms->as_of) > terms->within);
}

static void
add_up(JnFunnelFast *f)
{
	JnTimesReader r = f->times;

	f->sum[0] = 0;
	jn_times_add_up(&r, f->differences, f->sum + 1);
	f->summed = true;
}

uint32_t
jn_funnel_fast_subject(JnFunnelFast *f, uint32_t from, uint32_t to, uint32_t part, int64_t start,
					   JnFunnelStatus *status)
{
	uint64_t	unit = f->times.unit_us;
	uint64_t	within = f->terms->within == JN_NO_LIMIT ? UINT64_MAX : f->terms->within / unit;
	uint32_t	end = (to - 1) / 64;
	uint32_t	first = NO_ROW;
	uint32_t	w = from / 64;
	uint32_t	entry;
	uint32_t	level = 1;
	uint64_t	others;
	Chain		chain[JN_FAST_STEPS];

	/* the first row that could be an entry, and whether anything is behind it */
	for (; w <= end; w++)
	{
		uint64_t	bits = word_of(f->first_bits, w, from, to);

		if (bits != 0)
		{
			first = 64 * w + lowest_bit(bits);
			break;
		}
	}
	*status = JN_FUNNEL_NOT_ENTERED;
	if (first == NO_ROW)
		return 0;
	f->filled[0] = 0;
	others = word_of(f->other_bits, w, first, to);
	for (uint32_t i = w + 1; others == 0 && i <= end; i++)
		others = word_of(f->other_bits, i, first, to);
	if (others == 0 && is_clear(f, status))
	{
		if (f->terms->steps == 1)
			*status = JN_FUNNEL_CONVERTED;
		return 1;
	}

	if (!f->summed)
		add_up(f);
	for (uint32_t i = 1; i < f->terms->steps; i++)
		chain[i].entry = NO_ROW;
	entry = first;
	for (; w <= end; w++)
	{
		uint64_t	firsts = word_of(f->first_bits, w, first, to);

		for (others = word_of(f->other_bits, w, first, to); others != 0; others &= others - 1)
		{
			unsigned	bit = lowest_bit(others);
			uint32_t	row = 64 * w + bit;
			uint32_t	step = f->step_of[f->codes[row]] - 1u;
			uint64_t	at = f->sum[row - part];
			uint64_t	before = firsts & ((UINT64_C(1) << bit) - 1);

			if (before != 0)
				entry = 64 * w + highest_bit(before);
			if (step == 1)
			{
				if (entry != chain[1].entry && at - f->sum[entry - part] <= within)
				{
					chain[1].entry = entry;
					chain[1].at[0] = f->sum[entry - part];
					chain[1].at[1] = at;
					level = level > 2 ? level : 2;
				}
			}
			else if (chain[step - 1].entry != NO_ROW && chain[step - 1].entry != chain[step].entry
					 && at - chain[step - 1].at[0] <= within)
			{
				chain[step].entry = chain[step - 1].entry;
				memcpy(chain[step].at, chain[step - 1].at, step * sizeof(uint64_t));
				chain[step].at[step] = at;
				level = level > step + 1 ? level : step + 1;
			}
		}
		if (firsts != 0)
			entry = 64 * w + highest_bit(firsts);
	}

	if (level > 1)
	{
		for (uint32_t i = 1; i < level; i++)
			f->filled[i] = (chain[level - 1].at[i] - chain[level - 1].at[0]) * unit;
		entry = chain[level - 1].entry;
	}
	if (level == f->terms->steps)
		*status = JN_FUNNEL_CONVERTED;
	else if (!is_clear(f, status))
		*status = status_of(f, start, (f->sum[entry - part] - f->sum[from - part]) * unit);
	return level;
}
