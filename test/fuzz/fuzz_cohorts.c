/*
 * fuzz_cohorts.c
 *	  Fuzzes the reader of states of retention, lifecycles and stickiness.
 *
 * What it accepts is written again as the same bytes, asks a question that can
 * be made ready, and merges with itself.
 */
#include "cohorts.h"

#include "fuzz.h"

static void
check_bytes(const JnEnv *env, const JnCohorts *c, const uint8_t *data, size_t size)
{
	uint32_t	n;
	JnCohortsCount *count = jn_cohorts_counts(env, c, &n);
	JnError		err;
	size_t		again;
	uint8_t    *bytes;

	for (uint32_t i = 1; i < n; i++)
		EXPECT(count[i].number > count[i - 1].number
			   || (count[i].number == count[i - 1].number && count[i].column > count[i - 1].column));
	EXPECT(jn_cohorts_size(c, n, &again, &err) == JN_OK && again == size);
	bytes = jn_alloc(env, size);
	jn_cohorts_write(env, c, count, n, bytes);
	EXPECT(memcmp(bytes, data, size) == 0);
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnCohorts	c;
	JnCohorts	twice;
	JnCohortsLook look;
	JnCalendar	days = {.length = INT64_C(86400000000)};
	JnError		err = {0};

	if (jn_cohorts_read(env, NULL, 0, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size);
		return;
	}
	EXPECT(jn_cohorts_read(env, &c, 42, data, size, &err) == JN_OK);
	EXPECT(jn_cohorts_same(&c.ask, &c.ask));
	check_bytes(env, &c, data, size);

	EXPECT(jn_cohorts_look_init(env, &look, &c.ask, &err) == JN_OK);
	jn_calendar_init(env, &days);
	look.calendar = look.other = &days;
	EXPECT(jn_cohorts_read(env, &twice, 7, data, size, &err) == JN_OK);
	if (jn_cohorts_merge(env, &twice, &look, &c, &err) == JN_OK)
		EXPECT(jn_cohorts_finish(env, &twice, &look, &err) == JN_OK || err.status == JN_TOO_MANY_STEPS);
	else
		EXPECT(err.status == JN_TOO_MANY_POINTS || err.status == JN_TOO_MANY_STEPS);
}
