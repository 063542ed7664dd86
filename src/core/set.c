/*
 * set.c
 *	  Reading sets of journeys: header, sections, proof, parts, steps.
 *
 * bigint {7: [cart 2026-01-01T10:00:05Z], 9: [view 2026-01-01T10:00:00Z,
 * view 2026-01-01T10:00:05Z]} in its bytes, the tracks left out:
 *
 *	 01 | 0a | 00 00		version 1; unit second, keys bigint; no tracks
 *	 03 00 00 00			3 rows
 *	 02 00 00 00			of 2 parts
 *	 00 00 00 00			none of which goes on from another set
 *	 00 c8 ac 6c 4f ea 02 00		earliest step, 10:00:00
 *	 40 13 f9 6c 4f ea 02 00		latest step, 10:00:05
 *	 00 00 40 00 00 00 00 80		presence of "cart" and "view"
 *	 02 00 00 00 | 09 00 00 00		bytes of the counts and of the keys
 *	 04 08					one row, two rows, all of their journeys
 *	 01 | 05 00				starts in one byte: 5 s and 0 s after the earliest
 *	 07 00 00 00 00 00 00 00 | 01	key 7; the next is 1 + 1 above it
 *	 02 | 04 04 | cartview	names
 *	 00 01 01				codes: cart | view, view
 *	 00 | 05				the only difference: 5 s
 *
 * Rows of a part are found by adding up the counts before it, its first
 * difference is that of its first row less the number of parts before it, and
 * its time is the start; if the part has a ghost, the first difference leads
 * from the ghost to the start, so the ghost's time is found backwards.
 *
 * Whatever the bytes, readers stay inside: the sections have the sizes that the
 * header tells, jn_set_open() has seen that each has a byte for each part, and
 * what a reader meets beyond that is cut off at the section's end.
 */
#include "set.h"

#include "utf8.h"

/* The little-endian number of "width" bytes, 0 to 8, at p. */
static inline uint64_t
get_number(const uint8_t *p, unsigned width)
{
	uint64_t	v = 0;

	for (unsigned i = 0; i < width; i++)
		v |= (uint64_t) p[i] << (8 * i);
	return v;
}

/* ---- keys ---- */

JnStatus
jn_key_check(const JnKey *key, JnError *err)
{
	if (key->kind != JN_KEY_TEXT)
		return JN_OK;
	if (key->size > JN_MAX_NAME)
		return jn_fail(err, JN_SUBJECT_LONG, 0, key->size, JN_MAX_NAME);
	if (jn_utf8_check(key->data, key->size) < key->size)
		return jn_fail(err, JN_SUBJECT_UTF8, 0, 0, 0);
	return JN_OK;
}

/* ---- header and sections ---- */

