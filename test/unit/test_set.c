/*
 * test_set.c
 *	  Sets of journeys: bytes against the model, reading, pages.
 */
#include "set_model.h"

static Step step[SET_MAX_STEPS];
static Part part[SET_MAX_PARTS];
static uint8_t expected[SET_MAX_BYTES];

/* Random parts of distinct keys, in order. */
static uint32_t
random_set(uint64_t *seed, Part *parts, uint32_t most)
{
	uint32_t	n = set_random(seed, (JnKeyKind) unit_below(seed, JN_KEY_KINDS), step, most, parts);

	set_sort_parts(parts, n);
	return set_distinct(parts, n);
}

TEST(sets_are_the_bytes_of_set_format_h)
{
	uint64_t	seed = 21;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = random_set(&seed, part, 1 + unit_below(&seed, unit_below(&seed, 10) ? 20 : SET_MAX_STEPS));
		Bytes		b = set_bytes(ENV, part, n);

		if (!CHECK_BYTES(b.data, b.size, expected, set_encode(part, n, expected)))
			return;
		set_proved(ENV, b);
		unit_env_clear(&unit_env);
	}
}

TEST(sets_give_back_keys_and_steps)
{
	uint64_t	seed = 22;

	for (int round = 0; round < 1000; round++)
	{
		uint32_t	n = random_set(&seed, part, 1 + unit_below(&seed, 150));
		JnSet		s = set_proved(ENV, set_bytes(ENV, part, n));
		JnSetParts	parts;
		JnSetSteps	steps;
		JnSetNames	names;
		JnPart		p;
		uint32_t	row = 0;
		uint32_t	ghosts = 0;

		jn_set_parts_open(&parts, &s);
		jn_set_steps_open(&steps, &s);
		jn_set_names_open(ENV, &names, &s);
		for (uint32_t i = 0; i < n; i++)
		{
			bool		enter = unit_below(&seed, 4) > 0;	/* parts may be passed over */

			CHECK(jn_set_parts_next(ENV, &parts, &p));
			CHECK_INT(jn_key_compare(&p.key, &part[i].key), 0);
			CHECK_INT(p.number, i);
			CHECK_INT(p.row, row);
			CHECK_INT(p.rows, part[i].n);
			CHECK_INT(p.ghost, part[i].ghost);
			CHECK_INT(p.more, part[i].more);
			CHECK_INT(p.start, part[i].step[part[i].ghost].time);
			ghosts += p.ghost;
			row += p.rows;
			if (!enter)
				continue;
			jn_set_steps_enter(ENV, &steps, &p);
			for (uint32_t k = 0; k < part[i].n; k++)
			{
				JnStep		got;

				if (unit_below(&seed, 3) > 0)
				{
					jn_set_step(ENV, &steps, &names, &got);
					CHECK(model_is_step(&part[i].step[k], &got));
				}
				CHECK_INT(steps.time, part[i].step[k].time);
				CHECK_INT(jn_set_steps_next(&steps), k + 1 < part[i].n);
			}
		}
		CHECK(!jn_set_parts_next(ENV, &parts, &p));
		CHECK_INT(s.head.rows, row);
		CHECK_INT(s.head.ghosts, ghosts);
		jn_set_parts_close(ENV, &parts);
		unit_env_clear(&unit_env);
	}
}

