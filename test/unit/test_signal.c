/*
 * test_signal.c
 *	  Signals, against sorting everything and counting by hand.
 */
#include "signal_facts.h"

#include "unit.h"

static const JnSignalAsk usual = JN_SIGNAL_ASK_DEFAULT;

/* ---- the slow, obviously right version ---- */

static int
compare_times(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

static int
compare_gaps(const void *a, const void *b)
{
	uint64_t	x = *(const uint64_t *) a;
	uint64_t	y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* Sorts time[0 .. n-1] and tells its facts. */
static JnSignalFacts
slow_facts(int64_t *time, uint32_t n)
{
	JnSignalFacts facts = {0};
	uint64_t   *gap = malloc(n * sizeof(uint64_t));

	qsort(time, n, sizeof(int64_t), compare_times);
	for (uint32_t i = 1; i < n; i++)
		gap[i - 1] = (uint64_t) time[i] - (uint64_t) time[i - 1];
	qsort(gap, n - 1, sizeof(uint64_t), compare_gaps);

	facts.class = n == 1 ? JN_FLAKE : n == 2 ? JN_PATTERN : JN_TREND;
	facts.points = n;
	facts.first = time[0];
	facts.last = time[n - 1];
	facts.has_gap = n > 1;
	if (n > 1 && n % 2 == 0)
		facts.median_gap = gap[(n - 2) / 2];
	else if (n > 1)
	{
		uint64_t	lower = gap[(n - 3) / 2];
		uint64_t	upper = gap[(n - 1) / 2];

		facts.median_gap = lower / 2 + upper / 2 + (lower & upper & 1);
	}
	free(gap);
	return facts;
}

/* ---- making signals ---- */

static JnSignal
signal_of(const JnEnv *env, const int64_t *time, uint32_t n)
{
	JnSignal	s = {0};
	JnError		err;

	for (uint32_t i = 0; i < n; i++)
		CHECK_INT(jn_signal_add(env, &s, time[i], 0, &err), JN_OK);
	return s;
}

/* Times of one shape: how many, how far apart and in which order. */
static void
random_times(uint64_t *seed, int64_t *time, uint32_t n)
{
	static const uint64_t span[] = {1, 3, 1000, 86400, UINT64_C(1) << 40, UINT64_C(9400000000000000000)};
	static const int64_t unit[] = {1, 1000, 1000000};
	uint64_t	s = span[unit_below(seed, 6)];
	int64_t		u = s > (UINT64_C(1) << 41) ? 1 : unit[unit_below(seed, 3)];
	unsigned	order = unit_below(seed, 4);

	for (uint32_t i = 0; i < n; i++)
		time[i] = (int64_t) ((uint64_t) JN_TIME_MIN + unit_random(seed) % s * (uint64_t) u);
	if (order > 0)
		qsort(time, n, sizeof(int64_t), compare_times);
	if (order == 2)				/* descending */
		for (uint32_t i = 0; i < n / 2; i++)
		{
			int64_t		t = time[i];

			time[i] = time[n - 1 - i];
			time[n - 1 - i] = t;
		}
	if (order == 3 && n > 1)	/* ascending but for one */
		time[unit_below(seed, n)] = time[unit_below(seed, n)];
}

static uint32_t
random_count(uint64_t *seed)
{
	switch (unit_below(seed, 4))
	{
		case 0:
			return 1 + unit_below(seed, 4);
		case 1:
			return 40 + unit_below(seed, 20);	/* where sorting changes its way */
		default:
			return 1 + unit_below(seed, 1000);
	}
}

/* The bytes of a signal in the test's memory. */
static uint8_t *
bytes_of(const JnEnv *env, JnSignal *s, size_t *size)
{
	JnSignalPlan plan;
	JnError		err;
	uint8_t    *bytes;

	CHECK_INT(jn_signal_size(env, s, &plan, size, &err), JN_OK);
	bytes = jn_alloc(env, *size);
	jn_signal_write(env, s, &plan, bytes);
	return bytes;
}

static void
check_facts(JnSignal *s, JnSignalFacts expected)
{
	JnSignalFacts facts;

	jn_signal_facts(ENV, s, &usual, &facts);
	CHECK_INT(facts.class, expected.class);
	CHECK_INT(facts.points, expected.points);
	CHECK_INT(facts.first, expected.first);
	CHECK_INT(facts.last, expected.last);
	CHECK_INT(facts.has_gap, expected.has_gap);
	CHECK_INT(facts.median_gap, expected.median_gap);
}

/* ---- points with values ---- */

typedef struct Point
{
	int64_t		time;
	double		value;
} Point;

static int
compare_points(const void *a, const void *b)
{
	const Point *x = a;
	const Point *y = b;

	return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : (x->value > y->value) - (x->value < y->value);
}

/* Few times and few values, so that both are often equal. */
static void
random_points(uint64_t *seed, Point *point, uint32_t n)
{
	uint32_t	times = 1 + unit_below(seed, 2 * n);
	unsigned	kind = unit_below(seed, 4);

	for (uint32_t i = 0; i < n; i++)
	{
		point[i].time = INT64_C(800000000000000) + INT64_C(3600000000) * unit_below(seed, times);
		switch (kind)
		{
			case 0:
				point[i].value = (double) unit_below(seed, 5) - 2;
				break;
			case 1:
				point[i].value = (double) (int64_t) unit_random(seed);
				break;
			case 2:
				point[i].value = unit_below(seed, 1000) / 100.0;
				break;
			default:
				point[i].value = unit_below(seed, 2) ? 1e300 : -0.0;
		}
	}
	if (unit_below(seed, 3) == 0)
		qsort(point, n, sizeof(Point), compare_points);
}

static void
add_point(const JnEnv *env, JnSignal *s, Point point)
{
	JnError		err;

	s->valued = true;
	CHECK_INT(jn_signal_add(env, s, point.time, point.value, &err), JN_OK);
}

/* Whether s has these points, which come sorted. */
static bool
has_points(const JnSignal *s, const Point *point, uint32_t n)
{
	bool		same = s->n == n && s->valued;

	for (uint32_t i = 0; same && i < n; i++)
		same = s->time[i] == point[i].time && jn_value_of_key(s->key[i]) == point[i].value;
	return same;
}

/* ---- tests ---- */

TEST(classes)
{
	CHECK_INT(jn_classify(1, 2, 3), JN_FLAKE);
	CHECK_INT(jn_classify(2, 2, 3), JN_PATTERN);
	CHECK_INT(jn_classify(3, 2, 3), JN_TREND);
	CHECK_INT(jn_classify(INT64_MAX, 2, 3), JN_TREND);
	CHECK_INT(jn_classify(4, 5, 7), JN_FLAKE);
	CHECK_INT(jn_classify(5, 5, 7), JN_PATTERN);
	CHECK_INT(jn_classify(6, 5, 7), JN_PATTERN);
	CHECK_INT(jn_classify(7, 5, 7), JN_TREND);
}

TEST(facts_equal_the_slow_version)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = random_count(&seed);
		int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
		JnSignal	s;

		random_times(&seed, time, n);
		s = signal_of(ENV, time, n);
		check_facts(&s, slow_facts(time, n));
		CHECK(memcmp(s.time, time, n * sizeof(int64_t)) == 0);	/* slow_facts() sorted ours */
		unit_env_clear(&unit_env);
	}
}

