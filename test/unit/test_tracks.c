/*
 * test_tracks.c
 *	  Journeys with tracks: bytes against the model, reading, order, proof.
 */
#include "golden.h"
#include "text.h"

static Step step[MODEL_MAX_STEPS];
static uint8_t expected[MODEL_MAX_BYTES];

/* Random steps with tracks, in order. */
static void
random_steps(uint64_t *seed, Step *steps, uint32_t n, bool keep_ties)
{
	model_random(seed, steps, n);
	model_random_tracks(seed, steps, n);
	model_sort(steps, n, keep_ties);
}

TEST(tracks_are_the_bytes_of_format_h)
{
	uint64_t	seed = 11;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 10) ? 20 : MODEL_MAX_STEPS);
		Bytes		b;
		bool		same;

		random_steps(&seed, step, n, true);
		b = steps_bytes(ENV, step, n, true);
		same = CHECK_BYTES(b.data, b.size, expected, model_encode(step, n, expected));
		if (!same)
			return;
		proved(ENV, b);
		unit_env_clear(&unit_env);
	}
}

TEST(tracks_order_ties_whatever_the_order_of_rows)
{
	uint64_t	seed = 12;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 30);
		Bytes		b;

		random_steps(&seed, step, n, true);
		if (unit_below(&seed, 2))
			for (uint32_t i = 0; i < n; i++)
				step[i].time = unit_below(&seed, 3);
		model_shuffle(&seed, step, n);
		b = steps_bytes(ENV, step, n, false);
		model_sort(step, n, false);
		if (!CHECK_BYTES(b.data, b.size, expected, model_encode(step, n, expected)))
			return;
		unit_env_clear(&unit_env);
	}
}

TEST(tracks_are_read_as_they_were_built)
{
	uint64_t	seed = 13;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, unit_below(&seed, 10) ? 20 : MODEL_MAX_STEPS);
		JnJourney	j;
		JnStepReader r;
		JnStep		s;
		JnWalk		w;
		uint32_t	i = 0;

		random_steps(&seed, step, n, true);
		j = proved(ENV, steps_bytes(ENV, step, n, true));
		for (jn_step_reader_open(ENV, &r, &j); jn_step_reader_next(ENV, &r, &s);)
		{
			if (!CHECK(i < n) || !CHECK(model_is_step(&step[i], &s)))
				return;
			i++;
			CHECK_INT(r.walk.next, i);
		}
		CHECK_INT(i, n);
		CHECK(!jn_step_reader_next(ENV, &r, &s));
		jn_step_reader_close(ENV, &r);

		/* a walk that asks for values now and then */
		for (jn_walk_open(&w, &j); w.next < n; jn_walk_next(&w))
		{
			double		value;

			for (unsigned track = 0; track < JN_TRACKS; track++)
				if (track != JN_VALUE)
				{
					uint32_t	code = jn_journey_label(&j, track, w.next);

					if (!CHECK_INT(code != JN_NO_LABEL, model_has(&step[w.next], track)))
						return;
					CHECK(code == JN_NO_LABEL
						  || jn_name_compare(jn_labels_name(&j.label[track], code), step[w.next].label[track]) == 0);
				}
			if (!jn_has_track(&j.head, JN_VALUE) || unit_below(&seed, 3) > 0)
				continue;
			if (!CHECK_INT(jn_values_next(jn_walk_values(ENV, &w), &value), model_has(&step[w.next], JN_VALUE)))
				return;
			CHECK(!model_has(&step[w.next], JN_VALUE) || model_compare_values(value, step[w.next].value) == 0);
		}
		unit_env_clear(&unit_env);
	}
}

/* ---- order ---- */

static int
slow_compare(const Step *a, uint32_t n, const Step *b, uint32_t m)
{
	for (uint32_t i = 0; i < n && i < m; i++)
	{
		int			order = (a[i].time > b[i].time) - (a[i].time < b[i].time);

		if (order == 0)
			order = model_compare_ties(&a[i], &b[i]);
		if (order != 0)
			return order < 0 ? -1 : 1;
	}
	return (n > m) - (n < m);
}

