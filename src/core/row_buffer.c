/*
 * row_buffer.c
 *	  The rows of one subject as columns, in the codes of a builder of sets.
 */
#include "row_buffer.h"

/* Rows and pieces that the first arrays have room for. */
#define FIRST_ROOM		64

/* ---- the buffer ---- */

void
jn_row_buffer_open(JnRowBuffer *buffer, const JnEnv *env, JnSetBuild *b, bool ordered)
{
	memset(buffer, 0, sizeof(JnRowBuffer));
	buffer->env = env;
	buffer->b = b;
	buffer->ordered = ordered;
}

static void
release(const JnEnv *env, void *array)
{
	if (array != NULL)
		jn_release(env, array);
}

void
jn_row_buffer_close(JnRowBuffer *buffer)
{
	release(buffer->env, buffer->time);
	release(buffer->env, buffer->event);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		release(buffer->env, buffer->label[t]);
	release(buffer->env, buffer->value);
	release(buffer->env, buffer->order);
	release(buffer->env, buffer->spare);
	release(buffer->env, buffer->piece);
}

/* Makes room for "more" rows with these tracks, and says of the rows before that they have no new ones. */
JnStatus
jn_row_buffer_room(JnRowBuffer *buffer, uint32_t more, unsigned tracks, JnError *err)
{
	const JnEnv *env = buffer->env;
	uint64_t	need = (uint64_t) buffer->rows + more;

	if (need > JN_MAX_STEPS)
		return jn_fail(err, JN_TOO_MANY_STEPS, 0, (int64_t) need, JN_MAX_STEPS);
	if (need > buffer->room)
	{
		uint64_t	room = jn_larger_room(buffer->room, need, FIRST_ROOM);

		buffer->time = jn_grow(env, buffer->time, room, sizeof(int64_t));
		buffer->event = jn_grow(env, buffer->event, room, sizeof(uint32_t));
		for (unsigned t = 0; t < JN_TRACKS; t++)
			if (buffer->label[t] != NULL)
				buffer->label[t] = jn_grow(env, buffer->label[t], room, sizeof(uint32_t));
		if (buffer->value != NULL)
			buffer->value = jn_grow(env, buffer->value, room, sizeof(uint64_t));
		buffer->room = (uint32_t) room;
	}
	for (unsigned t = 0; t < JN_TRACKS; t++)
	{
		bool		fresh = (tracks & ~buffer->tracks) >> t & 1;
		bool		missing = (buffer->tracks & ~tracks) >> t & 1;
		uint32_t	from = fresh ? 0 : buffer->rows;
		uint32_t	to = fresh ? buffer->rows : (uint32_t) need;

		if (!fresh && !missing)
			continue;
		if (t == JN_VALUE)
		{
			if (buffer->value == NULL)
				buffer->value = jn_grow(env, NULL, buffer->room, sizeof(uint64_t));
			memset(buffer->value + from, 0xff, (to - from) * sizeof(uint64_t));
		}
		else
		{
			if (buffer->label[t] == NULL)
				buffer->label[t] = jn_grow(env, NULL, buffer->room, sizeof(uint32_t));
			memset(buffer->label[t] + from, 0xff, (to - from) * sizeof(uint32_t));
		}
	}
	buffer->tracks |= tracks;
	return JN_OK;
}

/* Makes the last "rows" rows, which have been written, a piece. */
void
jn_row_buffer_piece(JnRowBuffer *buffer, uint32_t rows, bool ghost, bool more)
{
	if (buffer->pieces == buffer->piece_room)
	{
		buffer->piece_room = (uint32_t) jn_larger_room(buffer->piece_room, (uint64_t) buffer->pieces + 1, FIRST_ROOM);
		buffer->piece = jn_grow(buffer->env, buffer->piece, buffer->piece_room, sizeof(JnPiece));
	}
	buffer->piece[buffer->pieces++] = (JnPiece) {buffer->rows + ghost, rows - ghost, ghost, more};
	buffer->rows += rows;
}

/* ---- order of pieces and of their rows ---- */

/* Compares labels of a column by their codes, none after all others. */
static int
compare_labels(const JnSetBuild *b, unsigned column, uint32_t x, uint32_t y)
{
	if (x == y)
		return 0;
	if (x == JN_NO_LABEL || y == JN_NO_LABEL)
		return x == JN_NO_LABEL ? 1 : -1;
	return jn_name_compare(jn_set_build_name(b, column, x), jn_set_build_name(b, column, y));
}

