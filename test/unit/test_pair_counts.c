/*
 * test_pair_counts.c
 *	  Counters of pairs: scalar and vector code count as slow code does, however
 *	  many subjects come and whenever it is settled.
 */
#include "pair_counts.h"

#include "cpu.h"
#include "unit.h"

#define MAX_PAIRS	300

TEST(pair_counts_all_levels_agree)
{
	uint64_t	seed = 11;

	for (int round = 0; round < 60; round++)
	{
		uint32_t	cells = 4 * (1 + unit_below(&seed, JN_PAIR_CELLS / 4));
		uint32_t	subjects = unit_below(&seed, 300);
		uint64_t	begin = seed;

		for (JnCpu level = JN_CPU_SCALAR; level <= JN_CPU_AVX2; level++)
		{
			JnPairCounts *c = jn_alloc(ENV, sizeof(JnPairCounts));
			uint32_t	n[JN_PAIR_CELLS] = {0};
			uint64_t	had[JN_PAIR_CELLS] = {0};
			uint32_t	last[JN_PAIR_CELLS] = {0};
			uint64_t	pairs = 0;

			jn_cpu_force(level);
			seed = begin;
			jn_pair_counts_clear(c, cells);
			for (uint32_t s = 1; s <= subjects; s++)
			{
				uint16_t	pair[MAX_PAIRS];
				uint32_t	count = unit_below(&seed, 4) == 0 ? unit_below(&seed, MAX_PAIRS) : unit_below(&seed, 6);
				uint32_t	few = 1 + unit_below(&seed, cells);

				for (uint32_t i = 0; i < count; i++)
				{
					pair[i] = (uint16_t) unit_below(&seed, few);
					n[pair[i]]++;
					had[pair[i]] += last[pair[i]] != s;
					last[pair[i]] = s;
				}
				jn_pair_counts_add(c, pair, count);
				pairs += count;
				if (unit_below(&seed, 100) == 0)
					jn_pair_counts_settle(c);
			}
			jn_pair_counts_settle(c);
			CHECK_BYTES(c->n, sizeof(n), n, sizeof(n));
			CHECK_BYTES(c->subjects, sizeof(had), had, sizeof(had));
			CHECK_INT(c->pairs, pairs);
			jn_pair_counts_clear(c, cells);
			for (uint32_t i = 0; i < JN_PAIR_CELLS; i++)
				CHECK(c->n[i] == 0 && c->subjects[i] == 0 && c->seen[i] == 0);
			unit_env_clear(&unit_env);
		}
		jn_cpu_force(JN_CPU_UNKNOWN);
	}
}
