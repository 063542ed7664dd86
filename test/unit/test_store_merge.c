/*
 * test_store_merge.c
 *	  Batches of changes, and folding them into sets: after any history the sets
 *	  hold what a list of rows holds, with ghosts and marks where they belong.
 */
#include "store_merge.h"

#include "unit.h"

#define MAX_ROWS	600
#define MAX_SETS	400
#define SUBJECTS	12

/* A row of the table: small numbers for everything. */
typedef struct ModelRow
{
	int			key;
	int64_t		time;
	int			event;
	int			channel;		/* -1: none */
	uint64_t	value;
} ModelRow;

static ModelRow row[MAX_ROWS];
static int	rows;
static uint8_t *bytes[MAX_SETS];
static size_t sizes[MAX_SETS];
static bool dropped[MAX_SETS];
static uint32_t sets;

static int
compare(const void *x, const void *y)
{
	const ModelRow *a = x;
	const ModelRow *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->event != b->event)
		return a->event < b->event ? -1 : 1;
	if (a->channel != b->channel)
		return (unsigned) a->channel < (unsigned) b->channel ? -1 : 1;
	return (a->value > b->value) - (a->value < b->value);
}

static JnChange
change_of(const ModelRow *r, bool gone)
{
	static const char *const event[] = {"", "a", "buy", "view", "view again"};
	static const char *const channel[] = {"app", "web"};
	JnChange	change = {.key = {.kind = JN_KEY_BIGINT,.number = r->key},.gone = gone,.time = r->time,.value = r->value};

	change.event = (JnName) {event[r->event], (uint32_t) strlen(event[r->event])};
	if (r->channel >= 0)
		change.label[JN_CHANNEL] = (JnName) {channel[r->channel], 3};
	return change;
}

static void
drop(void *context, uint32_t set)
{
	(void) context;
	dropped[set] = true;
}

static void
keep(void *context, JnSetBuild *b)
{
	(void) context;
	CHECK(sets < MAX_SETS);
	sizes[sets] = jn_set_build_finish(ENV, b);
	bytes[sets] = jn_alloc(ENV, sizes[sets]);
	jn_set_build_write(ENV, b, bytes[sets]);
	dropped[sets++] = false;
}

static uint8_t *
room(void *context, size_t size)
{
	(void) context;
	CHECK(sets < MAX_SETS);
	sizes[sets] = size;
	bytes[sets] = jn_alloc(ENV, size);
	dropped[sets] = false;
	return bytes[sets++];
}

/*
 * Folds a batch into the sets; limit 0: as for a reader.  With "from" the changes from there on are inserted, where
 * those before were.  *inserted: all of it was that simple.
 */
static JnStatus
merge_from(const uint8_t *changes, size_t size, size_t from, uint64_t chunk, size_t limit, bool *inserted)
{
	static JnSet set[MAX_SETS];
	const JnSet *operand[MAX_SETS];
	JnStoreSink sink = {drop, keep, room, NULL};
	uint32_t	n = sets;
	JnError		err;
	JnStatus	status;

	memset(dropped, 0, sizeof(dropped));
	for (uint32_t i = 0; i < n; i++)
	{
		/* any order will do */
		CHECK_INT(jn_set_open(bytes[i], sizes[i], &set[i], &err), JN_OK);
		operand[i] = &set[i];
	}
	if (from > 0)
		status = jn_store_insert(ENV, operand, n, changes, size, from, chunk, &sink, inserted, &err);
	else
		status = jn_store_merge(ENV, operand, n, changes, size, chunk, limit, &sink, inserted, &err);
	n = 0;
	for (uint32_t i = 0; i < sets; i++)
		if (!dropped[i])
		{
			bytes[n] = bytes[i];
			sizes[n] = sizes[i];
			dropped[n++] = false;
		}
	sets = n;
	return status;
}

static JnStatus
merge(const JnBatch *batch, uint64_t chunk, size_t limit)
{
	bool		inserted;

	return merge_from(batch->bytes, batch->size, 0, chunk, limit, &inserted);
}

/* A part as it was found. */
typedef struct Found
{
	int			key;
	int64_t		start;
	bool		ghost;
	bool		more;
	int			first;			/* of its rows in found_row[], the ghost first */
	int			n;
} Found;

