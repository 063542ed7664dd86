/*
 * build_state.c
 *	  The builder of journeys as bytes and back, for partial aggregates.
 *
 *	 offset  bytes
 *		  0      1  version, 1
 *		  1      1  1 if steps of one time stay as they came, else 0
 *		  2      2  tracks
 *		  4      4  n, steps
 *		  8    8 n  times
 *				    events: a column
 *				    the tracks by ascending bit: a column each; values 8 n
 *					bytes, keys of values.h
 *
 * A column:
 *
 *		  0      4  k, distinct names; 0 if n = 0
 *		  4    2 k  lengths of the names
 *				    the names
 *				    n codes, as wide as in a journey; in a track 0 is none
 */
#include "build_own.h"

#define STATE_VERSION	1
#define STATE_HEADER	8

/* Bytes of a column. */
static size_t
column_size(const JnDict *d, uint32_t n, bool gaps)
{
	return 4 + 2 * (size_t) d->names + d->text_size + (size_t) n * jn_code_width(d->names + gaps);
}

/* The same for shared names. */
static size_t
shared_column_size(const JnBuild *b)
{
	const JnCommon *c = b->common;
	size_t		size;

	jn_common_pick(b->common, b, b->code, b->n);
	size = 4 + 2 * (size_t) c->picked + (size_t) b->n * jn_code_width(c->picked);
	for (uint32_t i = 0; i < c->picked; i++)
		size += c->dict.entry[c->pick[i]].size;
	return size;
}

size_t
jn_build_state_size(const JnBuild *b)
{
	size_t		size = STATE_HEADER + 8 * (size_t) b->n
	+ (b->common != NULL ? shared_column_size(b) : column_size(b->dict, b->n, false));

	for (JnTrack t = 0; t < JN_TRACKS; t++)
		if (jn_build_has(b, t))
			size += t == JN_VALUE ? 8 * (size_t) b->n : column_size(&b->tracks->column[t]->dict, b->n, true);
	return size;
}

