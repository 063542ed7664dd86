/*
 * fuzz_set_text.c
 *	  Fuzzes the reader of the text form of sets of journeys.
 *
 * What is read must be a valid set, whose text reads back as the same bytes.
 */
#include "set_text.h"

#include "fuzz.h"

static uint8_t *
written(const JnEnv *env, JnSetBuild *b, size_t *size)
{
	uint8_t    *out;

	*size = jn_set_build_finish(env, b);
	out = jn_alloc(env, *size);
	jn_set_build_write(env, b, out);
	return out;
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnSetBuild *b;
	JnSet		s;
	JnError		err;
	uint8_t    *bytes;
	uint8_t    *again;
	char	   *text;
	size_t		bytes_size;
	size_t		again_size;
	size_t		text_size;

	if (jn_set_text_read(env, (const char *) data, size, &b, &err) != JN_OK)
	{
		EXPECT(err.at <= size);
		return;
	}
	bytes = written(env, b, &bytes_size);
	EXPECT(jn_set_validate(env, bytes, bytes_size, &s, &err) == JN_OK);
	text_size = (size_t) jn_set_text_size(env, &s);
	text = jn_alloc(env, text_size);
	jn_set_text_write(env, &s, text);
	EXPECT(jn_set_text_read(env, text, text_size, &b, &err) == JN_OK);
	again = written(env, b, &again_size);
	EXPECT(again_size == bytes_size && memcmp(again, bytes, bytes_size) == 0);
}
