/*
 * set_build.c
 *	  The builder of sets: rows, names, exact sizes, bytes.
 *
 * Rows stand in columns.  Times are kept as one line of time that all parts are
 * stitched together on: where a part ends, the next one goes on at the same
 * instant, so that the differences along the line are those of the section.
 * The line may be longer than time is and wrap; differences do not mind.
 *
 * Names have two numbers.  The code, by which the caller knows a name, lasts as
 * long as the builder.  The number in the set, which is what a row holds, is
 * given at the first use in the set and forgotten with it; local[] leads from
 * the one to the other, used[] back.  finish puts the names that are in use into
 * a dictionary of their own, which sorts and renumbers them.
 *
 * Sizes.  All that the size depends on is in a Shape, of a few hundred bytes,
 * and adding rows changes it: the bytes of their differences, the names that
 * they bring, the extremes of what has a common width.  Two things may change
 * with a new row for all rows before: the unit may become finer, which makes
 * all differences be measured again, twice in a set at most; and names may
 * outgrow a width, which is arithmetic.  To try something, the shape is copied,
 * rows are added, and if the result is too large, the copy comes back: what
 * stands in the columns behind the rows of the shape means nothing.
 *
 * So whether a part fits is found by adding it.  How much of it fits is found by
 * adding half of what is left again and again, which looks at each row twice on
 * average.
 */
#include "set_build.h"

#include "dict.h"

/*
 * A part that does not fit is cut if the set has more room left than this share
 * of its limit; else the set ends and the part stays whole.
 */
#define CUT_SHARE		16

/* Rows and parts that the first arrays have room for. */
#define FIRST_ROOM		64

/* What there is to say about one column of labels. */
typedef struct ColumnShape
{
	uint32_t	names;			/* in use */
	uint32_t	given;			/* rows that have a label */
	uint64_t	names_size;		/* bytes of the names and their lengths */
} ColumnShape;

/* All that the size of a set depends on. */
typedef struct Shape
{
	uint32_t	rows;
	uint32_t	parts;
	uint32_t	ghosts;
	JnUnit		unit;
	uint32_t	wide;			/* wide differences */
	uint64_t	data_size;		/* bytes of the differences, without their lengths and the wide ones */
	int64_t		first;			/* earliest start */
	int64_t		last_start;		/* latest start */
	int64_t		last;			/* latest step */
	uint64_t	counts_size;
	uint64_t	keys_size;
	ColumnShape column[JN_SET_COLUMNS]; /* [JN_VALUE] is not used */
	JnValuesPlan values;
} Shape;

/* A column of labels. */
typedef struct Column
{
	JnDict		names;			/* of the builder's life */
	uint32_t   *local;			/* by code: number in the set, or JN_NO_LABEL */
	uint32_t	local_room;
	uint32_t   *used;			/* by number in the set: code */
	uint32_t	used_room;
	uint32_t   *row;			/* by row: number in the set, or JN_NO_LABEL; NULL before its first use */
	uint32_t	filled;			/* rows that have been written */
	JnDict		sorted;			/* the names in use; after finish */
} Column;

struct JnSetBuild
{
	JnKeyKind	kind;
	uint64_t	limit;			/* bytes */
	Shape		shape;
	uint64_t	size;			/* that comes of it */

	Column		column[JN_SET_COLUMNS];
	int64_t    *line;			/* rows + 1 - parts times, see above */
	uint64_t   *value;			/* by row; NULL before its first use */
	uint32_t	values_filled;	/* rows that have been written */
	uint32_t	row_room;		/* rows that fit into each column */

	uint32_t   *count;			/* by part: 4 n + 2 m + g */
	int64_t    *start;			/* by part: its first row that is no ghost */
	uint32_t	part_room;
	uint8_t    *keys;			/* as in the set */
	size_t		keys_room;
	JnKey		key;			/* the last one, in text[] */
	char		text[JN_MAX_NAME];
};

/* ---- the object ---- */