TEST(tracks_compare_step_by_step)
{
	uint64_t	seed = 14;
	int			decided = 0;

	for (int round = 0; round < 4000; round++)
	{
		static Step other[MODEL_MAX_STEPS];
		uint32_t	n = 1 + unit_below(&seed, 12);
		uint32_t	m = n;
		JnJourney	a;
		JnJourney	b;
		int			order;

		/* the same journey, but for a step's track or its end */
		random_steps(&seed, step, n, true);
		memcpy(other, step, sizeof(Step) * n);
		if (unit_below(&seed, 4) == 0)
			m = 1 + unit_below(&seed, n);
		for (uint32_t k = unit_below(&seed, 3); k > 0; k--)
		{
			Step	   *s = &other[unit_below(&seed, m)];
			unsigned	track = unit_below(&seed, JN_TRACKS);
			uint32_t	pick;

			s->tracks ^= 1U << track;
			s->value = model_value(&seed, 9);
			pick = unit_below(&seed, 8);
			s->label[track] = track == JN_SENSES ? model_senses[pick]
				: (JnName) {model_names[pick].name, model_names[pick].size};
			if (unit_below(&seed, 2))
				s->tracks |= 1U << track;
		}
		a = proved(ENV, steps_bytes(ENV, step, n, true));
		b = proved(ENV, steps_bytes(ENV, other, m, true));
		order = jn_journey_compare(ENV, &a, &b);
		if (!CHECK_INT((order > 0) - (order < 0), slow_compare(step, n, other, m))
			|| !CHECK_INT(jn_journey_compare(ENV, &b, &a), -order)
			|| !CHECK_INT(order == 0, a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0))
			return;
		decided += order != 0 && n == m;
		unit_env_clear(&unit_env);
	}
	CHECK(decided > 1000);
}

/* ---- the proof: what breaks exactly one rule ---- */

/* The section of one track of GOLDEN_GAPS, which has three steps, in place of the right one. */
typedef struct Break
{
	const char *rule;
	JnTrack		track;
	const char *section;
	size_t		size;
	JnStatus	status;
	size_t		noticed_at;		/* in the section */
} Break;

#define LEAST_10	"\x0a\0\0\0\0\0\0\0"
#define NO_BASE		"\0\0\0\0\0\0\0\0"
#define THIRD		"UUUUUU\xd5\x3f"
#define QUARTER		"\0\0\0\0\0\0\xd0\x3f"

