/*
 * test_build_tracks.c
 *	  Journeys with tracks: the builder against the slow journey of model.h
 *	  with slow tracks behind it.
 */
#include "model.h"
#include "values_model.h"

/* Steps of both models: events and times in one, all of them in the other. */
static Step plain[MODEL_MAX_STEPS];
static JnStep step[MODEL_MAX_STEPS];
static JnStep sorted[MODEL_MAX_STEPS];
static uint8_t expected[2 * MODEL_MAX_BYTES];

#define ROUNDS	1500

/* ---- the slow way ---- */

static const JnName sets[] = {
#define SET(s) {s, sizeof(s) - 1}
	SET("angry"), SET("angry\0tired"), SET("a"), SET("a\0b"), SET("a\0b\0c"), SET("ab"), SET("a\0bc"), SET("\x01"),
	SET("\x01\0a"), SET("aaaaaaa"), SET("aaaaaaa\0b"), SET("aaaaaaaa\0b"), SET("aaaaaaaaa"), SET("日本"),
#undef SET
};

static uint32_t
random_size(uint64_t *seed)
{
	return 1 + unit_below(seed, unit_below(seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
}

/* Random steps in step[]; which tracks there are, and how often, differs from journey to journey. */
static void
random_steps(uint64_t *seed, uint32_t n)
{
	unsigned	tracks = unit_below(seed, 1 << JN_TRACKS);
	uint32_t	often = 1 + unit_below(seed, 4);
	uint32_t	names = 1 + unit_below(seed, unit_below(seed, 2) ? 2 : 30);

	model_random(seed, plain, n);
	for (uint32_t i = 0; i < n; i++)
	{
		step[i] = (JnStep)
		{
			.time = plain[i].time,.event =
			{
				plain[i].name, plain[i].size
			}
		};
		if (i > 0 && unit_below(seed, 3) == 0)
			step[i].time = step[i - 1].time;
		for (JnTrack t = 0; t < JN_TRACKS; t++)
		{
			uint32_t	which = unit_below(seed, names);

			if ((tracks >> t & 1) == 0 || (often > 1 && unit_below(seed, often) == 0))
				continue;
			step[i].tracks |= 1U << t;
			if (t == JN_VALUE)
				step[i].value = unit_below(seed, 20) == 0 ? NAN : unit_below(seed, 10) == 0 ? -0.0
					: (double) ((int) which - 5) / (names > 2 ? 4 : 1);
			else if (t == JN_SENSES)
				step[i].label[t] = sets[which % (sizeof(sets) / sizeof(sets[0]))];
			else
				step[i].label[t] = (JnName) {model_names[(which + t) % MODEL_NAMES].name, model_names[(which + t) % MODEL_NAMES].size};
		}
	}
}

/* Compares steps by time and, unless ties are kept, by all that they have, none last. */
static int
compare(const JnStep *a, const JnStep *b, bool keep_ties)
{
	int			order;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (keep_ties)
		return 0;
	order = jn_name_compare(a->event, b->event);
	for (JnTrack t = 0; t < JN_TRACKS && order == 0; t++)
	{
		bool		has_a = a->tracks >> t & 1;
		bool		has_b = b->tracks >> t & 1;

		if (!has_a || !has_b)
			order = has_b - has_a;
		else if (t != JN_VALUE)
			order = jn_name_compare(a->label[t], b->label[t]);
		else if (isnan(a->value) || isnan(b->value))
			order = (isnan(a->value) != 0) - (isnan(b->value) != 0);
		else
			order = (a->value > b->value) - (a->value < b->value);
	}
	return order;
}

static void
sort_slowly(JnStep *s, uint32_t n, bool keep_ties)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && compare(&s[k - 1], &s[k], keep_ties) > 0; k--)
		{
			JnStep		t = s[k];

			s[k] = s[k - 1];
			s[k - 1] = t;
		}
}

static void
shuffle(uint64_t *seed, JnStep *s, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--)
	{
		uint32_t	k = unit_below(seed, i);
		JnStep		t = s[i - 1];

		s[i - 1] = s[k];
		s[k] = t;
	}
}