JnStatus
jn_set_header_read(const uint8_t *p, size_t size, JnSetHeader *head, JnError *err)
{
	unsigned	flags;

	if (size < 1)
		return jn_fail(err, JN_BYTES_SHORT, 0, 0, JN_SET_HEADER_SIZE);
	if (p[JN_SET_AT_VERSION] > JN_SET_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, JN_SET_AT_VERSION, p[JN_SET_AT_VERSION], JN_SET_VERSION);
	if (p[JN_SET_AT_VERSION] < JN_SET_VERSION)
		return jn_corrupt_at(JN_SET_AT_VERSION, err);
	if (size < JN_SET_HEADER_SIZE)
		return jn_too_short(size, JN_SET_HEADER_SIZE, err);

	flags = p[JN_SET_AT_FLAGS];
	head->flags = flags & JN_FLAGS_KNOWN;
	head->kind = (JnKeyKind) ((flags & JN_SET_FLAG_KIND) >> JN_SET_KIND_SHIFT);
	head->tracks = jn_load16(p + JN_SET_AT_TRACKS);
	head->rows = jn_load32(p + JN_SET_AT_STEPS);
	head->parts = jn_load32(p + JN_SET_AT_PARTS);
	head->ghosts = jn_load32(p + JN_SET_AT_GHOSTS);
	head->first = (int64_t) jn_load64(p + JN_SET_AT_FIRST);
	head->last = (int64_t) jn_load64(p + JN_SET_AT_LAST);
	head->presence = jn_load64(p + JN_SET_AT_PRESENCE);
	head->counts_size = jn_load32(p + JN_SET_AT_COUNTS);
	head->keys_size = jn_load32(p + JN_SET_AT_KEYS);

	if (flags & ~(unsigned) JN_SET_FLAGS_KNOWN)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SET_AT_FLAGS, flags & ~(unsigned) JN_SET_FLAGS_KNOWN, JN_SET_FLAGS_KNOWN);
	if (head->tracks & ~(unsigned) JN_TRACKS_KNOWN)
		return jn_fail(err, JN_BYTES_TRACKS, JN_SET_AT_TRACKS, head->tracks & ~(unsigned) JN_TRACKS_KNOWN, JN_TRACKS_KNOWN);
	if (jn_unit_us(head->flags & JN_FLAG_UNIT) == 0 || head->kind >= JN_KEY_KINDS)
		return jn_corrupt_at(JN_SET_AT_FLAGS, err);
	if (head->parts == 0)
		return jn_corrupt_at(JN_SET_AT_PARTS, err);

	/* each part has a row, each ghost one of a part that has another */
	if (head->ghosts > head->parts)
		return jn_corrupt_at(JN_SET_AT_GHOSTS, err);
	if (head->rows < (uint64_t) head->parts + head->ghosts)
		return jn_corrupt_at(JN_SET_AT_STEPS, err);
	return JN_OK;
}

void
jn_set_header_write(const JnSetHeader *head, uint8_t *out)
{
	out[JN_SET_AT_VERSION] = JN_SET_VERSION;
	out[JN_SET_AT_FLAGS] = (uint8_t) (head->flags | (unsigned) head->kind << JN_SET_KIND_SHIFT);
	jn_store16(out + JN_SET_AT_TRACKS, (uint16_t) head->tracks);
	jn_store32(out + JN_SET_AT_STEPS, head->rows);
	jn_store32(out + JN_SET_AT_PARTS, head->parts);
	jn_store32(out + JN_SET_AT_GHOSTS, head->ghosts);
	jn_store64(out + JN_SET_AT_FIRST, (uint64_t) head->first);
	jn_store64(out + JN_SET_AT_LAST, (uint64_t) head->last);
	jn_store64(out + JN_SET_AT_PRESENCE, head->presence);
	jn_store32(out + JN_SET_AT_COUNTS, head->counts_size);
	jn_store32(out + JN_SET_AT_KEYS, head->keys_size);
}

/* Takes "need" bytes at offset *at of a value, and moves *at behind them. */
static JnStatus
take(const uint8_t *p, size_t size, size_t *at, uint64_t need, const uint8_t **section, JnError *err)
{
	if (size - *at < need)
		return jn_too_short(size, *at + need, err);
	*section = p + *at;
	*at += (size_t) need;
	return JN_OK;
}

/* The least bytes of a section of keys. */
static uint64_t
least_keys_size(JnKeyKind kind, uint32_t parts)
{
	switch (kind)
	{
		case JN_KEY_TEXT:
			return 2 * (uint64_t) parts;	/* two varints each */
		case JN_KEY_BIGINT:
			return 8 + ((uint64_t) parts - 1);
		default:
			return 17 + 2 * ((uint64_t) parts - 1);
	}
}

