/*
 * set_splice.c
 *	  A set with some of its parts replaced, without taking the others apart.
 *
 * The parts of the old set and the new ones, both ascending, are walked along
 * once.  What comes of it are runs, each either neighbouring parts of the old
 * set or one new part:
 *
 *	 old		ana  bob  cem  dea  eva  fay
 *	 new			 bob			 ede		(a new one)
 *	 runs		ana | bob'| cem  dea | ede | eva  fay
 *
 * Counts, starts and keys are written on the way.  A key that follows the same
 * one as before keeps its bytes.
 *
 * A column of labels.  The names of the new set are those that its rows have:
 * new rows are asked one by one; for the few names that none of these has, the
 * old codes of the runs are searched.  If no name came or went, the codes of old
 * runs are copied, else they are looked up in a table of 256 bytes.
 *
 * Times.  Differences are in the unit of the old set.  The new rows must be
 * whole in it, and one difference or start must need it, else the unit is another
 * one, and all differences would have to be written anew: the builder does that.
 */
#include "set_splice.h"

#include "dict.h"
#include "journey.h"
#include "sort.h"

/* Parts and rows that the first arrays have room for. */
#define FIRST_ROOM		64

/* Bytes of a count at most. */
#define COUNT_MOST		5

/* Names that are searched for one by one; more of them all at once. */
#define FEW_NAMES		8

/* While a column is planned: some row has the name; the same, and the old set has it, too. */
#define USED			0
#define KNOWN			1

void
jn_splice_open(JnSplice *splice, const JnEnv *env)
{
	memset(splice, 0, offsetof(JnSplice, text));
	splice->env = env;
}

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

void
jn_splice_close(JnSplice *splice)
{
	const JnEnv *env = splice->env;

	release(env, splice->run);
	release(env, splice->counts);
	release(env, splice->start);
	release(env, splice->keys);
	release(env, splice->value);
	release(env, splice->scratch);
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
	{
		release(env, splice->column[c].name);
		release(env, splice->column[c].of_old);
		release(env, splice->column[c].of_new);
	}
}

/* An array of u32 with room for n, all JN_NO_LABEL. */
static uint32_t *
fresh_codes(const JnEnv *env, uint32_t *array, uint32_t *room, uint32_t n)
{
	if (n > *room)
	{
		*room = (uint32_t) jn_larger_room(*room, n, FIRST_ROOM);
		array = jn_grow(env, array, *room, sizeof(uint32_t));
	}
	if (n > 0)
		memset(array, 0xff, (size_t) n * sizeof(uint32_t));
	return array;
}

/* ---- parts ---- */

/* Makes room for one more run, part and count, and for a key of so many bytes. */
static void
make_room(JnSplice *splice, size_t key)
{
	const JnEnv *env = splice->env;

	if (splice->runs == splice->run_room)
	{
		splice->run_room = (uint32_t) jn_larger_room(splice->run_room, (uint64_t) splice->runs + 1, FIRST_ROOM);
		splice->run = jn_grow(env, splice->run, splice->run_room, sizeof(JnSpliceRun));
	}
	if (splice->parts == splice->part_room)
	{
		splice->part_room = (uint32_t) jn_larger_room(splice->part_room, (uint64_t) splice->parts + 1, FIRST_ROOM);
		splice->start = jn_grow(env, splice->start, splice->part_room, sizeof(int64_t));
	}
	if (splice->counts_size + COUNT_MOST > splice->counts_room)
	{
		splice->counts_room = (size_t) jn_larger_room(splice->counts_room, splice->counts_size + COUNT_MOST, FIRST_ROOM);
		splice->counts = jn_grow(env, splice->counts, splice->counts_room, 1);
	}
	if (splice->keys_size + key > splice->keys_room)
	{
		splice->keys_room = (size_t) jn_larger_room(splice->keys_room, splice->keys_size + key, FIRST_ROOM);
		splice->keys = jn_grow(env, splice->keys, splice->keys_room, 1);
	}
}

