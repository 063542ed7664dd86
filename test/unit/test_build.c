/*
 * test_build.c
 *	  The builder against the slow encoder of model.h.
 */
#include "model.h"

static Step step[MODEL_MAX_STEPS];
static Step sorted[MODEL_MAX_STEPS];
static uint8_t expected[MODEL_MAX_BYTES];

/* How many random journeys a test looks at. */
#define ROUNDS	3000

static uint32_t
random_size(uint64_t *seed)
{
	return 1 + unit_below(seed, unit_below(seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
}

/* Random steps in step[], in order in sorted[], their bytes in expected[]. */
static size_t
random_journey(uint64_t *seed, uint32_t n, bool keep_ties)
{
	model_random(seed, step, n);
	memcpy(sorted, step, n * sizeof(Step));
	model_sort(sorted, n, keep_ties);
	return model_encode(sorted, n, expected);
}

TEST(build_equals_model)
{
	uint64_t	seed = 1;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		bool		keep_ties = unit_below(&seed, 2);
		size_t		size = random_journey(&seed, n, keep_ties);
		Bytes		got = steps_bytes(ENV, step, n, keep_ties);

		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		proved(ENV, got);
		jn_release(ENV, got.data);
	}
	CHECK_INT(unit_env.blocks, 0);	/* what was made was released */
}

TEST(build_shuffled_is_the_same)
{
	uint64_t	seed = 2;

	for (int round = 0; round < ROUNDS / 10; round++)
	{
		uint32_t	n = random_size(&seed);
		size_t		size = random_journey(&seed, n, false);

		for (int again = 0; again < 5; again++)
		{
			Bytes		got;

			model_shuffle(&seed, step, n);
			got = steps_bytes(ENV, step, n, false);
			if (!CHECK_BYTES(got.data, got.size, expected, size))
				return;
			jn_release(ENV, got.data);
		}
	}
}

/* Finishing in between changes nothing. */
TEST(build_finish_and_go_on)
{
	uint64_t	seed = 3;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		bool		keep_ties = unit_below(&seed, 2);
		size_t		size = random_journey(&seed, n, keep_ties);
		JnBuild    *b = jn_build_new(ENV, keep_ties);
		Bytes		got;

		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = 1 + unit_below(&seed, n - done);

			add_steps(ENV, b, step + done, more);
			done += more;
			got = build_bytes(ENV, b);
			CHECK_INT(jn_build_steps(b), done);
		}
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Any split, through states as bytes or not, gives what one pass gives. */
TEST(build_parts_merged)
{
	uint64_t	seed = 4;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		bool		keep_ties = unit_below(&seed, 2);
		size_t		size = random_journey(&seed, n, keep_ties);
		JnBuild    *into = jn_build_new(ENV, keep_ties);
		JnError		err;
		Bytes		got;

		if (!keep_ties)
			model_shuffle(&seed, step, n);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = unit_below(&seed, n - done + 1);
			JnBuild    *part = jn_build_new(ENV, keep_ties);

			add_steps(ENV, part, step + done, more);
			done += more;
			if (more > 0 && unit_below(&seed, 3) == 0)
				build_bytes(ENV, part);
			if (unit_below(&seed, 2))
			{
				Bytes		state = {NULL, jn_build_state_size(part)};

				state.data = jn_alloc(ENV, state.size);
				jn_build_state_write(ENV, part, state.data);
				jn_build_free(ENV, part);
				if (!CHECK_INT(jn_build_state_read(ENV, state.data, state.size, &part, &err), JN_OK))
					return;
				jn_release(ENV, state.data);
				CHECK_INT(jn_build_steps(part), more);
			}
			CHECK_INT(jn_build_merge(ENV, into, part, &err), JN_OK);
			CHECK_INT(jn_build_steps(part), more);
			if (unit_below(&seed, 2))
				jn_build_free(ENV, part);
		}
		got = build_bytes(ENV, into);
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Journeys into a builder: each in its own order, the first added first. */
TEST(build_journeys_merged)
{
	uint64_t	seed = 5;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		JnBuild    *b = jn_build_new(ENV, true);
		size_t		size;
		Bytes		got;

		model_random(&seed, step, n);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = 1 + unit_below(&seed, n - done);
			bool		keep_ties = unit_below(&seed, 2);
			JnJourney	part = proved(ENV, steps_bytes(ENV, step + done, more, keep_ties));
			JnError		err;

			model_sort(step + done, more, keep_ties);
			CHECK_INT(jn_build_add_journey(ENV, b, &part, 0, more, &err), JN_OK);
			done += more;
		}
		model_sort(step, n, true);
		size = model_encode(step, n, expected);
		got = build_bytes(ENV, b);
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Each slice of a journey is a journey; cutting all of it takes one walk. */
TEST(build_slices)
{
	uint64_t	seed = 6;

	for (int round = 0; round < ROUNDS / 3; round++)
	{
		uint32_t	n = random_size(&seed);
		JnBuild    *b = jn_build_new(ENV, true);
		JnName	   *name;
		JnJourney	j;
		JnWalk		w;
		JnError		err;

		random_journey(&seed, n, true);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		name = jn_alloc(ENV, j.event.names * sizeof(JnName));
		jn_labels_names(&j.event, name);
		jn_walk_open(&w, &j);
		for (uint32_t from = 0; from < n;)
		{
			uint32_t	count = 1 + unit_below(&seed, n - from);
			size_t		size = model_encode(sorted + from, count, expected);
			Bytes		got;

			jn_build_reset(b);
			CHECK_INT(jn_build_add_run(ENV, b, &w, name, count, &err), JN_OK);
			got = build_bytes(ENV, b);
			CHECK_BYTES(got.data, got.size, expected, size);

			jn_build_reset(b);
			CHECK_INT(jn_build_add_journey(ENV, b, &j, from, from + count, &err), JN_OK);
			got = build_bytes(ENV, b);
			if (!CHECK_BYTES(got.data, got.size, expected, size))
				return;
			from += count;
			CHECK_INT(w.next, from);
		}
		CHECK_INT(jn_build_add_journey(ENV, b, &j, n, n, &err), JN_OK);
		unit_env_clear(&unit_env);
	}
}

/* After reset nothing of the names before is left, in small and large dictionaries. */
TEST(build_reset_forgets)
{
	JnBuild    *b = jn_build_new(ENV, false);

	for (uint32_t names = 300; names > 0; names /= 3)
	{
		static char text[300][8];
		size_t		size;
		Bytes		got;

		jn_build_reset(b);
		for (uint32_t i = 0; i < names; i++)
		{
			int			length = snprintf(text[i], sizeof(text[i]), "%u_%u", names, i);

			step[i] = (Step) {i, text[i], (uint32_t) length};
		}
		add_steps(ENV, b, step, names);
		got = build_bytes(ENV, b);
		size = model_encode(step, names, expected);
		CHECK_BYTES(got.data, got.size, expected, size);
	}
}

/* A name that was added last before a reset, after steps that came as a journey. */
TEST(build_reset_forgets_the_last_name)
{
	JnBuild    *b = jn_build_new(ENV, false);
	JnJourney	x;
	JnError		err;
	Bytes		got;
	size_t		size;

	step[0] = (Step) {0, "a", 1};
	step[1] = (Step) {1, "b", 1};
	add_steps(ENV, b, step, 2);
	step[0] = (Step) {0, "x", 1};
	x = proved(ENV, steps_bytes(ENV, step, 1, false));
	jn_build_reset(b);
	CHECK_INT(jn_build_add_journey(ENV, b, &x, 0, 1, &err), JN_OK);
	add_steps(ENV, b, step + 1, 1);
	got = build_bytes(ENV, b);
	size = model_encode(step, 2, expected);
	CHECK_BYTES(got.data, got.size, expected, size);
}

/* ---- what is refused ---- */

TEST(build_refuses_and_stays)
{
	static char longest[JN_MAX_NAME + 1];
	JnBuild    *b = jn_build_new(ENV, false);
	JnError		err;
	Bytes		got;
	size_t		size;

	memset(longest, 'x', sizeof(longest));
	step[0] = (Step) {5, "a", 1};
	step[1] = (Step) {6, longest, JN_MAX_NAME};
	step[2] = (Step) {JN_TIME_END - 1, "", 0};
	add_steps(ENV, b, step, 2);

	CHECK_INT(jn_build_add(ENV, b, 7, longest, JN_MAX_NAME + 1, &err), JN_NAME_LONG);
	CHECK_INT(err.found, JN_MAX_NAME + 1);
	CHECK_INT(err.limit, JN_MAX_NAME);
	CHECK_INT(jn_build_add(ENV, b, 7, "ab\xff", 3, &err), JN_NAME_UTF8);
	CHECK_INT(err.at, 2);
	CHECK_INT(jn_build_add(ENV, b, 7, "a\0b", 3, &err), JN_NAME_UTF8);
	CHECK_INT(err.at, 1);
	CHECK_INT(jn_build_add(ENV, b, JN_TIME_END, "c", 1, &err), JN_TIME_RANGE);
	CHECK(err.found == JN_TIME_END);
	CHECK_INT(jn_build_add(ENV, b, JN_TIME_MIN - 1, "c", 1, &err), JN_TIME_RANGE);
	CHECK_INT(jn_build_add(ENV, b, INT64_MAX, "a", 1, &err), JN_TIME_RANGE);
	CHECK_INT(jn_build_add(ENV, b, INT64_MIN, "a", 1, &err), JN_TIME_RANGE);
	CHECK_INT(jn_build_steps(b), 2);

	add_steps(ENV, b, step + 2, 1);
	got = build_bytes(ENV, b);
	size = model_encode(step, 3, expected);
	CHECK_BYTES(got.data, got.size, expected, size);
	proved(ENV, got);
}

TEST(build_of_nothing)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnBuild    *read;
	uint8_t    *state = jn_alloc(ENV, jn_build_state_size(b));
	size_t		size;
	JnError		err;

	CHECK_INT(jn_build_finish(ENV, b, &size, &err), JN_ARGUMENT);
	jn_build_state_write(ENV, b, state);
	CHECK_INT(jn_build_state_read(ENV, state, jn_build_state_size(b), &read, &err), JN_OK);
	CHECK_INT(jn_build_steps(read), 0);
	CHECK_INT(jn_build_merge(ENV, b, read, &err), JN_OK);
	CHECK_INT(jn_build_steps(b), 0);
}