/* Facts may be asked in between, as a window with a growing frame does. */
TEST(facts_after_each_point)
{
	uint64_t	seed = 2;
	int64_t		time[120];
	int64_t		copy[120];

	for (int round = 0; round < 20; round++)
	{
		JnSignal	s = {0};
		JnError		err;

		random_times(&seed, time, 120);
		for (uint32_t n = 1; n <= 120; n++)
		{
			CHECK_INT(jn_signal_add(ENV, &s, time[n - 1], 0, &err), JN_OK);
			memcpy(copy, time, sizeof(copy));
			check_facts(&s, slow_facts(copy, n));
		}
	}
}

TEST(median_by_hand)
{
	static const struct
	{
		uint32_t	n;
		int64_t		time[6];
		uint64_t	median;
	}			cases[] = {
		{2, {0, 7}, 7},
		{2, {7, 0}, 7},
		{3, {0, 1, 4}, 2},		/* 1 3: the mean */
		{3, {0, 1, 3}, 1},		/* 1 2: the mean is 1.5, rounded down */
		{3, {5, 5, 5}, 0},
		{4, {0, 1, 11, 12}, 1}, /* 1 10 1 */
		{5, {0, 0, 0, 1, 2}, 0},	/* 0 0 1 1: the mean is 0.5 */
		{6, {-9, 0, 100, 101, 200, 300}, 99},	/* 9 100 1 99 100 */
		{3, {JN_TIME_MIN, JN_TIME_MIN, JN_TIME_END - 1}, UINT64_C(4717592409599999999)},
		{2, {JN_TIME_MIN, JN_TIME_END - 1}, UINT64_C(9435184819199999999)},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		JnSignal	s = signal_of(ENV, cases[i].time, cases[i].n);
		JnSignalFacts facts;

		jn_signal_facts(ENV, &s, &usual, &facts);
		CHECK_INT(facts.median_gap, cases[i].median);
	}
}

