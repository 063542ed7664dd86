/*
 * signal.c
 *	  Signals: collecting points, putting them in order, the median gap.
 *
 * Both halves of the work look at eight bits of a number at a time and never
 * compare two numbers, so no order of the input makes them slow:
 *
 *	 sort	from the lowest digit up, moving all points for each digit (LSD
 *			radix sort); digits above the span of the points are skipped, a
 *			month of microseconds has six
 *	 median	from the highest digit down, keeping only the gaps that share the
 *			digits of the one looked for (radix selection); a few passes over
 *			ever fewer gaps
 *
 * Points that came in order are noticed while they come and never sorted.
 */
#include "signal.h"

#include <assert.h>

#include "text.h"

#define DIGIT_BITS		8
#define DIGITS			(1 << DIGIT_BITS)

/* Up to so many points, moving them one by one beats clearing the counters. */
#define INSERTION_MAX	48

/* Length of time[] at the first point: many groups have few. */
#define ROOM_MIN		4

static inline unsigned
digit(uint64_t value, unsigned shift)
{
	return (value >> shift) & (DIGITS - 1);
}

/* Called with the counter of a loop over points or gaps. */
static inline void
tick_at(const JnEnv *env, uint32_t i)
{
	if (i % JN_TICK_EVERY == 0)
		jn_tick(env);
}

JnStatus
jn_signal_reserve(const JnEnv *env, JnSignal *s, uint32_t more, JnError *err)
{
	uint64_t	need = (uint64_t) s->n + more;
	uint64_t	room = s->room;

	if (need > JN_MAX_POINTS)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, (int64_t) need, JN_MAX_POINTS);
	if (need <= room)
		return JN_OK;

	room = room < ROOM_MIN / 2 ? ROOM_MIN : room * 2;
	if (room < need)
		room = need;
	if (room > JN_MAX_POINTS)
		room = JN_MAX_POINTS;

	s->time = s->room == 0 ? jn_alloc(env, jn_array_size(room, sizeof(int64_t)))
		: jn_resize(env, s->time, jn_array_size(room, sizeof(int64_t)));
	s->room = (uint32_t) room;
	return JN_OK;
}

/* Takes note of n points that were put behind the others and ascend among themselves. */
static void
appended_run(JnSignal *s, uint32_t n)
{
	if (s->sorted == s->n && (s->n == 0 || s->time[s->n] >= s->time[s->n - 1]))
		s->sorted += n;
	s->n += n;
}

JnStatus
jn_signal_merge(const JnEnv *env, JnSignal *into, const JnSignal *from, JnError *err)
{
	JnStatus	status = jn_signal_reserve(env, into, from->n, err);

	if (status != JN_OK || from->n == 0)
		return status;

	memcpy(into->time + into->n, from->time, from->n * sizeof(int64_t));
	if (from->sorted == from->n)
		appended_run(into, from->n);
	else
		into->n += from->n;		/* what was sorted before still is */
	return JN_OK;
}

/*
 * Sorting
 */

static void
insertion_sort(JnSignal *s)
{
	for (uint32_t i = s->sorted; i < s->n; i++)
	{
		int64_t		time = s->time[i];
		uint32_t	hole = i;

		for (; hole > 0 && s->time[hole - 1] > time; hole--)
			s->time[hole] = s->time[hole - 1];
		s->time[hole] = time;
	}
}

/* One pass: moves n points to their places by the digit at "shift", keeping the order of equal ones. */
static void
sort_by_digit(const JnEnv *env, const int64_t *from, int64_t *to, uint32_t n, int64_t earliest, unsigned shift)
{
	uint32_t	place[DIGITS] = {0};
	uint32_t	sum = 0;

	for (uint32_t i = 0; i < n; i++)
	{
		tick_at(env, i);
		place[digit(jn_time_span(earliest, from[i]), shift)]++;
	}
	for (unsigned d = 0; d < DIGITS; d++)
	{
		uint32_t	count = place[d];

		place[d] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		tick_at(env, i);
		to[place[digit(jn_time_span(earliest, from[i]), shift)]++] = from[i];
	}
}

