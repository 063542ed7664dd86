/*
 * test_journey.c
 *	  The frozen bytes, every rule of the proof, reading, comparing, variants.
 */
#include "golden.h"

static Step step[MODEL_MAX_STEPS];

/* The journey once more, from what reading it gives. */
static Bytes
rebuilt(const JnEnv *env, const JnJourney *j)
{
	JnBuild    *b = jn_build_new(env, true);
	JnStepReader r;
	JnStep		s;
	JnError		err;

	for (jn_step_reader_open(env, &r, j); jn_step_reader_next(env, &r, &s);)
		CHECK_INT(jn_build_add_step(env, b, &s, &err), JN_OK);
	jn_step_reader_close(env, &r);
	return build_bytes(env, b);
}

/* ---- the frozen bytes ---- */

TEST(journey_golden_bytes)
{
	for (unsigned i = 0; i < GOLDENS; i++)
	{
		Bytes		b = golden_bytes(ENV, i);
		JnJourney	j = proved(ENV, b);
		Bytes		again = rebuilt(ENV, &j);

		CHECK_BYTES(again.data, again.size, b.data, b.size);
	}
}

TEST(journey_golden_read)
{
	JnJourney	j = proved(ENV, golden_bytes(ENV, GOLDEN_MICROSECONDS));
	static const int64_t time[] = {-1, -1, 0, 300, 70000, 20000000};
	static const uint32_t code[] = {1, 0, 1, 1, 0, 1};

	CHECK_INT(j.head.n, 6);
	CHECK_INT(j.head.flags, JN_UNIT_US);
	CHECK_INT(j.head.tracks, 0);
	CHECK_INT(j.head.first, -1);
	CHECK_INT(j.head.last, 20000000);
	CHECK_INT(j.event.names, 2);
	CHECK_INT(j.event.width, 1);
	CHECK_INT(jn_labels_name(&j.event, 0).size, 0);
	CHECK_TEXT(jn_labels_name(&j.event, 1).data, jn_labels_name(&j.event, 1).size, "b");
	for (uint32_t i = 0; i < 6; i++)
	{
		CHECK_INT(jn_journey_time(ENV, &j, i), time[i]);
		CHECK_INT(jn_journey_code(&j, i), code[i]);
	}
	CHECK_INT(jn_labels_find(&j.event, "b", 1), 1);
	CHECK_INT(jn_labels_find(&j.event, "", 0), 0);
	CHECK_INT(jn_labels_find(&j.event, "a", 1), JN_NO_LABEL);
	CHECK_INT(jn_labels_find(&j.event, "bb", 2), JN_NO_LABEL);
}

/* The header is enough for the facts. */
TEST(journey_header_alone)
{
	Bytes		b = golden_bytes(ENV, GOLDEN_SECONDS);
	Bytes		head = bytes_copy(ENV, b.data, JN_HEADER_SIZE);
	JnHeader	h;
	JnError		err;

	CHECK_INT(jn_header_read(head.data, head.size, &h, &err), JN_OK);
	CHECK_INT(h.n, 2);
	CHECK_INT(h.flags, JN_UNIT_S);
	CHECK_INT(h.first, 820576800000000);
	CHECK_INT(h.last, 820576805000000);
	CHECK(h.presence == (UINT64_C(1) << 22 | UINT64_C(1) << 63));
	for (size_t size = 0; size < JN_HEADER_SIZE; size++)
	{
		Bytes		cut = bytes_copy(ENV, b.data, size);

		CHECK_INT(jn_header_read(cut.data, size, &h, &err), JN_BYTES_SHORT);
		CHECK_INT(err.found, size);
		CHECK_INT(err.limit, JN_HEADER_SIZE);
	}
}

/* ---- the proof: what breaks exactly one rule ---- */

/* At byte "at" of a golden journey, "out" bytes go and "in" bytes come. */
typedef struct Break
{
	const char *rule;
	GoldenNumber from;
	size_t		at;
	size_t		out;
	const char *in;
	size_t		in_size;
	JnStatus	status;
	size_t		noticed_at;
} Break;

/* Bytes of the golden journeys that are named below; see golden.h. */
enum
{
	SECONDS_NAMES = 32, SECONDS_CODES = 43, SECONDS_TIMES = 45, SECONDS_SIZE = 47,
	ONE_SIZE = 38,
	MILLI_TIMES = 35,
	MICRO_CODES = 36, MICRO_TIMES = 42,
	NARROW_TIMES = 35, NARROW_SIZE = 56,
	END_TIMES = 51
};