JnSetBuild *
jn_set_build_new(const JnEnv *env, JnKeyKind kind, size_t limit)
{
	JnSetBuild *b = jn_alloc(env, sizeof(JnSetBuild));

	memset(b, 0, sizeof(JnSetBuild));
	b->kind = kind;
	b->limit = limit < JN_MAX_BYTES ? limit : JN_MAX_BYTES;
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
	{
		/* no bytes are lent, but a place to point at: the first name may be the empty one */
		jn_dict_init(&b->column[c].names, NULL, 0, b->text, 0);
		jn_dict_init(&b->column[c].sorted, NULL, 0, b->text, 0);
	}
	jn_set_build_reset(b);
	return b;
}

void
jn_set_build_free(const JnEnv *env, JnSetBuild *b)
{
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
	{
		Column	   *column = &b->column[c];

		jn_dict_release(env, &column->names);
		jn_dict_release(env, &column->sorted);
		jn_release(env, column->local);
		jn_release(env, column->used);
		jn_release(env, column->row);
	}
	jn_release(env, b->line);
	jn_release(env, b->value);
	jn_release(env, b->count);
	jn_release(env, b->start);
	jn_release(env, b->keys);
	jn_release(env, b);
}

/* Forgets the names that came into use behind a shape. */
static void
forget_names(JnSetBuild *b, const Shape *shape)
{
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		for (uint32_t i = shape->column[c].names; i < b->shape.column[c].names; i++)
			b->column[c].local[b->column[c].used[i]] = JN_NO_LABEL;
}

/* Makes the set what it was. */
static void
go_back(JnSetBuild *b, const Shape *shape)
{
	forget_names(b, shape);
	b->shape = *shape;
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (b->column[c].filled > shape->rows)
			b->column[c].filled = shape->rows;
	if (b->values_filled > shape->rows)
		b->values_filled = shape->rows;
}

void
jn_set_build_reset(JnSetBuild *b)
{
	static const Shape empty = {.unit = JN_UNIT_S};

	go_back(b, &empty);
	b->size = 0;
	b->key = (JnKey) {b->kind, 0, 0, b->text};
}

JnKeyKind
jn_set_build_kind(const JnSetBuild *b)
{
	return b->kind;
}

uint32_t
jn_set_build_parts(const JnSetBuild *b)
{
	return b->shape.parts;
}

size_t
jn_set_build_size(const JnSetBuild *b)
{
	return (size_t) b->size;
}

/* Makes room for rows up to "need" in all columns that there are. */
static void
make_row_room(const JnEnv *env, JnSetBuild *b, uint64_t need)
{
	uint64_t	room;

	if (need <= b->row_room)
		return;
	room = jn_larger_room(b->row_room, need, FIRST_ROOM);
	if (room > JN_MAX_STEPS)
		room = JN_MAX_STEPS;
	b->line = jn_grow(env, b->line, room + 1, sizeof(int64_t));
	if (b->value != NULL)
		b->value = jn_grow(env, b->value, room, sizeof(uint64_t));
	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
		if (b->column[c].row != NULL)
			b->column[c].row = jn_grow(env, b->column[c].row, room, sizeof(uint32_t));
	b->row_room = (uint32_t) room;
}

/* ---- names ---- */

static inline JnLabelKind
column_kind(unsigned c)
{
	return c == JN_SET_EVENT ? JN_LABEL_EVENT : jn_track_kind((JnTrack) c);
}

JnStatus
jn_set_build_code(const JnEnv *env, JnSetBuild *b, unsigned c, JnName name, uint32_t *code, JnError *err)
{
	Column	   *column = &b->column[c];
	JnStatus	status = jn_dict_code(env, &column->names, name.data, name.size, column_kind(c), code, err);
	uint64_t	room;

	if (status != JN_OK || *code < column->local_room)
		return status;
	room = jn_larger_room(column->local_room, (uint64_t) *code + 1, FIRST_ROOM);
	column->local = jn_grow(env, column->local, room, sizeof(uint32_t));
	memset(column->local + column->local_room, 0xff, (size_t) (room - column->local_room) * sizeof(uint32_t));
	column->local_room = (uint32_t) room;
	return JN_OK;
}

uint32_t
jn_set_build_names(const JnSetBuild *b, unsigned c)
{
	return b->column[c].names.names;
}

JnName
jn_set_build_name(const JnSetBuild *b, unsigned c, uint32_t code)
{
	return jn_dict_name(&b->column[c].names, code);
}