/* Writes a label track; returns its size, 0 if no step has a label. */
static size_t
slow_labels(const JnStep *s, uint32_t n, JnTrack track, uint8_t *out)
{
	static JnName name[MODEL_MAX_STEPS];
	uint32_t	k = 0;
	uint32_t	given = 0;
	bool		gaps;
	uint8_t    *p = out;

	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	at = 0;

		if ((s[i].tracks >> track & 1) == 0)
			continue;
		given++;
		while (at < k && jn_name_compare(name[at], s[i].label[track]) < 0)
			at++;
		if (at < k && jn_name_compare(name[at], s[i].label[track]) == 0)
			continue;
		memmove(name + at + 1, name + at, (k - at) * sizeof(JnName));
		name[at] = s[i].label[track];
		k++;
	}
	if (given == 0)
		return 0;
	gaps = given < n;
	*p++ = gaps;
	p = model_put_varint(p, k);
	for (uint32_t i = 0; i < k; i++)
		p = model_put_varint(p, name[i].size);
	for (uint32_t i = 0; i < k; i++)
	{
		memcpy(p, name[i].data, name[i].size);
		p += name[i].size;
	}
	for (uint32_t i = 0; i < n; i++)
	{
		uint32_t	code = 0;

		if (s[i].tracks >> track & 1)
		{
			while (jn_name_compare(name[code], s[i].label[track]) != 0)
				code++;
			code += gaps;
		}
		p = model_put(p, code, k + gaps == 1 ? 0 : k + gaps <= 255 ? 1 : 2);
	}
	return (size_t) (p - out);
}

/* Encodes steps in order into expected[]; returns the size. */
static size_t
encode(const JnStep *s, uint32_t n)
{
	static uint8_t bare[MODEL_MAX_BYTES];
	static uint8_t sections[MODEL_MAX_BYTES];
	size_t		sections_size = 0;
	size_t		bare_size;
	unsigned	tracks = 0;
	uint8_t    *p = expected + JN_HEADER_SIZE;

	for (uint32_t i = 0; i < n; i++)
		plain[i] = (Step) {s[i].time, s[i].event.data, s[i].event.size};
	bare_size = model_encode(plain, n, bare);
	memcpy(expected, bare, JN_HEADER_SIZE);
	for (JnTrack t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	key[MODEL_MAX_STEPS];
		size_t		size;

		for (uint32_t i = 0; i < n; i++)
			key[i] = s[i].tracks >> JN_VALUE & 1 ? jn_value_key(s[i].value) : JN_NO_VALUE;
		size = t == JN_VALUE ? slow_values(key, n, sections + sections_size)
			: slow_labels(s, n, t, sections + sections_size);
		if (size == 0)
			continue;
		tracks |= 1U << t;
		p = model_put(p, size, 4);
		sections_size += size;
	}
	expected[2] = (uint8_t) tracks;
	memcpy(p, bare + JN_HEADER_SIZE, bare_size - JN_HEADER_SIZE);
	p += bare_size - JN_HEADER_SIZE;
	memcpy(p, sections, sections_size);
	return (size_t) (p - expected) + sections_size;
}

/* Random steps in step[], in order in sorted[], their bytes in expected[]. */
static size_t
random_journey(uint64_t *seed, uint32_t n, bool keep_ties)
{
	random_steps(seed, n);
	memcpy(sorted, step, n * sizeof(JnStep));
	sort_slowly(sorted, n, keep_ties);
	return encode(sorted, n);
}

/* ---- with the core ---- */

static void
add(const JnEnv *env, JnBuild *b, const JnStep *s, uint32_t n)
{
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
	{
		JnStatus	status = s[i].tracks == 0 && i % 2 == 0
		? jn_build_add(env, b, s[i].time, s[i].event.data, s[i].event.size, &err)
		: jn_build_add_step(env, b, &s[i], &err);

		if (!CHECK_INT(status, JN_OK))
			abort();
	}
}

static Bytes
built(const JnEnv *env, const JnStep *s, uint32_t n, bool keep_ties)
{
	JnBuild    *b = jn_build_new(env, keep_ties);
	Bytes		out;

	add(env, b, s, n);
	out = build_bytes(env, b);
	jn_build_free(env, b);
	return out;
}

TEST(build_tracks_equal_model)
{
	uint64_t	seed = 1;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		bool		keep_ties = unit_below(&seed, 2);
		size_t		size = random_journey(&seed, n, keep_ties);
		Bytes		got = built(ENV, step, n, keep_ties);
		JnJourney	j;
		JnStepReader r;
		JnStep		read;

		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		j = proved(ENV, got);
		jn_step_reader_open(ENV, &r, &j);
		for (uint32_t i = 0; i < n; i++)
		{
			CHECK(jn_step_reader_next(ENV, &r, &read));
			if (!CHECK_INT(read.tracks, sorted[i].tracks) || !CHECK_INT(compare(&read, &sorted[i], false), 0))
				return;
		}
		CHECK(!jn_step_reader_next(ENV, &r, &read));
		jn_step_reader_close(ENV, &r);
		jn_release(ENV, got.data);
		CHECK_INT(unit_env.blocks, 0);	/* what was made was released */
	}
}

