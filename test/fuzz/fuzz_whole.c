/*
 * fuzz_whole.c
 *	  Fuzzes the reader of parts of journeys that are held back.
 *
 * What it accepts is written again as the same bytes; its parts are shown, each
 * step with its labels and times, alone and merged with those of itself.
 */
#include "lexicon.h"
#include "whole.h"

#include "fuzz.h"

static JnStatus
take_columns(const JnEnv *env, void *context, const JnColumns *columns, JnError *err)
{
	JnLexicon	l;
	const uint32_t *number;

	(void) context;
	(void) err;
	jn_lexicon_init(env, &l, 1);
	number = jn_lexicon_map(env, &l, columns->event, columns->rows);
	for (uint32_t i = 0; i < columns->event->names; i++)
		EXPECT(number[i] < l.names);
	return JN_OK;
}

static JnStatus
take_subject(const JnEnv *env, void *context, const JnSubject *subject, JnError *err)
{
	const JnColumns *c = subject->columns;
	int64_t		time = subject->start;

	(void) err;
	EXPECT(subject->from < subject->to && subject->to <= c->rows);
	for (uint32_t row = subject->from; row < subject->to; row++)
	{
		double		value;

		EXPECT(jn_labels_code(c->event, row) < c->event->names);
		for (unsigned t = 0; t < JN_TRACKS; t++)
			if (t != JN_VALUE && (c->tracks >> t & 1) != 0)
			{
				uint32_t	label = jn_labels_code(&c->label[t], row);

				EXPECT(label < c->label[t].names || label == JN_NO_LABEL);
			}
		if (c->tracks >> JN_VALUE & 1)
			jn_values_at(env, c->values, row, &value);
		if (row > subject->from)
		{
			int64_t		before = time;

			time = jn_time_after(time, jn_times_next(subject->times));
			EXPECT(time >= before);
		}
	}
	*(uint64_t *) context += subject->to - subject->from;
	return JN_OK;
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	uint64_t	steps = 0;
	JnVisitor	visitor = {take_columns, take_subject, &steps};
	JnWhole		w = {.tracks = UINT32_MAX,.salt = 42};
	JnWhole		twice = {.tracks = UINT32_MAX,.salt = 7};
	JnError		err = {0};
	size_t		took;
	size_t		again;
	uint8_t    *bytes;

	if (jn_whole_read(env, NULL, data, size, &took, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(jn_whole_read(env, &w, data, size, &again, &err) == JN_OK && again == took);
	EXPECT(jn_whole_size(&w) == took);
	bytes = jn_alloc(env, took);
	EXPECT(jn_whole_write(env, &w, bytes) == bytes + took);
	EXPECT(memcmp(bytes, data, took) == 0);
	EXPECT(jn_whole_rest(env, &w, &visitor, &err) == JN_OK || err.status == JN_TOO_MANY_STEPS);

	/* what is merged into nothing becomes whole where it can */
	if (jn_whole_merge(env, &twice, &w, &visitor, &err) == JN_OK)
		EXPECT(jn_whole_merge(env, &twice, &w, &visitor, &err) == JN_OK || err.status == JN_TOO_MANY_STEPS);
	else
		EXPECT(err.status == JN_TOO_MANY_STEPS);
}