/* Takes a name into use and gives its number in the set. */
static uint32_t
use_name(const JnEnv *env, Column *column, ColumnShape *shape, uint32_t code)
{
	uint32_t	size = column->names.entry[code].size;

	if (shape->names == column->used_room)
	{
		uint64_t	room = jn_larger_room(column->used_room, (uint64_t) shape->names + 1, FIRST_ROOM);

		column->used = jn_grow(env, column->used, room, sizeof(uint32_t));
		column->used_room = (uint32_t) room;
	}
	column->used[shape->names] = code;
	column->local[code] = shape->names;
	shape->names_size += jn_varint_size(size) + size;
	return shape->names++;
}

/* ---- sizes ---- */

/* Bytes of the lengths of so many differences. */
static inline uint64_t
control_size(uint64_t differences)
{
	return (differences + 3) / 4;
}

/* The section of times that a shape asks for. */
static JnTimesPlan
times_plan(const Shape *s)
{
	uint64_t	size = control_size(s->rows - s->parts) + s->data_size;

	if (s->wide > 0)
		size += 4 + 8 * (uint64_t) s->wide;
	return (JnTimesPlan) {s->unit, s->wide, (size_t) size};
}

/* Adds what a plan of further differences found out. */
static void
add_differences(Shape *s, const JnTimesPlan *plan, uint32_t differences)
{
	if (differences == 0)
		return;
	s->data_size += plan->size - control_size(differences);
	if (plan->wide > 0)
		s->data_size -= 4 + 8 * (uint64_t) plan->wide;
	s->wide += plan->wide;
}

unsigned
jn_set_start_width(int64_t first, int64_t last, JnUnit unit)
{
	uint64_t	units = jn_time_span(first, last) / jn_unit_us(unit);
	unsigned	width = 0;

	for (; units > 0; units >>= 8)
		width++;
	return width;
}

/* Bytes of a start. */
static unsigned
start_width(const Shape *s)
{
	return jn_set_start_width(s->first, s->last_start, s->unit);
}

/* Whether some row has no label in a column. */
static inline bool
has_gaps(const Shape *s, unsigned c)
{
	return s->column[c].given < s->rows;
}

/* Bytes of a column of labels; 0 if no row has one. */
static uint64_t
column_size(const Shape *s, unsigned c)
{
	const ColumnShape *column = &s->column[c];
	uint64_t	size;

	if (column->given == 0)
		return 0;
	size = (column_kind(c) != JN_LABEL_EVENT) + jn_varint_size(column->names) + column->names_size;
	return size + (uint64_t) s->rows * jn_code_width(column->names + has_gaps(s, c));
}

/* Bytes of a track; 0 if it is absent. */
static uint64_t
track_size(const Shape *s, unsigned track)
{
	return track == JN_VALUE ? s->values.size : column_size(s, track);
}

static uint64_t
shape_size(const Shape *s)
{
	uint64_t	size = JN_SET_HEADER_SIZE + s->counts_size + 1 + (uint64_t) s->parts * start_width(s) + s->keys_size;

	size += column_size(s, JN_SET_EVENT) + times_plan(s).size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	track = track_size(s, t);

		size += track > 0 ? 4 + track : 0;
	}
	return size;
}

/* ---- adding rows ---- */

/* The coarsest unit in which the span between two times is whole. */
static JnUnit
unit_between(int64_t a, int64_t b)
{
	uint64_t	span = a < b ? jn_time_span(a, b) : jn_time_span(b, a);

	return span % 1000 != 0 ? JN_UNIT_US : span % 1000000 != 0 ? JN_UNIT_MS : JN_UNIT_S;
}

/* Makes the unit finer: measures all differences anew. */
static void
refine(const JnEnv *env, JnSetBuild *b, JnUnit unit, uint32_t differences)
{
	JnTimesPlan plan = jn_times_plan_in(env, unit, b->line, differences + 1);

	b->shape.unit = unit;
	b->shape.wide = 0;
	b->shape.data_size = 0;
	add_differences(&b->shape, &plan, differences);
}

