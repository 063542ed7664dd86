/*
 * name_set.h
 *	  Names that somebody asks a journey for, made ready once for many journeys.
 *
 * In order and each once, so that looking all of them up in a dictionary,
 * which is in order too, is one merge; with their presence bits, so that most
 * journeys are answered from the header.
 */
#ifndef JN_NAME_SET_H
#define JN_NAME_SET_H

#include "journey.h"

typedef struct JnNameSet
{
	const JnName *name;			/* strictly ascending by bytes; may be NULL if there is none */
	uint32_t	count;
	uint64_t	presence;		/* the presence bits of all */
} JnNameSet;

/*
 * Makes a set of count names, of any size and bytes: puts name[] in order and
 * drops doubles.  The set points into name[].  O(count log count).
 */
extern void jn_name_set_make(const JnEnv *env, JnName *name, uint32_t count, JnNameSet *set);

/* The place of a name in a set, or -1.  O(log count). */
extern int64_t jn_name_set_find(const JnNameSet *set, JnName name);

/* False if the header proves that one of the names is missing. */
static inline bool
jn_may_have_all(const JnHeader *head, const JnNameSet *set)
{
	return (set->presence & ~head->presence) == 0;
}

/* False if the header proves that all of the names are missing. */
static inline bool
jn_may_have_any(const JnHeader *head, const JnNameSet *set)
{
	return (set->presence & head->presence) != 0;
}

/*
 * Looks the names up in a column: code[i] becomes the number of name i of the
 * set there, or JN_NO_LABEL.  Returns how many are there.
 * O(names of the column + count).
 */
extern uint32_t jn_name_set_codes(const JnEnv *env, const JnNameSet *set, const JnLabels *labels, uint32_t *code);

#endif							/* JN_NAME_SET_H */