static const Break breaks[] = {
#define IN(bytes) bytes, sizeof(bytes) - 1
	{"a newer version", GOLDEN_SECONDS, 0, 1, IN("\x02"), JN_BYTES_VERSION, 0},
	{"the newest version", GOLDEN_SECONDS, 0, 1, IN("\xff"), JN_BYTES_VERSION, 0},
	{"no version", GOLDEN_SECONDS, 0, 1, IN("\x00"), JN_BYTES_CORRUPT, 0},
	{"unknown flag 3", GOLDEN_SECONDS, 1, 1, IN("\x0a"), JN_BYTES_TRACKS, 1},
	{"unknown flag 7", GOLDEN_SECONDS, 1, 1, IN("\x82"), JN_BYTES_TRACKS, 1},
	{"unit 3", GOLDEN_SECONDS, 1, 1, IN("\x03"), JN_BYTES_CORRUPT, 1},
	{"unknown track 6", GOLDEN_SECONDS, 2, 1, IN("\x40"), JN_BYTES_TRACKS, 2},
	{"unknown track 15", GOLDEN_SECONDS, 3, 1, IN("\x80"), JN_BYTES_TRACKS, 2},
	{"no steps", GOLDEN_SECONDS, 4, 1, IN("\x00"), JN_BYTES_CORRUPT, 4},
	{"one step more", GOLDEN_SECONDS, 4, 1, IN("\x03"), JN_BYTES_SHORT, SECONDS_SIZE},
	{"2^32 - 1 steps", GOLDEN_SECONDS, 4, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, SECONDS_SIZE},
	{"2^32 - 1 steps of one name", GOLDEN_ONE_STEP, 4, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, ONE_SIZE},
	{"first time too early", GOLDEN_SECONDS, 15, 1, IN("\x80"), JN_TIME_RANGE, 8},
	{"last time infinite", GOLDEN_SECONDS, 16, 8, IN("\xff\xff\xff\xff\xff\xff\xff\x7f"), JN_TIME_RANGE, 16},
	{"last before first", GOLDEN_SECONDS, 16, 8, IN("\xff\xc7\xac\x6c\x4f\xea\x02\x00"), JN_BYTES_CORRUPT, 16},
	{"last later than the sum", GOLDEN_SECONDS, 16, 8, IN("\x80\x55\x08\x6d\x4f\xea\x02\x00"), JN_BYTES_CORRUPT, SECONDS_TIMES + 1},
	{"last before the sum", GOLDEN_SECONDS, 46, 1, IN("\x06"), JN_BYTES_CORRUPT, SECONDS_TIMES + 1},
	{"last not in the unit", GOLDEN_SECONDS, 16, 1, IN("\x41"), JN_BYTES_CORRUPT, SECONDS_TIMES + 1},
	{"one step, two times", GOLDEN_ONE_STEP, 16, 1, IN("\x01"), JN_BYTES_CORRUPT, ONE_SIZE},
	{"one step in milliseconds", GOLDEN_ONE_STEP, 1, 1, IN("\x01"), JN_BYTES_CORRUPT, ONE_SIZE},
	{"one step, wide", GOLDEN_ONE_STEP, 1, 1, IN("\x06"), JN_BYTES_CORRUPT, ONE_SIZE},
	{"one step with a difference", GOLDEN_ONE_STEP, ONE_SIZE, 0, IN("\x00\x00"), JN_BYTES_CORRUPT, ONE_SIZE},
	{"presence of a name that is not there", GOLDEN_SECONDS, 24, 1, IN("\x01"), JN_BYTES_CORRUPT, 24},
	{"presence of a name missing", GOLDEN_SECONDS, 31, 1, IN("\x00"), JN_BYTES_CORRUPT, 24},

	{"no names", GOLDEN_SECONDS, SECONDS_NAMES, 1, IN("\x00"), JN_BYTES_CORRUPT, SECONDS_NAMES},
	{"more names than steps", GOLDEN_SECONDS, SECONDS_NAMES, 1, IN("\x03"), JN_BYTES_CORRUPT, SECONDS_NAMES},
	{"long form of k", GOLDEN_SECONDS, SECONDS_NAMES, 1, IN("\x82\x00"), JN_BYTES_CORRUPT, SECONDS_NAMES},
	{"k beyond 32 bits", GOLDEN_SECONDS, SECONDS_NAMES, 1, IN("\xff\xff\xff\xff\x1f"), JN_BYTES_CORRUPT, SECONDS_NAMES},
	{"k that does not end", GOLDEN_SECONDS, SECONDS_NAMES, 15, IN("\xff\xff\xff"), JN_BYTES_SHORT, SECONDS_NAMES + 3},
	{"k of five bytes that do not end", GOLDEN_SECONDS, SECONDS_NAMES, 15, IN("\xff\xff\xff\xff\xff"), JN_BYTES_CORRUPT, SECONDS_NAMES},
	{"long form of a length", GOLDEN_SECONDS, 33, 1, IN("\x84\x00"), JN_BYTES_CORRUPT, 33},
	{"a name of 1025 bytes", GOLDEN_SECONDS, 33, 1, IN("\x81\x08"), JN_NAME_LONG, 33},
	{"a name of 2^32 - 1 bytes", GOLDEN_SECONDS, 33, 1, IN("\xff\xff\xff\xff\x0f"), JN_NAME_LONG, 33},
	{"names beyond the end", GOLDEN_SECONDS, 34, 1, IN("\x7f"), JN_BYTES_SHORT, SECONDS_SIZE},
	{"names not ascending", GOLDEN_SECONDS, 35, 8, IN("viewcart"), JN_BYTES_CORRUPT, 39},
	{"a name twice", GOLDEN_SECONDS, 35, 8, IN("viewview"), JN_BYTES_CORRUPT, 39},
	{"the longer name first", GOLDEN_SECONDS, 33, 10, IN("\x05\x03" "cartscar"), JN_BYTES_CORRUPT, 40},
	{"a name not UTF-8", GOLDEN_SECONDS, 36, 1, IN("\xff"), JN_NAME_UTF8, 36},
	{"a name with a zero byte", GOLDEN_SECONDS, 41, 1, IN("\x00"), JN_NAME_UTF8, 41},
	{"a character in two names", GOLDEN_SECONDS, 38, 2, IN("\xc3\xa9"), JN_NAME_UTF8, 38},

	{"a name of no step", GOLDEN_SECONDS, SECONDS_CODES, 1, IN("\x00"), JN_BYTES_CORRUPT, SECONDS_CODES},
	{"a code beyond the names", GOLDEN_SECONDS, SECONDS_CODES + 1, 1, IN("\x02"), JN_BYTES_CORRUPT, SECONDS_CODES + 1},
	{"codes of two bytes", GOLDEN_SECONDS, SECONDS_CODES, 2, IN("\x01\x00\x00\x00"), JN_BYTES_CORRUPT, SECONDS_TIMES + 2},
	{"codes for one name", GOLDEN_MILLISECONDS, MILLI_TIMES, 0, IN("\x00\x00\x00"), JN_BYTES_CORRUPT, MILLI_TIMES + 3},

	{"lengths of no difference", GOLDEN_SECONDS, SECONDS_TIMES, 1, IN("\x04"), JN_BYTES_CORRUPT, SECONDS_TIMES},
	{"lengths of no difference, last byte", GOLDEN_MICROSECONDS, MICRO_TIMES + 1, 1, IN("\x43"), JN_BYTES_CORRUPT, MICRO_TIMES + 1},
	{"a difference too long by a byte", GOLDEN_SECONDS, SECONDS_TIMES, 2, IN("\x01\x05\x00"), JN_BYTES_CORRUPT, SECONDS_TIMES + 1},
	{"a difference too long by three", GOLDEN_SECONDS, SECONDS_TIMES, 2, IN("\x03\x05\x00\x00\x00"), JN_BYTES_CORRUPT, SECONDS_TIMES + 1},
	{"a difference beyond the end", GOLDEN_SECONDS, SECONDS_TIMES, 1, IN("\x01"), JN_BYTES_SHORT, SECONDS_TIMES + 1},
	{"a byte behind the end", GOLDEN_SECONDS, SECONDS_SIZE, 0, IN("\x00"), JN_BYTES_CORRUPT, SECONDS_SIZE},
	{"whole seconds in milliseconds", GOLDEN_SECONDS, 1, 46, IN("\x01\x00\x00\x02\x00\x00\x00"
																"\x00\xc8\xac\x6c\x4f\xea\x02\x00\x40\x13\xf9\x6c\x4f\xea\x02\x00"
																"\x00\x00\x40\x00\x00\x00\x00\x80\x02\x04\x04" "cartview\x01\x00"
																"\x01\x88\x13"), JN_BYTES_CORRUPT, SECONDS_TIMES},
	{"whole seconds in microseconds", GOLDEN_SECONDS, 1, 46, IN("\x00\x00\x00\x02\x00\x00\x00"
																"\x00\xc8\xac\x6c\x4f\xea\x02\x00\x40\x13\xf9\x6c\x4f\xea\x02\x00"
																"\x00\x00\x40\x00\x00\x00\x00\x80\x02\x04\x04" "cartview\x01\x00"
																"\x02\x40\x4b\x4c"), JN_BYTES_CORRUPT, SECONDS_TIMES},
	{"no difference at all in microseconds", GOLDEN_ONE_STEP, 1, 37, IN("\x00\x00\x00\x02\x00\x00\x00"
																		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
																		"\x00\x00\x40\x00\x00\x00\x00\x00\x01\x04view\x00\x00"),
	JN_BYTES_CORRUPT, ONE_SIZE},

	{"wide without any", GOLDEN_SECONDS, 1, 46, IN("\x06\x00\x00\x02\x00\x00\x00"
												   "\x00\xc8\xac\x6c\x4f\xea\x02\x00\x40\x13\xf9\x6c\x4f\xea\x02\x00"
												   "\x00\x00\x40\x00\x00\x00\x00\x80\x02\x04\x04" "cartview\x01\x00"
												   "\x00\x00\x00\x00\x00\x05"), JN_BYTES_CORRUPT, SECONDS_TIMES},
	{"one wide difference more", GOLDEN_NARROWEST_WIDE, NARROW_TIMES, 1, IN("\x02"), JN_BYTES_SHORT, NARROW_SIZE},
	{"2^32 - 1 wide differences", GOLDEN_NARROWEST_WIDE, NARROW_TIMES, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, NARROW_SIZE},
	{"a wide difference of no step", GOLDEN_NARROWEST_WIDE, NARROW_TIMES, 21,
		IN("\x02\x00\x00\x00\x0f\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"),
	JN_BYTES_CORRUPT, NARROW_TIMES + 21},
	{"a wide difference that is not listed", GOLDEN_NARROWEST_WIDE, NARROW_TIMES + 5, 1, IN("\xff"), JN_BYTES_CORRUPT, NARROW_TIMES + 9},
	{"a narrow difference listed as wide", GOLDEN_NARROWEST_WIDE, NARROW_SIZE - 8, 1, IN("\xfe"), JN_BYTES_CORRUPT, NARROW_SIZE - 8},
	{"a wide difference beyond the last time", GOLDEN_END_TO_END, END_TIMES + 9, 8,
	IN("\xff\xff\xff\xff\xff\xff\xff\xff"), JN_BYTES_CORRUPT, END_TIMES + 5},
#undef IN
};