/* Appends the differences of rows from .. to-1 of a part; the first row of a part has none. */
static void
add_times(const JnEnv *env, JnSetBuild *b, const int64_t *time, uint32_t from, uint32_t to)
{
	Shape	   *s = &b->shape;
	uint32_t	before = s->rows - s->parts - (from > 0);	/* differences; the part is not counted yet */
	uint32_t	last = from > 0 ? from - 1 : 0; /* the row at the end of the line */
	uint32_t	more = to - 1 - last;
	int64_t    *line = b->line + before;
	uint64_t	shift = (uint64_t) line[0] - (uint64_t) time[last];
	JnTimesPlan plan;

	for (uint32_t k = 1; k <= more; k++)
	{
		line[k] = jn_time_after(time[last + k], shift);
		if (k % JN_TICK_EVERY == 0)
			jn_tick(env);
	}
	if (s->unit == JN_UNIT_US)
		plan = jn_times_plan_in(env, JN_UNIT_US, line, more + 1);
	else
		plan = jn_times_plan(env, line, more + 1);
	if (more > 0 && plan.unit < s->unit)
		refine(env, b, plan.unit, before + more);
	else
	{
		if (plan.unit > s->unit)
			plan = jn_times_plan_in(env, s->unit, line, more + 1);
		add_differences(s, &plan, more);
	}
}

/* Says that the rows which have not been written have no label. */
static void
fill_labels(const JnEnv *env, JnSetBuild *b, Column *column, uint32_t rows)
{
	if (column->row == NULL)
		column->row = jn_grow(env, NULL, b->row_room, sizeof(uint32_t));
	if (column->filled < rows)
		memset(column->row + column->filled, 0xff, (size_t) (rows - column->filled) * sizeof(uint32_t));
	column->filled = rows;
}

/* Appends labels. */
static void
add_labels(const JnEnv *env, JnSetBuild *b, unsigned c, const uint32_t *code, uint32_t count)
{
	Column	   *column = &b->column[c];
	ColumnShape *shape = &b->shape.column[c];
	uint32_t   *row;

	fill_labels(env, b, column, b->shape.rows);
	row = column->row + b->shape.rows;
	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t	number = JN_NO_LABEL;

		if (code[i] != JN_NO_LABEL)
		{
			number = column->local[code[i]];
			if (number == JN_NO_LABEL)
				number = use_name(env, column, shape, code[i]);
			shape->given++;
		}
		row[i] = number;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	column->filled += count;
}

/* Says that the rows which have not been written have no value. */
static void
fill_values(const JnEnv *env, JnSetBuild *b, uint32_t rows)
{
	if (b->value == NULL)
		b->value = jn_grow(env, NULL, b->row_room, sizeof(uint64_t));
	if (b->values_filled < rows)
		memset(b->value + b->values_filled, 0xff, (size_t) (rows - b->values_filled) * sizeof(uint64_t));
	b->values_filled = rows;
}

/* Appends values, or rows without any if there are none. */
static void
add_values(const JnEnv *env, JnSetBuild *b, const uint64_t *key, uint32_t count)
{
	Shape	   *s = &b->shape;
	JnValuesPlan plan = {0};

	if (key != NULL)
	{
		fill_values(env, b, s->rows);
		memcpy(b->value + s->rows, key, count * sizeof(uint64_t));
		b->values_filled += count;
		plan = jn_values_plan(env, key, count);
	}
	if (plan.given > 0 || s->values.given > 0)
		s->values = jn_values_plan_join(&s->values, &plan, s->rows + count);
}

/* Appends rows from .. to-1 of a part; "from" is 0 or where the last call ended. */
static void
add_rows(const JnEnv *env, JnSetBuild *b, const JnRows *rows, uint32_t from, uint32_t to)
{
	Shape	   *s = &b->shape;

	make_row_room(env, b, (uint64_t) s->rows + (to - from));
	if (s->rows == 0)
		b->line[0] = 0;
	if (from == 0 && s->parts > 0)
	{
		JnUnit		unit = unit_between(s->first, rows->time[rows->ghost]);

		if (unit < s->unit)
			refine(env, b, unit, s->rows - s->parts);
	}
	add_times(env, b, rows->time, from, to);
	add_labels(env, b, JN_SET_EVENT, rows->event + from, to - from);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && rows->label[t] != NULL)
			add_labels(env, b, t, rows->label[t] + from, to - from);
	add_values(env, b, rows->value == NULL ? NULL : rows->value + from, to - from);
	s->rows += to - from;
}