static const Break breaks[] = {
#define IN(bytes) bytes, sizeof(bytes) - 1
	{"nothing", JN_CHANNEL, IN(""), JN_BYTES_CORRUPT, 0},
	{"gaps of 2", JN_CHANNEL, IN("\x02\x02\x03\x03" "appweb" "\x02\x00\x01"), JN_BYTES_CORRUPT, 0},
	{"gaps, but none", JN_CHANNEL, IN("\x01\x02\x03\x03" "appweb" "\x02\x02\x01"), JN_BYTES_CORRUPT, 10},
	{"no names", JN_CHANNEL, IN("\x01\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 1},
	{"more names than steps", JN_CHANNEL, IN("\x00\x04\x01\x01\x01\x01" "abcd" "\x00\x01\x02"), JN_BYTES_CORRUPT, 1},
	{"as many names as steps and gaps", JN_CHANNEL, IN("\x01\x03\x01\x01\x01" "abc" "\x01\x02\x03"), JN_BYTES_CORRUPT, 1},
	{"names not ascending", JN_CHANNEL, IN("\x01\x02\x03\x03" "webapp" "\x01\x00\x02"), JN_BYTES_CORRUPT, 7},
	{"a name twice", JN_CHANNEL, IN("\x01\x02\x03\x03" "webweb" "\x01\x00\x02"), JN_BYTES_CORRUPT, 7},
	{"a name of no step", JN_CHANNEL, IN("\x01\x02\x03\x03" "appweb" "\x02\x00\x02"), JN_BYTES_CORRUPT, 10},
	{"a code beyond the names", JN_CHANNEL, IN("\x01\x02\x03\x03" "appweb" "\x03\x00\x01"), JN_BYTES_CORRUPT, 10},
	{"codes of one name without gaps", JN_CHANNEL, IN("\x00\x01\x03" "web" "\x00\x00\x00"), JN_BYTES_CORRUPT, 6},
	{"no codes of one name with gaps", JN_CHANNEL, IN("\x01\x01\x03" "web"), JN_BYTES_CORRUPT, 6},
	{"a code too few", JN_CHANNEL, IN("\x01\x02\x03\x03" "appweb" "\x02\x00"), JN_BYTES_CORRUPT, 12},
	{"a byte behind the codes", JN_CHANNEL, IN("\x01\x02\x03\x03" "appweb" "\x02\x00\x01\x00"), JN_BYTES_CORRUPT, 13},
	{"a name cut off", JN_CHANNEL, IN("\x01\x02\x03\x7f" "appweb" "\x02\x00\x01"), JN_BYTES_CORRUPT, 13},
	{"a name of 1025 bytes", JN_CHANNEL, IN("\x01\x02\x81\x08\x03" "appweb" "\x02\x00\x01"), JN_NAME_LONG, 2},
	{"not UTF-8", JN_CHANNEL, IN("\x01\x02\x03\x03" "ap\xffweb" "\x02\x00\x01"), JN_NAME_UTF8, 6},
	{"a zero byte in a channel", JN_CHANNEL, IN("\x01\x02\x03\x03" "a\0pweb" "\x02\x00\x01"), JN_NAME_UTF8, 5},

	{"a sense without a name", JN_SENSES, IN("\x01\x01\x00\x00\x00\x01"), JN_BYTES_CORRUPT, 3},
	{"an empty sense first", JN_SENSES, IN("\x01\x01\x02\0a\x00\x00\x01"), JN_BYTES_CORRUPT, 3},
	{"an empty sense last", JN_SENSES, IN("\x01\x01\x02" "a\0\x00\x00\x01"), JN_BYTES_CORRUPT, 5},
	{"senses not ascending", JN_SENSES, IN("\x01\x01\x03" "b\0a\x00\x00\x01"), JN_BYTES_CORRUPT, 5},
	{"a sense twice", JN_SENSES, IN("\x01\x01\x03" "a\0a\x00\x00\x01"), JN_BYTES_CORRUPT, 5},
	{"a sense not UTF-8", JN_SENSES, IN("\x01\x01\x03" "a\0\xc3\x00\x00\x01"), JN_NAME_UTF8, 5},

	{"no bytes of values", JN_VALUE, IN(""), JN_BYTES_CORRUPT, 0},
	{"10 decimals", JN_VALUE, IN("\x0a\x00" LEAST_10), JN_BYTES_CORRUPT, 0},
	{"unknown bits of the form", JN_VALUE, IN("\x10\x00" LEAST_10), JN_BYTES_CORRUPT, 0},
	{"a bitmap that is full", JN_VALUE, IN("\x80\x07\x00" LEAST_10), JN_BYTES_CORRUPT, 1},
	{"a bitmap that is empty", JN_VALUE, IN("\x80\x00\x00" LEAST_10), JN_BYTES_CORRUPT, 1},
	{"bits of no step", JN_VALUE, IN("\x80\x0e\x00" LEAST_10), JN_BYTES_CORRUPT, 1},
	{"width 3", JN_VALUE, IN("\x00\x03" LEAST_10 "\0\0\0\0\0\0\0\0\x01"), JN_BYTES_CORRUPT, 1},
	{"a value too few", JN_VALUE, IN("\x00\x01" LEAST_10 "\x00\x01"), JN_BYTES_CORRUPT, 12},
	{"a value too many", JN_VALUE, IN("\x00\x01" LEAST_10 "\x00\x01\x01\x01"), JN_BYTES_CORRUPT, 13},
	{"a base below the least", JN_VALUE, IN("\x00\x01" LEAST_10 "\x01\x02\x03"), JN_BYTES_CORRUPT, 2},
	{"wider than needed", JN_VALUE, IN("\x00\x02" LEAST_10 "\x00\x00\x01\x00\xff\x00"), JN_BYTES_CORRUPT, 1},
	{"offsets of one value", JN_VALUE, IN("\x00\x01" LEAST_10 "\x00\x00\x00"), JN_BYTES_CORRUPT, 1},
	{"more decimals than needed", JN_VALUE, IN("\x01\x01" LEAST_10 "\x00\x0a\x14"), JN_BYTES_CORRUPT, 0},
	{"a whole number above 2^53", JN_VALUE, IN("\x00\x01\x00\x00\x00\x00\x00\x00\x20\x00\x00\x01\x02"), JN_BYTES_CORRUPT, 11},
	{"a whole number below -2^53", JN_VALUE, IN("\x00\x00\xff\xff\xff\xff\xff\xff\xdf\xff"), JN_BYTES_CORRUPT, 2},
	{"a decimal above 2^50", JN_VALUE, IN("\x01\x00\x01\x00\x00\x00\x00\x00\x04\x00"), JN_BYTES_CORRUPT, 2},
	{"doubles that are decimals", JN_VALUE, IN("\x0f\x00" QUARTER), JN_BYTES_CORRUPT, 0},
	{"doubles of width 4", JN_VALUE, IN("\x0f\x04" NO_BASE "\0\0\0\0\1\0\0\0\2\0\0\0"), JN_BYTES_CORRUPT, 1},
	{"equal doubles one by one", JN_VALUE, IN("\x0f\x08" NO_BASE THIRD THIRD THIRD), JN_BYTES_CORRUPT, 1},
	{"different doubles with a base", JN_VALUE, IN("\x0f\x08" LEAST_10 THIRD QUARTER THIRD), JN_BYTES_CORRUPT, 1},
	{"another NaN", JN_VALUE, IN("\x0f\x00\x01\x00\x00\x00\x00\x00\xf8\x7f"), JN_BYTES_CORRUPT, 2},
	{"a negative NaN", JN_VALUE, IN("\x0f\x08" NO_BASE THIRD "\x00\x00\x00\x00\x00\x00\xf8\xff" THIRD), JN_BYTES_CORRUPT, 18},
	{"minus zero", JN_VALUE, IN("\x0f\x08" NO_BASE THIRD "\x00\x00\x00\x00\x00\x00\x00\x80" THIRD), JN_BYTES_CORRUPT, 18},
#undef IN
};

/* GOLDEN_GAPS with another section of a track. */
static Bytes
with_section(JnTrack track, const char *section, size_t size, size_t *at)
{
	Bytes		good = golden_bytes(ENV, GOLDEN_GAPS);
	JnJourney	j = proved(ENV, good);
	uint8_t    *entry = good.data + JN_HEADER_SIZE + 4 * track;
	size_t		old = jn_load32(entry);
	Bytes		bad = {NULL, good.size - old + size};

	*at = (size_t) (j.times - good.data) + j.times_size;
	for (unsigned t = 0; t < track; t++)
		*at += jn_load32(good.data + JN_HEADER_SIZE + 4 * t);
	jn_store32(entry, (uint32_t) size);
	bad.data = jn_alloc(ENV, bad.size);
	memcpy(bad.data, good.data, *at);
	memcpy(bad.data + *at, section, size);
	memcpy(bad.data + *at + size, good.data + *at + old, good.size - *at - old);
	return bad;
}

TEST(tracks_each_rule_broken)
{
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++)
	{
		const Break *x = &breaks[i];
		size_t		at;
		Bytes		bad = with_section(x->track, x->section, x->size, &at);
		JnJourney	j;
		JnError		err;

		if (!CHECK_INT(jn_journey_validate(ENV, bad.data, bad.size, &j, &err), x->status)
			|| !CHECK_INT(err.at, at + x->noticed_at))
			printf("  %s\n", x->rule);
	}
}

/* The lengths in the directory, which are right in GOLDEN_GAPS. */
TEST(tracks_directory_broken)
{
	static const struct
	{
		const char *rule;
		JnTrack		track;
		int64_t		more;
		JnStatus	status;
	}			wrong[] = {
		{"a byte more", JN_CHANNEL, 1, JN_BYTES_CORRUPT},
		{"a byte less", JN_CHANNEL, -1, JN_BYTES_CORRUPT},
		{"a byte more for the last", JN_SENSES, 1, JN_BYTES_CORRUPT},
		{"a byte less for the last", JN_SENSES, -1, JN_BYTES_CORRUPT},
		{"a byte more of values", JN_VALUE, 1, JN_BYTES_CORRUPT},
		{"nothing", JN_VALUE, -13, JN_BYTES_CORRUPT},
		{"more than there is", JN_CHANNEL, 1000, JN_BYTES_SHORT},
		{"4 GB", JN_CHANNEL, (int64_t) UINT32_MAX - 13, JN_BYTES_SHORT},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
	{
		Bytes		b = golden_bytes(ENV, GOLDEN_GAPS);
		uint8_t    *entry = b.data + JN_HEADER_SIZE + 4 * wrong[i].track;
		JnJourney	j;
		JnError		err;

		jn_store32(entry, (uint32_t) (jn_load32(entry) + wrong[i].more));
		if (!CHECK_INT(jn_journey_validate(ENV, b.data, b.size, &j, &err), wrong[i].status))
			printf("  %s\n", wrong[i].rule);
	}

	/* a track that the header does not name, and one that it names without a section */
	for (unsigned bit = 0; bit < JN_TRACKS; bit++)
	{
		Bytes		b = golden_bytes(ENV, GOLDEN_GAPS);
		JnJourney	j;
		JnError		err;

		b.data[JN_AT_TRACKS] ^= (uint8_t) (1 << bit);
		CHECK(jn_journey_validate(ENV, b.data, b.size, &j, &err) != JN_OK);
		b = golden_bytes(ENV, GOLDEN_SECONDS);
		b.data[JN_AT_TRACKS] ^= (uint8_t) (1 << bit);
		CHECK(jn_journey_validate(ENV, b.data, b.size, &j, &err) != JN_OK);
	}
}

/* Reads all there is to read; what comes out may be nonsense. */
static void
read_nonsense(const JnJourney *j)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnStepReader r;
	JnStep		s;
	JnError		err;
	uint32_t	n = 0;

	for (jn_step_reader_open(ENV, &r, j); jn_step_reader_next(ENV, &r, &s);)
		n++;
	jn_step_reader_close(ENV, &r);
	CHECK_INT(n, j->head.n);
	CHECK_INT(jn_journey_compare(ENV, j, j), 0);
	(void) jn_build_add_journey(ENV, b, j, 0, j->head.n, &err);
}

/* What still passes with random bytes in it is another journey in its one form; what opens can be read. */
TEST(tracks_random_damage)
{
	uint64_t	seed = 15;
	int			refused = 0;
	int			passed = 0;

	for (int round = 0; round < 20000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 12);
		Bytes		b;
		JnJourney	j;
		JnError		err;

		random_steps(&seed, step, n, true);
		b = steps_bytes(ENV, step, n, true);
		for (uint32_t k = 1 + unit_below(&seed, 2); k > 0; k--)
		{
			uint8_t    *p = &b.data[unit_below(&seed, (uint32_t) b.size)];

			*p = unit_below(&seed, 2) ? (uint8_t) unit_random(&seed) : (uint8_t) (*p ^ 1 << unit_below(&seed, 8));
		}
		if (jn_journey_open(b.data, b.size, &j, &err) == JN_OK && j.head.n < 1000)
			read_nonsense(&j);
		if (jn_journey_validate(ENV, b.data, b.size, &j, &err) == JN_OK)
		{
			JnBuild    *build = jn_build_new(ENV, true);
			JnStepReader r;
			JnStep		s;
			Bytes		again;

			for (jn_step_reader_open(ENV, &r, &j); jn_step_reader_next(ENV, &r, &s);)
				CHECK_INT(jn_build_add_step(ENV, build, &s, &err), JN_OK);
			again = build_bytes(ENV, build);
			CHECK_BYTES(again.data, again.size, b.data, b.size);
			passed++;
		}
		else
		{
			CHECK(err.at <= b.size);
			refused++;
		}
		unit_env_clear(&unit_env);
	}
	CHECK(refused > 10000);
	CHECK(passed > 1000);
}

