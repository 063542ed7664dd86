/*
 * test_has.c
 *	  What a journey has, against looking at each step.
 */
#include "has.h"

#include "model.h"

#define ROUNDS	5000

static Step step[MODEL_MAX_STEPS];

static JnJourney
random_journey(uint64_t *seed, uint32_t *n)
{
	*n = 1 + unit_below(seed, unit_below(seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
	model_random(seed, step, *n);
	model_sort(step, *n, true);
	return proved(ENV, steps_bytes(ENV, step, *n, true));
}

static bool
step_is(const Step *s, JnName name)
{
	return s->size == name.size && memcmp(s->name, name.data, name.size) == 0;
}

/* A name of the journey, or any. */
static JnName
random_name(uint64_t *seed, uint32_t n)
{
	uint32_t	any = unit_below(seed, MODEL_NAMES);
	const Step *s = &step[unit_below(seed, n)];

	return unit_below(seed, 4) == 0 ? (JnName) {model_names[any].name, model_names[any].size}
		: (JnName) {s->name, s->size};
}

TEST(has_all_and_any)
{
	uint64_t	seed = 1;
	int			answers[4] = {0};

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		uint32_t	count = unit_below(&seed, 6);
		JnName		name[6];
		uint32_t	code[6];
		JnNameSet	set;
		bool		all = true;
		bool		any = false;

		for (uint32_t i = 0; i < count; i++)
		{
			bool		found = false;

			name[i] = random_name(&seed, n);
			for (uint32_t k = 0; k < n; k++)
				found |= step_is(&step[k], name[i]);
			all &= found;
			any |= found;
		}
		jn_name_set_make(ENV, name, count, &set);
		CHECK_INT(jn_has_all(ENV, &j, &set), all);
		CHECK_INT(jn_has_any(ENV, &j, &set), any);
		CHECK(jn_may_have_all(&j.head, &set) || !all);
		CHECK(jn_may_have_any(&j.head, &set) || !any);
		CHECK_INT(jn_name_set_codes(ENV, &set, &j.event, code) == set.count, all);
		for (uint32_t i = 0; i < set.count; i++)
		{
			CHECK(code[i] == jn_labels_find(&j.event, set.name[i].data, set.name[i].size));
			CHECK_INT(jn_name_set_find(&set, set.name[i]), i);
		}
		answers[2 * all + any]++;
		unit_env_clear(&unit_env);
	}
	/* all kinds of answers were asked for; all without any is that of no names */
	for (int i = 0; i < 4; i++)
		CHECK(answers[i] > ROUNDS / 50);
}

TEST(has_prefix)
{
	uint64_t	seed = 2;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		JnName		prefix = random_name(&seed, n);
		bool		expected = false;

		prefix.size = unit_below(&seed, prefix.size + 1);
		for (uint32_t i = 0; i < n; i++)
			expected |= step[i].size >= prefix.size && memcmp(step[i].name, prefix.data, prefix.size) == 0;
		CHECK_INT(jn_has_prefix(ENV, &j, prefix), expected);
		unit_env_clear(&unit_env);
	}
}

TEST(has_chain)
{
	uint64_t	seed = 3;
	int			found = 0;
	int			missed = 0;

	for (int round = 0; round < ROUNDS; round++)
	{
		uint32_t	n;
		JnJourney	j = random_journey(&seed, &n);
		uint32_t	count = unit_below(&seed, 7);
		uint32_t	at = unit_below(&seed, n);
		JnName		name[7];
		JnChain		chain;
		bool		expected = false;

		/* what stands there, more often than not, or a mixture */
		for (uint32_t i = 0; i < count; i++)
			name[i] = at + i < n && unit_below(&seed, 12) > 0 ? (JnName) {step[at + i].name, step[at + i].size}
				: random_name(&seed, n);
		for (uint32_t i = 0; i + count <= n && !expected; i++)
		{
			uint32_t	fits = 0;

			while (fits < count && step_is(&step[i + fits], name[fits]))
				fits++;
			expected = fits == count;
		}
		jn_chain_make(ENV, name, count, &chain);
		if (!CHECK_INT(jn_has_chain(ENV, &j, &chain), expected))
			return;
		expected ? found++ : missed++;
		unit_env_clear(&unit_env);
	}
	CHECK(found > ROUNDS / 10 && missed > ROUNDS / 10);
}