/* Passing parts is going through them. */
TEST(parts_that_are_passed_over_change_nothing)
{
	uint64_t	seed = 24;
	uint32_t	far = 0;

	for (int round = 0; round < 1000; round++)
	{
		uint32_t	n = random_set(&seed, part, 1 + unit_below(&seed, 150));
		JnSet		s = set_proved(ENV, set_bytes(ENV, part, n));
		JnSetParts	parts;
		JnSetCounts counts;
		JnPart		p;
		uint32_t	next = 0;
		uint32_t	row;
		bool		ghost;
		bool		more;
		uint32_t   *end = jn_alloc(ENV, n * sizeof(uint32_t));
		JnSetCounts *other = jn_alloc(ENV, n * sizeof(JnSetCounts));
		uint32_t	others = jn_set_ends(&s, end, other);
		uint32_t	o = 0;

		jn_set_parts_open(&parts, &s);
		jn_set_counts_open(&counts, &s);
		for (uint32_t i = 0; i < n; i++)
		{
			JnSetCounts before = counts;

			CHECK(jn_set_counts_next(&counts, &row, &ghost, &more) > 0);
			CHECK_INT(end[i], counts.row);
			if (ghost || more)
			{
				CHECK(o < others && other[o].count == before.count && other[o].part == i);
				CHECK_INT(other[o++].row, row);
			}
			if (unit_below(&seed, 12) > 0)
				continue;
			far += i >= next + 9;
			next = i;
			CHECK(jn_set_parts_pass(ENV, &parts, &before));
			CHECK(jn_set_parts_next(ENV, &parts, &p));
			CHECK_INT(jn_key_compare(&p.key, &part[i].key), 0);
			CHECK_INT(p.number, i);
			CHECK_INT(p.row, row);
			CHECK_INT(p.rows, part[i].n);
			CHECK_INT(p.ghost, part[i].ghost);
			CHECK_INT(p.more, part[i].more);
			CHECK_INT(p.start, part[i].step[part[i].ghost].time);
		}
		CHECK_INT(o, others);
		jn_set_parts_close(ENV, &parts);
		unit_env_clear(&unit_env);
	}
	CHECK(far > 20);
}

TEST(parts_are_found_by_their_key_and_make_journeys)
{
	uint64_t	seed = 23;

	for (int round = 0; round < 1000; round++)
	{
		uint32_t	n = random_set(&seed, part, 1 + unit_below(&seed, 150));
		JnSet		s = set_proved(ENV, set_bytes(ENV, part, n));
		uint32_t	i = unit_below(&seed, n);
		uint32_t	ghost = part[i].ghost;
		JnKey		absent = set_random_key(&seed, s.head.kind);
		JnSetParts	parts;
		JnSetSteps	steps;
		JnSetNames	names;
		JnPart		p;
		JnBuild    *b = jn_build_new(ENV, true);
		bool		there = false;
		JnError		err;
		Bytes		got;

		jn_set_steps_open(&steps, &s);
		jn_set_names_open(ENV, &names, &s);
		if (!CHECK(jn_set_find(ENV, &s, &part[i].key, &parts, &p)) || !CHECK_INT(p.number, i))
			return;
		CHECK_INT(jn_set_part_build(ENV, &steps, &names, &p, b, &err), JN_OK);
		got = build_bytes(ENV, b);
		CHECK_BYTES(got.data, got.size, expected, model_encode(part[i].step + ghost, part[i].n - ghost, expected));

		for (uint32_t k = 0; k < n; k++)
			there |= jn_key_compare(&part[k].key, &absent) == 0;
		CHECK_INT(jn_set_find(ENV, &s, &absent, &parts, &p), there);
		absent.kind = (absent.kind + 1) % JN_KEY_KINDS;
		CHECK(!jn_set_find(ENV, &s, &absent, &parts, &p));
		unit_env_clear(&unit_env);
	}
}