/* Points dealt to parts, parts sent as bytes or merged as they are: one state. */
TEST(any_split_gives_the_same_bytes)
{
	uint64_t	seed = 3;

	for (int round = 0; round < 500; round++)
	{
		uint32_t	n = random_count(&seed);
		uint32_t	parts = 1 + unit_below(&seed, 6);
		int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
		JnSignal	part[6] = {0};
		JnSignal	whole;
		JnSignal	merged = {0};
		JnError		err;
		size_t		size;
		size_t		merged_size;
		uint8_t    *bytes;
		uint8_t    *merged_bytes;

		random_times(&seed, time, n);
		whole = signal_of(ENV, time, n);
		bytes = bytes_of(ENV, &whole, &size);
		for (uint32_t i = 0; i < n; i++)
			CHECK_INT(jn_signal_add(ENV, &part[unit_below(&seed, parts)], time[i], 0, &err), JN_OK);
		for (uint32_t i = 0; i < parts; i++)
		{
			if (part[i].n > 0 && unit_below(&seed, 2))
			{
				size_t		part_size;
				uint8_t    *part_bytes = bytes_of(ENV, &part[i], &part_size);

				CHECK_INT(jn_signal_validate(ENV, part_bytes, part_size, &err), JN_OK);
				CHECK_INT(jn_signal_add_state(ENV, &merged, part_bytes, part_size, &err), JN_OK);
			}
			else
				CHECK_INT(jn_signal_merge(ENV, &merged, &part[i], &err), JN_OK);
		}
		merged_bytes = bytes_of(ENV, &merged, &merged_size);
		CHECK_BYTES(merged_bytes, merged_size, bytes, size);
		unit_env_clear(&unit_env);
	}
}

TEST(bytes_by_hand)
{
	/* 10:00:00, 10:00:05.25 and 10:20:00 on the first day */
	static const int64_t time[] = {INT64_C(36000000000), INT64_C(37200000000), INT64_C(36005250000)};
	static const uint8_t expected[] = {
		1, 1, 0, 0, 3, 0, 0, 0,
		0x00, 0x68, 0xc4, 0x61, 0x08, 0, 0, 0,
		0x00, 0xf4, 0x4a, 0xa9, 0x08, 0, 0, 0,
		0x09, 0x82, 0x14, 0xfe, 0x3a, 0x12
	};
	JnSignal	s = signal_of(ENV, time, 3);
	size_t		size;
	uint8_t    *bytes = bytes_of(ENV, &s, &size);

	CHECK_BYTES(bytes, size, expected, sizeof(expected));
}

/*
 * Each byte of a state changed in each way: first, last and the differences
 * between must agree, so one byte alone never makes another state.
 */
TEST(changed_bytes_are_refused)
{
	uint64_t	seed = 4;

	for (int round = 0; round < 60; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 8);
		int64_t		time[8];
		JnSignal	s;
		JnError		err;
		size_t		size;
		uint8_t    *bytes;

		random_times(&seed, time, n);
		s = signal_of(ENV, time, n);
		bytes = bytes_of(ENV, &s, &size);
		CHECK_INT(jn_signal_validate(ENV, bytes, size, &err), JN_OK);
		for (size_t at = 0; at < size; at++)
			for (unsigned x = 1; x < 256; x++)
			{
				bytes[at] ^= (uint8_t) x;
				CHECK(jn_signal_validate(ENV, bytes, size, &err) != JN_OK);
				bytes[at] ^= (uint8_t) x;
			}
		unit_env_clear(&unit_env);
	}
}

TEST(cut_bytes_are_refused)
{
	uint64_t	seed = 5;

	for (int round = 0; round < 100; round++)
	{
		uint32_t	n = random_count(&seed);
		int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
		JnSignal	s;
		JnError		err;
		size_t		size;
		uint8_t    *bytes;

		random_times(&seed, time, n);
		s = signal_of(ENV, time, n);
		bytes = bytes_of(ENV, &s, &size);
		for (size_t cut = 0; cut < size; cut += 1 + size / 200)
		{
			/* a copy of its own, so that ASan sees a read beyond it */
			uint8_t    *copy = jn_alloc(ENV, cut);

			memcpy(copy, bytes, cut);
			CHECK(jn_signal_validate(ENV, copy, cut, &err) != JN_OK);
			CHECK(err.at <= cut);
		}
		unit_env_clear(&unit_env);
	}
}

