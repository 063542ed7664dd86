/*
 * match.h
 *	  Where a pattern matches a journey.  automaton.h tells how.
 *
 * A JnMatcher is made once for many journeys.  It is shown columns, a journey's
 * or a set's, and then subjects in them, one after another; of each it tells
 * whether there is a match, how many, or where they are:
 *
 *	 jn_matcher_columns()
 *	   jn_match_any() or jn_match_count() or
 *	   jn_match_open(), jn_match_next() ..., until it gives false
 *
 * A match begins at a step, the leftmost possible; of those that begin there
 * it is the preferred one.  The next one is looked for behind its last step, or
 * with "next row" from the step after its first one on.  An empty match takes no
 * step; the next one is looked for one step on.
 *
 * Cost, for n steps, p positions, e edges: jn_match_any() and jn_match_count()
 * O(n * e) at most, mostly a fraction of a nanosecond a step (match_chain.c,
 * match_leap.c);
 * jn_match_next() in addition O(e) for each step of its match.  Memory: 8 to 40
 * bytes for each step that changes anything; beyond the limits of match_leap.c
 * without time bounds p bits a step, in parts of up to 16 MB that are worked out
 * twice where that is not enough, and with them 12 + 4 * (p + 2 * w) bytes a step
 * for w ways, of journeys that have a match without them.
 */
#ifndef JN_MATCH_H
#define JN_MATCH_H

#include "../columns.h"
#include "automaton.h"

typedef enum JnOverlap
{
	JN_SKIP_PAST_LAST,			/* matches have no step in common */
	JN_NEXT_ROW					/* at most one from each step on */
} JnOverlap;

/* Opaque: what match.c keeps from one journey to the next. */
typedef struct JnMatcher JnMatcher;

/*
 * Makes a matcher in env's memory, which it keeps using: it points to *env's
 * functions and context, and to the automaton, which must live as long.
 */
extern JnMatcher *jn_matcher_new(const JnEnv *env, const JnAutomaton *a);

/* Tracks that its atoms look at, as bits 1 << JnTrack. */
extern unsigned jn_matcher_tracks(const JnMatcher *m);

/* False if the presence bits of a journey or set prove that it has no match. */
extern bool jn_may_match(const JnAutomaton *a, uint64_t presence);

/*
 * The subjects to come are in these columns, which stay where they are.
 * Returns false if the names prove that none of them has a match; then they
 * need not be asked for.
 */
extern bool jn_matcher_columns(JnMatcher *m, const JnColumns *columns);

/*
 * False if the events alone show that the subject of rows from .. to-1 has no
 * match; then it need not be asked for.  Costs a nanosecond or two where most
 * steps do not matter.
 */
extern bool jn_match_may(JnMatcher *m, uint32_t from, uint32_t to);

/*
 * Subjects are asked for in ascending order of rows, each once.  Reading the
 * times of a subject is done on a copy of its reader.
 */
extern bool jn_match_any(JnMatcher *m, const JnSubject *subject);

/* Number of matches. */
extern uint64_t jn_match_count(JnMatcher *m, const JnSubject *subject, JnOverlap overlap);

/*
 * For those who go through a set and do not want to look where the times of each
 * subject are.  First, behind jn_matcher_columns(): where those of the set
 * begin, and how many differences they are.
 */
extern void jn_matcher_times(JnMatcher *m, const JnTimesReader *times, uint32_t differences);

/*
 * Then of the subject in rows from .. to-1, before which there are "part" others:
 * fills *count with the number of matches without a step in common.  False if
 * the pattern does not allow that; then the functions above must be asked.
 */
extern bool jn_match_count_part(JnMatcher *m, uint32_t part, uint32_t from, uint32_t to, uint64_t *count);

/* One match: rows from .. to-1 of the subject, counted from its first; none if from = to. */
typedef struct JnMatch
{
	uint32_t	from;
	uint32_t	to;
} JnMatch;

extern void jn_match_open(JnMatcher *m, const JnSubject *subject, JnOverlap overlap);
extern bool jn_match_next(JnMatcher *m, JnMatch *match);

#endif							/* JN_MATCH_H */