/* ---- leaving ---- */

static void
do_all(const JnEnv *env, void *arg)
{
	Bytes	   *pair = arg;
	JnJourney	j[2];
	JnStepReader r;
	JnStep		s;
	JnError		err;

	for (int i = 0; i < 2; i++)
		CHECK_INT(jn_journey_validate(env, pair[i].data, pair[i].size, &j[i], &err), JN_OK);
	CHECK(jn_journey_compare(env, &j[0], &j[1]) != 0);
	for (jn_step_reader_open(env, &r, &j[0]); jn_step_reader_next(env, &r, &s);)
		CHECK(s.event.size <= JN_MAX_NAME);
	jn_step_reader_close(env, &r);
}

TEST(tracks_may_be_left_anywhere)
{
	uint64_t	seed = 16;
	Bytes		pair[2];

	random_steps(&seed, step, MODEL_MAX_STEPS, true);
	for (uint32_t i = 0; i < MODEL_MAX_STEPS; i++)
	{
		char	   *name = jn_alloc(ENV, 16);

		step[i].tracks |= 1U << JN_PERSONA | 1U << JN_VALUE;
		step[i].value = i / 8.0;
		step[i].label[JN_PERSONA] = (JnName) {name, (uint32_t) snprintf(name, 16, "persona %u", i % 100)};
	}
	pair[0] = steps_bytes(ENV, step, MODEL_MAX_STEPS, true);
	step[MODEL_MAX_STEPS - 1].value += 1;
	pair[1] = steps_bytes(ENV, step, MODEL_MAX_STEPS, true);
	CHECK(unit_leave_everywhere(do_all, pair, 1000) > 3);
}