/* One stream of subjects as sets of a limited size, and back again. */
static void
through_pages(uint64_t *seed, size_t limit, uint32_t most)
{
	uint32_t	n = random_set(seed, part, most);
	JnSetBuild *b = jn_set_build_new(ENV, part[0].key.kind, limit);
	Bytes		page[SET_MAX_STEPS + SET_MAX_PARTS];
	uint32_t	pages = 0;
	uint32_t	i = 0;			/* the part that comes back */
	uint32_t	at = 0;			/* its next step */
	JnError		err;

	for (uint32_t k = 0; k < n; k++)
	{
		JnRows		rows;
		Part		left = part[k];
		uint32_t	taken;

		for (;;)
		{
			rows = set_rows(ENV, b, &left);
			CHECK_INT(jn_set_build_add(ENV, b, &left.key, &rows, &taken, &err), JN_OK);
			if (taken == rows.n)
				break;
			page[pages++] = set_build_bytes(ENV, b);
			jn_set_build_reset(b);
			if (taken > 0)
			{
				CHECK(left.step[taken - 1].time < left.step[taken].time);
				left = (Part) {left.key, left.step + taken - 1, left.n - taken + 1, true, left.more};
			}
		}
	}
	page[pages++] = set_build_bytes(ENV, b);

	for (uint32_t k = 0; k < pages; k++)
	{
		JnSet		s = set_proved(ENV, page[k]);
		JnSetParts	parts;
		JnSetSteps	steps;
		JnSetNames	names;
		JnPart		p;

		jn_set_parts_open(&parts, &s);
		jn_set_steps_open(&steps, &s);
		jn_set_names_open(ENV, &names, &s);
		while (jn_set_parts_next(ENV, &parts, &p))
		{
			bool		whole = at == 0;
			uint32_t	begin = at;
			bool		ties = true;

			CHECK_INT(jn_key_compare(&p.key, &part[i].key), 0);
			CHECK_INT(p.ghost, whole ? part[i].ghost : true);
			at -= !whole;
			jn_set_steps_enter(ENV, &steps, &p);
			do
			{
				JnStep		got;

				jn_set_step(ENV, &steps, &names, &got);
				CHECK(model_is_step(&part[i].step[at], &got));
				at++;
			} while (jn_set_steps_next(&steps));

			/* only what must stay together is larger than a page: steps of one time, and a ghost */
			for (uint32_t m = begin + 1 + (begin == 0 && part[i].ghost); m < at; m++)
				ties &= part[i].step[m].time == part[i].step[m - 1].time;
			CHECK(page[k].size <= limit || (ties && s.head.parts == 1));
			CHECK_INT(p.more, at < part[i].n || part[i].more);
			if (at == part[i].n)
			{
				at = 0;
				i++;
			}
		}
	}
	CHECK_INT(i, n);
	CHECK_INT(at, 0);
	unit_env_clear(&unit_env);
}

TEST(streams_become_sets_within_their_limit)
{
	uint64_t	seed = 24;

	for (int round = 0; round < 1500; round++)
		through_pages(&seed, 60 + unit_below(&seed, unit_below(&seed, 2) ? 300 : 3000), 1 + unit_below(&seed, 200));
}

/* Many subjects of a few steps each, in one set or in pages. */
static size_t
build_subjects(uint32_t subjects, size_t limit, size_t *pages, size_t *ticks)
{
	JnSetBuild *b = jn_set_build_new(ENV, JN_KEY_BIGINT, limit);
	uint32_t	event[2];
	size_t		bytes = 0;
	JnError		err;

	*pages = 0;
	unit_env.ticks = 0;
	jn_set_build_event(ENV, b, (JnName) {"view", 4}, &event[0], &err);
	jn_set_build_event(ENV, b, (JnName) {"cart", 4}, &event[1], &err);
	for (uint32_t i = 0; i < subjects; i++)
	{
		int64_t		time[2] = {INT64_C(1000000) * i, INT64_C(1000000) * i + 5000000};
		JnKey		key = {JN_KEY_BIGINT, 0, i, NULL};
		JnRows		rows = {.n = 1 + i % 2,.time = time,.event = event};
		uint32_t	taken;

		while (jn_set_build_add(ENV, b, &key, &rows, &taken, &err) == JN_OK && taken == 0)
		{
			bytes += jn_set_build_finish(ENV, b);
			jn_set_build_reset(b);
			++*pages;
		}
	}
	bytes += jn_set_build_finish(ENV, b);
	++*pages;
	*ticks = unit_env.ticks;
	jn_set_build_free(ENV, b);
	return bytes;
}

