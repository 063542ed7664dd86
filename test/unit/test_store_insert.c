/*
 * test_store_insert.c
 *	  New rows put into a set: byte for byte what the builder makes of all rows,
 *	  and refused exactly where they ask for more.
 */
#include "store_insert.h"

#include "unit.h"

#define MAX_KEYS	16
#define MAX_ROWS	700

/* A row of the model: numbers for everything. */
typedef struct ModelRow
{
	int			key;
	bool		fresh;			/* it is put in */
	int64_t		time;
	int			name[JN_SET_COLUMNS];	/* -1: none */
	uint64_t	value;
} ModelRow;

/* What a set is drawn from. */
typedef struct World
{
	JnKeyKind	kind;
	unsigned	tracks;			/* bits */
	int			names;			/* of each column */
	int64_t		grain;			/* of all times but a few, microseconds */
	bool		wide;			/* some differences are */
	bool		simple;			/* new rows have what the set has */
	bool		alone;
} World;

static ModelRow row[MAX_ROWS];
static int	rows;
static bool ghost[MAX_KEYS];
static bool more[MAX_KEYS];
static JnSetBuild *b;
static int	taken;				/* sets that took the rows, and those that refused */
static int	refused;

static const char *
name_of(unsigned column, int number)
{
	static char text[8][16];
	static unsigned next;
	char	   *data = text[next++ % 8];

	snprintf(data, 16, "%s%d", column == JN_SENSES ? "s" : "name ", number);
	return data;
}

static int
compare(const void *x, const void *y)
{
	const ModelRow *a = x;
	const ModelRow *c = y;

	if (a->key != c->key)
		return a->key < c->key ? -1 : 1;
	if (a->time != c->time)
		return a->time < c->time ? -1 : 1;
	for (unsigned i = 0; i < JN_SET_COLUMNS; i++)
	{
		/* the events first, then the tracks */
		unsigned	column = i == 0 ? JN_SET_EVENT : i - 1;
		int			order;

		if (column == JN_VALUE)
			order = (a->value > c->value) - (a->value < c->value);
		else if (a->name[column] < 0 || c->name[column] < 0)
			order = (a->name[column] < 0) - (c->name[column] < 0);
		else
			order = strcmp(name_of(column, a->name[column]), name_of(column, c->name[column]));
		if (order != 0)
			return order;
	}
	return 0;
}

static JnKey
key_of(const World *w, int number)
{
	static char text[MAX_KEYS][JN_UUID_SIZE + 1];
	char	   *data = text[number];

	if (w->kind == JN_KEY_BIGINT)
		return (JnKey) {JN_KEY_BIGINT, 0, number * 1000 - 5000, NULL};
	snprintf(data, JN_UUID_SIZE + 1, w->kind == JN_KEY_UUID ? "%c234567-%08d" : "%c-user-%d", 'a' + number / 10, number);
	return (JnKey) {w->kind, (uint32_t) (number == 0 && w->kind == JN_KEY_TEXT ? 0 : strlen(data)), 0, data};
}

static void
draw(const World *w, uint64_t *seed, ModelRow *r)
{
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		r->name[c] = c != JN_SET_EVENT && ((w->tracks >> c & 1) == 0 || unit_below(seed, 3) == 0)
			? -1 : (int) unit_below(seed, (uint32_t) w->names);
	r->value = (w->tracks >> JN_VALUE & 1) && unit_below(seed, 3) ? jn_value_key(unit_below(seed, 30) / 4.0) : JN_NO_VALUE;
}

