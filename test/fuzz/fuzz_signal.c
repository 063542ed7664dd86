/*
 * fuzz_signal.c
 *	  Fuzzes the readers of signals: the bytes of a state, and its text.
 *
 * What a reader accepts must read the same again, and give facts that fit.
 */
#include "signal_facts.h"

#include "fuzz.h"

static void
check_facts(const JnEnv *env, JnSignal *s)
{
	JnSignalAsk ask = JN_SIGNAL_ASK_DEFAULT;
	JnSignalFacts facts;

	ask.correction = (JnCorrection) (s->n % 3);
	jn_signal_facts(env, s, &ask, &facts);
	EXPECT(facts.points == s->n);
	EXPECT(jn_time_ok(facts.first) && jn_time_ok(facts.last) && facts.first <= facts.last);
	EXPECT(facts.has_gap == (s->n > 1));
	EXPECT(facts.median_gap <= jn_time_span(facts.first, facts.last));
	EXPECT(!facts.has_tau || (facts.tau >= -1 && facts.tau <= 1));
	EXPECT(!facts.has_z || (facts.p >= 0 && facts.p <= 1 && (facts.p < ask.terms.alpha) == (facts.direction != 0)));
	EXPECT(!facts.has_slope || (s->valued && facts.slope_per_day == facts.slope_per_day));
	EXPECT(!facts.has_change || (facts.change_at >= facts.first && facts.change_at <= facts.last));
}

/* Writes the state and expects these bytes, or, if they are NULL, some that validate. */
static void
check_bytes(const JnEnv *env, JnSignal *s, const uint8_t *expected, size_t expected_size)
{
	JnSignalPlan plan;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	EXPECT(jn_signal_size(env, s, &plan, &size, &err) == JN_OK);
	bytes = jn_alloc(env, size);
	jn_signal_write(env, s, &plan, bytes);
	if (expected != NULL)
		EXPECT(size == expected_size && memcmp(bytes, expected, size) == 0);
	else
		EXPECT(jn_signal_validate(env, bytes, size, &err) == JN_OK);
}

/* Writes the text, reads it back and expects the same points. */
static void
check_text(const JnEnv *env, JnSignal *s)
{
	JnSignal	again = {0};
	JnError		err;
	size_t		size = jn_signal_text_size(env, s);
	char	   *text = jn_alloc(env, size);

	jn_signal_text_write(env, s, text);
	EXPECT(jn_signal_text_read(env, text, size, &again, &err) == JN_OK);
	EXPECT(again.n == s->n && memcmp(again.time, s->time, s->n * sizeof(int64_t)) == 0);
	EXPECT(again.valued == s->valued && again.has_terms == s->has_terms);
	if (s->valued)
		EXPECT(memcmp(again.key, s->key, s->n * sizeof(uint64_t)) == 0);
	if (s->has_terms)
		EXPECT(jn_signal_terms_equal(&again.terms, &s->terms));
}

/* Reads a state as one of ours; what comes out may be nonsense. */
static void
read_everything(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnSignal	s = {0};
	JnSignalAsk ask = JN_SIGNAL_ASK_DEFAULT;
	JnSignalFacts facts;
	JnError		err;

	if (jn_signal_add_state(env, &s, data, size, &err) != JN_OK)
	{
		EXPECT(err.status != JN_OK && err.at <= size && s.n == 0);
		return;
	}
	jn_signal_facts(env, &s, &ask, &facts);
	jn_signal_text_write(env, &s, jn_alloc(env, jn_signal_text_size(env, &s)));
}

static void
fuzz(const JnEnv *env, const uint8_t *data, size_t size)
{
	JnSignal	from_bytes = {0};
	JnSignal	from_text = {0};
	JnError		err;

	read_everything(env, data, size);
	if (jn_signal_validate(env, data, size, &err) == JN_OK)
	{
		EXPECT(jn_signal_add_state(env, &from_bytes, data, size, &err) == JN_OK);
		check_facts(env, &from_bytes);
		check_bytes(env, &from_bytes, data, size);
		check_text(env, &from_bytes);
	}
	else
		EXPECT(err.status != JN_OK && err.at <= size);

	if (jn_signal_text_read(env, (const char *) data, size, &from_text, &err) == JN_OK)
	{
		check_facts(env, &from_text);
		check_bytes(env, &from_text, NULL, 0);
		check_text(env, &from_text);
	}
	else
		EXPECT(err.status != JN_OK && err.at <= size);
}