TEST(text_there_and_back)
{
	uint64_t	seed = 6;

	for (int round = 0; round < 300; round++)
	{
		uint32_t	n = random_count(&seed);
		int64_t    *time = jn_alloc(ENV, n * sizeof(int64_t));
		JnSignal	s;
		JnSignal	read = {0};
		JnError		err = {0};
		size_t		size;
		char	   *text;

		random_times(&seed, time, n);
		s = signal_of(ENV, time, n);
		size = jn_signal_text_size(ENV, &s);
		text = jn_alloc(ENV, size);
		jn_signal_text_write(ENV, &s, text);
		CHECK_INT(jn_signal_text_read(ENV, text, size, &read, &err), JN_OK);
		CHECK_INT(read.n, s.n);
		CHECK_INT(read.sorted, read.n);
		CHECK(memcmp(read.time, s.time, s.n * sizeof(int64_t)) == 0);
		for (size_t cut = 0; cut < size; cut += 1 + size / 50)
		{
			char	   *copy = jn_alloc(ENV, cut);
			JnSignal	part = {0};

			memcpy(copy, text, cut);
			CHECK(jn_signal_text_read(ENV, copy, cut, &part, &err) != JN_OK);
			CHECK(err.at <= cut);
		}
		unit_env_clear(&unit_env);
	}
}

TEST(text_refused)
{
	static const struct
	{
		const char *text;
		JnStatus	status;
		size_t		at;
	}			bad[] = {
		{"", JN_TEXT_TIMES, 0},
		{"  ", JN_TEXT_TIMES, 2},
		{"}", JN_TEXT_TIMES, 0},
		{"[2026-01-01T00:00Z]", JN_TEXT_TIMES, 0},
		{"{", JN_TEXT_TIME, 1},
		{"{}", JN_TEXT_TIME, 1},
		{"{ now}", JN_TEXT_TIME, 2},
		{"{2026-01-01T00:00Z", JN_TEXT_TIMES, 18},
		{"{2026-01-01T00:00Z 2026-01-01T00:00Z}", JN_TEXT_TIMES, 23},
		{"{2026-01-01T00:00Z,}", JN_TEXT_TIME, 19},
		{" {2026-01-01T00:00Z, 2026-01-32T00:00Z}", JN_TEXT_TIME, 29},
		{"{294277-01-01T00:00Z}", JN_TIME_RANGE, 1},
		{"{2026-01-01T00:00Z} }", JN_TEXT_TIMES, 20},
		{"{2026-01-01T00:00Z 1, 2026-01-01T00:00Z}", JN_TEXT_NUMBER, 39},
		{"{2026-01-01T00:00Z, 2026-01-01T00:00Z 1}", JN_TEXT_TIMES, 38},
		{"{2026-01-01T00:00Z NaN}", JN_NUMBER_RANGE, 19},
		{"{2026-01-01T00:00Z Infinity}", JN_NUMBER_RANGE, 19},
		{"{2026-01-01T00:00Z 1e999}", JN_NUMBER_RANGE, 19},
		{"{2026-01-01T00:00Z 1 2}", JN_TEXT_TIMES, 21},
		{"{2026-01-01T00:00Z} alpha=0.05", JN_TEXT_TIMES, 30},
		{"{2026-01-01T00:00Z} alpha=0.05 pattern_at=2", JN_TEXT_TIMES, 43},
		{"{2026-01-01T00:00Z} alpha=1 pattern_at=2 trend_at=3", JN_TEXT_TIMES, 51},
		{"{2026-01-01T00:00Z} alpha=0.05 pattern_at=1 trend_at=3", JN_TEXT_TIMES, 54},
		{"{2026-01-01T00:00Z} alpha=0.05 pattern_at=3 trend_at=3", JN_TEXT_TIMES, 54},
		{"{2026-01-01T00:00Z} alpha=0.05 pattern_at=2 trend_at=9223372036854775808", JN_TEXT_TIMES, 71},
		{"{2026-01-01T00:00Z} alpha=0.05 pattern_at=2 trend_at=-3", JN_TEXT_TIMES, 53},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		size_t		size = strlen(bad[i].text);
		char	   *exact = jn_alloc(ENV, size);
		JnSignal	s = {0};
		JnError		err;

		memcpy(exact, bad[i].text, size);
		if (!CHECK_INT(jn_signal_text_read(ENV, exact, size, &s, &err), bad[i].status) || !CHECK_INT(err.at, bad[i].at))
			printf("  %s\n", bad[i].text);
	}
}