/* The bytes that two keys share. */
static uint32_t
shared_size(const JnKey *a, const JnKey *b)
{
	uint32_t	most = a->size < b->size ? a->size : b->size;
	uint32_t	i = 0;

	while (i < most && a->data[i] == b->data[i])
		i++;
	return i;
}

/* How much a bigint is above the one before, less 1. */
static uint64_t
distance(const JnKey *before, const JnKey *key)
{
	return (uint64_t) key->number - (uint64_t) before->number - 1;
}

size_t
jn_set_key_size(const JnKey *before, const JnKey *key)
{
	uint32_t	shared;
	size_t		size = 1;

	if (key->kind == JN_KEY_BIGINT)
	{
		if (before == NULL)
			return 8;
		for (uint64_t d = distance(before, key); d >= 0x80; d >>= 7)
			size++;
		return size;
	}
	shared = before == NULL ? 0 : shared_size(before, key);
	if (key->kind == JN_KEY_UUID)
		return 1 + JN_UUID_SIZE - shared;
	return jn_varint_size(shared) + jn_varint_size(key->size - shared) + (key->size - shared);
}

uint8_t *
jn_set_key_write(const JnKey *before, const JnKey *key, uint8_t *p)
{
	uint32_t	shared;

	if (key->kind == JN_KEY_BIGINT)
	{
		uint64_t	d;

		if (before == NULL)
		{
			jn_store64(p, (uint64_t) key->number);
			return p + 8;
		}
		for (d = distance(before, key); d >= 0x80; d >>= 7)
			*p++ = (uint8_t) (d | 0x80);
		*p++ = (uint8_t) d;
		return p;
	}
	shared = before == NULL ? 0 : shared_size(before, key);
	if (key->kind == JN_KEY_TEXT)
		p = jn_varint_put(jn_varint_put(p, shared), key->size - shared);
	else
		*p++ = (uint8_t) shared;
	if (key->size > shared)
		memcpy(p, key->data + shared, key->size - shared);
	return p + (key->size - shared);
}

/* The last key; NULL if there is none. */
static const JnKey *
last_key(const JnSetBuild *b)
{
	return b->shape.parts == 0 ? NULL : &b->key;
}

/* Writes a key behind the others and keeps it as the last one. */
static void
put_key(const JnEnv *env, JnSetBuild *b, const JnKey *key, size_t size)
{
	size_t		before = (size_t) b->shape.keys_size;

	if (before + size > b->keys_room)
	{
		b->keys_room = (size_t) jn_larger_room(b->keys_room, before + size, FIRST_ROOM);
		b->keys = jn_grow(env, b->keys, b->keys_room, 1);
	}
	jn_set_key_write(last_key(b), key, b->keys + before);
	b->key.number = key->number;
	b->key.size = key->size;
	if (key->size > 0)
		memcpy(b->text, key->data, key->size);
}

/* What is written of the first n rows of a part: how many they are, whether there are others, before and after. */
static uint32_t
count_of(const JnRows *rows, uint32_t n)
{
	return 4 * n + 2 * (rows->more || n < rows->n) + rows->ghost;
}

/* What the shape is once the first n rows of a part, which are there, are made a part. */
static Shape
with_part(const JnSetBuild *b, const JnKey *key, const JnRows *rows, uint32_t n)
{
	Shape		s = b->shape;
	int64_t		start = rows->time[rows->ghost];

	if (s.parts == 0 || start < s.first)
		s.first = start;
	if (s.parts == 0 || start > s.last_start)
		s.last_start = start;
	if (s.parts == 0 || rows->time[n - 1] > s.last)
		s.last = rows->time[n - 1];
	s.parts++;
	s.ghosts += rows->ghost;
	s.counts_size += jn_varint_size(count_of(rows, n));
	s.keys_size += jn_set_key_size(last_key(b), key);
	return s;
}