static uint8_t *
write_column(const JnEnv *env, const JnDict *d, const uint32_t *code, uint32_t n, bool gaps, uint8_t *p)
{
	jn_store32(p, d->names);
	p += 4;
	for (uint32_t i = 0; i < d->names; i++, p += 2)
		jn_store16(p, (uint16_t) jn_dict_name(d, i).size);
	for (uint32_t i = 0; i < d->names; i++)
	{
		JnName		name = jn_dict_name(d, i);

		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return jn_codes_write(env, code, n, jn_code_width(d->names + gaps), gaps, p);
}

static uint8_t *
write_shared_column(const JnEnv *env, const JnBuild *b, uint8_t *p)
{
	const JnCommon *c = jn_build_pick(b);

	jn_store32(p, c->picked);
	p += 4;
	for (uint32_t i = 0; i < c->picked; i++, p += 2)
		jn_store16(p, c->dict.entry[c->pick[i]].size);
	for (uint32_t i = 0; i < c->picked; i++)
	{
		JnName		name = jn_dict_name(&c->dict, c->pick[i]);

		if (name.size > 0)
			memcpy(p, name.data, name.size);
		p += name.size;
	}
	return jn_build_write_shared_codes(env, b, p);
}

static uint8_t *
write_numbers(const JnEnv *env, const uint64_t *number, uint32_t n, uint8_t *p)
{
	for (uint32_t i = 0; i < n; i++, p += 8)
	{
		jn_store64(p, number[i]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return p;
}

void
jn_build_state_write(const JnEnv *env, const JnBuild *b, uint8_t *out)
{
	unsigned	tracks = 0;
	uint8_t    *p = write_numbers(env, (const uint64_t *) b->time, b->n, out + STATE_HEADER);

	p = b->common != NULL ? write_shared_column(env, b, p) : write_column(env, b->dict, b->code, b->n, false, p);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		if (!jn_build_has(b, t))
			continue;
		tracks |= 1U << t;
		if (t == JN_VALUE)
			p = write_numbers(env, b->tracks->value, b->n, p);
		else
			p = write_column(env, &b->tracks->column[t]->dict, b->tracks->column[t]->code, b->n, true, p);
	}
	out[0] = STATE_VERSION;
	out[1] = b->keep_ties;
	jn_store16(out + 2, (uint16_t) tracks);
	jn_store32(out + 4, b->n);
}

/* A state that is being read. */
typedef struct Reader
{
	const uint8_t *p;
	size_t		size;
	size_t		at;				/* of what comes next */
} Reader;

/* Whether "need" bytes come. */
static JnStatus
check_room(const Reader *r, uint64_t need, JnError *err)
{
	if (r->size - r->at >= need)
		return JN_OK;
	return jn_too_short(r->size, r->at + need, err);
}

/* Reads and proves the k names of a column; the reader stands at their lengths. */
static JnStatus
read_names(const JnEnv *env, Reader *r, uint32_t k, JnLabelKind kind, JnName *name, JnError *err)
{
	size_t		length = r->at;
	JnStatus	status = JN_OK;

	r->at += 2 * (size_t) k;
	for (uint32_t i = 0; i < k && status == JN_OK; i++, length += 2)
	{
		name[i] = (JnName) {(const char *) r->p + r->at, jn_load16(r->p + length)};
		if (name[i].size > JN_MAX_NAME)
			return jn_fail(err, JN_NAME_LONG, length, name[i].size, JN_MAX_NAME);
		status = check_room(r, name[i].size, err);
		if (status == JN_OK && jn_label_check(name[i], kind, err) != JN_OK)
			return err->status == JN_ARGUMENT ? jn_corrupt_at(r->at, err)
				: jn_fail_behind(err, r->at);
		r->at += name[i].size;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return status;
}

/* Reads a column of n codes into code[] and d. */
static JnStatus
read_column(const JnEnv *env, Reader *r, uint32_t n, JnLabelKind kind, JnDict *d, uint32_t *code, JnError *err)
{
	bool		gaps = kind != JN_LABEL_EVENT;
	uint32_t	k;
	unsigned	width;
	JnName	   *name;
	JnStatus	status = check_room(r, 4, err);

	if (status != JN_OK)
		return status;
	k = jn_load32(r->p + r->at);
	if (k > n || (k == 0 && n > 0))
		return jn_corrupt_at(r->at, err);
	r->at += 4;
	status = check_room(r, 2 * (uint64_t) k, err);
	if (status != JN_OK)
		return status;

	name = jn_alloc(env, jn_array_size((uint64_t) k + 1, sizeof(JnName)));
	status = read_names(env, r, k, kind, name, err);
	width = jn_code_width(k + gaps);
	if (status == JN_OK)
		status = check_room(r, (uint64_t) n * width, err);
	if (status == JN_OK)
	{
		for (uint32_t i = 0; i < n; i++)
		{
			code[i] = jn_code_load(r->p + r->at, width, i) - gaps;
			if (code[i] >= k && !(gaps && code[i] == JN_NO_LABEL))
			{
				status = jn_corrupt_at(r->at + (size_t) i * width, err);
				break;
			}
			if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(env);
		}
		r->at += (size_t) n * width;
	}
	if (status == JN_OK)
		status = jn_dict_map(env, d, name, k, code, n, err);
	jn_release(env, name);
	return status;
}

static JnStatus
read_times(const JnEnv *env, Reader *r, JnBuild *b, uint32_t n, JnError *err)
{
	for (uint32_t i = 0; i < n; i++, r->at += 8)
	{
		b->time[i] = (int64_t) jn_load64(r->p + r->at);
		if (!jn_time_ok(b->time[i]))
			return jn_fail(err, JN_TIME_RANGE, r->at, b->time[i], 0);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return JN_OK;
}

static JnStatus
read_values(const JnEnv *env, Reader *r, JnBuild *b, uint32_t n, JnError *err)
{
	JnStatus	status = check_room(r, 8 * (uint64_t) n, err);
	uint64_t   *key;

	if (status != JN_OK)
		return status;
	key = jn_build_values(env, b);
	for (uint32_t i = 0; i < n; i++, r->at += 8)
	{
		key[i] = jn_load64(r->p + r->at);
		if (key[i] != JN_NO_VALUE && jn_value_key(jn_value_of_key(key[i])) != key[i])
			return jn_corrupt_at(r->at, err);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_build_adopt_values(env, b, n);
	return JN_OK;
}

/* Reads the tracks into a builder whose n steps are not counted yet. */
static JnStatus
read_tracks(const JnEnv *env, Reader *r, JnBuild *b, unsigned tracks, uint32_t n, JnError *err)
{
	JnStatus	status = JN_OK;

	for (JnTrack t = 0; t < JN_TRACKS && status == JN_OK; t++)
	{
		if ((tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
			status = read_values(env, r, b, n, err);
		else
		{
			JnBuildColumn *c = jn_build_column(env, b, t);

			status = read_column(env, r, n, jn_track_kind(t), &c->dict, c->code, err);
			c->given = status == JN_OK ? jn_build_count_labels(env, c->code, n) : 0;
		}
	}
	return status;
}

JnStatus
jn_build_state_read(const JnEnv *env, const uint8_t *p, size_t size, JnBuild **b, JnError *err)
{
	Reader		r = {p, size, STATE_HEADER};
	unsigned	tracks;
	uint32_t	n;
	JnBuild    *built;
	JnStatus	status;

	if (size < STATE_HEADER)
		return jn_too_short(size, STATE_HEADER, err);
	if (p[0] != STATE_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], STATE_VERSION);
	if (p[1] > 1)
		return jn_corrupt_at(1, err);
	tracks = jn_load16(p + 2);
	if (tracks >> JN_TRACKS != 0)
		return jn_fail(err, JN_BYTES_TRACKS, 2, tracks >> JN_TRACKS << JN_TRACKS, (1 << JN_TRACKS) - 1);
	n = jn_load32(p + 4);
	status = check_room(&r, 8 * (uint64_t) n, err);
	if (status != JN_OK)
		return status;

	/* the times are there: from here on memory is in proportion to them */
	built = jn_build_new(env, p[1]);
	status = jn_build_make_room(env, built, n, err);
	if (status == JN_OK)
		status = read_times(env, &r, built, n, err);
	if (status == JN_OK)
		status = read_column(env, &r, n, JN_LABEL_EVENT, built->dict, built->code, err);
	if (status == JN_OK)
		status = read_tracks(env, &r, built, tracks, n, err);
	if (status == JN_OK && r.at < size)
		status = jn_corrupt_at(r.at, err);
	if (status != JN_OK)
	{
		jn_build_free(env, built);
		return status;
	}
	built->n = n;
	*b = built;
	return JN_OK;
}
