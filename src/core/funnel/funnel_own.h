/*
 * funnel_own.h
 *	  What the files of the funnel share, and nobody else.
 */
#ifndef JN_FUNNEL_OWN_H
#define JN_FUNNEL_OWN_H

#include "funnel.h"

/* In place of the number of a mark: there is none. */
#define NO_MARK			UINT32_MAX

/* A step of the journey that could fill a step of the funnel. */
typedef struct Mark
{
	int64_t		time;			/* microseconds */
	uint32_t	place;			/* its place among all steps of the journey, from 0 */
	uint32_t	era;			/* so many steps before it are excluded */
	uint32_t	label;			/* of the track that is held; else 0 */
	uint32_t	least;			/* the first step that it could fill */
} Mark;

/* A step of the journey that is excluded. */
typedef struct Ban
{
	int64_t		time;
	uint32_t	place;
} Ban;

/* Where chains of a level have got to: forwards from their entry, backwards to their end. */
typedef struct Reach
{
	uint32_t	far;			/* mark of the entry, or of the end; NO_MARK: no chain */
	uint32_t	near;			/* mark of the step of this level */
	uint32_t	node;			/* backwards: the chain from here on */
} Reach;

/* A step of a chain, which are linked backwards. */
typedef struct Node
{
	uint32_t	mark;
	uint32_t	level;			/* from 1 */
	uint32_t	next;			/* NO_MARK at the end */
} Node;

struct JnFunnel
{
	const JnFunnelTerms *terms;
	uint32_t	needed;			/* the last step that is not optional, from 1 */
	uint32_t	words;			/* uint64_t of a mask */
	bool		bound;
	JnBinding	binding;
	const JnColumns *columns;
	uint8_t    *interesting;	/* of each code: some atom may match */
	uint32_t	interesting_room;

	/* of the subject */
	uint32_t	places;			/* steps of the journey */
	Mark	   *mark;			/* in order; with hold by label, and then in order */
	uint64_t   *mask;			/* of each mark: the steps that it could fill */
	uint32_t	marks;
	uint32_t	mark_room;
	Ban		   *ban;			/* what is excluded, in order */
	uint32_t	bans;
	uint32_t	ban_room;

	/* of a search */
	Reach	   *reach;			/* [steps + 1], by level */
	Reach	   *before;			/* likewise: the last one of an earlier time */
	Reach	   *news;			/* likewise: of the mark that is looked at */
	Node	   *node;
	uint32_t	nodes;
	uint32_t	node_room;
	uint32_t   *basis;			/* unordered: [steps] mark that fills each step, or NO_MARK */
	uint32_t   *work;			/* unordered: [3 * steps] */
	int64_t    *time;			/* [steps] the result */
};

/* Marks from .. to-1 are those of one search. */
typedef struct Search
{
	uint32_t	from;
	uint32_t	to;
} Search;

/* What a search has found. */
typedef struct Found
{
	uint32_t	level;			/* 0: no entry */
	uint32_t	entry;			/* its mark */
} Found;

static inline const uint64_t *
mask_of(const JnFunnel *f, uint32_t mark)
{
	return f->mask + (size_t) mark * f->words;
}

static inline bool
has_bit(const uint64_t *mask, uint32_t i)
{
	return mask[i / 64] >> (i % 64) & 1;
}

/* The highest bit below "below", or UINT32_MAX. */
static inline uint32_t
bit_below(const uint64_t *mask, uint32_t below)
{
	while (below > 0)
	{
		uint32_t	w = (below - 1) / 64;
		unsigned	bits = below - 64 * w;
		uint64_t	word = bits == 64 ? mask[w] : mask[w] & ((UINT64_C(1) << bits) - 1);

		if (word != 0)
			return 64 * w + 63 - (uint32_t) __builtin_clzll(word);
		below = 64 * w;
	}
	return UINT32_MAX;
}

/* Reads the marks of a subject. */
extern void jn_funnel_mark(const JnEnv *env, JnFunnel *f, const JnSubject *subject);

/* How far the marks of a search get in a funnel without order; "entry" is the only entry allowed, or NO_MARK. */
extern Found jn_funnel_any_order(const JnEnv *env, JnFunnel *f, Search search, uint32_t entry);

/* Fills f->time[] with the chain of what was found, of a funnel without order. */
extern void jn_funnel_fill_any_order(const JnEnv *env, JnFunnel *f, Search search, Found found);

#endif							/* JN_FUNNEL_OWN_H */
