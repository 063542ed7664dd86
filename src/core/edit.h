/*
 * edit.h
 *	  Parts and edits of a journey: which steps stay, and under which names.
 *
 * Every edit first looks at as little as it can, the header or the names, and
 * tells how much will stay.  If that is all, the journey itself is the answer;
 * if it is nothing, there is no journey; only else are steps put into a
 * builder, which must be empty and keep ties: edits keep the order of steps of
 * one time.
 */
#ifndef JN_EDIT_H
#define JN_EDIT_H

#include "build.h"
#include "name_set.h"

/* How much of a journey an edit leaves. */
typedef enum JnStays
{
	JN_STAYS_NONE,
	JN_STAYS_SOME,				/* less than all, or all under other names */
	JN_STAYS_ALL				/* the journey as it is */
} JnStays;

/* Steps from .. to-1 of a journey, from 0; none if from = to. */
typedef struct JnSpan
{
	uint32_t	from;
	uint32_t	to;
} JnSpan;

/* How much of n steps a span is. */
static inline JnStays
jn_span_stays(JnSpan span, uint32_t n)
{
	return span.from >= span.to ? JN_STAYS_NONE : span.from == 0 && span.to == n ? JN_STAYS_ALL : JN_STAYS_SOME;
}

/*
 * Steps "from" to "to" of n, both inclusive, counted from 1, or from the end
 * if negative (-1 is the last); 0 and what else lies outside is before the
 * first or after the last.
 */
extern JnSpan jn_span_slice(uint32_t n, int32_t from, int32_t to);

/* The first "count" of n steps; if negative, all but the last -count. */
extern JnSpan jn_span_head(uint32_t n, int32_t count);

/* The last "count" of n steps; if negative, all but the first -count. */
extern JnSpan jn_span_tail(uint32_t n, int32_t count);

/*
 * Whether the steps from first to last, both inclusive, in microseconds, are
 * all, none or, as far as the header tells, some.
 */
extern JnStays jn_during_stays(const JnHeader *head, int64_t first, int64_t last);

/*
 * Adds the steps from first to last, which may be none.  O(steps up to last).
 * Errors: those of jn_build_add_run().
 */
extern JnStatus jn_edit_during(const JnEnv *env, const JnJourney *j, int64_t first, int64_t last, JnBuild *b,
							   JnError *err);

/*
 * Fills name[0 .. j->event.names-1] for jn_edit_events() with the names that stay:
 * those of the set if "keep", the others if not.  O(names + count).
 */
extern JnStays jn_edit_pick(const JnEnv *env, const JnJourney *j, const JnNameSet *set, bool keep, JnName *name);

/*
 * The same with other names: to[i] takes the place of name i of the set, or
 * drops its steps if to[i].data is NULL; names that are not in the set stay.
 * The new names must be valid ones.
 */
extern JnStays jn_edit_rename(const JnEnv *env, const JnJourney *j, const JnNameSet *set, const JnName *to,
							  JnName *name);

/*
 * Adds the steps with name[code] for their events, without those whose
 * name[code].data is NULL.  O(steps).
 * Errors: those of jn_build_add_run().
 */
extern JnStatus jn_edit_events(const JnEnv *env, const JnJourney *j, const JnName *name, JnBuild *b, JnError *err);

/* Whether two neighbours are equal in everything but time, so that collapsing changes something.  O(steps). */
extern bool jn_has_repeats(const JnEnv *env, const JnJourney *j);

/*
 * Adds the steps without those that equal the one before them in everything
 * but time.  O(steps).
 * Errors: those of jn_build_add_run().
 */
extern JnStatus jn_edit_collapse(const JnEnv *env, const JnJourney *j, JnBuild *b, JnError *err);

#endif							/* JN_EDIT_H */
