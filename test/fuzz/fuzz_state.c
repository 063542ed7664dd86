/*
 * fuzz_state.c
 *	  Fuzzes the reader of a builder's state.
 *
 * A state that is accepted gives a journey that passes the proof, and, written
 * and read once more, the same journey.
 */
#include "build.h"

#include "fuzz.h"

/* Finishes the builder and gives its value. */
static uint8_t *
value_of(const JnEnv *env, JnBuild *b, size_t *size)
{
	JnError		err;
	uint8_t    *out;

	EXPECT(jn_build_finish(env, b, size, &err) == JN_OK);
	out = jn_alloc(env, *size);
	jn_build_write(env, b, out);
	return out;
}

/* Writes the state and reads it again. */
static JnBuild *
through_state(const JnEnv *env, const JnBuild *b)
{
	size_t		size = jn_build_state_size(b);
	uint8_t    *state = jn_alloc(env, size);
	JnBuild    *again;
	JnError		err;

	jn_build_state_write(env, b, state);
	EXPECT(jn_build_state_read(env, state, size, &again, &err) == JN_OK);
	EXPECT(jn_build_steps(again) == jn_build_steps(b));
	return again;
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnBuild    *b;
	JnBuild    *before;
	JnBuild    *after;
	JnJourney	j;
	JnError		err;
	uint8_t    *value;
	uint8_t    *again;
	size_t		value_size;
	size_t		again_size;

	if (jn_build_state_read(env, data, size, &b, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	before = through_state(env, b);
	if (jn_build_steps(b) == 0)
	{
		EXPECT(jn_build_finish(env, b, &value_size, &err) == JN_ARGUMENT);
		return;
	}
	value = value_of(env, b, &value_size);
	EXPECT(jn_journey_validate(env, value, value_size, &j, &err) == JN_OK);
	after = through_state(env, b);

	again = value_of(env, before, &again_size);
	EXPECT(again_size == value_size && memcmp(again, value, value_size) == 0);
	again = value_of(env, after, &again_size);
	EXPECT(again_size == value_size && memcmp(again, value, value_size) == 0);
}
