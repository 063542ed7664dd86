/*
 * population_own.h
 *	  What a tally looks like from inside: for population.c, which adds to it,
 *	  and population_rows.c, which puts its rows in order and makes it bytes and
 *	  back.  Nobody else includes this.
 */
#ifndef JN_POPULATION_OWN_H
#define JN_POPULATION_OWN_H

#include "population.h"

/* A free cell of the hash table. */
#define NO_KEY			UINT64_MAX

/* A row of one name: the number of the next. */
#define NO_NEXT			0

/* Whether cells are a square of names. */
static inline bool
is_square(const JnTally *t)
{
	return t->kind != JN_TALLY_EVENTS && t->key == NULL;
}

static inline size_t
cell_count(const JnTally *t)
{
	return (size_t) 1 << (is_square(t) ? 2 * t->bits : t->bits);
}

static inline uint64_t
edge_key(uint32_t from, uint32_t to)
{
	return (uint64_t) from << 32 | to;
}

/* Where a key of the hash table is, or would be put. */
static inline size_t
key_place(const JnTally *t, uint64_t key)
{
	size_t		mask = ((size_t) 1 << t->bits) - 1;
	uint64_t	h = (key ^ t->names.salt) * UINT64_C(0x9e3779b97f4a7c15);
	size_t		at;

	h = (h ^ h >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
	for (at = (size_t) (h >> (64 - t->bits)); t->key[at] != key && t->key[at] != NO_KEY;)
		at = (at + 1) & mask;
	return at;
}

/* The two names of a cell that has a row. */
static inline uint64_t
key_of(const JnTally *t, size_t cell)
{
	if (t->kind == JN_TALLY_EVENTS)
		return edge_key((uint32_t) cell, NO_NEXT);
	if (t->key != NULL)
		return t->key[cell];
	return edge_key((uint32_t) (cell >> t->bits), (uint32_t) (cell & (((size_t) 1 << t->bits) - 1)));
}

/* Where the row of two names is kept; the hash table must have room. */
static inline size_t
place_of(const JnTally *t, uint64_t key)
{
	if (t->kind == JN_TALLY_EVENTS)
		return (size_t) (key >> 32);
	if (t->key == NULL)
		return (size_t) (key >> 32) << t->bits | (uint32_t) key;
	return key_place(t, key);
}

/* Makes room for the cells of all names. */
extern void jn_tally_fit_names(const JnEnv *env, JnTally *t);

/* The cell of two names, for adding to it. */
extern size_t jn_tally_cell(const JnEnv *env, JnTally *t, uint32_t from, uint32_t to);

/* Takes over into the cells what is in t->counts; "bits" must be as they were. */
extern void jn_tally_settle(JnTally *t);

#endif							/* JN_POPULATION_OWN_H */
