/*
 * fact_store.c
 *	  Names and what is known about each, in little memory and quick to find.
 */
#include "postgres.h"

#include <limits.h>
#include <sys/mman.h>

#include "common/hashfn.h"
#include "port.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "fact_store.h"
#include "subject_value.h"

/* A guess that is right nearly everywhere; else advice is not followed. */
#define HUGE_PAGE		(2 * 1024 * 1024)

typedef struct TextEntry
{
	const char *text;
	uint32		hash;
	char		status;			/* for simplehash */
} TextEntry;

#define SH_PREFIX		texts
#define SH_ELEMENT_TYPE TextEntry
#define SH_KEY_TYPE		const char *
#define SH_KEY			text
#define SH_HASH_KEY(tb, key)	hash_bytes((const unsigned char *) (key), strlen(key))
#define SH_EQUAL(tb, a, b)		(strcmp(a, b) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry)	((entry)->hash)
#define SH_SCOPE		static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Of all stores that this process begins; see FactStore. */
static uint64 name_seed = 0;
static uint64 name_factor = 0;


/* ------------------------------------------------------------------------
 * Names
 * ------------------------------------------------------------------------ */

/*
 * The key of a name of 1 to JOURNEY_MAX_SUBJECT bytes.  Keys of short names
 * are equal if and only if the names are.
 */
static inline NameKey
name_key(const FactStore *store, const char *name, int size)
{
	const unsigned char *bytes = (const unsigned char *) name;
	NameKey		key;

	if (size > SHORT_NAME)
	{
		key.low = hash_bytes_extended(bytes, size, store->seed);
		key.high = LONG_KEY | (uint32) (key.low & 0xffffff);
		return key;
	}

	/* overlapping loads, because copying a variable size is a call */
	if (size >= 8)
	{
		key.low = jn_load64(bytes);
		key.high = size == 8 ? 0 : (uint32) (jn_load64(bytes + size - 8) >> 8 * (16 - size));
	}
	else if (size >= 4)
	{
		key.low = jn_load32(bytes) | (uint64) jn_load32(bytes + size - 4) << 8 * (size - 4);
		key.high = 0;
	}
	else
	{
		key.low = bytes[0] |
			(uint64) bytes[size / 2] << 8 * (size / 2) |
			(uint64) bytes[size - 1] << 8 * (size - 1);
		key.high = 0;
	}
	key.high |= (uint32) size << 24;
	return key;
}

static inline bool
is_short_key(NameKey key)
{
	return key.high < LONG_KEY;
}

/* Notes the facts of a name that has a place. */
static inline void
set_place(FactStore *store, uint64 place, uint32 facts)
{
	int			shift = 4 * (place & 1);

	store->few[place / 2] = (store->few[place / 2] & ~(FEW_FACTS << shift)) | Min(facts, FEW_FACTS) << shift;
	store->more[place] = Min(facts, MORE_FACTS);
}

static inline uint64
home_slot(const FactStore *store, NameKey key)
{
	uint64		hash = jn_mix64((key.low ^ store->seed) + key.high * store->factor);

	/* slots are fewer than 2^32 */
	return ((hash >> 32) * store->slots) >> 32;
}

static inline bool
is_long_name_at(const FactStore *store, uint64 place, const char *name, int size)
{
	const char *stored = store->arena + place;
	uint16		stored_size;

	memcpy(&stored_size, stored, sizeof(uint16));
	return stored_size == size && memcmp(stored + sizeof(uint16), name, size) == 0;
}

/* The slot of a name, or the free one where it belongs. */
static inline NameSlot *
find_slot(const FactStore *store, NameKey key, const char *name, int size)
{
	uint64		i = home_slot(store, key);

	for (;;)
	{
		NameSlot   *slot = &store->slot[i];

		if (slot->high == key.high)
		{
			if (is_short_key(key) ?
				slot->low == key.low :
				slot->low >> PLACE_BITS == key.low >> PLACE_BITS &&
				is_long_name_at(store, slot->low & PLACE_MASK, name, size))
				return slot;
		}
		else if (slot->high == 0)
			return slot;
		if (++i == store->slots)
			i = 0;
	}
}