/* Makes the first n rows of a part, which are there, a part; "with" is what with_part() gave. */
static void
end_part(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnRows *rows, uint32_t n, const Shape *with)
{
	uint32_t	part = b->shape.parts;

	if (part == b->part_room)
	{
		uint64_t	room = jn_larger_room(b->part_room, (uint64_t) part + 1, FIRST_ROOM);

		b->count = jn_grow(env, b->count, room, sizeof(uint32_t));
		b->start = jn_grow(env, b->start, room, sizeof(int64_t));
		b->part_room = (uint32_t) room;
	}
	put_key(env, b, key, (size_t) (with->keys_size - b->shape.keys_size));
	b->count[part] = count_of(rows, n);
	b->start[part] = rows->time[rows->ghost];
	b->shape = *with;
	b->size = shape_size(with);
}

/* How many of the first "most" rows of a part fit. */
static uint32_t
fitting_rows(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnRows *rows, uint32_t most)
{
	uint32_t	n = 0;
	uint32_t	step = 1;

	while (step <= most / 2)
		step *= 2;
	for (; step > 0; step /= 2)
	{
		Shape		before = b->shape;
		Shape		with;

		if (step > most - n || n + step <= rows->ghost)
			continue;
		add_rows(env, b, rows, n, n + step);
		with = with_part(b, key, rows, n + step);
		if (shape_size(&with) <= b->limit)
			n += step;
		else
			go_back(b, &before);
	}
	return n;
}

/* Whether a part may be cut before row n: a row that is no ghost is before it, and earlier. */
static inline bool
may_cut(const JnRows *rows, uint32_t n)
{
	return n > rows->ghost && (n == rows->n || rows->time[n - 1] < rows->time[n]);
}

/* How many rows to take of a part that does not fit. */
static uint32_t
cut(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnRows *rows)
{
	Shape		before = b->shape;
	uint32_t	most = rows->n;
	uint32_t	n;

	/* a row takes more than a byte, and steps are fewer than bytes */
	if (most > b->limit)
		most = (uint32_t) b->limit;
	if (most > JN_MAX_STEPS - before.rows)
		most = JN_MAX_STEPS - before.rows;
	n = fitting_rows(env, b, key, rows, most);
	go_back(b, &before);

	most = n;
	for (; n > 0 && !may_cut(rows, n); n--)
		if (n % JN_TICK_EVERY == 0)
			jn_tick(env);
	if (n > 0 || b->shape.parts > 0)
		return n;

	/* too much for any set: take what has to stay together */
	for (n = most + 1; !may_cut(rows, n); n++)
		if (n % JN_TICK_EVERY == 0)
			jn_tick(env);
	return n;
}

JnStatus
jn_set_build_check(const JnKey *key, const JnRows *rows, JnError *err)
{
	if (!jn_time_ok(rows->time[0]))
		return jn_fail(err, JN_TIME_RANGE, 0, rows->time[0], 0);
	if (!jn_time_ok(rows->time[rows->n - 1]))
		return jn_fail(err, JN_TIME_RANGE, 0, rows->time[rows->n - 1], 0);
	return jn_key_check(key, err);
}

JnStatus
jn_set_build_add(const JnEnv *env, JnSetBuild *b, const JnKey *key, const JnRows *rows, uint32_t *taken, JnError *err)
{
	Shape		before = b->shape;
	Shape		with;
	JnStatus	status = jn_set_build_check(key, rows, err);
	uint32_t	n = rows->n;

	if (status != JN_OK)
		return status;
	*taken = 0;
	if (n <= b->limit && n <= JN_MAX_STEPS - b->shape.rows)
	{
		add_rows(env, b, rows, 0, n);
		with = with_part(b, key, rows, n);
		if (shape_size(&with) <= b->limit)
		{
			end_part(env, b, key, rows, n, &with);
			*taken = n;
			return JN_OK;
		}
		go_back(b, &before);
	}
	if (before.parts > 0 && b->size + b->limit / CUT_SHARE > b->limit)
		return JN_OK;
	n = cut(env, b, key, rows);
	if (n == 0)
		return JN_OK;
	if (n > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, n, JN_MAX_STEPS);
	add_rows(env, b, rows, 0, n);
	with = with_part(b, key, rows, n);
	if (shape_size(&with) > JN_MAX_BYTES)
	{
		go_back(b, &before);
		return jn_fail(err, JN_TOO_LARGE, 0, (int64_t) shape_size(&with), JN_MAX_BYTES);
	}
	end_part(env, b, key, rows, n, &with);
	*taken = n;
	return JN_OK;
}

