/*
 * signal.h
 *	  Signals: the data points that are alike, collected for signal_facts.h.
 *
 * One data point is a flake, two similar ones are a pattern, three are a
 * trend.  A JnSignal collects the times of similar points in any order, and
 * their values if they have some; all of a signal have one or none has.
 *
 * The state as bytes, for partial aggregates on their way between processes
 * and machines.  Little-endian and unaligned, version 1:
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  flags, those of format.h: bits 0-1 time unit, bit 2 wide
 *					times, other bits 0
 *		  2      2  parts beyond the time: bit 0 values, bit 1 terms
 *		  4      4  n, the number of points, at least 1
 *		  8      8  time of the first point, microseconds since 2000-01-01 UTC
 *		 16      8  time of the last point, not before the first
 *		 24         terms, if there are some: alpha as a float8, pattern_at and
 *					trend_at as signed numbers of 8 bytes
 *					values, if there are some: u32 size in bytes, and a track of
 *					values of format.h in which every point has a finite one
 *					n - 1 differences of times, see format.h; absent if n = 1
 *
 * Times are ascending, the values of one time too, and each part has one form,
 * so states of the same points are equal bytes, however the points came.
 */
#ifndef JN_SIGNAL_H
#define JN_SIGNAL_H

#include "times.h"
#include "values.h"

#define JN_SIGNAL_VERSION		1

#define JN_SIGNAL_AT_VERSION	0
#define JN_SIGNAL_AT_FLAGS		1
#define JN_SIGNAL_AT_PARTS		2
#define JN_SIGNAL_AT_POINTS		4
#define JN_SIGNAL_AT_FIRST		8
#define JN_SIGNAL_AT_LAST		16
#define JN_SIGNAL_HEADER_SIZE	24
#define JN_SIGNAL_TERMS_SIZE	24

#define JN_SIGNAL_VALUES		0x0001
#define JN_SIGNAL_TERMS			0x0002
#define JN_SIGNAL_PARTS_KNOWN	(JN_SIGNAL_VALUES | JN_SIGNAL_TERMS)

/* Points in one signal at most; the bytes of more would not fit into a value. */
#define JN_MAX_POINTS			JN_MAX_STEPS

/* From how many points on something is a pattern and a trend, unless told otherwise. */
#define JN_PATTERN_AT			2
#define JN_TREND_AT				3

/* Below which p a direction is one, unless told otherwise. */
#define JN_ALPHA				0.05

typedef enum JnSignalClass
{
	JN_FLAKE = 0,
	JN_PATTERN,
	JN_TREND,
	JN_SIGNAL_CLASSES			/* their number */
} JnSignalClass;

/* What somebody asked of a signal while it was collected. */
typedef struct JnSignalTerms
{
	double		alpha;			/* 0 < alpha < 1 */
	int64_t		pattern_at;		/* at least 2 */
	int64_t		trend_at;		/* above pattern_at */
} JnSignalTerms;

/*
 * The points so far.  All zero is the empty signal; set "valued" before the
 * first point if they have values, and "has_terms" with the terms if there are
 * some.  One whose call was left by longjmp can only be thrown away with its
 * memory.
 */
typedef struct JnSignal
{
	int64_t    *time;			/* of the points, microseconds */
	uint64_t   *key;			/* jn_value_key() of their values, if valued; else NULL */
	uint32_t	n;				/* points */
	uint32_t	room;			/* allocated length of time[] and key[] */
	uint32_t	sorted;			/* the first so many ascend by time, then value */
	bool		valued;
	bool		has_terms;
	JnSignalTerms terms;
} JnSignal;

/* The class of n >= 1 points, given 2 <= pattern_at < trend_at. */
static inline JnSignalClass
jn_classify(int64_t n, int64_t pattern_at, int64_t trend_at)
{
	return n >= trend_at ? JN_TREND : n >= pattern_at ? JN_PATTERN : JN_FLAKE;
}

static inline bool
jn_signal_terms_ok(const JnSignalTerms *terms)
{
	return terms->alpha > 0 && terms->alpha < 1 && terms->pattern_at >= 2 && terms->trend_at > terms->pattern_at;
}

static inline bool
jn_signal_terms_equal(const JnSignalTerms *a, const JnSignalTerms *b)
{
	return a->alpha == b->alpha && a->pattern_at == b->pattern_at && a->trend_at == b->trend_at;
}

/* Whether a value may be that of a point: neither NaN nor infinite. */
static inline bool
jn_signal_value_ok(double value)
{
	return value - value == 0;
}

