/*
 * set_model.h
 *	  The slow set of journeys: arrays of parts and of steps, and an encoder that
 *	  follows set_format.h word by word.  What the core does is compared with it.
 */
#ifndef SET_MODEL_H
#define SET_MODEL_H

#include "model.h"
#include "set_merge.h"
#include "set_text.h"

/* The steps of one subject, in some array of steps. */
typedef struct Part
{
	JnKey		key;
	const Step *step;
	uint32_t	n;				/* with the ghost */
	bool		ghost;
	bool		more;
} Part;

#define SET_MAX_PARTS	60
#define SET_MAX_STEPS	MODEL_MAX_STEPS
#define SET_MAX_BYTES	(MODEL_MAX_BYTES + SET_MAX_PARTS * (JN_MAX_NAME + 32))

/* A random key: of few, so that some come twice, or of many. */
static inline JnKey
set_random_key(uint64_t *seed, JnKeyKind kind)
{
	static const int64_t far[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 127, 128, 129, INT64_MAX - 1, INT64_MAX};
	static char uuids[64][JN_UUID_SIZE];
	JnKey		key = {kind, 0, 0, NULL};
	uint32_t	pick = unit_below(seed, 64);

	switch (kind)
	{
		case JN_KEY_BIGINT:
			key.number = pick < 10 ? far[pick] : pick < 50 ? pick : (int64_t) unit_random(seed);
			break;
		case JN_KEY_TEXT:
			key.data = model_names[pick % MODEL_NAMES].name;
			key.size = model_names[pick % MODEL_NAMES].size;
			break;
		case JN_KEY_UUID:

			/* the same for each number, with long beginnings in common */
			for (unsigned i = 0; i < JN_UUID_SIZE; i++)
				uuids[pick][i] = (char) (i < pick % 16 ? 0x81 : i == pick % 16 ? pick / 16 : pick * i);
			key.data = uuids[pick];
			key.size = JN_UUID_SIZE;
			break;
	}
	return key;
}

/* Puts parts in the order of their keys; stable. */
static inline void
set_sort_parts(Part *part, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && jn_key_compare(&part[k - 1].key, &part[k].key) > 0; k--)
		{
			Part		p = part[k];

			part[k] = part[k - 1];
			part[k - 1] = p;
		}
}

/* Leaves one part of each key. */
static inline uint32_t
set_distinct(Part *part, uint32_t n)
{
	uint32_t	kept = 0;

	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || jn_key_compare(&part[kept - 1].key, &part[i].key) != 0)
			part[kept++] = part[i];
	return kept;
}

/*
 * Random parts, any keys, out of "most" random steps in step[], which are
 * ordered inside each part.
 */
static inline uint32_t
set_random(uint64_t *seed, JnKeyKind kind, Step *step, uint32_t most, Part *part)
{
	uint32_t	average = 1 + unit_below(seed, unit_below(seed, 2) ? 3 : 60);
	uint32_t	parts = 0;
	uint32_t	at = 0;

	model_random(seed, step, most);
	if (unit_below(seed, 2))
		model_random_tracks(seed, step, most);
	while (at < most && parts < SET_MAX_PARTS)
	{
		uint32_t	n = 1 + unit_below(seed, 2 * average);
		Part	   *p = &part[parts++];

		if (n > most - at)
			n = most - at;
		model_sort(step + at, n, true);
		*p = (Part) {set_random_key(seed, kind), step + at, n, false, unit_below(seed, 3) == 0};
		if (n > 1 && step[at].time < step[at + 1].time && unit_below(seed, 3) == 0)
			p->ghost = true;
		at += n;
	}
	return parts;
}