/* Each rule of the bytes broken alone, and where it is noticed. */
TEST(bytes_refused)
{
	/* 10:00:00, 10:00:05.25 and 10:20:00, as above */
	static const uint8_t good[] = {
		1, 1, 0, 0, 3, 0, 0, 0,
		0x00, 0x68, 0xc4, 0x61, 0x08, 0, 0, 0,
		0x00, 0xf4, 0x4a, 0xa9, 0x08, 0, 0, 0,
		0x09, 0x82, 0x14, 0xfe, 0x3a, 0x12
	};
	static const struct
	{
		const char *rule;
		size_t		at;
		uint8_t		byte;
		JnStatus	status;
		size_t		noticed_at;
	}			bad[] = {
		{"no version", 0, 0, JN_BYTES_CORRUPT, 0},
		{"a newer version", 0, 2, JN_BYTES_VERSION, 0},
		{"an unknown flag", 1, 0x81, JN_BYTES_TRACKS, 1},
		{"unit 3", 1, 3, JN_BYTES_CORRUPT, 1},
		{"an unknown part", 3, 1, JN_BYTES_TRACKS, 2},
		{"no points", 4, 0, JN_BYTES_CORRUPT, 4},
		{"a point less", 4, 2, JN_BYTES_CORRUPT, 24},
		{"a point more", 4, 4, JN_BYTES_SHORT, 30},
		{"many points", 7, 0xff, JN_BYTES_SHORT, 30},
		{"first time too early", 15, 0x80, JN_TIME_RANGE, 8},
		{"last time infinite", 23, 0x7f, JN_BYTES_CORRUPT, 25},
		{"last before first", 20, 0x01, JN_BYTES_CORRUPT, 16},
		{"a difference too long", 26, 0, JN_BYTES_CORRUPT, 25},
		{"a larger difference", 27, 0xff, JN_BYTES_CORRUPT, 27},
	};
	JnError		err;

	CHECK_INT(jn_signal_validate(ENV, good, sizeof(good), &err), JN_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		uint8_t    *bytes = jn_alloc(ENV, sizeof(good));

		memcpy(bytes, good, sizeof(good));
		bytes[bad[i].at] = bad[i].byte;
		if (!CHECK_INT(jn_signal_validate(ENV, bytes, sizeof(good), &err), bad[i].status)
			|| !CHECK_INT(err.at, bad[i].noticed_at))
			printf("  %s\n", bad[i].rule);
	}
	for (size_t size = 0; size < sizeof(good); size++)
	{
		uint8_t    *cut = jn_alloc(ENV, size);

		memcpy(cut, good, size);
		CHECK_INT(jn_signal_validate(ENV, cut, size, &err), JN_BYTES_SHORT);
		CHECK_INT(err.found, size);
		CHECK(err.limit > err.found);
	}
}

/* Gives back the memory and notes how much was asked for. */
static void *
resize_nothing(void *ctx, void *ptr, size_t size)
{
	*(size_t *) ctx = size;
	return ptr;
}

/* Room doubles, but not beyond the most points there may be. */
TEST(room_ends_with_the_most_points)
{
	size_t		asked = 0;
	JnEnv		env = {.resize = resize_nothing,.ctx = &asked};
	int64_t		one = 0;
	JnSignal	s = {.time = &one,.n = JN_MAX_POINTS - 2,.room = JN_MAX_POINTS - 2};
	JnError		err;

	CHECK_INT(jn_signal_reserve(&env, &s, 1, &err), JN_OK);
	CHECK_INT(s.room, JN_MAX_POINTS);
	/* where size_t cannot say so much, all there is */
	CHECK(asked == (JN_MAX_POINTS > SIZE_MAX / 8 ? SIZE_MAX : (size_t) JN_MAX_POINTS * 8));
}

TEST(too_many_points)
{
	int64_t		one = 0;
	JnSignal	full = {.time = &one,.n = JN_MAX_POINTS,.room = JN_MAX_POINTS};
	JnSignal	s = signal_of(ENV, &one, 1);
	JnError		err;

	CHECK_INT(jn_signal_add(ENV, &full, 0, 0, &err), JN_TOO_MANY_POINTS);
	CHECK_INT(err.found, (int64_t) JN_MAX_POINTS + 1);
	CHECK_INT(jn_signal_merge(ENV, &s, &full, &err), JN_TOO_MANY_POINTS);
	CHECK_INT(jn_signal_reserve(ENV, &s, UINT32_MAX, &err), JN_TOO_MANY_POINTS);
	CHECK_INT(s.n, 1);
	CHECK_INT(full.n, JN_MAX_POINTS);
}