/*
 * More steps than a value can hold are refused before any memory is asked for
 * or any step of the journey that claims them is read: it has none.
 */
TEST(build_too_many_steps)
{
	uint32_t	n = JN_MAX_STEPS;
	JnBuild    *b = jn_build_new(ENV, true);
	JnJourney	j = {.head = {.n = n},.event = {.names = 1,.lengths = (const uint8_t *) "\1",.name_data = "a"}};
	JnError		err;

	add_steps(ENV, b, &(Step) {0, "a", 1}, 1);
	CHECK_INT(jn_build_add_journey(ENV, b, &j, 0, n, &err), JN_TOO_MANY_STEPS);
	CHECK_INT(err.found, (int64_t) n + 1);
	CHECK_INT(err.limit, n);
	CHECK_INT(jn_build_steps(b), 1);
	CHECK(unit_env.most_bytes < 1000);
}

/* ---- states ---- */

TEST(state_broken_in_each_way)
{
	/* "b" at 1 on channel "w", "a" at 2 with sense "s" and value 1.0625, keep ties */
	static const uint8_t good[] = {
		1, 1, 0x31, 0, 2, 0, 0, 0,
		1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
		2, 0, 0, 0, 1, 0, 1, 0, 'b', 'a', 0, 1,
		1, 0, 0, 0, 1, 0, 'w', 1, 0,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0xf1, 0xbf,
		1, 0, 0, 0, 1, 0, 's', 0, 1,
	};
	static const struct
	{
		const char *what;
		size_t		at;
		uint8_t		byte;
		JnStatus	status;
	}			bad[] = {
		{"newer version", 0, 2, JN_BYTES_VERSION},
		{"older version", 0, 0, JN_BYTES_VERSION},
		{"ties are neither kept nor not", 1, 2, JN_BYTES_CORRUPT},
		{"unknown track", 2, 0x71, JN_BYTES_TRACKS},
		{"unknown track", 3, 1, JN_BYTES_TRACKS},
		{"a track less", 2, 0x11, JN_BYTES_CORRUPT},
		{"many more steps", 7, 0xff, JN_BYTES_SHORT},
		{"time before 4714 BC", 15, 0x80, JN_TIME_RANGE},
		{"more names than steps", 24, 3, JN_BYTES_CORRUPT},
		{"no names", 24, 0, JN_BYTES_CORRUPT},
		{"long name", 29, 0x10, JN_NAME_LONG},
		{"name beyond the end", 28, 0xff, JN_BYTES_SHORT},
		{"name is not UTF-8", 32, 0xff, JN_NAME_UTF8},
		{"name holds a zero byte", 33, 0, JN_NAME_UTF8},
		{"code beyond the names", 34, 2, JN_BYTES_CORRUPT},
		{"code of no event", 34, 0xff, JN_BYTES_CORRUPT},
		{"no names of a track", 36, 0, JN_BYTES_CORRUPT},
		{"channel holds a zero byte", 42, 0, JN_NAME_UTF8},
		{"code beyond the channels", 43, 2, JN_BYTES_CORRUPT},
		{"another NaN", 60, 0xff, JN_BYTES_CORRUPT},
		{"empty sense", 67, 0, JN_BYTES_CORRUPT},
		{"sense is not UTF-8", 67, 0xff, JN_NAME_UTF8},
	};
	JnBuild    *b;
	JnError		err;

	CHECK_INT(jn_build_state_read(ENV, good, sizeof(good), &b, &err), JN_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		Bytes		broken = bytes_copy(ENV, good, sizeof(good));

		broken.data[bad[i].at] = bad[i].byte;
		if (!CHECK_INT(jn_build_state_read(ENV, broken.data, broken.size, &b, &err), bad[i].status))
			printf("  %s\n", bad[i].what);
	}
	for (size_t size = 0; size < sizeof(good); size++)
	{
		Bytes		cut = bytes_copy(ENV, good, size);

		CHECK_INT(jn_build_state_read(ENV, cut.data, size, &b, &err), JN_BYTES_SHORT);
	}
	for (size_t at = 0; at < sizeof(good); at++)
		for (int bit = 0; bit < 8; bit++)
		{
			Bytes		flipped = bytes_copy(ENV, good, sizeof(good));

			flipped.data[at] ^= (uint8_t) (1 << bit);
			if (jn_build_state_read(ENV, flipped.data, flipped.size, &b, &err) == JN_OK && jn_build_steps(b) > 0)
				proved(ENV, build_bytes(ENV, b));
		}
	CHECK(unit_env.most_bytes < 1000000);
}

