/*
 * set_pile.h
 *	  What is to become a set of journeys: journeys with their keys, or sets,
 *	  one behind the other, unmerged.
 *
 * The state of journey_set_agg.  Merging waits for the end, for only then is it
 * known which parts of a subject there are, and in which order they go; so a
 * pile is the same whatever heap each item came from, but for their order.  All
 * items have keys of one kind; a pile holds journeys or sets, never both.
 *
 * The bytes are the items behind a header, private to one version of the
 * library:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  kind of the keys (JnKeyKind)
 *		  2      1  1 if the items are sets, 0 if they are journeys with keys
 *		  3      1  1 if the order of the items counts
 *		  4         items: of a journey u16 size of its key, the key (a bigint as
 *					8 bytes); of each u32 size of its bytes, the bytes
 */
#ifndef JN_SET_PILE_H
#define JN_SET_PILE_H

#include "journey.h"
#include "set_build.h"

#define JN_PILE_HEADER_SIZE	4

/* Use the functions below; all zero is an empty pile. */
typedef struct JnPile
{
	uint8_t    *bytes;			/* NULL before the first item */
	size_t		size;
	size_t		room;
	uint32_t	items;
} JnPile;

/* Releases what a pile has allocated. */
extern void jn_pile_release(const JnEnv *env, JnPile *pile);

/*
 * Adds a journey, or a set: their bytes, which are copied as they are.  O(size).
 * "ordered" must be the same for all items of a pile.
 * Errors: JN_SUBJECT_KINDS if the kind of keys is another one, JN_SUBJECT_LONG,
 * JN_SUBJECT_UTF8, JN_TOO_MANY_STEPS for 2^32 items.
 */
extern JnStatus jn_pile_add_journey(const JnEnv *env, JnPile *pile, bool ordered, const JnKey *key,
									const uint8_t *p, size_t size, JnError *err);
extern JnStatus jn_pile_add_set(const JnEnv *env, JnPile *pile, bool ordered, JnKeyKind kind,
								const uint8_t *p, size_t size, JnError *err);

/*
 * Adds all items of a pile that is there as bytes; "items" as jn_pile_check()
 * counts them.  Errors: JN_SUBJECT_KINDS, JN_BYTES_CORRUPT if one is of sets and
 * the other of journeys, JN_TOO_MANY_STEPS.
 */
extern JnStatus jn_pile_add_pile(const JnEnv *env, JnPile *pile, const uint8_t *p, size_t size, uint32_t items,
								 JnError *err);

/*
 * Counts the items of a pile that is there as bytes, and proves that they lie
 * inside; if "deep", also that each is valid in itself.
 * Errors: JN_BYTES_*, JN_SUBJECT_*, and what the proof of an item has.
 */
extern JnStatus jn_pile_check(const JnEnv *env, const uint8_t *p, size_t size, bool deep, uint32_t *items,
							  JnError *err);

/*
 * Merges the items of a pile, which has some, into a new builder.
 * Errors: those of jn_subjects_gather() and jn_sets_merge(), JN_BYTES_*.
 */
extern JnStatus jn_pile_merge(const JnEnv *env, const JnPile *pile, JnSetBuild **b, JnError *err);

#endif							/* JN_SET_PILE_H */
