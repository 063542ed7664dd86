/*
 * test_set_text.c
 *	  The text form of sets of journeys, and sets that version 1 has written.
 */
#include "frozen.h"
#include "set_model.h"

static Step step[SET_MAX_STEPS];
static Part part[SET_MAX_PARTS];

/* Reads a text that must be one. */
static Bytes
from_text(const char *text, size_t size)
{
	char	   *copy = jn_alloc(ENV, size);
	JnSetBuild *b;
	JnError		err;

	memcpy(copy, text, size);
	if (!CHECK_INT(jn_set_text_read(ENV, copy, size, &b, &err), JN_OK))
	{
		printf("  at %zu of %.*s\n", err.at, (int) size, text);
		abort();
	}
	return set_build_bytes(ENV, b);
}

static Bytes
to_text(const JnSet *s)
{
	Bytes		text = {NULL, (size_t) jn_set_text_size(ENV, s)};

	text.data = jn_alloc(ENV, text.size);
	jn_set_text_write(ENV, s, (char *) text.data);
	return text;
}

TEST(texts_read_back_as_the_same_set)
{
	uint64_t	seed = 41;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = set_random(&seed, (JnKeyKind) unit_below(&seed, JN_KEY_KINDS), step, 1 + unit_below(&seed, 60), part);
		Bytes		b;
		Bytes		text;
		Bytes		again;
		JnSet		s;

		set_sort_parts(part, n);
		b = set_bytes(ENV, part, set_distinct(part, n));
		s = set_proved(ENV, b);
		text = to_text(&s);
		again = from_text((char *) text.data, text.size);
		if (!CHECK_BYTES(again.data, again.size, b.data, b.size))
			return;
		unit_env_clear(&unit_env);
	}
}

/* What is read, and how it is written. */
static const struct
{
	const char *in;
	const char *out;
}			good[] = {
	{"{a:[b 2026-01-01T00:00Z]}", "{a: [b 2026-01-01T00:00:00Z]}"},
	{" text\n{ a : [ b 2026-01-01T00:00Z ] } ", "{a: [b 2026-01-01T00:00:00Z]}"},
	{"{\"\": [b 2026-01-01T00:00Z]}", "{\"\": [b 2026-01-01T00:00:00Z]}"},
	{"{\"a:b\": [c:d 2026-01-01T00:00Z]}", "{\"a:b\": [c:d 2026-01-01T00:00:00Z]}"},
	{"{\"say \"\"a:\"\"\": [b 2026-01-01T00:00Z]}", "{\"say \"\"a:\"\"\": [b 2026-01-01T00:00:00Z]}"},
	{"{a/b-c.d_9: [b 2026-01-01T00:00Z]}", "{a/b-c.d_9: [b 2026-01-01T00:00:00Z]}"},
	{"{b: [x 2026-01-01T00:00Z], a: [x 2026-01-01T00:00Z]}", "{a: [x 2026-01-01T00:00:00Z], b: [x 2026-01-01T00:00:00Z]}"},
	{"{a: [x 2026-01-01T00:00Z], a: [w 2026-01-01T00:00Z]}", "{a: [x 2026-01-01T00:00:00Z, w 2026-01-01T00:00:00Z]}"},
	{"{a: [(x 2026-01-01T00:00Z), y 2026-01-02T00:00Z], a: [w 2026-01-01T12:00Z]}",
	"{a: [w 2026-01-01T12:00:00Z, y 2026-01-02T00:00:00Z]}"},
	{"{a: [(x 2026-01-01T00:00Z), y 2026-01-02T00:00Z], a: [w 2026-01-03T12:00Z]}",
	"{a: [(x 2026-01-01T00:00:00Z), y 2026-01-02T00:00:00Z, w 2026-01-03T12:00:00Z]}"},
	{"{a: [ ( x 2026-01-01T00:00Z {value=1} ) ,y 2026-01-02T00:00Z]}", "{a: [(x 2026-01-01T00:00:00Z {value=1}), y 2026-01-02T00:00:00Z]}"},
	{"{a: [x 2026-01-01T00:00Z,...]}", "{a: [x 2026-01-01T00:00:00Z, ...]}"},
	{"{a: [(x 2026-01-01T00:00Z) , y 2026-01-02T00:00Z , ... ] ,b:[z 2026-01-01T00:00Z]}",
	"{a: [(x 2026-01-01T00:00:00Z), y 2026-01-02T00:00:00Z, ...], b: [z 2026-01-01T00:00:00Z]}"},
	{"{a: [x 2026-01-01T00:00Z, ...], a: [(x 2026-01-01T00:00Z), y 2026-01-02T00:00Z]}",
	"{a: [x 2026-01-01T00:00:00Z, y 2026-01-02T00:00:00Z]}"},
	{"{a: [x 2026-01-03T00:00Z, ...], a: [y 2026-01-02T00:00Z]}", "{a: [y 2026-01-02T00:00:00Z, x 2026-01-03T00:00:00Z, ...]}"},
	{"{a: [x 2026-01-03T00:00Z, ...], a: [y 2026-01-03T00:00Z]}", "{a: [x 2026-01-03T00:00:00Z, y 2026-01-03T00:00:00Z, ...]}"},
	{"bigint {9223372036854775807: [b 2026-01-01T00:00Z], -9223372036854775808: [b 2026-01-01T00:00Z], 007: [b 2026-01-01T00:00Z], -0: [b 2026-01-01T00:00Z]}",
		"bigint {-9223372036854775808: [b 2026-01-01T00:00:00Z], 0: [b 2026-01-01T00:00:00Z], 7: [b 2026-01-01T00:00:00Z], "
	"9223372036854775807: [b 2026-01-01T00:00:00Z]}"},
	{"uuid{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11:[b 2026-01-01T00:00Z],A0EEBC999C0B4EF8BB6D6BB9BD380A10:[b 2026-01-01T00:00Z]}",
		"uuid {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a10: [b 2026-01-01T00:00:00Z], "
	"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11: [b 2026-01-01T00:00:00Z]}"},
};

