/*
 * signal.h
 *	  Signals: how many points there were, when, and how far apart.
 *
 * One data point is a flake, two similar ones are a pattern, three are a
 * trend.  A JnSignal collects the times of similar points in any order; a
 * JnSignalFacts is what can be said about them.
 *
 * The state as bytes, for partial aggregates on their way between processes
 * and machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  flags, those of format.h: bits 0-1 time unit, bit 2 wide
 *					times, other bits 0
 *		  2      2  tracks beyond the time, a bit each; none exists, so 0
 *		  4      4  n, the number of points, at least 1
 *		  8      8  time of the first point, microseconds since 2000-01-01 UTC
 *		 16      8  time of the last point, not before the first
 *		 24         n - 1 differences of times, see format.h; absent if n = 1
 *
 * Times are ascending and the differences have one form, so states of the same
 * points are equal bytes, however the points came.
 */
#ifndef JN_SIGNAL_H
#define JN_SIGNAL_H

#include "times.h"

#define JN_SIGNAL_VERSION		1

#define JN_SIGNAL_AT_VERSION	0
#define JN_SIGNAL_AT_FLAGS		1
#define JN_SIGNAL_AT_TRACKS		2
#define JN_SIGNAL_AT_POINTS		4
#define JN_SIGNAL_AT_FIRST		8
#define JN_SIGNAL_AT_LAST		16
#define JN_SIGNAL_HEADER_SIZE	24

/* Points in one signal at most; the bytes of more would not fit into a value. */
#define JN_MAX_POINTS			JN_MAX_STEPS

/* From how many points on something is a pattern and a trend, unless told otherwise. */
#define JN_PATTERN_AT			2
#define JN_TREND_AT				3

typedef enum JnSignalClass
{
	JN_FLAKE = 0,
	JN_PATTERN,
	JN_TREND,
	JN_SIGNAL_CLASSES			/* their number */
} JnSignalClass;

/*
 * The points so far.  All zero is the empty signal.  One whose call was left by
 * longjmp can only be thrown away with its memory.
 */
typedef struct JnSignal
{
	int64_t    *time;			/* of the points, microseconds */
	uint32_t	n;				/* points */
	uint32_t	room;			/* allocated length of time[] */
	uint32_t	sorted;			/* time[0 .. sorted-1] are ascending */
} JnSignal;

/* What signal_agg() reports.  Times and lengths of time in microseconds. */
typedef struct JnSignalFacts
{
	JnSignalClass class;
	uint32_t	points;			/* at least 1 */
	int64_t		first;
	int64_t		last;
	bool		has_gap;		/* two points or more */
	uint64_t	median_gap;		/* valid if has_gap; can pass INT64_MAX */
} JnSignalFacts;

/* The class of n >= 1 points, given 2 <= pattern_at < trend_at. */
static inline JnSignalClass
jn_classify(int64_t n, int64_t pattern_at, int64_t trend_at)
{
	return n >= trend_at ? JN_TREND : n >= pattern_at ? JN_PATTERN : JN_FLAKE;
}

/* Makes room for "more" points.  Errors: JN_TOO_MANY_POINTS; nothing changes then. */
extern JnStatus jn_signal_reserve(const JnEnv *env, JnSignal *s, uint32_t more, JnError *err);

/*
 * Adds a point, which must be jn_time_ok().  O(1) amortized.
 * Errors: JN_TOO_MANY_POINTS; nothing changes then.
 */
static inline JnStatus
jn_signal_add(const JnEnv *env, JnSignal *s, int64_t time, JnError *err)
{
	if (s->n == s->room)
	{
		JnStatus	status = jn_signal_reserve(env, s, 1, err);

		if (status != JN_OK)
			return status;
	}
	if (s->sorted == s->n && (s->n == 0 || time >= s->time[s->n - 1]))
		s->sorted++;
	s->time[s->n++] = time;
	return JN_OK;
}

/*
 * Adds all points of "from", which stays as it is and may not be "into".
 * Errors: JN_TOO_MANY_POINTS; nothing changes then.
 */
extern JnStatus jn_signal_merge(const JnEnv *env, JnSignal *into, const JnSignal *from, JnError *err);

/*
 * Brings the points into ascending order.  O(n), and O(1) if they are; needs 8
 * bytes a point for the while.
 */
extern void jn_signal_sort(const JnEnv *env, JnSignal *s);

/*
 * Tells the facts of a signal of at least one point; sorts it.  The median is
 * that of the differences between neighbours in order of time: the middle one,
 * or of two middle ones the mean, rounded down to a whole microsecond.  O(n),
 * allocates 8 bytes a point at most and frees them.
 */
extern void jn_signal_facts(const JnEnv *env, JnSignal *s, JnSignalFacts *facts);

/*
 * The state as bytes: the size for a signal of at least one point, sorting
 * it, and the plan that jn_signal_write() needs to fill exactly that many.
 * Errors of size: JN_TOO_LARGE.
 */
extern JnStatus jn_signal_size(const JnEnv *env, JnSignal *s, JnTimesPlan *plan, size_t *size, JnError *err);
extern void jn_signal_write(const JnEnv *env, const JnSignal *s, const JnTimesPlan *plan, uint8_t *out);

/*
 * Proves that bytes from outside are a state in its one form.  Linear in
 * size, allocates nothing.  Errors: JN_BYTES_*, JN_TIME_RANGE.
 */
extern JnStatus jn_signal_validate(const JnEnv *env, const uint8_t *p, size_t size, JnError *err);

/*
 * Adds the points of a state that has been validated or was written by us.
 * Checks the header and that there is room for what it claims: reading stays
 * inside, whatever the bytes, but only proven ones give points that mean
 * something.  Errors: JN_BYTES_*, JN_TOO_MANY_POINTS; nothing changes then.
 */
extern JnStatus jn_signal_add_state(const JnEnv *env, JnSignal *s, const uint8_t *p, size_t size, JnError *err);

/*
 * The text form: the times between braces, as text.h writes them, as in
 * {2026-01-01T10:00:00Z, 2026-01-01T10:00:05.25Z}.  Sorted on output, in any
 * order on input; white space between tokens is free.  At least one time.
 * jn_signal_text_size() gives the bytes, which may be more than a size_t holds
 * on a machine of 32 bits: the caller looks.  jn_signal_text_write() fills
 * exactly that many.  jn_signal_text_read() needs an empty signal; its errors:
 * JN_TEXT_TIMES, JN_TEXT_TIME, JN_TIME_RANGE, JN_TOO_MANY_POINTS; then the
 * signal holds some of the points.
 */
extern uint64_t jn_signal_text_size(const JnEnv *env, JnSignal *s);
extern void jn_signal_text_write(const JnEnv *env, const JnSignal *s, char *out);
extern JnStatus jn_signal_text_read(const JnEnv *env, const char *text, size_t size, JnSignal *s, JnError *err);

#endif							/* JN_SIGNAL_H */
