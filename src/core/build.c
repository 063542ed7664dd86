/*
 * build.c
 *	  The builder of journeys: names, steps, order, bytes.
 *
 * Steps are two arrays, time[] and code[], 12 bytes a step.  A code is the
 * number of a name in the order of first use, until jn_build_finish() puts the
 * names in order and renumbers: then a code is also the rank of its name, two
 * steps of one time compare by code, and the dictionary can be written as it
 * is.  Names that come later are numbered on from there and take part in the
 * next finish.
 *
 * Names.  Events come in runs, so the last name is tried first.  Up to
 * FEW_NAMES names are then looked through by 16 bits of their hash; beyond, an
 * open table with linear probing finds them, at most half full.  The hash
 * begins with the builder's address, so that nobody can prepare names that all
 * collide.  Nothing but speed depends on it.
 *
 * Order.  A stable natural merge sort: the runs that are there already are
 * found (a strictly descending one is turned round), short ones are filled up
 * by insertion, and neighbours are merged in the order of "powersort" (Munro
 * and Wild, "Nearly-Optimal Mergesorts", 2018), which weighs runs like the
 * leaves of a balanced tree and needs a stack of 32.  So one pass proves that
 * sorted steps are sorted, appending a journey to another costs a linear
 * merge, and any order at all costs O(n log n).
 *
 * Memory.  The first block holds the builder and room for a few steps and
 * names, since an aggregate may have a million builders of a handful of steps
 * each.  Arrays grow out of it by doubling.
 */
#include "build.h"

#include "utf8.h"

/* Up to so many names are looked through one by one. */
#define FEW_NAMES		8

/* Dictionaries of others up to this size are handled without allocating. */
#define FEW_FOREIGN		64

/* Room in the first block: fits with JnBuild into 256 bytes. */
#define FIRST_STEPS		5
#define FIRST_NAMES		3
#define FIRST_TEXT		44

/* Runs shorter than this are filled up by insertion. */
#define MIN_RUN			16

/* More runs than the stack of powersort can ever hold for 2^32 steps. */
#define MAX_RUNS		34

#define NO_CODE			UINT32_MAX

/* A distinct name, in text[at .. at+size-1]. */
typedef struct Entry
{
	uint32_t	at;
	uint16_t	size;			/* bytes, at most JN_MAX_NAME */
	uint16_t	tag;			/* bits of its hash, to skip most comparisons */
} Entry;

/* A slot of the table of names holds code + 1, or 0 when it is free. */
struct JnBuild
{
	int64_t    *time;			/* n steps; microseconds */
	uint32_t   *code;			/* index into entry[] */
	uint32_t	n;
	uint32_t	room;			/* steps that fit */

	Entry	   *entry;			/* distinct names */
	char	   *text;			/* their bytes, one after another */
	uint32_t   *slot;			/* table of names, NULL before its first use */
	uint32_t	names;
	uint32_t	name_room;		/* entries that fit */
	uint32_t	text_size;		/* bytes, at most JN_MAX_BYTES */
	uint32_t	text_room;
	uint32_t	slots;			/* in use: 0 while few, else a power of two, at least twice the names */
	uint32_t	slot_room;		/* slots that fit */
	uint32_t	ordered;		/* names before this one are in order */

	uint32_t	last;			/* the code tried first: some name's, most often the last step's */
	bool		keep_ties;		/* steps of one time stay as they came */

	JnTimesPlan times_plan;		/* of finish, for write */

	int64_t		first_time[FIRST_STEPS];
	uint32_t	first_code[FIRST_STEPS];
	Entry		first_entry[FIRST_NAMES];
	char		first_text[FIRST_TEXT];
};

_Static_assert(sizeof(JnBuild) <= 256, "many groups have a builder at the same time");

/* ---- the object ---- */

JnBuild *
jn_build_new(const JnEnv *env, bool keep_ties)
{
	JnBuild    *b = jn_alloc(env, sizeof(JnBuild));

	memset(b, 0, sizeof(JnBuild));
	b->time = b->first_time;
	b->code = b->first_code;
	b->room = FIRST_STEPS;
	b->entry = b->first_entry;
	b->name_room = FIRST_NAMES;
	b->text = b->first_text;
	b->text_room = FIRST_TEXT;
	b->keep_ties = keep_ties;
	return b;
}

