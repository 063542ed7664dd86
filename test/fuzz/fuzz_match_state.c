/*
 * fuzz_match_state.c
 *	  Fuzzes the reader of states of match_count_agg().
 *
 * What it accepts is written again as the same bytes, tells counts that fit, and
 * merges with itself.
 */
#include "pattern/match_total.h"

#include "fuzz.h"

static void
check_counts(const JnEnv *env, JnMatchTotal *t)
{
	JnMatchCounts counts;
	JnError		err;

	if (jn_match_total_counts(env, t, &counts, &err) != JN_OK)
	{
		EXPECT(err.status == JN_TOO_MANY_STEPS);
		return;
	}
	EXPECT(counts.matched <= counts.subjects && counts.matched <= counts.matches);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnMatchTotal t;
	JnMatchTotal twice;
	JnError		err = {0};
	size_t		again;
	uint8_t    *bytes;

	if (jn_match_total_read(env, &t, 42, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK);
		return;
	}
	EXPECT(jn_match_total_size(&t, &again, &err) == JN_OK && again == size);
	bytes = jn_alloc(env, size);
	jn_match_total_write(env, &t, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);
	check_counts(env, &t);

	EXPECT(jn_match_total_read(env, &twice, 7, data, size, &err) == JN_OK);
	EXPECT(jn_match_total_is_for(&twice, t.bytes, t.size));
	if (jn_match_total_merge(env, &twice, &t, &err) == JN_OK)
		check_counts(env, &twice);
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
}
