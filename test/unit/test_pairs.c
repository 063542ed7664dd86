/*
 * test_pairs.c
 *	  Neighbours as one number: scalar and vector code answer alike, whatever
 *	  the codes, and as slow code does.
 */
#include "pairs.h"

#include "cpu.h"
#include "unit.h"

#define MAX_PAIRS	200

TEST(pairs_all_levels_agree)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 20000; round++)
	{
		static const uint32_t some[] = {1, 2, 16, 17, 31, 32, 33, 200, 256};
		uint32_t	n = unit_below(&seed, MAX_PAIRS);
		uint8_t    *codes = jn_alloc(ENV, n + 1);
		uint16_t   *pair = jn_alloc(ENV, (n + 1) * sizeof(uint16_t));
		uint16_t	slow[MAX_PAIRS];
		JnPairNumbers numbers = {{0}, some[unit_below(&seed, 9)], 0};
		bool		proven = unit_below(&seed, 4) > 0;

		/* with more names than 32 there are numbers of six bits or more */
		numbers.bits = numbers.names > 32 ? 6 + unit_below(&seed, 3) : 5 + unit_below(&seed, 4);
		for (uint32_t i = 0; i < 256; i++)
			numbers.number[i] = (uint8_t) unit_below(&seed, 1u << numbers.bits);
		for (uint32_t i = 0; i <= n; i++)
			codes[i] = (uint8_t) unit_below(&seed, proven ? numbers.names : 256);
		for (uint32_t i = 0; i < n; i++)
		{
			unsigned	mask = numbers.names <= 32 ? 31 : 255;

			slow[i] = (uint16_t) (numbers.number[codes[i] & mask] << numbers.bits | numbers.number[codes[i + 1] & mask]);
		}
		for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
		{
			jn_cpu_force(level);
			memset(pair, 0xee, (n + 1) * sizeof(uint16_t));
			jn_pairs(&numbers, codes, n, pair);
			if (!CHECK_BYTES(pair, n * sizeof(uint16_t), slow, n * sizeof(uint16_t)))
				return;
			CHECK_INT(pair[n], 0xeeee);
		}
		jn_cpu_force(JN_CPU_UNKNOWN);
		unit_env_clear(&unit_env);
	}
}