TEST(build_tracks_shuffled_are_the_same)
{
	uint64_t	seed = 2;

	for (int round = 0; round < ROUNDS / 5; round++)
	{
		uint32_t	n = random_size(&seed);
		size_t		size = random_journey(&seed, n, false);

		for (int again = 0; again < 5; again++)
		{
			Bytes		got;

			shuffle(&seed, step, n);
			got = built(ENV, step, n, false);
			if (!CHECK_BYTES(got.data, got.size, expected, size))
				return;
		}
		unit_env_clear(&unit_env);
	}
}

/* Finishing in between changes nothing; a builder made empty is as new. */
TEST(build_tracks_finish_and_go_on)
{
	uint64_t	seed = 3;
	JnBuild    *b[2] = {jn_build_new(ENV, false), jn_build_new(ENV, true)};

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		bool		keep_ties = unit_below(&seed, 2);
		size_t		size = random_journey(&seed, n, keep_ties);
		Bytes		got = {NULL, 0};

		jn_build_reset(b[keep_ties]);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = 1 + unit_below(&seed, n - done);

			add(ENV, b[keep_ties], step + done, more);
			done += more;
			if (got.data != NULL)
				jn_release(ENV, got.data);
			got = build_bytes(ENV, b[keep_ties]);
		}
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		jn_release(ENV, got.data);
	}
}

/* Any split, through states as bytes or not, gives what one pass gives. */
TEST(build_tracks_of_parts_merged)
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
			shuffle(&seed, step, n);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = unit_below(&seed, n - done + 1);
			JnBuild    *part = jn_build_new(ENV, keep_ties);

			add(ENV, part, step + done, more);
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
			}
			CHECK_INT(jn_build_merge(ENV, into, part, &err), JN_OK);
			CHECK_INT(jn_build_steps(part), more);
			jn_build_free(ENV, part);
		}
		got = build_bytes(ENV, into);
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		jn_release(ENV, got.data);
		unit_env_clear(&unit_env);
	}
}

/* Journeys into a builder: each in its own order, the first added first. */
TEST(build_tracks_of_journeys_merged)
{
	uint64_t	seed = 5;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		JnBuild    *b = jn_build_new(ENV, true);
		size_t		size;
		Bytes		got;

		random_steps(&seed, n);
		for (uint32_t done = 0; done < n;)
		{
			uint32_t	more = 1 + unit_below(&seed, n - done);
			bool		keep_ties = unit_below(&seed, 2);
			JnJourney	part = proved(ENV, built(ENV, step + done, more, keep_ties));
			JnError		err;

			sort_slowly(step + done, more, keep_ties);
			CHECK_INT(jn_build_add_journey(ENV, b, &part, 0, more, &err), JN_OK);
			done += more;
		}
		sort_slowly(step, n, true);
		size = encode(step, n);
		got = build_bytes(ENV, b);
		if (!CHECK_BYTES(got.data, got.size, expected, size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* Each slice of a journey is a journey; cutting all of it takes one walk. */
TEST(build_tracks_of_slices)
{
	uint64_t	seed = 6;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = random_size(&seed);
		JnBuild    *b = jn_build_new(ENV, true);
		JnName	   *name;
		Bytes		whole;
		JnJourney	j;
		JnWalk		w;
		JnError		err;

		random_journey(&seed, n, true);
		whole = built(ENV, step, n, true);
		j = proved(ENV, whole);
		name = jn_alloc(ENV, j.event.names * sizeof(JnName));
		jn_labels_names(&j.event, name);
		jn_walk_open(&w, &j);
		for (uint32_t from = 0; from < n;)
		{
			uint32_t	count = 1 + unit_below(&seed, n - from);
			size_t		size = encode(sorted + from, count);
			Bytes		got;

			jn_build_reset(b);
			if (unit_below(&seed, 4) == 0)
			{
				/* some are left out: the walk passes them */
				for (uint32_t i = 0; i < count; i++)
					jn_walk_next(&w);
			}
			else
			{
				CHECK_INT(jn_build_add_run(ENV, b, &w, name, count, &err), JN_OK);
				got = build_bytes(ENV, b);
				CHECK_BYTES(got.data, got.size, expected, size);
				jn_release(ENV, got.data);
			}

			jn_build_reset(b);
			CHECK_INT(jn_build_add_journey(ENV, b, &j, from, from + count, &err), JN_OK);
			got = build_bytes(ENV, b);
			if (!CHECK_BYTES(got.data, got.size, expected, size))
				return;
			jn_release(ENV, got.data);
			from += count;
		}
		CHECK_INT(w.next, n);
		jn_walk_close(ENV, &w);
		jn_release(ENV, name);
		jn_release(ENV, whole.data);
		jn_build_free(ENV, b);
		CHECK_INT(unit_env.blocks, 0);
	}
}

/* Whatever bytes pass, building what they say gives the same bytes: there is no second form. */
TEST(build_tracks_have_one_form)
{
	uint64_t	seed = 7;
	uint32_t	passed = 0;
	uint32_t	refused = 0;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 6);
		size_t		size = random_journey(&seed, n, true);
		size_t		tracks = JN_HEADER_SIZE;

		for (int change = 0; change < 20; change++)
		{
			Bytes		changed = bytes_copy(ENV, expected, size);
			JnJourney	j;
			JnError		err;

			for (uint32_t k = 1 + unit_below(&seed, 2); k > 0; k--)
				changed.data[tracks + unit_below(&seed, (uint32_t) (size - tracks))]
					= (uint8_t) (unit_below(&seed, 2) ? unit_below(&seed, 6) : unit_below(&seed, 256));
			if (jn_journey_validate(ENV, changed.data, changed.size, &j, &err) == JN_OK)
			{
				JnBuild    *b = jn_build_new(ENV, true);
				Bytes		again;

				CHECK_INT(jn_build_add_journey(ENV, b, &j, 0, j.head.n, &err), JN_OK);
				again = build_bytes(ENV, b);
				if (!CHECK_BYTES(again.data, again.size, changed.data, changed.size))
					return;
				passed++;
			}
			else
				refused++;
		}
		unit_env_clear(&unit_env);
	}
	CHECK(passed > ROUNDS && refused > ROUNDS);
}