/* The counts, the starts and the keys. */
static JnStatus
open_parts(JnSet *s, size_t *at, JnError *err)
{
	const JnSetHeader *head = &s->head;
	const uint8_t *p = s->bytes;
	const uint8_t *width;
	JnStatus	status;

	if (head->counts_size < head->parts)
		return jn_corrupt_at(JN_SET_AT_COUNTS, err);
	if (head->keys_size < least_keys_size(head->kind, head->parts))
		return jn_corrupt_at(JN_SET_AT_KEYS, err);
	status = take(p, s->size, at, head->counts_size, &s->counts, err);
	if (status == JN_OK)
		status = take(p, s->size, at, 1, &width, err);
	if (status != JN_OK)
		return status;
	s->start_width = *width;
	if (s->start_width > 8)
		return jn_corrupt_at(*at - 1, err);
	status = take(p, s->size, at, (uint64_t) head->parts * s->start_width, &s->starts, err);
	if (status == JN_OK)
		status = take(p, s->size, at, head->keys_size, &s->keys, err);
	return status;
}

/* Opens one track, which fills "size" bytes at p. */
static JnStatus
open_track(JnSet *s, JnTrack track, const uint8_t *p, size_t size, JnError *err)
{
	size_t		used = size;
	JnStatus	status;

	s->track[track] = p;
	if (track == JN_VALUE)
		status = jn_values_open(p, size, s->head.rows, &s->values, err);
	else
		status = jn_labels_open(p, size, s->head.rows, jn_track_kind(track), &s->label[track], &used, err);
	if (status != JN_OK)
		return jn_fail_behind(err, (size_t) (p - s->bytes));
	if (used != size)
		return jn_corrupt_at((size_t) (p - s->bytes) + used, err);
	return JN_OK;
}

JnStatus
jn_set_open(const uint8_t *p, size_t size, JnSet *s, JnError *err)
{
	JnStatus	status = jn_set_header_read(p, size, &s->head, err);
	size_t		at = JN_SET_HEADER_SIZE;
	const uint8_t *directory;
	uint64_t	tracks_size = 0;
	unsigned	tracks = 0;
	size_t		used;

	if (status != JN_OK)
		return status;
	s->bytes = p;
	s->size = size;

	for (unsigned t = 0; t < JN_TRACKS; t++)
		tracks += s->head.tracks >> t & 1;
	status = take(p, size, &at, 4 * (uint64_t) tracks, &directory, err);
	if (status != JN_OK)
		return status;
	for (unsigned i = 0; i < tracks; i++)
		tracks_size += jn_load32(directory + 4 * i);

	status = open_parts(s, &at, err);
	if (status != JN_OK)
		return status;
	s->events = p + at;
	if (jn_labels_open(s->events, size - at, s->head.rows, JN_LABEL_EVENT, &s->event, &used, err) != JN_OK)
		return jn_fail_behind(err, at);
	at += used;

	if (size - at < tracks_size)
		return jn_too_short(size, at + tracks_size, err);
	s->times = p + at;
	s->times_size = size - at - (size_t) tracks_size;
	if (jn_times_fit(s->times, s->times_size, s->head.flags, jn_set_differences(s) + 1, err) != JN_OK)
		return jn_fail_behind(err, at);
	at += s->times_size;

	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		s->track[t] = NULL;
		if (s->head.tracks >> t & 1)
		{
			uint32_t	length = jn_load32(directory);

			status = open_track(s, (JnTrack) t, p + at, length, err);
			if (status != JN_OK)
				return status;
			directory += 4;
			at += length;
		}
	}
	return JN_OK;
}

/* ---- parts ---- */

const uint8_t *
jn_set_long_count(const JnSet *s, uint32_t part, const uint8_t *count, uint32_t *v)
{
	/* leave a byte for each part that follows */
	const uint8_t *end = s->counts + s->head.counts_size - (s->head.parts - part - 1);
	const uint8_t *next;

	/* up to 4095 rows take two bytes */
	if (end - count >= 2 && count[1] > 0 && count[1] < 0x80)
	{
		*v = (count[0] & 0x7fu) | (uint32_t) count[1] << 7;
		return count + 2;
	}
	*v = 4;
	next = jn_varint_get(count, end, v);
	return next != NULL ? next : count + 1;
}

/*
 * Reads the counts of a set that is valid: UINT32_MAX of another.  Whether a
 * count has one byte or two cannot be foreseen, so both are read alike.
 */