/* The set of the model's rows; without the new ones, or with them. */
static uint8_t *
build(const World *w, bool fresh, size_t *size)
{
	uint8_t    *out;
	JnError		err;

	for (int key = 0; key < MAX_KEYS; key++)
	{
		JnKey		own = key_of(w, key);
		JnRows		r = {.ghost = ghost[key],.more = more[key]};
		int64_t    *time = jn_alloc(ENV, MAX_ROWS * sizeof(int64_t));
		uint64_t   *value = jn_alloc(ENV, MAX_ROWS * sizeof(uint64_t));
		uint32_t   *code[JN_SET_COLUMNS];
		uint32_t	n;

		for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
			code[c] = jn_alloc(ENV, MAX_ROWS * sizeof(uint32_t));
		for (int i = 0; i < rows; i++)
		{
			if (row[i].key != key || (row[i].fresh && !fresh))
				continue;
			time[r.n] = row[i].time;
			value[r.n] = row[i].value;
			for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
			{
				const char *name = name_of(c, row[i].name[c]);

				code[c][r.n] = JN_NO_LABEL;
				if (row[i].name[c] >= 0 && c != JN_VALUE)
					CHECK_INT(jn_set_build_code(ENV, b, c, (JnName) {name, (uint32_t) strlen(name)}, &code[c][r.n], &err), JN_OK);
			}
			r.n++;
		}
		r.time = time;
		r.value = value;
		r.event = code[JN_SET_EVENT];
		for (unsigned t = 0; t < JN_TRACKS; t++)
			r.label[t] = t == JN_VALUE ? NULL : code[t];
		if (r.n > 0)
		{
			CHECK_INT(jn_set_build_add(ENV, b, &own, &r, &n, &err), JN_OK);
			CHECK_INT(n, r.n);
		}
	}
	*size = jn_set_build_finish(ENV, b);
	out = jn_alloc(ENV, *size);
	jn_set_build_write(ENV, b, out);
	jn_set_build_reset(b);
	return out;
}

/* Whether old rows of a column have a name, or -1 for none. */
static bool
has_name(unsigned column, int name)
{
	for (int i = 0; i < rows; i++)
		if (!row[i].fresh && row[i].name[column] == name)
			return true;
	return false;
}

static bool
has_track(unsigned track)
{
	for (int i = 0; i < rows; i++)
		if (!row[i].fresh && (track == JN_VALUE ? row[i].value != JN_NO_VALUE : row[i].name[track] >= 0))
			return true;
	return false;
}

/* Whether the new row i can be put in, word by word from the header; all rows are in order. */
static bool
is_simple(const World *w, const JnSet *s, int i)
{
	const ModelRow *r = &row[i];
	int64_t		last = INT64_MIN;
	int64_t		ghost_time = INT64_MIN;
	bool		old = false;
	bool		behind = true;	/* all old rows */

	for (int k = 0; k < rows; k++)
		if (row[k].key == r->key && !row[k].fresh)
		{
			if (!old && ghost[r->key])
				ghost_time = row[k].time;
			old = true;
			last = row[k].time;
			behind &= compare(&row[k], r) < 0;
		}
	if (!old && !w->alone)
		return false;
	if (old && ghost[r->key] && r->time <= ghost_time)
		return false;
	if (old && more[r->key] && r->time >= last && behind)
		return false;
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (c == JN_VALUE ? r->value != JN_NO_VALUE && !has_track(JN_VALUE)
			: !has_name(c, r->name[c]) && (r->name[c] >= 0 || has_track(c)))
			return false;
	return (r->time - s->head.first) % (int64_t) jn_unit_us(s->head.flags & JN_FLAG_UNIT) == 0;
}

