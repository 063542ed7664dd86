/*
 * test_text.c
 *	  The text form: the calendar, what is read, what is refused, round trips.
 */
#include "golden.h"
#include "text.h"

static Step step[MODEL_MAX_STEPS];

/* The text form of a journey, with a terminator. */
static char *
text_of(const JnJourney *j)
{
	size_t		size = jn_text_size(ENV, j);
	char	   *exact = jn_alloc(ENV, size);	/* of the very size, for ASan */
	char	   *text = jn_alloc(ENV, size + 1);

	jn_text_write(ENV, j, exact);
	memcpy(text, exact, size);
	text[size] = '\0';
	return text;
}

/* Reads a text; gives no data if it is refused. */
static Bytes
read_text(const JnEnv *env, const char *text, size_t size, JnError *err)
{
	JnBuild    *b = jn_build_new(env, true);
	Bytes		exact = bytes_copy(env, text, size);
	Bytes		out = {NULL, 0};

	err->status = JN_OK;
	if (jn_text_read(env, (const char *) exact.data, size, b, err) == JN_OK)
		out = build_bytes(env, b);
	return out;
}

/* ---- times ---- */

static char *
time_text(int64_t time)
{
	char	   *text = jn_alloc(ENV, JN_TIME_TEXT);
	size_t		size = jn_time_write(time, text);

	CHECK(size < JN_TIME_TEXT);
	text[size] = '\0';
	return text;
}

static JnStatus
time_value(const char *text, int64_t *time, size_t *used, JnError *err)
{
	Bytes		exact = bytes_copy(ENV, text, strlen(text));
	const char *p = (const char *) exact.data;
	JnStatus	status = jn_time_read(&p, p + exact.size, time, err);

	*used = (size_t) (p - (const char *) exact.data);
	return status;
}

