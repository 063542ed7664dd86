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

/* Compilers do not inline what is called twice and long by themselves. */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

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

/* One of 64 bits that depends on the length and the first byte of a name. */
static inline uint64_t
name_bit(const char *data, uint32_t size)
{
	return UINT64_C(1) << ((size << 3 ^ (uint8_t) (size > 0 ? *data : 0)) & 63);
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
		f->head[e] = jn_name_head(*name, name->size);
		f->bits |= name_bit(name->data, name->size);
		f->step_of_event[e] = (uint8_t) lowest_bit(mask);
	}
	f->events = atoms->events.count;
	return true;
}

/* The event that a name is, or f->events; "room" bytes may be read from it on. */
static inline uint32_t
find_event(const JnFunnelFast *f, JnName name, size_t room)
{
	const JnName *event = f->terms->atoms->events.name;
	uint64_t	head = jn_name_head(name, room);
	uint32_t	e = 0;

	while (e < f->events && (f->head[e] != head || event[e].size != name.size
							 || (name.size > 8 && memcmp(event[e].data + 8, name.data + 8, name.size - 8) != 0)))
		e++;
	return e;
}

/* Finds the codes of the events.  Most names need no second look: no event is as long and begins as they do. */
static void
find_codes(JnFunnelFast *f, const JnLabels *labels, const uint8_t *end)
{
	uint64_t	bits = f->bits;
	uint32_t	all = labels->names;
	JnNames		names;

	for (uint32_t i = 0; i < f->found; i++)
		f->step_of[f->code[i]] = 0;
	f->found = 0;
	jn_names_open(&names, labels);
	for (uint32_t code = 0; code < all; code++)
	{
		JnName		name = jn_names_next(&names);
		uint32_t	e;

		if ((bits & name_bit(name.data, name.size)) == 0)
			continue;
		e = find_event(f, name, (size_t) (end - (const uint8_t *) name.data));
		if (e == f->events)
			continue;
		f->code[f->found] = (uint8_t) code;
		f->step[f->found] = f->step_of_event[e];
		f->step_of[code] = f->step_of_event[e] + 1;
		if (++f->found == f->events)
			break;
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
		jn_release(env, f->short_sum);
	}
	f->room = 0;
	f->first_bits = jn_alloc(env, jn_array_size(room / 64 + 2, sizeof(uint64_t)));
	f->other_bits = jn_alloc(env, jn_array_size(room / 64 + 2, sizeof(uint64_t)));
	f->sum = jn_alloc(env, jn_array_size((uint64_t) room + 1, sizeof(uint64_t)));
	f->short_sum = jn_alloc(env, jn_array_size((uint64_t) room + 1, sizeof(uint32_t)));
	f->room = room;
}

/* Whether attempts that have not converted are all lost, or all open. */
static void
look_at_end(JnFunnelFast *f, int64_t last)
{
	const JnFunnelTerms *terms = f->terms;

	f->stays = terms->within == JN_NO_LIMIT ? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
	f->clear = terms->within == JN_NO_LIMIT
		|| (terms->as_of > last && jn_time_span(last, terms->as_of) > terms->within);
}

bool
jn_funnel_fast_columns(const JnEnv *env, JnFunnelFast *f, const JnColumns *columns, const JnTimesReader *times,
					   uint32_t differences, int64_t first, int64_t last)
{
	const JnLabels *event = columns->event;
	uint64_t	within = f->terms->within;
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
	f->narrow = times->wide == times->stop && jn_time_span(first, last) < times->unit_us << 32;
	f->within = within == JN_NO_LIMIT ? UINT64_MAX : within / times->unit_us;
	look_at_end(f, last);
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
		words++;
	}
	f->first_bits[words] = 0;
	f->other_bits[words] = 0;
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

/* Bits of rows "from" and up to 63 behind it, but of none from "to" on. */
static inline uint64_t
bits_of(const uint64_t *bits, uint32_t from, uint32_t to)
{
	uint32_t	w = from / 64;
	uint64_t	word = bits[w] >> (from % 64) | bits[w + 1] << 1 << (63 - from % 64);

	return to - from >= 64 ? word : word & ((UINT64_C(1) << (to - from)) - 1);
}

static void
add_up(JnFunnelFast *f)
{
	JnTimesReader r = f->times;

	if (f->narrow)
	{
		f->short_sum[0] = 0;
		jn_times_sums(&r, f->differences, f->short_sum + 1);
	}
	else
	{
		f->sum[0] = 0;
		jn_times_add_up(&r, f->differences, f->sum + 1);
	}
	f->summed = true;
}

