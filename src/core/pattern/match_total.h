/*
 * match_total.h
 *	  How many subjects of a population match a pattern, and how often.
 *
 * A JnMatchTotal takes journeys, each a subject of its own, and sets of
 * journeys, in any order; a journey that is spread over sets is one subject, see
 * whole.h.  Memory: that of the matcher, and of the parts that are held back.
 *
 * The state as bytes, for partial aggregates on their way between processes and
 * machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      3  0
 *		  4      4  p, the size of the pattern
 *		  8      8  subjects, at most INT64_MAX, like the following
 *		 16      8  those that match
 *		 24      8  matches, not fewer than those
 *		 32      p  the pattern's binary form, see pattern.h
 *					the parts that are held back, see whole.h
 */
#ifndef JN_MATCH_TOTAL_H
#define JN_MATCH_TOTAL_H

#include "../whole.h"
#include "match.h"

#define JN_MATCH_TOTAL_VERSION	1
#define JN_MATCH_TOTAL_HEADER	32

typedef struct JnMatchCounts
{
	uint64_t	subjects;
	uint64_t	matched;		/* those with a match */
	uint64_t	matches;		/* that have no step in common */
} JnMatchCounts;

typedef struct JnMatchTotal
{
	JnMatchCounts counts;
	JnWhole		whole;
	uint8_t    *bytes;			/* the pattern's binary form */
	size_t		size;
	JnPattern	pattern;
	JnAutomaton automaton;
	JnMatcher  *matcher;
	bool		possible;		/* a subject of the present columns may match */
} JnMatchTotal;

/*
 * Starts for a pattern, of which the bytes are copied.  "salt" as in
 * jn_lexicon_init().  It must not be moved in memory.  Errors: those of
 * jn_pattern_validate() and jn_automaton_make().
 */
extern JnStatus jn_match_total_init(const JnEnv *env, JnMatchTotal *t, const uint8_t *pattern, size_t size,
									uint64_t salt, JnError *err);

/* Whether it is for this pattern. */
extern bool jn_match_total_is_for(const JnMatchTotal *t, const uint8_t *pattern, size_t size);

/* Adds a journey, a subject of its own. */
extern JnStatus jn_match_total_journey(const JnEnv *env, JnMatchTotal *t, const JnJourney *j, JnError *err);

/* Adds the subjects of a set.  Errors: those of jn_whole_set(). */
extern JnStatus jn_match_total_set(const JnEnv *env, JnMatchTotal *t, const JnSet *s, JnError *err);

/*
 * Adds all of "from", which is for the same pattern and whose subjects are
 * others, but for those that are spread over sets.  Errors: those of
 * jn_whole_merge(); JN_TOO_MANY_POINTS.
 */
extern JnStatus jn_match_total_merge(const JnEnv *env, JnMatchTotal *into, const JnMatchTotal *from, JnError *err);

/* What all add up to, with the parts that are held back.  *t stays as it is.  Errors: those of jn_whole_rest(). */
extern JnStatus jn_match_total_counts(const JnEnv *env, JnMatchTotal *t, JnMatchCounts *counts, JnError *err);

/* The state as bytes: size gives what write fills.  Errors: JN_TOO_LARGE. */
extern JnStatus jn_match_total_size(const JnMatchTotal *t, size_t *size, JnError *err);
extern void jn_match_total_write(const JnEnv *env, const JnMatchTotal *t, uint8_t *out);

/*
 * Reads a state and proves every rule of it.  Linear in size.
 * Errors: JN_BYTES_*, those of jn_pattern_validate(), jn_automaton_make() and
 * jn_whole_read(); then *t can only be thrown away.
 */
extern JnStatus jn_match_total_read(const JnEnv *env, JnMatchTotal *t, uint64_t salt, const uint8_t *p, size_t size,
									JnError *err);

#endif							/* JN_MATCH_TOTAL_H */
