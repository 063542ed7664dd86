/*
 * signal.c
 *	  Signals: collecting points, putting them in order, their bytes.
 *
 * Sorting looks at eight bits of a number at a time and never compares two
 * numbers, so no order of the input makes it slow: from the lowest digit up, it
 * moves all points for each digit (LSD radix sort).  Digits above the span of
 * the points are skipped, a month of microseconds has six.  Then the points of
 * each time are sorted the same way by value.
 *
 * Points that came in order are noticed while they come and never sorted.
 */
#include "signal.h"

#include <assert.h>

#include "number.h"
#include "pen.h"
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
	size_t		size;

	if (need > JN_MAX_POINTS)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, (int64_t) need, JN_MAX_POINTS);
	if (need <= room)
		return JN_OK;

	room = room < ROOM_MIN / 2 ? ROOM_MIN : room * 2;
	if (room < need)
		room = need;
	if (room > JN_MAX_POINTS)
		room = JN_MAX_POINTS;

	size = jn_array_size(room, sizeof(int64_t));
	s->time = s->room == 0 ? jn_alloc(env, size) : jn_resize(env, s->time, size);
	if (s->valued)
		s->key = s->room == 0 ? jn_alloc(env, size) : jn_resize(env, s->key, size);
	s->room = (uint32_t) room;
	return JN_OK;
}

/* Do n points that were put behind the others ascend among themselves? */
static bool
ascend(const JnEnv *env, const JnSignal *s, uint32_t n)
{
	for (uint32_t i = s->n + 1; i < s->n + n; i++)
	{
		tick_at(env, i);
		if (s->time[i] < s->time[i - 1] || (s->valued && s->time[i] == s->time[i - 1] && s->key[i] < s->key[i - 1]))
			return false;
	}
	return true;
}

/* Takes note of n points that were put behind the others and ascend among themselves. */
static void
appended_run(JnSignal *s, uint32_t n)
{
	uint32_t	i = s->n;

	if (s->sorted == i &&
		(i == 0 || s->time[i] > s->time[i - 1] ||
		 (s->time[i] == s->time[i - 1] && (!s->valued || s->key[i] >= s->key[i - 1]))))
		s->sorted += n;
	s->n += n;
}

/* Makes room for n points of another signal, which must be of the same kind. */
static JnStatus
prepare_merge(const JnEnv *env, JnSignal *into, uint32_t n, bool valued, const JnSignalTerms *terms, JnError *err)
{
	if (into->n == 0)
	{
		/* an empty one may have asked for room already, but for no values */
		if (into->room > 0 && into->valued != valued)
			return jn_fail(err, JN_SIGNALS_DIFFER, 0, into->valued, valued);
		into->valued = valued;
		into->has_terms = terms != NULL;
		if (terms != NULL)
			into->terms = *terms;
	}
	else if (into->valued != valued)
		return jn_fail(err, JN_SIGNALS_DIFFER, 0, into->valued, valued);
	else if (into->has_terms != (terms != NULL) || (terms != NULL && !jn_signal_terms_equal(&into->terms, terms)))
		return jn_fail(err, JN_TERMS_DIFFER, 0, 0, 0);
	return jn_signal_reserve(env, into, n, err);
}

JnStatus
jn_signal_merge(const JnEnv *env, JnSignal *into, const JnSignal *from, JnError *err)
{
	JnStatus	status;

	if (from->n == 0)
		return JN_OK;
	status = prepare_merge(env, into, from->n, from->valued, from->has_terms ? &from->terms : NULL, err);
	if (status != JN_OK)
		return status;

	memcpy(into->time + into->n, from->time, from->n * sizeof(int64_t));
	if (from->valued)
		memcpy(into->key + into->n, from->key, from->n * sizeof(uint64_t));
	if (from->sorted == from->n)
		appended_run(into, from->n);
	else
		into->n += from->n;		/* what was sorted before still is */
	return JN_OK;
}

/*
 * Sorting
 */

static inline bool
before(const JnSignal *s, int64_t time, uint64_t key, uint32_t i)
{
	return time < s->time[i] || (time == s->time[i] && s->valued && key < s->key[i]);
}