/* Of all differences up to "i", the sum. */
static inline uint64_t
sum_of(const JnFunnelFast *f, bool narrow, uint32_t i)
{
	return narrow ? f->short_sum[i] : f->sum[i];
}

/* Units from one sum to another. */
static inline uint64_t
between(bool narrow, uint64_t from, uint64_t to)
{
	return narrow ? (uint32_t) (to - from) : to - from;
}

/* What became of an attempt that began in row "entry". */
static JnFunnelStatus
status_of(JnFunnelFast *f, uint32_t from, uint32_t entry, uint32_t part, int64_t start)
{
	const JnFunnelTerms *terms = f->terms;
	int64_t		entered;

	if (f->clear)
		return f->stays;
	if (!f->summed)
		add_up(f);
	entered = jn_time_after(start, between(f->narrow, sum_of(f, f->narrow, from - part),
										   sum_of(f, f->narrow, entry - part)) * f->times.unit_us);
	return terms->as_of < entered || jn_time_span(entered, terms->as_of) <= terms->within
		? JN_FUNNEL_OPEN : JN_FUNNEL_LOST;
}

/*
 * Goes through the rows of a subject; made once for each kind of sums.  64 rows
 * at a time, which is all of most subjects.
 */
INLINE uint32_t
walk(JnFunnelFast *f, bool narrow, uint32_t from, uint32_t to, uint32_t part, uint32_t *last_entry)
{
	uint64_t	within = f->within;
	uint32_t	entry = NO_ROW;
	uint32_t	level = 0;
	Chain		chain[JN_FAST_STEPS];

	for (uint32_t base = from; base < to; base += 64)
	{
		uint64_t	firsts = bits_of(f->first_bits, base, to);
		uint64_t	others = bits_of(f->other_bits, base, to);

		if (level == 0)
		{
			/* nothing matters before the first entry */
			if (firsts == 0)
				continue;
			others &= ~((firsts & (~firsts + 1)) - 1);
			level = 1;
			for (uint32_t i = 1; i < f->terms->steps; i++)
				chain[i].entry = NO_ROW;
		}
		if (others != 0 && !f->summed)
			add_up(f);
		for (; others != 0; others &= others - 1)
		{
			unsigned	bit = lowest_bit(others);
			uint32_t	step = f->step_of[f->codes[base + bit]] - 1u;
			uint64_t	at = sum_of(f, narrow, base + bit - part);
			uint64_t	before = firsts & ((UINT64_C(1) << bit) - 1);

			if (before != 0)
				entry = base + highest_bit(before);
			if (step == 1)
			{
				uint64_t	entered = sum_of(f, narrow, entry - part);

				if (entry != chain[1].entry && between(narrow, entered, at) <= within)
				{
					chain[1].entry = entry;
					chain[1].at[0] = entered;
					chain[1].at[1] = at;
					level = level > 2 ? level : 2;
				}
			}
			else if (chain[step - 1].entry != NO_ROW && chain[step - 1].entry != chain[step].entry
					 && between(narrow, chain[step - 1].at[0], at) <= within)
			{
				chain[step].entry = chain[step - 1].entry;
				for (uint32_t i = 0; i < step; i++)
					chain[step].at[i] = chain[step - 1].at[i];
				chain[step].at[step] = at;
				level = level > step + 1 ? level : step + 1;
			}
		}
		if (firsts != 0)
			entry = base + highest_bit(firsts);
	}
	if (level > 1)
	{
		for (uint32_t i = 1; i < level; i++)
			f->filled[i] = between(narrow, chain[level - 1].at[0], chain[level - 1].at[i]) * f->times.unit_us;
		entry = chain[level - 1].entry;
	}
	*last_entry = entry;
	return level;
}

uint32_t
jn_funnel_fast_subject(JnFunnelFast *f, uint32_t from, uint32_t to, uint32_t part, int64_t start,
					   JnFunnelStatus *status)
{
	uint32_t	entry;
	uint32_t	level = f->narrow ? walk(f, true, from, to, part, &entry) : walk(f, false, from, to, part, &entry);

	f->filled[0] = 0;
	if (level == 0)
		*status = JN_FUNNEL_NOT_ENTERED;
	else if (level == f->terms->steps)
		*status = JN_FUNNEL_CONVERTED;
	else
		*status = status_of(f, from, entry, part, start);
	return level;
}
