/*
 * fact_store.h
 *	  Names and what is known about each, in little memory and quick to find.
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
 * share, and one of two bytes.  What the arrays say is right; a slot counts
 * only for names that have no place, or facts with too large a number.
 *
 * Shared by fact_cache.c, fact_check.c, fact_loan.c, fact_pages.c, fact_read.c and fact_store.c,
 * and by nobody else, but for what fact_cache.h finds in line.
 */
#ifndef JOURNEY_FACT_STORE_H
#define JOURNEY_FACT_STORE_H

#include "core/numbered.h"
#include "subject_facts.h"

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

typedef struct FactStore
{
	MemoryContext context;		/* holds all below */
	Size		limit;			/* of that context, in bytes */
	bool		borrowed;		/* the arrays of names are another process's, and must not be changed */

	/* random, so that nobody can choose names that collide; the second one is odd */
	uint64		seed;
	uint64		factor;

	/* names */
	uint64		slots;
	uint64		used;
	NameSlot   *slot;
	char	   *arena;
	uint64		arena_used;
	uint64		arena_room;

	uint64		loaded;			/* names that came with the arrays and have no slot */
	JnNumbered	numbered;		/* those of them that end in numbers */
	uint64		places;
	uint8	   *few;			/* their facts by place, four bits each, or FEW_FACTS */
	uint16	   *more;			/* where it is FEW_FACTS: in two bytes, or MORE_FACTS; NULL if it is nowhere */

	/* facts by number; entry 0 is not used */
	uint32		count;
	uint32		room;
	uint32		latest;			/* the number given last, or 0 */
	FactsEntry *entry;
	uint32		buckets;		/* a power of two */
	uint32	   *bucket;			/* numbers by hash; 0 is free */

	/* texts that facts point to */
	struct texts_hash *texts;
} FactStore;

/*
 * Begins an empty one, with its memory in "context", for about so many names.
 * False: that is more than "limit" bytes.
 */
extern bool journey_fact_store_begin(FactStore *store, MemoryContext context, Size limit, double names);

/*
 * Begins one with the names of another, whose arrays it shares: they must stay where
 * they are, and as they are.  Facts are to be added in the order of their
 * numbers.  False: no room.
 */
extern bool journey_fact_store_borrow(FactStore *store, MemoryContext context, Size limit, const FactStore *other);

/* Copies what was borrowed, if anything was; must precede every change of names.  False: no room. */
extern bool journey_fact_store_own(FactStore *store);

/* Memory of the store, zeroed; NULL if there is none, or it would pass the limit. */
extern void *journey_fact_store_memory(FactStore *store, Size size);

/* The text that facts may point to: equal ones have one address.  "arg" is the store. */
extern const char *journey_fact_store_intern(void *arg, const char *text);

/* The number of facts like these, whose texts were interned; 0: no room. */
extern uint32 journey_fact_store_number(FactStore *store, const JourneyFacts *facts);

/* Gives a name of 1 to JOURNEY_MAX_SUBJECT bytes its facts, by number, new ones if it is there.  False: no room. */
extern bool journey_fact_store_set(FactStore *store, const char *name, int size, uint32 facts);

/* Fetches from memory what setting the name will touch; for who sets many, some names ahead. */
extern void journey_fact_store_hint(const FactStore *store, const char *name, int size);

/*
 * Gives a name facts as they were built; NULL: nothing is known of it,
 * whatever was noted before.  False: no room.
 */
extern bool journey_fact_store_set_facts(FactStore *store, const text * name, const JourneyFacts *facts);

/* Once all names are there: puts those that end in numbers into arrays, if there is room. */
extern void journey_fact_store_number_names(FactStore *store);

/* How many names there are, about: forgotten ones count, and some that were added to the arrays do not. */
static inline uint64
journey_fact_store_names(const FactStore *store)
{
	return store->used + store->loaded;
}

/* The number of the facts about a name; 0: none.  "tail" is jn_name_tail() of it. */
extern uint32 journey_fact_store_find_slot(const FactStore *store, const char *name, int size);

/* The same for a number whose place, if it has one, does not tell. */
extern uint32 journey_fact_store_find_at_length(const FactStore *store, int64 number);

/* The number of the facts about the name in a place; MORE_FACTS: not here. */
static pg_attribute_always_inline uint32
journey_fact_store_at(const FactStore *store, int64 place)
{
	uint32		facts = store->few[place / 2] >> 4 * (place & 1) & FEW_FACTS;

	return likely(facts < FEW_FACTS) ? facts : store->more[place];
}

static pg_attribute_always_inline uint32
journey_fact_store_find(const FactStore *store, const char *name, int size, uint64 tail)
{
	int64		place = jn_numbered_find(&store->numbered, name, size, tail);

	if (place >= 0)
	{
		uint32		facts = journey_fact_store_at(store, place);

		if (facts < MORE_FACTS)
			return facts;
	}
	return journey_fact_store_find_slot(store, name, size);
}

/* The number of the facts about a subject whose name is the text form of a number; 0: none. */
static inline uint32
journey_fact_store_find_number(const FactStore *store, int64 number)
{
	int64		place = jn_numbered_find_number(&store->numbered, (uint64) number);

	if (likely(place >= 0))
	{
		uint32		facts = journey_fact_store_at(store, place);

		if (facts < MORE_FACTS)
			return facts;
	}
	return journey_fact_store_find_at_length(store, number);
}

/* The name in a slot that is not free; a short one is put into "space". */
extern const char *journey_fact_store_slot_name(const FactStore *store, const NameSlot *slot,
												char space[NAME_SPACE], int *size);

#endif							/* JOURNEY_FACT_STORE_H */