/* The keys of a set. */
static inline uint8_t *
set_put_keys(const Part *part, uint32_t parts, uint8_t *p)
{
	for (uint32_t i = 0; i < parts; i++)
	{
		const JnKey *key = &part[i].key;
		const JnKey *before = i > 0 ? &part[i - 1].key : NULL;
		uint32_t	shared = 0;

		if (key->kind == JN_KEY_BIGINT)
		{
			uint64_t	more;

			if (before == NULL)
			{
				p = model_put(p, (uint64_t) key->number, 8);
				continue;
			}
			for (more = (uint64_t) key->number - (uint64_t) before->number - 1; more > 127; more >>= 7)
				*p++ = (uint8_t) (more % 128 + 128);
			*p++ = (uint8_t) more;
			continue;
		}
		while (before != NULL && shared < key->size && shared < before->size && key->data[shared] == before->data[shared])
			shared++;
		if (key->kind == JN_KEY_TEXT)
		{
			p = model_put_varint(p, shared);
			p = model_put_varint(p, key->size - shared);
		}
		else
			*p++ = (uint8_t) shared;
		memcpy(p, key->data + shared, key->size - shared);
		p += key->size - shared;
	}
	return p;
}

/* Encodes parts in the order of their keys; returns the size. */
static inline size_t
set_encode(const Part *part, uint32_t parts, uint8_t *out)
{
	static Step step[SET_MAX_STEPS];	/* all, one part behind the other */
	static Step line[SET_MAX_STEPS];	/* times of the differences added up */
	JnName		event[SET_MAX_STEPS];
	bool		has[SET_MAX_STEPS];
	uint32_t	rows = 0;
	uint32_t	differences = 0;
	uint32_t	ghosts = 0;
	uint32_t	wide = 0;
	unsigned	tracks = 0;
	unsigned	unit = JN_UNIT_S;
	unsigned	width = 0;
	int64_t		first = INT64_MAX;
	int64_t		last = INT64_MIN;
	uint64_t	presence;
	uint8_t    *directory;
	uint8_t    *section;
	uint8_t    *p;
	size_t		counts_size;
	size_t		keys_size;

	line[0].time = 0;
	for (uint32_t i = 0; i < parts; i++)
	{
		const Part *q = &part[i];

		ghosts += q->ghost;
		if (q->step[q->ghost].time < first)
			first = q->step[q->ghost].time;
		if (q->step[q->n - 1].time > last)
			last = q->step[q->n - 1].time;
		for (uint32_t k = 0; k < q->n; k++)
		{
			step[rows] = q->step[k];
			event[rows] = (JnName) {q->step[k].name, q->step[k].size};
			has[rows++] = true;
			tracks |= q->step[k].tracks;
			if (k > 0)
			{
				line[differences + 1].time = (int64_t) ((uint64_t) line[differences].time
														+ ((uint64_t) q->step[k].time - (uint64_t) q->step[k - 1].time));
				differences++;
			}
		}
	}
	for (uint32_t i = 1; i <= differences; i++)
		while (((uint64_t) line[i].time - (uint64_t) line[i - 1].time) % jn_unit_us(unit) != 0)
			unit--;
	for (uint32_t i = 0; i < parts; i++)
		while (((uint64_t) part[i].step[part[i].ghost].time - (uint64_t) first) % jn_unit_us(unit) != 0)
			unit--;
	for (uint32_t i = 1; i <= differences; i++)
		wide += ((uint64_t) line[i].time - (uint64_t) line[i - 1].time) / jn_unit_us(unit) >= UINT32_MAX;

	directory = out + 48;
	p = directory;
	for (unsigned track = 0; track < JN_TRACKS; track++)
		p += tracks >> track & 1 ? 4 : 0;
	section = p;
	for (uint32_t i = 0; i < parts; i++)
		p = model_put_varint(p, 4 * part[i].n + 2 * part[i].more + part[i].ghost);
	counts_size = (size_t) (p - section);
	for (uint32_t i = 0; i < parts; i++)
		while (width < 8
			   && ((uint64_t) part[i].step[part[i].ghost].time - (uint64_t) first) / jn_unit_us(unit) >> (8 * width) > 0)
			width++;
	*p++ = (uint8_t) width;
	for (uint32_t i = 0; i < parts; i++)
		p = model_put(p, ((uint64_t) part[i].step[part[i].ghost].time - (uint64_t) first) / jn_unit_us(unit), width);
	section = p;
	p = set_put_keys(part, parts, p);
	keys_size = (size_t) (p - section);
	p = model_put_labels(event, has, rows, true, p, &presence);
	p = model_put_times(line, differences + 1, jn_unit_us(unit), wide, p);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (tracks >> track & 1)
		{
			section = p;
			p = model_put_track(step, rows, track, p);
			directory = model_put(directory, (uint64_t) (p - section), 4);
		}

	section = out;
	out = model_put(out, 1, 1);
	out = model_put(out, unit | (wide > 0 ? 4 : 0) | (unsigned) part[0].key.kind << 3, 1);
	out = model_put(out, tracks, 2);
	out = model_put(out, rows, 4);
	out = model_put(out, parts, 4);
	out = model_put(out, ghosts, 4);
	out = model_put(out, (uint64_t) first, 8);
	out = model_put(out, (uint64_t) last, 8);
	out = model_put(out, presence, 8);
	out = model_put(out, counts_size, 4);
	model_put(out, keys_size, 4);
	return (size_t) (p - section);
}

