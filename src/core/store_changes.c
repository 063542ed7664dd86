/*
 * store_changes.c
 *	  The changes of a bucket of a store as columns, in the order of the journeys.
 */
#include "store_changes.h"

#include "sort.h"

/* Changes that the first arrays have room for. */
#define FIRST_ROOM		64

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

void
jn_store_changes_close(JnStoreChanges *c)
{
	release(c->env, c->key);
	release(c->env, c->gone);
	release(c->env, c->time);
	release(c->env, c->event);
	release(c->env, c->value);
	release(c->env, c->order);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		release(c->env, c->label[t]);
	for (unsigned i = 0; i < JN_SET_COLUMNS; i++)
		release(c->env, c->name[i]);
}

/* ---- reading ---- */

static void
make_room(JnStoreChanges *c)
{
	const JnEnv *env = c->env;

	c->room = (uint32_t) jn_larger_room(c->room, (uint64_t) c->n + 1, FIRST_ROOM);
	c->key = jn_grow(env, c->key, c->room, sizeof(JnKey));
	c->gone = jn_grow(env, c->gone, c->room, sizeof(bool));
	c->time = jn_grow(env, c->time, c->room, sizeof(int64_t));
	c->event = jn_grow(env, c->event, c->room, sizeof(uint32_t));
	for (unsigned t = 0; c->tracks >> t != 0; t++)
		if (t != JN_VALUE && c->tracks >> t & 1)
			c->label[t] = jn_grow(env, c->label[t], c->room, sizeof(uint32_t));
	if (c->tracks >> JN_VALUE & 1)
		c->value = jn_grow(env, c->value, c->room, sizeof(uint64_t));
}

/* Appends the change where a reader stands, with the numbers of its names there. */
static void
add_change(JnStoreChanges *c, const JnBatchReader *r)
{
	uint32_t	at = c->n;

	if (at == c->room)
		make_room(c);
	c->key[at] = r->change.key;
	c->gone[at] = r->change.gone;
	c->time[at] = r->change.time;
	c->event[at] = r->event;
	for (unsigned t = 0; c->tracks >> t != 0; t++)
		if (t != JN_VALUE && c->tracks >> t & 1)
			c->label[t][at] = r->label[t];
	if (c->tracks >> JN_VALUE & 1)
		c->value[at] = r->change.value;
	c->some_gone |= r->change.gone;
	if (at == 0 || r->change.time < c->first)
		c->first = r->change.time;
	if (at == 0 || r->change.time > c->last)
		c->last = r->change.time;
	c->n++;
}

/* ---- names ---- */

static bool
name_before(const void *context, uint32_t x, uint32_t y)
{
	const JnName *name = context;

	return jn_name_compare(name[x], name[y]) < 0;
}

