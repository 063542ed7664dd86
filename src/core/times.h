/*
 * times.h
 *	  The section of times: ascending instants as differences, see format.h.
 *
 * The codec knows only times.  The value of a journey and the state of a
 * signal both keep theirs in it.
 */
#ifndef JN_TIMES_H
#define JN_TIMES_H

#include "bytes.h"
#include "format.h"

/* How a run of times is to be written: what jn_times_plan() found out. */
typedef struct JnTimesPlan
{
	JnUnit		unit;			/* coarsest exact unit */
	uint32_t	wide;			/* differences of UINT32_MAX units or more */
	size_t		size;			/* bytes of the section */
} JnTimesPlan;

/*
 * Reads a section of times, one after another.  Reading never leaves the
 * section; but only bytes that jn_times_check() has passed, or that we wrote,
 * give times that mean something.
 */
typedef struct JnTimesReader
{
	const uint8_t *control;		/* 2-bit lengths */
	const uint8_t *data;		/* next difference */
	const uint8_t *wide;		/* next wide difference */
	const uint8_t *end;			/* of the differences, where the wide ones begin */
	const uint8_t *stop;		/* end of the section */
	uint64_t	unit_us;		/* microseconds in a unit */
	uint32_t	next;			/* number of the difference to read, from 0 */
} JnTimesReader;

/*
 * Plans the section for n ascending times (microseconds).  n may be 0 or 1:
 * unit second, size 0.  Calls jn_tick().
 */
extern JnTimesPlan jn_times_plan(const JnEnv *env, const int64_t *time, uint32_t n);

/*
 * The same in a unit that is given, in which every difference is whole: for
 * those who keep more than differences in it.  n may be 0 or 1: size 0.
 */
extern JnTimesPlan jn_times_plan_in(const JnEnv *env, JnUnit unit, const int64_t *time, uint32_t n);

/* Writes plan.size bytes for the same times at out. */
extern void jn_times_write(const JnEnv *env, const JnTimesPlan *plan, const int64_t *time, uint32_t n,
						   uint8_t *out);

/*
 * Proves that the bytes at p are the one form of n times from first to last,
 * and that they fill exactly "size" bytes.  "flags" as in the header.
 * Errors: JN_BYTES_SHORT, JN_BYTES_CORRUPT, relative to p.
 */
extern JnStatus jn_times_check(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
							   int64_t first, int64_t last, JnError *err);

/*
 * The same for a section whose differences do not add up to one span, n >= 2:
 * proves the form of each difference, that none is above "most" microseconds,
 * and that they fill "size" bytes.  *fine tells whether a difference is not
 * whole in the next coarser unit.  Errors as above.
 */
extern JnStatus jn_times_check_differences(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
										   uint64_t most, bool *fine, JnError *err);

/*
 * Whether the section of n times at p has room for what it claims: the least
 * that makes reading it safe.  Errors: JN_BYTES_SHORT with "at", "found" and
 * "limit" relative to p.
 */
extern JnStatus jn_times_fit(const uint8_t *p, size_t size, unsigned flags, uint32_t n, JnError *err);

/*
 * Starts reading the section of n times at p, which has "size" bytes and has
 * passed jn_times_fit().
 */
extern void jn_times_open(JnTimesReader *r, const uint8_t *p, size_t size, unsigned flags, uint32_t n);

/* Writes all n times to time[], microseconds, beginning with "first". */
extern void jn_times_decode(const JnEnv *env, JnTimesReader *r, int64_t first, int64_t *time, uint32_t n);

/*
 * Reads the next "most" differences, microseconds, into d[]; there must be so
 * many.  Fastest from a multiple of four on.  Ticks not: give it
 * JN_TICK_EVERY at most.
 */
extern void jn_times_differences(JnTimesReader *r, uint32_t most, uint64_t *d);

/*
 * Adds up the next "most" differences in units, of which there are so many:
 * sum[i] becomes the first i + 1 of them together.  Ticks not.
 */
extern void jn_times_add_up(JnTimesReader *r, uint32_t most, uint64_t *sum);

/*
 * Moves past the next "count" differences, of which there are so many: 32 at a
 * time, if none of them is wide.
 */
extern void jn_times_skip(const JnEnv *env, JnTimesReader *r, uint32_t count);

/* The same, and gives their sum in microseconds. */
extern uint64_t jn_times_sum(const JnEnv *env, JnTimesReader *r, uint32_t count);

/*
 * Appends the differences between two places of a reader, as they stand, to
 * "at" others of the same unit: their lengths to control[], whose bits from there
 * on are 0; their bytes, of which there are to->data - from->data, to data; the
 * wide ones, to->wide - from->wide bytes, to wide.
 */
extern void jn_times_append(const JnTimesReader *from, const JnTimesReader *to, uint8_t *control, uint32_t at,
							uint8_t *data, uint8_t *wide);

/*
 * Appends one difference, in units, to "at" others, likewise; *data and *wide
 * move behind what is written.
 */
extern void jn_times_put(uint64_t d, uint8_t *control, uint32_t at, uint8_t **data, uint8_t **wide);

/*
 * How many differences of the section that jn_times_open() would read are
 * above "gap" (microseconds): sessions, less the first of each subject.
 */
extern uint32_t jn_times_above(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
							   uint64_t gap);

/*
 * Time of step i, 0 <= i < n, of the section that jn_times_open() would read.
 * Linear in the distance to the nearer end.
 */
extern int64_t jn_times_at(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
						   int64_t first, int64_t last, uint32_t i);

/*
 * Reads differences up to the first one above "gap" (microseconds), but at
 * most "most".  Returns how many are not above it and gives their sum; if that
 * is less than "most", "across" is the one above.  The reader stands behind
 * what was read.
 */
extern uint32_t jn_times_run(const JnEnv *env, JnTimesReader *r, uint32_t most, uint64_t gap,
							 uint64_t *within, uint64_t *across);

/*
 * The time "d" microseconds after "time".  Spans are unsigned everywhere:
 * from 4714 BC to 294276 AD is longer than INT64_MAX.
 */
static inline int64_t
jn_time_after(int64_t time, uint64_t d)
{
	return (int64_t) ((uint64_t) time + d);
}

/* Microseconds from "from" to "to", which is not before it. */
static inline uint64_t
jn_time_span(int64_t from, int64_t to)
{
	return (uint64_t) to - (uint64_t) from;
}

/* The parts of jn_times_next() that are seldom needed. */
extern uint32_t jn_times_next_at_end(JnTimesReader *r, unsigned length);
extern uint64_t jn_times_next_wide(JnTimesReader *r);

/* The next difference in microseconds.  Call it n - 1 times at most. */
static inline uint64_t
jn_times_next(JnTimesReader *r)
{
	uint32_t	i = r->next++;
	unsigned	length = (r->control[i >> 2] >> (2 * (i & 3))) & 3;
	uint32_t	d;

	if (r->end - r->data >= 4)
	{
		/* four bytes, those of the neighbours masked off */
		d = jn_load32(r->data) & (UINT32_MAX >> (24 - 8 * length));
		r->data += length + 1;
	}
	else
		d = jn_times_next_at_end(r, length);
	return (d != UINT32_MAX ? d : jn_times_next_wide(r)) * r->unit_us;
}

#endif							/* JN_TIMES_H */
