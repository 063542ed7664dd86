/*
 * restoration.c
 *	  How a population was brought back from a sense.
 */
#include "restoration.h"

#include "sensing.h"
#include "sort.h"

#define FIRST_ROOM		16

/* The longest time between two steps. */
#define LONGEST			jn_time_span(JN_TIME_MIN, JN_TIME_END - 1)

static int64_t
key_of(uint64_t took)
{
	return (int64_t) (took ^ UINT64_C(1) << 63);
}

static uint64_t
took_of(int64_t key)
{
	return (uint64_t) key ^ UINT64_C(1) << 63;
}

/* Makes room for "more" further times. */
static JnStatus
make_room(const JnEnv *env, JnRestorations *r, uint32_t more, JnError *err)
{
	uint64_t	need = (uint64_t) r->n + more;
	uint64_t	room;

	if (need > UINT32_MAX)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, (int64_t) need, UINT32_MAX);
	if (need <= r->room)
		return JN_OK;
	room = jn_larger_room(r->room, need, FIRST_ROOM);
	if (room > UINT32_MAX)
		room = UINT32_MAX;
	r->took = jn_grow(env, r->took, room, sizeof(int64_t));
	r->room = (uint32_t) room;
	return JN_OK;
}

static JnStatus
see_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	JnRestorations *r = context;

	(void) err;
	jn_release(env, r->with);
	r->with = NULL;
	if ((columns->tracks & 1u << JN_SENSES) != 0)
		r->with = jn_sense_sets(env, &columns->label[JN_SENSES], r->sense);
	return JN_OK;
}

static JnStatus
see_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	JnRestorations *r = context;
	JnSensed	sensed;
	uint64_t	took;
	uint64_t	across;

	if (r->with == NULL)
		return JN_OK;
	jn_sensed_rows(env, &subject->columns->label[JN_SENSES], r->with, subject->from, subject->to, NULL, &sensed);
	if (sensed.steps == 0)
		return JN_OK;
	if (r->sensed == INT64_MAX)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
	if (sensed.restored)
	{
		if (make_room(env, r, 1, err) != JN_OK)
			return err->status;
		jn_times_skip(env, subject->times, sensed.first);
		jn_times_run(env, subject->times, sensed.last + 1 - sensed.first, UINT64_MAX, &took, &across);
		r->took[r->n++] = key_of(took);
		r->ascending = false;
	}
	r->sensed++;
	return JN_OK;
}

static JnVisitor
visitor(JnRestorations *r)
{
	return (JnVisitor) {see_columns, see_subject, r};
}

/* Forgets the columns that were shown, which may go away now. */
static JnStatus
seen(const JnEnv *env, JnRestorations *r, JnStatus status)
{
	jn_release(env, r->with);
	r->with = NULL;
	return status;
}

void
jn_restorations_init(const JnEnv *env, JnRestorations *r, JnName sense, uint64_t salt)
{
	char	   *copy = jn_alloc(env, sense.size);

	memcpy(copy, sense.data, sense.size);
	*r = (JnRestorations)
	{
		.sense =
		{
			copy, sense.size
		},.ascending = true
	};
	r->whole.tracks = 1u << JN_SENSES;
	r->whole.salt = salt;
}

bool
jn_restorations_is_for(const JnRestorations *r, JnName sense)
{
	return jn_name_compare(r->sense, sense) == 0;
}

JnStatus
jn_restorations_journey(const JnEnv *env, JnRestorations *r, const JnJourney *j, JnError *err)
{
	JnVisitor	v = visitor(r);

	return seen(env, r, jn_visit_journey(env, &v, j, err));
}

JnStatus
jn_restorations_set(const JnEnv *env, JnRestorations *r, const JnSet *s, JnError *err)
{
	JnVisitor	v = visitor(r);

	return seen(env, r, jn_whole_set(env, &r->whole, s, &v, err));
}

JnStatus
jn_restorations_merge(const JnEnv *env, JnRestorations *into, const JnRestorations *from, JnError *err)
{
	JnVisitor	v = visitor(into);

	if (into->sensed > INT64_MAX - from->sensed)
		return jn_fail(err, JN_TOO_MANY_POINTS, 0, INT64_MAX, INT64_MAX);
	if (from->n > 0)
	{
		if (make_room(env, into, from->n, err) != JN_OK)
			return err->status;
		memcpy(into->took + into->n, from->took, from->n * sizeof(int64_t));
		into->n += from->n;
		into->ascending = false;
	}
	into->sensed += from->sensed;
	return seen(env, into, jn_whole_merge(env, &into->whole, &from->whole, &v, err));
}

static void
put_in_order(const JnEnv *env, JnRestorations *r)
{
	uint32_t   *tag;

	if (r->ascending)
		return;
	tag = jn_alloc(env, jn_array_size(r->n, sizeof(uint32_t)));
	memset(tag, 0, r->n * sizeof(uint32_t));
	jn_sort(env, r->took, tag, r->n, false);
	jn_release(env, tag);
	r->ascending = true;
}

