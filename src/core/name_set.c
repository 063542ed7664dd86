/*
 * name_set.c
 *	  Names that somebody asks a journey for: heap sort, binary search, merge.
 */
#include "name_set.h"

/* Lets name[i] sink to its place in the heap of n names, the largest on top. */
static void
sift_down(JnName *name, uint32_t n, uint32_t i)
{
	JnName		moved = name[i];

	for (uint64_t child; (child = 2 * (uint64_t) i + 1) < n; i = (uint32_t) child)
	{
		if (child + 1 < n && jn_name_compare(name[child], name[child + 1]) < 0)
			child++;
		if (jn_name_compare(moved, name[child]) >= 0)
			break;
		name[i] = name[child];
	}
	name[i] = moved;
}

void
jn_name_set_make(const JnEnv *env, JnName *name, uint32_t count, JnNameSet *set)
{
	uint32_t	kept = 0;

	for (uint32_t i = count / 2; i-- > 0;)
	{
		sift_down(name, count, i);
		if (i % 1024 == 0)
			jn_tick(env);
	}
	for (uint32_t n = count; n-- > 1;)
	{
		JnName		largest = name[0];

		name[0] = name[n];
		name[n] = largest;
		sift_down(name, n, 0);
		if (n % 1024 == 0)
			jn_tick(env);
	}

	set->name = name;
	set->presence = 0;
	for (uint32_t i = 0; i < count; i++)
	{
		if (kept > 0 && jn_name_compare(name[kept - 1], name[i]) == 0)
			continue;
		set->presence |= jn_presence(name[i].data, name[i].size);
		name[kept++] = name[i];
	}
	set->count = kept;
}

int64_t
jn_name_set_find(const JnNameSet *set, JnName name)
{
	uint32_t	low = 0;
	uint32_t	high = set->count;

	while (low < high)
	{
		uint32_t	i = low + (high - low) / 2;
		int			order = jn_name_compare(set->name[i], name);

		if (order == 0)
			return i;
		if (order < 0)
			low = i + 1;
		else
			high = i;
	}
	return -1;
}

uint32_t
jn_name_set_codes(const JnEnv *env, const JnNameSet *set, const JnLabels *labels, uint32_t *code)
{
	JnNames		names;
	uint32_t	found = 0;
	uint32_t	i = 0;

	jn_names_open(&names, labels);
	for (uint32_t k = 0; k < labels->names && i < set->count; k++)
	{
		JnName		name = jn_names_next(&names);
		int			order = -1;

		while (i < set->count && (order = jn_name_compare(set->name[i], name)) < 0)
			code[i++] = JN_NO_LABEL;
		if (i < set->count && order == 0)
		{
			code[i++] = k;
			found++;
		}
		if (k % 1024 == 1023)
			jn_tick(env);
	}
	while (i < set->count)
		code[i++] = JN_NO_LABEL;
	return found;
}
