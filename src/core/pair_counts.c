/*
 * pair_counts.c
 *	  How often each pair came, and in how many subjects.
 *
 * To count a subject once for each of its pairs one must know which pairs it
 * has had.  Here that is a bit for each of the last 64 subjects: setting it once
 * more does no harm, so nothing is compared, and no addition waits for the one
 * before.  When 64 subjects are full, the bits are counted: for a square of 32
 * by 32 that is three instructions a pair and 64 subjects, which is why it is
 * worth it with AVX2 only.
 */
#include "pair_counts.h"

#include <string.h>

#include "cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

void
jn_pair_counts_clear(JnPairCounts *c, uint32_t cells)
{
	memset(c, 0, sizeof(*c));
	c->bit = 1;
	c->cells = cells;
}

#ifdef JN_X86

JN_TARGET_AVX2
static void
settle_avx2(JnPairCounts *c)
{
	const		__m256i bits_of = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
												   0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const		__m256i low = _mm256_set1_epi8(0x0f);
	const		__m256i zero = _mm256_setzero_si256();

	for (uint32_t i = 0; i < c->cells; i += 4)
	{
		__m256i    *subjects = (__m256i *) (c->subjects + i);
		__m256i		seen = _mm256_loadu_si256((const __m256i *) (c->seen + i));
		__m256i		count = _mm256_add_epi8(_mm256_shuffle_epi8(bits_of, _mm256_and_si256(seen, low)),
											_mm256_shuffle_epi8(bits_of, _mm256_and_si256(_mm256_srli_epi16(seen, 4), low)));

		_mm256_storeu_si256(subjects, _mm256_add_epi64(_mm256_loadu_si256(subjects), _mm256_sad_epu8(count, zero)));
		_mm256_storeu_si256((__m256i *) (c->seen + i), zero);
	}
}

#endif							/* JN_X86 */

void
jn_pair_counts_settle(JnPairCounts *c)
{
	c->bit = 1;
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
	{
		settle_avx2(c);
		return;
	}
#endif
	for (uint32_t i = 0; i < c->cells; i++)
	{
		c->subjects[i] += (uint64_t) __builtin_popcountll(c->seen[i]);
		c->seen[i] = 0;
	}
}
