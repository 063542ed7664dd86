/*
 * lexicon.c
 *	  Names from many dictionaries, numbered in the order they come.
 *
 * Open addressing, linear probing, never more than half full.  The key of a
 * name is its first and its last eight bytes, which overlap in one of less than
 * 16; in a longer one a hash of all stands for the last ones, or
 * "campaign/2026/spring/..." would meet in one place.  Lengths of names cannot
 * be foreseen, so nothing below branches on one that is 16 or less.  Subjects
 * of a kind share their dictionaries: the last one is kept and compared as a
 * whole first.
 */
#include "lexicon.h"

#define BITS_MIN		6
#define NAMES_MIN		16
#define TEXT_BLOCK		1000

/* Numbers that a map has at least: any byte is an index into it. */
#define NUMBERS_MIN		256

void
jn_lexicon_init(const JnEnv *env, JnLexicon *l, uint64_t salt)
{
	memset(l, 0, sizeof(*l));
	l->salt = salt;
	l->bits = BITS_MIN;
	l->slot = jn_alloc(env, sizeof(JnLexiconSlot) << BITS_MIN);
	memset(l->slot, 0xff, sizeof(JnLexiconSlot) << BITS_MIN);
}

/* What a name is looked up by: its slot, but for the number. */
static inline JnLexiconSlot
key_of(JnName name, size_t room)
{
	static const uint64_t mask[9] = {
		0, UINT64_C(0xff), UINT64_C(0xffff), UINT64_C(0xffffff), UINT64_C(0xffffffff), UINT64_C(0xffffffffff),
		UINT64_C(0xffffffffffff), UINT64_C(0xffffffffffffff), UINT64_MAX
	};
	const uint8_t *p = (const uint8_t *) name.data;
	uint32_t	few = name.size < 8 ? name.size : 8;
	JnLexiconSlot key = {0, 0, name.size, 0};

	if (room >= 8)
	{
		key.head = jn_load64(p) & mask[few];
		key.tail = jn_load64(p + name.size - few) & mask[few];
		if (name.size > 16)
			key.tail = jn_hash64(p, name.size);
	}
	else
	{
		/* at the end of a value; so the name is short */
		uint8_t		copy[8] = {0};

		for (uint32_t i = 0; i < few; i++)
			copy[i] = p[i];
		key.head = key.tail = jn_load64(copy);
	}
	return key;
}

/* Where the search for a name begins. */
static inline size_t
place_of(const JnLexicon *l, const JnLexiconSlot *key)
{
	uint64_t	h = ((key->head ^ l->salt) * UINT64_C(0x9e3779b97f4a7c15) ^ key->tail) * UINT64_C(0xbf58476d1ce4e5b9);

	return (size_t) (h >> (64 - l->bits));
}

static void
grow_slots(const JnEnv *env, JnLexicon *l)
{
	JnLexiconSlot *old = l->slot;
	size_t		count = (size_t) 1 << l->bits;

	l->slot = jn_alloc(env, jn_array_size(2 * count, sizeof(JnLexiconSlot)));
	memset(l->slot, 0xff, 2 * count * sizeof(JnLexiconSlot));
	l->bits++;
	for (size_t i = 0; i < count; i++)
	{
		if (old[i].number != JN_NO_LABEL)
		{
			size_t		at = place_of(l, &old[i]);

			while (l->slot[at].number != JN_NO_LABEL)
				at = (at + 1) & (2 * count - 1);
			l->slot[at] = old[i];
		}
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_release(env, old);
}

/* A copy of a name that stays. */
static JnName
keep(const JnEnv *env, JnLexicon *l, JnName name)
{
	JnName		kept = {l->text, name.size};

	if (name.size > l->text_room)
	{
		l->text_room = TEXT_BLOCK > name.size ? TEXT_BLOCK : name.size;
		kept.data = l->text = jn_alloc(env, l->text_room);
	}
	if (name.size > 0)
	{
		memcpy(l->text, name.data, name.size);
		l->text += name.size;
		l->text_room -= name.size;
	}
	return kept;
}

/* Puts a new name into a free slot. */
static uint32_t
put(const JnEnv *env, JnLexicon *l, JnName name, const JnLexiconSlot *key, JnLexiconSlot *slot)
{
	uint32_t	number = l->names;

	if (number == l->name_room)
	{
		l->name_room = number > 0 ? 2 * number : NAMES_MIN;
		l->name = number > 0 ? jn_resize(env, l->name, jn_array_size(l->name_room, sizeof(JnName)))
			: jn_alloc(env, jn_array_size(l->name_room, sizeof(JnName)));
	}
	l->name[number] = keep(env, l, name);
	*slot = *key;
	slot->number = number;
	l->names++;
	if (2 * (uint64_t) l->names > (uint64_t) 1 << l->bits)
		grow_slots(env, l);
	return number;
}

static inline uint32_t
find_or_put(const JnEnv *env, JnLexicon *l, JnName name, size_t room)
{
	JnLexiconSlot key = key_of(name, room);
	size_t		mask = ((size_t) 1 << l->bits) - 1;

	for (size_t at = place_of(l, &key);; at = (at + 1) & mask)
	{
		JnLexiconSlot *slot = &l->slot[at];

		if (slot->number == JN_NO_LABEL)
			return put(env, l, name, &key, slot);
		if (slot->head == key.head && slot->tail == key.tail && slot->size == name.size
			&& (name.size <= 16 || memcmp(l->name[slot->number].data + 8, name.data + 8, name.size - 8) == 0))
			return slot->number;
	}
}

uint32_t
jn_lexicon_add(const JnEnv *env, JnLexicon *l, JnName name)
{
	return find_or_put(env, l, name, name.size);
}

/* Room for the numbers of k names; new entries are 0, a number that is always there. */
static void
reserve_numbers(const JnEnv *env, JnLexicon *l, uint32_t k)
{
	uint32_t	room = k > NUMBERS_MIN ? k : NUMBERS_MIN;

	if (room <= l->number_room)
		return;
	if (l->number_room > 0)
		jn_release(env, l->number);
	l->number_room = 0;
	l->number = jn_alloc(env, jn_array_size(room, sizeof(uint32_t)));
	memset(l->number, 0, room * sizeof(uint32_t));
	l->number_room = room;
}

/* Remembers the dictionary whose numbers are in number[]. */
static void
remember(const JnEnv *env, JnLexicon *l, const uint8_t *block, size_t size)
{
	if (size > l->block_room)
	{
		if (l->block_room > 0)
			jn_release(env, l->block);
		l->block_room = 0;
		l->block = jn_alloc(env, size);
		l->block_room = size;
	}
	memcpy(l->block, block, size);
	l->block_size = size;
}

const uint32_t *
jn_lexicon_map(const JnEnv *env, JnLexicon *l, const JnLabels *labels, uint32_t n)
{
	const uint8_t *end = labels->codes + (size_t) n * labels->width;
	size_t		size = (size_t) (labels->codes - labels->lengths);
	JnNames		names;

	/* equal bytes from the lengths on are equal names only if there are as many */
	if (size == l->block_size && labels->names == l->block_names
		&& memcmp(labels->lengths, l->block, size) == 0)
		return l->number;

	l->block_size = 0;
	reserve_numbers(env, l, labels->names);
	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnName		name = jn_names_next(&names);

		l->number[i] = find_or_put(env, l, name, (size_t) (end - (const uint8_t *) name.data));
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	remember(env, l, labels->lengths, size);
	l->block_names = labels->names;
	return l->number;
}
