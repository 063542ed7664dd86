/*
 * build_finish.c
 *	  The builder of journeys: putting steps in order, and the bytes.
 *
 * Order.  Without tracks the sorter moves both arrays, by time and code.  With
 * tracks it moves times and the numbers of the steps; steps of one time that
 * are not yet in order are sorted by one column after the other, from the last
 * one to the event, stably; then each column is rearranged once.
 *
 * Steps whose times ascend strictly need none of that.
 */
#include "build_own.h"

#include "sort.h"

/* ---- order ---- */

/* What tells steps of one time apart: codes or keys, whichever is not NULL. */
typedef struct Field
{
	uint32_t   *code;
	uint64_t   *key;
} Field;

#define MAX_FIELDS	(1 + JN_TRACKS)

/* Tie groups up to this size are sorted without allocating. */
#define FEW_TIED	64

/* Lists the columns in the order in which they decide; returns how many. */
static unsigned
list_fields(JnBuild *b, Field *field)
{
	unsigned	fields = 0;

	field[fields++] = (Field) {.code = b->code};
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (!jn_build_has(b, t))
			continue;
		if (t == JN_VALUE)
			field[fields++] = (Field) {.key = b->tracks->value};
		else
			field[fields++] = (Field) {.code = b->tracks->column[t]->code};
	}
	return fields;
}

/* What step i has in a column as a number in order; none is the largest. */
static inline int64_t
field_key(const Field *field, uint32_t i)
{
	return field->code != NULL ? (int64_t) field->code[i] : (int64_t) (field->key[i] ^ UINT64_C(1) << 63);
}

/* Whether step i, of the same time as step k, belongs before it. */
static bool
tied_before(const Field *field, unsigned fields, uint32_t i, uint32_t k)
{
	for (unsigned f = 0; f < fields; f++)
	{
		int64_t		x = field_key(&field[f], i);
		int64_t		y = field_key(&field[f], k);

		if (x != y)
			return x < y;
	}
	return false;
}

static bool
in_order(const JnEnv *env, const JnBuild *b, const Field *field, unsigned fields)
{
	for (uint32_t i = 1; i < b->n; i++)
	{
		if (b->time[i] < b->time[i - 1])
			return false;
		if (b->time[i] == b->time[i - 1] && !b->keep_ties && tied_before(field, fields, i, i - 1))
			return false;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return true;
}

/* Puts n steps of one time in order: stably by each column, the one that decides last. */
static void
sort_tied(const JnEnv *env, const Field *field, unsigned fields, uint32_t *order, uint32_t n)
{
	int64_t		few[FEW_TIED];
	int64_t    *key = n <= FEW_TIED ? few : jn_alloc(env, jn_array_size(n, sizeof(int64_t)));

	for (unsigned f = fields; f-- > 0;)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			key[i] = field_key(&field[f], order[i]);
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		jn_sort(env, key, order, n, false);
	}
	if (key != few)
		jn_release(env, key);
}