void
jn_build_free(const JnEnv *env, JnBuild *b)
{
	if (b->time != b->first_time)
		jn_release(env, b->time);
	if (b->code != b->first_code)
		jn_release(env, b->code);
	if (b->entry != b->first_entry)
		jn_release(env, b->entry);
	if (b->text != b->first_text)
		jn_release(env, b->text);
	if (b->slot != NULL)
		jn_release(env, b->slot);
	jn_release(env, b);
}

void
jn_build_reset(JnBuild *b)
{
	b->n = 0;
	b->names = 0;
	b->text_size = 0;
	b->ordered = 0;
	b->last = 0;
	b->slots = 0;
}

uint32_t
jn_build_steps(const JnBuild *b)
{
	return b->n;
}

/* Elements to make room for when "need" are needed: twice as many as before, "most" at most. */
static uint32_t
larger_room(uint32_t room, uint64_t need, uint32_t most)
{
	uint64_t	want = 2 * (uint64_t) room;

	if (want < need)
		want = need;
	return want < most ? (uint32_t) want : most;
}

/* Gives an array more room.  "first" is its place in the builder's block. */
static void *
grow(const JnEnv *env, void *array, const void *first, size_t element, uint32_t room, uint32_t new_room)
{
	size_t		size = jn_array_size(new_room, element);
	void	   *grown;

	if (array != first)
		return jn_resize(env, array, size);
	grown = jn_alloc(env, size);
	memcpy(grown, array, room * element);
	return grown;
}

/* Makes room for "count" more steps. */
static JnStatus
make_room(const JnEnv *env, JnBuild *b, uint32_t count, JnError *err)
{
	uint64_t	need = (uint64_t) b->n + count;
	uint32_t	room;

	if (need <= b->room)
		return JN_OK;
	if (need > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) need, JN_MAX_STEPS);
	room = larger_room(b->room, need, JN_MAX_STEPS);
	b->time = grow(env, b->time, b->first_time, sizeof(int64_t), b->room, room);
	b->code = grow(env, b->code, b->first_code, sizeof(uint32_t), b->room, room);
	b->room = room;
	return JN_OK;
}

/* ---- names ---- */

static inline JnName
entry_name(const JnBuild *b, uint32_t code)
{
	return (JnName) {b->text + b->entry[code].at, b->entry[code].size};
}

static inline bool
entry_is(const JnBuild *b, uint32_t code, const char *name, size_t size)
{
	const Entry *e = &b->entry[code];

	return e->size == size && memcmp(b->text + e->at, name, size) == 0;
}

/*
 * Hash of a name for this builder only.  Eight bytes at a time, the last eight
 * of a longer name overlapping; the size goes first, so that tells names apart.
 */
static inline uint64_t
name_hash(const JnBuild *b, const char *name, size_t size)
{
	const uint8_t *p = (const uint8_t *) name;
	uint64_t	h = ((uint64_t) (uintptr_t) b + size) * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t	word = 0;

	if (size >= 8)
	{
		for (size_t i = 0; i < size - 8; i += 8)
			h = jn_mix64(h ^ jn_load64(p + i));
		word = jn_load64(p + size - 8);
	}
	else if (size >= 4)
		word = (uint64_t) jn_load32(p) << 32 | jn_load32(p + size - 4);
	else if (size > 0)
		word = (uint64_t) p[0] << 16 | (uint64_t) p[size / 2] << 8 | p[size - 1];
	return jn_mix64(h ^ word);
}

static inline uint16_t
hash_tag(uint64_t hash)
{
	return (uint16_t) (hash >> 48);
}

/* Puts a name into the table, where it is not yet and there is room. */
static void
put_slot(JnBuild *b, uint64_t hash, uint32_t code)
{
	uint32_t	i = (uint32_t) hash & (b->slots - 1);

	while (b->slot[i] != 0)
		i = (i + 1) & (b->slots - 1);
	b->slot[i] = code + 1;
}

/* Fills the table anew, with so many slots. */
static void
fill_table(const JnEnv *env, JnBuild *b, uint32_t slots)
{
	if (slots > b->slot_room)
	{
		b->slot = b->slot == NULL ? jn_alloc(env, (size_t) slots * sizeof(uint32_t))
			: jn_resize(env, b->slot, (size_t) slots * sizeof(uint32_t));
		b->slot_room = slots;
	}
	b->slots = slots;
	memset(b->slot, 0, (size_t) slots * sizeof(uint32_t));
	for (uint32_t code = 0; code < b->names; code++)
	{
		JnName		name = entry_name(b, code);
		uint64_t	hash = name_hash(b, name.data, name.size);

		put_slot(b, hash, code);
		if (code % 1024 == 1023)
			jn_tick(env);
	}
}