static void
insertion_sort(JnSignal *s)
{
	for (uint32_t i = s->sorted; i < s->n; i++)
	{
		int64_t		time = s->time[i];
		uint64_t	key = s->valued ? s->key[i] : 0;
		uint32_t	hole = i;

		for (; hole > 0 && before(s, time, key, hole - 1); hole--)
		{
			s->time[hole] = s->time[hole - 1];
			if (s->valued)
				s->key[hole] = s->key[hole - 1];
		}
		s->time[hole] = time;
		if (s->valued)
			s->key[hole] = key;
	}
}

/* Numbers to be sorted, what goes along with each, or NULL, and as much spare room. */
typedef struct Columns
{
	uint64_t   *number;
	uint64_t   *along;
	uint64_t   *spare_number;
	uint64_t   *spare_along;
} Columns;

/* One pass: moves n numbers to their places by the digit at "shift", keeping the order of equal ones. */
static void
sort_by_digit(const JnEnv *env, Columns *c, uint32_t n, uint64_t least, unsigned shift)
{
	uint32_t	place[DIGITS] = {0};
	uint32_t	sum = 0;
	uint64_t   *swap;

	for (uint32_t i = 0; i < n; i++)
	{
		tick_at(env, i);
		place[digit(c->number[i] - least, shift)]++;
	}
	for (unsigned d = 0; d < DIGITS; d++)
	{
		uint32_t	count = place[d];

		place[d] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	to = place[digit(c->number[i] - least, shift)]++;

		tick_at(env, i);
		c->spare_number[to] = c->number[i];
		if (c->along != NULL)
			c->spare_along[to] = c->along[i];
	}
	swap = c->number;
	c->number = c->spare_number;
	c->spare_number = swap;
	swap = c->along;
	c->along = c->spare_along;
	c->spare_along = swap;
}

/* Sorts by numbers that are "least" to "least" + "span", counted without a sign. */
static void
radix_sort(const JnEnv *env, Columns *c, uint32_t n, uint64_t least, uint64_t span)
{
	for (unsigned shift = 0; shift < 64 && span >> shift != 0; shift += DIGIT_BITS)
		sort_by_digit(env, c, n, least, shift);
}

static void
sort_times(const JnEnv *env, JnSignal *s)
{
	Columns		c = {(uint64_t *) s->time, s->key, jn_alloc(env, jn_array_size(s->room, sizeof(uint64_t))), NULL};
	int64_t		earliest = s->time[0];
	int64_t		latest = s->time[0];

	if (s->valued)
		c.spare_along = jn_alloc(env, jn_array_size(s->room, sizeof(uint64_t)));
	for (uint32_t i = 1; i < s->n; i++)
	{
		tick_at(env, i);
		if (s->time[i] < earliest)
			earliest = s->time[i];
		if (s->time[i] > latest)
			latest = s->time[i];
	}
	radix_sort(env, &c, s->n, (uint64_t) earliest, jn_time_span(earliest, latest));
	s->time = (int64_t *) c.number;
	s->key = c.along;
	jn_release(env, c.spare_number);
	if (s->valued)
		jn_release(env, c.spare_along);
}

/* Sorts n keys, those of one time. */
static void
sort_keys(const JnEnv *env, uint64_t *key, uint32_t n)
{
	Columns		c = {.number = key};
	uint64_t	least = key[0];
	uint64_t	most = key[0];

	for (uint32_t i = 1; i < n; i++)
	{
		tick_at(env, i);
		if (key[i] < least)
			least = key[i];
		if (key[i] > most)
			most = key[i];
	}
	if (least == most)
		return;
	c.spare_number = jn_alloc(env, jn_array_size(n, sizeof(uint64_t)));
	radix_sort(env, &c, n, least, most - least);
	if (c.number != key)
	{
		memcpy(key, c.number, n * sizeof(uint64_t));
		jn_release(env, c.number);
	}
	else
		jn_release(env, c.spare_number);
}

void
jn_signal_sort(const JnEnv *env, JnSignal *s)
{
	uint32_t	run;

	if (s->sorted == s->n)
		return;
	if (s->n <= INSERTION_MAX)
		insertion_sort(s);
	else
	{
		sort_times(env, s);
		for (uint32_t i = 0; s->valued && i < s->n; i += run)
		{
			tick_at(env, i);
			for (run = 1; i + run < s->n && s->time[i + run] == s->time[i]; run++)
				tick_at(env, run);
			if (run > 1)
				sort_keys(env, s->key + i, run);
		}
	}
	s->sorted = s->n;
}

/*
 * The bytes of a state
 */