static uint32_t
valid_ends(const JnSet *s, uint32_t *end, JnSetCounts *other)
{
	const uint8_t *count = s->counts;
	const uint8_t *behind = count + s->head.counts_size;
	uint32_t	parts = s->head.parts;
	uint32_t	others = 0;
	uint32_t	row = 0;

	for (uint32_t part = 0; part < parts; part++)
	{
		uint32_t	v;
		uint32_t	two;
		uint32_t	n;

		/* other sections follow, so two bytes may be read */
		if (count >= behind)
			return UINT32_MAX;
		v = jn_load16(count);
		two = v >> 7 & 1;
		n = (v & 0x7f) | (v >> 1 & 0x3f80 & (0 - two));
		if (((n & 3) != 0) | (n < 4) | (n < two << 7) | (v & v << 8 & 0x8000))
		{
			/* without a row, with a ghost alone, of more bytes, or of one too many */
			if (n < 4 + 4 * (n & 1) || n < two << 7 || (v & v << 8 & 0x8000) != 0)
				return UINT32_MAX;
			other[others++] = (JnSetCounts) {s, count, part, row};
		}
		row += n >> 2;
		if (row > s->head.rows)
			return UINT32_MAX;
		end[part] = row;
		count += 1 + two;
	}
	return row == s->head.rows ? others : UINT32_MAX;
}

