/*
 * sort.h
 *	  Sorts steps: keys, times mostly, each with a tag.
 */
#ifndef JN_SORT_H
#define JN_SORT_H

#include "jn.h"

/*
 * Puts key[0 .. n-1] in ascending order and moves tag[] along; n may be 0.
 * Elements of one key come in the order of their tags if "by_tag", else stay
 * as they were.
 *
 * One pass if they are in order; O(n) for a few ordered runs one after
 * another; O(n log n) at most.  Memory: 6 bytes an element at most, released.
 */
extern void jn_sort(const JnEnv *env, int64_t *key, uint32_t *tag, uint32_t n, bool by_tag);

/*
 * A stable merge sort of index[0 .. n-1]; spare[] has room for half of them.
 * Ordered input costs one pass.
 */
extern void jn_sort_index(const JnEnv *env, uint32_t *index, uint32_t n, uint32_t *spare,
						  bool (*before) (const void *context, uint32_t x, uint32_t y), const void *context);

#endif							/* JN_SORT_H */