/* A state may name a name twice or never: the journey does not. */
TEST(state_names_are_found_anew)
{
	static const uint8_t twice[] = {
		1, 1, 0, 0, 2, 0, 0, 0,
		1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
		2, 0, 0, 0, 1, 0, 1, 0, 'a', 'a', 0, 1
	};
	JnBuild    *b;
	JnError		err;
	Bytes		got;
	size_t		size;

	step[0] = (Step) {1, "a", 1};
	step[1] = (Step) {2, "a", 1};
	size = model_encode(step, 2, expected);
	if (!CHECK_INT(jn_build_state_read(ENV, twice, sizeof(twice), &b, &err), JN_OK))
		return;
	got = build_bytes(ENV, b);
	CHECK_BYTES(got.data, got.size, expected, size);
}

/* Codes of four bytes have room for the number that stands for "none". */
TEST(state_event_that_is_none)
{
	uint32_t	n = 65536;
	JnBuild    *b = jn_build_new(ENV, true);
	JnError		err;
	size_t		size;
	uint8_t    *state;

	for (uint32_t i = 0; i < n; i++)
	{
		char		text[8];

		add_steps(ENV, b, &(Step) {i, text, (uint32_t) snprintf(text, sizeof(text), "%u", i)}, 1);
	}
	size = jn_build_state_size(b);
	state = jn_alloc(ENV, size);
	jn_build_state_write(ENV, b, state);
	CHECK_INT(jn_build_state_read(ENV, state, size, &b, &err), JN_OK);
	memset(state + size - 4, 0xff, 4);
	CHECK_INT(jn_build_state_read(ENV, state, size, &b, &err), JN_BYTES_CORRUPT);
	CHECK_INT(err.at, size - 4);
}