uint32_t
jn_set_ends(const JnSet *s, uint32_t *end, JnSetCounts *other)
{
	uint32_t	others = valid_ends(s, end, other);
	JnSetCounts counts;
	JnSetCounts before;
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;

	if (others != UINT32_MAX)
		return others;
	others = 0;
	jn_set_counts_open(&counts, s);
	for (before = counts; (rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0; before = counts)
	{
		*end++ = row + rows;
		if (ghost || more)
			other[others++] = before;
	}
	return others;
}

void
jn_set_parts_open(JnSetParts *p, const JnSet *s)
{
	jn_set_counts_open(&p->counts, s);
	p->start = s->starts;
	p->key = s->keys;
	p->keys_end = s->keys + s->head.keys_size;
	p->last = (JnKey) {s->head.kind, 0, 0, NULL};
	p->buffer = NULL;
}

void
jn_set_parts_close(const JnEnv *env, JnSetParts *p)
{
	jn_release(env, p->buffer);
	p->buffer = NULL;
}

/*
 * Reads a key that has "shared" bytes in common with the last one and "rest"
 * others at p->key, which are there.  The whole of it stands in the set if
 * nothing is shared.
 */
static void
join_key(const JnEnv *env, JnSetParts *p, uint32_t shared, uint32_t rest)
{
	const char *data = (const char *) p->key;

	if (shared > 0)
	{
		if (p->buffer == NULL)
			p->buffer = jn_alloc(env, JN_MAX_NAME);
		if (p->last.data != p->buffer)
			memcpy(p->buffer, p->last.data, shared);
		memcpy(p->buffer + shared, data, rest);
		data = p->buffer;
	}
	p->last.data = data;
	p->last.size = shared + rest;
	p->key += rest;
}

/* Reads the next key; false if there is none that can be read. */
static bool
next_key(const JnEnv *env, JnSetParts *p)
{
	bool		first = p->counts.part == 1;
	uint64_t	more;
	uint32_t	shared;
	uint32_t	rest;
	const uint8_t *next;

	switch (p->last.kind)
	{
		case JN_KEY_BIGINT:
			if (first)
			{
				p->last.number = (int64_t) jn_load64(p->key);
				p->key += 8;
				return true;
			}
			next = jn_varint_get_bits(p->key, p->keys_end, 64, &more);
			if (next == NULL)
				return false;
			p->last.number = (int64_t) ((uint64_t) p->last.number + more + 1);
			p->key = next;
			return true;
		case JN_KEY_TEXT:
			next = jn_varint_get(p->key, p->keys_end, &shared);
			if (next != NULL)
				next = jn_varint_get(next, p->keys_end, &rest);
			if (next == NULL || shared > p->last.size || rest > JN_MAX_NAME - shared
				|| rest > (size_t) (p->keys_end - next))
				return false;
			p->key = next;
			join_key(env, p, shared, rest);
			return true;
		default:
			if (p->key == p->keys_end)
				return false;
			shared = *p->key;
			if (shared > p->last.size || shared >= JN_UUID_SIZE
				|| JN_UUID_SIZE - shared >= (size_t) (p->keys_end - p->key))
				return false;
			p->key++;
			join_key(env, p, shared, JN_UUID_SIZE - shared);
			return true;
	}
}

bool
jn_set_parts_next(const JnEnv *env, JnSetParts *p, JnPart *part)
{
	const JnSet *s = p->counts.s;
	uint64_t	start;

	part->number = p->counts.part;
	part->rows = jn_set_counts_next(&p->counts, &part->row, &part->ghost, &part->more);
	if (part->rows == 0 || !next_key(env, p))
		return false;
	start = get_number(p->start, s->start_width) * jn_unit_us(s->head.flags & JN_FLAG_UNIT);
	part->start = jn_time_after(s->head.first, start);
	p->start += s->start_width;
	part->key = p->last;
	if (p->counts.part % 1024 == 0)
		jn_tick(env);
	return true;
}

/* Passes keys of bigint that are close to each other, eight at a time; returns how many. */
static uint32_t
pass_close_keys(JnSetParts *p, uint32_t keys)
{
	uint32_t	passed = 0;

	for (; keys - passed >= 8 && p->keys_end - p->key >= 8; passed += 8, p->key += 8)
	{
		uint64_t	more = jn_load64(p->key);

		if ((more & UINT64_C(0x8080808080808080)) != 0)
			break;

		/* eight bytes to four sums of two, and those to one in the highest 16 bits */
		more = (more & UINT64_C(0x00ff00ff00ff00ff)) + (more >> 8 & UINT64_C(0x00ff00ff00ff00ff));
		p->last.number = (int64_t) ((uint64_t) p->last.number + (more * UINT64_C(0x0001000100010001) >> 48) + 8);
	}
	return passed;
}

bool
jn_set_parts_pass(const JnEnv *env, JnSetParts *p, const JnSetCounts *counts)
{
	p->start += (size_t) (counts->part - p->counts.part) * p->counts.s->start_width;
	while (p->counts.part < counts->part)
	{
		if (p->last.kind == JN_KEY_BIGINT && p->counts.part > 0)
			p->counts.part += pass_close_keys(p, counts->part - p->counts.part);
		if (p->counts.part == counts->part)
			break;
		p->counts.part++;
		if (!next_key(env, p))
			return false;
		if (p->counts.part % 1024 == 0)
			jn_tick(env);
	}
	p->counts = *counts;
	return true;
}

bool
jn_set_find(const JnEnv *env, const JnSet *s, const JnKey *key, JnSetParts *p, JnPart *part)
{
	int			order = -1;

	jn_set_parts_open(p, s);
	if (key->kind != s->head.kind)
		return false;
	while (order < 0 && jn_set_parts_next(env, p, part))
		order = jn_key_compare(&part->key, key);
	return order == 0;
}

/* ---- steps ---- */

void
jn_set_steps_open(JnSetSteps *w, const JnSet *s)
{
	w->s = s;
	jn_set_times(s, &w->times);
	if (s->head.tracks & 1 << JN_VALUE)
		jn_values_reader_open(&w->values, &s->values);
	w->row = 0;
	w->time = 0;
	w->end = 0;
}

void
jn_set_steps_enter(const JnEnv *env, JnSetSteps *w, const JnPart *part)
{
	/* so many differences stand before those of the part */
	uint32_t	before = part->row - part->number;

	if (w->times.next < before)
		jn_times_skip(env, &w->times, before - w->times.next);
	w->row = part->row;
	w->end = part->row + part->rows;
	w->time = part->start;
	if (part->ghost)
	{
		JnTimesReader ahead = w->times;

		w->time = (int64_t) ((uint64_t) part->start - jn_times_next(&ahead));
	}
}

void
jn_set_names_open(const JnEnv *env, JnSetNames *names, const JnSet *s)
{
	names->event = jn_alloc(env, s->event.names * sizeof(JnName));
	jn_labels_names(&s->event, names->event);
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		names->label[t] = NULL;
		if (t != JN_VALUE && s->head.tracks >> t & 1)
		{
			names->label[t] = jn_alloc(env, s->label[t].names * sizeof(JnName));
			jn_labels_names(&s->label[t], names->label[t]);
		}
	}
}