/* Numbers the names of a column, and its labels, anew: ascending, and each name once. */
static void
order_names(JnStoreChanges *c, unsigned column, const JnName *name, uint32_t n, uint32_t *label)
{
	const JnEnv *env = c->env;
	uint32_t   *index = jn_alloc(env, jn_array_size(2 * (uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	uint32_t   *number = index + n;
	uint32_t	names = 0;

	c->name[column] = jn_alloc(env, jn_array_size(n, sizeof(JnName)));
	for (uint32_t i = 0; i < n; i++)
		index[i] = i;
	jn_sort_index(env, index, n, index + n, name_before, name);
	for (uint32_t i = 0; i < n; i++)
	{
		if (i == 0 || jn_name_compare(name[index[i]], c->name[column][names - 1]) != 0)
			c->name[column][names++] = name[index[i]];
		number[index[i]] = names - 1;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	c->names[column] = names;
	for (uint32_t i = 0; i < c->n; i++)
	{
		if (label[i] != JN_NO_LABEL)
			label[i] = number[label[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_release(env, index);
}

/* ---- order ---- */

int
jn_store_changes_compare(const JnStoreChanges *c, uint32_t x, uint32_t y)
{
	if (c->time[x] != c->time[y])
		return c->time[x] < c->time[y] ? -1 : 1;
	if (c->event[x] != c->event[y])
		return c->event[x] < c->event[y] ? -1 : 1;
	for (unsigned t = 0; c->tracks >> t != 0; t++)
	{
		if ((c->tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE && c->value[x] != c->value[y])
			return c->value[x] < c->value[y] ? -1 : 1;
		if (t != JN_VALUE && c->label[t][x] != c->label[t][y])
			return c->label[t][x] < c->label[t][y] ? -1 : 1;
	}
	return 0;
}

static bool
change_before(const void *context, uint32_t x, uint32_t y)
{
	const JnStoreChanges *c = context;
	int			order = jn_key_compare(&c->key[x], &c->key[y]);

	return order != 0 ? order < 0 : jn_store_changes_compare(c, x, y) < 0;
}

/* What orders keys as they are ordered, but for those with one beginning. */
static int64_t
head_of(const JnKey *key)
{
	if (key->kind == JN_KEY_BIGINT)
		return key->number;
	return (int64_t) (jn_name_head((JnName) {key->data, key->size}, key->size) ^ UINT64_C(1) << 63);
}

/* By the heads of the keys first, and then those that have the same one. */
static void
order_changes(JnStoreChanges *c)
{
	const JnEnv *env = c->env;
	uint32_t	n = c->n;
	int64_t    *head = jn_alloc(env, jn_array_size(n, sizeof(int64_t)));
	uint32_t	to;

	c->order = jn_alloc(env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
	for (uint32_t i = 0; i < n; i++)
	{
		c->order[i] = i;
		head[i] = head_of(&c->key[i]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_sort(env, head, c->order, n, false);
	for (uint32_t from = 0; from < n; from = to)
	{
		for (to = from + 1; to < n && head[to] == head[from];)
			to++;
		if (to - from > 1)
			jn_sort_index(env, c->order + from, to - from, c->order + n, change_before, c);
	}
	jn_release(env, head);
}

uint32_t
jn_store_changes_end(const JnStoreChanges *c, uint32_t from)
{
	uint32_t	to = from + 1;

	while (to < c->n && jn_key_compare(&c->key[c->order[from]], &c->key[c->order[to]]) == 0)
		to++;
	return to;
}

JnStatus
jn_store_changes_open(JnStoreChanges *c, const JnEnv *env, const uint8_t *bytes, size_t size, size_t from,
					  JnError *err)
{
	JnBatchReader r;
	JnStatus	status = jn_batch_read(&r, bytes, size, err);
	bool		found = true;

	memset(c, 0, sizeof(JnStoreChanges));
	c->env = env;
	if (status != JN_OK)
		return status;
	c->kind = r.change.key.kind;
	c->tracks = r.tracks;
	for (uint32_t read = 1;; read++)
	{
		bool		known = (size_t) (r.p - bytes) < from;

		status = jn_batch_next(env, &r, &found, err);
		if (status != JN_OK || !found)
			break;
		if (read % 1024 == 0)
			jn_tick(env);
		if (known)
		{
			c->known = r.change.time;
			continue;
		}
		if (c->n == JN_MAX_STEPS)
		{
			status = jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) JN_MAX_STEPS + 1, JN_MAX_STEPS);
			break;
		}
		add_change(c, &r);
	}
	if (status == JN_OK && c->n > 0)
	{
		order_names(c, JN_SET_EVENT, r.name[JN_SET_EVENT], r.names[JN_SET_EVENT], c->event);
		for (unsigned t = 0; t < JN_TRACKS; t++)
			if (c->label[t] != NULL)
				order_names(c, t, r.name[t], r.names[t], c->label[t]);
		order_changes(c);
	}
	jn_batch_done(env, &r);
	return status;
}
