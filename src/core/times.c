/*
 * times.c
 *	  The section of times: differences as split streams.
 *
 * Lemire, Kurz and Rupp, "Stream VByte: Faster Byte-Oriented Integer
 * Compression", 2017, keep the lengths of the numbers apart from their bytes,
 * so that a reader knows four lengths from one byte and never tests bytes for
 * "more follow".  format.h fixes our form of it; here is one by hand.
 *
 * Steps at 10:00:00, 10:00:05, 10:20:00 and three days later:
 *
 *	 differences	5 s, 1195 s, 259200 s	all whole seconds: unit second
 *	 lengths - 1	0, 1, 2					5 | 0x04ab | 0x03f480
 *	 control		00 10 01 00				lowest bits first = 0x24
 *	 bytes			24 | 05 | ab 04 | 80 f4 03
 *
 * Were the last one 200 years later, 6311433600 s would not fit into 32 bits:
 *
 *	 bytes			01 00 00 00 | 34 | 05 | ab 04 | ff ff ff ff |
 *					80 e5 30 78 01 00 00 00
 *
 * with one wide difference counted in front and written at the end.
 *
 * Times may be as far apart as 4714 BC and 294276 AD, which is more than
 * INT64_MAX microseconds: spans are unsigned throughout.
 *
 * Loops that see every difference are cut into pieces of JN_TICK_EVERY, with a
 * tick between pieces and none within, and get the unit as a constant: the
 * divisions become multiplications and the simple loops vectorize.
 */
#include "times.h"

#include "quads.h"

/* Bytes of lengths before the differences. */
static inline size_t
control_size(uint32_t n)
{
	return (size_t) (((uint64_t) n + 2) / 4);
}

/* Microseconds from step i-1 to step i. */
static inline uint64_t
gap(const int64_t *time, uint32_t i)
{
	return jn_time_span(time[i - 1], time[i]);
}

/* Times decoded between two ticks: their differences lie on the stack. */
#define DECODE_PIECE	512

/* Differences, and bytes, that are left when 16 bytes no longer are; a full quad has 16. */
#define TAIL_MAX		15

/* Bytes of a copy of them, wherever it begins in the first load, so that kernels can load each quad. */
#define PADDED			((TAIL_MAX / 4 + 2) * JN_QUAD_LOAD)

static inline uint32_t
piece_end(uint32_t from, uint32_t n)
{
	return n - from > JN_TICK_EVERY ? from + JN_TICK_EVERY : n;
}

/* ---- planning ---- */

static inline bool
whole(const int64_t *time, uint32_t from, uint32_t to, uint64_t us)
{
	for (uint32_t i = from; i < to; i++)
		if (gap(time, i) % us != 0)
			return false;
	return true;
}

static JnUnit
coarsest_unit(const JnEnv *env, const int64_t *time, uint32_t n)
{
	JnUnit		unit = JN_UNIT_S;
	uint32_t	to;

	/* what is whole in a unit is whole in the finer ones: never look back */
	for (uint32_t from = 1; from < n && unit != JN_UNIT_US; from = to)
	{
		to = piece_end(from, n);
		if (unit == JN_UNIT_S && !whole(time, from, to, 1000000))
			unit = JN_UNIT_MS;
		if (unit == JN_UNIT_MS && !whole(time, from, to, 1000))
			unit = JN_UNIT_US;
		jn_tick(env);
	}
	return unit;
}

/* Adds the bytes and the number of wide ones among differences from .. to-1. */
static inline void
measure(const int64_t *time, uint32_t from, uint32_t to, uint64_t us, JnTimesPlan *plan)
{
	size_t		size = to - from;
	uint32_t	wide = 0;

	for (uint32_t i = from; i < to; i++)
	{
		uint64_t	d = gap(time, i) / us;

		size += (size_t) (d > 0xff) + (d > 0xffff) + (d > 0xffffff);
		wide += d >= UINT32_MAX;
	}
	plan->size += size;
	plan->wide += wide;
}

JnTimesPlan
jn_times_plan_in(const JnEnv *env, JnUnit unit, const int64_t *time, uint32_t n)
{
	JnTimesPlan plan = {unit, 0, 0};
	uint32_t	to;

	if (n < 2)
		return plan;
	for (uint32_t from = 1; from < n; from = to)
	{
		to = piece_end(from, n);
		switch (unit)
		{
			case JN_UNIT_S:
				measure(time, from, to, 1000000, &plan);
				break;
			case JN_UNIT_MS:
				measure(time, from, to, 1000, &plan);
				break;
			case JN_UNIT_US:
				measure(time, from, to, 1, &plan);
				break;
		}
		jn_tick(env);
	}
	plan.size += control_size(n);
	if (plan.wide > 0)
		plan.size += 4 + 8 * (size_t) plan.wide;
	return plan;
}