/* Adds a key behind "last", which it becomes.  Its bytes are those of the old set, if given. */
static void
add_key(JnSplice *splice, JnKey *last, const JnKey *key, const uint8_t *bytes, size_t size)
{
	const JnKey *before = splice->parts == 0 ? NULL : last;
	uint8_t    *p;

	if (bytes == NULL)
		size = jn_set_key_size(before, key);
	make_room(splice, size);
	p = splice->keys + splice->keys_size;
	if (bytes == NULL)
		jn_set_key_write(before, key, p);
	else
		memcpy(p, bytes, size);
	splice->keys_size += size;
	last->number = key->number;
	last->size = key->size;
	if (key->size > 0)
		memcpy(splice->text, key->data, key->size);
}

/* Adds what else there is to say of a part; its key has been added. */
static void
add_part(JnSplice *splice, uint32_t rows, bool ghost, bool more, int64_t start)
{
	uint8_t    *count = splice->counts + splice->counts_size;

	splice->counts_size += (size_t) (jn_varint_put(count, 4 * rows + 2 * more + ghost) - count);
	splice->start[splice->parts++] = start;
	splice->ghosts += ghost;
	if (splice->parts == 1 || start < splice->first)
		splice->first = start;
	if (splice->parts == 1 || start > splice->last_start)
		splice->last_start = start;
}

static void
add_new(JnSplice *splice, const JnRows *rows)
{
	add_part(splice, rows->n, rows->ghost, rows->more, rows->time[rows->ghost]);
	splice->run[splice->runs++] = (JnSpliceRun) {.rows = rows,.count = rows->n};
}

static void
add_old(JnSplice *splice, const JnPart *part)
{
	JnSpliceRun *run = splice->runs > 0 ? &splice->run[splice->runs - 1] : NULL;

	add_part(splice, part->rows, part->ghost, part->more, part->start);
	if (run != NULL && run->rows == NULL && run->row + run->count == part->row)
	{
		run->count += part->rows;
		run->parts++;
	}
	else
		splice->run[splice->runs++] = (JnSpliceRun) {.row = part->row,.count = part->rows,.part = part->number,.parts = 1};
}

/* Walks along the old parts and the new ones. */
static JnStatus
plan_parts(JnSplice *splice, const JnSplicePart *new, uint32_t n, JnError *err)
{
	const JnEnv *env = splice->env;
	const JnSet *s = splice->s;
	JnKey		last = {s->head.kind, 0, 0, splice->text};
	bool		chained = true; /* the key before is the one before in the old set */
	uint32_t	k = 0;
	JnSetParts	p;
	JnPart		part;
	const uint8_t *key;
	bool		old;

	for (uint32_t i = 0; i < n; i++)
		if (new[i].rows.n > 0)
		{
			JnStatus	status = jn_set_build_check(&new[i].key, &new[i].rows, err);

			if (status != JN_OK)
				return status;
		}
	jn_set_parts_open(&p, s);
	do
	{
		key = p.key;
		old = jn_set_parts_next(env, &p, &part);
		for (;;)
		{
			int			order = k == n ? -1 : old ? jn_key_compare(&part.key, &new[k].key) : 1;

			if (order <= 0 && !old)
				break;
			if (order < 0)
			{
				add_key(splice, &last, &part.key, chained ? key : NULL, (size_t) (p.key - key));
				add_old(splice, &part);
				chained = true;
				break;
			}
			if (new[k].rows.n > 0)
			{
				chained &= order == 0;
				add_key(splice, &last, &new[k].key, chained ? key : NULL, (size_t) (p.key - key));
				add_new(splice, &new[k].rows);
				chained = order == 0;
			}
			else
				chained &= order != 0;
			k++;
			if (order == 0)
				break;
		}
	} while (old);
	jn_set_parts_close(env, &p);
	return JN_OK;
}

/* ---- labels ---- */

/* The codes of a new part in a column; NULL if none of its rows has a label. */
static inline const uint32_t *
new_codes(const JnRows *rows, unsigned c)
{
	return c == JN_SET_EVENT ? rows->event : rows->label[c];
}

