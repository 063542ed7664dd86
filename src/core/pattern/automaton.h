/*
 * automaton.h
 *	  What a pattern becomes: positions that take steps, and what may follow
 *	  them, the preferred first.
 *
 * This is the page to begin with in this folder.
 *
 * Why an automaton.  A reader who tries one way after another and takes steps
 * back needs 2^50 trials for (a?){50}a{50}, and the square of a journey's length
 * for a -> b -> c where no c ever comes: that is where others give up.  Here
 * every step is looked at once for each position of the pattern that could take
 * it, whatever came before, and never again.
 *
 * Positions.  A position is an occurrence of an atom, which takes one step; or
 * a way, which takes the steps that a link passes over.  The edges of a position
 * are what may take the step after it, in the order of preference (of SQL:2016:
 * alternatives as they are written, greedy quantifiers for more, reluctant ones
 * and links for less).  An edge to JN_MATCHED ends the match.  So of
 *
 *	 view -[no return, <= 1 h]-> (cart | wishlist)+
 *
 *	 0	view		-> 1 within 1 h, 2 within 1 h, 3
 *	 1	cart		-> 1, 2, matched
 *	 2	wishlist	-> 1, 2, matched
 *	 3	way: !return, <= 1 h	-> 1, 2, 3			(1 and 2 only in time)
 *	 start			-> 0
 *
 * The bounds of a way run from the step that an atom took before it.  Since
 * that is always the step right before the way's first one, a way's clock
 * needs no memory: whoever knows where the way began knows it.
 *
 * Two passes (match.c).  Backward, from the last step to the first: which
 * positions can take this step so that a match follows?  That needs the answers
 * for the step behind only, or, for ways with time bounds, for a window of steps
 * that slides along.  Forward, only where there is a match: from its first step
 * on take the first edge whose position can still reach the end.  No choice is
 * ever taken back, so this costs what is taken, and the two together are linear
 * in steps x edges, lower and upper bounds and all.  (The idea of looking from
 * the end first is that of Frisch and Cardelli, "Greedy Regular Expression
 * Matching", 2004; that of positions is Glushkov's, 1961.)
 *
 * "Within" bounds a whole match.  For it the backward pass does not keep whether
 * a match follows, but the nearest step at which one can end; the forward pass
 * then takes no edge that ends too late.
 *
 * Where no bound is on time, a set of positions for each step is all there is
 * to know, and there are few different ones: they become the states of a
 * deterministic automaton, made as they are met, and a step costs one look into
 * a table.  Bounds on time are looked at only where there is a match without
 * them.
 *
 * Empty iterations.  An optional iteration of a quantifier that takes no step is
 * no iteration: (a?)* and (()|a)* end.  Required ones may be empty.
 *
 * Limits.  A quantifier {n,m} is n to m copies.  An automaton has at most
 * JN_MOST_EDGES edges, about 12 MB; larger ones are refused.
 */
#ifndef JN_AUTOMATON_H
#define JN_AUTOMATON_H

#include "pattern.h"

/* Most edges, and states on the way to them. */
#define JN_MOST_EDGES	1000000

/* In place of the position that an edge leads to. */
#define JN_MATCHED		UINT32_MAX

/* When an edge may be taken. */
#define JN_EDGE_BEGIN	1		/* from the begin of the journey only */
#define JN_EDGE_END		2		/* at its end only */

/* What may take the next step. */
typedef struct JnEdge
{
	uint32_t	to;				/* a position or JN_MATCHED */
	uint32_t	way;			/* whose time bounds hold; 0 has none */
	unsigned	flags;			/* JN_EDGE_BEGIN of those of the start, JN_EDGE_END of those to JN_MATCHED */
} JnEdge;

/* A list of edges, the preferred first: edge[first] to edge[first + count - 1]. */
typedef struct JnEdges
{
	uint32_t	first;
	uint32_t	count;
} JnEdges;

/* Bounds of one link, or of several with nothing between them.  Number 0 has none. */
typedef struct JnWay
{
	uint32_t	first;			/* forbidden[first] to forbidden[first + count - 1], ascending */
	uint32_t	count;
	int64_t		least;			/* microseconds */
	int64_t		most;			/* likewise, or JN_NO_BOUND */
} JnWay;

/* Whether a way bounds time. */
static inline bool
jn_way_timed(const JnWay *way)
{
	return way->least > 0 || way->most != JN_NO_BOUND;
}

/* A position: an atom's if it is below "steps" of the automaton, else a way's. */
typedef struct JnPosition
{
	uint32_t	number;			/* of the atom, or of the way */
	JnEdges		edges;
} JnPosition;

/* One of these must be in every match: options that name an event each, perhaps on a channel. */
typedef struct JnNeed
{
	uint32_t	first;			/* need_option[first] to need_option[first + count - 1] */
	uint32_t	count;
	uint64_t	presence;		/* of all their events */
} JnNeed;

/* Lives in env's memory; points into the pattern that it is made of. */
typedef struct JnAutomaton
{
	JnAtom	   *atom;			/* those of the pattern, each once */
	uint32_t	atoms;
	JnPosition *position;		/* first those of atoms, then those of ways */
	uint32_t	positions;
	uint32_t	steps;			/* those of atoms */
	JnEdge	   *edge;
	uint32_t	edges;
	JnEdges		start;			/* what may take the first step */
	JnWay	   *way;
	uint32_t	ways;			/* at least 1 */
	uint32_t   *forbidden;		/* numbers of atoms */
	bool		timed;			/* a way bounds time, or there is a within */
	int64_t		within;			/* microseconds, or JN_NO_BOUND */
	JnNeed	   *need;			/* what every match needs, all of it */
	uint32_t	needs;
	const JnOption **need_option;
} JnAutomaton;

/* Makes the automaton of a pattern.  Errors: JN_PATTERN_LARGE. */
extern JnStatus jn_automaton_make(const JnEnv *env, const JnPattern *p, JnAutomaton *a, JnError *err);

/*
 * A text that shows the automaton, for people: writes it at "out", or only
 * measures if that is NULL; returns its bytes.
 */
extern uint64_t jn_automaton_write(const JnEnv *env, const JnAutomaton *a, char *out);

#endif							/* JN_AUTOMATON_H */