JnTimesPlan
jn_times_plan(const JnEnv *env, const int64_t *time, uint32_t n)
{
	return jn_times_plan_in(env, coarsest_unit(env, time, n), time, n);
}

/* ---- writing ---- */

/* Where the writer is in each of its streams. */
typedef struct Writer
{
	uint8_t    *control;
	uint8_t    *data;
	uint8_t    *wide;			/* next wide difference */
	uint8_t    *end;			/* of the differences; the wide ones begin here */
} Writer;

/* Writes one difference and returns its length - 1. */
static inline unsigned
put(Writer *w, uint64_t d)
{
	uint32_t	v = d < UINT32_MAX ? (uint32_t) d : UINT32_MAX;
	unsigned	more = (unsigned) (v > 0xff) + (v > 0xffff) + (v > 0xffffff);

	if (w->end - w->data >= 4)
		jn_store32(w->data, v);
	else
		for (unsigned i = 0; i <= more; i++)
			w->data[i] = (uint8_t) (v >> (8 * i));
	w->data += more + 1;
	if (v == UINT32_MAX)
	{
		jn_store64(w->wide, d);
		w->wide += 8;
	}
	return more;
}

/* Writes differences from .. to-1; from - 1 is a multiple of 4. */
static inline void
put_piece(Writer *w, const int64_t *time, uint32_t from, uint32_t to, uint64_t us)
{
	uint32_t	i = from;

	for (; to - i >= 4; i += 4)
	{
		unsigned	lengths = put(w, gap(time, i) / us);

		lengths |= put(w, gap(time, i + 1) / us) << 2;
		lengths |= put(w, gap(time, i + 2) / us) << 4;
		lengths |= put(w, gap(time, i + 3) / us) << 6;
		*w->control++ = (uint8_t) lengths;
	}
	if (i < to)
	{
		unsigned	lengths = 0;

		for (unsigned shift = 0; i < to; i++, shift += 2)
			lengths |= put(w, gap(time, i) / us) << shift;
		*w->control++ = (uint8_t) lengths;
	}
}

void
jn_times_write(const JnEnv *env, const JnTimesPlan *plan, const int64_t *time, uint32_t n, uint8_t *out)
{
	Writer		w;
	uint32_t	to;

	if (n < 2)
		return;
	w.end = out + plan->size - 8 * (size_t) plan->wide;
	w.wide = w.end;
	w.control = out;
	if (plan->wide > 0)
	{
		jn_store32(out, plan->wide);
		w.control += 4;
	}
	w.data = w.control + control_size(n);
	for (uint32_t from = 1; from < n; from = to)
	{
		to = piece_end(from, n);
		switch (plan->unit)
		{
			case JN_UNIT_S:
				put_piece(&w, time, from, to, 1000000);
				break;
			case JN_UNIT_MS:
				put_piece(&w, time, from, to, 1000);
				break;
			case JN_UNIT_US:
				put_piece(&w, time, from, to, 1);
				break;
		}
		jn_tick(env);
	}
}

/* ---- proving ---- */

JnStatus
jn_times_fit(const uint8_t *p, size_t size, unsigned flags, uint32_t n, JnError *err)
{
	uint64_t	least = 0;

	if (n > 1)
		least = control_size(n) + ((uint64_t) n - 1);	/* a difference takes a byte at least */
	if (n > 1 && (flags & JN_FLAG_WIDE))
	{
		least += 4;

		/* a wide one takes 4 bytes in its place and 8 in the list */
		if (size >= 4)
			least += 11 * (uint64_t) jn_load32(p);
	}
	if (size < least)
		return jn_too_short(size, least, err);
	return JN_OK;
}

/* The little-endian number of "length" bytes at p. */
static inline uint32_t
number(const uint8_t *p, unsigned length)
{
	uint32_t	v = 0;

	for (unsigned i = 0; i < length; i++)
		v |= (uint32_t) p[i] << (8 * i);
	return v;
}