/* Whether the old runs have a code, as it stands there; of one byte. */
static bool
has_code(const JnSplice *splice, const JnLabels *old, uint8_t code)
{
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];

		if (run->rows == NULL && (old->width == 0 || memchr(old->codes + run->row, code, run->count) != NULL))
			return true;
	}
	return false;
}

/* Marks the names that rows of the old runs have, and says whether some row has none. */
static void
mark_old(const JnSplice *splice, JnSpliceColumn *column)
{
	const JnLabels *old = column->old;
	uint32_t   *of_old = column->of_old;
	uint32_t	unknown = 0;

	for (uint32_t i = 0; i < old->names; i++)
		unknown += of_old[i] == JN_NO_LABEL;
	if (old->width <= 1 && unknown <= FEW_NAMES)
	{
		for (uint32_t i = 0; unknown > 0 && i < old->names; i++)
			if (of_old[i] == JN_NO_LABEL && has_code(splice, old, (uint8_t) (i + old->gaps)))
				of_old[i] = USED;
		if (old->gaps && !column->gaps)
			column->gaps = has_code(splice, old, 0);
		return;
	}
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];

		if (run->rows != NULL)
			continue;
		for (uint32_t k = 0; k < run->count; k++)
		{
			uint32_t	code = jn_labels_code(old, run->row + k);

			if (code == JN_NO_LABEL)
				column->gaps = true;
			else
				of_old[code] = USED;
			if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
				jn_tick(splice->env);
		}
	}
}

/* Marks the names that new rows have; says whether some row, old ones too if there is no old column, has none. */
static void
mark_new(const JnSplice *splice, JnSpliceColumn *column, unsigned c)
{
	uint32_t   *of_new = column->of_new;

	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];
		const uint32_t *code = run->rows != NULL ? new_codes(run->rows, c) : NULL;

		if (code == NULL)
			column->gaps |= run->rows != NULL || column->old == NULL;
		else
			for (uint32_t k = 0; k < run->count; k++)
			{
				if (code[k] == JN_NO_LABEL)
					column->gaps = true;
				else
					of_new[code[k]] = USED;
				if (k % JN_TICK_EVERY == JN_TICK_EVERY - 1)
					jn_tick(splice->env);
			}
	}
}

typedef struct NameOrder
{
	const JnSetBuild *b;
	unsigned	column;
	const uint32_t *code;
} NameOrder;

static bool
name_before(const void *context, uint32_t x, uint32_t y)
{
	const NameOrder *order = context;

	return jn_name_compare(jn_set_build_name(order->b, order->column, order->code[x]),
						   jn_set_build_name(order->b, order->column, order->code[y])) < 0;
}

