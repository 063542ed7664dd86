/*
 * funnel.h
 *	  How far a subject gets in a funnel: the chain of its steps that gets
 *	  furthest, when, and what became of it.
 *
 * A funnel has steps, each an atom.  A chain is a row of steps of the journey of
 * which each fills one step of the funnel, in order, from the first one on; its
 * level is the last step of the funnel that it fills.  The first step of a chain
 * is its entry, and all chains with one entry are one attempt.
 *
 *	 window		the last step of a chain is at most "within" after its entry, and
 *				each at most step_within[] after the one before: inclusive
 *	 ordered	anything may lie between two steps of a chain
 *	 strict		nothing but repeats of the earlier one of them may
 *	 exact		nothing may
 *	 deduplicated	no repeat of what the chain has filled, and none of what it
 *				fills next, may
 *	 unordered	the steps may be filled in any order; the level is their number,
 *				and any of them is an entry
 *	 ties		"input": steps of one time follow one another in the order of the
 *				journey; "step": in the order of the first step of the funnel
 *				that they could fill, those that fill none behind them; "strict":
 *				of steps of one time a chain has one at most
 *	 optional	an optional step may be left out of a chain; of ordered ones
 *	 hold		the steps of a chain have the same label in a track; a step
 *				without one fills nothing
 *	 excluded	a step that is excluded fills nothing, and no chain goes across it
 *
 * One attempt is told of:
 *
 *	 latest		of those that get furthest the one entered last
 *	 longest	of those that get furthest the one entered first
 *	 first		the one of the first step that could be an entry
 *
 * and of this attempt one chain: of those of its level the one whose second
 * step is the earliest, of these the one whose third one is, and so on; if that
 * is a step of the journey that could fill two of the funnel it fills the
 * earlier one (unordered: one of them, always the same).
 *
 *	 converted	it fills every step that is not optional
 *	 excluded	else, a step that is excluded came while the attempt could still
 *				have gone on
 *	 open		else, at as_of a step could still come and take it further
 *	 lost		else
 *
 * Cost: linear in the steps of the journey times those of the funnel, and for
 * optional steps times how many of them stand side by side; unordered: times
 * the square of those of the funnel.  Memory: 32 bytes and a bit for each step
 * of the funnel for each step of the journey that could fill one.
 */
#ifndef JN_FUNNEL_H
#define JN_FUNNEL_H

#include "../columns.h"
#include "../pattern/atom.h"

/* In place of a time: there is none. */
#define JN_NO_TIME		INT64_MIN

/* In place of a length of time: no limit. */
#define JN_NO_LIMIT		UINT64_MAX

typedef enum JnFunnelMode
{
	JN_FUNNEL_ORDERED,
	JN_FUNNEL_STRICT,
	JN_FUNNEL_DEDUPLICATED,
	JN_FUNNEL_UNORDERED,
	JN_FUNNEL_EXACT
} JnFunnelMode;

typedef enum JnFunnelEntry
{
	JN_ENTRY_LATEST,
	JN_ENTRY_FIRST,
	JN_ENTRY_LONGEST
} JnFunnelEntry;

typedef enum JnFunnelTies
{
	JN_TIES_INPUT,
	JN_TIES_STEP,
	JN_TIES_STRICT
} JnFunnelTies;

typedef enum JnFunnelStatus
{
	JN_FUNNEL_NOT_ENTERED,
	JN_FUNNEL_LOST,
	JN_FUNNEL_OPEN,
	JN_FUNNEL_EXCLUDED,
	JN_FUNNEL_CONVERTED
} JnFunnelStatus;

/* What is asked.  Points to the caller's memory. */
typedef struct JnFunnelTerms
{
	const JnAtoms *atoms;		/* the steps, and behind them what is excluded */
	uint32_t	steps;			/* at least 1 */
	uint64_t	within;			/* microseconds, or JN_NO_LIMIT */
	const uint64_t *step_within;	/* likewise: [i] from the step before to step i, i >= 1; or NULL */
	const bool *optional;		/* [steps], the first is not; or NULL */
	JnFunnelMode mode;
	JnFunnelEntry entry;
	JnFunnelTies ties;
	bool		hold;
	JnTrack		hold_track;		/* if hold; not JN_VALUE */
	int64_t		as_of;			/* microseconds since 2000-01-01 UTC */
} JnFunnelTerms;

typedef struct JnFunnelResult
{
	uint32_t	level;			/* 0: not entered */
	JnFunnelStatus status;
	int64_t		entered;		/* time of the entry, if there is one */
	const int64_t *time;		/* [steps] when each was filled, or JN_NO_TIME; valid until the next subject */
} JnFunnelResult;

typedef struct JnFunnel JnFunnel;

/*
 * Creates a funnel in env's memory; *terms must last as long.  Not all terms go
 * together: optional is for JN_FUNNEL_ORDERED; step_within and JN_TIES_STRICT are
 * not for JN_FUNNEL_UNORDERED.
 */
extern JnFunnel *jn_funnel_new(const JnEnv *env, const JnFunnelTerms *terms);

/* The subjects to come stand in these columns, which must stay where they are. */
extern void jn_funnel_columns(const JnEnv *env, JnFunnel *f, const JnColumns *columns);

/* The atoms of the terms, bound to these columns. */
extern const JnBinding *jn_funnel_binding(const JnFunnel *f);

/* How far a subject gets. */
extern void jn_funnel_subject(const JnEnv *env, JnFunnel *f, const JnSubject *subject, JnFunnelResult *result);

/* Releases what the last columns took; the rest goes with env's memory. */
extern void jn_funnel_close(const JnEnv *env, JnFunnel *f);

#endif							/* JN_FUNNEL_H */