/* ---- what is refused ---- */

TEST(build_tracks_refused_leave_the_builder_as_it_was)
{
	static char longest[JN_MAX_NAME + 1];
	JnStep		good = {.time = 2,.event = {"b", 1},.tracks = 0x3f,.value = 1.5};
	struct
	{
		const char *what;
		JnTrack		track;
		JnName		label;
		JnStatus	status;
	}			bad[] = {
		{"long channel", JN_CHANNEL, {longest, JN_MAX_NAME + 1}, JN_NAME_LONG},
		{"zero byte", JN_DECISION, {"a\0b", 3}, JN_NAME_UTF8},
		{"not UTF-8", JN_ACTION, {"a\xff", 2}, JN_NAME_UTF8},
		{"long set", JN_SENSES, {longest, JN_MAX_NAME + 1}, JN_NAME_LONG},
		{"empty set", JN_SENSES, {"", 0}, JN_ARGUMENT},
		{"empty sense first", JN_SENSES, {"\0a", 2}, JN_ARGUMENT},
		{"empty sense last", JN_SENSES, {"a\0", 2}, JN_ARGUMENT},
		{"empty sense within", JN_SENSES, {"a\0\0b", 4}, JN_ARGUMENT},
		{"senses not in order", JN_SENSES, {"b\0a", 3}, JN_ARGUMENT},
		{"a sense twice", JN_SENSES, {"a\0a", 3}, JN_ARGUMENT},
		{"longer sense first", JN_SENSES, {"ab\0a", 4}, JN_ARGUMENT},
		{"sense not UTF-8", JN_SENSES, {"a\0\xff", 3}, JN_NAME_UTF8},
	};
	JnBuild    *b = jn_build_new(ENV, false);
	JnBuild    *bare = jn_build_new(ENV, false);
	JnError		err;
	JnStep		wrong;
	Bytes		before;
	Bytes		after;

	memset(longest, 'x', sizeof(longest));
	for (JnTrack t = 0; t < JN_TRACKS; t++)
		good.label[t] = (JnName) {longest, JN_MAX_NAME};
	CHECK_INT(jn_build_add_step(ENV, b, &good, &err), JN_OK);
	add_steps(ENV, bare, &(Step) {2, "b", 1}, 1);
	before = build_bytes(ENV, b);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (int again = 0; again < 2; again++)
		{
			/* everything else is new, and would be added */
			wrong = (JnStep)
			{
				.time = 1,.event =
				{
					"a", 1
				},.tracks = 0x3f,.value = 2
			};
			for (JnTrack t = 0; t < JN_TRACKS; t++)
				wrong.label[t] = (JnName) {"new", 3};
			wrong.label[bad[i].track] = bad[i].label;
			if (!CHECK_INT(jn_build_add_step(ENV, again ? b : bare, &wrong, &err), bad[i].status))
				printf("  %s\n", bad[i].what);
		}
	wrong = good;
	wrong.time = JN_TIME_END;
	CHECK_INT(jn_build_add_step(ENV, b, &wrong, &err), JN_TIME_RANGE);
	wrong = good;
	wrong.event = (JnName) {"\xff", 1};
	CHECK_INT(jn_build_add_step(ENV, b, &wrong, &err), JN_NAME_UTF8);
	wrong = good;
	wrong.tracks = 0x40;
	CHECK_INT(jn_build_add_step(ENV, b, &wrong, &err), JN_ARGUMENT);

	after = build_bytes(ENV, b);
	CHECK_BYTES(after.data, after.size, before.data, before.size);
	CHECK_INT(proved(ENV, build_bytes(ENV, bare)).head.tracks, 0);
}

