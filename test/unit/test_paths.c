/*
 * test_paths.c
 *	  States of paths and of cohorts: in any order and any split the same bytes,
 *	  which read back; and left anywhere.  That the counts are right is shown
 *	  against SQL.
 */
#include "paths.h"

#include "cohorts.h"
#include "model.h"

#define JOURNEYS	12

static JnJourney
make_journey(const JnEnv *env, uint64_t *seed)
{
	JnBuild    *b = jn_build_new(env, true);
	uint32_t	n = 1 + unit_below(seed, 40);
	JnJourney	j;
	JnError		err;
	size_t		size;
	uint8_t    *p;

	for (uint32_t i = 0; i < n; i++)
	{
		char		name = (char) ('a' + unit_below(seed, 4));

		jn_build_add(env, b, (int64_t) unit_below(seed, 90) * INT64_C(40000000000), &name, 1, &err);
	}
	jn_build_finish(env, b, &size, &err);
	p = jn_alloc(env, size);
	jn_build_write(env, b, p);
	jn_journey_open(p, size, &j, &err);
	return j;
}

/* Adds journeys in another order to several states, merges these, and gives the bytes. */
static uint8_t *
split_paths(const JnEnv *env, const JnPathsAsk *ask, const JnJourney *j, uint32_t states, size_t *size)
{
	JnPaths    *p = jn_alloc(env, states * sizeof(JnPaths));
	JnPathsLook look;
	JnError		err;
	uint8_t    *bytes;

	CHECK_INT(jn_paths_look_init(env, &look, ask, &err), JN_OK);
	for (uint32_t k = 0; k < states; k++)
		jn_paths_init(env, &p[k], ask, k);
	for (uint32_t i = 0; i < JOURNEYS; i++)
		CHECK_INT(jn_paths_journey(env, &p[i % states], &look, &j[i * 5 % JOURNEYS], &err), JN_OK);
	for (uint32_t k = 1; k < states; k++)
		CHECK_INT(jn_paths_merge(env, &p[0], &look, &p[k], &err), JN_OK);
	CHECK_INT(jn_paths_finish(env, &p[0], &look, &err), JN_OK);
	CHECK_INT(jn_paths_bytes(env, &p[0], &bytes, size, &err), JN_OK);
	return bytes;
}

static uint8_t *
split_cohorts(const JnEnv *env, const JnCohortsAsk *ask, const JnJourney *j, uint32_t states, size_t *size)
{
	JnCohorts  *c = jn_alloc(env, states * sizeof(JnCohorts));
	JnCalendar	days = {.length = INT64_C(86400000000)};
	JnCalendar	weeks = {.length = INT64_C(604800000000)};
	JnCohortsLook look;
	JnCohortsCount *count;
	JnError		err;
	uint8_t    *bytes;
	uint32_t	n;

	jn_calendar_init(env, &days);
	jn_calendar_init(env, &weeks);
	CHECK_INT(jn_cohorts_look_init(env, &look, ask, &err), JN_OK);
	look.calendar = &days;
	look.other = ask->kind == JN_COHORTS_STICKINESS ? &weeks : NULL;
	for (uint32_t k = 0; k < states; k++)
		jn_cohorts_init(env, &c[k], ask, k);
	for (uint32_t i = 0; i < JOURNEYS; i++)
		CHECK_INT(jn_cohorts_journey(env, &c[i % states], &look, &j[i * 5 % JOURNEYS], &err), JN_OK);
	for (uint32_t k = 1; k < states; k++)
		CHECK_INT(jn_cohorts_merge(env, &c[0], &look, &c[k], &err), JN_OK);
	CHECK_INT(jn_cohorts_finish(env, &c[0], &look, &err), JN_OK);
	count = jn_cohorts_counts(env, &c[0], &n);
	CHECK_INT(jn_cohorts_size(&c[0], n, size, &err), JN_OK);
	bytes = jn_alloc(env, *size);
	jn_cohorts_write(env, &c[0], count, n, bytes);
	return bytes;
}

static const int32_t bounds[] = {0, 1, 2, 7, 20};

static JnPathsAsk
paths_ask(int round)
{
	return (JnPathsAsk)
	{
		.kind = (JnPathsKind) (round % JN_PATHS_KINDS),.flags = (unsigned) round / 2 % 8,
			.depth = (uint8_t) (1 + round % 5),.anchor =
		{
			"[a, b]", 6
		}
	};
}

static JnCohortsAsk
cohorts_ask(int round)
{
	JnCohortsAsk ask = {
		.kind = (JnCohortsKind) (round % JN_COHORTS_KINDS),.as_of = INT64_C(3000000000000),.period = {0, 1, 0},
		.zone = {"UTC", 3},.atom = {{"[a, b]", 6}, {"", 0}}
	};

	if (ask.kind == JN_COHORTS_RETENTION)
	{
		ask.atom[1] = (JnName) {".", 1};
		ask.bounds = 5;
		ask.unbounded = round & 8;
		ask.rolling = round & 16;
	}
	else if (ask.kind == JN_COHORTS_STICKINESS)
		ask.within = (JnPeriod) {0, 7, 0};
	else if (round & 8)
		ask.bounds = 2;
	ask.bound = bounds + (ask.kind == JN_COHORTS_LIFECYCLE);
	return ask;
}

