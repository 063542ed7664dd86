/*
 * fact_cache.h
 *	  The facts about all subjects, kept by a session.
 *
 *		if (journey_fact_cache_bring_up(tables, fresh))
 *			facts = journey_fact_cache_facts(journey_fact_cache_find(name, size));
 *
 * Holds what is committed, as of the snapshot it was last brought up to.  It
 * is made when a session has asked about so many subjects one by one that
 * reading all of them would have cost no more, and if they fit in
 * journey.consent_memory.
 */
#ifndef JOURNEY_FACT_CACHE_H
#define JOURNEY_FACT_CACHE_H

#include "common/hashfn.h"
#include "utils/snapshot.h"

#include "core/bytes.h"
#include "own_tables.h"
#include "subject_facts.h"

/* Defines journey.consent_memory and journey.consent_lookups.  Called once, by _PG_init(). */
extern void journey_fact_cache_define_settings(void);

/*
 * Changes whenever what the cache holds may: who uses it remembers the number
 * and asks to bring it up again when it is another.
 */
extern uint64 journey_fact_cache_version;

/*
 * Makes the cache what the snapshot sees of other transactions; the snapshot
 * is the newest and registered, and sees nothing of our own transaction.
 * The tables must be locked.  False if there is no cache and none may be made.
 * Some index probes if others have committed since.
 */
extern bool journey_fact_cache_bring_up(const JourneyTable *tables, Snapshot snapshot);

/* To be told when a subject has been looked up in the tables instead; true: try again to bring it up. */
extern bool journey_fact_cache_missed(const JourneyTable *tables);

/*
 * A name, ready to be looked for: its bytes with its size if it is short, so
 * that comparing keys is comparing names, else a hash.
 */
typedef struct JourneyNameKey
{
	uint64		low;
	uint32		high;
} JourneyNameKey;

#define JOURNEY_SHORT_NAME	11

/* Of names that are not short. */
#define JOURNEY_LONG_KEY	UINT32_C(0xff000000)

/* Random, so that nobody can choose names that collide. */
extern uint64 journey_name_seed;

/*
 * The key of a name of 1 to JOURNEY_MAX_SUBJECT bytes.  Keys of short names
 * are equal if and only if the names are.
 */
static inline JourneyNameKey
journey_name_key(const char *name, int size)
{
	const unsigned char *bytes = (const unsigned char *) name;
	JourneyNameKey key;

	if (size > JOURNEY_SHORT_NAME)
	{
		key.low = hash_bytes_extended(bytes, size, journey_name_seed);
		key.high = JOURNEY_LONG_KEY | (uint32) (key.low & 0xffffff);
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
journey_is_short_key(JourneyNameKey key)
{
	return key.high < JOURNEY_LONG_KEY;
}

/* The number of the facts about a subject; 0: no such subject. */
extern uint32 journey_fact_cache_find(JourneyNameKey key, const char *name, int size);

/* Numbers of facts are below this; it grows only with the version. */
extern uint32 journey_fact_cache_count(void);

/* The facts by their number; not 0.  Valid until the version changes. */
extern const JourneyFacts *journey_fact_cache_facts(uint32 number);

#endif							/* JOURNEY_FACT_CACHE_H */
