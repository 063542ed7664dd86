/*
 * detect.h
 *	  A screen of many topics: which are trends, which way they go, and which
 *	  come in a burst, without crying wolf.
 *
 * Each topic is looked at as signal_facts.h does.  In addition, its points in
 * the recent past are compared with those before, by the exact test of two
 * Poisson rates (binomial.h): is it more frequent now than it used to be?
 * Of many topics some look unusual by chance, so what counts are q-values over
 * all topics tested (fdr.h).
 */
#ifndef JN_DETECT_H
#define JN_DETECT_H

#include "points.h"
#include "signal_facts.h"

typedef struct JnDetectTerms
{
	JnSignalTerms signal;		/* alpha is the false discovery rate */
	int64_t		as_of;			/* no point is later; microseconds */
	int64_t		recent;			/* points after as_of - recent, which is no overflow, are recent; above 0 */
} JnDetectTerms;

/* What there is to say about a topic. */
typedef struct JnDetection
{
	uint32_t	topic;
	JnSignalFacts facts;		/* direction is by q, not by p */
	uint32_t	recent;			/* recent points */
	bool		tested;			/* class trend; the rest is valid only then */
	double		q;				/* of facts.p, 1 if there is none */
	double		change_q;		/* of facts.change_p, 1 if there is none */
	double		expected;		/* recent points at the rate before; NAN if there is no time before */
	double		burst_p;		/* as many recent points, or more, if the rate were the same */
	double		burst_q;
} JnDetection;

/* Whether a topic comes in a burst. */
static inline bool
jn_detected_burst(const JnDetection *d, const JnDetectTerms *terms)
{
	return d->tested && d->burst_q <= terms->signal.alpha;
}

/* The recent past if nobody says: a tenth of the time from the first point of all to as_of, at least a microsecond. */
extern int64_t jn_detect_recent(const JnPoints *points, int64_t as_of);

/*
 * Looks at all topics; points must be in order.  detection[] has one element a
 * topic, and is filled emerging topics first: bursts, then what is rising, then
 * what is falling, then the rest; among these by the least p, the number of
 * points, the largest first, and the name.
 * O(n log n) expected for each topic.  Errors: JN_TOO_MANY_POINTS.
 */
extern JnStatus jn_detect(const JnEnv *env, const JnPoints *points, const JnDetectTerms *terms,
						  JnDetection *detection, JnError *err);

#endif							/* JN_DETECT_H */