static int
compare_found(const void *x, const void *y)
{
	const Found *a = x;
	const Found *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

/* Compares what stands in a set with a row. */
static void
check_step(const JnStep *step, const ModelRow *r)
{
	JnChange	expected = change_of(r, false);

	CHECK_INT(step->time, r->time);
	CHECK(jn_name_compare(step->event, expected.event) == 0);
	CHECK_INT(step->tracks >> JN_CHANNEL & 1, r->channel >= 0);
	if (r->channel >= 0)
		CHECK(jn_name_compare(step->label[JN_CHANNEL], expected.label[JN_CHANNEL]) == 0);
	CHECK_INT(step->tracks >> JN_VALUE & 1, r->value != JN_NO_VALUE);
	if (r->value != JN_NO_VALUE)
		CHECK(jn_value_key(step->value) == r->value);
}

static void
check_sets(uint64_t chunk)
{
	static Found found[MAX_SETS * SUBJECTS];
	static JnStep step[2 * MAX_ROWS];
	int			parts = 0;
	int			steps = 0;
	int			at = 0;

	for (uint32_t i = 0; i < sets; i++)
	{
		JnSet	   *s = jn_alloc(ENV, sizeof(JnSet));
		JnSetNames *names = jn_alloc(ENV, sizeof(JnSetNames));
		JnSetParts	p;
		JnSetSteps	w;
		JnPart		part;
		JnError		err;

		CHECK_INT(jn_set_validate(ENV, bytes[i], sizes[i], s, &err), JN_OK);
		jn_set_names_open(ENV, names, s);
		jn_set_parts_open(&p, s);
		jn_set_steps_open(&w, s);
		CHECK_INT(jn_store_chunk(s->head.first, chunk), jn_store_chunk(s->head.last, chunk));
		while (jn_set_parts_next(ENV, &p, &part))
		{
			found[parts++] = (Found) {(int) part.key.number, part.start, part.ghost, part.more, steps, (int) part.rows};
			jn_set_steps_enter(ENV, &w, &part);
			do
				jn_set_step(ENV, &w, names, &step[steps++]);
			while (jn_set_steps_next(&w));
		}
	}
	qsort(found, parts, sizeof(Found), compare_found);
	qsort(row, rows, sizeof(ModelRow), compare);
	for (int i = 0; i < parts; i++)
	{
		const Found *f = &found[i];
		bool		begins = i == 0 || found[i - 1].key != f->key;
		bool		ends = i + 1 == parts || found[i + 1].key != f->key;

		CHECK_INT(f->ghost, !begins);
		CHECK_INT(f->more, !ends);
		if (f->ghost)
			check_step(&step[f->first], &row[at - 1]);
		for (int k = f->ghost; k < f->n && at < rows; k++)
		{
			CHECK_INT(f->key, row[at].key);
			check_step(&step[f->first + k], &row[at++]);
		}
	}
	CHECK_INT(at, rows);
}

/* Whether the sets are others, in any order. */
static bool
same_sets(uint8_t *const *other, const size_t *other_size, uint32_t others)
{
	uint32_t	same = 0;

	for (uint32_t i = 0; i < sets; i++)
		for (uint32_t k = 0; k < others; k++)
			same += sizes[i] == other_size[k] && memcmp(bytes[i], other[k], sizes[i]) == 0;
	return same == sets && sets == others;
}

/*
 * Merges a batch for a reader in two steps, where that can be done by inserting: the result is that of one step.
 * Counts how often it could.
 */
static void
check_insert(const JnBatch *batch, size_t middle, uint64_t chunk, int *counted)
{
	static uint8_t *before[MAX_SETS];
	static size_t before_size[MAX_SETS];
	static uint8_t *whole[MAX_SETS];
	static size_t whole_size[MAX_SETS];
	uint32_t	n = sets;
	uint32_t	whole_sets;
	bool		at_once;
	bool		inserted;

	memcpy(before, bytes, sizeof(before));
	memcpy(before_size, sizes, sizeof(before_size));
	CHECK_INT(merge_from(batch->bytes, batch->size, 0, chunk, 0, &at_once), JN_OK);
	whole_sets = sets;
	memcpy(whole, bytes, sizeof(whole));
	memcpy(whole_size, sizes, sizeof(whole_size));
	sets = n;
	memcpy(bytes, before, sizeof(before));
	memcpy(sizes, before_size, sizeof(before_size));
	if (merge_from(batch->bytes, middle, 0, chunk, 0, &inserted) == JN_OK && inserted && middle < batch->size)
	{
		uint32_t	first = sets;

		CHECK_INT(merge_from(batch->bytes, batch->size, middle, chunk, 0, &inserted), JN_OK);
		CHECK_INT(inserted, at_once);
		if (inserted)
		{
			CHECK(same_sets(whole, whole_size, whole_sets));
			*counted += 1;
		}
		else
			CHECK_INT(sets, first);
	}
	sets = n;
	memcpy(bytes, before, sizeof(before));
	memcpy(sizes, before_size, sizeof(before_size));
}

static void
random_history(uint64_t seed, uint64_t chunk, size_t limit, int *counted)
{
	static uint8_t *kept[MAX_SETS];
	static size_t kept_sizes[MAX_SETS];
	uint32_t	before;
	JnBatch		batch;
	JnError		err;

	rows = 0;
	sets = 0;
	jn_batch_open(&batch, JN_KEY_BIGINT, 1u << JN_CHANNEL | 1u << JN_VALUE);
	for (int round = 0; round < 60; round++)
	{
		int			n = 1 + (int) unit_below(&seed, 30);
		bool		shrink = unit_below(&seed, 4) == 0;
		bool		grow = !shrink && unit_below(&seed, 3) > 0; /* by new rows alone */
		int			half = n / 2;
		size_t		middle = 0;

		jn_batch_reset(&batch);
		while (n-- > 0)
		{
			JnChange	change;

			if (rows > 0 && ((!grow && unit_below(&seed, 10) < (shrink ? 8 : 3)) || rows == MAX_ROWS))
			{
				int			i = (int) unit_below(&seed, (uint32_t) rows);

				change = change_of(&row[i], true);
				row[i] = row[--rows];
			}
			else
			{
				ModelRow   *r = &row[rows++];

				*r = (ModelRow)
				{
					(int) (unit_below(&seed, 3) == 0 ? 5 : unit_below(&seed, SUBJECTS)),
						(int64_t) unit_below(&seed, 40) * 25 - 300, (int) unit_below(&seed, 5), (int) unit_below(&seed, 3) - 1,
						unit_below(&seed, 2) ? JN_NO_VALUE : jn_value_key(unit_below(&seed, 3))
				};
				change = change_of(r, false);
			}
			CHECK_INT(jn_batch_add(ENV, &batch, &change, &err), JN_OK);
			if (n == half)
				middle = batch.size;
		}
		if (middle > 0)
			check_insert(&batch, middle, chunk, counted);

		/* what a reader sees, and then the store itself */
		before = sets;
		memcpy(kept, bytes, sizeof(kept));
		memcpy(kept_sizes, sizes, sizeof(kept_sizes));
		CHECK_INT(merge(&batch, chunk, 0), JN_OK);
		check_sets(chunk);
		sets = before;
		memcpy(bytes, kept, sizeof(kept));
		memcpy(sizes, kept_sizes, sizeof(kept_sizes));
		CHECK_INT(merge(&batch, chunk, limit), JN_OK);
		check_sets(chunk);
	}
}

TEST(any_history_is_what_its_rows_are)
{
	int			inserted = 0;

	for (uint64_t seed = 1; seed <= 12; seed++)
	{
		random_history(seed, 0, JN_SET_PAGE_SIZE, &inserted);
		random_history(seed, 0, 300, &inserted);
		random_history(seed, 250, JN_SET_PAGE_SIZE, &inserted);
		random_history(seed, 250, 250, &inserted);
		random_history(seed, 1, 400, &inserted);
	}
	CHECK(inserted > 100);
}

TEST(rows_that_were_never_there_are_missed)
{
	ModelRow	r = {1, 100, 2, -1, JN_NO_VALUE};
	JnChange	change = change_of(&r, false);
	JnBatch		batch;
	JnError		err;

	rows = 0;
	sets = 0;
	jn_batch_open(&batch, JN_KEY_BIGINT, 0);
	CHECK_INT(jn_batch_add(ENV, &batch, &change, &err), JN_OK);
	CHECK_INT(merge(&batch, 0, JN_SET_PAGE_SIZE), JN_OK);
	CHECK_INT(sets, 1);
	jn_batch_reset(&batch);
	change.gone = true;
	change.time++;
	CHECK_INT(jn_batch_add(ENV, &batch, &change, &err), JN_OK);
	CHECK_INT(merge(&batch, 0, JN_SET_PAGE_SIZE), JN_STORE_MISSING);
}

/* Cut off anywhere, or with any byte changed, a batch is read or refused, and never left. */
TEST(damaged_batches_are_bounded)
{
	uint64_t	seed = 7;
	JnBatch		batch;
	JnError		err;

	jn_batch_open(&batch, JN_KEY_TEXT, 1u << JN_CHANNEL | 1u << JN_VALUE);
	for (int i = 0; i < 20; i++)
	{
		ModelRow	r = {0, i * 1000, i % 5, i % 3 - 1, i % 2 ? JN_NO_VALUE : jn_value_key(i)};
		JnChange	change = change_of(&r, i % 4 == 0);

		change.key = (JnKey) {JN_KEY_TEXT, (uint32_t) (i % 7), 0, "subject"};
		CHECK_INT(jn_batch_add(ENV, &batch, &change, &err), JN_OK);
	}
	for (int round = 0; round < 20000; round++)
	{
		size_t		size = unit_below(&seed, 2) ? batch.size : unit_below(&seed, (uint32_t) batch.size + 1);
		uint8_t    *copy = jn_alloc(ENV, size + 1);
		JnBatchReader r;
		bool		found = true;

		memcpy(copy, batch.bytes, size);
		for (uint32_t n = unit_below(&seed, 3); n > 0 && size > 0; n--)
			copy[unit_below(&seed, (uint32_t) size)] = (uint8_t) unit_below(&seed, 256);
		if (jn_batch_read(&r, copy, size, &err) == JN_OK)
		{
			while (found && jn_batch_next(ENV, &r, &found, &err) == JN_OK)
				continue;
			jn_batch_done(ENV, &r);
		}
		jn_release(ENV, copy);
	}
}