/* The parts of a signal before its times, in bytes. */
static size_t
parts_size(const JnSignal *s, uint64_t values_size)
{
	return (s->has_terms ? JN_SIGNAL_TERMS_SIZE : 0) + (s->valued ? sizeof(uint32_t) + (size_t) values_size : 0);
}

JnStatus
jn_signal_size(const JnEnv *env, JnSignal *s, JnSignalPlan *plan, size_t *size, JnError *err)
{
	uint64_t	total;

	assert(s->n > 0);
	jn_signal_sort(env, s);
	plan->times = jn_times_plan(env, s->time, s->n);
	plan->values.size = 0;
	if (s->valued)
		plan->values = jn_values_plan(env, s->key, s->n);
	total = JN_SIGNAL_HEADER_SIZE + (uint64_t) plan->times.size + plan->values.size;
	if (total > JN_MAX_BYTES - JN_SIGNAL_TERMS_SIZE - sizeof(uint32_t))
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) total, (int64_t) JN_MAX_BYTES);
	*size = JN_SIGNAL_HEADER_SIZE + plan->times.size + parts_size(s, plan->values.size);
	return JN_OK;
}

static void
store_double(uint8_t *p, double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof(bits));
	jn_store64(p, bits);
}

static double
load_double(const uint8_t *p)
{
	uint64_t	bits = jn_load64(p);
	double		value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

void
jn_signal_write(const JnEnv *env, const JnSignal *s, const JnSignalPlan *plan, uint8_t *out)
{
	assert(s->sorted == s->n);
	out[JN_SIGNAL_AT_VERSION] = JN_SIGNAL_VERSION;
	out[JN_SIGNAL_AT_FLAGS] = (uint8_t) (plan->times.unit | (plan->times.wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_SIGNAL_AT_PARTS,
			   (uint16_t) ((s->valued ? JN_SIGNAL_VALUES : 0) | (s->has_terms ? JN_SIGNAL_TERMS : 0)));
	jn_store32(out + JN_SIGNAL_AT_POINTS, s->n);
	jn_store64(out + JN_SIGNAL_AT_FIRST, (uint64_t) s->time[0]);
	jn_store64(out + JN_SIGNAL_AT_LAST, (uint64_t) s->time[s->n - 1]);
	out += JN_SIGNAL_HEADER_SIZE;
	if (s->has_terms)
	{
		store_double(out, s->terms.alpha);
		jn_store64(out + 8, (uint64_t) s->terms.pattern_at);
		jn_store64(out + 16, (uint64_t) s->terms.trend_at);
		out += JN_SIGNAL_TERMS_SIZE;
	}
	if (s->valued)
	{
		jn_store32(out, (uint32_t) plan->values.size);
		jn_values_write(env, &plan->values, s->key, s->n, out + sizeof(uint32_t));
		out += sizeof(uint32_t) + plan->values.size;
	}
	jn_times_write(env, &plan->times, s->time, s->n, out);
}

/* The header of a state, and where its parts are. */
typedef struct SignalHeader
{
	unsigned	flags;
	uint32_t	n;
	int64_t		first;
	int64_t		last;
	bool		has_terms;
	JnSignalTerms terms;
	bool		valued;
	JnValues	values;
	size_t		values_at;		/* where their section begins */
	size_t		times_at;
	const uint8_t *times;
	size_t		times_size;
} SignalHeader;

/* Reads what stands between the header and the times. */
static JnStatus
read_parts(const uint8_t *p, size_t size, unsigned parts, SignalHeader *head, JnError *err)
{
	size_t		at = JN_SIGNAL_HEADER_SIZE;

	head->has_terms = (parts & JN_SIGNAL_TERMS) != 0;
	if (head->has_terms)
	{
		if (size - at < JN_SIGNAL_TERMS_SIZE)
			return jn_too_short(size, (uint64_t) at + JN_SIGNAL_TERMS_SIZE, err);
		head->terms.alpha = load_double(p + at);
		head->terms.pattern_at = (int64_t) jn_load64(p + at + 8);
		head->terms.trend_at = (int64_t) jn_load64(p + at + 16);
		if (!jn_signal_terms_ok(&head->terms))
			return jn_corrupt_at(at, err);
		at += JN_SIGNAL_TERMS_SIZE;
	}

	head->valued = (parts & JN_SIGNAL_VALUES) != 0;
	if (head->valued)
	{
		uint32_t	values_size;

		if (size - at < sizeof(uint32_t))
			return jn_too_short(size, (uint64_t) at + (uint64_t) sizeof(uint32_t), err);
		values_size = jn_load32(p + at);
		head->values_at = at += sizeof(uint32_t);
		if (size - at < values_size)
			return jn_too_short(size, (uint64_t) at + values_size, err);
		if (jn_values_open(p + at, values_size, head->n, &head->values, err) != JN_OK)
			return jn_fail_behind(err, at);
		if (head->values.bitmap != NULL)
			return jn_corrupt_at(at, err);
		at += values_size;
	}
	head->times_at = at;
	head->times = p + at;
	head->times_size = size - at;
	return JN_OK;
}

static JnStatus
read_header(const uint8_t *p, size_t size, SignalHeader *head, JnError *err)
{
	unsigned	unknown;
	unsigned	parts;

	if (size == 0)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, JN_SIGNAL_HEADER_SIZE);
	if (p[JN_SIGNAL_AT_VERSION] > JN_SIGNAL_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, JN_SIGNAL_AT_VERSION, p[JN_SIGNAL_AT_VERSION], JN_SIGNAL_VERSION);
	if (p[JN_SIGNAL_AT_VERSION] != JN_SIGNAL_VERSION)
		return jn_corrupt_at(JN_SIGNAL_AT_VERSION, err);
	if (size < JN_SIGNAL_HEADER_SIZE)
		return jn_too_short(size, JN_SIGNAL_HEADER_SIZE, err);

	head->flags = p[JN_SIGNAL_AT_FLAGS];
	unknown = head->flags & ~(unsigned) JN_FLAGS_KNOWN;
	if (unknown != 0)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SIGNAL_AT_FLAGS, unknown, 0);
	parts = jn_load16(p + JN_SIGNAL_AT_PARTS);
	unknown = parts & ~(unsigned) JN_SIGNAL_PARTS_KNOWN;
	if (unknown != 0)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SIGNAL_AT_PARTS, unknown, 0);

	head->n = jn_load32(p + JN_SIGNAL_AT_POINTS);
	head->first = (int64_t) jn_load64(p + JN_SIGNAL_AT_FIRST);
	head->last = (int64_t) jn_load64(p + JN_SIGNAL_AT_LAST);
	if (head->n == 0)
		return jn_corrupt_at(JN_SIGNAL_AT_POINTS, err);
	if (jn_unit_us(head->flags & JN_FLAG_UNIT) == 0)
		return jn_corrupt_at(JN_SIGNAL_AT_FLAGS, err);
	if (read_parts(p, size, parts, head, err) != JN_OK)
		return err->status;

	/* reading stays inside, and no count makes us allocate much more than we were sent */
	if (jn_times_fit(head->times, head->times_size, head->flags, head->n, err) != JN_OK)
		return jn_fail_behind(err, head->times_at);
	return JN_OK;
}

