/*
 * test_sort.c
 *	  The sorter against insertion, and the memory it takes.
 */
#include "sort.h"

#include "unit.h"

#define MAX_N	2000

typedef struct Pair
{
	int64_t		key;
	uint32_t	tag;
} Pair;

static int64_t key[MAX_N];
static uint32_t tag[MAX_N];
static Pair expected[MAX_N];

/* Shapes that arrive in life: in order, turned round, appended, interleaved, ties, none of them. */
static void
random_pairs(uint64_t *seed, uint32_t n)
{
	unsigned	shape = unit_below(seed, 8);
	uint32_t	keys = 1 + unit_below(seed, unit_below(seed, 2) ? 4 : 100000);
	uint32_t	run = 1 + unit_below(seed, n + 1);

	for (uint32_t i = 0; i < n; i++)
	{
		switch (shape)
		{
			case 0:
				key[i] = i;
				break;
			case 1:
				key[i] = -(int64_t) i;
				break;
			case 2:
				key[i] = i % run;
				break;
			case 3:
				key[i] = -(int64_t) (i % run);
				break;
			case 4:
				key[i] = i / 2 * (i % 2 ? 1 : -1);
				break;
			case 5:
				key[i] = unit_below(seed, 30) == 0 ? unit_below(seed, n) : i;
				break;
			case 6:
				key[i] = unit_below(seed, 2) ? INT64_MAX : INT64_MIN;
				break;
			default:
				key[i] = unit_below(seed, keys);
				break;
		}
		tag[i] = unit_below(seed, 2) ? unit_below(seed, 3) : (uint32_t) unit_random(seed);
	}
}

TEST(sort_equals_insertion)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 6000; round++)
	{
		uint32_t	n = unit_below(&seed, round % 30 == 0 ? MAX_N : 60);
		bool		by_tag = unit_below(&seed, 2);

		random_pairs(&seed, n);
		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t	k = i;

			for (; k > 0; k--)
			{
				Pair	   *p = &expected[k - 1];

				if (p->key < key[i] || (p->key == key[i] && (!by_tag || p->tag <= tag[i])))
					break;
				expected[k] = *p;
			}
			expected[k] = (Pair) {key[i], tag[i]};
		}
		jn_sort(ENV, key, tag, n, by_tag);
		for (uint32_t i = 0; i < n; i++)
			if (!CHECK_INT(key[i], expected[i].key) || !CHECK_INT(tag[i], expected[i].tag))
				return;
		CHECK_INT(unit_env.blocks, 0);
	}
}

static void
sort_some(const JnEnv *env, void *arg)
{
	uint32_t	n = 300000;
	int64_t    *k = jn_alloc(env, n * sizeof(int64_t));
	uint32_t   *t = jn_alloc(env, n * sizeof(uint32_t));
	uint64_t	seed = 2;

	(void) arg;
	for (uint32_t i = 0; i < n; i++)
	{
		k[i] = unit_below(&seed, 1000);
		t[i] = i;
	}
	jn_sort(env, k, t, n, false);
	for (uint32_t i = 1; i < n; i++)
		if (k[i - 1] > k[i] || (k[i - 1] == k[i] && t[i - 1] > t[i]))
			CHECK(false);
}

TEST(sort_may_be_left_anywhere)
{
	CHECK(unit_leave_everywhere(sort_some, NULL, 60) > 100);
}

/* What is in order already, or nearly, needs no memory, or little. */
TEST(sort_memory)
{
	uint32_t	n = 100000;
	int64_t    *k = jn_alloc(ENV, n * sizeof(int64_t));
	uint32_t   *t = jn_alloc(ENV, n * sizeof(uint32_t));
	size_t		before = unit_env.bytes;
	uint64_t	seed = 3;

	for (uint32_t i = 0; i < n; i++)
		k[i] = t[i] = i;
	unit_env.allocations = 0;
	jn_sort(ENV, k, t, n, true);
	CHECK_INT(unit_env.allocations, 0);
	for (uint32_t i = 0; i < n; i++)
		k[i] = n - i;
	jn_sort(ENV, k, t, n, true);
	CHECK_INT(unit_env.allocations, 0);
	for (uint32_t i = 0; i < n; i++)
		k[i] = i < n - 10 ? i : unit_below(&seed, n);
	unit_env.most_bytes = 0;
	jn_sort(ENV, k, t, n, true);
	CHECK(unit_env.most_bytes < before + 1000);
	for (uint32_t i = 0; i < n; i++)
		k[i] = unit_below(&seed, n);
	unit_env.most_bytes = 0;
	jn_sort(ENV, k, t, n, true);
	CHECK(unit_env.most_bytes <= before + 6 * (size_t) n);
	CHECK_INT(unit_env.bytes, before);
}
