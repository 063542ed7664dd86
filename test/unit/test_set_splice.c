/*
 * test_set_splice.c
 *	  Sets with some of their parts replaced: byte for byte what the builder makes
 *	  of the same parts.
 *
 * A set is drawn as a list of parts; some of them change, go or come.  The
 * builder makes both sets, the splice the second one from the first.
 */
#include "set_splice.h"

#include "unit.h"

#define MAX_PARTS	14
#define MAX_PART	40
#define NAMES		400

/* A part of the model: numbers for everything. */
typedef struct ModelPart
{
	int			key;
	bool		ghost;
	bool		more;
	uint32_t	n;				/* 0: there is none */
	int64_t		time[MAX_PART];
	int			name[JN_SET_COLUMNS][MAX_PART]; /* -1: none */
	uint64_t	value[MAX_PART];
} ModelPart;

/* What sets are drawn from. */
typedef struct World
{
	JnKeyKind	kind;
	unsigned	tracks;			/* bits; that of JN_SET_EVENT is not used */
	int			names;			/* of each column */
	int64_t		grain;			/* of all times but a few, microseconds */
	bool		wide;			/* some differences are */
} World;

static JnSetBuild *b;
static int	replaced;			/* sets that were spliced, and those that the builder had to make */
static int	refused;

static JnKey
key_of(const World *w, int number)
{
	static char text[MAX_PARTS * 2][JN_UUID_SIZE + 1];
	char	   *data = text[number];

	if (w->kind == JN_KEY_BIGINT)
		return (JnKey) {JN_KEY_BIGINT, 0, number * 1000 - 5000, NULL};
	snprintf(data, JN_UUID_SIZE + 1, w->kind == JN_KEY_UUID ? "%c234567-%08d" : "%c-user-%d", 'a' + number / 10, number);
	return (JnKey) {w->kind, (uint32_t) strlen(data), 0, data};
}

static uint32_t
code_of(unsigned column, int number)
{
	char		text[16];
	uint32_t	code;
	JnError		err;

	if (number < 0)
		return JN_NO_LABEL;
	snprintf(text, sizeof(text), "%s%d", column == JN_SENSES ? "s" : "name ", number);
	CHECK_INT(jn_set_build_code(ENV, b, column, (JnName) {text, (uint32_t) strlen(text)}, &code, &err), JN_OK);
	return code;
}

static void
draw(const World *w, uint64_t *seed, ModelPart *part)
{
	int64_t		time = (int64_t) unit_below(seed, 1000) * w->grain - 20 * w->grain;

	part->ghost = unit_below(seed, 5) == 0;
	part->more = unit_below(seed, 5) == 0;
	part->n = 1 + part->ghost + unit_below(seed, MAX_PART - 1);
	for (uint32_t i = 0; i < part->n; i++)
	{
		part->time[i] = time;
		time += (int64_t) (unit_below(seed, 3) + (i == 0 && part->ghost)) * w->grain;
		if (unit_below(seed, 200) == 0)
			time += 1;
		if (w->wide && unit_below(seed, 10) == 0)
			time += INT64_C(10000000000) * w->grain;
		for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
			part->name[c][i] = c == JN_SET_EVENT || unit_below(seed, 3) ? (int) unit_below(seed, (uint32_t) w->names) : -1;
		part->value[i] = unit_below(seed, 3) ? jn_value_key(unit_below(seed, 30) / 4.0) : JN_NO_VALUE;
	}
}

/* The rows of a part, in memory of the test; tracks that no row of it has are left out now and then. */
static JnRows
rows_of(const World *w, const ModelPart *part)
{
	JnRows		rows = {.n = part->n,.ghost = part->ghost,.more = part->more,.time = part->time};

	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
	{
		uint32_t   *code;

		if (c == JN_VALUE || (c != JN_SET_EVENT && (w->tracks >> c & 1) == 0))
			continue;
		code = jn_alloc(ENV, part->n * sizeof(uint32_t) + 1);
		for (uint32_t i = 0; i < part->n; i++)
			code[i] = code_of(c, part->name[c][i]);
		if (c == JN_SET_EVENT)
			rows.event = code;
		else
			rows.label[c] = code;
	}
	if (w->tracks >> JN_VALUE & 1)
		rows.value = part->value;
	return rows;
}

