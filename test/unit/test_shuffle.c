/*
 * test_shuffle.c
 *	  Rows through lanes, levels and streams, against one big sort.
 */
#include "spill.h"

/* A row in memory of its own: what the oracle sorts. */
typedef struct Copy
{
	JnRow		row;
	char		key[48];
} Copy;

/* What a test shuffles. */
typedef struct Case
{
	JnKeyKind	kind;
	unsigned	columns;
	uint32_t	rows;
	uint32_t	subjects;
	uint32_t	heavy;			/* of 256 rows, so many are of one subject */
	uint64_t	chunks;
	uint32_t	times;			/* so many different ones */
	bool		one_hash;		/* all texts have the same hash */
	size_t		memory;
	size_t		lot_memory;
	uint64_t	seed;
} Case;

#define ROW_MEMORY	40

/*
 * The i-th text of 16 bytes whose hash is that of the others: the second word
 * undoes what the first one did.  Only some are UTF-8, which nobody asks here.
 */
static void
colliding_text(uint32_t i, char *text)
{
	uint64_t	start = jn_mix64(UINT64_C(0x9e3779b97f4a7c15) ^ i);
	uint64_t	second = start ^ UINT64_C(0x1234567890abcdef);

	jn_store64((uint8_t *) text, i);
	jn_store64((uint8_t *) text + 8, second);
}

static void
fill_key(const Case *c, uint32_t i, Copy *copy)
{
	JnKey	   *key = &copy->row.key;

	*key = (JnKey) {.kind = c->kind,.data = copy->key};
	switch (c->kind)
	{
		case JN_KEY_BIGINT:
			key->data = NULL;
			key->number = (int64_t) (i % 3 == 0 ? i : i % 3 == 1 ? 0 - (uint64_t) i : jn_mix64(i));
			break;
		case JN_KEY_TEXT:
			if (c->one_hash)
			{
				colliding_text(i, copy->key);
				key->size = 16;
			}
			else
				key->size = (uint32_t) snprintf(copy->key, sizeof(copy->key), "%s%u", i % 2 ? "u" : "somebody@example.com/",
												i);
			break;
		case JN_KEY_UUID:
			jn_store64((uint8_t *) copy->key, jn_mix64(i));
			jn_store64((uint8_t *) copy->key + 8, i);
			key->size = JN_UUID_SIZE;
			break;
	}
}

static void
random_row(const Case *c, uint64_t *seed, Copy *copy)
{
	JnRow	   *row = &copy->row;
	uint32_t	subject = unit_below(seed, 256) < c->heavy ? 0 : unit_below(seed, c->subjects);

	*row = (JnRow) {.seq = JN_NO_SEQ,.value = JN_NO_VALUE};
	fill_key(c, subject, copy);
	row->time = (int64_t) (INT64_C(800000000000000) + unit_below(seed, c->times) * INT64_C(1000001));
	if (unit_below(seed, 1000) == 0 && c->times > 1)
		row->time = unit_below(seed, 2) ? JN_TIME_MIN : JN_TIME_END - 1;
	row->event = unit_below(seed, 20) == 0 ? (uint32_t) unit_random(seed) : unit_below(seed, 25);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		row->label[track] = c->columns & 1u << track && track != JN_VALUE && unit_below(seed, 3) ? unit_below(seed, 9)
			: JN_NO_LABEL;
	if (c->columns & 1u << JN_VALUE && unit_below(seed, 3))
		row->value = unit_random(seed) >> 1;
	if (c->columns & JN_ROW_SEQ && unit_below(seed, 3))
		row->seq = unit_below(seed, 5);
	if (c->columns & JN_ROW_CHUNK)
	{
		row->chunk = unit_below(seed, 2) ? unit_random(seed) % c->chunks : unit_random(seed) % c->chunks % 7;
		row->ghost = unit_below(seed, 9) == 0;
		row->more = unit_below(seed, 9) == 0;
	}
}

/* How many rows each chunk has, and a row of each. */
static const uint64_t *chunk_rows;
static const Copy *chunk_copies;
static uint64_t chunk_count;

static uint32_t
bits_of_chunk(uint64_t chunk)
{
	for (uint64_t i = 0; i < chunk_count; i++)
		if (chunk_copies[i].row.chunk == chunk)
			return jn_bucket_bits(chunk_rows[i], 0);
	abort();
}

#define DIFFER(x, y)	do { if ((x) != (y)) return (x) < (y) ? -1 : 1; } while (0)

