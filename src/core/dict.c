/*
 * dict.c
 *	  Names to numbers.
 *
 * Up to FEW_NAMES names are looked through by 16 bits of their hash; beyond,
 * an open table with linear probing finds them, at most half full.  The hash
 * begins with the dictionary's address, so that nobody can prepare names that
 * all collide.  Nothing but speed depends on it.
 *
 * A code is the number of a name in the order of first use, until
 * jn_dict_order() sorts the names and renumbers: then a code is also the rank
 * of its name, two labels compare by code, and the dictionary can be written
 * as it is.  Names that come later are numbered on from there and take part in
 * the next ordering.
 */
#include "dict.h"

/* Up to so many names are looked through one by one. */
#define FEW_NAMES		8

/* Dictionaries up to this size are sorted and mapped without allocating. */
#define FEW_FOREIGN		64

/* ---- the object ---- */

void
jn_dict_init(JnDict *d, JnDictEntry *entry, uint32_t entries, char *text, uint32_t bytes)
{
	*d = (JnDict)
	{
		.entry = entry,.name_room = entries,.entry_lent = true,
			.text = text,.text_room = bytes,.text_lent = true
	};
}

void
jn_dict_release(const JnEnv *env, JnDict *d)
{
	if (!d->entry_lent)
		jn_release(env, d->entry);
	if (!d->text_lent)
		jn_release(env, d->text);
	jn_release(env, d->slot);
}

