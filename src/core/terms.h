/*
 * terms.h
 *	  What an inverted index keeps of a journey, and asks it for.
 *
 * A term is a few bytes; its first one says what it stands for:
 *
 *	 'E' event				some step is this event
 *	 'F' event 0 event		some step is followed directly by the next one
 *	 'O' event 0 channel	some step is this event on this channel
 *
 * Names hold no zero byte, so no two things share a term, and the events that
 * begin with a prefix are one range of terms.  The letters are part of what
 * indexes store: never change one, only add.
 */
#ifndef JN_TERMS_H
#define JN_TERMS_H

#include "journey.h"

typedef enum JnTermKind
{
	JN_TERM_EVENT = 'E',
	JN_TERM_FOLLOWS = 'F',
	JN_TERM_ON_CHANNEL = 'O'
} JnTermKind;

/* Two codes that occur together, the first in the upper half. */
typedef uint64_t JnPair;

/* The different terms of a journey, as numbers; lives in env's memory. */
typedef struct JnTerms
{
	JnName	   *event;			/* names of the events */
	JnName	   *channel;		/* and channels, NULL without any */
	uint32_t	events;
	JnPair	   *follows;		/* event, event; ascending */
	uint32_t	follows_count;
	JnPair	   *on_channel;		/* event, channel; ascending */
	uint32_t	on_channel_count;
} JnTerms;

/*
 * Finds the terms of a journey.  O(n log n) for n steps, O(n + k^2) for few
 * names; memory 8 bytes a step for a moment and 8 for each pair.
 */
extern void jn_terms_make(const JnEnv *env, const JnJourney *j, JnTerms *terms);

/* Number of terms. */
static inline uint64_t
jn_terms_count(const JnTerms *terms)
{
	return (uint64_t) terms->events + terms->follows_count + terms->on_channel_count;
}

/* Names of term number i, 0 <= i < jn_terms_count(); second->data is NULL for an event alone. */
extern JnTermKind jn_terms_get(const JnTerms *terms, uint64_t i, JnName *first, JnName *second);

/* Bytes of a term, and the term itself.  second->data is NULL if there is one name only. */
static inline size_t
jn_term_size(JnName first, JnName second)
{
	return 1 + (size_t) first.size + (second.data != NULL ? 1 + (size_t) second.size : 0);
}

extern void jn_term_write(JnTermKind kind, JnName first, JnName second, char *out);

#endif							/* JN_TERMS_H */
