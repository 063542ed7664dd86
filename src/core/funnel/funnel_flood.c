/*
 * funnel_flood.c
 *	  Who of many subjects could get how far in a plain funnel, the window left
 *	  aside.
 *
 * From the first row of a step a flood rises to the end of the subject; what the
 * next step has in it comes behind this one.  An addition makes it: below a row
 * that is added all other bits of the subject are ones but its last, so the carry
 * runs to that one and stops there.  Bits from the left:
 *
 *	 subjects		a  a  a  a  b  b  c  c  c
 *	 not the last	1  1  1  0  1  0  1  1  0
 *	 views			0  1  0  0  0  0  0  1  1		the last of a subject are not added
 *	 sum			1  0  0  1  1  0  1  0  1
 *	 flood			0  1  1  1  0  0  0  1  1		where sum and addend differ, or a view is
 *	 carts			1  0  0  1  0  1  0  0  0
 *	 in the flood	0  0  0  1  0  0  0  0  0		only a has a cart behind a view
 *
 * Whoever is flooded at the end has the step.  A flood goes on in the next word
 * by the carry of the addition: it is as if the first row of that word had the
 * step.
 */
#include "funnel_flood.h"

#include "../cpu.h"

/* Made once for each number of steps, which the compiler then knows, and for processors that count bits. */
#ifdef __GNUC__
#define INLINE	static inline __attribute__((always_inline))
#else
#define INLINE	static inline
#endif

INLINE uint32_t
flood(const uint64_t *last, const uint64_t *step, uint32_t steps, uint32_t words, JnFloodFound *found)
{
	uint64_t	carry[JN_FLOOD_STEPS] = {0};
	uint32_t   *next[JN_FLOOD_STEPS + 1];
	uint32_t	before = 0;		/* subjects that end in earlier words */
	uint32_t	entered = 0;

	for (uint32_t level = 2; level <= steps; level++)
		next[level] = found->number[level];
	for (uint32_t w = 0; w < words; w++, step += steps)
	{
		uint64_t	ends = last[w];
		uint64_t	flooded[JN_FLOOD_STEPS] = {0};
		uint64_t	in = UINT64_MAX;

#pragma GCC unroll 8
		for (uint32_t s = 0; s < steps; s++)
		{
			uint64_t	rows = step[s] & in;
			uint64_t	sum = ~ends + ((rows & ~ends) | carry[s]);

			carry[s] = sum < ~ends;
			in = flooded[s] = (sum ^ ~ends) | rows;
		}
		entered += (uint32_t) __builtin_popcountll(flooded[0] & ends);
		for (uint64_t left = steps > 1 ? flooded[1] & ends : 0; left != 0; left &= left - 1)
		{
			uint64_t	end = left & -left;
			uint32_t	level = 2;

#pragma GCC unroll 8
			for (uint32_t s = 2; s < steps; s++)
				level += (flooded[s] & end) != 0;
			*next[level]++ = before + (uint32_t) __builtin_popcountll(ends & (end - 1));
		}
		before += (uint32_t) __builtin_popcountll(ends);
	}
	for (uint32_t level = 2; level <= steps; level++)
		found->count[level] = (uint32_t) (next[level] - found->number[level]);
	return entered;
}

INLINE uint32_t
flood_steps(const uint64_t *last, const uint64_t *step, uint32_t steps, uint32_t words, JnFloodFound *found)
{
	switch (steps)
	{
		case 1:
			return flood(last, step, 1, words, found);
		case 2:
			return flood(last, step, 2, words, found);
		case 3:
			return flood(last, step, 3, words, found);
		case 4:
			return flood(last, step, 4, words, found);
		default:
			return flood(last, step, steps, words, found);
	}
}

#ifdef JN_X86

/* No vectors, but an instruction that counts bits. */
JN_TARGET_AVX2
static uint32_t
flood_avx2(const uint64_t *last, const uint64_t *step, uint32_t steps, uint32_t words, JnFloodFound *found)
{
	return flood_steps(last, step, steps, words, found);
}

#endif							/* JN_X86 */

uint32_t
jn_flood(const uint64_t *last, const uint64_t *step, uint32_t steps, uint32_t words, JnFloodFound *found)
{
#ifdef JN_X86
	if (jn_cpu() >= JN_CPU_AVX2)
		return flood_avx2(last, step, steps, words, found);
#endif
	return flood_steps(last, step, steps, words, found);
}