/* Merges the old names that are in use, and the fresh ones, which are those of codes fresh[0 .. n-1]. */
static void
merge_names(JnSplice *splice, JnSpliceColumn *column, unsigned c, const uint32_t *fresh, uint32_t n)
{
	const JnEnv *env = splice->env;
	const JnLabels *old = column->old;
	uint32_t	old_names = old == NULL ? 0 : old->names;
	uint32_t   *order = NULL;
	NameOrder	context = {splice->b, c, fresh};
	uint32_t	k = 0;
	JnNames		names = {NULL, NULL};

	if (n > 0)
	{
		order = jn_alloc(env, jn_array_size((uint64_t) n + n / 2 + 1, sizeof(uint32_t)));
		for (uint32_t i = 0; i < n; i++)
			order[i] = i;
		jn_sort_index(env, order, n, order + n, name_before, &context);
	}
	if ((uint64_t) old_names + n > column->name_room)
	{
		column->name_room = (uint32_t) jn_larger_room(column->name_room, (uint64_t) old_names + n, FIRST_ROOM);
		column->name = jn_grow(env, column->name, column->name_room, sizeof(JnName));
	}
	if (old != NULL)
		jn_names_open(&names, old);
	for (uint32_t i = 0; i <= old_names; i++)
	{
		JnName		name = {NULL, 0};

		if (i < old_names)
			name = jn_names_next(&names);
		if (i < old_names && column->of_old[i] == JN_NO_LABEL)
			continue;
		for (; k < n; k++)
		{
			uint32_t	code = fresh[order[k]];
			JnName		other = jn_set_build_name(splice->b, c, code);

			if (i < old_names && jn_name_compare(name, other) < 0)
				break;
			column->of_new[code] = column->names;
			column->name[column->names++] = other;
		}
		if (i < old_names)
		{
			column->of_old[i] = column->names;
			column->name[column->names++] = name;
		}
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	for (uint32_t i = 0; i < column->names; i++)
		column->names_size += jn_varint_size(column->name[i].size) + column->name[i].size;
	release(env, order);
}

/* Plans a column; "code" leads from the numbers of the old names to the builder's codes. */
static void
plan_column(JnSplice *splice, unsigned c, const uint32_t *code)
{
	const JnEnv *env = splice->env;
	const JnSet *s = splice->s;
	JnSpliceColumn *column = &splice->column[c];
	const JnLabels *old = c == JN_SET_EVENT ? &s->event : s->head.tracks >> c & 1 ? &s->label[c] : NULL;
	uint32_t	all = jn_set_build_names(splice->b, c);
	uint32_t	old_names = old == NULL ? 0 : old->names;
	uint32_t	missing = 0;
	uint32_t	fresh = 0;
	uint32_t   *list = NULL;

	column->old = old;
	column->gaps = false;
	column->there = false;
	column->names = 0;
	column->names_size = 0;
	if (all == 0)
		return;
	column->of_old = fresh_codes(env, column->of_old, &column->old_room, old_names);
	column->of_new = fresh_codes(env, column->of_new, &column->new_room, all);
	mark_new(splice, column, c);

	for (uint32_t i = 0; i < old_names; i++)
		if (column->of_new[code[i]] != JN_NO_LABEL)
		{
			column->of_old[i] = USED;
			column->of_new[code[i]] = KNOWN;
		}
	for (uint32_t i = 0; i < all; i++)
		fresh += column->of_new[i] == USED;
	if (old != NULL)
		mark_old(splice, column);
	for (uint32_t i = 0; i < old_names; i++)
		missing += column->of_old[i] == JN_NO_LABEL;
	column->same = fresh == 0 && missing == 0 && old != NULL && column->gaps == old->gaps;
	column->there = fresh > 0 || missing < old_names;
	if (!column->there)
		return;
	if (column->same)
	{
		column->names = old_names;
		column->names_size = (uint64_t) (old->codes - old->lengths);
		for (uint32_t i = 0; i < old_names; i++)
			column->of_old[i] = i;
	}
	else
	{
		if (fresh > 0)
		{
			uint32_t	n = 0;

			list = jn_alloc(env, jn_array_size(fresh, sizeof(uint32_t)));
			for (uint32_t i = 0; i < all; i++)
				if (column->of_new[i] == USED)
					list[n++] = i;
		}
		merge_names(splice, column, c, list, fresh);
		release(env, list);
	}
	for (uint32_t i = 0; i < old_names; i++)
		column->of_new[code[i]] = column->of_old[i];
	column->width = jn_code_width(column->names + column->gaps);
}

/* Bytes of a column; 0 if it is not there. */
static uint64_t
column_size(const JnSplice *splice, unsigned c)
{
	const JnSpliceColumn *column = &splice->column[c];

	if (!column->there)
		return 0;
	return (c != JN_SET_EVENT) + jn_varint_size(column->names) + column->names_size
		+ (uint64_t) splice->rows * column->width;
}

/* Writes the codes of rows of the old set, with the code of no label in front of the numbers if there are gaps. */
static uint8_t *
write_old_codes(const JnSplice *splice, const JnSpliceColumn *column, const JnSpliceRun *run, uint8_t *p)
{
	const JnLabels *old = column->old;
	size_t		size = (size_t) run->count * column->width;

	if (old == NULL)
	{
		memset(p, 0, size);
		return p + size;
	}
	if (column->same)
	{
		if (size > 0)
			memcpy(p, old->codes + (size_t) run->row * column->width, size);
		return p + size;
	}
	for (uint32_t i = 0; i < run->count; i++)
	{
		uint32_t	code = jn_labels_code(old, run->row + i);

		/* JN_NO_LABEL + 1 is 0 */
		if (code != JN_NO_LABEL)
			code = column->of_old[code];
		p = jn_codes_write(splice->env, &code, 1, column->width, column->gaps, p);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(splice->env);
	}
	return p;
}

/* The same with a table, where codes are bytes before and after. */
static uint8_t *
write_byte_codes(const JnSpliceColumn *column, const uint8_t table[256], const JnSpliceRun *run, uint8_t *p)
{
	const uint8_t *code = column->old->codes + run->row;

	for (uint32_t i = 0; i < run->count; i++)
		p[i] = table[code[i]];
	return p + run->count;
}

/* Writes the codes of a new part. */
static uint8_t *
write_new_codes(const JnSplice *splice, const JnSpliceColumn *column, const uint32_t *code, uint32_t count, uint8_t *p)
{
	if (code == NULL)
	{
		memset(p, 0, (size_t) count * column->width);
		return p + (size_t) count * column->width;
	}
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	number = code[i] == JN_NO_LABEL ? JN_NO_LABEL : column->of_new[code[i]];

		if (column->width == 1)
			*p++ = (uint8_t) (number + column->gaps);
		else
			p = jn_codes_write(splice->env, &number, 1, column->width, column->gaps, p);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(splice->env);
	}
	return p;
}

