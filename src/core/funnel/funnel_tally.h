/*
 * funnel_tally.h
 *	  Funnels added up over a whole population: of each step how many got there,
 *	  what became of them, and how long it took.
 *
 * Memory: for each step of the funnel up to 18 kB (gaps.h), whatever the number
 * of subjects; of long journeys that are spread over sets what whole.h says; and
 * what one subject takes, see funnel.h.
 *
 * The state as bytes, for partial aggregates on their way between processes and
 * machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  1 if parts of journeys are held back, else 0
 *		  2      8  n, the number of subjects
 *		 10         the question: see funnel_spec.h
 *					a bit for each of its atoms, the first in the lowest bit of
 *					the first byte, unused bits 0: some event it matches was there
 *					for each step u64 entered, converted, open, lost and excluded,
 *					the last four together the first; but for the first step
 *					the gaps from the step before and those from the entry, which
 *					are the same for the second one, as
 *					many as entered each, if there are any (gaps.h)
 *					the parts that are held back, if there are any: see whole.h
 *
 * Equal tallies are equal bytes, whatever the order in which they grew.
 */
#ifndef JN_FUNNEL_TALLY_H
#define JN_FUNNEL_TALLY_H

#include "../gaps.h"
#include "../whole.h"
#include "funnel_fast.h"
#include "funnel_spec.h"

#define JN_FUNNEL_TALLY_VERSION	1

/* A step of the funnel; of a funnel without order as many steps as its number. */
typedef struct JnFunnelStep
{
	uint64_t	entered;		/* subjects whose attempt has filled it */
	uint64_t	converted;		/* of these: those that got further, or at the end all */
	uint64_t	open;			/* and those that stayed here, by what became of them */
	uint64_t	lost;
	uint64_t	excluded;
	JnGaps		from_previous;	/* from the step filled before; not of the first one */
	JnGaps		from_first;		/* from the entry; likewise, and for the second one that is the same */
} JnFunnelStep;

/* Owns its memory, which lives as long as that of the environment. */
typedef struct JnFunnelTally
{
	JnFunnelSpec spec;
	uint64_t	subjects;		/* in all */
	uint8_t    *seen;			/* of each atom: some event it matches was there */
	uint32_t	unseen;			/* how many were not */
	JnFunnelStep *step;
	int64_t    *sorted;			/* [steps] for one subject */
	JnFunnel   *funnel;
	uint64_t	entry_presence; /* presence bits without which there is no entry */
	bool		bound;			/* the funnel has the columns of the subject */
	bool		plain;			/* the fast way can be gone */
	JnFunnelFast quick;
	JnWhole		whole;
} JnFunnelTally;

/* The times from the entry to step i, from 1 on. */
static inline const JnGaps *
jn_funnel_from_first(const JnFunnelTally *t, uint32_t i)
{
	return i == 1 ? &t->step[1].from_previous : &t->step[i].from_first;
}

/* Starts empty, with the question at p, which is copied.  May not be moved.  Errors: those of jn_funnel_spec_read(). */
extern JnStatus jn_funnel_tally_init(const JnEnv *env, JnFunnelTally *t, uint64_t salt, const uint8_t *p, size_t size,
									 JnError *err);

/*
 * Whether the header alone says that a journey has no entry, and nothing that a
 * look at its names could tell; then it is counted.
 */
extern bool jn_funnel_tally_header(JnFunnelTally *t, const JnHeader *head);

/*
 * Adds a journey of ours from its "size" bytes at p, of which this is the header,
 * if that takes no more than a look at some of them; else false, and it must be
 * opened.
 */
extern bool jn_funnel_tally_value(const JnEnv *env, JnFunnelTally *t, const JnHeader *head, const uint8_t *p, size_t size);

/* Adds a journey, a subject of its own; or a set.  Errors: JN_TOO_MANY_STEPS. */
extern JnStatus jn_funnel_tally_journey(const JnEnv *env, JnFunnelTally *t, const JnJourney *j, JnError *err);
extern JnStatus jn_funnel_tally_set(const JnEnv *env, JnFunnelTally *t, const JnSet *s, JnError *err);

/*
 * Adds all of "from", which stays as it is and asks the same.
 * Errors: JN_TOO_MANY_POINTS, JN_TOO_MANY_STEPS; then "into" can only be thrown
 * away.
 */
extern JnStatus jn_funnel_tally_merge(const JnEnv *env, JnFunnelTally *into, const JnFunnelTally *from, JnError *err);

/* Adds the subjects of which parts are still held back: at the end, to a tally that is not added to any more. */
extern JnStatus jn_funnel_tally_rest(const JnEnv *env, JnFunnelTally *t, JnError *err);

/* The state as bytes: size gives what write fills.  Errors of size: JN_TOO_LARGE. */
extern JnStatus jn_funnel_tally_size(const JnFunnelTally *t, size_t *size, JnError *err);
extern void jn_funnel_tally_write(const JnEnv *env, const JnFunnelTally *t, uint8_t *out);

/*
 * Reads a state and proves every rule of it, into *t, which is not yet
 * initialized.  Linear in size.
 * Errors: JN_BYTES_*, JN_NAME_*, JN_PATTERN_*, JN_SUBJECT_*, JN_TIME_RANGE; then
 * *t can only be thrown away.
 */
extern JnStatus jn_funnel_tally_read(const JnEnv *env, JnFunnelTally *t, uint64_t salt, const uint8_t *p, size_t size,
									 JnError *err);

/*
 * The bounds of a share of k in n >= 1 with 95 percent confidence: the score
 * interval of Wilson (1927).
 */
extern void jn_wilson(uint64_t k, uint64_t n, double *low, double *high);

#endif							/* JN_FUNNEL_TALLY_H */
