/*
 * fuzz_funnel_state.c
 *	  Fuzzes the reader of states of funnel_agg().
 *
 * What it accepts is written again as the same bytes, tells steps that fit, and
 * merges with itself.
 */
#include "funnel/funnel_tally.h"

#include "fuzz.h"

static void
check_steps(const JnFunnelTally *t)
{
	for (uint32_t i = 0; i < t->spec.terms.steps; i++)
	{
		const JnFunnelStep *step = &t->step[i];

		EXPECT(step->entered <= t->subjects);
		EXPECT(step->converted + step->open + step->lost + step->excluded == step->entered);
	}
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnFunnelTally t;
	JnFunnelTally twice;
	JnError		err = {0};
	size_t		again;
	uint8_t    *bytes;

	if (jn_funnel_tally_read(env, &t, 42, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK);
		return;
	}
	check_steps(&t);
	EXPECT(jn_funnel_tally_size(&t, &again, &err) == JN_OK && again == size);
	bytes = jn_alloc(env, size);
	jn_funnel_tally_write(env, &t, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);

	EXPECT(jn_funnel_tally_read(env, &twice, 7, data, size, &err) == JN_OK);
	if (jn_funnel_tally_merge(env, &twice, &t, &err) == JN_OK)
		check_steps(&twice);
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
	if (jn_funnel_tally_rest(env, &twice, &err) == JN_OK)
		check_steps(&twice);
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
}
