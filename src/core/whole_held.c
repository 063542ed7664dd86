/*
 * whole_held.c
 *	  What is held back: a table of subjects, the parts of each in the order of
 *	  their times, and copies of the sets in which they stand.
 */
#include "whole_own.h"

#include "sort.h"

#define FIRST_BITS		4
#define FIRST_ROOM		4

/* ---- the table of subjects ---- */

/* The slot where a key is, or would be put. */
static uint32_t
find_slot(const JnWhole *w, const JnKey *key)
{
	uint32_t	mask = (UINT32_C(1) << w->bits) - 1;
	uint32_t	at = (uint32_t) jn_key_hash(key, w->salt) & mask;

	while (w->slot[at] != 0 && jn_key_order(&w->subject[w->slot[at] - 1].key, key) != 0)
		at = (at + 1) & mask;
	return at;
}

/* Makes a table of twice the size, or the first one. */
static void
grow_table(const JnEnv *env, JnWhole *w)
{
	jn_release(env, w->slot);
	w->bits = w->slot == NULL ? FIRST_BITS : w->bits + 1;
	w->slot = NULL;
	w->slot = jn_alloc(env, jn_array_size(UINT64_C(1) << w->bits, sizeof(uint32_t)));
	memset(w->slot, 0, sizeof(uint32_t) << w->bits);
	for (uint32_t i = 0; i < w->subjects; i++)
	{
		w->slot[find_slot(w, &w->subject[i].key)] = i + 1;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
}

JnHeldSubject *
jn_held_subject(const JnEnv *env, JnWhole *w, const JnKey *key)
{
	uint32_t	at;

	if (w->slot == NULL || 2 * ((uint64_t) w->subjects + 1) > UINT64_C(1) << w->bits)
		grow_table(env, w);
	at = find_slot(w, key);
	if (w->slot[at] == 0)
	{
		if (w->subjects == w->room)
		{
			uint32_t	room = w->room > 0 ? 2 * w->room : FIRST_ROOM;
			size_t		size = jn_array_size(room, sizeof(JnHeldSubject));

			w->subject = w->room > 0 ? jn_resize(env, w->subject, size) : jn_alloc(env, size);
			w->room = room;
		}
		w->subject[w->subjects] = (JnHeldSubject) {.key = jn_key_keep(env, key)};
		w->slot[at] = ++w->subjects;
	}
	return &w->subject[w->slot[at] - 1];
}

void
jn_held_subject_release(const JnEnv *env, JnHeldSubject *subject)
{
	if (subject->key.data != NULL)
		jn_release(env, (void *) (uintptr_t) subject->key.data);
	jn_release(env, subject->part);
}

/* Forgets a subject, which has no parts left. */
static void
remove_subject(const JnEnv *env, JnWhole *w, JnHeldSubject *subject)
{
	uint32_t	mask = (UINT32_C(1) << w->bits) - 1;
	uint32_t	number = (uint32_t) (subject - w->subject) + 1;
	uint32_t	hole = find_slot(w, &subject->key);

	/* those behind the hole that would be looked for before it move up */
	for (uint32_t at = (hole + 1) & mask; w->slot[at] != 0; at = (at + 1) & mask)
	{
		uint32_t	home = (uint32_t) jn_key_hash(&w->subject[w->slot[at] - 1].key, w->salt) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask))
		{
			w->slot[hole] = w->slot[at];
			hole = at;
		}
	}
	w->slot[hole] = 0;

	/* the last subject takes its place */
	jn_held_subject_release(env, subject);
	if (number < w->subjects)
	{
		w->slot[find_slot(w, &w->subject[w->subjects - 1].key)] = number;
		*subject = w->subject[w->subjects - 1];
	}
	w->subjects--;
}

/* ---- sets ---- */

JnHeldSet *
jn_held_set_add(const JnEnv *env, JnWhole *w, const JnSet *s)
{
	JnHeldSet  *held = jn_alloc(env, sizeof(JnHeldSet));
	JnError		err;

	held->bytes = jn_alloc(env, s->size);
	memcpy(held->bytes, s->bytes, s->size);

	/* they have been opened before */
	jn_set_open(held->bytes, s->size, &held->set, &err);
	held->held = 0;
	held->after = NULL;
	held->before = w->set;
	if (held->before != NULL)
		held->before->after = held;
	w->set = held;
	w->sets++;
	return held;
}

