/*
 * lexicon.h
 *	  Names from many dictionaries, numbered in the order they come.
 *
 * Each journey numbers its own names; who adds up over half a million journeys
 * needs one number for a name, and has to find it 25 times a journey.  So this
 * is a hash table that costs a few nanoseconds a name: a slot holds the first
 * eight bytes and the length, which is all of most names.
 */
#ifndef JN_LEXICON_H
#define JN_LEXICON_H

#include "labels.h"

/* A place in the table; all that a name of up to 16 bytes is compared with. */
typedef struct JnLexiconSlot
{
	uint64_t	head;			/* the first eight bytes, zeroes behind a shorter name */
	uint64_t	tail;			/* the last eight, likewise; a hash of more than 16 */
	uint32_t	size;			/* bytes of the name */
	uint32_t	number;			/* JN_NO_LABEL: the slot is free */
} JnLexiconSlot;

/* Owns its memory, which lives as long as that of the environment. */
typedef struct JnLexicon
{
	uint64_t	salt;			/* see jn_lexicon_init() */
	uint32_t	names;			/* so many have come */
	JnName	   *name;			/* by number */
	uint32_t	name_room;
	JnLexiconSlot *slot;
	unsigned	bits;			/* 1 << bits slots, at least twice as many as names */
	char	   *text;			/* where the next name's bytes go */
	size_t		text_room;		/* bytes that are left there */
	uint8_t    *block;			/* the last dictionary: lengths and names */
	size_t		block_size;		/* 0: none */
	uint32_t	block_names;
	size_t		block_room;
	uint32_t   *number;			/* and what its names are here */
	uint32_t	number_room;
} JnLexicon;

/*
 * Starts empty.  "salt" decides the places in the table and nothing that could
 * be seen: let it be random, so that nobody can make up names which all meet
 * in one place.
 */
extern void jn_lexicon_init(const JnEnv *env, JnLexicon *l, uint64_t salt);

/* The number of one name, which is added if it is new. */
extern uint32_t jn_lexicon_add(const JnEnv *env, JnLexicon *l, JnName name);

/*
 * The numbers of all names of a column of n steps, added if they are new:
 * entry i is for name i.  There are 256 entries at least, and each of them is
 * below l->names.  Valid until the next call.  A few nanoseconds a name, and
 * less for all of them if the column before had the same names.
 */
extern const uint32_t *jn_lexicon_map(const JnEnv *env, JnLexicon *l, const JnLabels *labels, uint32_t n);

#endif							/* JN_LEXICON_H */
