/*
 * similar.h
 *	  Which elements belong together: groups, and how they are numbered.
 *
 * Elements are numbered 0 .. n-1; what they are only the caller knows.  Two of
 * them may be linked, linking is transitive, and a group is what is connected:
 * a connected component of the graph of all links.  So the groups depend on
 * the set of links alone, and links inside a group need not be looked for.
 * The kinds of elements have their own ways to find the links: neighbours in
 * an order (here), texts (similar_text.h) and vectors (similar_vector.h).
 */
#ifndef JN_SIMILAR_H
#define JN_SIMILAR_H

#include "jn.h"

/* Elements at most: their numbers, and one more, fit into 32 bits. */
#define JN_MAX_ELEMENTS		(UINT32_MAX - 1)

/* A disjoint-set forest over n elements. */
typedef struct JnGroups
{
	uint32_t	n;				/* elements */
	uint32_t	count;			/* groups, from n down to 1 */
	uint32_t   *parent;			/* a lower element of the same group; of the lowest itself */
} JnGroups;

/*
 * A total order of elements, up to those that are equal.  compare() is less
 * than, equal to or greater than 0 and may leave by longjmp.
 */
typedef struct JnOrder
{
	int			(*compare) (void *ctx, uint32_t a, uint32_t b);
	void	   *ctx;
} JnOrder;

/* Makes n groups of one element each. */
extern void jn_groups_init(const JnEnv *env, JnGroups *g, uint32_t n);

/* The lowest element of a's group.  O(log n) amortized, in practice O(1). */
static inline uint32_t
jn_groups_find(JnGroups *g, uint32_t a)
{
	while (g->parent[a] != a)
		a = g->parent[a] = g->parent[g->parent[a]];
	return a;
}

/* Makes the groups of a and b one; whether they were two. */
static inline bool
jn_groups_link(JnGroups *g, uint32_t a, uint32_t b)
{
	a = jn_groups_find(g, a);
	b = jn_groups_find(g, b);
	if (a == b)
		return false;
	if (a < b)
		g->parent[b] = a;
	else
		g->parent[a] = b;
	g->count--;
	return true;
}

/*
 * Brings the elements in list[0 .. n-1] into ascending order; equal ones keep
 * theirs.  O(n log n) comparisons, n if they are in order; 2 bytes an element for
 * the while.
 */
extern void jn_order_sort(const JnEnv *env, const JnOrder *order, uint32_t *list, uint32_t n);

/*
 * Links neighbours: elements that follow each other in the order and for which
 * linked(ctx, lower, upper) holds.  These are all links if the relation is an
 * interval one: whenever a <= b <= c and a, c are linked, so are a, b and b, c.
 * With a relation of equality it finds equal elements.  list[] are the
 * elements to look at; it is left in order.
 */
extern void jn_groups_chain(const JnEnv *env, JnGroups *g, const JnOrder *order,
							bool (*linked) (void *ctx, uint32_t lower, uint32_t upper),
							uint32_t *list, uint32_t n);

/*
 * Keeps of list[0 .. n-1], which jn_groups_chain() left in order, the first of
 * each run of elements of one group, and returns how many these are.
 */
extern uint32_t jn_groups_distinct(const JnEnv *env, JnGroups *g, uint32_t *list, uint32_t n);

/*
 * Numbers the groups from 1 by their first appearance.  rank[] says when each
 * element appears, ascending; where groups appear at the same rank, the one
 * with the least element there, in the order given, comes first.  So the
 * numbers do not depend on the sequence of elements of one rank, as long as
 * equal elements are of one group.  Fills number[] of all elements.
 */
extern void jn_groups_number(const JnEnv *env, JnGroups *g, const uint32_t *rank,
							 const JnOrder *order, uint32_t *number);

#endif							/* JN_SIMILAR_H */