static void
radix_sort(const JnEnv *env, JnSignal *s)
{
	int64_t    *spare = jn_alloc(env, (size_t) s->room * sizeof(int64_t));
	int64_t		earliest = s->time[0];
	int64_t		latest = s->time[0];
	uint64_t	span;

	for (uint32_t i = 1; i < s->n; i++)
	{
		tick_at(env, i);
		if (s->time[i] < earliest)
			earliest = s->time[i];
		if (s->time[i] > latest)
			latest = s->time[i];
	}

	span = jn_time_span(earliest, latest);
	for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += DIGIT_BITS)
	{
		int64_t    *sorted = spare;

		sort_by_digit(env, s->time, sorted, s->n, earliest, shift);
		spare = s->time;
		s->time = sorted;
	}
	jn_release(env, spare);
}

void
jn_signal_sort(const JnEnv *env, JnSignal *s)
{
	if (s->sorted == s->n)
		return;
	if (s->n <= INSERTION_MAX)
		insertion_sort(s);
	else
		radix_sort(env, s);
	s->sorted = s->n;
}

/*
 * The median gap
 */

/* The value that stands at "rank", from 0, when a[0 .. n-1] is in order.  Destroys a. */
static uint64_t
select_rank(const JnEnv *env, uint64_t *a, uint32_t n, uint32_t rank, uint64_t largest)
{
	unsigned	shift = 0;

	while (shift + DIGIT_BITS < 64 && largest >> (shift + DIGIT_BITS) != 0)
		shift += DIGIT_BITS;

	/* all of a[] agree in the digits above "shift" */
	for (; n > 1; shift -= DIGIT_BITS)
	{
		uint32_t	count[DIGITS] = {0};
		uint32_t	kept = 0;
		unsigned	d = 0;

		for (uint32_t i = 0; i < n; i++)
		{
			tick_at(env, i);
			count[digit(a[i], shift)]++;
		}
		while (rank >= count[d])
			rank -= count[d++];
		for (uint32_t i = 0; i < n; i++)
		{
			tick_at(env, i);
			if (digit(a[i], shift) == d)
				a[kept++] = a[i];
		}
		n = kept;
		if (shift == 0)
			break;				/* those left are equal */
	}
	return a[0];
}

/*
 * The value after the one at "rank", which is "value", in the ordered gaps of
 * n ascending times: "value" again if it occurs often enough, else the next
 * larger one.
 */
static uint64_t
gap_after_rank(const JnEnv *env, const int64_t *time, uint32_t n, uint32_t rank, uint64_t value)
{
	uint32_t	not_above = 0;
	uint64_t	next = UINT64_MAX;

	for (uint32_t i = 1; i < n; i++)
	{
		uint64_t	gap = jn_time_span(time[i - 1], time[i]);

		tick_at(env, i);
		if (gap <= value)
			not_above++;
		else if (gap < next)
			next = gap;
	}
	return not_above > rank + 1 ? value : next;
}

static uint64_t
median_gap(const JnEnv *env, const int64_t *time, uint32_t n)
{
	uint32_t	gaps = n - 1;
	uint32_t	rank = (gaps - 1) / 2;
	uint64_t	largest = 0;
	uint64_t   *gap = jn_alloc(env, gaps * sizeof(uint64_t));
	uint64_t	median;

	for (uint32_t i = 0; i < gaps; i++)
	{
		tick_at(env, i);
		gap[i] = jn_time_span(time[i], time[i + 1]);
		if (gap[i] > largest)
			largest = gap[i];
	}
	median = select_rank(env, gap, gaps, rank, largest);
	if (gaps % 2 == 0)
		median += (gap_after_rank(env, time, n, rank, median) - median) / 2;
	jn_release(env, gap);
	return median;
}