TEST(journey_each_rule_broken)
{
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
	{
		const Break *x = &breaks[i];
		Bytes		good = golden_bytes(ENV, x->from);
		Bytes		bad = {NULL, good.size - x->out + x->in_size};
		JnJourney	j;
		JnError		err;

		bad.data = jn_alloc(ENV, bad.size);
		memcpy(bad.data, good.data, x->at);
		memcpy(bad.data + x->at, x->in, x->in_size);
		memcpy(bad.data + x->at + x->in_size, good.data + x->at + x->out, good.size - x->at - x->out);
		unit_env.most_bytes = 0;
		if (!CHECK_INT(jn_journey_validate(ENV, bad.data, bad.size, &j, &err), x->status)
			|| !CHECK_INT(err.at, x->noticed_at) || !CHECK_INT(err.status, x->status))
			printf("  %s\n", x->rule);
		CHECK(unit_env.most_bytes <= unit_env.bytes + 8);
	}
}

/* A value larger than any is refused before it is read. */
TEST(journey_of_too_many_bytes)
{
	Bytes		b = golden_bytes(ENV, GOLDEN_SECONDS);
	JnJourney	j;
	JnError		err;

	CHECK_INT(jn_journey_validate(ENV, b.data, JN_MAX_BYTES + 1, &j, &err), JN_BYTES_CORRUPT);
	CHECK_INT(err.at, JN_MAX_BYTES);
}