void *
journey_fact_store_memory(FactStore *store, Size size)
{
	char	   *result;

	if (MemoryContextMemAllocated(store->context, true) + size > store->limit)
		return NULL;
	result = MemoryContextAllocExtended(store->context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (result == NULL)
		return NULL;

#ifdef MADV_HUGEPAGE
	/* random access to small pages spends its time in looking up pages */
	if (size >= 2 * HUGE_PAGE)
		(void) madvise((char *) TYPEALIGN(HUGE_PAGE, result),
					   TYPEALIGN_DOWN(HUGE_PAGE, result + size) - TYPEALIGN(HUGE_PAGE, result),
					   MADV_HUGEPAGE);
#endif
	return memset(result, 0, size);
}

static bool
set_slots(FactStore *store, uint64 slots)
{
	NameSlot   *old = store->slot;
	uint64		old_slots = store->slots;
	NameSlot   *new;

	if (slots >= UINT_MAX)
		return false;
	new = journey_fact_store_memory(store, slots * sizeof(NameSlot));
	if (new == NULL)
		return false;
	store->slot = new;
	store->slots = slots;
	for (uint64 i = 0; i < old_slots; i++)
	{
		NameKey		key = {old[i].low, old[i].high};
		uint64		place;

		if (old[i].high == 0)
			continue;
		if (!is_short_key(key))
		{
			const char *name = store->arena + (old[i].low & PLACE_MASK);
			uint16		size;

			memcpy(&size, name, sizeof(uint16));
			key = name_key(store, name + sizeof(uint16), size);
		}
		for (place = home_slot(store, key); new[place].high != 0;)
		{
			if (++place == slots)
				place = 0;
		}
		new[place] = old[i];
	}
	if (old != NULL)
		pfree(old);
	return true;
}

/* Puts a long name into the arena. */
static bool
store_long_name(FactStore *store, const char *name, int size, uint64 *place)
{
	uint16		stored_size = size;

	if (store->arena_room - store->arena_used < size + sizeof(uint16))
	{
		uint64		room = Max(store->arena_room * 2, 64 * 1024);
		char	   *new = journey_fact_store_memory(store, room);

		if (new == NULL)
			return false;
		if (store->arena != NULL)
		{
			memcpy(new, store->arena, store->arena_used);
			pfree(store->arena);
		}
		store->arena = new;
		store->arena_room = room;
	}
	*place = store->arena_used;
	memcpy(store->arena + *place, &stored_size, sizeof(uint16));
	memcpy(store->arena + *place + sizeof(uint16), name, size);
	store->arena_used += size + sizeof(uint16);
	return true;
}

bool
journey_fact_store_set(FactStore *store, const char *name, int size, uint32 facts)
{
	int64		place = jn_numbered_find(&store->numbered, name, size, jn_name_tail(name, size));
	NameKey		key;
	NameSlot   *slot;

	Assert(!store->borrowed);
	if (place >= 0)
	{
		set_place(store, place, facts);
		if (facts < MORE_FACTS)
			return true;
	}

	key = name_key(store, name, size);
	if (store->used >= store->slots / 4 * 3 && !set_slots(store, store->slots * 2))
		return false;

	slot = find_slot(store, key, name, size);
	if (slot->high == 0)
	{
		uint64		low = key.low;

		if (!is_short_key(key))
		{
			uint64		where;

			if (!store_long_name(store, name, size, &where))
				return false;
			low = (key.low & ~PLACE_MASK) | where;
		}
		slot->low = low;
		slot->high = key.high;
		store->used++;
	}
	slot->facts = facts;
	return true;
}

void
journey_fact_store_hint(const FactStore *store, const char *name, int size)
{
	__builtin_prefetch(&store->slot[home_slot(store, name_key(store, name, size))], 1);
}

uint32
journey_fact_store_find_slot(const FactStore *store, const char *name, int size)
{
	return find_slot(store, name_key(store, name, size), name, size)->facts;
}

uint32
journey_fact_store_find_at_length(const FactStore *store, int64 number)
{
	char		space[JOURNEY_SUBJECT_SPACE];
	int			size = journey_number_name(number, space);

	return journey_fact_store_find(store, space, size, jn_name_tail(space, size));
}

const char *
journey_fact_store_slot_name(const FactStore *store, const NameSlot *slot, char space[NAME_SPACE], int *size)
{
	if (slot->high >= LONG_KEY)
	{
		const char *stored = store->arena + (slot->low & PLACE_MASK);
		uint16		stored_size;

		memcpy(&stored_size, stored, sizeof(uint16));
		*size = stored_size;
		return stored + sizeof(uint16);
	}
	*size = slot->high >> 24;
	jn_store64((uint8 *) space, slot->low);
	jn_store32((uint8 *) space + 8, slot->high);
	return space;
}

void
journey_fact_store_number_names(FactStore *store)
{
	char		space[NAME_SPACE];
	int			size;
	uint64		places;

	for (uint64 i = 0; i < store->slots; i++)
	{
		if (store->slot[i].high != 0)
		{
			const char *name = journey_fact_store_slot_name(store, &store->slot[i], space, &size);

			jn_numbered_count(&store->numbered, name, size);
		}
	}
	places = jn_numbered_seal(&store->numbered);
	if (places == 0)
		return;
	store->places = places;
	store->few = journey_fact_store_memory(store, places / 2 + 1);
	store->more = journey_fact_store_memory(store, places * sizeof(uint16));
	if (store->few == NULL || store->more == NULL)
	{
		store->places = 0;
		jn_numbered_begin(&store->numbered);
		return;
	}

	for (uint64 i = 0; i < store->slots; i++)
	{
		if (store->slot[i].high != 0)
		{
			const char *name = journey_fact_store_slot_name(store, &store->slot[i], space, &size);
			int64		place = jn_numbered_find(&store->numbered, name, size, jn_name_tail(name, size));

			if (place >= 0)
				set_place(store, place, store->slot[i].facts);
		}
	}
}


/* ------------------------------------------------------------------------
 * Facts
 * ------------------------------------------------------------------------ */

const char *
journey_fact_store_intern(void *arg, const char *text)
{
	FactStore  *store = arg;
	TextEntry  *entry = texts_lookup(store->texts, text);
	bool		found;

	if (entry == NULL)
		entry = texts_insert(store->texts, MemoryContextStrdup(store->context, text), &found);
	return entry->text;
}

/* More room for facts, and buckets to find them by. */
static bool
make_facts_room(FactStore *store)
{
	uint32		room = Max(store->room * 2, 256);
	FactsEntry *entry;
	uint32	   *bucket;

	if (store->room >= PG_INT32_MAX / 4)
		return false;
	entry = journey_fact_store_memory(store, room * sizeof(FactsEntry));
	if (entry == NULL)
		return false;
	if (store->entry != NULL)
	{
		memcpy(entry, store->entry, store->count * sizeof(FactsEntry));
		pfree(store->entry);
	}
	store->entry = entry;
	store->room = room;

	bucket = journey_fact_store_memory(store, 2 * room * sizeof(uint32));
	if (bucket == NULL)
		return false;
	if (store->bucket != NULL)
		pfree(store->bucket);
	store->bucket = bucket;
	store->buckets = 2 * room;
	for (uint32 i = 1; i < store->count; i++)
	{
		uint32		place = store->entry[i].hash & (store->buckets - 1);

		while (bucket[place] != 0)
			place = (place + 1) & (store->buckets - 1);
		bucket[place] = i;
	}
	return true;
}

uint32
journey_fact_store_number(FactStore *store, const JourneyFacts *facts)
{
	Size		size = journey_facts_size(facts);
	uint32		hash;
	uint32		place;
	FactsEntry *entry = &store->entry[store->latest];

	/* neighbours often said the same */
	if (store->latest > 0 && entry->facts->count == facts->count && memcmp(entry->facts, facts, size) == 0)
		return store->latest;

	hash = hash_bytes((const unsigned char *) facts, size);
	if (store->count >= store->room && !make_facts_room(store))
		return 0;

	for (place = hash & (store->buckets - 1); store->bucket[place] != 0; place = (place + 1) & (store->buckets - 1))
	{
		entry = &store->entry[store->bucket[place]];
		if (entry->hash == hash && entry->facts->count == facts->count &&
			memcmp(entry->facts, facts, size) == 0)
			return store->latest = store->bucket[place];
	}

	entry = &store->entry[store->count];
	entry->facts = journey_fact_store_memory(store, size);
	if (entry->facts == NULL)
		return 0;
	memcpy(entry->facts, facts, size);
	entry->hash = hash;
	store->bucket[place] = store->count;
	return store->latest = store->count++;
}


bool
journey_fact_store_set_facts(FactStore *store, const text * name, const JourneyFacts *facts)
{
	uint32		number = 0;

	if (facts != NULL)
	{
		number = journey_fact_store_number(store, facts);
		if (number == 0)
			return false;
	}
	return journey_fact_store_set(store, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), number);
}