void
jn_held_set_release(const JnEnv *env, JnWhole *w, JnHeldSet *held)
{
	if (held->before != NULL)
		held->before->after = held->after;
	if (held->after != NULL)
		held->after->before = held->before;
	else
		w->set = held->before;
	w->sets--;
	jn_release(env, held->bytes);
	jn_release(env, held);
}

/* ---- parts ---- */

/* The order of a subject's parts: by time; a part that goes on from the very same time comes after. */
static int
compare_parts(const JnHeldPart *a, const JnHeldPart *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	if (a->ghost != b->ghost)
		return a->ghost ? 1 : -1;
	if (a->more != b->more)
		return a->more ? 1 : -1;
	return jn_set_compare(&a->in->set, &b->in->set);
}

uint32_t
jn_held_part_insert(const JnEnv *env, JnHeldSubject *subject, const JnHeldPart *part)
{
	uint32_t	from = 0;
	uint32_t	to = subject->parts;

	if (subject->parts == subject->room)
	{
		uint32_t	room = subject->room > 0 ? 2 * subject->room : FIRST_ROOM;
		size_t		size = jn_array_size(room, sizeof(JnHeldPart));

		subject->part = subject->room > 0 ? jn_resize(env, subject->part, size) : jn_alloc(env, size);
		subject->room = room;
	}
	while (from < to)
	{
		uint32_t	middle = from + (to - from) / 2;

		if (compare_parts(&subject->part[middle], part) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	memmove(subject->part + from + 1, subject->part + from, (subject->parts - from) * sizeof(JnHeldPart));
	subject->part[from] = *part;
	subject->parts++;
	return from;
}

void
jn_held_parts_remove(const JnEnv *env, JnWhole *w, JnHeldSubject *subject, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
	{
		JnHeldSet  *in = subject->part[i].in;

		if (--in->held == 0)
			jn_held_set_release(env, w, in);
	}
	memmove(subject->part + from, subject->part + to, (subject->parts - to) * sizeof(JnHeldPart));
	subject->parts -= to - from;
	if (subject->parts == 0)
		remove_subject(env, w, subject);
}

/* ---- all of it, in order ---- */

static bool
set_before(const void *context, uint32_t x, uint32_t y)
{
	JnHeldSet  *const *set = context;

	return jn_set_compare(&set[x]->set, &set[y]->set) < 0;
}

JnHeldSet **
jn_held_sets(const JnEnv *env, const JnWhole *w)
{
	uint32_t	n = w->sets;
	JnHeldSet **came = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnHeldSet *)));
	JnHeldSet **set = jn_alloc(env, jn_array_size((uint64_t) n + 1, sizeof(JnHeldSet *)));
	uint32_t   *index = jn_alloc(env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	uint32_t	left = n;

	for (JnHeldSet *one = w->set; one != NULL; one = one->before)
	{
		came[--left] = one;
		index[left] = left;
	}
	jn_sort_index(env, index, n, index + n, set_before, came);
	for (uint32_t i = 0; i < n; i++)
		set[i] = came[index[i]];
	jn_release(env, index);
	jn_release(env, came);
	return set;
}

uint8_t *
jn_held_bits(const JnEnv *env, const JnWhole *w, JnHeldSet *const *set, size_t **at)
{
	size_t		size = 0;
	uint8_t    *bits;

	*at = jn_alloc(env, jn_array_size((uint64_t) w->sets + 1, sizeof(size_t)));
	for (uint32_t i = 0; i < w->sets; i++)
	{
		(*at)[i] = size;
		size += (set[i]->set.head.parts + 7) / 8;
		set[i]->number = i;
	}
	bits = jn_alloc(env, size + 1);
	memset(bits, 0, size);
	for (uint32_t i = 0; i < w->subjects; i++)
	{
		const JnHeldSubject *subject = &w->subject[i];

		for (uint32_t k = 0; k < subject->parts; k++)
		{
			const JnHeldPart *part = &subject->part[k];

			bits[(*at)[part->in->number] + part->number / 8] |= (uint8_t) (1 << part->number % 8);
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return bits;
}