/* Compares by what rows are arranged by, and then by everything else: equal arrays are equal rows. */
static int
compare_rows(const JnRow *a, const JnRow *b, uint32_t bits)
{
	int			order;

	DIFFER(a->chunk, b->chunk);
	DIFFER(jn_bucket(jn_key_hash(&a->key), bits), jn_bucket(jn_key_hash(&b->key), bits));
	order = jn_key_compare(&a->key, &b->key);
	if (order != 0)
		return order;
	DIFFER(a->time, b->time);
	DIFFER(a->seq, b->seq);
	DIFFER(a->event, b->event);
	for (unsigned track = 0; track < JN_TRACKS; track++)
		DIFFER(a->label[track], b->label[track]);
	DIFFER(a->value, b->value);
	DIFFER(a->ghost, b->ghost);
	DIFFER(a->more, b->more);
	return 0;
}

static uint32_t comparing_bits;

static int
compare_copies(const void *a, const void *b)
{
	const JnRow *x = &((const Copy *) a)->row;
	const JnRow *y = &((const Copy *) b)->row;
	uint32_t	bits = comparing_bits;

	DIFFER(x->chunk, y->chunk);
	if (bits == JN_LOT_COUNTS)
		bits = bits_of_chunk(x->chunk);
	return compare_rows(x, y, bits);
}

/* Sorts copies; texts move with them. */
static void
sort_copies(const Case *c, Copy *copy, size_t n, uint32_t bits)
{
	comparing_bits = bits;
	qsort(copy, n, sizeof(Copy), compare_copies);
	for (size_t i = 0; i < n; i++)
		if (c->kind != JN_KEY_BIGINT)
			copy[i].row.key.data = copy[i].key;
}

/* How many rows each chunk has; chunk_copies[i] is a row of it. */
static void
count_chunks(Copy *copy, size_t n, Copy *first, uint64_t *rows)
{
	chunk_count = 0;
	for (size_t i = 0; i < n; i++)
	{
		uint64_t	k = 0;

		while (k < chunk_count && first[k].row.chunk != copy[i].row.chunk)
			k++;
		if (k == chunk_count)
		{
			first[k] = copy[i];
			rows[k] = 0;
			chunk_count++;
		}
		rows[k]++;
	}
	chunk_copies = first;
	chunk_rows = rows;
}

typedef struct Found
{
	size_t		lots;
	size_t		slices;
	size_t		spilled;		/* bytes */
	size_t		memory;			/* most bytes in use */
} Found;

/* Shuffles c->rows rows and compares with the oracle. */
static Found
check_shuffle(const Case *c)
{
	uint64_t	seed = c->seed;
	Copy	   *expected = malloc(c->rows * sizeof(Copy));
	Copy	   *got = malloc(c->rows * sizeof(Copy));
	Copy	   *first = malloc(c->rows * sizeof(Copy));
	uint64_t   *rows = malloc(c->rows * sizeof(uint64_t));
	JnShuffleOptions options = {
		.kind = c->kind,.columns = c->columns,.chunks = c->chunks,
		.memory = c->memory,.lot_memory = c->lot_memory,.row_memory = ROW_MEMORY
	};
	JnShuffle  *s;
	Spills		spills;
	JnLot		lot;
	size_t		n = 0;
	bool		more = false;
	Found		found = {0};

	if (expected == NULL || got == NULL || first == NULL || rows == NULL)
		abort();
	spills_init(&spills);
	unit_env.most_bytes = unit_env.bytes;
	s = jn_shuffle_new(ENV, &spills.spill, &options);
	for (uint32_t i = 0; i < c->rows; i++)
	{
		random_row(c, &seed, &expected[i]);
		jn_shuffle_add(ENV, s, &expected[i].row);
	}
	jn_shuffle_finish(ENV, s);
	count_chunks(expected, c->rows, first, rows);

	while (jn_shuffle_next(ENV, s, &lot))
	{
		JnRow		row = {.seq = JN_NO_SEQ,.value = JN_NO_VALUE,.key.kind = c->kind};
		size_t		begin = n;
		uint64_t	bytes = 0;

		for (unsigned track = 0; track < JN_TRACKS; track++)
			row.label[track] = JN_NO_LABEL;
		row.key.size = c->kind == JN_KEY_UUID ? JN_UUID_SIZE : 0;
		if (!CHECK(lot.rows >= 1 && n + lot.rows <= c->rows))
			break;
		for (uint64_t i = 0; i < lot.rows; i++)
		{
			jn_shuffle_read(ENV, s, &row);
			got[n].row = row;
			if (c->kind != JN_KEY_BIGINT)
				memcpy(got[n].key, row.key.data, row.key.size);
			got[n].row.key.data = c->kind == JN_KEY_BIGINT ? NULL : got[n].key;
			bytes += row.key.size;
			n++;
		}
		CHECK_INT(lot.bytes, bytes);
		if (lot.bits != JN_LOT_COUNTS)
			CHECK_INT(lot.bits, c->columns & JN_ROW_CHUNK ? bits_of_chunk(row.chunk) : jn_bucket_bits(c->rows, 0));
		CHECK(lot.rows * ROW_MEMORY + lot.bytes <= c->lot_memory || lot.slice || c->times == 1);
		sort_copies(c, got + begin, n - begin, lot.bits);

		/* slices: one subject, later than the slice before */
		if (lot.slice)
		{
			CHECK(jn_key_compare(&got[begin].row.key, &got[n - 1].row.key) == 0);
			found.slices++;
		}
		if (more)
		{
			CHECK(lot.slice && jn_key_compare(&got[begin - 1].row.key, &got[begin].row.key) == 0);
			CHECK(got[begin - 1].row.time < got[begin].row.time);
		}
		CHECK(!lot.more || lot.slice);
		more = lot.more;
		found.lots++;
	}
	CHECK(!more);
	CHECK(!jn_shuffle_next(ENV, s, &lot));
	CHECK_INT(n, c->rows);
	jn_shuffle_free(ENV, s);
	CHECK_INT(spills.open, 0);

	sort_copies(c, expected, c->rows, c->columns & JN_ROW_CHUNK ? JN_LOT_COUNTS : jn_bucket_bits(c->rows, 0));
	for (size_t i = 0; i < n; i++)
		if (!CHECK(got[i].row.chunk == expected[i].row.chunk && compare_rows(&got[i].row, &expected[i].row, 0) == 0))
			break;

	found.spilled = spills.bytes;
	found.memory = unit_env.most_bytes + spills.most_open * SPILL_MEMORY;
	spills_end(&spills);
	free(expected);
	free(got);
	free(first);
	free(rows);
	return found;
}

