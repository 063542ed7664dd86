/*
 * spread.c
 *	  Subjects whose journeys are spread over several sets.
 *
 * The table is open, with linear probing, and holds numbers of subjects.  A
 * list of cells is merged with those of a further part from behind, in place.
 */
#include "spread.h"

#include "key.h"
#include "sort.h"

#define FIRST_BITS		4
#define FIRST_ROOM		8

/* ---- the table ---- */

/* The slot where a key is, or would be put. */
static uint32_t
find_slot(const JnSpread *s, uint64_t salt, const JnKey *key)
{
	uint32_t	mask = (UINT32_C(1) << s->bits) - 1;
	uint32_t	at = (uint32_t) jn_key_hash(key, salt) & mask;

	while (s->slot[at] != 0 && jn_key_order(&s->subject[s->slot[at] - 1].key, key) != 0)
		at = (at + 1) & mask;
	return at;
}

/* Makes a table of twice the size, or the first one. */
static void
grow_table(const JnEnv *env, JnSpread *s, uint64_t salt)
{
	jn_release(env, s->slot);
	s->bits = s->slot == NULL ? FIRST_BITS : s->bits + 1;
	s->slot = NULL;
	s->slot = jn_alloc(env, jn_array_size(UINT64_C(1) << s->bits, sizeof(uint32_t)));
	memset(s->slot, 0, sizeof(uint32_t) << s->bits);
	for (uint32_t i = 0; i < s->subjects; i++)
	{
		s->slot[find_slot(s, salt, &s->subject[i].key)] = i + 1;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
}

/* The subject of a key; a new one has no cells. */
static JnSpreadSubject *
find_subject(const JnEnv *env, JnSpread *s, uint64_t salt, const JnKey *key)
{
	uint32_t	at;
	JnSpreadSubject *subject;

	if (s->slot == NULL || 2 * ((uint64_t) s->subjects + 1) > UINT64_C(1) << s->bits)
		grow_table(env, s, salt);
	at = find_slot(s, salt, key);
	if (s->slot[at] != 0)
		return &s->subject[s->slot[at] - 1];

	if (s->subjects == s->room)
	{
		uint32_t	room = (uint32_t) jn_larger_room(s->room, 0, FIRST_ROOM);

		s->subject = jn_grow(env, s->subject, room, sizeof(JnSpreadSubject));
		s->room = room;
	}
	subject = &s->subject[s->subjects];
	*subject = (JnSpreadSubject) {.key = jn_key_keep(env, key)};
	s->slot[at] = ++s->subjects;
	return subject;
}

/* ---- cells ---- */

uint64_t *
jn_spread_cells(const JnEnv *env, JnSpread *s, uint32_t n)
{
	if (n > s->work_room)
	{
		s->work_room = (uint32_t) jn_larger_room(s->work_room, n, FIRST_ROOM);
		s->work = jn_grow(env, s->work, s->work_room, sizeof(uint64_t));
	}
	return s->work;
}

/* Puts cells in order, which they may be already. */
static void
sort_cells(const JnEnv *env, JnSpread *s, uint64_t *cell, uint32_t n)
{
	uint32_t	ordered = 1;

	for (; ordered < n && cell[ordered - 1] < cell[ordered]; ordered++)
		if (ordered % JN_TICK_EVERY == 0)
			jn_tick(env);
	if (ordered >= n)
		return;
	if (n > s->tag_room)
	{
		uint32_t	room = (uint32_t) jn_larger_room(s->tag_room, n, FIRST_ROOM);

		s->tag = jn_grow(env, s->tag, room, sizeof(uint32_t));
		memset(s->tag + s->tag_room, 0, (room - s->tag_room) * sizeof(uint32_t));
		s->tag_room = room;
	}
	jn_sort(env, (int64_t *) cell, s->tag, n, false);
}

/* Merges n ascending cells into the "cells" that stand in to[] with room for both, from behind. */
static void
merge_cells(const JnEnv *env, uint64_t *to, uint32_t cells, const uint64_t *cell, uint32_t n)
{
	while (n > 0)
	{
		bool		own = cells > 0 && to[cells - 1] > cell[n - 1];

		to[cells + n - 1] = own ? to[cells - 1] : cell[n - 1];
		cells -= own;
		n -= !own;
		if ((cells + n) % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

uint32_t
jn_spread_add(const JnEnv *env, JnSpread *s, uint64_t salt, const JnKey *key, uint64_t *cell, uint32_t n)
{
	JnSpreadSubject *subject = find_subject(env, s, salt, key);
	uint32_t	before = subject->cells;
	uint32_t	known = 0;
	uint32_t	k = 0;

	sort_cells(env, s, cell, n);
	if ((uint64_t) before + n > subject->room)
	{
		uint32_t	room = before == 0 ? n : (uint32_t) jn_larger_room(subject->room, (uint64_t) before + n, FIRST_ROOM);

		subject->cell = jn_grow(env, subject->cell, room, sizeof(uint64_t));
		subject->room = room;
	}

	/* the new ones wait behind those that are there */
	for (uint32_t i = 0; i < n; i++)
	{
		for (; k < before && subject->cell[k] < cell[i]; k++)
			if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		if (k < before && subject->cell[k] == cell[i])
			cell[known++] = cell[i];
		else
			subject->cell[subject->cells++] = cell[i];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (before > 0)
	{
		memcpy(cell + known, subject->cell + before, (n - known) * sizeof(uint64_t));
		merge_cells(env, subject->cell, before, cell + known, n - known);
	}
	return known;
}

/* ---- bytes ---- */

uint64_t
jn_spread_size(const JnSpread *s)
{
	uint64_t	size = 4;

	for (uint32_t i = 0; i < s->subjects; i++)
		size += jn_key_size(&s->subject[i].key) + 4 + 4 * (uint64_t) s->subject[i].cells;
	return size;
}

/* Whether subject x has a lesser key than y; for jn_sort_index(). */
static bool
key_before(const void *context, uint32_t x, uint32_t y)
{
	const JnSpread *s = context;

	return jn_key_order(&s->subject[x].key, &s->subject[y].key) < 0;
}

/* The numbers of the subjects in the order of their keys. */
static uint32_t *
order_subjects(const JnEnv *env, const JnSpread *s)
{
	uint32_t	n = s->subjects;
	uint32_t   *order = jn_alloc(env, jn_array_size(n, sizeof(uint32_t)));
	uint32_t   *spare = jn_alloc(env, jn_array_size(n / 2 + 1, sizeof(uint32_t)));

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	jn_sort_index(env, order, n, spare, key_before, s);
	jn_release(env, spare);
	return order;
}

uint8_t *
jn_spread_write(const JnEnv *env, JnSpread *s, JnSpreadRow row_of, const void *context, uint8_t *out)
{
	uint32_t   *order = order_subjects(env, s);

	jn_store32(out, s->subjects);
	out += 4;
	for (uint32_t i = 0; i < s->subjects; i++)
	{
		const JnSpreadSubject *subject = &s->subject[order[i]];
		uint64_t   *row = jn_spread_cells(env, s, subject->cells);

		for (uint32_t k = 0; k < subject->cells; k++)
		{
			row[k] = row_of(context, subject->cell[k]);
			if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		sort_cells(env, s, row, subject->cells);

		out = jn_key_put(&subject->key, out);
		jn_store32(out, subject->cells);
		out += 4;
		for (uint32_t k = 0; k < subject->cells; k++, out += 4)
		{
			jn_store32(out, (uint32_t) row[k]);
			if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		jn_tick(env);
	}
	jn_release(env, order);
	return out;
}

JnStatus
jn_spread_read(const JnEnv *env, JnSpread *s, uint64_t salt, const uint8_t *p, size_t size,
			   uint32_t rows, const uint64_t *cell, uint64_t *left, size_t *took, JnError *err)
{
	JnKey		last = {0};
	size_t		at = 4;
	uint32_t	subjects;

	if (size < 4)
		return jn_too_short(size, 4, err);
	subjects = jn_load32(p);
	if (subjects == 0)
		return jn_corrupt_at(0, err);
	for (uint32_t i = 0; i < subjects; i++)
	{
		size_t		begin = at;
		JnKey		key;
		JnStatus	status = jn_key_get(p, size, &at, &key, err);
		uint64_t   *list = NULL;
		uint32_t	cells;
		uint32_t	least = 0;

		if (status != JN_OK)
			return status;
		if (i > 0 && jn_key_order(&last, &key) >= 0)
			return jn_corrupt_at(begin, err);
		last = key;
		if (size - at < 4)
			return jn_too_short(size, (uint64_t) at + 4, err);
		cells = jn_load32(p + at);
		if (cells == 0 || cells > rows)
			return jn_corrupt_at(at, err);
		at += 4;
		if (size - at < 4 * (uint64_t) cells)
			return jn_too_short(size, at + 4 * (uint64_t) cells, err);
		if (s != NULL)
			list = jn_spread_cells(env, s, cells);
		for (uint32_t k = 0; k < cells; k++, at += 4)
		{
			uint32_t	row = jn_load32(p + at);

			if (row < least || row >= rows || left[row]-- == 0)
				return jn_corrupt_at(at, err);
			least = row + 1;
			if (list != NULL)
				list[k] = cell[row];
			if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		if (list != NULL)
			jn_spread_add(env, s, salt, &key, list, cells);
		jn_tick(env);
	}
	*took = at;
	return JN_OK;
}
