/*
 * pairs.c
 *	  Each two neighbours of a column as one number.
 *
 * Up to 32 names, which is most shops, the numbers are two registers, and one
 * shuffle looks up 32 codes in each; bit 4 of the code says whose answer
 * counts.  The same codes one byte further on are the neighbours.
 *
 *	 codes		3	0	0	17	3 ...
 *	 numbers	1	4	4	2	1 ...		of 5 bits
 *	 pairs		1<<5|4		4<<5|4		4<<5|2		2<<5|1 ...
 */
#include "pairs.h"

#include "cpu.h"

#ifdef JN_X86
#include <immintrin.h>
#endif

#define FEW_NAMES		32

static void
pairs_scalar(const JnPairNumbers *numbers, const uint8_t *codes, uint32_t n, uint16_t *pair)
{
	const uint8_t *number = numbers->number;
	unsigned	mask = numbers->names <= FEW_NAMES ? FEW_NAMES - 1 : UINT8_MAX;
	unsigned	bits = numbers->bits;
	unsigned	before = n > 0 ? number[codes[0] & mask] : 0;

	for (uint32_t i = 0; i < n; i++)
	{
		unsigned	now = number[codes[i + 1] & mask];

		pair[i] = (uint16_t) (before << bits | now);
		before = now;
	}
}

#ifdef JN_X86

/* The numbers of 32 codes. */
JN_TARGET_AVX2
static inline __m256i
look_up(const uint8_t *codes, __m256i low, __m256i high)
{
	__m256i		code = _mm256_and_si256(_mm256_loadu_si256((const __m256i *) codes), _mm256_set1_epi8(FEW_NAMES - 1));

	/* bit 4 becomes the highest bit of the byte */
	return _mm256_blendv_epi8(_mm256_shuffle_epi8(low, code), _mm256_shuffle_epi8(high, code),
							  _mm256_slli_epi16(code, 3));
}

JN_TARGET_AVX2
static void
pairs_avx2(const JnPairNumbers *numbers, const uint8_t *codes, uint32_t n, uint16_t *pair)
{
	__m256i		low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) numbers->number));
	__m256i		high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *) (numbers->number + 16)));
	__m128i		bits = _mm_cvtsi32_si128((int) numbers->bits);
	uint32_t	i = 0;

	for (; n - i >= 32; i += 32)
	{
		__m256i		before = look_up(codes + i, low, high);
		__m256i		now = look_up(codes + i + 1, low, high);
		__m256i		first = _mm256_cvtepu8_epi16(_mm256_castsi256_si128(before));
		__m256i		second = _mm256_cvtepu8_epi16(_mm256_extracti128_si256(before, 1));

		first = _mm256_or_si256(_mm256_sll_epi16(first, bits), _mm256_cvtepu8_epi16(_mm256_castsi256_si128(now)));
		second = _mm256_or_si256(_mm256_sll_epi16(second, bits), _mm256_cvtepu8_epi16(_mm256_extracti128_si256(now, 1)));
		_mm256_storeu_si256((__m256i *) (pair + i), first);
		_mm256_storeu_si256((__m256i *) (pair + i + 16), second);
	}

	/* gcc does so before it returns, not before it calls */
	_mm256_zeroupper();
	pairs_scalar(numbers, codes + i, n - i, pair + i);
}

#endif							/* JN_X86 */

void
jn_pairs(const JnPairNumbers *numbers, const uint8_t *codes, uint32_t n, uint16_t *pair)
{
#ifdef JN_X86
	if (numbers->names <= FEW_NAMES && jn_cpu() >= JN_CPU_AVX2)
	{
		pairs_avx2(numbers, codes, n, pair);
		return;
	}
#endif
	pairs_scalar(numbers, codes, n, pair);
}