TEST(journey_unknown_bits_are_told)
{
	Bytes		b = golden_bytes(ENV, GOLDEN_SECONDS);
	JnJourney	j;
	JnError		err;

	b.data[0] = 7;
	CHECK_INT(jn_journey_validate(ENV, b.data, b.size, &j, &err), JN_BYTES_VERSION);
	CHECK_INT(err.found, 7);
	CHECK_INT(err.limit, JN_FORMAT_VERSION);
	b.data[0] = 1;
	b.data[2] = 0xc5;
	CHECK_INT(jn_journey_open(b.data, b.size, &j, &err), JN_BYTES_TRACKS);
	CHECK_INT(err.found, 0xc0);
}

TEST(journey_cut_anywhere)
{
	for (unsigned i = 0; i < GOLDENS; i++)
	{
		Bytes		b = golden_bytes(ENV, i);

		for (size_t size = 0; size < b.size; size++)
		{
			Bytes		cut = bytes_copy(ENV, b.data, size);
			JnJourney	j;
			JnError		err;

			/* tracks are found from the end, so that what was cut off shows as disorder */
			if (jn_journey_validate(ENV, cut.data, size, &j, &err) == JN_BYTES_CORRUPT
				&& size >= JN_HEADER_SIZE && j.head.tracks != 0)
				continue;
			if (!CHECK_INT(err.status, JN_BYTES_SHORT)
				|| !CHECK_INT(err.found, size) || !CHECK(err.limit > err.found))
				printf("  %s, cut at %zu\n", golden[i].name, size);
		}
	}
}