TEST(states_of_any_split)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 120; round++)
	{
		JnPathsAsk	paths = paths_ask(round);
		JnCohortsAsk cohorts = cohorts_ask(round);
		JnJourney	j[JOURNEYS];
		uint8_t    *whole;
		uint8_t    *split;
		size_t		whole_size;
		size_t		split_size;
		JnPaths		p;
		JnCohorts	c;
		JnError		err;

		for (int i = 0; i < JOURNEYS; i++)
			j[i] = make_journey(ENV, &seed);
		whole = split_paths(ENV, &paths, j, 1, &whole_size);
		split = split_paths(ENV, &paths, j, 2 + (uint32_t) round % 6, &split_size);
		CHECK_BYTES(split, split_size, whole, whole_size);
		CHECK_INT(jn_paths_read(ENV, &p, 3, whole, whole_size, &err), JN_OK);
		for (size_t less = 0; less < whole_size; less += 1 + whole_size / 40)
			CHECK(jn_paths_read(ENV, NULL, 0, whole, less, &err) != JN_OK);

		whole = split_cohorts(ENV, &cohorts, j, 1, &whole_size);
		split = split_cohorts(ENV, &cohorts, j, 2 + (uint32_t) round % 6, &split_size);
		CHECK_BYTES(split, split_size, whole, whole_size);
		CHECK_INT(jn_cohorts_read(ENV, &c, 3, whole, whole_size, &err), JN_OK);
		CHECK(jn_cohorts_same(&c.ask, &cohorts));
		for (size_t less = 0; less < whole_size; less += 1 + whole_size / 40)
			CHECK(jn_cohorts_read(ENV, NULL, 0, whole, less, &err) != JN_OK);
		unit_env_clear(&unit_env);
	}
}

/* Counts that no longer fit are an error, not a wrong number. */
TEST(states_that_are_full)
{
	JnPathsAsk	ask = paths_ask(0);
	JnCohortsAsk cohorts = cohorts_ask(1);
	uint64_t	seed = 2;
	JnJourney	j[JOURNEYS];
	JnPathsLook look;
	JnCohortsLook other;
	JnPaths		p;
	JnPaths		q;
	JnCohorts	c;
	JnCohorts	d;
	JnError		err;

	for (int i = 0; i < JOURNEYS; i++)
		j[i] = make_journey(ENV, &seed);
	CHECK_INT(jn_paths_look_init(ENV, &look, &ask, &err), JN_OK);
	jn_paths_init(ENV, &p, &ask, 1);
	jn_paths_init(ENV, &q, &ask, 2);
	CHECK_INT(jn_paths_journey(ENV, &p, &look, &j[0], &err), JN_OK);
	CHECK_INT(jn_paths_journey(ENV, &q, &look, &j[0], &err), JN_OK);
	CHECK(p.rows > 0);
	p.row[0].n = INT64_MAX;
	CHECK_INT(jn_paths_merge(ENV, &p, &look, &q, &err), JN_TOO_MANY_POINTS);

	CHECK_INT(jn_cohorts_look_init(ENV, &other, &cohorts, &err), JN_OK);
	jn_cohorts_init(ENV, &c, &cohorts, 1);
	jn_cohorts_init(ENV, &d, &cohorts, 2);
	jn_cohorts_add(ENV, &c, 1, 0, INT64_MAX);
	jn_cohorts_add(ENV, &d, 2, 0, 1);
	CHECK_INT(jn_cohorts_merge(ENV, &c, &other, &d, &err), JN_TOO_MANY_POINTS);
}

static void
all_of_it(const JnEnv *env, void *arg)
{
	uint64_t	seed = 3;
	JnPathsAsk	paths = paths_ask(*(int *) arg);
	JnCohortsAsk cohorts = cohorts_ask(*(int *) arg);
	JnJourney	j[JOURNEYS];
	JnPaths		p;
	JnCohorts	c;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (int i = 0; i < JOURNEYS; i++)
		j[i] = make_journey(env, &seed);
	bytes = split_paths(env, &paths, j, 3, &size);
	jn_paths_read(env, &p, 3, bytes, size, &err);
	bytes = split_cohorts(env, &cohorts, j, 3, &size);
	jn_cohorts_read(env, &c, 3, bytes, size, &err);
}

TEST(states_left_anywhere)
{
	for (int round = 0; round < 6; round++)
		CHECK(unit_leave_everywhere(all_of_it, &round, 300) > 100);
}
