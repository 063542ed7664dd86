/*
 * test_terms.c
 *	  The terms of random journeys, against a search through all pairs of steps.
 */
#include "terms.h"

#include "model.h"

#define ROUNDS	2000

static Step step[MODEL_MAX_STEPS];

/* Whether the terms are those of the kinds, each once and in order. */
static bool
in_order(const JnTerms *terms)
{
	for (uint32_t i = 1; i < terms->follows_count; i++)
		if (!CHECK(terms->follows[i - 1] < terms->follows[i]))
			return false;
	for (uint32_t i = 1; i < terms->on_channel_count; i++)
		if (!CHECK(terms->on_channel[i - 1] < terms->on_channel[i]))
			return false;
	return true;
}

static bool
has_pair(const JnPair *pair, uint32_t n, uint32_t first, uint32_t second)
{
	for (uint32_t i = 0; i < n; i++)
		if (pair[i] == ((JnPair) first << 32 | second))
			return true;
	return false;
}

/* Every pair of the steps is a term, and there are as many terms as different pairs. */
static void
check_terms(const JnJourney *j)
{
	JnTerms		terms;
	uint32_t	follows = 0;
	uint32_t	on_channel = 0;

	jn_terms_make(ENV, j, &terms);
	CHECK_INT(terms.events, j->event.names);
	if (!in_order(&terms))
		return;
	for (uint32_t i = 0; i < j->head.n; i++)
	{
		uint32_t	event = jn_journey_code(j, i);
		uint32_t	channel = jn_journey_label(j, JN_CHANNEL, i);
		bool		again = false;

		for (uint32_t k = 0; k < i && !again; k++)
			again = jn_journey_code(j, k) == event && jn_journey_label(j, JN_CHANNEL, k) == channel;
		if (channel != JN_NO_LABEL)
		{
			on_channel += !again;
			CHECK(has_pair(terms.on_channel, terms.on_channel_count, event, channel));
		}
		if (i + 1 == j->head.n)
			break;
		again = false;
		for (uint32_t k = 0; k < i && !again; k++)
			again = jn_journey_code(j, k) == event && jn_journey_code(j, k + 1) == jn_journey_code(j, i + 1);
		follows += !again;
		CHECK(has_pair(terms.follows, terms.follows_count, event, jn_journey_code(j, i + 1)));
	}
	CHECK_INT(terms.follows_count, follows);
	CHECK_INT(terms.on_channel_count, on_channel);
}

TEST(random_journeys_have_the_terms_of_their_pairs)
{
	uint64_t	seed = 20261122;

	for (unsigned round = 0; round < ROUNDS; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 20) == 0 ? MODEL_MAX_STEPS : 30);
		JnJourney	j;

		model_random(&seed, step, n);
		model_sort(step, n, true);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		check_terms(&j);
		unit_env_clear(&unit_env);
	}
}

/* A name for each step, more of them than bits are worth: pairs are put in order then. */
TEST(as_many_names_as_steps)
{
	static char name[700][8];
	JnBuild    *b = jn_build_new(ENV, true);
	size_t		size;
	uint8_t    *bytes;
	JnJourney	j;
	JnError		err;

	for (uint32_t i = 0; i < 1400; i++)
	{
		uint32_t	code = i * 17 % 700;
		int			length = snprintf(name[code], sizeof(name[code]), "%u", (unsigned) code);

		CHECK_INT(jn_build_add(ENV, b, i, name[code], (size_t) length, &err), JN_OK);
	}
	CHECK_INT(jn_build_finish(ENV, b, &size, &err), JN_OK);
	bytes = jn_alloc(ENV, size);
	jn_build_write(ENV, b, bytes);
	CHECK_INT(jn_journey_open(bytes, size, &j, &err), JN_OK);
	CHECK_INT(j.event.names, 700);
	check_terms(&j);
}

TEST(bytes_of_terms)
{
	char		out[16];
	JnName		a = {"view", 4};
	JnName		b = {"web", 3};
	JnName		empty = {"", 0};
	JnName		none = {NULL, 0};

	CHECK_INT(jn_term_size(a, none), 5);
	jn_term_write(JN_TERM_EVENT, a, none, out);
	CHECK_BYTES(out, 5, "Eview", 5);
	CHECK_INT(jn_term_size(a, b), 9);
	jn_term_write(JN_TERM_ON_CHANNEL, a, b, out);
	CHECK_BYTES(out, 9, "Oview\0web", 9);
	CHECK_INT(jn_term_size(empty, empty), 2);
	jn_term_write(JN_TERM_FOLLOWS, empty, empty, out);
	CHECK_BYTES(out, 2, "F\0", 2);
}