/* ---- with the core ---- */

/* Columns of the rows of a part, in the builder's codes; in env's memory. */
static inline JnRows
set_rows(const JnEnv *env, JnSetBuild *b, const Part *part)
{
	uint32_t	n = part->n;
	int64_t    *time = jn_alloc(env, n * sizeof(int64_t));
	uint32_t   *event = jn_alloc(env, n * sizeof(uint32_t));
	JnRows		rows = {.n = n,.ghost = part->ghost,.more = part->more,.time = time,.event = event};
	unsigned	tracks = 0;
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
	{
		time[i] = part->step[i].time;
		CHECK_INT(jn_set_build_event(env, b, (JnName) {part->step[i].name, part->step[i].size}, &event[i], &err), JN_OK);
		tracks |= part->step[i].tracks;
	}
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		uint32_t   *code = jn_alloc(env, n * sizeof(uint32_t));
		uint64_t   *value = jn_alloc(env, n * sizeof(uint64_t));

		/* columns without anything may be there all the same */
		if ((tracks >> t & 1) == 0 && n % 3 > 0)
			continue;
		for (uint32_t i = 0; i < n; i++)
		{
			const Step *s = &part->step[i];

			code[i] = JN_NO_LABEL;
			value[i] = JN_NO_VALUE;
			if (!model_has(s, t))
				continue;
			if (t == JN_VALUE)
				value[i] = jn_value_key(s->value);
			else
				CHECK_INT(jn_set_build_label(env, b, t, s->label[t], &code[i], &err), JN_OK);
		}
		if (t == JN_VALUE)
			rows.value = value;
		else
			rows.label[t] = code;
	}
	return rows;
}

/* Finishes and writes a builder. */
static inline Bytes
set_build_bytes(const JnEnv *env, JnSetBuild *b)
{
	size_t		size = jn_set_build_size(b);
	Bytes		out = {jn_alloc(env, size), size};

	if (!CHECK_INT(jn_set_build_finish(env, b), size))
		abort();
	memset(out.data, 0x5a, size);
	jn_set_build_write(env, b, out.data);
	return out;
}

/* The bytes of parts in the order of their keys. */
static inline Bytes
set_bytes(const JnEnv *env, const Part *part, uint32_t parts)
{
	JnSetBuild *b = jn_set_build_new(env, part[0].key.kind, JN_MAX_BYTES);
	Bytes		out;

	for (uint32_t i = 0; i < parts; i++)
	{
		JnRows		rows = set_rows(env, b, &part[i]);
		uint32_t	taken;
		JnError		err;

		if (!CHECK_INT(jn_set_build_add(env, b, &part[i].key, &rows, &taken, &err), JN_OK)
			|| !CHECK_INT(taken, rows.n))
			abort();
	}
	out = set_build_bytes(env, b);
	jn_set_build_free(env, b);
	return out;
}

/* Opens bytes that must be a set, proving it. */
static inline JnSet
set_proved(const JnEnv *env, Bytes b)
{
	JnSet		s;
	JnError		err;

	memset(&s, 0, sizeof(s));
	if (!CHECK_INT(jn_set_validate(env, b.data, b.size, &s, &err), JN_OK))
	{
		printf("  at %zu of %zu\n", err.at, b.size);
		abort();
	}
	return s;
}

#endif							/* SET_MODEL_H */
