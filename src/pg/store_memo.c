/*
 * store_memo.c
 *	  What a session remembers of the buckets that it merged.
 *
 * A memo is one chunk of memory, made aside and then linked: an error in the
 * middle leaves nothing half done.  Its users pin it, and unpin it in a callback
 * of the memory context that they work in, so an error takes no pin along.  What
 * is unlinked while it is pinned goes with the last pin: a cursor that is open
 * reads on what it found, while others ask for something newer.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "compat.h"
#include "store_memo.h"

/* Parts of the memory that merged buckets may take; the rest is for the changes. */
#define BUCKETS_SHARE(bytes)	((bytes) / 4 * 3)

/* Where a memo is found. */
typedef struct Place
{
	uint32		store;			/* key */
	uint32		bucket;			/* key */
	JourneyMemo *memo;			/* NULL: the bucket was merged once */
} Place;

/* journey.store_memory, in kB. */
static int	memory_setting = 0;

static MemoryContext memo_context = NULL;
static HTAB *places = NULL;

/* The context of the memos alone, and how many there are, linked or pinned. */
static MemoryContext memos_context = NULL;
static uint32 memos = 0;

/* Bytes of all places and memos that are linked. */
static Size taken = 0;

static uint64 last_reading = 0;

/* The latest reading that looked for something to forget. */
static uint64 last_forgotten = 0;

void
journey_store_memo_define_setting(void)
{
	DefineCustomIntVariable("journey.store_memory",
							"Memory in which a session may keep what it read of stores with changes.",
							"Questions that are asked again then merge only what changed since. 0 keeps nothing.",
							&memory_setting,
							64 * 1024,
							0,
							MAX_KILOBYTES,
							PGC_SUSET,
							GUC_UNIT_KB,
							NULL,
							NULL,
							NULL);
}

Size
journey_store_memory(void)
{
	return (Size) memory_setting * 1024;
}

MemoryContext
journey_store_memo_context(void)
{
	if (memo_context == NULL)
		memo_context = AllocSetContextCreate(CacheMemoryContext, "journey store memo", ALLOCSET_DEFAULT_SIZES);
	return memo_context;
}

/* ----- pins ----- */

static void
free_memo(JourneyMemo *memo)
{
	pfree(memo);

	/* small ones stay with their context until then */
	if (--memos == 0)
		MemoryContextReset(memos_context);
}

static void
unlink_memo(Place *place)
{
	JourneyMemo *memo = place->memo;

	place->memo = NULL;
	taken -= memo->size;
	memo->linked = false;
	if (memo->pins == 0)
		free_memo(memo);
}

void
journey_memo_unpin(JourneyMemo *memo)
{
	memo->pins--;
	if (memo->pins == 0 && !memo->linked)
		free_memo(memo);
}

/* ----- finding ----- */

