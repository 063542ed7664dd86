/*
 * has.h
 *	  What a journey has: all of some events, any of them, a chain of them
 *	  directly one after another, one that begins with a prefix, a step
 *	  of which more is known.
 *
 * The exact answers behind the operators @>, &&, @>>, ^@ and @@.  What is asked
 * is made ready once; then each journey costs no more than it takes to say no:
 * the header first (jn_may_have_...()), which the caller can ask before it
 * fetches the rest, then the names, and only for a chain or a step the codes.
 * Times are read only if a step at a certain time is asked for.
 */
#ifndef JN_HAS_H
#define JN_HAS_H

#include "name_set.h"
#include "step.h"

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

/* A step to look for: what is given must be so, the rest may be anything. */
typedef struct JnWanted
{
	bool		at;				/* step.time is given */
	bool		event;			/* step.event is given */
	JnStep		step;			/* step.tracks says which tracks are given */
} JnWanted;

/* False if the header proves that there is no such step. */
static inline bool
jn_may_have_step(const JnHeader *head, const JnWanted *wanted)
{
	return (wanted->step.tracks & ~head->tracks) == 0
		&& (!wanted->at || (wanted->step.time >= head->first && wanted->step.time <= head->last))
		&& (!wanted->event
			|| (head->presence & jn_presence(wanted->step.event.data, wanted->step.event.size)) != 0);
}

/*
 * Whether there is a step that has all that is given.  Values are equal as
 * float8 orders them, NaN equals NaN; of senses the step has these at least.
 * O(names + steps), O(names) if a name is missing; allocates a byte for each
 * set of senses.
 */
extern bool jn_has_step(const JnEnv *env, const JnJourney *j, const JnWanted *wanted);

#endif							/* JN_HAS_H */
