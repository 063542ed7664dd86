/*
 * fact_cache.c
 *	  The facts about all subjects, kept by a session.
 *
 * Reading the tables for one subject takes some microseconds, reading all of
 * them a fraction of one each.  So a session looks subjects up one by one
 * until it has spent about half of what reading all of them costs, over all
 * its statements, and then reads all.  After that a question is one memory access.
 *
 * Names map to numbers of facts; subjects who said the same share them (see
 * subject_facts.h).  A slot of the table of names has 16 bytes.  A short name
 * is in the slot itself, a long one in an arena; in either case all bytes of a
 * name are compared, so that a collision of hashes opens nothing.
 *
 *	  slot		short name:  low, high = the key
 *				long name:   low = 24 bits of the hash and 40 bits of place in
 *				the arena, high = 0xff and 24 more bits of the hash
 *				free:        high = 0
 *	  arena		2 bytes of size, the name; one after the other
 *
 * A table for a million names is larger than the caches of a processor, and a
 * miss costs more than all the rest of a question.  Names that end in numbers,
 * as most do, are in arrays as well (core/numbered.h), which are asked first: one
 * of four bits a name, for the facts that were met first and most subjects
 * share, and one of two bytes.
 *
 * Why it is never stale.  The cache holds what one snapshot S saw, without the
 * own transaction; "moment" remembers S.  Before a decision uses it, it is
 * brought up to a snapshot F that was taken since:
 *
 *	  1. If S and F see the same transactions, it is right as it is.
 *	  2. Else journey_changes_since() names the subjects who may differ, and
 *		 their facts are read again under F.  Those who are not named have the
 *		 same facts under both.  If it cannot name them, or they are many, all
 *		 is read again.
 *	  3. Changes that leave no row behind are DDL: another relation under the
 *		 name, a rewritten or truncated table, a trigger disabled.  All of them
 *		 invalidate the relation in the relcache, and the decision holds locks
 *		 on the tables, which let the invalidations of earlier holders in and
 *		 keep later ones out.  Any invalidation drops the cache; and without
 *		 the triggers that tell of changes, none is made.
 *
 * An error in the middle of 2 leaves "valid" unset, and the cache is dropped
 * when it is next asked for.  One that is being made belongs to the
 * transaction until it is complete.  A process that forks, a parallel worker,
 * starts without one.
 *
 * Facts of committed transactions only: what our own transaction wrote, and
 * what its snapshot does not see yet, is the business of subject_answers.c.
 */
#include "postgres.h"

#include <limits.h>
#include <sys/mman.h>

#include "access/parallel.h"
#include "access/table.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "port.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "changes.h"
#include "core/numbered.h"
#include "decision.h"
#include "fact_cache.h"
#include "probe.h"

/*
 * A look-up in the tables costs as much as reading a dozen subjects.  All are
 * read when half as much has been spent on look-ups: what is read stays.
 */
#define LOOKUP_COST		24

/* Not for less. */
#define FEWEST_LOOKUPS	200

/*
 * So many late rows, and one for so many subjects more, are looked up when the
 * tables are read in the order of their heaps.
 */
#define FEWEST_LATE		200
#define LATE_SHARE		32

/* A guess that is right nearly everywhere; else advice is not followed. */
#define HUGE_PAGE		(2 * 1024 * 1024)

/*
 * A name, ready to be looked for: its bytes with its size if it is short, so
 * that comparing keys is comparing names, else a hash.
 */
typedef struct NameKey
{
	uint64		low;
	uint32		high;
} NameKey;

#define SHORT_NAME	11
#define NAME_SPACE	12

/* Of names that are not short. */
#define LONG_KEY	UINT32_C(0xff000000)

/* Random, so that nobody can choose names that collide. */
static uint64 name_seed = 0;

/*
 * The key of a name of 1 to JOURNEY_MAX_SUBJECT bytes.  Keys of short names
 * are equal if and only if the names are.
 */
