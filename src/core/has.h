/*
 * has.h
 *	  What a journey has: all of some events, any of them, a chain of them
 *	  directly one after another, one that begins with a prefix.
 *
 * The exact answers behind the operators @>, &&, @>> and ^@.  What is asked is
 * made ready once; then each journey costs no more than it takes to say no:
 * the header first (jn_may_have_all(), jn_may_have_any() of name_set.h), which
 * the caller can ask before it fetches the rest, then the dictionary, and only
 * for a chain the codes.  Times are never read.
 */
#ifndef JN_HAS_H
#define JN_HAS_H

#include "name_set.h"

/* Whether every name of the set is the event of a step; true for no names.  O(names). */
extern bool jn_has_all(const JnEnv *env, const JnJourney *j, const JnNameSet *set);

/* Whether a name of the set is the event of a step; false for no names.  O(names). */
extern bool jn_has_any(const JnEnv *env, const JnJourney *j, const JnNameSet *set);

/* Whether the event of a step begins with these bytes; the empty prefix begins all.  O(names). */
extern bool jn_has_prefix(const JnEnv *env, const JnJourney *j, JnName prefix);

/* Events that are to follow directly one after another. */
typedef struct JnChain
{
	JnNameSet	set;			/* the different names */
	uint32_t	count;			/* links */
	const uint32_t *link;		/* each a place in the set */
	const uint32_t *back;		/* links that still fit when link i does not, see has.c */
} JnChain;

/*
 * Makes a chain of count names in their order.  The chain points to the names'
 * bytes and lives in env's memory.  O(count log count).
 */
extern void jn_chain_make(const JnEnv *env, const JnName *name, uint32_t count, JnChain *chain);

/*
 * Whether the events of the chain are those of neighbouring steps, in this
 * order; true for no links.  O(names + links + steps).
 */
extern bool jn_has_chain(const JnEnv *env, const JnJourney *j, const JnChain *chain);

#endif							/* JN_HAS_H */