int
jn_row_buffer_compare(const JnRowBuffer *buffer, uint32_t x, uint32_t y)
{
	int			order;

	if (buffer->time[x] != buffer->time[y])
		return buffer->time[x] < buffer->time[y] ? -1 : 1;
	order = compare_labels(buffer->b, JN_SET_EVENT, buffer->event[x], buffer->event[y]);
	for (unsigned t = 0; order == 0 && buffer->tracks >> t != 0; t++)
	{
		if ((buffer->tracks >> t & 1) == 0)
			continue;
		if (t == JN_VALUE)
			order = (buffer->value[x] > buffer->value[y]) - (buffer->value[x] < buffer->value[y]);
		else
			order = compare_labels(buffer->b, t, buffer->label[t][x], buffer->label[t][y]);
	}
	return order;
}

/* ---- rows of one buffer and of others ---- */

/* Appends rows of one buffer to another; tracks that it lacks are none. */
JnStatus
jn_row_buffer_copy(JnRowBuffer *to, const JnRowBuffer *from, uint32_t row, uint32_t n, JnError *err)
{
	JnStatus	status = jn_row_buffer_room(to, n, from->tracks, err);
	uint32_t	at = to->rows;

	if (status != JN_OK || n == 0)
		return status;
	memcpy(to->time + at, from->time + row, n * sizeof(int64_t));
	memcpy(to->event + at, from->event + row, n * sizeof(uint32_t));
	for (unsigned t = 0; from->tracks >> t != 0; t++)
		if (from->tracks >> t & 1)
		{
			if (t == JN_VALUE)
				memcpy(to->value + at, from->value + row, n * sizeof(uint64_t));
			else
				memcpy(to->label[t] + at, from->label[t] + row, n * sizeof(uint32_t));
		}
	to->rows += n;
	return JN_OK;
}

static uint32_t
label_of(const JnRowBuffer *buffer, unsigned track, uint32_t row)
{
	return buffer->tracks >> track & 1 ? buffer->label[track][row] : JN_NO_LABEL;
}

static uint64_t
value_of(const JnRowBuffer *buffer, uint32_t row)
{
	return buffer->tracks >> JN_VALUE & 1 ? buffer->value[row] : JN_NO_VALUE;
}

/* Compares rows of two buffers of one builder, as jn_row_buffer_compare() does those of one. */
int
jn_row_buffer_compare_across(const JnRowBuffer *a, uint32_t x, const JnRowBuffer *b, uint32_t y)
{
	int			order;

	if (a->time[x] != b->time[y])
		return a->time[x] < b->time[y] ? -1 : 1;
	order = compare_labels(a->b, JN_SET_EVENT, a->event[x], b->event[y]);
	for (unsigned t = 0; order == 0 && t < JN_TRACKS; t++)
	{
		uint64_t	v = value_of(a, x);
		uint64_t	w = value_of(b, y);

		if (t == JN_VALUE)
			order = (v > w) - (v < w);
		else
			order = compare_labels(a->b, t, label_of(a, t, x), label_of(b, t, y));
	}
	return order;
}

/* Removes a row, moving those behind it up. */
void
jn_row_buffer_remove(JnRowBuffer *buffer, uint32_t row)
{
	size_t		behind = --buffer->rows - row;

	memmove(buffer->time + row, buffer->time + row + 1, behind * sizeof(int64_t));
	memmove(buffer->event + row, buffer->event + row + 1, behind * sizeof(uint32_t));
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (buffer->tracks >> t & 1)
		{
			if (t == JN_VALUE)
				memmove(buffer->value + row, buffer->value + row + 1, behind * sizeof(uint64_t));
			else
				memmove(buffer->label[t] + row, buffer->label[t] + row + 1, behind * sizeof(uint32_t));
		}
}

void
jn_row_buffer_empty(JnRowBuffer *buffer)
{
	buffer->rows = 0;
	buffer->pieces = 0;
	buffer->tracks = 0;
}

/* Rows of a buffer, for the builder. */
JnRows
jn_row_buffer_rows(const JnRowBuffer *buffer, uint32_t row, uint32_t n, bool ghost, bool more)
{
	JnRows		rows = {
		.n = n,
		.ghost = ghost,
		.more = more,
		.time = buffer->time + row,
		.event = buffer->event + row,
	};

	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && buffer->tracks >> t & 1)
			rows.label[t] = buffer->label[t] + row;
	if (buffer->tracks >> JN_VALUE & 1)
		rows.value = buffer->value + row;
	return rows;
}

