/*
 * count_sort.h
 *	  A stable merge sort that counts inversions, as a template.
 *
 * Define these and include the file, as often as there are kinds of items:
 *
 *	 JN_SORT_NAME		name of the function that it makes
 *	 JN_SORT_ITEM		type of an item, copied by assignment
 *	 JN_SORT_LESS(a, b)	whether item *a comes before *b; may evaluate twice
 *
 *	 static uint64_t NAME(const JnEnv *env, ITEM *item, ITEM *spare, uint32_t n)
 *
 * sorts item[0 .. n-1] with the help of spare[0 .. n-1] and returns how many
 * pairs i < j there were with item[j] before item[i].  O(n log n), in any order
 * of the input; less if there is order in it.
 *
 * Two runs of one length are merged from both ends at the same time: the two
 * chains of comparisons do not wait for one another, no end needs a test, and
 * what comes first is chosen without a branch.  From the front, an item of the
 * right run that goes out passes all that is left of the left run; from the
 * back, an item of the left run that goes out passes all that is left of the
 * right one.  A pair is counted at both ends if its right item goes out at the
 * front and its left one at the back, and all such pairs are inversions: their
 * number is a product.
 */
#include "jn.h"

#include <string.h>

/* so that the file compiles alone */
#ifndef JN_SORT_NAME
#define JN_SORT_NAME			jn_count_sort
#define JN_SORT_ITEM			double
#define JN_SORT_LESS(a, b)		(*(a) < *(b))
#endif

#define JN_SORT_JOIN_(a, b)		a##_##b
#define JN_SORT_JOIN(a, b)		JN_SORT_JOIN_(a, b)
#define JN_SORT_MERGE			JN_SORT_JOIN(JN_SORT_NAME, merge)
#define JN_SORT_MERGE_EVEN		JN_SORT_JOIN(JN_SORT_NAME, merge_even)

/* Items up to which moving them one by one beats merging. */
#define JN_SORT_RUN				16

/* Merges from[0 .. half-1] and from[half .. 2 half - 1]. */
static inline uint64_t
JN_SORT_MERGE_EVEN(const JnEnv *env, const JN_SORT_ITEM * from, ptrdiff_t half, JN_SORT_ITEM * to)
{
	ptrdiff_t	left = 0;
	ptrdiff_t	right = half;
	ptrdiff_t	left_back = half - 1;
	ptrdiff_t	right_back = 2 * half - 1;
	uint64_t	at_front = 0;
	uint64_t	at_back = 0;

	for (ptrdiff_t i = 0; i < half;)
	{
		ptrdiff_t	stop = half - i > JN_TICK_EVERY ? i + JN_TICK_EVERY : half;

		for (; i < stop; i++)
		{
			bool		take_right = JN_SORT_LESS(from + right, from + left);
			bool		take_left = JN_SORT_LESS(from + right_back, from + left_back);

			to[i] = from[take_right ? right : left];
			to[2 * half - 1 - i] = from[take_left ? left_back : right_back];
			at_front += take_right ? (uint64_t) (half - left) : 0;
			at_back += take_left ? (uint64_t) (right_back - half + 1) : 0;
			right += take_right;
			left += !take_right;
			left_back -= take_left;
			right_back -= !take_left;
		}
		if (i < half)
			jn_tick(env);
	}
	return at_front + at_back - (uint64_t) (half - left) * (uint64_t) (right - half);
}

/* Merges from[0 .. middle-1] and from[middle .. end-1]. */
static inline uint64_t
JN_SORT_MERGE(const JnEnv *env, const JN_SORT_ITEM * from, size_t middle, size_t end, JN_SORT_ITEM * to)
{
	size_t		left = 0;
	size_t		right = middle;
	uint64_t	inversions = 0;

	while (left < middle && right < end)
	{
		bool		take_right = JN_SORT_LESS(from + right, from + left);

		if ((left + right) % JN_TICK_EVERY == 0)
			jn_tick(env);
		*to++ = from[take_right ? right : left];
		inversions += take_right ? (uint64_t) (middle - left) : 0;
		right += take_right;
		left += !take_right;
	}
	memcpy(to, from + left, (middle - left) * sizeof(JN_SORT_ITEM));
	memcpy(to + (middle - left), from + right, (end - right) * sizeof(JN_SORT_ITEM));
	return inversions;
}

static uint64_t
JN_SORT_NAME(const JnEnv *env, JN_SORT_ITEM * item, JN_SORT_ITEM * spare, uint32_t n)
{
	JN_SORT_ITEM *from = item;
	JN_SORT_ITEM *to = spare;
	uint64_t	inversions = 0;
	uint64_t	work = 0;

	for (uint32_t first = 0; first < n; first += JN_SORT_RUN)
	{
		uint32_t	last = n - first < JN_SORT_RUN ? n : first + JN_SORT_RUN;

		for (uint32_t i = first + 1; i < last; i++)
		{
			JN_SORT_ITEM moved = from[i];
			uint32_t	hole = i;

			for (; hole > first && JN_SORT_LESS(&moved, from + hole - 1); hole--)
				from[hole] = from[hole - 1];
			from[hole] = moved;
			inversions += i - hole;
		}
		if (first % JN_TICK_EVERY == 0)
			jn_tick(env);
	}

	for (uint64_t width = JN_SORT_RUN; width < n; width *= 2)
	{
		JN_SORT_ITEM *swap = from;

		for (uint64_t first = 0; first < n; first += 2 * width)
		{
			size_t		size = n - first < 2 * width ? (size_t) (n - first) : (size_t) (2 * width);

			if (size <= width || !JN_SORT_LESS(from + first + width, from + first + width - 1))
				memcpy(to + first, from + first, size * sizeof(JN_SORT_ITEM));
			else if (size == 2 * width)
				inversions += JN_SORT_MERGE_EVEN(env, from + first, (ptrdiff_t) width, to + first);
			else
				inversions += JN_SORT_MERGE(env, from + first, (size_t) width, size, to + first);
			work += size;
			if (work >= JN_TICK_EVERY)
			{
				jn_tick(env);
				work = 0;
			}
		}
		from = to;
		to = swap;
	}
	if (from != item)
		memcpy(item, from, n * sizeof(JN_SORT_ITEM));
	return inversions;
}

#undef JN_SORT_MERGE_EVEN
#undef JN_SORT_MERGE
#undef JN_SORT_JOIN
#undef JN_SORT_JOIN_
#undef JN_SORT_RUN
#undef JN_SORT_NAME
#undef JN_SORT_ITEM
#undef JN_SORT_LESS