TEST(time_known_ones)
{
	static const struct
	{
		int64_t		time;
		const char *text;
	}			known[] = {
		{0, "2000-01-01T00:00:00Z"},
		{-1, "1999-12-31T23:59:59.999999Z"},
		{1, "2000-01-01T00:00:00.000001Z"},
		{100000, "2000-01-01T00:00:00.1Z"},
		{INT64_C(-946684800000000), "1970-01-01T00:00:00Z"},	/* the epoch */
		{INT64_C(5097600000000), "2000-02-29T00:00:00Z"},
		{INT64_C(5184000000000), "2000-03-01T00:00:00Z"},
		{INT64_C(820576805250000), "2026-01-01T10:00:05.25Z"},
		{INT64_C(-63113904000000000), "0001-01-01T00:00:00Z BC"},	/* no year 0 */
		{JN_TIME_MIN, "4714-11-24T00:00:00Z BC"},
		{JN_TIME_END - 1, "294276-12-31T23:59:59.999999Z"},
		{INT64_C(-64464465600000000), "0044-03-15T12:00:00Z BC"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
	{
		const char *text = known[i].text;
		int64_t		time;
		size_t		used;
		JnError		err;

		CHECK_TEXT(time_text(known[i].time), strlen(time_text(known[i].time)), text);
		CHECK_INT(time_value(text, &time, &used, &err), JN_OK);
		CHECK_INT(time, known[i].time);
		CHECK_INT(used, strlen(text));
	}
}

/* Each day of 1200 years after the other, with a calendar that only counts. */
TEST(time_each_day_counted)
{
	int64_t		time = INT64_C(-66269577600000000); /* 101 BC, 1 January */
	int			year = -100;

	for (; year < 1100; year++)
	{
		bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

		for (int month = 1; month <= 12; month++)
		{
			static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

			for (int day = 1; day <= days[month - 1] + (leap && month == 2); day++)
			{
				char		expected[JN_TIME_TEXT];
				char		got[JN_TIME_TEXT];
				const char *p = expected;
				int64_t		back;
				JnError		err;
				int			size = snprintf(expected, sizeof(expected), "%04d-%02d-%02dT00:00:00Z%s",
											year > 0 ? year : 1 - year, month, day, year > 0 ? "" : " BC");

				if (!CHECK_BYTES(got, jn_time_write(time, got), expected, (size_t) size)
					|| !CHECK_INT(jn_time_read(&p, expected + size, &back, &err), JN_OK)
					|| !CHECK_INT(back, time))
					return;
				time += INT64_C(86400000000);
			}
		}
	}
}

/* Damaged bytes can give any time: it is written, though it cannot be read. */
TEST(time_beyond_timestamptz)
{
	char		text[JN_TIME_TEXT];

	CHECK_TEXT(text, jn_time_write(INT64_MAX, text), "294277-01-09T04:00:54.775807Z");
	CHECK_TEXT(text, jn_time_write(INT64_MIN, text), "290279-12-22T19:59:05.224192Z BC");
}

TEST(time_random_round_trip)
{
	uint64_t	seed = 1;

	for (int round = 0; round < 100000; round++)
	{
		int64_t		time = (int64_t) unit_random(&seed) >> unit_below(&seed, 40);
		char		text[JN_TIME_TEXT];
		const char *p = text;
		int64_t		back;
		JnError		err;

		if (!jn_time_ok(time))
			continue;
		if (!CHECK_INT(jn_time_read(&p, text + jn_time_write(time, text), &back, &err), JN_OK)
			|| !CHECK_INT(back, time))
			return;
	}
}

TEST(time_other_ways_to_write)
{
	static const struct
	{
		const char *text;
		const char *same;
	}			other[] = {
		{"2026-01-01 10:00Z", "2026-01-01T10:00:00Z"},
		{"2026-01-01T10:00:00.250000Z", "2026-01-01T10:00:00.25Z"},
		{"2026-01-01T10:00:00+02", "2026-01-01T08:00:00Z"},
		{"2026-01-01T10:00:00+0530", "2026-01-01T04:30:00Z"},
		{"2026-01-01T10:00:00-05:30", "2026-01-01T15:30:00Z"},
		{"2026-01-01T01:00:00+15:59", "2025-12-31T09:01:00Z"},
		{"2026-01-01T10:00:00-00:00", "2026-01-01T10:00:00Z"},
		{"002026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"},
		{"2024-02-29T00:00Z", "2024-02-29T00:00:00Z"},
		{"0001-02-29T00:00Z BC", "0001-02-29T00:00:00Z BC"},	/* year 0 of astronomers leaps */
		{"0001-01-01T00:00+01 BC", "0002-12-31T23:00:00Z BC"},
		{"0001-01-01T00:00+01", "0001-12-31T23:00:00Z BC"},
		{"294277-01-01T00:00+00:01", "294276-12-31T23:59:00Z"},
		{"4714-11-23T23:59-00:01 BC", "4714-11-24T00:00:00Z BC"},
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
	{
		int64_t		time;
		int64_t		same;
		size_t		used;
		JnError		err;

		CHECK_INT(time_value(other[i].text, &time, &used, &err), JN_OK);
		CHECK_INT(used, strlen(other[i].text));
		CHECK_INT(time_value(other[i].same, &same, &used, &err), JN_OK);
		if (!CHECK_INT(time, same))
			printf("  %s\n", other[i].text);
		CHECK_TEXT(time_text(time), strlen(time_text(time)), other[i].same);
	}
}

TEST(time_refused)
{
	static const struct
	{
		const char *text;
		JnStatus	status;
		size_t		at;
	}			bad[] = {
		{"", JN_TEXT_TIME, 0},
		{"now", JN_TEXT_TIME, 0},
		{"infinity", JN_TEXT_TIME, 0},
		{"-infinity", JN_TEXT_TIME, 0},
		{"202", JN_TEXT_TIME, 3},
		{"226-01-01T00:00Z", JN_TEXT_TIME, 3},
		{"2026", JN_TEXT_TIME, 4},
		{"2026/01/01T00:00Z", JN_TEXT_TIME, 4},
		{"2026-1-01T00:00Z", JN_TEXT_TIME, 6},
		{"2026-13-01T00:00Z", JN_TEXT_TIME, 5},
		{"2026-00-01T00:00Z", JN_TEXT_TIME, 5},
		{"2026-01-00T00:00Z", JN_TEXT_TIME, 8},
		{"2026-01-32T00:00Z", JN_TEXT_TIME, 8},
		{"2026-02-29T00:00Z", JN_TEXT_TIME, 8},
		{"2026-04-31T00:00Z", JN_TEXT_TIME, 8},
		{"1900-02-29T00:00Z", JN_TEXT_TIME, 8},
		{"0000-01-01T00:00Z", JN_TEXT_TIME, 0},
		{"0000-01-01T00:00Z BC", JN_TEXT_TIME, 0},
		{"0002-02-29T00:00Z BC", JN_TEXT_TIME, 8},
		{"2026-01-01", JN_TEXT_TIME, 10},
		{"2026-01-01t00:00Z", JN_TEXT_TIME, 10},
		{"2026-01-01T24:00:00Z", JN_TEXT_TIME, 11},
		{"2026-01-01T1:00:00Z", JN_TEXT_TIME, 12},
		{"2026-01-01T00Z", JN_TEXT_TIME, 13},
		{"2026-01-01T00:60:00Z", JN_TEXT_TIME, 14},
		{"2026-01-01T23:59:60Z", JN_TEXT_TIME, 17},
		{"2026-01-01T00:00:00", JN_TEXT_TIME, 19},
		{"2026-01-01T00:00:00z", JN_TEXT_TIME, 19},
		{"2026-01-01T00:00:00.Z", JN_TEXT_TIME, 20},
		{"2026-01-01T00:00:00.1234567Z", JN_TEXT_TIME, 26},
		{"2026-01-01T00:00:00,5Z", JN_TEXT_TIME, 19},
		{"2026-01-01T00:00:00 Europe/Berlin", JN_TEXT_TIME, 19},
		{"2026-01-01T00:00:00+16", JN_TEXT_TIME, 20},
		{"2026-01-01T00:00:00+1", JN_TEXT_TIME, 21},
		{"2026-01-01T00:00:00+01:60", JN_TEXT_TIME, 23},
		{"2026-01-01T00:00:00+01:", JN_TEXT_TIME, 23},
		{"2026-01-01T00:00:00+010", JN_TEXT_TIME, 23},
		{"1234567-01-01T00:00Z", JN_TEXT_TIME, 6},
		{"294277-01-01T00:00Z", JN_TIME_RANGE, 0},
		{"294276-12-31T23:59-00:01", JN_TIME_RANGE, 0},
		{"999999-12-31T23:59Z", JN_TIME_RANGE, 0},
		{"4714-11-23T23:59:59.999999Z BC", JN_TIME_RANGE, 0},
		{"4714-11-24T00:00+00:01 BC", JN_TIME_RANGE, 0},
		{"999999-12-31T23:59Z BC", JN_TIME_RANGE, 0},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		int64_t		time;
		size_t		used;
		JnError		err;

		if (!CHECK_INT(time_value(bad[i].text, &time, &used, &err), bad[i].status)
			|| !CHECK_INT(err.at, bad[i].at) || !CHECK_INT(used, 0))
			printf("  %s\n", bad[i].text);
	}
}

/* ---- journeys ---- */

TEST(text_golden)
{
	for (unsigned i = 0; i < GOLDENS; i++)
	{
		Bytes		b = golden_bytes(ENV, i);
		JnJourney	j = proved(ENV, b);
		char	   *text = text_of(&j);
		JnError		err;
		Bytes		again = read_text(ENV, golden[i].text, strlen(golden[i].text), &err);

		CHECK_TEXT(text, strlen(text), golden[i].text);
		CHECK_BYTES(again.data, again.size, b.data, b.size);
	}
}

TEST(text_written_otherwise)
{
	static const struct
	{
		const char *text;
		const char *same;
	}			other[] = {
		{" [ a\t2000-01-01 00:00Z \n] ", "[a 2000-01-01T00:00:00Z]"},
		{"[a 2000-01-01T00:00Z,b 2000-01-01T00:00Z]", "[a 2000-01-01T00:00:00Z, b 2000-01-01T00:00:00Z]"},
		{"[b 2000-01-01T00:00Z,a 2000-01-01T00:00Z]", "[b 2000-01-01T00:00:00Z, a 2000-01-01T00:00:00Z]"},
		{"[b 2000-01-02T00:00Z , a 2000-01-01T00:00Z]", "[a 2000-01-01T00:00:00Z, b 2000-01-02T00:00:00Z]"},
		{"[\"a\"2000-01-01T00:00Z]", "[a 2000-01-01T00:00:00Z]"},
		{"[\"\" 2000-01-01T00:00Z]", "[\"\" 2000-01-01T00:00:00Z]"},
		{"[\"\"\"\" 2000-01-01T00:00Z]", "[\"\"\"\" 2000-01-01T00:00:00Z]"},
		{"[_ 2000-01-01T00:00Z]", "[_ 2000-01-01T00:00:00Z]"},
		{"[2000-01-01 2000-01-01T00:00Z]", "[2000-01-01 2000-01-01T00:00:00Z]"},
		{"[/x 2000-01-01T00:00Z]", NULL},
		{"[\"/x\" 2000-01-01T00:00Z]", "[\"/x\" 2000-01-01T00:00:00Z]"},
		{"[x/y:z.1-2 2000-01-01T00:00Z]", "[x/y:z.1-2 2000-01-01T00:00:00Z]"},
		{"[🛒 2000-01-01T00:00Z]", "[🛒 2000-01-01T00:00:00Z]"},
		{"[\"a\"@\"b\"2000-01-01T00:00Z]", "[a@b 2000-01-01T00:00:00Z]"},
		{"[a@\"\" 2000-01-01T00:00Z]", "[a@\"\" 2000-01-01T00:00:00Z]"},
		{"[a@b-c.d 2000-01-01T00:00Z{value=1}]", "[a@b-c.d 2000-01-01T00:00:00Z {value=1}]"},
		{"[a 2000-01-01T00:00Z\n{ sense = b ,value= 1.50 , sense=\"a\" , action =\"\"\"\" ,sense=b }]",
		"[a 2000-01-01T00:00:00Z {action=\"\"\"\", value=1.5, sense=a, sense=b}]"},
		{"[a 2000-01-01T00:00Z {persona=p, decision=\"sense=x\", action=a}]",
		"[a 2000-01-01T00:00:00Z {decision=\"sense=x\", action=a, persona=p}]"},
		{"[b 0044-03-15T12:00Z BC {value=-0.0},a 0044-03-15T12:00Z BC]", "[b 0044-03-15T12:00:00Z BC {value=0}, a 0044-03-15T12:00:00Z BC]"},
		{"[a 2000-01-01T00:00Z {value=NaN}]", "[a 2000-01-01T00:00:00Z {value=NaN}]"},
		{"[a 0044-03-15T12:00Z BC , b 2000-01-01T00:00Z]", "[a 0044-03-15T12:00:00Z BC, b 2000-01-01T00:00:00Z]"},
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
	{
		JnError		err;
		Bytes		b = read_text(ENV, other[i].text, strlen(other[i].text), &err);
		JnJourney	j;
		char	   *text;

		if (!CHECK_INT(b.data != NULL, other[i].same != NULL))
			printf("  %s at %zu\n", other[i].text, err.at);
		if (b.data == NULL || other[i].same == NULL)
			continue;
		j = proved(ENV, b);
		text = text_of(&j);
		CHECK_TEXT(text, strlen(text), other[i].same);
	}
}

/* Neither a long name nor much white space keeps a reader from being cancelled. */
TEST(text_ticks)
{
	enum
	{
		MANY = 4 * JN_TICK_EVERY
	};
	char	   *text = jn_alloc(ENV, MANY);
	JnBuild    *b = jn_build_new(ENV, true);
	JnError		err;

	memset(text, ' ', MANY);
	CHECK_INT(jn_text_read(ENV, text, MANY, b, &err), JN_TEXT_SYNTAX);
	CHECK_INT(err.at, MANY);
	CHECK_INT(unit_env.ticks, 4);
	memset(text, 'a', MANY);
	text[0] = '[';
	CHECK_INT(jn_text_read(ENV, text, MANY, b, &err), JN_NAME_LONG);
	CHECK_INT(err.found, MANY - 1);
	CHECK_INT(unit_env.ticks, 7);
}

TEST(text_refused)
{
	static const struct
	{
		const char *text;
		JnStatus	status;
		size_t		at;
	}			bad[] = {
		{"", JN_TEXT_SYNTAX, 0},
		{"   ", JN_TEXT_SYNTAX, 3},
		{"view", JN_TEXT_SYNTAX, 0},
		{"{a 2000-01-01T00:00Z}", JN_TEXT_SYNTAX, 0},
		{"[", JN_TEXT_SYNTAX, 1},
		{"[]", JN_TEXT_SYNTAX, 1},
		{"[ ]", JN_TEXT_SYNTAX, 2},
		{"[,]", JN_TEXT_SYNTAX, 1},
		{"[a", JN_TEXT_SYNTAX, 2},
		{"[a]", JN_TEXT_SYNTAX, 2},
		{"[a b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 3},
		{"[a+b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 2},
		{"[it's 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 3},
		{"[-a 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 1},
		{"[.a 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 1},
		{"[2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 18},
		{"[\"a]", JN_TEXT_SYNTAX, 4},
		{"[\"a\"\"]", JN_TEXT_SYNTAX, 6},
		{"[\"a\" ]", JN_TEXT_SYNTAX, 5},
		{"[a 2000-01-01T00:00Z", JN_TEXT_SYNTAX, 20},
		{"[a 2000-01-01T00:00Z,", JN_TEXT_SYNTAX, 21},
		{"[a 2000-01-01T00:00Z,]", JN_TEXT_SYNTAX, 21},
		{"[a 2000-01-01T00:00Z b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 21},
		{"[a 2000-01-01T00:00Z] x", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z][b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 21},
		{"[a 2000-01-01T00:00Z BCE]", JN_TEXT_SYNTAX, 23},
		{"[a 2000-01-01T00:00Z  BC]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z, b 2000-02-30T00:00Z]", JN_TEXT_TIME, 32},
		{"[a@ 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 3},
		{"[a@@b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 3},
		{"[a @b 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 3},
		{"[a@b@c 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 4},
		{"[a@\xff 2000-01-01T00:00Z]", JN_NAME_UTF8, 3},
		{"[a@\"\"\"\xff\" 2000-01-01T00:00Z]", JN_NAME_UTF8, 6},
		{"[a{value=1} 2000-01-01T00:00Z]", JN_TEXT_SYNTAX, 2},
		{"[a 2000-01-01T00:00Z {}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {,}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {value}]", JN_TEXT_SYNTAX, 27},
		{"[a 2000-01-01T00:00Z {value 1}]", JN_TEXT_SYNTAX, 28},
		{"[a 2000-01-01T00:00Z {value=}]", JN_TEXT_NUMBER, 28},
		{"[a 2000-01-01T00:00Z {value= x}]", JN_TEXT_NUMBER, 29},
		{"[a 2000-01-01T00:00Z {value=\"1\"}]", JN_TEXT_NUMBER, 28},
		{"[a 2000-01-01T00:00Z {value=1e400}]", JN_NUMBER_RANGE, 28},
		{"[a 2000-01-01T00:00Z {value=1,}]", JN_TEXT_SYNTAX, 30},
		{"[a 2000-01-01T00:00Z {value=1 action=b}]", JN_TEXT_SYNTAX, 30},
		{"[a 2000-01-01T00:00Z {value=1, value=1}]", JN_TEXT_SYNTAX, 31},
		{"[a 2000-01-01T00:00Z {action=a, persona=b, action=c}]", JN_TEXT_SYNTAX, 43},
		{"[a 2000-01-01T00:00Z {channel=b}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {senses=b}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {Value=1}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {values=1}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {\"value\"=1}]", JN_TEXT_SYNTAX, 22},
		{"[a 2000-01-01T00:00Z {decision=}]", JN_TEXT_SYNTAX, 31},
		{"[a 2000-01-01T00:00Z {decision=a b}]", JN_TEXT_SYNTAX, 33},
		{"[a 2000-01-01T00:00Z {decision=\xc3}]", JN_NAME_UTF8, 31},
		{"[a 2000-01-01T00:00Z {persona=\"ok\xc3\"}]", JN_NAME_UTF8, 33},
		{"[a 2000-01-01T00:00Z {sense=}]", JN_TEXT_SYNTAX, 28},
		{"[a 2000-01-01T00:00Z {sense=\"\"}]", JN_SENSE_EMPTY, 28},
		{"[a 2000-01-01T00:00Z {sense=a, sense=\"b\xff\"}]", JN_NAME_UTF8, 39},
		{"[a 2000-01-01T00:00Z {value=1}{value=2}]", JN_TEXT_SYNTAX, 30},
		{"[a 2000-01-01T00:00Z {value=1]", JN_TEXT_SYNTAX, 29},
		{"[a 2000-01-01T00:00Z {action=\"b]", JN_TEXT_SYNTAX, 32},
		{"[a infinity]", JN_TEXT_SYNTAX, 3},
		{"[a 2000-01-01]", JN_TEXT_TIME, 13},
		{"[a 2000-01-01T00:00]", JN_TEXT_TIME, 19},
		{"[a 299999-01-01T00:00Z]", JN_TIME_RANGE, 3},
		{"[a\xff 2000-01-01T00:00Z]", JN_NAME_UTF8, 2},
		{"[\"a \xff\" 2000-01-01T00:00Z]", JN_NAME_UTF8, 4},
		{"[\"\"\"\"\"a \xff\" 2000-01-01T00:00Z]", JN_NAME_UTF8, 8},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		JnError		err;
		Bytes		b = read_text(ENV, bad[i].text, strlen(bad[i].text), &err);

		CHECK(b.data == NULL);
		if (!CHECK_INT(err.status, bad[i].status) || !CHECK_INT(err.at, bad[i].at))
			printf("  %s\n", bad[i].text);
	}
}

TEST(text_zero_byte_refused)
{
	JnError		err;

	CHECK(read_text(ENV, "[\"a\0b\" 2000-01-01T00:00Z]", 25, &err).data == NULL);
	CHECK_INT(err.status, JN_NAME_UTF8);
	CHECK_INT(err.at, 3);
	CHECK(read_text(ENV, "[a\0 2000-01-01T00:00Z]", 22, &err).data == NULL);
	CHECK_INT(err.status, JN_TEXT_SYNTAX);
	CHECK_INT(err.at, 2);
}

TEST(text_long_names)
{
	static char text[100000 + 40];

	for (uint32_t size = JN_MAX_NAME - 1; size < 100000; size = size < 1026 ? size + 1 : size * 3)
		for (int quoted = 0; quoted < 2; quoted++)
		{
			JnError		err;
			Bytes		b;
			char	   *p = text;

			*p++ = '[';
			if (quoted)
				*p++ = '"';
			memset(p, 'n', size);
			p += size;
			if (quoted)
				*p++ = '"';
			strcpy(p, " 2000-01-01T00:00:00Z]");
			b = read_text(ENV, text, strlen(text), &err);
			if (size <= JN_MAX_NAME)
				CHECK(b.data != NULL);
			else
			{
				CHECK_INT(err.status, JN_NAME_LONG);
				CHECK_INT(err.at, 1);
				CHECK_INT(err.found, size);
				CHECK_INT(err.limit, JN_MAX_NAME);
			}
		}
}

/* All senses of a step together have as many bytes as a name, with one between them. */
TEST(text_many_senses)
{
	for (int more = 0; more < 2; more++)
	{
		static char text[20000];
		char	   *p = text + sprintf(text, "[a 2000-01-01T00:00:00Z {sense=ab");
		char	   *last = NULL;
		JnError		err;
		Bytes		b;

		/* 255 of three bytes make 1022 with it; each of them twice is the same */
		for (int i = 0; i < 2 * 255; i++)
			p += sprintf(p, ", sense=%c%cx", 'b' + i % 255 % 16, 'a' + i % 255 / 16);
		if (more)
		{
			last = p;
			p += sprintf(p, ", sense=zzz");
		}
		strcpy(p, "}]");
		b = read_text(ENV, text, strlen(text), &err);
		CHECK_INT(b.data != NULL, !more);
		if (more)
		{
			CHECK_INT(err.status, JN_NAME_LONG);
			CHECK_INT(err.at, last + 8 - text);
			CHECK_INT(err.limit, JN_MAX_NAME);
		}
	}
}

/* What is written reads back as the same bytes, whatever the names and times. */
TEST(text_round_trip)
{
	uint64_t	seed = 2;

	for (int round = 0; round < 2000; round++)
	{
		uint32_t	n = 1 + unit_below(&seed, 20);
		Bytes		b;
		Bytes		again;
		JnJourney	j;
		char	   *text;
		JnError		err;

		model_random(&seed, step, n);
		if (unit_below(&seed, 2))
			model_random_tracks(&seed, step, n);
		b = steps_bytes(ENV, step, n, unit_below(&seed, 2));
		j = proved(ENV, b);
		text = text_of(&j);
		again = read_text(ENV, text, strlen(text), &err);
		if (!CHECK_BYTES(again.data, again.size, b.data, b.size))
		{
			printf("  %s\n", text);
			return;
		}
		unit_env_clear(&unit_env);
	}
}

/* Each single byte as a name, alone and inside. */
TEST(text_each_byte_in_a_name)
{
	for (int c = 1; c < 128; c++)
	{
		char		name[3] = {(char) c, (char) c, 'x'};
		char		inside[3] = {'x', (char) c, 'y'};
		JnJourney	j;
		Bytes		b;
		Bytes		again;
		char	   *text;
		JnError		err;

		step[0] = (Step) {0, name, 1};
		step[1] = (Step) {1, name, 3};
		step[2] = (Step) {2, inside, 3};
		b = steps_bytes(ENV, step, 3, true);
		j = proved(ENV, b);
		text = text_of(&j);
		again = read_text(ENV, text, strlen(text), &err);
		CHECK_BYTES(again.data, again.size, b.data, b.size);
	}
}

static void
read_and_write(const JnEnv *env, void *arg)
{
	const char *text = arg;
	JnError		err;
	JnJourney	j = proved(env, read_text(env, text, strlen(text), &err));
	char	   *out = jn_alloc(env, jn_text_size(env, &j));

	jn_text_write(env, &j, out);
}

TEST(text_may_be_left_anywhere)
{
	JnBuild    *b = jn_build_new(ENV, true);
	JnJourney	j;

	for (uint32_t i = 0; i < 3000; i++)
	{
		char		name[8];
		int			size = snprintf(name, sizeof(name), "n %u", i % 100);

		add_steps(ENV, b, &(Step) {i, name, (uint32_t) size}, 1);
	}
	j = proved(ENV, build_bytes(ENV, b));
	CHECK(unit_leave_everywhere(read_and_write, text_of(&j), 60) > 20);
}
