/*
 * edit.h
 *	  Parts and edits of a journey: which steps stay, and under which names.
 *
 * Every edit first looks at as little as it can, the header or the names, and
 * tells how much will stay.  If that is all, the journey itself is the answer;
 * if it is nothing, there is no journey; only else are steps picked, for
 * jn_gather_plan() of gather.h to make a journey of.  Picks are empty when
 * they come, with room for all steps that may stay; the order of steps is
 * kept, also of those of one time.
 */
#ifndef JN_EDIT_H
#define JN_EDIT_H

#include "gather.h"
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

/* Picks the steps of a span.  O(steps up to its end). */
extern void jn_edit_span(const JnEnv *env, const JnJourney *j, JnSpan span, JnPicks *picks);

/*
 * Whether the steps from first to last, both inclusive, in microseconds, are
 * all, none or, as far as the header tells, some.
 */
extern JnStays jn_during_stays(const JnHeader *head, int64_t first, int64_t last);

/* Picks the steps from first to last, which may be none.  O(steps up to last). */
extern void jn_edit_during(const JnEnv *env, const JnJourney *j, int64_t first, int64_t last, JnPicks *picks);

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

/* Picks the steps whose name[code].data is not NULL.  O(steps). */
extern void jn_edit_events(const JnEnv *env, const JnJourney *j, const JnName *name, JnPicks *picks);

/*
 * Picks the steps that differ from the one before them in more than time: if
 * all of them, collapsing changes nothing.  O(steps).
 */
extern void jn_edit_collapse(const JnEnv *env, const JnJourney *j, JnPicks *picks);

/* Picks all steps of both by time; of one time, those of the first come first.  O(steps). */
extern void jn_edit_merge(const JnEnv *env, const JnJourney *first, const JnJourney *second, JnPicks *picks);

#endif							/* JN_EDIT_H */