static uint8_t *
write_column(const JnSplice *splice, unsigned c, uint8_t *p)
{
	const JnSpliceColumn *column = &splice->column[c];
	bool		bytes = !column->same && column->old != NULL && column->width == 1 && column->old->width == 1;
	uint8_t		table[256];

	if (c != JN_SET_EVENT)
		*p++ = column->gaps;
	p = jn_varint_put(p, column->names);
	if (column->same)
	{
		memcpy(p, column->old->lengths, (size_t) column->names_size);
		p += column->names_size;
	}
	else
	{
		for (uint32_t i = 0; i < column->names; i++)
			p = jn_varint_put(p, column->name[i].size);
		for (uint32_t i = 0; i < column->names; i++)
		{
			if (column->name[i].size > 0)
				memcpy(p, column->name[i].data, column->name[i].size);
			p += column->name[i].size;
			if (i % 1024 == 1023)
				jn_tick(splice->env);
		}
	}

	/* a code that stands for nothing is name 0, as for jn_labels_code() */
	for (unsigned i = 0; bytes && i < 256; i++)
	{
		uint32_t	code = i - column->old->gaps;

		if (code == JN_NO_LABEL)
			table[i] = 0;
		else
			table[i] = (uint8_t) (column->of_old[code < column->old->names ? code : 0] + column->gaps);
	}
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];

		if (run->rows != NULL)
			p = write_new_codes(splice, column, new_codes(run->rows, c), run->count, p);
		else if (bytes)
			p = write_byte_codes(column, table, run, p);
		else
			p = write_old_codes(splice, column, run, p);
		if (i % 1024 == 1023)
			jn_tick(splice->env);
	}
	return p;
}

/* ---- times ---- */

/* Finds the differences of the old runs. */
static void
find_differences(JnSplice *splice)
{
	JnTimesReader r;

	jn_set_times(splice->s, &r);
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		JnSpliceRun *run = &splice->run[i];

		if (run->rows != NULL)
			continue;
		jn_times_skip(splice->env, &r, run->row - run->part - r.next);
		run->begin = r;
		jn_times_skip(splice->env, &r, run->count - run->parts);
		run->end = r;
	}
}