void
jn_signal_facts(const JnEnv *env, JnSignal *s, JnSignalFacts *facts)
{
	assert(s->n > 0);
	jn_signal_sort(env, s);
	facts->class = jn_classify(s->n, JN_PATTERN_AT, JN_TREND_AT);
	facts->points = s->n;
	facts->first = s->time[0];
	facts->last = s->time[s->n - 1];
	facts->has_gap = s->n > 1;
	facts->median_gap = facts->has_gap ? median_gap(env, s->time, s->n) : 0;
}

/*
 * The bytes of a state
 */

JnStatus
jn_signal_size(const JnEnv *env, JnSignal *s, JnTimesPlan *plan, size_t *size, JnError *err)
{
	assert(s->n > 0);
	jn_signal_sort(env, s);
	*plan = jn_times_plan(env, s->time, s->n);
	*size = JN_SIGNAL_HEADER_SIZE + plan->size;
	if (*size > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) *size, (int64_t) JN_MAX_BYTES);
	return JN_OK;
}

void
jn_signal_write(const JnEnv *env, const JnSignal *s, const JnTimesPlan *plan, uint8_t *out)
{
	assert(s->sorted == s->n);
	out[JN_SIGNAL_AT_VERSION] = JN_SIGNAL_VERSION;
	out[JN_SIGNAL_AT_FLAGS] = (uint8_t) (plan->unit | (plan->wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_SIGNAL_AT_TRACKS, 0);
	jn_store32(out + JN_SIGNAL_AT_POINTS, s->n);
	jn_store64(out + JN_SIGNAL_AT_FIRST, (uint64_t) s->time[0]);
	jn_store64(out + JN_SIGNAL_AT_LAST, (uint64_t) s->time[s->n - 1]);
	jn_times_write(env, plan, s->time, s->n, out + JN_SIGNAL_HEADER_SIZE);
}

/* The header of a state, and where its differences are. */
typedef struct SignalHeader
{
	unsigned	flags;
	uint32_t	n;
	int64_t		first;
	int64_t		last;
	const uint8_t *times;
	size_t		times_size;
} SignalHeader;

static JnStatus
read_header(const uint8_t *p, size_t size, SignalHeader *head, JnError *err)
{
	unsigned	unknown;

	if (size == 0)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, JN_SIGNAL_HEADER_SIZE);
	if (p[JN_SIGNAL_AT_VERSION] > JN_SIGNAL_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, JN_SIGNAL_AT_VERSION, p[JN_SIGNAL_AT_VERSION], JN_SIGNAL_VERSION);
	if (p[JN_SIGNAL_AT_VERSION] != JN_SIGNAL_VERSION)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_SIGNAL_AT_VERSION, 0, 0);
	if (size < JN_SIGNAL_HEADER_SIZE)
		return jn_fail(err, JN_BYTES_SHORT, size, (int64_t) size, JN_SIGNAL_HEADER_SIZE);

	head->flags = p[JN_SIGNAL_AT_FLAGS];
	unknown = head->flags & ~(unsigned) JN_FLAGS_KNOWN;
	if (unknown != 0)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SIGNAL_AT_FLAGS, unknown, 0);
	unknown = jn_load16(p + JN_SIGNAL_AT_TRACKS);
	if (unknown != 0)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SIGNAL_AT_TRACKS, unknown, 0);

	head->n = jn_load32(p + JN_SIGNAL_AT_POINTS);
	head->first = (int64_t) jn_load64(p + JN_SIGNAL_AT_FIRST);
	head->last = (int64_t) jn_load64(p + JN_SIGNAL_AT_LAST);
	head->times = p + JN_SIGNAL_HEADER_SIZE;
	head->times_size = size - JN_SIGNAL_HEADER_SIZE;

	if (head->n == 0)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_SIGNAL_AT_POINTS, 0, 0);
	if (jn_unit_us(head->flags & JN_FLAG_UNIT) == 0)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_SIGNAL_AT_FLAGS, 0, 0);

	/* reading stays inside, and no count makes us allocate much more than we were sent */
	if (jn_times_fit(head->times, head->times_size, head->flags, head->n, err) != JN_OK)
		return jn_fail_behind(err, JN_SIGNAL_HEADER_SIZE);
	return JN_OK;
}