void
jn_dict_reset(JnDict *d)
{
	d->names = 0;
	d->text_size = 0;
	d->ordered = 0;
	d->last = 0;
	d->slots = 0;
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

/* Gives an array more room, moving it out of lent memory. */
static void *
grow(const JnEnv *env, void *array, bool *lent, size_t element, uint32_t used, uint32_t room)
{
	size_t		size = jn_array_size(room, element);
	void	   *grown;

	if (!*lent)
		return jn_resize(env, array, size);
	grown = jn_alloc(env, size);
	if (used > 0)
		memcpy(grown, array, used * element);
	*lent = false;
	return grown;
}

/* ---- finding and adding ---- */

/*
 * Hash of a name for this dictionary only.  Eight bytes at a time, the last
 * eight of a longer name overlapping; the size goes first, so that tells names
 * apart.
 */
static inline uint64_t
name_hash(const JnDict *d, const char *name, size_t size)
{
	const uint8_t *p = (const uint8_t *) name;
	uint64_t	h = ((uint64_t) (uintptr_t) d + size) * UINT64_C(0x9e3779b97f4a7c15);
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
put_slot(JnDict *d, uint64_t hash, uint32_t code)
{
	uint32_t	i = (uint32_t) hash & (d->slots - 1);

	while (d->slot[i] != 0)
		i = (i + 1) & (d->slots - 1);
	d->slot[i] = code + 1;
}

/* Fills the table anew, with so many slots. */
static void
fill_table(const JnEnv *env, JnDict *d, uint32_t slots)
{
	if (slots > d->slot_room)
	{
		d->slot = d->slot == NULL ? jn_alloc(env, (size_t) slots * sizeof(uint32_t))
			: jn_resize(env, d->slot, (size_t) slots * sizeof(uint32_t));
		d->slot_room = slots;
	}
	d->slots = slots;
	memset(d->slot, 0, (size_t) slots * sizeof(uint32_t));
	for (uint32_t code = 0; code < d->names; code++)
	{
		JnName		name = jn_dict_name(d, code);

		put_slot(d, name_hash(d, name.data, name.size), code);
		if (code % 1024 == 1023)
			jn_tick(env);
	}
}

/* Whether the text has room for a name at all. */
static JnStatus
check_room(const JnDict *d, size_t size, JnError *err)
{
	if (d->text_size + size > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) (d->text_size + size), JN_MAX_BYTES);
	return JN_OK;
}

/* Adds a name that is not there yet, and for which there is room; returns its code. */
static uint32_t
add_name(const JnEnv *env, JnDict *d, const char *name, size_t size, uint64_t hash)
{
	uint32_t	code = d->names;

	if (d->names == d->name_room)
	{
		/* each name has a step */
		uint32_t	room = larger_room(d->name_room, (uint64_t) d->names + 1, JN_MAX_STEPS);

		d->entry = grow(env, d->entry, &d->entry_lent, sizeof(JnDictEntry), d->names, room);
		d->name_room = room;
	}
	/* an empty name needs a place, too, if not a byte of it */
	if (d->text_size + size > d->text_room || d->text == NULL)
	{
		uint32_t	room = larger_room(d->text_room, (uint64_t) d->text_size + size + 1, JN_MAX_BYTES);

		d->text = grow(env, d->text, &d->text_lent, 1, d->text_size, room);
		d->text_room = room;
	}
	if (size > 0)
		memcpy(d->text + d->text_size, name, size);
	d->entry[code] = (JnDictEntry) {d->text_size, (uint16_t) size, hash_tag(hash)};
	d->text_size += (uint32_t) size;
	d->names++;

	if (d->names <= d->slots / 2)
		put_slot(d, hash, code);
	else if (d->names > FEW_NAMES)
		fill_table(env, d, d->slots == 0 ? 4 * FEW_NAMES : 2 * d->slots);
	return code;
}

/* Gives the code of a name, or JN_NO_LABEL if it is not there. */
static inline uint32_t
find_name(const JnDict *d, const char *name, size_t size, uint64_t hash)
{
	if (d->slots == 0)
	{
		for (uint32_t i = 0; i < d->names; i++)
			if (d->entry[i].tag == hash_tag(hash) && jn_dict_is(d, i, name, size))
				return i;
		return JN_NO_LABEL;
	}
	for (uint32_t i = (uint32_t) hash & (d->slots - 1); d->slot[i] != 0; i = (i + 1) & (d->slots - 1))
	{
		uint32_t	code = d->slot[i] - 1;

		if (d->entry[code].tag == hash_tag(hash) && jn_dict_is(d, code, name, size))
			return code;
	}
	return JN_NO_LABEL;
}

uint32_t
jn_dict_find(const JnDict *d, const char *name, size_t size)
{
	return find_name(d, name, size, name_hash(d, name, size));
}

JnStatus
jn_dict_code(const JnEnv *env, JnDict *d, const char *name, size_t size, JnLabelKind kind, uint32_t *code,
			 JnError *err)
{
	/* labels come in runs */
	if (d->names == 0 || !jn_dict_is(d, d->last, name, size))
	{
		uint64_t	hash = name_hash(d, name, size);
		uint32_t	found = find_name(d, name, size, hash);

		if (found == JN_NO_LABEL)
		{
			/* only new names need proof */
			JnStatus	status = jn_dict_check(d, (JnName) {name, (uint32_t) size}, kind, err);

			if (status != JN_OK)
				return status;
			found = add_name(env, d, name, size, hash);
		}
		d->last = found;
	}
	*code = d->last;
	return JN_OK;
}

JnStatus
jn_dict_check(const JnDict *d, JnName name, JnLabelKind kind, JnError *err)
{
	JnStatus	status = jn_label_check(name, kind, err);

	return status == JN_OK ? check_room(d, name.size, err) : status;
}

uint32_t
jn_dict_put(const JnEnv *env, JnDict *d, JnName name)
{
	return add_name(env, d, name.data, name.size, name_hash(d, name.data, name.size));
}

JnStatus
jn_dict_map(const JnEnv *env, JnDict *d, const JnName *name, uint32_t names, uint32_t *code, uint32_t count,
			JnError *err)
{
	uint32_t	few[FEW_FOREIGN];
	uint32_t   *map = few;		/* foreign code to ours, JN_NO_LABEL until its first use */
	JnStatus	status = JN_OK;

	/* a few steps of a huge dictionary are looked up one by one */
	if (names > FEW_FOREIGN)
		map = names <= count ? jn_alloc(env, names * sizeof(uint32_t)) : NULL;
	if (map != NULL)
		memset(map, 0xff, names * sizeof(uint32_t));

	for (uint32_t i = 0; i < count && status == JN_OK; i++)
	{
		uint32_t	foreign = code[i];

		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
		if (foreign >= names)
		{
			if (foreign != JN_NO_LABEL)
				status = jn_corrupt_at(0, err);
		}
		else if (map != NULL && map[foreign] != JN_NO_LABEL)
			code[i] = map[foreign];
		else
		{
			JnName		label = name[foreign];
			uint64_t	hash = name_hash(d, label.data, label.size);

			code[i] = find_name(d, label.data, label.size, hash);
			if (code[i] == JN_NO_LABEL)
			{
				status = check_room(d, label.size, err);
				if (status == JN_OK)
					code[i] = add_name(env, d, label.data, label.size, hash);
			}
			if (map != NULL)
				map[foreign] = code[i];
		}
	}
	if (map != NULL && map != few)
		jn_release(env, map);
	return status;
}

/* ---- order of names ---- */

/*
 * A name to be sorted: most comparisons end with its first bytes.  Zeroes in
 * place of what a short name lacks are right even among sets, which may hold
 * zero bytes: what they make equal is compared in full, and nothing that they
 * make different comes out the other way.
 */
typedef struct Key
{
	uint64_t	head;			/* first 8 bytes, big-endian, zero-padded */
	uint32_t	code;
} Key;

static Key
name_key(const JnDict *d, uint32_t code)
{
	JnName		name = jn_dict_name(d, code);
	uint8_t		bytes[8] = {0};
	Key			key = {0, code};

	if (name.size > 0)
		memcpy(bytes, name.data, name.size < 8 ? name.size : 8);
	for (unsigned i = 0; i < 8; i++)
		key.head = key.head << 8 | bytes[i];
	return key;
}

static bool
key_before(const JnDict *d, const Key *x, const Key *y)
{
	if (x->head != y->head)
		return x->head < y->head;
	return jn_name_compare(jn_dict_name(d, x->code), jn_dict_name(d, y->code)) < 0;
}

/* Merge sort from the top; spare[] has room for half of the keys. */
static void
sort_keys(const JnEnv *env, const JnDict *d, Key *key, uint32_t n, Key *spare)
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

			for (; to > 0 && key_before(d, &k, &key[to - 1]); to--)
				key[to] = key[to - 1];
			key[to] = k;
		}
		return;
	}
	sort_keys(env, d, key, half, spare);
	sort_keys(env, d, key + half, n - half, spare);
	if (key_before(d, &key[half - 1], &key[half]))
		return;
	memcpy(spare, key, half * sizeof(Key));
	for (uint32_t to = 0; x < half; to++)
	{
		key[to] = y < n && key_before(d, &key[y], &spare[x]) ? key[y++] : spare[x++];
		if (to % 1024 == 1023)
			jn_tick(env);
	}
}

