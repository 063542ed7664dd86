/*
 * test_set_proof.c
 *	  The proof of sets of journeys: rule by rule, and byte by byte.
 */
#include "set_model.h"

static Step step[SET_MAX_STEPS];
static Part part[SET_MAX_PARTS];

/*
 * bigint {7: [cart 10:00:05], 9: [view 10:00:00, view 10:00:05], 10: [(view
 * 09:59:59), cart@web 10:00:02 {value=1.5}, ...]}, and where its sections begin.
 */
static const uint8_t sample[] =
"\x01\x0a\x11\x00" "\x05\x00\x00\x00" "\x03\x00\x00\x00" "\x01\x00\x00\x00"
"\x00\xc8\xac\x6c\x4f\xea\x02\x00" "\x40\x13\xf9\x6c\x4f\xea\x02\x00"
"\x00\x00\x40\x00\x00\x00\x00\x80" "\x03\x00\x00\x00" "\x0a\x00\x00\x00"
"\x0b\x00\x00\x00" "\x0b\x00\x00\x00"
"\x04\x08\x0b" "\x01\x05\x00\x02" "\x07\x00\x00\x00\x00\x00\x00\x00\x01\x00"
"\x02\x04\x04" "cartview" "\x00\x01\x01\x01\x00" "\x00\x05\x03"
"\x01\x01\x03" "web" "\x00\x00\x00\x00\x01"
"\x81\x10\x00\x0f\x00\x00\x00\x00\x00\x00\x00";

#define SIZE	(sizeof(sample) - 1)
#define COUNTS	56
#define STARTS	59
#define KEYS	63
#define EVENTS	73
#define CODES	84
#define TIMES	89
#define CHANNEL	92
#define VALUE	103