static uint8_t *
build(const World *w, const ModelPart *part, size_t *size)
{
	uint8_t    *out;
	JnError		err;

	for (int i = 0; i < 2 * MAX_PARTS; i++)
		if (part[i].n > 0)
		{
			JnKey		key = key_of(w, i);
			JnRows		rows = rows_of(w, &part[i]);
			uint32_t	taken;

			CHECK_INT(jn_set_build_add(ENV, b, &key, &rows, &taken, &err), JN_OK);
			CHECK_INT(taken, rows.n);
		}
	*size = 0;
	if (jn_set_build_parts(b) == 0)
		return NULL;
	*size = jn_set_build_finish(ENV, b);
	out = jn_alloc(ENV, *size);
	jn_set_build_write(ENV, b, out);
	jn_set_build_reset(b);
	return out;
}

static void
splice_once(const World *w, uint64_t *seed)
{
	static ModelPart part[2 * MAX_PARTS];
	JnSplicePart new[2 * MAX_PARTS];
	uint32_t	n = 0;
	JnCodeMap	map;
	JnSplice   *splice = jn_alloc(ENV, sizeof(JnSplice));
	uint32_t	share = 1 + unit_below(seed, 6);
	JnSet		s;
	JnError		err;
	size_t		size;
	size_t		expected_size;
	uint8_t    *bytes;
	uint8_t    *expected;

	b = jn_set_build_new(ENV, w->kind, JN_MAX_BYTES);
	for (int i = 0; i < 2 * MAX_PARTS; i++)
	{
		part[i].n = 0;
		if (unit_below(seed, 2) || i == 3)
			draw(w, seed, &part[i]);
	}
	bytes = build(w, part, &size);
	CHECK_INT(jn_set_validate(ENV, bytes, size, &s, &err), JN_OK);
	for (int i = 0; i < 2 * MAX_PARTS; i++)
	{
		JnSplicePart *p = &new[n];

		if (unit_below(seed, 6) >= share)
			continue;
		p->key = key_of(w, i);
		p->before = part[i].n == 0 ? JN_TIME_MIN : part[i].time[part[i].n - 1];
		if (unit_below(seed, 4) == 0)
			part[i].n = 0;
		else if (part[i].n > 0 && unit_below(seed, 2) && part[i].n < MAX_PART)
		{
			/* one more at the end, as it mostly is */
			uint32_t	row = part[i].n++;

			part[i].time[row] = part[i].time[row - 1] + w->grain;
			for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
				part[i].name[c][row] = (int) unit_below(seed, (uint32_t) w->names);
			part[i].value[row] = jn_value_key(unit_below(seed, 100));
		}
		else
			draw(w, seed, &part[i]);
		p->rows = rows_of(w, &part[i]);
		n++;
	}
	expected = build(w, part, &expected_size);
	CHECK_INT(jn_code_map_open(ENV, b, &map, &s.event, s.label, s.head.tracks, &err), JN_OK);
	jn_splice_open(splice, ENV);
	CHECK_INT(jn_splice_plan(splice, &s, b, &map, new, n, &err), JN_OK);
	if (splice->fits)
	{
		uint8_t    *out = jn_alloc(ENV, (size_t) splice->size + 1);

		replaced++;
		CHECK_INT(splice->size, expected_size);
		if (splice->size > 0 && splice->size == expected_size)
		{
			jn_splice_write(splice, out);
			CHECK(memcmp(out, expected, expected_size) == 0);
		}
	}
	else
	{
		JnSet		other;

		/* only for another unit */
		refused++;
		CHECK_INT(jn_set_open(expected, expected_size, &other, &err), JN_OK);
		CHECK((other.head.flags & JN_FLAG_UNIT) != (s.head.flags & JN_FLAG_UNIT));
	}
	jn_splice_close(splice);
	jn_release(ENV, splice);
	jn_release(ENV, map.code);
	jn_set_build_free(ENV, b);
}

TEST(spliced_sets_are_those_of_the_builder)
{
	static const int names[] = {1, 2, 5, 25, 240, NAMES};
	static const int64_t grain[] = {1000000, 1000, 1, 37};

	replaced = 0;
	refused = 0;
	for (uint64_t round = 0; round < 1500; round++)
	{
		uint64_t	seed = round + 1;
		World		w = {
			(JnKeyKind) (round % JN_KEY_KINDS), unit_below(&seed, 2) ? unit_below(&seed, 1u << JN_TRACKS) : 0,
			names[unit_below(&seed, 6)], grain[unit_below(&seed, 4)], unit_below(&seed, 4) == 0
		};

		splice_once(&w, &seed);
	}
	CHECK(replaced > 1000);
	CHECK(refused > 50);
}