/* An empty one without room for names. */
static bool
begin(FactStore *store, MemoryContext context, Size limit)
{
	memset(store, 0, sizeof(*store));
	store->context = context;
	store->limit = limit;
	store->texts = texts_create(context, 64, NULL);
	store->count = 1;
	return make_facts_room(store);
}

bool
journey_fact_store_begin(FactStore *store, MemoryContext context, Size limit, double names)
{
	if (name_factor == 0)
	{
		if (!pg_strong_random(&name_seed, sizeof(name_seed)) ||
			!pg_strong_random(&name_factor, sizeof(name_factor)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not get random numbers")));
		name_factor |= 1;
	}

	if (!begin(store, context, limit))
		return false;
	store->seed = name_seed;
	store->factor = name_factor;
	jn_numbered_begin(&store->numbered);
	return set_slots(store, (uint64) (Min(names, 1e9) * 1.5) + 1024);
}

bool
journey_fact_store_borrow(FactStore *store, MemoryContext context, Size limit, const FactStore *other)
{
	if (!begin(store, context, limit))
		return false;
	store->borrowed = true;
	store->seed = other->seed;
	store->factor = other->factor;
	store->slots = other->slots;
	store->used = other->used;
	store->slot = other->slot;
	store->arena = other->arena;
	store->arena_used = other->arena_used;
	store->arena_room = other->arena_used;
	store->loaded = other->loaded;
	store->numbered = other->numbered;
	store->places = other->places;
	store->few = other->few;
	store->more = other->more;
	return true;
}

/* A copy of some memory, or zeros; NULL: no room. */
static void *
copy_memory(FactStore *store, const void *memory, Size size)
{
	void	   *copy = journey_fact_store_memory(store, Max(size, 1));

	if (copy != NULL && memory != NULL)
		memcpy(copy, memory, size);
	return copy;
}

bool
journey_fact_store_own(FactStore *store)
{
	if (!store->borrowed)
		return true;
	store->slot = copy_memory(store, store->slot, store->slots * sizeof(NameSlot));
	store->arena = copy_memory(store, store->arena, store->arena_used);
	store->few = copy_memory(store, store->few, store->places / 2 + 1);
	store->more = copy_memory(store, store->more, store->places * sizeof(uint16));
	store->borrowed = false;
	return store->slot != NULL && store->arena != NULL && store->few != NULL && store->more != NULL;
}