/* All paths of two and three events against all short chains of them: every way to fall back. */
TEST(has_chain_exhaustive)
{
	static const char letter[] = "abc";

	for (uint32_t letters = 1; letters <= 3; letters++)
	{
		uint32_t	n = letters == 3 ? 6 : 9;
		uint32_t	paths = 1;

		for (uint32_t i = 0; i < n; i++)
			paths *= letters;
		for (uint32_t path = 0; path < paths; path++)
		{
			char		text[16];
			JnJourney	j;

			for (uint32_t i = 0, left = path; i < n; i++, left /= letters)
			{
				text[i] = letter[left % letters];
				step[i] = (Step) {(int64_t) i, &letter[left % letters], 1};
			}
			j = proved(ENV, steps_bytes(ENV, step, n, true));
			for (uint32_t count = 1; count <= 5; count++)
			{
				uint32_t	chains = 1;

				for (uint32_t i = 0; i < count; i++)
					chains *= letters;
				for (uint32_t which = 0; which < chains; which += 1 + (letters == 3 && count > 3))
				{
					JnName		name[5];
					char		link[5];
					bool		expected = false;
					JnChain		chain;

					for (uint32_t i = 0, left = which; i < count; i++, left /= letters)
					{
						link[i] = letter[left % letters];
						name[i] = (JnName) {&letter[left % letters], 1};
					}
					for (uint32_t i = 0; i + count <= n; i++)
						expected |= memcmp(text + i, link, count) == 0;
					jn_chain_make(ENV, name, count, &chain);
					if (!CHECK_INT(jn_has_chain(ENV, &j, &chain), expected))
						return;
				}
			}
			unit_env_clear(&unit_env);
		}
	}
}

/* ---- steps ---- */

/* Whether a set of senses has another one, by looking for each. */
static bool
set_has(JnName set, JnName wanted)
{
	JnName		want;

	while (jn_set_next(&wanted, &want))
	{
		JnName		rest = set;
		JnName		one;
		bool		found = false;

		while (jn_set_next(&rest, &one))
			found |= jn_name_compare(one, want) == 0;
		if (!found)
			return false;
	}
	return true;
}

static bool
step_fits(const Step *s, const JnWanted *wanted)
{
	const JnStep *w = &wanted->step;

	if ((wanted->at && s->time != w->time) || (wanted->event && !step_is(s, w->event)))
		return false;
	for (unsigned track = 0; track < JN_TRACKS; track++)
	{
		if ((w->tracks >> track & 1) == 0)
			continue;
		if (!model_has(s, track)
			|| (track == JN_VALUE ? model_compare_values(s->value, w->value) != 0
				: track == JN_SENSES ? !set_has(s->label[track], w->label[track])
				: jn_name_compare(s->label[track], w->label[track]) != 0))
			return false;
	}
	return true;
}

/* Some of what a step has, now and then with something of another. */
static JnWanted
random_wanted(uint64_t *seed, uint32_t n)
{
	JnWanted	wanted = {.step = model_step(&step[unit_below(seed, n)])};
	JnStep		other = model_step(&step[unit_below(seed, n)]);
	uint32_t	change = unit_below(seed, 12);

	wanted.at = unit_below(seed, 3) == 0;
	wanted.event = unit_below(seed, 2);
	if (change == 0)
		wanted.step.time += unit_below(seed, 2) ? 1 : other.time - wanted.step.time;
	if (change == 1)
		wanted.step.event = unit_below(seed, 2) ? other.event : (JnName) {"nothing", 7};
	for (unsigned track = 0; track < JN_TRACKS; track++)
		if (change == 2 + track)
		{
			wanted.step.tracks = (wanted.step.tracks & ~(1U << track)) | (other.tracks & 1U << track);
			wanted.step.label[track] = other.label[track];
			if (track == JN_VALUE)
				wanted.step.value = other.value;
		}
	if (change == 8)
	{
		unsigned	track = unit_below(seed, JN_TRACKS);

		wanted.step.tracks |= 1U << track;
		wanted.step.label[track] = (JnName) {"nothing", 7};
		wanted.step.value = -12.5;
	}
	wanted.step.tracks &= (unsigned) unit_random(seed);
	/* one sense of several */
	if (wanted.step.tracks >> JN_SENSES & 1 && unit_below(seed, 2))
	{
		JnName		rest = wanted.step.label[JN_SENSES];

		jn_set_next(&rest, &wanted.step.label[JN_SENSES]);
	}
	return wanted;
}

TEST(has_step)
{
	uint64_t	seed = 4;
	int			found = 0;
	int			missed = 0;

	for (int round = 0; round < 2 * ROUNDS; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
		JnWanted	wanted;
		JnJourney	j;
		bool		expected = false;

		model_random(&seed, step, n);
		model_random_tracks(&seed, step, n);
		model_sort(step, n, true);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		wanted = random_wanted(&seed, n);
		for (uint32_t i = 0; i < n; i++)
			expected |= step_fits(&step[i], &wanted);
		if (!CHECK_INT(jn_has_step(ENV, &j, &wanted), expected))
			return;
		CHECK(jn_may_have_step(&j.head, &wanted) || !expected);
		expected ? found++ : missed++;
		unit_env_clear(&unit_env);
	}
	CHECK(found > ROUNDS / 2 && missed > ROUNDS / 5);
}