/* One form only: what still passes with a bit flipped is another journey. */
TEST(journey_bits_flipped)
{
	int			refused = 0;
	int			other = 0;

	for (unsigned i = 0; i < GOLDENS; i++)
	{
		Bytes		b = golden_bytes(ENV, i);

		for (size_t bit = 0; bit < 8 * b.size; bit++)
		{
			Bytes		flipped = bytes_copy(ENV, b.data, b.size);
			JnJourney	j;
			JnError		err;

			flipped.data[bit / 8] ^= (uint8_t) (1 << bit % 8);
			if (jn_journey_validate(ENV, flipped.data, flipped.size, &j, &err) == JN_OK)
			{
				Bytes		again = rebuilt(ENV, &j);

				CHECK_BYTES(again.data, again.size, flipped.data, flipped.size);
				other++;
			}
			else
				refused++;
		}
	}
	CHECK(refused > 2000);
	CHECK(other > 5);
}

/* The same with random bytes of random journeys. */
TEST(journey_random_damage)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 30);
		Bytes		b;
		JnJourney	j;
		JnError		err;

		model_random(&seed, step, n);
		b = steps_bytes(ENV, step, n, true);
		for (uint32_t k = 1 + unit_below(&seed, 3); k > 0; k--)
			b.data[unit_below(&seed, (uint32_t) b.size)] = (uint8_t) unit_random(&seed);
		if (jn_journey_validate(ENV, b.data, b.size, &j, &err) == JN_OK)
		{
			Bytes		again = rebuilt(ENV, &j);

			CHECK_BYTES(again.data, again.size, b.data, b.size);
		}
		else
			CHECK(err.at <= b.size);
		unit_env_clear(&unit_env);
	}
}

/* Reads all there is to read; what comes out may be nonsense. */
static void
read_nonsense(const JnJourney *j)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnError		err;

	jn_journey_variant_write(ENV, j, jn_alloc(ENV, jn_journey_variant_size(ENV, j)));
	jn_journey_variant_hash(ENV, j);
	jn_labels_find(&j->event, "view", 4);
	jn_labels_name(&j->event, j->event.names - 1);
	for (uint32_t i = 0; i < j->head.n; i++)
		jn_journey_time(ENV, j, i);
	CHECK_INT(jn_journey_compare(ENV, j, j), 0);
	CHECK_INT(jn_build_add_journey(ENV, b, j, 0, j->head.n, &err), JN_OK);
	CHECK_INT(jn_build_steps(b), j->head.n);
}