/* Adds a name that is not there yet and gives its code. */
static JnStatus
add_name(const JnEnv *env, JnBuild *b, const char *name, size_t size, uint64_t hash, uint32_t *code, JnError *err)
{
	uint32_t	room;

	if (b->text_size + size > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) (b->text_size + size), JN_MAX_BYTES);
	if (b->names == b->name_room)
	{
		/* each name has a step */
		room = larger_room(b->name_room, (uint64_t) b->names + 1, JN_MAX_STEPS);
		b->entry = grow(env, b->entry, b->first_entry, sizeof(Entry), b->name_room, room);
		b->name_room = room;
	}
	if (b->text_size + size > b->text_room)
	{
		room = larger_room(b->text_room, b->text_size + size, JN_MAX_BYTES);
		b->text = grow(env, b->text, b->first_text, 1, b->text_room, room);
		b->text_room = room;
	}
	memcpy(b->text + b->text_size, name, size);
	b->entry[b->names] = (Entry) {b->text_size, (uint16_t) size, hash_tag(hash)};
	b->text_size += (uint32_t) size;
	*code = b->names++;

	if (b->names <= b->slots / 2)
		put_slot(b, hash, *code);
	else if (b->names > FEW_NAMES)
		fill_table(env, b, b->slots == 0 ? 4 * FEW_NAMES : 2 * b->slots);
	return JN_OK;
}

/* Gives the code of a name, or NO_CODE if it is not there. */
static inline uint32_t
find_name(const JnBuild *b, const char *name, size_t size, uint64_t hash)
{
	if (b->slots == 0)
	{
		for (uint32_t i = 0; i < b->names; i++)
			if (b->entry[i].tag == hash_tag(hash) && entry_is(b, i, name, size))
				return i;
		return NO_CODE;
	}
	for (uint32_t i = (uint32_t) hash & (b->slots - 1); b->slot[i] != 0; i = (i + 1) & (b->slots - 1))
	{
		uint32_t	code = b->slot[i] - 1;

		if (b->entry[code].tag == hash_tag(hash) && entry_is(b, code, name, size))
			return code;
	}
	return NO_CODE;
}

/* ---- adding ---- */

JnStatus
jn_build_add(const JnEnv *env, JnBuild *b, int64_t time, const char *name, size_t size, JnError *err)
{
	uint32_t	code = b->last;
	JnStatus	status;

	if (!jn_time_ok(time))
		return jn_fail(err, JN_TIME_RANGE, 0, time, 0);
	if (size > JN_MAX_NAME)
		return jn_fail(err, JN_NAME_LONG, 0, (int64_t) size, JN_MAX_NAME);
	status = make_room(env, b, 1, err);
	if (status != JN_OK)
		return status;
	if (b->n == 0 || !entry_is(b, code, name, size))
	{
		uint64_t	hash = name_hash(b, name, size);

		code = find_name(b, name, size, hash);
		if (code == NO_CODE)
		{
			/* only new names need proof */
			size_t		valid = jn_utf8_check(name, size);

			if (valid < size)
				return jn_fail(err, JN_NAME_UTF8, valid, 0, 0);
			status = add_name(env, b, name, size, hash, &code, err);
			if (status != JN_OK)
				return status;
		}
	}
	b->time[b->n] = time;
	b->code[b->n] = code;
	b->n++;
	b->last = code;
	return JN_OK;
}

/*
 * Takes in "count" steps that stand behind the last one already, but with
 * codes of another dictionary.  On failure those before the bad one are in.
 */
static JnStatus
adopt(const JnEnv *env, JnBuild *b, const JnName *name, uint32_t names, uint32_t count, JnError *err)
{
	uint32_t	few[FEW_FOREIGN];
	uint32_t   *map = few;		/* foreign code to ours, NO_CODE until its first use */
	uint32_t   *code = b->code + b->n;
	JnStatus	status = JN_OK;

	/* a few steps of a huge dictionary are looked up one by one */
	if (names > FEW_FOREIGN)
		map = names <= count ? jn_alloc(env, names * sizeof(uint32_t)) : NULL;
	if (map != NULL)
		memset(map, 0xff, names * sizeof(uint32_t));

	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	foreign = code[i];

		if (foreign >= names)
		{
			status = jn_fail(err, JN_BYTES_CORRUPT, 0, 0, 0);
			break;
		}
		if (map != NULL && map[foreign] != NO_CODE)
			code[i] = map[foreign];
		else
		{
			JnName		event = name[foreign];
			uint64_t	hash = name_hash(b, event.data, event.size);

			code[i] = find_name(b, event.data, event.size, hash);
			if (code[i] == NO_CODE)
				status = add_name(env, b, event.data, event.size, hash, &code[i], err);
			if (status != JN_OK)
				break;
			if (map != NULL)
				map[foreign] = code[i];
		}
		b->n++;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (map != NULL && map != few)
		jn_release(env, map);
	return status;
}