/* Whether all differences between times are whole in so many microseconds. */
static inline bool
whole(const JnSplice *splice, const int64_t *time, uint32_t n, uint64_t us)
{
	for (uint32_t i = 1; i < n; i++)
	{
		if (jn_time_span(time[i - 1], time[i]) % us != 0)
			return false;
		if (i % JN_TICK_EVERY == 0)
			jn_tick(splice->env);
	}
	return true;
}

/* Whether all differences of the new rows, and all starts, are whole in a unit.  Divisions by constants are fast. */
static bool
is_whole(const JnSplice *splice, JnUnit unit)
{
	bool		seconds = unit == JN_UNIT_S;

	for (uint32_t i = 0; i < splice->parts; i++)
	{
		uint64_t	start = jn_time_span(splice->first, splice->start[i]);

		if ((seconds ? start % 1000000 : start % 1000) != 0)
			return false;
	}
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnRows *rows = splice->run[i].rows;

		if (rows != NULL && !(seconds ? whole(splice, rows->time, rows->n, 1000000) : whole(splice, rows->time, rows->n, 1000)))
			return false;
	}
	return true;
}

/* Whether all differences of the old runs are. */
static bool
is_old_whole(const JnSplice *splice, uint64_t us)
{
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		JnTimesReader r = splice->run[i].begin;

		if (splice->run[i].rows != NULL)
			continue;
		while (r.next < splice->run[i].end.next)
		{
			if (jn_times_next(&r) % us != 0)
				return false;
			if (r.next % JN_TICK_EVERY == 0)
				jn_tick(splice->env);
		}
	}
	return true;
}

/* Plans the section of times; false if it needs another unit. */
static bool
plan_times(JnSplice *splice)
{
	JnUnit		unit = splice->s->head.flags & JN_FLAG_UNIT;
	uint32_t	differences = splice->rows - splice->parts;
	uint64_t	size = ((uint64_t) differences + 3) / 4;
	size_t		scratch = 0;

	if (unit != JN_UNIT_US && !is_whole(splice, unit))
		return false;
	if (unit != JN_UNIT_S && is_whole(splice, unit == JN_UNIT_US ? JN_UNIT_MS : JN_UNIT_S)
		&& is_old_whole(splice, jn_unit_us(unit) * 1000))
		return false;
	splice->times = (JnTimesPlan) {unit, 0, 0};
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		JnSpliceRun *run = &splice->run[i];

		if (run->rows == NULL)
		{
			size += (uint64_t) (run->end.data - run->begin.data);
			splice->times.wide += (uint32_t) ((run->end.wide - run->begin.wide) / 8);
		}
		else if (run->count > 1)
		{
			JnTimesPlan plan = jn_times_plan_in(splice->env, unit, run->rows->time, run->count);

			size += plan.size - (run->count - 1 + 3) / 4 - (plan.wide > 0 ? 4 + 8 * (uint64_t) plan.wide : 0);
			splice->times.wide += plan.wide;
			scratch = plan.size > scratch ? plan.size : scratch;
		}
	}
	if (splice->times.wide > 0)
		size += 4 + 8 * (uint64_t) splice->times.wide;
	splice->times.size = (size_t) size;
	if (scratch > splice->scratch_room)
	{
		splice->scratch_room = (size_t) jn_larger_room(splice->scratch_room, scratch, FIRST_ROOM);
		splice->scratch = jn_grow(splice->env, splice->scratch, splice->scratch_room, 1);
	}
	return true;
}