/* Proves that values are finite, and that those of one time ascend.  The times have been proved. */
static JnStatus
check_values(const JnEnv *env, const uint8_t *p, const SignalHeader *head, JnError *err)
{
	JnTimesReader times;
	JnValuesReader values;
	uint64_t	before = 0;

	if (jn_values_check(env, p + head->values_at, &head->values, err) != JN_OK)
		return jn_fail_behind(err, head->values_at);

	jn_times_open(&times, head->times, head->times_size, head->flags, head->n);
	jn_values_reader_open(&values, &head->values);
	for (uint32_t i = 0; i < head->n; i++)
	{
		double		value = 0;
		uint64_t	key;
		bool		later = i == 0 || jn_times_next(&times) > 0;

		tick_at(env, i);
		if (!jn_values_next(&values, &value) || !jn_signal_value_ok(value))
			return jn_corrupt_at(head->values_at, err);
		key = jn_value_key(value);
		if (!later && key < before)
			return jn_corrupt_at(head->values_at, err);
		before = key;
	}
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
		return jn_corrupt_at(JN_SIGNAL_AT_LAST, err);

	if (jn_times_check(env, head.times, head.times_size, head.flags, head.n, head.first, head.last, err) != JN_OK)
		return jn_fail_behind(err, head.times_at);
	return head.valued ? check_values(env, p, &head, err) : JN_OK;
}