TEST(pages_are_full)
{
	size_t		pages;
	size_t		ticks;
	size_t		bytes = build_subjects(100000, JN_SET_PAGE_SIZE, &pages, &ticks);

	/* a part here takes six bytes */
	CHECK(bytes / pages <= JN_SET_PAGE_SIZE);
	CHECK(bytes / (pages - 1) >= JN_SET_PAGE_SIZE - 16);
}

TEST(a_million_subjects_of_a_step_or_two_cost_ten_times_a_hundred_thousand)
{
	size_t		pages;
	size_t		few;
	size_t		many;
	size_t		small = build_subjects(100000, JN_MAX_BYTES, &pages, &few);
	size_t		large;
	double		begin = unit_seconds();
	double		one;

	CHECK_INT(pages, 1);
	build_subjects(100000, JN_MAX_BYTES, &pages, &few);
	one = unit_seconds() - begin;
	begin = unit_seconds();
	large = build_subjects(1000000, JN_MAX_BYTES, &pages, &many);
	CHECK(large < 11 * small);
	CHECK(unit_seconds() - begin < 40 * one + 1);
	CHECK_INT(pages, 1);
}

static void
build_some(const JnEnv *env, void *arg)
{
	Part	   *some = arg;
	Bytes		b = set_bytes(env, some, SET_MAX_PARTS);
	JnSet		s = set_proved(env, b);
	JnSetParts	parts;
	JnPart		p;

	jn_set_parts_open(&parts, &s);
	while (jn_set_parts_next(env, &parts, &p))
		;
	jn_set_parts_close(env, &parts);
	jn_release(env, b.data);
}

TEST(building_and_reading_may_be_left_anywhere)
{
	uint64_t	seed = 25;

	model_random(&seed, step, SET_MAX_STEPS);
	model_random_tracks(&seed, step, SET_MAX_STEPS);
	model_sort(step, SET_MAX_STEPS, true);
	for (uint32_t i = 0; i < SET_MAX_PARTS; i++)
		part[i] = (Part)
	{
		{
			JN_KEY_UUID, 16, 0, NULL
		}, step + 6 * i, 6, false, false
	};
	for (uint32_t i = 0; i < SET_MAX_PARTS; i++)
	{
		char	   *uuid = jn_alloc(ENV, JN_UUID_SIZE);

		memset(uuid, 7, JN_UUID_SIZE);
		uuid[15] = (char) i;
		part[i].key.data = uuid;
	}
	unit_leave_everywhere(build_some, part, 300);
}

TEST(keys_above_the_limits_are_refused)
{
	JnSetBuild *b = jn_set_build_new(ENV, JN_KEY_TEXT, JN_MAX_BYTES);
	char		text[JN_MAX_NAME + 1];
	int64_t		time = 0;
	int64_t		infinite = INT64_MAX;
	uint32_t	event;
	JnRows		rows = {.n = 1,.time = &time,.event = &event};
	JnKey		key = {JN_KEY_TEXT, JN_MAX_NAME + 1, 0, text};
	uint32_t	taken;
	JnError		err;

	memset(text, 'x', sizeof(text));
	jn_set_build_event(ENV, b, (JnName) {"a", 1}, &event, &err);
	CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_SUBJECT_LONG);
	CHECK_INT(err.found, JN_MAX_NAME + 1);
	CHECK_INT(jn_set_build_parts(b), 0);
	key.size = JN_MAX_NAME;
	rows.time = &infinite;
	CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_TIME_RANGE);
	rows.time = &time;
	CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_OK);
	key = (JnKey) {JN_KEY_TEXT, 2, 0, "y\xff"};
	CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_SUBJECT_UTF8);
	key = (JnKey) {JN_KEY_TEXT, 2, 0, "y\0"};
	CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_SUBJECT_UTF8);
	CHECK_INT(jn_set_build_parts(b), 1);
	set_proved(ENV, set_build_bytes(ENV, b));
}