/* ---- memory ---- */

TEST(build_is_small)
{
	JnBuild    *b = jn_build_new(ENV, false);

	CHECK(unit_env.bytes <= 256);
	for (int i = 0; i < 5; i++)
		add_steps(ENV, b, &(Step) {i, i % 2 ? "view" : "purchase", i % 2 ? 4 : 8}, 1);
	CHECK_INT(unit_env.allocations, 1);
	build_bytes(ENV, b);
	CHECK_INT(unit_env.allocations, 2);
	jn_build_free(ENV, b);
	CHECK_INT(unit_env.blocks, 1);
}

TEST(build_memory_is_as_promised)
{
	uint32_t	n = 75000;
	JnBuild    *b = jn_build_new(ENV, false);
	uint64_t	seed = 7;
	size_t		before;

	for (uint32_t i = 0; i < n; i++)
		add_steps(ENV, b, &(Step) {(int64_t) (unit_random(&seed) >> 36), "x", 1}, 1);
	before = unit_env.bytes;
	CHECK(before < 24 * (size_t) n + 1000); /* 12 a step, doubling */
	unit_env.most_bytes = 0;
	CHECK(build_bytes(ENV, b).size < 5 * (size_t) n);
	CHECK(unit_env.most_bytes < before + 6 * (size_t) n + 1000);
}

