/*
 * partial.h
 *	  How far an unfinished match has got.
 */
#ifndef JN_PARTIAL_H
#define JN_PARTIAL_H

#include "../columns.h"
#include "automaton.h"

typedef struct JnPartial
{
	uint32_t	from;			/* first row, counted from the first of the subject */
	uint32_t	steps;			/* that atoms took; at least 1 */
	int64_t		since;			/* time of the last of them, microseconds */
	bool		bounded;
	int64_t		deadline;		/* the last moment at which it can go on, if bounded */
	uint32_t	atoms;			/* what could come next: numbers of atoms of the automaton */
	uint32_t   *atom;			/* ascending; in env's memory */
} JnPartial;

/*
 * Finds the match that has taken most steps without being complete, of those
 * that a step at "as_of" or later could carry on: begun in row "from" or later,
 * and not out of time.  Of several the one that began first, then the one whose
 * last step is the latest.  Steps after "as_of" are not looked at.  False if
 * there is none.  O(n * e) for n steps and e edges; memory 16 bytes a step for
 * each way and some for each position.
 */
extern bool jn_partial(const JnEnv *env, const JnAutomaton *a, const JnSubject *subject, uint32_t from,
					   int64_t as_of, JnPartial *partial);

#endif							/* JN_PARTIAL_H */