/* The held back subjects go to a copy, whose times are put in order there. */
JnStatus
jn_restorations_answer(const JnEnv *env, JnRestorations *r, JnRestored *answer, JnError *err)
{
	JnRestorations all = *r;
	JnVisitor	v = visitor(&all);
	JnStatus	status;

	all.took = NULL;
	all.n = all.room = 0;
	status = make_room(env, &all, r->n, err);
	if (status != JN_OK)
		return status;
	if (r->n > 0)
		memcpy(all.took, r->took, r->n * sizeof(int64_t));
	all.n = r->n;
	status = seen(env, &all, jn_whole_rest(env, &r->whole, &v, err));
	if (status == JN_OK)
	{
		put_in_order(env, &all);
		*answer = (JnRestored) {all.sensed, all.n, 0};
		if (all.n > 0)
		{
			uint64_t	lower = took_of(all.took[(all.n - 1) / 2]);

			answer->median = lower + (took_of(all.took[all.n / 2]) - lower) / 2;
		}
	}
	jn_release(env, all.took);
	return status;
}

/* ---- bytes ---- */

JnStatus
jn_restorations_size(const JnRestorations *r, size_t *size, JnError *err)
{
	uint64_t	bytes = JN_RESTORATIONS_HEADER + r->sense.size + 8 * (uint64_t) r->n + jn_whole_size(&r->whole);

	if (bytes > JN_MAX_BYTES)
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) bytes, (int64_t) JN_MAX_BYTES);
	*size = (size_t) bytes;
	return JN_OK;
}

void
jn_restorations_write(const JnEnv *env, JnRestorations *r, uint8_t *out)
{
	put_in_order(env, r);
	jn_store32(out, JN_RESTORATIONS_VERSION);
	jn_store32(out + 4, (uint32_t) r->sense.size);
	jn_store64(out + 8, r->sensed);
	jn_store32(out + 16, r->n);
	memcpy(out + JN_RESTORATIONS_HEADER, r->sense.data, r->sense.size);
	out += JN_RESTORATIONS_HEADER + r->sense.size;
	for (uint32_t i = 0; i < r->n; i++, out += 8)
	{
		jn_store64(out, took_of(r->took[i]));
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	jn_whole_write(env, &r->whole, out);
}

/* The times of r->n subjects at p, which begins "at" bytes into the state. */
static JnStatus
read_times(const JnEnv *env, JnRestorations *r, const uint8_t *p, size_t at, JnError *err)
{
	for (uint32_t i = 0; i < r->n; i++)
	{
		uint64_t	took = jn_load64(p + at + 8 * (size_t) i);

		r->took[i] = key_of(took);
		if (took > LONGEST || (i > 0 && r->took[i] < r->took[i - 1]))
			return jn_corrupt_at(at + 8 * (size_t) i, err);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return JN_OK;
}

JnStatus
jn_restorations_read(const JnEnv *env, JnRestorations *r, uint64_t salt, const uint8_t *p, size_t size, JnError *err)
{
	JnName		sense;
	uint64_t	sensed;
	uint32_t	n;
	uint64_t	at;
	size_t		took;

	if (jn_check_size(size, JN_RESTORATIONS_HEADER, err) != JN_OK)
		return err->status;
	if (p[0] != JN_RESTORATIONS_VERSION)
		return jn_fail(err, JN_BYTES_VERSION, 0, p[0], JN_RESTORATIONS_VERSION);
	if (p[1] != 0 || p[2] != 0 || p[3] != 0)
		return jn_corrupt_at(1, err);
	sense = (JnName) {(const char *) p + JN_RESTORATIONS_HEADER, jn_load32(p + 4)};
	sensed = jn_load64(p + 8);
	n = jn_load32(p + 16);
	if (sense.size == 0 || sense.size > JN_MAX_NAME)
		return jn_corrupt_at(4, err);
	if (sensed > INT64_MAX || n > sensed)
		return jn_corrupt_at(8, err);
	at = JN_RESTORATIONS_HEADER + sense.size + 8 * (uint64_t) n;
	if (jn_check_size(size, at, err) != JN_OK)
		return err->status;
	if (jn_label_check(sense, JN_LABEL_NAME, err) != JN_OK)
		return jn_fail_behind(err, JN_RESTORATIONS_HEADER);
	jn_restorations_init(env, r, sense, salt);
	r->sensed = sensed;
	if (make_room(env, r, n, err) != JN_OK)
		return err->status;
	r->n = n;
	if (read_times(env, r, p, JN_RESTORATIONS_HEADER + sense.size, err) != JN_OK)
		return err->status;
	if (jn_whole_read(env, &r->whole, p + at, size - (size_t) at, &took, err) != JN_OK)
		return jn_fail_behind(err, (size_t) at);
	if (took != size - at)
		return jn_corrupt_at((size_t) at + took, err);
	return JN_OK;
}
