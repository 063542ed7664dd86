/*
 * fuzz_pattern.c
 *	  Fuzzes the readers of patterns, and their matchers.
 *
 * The input is a pattern's text, or its binary form, up to a byte of 0xff; what
 * follows are steps of a journey, a byte of event and a byte of time each.  A
 * pattern that is read must print, read back as the same, and match the same
 * steps in each of the ways to ask.
 */
#include "build.h"
#include "pattern/match.h"
#include "pattern/partial.h"

#include "fuzz.h"

#define MOST_STEPS	64

/* A journey of the steps that the bytes say. */
static JnJourney
make_journey(const JnEnv *env, const uint8_t *data, size_t size)
{
	static const char name[] = "abcdexyz";
	JnBuild    *b = jn_build_new(env, true);
	JnJourney	j;
	JnError		err;
	int64_t		time = 0;
	size_t		bytes;
	uint8_t    *out;

	for (size_t i = 0; i + 1 < size && i < 2 * MOST_STEPS; i += 2)
	{
		JnStep		step = {.event = {&name[data[i] % 5], 1},.tracks = data[i] >> 4 & 3};

		time += (int64_t) (data[i + 1] % 8) * 500000;
		step.time = time;
		step.label[JN_CHANNEL] = step.label[JN_DECISION] = (JnName) {&name[5 + data[i + 1] % 3], 1};
		if (data[i] & 0x40)
		{
			step.tracks |= 1 << JN_VALUE;
			step.value = data[i + 1] % 4;
		}
		EXPECT(jn_build_add_step(env, b, &step, &err) == JN_OK);
	}
	if (jn_build_steps(b) == 0)
		EXPECT(jn_build_add(env, b, 0, "a", 1, &err) == JN_OK);
	EXPECT(jn_build_finish(env, b, &bytes, &err) == JN_OK);
	out = jn_alloc(env, bytes);
	jn_build_write(env, b, out);
	EXPECT(jn_journey_open(out, bytes, &j, &err) == JN_OK);
	return j;
}

/* Asks in each way, and expects the answers to fit. */
static void
match(const JnEnv *env, const JnAutomaton *a, const JnJourney *j)
{
	JnMatcher  *m = jn_matcher_new(env, a);
	JnColumns	columns = jn_journey_columns(j);
	JnTimesReader times;
	JnSubject	subject = {&columns, 0, j->head.n, j->head.first, &times};
	JnPartial	partial;
	JnMatch		match;
	uint64_t	count = 0;
	uint32_t	last = 0;
	bool		may = jn_may_match(a, j->head.presence);

	jn_journey_times(j, &times);
	if (jn_matcher_columns(m, &columns) && may)
	{
		jn_match_open(m, &subject, JN_SKIP_PAST_LAST);
		while (jn_match_next(m, &match))
		{
			EXPECT(match.from >= last && match.from < j->head.n);
			EXPECT(match.to >= match.from && match.to <= j->head.n);
			last = match.to > match.from ? match.to : match.from + 1;
			count++;
		}
		EXPECT(jn_matcher_columns(m, &columns));
		EXPECT(jn_match_any(m, &subject) == (count > 0));
		EXPECT(jn_matcher_columns(m, &columns));
		EXPECT(jn_match_count(m, &subject, JN_SKIP_PAST_LAST) == count);
		EXPECT(jn_matcher_columns(m, &columns));
		EXPECT(jn_match_count(m, &subject, JN_NEXT_ROW) >= count);
	}
	if (jn_partial(env, a, &subject, last, j->head.last, &partial))
	{
		EXPECT(partial.from >= last && partial.from < j->head.n && partial.steps > 0 && partial.atoms > 0);
		EXPECT(partial.since <= j->head.last && (!partial.bounded || partial.deadline >= j->head.last));
	}
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0xff, size);
	size_t		text = end != NULL ? (size_t) (end - data) : size;
	JnPattern	p;
	JnPattern	again;
	JnAutomaton a;
	JnError		err;
	char	   *out;
	size_t		written;

	/* the binary form is the text that the text form writes */
	if (jn_pattern_validate(env, data, text, &p, &err) == JN_OK)
	{
		EXPECT(jn_pattern_write(env, &p, NULL) == text - 1);
		EXPECT(jn_pattern_read(env, (const char *) data + 1, text - 1, &again, &err) == JN_OK);
	}
	if (jn_pattern_read(env, (const char *) data, text, &p, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= text + 1);
		return;
	}
	written = jn_pattern_write(env, &p, NULL);
	out = jn_alloc(env, written + 1);
	out[0] = JN_PATTERN_VERSION;
	EXPECT(jn_pattern_write(env, &p, out + 1) == written);
	EXPECT(jn_pattern_validate(env, (const uint8_t *) out, written + 1, &again, &err) == JN_OK);

	/* larger ones take long to make */
	if (text > 512 || jn_automaton_make(env, &p, &a, &err) != JN_OK || a.edges > 5000)
		return;
	jn_automaton_write(env, &a, jn_alloc(env, (size_t) jn_automaton_write(env, &a, NULL) + 1));
	{
		JnJourney	j = make_journey(env, data + text, size - text);

		match(env, &a, &j);
	}
}