JnStatus
jn_signal_validate(const JnEnv *env, const uint8_t *p, size_t size, JnError *err)
{
	SignalHeader head;
	JnStatus	status = read_header(p, size, &head, err);

	if (status != JN_OK)
		return status;
	if (!jn_time_ok(head.first))
		return jn_fail(err, JN_TIME_RANGE, JN_SIGNAL_AT_FIRST, head.first, 0);
	if (!jn_time_ok(head.last))
		return jn_fail(err, JN_TIME_RANGE, JN_SIGNAL_AT_LAST, head.last, 0);
	if (head.last < head.first)
		return jn_fail(err, JN_BYTES_CORRUPT, JN_SIGNAL_AT_LAST, 0, 0);

	if (jn_times_check(env, head.times, head.times_size, head.flags, head.n, head.first, head.last, err) != JN_OK)
		return jn_fail_behind(err, JN_SIGNAL_HEADER_SIZE);
	return JN_OK;
}

JnStatus
jn_signal_add_state(const JnEnv *env, JnSignal *s, const uint8_t *p, size_t size, JnError *err)
{
	SignalHeader head;
	JnTimesReader reader;
	JnStatus	status = read_header(p, size, &head, err);

	if (status == JN_OK)
		status = jn_signal_reserve(env, s, head.n, err);
	if (status != JN_OK)
		return status;

	jn_times_open(&reader, head.times, head.times_size, head.flags, head.n);
	jn_times_decode(env, &reader, head.first, s->time + s->n, head.n);
	appended_run(s, head.n);
	return JN_OK;
}

/*
 * The text form
 */

static const char separator[] = ", ";

uint64_t
jn_signal_text_size(const JnEnv *env, JnSignal *s)
{
	char		text[JN_TIME_TEXT];
	uint64_t	size;

	size = strlen("{}") + (uint64_t) (s->n - 1) * strlen(separator);
	jn_signal_sort(env, s);
	for (uint32_t i = 0; i < s->n; i++)
	{
		tick_at(env, i);
		size += jn_time_write(s->time[i], text);
	}
	return size;
}

void
jn_signal_text_write(const JnEnv *env, const JnSignal *s, char *out)
{
	char		text[JN_TIME_TEXT];

	assert(s->sorted == s->n);
	*out++ = '{';
	for (uint32_t i = 0; i < s->n; i++)
	{
		size_t		size = jn_time_write(s->time[i], text);

		tick_at(env, i);
		if (i > 0)
		{
			memcpy(out, separator, strlen(separator));
			out += strlen(separator);
		}
		memcpy(out, text, size);
		out += size;
	}
	*out = '}';
}

JnStatus
jn_signal_text_read(const JnEnv *env, const char *text, size_t size, JnSignal *s, JnError *err)
{
	const char *end = text + size;
	const char *p = jn_skip_space(env, text, end);

	/* "{" before the first time, "," before each further one */
	for (char before = '{';; before = ',')
	{
		int64_t		time;
		const char *start;
		JnStatus	status;

		if (p == end || *p != before)
			break;
		start = p = jn_skip_space(env, p + 1, end);
		tick_at(env, s->n);
		status = jn_time_read(&p, end, &time, err);
		if (status != JN_OK)
		{
			err->at += (size_t) (start - text);
			return status;
		}
		status = jn_signal_add(env, s, time, err);
		if (status != JN_OK)
			return status;
		p = jn_skip_space(env, p, end);
	}
	if (s->n == 0 || p == end || *p != '}')
		return jn_fail(err, JN_TEXT_TIMES, (size_t) (p - text), 0, 0);
	p = jn_skip_space(env, p + 1, end);
	if (p != end)
		return jn_fail(err, JN_TEXT_TIMES, (size_t) (p - text), 0, 0);
	return JN_OK;
}