TEST(texts_are_read_and_written)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		JnSet		s = set_proved(ENV, from_text(good[i].in, strlen(good[i].in)));
		Bytes		text = to_text(&s);

		CHECK_TEXT(text.data, text.size, good[i].out);
	}
}

/* What is refused, and where. */
static const struct
{
	const char *text;
	JnStatus	status;
	size_t		at;
}			bad[] = {
	{"", JN_TEXT_SET, 0},
	{"  ", JN_TEXT_SET, 2},
	{"{}", JN_TEXT_SET, 1},
	{"{", JN_TEXT_SET, 1},
	{"a: [b 2026-01-01T00:00Z]", JN_TEXT_SET, 0},
	{"int {1: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 0},
	{"Bigint {1: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 0},
	{"bigint", JN_TEXT_SET, 6},
	{"{a}", JN_TEXT_SET, 2},
	{"{a:}", JN_TEXT_SYNTAX, 3},
	{"{a: []}", JN_TEXT_SYNTAX, 5},
	{"{: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 1},
	{"{a b: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 3},
	{"{\"a: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 27},
	{"{a: [b 2026-01-01T00:00Z]", JN_TEXT_SET, 25},
	{"{a: [b 2026-01-01T00:00Z],}", JN_TEXT_SET, 26},
	{"{a: [b 2026-01-01T00:00Z]} x", JN_TEXT_SET, 27},
	{"{a: [b 2026-01-01T00:00Z] b: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 26},
	{"{a: [b 2026-13-01T00:00Z]}", JN_TEXT_TIME, 12},
	{"{a: [b 2026-01-01T00:00Z {value=x}]}", JN_TEXT_NUMBER, 32},
	{"{a: [(b 2026-01-01T00:00Z)]}", JN_TEXT_SET, 4},
	{"{a: [(b 2026-01-01T00:00Z), c 2026-01-01T00:00Z]}", JN_TEXT_SET, 4},
	{"{a: [(b 2026-01-01T00:00Z), c 2025-01-01T00:00Z]}", JN_TEXT_SET, 4},
	{"{a: [(b 2026-01-01T00:00Z), c 2026-01-02T00:00Z, d 2026-01-01T00:00Z]}", JN_TEXT_SET, 4},
	{"{a: [(b 2026-01-01T00:00Z, c 2026-01-02T00:00Z]}", JN_TEXT_SYNTAX, 25},
	{"{a: [c 2026-01-02T00:00Z, (b 2026-01-01T00:00Z)]}", JN_TEXT_SYNTAX, 26},
	{"{a: [...]}", JN_TEXT_SYNTAX, 5},
	{"{a: [c 2026-01-02T00:00Z ...]}", JN_TEXT_SYNTAX, 25},
	{"{a: [c 2026-01-02T00:00Z, ..]}", JN_TEXT_SYNTAX, 26},
	{"{a: [c 2026-01-02T00:00Z, ..., d 2026-01-03T00:00Z]}", JN_TEXT_SYNTAX, 29},
	{"{a: [c 2026-01-02T00:00Z, ...,]}", JN_TEXT_SYNTAX, 29},
	{"{a: [(c 2026-01-02T00:00Z), ...]}", JN_TEXT_SET, 4},
	{"bigint {a: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"bigint {: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"bigint {-: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"bigint {1-2: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"bigint {1.5: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 9},
	{"bigint {9223372036854775808: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"bigint {-9223372036854775809: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 8},
	{"uuid {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 6},
	{"uuid {a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 6},
	{"uuid {a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a11: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 6},
	{"uuid {g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11: [b 2026-01-01T00:00Z]}", JN_TEXT_SET, 6},
	{"{\"a\xff\": [b 2026-01-01T00:00Z]}", JN_SUBJECT_UTF8, 1},
	{"{a: [b\xff 2026-01-01T00:00Z]}", JN_NAME_UTF8, 6},
};

TEST(bad_texts_are_refused)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		size_t		size = strlen(bad[i].text);
		char	   *copy = jn_alloc(ENV, size);
		JnSetBuild *b;
		JnError		err = {0};

		memcpy(copy, bad[i].text, size);
		if (!CHECK_INT(jn_set_text_read(ENV, copy, size, &b, &err), bad[i].status) || !CHECK_INT(err.at, bad[i].at))
			printf("  %s\n", bad[i].text);
	}
}

TEST(long_subjects_are_refused)
{
	char		text[JN_MAX_NAME + 100];
	JnSetBuild *b;
	JnError		err;

	for (int quoted = 0; quoted < 2; quoted++)
		for (uint32_t n = JN_MAX_NAME; n <= JN_MAX_NAME + 1; n++)
		{
			int			size = snprintf(text, sizeof(text), "{%s%0*d%s: [b 2026-01-01T00:00Z]}", quoted ? "\"" : "", (int) n, 1,
										quoted ? "\"" : "");

			CHECK_INT(jn_set_text_read(ENV, text, (size_t) size, &b, &err), n > JN_MAX_NAME ? JN_SUBJECT_LONG : JN_OK);
			if (n > JN_MAX_NAME)
				CHECK_INT(err.at, 1);
		}
}

TEST(keys_are_read_by_kind)
{
	char		uuid[JN_UUID_SIZE];
	char		out[JN_KEY_WIDTH];
	JnKey		key;

	CHECK(jn_key_read(JN_KEY_BIGINT, "-42", 3, uuid, &key));
	CHECK_INT(key.number, -42);
	CHECK_TEXT(out, jn_key_write(&key, out), "-42");
	CHECK(!jn_key_read(JN_KEY_BIGINT, "", 0, uuid, &key));
	CHECK(!jn_key_read(JN_KEY_BIGINT, " 1", 2, uuid, &key));
	CHECK(!jn_key_read(JN_KEY_UUID, "", 0, uuid, &key));
	CHECK(jn_key_read(JN_KEY_TEXT, "any: thing", 10, uuid, &key));
	CHECK_INT(key.size, 10);
}

static void
read_some(const JnEnv *env, void *arg)
{
	const char *text = arg;
	JnSetBuild *b;
	JnError		err;

	CHECK_INT(jn_set_text_read(env, text, strlen(text), &b, &err), JN_OK);
}

TEST(reading_a_text_may_be_left_anywhere)
{
	unit_leave_everywhere(read_some, "{a: [(x@c 2026-01-01T00:00Z), y 2026-01-02T00:00Z {value=1, sense=a, sense=b}], "
						  "b: [z 2026-01-01T12:00Z], a: [z 2026-01-01T12:00Z]}", 300);
}

/* ---- what version 1 has written ---- */

/* A record: proven, as text, from text, and merged with nothing. */
static bool
check_record(const Frozen *f)
{
	Bytes		b = frozen_bytes(f);
	JnSet		s;
	const JnSet *operand = &s;
	JnSetBuild *build;
	JnError		err;
	Bytes		again;

	if (!CHECK_INT(jn_set_validate(ENV, b.data, b.size, &s, &err), JN_OK))
		return false;
	again = to_text(&s);
	if (!CHECK_BYTES(again.data, again.size, f->text, f->text_size))
		return false;
	again = from_text(f->text, f->text_size);
	if (!CHECK_BYTES(again.data, again.size, b.data, b.size))
		return false;
	build = jn_set_build_new(ENV, s.head.kind, JN_MAX_BYTES);
	if (!CHECK_INT(jn_sets_merge(ENV, &operand, 1, true, build, &err), JN_OK))
		return false;
	again = set_build_bytes(ENV, build);
	return CHECK_BYTES(again.data, again.size, b.data, b.size);
}

TEST(frozen_sets_of_version_1_are_read_and_written)
{
	frozen_check("test/unit/frozen/journey_set_v1.txt", 225, check_record);
}
