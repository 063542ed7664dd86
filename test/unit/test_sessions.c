/*
 * test_sessions.c
 *	  Cutting into sessions, against a loop over plain times.
 */
#include "sessions.h"

#include "model.h"

static Step step[MODEL_MAX_STEPS];

/* Compares the cuts of a journey with those of its sorted steps. */
static void
check_cuts(const JnJourney *j, uint32_t n, int64_t gap)
{
	JnSessions	s;
	JnSession	session;
	uint32_t	from = 0;
	uint32_t	count = 0;

	jn_sessions_open(&s, j, gap);
	while (from < n)
	{
		uint32_t	to = from + 1;

		while (to < n && (uint64_t) step[to].time - (uint64_t) step[to - 1].time <= (uint64_t) gap)
			to++;
		if (!CHECK(jn_sessions_next(ENV, &s, &session)))
			return;
		CHECK_INT(session.from, from);
		CHECK_INT(session.to, to);
		CHECK_INT(session.first, step[from].time);
		CHECK_INT(session.last, step[to - 1].time);
		from = to;
		count++;
	}
	CHECK_INT(jn_session_count(ENV, j, gap), count);
	CHECK(!jn_sessions_next(ENV, &s, &session));
	CHECK(!jn_sessions_next(ENV, &s, &session));
}

TEST(sessions_random)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 40);
		JnJourney	j;

		model_random(&seed, step, n);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		model_sort(step, n, true);
		check_cuts(&j, n, 0);
		check_cuts(&j, n, INT64_MAX);
		check_cuts(&j, n, (int64_t) (unit_random(&seed) >> 1 >> unit_below(&seed, 60)));
		/* exactly a gap that occurs, and one less */
		if (n > 1)
		{
			uint32_t	i = 1 + unit_below(&seed, n - 1);
			uint64_t	d = jn_time_span(step[i - 1].time, step[i].time);

			check_cuts(&j, n, d > INT64_MAX ? INT64_MAX : (int64_t) d);
			check_cuts(&j, n, d > INT64_MAX || d == 0 ? 0 : (int64_t) d - 1);
		}
		unit_env_clear(&unit_env);
	}
}

/* A gap exactly as long stays; a microsecond more does not. */
TEST(sessions_gap_is_inclusive)
{
	CHECK(!jn_session_breaks(0, 1800000000, 1800000000));
	CHECK(jn_session_breaks(0, 1800000001, 1800000000));
	CHECK(!jn_session_breaks(5, 5, 0));
	CHECK(jn_session_breaks(5, 6, 0));
	CHECK(!jn_session_breaks(6, 5, 0));
	CHECK(jn_session_breaks(JN_TIME_MIN, JN_TIME_END - 1, INT64_MAX));	/* longer than INT64_MAX */
	CHECK(!jn_session_breaks(JN_TIME_MIN, 0, INT64_MAX));
}

TEST(sessions_tick)
{
	uint32_t	n = 2 * JN_TICK_EVERY + 1;
	JnBuild    *b = jn_build_new(ENV, true);
	JnSessions	s;
	JnSession	session;
	JnJourney	j;
	size_t		ticks;

	for (uint32_t i = 0; i < n; i++)
		add_steps(ENV, b, &(Step) {i, "a", 1}, 1);
	j = proved(ENV, build_bytes(ENV, b));
	for (int64_t gap = 0; gap < 2; gap++)
	{
		uint32_t	count = 0;

		ticks = unit_env.ticks;
		jn_sessions_open(&s, &j, gap);
		while (jn_sessions_next(ENV, &s, &session))
			count++;
		CHECK_INT(count, gap == 0 ? n : 1);
		CHECK(unit_env.ticks - ticks >= 2);
	}
}