/* Whether so many rows of two buffers are the same. */
bool
jn_row_buffer_same(const JnRowBuffer *a, uint32_t x, const JnRowBuffer *b, uint32_t y, uint32_t n)
{
	if (memcmp(a->time + x, b->time + y, n * sizeof(int64_t)) != 0
		|| memcmp(a->event + x, b->event + y, n * sizeof(uint32_t)) != 0)
		return false;
	for (unsigned t = 0; (a->tracks | b->tracks) >> t != 0; t++)
		if ((a->tracks | b->tracks) >> t & 1)
			for (uint32_t i = 0; i < n; i++)
				if (t == JN_VALUE ? value_of(a, x + i) != value_of(b, y + i)
					: label_of(a, t, x + i) != label_of(b, t, y + i))
					return false;
	return true;
}

/* ---- codes ---- */

/* Fills a column of a map. */
static JnStatus
map_column(const JnEnv *env, JnSetBuild *b, unsigned column, const JnLabels *labels, uint32_t *code, JnError *err)
{
	JnNames		names;

	jn_names_open(&names, labels);
	for (uint32_t i = 0; i < labels->names; i++)
	{
		JnStatus	status = jn_set_build_code(env, b, column, jn_names_next(&names), &code[i], err);

		if (status != JN_OK)
			return status;
		if (i % 1024 == 1023)
			jn_tick(env);
	}
	return JN_OK;
}

/* Makes a map; "label" are the columns of the tracks. */
JnStatus
jn_code_map_open(const JnEnv *env, JnSetBuild *b, JnCodeMap *map, const JnLabels *event, const JnLabels *label,
				 unsigned tracks, JnError *err)
{
	uint64_t	names = event->names;
	uint32_t   *next;
	JnStatus	status;

	tracks &= ~(1u << JN_VALUE);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		names += tracks >> t & 1 ? label[t].names : 0;
	memset(map->column, 0, sizeof(map->column));
	map->code = next = jn_alloc(env, jn_array_size(names, sizeof(uint32_t)));
	map->column[JN_SET_EVENT] = next;
	status = map_column(env, b, JN_SET_EVENT, event, next, err);
	next += event->names;
	for (unsigned t = 0; status == JN_OK && t < JN_TRACKS; t++)
	{
		if ((tracks >> t & 1) == 0)
			continue;
		map->column[t] = next;
		status = map_column(env, b, t, &label[t], next, err);
		next += label[t].names;
	}
	return status;
}

/* Decodes a column of labels into the builder's codes. */
static void
decode_labels(const JnEnv *env, const JnCodeMap *map, unsigned column, const JnLabels *labels,
			  uint32_t from, uint32_t count, uint32_t *code)
{
	const uint32_t *to = map->column[column];

	jn_labels_decode(env, labels, from, count, code);
	for (uint32_t i = 0; i < count; i++)
	{
		if (code[i] != JN_NO_LABEL)
			code[i] = to[code[i]];
		if (i % JN_TICK_EVERY == JN_TICK_EVERY - 1)
			jn_tick(env);
	}
}

/* Appends the labels of rows from .. from+count-1 to the buffer, which has room. */
void
jn_row_buffer_labels(JnRowBuffer *buffer, const JnCodeMap *map, const JnLabels *event, const JnLabels *label, unsigned tracks,
					 uint32_t from, uint32_t count)
{
	decode_labels(buffer->env, map, JN_SET_EVENT, event, from, count, buffer->event + buffer->rows);
	for (unsigned t = 0; t < JN_TRACKS; t++)
		if (t != JN_VALUE && tracks >> t & 1)
			decode_labels(buffer->env, map, t, &label[t], from, count, buffer->label[t] + buffer->rows);
}

/* ---- parts of sets ---- */

/* Appends the part at hand to the buffer. */
JnStatus
jn_row_buffer_part(JnRowBuffer *buffer, JnSetSource *source, JnError *err)
{
	const JnEnv *env = buffer->env;
	const JnSet *s = source->s;
	const JnPart *part = &source->part;
	JnSetSteps *w = &source->steps;
	JnStatus	status = jn_row_buffer_room(buffer, part->rows, s->head.tracks, err);
	int64_t    *time = buffer->time + buffer->rows;

	if (status != JN_OK)
		return status;
	jn_set_steps_enter(env, w, part);
	jn_times_decode(env, &w->times, w->time, time, part->rows);
	w->row += part->rows - 1;
	w->time = time[part->rows - 1];
	jn_row_buffer_labels(buffer, &source->map, &s->event, s->label, s->head.tracks, part->row, part->rows);
	if (s->head.tracks >> JN_VALUE & 1)
	{
		jn_values_skip(env, &w->values, part->row - w->values.next);
		jn_values_decode(env, &w->values, part->rows, buffer->value + buffer->rows);
	}
	jn_row_buffer_piece(buffer, part->rows, part->ghost, part->more);
	return JN_OK;
}
