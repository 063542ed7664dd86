/*
 * match_rows.c
 *	  The rows of columns as bits: those of each class of steps.
 *
 * The codes of a column are compared with those of the pattern's events, 32 or
 * 64 at once, which gives a bit a row for each class.  The rows of several
 * classes, in one word, then tell the next row that matters to whoever looks for
 * one of them; all others are passed over.
 *
 * Limits: JN_ROW_CLASSES classes, no tests on rows, codes of one byte.
 */
#include "match_own.h"

#include "../cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

/* More codes than these are looked up one by one. */
#define MOST_COMPARED	16

/* Bits of more rows are given back when they are no longer needed. */
#define KEPT_WORDS		1024

/* A code that is there and of a class that is not the idle one. */
typedef struct Code
{
	uint8_t		code;
	uint8_t		class;
} Code;

/* Looks codes up one by one. */
static void
mark_scalar(const JnMatcher *m, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
	for (uint32_t i = 0; i < 64 * words; i++)
	{
		unsigned	class = m->quick_class[codes[i]];

		if (class != m->rows.idle)
			bits[(size_t) (i / 64) * m->rows.stride + class] |= UINT64_C(1) << i % 64;
	}
}

#ifdef JN_X86

JN_TARGET_AVX2
static void
mark_avx2(const Code *code, uint32_t count, const uint8_t *codes, uint32_t words, uint32_t stride, uint64_t *bits)
{
	for (uint32_t w = 0; w < words; w++, bits += stride, codes += 64)
	{
		__m256i		low = _mm256_loadu_si256((const __m256i *) codes);
		__m256i		high = _mm256_loadu_si256((const __m256i *) (codes + 32));

		for (uint32_t i = 0; i < count; i++)
		{
			__m256i		one = _mm256_set1_epi8((char) code[i].code);
			uint32_t	is_low = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, one));
			uint32_t	is_high = (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, one));

			bits[code[i].class] |= is_low | (uint64_t) is_high << 32;
		}
	}
}

#endif							/* JN_X86 */

static void
mark(const JnMatcher *m, const Code *code, uint32_t count, const uint8_t *codes, uint32_t words, uint64_t *bits)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2 && count <= MOST_COMPARED)
	{
		mark_avx2(code, count, codes, words, m->rows.stride, bits);
		return;
	}
#else
	(void) code;
	(void) count;
#endif
	mark_scalar(m, codes, words, bits);
}

void
jn_rows_init(JnMatcher *m)
{
	uint32_t	idle = m->name_class[m->atoms.events.count];

	if (idle >= JN_ROW_CLASSES)
		return;
	for (uint32_t i = 0; i < m->atoms.events.count; i++)
		if (m->name_class[i] != ASK && m->name_class[i] >= JN_ROW_CLASSES)
			return;
	m->rows.able = true;
	m->rows.idle = idle;
}

void
jn_rows_columns(JnMatcher *m)
{
	JnRows	   *r = &m->rows;
	const JnLabels *event = m->binding.columns.event;
	uint32_t	rows = m->binding.columns.rows;
	uint32_t	words = rows / 64;
	uint32_t	rest = rows % 64;
	uint32_t	count = 0;
	Code		code[256];

	r->here = r->able && (m->leaps.able || m->chain.steps > 0) && m->quick && !m->asks && event->width == 1;
	if (!r->here)
		return;
	r->present = 0;
	for (uint32_t i = 0; i < event->names && i < 256; i++)
		if (m->quick_class[i] != r->idle)
		{
			code[count++] = (Code) {(uint8_t) i, m->quick_class[i]};
			r->present |= 1u << m->quick_class[i];
		}
	r->stride = r->present != 0 ? 32 - (uint32_t) __builtin_clz(r->present) : 1;

	if (words + 1 > r->words || (r->words > KEPT_WORDS && words < KEPT_WORDS))
	{
		if (r->words > 0)
			jn_release(&m->env, r->bits);
		r->words = 0;
		r->bits = jn_alloc(&m->env, jn_array_size(words + words / 2 + UINT64_C(1), JN_ROW_CLASSES * sizeof(uint64_t)));
		r->words = words + words / 2 + 1;
	}
	for (uint32_t w = 0; w < words; w += JN_TICK_EVERY / 64)
	{
		uint32_t	piece = words - w < JN_TICK_EVERY / 64 ? words - w : JN_TICK_EVERY / 64;
		uint64_t   *bits = r->bits + (size_t) w * r->stride;

		memset(bits, 0, (size_t) piece * r->stride * sizeof(uint64_t));
		mark(m, code, count, event->codes + 64 * (size_t) w, piece, bits);
		jn_tick(&m->env);
	}
	if (rest > 0)
	{
		uint64_t   *bits = r->bits + (size_t) words * r->stride;
		uint8_t		tail[64] = {0};

		/* rows behind the last one are never asked for */
		memcpy(tail, event->codes + 64 * (size_t) words, rest);
		memset(bits, 0, r->stride * sizeof(uint64_t));
		mark(m, code, count, tail, 1, bits);
	}
}