#define ALL_COLUMNS	(((1u << JN_TRACKS) - 1) | JN_ROW_SEQ)

TEST(rows_come_back_in_order)
{
	for (int kind = 0; kind < JN_KEY_KINDS; kind++)
		for (uint32_t rows = 0; rows < 2000; rows = rows * 3 + 1)
			for (int columns = 0; columns < 2; columns++)
			{
				Case		c = {
					.kind = (JnKeyKind) kind,.columns = columns ? ALL_COLUMNS : 0,.rows = rows,.subjects = 50,
					.times = 100,.memory = 1 << 24,.lot_memory = 1 << 22,.seed = rows
				};
				Found		found = check_shuffle(&c);

				/* what is small is one lot and never written */
				CHECK_INT(found.lots, rows > 0);
				CHECK_INT(found.spilled, 0);
			}
}

TEST(no_memory_means_streams_and_more_lots)
{
	for (int kind = 0; kind < JN_KEY_KINDS; kind++)
		for (int columns = 0; columns < 2; columns++)
		{
			Case		c = {
				.kind = (JnKeyKind) kind,.columns = columns ? ALL_COLUMNS : 0,.rows = 60000,.subjects = 3000,
				.times = 5000,.memory = 300000,.lot_memory = 20000,.seed = 7
			};
			Found		found = check_shuffle(&c);

			CHECK(found.lots > 100);
			CHECK_INT(found.slices, 0);
			CHECK(found.spilled > 60000);

			/* levels of 16 lanes, and a block and a stream for each */
			CHECK(found.memory < c.memory + 3 * 16 * (8192 + SPILL_MEMORY));
		}
}

TEST(a_subject_with_very_many_rows_comes_in_slices)
{
	for (int kind = 0; kind < JN_KEY_KINDS; kind++)
	{
		Case		c = {
			.kind = (JnKeyKind) kind,.rows = 30000,.subjects = 500,.heavy = 200,
			.times = 40000,.memory = 200000,.lot_memory = 20000,.seed = 3
		};
		Found		found = check_shuffle(&c);

		CHECK(found.slices > 30000 * 200 / 256 * ROW_MEMORY / 20000);
	}
}

TEST(rows_of_one_time_cannot_be_divided)
{
	Case		c = {
		.kind = JN_KEY_BIGINT,.rows = 5000,.subjects = 1,.times = 1,.memory = 100000,.lot_memory = 10000,.seed = 5
	};
	Found		found = check_shuffle(&c);

	CHECK_INT(found.lots, 1);
}

TEST(keys_of_one_hash_are_divided_nevertheless)
{
	Case		c = {
		.kind = JN_KEY_TEXT,.one_hash = true,.rows = 20000,.subjects = 700,.times = 1000,.memory = 300000,
		.lot_memory = 20000,.seed = 11
	};
	Copy		a;
	Copy		b;
	Found		found;

	fill_key(&c, 1, &a);
	fill_key(&c, 2, &b);
	CHECK(jn_key_hash(&a.row.key) == jn_key_hash(&b.row.key));
	found = check_shuffle(&c);
	CHECK(found.lots > 40);
}