/* Replaces "cut" bytes at "at" by "in", and what it does. */
static const struct
{
	const char *what;
	size_t		at;
	size_t		cut;
	const char *in;
	size_t		in_size;
	JnStatus	status;
	size_t		error_at;
}			bad[] = {
#define IN(bytes) bytes, sizeof(bytes) - 1
	{"a newer version", 0, 1, IN("\x02"), JN_BYTES_VERSION, 0},
	{"no version", 0, 1, IN("\x00"), JN_BYTES_CORRUPT, 0},
	{"unknown flag 5", 1, 1, IN("\x2a"), JN_BYTES_TRACKS, 1},
	{"unknown flag 7", 1, 1, IN("\x8a"), JN_BYTES_TRACKS, 1},
	{"keys of kind 3", 1, 1, IN("\x1a"), JN_BYTES_CORRUPT, 1},
	{"unit 3", 1, 1, IN("\x0b"), JN_BYTES_CORRUPT, 1},
	{"unknown track 6", 2, 1, IN("\x51"), JN_BYTES_TRACKS, 2},
	{"unknown track 15", 3, 1, IN("\x80"), JN_BYTES_TRACKS, 2},
	{"no rows", 4, 4, IN("\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 4},
	{"fewer rows than parts and ghosts", 4, 4, IN("\x03\x00\x00\x00"), JN_BYTES_CORRUPT, 4},
	{"one row less", 4, 4, IN("\x04\x00\x00\x00"), JN_BYTES_CORRUPT, CHANNEL + 10},
	{"2^32 - 1 rows", 4, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, SIZE},
	{"no parts", 8, 4, IN("\x00\x00\x00\x00"), JN_BYTES_CORRUPT, 8},
	{"2^32 - 1 parts", 4, 8, IN("\xff\xff\xff\xff\xff\xff\xff\xff"), JN_BYTES_CORRUPT, 4},
	{"no ghost", 12, 1, IN("\x00"), JN_BYTES_CORRUPT, 12},
	{"two ghosts", 12, 1, IN("\x02"), JN_BYTES_CORRUPT, 12},
	{"more ghosts than parts", 12, 1, IN("\x04"), JN_BYTES_CORRUPT, 12},
	{"first time too early", 23, 1, IN("\x80"), JN_TIME_RANGE, 16},
	{"last time infinite", 24, 8, IN("\xff\xff\xff\xff\xff\xff\xff\x7f"), JN_TIME_RANGE, 24},
	{"last before first", 24, 8, IN("\xff\xc7\xac\x6c\x4f\xea\x02\x00"), JN_BYTES_CORRUPT, 24},
	{"last later than the latest", 24, 8, IN("\x80\x55\x08\x6d\x4f\xea\x02\x00"), JN_BYTES_CORRUPT, 24},
	{"last before the latest", 24, 8, IN("\x00\xd1\xe9\x6c\x4f\xea\x02\x00"), JN_BYTES_CORRUPT, STARTS + 1},
	{"presence of a name that is not there", 32, 1, IN("\x01"), JN_BYTES_CORRUPT, 32},
	{"presence of a name missing", 39, 1, IN("\x00"), JN_BYTES_CORRUPT, 32},
	{"fewer counts than parts", 40, 1, IN("\x02"), JN_BYTES_CORRUPT, 40},
	{"counts beyond the end", 40, 4, IN("\xff\xff\xff\x7f"), JN_BYTES_SHORT, SIZE},
	{"keys of too few bytes", 44, 1, IN("\x09"), JN_BYTES_CORRUPT, 44},
	{"keys beyond the end", 44, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, SIZE},
	{"a track beyond the end", 48, 4, IN("\xff\xff\xff\xff"), JN_BYTES_SHORT, SIZE},
	{"a track a byte short", 48, 1, IN("\x0a"), JN_BYTES_SHORT, VALUE},

	{"a part without rows", COUNTS, 1, IN("\x00"), JN_BYTES_CORRUPT, COUNTS},
	{"a part without rows that goes on", COUNTS, 1, IN("\x02"), JN_BYTES_CORRUPT, COUNTS},
	{"a ghost alone", COUNTS, 1, IN("\x05"), JN_BYTES_CORRUPT, COUNTS},
	{"rows of the parts more than there are", COUNTS, 1, IN("\x08"), JN_BYTES_CORRUPT, 4},
	{"long form of a count", COUNTS + 1, 2, IN("\x8b\x00"), JN_BYTES_CORRUPT, COUNTS + 1},
	{"a count that does not end", COUNTS + 2, 1, IN("\x8b"), JN_BYTES_CORRUPT, COUNTS + 2},
	{"a ghost in another part", COUNTS + 1, 2, IN("\x09\x0b"), JN_BYTES_CORRUPT, 12},

	{"starts of nine bytes", STARTS, 1, IN("\x09"), JN_BYTES_CORRUPT, STARTS},
	{"starts of two bytes that need one", STARTS, 4, IN("\x02\x05\x00\x00\x00\x02\x00"), JN_BYTES_CORRUPT, STARTS},
	{"no start at the first time", STARTS + 2, 1, IN("\x01"), JN_BYTES_CORRUPT, STARTS},
	{"a start after the last time", STARTS + 1, 1, IN("\x06"), JN_BYTES_CORRUPT, STARTS + 1},

	{"long form of a number", KEYS + 8, 2, IN("\x81\x00"), JN_BYTES_CORRUPT, KEYS + 8},
	{"a number that does not end", KEYS + 9, 1, IN("\x80"), JN_BYTES_CORRUPT, KEYS + 9},

	{"a name of no row", CODES, 5, IN("\x01\x01\x01\x01\x01"), JN_BYTES_CORRUPT, CODES},
	{"a code beyond the names", CODES + 1, 1, IN("\x02"), JN_BYTES_CORRUPT, CODES + 1},
	{"names not ascending", EVENTS + 3, 8, IN("viewcart"), JN_BYTES_CORRUPT, EVENTS + 7},
	{"a name not UTF-8", EVENTS + 4, 1, IN("\xff"), JN_NAME_UTF8, EVENTS + 4},

	{"a ghost at the time of its part", TIMES + 2, 1, IN("\x00"), JN_BYTES_CORRUPT, TIMES},
	{"a step after the last time", TIMES + 1, 1, IN("\x06"), JN_BYTES_CORRUPT, TIMES},
	{"lengths of no difference", TIMES, 1, IN("\x10"), JN_BYTES_CORRUPT, TIMES},
	{"a difference too long", TIMES, 3, IN("\x04\x05\x03\x00"), JN_BYTES_CORRUPT, TIMES + 2},
	{"a difference missing", TIMES, 3, IN("\x00\x05"), JN_BYTES_SHORT, TIMES + 2},
	{"wide without any", 1, 1, IN("\x0e"), JN_BYTES_SHORT, TIMES + 3},

	{"a channel that all rows lack", CHANNEL + 6, 5, IN("\x00\x00\x00\x00\x00"), JN_BYTES_CORRUPT, CHANNEL + 6},
	{"a channel of no row", CHANNEL + 10, 1, IN("\x00"), JN_BYTES_CORRUPT, CHANNEL + 6},
	{"a value that all rows lack", VALUE + 1, 1, IN("\x00"), JN_BYTES_CORRUPT, VALUE + 1},
	{"a byte behind the end", SIZE, 0, IN("\x00"), JN_BYTES_SHORT, VALUE + 1},
#undef IN
};

TEST(the_sample_is_what_it_says)
{
	static const char text[] = "bigint {7: [cart 2026-01-01T10:00:05Z], 9: [view 2026-01-01T10:00:00Z, view 2026-01-01T10:00:05Z], "
	"10: [(view 2026-01-01T09:59:59Z), cart@web 2026-01-01T10:00:02Z {value=1.5}, ...]}";
	JnSet		s = set_proved(ENV, bytes_copy(ENV, sample, SIZE));
	char		out[300];

	CHECK_INT(jn_set_text_size(ENV, &s), sizeof(text) - 1);
	jn_set_text_write(ENV, &s, out);
	CHECK_TEXT(out, sizeof(text) - 1, text);
	CHECK(s.counts == s.bytes + COUNTS && s.starts == s.bytes + STARTS + 1 && s.keys == s.bytes + KEYS);
	CHECK(s.events == s.bytes + EVENTS && s.event.codes == s.bytes + CODES && s.times == s.bytes + TIMES);
	CHECK(s.track[JN_CHANNEL] == s.bytes + CHANNEL && s.track[JN_VALUE] == s.bytes + VALUE);
}

TEST(each_rule_is_proved)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		uint8_t		bytes[SIZE + 64];
		size_t		size = SIZE - bad[i].cut + bad[i].in_size;
		JnError		err = {0};
		JnSet		s;
		Bytes		b;

		memcpy(bytes, sample, bad[i].at);
		memcpy(bytes + bad[i].at, bad[i].in, bad[i].in_size);
		memcpy(bytes + bad[i].at + bad[i].in_size, sample + bad[i].at + bad[i].cut, SIZE - bad[i].at - bad[i].cut);
		b = bytes_copy(ENV, bytes, size);
		if (!CHECK_INT(jn_set_validate(ENV, b.data, size, &s, &err), bad[i].status)
			|| !CHECK_INT(err.at, bad[i].error_at))
			printf("  %s\n", bad[i].what);
	}
}