/* What the proof of the single differences leaves to be asked about all of them. */
typedef struct Sum
{
	uint64_t	units;			/* they add up to so many, at most "most" */
	size_t		begin;			/* offset of the first one */
	bool		fine;			/* one is not whole in the next coarser unit */
} Sum;

/*
 * Proves the form of each of the n - 1 >= 1 differences and that they fill the
 * section.  None, or with "adding" not even their sum, is above "most" units.
 */
static JnStatus
check_each(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
		   uint64_t most, bool adding, Sum *sum, JnError *err)
{
	JnTimesReader r;
	JnStatus	status = jn_times_fit(p, size, flags, n, err);

	if (status != JN_OK)
		return status;
	jn_times_open(&r, p, size, flags, n);
	if ((flags & JN_FLAG_WIDE) && r.wide == r.stop)
		return jn_corrupt_at(0, err);

	/* lengths beyond the last difference are 0 */
	if ((n - 1) % 4 != 0 && r.data[-1] >> (2 * ((n - 1) % 4)) != 0)
		return jn_corrupt_at((size_t) (r.data - 1 - p), err);

	*sum = (Sum) {0, (size_t) (r.data - p), false};
	for (uint32_t i = 0; i < n - 1; i++)
	{
		unsigned	length = ((r.control[i / 4] >> (2 * (i % 4))) & 3) + 1;
		size_t		there = (size_t) (r.end - r.data);
		size_t		at = (size_t) (r.data - p);
		uint64_t	d;

		if (there < length)
			return jn_fail(err, JN_BYTES_SHORT, at, (int64_t) size, (int64_t) (size + length - there));
		d = number(r.data, length);
		if (length > 1 && d >> (8 * (length - 1)) == 0)
			return jn_corrupt_at(at, err);
		if (d == UINT32_MAX)
		{
			if (r.wide == r.stop)
				return jn_corrupt_at(at, err);
			d = jn_load64(r.wide);
			if (d < UINT32_MAX)
				return jn_corrupt_at((size_t) (r.wide - p), err);
			r.wide += 8;
		}
		if (d > most - sum->units)
			return jn_corrupt_at(at, err);
		if (adding)
			sum->units += d;
		sum->fine |= d % 1000 != 0;
		r.data += length;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (r.data != r.end)
		return jn_corrupt_at((size_t) (r.data - p), err);
	if (r.wide != r.stop)
		return jn_corrupt_at((size_t) (r.wide - p), err);
	return JN_OK;
}

JnStatus
jn_times_check(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
			   int64_t first, int64_t last, JnError *err)
{
	unsigned	unit = flags & JN_FLAG_UNIT;
	uint64_t	us = jn_unit_us(unit);
	uint64_t	span = jn_time_span(first, last);
	JnStatus	status;
	Sum			sum;

	if (us == 0 || first > last)
		return jn_corrupt_at(0, err);
	if (n < 2)
	{
		if (unit != JN_UNIT_S || (flags & JN_FLAG_WIDE) || first != last || size > 0)
			return jn_corrupt_at(0, err);
		return JN_OK;
	}
	status = check_each(env, p, size, flags, n, span / us, true, &sum, err);
	if (status != JN_OK)
		return status;

	/* they add up to the last time exactly, and in the coarsest unit */
	if (sum.units != span / us || span % us != 0)
		return jn_corrupt_at(sum.begin, err);
	if (unit != JN_UNIT_S && !sum.fine)
		return jn_corrupt_at(0, err);
	return JN_OK;
}

JnStatus
jn_times_check_differences(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
						   uint64_t most, bool *fine, JnError *err)
{
	uint64_t	us = jn_unit_us(flags & JN_FLAG_UNIT);
	Sum			sum = {0, 0, false};
	JnStatus	status;

	if (us == 0)
		return jn_corrupt_at(0, err);
	status = check_each(env, p, size, flags, n, most / us, false, &sum, err);
	*fine = sum.fine;
	return status;
}

/* ---- reading ---- */

void
jn_times_open(JnTimesReader *r, const uint8_t *p, size_t size, unsigned flags, uint32_t n)
{
	r->unit_us = jn_unit_us(flags & JN_FLAG_UNIT);
	r->next = 0;
	r->control = p;
	r->stop = p + size;
	r->end = r->stop;
	if (n > 1 && (flags & JN_FLAG_WIDE))
	{
		r->control += 4;
		r->end -= 8 * (size_t) jn_load32(p);
	}
	r->data = r->control + (n > 1 ? control_size(n) : 0);
	r->wide = r->end;
}

/* A difference of length + 1 bytes, of which fewer than four bytes are left. */
uint32_t
jn_times_next_at_end(JnTimesReader *r, unsigned length)
{
	unsigned	left = (unsigned) (r->end - r->data);
	unsigned	bytes = length < left ? length + 1 : left;
	uint32_t	d = number(r->data, bytes);

	r->data += bytes;
	return d;
}

/* The next wide difference, in units. */
uint64_t
jn_times_next_wide(JnTimesReader *r)
{
	if (r->stop - r->wide < 8)
		return UINT32_MAX;
	r->wide += 8;
	return jn_load64(r->wide - 8);
}

/*
 * The lengths of the next differences in the lowest bits, two for each: *take of
 * "left", or as many as eight bytes have from the place "at" on, too.
 */
static inline uint64_t
load_lengths(const JnTimesReader *r, uint32_t i, uint32_t at, uint32_t left, uint32_t *take)
{
	const uint8_t *lengths = r->control + (i >> 2);
	uint32_t	most = 32 - ((i & 3) > (at & 3) ? i & 3 : at & 3);
	uint64_t	word = 0;

	/* the differences stand behind their lengths */
	if (r->stop - lengths >= 8)
		word = jn_load64(lengths);
	else
		for (ptrdiff_t k = 0; k < r->stop - lengths; k++)
			word |= (uint64_t) lengths[k] << (8 * k);
	*take = left < most ? left : most;
	return word >> (2 * (i & 3)) & UINT64_MAX >> (64 - 2 * *take);
}

/* Moves past the next differences where some are wide; their sum. */
static uint64_t
pass_wide(const JnEnv *env, JnTimesReader *r, uint32_t count)
{
	uint64_t	sum;
	uint64_t	across;

	jn_times_run(env, r, count, UINT64_MAX, &sum, &across);
	return sum;
}

void
jn_times_skip(const JnEnv *env, JnTimesReader *r, uint32_t count)
{
	if (r->stop > r->wide)
	{
		pass_wide(env, r, count);
		return;
	}
	while (count > 0)
	{
		uint32_t	take;
		uint64_t	lengths = load_lengths(r, r->next, r->next, count, &take);
		uint32_t	bytes = take + (uint32_t) (jn_quads_lengths(lengths) >> 56);

		r->data = r->end - r->data > (ptrdiff_t) bytes ? r->data + bytes : r->end;
		r->next += take;
		if (count / JN_TICK_EVERY != (count - take) / JN_TICK_EVERY)
			jn_tick(env);
		count -= take;
	}
}

uint64_t
jn_times_sum(const JnEnv *env, JnTimesReader *r, uint32_t count)
{
	uint64_t	sum = 0;

	if (r->stop > r->wide)
		return pass_wide(env, r, count);
	while (count > 0)
	{
		uint32_t	take = count < JN_TICK_EVERY ? count : JN_TICK_EVERY;
		uint32_t	before = r->next & 3;
		JnQuads		q = {r->control + (r->next >> 2), r->data, r->end};
		ptrdiff_t	back = before + (ptrdiff_t) (jn_quads_lengths(*q.control & ~(UINT64_MAX << (2 * before))) >> 56);

		/* from the begin of the quad on; only in bytes that were never proven it is not there */
		q.data -= back < r->data - q.control ? back : r->data - q.control;
		sum += jn_quads_between(&q, before, before + take);
		jn_times_skip(env, r, take);
		count -= take;
	}
	return sum * r->unit_us;
}

void
jn_times_append(const JnTimesReader *from, const JnTimesReader *to, uint8_t *control, uint32_t at,
				uint8_t *data, uint8_t *wide)
{
	uint32_t	left = to->next - from->next;

	/* from any place to any place */
	for (uint32_t i = from->next; left > 0;)
	{
		uint32_t	take;
		uint64_t	lengths = load_lengths(from, i, at, left, &take) << (2 * (at & 3));
		uint8_t    *p = control + (at >> 2);

		/* so many bytes are there if so many differences are left */
		if (left >= 32)
			jn_store64(p, jn_load64(p) | lengths);
		else
			for (*p++ |= (uint8_t) lengths; (lengths >>= 8) != 0;)
				*p++ = (uint8_t) lengths;
		i += take;
		at += take;
		left -= take;
	}
	if (to->data > from->data)
		memcpy(data, from->data, (size_t) (to->data - from->data));
	if (to->wide > from->wide)
		memcpy(wide, from->wide, (size_t) (to->wide - from->wide));
}

void
jn_times_put(uint64_t d, uint8_t *control, uint32_t at, uint8_t **data, uint8_t **wide)
{
	uint32_t	v = d < UINT32_MAX ? (uint32_t) d : UINT32_MAX;
	unsigned	more = (unsigned) (v > 0xff) + (v > 0xffff) + (v > 0xffffff);

	control[at >> 2] |= (uint8_t) (more << (2 * (at & 3)));
	for (unsigned i = 0; i <= more; i++)
		*(*data)++ = (uint8_t) (v >> (8 * i));
	if (v == UINT32_MAX)
	{
		jn_store64(*wide, d);
		*wide += 8;
	}
}

/* Where a reader is, if that is a multiple of four. */
static inline JnQuads
quads_of(const JnTimesReader *r)
{
	return (JnQuads) {r->control + (r->next >> 2), r->data, r->end};
}

void
jn_times_differences(JnTimesReader *r, uint32_t most, uint64_t *d)
{
	uint32_t	i = 0;

	while (i < most)
	{
		if (r->next % 4 == 0 && most - i >= 4)
		{
			JnQuads		q = quads_of(r);
			uint32_t	done = 4 * jn_quads_multiply(&q, (most - i) / 4, r->unit_us, d + i);

			r->data = q.data;
			r->next += done;
			i += done;
		}

		/* one before a quad, in one with a wide difference, or near the end */
		for (bool more = i < most; more; more = i < most && r->next % 4 != 0)
			d[i++] = jn_times_next(r);
	}
}

void
jn_times_add_up(JnTimesReader *r, uint32_t most, uint64_t *sum)
{
	uint64_t	total = 0;
	uint32_t	i = 0;

	while (i < most)
	{
		if (r->next % 4 == 0 && most - i >= 4)
		{
			JnQuads		q = quads_of(r);
			uint32_t	done = 4 * jn_quads_add_up(&q, (most - i) / 4, &total, sum + i);

			r->data = q.data;
			r->next += done;
			i += done;
		}

		/* one before a quad, in one with a wide difference, or near the end */
		for (bool more = i < most; more; more = i < most && r->next % 4 != 0)
			sum[i++] = total += r->unit_us > 0 ? jn_times_next(r) / r->unit_us : 0;
	}
}

void
jn_times_decode(const JnEnv *env, JnTimesReader *r, int64_t first, int64_t *time, uint32_t n)
{
	uint64_t	d[DECODE_PIECE];
	int64_t		t = first;

	if (n == 0)
		return;
	time[0] = first;
	for (uint32_t done = 1; done < n;)
	{
		uint32_t	count = n - done < DECODE_PIECE ? n - done : DECODE_PIECE;

		jn_times_differences(r, count, d);
		for (uint32_t i = 0; i < count; i++)
			time[done + i] = t = jn_time_after(t, d[i]);
		done += count;
		jn_tick(env);
	}
}

/*
 * Skips differences that are narrow and not above "limit", both in units, and
 * gives their sum: four at a time where it can, else one.  It stops early at
 * the last three bytes.
 */
static uint32_t
run_piece(JnTimesReader *r, uint32_t most, uint32_t limit, uint64_t *sum)
{
	uint32_t	count = 0;
	uint64_t	units = 0;

	while (count < most && r->end - r->data >= 4)
	{
		unsigned	length;
		uint32_t	d;

		if (r->next % 4 == 0 && most - count >= 4)
		{
			JnQuads		q = quads_of(r);
			uint32_t	passed = 4 * jn_quads_within(&q, (most - count) / 4, limit, &units);

			r->data = q.data;
			r->next += passed;
			count += passed;
			if (passed > 0)
				continue;
		}
		length = r->control[r->next >> 2] >> (2 * (r->next & 3)) & 3;
		d = jn_load32(r->data) & (UINT32_MAX >> (24 - 8 * length));
		if (d > limit)
			break;
		units += d;
		r->data += length + 1;
		r->next++;
		count++;
	}
	*sum = units * r->unit_us;
	return count;
}

uint32_t
jn_times_run(const JnEnv *env, JnTimesReader *r, uint32_t most, uint64_t gap, uint64_t *within, uint64_t *across)
{
	uint64_t	units = r->unit_us > 0 ? gap / r->unit_us : 0;
	uint32_t	limit = units < UINT32_MAX ? (uint32_t) units : UINT32_MAX - 1;
	uint32_t	count = 0;

	*within = 0;
	while (count < most)
	{
		uint32_t	left = most - count;
		uint64_t	sum;
		uint64_t	d;

		count += run_piece(r, left < JN_TICK_EVERY ? left : JN_TICK_EVERY, limit, &sum);
		*within += sum;
		if (left > JN_TICK_EVERY)
			jn_tick(env);
		if (count == most)
			break;

		/* one above the limit, a wide one, one at the end, or any after a tick */
		d = jn_times_next(r);
		if (d > gap)
		{
			*across = d;
			break;
		}
		*within += d;
		count++;
	}
	return count;
}

/* Differences above a number of units that only wide ones reach. */
static uint32_t
wide_above(const JnEnv *env, const JnTimesReader *r, uint64_t units)
{
	uint32_t	count = (uint32_t) ((r->stop - r->wide) / 8);
	uint32_t	above = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		above += jn_load64(r->wide + 8 * (size_t) i) > units;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return above;
}

/*
 * A copy of what is left for kernels that stop where fewer than 16 bytes are:
 * it has fewer than that, or is a quad that is not full.  The zeroes behind
 * the last number are numbers above nothing.  There is more only in bytes that
 * were never proven.  "begin" is where the section does: most have 16 bytes to
 * copy at once.
 */
static JnQuads
padded_rest(const JnQuads *q, const uint8_t *begin, uint8_t padded[PADDED])
{
	size_t		rest = (size_t) (q->end - q->data);
	size_t		before = 0;

	memset(padded, 0, PADDED);
	if (rest <= JN_QUAD_LOAD && q->end - begin >= JN_QUAD_LOAD)
	{
		before = JN_QUAD_LOAD - rest;
		memcpy(padded, q->end - JN_QUAD_LOAD, JN_QUAD_LOAD);
	}
	else
		memcpy(padded, q->data, rest < TAIL_MAX ? rest : TAIL_MAX);
	return (JnQuads) {q->control, padded + before, padded + PADDED};
}

uint32_t
jn_times_above(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n, uint64_t gap)
{
	uint8_t		padded[PADDED];
	uint32_t	left = n > 1 ? n - 1 : 0;	/* differences to come */
	uint32_t	above = 0;
	JnTimesReader r;
	JnQuads		q;
	uint64_t	units;

	jn_times_open(&r, p, size, flags, n);
	units = r.unit_us > 0 ? gap / r.unit_us : 0;
	if (units >= UINT32_MAX)
		return wide_above(env, &r, units);

	/* a wide one is above whatever is left, and so is UINT32_MAX in its place */
	q = quads_of(&r);
	while (left >= 4)
	{
		uint32_t	quads = (left < JN_TICK_EVERY ? left : JN_TICK_EVERY) / 4;
		uint32_t	done = jn_quads_above(&q, quads, (uint32_t) units, &above);

		left -= 4 * done;
		if (done < quads)
			break;
		if (left >= JN_TICK_EVERY)
			jn_tick(env);
	}
	if (left == 0)
		return above;

	q = padded_rest(&q, r.control, padded);
	if (left > TAIL_MAX)
		left = TAIL_MAX;
	jn_quads_above(&q, (left + 3) / 4, (uint32_t) units, &above);
	return above;
}

int64_t
jn_times_at(const JnEnv *env, const uint8_t *p, size_t size, unsigned flags, uint32_t n,
			int64_t first, int64_t last, uint32_t i)
{
	JnTimesReader r;

	jn_times_open(&r, p, size, flags, n);
	if (i < n / 2)
	{
		for (uint32_t done = 0; done < i; done++)
		{
			first = jn_time_after(first, jn_times_next(&r));
			if (done % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		return first;
	}

	/* backwards: the lengths tell where each difference begins, too */
	const uint8_t *data = r.end;
	const uint8_t *wide = p + size;

	for (uint32_t step = n - 1; step > i; step--)
	{
		uint32_t	k = step - 1;
		unsigned	length = ((r.control[k >> 2] >> (2 * (k & 3))) & 3) + 1;
		uint64_t	d;

		if (data - r.data < (ptrdiff_t) length)
			break;
		data -= length;
		d = number(data, length);
		if (d == UINT32_MAX && wide - r.end >= 8)
		{
			wide -= 8;
			d = jn_load64(wide);
		}
		last = (int64_t) ((uint64_t) last - d * r.unit_us);
		if (step % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return last;
}