static void
insert_once(const World *w, uint64_t *seed)
{
	JnStoreInsert *insert = jn_alloc(ENV, sizeof(JnStoreInsert));
	JnStoreChanges changes;
	JnInsertPlan plan;
	JnBatch		batch;
	bool		simple = true;
	bool		planned;
	int			old;
	int			n = 1 + (int) unit_below(seed, unit_below(seed, 2) ? 4 : 60);
	size_t		size;
	size_t		expected_size;
	uint8_t    *bytes;
	uint8_t    *expected;
	JnSet		s;
	JnError		err;

	b = jn_set_build_new(ENV, w->kind, JN_MAX_BYTES);
	rows = 0;
	for (int key = 0; key < MAX_KEYS; key++)
	{
		int64_t		time = (int64_t) unit_below(seed, 1000) * w->grain - 20 * w->grain;
		uint32_t	count = unit_below(seed, 2) || key == 3 ? 1 + unit_below(seed, 40) : 0;

		ghost[key] = count > 1 && unit_below(seed, 5) == 0;
		more[key] = count > 0 && unit_below(seed, 5) == 0;
		for (uint32_t i = 0; i < count; i++)
		{
			ModelRow   *r = &row[rows++];

			*r = (ModelRow) {.key = key,.time = time};
			draw(w, seed, r);
			time += (int64_t) (unit_below(seed, 3) + (i == 0 && ghost[key])) * w->grain;
			if (unit_below(seed, 2000) == 0)
				time++;
			if (w->wide && unit_below(seed, 10) == 0)
				time += INT64_C(10000000000) * w->grain;
		}
	}
	qsort(row, (size_t) rows, sizeof(ModelRow), compare);
	bytes = build(w, false, &size);
	CHECK_INT(jn_set_validate(ENV, bytes, size, &s, &err), JN_OK);

	jn_batch_open(&batch, w->kind, w->tracks);
	for (old = rows; n > 0; n--)
	{
		ModelRow   *r = &row[rows];
		const ModelRow *other = &row[unit_below(seed, (uint32_t) old)];
		JnChange	change = {.key = {.kind = w->kind}};

		*r = *other;
		r->fresh = true;
		if (!w->simple)
			draw(w, seed, r);
		if (unit_below(seed, 8) == 0)
			r->key = (int) unit_below(seed, MAX_KEYS);
		if (unit_below(seed, 3))
			for (int i = 0; i < rows; i++)
				if (row[i].key == r->key && row[i].time > r->time)
					r->time = row[i].time;
		r->time += ((int64_t) unit_below(seed, 5) - (unit_below(seed, 3) == 0 ? 2 : 0)) * w->grain;
		if (w->wide && unit_below(seed, 5) == 0)
			r->time += INT64_C(10000000000) * w->grain;
		if (!w->simple && unit_below(seed, 50) == 0)
			r->time++;
		if (w->simple && !is_simple(w, &s, rows))
			continue;
		rows++;
		change.key = key_of(w, r->key);
		change.time = r->time;
		change.value = r->value;
		for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		{
			const char *name = name_of(c, r->name[c]);

			if (c == JN_SET_EVENT)
				change.event = (JnName) {name, (uint32_t) strlen(name)};
			else if (c != JN_VALUE && r->name[c] >= 0)
				change.label[c] = (JnName) {name, (uint32_t) strlen(name)};
		}
		CHECK_INT(jn_batch_add(ENV, &batch, &change, &err), JN_OK);
	}
	if (rows == old)
		return;
	qsort(row, (size_t) rows, sizeof(ModelRow), compare);
	expected = build(w, true, &expected_size);
	for (int i = 0; i < rows; i++)
		simple &= !row[i].fresh || is_simple(w, &s, i);

	CHECK_INT(jn_store_changes_open(&changes, ENV, batch.bytes, batch.size, 0, &err), JN_OK);
	jn_store_insert_open(insert, ENV, &changes);
	planned = jn_store_insert_plan(insert, &plan, &s, 0, changes.n, w->alone);
	CHECK_INT(planned, simple);
	if (planned)
	{
		uint8_t    *out = jn_alloc(ENV, expected_size);

		taken++;
		CHECK_INT(plan.size, expected_size);
		if (plan.size == expected_size)
		{
			jn_store_insert_write(insert, &plan, out);
			CHECK(memcmp(out, expected, expected_size) == 0);
		}
	}
	else
		refused++;
	jn_store_insert_close(insert);
	jn_store_changes_close(&changes);
	jn_set_build_free(ENV, b);
}

TEST(sets_with_new_rows_are_those_of_the_builder)
{
	static const int names[] = {1, 2, 5, 25, 300, 400};
	static const int64_t grain[] = {1000000, 1000, 1, 37};

	taken = 0;
	refused = 0;
	for (uint64_t round = 0; round < 3000; round++)
	{
		uint64_t	seed = round + 1;
		World		w = {
			.kind = (JnKeyKind) (round % JN_KEY_KINDS),
			.tracks = unit_below(&seed, 2) ? unit_below(&seed, 1u << JN_TRACKS) : 0,
			.names = names[unit_below(&seed, 6)],
			.grain = grain[unit_below(&seed, 4)],
			.wide = unit_below(&seed, 4) == 0,
			.simple = unit_below(&seed, 3) > 0,
			.alone = unit_below(&seed, 4) > 0,
		};

		insert_once(&w, &seed);
	}
	CHECK(taken > 1500);
	CHECK(refused > 500);
}