/* A header that claims more points than bytes allocates nothing. */
TEST(lying_count_costs_nothing)
{
	uint8_t		bytes[30] = {1, 1, 0, 0, 0xff, 0xff, 0xff, 0x2f};
	JnSignal	s = {0};
	JnError		err;

	CHECK_INT(jn_signal_add_state(ENV, &s, bytes, sizeof(bytes), &err), JN_BYTES_SHORT);
	CHECK_INT(unit_env.allocations, 0);
}

/* Bytes of ours that somebody damaged: reading them stays inside, whatever comes out. */
TEST(damaged_bytes_are_read_inside)
{
	uint64_t	seed = 9;

	for (int round = 0; round < 3000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 30);
		int64_t		time[30];
		JnSignal	s;
		JnSignal	read = {0};
		JnSignalFacts facts;
		JnError		err;
		size_t		size;
		uint8_t    *bytes;

		random_times(&seed, time, n);
		s = signal_of(ENV, time, n);
		bytes = bytes_of(ENV, &s, &size);
		for (uint32_t k = 1 + unit_below(&seed, 3); k > 0; k--)
			bytes[unit_below(&seed, (uint32_t) size)] = (uint8_t) unit_random(&seed);
		if (jn_signal_add_state(ENV, &read, bytes, size, &err) == JN_OK)
			jn_signal_facts(ENV, &read, &usual, &facts);
		else
			CHECK(err.at <= size && read.n == 0);
		unit_env_clear(&unit_env);
	}
}

/* Eight bytes a point, 52 more for the test of the gaps; a tick now and then. */
TEST(a_million_points)
{
	uint64_t	seed = 7;
	uint32_t	n = 1000000;
	JnSignal	s = {0};
	JnSignalFacts facts;
	JnError		err;
	double		start;

	CHECK_INT(jn_signal_reserve(ENV, &s, n, &err), JN_OK);
	for (uint32_t i = 0; i < n; i++)
		CHECK_INT(jn_signal_add(ENV, &s, (int64_t) (unit_random(&seed) % UINT64_C(2592000000000)), 0, &err), JN_OK);
	CHECK_INT(unit_env.bytes, n * sizeof(int64_t));
	unit_env.ticks = 0;
	start = unit_seconds();
	jn_signal_facts(ENV, &s, &usual, &facts);
	CHECK(unit_seconds() - start < 10); /* 0.3 without sanitizers */
	CHECK_INT(facts.points, n);
	CHECK_INT(unit_env.bytes, n * sizeof(int64_t));
	CHECK(unit_env.most_bytes <= 8 * n * sizeof(int64_t));
	CHECK(unit_env.ticks >= n / JN_TICK_EVERY * 10);
}

static void
build_send_and_read(const JnEnv *env, void *arg)
{
	uint64_t	seed = 8;
	uint32_t	n = 3000;
	JnSignal	s = {0};
	JnSignal	read = {0};
	JnSignalFacts facts;
	JnError		err;
	size_t		size;
	uint8_t    *bytes;

	for (uint32_t i = 0; i < n; i++)
		jn_signal_add(env, &s, (int64_t) unit_below(&seed, 1000000), unit_below(&seed, 100), &err);
	jn_signal_facts(env, &s, &usual, &facts);
	bytes = bytes_of(env, &s, &size);
	jn_signal_validate(env, bytes, size, &err);
	jn_signal_add_state(env, &read, bytes, size, &err);
	jn_signal_merge(env, &read, &s, &err);
	*(uint32_t *) arg = read.n;
}

TEST(may_be_left_anywhere)
{
	uint32_t	n = 0;

	CHECK(unit_leave_everywhere(build_send_and_read, &n, 1000) > 20);
	CHECK_INT(n, 6000);
}

