/*
 * fuzz_restoration_state.c
 *	  Fuzzes the reader of states of restoration_agg().
 *
 * What it accepts is written again as the same bytes, tells an answer that
 * fits, and merges with itself.
 */
#include "restoration.h"

#include "fuzz.h"

static void
check_answer(const JnEnv *env, JnRestorations *r)
{
	JnRestored	answer;
	JnError		err;

	if (jn_restorations_answer(env, r, &answer, &err) != JN_OK)
	{
		EXPECT(err.status == JN_TOO_MANY_STEPS || err.status == JN_TOO_MANY_POINTS);
		return;
	}
	EXPECT(answer.restored <= answer.sensed && answer.sensed <= INT64_MAX);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnRestorations r;
	JnRestorations twice;
	JnError		err = {0};
	size_t		again;
	uint8_t    *bytes;

	if (jn_restorations_read(env, &r, 42, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK);
		return;
	}
	EXPECT(jn_restorations_size(&r, &again, &err) == JN_OK && again == size);
	bytes = jn_alloc(env, size);
	jn_restorations_write(env, &r, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);
	check_answer(env, &r);

	EXPECT(jn_restorations_read(env, &twice, 7, data, size, &err) == JN_OK);
	EXPECT(jn_restorations_is_for(&twice, r.sense));
	if (jn_restorations_merge(env, &twice, &r, &err) != JN_OK)
	{
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
		return;
	}
	check_answer(env, &twice);
	EXPECT(twice.n >= 2 * r.n);
}
