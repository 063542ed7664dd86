/*
 * adaptive_gap.h
 *	  The gap between sessions, learned from the pauses between interactions.
 *
 * People pause for seconds and minutes within a visit and for hours and days
 * between visits, so on a logarithmic scale the pauses have two modes and a
 * valley between them; a pause beyond the valley is one between visits.  That
 * this is so in all kinds of systems, and that the valley is the gap to choose,
 * is shown by A. Halfaker et al., "User Session Identification Based on Strong
 * Regularities in Inter-activity Time", WWW 2015.
 *
 * Pauses are counted in buckets of an octave: bucket b has those of 2^b to
 * below 2^(b+1) microseconds.  So a histogram is 64 counters whatever comes,
 * any split of the pauses adds up to the same one, and the unit in which times
 * were recorded does not show: from that unit on no octave is without a
 * multiple of it.  Pauses of nothing at all, between steps of one time, are
 * not counted.
 *
 * From the histogram:
 *
 * 1. Is there a second mode?  In a distribution with one mode no stretch can be
 *	  lower than a stretch of the same width on either side of it.  So a valley
 *	  is proven where w buckets, 1 to JN_VALLEY_WIDTH, hold at most half as many
 *	  pauses as some w buckets before them and some behind them, and so many
 *	  fewer than the lesser of these that chance makes such a difference once in
 *	  30 000 times: with s and v pauses, (s - v)^2 >= 16 (s + v), four standard
 *	  deviations of a fair coin.  An empty valley needs 16 pauses on either side.
 *	  The half is for times in whole seconds or days: of one or two units there
 *	  are fewer multiples in an octave than of many, but never by half.
 * 2. Which valley?  Of several the one whose threshold tells the two classes
 *	  best apart: the largest variance between them on the logarithmic scale
 *	  (N. Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979).
 *	  By itself that threshold always exists and follows the larger class;
 *	  among proven valleys it only has to choose.
 * 3. Where in it?  The histogram is smoothed, step by step, until the valley
 *	  has one minimum (B. Silverman, "Using Kernel Density Estimates to
 *	  Investigate Multimodality", 1981), and as much again unless its bottom was
 *	  flat: between clusters with nothing in between any place is as good, and
 *	  the middle is best.  The vertex of the parabola through the lowest three
 *	  buckets is the gap.
 */
#ifndef JN_ADAPTIVE_GAP_H
#define JN_ADAPTIVE_GAP_H

#include "bytes.h"
#include "journey.h"
#include "set.h"

#define JN_PAUSE_BUCKETS	64

/* Widest stretch that is compared, in buckets. */
#define JN_VALLEY_WIDTH		6

/* Most bytes of a histogram. */
#define JN_PAUSES_MAX_SIZE	(2 + JN_PAUSE_BUCKETS * 9)

/* A histogram of pauses.  All zero is none. */
typedef struct JnPauses
{
	uint64_t	count[JN_PAUSE_BUCKETS];	/* saturate at UINT64_MAX */
} JnPauses;

/* The bucket of a pause above 0. */
static inline uint32_t
jn_pause_bucket(uint64_t pause)
{
	return 63 - (uint32_t) __builtin_clzll(pause);
}

/* Counts a pause, in microseconds. */
static inline void
jn_pauses_add(JnPauses *pauses, uint64_t pause)
{
	uint64_t   *count;

	if (pause == 0)
		return;
	count = &pauses->count[jn_pause_bucket(pause)];
	*count += *count < UINT64_MAX;
}

/* Counts the pauses between the steps of a journey.  Linear, some nanoseconds a step. */
extern void jn_pauses_add_journey(const JnEnv *env, JnPauses *pauses, const JnJourney *j);

/* Counts those between the steps of each subject of a set; sets of one population add up. */
extern void jn_pauses_add_set(const JnEnv *env, JnPauses *pauses, const JnSet *s);

/* Counts those between ascending times. */
extern void jn_pauses_add_times(const JnEnv *env, JnPauses *pauses, const int64_t *time, uint32_t n);

/* Adds what another histogram has. */
extern void jn_pauses_merge(JnPauses *into, const JnPauses *from);

/*
 * The gap in microseconds, above 0; false if there is no second mode.  Rounded
 * to seconds from a minute on, to milliseconds from 60 of them on.  O(1).
 */
extern bool jn_pauses_valley(const JnPauses *pauses, int64_t *gap);

/*
 * As bytes: version 1, the number k of buckets that hold something, and k
 * times bucket and u64 count, little-endian, buckets ascending, counts at least
 * 1.  Write fills what size gives.  Read proves every rule.
 * Errors: JN_BYTES_SHORT, JN_BYTES_VERSION, JN_BYTES_CORRUPT.
 */
extern size_t jn_pauses_size(const JnPauses *pauses);
extern void jn_pauses_write(const JnPauses *pauses, uint8_t *out);
extern JnStatus jn_pauses_read(const uint8_t *p, size_t size, JnPauses *pauses, JnError *err);

#endif							/* JN_ADAPTIVE_GAP_H */