/* Bytes of ours that somebody damaged: what can be opened is read inside. */
TEST(journey_damaged_is_read_inside)
{
	uint64_t	seed = 5;
	int			opened = 0;

	for (int round = 0; round < 5000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 30);
		Bytes		b;
		JnJourney	j;
		JnError		err;

		model_random(&seed, step, n);
		b = steps_bytes(ENV, step, n, true);
		for (uint32_t k = 1 + unit_below(&seed, 3); k > 0; k--)
			b.data[JN_HEADER_SIZE + unit_below(&seed, (uint32_t) b.size - JN_HEADER_SIZE)] = (uint8_t) unit_random(&seed);
		if (jn_journey_open(b.data, b.size, &j, &err) == JN_OK)
		{
			read_nonsense(&j);
			opened++;
		}
		unit_env_clear(&unit_env);
	}
	CHECK(opened > 1000);
}

/* ---- reading ---- */

TEST(journey_each_way_of_reading_agrees)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, round % 20 == 0 ? MODEL_MAX_STEPS : 20);
		JnJourney	j;
		JnName	   *name;
		JnTimesReader r;
		int64_t    *time;

		model_random(&seed, step, n);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		model_sort(step, n, true);
		name = jn_alloc(ENV, j.event.names * sizeof(JnName));
		jn_labels_names(&j.event, name);
		time = jn_alloc(ENV, n * sizeof(int64_t));
		jn_journey_times(&j, &r);
		jn_times_decode(ENV, &r, j.head.first, time, n);
		for (uint32_t i = 0; i < n; i++)
		{
			uint32_t	code = jn_journey_code(&j, i);

			if (!CHECK_INT(time[i], step[i].time)
				|| !CHECK_INT(jn_journey_time(ENV, &j, i), step[i].time)
				|| !CHECK_BYTES(name[code].data, name[code].size, step[i].name, step[i].size)
				|| !CHECK_INT(jn_labels_find(&j.event, step[i].name, step[i].size), code)
				|| !CHECK((j.head.presence & jn_presence(step[i].name, step[i].size)) != 0)
				|| !CHECK(jn_labels_name(&j.event, code).data == name[code].data))
				return;
		}
		for (size_t i = 0; i < MODEL_NAMES; i++)
		{
			uint32_t	expected = JN_NO_LABEL;

			for (uint32_t k = 0; k < j.event.names; k++)
				if (name[k].size == model_names[i].size && memcmp(name[k].data, model_names[i].name, name[k].size) == 0)
					expected = k;
			CHECK_INT(jn_labels_find(&j.event, model_names[i].name, model_names[i].size), expected);
		}
		unit_env_clear(&unit_env);
	}
}

/* ---- comparison ---- */

static int
sign(int x)
{
	return (x > 0) - (x < 0);
}

static int
slow_compare(const Step *a, uint32_t n, const Step *b, uint32_t m)
{
	for (uint32_t i = 0; i < n && i < m; i++)
	{
		int			order = (a[i].time > b[i].time) - (a[i].time < b[i].time);

		if (order == 0)
			order = sign(model_compare_names(&a[i], &b[i]));
		if (order != 0)
			return order;
	}
	return (n > m) - (n < m);
}

/* Random journeys that share much: few names, few times. */
static uint32_t
random_similar(uint64_t *seed, Step *s)
{
	static const char *const name[] = {"a", "b", "ab", ""};
	uint32_t	n = 1 + unit_below(seed, 4);
	int64_t		t = unit_below(seed, 2);

	for (uint32_t i = 0; i < n; i++)
	{
		const char *event = name[unit_below(seed, 4)];

		s[i] = (Step) {t, event, (uint32_t) strlen(event)};
		t += unit_below(seed, 2) * (int64_t) (unit_below(seed, 2) ? 1 : 1000000);
	}
	return n;
}

TEST(journey_comparison)
{
	enum
	{
		MANY = 120
	};
	static Step all[MANY][4];
	uint32_t	n[MANY];
	JnJourney	j[MANY];
	uint64_t	seed = 3;
	int			equal = 0;

	for (int i = 0; i < MANY; i++)
	{
		n[i] = random_similar(&seed, all[i]);
		j[i] = proved(ENV, steps_bytes(ENV, all[i], n[i], true));
	}
	for (int a = 0; a < MANY; a++)
		for (int b = 0; b < MANY; b++)
		{
			int			order = sign(jn_journey_compare(ENV, &j[a], &j[b]));
			bool		same = j[a].size == j[b].size && memcmp(j[a].bytes, j[b].bytes, j[a].size) == 0;

			/* the slow order is one, so ours is antisymmetric and transitive too */
			if (!CHECK_INT(order, slow_compare(all[a], n[a], all[b], n[b]))
				|| !CHECK_INT(order == 0, same)
				|| !CHECK(!same || jn_journey_hash(&j[a], 5) == jn_journey_hash(&j[b], 5)))
				return;
			equal += same;
		}
	CHECK(equal > MANY);
}