static void
everything(const JnEnv *env, void *arg)
{
	const Step *s = arg;
	JnBuild    *a = jn_build_new(env, false);
	JnBuild    *b = jn_build_new(env, true);
	JnBuild    *c;
	JnError		err;
	JnJourney	j;
	uint8_t    *state;

	add_steps(env, a, s, 200);
	add_steps(env, b, s + 200, 200);
	jn_build_merge(env, a, b, &err);
	state = jn_alloc(env, jn_build_state_size(a));
	jn_build_state_write(env, a, state);
	if (jn_build_state_read(env, state, jn_build_state_size(a), &c, &err) != JN_OK)
		abort();
	j = proved(env, build_bytes(env, c));
	jn_build_add_journey(env, b, &j, 3, 400, &err);
	build_bytes(env, b);
	jn_build_free(env, a);
	jn_build_free(env, b);
	jn_build_free(env, c);
}

TEST(build_may_be_left_anywhere)
{
	static char text[MODEL_MAX_STEPS][8];
	uint64_t	seed = 8;

	for (uint32_t i = 0; i < MODEL_MAX_STEPS; i++)
	{
		int			size = snprintf(text[i], sizeof(text[i]), "n%u", i);

		step[i] = (Step) {(int64_t) unit_below(&seed, 1000), text[i], (uint32_t) size};
	}
	CHECK(unit_leave_everywhere(everything, step, 10000) > 50);
}

/* ---- large ones ---- */