TEST(values_are_sorted_and_read_back)
{
	uint64_t	seed = 10;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = random_count(&seed);
		Point	   *point = jn_alloc(ENV, n * sizeof(Point));
		JnSignal	s = {0};
		JnSignal	from_bytes = {0};
		JnSignal	from_text = {0};
		JnError		err = {0};
		size_t		size;
		uint8_t    *bytes;
		char	   *text;

		s.has_terms = unit_below(&seed, 2);
		if (s.has_terms)
			s.terms = (JnSignalTerms) {(1 + unit_below(&seed, 99)) / 100.0, 2 + (int64_t) (unit_random(&seed) >> 3), INT64_MAX};
		random_points(&seed, point, n);
		for (uint32_t i = 0; i < n; i++)
			add_point(ENV, &s, point[i]);
		bytes = bytes_of(ENV, &s, &size);
		qsort(point, n, sizeof(Point), compare_points);
		CHECK(has_points(&s, point, n));

		CHECK_INT(jn_signal_validate(ENV, bytes, size, &err), JN_OK);
		CHECK_INT(jn_signal_add_state(ENV, &from_bytes, bytes, size, &err), JN_OK);
		CHECK(has_points(&from_bytes, point, n));
		CHECK_INT(from_bytes.sorted, n);
		CHECK_INT(from_bytes.has_terms, s.has_terms);

		size = jn_signal_text_size(ENV, &s);
		text = jn_alloc(ENV, size);
		jn_signal_text_write(ENV, &s, text);
		CHECK_INT(jn_signal_text_read(ENV, text, size, &from_text, &err), JN_OK);
		CHECK(has_points(&from_text, point, n));
		CHECK_INT(from_text.has_terms, s.has_terms);
		CHECK(!s.has_terms || jn_signal_terms_equal(&s.terms, &from_text.terms));
		for (size_t cut = round % 5 == 0 ? 0 : size; cut < size; cut += 1 + size / 50)
		{
			char	   *copy = jn_alloc(ENV, cut);
			JnSignal	part = {0};

			memcpy(copy, text, cut);
			if (jn_signal_text_read(ENV, copy, cut, &part, &err) == JN_OK)
				CHECK(s.has_terms); /* a digit less, or no terms at all */
			else
				CHECK(err.at <= cut);
		}
		unit_env_clear(&unit_env);
	}
}

TEST(any_split_of_values_gives_the_same_bytes)
{
	uint64_t	seed = 11;

	for (int round = 0; round < 500; round++)
	{
		uint32_t	n = random_count(&seed);
		uint32_t	parts = 1 + unit_below(&seed, 6);
		Point	   *point = jn_alloc(ENV, n * sizeof(Point));
		JnSignal	part[6] = {0};
		JnSignal	whole = {0};
		JnSignal	merged = {0};
		JnError		err;
		size_t		size;
		size_t		merged_size;
		uint8_t    *bytes;
		uint8_t    *merged_bytes;

		random_points(&seed, point, n);
		for (uint32_t i = 0; i < n; i++)
		{
			add_point(ENV, &whole, point[i]);
			add_point(ENV, &part[unit_below(&seed, parts)], point[i]);
		}
		bytes = bytes_of(ENV, &whole, &size);
		for (uint32_t i = 0; i < parts; i++)
		{
			if (part[i].n > 0 && unit_below(&seed, 2))
			{
				size_t		part_size;
				uint8_t    *part_bytes = bytes_of(ENV, &part[i], &part_size);

				CHECK_INT(jn_signal_add_state(ENV, &merged, part_bytes, part_size, &err), JN_OK);
			}
			else
				CHECK_INT(jn_signal_merge(ENV, &merged, &part[i], &err), JN_OK);
		}
		merged_bytes = bytes_of(ENV, &merged, &merged_size);
		CHECK_BYTES(merged_bytes, merged_size, bytes, size);
		CHECK_INT(jn_signal_compare(merged_bytes, merged_size, bytes, size), 0);
		unit_env_clear(&unit_env);
	}
}

TEST(bytes_with_values_and_terms_by_hand)
{
	/* alpha 0.5, thresholds 3 and 5; 1.5 and 2.25 on the first second, one decimal more than needed for the first */
	static const uint8_t expected[] = {
		1, 2, 3, 0, 2, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
		0x40, 0x42, 0x0f, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
		12, 0, 0, 0,
		2, 1, 150, 0, 0, 0, 0, 0, 0, 0, 0, 75,
		0, 1
	};
	JnSignal	s = {.valued = true,.has_terms = true,.terms = {0.5, 3, 5}};
	size_t		size;
	uint8_t    *bytes;

	add_point(ENV, &s, (Point) {1000000, 2.25});
	add_point(ENV, &s, (Point) {0, 1.5});
	bytes = bytes_of(ENV, &s, &size);
	CHECK_BYTES(bytes, size, expected, sizeof(expected));
}