JnStatus
jn_signal_add_state(const JnEnv *env, JnSignal *s, const uint8_t *p, size_t size, JnError *err)
{
	SignalHeader head;
	JnTimesReader reader;
	JnStatus	status = read_header(p, size, &head, err);

	if (status == JN_OK)
		status = prepare_merge(env, s, head.n, head.valued, head.has_terms ? &head.terms : NULL, err);
	if (status != JN_OK)
		return status;

	jn_times_open(&reader, head.times, head.times_size, head.flags, head.n);
	jn_times_decode(env, &reader, head.first, s->time + s->n, head.n);
	if (head.valued)
	{
		JnValuesReader values;

		jn_values_reader_open(&values, &head.values);
		for (uint32_t i = 0; i < head.n; i++)
		{
			double		value = 0;

			tick_at(env, i);
			/* ours are finite; what damaged bytes give must be so too, or selection would not end */
			if (!jn_values_next(&values, &value) || !jn_signal_value_ok(value))
				value = 0;
			s->key[s->n + i] = jn_value_key(value);
		}
	}
	/* ours ascend; what damaged bytes give is sorted with the rest, or the search for a slope would not end */
	if (ascend(env, s, head.n))
		appended_run(s, head.n);
	else
		s->n += head.n;
	return JN_OK;
}

int
jn_signal_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	size_t		common = a_size < b_size ? a_size : b_size;
	int			result;

	if (common >= JN_SIGNAL_HEADER_SIZE)
	{
		int64_t		a_first = (int64_t) jn_load64(a + JN_SIGNAL_AT_FIRST);
		int64_t		b_first = (int64_t) jn_load64(b + JN_SIGNAL_AT_FIRST);
		int64_t		a_last = (int64_t) jn_load64(a + JN_SIGNAL_AT_LAST);
		int64_t		b_last = (int64_t) jn_load64(b + JN_SIGNAL_AT_LAST);
		uint32_t	a_n = jn_load32(a + JN_SIGNAL_AT_POINTS);
		uint32_t	b_n = jn_load32(b + JN_SIGNAL_AT_POINTS);

		if (a_first != b_first)
			return a_first < b_first ? -1 : 1;
		if (a_last != b_last)
			return a_last < b_last ? -1 : 1;
		if (a_n != b_n)
			return a_n < b_n ? -1 : 1;
	}
	result = memcmp(a, b, common);
	return result != 0 ? result : (a_size > b_size) - (a_size < b_size);
}

/*
 * The text form
 */

static const char separator[] = ", ";

/* Longest text of the terms: three words and their numbers. */
#define TERMS_TEXT	160

static size_t
put_word(char *out, const char *word)
{
	size_t		size = strlen(word);

	memcpy(out, word, size);
	return size;
}

/* Writes the terms, with a space before them; returns the bytes, below TERMS_TEXT. */
static size_t
write_terms(const JnSignalTerms *terms, char *out)
{
	size_t		size = put_word(out, " alpha=");

	size += jn_number_write(terms->alpha, out + size);
	size += put_word(out + size, " pattern_at=");
	size += jn_digits_write((uint64_t) terms->pattern_at, out + size);
	size += put_word(out + size, " trend_at=");
	size += jn_digits_write((uint64_t) terms->trend_at, out + size);
	return size;
}

/* Writes point i; returns the bytes, below JN_TIME_TEXT + JN_NUMBER_TEXT. */
static size_t
write_point(const JnSignal *s, uint32_t i, char *out)
{
	size_t		size = jn_time_write(s->time[i], out);

	if (s->valued)
	{
		out[size++] = ' ';
		size += jn_number_write(jn_value_of_key(s->key[i]), out + size);
	}
	return size;
}

uint64_t
jn_signal_text_size(const JnEnv *env, JnSignal *s)
{
	char		text[JN_TIME_TEXT + JN_NUMBER_TEXT];
	char		terms[TERMS_TEXT];
	uint64_t	size;

	size = strlen("{}") + (uint64_t) (s->n - 1) * strlen(separator);
	jn_signal_sort(env, s);
	for (uint32_t i = 0; i < s->n; i++)
	{
		tick_at(env, i);
		size += write_point(s, i, text);
	}
	if (s->has_terms)
		size += write_terms(&s->terms, terms);
	return size;
}