static void
write_times(const JnSplice *splice, uint8_t *out)
{
	uint32_t	differences = splice->rows - splice->parts;
	size_t		lengths = (size_t) (((uint64_t) differences + 3) / 4);
	uint8_t    *control = out + (splice->times.wide > 0 ? 4 : 0);
	uint8_t    *data = control + lengths;
	uint8_t    *wide = out + splice->times.size - 8 * (size_t) splice->times.wide;
	uint32_t	at = 0;

	if (splice->times.wide > 0)
		jn_store32(out, splice->times.wide);
	memset(control, 0, lengths);
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];
		JnTimesReader begin = run->begin;
		JnTimesReader end = run->end;

		if (run->rows != NULL)
		{
			JnTimesPlan plan = jn_times_plan_in(splice->env, splice->times.unit, run->rows->time, run->count);

			/* a section of its own first */
			jn_times_write(splice->env, &plan, run->rows->time, run->count, splice->scratch);
			jn_times_open(&begin, splice->scratch, plan.size, plan.wide > 0 ? JN_FLAG_WIDE : 0, run->count);
			end = begin;
			end.next = run->count - 1;
			end.data = begin.end;
			end.wide = begin.stop;
		}
		if (end.next == begin.next)
			continue;
		jn_times_append(&begin, &end, control, at, data, wide);
		at += end.next - begin.next;
		data += end.data - begin.data;
		wide += end.wide - begin.wide;
		if (i % 1024 == 1023)
			jn_tick(splice->env);
	}
}

/* The latest step of the old runs, if it is above "last". */
static int64_t
last_of_old(const JnSplice *splice, int64_t last)
{
	JnSetParts	p;
	JnPart		part;
	JnSetSteps	w;
	uint32_t	i = 0;

	jn_set_parts_open(&p, splice->s);
	jn_set_steps_open(&w, splice->s);
	while (jn_set_parts_next(splice->env, &p, &part))
	{
		while (i < splice->runs &&
			   (splice->run[i].rows != NULL || part.row >= splice->run[i].row + splice->run[i].count))
			i++;
		if (i == splice->runs)
			break;
		if (part.row < splice->run[i].row)
			continue;
		jn_set_steps_enter(splice->env, &w, &part);
		for (uint32_t k = 1; k < part.rows; k++)
		{
			w.time = jn_time_after(w.time, jn_times_next(&w.times));
			if (k % JN_TICK_EVERY == 0)
				jn_tick(splice->env);
		}
		if (w.time > last)
			last = w.time;
	}
	jn_set_parts_close(splice->env, &p);
	return last;
}

/* Finds the latest step. */
static void
find_last(JnSplice *splice, const JnSplicePart *part, uint32_t n)
{
	int64_t		last = JN_TIME_MIN;
	bool		lost = false;

	for (uint32_t i = 0; i < n; i++)
	{
		if (part[i].rows.n > 0 && part[i].rows.time[part[i].rows.n - 1] > last)
			last = part[i].rows.time[part[i].rows.n - 1];
		lost |= part[i].before >= splice->s->head.last;
	}
	if (last < splice->s->head.last)
		last = lost ? last_of_old(splice, last) : splice->s->head.last;
	splice->last = last;
}

/* ---- values ---- */

/* Collects the values of all rows, if some have one. */
static void
plan_values(JnSplice *splice)
{
	const JnEnv *env = splice->env;
	bool		old = (splice->s->head.tracks >> JN_VALUE & 1) != 0;
	bool		some = old;
	uint64_t   *value;
	JnValuesReader r;

	splice->values = (JnValuesPlan) {0};
	for (uint32_t i = 0; !some && i < splice->runs; i++)
		some = splice->run[i].rows != NULL && splice->run[i].rows->value != NULL;
	if (!some)
		return;
	if (splice->rows > splice->value_room)
	{
		splice->value_room = (uint32_t) jn_larger_room(splice->value_room, splice->rows, FIRST_ROOM);
		splice->value = jn_grow(env, splice->value, splice->value_room, sizeof(uint64_t));
	}
	if (old)
		jn_values_reader_open(&r, &splice->s->values);
	value = splice->value;
	for (uint32_t i = 0; i < splice->runs; i++)
	{
		const JnSpliceRun *run = &splice->run[i];
		const uint64_t *new = run->rows != NULL ? run->rows->value : NULL;

		if (new != NULL)
			memcpy(value, new, run->count * sizeof(uint64_t));
		else if (run->rows != NULL || !old)
			memset(value, 0xff, run->count * sizeof(uint64_t));
		else
		{
			jn_values_skip(env, &r, run->row - r.next);
			jn_values_decode(env, &r, run->count, value);
		}
		value += run->count;
	}
	splice->values = jn_values_plan(env, splice->value, splice->rows);
}