TEST(no_beginning_of_a_set_is_one)
{
	for (size_t size = 0; size < SIZE; size++)
	{
		Bytes		b = bytes_copy(ENV, sample, size);
		JnError		err;
		JnSet		s;

		CHECK(jn_set_validate(ENV, b.data, size, &s, &err) != JN_OK);
	}
}

/* Builds a set again from what it holds. */
static Bytes
built_again(const JnSet *s)
{
	JnSetBuild *b = jn_set_build_new(ENV, s->head.kind, JN_MAX_BYTES);
	JnError		err;

	if (!CHECK_INT(jn_sets_merge(ENV, &s, 1, true, b, &err), JN_OK))
		abort();
	return set_build_bytes(ENV, b);
}

/* Reads all there is to read; what comes out may be nonsense. */
static void
read_everything(const JnSet *s)
{
	char	   *text = jn_alloc(ENV, (size_t) jn_set_text_size(ENV, s));
	JnSetBuild *b = jn_set_build_new(ENV, s->head.kind, JN_MAX_BYTES);
	JnBuild    *journey = jn_build_new(ENV, true);
	JnTimesReader times;
	JnSetParts	parts;
	JnSetSteps	steps;
	JnSetNames	names;
	uint32_t   *end = jn_alloc(ENV, s->head.parts * sizeof(uint32_t));
	JnSetCounts *other = jn_alloc(ENV, s->head.parts * sizeof(JnSetCounts));
	JnSetCounts counts;
	JnSetCounts before;
	JnPart		p;
	JnError		err;
	uint64_t	within;
	uint64_t	across;
	uint32_t	others;
	uint32_t	o = 0;
	uint32_t	row;
	uint32_t	rows;
	uint32_t	next = 0;
	bool		ghost;
	bool		more;

	jn_set_text_write(ENV, s, text);
	jn_set_times(s, &times);
	jn_times_run(ENV, &times, jn_set_differences(s), 1000000, &within, &across);
	others = jn_set_ends(s, end, other);
	jn_set_counts_open(&counts, s);
	for (before = counts; (rows = jn_set_counts_next(&counts, &row, &ghost, &more)) > 0; before = counts)
	{
		CHECK_INT(row, next);
		next = row + rows;
		CHECK_INT(end[before.part], next);
		if (ghost || more)
		{
			CHECK(o < others && other[o].count == before.count);
			CHECK_INT(other[o].part, before.part);
			CHECK_INT(other[o++].row, row);
		}
	}
	CHECK_INT(o, others);
	jn_release(ENV, other);
	jn_release(ENV, end);
	CHECK_INT(next, s->head.rows);
	jn_set_parts_open(&parts, s);
	jn_set_steps_open(&steps, s);
	jn_set_names_open(ENV, &names, s);
	while (jn_set_parts_next(ENV, &parts, &p))
	{
		jn_set_part_build(ENV, &steps, &names, &p, journey, &err);
		jn_build_reset(journey);
	}
	if (jn_sets_merge(ENV, &s, 1, true, b, &err) == JN_OK)
		jn_set_build_finish(ENV, b);
}

