/*
 * test_common.c
 *	  Builders that share a vocabulary, against builders that do not.
 */
#include "common.h"

#include "model.h"

#define GROUPS	6

static Step step[GROUPS][MODEL_MAX_STEPS];

/* A name of the pool, or one of many others. */
static void
random_steps(uint64_t *seed, Step *s, uint32_t n, uint32_t others)
{
	static char text[20000][12];

	model_random(seed, s, n);
	for (uint32_t i = 0; i < n; i++)
		if (others > 0 && unit_below(seed, 3) == 0)
		{
			uint32_t	which = unit_below(seed, others);

			s[i].size = (uint32_t) snprintf(text[which], sizeof(text[which]), "%u", which);
			s[i].name = text[which];
		}
	if (unit_below(seed, 3) == 0)
		model_random_tracks(seed, s, n);
}

/* Sends a builder's state through bytes. */
static JnBuild *
through_state(JnBuild *b)
{
	size_t		size = jn_build_state_size(b);
	uint8_t    *state = jn_alloc(ENV, size);
	JnBuild    *read;
	JnError		err;

	jn_build_state_write(ENV, b, state);
	if (!CHECK_INT(jn_build_state_read(ENV, state, size, &read, &err), JN_OK))
		abort();
	return read;
}

/*
 * Groups whose rows come mixed, finished now and then, in states and merged;
 * "others" are names beside those of the pool.  Gives the names shared.
 */
static uint32_t
mixed(uint64_t seed, int rounds, uint32_t others)
{
	UnitEnv		own;
	JnCommon   *common;
	uint32_t	names;

	memset(&own, 0, sizeof(own));
	unit_env_clear(&own);
	common = jn_common_new(&own.env);
	for (int round = 0; round < rounds; round++)
	{
		JnBuild    *b[GROUPS];
		uint32_t	n[GROUPS];
		uint32_t	done[GROUPS] = {0};
		bool		keep_ties = unit_below(&seed, 2);
		uint32_t	left = 0;

		for (int g = 0; g < GROUPS; g++)
		{
			n[g] = 1 + unit_below(&seed, unit_below(&seed, 20) == 0 ? MODEL_MAX_STEPS : 20);
			random_steps(&seed, step[g], n[g], others);
			b[g] = jn_build_new_sharing(ENV, keep_ties, common);
			left += n[g];
		}
		while (left > 0)
		{
			uint32_t	g = unit_below(&seed, GROUPS);
			uint32_t	more = unit_below(&seed, n[g] - done[g] + 1);

			add_steps(ENV, b[g], step[g] + done[g], more);
			done[g] += more;
			left -= more;
			if (done[g] > 0 && unit_below(&seed, 4) == 0)
			{
				size_t		size;
				JnError		err;

				/* planned but not written: somebody else's names come between */
				CHECK_INT(jn_build_finish(ENV, b[g], &size, &err), JN_OK);
				jn_build_state_size(b[g]);
			}
		}
		for (int g = 0; g < GROUPS; g++)
		{
			Bytes		alone = steps_bytes(ENV, step[g], n[g], keep_ties);
			Bytes		got;

			if (unit_below(&seed, 4) == 0)
				b[g] = through_state(b[g]);
			got = build_bytes(ENV, b[g]);
			if (!CHECK_BYTES(got.data, got.size, alone.data, alone.size))
				return 0;
			jn_build_free(ENV, b[g]);
		}
		unit_env_clear(&unit_env);
	}
	names = common->dict.names;
	unit_env_clear(&own);
	free(own.block);
	return names;
}

TEST(common_of_few_names)
{
	CHECK_INT(mixed(1, 600, 0), MODEL_NAMES);
}

TEST(common_of_hundreds_of_names)
{
	uint32_t	names = mixed(2, 300, 500);

	CHECK(names > 255 && names < JN_COMMON_NAMES);
}

/* Those that come too late stay out, and their builders go on by themselves. */
TEST(common_that_is_full)
{
	CHECK_INT(mixed(3, 300, 20000), JN_COMMON_NAMES);
}

/* Plans of two builders at a time: each writes its own names. */
TEST(common_finish_both_write_both)
{
	JnCommon   *common = jn_common_new(ENV);
	JnBuild    *a = jn_build_new_sharing(ENV, false, common);
	JnBuild    *b = jn_build_new_sharing(ENV, false, common);
	JnError		err;
	static const Step steps_a[] = {{1, "z", 1}, {2, "b", 1}};
	static const Step steps_b[] = {{1, "a", 1}, {1, "", 0}, {1, "z", 1}};
	uint8_t		out[2][200];
	size_t		size[2];
	Bytes		alone;

	add_steps(ENV, a, steps_a, 2);
	add_steps(ENV, b, steps_b, 3);
	CHECK_INT(jn_build_finish(ENV, a, &size[0], &err), JN_OK);
	CHECK_INT(jn_build_finish(ENV, b, &size[1], &err), JN_OK);
	jn_build_write(ENV, a, out[0]);
	jn_build_write(ENV, b, out[1]);
	alone = steps_bytes(ENV, steps_a, 2, false);
	CHECK_BYTES(out[0], size[0], alone.data, alone.size);
	alone = steps_bytes(ENV, steps_b, 3, false);
	CHECK_BYTES(out[1], size[1], alone.data, alone.size);
}