/* ---- size ---- */

/* Takes a journey of n steps, all tracks, with n / 5 names in each, through everything; returns the ticks. */
static size_t
work(uint32_t n)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnBuild    *again = jn_build_new(ENV, true);
	JnJourney	j[2];
	JnStepReader r;
	JnStep		s;
	JnError		err;
	size_t		begin;
	size_t		size;
	char	   *text;
	char		name[JN_TRACKS + 1][16];

	for (uint32_t i = 0; i < n; i++)
	{
		s = (JnStep) {.time = (int64_t) i * 1000000,.tracks = (1U << JN_TRACKS) - 1,.value = i / 4.0};
		for (unsigned t = 0; t <= JN_TRACKS; t++)
		{
			JnName		label = {name[t], (uint32_t) snprintf(name[t], 16, "n%u", (i + t) % (n / 5))};

			*(t < JN_TRACKS ? &s.label[t] : &s.event) = label;
		}
		CHECK_INT(jn_build_add_step(ENV, b, &s, &err), JN_OK);
	}

	begin = unit_env.ticks;
	j[0] = proved(ENV, build_bytes(ENV, b));
	size = jn_text_size(ENV, &j[0]);
	text = jn_alloc(ENV, size);
	jn_text_write(ENV, &j[0], text);
	CHECK_INT(jn_text_read(ENV, text, size, again, &err), JN_OK);

	/* to the last step and its last track */
	s.time = (int64_t) n * 1000000;
	CHECK_INT(jn_build_add_step(ENV, b, &s, &err), JN_OK);
	s.label[JN_SENSES] = (JnName) {"other", 5};
	CHECK_INT(jn_build_add_step(ENV, again, &s, &err), JN_OK);
	j[0] = proved(ENV, build_bytes(ENV, b));
	j[1] = proved(ENV, build_bytes(ENV, again));
	CHECK(jn_journey_compare(ENV, &j[0], &j[1]) < 0);
	jn_journey_variant_hash(ENV, &j[0]);
	size = 0;
	for (jn_step_reader_open(ENV, &r, &j[1]); jn_step_reader_next(ENV, &r, &s);)
		size++;
	jn_step_reader_close(ENV, &r);
	CHECK_INT(size, n + 1);
	return unit_env.ticks - begin;
}

/* Ten times the steps and names, about ten times the ticks, which come with the work. */
TEST(tracks_cost_is_linear)
{
	size_t		less = work(20000);
	size_t		more = work(200000);

	CHECK(less > 7 * 20000 / 5 / 1024);
	CHECK(more > 9 * less);
	CHECK(more < 12 * less);
}
