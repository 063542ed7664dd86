/*
 * fuzz_journey.c
 *	  Fuzzes the proof of a journey's bytes.
 *
 * What passes must be the one form: taken apart and built again, and written
 * as text and read again, it gives the same bytes; each way of reading agrees
 * with the others.  Reading what does not pass, but can be opened, stays inside
 * the bytes.
 */
#include "append.h"
#include "edit.h"
#include "sessions.h"
#include "text.h"

#include "fuzz.h"

static void
expect_bytes(const JnEnv *env, JnBuild *b, const JnJourney *j)
{
	JnError		err;
	size_t		size;
	uint8_t    *out;

	EXPECT(jn_build_finish(env, b, &size, &err) == JN_OK);
	EXPECT(size == j->size);
	out = jn_alloc(env, size);
	jn_build_write(env, b, out);
	EXPECT(memcmp(out, j->bytes, size) == 0);
	jn_release(env, out);
	jn_build_free(env, b);
}

/* Takes the journey apart step by step and builds it again; the columns agree. */
static void
walk(const JnEnv *env, const JnJourney *j)
{
	int64_t    *time = jn_alloc(env, j->head.n * sizeof(int64_t));
	JnBuild    *b = jn_build_new(env, true);
	JnTimesReader r;
	JnStepReader steps;
	JnStep		step;
	JnError		err;
	uint32_t	i = 0;
	unsigned	tracks = 0;

	jn_journey_times(j, &r);
	jn_times_decode(env, &r, j->head.first, time, j->head.n);
	for (jn_step_reader_open(env, &steps, j); jn_step_reader_next(env, &steps, &step); i++)
	{
		double		value;

		EXPECT(step.time == time[i]);
		if (j->head.n < 64)
		{
			EXPECT(jn_journey_time(env, j, i) == step.time);
			EXPECT(jn_labels_find(&j->event, step.event.data, step.event.size) == jn_journey_code(j, i));
			if (jn_has_track(&j->head, JN_VALUE))
			{
				EXPECT(jn_values_at(env, &j->values, i, &value) == (step.tracks >> JN_VALUE & 1));
				EXPECT((step.tracks >> JN_VALUE & 1) == 0 || jn_value_key(value) == jn_value_key(step.value));
			}
		}
		tracks |= step.tracks;
		EXPECT(jn_build_add_step(env, b, &step, &err) == JN_OK);
	}
	jn_step_reader_close(env, &steps);
	EXPECT(i == j->head.n && time[i - 1] == j->head.last && tracks == j->head.tracks);
	expect_bytes(env, b, j);
}

/* Without one of its steps it is another journey, on one side of it. */
static void
compare(const JnEnv *env, const JnJourney *j)
{
	JnBuild    *b = jn_build_new(env, true);
	JnJourney	other;
	JnError		err;
	size_t		size;
	uint8_t    *out;
	int			order;

	if (j->head.n == 1)
		return;
	EXPECT(jn_build_add_journey(env, b, j, 1, j->head.n, &err) == JN_OK);
	EXPECT(jn_build_finish(env, b, &size, &err) == JN_OK);
	out = jn_alloc(env, size);
	jn_build_write(env, b, out);
	EXPECT(jn_journey_validate(env, out, size, &other, &err) == JN_OK);
	order = jn_journey_compare(env, j, &other);
	EXPECT(order != 0 && jn_journey_compare(env, &other, j) == -order);
	jn_release(env, out);
	jn_build_free(env, b);
}

/* The pieces that some rules make of it make up the whole again. */
static void
cut_by(const JnEnv *env, const JnJourney *j, const JnSessionRules *rules)
{
	JnName	   *name = jn_alloc(env, j->event.names * sizeof(JnName));
	JnBuild    *whole = jn_build_new(env, true);
	JnSessions	s;
	JnSession	session;
	JnError		err;
	JnWalk		w;
	uint32_t	next = 0;

	jn_labels_names(&j->event, name);
	jn_walk_open(&w, j);
	jn_sessions_open(env, &s, j, rules);
	while (jn_sessions_next(env, &s, &session))
	{
		JnBuild    *piece = jn_build_new(env, true);

		EXPECT(session.from == next && session.to > next && session.to <= j->head.n);
		next = session.to;
		EXPECT(jn_build_add_run(env, piece, &w, name, session.to - session.from, &err) == JN_OK);
		EXPECT(jn_build_merge(env, whole, piece, &err) == JN_OK);
		jn_build_free(env, piece);
	}
	EXPECT(next == j->head.n);
	jn_sessions_close(env, &s);
	jn_walk_close(env, &w);
	expect_bytes(env, whole, j);
}