/* Finds the steps of one time in order[], which is by time, and puts them in order. */
static void
sort_ties(const JnEnv *env, const JnBuild *b, const Field *field, unsigned fields, uint32_t *order)
{
	uint32_t	to;

	for (uint32_t from = 0; from < b->n; from = to)
	{
		bool		sorted = true;

		for (to = from + 1; to < b->n && b->time[to] == b->time[from]; to++)
		{
			sorted = sorted && !tied_before(field, fields, order[to], order[to - 1]);
			if (to % JN_TICK_EVERY == 0)
				jn_tick(env);
		}
		if (!sorted)
			sort_tied(env, field, fields, order + from, to - from);
		if (to % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
}

/* Rearranges a column: element order[i] comes to place i.  "spare" has room for it. */
static void
rearrange(const JnEnv *env, const Field *field, const uint32_t *order, uint32_t n, uint64_t *spare)
{
	uint32_t   *spare_code = (uint32_t *) spare;

	for (uint32_t i = 0; i < n; i++)
	{
		if (field->code != NULL)
			spare_code[i] = field->code[order[i]];
		else
			spare[i] = field->key[order[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	if (field->code != NULL)
		memcpy(field->code, spare, n * sizeof(uint32_t));
	else
		memcpy(field->key, spare, n * sizeof(uint64_t));
}

/* Whether the times ascend strictly: then nothing else decides. */
static bool
is_ascending(const JnEnv *env, const JnBuild *b)
{
	for (uint32_t i = 1; i < b->n; i++)
	{
		if (b->time[i] <= b->time[i - 1])
			return false;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	return true;
}

static void
sort_steps(const JnEnv *env, JnBuild *b)
{
	Field		field[MAX_FIELDS];
	unsigned	fields = list_fields(b, field);
	uint32_t   *order;
	uint64_t   *spare;

	if (fields == 1)
	{
		jn_sort(env, b->time, b->code, b->n, !b->keep_ties);
		return;
	}
	if (in_order(env, b, field, fields))
		return;
	order = jn_alloc(env, jn_array_size(b->n, sizeof(uint32_t)));
	for (uint32_t i = 0; i < b->n; i++)
	{
		order[i] = i;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_sort(env, b->time, order, b->n, false);
	if (!b->keep_ties)
		sort_ties(env, b, field, fields, order);
	spare = jn_alloc(env, jn_array_size(b->n, sizeof(uint64_t)));
	for (unsigned f = 0; f < fields; f++)
		rearrange(env, &field[f], order, b->n, spare);
	jn_release(env, spare);
	jn_release(env, order);
}

/* Exchanges shared codes for something else that stands for them. */
static void
exchange(const JnEnv *env, JnBuild *b, const uint16_t *by)
{
	for (uint32_t i = 0; i < b->n; i++)
	{
		b->code[i] = by[b->code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Puts names and steps in order; shared codes are ranks while the steps are sorted. */
static void
put_in_order(const JnEnv *env, JnBuild *b)
{
	if (b->common == NULL)
		jn_dict_order(env, b->dict, b->code, b->n);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && jn_build_has(b, t))
			jn_dict_order(env, &b->tracks->column[t]->dict, b->tracks->column[t]->code, b->n);
	if (is_ascending(env, b))
		return;
	if (b->common != NULL)
		exchange(env, b, b->common->rank);
	sort_steps(env, b);
	if (b->common != NULL)
		exchange(env, b, b->common->by_rank);
}

/* ---- bytes ---- */

/* Whether some steps have no label in the column. */
static inline bool
has_gaps(const JnBuild *b, const JnBuildColumn *c)
{
	return c->given < b->n;
}

/* Plans the tracks; gives their bytes, directory and all. */
static uint64_t
plan_tracks(const JnEnv *env, JnBuild *b)
{
	uint64_t	bytes = 0;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	size = 0;

		if (jn_build_has(b, t))
		{
			if (t == JN_VALUE)
			{
				b->tracks->values_plan = jn_values_plan(env, b->tracks->value, b->n);
				size = b->tracks->values_plan.size;
			}
			else
			{
				const JnBuildColumn *c = b->tracks->column[t];

				size = jn_dict_size(&c->dict, b->n, jn_track_kind(t), has_gaps(b, c));
			}
			bytes += sizeof(uint32_t) + size;
		}

		/* more than fits is more than a value may have */
		b->tracks->size[t] = (uint32_t) size;
	}
	return bytes;
}

/* Bytes of names and codes of the events. */
static uint64_t
events_size(const JnBuild *b)
{
	const JnCommon *c;
	uint64_t	size;

	if (b->common == NULL)
		return jn_dict_size(b->dict, b->n, JN_LABEL_EVENT, false);
	c = b->common;
	jn_common_pick(b->common, b, b->code, b->n);
	size = jn_varint_size(c->picked) + (uint64_t) b->n * jn_code_width(c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		uint32_t	name_size = c->dict.entry[c->pick[i]].size;

		size += jn_varint_size(name_size) + name_size;
	}
	return size;
}

/* Writes the codes of shared names as numbers among those picked. */
uint8_t *
jn_build_write_shared_codes(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	const uint16_t *number = b->common->number;
	unsigned	width = jn_code_width(b->common->picked);

	for (uint32_t i = 0; width > 0 && i < b->n; i++, out += width)
	{
		if (width == 1)
			*out = (uint8_t) number[b->code[i]];
		else
			jn_store16(out, number[b->code[i]]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return out;
}

/* Writes names and codes of the events at p and returns the byte after them. */
static uint8_t *
write_events(const JnEnv *env, const JnBuild *b, uint64_t *presence, uint8_t *p)
{
	const JnCommon *c;

	*presence = 0;
	if (b->common == NULL)
	{
		for (uint32_t i = 0; i < b->dict->names; i++)
		{
			JnName		name = jn_dict_name(b->dict, i);

			*presence |= jn_presence(name.data, name.size);
			if (i % 1024 == 1023)
				jn_tick(env);
		}
		return jn_dict_write(env, b->dict, b->code, b->n, JN_LABEL_EVENT, false, p);
	}
	c = jn_build_pick(b);
	p = jn_varint_put(p, c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
		p = jn_varint_put(p, c->dict.entry[c->pick[i]].size);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		JnName		name = jn_dict_name(&c->dict, c->pick[i]);

		*presence |= c->presence[c->pick[i]];
		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
	}
	return jn_build_write_shared_codes(env, b, p);
}

JnStatus
jn_build_finish(const JnEnv *env, JnBuild *b, size_t *size, JnError *err)
{
	uint64_t	bytes;

	if (b->n == 0)
		return jn_fail(err, JN_ARGUMENT, 0, 0, 1);
	put_in_order(env, b);
	b->times_plan = jn_times_plan(env, b->time, b->n);
	bytes = JN_HEADER_SIZE + events_size(b) + b->times_plan.size;
	if (b->tracks != NULL)
		bytes += plan_tracks(env, b);
	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

/* Writes the tracks at p. */
static void
write_tracks(const JnEnv *env, const JnBuild *b, uint8_t *p)
{
	const JnBuildTracks *tracks = b->tracks;

	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (tracks->size[t] == 0)
			continue;
		if (t == JN_VALUE)
			jn_values_write(env, &tracks->values_plan, tracks->value, b->n, p);
		else
		{
			const JnBuildColumn *c = tracks->column[t];

			jn_dict_write(env, &c->dict, c->code, b->n, jn_track_kind(t), has_gaps(b, c), p);
		}
		p += tracks->size[t];
	}
}

void
jn_build_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	uint64_t	presence;
	unsigned	tracks = 0;
	uint8_t    *p = out + JN_HEADER_SIZE;

	for (JnTrack t = 0; b->tracks != NULL && t < JN_TRACKS; t++)
	{
		if (b->tracks->size[t] == 0)
			continue;
		tracks |= 1U << t;
		jn_store32(p, b->tracks->size[t]);
		p += sizeof(uint32_t);
	}
	p = write_events(env, b, &presence, p);
	jn_times_write(env, &b->times_plan, b->time, b->n, p);
	if (tracks != 0)
		write_tracks(env, b, p + b->times_plan.size);

	out[JN_AT_VERSION] = JN_FORMAT_VERSION;
	out[JN_AT_FLAGS] = (uint8_t) (b->times_plan.unit | (b->times_plan.wide > 0 ? JN_FLAG_WIDE : 0));
	jn_store16(out + JN_AT_TRACKS, (uint16_t) tracks);
	jn_store32(out + JN_AT_STEPS, b->n);
	jn_store64(out + JN_AT_FIRST, (uint64_t) b->time[0]);
	jn_store64(out + JN_AT_LAST, (uint64_t) b->time[b->n - 1]);
	jn_store64(out + JN_AT_PRESENCE, presence);
}