/* The place of a bucket; NULL if there is none and "action" does not make one. */
static Place *
find_place(uint32 store, uint32 bucket, HASHACTION action)
{
	Place		key = {store, bucket, NULL};
	Place	   *place;
	bool		found;

	if (places == NULL)
	{
		HASHCTL		ctl;

		if (action == HASH_FIND)
			return NULL;
		ctl.keysize = offsetof(Place, memo);
		ctl.entrysize = sizeof(Place);
		ctl.hcxt = journey_store_memo_context();
		places = hash_create("journey store memo places", 256, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	place = hash_search(places, &key, action, &found);
	if (place != NULL && !found)
	{
		place->memo = NULL;
		taken += sizeof(Place);
	}
	return place;
}

JourneyMemo *
journey_memo_find(uint32 store, uint32 bucket, uint64 reading)
{
	Place	   *place = find_place(store, bucket, HASH_FIND);

	if (place == NULL || place->memo == NULL)
		return NULL;
	place->memo->pins++;
	place->memo->used = reading;
	return place->memo;
}

bool
journey_memo_begins(const JourneyMemo *memo, const uint8 *changes, Size size)
{
	return memo->changes_size <= size && memcmp(memo->changes, changes, memo->changes_size) == 0;
}

bool
journey_memo_has_set(const JourneyMemo *memo, int at, const struct varlena *set)
{
	const struct varlena *known;

	if (at >= memo->sets)
		return false;
	known = (const struct varlena *) DatumGetPointer(memo->set[at]);
	return VARSIZE_ANY_EXHDR(set) == VARSIZE_ANY_EXHDR(known) &&
		memcmp(VARDATA_ANY(set), VARDATA_ANY(known), VARSIZE_ANY_EXHDR(set)) == 0;
}

/* ----- making ----- */

/* Forgets what other readings left, once in a reading. */
static void
forget_others(uint64 reading)
{
	HASH_SEQ_STATUS scan;
	Place	   *place;

	if (last_forgotten == reading)
		return;
	last_forgotten = reading;
	hash_seq_init(&scan, places);
	while ((place = hash_seq_search(&scan)) != NULL)
	{
		if (place->memo != NULL && place->memo->used == reading)
			continue;
		if (place->memo != NULL)
			unlink_memo(place);
		hash_search(places, place, HASH_REMOVE, NULL);
		taken -= sizeof(Place);
	}
}

uint64
journey_memo_reading(void)
{
	uint64		reading = ++last_reading;

	/* the setting may be lower now */
	if (places != NULL && taken > BUCKETS_SHARE(journey_store_memory()))
		forget_others(reading);
	return reading;
}

/* Whether so many bytes more may be taken. */
static bool
is_room(Size size, uint64 reading)
{
	Size		most = BUCKETS_SHARE(journey_store_memory());

	if (taken + size > most && places != NULL)
		forget_others(reading);
	return taken + size <= most;
}

/* Bytes of a set in a memo. */
static Size
set_size(Datum set)
{
	return MAXALIGN(VARHDRSZ + VARSIZE_ANY_EXHDR(DatumGetPointer(set)));
}

/* Whether a merged set is one of those that are stored, from place *at on: these come first, and in order. */
static bool
is_same(const Datum *set, int sets, Datum fresh, int *at)
{
	for (int i = *at; i < sets; i++)
		if (set[i] == fresh)
		{
			*at = i;
			return true;
		}
	return false;
}

/* Copies a value with a header of four bytes. */
static Datum
copy_set(Datum datum, char **p)
{
	const struct varlena *from = (const struct varlena *) DatumGetPointer(datum);
	struct varlena *set = (struct varlena *) *p;
	Size		size = VARSIZE_ANY_EXHDR(from);

	SET_VARSIZE(set, VARHDRSZ + size);
	memcpy(VARDATA(set), VARDATA_ANY(from), size);
	*p += set_size(datum);
	return PointerGetDatum(set);
}

void
journey_memo_add(uint32 store, uint32 bucket, uint64 reading, uint64 chunk, Datum *set, int sets,
				 const uint8 *changes, Size changes_size, Datum *fresh, int merged, bool inserted)
{
	Size		head = MAXALIGN(sizeof(JourneyMemo)) + MAXALIGN((sets + merged) * sizeof(Datum));
	Size		size = head + MAXALIGN(changes_size);
	Place	   *place = find_place(store, bucket, HASH_FIND);
	JourneyMemo *memo;
	char	   *p;
	int			at = 0;

	if (place == NULL)
	{
		if (is_room(sizeof(Place), reading))
			(void) find_place(store, bucket, HASH_ENTER);
		return;
	}
	if (place->memo != NULL)
		unlink_memo(place);
	for (int i = 0; i < sets; i++)
		size += set_size(set[i]);
	for (int i = 0; i < merged; i++)
	{
		if (is_same(set, sets, fresh[i], &at))
			continue;
		size += set_size(fresh[i]);
	}
	if (!is_room(size, reading))
		return;

	/* it may have gone while room was made */
	place = find_place(store, bucket, HASH_ENTER);
	if (memos_context == NULL)
		memos_context = AllocSetContextCreate(journey_store_memo_context(), "journey store memos", ALLOCSET_DEFAULT_SIZES);
	memo = MemoryContextAllocHuge(memos_context, size);
	size = GetMemoryChunkSpace(memo);
	memo->store = store;
	memo->bucket = bucket;
	memo->linked = true;
	memo->pins = 0;
	memo->used = reading;
	memo->chunk = chunk;
	memo->size = size;
	memo->sets = sets;
	memo->set = (Datum *) ((char *) memo + MAXALIGN(sizeof(JourneyMemo)));
	memo->merged = merged;
	memo->fresh = memo->set + sets;
	memo->inserted = inserted;
	p = (char *) memo + head;
	for (int i = 0; i < sets; i++)
		memo->set[i] = copy_set(set[i], &p);
	at = 0;
	for (int i = 0; i < merged; i++)
		memo->fresh[i] = is_same(set, sets, fresh[i], &at) ? memo->set[at++] : copy_set(fresh[i], &p);
	memo->changes = (uint8 *) p;
	memo->changes_size = changes_size;
	memcpy(p, changes, changes_size);
	place->memo = memo;
	taken += size;
	memos++;
}