TEST(journey_comparison_of_large_dictionaries)
{
	static char text[300][12];
	JnJourney	j[2];

	for (int which = 0; which < 2; which++)
	{
		JnBuild    *b = jn_build_new(ENV, true);

		for (uint32_t i = 0; i < 300; i++)
		{
			/* the last name differs, and one in the middle that only the second one has */
			int			size = snprintf(text[i], sizeof(text[i]), "%u%s", i, i == 299 ? (which ? "x" : "y") : "");

			add_steps(ENV, b, &(Step) {i, text[i], (uint32_t) size}, 1);
		}
		if (which == 1)
			add_steps(ENV, b, &(Step) {1000, "150b", 4}, 1);
		j[which] = proved(ENV, build_bytes(ENV, b));
	}
	CHECK(jn_journey_compare(ENV, &j[0], &j[1]) > 0);
	CHECK(jn_journey_compare(ENV, &j[1], &j[0]) < 0);
	CHECK_INT(jn_journey_compare(ENV, &j[1], &j[1]), 0);
}

/* Names of both together on either side of what is ranked without allocating. */
TEST(journey_comparison_around_128_names)
{
	static char text[70][8];

	for (uint32_t n = 60; n <= 70; n++)
	{
		JnJourney	j[2];

		for (uint32_t i = 0; i < n; i++)
		{
			snprintf(text[i], sizeof(text[i]), "%02u", i);
			step[i] = (Step) {i, text[i], 2};
		}
		j[0] = proved(ENV, steps_bytes(ENV, step, n, true));
		step[n - 1].name = "zz";
		j[1] = proved(ENV, steps_bytes(ENV, step, n, true));
		CHECK(jn_journey_compare(ENV, &j[0], &j[1]) < 0);
		CHECK(jn_journey_compare(ENV, &j[1], &j[0]) > 0);
	}
}

TEST(journey_hash_takes_a_seed)
{
	JnJourney	j = proved(ENV, golden_bytes(ENV, GOLDEN_SECONDS));

	CHECK(jn_journey_hash(&j, 0) != jn_journey_hash(&j, 1));
	CHECK(jn_journey_hash(&j, 0) == jn_mix64(jn_hash64(j.bytes, j.size)));
}

/* ---- variants ---- */

static char *
variant(const JnJourney *j)
{
	size_t		size = jn_journey_variant_size(ENV, j);
	char	   *exact = jn_alloc(ENV, size);	/* of the very size, for ASan */
	char	   *text = jn_alloc(ENV, size + 1);

	jn_journey_variant_write(ENV, j, exact);
	memcpy(text, exact, size);
	text[size] = '\0';
	return text;
}

TEST(journey_variant_words)
{
	static const struct
	{
		const char *name;
		const char *variant;
	}			word[] = {
		{"view", "view"},
		{"add to cart", "add to cart"},
		{"", "\"\""},
		{" lead", "\" lead\""},
		{"trail ", "\"trail \""},
		{"a>b", "\"a>b\""},
		{"say \"hi\"", "\"say \"\"hi\"\"\""},
		{"two\nlines", "\"two\nlines\""},
		{"\x1f", "\"\x1f\""},
		{"\x7f", "\"\x7f\""},
		{"カート", "カート"},
		{"a, b", "a, b"},
	};

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
	{
		char		twice[40];
		JnJourney	j;

		step[0] = (Step) {0, word[i].name, (uint32_t) strlen(word[i].name)};
		step[1] = (Step) {1, word[i].name, (uint32_t) strlen(word[i].name)};
		j = proved(ENV, steps_bytes(ENV, step, 2, true));
		snprintf(twice, sizeof(twice), "%s > %s", word[i].variant, word[i].variant);
		CHECK_TEXT(variant(&j), strlen(variant(&j)), twice);
	}
}

