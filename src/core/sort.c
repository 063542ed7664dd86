/*
 * sort.c
 *	  The sorter: a stable natural merge sort of keys with tags.
 *
 * The runs that are there already are found (a strictly descending one is
 * turned round), short ones are filled up by insertion, and neighbours are
 * merged in the order of "powersort" (Munro and Wild, "Nearly-Optimal
 * Mergesorts", 2018), which weighs runs like the leaves of a balanced tree and
 * needs a stack of 32.
 */
#include "sort.h"

#include <string.h>

/* Runs shorter than this are filled up by insertion. */
#define MIN_RUN			16

/* Shorter runs of numbers are sorted by insertion. */
#define FEW				8

/* More runs than the stack of powersort can ever hold for 2^32 elements. */
#define MAX_RUNS		34

/* A run of ordered elements, and how deep powersort hangs its border to the next. */
typedef struct Run
{
	uint32_t	at;
	uint32_t	n;
	int			power;
} Run;

/* What sorting needs; "spare" holds the shorter one of two runs. */
typedef struct Sorter
{
	const JnEnv *env;
	int64_t    *key;
	uint32_t   *tag;
	uint32_t	n;
	bool		by_tag;			/* elements of one key in the order of tags */
	int64_t    *spare_key;
	uint32_t   *spare_tag;
	uint32_t	spare_room;
} Sorter;

static inline bool
before(int64_t key, uint32_t tag, int64_t key2, uint32_t tag2, bool by_tag)
{
	return key < key2 || (by_tag && key == key2 && tag < tag2);
}

/* Whether element i belongs before element k. */
static inline bool
element_before(const Sorter *s, uint32_t i, uint32_t k)
{
	return before(s->key[i], s->tag[i], s->key[k], s->tag[k], s->by_tag);
}

/* Turns elements from .. to-1 round. */
static void
reverse(Sorter *s, uint32_t from, uint32_t to)
{
	for (; to - from > 1; from++, to--)
	{
		int64_t		key = s->key[from];
		uint32_t	tag = s->tag[from];

		s->key[from] = s->key[to - 1];
		s->tag[from] = s->tag[to - 1];
		s->key[to - 1] = key;
		s->tag[to - 1] = tag;
	}
}

/* Moves element i down to its place among the ordered elements from .. i-1. */
static void
insert(Sorter *s, uint32_t from, uint32_t i)
{
	int64_t		key = s->key[i];
	uint32_t	tag = s->tag[i];

	for (; i > from && before(key, tag, s->key[i - 1], s->tag[i - 1], s->by_tag); i--)
	{
		s->key[i] = s->key[i - 1];
		s->tag[i] = s->tag[i - 1];
	}
	s->key[i] = key;
	s->tag[i] = tag;
}

/* Finds, or makes, the ordered run that begins at "from"; returns its length. */
static uint32_t
next_run(Sorter *s, uint32_t from)
{
	uint32_t	to = from + 1;

	if (to < s->n && element_before(s, to, from))
	{
		/* only if each element is strictly before the last may they be turned */
		while (to < s->n && element_before(s, to, to - 1))
			if (++to % JN_TICK_EVERY == 0)
				jn_tick(s->env);
		reverse(s, from, to);
	}
	while (to < s->n && !element_before(s, to, to - 1))
		if (++to % JN_TICK_EVERY == 0)
			jn_tick(s->env);
	for (; to < s->n && to - from < MIN_RUN; to++)
		insert(s, from, to);
	return to - from;
}

/* How deep the border between a run and the next one lies in powersort's tree. */
static int
border_power(const Sorter *s, const Run *run, uint32_t next_n)
{
	/* middles of both runs as fractions of the whole, which is 2^31; a run, but for the last, is not below 2 of that */
	uint64_t	middle = 2 * (uint64_t) run->at + run->n;
	uint64_t	next = middle + run->n + next_n;
	int			power = 0;

	middle = (middle << 30) / s->n;
	next = (next << 30) / s->n;
	for (uint64_t differ = middle ^ next; differ >> 31 == 0; differ <<= 1)
		power++;
	return power;
}

/* Room for a shorter run of n elements. */
static void
make_spare(Sorter *s, uint32_t n)
{
	uint32_t	room = s->spare_room;

	if (n <= room)
		return;
	room = 2 * room > n ? 2 * room : n;
	if (room > s->n / 2)
		room = s->n / 2;
	if (s->spare_room > 0)
	{
		jn_release(s->env, s->spare_key);
		jn_release(s->env, s->spare_tag);
	}
	s->spare_room = room;
	s->spare_key = jn_alloc(s->env, room * sizeof(int64_t));
	s->spare_tag = jn_alloc(s->env, room * sizeof(uint32_t));
}

/* Merges [at, at+n1) and [at+n1, at+n1+n2) upward, n1 <= n2. */
static inline void
merge_up(Sorter *s, uint32_t at, uint32_t n1, uint32_t n2, bool by_tag)
{
	const int64_t *key1 = s->spare_key;
	const uint32_t *tag1 = s->spare_tag;
	const int64_t *key2 = s->key + at + n1;
	const uint32_t *tag2 = s->tag + at + n1;
	int64_t    *key = s->key + at;
	uint32_t   *tag = s->tag + at;
	uint32_t	i = 0;
	uint32_t	k = 0;

	memcpy(s->spare_key, key, n1 * sizeof(int64_t));
	memcpy(s->spare_tag, tag, n1 * sizeof(uint32_t));
	while (i < n1 && k < n2)
	{
		bool		second = before(key2[k], tag2[k], key1[i], tag1[i], by_tag);

		key[i + k] = second ? key2[k] : key1[i];
		tag[i + k] = second ? tag2[k] : tag1[i];
		i += !second;
		k += second;
		if ((i + k) % JN_TICK_EVERY == 0)
			jn_tick(s->env);
	}
	memcpy(key + i + k, key1 + i, (n1 - i) * sizeof(int64_t));
	memcpy(tag + i + k, tag1 + i, (n1 - i) * sizeof(uint32_t));
}

