/*
 * fuzz_set_pile.c
 *	  Fuzzes the proof of a pile, the state of journey_set_agg.
 *
 * What passes merges into a valid set; what only lies inside its bytes merges
 * into something or nothing.
 */
#include "set_pile.h"

#include "fuzz.h"

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnPile		pile = {(uint8_t *) data, size, size, 0};
	JnSetBuild *b;
	JnSet		s;
	JnError		err;
	uint8_t    *out;

	if (jn_pile_check(env, data, size, false, &pile.items, &err) != JN_OK)
	{
		EXPECT(jn_pile_check(env, data, size, true, &pile.items, &err) != JN_OK);
		return;
	}
	if (jn_pile_check(env, data, size, true, &pile.items, &err) == JN_OK)
	{
		EXPECT(jn_pile_merge(env, &pile, &b, &err) == JN_OK);
		size = jn_set_build_finish(env, b);
		out = jn_alloc(env, size);
		jn_set_build_write(env, b, out);
		EXPECT(jn_set_validate(env, out, size, &s, &err) == JN_OK);
	}
	else if (jn_pile_merge(env, &pile, &b, &err) == JN_OK)
		jn_set_build_finish(env, b);
}