/* What differs in a byte is refused, or is another state in its one form. */
TEST(changed_bytes_of_values)
{
	uint64_t	seed = 12;

	for (int round = 0; round < 40; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 8);
		Point		point[8];
		JnSignal	s = {.has_terms = unit_below(&seed, 2),.terms = {0.05, 2, 3}};
		JnError		err;
		size_t		size;
		uint8_t    *bytes;

		random_points(&seed, point, n);
		for (uint32_t i = 0; i < n; i++)
			add_point(ENV, &s, point[i]);
		bytes = bytes_of(ENV, &s, &size);
		for (size_t at = 0; at < size; at++)
			for (unsigned x = 1; x < 256; x++)
			{
				JnSignal	read = {0};

				bytes[at] ^= (uint8_t) x;
				if (jn_signal_validate(ENV, bytes, size, &err) == JN_OK)
				{
					size_t		again_size;
					uint8_t    *again;

					CHECK_INT(jn_signal_add_state(ENV, &read, bytes, size, &err), JN_OK);
					again = bytes_of(ENV, &read, &again_size);
					CHECK_BYTES(again, again_size, bytes, size);
				}
				else
					CHECK(err.status != JN_OK && err.at <= size);
				bytes[at] ^= (uint8_t) x;
			}
		for (size_t cut = 0; cut < size; cut++)
		{
			uint8_t    *copy = jn_alloc(ENV, cut);

			memcpy(copy, bytes, cut);
			CHECK(jn_signal_validate(ENV, copy, cut, &err) != JN_OK);
		}
		unit_env_clear(&unit_env);
	}
}

TEST(different_kinds_do_not_merge)
{
	int64_t		time = 0;
	JnSignal	plain = signal_of(ENV, &time, 1);
	JnSignal	valued = {0};
	JnSignal	asked = {.has_terms = true,.terms = {0.05, 2, 3}};
	JnSignal	asked_otherwise = {.has_terms = true,.terms = {0.01, 2, 3}};
	JnError		err;
	size_t		size;
	uint8_t    *bytes = bytes_of(ENV, &plain, &size);

	add_point(ENV, &valued, (Point) {0, 1});
	CHECK_INT(jn_signal_add(ENV, &asked, 0, 0, &err), JN_OK);
	CHECK_INT(jn_signal_add(ENV, &asked_otherwise, 0, 0, &err), JN_OK);
	CHECK_INT(jn_signal_merge(ENV, &plain, &valued, &err), JN_SIGNALS_DIFFER);
	CHECK_INT(jn_signal_merge(ENV, &valued, &plain, &err), JN_SIGNALS_DIFFER);
	CHECK_INT(jn_signal_add_state(ENV, &valued, bytes, size, &err), JN_SIGNALS_DIFFER);
	CHECK_INT(jn_signal_merge(ENV, &plain, &asked, &err), JN_TERMS_DIFFER);
	CHECK_INT(jn_signal_merge(ENV, &asked, &plain, &err), JN_TERMS_DIFFER);
	CHECK_INT(jn_signal_merge(ENV, &asked, &asked_otherwise, &err), JN_TERMS_DIFFER);
	CHECK_INT(plain.n + valued.n + asked.n + asked_otherwise.n, 4);
	CHECK_INT(jn_signal_merge(ENV, &asked, &(JnSignal) {0}, &err), JN_OK);
}

TEST(order_of_states)
{
	static const char *const text[] = {
		"{2026-01-01T00:00Z}",
		"{2026-01-01T00:00Z 1}",
		"{2026-01-01T00:00Z, 2026-01-02T00:00Z}",
		"{2026-01-01T00:00Z, 2026-01-01T00:00Z, 2026-01-02T00:00Z}",
		"{2026-01-01T00:00Z, 2026-01-03T00:00Z}",
		"{2026-01-02T00:00Z}",
	};
	uint8_t    *bytes[6];
	size_t		size[6];

	for (int i = 0; i < 6; i++)
	{
		JnSignal	s = {0};
		JnError		err;

		CHECK_INT(jn_signal_text_read(ENV, text[i], strlen(text[i]), &s, &err), JN_OK);
		bytes[i] = bytes_of(ENV, &s, &size[i]);
	}
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 6; k++)
		{
			int			c = jn_signal_compare(bytes[i], size[i], bytes[k], size[k]);

			CHECK_INT((c > 0) - (c < 0), (i > k) - (i < k));
		}
}