/* One name more than are handled without allocating; what was allocated is released. */
TEST(journey_variant_of_65_names)
{
	static char text[65][8];
	JnJourney	j;
	char	   *written;
	size_t		size;
	size_t		blocks;

	for (uint32_t i = 0; i < 65; i++)
	{
		snprintf(text[i], sizeof(text[i]), "%02u>", i);
		step[i] = (Step) {i, text[i], 3};
	}
	j = proved(ENV, steps_bytes(ENV, step, 65, true));
	blocks = unit_env.blocks;
	size = jn_journey_variant_size(ENV, &j);
	CHECK_INT(size, 65 * 5 + 64 * 3);
	written = jn_alloc(ENV, size);
	jn_journey_variant_write(ENV, &j, written);
	CHECK_INT(unit_env.blocks, blocks + 1);
	CHECK_BYTES(written, 21, "\"00>\" > \"01>\" > \"02>\"", 21);
	CHECK_BYTES(written + size - 5, 5, "\"64>\"", 5);
}

/* Equal texts and equal hashes exactly if the paths are equal. */
TEST(journey_variants_tell_paths_apart)
{
	enum
	{
		MANY = 300
	};
	static const char *const name[] = {"a", "b", " > ", "a > b", "\"", "\"\"", "", "b > a", "\" > \"", ">"};
	static Step all[MANY][4];
	uint32_t	n[MANY];
	JnJourney	j[MANY];
	char	   *text[MANY];
	uint64_t	seed = 4;
	int			equal = 0;

	for (int i = 0; i < MANY; i++)
	{
		n[i] = 1 + unit_below(&seed, 3);
		for (uint32_t k = 0; k < n[i]; k++)
		{
			const char *event = name[unit_below(&seed, 10)];

			all[i][k] = (Step) {(int64_t) k * 5 + unit_below(&seed, 5), event, (uint32_t) strlen(event)};
		}
		j[i] = proved(ENV, steps_bytes(ENV, all[i], n[i], true));
		text[i] = variant(&j[i]);
	}
	for (int a = 0; a < MANY; a++)
		for (int b = 0; b < MANY; b++)
		{
			bool		same = n[a] == n[b];

			for (uint32_t k = 0; same && k < n[a]; k++)
				same = model_compare_names(&all[a][k], &all[b][k]) == 0;
			if (!CHECK_INT(strcmp(text[a], text[b]) == 0, same)
				|| !CHECK_INT(jn_journey_variant_hash(ENV, &j[a]) == jn_journey_variant_hash(ENV, &j[b]), same))
			{
				printf("  %s and %s\n", text[a], text[b]);
				return;
			}
			equal += same;
		}
	CHECK(equal > MANY);
}

/* Worked out by another program: stable over machines and versions. */
TEST(journey_variant_hash_is_frozen)
{
	JnJourney	j = proved(ENV, golden_bytes(ENV, GOLDEN_SECONDS));

	CHECK(jn_journey_variant_hash(ENV, &j) == UINT64_C(0x68ff2d8d6289c497));
	j = proved(ENV, golden_bytes(ENV, GOLDEN_MICROSECONDS));
	CHECK(jn_journey_variant_hash(ENV, &j) == UINT64_C(0xa3c94381888ede24));
}

/* ---- leaving ---- */

static void
read_all(const JnEnv *env, void *arg)
{
	const JnJourney *pair = arg;
	JnJourney	j;
	JnError		err;
	char	   *text;

	if (jn_journey_validate(env, pair[0].bytes, pair[0].size, &j, &err) != JN_OK)
		abort();
	jn_journey_compare(env, &pair[0], &pair[1]);
	jn_journey_variant_hash(env, &j);
	text = jn_alloc(env, jn_journey_variant_size(env, &j));
	jn_journey_variant_write(env, &j, text);
	jn_journey_time(env, &j, j.head.n / 2);
}

TEST(journey_may_be_left_anywhere)
{
	JnJourney	pair[2];

	for (int which = 0; which < 2; which++)
	{
		JnBuild    *b = jn_build_new(ENV, true);

		for (uint32_t i = 0; i < 150000; i++)
		{
			char		text[8];
			int			size = snprintf(text, sizeof(text), "n%u", (i + (uint32_t) which / 149999) % 2000);

			add_steps(ENV, b, &(Step) {i, text, (uint32_t) size}, 1);
		}
		add_steps(ENV, b, &(Step) {200000, which ? "x" : "y", 1}, 1);
		pair[which] = proved(ENV, build_bytes(ENV, b));
	}
	CHECK(unit_leave_everywhere(read_all, pair, 60) > 30);
}