/* ---- the set ---- */

/* Bytes of a track; 0 if it is not there. */
static uint64_t
track_size(const JnSplice *splice, unsigned track)
{
	return track == JN_VALUE ? splice->values.size : column_size(splice, track);
}

JnStatus
jn_splice_plan(JnSplice *splice, const JnSet *s, const JnSetBuild *b, const JnCodeMap *map, const JnSplicePart *part,
			   uint32_t n, JnError *err)
{
	uint64_t	rows = 0;
	JnStatus	status;

	splice->s = s;
	splice->b = b;
	splice->runs = 0;
	splice->parts = 0;
	splice->ghosts = 0;
	splice->counts_size = 0;
	splice->keys_size = 0;
	splice->fits = true;
	splice->size = 0;
	status = plan_parts(splice, part, n, err);
	if (status != JN_OK || splice->parts == 0)
		return status;
	for (uint32_t i = 0; i < splice->runs; i++)
		rows += splice->run[i].count;
	splice->rows = (uint32_t) rows;
	splice->fits = rows <= JN_MAX_STEPS;
	if (!splice->fits)
		return JN_OK;
	find_differences(splice);
	splice->fits = plan_times(splice);
	if (!splice->fits)
		return JN_OK;
	find_last(splice, part, n);
	splice->start_width = jn_set_start_width(splice->first, splice->last_start, splice->times.unit);
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (c != JN_VALUE)
			plan_column(splice, c, map->column[c]);
	plan_values(splice);

	splice->size = JN_SET_HEADER_SIZE + splice->counts_size + 1 + (uint64_t) splice->parts * splice->start_width
		+ splice->keys_size + column_size(splice, JN_SET_EVENT) + splice->times.size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	track = track_size(splice, t);

		splice->size += track > 0 ? 4 + track : 0;
	}
	splice->fits = splice->size <= JN_MAX_BYTES;
	return JN_OK;
}

/* Which events may be there. */
static uint64_t
presence(const JnSplice *splice)
{
	const JnSpliceColumn *column = &splice->column[JN_SET_EVENT];
	uint64_t	presence = 0;

	if (column->same)
		return splice->s->head.presence;
	for (uint32_t i = 0; i < column->names; i++)
	{
		presence |= jn_presence(column->name[i].data, column->name[i].size);
		if (i % 1024 == 1023)
			jn_tick(splice->env);
	}
	return presence;
}

void
jn_splice_write(const JnSplice *splice, uint8_t *out)
{
	JnSetHeader head = {
		.flags = splice->times.unit | (splice->times.wide > 0 ? JN_FLAG_WIDE : 0),
		.kind = splice->s->head.kind,
		.rows = splice->rows,
		.parts = splice->parts,
		.ghosts = splice->ghosts,
		.first = splice->first,
		.last = splice->last,
		.presence = presence(splice),
		.counts_size = (uint32_t) splice->counts_size,
		.keys_size = (uint32_t) splice->keys_size,
	};
	uint8_t    *p = out + JN_SET_HEADER_SIZE;

	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	size = track_size(splice, t);

		if (size > 0)
		{
			head.tracks |= 1u << t;
			jn_store32(p, (uint32_t) size);
			p += 4;
		}
	}
	jn_set_header_write(&head, out);
	memcpy(p, splice->counts, splice->counts_size);
	p = jn_set_starts_write(splice->env, splice->first, splice->times.unit, splice->start_width, splice->start,
							splice->parts, p + splice->counts_size);
	memcpy(p, splice->keys, splice->keys_size);
	p = write_column(splice, JN_SET_EVENT, p + splice->keys_size);
	write_times(splice, p);
	p += splice->times.size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		if (t == JN_VALUE && head.tracks >> t & 1)
		{
			jn_values_write(splice->env, &splice->values, splice->value, splice->rows, p);
			p += splice->values.size;
		}
		else if (head.tracks >> t & 1)
			p = write_column(splice, t, p);
	}
}