/* ---- memory and cost ---- */

TEST(build_tracks_cost_nothing_when_absent)
{
	JnBuild    *b = jn_build_new(ENV, false);
	JnStep		one = {.time = 1,.event = {"view", 4}};
	JnError		err;

	for (int i = 0; i < 5; i++, one.time++)
		CHECK_INT(jn_build_add_step(ENV, b, &one, &err), JN_OK);
	CHECK_INT(unit_env.allocations, 1);
	CHECK(unit_env.bytes <= 256);

	/* a channel throughout is one name: its entry of the directory, gaps, count, length and text */
	size_t		bare = build_bytes(ENV, b).size;

	jn_build_reset(b);
	one.tracks = 1U << JN_CHANNEL;
	one.label[JN_CHANNEL] = (JnName) {"app", 3};
	for (int i = 0; i < 5; i++, one.time++)
		CHECK_INT(jn_build_add_step(ENV, b, &one, &err), JN_OK);
	CHECK_INT(build_bytes(ENV, b).size, bare + 4 + 3 + 3);

	/* and nothing again without it */
	jn_build_reset(b);
	one.tracks = 0;
	for (int i = 0; i < 5; i++, one.time++)
		CHECK_INT(jn_build_add_step(ENV, b, &one, &err), JN_OK);
	CHECK_INT(build_bytes(ENV, b).size, bare);
	CHECK_INT(proved(ENV, build_bytes(ENV, b)).head.tracks, 0);
}

static void
everything(const JnEnv *env, void *arg)
{
	const JnStep *s = arg;
	JnBuild    *a = jn_build_new(env, false);
	JnBuild    *b = jn_build_new(env, true);
	JnBuild    *c;
	JnError		err;
	JnJourney	j;
	uint8_t    *state;

	add(env, a, s, 150);
	add(env, b, s + 150, 150);
	jn_build_merge(env, a, b, &err);
	state = jn_alloc(env, jn_build_state_size(a));
	jn_build_state_write(env, a, state);
	if (jn_build_state_read(env, state, jn_build_state_size(a), &c, &err) != JN_OK)
		abort();
	j = proved(env, build_bytes(env, c));
	jn_build_add_journey(env, b, &j, 3, 300, &err);
	build_bytes(env, b);
	jn_build_free(env, a);
	jn_build_free(env, b);
	jn_build_free(env, c);
}

TEST(build_tracks_may_be_left_anywhere)
{
	static char text[MODEL_MAX_STEPS][8];
	uint64_t	seed = 8;

	for (uint32_t i = 0; i < 300; i++)
	{
		JnName		name = {text[i], (uint32_t) snprintf(text[i], sizeof(text[i]), "n%u", i)};

		step[i] = (JnStep)
		{
			.time = unit_below(&seed, 3),.event =
			{
				"x", 1
			},.tracks = unit_below(&seed, 64),.value = i
		};
		for (JnTrack t = 0; t < JN_TRACKS; t++)
			step[i].label[t] = name;
	}
	CHECK(unit_leave_everywhere(everything, step, 10000) > 50);
}