/* ---- bytes ---- */

size_t
jn_set_build_finish(const JnEnv *env, JnSetBuild *b)
{
	const Shape *s = &b->shape;

	for (unsigned c = 0; c < JN_SET_COLUMNS; c++)
	{
		Column	   *column = &b->column[c];

		jn_dict_reset(&column->sorted);
		if (s->column[c].given == 0)
			continue;
		for (uint32_t i = 0; i < s->column[c].names; i++)
		{
			jn_dict_put(env, &column->sorted, jn_dict_name(&column->names, column->used[i]));
			if (i % 1024 == 1023)
				jn_tick(env);
		}
		fill_labels(env, b, column, s->rows);
		jn_dict_order(env, &column->sorted, column->row, s->rows);
	}
	if (s->values.given > 0)
		fill_values(env, b, s->rows);
	return (size_t) b->size;
}

static uint8_t *
write_column(const JnEnv *env, const JnSetBuild *b, unsigned c, uint8_t *p)
{
	const Column *column = &b->column[c];

	return jn_dict_write(env, &column->sorted, column->row, b->shape.rows, column_kind(c), has_gaps(&b->shape, c), p);
}

uint8_t *
jn_set_starts_write(const JnEnv *env, int64_t first, JnUnit unit, unsigned width, const int64_t *start, uint32_t parts,
					uint8_t *p)
{
	uint64_t	us = jn_unit_us(unit);

	*p++ = (uint8_t) width;
	for (uint32_t i = 0; i < parts; i++)
	{
		uint64_t	units = jn_time_span(first, start[i]) / us;

		for (unsigned k = 0; k < width; k++, units >>= 8)
			*p++ = (uint8_t) units;
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	return p;
}

/* The counts, the starts and the keys. */
static uint8_t *
write_parts(const JnEnv *env, const JnSetBuild *b, uint8_t *p)
{
	const Shape *s = &b->shape;

	for (uint32_t i = 0; i < s->parts; i++)
	{
		p = jn_varint_put(p, b->count[i]);
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
	p = jn_set_starts_write(env, s->first, s->unit, start_width(s), b->start, s->parts, p);
	memcpy(p, b->keys, (size_t) s->keys_size);
	return p + s->keys_size;
}

void
jn_set_build_write(const JnEnv *env, const JnSetBuild *b, uint8_t *out)
{
	const Shape *s = &b->shape;
	const JnDict *events = &b->column[JN_SET_EVENT].sorted;
	JnTimesPlan plan = times_plan(s);
	JnSetHeader head = {
		.flags = s->unit | (s->wide > 0 ? JN_FLAG_WIDE : 0),
		.kind = b->kind,
		.rows = s->rows,
		.parts = s->parts,
		.ghosts = s->ghosts,
		.first = s->first,
		.last = s->last,
		.counts_size = (uint32_t) s->counts_size,
		.keys_size = (uint32_t) s->keys_size,
	};
	uint8_t    *p = out + JN_SET_HEADER_SIZE;

	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		uint64_t	size = track_size(s, t);

		if (size > 0)
		{
			head.tracks |= 1u << t;
			jn_store32(p, (uint32_t) size);
			p += 4;
		}
	}
	p = write_parts(env, b, p);
	p = write_column(env, b, JN_SET_EVENT, p);
	jn_times_write(env, &plan, b->line, s->rows - s->parts + 1, p);
	p += plan.size;
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		if (t == JN_VALUE && head.tracks >> t & 1)
		{
			jn_values_write(env, &s->values, b->value, s->rows, p);
			p += s->values.size;
		}
		else if (head.tracks >> t & 1)
			p = write_column(env, b, t, p);
	}

	for (uint32_t i = 0; i < events->names; i++)
	{
		JnName		name = jn_dict_name(events, i);

		head.presence |= jn_presence(name.data, name.size);
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	jn_set_header_write(&head, out);
}
