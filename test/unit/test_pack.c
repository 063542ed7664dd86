/*
 * test_pack.c
 *	  Packing rows into sets, against one big sort; and the same sets for any
 *	  order of the rows and any memory.
 */
#include "pack.h"
#include "spill.h"

/* A row as somebody writes it down; NULL and JN_NO_* are what is not there. */
typedef struct Row
{
	int64_t		number;			/* of the subject; a text or uuid is made of it */
	int64_t		time;
	const char *event;
	const char *label[JN_TRACKS];
	uint64_t	value;
	uint64_t	seq;
} Row;

typedef struct Case
{
	JnKeyKind	kind;
	unsigned	columns;
	uint64_t	chunk;
	size_t		memory;
	size_t		set_size;
} Case;

/* All sets of a run, one behind the other. */
typedef struct Result
{
	uint8_t    *data;
	size_t		size;
	size_t		sets;
	size_t	   *begin;			/* of each set, and the end */
	size_t		spilled;
	JnPackProgress progress;
} Result;

static const char *const names[] = {
	"view", "cart", "purchase", "a", "b", "", "zoo", "a longer name than the others", "カート"
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

static JnName
name_of(const char *text)
{
	return (JnName) {text, (uint32_t) strlen(text)};
}

static JnKey
key_of(JnKeyKind kind, int64_t number, char *text)
{
	JnKey		key = {.kind = kind};

	switch (kind)
	{
		case JN_KEY_BIGINT:
			key.number = number;
			break;
		case JN_KEY_TEXT:
			key.size = (uint32_t) snprintf(text, 40, "user %" PRId64, number);
			key.data = text;
			break;
		case JN_KEY_UUID:
			jn_store64((uint8_t *) text, jn_mix64((uint64_t) number) & 0xffff);
			jn_store64((uint8_t *) text + 8, (uint64_t) number);
			key.size = JN_UUID_SIZE;
			key.data = text;
			break;
	}
	return key;
}

/* Packs rows; everything is malloc'ed. */
static Result
pack(const Case *c, const Row *row, size_t n)
{
	JnPackOptions options = {c->kind, c->columns, c->chunk, c->memory, c->set_size, 0};
	Result		result = {0};
	Spills		spills;
	JnPack	   *p;
	JnError		err;
	size_t		size;

	spills_init(&spills);
	p = jn_pack_new(ENV, &spills.spill, &options);
	for (size_t i = 0; i < n; i++)
	{
		JnRow		r = {.time = row[i].time,.seq = row[i].seq,.value = row[i].value};
		char		text[40];

		r.key = key_of(c->kind, row[i].number, text);
		CHECK_INT(jn_pack_code(ENV, p, JN_SET_EVENT, name_of(row[i].event), &r.event, &err), JN_OK);
		for (unsigned track = 0; track < JN_TRACKS; track++)
		{
			r.label[track] = JN_NO_LABEL;
			if (row[i].label[track] != NULL)
				CHECK_INT(jn_pack_code(ENV, p, track, name_of(row[i].label[track]), &r.label[track], &err), JN_OK);
		}
		CHECK_INT(jn_pack_add(ENV, p, &r, &err), JN_OK);
	}
	CHECK_INT(jn_pack_finish(ENV, p, &err), JN_OK);
	for (;;)
	{
		if (!CHECK_INT(jn_pack_next(ENV, p, &size, &err), JN_OK))
			break;
		result.begin = realloc(result.begin, (result.sets + 1) * sizeof(size_t));
		if (result.begin == NULL)
			abort();
		result.begin[result.sets] = result.size;
		if (size == 0)
			break;
		result.data = realloc(result.data, result.size + size);
		if (result.data == NULL)
			abort();
		jn_pack_write(ENV, p, result.data + result.size);
		result.size += size;
		result.sets++;
	}
	CHECK_INT(jn_pack_next(ENV, p, &size, &err), JN_OK);
	CHECK_INT(size, 0);
	result.progress = jn_pack_progress(p);
	result.spilled = spills.bytes;
	jn_pack_free(ENV, p);
	CHECK_INT(spills.open, 0);
	CHECK_INT(unit_env.bytes, 0);
	spills_end(&spills);
	return result;
}

static void
forget(Result *result)
{
	free(result->data);
	free(result->begin);
}

static int
compare_labels(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

#define DIFFER(x, y)	do { if ((x) != (y)) return (x) < (y) ? -1 : 1; } while (0)

static int
compare_rows(const void *a, const void *b)
{
	const Row  *x = a;
	const Row  *y = b;
	int			order;

	DIFFER(x->number, y->number);
	DIFFER(x->time, y->time);
	DIFFER(x->seq, y->seq);
	order = strcmp(x->event, y->event);
	for (unsigned track = 0; order == 0 && track < JN_TRACKS; track++)
		if (track == JN_VALUE)
			order = x->value < y->value ? -1 : x->value > y->value;
		else
			order = compare_labels(x->label[track], y->label[track]);
	return order;
}

/* The row of the oracle that a step of a set must be. */
static bool
is_row(const JnStep *step, const Row *row)
{
	if (step->time != row->time || jn_name_compare(step->event, name_of(row->event)) != 0)
		return false;
	for (unsigned track = 0; track < JN_TRACKS; track++)
	{
		bool		given = step->tracks & 1u << track;

		if (track == JN_VALUE)
		{
			if (given ? jn_value_key(step->value) != row->value : row->value != JN_NO_VALUE)
				return false;
		}
		else if (given != (row->label[track] != NULL)
				 || (given && jn_name_compare(step->label[track], name_of(row->label[track])) != 0))
			return false;
	}
	return true;
}

static int64_t
chunk_of(const Case *c, int64_t time)
{
	int64_t		chunk = (int64_t) c->chunk;

	return chunk == 0 ? 0 : time / chunk - (time % chunk < 0);
}

/* How far the steps of a subject have been seen: sets come in order of chunks, so in order of time for each subject. */
typedef struct Seen
{
	size_t		next;			/* row of the oracle */
	size_t		end;
} Seen;

/* Proves that the sets hold exactly these rows, in order; they get sorted. */
static void
check_sets(const Case *c, Row *row, size_t n, const Result *result)
{
	Seen	   *seen = calloc(n + 1, sizeof(Seen));
	size_t		subjects = 0;
	size_t		steps = 0;
	size_t		begun = 0;
	bool		have_chunk = false;
	int64_t		last_chunk = 0;

	if (seen == NULL)
		abort();
	qsort(row, n, sizeof(Row), compare_rows);
	for (size_t i = 0; i < n; i++)
	{
		if (i == 0 || row[i].number != row[i - 1].number)
			seen[subjects++] = (Seen) {i, i};
		seen[subjects - 1].end = i + 1;
	}

	for (size_t k = 0; k < result->sets; k++)
	{
		JnSet		s;
		JnSetParts	parts;
		JnSetSteps	at;
		JnSetNames	set_names;
		JnPart		part;
		JnError		err;
		size_t		size = result->begin[k + 1] - result->begin[k];

		if (!CHECK_INT(jn_set_validate(ENV, result->data + result->begin[k], size, &s, &err), JN_OK))
			break;
		CHECK_INT(s.head.kind, c->kind);
		jn_set_parts_open(&parts, &s);
		jn_set_steps_open(&at, &s);
		jn_set_names_open(ENV, &set_names, &s);
		while (jn_set_parts_next(ENV, &parts, &part))
		{
			Seen	   *one = NULL;
			bool		more;

			for (size_t i = 0; i < subjects && one == NULL; i++)
			{
				char		text[40];
				JnKey		key = key_of(c->kind, row[seen[i].end - 1].number, text);

				if (jn_key_compare(&key, &part.key) == 0)
					one = &seen[i];
			}
			if (!CHECK(one != NULL))
				break;
			jn_set_steps_enter(ENV, &at, &part);
			CHECK_INT(part.ghost, one->next > 0 && row[one->next - 1].number == row[one->next].number);
			begun += !part.ghost;
			for (more = true; more; more = jn_set_steps_next(&at))
			{
				JnStep		step;
				bool		is_ghost = part.ghost && at.row == part.row;

				jn_set_step(ENV, &at, &set_names, &step);
				if (!CHECK(is_ghost || one->next < one->end))
					break;
				if (!CHECK(is_row(&step, &row[is_ghost ? one->next - 1 : one->next])))
					break;
				if (is_ghost)
				{
					/* a cut never falls between steps of one time */
					CHECK(row[one->next - 1].time < row[one->next].time);
					continue;
				}
				if (have_chunk)
					CHECK(chunk_of(c, step.time) >= last_chunk);
				have_chunk = true;
				last_chunk = chunk_of(c, step.time);
				one->next++;
				steps++;
			}
			CHECK_INT(part.more, one->next < one->end);
		}
		CHECK_INT(chunk_of(c, s.head.first), chunk_of(c, s.head.last));
		jn_set_parts_close(ENV, &parts);
		jn_set_names_close(ENV, &set_names);
	}
	CHECK_INT(steps, n);
	CHECK_INT(begun, subjects);
	CHECK_INT(result->progress.rows_read, n);
	CHECK_INT(result->progress.rows_packed, n);
	CHECK_INT(result->progress.subjects, subjects);
	CHECK_INT(result->progress.sets, result->sets);
	free(seen);
}

static void
random_rows(const Case *c, uint64_t *seed, Row *row, size_t n, uint32_t subjects, uint32_t times)
{
	for (size_t i = 0; i < n; i++)
	{
		row[i] = (Row) {.value = JN_NO_VALUE,.seq = JN_NO_SEQ};
		row[i].number = (int64_t) unit_below(seed, subjects) * 7 - 20;
		row[i].time = INT64_C(700000000000000) + (int64_t) unit_below(seed, times) * 1000000 - (int64_t) (times / 2) * 1000000;
		if (unit_below(seed, 2))
			row[i].time -= INT64_C(700000000000000);
		row[i].event = names[unit_below(seed, NAMES)];
		for (unsigned track = 0; track < JN_TRACKS; track++)
			if (c->columns & 1u << track && track != JN_VALUE && unit_below(seed, 3))
			{
				row[i].label[track] = names[unit_below(seed, NAMES)];
				/* a sense has a name */
				if (track == JN_SENSES && row[i].label[track][0] == '\0')
					row[i].label[track] = NULL;
			}
		if (c->columns & 1u << JN_VALUE && unit_below(seed, 3))
			row[i].value = jn_value_key((double) unit_below(seed, 1000) / 100);
		if (c->columns & JN_ROW_SEQ && unit_below(seed, 3))
			row[i].seq = unit_below(seed, 4);
	}
}

static void
shuffle_rows(uint64_t *seed, Row *row, size_t n)
{
	for (size_t i = n; i > 1; i--)
	{
		size_t		k = unit_below(seed, (uint32_t) i);
		Row			swap = row[i - 1];

		row[i - 1] = row[k];
		row[k] = swap;
	}
}

#define ALL_COLUMNS	(((1u << JN_TRACKS) - 1) | JN_ROW_SEQ)
#define PLENTY		(1 << 26)
#define MOST_ROWS	20000

TEST(sets_hold_all_rows_in_order)
{
	static const unsigned columns[] = {0, ALL_COLUMNS, JN_ROW_SEQ, 1u << JN_VALUE, 1u << JN_CHANNEL | 1u << JN_SENSES};
	static const uint64_t chunk[] = {0, 60000000, 3600000000, UINT64_C(1000000000000000)};
	Row		   *row = malloc(MOST_ROWS * sizeof(Row));
	uint64_t	seed = 1;

	if (row == NULL)
		abort();
	for (int kind = 0; kind < JN_KEY_KINDS; kind++)
		for (int i = 0; i < 5; i++)
			for (int k = 0; k < 4; k++)
				for (size_t n = 0; n <= 600; n = n * 5 + 1)
				{
					Case		c = {(JnKeyKind) kind, columns[i], chunk[k], PLENTY, n % 2 ? JN_SET_PAGE_SIZE : 700};
					Result		result;

					random_rows(&c, &seed, row, n, 1 + (uint32_t) (n / 9), 3000);
					result = pack(&c, row, n);
					check_sets(&c, row, n, &result);
					CHECK_INT(result.spilled, 0);
					forget(&result);
				}
	free(row);
}

/* The same bytes in any order and with any memory; *lots is the number of lots with the least. */
static void
check_same(Case c, Row *row, size_t n, size_t least_memory, uint64_t *lots, size_t *spilled)
{
	uint64_t	seed = n;
	Result		expected;

	c.memory = PLENTY;
	expected = pack(&c, row, n);
	for (int i = 0; i < 4; i++)
	{
		Result		result;

		c.memory = i % 2 ? least_memory : PLENTY;
		shuffle_rows(&seed, row, n);
		if (i == 3)
			qsort(row, n, sizeof(Row), compare_rows);
		result = pack(&c, row, n);
		CHECK_BYTES(result.data, result.size, expected.data, expected.size);
		*lots = result.progress.lots;
		*spilled = result.spilled;
		forget(&result);
	}
	check_sets(&c, row, n, &expected);
	forget(&expected);
}

TEST(order_and_memory_change_nothing)
{
	Row		   *row = malloc(MOST_ROWS * sizeof(Row));
	uint64_t	seed = 2;

	if (row == NULL)
		abort();
	for (int kind = 0; kind < JN_KEY_KINDS; kind++)
		for (int i = 0; i < 4; i++)
		{
			Case		c = {(JnKeyKind) kind, i % 2 ? ALL_COLUMNS : 0, i / 2 * UINT64_C(3600000000), 0, 2000};
			uint64_t	lots;
			size_t		spilled;

			random_rows(&c, &seed, row, 9000, 150, 20000);
			check_same(c, row, 9000, 200000, &lots, &spilled);
			CHECK(lots > 5 && spilled > 9000);
		}
	free(row);
}

TEST(a_subject_larger_than_memory_gives_the_same_sets)
{
	Row		   *row = malloc(MOST_ROWS * sizeof(Row));
	uint64_t	seed = 3;

	if (row == NULL)
		abort();
	for (int i = 0; i < 8; i++)
	{
		Case		c = {JN_KEY_TEXT, i % 2 ? ALL_COLUMNS : 0, i / 4 * UINT64_C(36000000000), 0, i % 4 > 1 ? 600 : 3000};
		uint64_t	lots;
		size_t		spilled;

		/* few times: many ties, which stay together */
		random_rows(&c, &seed, row, 12000, 2, i == 3 ? 40 : 20000);
		check_same(c, row, 12000, 150000, &lots, &spilled);
		CHECK(lots > 20 && spilled > 12000);
	}
	free(row);
}

TEST(rows_of_one_time_stay_together_whatever_it_takes)
{
	Case		c = {JN_KEY_BIGINT, 0, 0, 0, 500};
	Row		   *row = malloc(MOST_ROWS * sizeof(Row));
	uint64_t	seed = 4;
	uint64_t	lots;
	size_t		spilled;

	if (row == NULL)
		abort();
	random_rows(&c, &seed, row, 5000, 1, 3);
	check_same(c, row, 5000, 100000, &lots, &spilled);
	free(row);
}

TEST(buckets_keep_their_subjects_in_order)
{
	Case		c = {JN_KEY_BIGINT, 0, 0, PLENTY, JN_SET_PAGE_SIZE};
	size_t		n = JN_BUCKET_ROWS + 10000;
	Row		   *row = malloc(n * sizeof(Row));
	uint64_t	seed = 5;
	Result		expected;
	Result		result;

	if (row == NULL)
		abort();
	random_rows(&c, &seed, row, n, 300, 2000000);
	expected = pack(&c, row, n);
	check_sets(&c, row, n, &expected);
	shuffle_rows(&seed, row, n);
	c.memory = 1 << 20;
	result = pack(&c, row, n);
	CHECK_BYTES(result.data, result.size, expected.data, expected.size);
	forget(&expected);
	forget(&result);
	free(row);
}

TEST(chunks_are_counted_from_2000)
{
	Case		c = {JN_KEY_BIGINT, 0, 10, PLENTY, JN_SET_PAGE_SIZE};
	static const int64_t time[] = {-11, -10, -1, 0, 9, 10, 25};
	Row			row[7];
	Result		result;

	for (int i = 0; i < 7; i++)
		row[i] = (Row) {.number = 1,.time = time[i],.event = "a",.value = JN_NO_VALUE,.seq = JN_NO_SEQ};
	result = pack(&c, row, 7);
	CHECK_INT(result.sets, 5);	/* -20, -10, 0, 10, 20 */
	check_sets(&c, row, 7, &result);
	forget(&result);

	/* all of time in one chunk, and in as many as there can be */
	row[0].time = JN_TIME_MIN;
	row[1].time = JN_TIME_END - 1;
	c.chunk = INT64_MAX;
	result = pack(&c, row, 2);
	CHECK_INT(result.sets, 2);
	check_sets(&c, row, 2, &result);
	forget(&result);
	c.chunk = 1;
	result = pack(&c, row, 7);
	CHECK_INT(result.sets, 7);
	check_sets(&c, row, 7, &result);
	forget(&result);
}

TEST(bad_rows_are_refused)
{
	Spills		spills;
	JnPackOptions options = {JN_KEY_TEXT, 0, 0, 1 << 20, JN_SET_PAGE_SIZE, 0};
	JnRow		row = {.seq = JN_NO_SEQ,.value = JN_NO_VALUE};
	char		text[JN_MAX_NAME + 1];
	JnError		err;
	JnPack	   *p;
	uint32_t	code;

	memset(text, 'x', sizeof(text));
	spills_init(&spills);
	p = jn_pack_new(ENV, &spills.spill, &options);
	row.key = (JnKey) {JN_KEY_TEXT, sizeof(text), 0, text};
	CHECK_INT(jn_pack_add(ENV, p, &row, &err), JN_SUBJECT_LONG);
	row.key.size = JN_MAX_NAME;
	row.time = JN_TIME_END;
	CHECK_INT(jn_pack_add(ENV, p, &row, &err), JN_TIME_RANGE);
	row.time = JN_TIME_MIN - 1;
	CHECK_INT(jn_pack_add(ENV, p, &row, &err), JN_TIME_RANGE);
	CHECK_INT(jn_pack_code(ENV, p, JN_SET_EVENT, (JnName) {text, sizeof(text)}, &code, &err), JN_NAME_LONG);
	CHECK_INT(jn_pack_code(ENV, p, JN_CHANNEL, (JnName) {"\xff", 1}, &code, &err), JN_NAME_UTF8);
	CHECK_INT(jn_pack_code(ENV, p, JN_SENSES, (JnName) {"b\0a", 3}, &code, &err), JN_ARGUMENT);

	/* names take a quarter of the memory at most */
	for (uint32_t i = 0;; i++)
	{
		uint32_t	size = (uint32_t) snprintf(text, sizeof(text), "page number %u of very many", i);
		JnStatus	status = jn_pack_code(ENV, p, JN_SET_EVENT, (JnName) {text, size}, &code, &err);

		if (status != JN_OK)
		{
			CHECK_INT(status, JN_TOO_MANY_NAMES);
			CHECK(err.found > err.limit && err.limit == (1 << 20) / 4);
			CHECK(i > 1000);
			break;
		}
		if (!CHECK(i < 20000))
			break;
	}
	jn_pack_free(ENV, p);
	spills_end(&spills);
}

static void
pack_some(const JnEnv *env, void *arg)
{
	Spills	   *spills = arg;
	JnPackOptions options = {JN_KEY_UUID, ALL_COLUMNS, 3600000000, 150000, 1000, 0};
	Case		c = {JN_KEY_UUID, ALL_COLUMNS, 0, 0, 0};
	uint64_t	seed = 6;
	JnError		err;
	JnPack	   *p;
	size_t		size;

	spills_end(spills);
	spills_init(spills);
	p = jn_pack_new(env, &spills->spill, &options);
	for (int i = 0; i < 4000; i++)
	{
		Row			row;
		char		text[40];
		JnRow		r;

		random_rows(&c, &seed, &row, 1, i % 2 ? 20 : 1, 100000);
		r = (JnRow) {.time = row.time,.seq = row.seq,.value = row.value};
		r.key = key_of(JN_KEY_UUID, row.number, text);
		for (unsigned track = 0; track < JN_TRACKS; track++)
			r.label[track] = JN_NO_LABEL;
		CHECK_INT(jn_pack_code(env, p, JN_SET_EVENT, name_of(row.event), &r.event, &err), JN_OK);
		CHECK_INT(jn_pack_add(env, p, &r, &err), JN_OK);
	}
	CHECK_INT(jn_pack_finish(env, p, &err), JN_OK);
	while (jn_pack_next(env, p, &size, &err) == JN_OK && size > 0)
	{
		uint8_t    *out = jn_alloc(env, size);

		jn_pack_write(env, p, out);
		jn_release(env, out);
	}
	jn_pack_free(env, p);
}

TEST(it_may_be_left_anywhere)
{
	Spills		spills;

	spills_init(&spills);
	CHECK(unit_leave_everywhere(pack_some, &spills, 150) > 100);
	spills_end(&spills);
}

/* Ten times the rows, in memory or beyond, take some ten times the ticks, which come with the work. */
TEST(cost_is_nearly_linear)
{
	static const size_t memory[] = {1 << 20, 256 << 20};
	size_t		most = 20 * JN_TICK_EVERY;
	Row		   *row = malloc(most * sizeof(Row));
	uint64_t	seed = 13;

	if (row == NULL)
		abort();
	for (int m = 0; m < 2; m++)
	{
		Case		c = {JN_KEY_BIGINT, 0, 0, memory[m], 7500};
		size_t		ticks[2];

		for (int size = 0; size < 2; size++)
		{
			size_t		n = size == 0 ? most / 10 : most;
			size_t		before = unit_env.ticks;
			Result		result;

			for (size_t i = 0; i < n; i++)
			{
				row[i] = (Row)
				{
					.number = unit_below(&seed, (uint32_t) (n / 40)),.time = (int64_t) i * 1000,
						.event = names[unit_below(&seed, 5)],.value = JN_NO_VALUE,.seq = JN_NO_SEQ
				};
			}
			result = pack(&c, row, n);
			CHECK_INT(result.progress.rows_packed, n);
			ticks[size] = unit_env.ticks - before;
			forget(&result);
		}
		CHECK(ticks[0] >= 10 && ticks[1] <= 14 * ticks[0]);
	}
	free(row);
}
