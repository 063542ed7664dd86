/*
 * fuzz_text.c
 *	  Fuzzes the reader of the text form.
 *
 * What it accepts is a journey that passes the proof and that, written as
 * text, reads as the same bytes.
 */
#include "text.h"

#include "fuzz.h"

/* Reads a text and gives the value, or NULL if it is refused. */
static uint8_t *
read_text(const JnEnv *env, const char *text, size_t text_size, size_t *size)
{
	JnBuild    *b = jn_build_new(env, true);
	JnError		err = {.status = JN_OK};
	uint8_t    *out;

	if (jn_text_read(env, text, text_size, b, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= text_size);
		return NULL;
	}
	EXPECT(jn_build_finish(env, b, size, &err) == JN_OK);
	out = jn_alloc(env, *size);
	jn_build_write(env, b, out);
	return out;
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnJourney	j;
	JnError		err;
	size_t		value_size;
	size_t		again_size;
	uint8_t    *value = read_text(env, (const char *) data, size, &value_size);
	uint8_t    *again;
	char	   *text;
	size_t		text_size;

	if (value == NULL)
		return;
	EXPECT(jn_journey_validate(env, value, value_size, &j, &err) == JN_OK);
	text_size = jn_text_size(env, &j);
	text = jn_alloc(env, text_size);
	jn_text_write(env, &j, text);
	again = read_text(env, text, text_size, &again_size);
	EXPECT(again != NULL);
	EXPECT(again_size == value_size && memcmp(again, value, value_size) == 0);
}