static void
cut(const JnEnv *env, const JnJourney *j)
{
	JnSessionRules rules = JN_NO_SESSION_RULES;

	rules.gap = (int64_t) (jn_time_span(j->head.first, j->head.last) / 8);
	cut_by(env, j, &rules);
	rules.max_steps = 5;
	rules.split_on = JN_SPLIT_EVENT | JN_TRACKS_KNOWN;
	cut_by(env, j, &rules);
}

/* The bytes of what was picked, or of what may be appended by a copy. */
static JnJourney
gather(const JnEnv *env, const JnPicks *picks, const JnJourney *first, const JnJourney *second)
{
	JnJourney	j;
	JnGather	g;
	JnError		err;
	size_t		size;
	uint8_t    *out;

	EXPECT(jn_gather_plan(env, &g, picks, first, second, NULL, &size, &err) == JN_OK);
	out = jn_alloc(env, size);
	jn_gather_write(env, &g, out);
	jn_gather_close(env, &g);
	EXPECT(jn_journey_open(out, size, &j, &err) == JN_OK);
	return j;
}

/* Two parts, merged or appended, make up the whole again; of damaged bytes they are just made. */
static void
edit(const JnEnv *env, const JnJourney *j, bool proved)
{
	uint32_t	n = j->head.n;
	JnPicks		picks;
	JnJourney	part[2];
	JnJourney	whole;
	JnAppend	append;
	size_t		size;

	jn_picks_new(env, &picks, n);
	jn_edit_collapse(env, j, &picks);
	whole = gather(env, &picks, j, NULL);
	if (n == 1)
		return;
	for (int i = 0; i < 2; i++)
	{
		picks.n = 0;
		jn_edit_span(env, j, i == 0 ? jn_span_head(n, n / 2) : jn_span_tail(n, -(int32_t) (n / 2)), &picks);
		part[i] = gather(env, &picks, j, NULL);
	}
	picks.n = 0;
	jn_edit_merge(env, &part[0], &part[1], &picks);
	whole = gather(env, &picks, &part[0], &part[1]);
	if (proved)
		EXPECT(whole.size == j->size && memcmp(whole.bytes, j->bytes, j->size) == 0);
	if (jn_append_plan(env, &append, &part[0], &part[1], &size))
	{
		uint8_t    *out = jn_alloc(env, size);

		jn_append_write(env, &append, out);
		jn_append_close(env, &append);
		if (proved)
			EXPECT(size == j->size && memcmp(out, j->bytes, size) == 0);
	}
}

static void
through_text(const JnEnv *env, const JnJourney *j)
{
	size_t		size = jn_text_size(env, j);
	char	   *text = jn_alloc(env, size);
	JnBuild    *b = jn_build_new(env, true);
	JnError		err;

	jn_text_write(env, j, text);
	EXPECT(jn_text_read(env, text, size, b, &err) == JN_OK);
	expect_bytes(env, b, j);
}

/* Reads all there is to read; what comes out may be nonsense. */
static void
read_everything(const JnEnv *env, const JnJourney *j)
{
	char	   *text = jn_alloc(env, jn_text_size(env, j));
	char	   *variant = jn_alloc(env, jn_journey_variant_size(env, j));
	int64_t    *time = jn_alloc(env, j->head.n * sizeof(int64_t));
	JnTimesReader r;
	JnStepReader steps;
	JnStep		step;
	JnBuild    *b = jn_build_new(env, true);
	JnError		err;

	jn_text_write(env, j, text);
	jn_journey_variant_write(env, j, variant);
	jn_journey_variant_hash(env, j);
	jn_journey_times(j, &r);
	jn_times_decode(env, &r, j->head.first, time, j->head.n);
	for (uint32_t i = 0; i < j->head.n; i += 1 + j->head.n / 16)
		jn_journey_time(env, j, i);
	jn_labels_find(&j->event, "a", 1);
	jn_labels_name(&j->event, j->event.names - 1);
	EXPECT(jn_journey_compare(env, j, j) == 0);
	for (jn_step_reader_open(env, &steps, j); jn_step_reader_next(env, &steps, &step);)
		EXPECT(step.event.size <= JN_MAX_NAME);
	EXPECT(jn_build_add_journey(env, b, j, 0, j->head.n, &err) == JN_OK);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnJourney	j;
	JnHeader	head;
	JnError		err;

	jn_header_read(data, size, &head, &err);
	if (jn_journey_open(data, size, &j, &err) == JN_OK)
	{
		read_everything(env, &j);
		edit(env, &j, false);
	}
	if (jn_journey_validate(env, data, size, &j, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(j.head.n >= 1 && j.size == size);
	walk(env, &j);
	cut(env, &j);
	compare(env, &j);
	edit(env, &j, true);
	through_text(env, &j);
}