/* Distinct names in falling order, each once, then all again upward. */
static void
many_names(uint32_t names, unsigned width)
{
	uint32_t	n = 2 * names;
	JnBuild    *b = jn_build_new(ENV, false);
	JnJourney	j;
	JnName	   *name;
	JnWalk		w;
	char		text[16];

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	which = i < names ? names - 1 - i : i - names;
		int			size = snprintf(text, sizeof(text), "name%08u", which);

		add_steps(ENV, b, &(Step) {(int64_t) i * 1000, text, (uint32_t) size}, 1);
	}
	j = proved(ENV, build_bytes(ENV, b));
	CHECK_INT(j.event.names, names);
	CHECK_INT(j.event.width, width);
	CHECK_INT(j.size, JN_HEADER_SIZE + jn_varint_size(names) + 13 * (size_t) names + (size_t) width * n
			  + (n + 2) / 4 + n - 1);
	name = jn_alloc(ENV, names * sizeof(JnName));
	jn_labels_names(&j.event, name);
	for (jn_walk_open(&w, &j); w.next < n; jn_walk_next(&w))
	{
		uint32_t	which = w.next < names ? names - 1 - w.next : w.next - names;
		uint32_t	code = jn_journey_code(&j, w.next);
		int			size = snprintf(text, sizeof(text), "name%08u", which);

		if (!CHECK_INT(code, which) || !CHECK_INT(w.time, (int64_t) w.next * 1000)
			|| !CHECK_BYTES(name[code].data, name[code].size, text, (size_t) size))
			return;
	}
}

TEST(build_2_names)
{
	many_names(2, 1);
}

TEST(build_255_names)
{
	many_names(255, 1);
}

TEST(build_256_names)
{
	many_names(256, 2);
}

TEST(build_65535_names)
{
	many_names(65535, 2);
}

TEST(build_65536_names)
{
	many_names(65536, 4);
}

TEST(build_100000_names)
{
	many_names(100000, 4);
}

/* 5 M steps, in order and shuffled; a tenth under the sanitizers. */
TEST(build_millions_of_steps)
{
	uint32_t	n = UNIT_SANITIZED ? 500000 : 5000000;
	int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
	Bytes		got[2];
	double		begin = unit_seconds();
	uint64_t	seed = 9;
	JnJourney	j;
	JnWalk		w;
	size_t		ticks;

	for (uint32_t i = 0; i < n; i++)
		time[i] = (int64_t) i * 7000000;
	for (int shuffled = 0; shuffled < 2; shuffled++)
	{
		JnBuild    *b = jn_build_new(ENV, false);

		for (uint32_t i = n; shuffled && i > 1; i--)
		{
			uint32_t	k = unit_below(&seed, i);
			int64_t		t = time[i - 1];

			time[i - 1] = time[k];
			time[k] = t;
		}
		for (uint32_t i = 0; i < n; i++)
		{
			char		name = (char) ('a' + time[i] / 7000000 % 26);
			JnError		err;

			if (jn_build_add(ENV, b, time[i], &name, 1, &err) != JN_OK)
				abort();
		}
		ticks = unit_env.ticks;
		got[shuffled] = build_bytes(ENV, b);
		CHECK(unit_env.ticks - ticks >= 3 * (n / JN_TICK_EVERY));
		jn_build_free(ENV, b);
	}
	CHECK(got[0].size == got[1].size && memcmp(got[0].data, got[1].data, got[0].size) == 0);
	ticks = unit_env.ticks;
	j = proved(ENV, got[0]);
	CHECK(unit_env.ticks - ticks >= 2 * (n / JN_TICK_EVERY));
	CHECK_INT(j.head.n, n);
	for (jn_walk_open(&w, &j); w.next < n; jn_walk_next(&w))
		if (w.time != (int64_t) w.next * 7000000 || jn_journey_code(&j, w.next) != w.next % 26)
		{
			CHECK_INT(w.time, (int64_t) w.next * 7000000);
			return;
		}
	printf("%u steps twice in %.2f s\n", n, unit_seconds() - begin);
}