/* Merging in either direction, and journeys added to what shares. */
TEST(common_merged)
{
	uint64_t	seed = 4;
	JnCommon   *common = jn_common_new(ENV);

	for (int round = 0; round < 500; round++)
	{
		uint32_t	n = 2 + unit_below(&seed, 40);
		uint32_t	half = 1 + unit_below(&seed, n - 1);
		JnBuild    *into;
		JnBuild    *from;
		JnError		err;
		Bytes		alone;
		Bytes		got;

		random_steps(&seed, step[0], n, round % 2 ? 3000 : 0);
		alone = steps_bytes(ENV, step[0], n, true);
		into = unit_below(&seed, 3) ? jn_build_new_sharing(ENV, true, common) : jn_build_new(ENV, true);
		from = unit_below(&seed, 3) ? jn_build_new_sharing(ENV, true, common) : jn_build_new(ENV, true);
		add_steps(ENV, into, step[0], half);
		add_steps(ENV, from, step[0] + half, n - half);
		if (unit_below(&seed, 2))
			CHECK_INT(jn_build_merge(ENV, into, from, &err), JN_OK);
		else
		{
			JnJourney	j = proved(ENV, build_bytes(ENV, from));

			CHECK_INT(jn_build_add_journey(ENV, into, &j, 0, n - half, &err), JN_OK);
		}
		got = build_bytes(ENV, into);
		if (!CHECK_BYTES(got.data, got.size, alone.data, alone.size))
			return;
		jn_build_reset(into);
		add_steps(ENV, into, step[0], n);
		got = build_bytes(ENV, into);
		CHECK_BYTES(got.data, got.size, alone.data, alone.size);
		jn_build_free(ENV, into);
		jn_build_free(ENV, from);
	}
}

/* Names that agree in all but their ends, or their lengths: none is taken for another. */
TEST(common_of_similar_names)
{
	JnCommon   *common = jn_common_new(ENV);
	JnBuild    *shared = jn_build_new_sharing(ENV, false, common);
	JnBuild    *alone = jn_build_new(ENV, false);
	uint64_t	seed = 5;
	Bytes		a;
	Bytes		b;

	for (uint32_t i = 0; i < 20000; i++)
	{
		char		name[40];
		uint32_t	size;
		Step		one;

		if (unit_below(&seed, 2))
			size = (uint32_t) snprintf(name, sizeof(name), "the_same%08u", unit_below(&seed, 800));
		else
		{
			size = unit_below(&seed, 20);
			memset(name, 'a', size);
		}
		one = (Step) {i, name, size};
		add_steps(ENV, shared, &one, 1);
		add_steps(ENV, alone, &one, 1);
	}
	a = build_bytes(ENV, shared);
	b = build_bytes(ENV, alone);
	CHECK_BYTES(a.data, a.size, b.data, b.size);
}

TEST(common_text_is_bounded)
{
	JnCommon   *common = jn_common_new(ENV);
	JnBuild    *shared = jn_build_new_sharing(ENV, false, common);
	JnBuild    *alone = jn_build_new(ENV, false);
	char		name[JN_MAX_NAME];
	Bytes		a;
	Bytes		b;

	memset(name, 'x', sizeof(name));
	for (uint32_t i = 0; i < 100; i++)
	{
		name[i] = 'y';
		add_steps(ENV, shared, &(Step) {i, name, sizeof(name)}, 1);
		add_steps(ENV, alone, &(Step) {i, name, sizeof(name)}, 1);
	}
	CHECK_INT(common->dict.names, JN_COMMON_TEXT / JN_MAX_NAME);
	a = build_bytes(ENV, shared);
	b = build_bytes(ENV, alone);
	CHECK_BYTES(a.data, a.size, b.data, b.size);
}

TEST(common_refuses_what_is_no_name)
{
	JnCommon   *common = jn_common_new(ENV);
	JnBuild    *b = jn_build_new_sharing(ENV, false, common);
	JnError		err;

	CHECK_INT(jn_build_add(ENV, b, 1, "a\0b", 3, &err), JN_NAME_UTF8);
	CHECK_INT(err.at, 1);
	CHECK_INT(jn_build_add(ENV, b, 1, "\xff", 1, &err), JN_NAME_UTF8);
	CHECK_INT(common->dict.names, 0);
	CHECK_INT(jn_build_steps(b), 0);
}

/* A group costs 128 bytes at first, and nothing for names. */
TEST(common_is_small)
{
	JnCommon   *common = jn_common_new(ENV);
	size_t		before;
	JnBuild    *b;

	add_steps(ENV, jn_build_new_sharing(ENV, false, common), &(Step) {1, "a name of some length", 21}, 1);
	before = unit_env.bytes;
	b = jn_build_new_sharing(ENV, false, common);
	CHECK(unit_env.bytes - before <= 128);
	for (int i = 0; i < 4; i++)
		add_steps(ENV, b, &(Step) {i, "a name of some length", 21}, 1);
	CHECK(unit_env.bytes - before <= 128);
	add_steps(ENV, b, &(Step) {4, "a name of some length", 21}, 1);
	CHECK(unit_env.bytes - before <= 128 + 8 * 12);
	jn_build_free(ENV, b);
	CHECK_INT(unit_env.bytes, before);
}

static void
everything(const JnEnv *env, void *arg)
{
	JnCommon   *common = jn_common_new(env);
	JnBuild    *a = jn_build_new_sharing(env, false, common);
	JnBuild    *b = jn_build_new_sharing(env, false, common);

	(void) arg;
	for (uint32_t i = 0; i < 1500; i++)
	{
		char		name[12];
		uint32_t	size = (uint32_t) snprintf(name, sizeof(name), "%u", i % 1100);

		add_steps(env, a, &(Step) {1500 - i, name, size}, 1);
		if (i % 3 == 0)
			add_steps(env, b, &(Step) {i, name, size}, 1);
	}
	build_bytes(env, a);
	build_bytes(env, b);
}

TEST(common_may_be_left_anywhere)
{
	CHECK(unit_leave_everywhere(everything, NULL, 1000) > 30);
}