/* Makes room for "more" points.  Errors: JN_TOO_MANY_POINTS; nothing changes then. */
extern JnStatus jn_signal_reserve(const JnEnv *env, JnSignal *s, uint32_t more, JnError *err);

/*
 * Adds a point: its time, which must be jn_time_ok(), and if the signal is
 * valued its value, which must be jn_signal_value_ok().  O(1) amortized.
 * Errors: JN_TOO_MANY_POINTS; nothing changes then.
 */
static inline JnStatus
jn_signal_add(const JnEnv *env, JnSignal *s, int64_t time, double value, JnError *err)
{
	uint32_t	i = s->n;

	if (i == s->room)
	{
		JnStatus	status = jn_signal_reserve(env, s, 1, err);

		if (status != JN_OK)
			return status;
	}
	s->time[i] = time;
	if (s->valued)
		s->key[i] = jn_value_key(value);
	if (s->sorted == i &&
		(i == 0 || time > s->time[i - 1] ||
		 (time == s->time[i - 1] && (!s->valued || s->key[i] >= s->key[i - 1]))))
		s->sorted++;
	s->n = i + 1;
	return JN_OK;
}

/*
 * Adds all points of "from", which stays as it is and may not be "into".  An
 * empty "into" takes over whether there are values, and the terms.
 * Errors: JN_TOO_MANY_POINTS, JN_SIGNALS_DIFFER if one has values and the
 * other none, JN_TERMS_DIFFER; nothing changes then.
 */
extern JnStatus jn_signal_merge(const JnEnv *env, JnSignal *into, const JnSignal *from, JnError *err);

/*
 * Brings the points into ascending order, those of one time by value.  O(n),
 * and O(1) if they are; needs as much memory as the points for the while.
 */
extern void jn_signal_sort(const JnEnv *env, JnSignal *s);

/* How the bytes of a state are to be written: what jn_signal_size() found out. */
typedef struct JnSignalPlan
{
	JnTimesPlan times;
	JnValuesPlan values;
} JnSignalPlan;

/*
 * The state as bytes: the size for a signal of at least one point, sorting
 * it, and the plan that jn_signal_write() needs to fill exactly that many.
 * Errors of size: JN_TOO_LARGE.
 */
extern JnStatus jn_signal_size(const JnEnv *env, JnSignal *s, JnSignalPlan *plan, size_t *size, JnError *err);
extern void jn_signal_write(const JnEnv *env, const JnSignal *s, const JnSignalPlan *plan, uint8_t *out);

/*
 * Proves that bytes from outside are a state in its one form.  Linear in
 * size, allocates nothing.  Errors: JN_BYTES_*, JN_TIME_RANGE.
 */
extern JnStatus jn_signal_validate(const JnEnv *env, const uint8_t *p, size_t size, JnError *err);

/*
 * Adds the points of a state that has been validated or was written by us, as
 * jn_signal_merge() does.  Checks the header and that there is room for what it
 * claims: reading stays inside, whatever the bytes, but only proven ones give
 * points that mean something.  Errors: JN_BYTES_*, those of jn_signal_merge();
 * nothing changes then.
 */
extern JnStatus jn_signal_add_state(const JnEnv *env, JnSignal *s, const uint8_t *p, size_t size, JnError *err);

/*
 * The order of states as bytes: by first time, last time, number of points and
 * then by the bytes; 0 exactly if they are equal.
 */
extern int	jn_signal_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);

/*
 * The text form: the times between braces, as text.h writes them, each followed
 * by its value, as in {2026-01-01T10:00:00Z 1.5, 2026-01-01T10:00:05.25Z -2},
 * and the terms behind: {2026-01-01T10:00:00Z} alpha=0.05 pattern_at=2 trend_at=3.
 * Sorted on output, in any order on input; white space between tokens is free.
 * At least one time.  jn_signal_text_size() gives the bytes, which may be more
 * than a size_t holds on a machine of 32 bits: the caller looks.
 * jn_signal_text_write() fills exactly that many.  jn_signal_text_read() needs
 * an empty signal; its errors: JN_TEXT_TIMES, JN_TEXT_TIME, JN_TIME_RANGE,
 * JN_TEXT_NUMBER, JN_NUMBER_RANGE, JN_TOO_MANY_POINTS; then the signal holds
 * some of the points.
 */
extern uint64_t jn_signal_text_size(const JnEnv *env, JnSignal *s);
extern void jn_signal_text_write(const JnEnv *env, const JnSignal *s, char *out);
extern JnStatus jn_signal_text_read(const JnEnv *env, const char *text, size_t size, JnSignal *s, JnError *err);

#endif							/* JN_SIGNAL_H */
