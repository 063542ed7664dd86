/*
 * fuzz_set.c
 *	  Fuzzes the proof of a set's bytes.
 *
 * What passes must be the one form: merged into a new set, and written as text
 * and read again, it gives the same bytes; facts of the header are those of the
 * parts.  Reading what does not pass, but can be opened, stays inside the bytes.
 */
#include "set_merge.h"
#include "set_text.h"

#include "fuzz.h"

/* Goes through all parts; gives how many rows they have. */
static uint32_t
walk(const JnEnv *env, const JnSet *s, bool valid)
{
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	JnPart		part;
	JnBuild    *b = jn_build_new(env, true);
	uint32_t	rows = 0;
	JnError		err;

	jn_set_parts_open(&parts, s);
	jn_set_steps_open(&steps, s);
	jn_set_names_open(env, &names, s);
	while (jn_set_parts_next(env, &parts, &part))
	{
		JnStatus	status = jn_set_part_build(env, &steps, &names, &part, b, &err);

		EXPECT(part.row == rows && part.rows > 0);
		rows += part.rows;
		EXPECT(status == JN_OK || !valid);
		EXPECT(!valid || jn_build_steps(b) == part.rows - part.ghost);
		EXPECT(!valid || (part.start >= s->head.first && steps.time <= s->head.last));
		jn_build_reset(b);
	}
	jn_set_names_close(env, &names);
	jn_set_parts_close(env, &parts);
	jn_build_free(env, b);
	return rows;
}

static void
expect_bytes(const JnEnv *env, JnSetBuild *b, const JnSet *s)
{
	size_t		size = jn_set_build_finish(env, b);
	uint8_t    *out;

	EXPECT(size == s->size);
	out = jn_alloc(env, size);
	jn_set_build_write(env, b, out);
	EXPECT(memcmp(out, s->bytes, size) == 0);
	jn_release(env, out);
	jn_set_build_free(env, b);
}

static void
through_text(const JnEnv *env, const JnSet *s)
{
	size_t		size = (size_t) jn_set_text_size(env, s);
	char	   *text = jn_alloc(env, size);
	JnSetBuild *b;
	JnError		err;

	jn_set_text_write(env, s, text);
	EXPECT(jn_set_text_read(env, text, size, &b, &err) == JN_OK);
	expect_bytes(env, b, s);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnSet		s;
	const JnSet *operand = &s;
	JnSetBuild *b;
	JnError		err;

	if (jn_set_validate(env, data, size, &s, &err) == JN_OK)
	{
		EXPECT(walk(env, &s, true) == s.head.rows);
		b = jn_set_build_new(env, s.head.kind, JN_MAX_BYTES);
		EXPECT(jn_sets_merge(env, &operand, 1, true, b, &err) == JN_OK);
		expect_bytes(env, b, &s);
		through_text(env, &s);
		return;
	}
	EXPECT(err.at <= size);
	if (jn_set_open(data, size, &s, &err) != JN_OK || s.head.rows > 100000)
		return;
	walk(env, &s, false);
	jn_set_text_write(env, &s, jn_alloc(env, (size_t) jn_set_text_size(env, &s)));
	b = jn_set_build_new(env, s.head.kind, JN_MAX_BYTES);
	if (jn_sets_merge(env, &operand, 1, true, b, &err) == JN_OK)
		jn_set_build_finish(env, b);
}
