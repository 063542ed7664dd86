/*
 * append.c
 *	  A few later steps behind a long journey, without taking it apart.
 *
 * Each section grows at one place, marked by a bar:
 *
 *	 header and directory	changed in place
 *	 events					names, codes |
 *	 times					lengths | differences | wide ones |
 *	 a track of labels		gaps, names, codes |
 *	 values					form, bitmap | width, base, offsets
 *
 * The lengths of differences are 2 bits each, four to a byte.  The bits of the
 * last byte that the first journey does not use are 0, so those of the second
 * are set there.
 */
#include "append.h"

#include "dict.h"
#include "name_set.h"

/* Codes translated at a time. */
#define CHUNK	512

/* Index of the events among the columns. */
#define EVENTS	JN_TRACKS

/* A column of labels, or NULL if the journey has none. */
static const JnLabels *
column(const JnJourney *j, unsigned c)
{
	return c == EVENTS ? &j->event : c != JN_VALUE && jn_has_track(&j->head, c) ? &j->label[c] : NULL;
}

/* Bytes of the lengths of n - 1 differences. */
static size_t
lengths_size(uint32_t n)
{
	return ((size_t) n + 2) / 4;
}

/* ---- planning ---- */

/* Finds the names of the second journey in a column of the first; false if one is missing, or a gap. */
static bool
map_column(const JnEnv *env, const JnAppend *p, unsigned c)
{
	const JnLabels *first = column(p->first, c);
	const JnLabels *second = column(p->second, c);
	JnName		few[JN_APPEND_FEW];
	JnName	   *name = few;
	JnNameSet	set;
	bool		found;

	if (first == NULL)
		return second == NULL;
	if (second == NULL)
		return first->gaps;
	if (second->gaps && !first->gaps)
		return false;
	if (second->names > JN_APPEND_FEW)
		name = jn_alloc(env, second->names * sizeof(JnName));
	jn_labels_names(second, name);
	set = (JnNameSet) {name, second->names, 0};
	found = jn_name_set_codes(env, &set, first, p->map[c]) == set.count;
	if (name != few)
		jn_release(env, name);
	return found;
}

static bool
map_columns(const JnEnv *env, JnAppend *p)
{
	uint64_t	names = 0;
	uint32_t   *map;

	for (unsigned c = 0; c <= EVENTS; c++)
		if (column(p->second, c) != NULL)
			names += column(p->second, c)->names;
	map = p->maps = names <= JN_APPEND_FEW ? p->few : jn_alloc(env, jn_array_size(names, sizeof(uint32_t)));
	for (unsigned c = 0; c <= EVENTS; c++)
	{
		p->map[c] = map;
		if (column(p->second, c) != NULL)
			map += column(p->second, c)->names;
		if (!map_column(env, p, c))
			return false;
	}
	return true;
}

/* Bytes of a difference in units. */
static unsigned
difference_size(uint64_t d)
{
	return 1 + (d > 0xff) + (d > 0xffff) + (d > 0xffffff);
}