/* Codes of each width, with steps that have none and without. */
static void
many_labels(uint32_t names, bool gaps)
{
	uint32_t	n = names + gaps;
	JnBuild    *b = jn_build_new(ENV, true);
	JnError		err;
	JnJourney	j;
	char		text[16];

	/* in falling order, so that all are renumbered */
	for (uint32_t i = 0; i < n; i++)
	{
		JnStep		one = {.time = i,.event = {"x", 1}};

		if (i < names)
		{
			one.tracks = 1U << JN_PERSONA;
			one.label[JN_PERSONA] = (JnName) {text, (uint32_t) snprintf(text, sizeof(text), "name%08u", names - 1 - i)};
		}
		jn_build_add_step(ENV, b, &one, &err);
	}
	j = proved(ENV, build_bytes(ENV, b));
	CHECK_INT(j.head.tracks, 1 << JN_PERSONA);
	CHECK_INT(j.label[JN_PERSONA].names, names);
	CHECK(j.label[JN_PERSONA].gaps == gaps);
	CHECK_INT(j.label[JN_PERSONA].width, n == 1 ? 0 : n <= 255 ? 1 : n <= 65535 ? 2 : 4);
	for (uint32_t i = 0; i < n; i++)
		if (!CHECK_INT(jn_journey_label(&j, JN_PERSONA, i), i < names ? names - 1 - i : JN_NO_LABEL))
			return;
	unit_env_clear(&unit_env);
}

TEST(build_tracks_of_many_labels)
{
	static const uint32_t names[] = {1, 2, 254, 255, 256, 65534, 65535, 65536, 100000};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		many_labels(names[i], false);
		many_labels(names[i], true);
	}
}

/* Random work on n steps with all tracks, many of one time; returns the ticks. */
static size_t
work(uint32_t n)
{
	JnBuild    *b = jn_build_new(ENV, false);
	uint64_t	seed = 9;
	size_t		begin = unit_env.ticks;
	JnError		err;
	JnJourney	j;
	char		text[JN_TRACKS][8];

	for (uint32_t i = 0; i < n; i++)
	{
		JnStep		one = {.time = unit_below(&seed, n / 4),.event = {"x", 1},.tracks = unit_below(&seed, 64)};

		one.value = unit_below(&seed, 1000) / 100.0;
		for (JnTrack t = 0; t < JN_TRACKS; t++)
			one.label[t] = (JnName) {text[t], (uint32_t) snprintf(text[t], 8, "n%u", unit_below(&seed, 50))};
		CHECK_INT(jn_build_add_step(ENV, b, &one, &err), JN_OK);
	}
	j = proved(ENV, build_bytes(ENV, b));
	CHECK_INT(j.head.tracks, 63);

	/* cutting it into pieces of 7 steps */
	JnWalk		w;
	JnName	   *name = jn_alloc(ENV, j.event.names * sizeof(JnName));

	jn_labels_names(&j.event, name);
	jn_walk_open(&w, &j);
	while (w.next < n)
	{
		jn_build_reset(b);
		jn_build_add_run(ENV, b, &w, name, n - w.next < 7 ? n - w.next : 7, &err);
	}
	jn_walk_close(ENV, &w);
	return unit_env.ticks - begin;
}

/* Ten times the steps, little more than ten times the ticks: a tick is at most 64 k units of work. */
TEST(build_tracks_cost_is_nearly_linear)
{
	size_t		less = work(20000);
	size_t		more = work(200000);

	CHECK(more >= 200000 / 7);
	CHECK(more <= 12 * less);
}

/* All of one time: then everything depends on the tracks. */
TEST(build_tracks_of_one_time)
{
	uint32_t	n = UNIT_SANITIZED ? 100000 : 1000000;
	JnBuild    *b = jn_build_new(ENV, false);
	uint64_t	seed = 10;
	JnError		err;
	JnJourney	j;
	JnStepReader r;
	JnStep		before;
	JnStep		one = {.time = 5,.event = {"x", 1},.tracks = 1U << JN_VALUE | 1U << JN_CHANNEL};
	char		text[16];

	for (uint32_t i = 0; i < n; i++)
	{
		one.value = unit_below(&seed, 1000);
		one.label[JN_CHANNEL] = (JnName) {text, (uint32_t) snprintf(text, sizeof(text), "%u", unit_below(&seed, 300))};
		jn_build_add_step(ENV, b, &one, &err);
	}
	j = proved(ENV, build_bytes(ENV, b));
	jn_step_reader_open(ENV, &r, &j);
	jn_step_reader_next(ENV, &r, &before);
	while (jn_step_reader_next(ENV, &r, &one))
	{
		if (!CHECK(compare(&before, &one, false) <= 0))
			return;
		before = one;
	}
}