/* Dictionaries whose codes are wider than a byte, and chains longer than what fits on the stack. */
TEST(has_chain_of_many_names)
{
	static const uint32_t names[] = {40, 255, 256, 300, 65536};
	char	   *text = jn_alloc(ENV, 65536 * 8);
	JnName	   *name = jn_alloc(ENV, 65536 * sizeof(JnName));

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
	{
		JnBuild    *b = jn_build_new(ENV, true);
		uint32_t	k = names[i];
		JnChain		chain;
		JnJourney	j;
		JnNameSet	set;

		for (uint32_t m = 0; m < k; m++)
		{
			name[m] = (JnName) {text + 8 * (size_t) m, 0};
			name[m].size = (uint32_t) snprintf(text + 8 * (size_t) m, 8, "e%u", m);
			add_steps(ENV, b, &(Step) {(int64_t) m, name[m].data, name[m].size}, 1);
		}
		j = proved(ENV, build_bytes(ENV, b));
		CHECK_INT(j.event.width, jn_code_width(k));
		jn_chain_make(ENV, name + 1, k - 1, &chain);
		CHECK(jn_has_chain(ENV, &j, &chain));
		jn_chain_make(ENV, name + k / 2, 5, &chain);
		CHECK(jn_has_chain(ENV, &j, &chain));
		name[k - 2] = name[k - 3];
		jn_chain_make(ENV, name + 1, k - 1, &chain);
		CHECK(!jn_has_chain(ENV, &j, &chain));
		jn_name_set_make(ENV, name, k, &set);
		CHECK(jn_has_all(ENV, &j, &set));
		CHECK(jn_has_any(ENV, &j, &set));
	}
}

/* ---- cost ---- */

static void
everything(const JnEnv *env, void *arg)
{
	const JnJourney *j = arg;
	JnName	   *name = jn_alloc(env, j->event.names * sizeof(JnName));
	JnWanted	wanted = {.at = true};
	JnNameSet	set;
	JnChain		chain;

	jn_labels_names(&j->event, name);
	jn_chain_make(env, name, j->event.names, &chain);
	jn_has_chain(env, j, &chain);
	jn_has_prefix(env, j, (JnName) {"no such", 7});
	jn_name_set_make(env, name, j->event.names, &set);
	jn_has_all(env, j, &set);
	name[0] = (JnName) {"~", 1};
	jn_name_set_make(env, name, 1, &set);
	set.presence = UINT64_MAX;	/* whatever the header says */
	jn_has_any(env, j, &set);
	wanted.step.time = j->head.last;
	wanted.step.tracks = 1 << JN_SENSES | 1 << JN_VALUE;
	wanted.step.value = -1;
	wanted.step.label[JN_SENSES] = (JnName) {"s", 1};
	jn_has_step(env, j, &wanted);
}

TEST(has_may_be_left_anywhere)
{
	static UnitEnv own;
	JnBuild    *b;
	JnJourney	j;
	char		text[16];

	unit_env_clear(&own);
	b = jn_build_new(&own.env, true);
	for (uint32_t i = 0; i < 5000; i++)
	{
		int			size = snprintf(text, sizeof(text), "n%u", i);

		Step		s = {(int64_t) i, text, (uint32_t) size, 1 << JN_SENSES | 1 << JN_VALUE};

		s.label[JN_SENSES] = (JnName) {"s", 1};
		s.value = i;
		add_steps(&own.env, b, &s, 1);
	}
	j = proved(&own.env, build_bytes(&own.env, b));
	CHECK(unit_leave_everywhere(everything, &j, 1000) > 10);
	unit_env_clear(&own);
}

/* A chain that nearly fits everywhere, and one that begins nowhere: one look a step. */
TEST(has_chain_is_linear)
{
	uint32_t	n = UNIT_SANITIZED ? 300000 : 3000000;
	JnBuild    *b = jn_build_new(ENV, true);
	JnName	   *name = jn_alloc(ENV, 10000 * sizeof(JnName));
	JnChain		chain;
	JnJourney	j;
	size_t		ticks;
	double		begin;

	for (uint32_t i = 0; i < n; i++)
		add_steps(ENV, b, &(Step) {(int64_t) i, i == n - 1 ? "b" : "a", 1}, 1);
	j = proved(ENV, build_bytes(ENV, b));
	for (uint32_t i = 0; i < 10000; i++)
		name[i] = (JnName) {i == 9998 ? "b" : "a", 1};
	ticks = unit_env.ticks;
	begin = unit_seconds();
	jn_chain_make(ENV, name, 10000, &chain);
	CHECK(!jn_has_chain(ENV, &j, &chain));
	CHECK(unit_seconds() - begin < 2);
	CHECK(unit_env.ticks - ticks >= n / JN_TICK_EVERY);
}
