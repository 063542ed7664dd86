/*
 * similar.c
 *	  Which elements belong together: groups, and how they are numbered.
 *
 * The forest hangs roots below lower roots and halves paths while it looks
 * them up.  That is enough for O(log n) amortized a look-up (Tarjan, van
 * Leeuwen 1984), needs one number an element, and makes the root the lowest
 * element without further ado.
 */
#include "similar.h"

#include "sort.h"

/* Called with the counter of a loop. */
static inline void
tick_at(const JnEnv *env, uint32_t i)
{
	if (i % JN_TICK_EVERY == 0)
		jn_tick(env);
}

void
jn_groups_init(const JnEnv *env, JnGroups *g, uint32_t n)
{
	g->n = g->count = n;
	g->parent = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	for (uint32_t i = 0; i < n; i++)
	{
		tick_at(env, i);
		g->parent[i] = i;
	}
}

/* What jn_sort_index() asks. */
static bool
element_before(const void *context, uint32_t x, uint32_t y)
{
	const JnOrder *order = context;

	return order->compare(order->ctx, x, y) < 0;
}

void
jn_order_sort(const JnEnv *env, const JnOrder *order, uint32_t *list, uint32_t n)
{
	uint32_t   *spare = jn_alloc(env, jn_array_size(n / 2 + 1, sizeof(uint32_t)));

	jn_sort_index(env, list, n, spare, element_before, order);
	jn_release(env, spare);
}

void
jn_groups_chain(const JnEnv *env, JnGroups *g, const JnOrder *order,
				bool (*linked) (void *ctx, uint32_t lower, uint32_t upper), uint32_t *list, uint32_t n)
{
	jn_order_sort(env, order, list, n);
	for (uint32_t i = 1; i < n; i++)
	{
		tick_at(env, i);
		if (linked(order->ctx, list[i - 1], list[i]))
			jn_groups_link(g, list[i - 1], list[i]);
	}
}

uint32_t
jn_groups_distinct(const JnEnv *env, JnGroups *g, uint32_t *list, uint32_t n)
{
	uint32_t	kept = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		tick_at(env, i);
		if (kept == 0 || jn_groups_find(g, list[kept - 1]) != jn_groups_find(g, list[i]))
			list[kept++] = list[i];
	}
	return kept;
}

/* The order of groups that jn_groups_number() gives them, on their first elements. */
typedef struct Appearance
{
	const uint32_t *rank;
	const JnOrder *order;
} Appearance;

static int
compare_appearance(void *ctx, uint32_t a, uint32_t b)
{
	const Appearance *appearance = ctx;

	if (appearance->rank[a] != appearance->rank[b])
		return appearance->rank[a] < appearance->rank[b] ? -1 : 1;
	return appearance->order->compare(appearance->order->ctx, a, b);
}

void
jn_groups_number(const JnEnv *env, JnGroups *g, const uint32_t *rank, const JnOrder *order, uint32_t *number)
{
	Appearance	appearance = {rank, order};
	JnOrder		by_appearance = {compare_appearance, &appearance};
	uint32_t   *first = jn_alloc(env, jn_array_size(g->n, sizeof(uint32_t)));	/* by root, then compact */
	uint32_t	groups = 0;

	for (uint32_t i = 0; i < g->n; i++)
	{
		uint32_t	root = jn_groups_find(g, i);

		tick_at(env, i);
		/* the root is the lowest of its group, so it is met first */
		if (root == i || (rank[i] == rank[first[root]] && order->compare(order->ctx, i, first[root]) < 0))
			first[root] = i;
	}
	for (uint32_t i = 0; i < g->n; i++)
	{
		tick_at(env, i);
		if (g->parent[i] == i)
			first[groups++] = first[i];
	}
	jn_order_sort(env, &by_appearance, first, groups);

	for (uint32_t k = 0; k < groups; k++)
		number[jn_groups_find(g, first[k])] = k + 1;
	for (uint32_t i = 0; i < g->n; i++)
	{
		tick_at(env, i);
		number[i] = number[jn_groups_find(g, i)];
	}
	jn_release(env, first);
}