/* Each byte of a small set, changed to each other value. */
static void
change_bytes(Bytes b, uint32_t *valid)
{
	for (size_t at = 0; at < b.size; at++)
	{
		uint8_t		was = b.data[at];

		for (unsigned other = 0; other < 256; other++)
		{
			JnError		err;
			JnSet		s;

			if (other == was)
				continue;
			b.data[at] = (uint8_t) other;
			if (jn_set_validate(ENV, b.data, b.size, &s, &err) == JN_OK)
			{
				Bytes		again = built_again(&s);

				++*valid;
				if (!CHECK_BYTES(again.data, again.size, b.data, b.size))
					printf("  byte %zu is %02x\n", at, other);
			}
			else if (jn_set_open(b.data, b.size, &s, &err) == JN_OK)
				read_everything(&s);
		}
		b.data[at] = was;
	}
}

TEST(a_changed_byte_is_another_set_or_none)
{
	uint64_t	seed = 51;
	uint32_t	valid = 0;

	change_bytes(bytes_copy(ENV, sample, SIZE), &valid);
	CHECK(valid > 100);
	for (int round = 0; round < (UNIT_SANITIZED ? 6 : 30); round++)
	{
		uint32_t	n = set_random(&seed, (JnKeyKind) (round % JN_KEY_KINDS), step, 5, part);

		set_sort_parts(part, n);
		change_bytes(set_bytes(ENV, part, set_distinct(part, n)), &valid);
		unit_env_clear(&unit_env);
	}
}

TEST(sets_order_by_time_and_are_equal_by_bytes)
{
	JnSet		s[3];
	JnSetBuild *b;
	JnError		err;
	static const char *const text[3] = {
		"{z: [a 2026-01-01T00:00Z, a 2026-01-02T00:00Z]}",
		"{a: [a 2026-01-01T00:00Z, a 2026-01-03T00:00Z]}",
		"{a: [a 2026-01-02T00:00Z]}",
	};

	for (int i = 0; i < 3; i++)
	{
		CHECK_INT(jn_set_text_read(ENV, text[i], strlen(text[i]), &b, &err), JN_OK);
		s[i] = set_proved(ENV, set_build_bytes(ENV, b));
	}
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			CHECK_INT((jn_set_compare(&s[i], &s[k]) > 0) - (jn_set_compare(&s[i], &s[k]) < 0), (i > k) - (i < k));
	CHECK(jn_set_hash(&s[0], 0) != jn_set_hash(&s[1], 0));
	CHECK(jn_set_hash(&s[0], 0) != jn_set_hash(&s[0], 1));
}