/* Gives each name its rank as its code: key[] tells which name comes where. */
static void
renumber(const JnEnv *env, JnDict *d, const Key *key, JnDictEntry *entry, uint32_t *rank,
		 uint32_t *code, uint32_t n)
{
	for (uint32_t i = 0; i < d->names; i++)
	{
		rank[key[i].code] = i;
		entry[i] = d->entry[key[i].code];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	memcpy(d->entry, entry, d->names * sizeof(JnDictEntry));
	for (uint32_t i = 0; i < d->slots; i++)
	{
		if (d->slot[i] != 0)
			d->slot[i] = rank[d->slot[i] - 1] + 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < n; i++)
	{
		if (code[i] != JN_NO_LABEL)
			code[i] = rank[code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

void
jn_dict_order(const JnEnv *env, JnDict *d, uint32_t *code, uint32_t n)
{
	uint32_t	names = d->names;
	Key			few_keys[FEW_FOREIGN + FEW_FOREIGN / 2];
	JnDictEntry few_entries[FEW_FOREIGN];
	uint32_t	few_ranks[FEW_FOREIGN];

	while (d->ordered < names
		   && (d->ordered == 0
			   || jn_name_compare(jn_dict_name(d, d->ordered - 1), jn_dict_name(d, d->ordered)) < 0))
		if (++d->ordered % 1024 == 0)
			jn_tick(env);
	if (d->ordered == names)
		return;

	bool		few = names <= FEW_FOREIGN;
	Key		   *key = few ? few_keys : jn_alloc(env, ((size_t) names + names / 2) * sizeof(Key));
	JnDictEntry *entry = few ? few_entries : jn_alloc(env, names * sizeof(JnDictEntry));
	uint32_t   *rank = few ? few_ranks : jn_alloc(env, names * sizeof(uint32_t));

	for (uint32_t i = 0; i < names; i++)
	{
		key[i] = name_key(d, i);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	sort_keys(env, d, key, names, key + names);
	renumber(env, d, key, entry, rank, code, n);
	d->ordered = names;
	if (!few)
	{
		jn_release(env, rank);
		jn_release(env, entry);
		jn_release(env, key);
	}
}

/* ---- bytes ---- */

uint64_t
jn_dict_size(const JnDict *d, uint32_t n, JnLabelKind kind, bool gaps)
{
	uint64_t	size = (kind != JN_LABEL_EVENT) + jn_varint_size(d->names) + (uint64_t) d->text_size;

	for (uint32_t i = 0; i < d->names; i++)
		size += jn_varint_size(d->entry[i].size);
	return size + (uint64_t) n * jn_code_width(d->names + gaps);
}

uint8_t *
jn_dict_write(const JnEnv *env, const JnDict *d, const uint32_t *code, uint32_t n, JnLabelKind kind, bool gaps,
			  uint8_t *out)
{
	if (kind != JN_LABEL_EVENT)
		*out++ = gaps;
	out = jn_varint_put(out, d->names);
	for (uint32_t i = 0; i < d->names; i++)
		out = jn_varint_put(out, d->entry[i].size);
	for (uint32_t i = 0; i < d->names; i++)
	{
		JnName		name = jn_dict_name(d, i);

		if (name.size > 0)
			memcpy(out, name.data, name.size);
		out += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return jn_codes_write(env, code, n, jn_code_width(d->names + gaps), gaps, out);
}

uint8_t *
jn_codes_write(const JnEnv *env, const uint32_t *code, uint32_t n, unsigned width, bool gaps, uint8_t *out)
{
	if (width == 0)
		return out;
	for (uint32_t done = 0; done < n;)
	{
		uint32_t	to = n - done > JN_TICK_EVERY ? done + JN_TICK_EVERY : n;

		/* JN_NO_LABEL + 1 is 0 */
		switch (width)
		{
			case 1:
				for (uint32_t i = done; i < to; i++)
					out[i] = (uint8_t) (code[i] + gaps);
				break;
			case 2:
				for (uint32_t i = done; i < to; i++)
					jn_store16(out + 2 * (size_t) i, (uint16_t) (code[i] + gaps));
				break;
			default:
				for (uint32_t i = done; i < to; i++)
					jn_store32(out + 4 * (size_t) i, code[i] + gaps);
				break;
		}
		done = to;
		jn_tick(env);
	}
	return out + (size_t) n * width;
}