/* The same downward, n2 < n1. */
static inline void
merge_down(Sorter *s, uint32_t at, uint32_t n1, uint32_t n2, bool by_tag)
{
	const int64_t *key1 = s->key + at;
	const uint32_t *tag1 = s->tag + at;
	const int64_t *key2 = s->spare_key;
	const uint32_t *tag2 = s->spare_tag;
	int64_t    *key = s->key + at;
	uint32_t   *tag = s->tag + at;
	uint32_t	i = n1;
	uint32_t	k = n2;

	memcpy(s->spare_key, key + n1, n2 * sizeof(int64_t));
	memcpy(s->spare_tag, tag + n1, n2 * sizeof(uint32_t));
	while (i > 0 && k > 0)
	{
		bool		first = before(key2[k - 1], tag2[k - 1], key1[i - 1], tag1[i - 1], by_tag);

		key[i + k - 1] = first ? key1[i - 1] : key2[k - 1];
		tag[i + k - 1] = first ? tag1[i - 1] : tag2[k - 1];
		i -= first;
		k -= !first;
		if ((i + k) % JN_TICK_EVERY == 0)
			jn_tick(s->env);
	}
	memcpy(key, key2, k * sizeof(int64_t));
	memcpy(tag, tag2, k * sizeof(uint32_t));
}

/* Merges a run with the next one, which has n2 elements. */
static void
merge(Sorter *s, Run *run, uint32_t n2)
{
	uint32_t	at = run->at;
	uint32_t	middle = at + run->n;
	uint32_t	end = middle + n2;
	uint32_t	low = at;
	uint32_t	high = middle;

	run->n += n2;

	/* what of the first run is not after the second one's first element can stay */
	while (low < high)
	{
		uint32_t	i = low + (high - low) / 2;

		if (element_before(s, middle, i))
			high = i;
		else
			low = i + 1;
	}
	at = low;
	if (at == middle)
		return;

	/* what of the second run is not before the first one's last element can stay */
	low = middle;
	high = end;
	while (low < high)
	{
		uint32_t	i = low + (high - low) / 2;

		if (element_before(s, i, middle - 1))
			low = i + 1;
		else
			high = i;
	}
	end = low;

	uint32_t	n1 = middle - at;

	n2 = end - middle;
	make_spare(s, n1 <= n2 ? n1 : n2);
	if (n1 <= n2)
	{
		if (s->by_tag)
			merge_up(s, at, n1, n2, true);
		else
			merge_up(s, at, n1, n2, false);
	}
	else
	{
		if (s->by_tag)
			merge_down(s, at, n1, n2, true);
		else
			merge_down(s, at, n1, n2, false);
	}
}

void
jn_sort(const JnEnv *env, int64_t *key, uint32_t *tag, uint32_t n, bool by_tag)
{
	Sorter		s = {.env = env,.key = key,.tag = tag,.n = n,.by_tag = by_tag};
	Run			stack[MAX_RUNS];
	unsigned	top = 0;

	if (n == 0)
		return;
	stack[0] = (Run) {0, next_run(&s, 0), 0};
	for (uint32_t at = stack[0].n; at < s.n;)
	{
		Run			run = {at, next_run(&s, at), 0};
		int			power = border_power(&s, &stack[top], run.n);

		at += run.n;
		while (top > 0 && stack[top - 1].power >= power)
		{
			merge(&s, &stack[top - 1], stack[top].n);
			top--;
		}
		stack[top].power = power;
		stack[++top] = run;
		jn_tick(env);
	}
	for (; top > 0; top--)
		merge(&s, &stack[top - 1], stack[top].n);
	if (s.spare_room > 0)
	{
		jn_release(env, s.spare_key);
		jn_release(env, s.spare_tag);
	}
}

/* ---- numbers of things ---- */

void
jn_sort_index(const JnEnv *env, uint32_t *index, uint32_t n, uint32_t *spare,
			  bool (*before) (const void *context, uint32_t x, uint32_t y), const void *context)
{
	uint32_t	half = n / 2;
	uint32_t	x = 0;
	uint32_t	y = half;

	if (n <= FEW)
	{
		for (uint32_t i = 1; i < n; i++)
		{
			uint32_t	one = index[i];
			uint32_t	to = i;

			for (; to > 0 && before(context, one, index[to - 1]); to--)
				index[to] = index[to - 1];
			index[to] = one;
		}
		return;
	}
	jn_sort_index(env, index, half, spare, before, context);
	jn_sort_index(env, index + half, n - half, spare, before, context);
	if (!before(context, index[half], index[half - 1]))
		return;
	memcpy(spare, index, half * sizeof(uint32_t));
	for (uint32_t to = 0; x < half; to++)
	{
		index[to] = y < n && before(context, index[y], spare[x]) ? index[y++] : spare[x++];
		if (to % 1024 == 1023)
			jn_tick(env);
	}
}