TEST(many_rows_make_buckets)
{
	static const size_t memory[] = {1 << 20, 1 << 26};

	for (int i = 0; i < 2; i++)
	{
		Case		c = {
			.kind = JN_KEY_BIGINT,.rows = JN_BUCKET_ROWS + 20000,.subjects = 20000,.times = 100000,
			.memory = memory[i],.lot_memory = memory[i] / 4,.seed = 13
		};
		Found		found = check_shuffle(&c);

		CHECK(found.memory < memory[i] + 700000);
		CHECK((found.spilled == 0) == (i == 1));
	}
}

TEST(chunks_come_first)
{
	static const uint64_t chunks[] = {1, 2, 30, 1000, UINT64_MAX};
	static const size_t lot_memory[] = {1 << 15, 1 << 19, 1 << 24};

	for (int i = 0; i < 5; i++)
		for (int k = 0; k < 3; k++)
		{
			Case		c = {
				.kind = k == 1 ? JN_KEY_TEXT : JN_KEY_BIGINT,.columns = JN_ROW_CHUNK | (k == 2 ? ALL_COLUMNS : 0),
				.rows = chunks[i] > 100 ? 5000 : 20000,.subjects = 300,.heavy = k == 0 ? 100 : 0,
				.chunks = chunks[i],.times = 20000,.memory = 8 * lot_memory[k],.lot_memory = lot_memory[k],.seed = 17
			};

			check_shuffle(&c);
		}
}

TEST(a_large_chunk_has_buckets)
{
	Case		c = {
		.kind = JN_KEY_BIGINT,.columns = JN_ROW_CHUNK,.rows = JN_BUCKET_ROWS + 20000,.subjects = 5000,
		.chunks = 1,.times = 100000,.memory = 1 << 22,.lot_memory = 1 << 19,.seed = 19
	};

	check_shuffle(&c);
}

static void
shuffle_some(const JnEnv *env, void *arg)
{
	Spills	   *spills = arg;
	JnShuffleOptions options = {
		.kind = JN_KEY_TEXT,.memory = 100000,.lot_memory = 10000,.row_memory = ROW_MEMORY
	};
	Case		c = {.kind = JN_KEY_TEXT,.subjects = 100,.heavy = 128,.times = 5000};
	uint64_t	seed = 23;
	JnShuffle  *s;
	JnLot		lot;

	spills_end(spills);
	spills_init(spills);
	s = jn_shuffle_new(env, &spills->spill, &options);
	for (int i = 0; i < 10000; i++)
	{
		Copy		copy;

		random_row(&c, &seed, &copy);
		jn_shuffle_add(env, s, &copy.row);
	}
	jn_shuffle_finish(env, s);
	while (jn_shuffle_next(env, s, &lot))
		for (uint64_t i = 0; i < lot.rows; i++)
		{
			JnRow		row = {.key.kind = JN_KEY_TEXT};

			jn_shuffle_read(env, s, &row);
		}
	jn_shuffle_free(env, s);
}

TEST(it_may_be_left_anywhere)
{
	Spills		spills;

	spills_init(&spills);
	CHECK(unit_leave_everywhere(shuffle_some, &spills, 200) > 50);
	spills_end(&spills);
}

TEST(it_may_be_freed_at_any_time)
{
	for (int rows = 0; rows < 20000; rows = rows * 2 + 1)
		for (uint64_t lots = 0; lots < 40; lots += 13)
		{
			JnShuffleOptions options = {
				.kind = JN_KEY_UUID,.memory = 100000,.lot_memory = 10000,.row_memory = ROW_MEMORY
			};
			Case		c = {.kind = JN_KEY_UUID,.subjects = 100,.times = 5000};
			uint64_t	seed = 29;
			Spills		spills;
			JnShuffle  *s;
			JnLot		lot;

			spills_init(&spills);
			s = jn_shuffle_new(ENV, &spills.spill, &options);
			for (int i = 0; i < rows; i++)
			{
				Copy		copy;

				random_row(&c, &seed, &copy);
				jn_shuffle_add(ENV, s, &copy.row);
			}
			if (lots > 0)
				jn_shuffle_finish(ENV, s);
			for (uint64_t k = 1; k < lots && jn_shuffle_next(ENV, s, &lot); k++)
				for (uint64_t i = 0; i < lot.rows; i++)
				{
					JnRow		row = {.key.kind = JN_KEY_UUID,.key.size = JN_UUID_SIZE};

					jn_shuffle_read(ENV, s, &row);
				}
			jn_shuffle_free(ENV, s);
			CHECK_INT(spills.open, 0);
			CHECK_INT(unit_env.bytes, 0);
			spills_end(&spills);
		}
}