/* Copies codes from .. from+count-1 of a journey behind the last step. */
static void
copy_codes(const JnEnv *env, JnBuild *b, const JnJourney *j, uint32_t from, uint32_t count)
{
	uint32_t   *code = b->code + b->n;

	for (uint32_t done = 0; done < count;)
	{
		uint32_t	to = count - done > JN_TICK_EVERY ? done + JN_TICK_EVERY : count;

		for (; done < to; done++)
			code[done] = jn_journey_code(j, from + done);
		jn_tick(env);
	}
}

JnStatus
jn_build_add_run(const JnEnv *env, JnBuild *b, JnWalk *w, const JnName *name, uint32_t count, JnError *err)
{
	JnStatus	status = make_room(env, b, count, err);
	uint32_t	from = w->next;
	int64_t    *time = b->time + b->n;

	if (status != JN_OK)
		return status;
	copy_codes(env, b, w->j, from, count);
	for (uint32_t i = 0; i < count; i++)
	{
		time[i] = w->time;
		jn_walk_next(w);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return adopt(env, b, name, w->j->event.names, count, err);
}

JnStatus
jn_build_add_journey(const JnEnv *env, JnBuild *b, const JnJourney *j, uint32_t from, uint32_t to, JnError *err)
{
	JnName		few[FEW_FOREIGN];
	JnName	   *name = few;
	JnWalk		w;
	JnStatus	status;

	if (from >= to)
		return JN_OK;
	if (j->event.names > FEW_FOREIGN)
		name = jn_alloc(env, j->event.names * sizeof(JnName));
	jn_labels_names(&j->event, name);
	jn_walk_open(&w, j);
	if (from == 0)
	{
		/* the usual case: decode in one go */
		status = make_room(env, b, to, err);
		if (status == JN_OK)
		{
			copy_codes(env, b, j, 0, to);
			jn_times_decode(env, &w.times, w.time, b->time + b->n, to);
			status = adopt(env, b, name, j->event.names, to, err);
		}
	}
	else
	{
		while (w.next < from)
		{
			jn_walk_next(&w);
			if (w.next % JN_TICK_EVERY == 0)
				jn_tick(env);
		}
		status = jn_build_add_run(env, b, &w, name, to - from, err);
	}
	if (name != few)
		jn_release(env, name);
	return status;
}

JnStatus
jn_build_merge(const JnEnv *env, JnBuild *into, const JnBuild *from, JnError *err)
{
	JnName		few[FEW_FOREIGN];
	JnName	   *name = few;
	JnStatus	status = make_room(env, into, from->n, err);

	if (status != JN_OK || from->n == 0)
		return status;
	memcpy(into->time + into->n, from->time, from->n * sizeof(int64_t));
	memcpy(into->code + into->n, from->code, from->n * sizeof(uint32_t));
	if (from->names > FEW_FOREIGN)
		name = jn_alloc(env, from->names * sizeof(JnName));
	for (uint32_t i = 0; i < from->names; i++)
		name[i] = entry_name(from, i);
	status = adopt(env, into, name, from->names, from->n, err);
	if (name != few)
		jn_release(env, name);
	return status;
}

/* ---- order of names ---- */

/* A name to be sorted: most comparisons end with its first bytes. */
typedef struct Key
{
	uint64_t	head;			/* first 8 bytes, big-endian, zero-padded: names hold no zero byte */
	uint32_t	code;
} Key;

static Key
name_key(const JnBuild *b, uint32_t code)
{
	JnName		name = entry_name(b, code);
	uint8_t		bytes[8] = {0};
	Key			key = {0, code};

	memcpy(bytes, name.data, name.size < 8 ? name.size : 8);
	for (unsigned i = 0; i < 8; i++)
		key.head = key.head << 8 | bytes[i];
	return key;
}

static bool
key_before(const JnBuild *b, const Key *x, const Key *y)
{
	if (x->head != y->head)
		return x->head < y->head;
	return jn_name_compare(entry_name(b, x->code), entry_name(b, y->code)) < 0;
}

/* Merge sort from the top; spare[] has room for half of the keys. */
static void
sort_keys(const JnEnv *env, const JnBuild *b, Key *key, uint32_t n, Key *spare)
{
	uint32_t	half = n / 2;
	uint32_t	x = 0;
	uint32_t	y = half;

	if (n <= FEW_NAMES)
	{
		for (uint32_t i = 1; i < n; i++)
		{
			Key			k = key[i];
			uint32_t	to = i;

			for (; to > 0 && key_before(b, &k, &key[to - 1]); to--)
				key[to] = key[to - 1];
			key[to] = k;
		}
		return;
	}
	sort_keys(env, b, key, half, spare);
	sort_keys(env, b, key + half, n - half, spare);
	if (key_before(b, &key[half - 1], &key[half]))
		return;
	memcpy(spare, key, half * sizeof(Key));
	for (uint32_t to = 0; x < half; to++)
	{
		key[to] = y < n && key_before(b, &key[y], &spare[x]) ? key[y++] : spare[x++];
		if (to % 1024 == 1023)
			jn_tick(env);
	}
}

/* Gives each name its rank as its code: key[] tells which name comes where. */
static void
renumber(const JnEnv *env, JnBuild *b, const Key *key, Entry *entry, uint32_t *rank)
{
	for (uint32_t i = 0; i < b->names; i++)
	{
		rank[key[i].code] = i;
		entry[i] = b->entry[key[i].code];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	memcpy(b->entry, entry, b->names * sizeof(Entry));
	for (uint32_t i = 0; i < b->slots; i++)
	{
		if (b->slot[i] != 0)
			b->slot[i] = rank[b->slot[i] - 1] + 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < b->n; i++)
	{
		b->code[i] = rank[b->code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

static void
order_names(const JnEnv *env, JnBuild *b)
{
	uint32_t	names = b->names;
	Key			few_keys[FEW_FOREIGN + FEW_FOREIGN / 2];
	Entry		few_entries[FEW_FOREIGN];
	uint32_t	few_ranks[FEW_FOREIGN];

	while (b->ordered < names
		   && (b->ordered == 0
			   || jn_name_compare(entry_name(b, b->ordered - 1), entry_name(b, b->ordered)) < 0))
		if (++b->ordered % 1024 == 0)
			jn_tick(env);
	if (b->ordered == names)
		return;

	bool		few = names <= FEW_FOREIGN;
	Key		   *key = few ? few_keys : jn_alloc(env, ((size_t) names + names / 2) * sizeof(Key));
	Entry	   *entry = few ? few_entries : jn_alloc(env, names * sizeof(Entry));
	uint32_t   *rank = few ? few_ranks : jn_alloc(env, names * sizeof(uint32_t));

	for (uint32_t i = 0; i < names; i++)
	{
		key[i] = name_key(b, i);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_keys(env, b, key, names, key + names);
	renumber(env, b, key, entry, rank);
	b->ordered = names;
	if (!few)
	{
		jn_release(env, rank);
		jn_release(env, entry);
		jn_release(env, key);
	}
}

/* ---- order of steps ---- */

/* A run of ordered steps, and how deep powersort hangs its border to the next. */
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
	int64_t    *time;
	uint32_t   *code;
	uint32_t	n;
	bool		by_name;		/* steps of one time in the order of codes */
	int64_t    *spare_time;
	uint32_t   *spare_code;
	uint32_t	spare_room;
} Sorter;

static inline bool
before(int64_t time, uint32_t code, int64_t time2, uint32_t code2, bool by_name)
{
	return time < time2 || (by_name && time == time2 && code < code2);
}

/* Whether step i belongs before step k. */
static inline bool
step_before(const Sorter *s, uint32_t i, uint32_t k)
{
	return before(s->time[i], s->code[i], s->time[k], s->code[k], s->by_name);
}

/* Turns steps from .. to-1 round. */
static void
reverse(Sorter *s, uint32_t from, uint32_t to)
{
	for (; to - from > 1; from++, to--)
	{
		int64_t		time = s->time[from];
		uint32_t	code = s->code[from];

		s->time[from] = s->time[to - 1];
		s->code[from] = s->code[to - 1];
		s->time[to - 1] = time;
		s->code[to - 1] = code;
	}
}

/* Moves step i down to its place among the ordered steps from .. i-1. */
static void
insert(Sorter *s, uint32_t from, uint32_t i)
{
	int64_t		time = s->time[i];
	uint32_t	code = s->code[i];

	for (; i > from && before(time, code, s->time[i - 1], s->code[i - 1], s->by_name); i--)
	{
		s->time[i] = s->time[i - 1];
		s->code[i] = s->code[i - 1];
	}
	s->time[i] = time;
	s->code[i] = code;
}

/* Finds, or makes, the ordered run that begins at "from"; returns its length. */
static uint32_t
next_run(Sorter *s, uint32_t from)
{
	uint32_t	to = from + 1;

	if (to < s->n && step_before(s, to, from))
	{
		/* only if each step is strictly before the last may they be turned */
		while (to < s->n && step_before(s, to, to - 1))
			if (++to % JN_TICK_EVERY == 0)
				jn_tick(s->env);
		reverse(s, from, to);
	}
	while (to < s->n && !step_before(s, to, to - 1))
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
	/* middles of both runs as fractions of the whole; n is below 2^30 */
	uint64_t	middle = 2 * (uint64_t) run->at + run->n;
	uint64_t	next = middle + run->n + next_n;
	int			power = 0;

	middle = (middle << 32) / s->n;
	next = (next << 32) / s->n;
	for (uint64_t differ = middle ^ next; differ >> 33 == 0; differ <<= 1)
		power++;
	return power;
}

/* Room for a shorter run of n steps. */
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
		jn_release(s->env, s->spare_time);
		jn_release(s->env, s->spare_code);
	}
	s->spare_room = room;
	s->spare_time = jn_alloc(s->env, room * sizeof(int64_t));
	s->spare_code = jn_alloc(s->env, room * sizeof(uint32_t));
}

/* Merges [at, at+n1) and [at+n1, at+n1+n2) upward, n1 <= n2. */
static inline void
merge_up(Sorter *s, uint32_t at, uint32_t n1, uint32_t n2, bool by_name)
{
	const int64_t *time1 = s->spare_time;
	const uint32_t *code1 = s->spare_code;
	const int64_t *time2 = s->time + at + n1;
	const uint32_t *code2 = s->code + at + n1;
	int64_t    *time = s->time + at;
	uint32_t   *code = s->code + at;
	uint32_t	i = 0;
	uint32_t	k = 0;

	memcpy(s->spare_time, time, n1 * sizeof(int64_t));
	memcpy(s->spare_code, code, n1 * sizeof(uint32_t));
	while (i < n1 && k < n2)
	{
		bool		second = before(time2[k], code2[k], time1[i], code1[i], by_name);

		time[i + k] = second ? time2[k] : time1[i];
		code[i + k] = second ? code2[k] : code1[i];
		i += !second;
		k += second;
		if ((i + k) % JN_TICK_EVERY == 0)
			jn_tick(s->env);
	}
	memcpy(time + i + k, time1 + i, (n1 - i) * sizeof(int64_t));
	memcpy(code + i + k, code1 + i, (n1 - i) * sizeof(uint32_t));
}

/* The same downward, n2 < n1. */
static inline void
merge_down(Sorter *s, uint32_t at, uint32_t n1, uint32_t n2, bool by_name)
{
	const int64_t *time1 = s->time + at;
	const uint32_t *code1 = s->code + at;
	const int64_t *time2 = s->spare_time;
	const uint32_t *code2 = s->spare_code;
	int64_t    *time = s->time + at;
	uint32_t   *code = s->code + at;
	uint32_t	i = n1;
	uint32_t	k = n2;

	memcpy(s->spare_time, time + n1, n2 * sizeof(int64_t));
	memcpy(s->spare_code, code + n1, n2 * sizeof(uint32_t));
	while (i > 0 && k > 0)
	{
		bool		first = before(time2[k - 1], code2[k - 1], time1[i - 1], code1[i - 1], by_name);

		time[i + k - 1] = first ? time1[i - 1] : time2[k - 1];
		code[i + k - 1] = first ? code1[i - 1] : code2[k - 1];
		i -= first;
		k -= !first;
		if ((i + k) % JN_TICK_EVERY == 0)
			jn_tick(s->env);
	}
	memcpy(time, time2, k * sizeof(int64_t));
	memcpy(code, code2, k * sizeof(uint32_t));
}

/* Merges a run with the next one, which has n2 steps. */
static void
merge(Sorter *s, Run *run, uint32_t n2)
{
	uint32_t	at = run->at;
	uint32_t	middle = at + run->n;
	uint32_t	end = middle + n2;
	uint32_t	low = at;
	uint32_t	high = middle;

	run->n += n2;

	/* what of the first run is not after the second one's first step can stay */
	while (low < high)
	{
		uint32_t	i = low + (high - low) / 2;

		if (step_before(s, middle, i))
			high = i;
		else
			low = i + 1;
	}
	at = low;
	if (at == middle)
		return;

	/* what of the second run is not before the first one's last step can stay */
	low = middle;
	high = end;
	while (low < high)
	{
		uint32_t	i = low + (high - low) / 2;

		if (step_before(s, i, middle - 1))
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
		if (s->by_name)
			merge_up(s, at, n1, n2, true);
		else
			merge_up(s, at, n1, n2, false);
	}
	else
	{
		if (s->by_name)
			merge_down(s, at, n1, n2, true);
		else
			merge_down(s, at, n1, n2, false);
	}
}

static void
sort_steps(const JnEnv *env, JnBuild *b)
{
	Sorter		s = {.env = env,.time = b->time,.code = b->code,.n = b->n,.by_name = !b->keep_ties};
	Run			stack[MAX_RUNS];
	unsigned	top = 0;

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
		jn_release(env, s.spare_time);
		jn_release(env, s.spare_code);
	}
}

/* ---- bytes ---- */

JnStatus
jn_build_finish(const JnEnv *env, JnBuild *b, size_t *size, JnError *err)
{
	uint64_t	bytes;

	if (b->n == 0)
		return jn_fail(err, JN_ARGUMENT, 0, 0, 1);
	order_names(env, b);
	sort_steps(env, b);
	b->times_plan = jn_times_plan(env, b->time, b->n);

	bytes = JN_HEADER_SIZE + jn_varint_size(b->names) + (uint64_t) b->text_size;
	for (uint32_t i = 0; i < b->names; i++)
		bytes += jn_varint_size(b->entry[i].size);
	bytes += (uint64_t) b->n * jn_code_width(b->names) + b->times_plan.size;
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

/* Writes n codes of "width" bytes at p and returns the byte after them. */
static uint8_t *
write_codes(const JnEnv *env, const uint32_t *code, uint32_t n, unsigned width, uint8_t *p)
{
	if (width == 0)
		return p;
	for (uint32_t done = 0; done < n;)
	{
		uint32_t	to = n - done > JN_TICK_EVERY ? done + JN_TICK_EVERY : n;

		switch (width)
		{
			case 1:
				for (uint32_t i = done; i < to; i++)
					p[i] = (uint8_t) code[i];
				break;
			case 2:
				for (uint32_t i = done; i < to; i++)
					jn_store16(p + 2 * (size_t) i, (uint16_t) code[i]);
				break;
			default:
				for (uint32_t i = done; i < to; i++)
					jn_store32(p + 4 * (size_t) i, code[i]);
				break;
		}
		done = to;
		jn_tick(env);
	}
	return p + (size_t) n * width;
}

void
jn_build_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	uint64_t	presence = 0;
	uint8_t    *p = jn_varint_put(out + JN_HEADER_SIZE, b->names);

	for (uint32_t i = 0; i < b->names; i++)
		p = jn_varint_put(p, b->entry[i].size);
	for (uint32_t i = 0; i < b->names; i++)
	{
		JnName		name = entry_name(b, i);

		memcpy(p, name.data, name.size);
		p += name.size;
		presence |= jn_presence(name.data, name.size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	p = write_codes(env, b->code, b->n, jn_code_width(b->names), p);
	jn_times_write(env, &b->times_plan, b->time, b->n, p);

	out[JN_AT_VERSION] = JN_FORMAT_VERSION;
	out[JN_AT_FLAGS] = (uint8_t) (b->times_plan.unit | (b->times_plan.wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_AT_TRACKS, 0);
	jn_store32(out + JN_AT_STEPS, b->n);
	jn_store64(out + JN_AT_FIRST, (uint64_t) b->time[0]);
	jn_store64(out + JN_AT_LAST, (uint64_t) b->time[b->n - 1]);
	jn_store64(out + JN_AT_PRESENCE, presence);
}

/* ---- state ----
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  1 if steps of one time stay as they came, else 0
 *		  2      4  n, steps
 *		  6      4  k, distinct names; 0 if n = 0
 *		 10    2 k  lengths of the names
 *				    the names
 *			   8 n  times
 *				    n codes, as wide as in a journey
 */
#define STATE_VERSION	1
#define STATE_HEADER	10

size_t
jn_build_state_size(const JnBuild *b)
{
	return STATE_HEADER + 2 * (size_t) b->names + b->text_size
		+ (size_t) b->n * (sizeof(int64_t) + jn_code_width(b->names));
}

void
jn_build_state_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	uint8_t    *p = out + STATE_HEADER;

	out[0] = STATE_VERSION;
	out[1] = b->keep_ties;
	jn_store32(out + 2, b->n);
	jn_store32(out + 6, b->names);
	for (uint32_t i = 0; i < b->names; i++, p += 2)
		jn_store16(p, b->entry[i].size);
	for (uint32_t i = 0; i < b->names; i++)
	{
		JnName		name = entry_name(b, i);

		memcpy(p, name.data, name.size);
		p += name.size;
	}
	for (uint32_t i = 0; i < b->n; i++, p += 8)
	{
		jn_store64(p, (uint64_t) b->time[i]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	write_codes(env, b->code, b->n, jn_code_width(b->names), p);
}

/*
 * Reads the k lengths of a state and proves the names that follow them; gives
 * the offset of what comes next.
 */
static JnStatus
read_names(const JnEnv *env, const uint8_t *p, size_t size, uint32_t k, JnName *name, size_t *next, JnError *err)
{
	size_t		length = STATE_HEADER;
	size_t		at = STATE_HEADER + 2 * (size_t) k;

	for (uint32_t i = 0; i < k; i++, length += 2)
	{
		size_t		valid;

		name[i].size = jn_load16(p + length);
		name[i].data = (const char *) p + at;
		if (name[i].size > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, length, name[i].size, JN_MAX_NAME);
		if (size - at < name[i].size)
			return jn_fail(err, JN_BYTES_SHORT, at, (int64_t) size, (int64_t) (at + name[i].size));
		valid = jn_utf8_check(name[i].data, name[i].size);
		if (valid < name[i].size)
			return jn_fail(err, JN_NAME_UTF8, at + valid, 0, 0);
		at += name[i].size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	*next = at;
	return JN_OK;
}

/* Reads the n steps at offset "at", which are there, into an empty builder. */
static JnStatus
read_steps(const JnEnv *env, JnBuild *b, const uint8_t *p, size_t at, uint32_t n,
		   const JnName *name, uint32_t k, JnError *err)
{
	const uint8_t *code = p + at + 8 * (size_t) n;
	unsigned	width = jn_code_width(k);
	JnStatus	status = make_room(env, b, n, err);

	if (status != JN_OK)
		return status;
	for (uint32_t i = 0; i < n; i++, at += 8)
	{
		int64_t		time = (int64_t) jn_load64(p + at);

		if (!jn_time_ok(time))
			return jn_fail(err, JN_TIME_RANGE, at, time, 0);
		b->time[i] = time;
		b->code[i] = width == 0 ? 0 : width == 1 ? code[i]
			: width == 2 ? jn_load16(code + 2 * (size_t) i) : jn_load32(code + 4 * (size_t) i);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return adopt(env, b, name, k, n, err);
}

JnStatus
jn_build_state_read(const JnEnv *env, const uint8_t *p, size_t size, JnBuild **b, JnError *err)
{
	uint32_t	n;
	uint32_t	k;
	uint64_t	steps;
	size_t		used;
	JnName	   *name;
	JnBuild    *built;
	JnStatus	status;

	if (size < STATE_HEADER)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, STATE_HEADER);
	if (p[0] != STATE_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], STATE_VERSION);
	n = jn_load32(p + 2);
	k = jn_load32(p + 6);
	steps = (uint64_t) n * (8 + jn_code_width(k));
	if (p[1] > 1 || k > n || (k == 0 && n > 0))
		return jn_fail(err, JN_BYTES_CORRUPT, 1, 0, 0);
	if (size - STATE_HEADER < 2 * (uint64_t) k + steps)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) (STATE_HEADER + 2 * (uint64_t) k + steps));

	/* sizes are as claimed: from here on memory is in proportion to them */
	built = jn_build_new(env, p[1]);
	name = jn_alloc(env, ((size_t) k + 1) * sizeof(JnName));
	status = read_names(env, p, size, k, name, &used, err);
	if (status == JN_OK && size - used != steps)
		status = size - used < steps ? jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, (int64_t) (used + steps))
			: jn_fail(err, JN_BYTES_CORRUPT, used, 0, 0);
	if (status == JN_OK)
		status = read_steps(env, built, p, used, n, name, k, err);
	jn_release(env, name);
	if (status != JN_OK)
	{
		jn_build_free(env, built);
		return status;
	}
	*b = built;
	return JN_OK;
}