static inline NameKey
name_key(const char *name, int size)
{
	const unsigned char *bytes = (const unsigned char *) name;
	NameKey		key;

	if (size > SHORT_NAME)
	{
		key.low = hash_bytes_extended(bytes, size, name_seed);
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

/* Where a long name is. */
#define PLACE_BITS		40
#define PLACE_MASK		((UINT64CONST(1) << PLACE_BITS) - 1)

typedef struct NameSlot
{
	uint64		low;
	uint32		high;
	uint32		facts;			/* their number; 0 is none */
} NameSlot;

/* In the arrays of numbered names: the number of the facts is too large for them. */
#define FEW_FACTS		0xf
#define MORE_FACTS		PG_UINT16_MAX

typedef struct FactsEntry
{
	JourneyFacts *facts;
	uint32		hash;
} FactsEntry;

typedef struct FactCache
{
	MemoryContext context;		/* holds this struct and all below */
	bool		valid;
	uint64		generation;		/* of our tables, when it was made */
	JourneyTable tables[JOURNEY_OWN_TABLES];
	JourneyMoment moment;

	/* names */
	uint64		slots;
	uint64		used;
	NameSlot   *slot;
	char	   *arena;
	uint64		arena_used;
	uint64		arena_room;

	JnNumbered	numbered;		/* those of them that end in numbers, once more */
	uint8	   *few;			/* their facts by place, four bits each, or FEW_FACTS */
	uint16	   *more;			/* the same in two bytes, or MORE_FACTS */

	/* facts by number; entry 0 is not used */
	uint32		count;
	uint32		room;
	uint32		latest;			/* the number given last, or 0 */
	FactsEntry *entry;
	uint32		buckets;		/* a power of two */
	uint32	   *bucket;			/* numbers by hash; 0 is free */

	/* texts that facts point to */
	struct texts_hash *texts;
} FactCache;

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

uint64		journey_fact_cache_version = 1;

/* An odd random number. */
static uint64 name_factor = 0;

/* journey.consent_memory, in kB. */
static int	memory_setting = 0;

/* journey.consent_lookups; -1: what reading all costs. */
static int	lookups_setting = -1;

static FactCache *cache = NULL;

static JourneyFactReads reads = {0, 0};

/* Look-ups in the tables since there was a cache. */
static uint64 lookups = 0;

/* When to estimate whether they were enough. */
static uint64 next_estimate = FEWEST_LOOKUPS;

/* The setting under which all subjects were too many, or -1. */
static int	too_small = -1;
static uint64 too_small_generation = 0;


/* ------------------------------------------------------------------------
 * Names
 * ------------------------------------------------------------------------ */

/* Notes the facts of a name that has a place. */
static inline void
set_place(FactCache *c, uint64 place, uint32 facts)
{
	int			shift = 4 * (place & 1);

	c->few[place / 2] = (c->few[place / 2] & ~(FEW_FACTS << shift)) | Min(facts, FEW_FACTS) << shift;
	c->more[place] = Min(facts, MORE_FACTS);
}

static inline uint64
home_slot(const FactCache *c, NameKey key)
{
	uint64		hash = jn_mix64((key.low ^ name_seed) + key.high * name_factor);

	/* slots are fewer than 2^32 */
	return ((hash >> 32) * c->slots) >> 32;
}

static inline bool
is_long_name_at(const FactCache *c, uint64 place, const char *name, int size)
{
	const char *stored = c->arena + place;
	uint16		stored_size;

	memcpy(&stored_size, stored, sizeof(uint16));
	return stored_size == size && memcmp(stored + sizeof(uint16), name, size) == 0;
}

/* The slot of a name, or the free one where it belongs. */
static inline NameSlot *
find_slot(const FactCache *c, NameKey key, const char *name, int size)
{
	uint64		i = home_slot(c, key);

	for (;;)
	{
		NameSlot   *slot = &c->slot[i];

		if (slot->high == key.high)
		{
			if (is_short_key(key) ?
				slot->low == key.low :
				slot->low >> PLACE_BITS == key.low >> PLACE_BITS &&
				is_long_name_at(c, slot->low & PLACE_MASK, name, size))
				return slot;
		}
		else if (slot->high == 0)
			return slot;
		if (++i == c->slots)
			i = 0;
	}
}

/* Memory of the cache, zeroed; NULL if there is none, or it would pass the limit. */
static void *
get_memory(FactCache *c, Size size)
{
	char	   *result;

	if (MemoryContextMemAllocated(c->context, true) + size > (Size) memory_setting * 1024)
		return NULL;
	result = MemoryContextAllocExtended(c->context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
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
set_slots(FactCache *c, uint64 slots)
{
	NameSlot   *old = c->slot;
	uint64		old_slots = c->slots;
	NameSlot   *new;

	if (slots >= UINT_MAX)
		return false;
	new = get_memory(c, slots * sizeof(NameSlot));
	if (new == NULL)
		return false;
	c->slot = new;
	c->slots = slots;
	for (uint64 i = 0; i < old_slots; i++)
	{
		NameKey		key = {old[i].low, old[i].high};
		uint64		place;

		if (old[i].high == 0)
			continue;
		if (!is_short_key(key))
		{
			const char *name = c->arena + (old[i].low & PLACE_MASK);
			uint16		size;

			memcpy(&size, name, sizeof(uint16));
			key = name_key(name + sizeof(uint16), size);
		}
		for (place = home_slot(c, key); new[place].high != 0;)
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
store_long_name(FactCache *c, const char *name, int size, uint64 *place)
{
	uint16		stored_size = size;

	if (c->arena_room - c->arena_used < size + sizeof(uint16))
	{
		uint64		room = Max(c->arena_room * 2, 64 * 1024);
		char	   *new = get_memory(c, room);

		if (new == NULL)
			return false;
		if (c->arena != NULL)
		{
			memcpy(new, c->arena, c->arena_used);
			pfree(c->arena);
		}
		c->arena = new;
		c->arena_room = room;
	}
	*place = c->arena_used;
	memcpy(c->arena + *place, &stored_size, sizeof(uint16));
	memcpy(c->arena + *place + sizeof(uint16), name, size);
	c->arena_used += size + sizeof(uint16);
	return true;
}

/* Gives a name its facts, new ones if it is there.  False: no room. */
static bool
set_name(FactCache *c, const char *name, int size, uint32 facts)
{
	NameKey		key = name_key(name, size);
	NameSlot   *slot;
	int64		place;

	if (c->used >= c->slots / 4 * 3 && !set_slots(c, c->slots * 2))
		return false;

	slot = find_slot(c, key, name, size);
	if (slot->high == 0)
	{
		uint64		low = key.low;

		if (!is_short_key(key))
		{
			uint64		where;

			if (!store_long_name(c, name, size, &where))
				return false;
			low = (key.low & ~PLACE_MASK) | where;
		}
		slot->low = low;
		slot->high = key.high;
		c->used++;
	}
	slot->facts = facts;

	place = jn_numbered_find(&c->numbered, name, size, jn_name_tail(name, size));
	if (place >= 0)
		set_place(c, place, facts);
	return true;
}

/* The name in a slot that is not free; a short one is put into "space". */
static const char *
slot_name(const FactCache *c, const NameSlot *slot, char space[NAME_SPACE], int *size)
{
	if (slot->high >= LONG_KEY)
	{
		const char *stored = c->arena + (slot->low & PLACE_MASK);
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

/* Puts numbered names into an array, if there is room. */
static void
number_names(FactCache *c)
{
	char		space[NAME_SPACE];
	int			size;
	uint64		places;

	for (uint64 i = 0; i < c->slots; i++)
	{
		if (c->slot[i].high != 0)
		{
			const char *name = slot_name(c, &c->slot[i], space, &size);

			jn_numbered_count(&c->numbered, name, size);
		}
	}
	places = jn_numbered_seal(&c->numbered);
	if (places == 0)
		return;
	c->few = get_memory(c, places / 2 + 1);
	c->more = get_memory(c, places * sizeof(uint16));
	if (c->few == NULL || c->more == NULL)
	{
		jn_numbered_begin(&c->numbered);
		return;
	}

	for (uint64 i = 0; i < c->slots; i++)
	{
		if (c->slot[i].high != 0)
		{
			const char *name = slot_name(c, &c->slot[i], space, &size);
			int64		place = jn_numbered_find(&c->numbered, name, size, jn_name_tail(name, size));

			if (place >= 0)
				set_place(c, place, c->slot[i].facts);
		}
	}
}


/* ------------------------------------------------------------------------
 * Facts
 * ------------------------------------------------------------------------ */

static const char *
intern_text(void *arg, const char *text)
{
	FactCache  *c = arg;
	TextEntry  *entry = texts_lookup(c->texts, text);
	bool		found;

	if (entry == NULL)
		entry = texts_insert(c->texts, MemoryContextStrdup(c->context, text), &found);
	return entry->text;
}

/* More room for facts, and buckets to find them by. */
static bool
make_facts_room(FactCache *c)
{
	uint32		room = Max(c->room * 2, 256);
	FactsEntry *entry;
	uint32	   *bucket;

	if (c->room >= PG_INT32_MAX / 4)
		return false;
	entry = get_memory(c, room * sizeof(FactsEntry));
	if (entry == NULL)
		return false;
	if (c->entry != NULL)
	{
		memcpy(entry, c->entry, c->count * sizeof(FactsEntry));
		pfree(c->entry);
	}
	c->entry = entry;
	c->room = room;

	bucket = get_memory(c, 2 * room * sizeof(uint32));
	if (bucket == NULL)
		return false;
	if (c->bucket != NULL)
		pfree(c->bucket);
	c->bucket = bucket;
	c->buckets = 2 * room;
	for (uint32 i = 1; i < c->count; i++)
	{
		uint32		place = c->entry[i].hash & (c->buckets - 1);

		while (bucket[place] != 0)
			place = (place + 1) & (c->buckets - 1);
		bucket[place] = i;
	}
	return true;
}

/* The number of facts like these; 0: no room. */
static uint32
number_facts(FactCache *c, const JourneyFacts *facts)
{
	Size		size = journey_facts_size(facts);
	uint32		hash;
	uint32		place;
	FactsEntry *entry = &c->entry[c->latest];

	/* neighbours often said the same */
	if (c->latest > 0 && entry->facts->count == facts->count && memcmp(entry->facts, facts, size) == 0)
		return c->latest;

	hash = hash_bytes((const unsigned char *) facts, size);
	if (c->count >= c->room && !make_facts_room(c))
		return 0;

	for (place = hash & (c->buckets - 1); c->bucket[place] != 0; place = (place + 1) & (c->buckets - 1))
	{
		entry = &c->entry[c->bucket[place]];
		if (entry->hash == hash && entry->facts->count == facts->count &&
			memcmp(entry->facts, facts, size) == 0)
			return c->latest = c->bucket[place];
	}

	entry = &c->entry[c->count];
	entry->facts = get_memory(c, size);
	if (entry->facts == NULL)
		return 0;
	memcpy(entry->facts, facts, size);
	entry->hash = hash;
	c->bucket[place] = c->count;
	return c->latest = c->count++;
}


/*
 * Gives a subject these facts; NULL: nothing is known of it, whatever was
 * noted before.  False: no room.
 */
static bool
set_facts(FactCache *c, const text * name, const JourneyFacts *facts)
{
	uint32		number = 0;

	if (facts != NULL)
	{
		number = number_facts(c, facts);
		if (number == 0)
			return false;
	}
	return set_name(c, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), number);
}


/* ------------------------------------------------------------------------
 * Making it
 * ------------------------------------------------------------------------ */

static void
drop_cache(void)
{
	FactCache  *c = cache;

	if (c == NULL)
		return;
	cache = NULL;
	journey_fact_cache_version++;
	MemoryContextDelete(c->context);
}

/* How many subjects there are, about. */
static double
estimate_subjects(const JourneyTable *tables)
{
	Relation	rel = try_table_open(tables[JOURNEY_SUBJECT].relid, AccessShareLock);
	double		result = 0;

	if (rel != NULL)
	{
		double		pages = RelationGetNumberOfBlocks(rel);

		/* the density that was last seen, or a guess */
		if (rel->rd_rel->relpages > 0 && rel->rd_rel->reltuples > 0)
			result = pages * rel->rd_rel->reltuples / rel->rd_rel->relpages;
		else
			result = pages * 100;
		table_close(rel, AccessShareLock);
	}
	return result;
}

/* Reads the facts of some subjects again, one by one.  False: no room. */
static bool
read_again(FactCache *c, const JourneyTable *tables, Snapshot snapshot, const JourneyChanges *changes)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject rows",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JourneyFactsBuilder builder = {.intern = intern_text,.intern_arg = c,.context = scratch};
	bool		fits = true;

	for (int i = 0; i < changes->count && fits; i++)
	{
		text	   *name;
		JourneyFacts *facts;

		CHECK_FOR_INTERRUPTS();
		facts = journey_facts_by_number(&builder, tables, changes->subject[i], snapshot, &name);
		if (name != NULL)
			fits = set_facts(c, name, facts);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return fits;
}

/* The rows of a table, of which each is about a subject. */
typedef struct Walk
{
	JourneyProbe probe;
	int			column;			/* that has the subject's number */
	bool		more;
	int64		number;
} Walk;

/*
 * The next row whose number is not below the one before; others are late, and
 * too many of them are "all".
 */
static void
walk_on(Walk *walk, JourneyChanges *late, uint64 most)
{
	int64		before = walk->number;

	while ((walk->more = !late->all && journey_probe_next(&walk->probe)))
	{
		walk->number = DatumGetInt64(journey_probe_column(&walk->probe, walk->column));
		if (walk->number >= before)
			return;

		late->all = late->count >= most;
		if (late->count >= late->room)
		{
			late->room = Max(64, 2 * late->room);
			late->subject = late->subject == NULL ?
				palloc(late->room * sizeof(int64)) :
				repalloc_huge(late->subject, late->room * sizeof(int64));
		}
		late->subject[late->count++] = walk->number;
	}
}

/*
 * Both tables side by side, each in the order of the subjects' numbers.  The
 * walk along the indexes has that order.  The walk along the heaps costs a
 * third of it, and has the order as far as subjects were recorded one after the
 * other and nothing was updated: late rows are told, and what was noted about
 * their subjects is not right.  False: no room.
 */
static bool
walk_tables(FactCache *c, const JourneyTable *tables, Snapshot snapshot, bool heaps, JourneyChanges *late)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext row_context = AllocSetContextCreate(caller, "journey subject row",
													  ALLOCSET_SMALL_SIZES);
	JourneyFactsBuilder builder = {.intern = intern_text,.intern_arg = c,.context = caller};
	Walk		subject = {.column = JOURNEY_SUBJECT_BY_NUMBER_NUMBER,.number = PG_INT64_MIN};
	Walk		state = {.column = JOURNEY_STATE_SUBJECT,.number = PG_INT64_MIN};
	uint64		most = FEWEST_LATE;
	bool		fits = true;

	journey_probe_begin_all(&subject.probe, &tables[JOURNEY_SUBJECT_BY_NUMBER], snapshot, !heaps);
	journey_probe_begin_all(&state.probe, &tables[JOURNEY_STATE], snapshot, !heaps);
	walk_on(&state, late, most);

	/* the scans keep what they allocate on the way, so they stay out of row_context */
	for (walk_on(&subject, late, most); subject.more && fits; walk_on(&subject, late, most))
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(row_context);
		journey_facts_begin(&builder, &tables[JOURNEY_SUBJECT], subject.probe.row,
							RelationGetDescr(subject.probe.rel));
		while (state.more && state.number <= subject.number)
		{
			if (state.number == subject.number)
				journey_facts_add(&builder, &tables[JOURNEY_STATE], state.probe.row,
								  RelationGetDescr(state.probe.rel));
			MemoryContextSwitchTo(caller);
			walk_on(&state, late, most);
			MemoryContextSwitchTo(row_context);
		}
		if (builder.name != NULL)
			fits = set_facts(c, builder.name, journey_facts_end(&builder));
		MemoryContextSwitchTo(caller);
		MemoryContextReset(row_context);
		most = FEWEST_LATE + c->used / LATE_SHARE;
	}
	/* rows behind the last subject may be late, too */
	while (state.more)
		walk_on(&state, late, most);
	journey_probe_end(&subject.probe);
	journey_probe_end(&state.probe);
	MemoryContextDelete(row_context);
	return fits;
}

/* The facts of all subjects.  False: no room. */
static bool
read_all(FactCache *c, const JourneyTable *tables, Snapshot snapshot)
{
	static bool in_order = true;
	JourneyChanges late = {.all = !in_order};

	if (in_order && !walk_tables(c, tables, snapshot, true, &late))
		return false;
	if (!late.all)
		return read_again(c, tables, snapshot, &late);

	/* all subjects are noted anew; the next time they will be no more in order */
	in_order = false;
	memset(&late, 0, sizeof(late));
	return walk_tables(c, tables, snapshot, false, &late);
}

/*
 * As how many subjects that are read one counts that is looked up.  A parallel
 * worker is there because there is much to read, and what it reads is gone
 * when the statement ends: it makes up its mind earlier.
 */
static int
lookup_cost(void)
{
	return IsParallelWorker() ? LOOKUP_COST * 8 : LOOKUP_COST;
}

/* Has looking up one by one cost as much as reading all would? */
static bool
is_worth_making(const JourneyTable *tables)
{
	if (memory_setting == 0 ||
		(too_small == memory_setting && too_small_generation == journey_own_tables_generation()))
		return false;
	if (lookups_setting >= 0)
		return lookups >= (uint64) lookups_setting;
	if (lookups < next_estimate)
		return false;

	next_estimate = Max(FEWEST_LOOKUPS, (uint64) (estimate_subjects(tables) / lookup_cost()));
	return lookups >= next_estimate;
}

static void
make_cache(const JourneyTable *tables, Snapshot snapshot)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "journey subjects",
												  ALLOCSET_DEFAULT_SIZES);
	FactCache  *c = MemoryContextAllocZero(context, sizeof(FactCache));
	double		subjects = estimate_subjects(tables);

	if (name_factor == 0)
	{
		if (!pg_strong_random(&name_seed, sizeof(name_seed)) ||
			!pg_strong_random(&name_factor, sizeof(name_factor)))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not get random numbers")));
		name_factor |= 1;
	}

	c->context = context;
	c->generation = journey_own_tables_generation();
	memcpy(c->tables, tables, sizeof(c->tables));
	journey_moment_of(&c->moment, snapshot);
	reads.all++;
	c->texts = texts_create(context, 64, NULL);
	c->count = 1;
	jn_numbered_begin(&c->numbered);

	if (make_facts_room(c) &&
		set_slots(c, (uint64) (Min(subjects, 1e9) * 1.5) + 1024) &&
		read_all(c, tables, snapshot))
	{
		number_names(c);
		c->valid = true;
		MemoryContextSetParent(context, TopMemoryContext);
		cache = c;
		journey_fact_cache_version++;
	}
	else
	{
		too_small = memory_setting;
		too_small_generation = c->generation;
		MemoryContextDelete(context);
	}
}

/* Reads those who may have changed anew.  False: all has to be read. */
static bool
refresh(const JourneyTable *tables, Snapshot snapshot)
{
	FactCache  *c = cache;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "journey subject changes",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	JourneyChanges changes;
	bool		done;

	journey_changes_since(&changes, &c->moment, tables, snapshot, Max(1000, (int) (c->used / 4)));
	done = !changes.all;
	if (done)
	{
		/* not valid while it is neither the old nor the new one */
		c->valid = false;
		if (changes.count > 0)
			journey_fact_cache_version++;
		reads.anew += changes.count;
		done = read_again(c, tables, snapshot, &changes);
		journey_moment_of(&c->moment, snapshot);
		c->valid = done;
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return done;
}


/* ------------------------------------------------------------------------
 * What others call
 * ------------------------------------------------------------------------ */

void
journey_fact_cache_define_settings(void)
{
	DefineCustomIntVariable("journey.consent_memory",
							"Memory in which a session may keep what is known about data subjects.",
							"If they do not fit, each is looked up when a statement first asks about it. 0 keeps nothing.",
							&memory_setting,
							128 * 1024,
							0,
							MAX_KILOBYTES,
							PGC_SUSET,
							GUC_UNIT_KB,
							NULL,
							NULL,
							NULL);
	DefineCustomIntVariable("journey.consent_lookups",
							"Data subjects that a session looks up one by one before it reads all.",
							"-1 is as many as cost about half as much as reading all.",
							&lookups_setting,
							-1,
							-1,
							INT_MAX,
							PGC_SUSET,
							0,
							NULL,
							NULL,
							NULL);
}

bool
journey_fact_cache_bring_up(const JourneyTable *tables, Snapshot snapshot)
{
	/* DDL came between, or an error */
	if (cache != NULL &&
		(!cache->valid ||
		 MemoryContextMemAllocated(cache->context, true) > (Size) memory_setting * 1024 ||
		 cache->generation != journey_own_tables_generation() ||
		 memcmp(cache->tables, tables, sizeof(cache->tables)) != 0))
		drop_cache();

	if (cache != NULL && !journey_moment_is(&cache->moment, snapshot) && !refresh(tables, snapshot))
		drop_cache();

	if (cache == NULL && is_worth_making(tables))
	{
		lookups = 0;
		next_estimate = FEWEST_LOOKUPS;
		if (journey_own_triggers_fire(tables))
			make_cache(tables, snapshot);

		/* an invalidation that came while it was made */
		if (cache != NULL && cache->generation != journey_own_tables_generation())
			drop_cache();
	}
	return cache != NULL;
}

bool
journey_fact_cache_missed(const JourneyTable *tables)
{
	lookups++;
	return cache == NULL && is_worth_making(tables);
}

JourneyFactReads
journey_fact_cache_reads(void)
{
	return reads;
}

uint32
journey_fact_cache_find(const char *name, int size, uint64 tail)
{
	const FactCache *c = cache;
	int64		place;

	if (c == NULL)
		return 0;
	place = jn_numbered_find(&c->numbered, name, size, tail);
	if (place >= 0)
	{
		uint32		facts = c->few[place / 2] >> 4 * (place & 1) & FEW_FACTS;

		if (facts < FEW_FACTS)
			return facts;
		facts = c->more[place];
		if (facts < MORE_FACTS)
			return facts;
	}
	return find_slot(c, name_key(name, size), name, size)->facts;
}

uint32
journey_fact_cache_count(void)
{
	return cache == NULL ? 0 : cache->count;
}

const JourneyFacts *
journey_fact_cache_facts(uint32 number)
{
	Assert(cache != NULL && number > 0 && number < cache->count);
	return cache->entry[number].facts;
}