void
jn_signal_text_write(const JnEnv *env, const JnSignal *s, char *out)
{
	char		text[JN_TIME_TEXT + JN_NUMBER_TEXT];
	char		terms[TERMS_TEXT];

	assert(s->sorted == s->n);
	*out++ = '{';
	for (uint32_t i = 0; i < s->n; i++)
	{
		size_t		size = write_point(s, i, text);

		tick_at(env, i);
		if (i > 0)
			out += put_word(out, separator);
		memcpy(out, text, size);
		out += size;
	}
	*out++ = '}';
	if (s->has_terms)
		memcpy(out, terms, write_terms(&s->terms, terms));
}

/* Moves *p past "word". */
static JnStatus
read_word(const JnEnv *env, const char **p, const char *end, const char *word, JnError *err)
{
	size_t		size = strlen(word);

	*p = jn_skip_space(env, *p, end);
	if ((size_t) (end - *p) < size || memcmp(*p, word, size) != 0)
		return jn_fail(err, JN_TEXT_TIMES, 0, 0, 0);
	*p += size;
	return JN_OK;
}

/* Reads "word" and a whole number behind it. */
static JnStatus
read_count(const JnEnv *env, const char **p, const char *end, const char *word, int64_t *count, JnError *err)
{
	JnStatus	status = read_word(env, p, end, word, err);

	if (status != JN_OK)
		return status;
	if (*p == end || **p < '1' || **p > '9')
		return jn_fail(err, JN_TEXT_TIMES, 0, 0, 0);
	for (*count = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++)
	{
		int			digit = **p - '0';

		if (*count > (INT64_MAX - digit) / 10)
			return jn_fail(err, JN_TEXT_TIMES, 0, 0, 0);
		*count = *count * 10 + digit;
	}
	return JN_OK;
}

/* Reads the terms; errors say where relative to *p, which has moved there. */
static JnStatus
read_terms(const JnEnv *env, const char **p, const char *end, JnSignal *s, JnError *err)
{
	JnStatus	status = read_word(env, p, end, "alpha=", err);

	if (status == JN_OK)
		status = jn_number_read(p, end, &s->terms.alpha, err);
	if (status == JN_OK)
		status = read_count(env, p, end, "pattern_at=", &s->terms.pattern_at, err);
	if (status == JN_OK)
		status = read_count(env, p, end, "trend_at=", &s->terms.trend_at, err);
	if (status == JN_OK && !jn_signal_terms_ok(&s->terms))
		status = jn_fail(err, JN_TEXT_TIMES, 0, 0, 0);
	s->has_terms = true;
	return status;
}

JnStatus
jn_signal_text_read(const JnEnv *env, const char *text, size_t size, JnSignal *s, JnError *err)
{
	const char *end = text + size;
	const char *p = jn_skip_space(env, text, end);
	JnStatus	status;

	/* "{" before the first time, "," before each further one */
	for (char before = '{';; before = ',')
	{
		int64_t		time;
		double		value = 0;

		if (p == end || *p != before)
			break;
		p = jn_skip_space(env, p + 1, end);
		tick_at(env, s->n);
		status = jn_time_read(&p, end, &time, err);
		if (status != JN_OK)
		{
			err->at += (size_t) (p - text);
			return status;
		}
		p = jn_skip_space(env, p, end);

		/* what the first point has, all must have */
		if (s->n == 0)
			s->valued = p < end && *p != ',' && *p != '}';
		if (s->valued)
		{
			const char *start = p;

			status = jn_number_read(&p, end, &value, err);
			if (status == JN_OK && !jn_signal_value_ok(value))
			{
				p = start;
				status = jn_fail(err, JN_NUMBER_RANGE, 0, 0, 0);
			}
			if (status != JN_OK)
			{
				err->at += (size_t) (p - text);
				return status;
			}
		}
		status = jn_signal_add(env, s, time, value, err);
		if (status != JN_OK)
			return status;
		p = jn_skip_space(env, p, end);
	}
	if (s->n == 0 || p == end || *p != '}')
		return jn_fail(err, JN_TEXT_TIMES, (size_t) (p - text), 0, 0);
	p = jn_skip_space(env, p + 1, end);
	if (p < end && read_terms(env, &p, end, s, err) != JN_OK)
	{
		err->at += (size_t) (p - text);
		return err->status;
	}
	p = jn_skip_space(env, p, end);
	if (p != end)
		return jn_fail(err, JN_TEXT_TIMES, (size_t) (p - text), 0, 0);
	return JN_OK;
}