/* Measures the differences; false if one is not whole in the unit of the first journey. */
static bool
plan_times(const JnEnv *env, JnAppend *p)
{
	uint64_t	d = jn_time_span(p->first->head.last, p->second->head.first);
	JnTimesReader r;

	jn_journey_times(p->second, &r);
	for (uint32_t i = 1;; i++)
	{
		uint64_t	units = d / p->unit_us;

		if (d % p->unit_us != 0)
			return false;
		p->data += difference_size(units);
		p->wide += units >= UINT32_MAX;
		if (i == p->second->head.n)
			return true;
		d = jn_times_next(&r);
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

/* Wide differences of a journey. */
static uint32_t
wide_of(const JnJourney *j)
{
	return (j->head.flags & JN_FLAG_WIDE) != 0 ? jn_load32(j->times) : 0;
}

/* Bytes of the section of times when all is there. */
static size_t
times_size(const JnAppend *p)
{
	uint32_t	n = p->first->head.n;
	uint32_t	wide = wide_of(p->first);

	return p->first->times_size + lengths_size(n + p->second->head.n) - lengths_size(n) + p->data
		+ 8 * (size_t) p->wide + (wide == 0 && p->wide > 0 ? 4 : 0);
}

bool
jn_append_plan(const JnEnv *env, JnAppend *p, const JnJourney *first, const JnJourney *second, size_t *size)
{
	const JnHeader *a = &first->head;
	const JnHeader *b = &second->head;
	uint64_t	bytes;

	/* one step alone has no unit yet; that a journey has no values, or all, is seen at once */
	if (b->first < a->last || (uint64_t) a->n + b->n > JN_MAX_STEPS || a->n < 2 || (b->tracks & ~a->tracks) != 0
		|| jn_has_track(b, JN_VALUE) || (jn_has_track(a, JN_VALUE) && first->values.bitmap == NULL))
		return false;
	*p = (JnAppend) {.first = first,.second = second,.unit_us = jn_unit_us(a->flags & JN_FLAG_UNIT)};
	if (!plan_times(env, p))
		return false;
	if (!map_columns(env, p))
	{
		jn_append_close(env, p);
		return false;
	}
	bytes = (uint64_t) first->size - first->times_size + times_size(p);
	for (unsigned c = 0; c <= EVENTS; c++)
		if (column(first, c) != NULL)
			bytes += (uint64_t) b->n * column(first, c)->width;
	if (jn_has_track(a, JN_VALUE))
		bytes += (a->n + b->n + 7) / 8 - (a->n + 7) / 8;
	if (bytes > JN_MAX_BYTES)
	{
		jn_append_close(env, p);
		return false;
	}
	*size = p->size = (size_t) bytes;
	return true;
}

void
jn_append_close(const JnEnv *env, JnAppend *p)
{
	if (p->maps != p->few)
		jn_release(env, p->maps);
}

/* ---- writing ---- */

static uint8_t *
copy(uint8_t *out, const uint8_t *from, const uint8_t *to)
{
	memcpy(out, from, (size_t) (to - from));
	return out + (to - from);
}

/* Writes the codes of the second journey in a column. */
static uint8_t *
write_codes(const JnEnv *env, const JnAppend *p, unsigned c, uint8_t *out)
{
	const JnLabels *first = column(p->first, c);
	const JnLabels *second = column(p->second, c);
	uint32_t	n = p->second->head.n;
	uint32_t	code[CHUNK];

	for (uint32_t done = 0; done < n && first->width > 0; done += CHUNK)
	{
		uint32_t	count = n - done < CHUNK ? n - done : CHUNK;

		for (uint32_t i = 0; i < count; i++)
		{
			code[i] = second != NULL ? jn_labels_code(second, done + i) : JN_NO_LABEL;
			if (code[i] != JN_NO_LABEL)
				code[i] = p->map[c][code[i]];
		}
		out = jn_codes_write(env, code, count, first->width, first->gaps, out);
	}
	return out;
}

static uint8_t *
write_times(const JnEnv *env, const JnAppend *p, uint8_t *out)
{
	const JnJourney *first = p->first;
	uint32_t	before = wide_of(first);
	uint32_t	wide = before + p->wide;
	const uint8_t *lengths = first->times + (before > 0 ? 4 : 0);
	const uint8_t *data = lengths + lengths_size(first->head.n);
	const uint8_t *end = first->times + first->times_size - 8 * (size_t) before;
	uint64_t	d = jn_time_span(first->head.last, p->second->head.first);
	uint32_t	i = first->head.n - 1;	/* number of the difference, from 0 */
	uint32_t	last = first->head.n + p->second->head.n - 2;
	uint8_t    *length;
	uint8_t    *next;
	uint8_t    *next_wide;
	JnTimesReader r;

	if (wide > 0)
	{
		jn_store32(out, wide);
		out += 4;
	}
	length = out;
	next = copy(out, lengths, data);
	memset(next, 0, lengths_size(last + 2) - lengths_size(i + 1));
	next = out + lengths_size(last + 2);
	next = copy(next, data, end);
	next_wide = copy(next + p->data, end, first->times + first->times_size);
	jn_journey_times(p->second, &r);
	for (;; i++)
	{
		uint64_t	units = d / p->unit_us;
		unsigned	size = difference_size(units);
		uint32_t	v = units < UINT32_MAX ? (uint32_t) units : UINT32_MAX;

		length[i / 4] |= (uint8_t) ((size - 1) << (2 * (i % 4)));
		for (unsigned k = 0; k < size; k++)
			*next++ = (uint8_t) (v >> (8 * k));
		if (v == UINT32_MAX)
		{
			jn_store64(next_wide, units);
			next_wide += 8;
		}
		if (i == last)
			return next_wide;
		d = jn_times_next(&r);
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

/* Copies the section of values, which has a bitmap, with bits for steps that have none. */
static uint8_t *
write_values(const JnAppend *p, const uint8_t *section, const uint8_t *end, uint8_t *out)
{
	size_t		before = (p->first->head.n + 7) / 8;
	size_t		after = (p->first->head.n + p->second->head.n + 7) / 8;

	out = copy(out, section, section + 1 + before);
	memset(out, 0, after - before);
	return copy(out + (after - before), section + 1 + before, end);
}

void
jn_append_write(const JnEnv *env, const JnAppend *p, uint8_t *out)
{
	const JnJourney *first = p->first;
	const JnHeader *a = &first->head;
	const uint8_t *directory = first->bytes + JN_HEADER_SIZE;
	const uint8_t *section = first->times + first->times_size;
	uint8_t    *entry = out + JN_HEADER_SIZE;
	uint8_t    *next = copy(out, first->bytes, first->times);

	next = write_codes(env, p, EVENTS, next);
	next = write_times(env, p, next);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		const uint8_t *end;
		uint8_t    *begin = next;

		if (!jn_has_track(a, t))
			continue;
		end = section + jn_load32(directory);
		if (t == JN_VALUE)
			next = write_values(p, section, end, next);
		else
			next = write_codes(env, p, t, copy(next, section, end));
		jn_store32(entry, (uint32_t) (next - begin));
		section = end;
		directory += sizeof(uint32_t);
		entry += sizeof(uint32_t);
	}

	/* unit, tracks, first time and presence stay */
	if (p->wide > 0)
		out[JN_AT_FLAGS] |= JN_FLAG_WIDE;
	jn_store32(out + JN_AT_STEPS, a->n + p->second->head.n);
	jn_store64(out + JN_AT_LAST, (uint64_t) p->second->head.last);
}