void
jn_set_names_close(const JnEnv *env, JnSetNames *names)
{
	for (unsigned t = 0; t < JN_TRACKS; t++)
		jn_release(env, names->label[t]);
	jn_release(env, names->event);
}

void
jn_set_step(const JnEnv *env, JnSetSteps *w, const JnSetNames *names, JnStep *step)
{
	const JnSet *s = w->s;

	step->time = w->time;
	step->event = names->event[jn_labels_code(&s->event, w->row)];
	step->tracks = 0;
	for (unsigned t = 0; s->head.tracks >> t != 0; t++)
	{
		if ((s->head.tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
		{
			jn_values_skip(env, &w->values, w->row - w->values.next);
			if (jn_values_next(&w->values, &step->value))
				step->tracks |= 1 << t;
		}
		else
		{
			uint32_t	code = jn_labels_code(&s->label[t], w->row);

			if (code != JN_NO_LABEL)
			{
				step->label[t] = names->label[t][code];
				step->tracks |= 1 << t;
			}
		}
	}
}

JnStatus
jn_set_part_build(const JnEnv *env, JnSetSteps *w, const JnSetNames *names, const JnPart *part,
				  JnBuild *b, JnError *err)
{
	bool		more = true;

	jn_set_steps_enter(env, w, part);
	if (part->ghost)
		more = jn_set_steps_next(w);
	for (; more; more = jn_set_steps_next(w))
	{
		JnStep		step;
		JnStatus	status;

		jn_set_step(env, w, names, &step);
		status = jn_build_add_step(env, b, &step, err);
		if (status != JN_OK)
			return status;
		if (w->row % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return JN_OK;
}

/* ---- proof ---- */

/* Counts: varints in their shortest form that fill the section and add up. */
static JnStatus
check_counts(const JnEnv *env, const JnSet *s, JnError *err)
{
	const uint8_t *p = s->counts;
	const uint8_t *end = s->counts + s->head.counts_size;
	uint64_t	rows = 0;
	uint32_t	ghosts = 0;

	for (uint32_t i = 0; i < s->head.parts; i++)
	{
		size_t		at = (size_t) (p - s->bytes);
		uint32_t	v = 0;

		p = jn_varint_get(p, end, &v);
		if (p == NULL || v >> 2 < 1 + (v & 1))
			return jn_corrupt_at(at, err);
		rows += v >> 2;
		ghosts += v & 1;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (p != end)
		return jn_corrupt_at((size_t) (p - s->bytes), err);
	if (rows != s->head.rows)
		return jn_corrupt_at(JN_SET_AT_STEPS, err);
	if (ghosts != s->head.ghosts)
		return jn_corrupt_at(JN_SET_AT_GHOSTS, err);
	return JN_OK;
}

/* Starts: the width that is needed, and one of them 0.  *fine as for differences. */
static JnStatus
check_starts(const JnEnv *env, const JnSet *s, bool *fine, JnError *err)
{
	uint64_t	most = jn_time_span(s->head.first, s->head.last) / jn_unit_us(s->head.flags & JN_FLAG_UNIT);
	unsigned	width = s->start_width;
	size_t		at = (size_t) (s->starts - s->bytes);
	uint64_t	all = 0;
	bool		zero = false;

	*fine = false;
	for (uint32_t i = 0; i < s->head.parts; i++)
	{
		uint64_t	start = get_number(s->starts + (size_t) i * width, width);

		if (start > most)
			return jn_corrupt_at(at + (size_t) i * width, err);
		all |= start;
		zero |= start == 0;
		*fine |= start % 1000 != 0;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (!zero || (width > 0 && all >> (8 * (width - 1)) == 0))
		return jn_corrupt_at(at - 1, err);
	return JN_OK;
}

/* Keys: each in its one form and above the one before; they fill the section. */
static JnStatus
check_keys(const JnEnv *env, const JnSet *s, JnError *err)
{
	JnSetParts	p;
	JnPart		part;
	char		before[JN_MAX_NAME];
	JnKey		last = {s->head.kind, 0, 0, before};
	JnStatus	status = JN_OK;

	jn_set_parts_open(&p, s);
	for (uint32_t i = 0; status == JN_OK && i < s->head.parts; i++)
	{
		size_t		at = (size_t) (p.key - s->bytes);
		JnKey	   *key = &part.key;

		if (!jn_set_parts_next(env, &p, &part)
			|| (i > 0 && jn_key_compare(&last, key) >= 0))
			status = jn_corrupt_at(at, err);
		else if (key->kind == JN_KEY_BIGINT)
			last.number = key->number;
		else
		{
			uint32_t	stored = (uint32_t) (p.key - s->bytes) - (uint32_t) at;
			uint32_t	shared = 0;
			size_t		valid;

			while (shared < last.size && shared < key->size && last.data[shared] == key->data[shared])
				shared++;
			if (key->kind == JN_KEY_TEXT)
			{
				valid = jn_utf8_check(key->data, key->size);
				if (valid < key->size)
					status = jn_fail(err, JN_SUBJECT_UTF8, at, 0, 0);
				stored -= (uint32_t) (jn_varint_size(shared) + jn_varint_size(key->size - shared));
			}
			else
				stored--;
			if (status == JN_OK && stored != key->size - shared)
				status = jn_corrupt_at(at, err);
			memcpy(before, key->data, key->size);
			last.size = key->size;
		}
	}
	if (status == JN_OK && p.key != p.keys_end)
		status = jn_corrupt_at((size_t) (p.key - s->bytes), err);
	jn_set_parts_close(env, &p);
	return status;
}

/* Labels of events, their presence, and the tracks. */
static JnStatus
check_columns(const JnEnv *env, const JnSet *s, JnError *err)
{
	uint32_t	rows = s->head.rows;
	uint64_t	presence = 0;
	JnNames		names;

	if (jn_labels_check(env, s->events, &s->event, rows, JN_LABEL_EVENT, err) != JN_OK)
		return jn_fail_behind(err, (size_t) (s->events - s->bytes));
	jn_names_open(&names, &s->event);
	for (uint32_t i = 0; i < s->event.names; i++)
	{
		JnName		name = jn_names_next(&names);

		presence |= jn_presence(name.data, name.size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	if (presence != s->head.presence)
		return jn_corrupt_at(JN_SET_AT_PRESENCE, err);

	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		const uint8_t *p = s->track[t];
		JnStatus	status;

		if (p == NULL)
			continue;
		if (t == JN_VALUE)
			status = jn_values_check(env, p, &s->values, err);
		else
			status = jn_labels_check(env, p, &s->label[t], rows, jn_track_kind((JnTrack) t), err);
		if (status != JN_OK)
			return jn_fail_behind(err, (size_t) (p - s->bytes));
	}
	return JN_OK;
}

/*
 * Times: no step is after the latest one, some step is it; ghosts are before
 * the first step of their part.  Every difference is proved already.
 */
static JnStatus
check_times(const JnEnv *env, const JnSet *s, JnError *err)
{
	size_t		at = (size_t) (s->times - s->bytes);
	int64_t		last = s->head.first;
	uint64_t	us = jn_unit_us(s->head.flags & JN_FLAG_UNIT);
	const uint8_t *start = s->starts;
	JnSetCounts counts;
	JnTimesReader r;
	uint32_t	row;
	uint32_t	rows;
	bool		ghost;
	bool		more;

	jn_set_times(s, &r);
	jn_set_counts_open(&counts, s);
	while ((rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0)
	{
		int64_t		time = jn_time_after(s->head.first, get_number(start, s->start_width) * us);

		start += s->start_width;
		if (ghost)
		{
			uint64_t	d = jn_times_next(&r);

			rows--;
			if (d == 0 || d > jn_time_span(JN_TIME_MIN, time))
				return jn_corrupt_at(at, err);
		}
		for (; rows > 1; rows--)
		{
			uint64_t	d = jn_times_next(&r);

			if (d > jn_time_span(time, s->head.last))
				return jn_corrupt_at(at, err);
			time = jn_time_after(time, d);
			if (rows % JN_TICK_EVERY == 0)
				jn_tick(env);
		}
		if (time > last)
			last = time;
		if (counts.part % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	if (last != s->head.last)
		return jn_corrupt_at(JN_SET_AT_LAST, err);
	return JN_OK;
}

JnStatus
jn_set_validate(const JnEnv *env, const uint8_t *p, size_t size, JnSet *s, JnError *err)
{
	uint64_t	most = jn_time_span(JN_TIME_MIN, JN_TIME_END);
	uint32_t	differences;
	bool		fine_starts;
	bool		fine = false;
	JnStatus	status;

	if (size > JN_MAX_BYTES)
		return jn_corrupt_at(JN_MAX_BYTES, err);
	status = jn_set_open(p, size, s, err);
	if (status != JN_OK)
		return status;
	if (!jn_time_ok(s->head.first))
		return jn_fail(err, JN_TIME_RANGE, JN_SET_AT_FIRST, s->head.first, 0);
	if (!jn_time_ok(s->head.last))
		return jn_fail(err, JN_TIME_RANGE, JN_SET_AT_LAST, s->head.last, 0);
	if (s->head.last < s->head.first)
		return jn_corrupt_at(JN_SET_AT_LAST, err);

	status = check_counts(env, s, err);
	if (status == JN_OK)
		status = check_starts(env, s, &fine_starts, err);
	if (status == JN_OK)
		status = check_keys(env, s, err);
	if (status == JN_OK)
		status = check_columns(env, s, err);
	if (status != JN_OK)
		return status;

	differences = jn_set_differences(s);
	if (differences == 0)
	{
		if (s->times_size > 0 || (s->head.flags & JN_FLAG_WIDE))
			return jn_corrupt_at((size_t) (s->times - p), err);
	}
	else if (jn_times_check_differences(env, s->times, s->times_size, s->head.flags, differences + 1,
										most, &fine, err) != JN_OK)
		return jn_fail_behind(err, (size_t) (s->times - p));

	/* in the coarsest unit */
	if ((s->head.flags & JN_FLAG_UNIT) != JN_UNIT_S && !fine && !fine_starts)
		return jn_corrupt_at(JN_SET_AT_FLAGS, err);
	return check_times(env, s, err);
}

/* ---- whole sets ---- */

int
jn_set_compare(const JnSet *a, const JnSet *b)
{
	size_t		common = a->size < b->size ? a->size : b->size;
	int			order;

	if (a->head.first != b->head.first)
		return a->head.first < b->head.first ? -1 : 1;
	if (a->head.last != b->head.last)
		return a->head.last < b->head.last ? -1 : 1;
	order = memcmp(a->bytes, b->bytes, common);
	return order != 0 ? order : (a->size > b->size) - (a->size < b->size);
}

uint64_t
jn_set_hash(const JnSet *s, uint64_t seed)
{
	return jn_mix64(jn_hash64(s->bytes, s->size) ^ seed);
}
